/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pickle-array.h"

G_BEGIN_DECLS

typedef enum {
    SK_NEAR_POWER, /* Minkowski's, of any power */
    SK_NEAR_COSINE,
    SK_NEAR_CANBERRA,
    SK_NEAR_BRAY_CURTIS,
} SkNearMetric;

typedef struct _SkNear SkNear;

/* @object: what scikit-learn's neighbours keep of their training rows, of @n columns; NULL with
 *   @error
 * set */
SkNear *sk_near_new(const PickleValue *object, guint n, GError **error);
void sk_near_free(SkNear *self);
gsize sk_near_n_rows(const SkNear *self);
/* the k nearest, in no order; distances before the root of the power */
void sk_near_find(const SkNear *self, const double *x, guint k, gsize *ret_row, double *ret_far);
/* of one row, before the root of the power */
double sk_near_distance(const SkNear *self, const double *x, gsize row);
/* distances are what is left of sums of products, |a|² − 2ab + |b|² or 1 − ab, as the library has
 * them where it looks at all rows */
gboolean sk_near_is_by_products(const SkNear *self);
/* what rounding may then leave of no distance; 0 where there is none */
double sk_near_noise(const SkNear *self, const double *x);
/* the library works distances out in another order than here, and has numpy choose the nearest */
gboolean sk_near_is_by_partition(const SkNear *self);
/* which of equally near rows it takes hangs on numpy, or on how many rows and threads there are */
gboolean sk_near_is_open(const SkNear *self);
/* rows are equally near if they are apart by no more than rounding is of such a distance */
double sk_near_room(const SkNear *self, const double *x, double distance);
double sk_near_reduce(const SkNear *self, double distance);
/* what a reduced distance is */
double sk_near_expand(const SkNear *self, double reduced);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SkNear, sk_near_free)

G_END_DECLS
