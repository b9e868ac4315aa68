/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* numbers of conditions as people are told them; filters and report.json keep them exact */

/* whether numbers that are told from now on are of @column, a column of years by its name: 1965,
 * not “1,965”; a process writes of one at a time */
void errata_spoken_of(const char *column);
/* @text: (transfer full): @value with a mark at the thousands; that goes from a year */
char *errata_spoken_told(char *text, double value);
gboolean errata_spoken_names_years(const char *column);
char *errata_spoken_number(double value);
char *errata_spoken_end(double value, double width);
/* what the values of @column are told with from now on; NULL: no column has a unit any more. Of the
 * log that a process writes of, before its threads begin */
void errata_spoken_unit(const char *column, const char *unit);
char *errata_spoken_measure(const char *column, double value);
/* both ends of a range, so that they differ; @upper may be NaN */
void errata_spoken_ends(const char *column,
                        double lower,
                        double upper,
                        char **ret_lower,
                        char **ret_upper);
char *errata_spoken_value(const char *text);
char *errata_spoken_values(const char *const *values, const char *between);

G_END_DECLS
