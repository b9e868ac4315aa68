/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model-print.h"

#include <string.h>

#include "cli.h"
#include "json-reader.h"
#include "model-json.h"

#define PRINT_ROWS ERRATA_MODEL_JSON_BRIEF /* inputs, facts or layers shown of each list */
#define PRINT_NAME 40                      /* cells of a layer's name, class or shape at most */

static void
print_text(const char *label, JsonObject *model, const char *key)
{
    const char *text = errata_json_reader_peek(model, key);

    if (text != NULL && text[0] != '\0')
        errata_cli_print_line(13, "%-12s %s", label, text);
}

/* “1 input”, “3 inputs” */
static void
print_count(guint n, const char *one, const char *many)
{
    if (n > 0)
        errata_cli_print("\n%u %s\n", n, n == 1 ? one : many);
}

static void
print_more(guint n)
{
    if (n > PRINT_ROWS)
        errata_cli_print("  … and %u more\n", n - PRINT_ROWS);
}

/* of a list that is told whole or only begun */
static guint
print_length(JsonObject *model, const char *key)
{
    return (guint)errata_json_reader_uint(model, key);
}

static void
print_inputs(JsonObject *model)
{
    JsonArray *inputs = errata_json_reader_array(model, "inputs");
    JsonArray *outputs = errata_json_reader_array(model, "outputs");
    guint n = print_length(model, "n_inputs");

    print_count(n, "input", "inputs");
    for (guint i = 0; i < MIN(n, PRINT_ROWS); i++) {
        JsonObject *input = errata_json_reader_element(inputs, i);
        guint64 n_categories = errata_json_reader_uint(input, "n_categories");
        guint64 n_codes = errata_json_reader_uint(input, "n_codes");

        errata_cli_print("  %-32s %s",
                         errata_json_reader_peek(input, "name"),
                         n_codes > 0 ? "category" : errata_json_reader_peek(input, "type"));
        if (n_codes > 0)
            errata_cli_print(" by its code, 0 … %" G_GUINT64_FORMAT, n_codes - 1);
        if (n_categories > 0)
            errata_cli_print(" of %" G_GUINT64_FORMAT, n_categories);
        if (errata_json_reader_peek(input, "shape") != NULL)
            errata_cli_print(" %s", errata_json_reader_peek(input, "shape"));
        errata_cli_print("\n");
    }
    print_more(n);
    n = print_length(model, "n_outputs");
    print_count(n, "output", "outputs");
    for (guint i = 0; i < MIN(n, PRINT_ROWS); i++) {
        JsonObject *output = errata_json_reader_element(outputs, i);

        errata_cli_print("  %-32s %s",
                         errata_json_reader_peek(output, "name"),
                         errata_json_reader_peek(output, "role"));
        if (errata_json_reader_peek(output, "shape") != NULL)
            errata_cli_print(" %s", errata_json_reader_peek(output, "shape"));
        errata_cli_print("\n");
    }
    print_more(n);
}

#define PRINT_VALUE     35  /* where a value begins */
#define PRINT_VALUE_MAX 200 /* characters of it */

/* as much of it as a reader wants to see; what is left out is shown to be, --json has it */
static char *
fact_value(JsonObject *fact)
{
    const char *value = errata_json_reader_peek(fact, "value");
    g_autofree char *begin = NULL;

    if (value == NULL || g_utf8_strlen(value, -1) <= PRINT_VALUE_MAX)
        return g_strdup(value != NULL ? value : "");
    begin = g_utf8_substring(value, 0, PRINT_VALUE_MAX - 1);
    return g_strconcat(begin, "…", NULL);
}

static void
print_facts(JsonObject *model, const char *key, const char *title)
{
    JsonArray *facts = errata_json_reader_array(model, key);
    guint n = errata_json_reader_length(facts);

    if (n > 0)
        errata_cli_print("\n%s\n", title);
    for (guint i = 0; i < MIN(n, PRINT_ROWS); i++) {
        JsonObject *fact = errata_json_reader_element(facts, i);

        g_autofree char *value = fact_value(fact);

        errata_cli_print_line(PRINT_VALUE,
                              "  %-32s %s",
                              errata_json_reader_peek(fact, "name"),
                              value);
    }
    print_more(n);
}

/* of scikit-learn, each below the one that it belongs to: the name's part, the class, the
 * columns */
static void
print_steps(JsonArray *layers, guint n)
{
    print_count(n, "step", "steps");
    for (guint i = 0; i < MIN(n, PRINT_ROWS); i++) {
        JsonObject *layer = errata_json_reader_element(layers, i);
        const char *name = errata_json_reader_peek(layer, "name");
        const char *settings = errata_json_reader_peek(layer, "settings");
        guint depth = 1;

        for (const char *below; (below = strstr(name, "__")) != NULL; name = below + 2)
            depth++;
        errata_cli_print_line(2 * depth + 2,
                              "%*s%s: %s%s%s",
                              (int)(2 * depth),
                              "",
                              name,
                              errata_json_reader_peek(layer, "kind"),
                              settings != NULL ? " " : "",
                              settings != NULL ? settings : "");
    }
    print_more(n);
}

