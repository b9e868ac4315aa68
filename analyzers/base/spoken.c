/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of conditions as people are told them. What a program wrote as a single-precision float
 * has nine digits of which four or five were meant: 39.2099991 is 39.21. */
#include "spoken.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "precision.h"

#define SPOKEN_LONG     5   /* digits from which on a fraction is more than anybody reads */
#define SPOKEN_DIGITS   4   /* of such a one */
#define SPOKEN_GROUPED  1e4 /* from here on thousands are set apart: a year is not */
#define SPOKEN_YEAR     1000.0
#define SPOKEN_YEAR_END 2200.0
#define SPOKEN_SHORT    5 /* characters that there is always room for */
#define SPOKEN_APART    2 /* digits of a range's width that its ends tell */
#define SPOKEN_MINUS    "\u2212"
#define SPOKEN_SINGLE   8 /* digits from which on a text may be a float's */
#define SPOKEN_MEANT    6 /* digits that it has at most, then */

static gint spoken_years;

G_LOCK_DEFINE_STATIC(spoken_units);
static GHashTable *spoken_units; /* column → unit; NULL: none yet */

/* “model_year”, “Built Year” */
gboolean
errata_spoken_names_years(const char *column)
{
    g_autofree char *small = column != NULL ? g_ascii_strdown(column, -1) : NULL;

    return small != NULL && strstr(small, "year") != NULL;
}

void
errata_spoken_of(const char *column)
{
    g_atomic_int_set(&spoken_years, errata_spoken_names_years(column) ? 1 : 0);
}

char *
errata_spoken_told(char *text, double value)
{
    char *to = text;

    if (g_atomic_int_get(&spoken_years) == 0 || !(value >= SPOKEN_YEAR && value < SPOKEN_YEAR_END))
        return text;
    for (const char *from = text; *from != '\0'; from++)
        if (*from != ',')
            *to++ = *from;
    *to = '\0';
    return text;
}

static guint
spoken_digits(const char *text)
{
    guint n = 0;

    for (const char *p = text + strspn(text, "-0."); *p != '\0' && *p != 'e'; p++)
        n += g_ascii_isdigit(*p) ? 1 : 0;
    return n;
}

/* decimals after the point */
static int
spoken_decimals(const char *text)
{
    const char *point = strchr(text, '.');

    return point != NULL ? (int)strlen(point + 1) : 0;
}

/**
 * errata_spoken_value:
 * @text: a value as the log has it
 *
 * Returns: (transfer full): the number that was meant where @text is one as programs write floats
 * of
 *   single precision, else @text
 */
char *
errata_spoken_value(const char *text)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    const char *single;
    double value;

    if (strchr(text, '.') == NULL || spoken_digits(text) < SPOKEN_SINGLE ||
        !errata_number_parse_double(text, strlen(text), &value) || !(fabs(value) < 1e9))
        return g_strdup(text);
    single = errata_number_print_single((float)value, buffer);
    return g_strdup(spoken_digits(single) <= SPOKEN_MEANT && strchr(single, 'e') == NULL ? single
                                                                                         : text);
}

/* digits as a program writes them, with the minus of print */
static char *
spoken_signed(char *digits)
{
    g_autofree char *text = digits;

    return text[0] == '-' ? g_strconcat(SPOKEN_MINUS, text + 1, NULL) : g_steal_pointer(&text);
}

/**
 * errata_spoken_number:
 * @value: an end of a range
 *
 * Returns: (transfer full): exact, unless more digits were computed than anybody reads; thousands
 * are set
 *   apart from 10,000 on, and what is negative has the minus of print
 */
