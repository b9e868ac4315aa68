/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "rhythm.h"
#include "rng.h"

#define HOUR G_GINT64_CONSTANT(3600000000000)
#define DAY  (24 * HOUR)

/* Monday, 1 September 2025 */
#define START (G_GINT64_CONSTANT(1756684800) * (HOUR / 3600))

/* times of rows, as a log has them */
typedef struct {
    GArray *time;
    ErrataRng rng;
} Times;

static Times *
times_new(guint64 seed)
{
    Times *self = g_new0(Times, 1);

    self->time = g_array_new(FALSE, FALSE, sizeof(gint64));
    self->rng = errata_rng_init(seed, 1, 0);
    return self;
}

static void
times_free(Times *self)
{
    g_array_unref(self->time);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Times, times_free)

/* @n rows at random times of a stretch */
static void
times_add(Times *self, gint64 from, gint64 length, guint n)
{
    for (guint i = 0; i < n; i++) {
        gint64 time = from + (gint64)(errata_rng_uniform(&self->rng) * (double)length);

        g_array_append_val(self->time, time);
    }
}

/* @rows of every weekday from 8 to 16, or all at midnight */
static void
times_add_office(Times *self, guint first, guint last, guint rows, gboolean stamped)
{
    for (guint day = first; day < last; day++)
        if (day % 7 < 5)
            times_add(self,
                      START + day * DAY + (stamped ? 0 : 8 * HOUR),
                      stamped ? 0 : 8 * HOUR,
                      rows);
}

