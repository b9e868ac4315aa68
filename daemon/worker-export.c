/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An export of a report: the log is read again, with the roles that the report names. */
#include "worker-export.h"

#include <errno.h>
#include <unistd.h>

#include "bins.h"
#include "error.h"
#include "exports.h"
#include "restriction.h"

#define EXPORT_MAX_BYTES (1U << 30) /* of a table */
#define EXPORT_BINS      10

static gboolean
export_set(ErrataSettings *settings,
           const char *group,
           const char *key,
           const char *value,
           GError **error)
{
    return value == NULL || *value == '\0' ||
           errata_settings_set(settings, group, key, value, "the report", error);
}

/**
 * errata_worker_export_settings:
 * @report: says what its columns are for
 * @settings: gets that
 *
 * Errors: %ERRATA_ERROR_CONFIG when the report names a role that there is not.
 */
gboolean
errata_worker_export_settings(const ErrataCase *report, ErrataSettings *settings, GError **error)
{
    settings->seed = report->seed;
    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (column->name != NULL &&
            !export_set(settings, "roles", column->name, column->role, error))
            return FALSE;
    }
    return (report->task == ERRATA_TASK_NONE ||
            export_set(settings, "analysis", "task", errata_task_nick(report->task), error)) &&
           (report->task != ERRATA_TASK_BINARY ||
            export_set(settings, "analysis", "positive", report->positive, error));
}

static ErrataExportTable *
export_read_table(const ErrataWorkerExportTable *table, gsize n_rows, GError **error)
{
    g_autoptr(GByteArray) text = g_byte_array_new();
    guint8 block[65536];
    gssize got = -1;

    while ((got = read(table->fd, block, sizeof block)) > 0) {
        g_byte_array_append(text, block, (guint)got);
        if (text->len > EXPORT_MAX_BYTES) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "the table of %s is larger than %u MiB",
                        table->finding,
                        EXPORT_MAX_BYTES >> 20);
            return NULL;
        }
    }
    if (got < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "reading the table of %s: %s",
                    table->finding,
                    g_strerror(errno));
        return NULL;
    }
    return errata_exports_read_table((const char *)text->data,
                                     text->len,
                                     n_rows,
                                     table->finding,
                                     error);
}

static GPtrArray *
export_read_tables(const ErrataCase *report, GArray *tables, gsize n_rows, GError **error)
{
    g_autoptr(GPtrArray) read_tables =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_exports_table_free);

    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        ErrataExportTable *table = NULL;

        for (guint j = 0; j < tables->len && table == NULL; j++) {
            const ErrataWorkerExportTable *given =
                &g_array_index(tables, ErrataWorkerExportTable, j);

            if (g_strcmp0(given->finding, finding->id) != 0)
                continue;
            table = export_read_table(given, n_rows, error);
            if (table == NULL)
                return NULL;
        }
        g_ptr_array_add(read_tables, table);
    }
    return g_steal_pointer(&read_tables);
}

static ErrataRows *
export_rows(const ErrataExport *export,
            const ErrataSettings *settings,
            ErrataFilter *filter,
            GError **error)
{
    return errata_restriction_rows(filter,
                                   export->frame,
                                   export->schema,
                                   export->outcome,
                                   settings,
                                   error);
}

/* the rows that the report is about, and of these those that the user asks for */
static gboolean
export_restrict(const ErrataSettings *settings,
                ErrataExport *export,
                ErrataRows **ret_rows,
                char **ret_where,
                GError **error)
{
    const char *of_report = export->report->where;
    const char *asked = settings->where;
    g_autofree char *both = NULL;
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(ErrataRows) rows = NULL;

    if (of_report == NULL && asked == NULL)
        return TRUE;
    both = of_report != NULL && asked != NULL ? g_strdup_printf("(%s) and (%s)", of_report, asked)
                                              : g_strdup(of_report != NULL ? of_report : asked);
    if (asked != NULL) { /* alone first, for the place in a message to be the user's */
        filter = errata_filter_parse(asked, error);
        rows = filter != NULL ? export_rows(export, settings, filter, error) : NULL;
        if (rows == NULL) {
            g_prefix_error(error, "--where “%s”: ", asked);
            return FALSE;
        }
        g_clear_pointer(&filter, errata_filter_free);
    }
    filter = errata_filter_parse(both, error);
    *ret_rows = filter != NULL ? export_rows(export, settings, filter, error) : NULL;
    if (*ret_rows == NULL) {
        g_prefix_error(error, "the condition of the report, “%s”: ", both);
        return FALSE;
    }
    *ret_where = errata_filter_print(filter);
    export->only = *ret_rows;
    export->where = *ret_where;
    return TRUE;
}

/**
 * errata_worker_export:
 * @frame: the log, read again
 * @written: (nullable): the log, its times as text
 * @settings: with what the report says of it, and the condition that the user's rows meet
 * @tables: (element-type ErrataWorkerExportTable)
 * @what: an export of exports.h
 * @llm: (nullable): a language model that may be asked for new texts
 * @write: takes the files
 * @answer: gets `file` and `rows`
 *
 * Errors: as errata_exports_make(); %ERRATA_ERROR_INVALID_DATA when report and log do not fit.
 */
gboolean
errata_worker_export(const ErrataFrame *frame,
                     const ErrataFrame *written,
                     const ErrataSettings *settings,
                     const ErrataCase *report,
                     GArray *tables,
                     const char *what,
                     ErrataLlm *llm,
                     ErrataReportWrite write,
                     GVariantDict *answer,
                     GError **error)
{
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataOutcome) outcome = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    g_autoptr(ErrataBins) bins = NULL;
    g_autoptr(GPtrArray) read_tables = NULL;
    g_autoptr(GString) data = g_string_new(NULL);
    g_autoptr(GString) readme = g_string_new(NULL);
    g_autoptr(ErrataRows) only = NULL;
    g_autofree char *where = NULL;
    ErrataExported exported = {.data = data, .readme = readme};
    ErrataExport export = {.frame = frame,
                           .written = written,
                           .report = report,
                           .seed = report->seed,
                           .llm = llm};

    schema = errata_schema_infer(frame, settings, NULL, error);
    outcome = schema != NULL ? errata_outcome_new(frame, schema, settings, error) : NULL;
    read_tables = outcome != NULL ? export_read_tables(report, tables, frame->n_rows, error) : NULL;
    if (read_tables == NULL)
        return FALSE;
    export.clean = clean = errata_clean_new(frame, schema, NULL);
    bins = errata_bins_new(frame, schema, NULL, EXPORT_BINS, report->seed);
    export.schema = schema;
    export.outcome = outcome;
    export.bins = bins;
    export.tables = read_tables;
    if (!export_restrict(settings, &export, &only, &where, error) ||
        !errata_exports_make(&export, what, &exported, error))
        return FALSE;
    errata_exports_tell_times(&export, &exported);
    g_string_append_printf(readme, "\nThe rows: `%s`\n", exported.file);
    if (!write(exported.file, data->str, data->len, NULL, error) ||
        !write("README.md", readme->str, readme->len, NULL, error))
        return FALSE;
    g_variant_dict_insert(answer, "file", "s", exported.file);
    g_variant_dict_insert(answer, "rows", "t", (guint64)exported.n);
    return TRUE;
}
