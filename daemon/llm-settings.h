/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    ERRATA_LLM_NONE,
    ERRATA_LLM_AUTO,
    ERRATA_LLM_OPENAI,
    ERRATA_LLM_SERVER,
} ErrataLlmBackend;

typedef enum {
    ERRATA_LLM_SEND_DEFAULT, /* redacted to this machine, none to any other */
    ERRATA_LLM_SEND_NONE,
    ERRATA_LLM_SEND_REDACTED,
    ERRATA_LLM_SEND_FULL,
} ErrataLlmSending;

/**
 * ErrataLlmSettings:
 * @has_backend: `[llm] backend` was set; otherwise it follows from @gguf and @url
 * @backend: see errata_llm_settings_backend()
 * @url: (nullable)
 * @model: (nullable): %NULL: the first that is served
 * @credential: (nullable): name of a systemd credential, or path of a key file
 * @gguf: (nullable): model for a llama-server of our own
 * @per_report: tokens
 * @per_day: tokens
 * @timeout_s: by how much a model may delay one report, in all
 * @allow_remote: other machines than this may be asked
 * @sending: what of the log goes out
 * @language: (nullable): that texts are wanted in
 * @patterns: (nullable): `[privacy] redact`
 * @columns: (element-type utf8): declared with the role id, group or entity: their values are
 *   masked
 *
 * `[llm]` and `[privacy]` of errata.conf.
 */
typedef struct {
    gboolean has_backend;
    ErrataLlmBackend backend;
    char *url;
    char *model;
    char *credential;
    char *gguf;
    guint64 per_report;
    guint64 per_day;
    guint timeout_s;
    gboolean allow_remote;
    ErrataLlmSending sending;
    char *language;
    char *patterns;
    GPtrArray *columns;
} ErrataLlmSettings;

ErrataLlmSettings *errata_llm_settings_new(void);
void errata_llm_settings_free(ErrataLlmSettings *self);
gboolean errata_llm_settings_load(ErrataLlmSettings *self,
                                  const char *text,
                                  const char *name,
                                  GError **error);
ErrataLlmBackend errata_llm_settings_backend(const ErrataLlmSettings *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataLlmSettings, errata_llm_settings_free)

G_END_DECLS
