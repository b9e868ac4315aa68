/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that was prepared otherwise in the reference (what the model learnt from) than in the
 * log, from the first rows to the last: rounded on one side only, one value filled in, or
 * transformed by something simple that makes the quantiles match. Differences without a name are
 * left to drift. */
#include <math.h>

#include "data-bugs.h"
#include "distances.h"
#include "number.h"
#include "sort.h"
#include "tests.h"
#include "unit-factor.h"

#define SKEW_SAMPLE    20000 /* values of each side */
#define SKEW_PART      0.3   /* of the rows: the first and the last */
#define SKEW_LEAST     200   /* values of each side */
#define SKEW_DISTANCE  0.1   /* KS of the first rows against the reference */
#define SKEW_STEADY    0.6   /* … and at most this part of it between first and last */
#define SKEW_LATTICE   0.5   /* difference of the share of multiples */
#define SKEW_EFFECT    0.05
#define SKEW_MASS      0.05 /* more of one value */
#define SKEW_RARE      0.2  /* on the other side, of what it is on this */
#define SKEW_MISSING   0.03 /* of the cells of one side … */
#define SKEW_FEW       0.1  /* … and this part of it on the other, at most */
#define SKEW_ERRORS    4.0  /* standard errors by which what fills them may be off */
#define SKEW_QUANTILES 19
#define SKEW_FINE \
    199 /* quantiles, where counts have few values: one that is off by a step tells nothing */
#define SKEW_MATCH 0.05 /* mean difference of quantiles over the interquartile range */
#define SKEW_MOVED 3.0  /* deviations, by which a standardised column does not drift */
#define SKEW_MIDDLE \
    0.25 /* of its deviation: a column that was never standardised seldom has its mean so near 0 … */
#define SKEW_SPREAD 3.0  /* … and one that has spreads by less than this factor as it drifts */
#define SKEW_BETTER 0.25 /* … and of what it is without the transform */

typedef struct {
    double *value; /* sorted */
    gsize n;
    double mean;
    double sd;
} SkewSample;

typedef struct {
    SkewSample before;
    SkewSample first;
    SkewSample last;
    double missing[2]; /* share of the reference's cells, and of the log's */
    const ErrataDataBugs *bugs;
    const ErrataColumn *column;
    const ErrataColumn *reference;
} Skew;

typedef double (*SkewTransform)(double value, double parameter);

static double
skew_log1p(double value, double parameter)
{
    return value > -1.0 ? log1p(value) : (double)NAN;
}

static double
skew_log(double value, double parameter)
{
    return value > 0.0 ? log(value) : (double)NAN;
}

static double
skew_sqrt(double value, double parameter)
{
    return value >= 0.0 ? sqrt(value) : (double)NAN;
}

static double
skew_times(double value, double parameter)
{
    return value * parameter;
}

static const struct {
    SkewTransform func;
    double parameter;
    const char *words;
} skew_transforms[] = {
    {skew_log1p, 0.0, "log(1 + x) of"},
    {skew_log, 0.0, "the logarithm of"},
    {skew_sqrt, 0.0, "the square root of"},
    {skew_times, 10.0, "10 times"},
    {skew_times, 100.0, "100 times"},
    {skew_times, 1e3, "1000 times"},
    {skew_times, 60.0, "60 times"},
    {skew_times, 3600.0, "3600 times"},
    {skew_times, 24.0, "24 times"},
    {skew_times, 2.54, "2.54 times"},
    {skew_times, 25.4, "25.4 times"},
    {skew_times, 1.0 / 0.45359237, "2.2046 times"},
    {skew_times, 1.609344, "1.609 times"},
    {skew_times, 1.0 / 0.3048, "3.2808 times"},
};

