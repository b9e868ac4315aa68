/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "built-in-writer.h"
#include "finding-spoken.h"
#include "spoken.h"
#include "words.h"

static void
test_words_take(char *got, const char *expected)
{
    g_autofree char *text = got;

    g_assert_cmpstr(text, ==, expected);
}

static void
test_words_shares(void)
{
    g_test_summary("A share is rounded to what its interval supports");
    test_words_take(errata_words_share(0.3384, 0.329, 0.347), "33.8\u202f%");
    test_words_take(errata_words_share(0.3384, 0.31, 0.37), "34\u202f%");
    test_words_take(errata_words_share(0.3384, 0.27, 0.40), "about a third");
    test_words_take(errata_words_share(0.651, 0.58, 0.72), "about two thirds");
    test_words_take(errata_words_share(0.62, 0.55, 0.69), "62\u202f%");
    test_words_take(errata_words_share(0.71, 0.64, 0.78), "71\u202f%");
    test_words_take(errata_words_share(0.0001, 0.0, 0.0002), "under 0.1\u202f%");
    test_words_take(errata_words_part(0.101), "a tenth");
    test_words_take(errata_words_part(0.045), "4.5\u202f%");
    test_words_take(errata_words_part(0.62), "62\u202f%");
}

static void
test_words_ratios(void)
{
    test_words_take(errata_words_times(2.02, 1.95, 2.1), "twice");
    test_words_take(errata_words_times(2.61, 2.5, 2.7), "2.6 times");
    test_words_take(errata_words_times(3.2, 2.6, 3.8), "about three times");
    test_words_take(errata_words_times(12.4, 9.0, 17.0), "12 times");
    test_words_take(errata_words_points(0.031, (double)NAN), "3.1 points");
    test_words_take(errata_words_points(0.031, 0.02), "3 points");
    test_words_take(errata_words_points(0.01, 0.02), "1 point");
    test_words_take(errata_words_points(-0.031, 0.001), "−3.1 points");
    test_words_take(errata_words_points(0.0001, 0.001), "under 0.1 points");
}

static void
test_words_beside(void)
{
    ErrataEvidence *a = errata_evidence_new("a", "a", 0.77, ERRATA_UNIT_SHARE, 196);
    ErrataEvidence *b = errata_evidence_new("b", "b", 0.617, ERRATA_UNIT_SHARE, 660);
    char *of_a = NULL;
    char *of_b = NULL;

    g_test_summary("Two shares side by side are both in words or both in digits");
    a->lo = 0.70;
    a->hi = 0.82;
    b->lo = 0.58;
    b->hi = 0.65;
    errata_words_shares(a, b, &of_a, &of_b);
    test_words_take(of_a, "77\u202f%");
    test_words_take(of_b, "62\u202f%");
    b->value = 0.33;
    b->lo = 0.27;
    b->hi = 0.39;
    errata_words_shares(a, b, &of_a, &of_b);
    test_words_take(of_a, "about three quarters");
    test_words_take(of_b, "about a third");
    errata_evidence_free(a);
    errata_evidence_free(b);
}

static void
test_words_pairs(void)
{
    char *from = NULL;
    char *to = NULL;

    g_test_summary("Two quantities get the digits that their difference needs");
    errata_words_pair(5.5062, 5.6618, &from, &to);
    test_words_take(from, "5.51");
    test_words_take(to, "5.66");
    errata_words_pair(1446.0, 1624.0, &from, &to);
    test_words_take(from, "1,450");
    test_words_take(to, "1,620");
    errata_words_pair(4.04, 827.2, &from, &to);
    test_words_take(from, "4.0");
    test_words_take(to, "830");
    errata_words_pair(660.0, 60.0, &from, &to);
    test_words_take(from, "660");
    test_words_take(to, "60");
    errata_words_pair(2.8375, 4.4626, &from, &to); /* of a kind: as many decimals */
    test_words_take(from, "2.84");
    test_words_take(to, "4.46");
    errata_words_pair(0.0, 5.2, &from, &to);
    test_words_take(from, "0");
    test_words_take(to, "5.2");
    test_words_take(errata_words_number(0.5, (double)NAN, (double)NAN), "0.5");
    test_words_take(errata_words_number(0.65913, (double)NAN, (double)NAN), "0.659");
    test_words_take(errata_words_number(0.0, (double)NAN, (double)NAN), "0");
}

