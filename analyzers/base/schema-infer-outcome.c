/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column is the label where neither its name nor its going with the prediction tells: a bad
 * model agrees with nothing. Beside a binary score or prediction, a column of two values is the
 * label when it is the only one that bears the score's name (churned, churn_score), else the only
 * one named like an event (defaulted, is_fraud), else the only participle, `is_` or `has_` after
 * the model's columns: before them those are inputs as often as not. What an earlier time has seen
 * (ever_defaulted) is none. */
#include <string.h>

#include "schema-infer.h"

#define OUTCOME_STEM   4   /* letters that two forms of a word share at least */
#define OUTCOME_ENDING 4   /* and letters that either adds at most */
#define OUTCOME_UNIT   0.9 /* of a score's values that are from 0 to 1 */
#define OUTCOME_CUT    0.9 /* share of the gain over guessing by which a score makes a prediction */
#define OUTCOME_LEAST  20  /* rows with a value */
#define OUTCOME_GOES   0.1 /* rank correlation with what may be its probability */

/* how a column speaks for being the outcome, the strongest first */
typedef enum {
    OUTCOME_STEMMED,
    OUTCOME_EVENT,
    OUTCOME_PLACED,
    OUTCOME_N,
} OutcomeKind;

static const char *const outcome_reasons[OUTCOME_N] = {
    "two values, the only ones that the model’s output is named after",
    "two values, the only column named like an event",
    "two values, the only column placed and named like an outcome",
};

/* chur(n) and chur(ned), conver(sion) and conver(ted): one word in two forms */
static gboolean
outcome_same_word(const char *a, const char *b)
{
    gsize n = 0, n_a = strlen(a), n_b = strlen(b);

    while (a[n] != '\0' && a[n] == b[n])
        n++;
    if (n == n_a && n == n_b)
        return n > 2;
    return n >= OUTCOME_STEM && n_a - n <= OUTCOME_ENDING && n_b - n <= OUTCOME_ENDING &&
           3 * n >= 2 * MIN(n_a, n_b);
}

/**
 * errata_schema_infer_same_event:
 * @outcome: words of a column's name, without those that tell its role
 * @output: likewise of a score or a prediction
 *
 * Returns: whether all words of @outcome are in @output, in one form or another, the last as the
 * last
 */
gboolean
errata_schema_infer_same_event(const char *outcome, const char *output)
{
    g_auto(GStrv) words = g_strsplit(outcome, "_", -1);
    g_auto(GStrv) others = g_strsplit(output, "_", -1);
    guint n = g_strv_length(words), n_others = g_strv_length(others);

    if (n == 0 || n_others == 0 || !outcome_same_word(words[n - 1], others[n_others - 1]))
        return FALSE;
    for (guint i = 0; i + 1 < n; i++) {
        gboolean found = FALSE;

        for (guint k = 0; k < n_others; k++)
            found = found || outcome_same_word(words[i], others[k]);
        if (!found)
            return FALSE;
    }
    return TRUE;
}

static gboolean
outcome_is_score(const ErrataInfer *self, guint column, ErrataNameStrength least)
{
    if (self->taken[column])
        return self->schema->columns[column].role == ERRATA_ROLE_SCORE;
    return self->names[column].score >= least && !self->names[column].input &&
           errata_schema_infer_is_number(self, column) && !self->profiles[column].integral &&
           self->profiles[column].unit_share >= OUTCOME_UNIT;
}

static gboolean
outcome_is_prediction(const ErrataInfer *self, guint column)
{
    return self->taken[column] && self->schema->columns[column].role == ERRATA_ROLE_PREDICTION;
}

/* whether it could be the label by its values: two, that mean no and yes or are those predicted */
static gboolean
outcome_has_two(ErrataInfer *self, guint column, int prediction)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    const ErrataVocabulary *said = prediction >= 0
                                       ? errata_schema_infer_vocabulary(self, (guint)prediction)
                                       : NULL;

    if (values == NULL || values->n_values != 2 || self->profiles[column].n_valid < OUTCOME_LEAST)
        return FALSE;
    if (errata_vocabulary_truth(values->values[0]) >= 0 &&
        errata_vocabulary_truth(values->values[1]) >= 0)
        return TRUE;
    return said != NULL && errata_vocabulary_find(said, values->values[0]) >= 0 &&
           errata_vocabulary_find(said, values->values[1]) >= 0;
}

