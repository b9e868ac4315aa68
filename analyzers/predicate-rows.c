/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a log that meet a finding's predicates: one pass per predicate over its column, into
 * bits. Columns that bins derive from a time ("ts hour") are read from the codes. */
#include "predicate-rows.h"

#include <string.h>

/* one predicate, ready for its column */
typedef struct {
    const ErrataPredicate *predicate;
    const ErrataColumn *column;
    const ErrataBinColumn *bin; /* for derived columns; then column is NULL */
    guint8 *accepted;           /* per dictionary entry or code: whether it is among the values */
} RowsTest;

ErrataRowBits *
errata_row_bits_new(gsize n_rows)
{
    ErrataRowBits *self = g_new0(ErrataRowBits, 1);

    self->n_rows = n_rows;
    self->n_words = (n_rows + 63) / 64;
    self->word = g_new0(guint64, MAX(self->n_words, 1));
    return self;
}

void
errata_row_bits_free(ErrataRowBits *self)
{
    if (self == NULL)
        return;
    g_free(self->word);
    g_free(self);
}

gsize
errata_row_bits_count(const ErrataRowBits *self)
{
    gsize n = 0;

    for (gsize i = 0; i < self->n_words; i++)
        n += (gsize)__builtin_popcountll(self->word[i]);
    return n;
}

/**
 * errata_row_bits_jaccard:
 * @a: rows
 * @b: rows of the same log
 *
 * Returns: rows in both over rows in either, 0 when neither has any
 */
double
errata_row_bits_jaccard(const ErrataRowBits *a, const ErrataRowBits *b)
{
    gsize both = 0;
    gsize either = 0;

    for (gsize i = 0; i < a->n_words; i++) {
        both += (gsize)__builtin_popcountll(a->word[i] & b->word[i]);
        either += (gsize)__builtin_popcountll(a->word[i] | b->word[i]);
    }
    return either > 0 ? (double)both / (double)either : 0.0;
}

static gboolean
rows_is_value(const ErrataPredicate *predicate, const char *text)
{
    if (predicate->op == ERRATA_OP_CONTAINS)
        return predicate->values != NULL && predicate->values[0] != NULL &&
               strstr(text, predicate->values[0]) != NULL;
    return predicate->values != NULL &&
           g_strv_contains((const char *const *)predicate->values, text);
}

static gboolean
rows_compare(const ErrataPredicate *predicate, double value)
{
    switch (predicate->op) {
    case ERRATA_OP_EQ:
        return value >= predicate->number && value <= predicate->number;
    case ERRATA_OP_LT:
        return value < predicate->number;
    case ERRATA_OP_LE:
        return value <= predicate->number;
    case ERRATA_OP_GT:
        return value > predicate->number;
    case ERRATA_OP_GE:
        return value >= predicate->number;
    case ERRATA_OP_BETWEEN:
        return value >= predicate->number && value < predicate->upper;
    case ERRATA_OP_IN:
    case ERRATA_OP_NOT_IN:
    case ERRATA_OP_IS_MISSING:
    case ERRATA_OP_CONTAINS:
        break;
    }
    return FALSE;
}

/* a cell that is there, of a column whose values are compared as texts */
static gboolean
rows_meets_text(const RowsTest *test, gsize row)
{
    const ErrataColumn *column = test->column;
    gboolean found;

    if (column->type == ERRATA_COLUMN_CATEGORY) {
        found = test->accepted[column->code[row]] != 0;
    } else {
        g_autofree char *text = errata_column_print(column, row);

        found = rows_is_value(test->predicate, text);
    }
    return found != (test->predicate->op == ERRATA_OP_NOT_IN);
}

static gboolean
rows_meets(const RowsTest *test, gsize row)
{
    const ErrataPredicate *predicate = test->predicate;

    if (test->column == NULL) {
        guint8 code = test->bin->code[row];

        if (code == ERRATA_BINS_MISSING || predicate->op == ERRATA_OP_IS_MISSING)
            return (code == ERRATA_BINS_MISSING) == (predicate->op == ERRATA_OP_IS_MISSING);
        if (test->accepted != NULL)
            return (test->accepted[code] != 0) != (predicate->op == ERRATA_OP_NOT_IN);
        return rows_compare(predicate, code);
    }
    if (!errata_column_is_valid(test->column, row) || predicate->op == ERRATA_OP_IS_MISSING)
        return errata_column_is_valid(test->column, row) != (predicate->op == ERRATA_OP_IS_MISSING);
    if (predicate->values != NULL)
        return rows_meets_text(test, row);
    return errata_column_is_numeric(test->column) &&
           rows_compare(predicate, errata_column_number(test->column, row));
}

static void
rows_accept(RowsTest *test, char *const *labels, guint n)
{
    test->accepted = g_new0(guint8, MAX(n, 256));
    for (guint i = 0; i < n; i++)
        test->accepted[i] = rows_is_value(test->predicate, labels[i]) ? 1 : 0;
}

static gboolean
rows_prepare(RowsTest *test,
             const ErrataPredicate *predicate,
             const ErrataFrame *frame,
             const ErrataBins *bins)
{
    test->predicate = predicate;
    test->column = errata_frame_find(frame, predicate->column, NULL);
    if (test->column != NULL) {
        if (test->column->type == ERRATA_COLUMN_CATEGORY && predicate->values != NULL)
            rows_accept(test, test->column->dictionary, test->column->n_dictionary);
        return TRUE;
    }
    for (guint i = 0; bins != NULL && i < bins->n_columns && test->bin == NULL; i++)
        if (bins->columns[i].derived != NULL &&
            g_strcmp0(bins->columns[i].name, predicate->column) == 0)
            test->bin = &bins->columns[i];
    if (test->bin != NULL && predicate->values != NULL && test->bin->labels != NULL)
        rows_accept(test, test->bin->labels, test->bin->n_codes);
    return test->bin != NULL;
}

/**
 * errata_predicate_rows:
 * @predicates: (element-type ErrataPredicate): a conjunction; none: all rows
 * @frame: a log
 * @bins: (nullable): its codes, for columns derived from a time
 *
 * Missing cells meet nothing but `is_missing`.
 *
 * Returns: (transfer full) (nullable): the rows; %NULL when the log lacks one of the columns
 */
ErrataRowBits *
errata_predicate_rows(const GPtrArray *predicates, const ErrataFrame *frame, const ErrataBins *bins)
{
    g_autoptr(ErrataRowBits) bits = errata_row_bits_new(frame->n_rows);

    for (gsize row = 0; row < frame->n_rows; row++)
        bits->word[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
    for (guint i = 0; i < predicates->len; i++) {
        RowsTest test = {0};

        if (!rows_prepare(&test, g_ptr_array_index(predicates, i), frame, bins))
            return NULL;
        for (gsize row = 0; row < frame->n_rows; row++)
            if (errata_row_bits_has(bits, row) && !rows_meets(&test, row))
                bits->word[row >> 6] &= ~(G_GUINT64_CONSTANT(1) << (row & 63));
        g_free(test.accepted);
    }
    return g_steal_pointer(&bits);
}
