/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "actions.h"
#include "compose.h"
#include "error.h"
#include "report.h"
#include "sample-case.h"

/* The whole way: case → files, in memory. */

static gboolean
test_compose_write_cb(const char *path,
                      const void *data,
                      gsize size,
                      gpointer user_data,
                      GError **error)
{
    GHashTable *files = user_data;

    (void)error;
    g_hash_table_insert(files, g_strdup(path), g_bytes_new(data, size));
    return TRUE;
}

static gboolean
test_compose_full_cb(const char *path,
                     const void *data,
                     gsize size,
                     gpointer user_data,
                     GError **error)
{
    (void)path;
    (void)data;
    (void)size;
    (void)user_data;
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_IO, "no space left");
    return FALSE;
}

static GHashTable *
test_compose_render(ErrataCase *report_case, const char *paper)
{
    static const char *const formats[] = {"pdf", "svg", "json", NULL};
    GHashTable *files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    g_autoptr(GError) error = NULL;

    g_assert_true(
        errata_report_render(report_case, formats, paper, test_compose_write_cb, files, &error));
    g_assert_no_error(error);
    return files;
}

static void
test_compose_files(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autoptr(GHashTable) files = test_compose_render(report_case, "A4");
    GBytes *pdf = g_hash_table_lookup(files, "report.pdf");

    g_assert_nonnull(pdf);
    g_assert_cmpuint(g_bytes_get_size(pdf), <, 200000);
    g_assert_true(memcmp(g_bytes_get_data(pdf, NULL), "%PDF-1.", 7) == 0);
    g_assert_true(g_hash_table_contains(files, "svg/timeline.svg"));
    g_assert_true(g_hash_table_contains(files, "svg/roc.svg"));
    g_assert_true(g_hash_table_contains(files, "svg/confusion.svg"));
    g_assert_true(g_hash_table_contains(files, "svg/F2.svg"));
    g_assert_cmpuint(report_case->files->len, ==, g_hash_table_size(files));
    g_assert_cmpstr(g_ptr_array_index(report_case->files, 0), ==, "report.pdf");
}

/* the same case, the same bytes */
static void
test_compose_same_bytes(void)
{
    g_autoptr(ErrataCase) first_case = sample_case_new();
    g_autoptr(ErrataCase) second_case = sample_case_new();
    g_autoptr(GHashTable) first = test_compose_render(first_case, "Letter");
    g_autoptr(GHashTable) second = test_compose_render(second_case, "Letter");
    GHashTableIter iter;
    gpointer path;
    gpointer bytes;

    g_assert_cmpuint(g_hash_table_size(first), ==, g_hash_table_size(second));
    g_hash_table_iter_init(&iter, first);
    while (g_hash_table_iter_next(&iter, &path, &bytes)) {
        g_test_message("%s", (const char *)path);
        g_assert_true(g_bytes_equal(bytes, g_hash_table_lookup(second, path)));
    }
}

