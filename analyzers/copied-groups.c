/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of errors. Where one group makes most of a log's errors, every other looks as if its
 * labels were the predictions again, against a rate that is that group's alone. So the values of
 * columns, ranges of numbers, and two of these together are looked for that contradict surely more
 * often than rows do that are predicted alike elsewhere; the most telling first, the next among
 * the rows that are left. Source: the scan statistic of Kulldorff (1997), "A spatial scan
 * statistic". */
#include "copied-groups.h"

#include <math.h>
#include <string.h>

#define GROUPS_TIMES 2.0  /* as many contradictions as rows elsewhere, at least */
#define GROUPS_SURE  14.0 /* the log likelihood ratio beyond that of chance: one in a million */
#define GROUPS_SAID  1.25 /* times what its scores say, or as little: it errs as it should */

/* a range of values of one column */
typedef struct {
    const ErrataBinColumn *bin;
    guint lo;
    guint hi; /* the last of them */
    double gain;
    double wrong;
    double said; /* contradictions that the scores say */
    gboolean scored;
} GroupsRange;

typedef struct {
    ErrataCopiedRows *rows;
    const ErrataBins *bins;
    guint8 *use;      /* per place: it counts */
    double *expected; /* per place: by rows predicted alike */
    double all_wrong;
    double all_expected;
    double n_tried;
} Groups;

/* what equal rows that count let expect of each */
static void
groups_expect(Groups *self)
{
    gsize n_cells = errata_copied_rows_cells();
    g_autofree double *n = g_new0(double, n_cells);
    g_autofree double *wrong = g_new0(double, n_cells);

    self->all_wrong = self->all_expected = 0.0;
    for (gsize i = 0; i < self->rows->n_rows; i++) {
        if (self->use[i] == 0)
            continue;
        n[self->rows->cell[i]] += 1.0;
        wrong[self->rows->cell[i]] += self->rows->state[i];
    }
    for (gsize i = 0; i < self->rows->n_rows; i++) {
        guint16 cell = self->rows->cell[i];

        if (self->use[i] == 0)
            continue;
        self->expected[i] = wrong[cell] / n[cell];
        self->all_wrong += self->rows->state[i];
        self->all_expected += self->expected[i];
    }
}

/* the log likelihood ratio of rows that contradict more often than elsewhere, 0 where not */
static double
groups_gain(const Groups *self, double wrong, double expected)
{
    double rest_wrong = self->all_wrong - wrong;
    double rest_expected = self->all_expected - expected;

    if (!(expected > 0.0) || !(rest_expected > 0.0) ||
        wrong * rest_expected < GROUPS_TIMES * rest_wrong * expected)
        return 0.0;
    return wrong * log(wrong / expected) +
           (rest_wrong > 0.0 ? rest_wrong * log(rest_wrong / rest_expected) : 0.0);
}

/* whether the rows are wrong as often as their scores say: it is the others then that are odd */
static gboolean
groups_is_said(const GroupsRange *range)
{
    return range->scored && range->wrong <= GROUPS_SAID * range->said &&
           range->said <= GROUPS_SAID * range->wrong;
}

static gboolean
groups_has(const GroupsRange *range, guint32 row)
{
    guint8 code = range->bin->code[row];

    return code >= range->lo && code <= range->hi;
}

/* the best range of a column, among the rows of @within */
static void
groups_look(Groups *self, const ErrataBinColumn *bin, const GroupsRange *within, GroupsRange *best)
{
    double wrong[ERRATA_BINS_MISSING + 1] = {0.0}, expected[ERRATA_BINS_MISSING + 1] = {0.0};

    for (gsize i = 0; i < self->rows->n_rows; i++) {
        guint32 row = self->rows->order[i];

        if (self->use[i] == 0 || (within != NULL && !groups_has(within, row)))
            continue;
        wrong[bin->code[row]] += self->rows->state[i];
        expected[bin->code[row]] += self->expected[i];
    }
    for (guint lo = 0; lo <= ERRATA_BINS_MISSING; lo++) {
        double sum_wrong = 0.0, sum_expected = 0.0;
        guint last = bin->numeric && lo < bin->n_codes ? bin->n_codes - 1 : lo;

        if (lo >= bin->n_codes && lo != ERRATA_BINS_MISSING)
            continue;
        for (guint hi = lo; hi <= last; hi++) {
            double gain;

            sum_wrong += wrong[hi];
            sum_expected += expected[hi];
            gain = groups_gain(self, sum_wrong, sum_expected);
            self->n_tried += 1.0;
            if (gain > best->gain)
                *best = (GroupsRange){.bin = bin, .lo = lo, .hi = hi, .gain = gain};
        }
    }
}

