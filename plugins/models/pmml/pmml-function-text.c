/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "number.h"
#include "pmml-function.h"

/* of a formatted number */
#define TEXT_LIMIT 4096
#define MADE_LIMIT (1U << 20) /* of a text made of others */
/* a replacement may stand in the place of each letter, and hold the whole text as often as it is
 * long */
#define REPLACE_LIMIT (double)(1U << 26)

static gboolean
text_set(PmmlValue *ret, GStringChunk *strings, const char *text)
{
    *ret = pmml_value_string(g_string_chunk_insert(strings, text));
    return TRUE;
}

static gboolean
text_upper(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    g_autofree char *text = g_utf8_strup(pmml_value_text(a, strings), -1);
    return text_set(ret, strings, text);
}

static gboolean
text_lower(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    g_autofree char *text = g_utf8_strdown(pmml_value_text(a, strings), -1);
    return text_set(ret, strings, text);
}

static gboolean
text_trim(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    g_autofree char *text = g_strdup(pmml_value_text(a, strings));
    return text_set(ret, strings, g_strstrip(text));
}

static gboolean
text_length(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    *ret = pmml_value_number(PMML_INTEGER, (double)g_utf8_strlen(pmml_value_text(a, strings), -1));
    return TRUE;
}

/* positions count from 1 */
static gboolean
text_substring(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    const char *text = pmml_value_text(a, strings);
    glong length = g_utf8_strlen(text, -1);
    if (a[1].type == PMML_STRING || a[2].type == PMML_STRING)
        return FALSE;
    if (a[1].number < 1 || a[2].number < 0)
        return pmml_set_undefined(ret);
    glong from = a[1].number > (double)length ? length : (glong)a[1].number - 1;
    glong to = a[2].number > (double)(length - from) ? length : from + (glong)a[2].number;
    g_autofree char *part = g_utf8_substring(text, from, to);
    return text_set(ret, strings, part);
}

static gboolean
text_concat(const PmmlValue *a, guint n, GStringChunk *strings, PmmlValue *ret)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        if (a[i].missing)
            continue;
        g_string_append(all, pmml_value_text(&a[i], strings));
        if (all->len > MADE_LIMIT)
            return FALSE;
    }
    return text_set(ret, strings, all->str);
}

static gboolean
text_matches(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    g_autoptr(GRegex) regex = g_regex_new(pmml_value_text(&a[1], strings), 0, 0, NULL);
    if (regex == NULL)
        return FALSE;
    g_autoptr(GError) stopped = NULL;
    *ret = pmml_value_boolean(
        g_regex_match_full(regex, pmml_value_text(a, strings), -1, 0, 0, NULL, &stopped));
    return stopped == NULL;
}

/* Java's $1 is \1 here; \$ is a plain $ */
char *
pmml_text_replacement(const char *java)
{
    GString *ours = g_string_new(NULL);
    for (; *java != '\0'; java++) {
        if (*java == '\\' && java[1] != '\0') {
            java++;
            g_string_append(ours, *java == '\\' ? "\\\\" : "");
            if (*java != '\\')
                g_string_append_c(ours, *java);
        } else if (*java == '$' && g_ascii_isdigit(java[1]))
            g_string_append_printf(ours, "\\g<%c>", *++java);
        else
            g_string_append_c(ours, *java);
    }
    return g_string_free(ours, FALSE);
}

gboolean
pmml_text_may_replace(const char *text, const char *with)
{
    return (double)(strlen(text) + 1) * (double)(strlen(with) + 1) <= REPLACE_LIMIT;
}

static gboolean
text_replace(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    const char *in = pmml_value_text(a, strings);
    /* compiled, a pattern does not go through the rest of the text at each match to see that it is
     * UTF-8; which takes as long as many short texts do */
    GRegexCompileFlags flags = strlen(in) > TEXT_LIMIT ? G_REGEX_OPTIMIZE : 0;
    g_autoptr(GRegex) regex = g_regex_new(pmml_value_text(&a[1], strings), flags, 0, NULL);
    if (regex == NULL)
        return FALSE;
    g_autofree char *with = pmml_text_replacement(pmml_value_text(&a[2], strings));
    if (!pmml_text_may_replace(in, with))
        return FALSE;
    g_autofree char *text = g_regex_replace(regex, in, -1, 0, with, 0, NULL);
    return text != NULL && strlen(text) <= MADE_LIMIT && text_set(ret, strings, text);
}

