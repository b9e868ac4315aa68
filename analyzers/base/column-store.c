/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column being read. Values go into an array of the narrowest kind that fits so far: whole
 * numbers turn to doubles on the first fraction; cells that fit neither are kept aside with their
 * row, and when these are many, everything turns to strings. */
#include "column-store.h"

#include <math.h>
#include <string.h>

#include "limit.h"
#include "number-scan.h"
#include "number.h"
#include "zone.h"

#define STORE_ODD_SLACK  256 /* odd cells that never turn a store to strings … */
#define STORE_ODD_SHARE  8   /* … beyond which one in so many does */
#define STORE_UNIQUE_MIN 65536

static gboolean store_plain;

static gsize
store_value_size(ErrataStoreKind kind)
{
    return kind == ERRATA_STORE_STRING ? sizeof(guint32) : sizeof(guint64);
}

/* room for @n more rows, and one offset more */
void
errata_column_store_reserve(ErrataColumnStore *self, gsize n)
{
    gsize need = self->n_rows + n + 1;

    if (need <= self->n_allocated || self->kind == ERRATA_STORE_NONE)
        return;
    self->n_allocated = MAX(need, self->n_allocated + self->n_allocated / 2);
    self->n_allocated = MAX(self->n_allocated, self->n_expected);
    self->values = g_realloc_n(self->values, self->n_allocated, store_value_size(self->kind));
}

static void
store_set_bits(guint64 *words, gsize begin, gsize n)
{
    for (; n > 0 && (begin & 63) != 0; begin++, n--)
        words[begin >> 6] |= G_GUINT64_CONSTANT(1) << (begin & 63);
    if (n >= 64)
        memset(words + (begin >> 6), 0xff, n / 64 * 8);
    begin += n / 64 * 64;
    for (n %= 64; n > 0; begin++, n--)
        words[begin >> 6] |= G_GUINT64_CONSTANT(1) << (begin & 63);
}

/* marks the next @n rows, for which there is room, and counts them */
void
errata_column_store_add_rows(ErrataColumnStore *self, gsize n, gboolean valid)
{
    gsize words = (self->n_rows + n + 63) / 64;

    if (!valid && self->valid == NULL && n > 0) {
        self->valid_allocated = MAX(words, 16);
        self->valid = g_new0(guint64, self->valid_allocated);
        store_set_bits(self->valid, 0, self->n_rows);
    }
    if (self->valid != NULL && words > self->valid_allocated) {
        gsize more = MAX(words, self->valid_allocated * 3 / 2);

        self->valid = g_renew(guint64, self->valid, more);
        memset(self->valid + self->valid_allocated, 0, (more - self->valid_allocated) * 8);
        self->valid_allocated = more;
    }
    if (valid && self->valid != NULL)
        store_set_bits(self->valid, self->n_rows, n);
    if (!valid)
        self->n_invalid += n;
    self->n_rows += n;
}

/**
 * errata_column_store_append_missing:
 * @self: a store
 * @n_rows: rows
 *
 * Appends rows without a value.
 */
void
errata_column_store_append_missing(ErrataColumnStore *self, gsize n_rows)
{
    if (n_rows == 0)
        return;
    errata_column_store_reserve(self, n_rows);
    if (self->kind == ERRATA_STORE_TEXT)
        for (gsize i = 1; i <= n_rows; i++)
            self->offset[self->n_rows + i] = self->offset[self->n_rows];
    else if (self->kind != ERRATA_STORE_NONE)
        memset((char *)self->values + self->n_rows * store_value_size(self->kind),
               0,
               n_rows * store_value_size(self->kind));
    errata_column_store_add_rows(self, n_rows, FALSE);
}

/* the first value decides; all rows so far are missing */
static void
store_become(ErrataColumnStore *self, ErrataStoreKind kind)
{
    self->kind = kind;
    self->n_allocated = self->n_rows + 64;
    self->values = g_malloc0_n(self->n_allocated, store_value_size(kind));
}

