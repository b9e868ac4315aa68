/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of numbers that hold each other's values for a while: two, or more in a ring. Each leaves
 * its usual range of values at the same time, and what it holds then is what another one of them
 * holds at all other times. Windows are blocks of rows in which a column's median is none that a
 * block of it has elsewhere, and those in which a column was taken to come in another unit; there,
 * all columns that changed are compared crosswise, and dated on rows by the likelihood of all
 * together. A column that only holds what another has in the same rows is a copy of it, and no
 * other unit. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "distances.h"
#include "select.h"
#include "sort.h"
#include "unit-factor.h"

#define CROSSED_BLOCK   50   /* rows, at least */
#define CROSSED_BLOCKS  40   /* the fewest … */
#define CROSSED_MOST    1000 /* … and the most */
#define CROSSED_VALUES  15   /* of a block, that make its median */
#define CROSSED_Z       5.0  /* of a median against those of the other blocks */
#define CROSSED_LONG    0.4  /* of the blocks, at most */
#define CROSSED_SAME    0.8  /* of a window's blocks; of one fault's rows that are another's */
#define CROSSED_GAP     3    /* blocks between two windows */
#define CROSSED_WINDOWS 16   /* that are looked at */
#define CROSSED_AROUND  5000 /* values of the rest */
#define CROSSED_FEW     400  /* likewise, at first */
#define CROSSED_LEAST   50   /* values of a window */
#define CROSSED_FAR     0.3  /* distance of the window from the rest of its own column */
#define CROSSED_FIT     1.95 /* of the noise of two samples: p of 1e-3 */
#define CROSSED_SLACK \
    0.15 /* of a window's values that may be of rows beside it, before it is dated */
#define CROSSED_CAP    5.0  /* of a row, when dated */
#define CROSSED_RING   8    /* columns, at most */
#define CROSSED_SCALE  4.0  /* a larger factor between two columns is no chance */
#define CROSSED_EQUAL  0.9  /* of the rows of a copy */
#define CROSSED_NEAR   0.02 /* part of a value by which two writings of it differ */
#define CROSSED_BROKEN 0.02 /* of the values of a column of whole numbers, that are not, at most */
#define CROSSED_FINER  0.5  /* of the values, that are off another column's decimals */

/* a window in which a column is unlike itself */
typedef struct {
    guint column;
    gsize from;
    gsize to;
} CrossedWindow;

typedef struct {
    ErrataDataBugs *bugs;
    const guint32 *order;
    gsize n_rows;
    gsize block;     /* rows */
    guint8 *out;     /* per place in time order: in or beside the windows of the column looked at */
    GArray *windows; /* CrossedWindow: of all columns */
    GArray *done;    /* likewise: told */
} Crossed;

/* sorted values of a column in a window, or evenly from all around the windows */
typedef struct {
    double *value;
    gsize n;
} CrossedSample;

/* a column that changed in a window */
typedef struct {
    guint column;
    CrossedSample inside;
    CrossedSample around;
} CrossedColumn;

/* columns that hold each other's values: each that of the next one, the last that of the first */
typedef struct {
    CrossedColumn of[CROSSED_RING];
    guint n;
} CrossedRing;

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

/* the windows of a column: runs of blocks that are unlike all else */
static void
crossed_windows(const Crossed *self, guint index, GArray *windows)
{
    static const double at[] = {0.25, 0.5, 0.75};
    const ErrataColumn *column = self->bugs->analysis->frame->columns[index];
    gsize n_blocks = self->n_rows / self->block, n = 0, n_out = 0, n_run = 0;
    g_autofree double *median = g_new(double, n_blocks + 1);
    g_autofree double *there = g_new(double, n_blocks + 1);
    double quantile[3] = {0.0};
    gsize first = 0, last = 0;
    guint before = windows->len;

    for (gsize b = 0; b < n_blocks; b++) {
        median[b] = crossed_median(self, column, b);
        there[n] = median[b];
        n += isnan(median[b]) ? 0 : 1;
    }
    if (n < CROSSED_BLOCKS)
        return;
    errata_select_quantiles(there, n, at, G_N_ELEMENTS(at), quantile);
    for (gsize b = 0; b <= n_blocks; b++) {
        gboolean out = b < n_blocks && fabs(median[b] - quantile[1]) >
                                           CROSSED_Z * (quantile[2] - quantile[0]) / 1.349;

        if (n_run > 0 && (b == n_blocks || (out && b >= last + CROSSED_GAP))) {
            CrossedWindow window = {index,
                                    first * self->block,
                                    last == n_blocks ? self->n_rows : last * self->block};

            if (n_run >= 2 && (double)n_run >= CROSSED_SAME * (double)(last - first))
                g_array_append_val(windows, window);
            n_run = 0;
        }
        if (!out)
            continue;
        first = n_run > 0 ? first : b;
        last = b + 1;
        n_run++;
        n_out++;
    }
    if (!(quantile[2] > quantile[0]) || (double)n_out > CROSSED_LONG * (double)n_blocks)
        g_array_set_size(windows, before);
}

