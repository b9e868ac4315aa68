/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A 0 far below all other values may be a code for “no value”, or none of it: a parked car's speed,
 * the fee of a large basket. The column alone cannot tell; the rest of the row can. What stands for
 * a missing value goes with any true value, so that its rows look like a random part of all; a
 * value goes on where its neighbours point: what foretells low values foretells it. Trees learn the
 * others' values from the other columns and the label, on one half, and say of the other half, and
 * of the code's rows, where they would lie. Where the very rows of one cause hold it, it may be
 * either, and is told as perhaps a code. */
#include "clean-natural.h"

#include <math.h>
#include <stdlib.h>

#include "bins.h"
#include "boost.h"
#include "frame-select.h"
#include "number.h"
#include "ranking.h"
#include "sort.h"

#define NATURAL_OTHERS  8000 /* rows of other values in the sample */
#define NATURAL_CODED   3000 /* rows of the code */
#define NATURAL_LEAST   20   /* of the code */
#define NATURAL_BINS    48   /* of a number */
#define NATURAL_ROUNDS  40
#define NATURAL_GLANCE  8    /* rounds that show where there is nothing to learn … */
#define NATURAL_HINT    0.5  /* … no way of so many standard errors … */
#define NATURAL_APART   0.85 /* … and no such area under the curve */
#define NATURAL_NEAR    0.2  /* of the others: the code's neighbours */
#define NATURAL_WAY     0.5 /* from all of the others to those: nearer to these than to a random part */
#define NATURAL_ERRORS  3.0  /* standard errors by which it must be more */
#define NATURAL_PARTED  0.98 /* area under the curve of trees that know the code's rows */
#define NATURAL_MANY    0.2  /* of the values: no code, where nothing speaks for one */
#define NATURAL_SHARED  0.9  /* of the code's rows that hold the code in another column, too */
#define NATURAL_SPIKE   5.0  /* times as often there as any value beside it */
#define NATURAL_SENDERS 8    /* values of a column: each may be a device */
#define NATURAL_BRIEF   0.2  /* of the time, in which the middle of the code's rows lies */
#define NATURAL_MIDDLE  0.9  /* of them */
#define NATURAL_LOST    0.2  /* more of the code's rows than of the others lack another column */
#define NATURAL_STAGE   G_GUINT64_CONSTANT(0x6e617472)

typedef struct {
    const ErrataColumn *column; /* of the log as read */
    double value;
    gboolean low; /* the code lies below the others */
    gsize n;      /* rows in the sample */
    guint32 *row; /* of the log */
    guint8 *coded;
    double
        *target; /* of the others: share of them that lie between them and the code, ties halved */
    ErrataFrame *frame;
    ErrataBins *bins;
    ErrataBoostColumn *columns;
    guint n_columns;
    gsize n_coded;
} Natural;

static void
natural_clear(Natural *self)
{
    g_free(self->row);
    g_free(self->coded);
    g_free(self->target);
    g_free(self->columns);
    errata_bins_free(self->bins);
    errata_frame_unref(self->frame);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Natural, natural_clear)

static gboolean
natural_is(double a, double b)
{
    return !(a < b) && !(a > b) && !isnan(a);
}

/* an even sample of the rows of either kind, in the log's order */
static void
natural_sample(Natural *self)
{
    gsize n[2] = {0, 0}, step[2], seen[2] = {0, 0};

    for (gsize row = 0; row < self->column->n_rows; row++) {
        double value = errata_column_number(self->column, row);

        n[natural_is(value, self->value) ? 1 : 0] += isfinite(value) ? 1 : 0;
    }
    step[0] = n[0] / NATURAL_OTHERS + 1;
    step[1] = n[1] / NATURAL_CODED + 1;
    self->row = g_new(guint32, n[0] / step[0] + n[1] / step[1] + 2);
    self->coded = g_new(guint8, n[0] / step[0] + n[1] / step[1] + 2);
    for (gsize row = 0; row < self->column->n_rows; row++) {
        double value = errata_column_number(self->column, row);
        guint8 coded = natural_is(value, self->value) ? 1 : 0;

        if (!isfinite(value) || seen[coded]++ % step[coded] != 0)
            continue;
        self->coded[self->n] = coded;
        self->n_coded += coded;
        self->row[self->n++] = (guint32)row;
    }
}

static double
natural_number(const Natural *self, gsize place)
{
    double value = errata_column_number(self->column, self->row[place]);

    return self->low ? value : -value;
}

