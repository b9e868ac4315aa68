/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "built-in-writer.h"
#include "calibration.h"
#include "made-analysis.h"
#include "recalibrate.h"
#include "rng.h"

static double
test_calibration_true(double s)
{
    return s;
}

static double
test_calibration_high(double s) /* what the score says is too high */
{
    return s * s;
}

static double
test_calibration_sharp(double s) /* the score is too extreme, on both sides */
{
    return 0.2 + 0.6 * s;
}

static void
test_calibration_silent(void)
{
    guint n_loud = 0;

    g_test_summary("Calibrated scores are left alone");
    for (guint seed = 0; seed < 60; seed++) {
        g_autoptr(MadeAnalysis) made =
            made_analysis_binary(seed < 30 ? 3000 : 300, test_calibration_true, seed);

        g_assert_null(errata_analyzer_calibration.why_not(&made->analysis));
        g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
        n_loud += made->analysis.result->findings->len;
    }
    g_assert_cmpuint(n_loud, <=, 1);
}

static void
test_calibration_found(void)
{
    static const struct {
        double (*link)(double);
        const char *direction;
        ErrataSeverity severity;
    } cases[] = {{test_calibration_high, "over", ERRATA_SEVERITY_HIGH},
                 {test_calibration_sharp, "mixed", ERRATA_SEVERITY_MEDIUM}};

    g_test_summary("Wrong scores are found, with direction, size and what recalibration gains");
    for (guint c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, cases[c].link, 1);
        const ErrataFinding *finding;
        const ErrataSuggestion *suggestion;

        g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
        g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(made->analysis.result->findings, 0);
        g_assert_cmpstr(finding->subject.direction, ==, cases[c].direction);
        g_assert_cmpint(finding->severity, ==, cases[c].severity);
        g_assert_true(finding->confirmed);
        g_assert_cmpuint(finding->suggestions->len, ==, 1);
        suggestion = g_ptr_array_index(finding->suggestions, 0);
        g_assert_cmpstr(suggestion->action, ==, "recalibrate");
        g_assert_cmpfloat(suggestion->lo, >, 0.0);
        g_assert_cmpfloat(suggestion->to, <, suggestion->from);
        g_assert_nonnull(errata_finding_evidence(finding, "ece"));
        g_assert_nonnull(errata_finding_evidence(finding, "log_loss_to"));
    }
}

static void
test_calibration_no_help(void)
{
    guint n_helpless = 0, n_unsure = 0;

    g_test_summary(
        "Nobody is told to recalibrate where that does not surely help on the other half");
    for (guint seed = 0; seed < 60; seed++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(400, test_calibration_sharp, seed);
        const GPtrArray *findings = made->analysis.result->findings;

        g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
        for (guint i = 0; i < findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, i);
            const ErrataEvidence *from = errata_finding_evidence(finding, "log_loss_from");
            const ErrataEvidence *to = errata_finding_evidence(finding, "log_loss_to");
            const ErrataSuggestion *suggestion;

            if (from == NULL || to == NULL)
                continue;
            g_assert_cmpuint(finding->suggestions->len, ==, 1);
            suggestion = g_ptr_array_index(finding->suggestions, 0);
            if (strcmp(suggestion->action, "recalibrate") == 0) {
                g_assert_cmpfloat(suggestion->lo, >, 0.0);
                continue;
            }
            n_helpless += to->value >= from->value;
            n_unsure += to->value < from->value;
            g_assert_cmpint(errata_finding_note(finding, "gain") != NULL,
                            ==,
                            to->value < from->value);
        }
    }
    g_assert_cmpuint(n_helpless, >, 0);
    g_assert_cmpuint(n_unsure, >, 0);
}

static double
test_calibration_partly(double s) /* too high, but for the lowest scores */
{
    return s < 0.2 ? s + 0.05 : s - 0.12;
}

