/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model as read from a file. */
#include "model.h"

#include "model-container.h"

ErrataModel *
errata_model_ref(ErrataModel *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

void
errata_model_unref(ErrataModel *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    if (self->klass != NULL && self->klass->free != NULL)
        self->klass->free(self->body);
    errata_trees_free(self->trees);
    g_free(self->format);
    g_free(self->framework);
    g_free(self->version);
    g_free(self->kind);
    g_strfreev(self->classes);
    g_ptr_array_unref(self->inputs);
    g_ptr_array_unref(self->outputs);
    g_ptr_array_unref(self->parameters);
    g_ptr_array_unref(self->training);
    g_ptr_array_unref(self->layers);
    g_ptr_array_unref(self->risks);
    g_ptr_array_unref(self->notes);
    errata_model_container_free(self->container);
    g_free(self->why_not);
    g_free(self->why_not_trees);
    g_free(self);
}

/**
 * errata_model_reads:
 * @self: a model
 *
 * Returns: (transfer full) (array): per input 1 where what the model says may depend on it; 0 where
 * it is
 *   a sum of trees none of which asks for it
 */
guint8 *
errata_model_reads(const ErrataModel *self)
{
    const ErrataTrees *trees = self->trees;
    guint8 *read = g_new0(guint8, self->inputs->len + 1);

    for (guint i = 0; trees == NULL && i < self->inputs->len; i++)
        read[i] = 1;
    for (guint32 node = 0; trees != NULL && node < trees->n_nodes; node++)
        if ((trees->flags[node] & ERRATA_NODE_LEAF) == 0)
            read[errata_trees_owner(trees, trees->feature[node])] = 1;
    return read;
}