static void
test_compose_refuses(void)
{
    static const char *const html[] = {"pdf", "html", NULL};
    static const char *const docx[] = {"docx", NULL};
    static const char *const pdf[] = {"pdf", NULL};
    g_autoptr(ErrataCase) report_case = sample_case_empty();
    g_autoptr(GError) error = NULL;

    g_assert_false(
        errata_report_render(report_case, html, NULL, test_compose_full_cb, NULL, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
    g_clear_error(&error);
    g_assert_false(
        errata_report_render(report_case, docx, NULL, test_compose_full_cb, NULL, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_false(
        errata_report_render(report_case, pdf, NULL, test_compose_full_cb, NULL, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_IO);
    g_assert_cmpstr(error->message, ==, "no space left"); /* the writer says where */
    g_assert_cmpuint(report_case->files->len, ==, 0);
}

/* ugly input draws, stays small, and its text is no markup */
static void
test_compose_ugly(void)
{
    const guint classes[] = {1, 2, 12, 13, 200};

    for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
        g_autoptr(ErrataCase) report_case = sample_case_ugly(classes[i], 5);
        g_autoptr(GHashTable) files = test_compose_render(report_case, "A4");

        g_assert_cmpuint(g_bytes_get_size(g_hash_table_lookup(files, "report.pdf")), <, 600000);
    }
}

static void
test_compose_gain(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    const ErrataFinding *finding = g_ptr_array_index(report_case->findings, 1);
    g_autofree char *gain = errata_compose_gain(report_case, finding);
    g_autofree char *first =
        errata_compose_suggestion_gain(report_case, g_ptr_array_index(finding->suggestions, 0));
    g_autofree char *second =
        errata_compose_suggestion_gain(report_case, g_ptr_array_index(finding->suggestions, 1));
    g_autofree char *third =
        errata_compose_suggestion_gain(report_case, g_ptr_array_index(finding->suggestions, 2));

    g_assert_cmpstr(gain, ==, "+2.1\u202fpt");
    g_assert_cmpstr(first, ==, "Accuracy up to +2.1\u202fpt");
    g_assert_cmpstr(second, ==, "Accuracy +0.9\u202fpt (0.8\u00a0–\u00a01.0)");
    g_assert_null(third);
}

/* what is measured for hard ground, or of a gap between groups, is a gain of page 1 as it is one of
 * what to do; where nothing was measured for hard ground, what it could give at most */
static void
test_compose_gain_own(void)
{
    const ErrataFindingKind kinds[] = {ERRATA_FINDING_SLICE, ERRATA_FINDING_FAIRNESS};
    const char *const metrics[] = {"accuracy", "true_positive_rate_difference"};
    const char *const gains[] = {"+0.8\u202fpt", "−25\u202fpt"};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(ErrataCase) report_case = sample_case_new();
        ErrataFinding *finding = errata_finding_new(kinds[i], "hard");
        ErrataSuggestion *most = errata_finding_suggest(finding, "collect-data", "Look");
        ErrataSuggestion *own = errata_finding_suggest(finding, "abstain-route", "Leave");
        g_autofree char *none = NULL;
        g_autofree char *least = NULL;
        g_autofree char *beneath = NULL;
        g_autofree char *gain = NULL;

        finding->subject.direction = g_strdup("known");
        finding->delta = i == 0 ? 0.02 : (double)NAN;
        most->metric = i == 0 ? g_strdup("accuracy") : NULL;
        most->from = 0.8;
        most->to = 0.82;
        most->upper_bound = TRUE;
        none = errata_compose_gain(report_case, finding);
        g_assert_cmpstr(none, ==, i == 0 ? "+2.0\u202fpt" : "—");
        least = errata_compose_gain_metric(report_case, finding);
        g_assert_cmpstr(least, ==, i == 0 ? "at most" : NULL);
        own->metric = g_strdup(metrics[i]);
        own->from = i == 0 ? 0.8 : 0.27;
        own->to = i == 0 ? 0.808 : 0.02;
        own->lo = i == 0 ? 0.007 : 0.19;
        own->hi = i == 0 ? 0.009 : 0.31;
        gain = errata_compose_gain(report_case, finding);
        g_assert_cmpstr(gain, ==, gains[i]);
        beneath = errata_compose_gain_metric(report_case, finding);
        g_assert_cmpstr(beneath, !=, "at most");
        errata_finding_free(finding);
    }
}

/* page 1 promises no less than the remedy that was measured, and never what leaving rows to a
 * person or an upper bound would bring */
static void
test_compose_gain_measured(void)
{
    static const struct {
        const char *action;
        gboolean upper_bound;
        const char *told;
    } remedies[] = {
        {"reweight", TRUE, "−12.0"},
        {"abstain-route", FALSE, "−12.0"},
        {"recalibrate", FALSE, "−20.0"},
    };
    g_autoptr(ErrataCase) report_case = sample_case_regression();
    const double now = errata_case_metric(report_case, "mae")->value;

    for (guint i = 0; i < G_N_ELEMENTS(remedies); i++) {
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "district is Mitte");
        ErrataSuggestion *remedy = errata_finding_suggest(finding, remedies[i].action, "Do it");
        g_autofree char *told = NULL;

        finding->metric = g_strdup("mae");
        finding->delta = 12.0;
        remedy->metric = g_strdup("mae");
        remedy->from = now;
        remedy->to = now - 20.0;
        remedy->lo = 19.8;
        remedy->hi = 20.2;
        remedy->upper_bound = remedies[i].upper_bound;
        told = errata_compose_gain(report_case, finding);
        g_assert_cmpstr(told, ==, remedies[i].told);
        errata_finding_free(finding);
    }
}

/* a gain has no digits that its interval does not bear, nor more than three without one */
static void
test_compose_gain_digits(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_regression();
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "district is Mitte");
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "collect-data", "Label more");
    g_autofree char *told = NULL;
    g_autofree char *plain = NULL;

    finding->metric = g_strdup("mae");
    finding->delta = 12630.648;
    suggestion->metric = g_strdup("mae");
    suggestion->from = 59900.0;
    suggestion->to = 59900.0 - 12630.648;
    suggestion->lo = 11664.8;
    suggestion->hi = 13596.5;
    told = errata_compose_gain(report_case, finding);
    g_assert_cmpstr(told, ==, "−12,600");
    suggestion->lo = suggestion->hi = (double)NAN;
    plain = errata_compose_gain(report_case, finding);
    g_assert_cmpstr(plain, ==, "−12,600");
    errata_finding_free(finding);
}

