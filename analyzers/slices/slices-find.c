/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rounds of the search: take the best slice, refine it, look at it once on the confirmation
 * half, and let it be expected from then on, kept or not, so that the next one must explain what is
 * left. Small logs have no second half; there a slice must beat the best of 99 searches of errors
 * drawn from the expectation itself. */
#include "slices-find.h"

#include <math.h>
#include <string.h>

#include "slices-calendar.h"
#include "slices-deepen.h"
#include "slices-draws.h"
#include "slices-foretold.h"
#include "slices-large.h"
#include "slices-level.h"
#include "slices-moments.h"
#include "slices-prediction.h"
#include "slices-proxies.h"
#include "slices-refine.h"
#include "slices-since.h"
#include "slices-spared.h"
#include "slices-weights.h"
#include "tests.h"

#define FIND_MAX_KEPT        10
#define FIND_MAX_FAILED      3
#define FIND_MAX_KNOWN       3 /* of the second list */
#define FIND_KNOWN_LEVEL     2 /* conditions of those */
#define FIND_MAX_MOMENTS     4 /* groups that err at some time only, looked for by themselves */
#define FIND_MAX_CLASSES     8 /* whose predictions are looked at by themselves, of several */
#define FIND_MAX_CLASS       2 /* slices of each */
#define FIND_CLASS_LEVEL     2 /* conditions of those */
#define FIND_MAX_EXPLORATORY 5
#define FIND_OVER_REST       1.1
#define FIND_KNOWN_REST      1.25  /* for the second list, and where scores tell: a weaker reason */
#define FIND_MIN_EXCESS      0.005 /* of all errors */
#define FIND_FORETOLD        0.5   /* of a slice's excess that scores expect, for the second list */
#define FIND_CAPTURED        0.8   /* of the errors expected in as many of the least sure rows */
#define FIND_MAX_NOISE \
    12 /* slices of noise to look past, or of hours and weekdays that are chance */
#define FIND_MORE_FAILED \
    4                     /* times as many slices may fail where rows belong together, as many do */
#define FIND_TOGETHER 2.0 /* times the variance of independent rows */

typedef struct {
    const SlicesTable *table;
    double alpha;
    guint64 seed;
    SlicesFind *find;
    SlicesSearch *search;
    ErrataExpected *discovery;
    ErrataExpected *confirmation;
    ErrataExpected *scored[2]; /* what the first list ended with, of both halves */
    SlicesTimes *times;
    guint64 n_moments; /* conditions by stretches of time, and for the predictions of a class */
    GArray *large;     /* conditions that the search does not see */
} Find;

/* lets @slice be expected in both halves, and its predictions that go wrong, where not all do */
static void
find_absorb(Find *self, const Slice *slice, int said)
{
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataExpected *expected[] = {self->discovery, self->confirmation};
    guint classes = errata_slices_prediction_several(self->table, self->discovery, slice, said);

    for (guint i = 0; i < 2; i++) {
        g_autofree guint8 *member = g_malloc(MAX(halves[i]->n_rows, 1));

        errata_slices_table_member(self->table, halves[i], slice, member);
        errata_expected_add(expected[i], member);
        if (classes == 0 || expected[i]->n_terms == ERRATA_EXPECTED_MAX_TERMS)
            continue;
        errata_slices_prediction_keep_several(self->table, halves[i], classes, member);
        errata_expected_add(expected[i], member);
    }
}

static void
find_update_q(Find *self)
{
    GArray *found = self->find->found;
    g_autofree double *p = g_new(double, MAX(found->len, 1));
    g_autofree double *q = g_new(double, MAX(found->len, 1));

    for (guint i = 0; i < found->len; i++)
        p[i] = g_array_index(found, SlicesFound, i).test.p;
    errata_tests_benjamini_hochberg(p, found->len, found->len, q);
    for (guint i = 0; i < found->len; i++)
        g_array_index(found, SlicesFound, i).q = q[i];
}

/* the rate of the rows that are not in a slice, of those that it is about */
static double
find_rest(const Find *self, const SlicesFound *found)
{
    const SlicesHalf *half = &self->table->confirmation;
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    double n = -found->test.n;
    double sum = -found->test.observed;

    for (gsize i = 0; i < half->n_rows; i++)
        if (found->said < 0 || outcome->predicted[half->row[i]] == found->said) {
            n += 1.0;
            sum += half->y[i];
        }
    return n > 0.0 ? sum / n : 0.0;
}

