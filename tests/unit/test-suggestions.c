/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suggestions.h"
#include "synth-log.h"

static void
make_log(Log *log, gsize n)
{
    log_init(log, n, 3);
    log_fill_noise(log);
    log_finish(log);
    log->analysis.set_aside = g_new0(guint8, n);
}

static void
end_log(Log *log)
{
    g_free(log->analysis.set_aside);
    log_clear(log);
}

static ErrataSuggestion *
blank(ErrataFinding *finding)
{
    return errata_finding_suggest(finding, "fix-pipeline", "do it");
}

static void
test_suggestions_as_others(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_DATA_BUG, "bug");
    ErrataRate in = {100.0, 100.0, 100.0, 40.0, 40.0};
    ErrataRate out = {900.0, 900.0, 900.0, 90.0, 90.0};
    ErrataSuggestion *suggestion = blank(finding);
    Log log;

    g_test_summary("By hand: a tenth of the rows, wrong 0.4 instead of 0.1, is worth 0.03");
    make_log(&log, 1000);
    g_assert_true(
        errata_suggestions_as_others(&log.analysis, &in, &out, 1.0, "method", suggestion));
    g_assert_cmpstr(suggestion->metric, ==, "accuracy");
    g_assert_cmpfloat_with_epsilon(suggestion->to - suggestion->from, 0.03, 1e-12);
    g_assert_cmpfloat(suggestion->lo, <, 0.03);
    g_assert_cmpfloat(suggestion->lo, >, 0.015);
    g_assert_cmpfloat(suggestion->hi, >, 0.03);
    g_assert_true(suggestion->upper_bound);
    suggestion = blank(finding);
    g_assert_true(
        errata_suggestions_as_others(&log.analysis, &out, &in, 1.0, "method", suggestion));
    g_assert_cmpfloat_with_epsilon(suggestion->to, suggestion->from, 1e-15); /* nothing to gain */
    g_assert_cmpfloat_with_epsilon(suggestion->hi, 0.0, 1e-15);
    in.n = 4.0;
    g_assert_false(errata_suggestions_as_others(&log.analysis, &in, &out, 1.0, "", blank(finding)));
    end_log(&log);
}

static void
test_suggestions_relearn(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "fall");
    g_autofree gint16 *learnt = g_new(gint16, 2000);
    g_autofree guint8 *mask = g_new0(guint8, 2000);
    ErrataSuggestion *suggestion = blank(finding);
    double before = 0.0;
    Log log;

    g_test_summary("Trees that are right wherever asked gain what the model got wrong there");
    make_log(&log, 2000);
    for (gsize row = 0; row < log.n; row++) {
        learnt[row] = (gint16)log.outcome.truth[row];
        mask[row] = row >= 1500;
        before += row >= 1500 && log.outcome.error[row] != 0 ? 1.0 : 0.0;
    }
    log.analysis.learnt = learnt;
    g_assert_true(errata_suggestions_relearn(&log.analysis, mask, suggestion));
    g_assert_cmpfloat_with_epsilon(suggestion->from, 1.0 - before / 500.0, 1e-12);
    /* the 500 are a quarter of the rows, and the gain is that of all */
    g_assert_cmpfloat_with_epsilon(suggestion->to,
                                   suggestion->from + before / (double)log.outcome.n_judged,
                                   1e-12);
    g_assert_false(suggestion->upper_bound);
    for (gsize row = 0; row < log.n; row++)
        learnt[row] = (gint16)(1 - log.outcome.truth[row]);
    g_assert_false(errata_suggestions_relearn(&log.analysis, mask, blank(finding)));
    end_log(&log);
}

/* the replays of the log as it is, one after the other */
static void
replay(Log *log, const guint8 *mask, ErrataFinding *finding)
{
    const char *column = log->bins->columns[0].name;

    g_assert_true(errata_suggestions_relearn(&log->analysis, mask, blank(finding)));
    g_assert_true(errata_suggestions_permute(&log->analysis, column, blank(finding)));
    g_assert_true(errata_suggestions_recalibrate(&log->analysis, -1, mask, blank(finding)));
}

