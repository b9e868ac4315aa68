/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which server is asked: the one that the user named, one of our own, or one found on this machine.
 * Another machine is asked only when the user allowed it. llm-session.c does the asking. */
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "llm-broker-private.h"
#include "probe.h"

#define BROKER_IDLE_S  300 /* a llama-server of our own is kept that long */
#define BROKER_OWN_URL "http://localhost/v1"

ErrataLlmBroker *
errata_llm_broker_ref(ErrataLlmBroker *self)
{
    return g_rc_box_acquire(self);
}

static void
broker_clear(gpointer data)
{
    ErrataLlmBroker *self = data;

    errata_openai_unref(self->server);
    errata_llama_server_free(self->child);
    errata_redact_free(self->redact);
    if (self->key != NULL)
        explicit_bzero(self->key, strlen(self->key));
    g_free(self->key);
    g_free(self->language);
    g_free(self->wanted);
    g_free(self->place);
    g_free(self->identity);
}

void
errata_llm_broker_unref(ErrataLlmBroker *self)
{
    if (self != NULL)
        g_rc_box_release_full(self, broker_clear);
}

static gboolean
broker_open_url(ErrataLlmBroker *self,
                const ErrataLlmSettings *settings,
                const ErrataLlmFolders *folders,
                GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (settings->url == NULL) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_CONFIG,
                            "[llm] backend=openai needs a url");
        return FALSE;
    }
    if (!errata_openai_is_local(settings->url) && !settings->allow_remote) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_CONFIG,
                            "[llm] url is on another machine: nothing is sent there unless "
                            "allow-remote=true stands in [llm]; see what would go out with errata "
                            "llm test --show");
        return FALSE;
    }
    self->key = errata_llm_key_find(settings->credential, folders->config, &problem);
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    self->server = errata_openai_new(settings->url, NULL, self->key, error);
    if (self->server == NULL)
        return FALSE;
    errata_openai_set_model(self->server, settings->model);
    self->place = g_strdup(
        g_str_has_prefix(settings->url, "unix:") ? settings->url : errata_openai_url(self->server));
    self->identity = g_strdup(self->place);
    return TRUE;
}

static gboolean
broker_open_child(ErrataLlmBroker *self, const ErrataLlmSettings *settings, GError **error)
{
    struct stat info;

    if (settings->gguf == NULL || stat(settings->gguf, &info) != 0 || !S_ISREG(info.st_mode)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "[llm] backend=llama-server needs a model's file: gguf is %s%s",
                    settings->gguf != NULL ? "no file: " : "not set",
                    settings->gguf != NULL ? settings->gguf : "");
        return FALSE;
    }
    self->child = errata_llama_server_new(settings->gguf, BROKER_IDLE_S);
    self->place = g_strdup_printf("llama-server with %s", settings->gguf);
    self->identity = g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                                     settings->gguf,
                                     (gint64)info.st_size,
                                     (gint64)info.st_mtim.tv_sec);
    return TRUE;
}

/* redacted to this machine and none to any other, unless the user says so */
static void
broker_choose_sending(ErrataLlmBroker *self, const ErrataLlmSettings *settings)
{
    gboolean local = self->backend != ERRATA_LLM_OPENAI || errata_openai_is_local(settings->url);

    self->language = g_strdup(settings->language);
    self->sending = settings->sending != ERRATA_LLM_SEND_DEFAULT ? settings->sending
                    : local                                      ? ERRATA_LLM_SEND_REDACTED
                                                                 : ERRATA_LLM_SEND_NONE;
    if (self->sending != ERRATA_LLM_SEND_FULL) { /* without rows there still are names of values */
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        for (guint i = 0; i < settings->columns->len; i++)
            g_ptr_array_add(names, g_ptr_array_index(settings->columns, i));
        g_ptr_array_add(names, NULL);
        self->redact = errata_redact_new(settings->patterns, (const char *const *)names->pdata);
    }
}

