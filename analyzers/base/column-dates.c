/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates that are not in ISO 8601's extended form: 31.01.2026, 1/31/26 5:07 PM, 31 Jan 2026,
 * 20260131T170700Z, [31/Jan/2026:17:07:00 +0000], and several ways in one column. Whether the day
 * or the month comes first is settled by the column as a whole, where some number beyond 12 tells,
 * or points between them: 03.04.2026 is the third of April wherever it is written. Where nothing
 * tells, the column stays a text, and the reader is told why. */
#include "column-dates.h"

#include <string.h>

#include "number.h"
#include "zone.h"

#define DATES_OTHER   20 /* one cell in so many may be no date */
#define DATES_LENGTH  48 /* bytes of a date */
#define DATES_DAY     (86400 * G_GINT64_CONSTANT(1000000000))
#define DATES_CENTURY 69 /* two digits from here on are of the last century, as in POSIX */

/* epochs beside other dates: 1980 … 2100 in s, ms, µs or ns */
#define DATES_EPOCH_FROM G_GINT64_CONSTANT(315532800)
#define DATES_EPOCH_TO   G_GINT64_CONSTANT(4102444800)

typedef enum {
    DATES_NONE,
    DATES_ISO,
    DATES_ORDERED, /* the day and the month are numbers in front of the year */
    DATES_NAMED,   /* the month is a word */
    DATES_EPOCH,
    DATES_BEYOND, /* looks like a date, and is none that a log can have */
} DatesKind;

/* which way the values of a column can be read */
typedef struct {
    gsize most; /* that may be no date */
    gsize n_kind[DATES_BEYOND + 1];
    gsize n_day_first;   /* read that way only */
    gsize n_month_first; /* likewise */
    gsize n_dotted;      /* ORDERED with points, as where the day comes first */
} DatesTally;

typedef struct {
    const char *at;
    const char *end;
} DatesText;

/* one or more digits, at most @most of them */
static guint
dates_digits(DatesText *text, guint most, guint *ret_number)
{
    guint n = 0;

    *ret_number = 0;
    while (n < most && text->at < text->end && g_ascii_isdigit(*text->at)) {
        *ret_number = 10 * *ret_number + (guint)(*text->at++ - '0');
        n++;
    }
    return n;
}

static gboolean
dates_skip(DatesText *text, char c)
{
    if (text->at >= text->end || *text->at != c)
        return FALSE;
    text->at++;
    return TRUE;
}

/* “5:07 PM”, “17:07:03.5 +0100” to the end, as ISO 8601 has it behind its date */
static gboolean
dates_clock(DatesText text, char *ret_iso, gsize size)
{
    guint hour, other;
    const char *rest;
    gboolean half = FALSE, afternoon = FALSE;
    gsize length;

    if (dates_digits(&text, 2, &hour) == 0 || text.at >= text.end || *text.at != ':')
        return FALSE;
    rest = text.at;
    while (text.at < text.end && (g_ascii_isdigit(*text.at) || strchr(":.,", *text.at) != NULL))
        text.at++;
    length = (gsize)(text.at - rest);
    dates_skip(&text, ' ');
    if (text.end - text.at == 2 && (text.at[1] == 'M' || text.at[1] == 'm') &&
        strchr("AaPp", text.at[0]) != NULL) {
        half = TRUE;
        afternoon = text.at[0] == 'P' || text.at[0] == 'p';
        text.at = text.end;
    }
    other = half ? 12 : 24;
    if (hour > other || (half && hour == 0))
        return FALSE;
    if (half)
        hour = hour % 12 + (afternoon ? 12 : 0);
    return (gsize)g_snprintf(ret_iso,
                             size,
                             "T%02u%.*s%s%.*s",
                             hour,
                             (int)length,
                             rest,
                             text.at < text.end ? " " : "",
                             (int)(text.end - text.at),
                             text.at) < size;
}

/* the instant of a date and of what stands behind it: nothing, or a time of day */
static gboolean
dates_instant(guint year, guint month, guint day, DatesText rest, gint64 *ret_ns)
{
    char iso[2 * DATES_LENGTH];
    gsize n = (gsize)g_snprintf(iso, sizeof iso, "%04u-%02u-%02u", year, month, day);

    if (rest.at < rest.end) {
        dates_skip(&rest, ',');
        if (!dates_skip(&rest, ' ') && !dates_skip(&rest, 'T') && !dates_skip(&rest, ':'))
            return FALSE;
        if (!dates_clock(rest, iso + n, sizeof iso - n))
            return FALSE;
    }
    return errata_number_parse_time(iso, strlen(iso), ret_ns);
}