/* whether it has 1.25 times the errors expected, more than the rest, and enough of all errors */
static gboolean
find_is_large(const Find *self, const SlicesFound *found)
{
    const SlicesHalf *half = &self->table->confirmation;
    const ErrataExpectedTest *test = &found->test;
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    /* what errs hardly more than the rest, but more than its scores say, is told by calibration */
    gboolean scored = outcome->score != NULL && outcome->positive >= 0;
    double over = found->known || scored ? FIND_KNOWN_REST : FIND_OVER_REST;

    return test->n > 0.0 && test->observed >= SLICES_MIN_LIFT * test->expected &&
           test->observed / test->n >= over * find_rest(self, found) &&
           test->observed - test->expected >= FIND_MIN_EXCESS * half->total;
}

/* whether the scores, alone too, expect most of what a slice has beyond the overall rate: then the
 * model knows. It must be the ground where the model is least sure, not a box that some of its
 * doubtful rows fall into: near its threshold any model is unsure, which is no news. */
static gboolean
find_is_known(const Find *self, const guint8 *member, const ErrataExpectedTest *plain)
{
    ErrataExpectedTest scored;

    errata_expected_test(self->scored[1], member, &scored);
    return scored.observed < SLICES_MIN_LIFT * scored.expected &&
           scored.expected - plain->expected >=
               FIND_FORETOLD * (plain->observed - plain->expected) &&
           errata_slices_foretold_alone(self->table, self->find, member) >= FIND_FORETOLD &&
           errata_expected_captured(self->scored[1], member) >= FIND_CAPTURED;
}

/**
 * errata_slices_find_noise:
 * @self: what was found
 * @table: in this table of real losses
 * @member: (array length=table->confirmation.n_rows): 1 for rows of the confirmation half
 *
 * Returns: their mean loss over what noise of the size that their columns tell would give; NaN
 *   where no column tells of it
 */
double
errata_slices_find_noise(const SlicesFind *self, const SlicesTable *table, const guint8 *member)
{
    const SlicesHalf *half = &table->confirmation;
    const double *loss = table->analysis->outcome->loss;
    g_autofree double *count = g_new0(double, half->n_cells);
    g_autofree double *sum = g_new0(double, half->n_cells);
    double observed = 0.0, expected = 0.0;

    if (self->level == NULL)
        return (double)NAN;
    for (gsize i = 0; i < half->n_rows; i++) {
        count[half->cell[i]] += 1.0;
        sum[half->cell[i]] += loss[half->row[i]] / (double)self->level[i];
    }
    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] != 0) {
            observed += loss[half->row[i]];
            expected += (double)self->level[i] * sum[half->cell[i]] / count[half->cell[i]];
        }
    return expected > 0.0 ? observed / expected : (double)NAN;
}

/* whether a slice is a group by name. That errors grow along a number is in the nature of numbers;
 * that one group is told twice as badly as others is for people to know. */
static gboolean
find_is_group(const Find *self, const Slice *slice)
{
    for (guint i = 0; i < slice->n; i++)
        if (self->table->columns[slice->condition[i].column].bin->numeric &&
            !slice->condition[i].missing)
            return FALSE;
    return TRUE;
}

/* whether noise by the same columns has been told, or by some of them */
static gboolean
find_told_noise(const Find *self, const Slice *slice)
{
    for (guint k = 0; k < self->find->found->len; k++) {
        const SlicesFound *other = &g_array_index(self->find->found, SlicesFound, k);
        guint n_used = 0;

        for (guint i = 0; i < other->slice.n; i++)
            n_used += slices_uses(slice, other->slice.condition[i].column) ? 1 : 0;
        if (other->noise && other->kept && n_used == other->slice.n)
            return TRUE;
    }
    return FALSE;
}

/* leaves the conditions on hours and weekdays out where nothing comes back; returns whether any
 * condition is left */
