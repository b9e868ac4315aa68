/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether it is the other rows that are the exception. Where one group of four does better than all
 * others, those others have more errors than all rows have, and are found first: two names for one
 * fact, of which the shorter is true. So a slice is held against the groups that its conditions
 * leave out: the side that differs from all other rows while those are alike is the exception.
 * Chosen on the discovery half, by the scores' own word where there is one; the group must have
 * fewer errors on the other half as well. */
#include "slices-spared.h"

#include <math.h>
#include <string.h>

#include "slices-better.h"
#include "slices-refine.h"

#define SPARED_MOST       3    /* groups told so */
#define SPARED_NAMES      3    /* values of a category in one condition */
#define SPARED_COST       5.0  /* what one more value or end must gain … */
#define SPARED_COST_SHARE 0.02 /* … besides this share of the ratio */
#define SPARED_MAX_ROWS   0.3  /* of all: what more rows do is no exception … */
#define SPARED_MOST_ROWS  0.8  /* … unless the scores say that it is */
#define SPARED_WITHIN     0.8  /* of its rows in a slice that is told: that one is to be narrowed */
#define SPARED_CLEARLY    1.1  /* times the slice's ratio: then the group explains more */
#define SPARED_TIE        0.9  /* of it: then the simpler of the two is told … */
#define SPARED_BY_WORD    0.75 /* … or this much, where the scores say which it is */
#define SPARED_SMALLER    0.5  /* of the slice's rows, where both are as simple */
#define SPARED_ALIKE      0.25 /* of the group's ratio, that differences among all others may have … */
#define SPARED_CHANCE     2.0 /* … beyond so many standard deviations of chance */
#define SPARED_OUTSIDE \
    5.0 /* likelihood ratio among the rows that a slice's other conditions leave out */
#define SPARED_AS_SAID 1.1 /* times the errors that the scores of some rows say, and 1 over it */
#define SPARED_SURE    2.0 /* standard deviations of a number of errors */

typedef struct {
    const SlicesTable *table;
    const ErrataExpected *expected;
    const Slice *slice;
    const guint8 *in_slice;
    SlicesSum all;
    double n_slice; /* its rows */
    double slice_ratio;
    double most_rows; /* of all, that a group may have */
    double best;      /* ratio less the price of its names */
    Slice group;
} Spared;

/* rows of one column's codes, of those that meet the other conditions */
typedef struct {
    guint column;
    Slice others;
    SlicesSum code[257];
} SparedCodes;

static double
spared_lift(const SlicesSum *sum)
{
    return sum->observed / fmax(sum->expected, 1e-9);
}

/* likelihood ratio of some rows' own rate, higher or lower, to @lift times what is expected */
static double
spared_evidence(const Spared *self, const SlicesSum *sum, double lift)
{
    double expected = sum->expected * lift;

    if (self->expected->real)
        return errata_expected_ratio(sum->n,
                                     fmax(sum->observed, expected),
                                     fmin(sum->observed, expected),
                                     self->expected->variance);
    expected = fmin(expected, sum->n);
    return sum->observed > expected
               ? errata_expected_ratio(sum->n, sum->observed, expected, 0.0)
               : errata_expected_ratio(sum->n, sum->n - sum->observed, sum->n - expected, 0.0);
}

/* the ratio of telling @part from all other rows */
static double
spared_ratio(const Spared *self, const SlicesSum *part)
{
    SlicesSum rest = slices_sum_minus(&self->all, part);
    double lift = spared_lift(&self->all);

    return spared_evidence(self, part, lift) + spared_evidence(self, &rest, lift);
}

/* the same of a group that could be told: fewer errors than the rest, and not most of the rows */
static double
spared_group_ratio(const Spared *self, const SlicesSum *part)
{
    SlicesSum rest = slices_sum_minus(&self->all, part);

    if (part->n < (double)self->table->min_rows || part->n > self->most_rows * self->all.n ||
        spared_lift(&rest) < SLICES_BETTER_LIFT * spared_lift(part))
        return 0.0;
    return spared_ratio(self, part);
}

static double
spared_price(double ratio, guint n_more)
{
    return (SPARED_COST + SPARED_COST_SHARE * ratio) * n_more;
}

