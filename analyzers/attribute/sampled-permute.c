/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapley values of one row by running the model on mixtures of it and background rows. A round
 * takes every background row once, with an order by chance in which the row's values replace the
 * background's, and the same order backwards; where few values differ, all coalitions. Differences
 * telescope, so every round adds up exactly; the spread between rounds of the same background row
 * gives the standard error. Source: Castro et al. 2009; antithetic pairs after Mitchell et al.
 * 2022. */
#include <math.h>
#include <string.h>

#include "rng.h"
#include "sampled-private.h"

#define PERMUTE_ERROR 0.01 /* standard error aimed at, over the range */
#define PERMUTE_STAGE 31

/* a background row whose mixtures wait to be run */
typedef struct {
    gsize background;
    gsize first; /* of its mixtures */
    guint order; /* place in the list of orders */
    guint n;     /* values that differ */
} Pending;

typedef struct {
    const SampledRow *at;
    guint n_groups;
    guint n_inputs;
    ErrataRng rng;
    GArray *pending; /* of Pending */
    GArray *order;   /* of guint: inputs */
    gsize n_waiting; /* mixtures */
    gboolean estimated;
    double *sum;    /* n_background × inputs × groups, over rounds */
    double *square; /* inputs × groups: Σ of squares over rounds and background rows */
    double *part;   /* inputs × groups: of one background row in one round */
    double *value;  /* two quantities */
} Permute;

static gsize
permute_n_mixtures(const Permute *self, guint n)
{
    return n < 2 ? 0 : n <= self->at->self->most_exact ? ((gsize)1 << n) - 2 : 2 * ((gsize)n - 1);
}

static gsize
permute_begin(Permute *self, gsize background)
{
    const SampledRow *at = self->at;

    errata_model_cells_copy(at->evaluator->cells,
                            self->n_waiting,
                            &at->self->background->rows,
                            background);
    return self->n_waiting++;
}

static void
permute_take(Permute *self, gsize mixture, guint input)
{
    const SampledRow *at = self->at;

    errata_model_cells_copy_input(at->evaluator->cells, mixture, at->rows, at->row, input);
}

static void
permute_shuffle(Permute *self, guint *input, guint n)
{
    for (guint i = n; i-- > 1;) {
        guint other = (guint)errata_rng_below(&self->rng, i + 1);
        guint kept = input[i];

        input[i] = input[other];
        input[other] = kept;
    }
}

/* mixtures of one background row */
static void
permute_mix(Permute *self, const Pending *pending)
{
    guint *input = &g_array_index(self->order, guint, pending->order);
    guint n = pending->n;

    if (n <= self->at->self->most_exact) {
        for (guint mask = 1; n > 0 && mask + 1 < 1U << n; mask++) {
            gsize mixture = permute_begin(self, pending->background);

            for (guint i = 0; i < n; i++)
                if ((mask >> i & 1) != 0)
                    permute_take(self, mixture, input[i]);
        }
        return;
    }
    self->estimated = TRUE;
    permute_shuffle(self, input, n);
    for (guint way = 0; way < 2; way++)
        for (guint k = 1; k < n; k++) {
            gsize mixture = permute_begin(self, pending->background);

            for (guint i = 0; i < k; i++)
                permute_take(self, mixture, input[way == 0 ? i : n - 1 - i]);
        }
}

/* the quantity of the background row with @k of @n values of the row along an order, 0 and n
 * included */
static void
permute_along(const Permute *self, const Pending *pending, guint way, guint k, double *ret_value)
{
    const SampledRow *at = self->at;
    gsize first = pending->first + (way == 0 ? 0 : pending->n - 1);

    if (k == 0)
        memcpy(ret_value,
               at->base + pending->background * self->n_groups,
               self->n_groups * sizeof *ret_value);
    else if (k == pending->n)
        memcpy(ret_value, at->value, self->n_groups * sizeof *ret_value);
    else
        sampled_value(at, first + k - 1, ret_value);
}

