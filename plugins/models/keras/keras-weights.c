/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data sets of an HDF5 file, each a tensor named by its path. */
#include <string.h>

#include "keras-private.h"
#include "limit.h"

#define WEIGHTS_DEPTH 64
#define WEIGHTS_NOTES 8

typedef struct {
    ErrataModelBuilder *builder;
    ErrataTensors *tensors;
    H5 *file;
    GHashTable *seen; /* addresses of groups */
    guint n_notes;
} Weights;

/* where the walk is */
typedef struct {
    Weights *weights;
    const char *path;
    guint depth;
} Place;

static gboolean weights_walk(Weights *self,
                             const H5Object *group,
                             const char *path,
                             guint depth,
                             GError **error);

static void
weights_note(Weights *self, const char *path, const char *what)
{
    if (self->n_notes++ < WEIGHTS_NOTES)
        errata_model_builder_note(self->builder, "“%s” was not looked into: %s", path, what);
}

/* numbers of 16 bits that HDF5 has no name for */
static ErrataTensorType
weights_type(Weights *self, const H5Object *object, const H5Data *data)
{
    g_autofree char *name = data->type.size == 2 && data->type.klass != H5_FLOAT
                                ? h5_attribute_text(self->file, object, "dtype")
                                : NULL;

    return name != NULL && strcmp(name, "bfloat16") == 0 ? ERRATA_TENSOR_BF16 : data->type.type;
}

static const char *
weights_word(const H5Type *type)
{
    return type->klass == H5_STRING || (type->klass == H5_VARIABLE && type->is_text) ? "text"
           : type->klass == H5_VARIABLE                                              ? "lists"
                                                                                     : "bytes";
}

static gboolean
weights_add(Weights *self, const H5Object *object, const char *path, GError **error)
{
    H5Data data = {0};
    ErrataTensorView view = {.name = path};
    ErrataModelLayer *layer;

    if (!h5_data_read(self->file, object, &data, error)) {
        g_prefix_error(error, "“%s”: ", path);
        return FALSE;
    }
    view.type = weights_type(self, object, &data);
    view.is_big_endian = data.type.is_big_endian;
    view.dims = data.dims;
    view.n_dims = data.n_dims;
    view.data = data.data;
    view.size = data.size;
    if (data.unpacked != NULL) {
        errata_tensors_keep(self->tensors, data.unpacked);
        g_bytes_unref(data.unpacked);
    }
    if (data.why_not != NULL)
        weights_note(self, path, data.why_not);
    layer = errata_tensors_add(self->tensors, &view, error);
    if (layer == NULL)
        return FALSE;
    if (view.type == ERRATA_TENSOR_OPAQUE) {
        g_free(layer->dtype);
        layer->dtype = g_strdup(weights_word(&data.type));
    }
    return TRUE;
}

static gboolean
weights_link_cb(H5LinkKind kind, const char *name, guint64 address, gpointer data, GError **error)
{
    const Place *place = data;
    Weights *self = place->weights;
    g_autofree char *path = place->path[0] != '\0' ? g_strconcat(place->path, "/", name, NULL)
                                                   : g_strdup(name);
    H5Object object;
    gboolean ok;

    if (kind == H5_LINK_EXTERNAL)
        errata_model_builder_add_risk(self->builder,
                                      ERRATA_SEVERITY_MEDIUM,
                                      "external-link",
                                      "“%s” is a link into another file, which HDF5 would open",
                                      path);
    if (kind != H5_LINK_HARD || strlen(path) > 4096)
        return TRUE;
    if (!h5_object_read(self->file, address, &object, error))
        return FALSE;
    ok = h5_object_find(&object, H5_LAYOUT) != NULL
             ? weights_add(self, &object, path, error)
             : !g_hash_table_add(self->seen, GSIZE_TO_POINTER((gsize)address)) ||
                   weights_walk(self, &object, path, place->depth + 1, error);
    h5_object_clear(&object);
    return ok;
}

static gboolean
weights_walk(Weights *self, const H5Object *group, const char *path, guint depth, GError **error)
{
    Place place = {self, path, depth};

    if (depth > WEIGHTS_DEPTH)
        return h5_fail(error, "groups lie within one another more than %d deep", WEIGHTS_DEPTH);
    return h5_group_each(self->file, group, weights_link_cb, &place, error);
}

gboolean
keras_add_weights(ErrataModelBuilder *builder,
                  ErrataTensors *tensors,
                  H5 *file,
                  const H5Object *root,
                  GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Weights self = {builder, tensors, file, seen, 0};

    g_hash_table_add(seen, GSIZE_TO_POINTER((gsize)file->root));
    return weights_walk(&self, root, "", 0, error);
}
