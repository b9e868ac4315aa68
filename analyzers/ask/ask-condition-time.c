/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Months, years, dates and weekdays of a question, as conditions on the log's column of time. */
#include <stdlib.h>
#include <string.h>

#include "ask-condition.h"
#include "number.h"

#define TIME_DAY_NS G_GINT64_CONSTANT(86400000000000)
#define TIME_YEARS  20 /* in which a month is looked for */

static const char *const time_months[] = {"january",
                                          "february",
                                          "march",
                                          "april",
                                          "may",
                                          "june",
                                          "july",
                                          "august",
                                          "september",
                                          "october",
                                          "november",
                                          "december"};
static const char *const time_weekdays[] =
    {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/* days from the first to before the second */
typedef struct {
    GDate from;
    GDate to;
    int day; /* of the month; 0: all of it */
    guint n_words;
    guint n_years; /* of a month without its year; else 1 */
    int years[TIME_YEARS];
} TimeSpan;

/* the column of time: by its role, or the only one; −1 where there is none */
static int
time_column(const AskWords *words)
{
    const ErrataSchema *schema = words->data->schema;
    int found = -1;

    if (schema != NULL && schema->time >= 0)
        return schema->time;
    for (guint c = 0; c < words->data->frame->n_columns; c++) {
        if (words->data->frame->columns[c]->type != ERRATA_COLUMN_TIME)
            continue;
        if (found >= 0)
            return -1;
        found = (int)c;
    }
    return found;
}

int
errata_ask_condition_month(const char *fold)
{
    for (guint i = 0; i < G_N_ELEMENTS(time_months); i++)
        if (strcmp(fold, time_months[i]) == 0 ||
            (strlen(fold) == 3 && strncmp(fold, time_months[i], 3) == 0))
            return (int)i + 1;
    return strcmp(fold, "sept") == 0 ? 9 : 0;
}

static int
time_year(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    int year = word != NULL && !word->used && strlen(word->text) == 4 &&
                       strspn(word->text, "0123456789") == 4
                   ? atoi(word->text)
                   : 0;

    return year >= 1900 && year < 2200 ? year : 0;
}

/* the years of the log in which the month has rows, or else its last year; at most as many as
 * fit */
static guint
time_years_of_month(const AskWords *words, int column, int month, int years[TIME_YEARS])
{
    const ErrataColumn *cells = words->data->frame->columns[column];
    guint8 seen[300] = {0};
    int latest = 2000;
    guint n = 0;
    GDate date;

    for (gsize row = 0; row < words->data->frame->n_rows; row++) {
        gint64 days;

        if (!errata_column_is_valid(cells, row))
            continue;
        days = cells->i64[row] / TIME_DAY_NS - (cells->i64[row] % TIME_DAY_NS < 0);
        if (days < -25567 || days > 84004) /* 1900 … 2199 */
            continue;
        g_date_clear(&date, 1);
        g_date_set_julian(&date, (guint32)(days + 719163)); /* 1970-01-01 is day 719,163 */
        latest = MAX(latest, (int)g_date_get_year(&date));
        if ((int)g_date_get_month(&date) == month)
            seen[MIN(g_date_get_year(&date) - 1900, 299)] = 1;
    }
    for (int year = 0; year < 300 && n < TIME_YEARS; year++)
        if (seen[year] != 0)
            years[n++] = 1900 + year;
    if (n == 0)
        years[n++] = latest; /* no row is left, and the answer says so */
    return n;
}

/* the month, or its day; FALSE: it has no such day */
static gboolean
time_set_month(TimeSpan *span, int year, int month)
{
    gboolean valid = span->day == 0 ||
                     g_date_valid_dmy((GDateDay)span->day, (GDateMonth)month, (GDateYear)year);

    g_date_clear(&span->from, 1);
    g_date_set_dmy(&span->from,
                   (GDateDay)(valid ? MAX(span->day, 1) : 1),
                   (GDateMonth)month,
                   (GDateYear)year);
    span->to = span->from;
    if (span->day > 0)
        g_date_add_days(&span->to, 1);
    else
        g_date_add_months(&span->to, 1);
    return valid;
}

/* 1 … 31, perhaps “3rd”; 0: none */
static int
time_day(const AskWords *words, guint at)
{
    const AskWord *word = errata_ask_words_get(words, at);
    gsize n = word != NULL && !word->used ? strspn(word->fold, "0123456789") : 0;
    static const char *const ends[] = {"", "st", "nd", "rd", "th", NULL};
    int day = n > 0 && n < 3 && g_strv_contains(ends, word->fold + n) ? atoi(word->fold) : 0;

    return day <= 31 ? day : 0;
}

/* 2026-03-10 or 2026-03 */
static gboolean
time_date(const char *text, TimeSpan *span)
{
    gsize length = strlen(text);
    gboolean day = length == 10;
    g_autofree char *whole = day ? g_strdup(text) : g_strdup_printf("%.7s-01", text);
    char buffer[ERRATA_NUMBER_BUFFER];
    gint64 ns;

    if ((!day && length != 7) || strspn(text, "0123456789-") != length || text[4] != '-' ||
        !errata_number_parse_time(whole, strlen(whole), &ns))
        return FALSE;
    errata_number_print_time(ns, buffer);
    time_set_month(span, atoi(buffer), atoi(buffer + 5));
    if (day) {
        g_date_set_day(&span->from, (GDateDay)atoi(buffer + 8));
        span->to = span->from;
        g_date_add_days(&span->to, 1);
    }
    span->n_words = 1;
    return TRUE;
}

/* “15 May”, “15th of May 2026”, “May 15, 2026”, “May 2026”, “May”; @led: see below */
static gboolean
time_month_span(const AskWords *words, guint at, gboolean led, int column, TimeSpan *span)
{
    guint of = errata_ask_words_match(words, at + 1, "of");
    guint first = time_day(words, at) > 0 ? at + 1 + of : at;
    const AskWord *word = errata_ask_words_get(words, first);
    int month = word != NULL && !word->used ? errata_ask_condition_month(word->fold) : 0;
    int year;

    if (month == 0 || (first == at && !led && !g_ascii_isupper(word->text[0])))
        return FALSE;
    span->day = first > at ? time_day(words, at) : time_day(words, at + 1);
    span->n_words = first - at + 1 + (first == at && span->day > 0 ? 1 : 0);
    year = time_year(words, at + span->n_words);
    if (year > 0)
        span->n_words++;
    else
        span->n_years = time_years_of_month(words, column, month, span->years);
    for (guint i = 1; i < span->n_years; i++)
        if (!time_set_month(span, span->years[i], month))
            return FALSE;
    return time_set_month(span, year > 0 ? year : span->years[0], month);
}

/* what of the calendar begins at a word; @led: behind a preposition, where may is a month */
static gboolean
time_span(const AskWords *words, guint at, gboolean led, int column, TimeSpan *span)
{
    const AskWord *word = errata_ask_words_get(words, at);
    int year = led ? time_year(words, at) : 0;

    if (word == NULL || word->used)
        return FALSE;
    span->n_years = 1;
    span->day = 0;
    if (time_date(word->text, span))
        return TRUE;
    span->n_words = 1;
    if (year > 0) {
        time_set_month(span, year, 1);
        g_date_add_months(&span->to, 11);
        return TRUE;
    }
    return time_month_span(words, at, led, column, span);
}

static void
time_print(GString *text, const char *name, const char *op, const GDate *a, const GDate *b)
{
    char from[16];
    char to[16];

    g_date_strftime(from, sizeof from, "%Y-%m-%d", a);
    if (b == NULL) {
        g_string_append_printf(text, "%s %s %s", name, op, from);
        return;
    }
    g_date_strftime(to, sizeof to, "%Y-%m-%d", b);
    g_string_append_printf(text, "%s%s between %s and %s", op, name, from, to);
}

/* a month in every year that has it */
static void
time_print_years(GString *text, const char *name, TimeSpan *span)
{
    int month = (int)g_date_get_month(&span->from);

    for (guint i = 0; i < span->n_years; i++) {
        if (span->n_years > 1)
            time_set_month(span, span->years[i], month);
        time_print(text, name, i > 0 ? " or " : "", &span->from, &span->to);
    }
}

static char *
time_weekday(AskWords *words, guint at, int column)
{
    const AskWord *word = errata_ask_words_get(words, at);
    const char *name = words->data->frame->columns[column]->name;
    gsize length = strlen(word->fold);
    gboolean end = g_str_equal(word->fold, "weekend") || g_str_equal(word->fold, "weekends");

    if (end || g_str_equal(word->fold, "weekdays")) {
        errata_ask_words_use(words, at, 1);
        return g_strdup_printf("\"%s weekday\" %sin (saturday, sunday)", name, end ? "" : "not ");
    }
    for (guint i = 0; i < G_N_ELEMENTS(time_weekdays); i++) {
        gsize n = strlen(time_weekdays[i]);

        if (strncmp(word->fold, time_weekdays[i], n) != 0 ||
            (length != n && (length != n + 1 || word->fold[n] != 's')))
            continue;
        errata_ask_words_use(words, at, 1);
        return g_strdup_printf("\"%s weekday\" = %s", name, time_weekdays[i]);
    }
    return NULL;
}

/* until when; behind `between` or `from` and a first span */
static gboolean
time_second(AskWords *words, guint at, int column, TimeSpan *first)
{
    static const char *const joins[] = {"and", "to", "until", "till", "-", NULL};
    const AskWord *join = errata_ask_words_get(words, at);
    TimeSpan second = {.n_years = 1};

    if (join == NULL || !g_strv_contains(joins, join->fold) ||
        !time_span(words, at + 1, TRUE, column, &second) || first->n_years > 1 ||
        second.n_years > 1 || g_date_compare(&second.to, &first->from) <= 0)
        return FALSE;
    first->to = second.to;
    errata_ask_words_use(words, at, 1 + second.n_words);
    return TRUE;
}

/* the first and the last instant of the log; FALSE: none */
static gboolean
time_ends(const AskWords *words, int column, gint64 *ret_lo, gint64 *ret_hi)
{
    const ErrataColumn *cells = words->data->frame->columns[column];

    *ret_lo = G_MAXINT64;
    *ret_hi = G_MININT64;
    for (gsize row = 0; row < words->data->frame->n_rows; row++)
        if (errata_column_is_valid(cells, row)) {
            gint64 at = errata_column_integer(cells, row);

            *ret_lo = MIN(*ret_lo, at);
            *ret_hi = MAX(*ret_hi, at);
        }
    return *ret_lo <= *ret_hi;
}

/* “the last week”, “past 3 days”: how many days, and how many words; 0: nothing of the kind */
static int
time_last_days(const AskWords *words, guint at, guint *ret_n)
{
    static const struct {
        const char *unit;
        int days;
    } units[] = {{"day", 1}, {"week", 7}, {"month", 30}, {"quarter", 90}, {"year", 365}};
    static const char *const last[] = {"last", "past", "latest", "final", NULL};
    guint the = errata_ask_words_match(words, at, "the");
    const AskWord *word = errata_ask_words_get(words, at + the);
    gint64 number = 1;
    guint n = 1;

    if (word == NULL || word->used || !g_strv_contains(last, word->fold))
        return 0;
    word = errata_ask_words_get(words, at + the + n);
    if (word != NULL && errata_number_parse_int(word->text, strlen(word->text), &number)) {
        word = errata_ask_words_get(words, at + the + ++n);
        if (number < 1 || number > 1000)
            return 0;
    }
    for (guint i = 0; word != NULL && !word->used && i < G_N_ELEMENTS(units); i++) {
        gsize length = strlen(units[i].unit);

        if (strncmp(word->fold, units[i].unit, length) != 0 ||
            (word->fold[length] != '\0' && strcmp(word->fold + length, "s") != 0))
            continue;
        if (i == 0 && n == 1)
            return 0; /* the last day may not be over */
        *ret_n = the + n + 1;
        return units[i].days * (int)number;
    }
    return 0;
}

/* the log's last days: whole ones, of which the last is the one in which it ends */
static char *
time_last(AskWords *words, guint at, guint begin, int column)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name = errata_ask_condition_name(words, (guint)column);
    guint n = 0;
    int days = time_last_days(words, begin, &n);
    gint64 lo, hi;
    GDate date;

    if (days == 0 || !time_ends(words, column, &lo, &hi))
        return NULL;
    hi = hi / TIME_DAY_NS - (hi % TIME_DAY_NS < 0) - days + 1;
    if (hi < -25567 || hi > 84004) /* 1900 … 2199 */
        return NULL;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(hi + 719163));
    time_print(text, name, ">=", &date, NULL);
    errata_ask_words_use(words, at, begin - at + n);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- quarters and weeks ---- */