static void
permute_pair(const Permute *self, const Pending *pending, const guint *input)
{
    double *before = self->value;
    double *now = self->value + self->n_groups;

    for (guint way = 0; way < 2; way++) {
        permute_along(self, pending, way, 0, before);
        for (guint k = 1; k <= pending->n; k++) {
            guint place = way == 0 ? k - 1 : pending->n - k;
            double *part = self->part + (gsize)input[place] * self->n_groups;

            permute_along(self, pending, way, k, now);
            for (guint g = 0; g < self->n_groups; g++) {
                part[g] += 0.5 * (now[g] - before[g]);
                before[g] = now[g];
            }
        }
    }
}

static void
permute_coalition(const Permute *self, const Pending *pending, guint mask, double *ret_value)
{
    if (mask == 0)
        permute_along(self, pending, 0, 0, ret_value);
    else if (mask + 1 == 1U << pending->n)
        permute_along(self, pending, 0, pending->n, ret_value);
    else
        sampled_value(self->at, pending->first + mask - 1, ret_value);
}

/* the definition: s! (n − s − 1)! / n! (v(S ∪ i) − v(S)) over all S without i */
static void
permute_coalitions(const Permute *self, const Pending *pending, const guint *input)
{
    double weight[SAMPLED_MOST];
    guint n = pending->n;

    if (n == 0)
        return;
    weight[0] = 1.0 / n; /* s! (n − s − 1)! / n! */
    for (guint s = 1; s < n; s++)
        weight[s] = weight[s - 1] * s / (n - s);
    for (guint mask = 0; mask < 1U << n; mask++) {
        guint size = (guint)__builtin_popcount(mask);

        permute_coalition(self, pending, mask, self->value);
        for (guint i = 0; i < n; i++) {
            gboolean in = (mask >> i & 1) != 0;
            double by = in ? weight[size - 1] : -weight[size];
            double *part = self->part + (gsize)input[i] * self->n_groups;

            for (guint g = 0; g < self->n_groups; g++)
                part[g] += by * self->value[g];
        }
    }
}

static void
permute_digest_one(Permute *self, const Pending *pending)
{
    const guint *input = &g_array_index(self->order, guint, pending->order);
    double *sum = self->sum + pending->background * self->n_inputs * self->n_groups;

    for (guint i = 0; i < pending->n; i++)
        memset(self->part + (gsize)input[i] * self->n_groups,
               0,
               self->n_groups * sizeof *self->part);
    if (pending->n <= self->at->self->most_exact)
        permute_coalitions(self, pending, input);
    else
        permute_pair(self, pending, input);
    for (guint i = 0; i < pending->n; i++)
        for (guint g = 0; g < self->n_groups; g++) {
            gsize place = (gsize)input[i] * self->n_groups + g;

            sum[place] += self->part[place];
            self->square[place] += self->part[place] * self->part[place];
        }
}

static gboolean
permute_flush(Permute *self, GError **error)
{
    if (self->n_waiting > 0 && !errata_evaluator_run(self->at->evaluator, self->n_waiting, error))
        return FALSE;
    for (guint i = 0; i < self->pending->len; i++)
        permute_digest_one(self, &g_array_index(self->pending, Pending, i));
    g_array_set_size(self->pending, 0);
    g_array_set_size(self->order, 0);
    self->n_waiting = 0;
    return TRUE;
}

