/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parallel.h"
#include "slices-find.h"
#include "slices-refine.h"
#include "slices.h"
#include "synth-log.h"

static guint
log_n_findings(const Log *log, ErrataSeverity least)
{
    guint n = 0;

    for (guint i = 0; i < log->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log->analysis.result->findings, i);

        n += finding->severity >= least;
    }
    return n;
}

/* the best candidate by going through all of them, each counted row by row */
typedef struct {
    const SlicesTable *table;
    const ErrataExpected *expected;
    guint8 *member;
    double n_valid[4];
    double best[4];
} Brute;

static void
brute_try(Brute *brute, const guint *axis, const guint16 *lo, const guint16 *hi, guint n)
{
    Slice slice = errata_slices_items_slice(brute->table, n == 3, axis, lo, hi, n);
    const SlicesHalf *half = &brute->table->discovery;
    double variance = brute->table->real ? brute->expected->variance : 0.0;
    double rows = 0.0, observed = 0.0, expected = 0.0;

    errata_slices_table_member(brute->table, half, &slice, brute->member);
    for (gsize i = 0; i < half->n_rows; i++)
        if (brute->member[i] != 0) {
            rows += 1.0;
            observed += half->y[i];
            expected += errata_expected_mu(brute->expected, i);
        }
    if (rows < (double)brute->table->min_rows)
        return;
    brute->n_valid[n] += 1.0;
    if (observed >= SLICES_MIN_LIFT * expected)
        brute->best[n] = MAX(brute->best[n],
                             errata_expected_ratio(rows, observed, expected, variance));
}

static void
brute_descend(Brute *brute,
              guint first,
              guint *axis,
              guint16 *lo,
              guint16 *hi,
              guint depth,
              guint n)
{
    if (depth == n) {
        brute_try(brute, axis, lo, hi, n);
        return;
    }
    for (guint c = first; c < brute->table->n_columns; c++) {
        const SlicesColumn *column = &brute->table->columns[c];
        const SlicesCoding *coding = n == 3 ? &column->coarse : &column->fine;

        axis[depth] = c;
        for (guint i = 0; i < coding->n_items; i++) {
            lo[depth] = coding->items[i].lo;
            hi[depth] = coding->items[i].hi;
            brute_descend(brute, c + 1, axis, lo, hi, depth + 1, n);
        }
    }
}

static double
brute_score(const SlicesTable *table, const ErrataExpected *expected)
{
    g_autofree guint8 *member = g_malloc(table->discovery.n_rows);
    Brute brute = {.table = table, .expected = expected, .member = member};
    double score = 0.0;
    guint axis[3];
    guint16 lo[3], hi[3];

    for (guint n = 1; n <= 3; n++) {
        brute_descend(&brute, 0, axis, lo, hi, 0, n);
        if (brute.best[n] > 0.0)
            score = MAX(score, brute.best[n] - log(brute.n_valid[n]));
    }
    return score;
}

/* four columns of few values, some missing; errors, or losses, depend on two of them */
static void
brute_fill(Log *log, gboolean real, gboolean scored)
{
    log_add_number(log, "k", 4, NULL);
    log_add_number(log, "a", log->n < 500 ? 3 : 7, NULL);
    log_add_category(log, "c", "p q r", 3);
    log_add_category(log, "d", "s t", 2);
    for (gsize i = 0; i < log->n; i++) {
        gboolean q = log->frame->columns[2]->code[i] == 1;
        gboolean low_t = log->frame->columns[3]->code[i] == 1 &&
                         log->frame->columns[0]->f64[i] < 1.0;

        log_set_error(log, i, log_uniform(log), log_uniform(log) < 0.15 + 0.3 * (q + low_t));
        if (real) {
            log->outcome.loss[i] = log_exponential(log) * (1.0 + q + low_t);
            log->outcome.error[i] = log->outcome.loss[i] > 2.0;
        }
    }
    if (real) {
        log->outcome.task = ERRATA_TASK_REGRESSION;
        log->outcome.predicted_value = g_memdup2(log->outcome.score, log->n * sizeof(double));
    }
    if (!scored)
        g_clear_pointer(&log->outcome.score, g_free);
    if (!scored)
        g_clear_pointer(&log->outcome.confidence, g_free);
}

