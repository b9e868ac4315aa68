/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sample-case.h"

#include <math.h>
#include <string.h>

#include "rng.h"

/* Cases made by hand for the tests of the reports: invented numbers, realistic shapes. */

#define DAY    (G_GINT64_CONSTANT(86400) * 1000000000)
#define START  (G_GINT64_CONSTANT(1771113600) * 1000000000) /* 15 Feb 2026 */
#define N_DAYS 45
#define NONE   ((double)NAN)

static double
sample_noise(ErrataRng *rng, double size)
{
    return (errata_rng_uniform(rng) + errata_rng_uniform(rng) - 1.0) * size;
}

static char **
sample_names(const char *const *names)
{
    GPtrArray *copy = g_ptr_array_new();

    for (guint i = 0; names[i] != NULL; i++)
        g_ptr_array_add(copy, g_strdup(names[i]));
    g_ptr_array_add(copy, NULL);
    return (char **)g_ptr_array_free(copy, FALSE);
}

static void
sample_arrays(ErrataSeries *series, gboolean band, gboolean count)
{
    series->x = g_new0(double, series->n);
    series->y = g_new0(double, series->n);
    if (band) {
        series->lo = g_new0(double, series->n);
        series->hi = g_new0(double, series->n);
    }
    if (count)
        series->count = g_new0(double, series->n);
}

static ErrataFigure *
sample_timeline(void)
{
    ErrataRng rng = errata_rng_init(4, 1, 0);
    ErrataFigure *figure = errata_figure_new("timeline",
                                             ERRATA_FIGURE_TIMELINE,
                                             "Error rate by day, with 95 % interval");
    ErrataSeries *series = errata_figure_add_series(figure, "error rate", ERRATA_TONE_NOW, N_DAYS);
    ErrataMark *mark = NULL;

    sample_arrays(series, TRUE, TRUE);
    figure->note = g_strdup("bars: predictions per day");
    figure->description = g_strdup("Error rate per day: 12 % until 22 March, then 15 %.");
    figure->y_unit = ERRATA_UNIT_SHARE;
    figure->x_is_time = TRUE;
    for (guint i = 0; i < N_DAYS; i++) {
        double rate = 0.118 + 0.006 * sin(i / 3.0) + sample_noise(&rng, 0.006) +
                      (i >= 35 ? 0.034 : 0.0) + (i == 24 ? 0.06 : 0.0);

        series->x[i] = (double)(START + i * DAY + DAY / 2);
        series->y[i] = rate;
        series->lo[i] = rate - 0.009;
        series->hi[i] = rate + 0.009;
        series->count[i] = 4400.0 + 1400.0 * sin(i * 2.0 * G_PI / 7.0);
    }
    mark = errata_figure_add_mark(figure,
                                  (double)(START + 35 * DAY),
                                  "drift begins, 22 Mar",
                                  ERRATA_TONE_ERROR);
    mark->finding = 0;
    mark = errata_figure_add_mark(figure,
                                  (double)(START + 24 * DAY + DAY / 2),
                                  "ip_risk ÷ 100 for 2 h",
                                  ERRATA_TONE_ERROR);
    mark->finding = 4;
    return figure;
}

static ErrataFigure *
sample_curve(const char *id, const char *title, double power, gboolean diagonal)
{
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_LINES, title);
    ErrataSeries *series = errata_figure_add_series(figure, "now", ERRATA_TONE_NOW, 101);
    ErrataMark *mark = NULL;

    sample_arrays(series, FALSE, FALSE);
    figure->x_unit = figure->y_unit = ERRATA_UNIT_SHARE;
    figure->reference_line = diagonal;
    figure->x_label = g_strdup(diagonal ? "false positive rate" : "recall");
    figure->y_label = g_strdup(diagonal ? "true positive rate" : "precision");
    for (guint i = 0; i < 101; i++) {
        series->x[i] = i / 100.0;
        series->y[i] = diagonal ? pow(i / 100.0, power) : 1.0 - pow(i / 100.0, power) * 0.9;
    }
    mark = errata_figure_add_mark(figure,
                                  series->x[diagonal ? 9 : 71],
                                  "0.50, in use",
                                  ERRATA_TONE_ERROR);
    mark->y = series->y[diagonal ? 9 : 71];
    return figure;
}

