/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that one sender sends in another unit from the first row on: milligrams per decilitre from one site, of
 * which all others send millimoles per litre. Groups do differ, so that is told only where the others are alike, this
 * one's values lie apart from nearly all of theirs, and a unit's factor brings them to the others' as two samples are,
 * in an interval too narrow to hold one by chance. */
#include <math.h>

#include "data-bugs-units.h"
#include "distances.h"
#include "sort.h"

#define ALWAYS_ROWS  60   /* of a value */
#define ALWAYS_CODES 24   /* values of a category, at most … */
#define ALWAYS_ALIKE 2    /* … of which so many others, at least, are alike: … */
#define ALWAYS_NEAR  0.15 /* … by no more than this, or than two samples are */
#define ALWAYS_APART 0.9  /* distance of the values as they come */
#define ALWAYS_TIMES 2.0  /* factors beyond that, either way */
#define ALWAYS_FIT   1.36 /* of the noise of two samples */
#define ALWAYS_WIDTH 1.15 /* of the factor's interval */

typedef struct {
    ErrataDataBugs *bugs;
    const ErrataColumn *column;
    guint index;
    const ErrataBinColumn *category;
    guint n_codes;
    double *own; /* sorted values of a group */
    gsize n_own;
    double *others; /* likewise of all others but one */
    gsize n_others;
} Always;

/* values of the rows of @code, and of those neither of it nor of @but */
static void
always_gather(Always *self, guint code, guint but)
{
    self->n_own = self->n_others = 0;
    for (gsize row = 0; row < self->column->n_rows; row++) {
        double value = errata_column_number(self->column, row);

        if (isnan(value))
            continue;
        if (self->category->code[row] == code)
            self->own[self->n_own++] = value;
        else if (self->category->code[row] != but)
            self->others[self->n_others++] = value;
    }
    errata_sort_values(self->own, self->n_own);
    errata_sort_values(self->others, self->n_others);
}

static double
always_distance(const Always *self, const ErrataUnitFactor *factor)
{
    return errata_unit_factor_distance(factor,
                                       self->own,
                                       self->n_own,
                                       self->others,
                                       self->n_others);
}

static double
always_noise(const Always *self)
{
    return ALWAYS_FIT * sqrt(1.0 / (double)self->n_own + 1.0 / (double)self->n_others);
}

/* the factor that brings the group's values to the others'; %NULL: none */
static const ErrataUnitFactor *
always_factor(const Always *self, ErrataUnitMeasure *ret_measured)
{
    const ErrataUnitFactor *best = NULL;
    double least = always_noise(self);

    if (!errata_unit_measure(self->own, self->n_own, self->others, self->n_others, ret_measured) ||
        ret_measured->hi > ALWAYS_WIDTH * ret_measured->lo)
        return NULL;
    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        double distance;

        if (factor->kind != ERRATA_UNIT_LINEAR || fabs(factor->offset) > 0.0 ||
            fabs(log(factor->scale)) < log(ALWAYS_TIMES) || factor->scale < ret_measured->lo ||
            factor->scale > ret_measured->hi)
            continue;
        distance = always_distance(self, factor);
        if (distance > least)
            continue;
        least = distance;
        best = factor;
    }
    return best;
}

/* whether the other groups are as one another */
static gboolean
always_are_alike(Always *self, guint but)
{
    guint n_alike = 0;

    for (guint code = 0; code < self->n_codes; code++) {
        if (code == but)
            continue;
        always_gather(self, code, but);
        if (self->n_own < ALWAYS_ROWS || self->n_others < ALWAYS_ROWS)
            continue;
        if (always_distance(self, &errata_unit_none) > MAX(ALWAYS_NEAR, always_noise(self)))
            return FALSE;
        n_alike++;
    }
    return n_alike >= ALWAYS_ALIKE;
}

static void
always_add(Always *self,
           guint code,
           const ErrataUnitFactor *factor,
           const ErrataUnitMeasure *measured,
           double p)
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    g_autofree guint32 *order = g_new(guint32, outcome->n_rows + 1);
    g_autofree gsize *place = g_new(gsize, outcome->n_rows + 1);
    ErrataDataBugsRows rows = {order, 0, place, self->category, code};
    ErrataDataBug *bug;

    for (gsize i = 0; i < outcome->n_rows; i++) {
        order[rows.n_rows] = outcome->order[i];
        place[rows.n_rows] = i;
        rows.n_rows += self->category->code[outcome->order[i]] == code ? 1 : 0;
    }
    bug = errata_data_bugs_add_unit(self->bugs, self->index, &rows, 0, rows.n_rows, factor);
    bug->p = p;
    bug->test = "Kolmogorov–Smirnov, all values of the category counted";
    bug->factor_lo = measured->lo;
    bug->factor_hi = measured->hi;
    bug->unsure = TRUE;
    errata_data_bugs_doubt_group(self->bugs, bug, factor, measured);
}

/**
 * errata_data_bugs_units_always:
 * @self: what was found so far
 * @column: a column of numbers
 * @category: a category
 *
 * Values of the category whose rows have the number in another unit in the whole log. Sorts the column's values once
 * per value of the category that lies apart.
 *
 * Returns: whether one was told
 */
gboolean
errata_data_bugs_units_always(ErrataDataBugs *self, guint column, const ErrataBinColumn *category)
{
    gsize n_rows = self->analysis->frame->n_rows;
    g_autofree double *own = g_new(double, n_rows + 1);
    g_autofree double *others = g_new(double, n_rows + 1);
    Always work = {.bugs = self,
                   .column = self->analysis->frame->columns[column],
                   .index = column,
                   .category = category,
                   .n_codes = MIN(category->n_codes - (category->has_other ? 1 : 0), ALWAYS_CODES),
                   .own = own,
                   .others = others};

    for (guint code = 0; code < work.n_codes; code++) {
        const ErrataUnitFactor *factor;
        ErrataUnitMeasure measured;
        double apart, p;

        always_gather(&work, code, code);
        self->n_tried++;
        if (work.n_own < ALWAYS_ROWS || work.n_others < work.n_own)
            continue;
        apart = always_distance(&work, &errata_unit_none);
        factor = apart >= ALWAYS_APART ? always_factor(&work, &measured) : NULL;
        p = errata_distances_ks_p(MIN(apart, 1.0), work.n_own, work.n_others);
        if (factor == NULL || !always_are_alike(&work, code))
            continue;
        always_add(&work, code, factor, &measured, MIN(p * work.n_codes, 1.0));
        return TRUE;
    }
    return FALSE;
}