/* the only year in which the log has rows, or that of @at; 0: none, or several */
static int
time_one_year(const AskWords *words, guint at, int column, guint *ret_n)
{
    guint of = errata_ask_words_match(words, at, "of") + errata_ask_words_match(words, at, "in");
    int year = time_year(words, at + of);
    gint64 lo, hi;
    char from[ERRATA_NUMBER_BUFFER], to[ERRATA_NUMBER_BUFFER];

    *ret_n = year > 0 ? of + 1 : 0;
    if (year > 0 || !time_ends(words, column, &lo, &hi))
        return year;
    errata_number_print_time(lo, from);
    errata_number_print_time(hi, to);
    return strncmp(from, to, 4) == 0 ? atoi(from) : 0;
}

/* “Q1”, “first quarter”: 1 … 4, and how many words; 0: none */
static int
time_quarter(const AskWords *words, guint at, guint *ret_n)
{
    static const char *const first[] = {"first", "second", "third", "fourth"};
    static const char *const ordinal[] = {"1st", "2nd", "3rd", "4th"};
    const AskWord *word = errata_ask_words_get(words, at);

    if (word == NULL || word->used)
        return 0;
    *ret_n = 1;
    if (word->fold[0] == 'q' && word->fold[1] >= '1' && word->fold[1] <= '4' &&
        word->fold[2] == '\0')
        return word->fold[1] - '0';
    *ret_n = 2;
    for (guint i = 0; i < 4 && errata_ask_words_match(words, at + 1, "quarter") > 0; i++)
        if (strcmp(word->fold, first[i]) == 0 || strcmp(word->fold, ordinal[i]) == 0)
            return (int)i + 1;
    return 0;
}

