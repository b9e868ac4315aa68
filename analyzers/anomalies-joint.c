/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows whose values are each usual and do not go together. Numbers become normal scores by their
 * ranks; a row's distance is Mahalanobis', its covariance that of the rows without the outermost
 * hundredth. Rows whose distance no tail reaches, and that keep apart from the others, are told. */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "anomalies.h"
#include "sort.h"

#define JOINT_COLUMNS  24
#define JOINT_RANKS    1024  /* values of a column by which its ranks are told */
#define JOINT_DISTINCT 50    /* of them at least that differ */
#define JOINT_COMMON   0.2   /* share of one value, and of missing ones, at most */
#define JOINT_ROWS     40000 /* of the sample */
#define JOINT_LEAST    2000
#define JOINT_TRIM     0.99 /* of the rows that the covariance comes from */
#define JOINT_RIDGE    0.01
#define JOINT_PART     0.15 /* of a distance that a named column makes */

typedef struct {
    const ErrataAnalysis *analysis;
    guint k;
    guint index[JOINT_COLUMNS];
    double *ranks[JOINT_COLUMNS]; /* (array length=n_ranks) sorted */
    gsize n_ranks[JOINT_COLUMNS];
    double *score[JOINT_COLUMNS];     /* (array length=2·n_ranks + 1) normal score of a mid-rank */
    guint32 *ties_end[JOINT_COLUMNS]; /* (array length=n_ranks) one past the last that is equal */
    double root[JOINT_COLUMNS][JOINT_COLUMNS]; /* lower triangle of Cholesky's */
} Joint;

static void
joint_clear(Joint *self)
{
    for (guint c = 0; c < self->k; c++) {
        g_free(self->ranks[c]);
        g_free(self->score[c]);
        g_free(self->ties_end[c]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Joint, joint_clear)

/* an even sample of a column, sorted; FALSE when it is too coarse, too empty or a running number */
static gboolean
joint_ranks(const ErrataColumn *column, double **ret_ranks, gsize *ret_n)
{
    gsize step = MAX(column->n_rows / JOINT_RANKS, 1);
    g_autofree double *sorted = g_new(double, column->n_rows / step + 2);
    gsize n = 0, n_distinct = 0, most = 0;

    if ((double)column->n_missing > JOINT_COMMON * (double)column->n_rows ||
        errata_column_is_counter(column))
        return FALSE;
    for (gsize row = 0; row < column->n_rows; row += step) {
        sorted[n] = errata_column_number(column, row);
        n += isnan(sorted[n]) ? 0 : 1;
    }
    errata_sort_values(sorted, n);
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(sorted[end] > sorted[begin]))
            end++;
        most = MAX(most, end - begin);
        n_distinct++;
    }
    if (n_distinct < JOINT_DISTINCT || (double)most > JOINT_COMMON * (double)n)
        return FALSE;
    *ret_n = n;
    *ret_ranks = g_steal_pointer(&sorted);
    return TRUE;
}

/* what the normal scores are looked up in: by twice the mid-rank, each rank's end of its ties */
static void
joint_prepare(Joint *self, guint c)
{
    gsize n = self->n_ranks[c];
    const double *sorted = self->ranks[c];

    self->score[c] = g_new(double, 2 * n + 1);
    for (gsize i = 0; i <= 2 * n; i++)
        self->score[c][i] = gsl_cdf_ugaussian_Pinv((0.5 * (double)i + 0.5) / ((double)n + 1.0));
    self->ties_end[c] = g_new(guint32, n);
    for (gsize i = n; i-- > 0;)
        self->ties_end[c][i] = i + 1 < n && !(sorted[i + 1] > sorted[i]) ? self->ties_end[c][i + 1]
                                                                         : (guint32)i + 1;
}

/* the normal score of a value of a column; NaN where it is missing or at the edge of its column */
static double
joint_score(const Joint *self, guint c, double value)
{
    gsize n = self->n_ranks[c], below, upto;

    if (isnan(value))
        return value;
    below = errata_sort_below(self->ranks[c], n, value);
    if (below == n)
        return (double)NAN;
    upto = self->ranks[c][below] > value ? below : self->ties_end[c][below];
    return upto > 0 ? self->score[c][below + upto] : (double)NAN;
}

