/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clocks that are wrong for a stretch of even steps, for whole days, or set back for good. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"

/* a log of 60 days that rests at night; from day @from on, until @to, @by minutes later; with
 * @only_begin, days only begin later */
static AnalysisFrame *
clock_of_days(guint from, guint to, int by, guint every, gboolean only_begin)
{
    g_autoptr(GString) table = g_string_new("ts,x,host,prediction,label\n");
    AnalysisFrame *self;

    for (guint day = 0; day < 60; day++) {
        gboolean other = day >= from && day < to && (every == 0 || day / every % 2 == 0);
        guint first = other && only_begin ? (guint)by : 0;

        for (guint minute = first; minute < 780; minute += 8) {
            ErrataRng rng = errata_rng_init(11, day, minute);
            int late = other && !only_begin ? by : 0;
            gint64 at = 1700006400 + (gint64)day * 86400 + 60 * (360 + (gint64)minute + late);
            guint second = (guint)errata_rng_below(&rng, 400);
            double x = errata_rng_uniform(&rng);

            g_string_append_printf(table,
                                   "%" G_GINT64_FORMAT ",%.3f,1,%u\n",
                                   at + second,
                                   x,
                                   (guint)errata_rng_below(&rng, 2));
        }
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&self->analysis, NULL));
    return self;
}

static const ErrataFinding *
clock_fault(const AnalysisFrame *self)
{
    const GPtrArray *findings = self->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        g_test_message("%s", finding->title);
        if (g_strcmp0(finding->subject.bug, "clock-fault") == 0)
            return finding;
    }
    return NULL;
}

static void
test_clock_days_shift(void)
{
    g_autoptr(AnalysisFrame) late = clock_of_days(20, 28, 120, 0, FALSE);
    g_autoptr(AnalysisFrame) early = clock_of_days(40, 45, -330, 0, FALSE);
    const ErrataFinding *finding = clock_fault(late);

    g_test_summary(
        "Days that all begin and end two hours later, for a while, may have another clock");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 8 * 98);
    g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "+2 h");
    g_assert_nonnull(
        strstr(finding->title, "begin and end 2 hours later between 5 December and 12 December"));
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    finding = clock_fault(early);
    g_assert_nonnull(finding);
    g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "−5.5 h");
}

static void
test_clock_days_other(void)
{
    g_autoptr(AnalysisFrame) usual = clock_of_days(0, 0, 0, 0, FALSE);
    g_autoptr(AnalysisFrame) shorter = clock_of_days(20, 28, 120, 0, TRUE);
    g_autoptr(AnalysisFrame) turns = clock_of_days(0, 60, 120, 7, FALSE);
    g_autoptr(AnalysisFrame) stays = clock_of_days(35, 60, 60, 0, FALSE);
    g_autoptr(AnalysisFrame) summer = clock_of_days(20, 49, 60, 0, FALSE);

    g_test_summary("Shorter days, shifts that take turns, and summer time are no fault");
    g_assert_null(clock_fault(usual));
    g_assert_null(clock_fault(shorter));
    g_assert_null(clock_fault(turns));
    g_assert_null(clock_fault(stays));
    g_assert_null(clock_fault(summer));
}

/* a log of 60 days of hours that nobody keeps to the minute, in quarters of an hour: days @from to
 * @to are @by hours later, or, with @only_begin, only begin so */
static AnalysisFrame *
clock_of_shops(guint from, guint to, guint by, gboolean only_begin, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("ts,x,prediction,label\n");
    AnalysisFrame *self;

    for (guint day = 0; day < 60; day++) {
        ErrataRng rng = errata_rng_init(seed, day, 0);
        guint late = day >= from && day < to ? 4 * by : 0;
        guint first = 32 + (guint)errata_rng_below(&rng, 6) + late; /* quarters */
        guint last = 74 + (guint)errata_rng_below(&rng, 7) + (only_begin ? 0 : late);

        for (guint quarter = first; quarter < last; quarter++) {
            gint64 at = 1700006400 + (gint64)day * 86400 + 900 * (gint64)quarter;
            double x = errata_rng_uniform(&rng);

            g_string_append_printf(table,
                                   "%" G_GINT64_FORMAT ",%.3f,1,%u\n",
                                   at,
                                   x,
                                   (guint)errata_rng_below(&rng, 2));
        }
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&self->analysis, NULL));
    return self;
}

static void
test_clock_days_ragged(void)
{
    guint n = 0;

    g_test_summary("Days that open and close by the half hour are shifted by two hours for all to "
                   "see; opened late they are only shorter");
    for (guint64 seed = 0; seed < 10; seed++) {
        g_autoptr(AnalysisFrame) usual = clock_of_shops(0, 0, 0, FALSE, 40 + seed);
        g_autoptr(AnalysisFrame) late = clock_of_shops(20, 24, 2, FALSE, 50 + seed);
        g_autoptr(AnalysisFrame) shorter = clock_of_shops(20, 24, 2, TRUE, 60 + seed);
        const ErrataFinding *finding = clock_fault(late);

        g_assert_null(clock_fault(usual));
        g_assert_null(clock_fault(shorter));
        if (finding == NULL)
            continue;
        n++;
        g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "+2 h");
        g_assert_nonnull(strstr(finding->title, "about 2 hours later between 5 December and 8 "));
    }
    g_assert_cmpuint(n, >=, 7);
}

