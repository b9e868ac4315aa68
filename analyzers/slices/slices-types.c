/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the model errs one way: the search of the first list again, for one kind of error at a
 * time, with the first list's slices expected. A group whose missed cases outweigh fewer false
 * alarms has no more errors than others and is found only here. What is told is the rate that
 * people know (missed of all cases, mean error with its sign), so that must be larger too. It
 * weighs little, as it may come with fewer other errors, unless such errors hardly occur elsewhere
 * and all together are more than the same scores mean there. */
#include "slices-types.h"

#include <math.h>

#include "intervals.h"
#include "score-bins.h"
#include "slices-calendar.h"
#include "slices-finding.h"
#include "slices-merge.h"
#include "slices-refine.h"
#include "slices-spared.h"
#include "tests.h"
#include "words.h"

#define TYPES_MAX_KEPT   2 /* of each kind of error */
#define TYPES_MAX_FAILED 1
#define TYPES_MOST       4    /* kinds of error: what alpha is shared by */
#define TYPES_OVER_REST  1.25 /* the rate told, over elsewhere's */
#define TYPES_ALONE      4.0 /* times such scores elsewhere: where they are merely off it is less */
#define TYPES_BIAS       0.25 /* of the mean error, by which the signed one must differ */
#define TYPES_MIN_EXCESS 0.01 /* of the errors of the kind */
#define TYPES_CELL       20.0 /* rows outside a slice that tell what their scores mean */
#define TYPES_TOLD       0.6  /* of the rows, in slices of all errors: those are told already */
#define TYPES_LEAST      100  /* errors of a kind, in either half */

/* one kind of error; classes are −1 where they do not matter */
typedef struct {
    const char *name; /* note for the writer */
    int given;
    int said;
    double sign; /* regression: +1 too high, −1 too low */
} TypesKind;

typedef struct {
    const SlicesTable *table;
    const SlicesFind *find;
    TypesKind kind;
    double *y[2]; /* per half: errors of the kind */
    double total[2];
    guint32 *cell[2]; /* per half: rows that the model says the same of */
    guint n_cells[2];
    ErrataExpected *expected[2];
} Types;

/* in the slice, elsewhere, and elsewhere at the same scores */
typedef struct {
    ErrataRate in;
    ErrataRate out;
    double foreseen;
} TypesRates;

/* errors of all kinds in the slice, and as many as its rows would have if such scores meant what
 * they mean elsewhere */
typedef struct {
    guint64 n;
    double observed;
    double expected;
    double p;
} TypesAll;

static const SlicesHalf *
types_half(const Types *self, guint which)
{
    return which == 0 ? &self->table->discovery : &self->table->confirmation;
}

static gboolean
types_is_real(const Types *self)
{
    return self->table->real;
}

/* whether a row is one of those of which the kind's rate is told: given the class that can be
 * missed */
static gboolean
types_counts(const Types *self, guint32 row)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;

    return types_is_real(self) || outcome->truth[row] == self->kind.given;
}

static gboolean
types_is_error(const Types *self, guint32 row)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;

    return outcome->error[row] != 0 && outcome->truth[row] == self->kind.given &&
           (self->kind.said < 0 || outcome->predicted[row] == self->kind.said);
}

static double
types_residual(const Types *self, guint32 row)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;

    return outcome->predicted_value[row] - outcome->truth_value[row];
}

static void
types_fill(Types *self)
{
    for (guint h = 0; h < 2; h++) {
        const SlicesHalf *half = types_half(self, h);

        self->y[h] = g_new(double, MAX(half->n_rows, 1));
        for (gsize i = 0; i < half->n_rows; i++) {
            guint32 row = half->row[i];

            if (types_is_real(self))
                self->y[h][i] = types_residual(self, row) * self->kind.sign > 0.0 ? half->y[i]
                                                                                  : 0.0;
            else
                self->y[h][i] = types_is_error(self, row) ? 1.0 : 0.0;
            self->total[h] += self->y[h][i];
        }
    }
}

/* What the model says of a row is the probability of the class that can be missed, beside whether
 * the row is predicted as the one that it is taken for: how sure a prediction is does not tell
 * which of the others is right. Else it is what all slices go by. */
