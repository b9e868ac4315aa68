/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slice that was found, as a finding. */
#include "slices-finding.h"

#include <math.h>

#include "evidence-share.h"
#include "interval-note.h"
#include "slices-missed.h"
#include "slices-ramp.h"
#include "slices-search.h"
#include "words.h"

#define FINDING_SLICELINE_ALPHA 0.95
#define FINDING_USUAL           0.9505 /* the level of an interval that goes without saying */
#define FINDING_SURE_SHARE      0.8    /* of the errors in one direction that is worth a note */
#define FINDING_OVER_REST       1.1    /* by which all rows must err more, to be told of */

typedef struct {
    const SlicesTable *table;
    const SlicesFound *found;
    const SlicesFacts *facts;
    ErrataFinding *finding;
    ErrataUnit unit; /* of losses */
    double n_errors; /* of the log, of equal weight; 0: losses are no errors */
    const char *where;
} Making;

static ErrataEvidence *
finding_add(Making *making, const char *key, const char *what, double value, ErrataUnit unit)
{
    return errata_finding_add(
        making->finding,
        errata_evidence_new(key, what, value, unit, (guint64)making->facts->in.n));
}

static ErrataEvidence *
finding_add_rate(Making *making, const char *key, const char *what, const ErrataRate *rate)
{
    ErrataEvidence *evidence = finding_add(making, key, what, errata_rate_mean(rate), making->unit);
    ErrataInterval interval =
        errata_slices_facts_interval(making->table, rate, making->facts->level);

    evidence->n = (guint64)rate->n;
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method =
        g_strdup_printf("%s, %s", making->table->real ? "normal" : "Wilson", making->where);
    return evidence;
}

/* what was expected before this slice was known; only what the scores say goes by `expected`, which
 * the writer takes for the model's own confidence */
static void
finding_add_expected(Making *making)
{
    const ErrataExpectedTest *test = &making->found->test;
    gboolean real = making->table->real;
    gboolean by_score = !making->found->known && !making->found->plain &&
                        making->table->discovery.n_cells > 1 && making->table->near == NULL;
    /* the test's sums are in units of each cell's spread when losses are real: take their
     * quotient */
    double value = errata_rate_mean(&making->facts->in) * test->expected /
                   MAX(test->observed, 1e-12);
    ErrataEvidence *evidence;

    if (!by_score) {
        evidence = finding_add(making,
                               "expected_overall",
                               making->table->near != NULL
                                   ? "expected of decisions as close, and from the other slices"
                                   : "expected from the overall rate and the other slices",
                               value,
                               making->unit);
        evidence->method = g_strdup(real ? "linear model" : "logistic model");
        return;
    }
    evidence = finding_add(making,
                           "expected",
                           real ? "mean absolute error expected from the predictions"
                                : "error rate expected from scores and the other slices",
                           value,
                           making->unit);
    evidence->method = g_strdup(real ? "mean by prediction quantile, linear"
                                : making->found->hidden
                                    ? "errors for errors said by 20 score bins, in no other slice"
                                    : "logistic model over 20 score bins and the prediction");
}

static const char *
finding_rate_name(const SlicesTable *table)
{
    return table->real ? "mean absolute error" : "error rate";
}

static void
finding_add_rates(Making *making)
{
    gboolean real = making->table->real;
    const SlicesFacts *facts = making->facts;
    const ErrataExpectedTest *test = &making->found->test;
    ErrataInterval ratio = errata_slices_facts_ratio(making->table, facts);
    ErrataEvidence *evidence;

    evidence = finding_add_rate(making,
                                "rate_in",
                                real ? "mean absolute error in the slice"
                                     : "error rate in the slice",
                                &facts->in);
    evidence->baseline = errata_rate_mean(&facts->out);
    evidence->test = g_strdup(making->table->exploratory ? "best of 99 searches of drawn errors"
                              : !real && (test->observed < 50.0 || making->found->hidden)
                                  ? "exact binomial, one-sided"
                                  : "score test, one-sided");
    evidence->p = test->p;
    evidence->q = making->found->q;
    finding_add_rate(making,
                     "rate_out",
                     real ? "mean absolute error elsewhere" : "error rate elsewhere",
                     &facts->out);
    evidence = finding_add(making,
                           "ratio",
                           "slice over elsewhere",
                           errata_rate_mean(&facts->in) / errata_rate_mean(&facts->out),
                           ERRATA_UNIT_RATIO);
    evidence->lo = ratio.lo;
    evidence->hi = ratio.hi;
    evidence->method = g_strdup_printf("%s, %s", real ? "delta method" : "log-Wald", making->where);
    if (isfinite(evidence->value) == 0)
        evidence->value = (double)NAN;
    finding_add_expected(making);
}