static ErrataFigure *
sample_reliability(void)
{
    ErrataFigure *figure =
        errata_figure_new("reliability", ERRATA_FIGURE_LINES, "Reliability, with 95 % interval");
    ErrataSeries *series = errata_figure_add_series(figure, "now", ERRATA_TONE_NOW, 10);

    sample_arrays(series, TRUE, TRUE);
    figure->x_unit = figure->y_unit = ERRATA_UNIT_SHARE;
    figure->reference_line = TRUE;
    figure->x_label = g_strdup("score");
    figure->y_label = g_strdup("how often it happens");
    figure->note = g_strdup("bars: rows per bin");
    for (guint i = 0; i < 10; i++) {
        double x = 0.05 + 0.1 * i;

        series->x[i] = x;
        series->y[i] = i == 6 ? NONE : x * 0.83 + 0.02;
        series->lo[i] = x * 0.83 - 0.01;
        series->hi[i] = x * 0.83 + 0.05;
        series->count[i] = 60000.0 * exp(-0.5 * i) + 2000.0;
    }
    return figure;
}

static ErrataFigure *
sample_threshold(void)
{
    ErrataFigure *figure = errata_figure_new("threshold", ERRATA_FIGURE_LINES, "Cost by threshold");
    ErrataSeries *series = errata_figure_add_series(figure, "cost", ERRATA_TONE_NOW, 99);

    sample_arrays(series, FALSE, FALSE);
    figure->x_label = g_strdup("threshold");
    figure->y_label = g_strdup("cost per 1,000 rows");
    for (guint i = 0; i < 99; i++) {
        series->x[i] = (i + 1) / 100.0;
        series->y[i] = 120.0 + 400.0 * pow(series->x[i] - 0.36, 2.0);
    }
    errata_figure_add_mark(figure, 0.36, "best, 0.36", ERRATA_TONE_GOOD)->y = 120.0;
    errata_figure_add_mark(figure, 0.5, "in use", ERRATA_TONE_REFERENCE)->y = series->y[49];
    return figure;
}

static ErrataFigure *
sample_tree(void)
{
    static const struct {
        const char *label;
        int left, right;
        double value, lo, hi, n, coverage;
    } nodes[] = {
        {"all predictions", 1, 2, 0.151, 0.149, 0.153, 201400, 1.0},
        {"entry_mode is not ent_b", 3, 4, 0.129, 0.127, 0.131, 180644, 0.77},
        {"entry_mode is ent_b", 5, 6, 0.338, 0.331, 0.344, 20756, 0.23},
        {"amount_eur < 74", -1, -1, 0.104, 0.102, 0.106, 150200, 0.51},
        {"amount_eur ≥ 74", -1, -1, 0.251, 0.246, 0.256, 30444, 0.26},
        {"merchant_dist_km < 14", -1, -1, 0.312, 0.305, 0.319, 15994, 0.16},
        {"merchant_dist_km ≥ 14", -1, -1, 0.425, 0.411, 0.439, 4762, 0.07},
    };
    ErrataFigure *figure = errata_figure_new("error-tree", ERRATA_FIGURE_TREE, "Error tree");

    figure->note = g_strdup("grown on one half, rates from the other");
    figure->y_unit = ERRATA_UNIT_SHARE;
    figure->n_nodes = G_N_ELEMENTS(nodes);
    figure->nodes = g_new(ErrataNode, figure->n_nodes);
    for (guint i = 0; i < figure->n_nodes; i++) {
        figure->nodes[i] = (ErrataNode){.label = g_strdup(nodes[i].label),
                                        .left = nodes[i].left,
                                        .right = nodes[i].right,
                                        .value = nodes[i].value,
                                        .lo = nodes[i].lo,
                                        .hi = nodes[i].hi,
                                        .n = nodes[i].n,
                                        .coverage = nodes[i].coverage};
    }
    return figure;
}