/* rounds of the search against going through all candidates */
static void
brute_check(const SlicesTable *table, guint n_rounds)
{
    g_autoptr(SlicesSearch) search = errata_slices_search_new(table, table->discovery.y, NULL);
    g_autoptr(ErrataExpected) expected = errata_expected_new(table->discovery.y,
                                                             table->discovery.cell,
                                                             table->discovery.n_cells,
                                                             table->discovery.n_rows,
                                                             table->real);

    for (guint round = 0; round < n_rounds; round++) {
        g_autofree guint8 *member = g_malloc(table->discovery.n_rows);
        double want = brute_score(table, expected);
        double score = 0.0;
        Slice slice;

        if (!errata_slices_search_next(search, expected, &slice, &score))
            score = 0.0;
        g_assert_cmpfloat_with_epsilon(score, want, 1e-4);
        if (!(score > 0.0))
            return;
        errata_slices_table_member(table, &table->discovery, &slice, member);
        errata_expected_add(expected, member);
        if (round == 1)
            errata_slices_search_restart(search, 3, NULL); /* must not change what is found */
    }
}

/* a search that takes the number of candidates from one for other losses */
static void
brute_check_like(const SlicesTable *table)
{
    g_autofree double *right = g_new(double, table->discovery.n_rows);
    g_autoptr(SlicesSearch) first = errata_slices_search_new(table, table->discovery.y, NULL);
    g_autoptr(ErrataExpected) expected = errata_expected_new(table->discovery.y,
                                                             table->discovery.cell,
                                                             table->discovery.n_cells,
                                                             table->discovery.n_rows,
                                                             table->real);
    g_autoptr(SlicesSearch) alone = NULL;
    g_autoptr(SlicesSearch) second = NULL;
    g_autoptr(ErrataExpected) other = NULL;
    double score[2] = {0.0, 0.0};
    Slice slice;

    for (gsize i = 0; i < table->discovery.n_rows; i++)
        right[i] = i % 7 == 0 ? 1.0 : 0.0;
    other = errata_expected_new(right,
                                table->discovery.cell,
                                table->discovery.n_cells,
                                table->discovery.n_rows,
                                FALSE);
    errata_slices_search_next(first, expected, &slice, &score[0]);
    errata_slices_search_end(first);
    alone = errata_slices_search_new(table, right, NULL);
    second = errata_slices_search_new(table, right, first);
    for (guint i = 0; i < 2; i++)
        if (!errata_slices_search_next(i == 0 ? alone : second, other, &slice, &score[i]))
            score[i] = 0.0;
    g_assert_cmpfloat_with_epsilon(score[0], score[1], 1e-12);
    g_assert_cmpuint(errata_slices_search_n_tried(second), ==, errata_slices_search_n_tried(first));
    g_assert_cmpuint(errata_slices_search_n_tried(second), ==, errata_slices_search_n_tried(alone));
}

static void
test_slices_brute_force(void)
{
    guint n_tables = g_test_slow() ? 10000 : 1000;

    g_test_summary("Cubes and bounds find the best of all candidates, round after round");
    for (guint64 seed = 0; seed < n_tables; seed++) {
        gboolean large = seed < 4;
        Log log;
        g_autoptr(SlicesTable) table = NULL;

        log_init(&log, large ? 600 + 50 * seed : 120 + seed % 100, seed);
        brute_fill(&log, seed % 3 == 1, seed % 5 != 4);
        log_finish(&log);
        log.settings.min_slice = large ? 0 : 16;
        log.outcome.n_judged = 2000; /* so that halves are made and three conditions searched */
        table = errata_slices_table_new(&log.analysis);
        brute_check(table, large ? 3 : 2);
        if (seed < 100)
            brute_check_like(table);
        log_clear(&log);
    }
}

