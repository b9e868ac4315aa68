/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a slice: how much worse it is and against what; how much of the log it concerns and of
 * the errors it makes; which of its conditions matter; who looks guilty and is not; which way it errs. */
#include <math.h>

#include "prose.h"
#include "words.h"

#define PLAN_ALONE 1.25 /* a parent under this times the rest's rate does not do it alone */

static char *
slice_who(const ErrataFinding *finding)
{
    const GPtrArray *predicates = finding->subject.predicates;
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < predicates->len; i++)
        g_ptr_array_add(parts, errata_predicate_describe(g_ptr_array_index(predicates, i)));
    return errata_words_list((const char *const *)parts->pdata, parts->len, "and");
}

static void
slice_say_rates(ErrataProse *prose, const ErrataFinding *finding, const char *who)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    const ErrataEvidence *ratio = errata_finding_evidence(finding, "ratio");
    g_autofree char *in_words = NULL;
    g_autofree char *out_words = NULL;
    g_autofree char *times = NULL;
    g_autofree char *interval = NULL;

    if (in == NULL || out == NULL)
        return;
    in_words = errata_words_value(in);
    out_words = errata_words_value(out);
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    if (in->unit != ERRATA_UNIT_SHARE) {
        interval = errata_words_interval(in);
        errata_prose_say(prose,
                         "predictions where %s are off by %s on average%s%s%s; the rest, by %s",
                         who,
                         in_words,
                         interval != NULL ? " (" : "",
                         interval != NULL ? interval : "",
                         interval != NULL ? ")" : "",
                         out_words);
        return;
    }
    if (ratio != NULL && ratio->value >= 1.4) {
        times = errata_words_times(ratio->value);
        interval = errata_words_interval(ratio);
        errata_prose_cite(prose, ratio);
        errata_prose_say(prose,
                         "predictions where %s are wrong %s as the rest: %s against %s%s%s%s",
                         who,
                         times,
                         in_words,
                         out_words,
                         interval != NULL ? " (ratio " : "",
                         interval != NULL ? interval : "",
                         interval != NULL ? ")" : "");
        return;
    }
    times = errata_words_points(in->value - out->value);
    interval = errata_words_interval(in);
    errata_prose_say(prose,
                     "predictions where %s are wrong %s of the time%s%s%s, %s more than the rest",
                     who,
                     in_words,
                     interval != NULL ? " (" : "",
                     interval != NULL ? interval : "",
                     interval != NULL ? ")" : "",
                     times);
}

static void
slice_say_size(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *rows = errata_finding_evidence(finding, "share_rows");
    const ErrataEvidence *errors = errata_finding_evidence(finding, "share_errors");
    const ErrataEvidence *expected = errata_finding_evidence(finding, "expected");
    g_autofree char *rows_words = NULL;
    g_autofree char *errors_words = NULL;
    g_autofree char *expected_words = NULL;

    if (rows == NULL || errors == NULL)
        return;
    rows_words = errata_words_part(rows->value);
    errors_words = errata_words_part(errors->value);
    errata_prose_cite(prose, rows);
    errata_prose_cite(prose, errors);
    if (expected == NULL || isnan(expected->value) || expected->unit != ERRATA_UNIT_SHARE) {
        errata_prose_say(prose,
                         "they are %s of the rows and make %s of the errors",
                         rows_words,
                         errors_words);
        return;
    }
    expected_words = errata_words_value(expected);
    errata_prose_cite(prose, expected);
    errata_prose_say(
        prose,
        "they are %s of the rows and make %s of the errors; going by the model's own confidence, "
        "%s of them should be wrong",
        rows_words,
        errors_words,
        expected_words);
}

static guint
slice_parents(const ErrataFinding *finding, const ErrataEvidence **parents, guint max)
{
    guint n = 0;

    for (guint i = 0; i < finding->evidence->len && n < max; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(evidence->key, "parent") == 0 && !isnan(evidence->value))
            parents[n++] = evidence;
    }
    return n;
}

