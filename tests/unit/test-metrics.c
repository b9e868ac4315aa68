/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <time.h>

#include "metrics.h"
#include "rng.h"

#define N 80

typedef struct {
    gint32 truth[N];
    gint32 predicted[N];
    double score[N];
    double columns[3][N];
    const double *probability[3];
    double y[N];
    double f[N];
    double weight[N];
    ErrataMetricsInput input;
} Data;

static void
test_metrics_assert_near(const char *name, double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fmax(fabs(expected), 1e-9)))
        g_error("%s: %.15g is not %.15g", name, value, expected);
}

static void
test_metrics_fill(Data *data, guint n_classes)
{
    ErrataRng rng = errata_rng_init(11, n_classes, 0);

    for (guint i = 0; i < N; i++) {
        double sum = 0.0;

        data->truth[i] = (gint32)errata_rng_below(&rng, n_classes);
        data->predicted[i] = errata_rng_uniform(&rng) < 0.6
                                 ? data->truth[i]
                                 : (gint32)errata_rng_below(&rng, n_classes);
        data->score[i] = 0.3 * (data->truth[i] == 1) + 0.65 * errata_rng_uniform(&rng);
        for (guint k = 0; k < n_classes; k++)
            sum += data->columns[k][i] = errata_rng_uniform(&rng) + (data->truth[i] == (gint32)k);
        for (guint k = 0; k < n_classes; k++)
            data->columns[k][i] /= sum;
        data->y[i] = 5.0 + errata_rng_uniform(&rng);
        data->f[i] = data->y[i] + 0.7 * (errata_rng_uniform(&rng) - 0.4);
        data->weight[i] = 1.0;
    }
    for (guint k = 0; k < 3; k++)
        data->probability[k] = data->columns[k];
    data->input = (ErrataMetricsInput){.n = N,
                                       .n_classes = n_classes,
                                       .positive = n_classes == 2 ? 1 : -1,
                                       .truth = data->truth,
                                       .predicted = data->predicted,
                                       .score = data->score,
                                       .probability = data->probability,
                                       .truth_value = data->y,
                                       .predicted_value = data->f};
}

static GArray *
test_metrics_measure(const ErrataMetricsInput *input)
{
    GArray *list = errata_metrics_list_new();
    g_autoptr(ErrataConfusion) confusion = errata_confusion_new(input);

    errata_metrics_confusion(confusion, input->positive, list);
    if (input->n_classes == 2)
        errata_metrics_binary_scores(input, list, NULL, NULL);
    else
        errata_metrics_multiclass_scores(input, list, NULL);
    errata_metrics_regression(input, list);
    return list;
}

/* standard error behind an interval, by the scale it was made on */
static double
test_metrics_error(const ErrataMetricValue *entry, char scale)
{
    double lo = entry->interval.lo;
    double hi = entry->interval.hi;
    double z = errata_intervals_z(0.95);

    if (scale == 'l') /* logit */
        return (log(hi / (1.0 - hi)) - log(lo / (1.0 - lo))) / 2.0 / z * entry->value *
               (1.0 - entry->value);
    if (scale == 'e') /* log */
        return log(hi / lo) / 2.0 / z * entry->value;
    if (scale == 'r') /* log of what is left */
        return log((1.0 - lo) / (1.0 - hi)) / 2.0 / z * (1.0 - entry->value);
    return (hi - lo) / 2.0 / z;
}

/* Σ influence² by moving each row's weight, against the variance behind the interval */
static void
test_metrics_check_influence(Data *data, const char *const *names, const char *scales)
{
    const double step = 1e-6;
    g_autoptr(GArray) plain = test_metrics_measure(&data->input);
    g_autofree double *squares = g_new0(double, strlen(scales));

    data->input.weight = data->weight;
    for (guint i = 0; i < N; i++) {
        g_autoptr(GArray) moved = NULL;

        data->weight[i] = 1.0 + step;
        moved = test_metrics_measure(&data->input);
        data->weight[i] = 1.0;
        for (guint k = 0; names[k] != NULL; k++) {
            double slope = (errata_metrics_find(moved, names[k], -1)->value -
                            errata_metrics_find(plain, names[k], -1)->value) /
                           step;

            squares[k] += slope * slope;
        }
    }
    for (guint k = 0; names[k] != NULL; k++)
        test_metrics_assert_near(
            names[k],
            test_metrics_error(errata_metrics_find(plain, names[k], -1), scales[k]),
            sqrt(squares[k]),
            1e-4);
}