static gboolean
find_drop_once(Find *self, Slice *slice, double *ratio)
{
    if (errata_slices_calendar_comes_back(self->table, self->discovery, slice))
        return TRUE;
    for (guint i = slice->n; i-- > 0;)
        if (self->table->columns[slice->condition[i].column].bin->derived != NULL)
            slice->condition[i] = slice->condition[--slice->n];
    if (slice->n == 0)
        return FALSE;
    *ratio = errata_slices_refine(self->table, self->discovery, NULL, slice);
    return TRUE;
}

/* leaves the rows of the time in which the slice errs, where it does not always. Conditions
 * that only mended the want of one on time are dropped, and the time is sought without them. */
static void
find_since(Find *self, Slice *slice, double *ratio)
{
    const ErrataExpected *const expected[] = {self->discovery, self->confirmation};
    Slice timed = *slice;

    if (self->times == NULL)
        self->times = errata_slices_times_new(self->table);
    if (!errata_slices_since(self->table, self->times, expected, &timed) ||
        !errata_slices_calendar_comes_back(self->table, self->discovery, &timed))
        return;
    *ratio = errata_slices_refine(self->table, self->discovery, NULL, &timed);
    *slice = timed;
    if (errata_slices_since(self->table, self->times, expected, &timed) &&
        errata_slices_calendar_comes_back(self->table, self->discovery, &timed))
        *slice = timed;
}

/* Leaves conditions out that nearly all rows meet, of whatever time; without one @found is
 * expected, as what all rows do then. Returns whether it is a slice */
static gboolean
find_narrow(Find *self, Slice *slice, const Slice *found)
{
    if (errata_slices_items_narrow(self->table, slice))
        return TRUE;
    find_absorb(self, found, -1);
    return FALSE;
}

/* what is told of a slice is of all its rows, whichever its test was on */
static void
find_count_all(const Find *self, SlicesFound *found)
{
    g_autofree guint8 *member = g_malloc(MAX(self->table->confirmation.n_rows, 1));
    double p = found->test.p;

    errata_slices_table_member(self->table, &self->table->confirmation, &found->slice, member);
    errata_expected_test(self->confirmation, member, &found->test);
    found->test.p = p;
}

/* tries one slice on the confirmation half; whether it is kept */
static gboolean
find_confirm(Find *self, const Slice *slice, int said, double score, gboolean known)
{
    SlicesFound found = {.slice = *slice, .known = known, .said = said, .score = score};
    g_autofree guint8 *member = g_malloc(MAX(self->table->confirmation.n_rows, 1));
    SlicesFound *last;
    double excess;

    errata_slices_table_member(self->table, &self->table->confirmation, slice, member);
    errata_slices_prediction_keep(self->table, &self->table->confirmation, said, member);
    found.inflation = errata_slices_calendar_test(self->table,
                                                  &self->table->confirmation,
                                                  slice,
                                                  member,
                                                  self->confirmation,
                                                  &found.test);
    g_array_append_val(self->find->found, found);
    find_update_q(self);
    last = &g_array_index(self->find->found, SlicesFound, self->find->found->len - 1);
    last->kept = find_is_large(self, last) && last->q < self->alpha &&
                 errata_slices_weights_agree(self->table, member, said, FIND_OVER_REST) &&
                 (!known || find_is_known(self, member, &last->test)) &&
                 (!self->table->real || errata_slices_level_is_farther(self->table, member));
    if (last->kept && !known && self->table->real &&
        errata_slices_find_noise(self->find, self->table, member) < SLICES_MIN_LIFT &&
        errata_slices_level_is_unbiased(self->table, member)) {
        last->kept = !find_told_noise(self, slice);
        last->noise = TRUE;
        last->known = !find_is_group(self, slice);
    }
    last->foretold = last->kept && !known && self->confirmation->sloped &&
                     errata_slices_foretold(self->table, self->find, slice, member);
    last->kept = last->kept && !last->foretold;
    excess = last->test.observed - last->test.expected;
    if (said >= 0)
        find_count_all(self, last);
    last->kept = last->kept &&
                 (said < 0 || errata_slices_prediction_errs_more(self->table,
                                                                 &self->table->confirmation,
                                                                 excess,
                                                                 last->test.n,
                                                                 last->test.observed,
                                                                 last->test.expected));
    return last->kept;
}

/* of the slice tried last: whether it is noise, foretold, or of hours or weekdays of days
 * that err together: of those there are many, none of which says that nothing else is left */