static SkewSample
skew_sample(const ErrataColumn *column, const guint32 *order, gsize from, gsize to)
{
    gsize step = MAX((to - from) / SKEW_SAMPLE, 1);
    SkewSample sample = {g_new(double, (to - from) / step + 2), 0, 0.0, 0.0};
    double squares = 0.0;

    for (gsize i = from; i < to; i += step) {
        double value = errata_column_number(column, order != NULL ? order[i] : i);
        double delta;

        if (isnan(value))
            continue;
        sample.value[sample.n++] = value;
        delta = value - sample.mean;
        sample.mean += delta / (double)sample.n;
        squares += delta * (value - sample.mean);
    }
    sample.sd = sample.n > 1 ? sqrt(squares / (double)(sample.n - 1)) : 0.0;
    errata_sort_values(sample.value, sample.n);
    return sample;
}

static double
skew_distance(const SkewSample *a, const SkewSample *b)
{
    gsize i = 0;
    gsize j = 0;
    double most = 0.0;

    while (i < a->n && j < b->n) {
        double value = MIN(a->value[i], b->value[j]);

        while (i < a->n && a->value[i] <= value)
            i++;
        while (j < b->n && b->value[j] <= value)
            j++;
        most = MAX(most, fabs((double)i / (double)a->n - (double)j / (double)b->n));
    }
    return most;
}

static double
skew_multiples(const SkewSample *sample, double step)
{
    gsize n = 0;

    for (gsize i = 0; i < sample->n; i++) {
        double steps = sample->value[i] / step;

        n += fabs(steps - round(steps)) < 1e-6 * MAX(1.0, fabs(steps)) ? 1 : 0;
    }
    return (double)n / (double)sample->n;
}

/* rounded on one side: the coarsest step of which one side has more multiples by half of the
 * rows */
static char *
skew_lattice(const Skew *self, const char *name)
{
    static const double steps[] = {1000.0, 100.0, 50.0, 10.0, 5.0, 1.0, 0.5, 0.1, 0.01};
    char buffer[ERRATA_NUMBER_BUFFER];

    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        double before = skew_multiples(&self->before, steps[i]);
        double first = skew_multiples(&self->first, steps[i]);
        double last = skew_multiples(&self->last, steps[i]);

        if (before - MAX(first, last) > SKEW_LATTICE)
            return g_strdup_printf("%s is rounded to multiples of %s in the reference, in the log "
                                   "it is not",
                                   name,
                                   errata_number_print(steps[i], buffer));
        if (MIN(first, last) - before > SKEW_LATTICE)
            return g_strdup_printf("%s is rounded to multiples of %s in the log, in the reference "
                                   "it is not",
                                   name,
                                   errata_number_print(steps[i], buffer));
    }
    return NULL;
}

static gboolean
skew_is(double cell, double value)
{
    return fabs(cell - value) <= 1e-9 * MAX(1.0, fabs(value));
}

static double
skew_share(const SkewSample *sample, double value)
{
    gsize n = 0;

    for (gsize i = 0; i < sample->n; i++)
        n += skew_is(sample->value[i], value) ? 1 : 0;
    return (double)n / (double)sample->n;
}

static double
skew_commonest(const SkewSample *sample, double *ret_share)
{
    gsize length = 0;
    gsize most = 0;
    double value = (double)NAN;

    for (gsize i = 0; i < sample->n; i++) {
        length = i > 0 && !(sample->value[i - 1] < sample->value[i]) ? length + 1 : 1;
        if (length > most) {
            most = length;
            value = sample->value[i];
        }
    }
    *ret_share = (double)most / (double)sample->n;
    return value;
}

/* whether the share of a value among the first rows differs from the reference's by more than so
 * many entities let expect: what one customer always has comes as often as he does */