/* two or three conditions: does one do it alone? */
static void
slice_say_parents(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *parents[3];
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    const ErrataEvidence *worst = NULL;
    guint n = slice_parents(finding, parents, G_N_ELEMENTS(parents));
    g_autofree char *value = NULL;

    if (n < 2 || in == NULL || out == NULL)
        return;
    for (guint i = 0; i < n; i++) {
        errata_prose_cite(prose, parents[i]);
        if (worst == NULL || parents[i]->value > worst->value)
            worst = parents[i];
    }
    value = errata_words_value(worst);
    if (worst->value < PLAN_ALONE * out->value)
        errata_prose_say(
            prose,
            n == 2 ? "neither condition does this alone: each stays at or below %s"
                   : "no two of the conditions do this alone: each pair stays at or below %s",
            value);
    else if (worst->value < in->value)
        errata_prose_say(prose,
                         n == 2 ? "most of it goes with %s (%s by itself); both together are worse"
                                : "most of it goes with %s (%s by themselves); all three are worse",
                         worst->text != NULL ? worst->text : "one condition",
                         value);
}

static void
slice_say_decoy(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *decoy = errata_finding_note(finding, "decoy");

    if (decoy != NULL)
        errata_prose_say(
            prose,
            "%s looks guilty too, but is not: with these rows set aside it is no worse than elsewhere",
            decoy);
}

static void
slice_say_direction(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *missed = errata_finding_evidence(finding, "fn_share");
    const ErrataEvidence *sure_in = errata_finding_evidence(finding, "confidence_in");
    const ErrataEvidence *sure_out = errata_finding_evidence(finding, "confidence_out");
    const char *positive = prose->report->positive;
    gboolean as_sure = sure_in != NULL && sure_out != NULL &&
                       sure_in->value >= sure_out->value - 0.02;
    const char *rest = as_sure ? ", and the scores stay as sure as elsewhere" : "";
    g_autofree char *share = NULL;

    if (missed == NULL || positive == NULL || isnan(missed->value))
        return;
    errata_prose_cite(prose, missed);
    if (as_sure) {
        errata_prose_cite(prose, sure_in);
        errata_prose_cite(prose, sure_out);
    }
    if (missed->value >= 0.9)
        errata_prose_say(prose,
                         "nearly all of these errors are missed cases of %s%s",
                         positive,
                         rest);
    else if (missed->value <= 0.1)
        errata_prose_say(prose,
                         "nearly all of these errors are false alarms for %s%s",
                         positive,
                         rest);
    else if (missed->value >= 0.7 || missed->value <= 0.3) {
        share = errata_words_part(missed->value >= 0.7 ? missed->value : 1.0 - missed->value);
        errata_prose_say(prose,
                         missed->value >= 0.7 ? "%s of these errors are missed cases of %s%s"
                                              : "%s of these errors are false alarms for %s%s",
                         share,
                         positive,
                         rest);
    } else if (as_sure)
        errata_prose_say(prose, "it errs in both directions%s", rest);
}

void
errata_plan_slice(ErrataProse *prose, const ErrataFinding *finding)
{
    g_autofree char *who = slice_who(finding);
    g_autofree char *count = errata_words_counted(finding->n_rows, "row", "rows");
    gboolean known = g_strcmp0(errata_finding_note(finding, "hard"), "known") == 0;

    slice_say_rates(prose, finding, who);
    slice_say_size(prose, finding);
    slice_say_parents(prose, finding);
    slice_say_decoy(prose, finding);
    slice_say_direction(prose, finding);
    if (known)
        errata_prose_say(
            prose,
            "the model knows it is unsure here, so this is hard ground rather than a blind spot");
    if (!finding->confirmed)
        errata_prose_say(prose,
                         "seen in %s that were also searched, so take it as a lead, not as a fact",
                         count);
}
