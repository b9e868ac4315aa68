/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "built-in-writer.h"
#include "change-plant.h"
#include "change-points.h"
#include "drift.h"

static void
test_change_points_step(void)
{
    const Plant plant = {.begin = 12345, .end = 12345, .shift = 0.5, .shares = 0.3};
    g_autoptr(LogFixture) log = test_run(&plant, 1);
    const ErrataFinding *finding;

    g_test_summary("A column moves and a category with it: one finding, dated within a block");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_CHANGE_POINT);
    g_assert_cmpstr(finding->subject.series, ==, "mean:a");
    g_assert_false(finding->subject.has_time);
    g_assert_cmpfloat_with_epsilon((double)finding->subject.from, 12345.0, 50.0);
    g_assert_cmpfloat_with_epsilon(finding->subject.before, 0.0, 0.05);
    g_assert_cmpfloat_with_epsilon(finding->subject.after, 0.5, 0.05);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_cmpstr(errata_finding_note(finding, "shape"), ==, "abrupt");
    g_assert_nonnull(errata_finding_evidence(finding, "also"));
    g_assert_cmpint(finding->subject.at_lo, <=, 12345);
    g_assert_cmpint(finding->subject.at_hi, >=, 12345);
    g_assert_cmpint(finding->subject.at_hi - finding->subject.at_lo, <, 200);
    g_assert_cmpint(log->analysis.changed_at, ==, (gsize)finding->subject.from);
    g_assert_nonnull(finding->figure);
    g_assert_cmpuint(finding->n_rows, ==, N - (gsize)finding->subject.from);
}

/* a fault of b since @begin, mostly where c is green */
static void
test_fault(LogFixture *log, gsize begin)
{
    ErrataFinding *fault = errata_finding_new(ERRATA_FINDING_DATA_BUG, "b is missing");
    const ErrataColumn *c = errata_frame_find(log->frame, "c", NULL);

    fault->subject.bug = g_strdup("missing-burst");
    fault->subject.column = g_strdup("b");
    errata_finding_add(fault,
                       errata_evidence_new("share_rows", "missing", 0.1, ERRATA_UNIT_SHARE, N));
    fault->row = g_new(guint32, N);
    for (gsize row = begin; row < N; row++)
        if (row % 5 < 3 && strcmp(c->dictionary[c->code[row]], "green") == 0) {
            fault->row[fault->n_rows++] = (guint32)row;
            log->analysis.set_aside[row] = 1;
        }
    errata_case_add_finding(log->analysis.result, fault);
}

static void
test_change_points_fault(void)
{
    const Plant plant = {.begin = N, .end = N};
    g_autoptr(LogFixture) log = log_fixture_new(test_frame(&plant, 3), NULL, &made_roles);

    g_test_summary("Rows of a fault of one column are no fewer in the series of the others");
    log->settings->alpha = 0.01;
    test_fault(log, 12000);
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
}

static void
test_change_points_group(void)
{
    const Plant plant = {.begin = N, .end = N};
    g_autoptr(LogFixture) log = log_fixture_new(test_frame(&plant, 3), NULL, &made_roles);
    ErrataFinding *fault = errata_finding_new(ERRATA_FINDING_DATA_BUG, "b arrives in cents");

    g_test_summary("Scores have not fallen because the rows of one group, all high, are faulty");
    log->settings->alpha = 0.01;
    fault->subject.bug = g_strdup("unit-change");
    fault->subject.column = g_strdup("b");
    errata_finding_add(fault,
                       errata_evidence_new("group", "of the group", 1.0, ERRATA_UNIT_SHARE, 2500));
    fault->row = g_new(guint32, N);
    for (guint32 row = 15000; row < N; row++)
        if (log->outcome->score[row] > 0.5) {
            fault->row[fault->n_rows++] = row;
            log->analysis.set_aside[row] = 1;
        }
    errata_case_add_finding(log->analysis.result, fault);
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
}

