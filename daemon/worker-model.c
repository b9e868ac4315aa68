/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker does with a model: opens it, reads rows for it, runs it, says what it is. */
#include "worker-model.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "class-words.h"
#include "column-store.h"
#include "error.h"
#include "model-container.h"
#include "model-json.h"
#include "registry.h"
#include "sandbox.h"
#include "surrogate-model.h"
#include "words.h"
#include "worker-where.h"

#define TABLE_NAME  "table.csv"
#define TABLE_CHUNK 16384 /* rows printed at once */
#define TABLE_FULL  65536 /* bytes that are written */

void
errata_worker_model_clear(ErrataWorkerModel *self)
{
    errata_model_binding_free(self->binding);
    errata_frame_unref(self->frame);
    errata_text_columns_free(self->texts);
    errata_frame_unref(self->log);
    errata_schema_free(self->schema);
    errata_model_unref(self->model);
    g_clear_pointer(&self->warnings, g_ptr_array_unref);
}

/**
 * errata_worker_model_read_rows:
 * @self: an opened model
 * @rows: a log
 * @error: return location for a #GError
 *
 * Reads rows as the model wants them: its categories and texts as they stand, and only an empty
 * cell, `NA`, `N/A`, `NaN` and `?` as missing.
 *
 * Returns: (transfer full): the rows, or %NULL with @error set
 */
ErrataFrame *
errata_worker_model_read_rows(ErrataWorkerModel *self, const ErrataWorkerFile *rows, GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    ErrataFrame *frame;

    errata_column_store_set_plain(TRUE);
    errata_model_keep_strings(self->model, builder);
    if (!errata_registry_read(rows->fd, rows->name, builder, NULL, NULL, members, error))
        return NULL;
    frame = errata_frame_builder_finish(builder, error);
    if (frame == NULL)
        return NULL;
    for (guint i = 0; i < frame->warnings->len; i++)
        g_ptr_array_add(self->warnings, g_strdup(g_ptr_array_index(frame->warnings, i)));
    if (frame->n_rejected > 0)
        g_ptr_array_add(self->warnings,
                        g_strdup_printf("%" G_GSIZE_FORMAT " records of %s were not read",
                                        frame->n_rejected,
                                        rows->name));
    return frame;
}

/**
 * errata_worker_model_refuse:
 * @model: unsafe
 * @name: of its file
 * @error: return location for a #GError
 *
 * Says why nothing of it is used.
 *
 * Returns: %FALSE, with @error set to %ERRATA_ERROR_INVALID_DATA
 */
gboolean
errata_worker_model_refuse(const ErrataModel *model, const char *name, GError **error)
{
    const ErrataModelRisk *worst = NULL;

    for (guint i = 0; worst == NULL && i < model->risks->len; i++) {
        const ErrataModelRisk *risk = g_ptr_array_index(model->risks, i);

        worst = risk->severity == ERRATA_SEVERITY_CRITICAL ? risk : NULL;
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "%s is unsafe: %s; nothing of it was run here, and no one should open it",
                name,
                worst != NULL ? worst->what : "it would run code");
    return FALSE;
}

gboolean
errata_worker_model_open(ErrataWorkerModel *self,
                         const ErrataWorkerFile *model,
                         const ErrataWorkerFile *rows,
                         ErrataProgress *progress,
                         GError **error)
{
    self->warnings = g_ptr_array_new_with_free_func(g_free);
    errata_progress_stage(progress, "opening", 0.0, 0.1);
    self->model = errata_registry_load_model(model->fd, model->name, self->warnings, error);
    if (self->model == NULL)
        return FALSE;
    for (guint i = 0; i < self->model->notes->len; i++)
        g_ptr_array_add(self->warnings, g_strdup(g_ptr_array_index(self->model->notes, i)));
    if (self->model->is_unsafe)
        return errata_worker_model_refuse(self->model, model->name, error);
    if (self->model->klass == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "%s cannot be run: %s",
                    model->name,
                    self->model->why_not);
        return FALSE;
    }
    errata_progress_stage(progress, "reading", 0.1, 0.4);
    self->frame = errata_worker_model_read_rows(self, rows, error);
    if (self->frame == NULL)
        return FALSE;
    self->binding = errata_model_binding_new(self->model, self->frame, self->warnings, error);
    if (self->binding == NULL)
        g_prefix_error(error, "%s: ", rows->name);
    return self->binding != NULL;
}