static void
test_calibration_by(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, test_calibration_partly, 1);
    const ErrataFinding *finding;
    const ErrataEvidence *score, *rate;
    g_autofree char *by = NULL;

    g_test_summary("Scores too high on average are so by the mean difference, not by their error");
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    score = errata_finding_evidence(finding, "mean_score");
    rate = errata_finding_evidence(finding, "mean_rate");
    g_assert_cmpstr(finding->subject.direction, ==, "over");
    g_assert_cmpfloat(errata_finding_evidence(finding, "ece")->value,
                      >,
                      score->value - rate->value + 0.01);
    by = g_strdup_printf("too high, by %.1f points", 100.0 * (score->value - rate->value));
    g_assert_nonnull(strstr(finding->title, by));
}

static double
test_calibration_loss(const MadeAnalysis *made, gsize row)
{
    double s = made->outcome.score[row];

    return made->outcome.truth[row] == 1 ? -log(s) : -log1p(-s);
}

static void
test_calibration_weights(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, test_calibration_high, 5);
    const ErrataOutcome *outcome = &made->outcome;
    const ErrataFinding *finding;
    const ErrataEvidence *from, *rate;
    double width = 0.0;

    g_test_summary("With weights the gain is that of the weighted rows, whatever their unit");
    made->outcome.weight = g_new(double, outcome->n_rows);
    for (guint turn = 0; turn < 2; turn++) {
        double loss = 0.0, total = 0.0, most = turn == 0 ? 4.0 : 4096.0;

        for (gsize row = 0; row < outcome->n_rows; row++) {
            made->outcome.weight[row] = row % 3 == 0                ? most
                                        : outcome->score[row] > 0.7 ? most / 2.0
                                                                    : 0.0;
            loss += outcome->half[row] * outcome->weight[row] * test_calibration_loss(made, row);
            total += outcome->half[row] * outcome->weight[row];
        }
        g_ptr_array_set_size(made->analysis.result->findings, 0);
        g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
        g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(made->analysis.result->findings, 0);
        from = errata_finding_evidence(finding, "log_loss_from");
        rate = errata_finding_evidence(finding, "mean_rate");
        g_assert_cmpfloat_with_epsilon(from->value, loss / total, 1e-9);
        if (turn > 0)
            g_assert_cmpfloat_with_epsilon(rate->hi - rate->lo, width, 1e-9);
        width = rate->hi - rate->lo;
    }
}

static void
test_calibration_maps(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(50000, test_calibration_high, 3);
    g_autofree guint8 *label = g_new(guint8, 50000);
    g_autoptr(ErrataRanking) ranking = NULL;

    g_test_summary("Each map recovers p = s² up to its form, and never falls");
    for (guint i = 0; i < 50000; i++)
        label[i] = made->outcome.truth[i] == 1;
    ranking = errata_ranking_new(made->outcome.score, label, NULL, 50000);
    for (guint kind = 0; kind < ERRATA_RECALIBRATE_N_KINDS; kind++) {
        g_autoptr(ErrataRecalibration) map = errata_recalibrate_fit(ranking,
                                                                    (ErrataRecalibrateKind)kind);
        double before = 0.0;

        for (guint i = 0; i <= 100; i++) {
            double p = errata_recalibrate_apply(map, i / 100.0);

            g_assert_cmpfloat(p, >=, before);
            g_assert_true(p > 0.0 && p < 1.0);
            /* the beta family holds s² / (s² + …) only nearly, Platt's less so; a temperature
             * leaves one half where it is */
            if (i >= 10 && i <= 90 && kind != ERRATA_RECALIBRATE_TEMPERATURE)
                g_assert_cmpfloat(fabs(p - i * i / 10000.0),
                                  <,
                                  kind == ERRATA_RECALIBRATE_PLATT ? 0.06 : 0.03);
            before = p;
        }
        g_assert_cmpfloat(errata_recalibrate_loss(map, ranking),
                          <,
                          errata_recalibrate_loss(NULL, ranking));
    }
}

