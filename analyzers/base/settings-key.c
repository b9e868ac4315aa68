/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key of errata.conf in one table: its group, what its value looks like, and whether a
 * watched folder's file may set it. Values are checked here and stored by their owners. */
#include "settings-key.h"

#include <math.h>
#include <string.h>

#include "filter.h"
#include "number.h"

static const char *const afters[] = {"keep", "archive", "delete", NULL};
static const char *const formats[] = {"pdf", "svg", "html", "json", NULL};
static const char *const papers[] = {"A4", "Letter", NULL};
static const char *const tasks[] = {"auto", "binary", "multiclass", "regression", NULL};
static const char *const losses[] = {"auto", "zero-one", "log-loss", "absolute", "squared", NULL};
static const char *const backends[] = {"auto", "openai", "llama-server", "none", NULL};
static const char *const sendings[] = {"none", "redacted", "full", NULL};
static const char *const severities[] = {"info", "low", "medium", "high", "critical", NULL};
static const char *const searches[] = {"expected", "sliceline", NULL};
static const char *const roles[] = {"id",
                                    "time",
                                    "label",
                                    "prediction",
                                    "score",
                                    "feature",
                                    "text",
                                    "image",
                                    "weight",
                                    "group",
                                    "entity",
                                    "correct",
                                    "attribution",
                                    "ignore",
                                    NULL};

#define MANY         1e15 /* more than any count that makes sense, exact as a double */
#define MIB          (1024.0 * 1024.0)
#define LEAST_MEMORY (128 * MIB) /* what a worker needs for a log of a few rows, and some more */

static const ErrataSettingsKey keys[] = {
    {"inbox", "path", ERRATA_SETTINGS_PATH, 0, 0, NULL, FALSE},
    {"inbox", "settle", ERRATA_SETTINGS_DURATION, 0, 0, NULL, FALSE},
    {"inbox", "after", ERRATA_SETTINGS_CHOICE, 0, 0, afters, FALSE},
    {"inbox", "max-bytes", ERRATA_SETTINGS_SIZE, 0, 0, NULL, FALSE},
    {"daemon", "workers", ERRATA_SETTINGS_INTEGER, 0, 1024, NULL, FALSE},
    {"daemon", "idle-exit", ERRATA_SETTINGS_DURATION, 0, 0, NULL, FALSE},
    {"daemon", "memory", ERRATA_SETTINGS_SIZE, LEAST_MEMORY, 0, NULL, FALSE},
    {"report", "path", ERRATA_SETTINGS_PATH, 0, 0, NULL, FALSE},
    {"report", "formats", ERRATA_SETTINGS_CHOICES, 0, 0, formats, TRUE},
    {"report", "paper", ERRATA_SETTINGS_CHOICE, 0, 0, papers, TRUE},
    {"report", "style", ERRATA_SETTINGS_TEXT, 0, 0, NULL, TRUE},
    {"report", "language", ERRATA_SETTINGS_LANGUAGE, 0, 0, NULL, TRUE},
    {"analysis", "task", ERRATA_SETTINGS_CHOICE, 0, 0, tasks, TRUE},
    {"analysis", "positive", ERRATA_SETTINGS_TEXT, 0, 0, NULL, TRUE},
    {"analysis", "loss", ERRATA_SETTINGS_CHOICE, 0, 0, losses, TRUE},
    {"analysis", "max-level", ERRATA_SETTINGS_INTEGER, 1, 6, NULL, TRUE},
    {"analysis", "seed", ERRATA_SETTINGS_INTEGER, 0, 9007199254740992.0, NULL, TRUE},
    {"analysis", "threads", ERRATA_SETTINGS_INTEGER, 0, 1024, NULL, TRUE},
    {"analysis", "memory", ERRATA_SETTINGS_SIZE, LEAST_MEMORY, 0, NULL, TRUE},
    {"analysis", "entity", ERRATA_SETTINGS_TEXT, 0, 0, NULL, TRUE},
    {"analysis", "missing", ERRATA_SETTINGS_LIST, 0, 0, NULL, TRUE},
    {"analysis", "immutable", ERRATA_SETTINGS_LIST, 0, 0, NULL, TRUE},
    {"analysis", "cost-false-positive", ERRATA_SETTINGS_NUMBER, 0, MANY, NULL, TRUE},
    {"analysis", "cost-false-negative", ERRATA_SETTINGS_NUMBER, 0, MANY, NULL, TRUE},
    {"analysis", "min-slice", ERRATA_SETTINGS_INTEGER, 0, MANY, NULL, TRUE},
    {"analysis", "alpha", ERRATA_SETTINGS_NUMBER, 1e-6, 0.5, NULL, TRUE},
    {"analysis", "embedding", ERRATA_SETTINGS_PATH_OR_NONE, 0, 0, NULL, TRUE},
    {"analysis", "slices", ERRATA_SETTINGS_CHOICE, 0, 0, searches, TRUE},
    {"analysis", "where", ERRATA_SETTINGS_FILTER, 0, 0, NULL, TRUE},
    {"analysis", "cohort", ERRATA_SETTINGS_TEXT, 0, 0, NULL, TRUE},
    {"cohorts", NULL, ERRATA_SETTINGS_FILTER, 0, 0, NULL, TRUE},
    {"roles", NULL, ERRATA_SETTINGS_CHOICE, 0, 0, roles, TRUE},
    {"dictionary", NULL, ERRATA_SETTINGS_TEXT, 0, 0, NULL, TRUE},
    {"units", NULL, ERRATA_SETTINGS_TEXT, 0, 0, NULL, TRUE},
    {"llm", "backend", ERRATA_SETTINGS_CHOICE, 0, 0, backends, FALSE},
    {"llm", "url", ERRATA_SETTINGS_URL, 0, 0, NULL, FALSE},
    {"llm", "model", ERRATA_SETTINGS_TEXT, 0, 0, NULL, FALSE},
    {"llm", "api-key-credential", ERRATA_SETTINGS_TEXT, 0, 0, NULL, FALSE},
    {"llm", "gguf", ERRATA_SETTINGS_PATH, 0, 0, NULL, FALSE},
    {"llm", "max-tokens-per-report", ERRATA_SETTINGS_INTEGER, 0, MANY, NULL, FALSE},
    {"llm", "max-tokens-per-day", ERRATA_SETTINGS_INTEGER, 0, MANY, NULL, FALSE},
    {"llm", "timeout", ERRATA_SETTINGS_DURATION, 0, 0, NULL, FALSE},
    {"llm", "allow-remote", ERRATA_SETTINGS_BOOLEAN, 0, 0, NULL, FALSE},
    {"llm", "send-rows", ERRATA_SETTINGS_CHOICE, 0, 0, sendings, FALSE},
    {"llm", "language", ERRATA_SETTINGS_LANGUAGE, 0, 0, NULL, FALSE},
    {"privacy", "redact", ERRATA_SETTINGS_PATTERNS, 0, 0, NULL, FALSE},
    {"store", "path", ERRATA_SETTINGS_PATH, 0, 0, NULL, FALSE},
    {"store", "keep", ERRATA_SETTINGS_KEEP, 0, 0, NULL, FALSE},
    {"alerts", "min-severity", ERRATA_SETTINGS_CHOICE, 0, 0, severities, FALSE},
    {"alerts", "command", ERRATA_SETTINGS_TEXT, 0, 0, NULL, FALSE},
};

