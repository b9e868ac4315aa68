/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gains and levels: a difference and what it is a difference of have intervals of their own. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "case-json.h"
#include "compose.h"
#include "gain.h"
#include "sample-case.h"

static void
set_metric(ErrataCase *report, const char *name, double value, double lo, double hi)
{
    for (guint i = 0; i < report->metrics->len; i++) {
        ErrataMetric *metric = g_ptr_array_index(report->metrics, i);

        if (g_strcmp0(metric->name, name) == 0) {
            metric->value = value;
            metric->lo = lo;
            metric->hi = hi;
            return;
        }
    }
    errata_case_add_metric(report, name, value, lo, hi, 100);
}

static const struct {
    const char *metric;
    double value, lo, hi;  /* of the report */
    double from, to, a, b; /* of the suggestion; its gain's interval */
    double gain;
    double to_lo, to_hi; /* NaN: not known */
} cases[] = {
    {"accuracy", 0.90, 0.89, 0.91, 0.90, 0.93, 0.02, 0.04, 0.03, 0.91, 0.95},
    {"mae", 10.0, 9.5, 10.5, 10.0, 8.0, 1.5, 2.5, 2.0, 7.0, 9.0},
    {"accuracy", 0.90, 0.89, 0.91, 0.97, 0.995, 0.02, 0.03, 0.025, (double)NAN, (double)NAN},
    {"accuracy", 0.98, 0.97, 0.99, 0.98, 0.99, 0.005, 0.03, 0.01, 0.975, 1.0},
    {"accuracy", 0.90, 0.89, 0.91, 0.90, 0.85, -0.06, -0.04, -0.05, 0.83, 0.87},
};

static void
test_levels(void)
{
    g_test_summary(
        "The gain, the level before and the level after each have an interval that holds it");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataCase) report = sample_case_new();
        g_autofree char *metric = g_strdup(cases[i].metric);
        ErrataSuggestion suggestion = {.metric = metric,
                                       .from = cases[i].from,
                                       .to = cases[i].to,
                                       .lo = cases[i].a,
                                       .hi = cases[i].b};
        ErrataGain gain;

        set_metric(report, cases[i].metric, cases[i].value, cases[i].lo, cases[i].hi);
        gain = errata_gain_of(report, &suggestion);
        g_assert_cmpfloat_with_epsilon(gain.value, cases[i].gain, 1e-12);
        g_assert_cmpfloat(gain.lo, <=, gain.value);
        g_assert_cmpfloat(gain.hi, >=, gain.value);
        if (isnan(cases[i].to_lo)) {
            g_assert_true(isnan(gain.from_lo) && isnan(gain.from_hi));
            g_assert_true(isnan(gain.to_lo) && isnan(gain.to_hi));
            continue;
        }
        g_assert_cmpfloat_with_epsilon(gain.from_lo, cases[i].lo, 1e-12);
        g_assert_cmpfloat_with_epsilon(gain.from_hi, cases[i].hi, 1e-12);
        g_assert_cmpfloat_with_epsilon(gain.to_lo, cases[i].to_lo, 1e-12);
        g_assert_cmpfloat_with_epsilon(gain.to_hi, cases[i].to_hi, 1e-12);
    }
}

/* a loss by a remedy is told with a loss's interval, not with its size */
static void
test_signs(void)
{
    static const struct {
        guint of;
        const char *text;
    } told[] = {{0, "(2.0 – 4.0)"}, {1, "(−2.5 – −1.5)"}, {4, "(−6.0 – −4.0)"}};

    for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
        g_autoptr(ErrataCase) report = sample_case_new();
        g_autofree char *metric = g_strdup(cases[told[i].of].metric);
        ErrataSuggestion suggestion = {.metric = metric,
                                       .from = cases[told[i].of].from,
                                       .to = cases[told[i].of].to,
                                       .lo = cases[told[i].of].a,
                                       .hi = cases[told[i].of].b};
        g_autofree char *text = NULL;
        g_auto(GStrv) words = NULL;
        g_autofree char *plain = NULL;

        set_metric(report, suggestion.metric, suggestion.from, suggestion.from, suggestion.from);
        text = errata_compose_suggestion_gain(report, &suggestion);
        words = g_strsplit(text, "\u00a0", -1);
        plain = g_strjoinv(" ", words);
        g_test_message("%s", plain);
        g_assert_nonnull(strstr(plain, told[i].text));
    }
}

/* no “up to 0 (0 – 0)”, whatever the metric */
static void
test_nothing(void)
{
    static const char *const metrics[] = {"accuracy", "rmse", "mae"};

    for (guint i = 0; i < G_N_ELEMENTS(metrics); i++) {
        g_autoptr(ErrataCase) report = sample_case_new();
        g_autofree char *metric = g_strdup(metrics[i]);
        ErrataSuggestion suggestion = {.metric = metric,
                                       .from = 0.5,
                                       .to = 0.5,
                                       .upper_bound = TRUE};
        g_autofree char *text = NULL;

        set_metric(report, suggestion.metric, 0.5, 0.5, 0.5);
        text = errata_compose_suggestion_gain(report, &suggestion);
        g_assert_cmpstr(text, ==, "nothing to gain");
    }
}

static void
test_json(void)
{
    g_autoptr(ErrataCase) report = sample_case_new();
    ErrataFinding *finding = g_ptr_array_index(report->findings, 7);
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "retrain", "Train again");
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GRegex) space = g_regex_new("\\s+", 0, 0, NULL);
    g_autofree char *text = NULL;

    set_metric(report, "accuracy", 0.5, 0.25, 0.75);
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 0.5;
    suggestion->to = 0.625;
    suggestion->lo = 0.0625;
    suggestion->hi = 0.1875;
    bytes = errata_case_to_json(report);
    text = g_regex_replace_literal(space,
                                   g_bytes_get_data(bytes, NULL),
                                   (gssize)g_bytes_get_size(bytes),
                                   0,
                                   "",
                                   0,
                                   NULL);
    g_assert_nonnull(
        strstr(text,
               "\"from\":0.5,\"from_ci\":[0.25,0.75],\"to\":0.625,\"to_ci\":[0.3125,0.9375],"
               "\"value\":0.125,\"ci\":[0.0625,0.1875]"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gain/levels", test_levels);
    g_test_add_func("/gain/signs", test_signs);
    g_test_add_func("/gain/nothing", test_nothing);
    g_test_add_func("/gain/json", test_json);
    return g_test_run();
}
