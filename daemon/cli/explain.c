/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One prediction in the terminal: a waterfall of shares, what would have to be different, and the
 * errors that are most like it. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli.h"
#include "error.h"
#include "oneshot.h"

#define EXPLAIN_SHOWN  12 /* features */
#define EXPLAIN_BAR    30 /* cells */
#define EXPLAIN_NAME   34
#define EXPLAIN_BESIDE 16   /* blanks and the number, which stand beside both */
#define EXPLAIN_NOISE  1e-9 /* of the waterfall's width */

static char *explain_row;
static char *explain_id;
static char *explain_config;
static char **explain_roles;
static char *explain_where;
static gboolean explain_json;

static const GOptionEntry explain_options[] = {
    {"row",
     0,
     0,
     G_OPTION_ARG_STRING,
     &explain_row,
     "The row, as a JSON object of columns and values",
     "JSON"},
    {"id", 0, 0, G_OPTION_ARG_STRING, &explain_id, "Else the id of a row of LOG", "ID"},
    {"where",
     0,
     0,
     G_OPTION_ARG_STRING,
     &explain_where,
     "Else the first row of LOG for which this holds, e.g. 'age > 40 and error'",
     "CONDITION"},
    {"config",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &explain_config,
     "Settings besides the user's errata.conf",
     "FILE"},
    {"role",
     0,
     0,
     G_OPTION_ARG_STRING_ARRAY,
     &explain_roles,
     "What a column of LOG is for, e.g. y=label or user=entity; may repeat",
     "COL=ROLE"},
    {"json",
     0,
     0,
     G_OPTION_ARG_NONE,
     &explain_json,
     "Print one JSON document and nothing else",
     NULL},
    G_OPTION_ENTRY_NULL};

/* four digits at least, no power of ten below a thousand million, and the minus of print */
static char *
explain_print_number(double value)
{
    double size = fabs(value);
    g_autofree char *digits = size >= 1000.0 && size < 1e9 ? g_strdup_printf("%.0f", size)
                                                           : g_strdup_printf("%.4g", size);

    return g_strconcat(value < 0.0 ? "\u2212" : "", digits, NULL);
}

static char *
explain_text(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
        return g_strdup("missing");
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        return errata_cli_printable(json_node_get_string(node));
    return explain_print_number(json_node_get_double(node));
}

static double
explain_number(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : 0.0;
}

/* cells of names and bars: less of both on a narrow terminal */
static guint
explain_cells(guint most)
{
    guint width = errata_cli_is_terminal(STDOUT_FILENO) ? errata_cli_width() : G_MAXUINT;
    guint room = width - MIN(width, EXPLAIN_BESIDE);

    return room >= EXPLAIN_NAME + EXPLAIN_BAR ? most : room * most / (EXPLAIN_NAME + EXPLAIN_BAR);
}

/* a bar between two places of the waterfall */
static void
explain_bar(GString *line, double from, double to, double low, double high)
{
    const int cells = (int)explain_cells(EXPLAIN_BAR);
    double scale = high > low ? cells / (high - low) : 0.0;
    int start = (int)lround((fmin(from, to) - low) * scale);
    int end = (int)lround((fmax(from, to) - low) * scale);

    for (int i = 0; i < cells + 1; i++)
        g_string_append(line,
                        i < start || i > end ? " "
                        : start == end       ? "│"
                        : i == end           ? ""
                        : to >= from         ? "█"
                                             : "▒");
}

static void
explain_print_line(const char *name, double share, double from, double low, double high)
{
    g_autoptr(GString) line = g_string_new("  ");
    g_autofree char *number = explain_print_number(share);
    const glong most = (glong)explain_cells(EXPLAIN_NAME);
    glong length = g_utf8_strlen(name, -1);

    if (length > most) {
        g_autofree char *start = g_utf8_substring(name, 0, most - 1);

        g_string_append(line, start);
        g_string_append(line, "…");
        length = most;
    } else {
        g_string_append(line, name);
    }
    for (; length < most + 2; length++)
        g_string_append_c(line, ' ');
    explain_bar(line, from, from + share, low, high);
    g_string_append_printf(line, " %s%s", share >= 0.0 ? "+" : "", number);
    errata_cli_print("%s\n", line->str);
}

/* the first or the last line of a waterfall */
static void
explain_print_end(const char *name, double value, double low, double high)
{
    gboolean none = fabs(value) <
                    EXPLAIN_NOISE * (high - low); /* what is left of a sum of shares */
    g_autofree char *number = explain_print_number(none ? 0.0 : value);

    errata_cli_print("  %-*s %s\n",
                     (int)(explain_cells(EXPLAIN_NAME) + explain_cells(EXPLAIN_BAR) + 2),
                     name,
                     number);
}

