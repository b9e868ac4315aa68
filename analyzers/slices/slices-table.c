/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the search reads. Rows that were set aside, copies, and rows without a label or a prediction
 * are left out here and nowhere else. */
#include "slices-table.h"

#include <math.h>
#include <string.h>

#include "code-set.h"
#include "parallel.h"
#include "score-bins.h"
#include "slices-beyond.h"
#include "slices-memo.h"
#include "slices-near.h"
#include "slices-offset.h"
#include "slices-restated.h"

#define SLICES_SEARCHED     100000  /* rows of the discovery half that are enough … */
#define SLICES_ERRORS       10000   /* … when so many errors are among them … */
#define SLICES_MAX_SEARCHED 250000  /* … and how many are taken to have those */
#define SLICES_MAX_ROWS     4000000 /* rows of the other */
#define SLICES_BLOCK        1024    /* rows at a time */
#define SLICES_GRAIN        65536   /* rows of a chunk */
#define SLICES_AHEAD        16      /* cells that are fetched meanwhile */
#define SLICES_CLASSES      8       /* predicted classes kept apart */
#define SLICES_BEYOND_BINS  4 /* bins of a predicted number kept together beside what columns tell */
#define SLICES_CLASS_ROWS   1000
#define SLICES_MIN_ROWS     32
#define SLICES_MIN_DIVISOR  200
#define SLICES_EXPLORATORY  2000 /* labelled rows under which nothing is confirmed */
#define SLICES_CLIP         6.0  /* spreads above the mean at which a real loss is cut */

static double
slices_table_raw(const SlicesColumn *column, gsize row)
{
    const ErrataColumn *raw = column->raw;

    if (raw->type == ERRATA_COLUMN_F64) /* NaN where missing */
        return raw->f64[row];
    if (!errata_column_is_valid(raw, row))
        return (double)NAN;
    if (raw->type == ERRATA_COLUMN_TIME) /* hour of the day */
        return column->bin->code[row];
    return (double)errata_column_integer(raw, row);
}

/**
 * errata_slices_table_number:
 * @self: a table
 * @column: a numeric column of it
 * @frame_row: a row of the frame
 *
 * Returns: the number in the cell, NaN where it is missing
 */
double
errata_slices_table_number(const SlicesTable *self, guint column, gsize frame_row)
{
    return slices_table_raw(&self->columns[column], frame_row);
}

/**
 * errata_slices_table_numbers:
 * @self: a table
 * @column: a numeric column of it
 * @row: (array length=n): rows of the frame
 * @n: how many
 * @ret_value: (out caller-allocates) (array length=n): errata_slices_table_number() of each
 */
void
errata_slices_table_numbers(const SlicesTable *self,
                            guint column,
                            const guint32 *row,
                            gsize n,
                            double *ret_value)
{
    const SlicesColumn *c = &self->columns[column];

    if (c->raw->type == ERRATA_COLUMN_F64)
        for (gsize i = 0; i < n; i++)
            ret_value[i] = c->raw->f64[row[i]];
    else
        for (gsize i = 0; i < n; i++)
            ret_value[i] = slices_table_raw(c, row[i]);
}

/**
 * errata_slices_table_holds:
 * @self: a table
 * @condition: a condition on one of its columns
 * @frame_row: a row of the frame
 *
 * Returns: whether the row meets the condition
 */
gboolean
errata_slices_table_holds(const SlicesTable *self,
                          const SlicesCondition *condition,
                          gsize frame_row)
{
    const ErrataBinColumn *bin = self->columns[condition->column].bin;

    if (bin->numeric) {
        double value = errata_slices_table_number(self, condition->column, frame_row);

        if (condition->missing || isnan(value))
            return condition->missing && isnan(value);
        return value >= condition->lo && value < condition->hi;
    }
    guint8 code = bin->code[frame_row];

    if (condition->missing || code == ERRATA_BINS_MISSING)
        return condition->missing && code == ERRATA_BINS_MISSING;
    return ((condition->codes[code >> 6] >> (code & 63)) & 1) != 0;
}

/* whether the bin of a code lies inside a condition: no, yes, or each cell must be looked at */
enum {
    SLICES_OUT = 0,
    SLICES_IN = 1,
    SLICES_LOOK = 2
}; /* one bit each */

