/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report keeps of a column so that a later log can be compared with this one. */
#include <math.h>

#include "columns.h"

/* rows between two that are counted */
static gsize
sketch_step(gsize n_rows)
{
    return MAX((n_rows + ERRATA_COLUMN_SKETCH_ROWS - 1) / ERRATA_COLUMN_SKETCH_ROWS, 1);
}

static void
sketch_count(ErrataColumnSketch *self, const ErrataBinColumn *bin, const ErrataOutcome *outcome)
{
    gsize step = sketch_step(outcome->n_rows);

    for (gsize row = 0; row < outcome->n_rows; row += step) {
        guint8 code = bin->code[row];

        if (outcome->duplicate != NULL && outcome->duplicate[row] != 0)
            continue;
        self->rows++;
        if (code >= self->n) {
            self->missing++;
            continue;
        }
        self->count[code]++;
        if (outcome->judged[row] == 0 || isnan(outcome->loss[row]))
            continue;
        self->judged[code]++;
        self->loss[code] += outcome->loss[row];
        self->squares[code] += outcome->loss[row] * outcome->loss[row];
    }
}

/**
 * errata_columns_sketch:
 * @analysis: the analysis
 * @column: index in its frame
 *
 * Counts rows and losses by the column's bins: every row, or an even sample of many; copies left
 * out.
 *
 * Returns: (transfer full) (nullable): the sketch; %NULL for a column without bins
 */
ErrataColumnSketch *
errata_columns_sketch(const ErrataAnalysis *analysis, guint column)
{
    const ErrataBinColumn *bin = analysis->bins != NULL ? errata_bins_find(analysis->bins, column)
                                                        : NULL;
    g_autoptr(ErrataColumnSketch) self = NULL;

    if (bin == NULL || bin->n_codes == 0)
        return NULL;
    self = errata_column_sketch_new(bin->n_codes);
    if (bin->numeric) {
        self->edges = g_new0(double, self->n);
        for (guint b = 0; b + 1 < self->n; b++)
            self->edges[b] = bin->edges[b];
    } else {
        self->labels = g_strdupv(bin->labels);
    }
    self->pooled = bin->has_other;
    sketch_count(self, bin, analysis->outcome);
    return errata_column_sketch_is_sound(self) ? g_steal_pointer(&self) : NULL;
}
