/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "built-in-writer.h"
#include "columns.h"
#include "drift.h"
#include "frame-builder.h"
#include "log-fixture.h"
#include "parallel.h"
#include "rng.h"

static const LogRoles made_roles = {.label = "y",
                                    .prediction = "hat",
                                    .score = "p",
                                    .text = "words",
                                    .positive = "1"};

typedef struct {
    double shift;       /* of a, in the second half */
    gboolean swap;      /* shares of c change */
    gboolean new_value; /* c gets a value of its own */
    gboolean missing;   /* b goes missing in a fifth */
    gboolean sentinel;  /* b is −999 now and then, everywhere */
    gboolean fifth; /* b is −37 in a fifth: in a little more of the rows before, in less now */
    gboolean talk;  /* the words change */
    gboolean costs; /* errors grow with a */
    gboolean eased; /* … but the second half has fewer */
} Plant;

static double
test_drift_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

static ErrataFrame *
test_drift_frame(gsize n, const Plant *plant, guint64 seed)
{
    static const char *const names[] = {"a", "b", "c", "words", "y", "hat", "p"};
    static const char *const values[] = {"red", "green", "blue", "white"};
    static const char *const words[] =
        {"late", "delivery", "again", "thank", "you", "very", "much", "refund", "please", "order"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint at[G_N_ELEMENTS(names)];

    for (guint c = 0; c < G_N_ELEMENTS(names); c++)
        errata_frame_builder_column(builder, names[c], strlen(names[c]), &at[c], NULL);
    for (gsize row = 0; row < n; row++) {
        ErrataRng rng = errata_rng_init(seed, 21, row);
        gboolean late = row >= n / 2;
        double a = test_drift_normal(&rng) + (late ? plant->shift : 0.0);
        double b = test_drift_normal(&rng) * 3.0;
        double roll = errata_rng_uniform(&rng);
        guint value = (guint)(3.0 * (late && plant->swap ? roll * roll : roll));
        gboolean y = errata_rng_uniform(&rng) < 0.5;
        gboolean wrong =
            errata_rng_uniform(&rng) <
            (plant->costs ? 1.0 / (1.0 + exp(2.0 - 2.0 * a + (late && plant->eased ? 2.5 : 0.0)))
                          : 0.1);
        g_autoptr(GString) text = g_string_new(NULL);

        if (late && plant->new_value && errata_rng_below(&rng, 4) == 0)
            value = 3;
        for (guint w = 0; w < 6; w++)
            g_string_append_printf(text,
                                   "%s%s",
                                   w > 0 ? " " : "",
                                   words[errata_rng_below(&rng, late && plant->talk ? 10 : 6)]);
        g_string_append_printf(text, " %u", (guint)row);
        errata_frame_builder_number(builder, at[0], a);
        if (plant->sentinel && row % 100 == 7)
            b = -999.0;
        if (plant->fifth && row * 377 % 1000 < (late ? 199 : 206))
            b = -37.0;
        if (!(late && plant->missing && row % 5 == 0))
            errata_frame_builder_number(builder, at[1], b);
        errata_frame_builder_string(builder, at[2], values[value], strlen(values[value]));
        errata_frame_builder_string(builder, at[3], text->str, text->len);
        errata_frame_builder_integer(builder, at[4], y);
        errata_frame_builder_integer(builder, at[5], wrong ? !y : y);
        errata_frame_builder_number(builder, at[6], y ? 0.9 : 0.1);
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static void
test_drift_tell(const LogFixture *log)
{
    for (guint i = 0; i < log->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, i);

        g_test_message("%s: %s, %s, p %g, loss %g",
                       errata_severity_nick(finding->severity),
                       finding->title,
                       finding->subject.test,
                       finding->subject.p,
                       finding->subject.share_of_loss);
    }
}

static guint
test_drift_count(const LogFixture *log)
{
    guint n = 0;

    for (guint i = 0; i < log->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, i);

        n += finding->kind == ERRATA_FINDING_DRIFT ? 1 : 0;
    }
    return n;
}

static LogFixture *
test_drift_run(ErrataFrame *frame, ErrataFrame *reference, const LogRoles *roles)
{
    LogFixture *log = log_fixture_new(frame, reference, roles);

    g_assert_null(errata_analyzer_drift.why_not(&log->analysis));
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    test_drift_tell(log);
    return log;
}

static void
test_drift_silence(void)
{
    const Plant none = {.sentinel = TRUE};
    guint n_changes = 0;

    g_test_summary("Nothing planted, nothing found, whatever the seed and the size");
    for (guint64 seed = 0; seed < 20; seed++) {
        gsize n = seed % 2 == 0 ? 400 : 4000;
        g_autoptr(LogFixture) log =
            test_drift_run(test_drift_frame(n, &none, seed), NULL, &made_roles);

        g_assert_cmpuint(test_drift_count(log), ==, 0);
        n_changes += log->analysis.result->findings->len;
    }
    g_assert_cmpuint(n_changes, <=, 1);
}

static void
test_drift_fifth(void)
{
    const Plant plant = {.fifth = TRUE};
    g_autoptr(LogFixture) log =
        test_drift_run(test_drift_frame(4000, &plant, 3), NULL, &made_roles);

    g_test_summary(
        "A far value that one side would leave out as a code stays where the other keeps it");
    g_assert_cmpuint(test_drift_count(log), ==, 0);
}

/* a moves so far that the distance of the clipped values says little of it */
static void
test_drift_far(void)
{
    static const char *const told[] =
        {"distance", "wasserstein", "ks", "psi", "mean_from", "mean_to", "shift"};
    const Plant plant = {.shift = 27.0};
    g_autoptr(LogFixture) log =
        test_drift_run(test_drift_frame(6000, &plant, 1), NULL, &made_roles);
    const ErrataFinding *a = log_fixture_finding(log, "a");
    const ErrataEvidence *mean;

    g_test_summary("How far a mean has moved is told in the baseline's standard deviations");
    g_assert_nonnull(a);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "shift")->value,
                                   (errata_finding_evidence(a, "mean_to")->value -
                                    errata_finding_evidence(a, "mean_from")->value) /
                                       errata_finding_evidence(a, "sd_from")->value,
                                   1e-9);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "shift")->value, 27.0, 1.5);
    mean = errata_finding_evidence(a, "mean_to");
    g_assert_cmpfloat_with_epsilon(mean->hi - mean->lo,
                                   2.0 * 1.96 * errata_finding_evidence(a, "sd_to")->value /
                                       sqrt((double)mean->n),
                                   1e-3);
    for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
        const ErrataEvidence *evidence = errata_finding_evidence(a, told[i]);

        g_assert_cmpfloat(evidence->lo, <=, evidence->value);
        g_assert_cmpfloat(evidence->hi, >=, evidence->value);
    }
    errata_built_in_writer_write(log->analysis.result);
    g_assert_nonnull(strstr(a->rationale, " standard deviations ("));
}

