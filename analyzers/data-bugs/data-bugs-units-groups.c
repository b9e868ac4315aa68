/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that only one sender, region or device sends in another unit for a while. The whole
 * column hardly shows it, so the rows of each value of a category are looked at by themselves, as
 * the column is; but only of those values whose rows, in an even sample, leave the others' for some
 * part of the log, as compared to the rest of it. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "data-bugs-units.h"
#include "select.h"

#define GROUPS_SAMPLE  20000 /* rows */
#define GROUPS_BLOCKS  40
#define GROUPS_LONGEST 8    /* that are looked at together */
#define GROUPS_CODES   24   /* values of a category, at most */
#define GROUPS_CELL    5    /* rows of a value in a block */
#define GROUPS_SEEN    10   /* blocks of a value that has so many */
#define GROUPS_OFF     5.0  /* standard deviations of a block … */
#define GROUPS_FAR     0.5  /* … and of normal scores */
#define GROUPS_LOOKS   4    /* values per column whose rows are all read */
#define GROUPS_ROWS    1000 /* of a value */

/* a value whose rows part from the others' */
typedef struct {
    const ErrataBinColumn *bin;
    guint code;
    double off; /* in standard deviations */
} GroupsValue;

typedef struct {
    ErrataDataBugs *bugs;
    const ErrataBinColumn *bin; /* of the column of numbers */
    double score[ERRATA_BINS_MAX + 2];
    GroupsValue value[GROUPS_LOOKS]; /* the furthest first */
    guint n;
} Groups;

/* sums of the normal scores of a category's sampled rows */
typedef struct {
    double sum[GROUPS_BLOCKS][GROUPS_CODES + 1]; /* the last: all values */
    double n[GROUPS_BLOCKS][GROUPS_CODES + 1];
} GroupsSums;

/* normal scores of the column's codes, by the sample; those of no value are 0 */
static void
groups_scores(Groups *self)
{
    const guint32 *order = self->bugs->analysis->outcome->order;
    gsize n_rows = self->bugs->analysis->frame->n_rows, step = (n_rows - 1) / GROUPS_SAMPLE + 1;
    double count[ERRATA_BINS_MAX + 2] = {0}, n = 0.0, below = 0.0;

    for (gsize i = 0; i < n_rows; i += step)
        count[self->bin->code[order[i]]] += 1.0;
    for (guint code = 0; code < ERRATA_BINS_MISSING; code++)
        n += count[code];
    for (guint code = 0; code < ERRATA_BINS_MISSING; code++) {
        self->score[code] = count[code] > 0.0
                                ? gsl_cdf_ugaussian_Pinv((below + 0.5 * count[code]) / n)
                                : 0.0;
        below += count[code];
    }
}

static void
groups_add(Groups *self, const GroupsValue *value)
{
    guint at = self->n;

    while (at > 0 && self->value[at - 1].off < value->off)
        at--;
    if (at == GROUPS_LOOKS)
        return;
    self->n = MIN(self->n + 1, GROUPS_LOOKS);
    memmove(&self->value[at + 1], &self->value[at], (self->n - at - 1) * sizeof *self->value);
    self->value[at] = *value;
}

static void
groups_count(const Groups *self, const ErrataBinColumn *category, GroupsSums *sums)
{
    const guint32 *order = self->bugs->analysis->outcome->order;
    gsize n_rows = self->bugs->analysis->frame->n_rows, step = (n_rows - 1) / GROUPS_SAMPLE + 1;

    for (gsize i = 0; i < n_rows; i += step) {
        gsize block = i * GROUPS_BLOCKS / n_rows;
        guint code = category->code[order[i]];
        guint8 bin = self->bin->code[order[i]];

        if (bin == ERRATA_BINS_MISSING)
            continue;
        sums->sum[block][GROUPS_CODES] += self->score[bin];
        sums->n[block][GROUPS_CODES] += 1.0;
        if (code >= GROUPS_CODES)
            continue;
        sums->sum[block][code] += self->score[bin];
        sums->n[block][code] += 1.0;
    }
}

/* how far the value's rows are from the others' in the blocks in which that is unlike the rest
 * most; 0: nowhere */
static double
groups_off(const GroupsSums *sums, guint code)
{
    double apart[GROUPS_BLOCKS], size[GROUPS_BLOCKS], usual, scale, rows = 0.0, most = 0.0;
    guint n = 0;

    for (guint b = 0; b < GROUPS_BLOCKS; b++) {
        double own = sums->n[b][code], others = sums->n[b][GROUPS_CODES] - own;

        if (own < GROUPS_CELL || others < GROUPS_CELL)
            continue;
        apart[n] = sums->sum[b][code] / own -
                   (sums->sum[b][GROUPS_CODES] - sums->sum[b][code]) / others;
        rows += own;
        n++;
    }
    if (n < GROUPS_SEEN)
        return 0.0;
    usual = errata_select_median(apart, n);
    for (guint b = 0; b < n; b++)
        size[b] = fabs(apart[b] - usual);
    scale = MAX(1.4826 * errata_select_median(size, n), 0.7 * sqrt((double)n / rows));
    for (guint together = 1; together <= MIN(n / 2, GROUPS_LONGEST); together *= 2)
        for (guint b = 0; b + together <= n; b++) {
            double mean = 0.0;

            for (guint k = 0; k < together; k++)
                mean += (apart[b + k] - usual) / together;
            if (fabs(mean) > GROUPS_FAR)
                most = MAX(most, fabs(mean) * sqrt(together) / scale);
        }
    return most > GROUPS_OFF ? most : 0.0;
}

