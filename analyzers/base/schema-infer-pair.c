/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns are the label and the prediction. Candidates come from names; all pairs of them,
 * with "none" on either side, are weighed by how telling the names are and whether the two columns
 * could be the same quantity (same values, or numbers that go together). Where no name tells the
 * label, a column that shares the prediction's values, agrees with it beyond chance and is named or
 * placed like an outcome is one. */
#include <math.h>
#include <string.h>

#include "schema-infer.h"

#define PAIR_NONE         (-1)
#define PAIR_SAME         15 /* the columns have the same values, or go together */
#define PAIR_LIKELY       12 /* a label with two values and a probability */
#define PAIR_POSSIBLE     4  /* as many values on both sides */
#define PAIR_FOREIGN      2  /* … of which none is the other's, both being words */
#define PAIR_UNRELATED    (-5)
#define PAIR_DISJOINT     (-15)
#define PAIR_NEVER        (-60) /* words against numbers */
#define PAIR_MANY         40    /* candidates of each kind that are weighed */
#define PAIR_TWIN         0.5   /* of the spread, left over where one column is taken for another */
#define PAIR_SAMPLE       10000 /* rows that are looked at for that */
#define PAIR_SAMPLE_LEAST 20
#define PAIR_TWO          10 /* rows from which on two values are no chance */
#define PAIR_CUT          0.9 /* share of the gain over guessing by which a score makes a prediction */
#define PAIR_RELATED      0.3  /* correlation of numbers that go together */
#define PAIR_SURE         3.0  /* standard errors of a correlation that is no chance */
#define PAIR_FAINT        0.05 /* … of a target that the model hardly foretells */
#define PAIR_MEANS        0.25 /* of its spread, by which its mean may then miss the prediction's */
#define PAIR_STEMMED      10.0
#define PAIR_CHANCE       0.05 /* kappa of two columns that have nothing to do with each other, at most */
#define PAIR_AGREES       0.4 /* kappa of a prediction and the only column with its words */
#define PAIR_SCORED       0.1 /* rank correlation of a score and the label that it is for */

/* a weak name of a label that means a target in training data */
static gboolean
pair_is_target(const ErrataInfer *self, guint label)
{
    static const char *const targets[] = {"target", "y", "truth", "outcome", "class", NULL};

    return g_strv_contains(targets, self->names[label].words);
}

static const int pair_strengths[] = {0, 8, 20, 30}; /* by ErrataNameStrength */

/* both vocabularies say yes and no, in whatever words */
static gboolean
pair_both_truths(const ErrataVocabulary *a, const ErrataVocabulary *b)
{
    const ErrataVocabulary *both[] = {a, b};

    for (guint i = 0; i < 2; i++) {
        int seen = 0;

        if (both[i]->n_values > 2)
            return FALSE;
        for (guint j = 0; j < both[i]->n_values; j++) {
            int truth = errata_vocabulary_truth(both[i]->values[j]);

            if (truth < 0 || (seen & (1 << truth)) != 0)
                return FALSE;
            seen |= 1 << truth;
        }
    }
    return TRUE;
}

static guint
pair_shared(const ErrataVocabulary *a, const ErrataVocabulary *b)
{
    guint n = 0;

    for (guint i = 0; i < a->n_values; i++)
        n += errata_vocabulary_find(b, a->values[i]) >= 0 ? 1 : 0;
    return n;
}

static gboolean
pair_same_but_case(const ErrataVocabulary *a, const ErrataVocabulary *b)
{
    for (guint i = 0; i < a->n_values; i++)
        for (guint j = 0; j < b->n_values; j++)
            if (g_ascii_strcasecmp(a->values[i], b->values[j]) == 0)
                return TRUE;
    return FALSE;
}

/* no numbers, no yes and no */
static gboolean
pair_is_words(const ErrataVocabulary *values)
{
    for (guint i = 0; i < values->n_values; i++)
        if (errata_vocabulary_truth(values->values[i]) >= 0 ||
            strpbrk(values->values[i], "0123456789") != NULL)
            return FALSE;
    return TRUE;
}

