/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A group that errs because its labels are wrong. A model that is at fault there is at fault about
 * its rows, and trees that learn the labels from the features do better; labels changed by chance
 * are those that no feature tells. So among rows of the group of which scores and trees are both
 * sure, and of the same class, the part that has another label is that of the changed ones, less
 * what such rows elsewhere have; where it explains what the whole group errs more, the group is
 * told as labels, not as errors. Labels changed by chance change both ways. Where only one class is
 * found against sure rows, things that no column foretells may have happened as well: then both are
 * said, and the group stays one of errors. */
#include <math.h>

#include "intervals.h"
#include "label-issues.h"
#include "row-cost.h"
#include "slices.h"
#include "sort.h"
#include "tests.h"
#include "words.h"

#define SEGMENTS_SCORE \
    0.95 /* logged probability of a row that the scores are sure of, learnt where none is logged … */
#define SEGMENTS_TREES 0.8 /* … and of one that the trees are, which see few rows */
#define SEGMENTS_SHARE \
    0.2 /* of the group's rows, and of others, that must be sure: unsure scores tell no fault */
#define SEGMENTS_LEAST 16  /* of them, in the confirmation half */
#define SEGMENTS_FEW   100 /* of them: trees may not have learnt what is otherwise there … */
#define SEGMENTS_EVEN  0.5 /* … so that more than chance would change is another rule, not noise */
#define SEGMENTS_TIMES 4.0  /* such contradictions over those elsewhere */
#define SEGMENTS_LOW   0.02 /* of the group's labels */
#define SEGMENTS_ALPHA 0.001
#define SEGMENTS_MATCH \
    0.25 /* by which what changed labels explain may miss the errors there are … */
#define SEGMENTS_SURE   3.0 /* … or by so many standard errors */
#define SEGMENTS_Z      1.96
#define SEGMENTS_BACK   0.25 /* of the rate, that the other way must have for a change both ways … */
#define SEGMENTS_BACK_P 0.01 /* … and be no chance */
#define SEGMENTS_ALL    0.9  /* of the labels: not changed by chance, but inverted */
#define SEGMENTS_HIGH   0.02 /* of all labels, wrong: as for label issues at large */
#define SEGMENTS_MEDIUM 0.003

/* rows, and those whose label is not the class that scores or trees give */
typedef struct {
    double n;
    double against;
} SegmentsCount;

typedef struct {
    const ErrataLabelIssues *self;
    const ErrataAnalysis *analysis;
    const guint8 *in;      /* per row of the log */
    SegmentsCount sure[2]; /* of the confirmation half: elsewhere and there */
    SegmentsCount all[2];  /* predictions, likewise */
    double rate;           /* of the group's labels that are changed */
    double error;          /* its standard error */
    double p;
    gboolean one_way; /* they all have the same label, as far as can be told */
} Segment;

static guint
segments_best(const ErrataLabelIssues *self, gsize i)
{
    const double *p = self->probability + i * self->n_classes;
    guint best = 0;

    for (guint j = 1; j < self->n_classes; j++)
        best = p[j] > p[best] ? j : best;
    return best;
}

/* how sure the prediction of a labelled row is: by the trees where no score was logged */
static double
segments_confidence(const Segment *segment, gsize i)
{
    const ErrataLabelIssues *self = segment->self;
    const ErrataOutcome *outcome = segment->analysis->outcome;
    gint32 predicted = outcome->predicted[self->row[i]];

    if (outcome->confidence != NULL)
        return outcome->confidence[self->row[i]];
    return predicted >= 0 ? self->probability[i * self->n_classes + (guint)predicted] : (double)NAN;
}

static gboolean
segments_is_sure(const Segment *segment, gsize i, guint best)
{
    const ErrataLabelIssues *self = segment->self;
    const ErrataOutcome *outcome = segment->analysis->outcome;
    guint32 row = self->row[i];

    return outcome->predicted[row] == (gint32)best &&
           self->probability[i * self->n_classes + best] >=
               (outcome->confidence != NULL ? SEGMENTS_TREES : SEGMENTS_SCORE) &&
           (outcome->confidence == NULL || outcome->confidence[row] >= SEGMENTS_SCORE);
}

