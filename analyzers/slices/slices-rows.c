/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a slice, its errors first, and a few of them to look at. */
#include <math.h>

#include "number.h"
#include "slices-finding.h"
#include "sort.h"
#include "words.h"

#define ROWS_EXAMPLES     6
#define ROWS_TEXT         110 /* characters of a text */
#define ROWS_MORE_COLUMNS 3   /* besides those of the slice */

/* how wrong the row is: 1 + confidence for an error, 1 − confidence for a correct row, 1 and 0
 * without one, the loss for a regression, −1 where it is not judged; larger is worse */
static double
rows_score(const ErrataOutcome *outcome, gsize row)
{
    double confidence = outcome->confidence != NULL ? outcome->confidence[row] : (double)NAN;

    if (outcome->judged[row] == 0 || isnan(outcome->loss[row]))
        return -1.0;
    if (outcome->task == ERRATA_TASK_REGRESSION)
        return outcome->loss[row];
    if (isnan(confidence)) /* nothing tells worse errors from others, yet errors stand first */
        return outcome->error[row] != 0 ? 1.0 : 0.0;
    return outcome->error[row] != 0 ? 1.0 + confidence : 1.0 - confidence;
}

/**
 * errata_slices_rows_judged:
 * @table: a table
 * @finding: has its rows
 *
 * Returns: how many of them have both label and prediction: what is told of errors is told of these
 */
gsize
errata_slices_rows_judged(const SlicesTable *table, const ErrataFinding *finding)
{
    const guint8 *judged = table->analysis->outcome->judged;
    gsize n = 0;

    for (gsize i = 0; i < finding->n_rows; i++)
        n += judged[finding->row[i]] != 0 ? 1 : 0;
    return n;
}

/* “slice · 2,313 rows, 1,156 of them with labels” */
static char *
rows_summary(const SlicesTable *table, const ErrataFinding *finding)
{
    gsize n_judged = errata_slices_rows_judged(table, finding);
    g_autofree char *all = errata_words_counted(finding->n_rows, "row", "rows");
    g_autofree char *judged = errata_slices_words_count(n_judged);

    if (n_judged == finding->n_rows)
        return g_strdup_printf("slice · %s", all);
    return g_strdup_printf("slice · %s, %s of them with %s",
                           all,
                           judged,
                           n_judged == 1 ? "a label" : "labels");
}

/**
 * errata_slices_rows_add:
 * @table: a table
 * @slice: a slice
 * @finding: gets its rows over the whole log, the worst errors first, their share, and its summary
 */
void
errata_slices_rows_add(const SlicesTable *table, const Slice *slice, ErrataFinding *finding)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    g_autofree guint8 *member = g_malloc(MAX(outcome->n_rows, 1));
    gsize n = 0;

    errata_slices_table_meet(table, slice, NULL, outcome->n_rows, member);
    for (gsize row = 0; row < outcome->n_rows; row++)
        n += member[row];
    finding->n_rows = n;
    finding->row = g_new(guint32, MAX(n, 1));
    finding->row_score = g_new(double, MAX(n, 1));
    n = 0;
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (member[row] != 0) {
            finding->row[n] = (guint32)row;
            finding->row_score[n++] = 0.0 - rows_score(outcome, row);
        }
    /* rows of one score stay in row order */
    errata_sort_payload(finding->row_score, finding->row, n, finding->row_score, finding->row);
    for (gsize i = 0; i < n; i++)
        finding->row_score[i] = 0.0 - finding->row_score[i];
    finding->share_of_rows = (double)n / MAX((double)outcome->n_rows, 1.0);
    finding->summary = rows_summary(table, finding);
}

typedef struct {
    const ErrataColumn *column;
    const char *heading;
} RowsColumn;

static void
rows_append(GArray *columns, const ErrataColumn *column, const char *heading)
{
    RowsColumn added = {column, heading != NULL ? heading : column->name};

    for (guint i = 0; i < columns->len; i++)
        if (g_array_index(columns, RowsColumn, i).column == column)
            return;
    g_array_append_val(columns, added);
}

static void
rows_pick_columns(const SlicesTable *table, const Slice *slice, GArray *columns)
{
    const ErrataAnalysis *analysis = table->analysis;
    const ErrataSchema *schema = analysis->schema;
    const struct {
        int index;
        const char *heading;
    } special[] = {{schema->id, "id"},
                   {schema->score, "score"},
                   {schema->label, "given"},
                   {schema->prediction, "said"}};
    guint n_fixed;

    for (guint i = 0; i < G_N_ELEMENTS(special); i++)
        if (special[i].index >= 0)
            rows_append(columns, analysis->frame->columns[special[i].index], special[i].heading);
    for (guint i = 0; i < slice->n; i++)
        rows_append(columns, table->columns[slice->condition[i].column].raw, NULL);
    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (schema->columns[c].role == ERRATA_ROLE_TEXT && errata_schema_is_logged(schema, c)) {
            rows_append(columns, analysis->frame->columns[c], NULL); /* what it is all about */
            return;
        }
    n_fixed = columns->len;
    for (guint i = 0; i < table->n_columns && columns->len < n_fixed + ROWS_MORE_COLUMNS; i++)
        if (table->columns[i].bin->derived == NULL)
            rows_append(columns, table->columns[i].raw, NULL);
}

/**
 * errata_slices_rows_examples:
 * @table: a table
 * @slice: a slice
 * @finding: has its rows, gets a table of the worst errors
 */
void
errata_slices_rows_examples(const SlicesTable *table, const Slice *slice, ErrataFinding *finding)
{
    static const char *const words[] = {"No", "One", "Two", "Three", "Four", "Five", "Six"};
    const ErrataOutcome *outcome = table->analysis->outcome;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(RowsColumn));
    g_autofree char *title = NULL;
    guint n = 0;

    while (n < MIN(finding->n_rows, ROWS_EXAMPLES) && outcome->error[finding->row[n]] != 0)
        n++;
    if (n == 0)
        return;
    rows_pick_columns(table, slice, columns);
    title = g_strdup_printf("%s of its errors", words[n]);
    finding->examples = errata_table_new(title, columns->len);
    for (guint c = 0; c < columns->len; c++) {
        const RowsColumn *column = &g_array_index(columns, RowsColumn, c);

        errata_table_heading(finding->examples,
                             c,
                             column->heading,
                             errata_column_is_numeric(column->column));
    }
    for (guint i = 0; i < n; i++)
        for (guint c = 0; c < columns->len; c++) {
            const ErrataColumn *column = g_array_index(columns, RowsColumn, c).column;
            g_autofree char *text = NULL;

            if (errata_column_is_valid(column, finding->row[i]))
                text = errata_column_show(column, finding->row[i], ROWS_TEXT);
            errata_table_add_cell(finding->examples, text);
        }
}
