/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told where no scores were logged and most errors are those of close decisions. */
#include <math.h>

#include "intervals.h"
#include "rate.h"
#include "slices-facts.h"
#include "slices-near.h"
#include "words.h"

static void
near_add_rate(ErrataFinding *finding, const char *id, const char *label, const ErrataRate *rate)
{
    ErrataEvidence *evidence =
        errata_evidence_new(id, label, errata_rate_mean(rate), ERRATA_UNIT_SHARE, (guint64)rate->n);
    ErrataInterval interval = errata_rate_wilson(rate, 0.95);

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson, confirmation half");
    errata_finding_add(finding, evidence);
}

/**
 * errata_slices_near_add:
 * @analysis: gets the finding, and how it was come by
 * @table: its table
 *
 * Tells once what would else be told as one slice per stretch of ground along the model's decision;
 * nothing where that is not what errors are by.
 */
void
errata_slices_near_add(ErrataAnalysis *analysis, const SlicesTable *table)
{
    const SlicesHalf *half = &table->confirmation;
    ErrataRate rate[2] = {{.n = 0.0}};
    g_autofree char *in = NULL, *out = NULL, *title = NULL, *count = NULL;
    ErrataFinding *finding;
    ErrataSuggestion *suggestion;
    double share, captured;

    if (table->near == NULL)
        return;
    for (gsize i = 0; i < half->n_rows; i++)
        errata_slices_facts_add(table, half->row[i], half->y[i], &rate[table->near->close[i]]);
    if (!(errata_rate_wilson(&rate[1], 0.95).lo > errata_rate_wilson(&rate[0], 0.95).hi))
        return;
    share = rate[1].n / (rate[0].n + rate[1].n);
    captured = rate[1].sum / (rate[0].sum + rate[1].sum);
    in = errata_words_share(errata_rate_mean(&rate[1]), (double)NAN, (double)NAN);
    out = errata_words_share(errata_rate_mean(&rate[0]), (double)NAN, (double)NAN);
    title = g_strdup_printf("Of the closest fifth of the decisions %s are wrong, of the others %s",
                            in,
                            out);
    count = errata_words_counted(analysis->outcome->n_judged, "row", "rows");
    finding = errata_finding_new(ERRATA_FINDING_THRESHOLD, title);
    finding->confirmed = TRUE;
    finding->severity =
        ERRATA_SEVERITY_LOW; /* any model errs there; how sure it is would tell where */
    finding->summary = g_strdup_printf("close decisions · %s", count);
    finding->subject.objective = g_strdup("coverage");
    finding->share_of_errors = captured;
    finding->excess_errors = (double)NAN;
    finding->share_of_rows = share;
    finding->metric = g_strdup("accuracy");
    finding->rank = 0.0;
    g_ptr_array_add(finding->notes, g_strdup("near=yes"));
    near_add_rate(finding, "near_in", "error rate of the closest decisions", &rate[1]);
    near_add_rate(finding, "near_out", "error rate of the other rows", &rate[0]);
    errata_finding_add(finding,
                       errata_evidence_new("captured",
                                           "share of all errors among the closest decisions",
                                           captured,
                                           ERRATA_UNIT_SHARE,
                                           (guint64)(rate[0].n + rate[1].n)));
    suggestion =
        errata_finding_suggest(finding,
                               "fix-pipeline",
                               "Log the model’s scores with its predictions: they tell which "
                               "decisions are close, so that those can go to a person");
    suggestion->method = g_strdup("no gain is computed without scores");
    errata_case_add_finding(analysis->result, finding);
    errata_case_method(
        analysis->result,
        "Slices: no scores are logged, so that trees learnt from the columns what is predicted "
        "and what is true, on one half for the other; errors that fall with the distance from "
        "where both are undecided are expected, as they tell more of the errors than the "
        "slices did that were found without; those of which it leaves three fifths of the excess "
        "were tried again as they were. Others are not told, nor stretches of numbers with less "
        "than 1.5 times the errors expected by the distance, which is learnt.");
}
