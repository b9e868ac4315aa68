/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of labels, of calibration, of the threshold and of performance over time. */
#include <math.h>

#include "prose.h"
#include "words.h"

#define PLAN_LABELS    0.5    /* of a fall, from which on other labels are told as its reading */
#define QUALITY_SAME   0.0005 /* accuracies that print alike */
#define QUALITY_VAGUE  0.5    /* width of an interval of a share that tells nothing */
#define QUALITY_LITTLE 0.05   /* share of a fall */
#define QUALITY_BUGS   0.8    /* of a fall, beyond which what else there is hardly matters */

/* “Most often, in 812 of them, repaid was given where default fits better” */
static void
label_say_pair(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *largest = errata_finding_evidence(finding, "largest_cell");
    const ErrataSubject *subject = &finding->subject;
    g_autofree char *count = NULL;

    if (subject->given == NULL || subject->suggested == NULL || largest == NULL ||
        !(largest->value >= 1.0))
        return;
    count = errata_words_value(largest);
    errata_prose_cite(prose, largest);
    if (finding->n_rows < 2)
        errata_prose_say(prose,
                         "the label given is %s where %s fits better",
                         subject->given,
                         subject->suggested);
    else
        errata_prose_say(prose,
                         largest->value >= (double)finding->n_rows
                             ? "in all %s of them the label given is %s where %s fits better"
                             : "in %s of them the label given is %s where %s fits better",
                         count,
                         subject->given,
                         subject->suggested);
}

/* what relabelling the surest would do to the accuracy, and whom the wrong labels flatter */
static void
label_say_metric(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "metric_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "metric_to");
    const ErrataEvidence *beyond = errata_finding_evidence(finding, "excess");
    g_autofree char *count = NULL;
    g_autofree char *now = NULL;
    g_autofree char *then = NULL;

    if (from == NULL || to == NULL || isnan(from->value) || isnan(to->value) || beyond == NULL ||
        !(beyond->value >= 0.5))
        return;
    count = errata_words_counted((guint64)llround(beyond->value), "label", "labels");
    errata_prose_cite(prose, beyond);
    now = errata_words_share(from->value, from->value - 0.005, from->value + 0.005);
    then = errata_words_share(to->value, to->value - 0.005, to->value + 0.005);
    errata_prose_cite(prose, from);
    errata_prose_cite(prose, to);
    if (fabs(to->value - from->value) < QUALITY_SAME)
        errata_prose_say(prose,
                         "with the surest %s changed, the accuracy stays at %s, so the model is "
                         "judged fairly enough",
                         count,
                         now);
    else
        errata_prose_say(prose,
                         to->value > from->value
                             ? "with the surest %s changed, the model is right %s of the time, not "
                               "%s: wrong labels make it look worse than it is"
                             : "with the surest %s changed, the model is right %s of the time, not "
                               "%s: wrong labels flatter it",
                         count,
                         then,
                         now);
}

static void
label_say_calm(ErrataProse *prose,
               const ErrataFinding *finding,
               const char *suspects,
               double n_suspects)
{
    const char *untested = errata_finding_note(finding, "untested");
    g_autofree char *listed = errata_words_counted(finding->n_rows, "label", "labels");

    if (untested != NULL && finding->n_rows > 0 && (double)finding->n_rows < n_suspects)
        errata_prose_say(
            prose,
            "%s, the least likely of %.0f, are listed; whether that is more than honest "
            "labels show could not be tested: %s",
            listed,
            n_suspects,
            untested);
    else if (untested != NULL)
        errata_prose_say(prose,
                         "%s %s; whether that is more than honest labels show could not be tested: "
                         "%s",
                         suspects,
                         finding->n_rows == 1 ? "is unlikely" : "are unlikely",
                         untested);
    else
        errata_prose_say(prose,
                         "%s %s for %s, which is no more than honest labels show: nothing says "
                         "that any is wrong",
                         suspects,
                         finding->n_rows == 1 ? "is unlikely" : "are unlikely",
                         finding->n_rows == 1 ? "its row" : "their rows");
    label_say_pair(prose, finding);
}