static void
test_slices_many_values(void)
{
    static const guint n_values[] = {2, 7, 14, 15, 16, 17, 30, 31, 35};

    g_test_summary("Cubes find the best whatever the number of values on their last axis");
    for (guint v = 0; v < G_N_ELEMENTS(n_values); v++) {
        const char *values =
            "a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F G H I";
        g_autoptr(SlicesTable) table = NULL;
        Log log;

        log_init(&log, 6000, v);
        log_add_number(&log, "k", 3, NULL);
        log_add_category(&log, "c", values, n_values[v]);
        for (gsize i = 0; i < log.n; i++)
            log_set_error(&log,
                          i,
                          0.5,
                          log_uniform(&log) < 0.1 + 0.02 * log.frame->columns[1]->code[i]);
        log_finish(&log);
        log.outcome.n_judged = 2000;
        table = errata_slices_table_new(&log.analysis);
        brute_check(table, 3);
        log_clear(&log);
    }
}

static void
test_slices_narrow(void)
{
    g_autoptr(SlicesTable) table = NULL;
    guint last;
    Log log;
    Slice slice = {.n = 2}, none;

    g_test_summary("A condition that every row meets is none, and alone makes no slice");
    log_init(&log, 600, 1);
    log_fill_noise(&log);
    log_finish(&log);
    table = errata_slices_table_new(&log.analysis);
    last = table->n_columns - 1;
    g_assert_true(table->columns[0].bin->numeric && !table->columns[last].bin->numeric);
    slice.condition[0] = (SlicesCondition){.column = last, .codes = {G_MAXUINT64}};
    slice.condition[1] = (SlicesCondition){.column = 0, .lo = 0.5, .hi = (double)INFINITY};
    none = (Slice){.n = 1, .condition = {slice.condition[0]}};
    g_assert_true(errata_slices_items_narrow(table, &slice));
    g_assert_cmpuint(slice.n, ==, 1);
    g_assert_cmpuint(slice.condition[0].column, ==, 0);
    g_assert_false(errata_slices_items_narrow(table, &none));
    log_clear(&log);
}

static void
test_slices_expected(void)
{
    const double y[] = {1, 0, 0, 0, 1, 1, 0, 1};
    const guint32 cell[] = {0, 0, 0, 0, 0, 0, 0, 0};
    const guint8 member[] = {0, 0, 0, 0, 1, 1, 1, 1};
    g_autoptr(ErrataExpected) model = errata_expected_new(y, cell, 1, 8, FALSE);
    ErrataExpectedTest test;

    g_test_summary("By hand: the overall rate 1/2, then 1/4 outside and 3/4 inside");
    g_assert_cmpfloat_with_epsilon(errata_expected_mu(model, 0), 0.5, 1e-5);
    errata_expected_test(model, member, &test);
    /* of the others 1 of 4, the rate of all counting as ten rows: (1 + 5) / (4 + 10) */
    g_assert_cmpfloat_with_epsilon(test.expected, 4.0 * 6.0 / 14.0, 1e-4);
    /* of 3 − 4·½ it is ¼·4 less (¼·4)² / (¼·8) = ½ */
    g_assert_cmpfloat_with_epsilon(test.variance, 0.5 * pow(3.0 - 24.0 / 14.0, 2.0), 1e-4);
    /* P(X ≥ 3), X ~ Binomial(4, ½) = 5/16 */
    g_assert_cmpfloat_with_epsilon(test.p, 0.3125, 1e-4);
    errata_expected_add(model, member);
    g_assert_cmpfloat_with_epsilon(errata_expected_mu(model, 0), 0.25, 1e-4);
    g_assert_cmpfloat_with_epsilon(errata_expected_mu(model, 7), 0.75, 1e-4);
    /* 10·KL(0.3 ‖ 0.1) = 3 ln 3 + 7 ln(7/9) */
    g_assert_cmpfloat_with_epsilon(errata_expected_ratio(10.0, 3.0, 1.0, 0.0),
                                   3.0 * log(3.0) + 7.0 * log(7.0 / 9.0),
                                   1e-12);
    g_assert_cmpfloat_with_epsilon(errata_expected_ratio(8.0, 6.0, 2.0, 0.5), 2.0, 1e-12);
}

