/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which folders are used: one place, so that tests and the man page can rely on it. */
#include "config.h"

#include "paths.h"

void
errata_paths_override(char **where, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    g_free(*where);
    *where = g_canonicalize_filename(value, NULL);
}

/**
 * errata_paths_new:
 * @is_system: for the system's daemon rather than a user's
 *
 * Returns: (transfer full): the folders, as the environment says
 */
ErrataPaths *
errata_paths_new(gboolean is_system)
{
    ErrataPaths *self = g_new0(ErrataPaths, 1);

    if (is_system) {
        self->state = g_strdup("/var/lib/errata");
        self->data = g_strdup("/var/lib/errata");
        self->config = g_strdup(ERRATA_SYSCONFDIR "/errata");
    } else {
        self->state = g_build_filename(g_get_user_state_dir(), "errata", NULL);
        self->data = g_build_filename(g_get_user_data_dir(), "errata", NULL);
        self->config = g_build_filename(g_get_user_config_dir(), "errata", NULL);
    }
    self->system_config = g_strdup(ERRATA_SYSCONFDIR "/errata");
    errata_paths_override(&self->state, g_getenv("ERRATA_STATE_DIR"));
    errata_paths_override(&self->data, g_getenv("ERRATA_DATA_DIR"));
    errata_paths_override(&self->config, g_getenv("ERRATA_CONFIG_DIR"));
    errata_paths_override(&self->system_config, g_getenv("ERRATA_SYSTEM_CONFIG_DIR"));
    return self;
}

ErrataPaths *
errata_paths_copy(const ErrataPaths *self)
{
    ErrataPaths *copy = g_new0(ErrataPaths, 1);

    copy->state = g_strdup(self->state);
    copy->data = g_strdup(self->data);
    copy->config = g_strdup(self->config);
    copy->system_config = g_strdup(self->system_config);
    copy->inbox = g_strdup(self->inbox);
    copy->reports = g_strdup(self->reports);
    return copy;
}

void
errata_paths_free(ErrataPaths *self)
{
    if (self == NULL)
        return;
    g_free(self->state);
    g_free(self->data);
    g_free(self->config);
    g_free(self->system_config);
    g_free(self->inbox);
    g_free(self->reports);
    g_free(self);
}