static void
store_free_values(ErrataColumnStore *self)
{
    g_clear_pointer(&self->values, g_free);
    g_clear_pointer(&self->valid, g_free);
    g_clear_pointer(&self->bytes, g_free);
    g_clear_pointer(&self->odd, g_array_unref);
    g_clear_pointer(&self->trimmed, g_array_unref);
    errata_dictionary_clear(&self->dictionary);
    errata_dictionary_clear(&self->odd_texts);
}

void
errata_column_store_clear(ErrataColumnStore *self)
{
    store_free_values(self);
    errata_column_words_clear(&self->words);
    *self = (ErrataColumnStore){.decimal_comma = self->decimal_comma};
}

void
errata_column_store_set_plain(gboolean plain)
{
    store_plain = plain;
}

gboolean
errata_column_store_is_plain(void)
{
    return store_plain;
}

gboolean
errata_column_store_is_missing(const char *text, gsize length)
{
    return store_plain ? errata_number_is_blank(text, length)
                       : errata_number_is_missing(text, length);
}

/**
 * errata_column_store_start:
 * @self: a store; its rows are forgotten, its memory is kept
 * @kind: how values will be kept as far as they fit; TEXT is taken as STRING
 *
 * Makes an empty store for the next rows of a column whose kind is known.
 */
void
errata_column_store_start(ErrataColumnStore *self, ErrataStoreKind kind)
{
    if (kind == ERRATA_STORE_TEXT)
        kind = ERRATA_STORE_STRING;
    if (self->kind == ERRATA_STORE_TEXT || store_value_size(self->kind) != store_value_size(kind))
        errata_column_store_clear(self);
    errata_dictionary_empty(&self->dictionary);
    errata_dictionary_empty(&self->odd_texts);
    g_clear_pointer(&self->valid, g_free);
    g_clear_pointer(&self->odd, g_array_unref);
    g_clear_pointer(&self->trimmed, g_array_unref);
    errata_column_words_clear(&self->words);
    self->n_rows = 0;
    self->n_invalid = 0;
    self->typed_strings = FALSE;
    if (self->values == NULL && kind != ERRATA_STORE_NONE)
        store_become(self, kind);
    if (self->values != NULL && kind == ERRATA_STORE_NONE)
        errata_column_store_clear(self);
    self->kind = kind;
}

static void
store_append_text(ErrataColumnStore *self, const char *text, gsize length)
{
    gsize used;

    errata_column_store_reserve(self, 1);
    used = (gsize)self->offset[self->n_rows];
    if (self->bytes_allocated - used < length + 1) {
        self->bytes_allocated = MAX(self->bytes_allocated + self->bytes_allocated / 2,
                                    used + length + 1024);
        self->bytes = g_realloc(self->bytes, self->bytes_allocated);
    }
    if (length > 0)
        memcpy(self->bytes + used, text, length);
    self->offset[self->n_rows + 1] = used + length;
    errata_column_store_add_rows(self, 1, TRUE);
}

static void
store_strings_to_text(ErrataColumnStore *self)
{
    ErrataColumnStore old = *self;

    *self = (ErrataColumnStore){.kind = ERRATA_STORE_NONE,
                                .decimal_comma = old.decimal_comma,
                                .typed_strings = old.typed_strings,
                                .words = old.words};
    store_become(self, ERRATA_STORE_TEXT);
    errata_column_store_reserve(self, old.n_rows);
    for (gsize row = 0; row < old.n_rows; row++) {
        gsize length;
        const char *text;

        if (!errata_column_store_is_valid(&old, row)) {
            errata_column_store_append_missing(self, 1);
            continue;
        }
        text = errata_dictionary_text(&old.dictionary, old.code[row], &length);
        store_append_text(self, text, length);
    }
    store_free_values(&old);
}

static gboolean
store_is_mostly_unique(const ErrataColumnStore *self)
{
    return self->dictionary.n >= STORE_UNIQUE_MIN &&
           self->dictionary.n > (self->n_rows - self->n_invalid) / 2;
}

