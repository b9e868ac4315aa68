/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a skops file says an object is made of, written as the pickle of the same object would say
 * it, so that one reader recognises and runs the models of both. Nothing is called, here or there.
 *
 * Source: skops/io/_general.py, _numpy.py, _sklearn.py; Lib/pickletools.py for the operations. */
#include "skops-pickle.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "npy.h"
#include "number.h"
#include "text-hash.h"

#define WRITER_DEPTH 100

typedef struct {
    GByteArray *out;
    const ErrataModelParts *parts;
    const ErrataModelPart *schema;
    GHashTable *kept; /* place in the memo, from 1, of what has an id or lies in a file */
    guint n_kept;
    GError **error;
} Writer;

const ErrataModelPart *
skops_find_file(const ErrataModelParts *parts, const ErrataModelPart *schema, const char *file)
{
    gsize folder = strlen(schema->name) - strlen("schema.json");

    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (strncmp(part->name, schema->name, folder) == 0 &&
            strcmp(part->name + folder, file) == 0)
            return part;
    }
    return NULL;
}

static gboolean writer_refuse(const Writer *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
writer_refuse(const Writer *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(self->error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED, message);
    return FALSE;
}

static void
write_op(Writer *self, guint8 op)
{
    g_byte_array_append(self->out, &op, 1);
}

static void
write_size(Writer *self, guint64 size, guint n_bytes)
{
    for (guint i = 0; i < n_bytes; i++)
        write_op(self, (guint8)(size >> (8 * i)));
}

static void
write_text(Writer *self, const char *text)
{
    gsize size = strlen(text);

    write_op(self, 'X');
    write_size(self, size, 4);
    g_byte_array_append(self->out, (const guint8 *)text, (guint)size);
}

static void
write_global(Writer *self, const char *module, const char *name)
{
    write_text(self, module);
    write_text(self, name);
    write_op(self, 0x93);
}

static void
write_int(Writer *self, gint64 number)
{
    g_autofree char *line = g_strdup_printf("L%" G_GINT64_FORMAT "L\n", number);

    g_byte_array_append(self->out, (const guint8 *)line, (guint)strlen(line));
}

static void
write_float(Writer *self, double number)
{
    guint64 bits;

    memcpy(&bits, &number, sizeof bits);
    write_op(self, 'G');
    for (guint i = 0; i < 8; i++)
        write_op(self, (guint8)(bits >> (56 - 8 * i)));
}

/* numpy.dtype(text) */
static void
write_dtype(Writer *self, const char *text)
{
    write_global(self, "numpy", "dtype");
    write_text(self, text);
    write_op(self, 0x85);
    write_op(self, 'R');
}

/* ('left_child', '<i8'), …: the fields of a record, with their places; 0 where they cannot be
 * told */
static gsize
write_fields(Writer *self, const char *descr)
{
    gsize offset = 0;

    write_op(self, '}');
    write_op(self, '(');
    for (const char *at = strchr(descr, '('); at != NULL; at = strchr(at, '(')) {
        g_autofree char *name = NULL;
        g_autofree char *type = NULL;
        gsize length = 0;
        gint64 size;

        if (at[1] != '\'')
            return 0;
        name = g_strndup(at + 2, strcspn(at + 2, "'"));
        at += strlen(name) + 2;
        if (!g_str_has_prefix(at, "', '"))
            return 0;
        length = strcspn(at + 4, "'");
        type = g_strndup(at + 4, length);
        at += length + 4;
        if (length < 3 || !g_str_has_prefix(at, "')") ||
            !errata_number_parse_int(type + 2, length - 2, &size) || size < 1 || size > 65536)
            return 0;
        if (name[0] != '\0') { /* what has no name only fills up */
            write_text(self, name);
            write_dtype(self, type);
            write_int(self, (gint64)offset);
            write_op(self, 0x86);
        }
        offset += (gsize)size;
    }
    write_op(self, 'u');
    return offset;
}

/* a dtype of records; the size of one, 0 where it cannot be told */
static gsize
write_record(Writer *self, const char *descr)
{
    g_autoptr(GByteArray) fields = g_byte_array_new();
    Writer inner = {.out = fields};
    gsize size = write_fields(&inner, descr);
    g_autofree char *text = g_strdup_printf("V%" G_GSIZE_FORMAT, size);

    write_dtype(self, text);
    write_op(self, '(');
    write_int(self, 3);
    write_text(self, "|");
    write_op(self, 'N');
    write_op(self, 'N');
    g_byte_array_append(self->out, fields->data, fields->len);
    write_op(self, 't');
    write_op(self, 'b');
    return size;
}

static void
write_bytes(Writer *self, const guint8 *bytes, gsize size)
{
    write_op(self, 0x8e);
    write_size(self, size, 8);
    g_byte_array_append(self->out, bytes, (guint)size);
}

/* up to the state of numpy.core.multiarray._reconstruct(…) */
static void
write_array_head(Writer *self)
{
    write_global(self, "numpy.core.multiarray", "_reconstruct");
    write_op(self, ')');
    write_op(self, 'R');
    write_op(self, '(');
    write_int(self, 1);
}

static void
write_array_tail(Writer *self)
{
    write_op(self, 't');
    write_op(self, 'b');
}

static gboolean
write_array(Writer *self, const NpyArray *array)
{
    guint64 n = 1, size = 0;
    gsize item = array->item;

    write_array_head(self);
    write_op(self, '(');
    for (guint i = 0; i < array->n_dims; i++) {
        write_int(self, (gint64)array->dims[i]);
        if (!g_uint64_checked_mul(&n, n, array->dims[i]))
            return FALSE;
    }
    write_op(self, 't');
    if (array->descr[0] == '[')
        item = write_record(self, array->descr);
    else
        write_dtype(self, array->descr);
    if (item == 0 || !g_uint64_checked_mul(&size, n, item) || size > array->size)
        return FALSE;
    write_op(self, array->is_fortran ? 0x88 : 0x89);
    write_bytes(self, array->data, (gsize)size);
    write_array_tail(self);
    return TRUE;
}

/* a number of numpy's, as a file of no dimensions */
static void
write_scalar(Writer *self, const NpyArray *array)
{
    write_global(self, "numpy.core.multiarray", "scalar");
    write_dtype(self, array->descr);
    write_bytes(self, array->data, array->item);
    write_op(self, 0x86);
    write_op(self, 'R');
}

/* keeps what stands on the stack under a name */
static void
writer_keep(Writer *self, const char *name)
{
    guint at = ++self->n_kept;

    g_hash_table_insert(self->kept, g_strdup(name), GUINT_TO_POINTER(at));
    write_op(self, 'r');
    write_size(self, at, 4);
}

static gboolean
writer_again(Writer *self, const char *name)
{
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(self->kept, name));

    if (at == 0)
        return FALSE;
    write_op(self, 'j');
    write_size(self, at, 4);
    return TRUE;
}