/* whether a number is in its bin as it stands */
static gboolean
slices_table_is_plain(const SlicesColumn *column)
{
    return column->bin->numeric && column->bin->derived == NULL &&
           column->raw->type != ERRATA_COLUMN_TIME;
}

static void
slices_table_judge_codes(const SlicesColumn *column,
                         const SlicesCondition *condition,
                         guint8 *ret_judged)
{
    const ErrataBinColumn *bin = column->bin;

    memset(ret_judged, SLICES_LOOK, 256);
    if (!bin->numeric) {
        for (guint c = 0; c < 256; c++)
            ret_judged[c] = !condition->missing && ((condition->codes[c >> 6] >> (c & 63)) & 1) != 0
                                ? SLICES_IN
                                : SLICES_OUT;
        ret_judged[ERRATA_BINS_MISSING] = condition->missing ? SLICES_IN : SLICES_OUT;
        return;
    }
    if (!slices_table_is_plain(column) || condition->missing)
        return;
    for (guint c = 0; c + 1 < bin->n_codes; c++) { /* the last bin has no upper edge */
        double lo = c > 0 ? bin->edges[c - 1] : -(double)INFINITY;
        double hi = bin->edges[c];

        if (lo >= condition->lo && hi <= condition->hi)
            ret_judged[c] = SLICES_IN;
        else if (hi <= condition->lo || lo >= condition->hi)
            ret_judged[c] = SLICES_OUT;
    }
}

/* a condition, and what it says of each code */
typedef struct {
    const SlicesCondition *condition;
    const guint8 *code;
    const double
        *number; /* cells that can be compared as they stand, NaN where missing; else %NULL */
    guint8 judged[256];
    ErrataCodeSet in;   /* of those the codes that are, and those that leave a doubt */
    ErrataCodeSet look; /* … */
} SlicesJudge;

static void
slices_table_judge(const SlicesTable *self, const SlicesCondition *condition, SlicesJudge *judge)
{
    const SlicesColumn *column = &self->columns[condition->column];

    judge->condition = condition;
    judge->code = column->bin->code;
    judge->number = NULL;
    if (slices_table_is_plain(column) && column->raw->type == ERRATA_COLUMN_F64 &&
        !condition->missing)
        judge->number = column->raw->f64;
    slices_table_judge_codes(column, condition, judge->judged);
    errata_code_set_init(&judge->in, judge->judged, SLICES_IN);
    errata_code_set_init(&judge->look, judge->judged, SLICES_LOOK);
}

/* keeps those of @look whose cells meet a condition, behind the first @n_kept of @list */
static guint
slices_table_look(const SlicesTable *self,
                  const SlicesJudge *judge,
                  const guint32 *row,
                  gsize begin,
                  const guint16 *look,
                  guint n_look,
                  guint16 *list,
                  guint n_kept)
{
    const SlicesCondition *condition = judge->condition;

    for (guint k = 0; k < n_look; k++) {
        gsize at = row != NULL ? row[begin + look[k]] : begin + look[k];
        guint holds;

        if (judge->number != NULL && k + SLICES_AHEAD < n_look) {
            gsize ahead = begin + look[k + SLICES_AHEAD];

            __builtin_prefetch(&judge->number[row != NULL ? row[ahead] : ahead]);
        }
        if (judge->number != NULL) /* both are compared: a branch would often be guessed wrong */
            holds = (guint)(judge->number[at] >= condition->lo) &
                    (guint)(judge->number[at] < condition->hi);
        else
            holds = errata_slices_table_holds(self, condition, at) ? 1 : 0;
        list[n_kept] = look[k];
        n_kept += holds;
    }
    return n_kept;
}

/* lists the bits of @n_words words */
static guint
slices_table_list(const guint64 *word, guint n_words, guint16 *ret_list)
{
    guint n = 0;

    for (guint w = 0; w < n_words; w++)
        for (guint64 left = word[w]; left != 0; left &= left - 1)
            ret_list[n++] = (guint16)(w * 64 + (guint)__builtin_ctzll(left));
    return n;
}

