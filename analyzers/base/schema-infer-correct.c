/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column holds whether each row was right, as the logs of evaluations have it: `is_correct`
 * beside the answer, with nothing to hold the answer against, or with a reference answer that is
 * right in other words, too. Rows are judged by it then, and no label is needed. Where it may as
 * well be what a model foretells (whether a student solves the task), nothing is taken. */
#include <string.h>

#include "schema-infer.h"

#define CORRECT_LEAST 20   /* rows with a value */
#define CORRECT_SAME  0.99 /* of the rows in which two columns tell the same */
#define CORRECT_CUT   0.95 /* gain over guessing by which a number’s cut tells who is right */

/* what can only be about an answer that was given */
static const char *const correct_sure[] = {
    "exact_match",         "is_exact_match",        "answer_correct",
    "answer_is_correct",   "is_answer_correct",     "correct_answer_given",
    "prediction_correct",  "prediction_is_correct", "is_prediction_correct",
    "predicted_correctly", "correct_prediction",    "is_correct_prediction",
    "correctly_predicted", "correctly_classified",  "classified_correctly",
    "pred_correct",        "model_correct",         "model_is_correct",
    "response_correct",    "is_response_correct",   NULL};
/* what may be about somebody else’s answer */
static const char *const correct_open[] =
    {"correct", "is_correct", "was_correct", "iscorrect", "is_right", "answered_correctly", NULL};

/* a column that holds what the model said, or how sure it was of that */
static const char *const correct_said[] = {"answer",
                                           "model_answer",
                                           "response",
                                           "model_response",
                                           "completion",
                                           "generation",
                                           "generated",
                                           "generated_text",
                                           "output",
                                           "model_output",
                                           NULL};

/* no and yes, or one of them throughout, in rows enough */
static gboolean
correct_is_yes_no(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    int seen[2] = {0, 0};

    for (guint i = 0; values != NULL && i < values->n_values; i++) {
        int truth = errata_vocabulary_truth(values->values[i]);

        if (truth < 0)
            return FALSE;
        seen[truth]++;
    }
    return seen[0] + seen[1] > 0 && seen[0] <= 1 && seen[1] <= 1 &&
           self->profiles[column].n_valid >= CORRECT_LEAST;
}

/* whether a column is answers that are no yes or no, nor a number of how likely that is */
static gboolean
correct_is_answer(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    gboolean words = FALSE;

    if (errata_schema_infer_is_probability(self, column))
        return FALSE;
    for (guint i = 0; values != NULL && i < values->n_values; i++)
        words = words || errata_vocabulary_truth(values->values[i]) < 0;
    return values == NULL || words;
}

/* whether a column has what the model said */
static gboolean
correct_has_answer(ErrataInfer *self)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (((self->taken[i] && self->schema->columns[i].role == ERRATA_ROLE_PREDICTION) ||
             g_strv_contains(correct_said, self->names[i].leaf)) &&
            correct_is_answer(self, i))
            return TRUE;
    return FALSE;
}

/* whether the log has what the model said, or nothing at all that foretells */
static gboolean
correct_is_about_model(ErrataInfer *self)
{
    gboolean foretells = FALSE;

    if (correct_has_answer(self))
        return TRUE;
    for (guint i = 0; i < self->frame->n_columns; i++) {
        ErrataRole role = self->taken[i] ? self->schema->columns[i].role : ERRATA_ROLE_FEATURE;
        const ErrataName *name = &self->names[i];

        if (name->confidence && errata_schema_infer_is_probability(self, i))
            return TRUE;
        foretells = foretells || role == ERRATA_ROLE_PREDICTION || role == ERRATA_ROLE_SCORE ||
                    (!name->input &&
                     (name->score > ERRATA_NAME_NONE || name->prediction > ERRATA_NAME_NONE) &&
                     errata_schema_infer_is_probability(self, i));
    }
    return !foretells;
}

/* the column by its name; −1 where there is none, or it may be another’s answer */
static int
correct_find(ErrataInfer *self)
{
    for (guint round = 0; round < 2; round++)
        for (guint i = 0; i < self->frame->n_columns; i++)
            if (!self->taken[i] && !self->names[i].input &&
                g_strv_contains(round == 0 ? correct_sure : correct_open, self->names[i].words) &&
                correct_is_yes_no(self, i) && (round == 0 || correct_is_about_model(self)))
                return (int)i;
    return -1;
}

/* rows in which a column says right, label and prediction are the same, and both */
typedef struct {
    gsize n;
    gsize right;
    gsize equal;
    gsize both;
} CorrectCount;

