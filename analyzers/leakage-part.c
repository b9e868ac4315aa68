/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that give the label away in some of the rows only: where they have a value at all, where
 * another column has certain values, or during a stretch of time. Looked for in the discovery half,
 * judged on the other by what a column that leaks everywhere is judged by. */
#include <math.h>
#include <string.h>

#include "intervals.h"
#include "leakage.h"
#include "words-time.h"

#define PART_STRONG 0.95 /* AUC or R² inside … */
#define PART_LOW    0.9  /* … and the lower end of its interval */
#define PART_ABOVE \
    0.5 /* what it leaves unexplained, against the model there and itself elsewhere */
#define PART_SCREEN  0.85 /* of a cell, before it is looked at closely */
#define PART_NUMBERS 0.7  /* the same of R²: ten bins cannot tell more of some numbers */
#define PART_CLASS   15   /* rows of a cell with and without the class */
#define PART_ROWS    40   /* rows of a cell, for numbers */
#define PART_SAMPLE  60000
#define PART_BLOCKS  24
#define PART_VALUES  30
#define PART_MOST    0.7 /* of the blocks of a stretch tell */
#define PART_CLASSES 12
#define PART_SHARE   0.01 /* of the rows lie inside, and outside */

/* one column by cells of rows */
typedef struct {
    const ErrataAnalysis *analysis;
    const ErrataBinColumn *bin;
    guint n_slots; /* per code: rows of each class; of numbers: rows, sum, sum of squares */
    guint n_cells;
    double *slot; /* [cell][code][slot] */
    gsize step;   /* every so manieth row of the order is looked at */
} Part;

typedef struct {
    double rate;
    double of_class;
    double others;
} PartCode;

ErrataLeakagePart *
errata_leakage_part_new(gsize n_rows)
{
    ErrataLeakagePart *self = g_new0(ErrataLeakagePart, 1);

    self->inside = g_new0(guint8, MAX(n_rows, 1));
    self->column = -1;
    self->outside = self->together = (double)NAN;
    return self;
}

void
errata_leakage_part_free(ErrataLeakagePart *self)
{
    if (self == NULL)
        return;
    errata_leakage_column_free(self->model);
    g_strfreev(self->values);
    g_free(self->where);
    g_free(self->inside);
    g_free(self);
}

static double *
part_slot(const Part *self, guint cell, guint code)
{
    return &self->slot[((gsize)cell * ERRATA_LEAKAGE_CODES + code) * self->n_slots];
}

static gboolean
part_counts(const Part *self, gsize row)
{
    return self->analysis->outcome->half[row] == 0 && self->analysis->set_aside[row] == 0 &&
           errata_leakage_measure_labelled(self->analysis->outcome, row);
}

static void
part_add(const Part *self, guint cell, gsize row)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    double *slot = part_slot(self, cell, self->bin->code[row]);

    if (outcome->truth != NULL) {
        slot[outcome->truth[row]] += 1.0;
        return;
    }
    slot[0] += 1.0;
    slot[1] += outcome->truth_value[row];
    slot[2] += outcome->truth_value[row] * outcome->truth_value[row];
}

static void
part_cells(Part *self, guint n_cells)
{
    gsize n = (gsize)MAX(n_cells, 1) * ERRATA_LEAKAGE_CODES * self->n_slots;

    g_free(self->slot);
    self->slot = g_new0(double, n);
    self->n_cells = n_cells;
}

static int
part_compare(const void *a, const void *b)
{
    const PartCode *left = a;
    const PartCode *right = b;

    return (left->rate > right->rate) - (left->rate < right->rate);
}

/* AUC of the cell's codes ranked by the class's share in them; NaN with too few rows */
static double
part_auc(const Part *self, guint cell, guint class)
{
    PartCode code[ERRATA_LEAKAGE_CODES];
    double of_class = 0.0;
    double others = 0.0;
    double area = 0.0;
    guint n = 0;

    for (guint c = 0; c < ERRATA_LEAKAGE_CODES; c++) {
        const double *slot = part_slot(self, cell, c);
        double all = 0.0;

        for (guint k = 0; k < self->n_slots; k++)
            all += slot[k];
        if (!(all > 0.0))
            continue;
        code[n++] = (PartCode){slot[class] / all, slot[class], all - slot[class]};
        of_class += slot[class];
        others += all - slot[class];
    }
    if (of_class < PART_CLASS || others < PART_CLASS)
        return (double)NAN;
    qsort(code, n, sizeof(PartCode), part_compare);
    others = 0.0;
    for (guint i = 0; i < n; i++) {
        area += code[i].of_class * (others + 0.5 * code[i].others);
        others += code[i].others;
    }
    return area / (of_class * others);
}