/* where each other value lies among the others, 0 next to the code */
static void
natural_rank(Natural *self)
{
    g_autofree double *rank = g_new(double, self->n + 1);
    gsize n = 0, next = 0;

    self->target = g_new0(double, self->n + 1);
    for (gsize i = 0; i < self->n; i++)
        if (self->coded[i] == 0)
            rank[n++] = natural_number(self, i);
    errata_sort_midranks(rank, n, rank);
    for (gsize i = 0; i < self->n; i++)
        if (self->coded[i] == 0)
            self->target[i] = (rank[next++] - 0.5) / (double)n;
}

/* whether another column holds the code in the same rows, and no value beside it nearly as often:
 * one record was filled in for both, which says nothing of either */
static gboolean
natural_is_shared(const Natural *self, const ErrataColumn *other)
{
    g_autofree double *sorted = NULL;
    gsize n = 0, n_shared = 0, n_same = 0, most = 0;

    if (!errata_column_is_numeric(other))
        return FALSE;
    for (gsize i = 0; i < self->n; i++)
        if (self->coded[i] != 0 && natural_is(errata_column_number(other, i), self->value))
            n_shared++;
    if ((double)n_shared < NATURAL_SHARED * (double)self->n_coded)
        return FALSE;
    sorted = g_new(double, self->n + 1);
    for (gsize i = 0; i < self->n; i++) {
        double value = errata_column_number(other, i);

        n_same += natural_is(value, self->value) ? 1 : 0;
        if (isfinite(value) && !natural_is(value, self->value))
            sorted[n++] = value;
    }
    errata_sort_values(sorted, n);
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && natural_is(sorted[end], sorted[begin]))
            end++;
        most = MAX(most, end - begin);
    }
    return (double)n_same >= NATURAL_SPIKE * (double)most;
}

/* whether many more of the code's rows than of the others lack a column: they lack more than one
 * value */
static gboolean
natural_is_lost(const Natural *self, const ErrataBinColumn *bin)
{
    gsize n[2] = {0, 0};

    for (gsize i = 0; i < self->n; i++)
        n[self->coded[i]] += bin->code[i] == ERRATA_BINS_MISSING ? 1 : 0;
    return (double)n[1] / (double)self->n_coded >
           (double)n[0] / (double)(self->n - self->n_coded) + NATURAL_LOST;
}

/* whether nearly all of the code's rows lie in one of many of a column's values, which is no end of
 * a quantity: one device, branch or ward that sends none is no cause of a 0 */
static gboolean
natural_is_sender(const Natural *self, const ErrataBinColumn *bin)
{
    gsize n[ERRATA_BINS_MAX + 2] = {0}, most = 0;
    guint first = bin->numeric ? 1 : 0, end = bin->numeric ? bin->n_codes - 1 : bin->n_codes;

    if (bin->n_codes < NATURAL_SENDERS || bin->derived != NULL)
        return FALSE;
    for (gsize i = 0; i < self->n; i++)
        n[bin->code[i]] += self->coded[i];
    for (guint code = first; code < end; code++)
        most = MAX(most, n[code]);
    return (double)most >= NATURAL_SHARED * (double)self->n_coded;
}

/* the other columns and the label, in bins; those that are lost together with the value say
 * nothing */
static void
natural_bin(Natural *self, const ErrataFrame *frame, const ErrataSchema *schema, guint column)
{
    ErrataSchema with_label = *schema;
    g_autofree ErrataSchemaColumn *columns = g_memdup2(schema->columns,
                                                       schema->n_columns * sizeof *columns);

    if (schema->label >= 0)
        columns[schema->label].role = ERRATA_ROLE_FEATURE;
    with_label.columns = columns;
    self->frame = errata_frame_select(frame, self->row, self->n);
    self->bins = errata_bins_new(self->frame, &with_label, NULL, NATURAL_BINS, NATURAL_STAGE);
    self->columns = g_new(ErrataBoostColumn, MAX(self->bins->n_columns, 1));
    for (guint i = 0; i < self->bins->n_columns; i++) {
        const ErrataBinColumn *bin = &self->bins->columns[i];

        if (bin->column == column || natural_is_lost(self, bin) || natural_is_sender(self, bin) ||
            (bin->derived == NULL && natural_is_shared(self, self->frame->columns[bin->column])))
            continue;
        self->columns[self->n_columns++] =
            (ErrataBoostColumn){bin->code, bin->n_codes, bin->numeric};
    }
}

/* rows of the sample of one half, or of both where @half is 2; of the code only, of the others
 * only, or of both where @coded is 2. Either half has every second row with the code, and every
 * second without: a code may stand on every second row. */
static gsize
natural_part(const Natural *self, guint half, guint coded, guint32 *row)
{
    gsize n_seen[2] = {0, 0};
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        guint own = self->coded[i] != 0 ? 1 : 0;

        if ((half == 2 || n_seen[own] % 2 == half) && (coded == 2 || own == coded))
            row[n++] = (guint32)i;
        n_seen[own]++;
    }
    return n;
}

