/* SPDX-License-Identifier: GPL-3.0-or-later */
/* skops: scikit-learn models as a tree of nodes in schema.json, with their arrays beside it. A node
 * names a class, and how it would be made; here it is described, and run as what a pickle of the
 * same would describe. Source: skops/io/_audit.py and _protocol.py. */
#include <string.h>

#include "datum.h"
#include "error.h"
#include "model-facts.h"
#include "npy.h"
#include "pickle-import.h"
#include "plugin.h"
#include "sk-model.h"
#include "skops-pickle.h"
#include "text-hash.h"

extern const ErrataPlugin errata_plugin_skops;

#define SKOPS_DEPTH 100
#define SKOPS_FACTS 400
#define SKOPS_RISKS 20
#define SKOPS_NODES 100000 /* told as layers */

typedef struct {
    ErrataModelBuilder *builder;
    ErrataTensors *tensors;
    const ErrataModelParts *parts;
    const ErrataModelPart *schema;
    GHashTable *told;  /* types that are risks */
    GHashTable *odd;   /* kinds of nodes that are not known */
    GHashTable *files; /* arrays that were read */
    guint n_facts;
    guint n_layers;
} Skops;

/* what skops itself trusts, by and large: the types of these packages */
static gboolean
skops_is_trusted(const char *module)
{
    static const char *const homes[] = {"sklearn", "numpy", "scipy", "collections", "datetime"};
    gsize length = strcspn(module, ".");

    for (guint i = 0; i < G_N_ELEMENTS(homes); i++)
        if (strlen(homes[i]) == length && strncmp(homes[i], module, length) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
skops_is_builtin_function(const char *name)
{
    static const char *const names[] = {"eval",
                                        "exec",
                                        "compile",
                                        "open",
                                        "getattr",
                                        "setattr",
                                        "__import__",
                                        "input",
                                        "breakpoint",
                                        "globals",
                                        NULL};

    return g_strv_contains(names, name);
}

static void
skops_check_type(Skops *self, const char *module, const char *name)
{
    const PickleValue global = {.kind = PICKLE_GLOBAL, .module = module, .name = name};
    gboolean is_builtin = module != NULL && strcmp(module, "builtins") == 0;
    gboolean is_dangerous;
    char *full;

    if (module == NULL || name == NULL || (is_builtin && !skops_is_builtin_function(name)) ||
        (skops_is_trusted(module) && strchr(name, '.') == NULL) ||
        g_hash_table_size(self->told) >= SKOPS_RISKS)
        return;
    full = g_strdup_printf("%s.%s", module, name);
    if (!g_hash_table_add(self->told, full))
        return;
    is_dangerous = is_builtin || pickle_import_is_dangerous(&global);
    errata_model_builder_add_risk(
        self->builder,
        is_dangerous ? ERRATA_SEVERITY_CRITICAL : ERRATA_SEVERITY_MEDIUM,
        "untrusted-type",
        is_dangerous ? "to open it skops would have to be told to trust %s, which can "
                       "run code"
                     : "it holds %s, which skops does not trust by itself",
        full);
}

/* skops itself stops at a kind of node that it has no loader for */
static void
skops_check_loader(Skops *self, const char *loader)
{
    static const char *const known[] = {"ObjectNode",
                                        "JsonNode",
                                        "ListNode",
                                        "TupleNode",
                                        "DictNode",
                                        "DefaultDictNode",
                                        "SetNode",
                                        "SliceNode",
                                        "FunctionNode",
                                        "MethodNode",
                                        "PartialNode",
                                        "TypeNode",
                                        "BytesNode",
                                        "BytearrayNode",
                                        "OperatorFuncNode",
                                        "CachedNode",
                                        "NdArrayNode",
                                        "MaskedArrayNode",
                                        "DTypeNode",
                                        "RandomStateNode",
                                        "RandomGeneratorNode",
                                        "SparseMatrixNode",
                                        "ReduceNode",
                                        "TreeNode",
                                        "SGDNode",
                                        "LossNode",
                                        "QuantileForestNode",
                                        NULL};

    if (g_strv_contains(known, loader) || g_hash_table_size(self->odd) >= SKOPS_RISKS ||
        !g_hash_table_add(self->odd, g_strdup(loader)))
        return;
    errata_model_builder_note(self->builder,
                              "nodes of the kind “%.60s” are not known: what is told of them may "
                              "not be what opening them would make",
                              loader);
}

/* a function by module and name */
static void
skops_check_function(Skops *self, const ErrataDatum *content)
{
    const char *module = errata_datum_text(content, "module_path");

    if (module == NULL)
        module = errata_datum_text(content, "module");
    skops_check_type(self, module, errata_datum_text(content, "function"));
}

static gboolean
skops_add_array(Skops *self, const char *path, const char *file, GError **error)
{
    const ErrataModelPart *part;
    const guint8 *bytes = NULL;
    gsize size = 0;

    if (!g_hash_table_add(self->files, g_strdup(file)))
        return TRUE; /* the same array under another name */
    part = skops_find_file(self->parts, self->schema, file);
    if (part == NULL)
        return npy_fail(error, "the file of array “%s”, %s, is not there", path, file);
    if (part->bytes != NULL)
        bytes = g_bytes_get_data(part->bytes, &size);
    /* sparse matrices are archives within the archive */
    return !npy_is(bytes, size) || npy_add(self->builder, self->tensors, path, part, error);
}

static gboolean skops_walk(Skops *self,
                           const char *path,
                           const ErrataDatum *node,
                           guint depth,
                           GError **error);

/* a setting, as JSON within the JSON; what was learned ends with an underscore */
static void
skops_add_fact(Skops *self, const char *path, const ErrataDatum *node)
{
    const char *value = errata_datum_text(node, "content");
    const char *last = strrchr(path, '.');
    g_autofree char *plain = NULL;
    gsize length = value != NULL ? strlen(value) : 0;

    last = last != NULL ? last + 1 : path;
    if (length == 0 || path[0] == '\0' || self->n_facts >= SKOPS_FACTS)
        return;
    self->n_facts++;
    plain = length >= 2 && value[0] == '"' ? g_strndup(value + 1, length - 2) : g_strdup(value);
    if (strcmp(last, "_sklearn_version") == 0)
        errata_model_builder_set_version(self->builder, plain);
    else if (last[0] == '_')
        return;
    else if (g_str_has_suffix(last, "_"))
        errata_model_builder_add_training(self->builder, path, plain);
    else
        errata_model_builder_add_parameter(self->builder, path, plain);
}

static gboolean
skops_walk_content(Skops *self,
                   const char *path,
                   const ErrataDatum *content,
                   guint depth,
                   GError **error)
{
    if (content == NULL)
        return TRUE;
    if (content->kind == ERRATA_DATUM_LIST) {
        for (gsize i = 0; i < content->n; i++) {
            g_autofree char *inner = g_strdup_printf("%s[%" G_GSIZE_FORMAT "]", path, i);

            if (!skops_walk(self, inner, &content->items[i], depth + 1, error))
                return FALSE;
        }
        return TRUE;
    }
    if (content->kind != ERRATA_DATUM_OBJECT)
        return TRUE;
    if (errata_datum_text(content, "__loader__") != NULL) /* the attributes of an object */
        return skops_walk(self, path, content, depth + 1, error);
    for (gsize i = 0; i < content->n; i++) {
        g_autofree char *inner = path[0] != '\0' ? g_strconcat(path, ".", content->keys[i], NULL)
                                                 : g_strdup(content->keys[i]);

        if (!skops_walk(self, inner, &content->items[i], depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
skops_walk(Skops *self, const char *path, const ErrataDatum *node, guint depth, GError **error)
{
    const char *loader = errata_datum_text(node, "__loader__");
    const char *klass = errata_datum_text(node, "__class__");
    const char *module = errata_datum_text(node, "__module__");
    const char *file = errata_datum_text(node, "file");

    if (loader == NULL || strlen(path) > 4096)
        return TRUE;
    if (depth > SKOPS_DEPTH)
        return npy_fail(error, "its nodes lie within one another more than %d deep", SKOPS_DEPTH);
    skops_check_loader(self, loader);
    skops_check_type(self, module, klass);
    if (strcmp(loader, "FunctionNode") == 0)
        skops_check_function(self, errata_datum_get(node, "content"));
    if (strcmp(loader, "JsonNode") == 0) {
        skops_add_fact(self, path, node);
        return TRUE;
    }
    if (strcmp(loader, "ObjectNode") == 0 && klass != NULL && self->n_layers++ < SKOPS_NODES)
        errata_model_builder_add_layer(self->builder, path[0] != '\0' ? path : "(model)", klass);
    if (file != NULL)
        return skops_add_array(self, path[0] != '\0' ? path : "(array)", file, error);
    return skops_walk_content(self, path, errata_datum_get(node, "content"), depth, error) &&
           skops_walk_content(self, path, errata_datum_get(node, "attrs"), depth, error);
}

static gboolean
skops_read(Skops *self, const ErrataDatum *root, GError **error)
{
    const char *klass, *version;

    klass = errata_datum_text(root, "__class__");
    version = errata_datum_text(root, "_skops_version");
    if (klass != NULL)
        errata_model_builder_set_kind(self->builder, klass);
    if (version != NULL)
        errata_model_builder_add_training(self->builder, "skops", version);
    return skops_walk(self, "", root, 0, error);
}

/* the model that runs, where all of it is known and trusted; NULL with @error, which is only why
 * not */
static ErrataModel *
skops_run(const Skops *self, const ErrataDatum *root, GError **error)
{
    const char *version = errata_datum_text(root, "_skops_version");
    g_autoptr(GByteArray) pickle = NULL;
    g_autoptr(ErrataModel) model = NULL;

    if (g_hash_table_size(self->told) > 0 || g_hash_table_size(self->odd) > 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_UNSUPPORTED,
                            "it holds types that are not scikit-learn's or not known");
        return NULL;
    }
    pickle = skops_to_pickle(root, self->parts, self->schema, error);
    if (pickle != NULL)
        model = sk_model_of_pickle(pickle->data, pickle->len, "skops", error);
    if (model == NULL)
        return NULL;
    if (model->klass == NULL) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_UNSUPPORTED,
                            model->why_not != NULL ? model->why_not : "nothing of it is computed");
        return NULL;
    }
    if (version != NULL)
        g_ptr_array_add(model->notes, g_strdup_printf("saved by skops %.20s", version));
    return g_steal_pointer(&model);
}

static ErrataModel *
skops_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("skops", "scikit-learn");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);
    g_autoptr(GHashTable) told = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) odd = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) files =
        g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    Skops self = {.builder = builder,
                  .tensors = tensors,
                  .parts = parts,
                  .schema = errata_model_parts_find(parts, "schema.json"),
                  .told = told,
                  .odd = odd,
                  .files = files};
    g_autoptr(ErrataDatumTree) document = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(GError) why = NULL;
    const char *text;
    gsize size;

    if (self.schema == NULL || self.schema->bytes == NULL)
        self.schema = errata_model_parts_main(parts);
    if (!g_str_has_suffix(self.schema->name, "schema.json")) {
        npy_fail(error, "it holds no schema.json");
        return NULL;
    }
    text = g_bytes_get_data(self.schema->bytes, &size);
    document = errata_datum_parse_model_json(text, size, error);
    if (document == NULL) {
        g_prefix_error(error, "%s: ", self.schema->name);
        return NULL;
    }
    if (!skops_read(&self, errata_datum_tree_root(document), error))
        return NULL;
    errata_tensors_finish(tensors);
    model = skops_run(&self, errata_datum_tree_root(document), &why);
    if (model != NULL)
        return g_steal_pointer(&model);
    errata_model_builder_set_why_not(builder, "%s", why->message);
    return errata_model_builder_finish(builder, error);
}

static guint
skops_sniff(const guint8 *head, gsize size, const char *name)
{
    return size > 0 && head[0] == '{' && g_str_has_suffix(name, "schema.json") &&
                   memmem(head, size, "\"__loader__\"", 12) != NULL
               ? 80
               : 0;
}

static guint
skops_sniff_archive(const ErrataModelParts *parts)
{
    const ErrataModelPart *part = errata_model_parts_find(parts, "schema.json");
    gsize size = 0;
    const guint8 *bytes = part != NULL && part->bytes != NULL ? g_bytes_get_data(part->bytes, &size)
                                                              : NULL;

    return bytes != NULL && skops_sniff(bytes, size, part->name) > 0 ? 88 : 0;
}

static const ErrataModelFormat skops_format = {
    .id = "skops",
    .summary = "scikit-learn, saved by skops",
    .sniff = skops_sniff,
    .sniff_archive = skops_sniff_archive,
    .load = skops_load,
};

const ErrataPlugin errata_plugin_skops = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "skops",
    .models = (const ErrataModelFormat *const[]){&skops_format, &npz_format, &npy_format, NULL},
};