/* how many of the rows a person would look at in vain */
static void
label_say_listed(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *listed = errata_finding_evidence(finding, "share_listed");
    g_autofree char *share = NULL;

    if (listed == NULL || isnan(listed->value) || listed->value >= 1.0) {
        errata_prose_say(prose, "start with the worst, and stop when few labels change");
        return;
    }
    share = errata_words_value(listed);
    errata_prose_cite(prose, listed);
    errata_prose_say(prose,
                     "no more than %s of the suspects can be wrong by these counts, so start with "
                     "the worst",
                     share);
}

void
errata_plan_label_issue(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *suspects = errata_finding_evidence(finding, "n_suspects");
    const ErrataEvidence *chance = errata_finding_evidence(finding, "expected_suspects");
    const ErrataEvidence *share = errata_finding_evidence(finding, "share");
    gboolean scores = g_strcmp0(errata_finding_note(finding, "source"), "scores") == 0;
    double n_suspects = suspects != NULL ? suspects->value : (double)finding->n_rows;
    g_autofree char *count = errata_words_counted((guint64)n_suspects, "label", "labels");
    g_autofree char *expected = NULL;
    g_autofree char *part = NULL;
    g_autofree char *interval = NULL;

    if (errata_finding_note(finding, "swap") != NULL) {
        errata_plan_label_swap(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "segment") != NULL) {
        errata_plan_label_segment(prose, finding);
        return;
    }
    errata_prose_cite(prose, suspects);
    if (g_strcmp0(errata_finding_note(finding, "source"), "residuals") == 0) {
        errata_prose_say(prose,
                         "%s lie so far from their predictions that errors of rows predicted alike "
                         "do not reach there: the label or the prediction cannot be right",
                         count);
        return;
    }
    if (chance == NULL || share == NULL || isnan(chance->value) || !(share->value > 0.0)) {
        label_say_calm(prose, finding, count, n_suspects);
        return;
    }
    errata_prose_cite(prose, chance);
    errata_prose_cite(prose, share);
    expected = errata_words_count((guint64)llround(chance->value));
    part = errata_words_value(share);
    interval = errata_words_interval(share);
    errata_prose_say(prose,
                     scores ? "about %s of the labels (%s) contradict a sure score: %s are "
                              "unlikely, where honest labels would be in %s cases"
                            : "about %s of the labels are wrong beyond chance (%s): %s stand "
                              "against the rest of their row, where honest labels would in %s "
                              "cases",
                     part,
                     interval != NULL ? interval : "no interval",
                     count,
                     expected);
    label_say_pair(prose, finding);
    label_say_metric(prose, finding);
    if (scores)
        errata_prose_say(prose,
                         "a model that is sure and mistaken looks just the same in the scores, so "
                         "only a second look at the rows can tell");
    else
        label_say_listed(prose, finding);
}

/* whether the scores say how sure the model is of its answer, not how likely one class is */
static gboolean
calibration_is_top(const ErrataProse *prose)
{
    return prose->report->task == ERRATA_TASK_MULTICLASS;
}

/* “When the scores say 80 %, it happens 68 % of the time” */
static void
calibration_say_worst(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *worst = errata_finding_evidence(finding, "worst_bin");
    g_autofree char *said = NULL;
    g_autofree char *happened = NULL;

    if (worst == NULL || isnan(worst->value) || isnan(worst->baseline))
        return;
    said = errata_words_share(worst->baseline, worst->lo, worst->hi);
    happened = errata_words_value(worst);
    errata_prose_cite(prose, worst);
    errata_prose_say(
        prose,
        calibration_is_top(prose)
            ? "where it matters most, they say %s and the model is right %s of the time"
            : "where it matters most, they say %s and it happens %s of the time",
        said,
        happened);
}

