/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: read from text or JSON, checked for their form, printed back. What they mean in a log is
 * checked where they are carried out. */
#include "ask-plan.h"

#include <math.h>
#include <string.h>

#include "ask-private.h"
#include "error.h"
#include "filter.h"
#include "finding.h"
#include "json-reader.h"
#include "limit.h"
#include "number.h"
#include "schema-name.h"
#include "text.h"

/* what a step takes besides its name */
typedef enum {
    PLAN_NOTHING,
    PLAN_CONDITION,
    PLAN_WORD,
    PLAN_OPTION,
    PLAN_NUMBER,
    PLAN_METRIC,
    PLAN_GROUP,
    PLAN_ORDER,
} PlanArgument;

static const struct {
    const char *name;
    ErrataAskOp op;
    PlanArgument argument;
    const char *key; /* of the argument, in JSON */
    const char *what;
} plan_ops[] = {
    {"filter", ERRATA_ASK_FILTER, PLAN_CONDITION, "where", "a condition such as age > 40"},
    {"where", ERRATA_ASK_FILTER, PLAN_CONDITION, "where", "a condition such as age > 40"},
    {"what-if", ERRATA_ASK_WHAT_IF, PLAN_NUMBER, "threshold", "threshold and a number"},
    {"group", ERRATA_ASK_GROUP, PLAN_GROUP, "column", "the name of a column, or of two"},
    {"order", ERRATA_ASK_ORDER, PLAN_ORDER, "column", "the name of a column"},
    {"top", ERRATA_ASK_TOP, PLAN_NUMBER, "groups", "how many groups, from 1 to 20"},
    {"bottom", ERRATA_ASK_BOTTOM, PLAN_NUMBER, "groups", "how many groups, from 1 to 20"},
    {"count", ERRATA_ASK_COUNT, PLAN_OPTION, "finding", "a finding such as F1, or nothing"},
    {"share", ERRATA_ASK_SHARE, PLAN_CONDITION, "where", "a condition such as age > 40"},
    {"metric", ERRATA_ASK_METRIC, PLAN_METRIC, "name", "the name of a metric such as accuracy"},
    {"compare", ERRATA_ASK_COMPARE, PLAN_CONDITION, "with", "rest, or a condition"},
    {"findings", ERRATA_ASK_FINDINGS, PLAN_OPTION, "which", "kinds, a severity, or how many"},
    {"finding", ERRATA_ASK_FINDING, PLAN_WORD, "id", "a finding such as F1"},
    {"rows", ERRATA_ASK_ROWS, PLAN_NUMBER, "limit", "how many rows, from 1 to 100"},
    {"explain", ERRATA_ASK_EXPLAIN, PLAN_WORD, "row", "the number or the id of a row"},
    {"advice", ERRATA_ASK_ADVICE, PLAN_NOTHING, NULL, NULL},
    {"features", ERRATA_ASK_FEATURES, PLAN_NOTHING, NULL, NULL},
    {"columns", ERRATA_ASK_COLUMNS, PLAN_OPTION, "which", "missing, or nothing"},
    {"describe", ERRATA_ASK_DESCRIBE, PLAN_WORD, "column", "the name of a column"},
    {"threshold", ERRATA_ASK_THRESHOLD, PLAN_OPTION, "metric", "a metric, or nothing"},
};

static void
plan_step_free(gpointer data)
{
    ErrataAskStep *step = data;

    g_free(step->text);
    g_free(step->of);
    g_free(step);
}

void
errata_ask_plan_free(ErrataAskPlan *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->steps);
    g_free(self);
}

static gboolean
plan_refuse(GError **error, guint step, const char *what, const char *found)
{
    g_autofree char *shown = errata_text_excerpt(found, strlen(found), 60);

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "step %u of the plan: expected %s, found “%s”",
                step,
                what,
                shown);
    return FALSE;
}

/* index into plan_ops, −1 with @error set when there is none of that name */
static int
plan_find_op(const char *name, guint number, GError **error)
{
    g_autoptr(GString) names = g_string_new("an operation (");
    const char *nearest = NULL;
    guint least = 2 + (guint)g_utf8_strlen(name, -1) / 5;

    for (guint i = 0; i < G_N_ELEMENTS(plan_ops); i++) {
        guint distance = errata_schema_name_distance(name, plan_ops[i].name);

        if (g_ascii_strcasecmp(plan_ops[i].name, name) == 0)
            return (int)i;
        if (distance < least) {
            least = distance;
            nearest = plan_ops[i].name;
        }
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", plan_ops[i].name);
    }
    g_string_append_c(names, ')');
    if (nearest != NULL)
        g_string_append_printf(names, "; did you mean %s?", nearest);
    plan_refuse(error, number, names->str, name);
    return -1;
}

