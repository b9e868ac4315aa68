/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "value.h"
#include "words.h"

#define NONE ((double)NAN)

static void
test_value_is(char *got, const char *want)
{
    g_assert_cmpstr(got, ==, want);
    g_free(got);
}

static void
test_value_numbers(void)
{
    test_value_is(errata_value_count(201400), "201,400");
    test_value_is(errata_value_count(123456789012.0), "123,456,789,012");
    test_value_is(errata_value_count(999), "999");
    test_value_is(errata_value_count(-1000), "\u22121,000");
    test_value_is(errata_value_count(NONE), "—");
    test_value_is(errata_value_number(0.893, 0.891, 0.895), "0.893");
    test_value_is(errata_value_number(12.4212, NONE, NONE), "12.4");
    test_value_is(errata_value_number(-0.0001, -0.5, 0.5), "0.0");
    test_value_is(errata_value_number(7, NONE, NONE), "7");
    test_value_is(errata_value_number(1e300, NONE, NONE), "1e+300");
    test_value_is(errata_value_number(1.4247669773635123e299, NONE, NONE), "1.42e+299");
    test_value_is(errata_value_number(-9.999e15, NONE, NONE), "\u22121e+16");
    test_value_is(errata_value_number(202648047289.0, NONE, NONE), "203\u202fbn");
    test_value_is(errata_value_number(199e9, 178e9, 221e9), "200\u202fbn");
    test_value_is(errata_value_number(-1.0321e12, -1.1e12, -0.97e12), "\u22121.03\u202ftn");
    test_value_is(errata_value_number(9.97e11, 6e11, 14e11), "1.0\u202ftn");
    test_value_is(errata_value_number(123456789.0, NONE, NONE), "123,456,789");
    test_value_is(errata_value_number(-7.44e8, -7.56e8, -7.31e8), "\u22120.744\u202fbn");
    test_value_is(errata_value_number(-9.8e8, -1.01e9, -9.5e8), "\u22120.98\u202fbn");
    test_value_is(errata_value_number(9.8e7, 9.5e7, 1.01e8), "98,000,000");
    test_value_is(errata_value_number(34538.7, NONE, NONE), "34,500");
    test_value_is(errata_value_number(3.962e-7, 3.87e-7, 4.06e-7), "3.96e-7");
    test_value_is(errata_value_number(4e-7, NONE, NONE), "4e-7");
    test_value_is(errata_value_number(3e-6, NONE, NONE), "3e-6");
    test_value_is(errata_value_number(3e-6, -0.02, 0.02), "0.00");
    test_value_is(errata_value_of_unit(144.76, NONE, NONE, ERRATA_UNIT_RATIO), "145\u202f×");
    test_value_is(errata_value_tick(2e11, 1e11, ERRATA_UNIT_NONE), "200\u202fbn");
    test_value_is(errata_value_tick(2.5e12, 1e11, ERRATA_UNIT_NONE), "2.5\u202ftn");
    test_value_is(errata_value_tick(5e8, 1e8, ERRATA_UNIT_NONE), "0.5\u202fbn");
    test_value_is(errata_value_tick(2e-6, 1e-7, ERRATA_UNIT_NONE), "2.0e-6");
    test_value_is(errata_value_number(48723.4, 48123.0, 49323.0), "48,700");
    test_value_is(errata_value_number((double)INFINITY, NONE, NONE), "—");
}

static void
test_value_apart(void)
{
    g_test_summary("The end of an interval without 0 is never told as 0");
    test_value_is(errata_value_interval(0.0002, 0.03, ERRATA_UNIT_POINTS), "0.02\u00a0–\u00a03.00");
    test_value_is(errata_value_interval(-0.03, -0.0002, ERRATA_UNIT_POINTS),
                  "\u22123.00\u00a0–\u00a0\u22120.02");
    test_value_is(errata_value_interval(-0.0002, 0.03, ERRATA_UNIT_POINTS), "0\u00a0–\u00a03");
}

