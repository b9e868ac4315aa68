/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instants as ISO 8601 and RFC 3339 have them, in nanoseconds since 1970-01-01 UTC. */
#include <string.h>

#include "number.h"
#include "zone.h"

#define NUMBER_NS_PER_S G_GINT64_CONSTANT(1000000000)

/* days since 1970-01-01 of a Gregorian date; Hinnant 2013, "chrono-compatible low-level date
 * algorithms", days_from_civil */
static gint64
number_days(gint64 year, guint month, guint day)
{
    gint64 y = year - (month <= 2);
    gint64 era = y / 400;
    guint year_of_era = (guint)(y - era * 400);
    guint day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    guint day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + (gint64)day_of_era - 719468;
}

static gboolean
number_two(const char *p, guint max, guint *ret_value)
{
    guint8 tens = (guint8)(p[0] - '0');
    guint8 ones = (guint8)(p[1] - '0');

    if (tens > 9 || ones > 9)
        return FALSE;
    *ret_value = tens * 10U + ones;
    return *ret_value <= max;
}

static guint
number_month_days(guint year, guint month)
{
    static const guint8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    gboolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* `Z`, ` UTC`, ` GMT`, ±hh, ±hhmm, ±hh:mm or nothing (UTC), to the end */
static gboolean
number_zone(const char *p, const char *end, int *ret_zone)
{
    int sign;
    guint hours = 0, minutes = 0;

    *ret_zone = p == end ? ERRATA_ZONE_UNSAID : ERRATA_ZONE_UTC;
    if (p < end && *p == ' ')
        p++;
    if (p == end || (end - p == 1 && (*p == 'Z' || *p == 'z')))
        return TRUE;
    if (end - p == 3 &&
        (g_ascii_strncasecmp(p, "utc", 3) == 0 || g_ascii_strncasecmp(p, "gmt", 3) == 0))
        return TRUE;
    if (*p != '+' && *p != '-')
        return FALSE;
    sign = *p++ == '-' ? -1 : 1;
    if (end - p < 2 || !number_two(p, 23, &hours))
        return FALSE;
    p += 2;
    if (p < end) {
        p += *p == ':';
        if (end - p != 2 || !number_two(p, 59, &minutes))
            return FALSE;
    }
    *ret_zone = ERRATA_ZONE_UTC + sign * (int)(hours * 60 + minutes);
    return TRUE;
}

/* hh:mm[:ss[.fraction]]; moves @p behind it */
static gboolean
number_clock(const char **p, const char *end, gint64 *ret_seconds, gint64 *ret_ns)
{
    guint hours, minutes, seconds = 0;
    gint64 ns = 0, unit = NUMBER_NS_PER_S / 10;
    const char *q = *p;

    if (end - q < 5 || !number_two(q, 24, &hours) || q[2] != ':' ||
        !number_two(q + 3, 59, &minutes))
        return FALSE;
    q += 5;
    if (q < end && *q == ':') {
        if (end - q < 3 || !number_two(q + 1, 60, &seconds))
            return FALSE;
        q += 3;
        if (end - q >= 2 && (*q == '.' || *q == ',') && g_ascii_isdigit(q[1]))
            for (q++; q < end && g_ascii_isdigit(*q); q++, unit /= 10)
                ns += unit * (*q - '0'); /* beyond ns the unit is 0 */
    }
    if (hours == 24 && (minutes > 0 || seconds > 0 || ns > 0))
        return FALSE;
    *ret_seconds = (gint64)(hours * 3600 + minutes * 60 + seconds);
    *ret_ns = ns;
    *p = q;
    return TRUE;
}

static gboolean
number_date(const char *p, gsize length, gint64 *ret_days)
{
    guint century, year, month, day;

    if (length < 10 || (p[4] != '-' && p[4] != '/') || p[7] != p[4])
        return FALSE;
    if (!number_two(p, 99, &century) || !number_two(p + 2, 99, &year) ||
        !number_two(p + 5, 12, &month) || !number_two(p + 8, 31, &day))
        return FALSE;
    year += century * 100;
    if (month == 0 || day == 0 || day > number_month_days(year, month))
        return FALSE;
    *ret_days = number_days(year, month, day);
    return TRUE;
}

/* `2026-01`: the first of the month */
static gboolean
number_month(const char *text, gsize length, gint64 *ret_days)
{
    char date[] = "0000-00-01";

    if (length != 7)
        return FALSE;
    memcpy(date, text, length);
    return number_date(date, sizeof date - 1, ret_days);
}

/**
 * errata_number_parse_zoned:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 * @ret_ns: (out): ns since 1970-01-01 UTC; untouched on failure
 * @ret_zone: (out): the offset as zone.h has it, ERRATA_ZONE_UNSAID without one; untouched on
 *   failure
 *
 * Reads ISO 8601: `2026-01-31`, `2026-01` for the first of a month, or with `T` or a space and
 * `hh:mm[:ss[.fraction]]` and `Z`, ` UTC` or an offset behind it; without one it is UTC. Digits
 * beyond nanoseconds are cut off; second 60 is the first of the next minute. `/` in place of `-` is
 * taken. Numbers are never times: epochs are recognised by their column.
 *
 * Returns: whether all of @text is an instant within the range of 64-bit nanoseconds (1678 … 2261)
 */
gboolean
errata_number_parse_zoned(const char *text, gsize length, gint64 *ret_ns, int *ret_zone)
{
    const char *end = text + length;
    const char *p;
    gint64 days, seconds = 0, ns = 0;
    int zone = ERRATA_ZONE_UNSAID;

    if (length > 64 || (!number_date(text, length, &days) && !number_month(text, length, &days)))
        return FALSE;
    if (length > 10) {
        p = text + 10;
        if (*p != 'T' && *p != 't' && *p != ' ')
            return FALSE;
        p++;
        if (!number_clock(&p, end, &seconds, &ns) || !number_zone(p, end, &zone))
            return FALSE;
    }
    seconds += days * 86400;
    if (errata_zone_is_offset(zone))
        seconds -= (zone - ERRATA_ZONE_UTC) * 60;
    if (seconds < G_MININT64 / NUMBER_NS_PER_S + 1 || seconds > G_MAXINT64 / NUMBER_NS_PER_S - 1)
        return FALSE;
    *ret_ns = seconds * NUMBER_NS_PER_S + ns;
    *ret_zone = zone;
    return TRUE;
}

/* the same, whatever the offset */
gboolean
errata_number_parse_time(const char *text, gsize length, gint64 *ret_ns)
{
    int zone;

    return errata_number_parse_zoned(text, length, ret_ns, &zone);
}

/**
 * errata_number_print_time:
 * @ns: ns since 1970-01-01 UTC
 * @buffer: where the text goes
 *
 * Prints `2026-01-31T23:59:59Z`, with 3, 6 or 9 digits of fraction where it is not zero.
 *
 * Returns: @buffer
 */
char *
errata_number_print_time(gint64 ns, char buffer[ERRATA_NUMBER_BUFFER])
{
    gint64 seconds = ns / NUMBER_NS_PER_S - (ns % NUMBER_NS_PER_S < 0);
    gint64 rest = ns - seconds * NUMBER_NS_PER_S;
    gint64 days = seconds / 86400 - (seconds % 86400 < 0);
    guint second = (guint)(seconds - days * 86400);
    gint64 z = days + 719468; /* Hinnant's civil_from_days; no date here is before year 1677 */
    gint64 era = z / 146097;
    guint doe = (guint)(z - era * 146097);
    guint yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    guint doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    guint shifted = (5 * doy + 2) / 153;
    guint month = shifted < 10 ? shifted + 3 : shifted - 9;
    guint year = (guint)(era * 400) + yoe + (month <= 2);
    guint day = doy - (153 * shifted + 2) / 5 + 1;
    gint length = g_snprintf(buffer,
                             ERRATA_NUMBER_BUFFER,
                             "%04u-%02u-%02uT%02u:%02u:%02u",
                             year,
                             month,
                             day,
                             second / 3600,
                             second / 60 % 60,
                             second % 60);
    char *tail = buffer + length;
    gsize room = ERRATA_NUMBER_BUFFER - (gsize)length;

    if (rest == 0)
        g_strlcpy(tail, "Z", room);
    else if (rest % 1000000 == 0)
        g_snprintf(tail, room, ".%03uZ", (guint)(rest / 1000000));
    else if (rest % 1000 == 0)
        g_snprintf(tail, room, ".%06uZ", (guint)(rest / 1000));
    else
        g_snprintf(tail, room, ".%09uZ", (guint)rest);
    return buffer;
}