static void
test_words_predicates(void)
{
    g_autoptr(ErrataPredicate) one = errata_predicate_new("issuer", ERRATA_OP_IN);
    g_autoptr(ErrataPredicate) two = errata_predicate_new("age", ERRATA_OP_BETWEEN);

    g_test_summary("A condition can be read aloud inside a sentence");
    one->values = g_strsplit("i_1,i_2,i_3", ",", -1);
    test_words_take(errata_words_predicate(one), "issuer is i_1, i_2 or i_3");
    one->op = ERRATA_OP_IS_MISSING;
    test_words_take(errata_words_predicate(one), "issuer is missing");
    two->number = 18.0;
    two->upper = 25.5;
    test_words_take(errata_words_predicate(two), "age is from 18 to under 25.5");
    two->op = ERRATA_OP_GE;
    test_words_take(errata_words_predicate(two), "age is at least 18");
}

static void
test_words_counts(void)
{
    const char *const names[] = {"a", "b", "c"};

    test_words_take(errata_words_count(6), "six");
    test_words_take(errata_words_count(20756), "20,756");
    test_words_take(errata_words_counted(1, "row", "rows"), "one row");
    test_words_take(errata_words_list(names, 3, "and"), "a, b and c");
    test_words_take(errata_words_list(names, 1, "and"), "a");
    test_words_take(errata_words_number(48723.4, 48123.0, 49323.0), "48,700");
    test_words_take(errata_words_number(3.2166, 3.15, 3.28), "3.22");
    test_words_take(errata_words_time(G_GINT64_CONSTANT(1774190748000000000)), "22 March, 14:45");
    test_words_take(errata_words_capital("élan"), "Élan");
}

static void
test_words_times_of_day(void)
{
    const gint64 hour = G_GINT64_CONSTANT(3600000000000);
    gint64 at = G_GINT64_CONSTANT(1774190700) * (hour / 3600); /* 2026-03-22T14:45:00Z */
    gint64 midnight = at - 14 * hour - 45 * (hour / 60);

    g_test_summary(
        "A date has its year in a log of years only, and no minutes where days are unsure");
    errata_words_time_span(at, at + 90 * 24 * hour, FALSE);
    test_words_take(errata_words_time(at), "22 March, 14:45");
    test_words_take(errata_words_time(midnight), "22 March");
    test_words_take(errata_words_time_about(at, (double)at, (double)(at + 24 * hour)),
                    "22 March, 14:45");
    test_words_take(errata_words_time_about(at, (double)at, (double)(at + 72 * hour)), "22 March");
    test_words_take(errata_words_time_around(at, (double)NAN, (double)NAN), "on 22 March, 14:45");
    test_words_take(errata_words_time_around(at, (double)(at - hour), (double)(at + hour)),
                    "on 22 March, 14:45");
    test_words_take(
        errata_words_time_around(at, (double)(at - 12 * hour), (double)(at + 24 * hour)),
        "about 22 March");
    test_words_take(
        errata_words_time_around(at, (double)(at - 24 * hour), (double)(at + 48 * hour)),
        "about 21–24 March");
    test_words_take(errata_words_time_around(at, (double)at, (double)(at + 300 * hour)),
                    "about 22 March – 4 April");
    test_words_take(errata_words_time_range(at, at + hour, "and", TRUE),
                    "14:45 and 15:45 on 22 March");
    test_words_take(errata_words_time_range(at, at + 72 * hour, "and", TRUE),
                    "22 March, 14:45 and 25 March, 14:45");
    test_words_take(errata_words_time_range(at, at + 72 * hour, "to", FALSE),
                    "22 March to 25 March");
    g_assert_null(errata_words_time_range(at, at + hour / 3600, "and", TRUE));
    errata_words_time_span(at, at + 300 * 24 * hour, FALSE);
    test_words_take(errata_words_time(at), "22 March 2026, 14:45");
    test_words_take(errata_words_time_range(at, at + hour, "and", TRUE),
                    "14:45 and 15:45 on 22 March 2026");
    errata_words_time_span(at - 100 * 24 * hour,
                           at,
                           FALSE); /* from December on: nobody asks which */
    test_words_take(errata_words_time(at), "22 March, 14:45");
    errata_words_time_span(at, at + 300 * 24 * hour, TRUE);
    test_words_take(errata_words_time(midnight), "March 2026");
    test_words_take(errata_words_time_on(midnight), "in March 2026");
    test_words_take(errata_words_time_around(at, (double)at, (double)(at + 300 * hour)),
                    "about March – April 2026");
    test_words_take(errata_words_time_around(at, (double)at, (double)(at + 100 * hour)),
                    "in March 2026");
    errata_words_time_span(0, 0, FALSE);
}