/**
 * errata_worker_model_train:
 * @self: gets a surrogate
 * @log: a log without a model
 * @settings: roles and the seed
 * @progress: whom to tell
 * @error: return location for a #GError
 *
 * Reads a log and trains what follows its scores, where there is no model to open.
 *
 * Returns: whether there is enough to follow
 */
gboolean
errata_worker_model_train(ErrataWorkerModel *self,
                          const ErrataWorkerFile *log,
                          const ErrataSettings *settings,
                          ErrataProgress *progress,
                          GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);

    self->warnings = g_ptr_array_new_with_free_func(g_free);
    errata_progress_stage(progress, "reading", 0.0, 0.3);
    if (!errata_registry_read(log->fd, log->name, builder, NULL, NULL, members, error)) {
        g_prefix_error(error, "no rows were named beside it, so that it would be a log: ");
        return FALSE;
    }
    self->frame = errata_frame_builder_finish(builder, error);
    return self->frame != NULL && errata_worker_model_follow(self, settings, progress, error);
}

/* what is measured of texts becomes columns that a surrogate reads: texts themselves are none of
 * its inputs */
static void
worker_model_measure_texts(ErrataWorkerModel *self)
{
    self->texts = errata_text_columns_new(self->frame, self->schema, NULL, NULL);
    self->log = self->frame;
    self->frame = errata_frame_ref(self->texts->frame);
    if (self->texts->n_texts == 0)
        return;
    g_ptr_array_add(self->warnings,
                    self->texts->n_columns > 0
                        ? g_strdup_printf("texts are followed by what is measured of them (length, "
                                          "language, sentiment and the like: %u columns), not by "
                                          "their words%s",
                                          self->texts->n_columns,
                                          self->texts->n_left_out > 0
                                              ? "; further text columns are left out"
                                              : "")
                        : g_strdup("text columns are left out: nothing that is measured of texts "
                                   "varies in them"));
}

/**
 * errata_worker_model_schema:
 * @self: rows that were read
 * @settings: what the user said of columns
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the roles of the rows' columns, or %NULL with @error set
 */
ErrataSchema *
errata_worker_model_schema(ErrataWorkerModel *self, const ErrataSettings *settings, GError **error)
{
    if (self->schema != NULL)
        return g_steal_pointer(&self->schema);
    errata_class_words_settle(self->frame, NULL, settings);
    return errata_schema_infer(self->frame, settings, NULL, error);
}

/* a surrogate of the rows that were read, bound to them */
gboolean
errata_worker_model_follow(ErrataWorkerModel *self,
                           const ErrataSettings *settings,
                           ErrataProgress *progress,
                           GError **error)
{
    g_autoptr(ErrataOutcome) outcome = NULL;

    errata_progress_stage(progress, "training a surrogate", 0.3, 0.5);
    errata_class_words_settle(self->frame, NULL, settings);
    self->schema = errata_schema_infer(self->frame, settings, NULL, error);
    if (self->schema == NULL)
        return FALSE;
    worker_model_measure_texts(self);
    outcome = errata_outcome_new(self->frame, self->schema, settings, error);
    if (outcome == NULL)
        return FALSE;
    self->model = errata_surrogate_model_new(self->frame, self->schema, outcome, settings, error);
    if (self->model == NULL)
        return FALSE;
    for (guint i = 0; i < self->model->notes->len; i++)
        g_ptr_array_add(self->warnings, g_strdup(g_ptr_array_index(self->model->notes, i)));
    self->binding = errata_model_binding_new(self->model, self->frame, self->warnings, error);
    return self->binding != NULL;
}

static gboolean
table_fail(GError **error)
{
    int code = errno;

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "writing the table: %s; free some space or choose another place with -o",
                g_strerror(code));
    return FALSE;
}

