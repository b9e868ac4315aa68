/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <fcntl.h>
#include <glib/gstdio.h>

#include "registry.h"

/* a file of the shared test data as the worker reads it, or NULL (the test is then skipped) */
static inline ErrataFrame *
log_read(const char *folder, const char *name)
{
    const char *given = g_getenv("ERRATA_TEST_DATA");
    g_autofree char *root = given != NULL ? g_strdup(given)
                                          : g_build_filename(g_test_get_dir(G_TEST_DIST),
                                                             "..",
                                                             "..",
                                                             "..",
                                                             "shared",
                                                             "data",
                                                             "public",
                                                             NULL);
    g_autofree char *path = g_build_filename(root, folder, name, NULL);
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GError) error = NULL;
    ErrataFrame *frame;
    int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);

    if (fd < 0) {
        g_test_skip("the shared test data is not there");
        return NULL;
    }
    if (!errata_registry_read(fd, name, log, reference, config, members, &error))
        g_error("%s: %s", path, error->message);
    g_close(fd, NULL);
    frame = errata_frame_builder_finish(errata_frame_builder_n_rows(log) > 0 ? log : reference,
                                        &error);
    g_assert_no_error(error);
    return frame;
}
