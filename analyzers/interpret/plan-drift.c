/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a drift: what moved and how, and above all whether it costs anything. */
#include <math.h>

#include "prose.h"
#include "words.h"

#define DRIFT_TOLD   0.01 /* a narrower interval is within the digits of the distance */
#define DRIFT_LITTLE 0.05 /* of the change in error, that a column makes for sure */

static char *
drift_baseline(const ErrataProse *prose, const ErrataFinding *finding)
{
    const char *until = errata_finding_note(finding, "until");

    if (errata_finding_note(finding, "against") != NULL)
        return g_strdup("in the earlier report");
    if (errata_prose_has_reference(prose->report))
        return g_strdup("in the reference");
    if (until != NULL)
        return g_strdup_printf("until %s", until);
    if (errata_finding_note(finding, "passing") != NULL)
        return g_strdup(errata_finding_note(finding, "before") != NULL
                            ? "before, without the change that passed,"
                            : "in the first half, without the change that passed,");
    return g_strdup(errata_finding_note(finding, "before") != NULL ? "before"
                                                                   : "in the first half");
}

/* “ since 4 May”, where the rows of now are those since a change; else which rows they are, where
 * that is known: “ in the rows from 4 May on”, “ in the last 9,000 rows” */
static char *
drift_since(const ErrataFinding *finding)
{
    const char *since = errata_finding_note(finding, "since");
    const char *rows = errata_finding_note(finding, "rows");

    return since != NULL  ? g_strdup_printf(" since %s", since)
           : rows != NULL ? g_strdup_printf(" in the %s", rows)
                          : g_strdup("");
}

static gboolean
drift_has_since(const ErrataFinding *finding)
{
    return errata_finding_note(finding, "since") != NULL;
}

/* “the rows since 4 May”, “the rows from 4 May on”, “the last 9,000 rows”, “the rows” */
static char *
drift_of_rows(const ErrataFinding *finding)
{
    const char *since = errata_finding_note(finding, "since");
    const char *rows = errata_finding_note(finding, "rows");

    return since != NULL ? g_strdup_printf("rows since %s", since)
                         : g_strdup(rows != NULL ? rows : "rows");
}

/* “ (Jensen–Shannon distance 0.21)”, or nothing */
static char *
drift_distance(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *distance = errata_finding_evidence(finding, "distance");
    g_autofree char *value = NULL;
    g_autofree char *interval = NULL;

    if (distance == NULL || isnan(distance->value))
        return g_strdup("");
    value = errata_words_number(distance->value, distance->value - 0.01, distance->value + 0.01);
    interval = distance->hi - distance->lo >= DRIFT_TOLD ? errata_words_interval(distance) : NULL;
    errata_prose_cite(prose, distance);
    return interval != NULL ? g_strdup_printf(" (Jensen–Shannon distance %s, %s)", value, interval)
                            : g_strdup_printf(" (Jensen–Shannon distance %s)", value);
}

/* “; its mean has moved by 0.88 standard deviations (0.86 to 0.91)”; %NULL where that is not
 * known */
static char *
drift_moved(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *shift = errata_finding_evidence(finding, "shift");
    g_autofree char *moved = NULL;
    g_autofree char *interval = NULL;
    ErrataEvidence size;
    gboolean fell;

    if (shift == NULL || isnan(shift->value))
        return NULL;
    fell = shift->value < 0.0;
    size = *shift;
    size.value = fabs(shift->value);
    size.lo = fell ? -shift->hi : shift->lo;
    size.hi = fell ? -shift->lo : shift->hi;
    moved = isnan(size.lo) ? errata_words_number(size.value, size.value - 0.02, size.value + 0.02)
                           : errata_words_number(size.value, size.lo, size.hi);
    interval = errata_words_interval(&size);
    errata_prose_cite(prose, shift);
    return g_strdup_printf("; its mean has moved by %s standard deviations%s%s%s",
                           moved,
                           interval != NULL ? " (" : "",
                           interval != NULL ? interval : "",
                           interval != NULL ? ")" : "");
}

/* the values that are there have not moved */
static gboolean
drift_is_of_missing(const ErrataFinding *finding)
{
    return g_strcmp0(finding->subject.test, "two proportions") == 0;
}

