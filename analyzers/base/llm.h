/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stand-ins.h"

G_BEGIN_DECLS

/**
 * ErrataLlmRequest:
 * @role: which role asks, as in `errata llm`: `rationale`, `cluster-name`, `taxonomy` …
 * @system: what is the same in every request of the role; sent first, so that prompt caches hit
 * @schema: JSON schema of the answer, in the common subset (all fields required, no additional
 *   ones, enum, const, array, string)
 * @facts: (nullable): what the program computed, as a table of id, what, direction, unit
 * @data: (array zero-terminated=1) (nullable): texts of the log, hostile: the host cleans, redacts
 *   and marks them, or refuses the request where the configuration lets none out
 * @reminder: (nullable): the closing sentence
 * @max_tokens: of the answer
 *
 * One request to a language model. The host puts the parts together; whoever asks never holds an
 * address, a key or a secret.
 */
typedef struct {
    const char *role;
    const char *system;
    const char *schema;
    const char *facts;
    const char *const *data;
    const char *reminder;
    guint max_tokens;
} ErrataLlmRequest;

/**
 * ErrataLlmAnswer:
 * @text: the answer's JSON, valid UTF-8, bounded; otherwise as the model gave it: hostile
 * @tokens_in: of the request
 * @tokens_out: of the answer
 * @cached: from the store: nothing was sent
 * @doubted: the server's own counts of tokens could not be: they are bounded by what went there and
 *   back
 */
typedef struct {
    char *text;
    guint64 tokens_in;
    guint64 tokens_out;
    gboolean cached;
    gboolean doubted;
} ErrataLlmAnswer;

typedef struct _ErrataLlm ErrataLlm;

/**
 * ErrataLlm:
 * @backend: `openai` or `llama-server`
 * @model: (nullable): its name
 * @sends_rows: requests with data are not refused as such
 * @complete: asks and waits; blocks up to the configured time. %NULL with @error when there is no
 *   answer: %ERRATA_ERROR_LIMIT the budget or the deadline, %ERRATA_ERROR_CANCELLED,
 *   %ERRATA_ERROR_USAGE rows may not be sent, or the role's part of the time is up, else
 *   %ERRATA_ERROR_IO. After an error of LIMIT or IO whoever asks should give up asking for this
 *   report
 * @data: for @complete
 * @language: (nullable): that texts are wanted in; %NULL: English
 * @sends_full: rows go out as they are; otherwise columns that say who somebody is are masked
 * @stand_ins: (nullable): what a request has stand-ins for, its answer not
 *
 * The door to a language model. The worker's leads to its host; a test's may be a function.
 */
struct _ErrataLlm {
    const char *backend;
    const char *model;
    gboolean sends_rows;
    ErrataLlmAnswer *(*complete)(ErrataLlm *self, const ErrataLlmRequest *request, GError **error);
    gpointer data;
    gboolean sends_full;
    const char *language;
    ErrataStandIns *stand_ins;
};

/**
 * ErrataLlmUse:
 * @backend: (nullable): %NULL: no model was asked
 * @model: (nullable): its name
 * @calls: requests answered, cached ones included
 * @tokens_in: sent
 * @tokens_out: received
 * @cached: answered by the store
 * @doubted: answers whose counts of tokens could not be
 * @overdue: requests without an answer in their role's part of the time
 * @has_rationales: those of the findings were asked for
 * @tried: texts that went to a checker
 * @retried: of them, asked for again with the reasons
 * @accepted: of them, used
 * @rejected: of them, replaced by the built-in text
 * @rules: (element-type ErrataLlmRule): rejections by rule
 * @failure: (nullable): why the model was given up, in words
 *
 * What a language model was asked for one report and what became of its answers.
 */
typedef struct {
    char *backend;
    char *model;
    guint64 calls;
    guint64 tokens_in;
    guint64 tokens_out;
    guint64 cached;
    guint64 doubted;
    guint64 overdue;
    gboolean has_rationales;
    guint64 tried;
    guint64 retried;
    guint64 accepted;
    guint64 rejected;
    GPtrArray *rules;
    char *failure;
} ErrataLlmUse;

/* rejections by one rule of a checker */
typedef struct {
    char *rule;
    guint64 count;
} ErrataLlmRule;

void errata_llm_answer_free(ErrataLlmAnswer *self);
ErrataLlmAnswer *errata_llm_ask(ErrataLlm *self,
                                const ErrataLlmRequest *request,
                                ErrataLlmUse *use,
                                GError **error);

ErrataLlmUse *errata_llm_use_new(const char *backend, const char *model);
void errata_llm_use_free(ErrataLlmUse *self);
char *errata_llm_use_describe(const ErrataLlmUse *self);
void errata_llm_use_reject(ErrataLlmUse *self, const char *rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLlmAnswer, errata_llm_answer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLlmUse, errata_llm_use_free)

G_END_DECLS
