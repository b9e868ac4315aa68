/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rate.h"
#include "slices-find.h"

G_BEGIN_DECLS

/* a condition of another column that looks guilty until the slice is set aside */
typedef struct {
    Slice item;            /* of one condition */
    ErrataRate with;       /* item and slice */
    ErrataRate without;    /* item without the slice */
    ErrataRate slice_only; /* slice without the item */
    double ratio;          /* likelihood ratio before */
} SlicesDecoy;

#define SLICES_MAX_DECOYS 2

/**
 * SlicesFacts:
 *
 * What a finding states of one slice, on the confirmation half unless said otherwise. Losses as in
 * the outcome, 0/1 or |residual|; rows count by their declared weight.
 */
typedef struct {
    double told;  /* level of the intervals */
    double level; /* at which they are computed: rows that belong together widen them */
    ErrataRate all;
    ErrataRate in;
    ErrataRate out;
    ErrataRate parent[SLICES_MAX_CONDITIONS]; /* without condition i; none for a single one */
    double blame[SLICES_MAX_CONDITIONS];      /* share of the difference from all, sums to 1 */
    ErrataRate missed_in;                     /* binary: the errors, and those of them that are */
    ErrataRate missed_out;                    /* false negatives */
    ErrataRate confidence_in;
    ErrataRate confidence_out;
    ErrataRate other_time; /* of a timed slice: rows that meet its conditions at other times */
    guint n_decoys;
    SlicesDecoy decoy[SLICES_MAX_DECOYS];
} SlicesFacts;

ErrataInterval errata_slices_facts_interval(const SlicesTable *table,
                                            const ErrataRate *rate,
                                            double level);
ErrataInterval errata_slices_facts_ratio(const SlicesTable *table, const SlicesFacts *facts);
ErrataInterval errata_slices_facts_difference(const SlicesTable *table, const SlicesFacts *facts);
void errata_slices_facts_add(const SlicesTable *table, guint32 row, double value, ErrataRate *rate);
void errata_slices_facts_gather(const SlicesTable *table,
                                const SlicesFind *find,
                                guint index,
                                SlicesFacts *ret_facts);
void errata_slices_facts_decoys(const SlicesTable *table,
                                const SlicesFind *find,
                                guint index,
                                SlicesFacts *facts);

G_END_DECLS