/* a slice in which the score says nothing: two cells, 5 % and 50 % wrong elsewhere, both 40 %
 * inside. Once the slice is expected, its confident rows must not look like a slice of their own */
static void
test_slices_expected_slope(void)
{
    enum {
        N = 4000
    };
    g_autofree double *y = g_new0(double, N);
    g_autofree guint32 *cell = g_new0(guint32, N);
    g_autofree guint8 *slice = g_new0(guint8, N);
    g_autofree guint8 *child = g_new0(guint8, N);
    g_autoptr(ErrataExpected) model = NULL;
    ErrataExpectedTest test;

    for (guint i = 0; i < N; i++) {
        guint turn = i / 4 % 20;

        slice[i] = i % 4 == 0;
        cell[i] = i / 80 % 2;
        child[i] = slice[i] != 0 && cell[i] == 0;
        y[i] = turn < (slice[i] != 0 ? 8U : cell[i] == 0 ? 1U : 10U) ? 1.0 : 0.0;
    }
    model = errata_expected_new(y, cell, 2, N, FALSE);
    errata_expected_add(model, slice);
    errata_expected_test(model, child, &test);
    g_assert_cmpfloat_with_epsilon(test.observed, 0.4 * test.n, 1.0);
    g_assert_cmpfloat(test.observed, <, 1.1 * test.expected);
    g_assert_cmpfloat(test.p, >, 0.01);
}

static void
test_slices_decimal(void)
{
    g_test_summary("The shortest decimal between two values");
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_decimal(73.98, 74.02), 74.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_decimal(0.0712, 0.0798), 0.079, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_decimal(-3.0, 5.0), 0.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_decimal(2.0, 3.0), 3.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_slices_refine_decimal(-8.37, -8.3), -8.3, 1e-12);
}

static void
test_slices_noise(void)
{
    guint n_loud = 0;

    g_test_summary("Nothing is found where the scores know of every error");
    for (guint64 seed = 0; seed < 12; seed++) {
        Log log;
        g_autoptr(GError) error = NULL;

        log_init(&log, seed % 2 == 0 ? 6000 : 1500, 100 + seed);
        log_fill_noise(&log);
        log_finish(&log);
        g_assert_true(errata_analyzer_slices.run(&log.analysis, &error));
        n_loud += log_n_findings(&log, ERRATA_SEVERITY_MEDIUM) > 0;
        log_clear(&log);
    }
    g_assert_cmpuint(n_loud, ==, 0);
}

static void
check_planted(const Log *log)
{
    const ErrataFinding *finding;
    const ErrataPredicate *a;
    const ErrataPredicate *c;

    g_assert_cmpuint(log_n_findings(log, ERRATA_SEVERITY_LOW), >=, 1);
    finding = g_ptr_array_index(log->analysis.result->findings, 0);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
    a = g_ptr_array_index(finding->subject.predicates, 0);
    c = g_ptr_array_index(finding->subject.predicates, 1);
    g_assert_cmpstr(a->column, ==, "a");
    g_assert_cmpint(a->op, ==, ERRATA_OP_GE);
    g_assert_cmpfloat_with_epsilon(a->number, 0.3, 0.05);
    g_assert_cmpstr(c->column, ==, "c");
    g_assert_cmpstr(c->values[0], ==, "green");
}

