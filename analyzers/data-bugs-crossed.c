/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two columns of numbers that hold each other's values for a while. Each leaves its usual range of values at
 * the same time, and what it holds then is what the other holds at all other times. Blocks of rows in which a
 * column's median is none that a block of it has elsewhere make the windows; pairs of columns whose windows
 * coincide are compared crosswise, and dated on rows by the likelihood of both columns together. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "distances.h"
#include "select.h"
#include "sort.h"
#include "unit-factor.h"

#define CROSSED_BLOCK  50   /* rows, at least */
#define CROSSED_BLOCKS 40   /* the fewest … */
#define CROSSED_MOST   1000 /* … and the most */
#define CROSSED_VALUES 15   /* of a block, that make its median */
#define CROSSED_Z      8.0  /* of a median against those of the other blocks */
#define CROSSED_LONG   0.4  /* of the blocks, at most */
#define CROSSED_SAME   0.8  /* of two windows' blocks that are in both */
#define CROSSED_AROUND 5000 /* values of the rest */
#define CROSSED_LEAST  50   /* values of a window */
#define CROSSED_FAR    0.3  /* distance of the window from the rest of its own column */
#define CROSSED_FIT    1.95 /* of the noise of two samples: p of 1e-3 */
#define CROSSED_CAP    5.0  /* of a row, when dated */

/* a window of blocks in which a column is unlike itself */
typedef struct {
    guint column;
    gsize from;
    gsize to;
} CrossedWindow;

typedef struct {
    ErrataDataBugs *bugs;
    const guint32 *order;
    gsize n_rows;
    gsize block; /* rows */
} Crossed;

/* sorted values of a column in a window, or evenly from all around it */
typedef struct {
    double *value;
    gsize n;
} CrossedSample;

static double
crossed_median(const Crossed *self, const ErrataColumn *column, gsize block)
{
    double value[CROSSED_VALUES];
    const double half = 0.5;
    double median = (double)NAN;
    gsize n = 0;

    for (gsize i = 0; i < CROSSED_VALUES; i++) {
        gsize place = block * self->block + i * self->block / CROSSED_VALUES;

        value[n] = errata_column_number(column, self->order[place]);
        n += isnan(value[n]) ? 0 : 1;
    }
    if (n > CROSSED_VALUES / 2)
        errata_select_quantiles(value, n, &half, 1, &median);
    return median;
}

/* the window of a column, if there is one and it is unlike all else */
static gboolean
crossed_window(const Crossed *self, guint index, CrossedWindow *ret_window)
{
    static const double at[] = {0.25, 0.5, 0.75};
    const ErrataColumn *column = self->bugs->analysis->frame->columns[index];
    gsize n_blocks = self->n_rows / self->block, n = 0, n_out = 0;
    g_autofree double *median = g_new(double, n_blocks + 1);
    g_autofree double *there = g_new(double, n_blocks + 1);
    double quantile[3] = {0.0};
    gsize first = n_blocks, last = 0;

    for (gsize b = 0; b < n_blocks; b++) {
        median[b] = crossed_median(self, column, b);
        there[n] = median[b];
        n += isnan(median[b]) ? 0 : 1;
    }
    if (n < CROSSED_BLOCKS)
        return FALSE;
    errata_select_quantiles(there, n, at, G_N_ELEMENTS(at), quantile);
    for (gsize b = 0; b < n_blocks; b++)
        if (fabs(median[b] - quantile[1]) > CROSSED_Z * (quantile[2] - quantile[0]) / 1.349) {
            first = MIN(first, b);
            last = b + 1;
            n_out++;
        }
    if (n_out < 2 || !(quantile[2] > quantile[0]) ||
        (double)n_out < CROSSED_SAME * (double)(last - first) ||
        (double)(last - first) > CROSSED_LONG * (double)n_blocks)
        return FALSE;
    *ret_window = (CrossedWindow){index, first * self->block, last * self->block};
    return TRUE;
}

