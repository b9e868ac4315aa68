/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's part of errata.conf. The groups about an analysis belong to base/settings.c and are
 * checked there; every other group and key is checked here, by a table, so that a typing mistake is
 * an error that names file, line, key and what is accepted. */
#include "configuration.h"

#include <string.h>

#include "error.h"
#include "limit.h"
#include "settings.h"

/* sets the key from @value; FALSE: not acceptable */
typedef gboolean (*ConfigurationSet)(ErrataConfiguration *self, const char *value);

typedef struct {
    const char *group;
    const char *key;
    const char *accepted; /* in words */
    ConfigurationSet set; /* NULL: known, of no concern to this release */
} ConfigurationKey;

static gboolean
configuration_parse_count(const char *text, guint64 min, guint64 max, guint64 *ret_value)
{
    return g_ascii_string_to_unsigned(text, 10, min, max, ret_value, NULL);
}

/* a number and one of @units, in lower case; @factors go with them */
static gboolean
configuration_parse_unit(const char *text,
                         const char *const *units,
                         const guint64 *factors,
                         guint64 *ret_value)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    gsize digits = strspn(lower, "0123456789");
    g_autofree char *number = g_strndup(lower, digits);
    const char *unit = lower + digits + strspn(lower + digits, " ");
    guint64 value = 0;

    if (!configuration_parse_count(number, 0, G_MAXUINT64, &value))
        return FALSE;
    for (guint i = 0; units[i] != NULL; i++) {
        if (strcmp(unit, units[i]) == 0)
            return g_uint64_checked_mul(ret_value, value, factors[i]);
    }
    return FALSE;
}

static gboolean
configuration_parse_size(const char *text, guint64 *ret_bytes)
{
    static const char *const units[] =
        {"b", "kb", "k", "kib", "mb", "m", "mib", "gb", "g", "gib", "tb", "t", "tib", NULL};
    static const guint64 factors[] = {1,
                                      1000,
                                      1000,
                                      1U << 10,
                                      1000000,
                                      1000000,
                                      1U << 20,
                                      1000000000,
                                      1000000000,
                                      1U << 30,
                                      G_GUINT64_CONSTANT(1000000000000),
                                      G_GUINT64_CONSTANT(1000000000000),
                                      G_GUINT64_CONSTANT(1) << 40};

    return configuration_parse_count(text, 0, G_MAXUINT64, ret_bytes) ||
           configuration_parse_unit(text, units, factors, ret_bytes);
}

static gboolean
configuration_parse_age(const char *text, guint64 *ret_seconds)
{
    static const char *const units[] = {"s", "min", "h", "d", "w", "y", NULL};
    static const guint64 factors[] = {1, 60, 3600, 86400, 7 * 86400, 365 * 86400};

    return configuration_parse_unit(text, units, factors, ret_seconds);
}

static gboolean
configuration_set_path(char **where, const char *value)
{
    g_autofree char *path = NULL;

    if (g_str_has_prefix(value, "~/"))
        path = g_build_filename(g_get_home_dir(), value + 2, NULL);
    else
        path = g_strdup(value);
    if (!g_path_is_absolute(path))
        return FALSE;
    g_free(*where);
    *where = g_canonicalize_filename(path, "/");
    return TRUE;
}

static gboolean
configuration_set_inbox(ErrataConfiguration *self, const char *value)
{
    return configuration_set_path(&self->inbox, value);
}

static gboolean
configuration_set_reports(ErrataConfiguration *self, const char *value)
{
    return configuration_set_path(&self->reports, value);
}

static gboolean
configuration_set_store(ErrataConfiguration *self, const char *value)
{
    return configuration_set_path(&self->store, value);
}

static gboolean
configuration_set_settle(ErrataConfiguration *self, const char *value)
{
    guint64 seconds = 0;

    if (!configuration_parse_count(value, 1, 86400, &seconds) &&
        !(configuration_parse_age(value, &seconds) && seconds >= 1 && seconds <= 86400))
        return FALSE;
    self->settle_s = (guint)seconds;
    return TRUE;
}