/* nanoseconds since midnight of a time of day */
static gboolean
dates_of_day(DatesText clock, gint64 *ret_ns)
{
    static const char day[] = "2000-01-01";
    char iso[2 * DATES_LENGTH];
    gint64 midnight, instant;

    memcpy(iso, day, sizeof day);
    if (!dates_clock(clock, iso + strlen(day), sizeof iso - strlen(day)) ||
        !errata_number_parse_time(day, strlen(day), &midnight) ||
        !errata_number_parse_time(iso, strlen(iso), &instant))
        return FALSE;
    *ret_ns = instant - midnight;
    return *ret_ns >= 0 && *ret_ns < DATES_DAY;
}

/* a year of four digits; of two where a slash or a time of day shows that it is no version
 * number */
static gboolean
dates_year(DatesText *text, gboolean two, guint *ret_year)
{
    guint n = dates_digits(text, 4, ret_year);

    if (n == 2 && (two || text->at < text->end)) {
        *ret_year += *ret_year < DATES_CENTURY ? 2000 : 1900;
        return TRUE;
    }
    return n == 4;
}

/* dd.mm.yyyy and the like in either order; bit 0 of the result: the day may come first, bit 1: the
 * month */
static guint
dates_ordered(DatesText text, gint64 ret_ns[2])
{
    guint a, b, year, orders = 0;
    char mark;

    if (dates_digits(&text, 2, &a) == 0 || text.at >= text.end || strchr("./-", *text.at) == NULL)
        return 0;
    mark = *text.at++;
    if (dates_digits(&text, 2, &b) == 0 || !dates_skip(&text, mark) ||
        !dates_year(&text, mark == '/', &year))
        return 0;
    if (b >= 1 && b <= 12 && dates_instant(year, b, a, text, &ret_ns[0]))
        orders |= 1;
    if (a >= 1 && a <= 12 && dates_instant(year, a, b, text, &ret_ns[1]))
        orders |= 2;
    return orders;
}

static guint
dates_month(DatesText *text)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char word[4] = {0};

    if (text->end - text->at < 3)
        return 0;
    for (guint i = 0; i < 3; i++)
        word[i] = g_ascii_tolower(text->at[i]);
    for (guint month = 0; month < 12; month++)
        if (memcmp(months + 3 * month, word, 3) == 0) {
            while (text->at < text->end && g_ascii_isalpha(*text->at))
                text->at++;
            return month + 1;
        }
    return 0;
}

/* what stands between a day, a month in words and a year */
static gboolean
dates_mark_of_name(DatesText *text)
{
    return dates_skip(text, ' ') || dates_skip(text, '-') || dates_skip(text, '/');
}

/* “Sat, 01 Feb 2025 00:20:11 GMT”, “1-Feb-2025”, “Feb 1, 2025 5:07 PM”, and as web servers log
 * it “01/Feb/2025:00:20:11 +0000” */
static gboolean
dates_named(DatesText text, gint64 *ret_ns)
{
    guint day = 0, month, year;
    const char *comma = memchr(text.at, ',', (gsize)(text.end - text.at));

    if (comma != NULL && comma - text.at == 3 && g_ascii_isalpha(*text.at)) {
        text.at = comma + 1;
        dates_skip(&text, ' ');
    }
    if (text.at < text.end && g_ascii_isdigit(*text.at)) {
        dates_digits(&text, 2, &day);
        if (!dates_mark_of_name(&text))
            return FALSE;
        month = dates_month(&text);
        if (month == 0 || !dates_mark_of_name(&text))
            return FALSE;
    } else {
        month = dates_month(&text);
        if (month == 0 || !dates_skip(&text, ' ') || dates_digits(&text, 2, &day) == 0)
            return FALSE;
        dates_skip(&text, ',');
        if (!dates_skip(&text, ' '))
            return FALSE;
    }
    return dates_digits(&text, 4, &year) == 4 && dates_instant(year, month, day, text, ret_ns);
}

static gboolean
dates_epoch(const char *text, gsize length, gint64 *ret_ns)
{
    gint64 value, units = 1;

    if (!errata_number_parse_int(text, length, &value))
        return FALSE;
    for (; units <= 1000000000; units *= 1000)
        if (value >= DATES_EPOCH_FROM * units && value / units < DATES_EPOCH_TO) {
            *ret_ns = value * (1000000000 / units);
            return TRUE;
        }
    return FALSE;
}

