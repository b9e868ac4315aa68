/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cautions.h"
#include "frame-builder.h"
#include "log-fixture.h"

static const LogRoles roles = {.label = "y", .prediction = "hat", .score = "how", .positive = "1"};

static LogFixture *
test_log(const char *const *cells, guint n)
{
    static const char *const names[] = {"y", "hat", "how"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[3];

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        g_assert_true(
            errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL));
    for (guint row = 0; row < 200; row++) {
        const char *cell = cells[row % n];

        errata_frame_builder_integer(builder, at[0], row % 2);
        errata_frame_builder_integer(builder, at[1], row % 3 % 2);
        errata_frame_builder_cell(builder, at[2], cell, strlen(cell));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &roles);
}

static gboolean
test_says(const LogFixture *log, const char *text)
{
    const GPtrArray *warnings = log->analysis.result->warnings;

    for (guint i = 0; i < warnings->len; i++)
        if (strstr(g_ptr_array_index(warnings, i), text) != NULL)
            return TRUE;
    return FALSE;
}

static void
test_cautions_score(void)
{
    static const char *const words[] = {"", "quite", "very"};
    static const char *const numbers[] = {"0.1", "0.72", "0.9"};
    g_autoptr(LogFixture) unread = test_log(words, 3);
    g_autoptr(LogFixture) read = test_log(numbers, 3);

    g_test_summary("A declared score that holds no numbers is named, with its first cell");
    unread->schema->columns[2].declared = read->schema->columns[2].declared = TRUE;
    errata_cautions_add(&unread->analysis);
    errata_cautions_add(&read->analysis);
    g_assert_true(test_says(unread,
                            "how is declared as score, but holds no numbers (its first cell is "
                            "'quite')"));
    g_assert_false(test_says(read, "holds no numbers"));
}

static void
test_cautions_words(void)
{
    static const char *const none[] = {"basic", "None", "full"};
    static const char *const empty[] = {"basic", "", "full"};
    static const char *const null[] = {"basic", "null", "full"};
    g_autoptr(LogFixture) worded = test_log(none, 3);
    g_autoptr(LogFixture) silent = test_log(empty, 3);
    g_autoptr(LogFixture) made = test_log(null, 3);
    LogFixture *logs[] = {worded, silent, made};

    g_test_summary("A word that may be a value and was read as missing is told once, with the way "
                   "to keep it");
    for (guint i = 0; i < G_N_ELEMENTS(logs); i++) {
        errata_column_settle_words(logs[i]->analysis.frame->columns[2]);
        logs[i]->schema->columns[2].role = ERRATA_ROLE_FEATURE;
        errata_cautions_add(&logs[i]->analysis);
    }
    g_assert_true(test_says(worded, "read as missing: “None” in 67 cells of how; where such a"));
    g_assert_false(test_says(silent, "read as missing"));
    g_assert_false(test_says(made, "read as missing"));
}

static void
test_cautions_positions(void)
{
    static const char *const numbers[] = {"0.1", "0.72", "0.9"};
    g_autoptr(LogFixture) noted = test_log(numbers, 3);

    g_test_summary("Which position was read as which class is told where labels alone speak for "
                   "it");
    noted->schema->score_note = g_strdup("read in alphabetical order");
    errata_cautions_add(&noted->analysis);
    g_assert_true(test_says(noted, "read in alphabetical order"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cautions/score", test_cautions_score);
    g_test_add_func("/cautions/positions", test_cautions_positions);
    g_test_add_func("/cautions/words", test_cautions_words);
    return g_test_run();
}