/**
 * errata_llm_broker_new:
 * @settings: what the user set; a backend other than none
 * @folders: where key and secret are
 * @store: (nullable): for answers and counts
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_CONFIG for another machine that is not allowed, a key that is not kept
 * well, a missing address or file.
 *
 * Returns: (transfer full): the broker; nothing was sent or started
 */
ErrataLlmBroker *
errata_llm_broker_new(const ErrataLlmSettings *settings,
                      const ErrataLlmFolders *folders,
                      ErrataStoreThread *store,
                      GError **error)
{
    g_autoptr(ErrataLlmBroker) self = g_rc_box_new0(ErrataLlmBroker);

    self->backend = errata_llm_settings_backend(settings);
    self->per_report = settings->per_report;
    self->per_day = settings->per_day;
    self->timeout_s = settings->timeout_s;
    self->wanted = g_strdup(settings->model);
    self->store = store;
    g_queue_init(&self->waiting);
    if (self->backend == ERRATA_LLM_OPENAI && !broker_open_url(self, settings, folders, error))
        return NULL;
    if (self->backend == ERRATA_LLM_SERVER && !broker_open_child(self, settings, error))
        return NULL;
    broker_choose_sending(self, settings);
    errata_llm_key_secret(folders->state, self->secret);
    return g_steal_pointer(&self);
}

const char *
errata_llm_broker_backend(const ErrataLlmBroker *self)
{
    return self->backend == ERRATA_LLM_SERVER ? "llama-server" : "openai";
}

const char *
errata_llm_broker_model(const ErrataLlmBroker *self)
{
    if (self->child != NULL)
        return errata_llama_server_alias(self->child);
    return self->server != NULL ? errata_openai_model(self->server) : NULL;
}

const char *
errata_llm_broker_place(const ErrataLlmBroker *self)
{
    return self->place != NULL ? self->place : "not found yet";
}

const char *
errata_llm_broker_rung(const ErrataLlmBroker *self)
{
    return self->server != NULL ? errata_openai_rung(self->server) : "json_schema";
}

ErrataLlmSending
errata_llm_broker_sending(const ErrataLlmBroker *self)
{
    return self->sending;
}

const char *
errata_llm_broker_language(const ErrataLlmBroker *self)
{
    return self->language;
}

/* the one that the user named, if it is served; else the first */
static const char *
broker_choose_model(const ErrataLlmBroker *self, const GPtrArray *models)
{
    for (guint i = 0; self->wanted != NULL && i < models->len; i++)
        if (strcmp(g_ptr_array_index(models, i), self->wanted) == 0)
            return self->wanted;
    return self->wanted == NULL && models->len > 0 ? g_ptr_array_index(models, 0) : self->wanted;
}

static void
broker_found_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataLlmBroker *self = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(ErrataProbeServer) found = errata_probe_finish(result, &error);

    if (found != NULL && self->server == NULL) {
        self->server = errata_openai_new(found->url, NULL, NULL, &error);
        if (self->server != NULL)
            errata_openai_meet(self->server, found->kind);
        g_free(self->place);
        g_free(self->identity);
        self->place = g_strdup_printf("%s at %s", found->kind, found->url);
        self->identity = g_strdup(found->url);
    }
    if (error != NULL) {
        g_task_return_error(task, error);
        return;
    }
    errata_openai_set_model(self->server, broker_choose_model(self, found->models));
    g_task_return_boolean(task, TRUE);
}

/**
 * errata_llm_broker_find_async:
 * @cancellable: (nullable)
 * @callback: called within 300 ms
 * @user_data: for @callback
 *
 * With the backend `auto` looks for a server on this machine; with another there is nothing to
 * find.
 */