static void
test_change_points_outside(void)
{
    const Plant plant = {.begin = 12000, .end = 12000, .errors = 0.3};
    const Plant moved = {.begin = 12000, .end = 12000, .shift = 2.0};
    g_autoptr(LogFixture) log = log_fixture_new(test_frame(&plant, 3), NULL, &made_roles);
    g_autoptr(LogFixture) column = log_fixture_new(test_frame(&moved, 3), NULL, &made_roles);
    const ErrataFinding *finding;

    g_test_summary("A rate of the rows that no fault befell says that it is theirs");
    log->settings->alpha = column->settings->alpha = 0.01;
    test_fault(log, 15000);
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    finding = g_ptr_array_index(log->analysis.result->findings, 1);
    g_assert_true(g_str_has_prefix(finding->title, "The error rate outside data bugs rose from "));
    test_fault(column, 15000);
    g_assert_true(errata_analyzer_change_points.run(&column->analysis, NULL));
    finding = g_ptr_array_index(column->analysis.result->findings, 1);
    g_assert_true(g_str_has_prefix(finding->title, "The mean of a rose from "));
    g_assert_cmpstr(errata_finding_note(finding, "errors-of"), ==, "sound");
}

static void
test_change_points_mostly_faults(void)
{
    const Plant plant = {.begin = 12000, .end = 12000, .shift = 2.0};
    g_autoptr(LogFixture) log = log_fixture_new(test_frame(&plant, 3), NULL, &made_roles);
    ErrataFinding *fault;

    log->settings->alpha = 0.01;
    test_fault(log, 12000);
    fault = g_ptr_array_index(log->analysis.result->findings, 0);
    fault->n_rows = 0;
    for (guint32 row = 12001; row < N; row += row % 4 == 3 ? 2 : 1) {
        fault->row[fault->n_rows++] = row;
        log->analysis.set_aside[row] = 1;
        log->outcome->loss[row] = row % 4 == 1 ? 1.0 : log->outcome->loss[row];
    }
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    fault = g_ptr_array_index(log->analysis.result->findings, 1); /* what follows from it */
    g_assert_true(g_str_has_prefix(fault->title, "The error rate rose from "));
}

static void
test_change_points_means(void)
{
    const Plant plant = {.begin = 12000, .end = 12000, .shift = 2.0};
    g_autoptr(LogFixture) log = test_run(&plant, 3);
    const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, 0);
    const ErrataColumn *a = errata_frame_find(log->frame, "a", NULL);
    const ErrataEvidence *after = errata_finding_evidence(finding, "after");
    double sum = 0.0;

    g_test_summary("The mean that is told is the mean of the rows, extremes included");
    g_assert_cmpstr(finding->subject.series, ==, "mean:a");
    for (gsize row = (gsize)finding->subject.from; row < N; row++)
        sum += errata_column_number(a, row);
    g_assert_cmpfloat_with_epsilon(after->value, sum / (double)after->n, 1e-12);
}

static void
test_change_points_lasting(void)
{
    g_test_summary("Now begins with a change that lasts, not with one that came back");
    for (guint back = 0; back < 2; back++) {
        const Plant plant = {.begin = 14000,
                             .end = 14000,
                             .shift = 2.0,
                             .back = back != 0 ? 19400 : 0};
        g_autoptr(LogFixture) log = test_run(&plant, 3);

        g_assert_cmpint(log->analysis.changed_at > 0, ==, back == 0);
    }
}

/* all rows of a stretch are set aside but twenty, which happen to have high scores */
static void
test_change_points_swap(void)
{
    const Plant plant = {.begin = 12000, .end = 12000, .back = 15000, .shift = 2.0};
    g_autoptr(LogFixture) log = log_fixture_new(test_frame(&plant, 3), NULL, &made_roles);
    ErrataFinding *fault = errata_finding_new(ERRATA_FINDING_DATA_BUG, "a and b are exchanged");

    g_test_summary("Exchanged columns are a fault of both: the other one has not changed as well");
    log->settings->alpha = 0.01;
    fault->subject.bug = g_strdup("column-swap");
    fault->subject.column = g_strdup("b");
    errata_finding_add(fault,
                       errata_evidence_new("share_rows", "swapped", 0.15, ERRATA_UNIT_SHARE, N));
    fault->row = g_new(guint32, N);
    for (guint32 row = 12000; row < 15000; row++) {
        fault->row[fault->n_rows++] = row;
        log->analysis.set_aside[row] = 1;
    }
    errata_case_add_finding(log->analysis.result, fault);
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
}

