/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column that tells the label better than the model does, and much that the model does not know,
 * while no other column adds anything: it gives the label away in some rows that nothing tells from
 * the others, or is a cause that the model lacks. The slices that such a column makes are all one
 * thing. */
#include <math.h>

#include "leakage.h"
#include "sort.h"

#define BEYOND_LEAST   0.75 /* AUC of the column alone */
#define BEYOND_LEAVES  0.7  /* of what the model leaves unexplained, the two together */
#define BEYOND_NEXT    0.25 /* of its gain that any other column brings */
#define BEYOND_STEADY  0.5  /* of its gain in each stretch of time and in each large group */
#define BEYOND_LARGE   0.1  /* of the rows */
#define BEYOND_TIMES   4
#define BEYOND_SCORES  10
#define BEYOND_PLACES  25
#define BEYOND_CELL    30 /* rows of a place at a tenth of the scores, in a half */
#define BEYOND_ROWS    1000
#define BEYOND_COLUMNS 300

typedef struct {
    const ErrataAnalysis *analysis;
    guint8 *score;  /* tenths of the scores */
    guint8 *both;   /* those and a column */
    guint8 *inside; /* 1 for rows to leave out */
} Beyond;

static void
beyond_scores(Beyond *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gsize n = outcome->n_rows;
    g_autofree double *value = g_new(double, n);
    gsize n_values = 0;
    double edge[BEYOND_SCORES] = {0.0};

    for (gsize row = 0; row < n; row++)
        if (!isnan(outcome->score[row]))
            value[n_values++] = outcome->score[row];
    errata_sort_values(value, n_values);
    for (guint i = 1; i < BEYOND_SCORES && n_values > 0; i++)
        edge[i] = value[n_values * i / BEYOND_SCORES];
    for (gsize row = 0; row < n; row++)
        for (guint i = 1; i < BEYOND_SCORES; i++)
            if (outcome->score[row] >= edge[i])
                self->score[row] = (guint8)i;
}

static double
beyond_strength(Beyond *self, const guint8 *code)
{
    ErrataAnalysis some = *self->analysis;
    ErrataLeakageColumn *measured;
    double strength;

    some.set_aside = self->inside;
    measured = errata_leakage_measure_codes(&some, -1, "score", code);
    strength = measured->strength;
    errata_leakage_column_free(measured);
    return strength;
}

/* what the column adds to the scores in the rows at hand, or NaN */
static double
beyond_gain(Beyond *self, const ErrataBinColumn *bin, double *ret_with)
{
    gsize n = self->analysis->outcome->n_rows;
    guint places = (guint)CLAMP(n / (2 * (gsize)BEYOND_SCORES * BEYOND_CELL), 3, BEYOND_PLACES);
    guint per = (bin->n_codes - 1) / (places - 1) + 1;
    double with;

    for (gsize row = 0; row < n; row++) {
        guint place = bin->code[row] == ERRATA_BINS_MISSING ? places - 1 : bin->code[row] / per;

        self->both[row] = (guint8)(self->score[row] * places + place);
    }
    with = beyond_strength(self, self->both);
    if (ret_with != NULL)
        *ret_with = with;
    return with - beyond_strength(self, self->score);
}

/* all rows again */
static void
beyond_all(Beyond *self)
{
    for (gsize row = 0; row < self->analysis->outcome->n_rows; row++)
        self->inside[row] = self->analysis->set_aside[row];
}

/* whether the column adds as much in each large group of @group */
static gboolean
beyond_is_steady_in(Beyond *self,
                    const ErrataBinColumn *group,
                    const ErrataBinColumn *bin,
                    double gain)
{
    gsize n_rows = self->analysis->outcome->n_rows;
    gsize count[ERRATA_BINS_MISSING + 1] = {0};
    gboolean steady = TRUE;

    for (gsize row = 0; row < n_rows; row++)
        count[group->code[row]]++;
    for (guint code = 0; code < group->n_codes && steady; code++) {
        if ((double)count[code] < MAX(BEYOND_LARGE * (double)n_rows, BEYOND_ROWS))
            continue;
        beyond_all(self);
        for (gsize row = 0; row < n_rows; row++)
            if (group->code[row] != code)
                self->inside[row] = 1;
        steady = !(beyond_gain(self, bin, NULL) < BEYOND_STEADY * gain);
    }
    return steady;
}

