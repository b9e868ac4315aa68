/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests of logs that the host left to the worker: they are made while the logs are analysed, by a
 * thread of their own, as a quarter of a second per 300 MB is long to wait for. */
#include "worker-digest.h"

#include <string.h>

#include "digest.h"

typedef struct {
    const ErrataWorkerInput *input;
    char *sha256; /* %NULL until known */
    GError *error;
} WorkerDigest;

struct _ErrataWorkerDigests {
    GArray *digests; /* (element-type WorkerDigest) */
    GCancellable *cancellable;
    GThread *thread; /* nullable */
};

static gpointer
digests_run_cb(gpointer data)
{
    ErrataWorkerDigests *self = data;

    for (guint i = 0; i < self->digests->len; i++) {
        WorkerDigest *digest = &g_array_index(self->digests, WorkerDigest, i);

        digest->sha256 =
            errata_digest_fd(digest->input->fd, NULL, self->cancellable, &digest->error);
        if (digest->sha256 == NULL)
            return NULL;
    }
    return NULL;
}

static void
digests_wait(ErrataWorkerDigests *self)
{
    if (self->thread != NULL)
        g_thread_join(g_steal_pointer(&self->thread));
}

/**
 * errata_worker_digests_new:
 * @inputs: (element-type ErrataWorkerInput): they must outlive the digests
 *
 * Begins with the regular files among the logs that have no digest yet.
 *
 * Returns: (transfer full): digests on their way
 */
ErrataWorkerDigests *
errata_worker_digests_new(const GPtrArray *inputs)
{
    ErrataWorkerDigests *self = g_new0(ErrataWorkerDigests, 1);

    self->digests = g_array_new(FALSE, FALSE, sizeof(WorkerDigest));
    self->cancellable = g_cancellable_new();
    for (guint i = 0; i < inputs->len; i++) {
        WorkerDigest digest = {.input = g_ptr_array_index(inputs, i)};

        if (digest.input->bytes > 0 && g_strcmp0(digest.input->sha256, "") == 0 &&
            g_strcmp0(digest.input->kind, "auto") == 0)
            g_array_append_val(self->digests, digest);
    }
    if (self->digests->len > 0)
        self->thread = g_thread_new("errata-digest", digests_run_cb, self);
    return self;
}

static void
digests_note(const WorkerDigest *digest, ErrataInput *note)
{
    const char *name = digest->input->name;
    gboolean is_within = note != NULL && note->path != NULL && g_str_has_prefix(note->path, name) &&
                         note->path[strlen(name)] == '/'; /* ARCHIVE/MEMBER, of a model */

    if (note == NULL || (g_strcmp0(note->path, name) != 0 && !is_within) ||
        (note->sha256 != NULL && *note->sha256 != '\0'))
        return;
    g_free(note->sha256);
    note->sha256 = g_strdup(digest->sha256);
}

/**
 * errata_worker_digests_tell:
 * @self: digests
 * @result: its inputs get theirs
 * @error: return location for a #GError
 *
 * Waits until all are known.
 *
 * Errors: %ERRATA_ERROR_IO when a log cannot be read again.
 *
 * Returns: whether all are
 */
gboolean
errata_worker_digests_tell(ErrataWorkerDigests *self, ErrataCase *result, GError **error)
{
    digests_wait(self);
    for (guint i = 0; i < self->digests->len; i++) {
        WorkerDigest *digest = &g_array_index(self->digests, WorkerDigest, i);

        if (digest->sha256 == NULL) {
            g_propagate_prefixed_error(error,
                                       g_steal_pointer(&digest->error),
                                       "%s: ",
                                       digest->input->name);
            return FALSE;
        }
        for (guint k = 0; k < result->inputs->len; k++)
            digests_note(digest, g_ptr_array_index(result->inputs, k));
        digests_note(digest, result->model); /* in one archive with the log */
    }
    return TRUE;
}

void
errata_worker_digests_free(ErrataWorkerDigests *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->cancellable);
    digests_wait(self);
    for (guint i = 0; i < self->digests->len; i++) {
        g_free(g_array_index(self->digests, WorkerDigest, i).sha256);
        g_clear_error(&g_array_index(self->digests, WorkerDigest, i).error);
    }
    g_array_unref(self->digests);
    g_object_unref(self->cancellable);
    g_free(self);
}