/* lists those of @n rows from @begin on that meet a condition; they are distances from there */
static guint
slices_table_start(const SlicesTable *self,
                   const SlicesJudge *judge,
                   const guint32 *row,
                   gsize begin,
                   guint n,
                   guint16 *ret_list)
{
    guint8 own[SLICES_BLOCK];
    const guint8 *code = judge->code + begin;
    guint64 in[SLICES_BLOCK / 64], doubt[SLICES_BLOCK / 64];
    guint16 look[SLICES_BLOCK];
    guint n_words = (n + 63) / 64;

    if (row != NULL || n % 64 != 0) {
        for (guint i = 0; i < n; i++)
            own[i] = row != NULL ? judge->code[row[begin + i]] : code[i];
        memset(own + n, 0, n_words * 64 - n);
        code = own;
    }
    errata_code_set_find(&judge->in, code, n_words, in);
    errata_code_set_find(&judge->look, code, n_words, doubt);
    if (n % 64 != 0) {
        in[n_words - 1] &= ((guint64)1 << n % 64) - 1;
        doubt[n_words - 1] &= ((guint64)1 << n % 64) - 1;
    }
    return slices_table_look(self,
                             judge,
                             row,
                             begin,
                             look,
                             slices_table_list(doubt, n_words, look),
                             ret_list,
                             slices_table_list(in, n_words, ret_list));
}

/* keeps those of @list that meet a condition; they are distances from @begin */
static guint
slices_table_filter(const SlicesTable *self,
                    const SlicesJudge *judge,
                    const guint32 *row,
                    gsize begin,
                    guint16 *list,
                    guint n)
{
    guint16 look[SLICES_BLOCK];
    guint n_kept = 0, n_look = 0;

    for (guint k = 0; k < n; k++) {
        guint16 i = list[k];
        guint8 own = judge->judged[judge->code[row != NULL ? row[begin + i] : begin + i]];

        look[n_look] = i;
        n_look += own >> 1;
        list[n_kept] = i;
        n_kept += own & 1U;
    }
    return slices_table_look(self, judge, row, begin, look, n_look, list, n_kept);
}

/* leaves the rows of a slice's stretch of time */
static void
slices_table_keep_timed(const SlicesTable *self,
                        const Slice *slice,
                        const guint32 *row,
                        gsize begin,
                        gsize end,
                        guint8 *member)
{
    const gint64 *time = self->analysis->outcome->time;

    for (gsize i = begin; i < end; i++) {
        gsize at = row != NULL ? row[i] : i;
        gint64 when = time != NULL ? time[at] : (gint64)at;

        member[i] &= (guint8)(when >= slice->from && when < slice->to);
    }
}

typedef struct {
    const SlicesTable *table;
    const Slice *slice;
    const guint32 *row;
    guint8 *member;
    SlicesJudge judges[SLICES_MAX_CONDITIONS];
} SlicesMeet;

static void
slices_meet_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const SlicesMeet *self = data;
    const Slice *slice = self->slice;

    memset(self->member + begin, 0, end - begin);
    for (gsize at = begin; at < end; at += SLICES_BLOCK) {
        guint n_list = (guint)MIN(SLICES_BLOCK, end - at);
        guint16 list[SLICES_BLOCK];

        if (slice->n > 0)
            n_list = slices_table_start(self->table, &self->judges[0], self->row, at, n_list, list);
        else
            for (guint i = 0; i < n_list; i++)
                list[i] = (guint16)i;
        for (guint i = 1; i < slice->n; i++)
            n_list =
                slices_table_filter(self->table, &self->judges[i], self->row, at, list, n_list);
        for (guint k = 0; k < n_list; k++)
            self->member[at + list[k]] = 1;
    }
    if (slice->timed)
        slices_table_keep_timed(self->table, slice, self->row, begin, end, self->member);
}

/**
 * errata_slices_table_meet:
 * @self: a table
 * @slice: a conjunction
 * @row: (array length=n) (nullable): rows of the frame; %NULL for the first @n
 * @n: rows
 * @ret_member: (array length=n): 1 for the rows that meet all conditions, else 0
 *
 * The same as errata_slices_table_holds() for many rows; cells are read only where their bins leave
 * a doubt, and only of rows that meet the conditions before.
 */
void
errata_slices_table_meet(const SlicesTable *self,
                         const Slice *slice,
                         const guint32 *row,
                         gsize n,
                         guint8 *ret_member)
{
    SlicesMeet work = {.table = self, .slice = slice, .row = row, .member = ret_member};

    for (guint i = 0; i < slice->n; i++)
        slices_table_judge(self, &slice->condition[i], &work.judges[i]);
    errata_parallel_for(n, SLICES_GRAIN, slices_meet_cb, &work);
}

