/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-value.h"

#include <string.h>

#include "number.h"

#define SECONDS_A_DAY 86400.0
#define DAYS_A_CYCLE  146097 /* of 400 years */

static const int years[] = {0, 1960, 1970, 1980, 1990, 2020};
G_STATIC_ASSERT(G_N_ELEMENTS(years) == PMML_SECONDS_SINCE - PMML_DAYS_SINCE);

int
pmml_type_year(PmmlType type)
{
    return years[type >= PMML_SECONDS_SINCE ? type - PMML_SECONDS_SINCE : type - PMML_DAYS_SINCE];
}

static gboolean
value_type_since(const char *name, const char *prefix, PmmlType base, PmmlType *ret_type)
{
    if (!g_str_has_prefix(name, prefix))
        return FALSE;
    const char *year = name + strlen(prefix);
    for (guint i = 0; i < G_N_ELEMENTS(years); i++) {
        g_autofree char *expected = g_strdup_printf("[%d]", years[i]);
        if (g_str_equal(year, expected)) {
            *ret_type = base + i;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
pmml_type_parse(const char *name, PmmlType *ret_type)
{
    static const struct {
        const char *name;
        PmmlType type;
    } types[] = {
        {"string", PMML_STRING},
        {"integer", PMML_INTEGER},
        {"float", PMML_FLOAT},
        {"double", PMML_DOUBLE},
        {"boolean", PMML_BOOLEAN},
        {"date", PMML_DATE},
        {"time", PMML_TIME},
        {"dateTime", PMML_DATE_TIME},
        {"timeSeconds", PMML_SECONDS_SINCE_MIDNIGHT},
    };
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(types[i].name, name)) {
            *ret_type = types[i].type;
            return TRUE;
        }
    return value_type_since(name, "dateDaysSince", PMML_DAYS_SINCE, ret_type) ||
           value_type_since(name, "dateTimeSecondsSince", PMML_SECONDS_SINCE, ret_type);
}

PmmlType
pmml_type_unless_told(const PmmlElement *field)
{
    return g_strcmp0(pmml_attribute(field, "optype"), "continuous") == 0 ? PMML_DOUBLE
                                                                         : PMML_STRING;
}

gboolean
pmml_type_of(const PmmlElement *element, PmmlType fallback, PmmlType *ret_type, GError **error)
{
    const char *name = pmml_attribute(element, "dataType");
    *ret_type = fallback;
    return name == NULL || pmml_type_parse(name, ret_type) ||
           pmml_unsupported(error, element, "data type “%s” is not known", name);
}

gboolean
pmml_optype_of(const PmmlElement *element,
               PmmlOptype fallback,
               PmmlOptype *ret_optype,
               GError **error)
{
    static const char *const names[] = {"continuous", "categorical", "ordinal"};
    const char *name = pmml_attribute(element, "optype");
    *ret_optype = fallback;
    if (name == NULL)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i])) {
            *ret_optype = (PmmlOptype)i;
            return TRUE;
        }
    return pmml_error(error, element, "optype: expected continuous, categorical or ordinal");
}

/* H. Hinnant's days_from_civil */
gint64
pmml_days(int year, int month, int day)
{
    gint64 y = month <= 2 ? year - 1 : year;
    gint64 era = (y >= 0 ? y : y - 399) / 400;
    gint64 of_era = y - era * 400;
    gint64 of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void
pmml_civil(gint64 days, int *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    gint64 era = (days >= 0 ? days : days - 146096) / 146097;
    gint64 of_era = days - era * 146097;
    gint64 year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    gint64 of_year = of_era - (365 * year + year / 4 - year / 100);
    gint64 month = (5 * of_year + 2) / 153;
    *ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

/* two digits at @text */
static gboolean
value_parse_two(const char *text, int *ret)
{
    if (!g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1]))
        return FALSE;
    *ret = 10 * (text[0] - '0') + text[1] - '0';
    return TRUE;
}

