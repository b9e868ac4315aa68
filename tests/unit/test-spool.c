/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake.h"
#include "scratch.h"
#include "spool.h"
#include "store-job.h"
#include "store-report.h"

/* sha256sum of the three bytes "abc", FIPS 180-4's first example */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static int
test_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int fd;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    fd = open(path, O_RDONLY);
    g_assert_cmpint(fd, >=, 0);
    return fd;
}

static void
test_spool_copy(void)
{
    g_autofree char *folder = scratch_folder();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSpool) spool = errata_spool_new(folder, &error);
    g_autoptr(ErrataSpoolCopy) copy = NULL;
    g_autoptr(GPtrArray) list = NULL;
    char bytes[8] = {0};
    int from = test_file(folder, "abc", "abc");
    int fd;

    g_assert_no_error(error);
    copy = errata_spool_copy(spool, from, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(copy->sha256, ==, ABC);
    g_assert_cmpuint(copy->bytes, ==, 3);
    g_assert_true(errata_spool_keep(spool, copy, &error));
    fd = errata_spool_open(spool, ABC, &error);
    g_assert_cmpint(read(fd, bytes, sizeof bytes), ==, 3);
    g_assert_cmpstr(bytes, ==, "abc");
    list = errata_spool_list(spool);
    g_assert_cmpuint(list->len, ==, 1);
    errata_spool_remove(spool, ABC);
    g_assert_cmpint(errata_spool_open(spool, ABC, &error), ==, -1);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_IO);
    close(fd);
    close(from);
}

static void
test_add_prefix(GPtrArray *prefixes, gint64 job, const char *text)
{
    ErrataPrefix *prefix = g_new0(ErrataPrefix, 1);

    prefix->job = job;
    prefix->bytes = strlen(text);
    prefix->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_ptr_array_add(prefixes, prefix);
}

static void
test_spool_prefixes(void)
{
    g_autofree char *folder = scratch_folder();
    g_autoptr(ErrataSpool) spool = errata_spool_new(folder, NULL);
    g_autoptr(ErrataSpoolCopy) copy = NULL;
    g_autoptr(GPtrArray) prefixes =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_prefix_free);
    g_autofree char *whole = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "one two three", -1);
    int from = test_file(folder, "x", "one two three");

    g_test_summary("The longest earlier log that is the beginning is found; the digest is whole");
    test_add_prefix(prefixes, 1, "one");
    test_add_prefix(prefixes, 2, "two");
    test_add_prefix(prefixes, 3, "one two");
    test_add_prefix(prefixes, 4, "one two foo");
    copy = errata_spool_copy(spool, from, prefixes, NULL);
    g_assert_cmpint(copy->continues, ==, 3);
    g_assert_cmpstr(copy->sha256, ==, whole);
    close(from);
}

static void
test_spool_links(void)
{
    g_autofree char *folder = scratch_folder();
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    g_autofree char *sub = g_build_filename(folder, "sub", NULL);
    g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
    static const struct {
        const char *path;
        ErrataError code;
    } refused[] = {
        {"link", ERRATA_ERROR_INVALID_DATA},
        {"sub/passwd", ERRATA_ERROR_INVALID_DATA},
        {"pipe", ERRATA_ERROR_INVALID_DATA},
        {".", ERRATA_ERROR_INVALID_DATA},
        {"none", ERRATA_ERROR_NOT_FOUND},
    };

    g_test_summary(
        "No link is followed, neither to a file nor to a folder, and no pipe waited for");
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
    g_assert_cmpint(symlink("/etc", sub), ==, 0);
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(errata_spool_open_input(folder, refused[i].path, &error), ==, -1);
        g_assert_error(error, ERRATA_ERROR, (int)refused[i].code);
    }
}