static void
test_metrics_influence(void)
{
    static const char *const binary[] = {"balanced_accuracy",
                                         "f1",
                                         "mcc",
                                         "kappa",
                                         "f1_macro",
                                         "log_loss",
                                         "brier",
                                         "pr_auc",
                                         "mse",
                                         "mae",
                                         "r2",
                                         "explained_variance",
                                         "bias_mean_error",
                                         "mape",
                                         "wape",
                                         "pearson",
                                         NULL};
    static const char *const multi[] = {"balanced_accuracy",
                                        "precision_macro",
                                        "recall_macro",
                                        "f1_macro",
                                        "f1_weighted",
                                        "mcc",
                                        "kappa",
                                        "log_loss",
                                        "brier",
                                        NULL};
    Data data;

    g_test_summary("Intervals rest on the influence function, checked by moving each row's weight");
    test_metrics_fill(&data, 2);
    test_metrics_check_influence(&data, binary, "llnnleeleerrneen");
    test_metrics_fill(&data, 3);
    test_metrics_check_influence(&data, multi, "lllllnnee");
}

static void
test_metrics_by_hand(void)
{
    /* truth 1 1 1 0 0 0, predicted 1 1 0 0 0 1: tp 2, fn 1, tn 2, fp 1 */
    const gint32 truth[] = {1, 1, 1, 0, 0, 0};
    const gint32 predicted[] = {1, 1, 0, 0, 0, 1};
    const double score[] = {0.9, 0.8, 0.4, 0.1, 0.2, 0.8};
    ErrataMetricsInput input = {.n = 6,
                                .n_classes = 2,
                                .positive = 1,
                                .truth = truth,
                                .predicted = predicted,
                                .score = score};
    g_autoptr(GArray) list = errata_metrics_list_new();
    g_autoptr(ErrataConfusion) confusion = errata_confusion_new(&input);
    double log_loss = -(log(0.9) + log(0.8) + log(0.4) + log(0.9) + log(0.8) + log(0.2)) / 6.0;

    g_test_summary("Metrics of six rows equal those worked out by hand");
    errata_metrics_confusion(confusion, 1, list);
    errata_metrics_binary_scores(&input, list, NULL, NULL);
    test_metrics_assert_near("accuracy",
                             errata_metrics_find(list, "accuracy", -1)->value,
                             4.0 / 6.0,
                             1e-15);
    test_metrics_assert_near("f1", errata_metrics_find(list, "f1", -1)->value, 2.0 / 3.0, 1e-15);
    test_metrics_assert_near("mcc", errata_metrics_find(list, "mcc", -1)->value, 1.0 / 3.0, 1e-14);
    test_metrics_assert_near("kappa",
                             errata_metrics_find(list, "kappa", -1)->value,
                             1.0 / 3.0,
                             1e-14);
    /* pairs: 0.9 beats 3; 0.8 beats 2 and ties 1; 0.4 beats 2: 7.5 of 9 */
    test_metrics_assert_near("auc",
                             errata_metrics_find(list, "roc_auc", -1)->value,
                             7.5 / 9.0,
                             1e-15);
    /* steps: 1·1/3 + 2/3·1/3 + 3/4·1/3 */
    test_metrics_assert_near("ap",
                             errata_metrics_find(list, "pr_auc", -1)->value,
                             (1.0 + 2.0 / 3.0 + 0.75) / 3.0,
                             1e-15);
    test_metrics_assert_near("log loss",
                             errata_metrics_find(list, "log_loss", -1)->value,
                             log_loss,
                             1e-15);
    /* bins: .1 → gap .1; .2 → .2; .4 → .6; .8 (two rows, rate ½) → .3; .9 → .1 */
    test_metrics_assert_near("ece",
                             errata_metrics_find(list, "ece", -1)->value,
                             (0.1 + 0.2 + 0.6 + 2.0 * 0.3 + 0.1) / 6.0,
                             1e-14);
    test_metrics_assert_near("mce", errata_metrics_find(list, "mce", -1)->value, 0.6, 1e-15);
    test_metrics_assert_near("ks",
                             errata_metrics_find(list, "ks_statistic_scores", -1)->value,
                             2.0 / 3.0,
                             1e-15);
}

