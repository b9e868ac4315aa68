/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of a bound test as closed intervals: x < 5 over numbers is [−∞, the double below 5], a
 * date is the nanoseconds of that day, a class is its index. So evaluation knows one comparison. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "filter-private.h"
#include "number.h"
#include "schema-profile.h"
#include "text.h"
#include "vocabulary.h"
#include "zone.h"

#define VALUE_DAY_NS G_GINT64_CONSTANT(86400000000000)

static const char *const value_weekdays[] =
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

static void
value_set_text(FilterValue *value, const char *text)
{
    char *copy = g_strdup(text);

    g_free(value->text);
    value->text = copy;
}

/* as cells are written that hold nothing */
static gboolean
value_is_nothing(const char *text)
{
    static const char *const nothing[] = {"", "nan", "na", "n/a", "null", "none", NULL};
    g_autofree char *lower = g_ascii_strdown(text, -1);

    return g_strv_contains(nothing, lower);
}

static gboolean
value_refuse(const FilterNode *test, const FilterValue *value, const char *what, GError **error)
{
    g_autofree char *found = errata_text_excerpt(value->text, strlen(value->text), 40);

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "character %u: expected %s to compare %s with, found “%s”%s",
                value->at,
                what,
                test->name,
                found,
                value_is_nothing(value->text)
                    ? "; cells without a value are those for which it is missing"
                    : "");
    return FALSE;
}

/* the minus of print, as the titles of findings have it */
static void
value_take_minus(FilterValue *value)
{
    g_autofree char *plain = NULL;

    if (!g_str_has_prefix(value->text, "−") ||
        strchr("0123456789.", value->text[strlen("−")]) == NULL)
        return;
    plain = g_strconcat("-", value->text + strlen("−"), NULL);
    value_set_text(value, plain);
}

static gboolean
value_number(const FilterNode *test, FilterValue *value, FilterRange *ret_range, GError **error)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double number;

    gsize n = strlen(value->text);
    gboolean percent = n > 1 && value->text[n - 1] == '%';

    if (!errata_number_parse_double(value->text, n - (percent ? 1 : 0), &number) ||
        !isfinite(number))
        return value_refuse(test, value, "a number", error);
    number = percent ? number / 100.0 : number + 0.0; /* −0 is 0 */
    value_set_text(value, errata_number_print(number, buffer));
    ret_range->number.lo = ret_range->number.hi = number;
    return TRUE;
}

static gint64
value_clamp(double number)
{
    const double limit = 9223372036854775808.0; /* 2^63 */

    return number >= limit ? G_MAXINT64 : number <= -limit ? G_MININT64 : (gint64)number;
}

/* the whole numbers around the number: 2.5 is the empty interval [3, 2] */
static gboolean
value_integer(const FilterNode *test, FilterValue *value, FilterRange *ret_range, GError **error)
{
    gint64 integer;
    double number;

    if (errata_number_parse_int(value->text, strlen(value->text), &integer)) {
        ret_range->integer.lo = ret_range->integer.hi = integer;
        return TRUE;
    }
    if (!value_number(test, value, ret_range, error))
        return FALSE;
    number = ret_range->number.lo;
    ret_range->integer.lo = value_clamp(ceil(number));
    ret_range->integer.hi = value_clamp(floor(number));
    return TRUE;
}

/* a month or a year alone is the whole of it, as a day is; FALSE where it is neither */
static gboolean
value_span(const char *text, FilterRange *ret_range)
{
    gsize length = strlen(text);
    gboolean month = length == 7;
    g_autofree char *begin = NULL, *end = NULL;
    gint64 first, behind;
    int y, m;

    if (!month && length != 4)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (i == 4 ? text[i] != '-' : !g_ascii_isdigit(text[i]))
            return FALSE;
    y = atoi(text);
    m = month ? atoi(text + 5) : 12;
    begin = g_strdup_printf("%04d-%02d-01", y, month ? m : 1);
    end = g_strdup_printf("%04d-%02d-01", m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1);
    if (!errata_zone_parse(begin, strlen(begin), &first) ||
        !errata_zone_parse(end, strlen(end), &behind))
        return FALSE;
    ret_range->integer.lo = first;
    ret_range->integer.hi = behind - 1;
    return TRUE;
}

static gboolean
value_time(const FilterNode *test, FilterValue *value, FilterRange *ret_range, GError **error)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    gint64 ns;
    double number;
    gboolean day = strlen(value->text) == 10 && strchr(value->text, ':') == NULL;

    if (value_span(value->text, ret_range))
        return TRUE;
    if (errata_number_parse_double(value->text, strlen(value->text), &number)) {
        double unit = errata_schema_profile_epoch(number);

        if (unit < 1.0)
            return value_refuse(test, value, "a date or time such as 2026-01-31", error);
        ns = errata_zone_at((gint64)(number * unit), errata_zone_clock());
        day = FALSE;
    } else if (!errata_zone_parse(value->text, strlen(value->text), &ns)) {
        return value_refuse(test, value, "a date or time such as 2026-01-31", error);
    }
    ret_range->integer.lo = ns;
    ret_range->integer.hi = day && ns <= G_MAXINT64 - VALUE_DAY_NS ? ns + VALUE_DAY_NS - 1 : ns;
    errata_zone_print(ns, buffer);
    if (day)
        buffer[10] = '\0';
    value_set_text(value, buffer);
    return TRUE;
}

