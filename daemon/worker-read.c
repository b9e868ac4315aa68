/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker's job reads: settings, logs, references, models, labels, an earlier report. */
#include <string.h>

#include "class-words.h"
#include "error.h"
#include "frame-zone.h"
#include "registry.h"
#include "words.h"
#include "worker-baseline.h"
#include "worker-inputs.h"
#include "worker-job-private.h"
#include "worker-model.h"

gboolean
errata_worker_read_settings(ErrataWorkerJob *self, GError **error)
{
    GVariantIter iter;
    const char *name;
    const char *text;
    gboolean folder;

    g_variant_iter_init(&iter, self->settings_texts);
    while (g_variant_iter_next(&iter, "(&s&sb)", &name, &text, &folder))
        if (!errata_settings_load(self->settings,
                                  text,
                                  strlen(text),
                                  name,
                                  folder ? ERRATA_SETTINGS_FOLDER : ERRATA_SETTINGS_FULL,
                                  error))
            return FALSE;
        else if (strcmp(name, "command line") == 0 && strstr(text, "\npositive=") != NULL)
            self->names_positive = TRUE;
        else if (strcmp(name, "--where") == 0)
            self->asks_where = TRUE;
    return TRUE;
}

#define READ_PARTS 6 /* files of a log that are told by name */

static void
read_note_members(ErrataCase *result, const ErrataWorkerInput *input, GPtrArray *members)
{
    ErrataInput *note = g_new0(ErrataInput, 1);
    g_autoptr(GString) formats = g_string_new(NULL);

    note->path = g_strdup(input->name);
    note->sha256 = g_strdup(input->sha256);
    note->bytes = input->bytes;
    for (guint i = 0; i < members->len; i++) {
        const ErrataMember *member = g_ptr_array_index(members, i);

        note->rows += member->rows;
        note->rejected_rows += member->rejected;
        if (member->kind != ERRATA_MEMBER_MODEL && member->kind != ERRATA_MEMBER_OTHER &&
            strstr(formats->str, member->format) == NULL)
            g_string_append_printf(formats, "%s%s", formats->len > 0 ? "+" : "", member->format);
    }
    note->format = g_strdup(formats->str);
    if (g_strcmp0(input->kind, "reference") == 0) {
        result->reference = note;
        return;
    }
    g_ptr_array_add(result->inputs, note);
}

/* which files of a folder or an archive were added up: they may be no parts of one log */
static void
read_tell_parts(ErrataFrameBuilder *log, const GPtrArray *members)
{
    g_autoptr(GString) parts = g_string_new(NULL);
    guint n = 0;

    for (guint i = 0; i < members->len; i++) {
        const ErrataMember *member = g_ptr_array_index(members, i);
        g_autofree char *rows = NULL;

        if (member->kind != ERRATA_MEMBER_LOG || n++ >= READ_PARTS)
            continue;
        rows = errata_words_counted(member->rows, "row", "rows");
        g_string_append_printf(parts, "%s%s (%s)", n > 1 ? ", " : "", member->name, rows);
    }
    if (n > READ_PARTS)
        g_string_append_printf(parts, " and %u more", n - READ_PARTS);
    if (n > 1)
        errata_frame_builder_warn(log,
                                  "%u files are counted as one log: %s; "
                                  "name one of them to see it alone",
                                  n,
                                  parts->str);
}

static gboolean
read_model(ErrataWorkerJob *self,
           const ErrataWorkerInput *input,
           ErrataFrameBuilder *log,
           ErrataCase *notes,
           GError **error)
{
    ErrataWorkerFile file = {input->fd, input->name, input->sha256, input->bytes};

    errata_model_unref(self->model);
    self->model = NULL;
    return errata_worker_model_for_log(&file, NULL, log, notes, &self->model, error);
}

static gboolean
read_has_model(const ErrataWorkerJob *self)
{
    for (guint i = 0; i < self->inputs->len; i++) {
        const ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);

        if (g_strcmp0(input->kind, "model") == 0)
            return TRUE;
    }
    return self->model != NULL;
}

