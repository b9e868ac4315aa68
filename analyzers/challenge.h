/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New texts for a classifier to be tried on, written by a language model from texts of a log, and
 * how new and how various such texts are. */
#pragma once

#include "llm.h"

G_BEGIN_DECLS

/**
 * ErrataChallengeSource:
 * @text: a text of the log
 * @label: (nullable): its class
 */
typedef struct {
    char *text;
    const char *label;
    gsize row;
} ErrataChallengeSource;

/**
 * ErrataChallengeCase:
 * @source: place of the text that it was made from
 * @kind: `paraphrase`, `back-translation` or `conditional`
 * @text: the new text
 * @novelty: of its words and the source's, the share that only one of both has, 0 … 1
 * @keeps: asked anew, without the label, the model gave it the source's
 */
typedef struct {
    guint source;
    const char *kind;
    char *text;
    double novelty;
    gboolean keeps;
} ErrataChallengeCase;

GPtrArray *errata_challenge_ask(const ErrataChallengeSource *sources,
                                guint n_sources,
                                const char *const *classes,
                                GHashTable *seen,
                                ErrataLlm *llm,
                                ErrataLlmUse *use);
double errata_challenge_novelty(const char *a, const char *b);
double errata_challenge_distinct(const char *const *texts, guint n, guint gram);

G_END_DECLS