/* a quarter, a numbered week of a year (ISO 8601), or the week of a date */
static gboolean
time_period(const AskWords *words, guint at, int column, TimeSpan *span)
{
    guint n = 0, n_year = 0;
    int quarter = time_quarter(words, at, &n);
    const AskWord *number = errata_ask_words_get(words, at + 1);
    int week = quarter == 0 && errata_ask_words_match(words, at, "week") > 0 && number != NULL &&
                       strspn(number->fold, "0123456789") == strlen(number->fold)
                   ? atoi(number->fold)
                   : 0;
    int year = quarter > 0 || (week > 0 && week < 54)
                   ? time_one_year(words, at + (quarter > 0 ? n : 2), column, &n_year)
                   : 0;

    span->day = 0;
    span->n_years = 1;
    if (year > 0 && quarter > 0) {
        time_set_month(span, year, 3 * quarter - 2);
        g_date_add_months(&span->to, 2);
        span->n_words = n + n_year;
        return TRUE;
    }
    if (year > 0) {
        g_date_clear(&span->from, 1);
        g_date_set_dmy(&span->from, 4, G_DATE_JANUARY, (GDateYear)year); /* always in week 1 */
        g_date_subtract_days(&span->from, (guint)g_date_get_weekday(&span->from) - 1);
        g_date_add_days(&span->from, 7 * (guint)(week - 1));
        span->n_words = 2 + n_year;
    } else if (errata_ask_words_match(words, at, "week of") +
                   errata_ask_words_match(words, at, "week starting") ==
               2) {
        guint the = errata_ask_words_match(words, at + 2, "the");

        if (!time_span(words, at + 2 + the, TRUE, column, span) || span->n_years > 1 ||
            g_date_days_between(&span->from, &span->to) != 1)
            return FALSE;
        g_date_subtract_days(&span->from, (guint)g_date_get_weekday(&span->from) - 1);
        span->n_words += 2 + the;
    } else {
        return FALSE;
    }
    span->to = span->from;
    g_date_add_days(&span->to, 7);
    return TRUE;
}

