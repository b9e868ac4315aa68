/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values beyond what the tail of their column reaches by nature. Both ends of every numeric column
 * get a generalised Pareto law; a row's p is its smallest over the columns times their number. The
 * law is fitted to the outer 5 %, so that a hundred strays in it weigh little and 1,000 rows are
 * enough. A heavy law reaches far, though: values that it would allow are told, too, where a gap
 * keeps them apart from the tail that no tail of its steepness has. */
#include <math.h>
#include <stdlib.h>

#include "anomalies.h"
#include "column-view.h"
#include "outside.h"
#include "parallel.h"
#include "select.h"
#include "sort.h"
#include "tail-gap.h"
#include "tail.h"
#include "tests.h"

#define TAILS_ROWS 1000 /* values of a column at least */
/* METHODS 4 has 1 %, of which whole numbers often make one value: of ages from 0 to 21 the last has
 * 4.5 %, and nothing is left to judge 250 by. Where 1 % is enough (ten kinds of column, 8,000 to
 * 200,000 rows) either share told the same columns, 5 % at most three natural rows more. */
#define TAILS_SHARE  0.05
#define TAILS_SAMPLE 16384 /* values that tell where the tails begin */
#define TAILS_CHUNK  4096
#define TAILS_FITTED 16384 /* values that a law is fitted to */
#define TAILS_LEAST  200.0 /* values of a tail, where that is at most a tenth */
#define TAILS_MOST   0.1
#define TAILS_FREAKS 0.002 /* of the values, that may lie beyond all others … */
#define TAILS_TIMES  5.0   /* … by so many times their range … */
#define TAILS_SHORT  3.0   /* … which ends within so much of the way to where its tail begins */
#define TAILS_BODY   100   /* values between both */
#define TAILS_Q      0.05
#define TAILS_APART  0.01 /* p of far values that thin out from the natural end on */
#define TAILS_STRAY  1.0  /* way from the median to the natural end that strays lie beyond it … */
#define TAILS_RARE   0.0005 /* … in so much of the rows at most */

/* a row of a tail that may be too far out */
typedef struct {
    double p;
    double value;
    guint32 row;
    guint column;
    gboolean is_high;
} TailsRow;

/* one end of one column */
typedef struct {
    double usual;  /* where its outermost thousandth begins by the law */
    double end;    /* the value that the law lets one row reach */
    double centre; /* the column's median */
    GArray *far;   /* (element-type TailsRow) */
    GArray *apart; /* (element-type TailsRow): beyond a gap, with its p */
} TailsEnd;

typedef struct {
    const ErrataAnomalies *anomalies;
    TailsEnd *ends; /* two per column: low, high */
} TailsWork;

