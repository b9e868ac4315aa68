/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `none` or `NA` in an input: no value, or one of its values (none, basic, full; NA, EU, APAC)? A
 * program writes its word for "no value" into columns of numbers too, and in its own spelling; a
 * fault writes it for a while. A value is spelled as the others are, as frequent, and there from
 * the first row to the last. Words that no person chooses for a category (null, nan, n/a, -) are
 * missing. */
#include "input-words.h"

#include <string.h>

#define WORDS_OTHERS    50   /* values beside it at most: more are names, not a choice */
#define WORDS_SHARE     0.02 /* of the cells that hold something */
#define WORDS_BLOCKS    8    /* of rows, in each of which it has to be … */
#define WORDS_PER_BLOCK 12   /* … and of which there are so few that each should have so many */
#define WORDS_LEAST     0.25 /* of the cells that a block should have */
#define WORDS_MOST      3.0  /* … and the most */
#define WORDS_CODE      5    /* letters of a code such as EU or APAC at most */

typedef enum {
    WORDS_LOWER, /* none */
    WORDS_TITLE, /* None */
    WORDS_UPPER, /* NONE */
    WORDS_MIXED,
} WordsSpelling;

static WordsSpelling
words_spelling(const char *text)
{
    gboolean first = g_ascii_isupper(*text);
    guint upper = 0, lower = 0;

    for (const char *p = text; *p != '\0'; p++) {
        upper += g_ascii_isupper(*p) ? 1 : 0;
        lower += g_ascii_islower(*p) ? 1 : 0;
    }
    if (upper == 0 && lower > 0)
        return WORDS_LOWER;
    if (lower == 0 && upper > 0)
        return WORDS_UPPER;
    return first ? WORDS_TITLE : WORDS_MIXED;
}

/* most values are spelled as the word is; beside NA they are short codes */
static gboolean
words_is_spelled_alike(const ErrataColumn *column, const char *word)
{
    gboolean code = strcmp(word, "NA") == 0;
    guint alike = 0;

    for (guint i = 0; i < column->n_dictionary; i++)
        alike += words_spelling(column->dictionary[i]) == words_spelling(word) &&
                         (!code || strlen(column->dictionary[i]) <= WORDS_CODE)
                     ? 1
                     : 0;
    return code ? alike == column->n_dictionary : 2 * alike > column->n_dictionary;
}

static gboolean
words_has(char *const *words, const char *word)
{
    for (guint i = 0; words != NULL && words[i] != NULL; i++)
        if (g_ascii_strcasecmp(words[i], word) == 0)
            return TRUE;
    return FALSE;
}

/* what columns that are no categories write where they have no value; %FALSE where one writes the
 * word */
static gboolean
words_is_unused(const ErrataFrame *frame, const char *word, gboolean *ret_other)
{
    *ret_other = FALSE;
    for (guint i = 0; i < frame->n_columns; i++) {
        const ErrataColumn *column = frame->columns[i];

        if (column->type == ERRATA_COLUMN_CATEGORY || column->type == ERRATA_COLUMN_TEXT)
            continue;
        if (words_has(column->missing_words, word))
            return FALSE;
        *ret_other = *ret_other || column->n_missing > 0;
    }
    return TRUE;
}

static guint
words_columns(const ErrataFrame *frame, const char *word)
{
    guint n = 0;

    for (guint i = 0; i < frame->n_columns; i++) {
        const ErrataColumn *column = frame->columns[i];

        for (guint k = 0; column->words != NULL && k < column->words->spelled->len; k++)
            n += strcmp(g_ptr_array_index(column->words->spelled, k), word) == 0 ? 1 : 0;
    }
    return n;
}

/* whether the word is frequent, and about as much so in every part of the rows */
static gboolean
words_is_steady(const ErrataColumn *column, const char *word)
{
    guint64 count[WORDS_BLOCKS] = {0};
    guint64 n = 0;
    guint blocks;

    for (gsize row = 0; row < column->n_rows; row++)
        n += g_strcmp0(errata_column_words_at(column->words, row), word) == 0 ? 1 : 0;
    blocks = (guint)MIN(n / WORDS_PER_BLOCK, WORDS_BLOCKS);
    if (blocks < 2 || (double)n < WORDS_SHARE * (double)(column->n_rows - column->n_missing + n))
        return FALSE;
    for (gsize row = 0; row < column->n_rows; row++)
        count[row * blocks / column->n_rows] +=
            g_strcmp0(errata_column_words_at(column->words, row), word) == 0 ? 1 : 0;
    for (guint i = 0; i < blocks; i++) {
        double expected = (double)n / (double)blocks;

        if ((double)count[i] < WORDS_LEAST * expected || (double)count[i] > WORDS_MOST * expected)
            return FALSE;
    }
    return TRUE;
}

/* what the log beside it says: 1 a value, 0 missing, −1 nothing */
static int
words_beside(const ErrataFrame *beside, const ErrataColumn *column, const char *word)
{
    const ErrataColumn *other = beside != NULL ? errata_frame_find(beside, column->name, NULL)
                                               : NULL;

    if (other == NULL ||
        (!words_has(other->class_words, word) && !words_has(other->missing_words, word)))
        return -1;
    return words_has(other->class_words, word) ? 1 : 0;
}

/**
 * errata_input_words_value:
 * @frame: what was read, whose words are not settled yet
 * @column: one of its columns that is neither the label nor the prediction
 * @beside: (nullable): the log to which it belongs, settled: what holds there holds here
 *
 * Returns: (nullable) (transfer none): the one word in @column that reads as missing and is a value
 *   like its others, %NULL where there is none
 */
const char *
errata_input_words_value(const ErrataFrame *frame,
                         const ErrataColumn *column,
                         const ErrataFrame *beside)
{
    const char *word;
    gboolean other;
    int known;

    if (column->type != ERRATA_COLUMN_CATEGORY || column->words == NULL ||
        column->words->spelled->len != 1 || column->n_dictionary == 0 ||
        column->n_dictionary > WORDS_OTHERS)
        return NULL;
    word = g_ptr_array_index(column->words->spelled, 0);
    known = words_beside(beside, column, word);
    if (known >= 0)
        return known > 0 ? word : NULL;
    if ((g_ascii_strcasecmp(word, "none") != 0 && strcmp(word, "NA") != 0) ||
        !words_is_spelled_alike(column, word) || !words_is_unused(frame, word, &other))
        return NULL;
    /* None is Python's word for it, NA is R's: where nothing else is, in one column only */
    if (!other && words_spelling(word) != WORDS_LOWER && words_columns(frame, word) > 1)
        return NULL;
    return words_is_steady(column, word) ? word : NULL;
}
