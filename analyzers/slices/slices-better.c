/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the model does better than its scores tell: conjunctions with fewer errors than expected,
 * the best first, each confirmed on the other half and expected from then on. For information. */
#include "slices-better.h"

#include <math.h>

#include "slices-finding.h"
#include "slices-types.h"
#include "tests.h"

#define BETTER_MAX     3
#define BETTER_EXCESS  0.005 /* errors fewer than expected, of all */
#define BETTER_PARTS   4     /* of time, in which an hour or weekday has to come back … */
#define BETTER_WEAKEST 0.25  /* … with such a part of it in the weaker two */

typedef struct {
    const SlicesTable *table;
    ErrataExpected *expected[2];
} Better;

static const SlicesHalf *
better_half(const Better *self, guint which)
{
    return which == 0 ? &self->table->discovery : &self->table->confirmation;
}

static void
better_absorb(Better *self, const Slice *slice)
{
    for (guint h = 0; h < 2; h++) {
        g_autofree guint8 *member = g_malloc(MAX(better_half(self, h)->n_rows, 1));

        errata_slices_table_member(self->table, better_half(self, h), slice, member);
        errata_expected_add(self->expected[h], member);
    }
}

static void
better_add_rate(const Better *self, ErrataFinding *finding, const char *key, const ErrataRate *rate)
{
    gboolean real = self->table->real;
    gboolean in = g_strcmp0(key, "better_in") == 0;
    ErrataInterval interval = errata_slices_facts_interval(self->table, rate, 0.95);
    ErrataEvidence *evidence = errata_evidence_new(
        key,
        real ? (in ? "mean absolute error there" : "mean absolute error elsewhere")
             : (in ? "error rate there" : "error rate elsewhere"),
        errata_rate_mean(rate),
        real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
        (guint64)rate->n);

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup(real ? "normal, confirmation half" : "Wilson, confirmation half");
    errata_finding_add(finding, evidence);
}

static void
better_add_finding(const Better *self,
                   ErrataCase *result,
                   const Slice *slice,
                   const guint8 *member,
                   const ErrataExpectedTest *test)
{
    const SlicesHalf *half = better_half(self, 1);
    const double *loss = self->table->analysis->outcome->loss;
    ErrataRate rates[2] = {{.n = 0.0}};
    g_autofree char *who = errata_slices_words_slice(self->table, slice);
    gboolean scored = half->n_cells > 1 && self->table->near == NULL;
    g_autofree char *title =
        g_strdup_printf(self->table->real ? "%s: off by less than other rows of like predictions"
                        : scored          ? "%s: fewer errors than the scores expect"
                                          : "%s: fewer errors than elsewhere",
                        who);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, title);
    ErrataEvidence *evidence;

    for (gsize i = 0; i < half->n_rows; i++)
        errata_slices_facts_add(self->table,
                                half->row[i],
                                loss[half->row[i]],
                                &rates[member[i] != 0]);
    for (guint i = 0; i < slice->n; i++)
        g_ptr_array_add(finding->subject.predicates,
                        errata_slices_words_predicate(self->table, &slice->condition[i]));
    errata_slices_rows_add(self->table, slice, finding);
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_INFO;
    finding->share_of_errors = finding->excess_errors = (double)NAN;
    better_add_rate(self, finding, "better_in", &rates[1]);
    evidence = g_ptr_array_index(finding->evidence, 0);
    evidence->baseline = errata_rate_mean(&rates[1]) * test->expected / MAX(test->observed, 1e-12);
    evidence->test = g_strdup(scored ? "score test, one-sided, against what the scores expect"
                                     : "score test, one-sided, against the other rows");
    evidence->p = test->p;
    better_add_rate(self, finding, "better_out", &rates[0]);
    errata_finding_add(finding,
                       errata_evidence_new("share_rows",
                                           "share of all rows",
                                           finding->share_of_rows,
                                           ERRATA_UNIT_SHARE,
                                           finding->n_rows));
    g_ptr_array_add(finding->notes, g_strdup(scored ? "better=scored" : "better=elsewhere"));
    errata_case_add_finding(result, finding);
}

/* whether a slice that was kept has a condition on the column */
static gboolean
better_is_used(const SlicesFind *find, guint column)
{
    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        for (guint k = 0; found->kept && k < found->slice.n; k++)
            if (found->slice.condition[k].column == column)
                return TRUE;
    }
    return FALSE;
}

/* whether all conditions are ranges of numbers that slices that were kept are ranges of: that
 * errors grow along a number says that there are fewer elsewhere on it */
static gboolean
better_is_told(const Better *self, const SlicesFind *find, const Slice *slice)
{
    for (guint i = 0; i < slice->n; i++)
        if (!self->table->columns[slice->condition[i].column].bin->numeric ||
            slice->condition[i].missing || !better_is_used(find, slice->condition[i].column))
            return FALSE;
    return TRUE;
}

static gboolean
better_has_calendar(const Better *self, const Slice *slice)
{
    for (guint i = 0; i < slice->n; i++)
        if (self->table->columns[slice->condition[i].column].bin->derived != NULL)
            return TRUE;
    return FALSE;
}

/* Whether an hour or weekday does better than the rest of the same weeks, again and again. A fault
 * of some days raises what is expected of all; the weekdays that it spared are better in those days
 * only. */