static void
types_find_cells(Types *self)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    int given = self->kind.given;

    for (guint h = 0; h < 2; h++) {
        const SlicesHalf *half = types_half(self, h);
        g_autofree double *score = NULL;
        g_autofree guint8 *error = NULL;

        self->cell[h] = g_memdup2(half->cell, MAX(half->n_rows, 1) * sizeof(guint32));
        self->n_cells[h] = half->n_cells;
        if (outcome->probability == NULL || given < 0 || outcome->probability[given] == NULL ||
            self->table->beyond != NULL)
            continue;
        score = g_new(double, MAX(half->n_rows, 1));
        error = g_new(guint8, MAX(half->n_rows, 1));
        for (gsize i = 0; i < half->n_rows; i++) {
            score[i] = outcome->probability[given][half->row[i]];
            error[i] = self->y[h][i] > 0.0 ? 1 : 0;
        }
        self->n_cells[h] = 2 * errata_score_bins(score, error, half->n_rows, self->cell[h]);
        for (gsize i = 0; i < half->n_rows; i++)
            self->cell[h][i] = 2 * self->cell[h][i] +
                               (outcome->predicted[half->row[i]] == self->kind.said ? 1 : 0);
    }
}

static void
types_absorb(Types *self, const Slice *slice)
{
    for (guint h = 0; h < 2; h++) {
        const SlicesHalf *half = types_half(self, h);
        g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

        errata_slices_table_member(self->table, half, slice, member);
        errata_expected_add(self->expected[h], member);
    }
}

static void
types_expect(Types *self, const SlicesFind *find)
{
    for (guint h = 0; h < 2; h++) {
        const SlicesHalf *half = types_half(self, h);

        self->expected[h] = errata_expected_new(self->y[h],
                                                self->cell[h],
                                                self->n_cells[h],
                                                half->n_rows,
                                                types_is_real(self));
        errata_slices_spared_expect(self->table, find, half, self->expected[h]);
    }
    for (guint i = 0; i < find->found->len; i++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, i);

        if ((found->kept && !found->known) || found->noise)
            types_absorb(self, &found->slice);
    }
}

static void
types_rate_add(const Types *self, guint32 row, ErrataRate *rate)
{
    double value = types_is_real(self) ? types_residual(self, row)
                                       : (types_is_error(self, row) ? 1.0 : 0.0);

    if (!types_counts(self, row))
        return;
    errata_slices_facts_add(self->table, row, value, rate);
}

/* The share of the slice's cases that would go wrong so if they did as cases of the same scores do
 * elsewhere. Where the model always says the other class, all cases of this one are taken for it,
 * and that says nothing. NaN where scores are not known. */
static double
types_foreseen(const Types *self, const guint8 *member)
{
    const SlicesHalf *half = types_half(self, 1);
    g_autofree ErrataRate *cell = NULL;
    ErrataRate out = {.n = 0.0};
    double cases = 0.0, errors = 0.0, n_out = 0.0;
    g_autofree double *n = NULL;

    if (types_is_real(self) || self->n_cells[1] == 1)
        return (double)NAN;
    cell = g_new0(ErrataRate, self->n_cells[1]);
    n = g_new0(double, self->n_cells[1]);
    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] == 0) {
            types_rate_add(self, half->row[i], &cell[self->cell[1][i]]);
            types_rate_add(self, half->row[i], &out);
            n[self->cell[1][i]] += 1.0;
            n_out += 1.0;
        }
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 c = self->cell[1][i];
        gboolean few = n[c] < TYPES_CELL;

        if (member[i] == 0 || !(n_out > 0.0))
            continue;
        cases += few ? out.n / n_out : cell[c].n / n[c];
        errors += few ? out.sum / n_out : cell[c].sum / n[c];
    }
    return cases > 0.0 ? errors / cases : (double)NAN;
}