static gboolean
crossed_reads(const Crossed *self, guint index)
{
    const ErrataAnalysis *analysis = self->bugs->analysis;
    ErrataRole role = analysis->schema->columns[index].role;

    return (role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP) &&
           errata_data_bugs_reads(self->bugs, index) &&
           errata_column_is_numeric(analysis->frame->columns[index]);
}

/* whether a column was found in another unit that is no power of ten or the like */
static gboolean
crossed_is_unit(const ErrataDataBug *bug)
{
    return strcmp(bug->bug, "unit-change") == 0 && bug->has_window && bug->column >= 0 &&
           bug->factor >= 1.0 / CROSSED_SCALE && bug->factor <= CROSSED_SCALE;
}

static void
crossed_sample(const Crossed *self,
               guint index,
               gsize from,
               gsize to,
               gboolean around,
               gsize most,
               CrossedSample *ret)
{
    const ErrataColumn *column = self->bugs->analysis->frame->columns[index];
    gsize begin = around ? 0 : from, end = around ? self->n_rows : to;
    gsize step = (end - begin) / most + 1;

    g_free(ret->value);
    ret->value = g_new(double, (end - begin) / step + 2);
    ret->n = 0;
    for (gsize i = begin; i < end; i += step) {
        if (around && self->out[i] != 0)
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

/* @slack: share of the values that may be of other rows */
static gboolean
crossed_is_like(const CrossedSample *a, const CrossedSample *b, double slack)
{
    return crossed_distance(a, b) <=
           CROSSED_FIT * sqrt(1.0 / (double)a->n + 1.0 / (double)b->n) + slack;
}

static gboolean
crossed_has_changed(const CrossedColumn *column)
{
    return MIN(column->inside.n, column->around.n) >= CROSSED_LEAST &&
           crossed_distance(&column->inside, &column->around) >= CROSSED_FAR;
}

static void
crossed_load(const Crossed *self, CrossedColumn *column, gsize from, gsize to, gsize most)
{
    crossed_sample(self, column->column, from, to, FALSE, most, &column->inside);
    crossed_sample(self, column->column, from, to, TRUE, most, &column->around);
}

static void
crossed_ring_clear(CrossedRing *ring)
{
    for (guint k = 0; k < CROSSED_RING; k++) {
        g_clear_pointer(&ring->of[k].inside.value, g_free);
        g_clear_pointer(&ring->of[k].around.value, g_free);
    }
    ring->n = 0;
}

/* all columns that changed in a window, its own first */
static void
crossed_changed(const Crossed *self, const CrossedWindow *window, CrossedRing *ring)
{
    guint n_columns = self->bugs->analysis->frame->n_columns;

    for (guint c = 0; c <= n_columns && ring->n < CROSSED_RING; c++) {
        CrossedColumn *at = &ring->of[ring->n];

        if ((c > 0 && c - 1 == window->column) || (c == 0 && ring->n > 0))
            continue;
        at->column = c == 0 ? window->column : c - 1;
        if (!crossed_reads(self, at->column))
            continue;
        crossed_load(self, at, window->from, window->to, CROSSED_FEW);
        if (crossed_has_changed(at)) {
            crossed_load(self, at, window->from, window->to, CROSSED_AROUND);
            ring->n += crossed_has_changed(at) ? 1 : 0;
        }
        if (c == 0 && ring->n == 0)
            return;
    }
}

/* the column among them whose rest is most like what @at holds in the window, or −1 */
static int
crossed_next(const CrossedRing *ring, guint at, double slack)
{
    double least = (double)INFINITY;
    int next = -1;

    for (guint k = 0; k < ring->n; k++) {
        double distance = crossed_distance(&ring->of[at].inside, &ring->of[k].around);

        if (k != at && distance < least &&
            crossed_is_like(&ring->of[at].inside, &ring->of[k].around, slack)) {
            least = distance;
            next = (int)k;
        }
    }
    return next;
}

/* of the columns that changed, those that hold each other's values, the first among them, in
 * order */
static gboolean
crossed_close(CrossedRing *ring, double slack)
{
    guint8 seen[CROSSED_RING] = {0};
    CrossedColumn in_order[CROSSED_RING];
    guint n = 0;
    int at = 0;

    for (; at >= 0 && seen[at] == 0; at = crossed_next(ring, (guint)at, slack)) {
        seen[at] = 1;
        in_order[n++] = ring->of[at];
    }
    if (at != 0 || n < 2)
        return FALSE;
    for (guint k = 0, rest = n; k < ring->n; k++)
        if (seen[k] == 0)
            in_order[rest++] = ring->of[k];
    memcpy(ring->of, in_order, ring->n * sizeof *in_order);
    ring->n = n;
    return TRUE;
}

/* log density of a value among those of a sample */
static double
crossed_log(const CrossedSample *sample, double value)
{
    double width = 0.1 * (errata_sort_quantile(sample->value, sample->n, 0.75) -
                          errata_sort_quantile(sample->value, sample->n, 0.25));
    double near = (double)(errata_sort_below(sample->value, sample->n, value + width) -
                           errata_sort_below(sample->value, sample->n, value - width));

    return isnan(value) ? 0.0 : log((near + 0.5) / ((double)sample->n * width));
}

/* the ends: the run of rows that are likelier in each other's place */
static void
crossed_date(const Crossed *self, const CrossedRing *ring, gsize *from, gsize *to)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;
    gsize begin = *from > 3 * self->block ? *from - 3 * self->block : 0;
    gsize end = MIN(*to + 3 * self->block, self->n_rows), start = begin;
    double sum = 0.0, most = 0.0;

    for (gsize i = begin; i < end; i++) {
        double gain = 0.0;

        for (guint k = 0; k < ring->n; k++) {
            double x = errata_column_number(frame->columns[ring->of[k].column], self->order[i]);

            gain += crossed_log(&ring->of[(k + 1) % ring->n].around, x) -
                    crossed_log(&ring->of[k].around, x);
        }
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

/* “systolic, age and diastolic”, in the table's order */
static char *
crossed_names(const Crossed *self, const CrossedRing *ring)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;
    GString *names = g_string_new(NULL);
    guint said = 0;

    for (guint c = 0; c < frame->n_columns; c++)
        for (guint k = 0; k < ring->n; k++) {
            if (ring->of[k].column != c)
                continue;
            if (said > 0)
                g_string_append(names, said + 1 == ring->n ? " and " : ", ");
            g_string_append(names, frame->columns[c]->name);
            said++;
        }
    return g_string_free(names, FALSE);
}

/* a bug of a whole window; its title and its action are the caller's */
static ErrataDataBug *
crossed_add(const Crossed *self, guint column, gsize from, gsize to, double distance, gsize n)
{
    ErrataDataBug *bug = errata_data_bugs_add(self->bugs, "column-swap", (int)column);
    double p = errata_distances_ks_p(MIN(distance, 1.0), to - from, n);

    errata_data_bugs_window(self->bugs, bug, from, to, NULL, NULL);
    bug->p = MIN(p * (double)self->n_rows * self->bugs->analysis->frame->n_columns, 1.0);
    bug->test = "Kolmogorov–Smirnov, all windows and pairs counted";
    bug->set_aside = TRUE;
    return bug;
}

static void
crossed_add_ring(const Crossed *self, const CrossedRing *ring, gsize from, gsize to)
{
    const CrossedColumn *first = &ring->of[0];
    g_autofree char *names = crossed_names(self, ring);
    g_autofree char *when = errata_data_bugs_when(self->bugs, from, to);
    g_autofree char *count = errata_data_bugs_count(to - from);
    double distance = crossed_distance(&first->inside, &first->around);
    guint column = first->column;
    ErrataDataBug *bug;

    for (guint k = 1; k < ring->n; k++)
        column = MIN(column, ring->of[k].column);
    bug = crossed_add(self, column, from, to, distance, first->around.n);
    bug->title = g_strdup_printf("%s hold each other’s values %s, in %s rows", names, when, count);
    bug->action = g_strdup_printf(ring->n == 2 ? "Exchange %s in these rows and score them again; "
                                                 "write columns by name, not by place"
                                               : "Put %s back in their places in these rows and "
                                                 "score them again; write columns by name, not "
                                                 "by place",
                                  names);
}

/* share of the rows of a bug that lie in a window */
static double
crossed_share(const ErrataDataBug *bug, const guint8 *mark)
{
    gsize n = 0;

    for (guint i = 0; i < bug->row->len; i++)
        n += mark[g_array_index(bug->row, guint32, i)];
    return (double)n / (double)MAX(bug->row->len, 1);
}

/* what else was found of the column in these rows is the same fault, and so is a unit taken for
 * it */
static void
crossed_replace(const Crossed *self, guint column, gsize from, gsize to, guint before)
{
    g_autofree guint8 *mark = g_new0(guint8, self->n_rows + 1);

    for (gsize i = from; i < to; i++)
        mark[self->order[i]] = 1;
    for (guint i = before; i-- > 0;) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs->bugs, i);

        if (bug->column != (int)column || bug->row->len == 0)
            continue;
        if (crossed_share(bug, mark) >= CROSSED_SAME ||
            (crossed_is_unit(bug) && bug->from < to && bug->to > from))
            errata_data_bugs_forget(self->bugs, i);
    }
}

