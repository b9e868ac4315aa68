/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Analysis of the rows for which a filter holds. Roles, task and classes come from the whole log,
 * so that a selection of one class is not taken for a log of one class; row numbers in the report
 * are those of the whole log. */
#include "restriction.h"

#include <string.h>

#include "clean.h"
#include "error.h"
#include "frame-select.h"
#include "number.h"
#include "precision.h"
#include "text-columns.h"

gboolean
errata_restriction_wanted(const ErrataSettings *settings)
{
    return settings->where != NULL || settings->cohort != NULL;
}

static gboolean
restriction_unknown_cohort(const ErrataSettings *settings, GError **error)
{
    g_autoptr(GList) names = g_hash_table_get_keys(settings->cohorts);
    g_autoptr(GString) list = g_string_new(NULL);

    names = g_list_sort(names, (GCompareFunc)strcmp);
    for (const GList *name = names; name != NULL; name = name->next)
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", (const char *)name->data);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "there is no cohort “%s”; %s%s",
                settings->cohort,
                list->len > 0 ? "saved are " : "none is saved: put NAME=CONDITION under [cohorts]",
                list->str);
    return FALSE;
}

/* the cohort's condition and that of --where, as one */
static char *
restriction_text(const ErrataSettings *settings, GError **error)
{
    const char *cohort = NULL;

    if (settings->cohort == NULL)
        return g_strdup(settings->where);
    cohort = g_hash_table_lookup(settings->cohorts, settings->cohort);
    if (cohort == NULL) {
        restriction_unknown_cohort(settings, error);
        return NULL;
    }
    return settings->where != NULL ? g_strdup_printf("(%s) and (%s)", cohort, settings->where)
                                   : g_strdup(cohort);
}

/**
 * errata_restriction_rows:
 * @filter: a condition; bound to the log afterwards, where the log has all its columns
 * @frame: the log
 * @schema: its roles
 * @outcome: (nullable): its labels and predictions
 * @settings: what the roles were inferred with
 * @error: return location for a #GError
 *
 * Besides the log's own columns there are the properties of its texts ("message: words"), as
 * findings name them; texts are only measured where the filter asks for more than the log has.
 * Codes for “no value” are missing, as they are to all that findings say.
 *
 * Errors: those of errata_filter_bind().
 *
 * Returns: (transfer full): the rows for which it holds
 */