/* a moves to where errors are many, and errors become fewer all the same */
static void
test_drift_eased(void)
{
    const Plant plant = {.shift = 0.5, .costs = TRUE, .eased = TRUE};
    g_autoptr(LogFixture) log =
        test_drift_run(test_drift_frame(6000, &plant, 1), NULL, &made_roles);
    const ErrataFinding *a = log_fixture_finding(log, "a");
    const ErrataSuggestion *suggestion;

    g_test_summary("A column that moved costs nothing where the errors became fewer");
    g_assert_nonnull(a);
    g_assert_cmpint(a->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_true(isnan(a->subject.share_of_loss));
    g_assert_true(isnan(a->share_of_errors));
    g_assert_nonnull(strstr(errata_finding_note(a, "loss-unknown"), "has fallen"));
    suggestion = g_ptr_array_index(a->suggestions, 0);
    g_assert_cmpstr(suggestion->action, ==, "monitor");
}

static void
test_drift_found(void)
{
    const Plant plant = {.shift = 0.5,
                         .swap = TRUE,
                         .new_value = TRUE,
                         .missing = TRUE,
                         .sentinel = TRUE,
                         .talk = TRUE,
                         .costs = TRUE};
    g_autoptr(LogFixture) log =
        test_drift_run(test_drift_frame(6000, &plant, 1), NULL, &made_roles);
    const ErrataFinding *a = log_fixture_finding(log, "a");
    const ErrataFinding *b = log_fixture_finding(log, "b");
    const ErrataFinding *c = log_fixture_finding(log, "c");
    const ErrataFinding *words = log_fixture_finding(log, "words");
    const ErrataFinding *change;
    const ErrataShare *cause;

    g_assert_true(a != NULL && b != NULL && c != NULL && words != NULL);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "wasserstein")->value, 0.5, 0.07);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "mean_to")->value, 0.5, 0.08);
    g_assert_cmpint(a->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpfloat(a->subject.share_of_loss, >, 0.7);
    g_assert_cmpstr(b->subject.test, ==, "two proportions");
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(b, "missing_to")->value, 0.2, 0.02);
    g_assert_cmpint(b->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_cmpstr(errata_finding_evidence(c, "new_values")->text, ==, "white");
    g_assert_cmpint(c->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_cmpuint(c->figure->series[0].n, ==, 4);
    g_assert_cmpfloat(words->subject.statistic, >, 0.7);
    g_assert_cmpfloat(errata_case_metric(log->analysis.result, "domain_auc")->lo, >, 0.55);
    change = log_fixture_finding(log, NULL);
    g_assert_cmpint(change->kind, ==, ERRATA_FINDING_PERFORMANCE);
    g_assert_nonnull(strstr(change->title, " in the last "));
    g_assert_cmpfloat(change->subject.metric_to, <, change->subject.metric_from - 0.05);
    cause = g_ptr_array_index(change->subject.because, 0);
    g_assert_cmpstr(cause->value, ==, "covariate-shift");
    g_assert_cmpfloat(cause->rate, >, 0.6);
}

/* as the change points, which come first, would tell that @series moved at @row, and @column with
 * it */
static ErrataFinding *
test_drift_add_change(LogFixture *log, const char *series, const char *column, gint64 row)
{
    ErrataFinding *change = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "it moved");

    change->subject.series = g_strdup(series);
    change->subject.from = row;
    if (column != NULL)
        g_ptr_array_add(change->notes, g_strdup_printf("of=%s", column));
    errata_finding_add(change, errata_evidence_new("after", series, 1.0, ERRATA_UNIT_NONE, 3000));
    errata_case_add_finding(log->analysis.result, change);
    return change;
}

