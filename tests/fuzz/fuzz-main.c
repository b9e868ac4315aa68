/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over files, and over the files of folders, given as arguments: the corpus is
 * a regression test where no fuzzer is at hand. */
#include <glib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean
fuzz_run(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &bytes, &size, NULL)) {
        g_printerr("cannot read %s\n", path);
        return FALSE;
    }
    LLVMFuzzerTestOneInput((const guint8 *)bytes, size);
    return TRUE;
}

static gboolean
fuzz_run_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    gboolean ok = folder != NULL;
    const char *name;

    while (ok && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        ok = fuzz_run(file);
    }
    return ok;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        gboolean folder = g_file_test(argv[i], G_FILE_TEST_IS_DIR);

        if (folder ? !fuzz_run_folder(argv[i]) : !fuzz_run(argv[i]))
            return 1;
    }
    return 0;
}
