/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker does with its job: bytes → frame → case → report, and the words in which it says
 * how that went. Runs in one thread; every error becomes an answer. */
#include "config.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "case-json.h"
#include "error.h"
#include "interpret.h"
#include "limit.h"
#include "number.h"
#include "parallel.h"
#include "registry.h"
#include "report.h"
#include "run.h"
#include "sandbox.h"
#include "worker-answer.h"
#include "worker-ask.h"
#include "worker-attribute.h"
#include "worker-baseline.h"
#include "worker-digest.h"
#include "worker-embedding.h"
#include "worker-explain.h"
#include "worker-export.h"
#include "worker-job-private.h"
#include "worker-job.h"
#include "worker-labels.h"
#include "worker-llm.h"
#include "worker-model.h"
#include "worker-output.h"

#define JOB_THREAD (32U << 20) /* of the memory, from which on there is another thread */

static void
job_input_free(gpointer data)
{
    ErrataWorkerInput *input = data;

    if (input->fd >= 0)
        close(input->fd);
    g_free(input->name);
    g_free(input->kind);
    g_free(input->sha256);
    g_free(input->path);
    g_free(input);
}

void
errata_worker_job_free(ErrataWorkerJob *self)
{
    if (self == NULL)
        return;
    g_free(self->mode);
    g_free(self->what);
    g_ptr_array_unref(self->inputs);
    errata_settings_free(self->settings);
    g_clear_pointer(&self->settings_texts, g_variant_unref);
    g_free(self->id);
    g_free(self->name);
    g_free(self->created);
    g_free(self->command);
    g_free(self->question);
    g_free(self->plan);
    g_free(self->embedding);
    g_free(self->embedding_problem);
    g_clear_pointer(&self->known, g_ptr_array_unref);
    g_clear_pointer(&self->patterns_of, g_variant_unref);
    g_clear_pointer(&self->frame, errata_frame_unref);
    errata_model_unref(self->model);
    g_clear_pointer(&self->reference, errata_frame_unref);
    errata_worker_labels_free(self->labels);
    errata_worker_llm_free(self->llm);
    g_clear_pointer(&self->earlier, errata_case_free);
    g_ptr_array_unref(self->merged);
    g_free(self);
}

static gboolean
job_take_inputs(ErrataWorkerJob *self, GUnixFDList *fds, GVariant *inputs, GError **error)
{
    GVariantIter iter;
    ErrataWorkerInput one;
    gint32 handle;

    g_variant_iter_init(&iter, inputs);
    while (g_variant_iter_next(&iter,
                               "(hsssst)",
                               &handle,
                               &one.name,
                               &one.kind,
                               &one.sha256,
                               &one.path,
                               &one.bytes)) {
        one.fd = fds != NULL ? g_unix_fd_list_get(fds, handle, error) : -1;
        g_ptr_array_add(self->inputs, g_memdup2(&one, sizeof one));
        if (one.fd < 0)
            return FALSE;
    }
    return TRUE;
}

/* earlier patterns, where the host keeps them; one that is not understood is left out */
static void
job_take_patterns(ErrataWorkerJob *self, GVariant *dict, const char *key)
{
    g_autoptr(GVariant) list =
        g_variant_lookup_value(dict, key, G_VARIANT_TYPE("a" ERRATA_PATTERN_VARIANT));

    if (list == NULL)
        return;
    g_clear_pointer(&self->known, g_ptr_array_unref);
    self->known = g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(list, i);
        ErrataPattern *pattern = errata_pattern_from_variant(child);

        if (pattern != NULL)
            g_ptr_array_add(self->known, pattern);
    }
}

/**
 * errata_worker_job_new:
 * @llm: (nullable) (transfer full): the door to a language model
 *
 * Takes the arguments of org.errata.Worker1.Start apart; nothing is read yet.
 *
 * Returns: (transfer full): the job, or %NULL with @error set
 */
