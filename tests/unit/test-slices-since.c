/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis-frame.h"
#include "rng.h"
#include "slices-entity.h"
#include "slices.h"
#include "sources.h"
#include "synth-log.h"

#define SINCE_ROWS  12000
#define SINCE_BEGIN 7200

/* green rows are wrong one time in two more from a row on; all rows are, where @all */
static void
since_plant(Log *log, gsize begin, gsize end, gboolean all)
{
    for (gsize i = begin; i < end; i++)
        if ((all || log->frame->columns[3]->code[i] == 1) && log->outcome.error[i] == 0 &&
            log_uniform(log) < (all ? 0.3 : 0.5))
            log_set_error(log, i, log->outcome.score[i], TRUE);
}

static void
since_order(Log *log)
{
    log->outcome.order = g_new(guint32, log->n);
    for (gsize i = 0; i < log->n; i++)
        log->outcome.order[i] = (guint32)i;
    log_finish(log);
}

static void
since_search(Log *log)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(errata_analyzer_slices.run(&log->analysis, &error));
    g_assert_no_error(error);
}

static void
since_run(Log *log)
{
    since_order(log);
    since_search(log);
}

static const ErrataFinding *
since_first(const Log *log)
{
    const ErrataFinding *finding;

    g_assert_cmpuint(log->analysis.result->findings->len, >, 0);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    g_assert_cmpstr(((ErrataPredicate *)g_ptr_array_index(finding->subject.predicates, 0))->column,
                    ==,
                    "c");
    return finding;
}

static void
since_clear(Log *log)
{
    g_free(log->outcome.order);
    log_clear(log);
}

static void
test_since_begins(void)
{
    Log log;
    const ErrataFinding *finding;

    g_test_summary("A slice that errs from some row on is told with that row, and only its rows");
    log_init(&log, SINCE_ROWS, 11);
    log_fill_noise(&log);
    since_plant(&log, SINCE_BEGIN, SINCE_ROWS, FALSE);
    since_run(&log);
    finding = since_first(&log);
    g_assert_nonnull(errata_finding_note(finding, "when"));
    g_assert_cmpfloat_with_epsilon((double)finding->subject.from, SINCE_BEGIN, 60.0);
    g_assert_cmpint(finding->subject.to, ==, SINCE_ROWS - 1);
    for (gsize i = 0; i < finding->n_rows; i++)
        g_assert_cmpuint(finding->row[i], >=, (guint)finding->subject.from);
    g_assert_cmpfloat(errata_finding_evidence(finding, "rate_in")->value, >, 0.5);
    g_assert_cmpfloat(errata_finding_evidence(finding, "rate_other_time")->value, <, 0.25);
    g_assert_true(strstr(finding->title, "since row ") != NULL);
    since_clear(&log);
}

static void
test_since_agrees(void)
{
    Log log;
    ErrataFinding *change = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "The error rate rose");
    const ErrataFinding *finding;

    g_test_summary(
        "Where the log changed about then, the more exact of both dates is told of both");
    log_init(&log, SINCE_ROWS, 11);
    log_fill_noise(&log);
    since_plant(&log, SINCE_BEGIN, SINCE_ROWS, FALSE);
    change->subject.series = g_strdup("error_rate");
    change->subject.from = SINCE_BEGIN + 1;
    change->subject.at_lo = SINCE_BEGIN - 1;
    change->subject.at_hi = SINCE_BEGIN + 2;
    g_ptr_array_add(change->notes, g_strdup("errors=more"));
    errata_finding_add(change, errata_evidence_new("n", "rows", 1.0, ERRATA_UNIT_COUNT, log.n));
    since_order(&log);
    errata_case_add_finding(log.analysis.result, change);
    since_search(&log);
    finding = g_ptr_array_index(log.analysis.result->findings, 1);
    g_assert_cmpint(finding->subject.from, ==, SINCE_BEGIN + 1);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "since")->lo,
                                   SINCE_BEGIN - 1,
                                   1e-9);
    since_clear(&log);
}

