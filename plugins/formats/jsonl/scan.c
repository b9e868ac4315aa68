/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of JSON, RFC 8259, with what is found in logs besides: NaN and Infinity (Python's writer),
 * control characters inside strings, invalid UTF-8 (repaired by the builder), lone surrogates. */
#include <math.h>
#include <string.h>

#include "jsonl-private.h"
#include "limit.h"
#include "number-scan.h"

#define SCAN_ONES  G_GUINT64_CONSTANT(0x0101010101010101)
#define SCAN_HIGHS G_GUINT64_CONSTANT(0x8080808080808080)

const char *
errata_jsonl_skip_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    return p;
}

/* nonzero where one of eight bytes is a quote, a backslash or below 0x20 */
static inline guint64
scan_special(guint64 v)
{
    guint64 quote = v ^ SCAN_ONES * '"';
    guint64 backslash = v ^ SCAN_ONES * '\\';

    return (((quote - SCAN_ONES) & ~quote) | ((backslash - SCAN_ONES) & ~backslash) |
            ((v - SCAN_ONES * 0x20) & ~v)) &
           SCAN_HIGHS;
}

static gboolean
scan_is_hex4(const char *p, const char *end)
{
    return end - p >= 4 && g_ascii_isxdigit(p[0]) && g_ascii_isxdigit(p[1]) &&
           g_ascii_isxdigit(p[2]) && g_ascii_isxdigit(p[3]);
}

/* @p stands behind the opening quote */
static const char *
scan_string(ErrataJsonlReader *self, const char *p, const char *end, ErrataJsonlCell *cell)
{
    cell->kind = ERRATA_JSONL_STRING;
    cell->begin = p;
    for (;;) {
        guint64 v;

        while (end - p >= 8) {
            memcpy(&v, p, 8);
            if (scan_special(v) != 0)
                break;
            p += 8;
        }
        while (p < end && *p != '"' && *p != '\\' && (guchar)*p >= 0x20)
            p++;
        if (p == end)
            return NULL;
        if (*p == '"') {
            cell->end = p;
            self->too_long |= p - cell->begin > (gssize)ERRATA_LIMIT_CELL_BYTES;
            return p + 1;
        }
        if (*p == '\\') {
            if (end - p < 2 || strchr("\"\\/bfnrtu", p[1]) == NULL || p[1] == '\0' ||
                (p[1] == 'u' && !scan_is_hex4(p + 2, end)))
                return NULL;
            cell->kind = ERRATA_JSONL_ESCAPED;
            p += 2;
        } else {
            self->saw_control = TRUE;
            p++;
        }
    }
}

/* any number of RFC 8259, section 6: exponents, more than 19 digits, beyond 64 bits */
static const char *
scan_any_number(const char *p, const char *end, ErrataJsonlCell *cell)
{
    const char *start = p;
    ErrataNumberDecimal decimal;

    while (p < end &&
           ((guint8)(*p - '0') < 10 || *p == '.' || *p == '-' || *p == '+' || (*p | 0x20) == 'e'))
        p++;
    if (errata_number_scan_int(start, p, &cell->i64)) {
        cell->kind = ERRATA_JSONL_I64;
        return p;
    }
    if (!errata_number_scan_decimal(start, p, '.', &decimal) || decimal.leading_zero)
        return NULL;
    cell->kind = ERRATA_JSONL_F64;
    cell->f64 = errata_number_from_scan(&decimal, start, (gsize)(p - start), '.');
    return p;
}

/* the usual number, [-] digits [. digits], in one pass */
static const char *
scan_number(const char *p, const char *end, ErrataJsonlCell *cell)
{
    const char *start = p;
    ErrataNumberDecimal decimal = {0, 0, 0, *p == '-', TRUE, FALSE};
    const char *whole = p + (decimal.negative ? 1 : 0);

    p = errata_number_scan_digits(whole, end, &decimal.mantissa);
    decimal.n_digits = (int)MIN(p - whole, 20);
    if (p == whole || (p - whole > 1 && *whole == '0'))
        return NULL;
    if (p < end && *p == '.') {
        const char *fraction = p + 1;

        decimal.integral = FALSE;
        p = errata_number_scan_digits(fraction, end, &decimal.mantissa);
        decimal.exponent = -(int)MIN(p - fraction, 20);
        decimal.n_digits += (int)MIN(p - fraction, 20);
        if (p == fraction)
            return NULL;
    }
    if (decimal.n_digits > 18 || (p < end && (*p | 0x20) == 'e') ||
        (decimal.negative && decimal.mantissa == 0))
        return scan_any_number(start, end, cell);
    if (decimal.integral) {
        cell->kind = ERRATA_JSONL_I64;
        cell->i64 = decimal.negative ? -(gint64)decimal.mantissa : (gint64)decimal.mantissa;
    } else {
        cell->kind = ERRATA_JSONL_F64;
        cell->f64 = errata_number_from_scan(&decimal, start, (gsize)(p - start), '.');
    }
    return p;
}

