/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes for “no value”, and dates for “no date”, read as missing, before anything is measured: one
 * −999 in a thousand rows ruins a mean, an edge, a distance. The frame as read is kept for those
 * who report the codes. */
#include "clean.h"

#include <math.h>
#include <string.h>

#include "clean-natural.h"
#include "parallel.h"

#define CLEAN_FIRST \
    16 /* rows of a code that are enough to see that another column has others there */
#define CLEAN_SAME \
    0.9 /* of the rows of a code in one column, and of its own, that hold it in another */

typedef struct {
    const ErrataFrame *frame;
    const ErrataSchema *schema;
    ErrataSentinel (*found)[ERRATA_SENTINEL_MAX];
    guint *n_found;
} CleanWork;

static gboolean
clean_reads(const ErrataFrame *frame, const ErrataSchema *schema, guint column)
{
    ErrataRole role = schema->columns[column].role;
    const ErrataColumn *data = frame->columns[column];

    return (errata_column_is_numeric(data) || data->type == ERRATA_COLUMN_TIME) &&
           (role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP);
}

static void
clean_find_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    CleanWork *work = data;

    for (gsize i = begin; i < end; i++) {
        const ErrataColumn *column = work->frame->columns[i];
        g_autofree double *numbers = NULL;

        if (!clean_reads(work->frame, work->schema, (guint)i))
            continue;
        if (column->type != ERRATA_COLUMN_F64)
            numbers = errata_column_numbers(column);
        work->n_found[i] =
            column->type == ERRATA_COLUMN_TIME
                ? errata_sentinel_find_instants(numbers, column->n_rows, work->found[i])
                : errata_sentinel_find(numbers != NULL ? numbers : column->f64,
                                       column->n_rows,
                                       work->found[i]);
    }
}

static gboolean
clean_is_code(const ErrataClean *self, guint column, double value)
{
    for (guint i = 0; i < self->codes->len; i++) {
        const ErrataCleanCode *code = &g_array_index(self->codes, ErrataCleanCode, i);

        if (code->column == column && !(value < code->sentinel.value) &&
            !(value > code->sentinel.value))
            return TRUE;
    }
    return FALSE;
}

/* a copy of the column in which the codes are missing */
static ErrataColumn *
clean_column(const ErrataClean *self, guint index)
{
    const ErrataColumn *from = self->raw->columns[index];
    ErrataColumn *to = errata_column_new(from->name, from->type, from->n_rows);
    gsize n_words = from->n_rows / 64 + 1;

    to->n_missing = from->n_missing;
    to->n_unparsable = from->n_unparsable;
    to->first_unparsable_row = from->first_unparsable_row;
    to->unparsable = g_strdupv(from->unparsable);
    to->n_unknown = from->n_unknown;
    to->n_infinite = from->n_infinite;
    to->zone = from->zone;
    to->as_read = from;
    to->valid = g_new(guint64, n_words);
    if (from->valid != NULL)
        memcpy(to->valid, from->valid, (from->n_rows + 63) / 64 * sizeof(guint64));
    else
        memset(to->valid, 0xff, n_words * sizeof(guint64));
    if (from->type == ERRATA_COLUMN_F64)
        memcpy(to->f64, from->f64, from->n_rows * sizeof(double));
    for (gsize row = 0; from->type != ERRATA_COLUMN_F64 && row < from->n_rows; row++)
        to->i64[row] = errata_column_integer(from, row);
    for (gsize row = 0; row < from->n_rows; row++) {
        if (!errata_column_is_valid(from, row) ||
            !clean_is_code(self, index, errata_column_number(from, row)))
            continue;
        to->valid[row >> 6] &= ~(G_GUINT64_CONSTANT(1) << (row & 63));
        to->n_missing++;
        if (to->type == ERRATA_COLUMN_F64)
            to->f64[row] = (double)NAN;
        else
            to->i64[row] = 0;
    }
    errata_column_narrow(to);
    return to;
}

static void
clean_add(ErrataClean *self, guint column, const ErrataSentinel *sentinel)
{
    ErrataCleanCode code = {column, *sentinel, FALSE};

    if (!clean_is_code(self, column, sentinel->value))
        g_array_append_val(self->codes, code);
}

