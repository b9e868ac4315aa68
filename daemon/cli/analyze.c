/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "case-json.h"
#include "cli.h"
#include "error.h"
#include "filter.h"
#include "llm-door.h"
#include "number.h"
#include "oneshot.h"
#include "output.h"
#include "report.h"

#define ANALYZE_MAX_SEED G_GINT64_CONSTANT(9007199254740992) /* 2^53: exact in JSON */
/* what a shell takes as it is */
#define ANALYZE_BARE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+"

static char *analyze_model;
static char *analyze_reference;
static char *analyze_baseline;
static char *analyze_name;
static char *analyze_config;
static char *analyze_output;
static char *analyze_format;
static char **analyze_roles;
static char *analyze_positive;
static char *analyze_slices;
static char *analyze_where;
static char *analyze_cohort;
static char *analyze_seed;
static int analyze_threads = G_MININT; /* not given */
static char *analyze_memory;
static char *analyze_llm;
static char *analyze_fail_on;
static gboolean analyze_json;
static gboolean analyze_quiet;

static const GOptionEntry analyze_options[] = {
    {"model", 0, 0, G_OPTION_ARG_FILENAME, &analyze_model, "The model that made the logs", "FILE"},
    {"reference",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &analyze_reference,
     "Training data or a trusted window",
     "FILE"},
    {"baseline",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &analyze_baseline,
     "Compare with this earlier report (report.json, or its folder)",
     "REPORT"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &analyze_name, "Name of the model, for the title", "NAME"},
    {"config",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &analyze_config,
     "Settings besides the user's errata.conf",
     "FILE"},
    {"output",
     'o',
     0,
     G_OPTION_ARG_FILENAME,
     &analyze_output,
     "Folder for the report (default: NAME-report)",
     "DIR"},
    {"format",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_format,
     "What to write: pdf,svg,json (default: all)",
     "LIST"},
    {"role",
     0,
     0,
     G_OPTION_ARG_STRING_ARRAY,
     &analyze_roles,
     "What a column is for, e.g. y=label or user=entity; may repeat",
     "COL=ROLE"},
    {"positive",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_positive,
     "The positive class of a binary task",
     "CLASS"},
    {"slices",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_slices,
     "expected (default), or sliceline: also SliceLine's own ten best",
     "SEARCH"},
    {"where",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_where,
     "Analyse only rows for which this holds, e.g. 'age > 40 and region in (EU, UK)'",
     "CONDITION"},
    {"cohort",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_cohort,
     "Analyse only the rows of this saved cohort",
     "NAME"},
    {"seed",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_seed,
     "Seed of everything random (default: 0)",
     "N"},
    {"threads",
     0,
     0,
     G_OPTION_ARG_INT,
     &analyze_threads,
     "Threads to use (default: one per processor)",
     "N"},
    {"memory",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_memory,
     "Memory the worker may use, e.g. 2G (128M at least)",
     "SIZE"},
    {"llm",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_llm,
     "Language model: auto, none or an address",
     "auto|none|URL"},
    {"fail-on",
     0,
     0,
     G_OPTION_ARG_STRING,
     &analyze_fail_on,
     "Exit with 3 when a finding is at least this severe",
     "SEVERITY"},
    {"json", 0, 0, G_OPTION_ARG_NONE, &analyze_json, "Print report.json and nothing else", NULL},
    {"quiet", 0, 0, G_OPTION_ARG_NONE, &analyze_quiet, "Print errors only", NULL},
    G_OPTION_ENTRY_NULL};

