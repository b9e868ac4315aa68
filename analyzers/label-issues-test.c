/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many suspects would clean labels show? Probabilities learnt from noisy labels describe the
 * noise too, so they alone cannot tell noise from honest doubt. Two witnesses must agree that there
 * is a floor under the error: the logged score (rate of exceptions left where it is sure, against
 * its own logistic calibration) and the features (rate of exceptions among the rows that look least
 * like the class, a tenth as many as there are of the other). Where they agree their mean is taken,
 * else the smaller. Classes are looked at in pairs, since labels are mostly changed from one to one
 * other; suspects beyond what it explains are what clean labels would show. Both leave out the rows
 * of confirmed error slices: where the model itself is sure and wrong, its score has a floor that
 * says nothing of the labels. Whom they accuse, the index of score and features must bear out. */
#include <math.h>

#include "bins.h"
#include "confident.h"
#include "entity-effect.h"
#include "intervals.h"
#include "label-issues.h"
#include "noise-floor.h"
#include "parallel.h"
#include "slices.h"
#include "sort.h"

#define TEST_ROWS         2000 /* fewer cannot show a floor */
#define TEST_PAIR_ROWS    500  /* of two classes, likewise */
#define TEST_ANCHOR_SHARE 0.1
#define TEST_SURE         0.1  /* of the second class, that rows sure of the first have at most */
#define TEST_BINS         32   /* of a column: only its categories count */
#define TEST_AGREE        2.5  /* standard errors between two witnesses that agree */
#define TEST_TOLD         0.67 /* of the index's floor: where trees leave less, they tell it */
#define TEST_ALPHA        0.01
#define TEST_LEAST_FLOOR  0.001
#define TEST_LEAST_EXCESS 0.2 /* of what clean labels show: less is within the method's own error */
#define TEST_Z            2.576 /* 99 % */
#define TEST_LIST         100   /* rows worth a look where nothing could be tested */
#define TEST_LIST_SHARE   0.02

/* the logged probability of @class_index, or NaN */
static double
test_logged(const ErrataOutcome *outcome, guint32 row, guint class_index)
{
    if (outcome->probability != NULL)
        return outcome->probability[class_index][row];
    if (outcome->score != NULL && outcome->positive >= 0)
        return (guint)outcome->positive == class_index ? outcome->score[row]
                                                       : 1.0 - outcome->score[row];
    return (double)NAN;
}

/* whether predictions have been wrong more often since some time: what is true has changed then, or
 * what the model is told, and no floor of those rows is one of the labels */
static gboolean
test_is_step(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_CHANGE_POINT && finding->row != NULL &&
           finding->severity >= ERRATA_SEVERITY_MEDIUM &&
           g_strcmp0(finding->subject.series, "error_rate") == 0 &&
           finding->subject.after > finding->subject.before;
}

/* 1 for the labelled rows outside every confirmed error slice and every time of more errors */
static guint8 *
test_outside_slices(const ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    g_autofree guint8 *in = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    guint8 *use = g_new(guint8, MAX(self->n, 1));
    GPtrArray *findings = analysis->result->findings;

    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);

        if (!errata_slices_is_blind_spot(finding) && !test_is_step(finding))
            continue;
        for (gsize i = 0; i < finding->n_rows; i++)
            in[finding->row[i]] = 1;
    }
    for (gsize i = 0; i < self->n; i++)
        use[i] = in[self->row[i]] == 0 ? 1 : 0;
    return use;
}

/* two classes: rows of @from given @to */
typedef struct {
    guint from;
    guint to;
    gsize n_suspects;
} TestPair;

/* rows given either class of a pair, and how much each is like the second, by the features */
static gsize
test_pair_rows(const ErrataLabelIssues *self,
               const guint8 *use,
               const TestPair *pair,
               double *ret_value,
               guint32 *ret_index,
               gsize *ret_others)
{
    gsize n = 0;

    *ret_others = 0;
    for (gsize i = 0; i < self->n; i++) {
        const double *p = self->probability + i * self->n_classes;

        if (use[i] == 0 ||
            (self->given[i] != (gint32)pair->from && self->given[i] != (gint32)pair->to))
            continue;
        ret_value[n] = p[pair->to] / MAX(p[pair->to] + p[pair->from], 1e-300);
        ret_index[n++] = (guint32)i;
        *ret_others += self->given[i] == (gint32)pair->from ? 1 : 0;
    }
    return n;
}