/* a string as it is, into a store of strings */
static void
store_append_verbatim(ErrataColumnStore *self, const char *text, gsize length)
{
    guint32 code = 0;

    if (self->kind == ERRATA_STORE_STRING) {
        errata_column_store_reserve(self, 1);
        if (errata_dictionary_add(&self->dictionary, text, length, &code)) {
            self->code[self->n_rows] = code;
            errata_column_store_add_rows(self, 1, TRUE);
            if (code + 1 == self->dictionary.n && code % 4096 == 0 && store_is_mostly_unique(self))
                store_strings_to_text(self);
            return;
        }
        store_strings_to_text(self);
    }
    store_append_text(self, text, length);
}

/* as it was written, where that is known */
static const char *
store_print_time(const ErrataColumnStore *self, gsize row, char buffer[ERRATA_NUMBER_BUFFER])
{
    int minutes = errata_zone_is_offset(self->zone) ? self->zone - ERRATA_ZONE_UTC : 0;

    return errata_zone_print_by(errata_zone_at(self->i64[row], minutes), minutes, buffer);
}

static void
store_append_printed(ErrataColumnStore *self, const ErrataColumnStore *from, gsize row)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    gsize length;
    const char *text = buffer;

    switch (from->kind) {
    case ERRATA_STORE_I64:
        length = (gsize)g_snprintf(buffer, sizeof buffer, "%" G_GINT64_FORMAT, from->i64[row]);
        break;
    case ERRATA_STORE_F64:
        length = strlen(errata_number_print(from->f64[row], buffer));
        break;
    case ERRATA_STORE_TIME:
        length = strlen(store_print_time(from, row, buffer));
        break;
    case ERRATA_STORE_STRING:
        text = errata_dictionary_text(&from->dictionary, from->code[row], &length);
        break;
    case ERRATA_STORE_TEXT:
        text = from->bytes + from->offset[row];
        length = (gsize)(from->offset[row + 1] - from->offset[row]);
        break;
    case ERRATA_STORE_NONE:
    default:
        g_assert_not_reached();
    }
    if (self->kind == ERRATA_STORE_STRING || self->kind == ERRATA_STORE_TEXT)
        store_append_verbatim(self, text, length);
    else if (from->typed_strings)
        errata_column_store_append_string(self, text, length);
    else
        errata_column_store_append_cell(self, text, length);
}

/* appends all rows of @from, whatever its kind, odd cells included */
static void
store_append_rows(ErrataColumnStore *self, const ErrataColumnStore *from)
{
    guint next = 0;

    for (gsize row = 0; row < from->n_rows; row++) {
        if (errata_column_store_is_valid(from, row)) {
            store_append_printed(self, from, row);
        } else if (from->odd != NULL && next < from->odd->len &&
                   g_array_index(from->odd, ErrataStoreOdd, next).row == row) {
            guint32 string = g_array_index(from->odd, ErrataStoreOdd, next++).string;
            gsize length;
            const char *text = errata_dictionary_text(&from->odd_texts, string, &length);

            if (self->kind == ERRATA_STORE_STRING || self->kind == ERRATA_STORE_TEXT)
                store_append_verbatim(self, text, length);
            else if (from->typed_strings)
                errata_column_store_append_string(self, text, length);
            else
                errata_column_store_append_cell(self, text, length);
        } else {
            errata_column_store_append_missing(self, 1);
        }
    }
}

/**
 * errata_column_store_to_strings:
 * @self: a store
 *
 * Turns what there is into strings; numbers are printed shortest.
 */
void
errata_column_store_to_strings(ErrataColumnStore *self)
{
    ErrataColumnStore old = *self;

    if (old.kind == ERRATA_STORE_STRING || old.kind == ERRATA_STORE_TEXT)
        return;
    *self = (ErrataColumnStore){.kind = ERRATA_STORE_NONE,
                                .decimal_comma = old.decimal_comma,
                                .typed_strings = old.typed_strings,
                                .words = old.words};
    store_become(self, ERRATA_STORE_STRING);
    store_append_rows(self, &old);
    store_free_values(&old);
}

/* keeps a cell aside that the array cannot hold */
static void
store_append_odd(ErrataColumnStore *self, const char *text, gsize length)
{
    ErrataStoreOdd odd = {self->n_rows, 0};

    if (self->odd == NULL)
        self->odd = g_array_new(FALSE, FALSE, sizeof odd);
    if (self->odd->len > STORE_ODD_SLACK + self->n_rows / STORE_ODD_SHARE ||
        !errata_dictionary_add(&self->odd_texts, text, length, &odd.string)) {
        errata_column_store_to_strings(self);
        store_append_verbatim(self, text, length);
        return;
    }
    g_array_append_val(self->odd, odd);
    errata_column_store_append_missing(self, 1);
}

