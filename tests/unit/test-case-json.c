/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.json there and back. Called with --print it writes the document of a case in which
 * everything is set, for the schema to be checked against. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "case-json.h"
#include "error.h"
#include "json-reader.h"

#define NANOS G_GINT64_CONSTANT(1000000000)

static double *
numbers(guint n, double first, double step)
{
    double *values = g_new(double, n);

    for (guint i = 0; i < n; i++)
        values[i] = first + step * i;
    return values;
}

static ErrataFigure *
make_lines(const char *id)
{
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_LINES, "A curve");
    ErrataSeries *series = errata_figure_add_series(figure, "now", ERRATA_TONE_NOW, 3);

    series->x = numbers(3, 0.0, 0.5);
    series->y = numbers(3, 1.0 / 3.0, 0.1);
    series->lo = numbers(3, 0.0, 0.1);
    series->hi = numbers(3, 0.5, 0.1);
    series->y[1] = (double)NAN;
    series->step = TRUE;
    series = errata_figure_add_series(figure, "reference", ERRATA_TONE_REFERENCE, 2);
    series->y = numbers(2, 1e-300, 1e300);
    figure->reference_line = TRUE;
    figure->x_unit = ERRATA_UNIT_SHARE;
    figure->x_label = g_strdup("false positive rate");
    errata_figure_add_mark(figure, 0.25, "cut", ERRATA_TONE_ERROR)->y = 0.5;
    return figure;
}

static ErrataFigure *
make_matrix(void)
{
    ErrataFigure *figure =
        errata_figure_new("heat-map", ERRATA_FIGURE_MATRIX, "Error by two columns");

    figure->n_rows = 1;
    figure->n_columns = 2;
    figure->rows = g_strsplit("a", ",", -1);
    figure->columns = g_strsplit("x,y", ",", -1);
    figure->cells = numbers(2, 0.25, 0.5);
    figure->cell_counts = numbers(2, 4, 4);
    figure->edges_x = numbers(3, 0.0, 1.0);
    figure->note = g_strdup("a “note” with \\ and \x01");
    figure->row_normalised = TRUE;
    return figure;
}

static ErrataFigure *
make_tree(void)
{
    ErrataFigure *figure =
        errata_figure_new("error-tree", ERRATA_FIGURE_TREE, "Where errors gather");

    figure->n_nodes = 3;
    figure->nodes = g_new0(ErrataNode, 3);
    for (guint i = 0; i < 3; i++)
        figure->nodes[i] = (ErrataNode){g_strdup_printf("node %u", i), -1, -1, 0.1 * i, 0, 1, 5, 1};
    figure->nodes[0].left = 1;
    figure->nodes[0].right = 2;
    return figure;
}

static ErrataTable *
make_table(void)
{
    ErrataTable *table = errata_table_new("Examples", 2);

    errata_table_heading(table, 0, "id", FALSE);
    errata_table_heading(table, 1, "score", TRUE);
    errata_table_add_cell(table, "a-1");
    errata_table_add_cell(table, "0.5");
    return table;
}

static void
set_predicates(ErrataSubject *subject)
{
    static const ErrataOp ops[] = {ERRATA_OP_EQ,
                                   ERRATA_OP_IN,
                                   ERRATA_OP_NOT_IN,
                                   ERRATA_OP_LT,
                                   ERRATA_OP_LE,
                                   ERRATA_OP_GT,
                                   ERRATA_OP_GE,
                                   ERRATA_OP_BETWEEN,
                                   ERRATA_OP_IS_MISSING,
                                   ERRATA_OP_CONTAINS};

    for (guint i = 0; i < G_N_ELEMENTS(ops); i++) {
        ErrataPredicate *predicate = errata_predicate_new("city", ops[i]);

        if (i < 3 || ops[i] == ERRATA_OP_CONTAINS)
            predicate->values = g_strsplit(i == 0 || i > 2 ? "Köln" : "a,b", ",", -1);
        predicate->number = ops[i] == ERRATA_OP_IS_MISSING ? (double)NAN : 0.1;
        predicate->upper = 7.0;
        g_ptr_array_add(subject->predicates, predicate);
    }
}

static void
add_share(GPtrArray *shares, const char *value, guint64 n, double rate)
{
    ErrataShare *share = g_new0(ErrataShare, 1);

    share->value = g_strdup(value);
    share->n = n;
    share->rate = rate;
    g_ptr_array_add(shares, share);
}

