/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two columns of numbers that hold each other's values in some of the rows of a window: those of
 * one sender, one region, one device. No level tells it, as most rows are sound; but where the one
 * column is nearly always above the other, a row in which it is below and each lies in the other's
 * range is no accident. Such rows must lie close together in time and be (nearly) absent elsewhere:
 * a table may hold things that stand upright and things that lie. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "select.h"
#include "tests.h"

#define PART_SAMPLE    5000  /* rows that tell ranges, and the pairs that are worth a look */
#define PART_FEW       1000  /* rows: fewer are not looked at */
#define PART_RANGE     2.0   /* interquartile ranges beyond the quartiles that are still its own */
#define PART_STRAY     0.75  /* likewise, that need no look */
#define PART_SEEN      5     /* swapped rows of the sample */
#define PART_GRID      50000 /* rows that tell where swapped ones lie, … */
#define PART_MANY_SEEN 20    /* … if they hold so many … */
#define PART_REST_SEEN 0.1   /* … and how often they come elsewhere, of the rate of the window */
#define PART_LEAST     30    /* swapped rows of a window … */
#define PART_SHARE     0.05  /* … and of its rows */
#define PART_LONG      0.4   /* of the log, at most */
#define PART_REST      0.02  /* of the rate of the window, at most, elsewhere */
#define PART_COLUMNS   300   /* at most … */
#define PART_MANY      20    /* … and pairs of which all rows are read */
#define PART_BOTH      0.7   /* of the rows in which either column is on the other's side */
#define PART_GROUP \
    0.98 /* of the swapped rows that have a value, and of its rows that are swapped */

/* a column and where it keeps to */
typedef struct {
    guint index;
    double lower; /* quartiles */
    double upper;
    double lo;
    double hi;
    GArray *strays; /* (element-type gsize): places of the sample that are far from the middle */
} PartColumn;

/* two columns, the one above the other, and what is between them */
typedef struct {
    const PartColumn *above;
    const PartColumn *below;
    double cut;
} PartPair;

typedef struct {
    ErrataDataBugs *bugs;
    const guint32 *order;
    gsize n_rows;
    GArray *columns; /* (element-type PartColumn) */
    guint n_pairs;
} Part;

static void
part_column_clear(gpointer data)
{
    g_array_unref(((PartColumn *)data)->strays);
}

static double
part_number(const Part *self, const PartColumn *column, gsize place)
{
    return errata_column_number(self->bugs->analysis->frame->columns[column->index],
                                self->order[place]);
}

static void
part_add_column(Part *self, guint index)
{
    static const double at[] = {0.25, 0.75};
    gsize step = self->n_rows / PART_SAMPLE + 1, n = 0;
    g_autofree double *value = g_new(double, self->n_rows / step + 2);
    double quartile[2] = {0.0, 0.0}, range;
    PartColumn column = {.index = index};

    for (gsize i = 0; i < self->n_rows; i += step) {
        value[n] = part_number(self, &column, i);
        n += isnan(value[n]) ? 0 : 1;
    }
    if (n < PART_FEW / 2)
        return;
    errata_select_quantiles(value, n, at, G_N_ELEMENTS(at), quartile);
    range = quartile[1] - quartile[0];
    if (!(range > 0.0))
        return;
    column.lower = quartile[0];
    column.upper = quartile[1];
    column.lo = quartile[0] - PART_RANGE * range;
    column.hi = quartile[1] + PART_RANGE * range;
    column.strays = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 0; i < self->n_rows; i += step) {
        double x = part_number(self, &column, i);

        if (x < quartile[0] - PART_STRAY * range || x > quartile[1] + PART_STRAY * range)
            g_array_append_val(column.strays, i);
    }
    g_array_append_val(self->columns, column);
}

static gboolean
part_is_swapped(const Part *self, const PartPair *pair, gsize place)
{
    double x = part_number(self, pair->above, place), y;

    if (!(x < pair->cut && x >= pair->below->lo))
        return FALSE;
    y = part_number(self, pair->below, place);
    return y > pair->cut && y <= pair->above->hi;
}

/* the window with the most swapped rows over half of the rate that the middle of them has */
static void
part_date(const gsize *place, gsize n, gsize *ret_from, gsize *ret_to)
{
    gsize begin = n / 10, end = n - 1 - n / 10, start = 0;
    double rate = 0.5 * (double)(end - begin) / (double)MAX(place[end] - place[begin], 1);
    double sum = 0.0, most = 0.0;

    for (gsize i = 0; i < n; i++) {
        sum -= i > 0 ? rate * (double)(place[i] - place[i - 1]) : 0.0;
        if (!(sum > 0.0)) {
            sum = 0.0;
            start = i;
        }
        sum += 1.0;
        if (sum > most) {
            most = sum;
            *ret_from = place[start];
            *ret_to = place[i] + 1;
        }
    }
}

