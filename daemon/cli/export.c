/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export: what a report hands on. The log is found where the report says it was, in the inbox, or
 * in the daemon's spool, and must have the bytes that the report is about; a worker reads it. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus.h"
#include "case-json.h"
#include "cli.h"
#include "error.h"
#include "llm-door.h"
#include "oneshot.h"
#include "output.h"
#include "report-find.h"
#include "report-log.h"

#define EXPORT_WHAT "label-issues, slice-rows, hard-examples, finetune or challenge-set"

static char *export_what;
static char *export_output;
static char *export_where;
static gboolean export_json;

static const GOptionEntry export_options[] = {
    {"what", 0, 0, G_OPTION_ARG_STRING, &export_what, "What to export: " EXPORT_WHAT, "WHAT"},
    {"output",
     'o',
     0,
     G_OPTION_ARG_FILENAME,
     &export_output,
     "File, with its README beside it, or folder for both (default: NAME-WHAT)",
     "FILE"},
    {"where",
     0,
     0,
     G_OPTION_ARG_STRING,
     &export_where,
     "Only rows for which this holds, e.g. 'age > 40 and region in (EU, UK)'",
     "CONDITION"},
    {"json",
     0,
     0,
     G_OPTION_ARG_NONE,
     &export_json,
     "Print one JSON document and nothing else",
     NULL},
    G_OPTION_ENTRY_NULL};

/* where the files of an export go */
typedef struct {
    char *partial; /* hidden folder that the worker writes into */
    char *data;    /* wanted path of the rows, NULL until the worker says its name */
    char *folder;  /* NULL when a file is wanted */
    char *parent;  /* where both lie */
    guint made; /* so many folders at the end of @parent were made by us and go away on failure */
} ExportPlace;

static void
export_place_clear(ExportPlace *self)
{
    if (self->partial != NULL) {
        g_autoptr(GDir) left = g_dir_open(self->partial, 0, NULL);
        const char *name;

        while (left != NULL && (name = g_dir_read_name(left)) != NULL) {
            g_autofree char *path = g_build_filename(self->partial, name, NULL);

            g_unlink(path);
        }
        g_rmdir(self->partial);
    }
    g_free(self->partial);
    g_free(self->data);
    g_free(self->folder);
    g_free(self->parent);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExportPlace, export_place_clear)

/* the tables of the report's findings, by finding */
static gboolean
export_add_tables(ErrataHostJob *job,
                  const ErrataReportFound *found,
                  const ErrataCase *report,
                  GError **error)
{
    for (guint i = 0; i < MIN(report->tables->len, report->findings->len); i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        const char *table = g_ptr_array_index(report->tables, i);
        g_autofree char *path = g_build_filename(found->folder, table, NULL);
        ErrataHostInput *input;

        if (*table == '\0' ||
            (finding->kind != ERRATA_FINDING_SLICE && finding->kind != ERRATA_FINDING_CLUSTER &&
             finding->kind != ERRATA_FINDING_LABEL_ISSUE))
            continue;
        if (*table == '/' || strstr(table, "..") != NULL) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "%s: the table of %s lies outside of the report",
                        found->what,
                        finding->id);
            return FALSE;
        }
        if (!errata_oneshot_add_input(job, path, "table", error))
            return FALSE;
        input = g_ptr_array_index(job->inputs, job->inputs->len - 1);
        g_free(input->name);
        input->name = g_strdup(finding->id);
    }
    return TRUE;
}

static ErrataHostJob *
export_job(const ErrataReportFound *found, const ErrataCase *report, GError **error)
{
    g_autoptr(ErrataHostJob) job = errata_host_job_new("export");
    g_autofree char *json = g_build_filename(found->folder, "report.json", NULL);

    job->what = g_strdup(export_what);
    if (!errata_oneshot_add_where(job, export_where, error))
        return NULL;
    for (guint i = 0; i < report->inputs->len; i++)
        if (!errata_report_log_add(job, g_ptr_array_index(report->inputs, i), found->folder, error))
            return NULL;
    if (report->inputs->len == 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_NOT_FOUND,
                            "the report does not say which log it is about");
        return NULL;
    }
    if (!errata_oneshot_add_input(job, json, "baseline", error) ||
        !export_add_tables(job, found, report, error))
        return NULL;
    return g_steal_pointer(&job);
}

/* a folder when it is one, ends like one or has no ending; else a file */
static gboolean
export_begin(ExportPlace *self, const ErrataCase *report, int *ret_fd, GError **error)
{
    g_autofree char *named =
        g_strdup_printf("%s-%s", report->name != NULL ? report->name : "report", export_what);
    const char *wanted = export_output != NULL ? export_output : named;
    g_autofree char *base = g_path_get_basename(wanted);

    if (export_output == NULL || g_str_has_suffix(wanted, "/") || strchr(base, '.') == NULL ||
        g_file_test(wanted, G_FILE_TEST_IS_DIR))
        self->folder = g_strdup(wanted);
    else
        self->data = g_strdup(wanted);
    self->parent = self->folder != NULL ? g_strdup(self->folder) : g_path_get_dirname(wanted);
    self->partial = g_build_filename(self->parent, ".errata-export-XXXXXX", NULL);
    if (errata_output_make(self->parent, &self->made) &&
        g_mkdtemp_full(self->partial, 0700) != NULL)
        *ret_fd = g_open(self->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (*ret_fd >= 0)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "cannot write into “%s”: %s; choose another place with -o",
                self->parent,
                g_strerror(errno));
    g_clear_pointer(&self->partial, g_free);
    errata_output_unmake(self->parent, self->made);
    return FALSE;
}

