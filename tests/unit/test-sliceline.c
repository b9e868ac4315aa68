/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SliceLine's top K against every conjunction there is, on small tables made at random: with few
 * rows and many codes (where a bound over one-hot columns instead of rows goes wrong), with ties,
 * implied conditions, missing cells, 0/1 and real losses. */
#include <math.h>
#include <string.h>

#include "made-analysis.h"
#include "rng.h"
#include "sliceline-report.h"
#include "sliceline.h"
#include "slices-refine.h"

#define TABLES      1000
#define MAX_ROWS    200
#define MAX_COLUMNS 6

typedef struct {
    ErrataSlicelineInput input;
    guint8 code[MAX_COLUMNS][MAX_ROWS];
    const guint8 *codes[MAX_COLUMNS];
    double loss[MAX_ROWS];
    double mean;
} Table;

static void
table_make(Table *table, guint64 item)
{
    ErrataRng rng = errata_rng_init(11, 1, item);
    gboolean few = item % 2 == 0; /* rows; then many codes */
    guint n_codes = few ? 4 + (guint)errata_rng_below(&rng, 12)
                        : 2 + (guint)errata_rng_below(&rng, 3);
    double total = 0.0;

    memset(table, 0, sizeof *table);
    table->input.n_rows = few ? 6 + errata_rng_below(&rng, 20) : 40 + errata_rng_below(&rng, 160);
    table->input.n_columns = 2 + (guint)errata_rng_below(&rng, MAX_COLUMNS - 1);
    table->input.binary = errata_rng_below(&rng, 3) != 0;
    table->input.alpha = item % 7 == 0
                             ? 1.0
                             : 1.0 - 0.6 * errata_rng_uniform(&rng) * errata_rng_uniform(&rng);
    table->input.min_rows = 1 + errata_rng_below(&rng, few ? 2 : 10);
    table->input.k = 1 + (guint)errata_rng_below(&rng, 10);
    table->input.max_level = 1 + (guint)errata_rng_below(&rng, 4);
    for (guint c = 0; c < table->input.n_columns; c++) {
        table->codes[c] = table->code[c];
        for (gsize row = 0; row < table->input.n_rows; row++) {
            guint8 code = (guint8)errata_rng_below(&rng, n_codes);

            /* now and then a copy of the column before, so that conditions imply one another */
            if (c > 0 && item % 5 == 0 && errata_rng_below(&rng, 4) != 0)
                code = table->code[c - 1][row];
            table->code[c][row] = errata_rng_below(&rng, 10) == 0 ? 255 : code;
        }
    }
    table->input.code = table->codes;
    table->input.loss = table->loss;
    for (gsize row = 0; row < table->input.n_rows; row++) {
        gboolean in = table->code[0][row] == 1 && table->code[1][row] == 0;
        double u = errata_rng_uniform(&rng);

        table->loss[row] = table->input.binary ? (u < (in ? 0.7 : 0.2) ? 1.0 : 0.0)
                                               : floor(8.0 * u * u + (in ? 4.0 : 0.0)) / 4.0;
        total += table->loss[row];
    }
    table->mean = total / (double)table->input.n_rows;
}

static gboolean
table_holds(const Table *table, const ErrataSlicelineSlice *slice, guint skip, gsize row)
{
    for (guint i = 0; i < slice->n; i++)
        if (i != skip && table->code[slice->column[i]][row] != slice->code[i])
            return FALSE;
    return TRUE;
}

static gsize
table_size(const Table *table, const ErrataSlicelineSlice *slice, guint skip)
{
    gsize n = 0;

    for (gsize row = 0; row < table->input.n_rows; row++)
        n += table_holds(table, slice, skip, row) ? 1 : 0;
    return n;
}

static int
brute_compare_cb(gconstpointer a, gconstpointer b)
{
    const ErrataSlicelineSlice *x = a;
    const ErrataSlicelineSlice *y = b;

    if (x->score > y->score || x->score < y->score)
        return x->score > y->score ? -1 : 1;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    for (guint i = 0; i < x->n; i++) {
        if (x->column[i] != y->column[i])
            return x->column[i] < y->column[i] ? -1 : 1;
        if (x->code[i] != y->code[i])
            return x->code[i] < y->code[i] ? -1 : 1;
    }
    return 0;
}