/* rows in groups that err count on neither side */
static void
segments_count(Segment *segment, const guint8 *other)
{
    const ErrataLabelIssues *self = segment->self;
    const ErrataOutcome *outcome = segment->analysis->outcome;

    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];
        guint best = segments_best(self, i);
        guint in = segment->in[row];

        if (outcome->judged[row] == 0 || outcome->half[row] == 0 || (in == 0 && other[row] != 0))
            continue;
        segment->all[in].n += 1.0;
        segment->all[in].against += outcome->error[row] != 0 ? 1.0 : 0.0;
        if (!segments_is_sure(segment, i, best))
            continue;
        segment->sure[in].n += 1.0;
        segment->sure[in].against += self->given[i] != (gint32)best ? 1.0 : 0.0;
    }
}

/* whether changed labels, and nothing else, are what the group has more errors by; @expected is the
 * error rate that its scores let expect */
static gboolean
segments_explains(Segment *segment, double expected)
{
    const SegmentsCount *in = &segment->sure[1], *out = &segment->sure[0];
    double here = in->against / MAX(in->n, 1.0);
    double there = (out->against + 1.0) / (out->n + 2.0);
    double told, seen, wrong;

    if (in->n < SEGMENTS_LEAST || out->n < SEGMENTS_LEAST ||
        in->n < SEGMENTS_SHARE * segment->all[1].n || out->n < SEGMENTS_SHARE * segment->all[0].n ||
        here < SEGMENTS_TIMES * there)
        return FALSE;
    segment->rate = (here - there) / (1.0 - 2.0 * there);
    segment->error = sqrt(here * (1.0 - here) / in->n + there * (1.0 - there) / out->n);
    segment->p = errata_tests_binomial_upper((guint64)in->against, (guint64)in->n, there);
    if (!(segment->p < SEGMENTS_ALPHA) || segment->rate < SEGMENTS_LOW)
        return FALSE;
    if (in->n < SEGMENTS_FEW && segment->rate - SEGMENTS_Z * segment->error > SEGMENTS_EVEN)
        return FALSE;
    told = segment->rate + (1.0 - 2.0 * segment->rate) * expected;
    seen = segment->all[1].against / segment->all[1].n;
    wrong = sqrt(seen * (1.0 - seen) / segment->all[1].n + segment->error * segment->error);
    return fabs(told - seen) <= MAX(SEGMENTS_MATCH * (seen - expected), SEGMENTS_SURE * wrong);
}

/* whether some column foretells which sure rows of the group have another label */
static gboolean
segments_is_foretold(const Segment *segment)
{
    const ErrataLabelIssues *self = segment->self;
    g_autofree ErrataLabelSure *sure = g_new(ErrataLabelSure, MAX(self->n, 1));
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++) {
        guint best = segments_best(self, i);

        if (segment->in[self->row[i]] != 0 && segments_is_sure(segment, i, best))
            sure[n++] = (ErrataLabelSure){self->row[i], best, self->given[i] != (gint32)best};
    }
    return errata_label_issues_foretold(segment->analysis, sure, n);
}

/* whether labels of other classes than the most frequent one contradict sure rows as well, more
 * than they do elsewhere: of many classes, few rows are sure of that one */
static gboolean
segments_is_mixed(const Segment *segment, guint64 n_most)
{
    const SegmentsCount *in = &segment->sure[1], *out = &segment->sure[0];
    double n_rest = in->against - (double)n_most;

    return n_rest >= SEGMENTS_BACK * in->against &&
           errata_tests_binomial_upper((guint64)n_rest,
                                       (guint64)in->n,
                                       (out->against + 1.0) / (out->n + 2.0)) < SEGMENTS_BACK_P;
}

/* whether sure rows are contradicted by labels of one class only: of the sure rows that are of this
 * class themselves, no more have another label than elsewhere, or there are too few to tell */