/* no gain of nought to nought, in points or minutes; a small gain is one */
static void
test_compose_no_gain(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    ErrataSuggestion suggestion = {.metric = (char *)(gsize) "mae", .from = 3.09, .to = 3.09};
    g_autofree char *none = errata_compose_suggestion_gain(report_case, &suggestion);

    g_assert_cmpstr(none, ==, "nothing to gain");
    suggestion = (ErrataSuggestion){.metric = (char *)(gsize) "accuracy",
                                    .from = 0.85,
                                    .to = 0.85,
                                    .hi = 0.0007,
                                    .upper_bound = TRUE};
    g_autofree char *most = errata_compose_suggestion_gain(report_case, &suggestion);
    g_assert_cmpstr(most, ==, "Accuracy at most +0.1\u202fpt"); /* not “up to 0.00 pt” */
    suggestion.to = 0.8503;
    suggestion.hi = 0.004;
    g_autofree char *least = errata_compose_suggestion_gain(report_case, &suggestion);
    g_assert_cmpstr(least, ==, "Accuracy at most +0.4\u202fpt"); /* not “up to +0.0 pt” */
    suggestion = (ErrataSuggestion){.metric = (char *)(gsize) "mae", .from = 3.09, .to = 3.05};
    suggestion.lo = -0.1;
    suggestion.hi = 0.1;
    g_autofree char *some = errata_compose_suggestion_gain(report_case, &suggestion);
    g_assert_true(g_str_has_prefix(some, "Mean absolute error "));
}

static guint
test_compose_figures(const ErrataCase *report_case, const char *stem)
{
    g_autoptr(ErrataDocument) document = errata_compose_new(report_case);
    guint n = 0;

    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        n += block->figures != NULL && g_strcmp0(block->stem, stem) == 0 ? 1 : 0;
    }
    return n;
}

/* a column of one value has a distribution of one bar, which shows nothing */
static void
test_compose_one_bar(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    ErrataFinding *finding = g_ptr_array_index(report_case->findings, 0);

    g_clear_pointer(&finding->figure, errata_figure_free);
    finding->figure = errata_figure_new("bar", ERRATA_FIGURE_HISTOGRAM, "app_build");
    errata_figure_add_series(finding->figure, "now", ERRATA_TONE_NOW, 2)->y = g_new0(double, 2);
    g_assert_cmpuint(test_compose_figures(report_case, finding->id), ==, 1);
    finding->figure->series[0].n = 1;
    g_assert_cmpuint(test_compose_figures(report_case, finding->id), ==, 0);
}

