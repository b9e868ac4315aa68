/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a slice is and is not: which of its conditions matter, who looks guilty and is not, and
 * which way it errs where that differs from elsewhere. */
#include <math.h>

#include "prose.h"
#include "words.h"

#define WHY_ALL    0.85 /* part of the excess that fewer conditions reach: the last one adds little */
#define WHY_LITTLE 0.35 /* part of the excess that fewer conditions reach: only all together */
#define WHY_OTHER  0.10 /* difference of the shares of misses, here and elsewhere, that surprises */

typedef struct {
    const ErrataEvidence *parent[3]; /* in the order of the condition that each leaves out */
    guint n;
    guint worst;
    double part; /* of the slice's excess that the worst parent reaches */
} WhyParents;

static gboolean
why_parents(const ErrataFinding *finding, WhyParents *ret_parents)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    WhyParents parents = {{NULL}, 0, 0, 0.0};

    for (guint i = 0; i < finding->evidence->len && parents.n < 3; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(evidence->key, "parent") == 0)
            parents.parent[parents.n++] = evidence;
    }
    if (parents.n < 2 || in == NULL || out == NULL || !(in->value > out->value))
        return FALSE;
    for (guint i = 0; i < parents.n; i++) {
        if (isnan(parents.parent[i]->value))
            return FALSE;
        if (parents.parent[i]->value > parents.parent[parents.worst]->value)
            parents.worst = i;
    }
    parents.part = (parents.parent[parents.worst]->value - out->value) / (in->value - out->value);
    *ret_parents = parents;
    return TRUE;
}

/* the one condition that a parent of two keeps, or the pair that one of three keeps */
static char *
why_kept(const ErrataFinding *finding, guint skipped)
{
    const GPtrArray *predicates = finding->subject.predicates;
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < predicates->len; i++)
        if (i != skipped)
            g_ptr_array_add(parts, errata_words_predicate(g_ptr_array_index(predicates, i)));
    return errata_words_list((const char *const *)parts->pdata, parts->len, "and");
}

static void
why_say_mixed(ErrataProse *prose, const ErrataFinding *finding, const WhyParents *parents)
{
    guint other = parents->worst == 0 ? 1 : 0;
    g_autofree char *value = errata_words_value(parents->parent[parents->worst]);
    g_autofree char *second = errata_words_value(parents->parent[other]);
    g_autofree char *kept = why_kept(finding, parents->worst);
    g_autofree char *kept_second = why_kept(finding, other);

    if (parents->n == 2)
        errata_prose_say(prose,
                         parents->parent[0]->unit == ERRATA_UNIT_SHARE
                             ? "it takes both conditions: %s are wrong where %s, %s where %s"
                             : "it takes both conditions: they are off by %s where %s, by %s where "
                               "%s",
                         value,
                         kept,
                         second,
                         kept_second);
    else
        errata_prose_say(prose,
                         "it takes all three conditions: two of them come to %s at most, where %s",
                         value,
                         kept);
}

/* what a condition adds that does little, by the numbers as they are written: a slice may do better
 * than it does without it, or just as well */
static char *
why_idle(const ErrataFinding *finding, const ErrataEvidence *parent)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    gboolean real = parent->unit != ERRATA_UNIT_SHARE;
    g_autofree char *here = errata_words_value(in);
    g_autofree char *there = errata_words_value(parent);

    if (g_strcmp0(here, there) == 0)
        return g_strdup_printf(real ? "nothing that shows: without it, they are off by %s, too"
                                    : "nothing that shows: without it, %s are wrong, too",
                               there);
    if (parent->value > in->value)
        return g_strdup_printf(real ? "nothing: without it, they are off by more, %s"
                                    : "nothing: without it, more are wrong, %s",
                               there);
    return g_strdup_printf(real ? "little: without it, they are off by %s"
                                : "little: without it, %s are wrong",
                           there);
}

/**
 * errata_plan_slice_parents:
 *
 * Two or three conditions: does one do nothing, or do they matter only together?
 */
void
errata_plan_slice_parents(ErrataProse *prose, const ErrataFinding *finding)
{
    WhyParents parents;
    g_autofree char *value = NULL;

    if (!why_parents(finding, &parents) || finding->subject.predicates->len != parents.n)
        return;
    value = errata_words_value(parents.parent[parents.worst]);
    if (parents.part >= WHY_ALL) {
        const ErrataPredicate *idle = g_ptr_array_index(finding->subject.predicates, parents.worst);
        g_autofree char *added = why_idle(finding, parents.parent[parents.worst]);

        errata_prose_cite(prose, parents.parent[parents.worst]);
        errata_prose_say(prose, "the condition on %s adds %s", idle->column, added);
        return;
    }
    for (guint i = 0; i < parents.n; i++)
        errata_prose_cite(prose, parents.parent[i]);
    if (parents.part > WHY_LITTLE)
        why_say_mixed(prose, finding, &parents);
    else
        errata_prose_say(
            prose,
            parents.n == 2
                ? "neither condition does this alone: each by itself comes to %s at most"
                : "no two of the three conditions do this alone: each pair comes to %s at most",
            value);
}

/**
 * errata_plan_slice_decoys:
 *
 * What looks guilty and is no worse than elsewhere once the slice's rows are set aside.
 */
