/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SplineTransformer: each column becomes the values of B-splines, by de Boor's recurrence as scipy
 * has it. Beyond the knots it goes on as the transformer was told to. */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "sk-private.h"

#define SPLINE_MAX_DEGREE 10

typedef enum {
    SPLINE_CONTINUE,
    SPLINE_ERROR,
    SPLINE_PERIODIC,
    SPLINE_CONSTANT,
    SPLINE_LINEAR,
} SplineBeyond;

/**
 * SkSpline:
 * @knots: (array length=n_knots) of one column
 * @weight: n_bases × n_splines: what each basis function counts in each spline
 * @edge, @reach: where the linear continuation begins, and how many splines it is of; the library
 *   counts both up from column to column where the degree is below 2
 */
typedef struct {
    guint n_knots;
    double *knots;
    double *weight;
    guint edge;
    guint reach;
} SplineColumn;

struct _SkSpline {
    guint degree;
    guint n_splines;
    gboolean drops_last;
    SplineBeyond beyond;
    guint n_columns;
    SplineColumn *column;
};

void
sk_spline_free(SkSpline *self)
{
    for (guint i = 0; i < self->n_columns; i++) {
        g_free(self->column[i].knots);
        g_free(self->column[i].weight);
    }
    g_free(self->column);
    g_free(self);
}

/* @h: (array length=degree+1): the basis functions that are not 0 at @x, or their slopes; the first
 *   of
 * them is returned */
static guint
spline_basis(const SkSpline *self, const SplineColumn *column, double x, gboolean slope, double *h)
{
    const double *t = column->knots;
    guint k = self->degree, n = column->n_knots - k - 1, at = k;
    double previous[SPLINE_MAX_DEGREE + 1];
    while (at + 1 < n && x >= t[at + 1])
        at++;
    h[0] = 1;
    for (guint j = 1; j <= k; j++) {
        gboolean derive = slope && j == k;
        memcpy(previous, h, j * sizeof *h);
        h[0] = 0;
        for (guint i = 1; i <= j; i++) {
            double high = t[at + i], low = t[at + i - j];
            if (!(high > low)) {
                h[i] = 0;
                continue;
            }
            double w = (derive ? j : 1) * previous[i - 1] / (high - low);
            h[i - 1] += derive ? -w : w * (high - x);
            h[i] = derive ? w : w * (x - low);
        }
    }
    if (slope && k == 0)
        h[0] = 0;
    return at - k;
}

static void
spline_at(const SkSpline *self,
          const SplineColumn *column,
          double x,
          gboolean slope,
          double *ret_value)
{
    double h[SPLINE_MAX_DEGREE + 1];
    guint first = spline_basis(self, column, x, slope, h);
    memset(ret_value, 0, self->n_splines * sizeof *ret_value);
    for (guint a = 0; a <= self->degree; a++)
        for (guint j = 0; j < self->n_splines; j++)
            ret_value[j] += h[a] * column->weight[(gsize)(first + a) * self->n_splines + j];
}

static void
spline_void(const SkSpline *self, double *ret_value)
{
    for (guint j = 0; j < self->n_splines; j++)
        ret_value[j] = (double)NAN;
}

/* only the splines that reach the edge are not 0 there */
static void
spline_constant(const SkSpline *self,
                const SplineColumn *column,
                double edge,
                gboolean is_low,
                double *ret_value)
{
    guint n = self->n_splines, degree = MIN(self->degree, n);
    if (degree == 0 && !is_low) {
        spline_void(self, ret_value); /* the library fails there */
        return;
    }
    spline_at(self, column, edge, FALSE, ret_value);
    for (guint j = 0; j < n; j++)
        if (is_low ? j >= degree : j < n - degree)
            ret_value[j] = 0;
}

static void
spline_linear(const SkSpline *self,
              const SplineColumn *column,
              double edge,
              gboolean is_low,
              double x,
              double *ret_value)
{
    guint n = self->n_splines, reach = MIN(column->reach, n);
    g_autofree double *slope = g_new(double, n);
    spline_at(self, column, edge, FALSE, ret_value);
    spline_at(self, column, edge, TRUE, slope);
    for (guint j = 0; j < n; j++)
        ret_value[j] = (is_low ? j < reach : j >= n - reach) ? ret_value[j] + (x - edge) * slope[j]
                                                             : 0;
}

static void
spline_column(const SkSpline *self, const SplineColumn *column, double x, double *ret_value)
{
    const double *t = column->knots;
    guint n = column->n_knots - self->degree - 1;
    double low = t[self->degree], high = t[n];
    if (isnan(x)) {
        spline_void(self, ret_value);
        return;
    }
    if (self->beyond == SPLINE_PERIODIC) {
        double width = high - low, past = fmod(x - low, width);
        x = low + (past < 0 ? past + width : past);
    } else if (self->beyond == SPLINE_LINEAR) {
        low = t[column->edge];
        high = t[column->n_knots - 1 - column->edge];
    }
    if (self->beyond == SPLINE_ERROR && (x < low || x > high))
        spline_void(self, ret_value);
    else if (self->beyond == SPLINE_CONSTANT && (x < low || x > high))
        spline_constant(self, column, x < low ? low : high, x < low, ret_value);
    else if (self->beyond == SPLINE_LINEAR && (x < low || x > high))
        spline_linear(self, column, x < low ? low : high, x < low, x, ret_value);
    else
        spline_at(self, column, x, FALSE, ret_value);
}

void
sk_spline_run(const SkSpline *self, const double *in, double *out)
{
    g_autofree double *value = g_new(double, self->n_splines);
    guint n = self->n_splines - (self->drops_last ? 1 : 0);
    for (guint i = 0; i < self->n_columns; i++) {
        spline_column(self, &self->column[i], in[i], value);
        memcpy(out + (gsize)i * n, value, n * sizeof *out);
    }
}

