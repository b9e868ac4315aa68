/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How moments are told. The year is said where the log that is written about covers dates of two
 * years that could be mistaken for each other; of a few weeks around New Year nobody asks it. */
#include "words-time.h"

#include <math.h>
#include <string.h>

#define TIME_SECOND G_GINT64_CONSTANT(1000000000)
#define TIME_DAY    (86400 * TIME_SECOND)
#define TIME_YEARS \
    (180 * TIME_DAY) /* a log that is longer, in two years, has dates with the year */
#define TIME_CLOCK   (6 * 3600 * TIME_SECOND) /* with a longer interval the minute says nothing */
#define TIME_PRECISE (2 * TIME_DAY)           /* with a longer interval the hour says nothing */

/* of the log that is written about; a process writes about one at a time */
static gint time_has_years;
static gint time_by_month;

static const char *const time_months[] = {"January",
                                          "February",
                                          "March",
                                          "April",
                                          "May",
                                          "June",
                                          "July",
                                          "August",
                                          "September",
                                          "October",
                                          "November",
                                          "December"};

static GDateTime *
time_date(gint64 ns)
{
    return g_date_time_new_from_unix_utc(ns / TIME_SECOND - (ns % TIME_SECOND < 0 ? 1 : 0));
}

/* “22 March”, “22 March 2026”; “March” and “March 2026” where stamps are months */
static char *
time_day(GDateTime *time, gboolean year)
{
    const char *month = time_months[g_date_time_get_month(time) - 1];
    int day = g_date_time_get_day_of_month(time);

    if (g_atomic_int_get(&time_by_month) != 0)
        return year ? g_strdup_printf("%s %d", month, g_date_time_get_year(time)) : g_strdup(month);
    return year ? g_strdup_printf("%d %s %d", day, month, g_date_time_get_year(time))
                : g_strdup_printf("%d %s", day, month);
}

static gboolean
time_is_midnight(GDateTime *time)
{
    return g_date_time_get_hour(time) == 0 && g_date_time_get_minute(time) == 0 &&
           g_date_time_get_second(time) == 0;
}

static char *
time_clock(GDateTime *time)
{
    return g_strdup_printf("%02d:%02d", g_date_time_get_hour(time), g_date_time_get_minute(time));
}

/**
 * errata_words_time_span:
 * @from: the first time of the log that is written about, ns
 * @to: its last; the same where it has no times
 * @by_month: its stamps are months
 */
void
errata_words_time_span(gint64 from, gint64 to, gboolean by_month)
{
    g_autoptr(GDateTime) first = time_date(from);
    g_autoptr(GDateTime) last = time_date(to);
    gboolean years = first != NULL && last != NULL &&
                     g_date_time_get_year(first) != g_date_time_get_year(last) &&
                     (double)to - (double)from > (double)TIME_YEARS;

    g_atomic_int_set(&time_has_years, years ? 1 : 0);
    g_atomic_int_set(&time_by_month, by_month ? 1 : 0);
}

char *
errata_words_time(gint64 ns)
{
    g_autoptr(GDateTime) time = time_date(ns);
    g_autofree char *day = NULL;
    g_autofree char *clock = NULL;

    if (time == NULL)
        return g_strdup("");
    day = time_day(time, g_atomic_int_get(&time_has_years) != 0);
    if (time_is_midnight(time) || g_atomic_int_get(&time_by_month) != 0)
        return g_steal_pointer(&day);
    clock = time_clock(time);
    return g_strdup_printf("%s, %s", day, clock);
}

char *
errata_words_time_on(gint64 ns)
{
    g_autofree char *time = errata_words_time(ns);

    return g_strdup_printf("%s %s", g_atomic_int_get(&time_by_month) != 0 ? "in" : "on", time);
}

char *
errata_words_time_about(gint64 ns, double lo, double hi)
{
    g_autoptr(GDateTime) time = time_date(ns);

    if (time == NULL || isnan(lo) || isnan(hi) || hi - lo < (double)TIME_PRECISE)
        return errata_words_time(ns);
    return time_day(time, g_atomic_int_get(&time_has_years) != 0);
}

char *
errata_words_time_around(gint64 ns, double lo, double hi)
{
    g_autoptr(GDateTime) begin = isnan(lo) ? NULL : time_date((gint64)lo);
    g_autoptr(GDateTime) end = isnan(hi) ? NULL : time_date((gint64)hi);
    gboolean years = g_atomic_int_get(&time_has_years) != 0;
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;
    g_autofree char *day = NULL;

    if (begin == NULL || end == NULL || hi - lo < (double)TIME_CLOCK)
        return errata_words_time_on(ns);
    first = time_day(begin, years);
    last = time_day(end, years);
    if (hi - lo < (double)TIME_PRECISE || strcmp(first, last) == 0) {
        g_autoptr(GDateTime) time = time_date(ns);

        day = time != NULL ? time_day(time, years) : g_strdup("");
        if (strcmp(first, last) == 0)
            return g_strdup_printf("%s %s",
                                   g_atomic_int_get(&time_by_month) != 0 ? "in" : "on",
                                   day);
        return g_strdup_printf("about %s", day);
    }
    if (g_date_time_get_year(begin) == g_date_time_get_year(end) &&
        g_date_time_get_month(begin) == g_date_time_get_month(end))
        return g_strdup_printf("about %d–%s", g_date_time_get_day_of_month(begin), last);
    if (years && g_date_time_get_year(begin) == g_date_time_get_year(end)) {
        g_free(first);
        first = time_day(begin, FALSE);
    }
    return g_strdup_printf("about %s – %s", first, last);
}

char *
errata_words_time_range(gint64 from, gint64 to, const char *word, gboolean exact)
{
    g_autoptr(GDateTime) begin = time_date(from);
    g_autoptr(GDateTime) end = time_date(to);
    double far = exact ? (double)NAN : (double)to - (double)from;
    g_autofree char *first = errata_words_time_about(from, 0.0, far);
    g_autofree char *last = errata_words_time_about(to, 0.0, far);
    g_autofree char *from_day = NULL;
    g_autofree char *to_day = NULL;

    if (begin == NULL || end == NULL || strcmp(first, last) == 0)
        return NULL;
    from_day = time_day(begin, TRUE);
    to_day = time_day(end, TRUE);
    if (strcmp(from_day, to_day) == 0) {
        g_autofree char *day = time_day(begin, g_atomic_int_get(&time_has_years) != 0);
        g_autofree char *from_clock = time_clock(begin);
        g_autofree char *to_clock = time_clock(end);

        return g_strdup_printf("%s %s %s on %s", from_clock, word, to_clock, day);
    }
    return g_strdup_printf("%s %s %s", first, word, last);
}