/* of several models in one archive the one that would be taken, as everywhere */
static char *
read_taken(const ErrataWorkerFile *file, const GPtrArray *members, const ErrataMember *first)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModel) model = NULL;
    guint n = 0;

    for (guint i = 0; i < members->len; i++)
        n += ((const ErrataMember *)g_ptr_array_index(members, i))->kind == ERRATA_MEMBER_MODEL;
    if (n > 1)
        model = errata_registry_load_model_beside(file->fd, file->name, members, warnings, NULL);
    if (model == NULL || model->container == NULL || model->container->path == NULL)
        return g_strdup_printf("%s in %s is a model (%s)", first->name, file->name, first->format);
    return g_strdup_printf("%s in %s is a model (%s), the one taken of %u",
                           model->container->path,
                           file->name,
                           model->format,
                           n);
}

/* a model that lies in one archive with the log made it, unless another was named */
static gboolean
read_model_beside(ErrataWorkerJob *self,
                  const ErrataWorkerInput *input,
                  const GPtrArray *members,
                  ErrataFrameBuilder *log,
                  ErrataCase *notes,
                  GError **error)
{
    ErrataWorkerFile file = {input->fd, input->name, input->sha256, input->bytes};
    const ErrataMember *model = NULL;

    for (guint i = 0; model == NULL && i < members->len; i++) {
        const ErrataMember *member = g_ptr_array_index(members, i);

        model = member->kind == ERRATA_MEMBER_MODEL ? member : NULL;
    }
    if (model == NULL)
        return TRUE;
    if (read_has_model(self) || g_strcmp0(self->mode, "analyze") != 0) {
        if (g_strcmp0(self->mode, "analyze") == 0 || g_strcmp0(self->mode, "inspect") == 0) {
            g_autofree char *taken = read_taken(&file, members, model);

            errata_frame_builder_warn(log,
                                      read_has_model(self)
                                          ? "%s and was not used: another one was given"
                                          : "%s, which errata analyze uses for this log",
                                      taken);
        }
        return TRUE;
    }
    return errata_worker_model_for_log(&file, members, log, notes, &self->model, error);
}

static gboolean
read_one(ErrataWorkerJob *self,
         ErrataWorkerInput *input,
         ErrataFrameBuilder *log,
         ErrataFrameBuilder *reference,
         ErrataCase *notes,
         GError **error)
{
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    gboolean is_reference = g_strcmp0(input->kind, "reference") == 0;
    guint n_columns = errata_frame_builder_n_columns(log);

    if (g_strcmp0(input->kind, "model") == 0)
        return read_model(self, input, log, notes, error);
    if (!errata_registry_read(input->fd,
                              input->name,
                              is_reference ? reference : log,
                              reference, /* also by its name a reference may be one */
                              config,
                              members,
                              error))
        return FALSE;
    read_note_members(notes, input, members);
    if (g_strcmp0(self->mode, "inspect") == 0)
        read_tell_parts(log, members);
    if (!is_reference && !read_model_beside(self, input, members, log, notes, error))
        return FALSE;
    if (n_columns > 0 && errata_frame_builder_n_columns(log) > n_columns && !input->is_half)
        errata_frame_builder_warn(
            log,
            "%s has %u columns that the logs before it lack; they read as missing there",
            input->name,
            errata_frame_builder_n_columns(log) - n_columns);
    return config->len == 0 || errata_settings_load(self->settings,
                                                    config->str,
                                                    config->len,
                                                    input->name,
                                                    ERRATA_SETTINGS_FOLDER,
                                                    error);
}

/* a file of ids and labels beside logs, or one that the host keeps for logs to come */
static gboolean
read_is_labels(const ErrataWorkerJob *self, const ErrataWorkerInput *input)
{
    guint n_auto = 0;

    if (g_strcmp0(input->kind, "labels") == 0)
        return TRUE;
    if (g_strcmp0(input->kind, "auto") != 0)
        return FALSE;
    for (guint i = 0; i < self->inputs->len; i++)
        n_auto += g_strcmp0(((ErrataWorkerInput *)g_ptr_array_index(self->inputs, i))->kind,
                            "auto") == 0;
    return (n_auto > 1 || self->keeps_labels) && errata_worker_labels_is(input->fd, input->name);
}