/* by how much less rows that come in entities tell of a floor: exceptions among the rows whose
 * scores are sure of the first class are alike within an entity that the model does not know */
static double
test_entity_effect(const ErrataLabelIssues *self,
                   const ErrataOutcome *outcome,
                   const guint8 *use,
                   const TestPair *pair)
{
    g_autofree double *value = NULL;
    g_autofree guint32 *row = NULL;
    gsize n = 0;

    if (outcome->entity == NULL)
        return 1.0;
    value = g_new(double, MAX(self->n, 1));
    row = g_new(guint32, MAX(self->n, 1));
    for (gsize i = 0; i < self->n; i++) {
        double from = test_logged(outcome, self->row[i], pair->from);
        double to = test_logged(outcome, self->row[i], pair->to);

        if (use[i] == 0 || !(to < TEST_SURE * (from + to)) ||
            (self->given[i] != (gint32)pair->from && self->given[i] != (gint32)pair->to))
            continue;
        row[n] = self->row[i];
        value[n++] = (self->given[i] == (gint32)pair->to ? 1.0 : 0.0) - to / (from + to);
    }
    return errata_entity_effect(outcome, row, n, value);
}

/* a floor of rows of which so many tell as much as one: its p is that of a chi-square with two
 * degrees of freedom, exp(−x / 2), of which x shrinks */
static void
test_weaken(ErrataNoiseFloor *floor, double effect)
{
    floor->p = pow(floor->p, 1.0 / effect);
    floor->in_error *= sqrt(effect);
}

/* how often rows that look least like the second class of a pair are given it */
static ErrataLabelRate
test_anchor_rate(const ErrataLabelIssues *self,
                 const guint8 *use,
                 const TestPair *pair,
                 double effect)
{
    g_autofree double *value = g_new(double, self->n);
    g_autofree guint32 *index = g_new(guint32, self->n);
    g_autofree guint32 *order = g_new(guint32, self->n);
    gsize n_others, n = test_pair_rows(self, use, pair, value, index, &n_others);
    double n_anchors = floor((double)n_others * TEST_ANCHOR_SHARE);
    double hits = 0.0, rate;

    if (n_anchors < 1.0)
        return (ErrataLabelRate){0.0, 0.0, 0.0};
    errata_sort_payload(value, index, n, NULL, order);
    for (gsize i = 0; i < (gsize)n_anchors; i++)
        hits += self->given[order[i]] == (gint32)pair->to ? 1.0 : 0.0;
    rate = hits / n_anchors;
    return (ErrataLabelRate){rate,
                             MAX(rate * (1.0 - rate), effect / n_anchors) / n_anchors * effect,
                             errata_intervals_wilson(hits / effect, n_anchors / effect, 0.95).lo};
}

/* the floor that the logged score shows; its rate is 0 where it is not significant in so many
 * tests */
static ErrataNoiseFloor
test_score_floor(const ErrataLabelIssues *self,
                 const ErrataOutcome *outcome,
                 const guint8 *use,
                 const TestPair *pair,
                 guint n_pairs,
                 double effect)
{
    g_autofree double *score = g_new(double, self->n);
    g_autofree guint8 *label = g_new(guint8, self->n);
    ErrataNoiseFloor floor = {.p = 1.0};
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        double from, to;

        if (use[i] == 0 ||
            (self->given[i] != (gint32)pair->from && self->given[i] != (gint32)pair->to))
            continue;
        from = test_logged(outcome, self->row[i], pair->from);
        to = test_logged(outcome, self->row[i], pair->to);
        if (isnan(from) || isnan(to) || !(from + to > 0.0))
            continue;
        score[n] = to / (from + to);
        label[n++] = self->given[i] == (gint32)pair->to ? 1 : 0;
    }
    if (n < TEST_PAIR_ROWS)
        return floor;
    floor = errata_noise_floor_fit(score, label, n);
    test_weaken(&floor, effect);
    floor.p = MIN(floor.p * (double)n_pairs, 1.0); /* Bonferroni */
    if (!(floor.p < TEST_ALPHA) || isnan(floor.in_error))
        floor.in = 0.0;
    return floor;
}