static void
test_drift_since(void)
{
    const Plant plant = {.shift = 0.5, .swap = TRUE};
    g_autoptr(LogFixture) log =
        log_fixture_new(test_drift_frame(6000, &plant, 1), NULL, &made_roles);
    const ErrataFinding *a, *c;

    g_test_summary(
        "What is true of the rows after a change only says since when, of what the change "
        "moved");
    log->analysis.changed_at = 3000;
    test_drift_add_change(log, "mean:a", "a", 3000);
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    a = log_fixture_finding(log, "a");
    c = log_fixture_finding(log, "c");
    g_assert_true(a != NULL && c != NULL);
    g_assert_true(g_str_has_suffix(a->title, " on average since row 3,000"));
    g_assert_null(strstr(c->title, "since"));
    g_assert_cmpstr(errata_finding_note(a, "since"), ==, "row 3,000");
    errata_built_in_writer_write(log->analysis.result);
    g_assert_nonnull(strstr(a->rationale, "On average a has been "));
    g_assert_nonnull(strstr(c->rationale, " of the last 3,000 rows"));
    g_assert_null(errata_finding_note(a, "before")); /* still against the whole first half */
}

/* a rises evenly from row 2,000 to row 3,000 */
static void
test_drift_slow(void)
{
    const Plant plant = {.shift = 1.0, .costs = TRUE};
    g_autoptr(LogFixture) log =
        log_fixture_new(test_drift_frame(6000, &plant, 1), NULL, &made_roles);
    double *value = (double *)errata_frame_find(log->frame, "a", NULL)->f64;
    const ErrataFinding *a, *fall;

    g_test_summary("What moved slowly moved between two dates, and the rows while it did are "
                   "neither before nor now");
    for (gsize row = 2000; row < 3000; row++)
        value[row] += ((double)row - 2000.0) / 1000.0;
    log->analysis.changed_at = log->analysis.worse_at = 3000;
    log->analysis.changed_from = log->analysis.worse_from = 2000;
    test_drift_add_change(log, "mean:a", "a", 2000)->subject.to = 3000;
    test_drift_add_change(log, "error_rate", NULL, 2000)->subject.to = 3000;
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    g_ptr_array_remove_range(log->analysis.result->findings, 0, 2);
    a = log_fixture_finding(log, "a");
    fall = log_fixture_finding(log, NULL);
    g_assert_true(a != NULL && fall != NULL);
    g_assert_true(g_str_has_prefix(a->title, "a rose from "));
    g_assert_true(g_str_has_suffix(a->title, " on average between row 2,000 and row 3,000"));
    g_assert_cmpuint(errata_finding_evidence(a, "mean_from")->n, ==, 2000);
    g_assert_cmpuint(errata_finding_evidence(a, "mean_to")->n, ==, 3000);
    g_assert_true(g_str_has_suffix(fall->title, " between row 2,000 and row 3,000"));
    g_assert_cmpuint(errata_finding_evidence(fall, "metric_from")->n, ==, 2000);
    errata_built_in_writer_write(log->analysis.result);
    g_assert_nonnull(strstr(a->rationale, " since row 3,000, until row 2,000 it was "));
    g_assert_nonnull(strstr(fall->rationale, " until row 2,000. "));
}