gboolean
errata_worker_table_open(ErrataWorkerTable *self, GError **error)
{
    self->text = g_string_new(NULL);
    self->fd =
        openat(ERRATA_SANDBOX_OUTPUT_FD, TABLE_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return self->fd >= 0 || table_fail(error);
}

/* text behind what was flushed before */
gboolean
errata_worker_table_write(ErrataWorkerTable *self, const char *text, gsize length, GError **error)
{
    while (length > 0) {
        gssize n = write(self->fd, text, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return table_fail(error);
        text += n;
        length -= (gsize)n;
    }
    return TRUE;
}

gboolean
errata_worker_table_flush(ErrataWorkerTable *self, GError **error)
{
    if (!errata_worker_table_write(self, self->text->str, self->text->len, error))
        return FALSE;
    g_string_truncate(self->text, 0);
    return TRUE;
}

gboolean
errata_worker_table_close(ErrataWorkerTable *self, GError **error)
{
    gboolean ok = self->fd >= 0 && errata_worker_table_flush(self, error);

    g_string_free(self->text, TRUE);
    if (self->fd < 0)
        return FALSE;
    if (close(self->fd) != 0 && ok)
        return table_fail(error);
    return ok;
}

void
errata_worker_model_answer_warnings(const ErrataWorkerModel *self, GVariantDict *answer)
{
    GPtrArray *warnings = self->warnings;
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("as"));
    for (guint i = 0; i < warnings->len; i++) {
        g_autofree char *valid = g_utf8_make_valid(g_ptr_array_index(warnings, i), -1);
        guint first = i;

        g_ptr_array_find_with_equal_func(warnings, warnings->pdata[i], g_str_equal, &first);
        if (first == i)
            g_variant_builder_add(&builder, "s", valid);
    }
    g_variant_dict_insert_value(answer, "warnings", g_variant_builder_end(&builder));
}

/* what was given as the model is no model of any kind, rather than one of a kind that is not
 * opened */
static gboolean
model_is_none(const GError *error)
{
    return strstr(error->message, " is a log, not a model") != NULL ||
           (strstr(error->message, " holds no model") != NULL &&
            strstr(error->message, "of a kind that is not opened") == NULL);
}

/**
 * errata_worker_model_for_log:
 * @file: the model that made a log
 * @members: (nullable) (element-type ErrataMember): @file is an archive with the log and the model,
 *   and these are in it
 * @log: gets a warning when the model is of a kind that is not opened
 * @notes: gets what it is
 * @ret_model: (out) (nullable): the model
 * @error: return location for a #GError
 *
 * Errors: those of a file that is damaged; one that only lies beside the log gives a warning
 * instead.
 *
 * Returns: whether to go on
 */
gboolean
errata_worker_model_for_log(const ErrataWorkerFile *file,
                            const GPtrArray *members,
                            ErrataFrameBuilder *log,
                            ErrataCase *notes,
                            ErrataModel **ret_model,
                            GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) local = NULL;
    const ErrataModelContainer *member = NULL; /* beside a log in one archive */

    *ret_model = errata_registry_load_model_beside(file->fd, file->name, members, warnings, &local);
    for (guint i = 0; i < warnings->len && members == NULL; i++)
        errata_frame_builder_warn(log, "%s", (const char *)g_ptr_array_index(warnings, i));
    for (guint i = 0; *ret_model != NULL && i < (*ret_model)->notes->len; i++) {
        const char *note = g_ptr_array_index((*ret_model)->notes, i);

        if (g_str_has_prefix(note, "it holds several models"))
            errata_frame_builder_warn(log, "%s: %s", file->name, note);
    }
    if (*ret_model == NULL) {
        if (members == NULL && (!g_error_matches(local, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED) ||
                                model_is_none(local))) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        errata_frame_builder_warn(log, "the model was not used: %s", local->message);
        return TRUE;
    }
    if (members != NULL && (*ret_model)->container != NULL)
        member = (*ret_model)->container;
    notes->model = g_new0(ErrataInput, 1);
    notes->model->path = member != NULL && member->path != NULL
                             ? g_strdup_printf("%s/%s", file->name, member->path)
                             : g_strdup(file->name);
    notes->model->sha256 = g_strdup(member != NULL && member->sha256 != NULL ? member->sha256
                                                                             : file->sha256);
    notes->model->bytes = file->bytes;
    notes->model->format = g_strdup((*ret_model)->format);
    notes->model_kind = g_strdup((*ret_model)->kind);
    return TRUE;
}

/* of the chosen rows, those of which the model says nothing; @ret_first: gets the first of them */
static gsize
model_count_silent(const ErrataModelResult *result, const ErrataRows *only, gsize *ret_first)
{
    gsize n = 0;

    for (gsize row = 0; row < result->n_rows; row++) {
        gboolean silent = result->n_outputs > 0 && errata_rows_has(only, row);

        for (guint o = 0; silent && o < result->n_outputs; o++)
            silent = result->number[o] != NULL
                         ? isnan(result->number[o][row])
                         : result->text[o] == NULL || result->text[o][row] == NULL;
        if (silent && n++ == 0)
            *ret_first = row;
    }
    return n;
}