/* a page without a figure of merit is none; small print stays with its table */
static void
test_compose_pages(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    const ErrataFinding *finding = g_ptr_array_index(report_case->findings, 0);
    g_autoptr(ErrataDocument) whole = NULL;
    g_autoptr(ErrataDocument) bare = NULL;
    ErrataMetric *metric = NULL;
    guint n_tested = 0;

    for (guint i = 0; i < finding->evidence->len; i++) {
        ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        evidence->p = evidence->q = i == 0 ? 1e-6 : (double)NAN;
        g_clear_pointer(&evidence->test, g_free);
    }
    whole = errata_compose_new(report_case);
    for (guint i = 1; i < whole->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(whole->blocks, i);
        const ErrataBlock *before = g_ptr_array_index(whole->blocks, i - 1);

        if (block->text == NULL || !g_str_has_prefix(block->text, "Tested: "))
            continue;
        g_assert_true(before->keep_next);
        n_tested++;
    }
    g_assert_cmpuint(n_tested, >, 0);
    g_ptr_array_set_size(report_case->metrics, 1);
    metric = g_ptr_array_index(report_case->metrics, 0);
    g_free(metric->name);
    metric->name = g_strdup("domain_auc");
    g_free(report_case->headline);
    report_case->headline = NULL;
    bare = errata_compose_new(report_case);
    for (guint i = 0; i < bare->blocks->len; i++)
        g_assert_cmpstr(((const ErrataBlock *)g_ptr_array_index(bare->blocks, i))->dest,
                        !=,
                        "performance");
}

static void
test_compose_change(void)
{
    ErrataMetric metric = {.name = (char *)(gsize) "log_loss",
                           .value = 0.35,
                           .lo = 0.34,
                           .hi = 0.36,
                           .n = 1000,
                           .baseline = 0.4};
    g_autoptr(ErrataCase) report_case = errata_case_new();
    ErrataTone tone;
    int arrow;
    g_autofree char *better = errata_compose_change(report_case, &metric, &tone, &arrow);

    g_assert_cmpstr(better, ==, "0.050");
    g_assert_cmpint(tone, ==, ERRATA_TONE_GOOD); /* a loss that falls is good */
    g_assert_cmpint(arrow, ==, -1);
    metric.baseline = 0.345;
    g_autofree char *same = errata_compose_change(report_case, &metric, &tone, &arrow);
    g_assert_cmpstr(same, ==, "unchanged");
    g_assert_cmpint(arrow, ==, 0);
    /* all rows are half the first and half the second: 0.40 and 0.30 */
    metric.baseline = 0.4;
    report_case->baseline_kind = g_strdup("first-half");
    g_autofree char *within = errata_compose_change(report_case, &metric, &tone, &arrow);
    g_assert_cmpstr(within, ==, "0.100");
    /* what exceeds the 95 % interval comes by chance in one of twenty metrics: 0.024 is beyond
     * 2 · 0.010, not beyond 1.577 times that */
    metric.baseline = 0.362;
    g_autofree char *chance = errata_compose_change(report_case, &metric, &tone, &arrow);
    g_assert_cmpstr(chance, ==, "unchanged");
    /* 0.017 is beyond 1.577 · 0.010, not beyond that of a difference to 1,000 rows */
    metric.baseline = 0.367;
    g_free(report_case->baseline_kind);
    report_case->baseline_kind = g_strdup("reference");
    report_case->reference = g_new0(ErrataInput, 1);
    report_case->reference->rows = 1000;
    g_autofree char *unsure = errata_compose_change(report_case, &metric, &tone, &arrow);
    g_assert_cmpstr(unsure, ==, "unchanged");
    report_case->reference->rows = 100000;
    g_autofree char *sure = errata_compose_change(report_case, &metric, &tone, &arrow);
    g_assert_cmpstr(sure, ==, "0.017");
    metric.baseline = (double)NAN;
    g_assert_null(errata_compose_change(report_case, &metric, &tone, &arrow));
}

/* the change of what is no mean over rows is what all rows and the windows both say */
static void
test_compose_change_windows(void)
{
    ErrataMetric metric = {.name = (char *)(gsize) "f1_macro",
                           .value = 0.6,
                           .lo = 0.59,
                           .hi = 0.61,
                           .n = 4000,
                           .baseline = 0.65};
    static const double second[] = {0.65, 0.58, 0.5};
    static const char *const told[] = {"unchanged", "0.070", "0.100"};
    ErrataTone tone;
    int arrow;

    for (guint i = 0; i < G_N_ELEMENTS(second); i++) {
        g_autoptr(ErrataCase) report_case = errata_case_new();
        g_autofree char *change = NULL;

        report_case->baseline_kind = g_strdup("first-half");
        for (guint w = 0; w < 4; w++) {
            double value = w < 2 ? 0.65 : second[i];
            ErrataWindow *window = errata_case_add_window(report_case);

            window->n = 1000;
            errata_case_append_metric(window->metrics,
                                      "f1_macro",
                                      value,
                                      value - 0.02,
                                      value + 0.02,
                                      1000);
        }
        change = errata_compose_change(report_case, &metric, &tone, &arrow);
        g_assert_cmpstr(change, ==, told[i]);
        /* without windows nothing says whether many classes do better or have more rows each */
        g_ptr_array_set_size(report_case->performance.windows, 0);
        report_case->task = ERRATA_TASK_MULTICLASS;
        g_assert_null(errata_compose_change(report_case, &metric, &tone, &arrow));
    }
}