static void
store_to_f64(ErrataColumnStore *self)
{
    for (gsize row = 0; row < self->n_rows; row++)
        self->f64[row] = (double)self->i64[row];
    self->kind = ERRATA_STORE_F64;
}

/**
 * errata_column_store_append_i64:
 * @self: a store
 * @value: a whole number
 *
 * Appends a row with a number.
 */
void
errata_column_store_append_i64(ErrataColumnStore *self, gint64 value)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    if (self->kind == ERRATA_STORE_NONE)
        store_become(self, ERRATA_STORE_I64);
    if (self->kind == ERRATA_STORE_I64 || self->kind == ERRATA_STORE_F64) {
        errata_column_store_reserve(self, 1);
        if (self->kind == ERRATA_STORE_I64)
            self->i64[self->n_rows] = value;
        else
            self->f64[self->n_rows] = (double)value;
        errata_column_store_add_rows(self, 1, TRUE);
        return;
    }
    g_snprintf(buffer, sizeof buffer, "%" G_GINT64_FORMAT, value);
    if (self->kind == ERRATA_STORE_TIME)
        store_append_odd(self, buffer, strlen(buffer));
    else
        store_append_verbatim(self, buffer, strlen(buffer));
}

/**
 * errata_column_store_append_f64:
 * @self: a store
 * @value: a number; NaN is missing, ±infinity is kept aside and counted
 *
 * Appends a row with a number.
 */
void
errata_column_store_append_f64(ErrataColumnStore *self, double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    if (isnan(value)) {
        errata_column_store_append_missing(self, 1);
        return;
    }
    if (self->kind == ERRATA_STORE_NONE)
        store_become(self, ERRATA_STORE_F64);
    if (self->kind == ERRATA_STORE_I64 && isfinite(value))
        store_to_f64(self);
    if (self->kind == ERRATA_STORE_F64 && isfinite(value)) {
        errata_column_store_reserve(self, 1);
        self->f64[self->n_rows] = value;
        errata_column_store_add_rows(self, 1, TRUE);
        return;
    }
    if (isfinite(value))
        errata_number_print(value, buffer);
    else
        g_strlcpy(buffer, value < 0 ? "-inf" : "inf", sizeof buffer);
    if (self->kind == ERRATA_STORE_STRING || self->kind == ERRATA_STORE_TEXT)
        store_append_verbatim(self, buffer, strlen(buffer));
    else
        store_append_odd(self, buffer, strlen(buffer));
}

/* FALSE: @text is no instant, or the store holds none */
static gboolean
store_append_if_time(ErrataColumnStore *self, const char *text, gsize length)
{
    gint64 ns = 0;
    int zone = ERRATA_ZONE_NONE;

    if (self->kind != ERRATA_STORE_NONE && self->kind != ERRATA_STORE_TIME)
        return FALSE;
    if (!errata_number_parse_zoned(text, length, &ns, &zone))
        return FALSE;
    self->zone = errata_zone_join(self->zone, zone);
    if (self->kind == ERRATA_STORE_NONE)
        store_become(self, ERRATA_STORE_TIME);
    errata_column_store_reserve(self, 1);
    self->i64[self->n_rows] = ns;
    errata_column_store_add_rows(self, 1, TRUE);
    return TRUE;
}

/* whole numbers that are written like codes do not fit an array of whole numbers */
static gboolean
store_append_if_number(ErrataColumnStore *self, const char *text, gsize length)
{
    const char point = self->decimal_comma ? ',' : '.';
    ErrataNumberDecimal decimal;
    gint64 integer = 0;
    double value;

    if (self->kind == ERRATA_STORE_TIME || self->kind >= ERRATA_STORE_STRING)
        return FALSE;
    if (self->kind != ERRATA_STORE_F64 && errata_number_scan_int(text, text + length, &integer)) {
        errata_column_store_append_i64(self, integer);
        return TRUE;
    }
    if (!errata_number_scan_decimal(text, text + length, point, &decimal))
        return FALSE;
    if (decimal.integral && self->kind != ERRATA_STORE_F64)
        return FALSE;
    value = errata_number_from_scan(&decimal, text, length, point);
    if (!isfinite(value))
        return FALSE;
    errata_column_store_append_f64(self, value);
    return TRUE;
}