static gboolean
writer_file(Writer *self, const char *file)
{
    const ErrataModelPart *part;
    g_auto(NpyArray) array = {0};
    const guint8 *bytes = NULL;
    gsize size = 0;

    if (writer_again(self, file))
        return TRUE;
    part = skops_find_file(self->parts, self->schema, file);
    if (part != NULL && part->bytes != NULL)
        bytes = g_bytes_get_data(part->bytes, &size);
    if (!npy_is(bytes, size)) /* sparse matrices are archives within the archive */
        return writer_refuse(self, "what lies in %s is no array of numbers", file);
    if (!npy_read(bytes, size, &array, self->error))
        return FALSE;
    if (array.has_objects || (guint64)self->out->len + array.size > ERRATA_LIMIT_PICKLE_BYTES)
        return writer_refuse(self, "the array %s holds objects, or too many numbers", file);
    if (array.n_dims == 0 && array.item > 0 && array.item <= array.size)
        write_scalar(self, &array);
    else if (!write_array(self, &array))
        return writer_refuse(self, "the array %s has a type that is not known", file);
    writer_keep(self, file);
    return TRUE;
}

/* JSON within the JSON */
static gboolean
writer_json(Writer *self, const char *content)
{
    g_autofree char *list = g_strdup_printf("[%s]", content);
    g_autoptr(ErrataDatumTree) document = NULL;
    const ErrataDatum *value;
    double number;

    if (strcmp(content, "null") == 0)
        write_op(self, 'N');
    else if (strcmp(content, "true") == 0 || strcmp(content, "false") == 0)
        write_op(self, content[0] == 't' ? 0x88 : 0x89);
    else if (strcmp(content, "NaN") == 0)
        write_float(self, (double)NAN);
    else if (g_str_has_suffix(content, "Infinity"))
        write_float(self, content[0] == '-' ? -(double)INFINITY : (double)INFINITY);
    else if (content[0] == '"') {
        document = errata_datum_parse_json(list, strlen(list), NULL);
        value = document != NULL ? errata_datum_at(errata_datum_tree_root(document), 0) : NULL;
        if (value == NULL || value->kind != ERRATA_DATUM_STRING)
            return writer_refuse(self, "“%.40s” is no text", content);
        write_text(self, value->text);
    } else if (!errata_number_parse_double(content, strlen(content), &number))
        return writer_refuse(self, "“%.40s” is no number", content);
    else if (strpbrk(content, ".eE") != NULL || fabs(number) > 9e15)
        write_float(self, number);
    else
        write_int(self, (gint64)number);
    return TRUE;
}

