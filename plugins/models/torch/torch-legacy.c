/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What PyTorch wrote before 1.6: pickles one after the other (a magic number, the protocol, the
 * machine, the object, the names of the storages), then each storage as a count and its numbers.
 * Source: torch/serialization.py, _legacy_save. */
#include <string.h>

#include "text-hash.h"
#include "torch-private.h"

#define LEGACY_PROTOCOL 1001

/* protocol 2, a long integer of ten bytes: the magic number */
static const guint8 legacy_magic[] =
    {0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

typedef struct {
    const guint8 *bytes;
    gsize size;
    gsize at;
} Legacy;

static Pickle *
legacy_next(Legacy *self, GError **error)
{
    Pickle *pickle = pickle_read(self->bytes + self->at, self->size - self->at, error);

    if (pickle == NULL)
        g_prefix_error(error, "pickle at byte %" G_GSIZE_FORMAT ": ", self->at);
    else
        self->at += pickle_size(pickle);
    return pickle;
}

/* name of a storage → bytes of one of its numbers, from all that the object refers to */
static void
legacy_items(const PickleValue *value, GHashTable *item, GHashTable *seen, guint depth)
{
    if (value == NULL || depth > 100 || !g_hash_table_add(seen, GSIZE_TO_POINTER((gsize)value)))
        return;
    if (value->kind == PICKLE_PERSISTENT) {
        const char *key = pickle_text(pickle_item(value->args, 2));
        ErrataTensorType type;
        gsize size;

        if (key != NULL && torch_type(pickle_item(value->args, 1), &type, &size))
            g_hash_table_insert(item, GSIZE_TO_POINTER((gsize)key), GSIZE_TO_POINTER(size));
        return;
    }
    for (guint i = 0; i < pickle_n_items(value); i++)
        legacy_items(pickle_item(value, i), item, seen, depth + 1);
    legacy_items(value->args, item, seen, depth + 1);
    legacy_items(value->state, item, seen, depth + 1);
}

static gboolean
legacy_read_storages(Legacy *self,
                     const PickleValue *keys,
                     GHashTable *item,
                     GHashTable *storage,
                     GError **error)
{
    for (guint i = 0; i < pickle_n_items(keys); i++) {
        const char *key = pickle_text(pickle_item(keys, i));
        gsize size = key != NULL ? GPOINTER_TO_SIZE(g_hash_table_lookup(item, key)) : 0;
        guint64 n, bytes;

        if (size == 0)
            return torch_fail(error, "storage %u is none that the object refers to", i);
        if (self->size - self->at < 8)
            return torch_fail(error, "it ends before storage “%s”", key);
        memcpy(&n, self->bytes + self->at, 8);
        self->at += 8;
        if (!g_uint64_checked_mul(&bytes, GUINT64_FROM_LE(n), (guint64)size) ||
            bytes > self->size - self->at)
            return torch_fail(error,
                              "storage “%s” claims %" G_GUINT64_FORMAT
                              " numbers of %" G_GSIZE_FORMAT " bytes, of %" G_GSIZE_FORMAT
                              " bytes left in the file",
                              key,
                              GUINT64_FROM_LE(n),
                              size,
                              self->size - self->at);
        g_hash_table_insert(storage,
                            g_strdup(key),
                            g_bytes_new_static(self->bytes + self->at, bytes));
        self->at += bytes;
    }
    return TRUE;
}

static gboolean
legacy_read(Torch *self, Legacy *file, GError **error)
{
    g_autoptr(Pickle) magic = legacy_next(file, error);
    g_autoptr(Pickle) protocol = magic != NULL ? legacy_next(file, error) : NULL;
    g_autoptr(Pickle) machine = protocol != NULL ? legacy_next(file, error) : NULL;
    g_autoptr(Pickle) object = machine != NULL ? legacy_next(file, error) : NULL;
    g_autoptr(Pickle) keys = NULL;
    g_autoptr(GHashTable) item = g_hash_table_new(errata_text_hash, g_str_equal);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    const PickleValue *little;

    if (object == NULL)
        return FALSE;
    if (pickle_root(protocol)->kind != PICKLE_INT ||
        pickle_root(protocol)->integer != LEGACY_PROTOCOL)
        return torch_fail(error, "its protocol is not %d", LEGACY_PROTOCOL);
    little = pickle_get(pickle_root(machine), "little_endian");
    self->is_big_endian = little != NULL && little->integer == 0;
    torch_add_risks(self, object);
    keys = legacy_next(file, error);
    if (keys == NULL)
        return FALSE;
    legacy_items(pickle_root(object), item, seen, 0);
    return legacy_read_storages(file, pickle_root(keys), item, self->storage, error) &&
           torch_walk(self, pickle_root(object), error);
}

static ErrataModel *
legacy_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("torch-legacy", "PyTorch");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) storage =
        g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    Torch self = {.builder = builder, .tensors = tensors, .seen = seen, .storage = storage};
    Legacy file = {0};

    file.bytes = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &file.size);
    self.budget = torch_budget(file.size);
    if (!legacy_read(&self, &file, error))
        return NULL;
    errata_model_builder_set_version(builder, "before 1.6");
    errata_model_builder_set_kind(builder, "PyTorch weights");
    errata_model_builder_set_why_not(
        builder,
        "the file holds weights; what is to be done with them is code elsewhere");
    if (file.at < file.size)
        errata_model_builder_note(builder,
                                  "%" G_GSIZE_FORMAT " bytes after the last storage were not read",
                                  file.size - file.at);
    errata_tensors_finish(tensors);
    return errata_model_builder_finish(builder, error);
}

static guint
legacy_sniff(const guint8 *head, gsize size, const char *name)
{
    return size >= sizeof legacy_magic && memcmp(head, legacy_magic, sizeof legacy_magic) == 0 ? 95
                                                                                               : 0;
}

const ErrataModelFormat torch_legacy_format = {
    .id = "torch-legacy",
    .summary = "PyTorch before 1.6: weights, checkpoints (described)",
    .sniff = legacy_sniff,
    .load = legacy_load,
};
