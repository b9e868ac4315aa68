/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that a log lacks because it holds them before, or after, a step that makes one column of
 * 0 and 1 per value, or a number of a word: channel, or channel_app and channel_web, or
 * channel_code. Told by names and values; nothing is computed. */
#include <string.h>

#include "model-file.h"

/* what stands behind the column's name in the other name: channel_app, channel=app, channel[app] */
static char *
prepared_value(const char *name, const char *column)
{
    gsize length = strlen(column);
    char *value;

    if (length == 0 || g_ascii_strncasecmp(name, column, length) != 0 || name[length] == '\0' ||
        strchr("_=.:[- ", name[length]) == NULL || name[length + 1] == '\0')
        return NULL;
    value = g_strdup(name + length + 1);
    if (name[length] == '[' && g_str_has_suffix(value, "]"))
        value[strlen(value) - 1] = '\0';
    return value;
}

static gboolean
prepared_is_words(const ErrataColumn *column)
{
    return column->type == ERRATA_COLUMN_CATEGORY || column->type == ERRATA_COLUMN_TEXT;
}

/* @name is a value of the column, as the encoders of the libraries name theirs */
static gboolean
prepared_is_of(const char *name, const ErrataColumn *column)
{
    g_autofree char *value = prepared_value(name, column->name);

    if (value == NULL || column->type != ERRATA_COLUMN_CATEGORY)
        return FALSE;
    for (guint i = 0; i < column->n_dictionary; i++)
        if (g_str_equal(column->dictionary[i], value))
            return TRUE;
    return FALSE;
}

/* the model reads a column per value of one that the log holds in words */
static gboolean
prepared_by_model(const ErrataFrame *frame,
                  const GPtrArray *missing,
                  char **ret_said,
                  char **ret_advice)
{
    for (guint c = 0; c < frame->n_columns; c++) {
        const ErrataColumn *column = frame->columns[c];
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *list = NULL;

        for (guint i = 0; i < missing->len; i++)
            if (prepared_is_of(missing->pdata[i], column))
                g_ptr_array_add(names, missing->pdata[i]);
        if (names->len == 0)
            continue;
        list = errata_model_file_list(names);
        *ret_said = g_strdup_printf("the model reads one column per value of the log’s %.60s: %s",
                                    column->name,
                                    list);
        *ret_advice =
            g_strdup_printf("Log %s, 1 where %.60s has the value and else 0, as the model "
                            "gets them; or hand in the model together with the step that "
                            "makes them of %.60s.",
                            list,
                            column->name,
                            column->name);
        return TRUE;
    }
    return FALSE;
}

/* the log holds a column per value of one that the model reads in words */
static gboolean
prepared_by_log(const ErrataFrame *frame,
                const GPtrArray *missing,
                char **ret_said,
                char **ret_advice)
{
    for (guint i = 0; i < missing->len; i++) {
        const char *name = missing->pdata[i];
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *list = NULL;

        for (guint c = 0; c < frame->n_columns; c++) {
            g_autofree char *value = prepared_value(frame->columns[c]->name, name);

            if (value != NULL && !prepared_is_words(frame->columns[c]))
                g_ptr_array_add(names, frame->columns[c]->name);
        }
        if (names->len < 2)
            continue;
        list = errata_model_file_list(names);
        *ret_said =
            g_strdup_printf("the log holds one column per value in place of %.60s: %s", name, list);
        *ret_advice =
            g_strdup_printf("Log %.60s itself, as the model reads it, instead of %s.", name, list);
        return TRUE;
    }
    return FALSE;
}

/* the model reads a number for each word of the log's column */
static gboolean
prepared_as_code(const ErrataFrame *frame,
                 const GPtrArray *missing,
                 char **ret_said,
                 char **ret_advice)
{
    static const char *const endings[] =
        {"code", "codes", "enc", "encoded", "idx", "index", "label", "num", "ord", NULL};

    for (guint i = 0; i < missing->len; i++)
        for (guint c = 0; c < frame->n_columns; c++) {
            const ErrataColumn *column = frame->columns[c];
            const char *name = missing->pdata[i];
            g_autofree char *value = prepared_value(name, column->name);
            g_autofree char *lower = value != NULL ? g_ascii_strdown(value, -1) : NULL;

            if (lower == NULL || !g_strv_contains(endings, lower) || !prepared_is_words(column))
                continue;
            *ret_said =
                g_strdup_printf("the log holds %.60s, in words, where the model reads %.60s",
                                column->name,
                                name);
            *ret_advice = g_strdup_printf("Log %.60s, the number that the model gets for %.60s; or "
                                          "hand in the model together with the step that makes it.",
                                          name,
                                          column->name);
            return TRUE;
        }
    return FALSE;
}

/**
 * errata_model_file_prepared:
 * @model: a model
 * @frame: a log
 * @missing: (element-type utf8): inputs of the model that the log lacks
 * @ret_said: (out) (transfer full): which columns are another one, prepared otherwise
 * @ret_advice: (out) (transfer full): what to log instead
 *
 * Returns: whether a column of the log tells why some are missing
 */
gboolean
errata_model_file_prepared(const ErrataModel *model,
                           const ErrataFrame *frame,
                           const GPtrArray *missing,
                           char **ret_said,
                           char **ret_advice)
{
    return !model->unnamed && (prepared_by_model(frame, missing, ret_said, ret_advice) ||
                               prepared_by_log(frame, missing, ret_said, ret_advice) ||
                               prepared_as_code(frame, missing, ret_said, ret_advice));
}
