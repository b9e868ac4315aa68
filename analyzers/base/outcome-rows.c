/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as rows: their content hash, the halves that follow from it, exact copies, and their order
 * in time. A hash never decides on its own: rows of one hash are compared cell by cell. */
#include "outcome-rows.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "parallel.h"
#include "rng.h"
#include "schema-profile.h"

#define ROWS_GRAIN   16384
#define ROWS_BLOCK   512
#define ROWS_AHEAD   16   /* rows whose slot is fetched meanwhile */
#define ROWS_EQUAL   0.05 /* copies among the rows: more are equal because the table has few values */
#define ROWS_FEW     20   /* copies that tell nothing of that */
#define ROWS_BINS    10   /* of the score, in which rows are alike to the model */
#define ROWS_OTHERS  5.0 /* rows with another label than the first of their inputs: fewer are few */
#define ROWS_NOISE   0.003 /* of such rows: as many copies may have a label that was mended */
#define ROWS_LEFT    0.01  /* more of them among the rows left without copies: these are selected */
#define ROWS_CHANCE  0.5   /* of what labels drawn anew would give: there are no copies in them */
#define ROWS_SHARED  0.1   /* of labels drawn anew that agree: of fewer, those that do are copies */
#define ROWS_ONEWAY  0.1   /* of changes to a class: as many may go back where labels only ripen */
#define ROWS_STAY    3.0   /* rows of that class which are equal to one of it, and few others */
#define ROWS_VALUES  1000  /* of a label, beyond which rows hardly share one by chance */
#define ROWS_NOBODY  5.0   /* times the rows of an entity that a code has: it names nobody */
#define ROWS_HALF    G_GUINT64_CONSTANT(0x68616c66) /* "half" */
#define ROWS_MISSING G_GUINT64_CONSTANT(0x6d697373696e67)

typedef struct {
    const ErrataFrame *frame;
    const guint *columns; /* those that are content */
    guint n_columns;
    guint64 **dictionary; /* per content column: hash of each value, %NULL where not a category */
    guint64 *hashes;
} RowsWork;

/* errata_column_hash() of numbers, without a choice per cell; NaN is missing */
__attribute__((always_inline)) static inline void
rows_hash_numbers_of(guint64 *hashes, const double *value, guint index, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        double plain = value[i] + 0.0; /* −0 is 0 */
        guint64 bits, cell;

        memcpy(&bits, &plain, sizeof bits);
        cell = isnan(plain) ? ROWS_MISSING : errata_rng_mix(bits + 1);
        hashes[i] = errata_rng_mix(hashes[i] ^ cell) + index;
    }
}

#if defined(__x86_64__)
/* with products of 64 bits side by side */
__attribute__((target("avx512f,avx512dq,avx512vl"))) static void
rows_hash_numbers_wide(guint64 *hashes, const double *value, guint index, gsize n)
{
    rows_hash_numbers_of(hashes, value, index, n);
}
#endif

static void
rows_hash_numbers(guint64 *hashes, const double *value, guint index, gsize n)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        rows_hash_numbers_wide(hashes, value, index, n);
        return;
    }
#endif
    rows_hash_numbers_of(hashes, value, index, n);
}

/* one column's cells into the hashes of a chunk */
static void
rows_hash_column(const RowsWork *work, guint index, gsize begin, gsize end)
{
    const ErrataColumn *column = work->frame->columns[work->columns[index]];
    const guint64 *dictionary = work->dictionary[index];

    if (column->type == ERRATA_COLUMN_F64) {
        rows_hash_numbers(work->hashes + begin, column->f64 + begin, index, end - begin);
        return;
    }
    if (column->narrow != NULL) { /* exact as doubles, which is what is hashed */
        double value[ROWS_BLOCK];

        for (gsize row = begin; row < end; row += ROWS_BLOCK) {
            gsize n = MIN(end - row, (gsize)ROWS_BLOCK);

            errata_column_read(column, row, n, value);
            rows_hash_numbers(work->hashes + row, value, index, n);
        }
        return;
    }
    for (gsize row = begin; row < end; row++) {
        guint64 cell;

        if (!errata_column_is_valid(column, row))
            cell = ROWS_MISSING;
        else if (dictionary != NULL)
            cell = dictionary[column->code[row]];
        else
            cell = errata_column_hash(column, row);
        work->hashes[row] = errata_rng_mix(work->hashes[row] ^ cell) + index;
    }
}

