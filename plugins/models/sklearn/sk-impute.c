/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's imputers that fill a missing cell by the row's other cells: KNNImputer by the
 * nearest training rows, IterativeImputer by models of each column in turns. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"

#define IMPUTE_TIE  1e-12 /* squared distances that close may stand in either order */
#define IMPUTE_NEAR 1e-8 /* below, what rounding leaves of a distance says nothing of its inverse */

/* a turn: a model of one column by some of the others */
typedef struct {
    guint column;
    GArray *others; /* guint */
    SkBody *body;
} ImputeTurn;

/**
 * SkImputer:
 * @n: columns
 * @n_rows, @row: of KNNImputer: training rows, NaN where missing; 0 for the other
 * @square: per training row the sum of its squares
 * @k: neighbours
 * @by_distance: a neighbour counts by the inverse of its distance
 * @mean: per column: what is filled in where no neighbour can be told, or to begin with
 * @low, @high: of IterativeImputer: bounds of what is filled in
 * @turns: (element-type ImputeTurn)
 */
struct _SkImputer {
    guint n;
    gsize n_rows;
    double *row;
    double *square;
    guint k;
    gboolean by_distance;
    double *mean;
    double *low;
    double *high;
    GPtrArray *turns;
};

typedef struct {
    double distance; /* squared; infinite where the rows have no cell in common */
    double value;
} ImputeDonor;

static void
impute_turn_free(gpointer data)
{
    ImputeTurn *turn = data;
    g_array_unref(turn->others);
    g_clear_pointer(&turn->body, sk_body_free);
    g_free(turn);
}

void
sk_imputer_free(SkImputer *self)
{
    g_free(self->row);
    g_free(self->square);
    g_free(self->mean);
    g_free(self->low);
    g_free(self->high);
    g_clear_pointer(&self->turns, g_ptr_array_unref);
    g_free(self);
}

/* whether cells may stay missing behind the steps: where it cannot be told whom a neighbour's place
 * is, or where another number stands for a missing cell */
gboolean
sk_steps_may_lack(const GPtrArray *steps)
{
    gboolean may = FALSE;
    for (guint i = 0; i < steps->len && !may; i++) {
        const SkStep *step = steps->pdata[i];
        may = (step->imputer != NULL && step->imputer->n_rows > 0) ||
              (step->kind == SK_STEP_IMPUTE && step->b != NULL);
        for (guint p = 0; step->parts != NULL && p < step->parts->len; p++)
            may = may || sk_steps_may_lack(((const SkPart *)step->parts->pdata[p])->steps);
    }
    return may;
}

static gboolean
impute_read_rows(SkImputer *self, const PickleValue *object, GError **error)
{
    PickleArray rows;
    g_autofree double *missing = NULL;
    if (!pickle_array(pickle_attribute(object, "_fit_X"), &rows) || rows.n_dimensions != 2 ||
        rows.shape[1] != self->n || rows.n == 0)
        return sk_fail(error, "_fit_X: expected rows of %u columns", self->n);
    self->n_rows = rows.shape[0];
    self->row = sk_numbers(object, "_fit_X", rows.n, error);
    missing = self->row != NULL ? sk_numbers(object, "_mask_fit_X", rows.n, error) : NULL;
    if (missing == NULL)
        return FALSE;
    self->square = g_new0(double, self->n_rows);
    self->mean = g_new0(double, (gsize)self->n + 1);
    g_autofree double *count = g_new0(double, (gsize)self->n + 1);
    for (gsize i = 0; i < rows.n; i++) {
        if (missing[i] > 0 || isnan(self->row[i])) {
            self->row[i] = (double)NAN;
            continue;
        }
        self->square[i / self->n] += self->row[i] * self->row[i];
        self->mean[i % self->n] += self->row[i];
        count[i % self->n] += 1;
    }
    for (guint c = 0; c < self->n; c++) {
        if (!(count[c] > 0))
            return sk_refuse(error, "an imputer of columns without values");
        self->mean[c] /= count[c];
    }
    return TRUE;
}

static gboolean
impute_read_near(SkReader *reader, SkImputer *self, const PickleValue *object, GError **error)
{
    const char *metric = pickle_text(pickle_attribute(object, "metric"));
    const char *weights = pickle_text(pickle_attribute(object, "weights"));
    double k = sk_number(object, "n_neighbors", 0);
    if (g_strcmp0(metric, "nan_euclidean") != 0 || weights == NULL ||
        (!g_str_equal(weights, "uniform") && !g_str_equal(weights, "distance")))
        return sk_refuse(error, "an imputer whose neighbours are told by a function");
    if (!(k >= 1 && k <= ERRATA_LIMIT_COLUMNS))
        return sk_fail(error, "n_neighbors: expected a number from 1");
    self->k = (guint)k;
    self->by_distance = g_str_equal(weights, "distance");
    errata_model_builder_note(reader->builder,
                              "missing cells are filled in from the %u nearest training rows; rows "
                              "in which several are equally near, so that numpy's version decides, "
                              "get no output",
                              self->k);
    return impute_read_rows(self, object, error);
}

