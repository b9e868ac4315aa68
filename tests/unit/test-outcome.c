/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "outcome.h"
#include "parallel.h"
#include "rng.h"
#include "schema-frame.h"

typedef struct {
    ErrataFrame *frame;
    ErrataSchema *schema;
    ErrataOutcome *outcome;
} Log;

static void
log_clear(Log *log)
{
    errata_outcome_free(log->outcome);
    errata_schema_free(log->schema);
    errata_frame_unref(log->frame);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Log, log_clear)

static Log
log_of(const char *table, const ErrataSettings *settings)
{
    g_autoptr(GError) error = NULL;
    Log log;

    log.frame = schema_frame_new(table);
    log.schema = errata_schema_infer(log.frame, settings, NULL, &error);
    g_assert_no_error(error);
    log.outcome = errata_outcome_new(log.frame, log.schema, settings, &error);
    g_assert_no_error(error);
    return log;
}

static void
test_outcome_classes(void)
{
    g_auto(Log) log = log_of("x,label,prediction,score\n"
                             "1,1,yes,0.9\n2,0,no,0.2\n3,1,no,0.4\n4,,yes,0.8\n5,0,,0.3\n",
                             NULL);
    static const gint32 truth[] = {1, 0, 1, -1, 0};
    static const gint32 predicted[] = {1, 0, 0, 1, -1};

    g_assert_cmpint(log.schema->positive, ==, 1);
    for (guint row = 0; row < 5; row++) {
        g_assert_cmpint(log.outcome->truth[row], ==, truth[row]);
        g_assert_cmpint(log.outcome->predicted[row], ==, predicted[row]);
    }
    g_assert_cmpuint(log.outcome->n_judged, ==, 3);
    g_assert_cmpuint(log.outcome->n_errors, ==, 1);
    g_assert_cmpuint(log.outcome->error[2], ==, 1);
    g_assert_true(isnan(log.outcome->loss[3]));
    g_assert_cmpfloat_with_epsilon(log.outcome->score[0], 0.9, 1e-12);
    g_assert_cmpfloat_with_epsilon(log.outcome->confidence[1], 0.8, 1e-12);
    g_assert_cmpfloat_with_epsilon(log.outcome->confidence[2], 0.6, 1e-12);
}

static void
test_outcome_multiclass(void)
{
    g_auto(Log) log = log_of("label,prob_a,prob_b,prob_c\n"
                             "a,0.7,0.2,0.1\nb,0.5,0.3,0.2\nc,0.1,0.1,0.8\n",
                             NULL);

    g_assert_cmpint(log.schema->task, ==, ERRATA_TASK_MULTICLASS);
    g_assert_cmpint(log.outcome->predicted[1], ==, 0); /* the likeliest class */
    g_assert_cmpuint(log.outcome->n_errors, ==, 1);
    g_assert_cmpfloat_with_epsilon(log.outcome->probability[2][2], 0.8, 1e-12);
    g_assert_cmpfloat_with_epsilon(log.outcome->confidence[0], 0.7, 1e-12);
}

/* the outcome with @column as weights */
static void
log_weigh(Log *log, guint column)
{
    g_autoptr(GError) error = NULL;

    log->schema->weight = (int)column;
    errata_outcome_free(log->outcome);
    log->outcome = errata_outcome_new(log->frame, log->schema, NULL, &error);
    g_assert_no_error(error);
}