/* whether the swapped rows do not come all along the log: of columns that are at odds anyhow a part
 * of the rows tells that */
static gboolean
part_is_close(const Part *self, const PartPair *pair)
{
    gsize step = self->n_rows / PART_GRID + 1, n = 0, n_in = 0, from = 0, to = 0;
    g_autofree gsize *place = g_new(gsize, self->n_rows / step + 1);
    double rest;

    for (gsize i = 0; i < self->n_rows; i += step)
        if (part_is_swapped(self, pair, i))
            place[n++] = i;
    if (n < PART_MANY_SEEN)
        return TRUE;
    part_date(place, n, &from, &to);
    for (gsize i = 0; i < n; i++)
        n_in += place[i] >= from && place[i] < to ? 1 : 0;
    rest = (double)(n - n_in) / (double)MAX(self->n_rows - (to - from), step);
    return rest <= PART_REST_SEEN * (double)n_in / (double)MAX(to - from, step);
}

/* whether the one is above the other, and the sample has rows that look swapped */
static gboolean
part_is_worth(const Part *self, const PartColumn *a, const PartColumn *b, PartPair *ret)
{
    double range[2];
    guint n = 0;

    *ret = (PartPair){a->lower > b->upper ? a : b, a->lower > b->upper ? b : a, 0.0};
    if (!(ret->above->lower > ret->below->upper) || MIN(a->strays->len, b->strays->len) < PART_SEEN)
        return FALSE;
    range[0] = ret->above->upper - ret->above->lower;
    range[1] = ret->below->upper - ret->below->lower;
    ret->cut = ret->below->upper +
               (ret->above->lower - ret->below->upper) * range[1] / (range[0] + range[1]);
    for (guint i = 0; i < a->strays->len && n < PART_SEEN; i++)
        n += part_is_swapped(self, ret, g_array_index(a->strays, gsize, i)) ? 1 : 0;
    return n >= PART_SEEN && part_is_close(self, ret);
}

/* “, where region is EU”: the value that all swapped rows have, and nearly no other of the window;
 * or empty */
static char *
part_where(const Part *self, gsize from, gsize to, const guint8 *swapped)
{
    const ErrataAnalysis *analysis = self->bugs->analysis;

    for (guint c = 0; analysis->bins != NULL && c < analysis->bins->n_columns; c++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[c];
        gsize n[ERRATA_BINS_MAX + 2] = {0}, n_swapped[ERRATA_BINS_MAX + 2] = {0}, all = 0;

        if (bin->numeric || bin->derived != NULL || bin->labels == NULL ||
            !errata_schema_is_logged(analysis->schema, bin->column))
            continue;
        for (gsize i = from; i < to; i++) {
            guint8 code = bin->code[self->order[i]];

            n[code]++;
            n_swapped[code] += swapped[i - from];
            all += swapped[i - from];
        }
        for (guint code = 0; code + (bin->has_other ? 1 : 0) < bin->n_codes; code++)
            if ((double)n_swapped[code] >= PART_GROUP * (double)all &&
                (double)n_swapped[code] >= 0.9 * (double)n[code])
                return g_strdup_printf(" where %s is %s", bin->name, bin->labels[code]);
    }
    return g_strdup("");
}

static ErrataDataBug *
part_add(const Part *self,
         const PartColumn *a,
         const PartColumn *b,
         gsize from,
         gsize to,
         const guint8 *swapped)
{
    const ErrataFrame *frame = self->bugs->analysis->frame;
    ErrataDataBug *bug = errata_data_bugs_add(self->bugs, "column-swap", (int)a->index);
    const char *first = frame->columns[a->index]->name, *second = frame->columns[b->index]->name;
    g_autofree char *when = errata_data_bugs_when(self->bugs, from, to);
    g_autofree char *where = part_where(self, from, to, swapped);
    g_autofree char *count = NULL;

    for (gsize i = from; i < to; i++)
        if (swapped[i - from] != 0)
            g_array_append_val(bug->row, self->order[i]);
    bug->n_rows = bug->row->len;
    bug->has_window = TRUE;
    bug->from = from;
    bug->to = to;
    bug->after = (double)bug->n_rows / (double)(to - from);
    bug->set_aside = TRUE;
    count = errata_data_bugs_count(bug->n_rows);
    bug->title = g_strdup_printf("%s and %s hold each other’s values in %s rows%s %s",
                                 first,
                                 second,
                                 count,
                                 where,
                                 when);
    bug->action = g_strdup_printf("Exchange %s and %s in these rows and score them again; write "
                                  "columns by name, not by place",
                                  first,
                                  second);
    return bug;
}

