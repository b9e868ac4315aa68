/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs in which something changes, for the tests of change points. */
#pragma once

#include <math.h>
#include <string.h>

#include "change-points.h"
#include "frame-builder.h"
#include "log-fixture.h"
#include "rng.h"

#define N 20000

static const LogRoles made_roles = {.label = "y",
                                    .prediction = "hat",
                                    .score = "p",
                                    .positive = "1"};

/* what happens from place @begin on, wholly from @end on */
typedef struct {
    gsize begin;
    gsize end;
    double shift;    /* of a, in its standard deviations */
    double shares;   /* of c: red becomes blue so often */
    double errors;   /* more errors */
    gboolean season; /* a and the errors follow the hour and the weekday */
    gint64 minutes;  /* the log covers; 0: no times */
    gsize rows;      /* of the log; 0: N */
    gsize back;      /* from this place on all is as it was; 0: it never is */
    gsize sharper; /* scores lie further from the middle from this place on; 0: all are 0.1, 0.9 */
    gsize waves;   /* so many times, at equal distances, it comes and goes; 0: once, as above */
    gsize errors_at; /* errors change here at once, not with the rest; 0: with it */
} Plant;

static gsize
test_rows(const Plant *plant)
{
    return plant->rows > 0 ? plant->rows : N;
}

static double
test_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

/* 1970 began on a Thursday */
static double
test_season(const Plant *plant, gsize row)
{
    double day = (double)plant->minutes / 1440.0 * (double)row / (double)test_rows(plant);
    gboolean weekend = (gint64)day % 7 == 2 || (gint64)day % 7 == 3;

    return plant->season ? cos(2.0 * G_PI * day) + (weekend ? 1.0 : 0.0) : 0.0;
}

static double
test_level_of_errors(const Plant *plant, gsize row, double level)
{
    return plant->errors_at == 0 ? level : row >= plant->errors_at ? 1.0 : 0.0;
}

static double
test_score(const Plant *plant, gsize row, gboolean y, ErrataRng *rng)
{
    double far = 0.4;

    if (plant->sharper > 0)
        far = (row >= plant->sharper ? 0.45 : 0.3) * errata_rng_uniform(rng);
    return y ? 0.5 + far : 0.5 - far;
}

static ErrataFrame *
test_frame(const Plant *plant, guint64 seed)
{
    static const char *const names[] = {"a", "b", "c", "y", "hat", "p"};
    static const char *const values[] = {"red", "green", "blue"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < test_rows(plant); row++) {
        ErrataRng rng = errata_rng_init(seed, 22, row);
        double level = row < plant->begin ? 0.0
                       : row >= plant->end
                           ? 1.0
                           : (double)(row - plant->begin) / (double)(plant->end - plant->begin);
        double season = test_season(plant, row);
        const char *value = values[errata_rng_below(&rng, 3)];
        gboolean y = errata_rng_uniform(&rng) < 0.5;
        gboolean wrong;

        if (plant->back > 0 && row >= plant->back)
            level = 0.0;
        if (plant->waves > 0)
            level = (double)(row * (2 * plant->waves + 1) / N % 2);
        if (value == values[0] && errata_rng_uniform(&rng) < level * plant->shares)
            value = values[2];
        wrong = errata_rng_uniform(&rng) <
                0.1 + test_level_of_errors(plant, row, level) * plant->errors + 0.03 * season;
        errata_frame_builder_number(builder,
                                    at[0],
                                    test_normal(&rng) + level * plant->shift + season);
        errata_frame_builder_number(builder, at[1], exp(test_normal(&rng)));
        errata_frame_builder_string(builder, at[2], value, strlen(value));
        errata_frame_builder_integer(builder, at[3], y);
        errata_frame_builder_integer(builder, at[4], wrong ? !y : y);
        errata_frame_builder_number(builder, at[5], test_score(plant, row, y, &rng));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static LogFixture *
test_run(const Plant *plant, guint64 seed)
{
    LogFixture *log = log_fixture_new(test_frame(plant, seed), NULL, &made_roles);
    gsize n = test_rows(plant);
    g_autofree gint64 *time = g_new(gint64, n);

    for (gsize row = 0; row < n; row++)
        time[row] = plant->minutes * (gint64)row / (gint64)n * G_GINT64_CONSTANT(60000000000) +
                    (gint64)row;
    log->settings->alpha = 0.01;
    log->outcome->time = plant->minutes > 0 ? time : NULL;
    g_assert_null(errata_analyzer_change_points.why_not(&log->analysis));
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    log->outcome->time = NULL;
    for (guint i = 0; i < log->analysis.result->findings->len; i++)
        g_test_message(
            "%s",
            ((ErrataFinding *)g_ptr_array_index(log->analysis.result->findings, i))->title);
    return log;
}
