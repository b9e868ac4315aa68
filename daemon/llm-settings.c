/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm-settings.h"

#include <math.h>
#include <string.h>

#include "settings.h"

#define LLM_MAX_TIMEOUT_S 1800.0 /* well below the deadline of a stage */

/**
 * errata_llm_settings_new:
 *
 * Returns: (transfer full): the defaults: no model
 */
ErrataLlmSettings *
errata_llm_settings_new(void)
{
    ErrataLlmSettings *self = g_new0(ErrataLlmSettings, 1);

    self->per_report = 200000;
    self->per_day = 2000000;
    self->timeout_s = 120;
    self->columns = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
errata_llm_settings_free(ErrataLlmSettings *self)
{
    if (self == NULL)
        return;
    g_free(self->url);
    g_free(self->model);
    g_free(self->credential);
    g_free(self->gguf);
    g_free(self->language);
    g_free(self->patterns);
    g_ptr_array_unref(self->columns);
    g_free(self);
}

/* a whole number as the settings let it through: “200000”, “2e5” */
static guint64
llm_settings_count(const char *value)
{
    return (guint64)g_ascii_strtod(value, NULL);
}

static void
llm_settings_replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static void
llm_settings_set_backend(ErrataLlmSettings *self, const char *value)
{
    self->has_backend = TRUE;
    self->backend = strcmp(value, "auto") == 0           ? ERRATA_LLM_AUTO
                    : strcmp(value, "openai") == 0       ? ERRATA_LLM_OPENAI
                    : strcmp(value, "llama-server") == 0 ? ERRATA_LLM_SERVER
                                                         : ERRATA_LLM_NONE;
}

static void
llm_settings_set_path(char **field, const char *value)
{
    g_free(*field);
    *field = g_str_has_prefix(value, "~/") ? g_build_filename(g_get_home_dir(), value + 2, NULL)
                                           : g_strdup(value);
}

static void
llm_settings_store(ErrataLlmSettings *self, const char *key, const char *value)
{
    double seconds = 0.0;

    if (strcmp(key, "backend") == 0)
        llm_settings_set_backend(self, value);
    else if (strcmp(key, "url") == 0)
        llm_settings_replace(&self->url, value);
    else if (strcmp(key, "model") == 0)
        llm_settings_replace(&self->model, value);
    else if (strcmp(key, "api-key-credential") == 0)
        llm_settings_set_path(&self->credential, value);
    else if (strcmp(key, "gguf") == 0)
        llm_settings_set_path(&self->gguf, value);
    else if (strcmp(key, "language") == 0)
        llm_settings_replace(&self->language, value);
    else if (strcmp(key, "max-tokens-per-report") == 0)
        self->per_report = llm_settings_count(value);
    else if (strcmp(key, "max-tokens-per-day") == 0)
        self->per_day = llm_settings_count(value);
    else if (strcmp(key, "allow-remote") == 0)
        errata_settings_key_parse_boolean(value, &self->allow_remote);
    else if (strcmp(key, "send-rows") == 0)
        self->sending = strcmp(value, "none") == 0   ? ERRATA_LLM_SEND_NONE
                        : strcmp(value, "full") == 0 ? ERRATA_LLM_SEND_FULL
                                                     : ERRATA_LLM_SEND_REDACTED;
    else if (strcmp(key, "timeout") == 0 && errata_settings_key_parse_duration(value, &seconds))
        self->timeout_s = (guint)CLAMP(ceil(seconds), 1.0, LLM_MAX_TIMEOUT_S);
}

static gboolean
llm_settings_store_cb(const ErrataSettingsKey *key,
                      const char *name,
                      const char *value,
                      const char *where,
                      gpointer data,
                      GError **error)
{
    ErrataLlmSettings *self = data;

    if (strcmp(key->group, "llm") == 0)
        llm_settings_store(self, name, value);
    else if (strcmp(key->group, "privacy") == 0 && strcmp(name, "redact") == 0)
        llm_settings_replace(&self->patterns, value);
    else if (strcmp(key->group, "roles") == 0 &&
             (strcmp(value, "id") == 0 || strcmp(value, "group") == 0 ||
              strcmp(value, "entity") == 0))
        g_ptr_array_add(self->columns, g_strdup(name));
    return TRUE;
}

/**
 * errata_llm_settings_load:
 * @text: an errata.conf of the user's or the system's, or what flags make of one
 * @name: of the file, for messages
 * @error: return location for a #GError
 *
 * A later source wins per key.
 *
 * Errors: as errata_settings_scan().
 */
gboolean
errata_llm_settings_load(ErrataLlmSettings *self,
                         const char *text,
                         const char *name,
                         GError **error)
{
    return errata_settings_scan(text,
                                strlen(text),
                                name,
                                ERRATA_SETTINGS_FULL,
                                llm_settings_store_cb,
                                self,
                                error);
}

/**
 * errata_llm_settings_backend:
 *
 * Returns: the backend, where none is named the one that a model's file or an address stands for;
 *   without either there is none
 */
ErrataLlmBackend
errata_llm_settings_backend(const ErrataLlmSettings *self)
{
    if (self->has_backend)
        return self->backend;
    if (self->gguf != NULL)
        return ERRATA_LLM_SERVER;
    return self->url != NULL ? ERRATA_LLM_OPENAI : ERRATA_LLM_NONE;
}