static void
test_outcome_weights(void)
{
    g_auto(Log) log = log_of("label,prediction,good,gap,huge,below,zero\n"
                             "1,1,0.5,1,1e308,1,0\n0,1,0,,1e308,-0.5,0\n1,1,2,3,5e307,-2,0\n",
                             NULL);

    g_test_summary("Weights: proportions alone matter; negative ones are refused by their row");
    log_weigh(&log, 2);
    g_assert_null(log.outcome->weight_problem);
    g_assert_cmpfloat_with_epsilon(log.outcome->weight[2], 2.0, 1e-15);
    log_weigh(&log, 3);
    g_assert_cmpstr(log.outcome->weight_problem,
                    ==,
                    "1 row has no weight in gap (the first is row 2) and counts for nothing in the "
                    "figures");
    g_assert_true(log.outcome->weight[1] < 1e-300 && log.outcome->weight[2] > 2.9);
    log_weigh(&log, 4);
    g_assert_null(log.outcome->weight_problem);
    g_assert_cmpfloat_with_epsilon(log.outcome->weight[2] / log.outcome->weight[0], 0.5, 1e-15);
    g_assert_true(log.outcome->weight[0] <= 1.0);
    log_weigh(&log, 5);
    g_assert_null(log.outcome->weight);
    g_assert_cmpstr(log.outcome->weight_problem,
                    ==,
                    "the weights of below are not used: row 2 has -0.5, and a weight is 0 or more");
    log_weigh(&log, 6);
    g_assert_null(log.outcome->weight);
    g_assert_nonnull(log.outcome->weight_problem);
}

/* 400 rows, whose weight is @usual but in one row */
static Log
weighed_log(const char *usual, const char *one, gboolean told)
{
    g_autoptr(GString) table = g_string_new("label,x,prediction");
    Log log;

    g_string_insert(table, 5, told ? ",mass" : "");
    g_string_append_c(table, '\n');
    for (guint i = 0; i < 400; i++) {
        g_string_append_printf(table, "%u,", i % 3 == 0 ? 1U : 0U);
        if (told)
            g_string_append_printf(table, "%s,", i == 6 ? one : usual);
        g_string_append_printf(table, "%u,%u\n", i % 390, i % 2);
    }
    log = log_of(table->str, NULL);
    if (told)
        log_weigh(&log, 1);
    return log;
}

static void
test_outcome_weights_alike(void)
{
    g_auto(Log) without = weighed_log("", "", FALSE);
    g_auto(Log) alike = weighed_log("7.3", "7.3", TRUE);
    g_auto(Log) apart = weighed_log("7.3", "9.5", TRUE);

    g_test_summary("Equal weights change nothing, and no weight moves a row to the other half");
    g_assert_null(alike.outcome->weight);
    g_assert_null(alike.outcome->weight_problem);
    g_assert_nonnull(apart.outcome->weight);
    g_assert_cmpuint(without.outcome->n_duplicates, >, 0);
    g_assert_cmpuint(without.outcome->n_duplicates, ==, alike.outcome->n_duplicates);
    g_assert_cmpmem(without.outcome->half, 400, alike.outcome->half, 400);
    g_assert_cmpmem(without.outcome->half, 400, apart.outcome->half, 400);
    g_assert_cmpmem(without.outcome->duplicate, 400, alike.outcome->duplicate, 400);
}

static void
test_outcome_weights_of_one(void)
{
    g_auto(Log) huge = weighed_log("1", "1e300", TRUE);
    g_auto(Log) large = weighed_log("1", "390", TRUE);

    g_test_summary(
        "A row that weighs more than all others together is named, weights are not used");
    g_assert_null(huge.outcome->weight);
    g_assert_cmpstr(huge.outcome->weight_problem,
                    ==,
                    "the weights of mass are not used: row 7 has 1e+300, more than all other rows "
                    "together");
    g_assert_nonnull(large.outcome->weight);
    g_assert_null(large.outcome->weight_problem);
}

static void
test_outcome_regression(void)
{
    g_autoptr(GString) table = g_string_new("y_true,y_pred\n");

    for (guint i = 1; i <= 20; i++) /* |residual| is i / 10 */
        g_string_append_printf(table, "%u.55,%.2f\n", 10 * i, 10.0 * i + 0.55 + i / 10.0);
    g_auto(Log) log = log_of(table->str, NULL);

    g_assert_cmpint(log.outcome->task, ==, ERRATA_TASK_REGRESSION);
    g_assert_cmpfloat_with_epsilon(log.outcome->loss[9], 1.0, 1e-9);
    g_assert_cmpuint(log.outcome->n_errors, ==, 2); /* the worst tenth */
    g_assert_cmpuint(log.outcome->error[19] + log.outcome->error[18], ==, 2);
}