static void
test_change_points_left(void)
{
    const Plant plant = {.begin = N, .end = N};
    g_autoptr(LogFixture) log = log_fixture_new(test_frame(&plant, 4), NULL, &made_roles);
    ErrataFinding *fault = errata_finding_new(ERRATA_FINDING_DATA_BUG, "b comes × 1000");

    g_test_summary("The few rows that a fault leaves of a stretch make no change of their own");
    log->settings->alpha = 0.01;
    fault->subject.bug = g_strdup("unit-change");
    fault->subject.column = g_strdup("b");
    fault->row = g_new(guint32, N);
    for (gsize row = 0; row < N; row++) {
        gboolean within = row >= 9000 && row < 11000;

        log->analysis.set_aside[row] = within && row % 100 != 0;
        if (log->analysis.set_aside[row] != 0)
            fault->row[fault->n_rows++] = (guint32)row;
        log->outcome->score[row] = within && row % 100 == 0 ? 0.99
                                                            : 0.6 + 0.02 * (double)(row * 7 % 11);
    }
    errata_finding_add(fault,
                       errata_evidence_new("share_rows", "affected", 0.1, ERRATA_UNIT_SHARE, N));
    errata_case_add_finding(log->analysis.result, fault);
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
}

/* when a change is dated in a log of 40 stamps, 30 days apart: in stamps, and the ends of its
 * interval */
static void
test_stamped(gsize begin, guint64 seed, double ret_stamp[3])
{
    const gint64 month = 30 * 24 * G_GINT64_CONSTANT(3600000000000);
    const Plant plant = {.begin = begin, .end = begin, .shift = 0.4};
    g_autoptr(LogFixture) log = log_fixture_new(test_frame(&plant, seed), NULL, &made_roles);
    g_autofree gint64 *time = g_new(gint64, N);
    const ErrataFinding *finding;

    for (gsize row = 0; row < N; row++)
        time[row] = (gint64)(row / 500) * month;
    log->settings->alpha = 0.01;
    log->outcome->time = time;
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    log->outcome->time = NULL;
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_true(finding->subject.has_time);
    ret_stamp[0] = (double)finding->subject.from / (double)month;
    ret_stamp[1] = (double)finding->subject.at_lo / (double)month;
    ret_stamp[2] = (double)finding->subject.at_hi / (double)month;
}

