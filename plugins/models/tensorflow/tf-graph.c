/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph of a SavedModel: which operations it is made of, those that reach out of it, and the
 * tensors that are constants in it. Source: tensorflow/core/protobuf/saved_model.proto,
 * meta_graph.proto, core/framework/graph.proto, function.proto, tensor.proto. */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "text-hash.h"
#include "tf-private.h"

#define GRAPH_KINDS 60 /* of operations, told by name */
#define GRAPH_NODES (1U << 24)
#define GRAPH_NAME  4096

typedef struct {
    ErrataModelBuilder *builder;
    ErrataTensors *tensors;
    GHashTable *ops; /* name → how many */
    guint n_nodes;
} Graph;

/* what it does when the model is called */
static const struct {
    const char *op;
    ErrataSeverity severity;
    const char *what;
} risky[] = {
    {"PyFunc", ERRATA_SEVERITY_HIGH, "calls Python code"},
    {"PyFuncStateless", ERRATA_SEVERITY_HIGH, "calls Python code"},
    {"EagerPyFunc", ERRATA_SEVERITY_HIGH, "calls Python code"},
    {"WriteFile", ERRATA_SEVERITY_HIGH, "writes files"},
    {"ReadFile", ERRATA_SEVERITY_HIGH, "reads files"},
    {"MatchingFiles", ERRATA_SEVERITY_HIGH, "lists files"},
    {"PrintV2", ERRATA_SEVERITY_LOW, "prints, and can append to files"},
    {"WholeFileReader", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"WholeFileReaderV2", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"TextLineReader", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"TextLineReaderV2", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"FixedLengthRecordReader", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"FixedLengthRecordReaderV2", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"TFRecordReader", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"TFRecordReaderV2", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"TextLineDataset", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"TFRecordDataset", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"FixedLengthRecordDataset", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"FixedLengthRecordDatasetV2", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"CSVDataset", ERRATA_SEVERITY_MEDIUM, "reads files"},
    {"SqlDataset", ERRATA_SEVERITY_MEDIUM, "reads databases"},
    {"CreateSummaryFileWriter", ERRATA_SEVERITY_MEDIUM, "writes files"},
    {"CreateSummaryDbWriter", ERRATA_SEVERITY_MEDIUM, "writes a database"},
    {"SaveDataset", ERRATA_SEVERITY_MEDIUM, "writes files"},
    {"SaveDatasetV2", ERRATA_SEVERITY_MEDIUM, "writes files"},
    {"DataServiceDataset", ERRATA_SEVERITY_MEDIUM, "reaches the network"},
    {"DataServiceDatasetV2", ERRATA_SEVERITY_MEDIUM, "reaches the network"},
    {"DebugIdentity", ERRATA_SEVERITY_MEDIUM, "writes to files or the network"},
    {"DebugIdentityV2", ERRATA_SEVERITY_MEDIUM, "writes to files or the network"},
};

/* TensorProto: its type, shape, and the numbers when they lie there as bytes */
static gboolean
graph_add_constant(Graph *self, const char *name, ErrataWire wire, GError **error)
{
    ErrataWireField field;
    TfShape shape = {0};
    ErrataTensorView view = {.name = name, .dims = shape.dims};
    guint64 type = 0, bytes;

    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1)
            type = field.integer;
        else if (field.number == 2 && !tf_shape_read(field.bytes, &shape))
            return tf_fail(error, "the shape of constant “%s” is damaged", name);
        else if (field.number == 4 && field.kind == 2) {
            view.data = field.bytes.at;
            view.size = errata_wire_size(&field.bytes);
        }
    }
    view.type = tf_type(type);
    view.n_dims = shape.n_dims;
    if (wire.failed)
        return tf_fail(error, "constant “%s” is damaged", name);
    /* short ones, and those that repeat one number, are kept in another way and are no weights */
    if (view.data == NULL || view.n_dims == 0 || view.type == ERRATA_TENSOR_OPAQUE)
        return TRUE;
    if (!errata_tensor_bytes(view.type, shape.dims, shape.n_dims, &bytes) || bytes != view.size)
        return tf_fail(error,
                       "constant “%s” takes %" G_GSIZE_FORMAT
                       " bytes, which its type and shape do not",
                       name,
                       view.size);
    return errata_tensors_add(self->tensors, &view, error) != NULL;
}

/* AttrValue: field 8 is a tensor */
static gboolean
graph_read_value(Graph *self, const char *name, ErrataWire attribute, GError **error)
{
    ErrataWireField field, inner;
    gboolean is_value = FALSE;

    while (errata_wire_next(&attribute, &field)) {
        if (field.number == 1) {
            g_autofree char *key = errata_wire_text(&field);

            is_value = strcmp(key, "value") == 0;
        } else if (field.number == 2 && field.kind == 2 && is_value) {
            ErrataWire value = field.bytes;

            while (errata_wire_next(&value, &inner))
                if (inner.number == 8 && inner.kind == 2 &&
                    !graph_add_constant(self, name, inner.bytes, error))
                    return FALSE;
        }
    }
    return TRUE;
}