/* whether the column adds as much in every stretch of time and every large group: what broke in
 * some rows, or errs in a group, lets columns add there alone */
static gboolean
beyond_is_steady(Beyond *self, GPtrArray *bins, const ErrataBinColumn *bin, double gain)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gboolean steady = TRUE;

    for (guint k = 0; k < BEYOND_TIMES && steady; k++) {
        beyond_all(self);
        for (gsize i = 0; i < outcome->n_rows; i++)
            if (i * BEYOND_TIMES / outcome->n_rows != k)
                self->inside[outcome->order[i]] = 1;
        steady = !(beyond_gain(self, bin, NULL) < BEYOND_STEADY * gain);
    }
    for (guint k = 0; k < bins->len && steady; k++) {
        const ErrataBinColumn *group = g_ptr_array_index(bins, k);

        steady = group == bin || beyond_is_steady_in(self, group, bin, gain);
    }
    beyond_all(self);
    return steady;
}

/* the column that adds most, and what it and the next add */
static const ErrataBinColumn *
beyond_first(Beyond *self, GPtrArray *bins, double *gain, double *next, double *with)
{
    const ErrataBinColumn *first = NULL;

    *gain = *next = 0.0;
    for (guint i = 0; i < bins->len; i++) {
        const ErrataBinColumn *bin = g_ptr_array_index(bins, i);
        double together = (double)NAN;
        double adds = beyond_gain(self, bin, &together);

        if (adds > *gain) {
            *next = *gain;
            *gain = adds;
            *with = together;
            first = bin;
        } else if (adds > *next) {
            *next = adds;
        }
    }
    return first;
}

static ErrataLeakageColumn *
beyond_judge(Beyond *self, GPtrArray *bins, const ErrataLeakageColumn *model)
{
    double gain, next;
    double with = (double)NAN;
    const ErrataBinColumn *first = beyond_first(self, bins, &gain, &next, &with);
    ErrataLeakageColumn *leak;

    if (first == NULL || !(1.0 - with <= BEYOND_LEAVES * (1.0 - model->strength)) ||
        next > BEYOND_NEXT * gain)
        return NULL;
    leak = errata_leakage_measure_bin(self->analysis, first);
    if (leak->strength >= BEYOND_LEAST && leak->lo > model->hi &&
        beyond_is_steady(self, bins, first, gain)) {
        leak->part = errata_leakage_part_new(self->analysis->outcome->n_rows);
        for (gsize row = 0; row < self->analysis->outcome->n_rows; row++) {
            leak->part->inside[row] = errata_leakage_measure_labelled(self->analysis->outcome, row)
                                          ? 1
                                          : 0;
            leak->part->n_rows += leak->part->inside[row];
        }
        leak->part->model = errata_leakage_measure_model(self->analysis);
        leak->part->together = with;
        return leak;
    }
    errata_leakage_column_free(leak);
    return NULL;
}

/**
 * errata_leakage_beyond_find:
 * @analysis: an analysis with labels
 * @bins: (element-type ErrataBinColumn): columns that do not give the label away
 * @alone: the best AUC of one of them, by its bins
 * @model: (nullable): the model, measured
 *
 * Binary logs with scores only.
 *
 * Returns: (transfer full) (nullable): the one column that knows much that the model does not, or
 * %NULL
 */
ErrataLeakageColumn *
errata_leakage_beyond_find(const ErrataAnalysis *analysis,
                           GPtrArray *bins,
                           double alone,
                           const ErrataLeakageColumn *model)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = MAX(outcome->n_rows, 1);
    g_autofree guint8 *score = g_new0(guint8, n);
    g_autofree guint8 *both = g_new0(guint8, n);
    g_autofree guint8 *inside = g_new0(guint8, n);
    Beyond self = {analysis, score, both, inside};

    if (outcome->task != ERRATA_TASK_BINARY || outcome->truth == NULL || outcome->score == NULL ||
        model == NULL || isnan(model->strength) || outcome->n_rows < BEYOND_ROWS ||
        bins->len > BEYOND_COLUMNS || !(alone >= MAX(BEYOND_LEAST, model->strength)))
        return NULL;
    beyond_scores(&self);
    beyond_all(&self);
    return beyond_judge(&self, bins, model);
}
