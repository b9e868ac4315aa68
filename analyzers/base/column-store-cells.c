/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of one column in a block of separated text, read in one loop per kind: as long as
 * cells fit they go straight into the array; one that does not takes the way of single cells,
 * which may change the kind, and the loop of the new kind goes on. */
#include <string.h>

#include "column-store.h"
#include "number-scan.h"
#include "number.h"

typedef struct {
    const char *begin;
    const char *end;
} StoreCell;

static inline StoreCell
store_cell(const ErrataCells *cells, gsize row)
{
    const guint32 *at = cells->end + row * cells->stride;
    StoreCell cell = {cells->text + (guint32)(at[-1] + 1), cells->text + at[0]};

    if (cells->strip_cr && cell.end > cell.begin && cell.end[-1] == '\r')
        cell.end--;
    if (cells->quoted && cell.end - cell.begin >= 2 && *cell.begin == '"') {
        cell.begin++;
        cell.end--;
    }
    return cell;
}

static gsize
store_run_i64(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    gint64 *out = self->i64 + self->n_rows;
    gsize row = from;

    for (; row < cells->n; row++) {
        StoreCell cell = store_cell(cells, row);

        if (!errata_number_take_int(cell.begin, cell.end, TRUE, out++))
            break;
    }
    return row - from;
}

static gsize
store_run_f64(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    const char point = self->decimal_comma ? ',' : '.';
    double *out = self->f64 + self->n_rows;
    gsize row = from;

    for (; row < cells->n; row++) {
        StoreCell cell = store_cell(cells, row);
        ErrataNumberDecimal decimal;
        double value;

        if (!errata_number_take_decimal(cell.begin, cell.end, point, TRUE, &decimal))
            break;
        value =
            errata_number_from_scan(&decimal, cell.begin, (gsize)(cell.end - cell.begin), point);
        if (!(value - value <= 0.0)) /* infinite */
            break;
        *out++ = value;
    }
    return row - from;
}

static gsize
store_run_time(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    gint64 *out = self->i64 + self->n_rows;
    gsize row = from;

    for (; row < cells->n; row++) {
        StoreCell cell = store_cell(cells, row);

        if (!errata_number_parse_time(cell.begin, (gsize)(cell.end - cell.begin), out++))
            break;
    }
    return row - from;
}

static gsize
store_run_string(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    guint32 *out = self->code + self->n_rows;
    gsize row = from;

    for (; row < cells->n; row++) {
        StoreCell cell = store_cell(cells, row);
        gsize length = (gsize)(cell.end - cell.begin);

        if (length == 0 || *cell.begin <= ' ' || cell.end[-1] <= ' ')
            break; /* missing, or spaces to trim, or not ASCII */
        if (cells->doubled && memchr(cell.begin, '"', length) != NULL)
            break;
        if (length < 8 && errata_column_store_is_missing(cell.begin, length))
            break;
        if (!errata_dictionary_add(&self->dictionary, cell.begin, length, out++))
            break;
    }
    return row - from;
}

static gsize
store_run(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    switch (self->kind) {
    case ERRATA_STORE_I64:
        return store_run_i64(self, cells, from);
    case ERRATA_STORE_F64:
        return store_run_f64(self, cells, from);
    case ERRATA_STORE_TIME:
        return store_run_time(self, cells, from);
    case ERRATA_STORE_STRING:
        return store_run_string(self, cells, from);
    case ERRATA_STORE_NONE:
    case ERRATA_STORE_TEXT:
        break;
    }
    return 0;
}

/* a cell by itself; every second of two quotes goes */
static void
store_append_one(ErrataColumnStore *self, const ErrataCells *cells, StoreCell cell)
{
    gsize length = (gsize)(cell.end - cell.begin);
    g_autofree char *copy = NULL;
    gsize n = 0;

    if (!cells->doubled || memchr(cell.begin, '"', length) == NULL) {
        errata_column_store_append_cell(self, cell.begin, length);
        return;
    }
    copy = g_malloc(length);
    for (const char *p = cell.begin; p < cell.end; p++) {
        copy[n++] = *p;
        p += *p == '"';
    }
    errata_column_store_append_cell(self, copy, n);
}

/**
 * errata_column_store_append_cells:
 * @self: a store
 * @cells: cells without types
 *
 * Appends a row for each of @cells, as errata_column_store_append_cell() would.
 */
void
errata_column_store_append_cells(ErrataColumnStore *self, const ErrataCells *cells)
{
    for (gsize row = 0; row < cells->n; row++) {
        gsize run;

        errata_column_store_reserve(self, cells->n - row);
        run = store_run(self, cells, row);
        errata_column_store_add_rows(self, run, TRUE);
        row += run;
        if (row == cells->n)
            break;
        store_append_one(self, cells, store_cell(cells, row));
    }
}