static gboolean
configuration_set_after(ErrataConfiguration *self, const char *value)
{
    static const char *const nicks[] = {"keep", "archive", "delete"};

    for (guint i = 0; i < G_N_ELEMENTS(nicks); i++) {
        if (strcmp(value, nicks[i]) == 0) {
            self->after = (ErrataAfter)i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
configuration_set_max_bytes(ErrataConfiguration *self, const char *value)
{
    return configuration_parse_size(value, &self->max_bytes) && self->max_bytes > 0;
}

static gboolean
configuration_set_workers(ErrataConfiguration *self, const char *value)
{
    guint64 workers = 0;

    if (!configuration_parse_count(value, 0, 1024, &workers))
        return FALSE;
    self->workers = workers == 0 ? 1 : MIN((guint)workers, g_get_num_processors());
    return TRUE;
}

static gboolean
configuration_set_idle_exit(ErrataConfiguration *self, const char *value)
{
    guint64 seconds = 0;

    if (!configuration_parse_count(value, 0, 31536000, &seconds) &&
        !(configuration_parse_age(value, &seconds) && seconds <= 31536000))
        return FALSE;
    self->idle_exit_s = (guint)seconds;
    return TRUE;
}

static gboolean
configuration_set_memory(ErrataConfiguration *self, const char *value)
{
    return configuration_parse_size(value, &self->memory);
}

static gboolean
configuration_set_keep(ErrataConfiguration *self, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);

    self->keep_s = 0;
    self->keep_bytes = 0;
    for (guint i = 0; parts[i] != NULL; i++) {
        const char *part = g_strstrip(parts[i]);

        if (!configuration_parse_age(part, &self->keep_s) &&
            !configuration_parse_size(part, &self->keep_bytes))
            return FALSE;
    }
    return TRUE;
}

static gboolean
configuration_set_min_severity(ErrataConfiguration *self, const char *value)
{
    return errata_severity_parse(value, &self->min_severity);
}

static gboolean
configuration_set_command(ErrataConfiguration *self, const char *value)
{
    g_clear_pointer(&self->alert_command, g_strfreev);
    return *value == '\0' || g_shell_parse_argv(value, NULL, &self->alert_command, NULL);
}

#define CONFIGURATION_SIZE "a number of bytes, or one with kB, MB, GB, TB, KiB, MiB, GiB or TiB"
#define CONFIGURATION_PATH "an absolute path"

static const ConfigurationKey configuration_keys[] = {
    {"inbox", "path", CONFIGURATION_PATH, configuration_set_inbox},
    {"inbox", "settle", "seconds, 1 to 86400", configuration_set_settle},
    {"inbox", "after", "keep, archive or delete", configuration_set_after},
    {"inbox", "max-bytes", CONFIGURATION_SIZE, configuration_set_max_bytes},
    {"daemon", "workers", "a number, 0 to 1024", configuration_set_workers},
    {"daemon", "idle-exit", "seconds, 0 (never) to 31536000", configuration_set_idle_exit},
    {"daemon", "memory", CONFIGURATION_SIZE, configuration_set_memory},
    {"report", "path", CONFIGURATION_PATH, configuration_set_reports},
    {"store", "path", CONFIGURATION_PATH, configuration_set_store},
    {"store", "keep", "an age (90d), a size (20GB), or both with a comma", configuration_set_keep},
    {"alerts",
     "min-severity",
     "info, low, medium, high or critical",
     configuration_set_min_severity},
    {"alerts", "command", "a program and its arguments", configuration_set_command},
    {"llm", "backend", NULL, NULL},
    {"llm", "url", NULL, NULL},
    {"llm", "model", NULL, NULL},
    {"llm", "api-key-credential", NULL, NULL},
    {"llm", "gguf", NULL, NULL},
    {"llm", "max-tokens-per-report", NULL, NULL},
    {"llm", "max-tokens-per-day", NULL, NULL},
    {"llm", "timeout", NULL, NULL},
    {"llm", "allow-remote", NULL, NULL},
    {"llm", "send-rows", NULL, NULL},
    {"llm", "language", NULL, NULL},
    {"privacy", "redact", NULL, NULL},
};

/* groups that base/settings.c checks; [report] is shared */
static const char *const configuration_foreign[] =
    {"analysis", "roles", "dictionary", "units", "report", NULL};

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

/* line of a group's key in the text, from 1; of the group itself with @key NULL */
static guint
configuration_line(const char *text, const char *group, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *header = g_strdup_printf("[%s]", group);
    gboolean inside = FALSE;
    guint found = 0;

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);
        gsize length = key != NULL ? strlen(key) : 0;

        if (line[0] == '[') {
            inside = g_str_has_prefix(line, header);
            if (inside && key == NULL)
                return i + 1;
        } else if (inside && key != NULL && strncmp(line, key, length) == 0 &&
                   (line[length] == '=' || line[length] == ' ' || line[length] == '\t')) {
            found = i + 1; /* the last one counts, as for GKeyFile */
        }
    }
    return found;
}

