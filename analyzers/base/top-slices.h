/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

/**
 * ErrataTopSlice:
 * @predicates: (element-type ErrataPredicate): what holds for its rows
 * @n: rows
 * @error: errors among them, or the sum of their losses
 * @score: SliceLine's
 * @rate: mean loss in it
 * @rest: mean loss of all other rows
 * @ratio: @rate over @rest, with its 95 % interval @lo … @hi; NaN where undefined
 * @coverage: share of all errors (of the sum of losses)
 * @effect: SliceFinder's effect size: √2 (rate − rest) / √(variances added)
 * @test: (nullable): name of the test of the slice alone against the rest
 * @p: its p, not corrected
 * @p_search: share of searches over permuted losses that find a slice as good: family-wise
 * @like: index of a better slice that has 80 % or more of its rows in common with this one, else −1
 * @idle: index of a predicate without which the mean loss is the same within 0.01, else −1
 */
typedef struct {
    GPtrArray *predicates;
    guint64 n;
    double error;
    double score;
    double rate;
    double rest;
    double ratio;
    double lo;
    double hi;
    double coverage;
    double effect;
    char *test;
    double p;
    double p_search;
    int like;
    int idle;
} ErrataTopSlice;

/**
 * ErrataTopSlices:
 * @loss: what is added up: `zero-one`, `log-loss`, `absolute` or `squared`
 * @alpha: weight of the error against the size
 * @min_rows: rows that a slice needs
 * @max_level: conditions that it may have
 * @k: slices wanted
 * @n_rows: rows searched
 * @mean: their mean loss
 * @n_evaluated: slices counted
 * @n_permutations: searches over permuted losses
 * @truncated: the search was ended: better slices may exist
 * @slices: (element-type ErrataTopSlice): best first
 *
 * The list that `--slices sliceline` asks for.
 */
typedef struct {
    char *loss;
    double alpha;
    guint64 min_rows;
    guint max_level;
    guint k;
    guint64 n_rows;
    double mean;
    guint64 n_evaluated;
    guint n_permutations;
    gboolean truncated;
    GPtrArray *slices;
} ErrataTopSlices;

ErrataTopSlices *errata_top_slices_new(void);
ErrataTopSlice *errata_top_slices_add(ErrataTopSlices *self);
void errata_top_slices_free(ErrataTopSlices *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTopSlices, errata_top_slices_free)

G_END_DECLS
