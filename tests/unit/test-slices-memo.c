/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows slices have, kept beside the search. */
#include "analysis-frame.h"
#include "rng.h"
#include "slices-memo.h"

#define MEMO_ROWS 4000
#define MEMO_MANY 40 /* more than are kept */

static Slice
memo_slice(double lo)
{
    return (Slice){.n = 1, .condition = {{.column = 0, .lo = lo, .hi = 1.0}}};
}

static void
test_memo_same(void)
{
    g_autofree guint8 *given = g_new0(guint8, MEMO_ROWS);
    g_autofree guint8 *found = g_new0(guint8, MEMO_ROWS);
    SlicesHalf one = {.n_rows = MEMO_ROWS}, other = {.n_rows = MEMO_ROWS};
    Slice slice = memo_slice(0.25), timed = memo_slice(0.25), later;
    SlicesMemo *self = errata_slices_memo_new();

    g_test_summary("Only the same conditions of the same half in the same time are known");
    given[7] = 1;
    g_assert_false(errata_slices_memo_find(self, &one, &slice, found));
    errata_slices_memo_add(self, &one, &slice, given);
    g_assert_true(errata_slices_memo_find(self, &one, &slice, found));
    g_assert_cmpmem(found, MEMO_ROWS, given, MEMO_ROWS);
    g_assert_false(errata_slices_memo_find(self, &other, &slice, found));
    timed.timed = TRUE;
    timed.to = 100;
    g_assert_false(errata_slices_memo_find(self, &one, &timed, found));
    errata_slices_memo_add(self, &one, &timed, given);
    later = timed;
    later.to = 101;
    g_assert_false(errata_slices_memo_find(self, &one, &later, found));
    later = memo_slice(0.5);
    g_assert_false(errata_slices_memo_find(self, &one, &later, found));
    g_assert_true(errata_slices_memo_find(self, &one, &timed, found));
    errata_slices_memo_free(self);
}

static void
test_memo_oldest(void)
{
    g_autofree guint8 *member = g_new0(guint8, MEMO_ROWS);
    SlicesHalf half = {.n_rows = MEMO_ROWS};
    Slice first = memo_slice(-1.0), next;
    SlicesMemo *self = errata_slices_memo_new();

    g_test_summary("What is asked for again stays; the others make room, with their own rows");
    errata_slices_memo_add(self, &half, &first, member);
    for (guint i = 0; i < MEMO_MANY; i++) {
        next = memo_slice(i);
        member[0] = (guint8)(i % 2);
        errata_slices_memo_add(self, &half, &next, member);
        g_assert_true(errata_slices_memo_find(self, &half, &first, member));
        g_assert_cmpuint(member[0], ==, 0);
        g_assert_true(errata_slices_memo_find(self, &half, &next, member));
        g_assert_cmpuint(member[0], ==, i % 2);
    }
    next = memo_slice(0.0);
    g_assert_false(errata_slices_memo_find(self, &half, &next, member));
    errata_slices_memo_free(self);
}

static AnalysisFrame *
memo_log(void)
{
    g_autoptr(GString) text = g_string_new("x,kind,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(5, 0, 0);

    for (guint i = 0; i < MEMO_ROWS; i++) {
        double score = errata_rng_uniform(&rng);

        g_string_append_printf(text,
                               "%.4f,%c,%.3f,%d,%d\n",
                               errata_rng_uniform(&rng),
                               "abcd"[errata_rng_below(&rng, 4)],
                               score,
                               score >= 0.5,
                               errata_rng_uniform(&rng) < score);
    }
    return analysis_frame_new(schema_frame_new(text->str), NULL);
}

static void
test_memo_table(void)
{
    g_autoptr(AnalysisFrame) log = memo_log();
    g_autoptr(SlicesTable) table = errata_slices_table_new(&log->analysis);
    const SlicesHalf *halves[] = {&table->discovery, &table->confirmation};

    g_test_summary("A table gives the rows that a look at each cell gives, asked once or twice");
    for (guint round = 0; round < 2; round++)
        for (guint h = 0; h < G_N_ELEMENTS(halves); h++)
            for (guint i = 0; i < MEMO_MANY; i++) {
                g_autofree guint8 *member = g_new(guint8, halves[h]->n_rows);
                Slice slice = memo_slice(round > 0 ? 0.5 : i / (double)MEMO_MANY);

                errata_slices_table_member(table, halves[h], &slice, member);
                for (gsize k = 0; k < halves[h]->n_rows; k++)
                    g_assert_cmpuint(
                        member[k],
                        ==,
                        errata_slices_table_holds(table, &slice.condition[0], halves[h]->row[k]));
            }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-memo/same", test_memo_same);
    g_test_add_func("/slices-memo/oldest", test_memo_oldest);
    g_test_add_func("/slices-memo/table", test_memo_table);
    return g_test_run();
}
