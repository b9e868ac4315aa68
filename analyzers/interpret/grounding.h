/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

#define ERRATA_GROUNDING_MAX_SENTENCES 8
#define ERRATA_GROUNDING_MAX_SENTENCE  280 /* characters */

/**
 * ErrataGroundedSentence:
 * @text: with its figures, ready to print
 * @citations: (array zero-terminated=1): evidence ids
 * @hypothesis: not verified: typeset as such
 *
 * A sentence that passed.
 */
typedef struct {
    char *text;
    char **citations;
    gboolean hypothesis;
} ErrataGroundedSentence;

/**
 * ErrataGroundingFault:
 * @rule: short name of the rule, for counters
 * @why: for the one retry: the sentence's place and what is wrong, in words
 */
typedef struct {
    const char *rule;
    char *why;
} ErrataGroundingFault;

GPtrArray *errata_grounding_check(const char *json,
                                  const ErrataFinding *finding,
                                  const ErrataCase *report,
                                  GPtrArray **ret_faults);
gboolean errata_grounding_phrase(const char *text,
                                 const ErrataFinding *finding,
                                 const ErrataCase *report,
                                 guint max_words,
                                 GPtrArray **ret_faults);
/* adds a name that may stand in a prompt, if it may: no markup, nothing hidden, not too long */
void errata_grounding_add_name(GPtrArray *names, const char *name);
GPtrArray *errata_grounding_names(const ErrataFinding *finding, const ErrataCase *report);

void errata_grounded_sentence_free(ErrataGroundedSentence *self);
void errata_grounding_fault_free(ErrataGroundingFault *self);

G_END_DECLS