ErrataWorkerJob *
errata_worker_job_new(GUnixFDList *fds,
                      GVariant *inputs,
                      GVariant *settings,
                      GVariant *options,
                      ErrataLlm *llm,
                      GError **error)
{
    g_autoptr(ErrataWorkerJob) self = g_new0(ErrataWorkerJob, 1);

    self->llm = llm;
    self->inputs = g_ptr_array_new_with_free_func(job_input_free);
    self->labels = errata_worker_labels_new();
    self->merged = g_ptr_array_new_with_free_func(g_free);
    self->settings = errata_settings_new();
    self->settings_texts = g_variant_ref(settings);
    g_variant_lookup(options, "mode", "s", &self->mode);
    g_variant_lookup(options, "what", "s", &self->what);
    g_variant_lookup(options, "question", "s", &self->question);
    g_variant_lookup(options, "plan", "s", &self->plan);
    g_variant_lookup(options, "embedding", "s", &self->embedding);
    g_variant_lookup(options, "embedding-problem", "s", &self->embedding_problem);
    g_variant_lookup(options, "id", "s", &self->id);
    g_variant_lookup(options, "name", "s", &self->name);
    g_variant_lookup(options, "created", "s", &self->created);
    g_variant_lookup(options, "command", "s", &self->command);
    g_variant_lookup(options, "memory", "t", &self->memory);
    g_variant_lookup(options, "keeps-labels", "b", &self->keeps_labels);
    job_take_patterns(self, options, "patterns");
    self->patterns_of = g_variant_lookup_value(options, "patterns-of", G_VARIANT_TYPE_DICTIONARY);
    if (!job_take_inputs(self, fds, inputs, error))
        return NULL;
    return g_steal_pointer(&self);
}

static int
job_id_column(const ErrataWorkerJob *self, const ErrataCase *result)
{
    for (guint i = 0; i < result->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(result->columns, i);
        guint index;

        if (g_strcmp0(column->role, "id") == 0 &&
            errata_frame_find(self->frame, column->name, &index) != NULL)
            return (int)index;
    }
    return -1;
}

/* tables of rows beside the report; neither changes what the other reads */
typedef struct {
    const ErrataWorkerJob *self;
    ErrataCase *result;
    GError *error[2];
} WorkerDrawing;

static void
job_draw_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    static const char *const default_formats[] = {"pdf", "svg", "json", NULL};
    WorkerDrawing *work = data;
    const ErrataSettings *settings = work->self->settings;

    for (gsize part = begin; part < end; part++)
        if (part == 0)
            errata_report_render(work->result,
                                 settings->formats != NULL ? (const char *const *)settings->formats
                                                           : default_formats,
                                 settings->paper,
                                 errata_worker_output_write,
                                 NULL,
                                 &work->error[part]);
        else
            errata_worker_output_tables(work->self->frame,
                                        work->result,
                                        job_id_column(work->self, work->result),
                                        &work->error[part]);
}

static gboolean
job_draw(ErrataWorkerJob *self, ErrataCase *result, ErrataProgress *progress, GError **error)
{
    WorkerDrawing work = {self, result, {NULL, NULL}};
    g_autoptr(GError) report_error = NULL;
    g_autoptr(GError) tables_error = NULL;
    g_autoptr(GBytes) json = NULL;
    struct rusage usage;

    errata_progress_stage(progress, "drawing", 0.9, 1.0);
    for (guint i = 0; i < result->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        if (finding->row == NULL) /* about the log as a whole: it has no rows of its own */
            finding->n_rows = 0;
    }
    errata_worker_output_name_tables(result);
    errata_worker_output_name_samples(self->frame, result, job_id_column(self, result));
    errata_parallel_for(2, 1, job_draw_cb, &work);
    tables_error = work.error[1];
    report_error = work.error[0];
    if (tables_error != NULL || report_error != NULL) {
        g_propagate_error(error,
                          tables_error != NULL ? g_steal_pointer(&tables_error)
                                               : g_steal_pointer(&report_error));
        return FALSE;
    }
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        result->peak_rss = (guint64)usage.ru_maxrss * 1024;
    json = errata_case_to_json(result);
    return errata_worker_output_write("report.json",
                                      g_bytes_get_data(json, NULL),
                                      g_bytes_get_size(json),
                                      NULL,
                                      error);
}