static void
test_drift_worse(void)
{
    const Plant plant = {.shift = 1.0, .costs = TRUE};
    g_autoptr(LogFixture) log =
        log_fixture_new(test_drift_frame(6000, &plant, 1), NULL, &made_roles);
    const ErrataFinding *fall;

    g_test_summary("A fall is told from when the errors rose, not from another change");
    log->analysis.changed_at = 1000;
    log->analysis.worse_at = 3000;
    test_drift_add_change(log, "mean:b", "b", 1000);
    test_drift_add_change(log, "error_rate", NULL, 3000);
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    g_ptr_array_remove_range(log->analysis.result->findings, 0, 2);
    fall = log_fixture_finding(log, NULL);
    g_assert_cmpint(fall->kind, ==, ERRATA_FINDING_PERFORMANCE);
    g_assert_true(g_str_has_suffix(fall->title, " since row 3,000"));
    g_assert_cmpuint(errata_finding_evidence(fall, "metric_from")->n, ==, 3000);
    g_assert_cmpuint(errata_finding_evidence(fall, "metric_to")->n, ==, 3000);
    g_assert_cmpstr(errata_finding_note(fall, "before"), ==, "change");
}

/* 6,000 rows whose a is higher by 6 from row 1,000 up to @end, and by 1 from row 3,000 on */
static LogFixture *
test_drift_window(gsize end)
{
    const Plant plant = {.shift = 1.0};
    LogFixture *log = log_fixture_new(test_drift_frame(6000, &plant, 1), NULL, &made_roles);
    ErrataFinding *window = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "a was 6 for a while");
    double *value = (double *)errata_frame_find(log->frame, "a", NULL)->f64;

    for (gsize row = 1000; row < end; row++)
        value[row] += 6.0;
    window->subject.from = 1000;
    g_ptr_array_add(window->notes, g_strdup("of=a"));
    errata_finding_add(window,
                       errata_evidence_new("back", "until", (double)end, ERRATA_UNIT_COUNT, 6000));
    errata_case_add_finding(log->analysis.result, window);
    log->analysis.changed_at = 3000;
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    return log;
}