static int
pair_compare_values(const ErrataVocabulary *l, const ErrataVocabulary *p)
{
    guint shared = pair_shared(l, p);

    if (2 * shared >= MIN(l->n_values, p->n_values) && shared > 0)
        return PAIR_SAME;
    if (pair_both_truths(l, p) || (shared == 0 && pair_same_but_case(l, p)))
        return PAIR_SAME;
    if (shared > 0 || l->n_values == p->n_values)
        return shared == 0 && pair_is_words(l) && pair_is_words(p) ? PAIR_FOREIGN : PAIR_POSSIBLE;
    return PAIR_DISJOINT;
}

/* whether the column has two whole values, and not just because the log is short */
static gboolean
pair_is_two(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);

    return values != NULL && values->n_values == 2 && self->profiles[column].integral &&
           (self->profiles[column].n_valid >= PAIR_TWO || pair_both_truths(values, values));
}

/* whether numbers named like a target could be what a bad model predicts: about as large in the
 * mean, no less spread, and a little alike. What is set beforehand (a sales target) is of another
 * size. */
static gboolean
pair_is_faint(ErrataInfer *self, guint label, guint prediction, double r)
{
    double mean[2] = {0.0, 0.0}, square[2] = {0.0, 0.0}, n = 0.0;

    if (!pair_is_target(self, label) || self->names[prediction].prediction < ERRATA_NAME_PATTERN ||
        !(r >= PAIR_FAINT))
        return FALSE;
    for (gsize row = 0; row < self->frame->n_rows; row++) {
        double value[2] = {errata_column_number(self->frame->columns[label], row),
                           errata_column_number(self->frame->columns[prediction], row)};

        if (isnan(value[0]) || isnan(value[1]))
            continue;
        n += 1.0;
        for (guint k = 0; k < 2; k++) {
            double delta = value[k] - mean[k];

            mean[k] += delta / n;
            square[k] += delta * (value[k] - mean[k]);
        }
    }
    return r * sqrt(n) >= PAIR_SURE && square[0] >= square[1] &&
           fabs(mean[0] - mean[1]) <= PAIR_MEANS * sqrt(square[0] / n);
}

/* whether one number that is predicted of every row is among those of @label */
static gboolean
pair_is_one_of(ErrataInfer *self, guint label, guint prediction)
{
    const ErrataProfile *one = &self->profiles[prediction], *all = &self->profiles[label];

    return one->n_valid > 0 && !(one->min < one->max) && all->min <= one->min &&
           one->max <= all->max && all->min < all->max;
}

/* whether @label and @prediction could be the same quantity */
static int
pair_compare(ErrataInfer *self, guint label, guint prediction)
{
    const ErrataVocabulary *l = errata_schema_infer_vocabulary(self, label);
    const ErrataVocabulary *p = errata_schema_infer_vocabulary(self, prediction);
    gboolean l_number = errata_schema_infer_is_number(self, label);
    gboolean p_number = errata_schema_infer_is_number(self, prediction);
    gboolean l_many = l_number && !self->profiles[label].integral;
    gboolean p_many = p_number && !self->profiles[prediction].integral;

    if (l != NULL && l->n_values <= 2 && errata_schema_infer_is_probability(self, prediction))
        return PAIR_LIKELY;
    if (l != NULL && p != NULL && !l_many && !p_many) {
        int same = pair_compare_values(l, p);

        if (same > PAIR_DISJOINT || !l_number || !p_number)
            return same;
    }
    if (l_many && p_number && pair_is_two(self, prediction))
        return PAIR_UNRELATED; /* its score, not its label */
    if (l_number && p_number) {
        double r = errata_schema_infer_correlation(self, label, prediction);

        if (r >= PAIR_RELATED || self->frame->n_rows < PAIR_TWO)
            return PAIR_SAME;
        return pair_is_faint(self, label, prediction, r) || pair_is_one_of(self, label, prediction)
                   ? PAIR_POSSIBLE
                   : PAIR_UNRELATED;
    }
    return PAIR_NEVER;
}

