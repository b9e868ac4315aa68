/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Confident learning (Northcutt, Jiang, Chuang 2021, "Confident Learning: Estimating Uncertainty
 * in Dataset Labels"): the confident joint and pruning by noise rate. Probabilities are row-major.
 * Pruning wants the largest margins of every (given, other) pair; they are counted in buckets
 * first, so that only one bucket per pair has to be sorted. */
#include "confident.h"

#include <math.h>
#include <string.h>

#include "parallel.h"

#define CONFIDENT_GRAIN       65536
#define CONFIDENT_CHUNKS      16 /* at most, where a chunk needs buckets for every pair */
#define CONFIDENT_BUCKETS     1024
#define CONFIDENT_MAX_BUCKETS (1U << 20) /* over all pairs */
#define CONFIDENT_APART       8          /* numbers between those of two chunks: a cache line */

typedef struct {
    const gint32 *given;
    const double *probability;
    ErrataConfident *self;
    double *sum;    /* per chunk and class, a cache line between two chunks */
    guint64 *count; /* per chunk: by class, or by given and guess; likewise */
    guint n_buckets;
    guint32 *bucket;  /* per chunk and pair: margins by bucket */
    const guint *cut; /* per pair: the bucket in which the last pruned row lies */
    GArray **edge;    /* per chunk and pair */
    gint16 *suggested;
    double *best; /* margin of the suggestion so far */
} ConfidentWork;

/* a row in the bucket where a pair's quota ends */
typedef struct {
    guint32 row;
    double margin;
} ConfidentEdge;

static void
confident_threshold_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ConfidentWork *work = data;
    guint k = work->self->n_classes;
    double *sum = work->sum + chunk * (k + CONFIDENT_APART);
    guint64 *count = work->count + chunk * (k + CONFIDENT_APART);

    for (gsize row = begin; row < end; row++) {
        guint given = (guint)work->given[row];

        sum[given] += work->probability[row * k + given];
        count[given]++;
    }
}

static void
confident_guess_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ConfidentWork *work = data;
    guint k = work->self->n_classes;
    const double *threshold = work->self->threshold;
    guint64 *count = work->count + chunk * (k * k + CONFIDENT_APART);

    for (gsize row = begin; row < end; row++) {
        const double *p = work->probability + row * k;
        gint16 guess = -1;
        double best = -1.0;

        for (guint j = 0; j < k; j++)
            if (p[j] >= threshold[j] && p[j] > best) {
                best = p[j];
                guess = (gint16)j;
            }
        work->self->guess[row] = guess;
        if (guess >= 0)
            count[(guint)work->given[row] * k + (guint)guess]++;
    }
}

/* every row of the joint scaled to the count of its label; an empty one is all diagonal */
static void
confident_calibrate(ErrataConfident *self, const guint64 *n_given)
{
    guint k = self->n_classes;

    for (guint i = 0; i < k; i++) {
        guint64 total = 0;

        for (guint j = 0; j < k; j++) {
            total += self->joint[i * k + j];
            self->n_off_diagonal += i != j ? self->joint[i * k + j] : 0;
        }
        for (guint j = 0; j < k; j++)
            self->calibrated[i * k + j] = total > 0 ? (double)self->joint[i * k + j] *
                                                          (double)n_given[i] / (double)total
                                                    : (i == j ? (double)n_given[i] : 0.0);
    }
}

/**
 * errata_confident_measure:
 * @given: (array length=n): class given to each row, 0 … n_classes − 1
 * @probability: (array length=n*n_classes): row-major probabilities, best out of sample
 * @n: rows
 * @n_classes: classes, at least 2
 *
 * A row is confidently of the likeliest class among those whose probability reaches the class's
 * threshold, the mean probability among the rows given it (ties: the lower index); with none the
 * row is not counted.
 *
 * Source: Northcutt et al. 2021, eq. 1 to 3.
 *
 * Returns: (transfer full): the joint
 */