/* "hh:mm" or "hh:mm:ss", with a fraction or not, all of @text */
static gboolean
value_parse_clock(const char *text, double *ret_seconds)
{
    int hour, minute;
    double second = 0;
    if (!value_parse_two(text, &hour) || text[2] != ':' || !value_parse_two(text + 3, &minute))
        return FALSE;
    text += 5;
    if (*text == ':') {
        gsize length = strspn(text + 1, "0123456789.");
        if (!errata_number_parse_double(text + 1, length, &second))
            return FALSE;
        text += 1 + length;
    }
    if (*text != '\0' || hour > 24 || minute > 59 || second >= 61)
        return FALSE;
    *ret_seconds = hour * 3600.0 + minute * 60.0 + second;
    return TRUE;
}

/* The calendar repeats after 400 years: what nanoseconds since 1970 cannot tell is read as a moment
 * of the years 1800 to 2199. */
static gboolean
value_parse_moment(const char *text, double *ret_days, double *ret_seconds)
{
    gint64 ns, cycles = 0;
    gboolean has_year = strspn(text, "0123456789") == 4 && text[4] == '-';
    gint64 year = has_year ? g_ascii_strtoll(text, NULL, 10) : 0;
    g_autofree char *moved = NULL;
    if (has_year && (year < 1800 || year > 2199)) {
        cycles = year / 400 - 5 + (year % 400 >= 200 ? 1 : 0);
        moved = g_strdup_printf("%04d%s", (int)(year - cycles * 400), text + 4);
        text = moved;
    }
    if (!errata_number_parse_time(text, strlen(text), &ns))
        return FALSE;
    double seconds = (double)ns / 1e9;
    double days = floor(seconds / SECONDS_A_DAY);
    *ret_seconds = seconds - days * SECONDS_A_DAY;
    *ret_days = days + (double)(cycles * DAYS_A_CYCLE);
    return TRUE;
}

static PmmlValue
value_of_moment(PmmlType type, double days, double seconds)
{
    double number = days;
    if (type == PMML_DATE_TIME)
        number = days * SECONDS_A_DAY + seconds;
    else if (type >= PMML_SECONDS_SINCE && type < PMML_SECONDS_SINCE_MIDNIGHT)
        number = (days - (double)pmml_days(pmml_type_year(type), 1, 1)) * SECONDS_A_DAY + seconds;
    else if (type >= PMML_DAYS_SINCE)
        number = days - (double)pmml_days(pmml_type_year(type), 1, 1);
    return pmml_value_number(type, number);
}

static gboolean
value_parse_date(PmmlType type, const char *text, PmmlValue *ret_value)
{
    double days, seconds, number;
    if (type >= PMML_DAYS_SINCE && errata_number_parse_double(text, strlen(text), &number)) {
        *ret_value = pmml_value_number(type, number);
        return TRUE;
    }
    if (type == PMML_TIME || type == PMML_SECONDS_SINCE_MIDNIGHT) {
        if (!value_parse_clock(text, &seconds))
            return FALSE;
        *ret_value = pmml_value_number(type, seconds);
        return TRUE;
    }
    if (!value_parse_moment(text, &days, &seconds))
        return FALSE;
    *ret_value = value_of_moment(type, days, seconds);
    return TRUE;
}

static gboolean
value_parse_boolean(const char *text, double *ret_number)
{
    if (g_ascii_strcasecmp(text, "true") == 0 || g_str_equal(text, "1") || g_str_equal(text, "1.0"))
        *ret_number = 1;
    else if (g_ascii_strcasecmp(text, "false") == 0 || g_str_equal(text, "0") ||
             g_str_equal(text, "0.0"))
        *ret_number = 0;
    else
        return FALSE;
    return TRUE;
}

gboolean
pmml_value_parse(PmmlType type, const char *text, PmmlValue *ret_value)
{
    double number;
    if (type == PMML_STRING) {
        *ret_value = pmml_value_string(text);
        return TRUE;
    }
    if (type >= PMML_DATE)
        return value_parse_date(type, text, ret_value);
    const char *end = text + strlen(text);
    while (text < end && g_ascii_isspace(*text))
        text++;
    while (end > text && g_ascii_isspace(end[-1]))
        end--;
    if (type == PMML_BOOLEAN ? !value_parse_boolean(text, &number)
                             : !errata_number_parse_double(text, (gsize)(end - text), &number))
        return FALSE;
    if (type == PMML_INTEGER && floor(number) < number)
        return FALSE;
    *ret_value = pmml_value_number(type, number);
    return TRUE;
}