static gboolean
skew_is_of_many(const Skew *self, double value)
{
    const ErrataColumn *column = self->column, *before = self->reference;
    const guint32 *order = self->bugs->analysis->outcome->order;
    g_autofree double *now = g_new(double, MAX(column->n_rows, 1));
    g_autofree double *then = g_new(double, MAX(before->n_rows, 1));

    for (gsize i = 0; i < column->n_rows; i++) {
        double cell = (double)i < SKEW_PART * (double)column->n_rows
                          ? errata_column_number(column, order[i])
                          : (double)NAN;

        now[order[i]] = isnan(cell) ? cell : skew_is(cell, value) ? 1.0 : 0.0;
    }
    for (gsize row = 0; row < before->n_rows; row++) {
        double cell = errata_column_number(before, row);

        then[row] = isnan(cell) ? cell : skew_is(cell, value) ? 1.0 : 0.0;
    }
    return fabs(errata_data_bugs_apart(self->bugs, now, then)) > SKEW_ERRORS;
}

/* one value that stands for missing on one side only; it must be rare on the other, where it would
 * be a value like any */
static char *
skew_filled(const Skew *self, const char *name)
{
    const SkewSample *sides[] = {&self->before, &self->first};
    const char *words[] = {"reference", "log"};

    for (guint side = 0; side < 2; side++) {
        double share;
        double value = skew_commonest(sides[side], &share);
        double other = skew_share(sides[1 - side], value);
        double last = skew_share(&self->last, value);
        char buffer[ERRATA_NUMBER_BUFFER];

        if (share - other <= SKEW_MASS || other >= SKEW_RARE * share ||
            fabs(last - (side == 0 ? other : share)) > 0.5 * (share - other) ||
            !skew_is_of_many(self, value))
            continue;
        return g_strdup_printf("%s is %s in %.3g %% of the %s, in the %s in %.2g %%: filled in",
                               name,
                               errata_number_print(value, buffer),
                               100.0 * share,
                               words[side],
                               words[1 - side],
                               100.0 * other);
    }
    return NULL;
}

/* the value that is so much more frequent than on the other side as nothing else; only those of
 * @least times at least are looked at */
static double
skew_risen(const SkewSample *sample, const SkewSample *other, gsize least, double *ret_share)
{
    double most = 0.0, value = (double)NAN;

    *ret_share = 0.0;
    for (gsize begin = 0, end = 0; begin < sample->n; begin = end) {
        double share;

        while (end < sample->n && !(sample->value[end] > sample->value[begin]))
            end++;
        if (end - begin < least)
            continue;
        share = (double)(end - begin) / (double)sample->n;
        if (share - skew_share(other, sample->value[begin]) <= most)
            continue;
        most = share - skew_share(other, sample->value[begin]);
        value = sample->value[begin];
        *ret_share = share;
    }
    return value;
}

/* whether @share of a value, @n of them looked at, is what fills @missing cells of the other side,
 * beside the value's own
 * @usual share */
static gboolean
skew_makes_up(double share, gsize n, double usual, gsize n_usual, double missing)
{
    double expected = missing + (1.0 - missing) * usual;

    return fabs(share - expected) <= SKEW_ERRORS * sqrt(expected * (1.0 - expected) *
                                                        (1.0 / (double)n + 1.0 / (double)n_usual));
}

/* whether a value's share is above the usual one by more than the two differ by chance: what takes
 * the place of as little as that cannot be told from nothing */
static gboolean
skew_has_risen(double share, gsize n, double usual, gsize n_usual)
{
    return share - usual >
           SKEW_ERRORS * sqrt(usual * (1.0 - usual) * (1.0 / (double)n + 1.0 / (double)n_usual));
}

/* a value like any of a column, as a mean or a median is, that one side has where the other lacks
 * one: the cells that are missing there are so many as the value is more frequent here */