static gboolean
read_labels(ErrataWorkerJob *self, ErrataWorkerInput *input, ErrataCase *notes, GError **error)
{
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    gboolean known = g_strcmp0(input->kind, "labels") == 0;

    if (!errata_worker_labels_read(self->labels, input->fd, input->name, known, members, error))
        return FALSE;
    read_note_members(known ? self->labels->kept : notes, input, members);
    return TRUE;
}

/* labels that were there before the log are files of its report, too: ahead of newer ones, which
 * count before them. An earlier report that shares no more than these is of another log: this is
 * for once it was chosen */
static void
read_note_kept(const ErrataWorkerJob *self, ErrataCase *notes)
{
    GPtrArray *kept = self->labels->kept->inputs;

    for (int i = 0; kept->len > 0; i++)
        g_ptr_array_insert(notes->inputs,
                           self->only_labels ? i : -1,
                           g_ptr_array_steal_index(kept, 0));
}

/* labels alone: the stored log that they belong to is read with them; those of several logs are
 * none's rows in another's report, and each is the host's to hand in again */
static gboolean
read_stored(ErrataWorkerJob *self,
            ErrataFrameBuilder *log,
            ErrataFrameBuilder *reference,
            ErrataCase *notes,
            GError **error)
{
    ErrataWorkerInput *last = NULL;

    for (guint i = 0; i < self->inputs->len; i++) {
        ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);

        if (g_strcmp0(input->kind, "stored") != 0 ||
            errata_worker_labels_match(self->labels, input->fd, input->name, self->settings) == 0)
            continue;
        last = input;
        g_ptr_array_add(self->merged, g_strdup(input->sha256));
    }
    return self->merged->len != 1 || read_one(self, last, log, reference, notes, error);
}

static gboolean
read_inputs(ErrataWorkerJob *self,
            ErrataFrameBuilder *log,
            ErrataFrameBuilder *reference,
            ErrataCase *notes,
            ErrataProgress *progress,
            GError **error)
{
    if (!errata_worker_inputs_check(self->inputs, log, error))
        return FALSE;
    for (guint i = 0; i < self->inputs->len; i++) {
        ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);
        gboolean labels = read_is_labels(self, input);
        gboolean later = g_strcmp0(input->kind, "stored") == 0 ||
                         g_strcmp0(input->kind, "baseline") == 0 ||
                         g_strcmp0(input->kind, "table") == 0 ||
                         g_strcmp0(input->kind, "embedding") == 0 ||
                         g_strcmp0(input->kind, ERRATA_WORKER_INPUT_TWICE) == 0;

        if (labels ? !read_labels(self, input, notes, error)
                   : !later && !read_one(self, input, log, reference, notes, error))
            return FALSE;
        progress->rows = errata_frame_builder_n_rows(log);
        errata_progress_update(progress, (double)(i + 1) / self->inputs->len);
    }
    self->only_labels = errata_frame_builder_n_columns(log) == 0 &&
                        self->labels->frames->len > self->labels->n_known;
    return !self->only_labels || read_stored(self, log, reference, notes, error);
}

/* kinds of input that hold no rows of the log itself */
static gboolean
read_is_beside(const ErrataWorkerInput *input)
{
    static const char *const kinds[] = {"model",
                                        "reference",
                                        "labels",
                                        "stored",
                                        "baseline",
                                        "table",
                                        "embedding",
                                        ERRATA_WORKER_INPUT_TWICE,
                                        NULL};

    return input->kind != NULL && g_strv_contains(kinds, input->kind);
}