/* cells that a column of the layers takes, as far as they are shown */
static glong
layers_width(JsonArray *layers, const char *key)
{
    guint n = errata_json_reader_length(layers);
    glong width = 0;

    for (guint i = 0; i < MIN(n, PRINT_ROWS); i++) {
        const char *text = errata_json_reader_peek(errata_json_reader_element(layers, i), key);

        width = MAX(width, text != NULL ? g_utf8_strlen(text, -1) : 0);
    }
    return MIN(width, PRINT_NAME);
}

static void
layer_cell(GString *line, const char *text, glong width)
{
    glong n = text != NULL ? g_utf8_strlen(text, -1) : 0;

    g_string_append(line, text != NULL ? text : "");
    g_string_append_printf(line, "%*s", (int)(MAX(width - n, 0) + (width > 0 ? 1 : 0)), "");
}

/* what is wrong with a tensor's numbers, or that it has those of another */
static char *
layer_odd(JsonObject *layer)
{
    GString *text = g_string_new(NULL);
    guint64 n = errata_json_reader_uint(layer, "nan") + errata_json_reader_uint(layer, "infinite");

    if (n > 0)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " NaN or infinite", n);
    if (errata_json_reader_boolean(layer, "all_zero"))
        g_string_append(text, "all zero");
    if (errata_json_reader_peek(layer, "duplicate_of") != NULL)
        g_string_append_printf(text,
                               "%sthe same as %s",
                               text->len > 0 ? ", " : "",
                               errata_json_reader_peek(layer, "duplicate_of"));
    return g_string_free(text, FALSE);
}

static void
print_layers(JsonObject *model)
{
    static const char *const cells[] = {"name", "kind", "shape", "dtype"};
    JsonArray *layers = errata_json_reader_array(model, "layers");
    guint n = print_length(model, "n_layers");
    glong width[G_N_ELEMENTS(cells)];

    if (g_strcmp0(errata_json_reader_peek(model, "framework"), "scikit-learn") == 0) {
        print_steps(layers, n);
        return;
    }
    print_count(n, "layer or tensor", "layers and tensors");
    for (guint c = 0; c < G_N_ELEMENTS(cells); c++)
        width[c] = layers_width(layers, cells[c]);
    for (guint i = 0; i < MIN(n, PRINT_ROWS); i++) {
        JsonObject *layer = errata_json_reader_element(layers, i);
        const char *settings = errata_json_reader_peek(layer, "settings");
        g_autofree char *odd = layer_odd(layer);
        g_autoptr(GString) line = g_string_new("  ");

        for (guint c = 0; c < G_N_ELEMENTS(cells); c++)
            layer_cell(line, errata_json_reader_peek(layer, cells[c]), width[c]);
        g_string_append_printf(line,
                               "%s%s%s",
                               settings != NULL ? settings : "",
                               settings != NULL && odd[0] != '\0' ? " " : "",
                               odd);
        errata_cli_print_line(4, "%s", g_strchomp(line->str));
    }
    print_more(n);
}

static void
print_risks(JsonObject *model)
{
    JsonArray *risks = errata_json_reader_array(model, "risks");

    for (guint i = 0; i < errata_json_reader_length(risks); i++) {
        JsonObject *risk = errata_json_reader_element(risks, i);

        if (i == 0)
            errata_cli_print("\n");
        errata_cli_print_line(6,
                              "risk, %s: %s",
                              errata_json_reader_peek(risk, "severity"),
                              errata_json_reader_peek(risk, "what"));
    }
}

static void
print_words(JsonObject *model, const char *key, const char *label)
{
    g_auto(GStrv) words = errata_json_reader_strings(model, key);

    for (char **word = words; word != NULL && *word != NULL; word++)
        errata_cli_print_line((guint)strlen(label) + 2, "%s: %s", label, *word);
}

static void
print_trees(JsonObject *model)
{
    JsonObject *trees = errata_json_reader_object(model, "trees");

    if (trees == NULL)
        return;
    errata_cli_print("%-12s %" G_GUINT64_FORMAT " with %" G_GUINT64_FORMAT
                     " leaves, up to %" G_GUINT64_FORMAT " splits deep\n",
                     "trees",
                     errata_json_reader_uint(trees, "trees"),
                     errata_json_reader_uint(trees, "leaves"),
                     errata_json_reader_uint(trees, "depth"));
}

