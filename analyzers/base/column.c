/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One column of a frame: a plain array of its type and, where cells are missing, a bitmap. */
#include "column.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "rng.h"
#include "zone.h"

#define COLUMN_EXACT         (G_GINT64_CONSTANT(1) << 53) /* whole doubles tell integers apart below */
#define COLUMN_RUN           256 /* rows that are read together when they follow each other */
#define COLUMN_COUNTER_BACK  0.8 /* of what it rises, that a counter falls at most */
#define COLUMN_COUNTER_RISES 10  /* before a rising column is called a counter */
#define COLUMN_COUNTER_FALLS 100 /* after which one that falls often is none */

/**
 * errata_column_new:
 * @name: its name
 * @type: its type
 * @n_rows: rows
 *
 * Returns: (transfer full): a column with all rows valid and zero; for TEXT all rows are empty
 */
ErrataColumn *
errata_column_new(const char *name, ErrataColumnType type, gsize n_rows)
{
    ErrataColumn *self = g_new0(ErrataColumn, 1);

    self->name = g_strdup(name);
    self->type = type;
    self->n_rows = n_rows;
    switch (type) {
    case ERRATA_COLUMN_F64:
        self->f64 = g_new0(double, n_rows);
        break;
    case ERRATA_COLUMN_I64:
    case ERRATA_COLUMN_TIME:
        self->i64 = g_new0(gint64, n_rows);
        break;
    case ERRATA_COLUMN_CATEGORY:
        self->code = g_new0(guint32, n_rows);
        break;
    case ERRATA_COLUMN_TEXT:
        self->offset = g_new0(guint64, n_rows + 1);
        break;
    case ERRATA_COLUMN_BOOL:
        self->boolean = g_new0(guint8, n_rows);
        break;
    }
    return self;
}

static void
column_forget_words(ErrataColumn *self)
{
    if (self->words == NULL)
        return;
    errata_column_words_clear(self->words);
    g_clear_pointer(&self->words, g_free);
}

void
errata_column_free(ErrataColumn *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->valid);
    g_free(self->f64); /* whichever member of the union it is */
    g_free(self->narrow);
    g_free(self->bytes);
    for (guint i = 0; i < self->n_dictionary; i++)
        g_free(self->dictionary[i]);
    g_free(self->dictionary);
    g_free(self->unit);
    g_strfreev(self->unparsable);
    g_free(self->trimmed);
    column_forget_words(self);
    g_strfreev(self->class_words);
    g_strfreev(self->missing_words);
    g_free(self);
}

/**
 * errata_column_settle_words:
 * @self: a column
 *
 * Words that were not taken for values are missing from now on; only which they are is kept.
 */
void
errata_column_settle_words(ErrataColumn *self)
{
    g_autoptr(GStrvBuilder) missing = g_strv_builder_new();

    if (self->words == NULL)
        return;
    for (guint i = 0; i < self->words->spelled->len; i++) {
        const char *word = g_ptr_array_index(self->words->spelled, i);

        if (self->class_words == NULL ||
            !g_strv_contains((const char *const *)self->class_words, word))
            g_strv_builder_add(missing, word);
    }
    for (gsize row = 0; row < MIN(self->n_rows, self->words->n_marks); row++)
        self->n_worded += self->words->mark[row] > 0 && !errata_column_is_valid(self, row) ? 1 : 0;
    g_strfreev(self->missing_words);
    self->missing_words = g_strv_builder_end(missing);
    column_forget_words(self);
}

static guint32
column_add_value(ErrataColumn *self, const char *value)
{
    for (guint i = 0; i < self->n_dictionary; i++)
        if (strcmp(self->dictionary[i], value) == 0)
            return i;
    self->dictionary = g_renew(char *, self->dictionary, self->n_dictionary + 2);
    self->dictionary[self->n_dictionary++] = g_strdup(value);
    self->dictionary[self->n_dictionary] = NULL;
    return self->n_dictionary - 1;
}

/**
 * errata_column_take_words:
 * @self: a column of categories, of a frame that no one else has yet
 * @words: (array zero-terminated=1) (transfer full): words as they are spelled in it
 *
 * Makes cells with these words, which read as missing, values of the column.
 */