static void
test_slices_planted(void)
{
    const double shapley_total = 1.0;
    double blame = 0.0;
    Log log;
    g_autoptr(GError) error = NULL;
    const ErrataFinding *finding;
    const ErrataEvidence *rate;

    g_test_summary("A planted slice comes first, with its numbers, and its companion is a decoy");
    log_init(&log, 20000, 5);
    log_fill_noise(&log);
    log_plant(&log);
    log_finish(&log);
    g_assert_true(errata_analyzer_slices.run(&log.analysis, &error));
    g_assert_no_error(error);
    check_planted(&log);
    finding = g_ptr_array_index(log.analysis.result->findings, 0);
    g_assert_true(finding->confirmed);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    rate = errata_finding_evidence(finding, "rate_in");
    g_assert_cmpfloat_with_epsilon(rate->value, 0.58, 0.08);
    g_assert_true(rate->lo < rate->value && rate->value < rate->hi && rate->q < 0.01);
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        blame += g_strcmp0(evidence->key, "blame") == 0 ? evidence->value : 0.0;
    }
    g_assert_cmpfloat_with_epsilon(blame, shapley_total, 1e-9);
    g_assert_cmpstr(errata_finding_note(finding, "decoy"), ==, "d");
    g_assert_nonnull(finding->figure);
    g_assert_cmpuint(finding->examples->n_rows, ==, 6);
    g_assert_cmpuint(log.outcome.error[finding->row[0]], ==, 1);
    g_assert_nonnull(errata_finding_evidence(finding, "fn_share"));
    log_clear(&log);
}

static void
test_slices_unscored_examples(void)
{
    const ErrataFinding *finding;
    gsize n_errors = 0;
    Log log;

    g_test_summary(
        "Where no score tells how sure a prediction was, a slice's errors stand before its other rows");
    log_init(&log, 20000, 5);
    log_fill_noise(&log);
    log_plant(&log);
    log_finish(&log);
    for (gsize row = 0; row < log.n; row++)
        log.outcome.confidence[row] = (double)NAN;
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    finding = g_ptr_array_index(log.analysis.result->findings, 0);
    g_assert_cmpuint(finding->examples->n_rows, ==, 6);
    for (gsize i = 0; i < finding->n_rows; i++)
        n_errors += log.outcome.error[finding->row[i]];
    for (gsize i = 0; i < finding->n_rows; i++)
        g_assert_true((log.outcome.error[finding->row[i]] != 0) == (i < n_errors));
    log_clear(&log);
}

/* labels of every other row have not come yet: rows are counted, and those that have one are told
 * apart */
static void
test_slices_half_labelled(void)
{
    const ErrataFinding *finding;
    g_autofree char *summary = NULL;
    gsize n_judged = 0;
    Log log;

    g_test_summary("Counts of errors are of labelled rows, and how many these are is said");
    log_init(&log, 40000, 5);
    log_fill_noise(&log);
    log_plant(&log);
    for (gsize i = 0; i < log.n; i += 2) {
        log.outcome.n_errors -= log.outcome.error[i];
        log.outcome.judged[i] = log.outcome.error[i] = 0;
        log.outcome.loss[i] = (double)NAN;
        log.outcome.truth[i] = -1;
        log.outcome.n_judged--;
    }
    log_finish(&log);
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    finding = g_ptr_array_index(log.analysis.result->findings, 0);
    for (gsize i = 0; i < finding->n_rows; i++)
        n_judged += log.outcome.judged[finding->row[i]];
    g_assert_cmpuint(n_judged, >, finding->n_rows / 3);
    g_assert_cmpuint(n_judged, <, finding->n_rows);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "n_judged")->value,
                                   (double)n_judged,
                                   0.1);
    summary = g_strdup_printf("slice · %" G_GSIZE_FORMAT ",%03u rows, %" G_GSIZE_FORMAT
                              ",%03u of them with labels",
                              finding->n_rows / 1000,
                              (guint)(finding->n_rows % 1000),
                              n_judged / 1000,
                              (guint)(n_judged % 1000));
    g_assert_cmpstr(finding->summary, ==, summary);
    g_assert_cmpuint(errata_finding_evidence(finding, "share_rows")->n, ==, finding->n_rows);
    g_assert_cmpuint(errata_finding_evidence(finding, "share_errors")->n, ==, n_judged);
    g_assert_cmpuint(errata_finding_evidence(finding, "excess")->n, ==, n_judged);
    log_clear(&log);
}

/* green rows are scored near the middle, so the scores know of their errors; “s” is nearly the
 * score */