/* four sites every quarter of an hour, or every hour; rows 2,000 to 2,599 two hours fast */
static AnalysisFrame *
clock_of_steps(guint step, gboolean fast)
{
    g_autoptr(GString) table = g_string_new("ts,x,prediction,label\n");
    AnalysisFrame *self;

    for (guint i = 0; i < 6000; i++) {
        ErrataRng rng = errata_rng_init(12, step, i);
        guint ts = 1700006400 + i / 4 * step + (fast && i >= 2000 && i < 2600 ? 7200 : 0);
        double x = errata_rng_uniform(&rng);

        g_string_append_printf(table, "%u,%.3f,1,%u\n", ts, x, (guint)errata_rng_below(&rng, 2));
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&self->analysis, NULL));
    return self;
}

static void
test_clock_days_steps(void)
{
    static const guint steps[] = {900, 3600};

    g_test_summary("A clock two hours fast shows in even steps, though the steps add to its jumps");
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(AnalysisFrame) right = clock_of_steps(steps[i], FALSE);
        g_autoptr(AnalysisFrame) fast = clock_of_steps(steps[i], TRUE);
        const ErrataFinding *finding = clock_fault(fast);

        g_assert_null(clock_fault(right));
        g_assert_nonnull(finding);
        g_assert_cmpuint(finding->n_rows, ==, 600);
        g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "+2 h");
    }
}

typedef enum {
    BACK_NONE,
    BACK_STAYS,  /* an hour back at row 1500, for good */
    BACK_BATCH,  /* sixty rows come late, by an hour and more */
    BACK_HOST,   /* of another host, whose file stands behind the first's */
    BACK_JOINED, /* the second half is of another writer, who began at the same time */
} ClockBack;

/* a row a minute, more or less */
static AnalysisFrame *
clock_set_back(guint64 seed, ClockBack kind)
{
    g_autoptr(GString) table = g_string_new("ts,x,prediction,label\n");
    double time[3000];
    double at = 1700006400.0;
    AnalysisFrame *self;

    for (guint i = 0; i < 3000; i++) {
        ErrataRng rng = errata_rng_init(seed, 3, i);

        at -= 60.0 * log(1.0 - errata_rng_uniform(&rng));
        time[i] = at - ((kind == BACK_STAYS || kind == BACK_HOST) && i >= 1500 ? 3600.0 : 0.0) -
                  (kind == BACK_JOINED && i >= 240 ? 4 * 3600.0 : 0.0);
    }
    for (guint k = 0; k < 3000; k++) {
        ErrataRng rng = errata_rng_init(seed, 4, k);
        guint i = kind != BACK_BATCH || k < 1500 || k >= 1620 ? k : k < 1560 ? k + 60 : k - 60;

        g_string_append_printf(table,
                               "%.0f,%.3f,%s,1,%u\n",
                               time[i],
                               errata_rng_uniform(&rng),
                               kind == BACK_HOST && k >= 1500 ? "b" : "a",
                               (guint)errata_rng_below(&rng, 2));
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&self->analysis, NULL));
    return self;
}

static void
test_clock_days_back(void)
{
    g_test_summary(
        "A clock that is set back for good is told with the rows whose times come twice; "
        "late rows and joined files are not");
    for (guint64 seed = 1; seed < 9; seed++) {
        g_autoptr(AnalysisFrame) back = clock_set_back(seed, BACK_STAYS);
        const ErrataFinding *finding = clock_fault(back);

        g_assert_nonnull(finding);
        g_assert_nonnull(strstr(finding->title, "is set back by 1 hour"));
        g_assert_cmpuint(finding->n_rows, >, 35);
        g_assert_cmpuint(finding->n_rows, <, 90);
        for (guint i = 0; i < finding->n_rows; i++)
            g_assert_cmpuint(finding->row[i] - 1500, <, 90);
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
        for (ClockBack kind = BACK_NONE; kind <= BACK_JOINED; kind++) {
            g_autoptr(AnalysisFrame) other = NULL;

            if (kind == BACK_STAYS)
                continue;
            other = clock_set_back(seed, kind);
            g_assert_null(clock_fault(other));
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock-days/shift", test_clock_days_shift);
    g_test_add_func("/clock-days/other", test_clock_days_other);
    g_test_add_func("/clock-days/ragged", test_clock_days_ragged);
    g_test_add_func("/clock-days/steps", test_clock_days_steps);
    g_test_add_func("/clock-days/back", test_clock_days_back);
    return g_test_run();
}
