/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intervals.h"
#include "slices-find.h"

G_BEGIN_DECLS

/* rows with what their losses add up to; losses as in the outcome: 0/1, or |residual| */
typedef struct {
    double n;
    double sum;
    double square;
} SlicesRate;

/* a condition of another column that looks guilty until the slice is set aside */
typedef struct {
    Slice item;            /* of one condition */
    SlicesRate with;       /* item and slice */
    SlicesRate without;    /* item without the slice */
    SlicesRate slice_only; /* slice without the item */
    double ratio;          /* likelihood ratio before */
} SlicesDecoy;

#define SLICES_MAX_DECOYS 2

/**
 * SlicesFacts:
 *
 * What a finding states of one slice, on the confirmation half unless said otherwise.
 */
typedef struct {
    double told;  /* level of the intervals */
    double level; /* at which they are computed: rows that belong together widen them */
    SlicesRate all;
    SlicesRate in;
    SlicesRate out;
    SlicesRate parent[SLICES_MAX_CONDITIONS]; /* without condition i; none for a single one */
    double blame[SLICES_MAX_CONDITIONS];      /* share of the difference from all, sums to 1 */
    double false_negatives_in, errors_in;     /* binary: NaN otherwise */
    double false_negatives_out, errors_out;
    SlicesRate confidence_in;
    SlicesRate confidence_out;
    SlicesRate other_time; /* of a timed slice: rows that meet its conditions at other times */
    guint n_decoys;
    SlicesDecoy decoy[SLICES_MAX_DECOYS];
} SlicesFacts;

double errata_slices_facts_mean(const SlicesRate *rate);
ErrataInterval errata_slices_facts_interval(const SlicesTable *table,
                                            const SlicesRate *rate,
                                            double level);
ErrataInterval errata_slices_facts_ratio(const SlicesTable *table, const SlicesFacts *facts);
ErrataInterval errata_slices_facts_difference(const SlicesTable *table, const SlicesFacts *facts);
void errata_slices_facts_gather(const SlicesTable *table,
                                const SlicesFind *find,
                                guint index,
                                SlicesFacts *ret_facts);
void errata_slices_facts_decoys(const SlicesTable *table,
                                const SlicesFind *find,
                                guint index,
                                SlicesFacts *facts);

G_END_DECLS
