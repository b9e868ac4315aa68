/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that arrives in another unit for a while. Blocks of rows are compared with a running
 * median of the blocks around them (mean normal score of the column's codes; for counts also the
 * share that is not whole), one by one and several together. A stretch that stands out, or lies
 * between two steps of the level, is judged in data-bugs-stretch.c. */
#include "data-bugs-units.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "select.h"
#include "sort.h"

#define UNITS_LONGEST 8   /* blocks that are looked at together, where single ones tell nothing */
#define UNITS_COARSE  400 /* blocks of the second scale */
#define UNITS_RUNNING 51  /* blocks of the running median */
#define UNITS_Z       6.0
#define UNITS_GAP     2    /* blocks between two halves of one stretch */
#define UNITS_WHOLE   0.98 /* of the values: a column of counts */
#define UNITS_STEPS   6    /* of the level, looked at per column */
#define UNITS_WIDTH   5    /* blocks at either side of a step */
#define UNITS_STEP    0.5  /* of a normal score */

/* normal score of each code: the middle of its share of the rows */
static void
units_scores(Units *self)
{
    gsize count[256] = {0};
    gsize n = 0;
    double below = 0.0;

    for (gsize i = 0; i < self->n_rows; i++)
        count[self->bin->code[self->order[i]]]++;
    for (guint code = 0; code <= ERRATA_BINS_MAX; code++)
        n += count[code];
    for (guint code = 0; code <= ERRATA_BINS_MAX; code++) {
        self->score[code] =
            n > 0 && count[code] > 0
                ? gsl_cdf_ugaussian_Pinv((below + 0.5 * (double)count[code]) / (double)n)
                : 0.0;
        below += (double)count[code];
    }
    self->score[ERRATA_BINS_MISSING] = 0.0;
}

/* whether nearly all values are whole, from an even sample */
static gboolean
units_are_counts(const ErrataColumn *column)
{
    gsize step = column->n_rows / 4000 + 1;
    gsize n = 0;
    gsize n_whole = 0;

    for (gsize row = 0; row < column->n_rows; row += step) {
        double value = errata_column_number(column, row);

        if (isnan(value))
            continue;
        n++;
        n_whole += units_is_whole(value) ? 1 : 0;
    }
    return n > 0 && (double)n_whole >= UNITS_WHOLE * (double)n;
}

/* mean score of the rows of a block that have a value: two sums side by side, as each waits for its
 * last addition */
double
errata_data_bugs_units_mean_score(const Units *self, const guint32 *row, gsize n)
{
    const guint8 *code = self->bin->code;
    double even = 0.0, odd = 0.0; /* a score is 0 where missing */
    gsize missing = n % 2 != 0 && code[row[n - 1]] == ERRATA_BINS_MISSING ? 1 : 0;

    for (gsize i = 0; i + 1 < n; i += 2) {
        even += self->score[code[row[i]]];
        odd += self->score[code[row[i + 1]]];
        missing += (gsize)(code[row[i]] == ERRATA_BINS_MISSING) +
                   (gsize)(code[row[i + 1]] == ERRATA_BINS_MISSING);
    }
    if (n % 2 != 0)
        even += self->score[code[row[n - 1]]];
    return (even + odd) / (double)MAX(n - missing, 1);
}

double
errata_data_bugs_units_share_broken(const Units *self, const guint32 *row, gsize n)
{
    gsize broken = 0;
    gsize there = 0;

    for (gsize i = 0; i < n; i++)
        if (self->bin->code[row[i]] != ERRATA_BINS_MISSING) {
            there++;
            broken += units_is_whole(self->column->f64[row[i]]) ? 0 : 1;
        }
    return (double)broken / (double)MAX(there, 1);
}

/* per block the mean score, or the share of values that are not whole */
static double *
units_series(const Units *self, gsize block, gsize n_blocks, gboolean whole)
{
    double *series = g_new0(double, n_blocks);

    for (gsize b = 0; b < n_blocks; b++) {
        gsize end = b + 1 == n_blocks ? self->n_rows : (b + 1) * block;
        const guint32 *row = self->order + b * block;

        series[b] = whole ? errata_data_bugs_units_share_broken(self, row, end - b * block)
                          : errata_data_bugs_units_mean_score(self, row, end - b * block);
    }
    return series;
}

/* puts @in into the sorted window in the place of @out, which is in it */
static void
units_slide(double *window, gsize n, double out, double in)
{
    gsize at = 0;

    while (window[at] < out)
        at++;
    for (; at + 1 < n && window[at + 1] < in; at++)
        window[at] = window[at + 1];
    for (; at > 0 && window[at - 1] > in; at--)
        window[at] = window[at - 1];
    window[at] = in;
}

