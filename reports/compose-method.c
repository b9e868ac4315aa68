/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "compose.h"
#include "value.h"

/* The columns, the state of the data, and how the report was made. */

#define METHOD_MAX_COLUMNS  300
#define METHOD_MAX_WARNINGS 40
#define METHOD_MAX_REJECTED 20
#define METHOD_MAX_ROLES    24
#define METHOD_ROOM         560.0 /* points of a page for the rows of columns and roles */
#define METHOD_LINE         17.0  /* points of a row without air */
#define METHOD_AIR          3.0   /* points, at least, … */
#define METHOD_MOST_AIR     14.0  /* … and at most */
#define METHOD_MAX_LINES    40    /* of a note */
#define METHOD_NAME         40    /* bytes of what a note is about */

/* types of columns in words: of one cell for the table, of many for a sentence */
static const struct {
    const char *type;
    const char *one;
    const char *many;
} method_types[] = {{"f64", "number", "numbers"},
                    {"i64", "integer", "whole numbers"},
                    {"time", "time", "times"},
                    {"bool", "true/false", "true or false"},
                    {"category", "category", "categories"},
                    {"text", "text", "text"}};

static const char *
method_type(const char *type, gboolean many)
{
    for (gsize i = 0; i < G_N_ELEMENTS(method_types); i++)
        if (g_strcmp0(type, method_types[i].type) == 0)
            return many ? method_types[i].many : method_types[i].one;
    return type;
}

/* cells that hold a code for “no value”, and so are missing to all else in the report */
static guint64
method_coded(const ErrataCase *report_case, const char *column)
{
    guint64 n = 0;

    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        if (finding->kind == ERRATA_FINDING_ANOMALY && finding->subject.columns != NULL &&
            g_strcmp0(errata_finding_note(finding, "anomaly"), "sentinel") == 0 &&
            g_strcmp0(finding->subject.columns[0], column) == 0)
            n += finding->n_rows;
    }
    return n;
}

/* whether a finding tells of its drift: a distance alone may be large by chance, where rows are few
 * or values many */
static gboolean
method_drifted(const ErrataCase *report_case, const char *column)
{
    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        if (finding->kind == ERRATA_FINDING_DRIFT &&
            g_strcmp0(finding->subject.column, column) == 0)
            return TRUE;
    }
    return FALSE;
}

/* (nullable): why a column was taken for what it is, where that is worth telling */
static const char *
method_role(const ErrataColumnSummary *column)
{
    return column->reason != NULL && *column->reason != '\0' &&
                   g_strcmp0(column->role, "feature") != 0
               ? column->reason
               : NULL;
}

static void
method_column_row(const ErrataCase *report_case,
                  ErrataBlock *table,
                  const ErrataColumnSummary *column)
{
    guint64 missing = column->missing + method_coded(report_case, column->name);
    double share = column->n > 0 ? (double)missing / (double)column->n : 0.0;
    ErrataCell *cell = errata_block_add_cell(table, column->name);
    gboolean drifted = method_drifted(report_case, column->name);

    cell->style = ERRATA_STYLE_CELL_STRONG;
    errata_block_add_cell(table, column->role);
    errata_block_add_cell(table, method_type(column->type, FALSE));
    cell = errata_block_take_cell(table,
                                  missing > 0 ? errata_value_rough_share(share) : g_strdup("0"));
    cell->ink = share >= 0.05 ? ERRATA_INK_TEXT : ERRATA_INK_SOFT;
    errata_block_take_cell(table, errata_value_count((double)column->distinct));
    cell = errata_block_add_cell(table, NULL);
    cell->kind = ERRATA_CELL_HISTOGRAM;
    cell->figure = column->histogram;
    cell = errata_block_take_cell(
        table,
        isfinite(column->drift) ? errata_value_number(column->drift, -0.005, 0.005) : NULL);
    cell->style = drifted ? ERRATA_STYLE_CELL_STRONG : ERRATA_STYLE_CELL;
    cell->ink = drifted ? ERRATA_INK_ERROR : ERRATA_INK_TEXT;
    errata_block_take_cell(table,
                           isfinite(column->error_association)
                               ? errata_value_number(column->error_association, -0.005, 0.005)
                               : NULL);
}

/* the air within a row: few columns have taller histograms, so that theirs and the lines of the
 * baseline are told apart, as far as they and the roles fit one page */