/* whether the column could hold labels of the classes that have a score each */
static gboolean
pair_has_scored_classes(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);

    for (guint i = 0; values != NULL && i < self->frame->n_columns; i++) {
        const char *target = self->schema->columns[i].target;

        if (self->schema->columns[i].role == ERRATA_ROLE_SCORE && target != NULL) {
            g_autofree char *value = errata_vocabulary_canonical(target, strlen(target));

            if (errata_vocabulary_find(values, value) >= 0)
                return TRUE;
        }
    }
    return FALSE;
}

/* a label that stands alone: any strong name; of the weak ones those that mean a target in training
 * data, if the values are classes or numbers */
static int
pair_alone(ErrataInfer *self, guint label)
{
    if (pair_has_scored_classes(self, label))
        return PAIR_SAME;
    if (self->names[label].label > ERRATA_NAME_WEAK)
        return 0;
    if (pair_is_target(self, label) && (errata_schema_infer_vocabulary(self, label) != NULL ||
                                        errata_schema_infer_is_number(self, label)))
        return 0;
    return PAIR_DISJOINT;
}

/* whether two names of other things, each made like its role, hold numbers that do not go together:
 * true_north and prediction_horizon are settings, not what came true and what was foretold */
static gboolean
pair_is_accident(ErrataInfer *self, guint label, guint prediction)
{
    return self->names[label].label == ERRATA_NAME_PATTERN &&
           self->names[prediction].prediction == ERRATA_NAME_PATTERN &&
           *self->names[label].stem != '\0' && *self->names[prediction].stem != '\0' &&
           !g_str_equal(self->names[label].stem, self->names[prediction].stem) &&
           self->frame->n_rows >= PAIR_TWO &&
           (pair_compare(self, label, prediction) <= PAIR_DISJOINT ||
            (errata_schema_infer_is_number(self, label) &&
             errata_schema_infer_is_number(self, prediction) &&
             !(errata_schema_infer_correlation(self, label, prediction) >= PAIR_RELATED)));
}

/* whether a name made like a role meets such names of the other role only by accident, and there
 * are any */
static gboolean
pair_is_stray(ErrataInfer *self, guint column, ErrataRole role)
{
    guint n = 0;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        gboolean is_label = role == ERRATA_ROLE_LABEL;
        ErrataNameStrength other = is_label ? self->names[i].prediction : self->names[i].label;

        if (i == column || other < ERRATA_NAME_PATTERN || self->taken[i])
            continue;
        if (!pair_is_accident(self, is_label ? column : i, is_label ? i : column))
            return FALSE;
        n++;
    }
    return n > 0;
}

/* how good the pair is; either may be PAIR_NONE */
static int
pair_value(ErrataInfer *self, int label, int prediction)
{
    int value = 0;

    if ((label >= 0 && pair_is_stray(self, (guint)label, ERRATA_ROLE_LABEL)) ||
        (prediction >= 0 && pair_is_stray(self, (guint)prediction, ERRATA_ROLE_PREDICTION)))
        return PAIR_NEVER;
    if (label >= 0)
        value += pair_strengths[self->names[label].label];
    if (prediction >= 0)
        value += pair_strengths[self->names[prediction].prediction];
    if (label >= 0 && prediction >= 0) {
        int same = pair_compare(self, (guint)label, (guint)prediction);

        if (same <= 0 && (self->names[label].label == ERRATA_NAME_WEAK ||
                          self->names[prediction].prediction == ERRATA_NAME_WEAK))
            return PAIR_NEVER;
        return value + same;
    }
    if (label >= 0)
        return value + pair_alone(self, (guint)label);
    if (prediction >= 0 && self->names[prediction].prediction == ERRATA_NAME_WEAK)
        return PAIR_DISJOINT;
    return value;
}

