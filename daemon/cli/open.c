/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"
#include "error.h"
#include "report-find.h"

static char *open_format;

static const GOptionEntry open_options[] = {{"format",
                                             0,
                                             0,
                                             G_OPTION_ARG_STRING,
                                             &open_format,
                                             "Which file: pdf (default) or json",
                                             "FORMAT"},
                                            G_OPTION_ENTRY_NULL};

static int
open_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataReportFound) found = NULL;
    const char *format = open_format != NULL ? open_format : "pdf";
    g_autofree char *name = g_strconcat("report.", format, NULL);
    g_autofree char *path = NULL;
    g_autofree char *absolute = NULL;
    g_autofree char *uri = NULL;

    if (g_strcmp0(format, "pdf") != 0 && g_strcmp0(format, "json") != 0)
        return errata_cli_usage(
            "--format “%s”: expected pdf or json; html comes with a later release",
            format);
    found = errata_report_find(arguments[0], &error);
    if (found == NULL)
        return errata_cli_fail(error);
    path = g_build_filename(found->folder, name, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return errata_cli_usage("%s has no %s; it was written without it", found->what, name);
    absolute = g_canonicalize_filename(path, NULL);
    uri = g_filename_to_uri(absolute, NULL, &error);
    if (uri == NULL || !g_app_info_launch_default_for_uri(uri, NULL, &error)) {
        g_printerr("errata: no viewer could be started (%s); the file is %s\n",
                   error->message,
                   absolute);
        return ERRATA_EXIT_FAILED;
    }
    return ERRATA_EXIT_DONE;
}

const ErrataVerb errata_verb_open = {.name = "open",
                                     .arguments = "[REPORT]",
                                     .summary = "Open a report with the desktop's viewer",
                                     .options = open_options,
                                     .too_many = 2,
                                     .run = open_run};