/* the rates that are told, on the confirmation half; whether they differ enough */
static gboolean
types_measure(const Types *self, const guint8 *member, TypesRates *ret_rates)
{
    const SlicesHalf *half = types_half(self, 1);
    double loss = 0.0;
    double in, out;

    *ret_rates = (TypesRates){.foreseen = types_foreseen(self, member)};
    for (gsize i = 0; i < half->n_rows; i++) {
        types_rate_add(self, half->row[i], member[i] != 0 ? &ret_rates->in : &ret_rates->out);
        loss += self->table->analysis->outcome->loss[half->row[i]] / (double)half->n_rows;
    }
    in = errata_rate_mean(&ret_rates->in);
    out = errata_rate_mean(&ret_rates->out);
    if (types_is_real(self))
        return (in - out) * self->kind.sign >= TYPES_BIAS * loss;
    return in >= TYPES_OVER_REST * out &&
           (isnan(ret_rates->foreseen) || in >= TYPES_OVER_REST * ret_rates->foreseen);
}

/* What a score means elsewhere is told by the other rows of its cell, and by one row more that is
 * as all of them are: where there is hardly another row, the slice's own tell what to expect, and
 * little is sure */
static TypesAll
types_all_errors(const Types *self, const guint8 *member)
{
    const SlicesHalf *half = types_half(self, 1);
    guint n_cells = self->n_cells[1];
    g_autofree double *counts = g_new0(double, (gsize)n_cells * 4);
    double *n_in = counts, *n_out = counts + n_cells;
    double *sum_in = counts + 2 * (gsize)n_cells, *sum_out = counts + 3 * (gsize)n_cells;
    TypesAll all = {.p = 1.0};
    double variance = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 c = self->cell[1][i];

        (member[i] != 0 ? n_in : n_out)[c] += 1.0;
        (member[i] != 0 ? sum_in : sum_out)[c] += half->y[i];
    }
    for (guint c = 0; c < n_cells; c++) {
        double n = n_out[c] + 1.0;
        double rate = (sum_out[c] + (sum_in[c] + sum_out[c]) / (n_in[c] + n_out[c])) / n;
        double spread = (rate * n + 1.0) / (n + 2.0); /* none is surer than its rows */

        if (!(n_in[c] > 0.0))
            continue;
        all.n += (guint64)n_in[c];
        all.observed += sum_in[c];
        all.expected += n_in[c] * rate;
        variance += n_in[c] * spread * (1.0 - spread) * (1.0 + n_in[c] / n);
    }
    if (variance > 0.0)
        all.p = errata_tests_normal_upper((all.observed - all.expected) / sqrt(variance));
    return all;
}

/* Where such errors hardly occur elsewhere, and those of all kinds are more than the same scores
 * mean there, the slice weighs as much as all of them do */
static void
types_weigh_all(const Types *self,
                const guint8 *member,
                const TypesRates *rates,
                ErrataFinding *finding)
{
    const SlicesHalf *half = types_half(self, 1);
    ErrataEvidence *evidence;
    ErrataInterval interval;
    TypesAll all;

    if (types_is_real(self) || self->n_cells[1] <= 1 || self->table->n_entities > 0 ||
        errata_rate_mean(&rates->in) < TYPES_ALONE * rates->foreseen)
        return;
    all = types_all_errors(self, member);
    if (all.observed < TYPES_OVER_REST * all.expected ||
        !(all.p * TYPES_MOST * TYPES_MAX_KEPT < self->table->analysis->settings->alpha))
        return;
    interval = errata_intervals_wilson(all.observed, (double)all.n, 0.95);
    evidence = errata_evidence_new("type_all",
                                   "share of its rows that are wrong",
                                   all.observed / (double)all.n,
                                   ERRATA_UNIT_SHARE,
                                   all.n);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson, confirmation half");
    evidence->baseline = all.expected / (double)all.n;
    evidence->test =
        g_strdup("score test, one-sided, on all errors given the scores of other rows");
    evidence->p = all.p;
    errata_finding_add(finding, evidence);
    finding->severity =
        errata_severity_from_impact((all.observed - all.expected) / MAX(half->total, 1e-300),
                                    (all.observed - all.expected) / (double)half->n_rows);
}