/* from one number to another by what each feature adds, largest shares first */
static void
explain_print_waterfall(JsonArray *features,
                        const char *first,
                        double bias,
                        const char *last,
                        double end)
{
    guint n = json_array_get_length(features), shown = MIN(n, EXPLAIN_SHOWN);
    double at = bias, low = fmin(bias, end), high = fmax(bias, end);

    for (guint i = 0; i < shown; i++) {
        at += explain_number(json_array_get_object_element(features, i), "share");
        low = fmin(low, at);
        high = fmax(high, at);
    }
    explain_print_end(first, bias, low, high);
    at = bias;
    for (guint i = 0; i < shown; i++) {
        JsonObject *feature = json_array_get_object_element(features, i);
        g_autofree char *value = explain_text(feature, "value");
        g_autofree char *name = explain_text(feature, "feature");
        g_autofree char *label = g_strdup_printf("%s = %s", name, value);
        double share = explain_number(feature, "share");

        explain_print_line(label, share, at, low, high);
        at += share;
    }
    if (n > shown) {
        g_autofree char *label = n == shown + 1 ? g_strdup("one other")
                                                : g_strdup_printf("%u others", n - shown);

        explain_print_line(label, end - at, at, low, high);
    }
    explain_print_end(last, end, low, high);
}

/* the words of a text, from nothing to the text's share */
static void
explain_print_words(JsonObject *text)
{
    JsonArray *words = json_object_get_array_member(text, "words");
    guint n = json_array_get_length(words), shown = MIN(n, EXPLAIN_SHOWN);
    guint n_others = n - shown + (guint)explain_number(text, "n_others");
    double share = explain_number(text, "share"), absent = explain_number(text, "absent");
    double at = 0.0, low = fmin(0.0, share), high = fmax(0.0, share);
    g_autofree char *feature = explain_text(text, "feature");
    g_autofree char *others = n_others == 1 ? g_strdup("one other word")
                                            : g_strdup_printf("%u other words", n_others);

    for (guint i = 0; i < shown; i++) {
        at += explain_number(json_array_get_object_element(words, i), "share");
        low = fmin(low, at);
        high = fmax(high, at);
    }
    low = fmin(low, share - absent);
    high = fmax(high, share - absent);
    errata_cli_print("\n");
    errata_cli_print_line(0, "The words of %s, which its share is made of", feature);
    at = 0.0;
    for (guint i = 0; i < shown; i++) {
        JsonObject *word = json_array_get_object_element(words, i);
        g_autofree char *name = explain_text(word, "word");
        double own = explain_number(word, "share");

        explain_print_line(name, own, at, low, high);
        at += own;
    }
    if (n_others > 0)
        explain_print_line(others, share - absent - at, at, low, high);
    explain_print_line("words that it lacks", absent, share - absent, low, high);
}

static void
explain_print_texts(JsonObject *group)
{
    JsonNode *texts = json_object_get_member(group, "words");

    if (texts == NULL || !JSON_NODE_HOLDS_ARRAY(texts))
        return;
    for (guint i = 0; i < json_array_get_length(json_node_get_array(texts)); i++)
        explain_print_words(json_array_get_object_element(json_node_get_array(texts), i));
}

static void
explain_print_group(JsonObject *group, gboolean several)
{
    JsonNode *node = json_object_get_member(group, "class");
    g_autofree char *class = node != NULL && JSON_NODE_HOLDS_VALUE(node)
                                 ? explain_text(group, "class")
                                 : NULL;

    if (several && class != NULL)
        errata_cli_print("\n%s\n", class);
    else if (several)
        errata_cli_print("\nOutput %d\n", (int)explain_number(group, "output"));
    explain_print_waterfall(json_object_get_array_member(group, "features"),
                            "on average",
                            explain_number(group, "bias"),
                            "this prediction",
                            explain_number(group, "margin"));
    explain_print_texts(group);
}

static gboolean
explain_is_surrogate(JsonObject *root)
{
    JsonNode *kind = json_object_get_member(root, "kind");

    return kind != NULL && JSON_NODE_HOLDS_VALUE(kind) &&
           g_str_has_prefix(json_node_get_string(kind), "surrogate");
}

