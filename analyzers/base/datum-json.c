/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON (RFC 8259) into values, with the `NaN` and `Infinity` that model files hold. */
#include <math.h>
#include <string.h>

#include "datum-private.h"
#include "number.h"

#define JSON_RUN 32 /* numbers of an array that are kept together at once */

static gboolean json_value(ErrataDatumReader *self, ErrataDatum *ret, GError **error);

static void
json_skip(ErrataDatumReader *self)
{
    while (self->at < self->end &&
           (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
        self->at++;
}

static gboolean
json_word(ErrataDatumReader *self, const char *word)
{
    gsize length = strlen(word);

    if ((gsize)(self->end - self->at) < length || memcmp(self->at, word, length) != 0)
        return FALSE;
    self->at += length;
    return TRUE;
}

/* four hex digits */
static gboolean
json_hex(ErrataDatumReader *self, gunichar *ret)
{
    gunichar value = 0;

    if (self->end - self->at < 4)
        return FALSE;
    for (guint i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(self->at[i]);

        if (digit < 0)
            return FALSE;
        value = value << 4 | (gunichar)digit;
    }
    self->at += 4;
    *ret = value;
    return TRUE;
}

static char *
json_escape(ErrataDatumReader *self, char *to)
{
    static const char from[] = "\"\\/bfnrt";
    static const char into[] = "\"\\/\b\f\n\r\t";
    const char *found;
    gunichar c;
    gunichar low;

    if (*self->at != 'u') {
        found = strchr(from, *self->at);
        if (*self->at == '\0' || found == NULL)
            return NULL;
        self->at++;
        *to = into[found - from];
        return to + 1;
    }
    self->at++;
    if (!json_hex(self, &c))
        return NULL;
    if (c >= 0xd800 && c < 0xdc00 && self->end - self->at >= 6 && self->at[0] == '\\' &&
        self->at[1] == 'u') {
        self->at += 2;
        if (!json_hex(self, &low))
            return NULL;
        c = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00)
                                          : 0xfffd;
    }
    if ((c >= 0xd800 && c < 0xe000) || c == 0)
        c = 0xfffd;
    return to + g_unichar_to_utf8(c, to);
}

/* behind the opening quote */
static gboolean
json_string(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    const char *close = self->at;
    char *text;
    char *to;

    while (close < self->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= self->end) {
        self->at = self->end;
        return errata_datum_fail(self, "", error);
    }
    /* an escape is never shorter than what it stands for */
    text = errata_datum_tree_alloc(self->tree, (gsize)(close - self->at) + 1, 1);
    to = text;
    while (self->at < close) {
        if (*self->at != '\\') {
            *to++ = *self->at++;
            continue;
        }
        self->at++;
        to = json_escape(self, to);
        if (to == NULL)
            return errata_datum_fail(self, "expected an escape sequence of JSON", error);
    }
    *to = '\0';
    self->at = close + 1;
    *ret = (ErrataDatum){.kind = ERRATA_DATUM_STRING, .n = (gsize)(to - text), .text = text};
    return TRUE;
}

static inline gboolean
json_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* what a number is made of */
static inline gboolean
json_is_numeric(char c)
{
    return json_is_digit(c) || c == '.' || c == '-' || c == 'E' || c == 'e' || c == '+';
}

static gboolean
json_number(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    const char *begin = self->at;
    gboolean negative = *begin == '-';
    const char *p = begin + negative;
    gint64 whole = 0;

    *ret = (ErrataDatum){.kind = ERRATA_DATUM_NUMBER};
    while (p < self->end && json_is_digit(*p) && p - begin < 16)
        whole = 10 * whole + (*p++ - '0');
    if (p > begin + negative && (p == self->end || !json_is_numeric(*p))) {
        ret->number = (double)(negative ? -whole : whole);
        self->at = p;
        return TRUE;
    }
    while (p < self->end && json_is_numeric(*p))
        p++;
    if (!errata_number_parse_double(begin, (gsize)(p - begin), &ret->number))
        return errata_datum_fail(self, "expected a JSON value", error);
    self->at = p;
    return TRUE;
}

/* digits of at most 15 places, with a point and an exponent where they are there: such a number and
 * the power of ten that it is taken by are doubles, so that one rounding gives the nearest (Clinger
 * 1990). FALSE, with nothing read, for all other numbers */
static gboolean
json_decimal(ErrataDatumReader *self, double *ret)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *p = self->at + (*self->at == '-' ? 1 : 0);
    const char *first = p;
    const char *end = self->end - p > 16 ? p + 16 : self->end;
    gint64 digits = 0;
    int exponent = 0;
    double value;

    while (p < end && json_is_digit(*p))
        digits = 10 * digits + (*p++ - '0');
    if (p == first)
        return FALSE;
    if (p < end && *p == '.') {
        const char *point = p++;

        while (p < end && json_is_digit(*p))
            digits = 10 * digits + (*p++ - '0');
        exponent = (int)(point + 1 - p);
        if (exponent == 0)
            return FALSE;
    }
    if (p >= end || p - first > 16)
        return FALSE; /* what is longer may need more than a double */
    if ((*p == 'E' || *p == 'e') && self->end - p > 3) {
        gboolean minus = p[1] == '-';
        int told = 0;

        p += minus || p[1] == '+' ? 2 : 1;
        first = p;
        while (p < self->end && json_is_digit(*p) && p - first < 3)
            told = 10 * told + (*p++ - '0');
        if (p == first)
            return FALSE;
        exponent += minus ? -told : told;
    }
    if (p >= self->end || json_is_numeric(*p) || exponent < -22 || exponent > 22)
        return FALSE;
    value = (double)digits;
    value = exponent < 0 ? value / power[-exponent] : value * power[exponent];
    *ret = *self->at == '-' ? -value : value;
    self->at = p;
    return TRUE;
}

