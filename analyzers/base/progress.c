/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

/**
 * errata_progress_stage:
 * @self: (nullable): the progress; %NULL tells nobody
 * @stage: (transfer none): name of the stage, a static string
 * @from: where in the whole job the stage starts
 * @to: where it ends
 */
void
errata_progress_stage(ErrataProgress *self, const char *stage, double from, double to)
{
    if (self == NULL)
        return;
    self->stage = stage;
    self->from = from;
    self->to = to;
    errata_progress_update(self, 0.0);
}

/**
 * errata_progress_update:
 * @self: (nullable): the progress
 * @fraction: part of the current stage that is done, 0 … 1
 */
void
errata_progress_update(ErrataProgress *self, double fraction)
{
    if (self != NULL && self->func != NULL)
        self->func(self->stage,
                   self->from + (self->to - self->from) * CLAMP(fraction, 0.0, 1.0),
                   self->rows,
                   self->data);
}
