/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataSettingsForm:
 * @ERRATA_SETTINGS_TEXT: anything but nothing
 * @ERRATA_SETTINGS_PATH: an absolute path, or one that starts with `~/`
 * @ERRATA_SETTINGS_PATH_OR_NONE: the same, or `none`
 * @ERRATA_SETTINGS_URL: starts with `http://` or `https://`
 * @ERRATA_SETTINGS_LANGUAGE: a language tag such as `de` or `en_GB`
 * @ERRATA_SETTINGS_BOOLEAN: `true` or `false` (also yes, no, 1, 0)
 * @ERRATA_SETTINGS_INTEGER: a whole number in [@lo, @hi]
 * @ERRATA_SETTINGS_NUMBER: a number in [@lo, @hi]
 * @ERRATA_SETTINGS_SIZE: bytes, with an optional unit: 512M, 4GiB; 0 or from @lo on
 * @ERRATA_SETTINGS_DURATION: seconds, with an optional unit: 30s, 5min, 2h, 90d
 * @ERRATA_SETTINGS_CHOICE: one of @choices
 * @ERRATA_SETTINGS_CHOICES: a list of @choices
 * @ERRATA_SETTINGS_LIST: a list of texts, separated by `;` or `,`
 * @ERRATA_SETTINGS_PATTERNS: a list of regular expressions, separated by `;`
 * @ERRATA_SETTINGS_KEEP: a duration, a size, or both
 * @ERRATA_SETTINGS_FILTER: a condition on rows, as errata_filter_parse() reads it
 *
 * What a value of `errata.conf` must look like.
 */
typedef enum {
    ERRATA_SETTINGS_TEXT,
    ERRATA_SETTINGS_PATH,
    ERRATA_SETTINGS_PATH_OR_NONE,
    ERRATA_SETTINGS_URL,
    ERRATA_SETTINGS_LANGUAGE,
    ERRATA_SETTINGS_BOOLEAN,
    ERRATA_SETTINGS_INTEGER,
    ERRATA_SETTINGS_NUMBER,
    ERRATA_SETTINGS_SIZE,
    ERRATA_SETTINGS_DURATION,
    ERRATA_SETTINGS_CHOICE,
    ERRATA_SETTINGS_CHOICES,
    ERRATA_SETTINGS_LIST,
    ERRATA_SETTINGS_PATTERNS,
    ERRATA_SETTINGS_KEEP,
    ERRATA_SETTINGS_FILTER,
} ErrataSettingsForm;

/**
 * ErrataSettingsKey:
 * @group: `inbox`, `analysis` …
 * @key: name of the key; %NULL: the group's keys are names of columns (roles, dictionary,
 *   units) or of cohorts
 * @form: what its value looks like
 * @lo: smallest number accepted
 * @hi: largest number accepted
 * @choices: (nullable) (array zero-terminated=1): the accepted words
 * @in_folder: a watched folder's file may set it
 *
 * One key of `errata.conf`. Whoever stores the daemon's keys asks this table rather than keep its
 * own.
 */
typedef struct {
    const char *group;
    const char *key;
    ErrataSettingsForm form;
    double lo;
    double hi;
    const char *const *choices;
    gboolean in_folder;
} ErrataSettingsKey;

const ErrataSettingsKey *errata_settings_key_table(guint *ret_n_keys);
const ErrataSettingsKey *errata_settings_key_find(const char *group, const char *key);
gboolean errata_settings_key_has_group(const char *group);
char *errata_settings_key_names(const char *group);
char *errata_settings_key_accepted(const ErrataSettingsKey *self);
gboolean errata_settings_key_check(const ErrataSettingsKey *self, const char *value);
gboolean errata_settings_key_parse_boolean(const char *value, gboolean *ret_value);
gboolean errata_settings_key_parse_size(const char *value, guint64 *ret_bytes);
gboolean errata_settings_key_parse_duration(const char *value, double *ret_seconds);
char **errata_settings_key_parse_list(const char *value);

G_END_DECLS