/* folders that were made for nothing go, too */
static void
export_abandon(ExportPlace *self)
{
    g_autofree char *parent = g_steal_pointer(&self->parent);
    guint made = self->made;

    export_place_clear(self);
    *self = (ExportPlace){0};
    errata_output_unmake(parent, made);
}

static gboolean
export_move(const ExportPlace *self, const char *name, const char *to, GError **error)
{
    g_autofree char *from = g_build_filename(self->partial, name, NULL);
    mode_t mask = umask(0);

    umask(mask);
    if (g_chmod(from, 0666 & ~(int)mask) == 0 && g_rename(from, to) == 0)
        return TRUE;
    g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_IO, "writing %s: %s", to, g_strerror(errno));
    return FALSE;
}

/* where the README goes in a folder: beside its file where that of another export is there
 * already */
static char *
export_readme(const ExportPlace *self, const char *file)
{
    g_autofree char *beside = g_strconcat(self->data, ".README.md", NULL);
    char *readme = g_build_filename(self->folder, "README.md", NULL);
    g_autofree char *there = NULL;
    g_autofree char *named = g_strdup_printf("`%s`", file);

    if (!g_file_test(beside, G_FILE_TEST_EXISTS) &&
        (!g_file_get_contents(readme, &there, NULL, NULL) || strstr(there, named) != NULL))
        return readme;
    g_free(readme);
    return g_steal_pointer(&beside);
}

/* says where things are now */
static gboolean
export_publish(ExportPlace *self, GVariant *result, GError **error)
{
    g_autofree char *readme = NULL;
    const char *file = NULL;
    guint64 rows = 0;

    g_variant_lookup(result, "file", "&s", &file);
    g_variant_lookup(result, "rows", "t", &rows);
    if (file == NULL || strchr(file, '/') != NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_WORKER, "the worker named no file");
        return FALSE;
    }
    if (self->folder != NULL) {
        self->data = g_build_filename(self->folder, file, NULL);
        readme = export_readme(self, file);
    } else {
        readme = g_strconcat(self->data, ".README.md", NULL);
    }
    if (!export_move(self, file, self->data, error) ||
        !export_move(self, "README.md", readme, error))
        return FALSE;
    if (export_json) {
        g_autoptr(GVariant) answer = NULL;
        GVariantDict dict;

        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "file", "s", self->data);
        g_variant_dict_insert(&dict, "readme", "s", readme);
        g_variant_dict_insert(&dict, "rows", "t", rows);
        answer = g_variant_ref_sink(g_variant_dict_end(&dict));
        errata_bus_print_json(answer);
    } else {
        errata_cli_print("%" G_GUINT64_FORMAT " rows: %s\n", rows, self->data);
        errata_cli_print("how they were chosen: %s\n", readme);
    }
    return TRUE;
}

/* new texts may be asked of a language model: as the user's settings say, which say nothing else
 * here */
static gboolean
export_add_llm(ErrataLlmDoor *door, ErrataHostJob *job, GError **error)
{
    g_autoptr(ErrataHostJob) settings = errata_host_job_new("export");

    if (!g_str_equal(export_what, "challenge-set"))
        return TRUE;
    if (!errata_oneshot_add_config(settings, NULL, error) ||
        !errata_llm_door_give(door, settings, error))
        return FALSE;
    job->llm = g_steal_pointer(&settings->llm);
    return TRUE;
}

static int
export_one(const ErrataReportFound *found)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataCase) report = errata_case_from_json(found->json, found->length, &error);
    g_autoptr(ErrataHostJob) job = report != NULL ? export_job(found, report, &error) : NULL;
    g_auto(ExportPlace) place = {0};
    g_auto(ErrataLlmDoor) door = {0};
    g_autoptr(GVariant) result = NULL;
    ErrataBar bar;

    if (job == NULL || !export_add_llm(&door, job, &error) ||
        !errata_oneshot_spares(job, export_output, &error) ||
        !export_begin(&place, report, &job->output_fd, &error))
        return errata_cli_fail(error);
    errata_bar_init(&bar, export_json || !errata_cli_is_terminal(STDERR_FILENO));
    result = errata_oneshot_run(g_steal_pointer(&job), &bar, &error);
    if (result == NULL || !export_publish(&place, result, &error)) {
        export_abandon(&place);
        return errata_cli_fail(error);
    }
    return ERRATA_EXIT_DONE;
}

static int
export_run(char **arguments)
{
    static const char *const known[] =
        {"label-issues", "slice-rows", "hard-examples", "finetune", "challenge-set", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataReportFound) found = NULL;

    if (export_what == NULL)
        return errata_cli_usage("export needs --what: " EXPORT_WHAT
                                ", e.g. errata export report --what label-issues");
    if (!g_strv_contains(known, export_what))
        return errata_cli_usage("--what “%s”: expected " EXPORT_WHAT, export_what);
    if (arguments[0] != NULL && arguments[1] != NULL)
        return errata_cli_usage("export takes one report, e.g. errata export report --what "
                                "label-issues -o suspects.csv");
    found = errata_report_find(arguments[0], &error);
    return found != NULL ? export_one(found) : errata_cli_fail(error);
}

const ErrataVerb errata_verb_export = {
    .name = "export",
    .arguments = "[REPORT]",
    .summary = "Write what a report hands on: suspect labels, rows, sets to label or train on",
    .options = export_options,
    .run = export_run,
};