static void
calibration_say_group(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, 0);
    const ErrataEvidence *said = errata_finding_evidence(finding, "mean_score");
    const ErrataEvidence *happened = errata_finding_evidence(finding, "mean_rate");
    const ErrataEvidence *effect = errata_finding_evidence(finding, "effect");
    const char *direction = finding->subject.direction;
    g_autofree char *who = errata_words_predicate(predicate);
    g_autofree char *score = said != NULL ? errata_words_value(said) : NULL;
    g_autofree char *rate = happened != NULL ? errata_words_value(happened) : NULL;
    g_autofree char *points = effect != NULL ? errata_words_points(effect->value, 0.0) : NULL;

    if (score == NULL || rate == NULL || points == NULL)
        return;
    errata_prose_cite(prose, said);
    errata_prose_cite(prose, happened);
    errata_prose_cite(prose, effect);
    errata_prose_say(prose,
                     "where %s, the scores promise %s on average and it happens %s of the time",
                     who,
                     score,
                     rate);
    if (!isnan(said->baseline) && !isnan(happened->baseline)) {
        g_autofree char *score_out = errata_words_share(said->baseline, 0.0, 0.01);
        g_autofree char *rate_out = errata_words_share(happened->baseline, 0.0, 0.01);

        errata_prose_say(prose, "elsewhere they promise %s and it happens %s", score_out, rate_out);
    }
    errata_prose_say(prose,
                     g_strcmp0(direction, "mixed") == 0
                         ? "the same score means something else in this group, by %s on average, "
                           "too high in one range and too low in another"
                         : "the same score means something else in this group, by %s on average: "
                           "one recalibration for all would not mend it",
                     points);
}

static const char *
calibration_verdict(const ErrataProse *prose, const char *direction)
{
    gboolean over = g_strcmp0(direction, "over") == 0;

    if (calibration_is_top(prose))
        return over ? "too sure" : "not sure enough";
    return over ? "too high" : "too low";
}

void
errata_plan_calibration(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *error = errata_finding_evidence(finding, "ece");
    const ErrataEvidence *chance = errata_finding_evidence(finding, "ece_expected");
    const char *direction = finding->subject.direction;
    gboolean mixed = g_strcmp0(direction, "mixed") == 0;
    const ErrataEvidence *loss_from = errata_finding_evidence(finding, "log_loss_from");
    const ErrataEvidence *loss_to = errata_finding_evidence(finding, "log_loss_to");
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (finding->subject.predicates->len > 0) {
        calibration_say_group(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "constant") != NULL) {
        errata_prose_quote(prose, finding->title);
        return;
    }
    if (error != NULL && chance != NULL) {
        double half = (error->hi - error->lo) / 2.0;
        g_autofree char *off = errata_words_points(error->value, half);
        g_autofree char *by_chance = errata_words_points(chance->value, 0.0);

        errata_prose_cite(prose, error);
        errata_prose_cite(prose, chance);
        errata_prose_say(prose,
                         mixed ? "the scores are %s off on average, too high in one range and too "
                                 "low in another; right scores would show %s by chance"
                               : "the scores are %s off on average, where right scores would show "
                                 "%s by chance",
                         off,
                         by_chance);
    }
    if (!mixed) {
        g_autofree char *score = errata_prose_value(prose, finding, "mean_score");
        g_autofree char *rate = errata_prose_value(prose, finding, "mean_rate");

        if (score != NULL && rate != NULL)
            errata_prose_say(
                prose,
                calibration_is_top(prose)
                    ? "they promise %s on average and are right %s of the time: the model is %s"
                    : "they promise %s on average and it happens %s of the time: they are %s",
                score,
                rate,
                calibration_verdict(prose, direction));
    }
    calibration_say_worst(prose, finding);
    if (loss_from == NULL || loss_to == NULL || isnan(loss_from->value) || isnan(loss_to->value))
        return;
    errata_prose_cite(prose, loss_from);
    errata_prose_cite(prose, loss_to);
    errata_words_pair(loss_from->value, loss_to->value, &from, &to);
    errata_prose_say(
        prose,
        loss_to->value >= loss_from->value
            ? "recalibration fitted on one half does not help on the other: its "
              "log-loss goes from %s to %s"
            : "recalibration fitted on one half takes the log-loss of the other from %s to %s "
              "and leaves the ranking as it is",
        from,
        to);
}

