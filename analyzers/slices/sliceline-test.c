/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a search as good as this succeeds where the losses have nothing to do with the
 * columns. */
#include <math.h>

#include "rng.h"
#include "sliceline.h"

#define TEST_WORDS G_GUINT64_CONSTANT(2000000000) /* read in all permutations */
#define TEST_STAGE G_GUINT64_CONSTANT(0x536c6963654c6e65)

/* the losses dealt anew among the rows: Fisher and Yates */
static void
test_shuffle(double *loss, gsize n, guint64 seed, guint permutation)
{
    ErrataRng rng = errata_rng_init(seed, TEST_STAGE, permutation);

    for (gsize i = n; i > 1; i--) {
        gsize other = (gsize)errata_rng_below(&rng, i);
        double kept = loss[i - 1];

        loss[i - 1] = loss[other];
        loss[other] = kept;
    }
}

/**
 * errata_sliceline_permute:
 * @input: what was searched
 * @slices: (element-type ErrataSlicelineSlice): what was found, best first
 * @n_permutations: how often the losses are dealt anew and searched again
 * @n_enough: permutations that beat the best slice after which the rest is not needed
 * @seed: of the permutations
 * @ret_p: (array length=slices->len): share of the searches, the real one included, whose best
 *   slice scores at least as much: family-wise over all slices of the search
 *
 * Ends early too when much has been read, so that a long search is not made 199 times.
 *
 * Only scores from the worst of @slices on matter, so each search starts with that bound.
 *
 * Source: Westfall and Young 1993, maximum statistic; Besag and Clifford 1991 for the early end.
 *
 * Returns: permutations made
 */
guint
errata_sliceline_permute(const ErrataSlicelineInput *input,
                         const GArray *slices,
                         guint n_permutations,
                         guint n_enough,
                         guint64 seed,
                         double *ret_p)
{
    g_autofree double *loss = g_new(double, input->n_rows + 1);
    g_autofree guint *n_beaten = g_new0(guint, slices->len + 1);
    ErrataSlicelineInput again = *input;
    guint64 n_words = 0;
    guint done = 0;

    if (slices->len == 0)
        return 0;
    for (gsize i = 0; i < input->n_rows; i++)
        loss[i] = input->loss[i];
    again.loss = loss;
    again.k = 1;
    again.floor = g_array_index(slices, ErrataSlicelineSlice, slices->len - 1).score;
    while (done < n_permutations && n_beaten[0] < n_enough && n_words < TEST_WORDS) {
        g_autoptr(ErrataSliceline) best = NULL;

        test_shuffle(loss, input->n_rows, seed, done);
        best = errata_sliceline_search(&again);
        n_words += best->n_words + input->n_rows * (8 + input->n_columns);
        done++;
        for (guint i = 0; i < slices->len && best->slices->len > 0; i++)
            n_beaten[i] += g_array_index(best->slices, ErrataSlicelineSlice, 0).score >=
                                   g_array_index(slices, ErrataSlicelineSlice, i).score
                               ? 1
                               : 0;
    }
    for (guint i = 0; i < slices->len; i++)
        ret_p[i] = (1.0 + n_beaten[i]) / (1.0 + done);
    return done;
}