static void
test_slices_known(void)
{
    g_test_summary(
        "Hard ground that the scores know of is told, low; what only repeats the score is not");
    for (guint hard = 0; hard < 2; hard++) {
        Log log;
        const ErrataFinding *finding;
        const ErrataPredicate *predicate;

        log_init(&log, 20000, 31);
        log_add_number(&log, "a", 0, NULL);
        log_add_number(&log, "s", 0, NULL);
        log_add_category(&log, "c", "red green blue grey", 4);
        for (gsize i = 0; i < log.n; i++) {
            gboolean green = hard == 1 && log.frame->columns[2]->code[i] == 1;
            double unsure = green ? 0.3 + 0.15 * log_uniform(&log) : 0.25 * log_uniform(&log);

            log.frame->columns[1]->f64[i] = unsure + 0.01 * log_uniform(&log);
            log_set_error(&log,
                          i,
                          log_uniform(&log) < 0.5 ? unsure : 1.0 - unsure,
                          log_uniform(&log) < unsure);
        }
        log_finish(&log);
        g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
        g_assert_cmpuint(log.analysis.result->findings->len, ==, hard);
        if (hard == 1) {
            finding = g_ptr_array_index(log.analysis.result->findings, 0);
            predicate = g_ptr_array_index(finding->subject.predicates, 0);
            g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_LOW);
            g_assert_cmpstr(errata_finding_note(finding, "hard"), ==, "known");
            g_assert_cmpuint(finding->subject.predicates->len, ==, 1);
            g_assert_cmpstr(predicate->column, ==, "c");
            g_assert_cmpstr(predicate->values[0], ==, "green");
        }
        log_clear(&log);
    }
}

/* scores of green rows are twice as sure as they may be, but green rows are hardly wrong more
 * often */
static void
test_slices_too_sure(void)
{
    Log log;

    g_test_summary("A group that errs hardly more than the rest is a matter of calibration");
    log_init(&log, 40000, 33);
    log_add_number(&log, "a", 0, NULL);
    log_add_category(&log, "c", "red green blue grey", 4);
    for (gsize i = 0; i < log.n; i++) {
        gboolean green = log.frame->columns[1]->code[i] == 1;
        double wrong = 0.3 * log_uniform(&log);
        double unsure = green ? 0.5 * wrong : wrong;

        wrong = green ? 1.15 * wrong : wrong;
        log_set_error(&log,
                      i,
                      log_uniform(&log) < 0.5 ? unsure : 1.0 - unsure,
                      log_uniform(&log) < wrong);
    }
    log_finish(&log);
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    g_assert_cmpuint(log.analysis.result->findings->len, ==, 0);
    log_clear(&log);
}

/* in red rows cases are missed twice as often and false alarms fall by as many; blue rows are right
 * more often than their scores tell */
static void
test_slices_types(void)
{
    const ErrataFinding *missed = NULL;
    const ErrataFinding *better = NULL;
    Log log;

    g_test_summary("One kind of error for another, and fewer errors than expected");
    log_init(&log, 40000, 77);
    log_add_number(&log, "a", 0, NULL);
    log_add_category(&log, "c", "red green blue grey", 4);
    for (gsize i = 0; i < log.n; i++) {
        guint colour = log.frame->columns[1]->code[i];
        gboolean positive = log_uniform(&log) < 0.5;
        double rate = 0.2;

        if (colour == 0)
            rate = positive ? 0.1 : 0.3; /* said positive, said negative */
        if (colour == 2)
            rate = 0.08;
        log_set_error(&log, i, positive ? 0.8 : 0.2, log_uniform(&log) < rate);
    }
    log_finish(&log);
    g_strfreev(log.schema->classes);
    log.schema->classes = g_strsplit("no yes", " ", -1);
    log.schema->n_classes = 2;
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    for (guint i = 0; i < log.analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(log.analysis.result->findings, i);

        if (g_strcmp0(errata_finding_note(finding, "type"), "missed") == 0)
            missed = finding;
        if (errata_finding_note(finding, "better") != NULL)
            better = finding;
    }
    g_assert_nonnull(missed);
    g_assert_cmpint(missed->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_nonnull(strstr(missed->title, "c is red"));
    /* said no: 0.3 of half the rows; cases: those and 0.9 of the other half */
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(missed, "type_in")->value,
                                   0.15 / (0.15 + 0.45),
                                   0.03);
    /* rows said no, elsewhere: 0.2 of three colours and 0.08 of blue */
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(missed, "type_foreseen")->value,
                                   0.17,
                                   0.03);
    g_assert_nonnull(better);
    g_assert_cmpint(better->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_nonnull(strstr(better->title, "c is blue"));
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(better, "better_in")->value,
                                   0.08,
                                   0.015);
    log_clear(&log);
}

