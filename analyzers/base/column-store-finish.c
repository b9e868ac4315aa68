/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The type of a column, decided when all of it has been read: each distinct cell is of a class,
 * the rows of each class are counted, and the counts decide. A few cells that do not belong (at
 * most one in twenty) read as missing and are quoted; more make the column strings. */
#include <math.h>
#include <string.h>

#include "column-comma.h"
#include "column-dates.h"
#include "column-epoch.h"
#include "column-percent.h"
#include "column-store.h"
#include "limit.h"
#include "number-scan.h"
#include "number.h"
#include "zone.h"

#define STORE_MAX_UNPARSABLE 20  /* one in so many */
#define STORE_MAX_CODES      200 /* one in so many */
#define STORE_TEXT_MIN       256 /* distinct strings, or … */
#define STORE_TEXT_LENGTH    20  /* … bytes on average, beyond which mostly unique means text */
#define STORE_FEW_WHOLE      20 /* whole numbers, so few of which may be classes with a word beside */
#define STORE_N_EXAMPLES     5

typedef enum {
    STORE_INTEGER,
    STORE_DECIMAL,
    STORE_CODE, /* digits only, yet no count: "007", "+5", more than 64 bits, "12" as a string */
    STORE_INFINITE,
    STORE_TIME,
    STORE_BOOL,
    STORE_UNKNOWN, /* a word by which there is no value, among numbers or instants */
    STORE_OTHER,
    STORE_N_CLASSES,
} StoreClass;

/* a cell with what it would be as each type */
typedef struct {
    StoreClass class;
    double number;
    gint64 integer; /* also the instant, and the truth value */
    int zone;       /* of an instant */
} StoreCell;

/* @few_whole: all numbers are whole, and few differ */
typedef struct {
    gsize count[STORE_N_CLASSES];
    gsize n;
    gboolean few_whole;
} StoreTally;

static gboolean
store_is_digits(const char *text, gsize length)
{
    for (gsize i = text[0] == '+' || text[0] == '-'; i < length; i++)
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
    return TRUE;
}

static StoreCell
store_classify(const ErrataColumnStore *self, const char *text, gsize length)
{
    StoreCell cell = {STORE_OTHER, (double)NAN, 0, ERRATA_ZONE_NONE};
    gboolean truth = FALSE;

    if (errata_number_scan_int(text, text + length, &cell.integer)) {
        cell.class = self->typed_strings ? STORE_CODE : STORE_INTEGER;
        cell.number = (double)cell.integer;
    } else if (self->decimal_comma ? errata_number_parse_decimal_comma(text, length, &cell.number)
                                   : errata_number_parse_double(text, length, &cell.number)) {
        gboolean digits = store_is_digits(text, length);

        cell.class = !isfinite(cell.number) ? STORE_INFINITE : digits ? STORE_CODE : STORE_DECIMAL;
    } else if (errata_number_parse_zoned(text, length, &cell.integer, &cell.zone)) {
        cell.class = STORE_TIME;
    } else if (errata_number_parse_bool(text, length, &truth)) {
        cell.class = STORE_BOOL;
        cell.integer = truth;
    } else if (!errata_column_store_is_plain() && errata_number_is_unknown(text, length)) {
        cell.class = STORE_UNKNOWN;
    }
    return cell;
}

static void
store_tally(StoreTally *tally, StoreClass class, gsize n)
{
    tally->count[class] += n;
    tally->n += n;
}

static gboolean
store_few(gsize n, gsize of, gsize one_in)
{
    return n <= of / one_in;
}