/* the flags as a piece of errata.conf: one way in for every setting */
static gboolean
analyze_add_flags(ErrataHostJob *job, GError **error)
{
    g_autoptr(GKeyFile) settings = g_key_file_new();
    g_autofree char *text = NULL;

    if (!errata_oneshot_set_roles(settings, analyze_roles, error))
        return FALSE;
    if (analyze_positive != NULL)
        g_key_file_set_string(settings, "analysis", "positive", analyze_positive);
    if (analyze_slices != NULL)
        g_key_file_set_string(settings, "analysis", "slices", analyze_slices);
    if (analyze_where != NULL)
        g_key_file_set_string(settings, "analysis", "where", analyze_where);
    if (analyze_cohort != NULL)
        g_key_file_set_string(settings, "analysis", "cohort", analyze_cohort);
    if (analyze_seed != NULL)
        g_key_file_set_string(settings, "analysis", "seed", analyze_seed);
    if (analyze_threads >= 0)
        g_key_file_set_integer(settings, "analysis", "threads", analyze_threads);
    if (analyze_memory != NULL)
        g_key_file_set_string(settings, "analysis", "memory", analyze_memory);
    if (analyze_format != NULL)
        g_key_file_set_string(settings, "report", "formats", analyze_format);
    if (analyze_llm != NULL)
        errata_llm_door_set_flag(settings, analyze_llm);
    text = g_key_file_to_data(settings, NULL, NULL);
    errata_host_job_add_settings(job, "command line", text, FALSE);
    return TRUE;
}

/* “fraud” of “logs/fraud.csv.gz” */
static char *
analyze_stem(const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    char *dot = strchr(base + 1, '.');

    if (g_strcmp0(path, "-") == 0)
        return g_strdup("log");
    return dot != NULL ? g_strndup(base, (gsize)(dot - base)) : g_strdup(base);
}

/* @flag: (nullable): %NULL for an argument */
static void
analyze_quote(GString *command, const char *flag, const char *value)
{
    gboolean bare = value != NULL && *value != '\0' && value[strspn(value, ANALYZE_BARE)] == '\0';
    g_autofree char *quoted = value != NULL && !bare ? g_shell_quote(value) : NULL;

    if (value != NULL)
        g_string_append_printf(command,
                               "%s%s %s",
                               flag != NULL ? " " : "",
                               flag != NULL ? flag : "",
                               bare ? value : quoted);
}

/* whole, so that the command does the same from another folder */
static void
analyze_quote_path(GString *command, const char *flag, const char *path)
{
    g_autofree char *whole = path != NULL && strcmp(path, "-") != 0
                                 ? g_canonicalize_filename(path, NULL)
                                 : g_strdup(path);

    analyze_quote(command, flag, whole);
}

static char *
analyze_command(char **logs)
{
    g_autoptr(GString) command = g_string_new("errata analyze");

    for (char **log = logs; *log != NULL; log++)
        analyze_quote_path(command, NULL, *log);
    analyze_quote_path(command, "--model", analyze_model);
    analyze_quote_path(command, "--reference", analyze_reference);
    analyze_quote_path(command, "--baseline", analyze_baseline);
    analyze_quote_path(command, "--config", analyze_config);
    analyze_quote(command, "--name", analyze_name);
    for (char **role = analyze_roles; role != NULL && *role != NULL; role++)
        analyze_quote(command, "--role", *role);
    analyze_quote(command, "--positive", analyze_positive);
    analyze_quote(command, "--slices", analyze_slices);
    analyze_quote(command, "--format", analyze_format);
    analyze_quote(command, "--where", analyze_where);
    analyze_quote(command, "--cohort", analyze_cohort);
    analyze_quote(command, "--llm", analyze_llm);
    return g_string_free(g_steal_pointer(&command), FALSE);
}

static gboolean
analyze_add_baseline(ErrataHostJob *job, GError **error)
{
    g_autofree char *path = g_file_test(analyze_baseline, G_FILE_TEST_IS_DIR)
                                ? g_build_filename(analyze_baseline, "report.json", NULL)
                                : g_strdup(analyze_baseline);

    return errata_oneshot_add_input(job, path, "baseline", error);
}