/* every constant of a function is told with the function's name before its own */
static char *
graph_name(const ErrataWireField *field, GError **error)
{
    if (field->kind == 2 && errata_wire_size(&field->bytes) > GRAPH_NAME) {
        tf_fail(error, "a name of the graph has more than %d bytes", GRAPH_NAME);
        return NULL;
    }
    return errata_wire_text(field);
}

/* NodeDef: 1 name, 2 operation, 5 attributes */
static gboolean
graph_read_node(Graph *self, const char *where, ErrataWire wire, GError **error)
{
    g_autofree char *name = NULL;
    g_autofree char *op = NULL;
    ErrataWire again = wire;
    ErrataWireField field;
    guint count;

    if (self->n_nodes++ >= GRAPH_NODES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the graph has more than %u nodes",
                    GRAPH_NODES);
        return FALSE;
    }
    while (errata_wire_next(&wire, &field)) {
        char **to = field.number == 1 ? &name : field.number == 2 ? &op : NULL;

        if (to != NULL) {
            g_free(*to);
            *to = graph_name(&field, error);
            if (*to == NULL)
                return FALSE;
        }
    }
    if (wire.failed)
        return tf_fail(error, "node %u of the graph is damaged", self->n_nodes);
    if (op == NULL)
        return TRUE;
    count = GPOINTER_TO_UINT(g_hash_table_lookup(self->ops, op)) + 1;
    if (strcmp(op, "Const") == 0) {
        g_autofree char *full = g_strconcat(where, name != NULL ? name : "", NULL);

        while (errata_wire_next(&again, &field))
            if (field.number == 5 && field.kind == 2 &&
                !graph_read_value(self, full, field.bytes, error))
                return FALSE;
    }
    g_hash_table_insert(self->ops, g_steal_pointer(&op), GUINT_TO_POINTER(count));
    return TRUE;
}

/* FunctionDef: 1 signature, whose field 1 is the name; 3 nodes */
static gboolean
graph_read_function(Graph *self, ErrataWire wire, GError **error)
{
    g_autofree char *where = g_strdup("");
    ErrataWireField field, inner;

    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1 && field.kind == 2) {
            ErrataWire signature = field.bytes;

            while (errata_wire_next(&signature, &inner))
                if (inner.number == 1) {
                    g_autofree char *name = graph_name(&inner, error);

                    if (name == NULL)
                        return FALSE;
                    g_free(where);
                    where = g_strconcat(name, "/", NULL);
                }
        } else if (field.number == 3 && field.kind == 2 &&
                   !graph_read_node(self, where, field.bytes, error)) {
            return FALSE;
        }
    }
    return !wire.failed || tf_fail(error, "a function of the graph is damaged");
}

static int
graph_by_name_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
graph_describe(const Graph *self)
{
    g_autofree gpointer *names = g_hash_table_get_keys_as_array(self->ops, NULL);
    guint n = g_hash_table_size(self->ops);
    g_autoptr(GString) text = g_string_new(NULL);

    qsort(names, n, sizeof *names, graph_by_name_cb);
    for (guint i = 0; i < n; i++) {
        const char *name = names[i];
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(self->ops, name));

        if (i < GRAPH_KINDS)
            g_string_append_printf(text, "%s%s %u", i > 0 ? ", " : "", name, count);
        for (guint r = 0; r < G_N_ELEMENTS(risky); r++)
            if (strcmp(name, risky[r].op) == 0)
                errata_model_builder_add_risk(self->builder,
                                              risky[r].severity,
                                              "graph-operation",
                                              "%u operation%s %s: it %s when the model is called",
                                              count,
                                              count == 1 ? "" : "s",
                                              name,
                                              risky[r].what);
    }
    if (n > GRAPH_KINDS)
        g_string_append_printf(text, ", … %u kinds", n);
    if (n > 0)
        errata_model_builder_add_parameter(self->builder, "operations", text->str);
}

/* GraphDef: 1 nodes, 2 library of functions */
gboolean
tf_read_graph(ErrataModelBuilder *builder, ErrataTensors *tensors, ErrataWire wire, GError **error)
{
    g_autoptr(GHashTable) ops = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    Graph self = {builder, tensors, ops, 0};
    ErrataWireField field, inner;

    while (errata_wire_next(&wire, &field)) {
        ErrataWire library = field.bytes;

        if (field.number == 1 && field.kind == 2 && !graph_read_node(&self, "", field.bytes, error))
            return FALSE;
        while (field.number == 2 && field.kind == 2 && errata_wire_next(&library, &inner))
            if (inner.number == 1 && inner.kind == 2 &&
                !graph_read_function(&self, inner.bytes, error))
                return FALSE;
    }
    if (wire.failed)
        return tf_fail(error, "the graph is damaged");
    graph_describe(&self);
    return TRUE;
}