/**
 * errata_slices_table_member:
 * @self: a table
 * @half: one of its halves
 * @slice: a conjunction
 * @ret_member: (array length=half->n_rows): 1 for the rows that meet all conditions
 */
void
errata_slices_table_member(const SlicesTable *self,
                           const SlicesHalf *half,
                           const Slice *slice,
                           guint8 *ret_member)
{
    if (self->memo != NULL && errata_slices_memo_find(self->memo, half, slice, ret_member))
        return;
    errata_slices_table_meet(self, slice, half->row, half->n_rows, ret_member);
    if (self->memo != NULL)
        errata_slices_memo_add(self->memo, half, slice, ret_member);
}

static void
slices_table_add_columns(SlicesTable *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    guint n = analysis->bins->n_columns;

    self->columns = g_new0(SlicesColumn, MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[i];

        if (analysis->exclude != NULL && analysis->exclude[bin->column] != 0)
            continue;
        self->columns[self->n_columns].bin = bin;
        self->columns[self->n_columns].raw = analysis->frame->columns[bin->column];
        self->n_columns += errata_slices_restated(self, self->n_columns) ? 0 : 1;
    }
}

static gboolean
slices_table_takes(const ErrataAnalysis *analysis, gsize row)
{
    const ErrataOutcome *outcome = analysis->outcome;

    return outcome->judged[row] != 0 && !isnan(outcome->loss[row]) &&
           (analysis->set_aside == NULL || analysis->set_aside[row] == 0);
}

/* discovery rows that are searched: what a slice must reach depends on its errors, so rare ones
 * need more rows */
static gsize
slices_table_most(gsize n_rows, double n_errors)
{
    double wanted = n_errors > 0.0 ? (double)n_rows * SLICES_ERRORS / n_errors : 0.0;

    return (gsize)CLAMP(wanted, SLICES_SEARCHED, SLICES_MAX_SEARCHED);
}

static void
slices_table_add_rows(SlicesTable *self, SlicesHalf *half, int which)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    double n_errors = 0.0;
    gsize most = SLICES_MAX_ROWS;
    gsize n = 0;

    half->row = g_new(guint32, MAX(outcome->n_rows, 1));
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (slices_table_takes(self->analysis, row) && (which < 0 || outcome->half[row] == which)) {
            half->row[n++] = (guint32)row;
            n_errors += outcome->error[row] != 0 ? 1.0 : 0.0;
        }
    if (which == 0)
        most = slices_table_most(n, n_errors);
    half->n_rows = MIN(n, most);
    for (gsize i = 0; i < half->n_rows && n > most; i++) /* evenly over the half */
        half->row[i] = half->row[(gsize)((guint64)i * n / most)];
    half->row = g_renew(guint32, half->row, MAX(half->n_rows, 1));
    self->n_left_out = MAX(self->n_left_out, n - half->n_rows);
}

/* What the model said of each row of the half, as a number to bin; NaN where it said nothing. A
 * group's offset is taken off: predictions that no other rows have would tell the group, and expect
 * all that it is off */
static double *
slices_table_scores(const SlicesTable *self, const SlicesHalf *half)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    const double *from = NULL;
    double *score;

    if (outcome->task == ERRATA_TASK_REGRESSION)
        from = outcome->predicted_value;
    else if (outcome->task == ERRATA_TASK_BINARY && outcome->score != NULL)
        from = outcome->score;
    else
        from = outcome->confidence != NULL ? outcome->confidence : outcome->rank;
    if (from == NULL)
        return NULL;
    score = g_new(double, MAX(half->n_rows, 1));
    for (gsize i = 0; i < half->n_rows; i++)
        score[i] = from[half->row[i]];
    errata_slices_offset_take_off(self, &self->offset, half->row, half->n_rows, score);
    return score;
}