/* years before 1678 or after 2261 in ISO's form, and more digits than an epoch has: what stands for
 * no time */
static gboolean
dates_is_beyond(const char *text, gsize length)
{
    char inside[DATES_LENGTH + 1];
    gint64 ns;
    gsize n = 0;

    while (n < length && g_ascii_isdigit(text[n]))
        n++;
    if (n == length)
        return length > 10;
    if (n != 4)
        return FALSE;
    memcpy(inside, text, length);
    memcpy(inside, "2000", 4);
    return errata_number_parse_time(inside, length, &ns);
}

/* what stands in a pair of brackets, as in the logs of web servers */
static DatesText
dates_bare(const char *text, gsize length)
{
    gboolean both = length > 2 && text[0] == '[' && text[length - 1] == ']';

    return (DatesText){text + both, text + length - both};
}

/* ISO 8601's basic form, `20260131T235959Z` or `20260131T2359`, in the extended one; FALSE where it
 * is none. Other marks than T stand in running numbers, too */
static gboolean
dates_extend(DatesText text, char *ret_iso, gsize size)
{
    const char *clock = text.at + 9;
    const char *rest = clock;
    guint n = 0;

    while (n < 8 && text.at + n < text.end && g_ascii_isdigit(text.at[n]))
        n++;
    if (n != 8 || rest >= text.end || (clock[-1] != 'T' && clock[-1] != 't'))
        return FALSE;
    while (rest < text.end && g_ascii_isdigit(*rest))
        rest++;
    if (rest - clock != 4 && rest - clock != 6)
        return FALSE;
    return (gsize)g_snprintf(ret_iso,
                             size,
                             "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.*s",
                             text.at,
                             text.at + 4,
                             text.at + 6,
                             clock,
                             clock + 2,
                             rest - clock == 6 ? clock + 4 : "00",
                             (int)(text.end - rest),
                             rest) < size;
}

/* @ret_ns: both orders of ORDERED; otherwise the first counts. @ret_orders: as dates_ordered() has
 *   it */
static DatesKind
dates_read(const char *text, gsize length, gint64 ret_ns[2], guint *ret_orders)
{
    char extended[2 * DATES_LENGTH];
    DatesText rest = dates_bare(text, length);

    if (length < 6 || length > DATES_LENGTH)
        return DATES_NONE;
    text = rest.at;
    length = (gsize)(rest.end - rest.at);
    if (!g_ascii_isdigit(text[0]))
        return g_ascii_isalpha(text[0]) && dates_named(rest, ret_ns) ? DATES_NAMED : DATES_NONE;
    if (errata_number_parse_time(text, length, ret_ns))
        return DATES_ISO;
    if (dates_extend(rest, extended, sizeof extended) &&
        errata_number_parse_time(extended, strlen(extended), ret_ns))
        return DATES_ISO;
    *ret_orders = dates_ordered(rest, ret_ns);
    if (*ret_orders != 0)
        return DATES_ORDERED;
    if (dates_named(rest, ret_ns))
        return DATES_NAMED;
    if (dates_epoch(text, length, ret_ns))
        return DATES_EPOCH;
    return dates_is_beyond(text, length) ? DATES_BEYOND : DATES_NONE;
}

/* FALSE when there are too many that are no date */
static gboolean
dates_count_cb(const char *text, gsize length, gpointer data)
{
    DatesTally *tally = data;
    gint64 ns[2];
    guint orders = 0;
    DatesKind kind = dates_read(text, length, ns, &orders);

    tally->n_kind[kind]++;
    tally->n_day_first += kind == DATES_ORDERED && orders == 1;
    tally->n_month_first += kind == DATES_ORDERED && orders == 2;
    tally->n_dotted += kind == DATES_ORDERED && memchr(text, '.', MIN(length, 3)) != NULL;
    return tally->n_kind[DATES_NONE] <= tally->most;
}

/* dates of either order with points between them have the day first */
static DatesTally
dates_settle(DatesTally tally)
{
    if (tally.n_day_first == 0 && tally.n_month_first == 0 &&
        tally.n_dotted == tally.n_kind[DATES_ORDERED])
        tally.n_day_first = tally.n_dotted;
    return tally;
}

static DatesTally
dates_tally(const ErrataColumn *column)
{
    gsize n = column->type == ERRATA_COLUMN_CATEGORY ? column->n_dictionary
                                                     : column->n_rows - column->n_missing;
    DatesTally tally = {.most = n / DATES_OTHER};

    return errata_column_all_texts(column, dates_count_cb, &tally) ? dates_settle(tally)
                                                                   : (DatesTally){0};
}