static ErrataFinding *
test_words_slice(double ratio)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE,
                                                "entry_mode is ent_b: wrong 33.8 % of the time");
    ErrataPredicate *predicate = errata_predicate_new("entry_mode", ERRATA_OP_EQ);
    ErrataEvidence *rate =
        errata_evidence_new("rate_in", "error rate", 0.338, ERRATA_UNIT_SHARE, 10391);
    ErrataEvidence *times = errata_evidence_new("ratio", "ratio", ratio, ERRATA_UNIT_RATIO, 10391);

    predicate->values = g_strsplit("ent_b", ",", -1);
    g_ptr_array_add(finding->subject.predicates, predicate);
    rate->lo = 0.329;
    rate->hi = 0.347;
    times->lo = ratio - 0.08;
    times->hi = ratio + 0.08;
    errata_finding_add(finding, rate);
    errata_finding_add(finding,
                       errata_evidence_new("rate_out",
                                           "error rate elsewhere",
                                           0.338 / ratio,
                                           ERRATA_UNIT_SHARE,
                                           90309));
    errata_finding_add(finding, times);
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_HIGH;
    return finding;
}

/* numbers of conditions: those that were meant, thousands apart; and numbers far under one */
static void
test_words_spoken(void)
{
    g_autoptr(ErrataPredicate) salary = errata_predicate_new("salary", ERRATA_OP_GE);
    g_autoptr(ErrataPredicate) store = errata_predicate_new("lat", ERRATA_OP_IN);

    test_words_take(errata_spoken_number(81158.0), "81,158");
    test_words_take(errata_spoken_number(2019.0), "2019");
    test_words_take(errata_spoken_number(-1234567.5), "−1,235,000");
    test_words_take(errata_words_too_few(0, "a label", 100), "no row has a label; 100 are needed");
    test_words_take(errata_words_too_few(1, "a label", 100), "one row has a label; 100 are needed");
    test_words_take(errata_words_too_few(60, "a label", 100),
                    "60 rows have a label; 100 are needed");
    test_words_take(errata_spoken_number(-0.115), "−0.115");
    test_words_take(errata_spoken_number(-12.0), "−12");
    test_words_take(errata_spoken_number(0.12345678912), "0.1235");
    test_words_take(errata_spoken_number(39.2099991), "39.21");
    test_words_take(errata_spoken_number(40.4875), "40.49");
    test_words_take(errata_spoken_number(1e300), "1e+300");
    test_words_take(errata_spoken_value("39.2099991"), "39.21");
    test_words_take(errata_spoken_value("0.30000001192092896"), "0.3");
    test_words_take(errata_spoken_value("41.3850639"), "41.3850639"); /* a place, not a float */
    test_words_take(errata_spoken_value("99999"), "99999");
    test_words_take(errata_spoken_value("1.2.3.4.5.6.7.8.9"), "1.2.3.4.5.6.7.8.9");
    salary->number = 81158.0;
    store->values = g_strsplit("39.2099991,40.4167754", ",", -1);
    test_words_take(errata_words_predicate(salary), "salary is at least 81,158");
    test_words_take(errata_words_predicate(store), "lat is 39.21 or 40.4167754");
    test_words_take(errata_predicate_describe(salary), "salary ≥ 81,158");
    test_words_take(errata_spoken_number(0.37035), "0.3704");
    test_words_take(errata_spoken_number(3292156.85), "3,292,000");
    test_words_take(errata_spoken_number(14.25), "14.25");
    salary->op = ERRATA_OP_BETWEEN;
    salary->number = 0.370351;
    salary->upper = 0.370353;
    test_words_take(errata_words_predicate(salary), "salary is from 0.370351 to under 0.370353");
    errata_spoken_unit("salary", "€");
    salary->number = 41250.5;
    salary->upper = 99000.0;
    test_words_take(errata_words_predicate(salary), "salary is from €41,250 to under €99,000");
    errata_spoken_unit("salary", "%");
    salary->op = ERRATA_OP_LT;
    salary->number = 0.142;
    test_words_take(errata_predicate_describe(salary), "salary < 14.2\u00a0%");
    errata_spoken_unit("salary", "km");
    salary->number = -600.0;
    test_words_take(errata_words_predicate(salary), "salary is under −600\u00a0km");
    errata_spoken_unit(NULL, NULL);
    salary->op = ERRATA_OP_GE;
    test_words_take(errata_predicate_describe(salary), "salary ≥ −600");
    test_words_take(errata_words_number(5.84e-8, 5.6e-8, 6.1e-8), "5.8e-8");
    test_words_take(errata_words_number(-2.14e-7, (double)NAN, (double)NAN), "−2.14e-7");
    test_words_take(errata_words_number(0.0214, 0.02, 0.023), "0.021");
    test_words_take(errata_words_number(9.999e-8, 9.9e-8, 1.01e-7), "1e-7");
    test_words_take(errata_words_number(1e-12, -1e-3, 1e-3), "0.0000");
}