/* everything that any kind may have; the writer chooses */
static void
set_subject(ErrataFinding *finding)
{
    ErrataSubject *subject = &finding->subject;

    set_predicates(subject);
    add_share(subject->groups, "m", 10, 0.25);
    add_share(subject->because, "covariate-shift", 0, 0.75);
    subject->cluster = g_strdup("C1");
    subject->column = g_strdup("age");
    subject->columns = g_strsplit("age,city", ",", -1);
    subject->given = g_strdup("a");
    subject->suggested = g_strdup("b");
    subject->test = g_strdup("kolmogorov-smirnov");
    subject->statistic = 0.5;
    subject->p = 1e-12;
    subject->series = g_strdup("missing:age");
    subject->before = 0.1;
    subject->bug = g_strdup("unit-change");
    subject->factor = 100.0;
    subject->has_time = finding->kind != ERRATA_FINDING_ANOMALY;
    subject->from = subject->has_time ? 1767225600 * NANOS + 120 : 17;
    subject->to = subject->from + NANOS;
    subject->direction = g_strdup(finding->kind == ERRATA_FINDING_SLICE ? "missed" : "over");
    subject->metric = g_strdup("accuracy");
    subject->ratio = 0.8;
    subject->current = 0.5;
    subject->best = 0.35;
    subject->objective = g_strdup("cost");
    subject->metric_from = 0.9;
    subject->metric_to = 0.8;
    subject->file = g_strdup("model.pkl");
    subject->problem = g_strdup("calls os.system");
}

static void
add_finding(ErrataCase *self, ErrataFindingKind kind)
{
    g_autofree char *title = g_strdup_printf("Finding of kind %s", errata_finding_kind_nick(kind));
    ErrataFinding *finding = errata_finding_new(kind, title);
    ErrataEvidence *evidence =
        errata_evidence_new("rate_in", "error rate in the slice", 0.1, ERRATA_UNIT_SHARE, 100);
    ErrataSuggestion *suggestion;

    evidence->lo = 0.05;
    evidence->hi = 0.2;
    evidence->method = g_strdup("Wilson, confirmation half");
    errata_finding_add(finding, evidence);
    evidence = errata_evidence_new("parent", "error rate of the parent", (double)NAN, 0, 0);
    evidence->text = g_strdup("city is Köln");
    errata_finding_add(finding, evidence);
    set_subject(finding);
    finding->severity = (ErrataSeverity)(kind % 5);
    finding->confirmed = kind % 2 == 0;
    finding->rank = 1.0 / (kind + 1);
    finding->share_of_errors = 0.3;
    finding->n_rows = 3;
    finding->row = g_new0(guint32, 3);
    finding->row[1] = 4000000000;
    finding->figure = make_lines("F");
    finding->examples = make_table();
    g_ptr_array_add(finding->notes, g_strdup("decoy=country"));
    finding->rationale = kind % 3 == 0 ? NULL : g_strdup("Because 10 % are wrong.\nSee E1.");
    g_ptr_array_add(finding->citations, g_strdup("E1"));
    suggestion = errata_finding_suggest(finding, "collect-data", "Collect 200 rows of Köln");
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 0.9;
    suggestion->to = 0.92;
    suggestion->upper_bound = TRUE;
    suggestion = errata_finding_suggest(finding, "monitor", "Watch it");
    suggestion->method = g_strdup("too few rows to compute a gain");
    suggestion->cost = g_strdup("nothing");
    errata_case_add_finding(self, finding);
}

static void
add_column(ErrataCase *self)
{
    ErrataColumnSummary *column = g_new0(ErrataColumnSummary, 1);

    column->name = g_strdup("age");
    column->type = g_strdup("f64");
    column->role = g_strdup("feature");
    column->reason = g_strdup("numbers");
    column->n = 99;
    column->missing = 1;
    column->distinct = 50;
    column->max = 99.5;
    column->mean = 0.1 + 0.2;
    column->sd = (double)NAN;
    column->drift = 1e-5;
    column->unit = g_strdup("years");
    column->histogram = make_lines("age");
    column->sketch = errata_column_sketch_new(2);
    column->sketch->edges = g_new0(double, 1);
    column->sketch->edges[0] = 30.5;
    column->sketch->rows = 99;
    column->sketch->missing = 1;
    column->sketch->count[0] = 40;
    column->sketch->count[1] = 58;
    column->sketch->judged[1] = 50;
    column->sketch->loss[1] = 7.25;
    column->sketch->squares[1] = 3.5;
    g_ptr_array_add(self->columns, column);
}

