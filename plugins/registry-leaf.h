/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "registry.h"

G_BEGIN_DECLS

/**
 * ErrataLeaf:
 * @name: the member's name
 * @kind: what it seems to be by its first bytes
 * @format: (nullable): the log format that reads it
 * @what: id of the format or a description; owned
 * @bytes: declared size
 * @columns: (nullable): the set of its columns, as far as its first bytes tell
 * @goes_with_model: it is no log because a model lies beside it, to which it belongs
 * @group: index of the set of members with the same columns
 *
 * A member that is no container, judged by its first bytes.
 */
typedef struct {
    char *name;
    ErrataMemberKind kind;
    const ErrataFormat *format;
    char *what;
    guint64 bytes;
    GHashTable *columns;
    gboolean goes_with_model;
    guint group;
} ErrataLeaf;

ErrataLeaf *errata_leaf_new(ErrataSource *source,
                            guint64 bytes,
                            gboolean is_member,
                            GError **error);
const ErrataFormat *errata_leaf_format(const guint8 *head, gsize size, const char *name);
void errata_leaf_free(ErrataLeaf *self);
void errata_leaf_group(GPtrArray *leaves, GPtrArray *warnings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLeaf, errata_leaf_free)

G_END_DECLS