static void
test_since_spared(void)
{
    Log log;
    guint n_slices = 0;

    g_test_summary(
        "Where all others got better and a group by less, nothing befell the group since");
    log_init(&log, SINCE_ROWS, 14);
    log_fill_noise(&log);
    for (gsize i = 0; i < log.n; i++) {
        double share = i < SINCE_BEGIN ? 0.4 : log.frame->columns[3]->code[i] == 1 ? 0.42 : 0.0;

        if (log.outcome.error[i] == 0 && log_uniform(&log) < share)
            log_set_error(&log, i, log.outcome.score[i], TRUE);
    }
    since_run(&log);
    for (guint i = 0; i < log.analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log.analysis.result->findings, i);
        const ErrataEvidence *other = errata_finding_evidence(finding, "rate_other_time");

        g_test_message("%s", finding->title);
        n_slices += finding->kind == ERRATA_FINDING_SLICE ? 1 : 0;
        if (other != NULL)
            g_assert_cmpfloat(errata_finding_evidence(finding, "rate_in")->value, >, other->value);
    }
    g_assert_cmpuint(n_slices, >, 0);
    since_clear(&log);
}

static void
test_since_passes(void)
{
    Log log;
    const ErrataFinding *finding;

    g_test_summary("One that is over has two ends, and is nothing to learn from");
    log_init(&log, SINCE_ROWS, 12);
    log_fill_noise(&log);
    since_plant(&log, 4000, 7000, FALSE);
    since_run(&log);
    finding = since_first(&log);
    g_assert_cmpfloat_with_epsilon((double)finding->subject.from, 4000.0, 60.0);
    g_assert_cmpfloat_with_epsilon((double)finding->subject.to, 7000.0, 60.0);
    for (guint i = 0; i < finding->suggestions->len; i++)
        g_assert_cmpstr(((ErrataSuggestion *)g_ptr_array_index(finding->suggestions, i))->action,
                        !=,
                        "collect-data");
    since_clear(&log);
}

static void
test_since_always(void)
{
    g_test_summary("A slice of all time has none, though every row errs more often since some row");
    for (guint all = 0; all < 2; all++) {
        Log log;

        log_init(&log, SINCE_ROWS, 13);
        log_fill_noise(&log);
        since_plant(&log, 0, SINCE_ROWS, FALSE);
        if (all != 0)
            since_plant(&log, SINCE_BEGIN, SINCE_ROWS, TRUE);
        since_run(&log);
        g_assert_null(errata_finding_note(since_first(&log), "when"));
        since_clear(&log);
    }
}

static void
test_since_moments(void)
{
    g_test_summary(
        "A group that is no worse than others over the whole log is found with its date, and "
        "nothing is where it errs alike all along");
    for (guint planted = 0; planted < 2; planted++) {
        g_autofree gint64 *time = g_new(gint64, SINCE_ROWS);
        Log log;

        log_init(&log, SINCE_ROWS, 15);
        log_fill_noise(&log);
        for (gsize i = 0; i < SINCE_ROWS; i++) {
            gboolean green = log.frame->columns[3]->code[i] == 1;

            time[i] = (gint64)(i * 60 * G_USEC_PER_SEC * 1000);
            if (planted != 0 && green && i < SINCE_BEGIN && log_uniform(&log) < 0.8)
                log_set_error(&log, i, log.outcome.score[i], FALSE);
        }
        if (planted != 0)
            for (gsize i = SINCE_BEGIN; i < SINCE_ROWS; i++)
                if (log.frame->columns[3]->code[i] == 1 && log.outcome.error[i] == 0 &&
                    log_uniform(&log) < 0.2)
                    log_set_error(&log, i, log.outcome.score[i], TRUE);
        log.outcome.time = time;
        since_run(&log);
        g_assert_cmpuint(log.analysis.result->findings->len > 0, ==, planted != 0);
        if (planted != 0) {
            const ErrataFinding *finding = since_first(&log);
            const ErrataEvidence *other = errata_finding_evidence(finding, "rate_other_time");

            g_assert_nonnull(errata_finding_note(finding, "when"));
            g_assert_cmpfloat_with_epsilon((double)finding->subject.from,
                                           (double)time[SINCE_BEGIN],
                                           (double)time[300]);
            g_assert_cmpfloat(other->value,
                              <,
                              0.8 * errata_finding_evidence(finding, "rate_out")->value);
            g_assert_null(errata_finding_evidence(finding, "expected")); /* not by the scores */
        }
        since_clear(&log);
    }
}

