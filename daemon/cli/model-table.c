/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs that run a model over rows and yield one table: it is written by the worker into a hidden
 * folder and moved into place, or printed, when whole. */
#include "model-table.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "error.h"
#include "oneshot.h"

#define TABLE_NAME "table.csv"

static gboolean
table_fail(const char *doing, const char *path, GError **error)
{
    int code = errno;

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "%s “%s”: %s; choose another place with -o",
                doing,
                path,
                g_strerror(code));
    return FALSE;
}

/* a device, a pipe or a link is written to, not put away for a file of its name */
static gboolean
table_is_special(const char *output)
{
    struct stat status;

    return lstat(output, &status) == 0 && !S_ISREG(status.st_mode);
}

static char *
table_folder(const char *output, GError **error)
{
    g_autofree char *parent = output != NULL && !table_is_special(output)
                                  ? g_path_get_dirname(output)
                                  : g_strdup(g_get_tmp_dir());
    g_autofree char *folder = g_build_filename(parent, ".errata-XXXXXX", NULL);

    if (g_mkdtemp_full(folder, 0700) != NULL)
        return g_steal_pointer(&folder);
    table_fail("writing into", parent, error);
    return NULL;
}

static gboolean
table_print(const char *path, FILE *to, const char *name, GError **error)
{
    g_autofree char *buffer = g_malloc(1U << 16);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gssize n;

    if (fd < 0)
        return table_fail("reading", path, error);
    while ((n = read(fd, buffer, 1U << 16)) > 0)
        if (fwrite(buffer, 1, (gsize)n, to) != (gsize)n)
            break;
    close(fd);
    if (n == 0 && fflush(to) == 0)
        return TRUE;
    /* as with head: whoever read it has seen enough */
    return (to == stdout && errno == EPIPE) || table_fail("writing", name, error);
}

static gboolean
table_print_into(const char *path, const char *output, GError **error)
{
    FILE *to = fopen(output, "we");
    gboolean ok;

    if (to == NULL)
        return table_fail("writing", output, error);
    ok = table_print(path, to, output, error);
    if (fclose(to) != 0 && ok)
        return table_fail("writing", output, error);
    return ok;
}

static gboolean
table_publish(const char *folder, const char *output, GError **error)
{
    g_autofree char *path = g_build_filename(folder, TABLE_NAME, NULL);

    if (output == NULL)
        return table_print(path, stdout, "standard output", error);
    if (table_is_special(output))
        return table_print_into(path, output, error);
    g_chmod(path, 0644);
    return g_rename(path, output) == 0 || table_fail("writing", output, error);
}

static void
table_tell(GVariant *result, gboolean quiet)
{
    g_autofree const char **warnings = NULL;

    if (quiet || !g_variant_lookup(result, "warnings", "^a&s", &warnings))
        return;
    for (guint i = 0; warnings[i] != NULL; i++) {
        g_autofree char *clean = errata_cli_printable(warnings[i]);

        g_printerr("errata: note: %s\n", clean);
    }
}

/**
 * errata_model_table_run:
 * @job: (transfer full): a job of a mode that yields a table
 * @output: (nullable): where the table goes; standard output when %NULL
 * @quiet: print errors only
 *
 * Returns: the exit code
 */
int
errata_model_table_run(ErrataHostJob *job, const char *output, gboolean quiet)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) result = NULL;
    g_autofree char *folder = errata_oneshot_spares(job, output, &error)
                                  ? table_folder(output, &error)
                                  : NULL;
    g_autofree char *left = NULL;
    gboolean ok = FALSE;
    ErrataBar bar;

    if (folder == NULL) {
        errata_host_job_free(job);
        return errata_cli_fail(error);
    }
    job->output_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    errata_bar_init(&bar, quiet || output == NULL);
    result = errata_oneshot_run(job, &bar, &error);
    if (result != NULL)
        ok = table_publish(folder, output, &error);
    left = g_build_filename(folder, TABLE_NAME, NULL);
    g_unlink(left);
    g_rmdir(folder);
    if (!ok)
        return errata_cli_fail(error);
    table_tell(result, quiet);
    return ERRATA_EXIT_DONE;
}