/* a finding with a time gets a flag with its number, once; what lasts long is not shaded */
static void
test_compose_flags(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autoptr(ErrataDocument) document = NULL;
    const gint64 day = G_GINT64_CONSTANT(86400) * 1000000000;
    const ErrataFigure *timeline = NULL;

    for (guint i = 4; i < 7; i++) {
        ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        finding->subject.has_time = TRUE;
        finding->subject.column = g_strdup("ip_risk");
        finding->subject.from = report_case->time_from + 10 * day;
        finding->subject.to = finding->subject.from + (i == 6 ? 40 : 1) * day;
    }
    document = errata_compose_new(report_case);
    timeline = errata_compose_timeline(report_case, document);
    g_assert_cmpuint(report_case->timeline->n_marks, ==, 2); /* 0 and 4 */
    g_assert_cmpuint(timeline->n_marks, ==, 4);              /* 5 and 6 more */
    g_assert_cmpint(timeline->marks[2].finding, ==, 5);
    g_assert_cmpstr(timeline->marks[2].label, ==, "ip_risk");
    g_assert_cmpfloat(timeline->marks[2].x_end, >, timeline->marks[2].x);
    g_assert_cmpint(timeline->marks[3].finding, ==, 6);
    g_assert_true(isnan(timeline->marks[3].x_end));
}

/* a regression predicts; only classes have scores */
static void
test_compose_flags_of_numbers(void)
{
    static const char *const label[] = {"mean score", "mean prediction"};

    for (guint numbers = 0; numbers < 2; numbers++) {
        g_autoptr(ErrataCase) report_case = sample_case_new();
        g_autoptr(ErrataDocument) document = NULL;
        const ErrataFigure *timeline = NULL;
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "It moved");
        gboolean told = FALSE;

        finding->subject.has_time = TRUE;
        finding->subject.series = g_strdup("mean_score");
        errata_finding_add(finding, errata_evidence_new("at", "at", 1.0, ERRATA_UNIT_NONE, 9));
        finding->subject.from = report_case->time_from + 10 * G_GINT64_CONSTANT(86400) * 1000000000;
        errata_case_add_finding(report_case, finding);
        if (numbers != 0)
            report_case->timeline->y_unit = ERRATA_UNIT_TARGET;
        document = errata_compose_new(report_case);
        timeline = errata_compose_timeline(report_case, document);
        for (guint m = 0; m < timeline->n_marks; m++)
            told = told || g_strcmp0(timeline->marks[m].label, label[numbers]) == 0;
        g_assert_true(told);
    }
}

/* a log cut short says so where it is read first; nothing to gain is no gain of nought */
static void
test_compose_honest(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    ErrataFinding *finding = g_ptr_array_index(report_case->findings, 0);
    ErrataInput *input = g_ptr_array_index(report_case->inputs, 0);
    g_autoptr(GPtrArray) notes = NULL;

    g_ptr_array_add(report_case->warnings, g_strconcat(input->path, " is truncated", NULL));
    report_case->n_rejected = 1200;
    notes = errata_compose_notes(report_case);
    g_assert_true(g_str_has_prefix(g_ptr_array_index(notes, 0), "1,200 of "));
    g_assert_true(g_str_has_suffix(g_ptr_array_index(notes, notes->len - 1), " is truncated"));
    g_assert_null(strchr(g_ptr_array_index(notes, notes->len - 1), '/'));

    finding->kind = ERRATA_FINDING_DATA_BUG;
    finding->delta = 0.0001;
    g_autofree char *little = errata_compose_gain(report_case, finding);
    g_assert_cmpstr(little, ==, "—");
    finding->delta = 0.02;
    finding->kind = ERRATA_FINDING_PERFORMANCE;
    g_autofree char *answered = errata_compose_gain(report_case, finding);
    g_assert_cmpstr(answered, ==, "+2.1\u202fpt"); /* of what it suggests */
    g_ptr_array_set_size(finding->suggestions, 0);
    g_autofree char *fall = errata_compose_gain(report_case, finding);
    g_assert_cmpstr(fall, ==, "—");
}