static gboolean
find_is_to_pass(const Find *self)
{
    const SlicesFound *last =
        &g_array_index(self->find->found, SlicesFound, self->find->found->len - 1);

    return last->noise || last->foretold ||
           (!last->kept && last->inflation >= FIND_TOGETHER &&
            errata_slices_calendar_is_on(self->table, &last->slice));
}

/* the best slice that the search has, or a condition that it does not see, with its ends */
static gboolean
find_next(Find *self, gboolean known, Slice *ret_slice, double *ret_score, double *ret_ratio)
{
    const ErrataExpected *const expected[] = {self->discovery, self->confirmation};
    gboolean found = errata_slices_search_next(self->search, self->discovery, ret_slice, ret_score);

    if (!found)
        *ret_score = 0.0;
    if (!known && errata_slices_large_next(self->table,
                                           self->large,
                                           self->discovery,
                                           self->search->n_valid[1],
                                           ret_slice,
                                           ret_score,
                                           ret_ratio))
        return TRUE;
    if (found)
        *ret_ratio = errata_slices_refine(self->table, self->discovery, NULL, ret_slice);
    if (found && !known) {
        errata_slices_deepen(self->table,
                             self->discovery,
                             self->search->n_valid,
                             ret_slice,
                             ret_ratio);
        errata_slices_large_whole(self->table, expected, ret_slice, ret_ratio);
    }
    return found;
}

/* whether other rows than the slice's are the exception; those are expected from then on */
static gboolean
find_spares(Find *self, const Slice *slice)
{
    const ErrataExpected *const expected[] = {self->discovery, self->confirmation};
    GArray *spared = self->find->spared;

    if (!errata_slices_spared_take(self->table, expected, slice, self->alpha, self->find))
        return FALSE;
    find_absorb(self, &g_array_index(spared, Slice, spared->len - 1), -1);
    return TRUE;
}

static void
find_rounds(Find *self, gboolean known, guint max_kept, guint max_failed)
{
    guint n_kept = 0;
    guint n_failed = 0;
    guint n_noise = 0;

    if (self->table->entity != NULL)
        max_failed *= FIND_MORE_FAILED;
    while (n_kept < max_kept && n_failed < max_failed &&
           self->discovery->n_terms < ERRATA_EXPECTED_MAX_TERMS) {
        Slice slice, found;
        double score, ratio;
        int said = -1;

        if (!find_next(self, known, &slice, &score, &ratio))
            return;
        found = slice;
        if (!find_drop_once(self, &slice, &ratio)) {
            find_absorb(self, &found, said);
            n_failed++;
            continue;
        }
        if (!known) {
            find_since(self, &slice, &ratio);
            if (!find_narrow(self, &slice, &found)) {
                n_failed++;
                continue;
            }
            if (find_spares(self, &slice))
                continue;
            said = errata_slices_prediction_choose(self->table,
                                                   self->find,
                                                   self->discovery,
                                                   &slice,
                                                   ratio);
            if (said == SLICES_PREDICTION_TOLD) {
                find_absorb(self, &slice, -1);
                n_failed += ++n_noise > FIND_MAX_NOISE ? 1 : 0;
                continue;
            }
        }
        if (find_confirm(self, &slice, said, score, known))
            n_kept += find_is_to_pass(self) ? 0 : 1;
        else if (!find_is_to_pass(self) || ++n_noise > FIND_MAX_NOISE)
            n_failed++;
        find_absorb(self, &slice, said);
    }
}

/* whether the score bins of a half pool the predictions of a class with those of other rare ones,
 * which err by such scores as they do (place 0: slices-table.c) */
static gboolean
find_is_pooled(const SlicesHalf *half, const guint8 *within)
{
    for (gsize i = 0; half->n_cells > 1 && i < half->n_rows; i++)
        if (within[i] != 0)
            return half->cell[i] % half->n_classes == 0;
    return FALSE;
}

/* (transfer full): what is expected of losses @y (array length=half->n_rows) of a half beside all
 * that was found; the predictions of @within are told apart from others */
