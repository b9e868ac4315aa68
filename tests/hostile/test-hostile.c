/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every hostile file of the public set through the registry: read, warned of or refused as its
 * index demands, each in a process of its own with 10 s and 512 MiB. Skipped where the set is not
 * there. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "registry.h"

#ifdef __SANITIZE_ADDRESS__
#define HOSTILE_SECONDS 100
#else
#define HOSTILE_SECONDS 10
#endif

typedef struct {
    char *folder;
    char *category;
    char *file;
    char *expected;
} HostileFile;

/* files whose defect is in what the values mean; the registry must read them, later stages warn */
static const char *const judged_later[] = {
    "csv/one_row.csv",
    "csv/single_class.csv",
    "csv/scores_out_of_range.csv",
    "csv/probs_not_sum_1.csv",
    "csv/numbers.csv",
    "csv/mixed_quoting.csv",
    "csv/backslash_escape.csv",
};

static void
hostile_file_free(gpointer data)
{
    HostileFile *file = data;

    g_free(file->folder);
    g_free(file->category);
    g_free(file->file);
    g_free(file->expected);
    g_free(file);
}

/* in the child: 'R' and the reason, 'W' and the warnings, or 'A', to @out */
static void
hostile_read(const char *path, FILE *out)
{
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = NULL;
    g_autofree char *name = g_path_get_basename(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (!errata_registry_read(fd, name, log, NULL, NULL, members, &error)) {
        fprintf(out, "R%s", error->message);
        return;
    }
    frame = errata_frame_builder_finish(log, &error);
    if (frame == NULL) {
        /* the members were all empty: read, and nothing in them */
        fprintf(out, members->len > 1 ? "W%s" : "R%s", error->message);
        return;
    }
    fprintf(out,
            "%c%" G_GSIZE_FORMAT " rows, %" G_GSIZE_FORMAT " rejected.",
            frame->n_rejected > 0 || frame->warnings->len > 0 ? 'W' : 'A',
            frame->n_rows,
            frame->n_rejected);
    for (guint i = 0; i < frame->warnings->len; i++)
        fprintf(out, " %s.", (const char *)g_ptr_array_index(frame->warnings, i));
    if (frame->rejects->len > 0) {
        const ErrataReject *reject = g_ptr_array_index(frame->rejects, 0);

        fprintf(out, " %s: %s.", reject->where, reject->why);
    }
}

static char *
hostile_run(const char *path, int *ret_status)
{
    FILE *out = tmpfile();
    g_autofree char *text = g_malloc0(65536);
    pid_t child;

    g_assert_nonnull(out);
    child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
#ifndef __SANITIZE_ADDRESS__
        const rlim_t megabyte = 1U << 20;
        struct rlimit memory = {512 * megabyte, 512 * megabyte};

        setrlimit(RLIMIT_AS, &memory);
#endif
        alarm(HOSTILE_SECONDS);
        hostile_read(path, out);
        fflush(out);
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, ret_status, 0), ==, child);
    rewind(out);
    g_assert_cmpint((int)fread(text, 1, 65535, out), >=, 0);
    fclose(out);
    return g_steal_pointer(&text);
}

static gboolean
hostile_as_demanded(const HostileFile *file, char outcome)
{
    if (strcmp(file->expected, "accept") == 0)
        return outcome != 'R';
    if (strcmp(file->expected, "reject") == 0)
        return outcome == 'R';
    if (strcmp(file->expected, "accept_warn") == 0) {
        for (gsize i = 0; i < G_N_ELEMENTS(judged_later); i++)
            if (strcmp(file->file, judged_later[i]) == 0)
                return outcome != 'R';
        return outcome == 'W';
    }
    if (strcmp(file->expected, "reject_or_warn") == 0 ||
        strcmp(file->expected, "reject_or_partial") == 0)
        return outcome != 'A';
    return TRUE;
}

static void
test_hostile(gconstpointer data)
{
    const HostileFile *file = data;
    g_autofree char *path = g_build_filename(file->folder, file->file, NULL);
    g_autofree char *text = NULL;
    int status;

    text = hostile_run(path, &status);
    g_test_message("%s: %s", file->expected, text);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    g_assert_true(text[0] == 'A' || text[0] == 'W' || text[0] == 'R');
    g_assert_cmpuint(strlen(text), >, 1);
    for (const char *p = text; *p != '\0'; p++)
        g_assert_false(g_ascii_iscntrl(*p));
    g_assert_true(g_utf8_validate(text, -1, NULL));
    if (!hostile_as_demanded(file, text[0])) {
        g_test_message("%s should be: %s", file->file, file->expected);
        g_test_fail();
    }
}

static void
test_hostile_absent(void)
{
    g_test_skip("the public set of hostile files is not here");
}

static gboolean
hostile_is_log(const char *category)
{
    static const char *const logs[] = {"csv", "json", "compress", "archive", "injection"};

    for (gsize i = 0; i < G_N_ELEMENTS(logs); i++)
        if (strcmp(category, logs[i]) == 0)
            return TRUE;
    return FALSE;
}

static void
hostile_add(const char *folder, const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, "\t", -1);
    g_autofree char *path = NULL;
    HostileFile *file;

    if (g_strv_length(fields) < 3 || !hostile_is_log(fields[0]) ||
        strcmp(fields[2], "reference") == 0)
        return;
    file = g_new0(HostileFile, 1);
    file->folder = g_strdup(folder);
    file->category = g_strdup(fields[0]);
    file->file = g_strdup(fields[1]);
    file->expected = g_strdup(fields[2]);
    path = g_strdup_printf("/hostile/%s", fields[1]);
    g_test_add_data_func_full(path, file, test_hostile, hostile_file_free);
}

int
main(int argc, char **argv)
{
    const char *folder = g_getenv("ERRATA_HOSTILE");
    g_autofree char *path = g_build_filename(folder != NULL ? folder : ".", "INDEX.tsv", NULL);
    g_autofree char *index = NULL;
    g_auto(GStrv) lines = NULL;

    g_test_init(&argc, &argv, NULL);
    if (!g_file_get_contents(path, &index, NULL, NULL)) {
        g_test_add_func("/hostile/absent", test_hostile_absent);
        return g_test_run();
    }
    lines = g_strsplit(index, "\n", -1);
    for (guint i = 1; lines[i] != NULL; i++)
        hostile_add(folder, lines[i]);
    return g_test_run();
}