/* one conversion of printf, with text around it: %[flags][width][.precision](d|f|e|g|s) */
static gboolean
text_is_format(const char *format, char *ret_conversion)
{
    guint n = 0;
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%')
            continue;
        if (at[1] == '%') {
            at++;
            continue;
        }
        gsize length = strspn(at + 1, "-+ 0,#");
        gsize digits = strspn(at + 1 + length, "0123456789");
        length += digits;
        if (digits > 2)
            return FALSE;
        if (at[1 + length] == '.') {
            digits = strspn(at + 2 + length, "0123456789");
            length += 1 + digits;
            if (digits > 2)
                return FALSE;
        }
        at += 1 + length;
        if (*at == '\0' || strchr("dfeg", *at) == NULL || n++ > 0)
            return FALSE;
        *ret_conversion = *at;
    }
    return n == 1;
}

static gboolean
text_format_number(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    char conversion = 0;
    const char *format = pmml_value_text(&a[1], strings);
    if (a[0].type == PMML_STRING || !text_is_format(format, &conversion) ||
        fabs(a[0].number) > 1e300)
        return FALSE;
    g_autofree char *text = NULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (conversion == 'd') {
        /* the length of the argument's type goes before the conversion */
        const char *at = strrchr(format, 'd');
        g_autofree char *wide = g_strdup_printf("%.*sl%s", (int)(at - format), format, at);
        text = g_strdup_printf(wide, lrint(fmin(fmax(a[0].number, -9e15), 9e15)));
    } else
        text = g_strdup_printf(format, a[0].number);
#pragma GCC diagnostic pop
    return strlen(text) < TEXT_LIMIT && text_set(ret, strings, text);
}

/* FALSE for what is no part of a time of day */
static gboolean
text_append_clock(GString *text, char field, int second)
{
    int hour = second / 3600, minute = second / 60 % 60;
    switch (field) {
    case 'H':
        g_string_append_printf(text, "%02d", hour);
        return TRUE;
    case 'I':
        g_string_append_printf(text, "%02d", (hour + 11) % 12 + 1);
        return TRUE;
    case 'p':
        g_string_append(text, hour < 12 ? "AM" : "PM");
        return TRUE;
    case 'M':
        g_string_append_printf(text, "%02d", minute);
        return TRUE;
    case 'S':
        g_string_append_printf(text, "%02d", second % 60);
        return TRUE;
    case 'R':
        g_string_append_printf(text, "%02d:%02d", hour, minute);
        return TRUE;
    case 'T':
        g_string_append_printf(text, "%02d:%02d:%02d", hour, minute, second % 60);
        return TRUE;
    case '%':
        g_string_append_c(text, '%');
        return TRUE;
    default:
        return FALSE;
    }
}

