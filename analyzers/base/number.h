/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Parsing and printing of numbers, whatever the locale. Nothing else in the project calls
 * strtod, printf("%g") for output, or g_ascii_strtod on input. */

#define ERRATA_NUMBER_BUFFER 40 /* bytes that hold any printed double or time, with the final NUL */

gboolean errata_number_parse_double(const char *text, gsize length, double *ret_value);
gboolean errata_number_parse_decimal_comma(const char *text, gsize length, double *ret_value);
gboolean errata_number_parse_int(const char *text, gsize length, gint64 *ret_value);
gboolean errata_number_parse_time(const char *text, gsize length, gint64 *ret_ns);
gboolean errata_number_parse_zoned(const char *text, gsize length, gint64 *ret_ns, int *ret_zone);
gboolean errata_number_parse_bool(const char *text, gsize length, gboolean *ret_value);
gboolean errata_number_is_missing(const char *text, gsize length);
gboolean errata_number_is_unknown(const char *text, gsize length);
gboolean errata_number_is_blank(const char *text, gsize length);
gboolean errata_number_is_code(double value);

/* shortest text that reads back as the same double; "1e+16" style exponents; never "nan" */
char *errata_number_put(double value, char buffer[ERRATA_NUMBER_BUFFER]);
char *errata_number_put_int(gint64 value, char buffer[ERRATA_NUMBER_BUFFER]);
char *errata_number_print(double value, char buffer[ERRATA_NUMBER_BUFFER]);
char *errata_number_print_int(gint64 value, char buffer[ERRATA_NUMBER_BUFFER]);
/* shortest text that reads back as the same float */
char *errata_number_print_single(float value, char buffer[ERRATA_NUMBER_BUFFER]);
/* fixed decimals, "." as separator */
char *errata_number_print_fixed(double value, guint decimals, char buffer[ERRATA_NUMBER_BUFFER]);
/* "2026-01-01T00:00:00Z", with the fraction where there is one */
char *errata_number_print_time(gint64 ns, char buffer[ERRATA_NUMBER_BUFFER]);

G_END_DECLS