static gboolean
part_is_told(const Part *self, guint column, gsize from, gsize to)
{
    for (guint i = 0; i < self->bugs->bugs->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs->bugs, i);

        if (bug->has_window && bug->from < to && bug->to > from &&
            (bug->column == (int)column || strcmp(bug->bug, "column-swap") == 0))
            return TRUE;
    }
    return FALSE;
}

/* whether the rows of the window in which either column is on the other's side are those in which
 * both are: where one column alone left its range, the other is there by chance */
static gboolean
part_is_both(const Part *self, const PartPair *pair, gsize from, gsize to, gsize n_swapped)
{
    gsize n_low = 0, n_high = 0;

    for (gsize i = from; i < to; i++) {
        n_low += part_number(self, pair->above, i) < pair->cut ? 1 : 0;
        n_high += part_number(self, pair->below, i) > pair->cut ? 1 : 0;
    }
    return (double)n_swapped >= PART_BOTH * (double)MAX(n_low, n_high);
}

static void
part_look(const Part *self, const PartPair *pair)
{
    const PartColumn *a = pair->above->index < pair->below->index ? pair->above : pair->below;
    const PartColumn *b = a == pair->above ? pair->below : pair->above;
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autofree guint8 *swapped = NULL;
    gsize from = 0, to = 0, n_in = 0;
    ErrataDataBug *bug;
    double rate, rest;

    for (gsize i = 0; i < self->n_rows; i++)
        if (part_is_swapped(self, pair, i))
            g_array_append_val(places, i);
    if (places->len < PART_LEAST)
        return;
    part_date((const gsize *)(gconstpointer)places->data, places->len, &from, &to);
    swapped = g_new0(guint8, to - from + 1);
    for (guint i = 0; i < places->len; i++) {
        gsize place = g_array_index(places, gsize, i);

        if (place < from || place >= to)
            continue;
        swapped[place - from] = 1;
        n_in++;
    }
    rate = (double)n_in / (double)(to - from);
    rest = (double)(places->len - n_in) / (double)MAX(self->n_rows - (to - from), 1);
    if (n_in < PART_LEAST || rate < PART_SHARE || rest > PART_REST * rate ||
        (double)(to - from) > PART_LONG * (double)self->n_rows ||
        !part_is_both(self, pair, from, to, n_in) || part_is_told(self, a->index, from, to) ||
        part_is_told(self, b->index, from, to))
        return;
    bug = part_add(self, a, b, from, to, swapped);
    bug->p = errata_tests_binomial_upper(n_in, to - from, fmax(rest, 1.0 / (double)self->n_rows));
    bug->p = MIN(bug->p * self->n_pairs, 1.0);
    bug->test = "rows of the window against the rest of the log, binomial, all pairs counted";
}

/**
 * errata_data_bugs_part:
 * @self: what was found so far
 *
 * Columns of numbers that hold each other's values in a part of the rows of a window. Pairs whose
 * middle halves meet are not looked at; of the others the rows among 5,000 in which a column is far
 * from its middle, and all rows of the few that have some.
 */
void
errata_data_bugs_part(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(PartColumn));
    Part work = {self, analysis->outcome->order, analysis->frame->n_rows, columns, 0};
    guint n_looked = 0;

    if (work.n_rows < PART_FEW)
        return;
    self->n_tried++;
    g_array_set_clear_func(columns, part_column_clear);
    for (guint c = 0; c < analysis->frame->n_columns && columns->len < PART_COLUMNS; c++) {
        ErrataRole role = analysis->schema->columns[c].role;

        if ((role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP) &&
            errata_data_bugs_reads(self, c) &&
            errata_column_is_numeric(analysis->frame->columns[c]))
            part_add_column(&work, c);
    }
    work.n_pairs = columns->len * columns->len;
    for (guint i = 0; i < columns->len; i++)
        for (guint k = i + 1; k < columns->len && n_looked < PART_MANY; k++) {
            const PartColumn *a = &g_array_index(columns, PartColumn, i);
            const PartColumn *b = &g_array_index(columns, PartColumn, k);

            PartPair pair;

            if (!part_is_worth(&work, a, b, &pair))
                continue;
            n_looked++;
            part_look(&work, &pair);
        }
}