static void
test_change_points_stamps(void)
{
    double stamp[3];

    g_test_summary(
        "A change with a stamp is dated on it, never on the one before; one amid the rows "
        "of a stamp within it");
    for (guint64 seed = 31; seed < 36; seed += 2) {
        test_stamped(12000, seed, stamp);
        g_assert_cmpfloat_with_epsilon(stamp[0], 24.0, 1e-9);
    }
    test_stamped(12250, 5, stamp);
    g_test_message("%g in %g to %g", stamp[0], stamp[1], stamp[2]);
    g_assert_true(stamp[0] > 23.5 && stamp[0] < 25.5);
    g_assert_cmpfloat_with_epsilon(stamp[1], 24.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(stamp[2], 25.0, 1e-9);
}

/* changes of a log of 2025, a stamp per month or per local day: from stamp @begin on, until @back;
 * rows of a stamp stand in the order of c */
static LogFixture *
test_calendar(gboolean monthly, gsize begin, gsize back, guint64 seed)
{
    static const gint64 first[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const gint64 day = 24 * G_GINT64_CONSTANT(3600000000000), new_year = 20089 * day;
    gsize n_stamps = monthly ? G_N_ELEMENTS(first) : 200;
    gsize rows = N / n_stamps;
    const Plant plant = {.begin = begin * rows,
                         .end = begin * rows,
                         .back = back * rows,
                         .shift = 1.0,
                         .errors = 0.15,
                         .rows = n_stamps * rows};
    LogFixture *log = log_fixture_new(test_frame(&plant, seed), NULL, &made_roles);
    const ErrataColumn *c = errata_frame_find(log->frame, "c", NULL);
    g_autofree gint64 *time = g_new(gint64, plant.rows);
    gsize at = 0;

    for (gsize row = 0; row < plant.rows; row++) { /* summer begins with day 88 */
        gint64 stamp = (gint64)(row / rows);

        time[row] = new_year + (monthly ? first[stamp] * day
                                        : stamp * day - (stamp < 88 ? day / 24 : day / 12));
    }
    for (gsize stamp = 0; stamp < n_stamps; stamp++)
        for (guint32 code = 0; code < c->n_dictionary; code++)
            for (gsize row = stamp * rows; row < (stamp + 1) * rows; row++)
                if (c->code[row] == code)
                    log->outcome->order[at++] = (guint32)row;
    g_assert_cmpuint(at, ==, plant.rows);
    log->settings->alpha = 0.01;
    log->outcome->time = time;
    g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
    log->outcome->time = NULL;
    for (guint i = 0; i < log->analysis.result->findings->len; i++)
        g_test_message(
            "%s",
            ((ErrataFinding *)g_ptr_array_index(log->analysis.result->findings, i))->title);
    return log;
}

static void
test_change_points_calendar(void)
{
    const gint64 day = 24 * G_GINT64_CONSTANT(3600000000000), new_year = 20089 * day;

    g_test_summary(
        "Months fall on different weekdays, and local midnight on two hours: neither carries "
        "a change, nor does the order within a stamp make one");
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(LogFixture) lasting = test_calendar(TRUE, 8, 0, 200 + seed);
        g_autoptr(LogFixture) passing = test_calendar(TRUE, 3, 7, 210 + seed);
        g_autoptr(LogFixture) summer = test_calendar(FALSE, 88, 0, 220 + seed);
        const GPtrArray *findings = lasting->analysis.result->findings;
        const ErrataFinding *finding;

        g_assert_cmpuint(findings->len, ==, 1);
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpint(finding->subject.from, ==, new_year + 243 * day);
        g_assert_null(errata_finding_evidence(finding, "back"));
        g_assert_cmpuint(finding->n_rows, ==, 4 * (N / 12));
        findings = passing->analysis.result->findings;
        g_assert_cmpuint(findings->len, ==, 1);
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpint(finding->subject.from, ==, new_year + 90 * day);
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "back")->value,
                                       (double)(new_year + 212 * day),
                                       1.0);
        findings = summer->analysis.result->findings;
        g_assert_cmpuint(findings->len, ==, 1);
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpint(finding->subject.from, ==, new_year + 88 * day - day / 12);
    }
}

static void
test_change_points_unseen(void)
{
    g_test_summary(
        "In three weeks a change of some days is partly taken for their weekdays': what that "
        "leaves elsewhere, where the rows are as before, is not told");
    for (guint64 seed = 0; seed < 6; seed++) {
        const Plant plant = {.begin = 3200,
                             .end = 3200,
                             .back = 5600,
                             .shift = 1.2,
                             .minutes = 20 * 1440,
                             .rows = 8000};
        g_autoptr(LogFixture) log = test_run(&plant, 300 + seed);
        const GPtrArray *findings = log->analysis.result->findings;

        g_assert_cmpuint(findings->len, >, 0);
        for (guint i = 0; i < findings->len; i++) {
            const ErrataSubject *subject =
                &((ErrataFinding *)g_ptr_array_index(findings, i))->subject;

            if (strcmp(subject->series, "mean:a") == 0)
                g_assert_cmpfloat(fabs(subject->after - subject->before), >, 0.1);
        }
    }
}

static void
test_change_points_span(void)
{
    guint held = 0, dependent = 0;
    double width = 0.0;

    g_test_summary(
        "The interval of a date holds the truth 95 times in 100; 9 in 10 in a chain of rows");
    for (guint64 seed = 0; seed < 300; seed++) {
        ErrataRng rng = errata_rng_init(seed, 41, 0);
        double support[400], chain[400], last = 0.0;
        gsize lo, hi;

        for (guint i = 0; i < 400; i++) {
            double z = test_normal(&rng);

            last = 0.8 * last + 0.6 * z;
            support[i] = (i < 170 ? 0.5 : -0.5) + z;
            chain[i] = (i < 170 ? 0.5 : -0.5) + last;
        }
        errata_change_span(support, 400, NULL, &lo, &hi);
        held += lo <= 170 && hi >= 170;
        width += (double)(hi - lo) / 300.0;
        errata_change_span(chain, 400, NULL, &lo, &hi);
        dependent += lo <= 170 && hi >= 170;
    }
    g_test_message("%u, in chains %u of 300, %.1f rows wide", held, dependent, width);
    g_assert_cmpuint(held, >=, 275);
    g_assert_cmpuint(dependent, >=, 264);
    g_assert_cmpfloat(width, <, 30.0);
}