static void
crossed_sample(const Crossed *self,
               guint index,
               gsize from,
               gsize to,
               gboolean around,
               CrossedSample *ret)
{
    const ErrataColumn *column = self->bugs->analysis->frame->columns[index];
    gsize step = around ? self->n_rows / CROSSED_AROUND + 1 : (to - from) / CROSSED_AROUND + 1;
    gsize begin = around ? 0 : from, end = around ? self->n_rows : to;

    ret->value = g_new(double, (end - begin) / step + 2);
    ret->n = 0;
    for (gsize i = begin; i < end; i += step) {
        if (around && i + 2 * self->block > from && i < to + 2 * self->block)
            continue;
        ret->value[ret->n] = errata_column_number(column, self->order[i]);
        ret->n += isnan(ret->value[ret->n]) ? 0 : 1;
    }
    errata_sort_values(ret->value, ret->n);
}

static double
crossed_distance(const CrossedSample *a, const CrossedSample *b)
{
    return errata_unit_factor_distance(&errata_unit_none, a->value, a->n, b->value, b->n);
}

static gboolean
crossed_is_like(const CrossedSample *a, const CrossedSample *b)
{
    return crossed_distance(a, b) <= CROSSED_FIT * sqrt(1.0 / (double)a->n + 1.0 / (double)b->n);
}

static gsize
crossed_below(const CrossedSample *sample, double value)
{
    gsize lo = 0, hi = sample->n;

    while (lo < hi) {
        gsize middle = lo + (hi - lo) / 2;

        if (sample->value[middle] < value)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* log density of a value among those of a sample */
static double
crossed_log(const CrossedSample *sample, double value)
{
    double width = 0.1 * (errata_sort_quantile(sample->value, sample->n, 0.75) -
                          errata_sort_quantile(sample->value, sample->n, 0.25));
    double near =
        (double)(crossed_below(sample, value + width) - crossed_below(sample, value - width));

    return isnan(value) ? 0.0 : log((near + 0.5) / ((double)sample->n * width));
}

/* the ends: the run of rows that are likelier crossed; @around are the samples of both columns */
static void
crossed_date(const Crossed *self,
             const CrossedWindow *a,
             const CrossedWindow *b,
             const CrossedSample around[2],
             gsize *from,
             gsize *to)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;
    gsize begin = *from > 3 * self->block ? *from - 3 * self->block : 0;
    gsize end = MIN(*to + 3 * self->block, self->n_rows), start = begin;
    double sum = 0.0, most = 0.0;

    for (gsize i = begin; i < end; i++) {
        double x = errata_column_number(frame->columns[a->column], self->order[i]);
        double y = errata_column_number(frame->columns[b->column], self->order[i]);
        double gain = crossed_log(&around[1], x) + crossed_log(&around[0], y) -
                      crossed_log(&around[0], x) - crossed_log(&around[1], y);

        if (!(sum > 0.0)) {
            sum = 0.0;
            start = i;
        }
        sum += CLAMP(gain, -CROSSED_CAP, CROSSED_CAP);
        if (sum > most) {
            most = sum;
            *from = start;
            *to = i + 1;
        }
    }
}

static void
crossed_add(const Crossed *self,
            const CrossedWindow *a,
            const CrossedWindow *b,
            gsize from,
            gsize to,
            double p)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;
    ErrataDataBug *bug = errata_data_bugs_add(self->bugs, "column-swap", (int)a->column);
    g_autofree char *when = errata_data_bugs_when(self->bugs, from, to);
    g_autofree char *count = NULL;

    for (gsize i = from; i < to; i++)
        g_array_append_val(bug->row, self->order[i]);
    bug->n_rows = bug->row->len;
    bug->has_window = TRUE;
    bug->from = from;
    bug->to = to;
    bug->p = p;
    bug->test = "Kolmogorov–Smirnov, all windows and pairs counted";
    bug->set_aside = TRUE;
    count = errata_data_bugs_count(bug->n_rows);
    bug->title = g_strdup_printf("%s and %s hold each other’s values %s, in %s rows",
                                 frame->columns[a->column]->name,
                                 frame->columns[b->column]->name,
                                 when,
                                 count);
    bug->action =
        g_strdup_printf("Exchange %s and %s in these rows and score them again; write columns "
                        "by name, not by place",
                        frame->columns[a->column]->name,
                        frame->columns[b->column]->name);
}

