/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "rng.h"

static gboolean
same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void
check_double(const char *text, double want)
{
    double got = -77.0;

    g_assert_true(errata_number_parse_double(text, strlen(text), &got));
    if (!same_bits(got, want))
        g_test_message("'%s' gives %.17g, expected %.17g", text, got, want);
    g_assert_true(same_bits(got, want));
}

/* the halfway and border cases that parsers are known to get wrong */
static void
test_number_double(void)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "-1.5",
        "+5",
        ".5",
        "5.",
        "1e5",
        "1E+05",
        "00012",
        "9007199254740993",
        "9007199254740991.4999999999999999999",
        "18446744073709551616",
        "4.9e-324",
        "2.4703282292062327208299439634110764e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e-400",
        "1e400",
        "-1e999",
        "8.41e21",
        "9.5367431640625e-7",
        "6929495644600919.5",
        "3.2378839133029012895883524125015321748630e-6",
        "0.000000000000000000000000000000000000000000000000000000000012345678901234567890123",
        "100000000000000016777215",
        "100000000000000016777216",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "7205759403792793199999e-5",
        "123456789012345678901234567890e-320",
        "1e23",
        "8.5e22",
        "4503599627370496.5",
        "4503599627370497.5",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        check_double(texts[i], strtod(texts[i], NULL));
    check_double("１２３", 123.0);
    check_double("٣", 3.0);
    check_double("-Infinity", -HUGE_VAL);
    check_double("inf", HUGE_VAL);
}

static void
test_number_not_double(void)
{
    static const char *const texts[] = {"",     "-",     "+",    ".",     "e5",  "1e",   "1e+",
                                        "0x10", "0x1p3", "1,5",  "1_000", "1 2", "--5",  "5-",
                                        "1.2.", "12ab",  "nan",  "½",     "Ⅷ",   "−5",   " 5",
                                        "5 ",   "1d5",   "infi", "1/2",   "50%", "\xff", "１,２"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        double got = -77.0;

        if (errata_number_parse_double(texts[i], strlen(texts[i]), &got))
            g_error("'%s' is taken for %g", texts[i], got);
        g_assert_true(same_bits(got, -77.0));
    }
}

/* against the C library, which rounds correctly, on doubles of all magnitudes and lengths */
static void
test_number_double_random(void)
{
    for (guint64 i = 0; i < 200000; i++) {
        ErrataRng rng = errata_rng_init(1, 2, i);
        guint64 bits = errata_rng_next(&rng);
        char text[64];
        double value;
        double got = 0.0;

        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        if (i % 2 == 0)
            value = ldexp((double)(bits >> 11), (int)errata_rng_below(&rng, 120) - 110);
        g_snprintf(text, sizeof text, "%.*e", (int)errata_rng_below(&rng, 22), value);
        g_assert_true(errata_number_parse_double(text, strlen(text), &got));
        if (!same_bits(got, strtod(text, NULL)))
            g_error("'%s' gives %.17g, not %.17g", text, got, strtod(text, NULL));
    }
}

static void
test_number_integer(void)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "-0",
                                      "007",
                                      "+5",
                                      "1.0",
                                      "9223372036854775808",
                                      "1e3",
                                      " 1",
                                      "-9223372036854775809",
                                      "12345678901234567890"};
    gint64 got = 5;

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(errata_number_parse_int(bad[i], strlen(bad[i]), &got));
    g_assert_cmpint(got, ==, 5);
    g_assert_true(errata_number_parse_int("-9223372036854775808", 20, &got));
    g_assert_cmpint(got, ==, G_MININT64);
    g_assert_true(errata_number_parse_int("9223372036854775807", 19, &got));
    g_assert_cmpint(got, ==, G_MAXINT64);
    g_assert_true(errata_number_parse_int("0", 1, &got));
    g_assert_cmpint(got, ==, 0);
}

