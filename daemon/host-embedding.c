/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `[analysis] embedding` names files, which the worker cannot open: they are opened here. Only what
 * the user and the system set counts; a watched folder's file must not have the daemon open a
 * path. */
#include "host-embedding.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings.h"

static gboolean
host_embedding_find_cb(const ErrataSettingsKey *key,
                       const char *name,
                       const char *value,
                       const char *where,
                       gpointer data,
                       GError **error)
{
    char **path = data;

    if (strcmp(key->group, "analysis") == 0 && strcmp(name, "embedding") == 0) {
        g_free(*path);
        *path = g_strdup(value);
    }
    return TRUE;
}

/* the last that is set; what is wrong with the settings the worker says */
static char *
host_embedding_find(const ErrataHostJob *job)
{
    char *path = NULL;

    for (guint i = 0; i < job->settings->len; i++) {
        const ErrataHostSettings *source = g_ptr_array_index(job->settings, i);

        if (!source->folder)
            errata_settings_scan(source->text,
                                 strlen(source->text),
                                 source->name,
                                 ERRATA_SETTINGS_FULL,
                                 host_embedding_find_cb,
                                 &path,
                                 NULL);
    }
    return path;
}

static gboolean
host_embedding_add(ErrataHostJob *job, const char *folder, const char *file, gboolean needed)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;

    if (fd < 0 && errno == ENOENT && !needed)
        return TRUE;
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        job->embedding_problem = g_strdup_printf("%s: %s",
                                                 path,
                                                 fd < 0 ? g_strerror(errno)
                                                        : "expected a file, found something else");
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    errata_host_job_add_input(job, fd, path, "embedding")->bytes = (guint64)info.st_size;
    return TRUE;
}

/**
 * errata_host_embedding_open:
 * @job: gets the files of the embedding that its settings name, or the problem with them
 */
void
errata_host_embedding_open(ErrataHostJob *job)
{
    g_autofree char *value = host_embedding_find(job);
    g_autofree char *path = NULL;
    g_autofree char *folder = NULL;
    g_autofree char *file = NULL;

    if (value == NULL || strcmp(value, "none") == 0)
        return;
    path = g_str_has_prefix(value, "~/") ? g_build_filename(g_get_home_dir(), value + 2, NULL)
                                         : g_strdup(value);
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        folder = g_strdup(path);
        file = g_strdup("model.safetensors");
    } else {
        folder = g_path_get_dirname(path);
        file = g_path_get_basename(path);
    }
    job->embedding = g_steal_pointer(&value);
    if (host_embedding_add(job, folder, file, TRUE) &&
        host_embedding_add(job, folder, "tokenizer.json", TRUE))
        host_embedding_add(job, folder, "config.json", FALSE);
}