static void
rows_hash_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const RowsWork *work = data;

    for (gsize row = begin; row < end; row++)
        work->hashes[row] = ROWS_HALF;
    for (guint i = 0; i < work->n_columns; i++)
        rows_hash_column(work, i, begin, end);
}

static guint64
rows_hash_text(const char *text)
{
    guint64 hash = ROWS_HALF;
    gsize length = strlen(text);

    for (gsize i = 0; i < length; i += sizeof(guint64)) {
        guint64 word = 0;

        memcpy(&word, text + i, MIN(length - i, sizeof word));
        hash = errata_rng_mix(hash ^ word) + length;
    }
    return hash;
}

static guint64 *
rows_hash(const ErrataFrame *frame, const guint *columns, guint n_columns)
{
    g_autofree guint64 **dictionary = g_new0(guint64 *, n_columns + 1);
    RowsWork work = {frame, columns, n_columns, dictionary, NULL};

    for (guint i = 0; i < n_columns; i++) {
        const ErrataColumn *column = frame->columns[columns[i]];

        if (column->type != ERRATA_COLUMN_CATEGORY)
            continue;
        dictionary[i] = g_new(guint64, column->n_dictionary + 1);
        for (guint j = 0; j < column->n_dictionary; j++)
            dictionary[i][j] = rows_hash_text(column->dictionary[j]);
    }
    work.hashes = g_new(guint64, MAX(frame->n_rows, 1));
    errata_parallel_for(frame->n_rows, ROWS_GRAIN, rows_hash_cb, &work);
    for (guint i = 0; i < n_columns; i++)
        g_free(dictionary[i]);
    return work.hashes;
}

/* the columns that make a row what it is: all but ids, the weight last */
static guint *
rows_content(const ErrataFrame *frame, const ErrataSchema *schema, guint *ret_n)
{
    guint *columns = g_new(guint, frame->n_columns + 1);

    *ret_n = 0;
    for (guint i = 0; i < frame->n_columns; i++)
        if (schema->columns[i].role != ERRATA_ROLE_ID && (int)i != schema->weight)
            columns[(*ret_n)++] = i;
    if (schema->weight >= 0)
        columns[(*ret_n)++] = (guint)schema->weight;
    return columns;
}

/* hashes of rows by which copies are known: those of equal weight */
static guint64 *
rows_hash_weighed(const ErrataFrame *frame, guint weight, const guint64 *hashes)
{
    guint64 *both = rows_hash(frame, &weight, 1);

    for (gsize row = 0; row < frame->n_rows; row++)
        both[row] = errata_rng_mix(hashes[row] ^ both[row]);
    return both;
}

static gboolean
rows_same_cell(const ErrataColumn *column, gsize a, gsize b)
{
    gboolean valid = errata_column_is_valid(column, a);

    if (valid != errata_column_is_valid(column, b))
        return FALSE;
    if (!valid)
        return TRUE;
    switch (column->type) {
    case ERRATA_COLUMN_F64:
        return !(column->f64[a] < column->f64[b]) && !(column->f64[a] > column->f64[b]);
    case ERRATA_COLUMN_I64:
    case ERRATA_COLUMN_TIME:
        return errata_column_integer(column, a) == errata_column_integer(column, b);
    case ERRATA_COLUMN_CATEGORY:
        return column->code[a] == column->code[b];
    case ERRATA_COLUMN_BOOL:
        return column->boolean[a] == column->boolean[b];
    case ERRATA_COLUMN_TEXT: {
        gsize n_a;
        gsize n_b;
        const char *s = errata_column_text(column, a, &n_a);
        const char *t = errata_column_text(column, b, &n_b);

        return n_a == n_b && memcmp(s, t, n_a) == 0;
    }
    }
    g_return_val_if_reached(FALSE);
}