static void
test_suggestions_weights(void)
{
    g_autoptr(ErrataFinding) weighted = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "a");
    g_autoptr(ErrataFinding) without = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "b");
    g_autofree gint16 *learnt = g_new(gint16, 6000);
    g_autofree guint8 *mask = g_new0(guint8, 6000);
    double *weight = g_new(double, 6000);
    Log log;

    g_test_summary("Rows of weight 0 count for nothing in a replay, the others by their weight");
    make_log(&log, 6000);
    for (gsize row = 0; row < log.n; row++) {
        learnt[row] = (gint16)(row % 10 == 0 ? 1 - log.outcome.truth[row] : log.outcome.truth[row]);
        mask[row] = row % 3 == 0;
        weight[row] = row % 2 == 0 ? 0.0 : 2.5;
    }
    log.analysis.learnt = learnt;
    log.outcome.weight = weight;
    replay(&log, mask, weighted);
    log.outcome.weight = NULL;
    for (gsize row = 0; row < log.n; row += 2) {
        log.outcome.truth[row] = -1;
        log.outcome.n_judged -= log.outcome.judged[row];
        log.outcome.judged[row] = 0;
    }
    replay(&log, mask, without);
    for (guint i = 0; i < 3; i++) {
        const ErrataSuggestion *a = g_ptr_array_index(weighted->suggestions, i);
        const ErrataSuggestion *b = g_ptr_array_index(without->suggestions, i);

        g_assert_cmpfloat_with_epsilon(a->from, b->from, 1e-9);
        g_assert_cmpfloat_with_epsilon(a->to, b->to, 1e-9);
        g_assert_cmpfloat_with_epsilon(a->lo, b->lo, 1e-9);
        g_assert_cmpfloat_with_epsilon(a->hi, b->hi, 1e-9);
        g_assert_cmpfloat(a->lo, <, a->hi);
    }
    g_free(weight);
    end_log(&log);
}

static void
test_suggestions_leak(void)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, "leak");
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "drop-feature", "drop it");
    Log log;

    g_test_summary(
        "A column that leaks is no gain to be without: the log cannot tell one, and why");
    make_log(&log, 4000);
    finding->subject.column = g_strdup(log.bins->columns[0].name);
    errata_finding_add(finding,
                       errata_evidence_new("strength", "AUC", 0.99, ERRATA_UNIT_NONE, 4000));
    errata_case_add_finding(log.analysis.result, finding);
    for (guint proposed = 0; proposed < 2; proposed++) {
        if (proposed != 0)
            errata_suggestions_propose(&log.analysis, finding, finding->subject.column, suggestion);
        else
            g_assert_true(errata_analyzer_suggestions.run(&log.analysis, NULL));
        g_assert_null(suggestion->metric);
        g_assert_true(g_str_has_prefix(suggestion->method, "no gain can be told"));
    }
    end_log(&log);
}

static void
test_suggestions_permute(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, "leak");
    ErrataSuggestion *suggestion = blank(finding);
    ErrataBinColumn *bin;
    Log log;

    g_test_summary("A model that only repeats a column is right half of the time without it");
    make_log(&log, 4000);
    bin = &log.bins->columns[0];
    log.outcome.n_errors = 0;
    for (gsize row = 0; row < log.n; row++) {
        log.outcome.truth[row] = (gint32)(row & 1);
        bin->code[row] = row % 20 < 2 ? (guint8)(1 - (row & 1)) : (guint8)(row & 1);
        log.outcome.error[row] = bin->code[row] != log.outcome.truth[row];
        log.outcome.loss[row] = log.outcome.error[row];
        log.outcome.n_errors += log.outcome.error[row];
    }
    g_assert_true(errata_suggestions_permute(&log.analysis, bin->name, suggestion));
    g_assert_cmpfloat_with_epsilon(suggestion->from, 0.9, 1e-12);
    g_assert_cmpfloat_with_epsilon(suggestion->to, 0.5, 1e-12);
    g_assert_false(errata_suggestions_permute(&log.analysis, "none", blank(finding)));
    for (gsize row = 0; row < log.n; row++)
        bin->code[row] = (guint8)(row & 1); /* the label itself, and no trees to go by */
    g_assert_false(errata_suggestions_permute(&log.analysis, bin->name, blank(finding)));
    end_log(&log);
}

static void
test_suggestions_reweigh(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_DRIFT, "drift");
    g_autofree guint8 *baseline = g_new0(guint8, 4000);
    ErrataSuggestion *suggestion = blank(finding);
    ErrataBinColumn *bin;
    Log log;

    g_test_summary("By hand: half of the rows have a value that errs 0.4, a tenth did; 0.16 less");
    make_log(&log, 4000);
    bin = &log.bins->columns[0];
    log.outcome.n_errors = 0;
    for (gsize row = 0; row < log.n; row++) {
        gboolean first = row < 2000;
        gboolean bad = first ? row % 10 == 0 : row % 10 != 0;

        baseline[row] = first ? 1 : 0;
        bin->code[row] = bad ? 1 : 0;
        log.outcome.error[row] = bad && row % 5 < 2 ? 1 : 0;
        log.outcome.loss[row] = log.outcome.error[row];
        log.outcome.n_errors += log.outcome.error[row];
    }
    log.analysis.baseline = baseline;
    g_assert_true(errata_suggestions_reweigh(&log.analysis, bin->name, suggestion));
    g_assert_cmpfloat_with_epsilon(suggestion->from,
                                   1.0 - (double)log.outcome.n_errors / 4000.0,
                                   1e-12);
    /* 2,000 bad rows, of which as many err as there are errors; a tenth of the baseline is bad */
    g_assert_cmpfloat_with_epsilon(suggestion->to,
                                   1.0 - 0.1 * (double)log.outcome.n_errors / 2000.0,
                                   1e-12);
    end_log(&log);
}