static void
test_metrics_ranks(void)
{
    const gint32 truth[] = {1, 1, 1, 0, 0, 0, 1};
    const gint32 predicted[] = {1, 1, 0, 0, 0, 1, 0};
    const double margin[] = {9.0, 8.0, -4.0, -20.0, -15.0, 8.0, (double)NAN};
    const double weight[] = {1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 5.0};
    ErrataMetricsInput input = {.n = 7,
                                .n_classes = 2,
                                .positive = 1,
                                .truth = truth,
                                .predicted = predicted,
                                .rank = margin};
    g_autoptr(GArray) list = errata_metrics_list_new();
    g_autoptr(GArray) weighted = errata_metrics_list_new();

    g_test_summary("Margins give what their order gives, and nothing that needs probabilities");
    errata_metrics_binary_ranks(&input, list);
    /* of nine pairs 3 + 2.5 + 2; precision 1/1, 2/3, 3/4 at steps of a third */
    test_metrics_assert_near("roc_auc",
                             errata_metrics_find(list, "roc_auc", -1)->value,
                             7.5 / 9.0,
                             1e-12);
    test_metrics_assert_near("pr_auc",
                             errata_metrics_find(list, "pr_auc", -1)->value,
                             (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0,
                             1e-12);
    g_assert_nonnull(errata_metrics_find(list, "ks_statistic_scores", -1));
    g_assert_null(errata_metrics_find(list, "log_loss", -1));
    g_assert_null(errata_metrics_find(list, "ece", -1));
    input.weight = weight;
    errata_metrics_binary_ranks(&input, weighted);
    test_metrics_assert_near("roc_auc, weighted",
                             errata_metrics_find(weighted, "roc_auc", -1)->value,
                             (3.0 + 2.0 * 2.5 + 2.0) / 12.0,
                             1e-12);
}

static void
test_metrics_degenerate(void)
{
    const gint32 ones[] = {1, 1, 1};
    const double score[] = {0.5, (double)NAN, 0.5};
    const double y[] = {0.0, 0.0, 0.0};
    ErrataMetricsInput input = {.n = 3,
                                .n_classes = 2,
                                .positive = 1,
                                .truth = ones,
                                .predicted = ones,
                                .score = score,
                                .truth_value = y,
                                .predicted_value = y};
    g_autoptr(GArray) list = test_metrics_measure(&input);
    guint n_undefined = 0;

    g_test_summary("What is not defined is NaN and says why");
    for (guint i = 0; i < list->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);

        g_assert_true(!isinf(entry->value));
        g_assert_true(!isnan(entry->value) || entry->why != NULL);
        n_undefined += isnan(entry->value);
    }
    g_assert_cmpuint(n_undefined, >, 8);
    g_assert_true(isnan(errata_metrics_find(list, "mcc", -1)->value));
    g_assert_true(isnan(errata_metrics_find(list, "roc_auc", -1)->value));
    g_assert_cmpuint(errata_metrics_find(list, "log_loss", -1)->n, ==, 2);
    g_assert_true(isnan(errata_metrics_find(list, "mape", -1)->value));
}

static void
test_metrics_absent_class(void)
{
    const gint32 truth[] = {0, 0, 1, 1}, all[] = {2, 2, 2, 2};
    const double p0[] = {0.5, 0.2, 0.3, 0.4}, p1[] = {0.3, 0.2, 0.4, 0.2},
                 p2[] = {0.2, 0.6, 0.3, 0.4};
    const double *const probability[] = {p0, p1, p2};
    ErrataMetricsInput input = {.n = 4,
                                .n_classes = 3,
                                .positive = -1,
                                .truth = truth,
                                .predicted = truth,
                                .probability = probability};
    g_autoptr(GArray) absent = g_array_new(FALSE, FALSE, sizeof(ErrataMetricValue));
    g_autoptr(GArray) alone = g_array_new(FALSE, FALSE, sizeof(ErrataMetricValue));

    g_test_summary("A class against the rest says which of the two there is none of");
    errata_metrics_multiclass_scores(&input, absent, NULL);
    g_assert_cmpstr(errata_metrics_find(absent, "roc_auc", 2)->why, ==, "no row has this label");
    g_assert_cmpstr(errata_metrics_find(absent, "pr_auc", 2)->why, ==, "no row has this label");
    g_assert_null(errata_metrics_find(absent, "roc_auc", 1)->why);
    input.truth = all;
    errata_metrics_multiclass_scores(&input, alone, NULL);
    g_assert_cmpstr(errata_metrics_find(alone, "roc_auc", 2)->why, ==, "every row has this label");
}

