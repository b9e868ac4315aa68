/* SPDX-License-Identifier: GPL-3.0-or-later */
/* errata: the command line. This file holds the table of verbs and nothing that a verb does. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/plain.h"
#include "schema-name.h"

static const ErrataVerb *const verbs[] = {
    &errata_verb_analyze, &errata_verb_inspect,  &errata_verb_score,  &errata_verb_attribute,
    &errata_verb_explain, &errata_verb_submit,   &errata_verb_status, &errata_verb_jobs,
    &errata_verb_models,  &errata_verb_reports,  &errata_verb_show,   &errata_verb_open,
    &errata_verb_compare, &errata_verb_patterns, &errata_verb_mute,   &errata_verb_unmute,
    &errata_verb_export,  &errata_verb_ask,      &errata_verb_watch,  &errata_verb_llm,
};

#define HELP_INDENT 13 /* where the summaries begin */

/* a line as wide as the terminal at most, and what does not fit below it */
static void
errata_print_summary(const ErrataVerb *verb)
{
    g_auto(GStrv) words = g_strsplit(verb->summary, " ", -1);
    guint width = errata_cli_width();
    guint column = HELP_INDENT - 1;

    g_print("  %-10s", verb->name);
    for (guint i = 0; words[i] != NULL; i++) {
        guint length = (guint)g_utf8_strlen(words[i], -1) + 1;

        if (column + length > width) {
            g_print("\n%*s", HELP_INDENT - 1, "");
            column = HELP_INDENT - 1;
        }
        g_print(" %s", words[i]);
        column += length;
    }
    g_print("\n");
}

static void
errata_print_help(void)
{
    g_print("Usage: errata VERB [OPTION…] [ARGUMENT…]\n"
            "Finds where a model is wrong, what is odd in its data, and what to do.\n\n"
            "Verbs\n");
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        errata_print_summary(verbs[i]);
    g_print("\nOptions\n"
            "  --help     this text; after a verb, its options\n"
            "  --version  the version; with --verbose, what is built in\n\n"
            "Start with: errata analyze LOG.csv -o DIR\n");
}

static int
errata_print_version(gboolean verbose)
{
    g_print("errata %s\n", ERRATA_VERSION);
    if (verbose)
        g_print("formats read: csv, jsonl (plain, gz, zst, xz, bz2, lz4; in zip and tar)\n"
                "reports drawn: pdf, svg, json\n"
                "language models: any server of OpenAI's API, llama-server; none is needed\n"
                "jail: seccomp, landlock where the kernel has it\n");
    return ERRATA_EXIT_DONE;
}

static const ErrataVerb *
errata_find_verb(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

/* a slip, or a log without a verb */
static int
errata_refuse_verb(const char *name)
{
    const char *nearest = NULL;
    guint least = 3;

    if (name[0] == '-')
        return errata_cli_usage(
            "unknown option %s; a verb comes first, as in errata analyze LOG.csv; "
            "errata --help lists them",
            name);
    if (g_file_test(name, G_FILE_TEST_EXISTS))
        return errata_cli_usage("no verb “%s”; did you mean errata analyze %s?", name, name);
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        guint distance = errata_schema_name_distance(name, verbs[i]->name);

        if (distance < least) {
            least = distance;
            nearest = verbs[i]->name;
        }
    }
    if (nearest != NULL)
        return errata_cli_usage("no verb “%s”; did you mean errata %s? errata --help lists all",
                                name,
                                nearest);
    return errata_cli_usage("no verb “%s”; errata --help lists them", name);
}

/* the option of @verb that is called @name; NULL: none is */
static const GOptionEntry *
errata_find_option(const ErrataVerb *verb, const char *name)
{
    for (const GOptionEntry *option = verb->options; option->long_name != NULL; option++)
        if (strcmp(option->long_name, name) == 0)
            return option;
    return NULL;
}

/* the long name of an argument, up to its “=”; NULL: it is none */
static char *
errata_option_name(const char *argument)
{
    return g_str_has_prefix(argument, "--") ? g_strndup(argument + 2, strcspn(argument + 2, "="))
                                            : NULL;
}

/* the option that is nearest to the first one of @given that @verb has not, if any is near or
 * begins so */
static const char *
errata_nearest_option(const ErrataVerb *verb, char *const *given)
{
    const char *nearest = NULL;
    g_autofree char *name = NULL;
    guint least;

    for (guint i = 1; given[i] != NULL && strcmp(given[i], "--") != 0 && name == NULL; i++) {
        const GOptionEntry *option;

        name = errata_option_name(given[i]);
        option = name != NULL ? errata_find_option(verb, name) : NULL;
        if (option == NULL && g_strcmp0(name, "help") != 0)
            continue;
        i += option != NULL && option->arg != G_OPTION_ARG_NONE && given[i + 1] != NULL &&
             strchr(given[i], '=') == NULL;
        g_clear_pointer(&name, g_free);
    }
    least = name != NULL ? 3 : 0;
    for (const GOptionEntry *option = verb->options; least > 0 && option->long_name != NULL;
         option++) {
        guint distance = g_str_has_prefix(option->long_name, name)
                             ? 1
                             : errata_schema_name_distance(name, option->long_name);

        if (distance < least && (option->flags & G_OPTION_FLAG_HIDDEN) == 0) {
            least = distance;
            nearest = option->long_name;
        }
    }
    return nearest;
}

static int
errata_refuse_option(const ErrataVerb *verb, char *const *given, const GError *error)
{
    const char *nearest = g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)
                              ? errata_nearest_option(verb, given)
                              : NULL;

    if (nearest != NULL)
        return errata_cli_usage("%s; did you mean --%s? errata %s --help lists all",
                                error->message,
                                nearest,
                                verb->name);
    return errata_cli_usage("%s; see errata %s --help", error->message, verb->name);
}

static int
errata_run_verb(const ErrataVerb *verb, char **given)
{
    g_auto(GStrv) arguments = g_strdupv(given);
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(verb->arguments);
    g_autofree char *program = g_strdup_printf("errata %s", verb->name);

    g_set_prgname(program);
    g_option_context_set_summary(context, verb->summary);
    g_option_context_add_main_entries(context, verb->options, NULL);
    if (!g_option_context_parse_strv(context, &arguments, &error))
        return errata_refuse_option(verb, given, error);
    /* what would not be used was meant to be */
    if (verb->too_many > 0 && g_strv_length(arguments) > verb->too_many)
        return errata_cli_usage("%s: “%s” is one argument too many; see errata %s --help",
                                verb->name,
                                arguments[verb->too_many],
                                verb->name);
    return verb->run(arguments + 1);
}

static int
errata_run(int argc, char **argv)
{
    const ErrataVerb *verb;

    if (argc < 2) {
        errata_print_help();
        return ERRATA_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        errata_print_help();
        return ERRATA_EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return errata_print_version(argc > 2 && strcmp(argv[2], "--verbose") == 0);
    verb = errata_find_verb(argv[1]);
    if (verb == NULL)
        return errata_refuse_verb(argv[1]);
    return errata_run_verb(verb, argv + 1);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    errata_plain_set_up();
    return errata_cli_finish(errata_run(argc, argv));
}
