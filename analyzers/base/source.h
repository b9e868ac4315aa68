/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataSource:
 *
 * A stream of bytes being read: a descriptor, a decompressor over one, a member of an archive.
 * Has a name for messages, can look ahead, and never seeks.
 */
typedef struct _ErrataSource ErrataSource;

typedef struct {
    /* up to @size bytes into @buffer; 0 at the end; −1 with @error set */
    gssize (*read)(gpointer state, void *buffer, gsize size, GError **error);
    void (*free)(gpointer state);
} ErrataSourceClass;

ErrataSource *errata_source_new(const ErrataSourceClass *klass, gpointer state, const char *name);
ErrataSource *errata_source_new_fd(int fd,
                                   const char *name); /* the descriptor stays the caller's */
ErrataSource *errata_source_new_memory(const void *data, gsize size, const char *name);
void errata_source_free(ErrataSource *self);

const char *errata_source_name(const ErrataSource *self);
/* at most 64 KiB ahead, fewer at the end; the bytes stay to be read */
gboolean errata_source_peek(ErrataSource *self,
                            gsize size,
                            const guint8 **ret_data,
                            gsize *ret_size,
                            GError **error);
gssize errata_source_read(ErrataSource *self, void *buffer, gsize size, GError **error);
guint64 errata_source_size(const ErrataSource *self);     /* bytes in all, 0 where unknown */
guint64 errata_source_position(const ErrataSource *self); /* bytes handed out so far */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSource, errata_source_free)

G_END_DECLS