/* what both witnesses say: their mean by precision where they agree, the smaller where they do
 * not */
static ErrataLabelRate
test_rate(const ErrataNoiseFloor *score, const ErrataLabelRate *anchor)
{
    double variance = score->in_error * score->in_error;
    double both = variance + anchor->variance;
    double weight = anchor->variance / MAX(both, 1e-300);

    if (!(score->in > 0.0) || !(anchor->lo > 0.0))
        return (ErrataLabelRate){0.0, 0.0, 0.0};
    /* where two agree, what they differ by is a part of what is not known */
    if (fabs(score->in - anchor->rate) <= TEST_AGREE * sqrt(both))
        return (ErrataLabelRate){weight * score->in + (1.0 - weight) * anchor->rate,
                                 variance * anchor->variance / MAX(both, 1e-300) +
                                     (score->in - anchor->rate) * (score->in - anchor->rate) / 12.0,
                                 0.0};
    return score->in < anchor->rate ? (ErrataLabelRate){score->in, variance, 0.0} : *anchor;
}

/* the pairs that most suspects are of: as many as there are classes */
static guint
test_pairs(const ErrataLabelIssues *self, TestPair *ret_pairs)
{
    guint k = self->n_classes;
    g_autofree gsize *count = g_new0(gsize, (gsize)k * k);
    guint n = 0;

    for (gsize i = 0; i < self->n; i++)
        if (self->suggested[i] >= 0)
            count[(gsize)self->suggested[i] * k + (gsize)self->given[i]]++;
    for (; n < k; n++) {
        gsize best = 0;

        for (gsize pair = 1; pair < (gsize)k * k; pair++)
            best = count[pair] > count[best] ? pair : best;
        if (count[best] == 0)
            break;
        ret_pairs[n] = (TestPair){(guint)(best / k), (guint)(best % k), count[best]};
        count[best] = 0;
    }
    return n;
}

typedef struct {
    const ErrataLabelIssues *self;
    const ErrataOutcome *outcome;
    const guint8 *use;
    const TestPair *pairs;
    guint n_pairs;
    double *effects; /* per pair: of entities */
    ErrataNoiseFloor *floors;
} TestFloors;

static void
test_floors_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const TestFloors *work = data;

    for (gsize k = begin; k < end; k++) {
        const TestPair *pair = &work->pairs[k];

        work->effects[k] = test_entity_effect(work->self, work->outcome, work->use, pair);
        work->floors[k] = test_score_floor(work->self,
                                           work->outcome,
                                           work->use,
                                           pair,
                                           work->n_pairs,
                                           work->effects[k]);
    }
}

/* whether the trees tell which of the rows that the index is sure of are contradicted: then it is
 * the index that is mistaken, for no feature tells labels that were changed by chance */
static gboolean
test_is_told(const ErrataNoiseFloor *index, const ErrataLabelRate *agreed)
{
    double both = index->in_error * index->in_error + agreed->variance;

    return agreed->rate < TEST_TOLD * index->in &&
           index->in - agreed->rate > TEST_AGREE * sqrt(both);
}

/* what the first two witnesses say of a pair, held against the index of score and features: their
 * mean by precision where they agree, the smaller where they do not. An index that is less sure of
 * its floor than that is large says nothing. */
static ErrataLabelRate
test_index(const ErrataLabelIssues *self,
           const ErrataAnalysis *analysis,
           const ErrataBins *bins,
           const guint8 *use,
           const TestPair *pair,
           guint n_pairs,
           double effect,
           const ErrataLabelRate *rate)
{
    g_autofree double *logged = g_new(double, MAX(self->n, 1));
    ErrataLabelRate agreed, index;
    ErrataNoiseFloor floor;

    for (gsize i = 0; i < self->n; i++) {
        double from = test_logged(analysis->outcome, self->row[i], pair->from);
        double to = test_logged(analysis->outcome, self->row[i], pair->to);

        logged[i] = from + to > 0.0 ? to / (from + to) : (double)NAN;
    }
    floor =
        errata_label_issues_index(self, analysis, bins, use, logged, pair->from, pair->to, &agreed);
    test_weaken(&floor, effect);
    agreed.variance *= effect;
    if (!(floor.in_error < rate->rate)) /* two clumps, say: the index cannot tell */
        return *rate;
    if (!(floor.p * (double)n_pairs < TEST_ALPHA) || test_is_told(&floor, &agreed))
        return (ErrataLabelRate){0.0, 0.0, 0.0};
    index = test_rate(&floor, &agreed);
    floor.in = index.rate;
    floor.in_error = sqrt(index.variance);
    agreed = *rate;
    agreed.lo = rate->rate;
    return test_rate(&floor, &agreed);
}

