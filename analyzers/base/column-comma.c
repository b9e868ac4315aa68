/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of one column that are written with the other decimal mark than the rest of the file:
 * 0,731 in a table of points, 0.731 in one of commas. Such marks may also part thousands: a column
 * is only read so where some cell proves that its mark does not. Or with both marks, 45.234,12 and
 * 45,234.12, or with spaces or quotes between thousands: read so where a cell has both, or two
 * groups. Amounts with one sign of a currency before or behind them, $1,096.10 or 1.096,10 €, or
 * one unit, 12.5 km, are such numbers; they have no three decimals. */
#include "column-comma.h"

#include <math.h>
#include <string.h>

#include "number.h"

#define COMMA_GROUPS  8  /* of three digits */
#define COMMA_LONGEST 48 /* characters of a number */

/* a cell with a digit before the mark, and one behind it; FALSE when it is no number with that
 * mark.
 * @ret_proves: it cannot be a number of thousands */
static gboolean
comma_parse(const char *text, gsize length, char mark, double *ret_value, gboolean *ret_proves)
{
    const char *at = memchr(text, mark, length);
    const char *begin = text + (length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0);
    gsize behind = 0;

    if (mark == ',' ? !errata_number_parse_decimal_comma(text, length, ret_value)
                    : !errata_number_parse_double(text, length, ret_value))
        return FALSE;
    if (!isfinite(*ret_value))
        return FALSE;
    if (at == NULL)
        return TRUE;
    while (at + 1 + behind < text + length && g_ascii_isdigit(at[1 + behind]))
        behind++;
    *ret_proves = *ret_proves || behind != 3 || at - begin > 3 || at == begin ||
                  (begin[0] == '0' && at - begin == 1);
    return TRUE;
}

/* how the numbers of a column are written */
typedef struct {
    char mark;         /* before the decimals */
    const char *group; /* between thousands; NULL: nothing is */
} CommaStyle;

static const char *const comma_currencies[] = {
    "$",   "\u20ac", "\u00a3", "\u00a5", "\u20b9", "\u20a9", "\u20bd", "\u20ba",  "US$",
    "R$",  "USD",    "EUR",    "GBP",    "JPY",    "CHF",    "CAD",    "AUD",     "INR",
    "CNY", "SEK",    "NOK",    "DKK",    "PLN",    "BRL",    "kr",     "z\u0142",
};

/* behind the number; of a column with few values, 5m and 15m, they may be names */
static const char *const comma_units[] = {
    "km",   "m",   "cm",    "mm",     "mi",      "ft",    "yd",      "kg",      "g",      "mg",
    "lb",   "lbs", "oz",    "l",      "L",       "ml",    "mL",      "dl",      "gal",    "s",
    "sec",  "ms",  "min",   "mins",   "h",       "hr",    "hrs",     "days",    "d",      "kWh",
    "MWh",  "kW",  "MW",    "W",      "V",       "mV",    "Hz",      "kHz",     "MHz",    "GHz",
    "B",    "kB",  "KB",    "MB",     "GB",      "TB",    "m2",      "m\u00b2", "m3",     "m\u00b3",
    "sqft", "ha",  "km/h",  "kmh",    "mph",     "m/s",   "\u00b0C", "\u00b0F", "\u00b0", "bar",
    "psi",  "hPa", "mmHg",  "mmol/L", "mg/dL",   "bpm",   "rpm",     "bps",     "dB",     "ppm",
    "pts",  "px",  "years", "months", "minutes", "hours", "miles",   "seconds",
};

#define COMMA_NAMES 30 /* values that a column of categories may have */

static const CommaStyle comma_styles[] = {{',', NULL},
                                          {'.', NULL},
                                          {',', "."},
                                          {'.', ","},
                                          {',', " "},
                                          {',', "\u00a0"},
                                          {',', "\u202f"},
                                          {'.', " "},
                                          {'.', "'"},
                                          {'.', "\u2019"}};

