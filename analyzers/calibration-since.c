/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that are off since they changed, and were right before or less far off, have a date;
 * scores that were off for a while and are right since need nothing. */
#include "calibration-since.h"

#include <math.h>

#include "calibration-change.h"
#include "words.h"

void
errata_calibration_data_clear(CalibrationData *self)
{
    g_free(self->score);
    g_free(self->hit);
    g_free(self->half);
    g_free(self->row);
    g_free(self->weight);
}

void
errata_calibration_period_clear(CalibrationPeriod *self)
{
    errata_calibration_data_clear(&self->rows);
    errata_reliability_free(self->test.reliability);
    errata_reliability_free(self->other.reliability);
    g_free(self->when);
    g_free(self->from);
    g_free(self->right_from);
}

/* the scores of the rows between two places in time */
static void
since_part(const CalibrationPlaces *places, gsize begin, gsize end, CalibrationData *part)
{
    const CalibrationData *data = places->data;
    gsize n = end - begin;

    part->binary = data->binary;
    part->outcome = data->outcome;
    part->score = g_new(double, MAX(n, 1));
    part->hit = g_new(guint8, MAX(n, 1));
    part->half = g_new(guint8, MAX(n, 1));
    part->row = g_new(guint32, MAX(n, 1));
    part->weight = data->weight != NULL ? g_new(double, MAX(n, 1)) : NULL;
    for (gsize k = begin; k < end; k++) {
        gsize i = places->index[k];

        part->score[part->n] = data->score[i];
        part->hit[part->n] = data->hit[i];
        part->half[part->n] = data->half[i];
        part->row[part->n] = data->row[i];
        if (part->weight != NULL)
            part->weight[part->n] = data->weight[i];
        part->n++;
    }
}

static double
since_excess(const CalibrationTest *test)
{
    return test->reliability->ece - test->reliability->ece_expected;
}

/* whether the scores were off as soon as they changed, half as far as over all rows since at least:
 * else something later made them so */
static gboolean
since_at_once(const CalibrationPlaces *places,
              const CalibrationChange *change,
              double alpha,
              const CalibrationTest *test)
{
    g_auto(CalibrationData) first = {0};
    CalibrationTest early = {0};
    gboolean at_once;

    since_part(places, change->end, change->end + (places->n - change->end) / 3, &first);
    errata_calibration_test_rows(&first, alpha, &early);
    at_once = since_excess(&early) >= 0.5 * since_excess(test);
    errata_reliability_free(early.reliability);
    return at_once;
}