/* the scores are right, and unsure where a + b is near 1: no box of a and b is a place of its
 * own */
static void
test_slices_boundary(void)
{
    Log log;

    g_test_summary("That a model is unsure near its threshold is no finding");
    log_init(&log, 20000, 32);
    log_add_number(&log, "a", 0, NULL);
    log_add_number(&log, "b", 0, NULL);
    for (gsize i = 0; i < log.n; i++) {
        double a = log.frame->columns[0]->f64[i], b = log.frame->columns[1]->f64[i];
        double score = 1.0 /
                       (1.0 + exp(-6.0 * ((isnan(a) ? 0.5 : a) + (isnan(b) ? 0.5 : b) - 0.7)));

        log_set_error(&log, i, score, log_uniform(&log) < MIN(score, 1.0 - score));
    }
    log_finish(&log);
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    g_assert_cmpuint(log.analysis.result->findings->len, ==, 0);
    log_clear(&log);
}

static void
test_slices_share(void)
{
    const gsize n_rows[] = {4, 5};
    Log log;

    g_test_summary("Errors in several slices are counted once");
    log_init(&log, 100, 33);
    log_fill_noise(&log);
    for (gsize i = 0; i < log.n; i++)
        log_set_error(&log, i, 0.9, i % 2 == 0);
    log_finish(&log);
    g_assert_true(isnan(errata_slices_share(&log.analysis)));
    for (guint k = 0; k < 2; k++) { /* rows 0 … 3 and 2 … 6: errors in rows 0, 2, 4, 6 of 50 */
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "a slice");

        finding->severity = ERRATA_SEVERITY_MEDIUM;
        finding->share_of_errors = 0.1;
        finding->n_rows = n_rows[k];
        finding->row = g_new(guint32, n_rows[k]);
        for (guint i = 0; i < n_rows[k]; i++)
            finding->row[i] = 2 * k + i;
        errata_finding_add(finding, errata_evidence_new("x", "x", 1.0, ERRATA_UNIT_NONE, 1));
        errata_case_add_finding(log.analysis.result, finding);
    }
    g_assert_cmpfloat_with_epsilon(errata_slices_share(&log.analysis), 4.0 / 50.0, 1e-12);
    log_clear(&log);
}

static void
test_slices_exploratory(void)
{
    Log log;
    const ErrataFinding *finding;

    g_test_summary("A small log: the slice is found, but never more than low");
    log_init(&log, 1800, 9);
    log_fill_noise(&log);
    log_plant(&log);
    log_finish(&log);
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    check_planted(&log);
    finding = g_ptr_array_index(log.analysis.result->findings, 0);
    g_assert_false(finding->confirmed);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_LOW);
    log_clear(&log);
}

static void
test_slices_regression(void)
{
    Log log;

    g_test_summary("Real losses: where residuals are twice as large");
    log_init(&log, 12000, 11);
    log_fill_noise(&log);
    log.outcome.task = ERRATA_TASK_REGRESSION;
    log.outcome.predicted_value = g_new0(double, log.n);
    for (gsize i = 0; i < log.n; i++) {
        gboolean in = log.frame->columns[3]->code[i] == 1 && log.frame->columns[0]->f64[i] >= 0.3;

        log.outcome.predicted_value[i] = 100.0 * log.outcome.score[i];
        log.outcome.loss[i] = (1.0 + 0.1 * log.outcome.predicted_value[i]) * log_exponential(&log) *
                              (in ? 2.0 : 1.0);
    }
    log_finish(&log);
    log.schema->task = ERRATA_TASK_REGRESSION;
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    check_planted(&log);
    log_clear(&log);
}

