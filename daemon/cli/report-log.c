/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log that a report is about, wherever it lies now: known by its digest. */
#include "report-log.h"

#include <string.h>

#include "bus.h"
#include "error.h"
#include "oneshot.h"
#include "paths.h"

#define REPORT_LOG_ABOVE 5 /* folders above a report in which log and inbox are looked for */

/* the file under that path that has those bytes */
static gboolean
report_log_try(ErrataHostJob *job,
               const char *path,
               const ErrataInput *input,
               gboolean *ret_changed)
{
    guint n = job->inputs->len;
    ErrataHostInput *added;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) ||
        !errata_oneshot_add_input(job, path, "auto", NULL)) {
        g_ptr_array_set_size(job->inputs, (int)n);
        return FALSE;
    }
    added = g_ptr_array_index(job->inputs, n);
    if (g_strcmp0(added->sha256, input->sha256) != 0) {
        *ret_changed = TRUE;
        g_ptr_array_set_size(job->inputs, (int)n);
        return FALSE;
    }
    g_free(added->name);
    added->name = g_strdup(input->path); /* its ending says how it is packed */
    return TRUE;
}

/* in the inbox of the daemon, whose folders may be others than those of who asks */
static gboolean
report_log_try_daemon(ErrataHostJob *job, const ErrataInput *input, gboolean *ret_changed)
{
    g_autoptr(GDBusConnection) bus = errata_bus_connect(NULL);
    g_autoptr(GVariant) manager = bus != NULL
                                      ? errata_bus_properties(bus, ERRATA_BUS_PATH, "Manager", NULL)
                                      : NULL;
    g_autofree char *dropped = NULL;
    g_autofree char *archived = NULL;
    const char *inbox = "";

    if (manager == NULL || !g_variant_lookup(manager, "Inbox", "&s", &inbox) || *inbox == '\0')
        return FALSE;
    dropped = g_build_filename(inbox, input->path, NULL);
    archived = g_build_filename(inbox, ".archive", input->path, NULL);
    return report_log_try(job, dropped, input, ret_changed) ||
           report_log_try(job, archived, input, ret_changed);
}

/* a path that was relative is so to where the report was ordered, as often as not a folder above
 * it; else in the inbox of the data folder that the report lies in, whoever's that is */
static gboolean
report_log_try_beside(ErrataHostJob *job,
                      const char *folder,
                      const ErrataInput *input,
                      gboolean *ret_changed)
{
    g_autofree char *at = g_canonicalize_filename(folder, NULL);
    gboolean relative = !g_path_is_absolute(input->path);

    for (guint i = 0; i < REPORT_LOG_ABOVE && strlen(at) > 1; i++) {
        g_autofree char *beside = g_build_filename(at, input->path, NULL);
        g_autofree char *dropped = NULL;
        g_autofree char *archived = NULL;
        char *above;

        if (relative && report_log_try(job, beside, input, ret_changed))
            return TRUE;
        above = g_path_get_dirname(at);
        g_free(at);
        at = above;
        dropped = g_build_filename(at, "inbox", input->path, NULL);
        archived = g_build_filename(at, "inbox", ".archive", input->path, NULL);
        if (report_log_try(job, dropped, input, ret_changed) ||
            report_log_try(job, archived, input, ret_changed))
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_report_log_add:
 * @job: gets the log
 * @input: a log as a report names it
 * @folder: where the report lies
 * @error: return location for a #GError
 *
 * Finds the log of a report by its bytes: where the report says it was, from here or from a
 * folder above the report, in the inbox, in the daemon's spool, or in the inbox of the data folder
 * that the report lies in.
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND when it is gone or has changed.
 *
 * Returns: whether it was added
 */
gboolean
errata_report_log_add(ErrataHostJob *job,
                      const ErrataInput *input,
                      const char *folder,
                      GError **error)
{
    g_autoptr(ErrataPaths) paths = errata_paths_new(FALSE);
    const char *given = input->path != NULL ? input->path : "";
    const char *digest = input->sha256 != NULL ? input->sha256 : "";
    g_autofree char *dropped = g_build_filename(paths->data, "inbox", given, NULL);
    g_autofree char *archived = g_build_filename(paths->data, "inbox", ".archive", given, NULL);
    g_autofree char *spooled = g_build_filename(paths->state, "spool", digest, NULL);
    const char *const places[] = {given, dropped, archived, spooled};
    gboolean changed = FALSE;

    if (*given == '\0' || *digest == '\0') {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "the report does not say which file it is about, as of a log from standard "
                    "input; analyse the log as a file and use that report");
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        if (report_log_try(job, places[i], input, &changed))
            return TRUE;
    if (report_log_try_beside(job, folder, input, &changed) ||
        report_log_try_daemon(job, input, &changed))
        return TRUE;
    if (changed)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "%s has changed since the report was made (expected SHA-256 %s); analyse it "
                    "again and use the new report",
                    given,
                    digest);
    else
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_NOT_FOUND,
            "the log %s is gone: it is neither there, nor in the inbox, nor in the daemon's "
            "spool; bring it back, %sor analyse it again",
            given,
            g_path_is_absolute(given) ? "" : "go to the folder that its path begins in, ");
    return FALSE;
}