char *
errata_spoken_number(double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    g_autofree char *exact = errata_spoken_value(errata_number_print(value, buffer));
    double size = fabs(value);

    if (!isfinite(value) || strchr(exact, 'e') != NULL)
        return spoken_signed(g_steal_pointer(&exact));
    if (spoken_digits(exact) >= SPOKEN_LONG && strchr(exact, '.') != NULL) {
        int place = (int)floor(log10(size)) - SPOKEN_DIGITS + 1;
        double step = pow(10.0, abs(place));

        value = place < 0 ? round(value * step) / step : round(value / step) * step;
        g_free(exact);
        exact = g_strdup(errata_number_print(value, buffer));
    }
    return size < SPOKEN_GROUPED ? spoken_signed(g_steal_pointer(&exact))
                                 : errata_precision_print(value, -spoken_decimals(exact));
}

/**
 * errata_spoken_end:
 * @value: an end of a range, where there is no room for all of its digits
 * @width: of the range
 *
 * Returns: (transfer full): as errata_spoken_number() where that is short, else in as many digits
 * as tell the
 *   range's ends apart
 */
char *
errata_spoken_end(double value, double width)
{
    g_autofree char *exact = errata_spoken_number(value);

    if (g_utf8_strlen(exact, -1) <= SPOKEN_SHORT || !(width > 0.0) || !isfinite(width))
        return g_steal_pointer(&exact);
    return errata_precision_print(value, (int)floor(log10(width)) - SPOKEN_APART);
}

void
errata_spoken_unit(const char *column, const char *unit)
{
    G_LOCK(spoken_units);
    if (spoken_units == NULL)
        spoken_units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (column == NULL)
        g_hash_table_remove_all(spoken_units);
    else if (unit != NULL)
        g_hash_table_replace(spoken_units, g_strdup(column), g_strdup(unit));
    G_UNLOCK(spoken_units);
}

/* “€5”, “−€5”, “14.2 %”, “600 km” */
static char *
spoken_with_unit(double value, const char *unit)
{
    static const char *const before[] = {"$",
                                         "\u20ac",
                                         "\u00a3",
                                         "\u00a5",
                                         "\u20b9",
                                         "\u20a9",
                                         "\u20bd",
                                         "\u20ba",
                                         "US$",
                                         "R$",
                                         NULL};
    gboolean hundredths = strcmp(unit, "%") == 0;
    gboolean leads = g_strv_contains(before, unit);
    g_autofree char *number = errata_spoken_number(hundredths ? 100.0 * value
                                                   : leads    ? fabs(value)
                                                              : value);

    return leads ? g_strdup_printf("%s%s%s", value < 0.0 ? SPOKEN_MINUS : "", unit, number)
                 : g_strdup_printf("%s\u00a0%s", number, unit);
}

/**
 * errata_spoken_measure:
 * @column: whose value it is
 * @value: an end of a range
 *
 * Returns: (transfer full): as errata_spoken_number(), with the unit that errata_spoken_unit() was
 * told of
 */
char *
errata_spoken_measure(const char *column, double value)
{
    g_autofree char *unit = NULL;

    G_LOCK(spoken_units);
    if (spoken_units != NULL)
        unit = g_strdup(g_hash_table_lookup(spoken_units, column));
    G_UNLOCK(spoken_units);
    return unit != NULL && isfinite(value) ? spoken_with_unit(value, unit)
                                           : errata_spoken_number(value);
}

void
errata_spoken_ends(const char *column,
                   double lower,
                   double upper,
                   char **ret_lower,
                   char **ret_upper)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    *ret_lower = errata_spoken_measure(column, lower);
    *ret_upper = errata_spoken_measure(column, upper);
    if (!isfinite(upper) || !g_str_equal(*ret_lower, *ret_upper))
        return;
    g_free(*ret_lower); /* a range narrower than what is read of its ends */
    g_free(*ret_upper);
    *ret_lower = spoken_signed(g_strdup(errata_number_print(lower, buffer)));
    *ret_upper = spoken_signed(g_strdup(errata_number_print(upper, buffer)));
}

/* (array zero-terminated=1): several of them, with @between between */
char *
errata_spoken_values(const char *const *values, const char *between)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; values[i] != NULL; i++) {
        g_autofree char *one = errata_spoken_value(values[i]);

        g_string_append_printf(text, "%s%s", i > 0 ? between : "", one);
    }
    return g_string_free(text, FALSE);
}
