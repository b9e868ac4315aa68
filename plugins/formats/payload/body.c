/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of requests and responses as model servers write them:
 *   - {"instances": [ROW …]}, {"predictions": [ROW …]} (TensorFlow Serving, KServe V1, Vertex AI);
 *   - {"inputs": [{"name", "shape", "datatype", "data"} …]}, {"outputs": …} (Open Inference V2);
 *   - {"data": {"names": […], "ndarray": [ROW …]}}, {"data": {"tensor": {"shape", "values"}}}
 *     (Seldon V1);
 *   - {"dataframe_split": {"columns": […], "data": [ROW …]}}, {"dataframe_records": [ROW …]},
 *     {"inputs": {"COLUMN": [CELL …] …}} (MLflow, Databricks);
 *   - an array of rows; one row.
 * A row is an object, an array, a value, or any of them as JSON within a string. Inputs without
 * names are called `input_0` …, a response's only value as the caller says, and values that are the
 * probabilities of all classes `prob_CLASS`. */
#include "body.h"

#include <math.h>
#include <string.h>

#include "json-reader.h"
#include "lines.h"

#define BODY_DEPTH   4     /* of wrappers within one another */
#define BODY_ROUNDED 0.005 /* how far each of probabilities that were rounded may be off */
#define BODY_COPIED  (64 * 1024 * 1024) /* bytes of what a record tells, copied to its rows */
#define BODY_FACT    16                 /* bytes of a cell beside its text */

typedef enum {
    BODY_ROWS,
    BODY_TENSORS,
    BODY_COLUMNS,
    BODY_ONE
} BodyKind;

/* @nodes: what was parsed from strings; @rows: rows or tensors; @names: (nullable): of a row's
 * values; @object: columns or the one row */
struct _ErrataPayloadBody {
    gboolean response;
    const char *single;
    GPtrArray *nodes;
    BodyKind kind;
    JsonArray *rows;
    JsonArray *names;
    JsonObject *object;
    GPtrArray *tensors; /* (element-type JsonObject) (nullable): those of most rows first */
    guint n_rows;
    guint n_left; /* rows beyond those */
};

static void body_open(ErrataPayloadBody *self, JsonNode *node, guint depth);

/* what a string holds where that is JSON, else the node itself */
static JsonNode *
body_unpack(GPtrArray *nodes, JsonNode *node)
{
    const char *text = node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node)
                                                                   : NULL;
    JsonNode *parsed = NULL;

    if (text != NULL && (text[0] == '{' || text[0] == '['))
        parsed = errata_payload_parse(text, strlen(text));
    if (parsed == NULL)
        return node;
    g_ptr_array_add(nodes, parsed);
    return parsed;
}

static guint
body_length(JsonNode *node)
{
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node)
               ? json_array_get_length(json_node_get_array(node))
               : 0;
}

static gboolean
body_is_tensor(JsonNode *node)
{
    JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node)
                                                                      : NULL;

    return object != NULL && errata_json_reader_peek(object, "name") != NULL &&
           (json_object_has_member(object, "datatype") || json_object_has_member(object, "shape"));
}

/* rows of a tensor: its data stand row by row, flat or nested */
static guint
body_tensor_rows(JsonObject *tensor)
{
    JsonArray *shape = errata_json_reader_array(tensor, "shape");
    JsonArray *data = errata_json_reader_array(tensor, "data");
    guint n = errata_json_reader_length(data);
    JsonNode *first = n > 0 ? json_array_get_element(data, 0) : NULL;
    JsonNode *rows = errata_json_reader_length(shape) > 0 ? json_array_get_element(shape, 0) : NULL;
    gint64 told = rows != NULL && JSON_NODE_HOLDS_VALUE(rows) ? json_node_get_int(rows) : 0;

    if (first == NULL || JSON_NODE_HOLDS_ARRAY(first) || told <= 0)
        return n;
    return told <= n && n % told == 0 ? (guint)told : 0;
}

