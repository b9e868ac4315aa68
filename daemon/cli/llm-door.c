/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run without a daemon has no store; what language models answered is kept in the user's cache
 * folder, where it may be deleted at any time: ERRATA_CACHE_DIR, else $XDG_CACHE_HOME/errata. */
#include "llm-door.h"

#include <string.h>

#include "error.h"

static char *
llm_door_cache(void)
{
    const char *override = g_getenv("ERRATA_CACHE_DIR");

    return override != NULL ? g_strdup(override)
                            : g_build_filename(g_get_user_cache_dir(), "errata", NULL);
}

char *
errata_llm_door_store_path(void)
{
    g_autofree char *folder = llm_door_cache();

    return g_build_filename(folder, "llm.sqlite", NULL);
}

/**
 * errata_llm_door_settings:
 * @job: its settings of all sources but a watched folder's
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_CONFIG.
 *
 * Returns: (transfer full): `[llm]` and `[privacy]`
 */
ErrataLlmSettings *
errata_llm_door_settings(const ErrataHostJob *job, GError **error)
{
    g_autoptr(ErrataLlmSettings) settings = errata_llm_settings_new();

    for (guint i = 0; i < job->settings->len; i++) {
        const ErrataHostSettings *source = g_ptr_array_index(job->settings, i);

        if (!source->folder &&
            !errata_llm_settings_load(settings, source->text, source->name, error))
            return NULL;
    }
    return g_steal_pointer(&settings);
}

/**
 * errata_llm_door_open:
 * @settings: what the user set
 * @error: return location for a #GError
 *
 * Errors: as errata_llm_broker_new().
 *
 * Returns: whether it is open, or there is no model to open it for
 */
gboolean
errata_llm_door_open(ErrataLlmDoor *self, const ErrataLlmSettings *settings, GError **error)
{
    const char *override = g_getenv("ERRATA_CONFIG_DIR");
    g_autofree char *config = override != NULL
                                  ? g_strdup(override)
                                  : g_build_filename(g_get_user_config_dir(), "errata", NULL);
    g_autofree char *cache = llm_door_cache();
    g_autofree char *path = errata_llm_door_store_path();
    ErrataLlmFolders folders = {config, cache};
    g_autoptr(GError) problem = NULL;

    if (errata_llm_settings_backend(settings) == ERRATA_LLM_NONE)
        return TRUE;
    g_mkdir_with_parents(cache, 0700);
    self->store = errata_store_thread_new(path, &problem);
    if (self->store == NULL)
        g_info("answers are not kept: %s", problem->message);
    self->broker = errata_llm_broker_new(settings, &folders, self->store, error);
    return self->broker != NULL;
}

gboolean
errata_llm_door_set_flag(GKeyFile *settings, const char *flag)
{
    gboolean is_url = g_str_has_prefix(flag, "http://") || g_str_has_prefix(flag, "https://") ||
                      g_str_has_prefix(flag, "unix:/");

    if (!is_url && strcmp(flag, "auto") != 0 && strcmp(flag, "none") != 0)
        return FALSE;
    g_key_file_set_string(settings, "llm", "backend", is_url ? "openai" : flag);
    if (is_url)
        g_key_file_set_string(settings, "llm", "url", flag);
    return TRUE;
}

/**
 * errata_llm_door_give:
 * @job: with all its settings
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_CONFIG for a model that may not be asked.
 */
gboolean
errata_llm_door_give(ErrataLlmDoor *self, ErrataHostJob *job, GError **error)
{
    g_autoptr(ErrataLlmSettings) settings = errata_llm_door_settings(job, error);

    if (settings == NULL || !errata_llm_door_open(self, settings, error))
        return FALSE;
    if (self->broker != NULL)
        job->llm = errata_llm_session_new(self->broker);
    return TRUE;
}

/* what was to be kept is kept */
void
errata_llm_door_close(ErrataLlmDoor *self)
{
    g_clear_pointer(&self->broker, errata_llm_broker_unref);
    g_clear_pointer(&self->store, errata_store_thread_free);
}