/**
 * errata_settings_key_table:
 * @ret_n_keys: (out): number of keys
 *
 * Returns: (transfer none): all keys, those of a group next to each other
 */
const ErrataSettingsKey *
errata_settings_key_table(guint *ret_n_keys)
{
    *ret_n_keys = G_N_ELEMENTS(keys);
    return keys;
}

/**
 * errata_settings_key_find:
 * @group: name of a group
 * @key: name of a key; any name in a group whose keys are columns
 *
 * Returns: (transfer none) (nullable): its entry, or %NULL when there is none
 */
const ErrataSettingsKey *
errata_settings_key_find(const char *group, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].group, group) == 0 &&
            (keys[i].key == NULL || strcmp(keys[i].key, key) == 0))
            return &keys[i];
    return NULL;
}

gboolean
errata_settings_key_has_group(const char *group)
{
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].group, group) == 0)
            return TRUE;
    return FALSE;
}

/**
 * errata_settings_key_names:
 * @group: name of a group
 *
 * Returns: (transfer full): the names of its keys, separated by commas
 */
char *
errata_settings_key_names(const char *group)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i].group, group) == 0)
            g_string_append_printf(names,
                                   "%s%s",
                                   names->len > 0 ? ", " : "",
                                   keys[i].key != NULL                     ? keys[i].key
                                   : strcmp(keys[i].group, "cohorts") == 0 ? "any names"
                                                                           : "names of columns");
    return g_string_free(names, FALSE);
}

static char *
settings_key_words(const ErrataSettingsKey *self)
{
    GString *words = g_string_new(NULL);

    for (guint i = 0; self->choices != NULL && self->choices[i] != NULL; i++)
        g_string_append_printf(words, "%s%s", i > 0 ? ", " : "", self->choices[i]);
    return g_string_free(words, FALSE);
}

/**
 * errata_settings_key_accepted:
 * @self: a key
 *
 * Returns: (transfer full): what its value may be, in words for a message
 */