static void
test_number_print(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {1.0 / 3.0, "0.3333333333333333"},
                 {100.0, "100"},
                 {-0.0, "-0"},
                 {1e16, "1e+16"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {9007199254740993.0, "9007199254740992"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {HUGE_VAL, "null"}};
    char buffer[ERRATA_NUMBER_BUFFER];

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(errata_number_print(cases[i].value, buffer), ==, cases[i].text);
    g_assert_cmpstr(errata_number_print((double)NAN, buffer), ==, "null");
    g_assert_cmpstr(errata_number_print_fixed(1.005, 2, buffer), ==, "1.00");
    g_assert_cmpstr(errata_number_print_fixed(-0.001, 2, buffer), ==, "0.00");
    g_assert_cmpstr(errata_number_print_fixed(-12.5, 1, buffer), ==, "-12.5");
    g_assert_cmpstr(errata_number_print_fixed(1e300, 3, buffer), ==, "1e+300");
    g_assert_cmpstr(errata_number_print_fixed(1.4247669773635123e299, 3, buffer), ==, "1.42e+299");
    g_assert_cmpstr(errata_number_print_fixed(999999999999999.0, 12, buffer),
                    ==,
                    "999999999999999.000000000000");
}

static void
test_number_locale(void)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double got = 0.0;

    g_test_summary("A decimal comma in the locale changes nothing");
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL && setlocale(LC_ALL, "fr_FR.UTF-8") == NULL) {
        g_test_skip("no locale with a decimal comma");
        return;
    }
    g_assert_true(errata_number_parse_double("1.5e-300", 8, &got));
    g_assert_cmpstr(errata_number_print(1.5, buffer), ==, "1.5");
    g_assert_true(errata_number_parse_double("1.00000000000000011102230246251565404236", 40, &got));
    g_assert_true(same_bits(got, 1.0));
    setlocale(LC_ALL, "C.UTF-8");
}

static void
test_number_time(void)
{
    static const struct {
        const char *text;
        gint64 ns;
        const char *printed;
    } cases[] = {
        {"1970-01-01", 0, "1970-01-01T00:00:00Z"},
        {"1970-02", G_GINT64_CONSTANT(2678400000000000), "1970-02-01T00:00:00Z"},
        {"2026-01-01T00:00:00Z", G_GINT64_CONSTANT(1767225600000000000), "2026-01-01T00:00:00Z"},
        {"2026-01-01 05:30:00+05:30", G_GINT64_CONSTANT(1767225600000000000), NULL},
        {"2025-12-31T19:00:00-0500", G_GINT64_CONSTANT(1767225600000000000), NULL},
        {"2026-01-01T01:00+01", G_GINT64_CONSTANT(1767225600000000000), NULL},
        {"2026-01-01 00:00:00 UTC", G_GINT64_CONSTANT(1767225600000000000), NULL},
        {"2026/01/01", G_GINT64_CONSTANT(1767225600000000000), NULL},
        {"2026-01-01T00:00:00.123456789Z",
         G_GINT64_CONSTANT(1767225600123456789),
         "2026-01-01T00:00:00.123456789Z"},
        {"2026-01-01T00:00:00,5",
         G_GINT64_CONSTANT(1767225600500000000),
         "2026-01-01T00:00:00.500Z"},
        {"2000-02-29T24:00:00Z", G_GINT64_CONSTANT(951868800000000000), "2000-03-01T00:00:00Z"},
        {"1969-12-31T23:59:59.5Z", -500000000, "1969-12-31T23:59:59.500Z"},
        {"1700-03-01", G_GINT64_CONSTANT(-8515238400000000000), "1700-03-01T00:00:00Z"},
    };
    static const char *const bad[] = {"2026-02-29",
                                      "2026-13-01",
                                      "2026-00-10",
                                      "2026-01-32",
                                      "2026-01-01T",
                                      "2026-01-01T1",
                                      "2026-01-01T25:00:00",
                                      "2026-01-01Q00:00",
                                      "2026-01-01T00:00:00X",
                                      "2026-01-01T00:00:00+",
                                      "12:30:00",
                                      "2026",
                                      "1500-01-01",
                                      "2300-01-01",
                                      "2026-01/01",
                                      "2026-01-01T00:00+1:",
                                      "2026-01-01T24:00:01"};
    char buffer[ERRATA_NUMBER_BUFFER];
    gint64 got = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(errata_number_parse_time(cases[i].text, strlen(cases[i].text), &got));
        g_assert_cmpint(got, ==, cases[i].ns);
        if (cases[i].printed != NULL)
            g_assert_cmpstr(errata_number_print_time(got, buffer), ==, cases[i].printed);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        if (errata_number_parse_time(bad[i], strlen(bad[i]), &got))
            g_error("'%s' is taken for an instant", bad[i]);
}