static gboolean
segments_is_one_way(const Segment *segment, const guint8 *other)
{
    const ErrataLabelIssues *self = segment->self;
    const ErrataOutcome *outcome = segment->analysis->outcome;
    g_autofree guint64 *given = g_new0(guint64, self->n_classes);
    g_autofree SegmentsCount *sure = g_new0(SegmentsCount, 2 * (gsize)self->n_classes);
    SegmentsCount *in, *out;
    guint most = 0;
    double here, there;

    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];
        guint best = segments_best(self, i);
        SegmentsCount *count = &sure[2 * best + segment->in[row]];

        if (outcome->judged[row] == 0 || outcome->half[row] == 0 ||
            (segment->in[row] == 0 && other[row] != 0) || !segments_is_sure(segment, i, best))
            continue;
        count->n += 1.0;
        if (self->given[i] == (gint32)best)
            continue;
        count->against += 1.0;
        given[self->given[i]] += segment->in[row];
    }
    for (guint c = 1; c < self->n_classes; c++)
        most = given[c] > given[most] ? c : most;
    if (segments_is_mixed(segment, given[most]))
        return FALSE;
    out = &sure[2 * most];
    in = out + 1;
    here = in->against / MAX(in->n, 1.0);
    there = (out->against + 1.0) / (out->n + 2.0);
    return here - there < SEGMENTS_BACK * segment->rate ||
           !(errata_tests_binomial_upper((guint64)in->against, (guint64)in->n, there) <
             SEGMENTS_BACK_P);
}

/* what the scores let expect of the group where labels are right: the error rate of the rows
 * elsewhere that are as sure, by tenths of confidence */
static double
segments_expected(const Segment *segment, const guint8 *other)
{
    const ErrataOutcome *outcome = segment->analysis->outcome;
    SegmentsCount there[11] = {{0.0, 0.0}};
    double here[11] = {0.0};
    double n = 0.0, sum = 0.0;

    for (gsize i = 0; i < segment->self->n; i++) {
        guint32 row = segment->self->row[i];
        double confidence = segments_confidence(segment, i);
        guint bin;

        if (outcome->judged[row] == 0 || isnan(confidence) ||
            (segment->in[row] == 0 && other[row] != 0))
            continue;
        bin = (guint)(CLAMP(confidence, 0.0, 1.0) * 10.0);
        if (segment->in[row] != 0) {
            here[bin] += 1.0;
            continue;
        }
        there[bin].n += 1.0;
        there[bin].against += outcome->error[row] != 0 ? 1.0 : 0.0;
    }
    for (guint b = 0; b < G_N_ELEMENTS(here); b++)
        if (there[b].n > 0.0) {
            n += here[b];
            sum += here[b] * there[b].against / there[b].n;
        }
    return n > 0.0 ? sum / n : (double)NAN;
}

/* rows of the group whose label is not what scores and trees say, the surest first; the most
 * frequent change is the subject's */
static void
segments_rows(const Segment *segment, ErrataFinding *finding)
{
    const ErrataLabelIssues *self = segment->self;
    const ErrataOutcome *outcome = segment->analysis->outcome;
    guint k = self->n_classes;
    g_autofree guint64 *cell = g_new0(guint64, (gsize)k * k);
    g_autofree double *key = g_new(double, MAX(self->n, 1));
    gsize largest = 0, n = 0;
    ErrataRowCost cost;

    finding->row = g_new(guint32, MAX(self->n, 1));
    for (gsize i = 0; i < self->n; i++) {
        guint best = segments_best(self, i);
        guint32 row = self->row[i];

        if (segment->in[row] == 0 || self->given[i] == (gint32)best ||
            outcome->predicted[row] != (gint32)best)
            continue;
        cell[(gsize)self->given[i] * k + best]++;
        key[n] = -self->probability[i * k + best];
        finding->row[n++] = row;
    }
    finding->row_score = g_new(double, MAX(n, 1));
    errata_sort_payload(key, finding->row, n, finding->row_score, finding->row);
    for (gsize i = 0; i < n; i++)
        finding->row_score[i] = 0.0 - finding->row_score[i];
    finding->n_rows = n;
    finding->share_of_rows = (double)n / MAX((double)outcome->n_rows, 1.0);
    cost = errata_row_cost_measure(segment->analysis, finding->row, n);
    finding->share_of_errors = outcome->n_errors > 0 ? errata_row_cost_share(&cost) : 0.0;
    for (gsize c = 1; c < (gsize)k * k; c++)
        largest = cell[c] > cell[largest] ? c : largest;
    finding->subject.given = g_strdup(segment->analysis->schema->classes[largest / k]);
    finding->subject.suggested = g_strdup(segment->analysis->schema->classes[largest % k]);
}