static ErrataHostJob *
analyze_job(char **logs, GError **error)
{
    g_autoptr(ErrataHostJob) job = errata_host_job_new("analyze");
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    /* files are told apart by their digests before they are read; one has nothing to be told
     * from */
    gboolean alone = logs[1] == NULL && analyze_reference == NULL && analyze_baseline == NULL;

    job->id = g_uuid_string_random();
    job->created = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    job->command = analyze_command(logs);
    job->name = analyze_name != NULL ? g_strdup(analyze_name) : analyze_stem(logs[0]);
    if (!errata_oneshot_add_config(job, analyze_config, error) || !analyze_add_flags(job, error))
        return NULL;
    for (char **log = logs; *log != NULL; log++)
        if (!(alone ? errata_oneshot_add_log : errata_oneshot_add_input)(job, *log, "auto", error))
            return NULL;
    if (analyze_reference != NULL &&
        !errata_oneshot_add_input(job, analyze_reference, "reference", error))
        return NULL;
    if (analyze_baseline != NULL && !analyze_add_baseline(job, error))
        return NULL;
    if (analyze_model != NULL && !errata_oneshot_add_input(job, analyze_model, "model", error))
        return NULL;
    return g_steal_pointer(&job);
}

/* the first row that could not be read, and where the others are */
static void
analyze_print_rejected(const ErrataCase *report)
{
    const ErrataTable *rejected = report->rejected;

    if (rejected == NULL || rejected->n_rows == 0 || rejected->n_columns < 3)
        return;
    errata_cli_print("Rejected rows: %" G_GUINT64_FORMAT "; the first: %s: %s, in “%s”%s\n",
                     report->n_rejected,
                     errata_table_cell(rejected, 0, 0),
                     errata_table_cell(rejected, 0, 1),
                     errata_table_cell(rejected, 0, 2),
                     rejected->n_rows > 1 ? "; run.rejected of report.json has more" : "");
}

static gboolean
analyze_print(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "report.json", NULL);
    g_autofree char *text = NULL;
    g_autofree char *summary = NULL;
    g_autofree char *pdf = NULL;
    g_autoptr(ErrataCase) report = NULL;
    gsize length;

    if (analyze_quiet && !analyze_json)
        return TRUE;
    if (!g_file_get_contents(path, &text, &length, error))
        return FALSE;
    report = errata_case_from_json(text, length, error);
    if (report == NULL)
        return FALSE;
    for (guint i = 0; analyze_json && i < report->warnings->len; i++) {
        g_autofree char *warning = errata_cli_printable(g_ptr_array_index(report->warnings, i));

        g_printerr("errata: note: %s\n", warning);
    }
    if (analyze_json) {
        fwrite(text, 1, length, stdout);
        return TRUE;
    }
    summary = errata_report_terminal(report, errata_cli_width(), errata_cli_has_colour());
    pdf = g_build_filename(folder, "report.pdf", NULL);
    g_print("%s\n", summary);
    analyze_print_rejected(report);
    g_print("The report: %s\n", g_file_test(pdf, G_FILE_TEST_EXISTS) ? pdf : folder);
    return TRUE;
}

static int
analyze_judge(GVariant *result)
{
    const char *worst = NULL;
    ErrataSeverity limit;
    ErrataSeverity found;

    if (analyze_fail_on == NULL || !g_variant_lookup(result, "severity", "&s", &worst))
        return ERRATA_EXIT_DONE;
    errata_severity_parse(analyze_fail_on, &limit);
    return errata_severity_parse(worst, &found) && found >= limit ? ERRATA_EXIT_FAIL_ON
                                                                  : ERRATA_EXIT_DONE;
}

/* whether it can be read at all is said before anything is opened */
static int
analyze_check_where(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFilter) filter = analyze_where != NULL
                                         ? errata_filter_parse(analyze_where, &error)
                                         : NULL;

    if (analyze_where != NULL && filter == NULL)
        return errata_cli_usage("--where “%s”: %s", analyze_where, error->message);
    return ERRATA_EXIT_DONE;
}

