/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why files were not analysed, beside the reports: each file's reason is kept until that file is
 * analysed. */
#include <glib/gstdio.h>
#include <string.h>

#include "error.h"
#include "publish.h"
#include "scratch.h"

static void
publish_fail(const char *reports, const char *model, const char *input, const char *why)
{
    g_autoptr(ErrataJob) job = errata_job_new(model, input);
    g_autoptr(GError) error = g_error_new_literal(ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, why);

    errata_job_fail(job, error);
    errata_publish_error(reports, job);
}

static void
publish_succeed(const char *reports, const char *model, const char *input)
{
    g_autoptr(ErrataJob) job = errata_job_new(model, input);

    errata_publish_no_error(reports, job);
}

/* that the file says that @why; NULL: there is no such file */
static void
publish_check(const char *reports, const char *file, const char *why)
{
    g_autofree char *path = g_build_filename(reports, file, NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        if (why != NULL)
            g_error("%s is not there", file);
        return;
    }
    if (why == NULL || strstr(text, why) == NULL)
        g_error("%s: “%s”", file, text);
}

static void
test_publish_one_stem(void)
{
    g_autofree char *reports = scratch_folder();

    g_test_summary("Files of one stem keep their reasons side by side");
    publish_fail(reports, "a", "a.csv", "reason 1");
    publish_check(reports, "a.error.txt", "reason 1");
    publish_fail(reports, "a", "a.jsonl", "reason 2");
    publish_fail(reports, "a", "a.tsv.gz", "reason 3");
    publish_check(reports, "a.error.txt", "reason 1");
    publish_check(reports, "a.jsonl.error.txt", "reason 2");
    publish_check(reports, "a.tsv.gz.error.txt", "reason 3");
    publish_fail(reports, "a", "a.csv", "reason 4"); /* dropped again, and wrong again */
    publish_check(reports, "a.error.txt", "reason 4");
    publish_succeed(reports, "a", "a.csv");
    publish_check(reports, "a.error.txt", NULL);
    publish_check(reports, "a.jsonl.error.txt", "reason 2");
    publish_fail(reports, "a", "a.jsonl", "reason 5"); /* stays where it was */
    publish_check(reports, "a.error.txt", NULL);
    publish_check(reports, "a.jsonl.error.txt", "reason 5");
    publish_succeed(reports, "a", "a.jsonl");
    publish_succeed(reports, "a", "a.tsv.gz");
    publish_check(reports, "a.jsonl.error.txt", NULL);
    publish_check(reports, "a.tsv.gz.error.txt", NULL);
}

static void
test_publish_one_name(void)
{
    g_autofree char *reports = scratch_folder();

    g_test_summary("So do files of one name from several folders of a model");
    publish_fail(reports, "m", "m/1/part.csv", "reason 1");
    publish_fail(reports, "m", "m/2/part.csv", "reason 2");
    publish_fail(reports, "m", "m/3/part.csv", "reason 3");
    publish_check(reports, "m/part.error.txt", "reason 1");
    publish_check(reports, "m/part.csv.error.txt", "reason 2");
    publish_check(reports, "m/part.csv-2.error.txt", "reason 3");
    publish_succeed(reports, "m", "m/2/part.csv");
    publish_check(reports, "m/part.error.txt", "reason 1");
    publish_check(reports, "m/part.csv.error.txt", NULL);
    publish_check(reports, "m/part.csv-2.error.txt", "reason 3");
    publish_succeed(reports, "m", "/home/someone/part.csv"); /* corrected, and handed in */
    publish_check(reports, "m/part.error.txt", NULL);
    publish_check(reports, "m/part.csv-2.error.txt", NULL);
    publish_fail(reports, "a", "a/a.csv", "reason 4");
    publish_fail(reports, "a", "a.csv", "reason 5");
    publish_check(reports, "a.error.txt", "reason 4");
    publish_check(reports, "a.csv.error.txt", "reason 5");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/publish/one-stem", test_publish_one_stem);
    g_test_add_func("/publish/one-name", test_publish_one_name);
    return g_test_run();
}
