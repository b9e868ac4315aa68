/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's part of errata.conf. base/settings-key.c knows every key and checks its value, with
 * file and line in the message; here the checked values of the daemon's groups are stored, and the
 * few bounds are kept that only the daemon has. */
#include "configuration.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "settings-key.h"
#include "settings.h"

#define CONFIGURATION_MAX_SECONDS 31536000 /* a year, for settle and idle-exit */

static void
configuration_set_path(char **where, const char *value)
{
    g_autofree char *path = g_str_has_prefix(value, "~/")
                                ? g_build_filename(g_get_home_dir(), value + 2, NULL)
                                : g_strdup(value);

    g_free(*where);
    *where = g_canonicalize_filename(path, "/");
}

/* whole seconds, at least @min */
static guint
configuration_seconds(const char *value, guint min)
{
    double seconds = 0;

    errata_settings_key_parse_duration(value, &seconds);
    return (guint)CLAMP(ceil(seconds), (double)min, (double)CONFIGURATION_MAX_SECONDS);
}

static guint64
configuration_size(const char *value)
{
    guint64 bytes = 0;

    errata_settings_key_parse_size(value, &bytes);
    return bytes;
}

static void
configuration_store_inbox(ErrataConfiguration *self, const char *key, const char *value)
{
    if (strcmp(key, "path") == 0)
        configuration_set_path(&self->inbox, value);
    else if (strcmp(key, "settle") == 0)
        self->settle_s = configuration_seconds(value, 1);
    else if (strcmp(key, "after") == 0)
        self->after = strcmp(value, "archive") == 0  ? ERRATA_AFTER_ARCHIVE
                      : strcmp(value, "delete") == 0 ? ERRATA_AFTER_DELETE
                                                     : ERRATA_AFTER_KEEP;
    else if (strcmp(key, "max-bytes") == 0)
        self->max_bytes = configuration_size(value);
}

static void
configuration_store_daemon(ErrataConfiguration *self, const char *key, const char *value)
{
    if (strcmp(key, "workers") == 0)
        self->workers = CLAMP((guint)g_ascii_strtoull(value, NULL, 10), 1, g_get_num_processors());
    else if (strcmp(key, "idle-exit") == 0)
        self->idle_exit_s = configuration_seconds(value, 0);
    else if (strcmp(key, "memory") == 0)
        self->memory = configuration_size(value);
}

/* an age, a size, or both */
static void
configuration_store_keep(ErrataConfiguration *self, const char *value)
{
    g_auto(GStrv) parts = errata_settings_key_parse_list(value);

    self->keep_s = 0;
    self->keep_bytes = 0;
    for (guint i = 0; parts[i] != NULL; i++) {
        gboolean is_plain = strspn(parts[i], "0123456789") == strlen(parts[i]);
        double seconds = 0;

        if (!is_plain && errata_settings_key_parse_duration(parts[i], &seconds))
            self->keep_s = (guint64)seconds;
        else
            self->keep_bytes = configuration_size(parts[i]); /* a number alone is of bytes */
    }
}

static gboolean
configuration_store_alerts(ErrataConfiguration *self,
                           const char *key,
                           const char *value,
                           const char *where,
                           GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (strcmp(key, "min-severity") == 0)
        errata_severity_parse(value, &self->min_severity);
    if (strcmp(key, "command") != 0)
        return TRUE;
    g_clear_pointer(&self->alert_command, g_strfreev);
    if (g_shell_parse_argv(value, NULL, &self->alert_command, &problem))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_CONFIG,
                "%s: 'command' in [alerts] is no program with arguments: %s",
                where,
                problem->message);
    return FALSE;
}

static gboolean
configuration_store_cb(const ErrataSettingsKey *key,
                       const char *name,
                       const char *value,
                       const char *where,
                       gpointer data,
                       GError **error)
{
    ErrataConfiguration *self = data;

    if (strcmp(key->group, "inbox") == 0)
        configuration_store_inbox(self, name, value);
    else if (strcmp(key->group, "daemon") == 0)
        configuration_store_daemon(self, name, value);
    else if (strcmp(key->group, "report") == 0 && strcmp(name, "path") == 0)
        configuration_set_path(&self->reports, value);
    else if (strcmp(key->group, "store") == 0 && strcmp(name, "path") == 0)
        configuration_set_path(&self->store, value);
    else if (strcmp(key->group, "store") == 0 && strcmp(name, "keep") == 0)
        configuration_store_keep(self, value);
    else if (strcmp(key->group, "alerts") == 0)
        return configuration_store_alerts(self, name, value, where, error);
    return TRUE;
}

