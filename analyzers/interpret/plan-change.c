/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a change: what it was until then and is since; what changed with it; whether
 * predictions have been wrong more often since. */
#include <math.h>
#include <string.h>

#include "prose.h"
#include "words.h"

#define PLAN_OTHERS  3
#define PLAN_AS_WELL 1.05 /* times as far off as expected, that is as well as before */

/* the interval of the date; %NULL of a gradual change, and where both ends read like the date
 * itself */
static char *
change_moment(const ErrataEvidence *at, gboolean time)
{
    g_autofree char *range = NULL;
    g_autofree char *lo = NULL;
    g_autofree char *hi = NULL;

    if (isnan(at->lo) || isnan(at->hi))
        return NULL;
    if (time) {
        range = errata_words_time_range((gint64)at->lo, (gint64)at->hi, "and", FALSE);
        return range != NULL ? g_strdup_printf("between %s (95 %% sure)", range) : NULL;
    }
    lo = errata_words_count((guint64)at->lo);
    hi = errata_words_count((guint64)at->hi);
    if (strcmp(lo, hi) == 0)
        return NULL;
    return g_strdup_printf("between row %s and row %s (95 %% sure)", lo, hi);
}

static void
change_say_levels(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *before = errata_finding_evidence(finding, "before");
    const ErrataEvidence *after = errata_finding_evidence(finding, "after");
    const ErrataEvidence *at = errata_finding_evidence(finding, "at");
    const ErrataEvidence *until = errata_finding_evidence(finding, "until");
    gboolean time = at != NULL && at->unit == ERRATA_UNIT_TIME;
    g_autofree char *was = NULL;
    g_autofree char *is = NULL;
    g_autofree char *interval = NULL;
    g_autofree char *since = NULL;
    g_autofree char *done = NULL;
    g_autofree char *moment = NULL;
    const ErrataEvidence *back = errata_finding_evidence(finding, "back");
    const ErrataEvidence *returned = errata_finding_evidence(finding, "after_back");
    const char *rows = errata_finding_note(finding, "before-rows");
    const char *few = errata_finding_note(finding, "after-rows");
    g_autofree char *over = NULL;
    g_autofree char *to = NULL;

    if (before == NULL || after == NULL || at == NULL)
        return;
    was = before->unit == ERRATA_UNIT_SHARE
              ? errata_words_value(before)
              : errata_words_number(before->value, after->lo, after->hi);
    is = errata_words_value(after);
    interval = errata_words_interval(after);
    since = errata_words_value(at);
    done = until != NULL ? errata_words_value(until) : NULL;
    errata_prose_cite(prose, before);
    errata_prose_cite(prose, after);
    errata_prose_cite(prose, at);
    errata_prose_cite(prose, until);
    errata_prose_say(prose,
                     back != NULL
                         ? "the %s was %s%s%s until %s%s; from %s%s on%s%s%s it was %s%s%s%s"
                         : "the %s was %s%s%s until %s%s; since %s%s%s%s%s it is %s%s%s%s",
                     after->what,
                     was,
                     rows != NULL ? " " : "",
                     rows != NULL ? rows : "",
                     time ? "" : "row ",
                     since,
                     done == NULL ? "then"
                     : time       ? ""
                                  : "row ",
                     done != NULL ? done : "",
                     few != NULL ? " (" : "",
                     few != NULL ? few : "",
                     few != NULL ? ")" : "",
                     is,
                     interval != NULL ? " (" : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "");
    if (back != NULL) {
        over = errata_words_value(back);
        to = returned != NULL ? errata_words_value(returned) : NULL;
        errata_prose_cite(prose, back);
        errata_prose_cite(prose, returned);
        errata_prose_say(prose,
                         "that lasted until %s%s, when it came back to %s",
                         time ? "" : "row ",
                         over,
                         to != NULL ? to : "where it was");
    }
    moment = change_moment(at, time);
    if (moment != NULL)
        errata_prose_say(prose, "it happened %s", moment);
}

static void
change_say_others(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *others[PLAN_OTHERS + 1];
    g_autofree char *more = NULL;
    g_autofree char *list = NULL;
    guint n = 0, shown = 0;

    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(evidence->key, "also") != 0)
            continue;
        if (n++ >= PLAN_OTHERS)
            continue;
        errata_prose_cite(prose, evidence);
        others[shown++] = evidence->what;
    }
    if (n == 0)
        return;
    if (n > PLAN_OTHERS) {
        more = errata_words_counted(n - PLAN_OTHERS, "more", "more");
        others[shown++] = more;
    }
    list = errata_words_list(others, shown, "and");
    errata_prose_say(prose,
                     "the %s changed %s",
                     list,
                     g_strcmp0(errata_finding_note(finding, "shape"), "gradual") == 0
                         ? "in the same time"
                         : "at the same moment");
}