static gboolean
permute_round(Permute *self, GError **error)
{
    const SampledRow *at = self->at;
    const ErrataModelRows *background = &at->self->background->rows;

    for (gsize r = 0; r < at->self->n_background; r++) {
        Pending pending = {r, 0, self->order->len, 0};

        for (guint f = 0; f < self->n_inputs; f++)
            if (at->self->read[f] != 0 &&
                !errata_model_cells_same(at->rows, at->row, background, r, f)) {
                g_array_append_val(self->order, f);
                pending.n++;
            }
        if (pending.n == 0)
            continue;
        if (self->n_waiting + permute_n_mixtures(self, pending.n) > at->self->capacity) {
            g_autofree guint *kept = g_memdup2(&g_array_index(self->order, guint, pending.order),
                                               pending.n * sizeof *kept);

            if (!permute_flush(self, error))
                return FALSE;
            pending.order = 0;
            g_array_append_vals(self->order, kept, pending.n);
        }
        pending.first = self->n_waiting;
        permute_mix(self, &pending);
        g_array_append_val(self->pending, pending);
    }
    return permute_flush(self, error);
}

/* largest standard error of a share over the range of its quantity, after @n rounds; and the
 * largest itself */
static double
permute_error(const Permute *self, guint n, double *ret_size)
{
    gsize n_background = self->at->self->n_background;
    gsize width = (gsize)self->n_inputs * self->n_groups;
    double worst = 0.0;

    *ret_size = 0.0;
    for (gsize i = 0; i < width; i++) {
        double range = self->at->range[i % self->n_groups];
        double spread = self->square[i];

        for (gsize r = 0; r < n_background; r++)
            spread -= self->sum[r * width + i] * self->sum[r * width + i] / n;
        spread = fmax(spread, 0.0) / ((double)n_background * (n - 1));
        spread = sqrt(spread / ((double)n * (double)n_background));
        *ret_size = fmax(*ret_size, spread);
        if (range > 0.0)
            worst = fmax(worst, spread / range);
    }
    return worst;
}

static void
permute_store(const Permute *self, guint n_rounds)
{
    const SampledRow *at = self->at;
    gsize n_background = at->self->n_background;
    gsize width = (gsize)self->n_inputs * self->n_groups;

    for (guint f = 0; f < self->n_inputs; f++)
        for (guint g = 0; g < self->n_groups; g++) {
            double sum = 0.0;

            for (gsize r = 0; r < n_background; r++)
                sum += self->sum[r * width + (gsize)f * self->n_groups + g];
            at->phi[(gsize)g * (self->n_inputs + 1) + f] = sum / ((double)n_background * n_rounds);
        }
}

static gboolean
permute_rounds(Permute *self, GError **error)
{
    const SampledRow *at = self->at;
    guint n = 0;

    *at->ret_error = 0.0;
    while (n < MAX(at->self->max_rounds, 2)) {
        if (!permute_round(self, error))
            return FALSE;
        n++;
        if (!self->estimated)
            break;
        if (n < 2)
            continue;
        *at->ret_error = permute_error(self, n, at->ret_size);
        if (*at->ret_error <= PERMUTE_ERROR)
            break;
    }
    permute_store(self, n);
    return TRUE;
}

/* shares of one row; the standard error is 0 where they are exact */
gboolean
sampled_permute(const SampledRow *at, GError **error)
{
    const ErrataSampledShap *sampled = at->self;
    guint n_groups = sampled->quantity->n_groups;
    guint n_inputs = sampled->model->inputs->len;
    gsize width = (gsize)n_inputs * n_groups;
    g_autofree double *sum = g_new0(double, MAX(sampled->n_background * width, 1));
    g_autofree double *square = g_new0(double, MAX(width, 1));
    g_autofree double *part = g_new0(double, MAX(width, 1));
    g_autofree double *value = g_new(double, 2 * (gsize)n_groups);
    g_autoptr(GArray) pending = g_array_new(FALSE, FALSE, sizeof(Pending));
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));
    Permute self = {.at = at,
                    .n_groups = n_groups,
                    .n_inputs = n_inputs,
                    .rng = errata_rng_init(sampled->seed, PERMUTE_STAGE, at->stream),
                    .pending = pending,
                    .order = order,
                    .sum = sum,
                    .square = square,
                    .part = part,
                    .value = value};

    return permute_rounds(&self, error);
}