static void
configuration_file_free(gpointer data)
{
    ErrataConfigurationFile *file = data;

    g_free(file->name);
    g_free(file->text);
    g_free(file);
}

/**
 * errata_configuration_new:
 * @paths: where things are
 *
 * Returns: (transfer full): the defaults
 */
ErrataConfiguration *
errata_configuration_new(const ErrataPaths *paths)
{
    ErrataConfiguration *self = g_atomic_rc_box_new0(ErrataConfiguration);

    self->inbox = g_build_filename(paths->data, "inbox", NULL);
    self->reports = g_build_filename(paths->data, "reports", NULL);
    self->store = g_strdup(paths->state);
    self->settle_s = 5;
    self->max_bytes = ERRATA_LIMIT_INPUT_BYTES;
    self->workers = 1;
    self->min_severity = ERRATA_SEVERITY_HIGH;
    self->files = g_ptr_array_new_with_free_func(configuration_file_free);
    return self;
}

ErrataConfiguration *
errata_configuration_ref(ErrataConfiguration *self)
{
    return g_atomic_rc_box_acquire(self);
}

static void
configuration_clear(gpointer data)
{
    ErrataConfiguration *self = data;

    g_free(self->inbox);
    g_free(self->reports);
    g_free(self->store);
    g_strfreev(self->alert_command);
    g_ptr_array_unref(self->files);
}

void
errata_configuration_unref(ErrataConfiguration *self)
{
    if (self != NULL)
        g_atomic_rc_box_release_full(self, configuration_clear);
}

/**
 * errata_configuration_read:
 * @name: of the file, for messages
 * @text: (array length=length): its content
 *
 * Sets what a file says; what it does not mention stays as it is.
 *
 * Errors: %ERRATA_ERROR_CONFIG, naming file, line, key and the accepted values.
 */
gboolean
errata_configuration_read(ErrataConfiguration *self,
                          const char *name,
                          const char *text,
                          gsize length,
                          GError **error)
{
    ErrataConfigurationFile *kept;

    if (!errata_settings_scan(text,
                              length,
                              name,
                              ERRATA_SETTINGS_FULL,
                              configuration_store_cb,
                              self,
                              error))
        return FALSE;
    kept = g_new0(ErrataConfigurationFile, 1);
    kept->name = g_strdup(name);
    kept->text = g_strndup(text, length);
    g_ptr_array_add(self->files, kept);
    return TRUE;
}

static gboolean
configuration_load_from(ErrataConfiguration *self, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "errata.conf", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, &text, &length, &problem)) {
        if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
            g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOTDIR))
            return TRUE;
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_CONFIG, problem->message);
        return FALSE;
    }
    if (length > ERRATA_LIMIT_CONFIG_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s has %" G_GSIZE_FORMAT " bytes; at most %u are read",
                    path,
                    length,
                    ERRATA_LIMIT_CONFIG_BYTES);
        return FALSE;
    }
    return errata_configuration_read(self, path, text, length, error);
}

/**
 * errata_configuration_load:
 * @paths: where things are
 *
 * Reads the system's errata.conf, then the user's; either may be missing.
 *
 * Errors: %ERRATA_ERROR_CONFIG.
 *
 * Returns: (transfer full): the configuration, or %NULL with @error set
 */
ErrataConfiguration *
errata_configuration_load(const ErrataPaths *paths, GError **error)
{
    g_autoptr(ErrataConfiguration) self = errata_configuration_new(paths);

    if (!configuration_load_from(self, paths->system_config, error))
        return NULL;
    if (strcmp(paths->system_config, paths->config) != 0 &&
        !configuration_load_from(self, paths->config, error))
        return NULL;
    errata_paths_override(&self->inbox, paths->inbox);
    errata_paths_override(&self->reports, paths->reports);
    return g_steal_pointer(&self);
}
