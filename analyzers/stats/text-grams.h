/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sparse.h"

G_BEGIN_DECLS

/* a text, valid UTF-8 */
typedef struct {
    const char *text; /* NULL: missing */
    gsize length;
} ErrataGramsText;

/**
 * ErrataGramsInput:
 * @n: texts
 * @texts: (array length=n): the texts
 * @n_codes: further properties of each text
 * @codes: (array length=n_codes) (nullable): per property a code of each text
 * @code_weight: what the properties weigh against words and letters, 0 … 1
 */
typedef struct {
    guint n;
    const ErrataGramsText *texts;
    guint n_codes;
    const guint8 *const *codes;
    double code_weight;
} ErrataGramsInput;

typedef struct _ErrataGrams ErrataGrams;

ErrataSparse *errata_text_grams(const ErrataGramsInput *input, ErrataGrams **ret_learnt);
ErrataSparse *errata_text_grams_like(const ErrataGrams *learnt, const ErrataGramsInput *input);
void errata_text_grams_free(ErrataGrams *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataGrams, errata_text_grams_free)

G_END_DECLS
