/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus.h"
#include "cli.h"
#include "error.h"
#include "job-end.h"

static char *submit_name;
static gboolean submit_wait;
static gboolean submit_force;
static gboolean submit_json;

static const GOptionEntry submit_options[] = {
    {"name",
     0,
     0,
     G_OPTION_ARG_STRING,
     &submit_name,
     "The model the files belong to (default: the file's stem)",
     "NAME"},
    {"wait",
     0,
     0,
     G_OPTION_ARG_NONE,
     &submit_wait,
     "Wait until every file is reported or has failed",
     NULL},
    {"force",
     0,
     0,
     G_OPTION_ARG_NONE,
     &submit_force,
     "Analyse even bytes that were analysed before",
     NULL},
    {"json",
     0,
     0,
     G_OPTION_ARG_NONE,
     &submit_json,
     "Print one JSON document and nothing else",
     NULL},
    G_OPTION_ENTRY_NULL};

/* the files open for reading, and what they are called */
static GUnixFDList *
submit_open(char **files, GVariantBuilder *names, GVariantBuilder *handles, GError **error)
{
    g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();

    for (char **file = files; *file != NULL; file++) {
        int fd = open(*file, O_RDONLY | O_CLOEXEC);
        struct stat info;
        int handle;

        if (fd < 0 || fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        fd < 0 ? "%s: cannot be opened: %s" : "%s: is a folder; %s",
                        *file,
                        fd < 0 ? g_strerror(errno)
                               : "name the files in it, or drop it into the inbox");
            if (fd >= 0)
                close(fd);
            return NULL;
        }
        handle = g_unix_fd_list_append(fds, fd, error);
        close(fd);
        if (handle < 0)
            return NULL;
        g_variant_builder_add(handles, "h", handle);
        g_variant_builder_add(names, "s", *file);
    }
    return g_steal_pointer(&fds);
}

static GVariant *
submit_call(GDBusConnection *bus, char **files, GError **error)
{
    g_auto(GVariantBuilder) names = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("as"));
    g_auto(GVariantBuilder) handles = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("ah"));
    g_autoptr(GUnixFDList) fds = submit_open(files, &names, &handles, error);
    GVariantDict options;

    if (fds == NULL)
        return NULL;
    g_variant_dict_init(&options, NULL);
    g_variant_dict_insert_value(&options, "names", g_variant_builder_end(&names));
    if (submit_name != NULL)
        g_variant_dict_insert(&options, "name", "s", submit_name);
    if (submit_force)
        g_variant_dict_insert(&options, "force", "b", TRUE);
    return errata_bus_call(
        bus,
        ERRATA_BUS_PATH,
        "Manager",
        "Submit",
        g_variant_new("(@ah@a{sv})", g_variant_builder_end(&handles), g_variant_dict_end(&options)),
        "(ao)",
        fds,
        NULL,
        error);
}

static int
submit_print(GDBusConnection *bus, char **files, GVariant *jobs)
{
    g_auto(GVariantBuilder) ends = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
    int code = ERRATA_EXIT_DONE;

    for (gsize i = 0; i < g_variant_n_children(jobs); i++) {
        const char *path;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) end = NULL;
        g_autoptr(GVariant) facts = NULL;

        g_variant_get_child(jobs, i, "&o", &path);
        end = submit_wait ? errata_job_end_wait(bus, path, &error)
                          : errata_bus_properties(bus, path, "Job", &error);
        if (end == NULL)
            return errata_cli_fail(error);
        if (!submit_json)
            errata_job_end_print(bus, files[i], end);
        if (errata_job_end_failed(end))
            code = ERRATA_EXIT_REFUSED;
        facts = errata_bus_facts(path, end);
        g_variant_builder_add_value(&ends, facts);
    }
    if (submit_json) {
        g_autoptr(GVariant) list = g_variant_ref_sink(g_variant_builder_end(&ends));

        errata_bus_print_json(list);
    }
    return code;
}

static int
submit_run(char **files)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = NULL;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) jobs = NULL;

    if (files[0] == NULL)
        return errata_cli_usage("submit needs a file, e.g. errata submit predictions.csv --wait");
    bus = errata_bus_connect(&error);
    reply = bus != NULL ? submit_call(bus, files, &error) : NULL;
    if (reply == NULL)
        return errata_cli_fail(error);
    jobs = g_variant_get_child_value(reply, 0);
    return submit_print(bus, files, jobs);
}

const ErrataVerb errata_verb_submit = {.name = "submit",
                                       .arguments = "FILE…",
                                       .summary = "Hand files to the daemon",
                                       .options = submit_options,
                                       .run = submit_run};