static void
spared_offer(Spared *self, const SparedCodes *codes, const SlicesCondition *own, double score)
{
    if (!(score > self->best))
        return;
    self->best = score;
    self->group = codes->others;
    self->group.condition[self->group.n++] = *own;
}

/* the codes of a category, the one that errs least for what is expected first */
static void
spared_try_values(Spared *self, const SparedCodes *codes)
{
    const ErrataBinColumn *bin = self->table->columns[codes->column].bin;
    guint n_codes = bin->n_codes - (bin->has_other ? 1 : 0);
    SlicesCondition own = {.column = codes->column,
                           .lo = -(double)INFINITY,
                           .hi = (double)INFINITY};
    SlicesSum sum = {0.0, 0.0, 0.0};

    for (guint names = 0; names < MIN(SPARED_NAMES, n_codes); names++) {
        guint best = n_codes;
        double ratio;

        for (guint c = 0; c < n_codes; c++)
            if (((own.codes[c >> 6] >> (c & 63)) & 1) == 0 && codes->code[c].n > 0.0 &&
                (best == n_codes || spared_lift(&codes->code[c]) < spared_lift(&codes->code[best])))
                best = c;
        if (best == n_codes)
            return;
        own.codes[best >> 6] |= G_GUINT64_CONSTANT(1) << (best & 63);
        sum = slices_sum_plus(&sum, &codes->code[best]);
        ratio = spared_group_ratio(self, &sum);
        spared_offer(self, codes, &own, ratio - spared_price(ratio, names));
    }
}

/* every range of a number's codes */
static void
spared_try_ranges(Spared *self, const SparedCodes *codes)
{
    guint n_codes = self->table->columns[codes->column].bin->n_codes;

    for (guint lo = 0; lo < n_codes; lo++) {
        SlicesSum sum = {0.0, 0.0, 0.0};

        for (guint hi = lo + 1; hi <= n_codes && hi - lo < n_codes; hi++) {
            const guint16 ends[2] = {(guint16)lo, (guint16)hi};
            double ratio, score;

            sum = slices_sum_plus(&sum, &codes->code[hi - 1]);
            ratio = spared_group_ratio(self, &sum);
            score = ratio - spared_price(ratio, lo > 0 && hi < n_codes ? 1 : 0);
            if (score > self->best) {
                Slice one = errata_slices_items_slice(self->table,
                                                      FALSE,
                                                      &codes->column,
                                                      &ends[0],
                                                      &ends[1],
                                                      1);

                spared_offer(self, codes, &one.condition[0], score);
            }
        }
    }
}

static void
spared_count(const Spared *self, SparedCodes *codes)
{
    const guint8 *code = self->table->columns[codes->column].fine.code;
    gsize n_rows = self->expected->n_rows;
    g_autofree guint8 *member = g_malloc(MAX(n_rows, 1));

    memset(codes->code, 0, sizeof codes->code);
    errata_slices_table_member(self->table, &self->table->discovery, &codes->others, member);
    for (gsize i = 0; i < n_rows; i++)
        if (member[i] != 0)
            slices_sum_add_row(&codes->code[code[i]],
                               self->expected->y[i],
                               errata_expected_mu(self->expected, i));
}

/* the groups that a condition on @column tells apart where @others hold */
static void
spared_try(Spared *self, const Slice *others, guint column)
{
    SparedCodes codes = {.column = column, .others = *others};
    gboolean numeric = self->table->columns[column].bin->numeric;

    if (numeric && self->table->discovery.n_cells == 1)
        return; /* without scores, that there are fewer errors far from the threshold is no surprise */
    spared_count(self, &codes);
    if (numeric)
        spared_try_ranges(self, &codes);
    else
        spared_try_values(self, &codes);
}

static SlicesSum
spared_sum(const Spared *self, const guint8 *member)
{
    SlicesSum sum = {0.0, 0.0, 0.0};

    for (gsize i = 0; i < self->expected->n_rows; i++)
        if (member == NULL || member[i] != 0) {
            slices_sum_add_row(&sum, self->expected->y[i], errata_expected_mu(self->expected, i));
        }
    return sum;
}

/* whether all rows but the group's are alike: by the column that tells it apart, and by whether
 * they meet the other conditions */