static double
method_air(const ErrataCase *report_case, guint n)
{
    guint n_roles = 0;
    double room;

    for (guint i = 0; i < report_case->columns->len; i++)
        n_roles += method_role(g_ptr_array_index(report_case->columns, i)) != NULL ? 1 : 0;
    room = METHOD_ROOM - METHOD_LINE * MIN(n_roles, METHOD_MAX_ROLES);
    return CLAMP(room / MAX(n, 1) - METHOD_LINE, METHOD_AIR, METHOD_MOST_AIR);
}

static void
method_column_table(const ErrataCase *report_case,
                    const GPtrArray *columns,
                    ErrataDocument *document)
{
    guint n = MIN(columns->len, METHOD_MAX_COLUMNS);
    ErrataBlock *table = errata_document_add(document, ERRATA_BLOCK_TABLE);

    table->space = 8.0;
    table->heading_rule = TRUE;
    table->may_break = TRUE;
    table->row_space = method_air(report_case, n);
    errata_block_add_column(table, "name", 0.0, FALSE)->flexible = TRUE;
    errata_block_add_column(table, "role", 48.0, FALSE);
    errata_block_add_column(table, "type", 44.0, FALSE);
    errata_block_add_column(table, "missing", 38.0, TRUE);
    errata_block_add_column(table, "distinct", 46.0, TRUE);
    errata_block_add_column(table, "values", 56.0, FALSE);
    errata_block_add_column(table, "drift", 32.0, TRUE);
    errata_block_add_column(table, "with error", 44.0, TRUE);
    table->columns[0].lines = 2; /* nowhere else do long names stand whole */
    for (guint i = 0; i < n; i++)
        method_column_row(report_case, table, g_ptr_array_index(columns, i));
    errata_block_drop_empty(table, 3);
}

/* two columns, name and value; rows without a value are left out */
static ErrataBlock *
method_facts(ErrataDocument *document)
{
    ErrataBlock *table = errata_document_add(document, ERRATA_BLOCK_TABLE);

    table->no_heading = TRUE;
    errata_block_add_column(table, "", 96.0, FALSE);
    errata_block_add_column(table, "", 0.0, FALSE)->flexible = TRUE;
    table->columns[1].lines = 6;
    return table;
}

static void
method_fact(ErrataBlock *table, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    errata_block_add_cell(table, name)->ink = ERRATA_INK_SOFT;
    errata_block_add_cell(table, value);
}

/* why the columns with a part of their own were taken for what they are */
static void
method_roles(const ErrataCase *report_case, ErrataDocument *document)
{
    ErrataBlock *table = NULL;
    guint n = 0;

    for (guint i = 0; i < report_case->columns->len && n < METHOD_MAX_ROLES; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report_case->columns, i);
        g_autofree char *text = NULL;

        if (method_role(column) == NULL)
            continue;
        if (table == NULL) {
            errata_compose_section(document,
                                   "Why these roles",
                                   "set with --role or errata.conf",
                                   TRUE);
            table = method_facts(document);
        }
        text = g_strdup_printf("%s: %s", column->role, column->reason);
        method_fact(table, column->name, text);
        n++;
    }
}

void
errata_compose_columns(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autofree char *count = errata_value_count(report_case->columns->len);
    g_autofree char *note = NULL;
    ErrataBlock *block = NULL;

    if (report_case->columns->len == 0)
        return;
    if (report_case->columns->len > METHOD_MAX_COLUMNS)
        note =
            g_strdup_printf("the first %d of %s; report.json has all", METHOD_MAX_COLUMNS, count);
    else
        note = g_strdup_printf("%s columns", count);
    errata_compose_chapter(document, "columns", "Columns", note)->not_first = TRUE;
    block = errata_document_prose(document,
                                  ERRATA_STYLE_NOTE,
                                  "Values: bars now, lines in the baseline. Drift: Jensen–Shannon "
                                  "distance from the baseline, 0 to 1. With error: strength of the "
                                  "association with the error, 0 to 1.");
    block->ink = ERRATA_INK_SOFT;
    block->keep_next = TRUE;
    method_column_table(report_case, report_case->columns, document);
    if (report_case->derived->len > 0) {
        errata_compose_section(document,
                               "Properties of the texts",
                               "derived here, not in the log",
                               TRUE);
        method_column_table(report_case, report_case->derived, document);
    }
    method_roles(report_case, document);
}

