/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns named like a prediction whose cells are lists that were not taken apart: an interval
 * [lo, hi], a one-hot code, several words. As a prediction each list would be a class that no label
 * ever has. */
#include <string.h>

#include "schema-infer.h"

/* whether the text begins and ends with brackets of one kind */
static gboolean
lists_is_list(const char *text)
{
    gsize length = strlen(text);

    return length >= 2 && ((text[0] == '[' && text[length - 1] == ']') ||
                           (text[0] == '(' && text[length - 1] == ')') ||
                           (text[0] == '{' && text[length - 1] == '}'));
}

/* whether the sampled values of a column of strings are lists */
static gboolean
lists_is_column(const ErrataInfer *self, guint column)
{
    const ErrataColumn *data = self->frame->columns[column];
    gsize step = errata_schema_profile_step(data->n_rows);
    gboolean any = FALSE;

    if (data->type != ERRATA_COLUMN_CATEGORY && data->type != ERRATA_COLUMN_TEXT)
        return FALSE;
    for (gsize row = 0; row < data->n_rows; row += step) {
        g_autofree char *text = NULL;
        gsize length;
        const char *cell;

        if (!errata_column_is_valid(data, row))
            continue;
        cell = errata_column_text(data, row, &length);
        text = g_strndup(cell, length);
        if (!lists_is_list(g_strstrip(text)))
            return FALSE;
        any = TRUE;
    }
    return any;
}

/* whether a column has a value of @prediction */
static gboolean
lists_is_shared(ErrataInfer *self, guint prediction, guint column)
{
    const ErrataVocabulary *mine = errata_schema_infer_vocabulary(self, prediction);
    const ErrataVocabulary *other = errata_schema_infer_vocabulary(self, column);

    for (guint i = 0; mine != NULL && other != NULL && i < mine->n_values; i++)
        if (errata_vocabulary_find(other, mine->values[i]) >= 0)
            return TRUE;
    return FALSE;
}

/* whether the lists may be classes all the same: a column named like a label has such values, or,
 * where there is none, each list comes twice on average */
static gboolean
lists_may_be_classes(ErrataInfer *self, guint prediction)
{
    gboolean labelled = FALSE;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        gboolean label = self->taken[i] ? self->schema->columns[i].role == ERRATA_ROLE_LABEL
                                        : self->names[i].label > ERRATA_NAME_NONE;

        if (i == prediction || !label)
            continue;
        if (lists_is_shared(self, prediction, i))
            return TRUE;
        labelled = TRUE;
    }
    return !labelled && self->profiles[prediction].distinct_share <= 0.5;
}

/**
 * errata_schema_infer_lists:
 * @self: an inference whose predictions are not settled
 *
 * Sets aside columns named like a prediction whose cells are lists that cannot be classes.
 */
void
errata_schema_infer_lists(ErrataInfer *self)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (!self->taken[i] && self->names[i].prediction > ERRATA_NAME_WEAK &&
            lists_is_column(self, i) && !lists_may_be_classes(self, i))
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "named like a prediction, but its cells are lists that are "
                                     "no classes");
}