static ErrataFigure *
sample_heat_map(void)
{
    static const char *const rows[] = {"ent_a", "ent_b", "ent_c", "missing", NULL};
    static const char *const columns[] = {"< 10", "10 – 25", "25 – 50", "50 – 74", "≥ 74", NULL};
    ErrataFigure *figure = errata_figure_new("heat-map",
                                             ERRATA_FIGURE_MATRIX,
                                             "Error rate by entry_mode and amount_eur");

    figure->n_rows = 4;
    figure->n_columns = 5;
    figure->rows = sample_names(rows);
    figure->columns = sample_names(columns);
    figure->y_unit = ERRATA_UNIT_SHARE;
    figure->x_label = g_strdup("amount_eur");
    figure->y_label = g_strdup("entry_mode");
    figure->cells = g_new(double, 20);
    figure->cell_counts = g_new(double, 20);
    for (guint i = 0; i < 20; i++) {
        figure->cells[i] = i == 17 ? NONE : 0.1 + 0.01 * (i % 5) + (i / 5 == 1 ? 0.22 : 0.0);
        figure->cell_counts[i] = 1000.0 * i;
    }
    return figure;
}

static ErrataFigure *
sample_histogram(const char *id, const char *title, gboolean named)
{
    static const char *const names[] = {"FR", "DE", "ES", "IT", "NL", "other", NULL};
    guint n = named ? 6 : 20;
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_HISTOGRAM, title);

    for (guint s = 0; s < 2; s++) {
        ErrataSeries *series = errata_figure_add_series(figure,
                                                        s == 0 ? "now" : "reference",
                                                        s == 0 ? ERRATA_TONE_NOW
                                                               : ERRATA_TONE_REFERENCE,
                                                        n);

        series->y = g_new(double, n);
        if (named)
            series->labels = sample_names(names);
        for (guint i = 0; i < n; i++)
            series->y[i] = named ? 1000.0 / (i + 1.0 + s)
                                 : 900.0 * exp(-pow((i - 7.0 - 3.0 * s) / 4.0, 2.0));
    }
    if (!named) {
        figure->edges_x = g_new(double, n + 1);
        for (guint i = 0; i <= n; i++)
            figure->edges_x[i] = i * 12.5;
    }
    return figure;
}

static ErrataFigure *
sample_dots(void)
{
    ErrataFigure *figure =
        errata_figure_new("slice", ERRATA_FIGURE_DOTS, "Error rate, with 95 % interval");

    figure->y_unit = ERRATA_UNIT_SHARE;
    figure->description = g_strdup("entry_mode = ent_b 33.8 %, everything else 12.9 %.");
    errata_figure_add_dot(figure,
                          "all predictions",
                          ERRATA_TONE_REFERENCE,
                          201400,
                          0.1509,
                          0.1493,
                          0.1525,
                          FALSE);
    errata_figure_add_dot(figure,
                          "everything else",
                          ERRATA_TONE_REFERENCE,
                          180644,
                          0.1292,
                          0.1276,
                          0.1308,
                          FALSE);
    errata_figure_add_dot(figure,
                          "entry_mode = ent_b",
                          ERRATA_TONE_ERROR,
                          20756,
                          0.3375,
                          0.3311,
                          0.3439,
                          TRUE);
    errata_figure_add_dot(figure,
                          "… and country = FR",
                          ERRATA_TONE_REFERENCE,
                          11902,
                          0.341,
                          0.3325,
                          0.3495,
                          FALSE);
    errata_figure_add_dot(figure,
                          "… and country ≠ FR",
                          ERRATA_TONE_REFERENCE,
                          8854,
                          0.333,
                          0.3232,
                          0.3428,
                          FALSE);
    errata_figure_add_dot(figure,
                          "country = FR without ent_b",
                          ERRATA_TONE_REFERENCE,
                          9310,
                          0.0925,
                          0.0866,
                          0.0984,
                          FALSE);
    return figure;
}