ErrataRows *
errata_restriction_rows(ErrataFilter *filter,
                        const ErrataFrame *frame,
                        const ErrataSchema *schema,
                        const ErrataOutcome *outcome,
                        const ErrataSettings *settings,
                        GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(ErrataSchema) wider = NULL;
    g_autoptr(ErrataClean) clean = errata_clean_new(frame, schema, NULL);
    g_autoptr(ErrataTextColumns) texts = NULL;

    if (errata_filter_bind(filter, clean->frame, schema, &problem))
        return errata_filter_evaluate(filter, clean->frame, outcome);
    wider = errata_schema_infer(frame, settings, NULL, NULL);
    if (wider != NULL)
        texts = errata_text_columns_new(clean->frame, wider, NULL, NULL);
    if (texts == NULL || texts->n_columns == 0 ||
        !errata_filter_bind(filter, texts->frame, wider, NULL)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return errata_filter_evaluate(filter, texts->frame, outcome);
}

/* (transfer full) (nullable): a column that the bound condition asks for and that holds a code
 * reads as missing there, which is easily overlooked; %NULL where there is none */
static char *
restriction_code(const ErrataFilter *filter, const ErrataFrame *frame, const ErrataSchema *schema)
{
    g_autoptr(ErrataClean) clean = errata_clean_new(frame, schema, NULL);

    for (guint i = 0; i < clean->codes->len; i++) {
        const ErrataCleanCode *code = &g_array_index(clean->codes, ErrataCleanCode, i);
        char buffer[ERRATA_NUMBER_BUFFER];

        if (errata_filter_uses(filter, code->column) &&
            errata_column_is_numeric(frame->columns[code->column]))
            return g_strdup_printf("; %s in %s stands for no value and is missing",
                                   errata_number_print(code->sentinel.value, buffer),
                                   frame->columns[code->column]->name);
    }
    return NULL;
}

static ErrataFrame *
restriction_select(const ErrataRows *rows, const ErrataFrame *frame, guint32 **ret_row)
{
    g_autofree guint32 *row = NULL;
    gsize n = 0;
    ErrataFrame *selected;

    row = errata_rows_list(rows, &n);
    if (n == 0)
        return NULL;
    selected = errata_frame_select(frame, row, n);
    if (ret_row != NULL)
        *ret_row = g_steal_pointer(&row);
    return selected;
}

/**
 * errata_restriction_new:
 * @frame: the whole log
 * @schema: its roles
 * @outcome: its labels and predictions
 * @settings: with `where`, `cohort` or both
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_USAGE when there is no such cohort, the filter does not fit the log, or
 * holds for none of its rows.
 *
 * Returns: (transfer full): the rows to analyse
 */
ErrataRestriction *
errata_restriction_new(const ErrataFrame *frame,
                       const ErrataSchema *schema,
                       const ErrataOutcome *outcome,
                       const ErrataSettings *settings,
                       GError **error)
{
    g_autoptr(ErrataRestriction) self = g_new0(ErrataRestriction, 1);
    g_autofree char *text = restriction_text(settings, error);
    g_autofree char *count = errata_precision_print((double)frame->n_rows, 0);
    g_autoptr(ErrataRows) rows = NULL;

    if (text == NULL)
        return NULL;
    self->filter = errata_filter_parse(text, error);
    if (self->filter != NULL)
        rows = errata_restriction_rows(self->filter, frame, schema, outcome, settings, error);
    if (rows == NULL) {
        g_prefix_error(error,
                       "%s “%s”: ",
                       settings->cohort != NULL ? "cohort" : "--where",
                       settings->cohort != NULL ? settings->cohort : settings->where);
        return NULL;
    }
    self->text = errata_filter_print(self->filter);
    self->n_all = frame->n_rows;
    self->frame = restriction_select(rows, frame, &self->row);
    if (self->frame == NULL) {
        g_autofree char *values = NULL;
        g_autofree char *code = NULL;

        if (errata_filter_bind(self->filter, frame, schema, NULL)) {
            values = errata_filter_other_values(self->filter, frame);
            code = restriction_code(self->filter, frame, schema);
        }
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_TOO_FEW_ROWS,
                    "%s holds for none of the %s rows; %s%s%stexts are compared as written, and no "
                    "comparison but is missing holds for a missing cell%s",
                    self->text,
                    count,
                    values != NULL ? values : "",
                    values != NULL ? "; " : "",
                    strstr(self->text, " between ") != NULL ? "between leaves out its upper end; "
                                                            : "",
                    code != NULL ? code : "");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
errata_restriction_free(ErrataRestriction *self)
{
    if (self == NULL)
        return;
    errata_filter_free(self->filter);
    g_free(self->text);
    errata_frame_unref(self->frame);
    g_free(self->row);
    g_free(self);
}

/**
 * errata_restriction_reference:
 * @self: bound to the log; bound to the reference afterwards
 * @reference: the whole reference
 * @schema: its roles
 * @outcome: (nullable): its labels and predictions
 * @settings: what its roles were inferred with
 * @result: gets a warning when the reference cannot be restricted
 *
 * What is compared should be alike: the same filter is applied to the reference.
 *
 * Returns: (transfer full) (nullable): its rows for which the filter holds, or %NULL when it does
 * not
 *   fit the reference or holds for none of them; then all of it is the reference
 */
ErrataFrame *
errata_restriction_reference(ErrataRestriction *self,
                             const ErrataFrame *reference,
                             const ErrataSchema *schema,
                             const ErrataOutcome *outcome,
                             const ErrataSettings *settings,
                             ErrataCase *result)
{
    g_autoptr(ErrataRows) rows =
        errata_restriction_rows(self->filter, reference, schema, outcome, settings, NULL);
    ErrataFrame *selected = rows != NULL ? restriction_select(rows, reference, NULL) : NULL;

    if (selected == NULL)
        g_ptr_array_add(result->warnings,
                        g_strdup_printf("The condition %s holds for no row of the reference, so "
                                        "these rows are compared with all of it",
                                        self->text));
    return selected;
}

/**
 * errata_restriction_tell:
 * @self: the rows that were analysed
 * @settings: what asked for them
 * @result: what was found; its rows become those of the whole log
 */
void
errata_restriction_tell(const ErrataRestriction *self,
                        const ErrataSettings *settings,
                        ErrataCase *result)
{
    result->where = g_strdup(self->text);
    result->cohort = g_strdup(settings->cohort);
    result->n_rows_all = self->n_all;
    for (guint i = 0; i < result->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        for (gsize k = 0; finding->row != NULL && k < finding->n_rows; k++)
            finding->row[k] = self->row[finding->row[k]];
        if (finding->kind == ERRATA_FINDING_CHANGE_POINT && !finding->subject.has_time &&
            finding->subject.from >= 0 && finding->subject.from < (gint64)self->frame->n_rows)
            finding->subject.from = self->row[finding->subject.from];
    }
    errata_case_method(
        result,
        "Rows: only those for which %s holds were analysed; roles, task and classes come "
        "from the whole log.",
        self->text);
}