static int
body_compare_tensors(gconstpointer a, gconstpointer b)
{
    guint n_a = body_tensor_rows(*(JsonObject *const *)a);
    guint n_b = body_tensor_rows(*(JsonObject *const *)b);

    return (n_a < n_b) - (n_a > n_b);
}

static void
body_tensors(ErrataPayloadBody *self, JsonArray *array)
{
    self->kind = BODY_TENSORS;
    self->rows = array;
    self->tensors = g_ptr_array_new();
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);

        if (body_is_tensor(node))
            g_ptr_array_add(self->tensors, json_node_get_object(node));
    }
    g_ptr_array_sort(self->tensors, body_compare_tensors); /* equal ones stay in order */
    if (self->tensors->len > 0)
        self->n_rows = body_tensor_rows(self->tensors->pdata[0]);
}

/* columns of equally many cells */
static gboolean
body_is_columns(JsonObject *object)
{
    g_autoptr(GList) values = json_object_get_values(object);
    guint n = values != NULL ? body_length(values->data) : 0;

    for (GList *l = values; l != NULL; l = l->next)
        if (body_length(l->data) != n)
            return FALSE;
    return n > 0;
}

static void
body_table(ErrataPayloadBody *self, JsonArray *names, JsonArray *rows)
{
    self->kind = BODY_ROWS;
    self->names = names;
    self->rows = rows;
    self->n_rows = errata_json_reader_length(rows);
}

/* Seldon's {"shape": [rows, columns], "values": [flat]}: as one tensor, of @names */
static gboolean
body_seldon_tensor(ErrataPayloadBody *self, JsonObject *data)
{
    JsonObject *tensor = errata_json_reader_object(data, "tensor");
    JsonArray *shape = errata_json_reader_array(tensor, "shape");
    JsonArray *values = errata_json_reader_array(tensor, "values");
    gint64 width = errata_json_reader_length(shape) == 2 ? json_array_get_int_element(shape, 1) : 1;
    JsonArray *rows;
    JsonNode *node;

    if (values == NULL || width <= 0 || json_array_get_length(values) % (guint64)width != 0)
        return FALSE;
    rows = json_array_new();
    for (guint i = 0; i < json_array_get_length(values); i += (guint)width) {
        JsonArray *row = json_array_new();

        for (guint j = 0; j < (guint)width; j++)
            json_array_add_element(row, json_array_dup_element(values, i + j));
        json_array_add_array_element(rows, row);
    }
    node = json_node_alloc();
    json_node_init_array(node, rows);
    json_array_unref(rows);
    g_ptr_array_add(self->nodes, node);
    body_table(self, errata_json_reader_array(data, "names"), json_node_get_array(node));
    return TRUE;
}

/* what is within @object, where it is a wrapper */
static gboolean
body_unwrap(ErrataPayloadBody *self, JsonObject *object, guint depth)
{
    static const char *const keys[] = {"payload",
                                       "dataframe_split",
                                       "dataframe_records",
                                       "instances",
                                       "predictions",
                                       "inputs",
                                       "outputs",
                                       "data",
                                       "jsonData"};
    JsonArray *rows = errata_json_reader_array(object, "ndarray");
    JsonArray *columns = errata_json_reader_array(object, "columns");

    if (rows != NULL) {
        body_table(self, errata_json_reader_array(object, "names"), rows);
        return TRUE;
    }
    if (errata_json_reader_object(object, "tensor") != NULL)
        return body_seldon_tensor(self, object);
    rows = errata_json_reader_array(object, "data");
    if (columns != NULL && rows != NULL) {
        body_table(self, columns, rows);
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        JsonNode *node = body_unpack(self->nodes, json_object_get_member(object, keys[i]));

        if (node == NULL || JSON_NODE_HOLDS_VALUE(node) || JSON_NODE_HOLDS_NULL(node))
            continue;
        if ((g_str_equal(keys[i], "inputs") || g_str_equal(keys[i], "outputs")) &&
            JSON_NODE_HOLDS_OBJECT(node) && body_is_columns(json_node_get_object(node))) {
            self->kind = BODY_COLUMNS;
            self->object = json_node_get_object(node);
            g_autoptr(GList) values = json_object_get_values(self->object);
            self->n_rows = body_length(values->data);
        } else {
            body_open(self, node, depth + 1);
        }
        return TRUE;
    }
    return FALSE;
}