static const char *
scan_word(const char *p, const char *end, ErrataJsonlCell *cell)
{
    static const struct {
        const char *word;
        ErrataJsonlKind kind;
        double value;
    } words[] = {{"null", ERRATA_JSONL_NULL, 0.0},
                 {"true", ERRATA_JSONL_TRUE, 0.0},
                 {"false", ERRATA_JSONL_FALSE, 0.0},
                 {"NaN", ERRATA_JSONL_NULL, 0.0},
                 {"Infinity", ERRATA_JSONL_F64, HUGE_VAL},
                 {"-Infinity", ERRATA_JSONL_F64, -HUGE_VAL}};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize length = strlen(words[i].word);

        if ((gsize)(end - p) < length || memcmp(p, words[i].word, length) != 0)
            continue;
        cell->kind = words[i].kind;
        cell->f64 = words[i].value;
        return p + length;
    }
    return NULL;
}

/* a string, number, true, false or null at @p; NULL when there is none */
const char *
errata_jsonl_scan_scalar(ErrataJsonlReader *self,
                         const char *p,
                         const char *end,
                         ErrataJsonlCell *ret_cell)
{
    const char *next;

    if (p == end)
        return NULL;
    ret_cell->token = p;
    if (*p == '"')
        next = scan_string(self, p + 1, end, ret_cell);
    else if ((guint8)(*p - '0') < 10 || (*p == '-' && p + 1 < end && p[1] != 'I'))
        next = scan_number(p, end, ret_cell);
    else
        next = scan_word(p, end, ret_cell);
    ret_cell->token_end = next;
    return next;
}

/* one past the object or array that begins at @p, by its brackets alone; NULL when it is not
 * whole */
const char *
errata_jsonl_find_end(const char *p, const char *end)
{
    gsize depth = 0;

    for (; p < end; p++) {
        if (*p == '"') {
            for (p++; p < end && *p != '"'; p++)
                p += *p == '\\' && p + 1 < end;
            if (p == end)
                return NULL;
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if ((*p == '}' || *p == ']') && (depth == 0 || --depth == 0)) {
            return p + 1;
        }
    }
    return NULL;
}

static guint32
scan_hex4(const char *p)
{
    guint32 value = 0;

    for (guint i = 0; i < 4; i++)
        value = value << 4 | (guint32)g_ascii_xdigit_value(p[i]);
    return value;
}

/* the escapes were checked by scan_string(); a lone surrogate becomes U+FFFD */
void
errata_jsonl_unescape(const char *p, const char *end, GString *ret_text, gboolean *ret_lone)
{
    static const char from[] = "bfnrt";
    static const char to[] = "\b\f\n\r\t";

    g_string_truncate(ret_text, 0);
    while (p < end) {
        const char *backslash = memchr(p, '\\', (gsize)(end - p));
        gsize plain = (gsize)((backslash != NULL ? backslash : end) - p);
        guint32 c;

        g_string_append_len(ret_text, p, (gssize)plain);
        p += plain;
        if (p == end)
            return;
        if (p[1] != 'u') {
            const char *named = strchr(from, p[1]);

            g_string_append_c(ret_text, named != NULL ? to[named - from] : p[1]);
            p += 2;
            continue;
        }
        c = scan_hex4(p + 2);
        p += 6;
        if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
            guint32 low = scan_hex4(p + 2);

            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                p += 6;
            }
        }
        if (c >= 0xd800 && c < 0xe000) {
            *ret_lone = TRUE;
            c = 0xfffd;
        }
        if (c == 0)
            g_string_append_c(ret_text, '\0');
        else
            g_string_append_unichar(ret_text, c);
    }
}