static void
test_suggestions_size(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_SLICE, "x");
    ErrataSuggestion *suggestion = blank(finding);

    g_assert_true(isinf(errata_suggestion_size(suggestion)));
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 0.8;
    suggestion->to = 0.83;
    g_assert_cmpfloat_with_epsilon(errata_suggestion_size(suggestion), 0.03, 1e-12);
    suggestion->upper_bound = TRUE;
    suggestion->lo = 0.01;
    g_assert_cmpfloat_with_epsilon(errata_suggestion_size(suggestion), 0.01, 1e-12);
    g_free(suggestion->metric);
    suggestion->metric = g_strdup("log_loss");
    suggestion->upper_bound = FALSE;
    suggestion->from = 0.5;
    suggestion->to = 0.4;
    g_assert_cmpfloat_with_epsilon(errata_suggestion_size(suggestion), 0.2, 1e-12);
}

static const ErrataSuggestion *
suggestion_of(const ErrataFinding *finding, const char *action)
{
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        if (strcmp(suggestion->action, action) == 0)
            return suggestion;
    }
    return NULL;
}

static ErrataFinding *
add_rows(Log *log, ErrataFindingKind kind, gsize n)
{
    ErrataFinding *finding = errata_finding_new(kind, "rows");

    errata_finding_add(finding,
                       errata_evidence_new("n", "rows", (double)n, ERRATA_UNIT_COUNT, log->n));
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->share_of_rows = (double)n / (double)log->n;
    finding->n_rows = n;
    finding->row = g_new(guint32, n);
    for (guint32 i = 0; i < n; i++)
        finding->row[i] = i;
    errata_case_add_finding(log->analysis.result, finding);
    return finding;
}

