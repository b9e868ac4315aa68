/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The static embedding that is configured, from the files that the host opened. What is wrong with
 * it is a warning: texts are told apart by hashed words then, as without it. */
#include "worker-embedding.h"

#include <string.h>

#include "embedding-file.h"

static GBytes *
worker_embedding_map(const ErrataWorkerInput *input, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new_from_fd(input->fd, FALSE, error);

    if (file != NULL)
        return g_mapped_file_get_bytes(file);
    g_prefix_error(error, "%s: ", input->name);
    return NULL;
}

/* they come in this order: vectors, tokenizer and, where there is one, configuration */
static ErrataStaticEmbedding *
worker_embedding_load(const ErrataWorkerJob *self, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (guint i = 0; i < self->inputs->len; i++) {
        const ErrataWorkerInput *input = g_ptr_array_index(self->inputs, i);
        GBytes *bytes;

        if (g_strcmp0(input->kind, "embedding") != 0)
            continue;
        bytes = worker_embedding_map(input, error);
        if (bytes == NULL)
            return NULL;
        g_ptr_array_add(files, bytes);
    }
    g_return_val_if_fail(files->len >= 2, NULL);
    return errata_embedding_file_load(g_ptr_array_index(files, 0),
                                      g_ptr_array_index(files, 1),
                                      files->len > 2 ? g_ptr_array_index(files, 2) : NULL,
                                      self->embedding,
                                      error);
}

/**
 * errata_worker_embedding_read:
 * @self: a job whose settings were read
 * @warnings: (element-type utf8): gets what is wrong with the embedding
 *
 * Returns: (transfer full) (nullable): it; %NULL where none is configured, or not one that can be
 * read
 */
ErrataStaticEmbedding *
errata_worker_embedding_read(const ErrataWorkerJob *self, GPtrArray *warnings)
{
    const char *wanted = self->settings->embedding;
    g_autoptr(GError) error = NULL;
    ErrataStaticEmbedding *embedding = NULL;
    const char *problem = self->embedding_problem;

    if (wanted == NULL || strcmp(wanted, "none") == 0 || g_strcmp0(self->mode, "analyze") != 0)
        return NULL;
    if (g_strcmp0(wanted, self->embedding) != 0)
        problem = "it is set beside the log, and only the user’s or the system’s errata.conf may "
                  "name a file to open: set it there";
    if (problem == NULL)
        embedding = worker_embedding_load(self, &error);
    if (embedding == NULL)
        g_ptr_array_add(
            warnings,
            g_strdup_printf("[analysis] embedding = %s was not used, texts were compared "
                            "by their words: %s",
                            wanted,
                            error != NULL ? error->message : problem));
    return embedding;
}