static gboolean
spared_rest_is_alike(const Spared *self, const guint8 *in_group, double ratio)
{
    Slice others = self->group;
    guint column = others.condition[--others.n].column;
    const guint8 *code = self->table->columns[column].fine.code;
    g_autofree guint8 *met = g_malloc(MAX(self->expected->n_rows, 1));
    SlicesSum sums[2][257] = {{{0.0, 0.0, 0.0}}};
    SlicesSum rest = {0.0, 0.0, 0.0};
    double apart = 0.0, n = -1.0;

    errata_slices_table_member(self->table, &self->table->discovery, &others, met);
    for (gsize i = 0; i < self->expected->n_rows; i++) {
        double y = self->expected->y[i], mu = errata_expected_mu(self->expected, i);

        if (in_group[i] != 0)
            continue;
        slices_sum_add_row(&sums[met[i]][met[i] != 0 ? code[i] : 0], y, mu);
        slices_sum_add_row(&rest, y, mu);
    }
    for (guint k = 0; k < 2; k++)
        for (guint c = 0; c < 257; c++)
            if (sums[k][c].n > 0.0) {
                apart += spared_evidence(self, &sums[k][c], spared_lift(&rest));
                n += 1.0;
            }
    n = fmax(n, 0.0); /* twice the ratio is χ² with as many degrees of freedom */
    return apart <= 0.5 * (n + SPARED_CHANCE * sqrt(2.0 * n)) + SPARED_ALIKE * ratio;
}

/* what the scores of the slice and of the group say: −1 where the slice errs as said and the group
 * less, 1 where the group does as said and the slice more, 0 where neither */
static int
spared_word(const Spared *self, const guint8 *in_group)
{
    const double *confidence = self->table->analysis->outcome->confidence;
    const SlicesHalf *half = &self->table->discovery;
    double observed[2] = {0.0, 0.0}, said[2] = {0.0, 0.0};
    gboolean as_said[2];

    if (self->table->real || confidence == NULL)
        return 0;
    for (gsize i = 0; i < half->n_rows; i++) {
        double wrong = 1.0 - confidence[half->row[i]];

        for (guint k = 0; k < 2; k++) {
            gboolean in = (k == 0 ? self->in_slice[i] : in_group[i]) != 0;

            observed[k] += in ? half->y[i] : 0.0;
            said[k] += in ? wrong : 0.0;
        }
    }
    if (!(said[0] > 0.0 && said[1] > 0.0))
        return 0;
    for (guint k = 0; k < 2; k++)
        as_said[k] = (observed[k] <= SPARED_AS_SAID * said[k] &&
                      observed[k] * SPARED_AS_SAID >= said[k]) ||
                     fabs(observed[k] - said[k]) <= SPARED_SURE * sqrt(said[k]);
    if (as_said[0] && said[1] >= SLICES_BETTER_LIFT * observed[1])
        return -1;
    return as_said[1] && observed[0] >= SLICES_MIN_LIFT * said[0] ? 1 : 0;
}

/* values and ends that name a slice */
static guint
spared_names(const SlicesTable *table, const Slice *slice)
{
    guint n = 0;

    for (guint i = 0; i < slice->n; i++) {
        const SlicesCondition *condition = &slice->condition[i];
        guint values = 0;

        if (condition->missing)
            values = 1;
        else if (table->columns[condition->column].bin->numeric)
            values = (isinf(condition->lo) ? 0 : 1) + (isinf(condition->hi) ? 0 : 1);
        for (guint k = 0; k < G_N_ELEMENTS(condition->codes) && values == 0; k++)
            for (guint64 bits = condition->codes[k]; bits != 0; bits &= bits - 1)
                n++;
        n += values;
    }
    return n;
}

/* whether the group is the exception rather than the slice */
static gboolean
spared_leads(const Spared *self, const guint8 *in_group)
{
    SlicesSum sum = spared_sum(self, in_group);
    double ratio = spared_group_ratio(self, &sum);
    int word = spared_word(self, in_group);
    guint names = spared_names(self->table, &self->group);
    guint slice_names = spared_names(self->table, self->slice);

    if (word > 0 || !(ratio > 0.0) || (sum.n > SPARED_MAX_ROWS * self->all.n && word == 0) ||
        !spared_rest_is_alike(self, in_group, ratio))
        return FALSE;
    if (ratio >= SPARED_CLEARLY * self->slice_ratio)
        return TRUE;
    if (word < 0)
        return ratio >= SPARED_BY_WORD * self->slice_ratio;
    return ratio >= SPARED_TIE * self->slice_ratio &&
           (names < slice_names ||
            (names == slice_names && sum.n < SPARED_SMALLER * self->n_slice));
}

