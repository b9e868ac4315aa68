/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-container.h"
#include "source.h"

G_BEGIN_DECLS

/**
 * ErrataMemberFunc:
 * @member: (transfer none): the member's bytes, named after the member; may be left unread
 * @bytes: its size as declared, only good for a choice between members; 0 when unknown
 * @data: user data
 *
 * Returns: whether to go on; FALSE with @error set ends the walk with that error
 */
typedef gboolean (*ErrataMemberFunc)(ErrataSource *member,
                                     guint64 bytes,
                                     gpointer data,
                                     GError **error);

/**
 * ErrataContainer:
 * @id: short name (`gzip`, `zip`)
 * @summary: one line for people
 * @sniff: how sure it is of the first bytes (up to 64 KiB), 0 … 100
 * @sniff_tail: (nullable): how sure it is of a whole file, for what is only seen at its end
 * @walk: calls @func for each member in order; @fd is the whole file when it can be read from
 *   anywhere, −1 otherwise (then only @source may be used). Defects that leave the members right
 *   are added to @warnings (element-type utf8); all others are errors
 *
 * @list: (nullable): what is in an archive by its headers alone, and how many members are not read:
 *   for one that @walk refuses
 *
 * What holds other inputs: a compressed stream (one member) or an archive (many). Nothing is ever
 * written to disk, and a member is read as it streams by.
 */
typedef struct {
    const char *id;
    const char *summary;
    guint (*sniff)(const guint8 *head, gsize size, const char *name);
    guint (*sniff_tail)(int fd);
    gboolean (*walk)(ErrataSource *source,
                     int fd,
                     ErrataMemberFunc func,
                     gpointer data,
                     GPtrArray *warnings,
                     GError **error);
    ErrataModelContainer *(*list)(int fd, guint *ret_refused);
} ErrataContainer;

G_END_DECLS