static void
test_since_pair(void)
{
    enum {
        ROWS = 20000,
        BEGIN = 17500
    };
    g_autofree gint64 *time = g_new(gint64, ROWS);
    Log log;
    const ErrataFinding *finding;

    g_test_summary(
        "Two columns' rows that err late in the log only, too few for either column alone");
    log_init(&log, ROWS, 24);
    log_fill_noise(&log);
    for (gsize i = 0; i < ROWS; i++) {
        gboolean own = log.frame->columns[3]->code[i] == 2 && log.frame->columns[4]->code[i] == 1;

        time[i] = (gint64)(i * 60 * G_USEC_PER_SEC * 1000);
        if (own && i >= BEGIN && log.outcome.error[i] == 0 && log_uniform(&log) < 0.55)
            log_set_error(&log, i, log.outcome.score[i], TRUE);
    }
    log.outcome.time = time;
    since_run(&log);
    g_assert_cmpuint(log.analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(log.analysis.result->findings, 0);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
    g_assert_nonnull(errata_finding_note(finding, "when"));
    g_assert_cmpfloat_with_epsilon((double)finding->subject.from,
                                   (double)time[BEGIN],
                                   (double)time[600]);
    since_clear(&log);
}

/* the step of the error rate at the slice's beginning, as change-points tells it */
static ErrataFinding *
since_add_step(Log *log, gsize begin)
{
    ErrataFinding *step = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "The error rate rose");
    double n[2] = {0.0, 0.0}, sum[2] = {0.0, 0.0};

    for (gsize i = 0; i < log->n; i++) {
        n[i >= begin] += 1.0;
        sum[i >= begin] += log->outcome.loss[i];
    }
    step->severity = ERRATA_SEVERITY_HIGH;
    step->subject.series = g_strdup("error_rate");
    step->subject.from = (gint64)begin;
    step->subject.before = sum[0] / n[0];
    step->subject.after = sum[1] / n[1];
    step->n_rows = log->n - begin;
    step->row = g_new(guint32, step->n_rows);
    for (gsize i = begin; i < log->n; i++)
        step->row[i - begin] = (guint32)i;
    errata_finding_add(step, errata_evidence_new("after", "rate", 0.3, ERRATA_UNIT_SHARE, log->n));
    errata_case_add_finding(log->analysis.result, step);
    return step;
}

static void
test_since_source(void)
{
    g_test_summary(
        "A step of the error rate that is one group's points to it; one of all does not");
    for (guint all = 0; all < 2; all++) {
        Log log;
        ErrataFinding *step, *scores;

        log_init(&log, SINCE_ROWS, 14);
        log_fill_noise(&log);
        since_plant(&log, SINCE_BEGIN, SINCE_ROWS, FALSE);
        if (all != 0)
            since_plant(&log, SINCE_BEGIN, SINCE_ROWS, TRUE);
        since_run(&log);
        step = since_add_step(&log, SINCE_BEGIN);
        scores = errata_finding_new(ERRATA_FINDING_CALIBRATION, "The scores are off");
        scores->severity = ERRATA_SEVERITY_MEDIUM;
        errata_finding_add(scores,
                           errata_evidence_new("ece", "off", 0.04, ERRATA_UNIT_SHARE, log.n));
        errata_case_add_finding(log.analysis.result, scores);
        errata_sources_mark(&log.analysis);
        g_assert_cmpint(step->severity, ==, all == 0 ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_HIGH);
        g_assert_cmpint(errata_finding_evidence(step, "comes_from") != NULL, ==, all == 0);
        if (all == 0)
            g_assert_cmpint(scores->severity, ==, ERRATA_SEVERITY_LOW);
        since_clear(&log);
    }
}

/* 40 users of 50 rows each; either all of a user's rows are wrong or none, one user in four, or the
 * same number of rows is wrong anywhere */
static void
test_since_entities(void)
{
    enum {
        USERS = 40,
        ROWS = 50,
        N = USERS * ROWS
    };
    g_autofree double *y = g_new0(double, N);
    g_autofree guint32 *cell = g_new0(guint32, N);
    g_autofree guint32 *row = g_new(guint32, N);
    g_autofree guint32 *entity = g_new(guint32, N);
    g_autofree guint8 *member = g_new0(guint8, N);

    g_test_summary("Rows of users that err together tell as much as so many users, by hand");
    for (guint i = 0; i < N; i++) {
        row[i] = i;
        entity[i] = i / ROWS;
        member[i] = i < N / 2;
    }
    for (guint together = 0; together < 2; together++) {
        SlicesHalf half = {.n_rows = N, .row = row, .y = y};
        SlicesTable table = {.entity = entity, .n_entities = USERS};
        g_autoptr(ErrataExpected) expected = NULL;
        ErrataExpectedTest test, plain;
        double inflation;

        for (guint i = 0; i < N; i++) /* one in two of the first half, one in four of the other */
            y[i] = (together != 0 ? i / ROWS : i) % (i < N / 2 ? 2 : 4) == 0 ? 1.0 : 0.0;
        expected = errata_expected_new(y, cell, 1, N, FALSE);
        errata_expected_test(expected, member, &plain);
        inflation = errata_slices_entity_test(&table, &half, member, expected, &test);
        g_assert_cmpfloat_with_epsilon(test.observed, plain.observed, 1e-9);
        if (together == 0) {
            g_assert_cmpfloat_with_epsilon(inflation, 1.0, 1e-12);
            g_assert_cmpfloat(test.p, <, 1e-6);
            continue;
        }
        /* Σ over 20 users of (50·½)² over 1,000 rows of ¼, times 20/19 */
        g_assert_cmpfloat_with_epsilon(inflation, 50.0 * 20.0 / 19.0, 1e-6);
        g_assert_cmpfloat(test.p, >, 0.01);
    }
}

