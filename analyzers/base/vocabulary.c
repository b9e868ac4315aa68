/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distinct values of a label or prediction column as texts, whatever the column's type, so that
 * columns of different types can be compared. Typical: 2 to 20 values, one pass over the rows. */
#include "vocabulary.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "parallel.h"
#include "text-hash.h"

#define VOCABULARY_GRAIN 65536
#define VOCABULARY_SLOTS 4096 /* power of two, well above any limit used */

/* a small open hash table of numbers */
typedef struct {
    double keys[VOCABULARY_SLOTS];
    gint32 index[VOCABULARY_SLOTS]; /* −1: free */
    guint n;
} VocabularyNumbers;

/* counts while the values are collected */
typedef struct {
    char *value;
    double number; /* NaN: not a number */
    guint64 count;
} VocabularyEntry;

static guint
vocabulary_slot(double number)
{
    guint64 bits;

    number += 0.0; /* −0 is 0 */
    memcpy(&bits, &number, sizeof bits);
    bits *= G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return (guint)(bits >> 52) & (VOCABULARY_SLOTS - 1);
}

static gboolean
vocabulary_same(double a, double b)
{
    return !(a < b) && !(a > b);
}

/* slot of @number, free or taken */
static guint
vocabulary_numbers_find(const VocabularyNumbers *table, double number)
{
    guint slot = vocabulary_slot(number);

    while (table->index[slot] >= 0 && !vocabulary_same(table->keys[slot], number))
        slot = (slot + 1) & (VOCABULARY_SLOTS - 1);
    return slot;
}

/**
 * errata_vocabulary_canonical:
 * @text: (array length=length): a cell
 * @length: its bytes
 *
 * Returns: (transfer full): @text without spaces around it; a number in its shortest form
 */
char *
errata_vocabulary_canonical(const char *text, gsize length)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double number;

    while (length > 0 && g_ascii_isspace(*text)) {
        text++;
        length--;
    }
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    if (length <= 24 && errata_number_parse_double(text, length, &number) && isfinite(number))
        return g_strdup(errata_number_print(number + 0.0, buffer));
    return g_strndup(text, length);
}

/**
 * errata_vocabulary_truth:
 * @value: a value
 *
 * Returns: 1 for a word for yes, 0 for one for no, −1 for any other
 */
int
errata_vocabulary_truth(const char *value)
{
    static const char *const yes[] =
        {"1", "true", "yes", "y", "t", "positive", "pos", "+", "on", "p", NULL};
    static const char *const no[] =
        {"0", "false", "no", "n", "f", "negative", "neg", "-", "-1", "off", NULL};
    g_autofree char *lower = g_ascii_strdown(value, -1);

    if (g_strv_contains(yes, lower))
        return 1;
    return g_strv_contains(no, lower) ? 0 : -1;
}

static int
vocabulary_compare_cb(gconstpointer a, gconstpointer b)
{
    const VocabularyEntry *x = a;
    const VocabularyEntry *y = b;

    if (x->number < y->number || x->number > y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->value, y->value);
}

static int
vocabulary_compare_text_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(((const VocabularyEntry *)a)->value, ((const VocabularyEntry *)b)->value);
}

/* adds @count of @value, taking it */
static void
vocabulary_add(GArray *entries, GHashTable *seen, char *value, guint64 count)
{
    gpointer found = g_hash_table_lookup(seen, value);

    if (found != NULL) {
        g_array_index(entries, VocabularyEntry, GPOINTER_TO_UINT(found) - 1).count += count;
        g_free(value);
        return;
    }
    VocabularyEntry entry = {value, (double)NAN, count};

    if (!errata_number_parse_double(value, strlen(value), &entry.number))
        entry.number = (double)NAN;
    g_array_append_val(entries, entry);
    g_hash_table_insert(seen, value, GUINT_TO_POINTER(entries->len));
}

static gboolean
vocabulary_collect_numbers(const ErrataColumn *column,
                           guint limit,
                           GArray *entries,
                           GHashTable *seen)
{
    g_autofree VocabularyNumbers *table = g_new(VocabularyNumbers, 1);
    g_autofree guint64 *counts = g_new0(guint64, limit + 1);
    char buffer[ERRATA_NUMBER_BUFFER];

    memset(table->index, 0xff, sizeof table->index);
    table->n = 0;
    for (gsize row = 0; row < column->n_rows; row++) {
        double number = errata_column_number(column, row);

        if (isnan(number))
            continue;
        guint slot = vocabulary_numbers_find(table, number);

        if (table->index[slot] < 0) {
            if (table->n == limit)
                return FALSE;
            table->keys[slot] = number;
            table->index[slot] = (gint32)table->n++;
        }
        counts[table->index[slot]]++;
    }
    for (guint i = 0; i < table->n; i++)
        for (guint slot = 0; slot < VOCABULARY_SLOTS; slot++)
            if (table->index[slot] == (gint32)i)
                vocabulary_add(entries,
                               seen,
                               g_strdup(errata_number_print(table->keys[slot] + 0.0, buffer)),
                               counts[i]);
    return TRUE;
}