static CorrectCount
correct_count(ErrataInfer *self, guint column, guint label, guint prediction)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    g_autofree gint32 *code = errata_vocabulary_codes(values, self->frame->columns[column]);
    gsize step = errata_schema_profile_step(self->frame->n_rows);
    CorrectCount count = {0, 0, 0, 0};

    for (gsize row = 0; row < self->frame->n_rows; row += step) {
        g_autofree char *given = NULL;
        g_autofree char *said = NULL;
        g_autofree char *a = NULL;
        g_autofree char *b = NULL;
        gboolean right, equal;

        if (code[row] < 0 || !errata_column_is_valid(self->frame->columns[label], row) ||
            !errata_column_is_valid(self->frame->columns[prediction], row))
            continue;
        given = errata_column_print(self->frame->columns[label], row);
        said = errata_column_print(self->frame->columns[prediction], row);
        a = errata_vocabulary_canonical(given, strlen(given));
        b = errata_vocabulary_canonical(said, strlen(said));
        right = errata_vocabulary_truth(values->values[code[row]]) == 1;
        equal = strcmp(a, b) == 0;
        count.n++;
        count.right += right ? 1 : 0;
        count.equal += equal ? 1 : 0;
        count.both += right && equal ? 1 : 0;
    }
    return count;
}

/* whether the column knows answers to be right that are not written as the label is; @ret_same: it
 * tells but what label and prediction tell */
static gboolean
correct_knows_more(ErrataInfer *self,
                   guint column,
                   guint label,
                   guint prediction,
                   gboolean *ret_same)
{
    CorrectCount count;
    gsize same;

    *ret_same = FALSE;
    if (errata_schema_infer_is_number(self, label) &&
        errata_schema_infer_is_number(self, prediction))
        return FALSE;
    count = correct_count(self, column, label, prediction);
    same = count.n - (count.right - count.both) - (count.equal - count.both);
    *ret_same = count.n > 0 && (double)same >= CORRECT_SAME * (double)count.n;
    return count.n >= CORRECT_LEAST && !*ret_same &&
           (double)count.both >= CORRECT_SAME * (double)count.equal && count.right > count.equal;
}

/* other measures of the same: they would be found to go with the errors, as they must */
static void
correct_set_aside(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    g_autofree gint32 *code = errata_vocabulary_codes(values, self->frame->columns[column]);
    const char *name = self->frame->columns[column]->name;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataVocabulary *other = NULL;
        gsize n = 0, same = 0;

        if (self->taken[i] || self->names[i].input)
            continue;
        if (errata_schema_infer_is_number(self, i) &&
            errata_schema_infer_score_purity(self, i, column) >= CORRECT_CUT)
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "tells nearly what %s does",
                                     name);
        other = errata_schema_infer_vocabulary(self, i);
        if (self->taken[i] || other == NULL || other->n_values != 2)
            continue;
        g_autofree gint32 *others = errata_vocabulary_codes(other, self->frame->columns[i]);

        for (gsize row = 0; row < self->frame->n_rows; row++) {
            n += code[row] >= 0 && others[row] >= 0 ? 1 : 0;
            same += code[row] >= 0 && code[row] == others[row] ? 1 : 0;
        }
        if (n >= CORRECT_LEAST && (double)MAX(same, n - same) >= CORRECT_SAME * (double)n)
            errata_schema_infer_take(self, i, ERRATA_ROLE_IGNORE, "tells what %s does", name);
    }
}

/* a column that the log itself named a label, and rows are not judged by */
static void
correct_put_label_aside(ErrataInfer *self, guint label, guint column)
{
    ErrataSchemaColumn *entry = &self->schema->columns[label];

    entry->role = ERRATA_ROLE_IGNORE;
    g_free(entry->reason);
    entry->reason = g_strdup_printf("rows are judged by %s, which knows answers to be right that "
                                    "are written otherwise, too",
                                    self->frame->columns[column]->name);
}

/* takes the column that says whether each row was right, where label and prediction do not tell */
void
errata_schema_infer_correct(ErrataInfer *self)
{
    int label = errata_schema_infer_column(self, ERRATA_ROLE_LABEL);
    int prediction = errata_schema_infer_column(self, ERRATA_ROLE_PREDICTION);
    int column = errata_schema_infer_column(self, ERRATA_ROLE_CORRECT);
    gboolean same = FALSE;

    if (column < 0) {
        column = correct_find(self);
        if (column < 0 || (label >= 0 && self->schema->columns[label].declared))
            return;
        if (label >= 0 && prediction >= 0 &&
            !correct_knows_more(self, (guint)column, (guint)label, (guint)prediction, &same)) {
            if (same)
                errata_schema_infer_take(self,
                                         (guint)column,
                                         ERRATA_ROLE_IGNORE,
                                         "tells whether label and prediction are the same");
            return;
        }
        if (label >= 0 && prediction < 0 && !correct_has_answer(self))
            return;
        errata_schema_infer_take(
            self,
            (guint)column,
            ERRATA_ROLE_CORRECT,
            label >= 0 ? "named so, no and yes: whether the row was right, also where "
                         "label and prediction are written otherwise"
                       : "named so, no and yes: whether the row was right");
        if (label >= 0)
            correct_put_label_aside(self, (guint)label, (guint)column);
    }
    if (errata_schema_infer_vocabulary(self, (guint)column) != NULL)
        correct_set_aside(self, (guint)column);
}
