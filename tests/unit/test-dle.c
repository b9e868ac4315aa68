/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Direct loss estimation against what cells of a small table give by hand and by brute force. */
#include "estimate.h"
#include "made-analysis.h"

#define CELLS 6 /* of one column */

/* a log of a regression whose one column has six values, and labels on some rows */
typedef struct {
    MadeAnalysis *made;
    ErrataBins bins;
    ErrataBinColumn column;
    guint8 *code;
} DleLog;

static void
dle_log_clear(DleLog *self)
{
    g_free(self->code);
    made_analysis_free(self->made);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DleLog, dle_log_clear)

/* the error of a row: its cell's size, and as much noise as told */
static double
dle_error(guint cell, double noise, ErrataRng *rng)
{
    double size = (double)(cell * cell) + 1.0;

    return (errata_rng_uniform(rng) < 0.5 ? -1.0 : 1.0) *
           (size + noise * (errata_rng_uniform(rng) - 0.5));
}

/* @shift moves rows to the later cells; every @labelled-th row has a label */
static void
dle_log_init(DleLog *self, gsize n, double shift, double noise, guint labelled, guint64 seed)
{
    ErrataRng rng = errata_rng_init(seed, 1, 0);

    self->made = made_analysis_new(ERRATA_TASK_REGRESSION, n);
    self->code = g_new(guint8, n);
    self->column = (ErrataBinColumn){.n_codes = CELLS, .code = self->code};
    self->bins = (ErrataBins){.n_rows = n, .n_columns = 1, .columns = &self->column};
    for (gsize i = 0; i < n; i++) {
        double u = pow(errata_rng_uniform(&rng), 1.0 / (1.0 + shift));

        self->code[i] = (guint8)(u * CELLS);
        self->made->outcome.predicted_value[i] = 10.0 * errata_rng_uniform(&rng);
        self->made->outcome.truth_value[i] = i % labelled == labelled - 1
                                                 ? self->made->outcome.predicted_value[i] -
                                                       dle_error(self->code[i], noise, &rng)
                                                 : (double)NAN;
    }
    made_analysis_judge(self->made);
    self->made->analysis.bins = &self->bins;
}

/* mean |error| and error² of the labelled rows of each cell */
static void
dle_cells(const DleLog *log, double *absolute, double *square)
{
    double n[CELLS] = {0.0};

    for (guint c = 0; c < CELLS; c++)
        absolute[c] = square[c] = 0.0;
    for (gsize i = 0; i < log->made->outcome.n_rows; i++) {
        double error = log->made->outcome.predicted_value[i] - log->made->outcome.truth_value[i];

        if (log->made->outcome.judged[i] == 0)
            continue;
        n[log->code[i]] += 1.0;
        absolute[log->code[i]] += fabs(error);
        square[log->code[i]] += error * error;
    }
    for (guint c = 0; c < CELLS; c++) {
        absolute[c] /= n[c];
        square[c] /= n[c];
    }
}

/* every row's expected loss is near its cell's in the source; the means are the cells' by the log's
 * shares */
static void
dle_check(const DleLog *log, DleLog *from, double within)
{
    ErrataEstimateSource source = {.outcome = &from->made->outcome, .bins = &from->bins};
    g_auto(ErrataEstimateRows) rows = {0};
    double absolute[CELLS], square[CELLS], mean[2] = {0.0, 0.0}, expected[2] = {0.0, 0.0};

    dle_cells(from, absolute, square);
    source.judged = errata_judged_new(&from->made->outcome, NULL, 0);
    errata_estimate_numbers(&log->made->analysis, &source, &rows);
    g_assert_cmpuint(rows.n, ==, log->made->outcome.n_rows);
    for (gsize i = 0; i < rows.n; i++) {
        guint8 cell = log->code[rows.row[i]];

        g_assert_cmpfloat_with_epsilon(rows.loss[i], absolute[cell], within * 26.0);
        mean[0] += rows.loss[i] / (double)rows.n;
        mean[1] += rows.square[i] / (double)rows.n;
        expected[0] += absolute[cell] / (double)rows.n;
        expected[1] += square[cell] / (double)rows.n;
    }
    g_assert_cmpfloat_with_epsilon(mean[0], expected[0], within * expected[0]);
    g_assert_cmpfloat_with_epsilon(mean[1], expected[1], within * expected[1]);
    errata_judged_free(source.judged);
}

static void
test_dle_reference(void)
{
    g_auto(DleLog) from = {0};
    g_auto(DleLog) log = {0};

    g_test_summary(
        "A log with other shares of the cells: the reference's errors by the new shares");
    dle_log_init(&from, 6000, 0.0, 0.0, 1, 1);
    dle_log_init(&log, 4000, 1.0, 0.0, 1, 2);
    dle_check(&log, &from, 0.01);
}

