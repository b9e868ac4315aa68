/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels or predictions of a regression that come in another unit, with the other sign or
 * (predictions) with an offset for a while. The window is the one in which residuals are far from
 * usual nearly all the time; it is a fault of the data when one factor makes them as small as
 * elsewhere, and that column, undone, is what it is elsewhere. The factor is measured: a unit is
 * named where the interval holds it, else the factor is told for what it is. A label that is only
 * higher, or larger by no unit until the end, may be so in the world, and is left to the change
 * points. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "precision.h"
#include "select.h"
#include "sort.h"
#include "tests.h"

#define RESIDUAL_ROWS     500  /* judged rows, at least */
#define RESIDUAL_LEAST    50   /* rows of a window */
#define RESIDUAL_LONG     0.4  /* of the rows, at most */
#define RESIDUAL_FAR      5.0  /* usual residuals: far */
#define RESIDUAL_USUAL    0.02 /* of the rows are far anyway */
#define RESIDUAL_INSIDE   0.9  /* of a window's */
#define RESIDUAL_LEAST_IN 0.7  /* at least */
#define RESIDUAL_AS_SMALL 1.5  /* times the usual residual, undone */
#define RESIDUAL_BETTER   0.2 /* by which undoing brings the column nearer to what it is elsewhere */
#define RESIDUAL_SLACK \
    1.005 /* times, by which a unit may miss the interval of its factor: models drift … */
#define RESIDUAL_SLACK_10 1.02 /* … and a power of ten, which nothing grows by */
#define RESIDUAL_GREW     1.2  /* times: a factor of no unit, at least */
#define RESIDUAL_WINDOWS  3
#define RESIDUAL_AROUND   5000 /* values elsewhere */
#define RESIDUAL_P        1e-6

typedef struct {
    ErrataDataBugs *bugs;
    const ErrataOutcome *outcome;
    guint8 *state; /* per place: 0 usual, 1 far, 2 no word */
    double usual;  /* median |residual| */
    gsize from;
    gsize to;
} Residual;

/* what a column's values may have come by */
typedef struct {
    gboolean is_label;
    double scale;
    double offset;
    double cost;   /* median |residual| once it is undone */
    double nearer; /* distance of the column from its rest, less that once it is undone */
    gboolean no_unit;
    ErrataUnitMeasure measured; /* NaN where it could not be */
} ResidualFault;

static ResidualFault
residual_fault(gboolean is_label, double scale, double offset)
{
    const double none = (double)NAN;

    return (ResidualFault){is_label, scale, offset, 0.0, 0.0, FALSE, {none, none, none}};
}

static const double *
residual_side(const Residual *self, gboolean is_label)
{
    return is_label ? self->outcome->truth_value : self->outcome->predicted_value;
}

/* places that say something, with how far off they are */
static gboolean
residual_read(Residual *self)
{
    gsize n_rows = self->outcome->n_rows, n = 0;
    g_autofree double *size = g_new(double, n_rows + 1);

    for (gsize i = 0; i < n_rows; i++) {
        guint32 row = self->outcome->order[i];

        size[n] = fabs(self->outcome->truth_value[row] - self->outcome->predicted_value[row]);
        self->state[i] = isnan(size[n]) || errata_outcome_is_copy(self->outcome, row) ? 2 : 0;
        n += self->state[i] == 0 ? 1 : 0;
    }
    self->usual = errata_select_median(size, n);
    for (gsize i = 0; i < n_rows; i++) {
        guint32 row = self->outcome->order[i];

        if (self->state[i] == 0 &&
            fabs(self->outcome->truth_value[row] - self->outcome->predicted_value[row]) >
                RESIDUAL_FAR * self->usual)
            self->state[i] = 1;
    }
    return n >= RESIDUAL_ROWS && self->usual > 0.0;
}

/* the window that is likeliest to be far nearly always, Kadane's way */
static void
residual_scan(Residual *self)
{
    const double far = log(RESIDUAL_INSIDE / RESIDUAL_USUAL);
    const double near = log((1.0 - RESIDUAL_INSIDE) / (1.0 - RESIDUAL_USUAL));
    double sum = 0.0, most = 0.0;
    gsize begin = 0;

    self->from = self->to = 0;
    for (gsize i = 0; i < self->outcome->n_rows; i++) {
        if (self->state[i] == 2)
            continue;
        if (!(sum > 0.0)) {
            sum = 0.0;
            begin = i;
        }
        sum += self->state[i] == 1 ? far : near;
        if (sum > most) {
            most = sum;
            self->from = begin;
            self->to = i + 1;
        }
    }
}