static gboolean
pair_is_candidate(const ErrataInfer *self, guint column)
{
    return !self->taken[column] && self->frame->columns[column]->type != ERRATA_COLUMN_TIME &&
           !self->names[column].level && self->profiles[column].n_valid > 0;
}

/* candidates for @role, PAIR_NONE last; only the settled column where there is one */
static guint
pair_candidates(const ErrataInfer *self, ErrataRole role, int *candidates)
{
    guint n = 0;
    int settled = errata_schema_infer_column(self, role);

    if (settled >= 0) {
        candidates[n++] = settled;
        return n;
    }
    for (guint i = 0; i < self->frame->n_columns && n < PAIR_MANY - 1; i++) {
        ErrataNameStrength strength = role == ERRATA_ROLE_LABEL ? self->names[i].label
                                                                : self->names[i].prediction;

        if (strength > ERRATA_NAME_NONE && pair_is_candidate(self, i))
            candidates[n++] = (int)i;
    }
    candidates[n++] = PAIR_NONE;
    return n;
}

static const char *
pair_describe(ErrataInfer *self, guint column)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);

    if (errata_schema_infer_is_number(self, column) && !self->profiles[column].integral)
        return "numbers";
    if (values == NULL)
        return "many values";
    return values->n_values == 1   ? "one value"
           : values->n_values == 2 ? "two values"
                                   : "few values";
}

static void
pair_take(ErrataInfer *self, int label, int prediction)
{
    gboolean same = label >= 0 && prediction >= 0 &&
                    pair_compare(self, (guint)label, (guint)prediction) > 0;

    if (label >= 0)
        errata_schema_infer_take(self,
                                 (guint)label,
                                 ERRATA_ROLE_LABEL,
                                 "named like a label, %s%s%s",
                                 pair_describe(self, (guint)label),
                                 same ? " that go with " : "",
                                 same ? self->frame->columns[prediction]->name : "");
    if (prediction >= 0)
        errata_schema_infer_take(self,
                                 (guint)prediction,
                                 ERRATA_ROLE_PREDICTION,
                                 "named like a prediction, %s%s%s",
                                 pair_describe(self, (guint)prediction),
                                 same ? " that go with " : "",
                                 same ? self->frame->columns[label]->name : "");
}

/* share of rows in which two columns have the same value, above chance: Cohen's kappa on the
 * sample */
static double
pair_agreement(ErrataInfer *self, guint a, guint b)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, b);
    const ErrataColumn *x = self->frame->columns[a];
    g_autofree gint32 *u = errata_vocabulary_codes(values, x);
    g_autofree gint32 *v = errata_vocabulary_codes(values, self->frame->columns[b]);
    g_autofree double *count = g_new0(double, 2 * values->n_values + 1);
    double same = 0.0;

    for (gsize row = 0; row < x->n_rows; row++) {
        if (u[row] < 0 || v[row] < 0)
            continue;
        same += u[row] == v[row] ? 1.0 : 0.0;
        count[2 * u[row]] += 1.0;
        count[2 * v[row] + 1] += 1.0;
    }
    return errata_schema_infer_kappa(count, values->n_values, same);
}

/* the first of the model's own columns, of which @prediction is one */
static int
pair_first_output(const ErrataInfer *self, guint prediction)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (i == prediction || self->schema->columns[i].role == ERRATA_ROLE_PREDICTION ||
            self->schema->columns[i].role == ERRATA_ROLE_SCORE ||
            (!self->taken[i] && self->names[i].score >= ERRATA_NAME_PATTERN))
            return (int)i;
    return -1;
}

/* kappa from which on a column is what a prediction foretells. Before the model's columns
 * `is_member` is as often as not what it goes by, while `is_fraud` is what it foretells */