/* what the loss of the row comes from, where it is known */
static void
explain_print_loss(JsonObject *root)
{
    JsonNode *node = json_object_get_member(root, "loss");
    JsonObject *loss = node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                                                    : NULL;

    if (loss == NULL) {
        g_autofree char *why = explain_text(root, "why_no_loss");

        errata_cli_print("\n");
        errata_cli_print_line(0, "What its loss comes from is not known: %s", why);
        return;
    }
    g_autofree char *name = explain_text(loss, "name");
    g_autofree char *label = explain_text(loss, "label");
    g_autofree char *rows = explain_text(loss, "background_rows");

    errata_cli_print("\n");
    errata_cli_print_line(
        0,
        "What %s %s comes from, the label being %s: + raises the loss, \u2212 lowers it",
        explain_is_surrogate(root) ? "the surrogate's" : "its",
        name,
        label);
    explain_print_waterfall(json_object_get_array_member(loss, "features"),
                            "other rows, were it their label",
                            explain_number(loss, "bias"),
                            "this row",
                            explain_number(loss, "loss"));
    if (json_object_get_boolean_member_with_default(loss, "exact", FALSE)) {
        errata_cli_print_line(2,
                              "  exact, by all combinations of its values with those of %s rows of "
                              "the log",
                              rows);
    } else {
        g_autofree char *error = explain_print_number(explain_number(loss, "standard_error"));

        errata_cli_print_line(2,
                              "  estimated with orders of its values drawn by chance, against %s "
                              "rows of the log; standard error of a share: up to %s",
                              rows,
                              error);
    }
}

static void
explain_print_members(const char *says, JsonObject *outputs)
{
    g_autoptr(GList) names = json_object_get_members(outputs);
    g_autoptr(GString) line = g_string_new(says);

    if (names == NULL) /* shares are all that it gives */
        return;
    for (GList *name = names; name != NULL; name = name->next) {
        g_autofree char *value = explain_text(outputs, name->data);
        g_autofree char *clean = errata_cli_printable(name->data);

        g_string_append_printf(line, "%s%s %s", name == names ? "" : ", ", clean, value);
    }
    errata_cli_print_line(2, "%s", line->str);
}

/* what the log says, what is explained says, and whether the two agree */
static void
explain_print_outputs(JsonObject *root)
{
    JsonNode *logged = json_object_get_member(root, "logged");
    const char *who = explain_is_surrogate(root) ? "surrogate" : "model";
    const gboolean both = logged != NULL && json_object_get_size(json_node_get_object(logged)) > 0;
    g_autofree char *says = both ? g_strdup_printf("The %s says: ", who) : g_strdup("");

    if (both)
        explain_print_members("The log says: ", json_node_get_object(logged));
    explain_print_members(says, json_object_get_object_member(root, "outputs"));
    if (json_object_get_boolean_member_with_default(root, "disagrees_with_log", FALSE))
        errata_cli_print_line(0,
                              "The two disagree: what follows explains the %s, not the logged "
                              "prediction",
                              who);
    errata_cli_print("\n");
}

static void
explain_print_counterfactual(JsonObject *root)
{
    JsonNode *node = json_object_get_member(root, "counterfactual");
    JsonArray *changes;

    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        g_autofree char *why = explain_text(root, "why_no_counterfactual");

        errata_cli_print("\n");
        errata_cli_print_line(0, "What would change it is not known: %s", why);
        return;
    }
    changes = json_object_get_array_member(json_node_get_object(node), "changes");
    errata_cli_print("\n");
    errata_cli_print_line(0,
                          "The smallest change that would change it, to values that the log has");
    for (guint i = 0; i < json_array_get_length(changes); i++) {
        JsonObject *change = json_array_get_object_element(changes, i);
        g_autofree char *feature = explain_text(change, "feature");
        g_autofree char *from = explain_text(change, "from");
        g_autofree char *to = explain_text(change, "to");

        errata_cli_print_line(4, "  %s: %s → %s", feature, from, to);
    }
}

static void
explain_print_nearest(JsonObject *root)
{
    JsonArray *nearest = json_object_get_array_member(root, "nearest_errors");

    if (json_array_get_length(nearest) == 0)
        return;
    errata_cli_print("\n");
    errata_cli_print_line(0, "The errors of the log that are most like it");
    for (guint i = 0; i < json_array_get_length(nearest); i++) {
        JsonObject *error = json_array_get_object_element(nearest, i);
        gboolean has_id = JSON_NODE_HOLDS_VALUE(json_object_get_member(error, "id"));
        g_autofree char *id = has_id ? explain_text(error, "id")
                                     : g_strdup_printf("row %.0f", explain_number(error, "row"));
        g_autofree char *label = explain_text(error, "label");
        g_autofree char *prediction = explain_text(error, "prediction");

        errata_cli_print_line(4,
                              "  %s: said %s, was %s (distance %.3g)",
                              id,
                              prediction,
                              label,
                              explain_number(error, "distance"));
    }
}

