/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of `key=value` lines. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "lightgbm-private.h"
#include "number.h"
#include "text-hash.h"

gboolean
lgb_fail(GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, message);
    return FALSE;
}

LgbBlock *
lgb_block_read(const char **at, const char *end, GError **error)
{
    g_autoptr(LgbBlock) self = g_new0(LgbBlock, 1);

    self->values = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, g_free);
    while (*at < end) {
        const char *newline = memchr(*at, '\n', (gsize)(end - *at));
        const char *stop = newline != NULL ? newline : end;
        const char *text = *at;
        const char *equals;
        LgbSpan *span;

        *at = newline != NULL ? newline + 1 : end;
        if (stop > text && stop[-1] == '\r')
            stop--;
        if (stop == text)
            break;
        equals = memchr(text, '=', (gsize)(stop - text));
        span = g_new(LgbSpan, 1);
        span->text = equals != NULL ? equals + 1 : stop;
        span->length = (gsize)(stop - span->text);
        if (!g_hash_table_insert(self->values,
                                 g_strndup(text, (gsize)((equals != NULL ? equals : stop) - text)),
                                 span)) {
            lgb_fail(error, "%.*s stands twice in a block", (int)MIN(stop - text, 40), text);
            return NULL;
        }
    }
    return g_steal_pointer(&self);
}

void
lgb_block_free(LgbBlock *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->values);
    g_free(self);
}

const LgbSpan *
lgb_block_get(const LgbBlock *self, const char *key)
{
    return g_hash_table_lookup(self->values, key);
}

gint64
lgb_block_int(const LgbBlock *self, const char *key)
{
    const LgbSpan *span = lgb_block_get(self, key);
    gint64 value = -1;

    if (span == NULL || !errata_number_parse_int(span->text, span->length, &value))
        return -1;
    return value;
}

gboolean
lgb_block_count(const LgbBlock *self, const char *key, gint64 *ret, GError **error)
{
    const LgbSpan *span = lgb_block_get(self, key);

    *ret = 0;
    if (span == NULL ||
        (errata_number_parse_int(span->text, span->length, ret) && *ret >= 0 && *ret <= G_MAXINT32))
        return TRUE;
    return lgb_fail(error,
                    "%s: expected a count, found “%.*s”",
                    key,
                    (int)MIN(span->length, 40),
                    span->text);
}

char *
lgb_block_text(const LgbBlock *self, const char *key)
{
    const LgbSpan *span = lgb_block_get(self, key);

    return span != NULL ? g_strndup(span->text, span->length) : NULL;
}

double *
lgb_block_numbers(const LgbBlock *self, const char *key, gsize n, GError **error)
{
    const LgbSpan *span = lgb_block_get(self, key);
    g_autofree double *values = NULL;
    const char *at;
    const char *end;
    gsize found = 0;

    /* a number and its space take two bytes */
    if (span == NULL || n > span->length) {
        lgb_fail(error,
                 span == NULL ? "%s is absent; expected %" G_GSIZE_FORMAT " numbers"
                              : "%s: expected %" G_GSIZE_FORMAT " numbers, found fewer",
                 key,
                 n);
        return NULL;
    }
    values = g_new(double, MAX(n, 1));
    at = span->text;
    end = span->text + span->length;
    while (at < end) {
        const char *stop = at;
        double value;

        while (stop < end && *stop != ' ')
            stop++;
        if (stop > at) {
            if (!errata_number_parse_double(at, (gsize)(stop - at), &value)) {
                lgb_fail(error, "%s: “%.*s” is no number", key, (int)MIN(stop - at, 40), at);
                return NULL;
            }
            if (found < n)
                values[found] = value;
            found++;
        }
        at = stop + 1;
    }
    if (found != n) {
        lgb_fail(error,
                 "%s: expected %" G_GSIZE_FORMAT " numbers, found %" G_GSIZE_FORMAT,
                 key,
                 n,
                 found);
        return NULL;
    }
    return g_steal_pointer(&values);
}

double *
lgb_block_integers(const LgbBlock *self, const char *key, gsize n, GError **error)
{
    g_autofree double *values = lgb_block_numbers(self, key, n, error);

    for (gsize i = 0; values != NULL && i < n; i++)
        if (values[i] < floor(values[i]) || values[i] > floor(values[i])) {
            lgb_fail(error, "%s: expected whole numbers, found %g", key, values[i]);
            return NULL;
        }
    return g_steal_pointer(&values);
}