static void
test_metrics_few_numbers(void)
{
    const double y[] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, f[] = {1.2, 2.4, 2.3, 4.1, 5.3, 5.9};
    const ErrataMetricsInput input = {.n = 6, .truth_value = y, .predicted_value = f};
    static const char *const names[] = {"r2", "explained_variance", "pearson", "spearman"};
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ErrataMetricValue));

    g_test_summary("An interval ends where its metric does");
    errata_metrics_regression(&input, list);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const ErrataMetricValue *entry = errata_metrics_find(list, names[i], -1);

        g_assert_cmpfloat(entry->interval.lo, <=, entry->value);
        g_assert_cmpfloat(entry->value, <=, entry->interval.hi);
        g_assert_cmpfloat(entry->interval.hi, <=, 1.0);
        g_assert_true(i < 2 || entry->interval.lo >= -1.0);
    }
}

/* few rows hardly tell their own spread: Student's t, and of fewer than five no interval */
/* a quantile beyond which no row is expected has no interval */
static void
test_metrics_few_quantiles(void)
{
    static const struct {
        const char *name;
        gsize n; /* the fewest that do */
    } least[] = {{"residual_quantile_0.99", 100},
                 {"residual_quantile_0.05", 20},
                 {"residual_quantile_0.25", 5},
                 {"median_abs_error", 5}};
    const double label[100] = {0.0};
    double told[100];

    for (guint i = 0; i < G_N_ELEMENTS(told); i++)
        told[i] = (double)(i * 37 % 100);
    for (gsize i = 0; i < G_N_ELEMENTS(least); i++)
        for (gsize n = least[i].n - 1; n <= least[i].n; n++) {
            ErrataMetricsInput input = {.n = n, .truth_value = label, .predicted_value = told};
            g_autoptr(GArray) list = errata_metrics_list_new();
            const ErrataMetricValue *metric;

            errata_metrics_regression(&input, list);
            metric = errata_metrics_find(list, least[i].name, -1);
            g_assert_true(isfinite(metric->value));
            g_assert_true(isnan(metric->interval.lo) == (n < least[i].n));
        }
}

static void
test_metrics_few_rows(void)
{
    static const char *const names[] = {"mae", "bias_mean_error", "rmse"};
    static const double truth[] = {0.7978846, 0.0, 1.0}; /* of standard normal errors */
    const double label[8] = {0.0};
    double told[8];
    guint held[3] = {0, 0, 0};
    ErrataRng rng = errata_rng_init(22, 0, 0);

    g_test_summary("The intervals of five rows hold the truth about as often as they say");
    for (guint draw = 0; draw < 1000; draw++) {
        ErrataMetricsInput input = {.n = 5, .truth_value = label, .predicted_value = told};
        g_autoptr(GArray) list = errata_metrics_list_new();

        for (guint i = 0; i < input.n; i++)
            told[i] = sqrt(-2.0 * log(1.0 - errata_rng_uniform(&rng))) *
                      cos(2.0 * G_PI * errata_rng_uniform(&rng));
        errata_metrics_regression(&input, list);
        for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
            const ErrataInterval *interval = &errata_metrics_find(list, names[k], -1)->interval;

            held[k] += truth[k] >= interval->lo && truth[k] <= interval->hi ? 1 : 0;
        }
        input.n = 4;
        g_array_set_size(list, 0);
        errata_metrics_regression(&input, list);
        g_assert_true(isnan(errata_metrics_find(list, "rmse", -1)->interval.lo));
        g_assert_true(isnan(errata_metrics_find(list, "mae", -1)->interval.hi));
        g_assert_true(isnan(errata_metrics_find(list, "median_abs_error", -1)->interval.hi));
        g_assert_true(isnan(errata_metrics_find(list, "residual_quantile_0.5", -1)->interval.lo));
    }
    g_assert_cmpuint(held[0], >=, 930);
    g_assert_cmpuint(held[1], >=, 930);
    g_assert_cmpuint(held[2], >=, 890); /* squares are skewed; 780 by the normal interval */
}

