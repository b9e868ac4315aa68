/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "text-grams.h"

G_BEGIN_DECLS

#define ERRATA_TEXT_LINEAR_VALUES 4   /* at most that are told apart */
#define ERRATA_TEXT_LINEAR_TEXTS  400 /* at most that are learnt from: time grows with the square */

typedef struct _ErrataTextLinear ErrataTextLinear;

ErrataTextLinear *errata_text_linear_train(const ErrataGramsText *texts,
                                           const guint8 *value,
                                           guint n,
                                           guint n_values);
guint errata_text_linear_apply(const ErrataTextLinear *self, const char *text, gsize length);
double errata_text_linear_fidelity(const ErrataGramsText *texts,
                                   const guint8 *value,
                                   guint n,
                                   guint n_values,
                                   guint64 seed);
void errata_text_linear_free(ErrataTextLinear *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTextLinear, errata_text_linear_free)

G_END_DECLS