/**
 * errata_worker_read_written:
 * @self: a job that has read its log
 *
 * Reads the log once more, its times as the strings that they are: a frame keeps instants, which do
 * not say how they were written, and cells of one column may be written in several ways.
 *
 * Returns: (transfer full) (nullable): it; %NULL where no column holds times, or where it cannot be
 * read so
 */
ErrataFrame *
errata_worker_read_written(ErrataWorkerJob *self)
{
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(ErrataFrame) frame = NULL;
    gboolean has_times = FALSE;

    for (guint i = 0; i < self->frame->n_columns; i++) {
        const ErrataColumn *column = self->frame->columns[i];

        if (column->type != ERRATA_COLUMN_TIME)
            continue;
        errata_frame_builder_keep_strings(log, column->name);
        has_times = TRUE;
    }
    if (!has_times || self->only_labels)
        return NULL;
    for (guint i = 0; i < self->inputs->len; i++) {
        const ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);

        if (read_is_beside(input) || read_is_labels(self, input))
            continue;
        if (!errata_registry_read(input->fd, input->name, log, reference, config, members, NULL))
            return NULL;
    }
    frame = errata_frame_builder_finish(log, NULL);
    return frame != NULL && frame->n_rows == self->frame->n_rows ? g_steal_pointer(&frame) : NULL;
}

/* the first that suits; one that the user named has to be readable and is taken as it is */
static gboolean
read_baseline(ErrataWorkerJob *self, const ErrataCase *notes, GError **error)
{
    for (guint i = 0; i < self->inputs->len && self->earlier == NULL; i++) {
        const ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);
        ErrataCase *earlier;

        if (g_strcmp0(input->kind, "baseline") != 0)
            continue;
        earlier =
            errata_worker_baseline_read(input->fd, input->name, self->keeps_labels ? NULL : error);
        if (earlier == NULL && !self->keeps_labels)
            return FALSE;
        if (earlier != NULL && self->keeps_labels && !errata_worker_baseline_suits(earlier, notes))
            g_clear_pointer(&earlier, errata_case_free);
        self->earlier = earlier;
        self->earlier_input = input;
    }
    return TRUE;
}

gboolean
errata_worker_read(ErrataWorkerJob *self,
                   ErrataCase *notes,
                   ErrataProgress *progress,
                   GError **error)
{
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();

    errata_progress_stage(progress, "reading", 0.02, 0.35);
    if (!read_inputs(self, log, reference, notes, progress, error))
        return FALSE;
    if (self->only_labels && self->merged->len != 1 && self->keeps_labels)
        return TRUE; /* no log for them yet, or several */
    if (errata_frame_builder_n_columns(log) == 0) {
        const ErrataWorkerInput *first = g_ptr_array_index(self->inputs, 0);

        if (self->only_labels)
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "%s and the other files hold ids and labels each, so there is no log to "
                        "join them to: where one of them holds what the model said, call that "
                        "column prediction or score",
                        first->name);
        else
            g_set_error(
                error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "%s holds no log: expected rows of CSV, TSV or JSON Lines, found none in any of its files",
                first->name);
        return FALSE;
    }
    self->frame = errata_frame_builder_finish(log, error);
    if (self->frame != NULL)
        errata_class_words_settle(self->frame, NULL, self->settings);
    if (self->frame == NULL ||
        !errata_worker_labels_join(self->labels, self->frame, self->settings, error))
        return FALSE;
    errata_zone_set_clock(errata_frame_zone(self->frame));
    errata_frame_set_clock(self->frame, errata_zone_clock());
    if (!read_baseline(self, notes, error))
        return FALSE;
    read_note_kept(self, notes);
    if (errata_frame_builder_n_rows(reference) > 0)
        self->reference = errata_frame_builder_finish(reference, error);
    else if (notes->reference != NULL)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_TOO_FEW_ROWS,
                    "%s: the reference has no rows",
                    notes->reference->path);
    else
        return TRUE;
    if (self->reference != NULL) {
        errata_class_words_settle(self->reference, self->frame, self->settings);
        errata_frame_set_clock(self->reference, errata_zone_clock());
    }
    return self->reference != NULL;
}