/* skewed labels, errors that grow with them */
static void
test_metrics_draw(ErrataRng *rng, gsize n, double *ret_truth, double *ret_predicted)
{
    for (gsize i = 0; i < n; i++) {
        double size = -log(1.0 - errata_rng_uniform(rng));
        double normal = sqrt(-2.0 * log(1.0 - errata_rng_uniform(rng))) *
                        cos(2.0 * G_PI * errata_rng_uniform(rng));

        ret_truth[i] = size * size * size;
        ret_predicted[i] = ret_truth[i] * exp(0.2 * normal * (1.0 + pow(ret_truth[i], 0.3)));
        ret_truth[i] = floor(1000.0 * ret_truth[i]) / 1000.0; /* ties */
    }
}

static void
test_metrics_rank_interval(void)
{
    enum {
        ROWS = 150,
        DRAWS = 400,
        ALL = 400000
    };
    g_autofree double *truth = g_new(double, ALL);
    g_autofree double *predicted = g_new(double, ALL);
    ErrataMetricsInput input = {.truth_value = truth, .predicted_value = predicted};
    ErrataRng rng = errata_rng_init(77, 1, 0);
    double told = 0.0, held = 0.0;
    guint draws = 0;

    g_test_summary("Spearman's interval holds the truth as often as it says, also where ranks "
                   "spread unevenly and tie");
    for (; draws <= DRAWS; draws++) {
        g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ErrataMetricValue));
        const ErrataMetricValue *entry;

        input.n = draws == 0 ? ALL : ROWS;
        test_metrics_draw(&rng, input.n, truth, predicted);
        errata_metrics_regression(&input, list);
        entry = errata_metrics_find(list, "spearman", -1);
        if (draws == 0)
            told = entry->value;
        else
            held += told >= entry->interval.lo && told <= entry->interval.hi ? 1.0 : 0.0;
    }
    g_test_message("%.3f of %d", held / DRAWS, DRAWS);
    g_assert_cmpfloat(held / DRAWS, >=, 0.92);
    g_assert_cmpfloat(held / DRAWS, <=, 0.98);
}

/* the mean of repeated draws of a calibrated model is what ece_expected says */
static void
test_metrics_calibrated(void)
{
    enum {
        ROWS = 2000,
        DRAWS = 100
    };
    double score[ROWS];
    guint8 hit[ROWS];
    double mean = 0.0;
    double expected = 0.0;
    ErrataRng rng = errata_rng_init(2, 0, 0);

    g_test_summary(
        "The expected calibration error of a calibrated model is what it shows on average");
    for (guint draw = 0; draw < DRAWS; draw++) {
        g_autoptr(ErrataReliability) reliability = NULL;

        for (guint i = 0; i < ROWS; i++) {
            score[i] = errata_rng_uniform(&rng);
            hit[i] = errata_rng_uniform(&rng) < score[i];
        }
        reliability = errata_reliability_equal_width(score, hit, NULL, ROWS, 10);
        mean += reliability->ece / DRAWS;
        expected += reliability->ece_expected / DRAWS;
    }
    test_metrics_assert_near("expected ece", expected, mean, 0.05);
}