/* p of so many far rows in the window, all windows counted; 1 when it is none */
static double
residual_p(const Residual *self)
{
    guint64 count[2][2] = {{0}};
    double n = (double)self->outcome->n_rows, n_inside;

    for (gsize i = 0; i < self->outcome->n_rows; i++)
        if (self->state[i] < 2)
            count[i >= self->from && i < self->to ? 1 : 0][self->state[i]]++;
    n_inside = (double)(count[1][0] + count[1][1]);
    if (n_inside < RESIDUAL_LEAST || (double)count[1][1] < RESIDUAL_LEAST_IN * n_inside ||
        (double)(self->to - self->from) > RESIDUAL_LONG * n)
        return 1.0;
    return MIN(
        errata_tests_two_by_two(count[1][1], count[1][0], count[0][1], count[0][0], NULL, NULL) *
            n * n / 2.0,
        1.0);
}

static double
residual_undone(const ResidualFault *fault, double value)
{
    return (value - fault->offset) / fault->scale;
}

/* sorted values of a column in the window, undone, or evenly from all rows around */
static double *
residual_values(const Residual *self, const ResidualFault *fault, gboolean around, gsize *ret_n)
{
    const double *value = residual_side(self, fault->is_label);
    gsize n_rows = self->outcome->n_rows, n = 0;
    gsize all = around ? n_rows - (self->to - self->from) : self->to - self->from;
    gsize step = all / RESIDUAL_AROUND + 1;
    double *values = g_new(double, n_rows / step + 2);

    for (gsize i = 0; i < n_rows; i += step) {
        double x = value[self->outcome->order[i]];

        if ((i >= self->from && i < self->to) == around || isnan(x))
            continue;
        values[n++] = around ? x : residual_undone(fault, x);
    }
    errata_sort_values(values, n);
    *ret_n = n;
    return values;
}

/* sorted sizes of the column, undone in the window, against the other one's: models that are right
 * in the mean have the same ones inside and around, whatever is asked of them there */
static double *
residual_ratios(const Residual *self, const ResidualFault *fault, gboolean around, gsize *ret_n)
{
    const double *value = residual_side(self, fault->is_label);
    const double *other = residual_side(self, !fault->is_label);
    gsize n_rows = self->outcome->n_rows, n = 0;
    gsize all = around ? n_rows - (self->to - self->from) : self->to - self->from;
    gsize step = all / RESIDUAL_AROUND + 1;
    double *ratios = g_new(double, n_rows / step + 2);

    for (gsize i = 0; i < n_rows; i += step) {
        guint32 row = self->outcome->order[i];
        double x = around ? value[row] : residual_undone(fault, value[row]);
        double ratio = fabs(x / other[row]);

        if ((i >= self->from && i < self->to) != around && isfinite(ratio) && ratio > 0.0)
            ratios[n++] = ratio;
    }
    errata_sort_values(ratios, n);
    *ret_n = n;
    return ratios;
}

/* how many times as large the column came, once @fault is undone */
static gboolean
residual_measure(const Residual *self, const ResidualFault *fault, ErrataUnitMeasure *ret)
{
    gsize n, n_around;
    g_autofree double *inside = residual_ratios(self, fault, FALSE, &n);
    g_autofree double *around = residual_ratios(self, fault, TRUE, &n_around);

    return errata_unit_measure(inside, n, around, n_around, ret);
}

/* whether nothing is left once @fault is undone; its factor as measured is noted */
static gboolean
residual_holds(const Residual *self, ResidualFault *fault)
{
    const ErrataUnitFactor unit = {ERRATA_UNIT_LINEAR, fabs(fault->scale), fault->offset, 0.0};
    double slack = errata_unit_factor_is_exact(&unit) ? RESIDUAL_SLACK_10 : RESIDUAL_SLACK;
    ErrataUnitMeasure left;

    if (!residual_measure(self, fault, &left))
        return TRUE;
    if (!(fabs(fault->offset) > 0.0) && fault->scale > 0.0)
        fault->measured = (ErrataUnitMeasure){left.factor * fault->scale,
                                              left.lo * fault->scale,
                                              left.hi * fault->scale};
    return left.lo <= slack && left.hi >= 1.0 / slack;
}