/* what a reader can select and search */
static void
test_compose_text(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autoptr(GHashTable) files = test_compose_render(report_case, "A4");
    GBytes *pdf = g_hash_table_lookup(files, "report.pdf");
    g_autofree char *tool = g_find_program_in_path("pdftotext");
    g_autofree char *path = g_build_filename(g_get_user_runtime_dir(), "report.pdf", NULL);
    const char *argv[] = {tool, "-layout", path, "-", NULL};
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    if (tool == NULL) {
        g_test_skip("pdftotext is not installed");
        return;
    }
    g_mkdir_with_parents(folder, 0700);
    g_file_set_contents(path, g_bytes_get_data(pdf, NULL), (gssize)g_bytes_get_size(pdf), &error);
    g_assert_no_error(error);
    g_spawn_sync(NULL, (char **)(gsize)argv, NULL, 0, NULL, NULL, &text, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(text, "fraud-scoring"));
    g_assert_nonnull(strstr(text, "Fixing the first three entries is worth 4.6 points."));
    g_assert_nonnull(strstr(text, "entry_mode is ent_b"));
    g_assert_nonnull(strstr(text, "What to do"));
    g_assert_true(strstr(text, "What to do") <
                  strstr(text, "Performance")); /* who reads one page acts */
    g_assert_nonnull(strstr(text, "How this was made"));
    g_assert_nonnull(strstr(text, "fairness"));
}

/* a grave repair of which no gain could be computed comes first; one with a gain where it would
 * stand by that; one that nothing hangs on behind what would gain something */
static void
test_compose_actions_order(void)
{
    static const struct {
        ErrataSeverity severity;
        double gain;
        guint place;
    } cases[] = {
        {ERRATA_SEVERITY_HIGH, (double)NAN, 0},
        {ERRATA_SEVERITY_MEDIUM, (double)NAN, 1},
        {ERRATA_SEVERITY_HIGH, 0.03, 0},
        {ERRATA_SEVERITY_HIGH, 0.01, 1},
        {ERRATA_SEVERITY_HIGH, 0.0, 1},
        {ERRATA_SEVERITY_MEDIUM, 0.03, 0},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataCase) report_case = errata_case_new();
        ErrataFinding *bug = errata_finding_new(ERRATA_FINDING_DATA_BUG, "units change");
        ErrataFinding *slice = errata_finding_new(ERRATA_FINDING_SLICE, "a group errs");
        ErrataSuggestion *repair = errata_finding_suggest(bug, "fix-pipeline", "Restore it");
        ErrataSuggestion *label = errata_finding_suggest(slice, "collect-data", "Label more");
        g_autoptr(GArray) actions = NULL;

        report_case->headline = g_strdup("accuracy");
        bug->severity = cases[i].severity;
        slice->severity = ERRATA_SEVERITY_MEDIUM;
        repair->metric = g_strdup("accuracy");
        repair->from = 0.9;
        repair->to = 0.9 + cases[i].gain;
        label->metric = g_strdup("accuracy");
        label->from = 0.9;
        label->to = 0.92;
        g_ptr_array_add(report_case->findings, bug);
        g_ptr_array_add(report_case->findings, slice);
        actions = errata_actions_gather(report_case);
        g_assert_cmpuint(actions->len, ==, 2);
        g_assert_true(g_array_index(actions, ErrataAction, cases[i].place).suggestion == repair);
    }
}

static ErrataSuggestion *
test_compose_suggest(ErrataFinding *finding, const char *action, const char *metric, double gain)
{
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, action, action);

    suggestion->metric = g_strdup(metric);
    suggestion->from = 0.5;
    suggestion->to = 0.5 + gain;
    return suggestion;
}

