/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows for which a bound filter holds: one pass over a column for each comparison, 64 rows to a
 * word, in parallel chunks of words; then the words are joined. Texts are compared once per value
 * of the dictionary. A million rows and a comparison cost about a millisecond. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter-private.h"
#include "parallel.h"

#define EVALUATE_GRAIN 1024 /* words: 65,536 rows */
#define EVALUATE_HOUR  G_GINT64_CONSTANT(3600000000000)

typedef struct {
    const FilterNode *test;
    const ErrataColumn *column; /* of a column or of the hour and weekday of one */
    const ErrataOutcome *outcome;
    const double *number;   /* cells as numbers, NaN where missing */
    const gint32 *code;     /* cells as class indices, −1 where missing */
    const guint8 *is_value; /* per value of a dictionary: it is meant */
    char *const *value;     /* sorted by bytes, for texts */
    const char *needle;     /* folded, for contains */
    gboolean needle_is_ascii;
    ErrataRows *rows;
} Evaluate;

static gboolean
evaluate_in_numbers(const GArray *ranges, double x)
{
    guint lo = 0;
    guint hi = ranges->len;

    while (lo < hi) { /* the first range that begins behind x */
        guint middle = (lo + hi) / 2;

        if (g_array_index(ranges, FilterRange, middle).number.lo <= x)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo > 0 && x <= g_array_index(ranges, FilterRange, lo - 1).number.hi;
}

static gboolean
evaluate_in_integers(const GArray *ranges, gint64 x)
{
    guint lo = 0;
    guint hi = ranges->len;

    while (lo < hi) {
        guint middle = (lo + hi) / 2;

        if (g_array_index(ranges, FilterRange, middle).integer.lo <= x)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo > 0 && x <= g_array_index(ranges, FilterRange, lo - 1).integer.hi;
}

static gboolean
evaluate_is_ascii(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guint8)text[i] >= 128)
            return FALSE;
    return TRUE;
}

/* whether @text has the needle in any case */
static gboolean
evaluate_contains(const Evaluate *self, const char *text, gsize length)
{
    gsize n = strlen(self->needle);
    g_autofree char *folded = NULL;

    if (!self->needle_is_ascii || !evaluate_is_ascii(text, length)) {
        folded = g_utf8_casefold(text, (gssize)length);
        return strstr(folded, self->needle) != NULL;
    }
    for (gsize i = 0; i + n <= length; i++) {
        gsize k = 0;

        while (k < n && g_ascii_tolower(text[i + k]) == self->needle[k])
            k++;
        if (k == n)
            return TRUE;
    }
    return FALSE;
}

static gboolean
evaluate_text(const Evaluate *self, const char *text, gsize length)
{
    guint lo = 0;
    guint hi = self->test->values->len;

    if (self->needle != NULL)
        return evaluate_contains(self, text, length);
    while (lo < hi) {
        guint middle = (lo + hi) / 2;
        gsize other = strlen(self->value[middle]);
        int order = memcmp(text, self->value[middle], MIN(length, other));

        if (order == 0 && length == other)
            return TRUE;
        if (order < 0 || (order == 0 && length < other))
            hi = middle;
        else
            lo = middle + 1;
    }
    return FALSE;
}

static gint64
evaluate_derived(FilterSource source, gint64 ns)
{
    gint64 hours = ns / EVALUATE_HOUR - (ns % EVALUATE_HOUR < 0);
    gint64 hour = ((hours % 24) + 24) % 24;

    if (source == FILTER_SOURCE_HOUR)
        return hour;
    return (((hours - hour) / 24 + 3) % 7 + 7) % 7; /* 1970 began on a Thursday */
}

static gboolean
evaluate_column_cell(const Evaluate *self, gsize row)
{
    const ErrataColumn *column = self->column;
    const char *text;
    gsize length;

    switch (column->type) {
    case ERRATA_COLUMN_F64:
        return evaluate_in_numbers(self->test->ranges, column->f64[row]);
    case ERRATA_COLUMN_I64:
        return evaluate_in_integers(self->test->ranges, errata_column_integer(column, row));
    case ERRATA_COLUMN_TIME:
        return evaluate_in_integers(self->test->ranges,
                                    self->test->source == FILTER_SOURCE_COLUMN
                                        ? column->i64[row]
                                        : evaluate_derived(self->test->source, column->i64[row]));
    case ERRATA_COLUMN_BOOL:
        return evaluate_in_integers(self->test->ranges, column->boolean[row]);
    case ERRATA_COLUMN_CATEGORY:
        return self->is_value[column->code[row]] != 0;
    case ERRATA_COLUMN_TEXT:
        break;
    }
    text = errata_column_text(column, row, &length);
    return evaluate_text(self, text, length);
}