static gboolean
plan_check_condition(const ErrataAskStep *step, guint number, GError **error)
{
    g_autoptr(ErrataFilter) filter = NULL;

    if (step->op == ERRATA_ASK_COMPARE && g_ascii_strcasecmp(step->text, "rest") == 0)
        return TRUE;
    filter = errata_filter_parse(step->text, error);
    if (filter == NULL)
        g_prefix_error(error, "step %u of the plan: ", number);
    return filter != NULL;
}

/* from 1 to 20 */
static gboolean
plan_is_limit(const char *text)
{
    gint64 limit;

    return errata_number_parse_int(text, strlen(text), &limit) && limit >= 1 &&
           limit <= ERRATA_ASK_FINDINGS_MAX;
}

/* kinds with commas between, and perhaps how many of them; the least severity; or how many of
 * all */
static gboolean
plan_check_findings(const ErrataAskStep *step, guint number, GError **error)
{
    ErrataFindingKind kind;
    ErrataSeverity severity;
    g_auto(GStrv) kinds = step->text != NULL ? g_strsplit(step->text, ",", -1) : NULL;
    gboolean known = TRUE;

    for (guint i = 0; kinds != NULL && kinds[i] != NULL; i++)
        known = known && (errata_finding_kind_parse(g_strstrip(kinds[i]), &kind) ||
                          g_str_equal(kinds[i], ERRATA_ASK_COPIES) ||
                          g_str_equal(kinds[i], ERRATA_ASK_GAPS) ||
                          (i > 0 && kinds[i + 1] == NULL && plan_is_limit(kinds[i])));
    return known || errata_severity_parse(step->text, &severity) || plan_is_limit(step->text) ||
           plan_refuse(error,
                       number,
                       "kinds (slice, drift, data-bug, label-issue …), a severity (info, low, "
                       "medium, high, critical) or a number up to 20",
                       step->text);
}

static gboolean
plan_check_number(const ErrataAskStep *step, guint number, GError **error)
{
    gboolean rows = step->op == ERRATA_ASK_ROWS;
    gboolean threshold = step->op == ERRATA_ASK_WHAT_IF;
    double most = threshold ? 1.0 : rows ? ERRATA_ASK_MAX_ROWS : ERRATA_ASK_FINDINGS_MAX;
    char buffer[ERRATA_NUMBER_BUFFER];

    if (step->number >= (threshold ? 0.0 : 1.0) && step->number <= most &&
        (threshold || !(step->number > floor(step->number))))
        return TRUE;
    return plan_refuse(error,
                       number,
                       rows        ? "a number of rows from 1 to 100"
                       : threshold ? "a threshold from 0 to 1"
                                   : "a number of groups from 1 to 20",
                       isfinite(step->number) ? errata_number_print(step->number, buffer)
                                              : "no number");
}

/* what a threshold may be chosen for: metrics that are best at neither end */
static gboolean
plan_check_threshold(const ErrataAskStep *step, guint number, GError **error)
{
    static const char *const metrics[] = {"accuracy", "balanced_accuracy", "f1", "mcc", NULL};

    return step->text == NULL || g_strv_contains(metrics, step->text) ||
           plan_refuse(error,
                       number,
                       "accuracy, balanced_accuracy, f1 or mcc after threshold",
                       step->text);
}

/* of the rows, or of a finding */
static gboolean
plan_check_count(const ErrataAskStep *step, guint number, GError **error)
{
    const char *id = step->text;

    return id == NULL ||
           ((id[0] == 'F' || id[0] == 'f') && id[1] != '\0' && strlen(id) < 8 &&
            id[1 + strspn(id + 1, "0123456789")] == '\0') ||
           plan_refuse(error, number, "a finding such as F1, or nothing, after count", id);
}

