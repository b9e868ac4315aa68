/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.ini of a MOJO: `key = value` under [info], a name a line under [columns], under [domains]
 * `column: count file`. A domain's file has a category a line; line ends within are escaped since
 * 3.34, categories stood in quotes for a while before. Source: h2o-genmodel,
 * ModelMojoReader.java. */
#include <string.h>

#include "error.h"
#include "h2o-private.h"
#include "limit.h"
#include "number.h"
#include "text-hash.h"

#define H2O_MAX_CATEGORIES     (2U * ERRATA_LIMIT_DICTIONARY) /* of all columns */
#define H2O_MAX_CATEGORY_BYTES (256U << 20)

gboolean
h2o_fail(GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, message);
    return FALSE;
}

static void
h2o_domain_free(gpointer data)
{
    if (data != NULL)
        g_ptr_array_unref(data);
}

void
h2o_info_free(H2oInfo *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->value);
    g_ptr_array_unref(self->column);
    g_ptr_array_unref(self->domain);
    g_free(self);
}

const char *
h2o_info_text(const H2oInfo *self, const char *key)
{
    const char *text = g_hash_table_lookup(self->value, key);

    return text != NULL && strcmp(text, "null") != 0 ? text : NULL;
}

gboolean
h2o_info_flag(const H2oInfo *self, const char *key)
{
    return g_strcmp0(h2o_info_text(self, key), "true") == 0;
}

double
h2o_info_number(const H2oInfo *self, const char *key, double fallback)
{
    const char *text = h2o_info_text(self, key);
    double value;

    return text != NULL && errata_number_parse_double(text, strlen(text), &value) ? value
                                                                                  : fallback;
}

double *
h2o_info_numbers(const H2oInfo *self, const char *key, gsize *ret_n)
{
    const char *text = h2o_info_text(self, key);
    gsize length = text != NULL ? strlen(text) : 0;
    g_autofree char *inner = NULL;
    g_auto(GStrv) words = NULL;
    g_autofree double *values = NULL;

    *ret_n = 0;
    if (length < 2 || text[0] != '[' || text[length - 1] != ']')
        return NULL;
    inner = g_strndup(text + 1, length - 2);
    words = g_strsplit(g_strstrip(inner), ",", -1);
    values = g_new(double, g_strv_length(words) + 1);
    for (guint i = 0; words[i] != NULL; i++) {
        const char *word = g_strstrip(words[i]);

        if (!errata_number_parse_double(word, strlen(word), &values[i]))
            return NULL;
        *ret_n = i + 1;
    }
    return g_steal_pointer(&values);
}

const GPtrArray *
h2o_info_domain(const H2oInfo *self, guint column)
{
    return column < self->domain->len ? self->domain->pdata[column] : NULL;
}

static char *
h2o_unescape(const char *line)
{
    GString *text = g_string_new(NULL);

    for (; *line != '\0'; line++) {
        if (line[0] == '\\' && line[1] != '\0') {
            line++;
            g_string_append_c(text, *line == 'n' ? '\n' : *line);
        } else {
            g_string_append_c(text, *line);
        }
    }
    return g_string_free(text, FALSE);
}

/* a category in quotes, up to the closing one; quotes within are doubled */
static char *
h2o_unquote(const char **at, const char *end)
{
    GString *text = g_string_new(NULL);
    const char *p = *at + 1;

    while (p < end && (*p != '"' || (p + 1 < end && p[1] == '"'))) {
        p += *p == '"' ? 1 : 0;
        g_string_append_c(text, *p++);
    }
    while (p < end && *p != '\n')
        p++;
    *at = p < end ? p + 1 : end;
    return g_string_free(text, FALSE);
}

/* up to @most and one more */
static GPtrArray *
h2o_read_categories(const ErrataModelPart *part, gboolean escaped, guint most)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    gsize size;
    const char *bytes = g_bytes_get_data(part->bytes, &size);
    g_autofree char *text = g_utf8_make_valid(bytes,
                                              (gssize)size); /* they come out as predictions */
    const char *at = text;
    const char *end = text + strlen(text);

    while (at < end && names->len <= most) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));
        const char *stop = newline != NULL ? newline : end;

        if (!escaped && *at == '"') {
            g_ptr_array_add(names, h2o_unquote(&at, end));
            continue;
        }
        g_autofree char *line = g_strndup(at, (gsize)(stop - at));
        g_ptr_array_add(names,
                        escaped ? h2o_unescape(g_strstrip(line)) : g_strdup(g_strstrip(line)));
        at = stop < end ? stop + 1 : end;
    }
    return names;
}

static const ErrataModelPart *
h2o_find(const ErrataModelParts *parts, const char *name)
{
    const ErrataModelPart *part = errata_model_parts_find(parts, name);

    return part != NULL && part->bytes != NULL ? part : NULL;
}

