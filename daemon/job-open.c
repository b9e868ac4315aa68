/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker is given for a job. */
#include "job-open.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limit.h"
#include "publish.h"

static gboolean
job_open_add_file(ErrataJobOpen *run,
                  const char *sha256,
                  const char *name,
                  const char *kind,
                  GError **error)
{
    ErrataHostInput *input;
    struct stat info;
    int fd = errata_spool_open(run->spool, sha256, error);

    if (fd < 0)
        return FALSE;
    input = errata_host_job_add_input(run->host, fd, name, kind);
    input->sha256 = g_strdup(sha256);
    if (fstat(fd, &info) == 0)
        input->bytes = (guint64)MAX(info.st_size, 0);
    return TRUE;
}

/* of the model: labels that came before, and logs whose labels may be these */
static gboolean
job_open_add_stored(ErrataJobOpen *run, GPtrArray *jobs, const char *kind, GError **error)
{
    for (guint i = 0; i < jobs->len; i++) {
        const ErrataJob *job = g_ptr_array_index(jobs, i);
        ErrataHostInput *input;

        if (job->id == run->job->id || g_strcmp0(job->sha256, run->job->sha256) == 0)
            continue;
        if (!job_open_add_file(run, job->sha256, job->input, kind, error))
            return FALSE;
        input = g_ptr_array_index(run->host->inputs, run->host->inputs->len - 1);
        input->bytes = job->bytes;
        input->path = g_strdup(job->path);
    }
    return TRUE;
}

/* without a reference a log is compared with an earlier report, and with one its headline is; a
 * report that is gone is no matter */
static void
job_open_add_baselines(ErrataJobOpen *run)
{
    for (guint i = 0; i < run->reports->len; i++) {
        const ErrataReportRecord *report = g_ptr_array_index(run->reports, i);
        g_autofree char *folder =
            g_build_filename(run->configuration->reports, report->folder, NULL);
        g_autofree char *path = g_build_filename(folder, "report.json", NULL);
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

        if (fd >= 0)
            errata_host_job_add_input(run->host, fd, report->folder, "baseline")->path =
                g_steal_pointer(&folder);
    }
}

/* what the user set, then what the model's own errata.conf says */
gboolean
errata_job_open_settings(ErrataHostJob *host,
                         const ErrataConfiguration *configuration,
                         ErrataSpool *spool,
                         const ErrataModelRecord *model,
                         GError **error)
{
    g_autofree char *text = g_malloc(ERRATA_LIMIT_CONFIG_BYTES + 1);
    g_autofree char *name = NULL;
    int fd;
    gssize n;

    for (guint i = 0; i < configuration->files->len; i++) {
        const ErrataConfigurationFile *file = g_ptr_array_index(configuration->files, i);

        errata_host_job_add_settings(host, file->name, file->text, FALSE);
    }
    if (*model->configuration == '\0')
        return TRUE;
    fd = errata_spool_open(spool, model->configuration, error);
    if (fd < 0)
        return FALSE;
    n = read(fd, text, ERRATA_LIMIT_CONFIG_BYTES);
    close(fd);
    if (n < 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "cannot read the model's errata.conf");
        return FALSE;
    }
    text[n] = '\0';
    name = g_build_filename(model->name, "errata.conf", NULL);
    errata_host_job_add_settings(host, name, text, TRUE);
    return TRUE;
}

/* " --reference 'PATH'"; a file that was dropped is in the model's folder */
static void
job_open_command_file(GString *command, const char *option, const char *folder, const char *file)
{
    g_autofree char *path = g_path_is_absolute(file) ? g_strdup(file)
                                                     : g_build_filename(folder, file, NULL);
    g_autofree char *quoted = g_shell_quote(path);

    g_string_append_printf(command, " %s %s", option, quoted);
}

/**
 * errata_job_open_command:
 * @job: a log
 * @model: what the store knows of its model
 * @inbox: the folder that files are dropped into
 *
 * Returns: (transfer full): the command that makes its report again
 */
char *
errata_job_open_command(const ErrataJob *job, const ErrataModelRecord *model, const char *inbox)
{
    g_autofree char *file = g_shell_quote(job->path != NULL ? job->path : job->input);
    g_autofree char *name = g_shell_quote(job->name);
    g_autofree char *folder = g_build_filename(inbox, job->name, NULL);
    GString *command = g_string_new(NULL);

    g_string_append_printf(command, "errata analyze %s --name %s", file, name);
    if (*model->reference != '\0')
        job_open_command_file(command, "--reference", folder, model->reference_file);
    if (*model->current != '\0' && g_strcmp0(model->current, job->sha256) != 0)
        job_open_command_file(command, "--model", folder, model->current_file);
    if (*model->configuration != '\0')
        job_open_command_file(command, "--config", folder, "errata.conf");
    return g_string_free(command, FALSE);
}

/**
 * errata_job_open:
 * @run: a job that is about to run, with what the store knows of its model
 * @error: return location for a #GError
 *
 * Opens everything the worker reads: the file, the reference, labels of before and logs that labels
 * may be for, the settings; and the folder that it writes to. Blocks.
 */
gboolean
errata_job_open(ErrataJobOpen *run, GError **error)
{
    const ErrataJob *job = run->job;
    g_autoptr(GDateTime) created = g_date_time_new_from_unix_utc(job->created / G_USEC_PER_SEC);
    g_autofree char *folder = errata_publish_folder(job);
    ErrataHostJob *host = errata_host_job_new("analyze");
    char *temporary;

    run->host = host;
    if (!job_open_add_file(run, job->sha256, job->input, "auto", error))
        return FALSE;
    ((ErrataHostInput *)g_ptr_array_index(host->inputs, 0))->bytes = job->bytes;
    if (*run->model->reference != '\0' && !job_open_add_file(run,
                                                             run->model->reference,
                                                             run->model->reference_file,
                                                             "reference",
                                                             error))
        return FALSE;
    if (*run->model->current != '\0' && g_strcmp0(run->model->current, job->sha256) != 0 &&
        !job_open_add_file(run, run->model->current, job->name, "model", error))
        return FALSE;
    if (!job_open_add_stored(run, run->labels, "labels", error) ||
        !job_open_add_stored(run, run->logs, "stored", error) ||
        !errata_job_open_settings(host, run->configuration, run->spool, run->model, error))
        return FALSE;
    host->keeps_labels = TRUE;
    job_open_add_baselines(run);
    host->id = g_path_get_basename(folder);
    host->name = g_strdup(job->name);
    host->created = g_date_time_format(created, "%Y-%m-%dT%H:%M:%SZ");
    host->command = errata_job_open_command(job, run->model, run->configuration->inbox);
    host->memory = run->configuration->memory;
    host->patterns = g_variant_ref(run->patterns);
    host->patterns_of = g_variant_ref(run->patterns_of);
    host->background = TRUE;
    temporary = errata_publish_begin(run->configuration->reports, &host->output_fd, error);
    if (temporary == NULL)
        return FALSE;
    g_free(run->job->temporary);
    run->job->temporary = temporary;
    return TRUE;
}
