/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "number.h"

G_BEGIN_DECLS

/* How instants were written: 0, or one of these. What is at least ERRATA_ZONE_UTC − a day is an
 * offset, in minutes from there. */
#define ERRATA_ZONE_NONE   0 /* no instant yet, or none that was written as one: epochs */
#define ERRATA_ZONE_UNSAID 1 /* without an offset */
#define ERRATA_ZONE_MIXED  2
#define ERRATA_ZONE_UTC    10000

static inline int
errata_zone_join(int a, int b)
{
    return a == b || b == ERRATA_ZONE_NONE ? a : a == ERRATA_ZONE_NONE ? b : ERRATA_ZONE_MIXED;
}

static inline gboolean
errata_zone_is_offset(int zone)
{
    return zone > ERRATA_ZONE_MIXED;
}

/* The clock that a log's times are told by: a process works on one log at a time, whose columns
 * hold what that clock shows, as ns since its 1970. */
void errata_zone_set_clock(int minutes);
void errata_zone_follow_clock(int minutes);
int errata_zone_clock(void);
gint64 errata_zone_at(gint64 ns, int minutes);
char *errata_zone_name(int minutes);
char *errata_zone_print_by(gint64 shown, int minutes, char buffer[ERRATA_NUMBER_BUFFER]);
char *errata_zone_print(gint64 shown, char buffer[ERRATA_NUMBER_BUFFER]);
gboolean errata_zone_parse(const char *text, gsize length, gint64 *ret_shown);
gboolean errata_zone_parse_name(const char *text, int *ret_minutes);

G_END_DECLS