static void
print_tensors(JsonObject *model)
{
    JsonObject *tensors = errata_json_reader_object(model, "tensors");

    if (tensors == NULL)
        return;
    errata_cli_print("%-12s %" G_GUINT64_FORMAT " with %" G_GUINT64_FORMAT
                     " numbers in %" G_GUINT64_FORMAT " bytes",
                     "tensors",
                     errata_json_reader_uint(tensors, "tensors"),
                     errata_json_reader_uint(tensors, "values"),
                     errata_json_reader_uint(tensors, "bytes"));
    errata_cli_print("; %" G_GUINT64_FORMAT " NaN, %" G_GUINT64_FORMAT " infinite\n",
                     errata_json_reader_uint(tensors, "nan"),
                     errata_json_reader_uint(tensors, "infinite"));
}

static void
print_container(JsonObject *model)
{
    JsonObject *container = errata_json_reader_object(model, "container");
    JsonArray *members = errata_json_reader_array(container, "members");
    guint n = errata_json_reader_length(members);

    if (container == NULL)
        return;
    print_facts(container, "facts", errata_json_reader_peek(container, "kind"));
    print_count(n, "member", "members");
    for (guint i = 0; i < MIN(n, PRINT_ROWS); i++) {
        JsonObject *member = errata_json_reader_element(members, i);

        errata_cli_print("  %-40s %12" G_GUINT64_FORMAT "  %s\n",
                         errata_json_reader_peek(member, "path"),
                         errata_json_reader_uint(member, "bytes"),
                         errata_json_reader_peek(member, "what"));
    }
    print_more(n);
}

static void
print_place(JsonObject *model)
{
    JsonObject *container = errata_json_reader_object(model, "container");

    if (container == NULL || g_strcmp0(errata_json_reader_peek(container, "kind"), "archive") == 0)
        return;
    print_text("container", container, "kind");
    print_text("member", container, "path");
}

/**
 * errata_model_print:
 * @json: a model, as errata_model_to_json() writes it
 *
 * Prints it for people.
 */
void
errata_model_print(const char *json)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *model;

    if (!json_parser_load_from_data(parser, json, -1, NULL))
        return;
    model = errata_json_reader_object(json_node_get_object(json_parser_get_root(parser)), "model");
    errata_cli_print("%s: %s model, %" G_GUINT64_FORMAT " bytes\n",
                     errata_json_reader_peek(model, "path"),
                     errata_json_reader_peek(model, "format"),
                     errata_json_reader_uint(model, "bytes"));
    print_place(model);
    print_text("framework", model, "framework");
    print_text("version", model, "version");
    print_text("kind", model, "kind");
    if (g_strcmp0(errata_json_reader_peek(model, "task"), "none") != 0)
        print_text("task", model, "task");
    print_text("sha256", model, "sha256");
    print_trees(model);
    print_tensors(model);
    print_text("not run", model, "why_not");
    print_words(model, "notes", "note");
    print_words(model, "warnings", "warning");
    print_risks(model);
    print_inputs(model);
    print_facts(model, "parameters", "Hyper-parameters");
    print_facts(model, "training", "Training");
    print_layers(model);
    print_container(model);
}

/* some risks say so themselves */
static char *
print_unsafe(JsonObject *model, const char *what)
{
    static const char end[] = "nothing of it was run here";

    return g_strdup_printf("%s is unsafe: %s%s%s",
                           errata_json_reader_peek(model, "path"),
                           what,
                           strstr(what, end) != NULL ? "" : "; ",
                           strstr(what, end) != NULL ? "" : end);
}

/**
 * errata_model_print_unsafe:
 * @json: a model, as errata_model_to_json() writes it
 *
 * Returns: (transfer full) (nullable): why no one should open it with its library; %NULL for a
 * model
 *   like others
 */
char *
errata_model_print_unsafe(const char *json)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *model;
    JsonArray *risks;

    if (!json_parser_load_from_data(parser, json, -1, NULL))
        return NULL;
    model = errata_json_reader_object(json_node_get_object(json_parser_get_root(parser)), "model");
    if (!errata_json_reader_boolean(model, "unsafe"))
        return NULL;
    risks = errata_json_reader_array(model, "risks");
    for (guint i = 0; i < errata_json_reader_length(risks); i++) {
        JsonObject *risk = errata_json_reader_element(risks, i);

        if (g_strcmp0(errata_json_reader_peek(risk, "severity"), "critical") == 0)
            return print_unsafe(model, errata_json_reader_peek(risk, "what"));
    }
    if (errata_json_reader_length(risks) > 0)
        return g_strdup_printf(
            "%s is refused: %s; nothing of it was read",
            errata_json_reader_peek(model, "path"),
            errata_json_reader_peek(errata_json_reader_element(risks, 0), "what"));
    return g_strdup_printf("%s is unsafe; nothing of it was run here",
                           errata_json_reader_peek(model, "path"));
}