static void
sample_evidence(ErrataFinding *finding)
{
    ErrataEvidence *evidence = NULL;

    evidence = errata_finding_add(
        finding,
        errata_evidence_new("rate_in", "error rate in the slice", 0.338, ERRATA_UNIT_SHARE, 10391));
    evidence->lo = 0.329;
    evidence->hi = 0.346;
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("rate_out", "error rate elsewhere", 0.129, ERRATA_UNIT_SHARE, 90309));
    evidence->lo = 0.127;
    evidence->hi = 0.131;
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("ratio", "ratio", 2.61, ERRATA_UNIT_RATIO, 0));
    evidence->lo = 2.53;
    evidence->hi = 2.69;
    evidence->test = g_strdup("score test");
    evidence->q = 1e-40;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("blame", "blame", 1.0, ERRATA_UNIT_SHARE, 0));
    evidence->text = g_strdup("entry_mode = ent_b");
    evidence->test = g_strdup("Shapley share");
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("excess",
                                                      "errors beyond the expected",
                                                      2131.0,
                                                      ERRATA_UNIT_COUNT,
                                                      10391));
    evidence->q = 0.0043;
}

static void
sample_advice(ErrataFinding *finding)
{
    ErrataSuggestion *suggestion = NULL;

    suggestion = errata_finding_suggest(
        finding,
        "collect-data",
        "Label more ent_b transactions: 412 of the training rows have it (2 %), 10 % of the traffic does.");
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 0.849;
    suggestion->to = 0.87;
    suggestion->upper_bound = TRUE;
    suggestion = errata_finding_suggest(
        finding,
        "move-threshold",
        "Flag at 0.31 instead of 0.50 in this slice; cross-fitted on the log.");
    suggestion->cost = g_strdup("310 more false alarms a week");
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 0.849;
    suggestion->to = 0.858;
    suggestion->lo = 0.008;
    suggestion->hi = 0.010;
    suggestion =
        errata_finding_suggest(finding,
                               "monitor",
                               "Watch this slice: it grew from 4 % to 10 % of the traffic.");
    suggestion->method = g_strdup("gain not computed: watching changes nothing by itself");
}

static void
sample_examples(ErrataFinding *finding)
{
    static const char *const headings[] =
        {"id", "score", "given", "said", "amount_eur", "country", "ip_risk"};
    static const char *const cells[] = {"t-75349", "0.091", "fraud", "ok", "15.86",  "DE", "0.24",
                                        "t-40338", "0.179", "fraud", "ok", "82.20",  "DE", "0.05",
                                        "t-84100", "0.064", "fraud", "ok", "173.06", "ES", "0.65",
                                        "t-15308", "0.208", "fraud", "ok", "32.41",  "FR", "0.93"};

    finding->examples = errata_table_new("Four of its errors", G_N_ELEMENTS(headings));
    for (guint i = 0; i < G_N_ELEMENTS(headings); i++)
        errata_table_heading(finding->examples, i, headings[i], i == 1 || i == 4 || i == 6);
    for (guint i = 0; i < G_N_ELEMENTS(cells); i++)
        errata_table_add_cell(finding->examples, cells[i]);
}

static const char sample_rationale[] =
    "Predictions made with entry_mode ent_b are wrong two and a half times as often as the rest: "
    "33.8 % against 12.9 % (ratio 2.5 to 2.7). They are a tenth of the traffic and make a sixth of "
    "the avoidable errors. Country looks guilty too, but is not: once ent_b is set aside, FR is no "
    "worse than elsewhere. Nearly all of the extra errors are missed frauds.";

