/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a slice: how much worse it is and against what; how much of the log it concerns
 * and of the errors it makes; whether the scores warned of it. plan-slice-why.c says the rest. */
#include <math.h>

#include "prose.h"
#include "words-time.h"
#include "words.h"

#define PLAN_RATIO      1.4 /* from here on a ratio says more than a difference */
#define PLAN_MUCH       0.4 /* of all errors: worth a sentence that says so first */
#define PLAN_SENTENCES  5
#define PLAN_UNFORETOLD 0.25 /* part of the excess that the scores foretell, at most: no warning */
#define PLAN_ONE_WAY    0.9  /* of it, where nearly all errors go one way */
#define PLAN_BIASED     0.3  /* of the mean error that the signed one is, at least, to be told */

static gboolean
slice_is_known(const ErrataFinding *finding)
{
    return g_strcmp0(errata_finding_note(finding, "hard"), "known") == 0;
}

/* “ (2.8 to 3.5)”, or nothing */
static char *
slice_bracket(const ErrataEvidence *evidence, const char *before)
{
    g_autofree char *interval = evidence != NULL ? errata_words_interval(evidence) : NULL;

    return interval != NULL ? g_strdup_printf(" (%s%s)", before, interval) : g_strdup("");
}

static void
slice_say_real(ErrataProse *prose,
               const ErrataFinding *finding,
               const ErrataEvidence *in,
               const ErrataEvidence *out,
               const char *who)
{
    const ErrataEvidence *ratio = errata_finding_evidence(finding, "ratio");
    const char *unit = errata_prose_unit(prose);
    g_autofree char *in_words = errata_words_value(in);
    g_autofree char *out_words = errata_words_value(out);
    g_autofree char *bracket = slice_bracket(in, "");
    g_autofree char *times = NULL;

    if (ratio == NULL || !(ratio->value >= PLAN_RATIO)) {
        errata_prose_say(prose,
                         "predictions where %s are off by %s%s on average%s, the rest by %s%s",
                         who,
                         in_words,
                         unit,
                         bracket,
                         out_words,
                         unit);
        return;
    }
    times = errata_words_times(ratio->value, ratio->lo, ratio->hi);
    errata_prose_cite(prose, ratio);
    errata_prose_say(prose,
                     "predictions where %s are off %s as far as the rest: by %s%s on average%s, "
                     "against %s%s",
                     who,
                     times,
                     in_words,
                     unit,
                     bracket,
                     out_words,
                     unit);
}

static void
slice_say_rates(ErrataProse *prose, const ErrataFinding *finding, const char *who)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    const ErrataEvidence *ratio = errata_finding_evidence(finding, "ratio");
    g_autofree char *in_words = NULL;
    g_autofree char *out_words = NULL;
    g_autofree char *more = NULL;
    g_autofree char *bracket = NULL;

    if (in == NULL || out == NULL)
        return;
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    if (in->unit != ERRATA_UNIT_SHARE) {
        slice_say_real(prose, finding, in, out, who);
        return;
    }
    in_words = errata_words_value(in);
    out_words = errata_words_value(out);
    if (ratio != NULL && ratio->value >= PLAN_RATIO) {
        more = errata_words_times(ratio->value, ratio->lo, ratio->hi);
        bracket = slice_bracket(ratio, "ratio ");
        errata_prose_cite(prose, ratio);
        errata_prose_say(prose,
                         slice_is_known(finding)
                             ? "predictions where %s are hard: wrong %s as often as the rest, %s "
                               "against %s%s"
                             : "predictions where %s are wrong %s as often as the rest: %s against "
                               "%s%s",
                         who,
                         more,
                         in_words,
                         out_words,
                         bracket);
        return;
    }
    more = errata_words_points(in->value - out->value, (in->hi - in->lo) / 2.0);
    bracket = slice_bracket(in, "");
    errata_prose_say(prose,
                     "predictions where %s are wrong %s of the time%s, %s more than the rest (%s)",
                     who,
                     in_words,
                     bracket,
                     more,
                     out_words);
}

static void
slice_say_size(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *rows = errata_finding_evidence(finding, "share_rows");
    const ErrataEvidence *errors = errata_finding_evidence(finding, "share_errors");
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const char *noun = in != NULL && in->unit != ERRATA_UNIT_SHARE ? "error" : "errors";
    g_autofree char *rows_words = NULL;
    g_autofree char *errors_words = NULL;
    g_autofree char *count = errata_words_counted(finding->n_rows, "prediction", "predictions");

    if (rows == NULL || errors == NULL || isnan(errors->value))
        return;
    rows_words = errata_words_part(rows->value);
    errors_words = errata_words_part(errors->value);
    errata_prose_cite(prose, rows);
    errata_prose_cite(prose, errors);
    if (errors->value >= PLAN_MUCH)
        errata_prose_say(prose,
                         "from there come %s of all %s, out of %s of the rows",
                         errors_words,
                         noun,
                         rows_words);
    else if (finding->n_rows > 0 && rows->value < 0.01)
        errata_prose_say(prose,
                         "it concerns %s, %s of the log, and %s of the %s",
                         count,
                         rows_words,
                         errors_words,
                         noun);
    else
        errata_prose_say(prose,
                         "they are %s of the rows and make %s of the %s",
                         rows_words,
                         errors_words,
                         noun);
}