/* whether a slice is told as one of such errors: real losses of both signs are told as a spread */
static gboolean
types_tells(const Types *self, const SlicesFound *found)
{
    return found->kept && !found->known &&
           (!types_is_real(self) ||
            errata_slices_bias_sign(self->table, &found->slice, 0.95) * self->kind.sign > 0.0);
}

/* Whether most rows are in slices that have been told, or the others have no more errors of the
 * kind than expected */
static gboolean
types_is_told(const Types *self, const guint8 *member)
{
    const SlicesHalf *half = types_half(self, 1);
    g_autofree guint8 *own = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *left = g_memdup2(member, MAX(half->n_rows, 1));
    gsize n = 0, n_left = 0;
    ErrataExpectedTest test;

    for (guint k = 0; k < self->find->found->len; k++) {
        const SlicesFound *found = &g_array_index(self->find->found, SlicesFound, k);

        if (!types_tells(self, found))
            continue;
        errata_slices_table_member(self->table, half, &found->slice, own);
        for (gsize i = 0; i < half->n_rows; i++)
            left[i] &= own[i] == 0 ? 1 : 0;
    }
    for (gsize i = 0; i < half->n_rows; i++) {
        n += member[i];
        n_left += left[i];
    }
    errata_expected_test(self->expected[1], left, &test);
    return (double)n_left <= (1.0 - TYPES_TOLD) * (double)n ||
           test.observed < SLICES_MIN_LIFT * test.expected;
}

static ErrataEvidence *
types_add_rate(const Types *self, ErrataFinding *finding, const char *key, const ErrataRate *rate)
{
    gboolean real = types_is_real(self);
    gboolean in = g_strcmp0(key, "type_in") == 0;
    ErrataInterval interval = errata_slices_facts_interval(self->table, rate, 0.95);
    ErrataEvidence *evidence =
        errata_evidence_new(key,
                            real ? (in ? "mean of prediction less label in the slice"
                                       : "mean of prediction less label elsewhere")
                                 : (in ? "share of its cases that go wrong so, in the slice"
                                       : "share of the cases that go wrong so, elsewhere"),
                            errata_rate_mean(rate),
                            real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                            (guint64)rate->n);

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup(real ? "normal, confirmation half" : "Wilson, confirmation half");
    return errata_finding_add(finding, evidence);
}

static char *
types_title(const Types *self, const Slice *slice, const ErrataRate *in)
{
    const ErrataSchema *schema = self->table->analysis->schema;
    g_autofree char *who = errata_slices_words_slice(self->table, slice);
    ErrataInterval interval = errata_slices_facts_interval(self->table, in, 0.95);
    g_autofree char *share = NULL;

    if (types_is_real(self)) {
        share = errata_words_number(fabs(errata_rate_mean(in)), interval.lo, interval.hi);
        return g_strdup_printf("%s: predicted too %s, by %s on average",
                               who,
                               self->kind.sign > 0.0 ? "high" : "low",
                               share);
    }
    share = errata_words_share(errata_rate_mean(in), interval.lo, interval.hi);
    return g_strdup_printf("%s: %s of %s taken for %s",
                           who,
                           share,
                           schema->classes[self->kind.given],
                           schema->classes[self->kind.said]);
}

/* of all errors of the whole log, those of this kind in the slice */
static void
types_set_impact(const Types *self, const ErrataExpectedTest *test, ErrataFinding *finding)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    double more = 1.0 - test->expected / MAX(test->observed, 1.0);
    ErrataRate all = {.n = 0.0}, own = {.n = 0.0};

    if (types_is_real(self))
        return;
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0)
            errata_slices_facts_add(self->table, (guint32)row, outcome->loss[row], &all);
    for (gsize i = 0; i < finding->n_rows; i++) {
        guint32 row = finding->row[i];

        if (outcome->judged[row] != 0 && types_is_error(self, row))
            errata_slices_facts_add(self->table, row, 1.0, &own);
    }
    finding->share_of_errors = own.sum / MAX(all.sum, 1e-300);
    finding->excess_errors = rint(own.n * more);
    finding->metric = g_strdup("accuracy");
    finding->delta = finding->rank = own.sum * MAX(more, 0.0) / MAX(all.weight, 1e-300);
}

