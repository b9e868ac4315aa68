/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of error on levels: within one another, and told by rows that were not searched. */
#include <string.h>

#include "propose-levels.h"
#include "synth-log.h"

#define N_ROWS  8000
#define N_SLICE 4
#define EACH    800 /* rows of a slice */

/* slices 0 … 3, one after the other; every @every-th row of them is wrong, of the rest every
 * twentieth */
static void
levels_init(Log *log, ErrataFinding **findings, const guint *every)
{
    log_init(log, N_ROWS, 7);
    log_fill_noise(log);
    log_finish(log);
    log->outcome.n_errors = 0;
    for (guint row = 0; row < N_ROWS; row++) {
        guint slice = row / EACH;
        guint step = slice < N_SLICE ? every[slice] : 20;

        log->outcome.error[row] = row % step == 0 ? 1 : 0;
        log->outcome.loss[row] = log->outcome.error[row];
        log->outcome.n_errors += log->outcome.error[row];
    }
    for (guint i = 0; i < N_SLICE; i++) {
        findings[i] = errata_finding_new(ERRATA_FINDING_SLICE, "rows");
        findings[i]->n_rows = EACH;
        findings[i]->row = g_new(guint32, EACH);
        for (guint k = 0; k < EACH; k++)
            findings[i]->row[k] = i * EACH + k;
    }
}

typedef struct {
    const char *name;
    const char *kinds[N_SLICE][2];
    guint every[N_SLICE];
    const char *kept; /* per slice: 0 nothing, 1 the coarse kind, 2 both */
    guint n_outside;
    guint n_same;
    guint n_untold;
} LevelsCase;

static const LevelsCase cases[] = {
    {"nested",
     {{"wording", "irony"}, {"wording", "denial"}, {"entry", "gaps"}, {"entry", "gaps"}},
     {2, 5, 3, 3},
     "2211",
     0,
     1,
     0},
    {"two-parents",
     {{"wording", "irony"}, {"wording", "denial"}, {"entry", "irony"}, {"entry", "gaps"}},
     {2, 5, 2, 5},
     "1212", /* as many rows of “irony” lie here as there: it is within neither */
     2,
     0,
     0},
    {"level-mixed",
     {{"wording", "entry"}, {"wording", "denial"}, {"entry", "gaps"}, {"entry", "holes"}},
     {2, 5, 2, 5},
     "1222",
     1,
     0,
     0},
    {"alike",
     {{"wording", "irony"}, {"wording", "denial"}, {NULL, NULL}, {NULL, NULL}},
     {3, 3, 20, 20},
     "1100",
     0,
     0,
     2},
    {"no-kind",
     {{"wording", "irony"}, {"wording", "denial"}, {"entry", "gaps"}, {"entry", "holes"}},
     {2, 5, 20, 20},
     "2200",
     0,
     0,
     1},
};

static void
test_levels(gconstpointer data)
{
    const LevelsCase *wanted = data;
    ErrataLevelLeaf leaves[N_SLICE];
    ErrataFinding *findings[N_SLICE];
    ErrataLevelCounts counts;
    Log log;

    levels_init(&log, findings, wanted->every);
    for (guint i = 0; i < N_SLICE; i++)
        leaves[i] = (ErrataLevelLeaf){.finding = findings[i],
                                      .coarse = wanted->kinds[i][0],
                                      .fine = wanted->kinds[i][1]};
    counts = errata_levels_check(&log.analysis, leaves, N_SLICE);
    for (guint i = 0; i < N_SLICE; i++) {
        g_test_message("%u: %s", i, leaves[i].said != NULL ? leaves[i].said : "-");
        g_assert_cmpint(leaves[i].keeps_coarse, ==, wanted->kept[i] != '0');
        g_assert_cmpint(leaves[i].keeps_fine, ==, wanted->kept[i] == '2');
        g_assert_cmpint(leaves[i].said != NULL, ==, leaves[i].keeps_coarse);
        if (leaves[i].keeps_fine)
            g_assert_nonnull(strstr(leaves[i].said, "others of the kind above"));
        g_free(leaves[i].said);
        errata_finding_free(findings[i]);
    }
    g_assert_cmpuint(counts.n_outside, ==, wanted->n_outside);
    g_assert_cmpuint(counts.n_same, ==, wanted->n_same);
    g_assert_cmpuint(counts.n_untold, ==, wanted->n_untold);
    g_assert_cmpuint(counts.n_kept + counts.n_outside + counts.n_same + counts.n_untold,
                     ==,
                     counts.n_kinds);
    log_clear(&log);
}

/* a name used for other rows as well, but for few: it stays where most of it lies */
static void
test_stray(void)
{
    static const guint every[N_SLICE] = {2, 5, 2, 3};
    ErrataFinding *findings[N_SLICE];
    ErrataLevelLeaf leaves[N_SLICE];
    ErrataLevelCounts counts;
    Log log;

    levels_init(&log, findings, every);
    findings[2]->n_rows = 100;
    for (guint i = 0; i < N_SLICE; i++)
        leaves[i] = (ErrataLevelLeaf){.finding = findings[i],
                                      .coarse = i < 2 ? "wording" : "entry",
                                      .fine = i % 2 == 0 ? "irony" : "gaps"};
    leaves[1].fine = "denial";
    counts = errata_levels_check(&log.analysis, leaves, N_SLICE);
    g_assert_true(leaves[0].keeps_fine);
    g_assert_false(leaves[2].keeps_fine);
    g_assert_cmpuint(counts.n_outside, ==, 1);
    for (guint i = 0; i < N_SLICE; i++) {
        g_free(leaves[i].said);
        errata_finding_free(findings[i]);
    }
    log_clear(&log);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/levels/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_levels);
    }
    g_test_add_func("/levels/stray", test_stray);
    return g_test_run();
}