static gboolean
drift_say_mean(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "mean_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "mean_to");
    const ErrataEvidence *sd_from = errata_finding_evidence(finding, "sd_from");
    const ErrataEvidence *sd_to = errata_finding_evidence(finding, "sd_to");
    const char *shape = errata_finding_note(finding, "shape");
    const char *column = finding->subject.column;
    g_autofree char *distance = drift_distance(prose, finding);
    g_autofree char *since = drift_since(finding);
    g_autofree char *moved = NULL;
    g_autofree char *baseline = drift_baseline(prose, finding);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (from == NULL || to == NULL || isnan(from->value) || isnan(to->value))
        return FALSE;
    errata_words_pair(from->value, to->value, &before, &after);
    errata_prose_cite(prose, from);
    errata_prose_cite(prose, to);
    if (g_strcmp0(shape, "spread") == 0 && sd_from != NULL && sd_to != NULL) {
        g_autofree char *narrow = NULL;
        g_autofree char *wide = NULL;

        errata_words_pair(sd_from->value, sd_to->value, &narrow, &wide);
        errata_prose_cite(prose, sd_from);
        errata_prose_cite(prose, sd_to);
        errata_prose_say(prose,
                         "the mean of %s has hardly moved (%s, now %s), but its values have %s: "
                         "their standard deviation went from %s to %s",
                         column,
                         before,
                         after,
                         sd_to->value > sd_from->value ? "spread" : "drawn together",
                         narrow,
                         wide);
    } else if (g_strcmp0(shape, "form") == 0) {
        errata_prose_say(prose,
                         "the mean of %s has hardly moved (%s, now %s), but the form of its "
                         "distribution has%s",
                         column,
                         before,
                         after,
                         distance);
    } else {
        moved = drift_moved(prose, finding);
        errata_prose_say(prose,
                         "on average %s %s %s%s, %s it was %s%s",
                         column,
                         drift_has_since(finding) ? "has been" : "is",
                         after,
                         since,
                         baseline,
                         before,
                         moved != NULL ? moved : distance);
    }
    return TRUE;
}

static void
drift_say_move(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *largest = errata_finding_evidence(finding, "largest_share");
    const ErrataEvidence *auc = errata_finding_evidence(finding, "auc");
    const char *column = finding->subject.column != NULL ? finding->subject.column : "one column";
    g_autofree char *distance = NULL;
    g_autofree char *rows = drift_of_rows(finding);
    g_autofree char *baseline = drift_baseline(prose, finding);
    g_autofree char *now = NULL;
    g_autofree char *then = NULL;

    if (drift_is_of_missing(finding) || drift_say_mean(prose, finding))
        return;
    distance = drift_distance(prose, finding);
    if (largest != NULL && largest->text != NULL) {
        gboolean missing = errata_finding_evidence(finding, "missing_from") != NULL;

        now = errata_words_share(largest->value, (double)NAN, (double)NAN);
        then = errata_words_share(largest->baseline, (double)NAN, (double)NAN);
        errata_prose_cite(prose, largest);
        errata_prose_say(prose,
                         "in the column %s, %s %s up %s of the %s%s, %s %s; no other value has "
                         "moved as far%s",
                         column,
                         largest->text,
                         drift_has_since(finding) ? "has made" : "makes",
                         now,
                         missing ? "values in the " : "",
                         rows,
                         baseline,
                         then,
                         distance);
    } else if (auc != NULL && !isnan(auc->value)) {
        now = errata_words_number(auc->value, auc->value - 0.01, auc->value + 0.01);
        errata_prose_cite(prose, auc);
        errata_prose_say(prose,
                         "the texts of %s read differently: a classifier tells those of now from "
                         "those %s with an AUC of %s, where 0.5 would be guessing",
                         column,
                         baseline,
                         now);
    } else
        errata_prose_say(prose, "the values of %s have moved%s", column, distance);
}

static void
drift_say_values(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *fresh = errata_finding_evidence(finding, "new_values");
    const ErrataEvidence *before = errata_finding_evidence(finding, "missing_from");
    const ErrataEvidence *after = errata_finding_evidence(finding, "missing_to");

    if (fresh != NULL && fresh->value >= 1.0) {
        g_autofree char *count = errata_words_counted((guint64)fresh->value, "value", "values");
        g_autofree char *baseline = drift_baseline(prose, finding);

        errata_prose_cite(prose, fresh);
        errata_prose_say(prose,
                         "%s not seen %s %s%s%s",
                         count,
                         baseline,
                         fresh->value < 2.0 ? "has come up" : "have come up",
                         fresh->text != NULL ? ": " : "",
                         fresh->text != NULL ? fresh->text : "");
    }
    if (before != NULL && after != NULL && fabs(after->value - before->value) >= 0.02) {
        g_autofree char *from = errata_words_value(before);
        g_autofree char *to = errata_words_value(after);

        errata_prose_cite(prose, before);
        errata_prose_cite(prose, after);
        if (drift_is_of_missing(finding)) {
            g_autofree char *rows = drift_of_rows(finding);
            g_autofree char *baseline = drift_baseline(prose, finding);

            errata_prose_say(prose,
                             "values of %s are missing in %s of the %s, %s they were in %s",
                             finding->subject.column,
                             to,
                             rows,
                             baseline,
                             from);
        } else
            errata_prose_say(prose, "missing values went from %s to %s", from, to);
    }
}