static const struct {
    ErrataFindingKind kind;
    ErrataSeverity severity;
    const char *title;
    const char *summary;
    double share;
    double delta;
} sample_findings[] = {
    {ERRATA_FINDING_PERFORMANCE,
     ERRATA_SEVERITY_CRITICAL,
     "Drift in device_score and issuer moved the scores",
     "performance · 22 Mar, 14:45",
     0.22,
     0.023},
    {ERRATA_FINDING_SLICE,
     ERRATA_SEVERITY_CRITICAL,
     "entry_mode is ent_b: 33.8 % wrong, elsewhere 12.9 %",
     "slice · 20,756 rows",
     0.17,
     0.021},
    {ERRATA_FINDING_SLICE,
     ERRATA_SEVERITY_HIGH,
     "os_a with amount_eur above 74: 38.4 % wrong",
     "slice · 9,050 rows",
     0.09,
     0.011},
    {ERRATA_FINDING_SLICE,
     ERRATA_SEVERITY_MEDIUM,
     "card_b, merchant_dist_km ≥ 14, account under 174 days",
     "slice · 4,762 rows · 50.5 % wrong",
     0.06,
     0.008},
    {ERRATA_FINDING_DATA_BUG,
     ERRATA_SEVERITY_MEDIUM,
     "ip_risk divided by 100 for two hours on 11 March",
     "data bug · 685 rows",
     0.014,
     0.002},
    {ERRATA_FINDING_DATA_BUG,
     ERRATA_SEVERITY_LOW,
     "mcc codes carry a prefix on 27 March, 08:58 – 13:58",
     "data bug · 1,754 rows",
     0.009,
     0.001},
    {ERRATA_FINDING_LABEL_ISSUE,
     ERRATA_SEVERITY_LOW,
     "2.4 % of labels look wrong, most of them 1 given for 0",
     "labels · 4,830 rows",
     0.08,
     NONE},
    {ERRATA_FINDING_LEAKAGE,
     ERRATA_SEVERITY_INFO,
     "chargeback_code knows the answer",
     "leakage · whole log",
     NONE,
     NONE},
};

static void
sample_add_finding(ErrataCase *self, guint index)
{
    ErrataFinding *finding = errata_finding_new(sample_findings[index].kind,
                                                sample_findings[index].title);

    finding->severity = sample_findings[index].severity;
    finding->summary = g_strdup(sample_findings[index].summary);
    finding->share_of_errors = sample_findings[index].share;
    finding->delta = sample_findings[index].delta;
    finding->rank = 100.0 - index;
    finding->confirmed = index < 6;
    finding->n_rows = 7005;
    finding->metric = g_strdup("accuracy");
    finding->rationale = g_strdup(sample_rationale);
    sample_evidence(finding);
    if (finding->kind == ERRATA_FINDING_SLICE)
        finding->figure = sample_dots();
    else if (finding->kind == ERRATA_FINDING_DATA_BUG)
        finding->figure = sample_histogram("bug", "ip_risk before and after", FALSE);
    else if (finding->kind == ERRATA_FINDING_PERFORMANCE)
        finding->figure = sample_timeline();
    if (index < 4) {
        sample_advice(finding);
        sample_examples(finding);
    }
    errata_case_add_finding(self, finding);
    g_ptr_array_add(self->tables, g_strdup_printf("tables/F%u.csv", index + 1));
}

static void
sample_add_column(ErrataCase *self,
                  const char *name,
                  const char *role,
                  const char *type,
                  guint index)
{
    ErrataColumnSummary *column = g_new0(ErrataColumnSummary, 1);

    column->name = g_strdup(name);
    column->role = g_strdup(role);
    column->type = g_strdup(type);
    column->n = self->n_rows;
    column->missing = index % 3 == 0 ? 0 : 1234 * index;
    column->distinct = 7 + index * 977;
    column->histogram = index == 0 ? NULL : sample_histogram(name, name, index % 4 == 3);
    column->drift = index % 5 == 0 ? NONE : 0.03 * index;
    column->error_association = index % 7 == 0 ? NONE : 0.21 / index;
    g_ptr_array_add(self->columns, column);
}