static void
test_outcome_rows(void)
{
    g_auto(Log) log = log_of("id,ts,x,label\n"
                             "a,1700000300,1.5,0\nb,1700000100,2.5,1\nc,1700000300,1.5,0\n"
                             "d,1700000200,1.5,0\ne,1700000100,2.5,0\n",
                             NULL);
    static const guint32 order[] = {1, 4, 3, 0, 2};

    g_assert_cmpint(log.schema->id, ==, 0);
    g_assert_cmpint(log.outcome->time[0], ==, G_GINT64_CONSTANT(1700000300000000000));
    for (guint i = 0; i < 5; i++)
        g_assert_cmpuint(log.outcome->order[i], ==, order[i]);
    g_assert_cmpuint(log.outcome->n_duplicates, ==, 1); /* c is a but for the id */
    g_assert_cmpuint(log.outcome->duplicate[2], ==, 1);
    g_assert_cmpuint(log.outcome->half[0], ==, log.outcome->half[2]);
}

static void
test_outcome_percent(void)
{
    g_auto(Log) log = log_of("id,probability,prediction,label\n"
                             "a,90.5,1,1\nb,12,0,0\nc,71,1,0\nd,0.5,0,0\ne,,0,1\n",
                             NULL);
    g_auto(Log) points = log_of("id,score,prediction,label\n"
                                "a,90.5,1,1\nb,12,0,0\nc,71,1,0\nd,0.5,0,0\n",
                                NULL);

    g_test_summary("Probabilities that come as percentages are read as such; points only rank");
    g_assert_nonnull(log.outcome->score);
    g_assert_cmpfloat_with_epsilon(log.outcome->score[0], 0.905, 1e-12);
    g_assert_cmpfloat_with_epsilon(log.outcome->score[3], 0.005, 1e-12);
    g_assert_true(isnan(log.outcome->score[4]));
    g_assert_nonnull(strstr(log.outcome->score_problem, "percentages"));
    g_assert_null(points.outcome->score);
}

/* @ranked: the places of the rows among each other, rounded; else as many even draws */
static char *
percent_table(guint n, gboolean ranked, int decimals)
{
    GString *table = g_string_new("id,score_pct,prediction,label\n");
    ErrataRng rng = errata_rng_init(5, 1, 7);

    for (guint i = 0; i < n; i++) {
        double place = (double)((i * 7919) % n + 1) / (double)n; /* n is no multiple of 7919 */
        double value = ranked ? place : errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "i%u,%.*f,%d,%d\n",
                               i,
                               decimals,
                               100.0 * value,
                               value > 0.5,
                               errata_rng_uniform(&rng) < value);
    }
    return g_string_free(table, FALSE);
}

static void
test_outcome_ranks(void)
{
    g_test_summary("Percentile ranks rank the rows, and even draws are percentages");
    for (guint k = 0; k < 6; k++) {
        const gboolean ranked = k % 2 == 0;
        g_autofree char *table = percent_table(k < 4 ? 2000 : 300, ranked, k < 2 ? 0 : 2);
        g_auto(Log) log = log_of(table, NULL);

        g_assert_cmpint(log.schema->score, ==, 1);
        g_assert_true((log.outcome->score == NULL) == ranked);
        g_assert_true(log.outcome->ranks_positive == ranked);
        g_assert_nonnull(strstr(log.outcome->score_problem, ranked ? "ranks" : "are read as such"));
    }
}

static char *
random_table(guint n)
{
    GString *table = g_string_new("id,customer,x,prediction,label\n");

    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(5, 1, i);

        g_string_append_printf(table,
                               "i%u,c%u,%u,%u,%u\n",
                               i,
                               i % 100,
                               (guint)errata_rng_below(&rng, 1000),
                               (guint)errata_rng_below(&rng, 2),
                               (guint)errata_rng_below(&rng, 2));
    }
    return g_string_free(table, FALSE);
}

