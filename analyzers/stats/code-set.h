/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataCodeSet:
 * @half: 256 bits: of code c the bit c / 16 % 8 of @half[c / 128][c % 16]
 *
 * Some of the 256 codes.
 */
typedef struct {
    guint8 half[2][16];
} ErrataCodeSet;

void errata_code_set_init(ErrataCodeSet *self, const guint8 *mark, guint8 wanted);
void errata_code_set_find(const ErrataCodeSet *self,
                          const guint8 *code,
                          gsize n_words,
                          guint64 *ret_word);

G_END_DECLS