static ErrataColumnType
store_decide(const StoreTally *tally)
{
    const gsize *count = tally->count;
    gsize numbers = count[STORE_INTEGER] + count[STORE_DECIMAL] + count[STORE_CODE] +
                    count[STORE_INFINITE];
    gsize n = tally->n - count[STORE_UNKNOWN];

    if (tally->n == 0)
        return ERRATA_COLUMN_F64;
    if (count[STORE_BOOL] == tally->n)
        return ERRATA_COLUMN_BOOL;
    if (n < count[STORE_UNKNOWN] || tally->few_whole)
        n = tally->n; /* the words are values */
    if (store_few(n - count[STORE_TIME], n, STORE_MAX_UNPARSABLE))
        return ERRATA_COLUMN_TIME;
    if (!store_few(n - numbers, n, STORE_MAX_UNPARSABLE) || numbers == count[STORE_INFINITE])
        return ERRATA_COLUMN_CATEGORY;
    if (count[STORE_DECIMAL] > 0)
        return ERRATA_COLUMN_F64;
    if (!store_few(count[STORE_CODE], n, STORE_MAX_CODES))
        return ERRATA_COLUMN_CATEGORY;
    return count[STORE_CODE] > 0 ? ERRATA_COLUMN_F64 : ERRATA_COLUMN_I64;
}

static gboolean
store_fits(ErrataColumnType type, StoreClass class)
{
    switch (type) {
    case ERRATA_COLUMN_F64:
        return class == STORE_INTEGER || class == STORE_DECIMAL || class == STORE_CODE;
    case ERRATA_COLUMN_I64:
        return class == STORE_INTEGER;
    case ERRATA_COLUMN_TIME:
        return class == STORE_TIME;
    case ERRATA_COLUMN_BOOL:
        return class == STORE_BOOL;
    case ERRATA_COLUMN_CATEGORY:
    case ERRATA_COLUMN_TEXT:
        break;
    }
    return TRUE;
}

static void
store_mark_unparsable(ErrataColumn *column,
                      StoreClass class,
                      gsize row,
                      const char *text,
                      gsize length)
{
    if (class == STORE_INFINITE && errata_column_is_numeric(column)) {
        column->n_infinite++;
        return;
    }
    column->n_unknown += class == STORE_UNKNOWN ? 1 : 0;
    if (column->n_unparsable == 0) {
        column->first_unparsable_row = row;
        column->unparsable = g_new0(char *, STORE_N_EXAMPLES + 1);
    }
    if (column->n_unparsable < STORE_N_EXAMPLES) {
        gsize shown = MIN(length, 64);

        while (shown < length && shown > 0 && ((guint8)text[shown] & 0xC0) == 0x80)
            shown--; /* not within a character */
        column->unparsable[column->n_unparsable] = g_strndup(text, shown);
    }
    column->n_unparsable++;
}