static char *
skew_replaced(const Skew *self, const char *name)
{
    const SkewSample *sides[] = {&self->before, &self->first};
    const char *words[] = {"reference", "log"};

    for (guint side = 0; side < 2; side++) {
        double missing = self->missing[1 - side], share, last;
        const SkewSample *filled = sides[side], *lacking = sides[1 - side];
        double value =
            skew_risen(filled, lacking, (gsize)(0.5 * missing * (double)filled->n), &share);
        char buffer[ERRATA_NUMBER_BUFFER];

        if (missing < SKEW_MISSING || self->missing[side] > SKEW_FEW * missing || isnan(value))
            continue;
        last = skew_share(&self->last, value);
        if (!skew_has_risen(share, filled->n, skew_share(lacking, value), lacking->n) ||
            !skew_makes_up(share, filled->n, skew_share(lacking, value), lacking->n, missing) ||
            !(side == 1 ? skew_makes_up(last,
                                        self->last.n,
                                        skew_share(lacking, value),
                                        lacking->n,
                                        missing)
                        : skew_makes_up(last,
                                        self->last.n,
                                        skew_share(lacking, value),
                                        lacking->n,
                                        0.0)) ||
            !skew_is_of_many(self, value))
            continue;
        return g_strdup_printf(
            "%s is missing in %.2g %% of the %s, in the %s it is %s so much more often: "
            "filled in",
            name,
            100.0 * missing,
            words[1 - side],
            words[side],
            errata_number_print(value, buffer));
    }
    return NULL;
}

/* mean difference of the quantiles of @to and those of @from transformed, in interquartile
 * ranges */
static double
skew_mismatch(const SkewSample *from, const SkewSample *to, SkewTransform func, double parameter)
{
    double range = errata_sort_quantile(to->value, to->n, 0.75) -
                   errata_sort_quantile(to->value, to->n, 0.25);
    double sum = 0.0;

    for (guint i = 1; i <= SKEW_QUANTILES; i++) {
        double p = (double)i / (SKEW_QUANTILES + 1);
        double value = errata_sort_quantile(from->value, from->n, p);

        sum += fabs((func != NULL ? func(value, parameter) : value) -
                    errata_sort_quantile(to->value, to->n, p));
    }
    return range > 0.0 && !isnan(sum) ? sum / SKEW_QUANTILES / range : G_MAXDOUBLE;
}

/* whether @sample has a mean of 0 and a deviation of 1, and @other is no such column that has
 * merely moved or spread */
static gboolean
skew_is_standard(const SkewSample *sample, const SkewSample *other)
{
    if (fabs(other->mean) < SKEW_MIDDLE * other->sd && other->sd < SKEW_SPREAD &&
        other->sd > 1.0 / SKEW_SPREAD)
        return FALSE;
    return fabs(sample->mean) < 0.1 && fabs(sample->sd - 1.0) < 0.1 &&
           (other->sd > 1.5 || other->sd < 0.67 || fabs(other->mean) > SKEW_MOVED * other->sd);
}

/* mean difference of the quantiles of both sides, each from its own zero and in its own range */
static double
skew_difference(const SkewSample *a,
                double a_zero,
                double a_range,
                const SkewSample *b,
                double b_zero,
                double b_range)
{
    double sum = 0.0;

    if (!(a_range > 0.0) || !(b_range > 0.0))
        return G_MAXDOUBLE;
    for (guint i = 1; i <= SKEW_FINE; i++) {
        double p = (double)i / (SKEW_FINE + 1);

        sum += fabs((errata_sort_quantile(a->value, a->n, p) - a_zero) / a_range -
                    (errata_sort_quantile(b->value, b->n, p) - b_zero) / b_range);
    }
    return sum / SKEW_FINE;
}

/* whether the quantiles of one side are those of the other, moved and stretched: by quartiles, or,
 * as those of counts may be off by a step, by mean and deviation */
static gboolean
skew_is_alike(const SkewSample *a, const SkewSample *b)
{
    double a_lo = errata_sort_quantile(a->value, a->n, 0.25);
    double b_lo = errata_sort_quantile(b->value, b->n, 0.25);
    double a_range = errata_sort_quantile(a->value, a->n, 0.75) - a_lo;
    double b_range = errata_sort_quantile(b->value, b->n, 0.75) - b_lo;

    return skew_difference(a, a_lo, a_range, b, b_lo, b_range) <= SKEW_MATCH ||
           skew_difference(a, a->mean, a->sd, b, b->mean, b->sd) <= SKEW_MATCH;
}

