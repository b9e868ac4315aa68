/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log of a classifier made by hand: columns, calibrated scores, errors as they say, and one slice
 * planted on request. */
#pragma once

#include "analyzer.h"
#include "rng.h"
#include "slices-table.h"
#include "synth.h"

/* a log made by hand: columns, scores that are right about the error unless a slice is planted */
typedef struct {
    gsize n;
    ErrataFrame *frame;
    ErrataSchema *schema;
    ErrataOutcome outcome;
    ErrataSettings settings;
    ErrataBins *bins;
    ErrataAnalysis analysis;
    ErrataRng rng;
} Log;

G_GNUC_UNUSED static void
log_init_columns(Log *log, gsize n, guint n_columns, guint64 seed)
{
    memset(log, 0, sizeof(*log));
    log->n = n;
    log->frame = synth_frame(n, n_columns);
    log->rng = errata_rng_init(seed, 7, 0);
    log->outcome = (ErrataOutcome){.n_rows = n, .task = ERRATA_TASK_BINARY, .n_classes = 2};
    log->outcome.positive = 1;
    log->outcome.judged = g_malloc(n);
    log->outcome.error = g_malloc0(n);
    log->outcome.half = g_malloc0(n);
    log->outcome.loss = g_new0(double, n);
    log->outcome.score = g_new0(double, n);
    log->outcome.confidence = g_new0(double, n);
    log->outcome.truth = g_new0(gint32, n);
    log->outcome.predicted = g_new0(gint32, n);
    log->outcome.n_judged = n;
    memset(log->outcome.judged, 1, n);
    for (gsize i = 0; i < n; i++)
        log->outcome.half[i] = (guint8)errata_rng_below(&log->rng, 2);
    log->settings = (ErrataSettings){.max_level = 3, .alpha = 0.01};
}

G_GNUC_UNUSED static void
log_init(Log *log, gsize n, guint64 seed)
{
    log_init_columns(log, n, 8, seed);
}

G_GNUC_UNUSED static double
log_uniform(Log *log)
{
    return errata_rng_uniform(&log->rng);
}

G_GNUC_UNUSED static double
log_exponential(Log *log)
{
    double u = log_uniform(log);

    return -log1p(-u);
}

/* a skewed number with some cells missing; @steps > 0 rounds it to that many values */
G_GNUC_UNUSED static void
log_add_number(Log *log, const char *name, guint steps, const double *like)
{
    g_autofree double *x = g_new(double, log->n);

    for (gsize i = 0; i < log->n; i++) {
        x[i] = pow(log_uniform(log), 2.0);
        if (like != NULL)
            x[i] = 0.8 * like[i] + 0.2 * x[i];
        if (steps > 0)
            x[i] = floor(x[i] * steps);
        if (errata_rng_below(&log->rng, 50) == 0)
            x[i] = (double)NAN;
    }
    synth_numbers(log->frame, name, x);
}

G_GNUC_UNUSED static void
log_add_category(Log *log, const char *name, const char *words, guint n_words)
{
    g_autofree guint *code = g_new(guint, log->n);

    for (gsize i = 0; i < log->n; i++)
        code[i] = (guint)(pow(log_uniform(log), 1.5) * n_words);
    synth_categories(log->frame, name, code, words);
}

G_GNUC_UNUSED static void
log_set_error(Log *log, gsize row, double score, gboolean wrong)
{
    ErrataOutcome *outcome = &log->outcome;

    outcome->score[row] = score;
    outcome->predicted[row] = score >= 0.5;
    outcome->confidence[row] = MAX(score, 1.0 - score);
    outcome->truth[row] = wrong ? 1 - outcome->predicted[row] : outcome->predicted[row];
    outcome->error[row] = wrong ? 1 : 0;
    outcome->loss[row] = wrong;
    outcome->n_errors += wrong;
}

/* columns a … f, no slice; errors only as the calibrated score says */
G_GNUC_UNUSED static void
log_fill_noise(Log *log)
{
    log_add_number(log, "a", 0, NULL);
    log_add_number(log, "b", 0, log->frame->columns[0]->f64);
    log_add_number(log, "k", 6, NULL);
    log_add_category(log, "c", "red green blue grey", 4);
    log_add_category(log, "d", "x y z", 3);
    for (gsize i = 0; i < log->n; i++) {
        double score = log_uniform(log);

        score = score < 0.5 ? 2.0 * score * score : 1.0 - 2.0 * (1.0 - score) * (1.0 - score);
        log_set_error(log, i, score, log_uniform(log) < MIN(score, 1.0 - score));
    }
}

G_GNUC_UNUSED static void
log_finish(Log *log)
{
    log->schema = synth_schema(log->frame);
    log->bins = errata_bins_new(log->frame, log->schema, NULL, 10, 0);
    log->analysis = (ErrataAnalysis){.frame = log->frame,
                                     .schema = log->schema,
                                     .outcome = &log->outcome,
                                     .bins = log->bins,
                                     .settings = &log->settings,
                                     .result = errata_case_new()};
}

G_GNUC_UNUSED static void
log_clear(Log *log)
{
    ErrataOutcome *outcome = &log->outcome;

    g_free(outcome->judged);
    g_free(outcome->error);
    g_free(outcome->half);
    g_free(outcome->loss);
    g_free(outcome->score);
    g_free(outcome->confidence);
    g_free(outcome->truth);
    g_free(outcome->predicted);
    g_free(outcome->predicted_value);
    errata_slices_table_forget(&log->analysis);
    errata_case_free(log->analysis.result);
    errata_bins_free(log->bins);
    g_strfreev(log->schema->classes);
    g_free(log->schema->columns);
    g_free(log->schema);
    errata_frame_unref(log->frame);
}

/* c is green and a ≥ 0.3: wrong one time in two more; d goes with it */
G_GNUC_UNUSED static void
log_plant(Log *log)
{
    for (gsize i = 0; i < log->n; i++) {
        gboolean in = log->frame->columns[3]->code[i] == 1 && log->frame->columns[0]->f64[i] >= 0.3;

        if (in && log->outcome.error[i] == 0 && log_uniform(log) < 0.5)
            log_set_error(log, i, log->outcome.score[i], TRUE);
        if (in && log_uniform(log) < 0.8)
            log->frame->columns[4]->code[i] = 2;
    }
}
