/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "column-store.h"
#include "rng.h"

#define N_CELLS 4000

static void
append_digits(GString *text, ErrataRng *rng, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append_c(text, (char)('0' + errata_rng_below(rng, i == 0 ? 3 : 10)));
}

/* a number as logs have them, and at times one as they should not */
static void
append_number(GString *text, ErrataRng *rng, gboolean whole)
{
    if (errata_rng_below(rng, 3) == 0)
        g_string_append_c(text, errata_rng_below(rng, 40) == 0 ? '+' : '-');
    append_digits(text, rng, (guint)errata_rng_below(rng, errata_rng_below(rng, 8) == 0 ? 24 : 5));
    if (whole)
        return;
    g_string_append_c(text, errata_rng_below(rng, 300) == 0 ? ',' : '.');
    append_digits(text, rng, (guint)errata_rng_below(rng, 20));
    if (errata_rng_below(rng, 20) == 0)
        g_string_append_printf(text, "e%d", (int)errata_rng_below(rng, 40) - 20);
    if (errata_rng_below(rng, 400) == 0)
        g_string_append(text, errata_rng_below(rng, 2) == 0 ? "x" : ".5");
}

static void
assert_same(const ErrataColumn *a, const ErrataColumn *b)
{
    g_assert_cmpint(a->type, ==, b->type);
    g_assert_cmpuint(a->n_rows, ==, b->n_rows);
    g_assert_cmpuint(a->n_missing, ==, b->n_missing);
    g_assert_cmpuint(a->n_unparsable, ==, b->n_unparsable);
    for (gsize row = 0; row < a->n_rows; row++)
        g_assert_cmpuint(errata_column_hash(a, row), ==, errata_column_hash(b, row));
}

/* rows of strings with blanks around them, wherever the parts are cut */
static void
test_column_store_trimmed(void)
{
    static const char *const cells[] = {"EU", " EU", "UK\t", "", "US", " ", " US "};
    ErrataColumnStore whole = {0};
    g_autoptr(ErrataColumn) column = NULL;

    for (guint part = 0; part < 2; part++) {
        ErrataColumnStore store = {0};

        for (guint i = part == 0 ? 0 : 2; i < (part == 0 ? 2 : G_N_ELEMENTS(cells)); i++)
            errata_column_store_append_cell(&store, cells[i], strlen(cells[i]));
        errata_column_store_append_store(&whole, &store);
        errata_column_store_clear(&store);
    }
    column = errata_column_store_finish(&whole, "region");
    g_assert_cmpint(column->type, ==, ERRATA_COLUMN_CATEGORY);
    g_assert_cmpuint(column->n_trimmed, ==, 3);
    g_assert_cmpuint(column->trimmed[0], ==, 1);
    g_assert_cmpuint(column->trimmed[1], ==, 2);
    g_assert_cmpuint(column->trimmed[2], ==, 6);
    g_assert_cmpuint(column->n_missing, ==, 2);
}

static void
test_column_store_cells(void)
{
    g_test_summary("Cells in one loop are read as cells one by one");
    for (guint round = 0; round < 40; round++) {
        ErrataRng rng = errata_rng_init(3, 14, round);
        ErrataColumnStore together = {0}, single = {0};
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree guint32 *end = g_new(guint32, N_CELLS + 1);
        g_autoptr(ErrataColumn) a = NULL;
        g_autoptr(ErrataColumn) b = NULL;

        end[0] = G_MAXUINT32;
        for (guint i = 0; i < N_CELLS; i++) {
            append_number(text, &rng, round % 2 == 0);
            end[i + 1] = (guint32)text->len;
            g_string_append_c(text, ';');
        }
        for (guint i = 0; i < N_CELLS; i++) {
            guint32 begin = end[i] + 1;

            errata_column_store_append_cell(&single, text->str + begin, end[i + 1] - begin);
        }
        g_string_append(text, "        ");
        errata_column_store_append_cells(
            &together,
            &(ErrataCells){.text = text->str, .end = end + 1, .stride = 1, .n = N_CELLS});
        a = errata_column_store_finish(&together, "x");
        b = errata_column_store_finish(&single, "x");
        assert_same(a, b);
        errata_column_store_clear(&together);
        errata_column_store_clear(&single);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/column-store/trimmed", test_column_store_trimmed);
    g_test_add_func("/column-store/cells", test_column_store_cells);
    return g_test_run();
}
