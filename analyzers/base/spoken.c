/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of conditions as people are told them. What a program wrote as a single-precision float has nine
 * digits of which four or five were meant: 39.2099991 is 39.21. */
#include "spoken.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "precision.h"

#define SPOKEN_LONG     10  /* characters from which on a fraction was computed, not chosen */
#define SPOKEN_DIGITS   4   /* of such a one */
#define SPOKEN_GROUPED  1e4 /* from here on thousands are set apart: a year is not */
#define SPOKEN_YEAR     1000.0
#define SPOKEN_YEAR_END 2200.0
#define SPOKEN_MINUS    "\u2212"
#define SPOKEN_SINGLE   8 /* digits from which on a text may be a float's */
#define SPOKEN_MEANT    6 /* digits that it has at most, then */

static gint spoken_years;

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
 * Returns: (transfer full): the number that was meant where @text is one as programs write floats of
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
 * Returns: (transfer full): exact, unless more digits were computed than anybody reads; thousands are set
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
    if (strlen(exact) > SPOKEN_LONG && strchr(exact, '.') != NULL) {
        int place = size < SPOKEN_GROUPED ? (int)floor(log10(size)) - SPOKEN_DIGITS + 1 : 0;
        double step = pow(10.0, -place);

        g_free(exact);
        exact = g_strdup(errata_number_print(round(value * step) / step, buffer));
    }
    return size < SPOKEN_GROUPED ? spoken_signed(g_steal_pointer(&exact))
                                 : errata_precision_print(value, -spoken_decimals(exact));
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