static gboolean
plan_check_step(const ErrataAskStep *step, guint number, GError **error)
{
    if (step->op == ERRATA_ASK_GROUP && g_strcmp0(step->text, step->of) == 0)
        return plan_refuse(error, number, "two different columns", step->text);
    if (step->op == ERRATA_ASK_THRESHOLD)
        return plan_check_threshold(step, number, error);
    if (step->op == ERRATA_ASK_COUNT)
        return plan_check_count(step, number, error);
    if (step->op == ERRATA_ASK_FILTER || step->op == ERRATA_ASK_SHARE ||
        step->op == ERRATA_ASK_COMPARE)
        return plan_check_condition(step, number, error);
    if (step->op == ERRATA_ASK_FINDINGS)
        return plan_check_findings(step, number, error);
    if (step->op == ERRATA_ASK_ROWS || step->op == ERRATA_ASK_WHAT_IF)
        return plan_check_number(step, number, error);
    return step->op != ERRATA_ASK_COLUMNS || step->text == NULL ||
           g_ascii_strcasecmp(step->text, "missing") == 0 ||
           plan_refuse(error, number, "missing, or nothing, after columns", step->text);
}

/* each metric by the name that reports give it, once */
static gboolean
plan_set_metrics(ErrataAskStep *step, const char *names, guint number, GError **error)
{
    g_autoptr(GPtrArray) parts = errata_ask_plan_name_split(names);
    g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < parts->len; i++) {
        g_autofree char *name = errata_ask_metric_name(g_ptr_array_index(parts, i));

        if (name[0] == '\0')
            return plan_refuse(error, number, "the name of a metric such as accuracy", names);
        if (!g_ptr_array_find_with_equal_func(known, name, g_str_equal, NULL))
            g_ptr_array_add(known, g_steal_pointer(&name));
    }
    if (known->len > ERRATA_ASK_METRICS_MAX)
        return plan_refuse(error, number, "at most six metrics", names);
    g_ptr_array_add(known, NULL);
    g_free(step->text);
    step->text = g_strjoinv(ERRATA_ASK_COMMA, (char **)known->pdata);
    return TRUE;
}

/* “accuracy”, “precision, recall of class” */
static gboolean
plan_take_metric(ErrataAskStep *step, const char *rest, guint number, GError **error)
{
    const char *of = strstr(rest, " of ");
    g_autofree char *class_name = of != NULL ? g_strstrip(g_strdup(of + 4)) : NULL;
    g_autofree char *names = of != NULL ? g_strndup(rest, (gsize)(of - rest)) : g_strdup(rest);

    if (of != NULL)
        step->of = errata_ask_plan_name_unquote(class_name);
    if ((of != NULL && class_name[0] == '\0') || g_str_has_suffix(rest, " of"))
        return plan_refuse(error, number, "a class after of", "the end of the step");
    return plan_set_metrics(step, g_strstrip(names), number, error);
}

/* “region”, “region, channel” */
static gboolean
plan_take_group(ErrataAskStep *step, const char *rest, guint number, GError **error)
{
    g_autoptr(GPtrArray) parts = errata_ask_plan_name_split(rest);

    for (guint i = 0; i < parts->len; i++)
        if (((const char *)g_ptr_array_index(parts, i))[0] == '\0' || i > 1)
            return plan_refuse(error, number, "the name of a column, or of two", rest);
    step->text = g_strdup(g_ptr_array_index(parts, 0));
    step->of = parts->len > 1 ? g_strdup(g_ptr_array_index(parts, 1)) : NULL;
    return TRUE;
}

/* “f1”, “for f1” */
static void
plan_take_threshold(ErrataAskStep *step, const char *rest)
{
    g_autofree char *name =
        errata_ask_plan_name_unquote(g_ascii_strncasecmp(rest, "for ", 4) == 0 ? rest + 4 : rest);

    g_free(step->text);
    step->text = errata_ask_metric_name(name);
    if (strcmp(step->text, "error_rate") == 0) { /* least where accuracy is greatest */
        g_free(step->text);
        step->text = g_strdup("accuracy");
    }
}

/* “score”, “score descending” */
static void
plan_take_order(ErrataAskStep *step, const char *rest)
{
    static const struct {
        const char *word;
        double descending;
    } words[] = {{" descending", 1.0}, {" desc", 1.0}, {" ascending", 0.0}, {" asc", 0.0}};
    g_autofree char *name = g_strdup(rest);
    gsize n = strlen(name);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize length = strlen(words[i].word);

        if (n <= length || g_ascii_strcasecmp(name + n - length, words[i].word) != 0)
            continue;
        step->number = words[i].descending;
        name[n - length] = '\0';
        break;
    }
    step->text = errata_ask_plan_name_unquote(g_strstrip(name));
}