/* the slice, and all that begin with it */
static void
brute_try(const Table *table, ErrataSlicelineSlice slice, guint column, GArray *all)
{
    gboolean implied = FALSE;

    if (slice.n > 0) {
        slice.error = slice.max_error = 0.0;
        slice.size = 0;
        for (gsize row = 0; row < table->input.n_rows; row++)
            if (table_holds(table, &slice, G_MAXUINT, row)) {
                slice.size++;
                slice.error += table->loss[row];
                slice.max_error = MAX(slice.max_error, table->loss[row]);
            }
        if (slice.size < table->input.min_rows)
            return;
        slice.score = errata_sliceline_score(table->input.alpha,
                                             table->mean,
                                             (double)table->input.n_rows,
                                             (double)slice.size,
                                             slice.error);
        for (guint i = 0; slice.n > 1 && i < slice.n; i++)
            implied |= table_size(table, &slice, i) == slice.size;
        if (slice.score > 0.0 && !implied)
            g_array_append_val(all, slice);
    }
    if (slice.n == table->input.max_level)
        return;
    for (guint c = column; c < table->input.n_columns; c++)
        for (guint code = 0; code < 256; code++) {
            ErrataSlicelineSlice longer = slice;

            longer.column[longer.n] = c;
            longer.code[longer.n++] = (guint8)code;
            if (memchr(table->code[c], (int)code, table->input.n_rows) != NULL)
                brute_try(table, longer, c + 1, all);
        }
}

static void
assert_same(const ErrataSlicelineSlice *found, const ErrataSlicelineSlice *expected)
{
    g_assert_cmpuint(found->n, ==, expected->n);
    for (guint i = 0; i < found->n; i++) {
        g_assert_cmpuint(found->column[i], ==, expected->column[i]);
        g_assert_cmpuint(found->code[i], ==, expected->code[i]);
    }
    g_assert_cmpuint(found->size, ==, expected->size);
    g_assert_cmpfloat_with_epsilon(found->error, expected->error, 1e-12);
    g_assert_cmpfloat_with_epsilon(found->score, expected->score, 1e-12);
}

static void
test_exact(void)
{
    static Table table;
    guint n_full = 0, n_deep = 0;

    for (guint64 item = 0; item < TABLES; item++) {
        g_autoptr(ErrataSliceline) found = NULL;
        g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ErrataSlicelineSlice));
        ErrataSlicelineSlice none = {.n = 0};

        table_make(&table, item);
        found = errata_sliceline_search(&table.input);
        g_assert_false(found->truncated);
        if (!(table.mean > 0.0)) {
            g_assert_cmpuint(found->slices->len, ==, 0);
            continue;
        }
        brute_try(&table, none, 0, all);
        g_array_sort(all, brute_compare_cb);
        g_assert_cmpuint(found->slices->len, ==, MIN(all->len, table.input.k));
        for (guint i = 0; i < found->slices->len; i++) {
            assert_same(&g_array_index(found->slices, ErrataSlicelineSlice, i),
                        &g_array_index(all, ErrataSlicelineSlice, i));
            n_deep += g_array_index(found->slices, ErrataSlicelineSlice, i).n >= 3 ? 1 : 0;
        }
        n_full += found->slices->len == table.input.k ? 1 : 0;
    }
    /* the tables are such that lists are full and deep slices are among them */
    g_assert_cmpuint(n_full, >, TABLES / 3);
    g_assert_cmpuint(n_deep, >, 100);
}

/* by hand: 10 rows, 4 errors, mean 0.4; the slice of 4 rows with 3 errors scores
 * 0.9 · (0.75/0.4 − 1) − 0.1 · (10/4 − 1) = 0.6375 */
static void
test_score(void)
{
    g_assert_cmpfloat_with_epsilon(errata_sliceline_score(0.9, 0.4, 10, 4, 3), 0.6375, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_sliceline_score(0.9, 0.4, 10, 10, 4), 0.0, 1e-12);
    /* at most 4 rows and 3 errors, 2 rows at least: best are 3 rows, all wrong:
     * 0.9 · (1/0.4 − 1) − 0.1 · (10/3 − 1) = 1.35 − 0.2333 */
    g_assert_cmpfloat_with_epsilon(errata_sliceline_bound(0.9, 0.4, 10, 2, 4, 3, 1),
                                   1.35 - 7.0 / 30.0,
                                   1e-8);
}

/* no size and error within the limits scores above the bound */
static void
test_bound(void)
{
    for (guint64 item = 0; item < 2000; item++) {
        ErrataRng rng = errata_rng_init(5, 2, item);
        double alpha = 0.05 + 0.95 * errata_rng_uniform(&rng);
        double mean = 0.05 + errata_rng_uniform(&rng);
        double max_error = 0.2 + 3.0 * errata_rng_uniform(&rng);
        guint min_rows = 1 + (guint)errata_rng_below(&rng, 10);
        guint size = min_rows + (guint)errata_rng_below(&rng, 60);
        double error = max_error * size * errata_rng_uniform(&rng) + 1e-3;
        double bound = errata_sliceline_bound(alpha, mean, 100, min_rows, size, error, max_error);

        for (guint s = min_rows; s <= size; s++)
            g_assert_cmpfloat(
                errata_sliceline_score(alpha, mean, 100, s, fmin(s * max_error, error)),
                <=,
                bound);
    }
}