static gboolean
rows_same(const ErrataFrame *frame, const guint *columns, guint n_columns, gsize a, gsize b)
{
    for (guint i = 0; i < n_columns; i++)
        if (!rows_same_cell(frame->columns[columns[i]], a, b))
            return FALSE;
    return TRUE;
}

/* per row the first row that is equal in @columns: itself where none before it is. An open table of
 * row numbers */
static guint32 *
rows_first(const ErrataFrame *frame, const guint *columns, guint n_columns, const guint64 *hashes)
{
    gsize size = 16;
    guint32 *first = g_new(guint32, MAX(frame->n_rows, 1));
    g_autofree guint32 *slots = NULL;

    while (size < 2 * frame->n_rows)
        size *= 2;
    slots = g_new0(guint32, size); /* row + 1 */
    for (gsize row = 0; row < frame->n_rows; row++) {
        gsize slot = hashes[row] & (size - 1);

        if (row + ROWS_AHEAD < frame->n_rows)
            __builtin_prefetch(&slots[hashes[row + ROWS_AHEAD] & (size - 1)], 1);
        while (slots[slot] != 0 && !(hashes[slots[slot] - 1] == hashes[row] &&
                                     rows_same(frame, columns, n_columns, slots[slot] - 1, row)))
            slot = (slot + 1) & (size - 1);
        if (slots[slot] == 0)
            slots[slot] = (guint32)(row + 1);
        first[row] = slots[slot] - 1;
    }
    return first;
}

/* marks the second and later copies of a row; without content columns there are none */
static void
rows_duplicates(ErrataOutcome *self,
                const ErrataFrame *frame,
                const guint *columns,
                guint n_columns,
                const guint64 *hashes)
{
    g_autofree guint32 *first = NULL;

    if (n_columns == 0)
        return;
    first = rows_first(frame, columns, n_columns, hashes);
    for (gsize row = 0; row < frame->n_rows; row++)
        if (first[row] != row) {
            self->duplicate[row] = 1;
            self->n_duplicates++;
        }
}

typedef struct {
    const ErrataColumn *column;
    gint64 *time;
} RowsTime;

static gint64
rows_time(const ErrataColumn *column, gsize row)
{
    double value;
    double scale;

    if (!errata_column_is_valid(column, row))
        return G_MININT64;
    if (column->type == ERRATA_COLUMN_TIME)
        return column->i64[row];
    value = errata_column_number(column, row);
    scale = errata_schema_profile_epoch(value);
    if (!(scale > 0.0))
        return G_MININT64;
    if (column->type == ERRATA_COLUMN_I64)
        return errata_column_integer(column, row) * (gint64)scale;
    return (gint64)(value * scale);
}

static void
rows_time_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const RowsTime *work = data;

    for (gsize row = begin; row < end; row++)
        work->time[row] = rows_time(work->column, row);
}

static gint64 *
rows_times(ErrataOutcome *self, const ErrataFrame *frame, int column)
{
    RowsTime work;

    if (column >= 0 && frame->columns[column]->type == ERRATA_COLUMN_TIME &&
        frame->columns[column]->n_missing == 0)
        return errata_outcome_lend(self, frame->columns[column]->i64);
    if (column < 0 || (frame->columns[column]->type != ERRATA_COLUMN_TIME &&
                       !errata_column_is_numeric(frame->columns[column])))
        return NULL;
    work = (RowsTime){frame->columns[column], g_new(gint64, MAX(frame->n_rows, 1))};
    errata_parallel_for(frame->n_rows, ROWS_GRAIN, rows_time_cb, &work);
    return work.time;
}

/* merge sort of row numbers by time: stable, and quick where the log is in order already */
static void
rows_sort(const gint64 *time, guint32 *order, guint32 *scratch, gsize n)
{
    gsize middle = n / 2;

    if (n < 2)
        return;
    rows_sort(time, order, scratch, middle);
    rows_sort(time, order + middle, scratch, n - middle);
    if (time[order[middle - 1]] <= time[order[middle]])
        return;
    memcpy(scratch, order, middle * sizeof *order);
    for (gsize left = 0, right = middle, to = 0; left < middle; to++)
        if (right < n && time[order[right]] < time[scratch[left]])
            order[to] = order[right++];
        else
            order[to] = scratch[left++];
}

