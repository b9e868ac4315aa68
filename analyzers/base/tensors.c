/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tensors of a model. Two with the same bytes are found by hash and confirmed by comparing;
 * tensors whose numbers are all alike (zeros, ones) say nothing when they equal another and are
 * left out. */
#include "tensors.h"

#include <string.h>

#include "error.h"
#include "limit.h"

typedef struct {
    const guint8 *data;
    gsize size;
    guint64 hash;
    const char *name; /* of the layer */
} Known;

struct _ErrataTensors {
    ErrataModelBuilder *builder;
    GHashTable *known; /* of Known */
    GPtrArray *kept;   /* GBytes */
    guint n;
    guint64 n_values;
    guint n_broken; /* tensors that hold NaN or infinite numbers */
    guint n_infinite;
    guint n_zero; /* of two dimensions or more */
    guint n_same;
    ErrataModelLayer *first_broken;
    ErrataModelLayer *first_infinite;
    ErrataModelLayer *first_zero;
    ErrataModelLayer *first_same;
};

static guint
known_hash_cb(gconstpointer key)
{
    const Known *known = key;

    return (guint)(known->hash ^ known->hash >> 32);
}

static gboolean
known_equal_cb(gconstpointer a, gconstpointer b)
{
    const Known *one = a, *other = b;

    return one->hash == other->hash && one->size == other->size &&
           memcmp(one->data, other->data, one->size) == 0;
}

/**
 * errata_tensors_new:
 * @builder: where the layers go; outlives the result
 *
 * Returns: (transfer full): no tensors yet
 */
ErrataTensors *
errata_tensors_new(ErrataModelBuilder *builder)
{
    ErrataTensors *self = g_new0(ErrataTensors, 1);

    self->builder = builder;
    self->known = g_hash_table_new_full(known_hash_cb, known_equal_cb, g_free, NULL);
    self->kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    return self;
}

void
errata_tensors_free(ErrataTensors *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->known);
    g_ptr_array_unref(self->kept);
    g_free(self);
}

void
errata_tensors_keep(ErrataTensors *self, GBytes *bytes)
{
    g_ptr_array_add(self->kept, g_bytes_ref(bytes));
}

guint64
errata_tensors_n_values(const ErrataTensors *self)
{
    return self->n_values;
}

static void
tensors_count(guint *n, ErrataModelLayer **first, ErrataModelLayer *layer)
{
    if ((*n)++ == 0)
        *first = layer;
}

static void
tensors_look(ErrataTensors *self, const ErrataTensorView *view, ErrataModelLayer *layer)
{
    ErrataTensorScan scan;
    Known *known;
    const Known *earlier;

    errata_tensor_scan(view->type, view->is_big_endian, view->data, view->size, &scan);
    if (view->found != NULL) {
        scan.n_nan = view->found->n_nan;
        scan.n_infinite = view->found->n_infinite;
        scan.all_zero = view->found->all_zero;
    }
    layer->n_nan = scan.n_nan;
    layer->n_infinite = scan.n_infinite;
    layer->all_zero = scan.all_zero;
    if (scan.n_nan > 0)
        tensors_count(&self->n_broken, &self->first_broken, layer);
    else if (scan.n_infinite > 0)
        tensors_count(&self->n_infinite, &self->first_infinite, layer);
    if (scan.all_zero && view->n_dims >= 2)
        tensors_count(&self->n_zero, &self->first_zero, layer);
    if (scan.is_constant || view->size == 0)
        return;
    known = g_new0(Known, 1);
    *known = (Known){view->data, view->size, scan.hash, layer->name};
    earlier = g_hash_table_lookup(self->known, known);
    if (earlier == NULL) {
        g_hash_table_add(self->known, known);
        return;
    }
    layer->duplicate_of = g_strdup(earlier->name);
    tensors_count(&self->n_same, &self->first_same, layer);
    g_free(known);
}

/**
 * errata_tensors_add:
 * @self: the tensors so far
 * @view: one more; its name is copied
 * @error: return location for a #GError
 *
 * Returns: (transfer none) (nullable): its layer, of kind `tensor`, or %NULL with
 *   %ERRATA_ERROR_LIMIT or %ERRATA_ERROR_INVALID_DATA for a shape that cannot be counted
 */
ErrataModelLayer *
errata_tensors_add(ErrataTensors *self, const ErrataTensorView *view, GError **error)
{
    ErrataModelLayer *layer;
    guint64 n;

    if (self->n++ >= ERRATA_LIMIT_TENSORS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "it holds more than %u tensors",
                    ERRATA_LIMIT_TENSORS);
        return NULL;
    }
    if (!errata_tensor_count(view->dims, view->n_dims, &n)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "the shape of tensor “%s” has more numbers than can be counted",
                    view->name);
        return NULL;
    }
    layer = errata_model_builder_add_layer(self->builder, view->name, "tensor");
    layer->dtype = g_strdup(errata_tensor_nick(view->type));
    layer->shape = errata_tensor_shape(view->dims, view->n_dims);
    layer->n_values = n;
    layer->n_bytes = view->size;
    self->n_values += n;
    if (view->data != NULL)
        tensors_look(self, view, layer);
    return layer;
}

/**
 * errata_tensors_finish:
 * @self: all tensors
 *
 * Adds what they show to the model's risks: NaN (`nan-weights`) and infinite numbers
 * (`infinite-weights`), which the model would carry into every answer; matrices of zeros
 * (`zero-weights`); tensors that equal another (`duplicated-weights`), which tied weights do.
 */
void
errata_tensors_finish(ErrataTensors *self)
{
    if (self->n_broken > 0)
        errata_model_builder_add_risk(
            self->builder,
            ERRATA_SEVERITY_MEDIUM,
            "nan-weights",
            "%u of %u tensors hold NaN, the first “%s” with %" G_GUINT64_FORMAT
            " among its %" G_GUINT64_FORMAT " numbers",
            self->n_broken,
            self->n,
            self->first_broken->name,
            self->first_broken->n_nan,
            self->first_broken->n_values);
    if (self->n_infinite > 0)
        errata_model_builder_add_risk(
            self->builder,
            ERRATA_SEVERITY_MEDIUM,
            "infinite-weights",
            "%u of %u tensors hold infinite numbers and no NaN, the first "
            "“%s” with %" G_GUINT64_FORMAT " among its %" G_GUINT64_FORMAT " numbers",
            self->n_infinite,
            self->n,
            self->first_infinite->name,
            self->first_infinite->n_infinite,
            self->first_infinite->n_values);
    if (self->n_zero > 0)
        errata_model_builder_add_risk(self->builder,
                                      ERRATA_SEVERITY_LOW,
                                      "zero-weights",
                                      "%u of %u tensors are tables of zeros only, the first “%s”",
                                      self->n_zero,
                                      self->n,
                                      self->first_zero->name);
    if (self->n_same > 0)
        errata_model_builder_add_risk(
            self->builder,
            ERRATA_SEVERITY_INFO,
            "duplicated-weights",
            "%u of %u tensors hold the numbers of another, the first “%s” "
            "those of “%s”",
            self->n_same,
            self->n,
            self->first_same->name,
            self->first_same->duplicate_of);
}