/* “first week”, “first 3 days” of the log, as days; 0: none; not those of a month */
static int
time_first_days(const AskWords *words, guint at, guint *ret_n)
{
    static const char *const of[] = {"of", "in", NULL};
    const AskWord *word = errata_ask_words_get(words, at + 1);
    gint64 number = 1;
    guint n = 1;
    int days;

    if (errata_ask_words_match(words, at, "first") == 0 || word == NULL)
        return 0;
    if (errata_number_parse_int(word->text, strlen(word->text), &number))
        word = errata_ask_words_get(words, at + ++n);
    days = word == NULL                                                          ? 0
           : strcmp(word->fold, "day") == 0 || strcmp(word->fold, "days") == 0   ? 1
           : strcmp(word->fold, "week") == 0 || strcmp(word->fold, "weeks") == 0 ? 7
                                                                                 : 0;
    word = errata_ask_words_get(words, at + n + 1);
    if (word != NULL && g_strv_contains(of, word->fold))
        return 0;
    *ret_n = n + 1;
    return number > 0 && number < 1000 ? days * (int)number : 0;
}

/* the log's first days: whole ones */
static char *
time_first(AskWords *words, guint at, guint begin, int column)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name = errata_ask_condition_name(words, (guint)column);
    guint n = 0;
    guint the = errata_ask_words_match(words, begin, "the");
    int days = time_first_days(words, begin + the, &n);
    gint64 lo, hi;
    GDate date;

    if (days == 0 || !time_ends(words, column, &lo, &hi))
        return NULL;
    lo = lo / TIME_DAY_NS - (lo % TIME_DAY_NS < 0) + days;
    if (lo < -25567 || lo > 84004) /* 1900 … 2199 */
        return NULL;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(lo + 719163));
    time_print(text, name, "<", &date, NULL);
    errata_ask_words_use(words, at, begin - at + the + n);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/**
 * errata_ask_condition_relative:
 * @words: a question
 *
 * The day on which somebody asks is not the log's: “the last week” is the log's, “today” may be no
 * day of it.
 *
 * Returns: (transfer full) (nullable): what to say instead, where the question says so
 */