static void
sample_add_run(ErrataCase *self)
{
    ErrataInput *input = g_new0(ErrataInput, 1);

    self->created = g_strdup("2026-04-01T09:30:00Z");
    self->command = g_strdup("errata analyze fraud.csv --reference train.csv.gz --seed 1");
    self->seed = 1;
    input->path = g_strdup("fraud.csv");
    input->format = g_strdup("csv");
    input->sha256 = g_strdup("5c1f0d3e2b9a4c7f8e6d1a0b5c4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a07");
    input->rows = self->n_rows;
    input->bytes = 48123456;
    input->rejected_rows = 3;
    g_ptr_array_add(self->inputs, input);
    self->alpha = 0.01;
    self->split = g_strdup("by a hash of each row's content, without its id");
    errata_case_tried(self, "slices", 1200);
    errata_case_tried(self, "drift", 84);
    errata_case_method(self, "Intervals of proportions are Wilson's at %d %%.", 95);
    errata_case_method(self,
                       "Slices: data cubes over up to %d columns, confirmed on the other half.",
                       3);
    errata_case_skip(self, "fairness", "no column has the role group");
}

static void
sample_add_metric(ErrataCase *self, const char *name, double value, double half, double baseline)
{
    errata_case_add_metric(self, name, value, value - half, value + half, self->n_rows)->baseline =
        baseline;
}

static void
sample_add_windows(ErrataCase *self)
{
    self->performance.windows_are_time = TRUE;
    for (guint i = 0; i < 12; i++) {
        ErrataWindow *window = g_new0(ErrataWindow, 1);

        window->from = START + i * DAY;
        window->to = window->from + DAY;
        window->n = window->labelled = 4000 + 37 * i;
        window->error = 0.12 + (i > 8 ? 0.03 : 0.0) + 0.001 * (i % 3);
        window->lo = window->error - 0.01;
        window->hi = window->error + 0.01;
        g_ptr_array_add(self->performance.windows, window);
    }
}

static void
sample_add_performance(ErrataCase *self)
{
    static const char *const classes[] = {"ok", "fraud", NULL};
    static const guint64 counts[] = {150210, 12033, 18377, 20780};
    ErrataPerformance *performance = &self->performance;

    performance->confusion_classes = sample_names(classes);
    performance->n_confusion = 2;
    performance->confusion = g_memdup2(counts, sizeof counts);
    performance->roc = sample_curve("roc", "ROC", 0.25, TRUE);
    performance->pr = sample_curve("pr", "Precision and recall", 3.0, FALSE);
    performance->reliability = sample_reliability();
    performance->threshold = sample_threshold();
    performance->error_tree = sample_tree();
    performance->heat_map = sample_heat_map();
    sample_add_windows(self);
}

ErrataCase *
sample_case_new(void)
{
    static const char *const classes[] = {"ok", "fraud", NULL};
    static const char *const columns[] = {"transaction_id",
                                          "ts",
                                          "amount_eur",
                                          "country",
                                          "entry_mode",
                                          "device_score",
                                          "ip_risk",
                                          "mcc",
                                          "avg_amount_30d",
                                          "account_age_days",
                                          "label",
                                          "score"};
    ErrataCase *self = errata_case_new();

    self->name = g_strdup("fraud-scoring");
    self->n_rows = 201400;
    self->n_rejected = 3;
    g_ptr_array_add(self->warnings, g_strdup("the file ends in the middle of a record: truncated"));
    self->task = ERRATA_TASK_BINARY;
    self->task_reason = g_strdup("the label has two values");
    self->classes = sample_names(classes);
    self->positive = g_strdup("fraud");
    self->has_time = TRUE;
    self->time_from = START;
    self->time_to = START + N_DAYS * DAY - 1;
    self->baseline_what = g_strdup("the training sample of 20,000");
    self->threshold = 0.5;
    self->headline = g_strdup("accuracy");
    self->verdict = g_strdup(
        "Right 84.9 % of the time, 3.1 points less since 22 March. Four groups, a quarter of the traffic, make half of the errors; two data bugs add another 2 %. Fixing the first three entries is worth 4.6 points.");
    sample_add_metric(self, "accuracy", 0.849, 0.0016, 0.88);
    sample_add_metric(self, "roc_auc", 0.893, 0.002, 0.914);
    sample_add_metric(self, "recall", 0.712, 0.006, 0.772);
    sample_add_metric(self, "ece", 0.061, 0.002, 0.0605);
    sample_add_metric(self, "log_loss", 0.3541, 0.003, 0.36);
    self->timeline = sample_timeline();
    sample_add_run(self);
    sample_add_performance(self);
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        sample_add_column(self,
                          columns[i],
                          i == 10 ? "label" : "feature",
                          i % 2 ? "f64" : "category",
                          i);
    for (guint i = 0; i < G_N_ELEMENTS(sample_findings); i++)
        sample_add_finding(self, i);
    errata_case_finish(self);
    return self;
}

