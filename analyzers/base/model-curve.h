/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataModelCurve:
 * @name: as the file has it, e.g. `val_loss`
 * @n: steps of the training
 * @first, @last, @best: values
 * @late: value a tenth of the steps before the last
 * @best_step: from 1
 *
 * How training went, in a line: a fact of the training that errata_model_curve_describe() wrote.
 */
typedef struct {
    const char *name;
    guint n;
    double first;
    double last;
    double late;
    double best;
    guint best_step;
} ErrataModelCurve;

/* a column of a training log that counts its rounds */
gboolean errata_model_curve_is_step(const char *name);
/* 1 for what is better when larger, −1 for what is better when smaller, 0 for what is not known */
int errata_model_curve_direction(const char *name);
char *errata_model_curve_describe(const char *name, const double *value, gsize n);
gboolean errata_model_curve_read(const ErrataModelFact *fact, ErrataModelCurve *ret_curve);
void errata_model_curve_add_history(ErrataModel *model, const char *json, gsize size);
void errata_model_curve_add_metric(ErrataModel *model,
                                   const char *name,
                                   const char *text,
                                   gsize size);
void errata_model_curve_add_table(ErrataModel *model,
                                  const char *set,
                                  const char *text,
                                  gsize size);

G_END_DECLS