/* predicted class of each row, rare ones pooled */
static guint
slices_table_classes(const SlicesTable *self, const SlicesHalf *half, guint32 *ret_class)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    guint n_classes = MAX(outcome->n_classes, 1);
    g_autofree gsize *count = g_new0(gsize, n_classes);
    g_autofree guint32 *place = g_new0(guint32, n_classes);
    gsize least = outcome->task == ERRATA_TASK_BINARY ? 1 : SLICES_CLASS_ROWS;
    guint n_kept = 0;

    memset(ret_class, 0, half->n_rows * sizeof(guint32));
    if (outcome->predicted == NULL)
        return 1;
    for (gsize i = 0; i < half->n_rows; i++)
        count[outcome->predicted[half->row[i]]]++;
    for (guint c = 0; c < n_classes; c++)
        if (count[c] >= least && n_kept < SLICES_CLASSES)
            place[c] = ++n_kept; /* place 0 is the pool */
    for (gsize i = 0; i < half->n_rows; i++)
        ret_class[i] = place[outcome->predicted[half->row[i]]];
    return n_kept + 1;
}

/* predicted numbers in a few bins, beside what columns tell of how far off they are */
static guint
slices_table_levels(const SlicesTable *self, const SlicesHalf *half, guint32 *ret_level)
{
    g_autofree double *said = slices_table_scores(self, half);
    guint n_bins = errata_score_bins(said, NULL, half->n_rows, ret_level);

    for (gsize i = 0; i < half->n_rows; i++)
        ret_level[i] /= SLICES_BEYOND_BINS;
    return (n_bins - 1) / SLICES_BEYOND_BINS + 1;
}

/* what tells of a row besides its conditions: its score, and what columns say that the score makes
 * too little of */
static void
slices_table_find_cells(SlicesTable *self, SlicesHalf *half)
{
    gboolean beyond = self->beyond != NULL && self->beyond->n > 0;
    guint which = half == &self->confirmation ? 1 : 0;
    g_autofree double *score = slices_table_scores(self, half);
    g_autofree guint32 *class = g_new0(guint32, MAX(half->n_rows, 1));
    g_autofree guint8 *error = NULL;
    const double *expected = beyond                  ? self->beyond->expected[which]
                             : self->classes != NULL ? self->classes->expected[which]
                                                     : NULL;
    const double *binned = beyond && self->real ? expected : score;

    half->cell = g_new0(guint32, MAX(half->n_rows, 1));
    half->n_cells = half->n_classes = 1;
    if (score == NULL)
        return;
    if (!self->real) {
        error = g_new(guint8, half->n_rows + 1);
        for (gsize i = 0; i < half->n_rows; i++)
            error[i] = self->analysis->outcome->error[half->row[i]];
    }
    half->n_cells = errata_score_bins(binned, error, half->n_rows, half->cell);
    half->n_classes = beyond && self->real ? slices_table_levels(self, half, class)
                                           : slices_table_classes(self, half, class);
    for (gsize i = 0; i < half->n_rows; i++)
        half->cell[i] = half->cell[i] * half->n_classes + class[i];
    half->n_cells *= half->n_classes;
    if (expected == NULL || self->real)
        return;
    half->n_cells =
        errata_slices_beyond_cells(expected, error, half->cell, half->n_cells, half->n_rows);
    for (gsize i = 0; i < half->n_rows; i++)
        half->cell[i] = half->cell[i] * half->n_classes + class[i];
    half->n_cells *= half->n_classes;
}

/* losses over the spread of their cell, cut far above the mean so that single rows do not decide */
static void
slices_table_studentise(SlicesHalf *half, const double *loss)
{
    g_autofree double *count = g_new0(double, half->n_cells);
    g_autofree double *sum = g_new0(double, half->n_cells);
    g_autofree double *square = g_new0(double, half->n_cells);

    for (gsize i = 0; i < half->n_rows; i++) {
        count[half->cell[i]] += 1.0;
        sum[half->cell[i]] += loss[half->row[i]];
    }
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 c = half->cell[i];
        double d = loss[half->row[i]] - sum[c] / count[c];

        square[c] += d * d;
    }
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 c = half->cell[i];
        double mean = sum[c] / count[c];
        double spread = MAX(sqrt(square[c] / count[c]), 0.25 * mean);

        half->y[i] = spread > 0.0 ? MIN(loss[half->row[i]], mean + SLICES_CLIP * spread) / spread
                                  : 0.0;
    }
}

