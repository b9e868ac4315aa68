/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of a test, removed when its process ends. */
#pragma once

#include <ftw.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *scratch_root;

static inline int
scratch_remove_cb(const char *path, const struct stat *status, int type, struct FTW *at)
{
    return remove(path);
}

static inline void
scratch_remove(void)
{
    nftw(scratch_root, scratch_remove_cb, 16, FTW_DEPTH | FTW_PHYS);
    g_free(scratch_root);
}

/* Returns: (transfer full): the path of a new, empty folder */
static inline char *
scratch_folder(void)
{
    char *folder;

    if (scratch_root == NULL) {
        scratch_root = g_dir_make_tmp("errata-test-XXXXXX", NULL);
        g_assert_nonnull(scratch_root);
        atexit(scratch_remove);
    }
    folder = g_build_filename(scratch_root, "XXXXXX", NULL);
    g_assert_nonnull(g_mkdtemp(folder));
    return folder;
}
