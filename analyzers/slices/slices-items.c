/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions that the search tries, as ranges of codes: category values, missing, single bins,
 * two or three neighbouring ones, everything below or from an edge. Columns with many codes are cut
 * coarser for sets of three, where a cube would be mostly empty; ends are refined later anyway. */
#include <math.h>
#include <string.h>

#include "parallel.h"
#include "slices-table.h"

#define SLICES_MOST_ROWS    0.99 /* a condition that nearly all rows meet says nothing */
#define SLICES_COARSE_BINS  12   /* codes of a number in a cube of three axes … */
#define SLICES_COARSE_MERGE 10   /* … and how many it is cut to when it has more */
#define SLICES_COARSE_CATS  16
#define SLICES_JOIN         3 /* neighbouring bins joined */

/* rows per code of the discovery half */
static void
slices_items_count(const SlicesCoding *coding, gsize n_rows, gsize *ret_count)
{
    memset(ret_count, 0, 256 * sizeof(gsize));
    for (gsize i = 0; i < n_rows; i++)
        ret_count[coding->code[i]]++;
}

static void
slices_items_add(const SlicesTable *self,
                 SlicesCoding *coding,
                 const gsize *count,
                 guint lo,
                 guint hi)
{
    gsize n = 0;

    for (guint c = lo; c < hi; c++)
        n += count[c];
    if (n < self->min_rows || (double)n > SLICES_MOST_ROWS * (double)self->discovery.n_rows)
        return;
    coding->items[coding->n_items++] = (SlicesItem){(guint16)lo, (guint16)hi};
}

/* @n_values codes are values or bins; a code after them is missing when @has_missing */
static void
slices_items_list(const SlicesTable *self,
                  SlicesCoding *coding,
                  gboolean numeric,
                  guint n_values,
                  int missing)
{
    gsize count[256];

    slices_items_count(coding, self->discovery.n_rows, count);
    coding->items = g_new0(SlicesItem, (SLICES_JOIN + 2) * (n_values + 1) + 1);
    for (guint length = 1; length <= (numeric ? SLICES_JOIN : 1); length++)
        for (guint lo = 0; lo + length <= n_values; lo++)
            slices_items_add(self, coding, count, lo, lo + length);
    for (guint edge = SLICES_JOIN + 1; numeric && edge < n_values; edge++)
        slices_items_add(self, coding, count, 0, edge);
    for (guint edge = 1; numeric && edge + SLICES_JOIN < n_values; edge++)
        slices_items_add(self, coding, count, edge, n_values);
    if (missing >= 0)
        slices_items_add(self, coding, count, (guint)missing, (guint)missing + 1);
}

static void
slices_items_fine(const SlicesTable *self, guint index)
{
    SlicesColumn *column = &self->columns[index];
    const ErrataBinColumn *bin = column->bin;
    SlicesCoding *fine = &column->fine;
    guint n_values = bin->n_codes;
    gboolean has_missing = FALSE;

    fine->code = g_malloc(MAX(self->discovery.n_rows, 1));
    for (gsize i = 0; i < self->discovery.n_rows; i++) {
        guint32 row = self->discovery.row[i];
        gboolean missing = bin->code[row] == ERRATA_BINS_MISSING;

        fine->code[i] = missing ? (guint8)n_values : bin->code[row];
        has_missing |= missing;
    }
    fine->n_codes = n_values + (has_missing ? 1 : 0);
    fine->fine_lo = g_new0(guint16, n_values + 1);
    fine->fine_hi = g_new0(guint16, n_values + 1);
    for (guint c = 0; c <= n_values; c++) {
        fine->fine_lo[c] = (guint16)c;
        fine->fine_hi[c] = (guint16)(c + 1);
    }
    slices_items_list(self,
                      fine,
                      bin->numeric,
                      n_values - (bin->has_other ? 1 : 0),
                      has_missing ? (int)n_values : -1);
}

/* codes of a number joined to about equal shares */
static guint
slices_items_merge(const gsize *count, guint n_values, guint8 *ret_map)
{
    gsize total = 0;
    gsize seen = 0;
    guint next = 0;

    for (guint c = 0; c < n_values; c++)
        total += count[c];
    for (guint c = 0; c < n_values; c++) {
        ret_map[c] = (guint8)next;
        seen += count[c];
        if (seen * SLICES_COARSE_MERGE >= (next + 1) * total && c + 1 < n_values)
            next++;
    }
    return next + 1;
}

/* the most common values keep a code, the others share the one after them */
static guint
slices_items_keep(const SlicesTable *self, const gsize *count, guint n_values, guint8 *ret_map)
{
    guint n_kept = 0;

    for (guint c = 0; c < n_values; c++) {
        guint rank = 0;

        for (guint other = 0; other < n_values; other++)
            rank += count[other] > count[c] || (count[other] == count[c] && other < c);
        ret_map[c] = G_MAXUINT8;
        if (rank < SLICES_COARSE_CATS && count[c] >= self->min_rows)
            ret_map[c] = (guint8)n_kept++;
    }
    for (guint c = 0; c < n_values; c++)
        ret_map[c] = MIN(ret_map[c], (guint8)n_kept);
    return n_kept;
}

