/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column holds whether each row was right, as the logs of evaluations have it: `is_correct`
 * beside the answer, with nothing to hold the answer against, or with a reference answer that is
 * right in other words, too. Rows are judged by it then, and no label is needed. Where it may as
 * well be what a model foretells (whether a student solves the task), nothing is taken. */
#include <string.h>

#include "schema-infer.h"

#define CORRECT_LEAST 20   /* rows with a value */
#define CORRECT_SAME  0.99 /* of the rows in which two columns tell the same */
#define CORRECT_ASIDE 0.90 /* likewise, beside a label and a prediction that judge already */
#define CORRECT_CUT   0.95 /* gain over guessing by which a number’s cut tells who is right */
#define CORRECT_FEW   30   /* values at most of what is no free text */

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

/* the parts of a name that measure an answer */
static const char *const correct_parts[] = {"correct", "correctly", "right",  "match",    "em",
                                            "judge",   "verdict",   "grade",  "graded",   "pass",
                                            "passed",  "accurate",  "wrong",  "error",    "fail",
                                            "failed",  "incorrect", "solved", "accuracy", NULL};
/* those that, with yes and no, are another measure of the same */
static const char *const correct_verdicts[] =
    {"correct", "correctly", "incorrect", "judge", "verdict", NULL};
/* whose answers may be foretold */
static const char *const correct_persons[] =
    {"student", "learner", "user", "pupil", "player", "respondent", "person", "participant", NULL};

/**
 * errata_schema_infer_right:
 * @value: a value of a column that says which rows were right
 *
 * Returns: 1 for yes or right, 0 for no or wrong, −1 for any other
 */
int
errata_schema_infer_right(const char *value)
{
    static const char *const yes[] = {"correct", "right", NULL};
    static const char *const no[] = {"incorrect", "wrong", "not correct", NULL};
    g_autofree char *lower = g_ascii_strdown(value, -1);

    if (g_strv_contains(yes, lower))
        return 1;
    return g_strv_contains(no, lower) ? 0 : errata_vocabulary_truth(value);
}

/**
 * errata_schema_infer_named_correct:
 * @words: words of a column's name
 *
 * Returns: whether the name is that of what says which rows were right
 */
gboolean
errata_schema_infer_named_correct(const char *words)
{
    return g_strv_contains(correct_sure, words) || g_strv_contains(correct_open, words);
}

static gboolean
correct_has_part(const char *words, const char *const *list)
{
    g_auto(GStrv) parts = g_strsplit(words, "_", -1);

    for (guint i = 0; parts[i] != NULL; i++)
        if (g_strv_contains(list, parts[i]))
            return TRUE;
    return FALSE;
}

/* no and yes, or one of them throughout, in rows enough */
static gboolean
correct_is_yes_no(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    int seen[2] = {0, 0};

    for (guint i = 0; values != NULL && i < values->n_values; i++) {
        int truth = errata_schema_infer_right(values->values[i]);

        if (truth < 0)
            return FALSE;
        seen[truth]++;
    }
    return seen[0] + seen[1] > 0 && seen[0] <= 1 && seen[1] <= 1 &&
           self->profiles[column].n_valid >= CORRECT_LEAST;
}

/* free text, as a model writes it: no letter of a choice, and no class that may be foretold */
static gboolean
correct_is_free(const ErrataInfer *self, guint column)
{
    ErrataColumnType type = self->frame->columns[column]->type;

    return (type == ERRATA_COLUMN_TEXT || type == ERRATA_COLUMN_CATEGORY) &&
           self->profiles[column].n_distinct > CORRECT_FEW;
}

/* whether the log has what a model wrote, and nothing that may foretell what somebody answers */
static gboolean
correct_is_about_model(const ErrataInfer *self)
{
    gboolean wrote = FALSE;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataName *name = &self->names[i];
        gboolean is_free = correct_is_free(self, i);
        gboolean role = self->taken[i] &&
                        (self->schema->columns[i].role == ERRATA_ROLE_PREDICTION ||
                         self->schema->columns[i].role == ERRATA_ROLE_SCORE);

        /* an id of theirs, not what a user asked */
        if (correct_has_part(name->words, correct_persons) && self->profiles[i].mean_words < 2.0)
            return FALSE;
        wrote = wrote || (is_free && (role || g_strv_contains(correct_said, name->leaf)));
        if (!is_free && !name->confidence && !name->input &&
            (role || name->score > ERRATA_NAME_NONE || name->prediction > ERRATA_NAME_NONE) &&
            !g_strv_contains(correct_said, name->leaf) &&
            !errata_schema_infer_named_correct(name->words))
            return FALSE;
    }
    return wrote;
}

/* the column by its name, −1 where there is none */
static int
correct_find(ErrataInfer *self)
{
    /* a judge's word goes before the match letter by letter, which it knows more than */
    for (guint round = 0; round < 2; round++)
        for (guint i = 0; i < self->frame->n_columns; i++)
            if (!self->taken[i] && !self->names[i].input &&
                g_strv_contains(round == 0 ? correct_open : correct_sure, self->names[i].words) &&
                correct_is_yes_no(self, i))
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
        right = errata_schema_infer_right(values->values[code[row]]) == 1;
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
    /* what is yes nearly everywhere holds the equal ones, too, and knows nothing */
    return count.equal >= CORRECT_LEAST && !*ret_same &&
           (double)count.both >= CORRECT_SAME * (double)count.equal && count.right > count.equal &&
           (double)(count.right - count.both) <= CORRECT_CUT * (double)(count.n - count.equal);
}

