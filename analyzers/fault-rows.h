/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/**
 * ErrataFaultColumn:
 * @column: a column that has faults of its own
 * @row: (array length=n_rows): 1 for the rows of these
 */
typedef struct {
    const ErrataColumn *column;
    guint8 *row;
} ErrataFaultColumn;

/**
 * ErrataFaultRows:
 * @whole: (array length=n_rows): 1 for rows that are left out wherever columns are looked at:
 *   copies, and those of faults of no one column
 * @columns: (element-type ErrataFaultColumn): in the order in which they were told
 * @model: (array length=n_rows): 1 for rows that are left out where errors and scores are followed:
 *   all that are set aside, and the others of a window in which a fault befell one group, as they
 *   are no fair sample
 *
 * Why rows are set aside. A fault of one column says nothing of the others; and as its rows may be
 * those of one group (a form that lost a field, say), the others without them are no fair sample.
 */
typedef struct {
    guint8 *whole;
    GArray *columns;
    guint8 *model;
} ErrataFaultRows;

ErrataFaultRows *errata_fault_rows_new(const ErrataAnalysis *analysis);
void errata_fault_rows_free(ErrataFaultRows *self);
const guint8 *errata_fault_rows_of(const ErrataFaultRows *self, const ErrataColumn *column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataFaultRows, errata_fault_rows_free)

G_END_DECLS