#define ALL_BUT      100 /* planted in all values but one */
#define BOTH_WAYS    200 /* two values only: one too high, the other as much too low */
#define SEGMENT_ROWS 20000

static guint8 segment_code[2][SEGMENT_ROWS];

/* rows of the planted value that a confirmed error slice holds */
typedef enum {
    SEGMENT_NO_SLICE,
    SEGMENT_LOW_SLICE,  /* those of low scores */
    SEGMENT_EVEN_SLICE, /* half of them, as much too low as the others are too high */
    SEGMENT_DEEP_SLICE, /* half of them, far higher than the others */
} SegmentSlice;

static gboolean
test_calibration_in_slice(const MadeAnalysis *made, guint planted, SegmentSlice slice, guint row)
{
    if (segment_code[0][row] != planted)
        return FALSE;
    return slice == SEGMENT_LOW_SLICE  ? made->outcome.score[row] < 0.5
           : slice != SEGMENT_NO_SLICE ? segment_code[1][row] >= 2
                                       : FALSE;
}

static void
test_calibration_add_slice(MadeAnalysis *made, guint planted, SegmentSlice slice)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "a slice");

    finding->confirmed = TRUE;
    finding->row = g_new(guint32, SEGMENT_ROWS);
    for (guint i = 0; i < SEGMENT_ROWS; i++)
        if (test_calibration_in_slice(made, planted, slice, i))
            finding->row[finding->n_rows++] = i;
    errata_finding_add(finding,
                       errata_evidence_new("rows",
                                           "rows in the slice",
                                           (double)finding->n_rows,
                                           ERRATA_UNIT_COUNT,
                                           finding->n_rows));
    errata_case_add_finding(made->analysis.result, finding);
}

/* two categories, one of four values each, at random; labels in @planted of the first follow
 * another curve */
static guint
test_calibration_count_segments(guint planted,
                                SegmentSlice slice,
                                guint64 seed,
                                const ErrataFinding **ret_finding,
                                MadeAnalysis **ret_made)
{
    MadeAnalysis *made = made_analysis_binary(SEGMENT_ROWS, test_calibration_true, seed);
    ErrataRng rng = errata_rng_init(seed, 1, 0);
    char *labels[] = {(char[]){"a"}, (char[]){"b"}, (char[]){"c"}, (char[]){"d"}, NULL};
    ErrataBinColumn columns[2] = {{.name = (char[]){"plan"}, .labels = labels, .n_codes = 4},
                                  {.name = (char[]){"zone"}, .labels = labels, .n_codes = 4}};
    ErrataBins bins = {.n_rows = SEGMENT_ROWS, .n_columns = 2, .columns = columns};
    guint n = 0;

    for (guint i = 0; i < SEGMENT_ROWS; i++) {
        double s = made->outcome.score[i];
        double less = s * sqrt(s);
        guint8 plan = (guint8)errata_rng_below(&rng, planted == BOTH_WAYS ? 2 : 4);
        guint8 zone = (guint8)errata_rng_below(&rng, 4);

        segment_code[0][i] = plan;
        segment_code[1][i] = zone;
        if (planted == BOTH_WAYS)
            made->outcome.truth[i] = errata_rng_uniform(&rng) < (plan == 0 ? 2.0 * s - less : less);
        else if (planted >= ALL_BUT ? plan != planted - ALL_BUT : plan == planted)
            made->outcome.truth[i] = errata_rng_uniform(&rng) <
                                     (slice == SEGMENT_EVEN_SLICE && zone >= 2   ? 2.0 * s - less
                                      : slice == SEGMENT_DEEP_SLICE && zone >= 2 ? 0.2 * s
                                                                                 : less);
    }
    columns[0].code = segment_code[0];
    columns[1].code = segment_code[1];
    made_analysis_judge(made);
    if (slice != SEGMENT_NO_SLICE)
        test_calibration_add_slice(made, planted, slice);
    made->analysis.bins = &bins;
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    for (guint f = 0; f < made->analysis.result->findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(made->analysis.result->findings, f);

        if (finding->subject.predicates->len > 0) {
            *ret_finding = finding;
            n++;
        }
    }
    made->analysis.bins = NULL;
    *ret_made = made;
    return n;
}

