/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that read as missing, kept beside the column: one byte a row, and only from the first one
 * on. */
#include "column-words.h"

#include <string.h>

#define WORDS_SPELLED 64 /* ways of writing them; cells with further ones are plainly missing */

void
errata_column_words_clear(ErrataColumnWords *self)
{
    g_clear_pointer(&self->mark, g_free);
    g_clear_pointer(&self->spelled, g_ptr_array_unref);
    self->n_marks = 0;
}

/* 1 + its number; 0 where there are too many */
static guint8
words_number(ErrataColumnWords *self, const char *text, gsize length)
{
    if (self->spelled == NULL)
        self->spelled = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < self->spelled->len; i++) {
        const char *word = g_ptr_array_index(self->spelled, i);

        if (strncmp(word, text, length) == 0 && word[length] == '\0')
            return (guint8)(i + 1);
    }
    if (self->spelled->len >= WORDS_SPELLED)
        return 0;
    g_ptr_array_add(self->spelled, g_strndup(text, length));
    return (guint8)self->spelled->len;
}

static void
words_cover(ErrataColumnWords *self, gsize n_rows)
{
    gsize more = MAX(n_rows, self->n_marks + self->n_marks / 2);

    if (n_rows <= self->n_marks)
        return;
    self->mark = g_realloc(self->mark, more);
    memset(self->mark + self->n_marks, 0, more - self->n_marks);
    self->n_marks = more;
}

/**
 * errata_column_words_note:
 * @self: words of a column
 * @row: row whose cell it is
 * @text: (array length=length): the word, without blanks around it
 * @length: bytes, at least 1
 */
void
errata_column_words_note(ErrataColumnWords *self, gsize row, const char *text, gsize length)
{
    guint8 number = words_number(self, text, length);

    if (number == 0)
        return;
    words_cover(self, row + 1);
    self->mark[row] = number;
}

/**
 * errata_column_words_append:
 * @self: words of a column
 * @part: those of rows that follow
 * @row: where these rows begin
 */
void
errata_column_words_append(ErrataColumnWords *self, const ErrataColumnWords *part, gsize row)
{
    for (gsize i = 0; i < part->n_marks; i++) {
        const char *word = errata_column_words_at(part, i);

        if (word != NULL)
            errata_column_words_note(self, row + i, word, strlen(word));
    }
}