/* parts of the change in error that are more than the whole overlap */
static gboolean
drift_overlaps(const ErrataCase *report)
{
    double sum = 0.0;

    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->kind == ERRATA_FINDING_DRIFT && finding->severity > ERRATA_SEVERITY_INFO &&
            !isnan(finding->subject.share_of_loss))
            sum += finding->subject.share_of_loss;
    }
    return sum > 1.0;
}

static void
drift_say_cost(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "share_of_loss");
    const char *unknown = errata_finding_note(finding, "loss-unknown");
    g_autofree char *baseline = drift_baseline(prose, finding);
    g_autofree char *words = NULL;
    g_autofree char *interval = NULL;

    if (share == NULL || isnan(share->value)) {
        errata_prose_say(prose,
                         "what that costs cannot be told: %s",
                         unknown != NULL ? unknown : "the mean loss has not changed");
        return;
    }
    errata_prose_cite(prose, share);
    interval = errata_words_interval(share);
    if (finding->severity > ERRATA_SEVERITY_INFO || share->lo >= DRIFT_LITTLE) {
        words = share->value >= 0.95 ? g_strdup("nearly all") : errata_words_value(share);
        errata_prose_say(
            prose,
            "of the change in error, %s goes with it (%s)%s",
            words,
            interval != NULL ? interval : "no interval",
            drift_overlaps(prose->report)
                ? "; columns that moved together share such parts, so they do not add up"
                : "");
    } else if (share->hi < 0.0)
        errata_prose_say(prose,
                         prose->report->task == ERRATA_TASK_REGRESSION
                             ? "it costs nothing: %s, rows with the values of now were less far "
                               "off, not further"
                             : "it costs nothing: %s, rows with the values of now were wrong less "
                               "often, not more",
                         baseline);
    else if (share->lo > 0.0)
        errata_prose_say(prose,
                         "if it costs anything, it is little: %s of the change in error goes with "
                         "it",
                         interval);
    else
        errata_prose_say(prose,
                         "it costs nothing that could be measured (%s of the change in error), so "
                         "nothing needs doing",
                         interval != NULL ? interval : "none");
}

/* a rise that the scores foretold is no fault that training anew would mend */
static void
drift_say_foretold(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *foretold = errata_finding_evidence(finding, "foretold");
    const ErrataEvidence *part = errata_finding_evidence(finding, "foretold_part");
    gboolean regression = prose->report->task == ERRATA_TASK_REGRESSION;
    g_autofree char *rate = NULL;

    if (part != NULL) {
        errata_prose_cite(prose, part);
        errata_prose_say(prose,
                         regression
                             ? "such numbers were as far off before, so that part is no fault "
                               "of the model"
                             : "the scores let that part be expected: it comes with harder "
                               "cases, not with a worse model");
    }
    if (foretold == NULL)
        return;
    rate = errata_words_value(foretold);
    errata_prose_cite(prose, foretold);
    if (regression) {
        errata_prose_say(prose,
                         "going by how far off such numbers were before, predictions would be off "
                         "by %s now: it comes with the numbers, not with a worse model",
                         rate);
        return;
    }
    errata_prose_say(prose,
                     "the scores foretold it: they let %s of the predictions be wrong now, and the "
                     "model judges these harder cases as well as before",
                     rate);
}

/* since when it has moved, where it still does: the rows of now began later */
void
errata_plan_begun(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *begun = errata_finding_note(finding, "begun");

    if (begun != NULL)
        errata_prose_say(prose,
                         "that came in a slow change, which began about %s and went on to the end "
                         "of the log",
                         begun);
}

void
errata_plan_drift(ErrataProse *prose, const ErrataFinding *finding)
{
    drift_say_move(prose, finding);
    errata_plan_begun(prose, finding);
    drift_say_values(prose, finding);
    drift_say_cost(prose, finding);
    drift_say_foretold(prose, finding);
}