/* numbers of an array, kept until there are some: most of a model's bytes are such arrays */
typedef struct {
    double number[JSON_RUN];
    guint n;
} JsonRun;

static void
json_flush(ErrataDatumReader *self, JsonRun *run)
{
    g_array_append_vals(self->numbers, run->number, run->n);
    run->n = 0;
}

/* an element that is a number, while all before it were; FALSE, with nothing read, when it is
 * not */
static gboolean
json_run_add(ErrataDatumReader *self, guint first_item, JsonRun *run)
{
    ErrataDatum element;

    if (self->items->len > first_item || !(json_is_digit(*self->at) || *self->at == '-'))
        return FALSE;
    if (run->n == JSON_RUN)
        json_flush(self, run);
    if (!json_decimal(self, &run->number[run->n])) {
        const char *begin = self->at;

        if (!json_number(self, &element, NULL)) {
            self->at = begin;
            return FALSE;
        }
        run->number[run->n] = element.number;
    }
    run->n++;
    return TRUE;
}

static gboolean
json_array(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    guint first_item = self->items->len;
    guint first_number = self->numbers->len;
    JsonRun run = {.n = 0};
    ErrataDatum element;

    if (!errata_datum_enter(self, error))
        return FALSE;
    json_skip(self);
    while (self->at < self->end && *self->at != ']') {
        if (!json_run_add(self, first_item, &run)) {
            json_flush(self, &run);
            if (!json_value(self, &element, error))
                return FALSE;
            errata_datum_add_element(self, first_item, first_number, &element);
        }
        json_skip(self);
        if (self->at < self->end && *self->at == ',') {
            self->at++;
            json_skip(self);
            if (self->at < self->end && *self->at == ']')
                return errata_datum_fail(self, "expected a value behind the comma", error);
        } else if (self->at >= self->end || *self->at != ']') {
            return errata_datum_fail(self, "expected , or ] in an array", error);
        }
    }
    if (self->at >= self->end)
        return errata_datum_fail(self, "", error);
    self->at++;
    json_flush(self, &run);
    errata_datum_close_array(self, first_item, first_number, ret);
    return TRUE;
}