static gboolean
dates_is_open(const DatesTally *tally)
{
    return tally->n_kind[DATES_ORDERED] > 0 && tally->n_day_first == 0 && tally->n_month_first == 0;
}

/* the cell as found, where it is no instant */
static void
dates_mark(ErrataColumn *times, gsize row, const char *text, gsize length)
{
    if (times->n_unparsable == 0) {
        times->first_unparsable_row = row;
        times->unparsable = g_new0(char *, 2);
        times->unparsable[0] = g_strndup(text, length);
    }
    times->n_unparsable++;
    times->n_missing++;
    times->valid[row >> 6] &= ~(G_GUINT64_CONSTANT(1) << (row & 63));
}

/* the offset that a date was written with */
static int
dates_zone(DatesKind kind, const char *text, gsize length)
{
    char extended[2 * DATES_LENGTH];
    gint64 ns;
    int zone = ERRATA_ZONE_UNSAID;

    if (kind == DATES_ISO && !errata_number_parse_zoned(text, length, &ns, &zone) &&
        dates_extend(dates_bare(text, length), extended, sizeof extended))
        errata_number_parse_zoned(extended, strlen(extended), &ns, &zone);
    return kind == DATES_ISO || kind == DATES_ORDERED || kind == DATES_NAMED ? zone
                                                                             : ERRATA_ZONE_NONE;
}

static ErrataColumn *
dates_convert(const ErrataColumn *column, gboolean day_first)
{
    ErrataColumn *times = errata_column_new(column->name, ERRATA_COLUMN_TIME, column->n_rows);
    gsize n_words = column->n_rows / 64 + 1;

    times->n_missing = column->n_missing;
    times->valid = g_new(guint64, n_words);
    memset(times->valid, 0xff, n_words * sizeof(guint64));
    if (column->valid != NULL)
        memcpy(times->valid, column->valid, (column->n_rows + 63) / 64 * sizeof(guint64));
    for (gsize row = 0; row < column->n_rows; row++) {
        gint64 ns[2];
        guint orders = 0;
        gsize length;
        const char *text;
        DatesKind kind;

        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        kind = dates_read(text, length, ns, &orders);
        if (kind == DATES_NONE || kind == DATES_BEYOND)
            dates_mark(times, row, text, length);
        else
            times->i64[row] = kind == DATES_ORDERED && !day_first ? ns[1] : ns[0];
        times->zone = errata_zone_join(times->zone, dates_zone(kind, text, length));
    }
    if (times->n_missing == 0)
        g_clear_pointer(&times->valid, g_free);
    return times;
}

/**
 * errata_column_dates_convert:
 * @column: (transfer full): any column
 *
 * Cells that are no date, one in twenty at most, and dates that no log can have, at most half of
 * all, read as missing and are counted as unparsable. Epochs count only beside dates of another
 * kind.
 *
 * Returns: (transfer full): @column, or one of type TIME in its place when its values are dates
 * that can
 *   be read in one order of day and month only
 */
ErrataColumn *
errata_column_dates_convert(ErrataColumn *column)
{
    DatesTally tally = dates_tally(column);
    gsize n_dates = tally.n_kind[DATES_ISO] + tally.n_kind[DATES_ORDERED] +
                    tally.n_kind[DATES_NAMED];
    ErrataColumn *times;

    if (n_dates == 0 || dates_is_open(&tally) || (tally.n_day_first > 0 && tally.n_month_first > 0))
        return column;
    times = dates_convert(column, tally.n_day_first > 0);
    if (2 * times->n_unparsable > column->n_rows - column->n_missing) {
        errata_column_free(times);
        return column;
    }
    errata_column_free(column);
    return times;
}

/**
 * errata_column_dates_are_open:
 * @column: a finished column
 *
 * Returns: whether its values are dates of which the day and the month cannot be told apart
 */
gboolean
errata_column_dates_are_open(const ErrataColumn *column)
{
    DatesTally tally = dates_tally(column);

    return dates_is_open(&tally);
}

/**
 * errata_column_dates_clock:
 * @text: a cell
 * @length: its bytes
 * @ret_ns: (out): nanoseconds since midnight
 *
 * Returns: whether it is a time of day: `17:07`, `5:07:03.5 PM`
 */
gboolean
errata_column_dates_clock(const char *text, gsize length, gint64 *ret_ns)
{
    return length >= 4 && length <= DATES_LENGTH &&
           dates_of_day((DatesText){text, text + length}, ret_ns);
}
