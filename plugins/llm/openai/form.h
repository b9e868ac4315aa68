/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "openai.h"

G_BEGIN_DECLS

/* how far a server is told what an answer must be like, best first */
typedef enum {
    ERRATA_FORM_SCHEMA,     /* response_format json_schema; Ollama's own: format is the schema */
    ERRATA_FORM_STRUCTURED, /* vLLM's structured_outputs */
    ERRATA_FORM_GUIDED,     /* … and what it had before */
    ERRATA_FORM_OBJECT,     /* some object of JSON */
    ERRATA_FORM_TEXT,       /* the prompt alone says it */
} ErrataFormRung;

/**
 * ErrataForm:
 * @rung: how structure is asked for
 * @native: at Ollama's own address, which can be told how long the context must be
 * @no_native: it has none
 * @is_vllm: has ways of its own to ask for structure
 * @no_usage: does not know stream_options
 * @new_max_tokens: wants max_completion_tokens
 * @no_temperature: does not take one
 *
 * How a request is said to a server, and what was learnt of it. All members are of one size: two
 * can be compared as bytes.
 */
typedef struct {
    ErrataFormRung rung;
    gboolean native;
    gboolean no_native;
    gboolean is_vllm;
    gboolean no_usage;
    gboolean new_max_tokens;
    gboolean no_temperature;
} ErrataForm;

const char *errata_form_rung(const ErrataForm *self);
char *errata_form_url(const ErrataForm *self, const char *url);
char *errata_form_body(const ErrataForm *self, const char *model, const ErrataOpenaiPrompt *prompt);
void errata_form_meet(ErrataForm *self, const char *url, const char *kind);
gboolean errata_form_may_adapt(const ErrataForm *self, guint status);
gboolean errata_form_adapt(ErrataForm *self, guint status, const char *words);

G_END_DECLS