/* digits, and groups of three behind the first one to three, into @buffer; what is behind them */
static const char *
comma_groups(const char *text, const char *end, const char *group, GString *buffer, guint *ret_n)
{
    gsize size = strlen(group);
    gsize digits = 0;

    while (text < end && g_ascii_isdigit(*text) && digits < 19) {
        g_string_append_c(buffer, *text++);
        digits++;
    }
    *ret_n = 0;
    while (digits >= 1 && digits <= 3 && (gsize)(end - text) >= size + 3 &&
           memcmp(text, group, size) == 0 && *ret_n < COMMA_GROUPS) {
        const char *next = text + size;

        if (!g_ascii_isdigit(next[0]) || !g_ascii_isdigit(next[1]) || !g_ascii_isdigit(next[2]))
            break;
        g_string_append_len(buffer, next, 3);
        text = next + 3;
        (*ret_n)++;
    }
    return digits > 0 ? text : NULL;
}

/* “45.234,12”; FALSE when the cell is no number in that style */
static gboolean
comma_parse_grouped(const char *text,
                    gsize length,
                    const CommaStyle *style,
                    double *ret_value,
                    gboolean *ret_proves)
{
    g_autoptr(GString) buffer = g_string_new(NULL);
    const char *end = text + length;
    gboolean decimals;
    guint n_groups;

    if (text < end && (*text == '-' || *text == '+'))
        g_string_append_c(buffer, *text++);
    text = comma_groups(text, end, style->group, buffer, &n_groups);
    if (text == NULL)
        return FALSE;
    decimals = text < end && *text == style->mark;
    if (decimals) {
        g_string_append_c(buffer, '.');
        for (text++; text < end && g_ascii_isdigit(*text); text++)
            g_string_append_c(buffer, *text);
    }
    if (text < end || buffer->len > COMMA_LONGEST ||
        !errata_number_parse_double(buffer->str, buffer->len, ret_value) || !isfinite(*ret_value))
        return FALSE;
    *ret_proves = *ret_proves || n_groups >= 2 || (n_groups == 1 && decimals);
    return TRUE;
}

/* without the spaces at either end */
static const char *
comma_trim(const char *text, gsize *length)
{
    static const char *const blanks[] = {" ", "\u00a0", "\u202f"};

    for (guint i = 0; i < G_N_ELEMENTS(blanks); i++) {
        gsize n = strlen(blanks[i]);

        while (*length > n && memcmp(text, blanks[i], n) == 0) {
            text += n;
            *length -= n;
        }
        while (*length > n && memcmp(text + *length - n, blanks[i], n) == 0)
            *length -= n;
    }
    return text;
}

/* the number of “-$5”, “$ -5”, “5 €” into @buffer; FALSE where that sign does not stand */
static gboolean
comma_strip(const char *text, gsize length, const char *currency, GString *buffer)
{
    gsize n = strlen(currency);
    gboolean minus = length > 0 && text[0] == '-';
    const char *bare = text + (minus ? 1 : 0);
    gsize rest = length - (minus ? 1 : 0);

    if (rest > n && memcmp(bare, currency, n) == 0)
        bare += n;
    else if (rest <= n || memcmp(bare + rest - n, currency, n) != 0)
        return FALSE;
    rest -= n;
    bare = comma_trim(bare, &rest);
    g_string_assign(buffer, minus ? "-" : "");
    g_string_append_len(buffer, bare, (gssize)rest);
    return rest > 0 && (g_ascii_isdigit(bare[0]) || (bare[0] == '-' && !minus));
}

/* an amount: where three digits follow the one mark, it parts thousands */
static gboolean
comma_parse_amount(const char *text,
                   gsize length,
                   const char *currency,
                   const CommaStyle *style,
                   double *ret_value)
{
    g_autoptr(GString) buffer = g_string_new(NULL);
    const char *mark;
    gboolean proves = FALSE;

    if (!comma_strip(text, length, currency, buffer))
        return FALSE;
    mark = strrchr(buffer->str, style->mark);
    if (mark != NULL && strlen(mark) == 4)
        return FALSE;
    return style->group == NULL
               ? comma_parse(buffer->str, buffer->len, style->mark, ret_value, &proves)
               : comma_parse_grouped(buffer->str, buffer->len, style, ret_value, &proves);
}

/* “(5.00)”, as accounts write what is negative: only what is inside is left */
static gboolean
comma_is_owed(const char **text, gsize *length)
{
    *text = comma_trim(*text, length);
    if (*length < 3 || (*text)[0] != '(' || (*text)[*length - 1] != ')' ||
        memchr(*text, '-', *length) != NULL)
        return FALSE;
    (*text)++;
    *length -= 2;
    return TRUE;
}