/* share of the variance between the cell's codes; NaN with too few rows */
static double
part_r2(const Part *self, guint cell)
{
    double n = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    double between = 0.0;

    for (guint c = 0; c < ERRATA_LEAKAGE_CODES; c++) {
        const double *slot = part_slot(self, cell, c);

        n += slot[0];
        sum += slot[1];
        squares += slot[2];
        between += slot[0] > 0.0 ? slot[1] * slot[1] / slot[0] : 0.0;
    }
    if (n < PART_ROWS || !(squares - sum * sum / n > 0.0))
        return (double)NAN;
    return (between - sum * sum / n) / (squares - sum * sum / n);
}

/* whether the column looks like the label in the cell */
static gboolean
part_tells(const Part *self, guint cell)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    double sum = 0.0;
    guint n = 0;

    if (outcome->truth == NULL)
        return part_r2(self, cell) >= PART_NUMBERS;
    for (guint c = 0; c < self->n_slots; c++) {
        double area = part_auc(self, cell, c);

        if (isnan(area))
            continue;
        sum += area;
        n++;
    }
    return n > 0 && sum / n >= PART_SCREEN;
}

/* strength of the column where @mark says so, and the model's there */
static ErrataLeakageColumn *
part_measure(const Part *self, const guint8 *inside, gboolean within, ErrataLeakageColumn **model)
{
    ErrataAnalysis some = *self->analysis;
    gsize n = some.outcome->n_rows;
    g_autofree guint8 *set_aside = g_memdup2(some.set_aside, MAX(n, 1));

    for (gsize row = 0; row < n; row++)
        if ((inside[row] != 0) != within)
            set_aside[row] = 1;
    some.set_aside = set_aside;
    if (model != NULL)
        *model = errata_leakage_measure_model(&some);
    return errata_leakage_measure_bin(&some, self->bin);
}

static gboolean
part_above(double strength, double other)
{
    return isnan(other) || 1.0 - strength <= PART_ABOVE * (1.0 - other);
}

/* takes @part; the column as measured in its rows, or %NULL where it does not give the label away
 * there */
static ErrataLeakageColumn *
part_judge(const Part *self, ErrataLeakagePart *part)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    ErrataLeakageColumn *leak, *elsewhere;
    gsize n = 0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        part->n_rows += part->inside[row];
        n += errata_leakage_measure_labelled(outcome, row) ? 1 : 0;
    }
    if ((double)part->n_rows < PART_SHARE * (double)n ||
        (double)part->n_rows > (1.0 - PART_SHARE) * (double)n) {
        errata_leakage_part_free(part);
        return NULL;
    }
    leak = part_measure(self, part->inside, TRUE, &part->model);
    elsewhere = part_measure(self, part->inside, FALSE, NULL);
    part->outside = elsewhere->strength;
    errata_leakage_column_free(elsewhere);
    leak->part = part;
    if (leak->strength >= PART_STRONG && !(leak->lo < PART_LOW) &&
        part_above(leak->strength, part->outside) &&
        part_above(leak->strength, part->model != NULL ? part->model->strength : (double)NAN))
        return leak;
    errata_leakage_column_free(leak);
    return NULL;
}

static void
part_keep(ErrataLeakageColumn **best, ErrataLeakageColumn *found)
{
    if (found == NULL)
        return;
    if (*best != NULL && (*best)->strength >= found->strength) {
        errata_leakage_column_free(found);
        return;
    }
    errata_leakage_column_free(*best);
    *best = found;
}

