/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores with no telling name of their own: tools name one column per class after the class alone
 * (`no yes`), or with what they like around it (`p0 p1`, `.pred_no`, `churn_yes_PREDICTION`,
 * `Forest (yes)`). Columns that are named after every class of one column in one way, and sum to
 * one, are the scores of those classes. */
#include <math.h>
#include <string.h>

#include "schema-infer.h"

#define CLASSES_MOST  200  /* classes of a column that is tried */
#define CLASSES_ROWS  0.98 /* of the rows, that must sum to one */
#define CLASSES_LEAST 10   /* rows */

/* how the columns are named: @before CLASS @after, as words; lengths in bytes of a name */
typedef struct {
    const char *name; /* of the column of the first class */
    gsize before;
    gsize after;
} ClassesFrame;

/* columns that could be scores, and those of them that could be named after the first class */
typedef struct {
    GArray *columns; /* (element-type guint) */
    GArray *firsts;  /* (element-type guint) */
} ClassesCandidates;

static gboolean
classes_is_candidate(const ErrataInfer *self, guint column)
{
    return !self->taken[column] && !self->names[column].input &&
           errata_schema_infer_is_number(self, column) &&
           self->profiles[column].n_valid >= CLASSES_LEAST &&
           self->profiles[column].unit_share >= 1.0;
}

static void
classes_collect(const ErrataInfer *self, gboolean outputs, ClassesCandidates *ret_candidates)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        if (!classes_is_candidate(self, i))
            continue;
        g_array_append_val(ret_candidates->columns, i);
        if (!outputs || self->names[i].prediction != ERRATA_NAME_NONE ||
            self->names[i].score != ERRATA_NAME_NONE)
            g_array_append_val(ret_candidates->firsts, i);
    }
}

/* the part of @name that the frame leaves for a class, not NUL-terminated; %NULL where it does not
 * fit */
static const char *
classes_middle(const ClassesFrame *frame, const char *name, gsize *ret_length)
{
    gsize length = strlen(name);
    const char *tail = frame->name + strlen(frame->name) - frame->after;

    if (length <= frame->before + frame->after || strncmp(name, frame->name, frame->before) != 0 ||
        strcmp(name + length - frame->after, tail) != 0)
        return NULL;
    *ret_length = length - frame->before - frame->after;
    return name + frame->before;
}

/* the column named after a class in that way, or −1 */
static int
classes_column(const ErrataInfer *self,
               const GArray *candidates,
               const ClassesFrame *frame,
               const char *class_words)
{
    gsize length = 0;

    for (guint i = 0; i < candidates->len; i++) {
        guint column = g_array_index(candidates, guint, i);
        const char *middle = classes_middle(frame, self->names[column].words, &length);

        if (middle != NULL && length == strlen(class_words) &&
            strncmp(middle, class_words, length) == 0)
            return (int)column;
    }
    return -1;
}

/* takes the columns named after all values in the way of @frame; FALSE if there are none such */
static gboolean
classes_take(ErrataInfer *self,
             const GArray *candidates,
             const ErrataVocabulary *values,
             const ClassesFrame *frame)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < values->n_values; i++) {
        g_autofree char *words = errata_schema_name_words(values->values[i]);
        int column = *words != '\0' ? classes_column(self, candidates, frame, words) : -1;
        guint found = (guint)column;

        if (column < 0)
            return FALSE;
        g_array_append_val(columns, found);
    }
    if (errata_schema_infer_sums(self, columns) < CLASSES_ROWS)
        return FALSE;
    for (guint i = 0; i < columns->len; i++) {
        guint column = g_array_index(columns, guint, i);

        if (self->taken[column])
            continue; /* two values but for case or signs */
        errata_schema_infer_take(self,
                                 column,
                                 ERRATA_ROLE_SCORE,
                                 "one of several columns named after the classes, which sum to "
                                 "one, class %s",
                                 values->values[i]);
        self->schema->columns[column].target = g_strdup(values->values[i]);
    }
    return TRUE;
}

/* whether scores are named after the values of the column; after them alone only if it is @told to
 * be a label or a prediction */
static gboolean
classes_of_column(ErrataInfer *self,
                  guint column,
                  const ClassesCandidates *candidates,
                  gboolean told)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    g_autofree char *first = NULL;

    if (values == NULL || values->n_values < 2 || values->n_values > CLASSES_MOST)
        return FALSE;
    first = errata_schema_name_words(values->values[0]);
    for (guint i = 0; *first != '\0' && i < candidates->firsts->len; i++) {
        guint candidate = g_array_index(candidates->firsts, guint, i);
        const char *name = self->names[candidate].words;

        if (candidate == column)
            continue;
        for (const char *p = strstr(name, first); p != NULL; p = strstr(p + 1, first)) {
            ClassesFrame frame = {name, (gsize)(p - name), strlen(p) - strlen(first)};

            if ((told || frame.before + frame.after > 0) &&
                classes_take(self, candidates->columns, values, &frame))
                return TRUE;
        }
    }
    return FALSE;
}

static void
classes_find(ErrataInfer *self, const ClassesCandidates *candidates)
{
    static const ErrataRole roles[] = {ERRATA_ROLE_LABEL, ERRATA_ROLE_PREDICTION};
    gboolean told = FALSE;

    for (guint r = 0; r < G_N_ELEMENTS(roles); r++)
        for (guint i = 0; i < self->frame->n_columns; i++) {
            if (!self->taken[i] || self->schema->columns[i].role != roles[r])
                continue;
            told = TRUE;
            if (classes_of_column(self, i, candidates, TRUE))
                return;
        }
    for (guint i = 0; !told && i < self->frame->n_columns; i++)
        if (!self->taken[i] && !self->names[i].input && !errata_schema_infer_is_number(self, i) &&
            classes_of_column(self, i, candidates, FALSE))
            return;
}

/* Takes the scores that are named after the classes, if no score was found by its name. With
 * @outputs, as long as neither label nor prediction is known, only columns named like an output
 * too: parts of a whole (sand, clay) are named and sum up alike. */
void
errata_schema_infer_class_scores(ErrataInfer *self, gboolean outputs)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) firsts = g_array_new(FALSE, FALSE, sizeof(guint));
    ClassesCandidates candidates = {columns, firsts};

    if (errata_schema_infer_column(self, ERRATA_ROLE_SCORE) >= 0)
        return;
    classes_collect(self, outputs, &candidates);
    if (columns->len >= 2 && firsts->len > 0)
        classes_find(self, &candidates);
}