/* where predictions of one class go wrong: how often they do elsewhere, and here */
static void
finding_said_rates(const Making *making, ErrataRate ret_rate[2])
{
    const SlicesTable *table = making->table;
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    ret_rate[0] = ret_rate[1] = (ErrataRate){.n = 0.0};
    errata_slices_table_member(table, half, &making->found->slice, member);
    for (gsize i = 0; i < half->n_rows; i++)
        if (table->analysis->outcome->predicted[half->row[i]] == making->found->said)
            errata_slices_facts_add(table, half->row[i], half->y[i], &ret_rate[member[i] != 0]);
}

/* whether only the predictions of one class are wrong more often than elsewhere, as those of all
 * together hardly are, or not as a slice has to be beyond what is expected: then the finding is
 * about those, and they say how grave it is */
static gboolean
finding_is_of_said(const Making *making)
{
    const SlicesFacts *facts = making->facts;
    const ErrataExpectedTest *test = &making->found->test;

    return making->found->said >= 0 &&
           (errata_rate_mean(&facts->in) < FINDING_OVER_REST * errata_rate_mean(&facts->out) ||
            test->observed < SLICES_MIN_LIFT * test->expected);
}

/* what the slice's rows, or its predictions of one class, would gain by being as right as
 * elsewhere, or as their scores are elsewhere: hard rows stay hard */
static double
finding_more(const Making *making)
{
    const ErrataExpectedTest *test = &making->found->test;
    double in = errata_rate_mean(&making->facts->in);
    double least = errata_rate_mean(&making->facts->out);

    if (finding_is_of_said(making)) {
        ErrataRate rate[2];

        finding_said_rates(making, rate);
        return errata_rate_mean(&rate[1]) - errata_rate_mean(&rate[0]);
    }
    if (!making->found->known)
        least = MAX(least, in * test->expected / MAX(test->observed, 1e-12));
    return in - least;
}

/* errors over the whole log, in the slice's rows, or of its predictions of one class */
static void
finding_set_impact(Making *making)
{
    const ErrataOutcome *outcome = making->table->analysis->outcome;
    ErrataFinding *finding = making->finding;
    const ErrataExpectedTest *test = &making->found->test;
    ErrataRate all = {.n = 0.0};
    ErrataRate own = {.n = 0.0};
    gboolean of_said = finding_is_of_said(making);
    double more = finding_more(making);

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && !isnan(outcome->loss[row]))
            errata_slices_facts_add(making->table, (guint32)row, outcome->loss[row], &all);
    for (gsize i = 0; i < finding->n_rows; i++) {
        guint32 row = finding->row[i];

        if (outcome->judged[row] == 0 || isnan(outcome->loss[row]) ||
            (of_said && outcome->predicted[row] != making->found->said))
            continue;
        errata_slices_facts_add(making->table, row, outcome->loss[row], &own);
    }
    finding->share_of_errors = all.sum > 0.0 ? own.sum / all.sum : (double)NAN;
    making->n_errors = making->table->real ? 0.0 : errata_rate_events(&all);
    if (!making->table->real)
        finding->excess_errors =
            rint(own.n * (of_said ? more : (test->observed - test->expected) / MAX(test->n, 1.0)));
    finding->metric = g_strdup(making->table->real ? "mae" : "accuracy");
    finding->delta = MAX(more, 0.0) * own.weight / MAX(all.weight, 1e-300);
    finding->rank = finding->delta;
    if (making->table->real) /* as a share of the mean error, since targets have any scale */
        finding->rank = finding->delta / MAX(errata_rate_mean(&all), 1e-300);
}