/* whether the report owes something to an input from the host's store */
static gboolean
job_used(const ErrataWorkerJob *self, const ErrataWorkerInput *input, const ErrataCase *result)
{
    if (strcmp(input->kind, "baseline") == 0)
        return g_strcmp0(result->baseline_kind, "report") == 0 && input == self->earlier_input;
    if (strcmp(input->kind, "stored") == 0)
        return g_ptr_array_find_with_equal_func(self->merged, input->sha256, g_str_equal, NULL);
    return strcmp(input->kind, "labels") == 0 && self->labels->joined;
}

/* makes the same report again: with what was chosen here, and the seed, which may come from a
 * configuration */
static char *
job_command(const ErrataWorkerJob *self, const ErrataCase *result)
{
    GString *command = g_string_new(self->command);

    for (guint i = 0; i < self->inputs->len; i++) {
        const ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);
        g_autofree char *quoted = g_shell_quote(input->path);

        if (*input->path != '\0' && job_used(self, input, result))
            g_string_append_printf(command,
                                   " %s%s",
                                   strcmp(input->kind, "baseline") == 0 ? "--baseline " : "",
                                   quoted);
    }
    g_string_append_printf(command, " --seed %" G_GUINT64_FORMAT, self->settings->seed);
    return g_string_free(command, FALSE);
}

static void
job_name_case(ErrataWorkerJob *self, ErrataCase *result, ErrataCase *notes)
{
    result->run_id = g_strdup(self->id);
    result->created = g_strdup(self->created);
    if (self->command != NULL)
        result->command = job_command(self, result);
    result->name = g_strdup(self->name != NULL ? self->name : self->settings->name);
    for (guint i = 0; i < notes->inputs->len; i++)
        g_ptr_array_add(result->inputs, g_ptr_array_index(notes->inputs, i));
    g_ptr_array_set_free_func(notes->inputs, NULL);
    result->reference = g_steal_pointer(&notes->reference);
    result->model = g_steal_pointer(&notes->model);
    result->model_kind = g_steal_pointer(&notes->model_kind);
}

static void
job_time(ErrataCase *result, const char *stage, gint64 since)
{
    double seconds = (double)(g_get_monotonic_time() - since) / G_USEC_PER_SEC;

    g_ptr_array_add(result->stage_names, g_strdup(stage));
    g_array_append_val(result->stage_seconds, seconds);
}

static gint64
job_created_us(const ErrataWorkerJob *self)
{
    gint64 ns = 0;

    if (self->created == NULL ||
        !errata_number_parse_time(self->created, strlen(self->created), &ns))
        return 0;
    return ns / 1000;
}

static gboolean
job_limit_memory(guint64 bytes, GError **error)
{
    return ERRATA_JAIL_SANITIZER || errata_sandbox_limit_memory(bytes, error);
}

/* the settings; what they say of memory and threads holds from here on. They may take less memory
 * than the daemon gives to each worker, not more, and threads only as their stacks leave room in
 * it */
static gboolean
job_prepare(ErrataWorkerJob *self, GError **error)
{
    guint64 limit = self->memory;
    guint threads;

    if (!job_limit_memory(limit, error) || !errata_worker_read_settings(self, error))
        return FALSE;
    if (self->settings->memory > 0 && (limit == 0 || self->settings->memory < limit)) {
        limit = self->settings->memory;
        if (!job_limit_memory(limit, error))
            return FALSE;
    }
    threads = self->settings->threads > 0 ? self->settings->threads : g_get_num_processors();
    if (limit > 0)
        threads = (guint)CLAMP(limit / JOB_THREAD, 1, threads);
    errata_parallel_set_threads(threads);
    return TRUE;
}