static void
groups_search(Groups *self, const ErrataBinColumn *category)
{
    g_autofree GroupsSums *sums = g_new0(GroupsSums, 1);
    guint n_codes = category->n_codes - (category->has_other ? 1 : 0);

    groups_count(self, category, sums);
    for (guint code = 0; code < MIN(n_codes, (guint)GROUPS_CODES); code++) {
        const GroupsValue value = {category, code, groups_off(sums, code)};

        if (value.off > 0.0)
            groups_add(self, &value);
    }
}

/* 1 for rows in which columns hold each other's values: no unit */
static guint8 *
groups_swapped(const ErrataDataBugs *self)
{
    guint8 *swapped = g_new0(guint8, self->analysis->frame->n_rows + 1);

    for (guint i = 0; self->told != NULL && i < self->told->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->told, i);

        for (guint k = 0; strcmp(bug->bug, "column-swap") == 0 && k < bug->row->len; k++)
            swapped[g_array_index(bug->row, guint32, k)] = 1;
    }
    return swapped;
}

/* looks at the rows of one value as at a whole column; TRUE: something was told */
static gboolean
groups_look(const Groups *self, guint column, const GroupsValue *value)
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    g_autofree guint32 *order = g_new(guint32, outcome->n_rows + 1);
    g_autofree gsize *place = g_new(gsize, outcome->n_rows + 1);
    g_autofree guint8 *swapped = groups_swapped(self->bugs);
    ErrataDataBugsRows rows = {order, 0, place, value->bin, value->code};
    guint before = self->bugs->bugs->len;

    for (gsize i = 0; i < outcome->n_rows; i++) {
        guint32 row = outcome->order[i];

        order[rows.n_rows] = row;
        place[rows.n_rows] = i;
        rows.n_rows += value->bin->code[row] == value->code && swapped[row] == 0 ? 1 : 0;
    }
    if (rows.n_rows >= GROUPS_ROWS)
        errata_data_bugs_units_among(self->bugs, column, &rows);
    return self->bugs->bugs->len > before;
}

static const ErrataBinColumn *
groups_bin(const ErrataBins *bins, guint column)
{
    for (guint i = 0; i < bins->n_columns; i++)
        if (bins->columns[i].column == column && bins->columns[i].derived == NULL)
            return &bins->columns[i];
    return NULL;
}

/* whether a change of unit of the column is told already: it hits every sender */
static gboolean
groups_is_told(const ErrataDataBugs *self, guint column)
{
    for (guint i = 0; self->told != NULL && i < self->told->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->told, i);

        if (bug->column == (int)column && strcmp(bug->bug, "unit-change") == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
errata_data_bugs_units_is_category(const ErrataAnalysis *analysis, const ErrataBinColumn *bin)
{
    return !bin->numeric && bin->derived == NULL && bin->labels != NULL && bin->n_codes >= 2 &&
           bin->n_codes <= GROUPS_CODES + 1 &&
           errata_schema_is_logged(analysis->schema, bin->column);
}

/**
 * errata_data_bugs_units_groups:
 * @self: what was found so far
 * @column: a column
 *
 * Windows in which a number comes in another unit in the rows of one value of a category, or the
 * whole log. Reads 20,000 rows per pair of columns, and all rows of the few values that stand out
 * in them.
 */
void
errata_data_bugs_units_groups(ErrataDataBugs *self, guint column)
{
    const ErrataAnalysis *analysis = self->analysis;
    Groups work = {.bugs = self, .bin = groups_bin(analysis->bins, column)};

    if (work.bin == NULL || !work.bin->numeric || work.bin->n_codes < 3 ||
        !errata_column_is_numeric(analysis->frame->columns[column]) ||
        errata_data_bugs_counts(self, column) || analysis->frame->n_rows < 2 * GROUPS_ROWS ||
        groups_is_told(self, column))
        return;
    groups_scores(&work);
    for (guint c = 0; c < analysis->bins->n_columns; c++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[c];

        if (errata_data_bugs_units_is_category(analysis, bin))
            groups_search(&work, bin);
    }
    for (guint i = 0; i < work.n; i++)
        if (groups_look(&work, column, &work.value[i]))
            return;
    errata_data_bugs_units_always(self, column);
}