char *
errata_settings_key_accepted(const ErrataSettingsKey *self)
{
    g_autofree char *words = settings_key_words(self);
    char lo[ERRATA_NUMBER_BUFFER];
    char hi[ERRATA_NUMBER_BUFFER];

    switch (self->form) {
    case ERRATA_SETTINGS_TEXT:
        return g_strdup("a text");
    case ERRATA_SETTINGS_PATH:
        return g_strdup("an absolute path");
    case ERRATA_SETTINGS_PATH_OR_NONE:
        return g_strdup("none, an absolute path");
    case ERRATA_SETTINGS_URL:
        return g_strdup("an address that starts with http:// or https://");
    case ERRATA_SETTINGS_LANGUAGE:
        return g_strdup("a language such as en or de_AT");
    case ERRATA_SETTINGS_BOOLEAN:
        return g_strdup("true, false");
    case ERRATA_SETTINGS_INTEGER:
        return g_strdup_printf("a whole number from %s to %s",
                               errata_number_print(self->lo, lo),
                               errata_number_print(self->hi, hi));
    case ERRATA_SETTINGS_NUMBER:
        return g_strdup_printf("a number from %s to %s",
                               errata_number_print(self->lo, lo),
                               errata_number_print(self->hi, hi));
    case ERRATA_SETTINGS_SIZE:
        return self->lo > 0
                   ? g_strdup_printf("bytes, such as 512M or 4G, %sM at least; 0 is no limit",
                                     errata_number_print(self->lo / MIB, lo))
                   : g_strdup("bytes, such as 512M or 4G");
    case ERRATA_SETTINGS_DURATION:
        return g_strdup("seconds, or a time such as 30s, 5min, 2h or 90d");
    case ERRATA_SETTINGS_CHOICE:
        return g_steal_pointer(&words);
    case ERRATA_SETTINGS_CHOICES:
        return g_strdup_printf("a list of %s", words);
    case ERRATA_SETTINGS_LIST:
        return g_strdup("a list separated by ; or ,");
    case ERRATA_SETTINGS_PATTERNS:
        return g_strdup("regular expressions separated by ;");
    case ERRATA_SETTINGS_KEEP:
        return g_strdup("a time, a size or both, such as 90d,20GB");
    case ERRATA_SETTINGS_FILTER:
        return g_strdup("a condition such as age > 40 and region in (EU, UK)");
    }
    g_return_val_if_reached(NULL);
}

gboolean
errata_settings_key_parse_boolean(const char *value, gboolean *ret_value)
{
    static const char *const yes[] = {"true", "yes", "on", "1", NULL};
    static const char *const no[] = {"false", "no", "off", "0", NULL};
    g_autofree char *lower = g_ascii_strdown(value, -1);

    if (g_strv_contains(yes, lower))
        *ret_value = TRUE;
    else if (g_strv_contains(no, lower))
        *ret_value = FALSE;
    else
        return FALSE;
    return TRUE;
}

/* a number that is not negative, and what follows it with leading spaces gone */
static gboolean
settings_key_parse_quantity(const char *value, double *ret_number, const char **ret_unit)
{
    gsize length = strspn(value, "0123456789.");

    if (!errata_number_parse_double(value, length, ret_number) || !(*ret_number >= 0.0))
        return FALSE;
    *ret_unit = value + length + strspn(value + length, " ");
    return TRUE;
}

/**
 * errata_settings_key_parse_size:
 * @value: a number with an optional unit: K, M, G, T (also KB, KiB …; all powers of 1024)
 * @ret_bytes: (out): bytes
 *
 * Returns: whether @value is a size
 */
gboolean
errata_settings_key_parse_size(const char *value, guint64 *ret_bytes)
{
    static const char prefixes[] = "kmgt";
    const char *unit;
    const char *prefix;
    double number;
    double factor = 1.0;

    if (!settings_key_parse_quantity(value, &number, &unit))
        return FALSE;
    if (*unit != '\0' && (prefix = strchr(prefixes, g_ascii_tolower(*unit))) != NULL) {
        factor = ldexp(1.0, (int)(10 * (prefix - prefixes + 1)));
        unit++;
        if (g_ascii_strcasecmp(unit, "ib") == 0)
            unit++;
    }
    if (g_ascii_strcasecmp(unit, "b") == 0)
        unit++;
    if (*unit != '\0' || number * factor > 9e18)
        return FALSE;
    *ret_bytes = (guint64)(number * factor);
    return TRUE;
}

/**
 * errata_settings_key_parse_duration:
 * @value: a number with an optional unit: s, min, h, d, w
 * @ret_seconds: (out): seconds
 *
 * Returns: whether @value is a duration
 */
gboolean
errata_settings_key_parse_duration(const char *value, double *ret_seconds)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1.0},
                 {"s", 1.0},
                 {"min", 60.0},
                 {"m", 60.0},
                 {"h", 3600.0},
                 {"d", 86400.0},
                 {"w", 604800.0}};
    const char *unit;
    double number;

    if (!settings_key_parse_quantity(value, &number, &unit))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_ascii_strcasecmp(unit, units[i].unit) == 0) {
            *ret_seconds = number * units[i].seconds;
            return TRUE;
        }
    return FALSE;
}