/* settings that are accepted and change nothing here are told, not passed over */
static void
job_tell_unused(const ErrataSettings *settings, GPtrArray *warnings)
{
    if (settings->style != NULL)
        g_ptr_array_add(warnings, g_strdup("[report] style is not used in this release"));
    if (settings->language != NULL)
        g_ptr_array_add(warnings,
                        g_strdup("[report] language is not used in this release: reports are in "
                                 "English"));
    if (settings->loss != NULL && !settings->sliceline)
        g_ptr_array_add(warnings,
                        g_strdup("[analysis] loss is not used in this release but with "
                                 "slices=sliceline"));
}

static ErrataCase *
job_analyse(ErrataWorkerJob *self, ErrataProgress *progress, GError **error)
{
    g_autoptr(ErrataCase) notes = errata_case_new();
    g_autoptr(ErrataCase) result = NULL;
    g_autoptr(ErrataWorkerDigests) digests = NULL;
    gint64 start = g_get_monotonic_time();
    ErrataRunPatterns patterns = {.now = job_created_us(self)};
    ErrataRunExtra extra = {0};
    g_autofree char *model_name = NULL;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataStaticEmbedding) embedding = NULL;
    gint64 ingested;
    double seconds;

    errata_progress_stage(progress, "reading", 0.0, 0.02);
    if (!job_prepare(self, error))
        return NULL;
    if (!errata_worker_read(self, notes, progress, error))
        return NULL;
    if (self->frame == NULL)
        return errata_case_new();                            /* labels, kept for later */
    if (self->merged->len == 1 && self->patterns_of != NULL) /* what was known before that log */
        job_take_patterns(self, self->patterns_of, g_ptr_array_index(self->merged, 0));
    patterns.known = self->known;
    errata_worker_llm_hide(self->llm, self->frame, self->reference, self->settings);
    ingested = g_get_monotonic_time();
    digests = errata_worker_digests_new(self->inputs);
    errata_progress_stage(progress, "analysing", 0.35, 0.85);
    extra.late_labels = self->labels->joined;
    extra.earlier = self->earlier;
    extra.earlier_is_guess = self->keeps_labels;
    extra.model = self->model;
    if (notes->model != NULL)
        extra.model_name = model_name = g_path_get_basename(notes->model->path);
    extra.embedding = embedding = errata_worker_embedding_read(self, warnings);
    extra.llm = g_strcmp0(self->mode, "inspect") != 0 ? self->llm : NULL;
    result = errata_run(self->frame,
                        self->reference,
                        self->settings,
                        g_strcmp0(self->mode, "inspect") == 0 ? ERRATA_RUN_SCHEMA : ERRATA_RUN_FULL,
                        self->known != NULL ? &patterns : NULL,
                        &extra,
                        progress,
                        error);
    if (result == NULL)
        return NULL;
    if (self->names_positive && result->task == ERRATA_TASK_REGRESSION) {
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_USAGE,
            "--positive names one of two classes, and this log has numbers to predict "
            "(regression)");
        return NULL;
    }
    errata_worker_labels_tell(self->labels, result);
    job_tell_unused(self->settings, warnings);
    g_ptr_array_extend_and_steal(result->warnings, g_steal_pointer(&warnings));
    job_name_case(self, result, notes);
    if (!errata_worker_digests_tell(digests, result, error))
        return NULL;
    seconds = (double)(ingested - start) / G_USEC_PER_SEC;
    g_ptr_array_insert(result->stage_names, 0, g_strdup("ingest"));
    g_array_prepend_val(result->stage_seconds, seconds);
    if (g_strcmp0(self->mode, "inspect") == 0)
        return g_steal_pointer(&result);
    errata_progress_stage(progress, "interpreting", 0.85, 0.9);
    errata_interpret(result, self->frame, self->settings, self->llm);
    if (self->llm != NULL && result->llm != NULL && result->llm->model == NULL)
        result->llm->model = g_strdup(self->llm->model); /* known only once it was asked */
    job_time(result, "total", start);
    if (!job_draw(self, result, progress, error))
        return NULL;
    return g_steal_pointer(&result);
}

