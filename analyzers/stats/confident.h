/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataConfident:
 * @n_rows: labelled rows
 * @n_classes: number of classes
 * @threshold: (array length=n_classes): mean probability of a class among the rows given it;
 *   +infinity for a class that no row is given
 * @guess: (array length=n_rows): the class a row is confidently of, −1 for none
 * @joint: (array length=n_classes*n_classes): rows by given (row-major) and confident class
 * @calibrated: (array length=n_classes*n_classes): @joint with each row scaled to the label's count
 * @n_off_diagonal: rows confidently of another class than the one given
 *
 * The confident joint: how given labels and confident classes meet.
 */
typedef struct {
    gsize n_rows;
    guint n_classes;
    double *threshold;
    gint16 *guess;
    guint64 *joint;
    double *calibrated;
    guint64 n_off_diagonal;
} ErrataConfident;

ErrataConfident *errata_confident_measure(const gint32 *given,
                                          const double *probability,
                                          gsize n,
                                          guint n_classes);
void errata_confident_free(ErrataConfident *self);
gsize errata_confident_prune(const ErrataConfident *self,
                             const gint32 *given,
                             const double *probability,
                             gint16 *ret_suggested);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataConfident, errata_confident_free)

G_END_DECLS
