/* SPDX-License-Identifier: GPL-3.0-or-later */
/* errata.conf: the syntax of a GKeyFile, scanned here line by line so that a message can name the
 * file, the line, the key and what is accepted. Lists may be separated by `,` as well as `;`. */
#include "settings.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "filter.h"
#include "limit.h"
#include "number.h"

ErrataSettings *
errata_settings_new(void)
{
    ErrataSettings *self = g_new0(ErrataSettings, 1);

    self->max_level = 3;
    self->cost_false_positive = 1.0;
    self->cost_false_negative = 1.0;
    self->alpha = 0.01;
    self->roles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->dictionary = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->cohorts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->role_sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void
errata_settings_free(ErrataSettings *self)
{
    if (self == NULL)
        return;
    g_free(self->task);
    g_free(self->positive);
    g_free(self->loss);
    g_free(self->entity);
    g_strfreev(self->immutable);
    g_strfreev(self->missing);
    g_free(self->embedding);
    g_hash_table_unref(self->roles);
    g_hash_table_unref(self->dictionary);
    g_hash_table_unref(self->cohorts);
    g_hash_table_unref(self->units);
    g_free(self->where);
    g_free(self->cohort);
    g_hash_table_unref(self->role_sources);
    g_strfreev(self->formats);
    g_free(self->paper);
    g_free(self->style);
    g_free(self->language);
    g_free(self->name);
    g_free(self);
}

/* what was found, fit for a message: escaped and not longer than a line */
static char *
settings_quote(const char *text)
{
    g_autofree char *escaped = g_strescape(text, "\"'");

    if (strlen(escaped) > 60)
        strcpy(escaped + 57, "...");
    return g_utf8_make_valid(escaped, -1);
}

static void
settings_replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

/* `auto` stands for "inferred" */
static void
settings_replace_auto(char **field, const char *value)
{
    settings_replace(field, strcmp(value, "auto") == 0 ? NULL : value);
}

static double
settings_number(const char *value)
{
    double number = 0.0;

    errata_number_parse_double(value, strlen(value), &number);
    return number;
}

static void
settings_store_analysis(ErrataSettings *self, const char *key, const char *value)
{
    if (strcmp(key, "task") == 0)
        settings_replace_auto(&self->task, value);
    else if (strcmp(key, "positive") == 0)
        settings_replace(&self->positive, value);
    else if (strcmp(key, "loss") == 0)
        settings_replace_auto(&self->loss, value);
    else if (strcmp(key, "entity") == 0) {
        settings_replace(&self->entity, value);
        self->entity_is_role = FALSE;
    } else if (strcmp(key, "embedding") == 0)
        settings_replace(&self->embedding, value);
    else if (strcmp(key, "slices") == 0)
        self->sliceline = strcmp(value, "sliceline") == 0;
    else if (strcmp(key, "where") == 0)
        settings_replace(&self->where, value);
    else if (strcmp(key, "cohort") == 0)
        settings_replace(&self->cohort, value);
    else if (strcmp(key, "immutable") == 0) {
        g_strfreev(self->immutable);
        self->immutable = errata_settings_key_parse_list(value);
    } else if (strcmp(key, "missing") == 0) {
        g_strfreev(self->missing);
        self->missing = errata_settings_key_parse_list(value);
    } else if (strcmp(key, "max-level") == 0)
        self->max_level = (guint)settings_number(value);
    else if (strcmp(key, "seed") == 0)
        self->seed = (guint64)settings_number(value);
    else if (strcmp(key, "threads") == 0)
        self->threads = (guint)settings_number(value);
    else if (strcmp(key, "memory") == 0)
        errata_settings_key_parse_size(value, &self->memory);
    else if (strcmp(key, "cost-false-positive") == 0)
        self->cost_false_positive = settings_number(value);
    else if (strcmp(key, "cost-false-negative") == 0)
        self->cost_false_negative = settings_number(value);
    else if (strcmp(key, "min-slice") == 0)
        self->min_slice = (guint64)settings_number(value);
    else if (strcmp(key, "alpha") == 0)
        self->alpha = settings_number(value);
}

static void
settings_store_report(ErrataSettings *self, const char *key, const char *value)
{
    if (strcmp(key, "formats") == 0) {
        g_strfreev(self->formats);
        self->formats = errata_settings_key_parse_list(value);
    } else if (strcmp(key, "paper") == 0)
        settings_replace(&self->paper, value);
    else if (strcmp(key, "style") == 0)
        settings_replace(&self->style, value);
    else if (strcmp(key, "language") == 0)
        settings_replace(&self->language, value);
}

static int
settings_compare_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

/* what rows belong to, where only a column's role says it; of several, which the log's schema
 * refuses, the first by name */
static void
settings_follow_roles(ErrataSettings *self)
{
    g_autoptr(GList) names = NULL;

    if (self->entity != NULL && !self->entity_is_role)
        return;
    g_clear_pointer(&self->entity, g_free);
    names = g_list_sort(g_hash_table_get_keys(self->roles), settings_compare_cb);
    for (GList *name = names; name != NULL && self->entity == NULL; name = name->next)
        if (strcmp(g_hash_table_lookup(self->roles, name->data), "entity") == 0)
            self->entity = g_strdup(name->data);
    self->entity_is_role = self->entity != NULL;
}

static gboolean
settings_store_cb(const ErrataSettingsKey *key,
                  const char *name,
                  const char *value,
                  const char *where,
                  gpointer data,
                  GError **error)
{
    ErrataSettings *self = data;

    if (strcmp(key->group, "analysis") == 0)
        settings_store_analysis(self, name, value);
    else if (strcmp(key->group, "report") == 0)
        settings_store_report(self, name, value);
    else if (strcmp(key->group, "roles") == 0) {
        g_hash_table_replace(self->roles, g_strdup(name), g_strdup(value));
        g_hash_table_replace(self->role_sources, g_strdup(name), g_strdup(where));
        settings_follow_roles(self);
    } else if (strcmp(key->group, "dictionary") == 0)
        g_hash_table_replace(self->dictionary, g_strdup(name), g_strdup(value));
    else if (strcmp(key->group, "cohorts") == 0)
        g_hash_table_replace(self->cohorts, g_strdup(name), g_strdup(value));
    else if (strcmp(key->group, "units") == 0)
        g_hash_table_replace(self->units, g_strdup(name), g_strdup(value));
    return TRUE;
}

/* a filter's own message says more than that it was not accepted */
static gboolean
settings_check_filter(const char *value, const char *where, const char *name, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(ErrataFilter) filter = errata_filter_parse(value, &problem);

    if (filter == NULL)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s: '%s': %s",
                    where,
                    name,
                    problem->message);
    return filter != NULL;
}