void
errata_llm_broker_find_async(ErrataLlmBroker *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    guint n_targets;
    const ErrataProbeTarget *targets = errata_probe_targets(&n_targets);

    g_task_set_source_tag(task, errata_llm_broker_find_async);
    g_task_set_task_data(task,
                         errata_llm_broker_ref(self),
                         (GDestroyNotify)errata_llm_broker_unref);
    if (self->backend != ERRATA_LLM_AUTO || self->server != NULL) {
        g_task_return_boolean(task, TRUE);
        return;
    }
    errata_probe_async(targets, n_targets, cancellable, broker_found_cb, g_steal_pointer(&task));
}

gboolean
errata_llm_broker_find_finish(ErrataLlmBroker *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

static void
broker_ready_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataLlmBroker *self = g_task_get_task_data(task);
    GError *error = NULL;

    if (errata_llama_server_ready_finish(self->child, result, &error) && self->server == NULL) {
        self->server = errata_openai_new(BROKER_OWN_URL,
                                         errata_llama_server_socket(self->child),
                                         errata_llama_server_key(self->child),
                                         &error);
        if (self->server != NULL)
            errata_openai_set_model(self->server, errata_llama_server_alias(self->child));
    }
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_boolean(task, TRUE);
}

static void
broker_named_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataLlmBroker *self = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(GPtrArray) models = errata_openai_models_finish(self->server, result, &error);

    if (models == NULL && strstr(error->message, "HTTP 404") == NULL) {
        g_task_return_error(task, error);
        return;
    }
    g_clear_error(&error); /* a server that lists nothing takes any name */
    if (models != NULL && models->len > 0)
        errata_openai_set_model(self->server, broker_choose_model(self, models));
    g_task_return_boolean(task, TRUE);
}

/**
 * errata_llm_broker_name_async:
 * @cancellable: (nullable)
 * @callback: called when the server can be asked
 * @user_data: for @callback
 *
 * Starts a server of our own; asks another for its models where the user named none.
 */
void
errata_llm_broker_name_async(ErrataLlmBroker *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_source_tag(task, errata_llm_broker_name_async);
    g_task_set_task_data(task,
                         errata_llm_broker_ref(self),
                         (GDestroyNotify)errata_llm_broker_unref);
    if (self->child != NULL) {
        errata_llama_server_ready_async(self->child,
                                        cancellable,
                                        broker_ready_cb,
                                        g_steal_pointer(&task));
    } else if (self->server == NULL) {
        g_task_return_new_error(task,
                                ERRATA_ERROR,
                                ERRATA_ERROR_IO,
                                "no language model is served on this machine");
    } else if (errata_openai_model(self->server) != NULL) {
        g_task_return_boolean(task, TRUE);
    } else {
        errata_openai_models_async(self->server,
                                   cancellable,
                                   broker_named_cb,
                                   g_steal_pointer(&task));
    }
}

gboolean
errata_llm_broker_name_finish(ErrataLlmBroker *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

static void
broker_models_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataLlmBroker *self = g_task_get_task_data(task);
    GError *error = NULL;
    GPtrArray *models = errata_openai_models_finish(self->server, result, &error);

    if (models != NULL)
        g_task_return_pointer(task, models, (GDestroyNotify)g_ptr_array_unref);
    else
        g_task_return_error(task, error);
}

static void
broker_models_named_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataLlmBroker *self = g_task_get_task_data(task);
    GError *error = NULL;

    if (!errata_llm_broker_name_finish(self, result, &error)) {
        g_task_return_error(task, error);
        return;
    }
    errata_openai_models_async(self->server,
                               g_task_get_cancellable(task),
                               broker_models_cb,
                               g_object_ref(task));
}

/**
 * errata_llm_broker_models_async:
 *
 * What the server lists; a server of our own is started for it.
 */
void
errata_llm_broker_models_async(ErrataLlmBroker *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_source_tag(task, errata_llm_broker_models_async);
    g_task_set_task_data(task,
                         errata_llm_broker_ref(self),
                         (GDestroyNotify)errata_llm_broker_unref);
    errata_llm_broker_name_async(self, cancellable, broker_models_named_cb, task);
}

GPtrArray *
errata_llm_broker_models_finish(ErrataLlmBroker *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