static void
test_dle_noise(void)
{
    g_auto(DleLog) from = {0};
    g_auto(DleLog) log = {0};

    g_test_summary("Noisy errors: near the mean of each cell");
    dle_log_init(&from, 20000, 0.0, 1.0, 1, 3);
    dle_log_init(&log, 4000, 2.0, 1.0, 1, 4);
    dle_check(&log, &from, 0.03);
}

static void
test_dle_own_labels(void)
{
    g_auto(DleLog) log = {0};

    g_test_summary("Learnt from the labelled rows of the log itself, every third");
    dle_log_init(&log, 6000, 0.0, 0.0, 3, 5);
    dle_check(&log, &log, 0.01);
}

static void
test_dle_many(void)
{
    g_auto(DleLog) from = {0};
    g_auto(DleLog) log = {0};

    g_test_summary("Of more rows than trees are fitted to, an even part tells the same");
    dle_log_init(&from, 130000, 0.0, 0.0, 1, 6);
    dle_log_init(&log, 2000, 1.0, 0.0, 1, 7);
    dle_check(&log, &from, 0.01);
}

/* the errors measured when labels come are within the interval that the estimate stated */
static void
test_dle_metrics(void)
{
    g_auto(DleLog) from = {0};
    g_auto(DleLog) log = {0};
    ErrataAnalysis *analysis;
    const ErrataMetric *mae, *rmse;
    double absolute = 0.0, square = 0.0;
    ErrataRng rng = errata_rng_init(9, 9, 9);

    g_test_summary("dle_mae and dle_rmse hold the errors that come to light");
    dle_log_init(&from, 8000, 0.0, 1.0, 1, 7);
    dle_log_init(&log, 4000, 1.0, 1.0, 5000, 8);
    analysis = &log.made->analysis;
    analysis->reference = &from.made->frame;
    analysis->reference_schema = &from.made->schema;
    analysis->reference_outcome = &from.made->outcome;
    analysis->reference_bins = &from.bins;
    g_assert_null(errata_analyzer_estimate.why_not(analysis));
    g_assert_true(errata_analyzer_estimate.run(analysis, NULL));
    for (gsize i = 0; i < 4000; i++) {
        double error = dle_error(log.code[i], 1.0, &rng);

        absolute += fabs(error) / 4000.0;
        square += error * error / 4000.0;
    }
    mae = errata_case_metric(analysis->result, "dle_mae");
    rmse = errata_case_metric(analysis->result, "dle_rmse");
    g_assert_nonnull(mae);
    g_assert_nonnull(rmse);
    g_assert_true(mae->lo <= absolute && absolute <= mae->hi);
    g_assert_cmpfloat_with_epsilon(mae->value, absolute, 0.02 * absolute);
    g_assert_cmpfloat_with_epsilon(rmse->value, sqrt(square), 0.02 * sqrt(square));
    g_assert_cmpstr(analysis->result->performance.estimate->method, ==, "DLE");
}

/* the log's mean error is as far from an estimate as the few labels that it was learnt from */
static void
test_dle_few(void)
{
    enum {
        DRAWS = 60
    };
    guint held = 0;

    g_test_summary("Learnt from 500 rows, dle_mae holds what comes to light in 20,000");
    for (guint draw = 0; draw < DRAWS; draw++) {
        g_auto(DleLog) from = {0};
        g_auto(DleLog) log = {0};
        ErrataAnalysis *analysis;
        const ErrataMetric *mae;
        double absolute[CELLS] = {0.0}, mean = 0.0;

        dle_log_init(&from, 500, 0.0, 60.0, 1, 100 + draw);
        dle_log_init(&log, 20000, 0.0, 60.0, 30000, 200 + draw);
        analysis = &log.made->analysis;
        analysis->reference = &from.made->frame;
        analysis->reference_schema = &from.made->schema;
        analysis->reference_outcome = &from.made->outcome;
        analysis->reference_bins = &from.bins;
        g_assert_true(errata_analyzer_estimate.run(analysis, NULL));
        for (guint c = 0; c < CELLS; c++) /* the mean of |size + u|, u uniform within ± 30 */
            absolute[c] = 15.0 + ((double)(c * c) + 1.0) * ((double)(c * c) + 1.0) / 60.0;
        for (gsize i = 0; i < 20000; i++)
            mean += absolute[log.code[i]] / 20000.0;
        mae = errata_case_metric(analysis->result, "dle_mae");
        held += mae->lo <= mean && mean <= mae->hi;
    }
    g_test_message("%u of %d", held, DRAWS);
    g_assert_cmpuint(held, >=, DRAWS - 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dle/reference", test_dle_reference);
    g_test_add_func("/dle/noise", test_dle_noise);
    g_test_add_func("/dle/own-labels", test_dle_own_labels);
    g_test_add_func("/dle/many", test_dle_many);
    g_test_add_func("/dle/few", test_dle_few);
    g_test_add_func("/dle/metrics", test_dle_metrics);
    return g_test_run();
}