static const ErrataColumn *
joint_column(const Joint *self, guint c)
{
    return self->analysis->frame->columns[self->index[c]];
}

/* the row's normal scores; FALSE where it lacks one */
static gboolean
joint_scores(const Joint *self, gsize row, double *z)
{
    gboolean all = TRUE;

    for (guint c = 0; c < self->k && all; c++) {
        z[c] = joint_score(self, c, errata_column_number(joint_column(self, c), row));
        all = !isnan(z[c]);
    }
    return all;
}

/* the same of many rows, a column after the other, so that its ranks stay at hand; rows that lack a
 * score are left out. How many are left */
static gsize
joint_scores_of(const Joint *self, const guint32 *row, gsize n, double *z)
{
    gsize kept = 0;

    for (guint c = 0; c < self->k; c++) {
        const ErrataColumn *column = joint_column(self, c);

        for (gsize i = 0; i < n; i++)
            z[i * self->k + c] = joint_score(self, c, errata_column_number(column, row[i]));
    }
    for (gsize i = 0; i < n; i++) {
        gboolean all = TRUE;

        for (guint c = 0; c < self->k; c++) {
            z[kept * self->k + c] = z[i * self->k + c];
            all = all && !isnan(z[i * self->k + c]);
        }
        kept += all ? 1 : 0;
    }
    return kept;
}

/* solves root · x = z and returns |x|; with @ret_share also what each column makes of |x|² */
static double
joint_distance(const Joint *self, const double *z, double *ret_share)
{
    double x[JOINT_COLUMNS], y[JOINT_COLUMNS], sum = 0.0;

    for (guint i = 0; i < self->k; i++) {
        x[i] = z[i];
        for (guint j = 0; j < i; j++)
            x[i] -= self->root[i][j] * x[j];
        x[i] /= self->root[i][i];
        sum += x[i] * x[i];
    }
    for (guint i = self->k; ret_share != NULL && i-- > 0;) {
        y[i] = x[i];
        for (guint j = i + 1; j < self->k; j++)
            y[i] -= self->root[j][i] * y[j];
        y[i] /= self->root[i][i];
        ret_share[i] += fabs(z[i] * y[i]);
    }
    return sqrt(sum);
}

/* Cholesky's root of the covariance of the rows within @within, a ridge added */
static void
joint_learn(Joint *self, const double *z, const double *distance, gsize n, double within)
{
    double sum[JOINT_COLUMNS][JOINT_COLUMNS] = {{0.0}};
    double used = 0.0;
    guint k = self->k;

    for (gsize i = 0; i < n; i++) {
        const double *row = z + i * k;

        if (distance != NULL && distance[i] > within)
            continue;
        used += 1.0;
        for (guint a = 0; a < k; a++)
            for (guint b = 0; b <= a; b++)
                sum[a][b] += row[a] * row[b];
    }
    for (guint a = 0; a < k; a++)
        for (guint b = 0; b <= a; b++) {
            double value = sum[a][b] / used + (a == b ? JOINT_RIDGE : 0.0);

            for (guint j = 0; j < b; j++)
                value -= self->root[a][j] * self->root[b][j];
            self->root[a][b] = a == b ? sqrt(fmax(value, 1e-6)) : value / self->root[b][b];
        }
}

static guint8 *
joint_left_out(const ErrataAnomalies *self)
{
    guint8 *left_out = errata_anomalies_left_out(self, NULL);

    for (gsize row = 0; row < self->analysis->outcome->n_rows; row++)
        left_out[row] |= self->analysis->set_aside[row];
    for (guint i = 0; i < self->found->len; i++) {
        const ErrataAnomaly *anomaly = g_ptr_array_index(self->found, i);

        for (guint k = 0; k < anomaly->row->len; k++)
            left_out[g_array_index(anomaly->row, guint32, k)] = 1;
    }
    return left_out;
}