/* each block's distance from the running median, in robust standard deviations */
static void
units_standardise(double *series, gsize n, double floor)
{
    gsize width = MIN(n, (gsize)UNITS_RUNNING);
    g_autofree double *deviation = g_new(double, n);
    g_autofree double *size = g_new(double, n);
    double window[UNITS_RUNNING];
    gsize at = 0;
    double scale;

    memcpy(window, series, width * sizeof(double));
    errata_sort_values(window, width);
    for (gsize b = 0; b < n; b++) {
        gsize from = MIN(b > width / 2 ? b - width / 2 : 0, n - width);

        for (; at < from; at++)
            units_slide(window, width, series[at], series[at + width]);
        deviation[b] = series[b] - window[width / 2];
        size[b] = fabs(deviation[b]);
    }
    errata_sort_values(size, n);
    scale = MAX(1.4826 * size[n / 2], floor);
    for (gsize b = 0; b < n; b++)
        series[b] = deviation[b] / scale;
}

/* distances from the running median of means of @together blocks that follow one another; @floor is
 * that of a row */
static double *
units_distances(const double *series, gsize n_blocks, gsize block, gsize together, double floor)
{
    double *mean = g_new(double, n_blocks + 1);

    for (gsize b = 0; b + together <= n_blocks; b++) {
        mean[b] = 0.0;
        for (gsize k = 0; k < together; k++)
            mean[b] += series[b + k] / (double)together;
    }
    units_standardise(mean, n_blocks + 1 - together, floor / sqrt((double)(block * together)));
    return mean;
}

/* stretches of blocks that stand out, so many at a time, by their level or by @broken (nullable),
 * the share that is not whole */
static void
units_scan_together(Units *self,
                    const double *level,
                    const double *broken,
                    gsize block,
                    gsize together)
{
    gsize n_blocks = self->n_rows / block;
    gsize n = n_blocks + 1 - together;
    g_autofree double *score = units_distances(level, n_blocks, block, together, 0.7);
    g_autofree double *off = broken != NULL
                                 ? units_distances(broken, n_blocks, block, together, 0.5)
                                 : NULL;
    gsize begin = 0;
    gsize end = 0;

    self->n_stretches = 0;
    for (gsize b = 0; b <= n; b++) {
        gboolean out = b < n &&
                       (fabs(score[b]) > UNITS_Z || (off != NULL && fabs(off[b]) > UNITS_Z));

        if (end > begin && (b == n || (out && b > end + UNITS_GAP))) {
            errata_data_bugs_units_look(self,
                                        begin * block,
                                        end + together > n_blocks ? self->n_rows
                                                                  : (end + together - 1) * block,
                                        block * together);
            begin = end = b;
        }
        if (!out)
            continue;
        begin = end > begin ? begin : b;
        end = b + 1;
    }
}

static gboolean
units_overlaps_found(const Units *self, gsize from, gsize to)
{
    for (guint i = 0; i < MIN(self->n_found, UNITS_FOUND); i++)
        if (from < self->found[i][1] && self->found[i][0] < to)
            return TRUE;
    return FALSE;
}

/* blocks of stretches that were reported as the nearest others are: they hide smaller factors at
 * other times */
static void
units_mend(const Units *self, double *series, gsize block, gsize n_blocks)
{
    gsize b = 0;

    while (series != NULL && b < n_blocks) {
        gsize end = b;

        while (end < n_blocks &&
               units_overlaps_found(self,
                                    end * block,
                                    end + 1 == n_blocks ? self->n_rows : (end + 1) * block))
            end++;
        for (gsize k = b; k < end; k++)
            series[k] = 0.5 * (series[b > 0 ? b - 1 : MIN(end, n_blocks - 1)] +
                               series[end < n_blocks ? end : (b > 0 ? b - 1 : 0)]);
        b = end + 1;
    }
}

/* blocks one by one, then more and more together: more rows tell a smaller factor. What is found is
 * mended, then the others are looked at */
static void
units_scan(Units *self, gsize block, gsize longest)
{
    gsize n_blocks = self->n_rows / block;
    gsize found = 0;
    g_autofree double *level = NULL;
    g_autofree double *broken = NULL;

    if (n_blocks < 8)
        return;
    level = units_series(self, block, n_blocks, FALSE);
    if (self->counts && self->column->type == ERRATA_COLUMN_F64)
        broken = units_series(self, block, n_blocks, TRUE);
    for (gsize together = 1; together <= longest && n_blocks >= 8 * together; together *= 2) {
        guint before;

        do {
            before = self->n_found;
            if (before > 0) {
                units_mend(self, level, block, n_blocks);
                units_mend(self, broken, block, n_blocks);
            }
            self->taken = 0;
            units_scan_together(self, level, broken, block, together);
            found = MAX(found, self->taken);
        } while (self->n_found > before && self->n_found < UNITS_FOUND);
    }
    self->taken = found;
}

/* the most distinct steps of the level, in order; @ret_cut begins with 0 and ends with the last
 * row */