static ErrataFigure *
sample_density(const char *id, const char *title)
{
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_DENSITY, title);

    figure->n_rows = figure->n_columns = 40;
    figure->edges_x = g_new(double, 41);
    figure->edges_y = g_new(double, 41);
    figure->cells = g_new(double, 1600);
    figure->reference_line = TRUE;
    figure->x_label = g_strdup("predicted, kWh");
    figure->y_label = g_strdup("actual, kWh");
    for (guint i = 0; i <= 40; i++)
        figure->edges_x[i] = figure->edges_y[i] = i * 25.0;
    for (guint i = 0; i < 1600; i++)
        figure->cells[i] =
            floor(4000.0 * exp(-pow((i / 40 - i % 40 * 0.9) / 3.0, 2.0) - i % 40 / 14.0));
    return figure;
}

ErrataCase *
sample_case_regression(void)
{
    ErrataCase *self = errata_case_new();
    ErrataFigure *bars = errata_figure_new("error-quantile",
                                           ERRATA_FIGURE_BARS,
                                           "Mean absolute error by fifth of the truth");

    self->name = g_strdup("load-forecast");
    self->n_rows = 123456789012;
    self->task = ERRATA_TASK_REGRESSION;
    self->headline = g_strdup("mae");
    self->verdict = g_strdup("Off by 12.4 kWh on average (±0.3).");
    sample_add_metric(self, "mae", 12.42, 0.31, NONE);
    sample_add_metric(self, "rmse", 123456789012.0, 12345678.0, 123400000000.0);
    sample_add_metric(self, "r2", 0.912, 0.004, 0.913);
    errata_case_add_metric(self, "mape", NONE, NONE, NONE, 0)->why =
        g_strdup("12 of the labels are zero");
    self->performance.predicted_actual = sample_density("predicted-actual",
                                                        "Predicted against actual");
    self->performance.residual_prediction = sample_density("residual-prediction",
                                                           "Residual against prediction");
    self->performance.residual = sample_histogram("residual", "Residuals", FALSE);
    for (guint i = 0; i < 5; i++) {
        g_autofree char *label = g_strdup_printf("fifth %u", i + 1);

        errata_figure_add_dot(bars,
                              label,
                              ERRATA_TONE_NOW,
                              1000,
                              8.0 + 3.0 * i,
                              7.5 + 3.0 * i,
                              8.5 + 3.0 * i,
                              FALSE);
    }
    self->performance.error_quantile = bars;
    sample_add_run(self);
    errata_case_finish(self);
    return self;
}

ErrataCase *
sample_case_empty(void)
{
    ErrataCase *self = errata_case_new();

    self->name = g_strdup("three-rows");
    self->n_rows = 3;
    errata_case_skip(self, "performance", "no column has the role label");
    errata_case_finish(self);
    return self;
}

#define LONG_NAME "a_column_whose_name_is_sixty_characters_long_and_then_some_xy"