static void
set_run(ErrataCase *self)
{
    ErrataInput *input = g_new0(ErrataInput, 1);
    double seconds[] = {0.125, 1.5};

    input->path = g_strdup("log.csv");
    input->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "x", 1);
    input->format = g_strdup("csv");
    input->rows = 100;
    g_ptr_array_add(self->inputs, input);
    self->run_id = g_strdup("r1");
    self->name = g_strdup("churn");
    self->created = g_strdup("2026-01-01T00:00:00Z");
    self->command = g_strdup("errata analyze 'log.csv'");
    self->seed = 7;
    g_ptr_array_add(self->stage_names, g_strdup("ingest"));
    g_ptr_array_add(self->stage_names, g_strdup("analyse"));
    g_array_append_vals(self->stage_seconds, seconds, 2);
    self->baseline_kind = g_strdup("first-half");
    self->where = g_strdup("age > 40");
    self->cohort = g_strdup("older");
    self->n_rows_all = 1000;
    self->baseline_what = g_strdup("rows 1 to 50");
    self->peak_rss = 1 << 20;
    errata_case_skip(self, "clusters", "no text column");
    g_ptr_array_add(self->warnings, g_strdup("2 rows were rejected"));
    self->rejected = make_table();
}

static void
add_top_slices(ErrataCase *self)
{
    ErrataTopSlices *list = errata_top_slices_new();
    ErrataTopSlice *slice = errata_top_slices_add(list);
    ErrataPredicate *predicate = errata_predicate_new("age", ERRATA_OP_BETWEEN);

    self->top_slices = list;
    list->loss = g_strdup("zero-one");
    list->alpha = 0.95;
    list->min_rows = 32;
    list->max_level = 3;
    list->k = 10;
    list->n_rows = 1000;
    list->mean = 0.125;
    list->n_evaluated = 77;
    list->n_permutations = 199;
    predicate->number = 20.0;
    predicate->upper = 30.0;
    g_ptr_array_add(slice->predicates, predicate);
    slice->n = 100;
    slice->error = 25.0;
    slice->score = 0.5;
    slice->rate = 0.25;
    slice->rest = 0.125;
    slice->ratio = 2.0;
    slice->lo = 1.5;
    slice->hi = 2.5;
    slice->coverage = 0.2;
    slice->effect = 0.4;
    slice->test = g_strdup("G test");
    slice->p = 0.001;
    slice->p_search = 0.005;
}

static void
set_performance(ErrataCase *self)
{
    ErrataWindow *window = errata_case_add_window(self);

    add_top_slices(self);
    window->from = 1767225600 * NANOS;
    window->to = window->from + 3600 * NANOS;
    window->n = 10;
    window->labelled = 9;
    window->error = 0.5;
    errata_case_append_metric(window->metrics, "accuracy", 0.5, 0.2, 0.8, 9);
    for (guint i = 0; i < 2; i++) {
        ErrataCohort *cohort = errata_cohort_new(i == 0 ? "old" : "stray", "age > 60");

        g_ptr_array_add(self->performance.cohorts, cohort);
        cohort->why = i == 0 ? NULL : g_strdup("does not fit this log");
        if (i > 0)
            continue;
        cohort->n = 12;
        cohort->judged = 11;
        cohort->error = 0.5;
        cohort->rest = 0.25;
        cohort->difference = 0.25;
        cohort->lo = 0.125;
        cohort->hi = 0.375;
        cohort->p = cohort->q = 0.001;
        cohort->test = g_strdup("G test");
        cohort->verdict = g_strdup("worse");
        errata_case_append_metric(cohort->metrics, "accuracy", 0.5, 0.2, 0.8, 9);
    }
    self->performance.windows_are_time = TRUE;
    self->performance.confusion_classes = g_strsplit("no,yes", ",", -1);
    self->performance.n_confusion = 2;
    self->performance.confusion = g_new0(guint64, 4);
    self->performance.confusion[1] = 12;
    self->performance.since = g_new0(ErrataSince, 1);
    *self->performance.since = (ErrataSince){.metric = g_strdup("accuracy"),
                                             .from = 0.75,
                                             .to = 0.5,
                                             .difference = -0.25,
                                             .lo = -0.5,
                                             .hi = -0.125,
                                             .p = 0.0009765625,
                                             .n = 12,
                                             .test = g_strdup("McNemar"),
                                             .changed = TRUE};
    self->performance.roc = make_lines("roc");
    self->performance.heat_map = make_matrix();
    self->performance.error_tree = make_tree();
    self->performance.predicted_actual = make_matrix();
    errata_case_add_metric(self, "accuracy", 0.1 + 0.2, 0.25, 0.35, 100)->baseline = 0.31;
    errata_case_add_metric(self, "recall", 1.0, 0.5, 1.0, 3)->class_name = g_strdup("yes");
    errata_case_add_metric(self, "f1", 0.5, (double)NAN, (double)NAN, 3)->threshold = 0.5;
    errata_case_add_metric(self, "rmse", 0.5, 0.4, 0.6, 3)->change = ERRATA_SINCE_NONE;
    errata_case_add_metric(self, "mae", 0.5, 0.4, 0.6, 3)->change = ERRATA_SINCE_TOLD;
    errata_case_add_metric(self, "roc_auc", (double)NAN, (double)NAN, (double)NAN, 0)->why =
        g_strdup("all labels are the same");
    errata_case_add_metric(self, "brier", (double)NAN, (double)NAN, (double)NAN, 0);
}