static void
segments_evidence(const Segment *segment, double n_changed, ErrataFinding *finding)
{
    const SegmentsCount *in = &segment->sure[1], *out = &segment->sure[0];
    ErrataInterval interval = errata_intervals_wilson(in->against, in->n, 0.95);
    ErrataEvidence *evidence;

    evidence = errata_finding_add(finding,
                                  errata_evidence_new("share",
                                                      "share of the group's labels that look wrong",
                                                      segment->rate,
                                                      ERRATA_UNIT_SHARE,
                                                      (guint64)in->n));
    evidence->lo = MAX(segment->rate - SEGMENTS_Z * segment->error, 0.0);
    evidence->hi = MIN(segment->rate + SEGMENTS_Z * segment->error, 1.0);
    evidence->method = g_strdup("contradictions of sure rows there, less those elsewhere");
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("sure_in",
                            "of the group's rows that scores and features are sure of, those with "
                            "another label",
                            in->against / in->n,
                            ERRATA_UNIT_SHARE,
                            (guint64)in->n));
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = out->against / out->n;
    evidence->test = g_strdup("exact binomial, one-sided, on the half that was not searched");
    evidence->p = evidence->q = segment->p;
    errata_finding_add(finding,
                       errata_evidence_new("sure_out",
                                           "likewise elsewhere",
                                           out->against / out->n,
                                           ERRATA_UNIT_SHARE,
                                           (guint64)out->n));
    errata_finding_add(finding,
                       errata_evidence_new("excess",
                                           "labels of the group that look wrong",
                                           n_changed,
                                           ERRATA_UNIT_COUNT,
                                           finding->n_rows));
    errata_finding_add(finding,
                       errata_evidence_new("n_suspects",
                                           "rows whose label looks wrong",
                                           (double)finding->n_rows,
                                           ERRATA_UNIT_COUNT,
                                           (guint64)segment->all[1].n));
}

/* @part: of what all rows count for, that the changed labels do */
static void
segments_suggest(const Segment *segment, double part, double expected, ErrataFinding *finding)
{
    ErrataRate all = errata_row_cost_measure(segment->analysis, NULL, 0).out;
    double spread = SEGMENTS_Z * segment->error / segment->rate * part;
    gboolean one_way = segment->one_way;
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *where = errata_words_where(finding);
    g_autofree char *text = g_strdup_printf(
        one_way ? "Look at some of the %s of the table, where %s: if it happened as "
                  "labelled, log what foretells it; if not, label them again"
                : "Have a person label the %s of the table again, where %s, from the "
                  "top; do not train on those labels before",
        count,
        where);
    ErrataSuggestion *suggestion =
        errata_finding_suggest(finding, one_way ? "add-feature" : "relabel", text);

    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 1.0 - errata_rate_mean(&all);
    suggestion->to = suggestion->from + part * (1.0 - 2.0 * expected);
    suggestion->lo = one_way ? 0.0 : MAX(part - spread, 0.0) * (1.0 - 2.0 * expected);
    suggestion->hi = (part + spread) * (1.0 - 2.0 * expected);
    suggestion->upper_bound = TRUE;
    suggestion->method = g_strdup(one_way
                                      ? "if all that goes against sure scores were foretold, or "
                                        "labelled again"
                                      : "as many labels changed back as look wrong");
    finding->metric = g_strdup("accuracy");
    finding->delta = suggestion->to - suggestion->from;
}