/* rows left to a person stand last, whatever they gain; a repair that nothing hangs on right before
 * them */
static void
test_compose_actions_last(void)
{
    static const char *const wanted[] = {"move-threshold",
                                         "recalibrate",
                                         "fix-pipeline",
                                         "abstain-route"};
    g_autoptr(ErrataCase) report_case = errata_case_new();
    ErrataFinding *slice = errata_finding_new(ERRATA_FINDING_SLICE, "a group errs");
    ErrataFinding *bug = errata_finding_new(ERRATA_FINDING_DATA_BUG, "units change");
    g_autoptr(GArray) actions = NULL;

    report_case->headline = g_strdup("accuracy");
    slice->severity = bug->severity = ERRATA_SEVERITY_MEDIUM;
    test_compose_suggest(slice, "abstain-route", "accuracy", 0.2);
    test_compose_suggest(slice, "recalibrate", "log_loss", -0.05);
    test_compose_suggest(slice, "move-threshold", "accuracy", 0.05);
    test_compose_suggest(bug, "fix-pipeline", "accuracy", 0.0001);
    g_ptr_array_add(report_case->findings, slice);
    g_ptr_array_add(report_case->findings, bug);
    actions = errata_actions_gather(report_case);
    g_assert_cmpuint(actions->len, ==, G_N_ELEMENTS(wanted));
    for (guint i = 0; i < actions->len; i++)
        g_assert_cmpstr(g_array_index(actions, ErrataAction, i).suggestion->action, ==, wanted[i]);
}

/* the remedy of what a finding comes from is told once, as it was measured */
static void
test_compose_actions_once(void)
{
    g_autoptr(ErrataCase) report_case = errata_case_new();
    ErrataFinding *source = errata_finding_new(ERRATA_FINDING_SLICE, "a group is too low");
    ErrataFinding *other = errata_finding_new(ERRATA_FINDING_CALIBRATION, "a column tells");
    ErrataSuggestion *measured = test_compose_suggest(source, "recalibrate", "accuracy", 0.05);
    g_autoptr(GArray) actions = NULL;

    report_case->headline = g_strdup("accuracy");
    test_compose_suggest(other, "recalibrate", "accuracy", 0.04)->upper_bound = TRUE;
    g_ptr_array_add(report_case->findings, source);
    g_ptr_array_add(report_case->findings, other);
    actions = errata_actions_gather(report_case);
    g_assert_cmpuint(actions->len, ==, 1);
    g_assert_true(g_array_index(actions, ErrataAction, 0).suggestion == measured);
}

/* what a finding comes from has one gain, however its remedy is measured */
static void
test_compose_gain_of_source(void)
{
    g_autoptr(ErrataCase) report_case = errata_case_new();
    ErrataFinding *slice = errata_finding_new(ERRATA_FINDING_SLICE, "a group errs");
    ErrataFinding *fall = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "it fell");
    ErrataMetric *accuracy = errata_case_add_metric(report_case, "accuracy", 0.5, 0.47, 0.53, 1000);
    g_autofree char *gain = NULL;

    report_case->headline = g_strdup("accuracy");
    g_assert_nonnull(accuracy);
    slice->metric = g_strdup("accuracy");
    slice->delta = 0.018;
    test_compose_suggest(slice, "move-threshold", "accuracy", 0.023);
    errata_finding_add(slice, errata_evidence_new("rate_in", "wrong", 0.7, ERRATA_UNIT_SHARE, 40));
    errata_finding_point(fall, slice, "part of it that another finding tells", 0.9);
    errata_case_add_finding(report_case, slice);
    errata_case_add_finding(report_case, fall);
    g_free(slice->id);
    slice->id = g_strdup("F1");
    g_free(fall->id);
    fall->id = g_strdup("F2");
    g_free(((ErrataEvidence *)g_ptr_array_index(fall->evidence, 0))->text);
    ((ErrataEvidence *)g_ptr_array_index(fall->evidence, 0))->text = g_strdup("F1");
    gain = errata_compose_gain(report_case, fall);
    g_assert_cmpstr(gain, ==, "see\u00a0F1");
}