ErrataConfident *
errata_confident_measure(const gint32 *given, const double *probability, gsize n, guint n_classes)
{
    gsize n_chunks = errata_parallel_n_chunks(n, CONFIDENT_GRAIN);
    gsize n_pairs = (gsize)n_classes * n_classes;
    ErrataConfident *self = g_new0(ErrataConfident, 1);
    gsize n_counts = MAX(n_chunks, 1) * (n_pairs + CONFIDENT_APART);
    g_autofree double *sum = g_new0(double, n_counts);
    g_autofree guint64 *count = g_new0(guint64, n_counts);
    g_autofree guint64 *n_given = g_new0(guint64, n_classes);
    ConfidentWork work = {given, probability, self, sum, count};

    self->n_rows = n;
    self->n_classes = n_classes;
    self->threshold = g_new0(double, n_classes);
    self->guess = g_new(gint16, MAX(n, 1));
    self->joint = g_new0(guint64, n_pairs);
    self->calibrated = g_new0(double, n_pairs);
    errata_parallel_for(n, CONFIDENT_GRAIN, confident_threshold_cb, &work);
    for (gsize chunk = 0; chunk < n_chunks; chunk++)
        for (guint j = 0; j < n_classes; j++) {
            self->threshold[j] += sum[chunk * (n_classes + CONFIDENT_APART) + j];
            n_given[j] += count[chunk * (n_classes + CONFIDENT_APART) + j];
        }
    for (guint j = 0; j < n_classes; j++)
        self->threshold[j] = n_given[j] > 0 ? self->threshold[j] / (double)n_given[j]
                                            : (double)INFINITY;
    memset(count, 0, sizeof(guint64) * n_counts);
    errata_parallel_for(n, CONFIDENT_GRAIN, confident_guess_cb, &work);
    for (gsize chunk = 0; chunk < n_chunks; chunk++)
        for (gsize pair = 0; pair < n_pairs; pair++)
            self->joint[pair] += count[chunk * (n_pairs + CONFIDENT_APART) + pair];
    confident_calibrate(self, n_given);
    return self;
}

void
errata_confident_free(ErrataConfident *self)
{
    if (self == NULL)
        return;
    g_free(self->threshold);
    g_free(self->guess);
    g_free(self->joint);
    g_free(self->calibrated);
    g_free(self);
}

/* bucket 0 holds the largest margins */
static guint
confident_bucket(double margin, guint n_buckets)
{
    double position = (1.0 - CLAMP(margin, -1.0, 1.0)) * 0.5 * (double)n_buckets;

    return MIN((guint)position, n_buckets - 1);
}

static void
confident_bucket_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ConfidentWork *work = data;
    guint k = work->self->n_classes;
    guint n_buckets = work->n_buckets;
    guint32 *bucket = work->bucket + chunk * k * k * n_buckets;

    for (gsize row = begin; row < end; row++) {
        const double *p = work->probability + row * k;
        guint given = (guint)work->given[row];
        guint32 *of_given = bucket + (gsize)given * k * n_buckets;

        for (guint j = 0; j < k; j++)
            of_given[j * n_buckets + confident_bucket(p[j] - p[given], n_buckets)]++;
    }
}

static void
confident_suggest(ConfidentWork *work, gsize row, guint other, double margin)
{
    if (work->suggested[row] >= 0 && work->best[row] >= margin)
        return;
    work->suggested[row] = (gint16)other;
    work->best[row] = margin;
}

static void
confident_collect_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ConfidentWork *work = data;
    guint k = work->self->n_classes;
    GArray **edge = work->edge + chunk * k * k;

    for (gsize row = begin; row < end; row++) {
        const double *p = work->probability + row * k;
        guint given = (guint)work->given[row];

        work->suggested[row] = -1;
        for (guint j = 0; j < k; j++) {
            guint pair = given * k + j;
            double margin = p[j] - p[given];
            guint bucket = confident_bucket(margin, work->n_buckets);

            if (j == given || bucket > work->cut[pair])
                continue;
            if (bucket < work->cut[pair]) {
                confident_suggest(work, row, j, margin);
                continue;
            }
            ConfidentEdge last = {(guint32)row, margin};
            if (edge[pair] == NULL)
                edge[pair] = g_array_new(FALSE, FALSE, sizeof(ConfidentEdge));
            g_array_append_val(edge[pair], last);
        }
    }
}

