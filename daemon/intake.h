/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "configuration.h"
#include "spool.h"
#include "store-thread.h"

G_BEGIN_DECLS

typedef enum {
    ERRATA_INTAKE_ACCEPTED,  /* there is a new job, waiting or ended already */
    ERRATA_INTAKE_UNCHANGED, /* handled before, and still the same */
    ERRATA_INTAKE_DUPLICATE, /* the same bytes as an earlier job of the model */
    ERRATA_INTAKE_CHANGING,  /* written to while it was read: look again later */
    ERRATA_INTAKE_GONE,      /* removed or renamed meanwhile */
} ErrataIntakeOutcome;

/**
 * ErrataIntakeRequest:
 * @root: (nullable): the inbox; @path is relative to it then
 * @path: (nullable): of the file; absolute without @root
 * @fd: the file itself, or −1; owned
 * @kind: what it is said to be
 * @force: even when the same bytes were analysed before
 * @max_bytes: larger files are refused
 * @job: (nullable): stored already, for submitted files; owned
 *
 * A file to be taken in.
 */
typedef struct {
    char *root;
    char *path;
    int fd;
    ErrataKind kind;
    gboolean force;
    guint64 max_bytes;
    ErrataJob *job;
} ErrataIntakeRequest;

/**
 * ErrataIntakeResult:
 * @outcome: what became of the file
 * @job: (nullable): the new job as it is stored
 * @earlier: of ACCEPTED: a waiting job that ended as part of the new one; of DUPLICATE: the job
 *   with the same bytes; 0: none
 */
typedef struct {
    ErrataIntakeOutcome outcome;
    ErrataJob *job;
    gint64 earlier;
} ErrataIntakeResult;

ErrataIntakeRequest *errata_intake_request_new(void);
void errata_intake_request_free(ErrataIntakeRequest *request);
void errata_intake_result_free(ErrataIntakeResult *result);

void errata_intake_take_async(ErrataStoreThread *store,
                              ErrataSpool *spool,
                              ErrataIntakeRequest *request,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
ErrataIntakeResult *errata_intake_take_finish(GAsyncResult *result, GError **error);
ErrataIntakeResult *errata_intake_take(ErrataStoreThread *store,
                                       ErrataSpool *spool,
                                       ErrataIntakeRequest *request,
                                       GError **error);
void errata_intake_settle(ErrataStoreThread *store,
                          ErrataSpool *spool,
                          const ErrataConfiguration *configuration,
                          const ErrataIntakeResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataIntakeRequest, errata_intake_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataIntakeResult, errata_intake_result_free)

G_END_DECLS