/* per pair: the rate that all witnesses bear out, 0 where there is none; and by how much entities
 * widen its variance */
static ErrataLabelRate *
test_rates(ErrataLabelIssues *self,
           const ErrataAnalysis *analysis,
           const TestPair *pairs,
           guint n_pairs,
           double *ret_effects)
{
    g_autofree guint8 *use = test_outside_slices(self, analysis);
    g_autofree ErrataNoiseFloor *floors = g_new(ErrataNoiseFloor, MAX(n_pairs, 1));
    ErrataLabelRate *rates = g_new0(ErrataLabelRate, MAX(n_pairs, 1));
    TestFloors work = {self, analysis->outcome, use, pairs, n_pairs, ret_effects, floors};
    g_autoptr(ErrataBins) bins = NULL;

    errata_parallel_for(n_pairs, 1, test_floors_cb, &work);
    for (guint k = 0; k < n_pairs; k++) {
        ErrataLabelRate anchor = {0.0, 0.0, 0.0};

        if (floors[k].in > 0.0)
            anchor = test_anchor_rate(self, use, &pairs[k], ret_effects[k]);
        rates[k] = test_rate(&floors[k], &anchor);
        if (rates[k].rate >= TEST_LEAST_FLOOR && self->from_features) {
            if (bins == NULL)
                bins = errata_bins_new(analysis->frame,
                                       analysis->schema,
                                       NULL,
                                       TEST_BINS,
                                       analysis->settings != NULL ? analysis->settings->seed : 0);
            rates[k] = test_index(self,
                                  analysis,
                                  bins,
                                  use,
                                  &pairs[k],
                                  n_pairs,
                                  ret_effects[k],
                                  &rates[k]);
        }
        if (rates[k].rate < TEST_LEAST_FLOOR)
            rates[k].rate = 0.0;
        else
            self->p = MIN(self->p, floors[k].p);
    }
    return rates;
}

/* rows that are truly of the first class of a pair: those given it and those that were given the
 * second, without the ones that came the other way, at the rate @back */
static double
test_members(double given, double others, double in, double back)
{
    double left = 1.0 - MIN(in, 0.4) - MIN(back, 0.4);

    return MAX(given * (1.0 - MIN(back, 0.4)) - others * MIN(back, 0.4), 0.0) / left;
}

/* the rate at which labels of the second class of a pair were given the first, 0 where that is not
 * known */
static double
test_back(const TestPair *pairs, const ErrataLabelRate *rates, guint n_pairs, guint of)
{
    for (guint k = 0; k < n_pairs; k++)
        if (pairs[k].from == pairs[of].to && pairs[k].to == pairs[of].from)
            return rates[k].rate;
    return 0.0;
}

/* changed labels are a floor's share of the rows of the other class; clean labels show the rest of
 * the suspects. The excess stands only where it is sure, the curve's own uncertainty included, and
 * large against what clean labels show. */