/**
 * errata_settings_key_parse_list:
 * @value: items separated by `;` or `,`
 *
 * Returns: (transfer full) (array zero-terminated=1): the items without spaces around them, empty
 *   ones left out
 */
char **
errata_settings_key_parse_list(const char *value)
{
    g_auto(GStrv) parts = g_strsplit_set(value, ";,", -1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (guint i = 0; parts[i] != NULL; i++)
        if (*g_strstrip(parts[i]) != '\0')
            g_strv_builder_add(builder, parts[i]);
    return g_strv_builder_end(builder);
}

static gboolean
settings_key_check_number(const ErrataSettingsKey *self, const char *value)
{
    double number;

    return errata_number_parse_double(value, strlen(value), &number) && number >= self->lo &&
           number <= self->hi &&
           (self->form == ERRATA_SETTINGS_NUMBER || !(floor(number) < number));
}

static gboolean
settings_key_check_language(const char *value)
{
    gsize length = strspn(value,
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_@.");

    return value[length] == '\0' && length <= 35 && g_ascii_isalpha(value[0]);
}

static gboolean
settings_key_check_list(const ErrataSettingsKey *self, const char *value)
{
    g_auto(GStrv) items = errata_settings_key_parse_list(value);
    double seconds;
    guint64 bytes;

    for (guint i = 0; items[i] != NULL; i++) {
        if (self->form == ERRATA_SETTINGS_CHOICES && !g_strv_contains(self->choices, items[i]))
            return FALSE;
        if (self->form == ERRATA_SETTINGS_KEEP &&
            !errata_settings_key_parse_duration(items[i], &seconds) &&
            !errata_settings_key_parse_size(items[i], &bytes))
            return FALSE;
    }
    return items[0] != NULL;
}

static gboolean
settings_key_check_patterns(const char *value)
{
    g_auto(GStrv) patterns = g_strsplit(value, ";", -1);

    for (guint i = 0; patterns[i] != NULL; i++) {
        g_autoptr(GRegex) regex = g_regex_new(patterns[i], 0, 0, NULL);

        if (regex == NULL)
            return FALSE;
    }
    return TRUE;
}

static gboolean
settings_key_check_filter(const char *value)
{
    g_autoptr(ErrataFilter) filter = errata_filter_parse(value, NULL);

    return filter != NULL;
}

/**
 * errata_settings_key_check:
 * @self: a key
 * @value: its value, without spaces around it
 *
 * Returns: whether @value has the form that the key wants
 */
gboolean
errata_settings_key_check(const ErrataSettingsKey *self, const char *value)
{
    gboolean boolean;
    guint64 bytes;
    double seconds;

    if (*value == '\0')
        return FALSE;
    switch (self->form) {
    case ERRATA_SETTINGS_PATH:
        return *value == '/' || g_str_has_prefix(value, "~/");
    case ERRATA_SETTINGS_PATH_OR_NONE:
        return *value == '/' || g_str_has_prefix(value, "~/") || strcmp(value, "none") == 0;
    case ERRATA_SETTINGS_URL:
        return (g_str_has_prefix(value, "http://") && value[7] != '\0') ||
               (g_str_has_prefix(value, "unix:/") && value[6] != '\0') ||
               (g_str_has_prefix(value, "https://") && value[8] != '\0');
    case ERRATA_SETTINGS_LANGUAGE:
        return settings_key_check_language(value);
    case ERRATA_SETTINGS_BOOLEAN:
        return errata_settings_key_parse_boolean(value, &boolean);
    case ERRATA_SETTINGS_INTEGER:
    case ERRATA_SETTINGS_NUMBER:
        return settings_key_check_number(self, value);
    case ERRATA_SETTINGS_SIZE:
        return errata_settings_key_parse_size(value, &bytes) &&
               (bytes == 0 || (double)bytes >= self->lo);
    case ERRATA_SETTINGS_DURATION:
        return errata_settings_key_parse_duration(value, &seconds);
    case ERRATA_SETTINGS_CHOICE:
        return g_strv_contains(self->choices, value);
    case ERRATA_SETTINGS_CHOICES:
    case ERRATA_SETTINGS_LIST:
    case ERRATA_SETTINGS_KEEP:
        return settings_key_check_list(self, value);
    case ERRATA_SETTINGS_PATTERNS:
        return settings_key_check_patterns(value);
    case ERRATA_SETTINGS_FILTER:
        return settings_key_check_filter(value);
    case ERRATA_SETTINGS_TEXT:
        return TRUE;
    }
    g_return_val_if_reached(FALSE);
}
