/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column is the label, and which the prediction, where only the scores tell: `p_benign`, or
 * `prob_0 prob_1 prob_2`, name the values of the column that they are about (diagnosis, cultivar).
 * Words that are classes speak for themselves; small numbers are in many a column, so they must
 * also go with the scores. Of two such columns the one that the scores make is what the model
 * says. */
#include <math.h>
#include <string.h>

#include "schema-infer.h"

#define NAMED_MADE  0.9    /* of the rows, from which a column may be what the scores make */
#define NAMED_EXACT 0.9995 /* and from which it is */
#define NAMED_AGREES \
    0.2                 /* kappa with the class of the largest score, of numbers that are a label */
#define NAMED_LEAST 20  /* rows with a value */
#define NAMED_APART 4.0 /* standard errors between a class's mean score and the others' */

/* the scores and the classes that they are named after */
typedef struct {
    GArray *columns;    /* (element-type guint) */
    GPtrArray *classes; /* (element-type utf8) */
    gboolean words;     /* no class is a number, yes or no */
} NamedScores;

static void
named_add(NamedScores *scores, guint column, const char *class_name)
{
    scores->words = scores->words && errata_vocabulary_truth(class_name) < 0 &&
                    !g_ascii_isdigit(class_name[class_name[0] == '-' ? 1 : 0]);
    g_array_append_val(scores->columns, column);
    g_ptr_array_add(scores->classes, g_strdup(class_name));
}

/* the scores that were taken; where there is none, the one column named like the score of a
 * class */
static void
named_scores(const ErrataInfer *self, NamedScores *scores)
{
    int single = -1;

    for (guint i = 0; i < self->frame->n_columns; i++)
        if (self->schema->columns[i].role == ERRATA_ROLE_SCORE &&
            self->schema->columns[i].target != NULL)
            named_add(scores, i, self->schema->columns[i].target);
    for (guint i = 0; scores->columns->len == 0 && i < self->frame->n_columns; i++) {
        g_autofree char *family = NULL;
        g_autofree char *class_name = NULL;

        if (self->taken[i] || self->names[i].input ||
            !errata_schema_infer_is_probability(self, i) ||
            !errata_schema_name_split_class(self->frame->columns[i]->name, &family, &class_name))
            continue;
        if (single >= 0)
            return; /* which one? */
        single = (int)i;
    }
    if (single >= 0) {
        g_autofree char *family = NULL;
        g_autofree char *class_name = NULL;

        errata_schema_name_split_class(self->frame->columns[single]->name, &family, &class_name);
        named_add(scores, (guint)single, class_name);
    }
}

/* whether the values of the column are those classes: all of them, where each class has its
 * score */
static gboolean
named_are_values(ErrataInfer *self, guint column, const NamedScores *scores)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    guint n = 0;

    if (values == NULL || values->n_values < 2 || self->profiles[column].n_valid < NAMED_LEAST)
        return FALSE;
    for (guint i = 0; i < scores->classes->len; i++)
        n += errata_schema_infer_value(values, g_ptr_array_index(scores->classes, i)) >= 0 ? 1 : 0;
    if (scores->classes->len == 1)
        return n == 1 && values->n_values == 2;
    return n == values->n_values;
}

/* the class of a row's largest score as a value of the vocabulary; −1 where there is none */
static int
named_largest(const ErrataInfer *self, const NamedScores *scores, const int *codes, gsize row)
{
    double largest = -G_MAXDOUBLE;
    int code = -1;

    for (guint i = 0; i < scores->columns->len; i++) {
        guint column = g_array_index(scores->columns, guint, i);
        double score = errata_column_number(self->frame->columns[column], row);

        if (score > largest) {
            largest = score;
            code = codes[i];
        }
    }
    return code;
}

/* share of the rows whose value is that of their largest score, and how far that is above chance */
static double
named_agreement(ErrataInfer *self, guint column, const NamedScores *scores, double *ret_kappa)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    gsize step = errata_schema_profile_step(self->frame->n_rows);
    g_autofree gint32 *given = errata_vocabulary_codes(values, self->frame->columns[column]);
    g_autofree int *codes = g_new(int, scores->classes->len);
    g_autofree double *count = g_new0(double, 2 * values->n_values);
    double n = 0.0, same = 0.0;

    for (guint i = 0; i < scores->classes->len; i++)
        codes[i] = errata_schema_infer_value(values, g_ptr_array_index(scores->classes, i));
    for (gsize row = 0; row < self->frame->n_rows; row += step) {
        int said = named_largest(self, scores, codes, row);

        if (given[row] < 0 || said < 0)
            continue;
        n += 1.0;
        same += given[row] == said ? 1.0 : 0.0;
        count[2 * given[row]] += 1.0;
        count[2 * said + 1] += 1.0;
    }
    *ret_kappa = errata_schema_infer_kappa(count, values->n_values, same);
    return n > 0.0 ? same / n : 0.0;
}