static void
vocabulary_collect_booleans(const ErrataColumn *column, GArray *entries, GHashTable *seen)
{
    guint64 counts[2] = {0, 0};

    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row))
            counts[column->boolean[row] != 0 ? 1 : 0]++;
    if (counts[0] > 0)
        vocabulary_add(entries, seen, g_strdup("false"), counts[0]);
    if (counts[1] > 0)
        vocabulary_add(entries, seen, g_strdup("true"), counts[1]);
}

static gboolean
vocabulary_collect_categories(const ErrataColumn *column,
                              guint limit,
                              GArray *entries,
                              GHashTable *seen)
{
    g_autofree guint64 *counts = NULL;

    if (column->n_dictionary / 8 > limit) /* each value may have a few spellings */
        return FALSE;
    counts = g_new0(guint64, column->n_dictionary + 1);
    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row))
            counts[column->code[row]]++;
    for (guint i = 0; i < column->n_dictionary && entries->len <= limit; i++)
        if (counts[i] > 0)
            vocabulary_add(
                entries,
                seen,
                errata_vocabulary_canonical(column->dictionary[i], strlen(column->dictionary[i])),
                counts[i]);
    return entries->len <= limit;
}

static gboolean
vocabulary_collect_texts(const ErrataColumn *column, guint limit, GArray *entries, GHashTable *seen)
{
    for (gsize row = 0; row < column->n_rows && entries->len <= limit; row++) {
        gsize length;
        const char *text = errata_column_text(column, row, &length);

        if (text == NULL)
            continue;
        if (length > 256) /* no class is named like this */
            return FALSE;
        vocabulary_add(entries, seen, errata_vocabulary_canonical(text, length), 1);
    }
    return entries->len <= limit;
}

static gboolean
vocabulary_collect(const ErrataColumn *column, guint limit, GArray *entries, GHashTable *seen)
{
    switch (column->type) {
    case ERRATA_COLUMN_F64:
    case ERRATA_COLUMN_I64:
        return vocabulary_collect_numbers(column, limit, entries, seen);
    case ERRATA_COLUMN_BOOL:
        vocabulary_collect_booleans(column, entries, seen);
        return TRUE;
    case ERRATA_COLUMN_CATEGORY:
        return vocabulary_collect_categories(column, limit, entries, seen);
    case ERRATA_COLUMN_TEXT:
        return vocabulary_collect_texts(column, limit, entries, seen);
    case ERRATA_COLUMN_TIME:
        return FALSE;
    }
    g_return_val_if_reached(FALSE);
}

/**
 * errata_vocabulary_new:
 * @column: a column of any type
 * @limit: values at most, 1 … 2048
 *
 * Returns: (transfer full): its distinct values; a time column, or one with more values than
 *   @limit, has none and overflows
 */
ErrataVocabulary *
errata_vocabulary_new(const ErrataColumn *column, guint limit)
{
    ErrataVocabulary *self = g_new0(ErrataVocabulary, 1);
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(VocabularyEntry));
    g_autoptr(GHashTable) seen = g_hash_table_new(errata_text_hash, g_str_equal);

    self->overflow = !vocabulary_collect(column, limit, entries, seen);
    self->all_numbers = TRUE;
    for (guint i = 0; i < entries->len; i++)
        if (isnan(g_array_index(entries, VocabularyEntry, i).number))
            self->all_numbers = FALSE;
    g_array_sort(entries, self->all_numbers ? vocabulary_compare_cb : vocabulary_compare_text_cb);
    self->values = g_new0(char *, entries->len + 1);
    self->counts = g_new0(guint64, entries->len + 1);
    for (guint i = 0; i < entries->len; i++) {
        VocabularyEntry *entry = &g_array_index(entries, VocabularyEntry, i);

        if (self->overflow) {
            g_free(entry->value);
            continue;
        }
        self->values[i] = entry->value;
        self->counts[i] = entry->count;
        self->n_values++;
    }
    return self;
}

