/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report hands on: suspect labels, rows of slices, and the rows that exports-choose.c and
 * exports-text.c choose or make. Every export comes with a README that says how. CONTRACT 4. */
#include "exports.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "number.h"

void
errata_exports_table_free(ErrataExportTable *table)
{
    if (table == NULL)
        return;
    g_free(table->row);
    g_free(table->score);
    g_free(table);
}

/* past a record of RFC 4180: @ret_row is its first cell, @ret_score its last */
static const char *
exports_read_record(const char *at, const char *end, gint64 *ret_row, double *ret_score)
{
    const char *begin = at;
    const char *last = at;
    const char *first_end = NULL;
    gboolean quoted = FALSE;

    for (; at < end && (quoted || *at != '\n'); at++) {
        if (*at == '"')
            quoted = !quoted;
        if (*at != ',' || quoted)
            continue;
        first_end = first_end != NULL ? first_end : at;
        last = at + 1;
    }
    *ret_score = (double)NAN;
    if (first_end == NULL || !errata_number_parse_int(begin, (gsize)(first_end - begin), ret_row))
        *ret_row = -1;
    if (at > last)
        errata_number_parse_double(last, (gsize)(at - last), ret_score);
    return at < end ? at + 1 : end;
}

/**
 * errata_exports_read_table:
 * @text: (array length=length): CSV `row,id,score` with a heading
 * @n_rows: rows of the log
 * @name: for messages
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when it names a row that the log does not have.
 */
ErrataExportTable *
errata_exports_read_table(const char *text,
                          gsize length,
                          gsize n_rows,
                          const char *name,
                          GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) scores = g_array_new(FALSE, FALSE, sizeof(double));
    const char *end = text + length;
    const char *heading = memchr(text, '\n', length);
    const char *at = heading != NULL ? heading + 1 : end;
    ErrataExportTable *table;

    for (guint line = 2; at < end; line++) {
        gint64 row = -1;
        double score;
        guint32 number;

        at = exports_read_record(at, end, &row, &score);
        if (row < 0 || (guint64)row >= n_rows) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "%s, record %u: expected the number of a row under %" G_GSIZE_FORMAT
                        "; the report is not of this log, or was changed",
                        name,
                        line,
                        n_rows);
            return NULL;
        }
        number = (guint32)row;
        g_array_append_val(rows, number);
        g_array_append_val(scores, score);
    }
    table = g_new0(ErrataExportTable, 1);
    table->n = rows->len;
    table->row = (guint32 *)(gpointer)g_array_free(g_steal_pointer(&rows), FALSE);
    table->score = (double *)(gpointer)g_array_free(g_steal_pointer(&scores), FALSE);
    return table;
}

static void
exports_append_number(GString *csv, double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    if (isfinite(value))
        g_string_append(csv, errata_number_print(value, buffer));
}

/* the other of two classes; of several, what the model said where that is another */
static const char *
exports_suggested(const ErrataExport *self, gsize row)
{
    const ErrataOutcome *outcome = self->outcome;
    gint32 given = outcome->truth != NULL ? outcome->truth[row] : -1;

    if (given < 0)
        return "";
    if (self->schema->n_classes == 2)
        return self->schema->classes[1 - given];
    if (outcome->predicted == NULL || outcome->predicted[row] < 0 ||
        outcome->predicted[row] == given)
        return "";
    return self->schema->classes[outcome->predicted[row]];
}

static gboolean
exports_nothing(const ErrataExport *self, const char *what, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                "the report has no %s to export%s%s",
                what,
                self->where != NULL ? " among the rows for which this holds: " : "",
                self->where != NULL ? self->where : "");
    return FALSE;
}

/* labels that come from what another finding tells are not what is wrong */
static gboolean
exports_is_suspect(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_LABEL_ISSUE &&
           errata_finding_evidence(finding, "comes_from") == NULL;
}

/* findings about labels may leave open which of them are wrong */
static gboolean
exports_no_labels(const ErrataExport *self, GError **error)
{
    for (guint i = 0; self->where == NULL && i < self->report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->report->findings, i);

        if (finding->kind != ERRATA_FINDING_LABEL_ISSUE)
            continue;
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "there are no labels to suggest: finding %s, \"%s\", does not tell that the "
                    "labels are wrong; the rows of groups that do worse are exported as "
                    "slice-rows",
                    finding->id,
                    finding->title);
        return FALSE;
    }
    return exports_nothing(self, "label issues", error);
}