/* tells of rows without a result, which keep their lines */
static void
model_tell_silent(const ErrataModelResult *result, const ErrataRows *only, GPtrArray *warnings)
{
    gsize first = 0;
    gsize n = model_count_silent(result, only, &first);
    gsize n_all = errata_rows_count(only);
    g_autofree char *count = errata_words_counted(n, "row", "rows");
    g_autofree char *all = errata_words_count(n_all);

    if (n > 0 && n == n_all)
        g_ptr_array_add(warnings,
                        g_strdup_printf("the model says nothing of any of %s, whose lines are left "
                                        "empty: see whether these are its inputs",
                                        count));
    else if (n > 0)
        g_ptr_array_add(warnings,
                        g_strdup_printf("the model says nothing of %s of %s, whose lines are left "
                                        "empty; the first is row %" G_GSIZE_FORMAT
                                        ", counted from 0",
                                        count,
                                        all,
                                        first));
}

/* the lines of the rows that were chosen, the header before them */
static gboolean
model_write_rows(const ErrataModelResult *result,
                 const ErrataRows *only,
                 const ErrataWorkerNames *names,
                 GError **error)
{
    ErrataWorkerTable table;
    gboolean ok = errata_worker_table_open(&table, error);
    gsize begin = 0, end = 0;

    if (ok) {
        errata_worker_names_header(names, table.text);
        errata_model_result_append_header(result, table.text);
    }
    for (gsize from = 0; ok && from < result->n_rows; from = end) {
        if (!errata_rows_run(only, from, MIN(from + TABLE_CHUNK, result->n_rows), &begin, &end))
            continue; /* end is that of the chunk then */
        for (gsize row = begin; row < end; row++) {
            errata_worker_names_row(names, row, table.text);
            errata_model_result_append_row(result, row, table.text);
        }
        ok = table.text->len < TABLE_FULL || errata_worker_table_flush(&table, error);
    }
    return errata_worker_table_close(&table, ok ? error : NULL) && ok;
}

/**
 * errata_worker_model_score:
 * @model: the model's file
 * @rows: its input rows
 * @settings: roles, and which rows are asked for
 * @progress: whom to tell
 * @answer: gets rows (t) and warnings (as)
 * @error: return location for a #GError
 *
 * Runs the model and writes what it says into the worker's folder.
 *
 * Returns: whether it was done
 */
gboolean
errata_worker_model_score(const ErrataWorkerFile *model,
                          const ErrataWorkerFile *rows,
                          const ErrataSettings *settings,
                          ErrataProgress *progress,
                          GVariantDict *answer,
                          GError **error)
{
    g_auto(ErrataWorkerModel) opened = {0};
    g_autoptr(ErrataModelResult) result = NULL;
    g_autoptr(ErrataRows) only = NULL;
    g_auto(ErrataWorkerNames) names = {0};
    gboolean ok;

    if (!errata_worker_model_open(&opened, model, rows, progress, error))
        return FALSE;
    only =
        errata_worker_where(rows, opened.frame->n_rows, settings, opened.warnings, &names, error);
    if (only == NULL)
        return FALSE;
    errata_progress_stage(progress, "running", 0.4, 0.8);
    result = errata_model_run(opened.binding, opened.warnings, error);
    if (result == NULL) {
        g_prefix_error(error, "%s: ", model->name);
        return FALSE;
    }
    model_tell_silent(result, only, opened.warnings);
    errata_progress_stage(progress, "writing", 0.8, 1.0);
    ok = model_write_rows(result, only, &names, error);
    g_variant_dict_insert(answer, "rows", "t", (guint64)errata_rows_count(only));
    errata_worker_model_answer_warnings(&opened, answer);
    return ok;
}

/**
 * errata_worker_model_inspect:
 * @file: a file that may hold a model
 * @brief: lists are only begun, as people are shown them
 * @answer: gets model (s, JSON) and unsafe (b)
 * @error: return location for a #GError
 *
 * Returns: whether it was opened
 */
gboolean
errata_worker_model_inspect(const ErrataWorkerFile *file,
                            gboolean brief,
                            GVariantDict *answer,
                            GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) local = NULL;
    g_autoptr(ErrataModel) model =
        errata_registry_load_model(file->fd, file->name, warnings, &local);
    g_autofree char *json = NULL;

    if (model == NULL) {
        /* an archive with members that are not read is listed all the same */
        model = errata_registry_list_archive(file->fd, file->name, local);
        if (model == NULL) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
    }
    json = (brief ? errata_model_to_brief_json
                  : errata_model_to_json)(model, file->name, file->sha256, file->bytes, warnings);
    g_variant_dict_insert(answer, "model", "s", json);
    g_variant_dict_insert(answer, "unsafe", "b", model->is_unsafe);
    return TRUE;
}