/* the least sure to a person: what is left, what it takes */
static void
threshold_say_abstention(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *to = errata_finding_evidence(finding, "cost_to");
    g_autofree char *from = errata_prose_value(prose, finding, "cost_from");
    g_autofree char *routed = errata_prose_value(prose, finding, "routed");
    g_autofree char *captured = errata_prose_value(prose, finding, "captured");
    g_autofree char *after = to != NULL ? errata_words_value(to) : NULL;
    g_autofree char *interval = to != NULL ? errata_words_interval(to) : NULL;

    if (after == NULL || from == NULL || routed == NULL || captured == NULL)
        return;
    errata_prose_cite(prose, to);
    errata_prose_say(prose,
                     "the model knows where it is unsure: of its errors, %s lie among the %s of "
                     "predictions with the least confidence",
                     captured,
                     routed);
    errata_prose_say(prose,
                     "were those decided by a person, %s of the rest would be wrong (%s), against "
                     "%s of all now",
                     after,
                     interval != NULL ? interval : "no interval",
                     from);
    errata_prose_say(prose,
                     "nothing is wrong here; it is a way to trade a person’s time for errors");
}

void
errata_plan_threshold(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *before = errata_finding_evidence(finding, "cost_from");
    const ErrataEvidence *after = errata_finding_evidence(finding, "cost_to");
    g_autofree char *current = errata_prose_value(prose, finding, "current");
    g_autofree char *best = errata_prose_value(prose, finding, "best");
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_autofree char *interval = NULL;
    gboolean share = after != NULL && after->unit == ERRATA_UNIT_SHARE;

    if (errata_finding_note(finding, "abstain") != NULL) {
        threshold_say_abstention(prose, finding);
        return;
    }
    if (current != NULL && best != NULL)
        errata_prose_say(prose,
                         "the log calls a prediction positive from a score of %s on; from %s on "
                         "would do better",
                         current,
                         best);
    else if (best != NULL)
        errata_prose_say(prose,
                         "no one threshold explains the logged predictions; calling them positive "
                         "from a score of %s on would do better",
                         best);
    if (before == NULL || after == NULL || isnan(before->value) || isnan(after->value))
        return;
    from = share ? errata_words_share(before->value, after->lo, after->hi)
                 : errata_words_number(before->value, after->lo, after->hi);
    to = errata_words_value(after);
    interval = errata_words_interval(after);
    errata_prose_cite(prose, before);
    errata_prose_cite(prose, after);
    errata_prose_say(
        prose,
        share ? "chosen on one half of the rows and measured on the other, both ways, it gets %s "
                "wrong (%s) instead of %s"
              : "chosen on one half of the rows and measured on the other, both ways, a "
                "prediction costs %s (%s) instead of %s",
        to,
        interval != NULL ? interval : "no interval",
        from);
    if (!finding->confirmed)
        errata_prose_say(prose, "there are few rows, so take it as a lead, not as a fact");
}

static void
performance_say_bugs(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "bug_share");
    g_autofree char *part = NULL;
    g_autofree char *interval = NULL;

    if (share == NULL || isnan(share->value))
        return;
    part = errata_words_value(share);
    interval = errata_words_interval(share);
    errata_prose_cite(prose, share);
    if (share->value < QUALITY_LITTLE)
        errata_prose_say(prose, "the data bugs found carry next to nothing of it");
    else
        errata_prose_say(prose,
                         "rows hit by a data bug carry %s of it (%s); mend those first",
                         share->value >= 0.95 ? "nearly all" : part,
                         interval != NULL ? interval : "no interval");
}