static void
test_drift_passing(void)
{
    g_autoptr(LogFixture) log = test_drift_window(1500);
    g_autoptr(LogFixture) most = test_drift_window(2900);
    const ErrataFinding *a = log_fixture_finding(log, "a");

    g_test_summary(
        "What a column was for a while is not what it was before, and that is said; what "
        "it was most of the time is");
    g_assert_nonnull(a);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "mean_from")->value, 0.0, 0.1);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "mean_to")->value, 1.0, 0.1);
    errata_built_in_writer_write(log->analysis.result);
    g_assert_nonnull(
        strstr(a->rationale, "in the first half, without the change that passed, it was"));
    a = log_fixture_finding(most, "a");
    g_assert_nonnull(a);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "mean_from")->value, 3.8, 0.1);
    g_assert_null(errata_finding_note(a, "passing"));
}

static void
test_drift_set_aside(void)
{
    const Plant plant = {.new_value = TRUE};
    g_autoptr(LogFixture) log =
        log_fixture_new(test_drift_frame(3000, &plant, 1), NULL, &made_roles);
    const ErrataColumn *c = errata_frame_find(log->frame, "c", NULL);

    g_test_summary("Rows that are set aside do not count");
    for (gsize row = 0; row < 3000; row++)
        log->analysis.set_aside[row] = g_str_equal(c->dictionary[c->code[row]], "white") ? 1 : 0;
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 0);
}

/* as the data bugs would tell it: the rows where b is missing are set aside */
static void
test_drift_add_burst(LogFixture *log)
{
    ErrataFinding *burst = errata_finding_new(ERRATA_FINDING_DATA_BUG, "b is missing");
    const ErrataColumn *b = errata_frame_find(log->frame, "b", NULL);

    burst->confirmed = TRUE;
    burst->subject.bug = g_strdup("missing-burst");
    burst->subject.column = g_strdup("b");
    burst->row = g_new(guint32, log->frame->n_rows);
    for (guint32 row = 0; row < log->frame->n_rows; row++)
        if (!errata_column_is_valid(b, row)) {
            burst->row[burst->n_rows++] = row;
            log->analysis.set_aside[row] = 1;
        }
    errata_finding_add(
        burst,
        errata_evidence_new("n_rows", "rows", (double)burst->n_rows, ERRATA_UNIT_COUNT, 6000));
    errata_case_add_finding(log->analysis.result, burst);
}

static void
test_drift_missing(void)
{
    const Plant none = {0}, missing = {.missing = TRUE};
    const Plant *reference[] = {NULL, &none, &missing};

    g_test_summary("Of a burst of missing values no drift is made, on whichever side it is; of "
                   "one that is no fault only the share missing is told");
    for (guint i = 0; i < G_N_ELEMENTS(reference); i++) {
        g_autoptr(LogFixture) log =
            log_fixture_new(test_drift_frame(6000, &missing, 1),
                            reference[i] != NULL ? test_drift_frame(6000, reference[i], 2) : NULL,
                            &made_roles);

        test_drift_add_burst(log);
        g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
        test_drift_tell(log);
        g_assert_cmpuint(test_drift_count(log), ==, 0);
    }
    {
        g_autoptr(LogFixture) log =
            test_drift_run(test_drift_frame(6000, &missing, 1), NULL, &made_roles);
        const ErrataFinding *b = log_fixture_finding(log, "b");

        g_assert_nonnull(b);
        g_assert_cmpuint(errata_finding_evidence(b, "missing_to")->n, ==, 1800);
        errata_built_in_writer_write(log->analysis.result);
        g_test_message("%s", b->rationale);
        g_assert_true(g_str_has_prefix(b->rationale,
                                       "Values of b are missing in 20\u202f% of the last 1,800 "
                                       "rows, in the first half they were in 0\u202f%."));
        g_assert_null(strstr(b->rationale, "distribution"));
    }
}

/* as the data bugs, which come first, would tell it */
static void
test_drift_add_skew(LogFixture *log, const char *column)
{
    ErrataFinding *skew = errata_finding_new(ERRATA_FINDING_DATA_BUG, "skewed");

    skew->subject.bug = g_strdup("train-serve-skew");
    skew->subject.column = g_strdup(column);
    errata_finding_add(skew, errata_evidence_new("n_rows", "rows", 1.0, ERRATA_UNIT_COUNT, 1));
    errata_case_add_finding(log->analysis.result, skew);
}