static gboolean
impute_read_turn(SkReader *reader,
                 SkImputer *self,
                 const PickleValue *triplet,
                 const GArray *raw,
                 GError **error)
{
    const PickleValue *parts = triplet != NULL && triplet->kind == PICKLE_OBJECT ? triplet->args
                                                                                 : triplet;
    ImputeTurn *turn = g_new0(ImputeTurn, 1);
    PickleArray others;
    double column;
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(guint));
    turn->others = g_array_new(FALSE, FALSE, sizeof(guint));
    g_ptr_array_add(self->turns, turn);
    if (!pickle_number(pickle_item(parts, 0), &column) || !(column >= 0 && column < self->n) ||
        !pickle_array(pickle_item(parts, 1), &others) || others.n == 0)
        return sk_fail(error, "imputation_sequence_: expected a column, others and a model");
    turn->column = (guint)column;
    for (gsize i = 0; i < others.n; i++) {
        double other = pickle_array_number(&others, i);
        guint place = other >= 0 && other < self->n ? (guint)other : G_MAXUINT;
        if (place == G_MAXUINT)
            return sk_fail(error, "imputation_sequence_: there is no column %g", other);
        g_array_append_val(turn->others, place);
        g_array_append_val(own, g_array_index(raw, guint, place));
    }
    turn->body = sk_read_member(reader, pickle_item(parts, 2), own, error);
    if (turn->body == NULL)
        return FALSE;
    return turn->body->n_classes == 0 ||
           sk_refuse(error, "an imputer whose models tell classes is not computed");
}

static gboolean
impute_read_turns(SkReader *reader,
                  SkImputer *self,
                  const PickleValue *object,
                  const GArray *raw,
                  GError **error)
{
    const PickleValue *sequence = pickle_attribute(object, "imputation_sequence_");
    self->turns = g_ptr_array_new_with_free_func(impute_turn_free);
    if (sk_flag(object, "sample_posterior", FALSE))
        return sk_refuse(error, "an imputer that draws at random is not computed");
    self->mean =
        sk_numbers(pickle_attribute(object, "initial_imputer_"), "statistics_", self->n, error);
    if (self->mean == NULL)
        return FALSE;
    for (guint c = 0; c < self->n; c++)
        if (isnan(self->mean[c]))
            return sk_refuse(error, "an imputer of columns without values");
    /* of one column, or with no turns asked for, it fills in what it begins with */
    if (!(sk_number(object, "n_iter_", 1) > 0))
        return TRUE;
    self->low = sk_numbers(object, "_min_value", self->n, error);
    self->high = self->low != NULL ? sk_numbers(object, "_max_value", self->n, error) : NULL;
    if (self->high == NULL)
        return FALSE;
    for (guint i = 0; i < pickle_n_items(sequence); i++)
        if (!impute_read_turn(reader, self, pickle_item(sequence, i), raw, error))
            return FALSE;
    return TRUE;
}

/**
 * sk_read_model_imputer:
 * @object: a KNNImputer or an IterativeImputer
 * @raw: its columns
 *
 * Reads it into a step, without the marks of missing cells that it may add.
 *
 * Source: Troyanskaya et al. 2001 for neighbours; van Buuren and Groothuis-Oudshoorn 2011 for
 * turns; both as scikit-learn has them.
 */
gboolean
sk_read_model_imputer(SkReader *reader,
                      const PickleValue *object,
                      const GArray *raw,
                      GPtrArray *steps,
                      GError **error)
{
    gboolean near = g_str_equal(pickle_class(object), "KNNImputer");
    SkStep *step = sk_step_new(steps, SK_STEP_MODELLED, raw->len);
    SkImputer *self = step->imputer = g_new0(SkImputer, 1);
    self->n = raw->len;
    return near ? impute_read_near(reader, self, object, error)
                : impute_read_turns(reader, self, object, raw, error);
}

/* as scikit-learn works it out: by the sums of squares, less those of cells that the other row
 * lacks, per cell that both have */