static int
tails_compare_cb(gconstpointer a, gconstpointer b)
{
    const TailsRow *x = a;
    const TailsRow *y = b;

    if (x->p < y->p || x->p > y->p)
        return x->p < y->p ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* @values as tails of large values: signs turned for the low end */
static void
tails_judge(TailsEnd *end,
            const double *value,
            const guint32 *row,
            gsize n,
            double threshold,
            gboolean is_high,
            double n_tests,
            gsize n_all)
{
    gsize step = MAX(n / TAILS_FITTED, 1);
    g_autofree double *sorted = g_new(double, n / step + 2);
    ErrataTail tail;
    double share = (double)n / (double)n_all;
    double reach;
    gsize n_fitted = 0;

    for (gsize i = 0; i < n; i += step)
        sorted[n_fitted++] = value[i];
    errata_sort_values(sorted, n_fitted);
    if (!errata_tail_fit(sorted, n_fitted, threshold, &tail))
        return;
    reach = errata_tail_quantile(&tail, MIN(0.001 / share, 1.0));
    if (reach <= sorted[n_fitted - 1]) /* else there is nothing: the column ends before */
        end->usual = is_high ? reach : -reach;
    end->end = errata_tail_quantile(&tail, MIN(1.0 / (double)n, 1.0)) * (is_high ? 1.0 : -1.0);
    /* Benjamini–Hochberg takes none whose p is beyond its level */
    reach = errata_tail_quantile(&tail, MIN(TAILS_Q / (n_tests * share), 1.0));
    for (gsize i = 0; i < n; i++) {
        TailsRow far = {.row = row[i], .is_high = is_high};

        far.value = is_high ? value[i] : -value[i];
        if (!(value[i] > reach))
            continue;
        far.p = n_tests * share * errata_tail_survival(&tail, value[i]);
        g_array_append_val(end->far, far);
    }
    g_array_sort(end->far, tails_compare_cb); /* outermost first */
}

/* the least value behind a gap of several times the whole column, which ends in front of it as no
 * heavy tail does: ages up to 21 years, and 250 in a few rows. Such values may all be the same,
 * which spacings cannot judge.
 * @cut: where the other tail and this one begin, and the median; +infinity: there is none */
static double
tails_beyond_all(const double *value, gsize n, const double cut[3], gsize n_all)
{
    g_autofree double *sorted = g_memdup2(value, MAX(n, 1) * sizeof(double));
    gsize most = MIN((gsize)(TAILS_FREAKS * (double)n_all), n);

    errata_sort_values(sorted, n);
    for (gsize m = 1; m <= most && m < n; m++) {
        double end = sorted[n - 1 - m]; /* of the rest */

        if (m >= ERRATA_ANOMALY_LEAST && n - m >= TAILS_BODY &&
            sorted[n - m] - end > TAILS_TIMES * (end - cut[0]) &&
            end - cut[2] <= TAILS_SHORT * (cut[1] - cut[2]))
            return sorted[n - m];
    }
    return (double)INFINITY;
}

/* the rows behind a gap; signs turned as above */
static void
tails_find_gap(TailsEnd *end,
               const double *value,
               const guint32 *row,
               gsize n,
               const double cut[3],
               gboolean is_high,
               double n_tests,
               gsize n_all)
{
    TailsRow apart = {.is_high = is_high};
    double from = errata_tail_gap(value, n, cut[2], n_all, n_tests, &apart.p);

    if (!isfinite(from)) {
        from = tails_beyond_all(value, n, cut, n_all);
        apart.p = 0.0;
    }

    for (gsize i = 0; isfinite(from) && i < n; i++) {
        if (value[i] < from)
            continue;
        apart.row = row[i];
        apart.value = is_high ? value[i] : -value[i];
        g_array_append_val(end->apart, apart);
    }
}

/* where either tail begins, and the median, by an even sample: what matters is how many values lie
 * beyond, and these are counted */
static gboolean
tails_cut(const ErrataColumn *column, const guint8 *left_out, double ret_cut[3])
{
    gsize step = MAX(column->n_rows / TAILS_SAMPLE, 1);
    g_autofree double *sample = g_new(double, column->n_rows / step + 2);
    double share;
    gsize n = 0;

    for (gsize row = 0; row < column->n_rows; row += step) {
        sample[n] = left_out[row] == 0 ? errata_column_number(column, row) : (double)NAN;
        n += isnan(sample[n]) ? 0 : 1;
    }
    if (n * step < TAILS_ROWS || n < TAILS_ROWS / 2)
        return FALSE;
    share = MIN(MAX(TAILS_SHARE, TAILS_LEAST / (double)(n * step)), TAILS_MOST);
    errata_select_quantiles(sample, n, (const double[]){share, 1.0 - share, 0.5}, 3, ret_cut);
    return TRUE;
}

/* the values beyond either cut, signs turned for the low end; returns how many values there are */
static gsize
tails_gather(const ErrataColumn *column,
             const guint8 *left_out,
             const double cut[2],
             GArray *const value[2],
             GArray *const rows[2])
{
    double buffer[TAILS_CHUNK];
    guint16 place[TAILS_CHUNK];
    gsize n = 0;

    G_STATIC_ASSERT(TAILS_CHUNK <= ERRATA_OUTSIDE_MOST);
    for (gsize begin = 0; begin < column->n_rows; begin += TAILS_CHUNK) {
        gsize length = MIN(column->n_rows - begin, (gsize)TAILS_CHUNK);
        gsize n_kept[2] = {value[0]->len, value[1]->len};
        const double *chunk = errata_column_view(column, begin, length, buffer);
        gsize found = errata_outside_find(chunk, length, cut[0], cut[1], place);

        for (gsize i = 0; i < length; i++)
            n += left_out[begin + i] == 0 ? 1 : 0;
        for (gsize i = 0; column->n_missing > 0 && i < length; i++)
            n -= (gsize)(isnan(chunk[i]) & (left_out[begin + i] == 0));
        for (guint side = 0; side < 2; side++) { /* room for all, of which the used is kept */
            g_array_set_size(value[side], (guint)(n_kept[side] + found));
            g_array_set_size(rows[side], (guint)(n_kept[side] + found));
        }
        for (gsize k = 0; k < found; k++) {
            guint32 row = (guint32)(begin + place[k]);
            guint side = chunk[place[k]] > cut[1] ? 1 : 0;

            if (side == 0 && !(chunk[place[k]] < cut[0]))
                continue; /* at an end, or missing */
            double outward = side == 1 ? chunk[place[k]] : -chunk[place[k]];

            g_array_index(value[side], double, n_kept[side]) = outward;
            g_array_index(rows[side], guint32, n_kept[side]) = row;
            n_kept[side] += left_out[row] == 0 ? 1 : 0;
        }
        for (guint side = 0; side < 2; side++) {
            g_array_set_size(value[side], (guint)n_kept[side]);
            g_array_set_size(rows[side], (guint)n_kept[side]);
        }
    }
    return n;
}

static void
tails_column(const TailsWork *work, guint at)
{
    guint index = g_array_index(work->anomalies->numeric, guint, at);
    const ErrataColumn *column = work->anomalies->analysis->frame->columns[index];
    g_autofree guint8 *left_out = errata_anomalies_left_out(work->anomalies, column->name);
    double n_tests = 2.0 * (double)work->anomalies->numeric->len;
    double cut[3];
    gsize n;

    if (!tails_cut(column, left_out, cut))
        return;
    g_autoptr(GArray) low = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) high = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) low_row = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) high_row = g_array_new(FALSE, FALSE, sizeof(guint32));
    GArray *const value[2] = {low, high};
    GArray *const rows[2] = {low_row, high_row};

    const double outward[2][3] = {{-cut[1], -cut[0], -cut[2]}, {cut[0], cut[1], cut[2]}};

    n = tails_gather(column, left_out, cut, value, rows);
    for (guint side = 0; side < 2; side++) {
        TailsEnd *end = &work->ends[2 * at + side];
        const double *of = (const double *)(gconstpointer)value[side]->data;
        const guint32 *row = (const guint32 *)(gconstpointer)rows[side]->data;
        gsize n_of = value[side]->len;

        end->centre = cut[2];
        tails_judge(end, of, row, n_of, side == 1 ? cut[1] : -cut[0], side == 1, n_tests, n);
        tails_find_gap(end, of, row, n_of, outward[side], side == 1, n_tests, n);
    }
}