/* the rows that have a value */
static ErrataLeakageColumn *
part_filled(Part *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    ErrataLeakagePart *part;

    if (self->bin->n_missing == 0)
        return NULL;
    part_cells(self, 1);
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (part_counts(self, row) && self->bin->code[row] != ERRATA_BINS_MISSING)
            part_add(self, 0, row);
    if (!part_tells(self, 0))
        return NULL;
    part = errata_leakage_part_new(outcome->n_rows);
    for (gsize row = 0; row < outcome->n_rows; row++)
        part->inside[row] = errata_leakage_measure_labelled(outcome, row) &&
                            self->bin->code[row] != ERRATA_BINS_MISSING;
    part->where = g_strdup("where it has a value");
    return part_judge(self, part);
}

static char *
part_group_words(const ErrataBinColumn *group, char **values)
{
    g_autofree char *list = g_strjoinv(", ", values);

    return g_strdup_printf(values[1] == NULL ? "where %s is %s" : "where %s is one of %s",
                           group->name,
                           list);
}

/* the rows in which another column has some of its values */
static ErrataLeakageColumn *
part_group(Part *self, const ErrataBinColumn *group)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    gboolean tells[ERRATA_LEAKAGE_CODES] = {FALSE};
    ErrataLeakagePart *part;

    part_cells(self, group->n_codes);
    for (gsize i = 0; i < outcome->n_rows; i += self->step)
        if (part_counts(self, outcome->order[i]) && group->code[outcome->order[i]] < group->n_codes)
            part_add(self, group->code[outcome->order[i]], outcome->order[i]);
    for (guint code = 0; code < group->n_codes; code++) {
        tells[code] = !(group->has_other && code == group->n_codes - 1) && part_tells(self, code);
        if (tells[code])
            g_ptr_array_add(values, g_strdup(group->labels[code]));
    }
    if (values->len == 0 || values->len == group->n_codes)
        return NULL;
    part = errata_leakage_part_new(outcome->n_rows);
    for (gsize row = 0; row < outcome->n_rows; row++)
        part->inside[row] = errata_leakage_measure_labelled(outcome, row) &&
                            tells[group->code[row]];
    g_ptr_array_add(values, NULL);
    part->values = (char **)g_ptr_array_free(g_steal_pointer(&values), FALSE);
    part->column = (int)group->column;
    part->where = part_group_words(group, part->values);
    return part_judge(self, part);
}

/* log-likelihood of the row's label by its code in one of two cells */
static double
part_likelihood(const Part *self, guint cell, const double *spread, gsize row)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    const double *slot = part_slot(self, cell, self->bin->code[row]);
    double all = 0.0;
    double left;

    if (outcome->truth == NULL) {
        left = outcome->truth_value[row] - (slot[0] > 0.0 ? slot[1] / slot[0] : 0.0);
        return -0.5 * log(spread[cell]) - 0.5 * left * left / spread[cell];
    }
    for (guint k = 0; k < self->n_slots; k++)
        all += slot[k];
    return log((slot[outcome->truth[row]] + 0.5) / (all + 0.5 * self->n_slots));
}

static double
part_spread(const Part *self, guint cell)
{
    double n = 0.0;
    double left = 0.0;

    for (guint c = 0; c < ERRATA_LEAKAGE_CODES; c++) {
        const double *slot = part_slot(self, cell, c);

        n += slot[0];
        left += slot[0] > 0.0 ? slot[2] - slot[1] * slot[1] / slot[0] : 0.0;
    }
    return n > 0.0 && left > 0.0 ? left / n : 1e-12;
}

/* the stretch of the order that is most like the blocks @lo to @hi and least like the others */
static void
part_date(Part *self, guint lo, guint hi, gsize *first, gsize *last)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    double spread[2] = {1.0, 1.0};
    double sum = 0.0;
    double most = 0.0;
    gsize begin = 0;

    part_cells(self, 2);
    for (gsize i = 0; i < outcome->n_rows; i++) {
        guint block = (guint)(i * PART_BLOCKS / outcome->n_rows);

        if (part_counts(self, outcome->order[i]))
            part_add(self, block < lo || block > hi ? 1 : 0, outcome->order[i]);
    }
    for (guint cell = 0; cell < 2 && outcome->truth == NULL; cell++)
        spread[cell] = part_spread(self, cell);
    *first = *last = 0;
    for (gsize i = 0; i < outcome->n_rows; i++) {
        if (!part_counts(self, outcome->order[i]))
            continue;
        begin = sum > 0.0 ? begin : i;
        sum = MAX(sum, 0.0) + part_likelihood(self, 0, spread, outcome->order[i]) -
              part_likelihood(self, 1, spread, outcome->order[i]);
        if (sum > most) {
            most = sum;
            *first = begin;
            *last = i;
        }
    }
}