static void
store_note_trimmed(ErrataColumnStore *self, gsize row)
{
    guint32 number = (guint32)row;

    if (self->trimmed == NULL)
        self->trimmed = g_array_new(FALSE, FALSE, sizeof number);
    if (self->trimmed->len <= ERRATA_STORE_TRIMMED)
        g_array_append_val(self->trimmed, number);
}

/* a cell that reads as missing, with the word in it if there is one */
static void
store_append_word(ErrataColumnStore *self, const char *text, gsize length)
{
    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length > 0)
        errata_column_words_note(&self->words, self->n_rows, text, length);
    errata_column_store_append_missing(self, 1);
}

/**
 * errata_column_store_append_cell:
 * @self: a store
 * @text: (array length=length): a cell without a type; valid UTF-8 without NUL
 * @length: bytes
 *
 * Appends a row whose cell is a number, an instant, a missing token or a string. Spaces and tabs
 * around it do not count.
 */
void
errata_column_store_append_cell(ErrataColumnStore *self, const char *text, gsize length)
{
    gsize written = length;

    if (length == 0) {
        errata_column_store_append_missing(self, 1);
        return;
    }
    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (store_append_if_number(self, text, length))
        return;
    if (errata_column_store_is_missing(text, length)) {
        store_append_word(self, text, length);
        return;
    }
    if (store_append_if_time(self, text, length))
        return;
    if (self->kind == ERRATA_STORE_NONE)
        store_become(self, ERRATA_STORE_STRING);
    if (written > length && self->kind == ERRATA_STORE_STRING)
        store_note_trimmed(self, self->n_rows);
    if (self->kind == ERRATA_STORE_STRING || self->kind == ERRATA_STORE_TEXT)
        store_append_verbatim(self, text, length);
    else
        store_append_odd(self, text, length);
}

/**
 * errata_column_store_append_string:
 * @self: a store
 * @text: (array length=length): a string that was marked as such; valid UTF-8 without NUL
 * @length: bytes
 *
 * Appends a row with a string. Instants and missing tokens are recognised, numbers are not: "12"
 * in JSON is a code.
 */
void
errata_column_store_append_string(ErrataColumnStore *self, const char *text, gsize length)
{
    if (errata_column_store_is_missing(text, length)) {
        store_append_word(self, text, length);
        return;
    }
    self->typed_strings = TRUE;
    if (store_append_if_time(self, text, length))
        return;
    if (self->kind == ERRATA_STORE_NONE)
        store_become(self, ERRATA_STORE_STRING);
    if (self->kind == ERRATA_STORE_STRING || self->kind == ERRATA_STORE_TEXT)
        store_append_verbatim(self, text, length);
    else
        store_append_odd(self, text, length);
}

/* appends the validity of the rows of @part, whose values are in place */
static void
store_append_validity(ErrataColumnStore *self, const ErrataColumnStore *part)
{
    if (part->n_invalid == 0) {
        errata_column_store_add_rows(self, part->n_rows, TRUE);
        return;
    }
    for (gsize row = 0; row < part->n_rows;) {
        gboolean valid = errata_column_store_is_valid(part, row);
        gsize end = row + 1;

        while (end < part->n_rows && errata_column_store_is_valid(part, end) == valid)
            end++;
        errata_column_store_add_rows(self, end - row, valid);
        row = end;
    }
}