static void
test_number_missing(void)
{
    static const char *const yes[] = {"",
                                      "  ",
                                      "NA",
                                      "n/a",
                                      "NaN",
                                      "-nan",
                                      "null",
                                      "None",
                                      "#N/A",
                                      "\\N",
                                      "<NA>",
                                      "-",
                                      "?",
                                      "NaT",
                                      " NA "};
    static const char *const no[] = {"0", "nano", "nul", "--", "??", "not available", "NAN5"};

    for (gsize i = 0; i < G_N_ELEMENTS(yes); i++)
        g_assert_true(errata_number_is_missing(yes[i], strlen(yes[i])));
    for (gsize i = 0; i < G_N_ELEMENTS(no); i++)
        g_assert_false(errata_number_is_missing(no[i], strlen(no[i])));
}

static void
test_number_print_short(void)
{
    g_test_summary("Short decimals print as fifteen digits do");
    for (guint i = 0; i < 200000; i++) {
        ErrataRng rng = errata_rng_init(5, 5, i);
        double scale = pow(10.0, (double)errata_rng_below(&rng, 12));
        double value = (double)errata_rng_below(&rng, (guint64)scale * 10) /
                       pow(10.0, (double)errata_rng_below(&rng, 8));
        char got[ERRATA_NUMBER_BUFFER], want[ERRATA_NUMBER_BUFFER];

        value = i % 3 == 0 ? -value : value;
        errata_number_print(value, got);
        g_ascii_formatd(want, sizeof want, "%.15g", value);
        g_assert_cmpstr(got, ==, want);
    }
}

/* the fewest digits that read back, as the C library rounds them */
static void
print_by_library(double value, char *buffer)
{
    for (int digits = 15; digits <= 17; digits++) {
        g_snprintf(buffer, ERRATA_NUMBER_BUFFER, "%.*g", digits, value);
        if (same_bits(g_ascii_strtod(buffer, NULL), value))
            return;
    }
}

static void
test_number_print_plain(void)
{
    g_test_summary("Numbers of middling size print as the C library prints them");
    for (guint i = 0; i < 60000; i++) {
        ErrataRng rng = errata_rng_init(6, 6, i);
        double value = pow(10.0, errata_rng_uniform(&rng) * 12.2 - 4.1);
        char got[ERRATA_NUMBER_BUFFER], want[ERRATA_NUMBER_BUFFER];

        if (i % 4 == 0) /* near a decimal */
            value = round(value * 1e4) / 1e4 + 1e-12;
        if (i % 7 == 0) /* a power of two, and a tie in binary */
            value = ldexp(1.0 + (double)(i % 2) * 0x1p-30, (int)(i % 39) - 13);
        value = i % 3 == 0 ? -value : value;
        print_by_library(value, want);
        g_assert_cmpstr(errata_number_print(value, got), ==, want);
    }
}

static void
test_number_print_int(void)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    g_assert_cmpstr(errata_number_print_int(0, buffer), ==, "0");
    g_assert_cmpstr(errata_number_print_int(-10, buffer), ==, "-10");
    g_assert_cmpstr(errata_number_print_int(G_MAXINT64, buffer), ==, "9223372036854775807");
    g_assert_cmpstr(errata_number_print_int(G_MININT64, buffer), ==, "-9223372036854775808");
}

static void
test_number_codes(void)
{
    static const double codes[] =
        {-1.0, -9.0, 99.0, -999.0, 9999.0, 65535.0, 888.0, 1e6, 2147483647.0, 1e20, 3.4028235e38};
    static const double others[] = {1.0, 9.0, 12.0, 100.0, -42.0, 998.0, 1234.5, 8.0, 77.0};

    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        g_assert_true(errata_number_is_code(codes[i]));
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(errata_number_is_code(others[i]));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/number/double", test_number_double);
    g_test_add_func("/number/not-double", test_number_not_double);
    g_test_add_func("/number/double-random", test_number_double_random);
    g_test_add_func("/number/integer", test_number_integer);
    g_test_add_func("/number/print", test_number_print);
    g_test_add_func("/number/locale", test_number_locale);
    g_test_add_func("/number/time", test_number_time);
    g_test_add_func("/number/missing", test_number_missing);
    g_test_add_func("/number/print-short", test_number_print_short);
    g_test_add_func("/number/print-plain", test_number_print_plain);
    g_test_add_func("/number/print-int", test_number_print_int);
    g_test_add_func("/number/codes", test_number_codes);
    return g_test_run();
}