static gboolean writer_node(Writer *self, const ErrataDatum *node, guint depth);

static gboolean
writer_items(Writer *self, const ErrataDatum *node, guint depth)
{
    const ErrataDatum *content = errata_datum_get(node, "content");

    for (gsize i = 0; content != NULL && content->kind == ERRATA_DATUM_LIST && i < content->n; i++)
        if (!writer_node(self, &content->items[i], depth + 1))
            return FALSE;
    return TRUE;
}

/* keys that are no texts were written as texts, and their types beside them */
static gboolean
writer_key(Writer *self, const char *key, const ErrataDatum *type)
{
    const char *klass = errata_datum_text(type, "__class__");
    gint64 integer;

    if (klass == NULL || strcmp(klass, "str") == 0)
        write_text(self, key);
    else if ((g_str_has_prefix(klass, "int") || g_str_has_prefix(klass, "uint")) &&
             errata_number_parse_int(key, strlen(key), &integer))
        write_int(self, integer);
    else
        return writer_refuse(self, "a dictionary with keys of the type %s", klass);
    return TRUE;
}

static gboolean
writer_dict(Writer *self, const ErrataDatum *node, guint depth)
{
    const ErrataDatum *content = errata_datum_get(node, "content");
    const ErrataDatum *types = errata_datum_get(errata_datum_get(node, "key_types"), "content");

    write_op(self, '}');
    if (content == NULL || content->kind != ERRATA_DATUM_OBJECT)
        return TRUE;
    write_op(self, '(');
    for (gsize i = 0; i < content->n; i++)
        if (!writer_key(self, content->keys[i], errata_datum_at(types, i)) ||
            !writer_node(self, &content->items[i], depth + 1))
            return FALSE;
    write_op(self, 'u');
    return TRUE;
}

/* the items of lists within lists, as many deep as there are dimensions */
static gboolean
writer_flat(Writer *self, const ErrataDatum *node, guint n_dims, guint depth)
{
    const ErrataDatum *content = errata_datum_get(node, "content");

    if (n_dims == 0)
        return writer_node(self, node, depth + 1);
    for (gsize i = 0; content != NULL && content->kind == ERRATA_DATUM_LIST && i < content->n; i++)
        if (!writer_flat(self, &content->items[i], n_dims - 1, depth + 1))
            return FALSE;
    return TRUE;
}

/* an array of objects */
static gboolean
writer_objects(Writer *self, const ErrataDatum *node, guint depth)
{
    const ErrataDatum *shape = errata_datum_get(node, "shape");
    const ErrataDatum *dims = errata_datum_get(shape, "content");
    guint n_dims = dims != NULL && dims->kind == ERRATA_DATUM_LIST ? (guint)MIN(dims->n, 8) : 0;

    if (n_dims == 0)
        return writer_refuse(self, "an array of objects without a shape");
    write_array_head(self);
    if (!writer_node(self, shape, depth + 1))
        return FALSE;
    write_dtype(self, "|O");
    write_op(self, 0x89);
    write_op(self, ']');
    write_op(self, '(');
    if (!writer_flat(self, node, n_dims, depth))
        return FALSE;
    write_op(self, 'e');
    write_array_tail(self);
    return TRUE;
}

/* an object and its state; what is made by a call of its own has the arguments beside */
static gboolean
writer_object(Writer *self, const ErrataDatum *node, guint depth)
{
    const char *klass = errata_datum_text(node, "__class__");
    const char *module = errata_datum_text(node, "__module__");
    const ErrataDatum *args = errata_datum_get(errata_datum_get(node, "__reduce__"), "args");
    const ErrataDatum *content = errata_datum_get(node, "content");

    if (klass == NULL || module == NULL)
        return writer_refuse(self, "an object without a class");
    write_global(self, module, klass);
    if (args == NULL)
        write_op(self, ')');
    else if (!writer_node(self, args, depth + 1))
        return FALSE;
    write_op(self, 'R');
    if (content == NULL || content->kind != ERRATA_DATUM_OBJECT)
        return TRUE;
    if (!writer_node(self, content, depth + 1))
        return FALSE;
    write_op(self, 'b');
    return TRUE;
}

static gboolean
writer_function(Writer *self, const ErrataDatum *node)
{
    const ErrataDatum *content = errata_datum_get(node, "content");
    const char *module = errata_datum_text(content, "module_path");
    const char *name = errata_datum_text(content, "function");

    if (module == NULL)
        module = errata_datum_text(content, "module");
    if (module == NULL || name == NULL)
        return writer_refuse(self, "a function without a name");
    write_global(self, module, name);
    return TRUE;
}

