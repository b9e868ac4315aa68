/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From ranges of bins to the conditions a person reads: ends at observed values, written as the
 * shortest decimal that keeps the same rows; values of a category joined where that pays;
 * conditions that add little dropped. Reads the discovery half only. */
#include "slices-refine.h"

#include <math.h>
#include <string.h>

#include "slices-alike.h"
#include "slices-sum.h"
#include "sort.h"

#define REFINE_COST        5.0  /* what one more end, value or condition must gain … */
#define REFINE_COST_SHARE  0.02 /* … besides this share of the ratio */
#define REFINE_KEEP_PARENT 0.90 /* a parent with this share of the ratio is enough … */
#define REFINE_KEEP_WEAKER 0.50 /* … or with this one, where what the condition leaves out … */
#define REFINE_AS_BAD      0.85 /* … is as bad as what it keeps */
#define REFINE_TURNED      0.60 /* … or turns from right to wrong this much as often, for sure */
#define REFINE_KEEP_WORSE  0.75 /* … or with this one, where that is worse, … */
#define REFINE_SURE        5.0 /* … if its own ratio, of more than is expected, is as large as this */
#define REFINE_ALIKE       0.75 /* of a condition's error rate, that a value joined to it must have */
#define REFINE_LEFT \
    0.25 /* of the excess of values taken together, that those left out may have, relative */
#define REFINE_LEFT_SURE  2.0 /* likelihood ratio from which one of those has an excess */
#define REFINE_STANDS     3.0 /* logarithms of the conditions that a parent's ratio exceeds chance by */
#define REFINE_ROUNDS     4
#define REFINE_MAX_VALUES 3 /* of a category in one condition */

typedef struct {
    const SlicesTable *table;
    const ErrataExpected *expected;
    const guint8 *within; /* nullable: 1 for the discovery rows that count */
    guint8 *member;       /* scratch, one per discovery row */
    gboolean fewer;       /* the slice has fewer errors than expected, not more */
} Refine;

/* 1 for the rows that meet @slice and count */
static void
refine_meet(const Refine *self, const Slice *slice, guint8 *ret_member)
{
    const SlicesHalf *half = &self->table->discovery;

    errata_slices_table_member(self->table, half, slice, ret_member);
    for (gsize i = 0; self->within != NULL && i < half->n_rows; i++)
        ret_member[i] &= self->within[i];
}

/* whether as many more errors, or fewer, are observed than expected as a slice must have */
static gboolean
refine_lifts(const Refine *self, const SlicesSum *sum)
{
    if (self->fewer)
        return sum->expected >= SLICES_MIN_LIFT * sum->observed;
    return sum->observed >= SLICES_MIN_LIFT * sum->expected;
}

/* the likelihood ratio, 0 where the slice would not be valid */
static double
refine_ratio(const Refine *self, const SlicesSum *sum)
{
    if (sum->n < (double)self->table->min_rows || !refine_lifts(self, sum))
        return 0.0;
    if (self->fewer && self->expected->real)
        return errata_expected_ratio(sum->n,
                                     sum->expected,
                                     sum->observed,
                                     self->expected->variance);
    if (self->fewer)
        return errata_expected_ratio(sum->n, sum->n - sum->observed, sum->n - sum->expected, 0.0);
    return errata_expected_ratio(sum->n,
                                 sum->observed,
                                 sum->expected,
                                 self->expected->real ? self->expected->variance : 0.0);
}

static double
refine_slice_ratio(Refine *self, const Slice *slice)
{
    const SlicesHalf *half = &self->table->discovery;
    SlicesSum sum = {0.0, 0.0, 0.0};

    refine_meet(self, slice, self->member);
    for (gsize i = 0; i < half->n_rows; i++)
        if (self->member[i] != 0)
            slices_sum_add_row(&sum, self->expected->y[i], errata_expected_mu(self->expected, i));
    return refine_ratio(self, &sum);
}

static double
refine_cost(double ratio)
{
    return REFINE_COST + REFINE_COST_SHARE * ratio;
}

/**
 * errata_slices_refine_decimal:
 * @above: the result is greater than this
 * @at_most: and at most this
 *
 * Returns: the number with the fewest decimals in (@above, @at_most]
 */