/* harder cases are no worse model */
void
errata_plan_foretold(ErrataProse *prose,
                     const ErrataEvidence *wrong,
                     const ErrataEvidence *foretold)
{
    g_autofree char *expected = errata_words_value(foretold);
    ErrataEvidence rate = *wrong;
    gboolean share = foretold->unit == ERRATA_UNIT_SHARE;
    g_autofree char *is = NULL;

    rate.value = share && g_strcmp0(wrong->key, "metric_to") == 0 ? 1.0 - wrong->value
                                                                  : wrong->value;
    is = errata_words_value(&rate);
    errata_prose_cite(prose, wrong);
    errata_prose_cite(prose, foretold);
    if (!share) {
        errata_prose_say(prose,
                         "going by how far off such numbers were before, predictions would be off "
                         "by %s now, and are by %s: %s",
                         expected,
                         is,
                         wrong->value <= PLAN_AS_WELL * foretold->value
                             ? "other numbers are predicted, as well as before"
                             : "most of the rise comes with other numbers, and the rest is no more "
                               "than chance may make");
        return;
    }
    errata_prose_say(
        prose,
        "the scores foretold it: %s of the predictions were expected to be wrong since, "
        "and %s are",
        expected,
        is);
    errata_prose_say(prose, "harder cases have come, and the model judges them as well as before");
}

/* of what came back, its rows are those of that while */
static void
change_say_passed(ErrataProse *prose,
                  gboolean more,
                  gboolean share,
                  const char *who,
                  const char *then,
                  const char *before)
{
    if (more)
        errata_prose_say(prose,
                         share ? "%s were wrong %s of the time then, %s before"
                               : "%s were off by %s then, by %s before",
                         who,
                         then,
                         before);
    else
        errata_prose_say(prose,
                         share ? "%s were no worse for it: %s wrong then, %s before"
                               : "%s were no worse for it: off by %s then, by %s before",
                         who,
                         then,
                         before);
}

static void
change_say_cost(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *rate = errata_finding_evidence(finding, "rate_after");
    const char *errors = errata_finding_note(finding, "errors");
    const char *who = errata_finding_note(finding, "errors-of") != NULL
                          ? "predictions outside data bugs"
                          : "predictions";
    g_autofree char *after = NULL;
    g_autofree char *before = NULL;
    ErrataEvidence was;
    gboolean share;

    if (g_strcmp0(finding->subject.series, "volume") == 0)
        return;
    if (g_strcmp0(errors, "apart") == 0) {
        errata_prose_say(prose,
                         "in that time the errors changed, too, but at a moment of their own, "
                         "which another finding tells");
        return;
    }
    if (rate == NULL || errors == NULL) {
        errata_prose_say(prose, "without labels on both sides nobody can tell what it costs");
        return;
    }
    if (g_strcmp0(errors, "foretold") == 0) {
        errata_plan_foretold(prose, rate, errata_finding_evidence(finding, "foretold"));
        return;
    }
    if (g_strcmp0(finding->subject.series, "error_rate") == 0)
        return; /* said already */
    was = *rate;
    was.value = rate->baseline;
    share = rate->unit == ERRATA_UNIT_SHARE;
    after = errata_words_value(rate);
    before = errata_words_value(&was);
    errata_prose_cite(prose, rate);
    if (errata_finding_evidence(finding, "back") != NULL && g_strcmp0(errors, "untold") != 0)
        change_say_passed(prose, g_strcmp0(errors, "more") == 0, share, who, after, before);
    else if (g_strcmp0(errors, "more") == 0)
        errata_prose_say(prose,
                         share ? "%s have been wrong %s of the time since, %s before"
                               : "%s have been off by %s since, by %s before",
                         who,
                         after,
                         before);
    else if (g_strcmp0(errors, "untold") == 0)
        errata_prose_say(
            prose,
            share ? "too few rows tell whether it costs anything: %s wrong since, %s before"
                  : "too few rows tell whether it costs anything: off by %s since, by %s "
                    "before",
            after,
            before);
    else
        errata_prose_say(prose,
                         share ? "%s are no worse for it so far: %s wrong since, %s before"
                               : "%s are no worse for it so far: off by %s since, by %s before",
                         who,
                         after,
                         before);
}

/* which rows “outside data bugs” is without */
static void
change_say_left_out(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *left = errata_finding_evidence(finding, "left_out");
    g_autofree char *count = NULL;

    if (left == NULL)
        return;
    count = errata_words_value(left);
    errata_prose_cite(prose, left);
    errata_prose_say(prose, "errors and predictions are told without %s %s", count, left->what);
}

/* which way predictions have been off since */
static void
change_say_bias(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *bias = errata_finding_evidence(finding, "bias_after");
    g_autofree char *off = NULL;
    g_autofree char *before = NULL;
    double half;

    if (bias == NULL || isnan(bias->value) || isnan(bias->baseline))
        return;
    half = (bias->hi - bias->lo) / 2.0;
    off = errata_words_number(fabs(bias->value), bias->lo, bias->hi);
    before = errata_words_number(fabs(bias->baseline),
                                 fabs(bias->baseline) - half,
                                 fabs(bias->baseline) + half);
    errata_prose_cite(prose, bias);
    if (fabs(bias->baseline) <= half)
        errata_prose_say(
            prose,
            "since then predictions are too %s by %s%s on average; before they were about right",
            bias->value > 0.0 ? "high" : "low",
            off,
            errata_prose_unit(prose));
    else
        errata_prose_say(
            prose,
            "since then predictions are too %s by %s%s on average; before they were %s%s too %s",
            bias->value > 0.0 ? "high" : "low",
            off,
            errata_prose_unit(prose),
            before,
            errata_prose_unit(prose),
            bias->baseline > 0.0 ? "high" : "low");
}

void
errata_plan_change(ErrataProse *prose, const ErrataFinding *finding)
{
    change_say_levels(prose, finding);
    change_say_bias(prose, finding);
    change_say_others(prose, finding);
    change_say_cost(prose, finding);
    change_say_left_out(prose, finding);
}
