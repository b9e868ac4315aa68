/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "compose.h"
#include "report.h"
#include "sample-case.h"
#include "value.h"

static guint
test_terminal_cells(const char *line)
{
    guint cells = 0;

    for (const char *p = line; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);

        cells += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return cells;
}

static void
test_terminal_check(const char *text, guint width)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (guint i = 0; lines[i] != NULL; i++) {
        g_assert_cmpuint(test_terminal_cells(lines[i]), <=, width);
        g_assert_false(g_str_has_suffix(lines[i], " "));
        for (const char *p = lines[i]; *p != '\0'; p += g_utf8_skip[(guchar)*p])
            g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
    }
}

static void
test_terminal_fits(void)
{
    const guint widths[] = {40, 62, 80, 120};

    for (guint i = 0; i < G_N_ELEMENTS(widths); i++) {
        g_autoptr(ErrataCase) plain = sample_case_new();
        g_autoptr(ErrataCase) ugly = sample_case_ugly(30, 12);
        ErrataCohort *cohort = errata_cohort_new("a name that is longer than its column", "a > 1");
        g_autofree char *a = NULL;
        g_autofree char *b = errata_report_terminal(ugly, widths[i], FALSE);
        g_autofree char *c = errata_report_terminal_finding(plain, "F2", widths[i], FALSE);
        g_autofree char *d = errata_report_terminal_finding(ugly, "F12", widths[i], FALSE);

        cohort->why = g_strdup("the condition does not fit this log: there is no column “foo”");
        g_ptr_array_add(plain->performance.cohorts, cohort);
        a = errata_report_terminal(plain, widths[i], FALSE);
        g_assert_nonnull(strstr(a, "Saved cohorts"));
        test_terminal_check(a, widths[i]);
        test_terminal_check(b, widths[i]);
        test_terminal_check(c, widths[i]);
        test_terminal_check(d, widths[i]);
    }
}

static gboolean
test_terminal_has(const char *text, const char *figure)
{
    g_auto(GStrv) spaces = g_strsplit(text, "\u00a0", -1);
    g_auto(GStrv) others = g_strsplit(figure, "\u00a0", -1);
    g_autofree char *a = g_strjoinv(" ", spaces);
    g_autofree char *b = g_strjoinv(" ", others);

    return strstr(a, b) != NULL;
}

/* a figure that is cut is another figure: the words give way, or it has a line to itself */
static void
test_terminal_whole_figures(void)
{
    static const struct {
        double value, lo, hi;
        ErrataUnit unit;
        const char *interval;
    } figures[] = {
        {98000.0, 92000.0, 104000.0, ERRATA_UNIT_NONE, "92,000\u00a0–\u00a0104,000"},
        {1234567890.0, 1200000000.0, 1260000000.0, ERRATA_UNIT_NONE, NULL},
        {1776124440e9, 1776041100e9, 1776150840e9, ERRATA_UNIT_TIME, NULL},
        {1776124440e9, 1744505100e9, 1776150840e9, ERRATA_UNIT_TIME, NULL},
    };

    for (guint width = 40; width <= 120; width++) {
        g_autoptr(ErrataCase) report_case = sample_case_new();
        ErrataFinding *finding = g_ptr_array_index(report_case->findings, 1);
        g_autofree char *text = NULL;

        for (guint i = 0; i < G_N_ELEMENTS(figures); i++) {
            ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, 0);

            evidence->value = figures[i].value;
            evidence->lo = figures[i].lo;
            evidence->hi = figures[i].hi;
            evidence->unit = figures[i].unit;
            g_free(text);
            text = errata_report_terminal_finding(report_case, "F2", width, FALSE);
            g_autofree char *interval =
                errata_value_interval(figures[i].lo, figures[i].hi, figures[i].unit);
            g_autofree char *value = errata_compose_evidence_value(evidence);

            test_terminal_check(text, width);
            if (figures[i].interval != NULL)
                g_assert_cmpstr(interval, ==, figures[i].interval);
            g_assert_true(test_terminal_has(text, value));
            if (width >= 63)
                g_assert_true(test_terminal_has(text, interval));
        }
    }
}