static void
finding_add_shares(Making *making)
{
    const ErrataFinding *finding = making->finding;
    gsize n_judged = errata_slices_rows_judged(making->table, finding);
    ErrataEvidence *evidence;

    evidence = finding_add(making,
                           "share_rows",
                           "share of all rows",
                           finding->share_of_rows,
                           ERRATA_UNIT_SHARE);
    evidence->n = finding->n_rows;
    if (n_judged < finding->n_rows) {
        evidence = finding_add(making,
                               "n_judged",
                               "rows with labels",
                               (double)n_judged,
                               ERRATA_UNIT_COUNT);
        evidence->n = finding->n_rows;
    }
    evidence = finding_add(making,
                           "share_errors",
                           making->table->real ? "share of all error"
                           : finding_is_of_said(making)
                               ? "share of all errors, of these predictions"
                               : "share of all errors",
                           finding->share_of_errors,
                           ERRATA_UNIT_SHARE);
    evidence->n = n_judged;
    errata_evidence_share_of(evidence, making->n_errors);
    if (!isnan(finding->excess_errors)) {
        evidence = finding_add(making,
                               "excess",
                               "errors beyond the expected",
                               finding->excess_errors,
                               ERRATA_UNIT_COUNT);
        evidence->n = n_judged;
    }
}

static void
finding_add_conditions(Making *making)
{
    const Slice *slice = &making->found->slice;

    for (guint i = 0; slice->n > 1 && i < slice->n; i++) {
        g_autofree char *parent = errata_slices_words_without(making->table, slice, i);
        g_autofree char *what =
            g_strdup_printf("%s where %s", finding_rate_name(making->table), parent);
        ErrataEvidence *evidence =
            finding_add_rate(making, "parent", what, &making->facts->parent[i]);

        evidence->text = g_steal_pointer(&parent);
    }
    for (guint i = 0; i < slice->n; i++) {
        Slice one = {.n = 1, .condition = {slice->condition[i]}};
        g_autofree char *words = errata_slices_words_slice(making->table, &one);
        g_autofree char *what = g_strdup_printf("blame: %s", words);
        ErrataEvidence *evidence =
            finding_add(making, "blame", what, making->facts->blame[i], ERRATA_UNIT_SHARE);

        evidence->method = g_strdup_printf("Shapley share, %s", making->where);
        evidence->text = g_steal_pointer(&words);
    }
}

static void
finding_add_decoys(Making *making)
{
    for (guint i = 0; i < making->facts->n_decoys; i++) {
        const SlicesDecoy *decoy = &making->facts->decoy[i];
        g_autofree char *words = errata_slices_words_slice(making->table, &decoy->item);
        g_autofree char *what = g_strdup_printf("%s where %s, without the slice",
                                                finding_rate_name(making->table),
                                                words);
        const char *name = making->table->columns[decoy->item.condition[0].column].bin->name;
        ErrataEvidence *evidence = finding_add_rate(making, "decoy", what, &decoy->without);

        evidence->baseline = errata_rate_mean(&making->facts->out);
        evidence->text = g_steal_pointer(&words);
        g_ptr_array_add(making->finding->notes, g_strdup_printf("decoy=%s", name));
    }
}

static void
finding_add_directions(Making *making)
{
    const SlicesFacts *facts = making->facts;
    ErrataRate alarms = facts->missed_in;
    double missed = errata_rate_mean(&facts->missed_in);
    ErrataEvidence *evidence;

    if (facts->confidence_in.n > 0.0 && facts->confidence_out.n > 0.0) {
        evidence = finding_add(making,
                               "confidence_in",
                               "mean confidence in the slice",
                               errata_rate_mean(&facts->confidence_in),
                               ERRATA_UNIT_SHARE);
        evidence->n = (guint64)facts->confidence_in.n;
        evidence = finding_add(making,
                               "confidence_out",
                               "mean confidence elsewhere",
                               errata_rate_mean(&facts->confidence_out),
                               ERRATA_UNIT_SHARE);
        evidence->n = (guint64)facts->confidence_out.n;
    }
    if (facts->missed_in.n < 1.0)
        return;
    alarms.sum = alarms.weight - alarms.sum;
    evidence = finding_add_rate(making,
                                "fn_share",
                                "share of its errors that are false negatives",
                                &facts->missed_in);
    if (facts->missed_out.n > 0.0)
        evidence->baseline = errata_rate_mean(&facts->missed_out);
    finding_add_rate(making, "fp_share", "share of its errors that are false positives", &alarms);
    if (missed >= FINDING_SURE_SHARE)
        g_ptr_array_add(making->finding->notes, g_strdup("direction=missed"));
    else if (1.0 - missed >= FINDING_SURE_SHARE)
        g_ptr_array_add(making->finding->notes, g_strdup("direction=false-alarms"));
}