/* classes whose names begin and end alike are told apart where there is no room for them */
static void
test_compose_class_names(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    ErrataPerformance *performance = &report_case->performance;
    g_autoptr(ErrataDocument) document = NULL;
    gboolean seen = FALSE;

    g_strfreev(performance->confusion_classes);
    performance->confusion_classes = g_new0(char *, 5);
    for (guint i = 0; i < 3; i++)
        performance->confusion_classes[i] = g_strdup_printf("species_%02u_of_the_forest", i);
    performance->confusion_classes[3] = g_strdup("no species of it at all");
    g_free(performance->confusion);
    performance->confusion = g_new0(guint64, 16);
    for (guint i = 0; i < 16; i++)
        performance->confusion[i] = i / 4 < 3 && i % 4 < 3 ? 10 + i : 0;
    performance->n_confusion = 4;
    document = errata_compose_new(report_case);
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        for (guint j = 0; j < block->n_figures; j++) {
            const ErrataFigure *figure = block->figures[j];

            if (g_strcmp0(figure->id, "confusion") == 0) {
                g_assert_cmpstr(figure->rows[2], ==, "species_02_of_the_forest");
                g_assert_cmpstr(figure->columns[2], ==, "…02…");
                g_assert_cmpstr(figure->columns[3], ==, "no species of it at all");
            }
            if (g_strcmp0(figure->id, "confused") == 0) {
                g_assert_cmpstr(figure->series[0].label, ==, "…02… → …01…");
                seen = TRUE;
            }
        }
    }
    g_assert_true(seen);
}

/* metrics that could not be computed take a line, not a row of dashes each */
static void
test_compose_not_computed(void)
{
    static const char *const names[] = {"roc_auc", "log_loss"};
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autoptr(ErrataDocument) document = NULL;
    const char *told = NULL;

    for (guint i = 0; i < report_case->metrics->len; i++) {
        ErrataMetric *metric = g_ptr_array_index(report_case->metrics, i);

        if (g_strv_contains((const char *const[]){names[0], names[1], NULL}, metric->name)) {
            metric->value = (double)NAN;
            g_free(metric->why);
            metric->why = g_strdup("the log has no scores");
        }
    }
    document = errata_compose_new(report_case);
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->text != NULL && g_str_has_prefix(block->text, "Not computed: "))
            told = block->text;
        for (guint row = 0; block->kind == ERRATA_BLOCK_TABLE && row < errata_block_n_rows(block);
             row++)
            g_assert_cmpstr(errata_block_cell(block, row, 0)->text, !=, "ROC AUC");
    }
    g_assert_nonnull(told);
    g_assert_nonnull(strstr(told, "ROC AUC"));
    g_assert_nonnull(strstr(told, ": the log has no scores."));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compose/files", test_compose_files);
    g_test_add_func("/compose/same-bytes", test_compose_same_bytes);
    g_test_add_func("/compose/refuses", test_compose_refuses);
    g_test_add_func("/compose/ugly", test_compose_ugly);
    g_test_add_func("/compose/gain", test_compose_gain);
    g_test_add_func("/compose/gain-measured", test_compose_gain_measured);
    g_test_add_func("/compose/gain-digits", test_compose_gain_digits);
    g_test_add_func("/compose/gain-own", test_compose_gain_own);
    g_test_add_func("/compose/no-gain", test_compose_no_gain);
    g_test_add_func("/compose/one-bar", test_compose_one_bar);
    g_test_add_func("/compose/pages", test_compose_pages);
    g_test_add_func("/compose/change", test_compose_change);
    g_test_add_func("/compose/change-windows", test_compose_change_windows);
    g_test_add_func("/compose/flags", test_compose_flags);
    g_test_add_func("/compose/flags-of-numbers", test_compose_flags_of_numbers);
    g_test_add_func("/compose/honest", test_compose_honest);
    g_test_add_func("/compose/text", test_compose_text);
    g_test_add_func("/compose/not-computed", test_compose_not_computed);
    g_test_add_func("/compose/actions-order", test_compose_actions_order);
    g_test_add_func("/compose/actions-last", test_compose_actions_last);
    g_test_add_func("/compose/actions-once", test_compose_actions_once);
    g_test_add_func("/compose/gain-of-source", test_compose_gain_of_source);
    g_test_add_func("/compose/class-names", test_compose_class_names);
    return g_test_run();
}
