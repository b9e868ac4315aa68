/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What page 1 tells of the report before. */
#include "compose.h"

static void
add_pattern(ErrataCase *report_case, ErrataPatternState state, ErrataSeverity severity)
{
    const char *nick = errata_pattern_state_nick(state);
    ErrataPattern *pattern = errata_pattern_new(nick, ERRATA_FINDING_SLICE, nick);

    pattern->state = state;
    pattern->severity = severity;
    g_ptr_array_add(report_case->patterns, pattern);
}

static void
test_compose_news_states(void)
{
    static const ErrataPatternState told[] = {ERRATA_PATTERN_REGRESSED,
                                              ERRATA_PATTERN_NEW,
                                              ERRATA_PATTERN_WORSE,
                                              ERRATA_PATTERN_FIXED,
                                              ERRATA_PATTERN_BETTER};
    g_autoptr(ErrataCase) report_case = errata_case_new();
    g_autoptr(GPtrArray) news = NULL;

    g_test_summary("What got better is told as what got worse is, after it");
    report_case->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    add_pattern(report_case, ERRATA_PATTERN_BETTER, ERRATA_SEVERITY_HIGH);
    add_pattern(report_case, ERRATA_PATTERN_BETTER, ERRATA_SEVERITY_INFO);
    add_pattern(report_case, ERRATA_PATTERN_RECURRING, ERRATA_SEVERITY_HIGH);
    for (guint i = 0; i + 1 < G_N_ELEMENTS(told); i++)
        add_pattern(report_case, told[i], ERRATA_SEVERITY_HIGH);
    add_pattern(report_case, ERRATA_PATTERN_BETTER, ERRATA_SEVERITY_HIGH);
    ((ErrataPattern *)g_ptr_array_index(report_case->patterns, 7))->muted = TRUE;
    news = errata_compose_news(report_case);
    g_assert_cmpuint(news->len, ==, G_N_ELEMENTS(told));
    for (guint i = 0; i < news->len; i++)
        g_assert_cmpstr(((const ErrataNews *)g_ptr_array_index(news, i))->state,
                        ==,
                        errata_pattern_state_nick(told[i]));
}

static void
test_compose_news_since_told(gboolean changed,
                             double difference,
                             guint n_news,
                             const char *state,
                             const char *text)
{
    g_autoptr(ErrataCase) report_case = errata_case_new();
    ErrataSince *since = g_new0(ErrataSince, 1);
    g_autoptr(GPtrArray) news = NULL;
    const ErrataNews *line;

    errata_case_add_metric(report_case, "accuracy", 0.77, 0.76, 0.781, 6000);
    since->metric = g_strdup("accuracy");
    since->from = 0.77 - difference;
    since->to = 0.77;
    since->difference = difference;
    since->lo = difference - 0.018;
    since->hi = difference + 0.018;
    since->test = g_strdup("two samples, normal");
    since->changed = changed;
    report_case->performance.since = since;
    report_case->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    add_pattern(report_case, ERRATA_PATTERN_FIXED, ERRATA_SEVERITY_HIGH);
    ((ErrataPattern *)g_ptr_array_index(report_case->patterns, 0))->kind =
        ERRATA_FINDING_PERFORMANCE;
    news = errata_compose_news(report_case);
    g_assert_cmpuint(news->len, ==, n_news);
    line = g_ptr_array_index(news, 0);
    g_assert_cmpstr(line->state, ==, state);
    g_assert_cmpstr(line->text, ==, text);
}

static void
test_compose_news_since(void)
{
    g_test_summary(
        "The headline against the report before leads, with what is sure of it, and what "
        "it tells is not told twice");
    test_compose_news_since_told(TRUE,
                                 -0.069,
                                 1,
                                 "worse",
                                 "Accuracy fell from 83.9\u202f% to 77.0\u202f%, by 6.9 points "
                                 "(5.1 – 8.7, 99\u202f% sure)");
    test_compose_news_since_told(TRUE,
                                 0.152,
                                 1,
                                 "better",
                                 "Accuracy rose from 61.8\u202f% to 77.0\u202f%, by 15.2 points "
                                 "(13.4 – 17.0, 99\u202f% sure)");
    test_compose_news_since_told(
        FALSE,
        0.005,
        2,
        "unchanged",
        "Accuracy 77.0\u202f% after 76.5\u202f%: no change that can be told "
        "from chance (−1.3 – 2.3 points, 99\u202f% sure)");
    test_compose_news_since_told(
        FALSE,
        0.02,
        2,
        "unchanged",
        "Accuracy 77.0\u202f% after 75.0\u202f%: a change too small to be worth telling "
        "(0.2 – 3.8 points, 99\u202f% sure)");
}

/* what the tile of a compared metric says, which by itself would call 1.6 points unchanged */
static void
test_compose_news_tile_told(gboolean changed, const char *text)
{
    g_autoptr(ErrataCase) report_case = errata_case_new();
    ErrataMetric *metric =
        errata_case_add_metric(report_case, "accuracy", 0.7704, 0.76, 0.781, 6000);
    g_autofree char *told = NULL;
    ErrataTone tone;
    int arrow;

    metric->baseline = 0.7866; /* 78.7 as printed, of which 77.0 is not what is taken */
    metric->change = changed ? ERRATA_SINCE_TOLD : ERRATA_SINCE_NONE;
    report_case->baseline_kind = g_strdup("report");
    told = errata_compose_change(report_case, metric, &tone, &arrow);
    g_assert_cmpstr(told, ==, text);
    g_assert_cmpint(tone == ERRATA_TONE_ERROR, ==, changed);
}

static void
test_compose_news_tile(void)
{
    g_test_summary("A tile says of a change what the comparison of the two reports says");
    test_compose_news_tile_told(TRUE, "1.6\u202fpt");
    test_compose_news_tile_told(FALSE, "unchanged");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compose-news/states", test_compose_news_states);
    g_test_add_func("/compose-news/since", test_compose_news_since);
    g_test_add_func("/compose-news/tile", test_compose_news_tile);
    return g_test_run();
}