static void
method_input(ErrataBlock *table, const char *name, const ErrataInput *input)
{
    g_autofree char *rows = errata_value_count((double)input->rows);
    g_autofree char *bytes = errata_value_bytes(input->bytes);
    g_autofree char *rejected = errata_value_count((double)input->rejected_rows);
    g_autofree char *text = g_strdup_printf("%s · %s · %s rows, %s rejected · %s",
                                            input->path != NULL ? input->path : "",
                                            input->format != NULL ? input->format
                                                                  : "unknown format",
                                            rows,
                                            rejected,
                                            bytes);

    method_fact(table, name, text);
    method_fact(table, "sha256", input->sha256);
}

/* cells that did not fit their column's type */
static void
method_unparsable(const ErrataCase *report_case, ErrataDocument *document)
{
    guint n = 0;

    for (guint i = 0; i < report_case->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report_case->columns, i);
        g_autofree char *count = errata_value_count((double)column->unparsable);
        g_autofree char *text = NULL;

        if (column->unparsable == 0 || n == METHOD_MAX_WARNINGS)
            continue;
        text = g_strdup_printf("%s: %s %s not be read as %s and count%s as missing%s%s%s",
                               column->name,
                               count,
                               column->unparsable == 1 ? "cell could" : "cells could",
                               method_type(column->type, TRUE),
                               column->unparsable == 1 ? "s" : "",
                               column->unparsable_example != NULL ? ", e.g. “" : "",
                               column->unparsable_example != NULL ? column->unparsable_example : "",
                               column->unparsable_example != NULL ? "”" : "");
        errata_document_prose(document, ERRATA_STYLE_CELL, text)->space = 4.0;
        n++;
    }
}

static gboolean
method_has_unparsable(const ErrataCase *report_case)
{
    for (guint i = 0; i < report_case->columns->len; i++)
        if (((const ErrataColumnSummary *)g_ptr_array_index(report_case->columns, i))->unparsable >
            0)
            return TRUE;
    return FALSE;
}

static void
method_data(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autofree char *rejected = errata_value_count((double)report_case->n_rejected);
    g_autofree char *note = NULL;
    ErrataBlock *block = NULL;
    const ErrataTable *table = report_case->rejected;

    if (report_case->warnings->len == 0 && report_case->n_rejected == 0 &&
        !method_has_unparsable(report_case))
        return;
    note = g_strdup_printf("%s records rejected", rejected);
    errata_compose_section(document, "State of the data", note, TRUE);
    for (guint i = 0; i < MIN(report_case->warnings->len, METHOD_MAX_WARNINGS); i++) {
        block = errata_document_prose(document,
                                      ERRATA_STYLE_CELL,
                                      g_ptr_array_index(report_case->warnings, i));
        block->space = 4.0;
    }
    method_unparsable(report_case, document);
    if (table == NULL || table->n_rows == 0 || table->n_columns == 0)
        return;
    block = errata_document_add(document, ERRATA_BLOCK_TABLE);
    block->space = 4.0;
    for (guint i = 0; i < table->n_columns; i++) {
        ErrataColumnSpec *column =
            errata_block_add_column(block, table->headings[i], 0.0, table->right[i]);

        column->lines = 2;
    }
    for (guint row = 0; row < MIN(table->n_rows, METHOD_MAX_REJECTED); row++)
        for (guint column = 0; column < table->n_columns; column++)
            errata_block_add_cell(block, errata_table_cell(table, row, column));
}

static char *
method_task(const ErrataCase *report_case)
{
    static const char *const names[] = {"none", "binary", "multiclass", "regression"};
    g_autofree char *positive = NULL;

    if (report_case->positive != NULL)
        positive = g_strdup_printf(
            " · positive: %s%s%s%s",
            report_case->positive,
            report_case->positive_reason != NULL ? " (" : "",
            report_case->positive_reason != NULL ? report_case->positive_reason : "",
            report_case->positive_reason != NULL ? ")" : "");
    return g_strdup_printf("%s%s%s%s%s",
                           names[report_case->task],
                           report_case->task_reason != NULL ? " (" : "",
                           report_case->task_reason != NULL ? report_case->task_reason : "",
                           report_case->task_reason != NULL ? ")" : "",
                           positive != NULL ? positive : "");
}

