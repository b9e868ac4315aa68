/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model in several files of safetensors: the index names the file of each tensor, config.json
 * beside it what the model is. Alone, the index is a list of names. */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "model-facts.h"
#include "safetensors-private.h"
#include "text-hash.h"

static const char *
index_base_name(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash != NULL ? slash + 1 : name;
}

static gboolean
index_has_shards(const ErrataModelParts *parts)
{
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (g_str_has_suffix(part->name, ".safetensors"))
            return TRUE;
    }
    return FALSE;
}

/* each tensor is where the index says, and the index knows each */
static gboolean
index_check(const St *self, const ErrataDatum *map, GError **error)
{
    for (gsize i = 0; i < map->n; i++) {
        const ErrataDatum *file = &map->items[i];
        const char *home = g_hash_table_lookup(self->home, map->keys[i]);

        if (file->kind != ERRATA_DATUM_STRING)
            return st_fail(error, "the index names no file for tensor “%s”", map->keys[i]);
        if (home == NULL || strcmp(index_base_name(home), index_base_name(file->text)) != 0)
            return st_fail(error,
                           "the index has tensor “%s” in %s, which does not hold it",
                           map->keys[i],
                           file->text);
    }
    if (map->n < g_hash_table_size(self->home))
        errata_model_builder_note(self->builder,
                                  "%" G_GSIZE_FORMAT
                                  " tensors lie in the files that the index does not name",
                                  g_hash_table_size(self->home) - map->n);
    return TRUE;
}

/* without its files an index is a list of names */
static gboolean
index_list(const St *self, const ErrataDatum *map, GError **error)
{
    if (map->n > ERRATA_LIMIT_TENSORS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "it names more than %u tensors",
                    ERRATA_LIMIT_TENSORS);
        return FALSE;
    }
    for (gsize i = 0; i < map->n; i++) {
        if (map->items[i].kind != ERRATA_DATUM_STRING)
            return st_fail(error, "the index names no file for tensor “%s”", map->keys[i]);
        errata_model_builder_add_layer(self->builder, map->keys[i], map->items[i].text);
    }
    errata_model_builder_note(
        self->builder,
        "only the index is here: shapes and numbers are in the files it names");
    return TRUE;
}

static ErrataDatumTree *
index_parse(const ErrataModelPart *part, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(part->bytes, &size);

    return errata_datum_parse_model_json(text, size, error);
}

/* config.json, as transformers writes it */
static void
index_describe(const St *self, const ErrataModelParts *parts)
{
    const ErrataModelPart *part = errata_model_parts_find(parts, "config.json");
    g_autoptr(ErrataDatumTree) document = part != NULL && part->bytes != NULL
                                              ? index_parse(part, NULL)
                                              : NULL;
    const ErrataDatum *root;
    const char *version;

    if (document == NULL)
        return;
    root = errata_datum_tree_root(document);
    version = errata_datum_text(root, "transformers_version");
    if (version != NULL)
        errata_model_builder_set_version(self->builder, version);
    errata_model_facts_add_parameters(self->builder, NULL, root);
}

static gboolean
index_read(St *self, const ErrataModelParts *parts, GError **error)
{
    const ErrataModelPart *part = errata_model_parts_find(parts, "model.safetensors.index.json");
    g_autoptr(ErrataDatumTree) document = NULL;
    const ErrataDatum *map = NULL;

    if (part == NULL && !parts->is_archive)
        part = errata_model_parts_main(parts);
    if (part != NULL && part->bytes != NULL) {
        document = index_parse(part, error);
        if (document == NULL)
            return FALSE;
        map = errata_datum_get(errata_datum_tree_root(document), "weight_map");
        if (map == NULL || map->kind != ERRATA_DATUM_OBJECT)
            return st_fail(error, "the index has no weight_map");
        errata_model_facts_add_training(
            self->builder,
            NULL,
            errata_datum_get(errata_datum_tree_root(document), "metadata"));
    }
    if (!index_has_shards(parts))
        return map == NULL || index_list(self, map, error);
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *shard = g_ptr_array_index(parts->part, i);

        if (g_str_has_suffix(shard->name, ".safetensors") && shard->bytes != NULL &&
            !st_read(self, shard, error)) {
            g_prefix_error(error, "%s: ", shard->name);
            return FALSE;
        }
    }
    return map == NULL || index_check(self, map, error);
}

static ErrataModel *
index_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("safetensors", "safetensors");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);
    g_autoptr(GHashTable) home =
        g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, g_free);
    St self = {builder, tensors, home};

    if (!index_read(&self, parts, error))
        return NULL;
    index_describe(&self, parts);
    return st_finish(&self, error);
}

static guint
index_sniff(const guint8 *head, gsize size, const char *name)
{
    return size > 0 && head[0] == '{' && memmem(head, size, "\"weight_map\"", 12) != NULL ? 80 : 0;
}

/* a folder as it comes from a hub: an index, or files of safetensors with a config.json */
static guint
index_sniff_archive(const ErrataModelParts *parts)
{
    if (!index_has_shards(parts))
        return 0;
    return errata_model_parts_find(parts, "model.safetensors.index.json") != NULL ? 70
           : errata_model_parts_find(parts, "config.json") != NULL                ? 60
                                                                                  : 0;
}

const ErrataModelFormat st_index_format = {
    .id = "safetensors-index",
    .summary = "safetensors in several files (weights, described)",
    .sniff = index_sniff,
    .sniff_archive = index_sniff_archive,
    .load = index_load,
};