/* TRUE where other shares of the labels are all that has changed, and that was said */
static gboolean
performance_say_labels(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "label_shift_share");
    const ErrataEvidence *now = errata_finding_evidence(finding, "label_now");
    g_autofree char *part = NULL;
    g_autofree char *after = NULL;
    g_autofree char *before = NULL;

    if (share == NULL || now == NULL || isnan(share->value))
        return FALSE;
    part = errata_words_value(share);
    after = errata_words_value(now);
    before = errata_words_share(now->baseline, (double)NAN, (double)NAN);
    errata_prose_cite(prose, share);
    errata_prose_cite(prose, now);
    errata_prose_say(prose,
                     "other shares of the labels make %s of it: label %s makes up %s of the rows "
                     "now, earlier it was %s, while rows of one label are scored as before",
                     share->value >= 0.95 ? "nearly all" : part,
                     now->text,
                     after,
                     before);
    return TRUE;
}

/* the part of a decline that comes with other rows, and the rest */
static void
performance_say_causes(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "covariate_share");
    const ErrataEvidence *bugs = errata_finding_evidence(finding, "bug_share");
    const ErrataEvidence *alone = errata_finding_evidence(finding, "alone");
    g_autofree char *part = NULL;
    g_autofree char *apart = NULL;
    g_autofree char *interval = NULL;

    performance_say_bugs(prose, finding);
    if (performance_say_labels(prose, finding))
        return;
    if (share == NULL || isnan(share->value) || (bugs != NULL && bugs->value > QUALITY_BUGS))
        return;
    part = errata_words_value(share);
    interval = errata_words_interval(share);
    errata_prose_cite(prose, share);
    if (alone != NULL) {
        apart = errata_words_value(alone);
        errata_prose_cite(prose, alone);
        errata_prose_say(prose, "%s of the rows are unlike any of the earlier ones", apart);
    }
    if (share->hi - share->lo > QUALITY_VAGUE)
        errata_prose_say(prose,
                         "how much of it comes with rows unlike the earlier ones cannot be told "
                         "(%s)",
                         interval);
    else if (share->lo <= 0.0)
        errata_prose_say(prose,
                         "rows unlike the earlier ones explain little of it, if anything (%s): %s"
                         "alike rows have come to behave differently",
                         interval,
                         bugs != NULL && bugs->value >= QUALITY_LITTLE ? "for the rest, " : "");
    else if (share->value >= 0.9)
        errata_prose_say(
            prose,
            "nearly all of it comes with rows unlike the earlier ones (%s); alike rows "
            "are predicted as well as before",
            interval);
    else
        errata_prose_say(prose,
                         "of the rise in errors, %s comes with rows unlike the earlier ones (%s); "
                         "the rest is alike rows behaving differently",
                         part,
                         interval);
}

/* TRUE where the model seems to have learnt from the reference, and that was said */
static gboolean
performance_say_learnt(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *there = errata_finding_evidence(finding, "sure_on_reference");
    const ErrataEvidence *here = errata_finding_evidence(finding, "sure_at_first");
    g_autofree char *surer = NULL;
    g_autofree char *less = NULL;

    if (there == NULL || here == NULL)
        return FALSE;
    errata_words_pair(100.0 * there->value, 100.0 * here->value, &surer, &less);
    errata_prose_cite(prose, there);
    errata_prose_cite(prose, here);
    errata_prose_say(
        prose,
        "the columns of both are alike, yet the scores are surer on the reference "
        "(%s\u202f%% on average, in the first rows of the log %s\u202f%%): the model seems "
        "to have learnt from it, and no model does as well on new rows",
        surer,
        less);
    return TRUE;
}