static void
test_calibration_segments(void)
{
    const ErrataFinding *finding = NULL;
    guint n_loud = 0;

    g_test_summary("A category whose scores are too high is found, alone; without one, none is");
    for (guint seed = 0; seed < 20; seed++) {
        g_autoptr(MadeAnalysis) made = NULL;

        n_loud += test_calibration_count_segments(99, SEGMENT_NO_SLICE, seed, &finding, &made);
    }
    g_assert_cmpuint(n_loud, ==, 0);
    for (guint seed = 0; seed < 5; seed++) {
        g_autoptr(MadeAnalysis) made = NULL;
        const ErrataPredicate *predicate;
        const ErrataEvidence *effect;

        g_assert_cmpuint(
            test_calibration_count_segments(2, SEGMENT_NO_SLICE, seed, &finding, &made),
            ==,
            1);
        predicate = g_ptr_array_index(finding->subject.predicates, 0);
        g_assert_cmpstr(predicate->column, ==, "plan");
        g_assert_cmpstr(predicate->values[0], ==, "c");
        g_assert_cmpstr(finding->subject.direction, ==, "over");
        /* mean of s − s^1.5 over (0, 1) is 1/2 − 2/5 */
        effect = errata_finding_evidence(finding, "effect");
        g_assert_cmpfloat_with_epsilon(effect->value, -0.1, 0.02); /* comes true less often */
    }
}

static void
test_calibration_both_ways(void)
{
    const ErrataFinding *finding = NULL;

    g_test_summary("Of two groups that are off as far either way, one is named");
    for (guint seed = 0; seed < 8; seed++) {
        g_autoptr(MadeAnalysis) made = NULL;
        const ErrataEvidence *effect;

        g_assert_cmpuint(
            test_calibration_count_segments(BOTH_WAYS, SEGMENT_NO_SLICE, seed, &finding, &made),
            ==,
            1);
        effect = errata_finding_evidence(finding, "effect");
        g_assert_cmpfloat_with_epsilon(fabs(effect->value), 0.2, 0.02);
    }
}

static void
test_calibration_right_segment(void)
{
    const ErrataFinding *finding = NULL;

    g_test_summary("Where all others are off alike, neither is the category named whose scores are "
                   "right, nor one of those");
    for (guint seed = 0; seed < 6; seed++) {
        g_autoptr(MadeAnalysis) made = NULL;

        g_assert_cmpuint(
            test_calibration_count_segments(ALL_BUT + 2, SEGMENT_NO_SLICE, seed, &finding, &made),
            ==,
            0);
        g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    }
}

static void
test_calibration_segment_told(void)
{
    const ErrataFinding *finding = NULL;

    g_test_summary("Figures told of a category are those of all its rows, in slices or not");
    for (guint seed = 0; seed < 3; seed++) {
        g_autoptr(MadeAnalysis) made = NULL;
        double rows[2] = {0.0}, score[2] = {0.0}, hits[2] = {0.0};
        const ErrataEvidence *said, *happened, *effect;

        g_assert_cmpuint(
            test_calibration_count_segments(2, SEGMENT_LOW_SLICE, seed, &finding, &made),
            ==,
            1);
        for (guint i = 0; i < SEGMENT_ROWS; i++) {
            guint inside = segment_code[0][i] == 2;

            if (made->outcome.half[i] != 1)
                continue;
            rows[inside] += 1.0;
            score[inside] += made->outcome.score[i];
            hits[inside] += made->outcome.truth[i] == 1;
        }
        said = errata_finding_evidence(finding, "mean_score");
        happened = errata_finding_evidence(finding, "mean_rate");
        effect = errata_finding_evidence(finding, "effect");
        g_assert_null(errata_finding_note(finding, "outside"));
        g_assert_cmpfloat_with_epsilon(said->value, score[1] / rows[1], 1e-3);
        g_assert_cmpfloat_with_epsilon(said->baseline, score[0] / rows[0], 1e-3);
        g_assert_cmpfloat_with_epsilon(happened->value, hits[1] / rows[1], 1e-9);
        g_assert_cmpfloat_with_epsilon(happened->baseline, hits[0] / rows[0], 1e-9);
        g_assert_true(happened->lo < happened->value && happened->value < happened->hi);
        g_assert_cmpuint(happened->n, ==, (guint64)rows[1]);
        g_assert_cmpuint(effect->n, ==, (guint64)rows[1]);
        g_assert_cmpfloat_with_epsilon(effect->value, -0.1, 0.02);
    }
}