static void
test_intake_outcomes(void)
{
    g_autofree char *folder = scratch_folder();
    g_autofree char *inbox = g_build_filename(folder, "inbox", NULL);
    g_autofree char *spooled = g_build_filename(folder, "spool", NULL);
    g_autofree char *path = g_build_filename(folder, "store.db", NULL);
    g_autoptr(ErrataStoreThread) store = errata_store_thread_new(path, NULL);
    g_autoptr(ErrataSpool) spool = errata_spool_new(spooled, NULL);
    static const struct {
        const char *file;
        const char *text; /* NULL: as it is */
        ErrataIntakeOutcome outcome;
        ErrataJobState state;
        gint64 earlier;
    } steps[] = {
        {"a.csv", "x\n1\n", ERRATA_INTAKE_ACCEPTED, ERRATA_JOB_WAITING, 0},
        {"a.csv", NULL, ERRATA_INTAKE_UNCHANGED, ERRATA_JOB_WAITING, 1},
        {"a.csv", "x\n1\n", ERRATA_INTAKE_DUPLICATE, ERRATA_JOB_WAITING, 1},
        {"a.csv", "x\n1\n2\n", ERRATA_INTAKE_ACCEPTED, ERRATA_JOB_WAITING, 1}, /* continues it */
        {"gone.csv", NULL, ERRATA_INTAKE_GONE, ERRATA_JOB_WAITING, 0},
        {"long.csv", "0123456789", ERRATA_INTAKE_ACCEPTED, ERRATA_JOB_FAILED, 0},
    };

    g_test_summary("What becomes of a dropped file: new, as it was, seen elsewhere, grown, gone");
    g_assert_cmpint(g_mkdir(inbox, 0700), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(ErrataIntakeRequest) request = errata_intake_request_new();
        g_autoptr(ErrataIntakeResult) result = NULL;
        g_autoptr(GError) error = NULL;

        if (steps[i].text != NULL)
            close(test_file(inbox, steps[i].file, steps[i].text));
        request->root = g_strdup(inbox);
        request->path = g_strdup(steps[i].file);
        request->max_bytes = 9;
        result = errata_intake_take(store, spool, request, &error);
        g_assert_no_error(error);
        g_assert_cmpint(result->outcome, ==, steps[i].outcome);
        g_assert_cmpint(result->earlier, ==, steps[i].earlier);
        g_assert_true((result->job != NULL) == (result->outcome == ERRATA_INTAKE_ACCEPTED));
        if (result->job != NULL)
            g_assert_cmpint(result->job->state, ==, steps[i].state);
    }
}

/* the worker found that the file is the model's; then a reference came, and all that lay there is
 * looked at again */
static gpointer
test_register_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJob *job = data;

    job->state = ERRATA_JOB_REGISTERED;
    return errata_store_job_update(store, job, error) &&
                   errata_store_model_set_file(store,
                                               job->name,
                                               ERRATA_KIND_MODEL,
                                               "m.joblib",
                                               job->sha256,
                                               job->id,
                                               error) &&
                   errata_store_file_forget(store, job->input, error)
               ? job
               : NULL;
}

static gpointer
test_list_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_job_list(store, NULL, FALSE, 0, 100, error);
}

static ErrataIntakeResult *
test_take(ErrataStoreThread *store, ErrataSpool *spool, const char *inbox, const char *path)
{
    g_autoptr(ErrataIntakeRequest) request = errata_intake_request_new();
    g_autoptr(ErrataIntakeResult) result = NULL;
    g_autoptr(GError) error = NULL;

    request->root = g_strdup(inbox);
    request->path = g_strdup(path);
    request->max_bytes = 1000;
    result = errata_intake_take(store, spool, request, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&result);
}

static void
test_intake_second_look(void)
{
    g_autofree char *inbox = scratch_folder();
    g_autofree char *folder = g_build_filename(inbox, "fraud", NULL);
    g_autofree char *spooled = g_build_filename(inbox, "spool", NULL);
    g_autofree char *path = g_build_filename(inbox, "store.db", NULL);
    g_autoptr(ErrataStoreThread) store = errata_store_thread_new(path, NULL);
    g_autoptr(ErrataSpool) spool = errata_spool_new(spooled, NULL);
    g_autoptr(ErrataIntakeResult) first = NULL;
    g_autoptr(ErrataIntakeResult) again = NULL;
    g_autoptr(ErrataIntakeResult) copy = NULL;
    g_autoptr(GPtrArray) jobs = NULL;
    g_autoptr(GError) error = NULL;

    g_test_summary("A model's file that is looked at again, since a reference came, makes no job");
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    close(test_file(folder, "m.joblib", "trees"));
    first = test_take(store, spool, inbox, "fraud/m.joblib");
    g_assert_cmpint(first->outcome, ==, ERRATA_INTAKE_ACCEPTED);
    g_assert_nonnull(errata_store_thread_call(store, test_register_cb, first->job, &error));
    g_assert_no_error(error);
    again = test_take(store, spool, inbox, "fraud/m.joblib");
    g_assert_cmpint(again->outcome, ==, ERRATA_INTAKE_DUPLICATE);
    g_assert_cmpint(again->earlier, ==, first->job->id);
    g_assert_null(again->job);
    jobs = errata_store_thread_call(store, test_list_cb, NULL, &error);
    g_assert_cmpuint(jobs->len, ==, 1);
    /* and is known from then on */
    copy = test_take(store, spool, inbox, "fraud/m.joblib");
    g_assert_cmpint(copy->outcome, ==, ERRATA_INTAKE_UNCHANGED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spool/copy", test_spool_copy);
    g_test_add_func("/spool/prefixes", test_spool_prefixes);
    g_test_add_func("/spool/links", test_spool_links);
    g_test_add_func("/intake/outcomes", test_intake_outcomes);
    g_test_add_func("/intake/second-look", test_intake_second_look);
    return g_test_run();
}