static ErrataFigure *
sample_ugly_dots(void)
{
    ErrataFigure *figure =
        errata_figure_new("bad<&>\"name", ERRATA_FIGURE_DOTS, "<b>not & markup</b>\n\tтест");

    figure->y_unit = ERRATA_UNIT_TARGET;
    errata_figure_add_dot(figure,
                          LONG_NAME " = " LONG_NAME,
                          ERRATA_TONE_ERROR,
                          123456789012.0,
                          123456789012.0,
                          123456780000.0,
                          123456799999.0,
                          TRUE);
    errata_figure_add_dot(figure,
                          "سعر المنتج = ٢٤",
                          ERRATA_TONE_REFERENCE,
                          NONE,
                          NONE,
                          NONE,
                          NONE,
                          FALSE);
    errata_figure_add_dot(figure,
                          "产品类别是电子产品",
                          ERRATA_TONE_REFERENCE,
                          0,
                          -5e9,
                          NONE,
                          NONE,
                          FALSE);
    return figure;
}

static void
sample_ugly_confusion(ErrataCase *self, guint n)
{
    self->performance.n_confusion = n;
    self->performance.confusion = g_new0(guint64, (gsize)n * n);
    self->performance.confusion_classes = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++) {
        self->performance.confusion_classes[i] = i % 3 == 0 ? g_strdup_printf("%u " LONG_NAME, i)
                                                            : g_strdup_printf("类别 %u", i);
        self->performance.confusion[(gsize)i * n + i] = 1000 + i;
        self->performance.confusion[(gsize)i * n + (i * 7 + 1) % n] += 17 * (i % 11);
    }
    self->classes = g_strdupv(self->performance.confusion_classes);
}

ErrataCase *
sample_case_ugly(guint n_classes, guint n_findings)
{
    ErrataCase *self = errata_case_new();

    self->name = g_strdup(LONG_NAME " <&> 模型 نموذج " LONG_NAME);
    self->n_rows = 123456789012;
    self->task = ERRATA_TASK_MULTICLASS;
    self->headline = g_strdup("accuracy");
    self->created = g_strdup("not a date");
    self->verdict = g_strdup("<&> " LONG_NAME LONG_NAME LONG_NAME " 一二三四五六七八九十 نموذج");
    errata_case_add_metric(self, "accuracy", NONE, NONE, NONE, 0)->why = g_strdup("no labels");
    sample_add_metric(self, "balanced_accuracy", 0.5, 0.3, NONE);
    sample_add_metric(self, "a_metric_nobody_knows_with_a_very_long_name", -1e300, NONE, NONE);
    sample_ugly_confusion(self, n_classes);
    sample_add_column(self, LONG_NAME, "feature", "text", 1);
    sample_add_column(self, "سعر المنتج", "feature", "f64", 2);
    sample_add_column(self, "产品类别", "feature", "category", 3);
    sample_add_column(self, "<&>\001\n\"'", "ignore", "i64", 4);
    for (guint i = 0; i < n_findings; i++) {
        ErrataFinding *finding = errata_finding_new((ErrataFindingKind)(i % 13),
                                                    LONG_NAME " <&> 产品类别 سعر المنتج " LONG_NAME
                                                              " is " LONG_NAME);

        finding->rank = n_findings - i;
        finding->severity = (ErrataSeverity)(i % 5);
        finding->figure = sample_ugly_dots();
        finding->share_of_errors = i % 2 ? NONE : 0.0001 * i;
        finding->delta = i % 3 ? NONE : -0.1;
        errata_finding_add(
            finding,
            errata_evidence_new("x", LONG_NAME LONG_NAME, NONE, (ErrataUnit)(i % 8), 0))
            ->text = i % 2 ? g_strdup(LONG_NAME) : NULL;
        errata_finding_add(
            finding,
            errata_evidence_new("y", "产品", 123456789012.0, (ErrataUnit)(i % 8), 123456789012));
        errata_case_add_finding(self, finding);
    }
    errata_case_finish(self);
    return self;
}