static gboolean
crossed_is_done(const Crossed *self, const CrossedWindow *window)
{
    for (guint i = 0; i < self->done->len; i++) {
        const CrossedWindow *done = &g_array_index(self->done, CrossedWindow, i);

        if (done->column == window->column && done->from < window->to && done->to > window->from)
            return TRUE;
    }
    return FALSE;
}

static void
crossed_mark(const Crossed *self, gsize from, gsize to)
{
    gsize begin = from > 2 * self->block ? from - 2 * self->block : 0;
    gsize end = MIN(to + 2 * self->block, self->n_rows);

    memset(self->out + begin, 1, end - begin);
}

/* the places in and beside the windows of a column, of which one is looked at */
static void
crossed_mark_all(const Crossed *self, guint column, gsize from, gsize to)
{
    memset(self->out, 0, self->n_rows);
    crossed_mark(self, from, to);
    for (guint i = 0; i < self->windows->len; i++) {
        const CrossedWindow *window = &g_array_index(self->windows, CrossedWindow, i);

        if (window->column == column)
            crossed_mark(self, window->from, window->to);
    }
}

/* the ring that a window of a column belongs to, if it does */
static void
crossed_look(const Crossed *self, const CrossedWindow *window)
{
    CrossedRing ring = {.n = 0};
    gsize from = window->from, to = window->to;
    gboolean found;
    double slack = MIN(2.0 * (double)self->block / (double)(to - from), CROSSED_SLACK);

    crossed_mark_all(self, window->column, from, to);
    crossed_changed(self, window, &ring);
    found = ring.n >= 2 && crossed_close(&ring, slack); /* its ends are those of whole blocks yet */
    if (found) {
        crossed_date(self, &ring, &from, &to);
        for (guint k = 0; k < ring.n; k++)
            crossed_load(self, &ring.of[k], from, to, CROSSED_AROUND);
    }
    for (guint k = 0; found && k < ring.n; k++)
        found = crossed_has_changed(&ring.of[k]) &&
                crossed_is_like(&ring.of[k].inside, &ring.of[(k + 1) % ring.n].around, 0.0);
    if (found) {
        guint before = self->bugs->bugs->len;

        crossed_add_ring(self, &ring, from, to);
        for (guint k = 0; k < ring.n; k++) {
            const CrossedWindow done = {ring.of[k].column, from, to};

            g_array_append_val(self->done, done);
        }
        for (guint k = 0; k < ring.n; k++) {
            guint now = self->bugs->bugs->len;

            crossed_replace(self, ring.of[k].column, from, to, before);
            before -= now - self->bugs->bugs->len;
        }
    }
    crossed_ring_clear(&ring);
}