static ErrataExpected *
find_expect_within(const Find *self, const SlicesHalf *half, const double *y, const guint8 *within)
{
    guint n_parts = find_is_pooled(half, within) ? 2 : 1;
    g_autofree guint32 *cell = g_new(guint32, MAX(half->n_rows, 1));
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    ErrataExpected *expected;

    for (gsize i = 0; i < half->n_rows; i++)
        cell[i] = half->cell[i] * n_parts + (n_parts > 1 ? within[i] : 0);
    expected = errata_expected_new(y, cell, half->n_cells * n_parts, half->n_rows, FALSE);
    errata_slices_spared_expect(self->table, self->find, half, expected);
    for (guint i = 0; i < self->find->found->len; i++) {
        const SlicesFound *found = &g_array_index(self->find->found, SlicesFound, i);

        errata_slices_table_member(self->table, half, &found->slice, member);
        errata_expected_add(expected, member);
    }
    return expected;
}

/* tries a slice of the predictions of one class on the confirmation half, where it may be rare */
static gboolean
find_confirm_class(Find *self, const Slice *slice, int class, double score)
{
    const SlicesHalf *half = &self->table->confirmation;
    ErrataExpected *all = self->confirmation;
    g_autofree guint8 *within = g_malloc(MAX(half->n_rows, 1));
    gboolean kept;

    memset(within, 1, half->n_rows);
    errata_slices_prediction_keep(self->table, half, class, within);
    if (!find_is_pooled(half, within))
        return find_confirm(self, slice, class, score, FALSE);
    self->confirmation = find_expect_within(self, half, half->y, within);
    kept = find_confirm(self, slice, class, score, FALSE);
    errata_expected_free(self->confirmation);
    self->confirmation = all;
    return kept;
}

/* groups whose errors are those of predictions of one class of several, few of all their rows */
static void
find_predicted(Find *self, int class)
{
    const SlicesHalf *half = &self->table->discovery;
    g_autofree double *y = g_new(double, MAX(half->n_rows, 1));
    g_autofree guint8 *within = g_malloc(MAX(half->n_rows, 1));
    g_autoptr(SlicesSearch) search = NULL;
    g_autoptr(ErrataExpected) expected = NULL;

    memset(within, 1, half->n_rows);
    errata_slices_prediction_keep(self->table, half, class, within);
    for (gsize i = 0; i < half->n_rows; i++)
        y[i] = within[i] != 0 ? half->y[i] : 0.0;
    expected = find_expect_within(self, half, y, within);
    search = errata_slices_search_new(self->table, y, self->search);
    errata_slices_search_restart(search, FIND_CLASS_LEVEL, NULL);
    for (guint k = 0; k < FIND_MAX_CLASS && self->discovery->n_terms < ERRATA_EXPECTED_MAX_TERMS &&
                      expected->n_terms < ERRATA_EXPECTED_MAX_TERMS;
         k++) {
        g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
        Slice slice;
        double score;

        if (!errata_slices_search_next(search, expected, &slice, &score))
            break;
        errata_slices_refine(self->table, expected, within, &slice);
        if (!errata_slices_calendar_comes_back(self->table, expected, &slice) ||
            !find_confirm_class(self, &slice, class, score))
            break;
        find_absorb(self, &slice, class);
        errata_slices_table_member(self->table, half, &slice, member);
        errata_expected_add(expected, member);
    }
    self->n_moments += errata_slices_search_n_tried(search);
}

static void
find_predictions(Find *self)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;

    if (self->table->real || outcome->predicted == NULL || outcome->n_classes <= 2 ||
        outcome->n_classes > FIND_MAX_CLASSES)
        return;
    for (int class = 0; class < (int)outcome->n_classes; class ++)
        find_predicted(self, class);
}

static void
find_expect(Find *self)
{
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataExpected **expected[] = {&self->discovery, &self->confirmation};

    for (guint i = 0; i < 2; i++)
        *expected[i] = errata_expected_new(halves[i]->y,
                                           halves[i]->cell,
                                           halves[i]->n_cells,
                                           halves[i]->n_rows,
                                           self->table->real);
}

/* what is expected where nothing is known of a row but of groups that do better */
static ErrataExpected *
find_flat(const Find *self, const SlicesHalf *half)
{
    g_autofree guint32 *one = g_new0(guint32, MAX(half->n_rows, 1));
    ErrataExpected *flat = errata_expected_new(half->y, one, 1, half->n_rows, self->table->real);

    errata_slices_spared_expect(self->table, self->find, half, flat);
    return flat;
}