/* whether the values of a column, and their absence, part right rows from wrong ones, or, where it
 * is @named as a measure, one of its values holds right rows only, or wrong ones */
static gboolean
correct_is_told(ErrataInfer *self, const gint32 *right, guint column, gboolean named)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    guint n_values = values != NULL ? values->n_values : 0;
    g_autofree gint32 *code = NULL;
    gsize count[CORRECT_FEW + 1][2] = {{0}};
    gsize all[2] = {0, 0}, told = 0;
    gboolean within = FALSE;

    if (values == NULL || n_values > CORRECT_FEW)
        return FALSE;
    code = errata_vocabulary_codes(values, self->frame->columns[column]);
    for (gsize row = 0; row < self->frame->n_rows; row++)
        if (right[row] >= 0) {
            count[code[row] >= 0 ? (guint)code[row] : n_values][right[row]]++;
            all[right[row]]++;
        }
    for (guint i = 0; i <= n_values; i++) {
        gsize n = count[i][0] + count[i][1];
        gsize most = MAX(count[i][0], count[i][1]);
        gsize chance = count[i][0] > count[i][1] ? all[0] : all[1];

        told += most;
        /* all but one in a hundred, where by chance at least one in twenty were not */
        within = within || (n >= CORRECT_LEAST && (double)most >= CORRECT_SAME * (double)n &&
                            (double)chance <= CORRECT_CUT * (double)(all[0] + all[1]));
    }
    if (all[0] == 0 || all[1] == 0)
        return FALSE;
    if (named && within)
        return TRUE;
    return (double)told >= CORRECT_SAME * (double)(all[0] + all[1]) &&
           (double)(all[0] + all[1] - told) <= (1.0 - CORRECT_CUT) * (double)MIN(all[0], all[1]);
}

/* other measures of the same, and what follows from an error: they would be found to go with the
 * errors, as they must */
static void
correct_set_aside(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    g_autofree gint32 *right = errata_vocabulary_codes(values, self->frame->columns[column]);
    const char *name = self->frame->columns[column]->name;

    for (gsize row = 0; row < self->frame->n_rows; row++)
        right[row] = right[row] >= 0 ? errata_schema_infer_right(values->values[right[row]]) : -1;
    for (guint i = 0; i < self->frame->n_columns; i++) {
        const char *words = self->names[i].words;

        if (self->taken[i] || self->names[i].input)
            continue;
        if ((correct_has_part(words, correct_verdicts) && correct_is_yes_no(self, i)) ||
            errata_schema_infer_named_correct(words) ||
            correct_is_told(self, right, i, correct_has_part(words, correct_parts)))
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "tells of the same rows what %s does, or follows from it",
                                     name);
        else if (errata_schema_infer_is_number(self, i) &&
                 errata_schema_infer_score_purity(self, i, column) >= CORRECT_CUT)
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "tells nearly what %s does",
                                     name);
    }
}

/* beside a label and a prediction, which judge: the columns that say the same or its opposite, or
 * are named so */
static void
correct_put_aside(ErrataInfer *self, guint label, guint prediction)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        CorrectCount count;
        gsize differ;

        if (self->taken[i] || self->names[i].input ||
            !errata_schema_infer_named_correct(self->names[i].words) || !correct_is_yes_no(self, i))
            continue;
        count = correct_count(self, i, label, prediction);
        differ = count.right + count.equal - 2 * count.both;
        if (strcmp(self->names[i].words, "correct") != 0 ||
            (count.n > 0 &&
             (double)MAX(differ, count.n - differ) >= CORRECT_ASIDE * (double)count.n))
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "says whether rows are right, as label and prediction do");
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

/* whether an own verdict goes before what label and prediction say, where there are both */
static gboolean
correct_judges(ErrataInfer *self, guint column, int label, int prediction)
{
    gboolean same;

    if (label < 0 || prediction < 0)
        return correct_is_about_model(self);
    return correct_knows_more(self, column, (guint)label, (guint)prediction, &same);
}

/* takes the column that says whether each row was right, where label and prediction do not tell */
void
errata_schema_infer_correct(ErrataInfer *self)
{
    int label = errata_schema_infer_column(self, ERRATA_ROLE_LABEL);
    int prediction = errata_schema_infer_column(self, ERRATA_ROLE_PREDICTION);
    int column = errata_schema_infer_column(self, ERRATA_ROLE_CORRECT);

    if (column < 0) {
        column = correct_find(self);
        if (column >= 0 && correct_judges(self, (guint)column, label, prediction)) {
            errata_schema_infer_take(
                self,
                (guint)column,
                ERRATA_ROLE_CORRECT,
                label >= 0 ? "named so, no and yes: whether the row was right, also where "
                             "label and prediction are written otherwise"
                           : "named so, no and yes: whether the row was right");
            if (label >= 0)
                correct_put_label_aside(self, (guint)label, (guint)column);
        } else {
            if (label >= 0 && prediction >= 0)
                correct_put_aside(self, (guint)label, (guint)prediction);
            return;
        }
    }
    if (errata_schema_infer_vocabulary(self, (guint)column) != NULL)
        correct_set_aside(self, (guint)column);
}