static void
test_drift_skew(void)
{
    const Plant none = {0}, moved = {.shift = 0.6};
    g_autoptr(LogFixture) log = NULL;
    g_autoptr(LogFixture) untold = NULL;
    ErrataFrame *frame = test_drift_frame(4000, &none, 1);
    ErrataFrame *reference = test_drift_frame(4000, &moved, 2);

    g_test_summary(
        "A column that is told to differ from the reference all along is not told again as "
        "drift; one that is not, is");
    for (gsize row = 0; row < reference->n_rows; row++)
        reference->columns[0]->f64[row] = reference->columns[0]->f64[row] * 2.0 + 1.0;
    log = log_fixture_new(errata_frame_ref(frame), errata_frame_ref(reference), &made_roles);
    test_drift_add_skew(log, "a");
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    for (guint i = 0; i < log->analysis.result->findings->len; i++)
        g_assert_cmpint(
            ((const ErrataFinding *)g_ptr_array_index(log->analysis.result->findings, i))->kind,
            !=,
            ERRATA_FINDING_DRIFT);
    untold = test_drift_run(frame, reference, &made_roles);
    g_assert_nonnull(log_fixture_finding(untold, "a"));
}

static void
test_drift_too_few(void)
{
    const Plant none = {0};
    g_autoptr(LogFixture) log = log_fixture_new(test_drift_frame(60, &none, 1), NULL, &made_roles);
    g_autofree char *why = errata_analyzer_drift.why_not(&log->analysis);

    g_assert_nonnull(strstr(why, "not enough rows"));
}

static void
test_drift_adult(void)
{
    static const LogRoles roles = {.id = "id",
                                   .label = "label",
                                   .prediction = "prediction",
                                   .score = "score",
                                   .positive = ">50K"};
    g_autofree char *path = log_fixture_path("logs", "adult_binary.csv");
    ErrataFrame *frame = log_fixture_read(path);
    g_autoptr(LogFixture) log = NULL;

    if (frame == NULL) {
        g_test_skip("the log is not here");
        return;
    }
    log = test_drift_run(frame, NULL, &roles);
    g_assert_cmpuint(log->analysis.result->findings->len, ==, 0);
}

static void
test_drift_planted(gconstpointer with_reference)
{
    static const LogRoles roles = {.id = "event_id",
                                   .label = "is_fraud",
                                   .prediction = "prediction",
                                   .score = "score",
                                   .ignore = {"ts", "chargeback_flag"},
                                   .positive = "1"};
    g_autofree char *path = log_fixture_path("planted", "tab_s1.csv.gz");
    g_autofree char *reference_path = log_fixture_path("planted", "tab_s1.reference.csv.gz");
    g_autofree char *truth = log_fixture_path("planted", "tab_s1.truth.json");
    g_autoptr(JsonParser) parser = json_parser_new();
    ErrataFrame *frame = log_fixture_read(path);
    g_autoptr(LogFixture) log = NULL;
    JsonObject *plants;
    JsonArray *planted;

    if (frame == NULL || !json_parser_load_from_file(parser, truth, NULL)) {
        g_clear_pointer(&frame, errata_frame_unref);
        g_test_skip("the planted log is not here");
        return;
    }
    plants = json_object_get_object_member(json_node_get_object(json_parser_get_root(parser)),
                                           "plants");
    planted = json_object_get_array_member(json_object_get_object_member(plants, "drift"),
                                           "columns");
    log = log_fixture_new(frame,
                          with_reference != NULL ? log_fixture_read(reference_path) : NULL,
                          &roles);
    if (with_reference != NULL)
        test_drift_add_skew(
            log,
            json_object_get_string_member(json_object_get_object_member(plants, "train_serve_skew"),
                                          "column"));
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    test_drift_tell(log);
    for (guint i = 0; i < json_array_get_length(planted); i++)
        g_assert_nonnull(log_fixture_finding(
            log,
            json_object_get_string_member(json_array_get_object_element(planted, i), "column")));
    g_assert_cmpuint(test_drift_count(log), ==, json_array_get_length(planted));
}