static void
types_add_finding(const Types *self,
                  ErrataCase *result,
                  const Slice *slice,
                  const ErrataExpectedTest *test,
                  const TypesRates *rates,
                  const guint8 *member)
{
    g_autofree char *title = types_title(self, slice, &rates->in);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, title);
    ErrataEvidence *evidence;

    for (guint i = 0; i < slice->n; i++)
        g_ptr_array_add(finding->subject.predicates,
                        errata_slices_words_predicate(self->table, &slice->condition[i]));
    errata_slices_rows_add(self->table, slice, finding);
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_LOW;
    finding->share_of_errors = finding->excess_errors = (double)NAN;
    types_set_impact(self, test, finding);
    evidence = types_add_rate(self, finding, "type_in", &rates->in);
    evidence->baseline = isnan(rates->foreseen) ? errata_rate_mean(&rates->out) : rates->foreseen;
    evidence->test = g_strdup("score test, one-sided, on these errors given the scores");
    evidence->p = test->p;
    evidence->q = MIN(test->p * TYPES_MOST * TYPES_MAX_KEPT, 1.0);
    types_add_rate(self, finding, "type_out", &rates->out);
    if (!isnan(rates->foreseen))
        errata_finding_add(finding,
                           errata_evidence_new("type_foreseen",
                                               "share of the cases with the same scores that go "
                                               "wrong so elsewhere",
                                               rates->foreseen,
                                               ERRATA_UNIT_SHARE,
                                               (guint64)rates->out.n));
    errata_finding_add(finding,
                       errata_evidence_new("share_rows",
                                           "share of all rows",
                                           finding->share_of_rows,
                                           ERRATA_UNIT_SHARE,
                                           finding->n_rows));
    g_ptr_array_add(finding->notes, g_strdup_printf("type=%s", self->kind.name));
    finding->subject.direction = g_strdup(self->kind.name);
    if (self->kind.given >= 0) {
        const ErrataSchema *schema = self->table->analysis->schema;

        finding->subject.given = g_strdup(schema->classes[self->kind.given]);
        finding->subject.suggested = g_strdup(schema->classes[self->kind.said]);
        g_ptr_array_add(finding->notes,
                        g_strdup_printf("given=%s", schema->classes[self->kind.given]));
        g_ptr_array_add(finding->notes,
                        g_strdup_printf("said=%s", schema->classes[self->kind.said]));
    }
    types_weigh_all(self, member, rates, finding);
    errata_slices_bias_advise(self->table, slice, finding);
    errata_case_add_finding(result, finding);
}

/* one slice on the confirmation half; whether it was added */
static gboolean
types_try(const Types *self, ErrataAnalysis *analysis, const Slice *slice)
{
    const SlicesHalf *half = types_half(self, 1);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    ErrataExpectedTest test;
    TypesRates rates;

    errata_slices_table_member(self->table, half, slice, member);
    errata_slices_calendar_test(self->table, half, slice, member, self->expected[1], &test);
    if (!(test.p * TYPES_MOST * TYPES_MAX_KEPT < analysis->settings->alpha) ||
        test.observed < SLICES_MIN_LIFT * test.expected ||
        test.observed - test.expected < TYPES_MIN_EXCESS * self->total[1] ||
        !types_measure(self, member, &rates))
        return FALSE;
    if (errata_slices_merge_holds(self->table, self->find, slice, self->kind.sign > 0.0 ? 1 : -1) ||
        types_is_told(self, member))
        return FALSE;
    types_add_finding(self, analysis->result, slice, &test, &rates, member);
    return TRUE;
}

/* the discovery rows that can be such errors: those predicted so; %NULL for all */
static guint8 *
types_said(const Types *self)
{
    const SlicesHalf *half = types_half(self, 0);
    guint8 *within;

    if (types_is_real(self) || self->kind.said < 0)
        return NULL;
    within = g_malloc(MAX(half->n_rows, 1));
    for (gsize i = 0; i < half->n_rows; i++)
        within[i] = self->table->analysis->outcome->predicted[half->row[i]] == self->kind.said;
    return within;
}

