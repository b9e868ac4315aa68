/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "configuration.h"
#include "error.h"

static ErrataConfiguration *
test_read(const char *text, GError **error)
{
    g_autoptr(ErrataPaths) paths = errata_paths_new(FALSE);
    g_autoptr(ErrataConfiguration) configuration = errata_configuration_new(paths);

    if (!errata_configuration_read(configuration, "errata.conf", text, strlen(text), error))
        return NULL;
    return g_steal_pointer(&configuration);
}

static void
test_configuration_values(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataConfiguration) got = test_read("[inbox]\npath=/srv/in\nsettle=2min\n"
                                                   "after=archive\nmax-bytes=2KiB\n"
                                                   "[daemon]\nworkers=1\nidle-exit=30\n"
                                                   "memory=4GiB\n"
                                                   "[report]\npath=/srv/out\nformats=pdf\n"
                                                   "[store]\npath=/srv/state\nkeep=90d,20GiB\n"
                                                   "[alerts]\nmin-severity=low\n"
                                                   "command=notify 'a b' c\n"
                                                   "[roles]\nx=label\n",
                                                   &error);

    g_assert_no_error(error);
    g_assert_cmpstr(got->inbox, ==, "/srv/in");
    g_assert_cmpuint(got->settle_s, ==, 120);
    g_assert_cmpint(got->after, ==, ERRATA_AFTER_ARCHIVE);
    g_assert_cmpuint(got->max_bytes, ==, 2048);
    g_assert_cmpuint(got->workers, ==, 1);
    g_assert_cmpuint(got->idle_exit_s, ==, 30);
    g_assert_cmpuint(got->memory, ==, G_GUINT64_CONSTANT(4) << 30);
    g_assert_cmpstr(got->reports, ==, "/srv/out");
    g_assert_cmpstr(got->store, ==, "/srv/state");
    g_assert_cmpuint(got->keep_s, ==, 90 * 86400);
    g_assert_cmpuint(got->keep_bytes, ==, G_GUINT64_CONSTANT(20) << 30);
    g_assert_cmpint(got->min_severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpuint(g_strv_length(got->alert_command), ==, 3);
    g_assert_cmpstr(got->alert_command[1], ==, "a b");
    g_assert_cmpuint(got->files->len, ==, 1); /* goes to the worker as it is */
}

static void
test_configuration_errors(void)
{
    static const char *const bad[][2] = {
        {"[inbox]\nsettle=soon\n", "line 2"},
        {"[inbox]\nsetle=1\n", "setle"},
        {"[inbix]\nsettle=1\n", "inbix"},
        {"[inbox]\npath=relative\n", "path"},
        {"[inbox]\nafter=burn\n", "archive"},
        {"[store]\nkeep=much\n", "keep"},
        {"[alerts]\nmin-severity=huge\n", "critical"},
        {"[alerts]\ncommand='open\n", "command"},
    };

    g_test_summary("A mistake is named with its place");
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataConfiguration) got = test_read(bad[i][0], &error);

        g_assert_null(got);
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_CONFIG);
        g_assert_nonnull(strstr(error->message, bad[i][1]));
        g_assert_nonnull(strstr(error->message, "errata.conf"));
    }
}

static void
test_configuration_paths(void)
{
    g_autoptr(ErrataPaths) paths = NULL;
    g_autoptr(ErrataConfiguration) got = NULL;
    g_autoptr(GError) error = NULL;

    g_test_summary("Environment, then flags, decide where things are");
    g_setenv("ERRATA_STATE_DIR", "/x/state", TRUE);
    g_setenv("ERRATA_DATA_DIR", "/x/data", TRUE);
    g_setenv("ERRATA_CONFIG_DIR", "/x/none", TRUE);
    g_setenv("ERRATA_SYSTEM_CONFIG_DIR", "/x/none", TRUE);
    paths = errata_paths_new(FALSE);
    errata_paths_override(&paths->inbox, "/y/inbox");
    got = errata_configuration_load(paths, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(got->store, ==, "/x/state");
    g_assert_cmpstr(got->reports, ==, "/x/data/reports");
    g_assert_cmpstr(got->inbox, ==, "/y/inbox");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/configuration/values", test_configuration_values);
    g_test_add_func("/configuration/errors", test_configuration_errors);
    g_test_add_func("/configuration/paths", test_configuration_paths);
    return g_test_run();
}
