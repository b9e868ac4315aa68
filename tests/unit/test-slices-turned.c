/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices-turned.h"
#include "slices.h"

#define TURNED_ROWS 8000

/**
 * TurnedLog:
 * @cell: of the negatives of one country and channel, that are surely predicted to be positive
 * @even: of those of all rows
 * @steep: times as sure as scores are right
 * @most: that other scores are at most
 *
 * A sharp model of a rare class.
 */
typedef struct {
    double cell;
    double even;
    double steep;
    double most;
} TurnedLog;

static AnalysisFrame *
turned_run(const TurnedLog *log, guint64 seed)
{
    static const char *const countries[] = {"DE", "FR", "UK", "ES"};
    static const char *const channels[] = {"web", "app", "pos"};
    g_autoptr(GString) table = g_string_new("id,country,channel,amount,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 1, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < TURNED_ROWS; i++) {
        guint country = (guint)errata_rng_below(&rng, 4);
        guint channel = (guint)errata_rng_below(&rng, 3);
        double x = 8.0 * errata_rng_uniform(&rng) - 6.0;
        guint label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-x)) ? 1 : 0;
        double score = MIN(1.0 / (1.0 + exp(-log->steep * x)), log->most);
        double turned = country == 1 && channel == 0 ? log->cell : log->even;

        if (errata_rng_uniform(&rng) < turned && label == 0)
            score = 0.95 + 0.04 * errata_rng_uniform(&rng);
        g_string_append_printf(table,
                               "r%u,%s,%s,%.1f,%.4f,%u,%u\n",
                               i,
                               countries[country],
                               channels[channel],
                               200.0 * errata_rng_uniform(&rng),
                               score,
                               score >= 0.5 ? 1U : 0U,
                               label);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static void
test_slices_turned_told(void)
{
    static const double most[] = {0.9, 0.955};

    g_test_summary("A group that is wrong by scores surer than all others, or than nearly all, is "
                   "told by name, though rows of such scores are wrong anywhere");
    for (guint64 k = 0; k < 2 * G_N_ELEMENTS(most); k++) {
        TurnedLog log = {.cell = 0.4, .steep = 1.5, .most = most[k / 2]};
        g_autoptr(AnalysisFrame) self = turned_run(&log, 40 + k);
        guint n_loud = 0;

        for (guint i = 0; i < self->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

            if (finding->severity < ERRATA_SEVERITY_MEDIUM)
                continue;
            g_test_message("%s", finding->title);
            n_loud++;
            g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
            g_assert_nonnull(strstr(finding->title, "FR"));
            g_assert_nonnull(strstr(finding->title, "web"));
        }
        g_assert_cmpuint(n_loud, ==, 1);
    }
}

static void
test_slices_turned_silent(void)
{
    static const TurnedLog logs[] = {
        {.cell = 0.05, .even = 0.05, .steep = 1.0, .most = 0.9},
        {.steep = 2.5, .most = 1.0},
    };

    g_test_summary("Scores that are wrong at their surest in all groups alike, or too sure, make "
                   "no slice");
    for (guint64 k = 0; k < 3 * G_N_ELEMENTS(logs); k++) {
        g_autoptr(AnalysisFrame) self = turned_run(&logs[k / 3], 60 + k);

        for (guint i = 0; i < self->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

            g_test_message("%s", finding->title);
            g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_MEDIUM);
        }
    }
}

static void
test_slices_turned_pool(void)
{
    static const double sure[] = {0.55, 0.65, 0.75, 0.85, 0.95};
    static const guint per_cent[][5] = {{45, 30, 5, 0, 90},
                                        {45, 30, 25, 20, 22},
                                        {45, 30, 5, 0, 90}};
    static const guint n_told[] = {0, 0, 200};
    double confidence[1000], error[1000];
    guint8 told[1000], turned[1000];
    guint32 cell[1000];

    g_test_summary("Cells are pooled where surer ones are mostly wrong, with as many of the less "
                   "sure as it takes; else none is, nor where what is told is");
    for (guint k = 0; k < G_N_ELEMENTS(n_told); k++) {
        for (guint i = 0; i < G_N_ELEMENTS(cell); i++) {
            cell[i] = i / 200;
            confidence[i] = sure[cell[i]];
            error[i] = i % 200 < 2 * per_cent[k][cell[i]] ? 1.0 : 0.0;
            told[i] = i >= 1000 - n_told[k] ? 1 : 0;
        }
        g_assert_cmpint(errata_slices_turned_pool(
                            &(SlicesTurnedRows){G_N_ELEMENTS(cell), confidence, error, told, 1},
                            cell,
                            5,
                            turned),
                        ==,
                        k == 0);
        for (guint i = 0; i < G_N_ELEMENTS(cell); i++) {
            /* the mean of the last three is 32 %, which is more than the second's 30 % */
            g_assert_cmpuint(cell[i], ==, k == 0 && i >= 200 ? 1 : i / 200);
            g_assert_cmpuint(turned[i], ==, k == 0 && i >= 800 ? 1 : 0);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-turned/told", test_slices_turned_told);
    g_test_add_func("/slices-turned/silent", test_slices_turned_silent);
    g_test_add_func("/slices-turned/pool", test_slices_turned_pool);
    return g_test_run();
}
