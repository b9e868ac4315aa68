/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataShares:
 * @source: `model`, `surrogate` or `log`
 * @method: how shares were worked out, in words
 * @fidelity: how well a surrogate follows the model; NaN for the model itself
 * @n_rows: rows shared out
 * @gap: largest distance between a row's shares and its margin, relative
 * @n: features
 * @feature: (array length=n): names, by falling @mean_abs
 * @mean_abs: (array length=n): mean |share| over those rows, outputs summed
 * @mean_abs_errors: (array length=n): over those of them that are errors; NaN without any
 * @mean_abs_correct: (array length=n): over those that are judged and right; NaN without any
 *
 * What predictions owe to each feature, over a log: `attribution` of report.json.
 */
typedef struct {
    char *source;
    char *method;
    double fidelity;
    guint64 n_rows;
    double gap;
    guint n;
    char **feature;
    double *mean_abs;
    double *mean_abs_errors;
    double *mean_abs_correct;
} ErrataShares;

ErrataShares *errata_shares_new(const char *source, const char *method, guint n);
void errata_shares_free(ErrataShares *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataShares, errata_shares_free)

G_END_DECLS
