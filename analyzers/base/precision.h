/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "evidence.h"

G_BEGIN_DECLS

/* How many digits of a number are told: the one rule of tables, figures, tiles, terminal and text.
 * A place is the power of ten of the last digit shown: −2 two decimals, 0 whole, 2 hundreds. */

int errata_precision_of_number(double value, double lo, double hi);
/* in percent or in points */
int errata_precision_of_share(double value, double lo, double hi);
int errata_precision_of_points(double value, double lo, double hi);
int errata_precision_of_unit(double value, double lo, double hi, ErrataUnit unit);
int errata_precision_apart(double lo, double hi, int place);
/* @value as it is printed with that place */
double errata_precision_round(double value, int place);
char *errata_precision_print(double value, int place);

G_END_DECLS