static void
body_open(ErrataPayloadBody *self, JsonNode *node, guint depth)
{
    node = body_unpack(self->nodes, node);
    if (node == NULL || depth > BODY_DEPTH)
        return;
    if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);

        if (json_array_get_length(array) > 0 && body_is_tensor(json_array_get_element(array, 0)))
            body_tensors(self, array);
        else
            body_table(self, NULL, array);
    } else if (JSON_NODE_HOLDS_OBJECT(node) &&
               !body_unwrap(self, json_node_get_object(node), depth)) {
        self->kind = BODY_ONE;
        self->object = json_node_get_object(node);
        self->n_rows = json_object_get_size(self->object) > 0 ? 1 : 0;
    }
}

/**
 * errata_payload_body_new:
 * @node: (nullable): what was sent
 * @single: (nullable): it is what the model answered, whose only value is called so; %NULL: it is
 *   what was asked
 *
 * Returns: (transfer full): it; borrows from @node
 */
ErrataPayloadBody *
errata_payload_body_new(JsonNode *node, const char *single)
{
    ErrataPayloadBody *self = g_new0(ErrataPayloadBody, 1);

    self->response = single != NULL;
    self->single = single;
    self->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    body_open(self, node, 0);
    self->n_left = self->n_rows - MIN(self->n_rows, ERRATA_PAYLOAD_ROWS);
    self->n_rows -= self->n_left;
    return self;
}

void
errata_payload_body_free(ErrataPayloadBody *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->nodes);
    g_clear_pointer(&self->tensors, g_ptr_array_unref);
    g_free(self);
}

/**
 * errata_payload_body_n_rows:
 * @self: (nullable): a body
 *
 * Returns: its rows; 0 where it holds none that can be read
 */
guint
errata_payload_body_n_rows(const ErrataPayloadBody *self)
{
    return self != NULL ? self->n_rows : 0;
}

/**
 * errata_payload_body_n_left:
 * @self: (nullable): a body
 *
 * Returns: how many rows it has beyond %ERRATA_PAYLOAD_ROWS, which are not read
 */
guint
errata_payload_body_n_left(const ErrataPayloadBody *self)
{
    return self != NULL ? self->n_left : 0;
}

/**
 * errata_payload_body_most:
 * @n_facts: what else a record tells, which each of its rows gets
 * @n_bytes: of their texts
 *
 * Returns: how many rows of the record are read, up to %ERRATA_PAYLOAD_ROWS: a short record of many
 *   rows and many facts asks for a cell per row and fact
 */
guint
errata_payload_body_most(gsize n_facts, gsize n_bytes)
{
    gsize size = n_facts * BODY_FACT + n_bytes;

    return size > 0 ? (guint)CLAMP(BODY_COPIED / size, 1, ERRATA_PAYLOAD_ROWS)
                    : ERRATA_PAYLOAD_ROWS;
}

/* a model's answer is no label, whatever it is called; pandas calls a column without a name 0 */
static const char *
body_name(const ErrataPayloadBody *self, const char *name)
{
    static const char *const labels[] = {"label", "class", "target", "y", "outcome", "category"};

    for (gsize i = 0; self->response && i < G_N_ELEMENTS(labels); i++)
        if (g_ascii_strcasecmp(name, labels[i]) == 0)
            return "predicted_label";
    if (self->response && strcmp(name, "0") == 0)
        return self->single;
    return name;
}