/* the place of the first row that is no earlier */
static gsize
since_place(const CalibrationPlaces *places, gint64 time)
{
    gsize lo = 0, hi = places->n;

    while (lo < hi) {
        gsize middle = lo + (hi - lo) / 2;

        if (errata_calibration_place_time(places, middle) < time)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

static char *
since_words(const CalibrationPlaces *places, gint64 at, gint64 lo, gint64 hi)
{
    g_autofree char *count = NULL;

    if (places->data->outcome->time != NULL)
        return errata_words_time_about(at, (double)lo, (double)hi);
    count = errata_words_count((guint64)at);
    return g_strdup_printf("row %s", count);
}

/* when an abrupt change was: one event has one date, that of what else changed within the interval
 * of either, the nearest; else its own */
static char *
since_when(const ErrataAnalysis *analysis,
           const CalibrationPlaces *places,
           CalibrationChange *change)
{
    const GPtrArray *findings = analysis->result->findings;
    gint64 at = errata_calibration_place_time(places, change->end);
    gint64 lo = errata_calibration_place_time(places, change->lo - MIN(change->lo, 1));
    gint64 hi = errata_calibration_place_time(places, change->hi);
    const ErrataFinding *nearest = NULL;

    if (change->end > change->begin)
        return since_words(places, at, at, at);
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *found = g_ptr_array_index(findings, i);
        gboolean near =
            found->kind == ERRATA_FINDING_CHANGE_POINT &&
            found->subject.to <= found->subject.from &&
            MAX(found->subject.from, found->subject.at_hi) >= lo &&
            (found->subject.from <= hi ||
             (found->subject.at_lo < found->subject.at_hi && found->subject.at_lo <= hi));

        if (near &&
            (nearest == NULL || ABS(found->subject.from - at) < ABS(nearest->subject.from - at)))
            nearest = found;
    }
    if (nearest == NULL)
        return since_words(places, at, lo, hi);
    change->begin = change->end = since_place(places, nearest->subject.from);
    return since_words(places,
                       nearest->subject.from,
                       nearest->subject.at_lo,
                       nearest->subject.at_hi);
}

/* takes the rows behind the change, if they are off, and were less before */
static gboolean
since_is_now(const ErrataAnalysis *analysis,
             const CalibrationPlaces *places,
             const CalibrationChange *change,
             CalibrationPeriod *ret)
{
    double alpha = analysis->settings->alpha;
    CalibrationTest *test = &ret->test;

    since_part(places, change->end, places->n, &ret->rows);
    errata_calibration_test_all(&ret->rows, alpha, test);
    if (change->from > 0)
        ret->right_from =
            since_words(places, errata_calibration_place_time(places, change->from), 0, 0);
    if (change->end > change->begin)
        ret->from = since_words(places, errata_calibration_place_time(places, change->begin), 0, 0);
    return test->tells && test->measured && test->gain.interval.lo > 0.0 &&
           since_excess(test) >= CALIBRATION_LOW &&
           (!ret->other.tells ||
            since_excess(test) - since_excess(&ret->other) >= CALIBRATION_LOW) &&
           since_at_once(places, change, alpha, test);
}

/* takes the rows before it instead, if they were off, and are right since */
static gboolean
since_is_over(const ErrataAnalysis *analysis,
              const CalibrationPlaces *places,
              const CalibrationChange *change,
              CalibrationPeriod *ret)
{
    CalibrationTest now = ret->test;
    g_auto(CalibrationData) rows = ret->rows;

    ret->rows = (CalibrationData){0};
    ret->test = ret->other;
    ret->other = now;
    ret->n_other = rows.n;
    ret->over = TRUE;
    if (!ret->test.tells || now.tells || since_excess(&now) >= 0.5 * CALIBRATION_LOW)
        return FALSE;
    since_part(places, change->from, change->begin, &ret->rows);
    g_clear_pointer(&ret->test.reliability, errata_reliability_free);
    errata_calibration_test_all(&ret->rows, analysis->settings->alpha, &ret->test);
    g_clear_pointer(&ret->from, g_free);
    if (change->from > 0)
        ret->from = since_words(places, errata_calibration_place_time(places, change->from), 0, 0);
    return TRUE;
}

/**
 * errata_calibration_period:
 * @analysis: the log, with its changes
 * @data: all scores
 * @tells: whether these are off
 * @ret: (out): the part of the log in which the scores are off, or were
 *
 * Where the scores changed, the whole log tells too little of what they are, and a map fitted on
 * all of it would be right of neither part: of scores that are right since, it would make wrong
 * ones.
 *
 * Returns: whether there is such a part
 */
gboolean
errata_calibration_period(const ErrataAnalysis *analysis,
                          const CalibrationData *data,
                          gboolean tells,
                          CalibrationPeriod *ret)
{
    g_auto(CalibrationPlaces) places = {0};
    g_auto(CalibrationData) before = {0};
    CalibrationChange change;
    double alpha = analysis->settings->alpha;

    errata_calibration_places(data, &places);
    if (!errata_calibration_change(&places, alpha, CALIBRATION_SURE, &change))
        return FALSE;
    ret->when = since_when(analysis, &places, &change);
    if (change.begin < change.from + CALIBRATION_SURE)
        change.from = 0;
    since_part(&places, change.from, change.begin, &before);
    errata_calibration_test_rows(&before, alpha, &ret->other);
    ret->n_other = before.n;
    return since_is_now(analysis, &places, &change, ret) ||
           (tells && since_is_over(analysis, &places, &change, ret));
}

/* “ since 3 May; right before”, “ from 3 May until 9 May; right since” */
static char *
since_title(const CalibrationPeriod *period)
{
    g_autofree char *points = NULL;

    if (period->over)
        return period->from != NULL
                   ? g_strdup_printf("from %s until %s; right since", period->from, period->when)
                   : g_strdup_printf("until %s; right since", period->when);
    if (period->other.tells) {
        points = errata_words_points(period->other.reliability->ece, 0.0);
        return g_strdup_printf("since %s; off by %s before", period->when, points);
    }
    if (period->right_from != NULL)
        return g_strdup_printf("since %s; right from %s until %s",
                               period->when,
                               period->right_from,
                               period->from != NULL ? period->from : "then");
    return period->from != NULL
               ? g_strdup_printf("since %s; right until %s", period->when, period->from)
               : g_strdup_printf("since %s; right before", period->when);
}

static void
since_tell_over(ErrataFinding *finding)
{
    const ErrataEvidence *loss = errata_finding_evidence(finding, "log_loss_from");
    ErrataSuggestion *suggestion;

    finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
    g_clear_pointer(&finding->metric, g_free);
    finding->delta = (double)NAN;
    g_ptr_array_set_size(finding->suggestions, 0);
    suggestion = errata_finding_suggest(finding,
                                        "monitor",
                                        "Leave the scores as they are: they are right now");
    suggestion->method = g_strdup("nothing to mend: the scores have been right since they changed");
    if (loss == NULL)
        return;
    suggestion->metric = g_strdup("log_loss");
    suggestion->from = suggestion->to = loss->value;
    suggestion->lo = suggestion->hi = 0.0;
}

/**
 * errata_calibration_tell_period:
 * @period: the part of the log in which the scores are off
 * @finding: that they are there; its title has no date yet
 */
void
errata_calibration_tell_period(const CalibrationPeriod *period, ErrataFinding *finding)
{
    const ErrataReliability *reliability = period->other.reliability;
    g_autofree char *when = since_title(period);
    char *title = g_strdup_printf("%s %s", finding->title, when);
    ErrataEvidence *evidence;

    g_free(finding->title);
    finding->title = title;
    finding->row = g_memdup2(period->rows.row, sizeof(guint32) * period->rows.n);
    finding->share_of_rows = (double)period->rows.n /
                             (double)MAX(period->rows.outcome->n_judged, 1);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new(period->over ? "ece_since" : "ece_before",
                                                      period->over
                                                          ? "calibration error since they changed"
                                                          : "calibration error before they changed",
                                                      reliability->ece,
                                                      ERRATA_UNIT_SHARE,
                                                      period->n_other));
    evidence->baseline = reliability->ece_expected;
    evidence->p = period->other.p;
    evidence->test = g_strdup("chi-square of observed and expected counts");
    g_ptr_array_add(finding->notes,
                    g_strdup_printf("%s=%s", period->over ? "past" : "since", period->when));
    if (period->from != NULL)
        g_ptr_array_add(finding->notes,
                        g_strdup_printf("%s=%s", period->over ? "from" : "until", period->from));
    if (!period->over && period->right_from != NULL)
        g_ptr_array_add(finding->notes, g_strdup_printf("right-from=%s", period->right_from));
    if (period->over)
        since_tell_over(finding);
    else if (period->other.tells)
        g_ptr_array_add(finding->notes, g_strdup("before=off"));
}