double
errata_slices_refine_decimal(double above, double at_most)
{
    for (int power = 15; power >= -12; power--) {
        double scale = pow(10.0, abs(power));
        double value = power >= 0 ? floor(at_most / scale) * scale : floor(at_most * scale) / scale;

        if (value > above && value <= at_most)
            return value;
    }
    return at_most;
}

/**
 * errata_slices_refine_end:
 * @column: numbers; the end of another column is returned as it is
 * @edge: an end of a range of them
 *
 * Returns: the number with the fewest decimals that parts the values where @edge does
 */
double
errata_slices_refine_end(const ErrataColumn *column, double edge)
{
    double above = -(double)INFINITY, at_most = (double)INFINITY;

    if (!errata_column_is_numeric(column))
        return edge;
    for (gsize row = 0; row < column->n_rows; row++) {
        double value = errata_column_number(column, row);

        if (value < edge)
            above = fmax(above, value);
        else if (value >= edge)
            at_most = fmin(at_most, value);
    }
    return isfinite(above) && isfinite(at_most) ? errata_slices_refine_decimal(above, at_most)
                                                : edge;
}

/* distinct values in order; sums[k] is over the rows below value k, sums[n] over all */
typedef struct {
    gsize n;
    double *value;
    SlicesSum *sums;
} RefineLine;

static void
refine_line_clear(RefineLine *line)
{
    g_free(line->value);
    g_free(line->sums);
}

/* the rows that meet every condition but @skip, along the column of that one */
static void
refine_line_init(Refine *self, const Slice *slice, guint skip, RefineLine *line)
{
    const SlicesHalf *half = &self->table->discovery;
    Slice others = *slice;
    g_autofree double *value = g_new(double, MAX(half->n_rows, 1));
    g_autofree double *sorted = g_new(double, MAX(half->n_rows, 1));
    g_autofree guint32 *row = g_new(guint32, MAX(half->n_rows, 1));
    g_autofree guint32 *frame_row = g_new(guint32, MAX(half->n_rows, 1));
    SlicesSum sum = {0.0, 0.0, 0.0};
    gsize n_met = 0, n = 0;

    others.condition[skip] = others.condition[--others.n];
    refine_meet(self, &others, self->member);
    for (gsize i = 0; i < half->n_rows; i++) {
        row[n_met] = (guint32)i;
        frame_row[n_met] = half->row[i];
        n_met += self->member[i] != 0 ? 1 : 0;
    }
    errata_slices_table_numbers(self->table,
                                slice->condition[skip].column,
                                frame_row,
                                n_met,
                                value);
    for (gsize i = 0; i < n_met; i++) {
        value[n] = value[i];
        row[n] = row[i];
        n += isnan(value[i]) ? 0 : 1;
    }
    errata_sort_payload(value, row, n, sorted, row);
    line->value = g_new(double, n + 1);
    line->sums = g_new(SlicesSum, n + 1);
    line->n = 0;
    for (gsize i = 0; i < n; i++) {
        if (i == 0 || sorted[i] > sorted[i - 1]) {
            line->value[line->n] = sorted[i];
            line->sums[line->n++] = sum;
        }
        slices_sum_add_row(&sum,
                           self->expected->y[row[i]],
                           errata_expected_mu(self->expected, row[i]));
    }
    line->sums[line->n] = sum;
}

/* a range of values lo … hi − 1 of a line */
typedef struct {
    gsize lo;
    gsize hi;
    double ratio;
} RefineRange;

/* whether the ratio can exceed @ratio, by a bound without a logarithm: the divergence of q from p
 * is at most (q − p)² / 2p(1 − p) where p + q ≤ 1, and twice that anywhere */
static gboolean
refine_may_exceed(const Refine *self, const SlicesSum *sum, double ratio)
{
    double excess = sum->observed - sum->expected;
    double bound = 2.0 * ratio * (1.0 - 1e-9);

    if (!refine_lifts(self, sum))
        return FALSE;
    if (self->expected->real)
        return excess * excess >= bound * sum->n * self->expected->variance;
    if (self->fewer || sum->observed + sum->expected > sum->n)
        bound /= 2.0;
    return excess * excess * sum->n >= bound * sum->expected * (sum->n - sum->expected);
}

