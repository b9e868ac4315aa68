/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataTerm:
 * @hash: of its folded characters
 * @begin: where it stands in the text
 * @length: its bytes there
 * @n_words: 1 or 2
 *
 * A word, two words with one space between them, or an emoji. Of scripts without spaces, where a
 * word has no ends, each letter and each run of two to four of them.
 */
typedef struct {
    guint64 hash;
    guint32 begin;
    guint32 length;
    guint n_words;
} ErrataTerm;

void errata_text_terms(const char *text, gsize length, GArray *ret_terms);

G_END_DECLS
