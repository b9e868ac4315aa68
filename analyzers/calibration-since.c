/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that are off since the log last changed, and were right before, have a date; scores that
 * were off before it and are right since need nothing. */
#include "calibration-since.h"

#include <math.h>

#include "words.h"

#define SINCE_END 200 /* last rows, of which half at least must be of the change that is the last */

void
errata_calibration_data_clear(CalibrationData *self)
{
    g_free(self->score);
    g_free(self->hit);
    g_free(self->half);
    g_free(self->row);
    g_free(self->weight);
}

/* the last change that happened at once and stayed */
static const ErrataFinding *
since_last_change(const ErrataCase *result)
{
    const ErrataFinding *last = NULL;

    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *change = g_ptr_array_index(result->findings, i);

        if (change->kind == ERRATA_FINDING_CHANGE_POINT && change->row != NULL &&
            change->subject.to <= change->subject.from && change->n_rows >= CALIBRATION_SURE &&
            (last == NULL || change->subject.from > last->subject.from))
            last = change;
    }
    return last;
}

/* the row at a place in time, or in the file where there are no times */
static guint32
since_row_at(const ErrataOutcome *outcome, gsize place)
{
    return outcome->order != NULL ? outcome->order[place] : (guint32)place;
}

static char *
since_when(const ErrataFinding *change)
{
    g_autofree char *count = NULL;

    if (change->subject.has_time)
        return errata_words_time_about(change->subject.from,
                                       (double)change->subject.at_lo,
                                       (double)change->subject.at_hi);
    count = errata_words_count((guint64)change->subject.from);
    return g_strdup_printf("row %s", count);
}

static void
since_open(const CalibrationData *data, CalibrationData *part)
{
    part->binary = data->binary;
    part->outcome = data->outcome;
    part->score = g_new(double, MAX(data->n, 1));
    part->hit = g_new(guint8, MAX(data->n, 1));
    part->half = g_new(guint8, MAX(data->n, 1));
    part->row = g_new(guint32, MAX(data->n, 1));
    part->weight = data->weight != NULL ? g_new(double, MAX(data->n, 1)) : NULL;
}

static void
since_take(const CalibrationData *data, gsize i, CalibrationData *part)
{
    part->score[part->n] = data->score[i];
    part->hit[part->n] = data->hit[i];
    part->half[part->n] = data->half[i];
    part->row[part->n] = data->row[i];
    if (part->weight != NULL)
        part->weight[part->n] = data->weight[i];
    part->n++;
}

/* the scores of the rows since a change, and of the others; FALSE where something else came after
 * those */
static gboolean
since_part(const ErrataAnalysis *analysis,
           const CalibrationData *data,
           const ErrataFinding *change,
           CalibrationData *since,
           CalibrationData *before)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint8 *is_since = g_new0(guint8, MAX(outcome->n_rows, 1));
    gsize last = MIN(outcome->n_rows, SINCE_END), reached = 0;

    for (gsize i = 0; i < change->n_rows; i++)
        is_since[change->row[i]] = 1;
    for (gsize i = outcome->n_rows - last; i < outcome->n_rows; i++)
        reached += is_since[since_row_at(outcome, i)];
    if (2 * reached < last)
        return FALSE;
    since_open(data, since);
    if (before != NULL)
        since_open(data, before);
    for (gsize i = 0; i < data->n; i++)
        if (is_since[data->row[i]] != 0)
            since_take(data, i, since);
        else if (before != NULL)
            since_take(data, i, before);
    return TRUE;
}

/* the first third of the rows, in time */
static void
since_first(const ErrataAnalysis *analysis, const CalibrationData *since, CalibrationData *first)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint32 *at = g_new0(guint32, MAX(outcome->n_rows, 1));

    since_open(since, first);
    for (gsize i = 0; i < since->n; i++)
        at[since->row[i]] = (guint32)i + 1;
    for (gsize k = 0; k < outcome->n_rows && 3 * first->n < since->n; k++)
        if (at[since_row_at(outcome, k)] > 0)
            since_take(since, at[since_row_at(outcome, k)] - 1, first);
}

/* whether the scores were off as soon as the log changed, half as far as over all rows since at
 * least: else something later made them so */