static void
test_outcome_halves(void)
{
    g_autofree char *table = random_table(4000);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_auto(Log) log = log_of(table, settings);
    guint n = 0;

    for (guint i = 0; i < 4000; i++)
        n += log.outcome->half[i];
    g_assert_cmpuint(n, >, 1850);
    g_assert_cmpuint(n, <, 2150);
    settings->entity = g_strdup("customer");
    g_auto(Log) by_entity = log_of(table, settings);

    for (guint i = 100; i < 4000; i++)
        g_assert_cmpuint(by_entity.outcome->half[i], ==, by_entity.outcome->half[i - 100]);
}

/* every tenth row is of nobody: of one customer it would lie in one half */
static void
test_outcome_nobody(void)
{
    static const char *const names[] = {"", "0", "unknown"};

    for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
        GString *table = g_string_new("id,customer,x,label,prediction\n");
        g_autoptr(ErrataSettings) settings = errata_settings_new();
        guint halves[2] = {0, 0};

        for (guint i = 0; i < 4000; i++) {
            g_string_append_printf(table, "i%u,", i);
            if (i % 10 == 0)
                g_string_append(table, names[k]);
            else
                g_string_append_printf(table, "%s%u", k == 2 ? "c" : "", 1000 + i % 99);
            g_string_append_printf(table, ",%u,%u,%u\n", i * 37 % 1009, i % 2, i % 3 % 2);
        }
        settings->entity = g_strdup("customer");
        g_autofree char *text = g_string_free(table, FALSE);
        g_auto(Log) log = log_of(text, settings);

        for (guint i = 0; i < 4000; i += 10)
            halves[log.outcome->half[i]]++;
        g_assert_cmpuint(halves[0], >, 150);
        g_assert_cmpuint(halves[1], >, 150);
        g_assert_cmpuint(log.outcome->n_entities, ==, 99 + 400);
        g_assert_cmpuint(log.outcome->half[1], ==, log.outcome->half[991]);
    }
}

static void
test_outcome_threads(void)
{
    g_autofree char *table = random_table(3000);

    errata_parallel_set_threads(1);
    g_auto(Log) one = log_of(table, NULL);

    errata_parallel_set_threads(4);
    g_auto(Log) four = log_of(table, NULL);

    g_assert_cmpmem(one.outcome->half, 3000, four.outcome->half, 3000);
    g_assert_cmpmem(one.outcome->duplicate, 3000, four.outcome->duplicate, 3000);
    g_assert_cmpmem(one.outcome->error, 3000, four.outcome->error, 3000);
}

static void
test_outcome_margins(void)
{
    g_auto(Log) log = log_of("label,prediction,score\n1,1,3.5\n0,0,-2.5\n1,1,2.5\n0,1,1.5\n", NULL);

    g_assert_cmpint(log.schema->score, ==, 2);
    g_assert_null(log.outcome->score);
    g_assert_nonnull(strstr(log.outcome->score_problem, "margins"));
    g_assert_cmpuint(log.outcome->n_errors, ==, 1);
    g_assert_cmpfloat_with_epsilon(log.outcome->rank[1],
                                   -2.5,
                                   1e-12); /* their order still counts */
    g_assert_true(log.outcome->ranks_positive);
}

static void
test_outcome_foreign(void)
{
    g_auto(Log) log = log_of("prediction,label\n0,cat\n1,dog\n2,bird\n1,cat\n2,bird\n0,dog\n",
                             NULL);
    g_auto(Log) same = log_of("prediction,label\n0,0\n1,1\n2,2\n1,0\n2,2\n0,1\n", NULL);

    g_test_summary("Names beside numbers of classes are not judged, and not all wrong");
    g_assert_cmpuint(log.outcome->n_judged, ==, 0);
    g_assert_nonnull(strstr(log.outcome->label_problem, "label has names of classes"));
    g_assert_cmpuint(same.outcome->n_judged, ==, 6);
    g_assert_null(same.outcome->label_problem);
}

