/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values beyond what the tail of their column reaches by nature. Both ends of every numeric column get a
 * generalised Pareto law; a row's p is its smallest over the columns times their number. The law is
 * fitted to the outer 5 %, so that a hundred strays in it weigh little and 1,000 rows are enough. */
#include <math.h>
#include <stdlib.h>

#include "anomalies.h"
#include "parallel.h"
#include "select.h"
#include "sort.h"
#include "tail.h"
#include "tests.h"

#define TAILS_ROWS  1000 /* values of a column at least */
#define TAILS_SHARE 0.05
#define TAILS_LEAST 200.0 /* values of a tail, where that is at most a tenth */
#define TAILS_MOST  0.1
#define TAILS_Q     0.05

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
    double usual; /* where its outermost thousandth begins by the law */
    GArray *far;  /* (element-type TailsRow) */
} TailsEnd;

typedef struct {
    const ErrataAnomalies *anomalies;
    TailsEnd *ends; /* two per column: low, high */
} TailsWork;

/* the value that @share of the tail passes */
static double
tails_quantile(const ErrataTail *tail, double share)
{
    return tail->threshold + tail->step +
           tail->scale / tail->shape * expm1(-tail->shape * log(share));
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
    g_autofree double *sorted = g_new(double, n + 1);
    g_autofree guint32 *order = g_new(guint32, n + 1);
    ErrataTail tail;
    double share = (double)n / (double)n_all;

    errata_sort_payload(value, row, n, sorted, order);
    if (!errata_tail_fit(sorted, n, threshold, &tail))
        return;
    end->usual = tails_quantile(&tail, MIN(0.001 / share, 1.0)) * (is_high ? 1.0 : -1.0);
    for (gsize i = n; i-- > 0;) {
        TailsRow far = {.row = order[i], .is_high = is_high};

        far.value = is_high ? sorted[i] : -sorted[i];
        far.p = n_tests * share * errata_tail_survival(&tail, sorted[i]);
        if (!(far.p <= TAILS_Q)) /* Benjamini–Hochberg takes none beyond its level */
            return;
        g_array_append_val(end->far, far);
    }
}

static void
tails_column(const TailsWork *work, guint at)
{
    guint index = g_array_index(work->anomalies->numeric, guint, at);
    const ErrataColumn *column = work->anomalies->analysis->frame->columns[index];
    g_autofree guint8 *left_out = errata_anomalies_left_out(work->anomalies, column->name);
    g_autofree double *value = g_new(double, column->n_rows + 1);
    g_autofree guint32 *row = g_new(guint32, column->n_rows + 1);
    g_autofree double *tail = NULL;
    g_autofree guint32 *tail_row = NULL;
    double share;
    double cut[2];
    gsize n = 0;

    for (gsize i = 0; i < column->n_rows; i++) {
        double number = left_out[i] == 0 ? errata_column_number(column, i) : (double)NAN;

        if (isnan(number))
            continue;
        value[n] = number;
        row[n++] = (guint32)i;
    }
    if (n < TAILS_ROWS)
        return;
    share = MIN(MAX(TAILS_SHARE, TAILS_LEAST / (double)n), TAILS_MOST);
    errata_select_quantiles(value, n, (const double[]){share, 1.0 - share}, 2, cut);
    tail = g_new(double, (gsize)(share * (double)n) + 16);
    tail_row = g_new(guint32, (gsize)(share * (double)n) + 16);
    for (guint side = 0; side < 2; side++) {
        double sign = side == 0 ? -1.0 : 1.0;
        double threshold = sign * cut[side];
        gsize n_tail = 0;

        for (gsize i = 0; i < n; i++)
            if (sign * value[i] > threshold) {
                tail[n_tail] = sign * value[i];
                tail_row[n_tail++] = row[i];
            }
        tails_judge(&work->ends[2 * at + side],
                    tail,
                    tail_row,
                    n_tail,
                    threshold,
                    side == 1,
                    2.0 * (double)work->anomalies->numeric->len,
                    n);
    }
}

static void
tails_columns_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    for (gsize i = begin; i < end; i++)
        tails_column(data, (guint)i);
}

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

static int
tails_row_cb(gconstpointer a, gconstpointer b)
{
    guint32 x = *(const guint32 *)a;
    guint32 y = *(const guint32 *)b;

    return (x > y) - (x < y);
}

/* different values among the far rows of a column: a few far entities, each in many rows, are not many */
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

static void
tails_add(ErrataAnomalies *self, const TailsWork *work, guint at, double accepted)
{
    ErrataAnomaly *anomaly = NULL;

    if (tails_n_values(work, at, accepted) < ERRATA_ANOMALY_LEAST)
        return;
    for (guint side = 0; side < 2; side++) {
        const GArray *far = work->ends[2 * at + side].far;

        for (guint i = 0; i < far->len; i++) {
            const TailsRow *row = &g_array_index(far, TailsRow, i);

            if (row->p > accepted)
                break; /* outermost first */
            if (anomaly == NULL) {
                anomaly = errata_anomalies_add(self, ERRATA_ANOMALY_TAIL);
                anomaly->n_columns = 1;
                anomaly->column[0] = g_array_index(self->numeric, guint, at);
                anomaly->value[0] = row->value;
                anomaly->p = 0.0;
                anomaly->test =
                    "generalised Pareto law of the outer 5 %, all rows and columns counted";
            }
            anomaly->p = MAX(anomaly->p, row->p);
            g_array_append_val(anomaly->row, row->row);
        }
    }
    if (anomaly == NULL)
        return;
    anomaly->usual_lo = work->ends[2 * at].usual;
    anomaly->usual_hi = work->ends[2 * at + 1].usual;
    g_array_sort(anomaly->row, tails_row_cb);
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
    }
    errata_parallel_for(n, 1, tails_columns_cb, &work);
    for (guint i = 0; i < 2 * n; i++)
        g_array_append_vals(far, ends[i].far->data, ends[i].far->len);
    g_array_sort(far, tails_compare_cb);
    accepted = tails_accept(far, self->analysis->frame->n_rows);
    for (guint i = 0; i < n; i++)
        tails_add(self, &work, i, accepted);
    for (guint i = 0; i < 2 * n; i++)
        g_array_unref(ends[i].far);
}
