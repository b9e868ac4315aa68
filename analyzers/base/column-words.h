/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataColumnWords:
 * @mark: (array length=n_marks): per row 1 + the number in @spelled of the word that read as
 *   missing; 0 for every other cell, an empty one included; rows behind the last mark have none
 * @n_marks: rows that @mark covers
 * @spelled: (element-type utf8): those words as they are written, in the order in which they were
 *   met
 *
 * Which missing cells held a word (`none`, `NA`, `-`) and which one: it may turn out to be a class.
 */
typedef struct {
    guint8 *mark;
    gsize n_marks;
    GPtrArray *spelled;
} ErrataColumnWords;

void errata_column_words_clear(ErrataColumnWords *self);
void errata_column_words_note(ErrataColumnWords *self, gsize row, const char *text, gsize length);
void errata_column_words_append(ErrataColumnWords *self, const ErrataColumnWords *part, gsize row);

/* the word in a row; NULL where its cell held a value or nothing */
static inline const char *
errata_column_words_at(const ErrataColumnWords *self, gsize row)
{
    return row < self->n_marks && self->mark[row] > 0
               ? (const char *)g_ptr_array_index(self->spelled, self->mark[row] - 1)
               : NULL;
}

G_END_DECLS
