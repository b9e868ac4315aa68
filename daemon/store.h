/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job.h"

G_BEGIN_DECLS

/**
 * ErrataStore:
 *
 * What must outlive the daemon: jobs, reports, models, and which files of the inbox were handled.
 * Belongs to one thread; see store-thread.h.
 */
typedef struct _ErrataStore ErrataStore;

#define ERRATA_STORE_VERSION 7

ErrataStore *errata_store_open(const char *path, GError **error);
void errata_store_free(ErrataStore *self);
/* everything done between the two is kept whole or not at all; roll back with @commit FALSE */
gboolean errata_store_begin(ErrataStore *self, GError **error);
gboolean errata_store_end(ErrataStore *self, gboolean commit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataStore, errata_store_free)

G_END_DECLS
