/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a number, an integer and an instant: what is taken agrees with the C library and
 * survives being printed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean
fuzz_is_ascii(const char *text, gsize size)
{
    for (gsize i = 0; i < size; i++)
        if ((guint8)text[i] >= 128 || text[i] == '\0')
            return FALSE;
    return TRUE;
}

static void
fuzz_check_print(double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double back = 0.0;

    if (!isfinite(value))
        return;
    errata_number_print(value, buffer);
    g_assert_true(errata_number_parse_double(buffer, strlen(buffer), &back));
    g_assert_true(memcmp(&back, &value, sizeof back) == 0);
    errata_number_print_fixed(value, 12, buffer);
    g_assert_true(errata_number_parse_double(buffer, strlen(buffer), &back));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size); /* ends in NUL for strtod */
    char buffer[ERRATA_NUMBER_BUFFER];
    double value = 0.0, same;
    gint64 integer = 0, again = 0;
    gboolean truth;

    memcpy(text, data, size);
    if (errata_number_parse_double(text, size, &value) && fuzz_is_ascii(text, size)) {
        same = strtod(text, NULL);
        g_assert_true(memcmp(&value, &same, sizeof value) == 0);
        fuzz_check_print(value);
    }
    if (size >= sizeof value) {
        memcpy(&value, data, sizeof value);
        memcpy(&integer, data, sizeof integer);
        fuzz_check_print(value);
        integer /= 2; /* not at the very edge of what can be read */
        errata_number_print_time(integer, buffer);
        g_assert_true(errata_number_parse_time(buffer, strlen(buffer), &again));
        g_assert_cmpint(integer, ==, again);
    }
    if (errata_number_parse_int(text, size, &integer)) {
        g_assert_cmpint(integer, ==, strtoll(text, NULL, 10));
        g_assert_true(errata_number_parse_double(text, size, &value));
    }
    if (errata_number_parse_time(text, size, &integer)) {
        errata_number_print_time(integer, buffer);
        g_assert_true(errata_number_parse_time(buffer, strlen(buffer), &again));
        g_assert_cmpint(integer, ==, again);
    }
    errata_number_parse_decimal_comma(text, size, &value);
    errata_number_parse_bool(text, size, &truth);
    errata_number_is_missing(text, size);
    return 0;
}
