/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Features and splits, as both forms of the file tell them: a feature stands at a place among all
 * columns (flat index) and has a number among those of its kind, by which splits name it. */
#include <math.h>

#include "catboost-private.h"
#include "error.h"
#include "limit.h"

gboolean
cb_fail(GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, message);
    return FALSE;
}

gboolean
cb_refuse(GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED, message);
    return FALSE;
}

static void
cb_feature_free(gpointer data)
{
    CbFeature *self = data;

    g_free(self->name);
    g_clear_pointer(&self->code, g_hash_table_unref);
    g_clear_pointer(&self->text, g_ptr_array_unref);
    g_free(self);
}

void
cb_reader_init(CbReader *self, ErrataModelBuilder *builder)
{
    self->builder = builder;
    self->feature = g_ptr_array_new_with_free_func(cb_feature_free);
    self->number = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->category = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->scale = 1.0;
}

void
cb_reader_clear(CbReader *self)
{
    g_clear_pointer(&self->feature, g_ptr_array_unref);
    g_clear_pointer(&self->number, g_array_unref);
    g_clear_pointer(&self->category, g_array_unref);
    g_clear_pointer(&self->bias, g_free);
    g_clear_pointer(&self->classes, g_strfreev);
}

/* indices are below this many features, so that no index in a file makes us allocate more */
#define CB_MAX_INDEX 65536

static gboolean
cb_is_index(double value)
{
    return value >= 0.0 && value < CB_MAX_INDEX && value <= floor(value);
}

CbFeature *
cb_add_feature(CbReader *self,
               GArray *indices,
               double index,
               double flat,
               const char *name,
               GError **error)
{
    const guint32 none = G_MAXUINT32;
    CbFeature *feature;

    if (!cb_is_index(index) || !cb_is_index(flat)) {
        cb_fail(error, "a feature has the index %g and the flat index %g", index, flat);
        return NULL;
    }
    while (self->feature->len <= (guint)flat)
        g_ptr_array_add(self->feature, g_new0(CbFeature, 1));
    while (indices->len <= (guint)index)
        g_array_append_val(indices, none);
    feature = g_ptr_array_index(self->feature, (guint)flat);
    if (feature->is_listed || g_array_index(indices, guint32, (guint)index) != none) {
        cb_fail(error, "two features have the index %g or the flat index %g", index, flat);
        return NULL;
    }
    feature->is_listed = TRUE;
    feature->is_category = indices == self->category;
    feature->name = g_strdup(name != NULL && name[0] != '\0' ? name : NULL);
    if (feature->is_category)
        feature->code = g_hash_table_new(NULL, NULL);
    g_array_index(indices, guint32, (guint)index) = (guint32)flat;
    return feature;
}

guint
cb_add_category(CbFeature *feature, guint32 hash)
{
    guint code = feature->n_codes++;

    if (!g_hash_table_contains(feature->code, GUINT_TO_POINTER(hash)))
        g_hash_table_insert(feature->code, GUINT_TO_POINTER(hash), GUINT_TO_POINTER(code + 1));
    return code;
}

static gboolean
cb_find(const GArray *indices, double index, const char *kind, CbSplit *ret, GError **error)
{
    guint32 flat = cb_is_index(index) && index < indices->len
                       ? g_array_index(indices, guint32, (guint)index)
                       : G_MAXUINT32;

    if (flat == G_MAXUINT32)
        return cb_fail(error, "a split names the %s feature %g, which there is not", kind, index);
    ret->feature = flat;
    return TRUE;
}

gboolean
cb_split_number(const CbReader *self, double index, double border, CbSplit *ret, GError **error)
{
    ret->is_category = FALSE;
    ret->border = (double)(float)border;
    if (isnan(border))
        return cb_fail(error, "the border of a split is no number");
    return cb_find(self->number, index, "float", ret, error);
}

gboolean
cb_split_category(const CbReader *self, double index, double value, CbSplit *ret, GError **error)
{
    CbFeature *feature;
    guint32 hash;
    guint code;

    ret->is_category = TRUE;
    if (!(fabs(value) < 4294967296.0))
        return cb_fail(error, "a split compares a category with %g, which is no hash", value);
    if (!cb_find(self->category, index, "categorical", ret, error))
        return FALSE;
    hash = (guint32)(gint64)value;
    feature = g_ptr_array_index(self->feature, ret->feature);
    code = GPOINTER_TO_UINT(g_hash_table_lookup(feature->code, GUINT_TO_POINTER(hash)));
    if (code == 0 && feature->text != NULL)
        g_ptr_array_add(feature->text, g_strdup_printf("#%u", hash));
    ret->code = code > 0 ? code - 1 : cb_add_category(feature, hash);
    return TRUE;
}

CbFeature *
cb_category(const CbReader *self, double index)
{
    CbSplit split = {0};

    return cb_find(self->category, index, "categorical", &split, NULL)
               ? g_ptr_array_index(self->feature, split.feature)
               : NULL;
}

gboolean
cb_refuse_ctr(const char *names, GError **error)
{
    return cb_refuse(error,
                     "it encodes categories by statistics of the target (CTR of %s), which is not "
                     "computed; train with a one_hot_max_size above the number of categories",
                     names);
}