static ErrataFinding *
segments_report(const Segment *segment, const ErrataFinding *slice, double expected)
{
    const ErrataAnalysis *analysis = segment->analysis;
    double n_changed = rint(segment->rate * (double)slice->n_rows);
    ErrataRate all = errata_row_cost_measure(analysis, NULL, 0).out;
    double width = n_changed * errata_row_cost_worth(analysis->outcome, slice->row, slice->n_rows) /
                   all.weight;
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE, "");
    g_autofree char *share = errata_words_share(segment->rate,
                                                segment->rate - SEGMENTS_Z * segment->error,
                                                segment->rate + SEGMENTS_Z * segment->error);
    g_autofree char *where = errata_words_where(slice);
    g_autofree char *count = NULL;

    for (guint i = 0; i < slice->subject.predicates->len; i++)
        g_ptr_array_add(finding->subject.predicates,
                        errata_predicate_copy(g_ptr_array_index(slice->subject.predicates, i)));
    segments_rows(segment, finding);
    count = errata_words_counted(finding->n_rows, "row", "rows");
    g_free(finding->title);
    finding->title =
        segment->one_way
            ? g_strdup_printf(
                  "Where %s, %s of the labels are %s against sure scores: wrong labels, "
                  "or what no column tells",
                  where,
                  share,
                  finding->subject.given)
        : segment->rate >= SEGMENTS_ALL
            ? g_strdup_printf("Where %s, the labels look inverted, not the predictions", where)
            : g_strdup_printf("Where %s, %s of the labels look wrong, not the predictions",
                              where,
                              share);
    finding->summary = g_strdup_printf("label issues · %s", count);
    finding->confirmed = TRUE;
    finding->severity = width >= SEGMENTS_HIGH     ? ERRATA_SEVERITY_HIGH
                        : width >= SEGMENTS_MEDIUM ? ERRATA_SEVERITY_MEDIUM
                                                   : ERRATA_SEVERITY_LOW;
    if (segment->one_way) /* undecided: the slice itself tells how bad it is */
        finding->severity = ERRATA_SEVERITY_LOW;
    finding->rank = width;
    finding->excess_errors = n_changed;
    if (analysis->schema->label >= 0)
        finding->subject.column = g_strdup(analysis->frame->columns[analysis->schema->label]->name);
    segments_evidence(segment, n_changed, finding);
    segments_suggest(segment, width, expected, finding);
    g_ptr_array_add(finding->notes, g_strdup("segment=yes"));
    if (segment->one_way)
        g_ptr_array_add(finding->notes, g_strdup("one_way=yes"));
    return finding;
}

/**
 * errata_label_issues_segments:
 * @self: rows with probabilities out of fold from the features
 * @analysis: the log, its slices found
 *
 * Adds a finding for each group of more errors that is one of wrong labels, and lets the group
 * point to it. Costs a pass over the rows per such group.
 */
void
errata_label_issues_segments(const ErrataLabelIssues *self, ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *in = g_new0(guint8, MAX(outcome->n_rows, 1));
    g_autofree guint8 *any = g_new0(guint8, MAX(outcome->n_rows, 1));
    guint n = findings->len;

    if (!self->from_features || outcome->predicted == NULL)
        return;
    for (guint f = 0; f < n; f++) {
        const ErrataFinding *slice = g_ptr_array_index(findings, f);

        for (gsize i = 0; errata_slices_is_blind_spot(slice) && i < slice->n_rows; i++)
            any[slice->row[i]] = 1;
    }
    for (guint f = 0; f < n; f++) {
        ErrataFinding *slice = g_ptr_array_index(findings, f);
        Segment segment = {.self = self, .analysis = analysis, .in = in};
        ErrataFinding *finding;
        double expected;

        if (!errata_slices_is_blind_spot(slice) || slice->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        for (gsize row = 0; row < outcome->n_rows; row++)
            in[row] = 0;
        for (gsize i = 0; i < slice->n_rows; i++)
            in[slice->row[i]] = 1;
        segments_count(&segment, any);
        expected = segments_expected(&segment, any);
        if (!segments_explains(&segment, expected) || segments_is_foretold(&segment))
            continue;
        segment.one_way = segments_is_one_way(&segment, any);
        finding = segments_report(&segment, slice, expected);
        errata_case_add_finding(analysis->result, finding);
        if (segment.one_way)
            continue;
        errata_finding_point(slice,
                             finding,
                             "part of it that wrong labels make",
                             MIN(segment.rate * segment.all[1].n /
                                     MAX(segment.all[1].against - expected * segment.all[1].n, 1.0),
                                 1.0));
    }
}