static int
explain_print(const char *json)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *root;
    JsonArray *groups;

    if (explain_json) {
        printf("%s\n", json);
        return fflush(stdout) == 0 ? ERRATA_EXIT_DONE : ERRATA_EXIT_FAILED;
    }
    if (!json_parser_load_from_data(parser, json, -1, NULL))
        return ERRATA_EXIT_FAILED;
    root = json_node_get_object(json_parser_get_root(parser));
    groups = json_object_get_array_member(root, "attribution");
    explain_print_outputs(root);
    for (guint i = 0; i < json_array_get_length(groups); i++)
        explain_print_group(json_array_get_object_element(groups, i),
                            json_array_get_length(groups) > 1);
    explain_print_loss(root);
    explain_print_counterfactual(root);
    explain_print_nearest(root);
    return ERRATA_EXIT_DONE;
}

/* whether a text is a JSON object; else @ret_fault says why not */
static gboolean
explain_is_object(const char *text, char **ret_fault)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    guint line = 0, at = 0;

    if (!json_parser_load_from_data(parser, text, -1, &error)) {
        /* the parser forgets its place; its message has it */
        *ret_fault = sscanf(error->message, "<data>:%u:%u:", &line, &at) == 2 && line == 1
                         ? g_strdup_printf("there is a slip before its character %u", at)
                         : g_strdup("it is not well formed");
        return FALSE;
    }
    if (JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        return TRUE;
    *ret_fault = g_strdup("it holds no columns with values");
    return FALSE;
}

/* the row as a file that the worker reads like any log */
static gboolean
explain_add_row(ErrataHostJob *job, GError **error)
{
    gsize length = strlen(explain_row);
    int fd = memfd_create("row.jsonl", MFD_CLOEXEC);
    gboolean ok = fd >= 0 && write(fd, explain_row, length) == (gssize)length &&
                  write(fd, "\n", 1) == 1 && lseek(fd, 0, SEEK_SET) == 0;

    if (!ok) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_IO, "no room for the row");
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    errata_host_job_add_input(job, fd, "row.jsonl", "row");
    return TRUE;
}

static void
explain_tell(GVariant *result)
{
    g_autofree const char **warnings = NULL;

    if (explain_json || !g_variant_lookup(result, "warnings", "^a&s", &warnings))
        return;
    for (guint i = 0; warnings[i] != NULL; i++) {
        g_autofree char *clean = errata_cli_printable(warnings[i]);

        g_printerr("errata: note: %s\n", clean);
    }
}

static int
explain_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataHostJob) job = NULL;
    g_autoptr(GVariant) result = NULL;
    g_autofree char *fault = NULL;
    const char *json;
    ErrataBar bar;

    if (arguments[0] == NULL || (arguments[1] != NULL && arguments[2] != NULL))
        return errata_cli_usage("explain needs a model, and a row of a log or of its own, e.g. "
                                "errata explain model.json log.csv --id 17");
    if ((explain_row != NULL) + (explain_id != NULL) + (explain_where != NULL) != 1)
        return errata_cli_usage("explain needs one of --row, --id and --where");
    if (explain_row != NULL && !explain_is_object(explain_row, &fault))
        return errata_cli_usage("--row is no JSON object (%s): write it as "
                                "'{\"age\": 34, \"city\": \"Rome\"}'",
                                fault);
    job = errata_host_job_new("explain");
    job->what = g_strdup(explain_id);
    if (!errata_oneshot_add_config(job, explain_config, &error) ||
        !errata_oneshot_add_roles(job, explain_roles, &error) ||
        !errata_oneshot_add_where(job, explain_where, &error) ||
        !errata_oneshot_add_input(job, arguments[0], "model", &error) ||
        (arguments[1] != NULL && !errata_oneshot_add_input(job, arguments[1], "auto", &error)) ||
        (explain_row != NULL && !explain_add_row(job, &error)))
        return errata_cli_fail(error);
    errata_bar_init(&bar, TRUE);
    result = errata_oneshot_run(g_steal_pointer(&job), &bar, &error);
    if (result == NULL)
        return errata_cli_fail(error);
    explain_tell(result);
    if (!g_variant_lookup(result, "explanation", "&s", &json))
        return ERRATA_EXIT_FAILED;
    return explain_print(json);
}

const ErrataVerb errata_verb_explain = {
    .name = "explain",
    .arguments = "MODEL [LOG] | LOG",
    .summary = "Explain one prediction: shares, what would change it, errors like it",
    .options = explain_options,
    .run = explain_run,
};