/* draws of uniform scores, whose log odds the truth has @slope times of and @shift more */
static void
test_metrics_calibration_holds(double slope, double shift, gsize n)
{
    enum {
        ROWS = 2000,
        DRAWS = 400,
        BINS = 10,
        STEPS = 100000
    };
    double score[ROWS];
    guint8 hit[ROWS];
    double gap[BINS] = {0.0};
    double truth = 0.0, held = 0.0;
    ErrataRng rng = errata_rng_init(31, (guint64)n, 0);

    for (guint i = 0; i < STEPS; i++) {
        double p = (i + 0.5) / STEPS;

        gap[i / (STEPS / BINS)] += 1.0 / (1.0 + pow(1.0 / p - 1.0, slope) * exp(-shift)) - p;
    }
    for (guint b = 0; b < BINS; b++)
        truth += fabs(gap[b]) / STEPS;
    for (guint draw = 0; draw < DRAWS; draw++) {
        g_autoptr(ErrataReliability) bins = NULL;
        ErrataInterval interval;

        for (gsize i = 0; i < n; i++) {
            double p = score[i] = errata_rng_uniform(&rng);

            hit[i] = errata_rng_uniform(&rng) <
                     1.0 / (1.0 + pow(1.0 / p - 1.0, slope) * exp(-shift));
        }
        bins = errata_reliability_equal_width(score, hit, NULL, n, BINS);
        interval = errata_reliability_interval(bins, 0.95);
        g_assert_cmpfloat(interval.lo, <=, bins->ece);
        g_assert_cmpfloat(interval.hi, >=, bins->ece);
        held += truth >= interval.lo && truth <= interval.hi ? 1.0 : 0.0;
    }
    g_test_message("slope %g, shift %g: %.3f", slope, shift, held / DRAWS);
    g_assert_cmpfloat(held / DRAWS, >=, 0.93);
    g_assert_cmpfloat(held / DRAWS, <=, 0.985);
}

/* draws of rows of one score, whose event is rare or nearly certain */
static void
test_metrics_calibration_holds_rare(double score, double rate, gsize n)
{
    enum {
        ROWS = 1000,
        DRAWS = 400
    };
    double scores[ROWS], held = 0.0;
    guint8 hit[ROWS];
    ErrataRng rng = errata_rng_init(32, (guint64)n, 0);

    for (gsize i = 0; i < n; i++)
        scores[i] = score;
    for (guint draw = 0; draw < DRAWS; draw++) {
        g_autoptr(ErrataReliability) bins = NULL;
        ErrataInterval interval;

        for (gsize i = 0; i < n; i++)
            hit[i] = errata_rng_uniform(&rng) < rate;
        bins = errata_reliability_equal_width(scores, hit, NULL, n, 10);
        interval = errata_reliability_interval(bins, 0.95);
        if (bins->rate[(guint)(score * 10)] <= 0.0)
            g_assert_cmpfloat(interval.hi, <=, score + 1e-12);
        held += fabs(score - rate) >= interval.lo && fabs(score - rate) <= interval.hi ? 1.0 : 0.0;
    }
    g_test_message("score %g, rate %g, %zu rows: %.3f", score, rate, n, held / DRAWS);
    g_assert_cmpfloat(held / DRAWS, >=, 0.93);
}

static void
test_metrics_calibration_interval(void)
{
    g_test_summary("The calibration error's interval holds the truth as often as it says, with "
                   "scores that are right, nearly right and wrong, and where events are rare");
    test_metrics_calibration_holds(1.0, 0.0, 2000);
    test_metrics_calibration_holds(1.0, 0.1, 2000);
    test_metrics_calibration_holds(0.75, 0.0, 300);
    test_metrics_calibration_holds(0.75, 0.0, 2000);
    test_metrics_calibration_holds(0.5, 0.5, 300);
    test_metrics_calibration_holds_rare(0.02, 0.002, 300);
    test_metrics_calibration_holds_rare(0.01, 0.002, 500);
    test_metrics_calibration_holds_rare(0.01, 0.001, 1000);
    test_metrics_calibration_holds_rare(0.7, 0.97, 30);
    test_metrics_calibration_holds_rare(0.98, 0.995, 100);
    test_metrics_calibration_holds_rare(0.98, 0.995, 300);
}