static double
pair_agrees_from(const char *name, gboolean after, gboolean outcome)
{
    g_autofree char *words = errata_schema_name_words(name);

    if (after)
        return outcome ? 0.05 : 0.2;
    return g_str_has_prefix(words, "is_") && !errata_schema_name_is_event(name) ? PAIR_AGREES : 0.2;
}

/* how much a column without a telling name looks like the label of @prediction */
static double
pair_outcome_value(ErrataInfer *self, guint column, guint prediction, int first_output)
{
    const char *name = self->frame->columns[column]->name;
    const char *stem = self->names[prediction].stem;
    gboolean stemmed = *stem != '\0' && strcmp(stem, self->names[column].stem) == 0;
    gboolean after = first_output >= 0 && (int)column > first_output;
    gboolean outcome = errata_schema_name_is_outcome(name);
    const ErrataVocabulary *l = errata_schema_infer_vocabulary(self, column);
    const ErrataVocabulary *p = errata_schema_infer_vocabulary(self, prediction);
    double value;

    if (stemmed && pair_compare(self, column, prediction) > 0)
        return PAIR_STEMMED;
    if (!after && !outcome)
        return 0.0;
    if (l == NULL || p == NULL || p->n_values < 2 ||
        errata_schema_infer_is_probability(self, prediction)) {
        if (!errata_schema_infer_is_number(self, column) ||
            !errata_schema_infer_is_number(self, prediction) ||
            self->profiles[prediction].integral != self->profiles[column].integral)
            return 0.0;
        value = errata_schema_infer_correlation(self, column, prediction);
        value = value >= (after ? 0.5 : 0.7) ? value : 0.0;
    } else {
        if (pair_shared(l, p) < MIN(l->n_values, 2) || l->n_values > 2 * p->n_values)
            return 0.0;
        value = pair_agreement(self, column, prediction);
        value = value >= pair_agrees_from(name, after, outcome) ? value : 0.0;
    }
    if (!(value > 0.0))
        return 0.0;
    return value + (after ? 0.15 : 0.0) + (outcome ? 0.15 : 0.0);
}

/* whether all values of either column but a few are values of the other, and words: no number, yes
 * or no is shared by chance */
static gboolean
pair_same_words(ErrataInfer *self, guint column, guint other)
{
    const ErrataVocabulary *l, *p;

    if (errata_schema_infer_is_number(self, column) ||
        errata_schema_name_is_past(self->frame->columns[column]->name))
        return FALSE;
    l = errata_schema_infer_vocabulary(self, column);
    p = errata_schema_infer_vocabulary(self, other);
    if (l == NULL || p == NULL || l->n_values < 2 || p->n_values < 2 ||
        4 * pair_shared(l, p) < 3 * MAX(l->n_values, p->n_values))
        return FALSE;
    return pair_is_words(p);
}

/* whether its name leaves room for @role: a label is not what another model or a rule says */
static gboolean
pair_may_be(const ErrataInfer *self, guint column, ErrataRole role)
{
    if (role == ERRATA_ROLE_PREDICTION)
        return self->names[column].label == ERRATA_NAME_NONE;
    return self->names[column].prediction == ERRATA_NAME_NONE &&
           !errata_schema_name_is_rival(self->frame->columns[column]->name);
}

/* the one column that says the same words as @other, a label or a prediction, mostly in the same
 * rows */
static void
pair_find_same(ErrataInfer *self, guint other, ErrataRole role)
{
    int found = PAIR_NONE;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        if (i == other || !pair_is_candidate(self, i) || self->names[i].input ||
            !pair_may_be(self, i, role) || !pair_same_words(self, i, other) ||
            pair_agreement(self, i, other) < PAIR_AGREES)
            continue;
        if (found >= 0)
            return; /* which one? */
        found = (int)i;
    }
    if (found >= 0)
        errata_schema_infer_take(self,
                                 (guint)found,
                                 role,
                                 "the only column with the values of %s, mostly in the same rows",
                                 self->frame->columns[other]->name);
}

