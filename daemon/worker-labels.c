/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's part in labels that come later: telling such a file by its columns, finding the
 * stored log that it belongs to, and the words for what came of it. */
#include "worker-labels.h"

#include <string.h>

#include "class-words.h"
#include "label-words.h"
#include "precision.h"
#include "registry.h"

ErrataWorkerLabels *
errata_worker_labels_new(void)
{
    ErrataWorkerLabels *self = g_new0(ErrataWorkerLabels, 1);

    self->frames = g_ptr_array_new_with_free_func((GDestroyNotify)errata_frame_unref);
    self->kept = errata_case_new();
    return self;
}

void
errata_worker_labels_free(ErrataWorkerLabels *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->frames);
    errata_case_free(self->kept);
    g_free(self);
}

/* by its columns alone; what cannot be looked into is left to whoever reads it */
gboolean
errata_worker_labels_is(int fd, const char *name)
{
    g_auto(GStrv) columns = errata_registry_columns(fd, name, NULL);

    return columns != NULL && errata_late_labels_is((const char *const *)columns);
}

static ErrataFrame *
worker_labels_frame(int fd, const char *name, GPtrArray *members, GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    if (!errata_registry_read(fd, name, builder, NULL, NULL, members, error))
        return NULL;
    return errata_frame_builder_finish(builder, error);
}

/**
 * errata_worker_labels_read:
 * @known: kept by the host from before; those are read first
 * @members: (element-type ErrataMember): gets what was read
 *
 * Returns: whether it was read; it stands behind those read before
 */
gboolean
errata_worker_labels_read(ErrataWorkerLabels *self,
                          int fd,
                          const char *name,
                          gboolean known,
                          GPtrArray *members,
                          GError **error)
{
    ErrataFrame *frame = worker_labels_frame(fd, name, members, error);

    if (frame == NULL)
        return FALSE;
    if (known)
        g_ptr_array_insert(self->frames, (int)self->n_known++, frame);
    else
        g_ptr_array_add(self->frames, frame);
    return TRUE;
}

/* how many rows of the log in @fd have one of the labels; 0 also when it cannot be read */
guint64
errata_worker_labels_match(const ErrataWorkerLabels *self,
                           int fd,
                           const char *name,
                           const ErrataSettings *settings)
{
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(ErrataFrame) frame = worker_labels_frame(fd, name, members, NULL);
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();

    if (frame == NULL)
        return 0;
    for (guint i = self->n_known; i < self->frames->len; i++)
        g_ptr_array_add(fresh, g_ptr_array_index(self->frames, i));
    return errata_late_labels_count(frame, fresh, settings);
}

/* of the files that the host keeps those that gave no label are none of the report's */
static void
worker_labels_drop_idle(ErrataWorkerLabels *self, const guint64 *given)
{
    for (guint i = self->kept->inputs->len; i > 0; i--)
        if (given[i - 1] == 0)
            g_ptr_array_remove_index(self->kept->inputs, i - 1);
}

/**
 * errata_worker_labels_join:
 * @log: gets the labels that are its own
 *
 * Labels that the host keeps for the model need not be of this log: without one that matches
 * nothing is joined and nothing said.
 */
gboolean
errata_worker_labels_join(ErrataWorkerLabels *self,
                          ErrataFrame *log,
                          ErrataSettings *settings,
                          GError **error)
{
    g_autofree guint64 *given = g_new0(guint64, self->frames->len + 1);

    if (self->frames->len == 0)
        return TRUE;
    for (guint i = 0; i < self->frames->len; i++)
        errata_class_words_settle(g_ptr_array_index(self->frames, i), log, settings);
    if (self->n_known == self->frames->len &&
        errata_late_labels_count(log, self->frames, settings) == 0) {
        worker_labels_drop_idle(self, given);
        return TRUE;
    }
    if (!errata_late_labels_join(log,
                                 self->frames,
                                 self->n_known,
                                 settings,
                                 &self->told,
                                 given,
                                 error))
        return FALSE;
    worker_labels_drop_idle(self, given);
    self->joined = self->told.n_rows > 0;
    errata_label_words_settle(log, NULL, settings);
    return TRUE;
}

void
errata_worker_labels_tell(const ErrataWorkerLabels *self, ErrataCase *result)
{
    g_autofree char *labels = errata_precision_print((double)self->told.n_labels, 0);
    g_autofree char *rows = errata_precision_print((double)self->told.n_rows, 0);
    g_autofree char *all = errata_precision_print((double)result->n_rows, 0);

    if (self->joined)
        errata_case_method(result,
                           "Late labels: apart from the log; %s were joined by id, and %s "
                           "of %s rows have theirs from there. Windows with under 80 %% of their "
                           "labels are shown and not judged.",
                           labels,
                           rows,
                           all);
}

/* rows that labels to come could still judge */
guint64
errata_worker_labels_missing(const ErrataCase *result)
{
    guint64 missing = 0;

    for (guint i = 0; i < result->performance.windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(result->performance.windows, i);

        missing += window->n - MIN(window->labelled, window->n);
    }
    return missing;
}