/* the ratio of a range of values, 0 where it does not exceed @least */
static double
refine_range_ratio(const Refine *self, const RefineLine *line, gsize lo, gsize hi, double least)
{
    SlicesSum sum = slices_sum_minus(&line->sums[hi], &line->sums[lo]);

    return refine_may_exceed(self, &sum, least) ? refine_ratio(self, &sum) : 0.0;
}

static gboolean
refine_move_lo(const Refine *self, const RefineLine *line, RefineRange *range)
{
    gboolean moved = FALSE;

    for (gsize lo = 0; lo < range->hi; lo++) {
        double ratio = refine_range_ratio(self, line, lo, range->hi, range->ratio);

        if (ratio > range->ratio) {
            range->ratio = ratio;
            range->lo = lo;
            moved = TRUE;
        }
    }
    return moved;
}

static gboolean
refine_move_hi(const Refine *self, const RefineLine *line, RefineRange *range)
{
    gboolean moved = FALSE;

    for (gsize hi = range->lo + 1; hi <= line->n; hi++) {
        double ratio = refine_range_ratio(self, line, range->lo, hi, range->ratio);

        if (ratio > range->ratio) {
            range->ratio = ratio;
            range->hi = hi;
            moved = TRUE;
        }
    }
    return moved;
}

/* both ends in turn until neither gains; from a start that is open at one end at least once */
static RefineRange
refine_both_ends(const Refine *self, const RefineLine *line, RefineRange range)
{
    range.ratio = refine_range_ratio(self, line, range.lo, range.hi, 0.0);
    for (guint i = 0; i < 8; i++) {
        gboolean moved = refine_move_lo(self, line, &range);

        moved = refine_move_hi(self, line, &range) || moved;
        if (!moved)
            break;
    }
    return range;
}

static RefineRange
refine_better(RefineRange a, RefineRange b)
{
    return b.ratio > a.ratio ? b : a;
}

static RefineRange
refine_best_range(const Refine *self, const RefineLine *line, const SlicesCondition *condition)
{
    RefineRange below = {0, line->n, 0.0};
    RefineRange from = {0, line->n, 0.0};
    RefineRange now = {0, 0, 0.0};
    RefineRange between;
    RefineRange one;

    while (now.lo < line->n && line->value[now.lo] < condition->lo)
        now.lo++;
    now.hi = now.lo;
    while (now.hi < line->n && line->value[now.hi] < condition->hi)
        now.hi++;
    refine_move_hi(self, line, &below);
    refine_move_lo(self, line, &from);
    between = refine_both_ends(self, line, now);
    between = refine_better(between, refine_both_ends(self, line, below));
    between = refine_better(between, refine_both_ends(self, line, from));
    one = refine_better(below, from);
    if (between.lo > 0 && between.hi < line->n &&
        between.ratio - refine_cost(between.ratio) <= one.ratio)
        return one;
    return between;
}

static double
refine_number(Refine *self, Slice *slice, guint index)
{
    SlicesCondition *condition = &slice->condition[index];
    RefineLine line;
    RefineRange range;

    refine_line_init(self, slice, index, &line);
    range = refine_best_range(self, &line, condition);
    if (range.ratio > 0.0) {
        condition->lo = -(double)INFINITY;
        condition->hi = (double)INFINITY;
        if (range.lo > 0)
            condition->lo = errata_slices_refine_decimal(line.value[range.lo - 1],
                                                         line.value[range.lo]);
        if (range.hi < line.n)
            condition->hi = errata_slices_refine_decimal(line.value[range.hi - 1],
                                                         line.value[range.hi]);
    }
    refine_line_clear(&line);
    return range.ratio;
}

/* sums per code of a category column over the rows of @slice */
static void
refine_code_sums(Refine *self, const Slice *slice, guint column, SlicesSum *ret_sums)
{
    const SlicesHalf *half = &self->table->discovery;
    const guint8 *code = self->table->columns[column].fine.code;

    memset(ret_sums, 0, 256 * sizeof(SlicesSum));
    refine_meet(self, slice, self->member);
    for (gsize i = 0; i < half->n_rows; i++)
        if (self->member[i] != 0)
            slices_sum_add_row(&ret_sums[code[i]],
                               self->expected->y[i],
                               errata_expected_mu(self->expected, i));
}

