/* SPDX-License-Identifier: GPL-3.0-or-later */
/* patterns, mute, unmute: what is wrong with a model, followed from report to report. */
#include <string.h>

#include "bus.h"
#include "cli.h"
#include "error.h"
#include "finding.h"

#define PATTERNS_PAGE 1000

static gboolean patterns_json;
static gboolean patterns_all;
static char *patterns_name;

static const GOptionEntry patterns_options[] = {
    {"all", 0, 0, G_OPTION_ARG_NONE, &patterns_all, "Also those that are fixed or muted", NULL},
    {"json",
     0,
     0,
     G_OPTION_ARG_NONE,
     &patterns_json,
     "Print one JSON document and nothing else",
     NULL},
    G_OPTION_ENTRY_NULL};
static const GOptionEntry mute_options[] = {{"name",
                                             0,
                                             0,
                                             G_OPTION_ARG_STRING,
                                             &patterns_name,
                                             "Its model, where models have patterns of one id",
                                             "NAME"},
                                            {"json",
                                             0,
                                             0,
                                             G_OPTION_ARG_NONE,
                                             &patterns_json,
                                             "Print one JSON document and nothing else",
                                             NULL},
                                            G_OPTION_ENTRY_NULL};

static gboolean
patterns_is_muted(GVariant *pattern)
{
    gboolean muted = FALSE;

    g_variant_lookup(pattern, "muted", "b", &muted);
    return muted;
}

static gboolean
patterns_is_hidden(GVariant *pattern)
{
    return !patterns_all &&
           (patterns_is_muted(pattern) || strcmp(errata_bus_text(pattern, "state"), "fixed") == 0);
}

/* as pages and answers have it; a kind that a newer daemon knows as it is */
static const char *
patterns_kind(GVariant *pattern)
{
    const char *nick = errata_bus_text(pattern, "kind");
    ErrataFindingKind kind;

    return errata_finding_kind_parse(nick, &kind) ? errata_finding_kind_say(kind) : nick;
}

/* what became of it; “not seen” where the model's newest report says nothing of it, neither that it
 * is there nor that it is fixed */
static const char *
patterns_state(GVariant *pattern)
{
    const char *state = errata_bus_text(pattern, "state");
    gboolean current = TRUE;

    if (patterns_is_muted(pattern))
        return "muted";
    g_variant_lookup(pattern, "current", "b", &current);
    return current || strcmp(state, "fixed") == 0 ? state : "not seen";
}

static void
patterns_print(GVariant *pattern)
{
    gint64 first = 0;
    gint64 last = 0;
    guint32 reports = 0;
    g_autofree char *first_text = NULL;
    g_autofree char *last_text = NULL;

    g_variant_lookup(pattern, "first-seen", "x", &first);
    g_variant_lookup(pattern, "last-seen", "x", &last);
    g_variant_lookup(pattern, "reports", "u", &reports);
    first_text = errata_bus_time(first);
    last_text = errata_bus_time(last);
    errata_cli_print_line(11,
                          "%s  %-9s  %-8s  %-12s  %s",
                          errata_bus_text(pattern, "id"),
                          patterns_state(pattern),
                          errata_bus_text(pattern, "severity"),
                          patterns_kind(pattern),
                          errata_bus_text(pattern, "title"));
    errata_cli_print_line(11,
                          "           %s: %u %s, first %s, last %s",
                          errata_bus_text(pattern, "name"),
                          reports,
                          reports == 1 ? "report" : "reports",
                          first_text,
                          last_text);
}

/* all patterns of a model, or of all models for "" */
static GVariant *
patterns_fetch(GDBusConnection *bus, const char *name, GError **error)
{
    GVariantBuilder all;
    gsize n = PATTERNS_PAGE;

    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    for (guint offset = 0; n == PATTERNS_PAGE; offset += PATTERNS_PAGE) {
        g_autoptr(GVariant) arguments =
            g_variant_ref_sink(g_variant_new("(suu)", name, offset, PATTERNS_PAGE));
        g_autoptr(GVariant) reply = errata_bus_call(bus,
                                                    ERRATA_BUS_PATH,
                                                    "Manager",
                                                    "ListPatterns",
                                                    arguments,
                                                    "(aa{sv})",
                                                    NULL,
                                                    NULL,
                                                    error);
        g_autoptr(GVariant) page = NULL;

        if (reply == NULL) {
            g_variant_builder_clear(&all);
            return NULL;
        }
        page = g_variant_get_child_value(reply, 0);
        n = g_variant_n_children(page);
        for (gsize i = 0; i < n; i++) {
            g_autoptr(GVariant) pattern = g_variant_get_child_value(page, i);

            g_variant_builder_add_value(&all, pattern);
        }
    }
    return g_variant_ref_sink(g_variant_builder_end(&all));
}