/* whether @sample is @other with its least value made 0 and its largest 1 */
static gboolean
skew_is_unit(const SkewSample *sample, const SkewSample *other)
{
    double largest = sample->value[sample->n - 1];

    return sample->value[0] >= 0.0 && sample->value[0] < 0.05 && largest > 0.5 && largest <= 1.0 &&
           (other->value[0] < -0.05 || other->value[other->n - 1] > 1.5) &&
           skew_is_alike(sample, other);
}

static char *
skew_scaled(const Skew *self, const char *name)
{
    static const char standard[] = "standardised (mean 0, deviation 1)";
    static const char unit[] = "scaled to lie from 0 to 1";
    const char *in_log = skew_is_standard(&self->first, &self->before) ? standard
                         : skew_is_unit(&self->first, &self->before)   ? unit
                                                                       : NULL;
    const char *in_reference = skew_is_standard(&self->before, &self->first) ? standard
                               : skew_is_unit(&self->before, &self->first)   ? unit
                                                                             : NULL;

    if (in_reference != NULL)
        return g_strdup_printf("%s is %s in the reference, in the log it is not",
                               name,
                               in_reference);
    if (in_log != NULL)
        return g_strdup_printf("%s is %s in the log, in the reference it is not", name, in_log);
    return NULL;
}

static gboolean
skew_is_power(double factor)
{
    const ErrataUnitFactor unit = {ERRATA_UNIT_LINEAR, factor, 0.0, 0.0};

    return errata_unit_factor_is_exact(&unit);
}

/* a factor that a unit has, but growth may have, too: told as it is measured, with the unit where
 * it agrees */
static char *
skew_unit(const Skew *self, const char *name, guint at, gboolean of_log)
{
    const SkewSample *more = of_log ? &self->first : &self->before;
    const SkewSample *less = of_log ? &self->before : &self->first;
    double factor = skew_transforms[at].parameter;
    const char *side = of_log ? "log" : "reference", *other = of_log ? "reference" : "log";
    ErrataUnitMeasure measured;

    if (!errata_unit_measure(more->value, more->n, less->value, less->n, &measured))
        return g_strdup_printf("%s in the %s is %s what it is in the %s",
                               name,
                               side,
                               skew_transforms[at].words,
                               other);
    if (factor < measured.lo || factor > measured.hi)
        return g_strdup_printf("%s in the %s is %.3g times what it is in the %s",
                               name,
                               side,
                               measured.factor,
                               other);
    return g_strdup_printf(
        "%s in the %s is %.3g to %.3g times what it is in the %s: %s it, as another "
        "unit has it, or what it measures has changed",
        name,
        side,
        measured.lo,
        measured.hi,
        other,
        skew_transforms[at].words);
}

/* a transform of one side that gives the quantiles of the other */
static char *
skew_named(const Skew *self, const char *name)
{
    double least = G_MAXDOUBLE;
    guint best = 0;
    gboolean of_log = FALSE;
    double plain[2] = {skew_mismatch(&self->first, &self->before, NULL, 0.0),
                       skew_mismatch(&self->before, &self->first, NULL, 0.0)};

    for (guint i = 0; i < G_N_ELEMENTS(skew_transforms); i++)
        for (guint side = 0; side < 2; side++) {
            double mismatch = skew_mismatch(side == 0 ? &self->first : &self->before,
                                            side == 0 ? &self->before : &self->first,
                                            skew_transforms[i].func,
                                            skew_transforms[i].parameter);

            if (mismatch >= least || mismatch > SKEW_BETTER * plain[side])
                continue;
            least = mismatch;
            best = i;
            of_log = side == 1;
        }
    if (least > SKEW_MATCH)
        return NULL;
    if (skew_transforms[best].func == skew_times && !skew_is_power(skew_transforms[best].parameter))
        return skew_unit(self, name, best, of_log);
    return g_strdup_printf("%s in the %s is %s what it is in the %s",
                           name,
                           of_log ? "log" : "reference",
                           skew_transforms[best].words,
                           of_log ? "reference" : "log");
}