/* what such rows are at other times */
/* errors that grew for a while */
static void
slice_say_growth(ErrataProse *prose, const ErrataFinding *finding, const char *grew)
{
    static const char *const keys[] = {"grew_since", "grew_until"};
    const char *const verb[] = {"the growth began", "it ended"};

    errata_prose_cite(prose, errata_finding_evidence(finding, "grew_to"));
    errata_prose_say(prose, "the errors grew %s, steadily rather than by a step", grew);
    for (guint k = 0; k < G_N_ELEMENTS(keys); k++) {
        const ErrataEvidence *end = errata_finding_evidence(finding, keys[k]);
        g_autofree char *range = NULL;

        if (end == NULL || isnan(end->lo) || !(end->lo < end->hi))
            continue;
        range = errata_words_time_range((gint64)end->lo, (gint64)end->hi, "and", FALSE);
        if (range == NULL)
            continue;
        errata_prose_cite(prose, end);
        errata_prose_say(prose, "%s between %s", verb[k], range);
    }
}

static void
slice_say_time(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *other = errata_finding_evidence(finding, "rate_other_time");
    const char *grew = errata_finding_note(finding, "grew");
    g_autofree char *words = NULL;
    g_autofree char *bracket = NULL;

    if (grew != NULL) {
        slice_say_growth(prose, finding, grew);
        return;
    }

    if (other == NULL || isnan(other->value))
        return;
    words = errata_words_value(other);
    bracket = slice_bracket(other, "");
    errata_prose_cite(prose, other);
    errata_prose_say(prose,
                     other->unit == ERRATA_UNIT_SHARE
                         ? "at other times such predictions are wrong %s of the time%s, so it is "
                           "something that happened"
                         : "at other times such predictions are off by %s%s, so it is something "
                           "that happened",
                     words,
                     bracket);
}

/* did the scores warn? `expected` is what rows with the same scores would do */
static void
slice_say_expected(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *expected = errata_finding_evidence(finding, "expected");
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    const ErrataEvidence *excess = errata_finding_evidence(finding, "excess");
    g_autofree char *words = NULL;
    g_autofree char *surplus = NULL;
    double half_width;

    if (expected == NULL || isnan(expected->value) || expected->unit != ERRATA_UNIT_SHARE ||
        in == NULL || out == NULL)
        return;
    half_width = (in->hi - in->lo) / 2.0;
    words = errata_words_share(expected->value,
                               expected->value - half_width,
                               expected->value + half_width);
    errata_prose_cite(prose, expected);
    if (expected->value - out->value > PLAN_UNFORETOLD * (in->value - out->value)) {
        errata_prose_say(
            prose,
            "their scores warn of part of this only: going by what such scores have meant, %s "
            "would be wrong",
            words);
        return;
    }
    if (excess == NULL || !(excess->value >= 1.0)) {
        errata_prose_say(
            prose,
            "the scores do not warn of it: going by what such scores have meant, %s would be "
            "wrong",
            words);
        return;
    }
    surplus = errata_words_counted((guint64)llround(excess->value), "error", "errors");
    errata_prose_cite(prose, excess);
    errata_prose_say(
        prose,
        "the scores do not warn of it: going by what such scores have meant, %s would be "
        "wrong, %s fewer",
        words,
        surplus);
}

/* which way numbers are off, where that is most of it */
static void
slice_say_bias(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *bias = errata_finding_evidence(finding, "bias_in");
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    g_autofree char *words = NULL;

    if (bias == NULL || in == NULL || isnan(bias->value) || !(bias->lo * bias->hi > 0.0) ||
        fabs(bias->value) < PLAN_BIASED * in->value)
        return;
    words = errata_words_number(fabs(bias->value), bias->lo, bias->hi);
    errata_prose_cite(prose, bias);
    if (fabs(bias->value) >= PLAN_ONE_WAY * in->value) { /* the figure was told a sentence before */
        errata_prose_say(prose,
                         "nearly all of it comes from predictions that are too %s",
                         bias->value > 0.0 ? "high" : "low");
        return;
    }
    errata_prose_say(prose,
                     "on average they are too %s, by %s%s",
                     bias->value > 0.0 ? "high" : "low",
                     words,
                     errata_prose_unit(prose));
}