static char *
part_moment(const ErrataOutcome *outcome, gint64 at)
{
    return outcome->time != NULL ? errata_words_time(at)
                                 : g_strdup_printf("row %" G_GINT64_FORMAT, at);
}

static void
part_time_words(ErrataLeakagePart *part, const ErrataOutcome *outcome, gsize first, gsize last)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    part->timed = TRUE;
    part->from = outcome->time != NULL ? outcome->time[outcome->order[first]] : (gint64)first;
    part->to = outcome->time != NULL ? outcome->time[outcome->order[last]] : (gint64)last;
    from = part_moment(outcome, part->from);
    to = part_moment(outcome, part->to);
    if (last == outcome->n_rows - 1)
        part->where = g_strdup_printf("since %s", from);
    else if (first == 0)
        part->where = g_strdup_printf("until %s", to);
    else
        part->where = g_strdup_printf("from %s until %s", from, to);
}

/* a stretch of time */
static ErrataLeakageColumn *
part_time(Part *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gsize edge = outcome->n_rows / PART_BLOCKS / 4;
    guint lo = PART_BLOCKS;
    guint hi = 0;
    guint n = 0;
    gsize first, last;
    ErrataLeakagePart *part;

    part_cells(self, PART_BLOCKS);
    for (gsize i = 0; i < outcome->n_rows; i += self->step)
        if (part_counts(self, outcome->order[i]))
            part_add(self, (guint)(i * PART_BLOCKS / outcome->n_rows), outcome->order[i]);
    for (guint block = 0; block < PART_BLOCKS; block++)
        if (part_tells(self, block)) {
            lo = MIN(lo, block);
            hi = block;
            n++;
        }
    if (n == 0 || n == PART_BLOCKS || n < PART_MOST * (hi - lo + 1))
        return NULL;
    part_date(self, lo, hi, &first, &last);
    /* rows of the other half beside the ends belong to the stretch too */
    first = first < edge ? 0 : first;
    last = last + edge >= outcome->n_rows ? outcome->n_rows - 1 : last;
    part = errata_leakage_part_new(outcome->n_rows);
    for (gsize i = first; i <= last; i++)
        part->inside[outcome->order[i]] =
            errata_leakage_measure_labelled(outcome, outcome->order[i]) ? 1 : 0;
    part_time_words(part, outcome, first, last);
    return part_judge(self, part);
}

/**
 * errata_leakage_part_find:
 * @analysis: an analysis with labels
 * @bin: a column that does not give the label away everywhere
 *
 * Returns: (transfer full) (nullable): the column as measured in the rows in which it does (@part),
 * or %NULL
 */
ErrataLeakageColumn *
errata_leakage_part_find(const ErrataAnalysis *analysis, const ErrataBinColumn *bin)
{
    const ErrataOutcome *outcome = analysis->outcome;
    Part self = {.analysis = analysis, .bin = bin, .n_slots = 3};
    ErrataLeakageColumn *best = NULL;

    if (outcome->truth != NULL && outcome->n_classes > PART_CLASSES)
        return NULL;
    if (outcome->truth != NULL)
        self.n_slots = outcome->n_classes;
    self.step = 1 + outcome->n_rows / (2 * PART_SAMPLE);
    part_keep(&best, part_filled(&self));
    for (guint i = 0; i < analysis->bins->n_columns && best == NULL; i++) {
        const ErrataBinColumn *group = &analysis->bins->columns[i];

        if (group != bin && !group->numeric && group->derived == NULL && group->n_codes >= 2 &&
            group->n_codes <= PART_VALUES && analysis->exclude[group->column] == 0)
            part_keep(&best, part_group(&self, group));
    }
    if (best == NULL)
        part_keep(&best, part_time(&self));
    g_free(self.slot);
    return best;
}