void
errata_vocabulary_free(ErrataVocabulary *self)
{
    if (self == NULL)
        return;
    g_strfreev(self->values);
    g_free(self->counts);
    g_free(self);
}

/**
 * errata_vocabulary_find:
 * @self: a vocabulary
 * @value: a value as errata_vocabulary_canonical() writes it
 *
 * Returns: its index, or −1
 */
int
errata_vocabulary_find(const ErrataVocabulary *self, const char *value)
{
    for (guint i = 0; i < self->n_values; i++)
        if (strcmp(self->values[i], value) == 0)
            return (int)i;
    return -1;
}

typedef struct {
    const ErrataVocabulary *self;
    const ErrataColumn *column;
    const VocabularyNumbers *numbers; /* F64 and I64 */
    const gint32 *of_code;            /* CATEGORY and BOOL */
    GHashTable *of_text;              /* TEXT */
    gint32 *codes;
} VocabularyCoding;

static gint32
vocabulary_code(const VocabularyCoding *coding, gsize row)
{
    const ErrataColumn *column = coding->column;

    if (!errata_column_is_valid(column, row))
        return -1;
    switch (column->type) {
    case ERRATA_COLUMN_F64:
    case ERRATA_COLUMN_I64:
        return coding->numbers
            ->index[vocabulary_numbers_find(coding->numbers, errata_column_number(column, row))];
    case ERRATA_COLUMN_CATEGORY:
        return coding->of_code[column->code[row]];
    case ERRATA_COLUMN_BOOL:
        return coding->of_code[column->boolean[row] != 0 ? 1 : 0];
    case ERRATA_COLUMN_TEXT: {
        gsize length;
        const char *text = errata_column_text(column, row, &length);
        g_autofree char *value = errata_vocabulary_canonical(text, length);

        return (gint32)GPOINTER_TO_UINT(g_hash_table_lookup(coding->of_text, value)) - 1;
    }
    case ERRATA_COLUMN_TIME:
        break;
    }
    return -1;
}

static void
vocabulary_code_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const VocabularyCoding *coding = data;

    for (gsize row = begin; row < end; row++)
        coding->codes[row] = vocabulary_code(coding, row);
}

static gint32 *
vocabulary_map_codes(const ErrataVocabulary *self, const ErrataColumn *column)
{
    gboolean is_bool = column->type == ERRATA_COLUMN_BOOL;
    guint n = is_bool ? 2 : column->n_dictionary;
    gint32 *map = g_new(gint32, n + 1);

    for (guint i = 0; i < n; i++) {
        const char *text = is_bool ? (i == 1 ? "true" : "false") : column->dictionary[i];
        g_autofree char *value = errata_vocabulary_canonical(text, strlen(text));

        map[i] = errata_vocabulary_find(self, value);
    }
    return map;
}

static VocabularyNumbers *
vocabulary_map_numbers(const ErrataVocabulary *self)
{
    VocabularyNumbers *table = g_new(VocabularyNumbers, 1);

    memset(table->index, 0xff, sizeof table->index);
    table->n = 0;
    for (guint i = 0; i < self->n_values && i < VOCABULARY_SLOTS / 2; i++) {
        double number;
        guint slot;

        if (!errata_number_parse_double(self->values[i], strlen(self->values[i]), &number))
            continue;
        slot = vocabulary_numbers_find(table, number);
        table->keys[slot] = number;
        table->index[slot] = (gint32)i;
    }
    return table;
}

/**
 * errata_vocabulary_codes:
 * @self: a vocabulary, of this column or of another
 * @column: a column
 *
 * Returns: (transfer full) (array): per row of @column the index of its value, −1 where it is
 * missing
 *   or not one of them
 */
gint32 *
errata_vocabulary_codes(const ErrataVocabulary *self, const ErrataColumn *column)
{
    g_autofree VocabularyNumbers *numbers = vocabulary_map_numbers(self);
    g_autofree gint32 *of_code = vocabulary_map_codes(self, column);
    g_autoptr(GHashTable) of_text = g_hash_table_new(errata_text_hash, g_str_equal);
    VocabularyCoding coding = {self, column, numbers, of_code, of_text, NULL};

    for (guint i = 0; i < self->n_values; i++)
        g_hash_table_insert(of_text, self->values[i], GUINT_TO_POINTER(i + 1));
    coding.codes = g_new(gint32, MAX(column->n_rows, 1));
    errata_parallel_for(column->n_rows, VOCABULARY_GRAIN, vocabulary_code_cb, &coding);
    return coding.codes;
}