static gboolean
refine_has_code(const SlicesCondition *condition, guint code)
{
    return ((condition->codes[code >> 6] >> (code & 63)) & 1) != 0;
}

/* the ratio of @now joined by @one; 0 where they differ so much that two slices tell more than one,
 * or where the new rows are wrong less often, though less was expected of them */
static double
refine_joined(const Refine *self, const SlicesSum *now, const SlicesSum *one)
{
    SlicesSum with = slices_sum_plus(now, one);
    double ratio = refine_ratio(self, &with);

    if (!self->table->real && one->observed * now->n < REFINE_ALIKE * now->observed * one->n)
        return 0.0;
    return refine_ratio(self, now) + refine_ratio(self, one) > ratio + refine_cost(ratio) ? 0.0
                                                                                          : ratio;
}

/* whether the values of a condition and code @code, given the other conditions, go wrong in one
 * way */
static gboolean
refine_is_alike(const Refine *self, const Slice *slice, guint index, guint code)
{
    Slice one = *slice;
    SlicesCondition *condition = &one.condition[index];

    memset(condition->codes, 0, sizeof condition->codes);
    condition->codes[code >> 6] = G_GUINT64_CONSTANT(1) << (code & 63);
    return errata_slices_alike(self->table, slice, &one);
}

/* adds the values of the category that pay for themselves */
static void
refine_category(Refine *self, Slice *slice, guint index)
{
    SlicesCondition *condition = &slice->condition[index];
    const ErrataBinColumn *bin = self->table->columns[condition->column].bin;
    guint n_codes = bin->n_codes - (bin->has_other ? 1 : 0);
    Slice others = *slice;
    SlicesSum sums[256];
    SlicesSum now = {0.0, 0.0, 0.0};
    gboolean apart[256] = {FALSE}; /* values that go wrong in a way of their own */

    others.condition[index] = others.condition[--others.n];
    refine_code_sums(self, &others, condition->column, sums);
    for (guint c = 0; c < n_codes; c++)
        if (refine_has_code(condition, c))
            now = slices_sum_plus(&now, &sums[c]);
    for (guint n = 1; n < REFINE_MAX_VALUES;) {
        double best = refine_ratio(self, &now) + refine_cost(refine_ratio(self, &now));
        guint best_code = n_codes;

        for (guint c = 0; c < n_codes; c++) {
            double joined = refine_has_code(condition, c) || apart[c]
                                ? 0.0
                                : refine_joined(self, &now, &sums[c]);

            if (joined > best) {
                best = joined;
                best_code = c;
            }
        }
        if (best_code == n_codes)
            return;
        apart[best_code] = !refine_is_alike(self, slice, index, best_code);
        if (apart[best_code])
            continue;
        n++;
        condition->codes[best_code >> 6] |= G_GUINT64_CONSTANT(1) << (best_code & 63);
        now = slices_sum_plus(&now, &sums[best_code]);
    }
}

/* whether the condition is another one now */
static gboolean
refine_condition(Refine *self, Slice *slice, guint index)
{
    const SlicesCondition *condition = &slice->condition[index];
    SlicesCondition before = *condition;

    if (self->table->columns[condition->column].bin->numeric)
        refine_number(self, slice, index);
    else
        refine_category(self, slice, index);
    return condition->lo < before.lo || condition->lo > before.lo || condition->hi < before.hi ||
           condition->hi > before.hi ||
           memcmp(condition->codes, before.codes, sizeof before.codes) != 0;
}

/* each in turn until none gains. The ends of a number depend on the other conditions only: they are
 * not looked for again before one of those has changed */
