/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataInboxPlace:
 *
 * Where the inbox's path leads. A watch of a folder stays with the folder when it, a folder above
 * it or a link to it is renamed, removed or replaced, or when a file system is mounted over it;
 * this tells that it may be time to look for another. Lives on the main loop, without a timer.
 */
typedef struct _ErrataInboxPlace ErrataInboxPlace;

typedef void (*ErrataInboxPlaceFunc)(gpointer data);

ErrataInboxPlace *errata_inbox_place_new(const char *path,
                                         ErrataInboxPlaceFunc func,
                                         gpointer data,
                                         GError **error);
void errata_inbox_place_free(ErrataInboxPlace *self);
void errata_inbox_place_take(ErrataInboxPlace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataInboxPlace, errata_inbox_place_free)

G_END_DECLS