static gboolean
pair_is_outcome_candidate(const ErrataInfer *self, guint column)
{
    return pair_is_candidate(self, column) && !self->names[column].input &&
           self->names[column].score < ERRATA_NAME_PATTERN &&
           self->names[column].prediction < ERRATA_NAME_PATTERN;
}

static void
pair_find_outcome(ErrataInfer *self, guint prediction)
{
    int first_output = pair_first_output(self, prediction);
    int best = -1;
    double best_value = 0.0;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        double value;

        if (i == prediction || !pair_is_outcome_candidate(self, i))
            continue;
        value = pair_outcome_value(self, i, prediction, first_output);
        if (value > best_value) {
            best_value = value;
            best = (int)i;
        }
    }
    if (best < 0)
        pair_find_same(self, prediction, ERRATA_ROLE_LABEL);
    else
        errata_schema_infer_take(self,
                                 (guint)best,
                                 ERRATA_ROLE_LABEL,
                                 "%s that go with %s, and %s",
                                 pair_describe(self, (guint)best),
                                 self->frame->columns[prediction]->name,
                                 best_value >= PAIR_STEMMED ? "named like it"
                                 : first_output >= 0 && best > first_output
                                     ? "placed like an outcome"
                                     : "named like an outcome");
}

/* how much of the spread of @b is left over when @a is taken for it; 1 and more: nothing is told */
static double
pair_distance(const ErrataInfer *self, guint a, guint b)
{
    const ErrataColumn *x = self->frame->columns[a];
    const ErrataColumn *y = self->frame->columns[b];
    double n = 0.0, mean = 0.0, spread = 0.0, rest = 0.0;

    for (gsize row = 0; row < x->n_rows && n < PAIR_SAMPLE; row++) {
        double delta, off;

        if (!errata_column_is_valid(x, row) || !errata_column_is_valid(y, row))
            continue;
        n += 1.0;
        delta = errata_column_number(y, row) - mean;
        mean += delta / n;
        spread += delta * (errata_column_number(y, row) - mean);
        off = errata_column_number(x, row) - errata_column_number(y, row);
        rest += off * off;
    }
    return n >= PAIR_SAMPLE_LEAST && spread > 0.0 ? rest / spread : 1.0;
}

/* whether the names speak of one quantity: forecast_load and load, forecast_mw and load_mw */
static gboolean
pair_share_stem(const ErrataInfer *self, guint prediction, guint column)
{
    const char *stem = self->names[prediction].stem;
    const char *words = self->names[column].words;
    gsize n = strlen(stem);
    gsize m = strlen(words);

    return n == 0 || g_str_equal(stem, words) || g_str_equal(stem, self->names[column].stem) ||
           (m > n + 1 && g_str_has_suffix(words, stem) && words[m - n - 1] == '_') ||
           (m > n + 1 && g_str_has_prefix(words, stem) && words[n] == '_');
}

/* a column named like a forecast, and the one column that it is close to, or that has its very
 * name: neither name tells enough by itself. TRUE where there is just one such pair */