/* what @rounds trees of either half make of the rows of the other; of rows that none was trained
 * on, the mean of both */
static void
natural_expect(const Natural *self,
               const double *target,
               gboolean all,
               guint rounds,
               double *expected)
{
    ErrataBoostParams params =
        errata_boost_params(all ? ERRATA_BOOST_LOGISTIC : ERRATA_BOOST_SQUARED, 0, NATURAL_STAGE);
    g_autofree guint32 *row = g_new(guint32, self->n + 1);
    g_autofree double *value = g_new(double, self->n + 1);

    params.rounds = rounds;
    for (gsize i = 0; i < self->n; i++)
        expected[i] = 0.0;
    for (guint half = 0; half < 2; half++) {
        gsize n = natural_part(self, half, all ? 2 : 0, row);
        g_autoptr(ErrataBoost) trees =
            n > 0 ? errata_boost_train(self->columns, self->n_columns, row, n, target, &params)
                  : NULL;

        if (trees == NULL)
            continue; /* no row to learn from */
        n = natural_part(self, 1 - half, all ? 2 : 0, row);
        errata_boost_predict(trees, self->columns, row, n, value);
        for (gsize i = 0; i < n; i++)
            expected[row[i]] = value[i];
        if (all)
            continue;
        n = natural_part(self, 2, 1, row);
        errata_boost_predict(trees, self->columns, row, n, value);
        for (gsize i = 0; i < n; i++)
            expected[row[i]] += value[i] / 2.0;
    }
}

typedef struct {
    double n;
    double mean;
    double square; /* sum of squared distances from it */
} NaturalMean;

static void
natural_mean_add(NaturalMean *mean, double value)
{
    double delta = value - mean->mean;

    mean->n += 1.0;
    mean->mean += delta / mean->n;
    mean->square += delta * (value - mean->mean);
}

static double
natural_mean_variance(const NaturalMean *mean)
{
    return mean->n > 1.0 ? mean->square / (mean->n - 1.0) / mean->n : (double)INFINITY;
}

/* what is expected of the code's rows, of the others and of the code's neighbours among them */
typedef struct {
    NaturalMean coded;
    NaturalMean others;
    NaturalMean near;
} NaturalGuess;

static NaturalGuess
natural_guess(const Natural *self, guint rounds)
{
    g_autofree double *expected = g_new(double, self->n + 1);
    NaturalGuess guess = {0};

    natural_expect(self, self->target, FALSE, rounds, expected);
    for (gsize i = 0; i < self->n; i++) {
        natural_mean_add(self->coded[i] != 0 ? &guess.coded : &guess.others, expected[i]);
        if (self->coded[i] == 0 && self->target[i] <= NATURAL_NEAR)
            natural_mean_add(&guess.near, expected[i]);
    }
    return guess;
}

/* the standard error of the way from all of the others to the code's neighbours */
static double
natural_guess_error(const NaturalGuess *guess)
{
    return sqrt(natural_mean_variance(&guess->others) + natural_mean_variance(&guess->near));
}

static gboolean
natural_guess_knows(const NaturalGuess *guess, double errors)
{
    return guess->others.mean - guess->near.mean > errors * natural_guess_error(guess);
}

/* how far the code's rows lie on the way from all of the others (0) to the code's neighbours among
 * them (1), by what the rest of the row lets expect: its lowest and highest likely value. FALSE
 * where that knows no such way: a few trees show most often that there is none. */
static gboolean
natural_way(const Natural *self, double *ret_least, double *ret_most)
{
    NaturalGuess guess = natural_guess(self, NATURAL_GLANCE);
    double way, error, at, slack;

    if (!natural_guess_knows(&guess, NATURAL_HINT))
        return FALSE;
    guess = natural_guess(self, NATURAL_ROUNDS);
    if (!natural_guess_knows(&guess, NATURAL_ERRORS))
        return FALSE;
    way = guess.others.mean - guess.near.mean;
    error = natural_guess_error(&guess);
    at = (guess.others.mean - guess.coded.mean) / way;
    slack = NATURAL_ERRORS *
            sqrt(natural_mean_variance(&guess.coded) + natural_mean_variance(&guess.others) +
                 at * at * error * error) /
            way;
    *ret_least = at - slack;
    *ret_most = at + slack;
    return TRUE;
}

static double
natural_time(const Natural *self, const ErrataColumn *time, gsize place)
{
    return time != NULL ? errata_column_number(time, place) : (double)self->row[place];
}

/* share of the others' time within which the middle of the code's rows lies: what comes for a while
 * only is a fault of that while */