static double
impute_distance(const SkImputer *self, const double *x, double square, gsize row)
{
    const double *y = self->row + row * self->n;
    double product = 0, left_out = 0;
    guint n_both = 0;
    for (guint i = 0; i < self->n; i++) {
        gboolean x_is = !isnan(x[i]), y_is = !isnan(y[i]);
        n_both += x_is && y_is ? 1 : 0;
        product += x_is && y_is ? x[i] * y[i] : 0;
        left_out += x_is && !y_is ? x[i] * x[i] : !x_is && y_is ? y[i] * y[i] : 0;
    }
    if (n_both == 0)
        return (double)INFINITY;
    return fmax(square - 2 * product + self->square[row] - left_out, 0) / n_both * self->n;
}

static int
impute_compare(const void *a, const void *b)
{
    double x = ((const ImputeDonor *)a)->distance, y = ((const ImputeDonor *)b)->distance;
    return (x > y) - (x < y);
}

static gboolean
impute_differ(const ImputeDonor *donor, gsize first, gsize last)
{
    for (gsize i = first; i < last; i++)
        if (donor[i].value < donor[last].value || donor[i].value > donor[last].value)
            return TRUE;
    return FALSE;
}

/* whether it is open which of several neighbours at one distance are the last ones asked */
static gboolean
impute_is_tied(const ImputeDonor *donor, gsize n, guint k, double room)
{
    double edge = donor[k - 1].distance;
    gsize first = k - 1, last = k - 1;
    while (first > 0 && !(donor[first - 1].distance < edge - room))
        first--;
    while (last + 1 < n && !(donor[last + 1].distance > edge + room))
        last++;
    return last >= k && impute_differ(donor, first, last);
}

/* the mean of the nearest; NaN where rounding decides who they are or what they count */
static double
impute_near(const SkImputer *self, const ImputeDonor *donor, gsize n, double size)
{
    guint k = (guint)MIN((gsize)self->k, n);
    double sum = 0, total = 0;
    if (impute_is_tied(donor, n, k, IMPUTE_TIE * size))
        return (double)NAN;
    if (!impute_differ(donor, 0, k - 1))
        return donor[0].value;
    if (self->by_distance && donor[0].distance <= IMPUTE_NEAR * size)
        return (double)NAN;
    for (guint i = 0; i < k; i++) {
        double weight = self->by_distance ? 1 / sqrt(donor[i].distance) : 1;
        sum += weight * donor[i].value;
        total += weight;
    }
    return sum / total;
}

static void
impute_by_rows(const SkImputer *self, const double *in, double *out)
{
    g_autofree double *distance = NULL;
    g_autofree ImputeDonor *donor = NULL;
    double square = 0, most = 0;
    memcpy(out, in, self->n * sizeof *out);
    for (guint c = 0; c < self->n; c++)
        square += isnan(in[c]) ? 0 : in[c] * in[c];
    for (guint c = 0; c < self->n; c++) {
        gsize n = 0;
        if (!isnan(in[c]))
            continue;
        if (distance == NULL) {
            distance = g_new(double, self->n_rows);
            donor = g_new(ImputeDonor, self->n_rows);
            for (gsize i = 0; i < self->n_rows; i++) {
                distance[i] = impute_distance(self, in, square, i);
                most = fmax(most, self->square[i]);
            }
        }
        for (gsize i = 0; i < self->n_rows; i++) {
            double value = self->row[i * self->n + c];
            if (!isnan(value))
                donor[n++] = (ImputeDonor){distance[i], value};
        }
        qsort(donor, n, sizeof *donor, impute_compare);
        out[c] = isinf(donor[0].distance) ? self->mean[c]
                                          : impute_near(self, donor, n, square + most);
    }
}

static void
impute_by_turns(const SkImputer *self, const double *in, double *out)
{
    g_autofree double *cell = g_new(double, (gsize)self->n + 1);
    for (guint c = 0; c < self->n; c++)
        out[c] = isnan(in[c]) ? self->mean[c] : in[c];
    for (guint t = 0; t < self->turns->len; t++) {
        const ImputeTurn *turn = self->turns->pdata[t];
        g_auto(SkAnswer) answer = {0};
        if (!isnan(in[turn->column]))
            continue;
        for (guint i = 0; i < turn->others->len; i++)
            cell[i] = out[g_array_index(turn->others, guint, i)];
        sk_answer_init(&answer, turn->body);
        sk_body_answer(turn->body, cell, &answer);
        out[turn->column] = fmin(fmax(answer.value, self->low[turn->column]),
                                 self->high[turn->column]);
    }
}

void
sk_imputer_run(const SkImputer *self, const double *in, double *out)
{
    if (self->n_rows > 0)
        impute_by_rows(self, in, out);
    else
        impute_by_turns(self, in, out);
}
