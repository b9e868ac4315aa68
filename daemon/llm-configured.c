/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "llm-configured.h"

#include "error.h"

ErrataLlmBroker *
errata_llm_configured(const ErrataConfiguration *configuration,
                      const ErrataPaths *paths,
                      ErrataStoreThread *store)
{
    g_autoptr(ErrataLlmSettings) settings = errata_llm_settings_new();
    ErrataLlmFolders folders = {paths->config, configuration->store};
    g_autoptr(GError) error = NULL;
    ErrataLlmBroker *broker = NULL;
    gboolean read = TRUE;

    for (guint i = 0; read && i < configuration->files->len; i++) {
        const ErrataConfigurationFile *file = g_ptr_array_index(configuration->files, i);

        read = errata_llm_settings_load(settings, file->text, file->name, &error);
    }
    if (read && errata_llm_settings_backend(settings) != ERRATA_LLM_NONE)
        broker = errata_llm_broker_new(settings, &folders, store, &error);
    if (error != NULL)
        g_warning("reports are written without a language model: %s", error->message);
    return broker;
}