/* how far a column taken to come in another unit, put right, is from its rest */
static double
crossed_unit_distance(const ErrataDataBug *bug, const CrossedColumn *own)
{
    const ErrataUnitFactor plain = {ERRATA_UNIT_LINEAR, bug->factor, 0.0, 0.0};
    double least = errata_unit_factor_distance(&plain,
                                               own->inside.value,
                                               own->inside.n,
                                               own->around.value,
                                               own->around.n);

    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        double distance;

        if (factor->kind != ERRATA_UNIT_LINEAR || fabs(factor->scale - bug->factor) > 1e-9)
            continue;
        distance = errata_unit_factor_distance(factor,
                                               own->inside.value,
                                               own->inside.n,
                                               own->around.value,
                                               own->around.n);
        least = MIN(least, distance);
    }
    return least;
}

/* share of the rows, in the window or around, in which @scale times the one column is the other */
static double
crossed_equal(const Crossed *self,
              const ErrataDataBug *bug,
              guint other,
              double scale,
              gboolean around)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;
    gsize begin = around ? 0 : bug->from, end = around ? self->n_rows : bug->to;
    gsize step = (end - begin) / CROSSED_AROUND + 1, n = 0, n_equal = 0;

    for (gsize i = begin; i < end; i += step) {
        double x = errata_column_number(frame->columns[bug->column], self->order[i]);
        double y = errata_column_number(frame->columns[other], self->order[i]);

        if ((around && self->out[i] != 0) || isnan(x) || isnan(y))
            continue;
        n++;
        n_equal += fabs(scale * x - y) <= CROSSED_NEAR * fabs(y) ? 1 : 0;
    }
    return n >= CROSSED_LEAST ? (double)n_equal / (double)n : 0.0;
}

