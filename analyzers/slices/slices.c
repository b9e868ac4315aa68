/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analyzer: gathers the table, runs the search, states what was found. */
#include "slices.h"

#include <math.h>

#include "slices-beyond.h"
#include "slices-finding.h"
#include "slices-hidden.h"
#include "slices-merge.h"
#include "slices-near.h"
#include "slices-ramp.h"
#include "slices-types.h"
#include "sum.h"
#include "words.h"

#define SLICES_LEAST_ROWS 100

static char *
slices_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (outcome->n_judged < SLICES_LEAST_ROWS)
        return errata_words_too_few(outcome->n_judged,
                                    "a label and a prediction",
                                    SLICES_LEAST_ROWS);
    if (outcome->n_errors == outcome->n_judged && outcome->task != ERRATA_TASK_REGRESSION)
        return g_strdup("every prediction is wrong, so no group of them stands out");
    if (outcome->n_errors == 0)
        return g_strdup("no prediction is wrong");
    if (analysis->bins == NULL || analysis->bins->n_columns == 0)
        return g_strdup("no column can be searched");
    return NULL;
}

/* how groups were found that hide each other, or themselves */
static void
slices_say_hidden(const SlicesFind *find, ErrataCase *result)
{
    const SlicesFound *hidden = NULL;

    for (guint i = 0; i < find->found->len; i++)
        if (g_array_index(find->found, SlicesFound, i).hidden)
            hidden = &g_array_index(find->found, SlicesFound, i);
    if (hidden == NULL)
        return;
    if (hidden->turned)
        errata_case_method(result,
                           "Slices: some scores were mostly wrong, and less sure ones were not, "
                           "so groups were also sought with scores pooled until surer ones err no "
                           "more. Those found are held against rows of such scores in none of "
                           "them, at twice the rate; together they hold half of such errors.");
    else
        errata_case_method(result,
                           "Slices: more errors were left than the scores say, so groups were "
                           "also sought as if there were no scores. Those found are held against "
                           "rows of such scores in none of them, at twice the rate; together they "
                           "explain half of what was left.");
}

static void
slices_say_method(const SlicesTable *table, const SlicesFind *find, ErrataCase *result)
{
    g_autofree char *tried = errata_slices_words_count(find->n_tried);
    g_autofree char *rows = errata_slices_words_count(table->discovery.n_rows);
    g_autofree char *others = errata_slices_words_count(table->confirmation.n_rows);

    errata_case_method(
        result,
        "Slices: %s conjunctions of up to %u conditions over %u columns were counted exactly on %s "
        "rows, by likelihood ratio against the error expected from %s and the slices already found, "
        "less the logarithm of their number; at least %" G_GSIZE_FORMAT " rows each.",
        tried,
        MIN(table->max_level, SLICES_MAX_AXES),
        table->n_columns,
        rows,
        table->near != NULL            ? "how close the decision is"
        : table->discovery.n_cells > 1 ? "20 score bins by prediction"
                                       : "the overall rate",
        table->min_rows);
    if (table->exploratory)
        errata_case_method(
            result,
            "Slices: with fewer than 2,000 labelled rows nothing could be held back, "
            "so a slice had to beat the best of 99 searches of drawn errors; such "
            "slices are exploratory.");
    else
        errata_case_method(result,
                           "Slices: %u were tried on the other %s rows by a one-sided score test "
                           "(exact binomial under 50 errors), Benjamini–Hochberg over them; kept "
                           "with 1.25 times the rate expected from the other rows of their score "
                           "bins, 1.1 times the rest’s (1.25 times where scores are logged, whose "
                           "calibration tells less) and 0.5 %% of all errors in excess.",
                           find->found->len,
                           others);
    slices_say_hidden(find, result);
    if (table->discovery.n_cells > 1 && table->near == NULL && !table->exploratory)
        errata_case_method(result,
                           "Slices: hard ground is what has 1.25 times the overall rate, most of "
                           "which the scores expect, and holds four fifths of the errors expected "
                           "in as many of the least sure rows; up to two conditions, none on a "
                           "number that tells half of what the scores do.");
    if (find->n_sets_left_out > 0)
        errata_case_method(result,
                           "Slices: truncated. %" G_GUINT64_FORMAT " sets of columns were not "
                           "searched (pairs of the %u and triples of the %u most telling columns "
                           "were).",
                           find->n_sets_left_out,
                           find->n_columns[2],
                           find->n_columns[3]);
    if (table->n_left_out > 0) {
        g_autofree char *left_out = errata_slices_words_count(table->n_left_out);

        if (result->sampled == NULL)
            result->sampled = g_strdup_printf("slices and error tree: %s rows of the searched half "
                                              "were left out evenly",
                                              left_out);
        errata_case_method(result,
                           "Slices: sampled. The rows searched are spread evenly over their half; "
                           "%s more were not searched.",
                           left_out);
    }
}