static double
residual_distance(const Residual *self, const ResidualFault *fault)
{
    gsize n, n_around;
    g_autofree double *inside = residual_values(self, fault, FALSE, &n);
    g_autofree double *around = residual_values(self, fault, TRUE, &n_around);

    return errata_unit_factor_distance(&errata_unit_none, inside, n, around, n_around);
}

static double
residual_cost(const Residual *self, const ResidualFault *fault)
{
    g_autofree double *size = g_new(double, self->to - self->from + 1);
    gsize n = 0;

    for (gsize i = self->from; i < self->to; i++) {
        guint32 row = self->outcome->order[i];
        double y = self->outcome->truth_value[row], p = self->outcome->predicted_value[row];

        size[n] = fabs(fault->is_label ? residual_undone(fault, y) - p
                                       : y - residual_undone(fault, p));
        n += isnan(size[n]) ? 0 : 1;
    }
    return errata_select_median(size, n);
}

/* median by which predictions exceed the labels in the window */
static double
residual_offset(const Residual *self)
{
    g_autofree double *off = g_new(double, self->to - self->from + 1);
    gsize n = 0;

    for (gsize i = self->from; i < self->to; i++) {
        guint32 row = self->outcome->order[i];

        off[n] = self->outcome->predicted_value[row] - self->outcome->truth_value[row];
        n += isnan(off[n]) ? 0 : 1;
    }
    return errata_select_median(off, n);
}

/* keeps a fault that explains the window and does so better than @best */
static void
residual_try(const Residual *self, ResidualFault fault, ResidualFault *best)
{
    const ResidualFault none = residual_fault(fault.is_label, 1.0, 0.0);

    fault.cost = residual_cost(self, &fault);
    if (!(fault.cost <= RESIDUAL_AS_SMALL * self->usual) ||
        (best->nearer > 0.0 && fault.cost > RESIDUAL_AS_SMALL * best->cost))
        return;
    fault.nearer = residual_distance(self, &none) - residual_distance(self, &fault);
    if (fault.nearer > MAX(best->nearer, RESIDUAL_BETTER) && residual_holds(self, &fault))
        *best = fault;
}

/* whether judged rows follow the window: what it brought ended again */
static gboolean
residual_ends(const Residual *self)
{
    gsize n = 0;

    for (gsize i = self->to; i < self->outcome->n_rows && n < RESIDUAL_LEAST; i++)
        n += self->state[i] < 2 ? 1 : 0;
    return n == RESIDUAL_LEAST;
}

/* a factor that no unit has, where it explains the window far better than an offset does */
static void
residual_try_any(const Residual *self, gboolean is_label, ResidualFault *best)
{
    ResidualFault fault = residual_fault(is_label, 1.0, 0.0);
    ResidualFault higher = residual_fault(is_label, 1.0, residual_offset(self));

    if ((is_label && !residual_ends(self)) || !residual_measure(self, &fault, &fault.measured) ||
        fabs(log(fault.measured.factor)) < log(RESIDUAL_GREW))
        return;
    if (is_label)
        higher.offset = -higher.offset;
    fault.scale = fault.measured.factor;
    fault.no_unit = TRUE;
    if (RESIDUAL_AS_SMALL * residual_cost(self, &fault) <= residual_cost(self, &higher))
        residual_try(self, fault, best);
}

static gboolean
residual_explain(const Residual *self, ResidualFault *ret)
{
    *ret = residual_fault(FALSE, 1.0, 0.0);
    for (guint side = 0; side < 2; side++) {
        residual_try(self, residual_fault(side == 1, -1.0, 0.0), ret);
        for (guint i = 0; i < errata_unit_factor_count(); i++) {
            const ErrataUnitFactor *unit = errata_unit_factor(i);

            if (unit->kind == ERRATA_UNIT_LINEAR)
                residual_try(self, residual_fault(side == 1, unit->scale, unit->offset), ret);
        }
    }
    for (guint side = 0; side < 2 && (!(ret->nearer > 0.0) || ret->no_unit); side++)
        residual_try_any(self, side == 1, ret);
    if (!(ret->nearer > 0.0))
        residual_try(self, residual_fault(FALSE, 1.0, residual_offset(self)), ret);
    return ret->nearer > 0.0;
}