/* whether most values have decimals that those of another column never have: they are none of it */
static gboolean
crossed_is_finer(const CrossedSample *inside, const CrossedSample *other)
{
    gboolean whole = errata_unit_factor_off(&errata_unit_none, other->value, other->n, 1.0) <=
                     CROSSED_BROKEN;
    double step = whole ? 1.0 : errata_unit_lattice(other->value, other->n);

    return step > 0.0 && errata_unit_factor_off(&errata_unit_none, inside->value, inside->n, step) >
                             CROSSED_FINER;
}

/* whether what a column holds in the window is at least as much another's as its own in another
 * unit. The same quantity in two units is no other column */
static gboolean
crossed_is_others(const Crossed *self,
                  const ErrataDataBug *bug,
                  const CrossedColumn *own,
                  guint index)
{
    CrossedColumn other = {.column = index};
    double noise, unit, fit;
    gboolean is;

    crossed_sample(self, index, bug->from, bug->to, TRUE, CROSSED_FEW, &other.around);
    is = other.around.n >= CROSSED_LEAST && crossed_is_like(&own->inside, &other.around, 0.0);
    if (is) {
        crossed_sample(self, index, bug->from, bug->to, TRUE, CROSSED_AROUND, &other.around);
        noise = sqrt(1.0 / (double)own->inside.n + 1.0 / (double)other.around.n);
        unit = crossed_unit_distance(bug, own);
        fit = crossed_equal(self, bug, index, 1.0, FALSE) >= CROSSED_EQUAL ? CROSSED_FIT : 1.0;
        is = !crossed_is_finer(&own->inside, &other.around) &&
             crossed_distance(&own->inside, &other.around) <= MAX(unit, fit * noise) &&
             crossed_equal(self, bug, index, bug->factor, TRUE) < CROSSED_EQUAL;
    }
    g_free(other.around.value);
    return is;
}