static gboolean
exports_label_issues(const ErrataExport *self, ErrataExported *exported, GError **error)
{
    exported->file = "label-issues.csv";
    errata_exports_readme(self, "Labels that look wrong", exported);
    errata_exports_csv_heading(self, "row,suspicion,given,suggested", exported);
    for (guint i = 0; i < self->report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->report->findings, i);
        const ErrataExportTable *table = g_ptr_array_index(self->tables, i);

        if (!exports_is_suspect(finding) || table == NULL)
            continue;
        for (gsize k = 0; k < MIN(table->n, finding->n_rows); k++) {
            g_autofree char *given = NULL;

            if (!errata_exports_takes(self, table->row[k]))
                continue;
            given = errata_exports_label(self, table->row[k]);
            g_string_append_printf(exported->data, "%u,", table->row[k]);
            exports_append_number(exported->data, table->score[k]);
            g_string_append_c(exported->data, ',');
            errata_exports_csv_text(exported->data, given);
            g_string_append_c(exported->data, ',');
            errata_exports_csv_text(exported->data, exports_suggested(self, table->row[k]));
            errata_exports_csv_row(self, table->row[k], exported);
        }
        g_string_append_printf(
            exported->readme,
            "Finding %s: %s.\n\nThese are all rows that the finding counts, the most suspicious "
            "first; its table has rows next in line after them. `suspicion` is what they are ranked by; `given` is the label of the log. "
            "`suggested` is the other class of two; of several, what the model predicted where that "
            "is another class, else it is empty. Nothing was changed: whether a label is wrong is "
            "for a person to say.\n",
            finding->id,
            finding->title);
    }
    if (exported->n > 0)
        return TRUE;
    return exports_no_labels(self, error);
}

static gboolean
exports_slice_rows(const ErrataExport *self, ErrataExported *exported, GError **error)
{
    exported->file = "slice-rows.csv";
    errata_exports_readme(self, "Rows of the groups that do worse", exported);
    g_string_append(exported->readme,
                    "All rows of each finding below; a row that several are about stands once for "
                    "each. `loss` is 1 where the prediction is wrong (for numbers: how far it is "
                    "off) and empty without a label.\n\n");
    errata_exports_csv_heading(self, "finding,row,loss", exported);
    for (guint i = 0; i < self->report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->report->findings, i);
        const ErrataExportTable *table = g_ptr_array_index(self->tables, i);
        gsize n = 0, n_judged = 0;

        if (!errata_exports_does_worse(finding) || table == NULL)
            continue;
        for (gsize k = 0; k < table->n; k++) {
            if (!errata_exports_takes(self, table->row[k]))
                continue;
            n++;
            n_judged += self->outcome->judged[table->row[k]] != 0 ? 1 : 0;
            g_string_append_printf(exported->data, "%s,%u,", finding->id, table->row[k]);
            exports_append_number(exported->data, self->outcome->loss[table->row[k]]);
            errata_exports_csv_row(self, table->row[k], exported);
        }
        g_string_append_printf(exported->readme,
                               "- %s: %s (%" G_GSIZE_FORMAT " rows",
                               finding->id,
                               finding->title,
                               n);
        if (n_judged < n)
            g_string_append_printf(exported->readme,
                                   ", %" G_GSIZE_FORMAT " of them with labels",
                                   n_judged);
        g_string_append(exported->readme, ")\n");
    }
    if (exported->n > 0)
        return TRUE;
    return exports_nothing(self, "slices or clusters", error);
}

static const struct {
    const char *what;
    gboolean (*make)(const ErrataExport *self, ErrataExported *exported, GError **error);
} exports_kinds[] = {
    {"label-issues", exports_label_issues},
    {"slice-rows", exports_slice_rows},
    {"hard-examples", errata_exports_hard},
    {"finetune", errata_exports_finetune},
    {"challenge-set", errata_exports_challenge},
};

/**
 * errata_exports_make:
 * @what: `label-issues`, `slice-rows`, `hard-examples`, `finetune` or `challenge-set`
 * @exported: with empty data and readme; gets both
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND when the report has nothing of the kind,
 * %ERRATA_ERROR_MISSING_ROLE when the log lacks what is needed, %ERRATA_ERROR_USAGE.
 */
gboolean
errata_exports_make(const ErrataExport *self,
                    const char *what,
                    ErrataExported *exported,
                    GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(exports_kinds); i++)
        if (g_strcmp0(exports_kinds[i].what, what) == 0)
            return exports_kinds[i].make(self, exported, error);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "“%s” cannot be exported; expected label-issues, slice-rows, hard-examples, "
                "finetune or challenge-set",
                what);
    return FALSE;
}