static void
test_calibration_segment_outside(void)
{
    const ErrataFinding *finding = NULL;

    g_test_summary("A category off outside a slice only, and right in all, is told as just that");
    for (guint seed = 0; seed < 3; seed++) {
        g_autoptr(MadeAnalysis) made = NULL;
        double rows[2] = {0.0}, hits[2] = {0.0};
        gsize n_rows = 0;
        const ErrataEvidence *happened;

        g_assert_cmpuint(
            test_calibration_count_segments(2, SEGMENT_EVEN_SLICE, seed, &finding, &made),
            ==,
            1);
        for (guint i = 0; i < SEGMENT_ROWS; i++) {
            guint inside = segment_code[0][i] == 2;

            if (test_calibration_in_slice(made, 2, SEGMENT_EVEN_SLICE, i))
                continue;
            n_rows += inside;
            if (made->outcome.half[i] == 1) {
                rows[inside] += 1.0;
                hits[inside] += made->outcome.truth[i] == 1;
            }
        }
        g_assert_true(
            g_str_has_prefix(finding->title, "Outside the error slices, where plan is c,"));
        g_assert_cmpstr(errata_finding_note(finding, "outside"), ==, "slices");
        g_assert_cmpuint(finding->n_rows, ==, n_rows);
        happened = errata_finding_evidence(finding, "mean_rate");
        g_assert_cmpfloat_with_epsilon(happened->value, hits[1] / rows[1], 1e-9);
        g_assert_cmpfloat_with_epsilon(happened->baseline, hits[0] / rows[0], 1e-9);
    }
}

static void
test_calibration_segment_sliced(void)
{
    const ErrataFinding *finding = NULL;

    g_test_summary("What a slice makes of a category is told of the slice, not of the category");
    for (guint seed = 0; seed < 3; seed++) {
        g_autoptr(MadeAnalysis) made = NULL;

        g_assert_cmpuint(
            test_calibration_count_segments(2, SEGMENT_DEEP_SLICE, seed, &finding, &made),
            ==,
            1);
        g_assert_cmpstr(errata_finding_note(finding, "outside"), ==, "slices");
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "effect")->value,
                                       -0.1,
                                       0.02);
    }
}

/* scores of exactly 0 and 1, all of one class, missing scores */
static void
test_calibration_degenerate(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(1000, test_calibration_true, 4);

    g_test_summary("Scores without spread or labels of one class do no harm");
    for (guint i = 0; i < 1000; i++)
        made->outcome.score[i] = i % 7 == 0 ? (double)NAN : i % 2;
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    for (guint i = 0; i < 1000; i++)
        made->outcome.truth[i] = 1;
    made_analysis_judge(made);
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
}