/* WRITING rule 3: 33.8 % when the interval is ±0.9, 34 % when it is ±3 */
static void
test_value_rounds_to_interval(void)
{
    test_value_is(errata_value_share(0.338, 0.329, 0.347), "33.8\u202f%");
    test_value_is(errata_value_share(0.338, 0.308, 0.368), "34\u202f%");
    test_value_is(errata_value_share(0.338, NONE, NONE), "33.8\u202f%");
    test_value_is(errata_value_share(0.01, NONE, NONE), "1\u202f%");
    test_value_is(errata_value_share(NONE, NONE, NONE), "—");
    test_value_is(errata_value_rough_share(0.2234), "22\u202f%");
    test_value_is(errata_value_rough_share(0.0141), "1.4\u202f%");
    test_value_is(errata_value_points(0.021, NONE, NONE), "+2.1\u202fpt");
    test_value_is(errata_value_points(-0.021, NONE, NONE), "\u22122.1\u202fpt");
    test_value_is(errata_value_interval(0.329, 0.346, ERRATA_UNIT_SHARE), "32.9\u00a0–\u00a034.6");
    test_value_is(errata_value_interval(NONE, 0.3, ERRATA_UNIT_SHARE), NULL);
    test_value_is(errata_value_of_unit(2.61, 2.53, 2.69, ERRATA_UNIT_RATIO), "2.61\u202f×");
}

/* the text, the table and the figure of a finding tell one number alike */
static void
test_value_agrees_with_words(void)
{
    static const double numbers[][3] = {{0.342, 0.333, 0.351},
                                        {0.342, 0.312, 0.372},
                                        {0.0712, 0.07, 0.0724},
                                        {0.0015, 0.0011, 0.0019},
                                        {0.9991, 0.9989, 0.9993},
                                        {0.2, 0.18, 0.22}};

    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        const double *x = numbers[i];
        g_autofree char *share = errata_words_share(x[0], x[1], x[2]);
        g_autofree char *number = errata_words_number(x[0] * 1e5, x[1] * 1e5, x[2] * 1e5);

        test_value_is(errata_value_share(x[0], x[1], x[2]), share);
        test_value_is(errata_value_number(x[0] * 1e5, x[1] * 1e5, x[2] * 1e5), number);
    }
}

static void
test_value_probabilities(void)
{
    test_value_is(errata_value_probability(0.5), "0.50");
    test_value_is(errata_value_probability(0.0043), "0.004");
    test_value_is(errata_value_probability(4.2e-8), "4e-8");
    test_value_is(errata_value_probability(0.0), "<\u202f1e-12");
    test_value_is(errata_value_probability(NONE), "");
}

static void
test_value_dates(void)
{
    const gint64 second = G_GINT64_CONSTANT(1000000000);
    gint64 at = G_GINT64_CONSTANT(1774190700) * second; /* 2026-03-22T14:45:00Z */

    test_value_is(errata_value_moment(at, FALSE), "22 Mar, 14:45");
    test_value_is(errata_value_day(at, TRUE), "22 Mar 2026");
    test_value_is(errata_value_moment(at - 53100 * second, TRUE), "22 Mar 2026"); /* midnight */
    test_value_is(errata_value_days(at - 53100 * second, at - 53100 * second), "22 Mar 2026");
    errata_value_by_month(TRUE);
    test_value_is(errata_value_moment(at, FALSE), "Mar");
    test_value_is(errata_value_days(at, at + 60 * 86400 * second), "Mar – May 2026");
    test_value_is(errata_value_day(at, TRUE), "Mar 2026");
    test_value_is(errata_value_date_of("2026-04-01T09:30:00Z"), "1 Apr 2026");
    errata_value_by_month(FALSE);
    test_value_is(errata_value_days(at, at + 3600 * second), "22 Mar 2026, 14:45 – 15:45");
    test_value_is(errata_value_days(at, at + 9 * 86400 * second), "22 Mar – 31 Mar 2026");
    test_value_is(errata_value_interval((double)at, (double)at + 9 * 86400e9, ERRATA_UNIT_TIME),
                  "22 Mar – 31 Mar 2026"); /* no minutes where days are not known */
    test_value_is(errata_value_of_unit((double)at, (double)at, (double)at + 9e15, ERRATA_UNIT_TIME),
                  "22 Mar 2026");
    g_assert_true(errata_value_same_year(at, at + 200 * 86400 * second));
    g_assert_false(errata_value_same_year(at, at + 300 * 86400 * second));
    test_value_is(errata_value_day(-second, TRUE), "31 Dec 1969");
    test_value_is(errata_value_day(G_MAXINT64, TRUE), "11 Apr 2262");
    test_value_is(errata_value_date_of("2026-04-01T09:30:00Z"), "1 Apr 2026");
    test_value_is(errata_value_date_of("soon"), "soon");
    test_value_is(errata_value_bytes(48123456), "48\u202fMB");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/value/numbers", test_value_numbers);
    g_test_add_func("/value/apart", test_value_apart);
    g_test_add_func("/value/rounds-to-interval", test_value_rounds_to_interval);
    g_test_add_func("/value/agrees-with-words", test_value_agrees_with_words);
    g_test_add_func("/value/probabilities", test_value_probabilities);
    g_test_add_func("/value/dates", test_value_dates);
    return g_test_run();
}