static void
test_slices_threads(void)
{
    char *title[2] = {NULL, NULL};
    double q[2];

    g_test_summary("The number of threads changes nothing");
    for (guint i = 0; i < 2; i++) {
        Log log;
        const ErrataFinding *finding;

        errata_parallel_set_threads(i == 0 ? 1 : 3);
        log_init(&log, 8000, 21);
        log_fill_noise(&log);
        log_plant(&log);
        log_finish(&log);
        g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
        finding = g_ptr_array_index(log.analysis.result->findings, 0);
        title[i] = g_strdup(finding->title);
        q[i] = errata_finding_evidence(finding, "rate_in")->q;
        log_clear(&log);
    }
    errata_parallel_set_threads(1);
    g_assert_cmpstr(title[0], ==, title[1]);
    g_assert_cmpmem(&q[0], sizeof(double), &q[1], sizeof(double));
    g_free(title[0]);
    g_free(title[1]);
}

static void
test_slices_degenerate(void)
{
    Log log;
    g_autofree char *why = NULL;

    g_test_summary("Few rows, no errors: a reason, no crash");
    log_init(&log, 40, 1);
    log_fill_noise(&log);
    log_finish(&log);
    why = errata_analyzer_slices.why_not(&log.analysis);
    g_assert_nonnull(why);
    g_assert_true(errata_analyzer_slices.run(&log.analysis, NULL));
    log_clear(&log);
}

static void
test_slices_expected_told(void)
{
    enum {
        N = 4000
    };
    double y[N];
    guint32 cell[N];
    guint8 member[N];
    g_autoptr(ErrataExpected) expected = NULL;

    g_test_summary("The rate of a cell is that of its rows outside of slices that are known");
    for (guint i = 0; i < N; i++) {
        cell[i] = i % 2;
        member[i] = i % 4 == 0;
        y[i] = (i / 4) % 10 < (member[i] != 0 ? 6 : 1) ? 1.0 : 0.0;
    }
    expected = errata_expected_new(y, cell, 2, N, FALSE);
    errata_expected_add(expected, member);
    g_assert_cmpfloat_with_epsilon(errata_expected_mu(expected, 0), 0.6, 0.01);
    g_assert_cmpfloat_with_epsilon(errata_expected_mu(expected, 1), 0.1, 0.01);
    g_assert_cmpfloat_with_epsilon(errata_expected_mu(expected, 2), 0.1, 0.01);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices/brute-force", test_slices_brute_force);
    g_test_add_func("/slices/many-values", test_slices_many_values);
    g_test_add_func("/slices/narrow", test_slices_narrow);
    g_test_add_func("/slices/expected", test_slices_expected);
    g_test_add_func("/slices/expected-slope", test_slices_expected_slope);
    g_test_add_func("/slices/expected-told", test_slices_expected_told);
    g_test_add_func("/slices/decimal", test_slices_decimal);
    g_test_add_func("/slices/noise", test_slices_noise);
    g_test_add_func("/slices/planted", test_slices_planted);
    g_test_add_func("/slices/half-labelled", test_slices_half_labelled);
    g_test_add_func("/slices/unscored-examples", test_slices_unscored_examples);
    g_test_add_func("/slices/known", test_slices_known);
    g_test_add_func("/slices/too-sure", test_slices_too_sure);
    g_test_add_func("/slices/types", test_slices_types);
    g_test_add_func("/slices/boundary", test_slices_boundary);
    g_test_add_func("/slices/share", test_slices_share);
    g_test_add_func("/slices/exploratory", test_slices_exploratory);
    g_test_add_func("/slices/regression", test_slices_regression);
    g_test_add_func("/slices/threads", test_slices_threads);
    g_test_add_func("/slices/degenerate", test_slices_degenerate);
    return g_test_run();
}