static void
test_calibration_pooled(void)
{
    gsize n = 60000;
    g_autofree double *score = g_new(double, n);
    g_autofree guint8 *label = g_new(guint8, n);
    g_autoptr(ErrataRanking) whole = NULL;
    g_autoptr(ErrataRanking) pooled = NULL;

    g_test_summary("Pooled scores give the maps that all scores give");
    for (gsize i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(8, 1, i);

        score[i] = errata_rng_uniform(&rng);
        label[i] = errata_rng_uniform(&rng) < 0.1 + 0.7 * score[i];
    }
    whole = errata_ranking_new(score, label, NULL, n);
    pooled = errata_ranking_pooled(score, label, NULL, n);
    g_assert_cmpuint(pooled->n_groups, <=, 4096);
    g_assert_cmpfloat_with_epsilon(pooled->n_positive, whole->n_positive, 1e-9);
    g_assert_cmpfloat_with_epsilon(pooled->n_negative, whole->n_negative, 1e-9);
    for (gsize g = 1; g < pooled->n_groups; g++)
        g_assert_cmpfloat(pooled->score[g], <, pooled->score[g - 1]);
    for (guint kind = 0; kind < ERRATA_RECALIBRATE_N_KINDS; kind++) {
        g_autoptr(ErrataRecalibration) a = errata_recalibrate_fit(whole,
                                                                  (ErrataRecalibrateKind)kind);
        g_autoptr(ErrataRecalibration) b = errata_recalibrate_fit(pooled,
                                                                  (ErrataRecalibrateKind)kind);

        /* isotonic regression on all scores fits single rows at the ends: pooling can only help
         * it */
        g_assert_cmpfloat(errata_recalibrate_loss(b, whole),
                          <,
                          errata_recalibrate_loss(a, whole) + 1e-5);
        for (double s = 0.02; s < 1.0; s += 0.02)
            g_assert_cmpfloat_with_epsilon(errata_recalibrate_apply(a, s),
                                           errata_recalibrate_apply(b, s),
                                           kind == ERRATA_RECALIBRATE_ISOTONIC ? 0.05 : 1e-3);
    }
}

static double
test_calibration_hot(double s)
{
    double z = 0.4 * log(s / (1.0 - s));

    return 1.0 / (1.0 + exp(-z));
}

static void
test_calibration_temperature(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(60000, test_calibration_hot, 8);
    const ErrataFinding *finding;
    const ErrataSuggestion *suggestion;
    static const char *const pairs[][2] = {{"log_loss_from", "log_loss_to"},
                                           {"brier_from", "brier_to"},
                                           {"ece_from", "ece_to"}};
    double square = 0.0, n = 0.0;

    g_test_summary("Over-sure scores get their temperature back, and what that gains is told in "
                   "log-loss, Brier score and calibration error");
    for (gsize i = 0; i < made->outcome.n_rows; i++) {
        double miss = made->outcome.score[i] - (made->outcome.truth[i] == 1 ? 1.0 : 0.0);

        square += made->outcome.half[i] != 0 ? miss * miss : 0.0;
        n += made->outcome.half[i] != 0 ? 1.0 : 0.0;
    }
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    g_assert_cmpuint(made->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(made->analysis.result->findings, 0);
    suggestion = g_ptr_array_index(finding->suggestions, 0);
    g_assert_nonnull(strstr(suggestion->text, "temperature scaling"));
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        const ErrataEvidence *from = errata_finding_evidence(finding, pairs[i][0]);
        const ErrataEvidence *to = errata_finding_evidence(finding, pairs[i][1]);

        g_assert_cmpfloat(to->hi, <, from->lo);
        g_assert_cmpfloat(to->lo, <=, to->value);
        g_assert_cmpfloat(to->value, <=, to->hi);
    }
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "brier_from")->value,
                                   square / n,
                                   1e-12);
    g_assert_cmpfloat(errata_finding_evidence(finding, "ece_to")->value, <, 0.02);
}

/* a change of the log at a row, which lasts up to another */
static void
test_calibration_add_change(MadeAnalysis *made, guint32 at, guint32 end)
{
    ErrataFinding *change = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "The error rate fell");

    change->subject.from = change->subject.to = at;
    change->row = g_new(guint32, end - at);
    for (guint32 i = at; i < end; i++)
        change->row[change->n_rows++] = i;
    errata_finding_add(change, errata_evidence_new("n", "rows", 1.0, ERRATA_UNIT_COUNT, end - at));
    errata_case_add_finding(made->analysis.result, change);
}