/* Groups that err at some time only. Rows are compared with rows of the same group at other times
 * and of others at the same time, so that the scores need not be asked; where they foresee it, the
 * model knows. Slices that were not kept are not expected: a condition that failed over all time
 * would hide its stretch. */
static void
find_moments(Find *self)
{
    ErrataExpected *first[] = {self->discovery, self->confirmation};
    gboolean goes_on = TRUE;

    self->discovery = find_flat(self, &self->table->discovery);
    self->confirmation = find_flat(self, &self->table->confirmation);
    for (guint i = 0; i < self->find->found->len; i++)
        if (g_array_index(self->find->found, SlicesFound, i).kept)
            find_absorb(self, &g_array_index(self->find->found, SlicesFound, i).slice, -1);
    if (self->times == NULL)
        self->times = errata_slices_times_new(self->table);
    for (guint k = 0; goes_on && k < FIND_MAX_MOMENTS; k++) {
        Slice slice, found;
        double ratio = 0.0;
        SlicesFound *last;

        goes_on = errata_slices_moments_next(self->table,
                                             self->times,
                                             self->discovery,
                                             &slice,
                                             &self->n_moments);
        if (goes_on)
            find_since(self, &slice, &ratio);
        goes_on = goes_on && slice.timed;
        found = slice;
        if (!goes_on || !find_narrow(self, &slice, &found))
            continue;
        goes_on = find_confirm(self, &slice, -1, ratio, FALSE);
        if (!goes_on)
            continue;
        find_absorb(self, &slice, -1);
        last = &g_array_index(self->find->found, SlicesFound, self->find->found->len - 1);
        last->plain = TRUE;
        last->known = last->known || errata_slices_moments_are_foreseen(self->table, &slice);
        last->foretold = !last->known &&
                         errata_slices_foretold_whole(self->table, self->find, &slice);
        last->kept = !last->foretold;
    }
    errata_expected_free(self->discovery);
    errata_expected_free(self->confirmation);
    self->discovery = first[0];
    self->confirmation = first[1];
}

/* for the second list: what is expected where nothing is known of a row but the first's slices */
static void
find_expect_plainly(Find *self)
{
    const SlicesHalf *halves[] = {&self->table->discovery, &self->table->confirmation};
    ErrataExpected **expected[] = {&self->discovery, &self->confirmation};
    g_autofree guint8 *proxy = NULL;
    guint n_first = self->find->found->len;

    for (guint i = 0; i < 2; i++) {
        self->scored[i] = *expected[i];
        *expected[i] = find_flat(self, halves[i]);
    }
    for (guint i = 0; i < n_first; i++)
        if (!g_array_index(self->find->found, SlicesFound, i).foretold)
            find_absorb(self, &g_array_index(self->find->found, SlicesFound, i).slice, -1);
    proxy = errata_slices_proxies(self->table, self->scored[0]);
    errata_slices_search_restart(self->search, FIND_KNOWN_LEVEL, proxy);
}

/* Whether ground that has been hard for a time is no news: by a number that says what the score
 * does, or by the columns of ground that always is hard, which has moved as the values have */
static gboolean
find_has_moved(const Find *self, const SlicesFound *found)
{
    const guint8 *proxy = self->search->closed; /* since the second list began */

    if (!found->known || !found->slice.timed)
        return FALSE;
    for (guint i = 0; i < found->slice.n; i++)
        if (proxy[found->slice.condition[i].column] != 0)
            return TRUE;
    for (guint k = 0; k < self->find->found->len; k++) {
        const SlicesFound *other = &g_array_index(self->find->found, SlicesFound, k);
        guint n_used = 0;

        for (guint i = 0; i < found->slice.n; i++)
            n_used += slices_uses(&other->slice, found->slice.condition[i].column) ? 1 : 0;
        if (other->kept && other->known && !other->slice.timed && n_used == found->slice.n)
            return TRUE;
    }
    return FALSE;
}

/* What was found before is tried before anything is searched: a search that has to beat all its
 * candidates may miss it, or cut it. */