static double
refine_conditions(Refine *self, Slice *slice)
{
    double ratio = refine_slice_ratio(self, slice);
    guint done[SLICES_MAX_CONDITIONS] = {0}; /* the step in which each was looked at */
    guint step = 0, changed = 0;             /* … and in which one changed last */

    for (guint round = 0; round < REFINE_ROUNDS; round++) {
        guint first = step;
        double before = ratio;

        for (guint i = 0; i < slice->n; i++) {
            const SlicesCondition *condition = &slice->condition[i];
            const SlicesColumn *column = &self->table->columns[condition->column];

            if (condition->missing || column->word != NULL ||
                (column->bin->numeric && done[i] > 0 && done[i] >= changed))
                continue;
            done[i] = ++step;
            if (refine_condition(self, slice, i))
                changed = step;
        }
        if (changed <= first)
            break;
        ratio = refine_slice_ratio(self, slice);
        if (ratio <= before * (1.0 + 1e-9))
            break;
    }
    return ratio;
}

/* of the rows that are expected to be right, the share that is wrong; the loss in excess per row */
static double
refine_turned(const Refine *self, const SlicesSum *sum)
{
    double right = self->expected->real ? sum->n : sum->n - sum->expected;

    return right > 0.0 ? (sum->observed - sum->expected) / right : 0.0;
}

/* whether the rows of a parent that are not in the slice have more errors than expected, and about
 * as many as those that are: then the condition between them adds nothing to what a person sees,
 * even where more is expected of those rows. A condition that leaves the worse rows out makes the
 * slice look milder than it is: it is enough then that more than expected is wrong there for sure.
 * Nor does one that leaves rows out of which as many turn from right to wrong, of which more are
 * wrong anyway: what is wrong with the slice is wrong with those, too.
 * @own is the ratio of the parent, whose refine_slice_ratio() has just been computed, @ratio that
 *   of the slice. */
static gboolean
refine_is_as_bad(Refine *self, const Slice *slice, double own, double ratio)
{
    const SlicesHalf *half = &self->table->discovery;
    const double *loss = self->table->analysis->outcome->loss;
    double variance = self->expected->real ? self->expected->variance : 0.0;
    g_autofree guint8 *in = g_malloc(MAX(half->n_rows, 1));
    SlicesSum part[2] = {{0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}};
    const SlicesSum *rest = &part[0];
    double sum[2] = {0.0, 0.0};
    gboolean sure;

    refine_meet(self, slice, in);
    for (gsize i = 0; i < half->n_rows; i++) {
        if (self->member[i] == 0)
            continue;
        sum[in[i]] += self->table->real ? loss[half->row[i]] : self->expected->y[i];
        slices_sum_add_row(&part[in[i]],
                           self->expected->y[i],
                           errata_expected_mu(self->expected, i));
    }
    if (!(rest->n > 0.0) || sum[0] * part[1].n < REFINE_AS_BAD * sum[1] * rest->n)
        return FALSE;
    if (rest->observed >= SLICES_MIN_LIFT * rest->expected)
        return own >= REFINE_KEEP_WEAKER * ratio;
    sure = rest->observed > rest->expected &&
           errata_expected_ratio(rest->n, rest->observed, rest->expected, variance) >= REFINE_SURE;
    if (sure && refine_turned(self, rest) >= REFINE_TURNED * refine_turned(self, &part[1]))
        return own >= REFINE_KEEP_WEAKER * ratio;
    return sure && own >= REFINE_KEEP_WORSE * ratio && sum[0] * part[1].n >= sum[1] * rest->n;
}

/* whether a slice is told without the condition that @own lacks: its ratio is nearly as good, or
 * better by no more than the best of so many conditions gains where none matters, while it stands
 * by itself */
static gboolean
refine_is_enough(const Refine *self, double own, double ratio)
{
    double n_items = 1.0;

    if (own >= REFINE_KEEP_PARENT * ratio)
        return TRUE;
    for (guint c = 0; c < self->table->n_columns; c++)
        n_items += self->table->columns[c].fine.n_items;
    return own >= REFINE_STANDS * log(n_items) && own + refine_cost(own) + log(n_items) >= ratio;
}