/* whether the rows that do not meet the slice's other conditions have fewer errors in the group,
 * too: then one of the slice's conditions only names the values that the group leaves */
static gboolean
spared_is_everywhere(const Spared *self, guint condition, const guint8 *in_group)
{
    Slice others = *self->slice;
    g_autofree guint8 *met = g_malloc(MAX(self->expected->n_rows, 1));
    Spared outside = *self;
    SlicesSum in = {0.0, 0.0, 0.0};

    others.condition[condition] = others.condition[--others.n];
    errata_slices_table_member(self->table, &self->table->discovery, &others, met);
    outside.all = in;
    for (gsize i = 0; i < self->expected->n_rows; i++) {
        double y = self->expected->y[i], mu = errata_expected_mu(self->expected, i);

        if (met[i] != 0)
            continue;
        slices_sum_add_row(&outside.all, y, mu);
        if (in_group[i] != 0)
            slices_sum_add_row(&in, y, mu);
    }
    return spared_group_ratio(&outside, &in) > SPARED_OUTSIDE;
}

/* whether a condition of the slice names more values of a category than a group does that all
 * others leave out; the group is the best of that column then */
static gboolean
spared_is_left_out(Spared *self, guint condition, guint8 *ret_in_group)
{
    const Slice none = {.n = 0};
    Slice own = {.n = 1, .condition = {self->slice->condition[condition]}};
    guint column = own.condition[0].column;
    SlicesSum sum;

    if (self->slice->n == 1 || self->table->columns[column].bin->numeric ||
        spared_names(self->table, &own) < 2)
        return FALSE;
    self->best = 0.0;
    spared_try(self, &none, column);
    if (!(self->best > 0.0) ||
        spared_names(self->table, &self->group) >= spared_names(self->table, &own))
        return FALSE;
    errata_slices_table_member(self->table, &self->table->discovery, &self->group, ret_in_group);
    sum = spared_sum(self, ret_in_group);
    return spared_rest_is_alike(self, ret_in_group, spared_group_ratio(self, &sum)) &&
           spared_is_everywhere(self, condition, ret_in_group);
}

/* hours and weekdays come and go with what happened in them */
static gboolean
spared_is_on_calendar(const SlicesTable *table, const Slice *slice)
{
    for (guint i = 0; i < slice->n; i++)
        if (table->columns[slice->condition[i].column].bin->derived != NULL)
            return TRUE;
    return FALSE;
}

/* the best group of those that the conditions of a slice leave out */
static void
spared_search(Spared *self)
{
    const Slice none = {.n = 0};

    for (guint k = 0; k < self->slice->n; k++) {
        Slice others = *self->slice;
        guint column = self->slice->condition[k].column;

        others.condition[k] = others.condition[--others.n];
        spared_try(self, &others, column);
        if (others.n > 0)
            spared_try(self, &none, column);
    }
}

/* whether the group is a part of a slice that is told: no rows are both worse than all others and
 * better */
static gboolean
spared_is_told(const Spared *self, const SlicesFind *find)
{
    const SlicesHalf *half = &self->table->discovery;
    g_autofree guint8 *in_group = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *in_told = g_malloc(MAX(half->n_rows, 1));

    errata_slices_table_member(self->table, half, &self->group, in_group);
    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);
        gsize n = 0, n_both = 0;

        if (!found->kept || found->known)
            continue;
        errata_slices_table_member(self->table, half, &found->slice, in_told);
        for (gsize row = 0; row < half->n_rows; row++) {
            n += in_group[row];
            n_both += in_group[row] & in_told[row];
        }
        if ((double)n_both >= SPARED_WITHIN * (double)n)
            return TRUE;
    }
    return FALSE;
}

/* whether the group has fewer errors on the confirmation half, too */
static gboolean
spared_is_confirmed(const Spared *self, const ErrataExpected *confirmation, double alpha)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    ErrataExpectedTest test;

    errata_slices_table_member(self->table, half, &self->group, member);
    return errata_slices_better_holds(self->table, confirmation, member, alpha, &test);
}