/* 2024-02-29, 2024-02-29T13:04:05 or 13:04:05 */
static const char *
value_moment_text(const PmmlValue *value, GStringChunk *strings)
{
    double days = value->type == PMML_DATE   ? value->number
                  : value->type == PMML_TIME ? 0
                                             : floor(value->number / SECONDS_A_DAY);
    int second = value->type == PMML_DATE ? 0 : (int)(value->number - days * SECONDS_A_DAY);
    int year, month, day;
    g_autoptr(GString) text = g_string_new(NULL);
    pmml_civil((gint64)days, &year, &month, &day);
    if (value->type != PMML_TIME)
        g_string_append_printf(text, "%04d-%02d-%02d", year, month, day);
    if (value->type == PMML_DATE_TIME)
        g_string_append_c(text, 'T');
    if (value->type != PMML_DATE)
        g_string_append_printf(text,
                               "%02d:%02d:%02d",
                               second / 3600,
                               second / 60 % 60,
                               second % 60);
    return g_string_chunk_insert(strings, text->str);
}

const char *
pmml_value_text(const PmmlValue *value, GStringChunk *strings)
{
    char text[ERRATA_NUMBER_BUFFER + 4];
    if (value->type == PMML_STRING)
        return value->string;
    if (value->type == PMML_BOOLEAN)
        return value->number > 0 ? "true" : "false";
    if (isnan(value->number))
        return "NaN";
    if (value->type >= PMML_DATE && value->type <= PMML_DATE_TIME)
        return value_moment_text(value, strings);
    if (isinf(value->number))
        return value->number > 0 ? "Infinity" : "-Infinity";
    errata_number_print(value->number, text);
    if ((value->type == PMML_DOUBLE || value->type == PMML_FLOAT) && strpbrk(text, ".e") == NULL)
        strcat(text, ".0");
    return g_string_chunk_insert(strings, text);
}

gboolean
pmml_value_cast(PmmlType type, const PmmlValue *value, GStringChunk *strings, PmmlValue *ret_cast)
{
    if (value->missing || value->type == type) {
        *ret_cast = *value;
        return TRUE;
    }
    if (value->type == PMML_STRING)
        return pmml_value_parse(type, value->string, ret_cast);
    if (type == PMML_STRING) {
        *ret_cast = pmml_value_string(pmml_value_text(value, strings));
        return TRUE;
    }
    if (type == PMML_BOOLEAN && fabs(value->number) > 0 && fabs(value->number - 1) > 0)
        return FALSE;
    if (type >= PMML_DATE && value->type == PMML_DATE) {
        *ret_cast = value_of_moment(type, value->number, 0);
        return TRUE;
    }
    if (type >= PMML_DATE && value->type == PMML_DATE_TIME) {
        double days = floor(value->number / SECONDS_A_DAY);
        *ret_cast = value_of_moment(type, days, value->number - days * SECONDS_A_DAY);
        return TRUE;
    }
    if (type == PMML_INTEGER && floor(value->number) < value->number)
        return FALSE;
    *ret_cast = pmml_value_number(type, value->number);
    return TRUE;
}

PmmlValue
pmml_value_alike(const PmmlValue *value, PmmlValue wanted)
{
    PmmlType type = value->type < PMML_BOOLEAN ? PMML_DOUBLE : value->type;
    if (value->type != PMML_STRING && wanted.type == PMML_STRING)
        pmml_value_parse(type, wanted.string, &wanted);
    return wanted;
}

gboolean
pmml_value_equal(const PmmlValue *a, const PmmlValue *b)
{
    if (a->missing || b->missing)
        return FALSE;
    if (a->type == PMML_STRING && b->type == PMML_STRING)
        return a->string == b->string || g_str_equal(a->string, b->string);
    const PmmlValue x = pmml_value_alike(b, *a), y = pmml_value_alike(a, *b);
    return x.type != PMML_STRING && y.type != PMML_STRING && x.number >= y.number &&
           x.number <= y.number;
}

int
pmml_value_compare(const PmmlValue *a, const PmmlValue *b)
{
    if (a->type == PMML_STRING && b->type == PMML_STRING && (isnan(a->number) || isnan(b->number)))
        return strcmp(a->string, b->string);
    return a->number < b->number ? -1 : a->number > b->number;
}
