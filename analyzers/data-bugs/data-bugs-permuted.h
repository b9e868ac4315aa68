/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data-bugs.h"

G_BEGIN_DECLS

#define PERMUTED_CONTEXTS 3   /* columns that go with the one looked at */
#define PERMUTED_CODES    255 /* of a column, missing among them */
#define PERMUTED_BINS     16  /* of an output that is a number */

/**
 * PermutedCodes:
 * @bin: (nullable): the searched column; %NULL for outputs and labels
 * @n_codes: codes in use, the last is for missing cells
 * @classes: (nullable): what it is of outputs and labels that are classes; below 0 is missing
 * @is_label: the labels; what is neither they nor a searched column is what the model says
 * @scan: (array length=n_places): those of the rows that are scanned, missing cells the last code
 */
typedef struct {
    const ErrataBinColumn *bin;
    guint n_codes;
    const gint32 *classes;
    gboolean is_label;
    guint8 *scan;
} PermutedCodes;

/**
 * Permuted:
 * @bugs: what was found so far
 * @order: the rows in time order
 * @n_rows: how many
 * @step: every so many of them are scanned, @n_places in all
 * @columns: (array length=n_columns): what the rows hold
 * @value: (nullable): what the model says, where it is a number; @edge: its quantiles
 */
typedef struct {
    ErrataDataBugs *bugs;
    const guint32 *order;
    gsize n_rows;
    gsize step;
    gsize n_places;
    PermutedCodes *columns;
    guint n_columns;
    const double *value;
    double edge[PERMUTED_BINS - 1];
} Permuted;

/**
 * PermutedColumn:
 * @all: what it is one of
 * @codes: the column itself
 * @with: (array length=n_with): the columns that go with it best
 * @was_read: the model may have read what is written, so that what it says goes with that and tells
 *   nothing
 */
typedef struct {
    const Permuted *all;
    const PermutedCodes *codes;
    const PermutedCodes *with[PERMUTED_CONTEXTS];
    guint n_with;
    gboolean was_read;
} PermutedColumn;

/* data-bugs-permuted.c: the code of any row */
guint errata_data_bugs_permuted_code(const Permuted *self, const PermutedCodes *codes, guint32 row);
/* data-bugs-exchange.c: whether values of the column stand for one another in about this window,
 * given as places in time order; adds the bug. @n_windows: that were looked at */
gboolean errata_data_bugs_exchange(ErrataDataBugs *self,
                                   const PermutedColumn *column,
                                   gsize from,
                                   gsize to,
                                   guint64 n_windows);

G_END_DECLS