static void
test_words_rationale(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    const ErrataFinding *first;
    const ErrataFinding *second;

    g_test_summary("Two slices with different evidence read differently; what is stated is cited");
    errata_case_add_finding(report, test_words_slice(2.5));
    errata_case_add_finding(report, test_words_slice(1.3));
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    first = g_ptr_array_index(report->findings, 0);
    second = g_ptr_array_index(report->findings, 1);
    g_assert_nonnull(strstr(first->rationale, "two and a half times as often as the rest"));
    g_assert_nonnull(strstr(second->rationale, "points more than the rest"));
    g_assert_cmpuint(first->citations->len, ==, 3);
    g_assert_cmpstr(g_ptr_array_index(first->citations, 0), ==, "E1");
    g_assert_nonnull(report->verdict);
    g_assert_null(strstr(first->rationale, "nan"));
}

static void
test_words_about(void)
{
    g_autofree char *vague = errata_words_about("about a third");
    g_autofree char *share = errata_words_about("2.0 %");

    g_assert_cmpstr(vague, ==, "about a third");
    g_assert_cmpstr(share, ==, "about 2.0 %");
}

/* numbers of a column of years have no mark at the thousands, counts beside them do */
static void
test_words_years(void)
{
    const ErrataEvidence mean = {.value = 1964.2,
                                 .lo = 1963.6,
                                 .hi = 1964.8,
                                 .unit = ERRATA_UNIT_NONE};
    char series[] = "mean of model_year";
    const ErrataFinding of = {.subject = {.series = series}};
    g_autofree char *moved = NULL;
    static const char *const columns[] = {"model_year", "amount", "Year Built"};
    static const char *const told[] = {"1964.2", "1,964.2", "1964.2"};

    for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *value = NULL, *rows = NULL, *large = NULL;

        errata_spoken_of(columns[i]);
        value = errata_words_value(&mean);
        rows = errata_words_count(1976);
        large = errata_words_number(9999.0, (double)NAN, (double)NAN);
        g_assert_cmpstr(value, ==, told[i]);
        g_assert_cmpstr(rows, ==, "1,976");
        g_assert_cmpstr(large, ==, "9,999");
    }
    errata_finding_spoken(&of);
    moved = errata_words_value(&mean);
    g_assert_cmpstr(moved, ==, "1964.2");
    errata_finding_spoken(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/words/shares", test_words_shares);
    g_test_add_func("/words/ratios", test_words_ratios);
    g_test_add_func("/words/pairs", test_words_pairs);
    g_test_add_func("/words/beside", test_words_beside);
    g_test_add_func("/words/predicates", test_words_predicates);
    g_test_add_func("/words/spoken", test_words_spoken);
    g_test_add_func("/words/counts", test_words_counts);
    g_test_add_func("/words/times-of-day", test_words_times_of_day);
    g_test_add_func("/words/rationale", test_words_rationale);
    g_test_add_func("/words/about", test_words_about);
    g_test_add_func("/words/years", test_words_years);
    return g_test_run();
}
