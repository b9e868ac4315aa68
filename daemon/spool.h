/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-job.h"

G_BEGIN_DECLS

/**
 * ErrataSpool:
 *
 * Copies of what was accepted, each under the SHA-256 of its bytes. All functions may block and may
 * be called from any thread but the main one.
 */
typedef struct _ErrataSpool ErrataSpool;

/* a copy that is not kept yet; freeing it removes it */
typedef struct {
    char *temporary; /* path; NULL once kept */
    char *sha256;
    guint64 bytes;
    int read_error;   /* errno of the file, and the copy is not whole; 0: it is */
    gint64 continues; /* job whose bytes are the longest beginning of these, 0: none */
} ErrataSpoolCopy;

ErrataSpool *errata_spool_new(const char *folder, GError **error);
void errata_spool_free(ErrataSpool *self);

/* between the two no file is let go: held while a copy is kept and its job is stored */
void errata_spool_lock(ErrataSpool *self);
void errata_spool_unlock(ErrataSpool *self);

ErrataSpoolCopy *errata_spool_copy(ErrataSpool *self,
                                   int fd,
                                   const GPtrArray *prefixes,
                                   GError **error);
gboolean errata_spool_keep(ErrataSpool *self, ErrataSpoolCopy *copy, GError **error);
void errata_spool_copy_free(ErrataSpoolCopy *copy);
int errata_spool_open(ErrataSpool *self, const char *sha256, GError **error);
void errata_spool_remove(ErrataSpool *self, const char *sha256);
GPtrArray *errata_spool_list(ErrataSpool *self);

int errata_spool_open_input(const char *root, const char *path, GError **error);
gboolean errata_spool_stamp(int fd, ErrataStamp *ret_stamp);
gboolean errata_spool_stamp_equal(const ErrataStamp *a, const ErrataStamp *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSpool, errata_spool_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSpoolCopy, errata_spool_copy_free)

G_END_DECLS