/* notes whether these are numbers from 0 to 1 with the sum 1: a probability per class */
static void
body_vote(ErrataPayloadRow *target, const char *base, JsonArray *array)
{
    guint n = json_array_get_length(array);
    gboolean sums = TRUE, fractions = FALSE;
    double sum = 0.0;

    for (guint i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);
        GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
        double value = type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double(node)
                                                                     : (double)NAN;

        sums = sums && value >= 0.0 && value <= 1.0;
        fractions = fractions || (value > 0.0 && value < 1.0);
        sum += value;
    }
    errata_payload_row_vote(target,
                            base,
                            sums && fabs(sum - 1.0) <= BODY_ROUNDED * (double)n,
                            fractions);
}

/* the name of class @i; Seldon puts "t:" before those of targets */
static char *
body_class(JsonArray *names, guint i)
{
    JsonNode *node = i < errata_json_reader_length(names) ? json_array_get_element(names, i) : NULL;
    const char *text = node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node)
                                                                   : NULL;

    if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
        json_node_get_value_type(node) == G_TYPE_INT64)
        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
    if (text == NULL)
        return g_strdup_printf("%u", i);
    return g_strdup(g_str_has_prefix(text, "t:") ? text + 2 : text);
}

static gboolean
body_probabilities(JsonArray *names, JsonArray *values, ErrataPayloadRow *target, GError **error)
{
    for (guint i = 0; i < json_array_get_length(values); i++) {
        g_autofree char *class = body_class(names, i);
        g_autofree char *name = g_strconcat("prob_", class, NULL);

        if (!errata_payload_row_node(target, name, json_array_get_element(values, i), error))
            return FALSE;
    }
    return TRUE;
}

/* the values of a row in order; @base: (nullable): what they are called that have no name */
static gboolean
body_values(const ErrataPayloadBody *self,
            const char *base,
            JsonArray *names,
            JsonArray *values,
            ErrataPayloadRow *target,
            GError **error)
{
    guint n = json_array_get_length(values);

    if (self->response && n > 1 && target->voting)
        body_vote(target, base, values);
    if (self->response && n > 1 && errata_payload_row_is_probabilities(target, base))
        return body_probabilities(names, values, target, error);
    for (guint i = 0; i < n; i++) {
        JsonNode *named = i < errata_json_reader_length(names) ? json_array_get_element(names, i)
                                                               : NULL;
        const char *text = named != NULL && JSON_NODE_HOLDS_VALUE(named)
                               ? json_node_get_string(named)
                               : NULL;
        g_autofree char *name = NULL;

        if (self->response && n == 1)
            name = g_strdup(self->single);
        else if (text != NULL && text[0] != '\0')
            name = g_strdup(body_name(self, text));
        else
            name = n == 1 && base != NULL ? g_strdup(base)
                                          : g_strdup_printf("%s_%u",
                                                            base != NULL     ? base
                                                            : self->response ? "output"
                                                                             : "input",
                                                            i);
        if (!errata_payload_row_node(target, name, json_array_get_element(values, i), error))
            return FALSE;
    }
    return TRUE;
}

/* {"scores": [0.2, 0.8], "classes": ["no", "yes"]}, as AutoML answers */
static gboolean
body_class_scores(JsonObject *object, JsonArray **ret_classes, JsonArray **ret_scores)
{
    static const char *const classes[] = {"classes", "labels", "displayNames"};
    static const char *const scores[] = {"scores", "probabilities", "confidences"};

    *ret_classes = *ret_scores = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        if (*ret_classes == NULL)
            *ret_classes = errata_json_reader_array(object, classes[i]);
        if (*ret_scores == NULL)
            *ret_scores = errata_json_reader_array(object, scores[i]);
    }
    return *ret_classes != NULL && *ret_scores != NULL &&
           json_array_get_length(*ret_classes) == json_array_get_length(*ret_scores);
}

