/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the log as an export writes them: every column under its own name, behind the export's
 * own columns. Cells that a spreadsheet would run get an apostrophe. */
#include <math.h>
#include <string.h>

#include "exports.h"
#include "number.h"
#include "zone.h"

char *
errata_exports_cell(const ErrataColumn *column, gsize row)
{
    return errata_column_is_valid(column, row) ? errata_column_print(column, row) : g_strdup("");
}

/**
 * errata_exports_written:
 * @self: what an export is made from
 * @column: index of a column of the log
 *
 * Returns: (transfer none): the column whose cells are exported for it: for times their text, so
 * that
 *   `2023-07` comes back as `2023-07`
 */
const ErrataColumn *
errata_exports_written(const ErrataExport *self, guint column)
{
    const ErrataColumn *own = self->frame->columns[column];

    if (own->type != ERRATA_COLUMN_TIME || self->written == NULL)
        return own;
    for (guint i = 0; i < self->written->n_columns; i++)
        if (strcmp(self->written->columns[i]->name, own->name) == 0)
            return self->written->columns[i];
    return own;
}

/* the README says how times stand, where there are any */
void
errata_exports_tell_times(const ErrataExport *self, ErrataExported *exported)
{
    gboolean as_written = FALSE;
    gboolean as_iso = FALSE;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataColumn *own = self->frame->columns[i];

        if (own->type != ERRATA_COLUMN_TIME)
            continue;
        as_iso = as_iso || errata_exports_written(self, i) == own;
        as_written = as_written || errata_exports_written(self, i) != own;
    }
    if (as_written)
        g_string_append(exported->readme, "\nTimes stand as they were written in the log.\n");
    if (as_iso)
        g_string_append_printf(exported->readme,
                               "\n%simes are written as ISO 8601, %s.\n",
                               as_written ? "Other t" : "T",
                               errata_zone_clock() != 0 ? "with the log's offset" : "in UTC");
}

static gboolean
exports_is_formula(const char *text)
{
    double value;

    if (text[0] == '-' || text[0] == '+')
        return !errata_number_parse_double(text, strlen(text), &value);
    return text[0] != '\0' && strchr("=@\t\r", text[0]) != NULL;
}

/* one cell of RFC 4180, without the comma */
void
errata_exports_csv_text(GString *csv, const char *text)
{
    gboolean formula = exports_is_formula(text);

    if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(csv, text);
        return;
    }
    g_string_append(csv, formula ? "\"'" : "\"");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(csv, '"');
        g_string_append_c(csv, *c);
    }
    g_string_append_c(csv, '"');
}

/* @own: the export's own columns, comma-separated */
void
errata_exports_csv_heading(const ErrataExport *self, const char *own, ErrataExported *exported)
{
    g_string_append(exported->data, own);
    for (guint i = 0; i < self->frame->n_columns; i++) {
        g_string_append_c(exported->data, ',');
        errata_exports_csv_text(exported->data, self->frame->columns[i]->name);
    }
    g_string_append_c(exported->data, '\n');
}

/* the log's cells, each behind a comma, and the end of the line */
void
errata_exports_csv_row(const ErrataExport *self, gsize row, ErrataExported *exported)
{
    for (guint i = 0; i < self->frame->n_columns; i++) {
        g_autofree char *cell = errata_exports_cell(errata_exports_written(self, i), row);

        g_string_append_c(exported->data, ',');
        errata_exports_csv_text(exported->data, cell);
    }
    g_string_append_c(exported->data, '\n');
    exported->n++;
}

/* the class or number of a row's label, "" without one */
char *
errata_exports_label(const ErrataExport *self, gsize row)
{
    if (self->schema->label < 0)
        return g_strdup("");
    return errata_exports_cell(self->frame->columns[self->schema->label], row);
}

/* how the README begins: what it is, from which report and log */
void
errata_exports_readme(const ErrataExport *self, const char *title, ErrataExported *exported)
{
    const ErrataCase *report = self->report;

    g_string_append_printf(
        exported->readme,
        "# %s\n\nMade by errata from the report `%s` of %s (%s).\n\nThe log:\n\n",
        title,
        report->run_id != NULL ? report->run_id : "",
        report->name != NULL ? report->name : "a model",
        report->created != NULL ? report->created : "");
    for (guint i = 0; i < report->inputs->len; i++) {
        const ErrataInput *input = g_ptr_array_index(report->inputs, i);

        g_string_append_printf(exported->readme,
                               "- `%s`, SHA-256 `%s`\n",
                               input->path != NULL ? input->path : "",
                               input->sha256 != NULL ? input->sha256 : "");
    }
    g_string_append_printf(exported->readme,
                           "\n`%s` holds the rows; `row` counts the log's rows from 0.\n\n"
                           "## How the rows were chosen\n\n",
                           exported->file);
    if (self->where != NULL)
        g_string_append_printf(exported->readme,
                               "Only rows for which `%s` holds were taken.\n\n",
                               self->where);
}

/* whether a row is one of those that the export is about */
gboolean
errata_exports_takes(const ErrataExport *self, gsize row)
{
    return self->only == NULL || errata_rows_has(self->only, row);
}

/* a group of rows with more errors than others */
gboolean
errata_exports_does_worse(const ErrataFinding *finding)
{
    return (finding->kind == ERRATA_FINDING_SLICE || finding->kind == ERRATA_FINDING_CLUSTER) &&
           errata_finding_note(finding, "better") == NULL;
}

guint8 *
errata_exports_in_slices(const ErrataExport *self)
{
    guint8 *n_slices = g_new0(guint8, MAX(self->frame->n_rows, 1));

    for (guint i = 0; i < self->report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->report->findings, i);
        const ErrataExportTable *table = g_ptr_array_index(self->tables, i);

        if (table == NULL || !errata_exports_does_worse(finding))
            continue;
        for (gsize k = 0; k < table->n; k++)
            n_slices[table->row[k]] = (guint8)MIN(n_slices[table->row[k]] + 1, 255);
    }
    return n_slices;
}

/* how many of a finding's rows have a wrong label for all that is known, the most suspicious first:
 * what goes against features and scores beyond chance. What is told for information, or of two
 * classes that the model may as well be unable to part, is none */
static gsize
exports_n_wrong(const ErrataFinding *finding, const ErrataExportTable *table)
{
    const ErrataEvidence *excess = errata_finding_evidence(finding, "excess");
    gsize n = MIN(table->n, finding->n_rows);

    if (finding->kind != ERRATA_FINDING_LABEL_ISSUE || finding->severity == ERRATA_SEVERITY_INFO ||
        errata_finding_note(finding, "swap") != NULL)
        return 0;
    return excess != NULL ? (gsize)CLAMP(rint(excess->value), 0.0, (double)n) : n;
}

/* (transfer full): per row 1 where the report says that its label is more likely wrong than not */
guint8 *
errata_exports_suspects(const ErrataExport *self)
{
    guint8 *suspect = g_new0(guint8, MAX(self->frame->n_rows, 1));

    for (guint i = 0; i < self->report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->report->findings, i);
        const ErrataExportTable *table = g_ptr_array_index(self->tables, i);
        gsize n = table != NULL ? exports_n_wrong(finding, table) : 0;

        for (gsize k = 0; k < n; k++)
            suspect[table->row[k]] = 1;
    }
    return suspect;
}