static void
job_answer_merged(const ErrataWorkerJob *self, GVariantDict *answer)
{
    if (self->merged->len > 0)
        g_variant_dict_insert_value(answer,
                                    "merged",
                                    g_variant_new_strv((const char *const *)self->merged->pdata,
                                                       (gssize)self->merged->len));
}

/* for the host, which keeps logs that labels may still come for */
static void
job_answer_labels(const ErrataWorkerJob *self, GVariantDict *answer, const ErrataCase *result)
{
    if (job_id_column(self, result) >= 0)
        g_variant_dict_insert(answer, "unlabelled", "t", errata_worker_labels_missing(result));
    job_answer_merged(self, answer);
}

static GVariant *
job_answer(const ErrataWorkerJob *self, const ErrataCase *result)
{
    GVariantDict answer;

    g_variant_dict_init(&answer, NULL);
    if (self->frame == NULL) {
        g_variant_dict_insert(&answer, "state", "s", "registered");
        g_variant_dict_insert(&answer, "kind", "s", "labels");
        job_answer_merged(self, &answer);
        return g_variant_ref_sink(g_variant_dict_end(&answer));
    }
    g_variant_dict_insert(&answer, "state", "s", self->only_labels ? "merged" : "reported");
    g_variant_dict_insert(&answer, "rows", "t", result->n_rows);
    job_answer_labels(self, &answer, result);
    if (result->name != NULL)
        g_variant_dict_insert(&answer, "name", "s", result->name);
    if (result->verdict != NULL)
        g_variant_dict_insert(&answer, "verdict", "s", result->verdict);
    if (result->model != NULL && result->model->sha256 != NULL)
        g_variant_dict_insert(&answer, "version", "s", result->model->sha256);
    errata_worker_answer_findings(&answer, result, self->known);
    if (g_strcmp0(self->mode, "inspect") == 0) {
        g_autoptr(GBytes) json = errata_case_to_json(result);
        g_autofree char *text = g_strndup(g_bytes_get_data(json, NULL), g_bytes_get_size(json));

        g_variant_dict_insert(&answer, "json", "s", text);
    }
    return g_variant_ref_sink(g_variant_dict_end(&answer));
}

static ErrataWorkerFile
job_file(const ErrataWorkerJob *self, const char *kind)
{
    ErrataWorkerFile file = {.fd = -1};

    for (guint i = 0; i < self->inputs->len; i++) {
        const ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);

        if (g_strcmp0(input->kind, kind) == 0)
            file = (ErrataWorkerFile){input->fd, input->name, input->sha256, input->bytes};
    }
    return file;
}

/* modes that run a model over rows */
static GVariant *
job_run_model(ErrataWorkerJob *self, ErrataProgress *progress, GError **error)
{
    ErrataWorkerFile model = job_file(self, "model");
    ErrataWorkerFile rows = job_file(self, "auto");
    ErrataWorkerFile background = job_file(self, "background");
    ErrataWorkerFile row = job_file(self, "row");
    GVariantDict answer;
    gboolean ok;

    if (!job_prepare(self, error))
        return NULL;
    if (!self->asks_where) /* that of errata.conf is about what is analysed */
        g_clear_pointer(&self->settings->where, g_free);
    g_variant_dict_init(&answer, NULL);
    g_variant_dict_insert(&answer, "state", "s", "reported");
    if (g_strcmp0(self->mode, "attribute") == 0)
        ok = errata_worker_attribute(&model,
                                     &rows,
                                     &background,
                                     self->what,
                                     self->settings,
                                     progress,
                                     &answer,
                                     error);
    else if (g_strcmp0(self->mode, "explain") == 0)
        ok = errata_worker_explain(&model,
                                   &rows,
                                   &row,
                                   self->what,
                                   self->settings,
                                   progress,
                                   &answer,
                                   error);
    else
        ok = errata_worker_model_score(&model, &rows, self->settings, progress, &answer, error);
    if (ok)
        return g_variant_ref_sink(g_variant_dict_end(&answer));
    g_variant_dict_clear(&answer);
    return NULL;
}