static gboolean
natural_is_brief(const Natural *self, const ErrataSchema *schema)
{
    const ErrataColumn *time = schema->time >= 0 ? self->frame->columns[schema->time] : NULL;
    g_autofree double *coded = g_new(double, self->n + 1);
    gsize n_coded = 0, n_within = 0, n = 0;
    double first, last;

    for (gsize i = 0; i < self->n; i++)
        if (self->coded[i] != 0 && isfinite(natural_time(self, time, i)))
            coded[n_coded++] = natural_time(self, time, i);
    if (n_coded == 0)
        return FALSE;
    errata_sort_values(coded, n_coded);
    first = errata_sort_quantile(coded, n_coded, (1.0 - NATURAL_MIDDLE) / 2.0);
    last = errata_sort_quantile(coded, n_coded, (1.0 + NATURAL_MIDDLE) / 2.0);
    for (gsize i = 0; i < self->n; i++) {
        double at = natural_time(self, time, i);

        if (!isfinite(at))
            continue;
        n++;
        n_within += at >= first && at <= last ? 1 : 0;
    }
    return (double)n_within < NATURAL_BRIEF * (double)n;
}

/* area under the curve of what @rounds trees make of the code's rows and the others */
static double
natural_area(const Natural *self, guint rounds)
{
    g_autofree double *target = g_new(double, self->n + 1);
    g_autofree double *expected = g_new(double, self->n + 1);
    g_autoptr(ErrataRanking) ranking = NULL;

    for (gsize i = 0; i < self->n; i++)
        target[i] = self->coded[i];
    natural_expect(self, target, TRUE, rounds, expected);
    ranking = errata_ranking_new(expected, self->coded, NULL, self->n);
    return errata_ranking_auc(ranking, NULL);
}

/* whether the other columns tell the code's rows from all others: where one cause holds, and only
 * there, is 0. One cause is seen by few trees. */
static gboolean
natural_is_parted(const Natural *self)
{
    return natural_area(self, NATURAL_GLANCE) >= NATURAL_APART &&
           natural_area(self, NATURAL_ROUNDS) >= NATURAL_PARTED;
}

/**
 * errata_clean_natural_is_open:
 * @clean: the log with all that may be codes read as missing
 * @code: one of them
 *
 * Returns: %TRUE for 0 and numbers that nobody writes for “no value”, at an end of the others: each
 * may be a value
 */
gboolean
errata_clean_natural_is_open(const ErrataClean *clean, const ErrataCleanCode *code)
{
    const ErrataColumn *column = clean->raw->columns[code->column];
    const ErrataSentinel *sentinel = &code->sentinel;

    return errata_column_is_numeric(column) && column->n_rows <= G_MAXUINT32 &&
           (!errata_number_is_code(sentinel->value) || natural_is(sentinel->value, 0.0)) &&
           (sentinel->value < sentinel->lo || sentinel->value > sentinel->hi);
}

/**
 * errata_clean_natural_is_value:
 * @clean: the log with all that may be codes read as missing
 * @schema: its roles
 * @code: one of them that is open, by errata_clean_natural_is_open()
 * @ret_maybe: (out): whether a code may be a value all the same
 *
 * Whether a number that may be a code is a value after all. With x̂ what boosted trees let expect
 * of a row's place among the other values, cross-fitted over two halves of a sample, and m its
 * mean, the code's rows lie at (m_others − m_code) / (m_others − m_near) on the way from all others
 * to the fifth nearest the code; more than one half by three standard errors is a value. What trees
 * tell from all other rows (area under the curve 0.98) may be one: a parked car's speed, or a
 * version that sends none. What comes for a while only is no value. Where nothing is known, more
 * than a fifth of the values are no code. Costs trees on a sample, whatever the log's size.
 *
 * Returns: %TRUE for a value
 */
gboolean
errata_clean_natural_is_value(const ErrataClean *clean,
                              const ErrataSchema *schema,
                              const ErrataCleanCode *code,
                              gboolean *ret_maybe)
{
    const ErrataColumn *column = clean->raw->columns[code->column];
    g_auto(Natural) self = {.column = column,
                            .value = code->sentinel.value,
                            .low = code->sentinel.value < code->sentinel.lo};
    double least, most;

    *ret_maybe = FALSE;
    natural_sample(&self);
    natural_rank(&self);
    natural_bin(&self, clean->frame, schema, code->column);
    if (natural_is_brief(&self, schema))
        return FALSE;
    if (self.n_coded >= NATURAL_LEAST && self.n_columns > 0) {
        gboolean known = natural_way(&self, &least, &most);

        if (known && least > NATURAL_WAY)
            return TRUE;
        *ret_maybe = natural_is_parted(&self);
        if (*ret_maybe || (known && most < NATURAL_WAY))
            return FALSE;
    }
    return (double)code->sentinel.count >
           NATURAL_MANY * (double)(column->n_rows - column->n_missing);
}
