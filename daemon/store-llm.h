/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "llm.h"
#include "store.h"

G_BEGIN_DECLS

/**
 * ErrataLlmCount:
 * @day: `2024-01-31`, UTC
 * @backend: `openai` or `llama-server`
 * @model: its name, or ""
 * @role: who asked
 * @calls: requests answered, cached ones included
 * @cached: of them, from the store
 * @failed: requests without an answer
 * @tokens_in: sent
 * @tokens_out: received
 *
 * What one role cost on one day.
 */
typedef struct {
    char *day;
    char *backend;
    char *model;
    char *role;
    gint64 calls;
    gint64 cached;
    gint64 failed;
    gint64 tokens_in;
    gint64 tokens_out;
} ErrataLlmCount;

void errata_llm_count_free(ErrataLlmCount *self);

/* NULL without @error: not there */
ErrataLlmAnswer *errata_store_llm_find(ErrataStore *self, const char *hash, GError **error);
gboolean errata_store_llm_keep(ErrataStore *self,
                               const char *hash,
                               const char *role,
                               const ErrataLlmAnswer *answer,
                               GError **error);
gboolean errata_store_llm_add(ErrataStore *self, const ErrataLlmCount *count, GError **error);
gboolean errata_store_llm_tokens(ErrataStore *self,
                                 const char *day,
                                 gint64 *ret_tokens,
                                 GError **error);
/* (element-type ErrataLlmCount): summed over days from @since on, by backend, model and role */
GPtrArray *errata_store_llm_list(ErrataStore *self, const char *since, GError **error);
gboolean errata_store_llm_size(ErrataStore *self,
                               gint64 *ret_answers,
                               gint64 *ret_bytes,
                               GError **error);
gboolean errata_store_llm_clear(ErrataStore *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLlmCount, errata_llm_count_free)

G_END_DECLS
