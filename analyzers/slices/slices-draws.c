/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How high the best score of a search rises where nothing but the expectation is true: of few rows,
 * which no half can confirm. */
#include "slices-draws.h"

#include "parallel.h"
#include "rng.h"

#define DRAWS_NUMBER 99
#define DRAWS_STAGE  G_GUINT64_CONSTANT(0x736c69636573) /* "slices" */

typedef struct {
    const SlicesSearch *observed;
    const ErrataExpected *expected;
    guint64 seed;
    guint round;
    double score[DRAWS_NUMBER];
} Draws;

/* errors as they would fall if nothing but the expectation were true */
static void
draws_losses(const Draws *self, gsize draw, double *ret_y)
{
    const ErrataExpected *expected = self->expected;
    ErrataRng rng = errata_rng_init(self->seed, DRAWS_STAGE + self->round, draw);

    for (gsize i = 0; i < expected->n_rows; i++) {
        double mu = errata_expected_mu(expected, i);

        if (!expected->real) {
            ret_y[i] = errata_rng_uniform(&rng) < mu ? 1.0 : 0.0;
        } else {
            gsize other = errata_rng_below(&rng, expected->n_rows);

            ret_y[i] = MAX(mu + expected->y[other] - errata_expected_mu(expected, other), 0.0);
        }
    }
}

static void
draws_search_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Draws *self = data;

    for (gsize i = begin; i < end; i++) {
        g_autofree double *y = g_new(double, MAX(self->expected->n_rows, 1));
        g_autoptr(SlicesSearch) search = NULL;
        Slice slice;

        draws_losses(self, i, y);
        search = errata_slices_search_new(self->observed->table, y, self->observed);
        if (!errata_slices_search_next(search, self->expected, &slice, &self->score[i]))
            self->score[i] = 0.0;
    }
}

/**
 * errata_slices_draws_p:
 * @observed: the search on the errors that were observed
 * @expected: what is expected in the discovery half of its table
 * @seed: of the draws
 * @round: slices found before
 * @score: the best score of @observed
 *
 * Searches 99 times among errors drawn by what is expected.
 *
 * Returns: the share of searches whose best score reaches @score, @observed counted
 */
double
errata_slices_draws_p(const SlicesSearch *observed,
                      const ErrataExpected *expected,
                      guint64 seed,
                      guint round,
                      double score)
{
    Draws self = {.observed = observed, .expected = expected, .seed = seed, .round = round};
    guint reached = 1;

    errata_parallel_for(DRAWS_NUMBER, 1, draws_search_cb, &self);
    for (guint i = 0; i < DRAWS_NUMBER; i++)
        reached += self.score[i] >= score;
    return (double)reached / (DRAWS_NUMBER + 1);
}