static void
tails_columns_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    for (gsize i = begin; i < end; i++)
        tails_column(data, (guint)i);
}

/* the p that Benjamini–Hochberg accepts, with one test per row; below 0 when none */
static double
tails_accept(const GArray *far, gsize n_rows)
{
    double accepted = -1.0;

    for (guint i = 0; i < far->len; i++) {
        double p = g_array_index(far, TailsRow, i).p;

        if (p * (double)n_rows / (double)(i + 1) <= TAILS_Q)
            accepted = p;
    }
    return accepted;
}

/* by row, the least likely first */
static int
tails_row_order_cb(gconstpointer a, gconstpointer b)
{
    const TailsRow *x = a;
    const TailsRow *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->p > y->p) - (x->p < y->p);
}

/* different values among the far rows of a column: a few far entities, each in many rows, are not
 * many */
static guint
tails_n_values(const TailsWork *work, guint at, double accepted)
{
    guint n = 0;

    for (guint side = 0; side < 2; side++) {
        const GArray *far = work->ends[2 * at + side].far; /* ordered by value */

        for (guint i = 0; i < far->len; i++) {
            const TailsRow *row = &g_array_index(far, TailsRow, i);
            const TailsRow *last = i > 0 ? row - 1 : NULL;

            if (row->p > accepted)
                break;
            n += last == NULL || row->value < last->value || row->value > last->value ? 1 : 0;
        }
    }
    return n;
}

/* p of what is far at one end as values that thin out from the natural end on; 1 when there is
 * none */
static double
tails_thinning(const TailsEnd *end)
{
    g_autofree double *beyond = g_new(double, end->far->len + 1);
    gsize n = 0;

    for (guint i = 0; i < end->far->len; i++) {
        const TailsRow *row = &g_array_index(end->far, TailsRow, i);

        beyond[n] = row->is_high ? row->value - end->end : end->end - row->value;
        n += beyond[n] > 0.0 ? 1 : 0;
    }
    return errata_anomalies_thinning(beyond, n);
}

/* whether what is far keeps apart from the rest; both ends together by Fisher's method */
static gboolean
tails_stand_apart(const TailsWork *work, guint at)
{
    double low = tails_thinning(&work->ends[2 * at]);
    double high = tails_thinning(&work->ends[2 * at + 1]);
    double degrees = 2.0 * ((low < 1.0 ? 1.0 : 0.0) + (high < 1.0 ? 1.0 : 0.0));

    return degrees > 0.0 &&
           errata_tests_chi_square(-2.0 * (log(fmax(low, 1e-300)) + log(fmax(high, 1e-300))),
                                   degrees) < TAILS_APART;
}

/* whether enough different values among a column's far ones lie at least as far beyond a natural
 * end as that lies from the median, where these are few: strays, be they spread as they will. The
 * wider part of a mixture reaches so far, too, but has many more rows that are far */