static void
test_since_batches(void)
{
    g_autoptr(GString) text = g_string_new("ts,region,x,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(5, 0, 0);
    const ErrataFinding *finding;

    g_test_summary("Rows that come once a day, of one Saturday: it need not come back");
    for (guint i = 0; i < 12500; i++) {
        guint day = i / 2500;
        gboolean b = errata_rng_below(&rng, 4) == 0;
        gboolean wrong = errata_rng_uniform(&rng) < (b && day == 3 ? 0.6 : 0.2);
        guint said = (guint)errata_rng_below(&rng, 2);

        g_string_append_printf(text,
                               "2025-01-%02uT03:00:00,%s,%.3f,%.2f,%u,%u\n",
                               day + 1,
                               b ? "B" : "A",
                               errata_rng_uniform(&rng),
                               said != 0 ? 0.8 : 0.2,
                               said,
                               wrong ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(text->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >, 0);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
    g_assert_cmpstr(((ErrataPredicate *)g_ptr_array_index(finding->subject.predicates, 0))->column,
                    ==,
                    "region");
    g_assert_nonnull(errata_finding_note(finding, "when"));
    g_assert_cmpfloat(finding->share_of_rows, <, 0.06); /* of one day, all of it */
    g_assert_cmpfloat(finding->share_of_rows, >, 0.04);
}

/* findings about a time, where a source adds 60 points in the last tenth; where only new ones are
 * doubtful the points are no second score */
static guint
since_moved(gboolean only_new, guint *ret_hard)
{
    g_autoptr(GString) text = g_string_new("ts,points,kind,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(9, 0, 0);
    guint n_timed = 0;

    *ret_hard = 0;
    for (guint i = 0; i < 20000; i++) {
        double points = 400.0 * errata_rng_uniform(&rng);
        gboolean is_new = errata_rng_below(&rng, 3) == 0;
        gboolean hard = points > 150.0 && points < 250.0 && (is_new || !only_new);
        gboolean side = points > 200.0;
        double score = hard ? (side ? 0.6 : 0.4) : (side ? 0.95 : 0.05);

        g_string_append_printf(text,
                               "%u,%.1f,%s,%.2f,%u,%u\n",
                               1700000000 + 600 * i,
                               points + (i >= 18000 ? 60.0 : 0.0),
                               is_new ? "new" : "old",
                               score,
                               side ? 1U : 0U,
                               errata_rng_uniform(&rng) < score ? 1U : 0U);
    }
    self = analysis_frame_new(schema_frame_new(text->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_test_message("%s", finding->title);
        n_timed += errata_finding_note(finding, "when") != NULL ? 1 : 0;
        *ret_hard += strstr(finding->title, "hard ground") != NULL ? 1 : 0;
    }
    return n_timed;
}

static void
test_since_moved(void)
{
    guint n_hard;

    g_test_summary(
        "Values that a source moved move the hard ground, which is told once, or never where they "
        "say what the score does");
    g_assert_cmpuint(since_moved(TRUE, &n_hard), ==, 0);
    g_assert_cmpuint(n_hard, ==, 1);
    g_assert_cmpuint(since_moved(FALSE, &n_hard), ==, 0);
    g_assert_cmpuint(n_hard, ==, 0);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-since/begins", test_since_begins);
    g_test_add_func("/slices-since/agrees", test_since_agrees);
    g_test_add_func("/slices-since/spared", test_since_spared);
    g_test_add_func("/slices-since/passes", test_since_passes);
    g_test_add_func("/slices-since/always", test_since_always);
    g_test_add_func("/slices-since/moments", test_since_moments);
    g_test_add_func("/slices-since/pair", test_since_pair);
    g_test_add_func("/slices-since/source", test_since_source);
    g_test_add_func("/slices-since/batches", test_since_batches);
    g_test_add_func("/slices-since/moved", test_since_moved);
    g_test_add_func("/slices-since/entities", test_since_entities);
    return g_test_run();
}