static void
test_change_points_ramp(void)
{
    const Plant plant = {.begin = 8000, .end = 12000, .shift = 1.0};
    g_autoptr(LogFixture) log = test_run(&plant, 2);
    const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, 0);
    const ErrataEvidence *until = errata_finding_evidence(finding, "until");

    g_test_summary("A slow change has a start and an end");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    g_assert_cmpstr(errata_finding_note(finding, "shape"), ==, "gradual");
    g_assert_nonnull(until);
    g_assert_cmpfloat_with_epsilon((double)finding->subject.from, 8000.0, 600.0);
    g_assert_cmpfloat_with_epsilon(until->value, 12000.0, 600.0);
    g_assert_cmpint(log->analysis.changed_at, ==, (gsize)finding->subject.to);
    g_assert_cmpint(log->analysis.changed_from, ==, (gsize)finding->subject.from);
}

static void
test_change_points_spread(void)
{
    const Plant plant = {.begin = 12000, .end = 19500, .shift = 2.0};

    g_test_summary("A mean that rises slowly is no spread that changes while it does");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(LogFixture) log = test_run(&plant, seed);

        for (guint i = 0; i < log->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, i);

            g_test_message("%s", finding->title);
            g_assert_false(g_str_has_prefix(finding->subject.series, "spread:"));
            for (guint e = 0; e < finding->evidence->len; e++)
                g_assert_null(
                    strstr(((const ErrataEvidence *)g_ptr_array_index(finding->evidence, e))->what,
                           "standard deviation of a"));
        }
    }
}

static void
test_change_points_short(void)
{
    const Plant first = {.begin = 80, .end = 80, .shift = 2.0, .rows = 3000};
    const Plant last = {.begin = 2920, .end = 2920, .shift = 2.0, .rows = 3000};
    g_autoptr(LogFixture) early = test_run(&first, 2);
    g_autoptr(LogFixture) late = test_run(&last, 2);
    const ErrataFinding *finding = g_ptr_array_index(early->analysis.result->findings, 0);

    g_test_summary("A few rows at either end are named as such, and are neither before nor now");
    g_test_message("%s", finding->title);
    g_assert_nonnull(strstr(finding->title, " in the first "));
    g_assert_nonnull(strstr(finding->title, " rows until row "));
    g_assert_true(g_str_has_suffix(finding->title, " since"));
    g_assert_cmpuint(early->analysis.changed_at, ==, 0);
    errata_built_in_writer_write(early->analysis.result);
    g_assert_nonnull(strstr(finding->rationale, " in the first "));
    finding = g_ptr_array_index(late->analysis.result->findings, 0);
    g_assert_nonnull(strstr(finding->title, " rose from "));
    g_assert_cmpuint(late->analysis.changed_at, ==, 0);
    errata_built_in_writer_write(late->analysis.result);
    g_test_message("%s", finding->rationale);
    g_assert_nonnull(strstr(finding->rationale, " rows) it is "));
}