static gboolean
value_bool(const FilterNode *test, FilterValue *value, FilterRange *ret_range, GError **error)
{
    gboolean truth = FALSE;

    if (strcmp(value->text, "1") == 0)
        truth = TRUE;
    else if (strcmp(value->text, "0") != 0 &&
             !errata_number_parse_bool(value->text, strlen(value->text), &truth))
        return value_refuse(test, value, "true or false", error);
    value_set_text(value, truth ? "true" : "false");
    ret_range->integer.lo = ret_range->integer.hi = truth ? 1 : 0;
    return TRUE;
}

static gboolean
value_class(const FilterNode *test,
            FilterValue *value,
            const ErrataSchema *schema,
            FilterRange *ret_range,
            GError **error)
{
    g_autofree char *canonical = errata_vocabulary_canonical(value->text, strlen(value->text));
    int class_index = errata_schema_class(schema, canonical);
    g_autoptr(GString) classes = NULL;

    if (class_index >= 0) {
        value_set_text(value, schema->classes[class_index]);
        ret_range->integer.lo = ret_range->integer.hi = class_index;
        return TRUE;
    }
    classes = g_string_new("a class (");
    for (guint i = 0; i < MIN(schema->n_classes, 20); i++)
        g_string_append_printf(classes, "%s%s", i > 0 ? ", " : "", schema->classes[i]);
    g_string_append_c(classes, ')');
    return value_refuse(test,
                        value,
                        schema->n_classes > 0 ? classes->str : "a class (the log has none)",
                        error);
}

static gboolean
value_weekday(const FilterNode *test, FilterValue *value, FilterRange *ret_range, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(value_weekdays); i++)
        if (g_ascii_strcasecmp(value->text, value_weekdays[i]) == 0 ||
            (strlen(value->text) == 3 &&
             g_ascii_strncasecmp(value->text, value_weekdays[i], 3) == 0)) {
            value_set_text(value, value_weekdays[i]);
            ret_range->integer.lo = ret_range->integer.hi = i;
            return TRUE;
        }
    return value_refuse(test, value, "a day of the week such as Monday", error);
}

static gboolean
value_range(const FilterNode *test,
            FilterValue *value,
            const ErrataSchema *schema,
            FilterRange *ret_range,
            GError **error)
{
    switch (test->type) {
    case FILTER_TYPE_NUMBER:
        return value_number(test, value, ret_range, error);
    case FILTER_TYPE_INTEGER:
        return value_integer(test, value, ret_range, error);
    case FILTER_TYPE_TIME:
        return value_time(test, value, ret_range, error);
    case FILTER_TYPE_BOOL:
        return value_bool(test, value, ret_range, error);
    case FILTER_TYPE_CLASS:
        return value_class(test, value, schema, ret_range, error);
    case FILTER_TYPE_WEEKDAY:
        return value_weekday(test, value, ret_range, error);
    case FILTER_TYPE_TEXT:
        break;
    }
    return TRUE;
}

/* from the range of a value to that of a comparison with it */
static void
value_open_number(FilterOp op, FilterRange *range)
{
    const double infinity = (double)INFINITY;

    if (op == FILTER_OP_LT)
        range->number.hi = nextafter(range->number.lo, -infinity);
    if (op == FILTER_OP_GT)
        range->number.lo = nextafter(range->number.hi, infinity);
    if (op == FILTER_OP_LT || op == FILTER_OP_LE)
        range->number.lo = -infinity;
    if (op == FILTER_OP_GT || op == FILTER_OP_GE)
        range->number.hi = infinity;
}

static void
value_open_integer(FilterOp op, FilterRange *range)
{
    gint64 lo = range->integer.lo;
    gint64 hi = range->integer.hi;

    switch (op) {
    case FILTER_OP_LT: /* below the lower end; nothing is below the least number */
        *range = (FilterRange){.integer = {lo > G_MININT64 ? G_MININT64 : G_MAXINT64,
                                           lo > G_MININT64 ? lo - 1 : G_MININT64}};
        break;
    case FILTER_OP_LE:
        *range = (FilterRange){.integer = {G_MININT64, hi}};
        break;
    case FILTER_OP_GT:
        *range = (FilterRange){.integer = {hi < G_MAXINT64 ? hi + 1 : G_MAXINT64,
                                           hi < G_MAXINT64 ? G_MAXINT64 : G_MININT64}};
        break;
    case FILTER_OP_GE:
        *range = (FilterRange){.integer = {lo, G_MAXINT64}};
        break;
    case FILTER_OP_EQ:
    case FILTER_OP_NE:
    case FILTER_OP_BETWEEN:
    case FILTER_OP_IN:
    case FILTER_OP_NOT_IN:
    case FILTER_OP_MISSING:
    case FILTER_OP_NOT_MISSING:
    case FILTER_OP_CONTAINS:
    case FILTER_OP_NOT_CONTAINS:
    case FILTER_OP_HOLDS:
        break;
    }
}

