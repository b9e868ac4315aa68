/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>
#include <stdio.h>

#include "rng.h"

G_BEGIN_DECLS

/* a sample: prints its log, or its training-time reference, to @out */
typedef struct {
    const char *name;
    void (*write)(FILE *out, gboolean reference, guint64 seed, guint n_rows);
    guint n_rows;
    guint n_reference; /* 0: none */
} Sample;

extern const Sample sample_credit;
extern const Sample sample_tickets;
extern const Sample sample_delivery;

double sample_normal(ErrataRng *rng);
double sample_logistic(double x);
guint sample_pick(ErrataRng *rng, const double *weights, guint n);
/* "2026-03-02T08:15:30Z" */
void sample_print_time(FILE *out, gint64 seconds);

G_END_DECLS