static gboolean
since_at_once(const ErrataAnalysis *analysis,
              const CalibrationData *since,
              const CalibrationTest *test)
{
    g_auto(CalibrationData) first = {0};
    g_autoptr(ErrataReliability) reliability = NULL;
    CalibrationTest early = {0};

    since_first(analysis, since, &first);
    errata_calibration_test_rows(&first, analysis->settings->alpha, &early);
    reliability = early.reliability;
    return reliability->ece - reliability->ece_expected >=
           0.5 * (test->reliability->ece - test->reliability->ece_expected);
}

/**
 * errata_calibration_since:
 * @analysis: the log, with its changes
 * @data: all scores
 * @since: (out): the scores since the log last changed
 * @test: (out): the test of these, with what recalibration gains; its reliability is the caller's
 *
 * Whether the scores are off since the log last changed, and were right before: then the whole log
 * tells too little of it, and a map fitted on all of it would be right of neither part.
 *
 * Returns: (transfer full) (nullable): since when
 */
char *
errata_calibration_since(const ErrataAnalysis *analysis,
                         const CalibrationData *data,
                         CalibrationData *since,
                         CalibrationTest *test)
{
    const ErrataFinding *change = since_last_change(analysis->result);
    double alpha = analysis->settings->alpha;
    g_auto(CalibrationData) before = {0};
    g_autoptr(ErrataReliability) was = NULL;
    CalibrationTest earlier = {0};

    if (change == NULL || !since_part(analysis, data, change, since, &before) ||
        MIN(since->n, before.n) < CALIBRATION_SURE)
        return NULL;
    errata_calibration_test_rows(&before, alpha, &earlier);
    was = earlier.reliability;
    if (earlier.tells)
        return NULL;
    errata_calibration_test_all(since, alpha, test);
    if (test->tells && test->measured && test->gain.interval.lo > 0.0 &&
        test->reliability->ece - test->reliability->ece_expected >= CALIBRATION_LOW &&
        since_at_once(analysis, since, test))
        return since_when(change);
    g_clear_pointer(&test->reliability, errata_reliability_free);
    return NULL;
}

/**
 * errata_calibration_tell_past:
 * @analysis: the log, with its changes
 * @data: all scores
 * @finding: that they are off; says so where that is over
 *
 * Where the scores have been right since the log last changed, to recalibrate all of them would
 * make right ones wrong.
 */
void
errata_calibration_tell_past(const ErrataAnalysis *analysis,
                             const CalibrationData *data,
                             ErrataFinding *finding)
{
    const ErrataFinding *change = since_last_change(analysis->result);
    g_auto(CalibrationData) since = {0};
    CalibrationTest test = {0};
    g_autoptr(ErrataReliability) reliability = NULL;
    g_autofree char *when = NULL;
    const ErrataEvidence *loss = errata_finding_evidence(finding, "log_loss_from");
    ErrataSuggestion *suggestion;
    ErrataEvidence *evidence;
    char *title;

    if (change == NULL || !since_part(analysis, data, change, &since, NULL) ||
        since.n < CALIBRATION_SURE)
        return;
    errata_calibration_test_rows(&since, analysis->settings->alpha, &test);
    reliability = test.reliability;
    if (test.tells || reliability->ece - reliability->ece_expected >= 0.5 * CALIBRATION_LOW)
        return;
    when = since_when(change);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("ece_since",
                                                      "calibration error since the last change",
                                                      reliability->ece,
                                                      ERRATA_UNIT_SHARE,
                                                      since.n));
    evidence->baseline = reliability->ece_expected;
    evidence->p = test.p;
    evidence->test = g_strdup("chi-square of observed and expected counts");
    g_ptr_array_add(finding->notes, g_strdup_printf("past=%s", when));
    finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
    g_clear_pointer(&finding->metric, g_free);
    finding->delta = (double)NAN;
    title = g_strdup_printf("%s; right since %s", finding->title, when);
    g_free(finding->title);
    finding->title = title;
    g_ptr_array_set_size(finding->suggestions, 0);
    suggestion = errata_finding_suggest(finding,
                                        "monitor",
                                        "Leave the scores as they are: they are right now");
    suggestion->method =
        g_strdup("nothing to mend: the scores have been right since the log changed");
    if (loss == NULL)
        return;
    suggestion->metric = g_strdup("log_loss");
    suggestion->from = suggestion->to = loss->value;
    suggestion->lo = suggestion->hi = 0.0;
}