static void
test_excess(ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    g_autofree TestPair *pairs = g_new0(TestPair, MAX(self->n_classes, 1));
    guint n_pairs = test_pairs(self, pairs);
    g_autofree double *effects = g_new(double, MAX(n_pairs, 1));
    g_autofree ErrataLabelRate *rates = test_rates(self, analysis, pairs, n_pairs, effects);
    g_autofree double *given = g_new0(double, MAX(self->n_classes, 1));
    double changed = 0.0, error = 0.0;

    for (gsize i = 0; i < self->n; i++)
        given[self->given[i]] += 1.0;
    for (guint k = 0; k < n_pairs; k++) {
        ErrataLabelRate rate = rates[k];
        double from = given[pairs[k].from], to = given[pairs[k].to], members, variance;

        if (!(rate.rate > 0.0))
            continue;
        self->floor[pairs[k].to] += rate.rate * from / ((double)self->n - to);
        members = test_members(from, to, rate.rate, test_back(pairs, rates, n_pairs, k));
        changed += rate.rate * members;
        variance = members * members * rate.variance +
                   members * rate.rate * (1.0 - rate.rate) * effects[k];
        /* an entity may be changed in all of its classes at once */
        error = analysis->outcome->entity != NULL ? error + sqrt(variance)
                                                  : sqrt(error * error + variance);
    }
    self->excess = floor(changed + 0.5);
    self->excess_error = error;
    self->expected = MAX((double)self->n_suspects - self->excess, 0.0);
    if (self->excess > TEST_Z * self->excess_error &&
        self->excess >= TEST_LEAST_EXCESS * self->expected)
        return;
    self->excess = self->excess_error = 0.0;
    self->expected = (double)self->n_suspects;
    for (guint j = 0; j < self->n_classes; j++)
        self->floor[j] = 0.0;
}

/**
 * errata_label_issues_order:
 * @self: suspects
 * @ret_n: (out): their number
 *
 * Returns: (transfer full) (array length=ret_n): suspects as positions in @row, worst first, ties
 * in
 *   row order
 */
guint32 *
errata_label_issues_order(const ErrataLabelIssues *self, gsize *ret_n)
{
    g_autofree double *key = g_new(double, MAX(self->n, 1));
    g_autofree guint32 *index = g_new(guint32, MAX(self->n, 1));
    guint32 *order = g_new(guint32, MAX(self->n, 1));
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++)
        if (self->suggested[i] >= 0) {
            key[n] = -self->badness[i];
            index[n++] = (guint32)i;
        }
    errata_sort_payload(key, index, n, NULL, order);
    *ret_n = n;
    return order;
}

/* all suspects where features show noise; as many as may be wrong where only scores do; the worst
 * few where nothing could be tested; none where clean labels explain them */
static void
test_list(ErrataLabelIssues *self)
{
    g_autofree guint32 *order = NULL;
    gsize n, most = 0;

    if (self->why_untested != NULL)
        most = MIN(TEST_LIST, (gsize)(TEST_LIST_SHARE * (double)self->n));
    else if (self->excess > 0.0)
        most = self->from_features ? self->n_suspects : (gsize)self->excess;
    order = errata_label_issues_order(self, &n);
    self->n_listed = MIN(n, most);
    for (gsize i = self->n_listed; i < n; i++)
        self->suggested[order[i]] = -1;
}

/**
 * errata_label_issues_test:
 * @self: rows with probabilities; suspects, ranking, expectation and excess are filled
 * @analysis: the log
 *
 * Prunes by noise rate and holds the count of suspects against that of clean labels.
 */
void
errata_label_issues_test(ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    const double *said = self->pooled != NULL ? self->pooled : self->probability;
    g_autoptr(ErrataConfident) confident =
        errata_confident_measure(self->given, said, self->n, self->n_classes);

    self->n_suspects = errata_confident_prune(confident, self->given, said, self->suggested);
    for (gsize i = 0; i < self->n; i++) {
        const double *p = said + i * self->n_classes;
        double other = 0.0;

        for (guint j = 0; j < self->n_classes; j++)
            if ((gint32)j != self->given[i])
                other = MAX(other, p[j]);
        self->badness[i] = self->from_features ? 1.0 - p[self->given[i]]
                                               : 0.5 * (1.0 - p[self->given[i]] + other);
    }
    if (analysis->outcome->probability == NULL && analysis->outcome->score == NULL)
        self->why_untested =
            analysis->outcome->confidence != NULL
                ? "without a logged score of every class noise cannot be told from honest doubt"
                : "without logged scores noise cannot be told from honest doubt";
    else if (self->n < TEST_ROWS)
        self->why_untested = "under 2,000 labelled rows cannot show a floor of the error";
    self->expected = (double)NAN;
    if (self->why_untested == NULL)
        test_excess(self, analysis);
    test_list(self);
}
