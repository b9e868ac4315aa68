/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checkpoints of TensorFlow: an index, which is a sorted table of names and entries in blocks, and
 * shards with the numbers. Sources: tensorflow/core/util/tensor_bundle and
 * protobuf/tensor_bundle.proto; the table is that of LevelDB, doc/table_format.md. */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "text-hash.h"
#include "tf-private.h"

#define BUNDLE_FOOTER 48
#define BUNDLE_MAGIC  G_GUINT64_CONSTANT(0xdb4775248b80fb57)
#define BUNDLE_SUFFIX "/.ATTRIBUTES/VARIABLE_VALUE"
#define BUNDLE_NAME   4096

typedef struct {
    ErrataModelBuilder *builder;
    ErrataTensors *tensors;
    const ErrataModelPart *index;
    const guint8 *bytes;
    gsize size;
    guint64 n_shards;
    gboolean is_big_endian;
    guint64 budget;     /* bytes that may yet be looked at */
    GHashTable *part;   /* by name */
    const guint8 *next; /* where the next block begins at the earliest */
} Bundle;

typedef gboolean (*BlockFunc)(Bundle *self,
                              const GByteArray *key,
                              ErrataWire value,
                              GError **error);

gboolean
tf_is_bundle(const ErrataModelPart *part)
{
    gsize size = 0;
    const guint8 *bytes = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;
    ErrataWire magic;

    if (size < BUNDLE_FOOTER)
        return FALSE;
    magic = (ErrataWire){bytes + size - 8, bytes + size, FALSE};
    return errata_wire_fixed(&magic, 8) == BUNDLE_MAGIC;
}

/* a place and a size, then whether the block is packed */
static gboolean
bundle_block(const Bundle *self, ErrataWire *handle, ErrataWire *ret, GError **error)
{
    guint64 at = errata_wire_varint(handle);
    guint64 size = errata_wire_varint(handle);

    if (handle->failed || at > self->size || size > self->size - at || self->size - at - size < 5)
        return tf_fail(error, "%s: a block of the index lies past its end", self->index->name);
    if (self->bytes[at + size] != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "%s: a block of the index is compressed, which TensorFlow does not do",
                    self->index->name);
        return FALSE;
    }
    *ret = (ErrataWire){self->bytes + at, self->bytes + at + size, FALSE};
    return TRUE;
}

/* entries that share the beginnings of their keys; at the end the places where none is shared */
static gboolean
bundle_each(Bundle *self, ErrataWire block, BlockFunc func, GError **error)
{
    g_autoptr(GByteArray) key = g_byte_array_new();
    ErrataWire last;
    guint64 n_restarts;

    if (errata_wire_size(&block) < 4)
        return tf_fail(error, "%s: a block of the index is too short", self->index->name);
    last = (ErrataWire){block.end - 4, block.end, FALSE};
    n_restarts = errata_wire_fixed(&last, 4);
    if (n_restarts > (errata_wire_size(&block) - 4) / 4)
        return tf_fail(error, "%s: a block of the index is damaged", self->index->name);
    block.end -= 4 + 4 * n_restarts;
    while (block.at < block.end) {
        guint64 shared = errata_wire_varint(&block);
        guint64 own = errata_wire_varint(&block);
        guint64 length = errata_wire_varint(&block);
        ErrataWire value;

        if (block.failed || shared > key->len || own > errata_wire_size(&block) ||
            length > errata_wire_size(&block) - own || shared + own > BUNDLE_NAME)
            return tf_fail(error, "%s: an entry of the index is damaged", self->index->name);
        g_byte_array_set_size(key, (guint)shared);
        g_byte_array_append(key, block.at, (guint)own);
        block.at += own;
        value = (ErrataWire){block.at, block.at + length, FALSE};
        block.at += length;
        if (!func(self, key, value, error))
            return FALSE;
    }
    return TRUE;
}

/* of "variables.index" shard 0 is "variables.data-00000-of-00001" beside it */
static const ErrataModelPart *
bundle_shard(const Bundle *self, guint64 shard)
{
    gsize stem = strlen(self->index->name) - strlen(".index");
    g_autofree char *name = g_strdup_printf("%.*s.data-%05" G_GUINT64_FORMAT
                                            "-of-%05" G_GUINT64_FORMAT,
                                            (int)stem,
                                            self->index->name,
                                            shard,
                                            self->n_shards);

    return g_hash_table_lookup(self->part, name);
}

static gboolean
bundle_header(Bundle *self, ErrataWire wire, GError **error)
{
    ErrataWireField field;

    self->n_shards = 1;
    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1)
            self->n_shards = field.integer;
        else if (field.number == 2)
            self->is_big_endian = field.integer == 1;
    }
    return (!wire.failed && self->n_shards >= 1 && self->n_shards < 100000) ||
           tf_fail(error, "%s: the header of the index is damaged", self->index->name);
}

/* BundleEntryProto */
typedef struct {
    guint64 type;
    TfShape shape;
    guint64 shard;
    guint64 offset;
    guint64 size;
    gboolean is_sliced;
} Entry;