/* a file to inspect that is no log may be a model; @error says why it is no log */
static GVariant *
job_inspect_model(ErrataWorkerJob *self, GError **error)
{
    ErrataWorkerFile file = job_file(self, "auto");
    g_autoptr(GError) local = NULL;
    GVariantDict answer;

    g_variant_dict_init(&answer, NULL);
    g_variant_dict_insert(&answer, "state", "s", "reported");
    if (file.fd >= 0 &&
        errata_worker_model_inspect(&file, g_strcmp0(self->what, "brief") == 0, &answer, &local)) {
        g_clear_error(error);
        return g_variant_ref_sink(g_variant_dict_end(&answer));
    }
    g_variant_dict_clear(&answer);
    /* known to be a model, and damaged or of no kind that is read: that is what to tell */
    if (local != NULL && (!g_error_matches(local, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED) ||
                          strstr(local->message, ", read as ") != NULL)) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&local));
    }
    return NULL;
}

/* arrays by themselves: inspected as weights, but nothing says that a model is theirs */
static gboolean
job_is_data(const ErrataModel *model)
{
    return g_strcmp0(model->format, "npy") == 0 || g_strcmp0(model->format, "hdf5") == 0 ||
           (g_strcmp0(model->format, "keras-h5") == 0 &&
            g_strcmp0(model->kind, "weights in HDF5") == 0);
}

/* a file that is no log may be a model, which the host keeps for logs to come; @error says why it
 * is neither */
static GVariant *
job_register_model(const ErrataWorkerJob *self, GError **error)
{
    ErrataWorkerFile file = job_file(self, "auto");
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModel) model = NULL;
    GVariantDict answer;

    if (file.fd < 0 || self->frame != NULL)
        return NULL;
    model = errata_registry_load_model(file.fd, file.name, warnings, NULL);
    if (model == NULL)
        return NULL;
    g_clear_error(error);
    if (model->is_unsafe) {
        errata_worker_model_refuse(model, file.name, error);
        return NULL;
    }
    if (job_is_data(model)) {
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_UNSUPPORTED,
            "%s holds %s, which are no log and no model: write the rows as CSV, JSON Lines or "
            "Parquet, or drop the file of the whole model",
            file.name,
            model->kind);
        return NULL;
    }
    g_variant_dict_init(&answer, NULL);
    g_variant_dict_insert(&answer, "state", "s", "registered");
    g_variant_dict_insert(&answer, "kind", "s", "model");
    return g_variant_ref_sink(g_variant_dict_end(&answer));
}