/* a log whose report is kept: columns, accuracy and the losses by bin */
static LogFixture *
test_drift_reported(const Plant *plant, guint64 seed)
{
    LogFixture *log = log_fixture_new(test_drift_frame(6000, plant, seed), NULL, &made_roles);
    double rate = (double)log->outcome->n_errors / 6000.0;

    log->analysis.result->task = ERRATA_TASK_BINARY;
    errata_case_add_metric(log->analysis.result,
                           "accuracy",
                           1.0 - rate,
                           1.0 - rate - 0.008,
                           1.0 - rate + 0.008,
                           6000);
    g_assert_true(errata_analyzer_columns.run(&log->analysis, NULL));
    return log;
}

static void
test_drift_earlier(void)
{
    const Plant none = {.costs = TRUE};
    const Plant moved = {.shift = 1.0, .new_value = TRUE, .costs = TRUE};
    g_autoptr(LogFixture) before = test_drift_reported(&none, 1);
    g_autoptr(LogFixture) same =
        log_fixture_new(test_drift_frame(6000, &none, 2), NULL, &made_roles);
    g_autoptr(LogFixture) other =
        log_fixture_new(test_drift_frame(6000, &moved, 3), NULL, &made_roles);
    const ErrataFinding *a, *c;
    const ErrataColumnSketch *sketch =
        ((ErrataColumnSummary *)g_ptr_array_index(before->analysis.result->columns, 0))->sketch;
    guint64 n = 0;

    g_test_summary("Against what an earlier report keeps: silence, or the columns and their cost");
    g_assert_nonnull(sketch);
    for (guint b = 0; b < sketch->n; b++)
        n += sketch->count[b];
    g_assert_cmpuint(n, ==, 6000);
    same->analysis.earlier = other->analysis.earlier = before->analysis.result;
    g_assert_true(errata_analyzer_drift.run(&same->analysis, NULL));
    g_assert_cmpuint(test_drift_count(same), ==, 0);
    g_assert_true(errata_analyzer_drift.run(&other->analysis, NULL));
    test_drift_tell(other);
    a = log_fixture_finding(other, "a");
    c = log_fixture_finding(other, "c");
    g_assert_nonnull(a);
    g_assert_nonnull(c);
    g_assert_cmpstr(a->subject.test, ==, "chi-square");
    g_assert_cmpstr(errata_finding_note(a, "against"), ==, "report");
    g_assert_cmpfloat(a->subject.share_of_loss, >, 0.7);
    g_assert_cmpfloat(fabs(c->subject.share_of_loss), <, 0.1);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(a, "mean_to")->value, 1.0, 0.1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    errata_parallel_set_threads(2);
    g_test_add_func("/drift/silence", test_drift_silence);
    g_test_add_func("/drift/fifth", test_drift_fifth);
    g_test_add_func("/drift/far", test_drift_far);
    g_test_add_func("/drift/eased", test_drift_eased);
    g_test_add_func("/drift/found", test_drift_found);
    g_test_add_func("/drift/since", test_drift_since);
    g_test_add_func("/drift/slow", test_drift_slow);
    g_test_add_func("/drift/worse", test_drift_worse);
    g_test_add_func("/drift/passing", test_drift_passing);
    g_test_add_func("/drift/set-aside", test_drift_set_aside);
    g_test_add_func("/drift/missing", test_drift_missing);
    g_test_add_func("/drift/skew", test_drift_skew);
    g_test_add_func("/drift/earlier", test_drift_earlier);
    g_test_add_func("/drift/too-few", test_drift_too_few);
    g_test_add_func("/drift/adult", test_drift_adult);
    g_test_add_data_func("/drift/planted/first-half", NULL, test_drift_planted);
    g_test_add_data_func("/drift/planted/reference", "reference", test_drift_planted);
    return g_test_run();
}
