/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

#define REPLAYED_ROWS  4000
#define REPLAYED_BLOCK 120
#define REPLAYED_FIRST 1000
#define REPLAYED_AGAIN 2500

typedef enum {
    REPLAYED_NOTHING,
    REPLAYED_LATER, /* a block of rows is sent again */
    REPLAYED_TWICE, /* each row of a block is sent twice */
    REPLAYED_STEPS, /* no fault: lists of steps that are gone through again and again */
    REPLAYED_RUNS,  /* no fault: a row lasts for a while */
    REPLAYED_OTHER, /* no fault: as a block sent again, but the model said otherwise of it */
} ReplayedPlant;

/* the row of the log's making that stands at a place */
static guint
replayed_source(ReplayedPlant plant, guint place)
{
    if ((plant == REPLAYED_LATER || plant == REPLAYED_OTHER) && place >= REPLAYED_AGAIN)
        return place < REPLAYED_AGAIN + REPLAYED_BLOCK ? place - REPLAYED_AGAIN + REPLAYED_FIRST
                                                       : place - REPLAYED_BLOCK;
    if (plant == REPLAYED_TWICE && place >= REPLAYED_FIRST)
        return place < REPLAYED_FIRST + 2 * REPLAYED_BLOCK
                   ? REPLAYED_FIRST + (place - REPLAYED_FIRST) / 2
                   : place - REPLAYED_BLOCK;
    return place;
}

static guint
replayed_draw(guint64 seed, guint row, guint stream, guint n)
{
    ErrataRng rng = errata_rng_init(seed, stream, row);

    return (guint)errata_rng_below(&rng, n);
}

static AnalysisFrame *
replayed_run(ReplayedPlant plant, guint64 seed)
{
    static const char *const places[] = {"shop", "web", "phone"};
    g_autoptr(GString) table = g_string_new("ts,place,size,score,prediction,label\n");
    AnalysisFrame *fixture;
    guint list = 0, step = 0, lasts = 0;

    for (guint i = 0; i < REPLAYED_ROWS; i++) {
        guint row = replayed_source(plant, i), place, size;

        if (plant == REPLAYED_STEPS && step++ == 9) {
            step = 0;
            list = replayed_draw(seed, i, 1, 4);
        }
        if (plant == REPLAYED_RUNS && lasts-- == 0) {
            list = i;
            lasts = 2 + replayed_draw(seed, i, 1, 30);
        }
        if (plant == REPLAYED_STEPS || plant == REPLAYED_RUNS)
            row = 100 * list + step;
        place = replayed_draw(seed, row, 2, 3);
        size = replayed_draw(seed, row, 3, 4);
        g_string_append_printf(table,
                               "%u,%s,%u,%.3f,%d,%d\n",
                               1700000000 + 60 * i,
                               places[place],
                               size,
                               (size > 1 ? 0.5 : 0.0) +
                                   replayed_draw(seed, plant == REPLAYED_OTHER ? i : row, 5, 500) /
                                       1000.0,
                               size > 1,
                               replayed_draw(seed, row, 4, 4) == 0 ? size <= 1 : size > 1);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static const ErrataFinding *
replayed_find(const AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (g_strcmp0(finding->subject.bug, "duplicate-rows") == 0)
            return finding;
    }
    return NULL;
}

static void
test_data_replayed_found(void)
{
    g_test_summary(
        "Rows that a table of few values holds again are told, not those they are copies of");
    for (guint64 seed = 0; seed < 4; seed++)
        for (ReplayedPlant plant = REPLAYED_LATER; plant <= REPLAYED_TWICE; plant++) {
            g_autoptr(AnalysisFrame) fixture = replayed_run(plant, seed);
            const ErrataFinding *finding = replayed_find(fixture);

            g_assert_nonnull(finding);
            g_assert_cmpuint(finding->n_rows, >=, REPLAYED_BLOCK);
            g_assert_cmpuint(finding->n_rows, <=, REPLAYED_BLOCK + 4);
            g_assert_cmpuint(finding->row[REPLAYED_BLOCK / 2] + 8,
                             >=,
                             plant == REPLAYED_LATER ? REPLAYED_AGAIN + REPLAYED_BLOCK / 2
                                                     : REPLAYED_FIRST + REPLAYED_BLOCK);
            g_assert_nonnull(
                strstr(finding->title,
                       plant == REPLAYED_LATER ? "in the same order" : "the row before"));
        }
}

static void
test_data_replayed_nothing(void)
{
    static const ReplayedPlant plants[] = {REPLAYED_NOTHING,
                                           REPLAYED_STEPS,
                                           REPLAYED_RUNS,
                                           REPLAYED_OTHER};

    g_test_summary(
        "Rows that are alike by chance, lists of steps, rows that last, and equal ones of which the "
        "model says otherwise are no copies");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++)
        for (guint64 seed = 0; seed < 8; seed++) {
            g_autoptr(AnalysisFrame) fixture = replayed_run(plants[i], 10 + seed);

            g_assert_null(replayed_find(fixture));
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-replayed/found", test_data_replayed_found);
    g_test_add_func("/data-replayed/nothing", test_data_replayed_nothing);
    return g_test_run();
}