static void
test_suggestions_add(void)
{
    ErrataFinding *bug, *slice, *copies;
    const ErrataSuggestion *kept_out, *weighed;
    double in = 0.0, all = 0.0;
    Log log;

    g_test_summary("Faulty rows are kept out, slices weighed, each with the gain by hand");
    make_log(&log, 4000);
    for (gsize row = 0; row < log.n; row++) {
        log.outcome.error[row] = row < 1000 ? row % 2 == 0 : row % 10 == 0;
        log.outcome.loss[row] = log.outcome.error[row];
        all += log.outcome.loss[row];
        in += row < 1000 ? log.outcome.loss[row] : 0.0;
    }
    bug = add_rows(&log, ERRATA_FINDING_DATA_BUG, 1000);
    bug->subject.bug = g_strdup("unit-change");
    bug->subject.column = g_strdup("a");
    copies = add_rows(&log, ERRATA_FINDING_DATA_BUG, 1000);
    copies->subject.bug = g_strdup("duplicate-rows");
    slice = add_rows(&log, ERRATA_FINDING_SLICE, 1000);
    errata_suggestions_add(&log.analysis);
    g_assert_cmpfloat_with_epsilon(all, 800.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(in, 500.0, 1e-9);
    kept_out = suggestion_of(bug, "quarantine-file");
    g_assert_nonnull(kept_out);
    g_assert_cmpfloat_with_epsilon(kept_out->from, 0.8, 1e-12);
    g_assert_cmpfloat_with_epsilon(kept_out->to, 0.9, 1e-12); /* of the other 3,000 */
    g_assert_false(kept_out->upper_bound);
    g_assert_null(suggestion_of(copies, "quarantine-file"));
    weighed = suggestion_of(slice, "reweight");
    g_assert_nonnull(weighed);
    g_assert_cmpfloat_with_epsilon(weighed->to, 0.9, 1e-12);
    g_assert_true(weighed->upper_bound);
    end_log(&log);
}

static void
test_suggestions_harmless(void)
{
    GError *error = NULL;
    Log log;

    g_test_summary("A change with which the errors did not become more has nothing to gain, though "
                   "a later one made them more in its rows");
    for (guint costs = 0; costs < 2; costs++) {
        ErrataFinding *change;
        ErrataSuggestion *look;

        make_log(&log, 4000);
        for (gsize row = 0; row < log.n; row++) {
            log.outcome.error[row] = row >= 3000 ? row % 2 == 0 : row % 10 == 0;
            log.outcome.loss[row] = log.outcome.error[row];
        }
        change = add_rows(&log, ERRATA_FINDING_CHANGE_POINT, 0);
        change->subject.series = g_strdup("volume");
        change->subject.from = 1000;
        change->n_rows = 3000;
        change->row = g_new(guint32, change->n_rows);
        for (guint32 i = 0; i < change->n_rows; i++)
            change->row[i] = 1000 + i;
        if (costs != 0)
            g_ptr_array_add(change->notes, g_strdup("errors=more"));
        look = errata_finding_suggest(change, "monitor", "find out");
        g_assert_true(errata_analyzer_suggestions.run(&log.analysis, &error));
        g_assert_no_error(error);
        look = g_ptr_array_index(change->suggestions, 0);
        g_assert_cmpstr(look->metric, ==, "accuracy");
        if (costs != 0)
            g_assert_cmpfloat(look->to - look->from, >, 0.05);
        else
            g_assert_cmpfloat_with_epsilon(look->to, look->from, 1e-15);
        end_log(&log);
    }
}

static void
test_suggestions_frozen(void)
{
    Log log;

    g_test_summary("A column that stood still for a while costs what its rows err more; one that "
                   "always has one value nothing");
    for (guint always = 0; always < 2; always++) {
        ErrataFinding *bug;
        const ErrataSuggestion *mend;
        g_autofree guint32 *order = g_new(guint32, 4000);

        make_log(&log, 4000);
        log.outcome.order = order;
        for (gsize i = 0; i < log.n; i++) {
            order[i] = (guint32)i;
            log.outcome.error[i] = i < 1000 ? i % 2 == 0 : i % 10 == 0;
            log.outcome.loss[i] = log.outcome.error[i];
        }
        bug = add_rows(&log, ERRATA_FINDING_DATA_BUG, 1000);
        bug->subject.bug = g_strdup("constant");
        bug->subject.column = g_strdup("a");
        bug->subject.to = always != 0 ? 0 : 1000;
        errata_finding_suggest(bug, "fix-pipeline", "mend");
        g_assert_true(errata_analyzer_suggestions.run(&log.analysis, NULL));
        mend = suggestion_of(bug, "fix-pipeline");
        g_assert_nonnull(mend);
        if (mend != NULL)
            g_assert_cmpfloat_with_epsilon(mend->to - mend->from, always != 0 ? 0.0 : 0.1, 1e-9);
        end_log(&log);
    }
}

static void
test_suggestions_innocent(void)
{
    Log log;

    g_test_summary(
        "What was promised for a fault whose rows another group makes err is taken back");
    for (guint innocent = 0; innocent < 2; innocent++) {
        ErrataFinding *bug, *group;
        ErrataSuggestion *mend;

        make_log(&log, 4000);
        for (gsize i = 0; i < log.n; i++) {
            log.outcome.error[i] = i < 1000 ? i % 2 == 0 : i % 10 == 0;
            log.outcome.loss[i] = log.outcome.error[i];
        }
        bug = add_rows(&log, ERRATA_FINDING_DATA_BUG, 1000);
        bug->subject.bug = g_strdup("out-of-range");
        bug->subject.column = g_strdup("a");
        group = add_rows(&log, ERRATA_FINDING_SLICE, 1000);
        group->severity = ERRATA_SEVERITY_HIGH;
        group->confirmed = TRUE;
        if (innocent != 0)
            g_ptr_array_add(bug->notes, g_strdup("innocent=another finding"));
        mend = errata_finding_suggest(bug, "fix-pipeline", "mend");
        mend->metric = g_strdup("accuracy");
        mend->from = 0.8;
        mend->to = 0.9;
        g_assert_true(errata_analyzer_suggestions.run(&log.analysis, NULL));
        mend = g_ptr_array_index(bug->suggestions, 0);
        g_assert_cmpfloat_with_epsilon(mend->to - mend->from, innocent != 0 ? 0.0 : 0.1, 1e-9);
        end_log(&log);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/suggestions/as-others", test_suggestions_as_others);
    g_test_add_func("/suggestions/relearn", test_suggestions_relearn);
    g_test_add_func("/suggestions/leak", test_suggestions_leak);
    g_test_add_func("/suggestions/weights", test_suggestions_weights);
    g_test_add_func("/suggestions/permute", test_suggestions_permute);
    g_test_add_func("/suggestions/reweigh", test_suggestions_reweigh);
    g_test_add_func("/suggestions/add", test_suggestions_add);
    g_test_add_func("/suggestions/harmless", test_suggestions_harmless);
    g_test_add_func("/suggestions/innocent", test_suggestions_innocent);
    g_test_add_func("/suggestions/frozen", test_suggestions_frozen);
    g_test_add_func("/suggestions/size", test_suggestions_size);
    return g_test_run();
}