static ErrataDataBug *
skew_add(ErrataDataBugs *self, guint column, const Skew *skew, double distance, char *title)
{
    ErrataDataBug *bug = errata_data_bugs_add(self, "train-serve-skew", (int)column);
    const char *name = self->analysis->frame->columns[column]->name;

    bug->title = title;
    bug->n_rows = self->analysis->frame->n_rows;
    bug->p = errata_distances_ks_p(distance, skew->first.n, skew->before.n);
    bug->test = "Kolmogorov–Smirnov";
    bug->lo = skew->before.value[0];
    bug->hi = skew->before.value[skew->before.n - 1];
    bug->action = g_strdup_printf("Prepare %s by the same code for training and for serving, then "
                                  "train again or score the rows again",
                                  name);
    return bug;
}

/* … told by the missing cells: a value like any moves the others little */
static void
skew_add_replaced(ErrataDataBugs *self,
                  guint column,
                  const Skew *skew,
                  double distance,
                  char *title,
                  const ErrataColumn *before)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    ErrataDataBug *bug = skew_add(self, column, skew, distance, title);

    bug->p = errata_tests_two_proportions((double)data->n_missing,
                                          (double)data->n_rows,
                                          (double)before->n_missing,
                                          (double)before->n_rows);
    bug->test = "two proportions";
}

/**
 * errata_data_bugs_skew:
 *
 * Whether a number was prepared otherwise in the given reference than in the log: METHODS 4,
 * "Train/serve skew".
 *
 * Returns: whether it was
 */
gboolean
errata_data_bugs_skew(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    const ErrataColumn *before =
        self->analysis->reference != NULL
            ? errata_frame_find(self->analysis->reference, data->name, NULL)
            : NULL;
    const guint32 *order = self->analysis->outcome->order;
    gsize part = (gsize)(SKEW_PART * (double)data->n_rows);
    char *title = NULL;
    double distance;
    Skew skew = {.bugs = self, .column = data, .reference = before};

    if (before == NULL || !errata_column_is_numeric(before) || !errata_column_is_numeric(data))
        return FALSE;
    self->n_tried++;
    skew.missing[0] = (double)before->n_missing / (double)MAX(before->n_rows, 1);
    skew.missing[1] = (double)data->n_missing / (double)MAX(data->n_rows, 1);
    skew.before = skew_sample(before, NULL, 0, before->n_rows);
    skew.first = skew_sample(data, order, 0, part);
    skew.last = skew_sample(data, order, data->n_rows - part, data->n_rows);
    if (MIN(skew.before.n, MIN(skew.first.n, skew.last.n)) >= SKEW_LEAST) {
        distance = skew_distance(&skew.first, &skew.before);
        if (distance >= SKEW_DISTANCE &&
            skew_distance(&skew.last, &skew.first) < SKEW_STEADY * distance) {
            title = skew_scaled(&skew, data->name);
            if (title == NULL)
                title = skew_named(&skew, data->name);
        }
        if (title == NULL && distance >= SKEW_EFFECT)
            title = skew_lattice(&skew, data->name);
        if (title == NULL && distance >= 0.5 * SKEW_MASS)
            title = skew_filled(&skew, data->name);
        if (title != NULL)
            skew_add(self, column, &skew, distance, title);
        else if ((title = skew_replaced(&skew, data->name)) != NULL)
            skew_add_replaced(self, column, &skew, distance, title, before);
    }
    g_free(skew.before.value);
    g_free(skew.first.value);
    g_free(skew.last.value);
    return title != NULL;
}