static gboolean
tails_has_strays(const TailsWork *work, guint at, double accepted)
{
    guint n = 0, n_rare = 0;

    for (const TailsEnd *end = &work->ends[2 * at]; end <= &work->ends[2 * at + 1]; end++) {
        double last = (double)NAN;

        for (guint i = 0; i < end->far->len; i++) { /* outermost first */
            const TailsRow *row = &g_array_index(end->far, TailsRow, i);
            double beyond = row->is_high ? row->value - end->end : end->end - row->value;

            if (row->p > accepted)
                break;
            n_rare++;
            if (beyond < TAILS_STRAY * fabs(end->end - end->centre))
                continue;
            n += row->value < last || row->value > last || isnan(last) ? 1 : 0;
            last = row->value;
        }
    }
    return n >= ERRATA_ANOMALY_LEAST &&
           (double)n_rare <= TAILS_RARE * (double)work->anomalies->analysis->frame->n_rows;
}

/* the rows of an end that are up to @accepted, added to those of the column */
static void
tails_take(GArray *taken, const GArray *from, double accepted)
{
    for (guint i = 0; i < from->len; i++)
        if (g_array_index(from, TailsRow, i).p <= accepted)
            g_array_append_val(taken, g_array_index(from, TailsRow, i));
}

/* rows by their numbers, each once */
static void
tails_unite(GArray *taken)
{
    guint n = 0;

    g_array_sort(taken, tails_row_order_cb);
    for (guint i = 0; i < taken->len; i++)
        if (n == 0 ||
            g_array_index(taken, TailsRow, n - 1).row != g_array_index(taken, TailsRow, i).row)
            g_array_index(taken, TailsRow, n++) = g_array_index(taken, TailsRow, i);
    g_array_set_size(taken, n);
}

static void
tails_add(ErrataAnomalies *self, const TailsWork *work, guint at, double accepted)
{
    const TailsEnd *low = &work->ends[2 * at], *high = low + 1;
    gboolean by_law = (tails_n_values(work, at, accepted) >= ERRATA_ANOMALY_LEAST &&
                       tails_stand_apart(work, at)) ||
                      tails_has_strays(work, at, accepted);
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(TailsRow));
    ErrataAnomaly *anomaly;
    double most = -1.0;

    for (const TailsEnd *end = low; end <= high; end++) {
        if (by_law)
            tails_take(taken, end->far, accepted);
        tails_take(taken, end->apart, 1.0);
    }
    if (taken->len == 0)
        return;
    tails_unite(taken);
    anomaly = errata_anomalies_add(self, ERRATA_ANOMALY_TAIL);
    anomaly->n_columns = 1;
    anomaly->column[0] = g_array_index(self->numeric, guint, at);
    anomaly->test = by_law ? "generalised Pareto law of the outer 5 %, all rows and columns counted"
                           : "gap against the spacings of the tail below it, all gaps and columns "
                             "counted";
    anomaly->p = 0.0;
    anomaly->usual_lo = low->usual;
    anomaly->usual_hi = high->usual;
    for (guint i = 0; i < taken->len; i++) {
        const TailsRow *row = &g_array_index(taken, TailsRow, i);
        double distance = fabs(row->value - (row->is_high ? high->usual : low->usual));

        distance = isnan(distance) ? fabs(row->value) : distance;
        anomaly->p = MAX(anomaly->p, row->p);
        g_array_append_val(anomaly->row, row->row);
        if (distance > most) {
            most = distance;
            anomaly->value[0] = row->value;
        }
    }
    if (!by_law && !(anomaly->p > 0.0))
        anomaly->test = "gap of over five times the range of all other values";
}

void
errata_anomalies_tails(ErrataAnomalies *self)
{
    guint n = self->numeric->len;
    g_autofree TailsEnd *ends = g_new0(TailsEnd, 2 * n + 1);
    g_autoptr(GArray) far = g_array_new(FALSE, FALSE, sizeof(TailsRow));
    TailsWork work = {self, ends};
    double accepted;

    for (guint i = 0; i < 2 * n; i++) {
        ends[i].usual = (double)NAN;
        ends[i].far = g_array_new(FALSE, FALSE, sizeof(TailsRow));
        ends[i].apart = g_array_new(FALSE, FALSE, sizeof(TailsRow));
    }
    errata_parallel_for(n, 1, tails_columns_cb, &work);
    for (guint i = 0; i < 2 * n; i++)
        g_array_append_vals(far, ends[i].far->data, ends[i].far->len);
    g_array_sort(far, tails_compare_cb);
    accepted = tails_accept(far, self->analysis->frame->n_rows);
    for (guint i = 0; i < n; i++)
        tails_add(self, &work, i, accepted);
    for (guint i = 0; i < 2 * n; i++) {
        g_array_unref(ends[i].far);
        g_array_unref(ends[i].apart);
    }
}
