/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements, for the store's own files. */
#pragma once

#include <sqlite3.h>

#include "store.h"

G_BEGIN_DECLS

typedef sqlite3_stmt ErrataStatement;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataStatement, sqlite3_finalize)

/* @types: a letter per parameter: s const char * (nullable), i gint64, d double */
ErrataStatement *errata_store_query(ErrataStore *self,
                                    GError **error,
                                    const char *sql,
                                    const char *types,
                                    ...);
/* 1: a row, 0: done, −1: @error */
int errata_store_next(ErrataStore *self, ErrataStatement *statement, GError **error);
gboolean errata_store_run(ErrataStore *self,
                          GError **error,
                          const char *sql,
                          const char *types,
                          ...);
/* what a row of a query becomes */
typedef gpointer (*ErrataStoreRow)(ErrataStatement *statement);

GPtrArray *errata_store_collect(ErrataStore *self,
                                ErrataStatement *statement,
                                ErrataStoreRow read,
                                GDestroyNotify free_row,
                                GError **error);
gint64 errata_store_last_id(ErrataStore *self);
int errata_store_changes(ErrataStore *self);
char *errata_store_text(ErrataStatement *statement, int column);

G_END_DECLS