static int
times_compare_cb(gconstpointer a, gconstpointer b)
{
    const gint64 *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* the rows that the first gap is said to lack, 0 where none is */
static double
times_gap(Times *self, gboolean *ret_small)
{
    guint n = self->time->len;
    g_autofree guint32 *order = g_new(guint32, n);
    g_autoptr(GPtrArray) bugs = g_ptr_array_new();
    ErrataOutcome outcome = {.n_rows = n,
                             .order = order,
                             .time = &g_array_index(self->time, gint64, 0)};
    ErrataSchema schema = {.time = 0};
    ErrataAnalysis analysis = {.outcome = &outcome, .schema = &schema};
    ErrataDataBugs found = {.analysis = &analysis, .bugs = bugs};
    g_autofree char *title = NULL;
    g_auto(GStrv) parts = NULL;

    g_array_sort(self->time, times_compare_cb);
    for (guint i = 0; i < n; i++)
        order[i] = i;
    errata_data_bugs_gap(&found);
    *ret_small = FALSE;
    for (guint i = 0; i < bugs->len; i++) {
        ErrataDataBug *bug = g_ptr_array_index(bugs, i);

        if (title == NULL) {
            title = g_strdup(bug->title);
            *ret_small = bug->small;
        }
        g_free(bug->title);
        g_free(bug->action);
        g_array_unref(bug->row);
        g_free(bug);
    }
    if (title == NULL)
        return 0.0;
    g_strdelimit(strstr(title, "about "), ",", ' ');
    parts = g_strsplit(strstr(title, "about ") + 6, " ", 3);
    return g_ascii_strtod(parts[0], NULL) * (parts[1][0] == 'w' ? 1.0 : 1000.0) +
           (parts[1][0] == 'w' ? 0.0 : g_ascii_strtod(parts[1], NULL));
}

static void
test_rhythm_by_hand(void)
{
    g_autofree gint64 *time = g_new(gint64, 8 * 5 * 10);
    ErrataRhythm rhythm;
    gsize n = 0;

    g_test_summary("Ten rows at noon of every weekday for eight weeks: what hours bring, by hand");
    for (guint day = 0; day < 56; day++)
        for (guint i = 0; day % 7 < 5 && i < 10; i++)
            time[n++] = START + day * DAY + 12 * HOUR;
    errata_rhythm_init(&rhythm, time, n);
    g_assert_cmpuint(rhythm.period, ==, ERRATA_RHYTHM_CELLS);
    /* a night and a weekend bring nothing, an hour at noon ten, half of it five */
    g_assert_cmpfloat(errata_rhythm_expected(&rhythm, START + 13 * HOUR, START + DAY), <, 1e-9);
    g_assert_cmpfloat(errata_rhythm_expected(&rhythm, START + 5 * DAY, START + 7 * DAY), <, 1e-9);
    g_assert_cmpfloat_with_epsilon(errata_rhythm_expected(&rhythm,
                                                          START + DAY + 12 * HOUR,
                                                          START + DAY + 12 * HOUR + HOUR / 2),
                                   5.0,
                                   0.5);
    g_assert_cmpfloat_with_epsilon(
        errata_rhythm_expected(&rhythm, START + 7 * DAY, START + 21 * DAY),
        100.0,
        5.0);
    g_assert_cmpfloat_with_epsilon(errata_rhythm_rest(&rhythm), 163.0 / 168.0, 1e-9);
    g_assert_true(isnan(errata_rhythm_other_years(&rhythm, START + DAY, START + 2 * DAY)));
    errata_rhythm_clear(&rhythm);
}

/* rows on the first of a month, counted from January 2014 */
static void
times_add_month(Times *self, gint month, guint rows)
{
    g_autoptr(GDateTime) date =
        g_date_time_new_utc(2014 + month / 12, month % 12 + 1, 1, 0, 0, 0.0);

    times_add(self, g_date_time_to_unix(date) * G_GINT64_CONSTANT(1000000000), 0, rows);
}

static void
test_rhythm_stamps(void)
{
    g_autoptr(Times) days = times_new(4), months = times_new(5), few = times_new(6);
    gboolean small;

    g_test_summary(
        "Two months of a log stamped by month and 15 days of three rows are gaps; days on which "
        "none of the batches comes are not");
    for (gint month = 0; month < 120; month++)
        if (month != 51 && month != 52)
            times_add_month(months, month, 100);
    g_assert_cmpfloat_with_epsilon(times_gap(months, &small), 200.0, 15.0);
    for (guint day = 0; day < 1000; day++) { /* three rows a day; or 30 rows every ten days or so */
        guint64 random = errata_rng_mix(day + 1) % 10;

        if (day < 500 || day >= 515)
            times_add(days, START + day * DAY, 0, random == 0 ? 0 : 2 + (guint)(random % 3));
        if (random == 0 && (day < 500 || day >= 560))
            times_add(few, START + day * DAY, 0, 30);
    }
    g_assert_cmpfloat_with_epsilon(times_gap(days, &small), 15.0 * 2.7, 10.0);
    g_assert_cmpfloat(times_gap(few, &small), <=, 0.0);
}

static void
test_rhythm_few_months(void)
{
    g_autoptr(Times) lost = times_new(7), year = times_new(8), grown = times_new(9);
    g_autoptr(Times) summers = times_new(10);
    gboolean small;

    g_test_summary(
        "Three months that a log of a few years of months lacks are a gap, and so are two of 14; "
        "growth is none, nor are months of every year");
    for (gint month = 0; month < 33; month++) {
        guint random = (guint)(errata_rng_mix((guint64)month + 1) % 20);

        if (month < 14 || month > 16)
            times_add_month(lost, month, 70 + random);
        if (month < 14 && month != 6 && month != 7)
            times_add_month(year, month, 70 + random);
        times_add_month(grown, month, 20 + (guint)(month * month) / 4);
        if (month < 24 && month % 12 != 6 && month % 12 != 7)
            times_add_month(summers, month, 70 + random);
    }
    g_assert_cmpfloat_with_epsilon(times_gap(lost, &small), 240.0, 25.0);
    g_assert_false(small);
    g_assert_cmpfloat_with_epsilon(times_gap(year, &small), 160.0, 25.0);
    g_assert_cmpfloat(times_gap(grown, &small), <=, 0.0);
    g_assert_cmpfloat(times_gap(summers, &small), <=, 0.0);
}

static void
test_rhythm_outages(void)
{
    g_test_summary(
        "Weeks without a row in a log stamped by day, three days in one that sleeps at night, months "
        "in one stamped by month; none without them");
    for (guint outage = 0; outage < 2; outage++) {
        g_autoptr(Times) office = times_new(1), nights = times_new(2), months = times_new(3);
        double missed[3];
        gboolean small;

        times_add_office(office, 0, 60, 50, TRUE);
        times_add_office(office, outage != 0 ? 81 : 60, 180, 50, TRUE);
        missed[0] = times_gap(office, &small);
        for (guint day = 0; day < 60; day++)
            if (outage == 0 || day < 30 || day >= 33) {
                times_add(nights, START + day * DAY + 8 * HOUR, 12 * HOUR, 140);
                times_add(nights, START + day * DAY, DAY, 8);
            }
        missed[1] = times_gap(nights, &small);
        for (guint month = 0; month < 100; month++)
            if (outage == 0 || month < 60 || month >= 67)
                times_add(months, START + (gint64)month * 731 * HOUR, 0, 100);
        missed[2] = times_gap(months, &small);
        if (outage != 0) {
            g_assert_cmpfloat_with_epsilon(missed[0],
                                           15.0 * 50.0,
                                           30.0); /* working days of 50 rows */
            g_assert_cmpfloat_with_epsilon(missed[1], 3.0 * 148.0, 50.0);
            g_assert_cmpfloat_with_epsilon(missed[2], 700.0, 40.0);
        } else {
            g_assert_cmpfloat(missed[0] + missed[1] + missed[2], <=, 0.0);
        }
    }
}

static void
test_rhythm_holidays(void)
{
    g_autoptr(Times) once = times_new(4), twice = times_new(5), busy = times_new(6),
                     grown = times_new(7);
    gboolean small;

    g_test_summary(
        "A summer without rows of a log with office hours may be holidays, one of every year is none; "
        "the same of a log that never sleeps is a gap; a few rows are missing where few came");
    times_add_office(once, 0, 290, 40, FALSE); /* until 18 June */
    times_add_office(once, 364, 500, 40, FALSE);
    g_assert_cmpfloat_with_epsilon(times_gap(once, &small), 2080.0, 150.0);
    g_assert_true(small);
    for (guint year = 0; year < 2; year++)
        times_add_office(twice, 364 * year, 364 * year + 290, 40, FALSE);
    times_add_office(twice, 728, 860, 40, FALSE);
    g_assert_cmpfloat(times_gap(twice, &small), <=, 0.0);
    for (guint day = 0; day < 500; day++)
        if (day < 290 || day >= 340)
            times_add(busy, START + day * DAY, DAY, 40);
    g_assert_cmpfloat_with_epsilon(times_gap(busy, &small), 2000.0, 200.0);
    g_assert_false(small);
    for (guint day = 0; day < 80; day++)
        if (day != 30 && day != 31)
            times_add(grown, START + day * DAY, DAY, day < 60 ? 50 : 1000);
    g_assert_cmpfloat_with_epsilon(times_gap(grown, &small), 100.0, 20.0); /* not thousands */
}

static void
test_rhythm_hostile(void)
{
    const gint64 far[] = {G_MININT64 + 1, -G_GINT64_CONSTANT(4611686018427387904), 0};
    gboolean small;

    g_test_summary("Times of centuries, all equal ones and a gap next to the first that there is");
    for (guint i = 0; i < G_N_ELEMENTS(far); i++) {
        g_autoptr(Times) times = times_new(8 + i), centuries = times_new(20 + i);

        times_add(times, far[i], 0, 600);
        times_add(times, far[i] + 200 * DAY, 0, 600);
        times_add(times, far[i] + 201 * DAY, 500 * DAY, 2000);
        times_gap(times, &small);
        times_add(centuries, far[i], 0, 300);
        times_add(centuries, far[i] + 100000 * DAY, DAY, 300);
        times_gap(centuries, &small);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rhythm/by-hand", test_rhythm_by_hand);
    g_test_add_func("/rhythm/outages", test_rhythm_outages);
    g_test_add_func("/rhythm/holidays", test_rhythm_holidays);
    g_test_add_func("/rhythm/few-months", test_rhythm_few_months);
    g_test_add_func("/rhythm/hostile", test_rhythm_hostile);
    g_test_add_func("/rhythm/stamps", test_rhythm_stamps);
    return g_test_run();
}