static void
test_change_points_within(void)
{
    const Plant plant = {.begin = 3000,
                         .end = 17000,
                         .shift = 2.5,
                         .errors = 0.12,
                         .errors_at = 9000};
    g_autoptr(LogFixture) log = test_run(&plant, 5);
    const ErrataFinding *slow, *errors;
    const ErrataEvidence *rate;

    g_test_summary("Errors that rise at once while a column changes slowly have their own date");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 2);
    slow = g_ptr_array_index(log->analysis.result->findings, 0);
    errors = g_ptr_array_index(log->analysis.result->findings, 1);
    g_assert_cmpstr(slow->subject.series, ==, "mean:a");
    g_assert_cmpstr(errata_finding_note(slow, "shape"), ==, "gradual");
    g_assert_cmpstr(errata_finding_note(slow, "errors"), ==, "apart");
    g_assert_cmpint(slow->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_cmpstr(errors->subject.series, ==, "error_rate");
    g_assert_cmpstr(errata_finding_note(errors, "shape"), !=, "gradual");
    g_assert_cmpfloat_with_epsilon((double)errors->subject.from, 9000.0, 150.0);
    rate = errata_finding_evidence(errors, "rate_after");
    g_assert_cmpfloat_with_epsilon(rate->hi - rate->lo,
                                   2.0 * 1.96 * sqrt(rate->value * (1.0 - rate->value) / 11000.0),
                                   0.003);
    g_assert_cmpint(errors->severity, >=, ERRATA_SEVERITY_HIGH);
}

static void
test_change_points_lasts(void)
{
    const Plant plant = {.begin = 12000,
                         .end = 16000,
                         .shift = 2.5,
                         .errors = 0.12,
                         .errors_at = 8000};
    g_autoptr(LogFixture) log = test_run(&plant, 7);
    const ErrataFinding *errors;

    g_test_summary("Errors that rose are not over when a column changes slowly later");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 2);
    errors = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpstr(errors->subject.series, ==, "error_rate");
    g_assert_cmpuint(errors->n_rows, >, 11500);
    g_assert_cmpfloat_with_epsilon(errors->delta, 0.072, 0.01);
}

static void
test_change_points_scores(void)
{
    const Plant plant = {.begin = N, .end = N, .sharper = 12000};
    g_autoptr(LogFixture) log = test_run(&plant, 100);
    const ErrataFinding *finding;

    g_test_summary("Scores that another rule makes may keep their mean: they are dated by how far "
                   "apart they lie");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpstr(finding->subject.series, ==, "spread:p");
    g_assert_cmpfloat_with_epsilon((double)finding->subject.from, 12000.0, 100.0);
    g_assert_nonnull(strstr(finding->title, "The standard deviation of p rose from 0.17"));
}

static void
test_change_points_errors(void)
{
    const Plant plant = {.begin = 14000, .end = 14000, .errors = 0.08, .minutes = 30 * 1440};
    g_autoptr(LogFixture) log = test_run(&plant, 3);
    const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, 0);

    g_test_summary("6,000 rows with 8 points more errors: 2.4 points of accuracy");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    g_assert_cmpstr(finding->subject.series, ==, "error_rate");
    g_assert_true(finding->subject.has_time);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_cmpfloat_with_epsilon(finding->subject.before, 0.10, 0.01);
    g_assert_cmpfloat_with_epsilon(finding->subject.after, 0.18, 0.02);
    g_assert_cmpfloat_with_epsilon(finding->delta, 0.024, 0.006);
}

static void
test_change_points_back(void)
{
    const Plant plant = {.begin = 8000, .end = 8000, .errors = 0.2, .back = 11000};
    g_autoptr(LogFixture) log = test_run(&plant, 4);
    const ErrataFinding *rise;

    g_test_summary("Errors that rise for a while are one finding, which tells of their return");
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
    rise = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpint(rise->severity, >=, ERRATA_SEVERITY_HIGH);
    g_assert_nonnull(errata_finding_evidence(rise, "back"));
    g_assert_null(errata_finding_note(rise, "told"));
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(rise, "after_back")->value,
                                   rise->subject.before,
                                   0.03);
}

static void
test_change_points_waves(void)
{
    const Plant plant = {.errors = 0.2, .waves = 3};
    g_autoptr(LogFixture) log = test_run(&plant, 4);
    const GPtrArray *rises = log->analysis.result->findings;

    g_test_summary("Equal rises are as severe, whichever comes first");
    g_assert_cmpuint(rises->len, ==, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(((ErrataFinding *)rises->pdata[i])->severity, >=, ERRATA_SEVERITY_HIGH);
}

static void
test_change_points_season(void)
{
    Plant plant = {.begin = N, .end = N, .season = TRUE, .minutes = 30 * 1440};

    g_test_summary("Hours and weekdays are no changes; a change on top of them is found");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(LogFixture) log = test_run(&plant, 40 + seed);

        g_assert_cmpuint(log->analysis.result->findings->len, ==, 0);
    }
    plant.begin = plant.end = 11111;
    plant.shift = 0.5;
    {
        g_autoptr(LogFixture) log = test_run(&plant, 50);
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, 0);

        g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
        g_assert_cmpuint(finding->n_rows, >=, N - 11111 - 60);
        g_assert_cmpuint(finding->n_rows, <=, N - 11111 + 60);
    }
}