/* whether it tells about as much as the slice does there */
static gboolean
spared_is_as_telling(const Spared *self, const ErrataExpected *confirmation)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    Spared other = *self;
    SlicesSum group, slice;

    other.expected = confirmation;
    other.all = spared_sum(&other, NULL);
    errata_slices_table_member(self->table, half, &self->group, member);
    group = spared_sum(&other, member);
    errata_slices_table_member(self->table, half, self->slice, member);
    slice = spared_sum(&other, member);
    return spared_group_ratio(&other, &group) >= SPARED_BY_WORD * spared_ratio(&other, &slice);
}

/* the best group of at most @most_rows, where it is the exception by the discovery half */
static gboolean
spared_find_group(Spared *self,
                  double most_rows,
                  const ErrataExpected *confirmation,
                  guint8 *ret_in_group)
{
    self->most_rows = most_rows;
    self->best = 0.0;
    spared_search(self);
    if (!(self->best > 0.0))
        return FALSE;
    errata_slices_refine_fewer(self->table, self->expected, &self->group);
    errata_slices_table_member(self->table, &self->table->discovery, &self->group, ret_in_group);
    return spared_leads(self, ret_in_group) && spared_is_as_telling(self, confirmation);
}

/* the group that is the exception by the discovery half: a small one, or, where scores can say
 * which of the two sides is right, a large one */
static gboolean
spared_find(Spared *self, const ErrataExpected *confirmation)
{
    g_autofree guint8 *in_group = g_malloc(MAX(self->expected->n_rows, 1));

    if (spared_find_group(self, SPARED_MAX_ROWS, confirmation, in_group) ||
        (self->table->analysis->outcome->confidence != NULL && !self->table->real &&
         spared_find_group(self, SPARED_MOST_ROWS, confirmation, in_group)))
        return TRUE;
    self->most_rows = SPARED_MAX_ROWS;
    for (guint k = 0; k < self->slice->n; k++)
        if (spared_is_left_out(self, k, in_group))
            return TRUE;
    return FALSE;
}

/**
 * errata_slices_spared_take:
 * @table: a table
 * @expected: (array fixed-size=2): what is expected of the rows of the discovery and the
 *   confirmation half
 * @slice: a slice with more errors than expected, not yet told
 * @alpha: at which the group must be confirmed
 * @find: (inout): what was found in it; gets the group that is spared
 *
 * Complexity: a few passes over the discovery rows per condition of the slice.
 *
 * Returns: whether not the slice, or not one of its conditions, is the exception, but a group that
 * it leaves
 *   out, which does better than all other rows: then the last of @find->spared
 */
gboolean
errata_slices_spared_take(const SlicesTable *table,
                          const ErrataExpected *const expected[2],
                          const Slice *slice,
                          double alpha,
                          SlicesFind *find)
{
    g_autofree guint8 *in_slice = g_malloc(MAX(table->discovery.n_rows, 1));
    Spared self = {.table = table, .expected = expected[0], .slice = slice, .in_slice = in_slice};
    SlicesSum own;

    if (slice->timed || find->spared->len == SPARED_MOST || spared_is_on_calendar(table, slice))
        return FALSE;
    errata_slices_table_member(table, &table->discovery, slice, in_slice);
    self.all = spared_sum(&self, NULL);
    own = spared_sum(&self, in_slice);
    self.n_slice = own.n;
    self.slice_ratio = spared_ratio(&self, &own);
    if (!spared_find(&self, expected[1]) || spared_is_told(&self, find) ||
        !spared_is_confirmed(&self, expected[1], alpha))
        return FALSE;
    g_array_append_val(find->spared, self.group);
    return TRUE;
}

/**
 * errata_slices_spared_expect:
 * @table: a table
 * @find: what was found in it
 * @half: one of its halves
 * @expected: (inout): what is expected of that; the groups that are spared from now on
 */
void
errata_slices_spared_expect(const SlicesTable *table,
                            const SlicesFind *find,
                            const SlicesHalf *half,
                            ErrataExpected *expected)
{
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    for (guint i = 0; i < find->spared->len; i++) {
        errata_slices_table_member(table, half, &g_array_index(find->spared, Slice, i), member);
        errata_expected_add(expected, member);
    }
}
