/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as the user names it: a path of one that analyze wrote, or whatever the daemon knows it
 * by. */
#include "report-find.h"

#include <string.h>
#include <unistd.h>

#include "bus.h"
#include "error.h"

void
errata_report_found_free(ErrataReportFound *self)
{
    if (self == NULL)
        return;
    g_free(self->folder);
    g_free(self->json);
    g_free(self->what);
    g_free(self->label);
    g_free(self->superseded);
    g_free(self);
}

/* report.json is one object that begins with errata's name */
static gboolean
report_find_is_report(const ErrataReportFound *self)
{
    const char *text = self->json;

    while (g_ascii_isspace(*text))
        text++;
    return *text == '{' && strstr(text, "\"errata\"") != NULL;
}

static gboolean
report_find_path(ErrataReportFound *self, const char *path, GError **error)
{
    g_autoptr(GError) local = NULL;
    gboolean folder = g_file_test(path, G_FILE_TEST_IS_DIR);
    g_autofree char *file = folder ? g_build_filename(path, "report.json", NULL) : g_strdup(path);

    if (!g_file_get_contents(file, &self->json, &self->length, &local)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "%s: no report there: %s",
                    path,
                    local->message);
        return FALSE;
    }
    if (!report_find_is_report(self)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "%s is %s, not a report; errata analyze makes a report.json of a log",
                    path,
                    g_utf8_validate(self->json, (gssize)self->length, NULL)
                        ? "a log or another text"
                        : "binary data");
        return FALSE;
    }
    self->folder = folder ? g_strdup(path) : g_path_get_dirname(path);
    return TRUE;
}

static char *
report_find_read(int fd, gsize *ret_length, GError **error)
{
    GString *text = g_string_new(NULL);
    char block[65536];
    gssize n;

    while ((n = read(fd, block, sizeof block)) > 0)
        g_string_append_len(text, block, n);
    if (n < 0)
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "reading the report from the daemon failed");
    *ret_length = text->len;
    return g_string_free(text, n < 0);
}

static gboolean
report_find_json(ErrataReportFound *self, GDBusConnection *bus, const char *path, GError **error)
{
    g_autoptr(GUnixFDList) fds = NULL;
    g_autoptr(GVariant) reply =
        errata_bus_call(bus, path, "Report", "OpenJson", NULL, "(h)", NULL, &fds, error);
    gint32 handle;
    int fd;

    if (reply == NULL)
        return FALSE;
    g_variant_get(reply, "(h)", &handle);
    fd = fds != NULL ? g_unix_fd_list_get(fds, handle, error) : -1;
    if (fd < 0)
        return FALSE;
    self->json = report_find_read(fd, &self->length, error);
    close(fd);
    return self->json != NULL;
}

/* by number, model and time, so that who did not name one sees which was taken */
static char *
report_find_label(const char *path, GVariant *properties)
{
    const char *name = "";
    gint64 created = 0;
    g_autofree char *time = NULL;

    g_variant_lookup(properties, "Name", "&s", &name);
    g_variant_lookup(properties, "Created", "x", &created);
    time = errata_bus_time(created);
    return g_strdup_printf("report %s of %s, made %s",
                           strrchr(path, '/') + 1,
                           name,
                           g_strstrip(time));
}

static gboolean
report_find_daemon(ErrataReportFound *self, const char *what, GError **error)
{
    g_autoptr(GDBusConnection) bus = errata_bus_connect(error);
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) properties = NULL;
    const char *path;
    const char *by = NULL;

    if (bus == NULL && what != NULL) {
        g_prefix_error(error,
                       "%s: no such file, and no daemon that may know such a report: ",
                       what);
        return FALSE;
    }
    if (bus == NULL)
        return FALSE;
    reply = errata_bus_call(bus,
                            ERRATA_BUS_PATH,
                            "Manager",
                            "FindReport",
                            g_variant_new("(s)", what != NULL ? what : ""),
                            "(o)",
                            NULL,
                            NULL,
                            error);
    if (reply == NULL)
        return FALSE;
    g_variant_get(reply, "(&o)", &path);
    properties = errata_bus_properties(bus, path, "Report", error);
    if (properties == NULL)
        return FALSE;
    g_variant_lookup(properties, "Folder", "s", &self->folder);
    self->label = report_find_label(path, properties);
    if (g_variant_lookup(properties, "SupersededBy", "&o", &by) && !g_str_equal(by, "/"))
        self->superseded = g_strdup_printf("report %s", strrchr(by, '/') + 1);
    return report_find_json(self, bus, path, error);
}

/**
 * errata_report_find:
 * @what: (nullable): a folder, a report.json, an id, the name of a model, or %NULL for the newest
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND when there is no such report.
 *
 * Returns: (transfer full): the report, or %NULL with @error set
 */
ErrataReportFound *
errata_report_find(const char *what, GError **error)
{
    g_autoptr(ErrataReportFound) self = g_new0(ErrataReportFound, 1);
    gboolean found;

    self->what = g_strdup(what != NULL ? what : "the newest report");
    if (what != NULL && g_file_test(what, G_FILE_TEST_EXISTS))
        found = report_find_path(self, what, error);
    else if (what != NULL && strchr(what, '/') != NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "%s: no such file or report",
                    what);
        found = FALSE;
    } else
        found = report_find_daemon(self, what, error);
    return found ? g_steal_pointer(&self) : NULL;
}
