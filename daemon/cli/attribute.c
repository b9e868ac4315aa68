/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"
#include "model-table.h"
#include "oneshot.h"

static char *attribute_output;
static gboolean attribute_quiet;

static const GOptionEntry attribute_options[] = {
    {"output-file",
     'o',
     0,
     G_OPTION_ARG_FILENAME,
     &attribute_output,
     "File for the table (default: standard output)",
     "OUT.csv"},
    {"quiet", 0, 0, G_OPTION_ARG_NONE, &attribute_quiet, "Print errors only", NULL},
    G_OPTION_ENTRY_NULL};

static int
attribute_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataHostJob) job = NULL;

    if (arguments[0] == NULL || arguments[1] == NULL || arguments[2] != NULL)
        return errata_cli_usage(
            "attribute needs a model and rows, e.g. errata attribute model.json rows.csv");
    job = errata_host_job_new("attribute");
    if (!errata_oneshot_add_config(job, NULL, &error) ||
        !errata_oneshot_add_input(job, arguments[0], "model", &error) ||
        !errata_oneshot_add_input(job, arguments[1], "auto", &error))
        return errata_cli_fail(error);
    return errata_model_table_run(g_steal_pointer(&job), attribute_output, attribute_quiet);
}

const ErrataVerb errata_verb_attribute = {
    .name = "attribute",
    .arguments = "MODEL ROWS",
    .summary = "Share out a model's predictions among its features, exactly",
    .options = attribute_options,
    .run = attribute_run,
};