static gboolean
bundle_parse_entry(ErrataWire wire, Entry *entry)
{
    ErrataWireField field;

    while (errata_wire_next(&wire, &field)) {
        if (field.number == 1)
            entry->type = field.integer;
        else if (field.number == 2 && !tf_shape_read(field.bytes, &entry->shape))
            return FALSE;
        else if (field.number == 3)
            entry->shard = field.integer;
        else if (field.number == 4)
            entry->offset = field.integer;
        else if (field.number == 5)
            entry->size = field.integer;
        else if (field.number == 7)
            entry->is_sliced = TRUE;
    }
    return !wire.failed;
}

/* whether the entry's place and size fit its shape and the shard; @view gets its numbers */
static gboolean
bundle_find_numbers(Bundle *self, const Entry *entry, ErrataTensorView *view, GError **error)
{
    const ErrataModelPart *shard = bundle_shard(self, entry->shard);
    guint64 bytes;

    if (entry->shape.is_unknown ||
        !errata_tensor_bytes(view->type, view->dims, view->n_dims, &bytes) ||
        (view->type != ERRATA_TENSOR_OPAQUE && bytes != entry->size))
        return tf_fail(error,
                       "%s: “%s” takes %" G_GUINT64_FORMAT
                       " bytes, which its type and shape do not",
                       self->index->name,
                       view->name,
                       entry->size);
    view->size = entry->size;
    if (shard == NULL || shard->bytes == NULL)
        return TRUE;
    if (entry->offset > shard->size || entry->size > shard->size - entry->offset)
        return tf_fail(error,
                       "%s: “%s” lies past the end of %s",
                       self->index->name,
                       view->name,
                       shard->name);
    if (entry->size > self->budget)
        return TRUE;
    self->budget -= entry->size;
    view->data = (const guint8 *)g_bytes_get_data(shard->bytes, NULL) + entry->offset;
    return TRUE;
}

static gboolean
bundle_entry_cb(Bundle *self, const GByteArray *key, ErrataWire value, GError **error)
{
    g_autofree char *text = key->len > 0
                                ? g_utf8_make_valid((const char *)key->data, (gssize)key->len)
                                : NULL;
    Entry entry = {0};
    ErrataTensorView view = {.name = text, .is_big_endian = self->is_big_endian};
    ErrataModelLayer *layer;

    if (text == NULL)
        return bundle_header(self, value, error);
    if (!bundle_parse_entry(value, &entry))
        return tf_fail(error, "%s: the entry of “%s” is damaged", self->index->name, text);
    if (g_str_has_suffix(text, BUNDLE_SUFFIX))
        text[strlen(text) - strlen(BUNDLE_SUFFIX)] = '\0';
    /* what objects there are, as a text; parts of a tensor that is listed as a whole */
    if (strcmp(text, "_CHECKPOINTABLE_OBJECT_GRAPH") == 0 || entry.is_sliced)
        return TRUE;
    view.type = tf_type(entry.type);
    view.dims = entry.shape.dims;
    view.n_dims = entry.shape.n_dims;
    if (!bundle_find_numbers(self, &entry, &view, error))
        return FALSE;
    layer = errata_tensors_add(self->tensors, &view, error);
    if (layer == NULL)
        return FALSE;
    if (view.type == ERRATA_TENSOR_OPAQUE) {
        g_free(layer->dtype);
        layer->dtype = g_strdup(tf_type_name(entry.type));
    }
    return TRUE;
}

static gboolean
bundle_block_cb(Bundle *self, const GByteArray *key, ErrataWire value, GError **error)
{
    ErrataWire block;

    if (!bundle_block(self, &value, &block, error))
        return FALSE;
    if (block.at < self->next)
        return tf_fail(error,
                       "%s: a block of the index lies before the one it follows",
                       self->index->name);
    self->next = block.end;
    return bundle_each(self, block, bundle_entry_cb, error);
}

static void
bundle_check_shards(const Bundle *self)
{
    for (guint64 shard = 0; shard < self->n_shards; shard++)
        if (bundle_shard(self, shard) == NULL) {
            errata_model_builder_note(self->builder,
                                      "shard %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                                      " of %s is not here: its numbers were not looked at",
                                      shard,
                                      self->n_shards,
                                      self->index->name);
            return;
        }
}

gboolean
tf_read_bundle(ErrataModelBuilder *builder,
               ErrataTensors *tensors,
               const ErrataModelParts *parts,
               const ErrataModelPart *index,
               GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(errata_text_hash, g_str_equal);
    Bundle self = {.builder = builder, .tensors = tensors, .index = index, .part = names};
    ErrataWire footer, block;

    self.bytes = self.next = g_bytes_get_data(index->bytes, &self.size);
    for (guint i = 0; i < parts->part->len; i++) {
        ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        self.budget += 2 * part->size;
        g_hash_table_insert(names, part->name, part);
    }
    if (!tf_is_bundle(index) || !g_str_has_suffix(index->name, ".index"))
        return tf_fail(error, "%s is no index of a checkpoint", index->name);
    footer =
        (ErrataWire){self.bytes + self.size - BUNDLE_FOOTER, self.bytes + self.size - 8, FALSE};
    errata_wire_varint(&footer); /* of the index of filters */
    errata_wire_varint(&footer);
    if (!bundle_block(&self, &footer, &block, error) ||
        !bundle_each(&self, block, bundle_block_cb, error))
        return FALSE;
    bundle_check_shards(&self);
    return TRUE;
}