/* “0.3”, “30 %”, and for what-if “threshold 0.3” */
static gboolean
plan_take_number(ErrataAskStep *step, const char *what, char *rest, guint number, GError **error)
{
    static const char *const leads[] = {"threshold", "of", "=", "at"};
    gboolean what_if = step->op == ERRATA_ASK_WHAT_IF;
    gboolean percent;
    g_autofree char *all = g_strdup(rest);
    gsize n;

    for (guint i = 0; what_if && i < G_N_ELEMENTS(leads); i++)
        if (g_str_has_prefix(rest, leads[i]))
            rest = g_strchug(rest + strlen(leads[i]));
    n = strlen(rest);
    percent = what_if && n > 1 && rest[n - 1] == '%';
    if (percent)
        rest[n - 1] = '\0';
    g_strchomp(rest);
    if (!errata_number_parse_double(rest, strlen(rest), &step->number))
        return plan_refuse(error, number, what, all);
    if (percent)
        step->number /= 100.0;
    return TRUE;
}

static gboolean
plan_take_argument(ErrataAskStep *step, guint entry, char *rest, guint number, GError **error)
{
    PlanArgument argument = plan_ops[entry].argument;

    if (argument == PLAN_NOTHING && rest[0] != '\0')
        return plan_refuse(error, number, "nothing behind the operation", rest);
    if (rest[0] == '\0' && argument == PLAN_NUMBER && step->op == ERRATA_ASK_ROWS)
        step->number = 10.0;
    else if (rest[0] == '\0' && argument != PLAN_NOTHING && argument != PLAN_OPTION)
        return plan_refuse(error, number, plan_ops[entry].what, "the end of the step");
    if (rest[0] == '\0')
        return TRUE;
    if (argument == PLAN_METRIC)
        return plan_take_metric(step, rest, number, error);
    if (argument == PLAN_GROUP)
        return plan_take_group(step, rest, number, error);
    if (step->op == ERRATA_ASK_THRESHOLD)
        plan_take_threshold(step, rest);
    else if (argument == PLAN_ORDER)
        plan_take_order(step, rest);
    else if (argument == PLAN_NUMBER)
        return plan_take_number(step, plan_ops[entry].what, rest, number, error);
    else
        step->text = argument == PLAN_CONDITION ? g_strdup(rest)
                                                : errata_ask_plan_name_unquote(rest);
    return TRUE;
}

static gboolean
plan_add_text(ErrataAskPlan *self, char *text, guint number, GError **error)
{
    ErrataAskStep *step = g_new0(ErrataAskStep, 1);
    gsize length;
    char *rest;
    int entry;

    g_ptr_array_add(self->steps, step);
    g_strstrip(text);
    length = strcspn(text, " \t\r\n");
    rest = g_strchug(text + length + (text[length] != '\0' ? 1 : 0));
    text[length] = '\0';
    entry = plan_find_op(text, number, error);
    if (entry < 0)
        return FALSE;
    step->op = plan_ops[entry].op;
    if ((step->op == ERRATA_ASK_GROUP || step->op == ERRATA_ASK_ORDER) &&
        g_ascii_strncasecmp(rest, "by ", 3) == 0)
        rest = g_strchug(rest + 3);
    if (step->op == ERRATA_ASK_COMPARE && g_ascii_strncasecmp(rest, "with ", 5) == 0)
        rest = g_strchug(rest + 5);
    return plan_take_argument(step, (guint)entry, rest, number, error) &&
           plan_check_step(step, number, error);
}

/* at every | that is not within quotes */
static gboolean
plan_parse_text(ErrataAskPlan *self, const char *text, GError **error)
{
    const char *begin = text;
    char quote = '\0';

    for (const char *p = text;; p++) {
        if (*p != '\0' && quote != '\0') {
            quote = *p == quote ? '\0' : quote;
            continue;
        }
        if (*p == '|' || *p == '\0') {
            g_autofree char *part = g_strndup(begin, (gsize)(p - begin));

            if (!plan_add_text(self, part, self->steps->len + 1, error))
                return FALSE;
            begin = p + 1;
        } else if (strchr("\"'`", *p) != NULL) {
            quote = *p;
        }
        if (*p == '\0' || self->steps->len > ERRATA_ASK_MAX_STEPS)
            return TRUE;
    }
}