/* rows in which a column holds a number, at most @most of them; (element-type guint32) */
static GArray *
clean_rows(const ErrataColumn *column, double number, gsize most)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (gsize i = 0; i < column->n_rows && rows->len < most; i++) {
        double value = errata_column_number(column, i);
        guint32 row = (guint32)i;

        if (!(value < number) && !(value > number) && !isnan(value))
            g_array_append_val(rows, row);
    }
    return rows;
}

/* how many of the first @n rows a column holds a number in */
static guint
clean_shared(const ErrataColumn *column, double number, const GArray *rows, guint n)
{
    guint shared = 0;

    for (guint i = 0; i < MIN(n, rows->len); i++) {
        double value = errata_column_number(column, g_array_index(rows, guint32, i));

        shared += !(value < number) && !(value > number) && !isnan(value) ? 1 : 0;
    }
    return shared;
}

static gboolean
clean_measure(const ErrataColumn *column, double value, ErrataSentinel *ret_sentinel)
{
    g_autofree double *numbers = errata_column_numbers(column);

    return errata_sentinel_measure(numbers, column->n_rows, value, ret_sentinel);
}

/* the code of one column in another, where both hold it in the same rows and hardly any else: 0.0
 * for both degrees of a place, of which one may well be near 0 */
static void
clean_add_shared(ErrataClean *self, const ErrataSchema *schema, const ErrataCleanCode *code)
{
    const ErrataColumn *of = self->raw->columns[code->column];
    g_autoptr(GArray) rows = clean_rows(of, code->sentinel.value, of->n_rows);

    for (guint i = 0; i < self->raw->n_columns; i++) {
        const ErrataColumn *column = self->raw->columns[i];
        double value = code->sentinel.value;
        guint first = MIN(rows->len, CLEAN_FIRST), shared;
        g_autoptr(GArray) all = NULL;
        ErrataSentinel sentinel;

        if (i == code->column || !errata_column_is_numeric(column) ||
            !clean_reads(self->raw, schema, i) ||
            (double)clean_shared(column, value, rows, first) < CLEAN_SAME * (double)first)
            continue;
        shared = clean_shared(column, value, rows, rows->len);
        all = clean_rows(column, value, 2 * (gsize)rows->len);
        if ((double)shared >= CLEAN_SAME * (double)MAX(rows->len, all->len) &&
            clean_measure(column, value, &sentinel))
            clean_add(self, i, &sentinel);
    }
}

static void
clean_add_beside(ErrataClean *self, const ErrataSchema *schema)
{
    guint n = self->codes->len;

    for (guint i = 0; i < n; i++) {
        ErrataCleanCode code = g_array_index(self->codes, ErrataCleanCode, i); /* the array grows */

        if (errata_column_is_numeric(self->raw->columns[code.column]))
            clean_add_shared(self, schema, &code);
    }
}

/* codes that another frame has in a column of the same name; @like knows them by its own columns */
static void
clean_add_known(ErrataClean *self, const ErrataSchema *schema, const ErrataClean *like)
{
    for (guint i = 0; i < like->codes->len; i++) {
        const ErrataCleanCode *code = &g_array_index(like->codes, ErrataCleanCode, i);
        guint column;

        if (errata_frame_find(self->raw, like->raw->columns[code->column]->name, &column) != NULL &&
            clean_reads(self->raw, schema, column))
            clean_add(self, column, &code->sentinel);
    }
}

/* the frame with all that are codes by now read as missing */
static void
clean_read(ErrataClean *self)
{
    for (guint i = 0; i < self->raw->n_columns; i++) {
        if (self->frame->columns[i] != self->raw->columns[i])
            errata_column_free(self->frame->columns[i]);
        self->frame->columns[i] = self->raw->columns[i];
    }
    for (guint i = 0; i < self->codes->len; i++) {
        guint column = g_array_index(self->codes, ErrataCleanCode, i).column;

        if (self->frame->columns[column] == self->raw->columns[column])
            self->frame->columns[column] = clean_column(self, column);
    }
}

/* whether the other frame holds the number, and not as a code: here it is none either */
static gboolean
clean_is_value_in(const ErrataClean *like, const char *name, double number)
{
    guint column;
    g_autoptr(GArray) rows = NULL;

    if (errata_frame_find(like->raw, name, &column) == NULL ||
        !errata_column_is_numeric(like->raw->columns[column]) ||
        clean_is_code(like, column, number))
        return FALSE;
    rows = clean_rows(like->raw->columns[column], number, CLEAN_FIRST);
    return rows->len == CLEAN_FIRST;
}