/* distances of an even sample of the rows, the covariance learnt on the way */
static double *
joint_sample(Joint *self, const guint8 *left_out, gsize *ret_n)
{
    gsize n_rows = self->analysis->outcome->n_rows, step = n_rows / JOINT_ROWS + 1, n = 0;
    g_autofree double *z = g_new(double, (n_rows / step + 1) * self->k);
    g_autofree guint32 *row = g_new(guint32, n_rows / step + 1);
    double *distance = g_new(double, n_rows / step + 1);
    double within = (double)INFINITY;

    for (gsize i = 0; i < n_rows; i += step)
        if (left_out[i] == 0)
            row[n++] = (guint32)i;
    *ret_n = n = joint_scores_of(self, row, n, z);
    if (n < JOINT_LEAST)
        return distance;
    for (guint pass = 0; pass < 2; pass++) {
        joint_learn(self, z, pass == 0 ? NULL : distance, n, within);
        for (gsize i = 0; i < n; i++)
            distance[i] = joint_distance(self, z + i * self->k, NULL);
        if (pass == 0) {
            g_autofree double *sorted = g_memdup2(distance, n * sizeof *sorted);

            errata_sort_values(sorted, n);
            within = errata_sort_quantile(sorted, n, JOINT_TRIM);
        }
    }
    return distance;
}

/* all rows, now that some of the sample are far; the columns that make their distance */
static void
joint_collect(ErrataAnomalies *self, const Joint *joint, const guint8 *left_out, double far)
{
    ErrataAnomaly *anomaly = errata_anomalies_add(self, ERRATA_ANOMALY_JOINT);
    double share[JOINT_COLUMNS] = {0.0}, z[JOINT_COLUMNS], total = 0.0, most = 0.0;

    anomaly->test = "generalised Pareto law of the outer 5 % of the distances";
    for (guint32 row = 0; row < self->analysis->outcome->n_rows; row++) {
        double distance;

        if (left_out[row] != 0 || !joint_scores(joint, row, z) ||
            (distance = joint_distance(joint, z, NULL)) < far)
            continue;
        joint_distance(joint, z, share);
        most = fmax(most, distance);
        g_array_append_val(anomaly->row, row);
    }
    for (guint c = 0; c < joint->k; c++)
        total += share[c];
    while (anomaly->n_columns < MIN(joint->k, 4)) {
        guint best = 0;

        for (guint c = 1; c < joint->k; c++)
            best = share[c] > share[best] ? c : best;
        if (anomaly->n_columns >= 2 && !(share[best] >= JOINT_PART * total))
            break;
        anomaly->value[anomaly->n_columns] = most;
        anomaly->column[anomaly->n_columns++] = joint->index[best];
        share[best] = 0.0;
    }
}

/**
 * errata_anomalies_joint:
 * @self: what was found so far, which is left out; rows that are odd as a whole are added
 *
 * On a sample of 40,000 rows and 24 columns; all rows are looked at where some of those stand out.
 */
void
errata_anomalies_joint(ErrataAnomalies *self)
{
    g_auto(Joint) joint = {.analysis = self->analysis};
    g_autofree guint8 *left_out = NULL;
    g_autofree double *distance = NULL;
    gsize n = 0;
    double far;

    for (guint i = 0; i < self->numeric->len && joint.k < JOINT_COLUMNS; i++) {
        guint index = g_array_index(self->numeric, guint, i);

        joint.index[joint.k] = index;
        if (self->analysis->exclude[index] == 0 &&
            joint_ranks(self->analysis->frame->columns[index],
                        &joint.ranks[joint.k],
                        &joint.n_ranks[joint.k]))
            joint_prepare(&joint, joint.k++);
    }
    if (joint.k < 2)
        return;
    self->n_tried++;
    left_out = joint_left_out(self);
    distance = joint_sample(&joint, left_out, &n);
    if (n < JOINT_LEAST)
        return;
    far = errata_anomalies_far(distance, n);
    if (isfinite(far))
        joint_collect(self, &joint, left_out, far);
}