static void
slices_items_coarse(const SlicesTable *self, guint index)
{
    SlicesColumn *column = &self->columns[index];
    const SlicesCoding *fine = &column->fine;
    SlicesCoding *coarse = &column->coarse;
    gboolean numeric = column->bin->numeric;
    guint n_values = column->bin->n_codes;
    gboolean has_missing = fine->n_codes > n_values;
    gsize count[256];
    guint8 map[257];
    guint n_kept;
    guint missing;

    slices_items_count(fine, self->discovery.n_rows, count);
    if (!numeric) {
        if (column->bin->has_other)
            count[n_values - 1] = 0; /* stays in the pool */
        n_kept = slices_items_keep(self, count, n_values, map);
    } else if (n_values > SLICES_COARSE_BINS) {
        n_kept = slices_items_merge(count, n_values, map);
    } else {
        n_kept = n_values;
        for (guint c = 0; c < n_values; c++)
            map[c] = (guint8)c;
    }
    missing = n_kept + (numeric ? 0 : 1); /* a category's pool stands between */
    map[n_values] = (guint8)missing;
    coarse->n_codes = missing + (has_missing ? 1 : 0);
    coarse->fine_lo = g_new0(guint16, missing + 1);
    coarse->fine_hi = g_new0(guint16, missing + 1);
    for (guint c = n_values + 1; c-- > 0;) {
        coarse->fine_lo[map[c]] = (guint16)c;
        coarse->fine_hi[map[c]] = MAX(coarse->fine_hi[map[c]], (guint16)(c + 1));
    }
    coarse->code = g_malloc(MAX(self->discovery.n_rows, 1));
    for (gsize i = 0; i < self->discovery.n_rows; i++)
        coarse->code[i] = map[fine->code[i]];
    slices_items_list(self, coarse, numeric, n_kept, has_missing ? (int)missing : -1);
}

/* that a text has not a word is no condition */
static void
slices_items_keep_word(SlicesCoding *coding)
{
    guint n = 0;

    for (guint i = 0; i < coding->n_items; i++)
        if (coding->fine_lo[coding->items[i].lo] == 1)
            coding->items[n++] = coding->items[i];
    coding->n_items = n;
}

static void
slices_items_build_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    SlicesTable *self = data;

    for (gsize i = begin; i < end; i++) {
        slices_items_fine(self, (guint)i);
        slices_items_coarse(self, (guint)i);
        if (self->columns[i].word != NULL) {
            slices_items_keep_word(&self->columns[i].fine);
            slices_items_keep_word(&self->columns[i].coarse);
        }
    }
}

/**
 * errata_slices_items_build:
 * @self: a table with rows and columns
 *
 * Codes the discovery rows and lists each column's items; columns without an item are dropped.
 */
void
errata_slices_items_build(SlicesTable *self)
{
    guint n = 0;

    errata_parallel_for(self->n_columns, 1, slices_items_build_cb, self);
    for (guint i = 0; i < self->n_columns; i++) {
        if (self->columns[i].fine.n_items == 0)
            errata_slices_items_clear(&self->columns[i]);
        else
            self->columns[n++] = self->columns[i];
    }
    self->n_columns = n;
}

static void
slices_items_clear_coding(SlicesCoding *coding)
{
    g_free(coding->code);
    g_free(coding->items);
    g_free(coding->fine_lo);
    g_free(coding->fine_hi);
}

void
errata_slices_items_clear(SlicesColumn *column)
{
    slices_items_clear_coding(&column->fine);
    slices_items_clear_coding(&column->coarse);
}

static SlicesCondition
slices_items_condition(const SlicesTable *self, guint column, guint lo, guint hi)
{
    const ErrataBinColumn *bin = self->columns[column].bin;
    SlicesCondition condition = {.column = column, .lo = -(double)INFINITY, .hi = (double)INFINITY};

    condition.missing = lo >= bin->n_codes;
    if (condition.missing)
        return condition;
    if (bin->numeric) {
        if (lo > 0)
            condition.lo = bin->edges[lo - 1];
        if (hi < bin->n_codes)
            condition.hi = bin->edges[hi - 1];
        return condition;
    }
    for (guint c = lo; c < hi; c++)
        condition.codes[c >> 6] |= G_GUINT64_CONSTANT(1) << (c & 63);
    return condition;
}

/**
 * errata_slices_items_slice:
 * @self: a table
 * @coarse: whether the ranges are of the coarse codings
 * @axis: (array length=n): columns
 * @lo: (array length=n): first code of each range
 * @hi: (array length=n): one past its last
 * @n: conditions
 *
 * Returns: the slice that the ranges describe
 */
Slice
errata_slices_items_slice(const SlicesTable *self,
                          gboolean coarse,
                          const guint *axis,
                          const guint16 *lo,
                          const guint16 *hi,
                          guint n)
{
    Slice slice = {.n = n};

    for (guint i = 0; i < n; i++) {
        const SlicesColumn *column = &self->columns[axis[i]];
        const SlicesCoding *coding = coarse ? &column->coarse : &column->fine;

        slice.condition[i] = slices_items_condition(self,
                                                    axis[i],
                                                    coding->fine_lo[lo[i]],
                                                    coding->fine_hi[hi[i] - 1]);
    }
    return slice;
}

/**
 * errata_slices_items_narrow:
 * @self: a table
 * @slice: (inout): loses the conditions that nearly all discovery rows meet, such as those whose
 *   ends have been moved to hold every value
 *
 * Costs a pass over the discovery rows per condition.
 *
 * Returns: whether a condition is left
 */
gboolean
errata_slices_items_narrow(const SlicesTable *self, Slice *slice)
{
    gsize n_rows = self->discovery.n_rows;
    g_autofree guint8 *member = g_malloc(MAX(n_rows, 1));
    guint n_left = 0;

    for (guint i = 0; i < slice->n; i++) {
        Slice one = {.n = 1, .condition = {slice->condition[i]}};
        gsize n = 0;

        errata_slices_table_member(self, &self->discovery, &one, member);
        for (gsize k = 0; k < n_rows; k++)
            n += member[k];
        if ((double)n <= SLICES_MOST_ROWS * (double)n_rows)
            slice->condition[n_left++] = slice->condition[i];
    }
    slice->n = n_left;
    return n_left > 0;
}