/* of an estimate: that it is one, what it rests on, and where it does not reach */
static void
performance_say_estimate(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "metric_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "metric_to");
    const ErrataEvidence *outside = errata_finding_evidence(finding, "outside");
    gboolean numbers = to->unit == ERRATA_UNIT_TARGET;
    g_autofree char *before = errata_words_value(from);
    g_autofree char *after = errata_words_value(to);
    g_autofree char *interval = errata_words_interval(to);
    g_autofree char *part = NULL;

    errata_prose_say(prose,
                     "no labels have come yet; by what such rows were like on the reference, %s is "
                     "about %s now (%s), against %s there",
                     numbers ? "the mean absolute error" : "accuracy",
                     after,
                     interval != NULL ? interval : "no interval",
                     before);
    if (outside != NULL && outside->value > 0.01) {
        part = errata_words_value(outside);
        errata_prose_cite(prose, outside);
        errata_prose_say(prose,
                         "%s of the rows are unlike any on the reference, and for those the "
                         "estimate is a guess",
                         part);
    }
    performance_say_learnt(prose, finding);
    errata_prose_say(prose,
                     "it sees what comes in, not whether alike rows have come to behave "
                     "differently; only labels tell that");
}

/* what the log itself shows besides the fall since an earlier report */
static void
performance_say_within(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "within_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "within_to");
    gboolean reference = errata_prose_has_reference(prose->report);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (from == NULL || to == NULL)
        return;
    if (from->unit == ERRATA_UNIT_SHARE) {
        before = errata_words_share(from->value, (double)NAN, (double)NAN);
        after = errata_words_share(to->value, (double)NAN, (double)NAN);
    } else {
        errata_words_pair(from->value, to->value, &before, &after);
    }
    errata_prose_cite(prose, from);
    errata_prose_cite(prose, to);
    errata_prose_say(prose,
                     reference ? "in the last rows of the log it is %s, on the reference it is %s"
                               : "in the last rows of the log it is %s, in its first half it is %s",
                     after,
                     before);
}

/* what other rows explain of a fall since an earlier report */
static void
performance_say_rows(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *rows = errata_finding_evidence(finding, "covariate_share");
    g_autofree char *part = rows != NULL ? errata_words_value(rows) : NULL;

    if (rows == NULL)
        return;
    errata_prose_cite(prose, rows);
    if (rows->value < 0.05)
        errata_prose_say(prose,
                         "no single column's change explains it: alike rows have come to behave "
                         "differently, or several columns changed together");
    else
        errata_prose_say(prose, "the %s is %s", rows->what, part);
}

static void
performance_say_earlier(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "metric_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "metric_to");
    const ErrataEvidence *rise = errata_finding_evidence(finding, "rise");
    const ErrataEvidence *shift = errata_finding_evidence(finding, "label_shift_share");
    g_autofree char *before = errata_words_value(from);
    g_autofree char *after = errata_words_value(to);
    g_autofree char *interval = rise != NULL ? errata_words_interval(rise) : NULL;
    g_autofree char *part = NULL;
    const char *what = to->unit == ERRATA_UNIT_SHARE    ? "accuracy"
                       : to->unit == ERRATA_UNIT_TARGET ? "the mean absolute error"
                                                        : "the ROC AUC";

    errata_prose_cite(prose, rise);
    errata_prose_say(prose,
                     "%s is %s, and was %s in the earlier report%s%s%s",
                     what,
                     after,
                     before,
                     interval != NULL ? " (a change of " : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "");
    performance_say_bugs(prose, finding);
    performance_say_rows(prose, finding);
    performance_say_within(prose, finding);
    if (shift == NULL)
        return;
    errata_prose_cite(prose, shift);
    part = errata_words_value(shift);
    if (shift->value < 0.05)
        errata_prose_say(prose,
                         "other shares of the labels are not why: by them alone the error would "
                         "have stayed where it was");
    else
        errata_prose_say(prose,
                         "read as a change of what is asked for, %s of it comes with other shares "
                         "of the labels",
                         part);
}