/* since when or until when, and what such rows are at other times */
static void
finding_add_time(Making *making)
{
    const Slice *slice = &making->found->slice;
    const ErrataCase *result = making->table->analysis->result;
    const ErrataOutcome *outcome = making->table->analysis->outcome;
    gint64 first = outcome->time != NULL ? result->time_from : 0;
    gint64 last = outcome->time != NULL ? result->time_to : (gint64)outcome->n_rows - 1;
    ErrataSubject *subject = &making->finding->subject;
    g_autofree char *when = errata_slices_words_when(making->table, slice);
    ErrataEvidence *evidence;

    if (!slice->timed)
        return;
    g_ptr_array_add(making->finding->notes, g_strdup_printf("when=%s", when));
    if (slice->ends)
        g_ptr_array_add(making->finding->notes, g_strdup("over=yes"));
    subject->has_time = outcome->time != NULL;
    subject->from = slice->begins ? slice->from : first;
    subject->to = slice->ends ? slice->to : last;
    evidence = finding_add(making,
                           "since",
                           slice->begins ? "when it began" : "when it ended",
                           (double)(slice->begins ? slice->from : slice->to),
                           subject->has_time ? ERRATA_UNIT_TIME : ERRATA_UNIT_COUNT);
    evidence->method = g_strdup("greatest likelihood over the slice’s rows, of the half searched");
    if (slice->begins && slice->from_lo < slice->from_hi) {
        evidence->lo = (double)slice->from_lo;
        evidence->hi = (double)slice->from_hi;
        errata_interval_note_set(making->finding, evidence, ERRATA_INTERVAL_NOTE_USUAL);
    }
    if (making->facts->other_time.n > 0.0)
        finding_add_rate(making,
                         "rate_other_time",
                         making->table->real ? "mean absolute error of such rows at other times"
                                             : "error rate of such rows at other times",
                         &making->facts->other_time);
}

static void
finding_add_said(Making *making)
{
    const ErrataAnalysis *analysis = making->table->analysis;
    int said = making->found->said;
    g_autofree char *what = NULL;
    ErrataRate rate[2];

    if (said < 0)
        return;
    finding_said_rates(making, rate);
    what = g_strdup_printf("error rate of the predictions of %s in the slice",
                           analysis->schema->classes[said]);
    finding_add_rate(making, "said_in", what, &rate[1])->baseline = errata_rate_mean(&rate[0]);
    g_ptr_array_add(making->finding->notes,
                    g_strdup_printf("said=%s", analysis->schema->classes[said]));
    if (finding_is_of_said(making))
        g_ptr_array_add(making->finding->notes, g_strdup("of=said"));
}

/* the score of SliceLine (Sagadeeva and Boehm 2021, definition 1), for those who compare */
static void
finding_add_sliceline(Making *making)
{
    const SlicesFacts *facts = making->facts;
    double a = FINDING_SLICELINE_ALPHA;
    ErrataEvidence *evidence;

    evidence =
        finding_add(making,
                    "sliceline",
                    "SliceLine score",
                    a * (errata_rate_mean(&facts->in) / errata_rate_mean(&facts->all) - 1.0) -
                        (1.0 - a) * (facts->all.n / facts->in.n - 1.0),
                    ERRATA_UNIT_NONE);
    evidence->method = g_strdup_printf("α = 0.95, %s", making->where);
}

static ErrataSeverity
finding_severity(const Making *making)
{
    const ErrataFinding *finding = making->finding;

    if (making->found->known || making->table->exploratory)
        return ERRATA_SEVERITY_LOW;
    if (finding_is_of_said(making)) {
        ErrataRate rate[2];

        finding_said_rates(making, rate);
        return errata_severity_from_impact(rate[1].sum / MAX(making->facts->all.sum, 1e-300),
                                           finding->delta);
    }
    return errata_severity_from_impact(finding->share_of_errors,
                                       making->table->real ? 0.0 : finding->delta);
}