static void
test_permute(void)
{
    static Table table;
    double p[10];
    guint n_low = 0, n = 0;

    for (guint64 item = 0; item < 60; item++) {
        g_autoptr(ErrataSliceline) found = NULL;
        ErrataRng rng = errata_rng_init(9, 3, item);
        guint done;

        table_make(&table, 2 * item + 1);
        table.input.k = MIN(table.input.k, 10);
        for (gsize row = 0; row < table.input.n_rows; row++) /* nothing to be found */
            table.loss[row] = errata_rng_uniform(&rng) < 0.3 ? 1.0 : 0.0;
        table.input.binary = TRUE;
        found = errata_sliceline_search(&table.input);
        done = errata_sliceline_permute(&table.input, found->slices, 99, 20, item, p);
        if (found->slices->len == 0)
            continue;
        g_assert_cmpuint(done, >=, 20);
        for (guint i = 1; i < found->slices->len; i++)
            g_assert_cmpfloat(p[i], >=, p[i - 1]);
        n++;
        n_low += p[0] <= 0.05 ? 1 : 0;
    }
    g_assert_cmpuint(n, >, 40);
    g_assert_cmpuint(n_low, <=, 7); /* 3 are expected of 60 */
}

static void
check_losses(MadeAnalysis *made,
             const char *wanted,
             ErrataSlicelineLoss loss,
             double first,
             double second,
             guint n_warnings)
{
    ErrataSlicelineLoss got = ERRATA_SLICELINE_SQUARED;
    g_autofree double *losses = NULL;

    made->settings.loss = (char *)(gsize)wanted;
    losses = errata_sliceline_losses(&made->analysis, &got);
    g_assert_cmpint(got, ==, loss);
    g_assert_cmpfloat_with_epsilon(losses[0], first, 1e-12);
    g_assert_cmpfloat_with_epsilon(losses[1], second, 1e-12);
    g_assert_true(isnan(losses[2]));
    g_assert_cmpuint(made->analysis.result->warnings->len, ==, n_warnings);
}

static void
test_losses(void)
{
    g_autoptr(MadeAnalysis) two = made_analysis_new(ERRATA_TASK_BINARY, 3);
    g_autoptr(MadeAnalysis) numbers = made_analysis_new(ERRATA_TASK_REGRESSION, 3);

    g_test_summary("Errors, log-losses, absolute and squared errors, as [analysis] loss asks for");
    two->outcome.truth[0] = 1;
    two->outcome.score[0] = 0.25;
    two->outcome.score[1] = 1.0;
    two->outcome.predicted[1] = 1;
    two->outcome.truth[2] = -1;
    made_analysis_judge(two);
    check_losses(two, NULL, ERRATA_SLICELINE_ZERO_ONE, 1.0, 1.0, 0);
    check_losses(two, "log-loss", ERRATA_SLICELINE_LOG_LOSS, -log(0.25), -log(1e-15), 0);
    check_losses(two, "squared", ERRATA_SLICELINE_ZERO_ONE, 1.0, 1.0, 1);
    numbers->outcome.truth_value[0] = 3.0;
    numbers->outcome.predicted_value[1] = 0.5;
    numbers->outcome.truth_value[2] = (double)NAN;
    made_analysis_judge(numbers);
    check_losses(numbers, NULL, ERRATA_SLICELINE_ABSOLUTE, 3.0, 0.5, 0);
    check_losses(numbers, "squared", ERRATA_SLICELINE_SQUARED, 9.0, 0.25, 0);
    check_losses(numbers, "log-loss", ERRATA_SLICELINE_ABSOLUTE, 3.0, 0.5, 1);
}

static void
test_end(void)
{
    double values[] = {0.2964511, 0.2991207, (double)NAN, 0.1, 12.0, 250.0};
    ErrataColumn column = {.type = ERRATA_COLUMN_F64, .f64 = values, .n_rows = 6};

    g_test_summary("An end of a range is the shortest number that parts the values as it does");
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_end(&column, 0.2991207), 0.299, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_end(&column, 0.2970001234), 0.299, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_end(&column, 97.53), 200.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_end(&column, 0.1),
                                   0.1,
                                   1e-12); /* nothing is below */
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_end(&column, 300.0), 300.0, 1e-12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sliceline/score", test_score);
    g_test_add_func("/sliceline/bound", test_bound);
    g_test_add_func("/sliceline/exact", test_exact);
    g_test_add_func("/sliceline/permute", test_permute);
    g_test_add_func("/sliceline/losses", test_losses);
    g_test_add_func("/sliceline/end", test_end);
    return g_test_run();
}