static gboolean
slices_run(ErrataAnalysis *analysis, GError **error)
{
    const SlicesTable *table = errata_slices_table_shared(analysis);
    const ErrataSettings *settings = analysis->settings;
    g_autoptr(SlicesFind) find = errata_slices_find(table, NULL, settings->alpha, settings->seed);

    find = errata_slices_near_choose(analysis->searched, find, settings->alpha, settings->seed);
    errata_slices_hidden(table, find, settings->alpha, settings->seed);
    if (!table->exploratory)
        errata_slices_merge(table, find);
    errata_slices_ramp(table, find);
    errata_slices_beyond_add(analysis, table);
    errata_slices_near_add(analysis, table);
    for (guint i = 0; i < find->found->len; i++)
        if (g_array_index(find->found, SlicesFound, i).kept)
            errata_case_add_finding(analysis->result, errata_slices_finding_new(table, find, i));
    errata_case_tried(analysis->result, "slices", find->n_tried);
    errata_slices_types_add(analysis, table, find);
    errata_slices_better_add(analysis, table, find);
    slices_say_method(table, find, analysis->result);
    return TRUE;
}

/**
 * errata_slices_is_blind_spot:
 * @finding: any finding
 *
 * Returns: whether it is a confirmed slice with more errors than the scores tell of, whose rows say
 *   nothing of the scores or labels of others
 */
gboolean
errata_slices_is_blind_spot(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE && finding->confirmed && finding->row != NULL &&
           g_strcmp0(errata_finding_note(finding, "hard"), "known") != 0 &&
           errata_finding_note(finding, "type") == NULL &&
           errata_finding_note(finding, "better") == NULL;
}

/**
 * errata_slices_share:
 * @analysis: a log with its findings
 *
 * Returns: of all errors (real losses: of their sum), the share in rows of any slice of severity
 *   medium or above, each row once; NaN where there is none. A slice that is told of the
 *   predictions of one class has no part in it
 */
double
errata_slices_share(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *in = g_malloc0(MAX(outcome->n_rows, 1));
    ErrataSum own = {0.0, 0.0}, all = {0.0, 0.0};
    double loss;

    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);

        if (finding->kind != ERRATA_FINDING_SLICE || finding->severity < ERRATA_SEVERITY_MEDIUM ||
            isnan(finding->share_of_errors) || finding->row == NULL ||
            g_strcmp0(errata_finding_note(finding, "of"), "said") == 0)
            continue;
        for (gsize i = 0; i < finding->n_rows; i++)
            in[finding->row[i]] = 1;
    }
    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->judged[row] == 0 || isnan(outcome->loss[row]))
            continue;
        loss = outcome->loss[row] * errata_outcome_weight(outcome, row);
        errata_sum_add(&all, loss);
        if (in[row] != 0)
            errata_sum_add(&own, loss);
    }
    return errata_sum_value(&own) > 0.0 ? errata_sum_value(&own) / errata_sum_value(&all)
                                        : (double)NAN;
}

const ErrataAnalyzer errata_analyzer_slices = {
    .id = "slices",
    .why_not = slices_why_not,
    .run = slices_run,
};