static gboolean
pair_find_twins(ErrataInfer *self)
{
    int found[2] = {PAIR_NONE, PAIR_NONE};
    gboolean is_named = FALSE;
    guint n = 0;

    for (guint p = 0; p < self->frame->n_columns; p++) {
        if (self->names[p].prediction != ERRATA_NAME_WEAK || self->names[p].about_prediction ||
            !pair_is_candidate(self, p) || !errata_schema_infer_is_number(self, p))
            continue;
        for (guint l = 0; l < self->frame->n_columns; l++) {
            gboolean named;

            if (p == l || !pair_is_candidate(self, l) ||
                self->names[l].prediction != ERRATA_NAME_NONE ||
                self->names[l].id != ERRATA_NAME_NONE || !errata_schema_infer_is_number(self, l) ||
                !pair_share_stem(self, p, l) ||
                errata_schema_name_is_past(self->frame->columns[l]->name) ||
                pair_distance(self, p, l) > PAIR_TWIN)
                continue;
            named = *self->names[p].stem != '\0' &&
                    g_str_equal(self->names[p].stem, self->names[l].words);
            if (is_named && !named)
                continue;
            n = named && !is_named ? 1 : n + 1;
            is_named = named;
            found[0] = (int)l;
            found[1] = (int)p;
        }
    }
    if (n != 1)
        return FALSE;
    errata_schema_infer_take(self,
                             (guint)found[0],
                             ERRATA_ROLE_LABEL,
                             "numbers that %s, named like a forecast, is close to",
                             self->frame->columns[found[1]]->name);
    errata_schema_infer_take(self,
                             (guint)found[1],
                             ERRATA_ROLE_PREDICTION,
                             "named like a forecast, numbers close to %s",
                             self->frame->columns[found[0]]->name);
    return TRUE;
}

/* whether @label, weakly named, has nothing to do with @prediction, and another column has */
static gboolean
pair_has_better(ErrataInfer *self, int label, int prediction)
{
    int first = pair_first_output(self, (guint)MAX(prediction, 0));

    if (label < 0 || prediction < 0 || self->names[label].label != ERRATA_NAME_WEAK ||
        self->taken[label] || self->frame->n_rows < PAIR_SAMPLE_LEAST ||
        errata_schema_infer_vocabulary(self, (guint)label) == NULL ||
        errata_schema_infer_vocabulary(self, (guint)prediction) == NULL ||
        pair_agreement(self, (guint)label, (guint)prediction) >= PAIR_CHANCE)
        return FALSE;
    for (guint i = 0; i < self->frame->n_columns; i++)
        if ((int)i != label && (int)i != prediction && pair_is_outcome_candidate(self, i) &&
            pair_outcome_value(self, i, (guint)prediction, first) >= PAIR_AGREES)
            return TRUE;
    return FALSE;
}

/* whether a column named like a score makes @prediction, but for few rows, by a cut */
static gboolean
pair_is_cut(ErrataInfer *self, guint prediction)
{
    for (guint i = 0; i < self->frame->n_columns; i++)
        if (i != prediction && !self->taken[i] && self->names[i].score > ERRATA_NAME_NONE &&
            errata_schema_infer_is_probability(self, i) &&
            errata_schema_infer_score_purity(self, i, prediction) >= PAIR_CUT)
            return TRUE;
    return FALSE;
}

/* the one column named like a prediction in that way, where the outcome that it goes with is found;
 * else −1. With @cut only columns that are cut from a score count */
static int
pair_find_lone(ErrataInfer *self, ErrataNameStrength strength, gboolean cut)
{
    int prediction = PAIR_NONE;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        if (self->names[i].prediction != strength || !pair_is_candidate(self, i) ||
            (cut && !pair_is_cut(self, i)))
            continue;
        if (prediction >= 0)
            return PAIR_NONE; /* which one? */
        prediction = (int)i;
    }
    if (prediction >= 0)
        pair_find_outcome(self, (guint)prediction);
    return errata_schema_infer_column(self, ERRATA_ROLE_LABEL) >= 0 ? prediction : PAIR_NONE;
}

/* the one column made like a prediction that met no label but by accident, and the outcome that it
 * goes with; TRUE where there are both */
static gboolean
pair_find_stray(ErrataInfer *self)
{
    int prediction = pair_find_lone(self, ERRATA_NAME_PATTERN, FALSE);

    pair_take(self, PAIR_NONE, prediction);
    return prediction >= 0;
}

/* a column named weakly like a prediction (decision) that is cut from a score, and its outcome */
static gboolean
pair_find_decision(ErrataInfer *self)
{
    int prediction = pair_find_lone(self, ERRATA_NAME_WEAK, TRUE);

    if (prediction >= 0)
        errata_schema_infer_take(self,
                                 (guint)prediction,
                                 ERRATA_ROLE_PREDICTION,
                                 "named like a prediction, cut from a score");
    return prediction >= 0;
}