void
errata_plan_slice_decoys(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *first = NULL;
    const ErrataEvidence *second = NULL;
    g_autofree char *value = NULL;
    g_autofree char *elsewhere = NULL;

    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(evidence->key, "decoy") != 0 || evidence->text == NULL ||
            isnan(evidence->value) || isnan(evidence->baseline))
            continue;
        if ((isnan(evidence->lo) ? evidence->value : evidence->lo) > evidence->baseline)
            continue;
        if (first == NULL)
            first = evidence;
        else if (second == NULL)
            second = evidence;
    }
    if (first == NULL)
        return;
    value = errata_words_value(first);
    elsewhere = first->unit == ERRATA_UNIT_SHARE
                    ? errata_words_share(first->baseline, first->lo, first->hi)
                    : errata_words_number(first->baseline, first->lo, first->hi);
    errata_prose_cite(prose, first);
    errata_prose_cite(prose, second);
    errata_prose_say(
        prose,
        first->unit == ERRATA_UNIT_SHARE
            ? "rows where %s look guilty too, but are not: with these set aside, %s of them are "
              "wrong, elsewhere %s%s%s"
            : "rows where %s look guilty too, but are not: with these set aside, they are off by "
              "%s, elsewhere by %s%s%s",
        first->text,
        value,
        elsewhere,
        second != NULL ? "; nor are those where " : "",
        second != NULL ? second->text : "");
}

/* the positive class as part of a sentence: “fraud”, “class 1” */
static char *
why_positive(const char *positive)
{
    for (const char *c = positive; *c != '\0'; c++)
        if (g_ascii_isalpha(*c) || (*c & 0x80) != 0)
            return g_strdup(positive);
    return g_strdup_printf("class %s", positive);
}

/**
 * errata_plan_slice_said:
 *
 * Predictions of one class that go wrong there, where those of others do not.
 */
void
errata_plan_slice_said(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *said = errata_finding_evidence(finding, "said_in");
    const char *class = errata_finding_note(finding, "said");
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;

    if (said == NULL || class == NULL || isnan(said->value) || isnan(said->baseline))
        return;
    here = errata_words_value(said);
    there = errata_words_share(said->baseline, said->lo, said->hi);
    errata_prose_cite(prose, said);
    errata_prose_say(prose,
                     "it is the predictions of %s that go wrong there: %s of them, elsewhere %s",
                     class,
                     here,
                     there);
}

/**
 * errata_plan_slice_of_said:
 *
 * Predictions of one class that go wrong there, where all together hardly do.
 */
void
errata_plan_slice_of_said(ErrataProse *prose, const ErrataFinding *finding, const char *who)
{
    const ErrataEvidence *said = errata_finding_evidence(finding, "said_in");
    const char *class = errata_finding_note(finding, "said");
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;
    g_autofree char *interval = NULL;
    g_autofree char *errors = NULL;
    g_autofree char *all_in = NULL;
    g_autofree char *all_out = NULL;

    if (said == NULL || class == NULL || isnan(said->value) || isnan(said->baseline))
        return;
    here = errata_words_value(said);
    there = errata_words_share(said->baseline, said->lo, said->hi);
    interval = errata_words_interval(said);
    errata_prose_cite(prose, said);
    errata_prose_say(
        prose,
        "predictions of %s where %s are wrong %s of the time%s%s%s, those elsewhere %s",
        class,
        who,
        here,
        interval != NULL ? " (" : "",
        interval != NULL ? interval : "",
        interval != NULL ? ")" : "",
        there);
    errors = errata_prose_value(prose, finding, "share_errors");
    all_in = errata_prose_value(prose, finding, "rate_in");
    all_out = errata_prose_value(prose, finding, "rate_out");
    if (errors != NULL && all_in != NULL && all_out != NULL)
        errata_prose_say(prose,
                         "they make %s of all errors; all predictions there together are wrong %s "
                         "of the time, the rest %s",
                         errors,
                         all_in,
                         all_out);
}

/**
 * errata_plan_slice_direction:
 *
 * Missed cases or false alarms, where the share is extreme and not simply what it is elsewhere; and
 * whether the scores stay sure.
 */
void
errata_plan_slice_direction(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *missed = errata_finding_evidence(finding, "fn_share");
    const ErrataEvidence *sure_in = errata_finding_evidence(finding, "confidence_in");
    const ErrataEvidence *sure_out = errata_finding_evidence(finding, "confidence_out");
    gboolean known = g_strcmp0(errata_finding_note(finding, "hard"), "known") == 0;
    /* where there is an expectation by score, that has been said better */
    gboolean as_sure = !known && errata_finding_evidence(finding, "expected") == NULL &&
                       sure_in != NULL && sure_out != NULL &&
                       sure_in->value >= sure_out->value - 0.02;
    const char *rest = as_sure ? ", and the scores stay as sure as elsewhere" : "";
    g_autofree char *positive = NULL;
    g_autofree char *share = NULL;
    gboolean misses;
    double part;

    if (missed == NULL || isnan(missed->value) || prose->report->positive == NULL)
        return;
    positive = why_positive(prose->report->positive);
    misses = missed->value >= 0.5;
    part = misses ? missed->value : 1.0 - missed->value;
    if (part < 0.7 || fabs(missed->value - missed->baseline) < WHY_OTHER) {
        if (!as_sure)
            return;
        errata_prose_cite(prose, sure_in);
        errata_prose_cite(prose, sure_out);
        errata_prose_say(prose, "the scores stay as sure there as elsewhere");
        return;
    }
    errata_prose_cite(prose, missed);
    if (as_sure) {
        errata_prose_cite(prose, sure_in);
        errata_prose_cite(prose, sure_out);
    }
    share = part >= 0.9 ? g_strdup("nearly all") : errata_words_part(part);
    errata_prose_say(prose,
                     "of these errors, %s are %s %s%s",
                     share,
                     misses ? "missed cases of" : "false alarms for",
                     positive,
                     rest);
}
