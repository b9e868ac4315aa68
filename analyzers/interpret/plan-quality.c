/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of labels, of calibration and of the threshold. */
#include <math.h>

#include "prose.h"
#include "words.h"

#define QUALITY_SAME 0.0005 /* accuracies that print alike */

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

/* what the accuracy would be on right labels, and whom wrong ones flatter */
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
                         "if these %s are wrong, the accuracy stays at %s, so the model is judged "
                         "fairly enough",
                         count,
                         now);
    else
        errata_prose_say(prose,
                         to->value > from->value
                             ? "if these %s are wrong, the model is right %s of the time, not %s: "
                               "they make it look worse than it is"
                             : "if these %s are wrong, the model is right %s of the time, not %s: "
                               "they flatter it",
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
    g_autofree char *all = errata_words_count((guint64)n_suspects);

    if (untested != NULL && finding->n_rows > 0 && (double)finding->n_rows < n_suspects)
        errata_prose_say(prose,
                         "%s, the least likely of %s, are listed; whether that is more than honest "
                         "labels show could not be tested: %s",
                         listed,
                         all,
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

/* suspects that make much of the error */
static void
label_say_weight(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "share_errors");
    const ErrataEvidence *rest = errata_finding_evidence(finding, "rest");
    const char *unit = errata_prose_unit(prose);
    g_autofree char *part = NULL;
    g_autofree char *others = NULL;

    if (share == NULL || rest == NULL || isnan(rest->value))
        return;
    part = errata_words_value(share);
    others = errata_words_number(rest->value, (double)NAN, (double)NAN);
    errata_prose_cite(prose, share);
    errata_prose_cite(prose, rest);
    errata_prose_say(
        prose,
        "of all error %s lies there; without %s the predictions are off by %s%s on average",
        part,
        finding->n_rows == 1 ? "this row" : "these rows",
        others,
        unit);
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
    g_autofree char *about = NULL;
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
        errata_prose_say(
            prose,
            "%s %s so far from %s that errors of rows predicted alike do not reach there: "
            "the label or the prediction cannot be right",
            count,
            finding->n_rows == 1 ? "lies" : "lie",
            finding->n_rows == 1 ? "its prediction" : "their predictions");
        label_say_weight(prose, finding);
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
    about = errata_words_about(part);
    interval = errata_words_interval(share);
    errata_prose_say(prose,
                     scores ? "%s of the labels (%s) contradict their scores beyond "
                              "chance: %s are unlikely, where honest labels would be in %s cases"
                            : "%s of the labels (%s) go against what score and features "
                              "are sure of: %s stand against the rest of their row, where honest "
                              "labels would in %s cases",
                     about,
                     interval != NULL ? interval : "no interval",
                     count,
                     expected);
    label_say_pair(prose, finding);
    if (!scores)
        errata_prose_say(
            prose,
            "either those beyond chance are wrong, or things that no column and no score knows of "
            "had a part in what happened, and then they are right; a look at the first rows tells "
            "which");
    label_say_metric(prose, finding);
    if (scores)
        errata_prose_say(prose,
                         "a model that is mistaken looks just the same in the scores, so "
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
    gboolean over = errata_finding_note(finding, "past") != NULL;
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
            ? over ? "where it mattered most, they said %s and the model was right %s of the time"
                   : "where it matters most, they say %s and the model is right %s of the time"
        : over ? "where it mattered most, they said %s and it happened %s of the time"
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
    const char *class = finding->subject.given;
    gboolean outside = errata_finding_note(finding, "outside") != NULL;
    g_autofree char *who = errata_words_predicate(predicate);
    g_autofree char *score = said != NULL ? errata_words_value(said) : NULL;
    g_autofree char *rate = happened != NULL ? errata_words_value(happened) : NULL;
    g_autofree char *points = effect != NULL ? errata_words_points(fabs(effect->value), 0.0) : NULL;

    if (score == NULL || rate == NULL || points == NULL)
        return;
    errata_prose_cite(prose, said);
    errata_prose_cite(prose, happened);
    errata_prose_cite(prose, effect);
    if (class != NULL)
        errata_prose_say(prose,
                         "%swhere %s, the probability of %s is %s on average, and %s of the rows "
                         "are that",
                         outside ? "outside the error slices, " : "",
                         who,
                         class,
                         score,
                         rate);
    else
        errata_prose_say(prose,
                         calibration_is_top(prose)
                             ? "%swhere %s, the scores promise %s on average and are right %s of "
                               "the time"
                             : "%swhere %s, the scores promise %s on average and it happens %s of "
                               "the time",
                         outside ? "outside the error slices, " : "",
                         who,
                         score,
                         rate);
    if (!isnan(said->baseline) && !isnan(happened->baseline)) {
        g_autofree char *score_out = errata_words_share(said->baseline, 0.0, 0.01);
        g_autofree char *rate_out = errata_words_share(happened->baseline, 0.0, 0.01);

        errata_prose_say(prose,
                         strcmp(score_out, rate_out) == 0
                             ? class != NULL ? "elsewhere%s it is %s, and so many are"
                                             : "elsewhere%s they promise %s, and that is what "
                                               "happens"
                         : class != NULL ? "elsewhere%s it is %s, and %s of the rows are that"
                         : calibration_is_top(prose)
                             ? "elsewhere%s they promise %s and are right %s of the time"
                             : "elsewhere%s they promise %s and it happens %s of the time",
                         outside ? " outside the slices" : "",
                         score_out,
                         rate_out);
    }
    errata_prose_say(
        prose,
        g_strcmp0(direction, "mixed") == 0
            ? "the same score comes true at another rate in this group, by %s on average, "
              "too high in one range and too low in another"
        : class != NULL
            ? "the same probability of that class comes true at another rate in this group, "
              "by %s on average: one recalibration for all would not mend it"
            : "the same score comes true at another rate in this group, by %s on average: "
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

/* what columns, or predicted numbers themselves, tell of the label beyond what the model says */
static void
calibration_say_beyond(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "beyond_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "beyond_to");
    const char *names = errata_finding_note(finding, "beyond");
    gboolean real = prose->report->task == ERRATA_TASK_REGRESSION;
    gboolean several = errata_finding_note(finding, "several") != NULL;
    g_autofree char *was = NULL;
    g_autofree char *is = NULL;

    if (from == NULL || to == NULL || isnan(from->value) || isnan(to->value))
        return;
    errata_prose_cite(prose, from);
    errata_prose_cite(prose, to);
    if (real) {
        const char *unit = errata_prose_unit(prose);

        errata_words_pair(from->value, to->value, &was, &is);
        if (names == NULL)
            errata_prose_quote(prose, finding->title);
        if (names == NULL)
            errata_prose_say(
                prose,
                "corrected by a curve fitted on one half, those of the other are off by "
                "%s%s on average, not %s%s",
                is,
                unit,
                was,
                unit);
        else
            errata_prose_say(
                prose,
                "beside the prediction, %s still %s how far off it is: fitted with it on one "
                "half, %s the other off by %s%s on average, not %s%s",
                names,
                several ? "tell" : "tells",
                several ? "they leave" : "it leaves",
                is,
                unit,
                was,
                unit);
    } else {
        was = errata_words_value(from);
        is = errata_words_share(to->value, to->lo, to->hi);
        errata_prose_say(
            prose,
            "beside the score, %s still %s the label: fitted with it on one half, %s %s of the "
            "other right, not %s",
            names,
            several ? "tell" : "tells",
            several ? "they make" : "it makes",
            is,
            was);
    }
    if (names != NULL)
        errata_prose_say(prose,
                         "%s so evenly from one end to the other, so that it is one fault of the "
                         "model and no range of %s is told by itself",
                         several ? "they do" : "it does",
                         several ? "them" : "it");
}

/* whether the scores have been right since the log changed, and that was said */
static gboolean
calibration_say_past(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *since = errata_finding_evidence(finding, "ece_since");
    const char *past = errata_finding_note(finding, "past");
    g_autofree char *now = NULL;

    if (since == NULL || past == NULL)
        return FALSE;
    now = errata_words_points(since->value, 0.0);
    errata_prose_cite(prose, since);
    errata_prose_say(prose,
                     "that is over: since %s they have been %s off, no more than chance, so to "
                     "recalibrate them would make right scores wrong",
                     past,
                     now);
    return TRUE;
}

/* what recalibration gains, measured on rows that it was not fitted on */
static void
calibration_say_remedy(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *loss_from = errata_finding_evidence(finding, "log_loss_from");
    const ErrataEvidence *loss_to = errata_finding_evidence(finding, "log_loss_to");
    const char *since = errata_finding_note(finding, "since");
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (loss_from == NULL || loss_to == NULL || isnan(loss_from->value) || isnan(loss_to->value))
        return;
    errata_prose_cite(prose, loss_from);
    errata_prose_cite(prose, loss_to);
    errata_words_pair(loss_from->value, loss_to->value, &from, &to);
    errata_prose_say(
        prose,
        loss_to->value >= loss_from->value
            ? "recalibration fitted on one half does not help on the other: its "
              "log-loss%s goes from %s to %s"
        : errata_finding_note(finding, "gain") != NULL
            ? "recalibration fitted on one half takes the log-loss of the other%s from %s to %s, "
              "no more than chance may do"
        : since != NULL
            ? "recalibration fitted on one half of the rows since takes the log-loss of the "
              "other%s from %s to %s, and leaves the ranking as it is"
            : "recalibration fitted on one half takes the log-loss of the other%s from %s to %s "
              "and leaves the ranking as it is",
        calibration_is_top(prose) ? ", that of being right," : "",
        from,
        to);
    if (errata_finding_note(finding, "labels") != NULL)
        errata_prose_say(prose,
                         "fitted on labels that are wrong, it would learn the mistake: have those "
                         "checked first");
}

/* which scores are off: “the scores are ”, “since then they are ”, “until 3 May the scores
 * were ” */
static char *
calibration_who(const ErrataFinding *finding)
{
    const char *past = errata_finding_note(finding, "past");
    const char *from = errata_finding_note(finding, "from");
    const char *since = errata_finding_note(finding, "since");

    if (past != NULL)
        return from != NULL ? g_strdup_printf("from %s until %s the scores were ", from, past)
                            : g_strdup_printf("until %s the scores were ", past);
    if (errata_finding_note(finding, "until") != NULL)
        return g_strdup_printf("since %s they are ", since);
    return g_strdup(since != NULL ? "since then they are " : "the scores are ");
}

/* what the scores were before they changed */
static void
calibration_say_before(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *before = errata_finding_evidence(finding, "ece_before");
    const char *until = errata_finding_note(finding, "until");
    const char *since = errata_finding_note(finding, "since");
    const char *from = errata_finding_note(finding, "right-from");
    g_autofree char *off = NULL;

    if (since == NULL)
        return;
    if (errata_finding_note(finding, "before") == NULL || before == NULL) {
        errata_prose_say(prose,
                         from != NULL ? "the scores were right from %2$s until %1$s"
                                      : "the scores were right until %1$s",
                         until != NULL ? until : since,
                         from);
        return;
    }
    off = errata_words_points(before->value, 0.0);
    errata_prose_cite(prose, before);
    errata_prose_say(prose,
                     "before %s the scores were %s off on average",
                     until != NULL ? until : since,
                     off);
}

void
errata_plan_calibration(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *error = errata_finding_evidence(finding, "ece");
    const ErrataEvidence *chance = errata_finding_evidence(finding, "ece_expected");
    const char *direction = finding->subject.direction;
    gboolean mixed = g_strcmp0(direction, "mixed") == 0;
    gboolean over = errata_finding_note(finding, "past") != NULL;

    if (finding->subject.predicates->len > 0) {
        calibration_say_group(prose, finding);
        errata_plan_label_shape(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "constant") != NULL) {
        errata_prose_quote(prose, finding->title);
        return;
    }
    calibration_say_beyond(prose, finding);
    if (error != NULL && chance != NULL) {
        double half = (error->hi - error->lo) / 2.0;
        g_autofree char *off = errata_words_points(error->value, half);
        g_autofree char *by_chance = errata_words_points(chance->value, 0.0);
        g_autofree char *who = calibration_who(finding);

        errata_prose_cite(prose, error);
        errata_prose_cite(prose, chance);
        calibration_say_before(prose, finding);
        errata_prose_say(prose,
                         mixed ? "%s%s off on average, too high in one range and too "
                                 "low in another; right scores would show %s by chance"
                               : "%s%s off on average, where right scores would show "
                                 "%s by chance",
                         who,
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
                    ? over
                          ? "they promised %s on average and were right %s of the time: the model "
                            "was %s"
                          : "they promise %s on average and are right %s of the time: the model is "
                            "%s"
                : over ? "they promised %s on average and it happened %s of the time: they were %s"
                       : "they promise %s on average and it happens %s of the time: they are %s",
                score,
                rate,
                calibration_verdict(prose, direction));
    }
    calibration_say_worst(prose, finding);
    if (!calibration_say_past(prose, finding))
        calibration_say_remedy(prose, finding);
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

/* close decisions of a log without scores */
static void
threshold_say_near(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "near_in");
    g_autofree char *near = errata_prose_value(prose, finding, "near_in");
    g_autofree char *others = errata_prose_value(prose, finding, "near_out");
    g_autofree char *captured = errata_prose_value(prose, finding, "captured");
    g_autofree char *interval = in != NULL ? errata_words_interval(in) : NULL;

    if (near == NULL || others == NULL || captured == NULL)
        return;
    errata_prose_say(
        prose,
        "errors are those of close decisions: in the fifth of the rows where both the "
        "prediction and the label are least settled by the columns, %s are wrong (%s), in "
        "the others %s",
        near,
        interval != NULL ? interval : "no interval",
        others);
    errata_prose_say(prose, "that fifth holds %s of all errors", captured);
    errata_prose_say(prose,
                     "any model errs most there, so that no stretch of that ground is told as a "
                     "group; scores, were they logged, would tell how sure the model was");
}

/* what the move does to the positives; said with what it is good for, for fewer errors may be fewer
 * answers */
static char *
threshold_trade(ErrataProse *prose, const ErrataFinding *finding)
{
    g_autofree char *recall_from = errata_prose_value(prose, finding, "recall_from");
    g_autofree char *recall_to = errata_prose_value(prose, finding, "recall_to");
    g_autofree char *precision_from = errata_prose_value(prose, finding, "precision_from");
    g_autofree char *precision_to = errata_prose_value(prose, finding, "precision_to");

    if (recall_from == NULL || recall_to == NULL)
        return g_strdup("");
    if (precision_from == NULL || precision_to == NULL)
        return g_strdup_printf(", with a recall of %s instead of %s", recall_to, recall_from);
    return g_strdup_printf(
        ", with a recall of %s instead of %s and a precision of %s instead of %s",
        recall_to,
        recall_from,
        precision_to,
        precision_from);
}

/* a threshold that saves errors by leaving the positives out, or no more than a constant answer
 * does */
static void
threshold_say_limits(ErrataProse *prose, const ErrataFinding *finding, gboolean share)
{
    const char *constant = share ? "always saying the commoner class"
                                 : "always saying the cheaper class";
    g_autofree char *always = errata_prose_value(prose, finding, "always");

    if (errata_finding_note(finding, "recall") != NULL)
        errata_prose_say(prose,
                         "it makes fewer errors by finding far fewer of the positives: do not move "
                         "it unless a missed one costs no more than a false alarm");
    if (errata_finding_note(finding, "always") != NULL && always != NULL)
        errata_prose_say(prose,
                         share
                             ? "%s would get %s wrong, hardly more: the threshold gains nothing by "
                               "itself"
                             : "%s would cost %s, hardly more: the threshold gains nothing by "
                               "itself",
                         constant,
                         always);
}

void
errata_plan_threshold(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *before = errata_finding_evidence(finding, "cost_from");
    const ErrataEvidence *after = errata_finding_evidence(finding, "cost_to");
    g_autofree char *current = errata_prose_value(prose, finding, "current");
    const ErrataEvidence *cut = errata_finding_evidence(finding, "best");
    g_autofree char *best = NULL; /* what is to be set: exact */
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_autofree char *interval = NULL;
    g_autofree char *trade = threshold_trade(prose, finding);
    gboolean share = after != NULL && after->unit == ERRATA_UNIT_SHARE;

    if (errata_finding_note(finding, "abstain") != NULL) {
        threshold_say_abstention(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "near") != NULL) {
        threshold_say_near(prose, finding);
        return;
    }
    if (cut != NULL && !isnan(cut->value)) {
        errata_prose_cite(prose, cut);
        best = errata_words_number(cut->value, (double)NAN, (double)NAN);
    }
    if (current != NULL && best != NULL)
        errata_prose_say(
            prose,
            errata_finding_note(finding, "predictions") != NULL
                ? "the log has no predictions and is judged at a cut of %s; positive "
                  "from %s on would make %s%s"
                : "the log calls a prediction positive from a score of %s on; from %s on "
                  "would make %s%s",
            current,
            best,
            share ? "fewer errors" : "cheaper ones",
            trade);
    else if (best != NULL)
        errata_prose_say(prose,
                         "no one threshold explains the logged predictions; calling them positive "
                         "from a score of %s on would make %s%s",
                         best,
                         share ? "fewer errors" : "cheaper ones",
                         trade);
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
    threshold_say_limits(prose, finding, share);
    if (!finding->confirmed)
        errata_prose_say(prose, "there are few rows, so take it as a lead, not as a fact");
}