/* whether a score makes it by a cut: then it is what the model says */
static gboolean
outcome_is_cut(ErrataInfer *self, guint column)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (i != column && outcome_is_score(self, i, ERRATA_NAME_WEAK) &&
            errata_schema_infer_score_purity(self, i, column) >= OUTCOME_CUT)
            return TRUE;
    return FALSE;
}

static gboolean
outcome_is_candidate(ErrataInfer *self, guint column, int prediction)
{
    const ErrataName *name = &self->names[column];

    return !self->taken[column] && !name->input && name->prediction == ERRATA_NAME_NONE &&
           name->score < ERRATA_NAME_PATTERN && !name->about_prediction &&
           outcome_has_two(self, column, prediction) &&
           (prediction >= 0 || !outcome_is_cut(self, column));
}

/* whether @score holds probabilities that go with @column and is named after its event: p_churn,
 * churn_risk */
static gboolean
outcome_is_risk(const ErrataInfer *self, guint score, guint column)
{
    g_autofree char *event = errata_schema_infer_score_event(self->names[score].words);

    return event != NULL && *event != '\0' && !self->taken[score] && !self->names[score].input &&
           errata_schema_infer_same_event(self->names[column].stem, event) &&
           errata_schema_infer_is_probability(self, score) &&
           errata_schema_infer_is_number(self, column) &&
           errata_schema_infer_correlation(self, score, column) >= OUTCOME_GOES;
}

/* whether a score or a prediction has the column's name */
static gboolean
outcome_is_stemmed(const ErrataInfer *self, guint column)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (i != column &&
            (((outcome_is_prediction(self, i) || outcome_is_score(self, i, ERRATA_NAME_WEAK)) &&
              errata_schema_infer_same_event(self->names[column].stem, self->names[i].stem)) ||
             outcome_is_risk(self, i, column)))
            return TRUE;
    return FALSE;
}

/* the place of the model's last column whose name is telling, or −1 */
static int
outcome_last_output(const ErrataInfer *self)
{
    int last = -1;

    for (guint i = 0; i < self->frame->n_columns; i++)
        if (outcome_is_prediction(self, i) || outcome_is_score(self, i, ERRATA_NAME_PATTERN))
            last = (int)i;
    return last;
}

/* classes more than two, or numbers, have no such label */
static gboolean
outcome_is_binary(ErrataInfer *self, int prediction)
{
    const ErrataVocabulary *said = NULL;
    guint n_scores = 0;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        if (self->taken[i] && self->schema->columns[i].role == ERRATA_ROLE_LABEL)
            return FALSE;
        n_scores += self->taken[i] && self->schema->columns[i].role == ERRATA_ROLE_SCORE ? 1 : 0;
    }
    if (n_scores > 2)
        return FALSE;
    if (prediction < 0 || errata_schema_infer_is_probability(self, (guint)prediction))
        return TRUE;
    said = errata_schema_infer_vocabulary(self, (guint)prediction);
    return said != NULL && said->n_values <= 2;
}

/* takes the one column that speaks for being the label, if there is one */
void
errata_schema_infer_outcome(ErrataInfer *self)
{
    int prediction = errata_schema_infer_column(self, ERRATA_ROLE_PREDICTION);
    int last = outcome_last_output(self);
    int found[OUTCOME_N] = {-1, -1, -1};
    guint n[OUTCOME_N] = {0, 0, 0};

    if (!outcome_is_binary(self, prediction))
        return;
    for (guint i = 0; i < self->frame->n_columns; i++) {
        const char *name = self->frame->columns[i]->name;
        gboolean speaks[OUTCOME_N];

        if (errata_schema_name_is_past(name) || !outcome_is_candidate(self, i, prediction))
            continue;
        speaks[OUTCOME_STEMMED] = outcome_is_stemmed(self, i);
        speaks[OUTCOME_EVENT] = last >= 0 && errata_schema_name_is_event(name);
        speaks[OUTCOME_PLACED] = last >= 0 && (int)i > last && errata_schema_name_is_outcome(name);
        for (guint k = 0; k < OUTCOME_N; k++)
            if (speaks[k]) {
                found[k] = (int)i;
                n[k]++;
            }
    }
    for (guint k = 0; k < OUTCOME_N; k++) {
        if (n[k] == 1)
            errata_schema_infer_take(self,
                                     (guint)found[k],
                                     ERRATA_ROLE_LABEL,
                                     "%s",
                                     outcome_reasons[k]);
        if (n[k] > 0)
            return; /* which one, if more? */
    }
}