static char *
configuration_keys_of(const char *group)
{
    g_autoptr(GString) keys = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(configuration_keys); i++) {
        if (strcmp(configuration_keys[i].group, group) == 0)
            g_string_append_printf(keys,
                                   "%s%s",
                                   keys->len > 0 ? ", " : "",
                                   configuration_keys[i].key);
    }
    return g_string_free(g_steal_pointer(&keys), FALSE);
}

static gboolean
configuration_read_key(ErrataConfiguration *self,
                       GKeyFile *file,
                       const char *name,
                       const char *text,
                       const char *group,
                       const char *key,
                       GError **error)
{
    g_autofree char *raw = g_key_file_get_value(file, group, key, NULL);
    g_autofree char *accepted = configuration_keys_of(group);
    const char *value = raw != NULL ? g_strstrip(raw) : "";

    for (guint i = 0; i < G_N_ELEMENTS(configuration_keys); i++) {
        const ConfigurationKey *known = &configuration_keys[i];

        if (strcmp(known->group, group) != 0 || strcmp(known->key, key) != 0)
            continue;
        if (known->set == NULL || known->set(self, value))
            return TRUE;
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s:%u: [%s] %s=%s is not accepted; write %s",
                    name,
                    configuration_line(text, group, key),
                    group,
                    key,
                    value,
                    known->accepted);
        return FALSE;
    }
    if (strcmp(group, "report") == 0)
        return TRUE; /* the other keys of [report] are checked with the analysis */
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_CONFIG,
                "%s:%u: [%s] has no key '%s'; it may have: %s",
                name,
                configuration_line(text, group, key),
                group,
                key,
                accepted);
    return FALSE;
}

static gboolean
configuration_read_group(ErrataConfiguration *self,
                         GKeyFile *file,
                         const char *name,
                         const char *text,
                         const char *group,
                         GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);
    gboolean known = g_strv_contains(configuration_foreign, group);

    for (guint i = 0; i < G_N_ELEMENTS(configuration_keys) && !known; i++)
        known = strcmp(configuration_keys[i].group, group) == 0;
    if (!known) {
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_CONFIG,
            "%s:%u: there is no group [%s]; there are: inbox, daemon, report, analysis, roles, "
            "dictionary, units, llm, privacy, store, alerts",
            name,
            configuration_line(text, group, NULL),
            group);
        return FALSE;
    }
    if (g_strv_contains(configuration_foreign, group) && strcmp(group, "report") != 0)
        return TRUE;
    for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
        if (!configuration_read_key(self, file, name, text, group, keys[i], error))
            return FALSE;
    }
    return TRUE;
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
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) problem = NULL;
    g_auto(GStrv) groups = NULL;
    ErrataConfigurationFile *kept;

    if (!errata_settings_load(settings, text, length, name, ERRATA_SETTINGS_FULL, error))
        return FALSE;
    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &problem)) {
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_CONFIG, "%s: %s", name, problem->message);
        return FALSE;
    }
    groups = g_key_file_get_groups(file, NULL);
    for (guint i = 0; groups[i] != NULL; i++) {
        if (!configuration_read_group(self, file, name, text, groups[i], error))
            return FALSE;
    }
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