/* where positives are rare: which part of the missed ones lies there */
static void
slice_say_missed(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *of_all = errata_finding_evidence(finding, "missed_share");
    const ErrataEvidence *positives = errata_finding_evidence(finding, "positive_share");
    const ErrataEvidence *missed = errata_finding_evidence(finding, "missed_in");
    g_autofree char *of_all_words = NULL;
    g_autofree char *positives_words = NULL;
    g_autofree char *missed_words = NULL;

    if (of_all == NULL || positives == NULL || missed == NULL || prose->report->positive == NULL)
        return;
    of_all_words = errata_words_part(of_all->value);
    positives_words = errata_words_value(positives);
    missed_words = missed->value < 1.0 ? errata_words_value(missed) : g_strdup("all");
    errata_prose_cite(prose, of_all);
    errata_prose_cite(prose, positives);
    errata_prose_cite(prose, missed);
    errata_prose_say(prose,
                     "%s of all missed cases of class %s lie there: these rows hold %s of that "
                     "class, and %s of it is missed",
                     of_all_words,
                     prose->report->positive,
                     positives_words,
                     missed_words);
}

/* hard at the threshold in use, less so at another that is told too */
static gboolean
slice_say_threshold(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *gone = errata_finding_evidence(finding, "gone_at_threshold");
    g_autofree char *part = NULL;
    g_autofree char *cut = NULL;

    if (gone == NULL)
        return FALSE;
    part = errata_words_part(gone->value);
    cut = errata_words_number(gone->baseline, (double)NAN, (double)NAN);
    errata_prose_cite(prose, gone);
    errata_prose_say(
        prose,
        "the model is less sure there too, so this is no blind spot; with a threshold of "
        "%s, which another finding tells of, %s of these errors would go",
        cut,
        part);
    return TRUE;
}

static void
slice_say_standing(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "confidence_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "confidence_out");
    const ErrataEvidence *judged = errata_finding_evidence(finding, "n_judged");
    g_autofree char *count = errata_words_counted(judged != NULL ? (guint64)judged->value
                                                                 : finding->n_rows,
                                                  "row",
                                                  "rows");

    if (slice_say_threshold(prose, finding)) {
        /* that says it all */
    } else if (slice_is_known(finding) && in != NULL && out != NULL &&
               in->value < out->value - 0.02) {
        g_autofree char *here = errata_prose_value(prose, finding, "confidence_in");
        g_autofree char *there = errata_prose_value(prose, finding, "confidence_out");

        errata_prose_say(prose,
                         "the model is less sure there too (mean confidence %s, elsewhere %s), so "
                         "this is hard ground rather than a blind spot",
                         here,
                         there);
    } else if (errata_finding_note(finding, "noise") != NULL) {
        errata_prose_say(prose,
                         "they are as far above as below, so it is their spread that is larger, "
                         "and a prediction alone does not say so");
    } else if (slice_is_known(finding))
        errata_prose_say(prose,
                         "rows with such scores do no better elsewhere, so this is hard ground "
                         "rather than a blind spot");
    if (!finding->confirmed)
        errata_prose_say(prose,
                         "seen in %s that were also searched, so take it as a lead, not as a fact",
                         count);
}

void
errata_plan_slice(ErrataProse *prose, const ErrataFinding *finding)
{
    g_autofree char *who = errata_words_where(finding);

    if (errata_finding_note(finding, "better") != NULL) {
        errata_plan_slice_better(prose, finding);
        return;
    }
    if (errata_finding_note(finding, "type") != NULL) {
        errata_plan_slice_type(prose, finding);
        return;
    }
    if (g_strcmp0(errata_finding_note(finding, "of"), "said") == 0) {
        errata_plan_slice_of_said(prose, finding, who);
        errata_plan_slice_push(prose, finding);
        return;
    }
    slice_say_rates(prose, finding, who);
    slice_say_time(prose, finding);
    slice_say_size(prose, finding);
    slice_say_missed(prose, finding);
    slice_say_bias(prose, finding);
    slice_say_expected(prose, finding);
    errata_plan_slice_said(prose, finding);
    errata_plan_slice_parents(prose, finding);
    errata_plan_slice_decoys(prose, finding);
    if (prose->n_said + (finding->confirmed ? 0 : 1) < PLAN_SENTENCES &&
        errata_finding_evidence(finding, "missed_share") == NULL)
        errata_plan_slice_direction(prose, finding);
    errata_plan_slice_push(prose, finding);
    errata_plan_label_shape(prose, finding);
    slice_say_standing(prose, finding);
}