/* columns may share a file, and each has a copy of what it says */
static gboolean
h2o_take_domain(H2oInfo *self, const ErrataModelPart *part, guint column, gint64 n, GError **error)
{
    GPtrArray *names;

    if (n <= 0 || n > ERRATA_LIMIT_DICTIONARY)
        return h2o_fail(error,
                        "model.ini: column %u has %" G_GINT64_FORMAT
                        " categories; expected 1 to %u",
                        column,
                        n,
                        ERRATA_LIMIT_DICTIONARY);
    if (self->domain->pdata[column] != NULL)
        return h2o_fail(error, "model.ini: the categories of column %u stand twice", column);
    self->n_categories += (gsize)n;
    self->n_category_bytes += g_bytes_get_size(part->bytes);
    if (self->n_categories > H2O_MAX_CATEGORIES || self->n_category_bytes > H2O_MAX_CATEGORY_BYTES)
        return h2o_fail(error,
                        "its columns have more than %u categories, or %u MiB of them, in all",
                        H2O_MAX_CATEGORIES,
                        H2O_MAX_CATEGORY_BYTES >> 20);
    names = h2o_read_categories(part, h2o_info_flag(self, "escape_domain_values"), (guint)n);
    self->domain->pdata[column] = names;
    if (names->len == n)
        return TRUE;
    return h2o_fail(error,
                    "%s holds %s%u categories; model.ini says %" G_GINT64_FORMAT,
                    part->name,
                    names->len > n ? "at least " : "",
                    names->len,
                    n);
}

/* `7: 12 d003.txt` */
static gboolean
h2o_read_domain(H2oInfo *self, const ErrataModelParts *parts, const char *line, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(line, ": ", -1);
    g_autoptr(GPtrArray) word = g_ptr_array_new();
    g_autofree char *path = NULL;
    const ErrataModelPart *part;
    gint64 column, n;

    for (guint i = 0; words[i] != NULL; i++)
        if (words[i][0] != '\0')
            g_ptr_array_add(word, words[i]);
    if (word->len != 3 ||
        !errata_number_parse_int(word->pdata[0], strlen(word->pdata[0]), &column) ||
        !errata_number_parse_int(word->pdata[1], strlen(word->pdata[1]), &n) || column < 0)
        return h2o_fail(error, "model.ini: “%.60s” is no domain", line);
    if (column >= self->column->len)
        return TRUE;
    path = g_strdup_printf("domains/%s", (const char *)word->pdata[2]);
    part = h2o_find(parts, path);
    if (part == NULL)
        return h2o_fail(error,
                        "%s, the categories of column %" G_GINT64_FORMAT ", is absent",
                        path,
                        column);
    return h2o_take_domain(self, part, (guint)column, n, error);
}

static gboolean
h2o_read_line(H2oInfo *self,
              const ErrataModelParts *parts,
              char section,
              char *line,
              GError **error)
{
    char *equals;

    switch (section) {
    case 'i':
        equals = strchr(line, '=');
        if (equals == NULL)
            return h2o_fail(error, "model.ini: “%.60s” is no `key = value`", line);
        *equals = '\0';
        g_hash_table_replace(self->value,
                             g_strdup(g_strstrip(line)),
                             g_strdup(g_strstrip(equals + 1)));
        return TRUE;
    case 'c':
        if (self->column->len >= ERRATA_LIMIT_COLUMNS)
            return h2o_fail(error, "model.ini: more than %d columns", ERRATA_LIMIT_COLUMNS);
        g_ptr_array_add(self->column, g_strdup(line));
        g_ptr_array_add(self->domain, NULL);
        return TRUE;
    case 'd':
        return h2o_read_domain(self, parts, line, error);
    default:
        return TRUE;
    }
}

H2oInfo *
h2o_info_read(const ErrataModelParts *parts, GError **error)
{
    const ErrataModelPart *part = h2o_find(parts, "model.ini");
    g_autoptr(H2oInfo) self = g_new0(H2oInfo, 1);
    g_auto(GStrv) lines = NULL;
    g_autofree char *text = NULL;
    char section = '\0';

    self->value = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, g_free);
    self->column = g_ptr_array_new_with_free_func(g_free);
    self->domain = g_ptr_array_new_with_free_func(h2o_domain_free);
    if (part == NULL || g_bytes_get_size(part->bytes) == 0) {
        h2o_fail(error, "model.ini is absent, empty or too large");
        return NULL;
    }
    text = g_utf8_make_valid(g_bytes_get_data(part->bytes, NULL),
                             (gssize)g_bytes_get_size(part->bytes));
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);

        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (strcmp(line, "[info]") == 0 || strcmp(line, "[columns]") == 0 ||
            strcmp(line, "[domains]") == 0)
            section = line[1];
        else if (!h2o_read_line(self, parts, section, line, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}
