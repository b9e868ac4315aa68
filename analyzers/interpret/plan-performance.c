/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of performance over time: what fell, and what it comes from. */
#include <math.h>

#include "prose.h"
#include "words.h"

#define PERFORMANCE_LABELS 0.5  /* of a fall, from which on other labels are told as its reading */
#define PERFORMANCE_VAGUE  0.5  /* width of an interval of a share that tells nothing */
#define PERFORMANCE_LITTLE 0.05 /* share of a fall */
#define PERFORMANCE_ALL    0.9  /* of the rows: too few others to compare them with */
#define PERFORMANCE_BUGS   0.8  /* of a fall, beyond which what else there is hardly matters */

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
    if (share->value < PERFORMANCE_LITTLE)
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
    if (share == NULL || isnan(share->value) || (bugs != NULL && bugs->value > PERFORMANCE_BUGS))
        return;
    part = errata_words_value(share);
    interval = errata_words_interval(share);
    errata_prose_cite(prose, share);
    if (alone != NULL) {
        apart = errata_words_value(alone);
        errata_prose_cite(prose, alone);
    }
    if (alone != NULL && alone->value >= PERFORMANCE_ALL && share->lo <= 0.0 &&
        share->hi - share->lo <= PERFORMANCE_VAGUE) {
        errata_prose_say(prose,
                         "%s like an earlier one; at the same predictions and scores, other rows "
                         "explain little of it, if anything (%s)",
                         alone->value >= 0.9995 ? "none of the rows is" : "hardly any row is",
                         interval);
        return;
    }
    if (alone != NULL)
        errata_prose_say(prose, "%s of the rows are unlike any of the earlier ones", apart);
    if (share->hi - share->lo > PERFORMANCE_VAGUE)
        errata_prose_say(prose,
                         "how much of it comes with rows unlike the earlier ones cannot be told "
                         "(%s)",
                         interval);
    else if (share->lo <= 0.0)
        errata_prose_say(prose,
                         "rows unlike the earlier ones explain little of it, if anything (%s): %s"
                         "the same kinds of rows have come to behave differently",
                         interval,
                         bugs != NULL && bugs->value >= PERFORMANCE_LITTLE ? "for the rest, " : "");
    else if (share->value >= 0.9)
        errata_prose_say(
            prose,
            "nearly all of it comes with rows unlike the earlier ones (%s); the same kinds of "
            "rows are predicted as well as before",
            interval);
    else
        errata_prose_say(prose,
                         "of the rise in errors, %s comes with rows unlike the earlier ones (%s); "
                         "the rest is the same kinds of rows behaving differently",
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
    g_autofree char *about = errata_words_about(after);
    g_autofree char *interval = errata_words_interval(to);
    g_autofree char *part = NULL;

    errata_prose_say(prose,
                     "no labels have come yet; by what such rows were like on the reference, %s is "
                     "%s now (%s), against %s there",
                     numbers ? "the mean absolute error" : "accuracy",
                     about,
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
                     "it sees what comes in, not whether the same kinds of rows have come to "
                     "behave differently; only labels tell that");
}

/* what the log itself shows besides the fall since an earlier report */
static void
performance_say_within(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "within_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "within_to");
    const char *where = errata_prose_has_reference(prose->report)        ? "on the reference"
                        : errata_finding_note(finding, "within") != NULL ? "before that"
                                                                         : "in its first half";
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
                     "in the last rows of the log it is %s, %s it is %s",
                     after,
                     where,
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
    if (rows->value < 0.05 && errata_finding_evidence(finding, "comes_from") != NULL)
        return; /* what it comes from is told */
    errata_prose_cite(prose, rows);
    if (rows->value < 0.05)
        errata_prose_say(
            prose,
            "other values of any one column explain none of it: the same kinds of rows "
            "have come to behave differently, or several columns changed together");
    else
        errata_prose_say(prose, "the %s is %s", rows->what, part);
}

/* the rows and labels of both reports are the same */
static void
performance_say_same(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *same = errata_finding_evidence(finding, "same_rows");
    g_autofree char *count = NULL;

    if (same == NULL)
        return;
    count = errata_words_count((guint64)same->value);
    errata_prose_cite(prose, same);
    errata_prose_say(prose,
                     "both reports are of the same rows (%s by id, with the same labels), so it is "
                     "the predictions that have changed, not what is predicted",
                     count);
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
    performance_say_same(prose, finding);
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

    if (shift == NULL || isnan(shift->value) || shift->value < PERFORMANCE_LABELS ||
        errata_finding_evidence(finding, "label_now") != NULL)
        return;
    errata_prose_cite(prose, shift);
    errata_prose_say(
        prose,
        "there is another reading: the labels have come in other shares, and that alone "
        "would account for %s of it if the model errs per label as before",
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

/* “until 3 May”, “before”, “in the first half”: the rows that those of now are compared with */
static char *
performance_before(const ErrataProse *prose, const ErrataFinding *finding)
{
    const char *until = errata_finding_note(finding, "until");

    if (errata_prose_has_reference(prose->report))
        return g_strdup("on the reference");
    if (until != NULL)
        return g_strdup_printf("until %s", until);
    return g_strdup(errata_finding_note(finding, "before") != NULL ? "before"
                                                                   : "in the first half");
}

void
errata_plan_performance(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *from = errata_finding_evidence(finding, "metric_from");
    const ErrataEvidence *to = errata_finding_evidence(finding, "metric_to");
    gboolean reference = errata_prose_has_reference(prose->report);
    const char *since = errata_finding_note(finding, "since");
    const char *rows = errata_finding_note(finding, "rows");
    g_autofree char *where = performance_before(prose, finding);
    g_autofree char *now = since != NULL  ? g_strdup_printf("since %s", since)
                           : rows != NULL ? g_strdup_printf("in the rows %s", rows)
                                          : g_strdup("in the last rows of the log");
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
                         "%s the model %s right %s of the time, %s less than the %s %s",
                         now,
                         since != NULL ? "has been" : "is",
                         after,
                         less,
                         before,
                         where);
    } else
        errata_prose_say(prose,
                         "%s predictions %s off by %s%s on average, %s by %s%s",
                         now,
                         since != NULL ? "have been" : "are",
                         after,
                         unit,
                         where,
                         before,
                         unit);
    errata_plan_begun(prose, finding);
    if (g_strcmp0(errata_finding_note(finding, "errors"), "foretold") == 0)
        errata_plan_foretold(prose, to, errata_finding_evidence(finding, "foretold"));
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