static gboolean
evaluate_is_valid(const Evaluate *self, gsize row)
{
    if (self->column != NULL)
        return errata_column_is_valid(self->column, row);
    if (self->number != NULL)
        return !isnan(self->number[row]);
    if (self->code != NULL)
        return self->code[row] >= 0;
    if (self->test->source == FILTER_SOURCE_ROW)
        return TRUE;
    return (self->test->source == FILTER_SOURCE_ERROR ||
            self->test->source == FILTER_SOURCE_CORRECT) &&
           self->outcome != NULL && self->outcome->judged[row] != 0;
}

/* a cell that is there */
static gboolean
evaluate_cell(const Evaluate *self, gsize row)
{
    const GArray *ranges = self->test->ranges;
    gboolean error;

    if (self->column != NULL)
        return evaluate_column_cell(self, row);
    if (self->number != NULL)
        return evaluate_in_numbers(ranges, self->number[row]);
    if (self->code != NULL)
        return evaluate_in_integers(ranges, self->code[row]);
    if (self->test->source == FILTER_SOURCE_ROW)
        return evaluate_in_integers(ranges, (gint64)row);
    error = self->outcome->error[row] != 0;
    return evaluate_in_integers(ranges, error == (self->test->source == FILTER_SOURCE_ERROR));
}

static void
evaluate_words_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Evaluate *self = data;
    FilterOp op = self->test->op;
    gboolean only_valid = op == FILTER_OP_MISSING || op == FILTER_OP_NOT_MISSING;
    gboolean wanted = op != FILTER_OP_NE && op != FILTER_OP_NOT_IN && op != FILTER_OP_NOT_CONTAINS;

    for (gsize w = begin; w < end; w++) {
        gsize n = MIN(self->rows->n_rows - w * 64, 64);
        guint64 word = 0;

        for (gsize r = 0; r < n; r++) {
            gsize row = w * 64 + r;
            gboolean valid = evaluate_is_valid(self, row);
            gboolean holds = only_valid ? valid == (op == FILTER_OP_NOT_MISSING)
                                        : valid && evaluate_cell(self, row) == wanted;

            word |= (guint64)(holds ? 1 : 0) << r;
        }
        self->rows->bits[w] = word;
    }
}

/* one range over plain doubles, the commonest test by far */
static void
evaluate_doubles_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Evaluate *self = data;
    const FilterRange range = g_array_index(self->test->ranges, FilterRange, 0);

    for (gsize w = begin; w < end; w++) {
        gsize n = MIN(self->rows->n_rows - w * 64, 64);
        const double *x = self->number + w * 64;
        guint64 word = 0;

        for (gsize r = 0; r < n; r++) /* NaN is in no range */
            word |= (guint64)((x[r] >= range.number.lo) & (x[r] <= range.number.hi)) << r;
        self->rows->bits[w] = word;
    }
}

static int
evaluate_compare_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
evaluate_prepare_number(Evaluate *self)
{
    const ErrataOutcome *outcome = self->outcome;

    if (outcome == NULL)
        return;
    switch (self->test->source) {
    case FILTER_SOURCE_LABEL:
        self->number = outcome->truth_value;
        self->code = self->number == NULL ? outcome->truth : NULL;
        break;
    case FILTER_SOURCE_PREDICTION:
        self->number = outcome->predicted_value;
        self->code = self->number == NULL ? outcome->predicted : NULL;
        break;
    case FILTER_SOURCE_SCORE:
        self->number = outcome->score;
        break;
    case FILTER_SOURCE_CONFIDENCE:
        self->number = outcome->confidence;
        break;
    case FILTER_SOURCE_LOSS:
        self->number = outcome->loss;
        break;
    case FILTER_SOURCE_COLUMN:
    case FILTER_SOURCE_HOUR:
    case FILTER_SOURCE_WEEKDAY:
    case FILTER_SOURCE_ERROR:
    case FILTER_SOURCE_CORRECT:
    case FILTER_SOURCE_ROW:
        break;
    }
}