static char *
method_tried(const ErrataCase *report_case)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < report_case->tried->len; i++) {
        const ErrataTried *tried = g_ptr_array_index(report_case->tried, i);
        g_autofree char *count = errata_value_count((double)tried->count);

        g_string_append_printf(text, "%s%s %s", i > 0 ? ", " : "", tried->family, count);
    }
    return g_string_free(text, FALSE);
}

static void
method_run(const ErrataCase *report_case, ErrataDocument *document)
{
    ErrataBlock *table = NULL;
    g_autofree char *task = method_task(report_case);
    g_autofree char *tried = method_tried(report_case);
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, report_case->seed);
    g_autofree char *alpha = errata_value_share(report_case->alpha, (double)NAN, (double)NAN);
    g_autofree char *cut = errata_value_number(report_case->threshold, (double)NAN, (double)NAN);
    g_autofree char *model = NULL;
    g_autofree char *asked = report_case->llm != NULL ? errata_llm_use_describe(report_case->llm)
                                                      : NULL;

    errata_compose_section(document, "The run", NULL, TRUE);
    table = method_facts(document);
    for (guint i = 0; i < report_case->inputs->len; i++)
        method_input(table, "input", g_ptr_array_index(report_case->inputs, i));
    if (report_case->reference != NULL)
        method_input(table, "reference", report_case->reference);
    if (report_case->model != NULL)
        model = g_strdup_printf("%s: %s%s%s",
                                report_case->model->path,
                                report_case->model->format,
                                report_case->model_kind != NULL ? ", " : "",
                                report_case->model_kind != NULL ? report_case->model_kind : "");
    method_fact(table, "model", model);
    method_fact(table, "rows where", report_case->where);
    method_fact(table, "cohort", report_case->cohort);
    method_fact(table, "baseline", report_case->baseline_what);
    method_fact(table, "task", task);
    method_fact(table, "threshold of the log", isfinite(report_case->threshold) ? cut : NULL);
    method_fact(table, "halves", report_case->split);
    method_fact(table, "sampled", report_case->sampled);
    method_fact(table, "compared", tried);
    method_fact(table, "error level", report_case->alpha > 0.0 ? alpha : NULL);
    method_fact(table, "language model", asked);
    method_fact(table, "seed", seed);
    method_fact(table, "made again by", report_case->command);
}

/* in front of the methods: who misses a section looks here first */
static void
method_skipped(const ErrataCase *report_case, ErrataDocument *document)
{
    ErrataBlock *table = NULL;

    if (report_case->skipped->len == 0)
        return;
    errata_compose_section(document, "What could not be done", NULL, TRUE);
    table = method_facts(document);
    for (guint i = 0; i < report_case->skipped->len; i++) {
        const ErrataSkipped *skipped = g_ptr_array_index(report_case->skipped, i);

        method_fact(table, skipped->analyzer, skipped->why);
    }
}

/* a note begins with what it is about, “Slices: …”; notes about one thing stand under one name */
static void
method_notes(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autofree char *before = NULL;
    ErrataBlock *table;

    if (report_case->method_notes->len == 0)
        return;
    errata_compose_section(document, "Methods used", NULL, TRUE);
    table = method_facts(document);
    table->columns[1].lines = METHOD_MAX_LINES;
    table->row_space = 2.0;
    for (guint i = 0; i < report_case->method_notes->len; i++) {
        const char *note = g_ptr_array_index(report_case->method_notes, i);
        const char *end = strstr(note, ": ");
        gboolean named = end != NULL && end - note <= METHOD_NAME;
        g_autofree char *name = named ? g_strndup(note, (gsize)(end - note)) : g_strdup("");

        errata_block_add_cell(table, g_strcmp0(name, before) == 0 ? "" : name)->ink =
            ERRATA_INK_SOFT;
        errata_block_add_cell(table, named ? end + 2 : note);
        g_free(before);
        before = g_steal_pointer(&name);
    }
}

void
errata_compose_method(const ErrataCase *report_case, ErrataDocument *document)
{
    errata_compose_chapter(document, "method", "How this was made", NULL);
    method_data(report_case, document);
    method_run(report_case, document);
    errata_compose_written(report_case, document);
    method_skipped(report_case, document);
    method_notes(report_case, document);
}