static guint32 *
rows_order(const gint64 *time, gsize n_rows)
{
    guint32 *order = g_new(guint32, MAX(n_rows, 1));
    g_autofree guint32 *scratch = NULL;

    for (gsize row = 0; row < n_rows; row++)
        order[row] = (guint32)row;
    if (time == NULL)
        return order;
    scratch = g_new(guint32, n_rows / 2 + 1);
    rows_sort(time, order, scratch, n_rows);
    return order;
}

/* copies beside the order in time */
typedef struct {
    ErrataOutcome *outcome;
    const ErrataFrame *frame;
    const ErrataSchema *schema;
    const guint *columns;
    guint n_columns;
    const guint64 *hashes;
} RowsParts;

static void
rows_part_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const RowsParts *work = data;
    ErrataOutcome *self = work->outcome;

    for (gsize part = begin; part < end; part++) {
        if (part == 0) {
            rows_duplicates(self, work->frame, work->columns, work->n_columns, work->hashes);
            continue;
        }
        self->time = rows_times(self, work->frame, work->schema->time);
        self->order = rows_order(self->time, work->frame->n_rows);
    }
}

/* what the model made of a row: rows of one group are alike to it */
static guint
rows_said(const ErrataOutcome *self, gsize row)
{
    if (self->n_classes == 2 && self->score != NULL && !isnan(self->score[row]))
        return MIN((guint)(self->score[row] * ROWS_BINS), ROWS_BINS - 1);
    return ROWS_BINS + (self->predicted != NULL ? (guint)(self->predicted[row] + 1) : 0);
}

/* the label as a class, −1 where missing; of a number, each value is one. %NULL where there are so
 * many values that rows hardly share one by chance */
static gint32 *
rows_classes(const ErrataOutcome *self, const ErrataFrame *frame, guint label, guint *ret_n)
{
    g_autofree guint64 *hashes = NULL;
    g_autofree guint32 *first = NULL;
    g_autofree gint32 *class_of = g_new(gint32, MAX(frame->n_rows, 1));

    *ret_n = self->n_classes;
    if (self->truth != NULL) {
        memcpy(class_of, self->truth, frame->n_rows * sizeof *class_of);
        return g_steal_pointer(&class_of);
    }
    hashes = rows_hash(frame, &label, 1);
    first = rows_first(frame, &label, 1, hashes);
    *ret_n = 0;
    for (gsize row = 0; row < frame->n_rows; row++) {
        class_of[row] = first[row] == row ? (gint32)(*ret_n)++ : class_of[first[row]];
        if (*ret_n > ROWS_VALUES)
            return NULL;
    }
    return g_steal_pointer(&class_of);
}

/* how often two rows of which the model made the same differ in their label, by what it made */
static double *
rows_differing(const ErrataOutcome *self, const gint32 *class_of, gsize n_classes)
{
    gsize n_said = ROWS_BINS + self->n_classes + 1;
    g_autofree double *count = g_new0(double, n_said *n_classes);
    double *differ = g_new(double, n_said);

    for (gsize row = 0; row < self->n_rows; row++)
        if (class_of[row] >= 0)
            count[rows_said(self, row) * n_classes + (gsize)class_of[row]] += 1.0;
    for (gsize said = 0; said < n_said; said++) {
        double n = 0.0, squares = 0.0;

        for (gsize k = 0; k < n_classes; k++) {
            n += count[said * n_classes + k];
            squares += count[said * n_classes + k] * count[said * n_classes + k];
        }
        differ[said] = n > 0.0 ? 1.0 - squares / (n * n) : 0.0;
    }
    return differ;
}

/* rows that are equal in all but the label to an earlier one, and their labels */
typedef struct {
    double n;
    double other;  /* whose label is not that of the first */
    double left;   /* of those, no copies of any row */
    double chance; /* that would have another label were it drawn anew */
} RowsAgain;

