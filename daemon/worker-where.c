/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows of a log --where chooses for a model. A model reads a log as it was trained, dates and
 * percentages as the text that they are; a condition means what it means to `errata analyze`, so
 * the log is read for it once more. */
#include "worker-where.h"

#include "class-words.h"
#include "column-store.h"
#include "error.h"
#include "precision.h"
#include "registry.h"
#include "restriction.h"

void
errata_worker_names_clear(ErrataWorkerNames *self)
{
    g_clear_pointer(&self->frame, errata_frame_unref);
}

/* the first columns of a table of chosen rows */
void
errata_worker_names_header(const ErrataWorkerNames *self, GString *csv)
{
    if (self->frame == NULL)
        return;
    g_string_append(csv, "row,");
    if (self->id < 0)
        return;
    errata_model_append_csv(csv, self->frame->columns[self->id]->name);
    g_string_append_c(csv, ',');
}

void
errata_worker_names_row(const ErrataWorkerNames *self, gsize row, GString *csv)
{
    g_autofree char *id = NULL;

    if (self->frame == NULL)
        return;
    g_string_append_printf(csv, "%" G_GSIZE_FORMAT ",", row);
    if (self->id < 0)
        return;
    id = errata_column_print(self->frame->columns[self->id], row);
    errata_model_append_csv(csv, id);
    g_string_append_c(csv, ',');
}

static ErrataFrame *
where_read(const ErrataWorkerFile *log, const ErrataSettings *settings, GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    gboolean plain = errata_column_store_is_plain();
    ErrataFrame *frame = NULL;

    errata_column_store_set_plain(FALSE);
    if (errata_registry_read(log->fd, log->name, builder, NULL, NULL, members, error))
        frame = errata_frame_builder_finish(builder, error);
    errata_column_store_set_plain(plain);
    if (frame != NULL)
        errata_class_words_settle(frame, NULL, settings);
    return frame;
}

/**
 * errata_worker_where:
 * @log: a log
 * @n_rows: as many rows were read of it
 * @settings: roles, and the condition as `where`
 * @warnings: (element-type utf8): gets how many rows were chosen
 * @ret_names: (out) (optional): gets what the chosen rows are called
 * @error: return location for a #GError
 *
 * Errors: those of reading and of errata_restriction_new(): a condition that does not fit the log,
 * or holds for no row.
 *
 * Returns: (transfer full): the rows that meet the condition, all where there is none; %NULL with
 * @error set
 */
ErrataRows *
errata_worker_where(const ErrataWorkerFile *log,
                    gsize n_rows,
                    const ErrataSettings *settings,
                    GPtrArray *warnings,
                    ErrataWorkerNames *ret_names,
                    GError **error)
{
    g_autoptr(ErrataRows) rows = errata_rows_new(n_rows);
    g_autoptr(ErrataRestriction) chosen = NULL;
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataOutcome) outcome = NULL;
    g_autofree char *n_chosen = NULL, *n_all = NULL;

    if (settings->where == NULL) {
        errata_rows_complement(rows);
        return g_steal_pointer(&rows);
    }
    frame = where_read(log, settings, error);
    schema = frame != NULL ? errata_schema_infer(frame, settings, NULL, error) : NULL;
    if (schema == NULL)
        return NULL;
    outcome = errata_outcome_new(frame, schema, settings, NULL); /* a model's rows may have none */
    chosen = errata_restriction_new(frame, schema, outcome, settings, error);
    if (chosen == NULL)
        return NULL;
    if (frame->n_rows != n_rows) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INTERNAL,
                    "%s was read as %" G_GSIZE_FORMAT " rows and as %" G_GSIZE_FORMAT
                    "; please report this",
                    log->name,
                    n_rows,
                    frame->n_rows);
        return NULL;
    }
    for (gsize i = 0; i < chosen->frame->n_rows; i++)
        rows->bits[chosen->row[i] >> 6] |= G_GUINT64_CONSTANT(1) << (chosen->row[i] & 63);
    if (ret_names != NULL)
        *ret_names = (ErrataWorkerNames){errata_frame_ref(frame), schema->id};
    n_chosen = errata_precision_print((double)chosen->frame->n_rows, 0);
    n_all = errata_precision_print((double)n_rows, 0);
    g_ptr_array_add(
        warnings,
        g_strdup_printf("%s holds for %s of the %s rows", chosen->text, n_chosen, n_all));
    return g_steal_pointer(&rows);
}