char *
errata_ask_condition_relative(const AskWords *words)
{
    static const char *const said[] = {"yesterday",
                                       "today",
                                       "tonight",
                                       "last night",
                                       "this week",
                                       "this month",
                                       "this year",
                                       "this morning",
                                       "recently",
                                       "last few*",
                                       "last hour*",
                                       "last day",
                                       "previous w*",
                                       NULL};
    int column = words->data->frame != NULL ? time_column(words) : -1;
    gint64 lo, hi;
    char from[ERRATA_NUMBER_BUFFER], to[ERRATA_NUMBER_BUFFER];
    gboolean found = FALSE;

    for (guint i = 0; said[i] != NULL; i++)
        found = found || errata_ask_words_find(words, said[i], NULL) >= 0;
    if (!found || column < 0 || !time_ends(words, column, &lo, &hi))
        return NULL;
    errata_number_print_time(lo, from);
    errata_number_print_time(hi, to);
    return g_strdup_printf(
        "say which days are meant, e.g. since %.10s, or the last 7 days: the log "
        "goes from %.10s to %.10s",
        to,
        from,
        to);
}

/**
 * errata_ask_condition_time:
 * @words: a question
 * @at: a word of it
 * @column: the column of time meant, or −1 for the log's
 *
 * “in May”, “on 3 May”, “since 2026-03-10”, “from May to June”, “on Mondays”, “in 2026”: a month
 * without a year is that of every year in which the log has rows of it; “last week” is the log's
 * last seven days. The words are used.
 *
 * Returns: (transfer full) (nullable): the condition, as filters are written; %NULL where none
 * begins
 */