/* “with the other sign”, “multiplied by 100”, “higher by 20.4” */
static char *
residual_words(const ResidualFault *fault)
{
    const ErrataUnitFactor unit = {ERRATA_UNIT_LINEAR, fault->scale, fault->offset, 0.0};

    if (fault->scale < 0.0)
        return g_strdup("with the other sign");
    if (fault->no_unit) {
        int place = (int)floor(log10(fault->scale)) - 1; /* two digits */
        g_autofree char *times = errata_precision_print(fault->scale, MIN(place, 0));

        return g_strdup_printf("about %s times as large", times);
    }
    if (fabs(fault->scale - 1.0) > 1e-9)
        return errata_unit_factor_words(&unit);
    return g_strdup_printf("%s by %.3g",
                           fault->offset > 0.0 ? "higher" : "lower",
                           fabs(fault->offset));
}

/* whether another fault was found in these rows: residuals follow from it */
static gboolean
residual_is_known(const Residual *self)
{
    for (guint i = 0; i < self->bugs->bugs->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs->bugs, i);

        if (bug->has_window && bug->row->len > 0 && bug->from < self->to && bug->to > self->from)
            return TRUE;
    }
    return FALSE;
}

static void
residual_tell(const Residual *self, const ResidualFault *fault, double p)
{
    const ErrataSchema *schema = self->bugs->analysis->schema;
    int column = fault->is_label ? schema->label : schema->prediction;
    const char *name = self->bugs->analysis->frame->columns[column]->name;
    ErrataDataBug *bug = errata_data_bugs_add(self->bugs, "unit-change", column);
    g_autofree char *words = residual_words(fault);
    g_autofree char *when = errata_data_bugs_when(self->bugs, self->from, self->to);
    g_autofree char *count = NULL;

    errata_data_bugs_window(self->bugs, bug, self->from, self->to, NULL, NULL);
    count = errata_data_bugs_count(bug->n_rows);
    bug->factor = fabs(fault->offset) > 0.0 ? (double)NAN : fault->scale;
    bug->factor_lo = fault->measured.lo;
    bug->factor_hi = fault->measured.hi;
    bug->p = p;
    bug->test = "far residuals inside and outside, all windows counted";
    bug->set_aside = TRUE;
    bug->title = g_strdup_printf("%s arrives %s %s, in %s rows", name, words, when, count);
    bug->action = g_strdup_printf(
        fault->is_label && fault->no_unit ? "Ask whether %s was written in another scale in these "
                                            "rows (it came %s) or the world was so; restore it in "
                                            "the one case"
        : fault->is_label                 ? "Restore %s in these rows (it came %s) and analyse "
                                            "the log again"
                                          : "Find what changed %s on its way into the log in "
                                            "these rows (it came %s), and restore it",
        name,
        words);
}

/**
 * errata_data_bugs_residual:
 * @self: what was found so far
 *
 * Labels and predictions of a regression that are off by a factor, predictions also by an offset,
 * for a while. Linear in the rows.
 */
void
errata_data_bugs_residual(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint8 *state = NULL;
    Residual work = {.bugs = self, .outcome = outcome};

    if (outcome->task != ERRATA_TASK_REGRESSION || outcome->truth_value == NULL ||
        outcome->predicted_value == NULL || analysis->schema->label < 0 ||
        analysis->schema->prediction < 0)
        return;
    self->n_tried++;
    state = work.state = g_new(guint8, outcome->n_rows + 1);
    if (!residual_read(&work))
        return;
    for (guint k = 0; k < RESIDUAL_WINDOWS; k++) {
        ResidualFault fault;
        double p;

        residual_scan(&work);
        p = work.to > work.from ? residual_p(&work) : 1.0;
        if (!(p < RESIDUAL_P))
            return;
        if (!residual_is_known(&work) && residual_explain(&work, &fault))
            residual_tell(&work, &fault, p);
        memset(state + work.from, 2, work.to - work.from);
    }
}
