/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of texts as columns of the search: those that texts with more errors than expected say, on
 * the discovery half. The best by likelihood ratio is taken, its rows are set aside, and so on, so
 * that each word stands for rows of its own. A word must beat chance in as many as there are; what
 * is found with it is confirmed on the other half like any other condition. */
#include <math.h>
#include <string.h>

#include "filter.h"
#include "slices-table.h"
#include "text-terms.h"

#define SAID_ROWS   20000 /* texts of the discovery half that are read */
#define SAID_TEXTS  2     /* text columns */
#define SAID_MOST   8     /* words of each */
#define SAID_BYTES  40    /* of a word */
#define SAID_TERMS  200000
#define SAID_SURE   5.0 /* what the ratio exceeds the logarithm of the number of words by */
#define SAID_COMMON 0.5 /* of the texts, which a word says nothing of */

typedef struct {
    const char *text;
    guint32 length;
    guint32 last; /* row + 1 that counted it last */
    double n;
    double observed;
    double expected;
} SaidTerm;

typedef struct {
    double *rate;    /* per cell */
    double variance; /* of a real loss about it; 0 for 0/1 errors */
} SaidExpected;

typedef struct {
    const SlicesTable *table;
    const ErrataColumn *column;
    GHashTable *place; /* hash → index + 1 */
    GArray *terms;     /* (element-type SaidTerm) in order of first appearance */
    GArray *at;        /* (element-type guint32) terms of all rows, one row after the other */
    gsize n;
    gsize *row;   /* position in the half */
    gsize *begin; /* in @at, n + 1 */
    guint8 *use;
    const SaidExpected *expected;
} Said;

/* what the scores expect: the share of errors in each cell, or the mean loss */
static void
said_expect(const SlicesTable *table, SaidExpected *ret_expected)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree double *n = g_new0(double, half->n_cells);
    double *rate = g_new0(double, half->n_cells);
    double mean = half->total / MAX((double)half->n_rows, 1.0);

    for (gsize i = 0; i < half->n_rows; i++) {
        n[half->cell[i]] += 1.0;
        rate[half->cell[i]] += half->y[i];
    }
    for (guint c = 0; c < half->n_cells; c++)
        rate[c] = (rate[c] + mean) / (n[c] + 1.0);
    *ret_expected = (SaidExpected){.rate = rate};
    for (gsize i = 0; table->real && i < half->n_rows; i++) {
        double residual = half->y[i] - rate[half->cell[i]];

        ret_expected->variance += residual * residual / (double)half->n_rows;
    }
}

static void
said_read_text(Said *self, gsize k, const char *text, gsize length, GArray *found)
{
    errata_text_terms(text, length, found);
    for (guint i = 0; i < found->len; i++) {
        const ErrataTerm *term = &g_array_index(found, ErrataTerm, i);
        guint32 at = GPOINTER_TO_UINT(g_hash_table_lookup(self->place, &term->hash));

        if (term->n_words != 1 || term->length > SAID_BYTES || term->length < 2)
            continue;
        if (at == 0) {
            SaidTerm added = {.text = text + term->begin, .length = term->length};

            if (self->terms->len == SAID_TERMS)
                continue;
            g_array_append_val(self->terms, added);
            at = self->terms->len;
            g_hash_table_insert(self->place,
                                g_memdup2(&term->hash, sizeof term->hash),
                                GUINT_TO_POINTER(at));
        }
        at--;
        if (g_array_index(self->terms, SaidTerm, at).last == k + 1)
            continue;
        g_array_index(self->terms, SaidTerm, at).last = (guint32)k + 1;
        g_array_append_val(self->at, at);
    }
}

static void
said_read(Said *self)
{
    const SlicesHalf *half = &self->table->discovery;
    gsize wanted = MIN(half->n_rows, SAID_ROWS);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(ErrataTerm));

    self->row = g_new(gsize, wanted + 1);
    self->begin = g_new(gsize, wanted + 1);
    self->use = g_malloc(wanted + 1);
    memset(self->use, 1, wanted + 1);
    self->begin[0] = 0;
    for (gsize k = 0; k < wanted; k++) {
        gsize i = (gsize)((guint64)k * half->n_rows / wanted);
        gsize length;
        const char *text = errata_column_text(self->column, half->row[i], &length);

        self->row[self->n] = i;
        if (text != NULL)
            said_read_text(self, self->n, text, length, found);
        self->begin[++self->n] = self->at->len;
    }
}