/* whether each column's window is like the rest of the other, and not like its own */
static gboolean
crossed_look(const Crossed *self, const CrossedWindow *a, const CrossedWindow *b)
{
    gsize from = MIN(a->from, b->from), to = MAX(a->to, b->to);
    CrossedSample around[2], inside[2];
    gboolean found = FALSE;

    crossed_sample(self, a->column, from, to, TRUE, &around[0]);
    crossed_sample(self, b->column, from, to, TRUE, &around[1]);
    if (MIN(around[0].n, around[1].n) >= CROSSED_LEAST)
        crossed_date(self, a, b, around, &from, &to);
    crossed_sample(self, a->column, from, to, FALSE, &inside[0]);
    crossed_sample(self, b->column, from, to, FALSE, &inside[1]);
    if (MIN(inside[0].n, inside[1].n) >= CROSSED_LEAST &&
        MIN(around[0].n, around[1].n) >= CROSSED_LEAST &&
        crossed_distance(&inside[0], &around[0]) >= CROSSED_FAR &&
        crossed_distance(&inside[1], &around[1]) >= CROSSED_FAR &&
        crossed_is_like(&inside[0], &around[1]) && crossed_is_like(&inside[1], &around[0])) {
        double p = errata_distances_ks_p(crossed_distance(&inside[0], &around[0]),
                                         inside[0].n,
                                         around[0].n);

        crossed_add(self,
                    a,
                    b,
                    from,
                    to,
                    MIN(p * (double)self->n_rows * self->bugs->analysis->frame->n_columns, 1.0));
        found = TRUE;
    }
    for (guint k = 0; k < 2; k++) {
        g_free(around[k].value);
        g_free(inside[k].value);
    }
    return found;
}

static gboolean
crossed_coincide(const CrossedWindow *a, const CrossedWindow *b)
{
    gsize both_from = MAX(a->from, b->from), both_to = MIN(a->to, b->to);
    gsize all = MAX(a->to, b->to) - MIN(a->from, b->from);

    return both_to > both_from && (double)(both_to - both_from) >= CROSSED_SAME * (double)all;
}

/* whether nearly all rows of one are the other's */
static gboolean
crossed_is_inside(const ErrataDataBugs *self, const ErrataDataBug *bug, const ErrataDataBug *in)
{
    g_autofree guint8 *mark = g_new0(guint8, self->analysis->frame->n_rows + 1);
    gsize n = 0;

    for (guint i = 0; i < in->row->len; i++)
        mark[g_array_index(in->row, guint32, i)] = 1;
    for (guint i = 0; i < bug->row->len; i++)
        n += mark[g_array_index(bug->row, guint32, i)];
    return (double)n >= CROSSED_SAME * (double)bug->row->len;
}

/* what else was found of either column there is the same fault */
static void
crossed_replace(ErrataDataBugs *self, const CrossedWindow *a, const CrossedWindow *b)
{
    const ErrataDataBug *crossed = g_ptr_array_index(self->bugs, self->bugs->len - 1);

    for (guint i = self->bugs->len - 1; i-- > 0;) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);

        if ((bug->column == (int)a->column || bug->column == (int)b->column) && bug->row->len > 0 &&
            crossed_is_inside(self, bug, crossed))
            g_ptr_array_remove_index(self->bugs, i);
    }
}

/**
 * errata_data_bugs_crossed:
 * @self: what was found so far
 *
 * Pairs of columns of numbers that hold each other's values for a while. At most 15,000 values
 * of a column are read, but for pairs that coincide.
 */
void
errata_data_bugs_crossed(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    Crossed work = {self, analysis->outcome->order, analysis->frame->n_rows, CROSSED_BLOCK};
    g_autoptr(GArray) windows = g_array_new(FALSE, FALSE, sizeof(CrossedWindow));

    work.block = MAX(work.block, work.n_rows / CROSSED_MOST);
    if (work.n_rows / work.block < CROSSED_BLOCKS)
        return;
    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        ErrataRole role = analysis->schema->columns[c].role;
        CrossedWindow window;

        if ((role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP) &&
            errata_data_bugs_reads(self, c) &&
            errata_column_is_numeric(analysis->frame->columns[c]) &&
            crossed_window(&work, c, &window))
            g_array_append_val(windows, window);
    }
    self->n_tried += windows->len;
    for (guint i = 0; i < windows->len; i++)
        for (guint j = i + 1; j < windows->len; j++) {
            const CrossedWindow *a = &g_array_index(windows, CrossedWindow, i);
            const CrossedWindow *b = &g_array_index(windows, CrossedWindow, j);

            if (crossed_coincide(a, b) && crossed_look(&work, a, b))
                crossed_replace(self, a, b);
        }
}
