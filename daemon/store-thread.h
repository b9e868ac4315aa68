/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "store.h"

G_BEGIN_DECLS

/**
 * ErrataStoreThread:
 *
 * The one thread that owns the store. Calls run in the order in which they were made.
 */
typedef struct _ErrataStoreThread ErrataStoreThread;

/* runs on the store's thread; %NULL means that @error is set */
typedef gpointer (*ErrataStoreFunc)(ErrataStore *store, gpointer data, GError **error);

ErrataStoreThread *errata_store_thread_new(const char *path, GError **error);
void errata_store_thread_free(ErrataStoreThread *self);

void errata_store_thread_call_async(ErrataStoreThread *self,
                                    ErrataStoreFunc func,
                                    gpointer data,
                                    GDestroyNotify free_data,
                                    GDestroyNotify free_result,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gpointer errata_store_thread_call_finish(ErrataStoreThread *self,
                                         GAsyncResult *result,
                                         GError **error);
gpointer errata_store_thread_call(ErrataStoreThread *self,
                                  ErrataStoreFunc func,
                                  gpointer data,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataStoreThread, errata_store_thread_free)

G_END_DECLS