static void
test_metrics_speed(void)
{
    const gsize n = 1000000;
    g_autofree gint32 *truth = NULL;
    g_autofree gint32 *predicted = NULL;
    g_autofree double *score = NULL;
    ErrataRng rng = errata_rng_init(1, 0, 0);
    ErrataMetricsInput input;
    g_autoptr(GArray) list = errata_metrics_list_new();
    g_autoptr(ErrataConfusion) confusion = NULL;
    clock_t start;
    double seconds;

    truth = g_new(gint32, n);
    predicted = g_new(gint32, n);
    score = g_new(double, n);
    for (gsize i = 0; i < n; i++) {
        score[i] = errata_rng_uniform(&rng);
        truth[i] = errata_rng_uniform(&rng) < score[i];
        predicted[i] = score[i] >= 0.5;
    }
    input = (ErrataMetricsInput){.n = n,
                                 .n_classes = 2,
                                 .positive = 1,
                                 .truth = truth,
                                 .predicted = predicted,
                                 .score = score};
    start = clock();
    confusion = errata_confusion_new(&input);
    errata_metrics_confusion(confusion, 1, list);
    errata_metrics_binary_scores(&input, list, NULL, NULL);
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    g_test_minimized_result(seconds, "a million rows: %.3f s of CPU", seconds);
}

/* 20 of 2,000 rows are positive, none of which is found, or all of which are */
static void
test_metrics_rare(void)
{
    gint32 truth[2000], predicted[2000];

    g_test_summary("A class that is never found, or always, leaves no interval without a width");
    for (guint all = 0; all < 2; all++) {
        ErrataMetricsInput input = {.n = G_N_ELEMENTS(truth),
                                    .n_classes = 2,
                                    .positive = 1,
                                    .truth = truth,
                                    .predicted = predicted};
        static const char *const names[] = {"balanced_accuracy", "f1", "kappa"};
        g_autoptr(GArray) list = errata_metrics_list_new();
        g_autoptr(ErrataConfusion) confusion = NULL;
        ErrataInterval recall = errata_intervals_wilson(all ? 20.0 : 0.0, 20.0, 0.95);
        ErrataInterval rest = errata_intervals_wilson(1980.0, 1980.0, 0.95);

        for (guint i = 0; i < input.n; i++) {
            truth[i] = i % 100 == 0 ? 1 : 0;
            predicted[i] = all == 1 ? truth[i] : 0;
        }
        confusion = errata_confusion_new(&input);
        errata_metrics_confusion(confusion, 1, list);
        for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
            const ErrataMetricValue *metric = errata_metrics_find(list, names[k], -1);

            g_assert_cmpfloat(metric->interval.hi - metric->interval.lo, >, 0.05);
            g_assert_cmpfloat(metric->interval.lo, <=, metric->value);
            g_assert_cmpfloat(metric->interval.hi, >=, metric->value);
        }
        if (all == 1)
            continue;
        test_metrics_assert_near("balanced accuracy, upper end",
                                 errata_metrics_find(list, "balanced_accuracy", -1)->interval.hi,
                                 0.5 + 0.5 * recall.hi,
                                 1e-12);
        test_metrics_assert_near("balanced accuracy, lower end",
                                 errata_metrics_find(list, "balanced_accuracy", -1)->interval.lo,
                                 0.5 - 0.5 * (1.0 - rest.lo),
                                 1e-12);
        test_metrics_assert_near("F1, upper end", /* no row is predicted positive: J is 0 of 20 */
                                 errata_metrics_find(list, "f1", -1)->interval.hi,
                                 2.0 * recall.hi / (1.0 + recall.hi),
                                 1e-12);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/metrics/influence", test_metrics_influence);
    g_test_add_func("/metrics/by-hand", test_metrics_by_hand);
    g_test_add_func("/metrics/ranks", test_metrics_ranks);
    g_test_add_func("/metrics/degenerate", test_metrics_degenerate);
    g_test_add_func("/metrics/absent-class", test_metrics_absent_class);
    g_test_add_func("/metrics/few-numbers", test_metrics_few_numbers);
    g_test_add_func("/metrics/few-rows", test_metrics_few_rows);
    g_test_add_func("/metrics/few-quantiles", test_metrics_few_quantiles);
    g_test_add_func("/metrics/rank-interval", test_metrics_rank_interval);
    g_test_add_func("/metrics/rare", test_metrics_rare);
    g_test_add_func("/metrics/calibrated", test_metrics_calibrated);
    g_test_add_func("/metrics/calibration-interval", test_metrics_calibration_interval);
    if (g_test_perf())
        g_test_add_func("/metrics/speed", test_metrics_speed);
    return g_test_run();
}