/* of two weeks and a half, with a stretch of four days that is a week before its weekdays' second
 * turn */
static void
test_change_points_weeks(void)
{
    gsize day = N / 18;

    g_test_summary(
        "Some days of two or three weeks that differ are dated as they are, not a week off; "
        "so is what changed for good");
    for (guint seed = 0; seed < 4; seed++) {
        Plant plant = {.begin = 4 * day,
                       .end = 4 * day,
                       .back = seed % 2 == 0 ? 8 * day : 0,
                       .shift = 0.6,
                       .minutes = 18 * 1440};
        g_autoptr(LogFixture) log = test_run(&plant, 70 + seed);
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, 0);

        g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
        g_assert_cmpstr(finding->subject.series, ==, "mean:a");
        g_assert_cmpfloat_with_epsilon((double)finding->subject.from / 8.64e13, 4.0, 0.1);
    }
}

/* a week and a half in which Saturday and Sunday differ, or all that comes after the first
 * Saturday's beginning */
static void
test_change_points_weekend(void)
{
    Plant plant = {.begin = 0, .end = 0, .shift = 0.6, .minutes = 11 * 1440};

    g_test_summary("In less than two weeks a weekend is no change, but what outlasts it is");
    for (guint64 seed = 0; seed < 4; seed++) {
        plant.begin = plant.end = N * 2 / 11;
        plant.back = seed % 2 == 0 ? N * 4 / 11 : 0;
        {
            g_autoptr(LogFixture) log = test_run(&plant, 80 + seed);

            g_assert_cmpuint(log->analysis.result->findings->len, ==, seed % 2);
        }
    }
}

static void
test_change_points_silence(void)
{
    guint loud = 0;

    g_test_summary("Nothing planted, nothing found, with and without times");
    for (guint64 seed = 0; seed < 12; seed++) {
        const Plant none = {.begin = N,
                            .end = N,
                            .minutes = seed % 2 == 0 ? 0 : 1440 * (gint64)seed};
        g_autoptr(LogFixture) log = test_run(&none, 60 + seed);

        loud += log->analysis.result->findings->len > 0;
        g_assert_cmpuint(log->analysis.changed_at, ==, 0);
    }
    g_assert_cmpuint(loud, ==, 0);
}