/* FALSE for what is no part of a date */
static gboolean
text_append_date(GString *text, char field, gint64 days)
{
    static const char *const months[] = {"January",
                                         "February",
                                         "March",
                                         "April",
                                         "May",
                                         "June",
                                         "July",
                                         "August",
                                         "September",
                                         "October",
                                         "November",
                                         "December"};
    static const char *const weekdays[] =
        {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
    const char *weekday = weekdays[((days % 7) + 7) % 7];
    int year, month, day;
    pmml_civil(days, &year, &month, &day);
    switch (field) {
    case 'Y':
        g_string_append_printf(text, "%04d", year);
        return TRUE;
    case 'y':
        g_string_append_printf(text, "%02d", year % 100);
        return TRUE;
    case 'm':
        g_string_append_printf(text, "%02d", month);
        return TRUE;
    case 'd':
        g_string_append_printf(text, "%02d", day);
        return TRUE;
    case 'e':
        g_string_append_printf(text, "%2d", day);
        return TRUE;
    case 'j':
        g_string_append_printf(text, "%03d", (int)(days - pmml_days(year, 1, 1)) + 1);
        return TRUE;
    case 'D':
        g_string_append_printf(text, "%02d/%02d/%02d", month, day, year % 100);
        return TRUE;
    case 'F':
        g_string_append_printf(text, "%04d-%02d-%02d", year, month, day);
        return TRUE;
    case 'B':
        g_string_append(text, months[month - 1]);
        return TRUE;
    case 'b':
    case 'h':
        g_string_append_len(text, months[month - 1], 3);
        return TRUE;
    case 'A':
        g_string_append(text, weekday);
        return TRUE;
    case 'a':
        g_string_append_len(text, weekday, 3);
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean
text_format_time(const PmmlValue *a, guint n G_GNUC_UNUSED, GStringChunk *strings, PmmlValue *ret)
{
    const char *format = pmml_value_text(&a[1], strings);
    PmmlValue moment = a[0];
    if (moment.type == PMML_STRING && !pmml_value_parse(PMML_DATE_TIME, a[0].string, &moment))
        return pmml_set_undefined(ret);
    double seconds = moment.type == PMML_DATE ? moment.number * 86400 : moment.number;
    if (moment.type < PMML_DATE || moment.type > PMML_DATE_TIME || !(fabs(seconds) < 1e14))
        return FALSE;
    gint64 days = (gint64)floor(seconds / 86400);
    int second = (int)floor(seconds - (double)days * 86400);
    g_autoptr(GString) text = g_string_new(NULL);
    for (; *format != '\0' && text->len < TEXT_LIMIT; format++)
        if (*format != '%' || format[1] == '\0')
            g_string_append_c(text, *format);
        else if (!text_append_clock(text, *++format, second) &&
                 (moment.type == PMML_TIME || !text_append_date(text, *format, days)))
            return FALSE;
    return text_set(ret, strings, text->str);
}

static gboolean
text_days_since_year(const PmmlValue *a,
                     guint n G_GNUC_UNUSED,
                     GStringChunk *strings,
                     PmmlValue *ret)
{
    PmmlValue date;
    if (a[1].type == PMML_STRING || !(fabs(a[1].number) < 1e5))
        return FALSE;
    if (!pmml_value_cast(PMML_DATE, a, strings, &date))
        return pmml_set_undefined(ret);
    *ret = pmml_value_number(PMML_INTEGER, date.number - (double)pmml_days((int)a[1].number, 1, 1));
    return TRUE;
}

static gboolean
text_seconds_since_year(const PmmlValue *a,
                        guint n G_GNUC_UNUSED,
                        GStringChunk *strings,
                        PmmlValue *ret)
{
    PmmlValue moment;
    if (a[1].type == PMML_STRING || !(fabs(a[1].number) < 1e5))
        return FALSE;
    if (!pmml_value_cast(PMML_DATE_TIME, a, strings, &moment))
        return pmml_set_undefined(ret);
    *ret = pmml_value_number(PMML_INTEGER,
                             moment.number - 86400.0 * (double)pmml_days((int)a[1].number, 1, 1));
    return TRUE;
}

static gboolean
text_seconds_since_midnight(const PmmlValue *a,
                            guint n G_GNUC_UNUSED,
                            GStringChunk *strings G_GNUC_UNUSED,
                            PmmlValue *ret)
{
    PmmlValue moment = a[0];
    if (moment.type == PMML_STRING && !pmml_value_parse(PMML_TIME, a[0].string, &moment) &&
        !pmml_value_parse(PMML_DATE_TIME, a[0].string, &moment))
        return pmml_set_undefined(ret);
    if (moment.type != PMML_TIME && moment.type != PMML_DATE_TIME)
        return FALSE;
    *ret = pmml_value_number(PMML_INTEGER,
                             moment.number - 86400.0 * floor(moment.number / 86400.0));
    return TRUE;
}

const PmmlBuiltIn pmml_functions_text[] = {
    {"uppercase", 1, 1, FALSE, text_upper},
    {"lowercase", 1, 1, FALSE, text_lower},
    {"trimBlanks", 1, 1, FALSE, text_trim},
    {"stringLength", 1, 1, FALSE, text_length},
    {"substring", 3, 3, FALSE, text_substring},
    {"concat", 1, 0, TRUE, text_concat},
    {"matches", 2, 2, FALSE, text_matches},
    {"replace", 3, 3, FALSE, text_replace},
    {"formatNumber", 2, 2, FALSE, text_format_number},
    {"formatDatetime", 2, 2, FALSE, text_format_time},
    {"dateDaysSinceYear", 2, 2, FALSE, text_days_since_year},
    {"dateSecondsSinceYear", 2, 2, FALSE, text_seconds_since_year},
    {"dateSecondsSinceMidnight", 1, 1, FALSE, text_seconds_since_midnight},
    {NULL, 0, 0, FALSE, NULL},
};

const PmmlBuiltIn *
pmml_built_in(const char *name)
{
    static const PmmlBuiltIn *const tables[] = {pmml_functions_math, pmml_functions_text};
    /* as functions were called before the standard had them */
    if (g_str_has_prefix(name, "x-"))
        name += 2;
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const PmmlBuiltIn *one = tables[i]; one->name != NULL; one++)
            if (g_str_equal(one->name, name))
                return one;
    return NULL;
}