typedef struct {
    const ErrataClean *clean;
    const ErrataSchema *schema;
    const ErrataClean *like;
    gboolean *is_value; /* (array): per code */
} CleanJudge;

static void
clean_judge_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const CleanJudge *judge = data;
    const ErrataClean *self = judge->clean;

    for (gsize i = begin; i < end; i++) {
        ErrataCleanCode *code = &g_array_index(self->codes, ErrataCleanCode, i);
        const char *name = self->raw->columns[code->column]->name;

        judge->is_value[i] =
            errata_clean_natural_is_open(self, code) &&
            ((judge->like != NULL && clean_is_value_in(judge->like, name, code->sentinel.value)) ||
             errata_clean_natural_is_value(self, judge->schema, code, &code->maybe));
    }
}

/* takes out what the other columns show to be values. All are judged before any is taken out: what
 * may be a code tells nothing of another */
static void
clean_take_out_values(ErrataClean *self, const ErrataSchema *schema, const ErrataClean *like)
{
    g_autofree gboolean *is_value = g_new0(gboolean, self->codes->len + 1);
    guint n = 0;

    errata_parallel_for(self->codes->len,
                        1,
                        clean_judge_cb,
                        &(CleanJudge){self, schema, like, is_value});
    for (guint i = 0; i < self->codes->len; i++)
        if (!is_value[i])
            g_array_index(self->codes, ErrataCleanCode, n++) =
                g_array_index(self->codes, ErrataCleanCode, i);
    if (n == self->codes->len)
        return;
    g_array_set_size(self->codes, n);
    clean_read(self);
}

/**
 * errata_clean_new:
 * @frame: a log or its reference; must outlive the result
 * @schema: its roles; numbers and dates that are features or groups are looked at
 * @like: (nullable): the other one, whose codes hold here too
 *
 * Returns: (transfer full): the frame to be analysed, and the codes
 */
ErrataClean *
errata_clean_new(const ErrataFrame *frame, const ErrataSchema *schema, const ErrataClean *like)
{
    ErrataClean *self = g_new0(ErrataClean, 1);
    guint n = MAX(frame->n_columns, 1);
    g_autofree guint *n_found = g_new0(guint, n);
    g_autofree ErrataSentinel(*found)[ERRATA_SENTINEL_MAX] = g_malloc0_n(n, sizeof *found);
    CleanWork work = {frame, schema, found, n_found};

    self->raw = frame;
    self->codes = g_array_new(FALSE, FALSE, sizeof(ErrataCleanCode));
    errata_parallel_for(frame->n_columns, 1, clean_find_cb, &work);
    for (guint i = 0; i < frame->n_columns; i++)
        for (guint k = 0; k < n_found[i]; k++)
            clean_add(self, i, &found[i][k]);
    clean_add_beside(self, schema);
    self->frame = g_new(ErrataFrame, 1);
    *self->frame = *frame;
    g_atomic_ref_count_init(&self->frame->ref_count);
    self->frame->columns = g_memdup2(frame->columns, n * sizeof(ErrataColumn *));
    clean_read(self);
    clean_take_out_values(self, schema, like);
    if (like != NULL && like->codes->len > 0) {
        clean_add_known(self, schema, like);
        clean_read(self);
    }
    return self;
}

/**
 * errata_clean_only:
 * @self: a log
 * @column: index of one of its columns
 *
 * Returns: the one code that all missing numbers of the column hold in the log as read; NaN where
 *   there is none or another, or cells are empty
 */
double
errata_clean_only(const ErrataClean *self, guint column)
{
    double only = (double)NAN;

    if (column >= self->raw->n_columns || !errata_column_is_numeric(self->raw->columns[column]) ||
        self->raw->columns[column]->n_missing > 0)
        return only;
    for (guint i = 0; i < self->codes->len; i++) {
        const ErrataCleanCode *code = &g_array_index(self->codes, ErrataCleanCode, i);

        if (code->column != column)
            continue;
        if (!isnan(only))
            return (double)NAN;
        only = code->sentinel.value;
    }
    return only;
}

void
errata_clean_free(ErrataClean *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->raw->n_columns; i++)
        if (self->frame->columns[i] != self->raw->columns[i])
            errata_column_free(self->frame->columns[i]);
    g_free(self->frame->columns);
    g_free(self->frame);
    g_array_unref(self->codes);
    g_free(self);
}
