/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a reference or an earlier report is about the same thing as the log: a comparison with
 * the log of another model would say much and mean nothing. */
#include "fit.h"

#include <string.h>

#include "error.h"

#define FIT_LIST 8 /* names in a message */

static gboolean
fit_is_feature(ErrataRole role)
{
    return role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_TEXT || role == ERRATA_ROLE_GROUP;
}

/* features of the log by name; and those that the other side lacks */
typedef struct {
    guint n;
    guint n_shared;
    GString *own;     /* the log's, as many as a message has */
    GString *lacking; /* of them, those that the other has not */
    guint n_lacking;
} FitColumns;

static void
fit_list(GString *list, guint n, const char *name)
{
    if (n < FIT_LIST)
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", name);
    else if (n == FIT_LIST)
        g_string_append(list, ", …");
}

static void
fit_columns_clear(FitColumns *self)
{
    g_string_free(self->own, TRUE);
    g_string_free(self->lacking, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FitColumns, fit_columns_clear)

static FitColumns
fit_columns(const ErrataFitSide *log, GHashTable *other)
{
    FitColumns columns = {0, 0, g_string_new(NULL), g_string_new(NULL), 0};

    for (guint c = 0; c < log->schema->n_columns; c++) {
        const char *name = log->schema->names[c];

        if (!fit_is_feature(log->schema->columns[c].role) ||
            !errata_schema_is_logged(log->schema, c))
            continue;
        fit_list(columns.own, columns.n++, name);
        if (g_hash_table_contains(other, name))
            columns.n_shared++;
        else
            fit_list(columns.lacking, columns.n_lacking++, name);
    }
    return columns;
}

/* none of the log's features is refused, less than half is warned of */
static gboolean
fit_check_columns(const FitColumns *columns,
                  const char *what,
                  const char *theirs,
                  GPtrArray *warnings,
                  GError **error)
{
    if (columns->n > 0 && columns->n_shared == 0 && theirs[0] != '\0') {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "%s is of something else: it has no feature of the log (%s), but %s",
                    what,
                    columns->own->str,
                    theirs);
        return FALSE;
    }
    if (columns->n > 0 && 2 * columns->n_shared < columns->n)
        g_ptr_array_add(
            warnings,
            g_strdup_printf("%s has %u of the log's %u features only and is not compared "
                            "by the others: %s",
                            what,
                            columns->n_shared,
                            columns->n,
                            columns->lacking->str));
    return TRUE;
}

static gboolean
fit_check_task(ErrataTask log, ErrataTask other, const char *what, GError **error)
{
    if (log == ERRATA_TASK_NONE || other == ERRATA_TASK_NONE || log == other ||
        (log != ERRATA_TASK_REGRESSION && other != ERRATA_TASK_REGRESSION))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "%s is of another task, %s; the log is %s",
                what,
                errata_task_nick(other),
                errata_task_nick(log));
    return FALSE;
}

static char *
fit_classes(char *const *classes, guint n)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < n; i++)
        fit_list(list, i, classes[i]);
    return g_string_free(list, FALSE);
}

static gboolean
fit_refuse_classes(const ErrataSchema *log, const char *what, const char *theirs, GError **error)
{
    g_autofree char *own = fit_classes(log->classes, log->n_classes);

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "%s has other classes (%s) than the log (%s)",
                what,
                theirs,
                own);
    return FALSE;
}

/* most labels of the reference have to be classes of the log; its schema has the log's classes
 * first */
