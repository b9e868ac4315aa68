/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times of a log whose stamps share one offset from UTC are told by that clock, as its people know
 * them: 10:00 of `10:00+02:00`, and hours and weekdays of the same. */
#include "zone.h"

#include <stdlib.h>
#include <string.h>

#define ZONE_MINUTE (60 * G_GINT64_CONSTANT(1000000000))
#define ZONE_DAY    (24 * 60)

static gint zone_minutes;
static gint zone_is_set;

/**
 * errata_zone_set_clock:
 * @minutes: what the clock of the log that is worked on is ahead of UTC
 */
void
errata_zone_set_clock(int minutes)
{
    g_atomic_int_set(&zone_minutes, minutes);
    g_atomic_int_set(&zone_is_set, 1);
}

/**
 * errata_zone_follow_clock:
 * @minutes: what the clock of a report that is read is ahead of UTC
 *
 * For whoever only reads reports: a log's own clock is kept.
 */
void
errata_zone_follow_clock(int minutes)
{
    if (g_atomic_int_get(&zone_is_set) == 0)
        g_atomic_int_set(&zone_minutes, minutes);
}

int
errata_zone_clock(void)
{
    return g_atomic_int_get(&zone_minutes);
}

/**
 * errata_zone_at:
 * @ns: an instant, ns since 1970 UTC
 * @minutes: less than a day, of either sign
 *
 * Returns: what a clock so far ahead of UTC shows then
 */
gint64
errata_zone_at(gint64 ns, int minutes)
{
    gint64 most = G_MAXINT64 - ZONE_DAY * ZONE_MINUTE;

    return CLAMP(ns, -most, most) + minutes * ZONE_MINUTE;
}

/* “Z”, “+02:00” */
char *
errata_zone_name(int minutes)
{
    if (minutes == 0)
        return g_strdup("Z");
    return g_strdup_printf("%c%02d:%02d",
                           minutes < 0 ? '-' : '+',
                           abs(minutes) / 60,
                           abs(minutes) % 60);
}

/**
 * errata_zone_print_by:
 * @shown: what a clock shows, ns
 * @minutes: what it is ahead of UTC
 * @buffer: where the text goes
 *
 * Returns: @buffer: ISO 8601 with the clock's offset
 */
char *
errata_zone_print_by(gint64 shown, int minutes, char buffer[ERRATA_NUMBER_BUFFER])
{
    g_autofree char *name = errata_zone_name(minutes);
    char *end;

    errata_number_print_time(shown, buffer);
    end = buffer + strlen(buffer) - 1;
    g_strlcpy(end, name, (gsize)(buffer + ERRATA_NUMBER_BUFFER - end));
    return buffer;
}

/* the same by the log's clock */
char *
errata_zone_print(gint64 shown, char buffer[ERRATA_NUMBER_BUFFER])
{
    return errata_zone_print_by(shown, errata_zone_clock(), buffer);
}

/**
 * errata_zone_parse:
 * @text: (array length=length): an instant as errata_number_parse_time() reads it
 * @ret_shown: what the clock shows then; untouched on failure
 *
 * A time without an offset is the clock's.
 *
 * Returns: whether all of @text is an instant
 */
gboolean
errata_zone_parse(const char *text, gsize length, gint64 *ret_shown)
{
    gint64 ns;
    int zone;

    if (!errata_number_parse_zoned(text, length, &ns, &zone))
        return FALSE;
    *ret_shown = zone != ERRATA_ZONE_UNSAID ? errata_zone_at(ns, errata_zone_clock()) : ns;
    return TRUE;
}

/**
 * errata_zone_parse_name:
 * @text: (nullable): an offset as errata_zone_name() writes it
 * @ret_minutes: (out): it; untouched on failure
 *
 * Returns: whether it is one
 */
gboolean
errata_zone_parse_name(const char *text, int *ret_minutes)
{
    g_autofree char *time = g_strconcat("1970-01-02T00:00", text, NULL);
    gint64 ns;
    int zone;

    if (text == NULL || !errata_number_parse_zoned(time, strlen(time), &ns, &zone) ||
        !errata_zone_is_offset(zone))
        return FALSE;
    *ret_minutes = zone - ERRATA_ZONE_UTC;
    return TRUE;
}