/* a member that no step of the kind has: it would be lost silently */
static char *
plan_find_stranger(JsonObject *object, guint entry)
{
    g_autoptr(GList) members = json_object_get_members(object);

    for (GList *member = members; member != NULL; member = member->next) {
        const char *name = member->data;

        if (!g_str_equal(name, "op") && g_strcmp0(name, plan_ops[entry].key) != 0 &&
            !(plan_ops[entry].argument == PLAN_METRIC && g_str_equal(name, "of")) &&
            !(plan_ops[entry].argument == PLAN_GROUP && g_str_equal(name, "also")) &&
            !(plan_ops[entry].argument == PLAN_ORDER && g_str_equal(name, "descending")))
            return g_strdup(name);
    }
    return NULL;
}

/* FALSE where a member is a list, an object, or of a type that the step has no use for */
static gboolean
plan_json_fits(JsonObject *object, guint entry, guint number, GError **error)
{
    const char *keys[] = {plan_ops[entry].key, "of", "descending", "also"};

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        JsonNode *node = keys[i] != NULL ? json_object_get_member(object, keys[i]) : NULL;
        gboolean value = node == NULL || JSON_NODE_HOLDS_VALUE(node) || JSON_NODE_HOLDS_NULL(node);

        if (!value)
            return plan_refuse(error, number, "a text or a number", keys[i]);
        if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
            (i == 2) != (json_node_get_value_type(node) == G_TYPE_BOOLEAN))
            return plan_refuse(error,
                               number,
                               i == 2 ? "true or false in descending" : "a text or a number",
                               keys[i]);
    }
    return TRUE;
}

/* a text; numbers (of rows, of classes) are read as they are written */
static char *
plan_json_text(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);
    char buffer[ERRATA_NUMBER_BUFFER];
    double number;

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
        return NULL;
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        return errata_json_reader_string(object, key);
    number = errata_json_reader_double(object, key);
    return isfinite(number) ? g_strdup(errata_number_print(number, buffer)) : NULL;
}

static gboolean
plan_take_json(ErrataAskStep *step, guint entry, JsonObject *object, guint number, GError **error)
{
    PlanArgument argument = plan_ops[entry].argument;
    const char *key = plan_ops[entry].key;

    if (argument == PLAN_NUMBER)
        step->number = errata_json_reader_double(object, key);
    else if (key != NULL)
        step->text = plan_json_text(object, key);
    if (argument == PLAN_METRIC || argument == PLAN_GROUP)
        step->of = plan_json_text(object, argument == PLAN_GROUP ? "also" : "of");
    if (step->op == ERRATA_ASK_THRESHOLD && step->text != NULL) {
        g_autofree char *name = g_steal_pointer(&step->text);

        plan_take_threshold(step, name);
    }
    if (argument == PLAN_ORDER)
        step->number = errata_json_reader_boolean(object, "descending") ? 1.0 : 0.0;
    if ((step->text == NULL || step->text[0] == '\0') && key != NULL && argument != PLAN_NUMBER &&
        argument != PLAN_OPTION)
        return plan_refuse(error, number, plan_ops[entry].what, "no text");
    if (argument == PLAN_METRIC) {
        g_autofree char *names = g_steal_pointer(&step->text);

        return plan_set_metrics(step, names, number, error);
    }
    return TRUE;
}

static gboolean
plan_add_json(ErrataAskPlan *self, JsonObject *object, guint number, GError **error)
{
    ErrataAskStep *step = g_new0(ErrataAskStep, 1);
    const char *name = object != NULL ? errata_json_reader_peek(object, "op") : NULL;
    g_autofree char *stranger = NULL;
    int entry;

    g_ptr_array_add(self->steps, step);
    if (name == NULL)
        return plan_refuse(error, number, "an object with a member op", "none");
    entry = plan_find_op(name, number, error);
    if (entry < 0)
        return FALSE;
    step->op = plan_ops[entry].op;
    stranger = plan_find_stranger(object, (guint)entry);
    if (stranger != NULL) {
        const char *key = plan_ops[entry].key;
        g_autofree char *only =
            g_strdup_printf("op%s%s only", key != NULL ? " and " : "", key != NULL ? key : "");

        return plan_refuse(error, number, only, stranger);
    }
    return plan_json_fits(object, (guint)entry, number, error) &&
           plan_take_json(step, (guint)entry, object, number, error) &&
           plan_check_step(step, number, error);
}