static int
confident_compare_edge_cb(gconstpointer a, gconstpointer b)
{
    const ConfidentEdge *x = a;
    const ConfidentEdge *y = b;

    if (x->margin < y->margin || x->margin > y->margin)
        return x->margin > y->margin ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

/* the rows still wanted of a pair, from the bucket in which its quota ends */
static void
confident_finish_pair(ConfidentWork *work, gsize n_chunks, guint pair, guint64 wanted)
{
    guint n_pairs = work->self->n_classes * work->self->n_classes;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ConfidentEdge));

    for (gsize chunk = 0; chunk < n_chunks; chunk++) {
        GArray *part = work->edge[chunk * n_pairs + pair];

        if (part != NULL)
            g_array_append_vals(all, part->data, part->len);
    }
    g_array_sort(all, confident_compare_edge_cb);
    for (guint i = 0; i < MIN(wanted, all->len); i++) {
        const ConfidentEdge *last = &g_array_index(all, ConfidentEdge, i);

        confident_suggest(work, last->row, pair % work->self->n_classes, last->margin);
    }
}

/* per pair: in which bucket the quota ends, and how many rows of it are wanted */
static void
confident_cuts(const ConfidentWork *work, gsize n_chunks, guint *ret_cut, guint64 *ret_wanted)
{
    const ErrataConfident *self = work->self;
    guint k = self->n_classes;
    gsize n_pairs = (gsize)k * k;

    for (guint pair = 0; pair < n_pairs; pair++) {
        guint64 left = (guint64)floor(self->calibrated[pair] + 0.5);
        guint bucket = 0;

        if (pair / k == pair % k)
            left = 0;
        for (; left > 0 && bucket < work->n_buckets; bucket++) {
            guint64 here = 0;

            for (gsize chunk = 0; chunk < n_chunks; chunk++)
                here += work->bucket[(chunk * n_pairs + pair) * work->n_buckets + bucket];
            if (here >= left)
                break;
            left -= here;
        }
        ret_cut[pair] = bucket;
        ret_wanted[pair] = left;
    }
}

/**
 * errata_confident_prune:
 * @self: the joint of the same rows
 * @given: (array length=n_rows): as measured
 * @probability: (array length=n_rows*n_classes): as measured
 * @ret_suggested: (array length=n_rows): the class suggested for a pruned row, −1 for the others
 *
 * Prune by noise rate: for each pair of given class i and other class j the round(calibrated_ij)
 * rows with the largest p_j − p_i; a row wanted by several pairs goes to its largest margin.
 * Ties: the earlier row. O(rows · classes).
 *
 * Source: Northcutt et al. 2021, §3.2, method 4.
 *
 * Returns: number of pruned rows
 */
gsize
errata_confident_prune(const ErrataConfident *self,
                       const gint32 *given,
                       const double *probability,
                       gint16 *ret_suggested)
{
    gsize grain = MAX(CONFIDENT_GRAIN, self->n_rows / CONFIDENT_CHUNKS + 1);
    gsize n_chunks = errata_parallel_n_chunks(self->n_rows, grain);
    gsize n_pairs = (gsize)self->n_classes * self->n_classes;
    guint n_buckets = (guint)CLAMP(CONFIDENT_MAX_BUCKETS / n_pairs, 16, CONFIDENT_BUCKETS);
    g_autofree guint32 *bucket = g_new0(guint32, MAX(n_chunks, 1) * n_pairs * n_buckets);
    g_autofree guint *cut = g_new0(guint, n_pairs);
    g_autofree guint64 *wanted = g_new0(guint64, n_pairs);
    g_autofree GArray **edge = g_new0(GArray *, MAX(n_chunks, 1) * n_pairs);
    g_autofree double *best = g_new(double, MAX(self->n_rows, 1));
    ErrataConfident whole = *self;
    ConfidentWork work = {.given = given,
                          .probability = probability,
                          .self = &whole,
                          .n_buckets = n_buckets,
                          .bucket = bucket,
                          .cut = cut,
                          .edge = edge,
                          .suggested = ret_suggested,
                          .best = best};
    gsize n_pruned = 0;

    errata_parallel_for(self->n_rows, grain, confident_bucket_cb, &work);
    confident_cuts(&work, n_chunks, cut, wanted);
    errata_parallel_for(self->n_rows, grain, confident_collect_cb, &work);
    for (guint pair = 0; pair < n_pairs; pair++)
        if (wanted[pair] > 0)
            confident_finish_pair(&work, n_chunks, pair, wanted[pair]);
    for (gsize i = 0; i < n_chunks * n_pairs; i++)
        g_clear_pointer(&edge[i], g_array_unref);
    for (gsize row = 0; row < self->n_rows; row++)
        n_pruned += ret_suggested[row] >= 0 ? 1 : 0;
    return n_pruned;
}