static guint8 *
evaluate_dictionary(const Evaluate *self)
{
    guint8 *is_value = g_new0(guint8, (gsize)self->column->n_dictionary + 1);

    for (guint i = 0; i < self->column->n_dictionary; i++) {
        const char *text = self->column->dictionary[i];

        is_value[i] = evaluate_text(self, text, strlen(text)) ? 1 : 0;
    }
    return is_value;
}

/* a code for “no value” is missing, but it can be asked for by its value */
static const ErrataColumn *
evaluate_column(const FilterNode *test, const ErrataFrame *frame)
{
    const ErrataColumn *column = frame->columns[test->column];
    gboolean named = test->op == FILTER_OP_EQ || test->op == FILTER_OP_IN;

    return named && column->as_read != NULL && test->source == FILTER_SOURCE_COLUMN
               ? column->as_read
               : column;
}

static ErrataRows *
evaluate_test(const FilterNode *test, const ErrataFrame *frame, const ErrataOutcome *outcome)
{
    g_autoptr(ErrataRows) rows = errata_rows_new(frame->n_rows);
    g_autofree char **values = g_new0(char *, test->values->len + 1);
    g_autofree char *needle = NULL;
    g_autofree guint8 *is_value = NULL;
    Evaluate self = {.test = test, .outcome = outcome, .rows = rows, .value = values};
    ErrataParallelFunc func = evaluate_words_cb;

    if (test->source == FILTER_SOURCE_COLUMN || test->source == FILTER_SOURCE_HOUR ||
        test->source == FILTER_SOURCE_WEEKDAY)
        self.column = evaluate_column(test, frame);
    else
        evaluate_prepare_number(&self);
    for (guint i = 0; i < test->values->len; i++)
        values[i] = ((const FilterValue *)g_ptr_array_index(test->values, i))->text;
    if (test->op == FILTER_OP_CONTAINS || test->op == FILTER_OP_NOT_CONTAINS) {
        needle = g_utf8_casefold(values[0], -1);
        self.needle = needle;
        self.needle_is_ascii = evaluate_is_ascii(needle, strlen(needle));
    } else {
        qsort(values, test->values->len, sizeof *values, evaluate_compare_cb);
    }
    if (self.column != NULL && self.column->type == ERRATA_COLUMN_CATEGORY)
        self.is_value = is_value = evaluate_dictionary(&self);
    if (test->ranges->len == 1 && test->op != FILTER_OP_NE && test->op != FILTER_OP_NOT_IN) {
        if (self.column != NULL && self.column->type == ERRATA_COLUMN_F64)
            self.number = self.column->f64;
        func = self.number != NULL ? evaluate_doubles_cb : func;
    }
    errata_parallel_for(rows->n_words, EVALUATE_GRAIN, func, &self);
    return g_steal_pointer(&rows);
}

static ErrataRows *
evaluate_node(const FilterNode *node, const ErrataFrame *frame, const ErrataOutcome *outcome)
{
    ErrataRows *rows;

    if (node->kind == FILTER_TEST)
        return evaluate_test(node, frame, outcome);
    rows = evaluate_node(g_ptr_array_index(node->children, 0), frame, outcome);
    if (node->kind == FILTER_NOT)
        errata_rows_complement(rows);
    for (guint i = 1; i < node->children->len; i++) {
        g_autoptr(ErrataRows) next =
            evaluate_node(g_ptr_array_index(node->children, i), frame, outcome);

        if (node->kind == FILTER_AND)
            errata_rows_intersect(rows, next);
        else
            errata_rows_unite(rows, next);
    }
    return rows;
}

/**
 * errata_filter_evaluate:
 * @self: a filter, bound to @frame
 * @frame: the log
 * @outcome: (nullable): its labels and predictions; without it `error`, `label` and the like are
 *   missing in every row
 *
 * Linear in rows × comparisons; a text column costs its bytes, lists a factor log₂ of their length.
 *
 * Returns: (transfer full): the rows for which it holds
 */
ErrataRows *
errata_filter_evaluate(const ErrataFilter *self,
                       const ErrataFrame *frame,
                       const ErrataOutcome *outcome)
{
    return evaluate_node(self->root, frame, outcome);
}