/* one of the first finding, and one that is fixed */
static void
add_patterns(ErrataCase *self)
{
    ErrataFinding *finding = g_ptr_array_index(self->findings, 0);
    ErrataPattern *found = errata_pattern_new("p0011aabb", finding->kind, finding->title);
    ErrataPattern *fixed = errata_pattern_new("pffffffff", ERRATA_FINDING_SLICE, "x is y");

    self->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    found->state = ERRATA_PATTERN_WORSE;
    found->muted = TRUE;
    found->finding = g_strdup(finding->id);
    found->first_seen = G_GINT64_CONSTANT(1767225600000000);
    found->last_seen = G_GINT64_CONSTANT(1767225601500000);
    found->reports = 3;
    found->value = 0.25;
    found->lo = 0.2;
    found->hi = 0.3;
    finding->pattern = found;
    fixed->state = ERRATA_PATTERN_FIXED;
    g_ptr_array_add(self->patterns, found);
    g_ptr_array_add(self->patterns, fixed);
}

static ErrataCase *
make_case(void)
{
    ErrataCase *self = errata_case_new();

    set_run(self);
    self->n_rows = 100;
    self->n_rejected = 2;
    self->task = ERRATA_TASK_BINARY;
    self->task_reason = g_strdup("two classes");
    self->classes = g_strsplit("no,yes", ",", -1);
    self->positive = g_strdup("yes");
    self->threshold = 0.5;
    add_column(self);
    self->has_time = TRUE;
    self->time_from = -1;
    self->by_month = TRUE;
    self->time_to = 1767225600 * NANOS + 500000000;
    self->verdict = g_strdup("It is wrong for Köln.");
    self->headline = g_strdup("accuracy");
    set_performance(self);
    self->timeline = make_lines("timeline");
    for (guint kind = 0; kind <= ERRATA_FINDING_MODEL_FILE; kind++)
        add_finding(self, (ErrataFindingKind)kind);
    g_ptr_array_add(self->files, g_strdup("report.pdf"));
    g_ptr_array_add(self->files, g_strdup("svg/roc.svg"));
    g_ptr_array_add(self->tables, g_strdup(""));
    g_ptr_array_add(self->tables, g_strdup("tables/F2.csv"));
    errata_case_tried(self, "slices", 1234);
    self->alpha = 0.01;
    self->split = g_strdup("by hash of the id");
    errata_case_method(self, "Slices: %d levels", 3);
    errata_case_finish(self);
    add_patterns(self);
    return self;
}

static void
assert_round_trip(const ErrataCase *self)
{
    g_autoptr(GBytes) first = errata_case_to_json(self);
    g_autoptr(GBytes) second = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataCase) back = NULL;
    gsize length;
    const char *text = g_bytes_get_data(first, &length);

    back = errata_case_from_json(text, length, &error);
    g_assert_no_error(error);
    second = errata_case_to_json(back);
    g_assert_true(g_bytes_equal(first, second));
}

static void
test_case_json_full(void)
{
    g_autoptr(ErrataCase) self = make_case();

    assert_round_trip(self);
}

static void
test_case_json_empty(void)
{
    g_autoptr(ErrataCase) self = errata_case_new();

    g_test_summary("A case about which nothing is known is a report, too");
    errata_case_finish(self);
    assert_round_trip(self);
}

