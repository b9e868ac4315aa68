/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outcome.h"

G_BEGIN_DECLS

#define ERRATA_COPIED_CLASSES \
    64 /* predicted classes that are kept apart; the last pools the others */
#define ERRATA_COPIED_GROUPS 8 /* groups of errors, at most */

/**
 * ErrataCopiedRows:
 * @n_rows: rows of the log
 * @order: (array length=n_rows): rows in time order; a place is an index of it
 * @state: (array length=n_rows): per place: 0 the label is the prediction, 1 it is not, 2 no word
 * @class: (array length=n_rows): per place: the predicted class, 0 for a regression
 * @cell: (array length=n_rows): per place: what rows are alike in: the predicted class, and how
 *   sure it is
 * @group: (array length=n_rows): per place: the group of errors that it is in, from 1 on; 0: none
 * @doubt: (array length=n_rows) (nullable): per place: chance of being wrong by the score, NaN
 *   without one
 * @expected: (array length=n_rows): per place: chance that the label contradicts, by other rows; 0
 *   where they are too few to tell
 * @gain: (array length=n_rows): per place: log likelihood ratio of a copied label
 * @n_judged: places with a word
 * @n_wrong: of them, those that contradict
 * @regression: contradicting is common there, and equality rare
 *
 * Labels held against predictions, to find out where the ones were made of the others.
 */
typedef struct {
    gsize n_rows;
    const guint32 *order;
    guint8 *state;
    guint8 *class;
    guint16 *cell;
    guint8 *group;
    double *doubt;
    double *expected;
    double *gain;
    gsize n_judged;
    gsize n_wrong;
    gboolean regression;
} ErrataCopiedRows;

ErrataCopiedRows *errata_copied_rows_new(const ErrataOutcome *outcome, const guint8 *skip);
void errata_copied_rows_free(ErrataCopiedRows *self);
void errata_copied_rows_learn(ErrataCopiedRows *self,
                              const guint8 *left,
                              const guint8 *inside,
                              double own);
/* how many cells there may be */
gsize errata_copied_rows_cells(void);
gboolean errata_copied_rows_is_scored(const ErrataCopiedRows *self, gsize place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataCopiedRows, errata_copied_rows_free)

G_END_DECLS