static gboolean
fit_check_labels(const ErrataFitSide *log,
                 const ErrataFitSide *reference,
                 GPtrArray *warnings,
                 GError **error)
{
    const ErrataSchema *schema = reference->schema;
    guint n_own = log->schema->n_classes;
    gsize n = 0;
    gsize n_foreign = 0;
    g_autofree char *theirs = NULL;

    if (reference->outcome->truth == NULL || log->schema->label < 0 || n_own == 0 ||
        schema->n_classes <= n_own)
        return TRUE;
    for (gsize row = 0; row < reference->frame->n_rows; row++) {
        n += reference->outcome->truth[row] >= 0;
        n_foreign += reference->outcome->truth[row] >= (gint32)n_own;
    }
    theirs = fit_classes(schema->classes + n_own, schema->n_classes - n_own);
    if (n > 0 && 2 * n_foreign > n)
        return fit_refuse_classes(log->schema, "the reference", theirs, error);
    if (n_foreign > 0)
        g_ptr_array_add(warnings,
                        g_strdup_printf("the reference has labels that the log lacks: %s", theirs));
    return TRUE;
}

/* labels that are texts are no reference for numbers */
static gboolean
fit_check_numbers(const ErrataFitSide *log, const ErrataFitSide *reference, GError **error)
{
    const ErrataColumn *label;

    if (log->schema->task != ERRATA_TASK_REGRESSION || reference->schema->label < 0)
        return TRUE;
    label = reference->frame->columns[reference->schema->label];
    if (label->type == ERRATA_COLUMN_F64 || label->type == ERRATA_COLUMN_I64 ||
        label->n_missing == label->n_rows)
        return TRUE;
    g_set_error(
        error,
        ERRATA_ERROR,
        ERRATA_ERROR_INVALID_DATA,
        "the reference is of another task: its labels (%s) are not numbers, those of the log "
        "are",
        label->name);
    return FALSE;
}

/**
 * errata_fit_reference:
 * @log: the log
 * @reference: the reference, its roles as the log's where names agree
 * @warnings: (element-type utf8): gets what fits in part only
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when the reference has no feature of the log, or labels that
 * are for the most part none of its classes.
 *
 * Returns: whether the two may be compared
 */
gboolean
errata_fit_reference(const ErrataFitSide *log,
                     const ErrataFitSide *reference,
                     GPtrArray *warnings,
                     GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) theirs = g_string_new(NULL);
    g_auto(FitColumns) columns = {0};

    for (guint c = 0; c < reference->frame->n_columns; c++) {
        g_hash_table_add(names, reference->frame->columns[c]->name);
        fit_list(theirs, c, reference->frame->columns[c]->name);
    }
    columns = fit_columns(log, names);
    return fit_check_columns(&columns, "the reference", theirs->str, warnings, error) &&
           fit_check_numbers(log, reference, error) &&
           fit_check_labels(log, reference, warnings, error);
}

/**
 * errata_fit_earlier:
 * @log: the log
 * @earlier: an earlier report
 * @warnings: (element-type utf8): gets what fits in part only
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when the report is of another task, of classes none of which
 * is one of the log, or of other features.
 *
 * Returns: whether the two may be compared
 */
gboolean
errata_fit_earlier(const ErrataFitSide *log,
                   const ErrataCase *earlier,
                   GPtrArray *warnings,
                   GError **error)
{
    static const char what[] = "the earlier report";
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) theirs = g_string_new(NULL);
    g_auto(FitColumns) columns = {0};
    guint n_classes = earlier->classes != NULL ? g_strv_length(earlier->classes) : 0;
    gboolean shared = FALSE;

    for (guint c = 0; c < earlier->columns->len; c++) {
        const ErrataColumnSummary *column = g_ptr_array_index(earlier->columns, c);

        g_hash_table_add(names, column->name);
        fit_list(theirs, c, column->name);
    }
    columns = fit_columns(log, names);
    if (!fit_check_task(log->schema->task, earlier->task, what, error) ||
        !fit_check_columns(&columns, what, theirs->str, warnings, error))
        return FALSE;
    for (guint i = 0; i < n_classes; i++)
        shared = shared || errata_schema_class(log->schema, earlier->classes[i]) >= 0;
    if (n_classes > 0 && log->schema->n_classes > 0 && !shared) {
        g_autofree char *list = fit_classes(earlier->classes, n_classes);

        return fit_refuse_classes(log->schema, what, list, error);
    }
    return TRUE;
}
