/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that one sender sends in another unit from the first row on: milligrams per decilitre
 * from one site, of which all others send millimoles per litre. Groups do differ, so that is told
 * only where the others are alike, this one's values lie apart from nearly all of theirs, and a
 * unit's factor brings them to the others' as two samples are, in an interval too narrow to hold
 * one by chance. Degrees and kelvins have no factor: there the place and the spread must both
 * fit. */
#include <math.h>

#include "data-bugs-units.h"
#include "distances.h"
#include "sort.h"

#define ALWAYS_ROWS  60     /* of a value */
#define ALWAYS_CODES 24     /* values of a category, at most … */
#define ALWAYS_ALIKE 2      /* … of which so many others, at least, are alike: … */
#define ALWAYS_NEAR  0.15   /* … by no more than this, or than two samples are */
#define ALWAYS_APART 0.9    /* distance of the values as they come */
#define ALWAYS_TIMES 2.0    /* factors beyond that, either way */
#define ALWAYS_FIT   1.36   /* of the noise of two samples */
#define ALWAYS_WIDTH 1.08   /* of the factor's interval */
#define ALWAYS_ROOMS 0.3    /* distance up to which temperatures of several places are alike … */
#define ALWAYS_SURE  0.1    /* … where two samples differ by no more than this … */
#define ALWAYS_RANGE 1.25   /* … and their middle halves are as wide but for this */
#define ALWAYS_READ  100000 /* rows that tell */
#define ALWAYS_PEEK  10000  /* rows that tell which values to look at: … */
#define ALWAYS_ABOVE \
    0.75 /* … share of pairs in which a row of it is beyond one of the others, either way */