static void
find_again(Find *self, const GArray *first)
{
    for (guint i = 0; first != NULL && i < first->len; i++) {
        const SlicesFound *found = &g_array_index(first, SlicesFound, i);

        if (find_confirm(self, &found->slice, found->said, found->score, FALSE))
            find_absorb(self, &found->slice, found->said);
    }
}

static void
find_two_halves(Find *self, const GArray *first)
{
    if (self->table->real)
        self->find->level = errata_slices_level_new(self->table, &self->table->confirmation);
    find_expect(self);
    find_again(self, first);
    self->large = errata_slices_large_new(self->table, self->discovery);
    find_rounds(self, FALSE, FIND_MAX_KEPT, FIND_MAX_FAILED);
    find_predictions(self);
    find_moments(self);
    errata_slices_foretold_again(self->table, self->find);
    if (errata_slices_table_has_one_list(self->table))
        return;
    find_expect_plainly(self);
    find_rounds(self, TRUE, FIND_MAX_KNOWN, FIND_MAX_FAILED);
    for (guint i = 0; i < self->find->found->len; i++) {
        SlicesFound *found = &g_array_index(self->find->found, SlicesFound, i);

        found->kept = found->kept && found->q < self->alpha; /* over all that were tried */
    }
    for (guint i = 0; i < self->find->found->len; i++) {
        SlicesFound *found = &g_array_index(self->find->found, SlicesFound, i);

        found->kept = found->kept && !find_has_moved(self, found);
    }
}

static void
find_exploratory(Find *self)
{
    find_expect(self);
    for (guint round = 0; round < FIND_MAX_EXPLORATORY; round++) {
        SlicesFound found = {.said = -1};
        g_autofree guint8 *member = g_malloc(MAX(self->table->discovery.n_rows, 1));

        if (!errata_slices_search_next(self->search, self->discovery, &found.slice, &found.score))
            return;
        double p =
            errata_slices_draws_p(self->search, self->discovery, self->seed, round, found.score);

        errata_slices_refine(self->table, self->discovery, NULL, &found.slice);
        errata_slices_table_member(self->table, &self->table->discovery, &found.slice, member);
        errata_expected_test(self->discovery, member, &found.test);
        found.test.p = found.q = p;
        found.kept = p <= self->alpha && find_is_large(self, &found) &&
                     errata_slices_weights_agree(self->table, member, -1, FIND_OVER_REST);
        g_array_append_val(self->find->found, found);
        if (!found.kept)
            return;
        find_absorb(self, &found.slice, -1);
    }
}

/**
 * errata_slices_find:
 * @table: a table
 * @first: (nullable) (element-type SlicesFound): slices to try first
 * @alpha: false discovery rate over the slices tried, e.g. 0.01
 * @seed: of the draws on small logs
 *
 * Runs the whole search: slices beyond what the scores say, then those the scores know of.
 *
 * Returns: (transfer full): the slices that were tried
 */
SlicesFind *
errata_slices_find(const SlicesTable *table, const GArray *first, double alpha, guint64 seed)
{
    SlicesFind *find = g_new0(SlicesFind, 1);
    Find self = {.table = table, .alpha = alpha, .seed = seed, .find = find};

    find->found = g_array_new(FALSE, TRUE, sizeof(SlicesFound));
    find->spared = g_array_new(FALSE, TRUE, sizeof(Slice));
    if (table->n_columns == 0 || table->discovery.total <= 0.0)
        return find;
    self.search = find->search = errata_slices_search_new(table, table->discovery.y, NULL);
    if (table->exploratory)
        find_exploratory(&self);
    else
        find_two_halves(&self, first);
    find->n_tried = errata_slices_search_n_tried(self.search) + self.n_moments;
    memcpy(find->n_columns, self.search->n_columns_searched, sizeof(find->n_columns));
    find->n_sets_left_out = self.search->n_sets_left_out;
    errata_slices_search_end(self.search);
    errata_expected_free(self.discovery);
    errata_expected_free(self.confirmation);
    for (guint i = 0; i < G_N_ELEMENTS(self.scored); i++)
        errata_expected_free(self.scored[i]);
    errata_slices_times_free(self.times);
    g_clear_pointer(&self.large, g_array_unref);
    return find;
}

void
errata_slices_find_free(SlicesFind *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->found);
    g_array_unref(self->spared);
    errata_slices_search_free(self->search);
    g_free(self->level);
    g_free(self);
}