static gboolean
settings_check(const char *group,
               const char *name,
               const char *value,
               const char *where,
               const ErrataSettingsKey **ret_key,
               GError **error)
{
    const ErrataSettingsKey *key = errata_settings_key_find(group, name);
    g_autofree char *shown = settings_quote(name);

    if (key == NULL) {
        g_autofree char *names = errata_settings_key_names(group);

        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s: unknown key '%s' in [%s]; accepted are %s",
                    where,
                    shown,
                    group,
                    names);
        return FALSE;
    }
    if (key->form == ERRATA_SETTINGS_FILTER && !settings_check_filter(value, where, shown, error))
        return FALSE;
    if (!errata_settings_key_check(key, value)) {
        g_autofree char *accepted = errata_settings_key_accepted(key);
        g_autofree char *found = settings_quote(value);

        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s: '%s' in [%s] is '%s'; accepted: %s",
                    where,
                    shown,
                    group,
                    found,
                    accepted);
        return FALSE;
    }
    *ret_key = key;
    return TRUE;
}

/**
 * errata_settings_set:
 * @self: the settings
 * @group: `analysis`, `roles` …
 * @key: the key, or the column's name in a group of columns
 * @value: its value
 * @where: what set it, for messages: `--seed`
 * @error: return location for a #GError
 *
 * Sets one key; a key of another owner is checked and otherwise left alone.
 *
 * Errors: %ERRATA_ERROR_CONFIG when there is no such key or @value is not accepted.
 *
 * Returns: whether the key was set
 */
gboolean
errata_settings_set(ErrataSettings *self,
                    const char *group,
                    const char *key,
                    const char *value,
                    const char *where,
                    GError **error)
{
    const ErrataSettingsKey *entry = NULL;

    return settings_check(group, key, value, where, &entry, error) &&
           settings_store_cb(entry, key, value, where, self, error);
}

/* undoes \s \n \t \r \\ in place, as GKeyFile does */
static void
settings_unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '\\' || from[1] == '\0') {
            *to++ = *from;
            continue;
        }
        from++;
        switch (*from) {
        case 's':
            *to++ = ' ';
            break;
        case 'n':
            *to++ = '\n';
            break;
        case 't':
            *to++ = '\t';
            break;
        case 'r':
            *to++ = '\r';
            break;
        case '\\':
            *to++ = '\\';
            break;
        default: /* keep it: a regular expression has backslashes of its own */
            *to++ = '\\';
            *to++ = *from;
        }
    }
    *to = '\0';
}

static gboolean
settings_scan_group(char *line,
                    ErrataSettingsSource source,
                    const char *where,
                    char **group,
                    GError **error)
{
    static const char folder_groups[] = "[roles], [dictionary], [units], [analysis], [cohorts], "
                                        "[report]";
    static const char all_groups[] = "[inbox], [daemon], [report], [analysis], [cohorts], [roles], "
                                     "[dictionary], [units], [llm], [privacy], [store], [alerts]";
    gsize length = strlen(line);
    g_autofree char *shown = NULL;
    guint n_keys;
    const ErrataSettingsKey *keys = errata_settings_key_table(&n_keys);
    gboolean in_folder = FALSE;

    g_clear_pointer(group, g_free);
    if (length >= 2 && line[length - 1] == ']')
        *group = g_strndup(line + 1, length - 2);
    shown = settings_quote(*group != NULL ? *group : line);
    if (*group == NULL || !errata_settings_key_has_group(*group)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s: unknown group '%s'; accepted are %s",
                    where,
                    shown,
                    source == ERRATA_SETTINGS_FOLDER ? folder_groups : all_groups);
        return FALSE;
    }
    for (guint i = 0; i < n_keys; i++)
        in_folder = in_folder || (keys[i].in_folder && strcmp(keys[i].group, *group) == 0);
    if (source == ERRATA_SETTINGS_FOLDER && !in_folder) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s: a watched folder's file may not have the group [%s]; accepted are %s",
                    where,
                    *group,
                    folder_groups);
        return FALSE;
    }
    return TRUE;
}