/* 20,000 rows whose scores are too high up to row @at, or from it on, and a change of the log at
 * row 8,000, after another one at row 3,000 */
static const ErrataFinding *
test_calibration_change(MadeAnalysis *made, gboolean early, gsize at)
{
    const GPtrArray *findings = made->analysis.result->findings;

    for (gsize i = 0; i < 20000; i++)
        if ((i < at) == early)
            made->outcome.score[i] = sqrt(made->outcome.score[i]);
    test_calibration_add_change(made, 3000, 8000);
    test_calibration_add_change(made, 8000, 20000);
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_CALIBRATION && finding->subject.predicates->len == 0)
            return finding;
    }
    return NULL;
}

static void
test_calibration_past(void)
{
    g_test_summary("Scores that have been right since the log changed are not to be recalibrated");
    for (guint early = 0; early < 2; early++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, test_calibration_true, 8);
        const ErrataFinding *finding = test_calibration_change(made, early != 0, 8000);
        const ErrataSuggestion *suggestion;

        if (finding == NULL)
            g_error("the scores are told to be right");
        g_test_message("%s", finding->title);
        suggestion = g_ptr_array_index(finding->suggestions, 0);
        g_assert_cmpstr(suggestion->action, ==, early != 0 ? "monitor" : "recalibrate");
        g_assert_cmpint(finding->severity <= ERRATA_SEVERITY_LOW, ==, early != 0);
        g_assert_cmpint(errata_finding_evidence(finding, "ece_since") != NULL, ==, early != 0);
        if (early != 0)
            g_assert_nonnull(strstr(finding->title, " on average until row 8,000; right since"));
    }
}

static void
test_calibration_since(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(20000, test_calibration_true, 8);
    g_autoptr(MadeAnalysis) later = made_analysis_binary(20000, test_calibration_true, 8);
    const ErrataFinding *finding = test_calibration_change(made, FALSE, 8000);
    const ErrataEvidence *ece, *loss;

    g_test_summary("Scores that are off since the log changed, at once, are told and graded by the "
                   "rows since; those off since some later time have that date");
    if (finding == NULL)
        g_error("the scores are told to be right");
    g_assert_nonnull(strstr(finding->title, " since row 8,000; right before"));
    g_assert_cmpuint(finding->n_rows, ==, 12000);
    g_assert_cmpfloat_with_epsilon(finding->share_of_rows, 0.6, 1e-12);
    ece = errata_finding_evidence(finding, "ece");
    g_assert_nonnull(ece);
    g_assert_cmpuint(ece->n, ==, 12000);
    g_assert_cmpfloat_with_epsilon(ece->value, 0.167, 0.02);
    loss = errata_finding_evidence(finding, "log_loss_from");
    g_assert_cmpfloat(loss->lo, <, loss->value);
    g_assert_cmpfloat(loss->hi, >, loss->value);
    g_assert_cmpfloat(loss->hi - loss->lo, <, 0.06);
    g_assert_cmpfloat(errata_finding_evidence(finding, "log_loss_to")->hi, <, loss->value);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    finding = test_calibration_change(later, FALSE, 14000);
    if (finding == NULL)
        g_error("the scores are told to be right");
    g_test_message("%s", finding->title);
    g_assert_true(strstr(finding->title, " since row 13,9") != NULL ||
                  strstr(finding->title, " since row 14,0") != NULL);
    g_assert_cmpuint(finding->n_rows, >, 5900);
    g_assert_cmpuint(finding->n_rows, <, 6100);
}

/* scores of 30,000 rows that become too high by and by from row 5,000 to row 15,000, and at once by
 * more at row 22,000; with @slow not at once. The log changed at row 12,000, which is no matter */
