/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"
#include "model-table.h"
#include "oneshot.h"

static char *score_output;
static char *score_where;
static gboolean score_quiet;

static const GOptionEntry score_options[] = {
    {"output",
     'o',
     0,
     G_OPTION_ARG_FILENAME,
     &score_output,
     "File for the table (default: standard output)",
     "OUT.csv"},
    {"where",
     0,
     0,
     G_OPTION_ARG_STRING,
     &score_where,
     "Write only rows for which this holds, e.g. 'age > 40 and region in (EU, UK)'",
     "CONDITION"},
    {"quiet", 0, 0, G_OPTION_ARG_NONE, &score_quiet, "Print errors only", NULL},
    G_OPTION_ENTRY_NULL};

static int
score_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataHostJob) job = NULL;

    if (arguments[0] == NULL || arguments[1] == NULL || arguments[2] != NULL)
        return errata_cli_usage(
            "score needs a model and rows, e.g. errata score model.json rows.csv");
    job = errata_host_job_new("score");
    if (!errata_oneshot_add_config(job, NULL, &error) ||
        !errata_oneshot_add_where(job, score_where, &error) ||
        !errata_oneshot_add_input(job, arguments[0], "model", &error) ||
        !errata_oneshot_add_input(job, arguments[1], "auto", &error))
        return errata_cli_fail(error);
    return errata_model_table_run(g_steal_pointer(&job), score_output, score_quiet);
}

const ErrataVerb errata_verb_score = {
    .name = "score",
    .arguments = "MODEL ROWS",
    .summary = "Run a model over rows and write what it says of each",
    .options = score_options,
    .run = score_run,
};