/* the word with the largest ratio among the rows in use, or -1 */
static int
said_best(Said *self)
{
    const SlicesHalf *half = &self->table->discovery;
    double least = (double)self->table->min_rows * (double)self->n / MAX((double)half->n_rows, 1.0);
    double best = log(MAX((double)self->terms->len, 1.0)) + SAID_SURE;
    int found = -1;

    for (guint t = 0; t < self->terms->len; t++) {
        SaidTerm *term = &g_array_index(self->terms, SaidTerm, t);

        term->n = term->observed = term->expected = 0.0;
    }
    for (gsize k = 0; k < self->n; k++)
        for (gsize i = self->begin[k]; self->use[k] != 0 && i < self->begin[k + 1]; i++) {
            SaidTerm *term =
                &g_array_index(self->terms, SaidTerm, g_array_index(self->at, guint32, i));

            term->n += 1.0;
            term->observed += half->y[self->row[k]];
            term->expected += self->expected->rate[half->cell[self->row[k]]];
        }
    for (guint t = 0; t < self->terms->len; t++) {
        const SaidTerm *term = &g_array_index(self->terms, SaidTerm, t);
        double ratio = errata_expected_ratio(term->n,
                                             term->observed,
                                             term->expected,
                                             self->expected->variance);

        if (term->n < least || term->n > SAID_COMMON * (double)self->n ||
            term->observed < 1.25 * term->expected || ratio <= best)
            continue;
        best = ratio;
        found = (int)t;
    }
    return found;
}

static void
said_set_aside(Said *self, guint32 word)
{
    for (gsize k = 0; k < self->n; k++)
        for (gsize i = self->begin[k]; i < self->begin[k + 1]; i++)
            if (g_array_index(self->at, guint32, i) == word)
                self->use[k] = 0;
}

/* 1 for the rows whose text has the word, by the filter that people would use; FALSE where there is
 * none */
