/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sk-private.h"

G_BEGIN_DECLS

typedef struct _SkKernel SkKernel;

SkKernel *sk_kernel_new(const PickleValue *object, guint n_features, GError **error);
void sk_kernel_free(SkKernel *self);
double sk_kernel_value(const SkKernel *self, const double *a, const double *b, guint n_features);
/* kernels of two rows that it works out for one value */
guint sk_kernel_parts(const SkKernel *self);

G_END_DECLS