/* column names may hold a `=`, roles may not: there the last one separates */
static gboolean
settings_scan_pair(char *line,
                   const char *group,
                   const char *where,
                   ErrataSettingsFunc func,
                   gpointer data,
                   GError **error)
{
    char *equals = strchr(line, '=');
    const ErrataSettingsKey *key = NULL;

    if (group == NULL || equals == NULL || equals == line) {
        g_autofree char *shown = settings_quote(line);

        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "%s: expected %s, found '%s'",
                    where,
                    group == NULL ? "a [group] first" : "KEY=VALUE, [group] or a # comment",
                    shown);
        return FALSE;
    }
    if (strcmp(group, "roles") == 0)
        equals = strrchr(line, '=');
    *equals = '\0';
    g_strchomp(line);
    g_strchug(equals + 1);
    settings_unescape(equals + 1);
    return settings_check(group, line, equals + 1, where, &key, error) &&
           func(key, line, equals + 1, where, data, error);
}

static gboolean
settings_check_text(const char *text, gsize length, const char *name, GError **error)
{
    const char *end;
    guint line = 1;

    if (length > ERRATA_LIMIT_CONFIG_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s has %" G_GSIZE_FORMAT " bytes; a configuration has at most %u",
                    name,
                    length,
                    ERRATA_LIMIT_CONFIG_BYTES);
        return FALSE;
    }
    if (g_utf8_validate_len(text, length, &end))
        return TRUE;
    for (const char *p = text; p < end; p++)
        line += *p == '\n' ? 1 : 0;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_CONFIG,
                "%s line %u: byte 0x%02x is not UTF-8 text",
                name,
                line,
                (guint)(guint8)*end);
    return FALSE;
}

/**
 * errata_settings_scan:
 * @text: (array length=length): contents of an `errata.conf`
 * @length: bytes of @text
 * @name: its name, for messages
 * @source: whose file it is, which decides the groups it may have
 * @func: called for every key in the file's order, the value already checked
 * @data: for @func
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_CONFIG for an unknown group or key or a bad value, naming file, line, key
 * and what is accepted; %ERRATA_ERROR_LIMIT when the file is too large.
 *
 * Returns: whether the whole file was good
 */
gboolean
errata_settings_scan(const char *text,
                     gsize length,
                     const char *name,
                     ErrataSettingsSource source,
                     ErrataSettingsFunc func,
                     gpointer data,
                     GError **error)
{
    static const char bom[] = "\xef\xbb\xbf";
    g_autofree char *group = NULL;
    g_autofree char *copy = NULL;
    g_auto(GStrv) lines = NULL;

    if (!settings_check_text(text, length, name, error))
        return FALSE;
    copy = g_strndup(text, length);
    lines = g_strsplit(g_str_has_prefix(copy, bom) ? copy + 3 : copy, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        /* flags stand on no line that their user knows */
        g_autofree char *where = strcmp(name, "command line") == 0
                                     ? g_strdup(name)
                                     : g_strdup_printf("%s line %u", name, i + 1);

        if (*line == '\0' || *line == '#')
            continue;
        if (*line == '[' && strchr(line, '=') == NULL) {
            if (!settings_scan_group(line, source, where, &group, error))
                return FALSE;
        } else if (!settings_scan_pair(line, group, where, func, data, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
settings_ignore_cb(const ErrataSettingsKey *key,
                   const char *name,
                   const char *value,
                   const char *where,
                   gpointer data,
                   GError **error)
{
    return TRUE;
}

/**
 * errata_settings_load:
 * @self: the settings, as the weaker sources left them
 * @text: (array length=length): contents of an `errata.conf`
 * @length: bytes of @text
 * @name: its name, for messages
 * @source: whose file it is
 * @error: return location for a #GError
 *
 * Lets the file win over what is set, key by key; a file with an error changes nothing.
 *
 * Errors: as errata_settings_scan().
 *
 * Returns: whether the file was taken
 */
gboolean
errata_settings_load(ErrataSettings *self,
                     const char *text,
                     gsize length,
                     const char *name,
                     ErrataSettingsSource source,
                     GError **error)
{
    return errata_settings_scan(text, length, name, source, settings_ignore_cb, NULL, error) &&
           errata_settings_scan(text, length, name, source, settings_store_cb, self, error);
}