static gboolean
store_append_odds(ErrataColumnStore *self, const ErrataColumnStore *part, gsize first_row)
{
    if (part->odd == NULL)
        return TRUE;
    if (self->odd == NULL)
        self->odd = g_array_new(FALSE, FALSE, sizeof(ErrataStoreOdd));
    for (guint i = 0; i < part->odd->len; i++) {
        const ErrataStoreOdd *from = &g_array_index(part->odd, ErrataStoreOdd, i);
        ErrataStoreOdd odd = {first_row + from->row, 0};
        gsize length;
        const char *text = errata_dictionary_text(&part->odd_texts, from->string, &length);

        if (!errata_dictionary_add(&self->odd_texts, text, length, &odd.string))
            return FALSE;
        g_array_append_val(self->odd, odd);
    }
    return TRUE;
}

/* a bulk copy where the kinds agree; FALSE when that does not do */
static gboolean
store_append_alike(ErrataColumnStore *self, const ErrataColumnStore *part)
{
    gsize n_odd = (self->odd != NULL ? self->odd->len : 0) +
                  (part->odd != NULL ? part->odd->len : 0);
    gsize first_row = self->n_rows;

    if (n_odd > STORE_ODD_SLACK + (self->n_rows + part->n_rows) / STORE_ODD_SHARE)
        return FALSE;
    errata_column_store_reserve(self, part->n_rows);
    if (self->kind == ERRATA_STORE_F64 && part->kind == ERRATA_STORE_I64)
        for (gsize row = 0; row < part->n_rows; row++)
            self->f64[first_row + row] = (double)part->i64[row];
    else if (self->kind == part->kind && self->kind <= ERRATA_STORE_TIME)
        memcpy(self->i64 + first_row, part->i64, part->n_rows * sizeof(gint64));
    else
        return FALSE;
    if (!store_append_odds(self, part, first_row)) {
        while (self->odd->len > 0 &&
               g_array_index(self->odd, ErrataStoreOdd, self->odd->len - 1).row >= first_row)
            g_array_set_size(self->odd, self->odd->len - 1);
        return FALSE;
    }
    self->zone = errata_zone_join(self->zone, part->zone);
    store_append_validity(self, part);
    return TRUE;
}

static gboolean
store_append_strings(ErrataColumnStore *self, const ErrataColumnStore *part)
{
    g_autofree guint32 *map = g_new(guint32, part->dictionary.n);

    if (store_is_mostly_unique(self))
        return FALSE;
    for (guint32 i = 0; i < part->dictionary.n; i++) {
        gsize length;
        const char *text = errata_dictionary_text(&part->dictionary, i, &length);

        if (!errata_dictionary_add(&self->dictionary, text, length, &map[i]))
            return FALSE;
    }
    errata_column_store_reserve(self, part->n_rows);
    for (gsize row = 0; row < part->n_rows; row++)
        self->code[self->n_rows + row] = errata_column_store_is_valid(part, row)
                                             ? map[part->code[row]]
                                             : 0;
    store_append_validity(self, part);
    return TRUE;
}

/**
 * errata_column_store_append_store:
 * @self: a store
 * @part: rows that follow, read on their own
 *
 * Appends all rows of @part. The result does not depend on where parts were cut, except that
 * numbers which turn to strings late are printed shortest.
 */
void
errata_column_store_append_store(ErrataColumnStore *self, const ErrataColumnStore *part)
{
    self->typed_strings = self->typed_strings || part->typed_strings;
    self->decimal_comma = self->decimal_comma || part->decimal_comma;
    if (part->n_rows == 0)
        return;
    for (guint i = 0; part->trimmed != NULL && i < part->trimmed->len; i++)
        store_note_trimmed(self, self->n_rows + g_array_index(part->trimmed, guint32, i));
    errata_column_words_append(&self->words, &part->words, self->n_rows);
    if (part->kind == ERRATA_STORE_NONE) {
        errata_column_store_append_missing(self, part->n_rows);
        return;
    }
    if (self->kind == ERRATA_STORE_NONE)
        store_become(self, part->kind);
    if (self->kind == ERRATA_STORE_I64 && part->kind == ERRATA_STORE_F64)
        store_to_f64(self);
    if (self->kind <= ERRATA_STORE_TIME && store_append_alike(self, part))
        return;
    if (self->kind == ERRATA_STORE_STRING && part->kind == ERRATA_STORE_STRING) {
        if (store_append_strings(self, part))
            return;
        store_strings_to_text(self);
    }
    store_append_rows(self, part);
}
