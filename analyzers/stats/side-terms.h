/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_SIDE_TERMS_MAX 28
#define ERRATA_SIDE_GROUPS    256

/**
 * ErrataSideTerms:
 * @n: rows
 * @p: terms, at most %ERRATA_SIDE_TERMS_MAX
 * @x: (array length=p): per term its value in each row, borrowed
 * @y: (array length=n): 0 or 1, or numbers; borrowed
 * @row: (array length=n_rows) (nullable): rows that are fitted; %NULL for all @n
 * @n_rows: length of @row
 * @real: @y are numbers: least squares, not logistic
 * @beta: coefficients
 * @error: their standard errors
 *
 * A linear predictor of a label by its score and other columns.
 */
typedef struct {
    gsize n;
    guint p;
    const double *x[ERRATA_SIDE_TERMS_MAX];
    const double *y;
    const guint32 *row;
    gsize n_rows;
    gboolean real;
    double beta[ERRATA_SIDE_TERMS_MAX];
    double error[ERRATA_SIDE_TERMS_MAX];
} ErrataSideTerms;

void errata_side_terms_fit(ErrataSideTerms *self);
double errata_side_terms_predict(const ErrataSideTerms *self, gsize row);

/* what a fitted predictor leaves, against which terms more are tested */
typedef struct _ErrataSideTest ErrataSideTest;

ErrataSideTest *errata_side_test_new(const ErrataSideTerms *terms);
double errata_side_test_statistic(const ErrataSideTest *self, const double *z);
void errata_side_test_groups(const ErrataSideTest *self,
                             const guint8 *code,
                             gboolean ordered,
                             double *ret_statistic);
void errata_side_test_free(ErrataSideTest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSideTest, errata_side_test_free)

G_END_DECLS