char *
errata_ask_condition_time(AskWords *words, guint at, int column)
{
    static const char *const leads[] = {"in",
                                        "on",
                                        "of",
                                        "during",
                                        "for",
                                        "since",
                                        "from",
                                        "before",
                                        "until",
                                        "after",
                                        "between",
                                        "within",
                                        "over",
                                        NULL};
    const AskWord *word = errata_ask_words_get(words, at);
    const char *lead = word != NULL && !word->used && g_strv_contains(leads, word->fold)
                           ? word->fold
                           : NULL;
    guint begin = at + (lead != NULL ? 1 : 0);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name = NULL;
    TimeSpan span = {.n_years = 1};

    column = column >= 0 ? column : time_column(words);
    word = errata_ask_words_get(words, begin);
    if (column < 0 || word == NULL || word->used)
        return NULL;
    name = time_last(words, at, begin, column);
    if (name == NULL)
        name = time_first(words, at, begin, column);
    if (name != NULL)
        return g_steal_pointer(&name);
    name = time_weekday(words, begin, column);
    if (name != NULL)
        return g_steal_pointer(&name);
    begin += lead != NULL ? errata_ask_words_match(words, begin, "the") : 0;
    if (!time_period(words, begin, column, &span) &&
        !time_span(words, begin, lead != NULL, column, &span))
        return NULL;
    name = errata_ask_condition_name(words, (guint)column);
    lead = lead != NULL ? lead : "in";
    if (g_str_equal(lead, "between") && !time_second(words, begin + span.n_words, column, &span))
        return NULL;
    if (g_str_equal(lead, "from") && time_second(words, begin + span.n_words, column, &span))
        time_print(text, name, "", &span.from, &span.to);
    else if (g_str_equal(lead, "since") || g_str_equal(lead, "after") ||
             g_str_equal(lead, "before") || g_str_equal(lead, "until")) {
        gboolean before = g_str_equal(lead, "before") || g_str_equal(lead, "until");
        gboolean whole = g_str_equal(lead, "after") || g_str_equal(lead, "until");

        if (span.n_years > 1)
            return NULL; /* which year is not said */
        time_print(text, name, before ? "<" : ">=", whole ? &span.to : &span.from, NULL);
    } else {
        time_print_years(text, name, &span);
    }
    errata_ask_words_use(words, at, span.n_words + (begin - at));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/**
 * errata_ask_condition_split:
 * @words: a question
 * @ret_why: gets why it does not fit the log, where that is so
 *
 * “before and after 2026-03-20”: the words are used. The day itself comes after.
 *
 * Returns: (transfer full) (nullable): what holds before, as filters are written; %NULL: the
 * question has nothing
 *   of the kind
 */
char *
errata_ask_condition_split(AskWords *words, char **ret_why)
{
    static const char *const phrases[] = {"before and after",
                                          "before vs after",
                                          "before vs. after",
                                          "before versus after",
                                          "before or after",
                                          "before and since",
                                          "before/after",
                                          "pre and post",
                                          NULL};
    int column = words->data->frame != NULL ? time_column(words) : -1;
    guint n = 0;
    int at = -1;
    TimeSpan span = {.n_years = 1};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ErrataFilter) filter = NULL;
    g_autofree char *name = NULL;

    for (guint i = 0; at < 0 && phrases[i] != NULL; i++)
        at = errata_ask_words_find(words, phrases[i], &n);
    if (at < 0 || column < 0)
        return NULL;
    n += errata_ask_words_match(words, (guint)at + n, "the");
    if (!time_span(words, (guint)at + n, TRUE, column, &span) || span.n_years > 1)
        return NULL;
    if (g_date_days_between(&span.from, &span.to) != 1) { /* is the month itself before or after? */
        *ret_why = g_strdup("say before and after which day, e.g. before and after 2026-04-01");
        return NULL;
    }
    name = errata_ask_condition_name(words, (guint)column);
    time_print(text, name, "<", &span.from, NULL);
    filter = errata_filter_parse(text->str, NULL);
    if (filter == NULL ||
        !errata_filter_bind(filter, words->data->frame, words->data->schema, NULL))
        return NULL;
    errata_ask_words_use(words, (guint)at, n + span.n_words);
    return errata_filter_print(filter);
}