static const ErrataFinding *
test_calibration_ramp(MadeAnalysis *made, gboolean slow)
{
    const GPtrArray *findings = made->analysis.result->findings;

    for (gsize i = 0; i < 30000; i++) {
        double part = CLAMP(((double)i - 5000.0) / 10000.0, 0.0, 1.0);
        double power = 1.0 - 0.4 * part - (!slow && i >= 22000 ? 0.3 : 0.0);

        made->outcome.score[i] = pow(made->outcome.score[i], power);
    }
    test_calibration_add_change(made, 12000, 30000);
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_CALIBRATION && finding->subject.predicates->len == 0)
            return finding;
    }
    return NULL;
}

static void
test_calibration_slow(void)
{
    g_autoptr(MadeAnalysis) slow = made_analysis_binary(30000, test_calibration_true, 8);
    g_autoptr(MadeAnalysis) both = made_analysis_binary(30000, test_calibration_true, 8);
    const ErrataFinding *finding = test_calibration_ramp(slow, TRUE);

    g_test_summary("Scores that became too high slowly have two dates; where they became so at "
                   "once later, that is the date, and they were off before");
    if (finding == NULL)
        g_error("the scores are told to be right");
    g_test_message("%s", finding->title);
    g_assert_nonnull(strstr(finding->title, " since row 1"));
    g_assert_nonnull(strstr(finding->title, "; right until row "));
    g_assert_cmpuint(finding->n_rows, >, 13000);
    g_assert_cmpuint(finding->n_rows, <, 18000);
    finding = test_calibration_ramp(both, FALSE);
    if (finding == NULL)
        g_error("the scores are told to be right");
    g_test_message("%s", finding->title);
    g_assert_nonnull(strstr(finding->title, "; off by "));
    g_assert_cmpuint(finding->n_rows, >, 7800);
    g_assert_cmpuint(finding->n_rows, <, 8200);
}

static void
test_calibration_again(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_binary(30000, test_calibration_true, 8);
    const GPtrArray *findings = made->analysis.result->findings;
    const ErrataFinding *finding;

    g_test_summary("Scores that are off again were right for a while only");
    for (gsize i = 0; i < 30000; i++)
        if ((i >= 5000 && i < 10000) || i >= 20000)
            made->outcome.score[i] = sqrt(made->outcome.score[i]);
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_test_message("%s", finding->title);
    g_assert_nonnull(strstr(finding->title, "; right from row "));
    g_assert_true(g_str_has_suffix(finding->title, " until then"));
    g_assert_cmpuint(finding->n_rows, >, 9900);
    g_assert_cmpuint(finding->n_rows, <, 10100);
    errata_built_in_writer_write(made->analysis.result);
    g_assert_nonnull(strstr(finding->rationale, "The scores were right from row "));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/calibration/silent", test_calibration_silent);
    g_test_add_func("/calibration/found", test_calibration_found);
    g_test_add_func("/calibration/segments", test_calibration_segments);
    g_test_add_func("/calibration/both-ways", test_calibration_both_ways);
    g_test_add_func("/calibration/right-segment", test_calibration_right_segment);
    g_test_add_func("/calibration/segment-told", test_calibration_segment_told);
    g_test_add_func("/calibration/segment-outside", test_calibration_segment_outside);
    g_test_add_func("/calibration/segment-sliced", test_calibration_segment_sliced);
    g_test_add_func("/calibration/no-help", test_calibration_no_help);
    g_test_add_func("/calibration/by", test_calibration_by);
    g_test_add_func("/calibration/weights", test_calibration_weights);
    g_test_add_func("/calibration/maps", test_calibration_maps);
    g_test_add_func("/calibration/temperature", test_calibration_temperature);
    g_test_add_func("/calibration/past", test_calibration_past);
    g_test_add_func("/calibration/since", test_calibration_since);
    g_test_add_func("/calibration/slow", test_calibration_slow);
    g_test_add_func("/calibration/again", test_calibration_again);
    g_test_add_func("/calibration/degenerate", test_calibration_degenerate);
    g_test_add_func("/calibration/pooled", test_calibration_pooled);
    return g_test_run();
}
