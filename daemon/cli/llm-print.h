/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "llm-broker.h"
#include "store-llm.h"

G_BEGIN_DECLS

/**
 * ErrataLlmStatus:
 * @broker: (nullable)
 * @settings: what the user set
 * @found: there is a server to ask, as far as that is known without asking
 * @counts: (element-type ErrataLlmCount): of the last thirty days
 * @answers: kept
 * @bytes: of them
 */
typedef struct {
    ErrataLlmBroker *broker;
    const ErrataLlmSettings *settings;
    gboolean found;
    GPtrArray *counts;
    gint64 answers;
    gint64 bytes;
} ErrataLlmStatus;

/* adds what a store holds; none is made */
void errata_llm_print_gather(ErrataLlmStatus *status, const char *path);
void errata_llm_print_status(const ErrataLlmStatus *status, gboolean json);
void errata_llm_print_models(const GPtrArray *models, gboolean json);
/* whether the answer is what was asked for */
gboolean errata_llm_print_answer(const ErrataLlmBroker *broker,
                                 const ErrataLlmAnswer *answer,
                                 double seconds,
                                 gboolean json);
/* a request, line ends kept */
void errata_llm_print_shown(const char *text);
void errata_llm_print_cache(const char *path,
                            gint64 answers,
                            gint64 bytes,
                            gboolean cleared,
                            gboolean json);

G_END_DECLS