static void
slices_table_fill(SlicesTable *self, SlicesHalf *half)
{
    const ErrataOutcome *outcome = self->analysis->outcome;

    slices_table_find_cells(self, half);
    half->y = g_new(double, MAX(half->n_rows, 1));
    if (self->real)
        slices_table_studentise(half, outcome->loss);
    else
        for (gsize i = 0; i < half->n_rows; i++)
            half->y[i] = outcome->error[half->row[i]] != 0 ? 1.0 : 0.0;
    for (gsize i = 0; i < half->n_rows; i++)
        half->total += half->y[i];
}

/**
 * errata_slices_table_new:
 * @analysis: an analysis with judged rows
 *
 * Gathers the columns and rows of the search. Under 2,000 judged rows both halves are all rows.
 *
 * Returns: (transfer full): the table, with items built
 */
SlicesTable *
errata_slices_table_new(const ErrataAnalysis *analysis)
{
    SlicesTable *self = g_new0(SlicesTable, 1);
    guint64 wanted = analysis->settings->min_slice;

    self->analysis = analysis;
    self->real = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    self->exploratory = analysis->outcome->n_judged < SLICES_EXPLORATORY;
    self->max_level = CLAMP(analysis->settings->max_level, 1, SLICES_MAX_CONDITIONS);
    if (self->exploratory)
        self->max_level = MIN(self->max_level, 2);
    slices_table_add_rows(self, &self->discovery, self->exploratory ? -1 : 0);
    slices_table_add_rows(self, &self->confirmation, self->exploratory ? -1 : 1);
    self->min_rows = MAX(SLICES_MIN_ROWS, self->discovery.n_rows / SLICES_MIN_DIVISOR);
    if (wanted > 0) /* given for the log, of which the discovery half is a part */
        self->min_rows = MAX(wanted / (self->exploratory ? 1 : 2), 8);
    slices_table_add_columns(self);
    self->beyond = errata_slices_beyond_new(self, &self->offset);
    self->classes = errata_slices_beyond_classes_new(self);
    slices_table_fill(self, &self->discovery);
    slices_table_fill(self, &self->confirmation);
    self->entity = analysis->outcome->entity;
    self->n_entities = analysis->outcome->n_entities;
    errata_slices_said_add(self);
    errata_slices_items_build(self);
    self->memo = errata_slices_memo_new(); /* columns stay as they are from here on */
    return self;
}

/**
 * errata_slices_table_shared:
 * @analysis: an analysis with judged rows
 *
 * Returns: (transfer none): the table that slices, error tree and heat map read, made when first
 *   asked for
 */
const SlicesTable *
errata_slices_table_shared(ErrataAnalysis *analysis)
{
    if (analysis->searched == NULL)
        analysis->searched = errata_slices_table_new(analysis);
    return analysis->searched;
}

/**
 * errata_slices_table_forget:
 * @analysis: an analysis
 *
 * Frees the shared table, if there is one.
 */
void
errata_slices_table_forget(ErrataAnalysis *analysis)
{
    g_clear_pointer(&analysis->searched, errata_slices_table_free);
}

static void
slices_table_clear_half(SlicesHalf *half)
{
    g_free(half->row);
    g_free(half->y);
    g_free(half->cell);
}

void
errata_slices_table_free(SlicesTable *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_columns; i++)
        errata_slices_items_clear(&self->columns[i]);
    g_free(self->columns);
    errata_slices_beyond_free(self->beyond);
    errata_slices_beyond_classes_free(self->classes);
    errata_slices_near_free(self->near);
    errata_slices_memo_free(self->memo);
    g_ptr_array_unref(self->said);
    slices_table_clear_half(&self->discovery);
    slices_table_clear_half(&self->confirmation);
    g_free(self);
}

/* whether the model knows nothing of its own: no scores, scores that know less than columns do, one
 * class only, where predictions are the errors */
gboolean
errata_slices_table_has_one_list(const SlicesTable *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    const SlicesHalf *half = &self->discovery;

    if (half->n_cells == 1 || self->beyond != NULL || self->classes != NULL || self->near != NULL)
        return TRUE;
    for (gsize i = 1; outcome->truth != NULL && i < half->n_rows; i++)
        if (outcome->truth[half->row[i]] != outcome->truth[half->row[0]])
            return FALSE;
    return outcome->truth != NULL && !self->real;
}