static void
test_case_json_values(void)
{
    g_autoptr(ErrataCase) self = make_case();
    g_autoptr(GBytes) bytes = errata_case_to_json(self);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    static const char *const wanted[] = {
        "{\"errata\":{\"format\":1,\"version\":",
        "\"value\":0.30000000000000004,\"ci\":[0.25,0.35]",
        "{\"name\":\"roc_auc\",\"value\":null,\"ci\":null,\"n\":0,\"why\":\"all labels are the same\"}",
        "\"time\":{\"from\":\"1969-12-31T23:59:59.999999999Z\",\"to\":\"2026-01-01T00:00:00.5Z\",\"by_month\":true}",
        "{\"column\":\"city\",\"op\":\"between\",\"value\":[0.1,7]}",
        "{\"column\":\"city\",\"op\":\"not in\",\"value\":[\"a\",\"b\"]}",
        "\"subject\":{\"columns\":[\"age\",\"city\"],\"time\":{\"from\":17,\"to\":1000000017}}",
        "\"sample\":[\"0\",\"4000000000\",\"0\"]",
        "\"llm\":{\"backend\":\"none\",\"model\":null,\"calls\":0,",
        "\"seconds\":{\"ingest\":0.125,\"analyse\":1.5,\"total\":1.625}",
        "\"note\":\"a “note” with \\\\ and \\u0001\"",
        "\"counts\":[[0,12],[0,0]]",
        "\"pattern\":null",
        "\"attribution\":null,\"clusters\":[]",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (strstr(text, wanted[i]) == NULL) {
            g_test_message("not in the document: %s", wanted[i]);
            g_test_fail();
        }
    g_assert_null(strstr(text, "nan"));
    g_assert_null(strstr(text, "inf,"));
}

static void
test_case_json_refuses(void)
{
    static const struct {
        const char *text;
        ErrataError code;
    } bads[] = {
        {"", ERRATA_ERROR_INVALID_DATA},
        {"{", ERRATA_ERROR_INVALID_DATA},
        {"[]", ERRATA_ERROR_INVALID_DATA},
        {"{\"errata\":{\"format\":2}}", ERRATA_ERROR_UNSUPPORTED},
        {"{\"errata\":{\"format\":1}}", ERRATA_ERROR_INVALID_DATA},
        {"{\"errata\":{\"format\":1},\"schema\":{\"task\":\"binary\"},\"findings\":[{}]}",
         ERRATA_ERROR_INVALID_DATA},
        {"{\"errata\":{\"format\":1},\"schema\":{\"task\":\"binary\"},\"findings\":[{\"kind\":"
         "\"slice\",\"id\":\"F1\",\"evidence\":[]}]}",
         ERRATA_ERROR_INVALID_DATA},
        {"{\"errata\":{\"format\":1},\"schema\":{\"task\":\"binary\"},\"findings\":[{\"kind\":"
         "\"slice\",\"id\":\"F1\",\"evidence\":[\"E9\"]}]}",
         ERRATA_ERROR_INVALID_DATA},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(bads); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataCase) self =
            errata_case_from_json(bads[i].text, strlen(bads[i].text), &error);

        g_assert_null(self);
        g_assert_error(error, ERRATA_ERROR, (gint)bads[i].code);
    }
}

static void
test_case_json_wrong_types(void)
{
    g_autoptr(ErrataCase) self = make_case();
    g_autoptr(GBytes) bytes = errata_case_to_json(self);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    g_test_summary("A document with anything in the wrong place is read or refused, never trusted");
    for (gsize at = 0; at < length; at += 397) {
        g_autofree char *changed = g_strndup(text, length);
        g_autoptr(ErrataCase) back = NULL;
        char *p = strpbrk(changed + at, "0123456789tfn[{\"");

        if (p == NULL)
            break;
        *p = *p == '"' ? '7' : *p == '[' ? '{' : '[';
        back = errata_case_from_json(changed, length, NULL);
        if (back != NULL)
            g_bytes_unref(errata_case_to_json(back));
    }
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print") == 0) {
        g_autoptr(ErrataCase) self = make_case();
        g_autoptr(GBytes) bytes = errata_case_to_json(self);
        gsize length;
        const char *text = g_bytes_get_data(bytes, &length);

        return fwrite(text, 1, length, stdout) == length ? 0 : 1;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/case-json/full", test_case_json_full);
    g_test_add_func("/case-json/empty", test_case_json_empty);
    g_test_add_func("/case-json/values", test_case_json_values);
    g_test_add_func("/case-json/refuses", test_case_json_refuses);
    g_test_add_func("/case-json/wrong-types", test_case_json_wrong_types);
    return g_test_run();
}