static gboolean
groups_in(const Groups *self, const GroupsRange *one, const GroupsRange *two, gsize place)
{
    guint32 row = self->rows->order[place];

    return self->use[place] != 0 && groups_has(one, row) &&
           (two->bin == NULL || groups_has(two, row));
}

/* the most telling group of the rows that count, and whether it is one */
static gboolean
groups_next(Groups *self, GroupsRange *ret_one, GroupsRange *ret_two)
{
    *ret_one = *ret_two = (GroupsRange){.bin = NULL};
    self->n_tried = 1.0;
    groups_expect(self);
    for (guint b = 0; b < self->bins->n_columns; b++)
        groups_look(self, &self->bins->columns[b], NULL, ret_one);
    if (ret_one->bin == NULL)
        return FALSE;
    ret_two->gain = ret_one->gain;
    for (guint b = 0; b < self->bins->n_columns; b++)
        if (&self->bins->columns[b] != ret_one->bin)
            groups_look(self, &self->bins->columns[b], ret_one, ret_two);
    if (ret_two->gain < GROUPS_SURE + log(self->n_tried))
        return FALSE;
    for (gsize i = 0; i < self->rows->n_rows; i++) {
        if (!groups_in(self, ret_one, ret_two, i))
            continue;
        ret_one->wrong += self->rows->state[i];
        if (!errata_copied_rows_is_scored(self->rows, i))
            continue;
        ret_one->said += self->rows->doubt[i];
        ret_one->scored = TRUE;
    }
    return !groups_is_said(ret_one);
}

/**
 * errata_copied_groups_find:
 * @rows: labels held against predictions; those of classes. Gets its `group`, for its places in any
 *   of them, and for those inside
 * @bins: the log's columns
 * @left: (array length=rows->n_rows): per place: 1 for rows that were told already
 * @inside: (array length=rows->n_rows): per place: 1 for rows that others are to tell of
 *
 * Finds the groups that contradict surely more often than the rest of the rows in neither.
 * Complexity: rows × columns × groups.
 *
 * Returns: how many, at most %ERRATA_COPIED_GROUPS
 */
guint
errata_copied_groups_find(ErrataCopiedRows *rows,
                          const ErrataBins *bins,
                          const guint8 *left,
                          const guint8 *inside)
{
    Groups self = {.rows = rows, .bins = bins};
    g_autofree guint8 *use = self.use = g_new(guint8, rows->n_rows + 1);
    g_autofree double *expected = g_new0(double, rows->n_rows + 1);
    GroupsRange one, two;
    guint n = 0;

    self.expected = expected;
    memset(rows->group, 0, rows->n_rows);
    for (gsize i = 0; i < rows->n_rows; i++)
        use[i] = rows->state[i] < 2 && left[i] == 0 && inside[i] == 0 ? 1 : 0;
    while (!rows->regression && n < ERRATA_COPIED_GROUPS && groups_next(&self, &one, &two)) {
        n++;
        for (gsize i = 0; i < rows->n_rows; i++) {
            guint32 row = rows->order[i];

            if (rows->group[i] != 0 || !groups_has(&one, row) ||
                (two.bin != NULL && !groups_has(&two, row)))
                continue;
            rows->group[i] = (guint8)n;
            use[i] = 0;
        }
    }
    return n;
}