static gboolean
body_object(const ErrataPayloadBody *self,
            JsonObject *object,
            ErrataPayloadRow *target,
            GError **error)
{
    g_autoptr(GList) keys = json_object_get_members(object);
    JsonArray *classes = NULL;
    JsonArray *scores = NULL;
    gboolean scored = self->response && body_class_scores(object, &classes, &scores);

    if (scored && !body_probabilities(classes, scores, target, error))
        return FALSE;
    for (GList *l = keys; l != NULL; l = l->next) {
        JsonNode *value = json_object_get_member(object, l->data);
        JsonArray *array = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;
        gboolean bare = strcmp(l->data, "features") == 0 || strcmp(l->data, "data") == 0;

        if (scored && array != NULL && (array == classes || array == scores))
            continue;
        if (array != NULL
                ? !body_values(self, bare ? NULL : l->data, NULL, array, target, error)
                : !errata_payload_row_node(target, body_name(self, l->data), value, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
body_node(const ErrataPayloadBody *self, JsonNode *node, ErrataPayloadRow *target, GError **error)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);

    node = body_unpack(nodes, node);
    if (JSON_NODE_HOLDS_ARRAY(node))
        return body_values(self, NULL, self->names, json_node_get_array(node), target, error);
    if (JSON_NODE_HOLDS_OBJECT(node))
        return body_object(self, json_node_get_object(node), target, error);
    return errata_payload_row_node(target, self->response ? self->single : "input_0", node, error);
}

/* the values of row @row, which it has, of a tensor; of several tensors each has its name, and of
 * one that gives a row one value, the answer's has none */
static gboolean
body_tensor_row(const ErrataPayloadBody *self,
                JsonObject *tensor,
                guint row,
                ErrataPayloadRow *target,
                GError **error)
{
    const char *name = body_name(self, errata_json_reader_peek(tensor, "name"));
    JsonArray *data = errata_json_reader_array(tensor, "data");
    guint n_rows = body_tensor_rows(tensor);
    guint width = json_array_get_length(data) / n_rows;
    gboolean alone = self->response && json_array_get_length(self->rows) == 1;
    g_autoptr(JsonArray) values = json_array_new();
    JsonNode *first;

    first = json_array_get_element(data, row * width);
    if (width == 1 && !JSON_NODE_HOLDS_ARRAY(first))
        return errata_payload_row_node(target, alone ? self->single : name, first, error);
    if (width == 1)
        return body_values(self, name, NULL, json_node_get_array(first), target, error);
    for (guint i = 0; i < width; i++)
        json_array_add_element(values, json_array_dup_element(data, row * width + i));
    return body_values(self, name, NULL, values, target, error);
}

static gboolean
body_column_cells(const ErrataPayloadBody *self,
                  guint row,
                  ErrataPayloadRow *target,
                  GError **error)
{
    g_autoptr(GList) keys = json_object_get_members(self->object);

    for (GList *l = keys; l != NULL; l = l->next) {
        JsonArray *column = json_object_get_array_member(self->object, l->data);
        JsonNode *cell = json_array_get_element(column, row);

        /* a column of arrays of one value, as servers of tensors want it, is one of values */
        if (body_length(cell) == 1)
            cell = json_array_get_element(json_node_get_array(cell), 0);
        if (!errata_payload_row_node(target, body_name(self, l->data), cell, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_payload_body_row:
 * @self: (nullable): a body
 * @row: which; beyond its last nothing happens
 * @target: gets the cells
 * @error: return location
 *
 * Errors: LIMIT where there are too many columns.
 *
 * Returns: whether @target has the cells
 */
gboolean
errata_payload_body_row(const ErrataPayloadBody *self,
                        guint row,
                        ErrataPayloadRow *target,
                        GError **error)
{
    if (self == NULL || row >= self->n_rows)
        return TRUE;
    target->side = self->response ? "response" : "request";
    if (self->kind == BODY_ROWS)
        return body_node(self, json_array_get_element(self->rows, row), target, error);
    if (self->kind == BODY_COLUMNS)
        return body_column_cells(self, row, target, error);
    if (self->kind == BODY_ONE)
        return body_object(self, self->object, target, error);
    for (guint i = 0; i < self->tensors->len; i++) {
        JsonObject *tensor = self->tensors->pdata[i];

        if (row >= body_tensor_rows(tensor))
            break;
        if (!body_tensor_row(self, tensor, row, target, error))
            return FALSE;
    }
    return TRUE;
}