void
errata_column_take_words(ErrataColumn *self, char **words)
{
    g_return_if_fail(self->type == ERRATA_COLUMN_CATEGORY && self->words != NULL);
    for (gsize row = 0; row < MIN(self->n_rows, self->words->n_marks); row++) {
        const char *word = errata_column_words_at(self->words, row);

        if (word == NULL || errata_column_is_valid(self, row) ||
            !g_strv_contains((const char *const *)words, word))
            continue;
        self->code[row] = column_add_value(self, word);
        self->valid[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
        self->n_missing--;
    }
    if (self->n_missing == 0)
        g_clear_pointer(&self->valid, g_free);
    g_strfreev(self->class_words);
    self->class_words = words;
}

/* the fewest bytes that hold both */
static guint
column_width(gint64 least, gint64 most)
{
    if (least >= G_MININT8 && most <= G_MAXINT8)
        return 1;
    if (least >= G_MININT16 && most <= G_MAXINT16)
        return 2;
    return least >= G_MININT32 && most <= G_MAXINT32 ? 4 : 8;
}

/**
 * errata_column_narrow:
 * @self: a column being made
 *
 * Keeps whole numbers in the fewest bytes that hold all of them; other columns stay as they are.
 */
void
errata_column_narrow(ErrataColumn *self)
{
    gint64 least = 0, most = 0;

    if (self->type != ERRATA_COLUMN_I64 || self->i64 == NULL)
        return;
    for (gsize row = 0; row < self->n_rows; row++) {
        least = MIN(least, self->i64[row]);
        most = MAX(most, self->i64[row]);
    }
    self->width = column_width(least, most);
    if (self->width == 8)
        return;
    self->narrow = g_malloc_n(MAX(self->n_rows, 1), self->width);
    if (self->width == 1)
        for (gsize row = 0; row < self->n_rows; row++)
            ((gint8 *)self->narrow)[row] = (gint8)self->i64[row];
    else if (self->width == 2)
        for (gsize row = 0; row < self->n_rows; row++)
            ((gint16 *)self->narrow)[row] = (gint16)self->i64[row];
    else
        for (gsize row = 0; row < self->n_rows; row++)
            ((gint32 *)self->narrow)[row] = (gint32)self->i64[row];
    g_clear_pointer(&self->i64, g_free);
}

/**
 * errata_column_type_nick:
 * @type: a type
 *
 * Returns: (transfer none): its name in the report
 */
const char *
errata_column_type_nick(ErrataColumnType type)
{
    static const char *const nicks[] = {"f64", "i64", "time", "category", "text", "bool"};

    return (guint)type < G_N_ELEMENTS(nicks) ? nicks[type] : nicks[0];
}

/* errata_column_number() of all but F64 */
double
errata_column_number_of(const ErrataColumn *self, gsize row)
{
    if (!errata_column_is_valid(self, row))
        return (double)NAN;
    switch (self->type) {
    case ERRATA_COLUMN_I64:
    case ERRATA_COLUMN_TIME:
        return (double)errata_column_integer(self, row);
    case ERRATA_COLUMN_BOOL:
        return (double)self->boolean[row];
    case ERRATA_COLUMN_F64:
    case ERRATA_COLUMN_CATEGORY:
    case ERRATA_COLUMN_TEXT:
        break;
    }
    return (double)NAN;
}

/* NaN where nothing is there */
static void
column_blank(const ErrataColumn *self, gsize begin, gsize n, double *value)
{
    for (gsize i = 0; self->valid != NULL && i < n; i++)
        if (!errata_column_is_valid(self, begin + i))
            value[i] = (double)NAN;
}

static void
column_read_integers(const ErrataColumn *self, gsize begin, gsize n, double *ret_value)
{
    if (self->narrow == NULL)
        for (gsize i = 0; i < n; i++)
            ret_value[i] = (double)self->i64[begin + i];
    else if (self->width == 1)
        for (gsize i = 0; i < n; i++)
            ret_value[i] = (double)((const gint8 *)self->narrow)[begin + i];
    else if (self->width == 2)
        for (gsize i = 0; i < n; i++)
            ret_value[i] = (double)((const gint16 *)self->narrow)[begin + i];
    else
        for (gsize i = 0; i < n; i++)
            ret_value[i] = (double)((const gint32 *)self->narrow)[begin + i];
}

/**
 * errata_column_read:
 * @self: a column
 * @begin: first row
 * @n: rows
 * @ret_value: (out caller-allocates) (array length=n): errata_column_number() of each
 *
 * Many rows at once: no choice is made per row.
 */
void
errata_column_read(const ErrataColumn *self, gsize begin, gsize n, double *ret_value)
{
    switch (self->type) {
    case ERRATA_COLUMN_F64:
        memcpy(ret_value, self->f64 + begin, n * sizeof *ret_value); /* NaN where missing */
        return;
    case ERRATA_COLUMN_I64:
    case ERRATA_COLUMN_TIME:
        column_read_integers(self, begin, n, ret_value);
        column_blank(self, begin, n, ret_value);
        return;
    case ERRATA_COLUMN_BOOL:
        for (gsize i = 0; i < n; i++)
            ret_value[i] = (double)self->boolean[begin + i];
        column_blank(self, begin, n, ret_value);
        return;
    case ERRATA_COLUMN_CATEGORY:
    case ERRATA_COLUMN_TEXT:
        break;
    }
    for (gsize i = 0; i < n; i++)
        ret_value[i] = (double)NAN;
}

/* rows mostly come in runs: those in time order, without a few that were set aside */
static void
column_read_rows(const ErrataColumn *self, const guint32 *row, gsize n, double *ret_value)
{
    for (gsize begin = 0; begin < n; begin += COLUMN_RUN) {
        gsize end = MIN(begin + COLUMN_RUN, n);
        guint32 apart = 0;

        for (gsize i = begin; i < end; i++)
            apart |= row[i] ^ (row[begin] + (guint32)(i - begin));
        if (apart == 0)
            errata_column_read(self, row[begin], end - begin, ret_value + begin);
        else
            for (gsize i = begin; i < end; i++)
                ret_value[i] = errata_column_number(self, row[i]);
    }
}

/**
 * errata_column_collect:
 * @self: a column
 * @row: (array length=n) (nullable): rows; %NULL for the first @n
 * @n: how many
 * @ret_value: (out caller-allocates) (array length=n): the numbers that are there, in that order
 *
 * Returns: how many are there
 */
gsize
errata_column_collect(const ErrataColumn *self, const guint32 *row, gsize n, double *ret_value)
{
    gsize kept = 0;

    if (row != NULL)
        column_read_rows(self, row, n, ret_value);
    else
        errata_column_read(self, 0, n, ret_value);
    if (self->n_missing == 0 && self->type < ERRATA_COLUMN_CATEGORY)
        return n;
    for (gsize i = 0; i < n; i++) {
        double value = ret_value[i];

        ret_value[kept] = value;
        kept += isnan(value) ? 0 : 1;
    }
    return kept;
}

/**
 * errata_column_present:
 * @self: a column
 * @ret_owned: (out) (transfer full) (nullable): what has to be freed afterwards
 * @ret_n: (out): how many numbers
 *
 * Returns: (transfer none) (array length=ret_n): the numbers that are there, in the order of the
 * rows:
 *   the column's own where none is missing
 */
const double *
errata_column_present(const ErrataColumn *self, double **ret_owned, gsize *ret_n)
{
    *ret_owned = NULL;
    *ret_n = self->n_rows;
    if (self->type == ERRATA_COLUMN_F64 && self->n_missing == 0)
        return self->f64;
    *ret_owned = g_new(double, self->n_rows + 1);
    *ret_n = errata_column_collect(self, NULL, self->n_rows, *ret_owned);
    return *ret_owned;
}

/**
 * errata_column_numbers:
 * @self: a column
 *
 * Returns: (transfer full) (array length=n_rows): errata_column_number() of every row
 */
double *
errata_column_numbers(const ErrataColumn *self)
{
    double *numbers = g_new(double, self->n_rows);

    errata_column_read(self, 0, self->n_rows, numbers);
    return numbers;
}

/**
 * errata_column_text:
 * @self: a column
 * @row: row, below n_rows
 * @ret_length: (out) (optional): bytes
 *
 * Returns: (transfer none) (nullable): the string of a CATEGORY (NUL-terminated) or TEXT (not
 *   NUL-terminated) column; %NULL where missing and for other types
 */
const char *
errata_column_text(const ErrataColumn *self, gsize row, gsize *ret_length)
{
    const char *text = NULL;
    gsize length = 0;

    if (errata_column_is_valid(self, row)) {
        if (self->type == ERRATA_COLUMN_CATEGORY) {
            text = self->dictionary[self->code[row]];
            length = ret_length != NULL ? strlen(text) : 0;
        } else if (self->type == ERRATA_COLUMN_TEXT) {
            text = self->bytes != NULL ? self->bytes + self->offset[row] : "";
            length = (gsize)(self->offset[row + 1] - self->offset[row]);
        }
    }
    if (ret_length != NULL)
        *ret_length = length;
    return text;
}

/**
 * errata_column_all_texts:
 * @self: a column
 * @accept: (scope call): told a text, returns whether it is of the kind that is asked for
 * @data: for @accept
 *
 * Asks for each value of a CATEGORY column once, for each cell of a TEXT column, until one is not
 * accepted.
 *
 * Returns: whether all were accepted; %FALSE for columns of other types
 */
gboolean
errata_column_all_texts(const ErrataColumn *self, ErrataColumnTextFunc accept, gpointer data)
{
    if (self->type == ERRATA_COLUMN_CATEGORY) {
        for (guint i = 0; i < self->n_dictionary; i++)
            if (!accept(self->dictionary[i], strlen(self->dictionary[i]), data))
                return FALSE;
        return TRUE;
    }
    if (self->type != ERRATA_COLUMN_TEXT)
        return FALSE;
    for (gsize row = 0; row < self->n_rows; row++) {
        gsize length;
        const char *text = errata_column_text(self, row, &length);

        if (text != NULL && !accept(text, length, data))
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_column_print:
 * @self: a column
 * @row: row, below n_rows
 *
 * Returns: (transfer full): the cell as text, whatever its type: numbers shortest, times as ISO
 *   8601 with an offset, `true` or `false`; empty where missing
 */
char *
errata_column_print(const ErrataColumn *self, gsize row)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    gsize length = 0;
    const char *text;

    if (!errata_column_is_valid(self, row))
        return g_strdup("");
    switch (self->type) {
    case ERRATA_COLUMN_F64:
        return g_strdup(errata_number_print(self->f64[row], buffer));
    case ERRATA_COLUMN_I64:
        return g_strdup(errata_number_print_int(errata_column_integer(self, row), buffer));
    case ERRATA_COLUMN_TIME:
        return g_strdup(errata_zone_print(self->i64[row], buffer));
    case ERRATA_COLUMN_BOOL:
        return g_strdup(self->boolean[row] != 0 ? "true" : "false");
    case ERRATA_COLUMN_CATEGORY:
    case ERRATA_COLUMN_TEXT:
        break;
    }
    text = errata_column_text(self, row, &length);
    return g_strndup(text != NULL ? text : "", length);
}

char *
errata_column_show(const ErrataColumn *self, gsize row, guint most)
{
    g_autofree char *exact = errata_column_print(self, row);
    g_autofree char *line = NULL;

    if (self->type == ERRATA_COLUMN_F64 && strlen(exact) > 10 && fabs(self->f64[row]) < 1e5)
        return g_strdup_printf("%.6g", self->f64[row]);
    if (self->type != ERRATA_COLUMN_CATEGORY && self->type != ERRATA_COLUMN_TEXT)
        return g_steal_pointer(&exact);
    line = g_strdelimit(g_utf8_make_valid(exact, -1), "\n\r\t", ' ');
    if (g_utf8_strlen(line, -1) > (glong)most) {
        g_autofree char *start = g_utf8_substring(line, 0, (glong)most - 1);

        return g_strconcat(start, "…", NULL);
    }
    return g_steal_pointer(&line);
}

static guint64
column_hash_bytes(const char *text, gsize length)
{
    guint64 hash = errata_rng_mix(length + 1);

    for (gsize i = 0; i < length; i += 8) {
        guint64 word = 0;

        memcpy(&word, text + i, MIN(length - i, sizeof word));
        hash = errata_rng_mix(hash ^ word);
    }
    return hash;
}

/**
 * errata_column_hash:
 * @self: a column
 * @row: row, below n_rows
 *
 * Equal cells have equal hashes, also across frames with other dictionaries; 1 and 1.0 are equal,
 * and so are 0 and −0. Missing cells are equal to each other.
 *
 * Returns: the hash of the cell
 */
guint64
errata_column_hash(const ErrataColumn *self, gsize row)
{
    gsize length = 0;
    const char *text;
    guint64 bits = 0;
    gint64 integer;
    double value;

    if (!errata_column_is_valid(self, row))
        return G_GUINT64_CONSTANT(0x6d697373696e6721);
    switch (self->type) {
    case ERRATA_COLUMN_I64:
    case ERRATA_COLUMN_TIME:
        integer = errata_column_integer(self, row);
        if (integer >= COLUMN_EXACT || integer <= -COLUMN_EXACT)
            return errata_rng_mix((guint64)integer + 1);
        break;
    case ERRATA_COLUMN_CATEGORY:
    case ERRATA_COLUMN_TEXT:
        text = errata_column_text(self, row, &length);
        return column_hash_bytes(text, length);
    case ERRATA_COLUMN_F64:
    case ERRATA_COLUMN_BOOL:
        break;
    }
    value = errata_column_number(self, row) + 0.0; /* −0 + 0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return errata_rng_mix(bits + 1);
}

/**
 * errata_column_is_counter:
 * @self: a numeric column
 *
 * Returns: whether the values rise with the rows, as counters and clocks do, with fewer than one
 * fall in
 *   a hundred rises: these leave every earlier range, and drift by nature. What falls back nearly
 *   as far as it rises, again and again, as values sorted within each batch do, does not
 */
gboolean
errata_column_is_counter(const ErrataColumn *self)
{
    double last = (double)NAN;
    double up = 0.0, down = 0.0;
    gsize n_up = 0;
    gsize n_down = 0;

    for (gsize row = 0; row < self->n_rows; row++) {
        double value = errata_column_number(self, row);

        if (isnan(value))
            continue;
        if (value > last) {
            n_up++;
            up += value - last;
        } else if (value < last) {
            n_down++;
            down += last - value;
        }
        last = value;
        if (n_down > COLUMN_COUNTER_FALLS && n_down * 10 > n_up)
            return FALSE;
    }
    return n_up >= COLUMN_COUNTER_RISES && n_down * 100 < n_up &&
           !(down > COLUMN_COUNTER_BACK * up);
}
