/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BundleYamlEntry:
 * @path: keys and places joined by dots: `flavors.xgboost.data`, `dependencies.0`
 * @value: the scalar as it stands
 */
typedef struct {
    char *path;
    char *value;
} BundleYamlEntry;

/**
 * BundleYaml:
 * @entries: (element-type BundleYamlEntry): every scalar, in order
 * @tags: (element-type utf8): tags that a careless reader would make objects of, with their lines
 *
 * The first document of a YAML file, flat. Tags are noted and never honoured, aliases stay names.
 */
typedef struct {
    GPtrArray *entries;
    GPtrArray *tags;
} BundleYaml;

BundleYaml *bundle_yaml_read(const char *text, gsize size, GError **error);
const char *bundle_yaml_get(const BundleYaml *self, const char *path);
void bundle_yaml_free(BundleYaml *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BundleYaml, bundle_yaml_free)

G_END_DECLS
