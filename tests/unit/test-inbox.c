/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <unistd.h>

#include "inbox-name.h"
#include "inbox.h"
#include "scratch.h"

static void
test_inbox_ignored(void)
{
    static const char *const ignored[] =
        {".x", "x.part", "x.csv.tmp", "x.crdownload", "x.csv~", "."};
    static const char *const taken[] = {"x", "x.csv", "part", "tmp", "x.part.csv", "~x"};

    for (guint i = 0; i < G_N_ELEMENTS(ignored); i++)
        g_assert_true(errata_inbox_name_is_ignored(ignored[i]));
    for (guint i = 0; i < G_N_ELEMENTS(taken); i++)
        g_assert_false(errata_inbox_name_is_ignored(taken[i]));
}

static void
test_inbox_models(void)
{
    static const char *const cases[][2] = {
        {"credit.csv", "credit"},
        {"credit.csv.gz", "credit"},
        {"credit.v2.tar.xz", "credit.v2"},
        {"credit", "credit"},
        {"fraud/log.csv", "fraud"},
        {"fraud/deep/log.csv", "fraud"},
        {".hidden/log.csv", "_hidden"},
        {"..csv", "_"},
        {"a\nb.csv", "a_b"},
        {"\xff.csv", "\xef\xbf\xbd"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *model = errata_inbox_name_model(cases[i][0]);

        g_assert_cmpstr(model, ==, cases[i][1]);
    }
}

static void
test_inbox_long_name(void)
{
    g_autoptr(GString) name = g_string_new(NULL);
    g_autofree char *clean = NULL;

    g_test_summary("A long name is cut between characters");
    for (guint i = 0; i < 100; i++)
        g_string_append(name, "\xc3\xa9"); /* é */
    clean = errata_inbox_name_clean(name->str);
    g_assert_true(g_utf8_validate(clean, -1, NULL));
    g_assert_cmpuint(strlen(clean), ==, ERRATA_INBOX_NAME_BYTES);
}

static void
test_inbox_kinds(void)
{
    g_assert_cmpint(errata_inbox_name_kind("m/errata.conf"), ==, ERRATA_KIND_CONFIGURATION);
    g_assert_cmpint(errata_inbox_name_kind("m/reference.csv.gz"), ==, ERRATA_KIND_REFERENCE);
    g_assert_cmpint(errata_inbox_name_kind("m/references.csv"), ==, ERRATA_KIND_AUTO);
    g_assert_cmpint(errata_inbox_name_kind("m/x/errata.conf"), ==, ERRATA_KIND_AUTO);
    g_assert_cmpint(errata_inbox_name_kind("errata.conf"), ==, ERRATA_KIND_AUTO);
    g_assert_cmpint(errata_inbox_name_kind("reference.csv"), ==, ERRATA_KIND_AUTO);
}

typedef struct {
    GMainLoop *loop;
    GPtrArray *told; /* (element-type utf8) */
    guint expected;
} Told;

/* what comes between watching and reading a folder is told twice rather than never */
static void
test_told_cb(const char *path, gpointer data)
{
    Told *told = data;

    if (told->told->len > 0 &&
        strcmp(g_ptr_array_index(told->told, told->told->len - 1), path) == 0)
        return;
    g_ptr_array_add(told->told, g_strdup(path));
    if (told->told->len == told->expected)
        g_main_loop_quit(told->loop);
}

static gboolean
test_timeout_cb(gpointer data)
{
    g_main_loop_quit(data);
    return G_SOURCE_REMOVE;
}

static void
test_wait(Told *told, guint expected)
{
    guint timeout = g_timeout_add_seconds(10, test_timeout_cb, told->loop);

    told->expected = expected;
    if (told->told->len < expected)
        g_main_loop_run(told->loop);
    g_source_remove(timeout);
    g_assert_cmpuint(told->told->len, ==, expected);
}

static void
test_write(const char *root, const char *path)
{
    g_autofree char *full = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(full);
    FILE *file;

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    file = fopen(full, "w");
    g_assert_nonnull(file);
    fputs("a,b\n1,2\n", file);
    fclose(file);
}

static void
test_told_clear(Told *told)
{
    g_main_loop_unref(told->loop);
    g_ptr_array_unref(told->told);
}

/* until the inbox has found that it cannot be made, of which it warns */
static void
test_lose(void)
{
    GLogLevelFlags fatal = g_log_set_always_fatal(G_LOG_FATAL_MASK);

    for (guint i = 0; i < 20; i++) {
        g_main_context_iteration(NULL, FALSE);
        g_usleep(10000);
    }
    g_log_set_always_fatal(fatal);
}

static void
test_inbox_tells(void)
{
    g_autofree char *root = scratch_folder();
    g_autofree char *link = g_build_filename(root, "link.csv", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataInbox) inbox = NULL;
    Told told = {g_main_loop_new(NULL, FALSE), g_ptr_array_new_with_free_func(g_free), 0};

    g_test_summary("Configuration and reference are told before the logs beside them; links too");
    test_write(root, "m/log.csv");
    test_write(root, "m/reference.csv");
    test_write(root, "m/errata.conf");
    test_write(root, "m/.hidden");
    inbox = errata_inbox_new(root, 1, test_told_cb, &told, &error);
    g_assert_no_error(error);
    g_assert_false(errata_inbox_is_polling(inbox));
    test_wait(&told, 3);
    g_assert_cmpstr(g_ptr_array_index(told.told, 0), ==, "m/errata.conf");
    g_assert_cmpstr(g_ptr_array_index(told.told, 1), ==, "m/reference.csv");
    g_assert_cmpstr(g_ptr_array_index(told.told, 2), ==, "m/log.csv");
    test_write(root, "m/next.csv");
    test_wait(&told, 4);
    g_assert_cmpstr(g_ptr_array_index(told.told, 3), ==, "m/next.csv");
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
    test_wait(&told, 5);
    g_assert_cmpstr(g_ptr_array_index(told.told, 4), ==, "link.csv");
    test_told_clear(&told);
}

static void
test_inbox_link(void)
{
    g_autofree char *scratch = scratch_folder();
    g_autofree char *first = g_build_filename(scratch, "first", NULL);
    g_autofree char *second = g_build_filename(scratch, "second", NULL);
    g_autofree char *root = g_build_filename(scratch, "inbox", NULL);
    g_autofree char *next = g_build_filename(scratch, "next", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataInbox) inbox = NULL;
    Told told = {g_main_loop_new(NULL, FALSE), g_ptr_array_new_with_free_func(g_free), 0};

    g_test_summary("An inbox that is a link is watched, also once the link leads elsewhere");
    test_write(first, "before.csv");
    test_write(second, "there.csv");
    g_assert_cmpint(symlink(first, root), ==, 0);
    inbox = errata_inbox_new(root, 1, test_told_cb, &told, &error);
    g_assert_no_error(error);
    test_wait(&told, 1);
    test_write(first, "after.csv");
    test_wait(&told, 2);
    g_assert_cmpstr(g_ptr_array_index(told.told, 1), ==, "after.csv");
    g_assert_cmpint(symlink(second, next), ==, 0);
    g_assert_cmpint(g_rename(next, root), ==, 0);
    test_wait(&told, 3);
    g_assert_cmpstr(g_ptr_array_index(told.told, 2), ==, "there.csv");
    test_write(second, "m/then.csv");
    test_wait(&told, 4);
    g_assert_cmpstr(g_ptr_array_index(told.told, 3), ==, "m/then.csv");
    test_told_clear(&told);
}

static void
test_inbox_moved(void)
{
    g_autofree char *scratch = scratch_folder();
    g_autofree char *data = g_build_filename(scratch, "data", NULL);
    g_autofree char *away = g_build_filename(scratch, "away", NULL);
    g_autofree char *root = g_build_filename(data, "inbox", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataInbox) inbox = NULL;
    Told told = {g_main_loop_new(NULL, FALSE), g_ptr_array_new_with_free_func(g_free), 0};

    g_test_summary("The folder above is renamed; then a file stands in its place for a while");
    inbox = errata_inbox_new(root, 1, test_told_cb, &told, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_rename(data, away), ==, 0);
    test_write(root, "a.csv");
    test_wait(&told, 1);
    g_assert_cmpint(nftw(data, scratch_remove_cb, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
    test_write(scratch, "data");
    test_lose();
    g_assert_cmpint(g_unlink(data), ==, 0);
    test_write(root, "b.csv");
    test_wait(&told, 2);
    g_assert_cmpstr(g_ptr_array_index(told.told, 1), ==, "b.csv");
    test_write(root, "m/c.csv");
    test_wait(&told, 3);
    g_assert_cmpstr(g_ptr_array_index(told.told, 2), ==, "m/c.csv");
    test_told_clear(&told);
}

static void
test_gate_cb(GTask *task, gpointer source, gpointer gate, GCancellable *cancellable)
{
    g_mutex_lock(gate);
    g_mutex_unlock(gate);
    g_task_return_boolean(task, TRUE);
}

static void
test_inbox_order(void)
{
    g_autofree char *root = scratch_folder();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataInbox) inbox = NULL;
    GMutex gate;
    Told told = {g_main_loop_new(NULL, FALSE), g_ptr_array_new_with_free_func(g_free), 0};

    g_test_summary("What comes while its folder is read is told after what was there before");
    g_mutex_init(&gate);
    inbox = errata_inbox_new(root, 1, test_told_cb, &told, &error);
    g_assert_no_error(error);
    test_write(root, "first.csv");
    test_wait(&told, 1);
    g_mutex_lock(&gate);
    for (guint i = 0; i < 50; i++) { /* the threads that read folders are busy */
        g_autoptr(GTask) task = g_task_new(NULL, NULL, NULL, NULL);

        g_task_set_task_data(task, &gate, NULL);
        g_task_run_in_thread(task, test_gate_cb);
    }
    test_write(root, "m/b.csv");
    test_lose();
    test_write(root, "m/a.csv");
    test_lose();
    g_mutex_unlock(&gate);
    test_wait(&told, 3);
    g_assert_cmpstr(g_ptr_array_index(told.told, 1), ==, "m/b.csv");
    g_assert_cmpstr(g_ptr_array_index(told.told, 2), ==, "m/a.csv");
    test_told_clear(&told);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/inbox/ignored", test_inbox_ignored);
    g_test_add_func("/inbox/models", test_inbox_models);
    g_test_add_func("/inbox/long-name", test_inbox_long_name);
    g_test_add_func("/inbox/kinds", test_inbox_kinds);
    g_test_add_func("/inbox/tells", test_inbox_tells);
    g_test_add_func("/inbox/link", test_inbox_link);
    g_test_add_func("/inbox/moved", test_inbox_moved);
    g_test_add_func("/inbox/order", test_inbox_order);
    return g_test_run();
}