static gboolean
said_mark(const ErrataAnalysis *analysis, const ErrataColumn *column, ErrataBinColumn *bin)
{
    g_autoptr(GPtrArray) predicates =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
    ErrataPredicate *predicate = errata_predicate_new(column->name, ERRATA_OP_CONTAINS);
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(ErrataRows) rows = NULL;

    predicate->values = g_new0(char *, 2);
    predicate->values[0] = g_strdup(bin->labels[1]);
    g_ptr_array_add(predicates, predicate);
    filter = errata_filter_predicates_join(predicates);
    if (filter == NULL || !errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
        return FALSE;
    rows = errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
    for (gsize row = 0; row < analysis->frame->n_rows; row++)
        bin->code[row] = errata_rows_has(rows, row) ? 1 : 0;
    return TRUE;
}

static void
said_bin_free(gpointer data)
{
    ErrataBinColumn *bin = data;

    g_free(bin->name);
    g_strfreev(bin->labels);
    g_free(bin->code);
    g_free(bin);
}

/* a column of two codes: 1 where the rows have @label */
static ErrataBinColumn *
said_bin_new(const SlicesTable *table, guint index, char *name, char *label)
{
    ErrataBinColumn *bin = g_new0(ErrataBinColumn, 1);

    bin->column = index;
    bin->n_codes = 2;
    bin->labels = g_new0(char *, 3);
    bin->labels[0] = g_strdup("");
    bin->labels[1] = label;
    bin->name = name;
    bin->code = g_malloc0(MAX(table->analysis->frame->n_rows, 1));
    g_ptr_array_add(table->said, bin);
    return bin;
}

static void
said_append(SlicesTable *table, const ErrataBinColumn *bin, const ErrataColumn *raw, gboolean exact)
{
    table->columns = g_renew(SlicesColumn, table->columns, (gsize)table->n_columns + 1);
    table->columns[table->n_columns++] =
        (SlicesColumn){.bin = bin, .raw = raw, .word = bin->labels[1], .exact = exact};
}

static void
said_add(SlicesTable *table, guint index, const ErrataColumn *column, const SaidTerm *term)
{
    g_autofree char *raw = g_strndup(term->text, term->length);
    char *word = g_utf8_strdown(raw, -1);
    ErrataBinColumn *bin =
        said_bin_new(table, index, g_strdup_printf("%s contains %s", column->name, word), word);

    if (said_mark(table->analysis, column, bin))
        said_append(table, bin, column, FALSE);
}

/* whether the bins of a category hold a value by itself */
static gboolean
said_is_binned(const ErrataBinColumn *bin, const char *value)
{
    for (guint c = 0; c + 1 < bin->n_codes; c++)
        if (strcmp(bin->labels[c], value) == 0)
            return TRUE;
    return FALSE;
}

/* the values that the bins of a category pool and that go with errors, the worst first */
static void
said_values(SlicesTable *table, const SlicesColumn *from, const SaidExpected *expected)
{
    const SlicesHalf *half = &table->discovery;
    const ErrataColumn *column = from->raw;
    g_autofree SaidTerm *terms = g_new0(SaidTerm, (gsize)column->n_dictionary + 1);

    for (gsize i = 0; i < half->n_rows; i++) {
        SaidTerm *term;

        if (!errata_column_is_valid(column, half->row[i]))
            continue;
        term = &terms[column->code[half->row[i]]];
        term->n += 1.0;
        term->observed += half->y[i];
        term->expected += expected->rate[half->cell[i]];
    }
    for (guint n = 0; n < SAID_MOST; n++) {
        double best = log((double)column->n_dictionary) + SAID_SURE;
        guint32 found = G_MAXUINT32;
        ErrataBinColumn *bin;

        for (guint32 v = 0; v < column->n_dictionary; v++) {
            double ratio = errata_expected_ratio(terms[v].n,
                                                 terms[v].observed,
                                                 terms[v].expected,
                                                 expected->variance);

            if (terms[v].n < (double)table->min_rows || ratio <= best ||
                said_is_binned(from->bin, column->dictionary[v]))
                continue;
            best = ratio;
            found = v;
        }
        if (found == G_MAXUINT32)
            return;
        terms[found].n = 0.0;
        bin = said_bin_new(table,
                           from->bin->column,
                           g_strdup(column->name),
                           g_strdup(column->dictionary[found]));
        for (gsize row = 0; row < column->n_rows; row++)
            bin->code[row] = errata_column_is_valid(column, row) && column->code[row] == found;
        said_append(table, bin, column, TRUE);
    }
}

static void
said_search(SlicesTable *table, guint index, const SaidExpected *expected)
{
    Said self = {.table = table,
                 .column = table->analysis->frame->columns[index],
                 .expected = expected};

    self.place = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self.terms = g_array_new(FALSE, FALSE, sizeof(SaidTerm));
    self.at = g_array_new(FALSE, FALSE, sizeof(guint32));
    said_read(&self);
    for (guint n = 0; n < SAID_MOST; n++) {
        int word = said_best(&self);

        if (word < 0)
            break;
        said_add(table, index, self.column, &g_array_index(self.terms, SaidTerm, word));
        said_set_aside(&self, (guint32)word);
    }
    g_hash_table_unref(self.place);
    g_array_unref(self.terms);
    g_array_unref(self.at);
    g_free(self.row);
    g_free(self.begin);
    g_free(self.use);
}

/**
 * errata_slices_said_add:
 * @self: a table with its rows and the columns of the bins
 *
 * Adds a column "TEXT contains WORD" for each word that goes with errors, at most eight of each of
 * two text columns, and one for each value of a category that its bins pool and that goes with
 * errors or larger losses; none where nothing can be held back. Complexity: words of 20,000
 * texts, and a pass over all texts for each word.
 */
void
errata_slices_said_add(SlicesTable *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    guint n_columns = self->n_columns;
    guint n = 0;
    SaidExpected expected;

    self->said = g_ptr_array_new_with_free_func(said_bin_free);
    if (self->exploratory || !(self->discovery.total > 0.0))
        return;
    said_expect(self, &expected);
    for (guint c = 0; c < n_columns; c++) {
        SlicesColumn from = self->columns[c];

        if (from.bin->has_other && from.bin->derived == NULL && !from.bin->numeric &&
            from.raw->type == ERRATA_COLUMN_CATEGORY)
            said_values(self, &from, &expected);
    }
    for (guint c = 0; c < analysis->frame->n_columns && n < SAID_TEXTS; c++)
        if (analysis->schema->columns[c].role == ERRATA_ROLE_TEXT &&
            errata_schema_is_logged(analysis->schema, c) &&
            (analysis->exclude == NULL || analysis->exclude[c] == 0)) {
            said_search(self, c, &expected);
            n++;
        }
    g_free(expected.rate);
}