static void
test_terminal_says(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autofree char *text = errata_report_terminal(report_case, 100, FALSE);
    g_autofree char *finding = errata_report_terminal_finding(report_case, "F2", 100, FALSE);

    g_assert_nonnull(strstr(text, "fraud-scoring"));
    g_assert_nonnull(strstr(text, "Right 84.9 % of the time"));
    g_assert_nonnull(strstr(text, "entry_mode is ent_b"));
    g_assert_nonnull(strstr(text, "+2.1\u202fpt"));
    g_assert_nonnull(strstr(text, "█"));
    g_assert_nonnull(strstr(finding, "Country looks guilty too"));
    g_assert_nonnull(strstr(finding, "collect data"));
    g_assert_true(g_regex_match_simple("\nEvidence +value +95\u202f%\u00a0interval +rows\nE[0-9]+ ",
                                       finding,
                                       0,
                                       0));
    g_assert_null(errata_report_terminal_finding(report_case, "F99", 80, FALSE));
}

/* colour adds escape codes and nothing else */
static void
test_terminal_event(void)
{
    g_autoptr(ErrataCase) plain = sample_case_new();
    ErrataFinding *first = g_ptr_array_index(plain->findings, 0);
    ErrataFinding *second = g_ptr_array_index(plain->findings, 1);
    g_autofree char *before = errata_report_terminal(plain, 200, FALSE);
    g_autofree char *with = g_strdup_printf(" · same event, not listed here: %s (%s)",
                                            second->id,
                                            errata_finding_kind_say(second->kind));
    g_autofree char *note = g_strdup_printf("part-of=%s", first->id);
    g_autofree char *after = NULL;

    g_test_summary("What is part of an event has no row of its own, and its leader names it");
    g_assert_nonnull(strstr(before, second->title));
    g_assert_null(strstr(before, with));
    g_ptr_array_add(second->notes, g_steal_pointer(&note));
    after = errata_report_terminal(plain, 200, FALSE);
    g_assert_null(strstr(after, second->title));
    g_assert_nonnull(strstr(after, with));
}

static void
test_terminal_colour(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autofree char *plain = errata_report_terminal(report_case, 80, FALSE);
    g_autofree char *coloured = errata_report_terminal(report_case, 80, TRUE);
    g_autoptr(GRegex) codes = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
    g_autofree char *stripped = g_regex_replace_literal(codes, coloured, -1, 0, "", 0, NULL);
    g_autoptr(GRegex) ends = g_regex_new(" +\n", 0, 0, NULL);
    g_autofree char *trimmed = g_regex_replace_literal(ends, stripped, -1, 0, "\n", 0, NULL);

    g_assert_cmpuint(strlen(coloured), >, strlen(plain));
    g_assert_cmpstr(trimmed, ==, plain);
}

static void
test_terminal_empty(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_empty();
    g_autofree char *text = errata_report_terminal(report_case, 80, FALSE);

    g_assert_nonnull(strstr(text, "3 rows read"));
    g_assert_nonnull(strstr(text, "No finding"));
    test_terminal_check(text, 80);
}

/* a figure that is cut is another figure */
static void
test_terminal_large_figures(void)
{
    g_autoptr(ErrataCase) plain = sample_case_new();
    g_autofree char *text = NULL;

    for (guint i = 0; i < plain->metrics->len; i++) {
        ErrataMetric *metric = g_ptr_array_index(plain->metrics, i);

        if (strcmp(metric->name, "roc_auc") == 0) {
            metric->value = 12345678.0;
            metric->lo = 11100000.0;
            metric->hi = 13300000.0;
        }
    }
    text = errata_report_terminal(plain, 80, FALSE);
    g_assert_nonnull(strstr(text, "12,300,000"));
    g_assert_nonnull(strstr(text, "13,300,000)"));
    test_terminal_check(text, 80);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/terminal/fits", test_terminal_fits);
    g_test_add_func("/terminal/large-figures", test_terminal_large_figures);
    g_test_add_func("/terminal/whole-figures", test_terminal_whole_figures);
    g_test_add_func("/terminal/says", test_terminal_says);
    g_test_add_func("/terminal/colour", test_terminal_colour);
    g_test_add_func("/terminal/event", test_terminal_event);
    g_test_add_func("/terminal/empty", test_terminal_empty);
    return g_test_run();
}