/* whether the one score is clearly higher in the rows of its class */
static gboolean
named_is_higher(ErrataInfer *self, guint column, const NamedScores *scores)
{
    const ErrataVocabulary *values = errata_schema_infer_vocabulary(self, column);
    const ErrataColumn *numbers = self->frame->columns[g_array_index(scores->columns, guint, 0)];
    g_autofree gint32 *given = errata_vocabulary_codes(values, self->frame->columns[column]);
    int code = errata_schema_infer_value(values, g_ptr_array_index(scores->classes, 0));
    gsize step = errata_schema_profile_step(numbers->n_rows);
    double n[2] = {0.0, 0.0}, sum[2] = {0.0, 0.0}, squares[2] = {0.0, 0.0};
    double variance = 0.0;

    for (gsize row = 0; row < numbers->n_rows; row += step) {
        double score = errata_column_number(numbers, row);
        guint side = given[row] == code ? 1 : 0;

        if (given[row] < 0 || isnan(score))
            continue;
        n[side] += 1.0;
        sum[side] += score;
        squares[side] += score * score;
    }
    if (n[0] < 2.0 || n[1] < 2.0)
        return FALSE;
    for (guint i = 0; i < 2; i++)
        variance += MAX(squares[i] / n[i] - sum[i] / n[i] * (sum[i] / n[i]), 0.0) / n[i];
    return sum[1] / n[1] - sum[0] / n[0] > NAMED_APART * sqrt(variance);
}

/* how nearly the scores make the column, 1 where they do in all rows; −1 where it has nothing to do
 * with them */
static double
named_made(ErrataInfer *self, guint column, const NamedScores *scores)
{
    double kappa = 0.0;
    double same = 0.0;

    if (scores->classes->len == 1) {
        guint score = g_array_index(scores->columns, guint, 0);

        same = errata_schema_infer_score_purity(self, score, column);
        return same >= NAMED_MADE || (scores->words && named_is_higher(self, column, scores))
                   ? same
                   : -1.0;
    }
    same = named_agreement(self, column, scores, &kappa);
    return scores->words || kappa >= NAMED_AGREES ? same : -1.0;
}

/* the column that is what the scores say, where the label is known */
static void
named_take_made(ErrataInfer *self, int made, double best)
{
    if (made >= 0 && best >= NAMED_EXACT)
        errata_schema_infer_take(self,
                                 (guint)made,
                                 ERRATA_ROLE_PREDICTION,
                                 "in every row the class that the scores make");
}

static void
named_take(ErrataInfer *self, const NamedScores *scores)
{
    gboolean has_label = errata_schema_infer_column(self, ERRATA_ROLE_LABEL) >= 0;
    int label = -1, made = -1;
    double best = -1.0, second = -1.0;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        double same = 0.0;

        if (self->taken[i] || self->names[i].input || !named_are_values(self, i, scores) ||
            (same = named_made(self, i, scores)) < 0.0)
            continue;
        if (made >= 0 && label >= 0)
            return; /* which one of three? */
        if (same > best) {
            label = made;
            second = best;
            made = (int)i;
            best = same;
        } else {
            label = (int)i;
            second = same;
        }
    }
    if (has_label) {
        named_take_made(self, made, best);
        return;
    }
    if (made >= 0 && label < 0 && best < NAMED_EXACT) {
        label = made; /* a model that is wrong now and then */
        made = -1;
    } else if (label < 0 || best < NAMED_MADE || second >= NAMED_EXACT)
        return;
    errata_schema_infer_take(self,
                             (guint)label,
                             ERRATA_ROLE_LABEL,
                             "its values are the classes that the scores are named after");
    if (made >= 0 && errata_schema_infer_column(self, ERRATA_ROLE_PREDICTION) < 0)
        errata_schema_infer_take(self,
                                 (guint)made,
                                 ERRATA_ROLE_PREDICTION,
                                 "in each row the class that the scores make");
}

/* takes the columns whose values the scores are named after: as the label and what the scores make
 * of it */
void
errata_schema_infer_classes_named(ErrataInfer *self)
{
    NamedScores scores = {.words = TRUE};

    if (errata_schema_infer_column(self, ERRATA_ROLE_LABEL) >= 0 &&
        errata_schema_infer_column(self, ERRATA_ROLE_PREDICTION) >= 0)
        return;
    scores.columns = g_array_new(FALSE, FALSE, sizeof(guint));
    scores.classes = g_ptr_array_new_with_free_func(g_free);
    named_scores(self, &scores);
    if (scores.columns->len > 0)
        named_take(self, &scores);
    g_array_unref(scores.columns);
    g_ptr_array_unref(scores.classes);
}