static gboolean
better_comes_back(const Better *self, const Slice *slice, const guint8 *member)
{
    const SlicesHalf *half = better_half(self, 1);
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    g_autofree gsize *index = NULL;
    SlicesSum sum[BETTER_PARTS][2] = {{{0.0, 0.0, 0.0}}};
    double part[BETTER_PARTS], total = 0.0, weakest[2] = {(double)INFINITY, (double)INFINITY};
    gsize seen = 0;

    if (!better_has_calendar(self, slice))
        return TRUE;
    index = g_new0(gsize, MAX(outcome->n_rows, 1)); /* one more than that in the half */
    for (gsize i = 0; i < half->n_rows; i++)
        index[half->row[i]] = i + 1;
    for (gsize k = 0; k < outcome->n_rows; k++) {
        gsize i = index[outcome->order[k]];
        SlicesSum *own;

        if (i == 0)
            continue;
        own = &sum[seen++ * BETTER_PARTS / half->n_rows][member[i - 1] != 0];
        own->n += 1.0;
        own->observed += self->expected[1]->y[i - 1];
        own->expected += errata_expected_mu(self->expected[1], i - 1);
    }
    for (guint k = 0; k < BETTER_PARTS; k++) {
        const SlicesSum *in = &sum[k][1], *out = &sum[k][0];

        /* of as many expected errors, those fewer than the rest of the stretch has */
        part[k] = in->expected * (out->observed + 1e-9) / (out->expected + 1e-9) - in->observed;
        total += part[k];
        if (part[k] < weakest[0]) {
            weakest[1] = weakest[0];
            weakest[0] = part[k];
        } else {
            weakest[1] = fmin(weakest[1], part[k]);
        }
    }
    return total > 0.0 && weakest[0] + weakest[1] >= BETTER_WEAKEST * total;
}

/**
 * errata_slices_better_holds:
 * @table: a table
 * @expected: what is expected of its confirmation half
 * @member: (array length=table->confirmation.n_rows): 1 for rows of a conjunction
 * @alpha: of all that may be told
 * @ret_test: (out): their errors, with the chance of as few
 *
 * Returns: whether there are so many fewer errors than expected that it can be told
 */
gboolean
errata_slices_better_holds(const SlicesTable *table,
                           const ErrataExpected *expected,
                           const guint8 *member,
                           double alpha,
                           ErrataExpectedTest *ret_test)
{
    ErrataExpectedTest test;

    errata_expected_test(expected, member, &test);
    *ret_test = test;
    if (!(test.variance > 0.0) || test.observed <= 0.0)
        return FALSE;
    ret_test->p = errata_tests_normal_upper((test.expected - test.observed) / sqrt(test.variance));
    return ret_test->p * BETTER_MAX < alpha &&
           test.expected >= SLICES_BETTER_LIFT * test.observed &&
           test.expected - test.observed >= BETTER_EXCESS * table->confirmation.total;
}

/* tells the groups that were found to be the exception while the search was for more errors, and
 * expects them */
static void
better_tell_spared(Better *self, ErrataAnalysis *analysis, const SlicesFind *find)
{
    const SlicesHalf *half = better_half(self, 1);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    for (guint i = 0; i < find->spared->len; i++) {
        const Slice *slice = &g_array_index(find->spared, Slice, i);
        ErrataExpectedTest test;

        errata_slices_table_member(self->table, half, slice, member);
        if (errata_slices_better_holds(self->table,
                                       self->expected[1],
                                       member,
                                       analysis->settings->alpha,
                                       &test))
            better_add_finding(self, analysis->result, slice, member, &test);
        better_absorb(self, slice);
    }
}

/* one conjunction on the confirmation half; whether it held */
static gboolean
better_try(const Better *self, ErrataAnalysis *analysis, const SlicesFind *find, const Slice *slice)
{
    const SlicesHalf *half = better_half(self, 1);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    ErrataExpectedTest test;

    errata_slices_table_member(self->table, half, slice, member);
    if (!errata_slices_better_holds(self->table,
                                    self->expected[1],
                                    member,
                                    analysis->settings->alpha,
                                    &test) ||
        SLICES_BETTER_LIFT * errata_slices_find_noise(find, self->table, member) >
            1.0) /* but less noise */
        return FALSE;
    if (!better_is_told(self, find, slice) && better_comes_back(self, slice, member))
        better_add_finding(self, analysis->result, slice, member, &test);
    return TRUE;
}

/**
 * errata_slices_better_add:
 * @analysis: the log; gets findings
 * @table: its table
 * @find: its slices, which are expected here
 *
 * Complexity: errata_slices_better_search() per conjunction found.
 */
void
errata_slices_better_add(ErrataAnalysis *analysis, const SlicesTable *table, const SlicesFind *find)
{
    Better self = {.table = table};
    Slice slice;

    if (table->exploratory || table->n_columns == 0 || !(table->confirmation.total > 0.0))
        return;
    for (guint h = 0; h < 2; h++) {
        const SlicesHalf *half = better_half(&self, h);

        self.expected[h] =
            errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, table->real);
    }
    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        if ((found->kept && !found->known) || found->noise)
            better_absorb(&self, &found->slice);
    }
    better_tell_spared(&self, analysis, find);
    /* without scores, fewer errors than elsewhere are no surprise */
    for (guint i = 0; table->discovery.n_cells > 1 && table->near == NULL && i < BETTER_MAX &&
                      self.expected[0]->n_terms < ERRATA_EXPECTED_MAX_TERMS &&
                      errata_slices_better_search(table, self.expected[0], &slice) &&
                      better_try(&self, analysis, find, &slice);
         i++)
        better_absorb(&self, &slice);
    for (guint h = 0; h < 2; h++)
        errata_expected_free(self.expected[h]);
}