static char *
finding_title(const Making *making)
{
    g_autofree char *words = errata_slices_words_slice(making->table, &making->found->slice);
    g_autofree char *grew = errata_slices_ramp_words(making->table, making->found);
    double in = errata_rate_mean(&making->facts->in);
    double out = errata_rate_mean(&making->facts->out);
    ErrataInterval interval =
        errata_slices_facts_interval(making->table, &making->facts->in, making->facts->level);
    ErrataInterval ratio = errata_slices_facts_ratio(making->table, making->facts);
    g_autofree char *rate = errata_words_share(in, interval.lo, interval.hi);
    g_autofree char *times = errata_words_times(out > 0.0 ? in / out : 0.0, ratio.lo, ratio.hi);
    int sign = errata_slices_bias_sign(making->table, &making->found->slice, making->facts->level);

    if (grew != NULL) {
        Slice always = making->found->slice;
        g_autofree char *who = NULL;

        always.timed = FALSE;
        who = errata_slices_words_slice(making->table, &always);
        return g_strdup_printf("%s: %s%s",
                               who,
                               grew,
                               !making->table->real ? ""
                               : sign > 0           ? ", predictions too high"
                               : sign < 0           ? ", predictions too low"
                                                    : "");
    }
    if (finding_is_of_said(making)) {
        ErrataRate said[2];
        g_autofree char *share = NULL;

        finding_said_rates(making, said);
        interval = errata_slices_facts_interval(making->table, &said[1], making->facts->level);
        share = errata_words_share(errata_rate_mean(&said[1]), interval.lo, interval.hi);
        return g_strdup_printf("%s: predictions of %s wrong %s of the time",
                               words,
                               making->table->analysis->schema->classes[making->found->said],
                               share);
    }
    if (!making->table->real)
        return g_strdup_printf(making->found->known ? "%s: hard ground, wrong %s of the time"
                                                    : "%s: wrong %s of the time",
                               words,
                               rate);
    if (making->found->noise)
        return g_strdup_printf("%s: larger spread, off %s as far as the rest", words, times);
    if (!(in >= out))
        return g_strdup_printf(
            "%s: off %s as far as the rest, yet farther than its predictions foretell",
            words,
            times);
    return g_strdup_printf("%s: %s%s as far as the rest",
                           words,
                           making->found->known ? "hard ground, off "
                           : sign > 0           ? "predictions too high, off "
                           : sign < 0           ? "predictions too low, off "
                                                : "off ",
                           times);
}

/* what its intervals hold, where more than one slice was chosen: readers are not to take them for
 * 95 % */
static void
finding_note_level(const Making *making, double level)
{
    g_autofree char *percent = errata_slices_words_percent(level);

    if (level > FINDING_USUAL)
        g_ptr_array_add(making->finding->notes, g_strdup_printf("level=%s", percent));
}

/**
 * errata_slices_finding_new:
 * @table: a table
 * @find: what was found in it
 * @index: a slice that was kept
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_slices_finding_new(const SlicesTable *table, const SlicesFind *find, guint index)
{
    const SlicesFound *found = &g_array_index(find->found, SlicesFound, index);
    g_autofree SlicesFacts *facts = g_new0(SlicesFacts, 1);
    g_autofree char *title = NULL;
    g_autofree char *id = g_strdup_printf("slice-%u", index + 1);
    Making making = {.table = table, .found = found, .facts = facts, .unit = ERRATA_UNIT_SHARE};

    errata_slices_facts_gather(table, find, index, facts);
    if (!found->known && !table->exploratory)
        errata_slices_facts_decoys(table, find, index, facts);
    making.unit = table->real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE;
    making.where = table->exploratory ? "all rows, which were also searched" : "confirmation half";
    title = finding_title(&making);
    making.finding = errata_finding_new(ERRATA_FINDING_SLICE, title);
    making.finding->confirmed = !table->exploratory;
    for (guint i = 0; i < found->slice.n; i++)
        g_ptr_array_add(making.finding->subject.predicates,
                        errata_slices_words_predicate(table, &found->slice.condition[i]));
    errata_slices_rows_add(table, &found->slice, making.finding);
    if (found->known) {
        g_ptr_array_add(making.finding->notes, g_strdup("hard=known"));
        making.finding->subject.direction = g_strdup("known");
    }
    if (found->noise)
        g_ptr_array_add(making.finding->notes, g_strdup("noise=yes"));
    finding_note_level(&making, facts->told);
    finding_set_impact(&making);
    finding_add_rates(&making);
    finding_add_time(&making);
    errata_slices_ramp_add(table, found, making.finding);
    finding_add_shares(&making);
    finding_add_conditions(&making);
    finding_add_decoys(&making);
    finding_add_directions(&making);
    finding_add_said(&making);
    errata_slices_bias_add(table, &found->slice, facts->level, making.finding);
    finding_add_sliceline(&making);
    errata_slices_missed_add(table->analysis, making.finding);
    making.finding->severity = finding_severity(&making);
    making.finding->figure =
        errata_slices_figure_new(table, &found->slice, facts, making.finding->n_rows, id);
    errata_slices_rows_examples(table, &found->slice, making.finding);
    errata_slices_advice_add(table, &found->slice, facts, making.finding);
    return making.finding;
}