static void
types_search(Types *self, ErrataAnalysis *analysis)
{
    g_autoptr(SlicesSearch) search =
        errata_slices_search_new(self->table, self->y[0], self->find->search);
    g_autofree guint8 *within = types_said(self);
    guint n_kept = 0;
    guint n_failed = 0;

    while (n_kept < TYPES_MAX_KEPT && n_failed <= TYPES_MAX_FAILED &&
           self->expected[0]->n_terms < ERRATA_EXPECTED_MAX_TERMS) {
        Slice slice;
        double score;

        if (!errata_slices_search_next(search, self->expected[0], &slice, &score))
            break;
        errata_slices_refine(self->table, self->expected[0], within, &slice);
        if (errata_slices_calendar_comes_back(self->table, self->expected[0], &slice) &&
            types_try(self, analysis, &slice))
            n_kept++;
        else
            n_failed++;
        types_absorb(self, &slice);
    }
    errata_case_tried(analysis->result, "slices", errata_slices_search_n_tried(search));
}

static void
types_run(ErrataAnalysis *analysis,
          const SlicesTable *table,
          const SlicesFind *find,
          TypesKind kind)
{
    Types self = {.table = table, .find = find, .kind = kind};
    gboolean enough;

    types_fill(&self);
    enough = table->real ? self.total[0] > 0.0 && self.total[1] > 0.0
                         : MIN(self.total[0], self.total[1]) >= TYPES_LEAST;
    if (enough) {
        types_find_cells(&self);
        types_expect(&self, find);
        types_search(&self, analysis);
    }
    for (guint h = 0; h < 2; h++) {
        errata_expected_free(self.expected[h]);
        g_free(self.cell[h]);
        g_free(self.y[h]);
    }
}

/* the classes most often taken for one another, the most frequent first */
static guint
types_confused(const SlicesTable *table, TypesKind *ret_kinds)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->discovery;
    guint k = outcome->n_classes;
    g_autofree guint32 *count = g_new0(guint32, (gsize)k * k);
    guint n = 0;

    for (gsize i = 0; i < half->n_rows; i++)
        if (outcome->error[half->row[i]] != 0)
            count[(gsize)outcome->truth[half->row[i]] * k +
                  (gsize)outcome->predicted[half->row[i]]]++;
    for (; n < TYPES_MOST; n++) {
        gsize best = 0;

        for (gsize pair = 1; pair < (gsize)k * k; pair++)
            best = count[pair] > count[best] ? pair : best;
        if (count[best] == 0)
            break;
        count[best] = 0;
        ret_kinds[n] = (TypesKind){"confused", (int)(best / k), (int)(best % k), 0.0};
    }
    return n;
}

/**
 * errata_slices_types_add:
 * @analysis: the log; gets findings
 * @table: its table
 * @find: the slices of all errors, which are expected here
 *
 * Complexity: two or so rounds of the search for each kind of error.
 */
void
errata_slices_types_add(ErrataAnalysis *analysis, const SlicesTable *table, const SlicesFind *find)
{
    const ErrataOutcome *outcome = analysis->outcome;
    TypesKind kinds[TYPES_MOST];
    guint n = 0;

    if (table->exploratory || table->n_columns == 0)
        return;
    if (table->real && outcome->predicted_value != NULL && outcome->truth_value != NULL) {
        kinds[n++] = (TypesKind){"too-high", -1, -1, 1.0};
        kinds[n++] = (TypesKind){"too-low", -1, -1, -1.0};
    } else if (outcome->task == ERRATA_TASK_BINARY && outcome->positive >= 0) {
        kinds[n++] = (TypesKind){"missed", outcome->positive, 1 - outcome->positive, 0.0};
        kinds[n++] = (TypesKind){"false-alarms", 1 - outcome->positive, outcome->positive, 0.0};
    } else if (!table->real && outcome->truth != NULL && outcome->n_classes <= G_MAXUINT8) {
        n = types_confused(table, kinds);
    }
    for (guint i = 0; i < n; i++)
        types_run(analysis, table, find, kinds[i]);
}