/* drops the condition that matters least, if its parent is nearly as good */
static gboolean
refine_drop(Refine *self, Slice *slice, double ratio)
{
    double best = 0.0;
    guint drop = slice->n;

    for (guint i = 0; slice->n > 1 && i < slice->n; i++) {
        Slice parent = *slice;
        double own;

        parent.condition[i] = parent.condition[--parent.n];
        own = refine_slice_ratio(self, &parent);
        if (own > best &&
            (refine_is_enough(self, own, ratio) || refine_is_as_bad(self, slice, own, ratio))) {
            best = own;
            drop = i;
        }
    }
    if (drop == slice->n)
        return FALSE;
    memmove(&slice->condition[drop],
            &slice->condition[drop + 1],
            (slice->n - drop - 1) * sizeof(SlicesCondition));
    slice->n--;
    return TRUE;
}

/* one more condition, beyond those that the cubes reach, if it pays for being one of many */
static gboolean
refine_grow(Refine *self, Slice *slice, double ratio)
{
    double best = 0.0;
    double n_items = 1.0;
    Slice grown = *slice;

    for (guint c = 0; c < self->table->n_columns; c++) {
        const SlicesCoding *fine = &self->table->columns[c].fine;
        SlicesSum sums[256];

        if (slices_uses(slice, c))
            continue;
        refine_code_sums(self, slice, c, sums);
        n_items += fine->n_items;
        for (guint i = 0; i < fine->n_items; i++) {
            SlicesSum sum = {0.0, 0.0, 0.0};

            for (guint code = fine->items[i].lo; code < fine->items[i].hi; code++)
                sum = slices_sum_plus(&sum, &sums[code]);
            if (refine_ratio(self, &sum) > best) {
                best = refine_ratio(self, &sum);
                grown.condition[slice->n] = errata_slices_items_slice(self->table,
                                                                      FALSE,
                                                                      &c,
                                                                      &fine->items[i].lo,
                                                                      &fine->items[i].hi,
                                                                      1)
                                                .condition[0];
            }
        }
    }
    if (best <= ratio + refine_cost(ratio) + log(n_items))
        return FALSE;
    grown.n++;
    *slice = grown;
    return TRUE;
}

/* whether some rows have an excess of errors next to that of @part */
static gboolean
refine_errs_too(const SlicesSum *left, const SlicesSum *part)
{
    return (left->observed - left->expected) * part->expected >
           REFINE_LEFT * (part->observed - part->expected) * left->expected;
}

/* whether the values that a condition leaves out err about as expected, all together and each by
 * itself: then they are no part of it, while the best of many values always err more than the
 * others */
static gboolean
refine_is_apart(const Refine *self,
                const SlicesSum *sums,
                const SlicesCondition *condition,
                const SlicesSum *part)
{
    SlicesSum left = {0.0, 0.0, 0.0};

    for (guint c = 0; c < 256; c++) {
        if (refine_has_code(condition, c) || !(sums[c].n > 0.0))
            continue;
        left = slices_sum_plus(&left, &sums[c]);
        if (refine_errs_too(&sums[c], part) &&
            errata_expected_ratio(sums[c].n,
                                  sums[c].observed,
                                  sums[c].expected,
                                  self->expected->real ? self->expected->variance : 0.0) >
                REFINE_LEFT_SURE)
            return FALSE;
    }
    return !refine_errs_too(&left, part);
}

/* the values of a category, one after the other, that tell most together; their ratio, 0 where one
 * is enough or those left out are no better than expected */
static double
refine_values(Refine *self, const Slice *slice, guint column, SlicesCondition *ret_condition)
{
    const ErrataBinColumn *bin = self->table->columns[column].bin;
    guint n_codes = bin->n_codes - (bin->has_other ? 1 : 0);
    SlicesSum sums[256];
    SlicesSum now = {0.0, 0.0, 0.0};
    guint n = 0;

    *ret_condition =
        (SlicesCondition){.column = column, .lo = -(double)INFINITY, .hi = (double)INFINITY};
    refine_code_sums(self, slice, column, sums);
    for (; n < REFINE_MAX_VALUES; n++) {
        double best = refine_ratio(self, &now) +
                      (n > 0 ? refine_cost(refine_ratio(self, &now)) : 0.0);
        guint best_code = n_codes;

        for (guint c = 0; c < n_codes; c++) {
            double joined = refine_has_code(ret_condition, c) ? 0.0
                            : n == 0                          ? refine_ratio(self, &sums[c])
                                                              : refine_joined(self, &now, &sums[c]);

            if (joined > best) {
                best = joined;
                best_code = c;
            }
        }
        if (best_code == n_codes)
            break;
        ret_condition->codes[best_code >> 6] |= G_GUINT64_CONSTANT(1) << (best_code & 63);
        now = slices_sum_plus(&now, &sums[best_code]);
    }
    return n > 1 && refine_is_apart(self, sums, ret_condition, &now) ? refine_ratio(self, &now)
                                                                     : 0.0;
}

