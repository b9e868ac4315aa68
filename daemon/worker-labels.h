/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "late-labels.h"

G_BEGIN_DECLS

/**
 * ErrataWorkerLabels:
 * @frames: (element-type ErrataFrame): files of ids and labels, oldest first
 * @n_known: how many of the first were kept by the host from before
 * @kept: its inputs are those files; after the join only those that gave the log a label
 * @told: what became of them
 * @joined: they were joined to the log
 *
 * The labels of a job that came apart from its log.
 */
typedef struct {
    GPtrArray *frames;
    guint n_known;
    ErrataCase *kept;
    ErrataLateLabels told;
    gboolean joined;
} ErrataWorkerLabels;

ErrataWorkerLabels *errata_worker_labels_new(void);
void errata_worker_labels_free(ErrataWorkerLabels *self);
gboolean errata_worker_labels_is(int fd, const char *name);
gboolean errata_worker_labels_read(ErrataWorkerLabels *self,
                                   int fd,
                                   const char *name,
                                   gboolean known,
                                   GPtrArray *members,
                                   GError **error);
guint64 errata_worker_labels_match(const ErrataWorkerLabels *self,
                                   int fd,
                                   const char *name,
                                   const ErrataSettings *settings);
gboolean errata_worker_labels_join(ErrataWorkerLabels *self,
                                   ErrataFrame *log,
                                   ErrataSettings *settings,
                                   GError **error);
void errata_worker_labels_tell(const ErrataWorkerLabels *self, ErrataCase *result);
guint64 errata_worker_labels_missing(const ErrataCase *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataWorkerLabels, errata_worker_labels_free)

G_END_DECLS
