/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cli.h"
#include "model-table.h"
#include "oneshot.h"

static char *attribute_output;
static char *attribute_background;
static char *attribute_margin;
static char **attribute_roles;
static char *attribute_where;
static gboolean attribute_pairs;
static gboolean attribute_quiet;

static const GOptionEntry attribute_options[] = {
    {"background",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &attribute_background,
     "Rows that a feature's absence is taken from (default: the training rows, as the model tells them)",
     "FILE"},
    {"interactions",
     0,
     0,
     G_OPTION_ARG_NONE,
     &attribute_pairs,
     "Shares of pairs of features, as a long table",
     NULL},
    {"output",
     0,
     0,
     G_OPTION_ARG_STRING,
     &attribute_margin,
     "What is shared out: margin (default), probability or loss; or the file, as -o",
     "margin|probability|loss"},
    {"output-file",
     'o',
     0,
     G_OPTION_ARG_FILENAME,
     &attribute_output,
     "File for the table (default: standard output)",
     "OUT.csv"},
    {"role",
     0,
     0,
     G_OPTION_ARG_STRING_ARRAY,
     &attribute_roles,
     "What a column of the rows is for, e.g. y=label or user=entity; may repeat",
     "COL=ROLE"},
    {"where",
     0,
     0,
     G_OPTION_ARG_STRING,
     &attribute_where,
     "Write only rows for which this holds, e.g. 'age > 40 and error'",
     "CONDITION"},
    {"quiet", 0, 0, G_OPTION_ARG_NONE, &attribute_quiet, "Print errors only", NULL},
    G_OPTION_ENTRY_NULL};

static const char *const attribute_quantities[] = {"margin", "probability", "loss", NULL};

static int
attribute_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataHostJob) job = NULL;

    if (arguments[0] == NULL || (arguments[1] != NULL && arguments[2] != NULL))
        return errata_cli_usage(
            "attribute needs a model and rows, e.g. errata attribute model.json rows.csv, or a log "
            "with scores alone");
    if (attribute_margin != NULL && attribute_output == NULL &&
        !g_strv_contains(attribute_quantities, attribute_margin) &&
        strpbrk(attribute_margin, "./") != NULL) /* a file, as for all other verbs */
        attribute_output = g_steal_pointer(&attribute_margin);
    if (attribute_margin != NULL && !g_strv_contains(attribute_quantities, attribute_margin))
        return errata_cli_usage("--output “%s”: expected margin, probability or loss (-o names the "
                                "file of the table)",
                                attribute_margin);
    if (attribute_pairs && attribute_margin != NULL && strcmp(attribute_margin, "margin") != 0)
        return errata_cli_usage("--interactions are those of the margin, without --output %s",
                                attribute_margin);
    job = errata_host_job_new("attribute");
    job->what = g_strdup(attribute_pairs ? "interactions" : attribute_margin);
    if (!errata_oneshot_add_config(job, NULL, &error) ||
        !errata_oneshot_add_roles(job, attribute_roles, &error) ||
        !errata_oneshot_add_where(job, attribute_where, &error) ||
        !errata_oneshot_add_input(job, arguments[0], "model", &error) ||
        (arguments[1] != NULL && !errata_oneshot_add_input(job, arguments[1], "auto", &error)) ||
        (attribute_background != NULL &&
         !errata_oneshot_add_input(job, attribute_background, "background", &error)))
        return errata_cli_fail(error);
    return errata_model_table_run(g_steal_pointer(&job), attribute_output, attribute_quiet);
}

const ErrataVerb errata_verb_attribute = {
    .name = "attribute",
    .arguments = "MODEL ROWS | LOG",
    .summary = "Share out a model's predictions among its features, exactly",
    .options = attribute_options,
    .run = attribute_run,
};
