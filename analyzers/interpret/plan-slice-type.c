/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a slice that errs one way, or that does better than its scores tell. */
#include <math.h>

#include "prose.h"
#include "words.h"

static void
type_say_real(ErrataProse *prose, const ErrataFinding *finding, const char *who, gboolean high)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "type_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "type_out");
    const char *unit = errata_prose_unit(prose);
    g_autofree char *here = errata_words_number(fabs(in->value), in->lo, in->hi);
    g_autofree char *there = errata_words_number(fabs(out->value), out->lo, out->hi);

    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    if (g_str_equal(there, "0"))
        errata_prose_say(prose,
                         "predictions where %s are too %s by %s%s on average; elsewhere they are "
                         "neither too high nor too low",
                         who,
                         high ? "high" : "low",
                         here,
                         unit);
    else
        errata_prose_say(
            prose,
            "predictions where %s are too %s by %s%s on average; elsewhere they are %s%s "
            "too %s",
            who,
            high ? "high" : "low",
            here,
            unit,
            there,
            unit,
            out->value > 0.0 ? "high" : "low");
}

/* errors of one kind may come in place of others */
static void
type_say_all(ErrataProse *prose, const ErrataEvidence *all)
{
    g_autofree char *here = all != NULL ? errata_words_value(all) : NULL;
    g_autofree char *alike = NULL;
    double half;

    if (all == NULL) {
        errata_prose_say(prose,
                         "errors of this one kind are more than their scores tell; all errors "
                         "together need not be");
        return;
    }
    half = (all->hi - all->lo) / 2.0;
    alike = errata_words_share(all->baseline, all->baseline - half, all->baseline + half);
    errata_prose_cite(prose, all);
    errata_prose_say(prose,
                     "with errors of all kinds %s of its predictions are wrong, where the same "
                     "scores elsewhere would make it %s",
                     here,
                     alike);
}

/**
 * errata_plan_slice_type:
 *
 * Cases of one class taken for another more often than elsewhere, or predictions too high or too
 * low.
 */
void
errata_plan_slice_type(ErrataProse *prose, const ErrataFinding *finding)
{
    const char *type = errata_finding_note(finding, "type");
    const char *given = errata_finding_note(finding, "given");
    const char *said = errata_finding_note(finding, "said");
    const ErrataEvidence *in = errata_finding_evidence(finding, "type_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "type_out");
    const ErrataEvidence *foreseen = errata_finding_evidence(finding, "type_foreseen");
    g_autofree char *who = errata_words_where(finding);
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;

    if (in == NULL || out == NULL || isnan(in->value) || isnan(out->value))
        return;
    if (in->unit != ERRATA_UNIT_SHARE) {
        type_say_real(prose, finding, who, g_strcmp0(type, "too-high") == 0);
        return;
    }
    here = errata_words_value(in);
    there = errata_words_value(out);
    errata_prose_cite(prose, in);
    errata_prose_cite(prose, out);
    errata_prose_say(prose,
                     "cases of %s where %s are taken for %s in %s of them, elsewhere in %s",
                     given,
                     who,
                     said,
                     here,
                     there);
    if (foreseen != NULL) {
        g_autofree char *alike = errata_words_value(foreseen);

        errata_prose_cite(prose, foreseen);
        errata_prose_say(prose, "of those with the same scores elsewhere it is %s", alike);
    }
    type_say_all(prose, errata_finding_evidence(finding, "type_all"));
}

/**
 * errata_plan_slice_better:
 *
 * Fewer errors than the scores expect.
 */
void
errata_plan_slice_better(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "better_in");
    const char *than = errata_finding_note(finding, "better");
    g_autofree char *who = errata_words_where(finding);
    g_autofree char *here = NULL;
    g_autofree char *expected = NULL;
    double half;

    if (in == NULL || isnan(in->value) || isnan(in->baseline))
        return;
    half = (in->hi - in->lo) / 2.0;
    here = errata_words_value(in);
    errata_prose_cite(prose, in);
    if (in->unit == ERRATA_UNIT_SHARE) {
        expected = errata_words_share(in->baseline, in->baseline - half, in->baseline + half);
        if (g_strcmp0(than, "elsewhere") == 0)
            errata_prose_say(prose,
                             "predictions where %s are wrong %s of the time; going by all other "
                             "rows, %s would be: this group is the exception, not the others",
                             who,
                             here,
                             expected);
        else
            errata_prose_say(
                prose,
                "predictions where %s are wrong %s of the time; going by their scores, %s "
                "would be: the model can be trusted more there than it says",
                who,
                here,
                expected);
        return;
    }
    expected = errata_words_number(in->baseline, in->baseline - half, in->baseline + half);
    errata_prose_say(
        prose,
        "predictions where %s are off by %s%s on average; rows predicted alike are off "
        "by %s",
        who,
        here,
        errata_prose_unit(prose),
        expected);
}