static int
patterns_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = errata_bus_connect(&error);
    const char *name = arguments[0] != NULL ? arguments[0] : "";
    g_autoptr(GVariant) list = bus != NULL ? patterns_fetch(bus, name, &error) : NULL;
    guint hidden = 0;

    if (list == NULL || (*name != '\0' && g_variant_n_children(list) == 0 &&
                         !errata_bus_has_model(bus, name, &error)))
        return errata_cli_fail(error);
    if (patterns_json) {
        errata_bus_print_json(list);
        return ERRATA_EXIT_DONE;
    }
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) pattern = g_variant_get_child_value(list, i);

        if (patterns_is_hidden(pattern))
            hidden++;
        else
            patterns_print(pattern);
    }
    if (g_variant_n_children(list) == 0)
        errata_cli_print("no patterns yet\n");
    else if (hidden > 0)
        errata_cli_print_line(0,
                              "%u more %s fixed or muted; --all shows %s",
                              hidden,
                              hidden == 1 ? "is" : "are",
                              hidden == 1 ? "it" : "them");
    return ERRATA_EXIT_DONE;
}

/* models that began alike have patterns of one id: what it is about and when it was first seen */
static void
patterns_set_several(GVariant *one, GVariant *other, const char *id, GError **error)
{
    if (g_str_equal(errata_bus_text(one, "id"), errata_bus_text(other, "id")))
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_USAGE,
            "the models “%s” and “%s” both have a pattern “%s”; say which with --name MODEL",
            errata_bus_text(one, "name"),
            errata_bus_text(other, "name"),
            errata_bus_text(one, "id"));
    else
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "several patterns begin with “%s”; write more of it",
                    id);
}

/* the one pattern whose id begins with @id */
static GVariant *
patterns_find(GVariant *list, const char *id, GError **error)
{
    g_autoptr(GVariant) found = NULL;

    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) pattern = g_variant_get_child_value(list, i);

        if (!g_str_has_prefix(errata_bus_text(pattern, "id"), id))
            continue;
        if (found != NULL) {
            patterns_set_several(found, pattern, id, error);
            return NULL;
        }
        found = g_variant_ref(pattern);
    }
    if (found == NULL)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "there is no pattern “%s”; errata patterns --all lists them",
                    id);
    return g_steal_pointer(&found);
}

static gboolean
patterns_set_muted(const char *id, const char *method, GVariant **ret_pattern, GError **error)
{
    g_autoptr(GDBusConnection) bus = errata_bus_connect(error);
    gboolean known = bus != NULL &&
                     (patterns_name == NULL || errata_bus_has_model(bus, patterns_name, error));
    g_autoptr(GVariant) list =
        known ? patterns_fetch(bus, patterns_name != NULL ? patterns_name : "", error) : NULL;
    g_autoptr(GVariant) pattern = list != NULL ? patterns_find(list, id, error) : NULL;
    g_autoptr(GVariant) arguments = NULL;
    g_autoptr(GVariant) reply = NULL;
    const char *path = NULL;

    if (pattern == NULL)
        return FALSE;
    g_variant_lookup(pattern, "path", "&o", &path);
    arguments = g_variant_ref_sink(g_variant_new("(s)", errata_bus_text(pattern, "id")));
    reply = errata_bus_call(bus, path, "Model", method, arguments, "()", NULL, NULL, error);
    if (reply == NULL)
        return FALSE;
    *ret_pattern = g_steal_pointer(&pattern);
    return TRUE;
}

static int
patterns_mute(char **arguments, gboolean muted)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) pattern = NULL;
    gboolean before = !muted;

    if (arguments[0] == NULL || arguments[1] != NULL || arguments[0][0] == '\0')
        return errata_cli_usage("%s needs one pattern, e.g. errata %s p3f9a2c1b; errata patterns "
                                "lists them",
                                muted ? "mute" : "unmute",
                                muted ? "mute" : "unmute");
    if (!patterns_set_muted(arguments[0], muted ? "Mute" : "Unmute", &pattern, &error))
        return errata_cli_fail(error);
    g_variant_lookup(pattern, "muted", "b", &before);
    if (patterns_json) {
        GVariantDict dict;
        g_autoptr(GVariant) answer = NULL;

        g_variant_dict_init(&dict, pattern);
        g_variant_dict_insert(&dict, "muted", "b", muted);
        answer = g_variant_ref_sink(g_variant_dict_end(&dict));
        errata_bus_print_json(answer);
    } else {
        errata_cli_print("%s %s: %s\n",
                         muted == before ? (muted ? "was muted already:" : "was not muted:")
                         : muted         ? "muted"
                                         : "no longer muted",
                         errata_bus_text(pattern, "id"),
                         errata_bus_text(pattern, "title"));
    }
    return ERRATA_EXIT_DONE;
}

static int
mute_run(char **arguments)
{
    return patterns_mute(arguments, TRUE);
}

static int
unmute_run(char **arguments)
{
    return patterns_mute(arguments, FALSE);
}

const ErrataVerb errata_verb_patterns = {
    .name = "patterns",
    .arguments = "[MODEL]",
    .summary = "List what is wrong with a model, followed from report to report",
    .options = patterns_options,
    .too_many = 2,
    .run = patterns_run,
};
const ErrataVerb errata_verb_mute = {
    .name = "mute",
    .arguments = "PATTERN",
    .summary = "Tell nobody of a pattern any more",
    .options = mute_options,
    .run = mute_run,
};
const ErrataVerb errata_verb_unmute = {
    .name = "unmute",
    .arguments = "PATTERN",
    .summary = "Take a mute back",
    .options = mute_options,
    .run = unmute_run,
};