/* plain numbers, or nothing */
static void
writer_slice(Writer *self, const ErrataDatum *node)
{
    static const char *const names[] = {"start", "stop", "step"};

    write_global(self, "builtins", "slice");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        double number = errata_datum_number(errata_datum_get(node, "content"), names[i]);

        if (isnan(number))
            write_op(self, 'N');
        else
            write_int(self, (gint64)CLAMP(number, -1e9, 1e9));
    }
    write_op(self, 0x87);
    write_op(self, 'R');
}

/* what lies between a beginning and an end: a list, a tuple, a set */
static gboolean
writer_container(Writer *self, const ErrataDatum *node, const char *loader, guint depth)
{
    gboolean is_list = strcmp(loader, "ListNode") == 0;
    gboolean is_tuple = strcmp(loader, "TupleNode") == 0;

    if (!is_tuple)
        write_op(self, is_list ? ']' : 0x8f);
    write_op(self, '(');
    if (!writer_items(self, node, depth))
        return FALSE;
    write_op(self, is_tuple ? 't' : is_list ? 'e' : 0x90);
    return TRUE;
}

static gboolean
writer_array(Writer *self, const ErrataDatum *node, guint depth)
{
    const char *file = errata_datum_text(node, "file");

    return file != NULL ? writer_file(self, file) : writer_objects(self, node, depth);
}

/* what no model's predictions are made of */
static gboolean
loader_is_idle(const char *loader)
{
    static const char *const names[] = {"RandomStateNode",
                                        "RandomGeneratorNode",
                                        "DTypeNode",
                                        NULL};

    return g_strv_contains(names, loader);
}

static gboolean
loader_is_object(const char *loader)
{
    static const char *const names[] = {"ObjectNode", "TreeNode", "SGDNode", "LossNode", NULL};

    return g_strv_contains(names, loader);
}

static gboolean
loader_is_container(const char *loader)
{
    static const char *const names[] = {"ListNode", "TupleNode", "SetNode", NULL};

    return g_strv_contains(names, loader);
}

static gboolean
writer_value(Writer *self, const ErrataDatum *node, const char *loader, guint depth)
{
    const char *content = errata_datum_text(node, "content");

    if (strcmp(loader, "JsonNode") == 0 && content != NULL)
        return writer_json(self, content);
    if (strcmp(loader, "DictNode") == 0 || strcmp(loader, "DefaultDictNode") == 0)
        return writer_dict(self, node, depth);
    if (loader_is_container(loader))
        return writer_container(self, node, loader, depth);
    if (strcmp(loader, "NdArrayNode") == 0)
        return writer_array(self, node, depth);
    if (loader_is_object(loader))
        return writer_object(self, node, depth);
    if (strcmp(loader, "FunctionNode") == 0)
        return writer_function(self, node);
    if (strcmp(loader, "SliceNode") == 0) {
        writer_slice(self, node);
        return TRUE;
    }
    if (strcmp(loader, "TypeNode") == 0 || loader_is_idle(loader)) {
        write_op(self, 'N');
        return TRUE;
    }
    return writer_refuse(self, "a node of the kind “%.40s” is not run", loader);
}

static gboolean
writer_node(Writer *self, const ErrataDatum *node, guint depth)
{
    const char *loader = errata_datum_text(node, "__loader__");
    double id = errata_datum_number(node, "__id__");
    g_autofree char *name = isnan(id) ? NULL : g_strdup_printf("#%.0f", id);

    if (loader == NULL || depth > WRITER_DEPTH)
        return writer_refuse(self,
                             "a node without a kind, or nodes within one another more than %d deep",
                             WRITER_DEPTH);
    if (strcmp(loader, "CachedNode") == 0)
        return (name != NULL && writer_again(self, name)) ||
               writer_refuse(self, "a node that stands for another one, which is not there");
    if (!writer_value(self, node, loader, depth))
        return FALSE;
    if (name != NULL && loader_is_object(loader))
        writer_keep(self, name);
    return TRUE;
}

/**
 * skops_to_pickle:
 * @root: of the schema
 * @parts: where its arrays lie
 * @schema: the part that @root was read from
 *
 * An array that several nodes name stands once, so that the pickle is not larger than the files.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for what is not run, %ERRATA_ERROR_INVALID_DATA for damaged
 * arrays.
 *
 * Returns: (transfer full) (nullable): a pickle of what the file describes
 */
GByteArray *
skops_to_pickle(const ErrataDatum *root,
                const ErrataModelParts *parts,
                const ErrataModelPart *schema,
                GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GHashTable) kept = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    Writer self = {.out = out, .parts = parts, .schema = schema, .kept = kept, .error = error};

    write_op(&self, 0x80);
    write_op(&self, 4);
    if (!writer_node(&self, root, 0))
        return NULL;
    write_op(&self, '.');
    return g_steal_pointer(&out);
}