/* without a prediction: the one pair of an outcome with two values and a score of its name */
static void
pair_find_scored(ErrataInfer *self)
{
    int label = PAIR_NONE;

    for (guint s = 0; s < self->frame->n_columns; s++) {
        if (self->names[s].score == ERRATA_NAME_NONE || self->names[s].input ||
            !pair_is_candidate(self, s) || *self->names[s].stem == '\0' ||
            !errata_schema_infer_is_probability(self, s))
            continue;
        for (guint l = 0; l < self->frame->n_columns; l++) {
            if (s == l || self->names[l].input || !pair_is_candidate(self, l) ||
                !g_str_equal(self->names[s].stem, self->names[l].stem) ||
                !errata_schema_infer_is_number(self, l) || !pair_is_two(self, l) ||
                !errata_schema_name_is_outcome(self->frame->columns[l]->name) ||
                !(errata_schema_infer_correlation(self, s, l) >= PAIR_SCORED))
                continue;
            if (label >= 0)
                return; /* which one? */
            label = (int)l;
        }
    }
    if (label >= 0)
        errata_schema_infer_take(self,
                                 (guint)label,
                                 ERRATA_ROLE_LABEL,
                                 "two values, named like an outcome that a score is named after");
}

/* further columns named like the model's or the truth's are no inputs */
static void
pair_ignore_others(ErrataInfer *self, int label, int prediction)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        if (self->taken[i])
            continue;
        if (self->names[i].prediction == ERRATA_NAME_STRONG && prediction >= 0)
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "named like a prediction, but %s is the prediction",
                                     self->frame->columns[prediction]->name);
        else if (self->names[i].prediction == ERRATA_NAME_PATTERN && prediction >= 0 &&
                 pair_compare(self, i, (guint)prediction) > 0)
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "named like a prediction and like %s",
                                     self->frame->columns[prediction]->name);
        else if (self->names[i].label == ERRATA_NAME_STRONG && label >= 0)
            errata_schema_infer_take(self,
                                     i,
                                     ERRATA_ROLE_IGNORE,
                                     "named like a label, but %s is the label",
                                     self->frame->columns[label]->name);
    }
}

void
errata_schema_infer_pair_find(ErrataInfer *self)
{
    int labels[PAIR_MANY];
    int predictions[PAIR_MANY];
    guint n_labels = pair_candidates(self, ERRATA_ROLE_LABEL, labels);
    guint n_predictions = pair_candidates(self, ERRATA_ROLE_PREDICTION, predictions);
    int best = -1000;
    int label = PAIR_NONE;
    int prediction = PAIR_NONE;

    for (guint i = 0; i < n_labels; i++)
        for (guint j = 0; j < n_predictions; j++) {
            int value;

            if (labels[i] >= 0 && labels[i] == predictions[j])
                continue;
            value = pair_value(self, labels[i], predictions[j]);
            if (value > best) {
                best = value;
                label = labels[i];
                prediction = predictions[j];
            }
        }
    if (pair_has_better(self, label, prediction))
        label = PAIR_NONE;
    pair_take(self, label, prediction);
    if (label < 0 && prediction >= 0)
        pair_find_outcome(self, (guint)prediction);
    if (label < 0 && prediction < 0 && !pair_find_stray(self) && !pair_find_twins(self) &&
        !pair_find_decision(self) && errata_schema_infer_column(self, ERRATA_ROLE_SCORE) < 0)
        pair_find_scored(self);
    if (label >= 0 && prediction < 0)
        pair_find_same(self, (guint)label, ERRATA_ROLE_PREDICTION);
    label = errata_schema_infer_column(self, ERRATA_ROLE_LABEL);
    prediction = errata_schema_infer_column(self, ERRATA_ROLE_PREDICTION);
    pair_ignore_others(self, label, prediction);
}