/* a column that holds another one's values in the same rows */
static void
crossed_add_copy(const Crossed *self, guint index, const CrossedColumn *own, guint other)
{
    const ErrataDataBug *unit = g_ptr_array_index(self->bugs->bugs, index);
    const ErrataFrame *frame = self->bugs->analysis->frame;
    g_autofree char *when = errata_data_bugs_when(self->bugs, unit->from, unit->to);
    g_autofree char *count = errata_data_bugs_count(unit->to - unit->from);
    ErrataDataBug *bug = crossed_add(self,
                                     own->column,
                                     unit->from,
                                     unit->to,
                                     crossed_distance(&own->inside, &own->around),
                                     own->around.n);

    bug->title = g_strdup_printf("%s holds the values of %s %s, in %s rows",
                                 frame->columns[own->column]->name,
                                 frame->columns[other]->name,
                                 when,
                                 count);
    bug->action = g_strdup_printf("Restore %s in these rows and score them again; write columns by "
                                  "name, not by place",
                                  frame->columns[own->column]->name);
}

/* FALSE: a unit that was taken for another column's values is no unit */
static gboolean
crossed_is_still_unit(const Crossed *self, guint index)
{
    const ErrataDataBug *bug = g_ptr_array_index(self->bugs->bugs, index);
    CrossedColumn own = {.column = (guint)bug->column};
    gboolean is = TRUE;

    crossed_mark_all(self, own.column, bug->from, bug->to);
    crossed_load(self, &own, bug->from, bug->to, CROSSED_AROUND);
    for (guint c = 0; is && c < self->bugs->analysis->frame->n_columns; c++) {
        if (c == own.column || own.inside.n < CROSSED_LEAST || own.around.n < CROSSED_LEAST ||
            !crossed_reads(self, c) || !crossed_is_others(self, bug, &own, c))
            continue;
        is = FALSE;
        if (crossed_equal(self, bug, c, 1.0, FALSE) >= CROSSED_EQUAL)
            crossed_add_copy(self, index, &own, c);
    }
    g_free(own.inside.value);
    g_free(own.around.value);
    return is;
}

static gboolean
crossed_check_unit(const Crossed *self, guint index)
{
    const ErrataDataBug *bug = g_ptr_array_index(self->bugs->bugs, index);

    return !crossed_is_unit(bug) || !crossed_reads(self, (guint)bug->column) ||
           crossed_is_still_unit(self, index);
}

/* the windows of all columns */
static GArray *
crossed_all_windows(const Crossed *self)
{
    const ErrataAnalysis *analysis = self->bugs->analysis;
    GArray *windows = g_array_new(FALSE, FALSE, sizeof(CrossedWindow));

    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (crossed_reads(self, c))
            crossed_windows(self, c, windows);
    for (guint i = 0; i < self->bugs->bugs->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs->bugs, i);
        const CrossedWindow window = {(guint)bug->column, bug->from, bug->to};

        if (crossed_is_unit(bug) &&
            (double)(bug->to - bug->from) <= CROSSED_LONG * (double)self->n_rows)
            g_array_append_val(windows, window);
    }
    return windows;
}

/**
 * errata_data_bugs_crossed:
 * @self: what was found so far
 *
 * Columns of numbers that hold each other's values for a while, and units that are none: what a
 * column holds is another's. At most 15,000 values of a column are read, 10,000 more in a window.
 */
void
errata_data_bugs_crossed(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    gsize n_rows = analysis->frame->n_rows;
    g_autoptr(GArray) done = g_array_new(FALSE, FALSE, sizeof(CrossedWindow));
    g_autofree guint8 *out = g_new0(guint8, n_rows + 1);
    g_autoptr(GArray) windows = NULL;
    Crossed work = {self, analysis->outcome->order, n_rows, CROSSED_BLOCK, out, NULL, done};
    guint n_looked = 0;

    work.block = MAX(work.block, work.n_rows / CROSSED_MOST);
    if (work.n_rows / work.block < CROSSED_BLOCKS)
        return;
    windows = work.windows = crossed_all_windows(&work);
    self->n_tried += windows->len;
    for (guint i = 0; i < windows->len && n_looked < CROSSED_WINDOWS; i++) {
        const CrossedWindow *window = &g_array_index(windows, CrossedWindow, i);

        if (crossed_is_done(&work, window))
            continue;
        crossed_look(&work, window);
        n_looked++;
    }
    for (guint i = self->bugs->len; i-- > 0;)
        if (!crossed_check_unit(&work, i))
            errata_data_bugs_forget(self, i);
}