static void
test_change_points_days(void)
{
    const Plant moved = {.begin = 440,
                         .end = 440,
                         .shift = 1.75,
                         .minutes = 731 * 1440,
                         .rows = 731};
    const Plant erred = {.begin = 440,
                         .end = 440,
                         .errors = 0.25,
                         .minutes = 731 * 1440,
                         .rows = 731};
    guint loud = 0;

    g_test_summary("A row a day, for two years: what changed for good is found, and nothing else");
    for (guint i = 0; i < 2; i++) {
        g_autoptr(LogFixture) log = test_run(i == 0 ? &moved : &erred, 90 + i);
        const ErrataEvidence *after;
        const ErrataFinding *finding;
        const ErrataTried *tried;

        g_assert_cmpuint(log->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(log->analysis.result->findings, 0);
        g_assert_cmpstr(finding->subject.series, ==, i == 0 ? "mean:a" : "error_rate");
        g_assert_cmpfloat_with_epsilon((double)(finding->subject.from / 86400000000000),
                                       440.0,
                                       i == 0 ? 10.0 : 60.0);
        after = errata_finding_evidence(finding, "after");
        tried = g_ptr_array_index(log->analysis.result->tried, 0);
        g_assert_cmpfloat_with_epsilon(after->q / after->p, (double)tried->count, 1e-6);
    }
    for (guint64 seed = 0; seed < 60; seed++) {
        const Plant none = {.begin = N, .end = N, .minutes = 1440 * 1000, .rows = 300 + 12 * seed};
        g_autoptr(LogFixture) log = test_run(&none, 500 + seed);

        loud += log->analysis.result->findings->len > 0;
    }
    g_assert_cmpuint(loud, <=, 1);
}

/* a log without any order: @n_values values, all alike, and errors that are the same throughout */
static ErrataFrame *
test_frame_of_chance(gsize n, guint n_values, guint64 seed)
{
    static const char *const names[] = {"c", "y", "hat", "p"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < n; row++) {
        ErrataRng rng = errata_rng_init(seed, 24, row);
        const char value = (char)('a' + errata_rng_below(&rng, n_values));
        gboolean y = errata_rng_uniform(&rng) < 0.5;
        gboolean wrong = errata_rng_uniform(&rng) < 0.1;

        errata_frame_builder_string(builder, at[0], &value, 1);
        errata_frame_builder_integer(builder, at[1], y);
        errata_frame_builder_integer(builder, at[2], wrong ? !y : y);
        errata_frame_builder_number(builder, at[3], y ? 0.9 : 0.1);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static void
test_change_points_chance(void)
{
    guint n_found = 0;

    g_test_summary("Of 200 small logs without any order 1 % have a change: a few rows more of a "
                   "rare value than its share lets expect come more often than normal tails say");
    for (guint64 seed = 0; seed < 200; seed++) {
        g_autoptr(LogFixture) log =
            log_fixture_new(test_frame_of_chance(4000, 18, seed), NULL, &made_roles);

        log->settings->alpha = 0.01;
        g_assert_true(errata_analyzer_change_points.run(&log->analysis, NULL));
        n_found += log->analysis.result->findings->len > 0 ? 1 : 0;
    }
    g_test_message("%u of 200", n_found);
    g_assert_cmpuint(n_found, <=, 4);
}

static void
test_change_points_few(void)
{
    ErrataFrame frame = {.n_rows = 299};
    const ErrataAnalysis analysis = {.frame = &frame};
    g_autofree char *why = errata_analyzer_change_points.why_not(&analysis);

    g_assert_cmpstr(why, ==, "not enough data: 299 rows, 300 are needed");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change-points/step", test_change_points_step);
    g_test_add_func("/change-points/fault", test_change_points_fault);
    g_test_add_func("/change-points/group", test_change_points_group);
    g_test_add_func("/change-points/outside", test_change_points_outside);
    g_test_add_func("/change-points/mostly-faults", test_change_points_mostly_faults);
    g_test_add_func("/change-points/means", test_change_points_means);
    g_test_add_func("/change-points/lasting", test_change_points_lasting);
    g_test_add_func("/change-points/swap", test_change_points_swap);
    g_test_add_func("/change-points/left", test_change_points_left);
    g_test_add_func("/change-points/span", test_change_points_span);
    g_test_add_func("/change-points/stamps", test_change_points_stamps);
    g_test_add_func("/change-points/calendar", test_change_points_calendar);
    g_test_add_func("/change-points/unseen", test_change_points_unseen);
    g_test_add_func("/change-points/ramp", test_change_points_ramp);
    g_test_add_func("/change-points/short", test_change_points_short);
    g_test_add_func("/change-points/spread", test_change_points_spread);
    g_test_add_func("/change-points/within", test_change_points_within);
    g_test_add_func("/change-points/lasts", test_change_points_lasts);
    g_test_add_func("/change-points/scores", test_change_points_scores);
    g_test_add_func("/change-points/errors", test_change_points_errors);
    g_test_add_func("/change-points/back", test_change_points_back);
    g_test_add_func("/change-points/waves", test_change_points_waves);
    g_test_add_func("/change-points/weeks", test_change_points_weeks);
    g_test_add_func("/change-points/weekend", test_change_points_weekend);
    g_test_add_func("/change-points/season", test_change_points_season);
    g_test_add_func("/change-points/silence", test_change_points_silence);
    g_test_add_func("/change-points/days", test_change_points_days);
    g_test_add_func("/change-points/chance", test_change_points_chance);
    g_test_add_func("/change-points/few", test_change_points_few);
    return g_test_run();
}