static gboolean
plan_parse_json(ErrataAskPlan *self, const char *text, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(JsonNode) node = errata_json_reader_parse(text, &local);
    g_autofree char *twice = NULL;
    JsonArray *steps;

    if (node == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "the plan is not JSON: %s",
                    local->message);
        return FALSE;
    }
    twice = errata_ask_twice(text);
    if (twice != NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "a step of the plan has the member %s twice, of which one would be lost; give "
                    "each condition a filter step of its own",
                    twice);
        return FALSE;
    }
    steps = JSON_NODE_HOLDS_OBJECT(node)
                ? errata_json_reader_array(json_node_get_object(node), "steps")
                : NULL;
    if (steps == NULL)
        return plan_refuse(error, 1, "an object with a list steps", text);
    for (guint i = 0; i < MIN(errata_json_reader_length(steps), ERRATA_ASK_MAX_STEPS + 1); i++)
        if (!plan_add_json(self, errata_json_reader_element(steps, i), i + 1, error))
            return FALSE;
    return TRUE;
}

static gboolean
plan_is_top(const ErrataAskStep *step)
{
    return step->op == ERRATA_ASK_TOP || step->op == ERRATA_ASK_BOTTOM;
}

/* what may stand between a group and what is told of it */
static gboolean
plan_is_order(const ErrataAskPlan *self, guint i)
{
    const ErrataAskStep *step = i < self->steps->len ? g_ptr_array_index(self->steps, i) : NULL;

    return step != NULL && (step->op == ERRATA_ASK_ORDER || plan_is_top(step));
}

/* what may stand before the last step */
static gboolean
plan_check_before(const ErrataAskPlan *self, guint i, GError **error)
{
    const ErrataAskStep *step = g_ptr_array_index(self->steps, i);
    guint n = self->steps->len;
    const ErrataAskStep *end = g_ptr_array_index(self->steps, n - 1);
    ErrataAskOp last = end->op;
    gboolean grouped = i > 0 &&
                       ((const ErrataAskStep *)g_ptr_array_index(self->steps, i - 1))->op ==
                           ERRATA_ASK_GROUP;

    if (step->op >= ERRATA_ASK_COUNT)
        return plan_refuse(error, i + 2, "the end, as an operation came before", "a step");
    if (plan_is_top(step))
        return (grouped && i + 2 == n && last != ERRATA_ASK_DESCRIBE) ||
               plan_refuse(error,
                           i + 1,
                           "top or bottom between group and metric, count or share",
                           "it elsewhere");
    if (step->op == ERRATA_ASK_ORDER && grouped)
        return (i + 2 == n && g_ascii_strcasecmp(step->text, "count") == 0 &&
                (last == ERRATA_ASK_COUNT || last == ERRATA_ASK_SHARE)) ||
               plan_refuse(error,
                           i + 1,
                           "order count between group and count or share: groups have no other "
                           "order",
                           step->text);
    if (step->op == ERRATA_ASK_GROUP && ((i + 2 != n && !plan_is_order(self, i + 1)) ||
                                         (last != ERRATA_ASK_METRIC && last != ERRATA_ASK_COUNT &&
                                          last != ERRATA_ASK_SHARE && last != ERRATA_ASK_DESCRIBE)))
        return plan_refuse(error,
                           i + 2,
                           "metric, count, share or describe after group",
                           "another step");
    if (step->op == ERRATA_ASK_ORDER && (i + 2 != n || last != ERRATA_ASK_ROWS))
        return plan_refuse(error, i + 2, "rows after order", "another step");
    if (last == ERRATA_ASK_FINDINGS || last == ERRATA_ASK_FINDING || last == ERRATA_ASK_ADVICE ||
        last == ERRATA_ASK_FEATURES || (last == ERRATA_ASK_COUNT && end->text != NULL))
        return plan_refuse(error,
                           i + 1,
                           "findings alone: they (and advice and features) are the report's, "
                           "whatever the rows",
                           "a step before it");
    if (last == ERRATA_ASK_COLUMNS)
        return plan_refuse(error, i + 1, "columns alone", "a step before it");
    return TRUE;
}