static guint
units_steps(const Units *self, gsize block, gsize ret_cut[UNITS_STEPS + 2])
{
    gsize n_blocks = self->n_rows / block;
    g_autofree double *level = units_series(self, block, n_blocks, FALSE);
    g_autofree double *step = g_new0(double, n_blocks + 1);
    double half = 0.5;
    double scale;
    guint n = 1;

    for (gsize b = 1; b < n_blocks; b++)
        step[b - 1] = fabs(level[b] - level[b - 1]);
    errata_select_quantiles(step, n_blocks - 1, &half, 1, &scale);
    scale = MAX(UNITS_Z * MAX(1.0484 * scale, 0.7 / sqrt((double)block)), UNITS_STEP);
    memset(step, 0, (n_blocks + 1) * sizeof *step);
    for (gsize b = UNITS_WIDTH; b + UNITS_WIDTH <= n_blocks; b++) {
        for (gsize k = 0; k < UNITS_WIDTH; k++)
            step[b] += (level[b + k] - level[b - 1 - k]) / UNITS_WIDTH;
        step[b] = fabs(step[b]);
    }
    ret_cut[0] = 0;
    while (n <= UNITS_STEPS) {
        gsize best = 0;
        guint at = n;

        for (gsize b = 0; b <= n_blocks; b++)
            best = step[b] > step[best] ? b : best;
        if (!(step[best] > scale))
            break;
        for (; at > 1 && ret_cut[at - 1] > best * block; at--)
            ret_cut[at] = ret_cut[at - 1];
        ret_cut[at] = best * block;
        n++;
        for (gsize b = best > UNITS_WIDTH ? best - UNITS_WIDTH : 0;
             b <= MIN(best + UNITS_WIDTH, n_blocks);
             b++)
            step[b] = 0.0;
    }
    ret_cut[n] = self->n_rows;
    return n;
}

/* stretches too long for a running median, and those that last to the end: between two steps of the
 * level every second one is in another unit, or none is */
static void
units_scan_long(Units *self)
{
    gsize block = MAX(self->n_rows / UNITS_COARSE, (gsize)UNITS_BLOCK);
    gsize cut[UNITS_STEPS + 2];
    guint n;

    if (self->n_rows / block < 4 * UNITS_WIDTH)
        return;
    n = units_steps(self, block, cut);
    self->n_stretches = 0;
    self->lasts = TRUE;
    for (guint i = n > 1 && errata_data_bugs_units_begins_wrong(self, cut) ? 0 : 1; i < n; i += 2)
        errata_data_bugs_units_look(self, cut[i], cut[i + 1], block);
}

static const ErrataBinColumn *
units_bin(const ErrataBins *bins, guint column)
{
    for (guint i = 0; i < bins->n_columns; i++)
        if (bins->columns[i].column == column && bins->columns[i].derived == NULL)
            return &bins->columns[i];
    return NULL;
}

/* stretches that were told by the jumps at their ends: two faults of a column make it wander, and
 * the one that jumps further hides the other */
static void
units_take(Units *self, guint n_before)
{
    const GPtrArray *bugs = self->bugs->bugs;

    for (guint i = n_before; i < bugs->len && self->n_found < UNITS_FOUND; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(bugs, i);

        self->found[self->n_found][0] = bug->from;
        self->found[self->n_found++][1] = bug->to;
    }
}

/**
 * errata_data_bugs_units_among:
 * @self: what was found so far
 * @column: a column
 * @rows: those that are looked at
 *
 * Windows in which a number comes in another unit. METHODS 4: blocks of 150 rows, else two, four or
 * eight of them together, |z| > 6 against a
 * running median of 51 blocks; the factor with the least KS distance to the rows around (and, for
 * counts, the fewest values that are not whole) if it halves what no factor costs. Stretches that
 * are too long for the median, or last to the end, lie between steps of the level; these must be
 * further apart than drift moves a column. Columns that follow the hour, or wander, are looked at
 * by themselves before.
 */
void
errata_data_bugs_units_among(ErrataDataBugs *self, guint column, const ErrataDataBugsRows *rows)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    const ErrataBinColumn *bin = units_bin(self->analysis->bins, column);
    guint n_before = self->bugs->len;
    Units units = {.bugs = self,
                   .index = column,
                   .column = data,
                   .bin = bin,
                   .rows = rows,
                   .order = rows->order,
                   .n_rows = rows->n_rows};

    if (bin == NULL || !bin->numeric || !errata_column_is_numeric(data) || bin->n_codes < 3 ||
        errata_data_bugs_counts(self, column))
        return;
    self->n_tried++;
    if (errata_data_bugs_cycle(self, column, rows, &units.weekly))
        return;
    if (!units.weekly && errata_data_bugs_wander(self, column, rows)) {
        if (rows->order != self->analysis->outcome->order)
            return;
        units_take(&units, n_before);
    }
    units.counts = units_are_counts(data);
    units_scores(&units);
    units_scan(&units, UNITS_BLOCK, UNITS_LONGEST);
    units.taken = MAX(units.taken, units.n_found > 0 ? 1 : 0);
    if (units.n_rows / UNITS_COARSE > 2 * UNITS_BLOCK && units.taken == 0)
        units_scan(&units, units.n_rows / UNITS_COARSE, 1);
    if (units.taken == 0)
        units_scan_long(&units);
    if (units.taken == 0 && !units.weekly)
        errata_data_bugs_wander_on(self, column, rows);
}

void
errata_data_bugs_units(ErrataDataBugs *self, guint column)
{
    const ErrataDataBugsRows rows = {.order = self->analysis->outcome->order,
                                     .n_rows = self->analysis->frame->n_rows};

    errata_data_bugs_units_among(self, column, &rows);
}
