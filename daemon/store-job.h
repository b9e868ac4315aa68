/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* what tells one state of a file from another without reading it; times in ns */
typedef struct {
    guint64 dev;
    guint64 ino;
    guint64 size;
    gint64 mtime;
    gint64 ctime;
} ErrataStamp;

/* an earlier log of the same model: its size and SHA-256 */
typedef struct {
    gint64 job;
    guint64 bytes;
    char *sha256;
} ErrataPrefix;

#define ERRATA_STORE_MAX_PREFIXES 64

void errata_prefix_free(ErrataPrefix *self);

gboolean errata_store_job_insert(ErrataStore *self, ErrataJob *job, GError **error);
gboolean errata_store_job_update(ErrataStore *self, const ErrataJob *job, GError **error);
gboolean errata_store_job_set_state(ErrataStore *self,
                                    gint64 id,
                                    ErrataJobState state,
                                    GError **error);
ErrataJob *errata_store_job_get(ErrataStore *self, gint64 id, GError **error);
GPtrArray *errata_store_job_list(ErrataStore *self,
                                 const char *name,
                                 gboolean only_open,
                                 guint offset,
                                 guint limit,
                                 GError **error);
gboolean errata_store_job_log(ErrataStore *self,
                              const ErrataJob *job,
                              gint64 *ret_log,
                              gint64 *ret_created,
                              GError **error);
gboolean errata_store_job_find_same(ErrataStore *self,
                                    const char *name,
                                    const char *sha256,
                                    gint64 *ret_id,
                                    GError **error);
GPtrArray *errata_store_job_prefixes(ErrataStore *self,
                                     const char *name,
                                     guint64 bytes,
                                     GError **error);
gboolean errata_store_job_uses(ErrataStore *self,
                               const char *sha256,
                               gboolean *ret_used,
                               GError **error);

gboolean errata_store_file_get(ErrataStore *self,
                               const char *path,
                               ErrataStamp *ret_stamp,
                               gint64 *ret_job,
                               GError **error);
gboolean errata_store_file_put(ErrataStore *self,
                               const char *path,
                               const ErrataStamp *stamp,
                               gint64 job,
                               GError **error);
/* @job: only those that became this job; 0: all */
GPtrArray *errata_store_file_list(ErrataStore *self, gint64 job, GError **error);
gboolean errata_store_file_forget(ErrataStore *self, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPrefix, errata_prefix_free)

G_END_DECLS