/* puts @cell, which fits, into @row */
static void
store_put(ErrataColumn *column, gsize row, const StoreCell *cell)
{
    if (column->type == ERRATA_COLUMN_F64)
        column->f64[row] = cell->number;
    else if (column->type == ERRATA_COLUMN_BOOL)
        column->boolean[row] = (guint8)cell->integer;
    else
        column->i64[row] = cell->integer;
    column->zone = errata_zone_join(column->zone, cell->zone);
    if (column->valid != NULL)
        column->valid[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
}

static void
store_drop(ErrataColumn *column, gsize row)
{
    if (column->valid == NULL) {
        column->valid = g_new(guint64, (column->n_rows + 63) / 64);
        memset(column->valid, 0xff, (column->n_rows + 63) / 64 * 8);
    }
    column->valid[row >> 6] &= ~(G_GUINT64_CONSTANT(1) << (row & 63));
}

/* counts what is missing, and keeps the promises of #ErrataColumn about such cells */
static ErrataColumn *
store_seal(ErrataColumn *column)
{
    column->n_missing = 0;
    for (gsize row = 0; column->valid != NULL && row < column->n_rows; row++) {
        if ((row & 63) == 0 && row + 64 <= column->n_rows &&
            column->valid[row >> 6] == G_MAXUINT64) {
            row += 63;
            continue;
        }
        if (errata_column_is_valid(column, row))
            continue;
        column->n_missing++;
        if (column->type == ERRATA_COLUMN_F64)
            column->f64[row] = (double)NAN;
        else if (column->type == ERRATA_COLUMN_I64 || column->type == ERRATA_COLUMN_TIME)
            column->i64[row] = 0;
    }
    if (column->n_missing == 0)
        g_clear_pointer(&column->valid, g_free);
    return column;
}

/* a column that takes over the values and the bitmap of @self */
static ErrataColumn *
store_take(ErrataColumnStore *self, const char *name, ErrataColumnType type)
{
    ErrataColumn *column = g_new0(ErrataColumn, 1);

    column->name = g_strdup(name);
    column->type = type;
    column->n_rows = self->n_rows;
    column->zone = type == ERRATA_COLUMN_TIME ? self->zone : ERRATA_ZONE_NONE;
    column->valid = g_steal_pointer(&self->valid);
    column->i64 = g_realloc_n(g_steal_pointer(&self->values),
                              MAX(self->n_rows, 1),
                              self->kind == ERRATA_STORE_STRING ? sizeof(guint32) : 8);
    return column;
}

static const char *
store_odd_text(const ErrataColumnStore *self, guint i, gsize *ret_row, gsize *ret_length)
{
    const ErrataStoreOdd *odd = &g_array_index(self->odd, ErrataStoreOdd, i);

    *ret_row = odd->row;
    return errata_dictionary_text(&self->odd_texts, odd->string, ret_length);
}

/* of an array of whole numbers that are all there */
static gboolean
store_is_few_whole(const ErrataColumnStore *self)
{
    gint64 seen[STORE_FEW_WHOLE];
    guint n = 0;

    if (self->kind != ERRATA_STORE_I64)
        return FALSE;
    for (gsize row = 0; row < self->n_rows; row++) {
        guint at = 0;

        if (!errata_column_store_is_valid(self, row))
            continue;
        while (at < n && seen[at] != self->i64[row])
            at++;
        if (at < n)
            continue;
        if (n == STORE_FEW_WHOLE)
            return FALSE;
        seen[n++] = self->i64[row];
    }
    return TRUE;
}

/* from an array of numbers or instants; @n_valued cells of it are in the array */
static ErrataColumn *
store_finish_array(ErrataColumnStore *self, const char *name)
{
    guint n_odd = self->odd != NULL ? self->odd->len : 0;
    gsize n_valued = self->n_rows - self->n_invalid;
    StoreClass class = self->kind == ERRATA_STORE_TIME  ? STORE_TIME
                       : self->kind == ERRATA_STORE_I64 ? STORE_INTEGER
                                                        : STORE_DECIMAL;
    StoreTally tally = {{0}, 0, FALSE};
    ErrataColumn *column;
    ErrataColumnType type;

    store_tally(&tally, class, n_valued);
    for (guint i = 0; i < n_odd; i++) {
        gsize row, length;
        const char *text = store_odd_text(self, i, &row, &length);

        store_tally(&tally, store_classify(self, text, length).class, 1);
    }
    tally.few_whole = tally.count[STORE_UNKNOWN] > 0 && store_is_few_whole(self);
    type = store_decide(&tally);
    if (type == ERRATA_COLUMN_CATEGORY || (type == ERRATA_COLUMN_TIME) != (class == STORE_TIME))
        return NULL;
    if (type == ERRATA_COLUMN_F64 && self->kind == ERRATA_STORE_I64) {
        for (gsize row = 0; row < self->n_rows; row++)
            self->f64[row] = (double)self->i64[row];
        self->kind = ERRATA_STORE_F64;
    }
    column = store_take(self, name, type);
    for (guint i = 0; i < n_odd; i++) {
        gsize row, length;
        const char *text = store_odd_text(self, i, &row, &length);
        StoreCell cell = store_classify(self, text, length);

        if (store_fits(type, cell.class))
            store_put(column, row, &cell);
        else
            store_mark_unparsable(column, cell.class, row, text, length);
    }
    return store_seal(column);
}

static ErrataColumn *
store_finish_category(ErrataColumnStore *self, const char *name)
{
    ErrataColumn *column = store_take(self, name, ERRATA_COLUMN_CATEGORY);

    column->n_dictionary = self->dictionary.n;
    column->dictionary = g_new0(char *, self->dictionary.n + 1);
    for (guint32 i = 0; i < self->dictionary.n; i++) {
        gsize length;
        const char *text = errata_dictionary_text(&self->dictionary, i, &length);

        column->dictionary[i] = g_strndup(text, length);
    }
    if (self->trimmed != NULL && self->trimmed->len <= ERRATA_STORE_TRIMMED)
        column->trimmed = (guint32 *)(gpointer)g_array_steal(self->trimmed, &column->n_trimmed);
    return store_seal(column);
}

static const char *
store_text(const ErrataColumnStore *self, gsize row, gsize *ret_length)
{
    if (self->kind == ERRATA_STORE_STRING)
        return errata_dictionary_text(&self->dictionary, self->code[row], ret_length);
    *ret_length = (gsize)(self->offset[row + 1] - self->offset[row]);
    return self->bytes + self->offset[row];
}

static ErrataColumn *
store_finish_text(ErrataColumnStore *self, const char *name)
{
    ErrataColumn *column;
    gsize used = 0;

    if (self->kind == ERRATA_STORE_TEXT) {
        self->n_rows++; /* one offset more than rows */
        column = store_take(self, name, ERRATA_COLUMN_TEXT);
        column->n_rows--;
        column->bytes = g_steal_pointer(&self->bytes);
        return store_seal(column);
    }
    column = errata_column_new(name, ERRATA_COLUMN_TEXT, self->n_rows);
    column->valid = g_steal_pointer(&self->valid);
    for (gsize row = 0; row < self->n_rows; row++) {
        gsize length = 0;

        if (errata_column_is_valid(column, row))
            store_text(self, row, &length);
        column->offset[row + 1] = column->offset[row] + length;
    }
    column->bytes = g_malloc(column->offset[self->n_rows] + 1);
    for (gsize row = 0; row < self->n_rows; row++) {
        gsize length;
        const char *text;

        if (!errata_column_is_valid(column, row))
            continue;
        text = store_text(self, row, &length);
        memcpy(column->bytes + used, text, length);
        used += length;
    }
    return store_seal(column);
}

/* numbers, instants or truth values from strings; @cells has one per string of the dictionary */
static ErrataColumn *
store_finish_parsed(const ErrataColumnStore *self,
                    const char *name,
                    ErrataColumnType type,
                    const StoreCell *cells)
{
    ErrataColumn *column = errata_column_new(name, type, self->n_rows);

    for (gsize row = 0; row < self->n_rows; row++) {
        StoreCell cell;
        gsize length;
        const char *text;

        if (!errata_column_store_is_valid(self, row)) {
            store_drop(column, row);
            continue;
        }
        text = store_text(self, row, &length);
        cell = cells != NULL ? cells[self->code[row]] : store_classify(self, text, length);
        if (store_fits(type, cell.class)) {
            store_put(column, row, &cell);
        } else {
            store_drop(column, row);
            store_mark_unparsable(column, cell.class, row, text, length);
        }
    }
    return store_seal(column);
}

static gboolean
store_reads_as_text(const ErrataColumnStore *self, gsize n_valued)
{
    gsize mean;

    if (self->kind == ERRATA_STORE_TEXT)
        return TRUE;
    if (self->dictionary.n == 0 || self->dictionary.n <= n_valued / 2)
        return FALSE;
    mean = (gsize)self->dictionary.offset[self->dictionary.n] / self->dictionary.n;
    return self->dictionary.n > STORE_TEXT_MIN || mean >= STORE_TEXT_LENGTH;
}

/* of the strings of a dictionary */
static gboolean
store_has_few_whole(const StoreCell *cells, guint32 n_cells)
{
    guint32 n = 0;

    for (guint32 i = 0; i < n_cells; i++) {
        if (cells[i].class == STORE_DECIMAL || cells[i].class == STORE_INFINITE)
            return FALSE;
        n += cells[i].class == STORE_INTEGER || cells[i].class == STORE_CODE ? 1 : 0;
    }
    return n > 0 && n <= STORE_FEW_WHOLE;
}

static ErrataColumn *
store_finish_strings(ErrataColumnStore *self, const char *name)
{
    g_autofree StoreCell *cells = NULL;
    StoreTally tally = {{0}, 0, FALSE};
    ErrataColumnType type;

    if (self->verbatim)
        return self->kind == ERRATA_STORE_TEXT ? store_finish_text(self, name)
                                               : store_finish_category(self, name);
    if (self->kind == ERRATA_STORE_STRING) {
        cells = g_new(StoreCell, MAX(self->dictionary.n, 1));
        for (guint32 i = 0; i < self->dictionary.n; i++) {
            gsize length;
            const char *text = errata_dictionary_text(&self->dictionary, i, &length);

            cells[i] = store_classify(self, text, length);
        }
    }
    tally.few_whole = cells != NULL && store_has_few_whole(cells, self->dictionary.n);
    for (gsize row = 0; row < self->n_rows; row++) {
        gsize length;
        const char *text;

        if (!errata_column_store_is_valid(self, row))
            continue;
        text = store_text(self, row, &length);
        store_tally(
            &tally,
            cells != NULL ? cells[self->code[row]].class : store_classify(self, text, length).class,
            1);
    }
    type = store_decide(&tally);
    if (type != ERRATA_COLUMN_CATEGORY)
        return store_finish_parsed(self, name, type, cells);
    if (store_reads_as_text(self, tally.n))
        return store_finish_text(self, name);
    return store_finish_category(self, name);
}

/* only among strings may such a word be one of them; of other columns the words alone are kept */
static void
store_give_words(ErrataColumnStore *self, ErrataColumn *column)
{
    g_autoptr(GStrvBuilder) missing = g_strv_builder_new();

    if (self->words.spelled == NULL)
        return;
    if (column->type == ERRATA_COLUMN_CATEGORY) {
        column->words = g_new0(ErrataColumnWords, 1);
        *column->words = self->words;
        self->words = (ErrataColumnWords){NULL, 0, NULL};
        return;
    }
    for (guint i = 0; i < self->words.spelled->len; i++)
        g_strv_builder_add(missing, g_ptr_array_index(self->words.spelled, i));
    column->missing_words = g_strv_builder_end(missing);
}

/**
 * errata_column_store_finish:
 * @self: a store; it is empty afterwards
 * @name: name of the column
 *
 * Decides the type: truth values when all cells are `true` or `false`; instants or numbers when at
 * most one cell in twenty is not (those read as missing and are counted, and so do words for no
 * value, however many up to half); strings otherwise. Whole
 * numbers with leading zeros, or too large for 64 bits, are codes: strings unless the column has
 * fractions or hardly any of them. Infinite numbers are missing and counted. Without any value it
 * is F64. Numbers that are epochs by name and range become instants.
 *
 * Returns: (transfer full): the column
 */
ErrataColumn *
errata_column_store_finish(ErrataColumnStore *self, const char *name)
{
    ErrataColumn *column = NULL;

    if (self->verbatim)
        errata_column_store_to_strings(self);
    if (self->kind == ERRATA_STORE_NONE) {
        column = errata_column_new(name, ERRATA_COLUMN_F64, self->n_rows);
        column->valid = g_steal_pointer(&self->valid);
        column = store_seal(column);
    } else if (self->kind <= ERRATA_STORE_TIME) {
        column = store_finish_array(self, name);
        if (column == NULL)
            errata_column_store_to_strings(self);
    }
    if (column == NULL)
        column = store_finish_strings(self, name);
    if (!self->verbatim && !errata_column_store_is_plain()) {
        errata_column_epoch_convert(column);
        column = errata_column_dates_convert(column);
        if (!self->typed_strings)
            column = errata_column_comma_convert(column);
        column = errata_column_percent_convert(column);
    }
    store_give_words(self, column);
    errata_column_narrow(column);
    errata_column_store_clear(self);
    return column;
}