/* what is as it should be is not copied; what is not, is put right in a copy */
static void
test_outcome_lent(void)
{
    g_auto(Log) log = log_of("ts,label,prediction,score\n"
                             "2026-01-01T00:00:00Z,1,1,0.9\n2026-01-02T00:00:00Z,0,0,\n"
                             "2026-01-03T00:00:00Z,1,0,0\n",
                             NULL);
    g_auto(Log) rounded = log_of("label,prediction,score\n1,1,1.0000005\n0,0,0.25\n1,0,0.5\n",
                                 NULL);

    g_assert_true(log.outcome->score == log.frame->columns[3]->f64);
    g_assert_true(log.outcome->time == log.frame->columns[0]->i64);
    g_assert_true(isnan(log.outcome->score[1]));
    g_assert_cmpfloat(rounded.outcome->score[0], <=, 1.0);
    g_assert_cmpfloat(rounded.frame->columns[2]->f64[0], >, 1.0);
}

/* codes for missing among probabilities: they are none, the others are kept */
static void
test_outcome_codes(void)
{
    g_autoptr(GString) table = g_string_new("label,prediction,score\n");

    for (guint i = 0; i < 200; i++)
        g_string_append_printf(table,
                               "%u,%u,%s\n",
                               i % 2,
                               i % 3 == 0 ? 1U : 0U,
                               i % 20 == 7    ? "-1"
                               : i % 20 == 13 ? "1.7"
                               : i % 2 == 0   ? "0.25"
                                              : "0.75");
    g_auto(Log) log = log_of(table->str, NULL);

    g_assert_nonnull(log.outcome->score);
    g_assert_null(log.outcome->rank);
    g_assert_true(isnan(log.outcome->score[7]));
    g_assert_true(isnan(log.outcome->score[13]));
    g_assert_cmpfloat_with_epsilon(log.outcome->score[9], 0.75, 1e-12);
    g_assert_nonnull(strstr(log.outcome->score_problem, "20 of 200"));
    g_assert_nonnull(strstr(log.outcome->score_problem, "read as missing"));
}

static void
test_why_no_scores(void)
{
    double confidence = 0.7;
    char problem[] = "of values above 1";
    ErrataOutcome outcome = {0};

    g_test_summary("A log of top probabilities has scores: those of the other classes are missing");
    g_assert_cmpstr(errata_outcome_why_no_scores(&outcome), ==, "the log has no scores");
    outcome.confidence = &confidence;
    g_assert_true(g_str_has_prefix(errata_outcome_why_no_scores(&outcome),
                                   "the log has the probability of the predicted class only"));
    outcome.score_problem = problem;
    g_assert_cmpstr(errata_outcome_why_no_scores(&outcome), ==, problem);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outcome/classes", test_outcome_classes);
    g_test_add_func("/outcome/multiclass", test_outcome_multiclass);
    g_test_add_func("/outcome/percent", test_outcome_percent);
    g_test_add_func("/outcome/ranks", test_outcome_ranks);
    g_test_add_func("/outcome/weights", test_outcome_weights);
    g_test_add_func("/outcome/weights-alike", test_outcome_weights_alike);
    g_test_add_func("/outcome/weights-of-one", test_outcome_weights_of_one);
    g_test_add_func("/outcome/regression", test_outcome_regression);
    g_test_add_func("/outcome/rows", test_outcome_rows);
    g_test_add_func("/outcome/halves", test_outcome_halves);
    g_test_add_func("/outcome/nobody", test_outcome_nobody);
    g_test_add_func("/outcome/threads", test_outcome_threads);
    g_test_add_func("/outcome/foreign", test_outcome_foreign);
    g_test_add_func("/outcome/margins", test_outcome_margins);
    g_test_add_func("/outcome/lent", test_outcome_lent);
    g_test_add_func("/outcome/codes", test_outcome_codes);
    g_test_add_func("/outcome/why-no-scores", test_why_no_scores);
    return g_test_run();
}
