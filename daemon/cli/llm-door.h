/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host.h"
#include "llm-broker.h"

G_BEGIN_DECLS

/**
 * ErrataLlmDoor:
 * @broker: (nullable): %NULL: no model is configured
 * @store: (nullable): answers and counts of runs without a daemon; %NULL: the cache folder cannot
 *   be written
 *
 * A language model for a job without a daemon.
 */
typedef struct {
    ErrataLlmBroker *broker;
    ErrataStoreThread *store;
} ErrataLlmDoor;

ErrataLlmSettings *errata_llm_door_settings(const ErrataHostJob *job, GError **error);
gboolean errata_llm_door_open(ErrataLlmDoor *self,
                              const ErrataLlmSettings *settings,
                              GError **error);
/* what its flag --llm stands for, as a piece of errata.conf; FALSE: neither auto, none nor an
 * address */
gboolean errata_llm_door_set_flag(GKeyFile *settings, const char *flag);
/* gives @job a session where a model is configured; call before the job runs */
gboolean errata_llm_door_give(ErrataLlmDoor *self, ErrataHostJob *job, GError **error);
void errata_llm_door_close(ErrataLlmDoor *self);
char *errata_llm_door_store_path(void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataLlmDoor, errata_llm_door_close)

G_END_DECLS