static int
analyze_check_format(void)
{
    static const char *const known[] = {"pdf", "svg", "json", NULL};
    g_auto(GStrv) list = analyze_format != NULL ? g_strsplit_set(analyze_format, ",;", -1) : NULL;

    for (guint i = 0; list != NULL && list[i] != NULL; i++)
        if (!g_strv_contains(known, g_strstrip(list[i])))
            return errata_cli_usage(
                g_str_equal(list[i], "html")
                    ? "--format “%s” comes with a later release; use pdf, svg or json"
                    : "--format “%s”: expected a list of pdf, svg and json",
                list[i]);
    return ERRATA_EXIT_DONE;
}

static int
analyze_check_flags(char **logs)
{
    g_autoptr(GKeyFile) unused = g_key_file_new();
    ErrataSeverity severity;
    gint64 seed;

    if (logs[0] == NULL)
        return errata_cli_usage("analyze needs a log, e.g. errata analyze predictions.csv");
    if (analyze_threads < 0 && analyze_threads != G_MININT)
        return errata_cli_usage("--threads %d: expected 0 (one per processor) or more",
                                analyze_threads);
    if (analyze_fail_on != NULL && !errata_severity_parse(analyze_fail_on, &severity))
        return errata_cli_usage("--fail-on “%s”: expected info, low, medium, high or critical",
                                analyze_fail_on);
    if (analyze_seed != NULL &&
        (!errata_number_parse_int(analyze_seed, strlen(analyze_seed), &seed) || seed < 0 ||
         seed > ANALYZE_MAX_SEED))
        return errata_cli_usage("--seed “%s”: expected a whole number from 0 to %" G_GINT64_FORMAT,
                                analyze_seed,
                                ANALYZE_MAX_SEED);
    if (analyze_check_format() != ERRATA_EXIT_DONE)
        return ERRATA_EXIT_USAGE;
    if (analyze_llm != NULL && !errata_llm_door_set_flag(unused, analyze_llm))
        return errata_cli_usage("--llm “%s”: expected auto, none or an address such as "
                                "http://127.0.0.1:8080/v1",
                                analyze_llm);
    return analyze_check_where();
}

static int
analyze_run(char **logs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) result = NULL;
    ErrataHostJob *job;
    g_auto(ErrataLlmDoor) door = {0};
    ErrataOutput output;
    ErrataBar bar;
    g_autofree char *stem = NULL;
    g_autofree char *folder = NULL;
    int usage = analyze_check_flags(logs);

    if (usage != ERRATA_EXIT_DONE)
        return usage;
    stem = analyze_stem(logs[0]);
    folder = analyze_output != NULL
                 ? g_strdup(analyze_output)
                 : g_strdup_printf("%s-report", analyze_name != NULL ? analyze_name : stem);
    job = analyze_job(logs, &error);
    if (job == NULL)
        return errata_cli_fail(error);
    if (!errata_llm_door_give(&door, job, &error) ||
        !errata_output_begin(&output, folder, &job->output_fd, &error)) {
        errata_host_job_free(job);
        return errata_cli_fail(error);
    }
    errata_bar_init(&bar, analyze_quiet || analyze_json);
    result = errata_oneshot_run(job, &bar, &error);
    if (result == NULL) {
        errata_output_abandon(&output);
        if (g_error_matches(error, ERRATA_ERROR, ERRATA_ERROR_IO)) {
            g_autofree char *message = g_strdup_printf(
                "report folder “%s”: %s; free some space or choose another folder with -o",
                folder,
                error->message);

            g_free(error->message);
            error->message = g_steal_pointer(&message);
        }
        return errata_cli_fail(error);
    }
    if (!errata_output_publish(&output, &error) || !analyze_print(folder, &error))
        return errata_cli_fail(error);
    return analyze_judge(result);
}

const ErrataVerb errata_verb_analyze = {
    .name = "analyze",
    .arguments = "LOG…",
    .summary = "Analyse logs without a daemon and write a report",
    .options = analyze_options,
    .run = analyze_run,
};