static void
rows_count_again(const ErrataOutcome *self,
                 const guint32 *first,
                 const gint32 *class_of,
                 guint n_classes,
                 RowsAgain *again)
{
    g_autofree double *differ = rows_differing(self, class_of, n_classes);

    for (gsize row = 0; row < self->n_rows; row++) {
        gboolean differs = class_of[row] != class_of[first[row]];

        if (first[row] == row || class_of[row] < 0 || class_of[first[row]] < 0)
            continue;
        again->n += 1.0;
        again->other += differs ? 1.0 : 0.0;
        again->left += differs && self->duplicate[row] == 0 ? 1.0 : 0.0;
        again->chance += differ[rows_said(self, row)];
    }
}

/* Whether labels that differ among equal rows are of copies, some of which were made after the
 * label had come: each row beside the one before it of those equal to it, changes lead into one
 * class and hardly any out of it, while rows that had it have it again. Labels drawn anew change
 * both ways, and seldom agree on a rare class */
static gboolean
rows_ripened(const ErrataOutcome *self, const guint32 *first, const gint32 *class_of, guint n)
{
    g_autofree guint32 *last = g_new(guint32, MAX(self->n_rows, 1));
    g_autofree double *into = g_new0(double, n);
    g_autofree double *out_of = g_new0(double, n);
    g_autofree double *stay = g_new0(double, n);
    double changes = 0.0;

    for (gsize row = 0; row < self->n_rows; row++) {
        gint32 now = class_of[row], before;

        before = first[row] == row ? -1 : class_of[last[first[row]]];
        last[first[row]] = (guint32)row;
        if (now < 0 || before < 0)
            continue;
        stay[now] += now == before ? 1.0 : 0.0;
        into[now] += now != before ? 1.0 : 0.0;
        out_of[before] += now != before ? 1.0 : 0.0;
        changes += now != before ? 1.0 : 0.0;
    }
    for (guint k = 0; k < n; k++)
        if (into[k] >= ROWS_OTHERS && into[k] >= (1.0 - ROWS_ONEWAY) * changes &&
            out_of[k] <= ROWS_ONEWAY * into[k] && stay[k] >= ROWS_STAY &&
            out_of[k] <= ROWS_ONEWAY * stay[k])
            return TRUE;
    return FALSE;
}

/* Whether rows that are equal were observed again, not copied: one input, labelled anew each time.
 * Of such rows those with the first one's label are equal to it, and without them hardly any but
 * those that contradict it would be left. Told by the labels of rows that are equal in all else:
 * copies have theirs from the row they are copies of, and so do rows whose labels hardly agree by
 * chance */
static void
rows_repeated(ErrataOutcome *self,
              const ErrataFrame *frame,
              const ErrataSchema *schema,
              const guint *columns,
              guint n_columns)
{
    g_autofree guint *inputs = g_new(guint, n_columns + 1);
    g_autofree gint32 *class_of = NULL;
    g_autofree guint64 *hashes = NULL;
    g_autofree guint32 *first = NULL;
    RowsAgain again = {0.0, 0.0, 0.0, 0.0};
    double n = (double)frame->n_rows, selected;
    guint n_inputs = 0, n_classes;
    int label = schema->correct >= 0 ? schema->correct : schema->label;

    for (guint i = 0; i < n_columns; i++)
        if ((int)columns[i] != label)
            inputs[n_inputs++] = columns[i];
    if (label < 0 || n_inputs == 0)
        return;
    class_of = rows_classes(self, frame, (guint)label, &n_classes);
    if (class_of == NULL || n_classes == 0 || n_classes > ROWS_VALUES)
        return;
    hashes = rows_hash(frame, inputs, n_inputs);
    first = rows_first(frame, inputs, n_inputs, hashes);
    rows_count_again(self, first, class_of, n_classes, &again);
    if (again.other < ROWS_OTHERS || again.other < ROWS_NOISE * again.n ||
        again.n - again.chance < ROWS_SHARED * again.n)
        return;
    selected = again.left / (n - (double)self->n_duplicates) - again.left / n;
    if ((selected >= ROWS_LEFT || again.other >= ROWS_CHANCE * again.chance) &&
        !rows_ripened(self, first, class_of, n_classes))
        self->n_repeated = (gsize)again.n;
}

