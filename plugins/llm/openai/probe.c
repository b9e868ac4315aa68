/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for a language model on this machine: GET requests to the ports where servers are wont to
 * listen, all at once, 300 ms in all. A server counts only when it shows its sign and lists a
 * model; the first target that does wins. Nothing of the user's is sent. */
#include "probe.h"

#include <string.h>

#include "datum.h"
#include "error.h"
#include "fetch.h"
#include "openai.h"

#define PROBE_MS    300
#define PROBE_BYTES (256U << 10)

static const ErrataProbeTarget probe_targets[] = {
    {9931, "llama.cpp"},
    {8080, "llama.cpp"},
    {11434, "ollama"},
    {1234, "lm-studio"},
    {8000, "vllm"},
};

typedef struct {
    const char *kind;
    const char *path;
} ProbeSign;

static const ProbeSign probe_signs[] = {
    {"llama.cpp", "/props"},
    {"ollama", "/api/version"},
    {"lm-studio", "/api/v0/models"},
    {"vllm", "/version"},
};

typedef struct {
    ErrataProbeServer **found; /* by target; NULL: not there */
    guint n_targets;
    guint n_pending;
    GCancellable *stop;
    GSource *deadline;
} Probe;

typedef struct {
    GTask *task;
    guint index;
    ErrataProbeTarget target;
    ErrataOpenai *server;
} ProbeOne;

void
errata_probe_server_free(ErrataProbeServer *self)
{
    if (self == NULL)
        return;
    g_free(self->url);
    g_clear_pointer(&self->models, g_ptr_array_unref);
    g_free(self);
}

const ErrataProbeTarget *
errata_probe_targets(guint *ret_n)
{
    *ret_n = G_N_ELEMENTS(probe_targets);
    return probe_targets;
}

static void
probe_free(gpointer data)
{
    Probe *probe = data;

    for (guint i = 0; i < probe->n_targets; i++)
        errata_probe_server_free(probe->found[i]);
    g_free(probe->found);
    g_source_destroy(probe->deadline);
    g_source_unref(probe->deadline);
    g_object_unref(probe->stop);
    g_free(probe);
}

/* @kind is one of the table's */
static const ProbeSign *
probe_sign(const char *kind)
{
    guint i = 0;

    while (i + 1 < G_N_ELEMENTS(probe_signs) && strcmp(probe_signs[i].kind, kind) != 0)
        i++;
    return &probe_signs[i];
}

/* whether the answer to a sign's path is that of such a server */
static gboolean
probe_is(const char *kind, const ErrataFetch *fetch)
{
    g_autoptr(ErrataDatumTree) tree =
        fetch->status == 200 ? errata_datum_parse_json(fetch->body->str, fetch->body->len, NULL)
                             : NULL;
    const ErrataDatum *root = tree != NULL ? errata_datum_tree_root(tree) : NULL;

    if (root == NULL || root->kind != ERRATA_DATUM_OBJECT)
        return FALSE;
    if (strcmp(kind, "llama.cpp") == 0)
        return g_strcmp0(fetch->server, "llama.cpp") == 0 &&
               errata_datum_get(root, "default_generation_settings") != NULL;
    if (strcmp(kind, "lm-studio") == 0)
        return g_strcmp0(errata_datum_text(root, "object"), "list") == 0 &&
               errata_datum_text(errata_datum_at(errata_datum_get(root, "data"), 0), "state") !=
                   NULL;
    return errata_datum_text(root, "version") != NULL;
}

static void
probe_one_done(ProbeOne *one)
{
    Probe *probe = g_task_get_task_data(one->task);

    if (--probe->n_pending == 0) {
        ErrataProbeServer *best = NULL;

        for (guint i = 0; i < probe->n_targets && best == NULL; i++)
            best = g_steal_pointer(&probe->found[i]);
        if (best != NULL)
            g_task_return_pointer(one->task, best, (GDestroyNotify)errata_probe_server_free);
        else
            g_task_return_new_error(one->task,
                                    ERRATA_ERROR,
                                    ERRATA_ERROR_NOT_FOUND,
                                    "no language model is served on this machine");
    }
    errata_openai_unref(one->server);
    g_object_unref(one->task);
    g_free(one);
}

static void
probe_models_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ProbeOne *one = user_data;
    Probe *probe = g_task_get_task_data(one->task);
    g_autoptr(GPtrArray) models = errata_openai_models_finish(one->server, result, NULL);

    if (models != NULL && models->len > 0) {
        ErrataProbeServer *server = g_new0(ErrataProbeServer, 1);

        server->url = g_strdup(errata_openai_url(one->server));
        server->kind = probe_sign(one->target.kind)->kind;
        server->models = g_steal_pointer(&models);
        probe->found[one->index] = server;
    }
    probe_one_done(one);
}

static void
probe_sign_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ProbeOne *one = user_data;
    Probe *probe = g_task_get_task_data(one->task);
    g_autoptr(ErrataFetch) fetch = errata_fetch_finish(result, NULL);
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/v1", one->target.port);

    if (fetch == NULL || !probe_is(one->target.kind, fetch)) {
        probe_one_done(one);
        return;
    }
    one->server = errata_openai_new(url, NULL, NULL, NULL);
    errata_openai_models_async(one->server, probe->stop, probe_models_cb, one);
}

static gboolean
probe_deadline_cb(gpointer user_data)
{
    Probe *probe = g_task_get_task_data(user_data);

    g_cancellable_cancel(probe->stop);
    return G_SOURCE_REMOVE;
}

/**
 * errata_probe_async:
 * @targets: (array length=n_targets): where to look, the preferred ones first
 * @n_targets: at least 1
 * @cancellable: (nullable): gives up
 * @callback: called after 300 ms at the latest
 * @user_data: for @callback
 */
void
errata_probe_async(const ErrataProbeTarget *targets,
                   guint n_targets,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    Probe *probe = g_new0(Probe, 1);

    g_task_set_source_tag(task, errata_probe_async);
    probe->found = g_new0(ErrataProbeServer *, n_targets);
    probe->n_targets = n_targets;
    probe->n_pending = n_targets;
    probe->stop = g_cancellable_new();
    probe->deadline = g_timeout_source_new(PROBE_MS);
    g_source_set_callback(probe->deadline, probe_deadline_cb, task, NULL);
    g_source_attach(probe->deadline, g_task_get_context(task));
    g_task_set_task_data(task, probe, probe_free);
    for (guint i = 0; i < n_targets; i++) {
        ProbeOne *one = g_new0(ProbeOne, 1);
        g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u%s",
                                               targets[i].port,
                                               probe_sign(targets[i].kind)->path);
        ErrataFetchRequest request = {.url = url, .max_bytes = PROBE_BYTES};

        one->task = g_object_ref(task);
        one->index = i;
        one->target = targets[i];
        errata_fetch_async(&request, probe->stop, probe_sign_cb, one);
    }
}

/**
 * errata_probe_finish:
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND, %ERRATA_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the server to use
 */
ErrataProbeServer *
errata_probe_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