/* whether a step before @i supposes a threshold, too */
static gboolean
plan_supposes_before(const ErrataAskPlan *self, guint i)
{
    for (guint k = 0; k < i; k++)
        if (((const ErrataAskStep *)g_ptr_array_index(self->steps, k))->op == ERRATA_ASK_WHAT_IF)
            return TRUE;
    return FALSE;
}

/* filters and what-if first, then perhaps a group or an order, then one operation */
static gboolean
plan_check_order(const ErrataAskPlan *self, GError **error)
{
    guint n = self->steps->len;
    const ErrataAskStep *last = n > 0 ? g_ptr_array_index(self->steps, n - 1) : NULL;

    if (n > ERRATA_ASK_MAX_STEPS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the plan has more than %d steps",
                    ERRATA_ASK_MAX_STEPS);
        return FALSE;
    }
    for (guint i = 0; i + 1 < n; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->steps, i);

        if (!plan_check_before(self, i, error))
            return FALSE;
        if (step->op == ERRATA_ASK_WHAT_IF && plan_supposes_before(self, i))
            return plan_refuse(error, i + 1, "one threshold", "a second one");
    }
    return (last != NULL && last->op >= ERRATA_ASK_COUNT) ||
           plan_refuse(
               error,
               n + 1,
               "an operation at the end (count, share, metric, compare, findings, finding, rows, "
               "explain, advice, features, columns, describe, threshold)",
               "the end");
}

/**
 * errata_ask_plan_parse:
 * @text: steps separated by `|`, or a JSON object with a member `steps`
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_USAGE with the step, what was expected and what was found;
 * %ERRATA_ERROR_LIMIT when it is too long.
 *
 * Returns: (transfer full): the plan
 */
ErrataAskPlan *
errata_ask_plan_parse(const char *text, GError **error)
{
    g_autoptr(ErrataAskPlan) self = g_new0(ErrataAskPlan, 1);
    const char *start = text + strspn(text, " \t\r\n");
    gboolean parsed;

    self->steps = g_ptr_array_new_with_free_func(plan_step_free);
    if (strlen(text) > ERRATA_LIMIT_FILTER_BYTES || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the plan is not a text of at most %u bytes",
                    ERRATA_LIMIT_FILTER_BYTES);
        return NULL;
    }
    parsed = *start == '{' || *start == '[' ? plan_parse_json(self, start, error)
                                            : plan_parse_text(self, start, error);
    if (!parsed || !plan_check_order(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

static void
plan_append_metrics(GString *text, const char *names)
{
    g_auto(GStrv) list = g_strsplit(names, ERRATA_ASK_COMMA, -1);

    for (guint i = 0; list[i] != NULL; i++) {
        g_string_append(text, i > 0 ? ERRATA_ASK_COMMA : "");
        errata_ask_plan_name_append(text, list[i], TRUE);
    }
}

static void
plan_append_argument(GString *text, const ErrataAskStep *step, PlanArgument argument)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    if (argument == PLAN_NUMBER)
        g_string_append_printf(text, " %s", errata_number_print(step->number, buffer));
    else if (step->text != NULL)
        g_string_append_c(text, ' ');
    if (argument == PLAN_CONDITION)
        g_string_append(text, step->text);
    else if (argument == PLAN_METRIC)
        plan_append_metrics(text, step->text);
    else if (step->text != NULL)
        errata_ask_plan_name_append(text, step->text, argument == PLAN_GROUP);
    if (argument == PLAN_ORDER && step->number > 0.0)
        g_string_append(text, " descending");
    if (step->of != NULL) {
        g_string_append(text, argument == PLAN_GROUP ? ERRATA_ASK_COMMA : " of ");
        errata_ask_plan_name_append(text, step->of, argument == PLAN_GROUP);
    }
}

/* Returns: (transfer full): the plan as text, which is read back to the same plan */
char *
errata_ask_plan_print(const ErrataAskPlan *self)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < self->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(self->steps, i);
        guint entry = 0;

        while (plan_ops[entry].op != step->op)
            entry++;
        g_string_append_printf(text, "%s%s", i > 0 ? " | " : "", plan_ops[entry].name);
        if (step->op == ERRATA_ASK_WHAT_IF)
            g_string_append(text, " threshold");
        plan_append_argument(text, step, plan_ops[entry].argument);
    }
    return g_string_free(text, FALSE);
}