/* whether @row, the first of @count with its value, belongs to nobody: it has no value, or a code
 * or word for none that far more rows share than belong to anybody. Those were one customer else,
 * all in one half, and what is wrong with them could not be confirmed */
static gboolean
rows_is_nobody(const ErrataColumn *column, gsize row, guint count, double mean)
{
    gsize length;
    const char *text;

    if (!errata_column_is_valid(column, row))
        return TRUE;
    if ((double)count < ROWS_NOBODY * mean)
        return FALSE;
    if (errata_column_is_numeric(column))
        return errata_number_is_code(errata_column_number(column, row));
    text = errata_column_text(column, row, &length);
    return text != NULL &&
           (errata_number_is_missing(text, length) || errata_number_is_unknown(text, length));
}

/* numbers what rows belong to, in the order in which it comes; rows of nobody each have a number,
 * and a hash in @hashes, of their own */
static void
rows_entities(ErrataOutcome *self, const ErrataFrame *frame, guint column, guint64 *hashes)
{
    const ErrataColumn *values = frame->columns[column];
    guint32 *entity = rows_first(frame, &column, 1, hashes);
    g_autofree guint *count = g_new0(guint, MAX(frame->n_rows, 1));
    gsize n_values = 0;

    for (gsize row = 0; row < frame->n_rows; row++)
        n_values += count[entity[row]]++ == 0;
    /* a first row comes before those that are equal to it, and has its number by then */
    for (gsize row = 0; row < frame->n_rows; row++) {
        gsize first = entity[row];

        if (first == row &&
            rows_is_nobody(values, first, count[first], (double)frame->n_rows / (double)n_values))
            count[first] = 0;
        if (count[first] == 0)
            hashes[row] = errata_rng_mix(hashes[row] ^ row);
        entity[row] = first == row || count[first] == 0 ? self->n_entities++ : entity[first];
    }
    self->entity = entity;
}

void
errata_outcome_rows(ErrataOutcome *self,
                    const ErrataFrame *frame,
                    const ErrataSchema *schema,
                    const ErrataSettings *settings)
{
    guint n;
    g_autofree guint *columns = rows_content(frame, schema, &n);
    guint n_told =
        n - (schema->weight >= 0 ? 1 : 0); /* a weight must not move rows to the other half */
    g_autofree guint64 *hashes = rows_hash(frame, columns, n_told);
    g_autofree guint64 *weighed = NULL;
    g_autofree guint64 *entities = NULL;
    gboolean by_number;
    guint entity;

    self->half = g_new0(guint8, MAX(frame->n_rows, 1));
    self->duplicate = g_new0(guint8, MAX(frame->n_rows, 1));
    if (n_told < n)
        weighed = rows_hash_weighed(frame, (guint)schema->weight, hashes);
    errata_parallel_for(
        2,
        1,
        rows_part_cb,
        &(RowsParts){self, frame, schema, columns, n, weighed != NULL ? weighed : hashes});
    if (settings != NULL && settings->entity != NULL &&
        errata_frame_find(frame, settings->entity, &entity) != NULL) {
        entities = rows_hash(frame, &entity, 1);
        rows_entities(self, frame, entity, entities);
    }
    /* equal rows of one half, those with the other label in the other: each would be right, or
     * wrong, throughout. Copies proper are few, and set aside */
    by_number = n_told == 0 || (self->n_duplicates > ROWS_FEW &&
                                (double)self->n_duplicates > ROWS_EQUAL * (double)frame->n_rows);
    if (self->n_duplicates > ROWS_FEW)
        rows_repeated(self, frame, schema, columns, n_told);
    for (gsize row = 0; row < frame->n_rows; row++) {
        guint64 hash = entities != NULL ? entities[row] : !by_number ? hashes[row] : row;

        self->half[row] = (guint8)(errata_rng_mix(hash ^ ROWS_HALF) & 1);
    }
}
