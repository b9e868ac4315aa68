/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search where numbers are predicted: noise whose size goes with a column is hard ground, what
 * is off to one side is a fault, and says which and what moving it brings. */
#include "rng.h"
#include "slices.h"
#include "synth-log.h"

static double
log_normal(Log *log)
{
    double u = sqrt(2.0 * log_exponential(log));

    return u * cos(2.0 * G_PI * log_uniform(log));
}

/* columns a … d; residuals of spread 1 + 3a, green rows with a ≥ 0.3 predicted @bias too high */
static void
log_fill_numbers(Log *log, double slope, double bias)
{
    ErrataOutcome *outcome = &log->outcome;

    log_fill_noise(log);
    outcome->task = ERRATA_TASK_REGRESSION;
    outcome->predicted_value = g_new0(double, log->n);
    outcome->truth_value = g_new0(double, log->n);
    for (gsize i = 0; i < log->n; i++) {
        double a = log->frame->columns[0]->f64[i];
        gboolean in = log->frame->columns[3]->code[i] == 1 && a >= 0.3;
        double residual = (1.0 + slope * (isnan(a) ? 0.5 : a)) * log_normal(log) +
                          (in ? bias : 0.0);

        outcome->predicted_value[i] = 100.0 * outcome->score[i];
        outcome->truth_value[i] = outcome->predicted_value[i] - residual;
        outcome->loss[i] = fabs(residual);
        outcome->error[i] = outcome->loss[i] > 3.0;
    }
    log_finish(log);
    log->schema->task = ERRATA_TASK_REGRESSION;
}

static void
log_clear_numbers(Log *log)
{
    g_free(log->outcome.truth_value);
    log_clear(log);
}

static void
test_numbers_noise(void)
{
    guint n_told = 0;

    g_test_summary("Noise that grows with a column is hard ground at most, on any seed");
    for (guint64 seed = 0; seed < 8; seed++) {
        Log log;

        log_init(&log, seed % 2 == 0 ? 20000 : 6000, 300 + seed);
        log_fill_numbers(&log, 3.0, 0.0);
        g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
        for (guint i = 0; i < log.analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(log.analysis.result->findings, i);

            g_assert_cmpint(finding->severity, <=, ERRATA_SEVERITY_LOW);
            n_told += errata_finding_note(finding, "noise") != NULL;
        }
        log_clear_numbers(&log);
    }
    g_assert_cmpuint(n_told, >=, 6); /* and once per log */
    g_assert_cmpuint(n_told, <=, 8);
}

static void
test_numbers_bias(void)
{
    const ErrataFinding *finding;
    const ErrataEvidence *bias;
    const ErrataPredicate *predicate;
    const ErrataSuggestion *fix = NULL;
    double in = 0.0;
    Log log;

    g_test_summary(
        "Rows predicted too high amid such noise: told first, exactly, with its sign and cure");
    log_init(&log, 20000, 41);
    log_fill_numbers(&log, 3.0, 5.0);
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    finding = g_ptr_array_index(log.analysis.result->findings, 0);
    for (guint i = 0; i < log.analysis.result->findings->len; i++) {
        const ErrataFinding *other = g_ptr_array_index(log.analysis.result->findings, i);

        if (other->severity > finding->severity)
            finding = other;
    }
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
    predicate = g_ptr_array_index(finding->subject.predicates, 1);
    g_assert_cmpstr(predicate->values[0], ==, "green");
    bias = errata_finding_evidence(finding, "bias_in");
    g_assert_cmpfloat_with_epsilon(bias->value, 5.0, 0.4);
    g_assert_true(bias->lo > 0.0);
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        if (g_strcmp0(suggestion->action, "recalibrate") == 0)
            fix = suggestion;
    }
    g_assert_nonnull(fix);
    for (gsize i = 0; i < log.n; i++) /* what it is worth if the shift is known */
        if (log.frame->columns[3]->code[i] == 1 && log.frame->columns[0]->f64[i] >= 0.3)
            in += (log.outcome.loss[i] -
                   fabs(log.outcome.predicted_value[i] - 5.0 - log.outcome.truth_value[i])) /
                  (double)log.n;
    g_assert_cmpfloat_with_epsilon(fix->from - fix->to, in, 0.15 * in);
    g_assert_true(fix->lo < fix->from - fix->to && fix->from - fix->to < fix->hi);
    log_clear_numbers(&log);
}

/* predictions that fall behind the more, the larger a number is beyond some value */
static void
test_numbers_ramp(void)
{
    guint n_told = 0;
    Log log;

    g_test_summary("An error that grows along a number is one range of it, with its direction");
    log_init(&log, 12000, 42);
    log_fill_numbers(&log, 0.0, 0.0);
    for (gsize i = 0; i < log.n; i++) {
        double a = log.frame->columns[0]->f64[i];
        double residual = log.outcome.predicted_value[i] - log.outcome.truth_value[i];

        residual -= a > 0.4 ? 40.0 * (a - 0.4) : 0.0;
        log.outcome.truth_value[i] = log.outcome.predicted_value[i] - residual;
        log.outcome.loss[i] = fabs(residual);
        log.outcome.error[i] = log.outcome.loss[i] > 3.0;
    }
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    for (guint i = 0; i < log.analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log.analysis.result->findings, i);

        if (g_strcmp0(
                ((ErrataPredicate *)g_ptr_array_index(finding->subject.predicates, 0))->column,
                "a") != 0)
            continue;
        g_assert_true(strstr(finding->title, "predictions too low") != NULL);
        n_told++;
    }
    g_assert_cmpuint(n_told, ==, 1);
    log_clear_numbers(&log);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices/numbers/noise", test_numbers_noise);
    g_test_add_func("/slices/numbers/bias", test_numbers_bias);
    g_test_add_func("/slices/numbers/ramp", test_numbers_ramp);
    return g_test_run();
}