guint
sk_spline_width(const SkSpline *self)
{
    return self->n_splines - (self->drops_last ? 1 : 0);
}

SkSpline *
sk_spline_of_lines(const double *x, const double *y, guint n, gboolean clips)
{
    SkSpline *self = g_new0(SkSpline, 1);
    self->degree = self->n_splines = self->n_columns = 1;
    self->beyond = clips ? SPLINE_CONSTANT : SPLINE_ERROR;
    self->column = g_new0(SplineColumn, 1);
    self->column->n_knots = n + 2;
    self->column->knots = g_new(double, (gsize)n + 2);
    self->column->knots[0] = x[0];
    memcpy(self->column->knots + 1, x, n * sizeof *x);
    self->column->knots[n + 1] = x[n - 1];
    self->column->weight = sk_copy(y, n * sizeof *y);
    return self;
}

static gboolean
spline_read_column(SkSpline *self, guint at, const PickleValue *object, GError **error)
{
    SplineColumn *column = &self->column[at];
    PickleArray knots, weight;
    guint k = self->degree;
    double degree = sk_number(object, "k", -1);
    if (!pickle_array(pickle_attribute(object, "t"), &knots) || knots.n_dimensions != 1 ||
        knots.n > ERRATA_LIMIT_MODEL_FEATURES || knots.n < 2 * ((gsize)k + 1) ||
        !pickle_array(pickle_attribute(object, "c"), &weight) || weight.n_dimensions != 2 ||
        weight.shape[0] != knots.n - k - 1 || weight.shape[1] == 0 ||
        (at > 0 && weight.shape[1] != self->n_splines) ||
        weight.shape[1] > ERRATA_LIMIT_MODEL_FEATURES || fabs(degree - k) > 0)
        return sk_fail(error, "a spline whose knots, weights and degree do not fit together");
    self->n_splines = (guint)weight.shape[1];
    column->n_knots = (guint)knots.n;
    column->knots = sk_numbers(object, "t", knots.n, error);
    column->weight = column->knots != NULL ? sk_numbers(object, "c", weight.n, error) : NULL;
    for (guint i = 0; column->weight != NULL && i < column->n_knots; i++)
        if (!isfinite(column->knots[i]) || (i > 0 && column->knots[i] < column->knots[i - 1]))
            return sk_fail(error, "knots of a spline that do not ascend");
    if (column->weight != NULL && !(column->knots[column->n_knots - k - 1] > column->knots[k]))
        return sk_fail(error, "a spline without a range between its knots");
    return column->weight != NULL;
}

static gboolean
spline_read_beyond(SkSpline *self, const PickleValue *object, GError **error)
{
    static const char *const names[] = {"continue", "error", "periodic", "constant", "linear"};
    const char *name = pickle_text(pickle_attribute(object, "extrapolation"));
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i])) {
            self->beyond = (SplineBeyond)i;
            return TRUE;
        }
    return sk_refuse(error,
                     "splines that go on by %s",
                     name != NULL ? name : "nothing that is told");
}

/* the edges of each column's linear continuation, as the library counts them */
static gboolean
spline_count_edges(SkSpline *self, GError **error)
{
    guint degree = self->degree;
    for (guint i = 0; i < self->n_columns; i++) {
        self->column[i].edge = degree;
        if (self->beyond == SPLINE_LINEAR && degree <= 1)
            degree++;
        self->column[i].reach = degree;
        if (2 * self->column[i].edge + 1 > self->column[i].n_knots)
            return sk_fail(error, "a spline of too few knots");
    }
    return TRUE;
}

/**
 * sk_read_spline:
 * @object: a SplineTransformer
 *
 * Reads it to the end of @steps.
 */
gboolean
sk_read_spline(SkReader *reader,
               const PickleValue *object,
               GArray *raw,
               GPtrArray *steps,
               GError **error)
{
    const PickleValue *list = pickle_attribute(object, "bsplines_");
    guint n = raw->len;
    SkStep *step = sk_step_new(steps, SK_STEP_SPLINE, n);
    SkSpline *self = step->spline = g_new0(SkSpline, 1);
    double degree = sk_number(object, "degree", 3);
    gsize n_weights = 0;
    self->drops_last = !sk_flag(object, "include_bias", TRUE);
    if (!(degree >= 0 && degree <= SPLINE_MAX_DEGREE))
        return sk_refuse(error, "splines of a degree above %d", SPLINE_MAX_DEGREE);
    if (pickle_n_items(list) != n || n == 0)
        return sk_fail(error, "SplineTransformer has not a spline for each of %u columns", n);
    self->degree = (guint)degree;
    self->column = g_new0(SplineColumn, n);
    self->n_columns = n;
    for (guint i = 0; i < n; i++) {
        const SplineColumn *column = &self->column[i];
        if (!spline_read_column(self, i, pickle_item(list, i), error))
            return FALSE;
        /* one object may be all columns' weights */
        n_weights += (gsize)(column->n_knots - self->degree - 1) * self->n_splines;
        if (n_weights > SK_MAX_WIDE)
            return sk_refuse(error, "splines of more than %u weights", SK_MAX_WIDE);
    }
    if (!spline_read_beyond(self, object, error) || !spline_count_edges(self, error))
        return FALSE;
    step->n_out = n * sk_spline_width(self);
    for (guint i = 0; i < n; i++)
        if (g_array_index(raw, guint, i) != G_MAXUINT)
            reader->refuses_missing[g_array_index(raw, guint, i)] = TRUE;
    sk_step_forget(raw, step->n_out);
    return sk_may_widen(reader, step->n_out, error);
}
