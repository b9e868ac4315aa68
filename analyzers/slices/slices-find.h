/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-search.h"

G_BEGIN_DECLS

/**
 * SlicesFound:
 * @slice: a slice that was tried
 * @known: of the second list: the model's own confidence knows it
 * @noise: real losses: of the first list, yet no more than the noise there is by some column, and
 *   right on average; told with the second
 * @plain: expected from the overall rate and the other slices, not from the scores
 * @foretold: wrong no more often than its own scores say, which mean it elsewhere: not of the first
 *   list
 * @hidden: found where scores are not asked, as others like it hide it: slices-hidden.h
 * @turned: found where surer scores let expect no more errors, as its own hide it: slices-hidden.h;
 *   @hidden too
 * @said: the class whose predictions go wrong there, where those of others do not; −1: all of them
 * @kept: it held on the confirmation half
 * @score: on the discovery half: likelihood ratio less the logarithm of the candidates
 * @test: on the confirmation half, against what was expected before the slice was
 * @q: of the test, over all slices tried
 * @inflation: of the variance of its errors, as rows that belong together err together
 * @grows: its errors have grown for a while, rather than by a step (slices-ramp.h)
 * @grew: since when; @grown until when
 * @grown_lo: the earliest that each of the two may be, 95 %; @grown_hi the latest
 * @grew_from: mean error before; @grew_to after
 */
typedef struct {
    Slice slice;
    gboolean known;
    gboolean noise;
    gboolean plain;
    gboolean foretold;
    gboolean hidden;
    gboolean turned;
    int said;
    gboolean kept;
    double score;
    ErrataExpectedTest test;
    double q;
    double inflation;
    gboolean grows;
    gint64 grew;
    gint64 grown;
    gint64 grown_lo[2];
    gint64 grown_hi[2];
    double grew_from;
    double grew_to;
} SlicesFound;

/**
 * SlicesFind:
 * @found: (element-type SlicesFound): all that were tried, in order
 * @spared: (element-type Slice): groups that do better than all other rows, which have more errors
 *   than expected for that reason only (slices-spared.h)
 * @n_tried: candidates searched
 * @n_columns: columns searched per level
 * @n_sets_left_out: sets of columns that the budget did not allow
 * @search: (nullable): the search, ended
 * @level: (nullable): of real losses: errata_slices_level_new() of the confirmation half
 */
typedef struct {
    GArray *found;
    GArray *spared;
    guint64 n_tried;
    guint n_columns[SLICES_MAX_AXES + 1];
    guint64 n_sets_left_out;
    SlicesSearch *search;
    float *level;
} SlicesFind;

double errata_slices_find_noise(const SlicesFind *self,
                                const SlicesTable *table,
                                const guint8 *member);
SlicesFind *errata_slices_find(const SlicesTable *table,
                               const GArray *first,
                               double alpha,
                               guint64 seed);
void errata_slices_find_free(SlicesFind *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesFind, errata_slices_find_free)

G_END_DECLS