static gboolean
comma_parse_plain(const char *text,
                  gsize length,
                  const char *currency,
                  const CommaStyle *style,
                  double *ret_value,
                  gboolean *ret_proves)
{
    if (currency != NULL) {
        *ret_proves = TRUE;
        return comma_parse_amount(text, length, currency, style, ret_value);
    }
    return style->group == NULL ? comma_parse(text, length, style->mark, ret_value, ret_proves)
                                : comma_parse_grouped(text, length, style, ret_value, ret_proves);
}

static gboolean
comma_parse_style(const char *text,
                  gsize length,
                  const char *currency,
                  const CommaStyle *style,
                  double *ret_value,
                  gboolean *ret_proves)
{
    gboolean owed = comma_is_owed(&text, &length);

    if (!comma_parse_plain(text, length, currency, style, ret_value, ret_proves))
        return FALSE;
    *ret_value = owed ? -*ret_value : *ret_value;
    return TRUE;
}

/* a style that is tried on a column */
typedef struct {
    const CommaStyle *style;
    const char *currency; /* (nullable) */
    gboolean proves;
} CommaTrial;

static gboolean
comma_is_style_cb(const char *text, gsize length, gpointer data)
{
    CommaTrial *trial = data;
    double value;

    return comma_parse_style(text, length, trial->currency, trial->style, &value, &trial->proves);
}

static gboolean
comma_is_style(const ErrataColumn *column, const char *currency, const CommaStyle *style)
{
    CommaTrial trial = {style, currency, FALSE};

    return errata_column_all_texts(column, comma_is_style_cb, &trial) && trial.proves;
}

/* the sign of a currency, or the unit, that the first value has; NULL where it has none */
static const char *
comma_currency(const ErrataColumn *column)
{
    g_autoptr(GString) buffer = g_string_new(NULL);
    gboolean names = column->type == ERRATA_COLUMN_CATEGORY && column->n_dictionary <= COMMA_NAMES;
    const char *found = NULL;

    for (gsize row = 0; row < column->n_rows; row++) {
        gsize length;
        const char *text;

        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        comma_is_owed(&text, &length);
        for (guint i = 0; length <= COMMA_LONGEST && i < G_N_ELEMENTS(comma_currencies); i++)
            if (comma_strip(text, length, comma_currencies[i], buffer))
                found = comma_currencies[i];
        for (guint i = 0;
             found == NULL && !names && length <= COMMA_LONGEST && i < G_N_ELEMENTS(comma_units);
             i++)
            if (length > 0 && (g_ascii_isdigit(text[0]) || text[0] == '-') &&
                comma_strip(text, length, comma_units[i], buffer) &&
                g_ascii_isdigit(buffer->str[buffer->len - 1]))
                found = comma_units[i];
        break;
    }
    return found;
}

/**
 * errata_column_comma_convert:
 * @column: (transfer full): any column
 *
 * Returns: (transfer full): @column, or one of type F64 in its place when all of its cells are
 * numbers with
 *   one decimal mark, and one of them shows that the mark does not part thousands: 0,731 or 12,5
 *   do, 1,250 does not; or with one mark and one sign between thousands, and one of them shows
 *   both; or amounts with the sign of one currency, or with one unit behind them, unless they are
 *   few. What is negative may be in parentheses
 */
ErrataColumn *
errata_column_comma_convert(ErrataColumn *column)
{
    const CommaStyle *style = NULL;
    const char *currency = NULL;
    ErrataColumn *numbers;

    if (column->type != ERRATA_COLUMN_CATEGORY && column->type != ERRATA_COLUMN_TEXT)
        return column;
    currency = comma_currency(column);
    for (guint i = 0; i < G_N_ELEMENTS(comma_styles) && style == NULL; i++)
        if (comma_is_style(column, currency, &comma_styles[i]))
            style = &comma_styles[i];
    if (style == NULL)
        return column;
    numbers = errata_column_new(column->name, ERRATA_COLUMN_F64, column->n_rows);
    for (gsize row = 0; row < column->n_rows; row++) {
        gboolean proves = FALSE;
        gsize length;
        const char *text;

        numbers->f64[row] = (double)NAN;
        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        comma_parse_style(text, length, currency, style, &numbers->f64[row], &proves);
    }
    numbers->unit = g_strdup(currency);
    numbers->n_missing = column->n_missing;
    numbers->valid = g_steal_pointer(&column->valid);
    errata_column_free(column);
    return numbers;
}
