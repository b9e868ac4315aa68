/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

/**
 * ErrataProfile:
 * @n_valid: cells of the sample that have a value
 * @n_distinct: distinct values among them (of the whole column for CATEGORY)
 * @distinct_share: distinct values over cells that have one, in [0, 1]
 * @min: smallest number, NaN when not numeric
 * @max: largest number
 * @unit_share: share of the numbers that lie in [0, 1]
 * @integral: all numbers are whole
 * @sequential: the numbers rise by exactly one from row to row, or nearly all do
 * @epoch: all numbers could be instants counted since 1970
 * @mean_length: characters per string
 * @mean_words: words per string
 * @other_script: share of the characters outside ASCII
 * @image_share: share of the strings that name an image file
 *
 * How a column behaves, seen on at most 20,000 rows spread evenly.
 */
typedef struct {
    gsize n_valid;
    gsize n_distinct;
    double distinct_share;
    double min;
    double max;
    double unit_share;
    gboolean integral;
    gboolean sequential;
    gboolean epoch;
    double mean_length;
    double mean_words;
    double other_script;
    double image_share;
} ErrataProfile;

/* one per column of @frame */
ErrataProfile *errata_schema_profile_frame(const ErrataFrame *frame);
/* rows apart in the sample of a column of @n_rows rows */
gsize errata_schema_profile_step(gsize n_rows);
/* nanoseconds per unit of a number that counts time since 1970, 0 when it is none: seconds, ms, µs,
 * ns */
double errata_schema_profile_epoch(double value);

G_END_DECLS