typedef struct {
    ErrataDataBugs *bugs;
    const ErrataColumn *column;
    guint index;
    gsize stride;
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
    for (gsize row = 0; row < self->column->n_rows; row += self->stride) {
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

/* whether the middle halves of both are as wide as each other, once the group's is undone */
static gboolean
always_is_as_wide(const Always *self, const ErrataUnitFactor *factor)
{
    double own = errata_sort_quantile(self->own, self->n_own, 0.75) -
                 errata_sort_quantile(self->own, self->n_own, 0.25);
    double others = errata_sort_quantile(self->others, self->n_others, 0.75) -
                    errata_sort_quantile(self->others, self->n_others, 0.25);
    double ratio = own / factor->scale / others;

    return ratio <= ALWAYS_RANGE && ratio >= 1.0 / ALWAYS_RANGE;
}

/* the unit of temperature that brings the group's values to the others'; %NULL: none */
static const ErrataUnitFactor *
always_degrees(const Always *self)
{
    const ErrataUnitFactor *best = NULL;
    double least = ALWAYS_ROOMS;

    if (always_noise(self) > ALWAYS_SURE)
        return NULL;
    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        double distance;

        if (factor->kind != ERRATA_UNIT_LINEAR || !(fabs(factor->offset) > 0.0) ||
            !always_is_as_wide(self, factor))
            continue;
        distance = always_distance(self, factor);
        if (distance > least)
            continue;
        least = distance;
        best = factor;
    }
    return best;
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

/* whether the other groups are as one another, to within @near or what two samples are */
static gboolean
always_are_alike(Always *self, guint but, double near)
{
    guint n_alike = 0;

    for (guint code = 0; code < self->n_codes; code++) {
        if (code == but)
            continue;
        always_gather(self, code, but);
        if (self->n_own < ALWAYS_ROWS || self->n_others < ALWAYS_ROWS)
            continue;
        if (always_distance(self, &errata_unit_none) > MAX(near, always_noise(self)))
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
    if (measured != NULL) {
        bug->factor_lo = measured->lo;
        bug->factor_hi = measured->hi;
    }
    bug->unsure = TRUE;
    errata_data_bugs_doubt_group(self->bugs, bug, factor, measured);
}

/* a value of the category whose rows lie apart, as it seems, in the whole log: its number in
 * another unit */
static gboolean
always_look(Always *self, guint code)
{
    const ErrataUnitFactor *factor = NULL, *degrees = NULL;
    ErrataUnitMeasure measured;
    double apart;

    always_gather(self, code, code);
    if (self->n_own < ALWAYS_ROWS || self->n_others < self->n_own)
        return FALSE;
    apart = always_distance(self, &errata_unit_none);
    if (apart >= ALWAYS_APART) {
        factor = always_factor(self, &measured);
        degrees = factor == NULL ? always_degrees(self) : NULL;
    }
    if (factor == NULL && degrees == NULL)
        return FALSE;
    apart = errata_distances_ks_p(MIN(apart, 1.0), self->n_own, self->n_others);
    if (!always_are_alike(self, code, factor != NULL ? ALWAYS_NEAR : ALWAYS_ROOMS))
        return FALSE;
    apart = MIN(apart * self->n_codes, 1.0);
    if (factor != NULL)
        always_add(self, code, factor, &measured, apart);
    else
        always_add(self, code, degrees, NULL, apart);
    return TRUE;
}

/* some rows with a value, and its rank among theirs */
typedef struct {
    guint32 *row;
    double *rank;
    gsize n;
} AlwaysPeek;

static void
always_peek_init(AlwaysPeek *self, const ErrataColumn *column)
{
    gsize stride = column->n_rows / ALWAYS_PEEK + 1;
    g_autofree double *value = g_new(double, column->n_rows / stride + 1);

    self->row = g_new(guint32, column->n_rows / stride + 1);
    self->rank = g_new(double, column->n_rows / stride + 1);
    for (gsize row = 0; row < column->n_rows; row += stride) {
        double at = errata_column_number(column, row);

        if (isnan(at))
            continue;
        self->row[self->n] = (guint32)row;
        value[self->n++] = at;
    }
    errata_sort_midranks(value, self->n, self->rank);
}

static void
always_peek_clear(AlwaysPeek *self)
{
    g_free(self->row);
    g_free(self->rank);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AlwaysPeek, always_peek_clear)

/* the value of the category most of whose rows are beyond most others, as ranks have it; one of the
 * values of which several are has others that are not alike */
static gboolean
always_search(Always *self, const AlwaysPeek *peek)
{
    double ranks[ALWAYS_CODES] = {0.0}, count[ALWAYS_CODES] = {0.0};

    for (gsize i = 0; i < peek->n; i++) {
        guint code = self->category->code[peek->row[i]];

        if (code >= self->n_codes)
            continue;
        ranks[code] += peek->rank[i];
        count[code] += 1.0;
    }
    for (guint code = 0; code < self->n_codes; code++) {
        double own = count[code], others = (double)peek->n - own;
        double above = (ranks[code] - 0.5 * own * (own + 1.0)) / (own * others);

        if (own > 0.0 && others > 0.0 && fabs(above - 0.5) >= ALWAYS_ABOVE - 0.5 &&
            always_look(self, code))
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_data_bugs_units_always:
 * @self: what was found so far
 * @column: a column of numbers
 *
 * A value of a category whose rows have the number in another unit in the whole log. Complexity:
 * some 10,000 rows are put in order; of values of categories that lie apart in them, 100,000 rows
 * at most per value of the category.
 */
void
errata_data_bugs_units_always(ErrataDataBugs *self, guint column)
{
    const ErrataAnalysis *analysis = self->analysis;
    gsize n_rows = analysis->frame->n_rows;
    gsize stride = n_rows / ALWAYS_READ + 1;
    g_autofree double *own = g_new(double, n_rows / stride + 1);
    g_autofree double *others = g_new(double, n_rows / stride + 1);
    g_auto(AlwaysPeek) peek = {0};

    always_peek_init(&peek, analysis->frame->columns[column]);
    for (guint c = 0; c < analysis->bins->n_columns; c++) {
        const ErrataBinColumn *category = &analysis->bins->columns[c];
        Always work = {.bugs = self,
                       .column = analysis->frame->columns[column],
                       .index = column,
                       .stride = stride,
                       .category = category,
                       .own = own,
                       .others = others};

        if (!errata_data_bugs_units_is_category(analysis, category))
            continue;
        work.n_codes = MIN(category->n_codes - (category->has_other ? 1 : 0), ALWAYS_CODES);
        self->n_tried += work.n_codes;
        if (always_search(&work, &peek))
            return;
    }
}