/* [a, b): the two values' ranges become one */
static gboolean
value_join_between(FilterNode *test, GError **error)
{
    FilterRange *lower = &g_array_index(test->ranges, FilterRange, 0);
    FilterRange *upper = &g_array_index(test->ranges, FilterRange, 1);
    gboolean backwards;

    if (test->type == FILTER_TYPE_NUMBER) {
        backwards = lower->number.lo > upper->number.lo;
        value_open_number(FILTER_OP_LT, upper);
        lower->number.hi = upper->number.hi;
    } else {
        backwards = lower->integer.lo > upper->integer.lo;
        value_open_integer(FILTER_OP_LT, upper);
        lower->integer.hi = upper->integer.hi;
    }
    g_array_set_size(test->ranges, 1);
    if (backwards) {
        const FilterValue *value = g_ptr_array_index(test->values, 1);

        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "character %u: the upper end of between, %s, is below the lower one",
                    value->at,
                    value->text);
    }
    return !backwards;
}

static int
value_compare_numbers_cb(gconstpointer a, gconstpointer b)
{
    const FilterRange *x = a;
    const FilterRange *y = b;

    return (x->number.lo > y->number.lo) - (x->number.lo < y->number.lo);
}

static int
value_compare_integers_cb(gconstpointer a, gconstpointer b)
{
    const FilterRange *x = a;
    const FilterRange *y = b;

    return (x->integer.lo > y->integer.lo) - (x->integer.lo < y->integer.lo);
}

/* puts the ranges in order, so that a row looks its value up by halving; empty ones go, those that
 * overlap (a day and an instant of it) become one */
static void
value_sort(FilterNode *test)
{
    gboolean number = test->type == FILTER_TYPE_NUMBER;
    guint kept = 0;

    g_array_sort(test->ranges, number ? value_compare_numbers_cb : value_compare_integers_cb);
    for (guint i = 0; i < test->ranges->len; i++) {
        FilterRange range = g_array_index(test->ranges, FilterRange, i);
        FilterRange *last = kept > 0 ? &g_array_index(test->ranges, FilterRange, kept - 1) : NULL;

        if (number ? range.number.lo > range.number.hi : range.integer.lo > range.integer.hi)
            continue;
        if (last != NULL && number && range.number.lo <= last->number.hi)
            last->number.hi = MAX(last->number.hi, range.number.hi);
        else if (last != NULL && !number && range.integer.lo <= last->integer.hi)
            last->integer.hi = MAX(last->integer.hi, range.integer.hi);
        else
            g_array_index(test->ranges, FilterRange, kept++) = range;
    }
    g_array_set_size(test->ranges, kept);
}

/**
 * errata_filter_value_ranges:
 * @test: a test whose source, type and operator are settled
 * @schema: the log's roles
 * @error: return location for a #GError
 *
 * Reads the values of @test as its type asks for, and rewrites them in their shortest form. Texts
 * and tests without values have no ranges.
 *
 * Errors: %ERRATA_ERROR_USAGE when a value is not of the column's type.
 *
 * Returns: whether all values suit
 */
gboolean
errata_filter_value_ranges(FilterNode *test, const ErrataSchema *schema, GError **error)
{
    if (test->op == FILTER_OP_HOLDS) {
        FilterRange yes = {.integer = {1, 1}};

        g_array_append_val(test->ranges, yes);
        return TRUE;
    }
    if (test->type == FILTER_TYPE_TEXT)
        return TRUE;
    for (guint i = 0; i < test->values->len; i++) {
        FilterRange range = {.integer = {0, 0}};

        if (test->type == FILTER_TYPE_NUMBER || test->type == FILTER_TYPE_INTEGER)
            value_take_minus(g_ptr_array_index(test->values, i));
        if (!value_range(test, g_ptr_array_index(test->values, i), schema, &range, error))
            return FALSE;
        if (test->type == FILTER_TYPE_NUMBER)
            value_open_number(test->op, &range);
        else
            value_open_integer(test->op, &range);
        g_array_append_val(test->ranges, range);
    }
    if (test->op == FILTER_OP_BETWEEN && !value_join_between(test, error))
        return FALSE;
    value_sort(test);
    return TRUE;
}
