/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PyTorch: an archive with a pickle, data.pkl, and one file of bytes per storage beside it, in
 * data/. A TorchScript program has code/ and constants.pkl too. The pickle is read by a machine
 * that calls nothing. Source: torch/serialization.py and caffe2/serialize/inline_container.h of
 * PyTorch. */
#include <string.h>

#include "error.h"
#include "plugin.h"
#include "text-hash.h"
#include "torch-private.h"

extern const ErrataPlugin errata_plugin_torch;

/* the archive's own folder: where the first data.pkl lies */
static const ErrataModelPart *
torch_find_pickle(const ErrataModelParts *parts, gsize *ret_folder)
{
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);
        const char *slash = strrchr(part->name, '/');
        const char *base = slash != NULL ? slash + 1 : part->name;

        if (strcmp(base, "data.pkl") == 0 && part->bytes != NULL) {
            *ret_folder = (gsize)(base - part->name);
            return part;
        }
    }
    return NULL;
}

/* the part of that name in the archive's folder */
static const ErrataModelPart *
torch_find(const ErrataModelParts *parts,
           const ErrataModelPart *pickle,
           gsize folder,
           const char *name)
{
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (part->bytes != NULL && strncmp(part->name, pickle->name, folder) == 0 &&
            strcmp(part->name + folder, name) == 0)
            return part;
    }
    return NULL;
}

/* in @folder: storages of data.pkl are data/0 …, those of constants.pkl constants/0 … */
static GHashTable *
torch_storages(const ErrataModelParts *parts,
               const ErrataModelPart *pickle,
               gsize folder,
               const char *inner)
{
    GHashTable *storage = g_hash_table_new(errata_text_hash, g_str_equal);

    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        if (part->bytes != NULL && strncmp(part->name, pickle->name, folder) == 0 &&
            g_str_has_prefix(part->name + folder, inner))
            g_hash_table_insert(storage, part->name + folder + strlen(inner), part->bytes);
    }
    return storage;
}

static gboolean
torch_read_pickle(Torch *self, const ErrataModelPart *part, GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(part->bytes, &size);
    g_autoptr(Pickle) pickle = pickle_read(bytes, size, error);

    if (pickle == NULL || !torch_walk(self, pickle_root(pickle), error)) {
        g_prefix_error(error, "%s: ", part->name);
        return FALSE;
    }
    torch_add_risks(self, pickle);
    /* the pickle's values die here, and with them what was seen */
    g_hash_table_remove_all(self->seen);
    return TRUE;
}

static guint
torch_count_code(const ErrataModelParts *parts, const ErrataModelPart *pickle, gsize folder)
{
    guint n = 0;

    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);

        n += strncmp(part->name, pickle->name, folder) == 0 &&
                     g_str_has_prefix(part->name + folder, "code/") &&
                     g_str_has_suffix(part->name, ".py")
                 ? 1
                 : 0;
    }
    return n;
}

static guint64
torch_n_bytes(const ErrataModelParts *parts)
{
    guint64 n_bytes = 0;

    for (guint i = 0; i < parts->part->len; i++)
        n_bytes += ((const ErrataModelPart *)g_ptr_array_index(parts->part, i))->size;
    return n_bytes;
}

static void
torch_set_version(Torch *self, const ErrataModelPart *part)
{
    gsize size;
    const char *text = part != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;
    guint n = 0;

    while (text != NULL && n < MIN(size, 8) && g_ascii_isdigit(text[n]))
        n++;
    if (n > 0) {
        g_autofree char *version = g_strdup_printf("archive format %.*s", (int)n, text);

        errata_model_builder_set_version(self->builder, version);
    }
}

static gboolean
torch_part_says(const ErrataModelPart *part, const char *word)
{
    gsize size = 0;
    const char *text = part != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;

    return text != NULL && size >= strlen(word) && strncmp(text, word, strlen(word)) == 0;
}

static void
torch_describe(Torch *self,
               const ErrataModelParts *parts,
               const ErrataModelPart *pickle,
               gsize folder)
{
    guint n_code = torch_count_code(parts, pickle, folder);

    torch_set_version(self, torch_find(parts, pickle, folder, "version"));
    errata_model_builder_set_kind(self->builder,
                                  n_code > 0 ? "TorchScript program" : "PyTorch weights");
    errata_model_builder_set_why_not(
        self->builder,
        n_code > 0 ? "a TorchScript program is code, and none is run"
                   : "the file holds weights; what is to be done with them is "
                     "code elsewhere");
    if (n_code > 0)
        errata_model_builder_add_risk(
            self->builder,
            ERRATA_SEVERITY_LOW,
            "torchscript-code",
            "it holds %u file%s of TorchScript code, which PyTorch runs when "
            "the model is called",
            n_code,
            n_code == 1 ? "" : "s");
}

static ErrataModel *
torch_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("torch", "PyTorch");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) storage = NULL;
    g_autoptr(GHashTable) constants = NULL;
    Torch self = {.builder = builder, .tensors = tensors, .seen = seen};
    gsize folder = 0;
    const ErrataModelPart *pickle = torch_find_pickle(parts, &folder);
    const ErrataModelPart *more;

    if (pickle == NULL) {
        torch_fail(error, "it holds no data.pkl");
        return NULL;
    }
    torch_describe(&self, parts, pickle, folder);
    self.budget = torch_budget(torch_n_bytes(parts));
    self.is_big_endian = torch_part_says(torch_find(parts, pickle, folder, "byteorder"), "big");
    storage = torch_storages(parts, pickle, folder, "data/");
    self.storage = storage;
    if (!torch_read_pickle(&self, pickle, error))
        return NULL;
    more = torch_find(parts, pickle, folder, "constants.pkl");
    if (more != NULL) {
        constants = torch_storages(parts, pickle, folder, "constants/");
        self.storage = constants;
        if (!torch_read_pickle(&self, more, error))
            return NULL;
    }
    errata_tensors_finish(tensors);
    return errata_model_builder_finish(builder, error);
}

static guint
torch_sniff_archive(const ErrataModelParts *parts)
{
    gsize folder = 0;
    const ErrataModelPart *pickle = torch_find_pickle(parts, &folder);
    g_autoptr(GHashTable) storage = NULL;

    if (pickle == NULL)
        return 0;
    storage = torch_storages(parts, pickle, folder, "data/");
    return g_hash_table_size(storage) > 0 || torch_find(parts, pickle, folder, "version") != NULL ||
                   torch_find(parts, pickle, folder, "constants.pkl") != NULL
               ? 90
               : 0;
}

static const ErrataModelFormat torch_format = {
    .id = "torch",
    .summary = "PyTorch archives: weights, checkpoints, TorchScript (described)",
    .sniff_archive = torch_sniff_archive,
    .load = torch_load,
};

const ErrataPlugin errata_plugin_torch = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "torch",
    .models = (const ErrataModelFormat *const[]){&torch_format, &torch_legacy_format, NULL},
};