/* the other reading of a fall within the log */
static void
performance_say_reading(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *shift = errata_finding_evidence(finding, "label_shift_share");
    g_autofree char *part = shift != NULL ? errata_words_value(shift) : NULL;

    if (shift == NULL || isnan(shift->value) || shift->value < PLAN_LABELS ||
        errata_finding_evidence(finding, "label_now") != NULL)
        return;
    errata_prose_cite(prose, shift);
    errata_prose_say(
        prose,
        "there is another reading: the labels have come in other shares, and that alone "
        "would make %s of it with a model that errs per label as before",
        part);
}

/* right less often than chance, or never */
static void
performance_say_opposed(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *right = errata_finding_evidence(finding, "right");
    const ErrataEvidence *chance = errata_finding_evidence(finding, "chance");
    const ErrataEvidence *ranks = errata_finding_evidence(finding, "ranks");
    g_autofree char *value = right != NULL ? errata_words_value(right) : NULL;
    g_autofree char *by_chance = chance != NULL ? errata_words_value(chance) : NULL;
    g_autofree char *auc = ranks != NULL ? errata_words_value(ranks) : NULL;

    if (right == NULL || chance == NULL)
        return;
    errata_prose_cite(prose, right);
    errata_prose_cite(prose, chance);
    if (right->value > 0.0)
        errata_prose_say(prose,
                         "predictions are right %s of the time; the same predictions dealt out at "
                         "random would be right %s of the time",
                         value,
                         by_chance);
    else
        errata_prose_say(prose,
                         "not one prediction is right; dealt out at random, %s of them would be",
                         by_chance);
    if (ranks != NULL && ranks->value > 0.5) {
        errata_prose_cite(prose, ranks);
        errata_prose_say(prose,
                         "the scores rank the classes the right way (ROC AUC %s), so it is the "
                         "predictions that are turned round",
                         auc);
    } else
        errata_prose_say(
            prose,
            "no model does that by being bad: classes are turned round, or labels stand "
            "beside other rows");
}

void
errata_plan_performance(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "metric_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "metric_to");
    gboolean reference = errata_prose_has_reference(prose->report);
    const char *where = reference ? "on the reference" : "in the first half";
    const char *unit = errata_prose_unit(prose);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *less = NULL;
    const ErrataEvidence *first = errata_finding_evidence(finding, "metric_first");
    g_autofree char *at_first = NULL;

    if (errata_finding_note(finding, "opposed") != NULL) {
        performance_say_opposed(prose, finding);
        return;
    }
    if (from == NULL || to == NULL || isnan(from->value) || isnan(to->value)) {
        errata_prose_quote(prose, finding->title);
        return;
    }
    errata_prose_cite(prose, from);
    errata_prose_cite(prose, to);
    before = errata_words_value(from);
    after = errata_words_value(to);
    if (errata_finding_note(finding, "estimate") != NULL) {
        performance_say_estimate(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "against") != NULL) {
        performance_say_earlier(prose, finding);
        return;
    }
    if (to->unit == ERRATA_UNIT_SHARE) {
        less = errata_words_points(from->value - to->value, 0.0);
        errata_prose_say(prose,
                         "in the last rows of the log the model is right %s of the time, %s less "
                         "than the %s %s",
                         after,
                         less,
                         before,
                         where);
    } else
        errata_prose_say(
            prose,
            "in the last rows of the log predictions are off by %s%s on average, %s by "
            "%s%s",
            after,
            unit,
            where,
            before,
            unit);
    performance_say_causes(prose, finding);
    performance_say_reading(prose, finding);
    if (first != NULL && errata_finding_note(finding, "learnt") == NULL) {
        errata_prose_cite(prose, first);
        at_first = errata_words_value(first);
        errata_prose_say(prose,
                         "in the first rows of the log it was still %s, so the reference is no "
                         "luckier than any other rows",
                         at_first);
    }
    if (!performance_say_learnt(prose, finding) && reference &&
        errata_finding_note(finding, "learnt") != NULL)
        errata_prose_say(prose,
                         "if the model learnt from the reference, some of the difference was there "
                         "from the start: no model does as well on new rows");
}