static gboolean
json_object(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    guint first_item = self->items->len;
    ErrataDatum key;
    ErrataDatum value;

    if (!errata_datum_enter(self, error))
        return FALSE;
    json_skip(self);
    while (self->at < self->end && *self->at != '}') {
        if (*self->at != '"')
            return errata_datum_fail(self, "expected a member's name", error);
        self->at++;
        if (!json_string(self, &key, error))
            return FALSE;
        json_skip(self);
        if (self->at >= self->end || *self->at != ':')
            return errata_datum_fail(self, "expected : behind a member's name", error);
        self->at++;
        if (!json_value(self, &value, error))
            return FALSE;
        g_array_append_val(self->items, value);
        g_ptr_array_add(self->keys, (gpointer)(gsize)key.text);
        json_skip(self);
        if (self->at < self->end && *self->at == ',') {
            self->at++;
            json_skip(self);
            if (self->at < self->end && *self->at == '}')
                return errata_datum_fail(self, "expected a member behind the comma", error);
        } else if (self->at >= self->end || *self->at != '}') {
            return errata_datum_fail(self, "expected , or } in an object", error);
        }
    }
    if (self->at >= self->end)
        return errata_datum_fail(self, "", error);
    self->at++;
    return errata_datum_close_object(self, first_item, ret, error);
}

static gboolean
json_value(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    json_skip(self);
    if (self->at >= self->end)
        return errata_datum_fail(self, "", error);
    switch (*self->at) {
    case '{':
        self->at++;
        return json_object(self, ret, error);
    case '[':
        self->at++;
        return json_array(self, ret, error);
    case '"':
        self->at++;
        return json_string(self, ret, error);
    default:
        break;
    }
    if (json_is_digit(*self->at) ||
        (*self->at == '-' && self->end - self->at > 1 && json_is_digit(self->at[1])))
        return json_number(self, ret, error);
    *ret = (ErrataDatum){.kind = ERRATA_DATUM_BOOLEAN, .number = 1.0};
    if (json_word(self, "true"))
        return TRUE;
    ret->number = 0.0;
    if (json_word(self, "false"))
        return TRUE;
    ret->kind = ERRATA_DATUM_NULL;
    if (json_word(self, "null"))
        return TRUE;
    ret->kind = ERRATA_DATUM_NUMBER;
    ret->number = (double)NAN;
    if (json_word(self, "NaN"))
        return TRUE;
    ret->number = (double)INFINITY;
    if (json_word(self, "Infinity"))
        return TRUE;
    ret->number = -(double)INFINITY;
    if (json_word(self, "-Infinity"))
        return TRUE;
    return json_number(self, ret, error);
}

static gboolean
json_document(ErrataDatumReader *self, ErrataDatum *ret, GError **error)
{
    if (self->end - self->at >= 3 && memcmp(self->at, "\xef\xbb\xbf", 3) == 0)
        self->at += 3;
    if (!json_value(self, ret, error))
        return FALSE;
    json_skip(self);
    return self->at == self->end ||
           errata_datum_fail(self, "expected the end behind the document", error);
}

/**
 * errata_datum_parse_json:
 * @text: (array length=size): the document; need not be NUL-terminated
 * @size: bytes
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA with the byte where it is no JSON, or truncated;
 * %ERRATA_ERROR_LIMIT when it is nested too deep. Linear in @size, in memory too.
 *
 * Returns: (transfer full): the document, or %NULL with @error set
 */
ErrataDatumTree *
errata_datum_parse_json(const char *text, gsize size, GError **error)
{
    return errata_datum_read(text, size, FALSE, json_document, error);
}

/**
 * errata_datum_parse_model_json:
 * @text: (array length=size): the document; need not be NUL-terminated
 * @size: bytes
 * @error: return location for a #GError
 *
 * As errata_datum_parse_json(), of a model: an object that has two members of one name is an error
 * too.
 *
 * Returns: (transfer full): the document, or %NULL with @error set
 */
ErrataDatumTree *
errata_datum_parse_model_json(const char *text, gsize size, GError **error)
{
    return errata_datum_read(text, size, TRUE, json_document, error);
}