/* a report's log is read again, for what the report hands on */
static GVariant *
job_export(ErrataWorkerJob *self, ErrataProgress *progress, GError **error)
{
    g_autoptr(ErrataCase) notes = errata_case_new();
    g_autoptr(GArray) tables = g_array_new(FALSE, FALSE, sizeof(ErrataWorkerExportTable));
    g_autoptr(ErrataFrame) written = NULL;
    GVariantDict answer;

    if (!job_prepare(self, error) || !errata_worker_read(self, notes, progress, error))
        return NULL;
    for (guint i = 0; i < self->inputs->len; i++) {
        const ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);
        ErrataWorkerExportTable table = {input->fd, input->name};

        if (g_strcmp0(input->kind, "table") == 0)
            g_array_append_val(tables, table);
    }
    if (self->earlier == NULL || self->frame == NULL) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "an export needs a report and its log");
        return NULL;
    }
    written = errata_worker_read_written(self);
    g_variant_dict_init(&answer, NULL);
    g_variant_dict_insert(&answer, "state", "s", "reported");
    if (!errata_worker_export_settings(self->earlier, self->settings, error)) {
        g_variant_dict_clear(&answer);
        return NULL;
    }
    errata_worker_llm_hide(self->llm, self->frame, NULL, self->settings);
    if (errata_worker_export(self->frame,
                             written,
                             self->settings,
                             self->earlier,
                             tables,
                             self->what,
                             self->llm,
                             errata_worker_output_write,
                             &answer,
                             error))
        return g_variant_ref_sink(g_variant_dict_end(&answer));
    g_variant_dict_clear(&answer);
    return NULL;
}

/* a question about a log, about a report, or about both */
static GVariant *
job_ask(ErrataWorkerJob *self, ErrataProgress *progress, GError **error)
{
    g_autoptr(ErrataCase) notes = errata_case_new();
    ErrataWorkerFile report = job_file(self, "baseline");

    if (!job_prepare(self, error))
        return NULL;
    if (report.fd >= 0) {
        self->earlier = errata_worker_baseline_read(report.fd, report.name, error);
        if (self->earlier == NULL)
            return NULL;
        errata_worker_ask_settings(self->earlier, self->settings);
    }
    if (job_file(self, "auto").fd >= 0 && !errata_worker_read(self, notes, progress, error))
        return NULL;
    errata_worker_llm_hide(self->llm, self->frame, NULL, self->settings);
    return errata_worker_ask(self->question,
                             self->plan,
                             self->earlier,
                             self->frame,
                             self->settings,
                             self->llm,
                             progress,
                             error);
}

static GVariant *
job_work(ErrataWorkerJob *self, ErrataProgress *progress, GError **error)
{
    g_autoptr(ErrataCase) result = NULL;

    if (g_strcmp0(self->mode, "score") == 0 || g_strcmp0(self->mode, "attribute") == 0 ||
        g_strcmp0(self->mode, "explain") == 0)
        return job_run_model(self, progress, error);
    if (g_strcmp0(self->mode, "export") == 0)
        return job_export(self, progress, error);
    if (g_strcmp0(self->mode, "ask") == 0)
        return job_ask(self, progress, error);
    result = job_analyse(self, progress, error);
    if (result != NULL)
        return job_answer(self, result);
    if (self->keeps_labels && g_strcmp0(self->mode, "inspect") != 0)
        return job_register_model(self, error);
    if (g_strcmp0(self->mode, "inspect") == 0 &&
        (g_error_matches(*error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED) ||
         strstr((*error)->message, " is refused because of its member ") != NULL))
        return job_inspect_model(self, error);
    return NULL;
}

/**
 * errata_worker_job_run:
 * @self: the job
 * @progress: whom to tell
 *
 * Returns: (transfer full): the a{sv} of org.errata.Worker1.Finished, for success and failure alike
 */
GVariant *
errata_worker_job_run(ErrataWorkerJob *self, ErrataProgress *progress)
{
    g_autoptr(GError) error = NULL;
    GVariant *done = job_work(self, progress, &error);
    GVariantDict answer;
    g_autofree char *message = NULL;

    if (done != NULL)
        return done;
    message = g_utf8_make_valid(error->message, -1);
    g_variant_dict_init(&answer, NULL);
    g_variant_dict_insert(&answer, "state", "s", "failed");
    g_variant_dict_insert(&answer,
                          "code",
                          "u",
                          error->domain == ERRATA_ERROR ? (guint32)error->code
                                                        : (guint32)ERRATA_ERROR_INTERNAL);
    g_variant_dict_insert(&answer, "message", "s", message);
    return g_variant_ref_sink(g_variant_dict_end(&answer));
}