/* Several values of a category are no candidate of the search: where all but some err, the slice is
 * found without that condition, which has more errors than with any one of them. Adds it where it
 * pays. */
static gboolean
refine_part(Refine *self, Slice *slice, double ratio)
{
    double best = 0.0;
    double n_items = 1.0;
    Slice part = *slice;
    guint at = slice->n;

    if (slice->n >= MIN(self->table->max_level, SLICES_MAX_AXES))
        return FALSE;
    for (guint c = 0; c < self->table->n_columns; c++) {
        const SlicesColumn *column = &self->table->columns[c];
        SlicesCondition condition;
        double own;

        if (column->bin->numeric || column->word != NULL || slices_uses(slice, c))
            continue;
        n_items += column->fine.n_items;
        own = refine_values(self, slice, c, &condition);
        if (own > best) {
            best = own;
            part.condition[slice->n] = condition;
        }
    }
    if (best <= ratio + 2.0 * refine_cost(ratio) + log(n_items) ||
        ratio >= REFINE_KEEP_PARENT * best)
        return FALSE;
    for (part.n++; at > 0 && part.condition[at - 1].column > part.condition[at].column; at--) {
        SlicesCondition later =
            part.condition[at - 1]; /* in the order of the columns, as all others are */

        part.condition[at - 1] = part.condition[at];
        part.condition[at] = later;
    }
    *slice = part;
    return TRUE;
}

/**
 * errata_slices_refine:
 * @table: a table
 * @expected: what is expected of its discovery rows
 * @within: (array length=table->discovery.n_rows) (nullable): 1 for the rows that count, such as
 *   those of one predicted class; %NULL: all
 * @slice: (inout): a slice as the search found it
 *
 * Moves the ends of numeric conditions to the observed values with the largest likelihood ratio,
 * joins category values, adds a condition on several of a category where that pays, drops
 * conditions whose parent has 0.90 of the ratio, and, where more than three conditions are asked
 * for, adds further ones.
 *
 * Returns: the likelihood ratio of the refined slice on the discovery half
 */
double
errata_slices_refine(const SlicesTable *table,
                     const ErrataExpected *expected,
                     const guint8 *within,
                     Slice *slice)
{
    g_autofree guint8 *member = g_malloc(MAX(table->discovery.n_rows, 1));
    Refine self = {table, expected, within, member, FALSE};
    double ratio = refine_conditions(&self, slice);

    while (slice->n >= SLICES_MAX_AXES && slice->n < table->max_level &&
           refine_grow(&self, slice, ratio))
        ratio = refine_conditions(&self, slice);
    while (refine_part(&self, slice, ratio))
        ratio = refine_conditions(&self, slice);
    while (refine_drop(&self, slice, ratio))
        ratio = refine_conditions(&self, slice);
    return ratio;
}

/**
 * errata_slices_refine_fewer:
 * @table: a table
 * @expected: what is expected of its discovery rows
 * @slice: (inout): a slice with fewer errors than expected
 *
 * Moves the ends of numeric conditions to the observed values with the largest likelihood ratio.
 */
void
errata_slices_refine_fewer(const SlicesTable *table, const ErrataExpected *expected, Slice *slice)
{
    g_autofree guint8 *member = g_malloc(MAX(table->discovery.n_rows, 1));
    Refine self = {table, expected, NULL, member, TRUE};

    for (guint i = 0; i < slice->n; i++)
        if (table->columns[slice->condition[i].column].bin->numeric &&
            table->columns[slice->condition[i].column].word == NULL && !slice->condition[i].missing)
            refine_number(&self, slice, i);
}
