/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions as people type them against the plans that they mean, figures against sums over the
 * rows, and questions that must not be answered. */
#include <math.h>
#include <string.h>

#include "ask-check.h"

#define N_ROWS 1200

/* a row of the made log, from its number */
typedef struct {
    const char *country;
    const char *device;
    double amount;
    int age;
    gboolean fresh;
    double score;
    int label;
} Row;

static Row
row_of(guint i)
{
    static const char *const countries[] = {"DE", "FR", "Poland"};
    static const char *const devices[] = {"phone", "gift cards", "desktop", "tablet"};
    guint hash = i * 2654435761u;
    double score = (double)((hash >> 8) % 1000) / 1000.0;
    double chance = score > 0.37 ? 0.8 : 0.15;

    return (Row){countries[i % 3],
                 devices[(hash >> 4) % 4],
                 (double)((hash >> 12) % 500) + 0.5,
                 18 + (int)((hash >> 6) % 70),
                 i % 5 == 0,
                 score,
                 (double)((hash >> 18) % 997) / 997.0 < chance ? 1 : 0};
}

static AnalysisFrame *
made_log(void)
{
    g_autoptr(GString) text = g_string_new(
        "trip_id,created_at,country,device,amount,rain_mm,customer_age,"
        "is_new_customer,reopened,score,prediction,label\n");

    for (guint i = 0; i < N_ROWS; i++) {
        Row row = row_of(i);

        g_string_append_printf(text,
                               "T%04u,2026-%02u-%02uT10:00:00,%s,%s,%.1f,%u,%d,%s,%s,%.3f,%d,%d\n",
                               i,
                               4 + i / 600,
                               1 + i % 600 / 20,
                               row.country,
                               row.device,
                               row.amount,
                               i % 40,
                               row.age,
                               row.fresh ? "true" : "false",
                               i % 7 == 0 ? "yes" : "no",
                               row.score,
                               row.score >= 0.5 ? 1 : 0,
                               row.label);
    }
    return analysis_frame_new(schema_frame_new(text->str), NULL);
}

static AnalysisFrame *
made_numbers(void)
{
    g_autoptr(GString) text = g_string_new("city,km,is_toll,prediction,label\n");

    for (guint i = 0; i < 300; i++)
        g_string_append_printf(text,
                               "%s,%u,%u,%.2f,%.2f\n",
                               i % 2 == 0 ? "Lyon" : "Nice",
                               i % 30,
                               i % 3 == 0 ? 1U : 0U,
                               10.0 + i % 50,
                               10.3 + i % 50 + (i % 9) * 1.7);
    return analysis_frame_new(schema_frame_new(text->str), NULL);
}

/* ---- what questions mean ---- */

static void
test_plans(void)
{
    static const char *const known[][2] = {
        {"precision and recall per country", "group country | metric precision, recall"},
        {"precision, recall and f1", "metric precision, recall, f1"},
        {"give me accuracy & auc by device", "group device | metric accuracy, roc_auc"},
        {"tpr and fpr by country", "group country | metric recall, false_positive_rate"},
        {"false positive rate and false negative rate by country",
         "group country | metric false_positive_rate, false_negative_rate"},
        {"error rate by country and device", "group country, device | metric error_rate"},
        {"confusion matrix", "group @label, @prediction | count"},
        {"which threshold is best", "threshold"},
        {"best threshold for f1", "threshold f1"},
        {"what threshold should we use on desktop", "filter device = desktop | threshold"},
        {"f1 if threshold = 0.25", "what-if threshold 0.25 | metric f1"},
        {"acuracy by device", "group device | metric accuracy"},
        {"preicsion", "metric precision"},
        {"whats the error rate on desktop in Poland?",
         "filter device = desktop and country = Poland | metric error_rate"},
        {"accuracy for customers older than 60", "filter customer_age > 60 | metric accuracy"},
        {"accuracy of customers aged 18 to 25",
         "filter customer_age >= 18 and customer_age <= 25 | metric accuracy"},
        {"how many rows on 3 May 2026",
         "filter created_at between 2026-05-03 and 2026-05-04 | count"},
        {"accuracy by year", "group created_at year | metric accuracy"},
        {"how did accuracy change over the years", "group created_at year | metric accuracy"},
        {"error rate last week by country",
         "filter created_at >= 2026-05-24 | group country | metric error_rate"},
        {"accuracy over the last 30 days", "filter created_at >= 2026-05-01 | metric accuracy"},
        {"median amount for errors", "filter error | describe amount"},
        {"how often is the model right", "metric accuracy"},
        {"how often is 1 confused with 0", "filter @label = '1' | share @prediction = '0'"},
        {"which classes are confused most often",
         "filter error | group @label, @prediction | count"},
        {"accuracy for more than 20 rain_mm", "filter rain_mm > 20 | metric accuracy"},
        {"what is finding 3", "finding F3"},
        {"explain the second finding", "finding F2"},
        {"tell me about finding f4", "finding F4"},
        {"how many rows are in F3", "count F3"},
        {"how many rows does finding 3 affect", "count F3"},
        {"share of the errors made by desktop", "filter device = desktop | metric share_of_errors"},
        {"errors since 15 May", "filter created_at >= 2026-05-15 and error | count"},
        {"accuracy on May 3rd",
         "filter created_at between 2026-05-03 and 2026-05-04 | metric accuracy"},
        {"how many trips in Poland before 1 May",
         "filter country = Poland and created_at < 2026-05-01 | count"},
        {"trips per week", "group created_at week | count"},
        {"accuracy for new customers", "filter is_new_customer = true | metric accuracy"},
        {"error rate of reopened trips", "filter reopened = yes | metric error_rate"},
        {"mean amount by country", "group country | describe amount"},
        {"is the model fair across countries?",
         "group country | metric false_positive_rate, false_negative_rate"},
        {"what period does the log cover", "describe created_at"},
        {"show me the last 5 errors", "filter error | order created_at descending | rows 5"},
        {"how many with a score over 90%", "filter score > 0.9 | count"},
        {"accuracy where rain_mm over 2 mm", "filter rain_mm > 2 | metric accuracy"},
        {"0 mistaken for 1", NULL}, /* of which column? */
    };
    g_autoptr(AnalysisFrame) log = made_log();

    check_plans(log, known, G_N_ELEMENTS(known));
}

/* both sides of a day or of two groups, rates of a class, short names, numbers in words */
static void
test_plans_of_sides(void)
{
    static const char *const known[][2] = {
        {"recall before and after 1 May 2026", "group created_at < 2026-05-01 | metric recall"},
        {"recall by device before and after 2026-05-01",
         "group device, created_at < 2026-05-01 | metric recall"},
        {"compare before and after 2026-05-01 in Poland",
         "filter (country = Poland) and created_at < 2026-05-01 | compare (country = Poland) and "
         "created_at >= 2026-05-01"},
        {"f1 for DE vs FR", "filter country in (DE, FR) | group country | metric f1"},
        {"f1 for desktop versus the rest", "group device = desktop | metric f1"},
        {"precision for amount under 50 vs amount over 400",
         "filter (amount < 50) or (amount > 400) | group amount < 50 | metric precision"},
        {"recall for 1 vs 0", "group @label | metric recall"},
        {"f1 on weekdays vs weekends",
         "filter (\"created_at weekday\" not in (Saturday, Sunday)) or (\"created_at weekday\" in "
         "(Saturday, Sunday)) | group \"\"\"created_at weekday\"\" not in (Saturday, Sunday)\" | "
         "metric f1"},
        {"how many rows in DE vs FR", "filter country in (DE, FR) | group country | count"},
        {"base rate for DE vs FR", "filter country in (DE, FR) | group country | share @label = 1"},
        {"is it worse since 2026-05-01", "filter created_at >= 2026-05-01 | compare rest"},
        {"has it become worse since 2026-05-01", "filter created_at >= 2026-05-01 | compare rest"},
        {"has it got worse in Apr",
         "filter created_at between 2026-04-01 and 2026-05-01 | compare rest"},
        {"did the error rate change in Apr",
         "filter created_at between 2026-04-01 and 2026-05-01 | compare rest"},
        {"which week has the fewest errors", "group created_at week | order count | share error"},
        {"accuracy for rain over twenty-five", "filter rain_mm > 25 | metric accuracy"},
        {"f1 with a threshold of zero point two five", "what-if threshold 0.25 | metric f1"},
        {"accuracy for amounts over three hundred and twenty",
         NULL}, /* is it 300, and 20 of what? */
        {"f1 with a threshold of 40 percent", "what-if threshold 0.4 | metric f1"},
        {"how many with a score over ninety percent", "filter score > 0.9 | count"},
        {"top three findings", "findings 3"},
        {"accuracy for amounts between two and three thousand", NULL}, /* 2, or 2,000? */
        {"accuracy for amounts between 2 and 3k", NULL},
        {"accuracy for amounts between twenty and two hundred",
         "filter amount >= 20 and amount <= 200 | metric accuracy"},
        {"error rates by country", "group country | metric error_rate"},
        {"error rate by counrty", "group country | metric error_rate"},
        {"why is recall so low for Poland", "group country = Poland | metric recall"},
        {"whats up with Poland", "filter country = Poland | compare rest"},
        {"does device matter", "group device | metric error_rate"},
        {"top 3 countries by recall", "group country | top 3 | metric recall"},
        {"which device has the most missed",
         "group device | order count descending | share @label = 1 and @prediction != 1"},
        {"the five worst groups", "findings slice, 5"},
        {"which group is worst?", "findings slice"},
        {"which segment is the worst?", "findings slice"},
        {"accuracy for one of the countries", NULL},
        {"recall before and after May", NULL},
        {"churn rate", NULL},
        {"errors about trips", NULL},
    };
    g_autoptr(AnalysisFrame) log = made_log();

    check_plans(log, known, G_N_ELEMENTS(known));
}

static void
test_plans_of_shares(void)
{
    static const char *const known[][2] = {
        {"selection rate by country", "group country | share @prediction = 1"},
        {"share of desktop since 15 May",
         "filter created_at >= 2026-05-15 | share device = desktop"},
        {"what share of trips in Poland is on desktop?",
         "filter country = Poland | share device = desktop"},
        {"share of desktop in Poland", "filter country = Poland | share device = desktop"},
        {"percentage of trips in Poland", "share country = Poland"},
        {"share of desktop among errors", "filter error | share device = desktop"},
        {"what share of desktop trips is predicted 1 in May",
         "filter device = desktop and created_at between 2026-05-01 and 2026-06-01 | "
         "share @prediction = 1"},
        {"base rate in Poland", "filter country = Poland | share @label = 1"},
        {"what percentage of desktop trips in May were reopened",
         "filter device = desktop and created_at between 2026-05-01 and 2026-06-01 | "
         "share reopened = yes"},
        {"what share of the errors since 15 May are in Poland",
         "filter created_at >= 2026-05-15 and error | share country = Poland"},
        {"what share of errors comes from Poland desktop since 15 May",
         "filter created_at >= 2026-05-15 and error | share country = Poland and device = desktop"},
        {"share of errors among Poland", "filter country = Poland | share error"},
        {"share of errors in Poland", "filter country = Poland | metric share_of_errors"},
        {"errors by country since 15 May",
         "filter created_at >= 2026-05-15 | group country | share error"},
        {"which device has the most errors", "group device | order count descending | share error"},
        {"how many desktop rows by country", "filter device = desktop | group country | count"},
        {"is Poland worse than DE since 15 May",
         "filter country = Poland and created_at >= 2026-05-15 | "
         "compare country = DE and created_at >= 2026-05-15"},
        {"difference between Poland and DE", "filter country = Poland | compare country = DE"},
        {"is desktop worse in May than in April",
         "filter device = desktop and created_at between 2026-05-01 and 2026-06-01 | "
         "compare created_at between 2026-04-01 and 2026-05-01 and device = desktop"},
        {"how many errors with a threshold of 0.3", "what-if threshold 0.3 | filter error | count"},
    };
    g_autoptr(AnalysisFrame) log = made_log();

    check_plans(log, known, G_N_ELEMENTS(known));
}

static void
test_plans_of_numbers(void)
{
    static const char *const known[][2] = {
        {"whats the avg error in Lyon", "filter city = Lyon | metric mae, bias_mean_error"},
        {"do we under or overestimate in Nice?",
         "filter city = Nice | metric mae, bias_mean_error"},
        {"mae and rmse by city", "group city | metric mae, rmse"},
        {"how many are off by more than 5 by city", "group city | share @loss > 5"},
        {"bias for Nice", "filter city = Nice | metric bias_mean_error"},
        {"bias by city and toll", "group city, is_toll | metric bias_mean_error"},
        {"bias by city", "group city | metric mae, bias_mean_error"},
        {"largest error in Nice", "filter city = Nice | metric max_abs_error"},
        {"max error by city", "group city | metric max_abs_error"},
        {"the biggest error with toll", "filter is_toll > 0 | metric max_abs_error"},
        {"biggest error for toll", "filter is_toll = 1 | metric max_abs_error"},
        {"how far off are we on average", "metric mae, bias_mean_error"},
        {"how many are off by more than 5", "filter @loss > 5 | count"},
        {"10 worst predictions", "order loss descending | rows 10"},
    };
    g_autoptr(AnalysisFrame) log = made_numbers();

    check_plans(log, known, G_N_ELEMENTS(known));
}

/* what cannot be told is refused, with what can be said instead */
static void
test_refused(void)
{
    static const char *const known[][2] = {
        {"accuracy by language", "“by language”"},
        {"error rate where counrty is Poland", "did you mean country?"},
        {"accuracy when rain is high", "did you mean rain_mm?"},
        {"accuracy yesterday",
         "since 2026-05-30, or the last 7 days: the log goes from 2026-04-01"},
        {"accuracy by users", "did not understand “by users”"},
        {"is it fair in Poland", "“Poland”: whether the model is fair is told of all rows"},
        {"which features matter for DE", "“DE”: what matters to the model is told of all rows"},
        {"percentage of positives in DE", "“actual positives” (the base rate)"},
        {"how many trips over 500?", "say which column is meant by “over 500”"},
        {"errors mistaken in Poland and Mars", "“mistaken”"},
    };
    g_autoptr(AnalysisFrame) log = made_log();

    check_refused(log, known, G_N_ELEMENTS(known));
}

/* ---- what plans give ---- */

static ErrataAnswer *
answer_of(const AnalysisFrame *log, const char *text)
{
    ErrataAskData data = data_of(log);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataAskPlan) plan = errata_ask_plan_parse(text, &error);
    ErrataAnswer *answer = errata_ask_answer_new();

    g_assert_no_error(error);
    errata_ask_run(plan, &data, answer);
    return answer;
}

/* the @n-th evidence with the key */
static double
value_of(const ErrataAnswer *answer, const char *key, guint n)
{
    for (guint i = 0; i < answer->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(answer->evidence, i);

        if (g_str_equal(evidence->key, key) && n-- == 0)
            return evidence->value;
    }
    g_test_message("%s", answer->text != NULL ? answer->text : answer->why);
    g_assert_not_reached();
}

static double
accuracy_at(double cut)
{
    guint right = 0;

    for (guint i = 0; i < N_ROWS; i++)
        right += (row_of(i).score >= cut) == (row_of(i).label == 1) ? 1 : 0;
    return (double)right / N_ROWS;
}

static void
test_threshold(void)
{
    g_autoptr(AnalysisFrame) log = made_log();
    g_autoptr(ErrataAnswer) answer = answer_of(log, "threshold");
    g_autoptr(ErrataAnswer) few = answer_of(log, "filter row < 40 | threshold");
    double best = 0.0;

    for (guint cut = 0; cut <= 1000; cut++)
        best = fmax(best, accuracy_at((double)cut / 1000.0));
    g_assert_cmpfloat_with_epsilon(value_of(answer, "best", 0), best, 1e-12);
    g_assert_cmpfloat_with_epsilon(accuracy_at(value_of(answer, "threshold", 0)), best, 1e-12);
    g_assert_cmpfloat_with_epsilon(value_of(answer, "logged", 0), accuracy_at(0.5), 1e-12);
    g_assert_cmpfloat(value_of(answer, "expected", 0), <=, best);
    g_assert_cmpfloat(value_of(answer, "expected", 0), >, accuracy_at(0.5));
    g_assert_null(few->text);
    g_assert_nonnull(strstr(few->why, "at least 100 are needed"));
}

static void
test_fair(void)
{
    g_autoptr(AnalysisFrame) log = made_log();
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataAskData data = data_of(log);
    g_autoptr(ErrataAskPlan) plan = errata_ask_plan_parse("findings fairness", NULL);
    g_autoptr(ErrataAnswer) answer = errata_ask_answer_new();

    g_test_summary("Whether it is fair: a group that could not be compared is named, and why");
    errata_case_skip(report, "fairness", "zip is not compared: it has more than 50 values");
    data.report = report;
    errata_ask_run(plan, &data, answer);
    g_assert_nonnull(answer->text);
    g_assert_nonnull(strstr(answer->text, "; zip is not compared: it has more than 50 values."));
}

static void
test_advice(const char *metric, double from, double to, const char *told)
{
    g_autoptr(AnalysisFrame) log = made_log();
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataAskData data = data_of(log);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "one group errs");
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "collect", "Collect rows");
    g_autoptr(ErrataAskPlan) plan = errata_ask_plan_parse("advice", NULL);
    g_autoptr(ErrataAnswer) answer = errata_ask_answer_new();

    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->confirmed = TRUE;
    suggestion->metric = g_strdup(metric);
    suggestion->from = from;
    suggestion->to = to;
    suggestion->lo = 0.5 * fabs(to - from);
    suggestion->hi = 1.5 * fabs(to - from);
    suggestion->upper_bound = TRUE;
    errata_finding_add(finding, errata_evidence_new("rows", "rows", 90.0, ERRATA_UNIT_COUNT, 90));
    errata_case_add_finding(report, finding);
    errata_case_finish(report);
    data.report = report;
    errata_ask_run(plan, &data, answer);
    g_assert_nonnull(answer->text);
    g_test_message("%s", answer->text);
    g_assert_nonnull(strstr(answer->text, told));
}

static void
test_advice_bound(void)
{
    g_test_summary(
        "The bound of a gain is the least of what should be small, in the metric's name");
    test_advice("mae",
                43700.0,
                37200.0,
                "(mean absolute error from 43,700 [A1] to at least 37,200 [");
    test_advice("accuracy", 0.80, 0.82, "(accuracy from 80\u202f% [A1] to at most 82\u202f% [");
}

/* a group with fewer errors than expected is not named where the worst are asked for */
static void
test_worst(void)
{
    static const char *const titles[] = {"one group errs", "one group is spared"};
    static const char *const keys[] = {"rows", "better_in"};
    g_autoptr(AnalysisFrame) log = made_log();
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataAskData data = data_of(log);
    g_autoptr(ErrataAskPlan) plan = errata_ask_plan_parse("findings slice, cluster", NULL);
    g_autoptr(ErrataAnswer) answer = errata_ask_answer_new();

    for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, titles[i]);

        finding->severity = ERRATA_SEVERITY_HIGH;
        finding->confirmed = TRUE;
        errata_finding_add(finding,
                           errata_evidence_new(keys[i], "rows", 90.0, ERRATA_UNIT_COUNT, 90));
        errata_case_add_finding(report, finding);
    }
    errata_case_finish(report);
    data.report = report;
    errata_ask_run(plan, &data, answer);
    g_assert_nonnull(strstr(answer->text, titles[0]));
    g_assert_null(strstr(answer->text, titles[1]));
    g_assert_nonnull(strstr(answer->text, "fewer errors than expected are left out"));
}

/* 300 rows of 150 patients at 3 sites */
static AnalysisFrame *
made_visits(gboolean numbers)
{
    g_autoptr(GString) text = g_string_new("visit,patient_id,site,prediction,label\n");

    for (guint i = 0; i < 300; i++)
        g_string_append_printf(text,
                               "v%u,%s%u,S%c,%u,%u\n",
                               i,
                               numbers ? "" : "P",
                               1000 + i * 7 % 150,
                               'A' + (char)(i % 3),
                               i % 2,
                               i % 11 == 0 ? 1 - i % 2 : i % 2);
    return analysis_frame_new(schema_frame_new(text->str), NULL);
}

static void
test_plans_of_things(void)
{
    static const char *const known[][2] = {
        {"how many patients", "describe patient_id"},
        {"how many patients are there in the log?", "describe patient_id"},
        {"how many different patients", "describe patient_id"},
        {"how many different patient_id", "describe patient_id"},
        {"how many sites", "describe site"},
        {"how many rows", "count"},
        {"how many widgets", NULL},
    };

    g_test_summary("What a column names is counted once, not as often as it has rows");
    for (guint numbers = 0; numbers < 2; numbers++) {
        g_autoptr(AnalysisFrame) log = made_visits(numbers == 1);
        g_autoptr(ErrataAnswer) answer = answer_of(log, "describe patient_id");

        check_plans(log, known, G_N_ELEMENTS(known));
        g_assert_cmpfloat_with_epsilon(value_of(answer, "distinct", 0), 150.0, 1e-9);
        g_assert_nonnull(strstr(answer->text, "different"));
    }
}

static void
test_several(void)
{
    g_autoptr(AnalysisFrame) log = made_log();
    g_autoptr(ErrataAnswer) answer = answer_of(log, "group country | metric precision, recall");
    g_autoptr(ErrataAnswer) crossed = answer_of(log, "group country, device | count");
    double called = 0.0, positives = 0.0, hits = 0.0, cell = 0.0;

    for (guint i = 0; i < N_ROWS; i++) {
        Row row = row_of(i);
        gboolean first = g_str_equal(row.country, "DE");

        called += first && row.score >= 0.5 ? 1.0 : 0.0;
        positives += first && row.label == 1 ? 1.0 : 0.0;
        hits += first && row.label == 1 && row.score >= 0.5 ? 1.0 : 0.0;
        cell += first && g_str_equal(row.device, "desktop") ? 1.0 : 0.0;
    }
    g_assert_cmpfloat_with_epsilon(value_of(answer, "group", 0), hits / called, 1e-12);
    g_assert_cmpfloat_with_epsilon(value_of(answer, "group", 1), hits / positives, 1e-12);
    g_assert_cmpuint(answer->table->n_columns, ==, 4);
    g_assert_cmpuint(crossed->table->n_rows, ==, 12);
    g_assert_cmpstr(errata_table_cell(crossed->table, 0, 0), ==, "DE, desktop");
    g_assert_cmpfloat_with_epsilon(value_of(crossed, "group", 0), cell, 1e-12);
}

static void
test_means(void)
{
    g_autoptr(AnalysisFrame) log = made_log();
    g_autoptr(ErrataAnswer) answer = answer_of(log, "group country | describe amount");
    double sum = 0.0;

    for (guint i = 0; i < N_ROWS; i += 3)
        sum += row_of(i).amount;
    g_assert_cmpfloat_with_epsilon(value_of(answer, "mean", 0), sum / (N_ROWS / 3.0), 1e-9);
}

/* each share is of the rows that the words name */
static void
test_shares(void)
{
    g_autoptr(AnalysisFrame) log = made_log();
    g_autoptr(ErrataAnswer) alone = answer_of(log, "filter device = desktop | share country = DE");
    g_autoptr(ErrataAnswer) groups =
        answer_of(log, "filter device = desktop | group country | share error");
    g_autoptr(ErrataAnswer) cells =
        answer_of(log, "filter country = DE | group @label, @prediction | count");
    g_autoptr(ErrataAnswer) none = answer_of(log, "filter device = desktop | share country = D");
    double desktop = 0.0, both = 0.0, wrong = 0.0, first = 0.0, hits = 0.0;

    for (guint i = 0; i < N_ROWS; i++) {
        Row row = row_of(i);
        gboolean here = g_str_equal(row.country, "DE");
        gboolean on = g_str_equal(row.device, "desktop");

        desktop += on ? 1.0 : 0.0;
        both += on && here ? 1.0 : 0.0;
        wrong += on && here && (row.score >= 0.5) != (row.label == 1) ? 1.0 : 0.0;
        first += here ? 1.0 : 0.0;
        hits += here && row.score < 0.5 && row.label == 0 ? 1.0 : 0.0;
    }
    g_assert_cmpfloat_with_epsilon(value_of(alone, "share", 0), both / desktop, 1e-12);
    g_assert_nonnull(strstr(alone->text, "rows where device is desktop"));
    for (guint row = 0; row < groups->table->n_rows; row++)
        if (g_str_equal(errata_table_cell(groups->table, row, 0), "DE")) {
            g_assert_cmpfloat_with_epsilon(value_of(groups, "group", row), wrong, 1e-12);
            g_assert_cmpfloat_with_epsilon(value_of(groups, "share", row), wrong / both, 1e-12);
        }
    g_assert_nonnull(strstr(groups->text, "Error rate by country"));
    g_assert_cmpstr(errata_table_cell(cells->table, 0, 0), ==, "label 0, prediction 0");
    g_assert_cmpfloat_with_epsilon(value_of(cells, "part", 0), hits / first, 1e-12);
    g_assert_nonnull(strstr(cells->text, "As a share of these"));
    g_assert_null(none->text);
    g_assert_nonnull(strstr(none->why, "there is no row where"));
}

/* ---- plans that are wrong ---- */

static void
test_wrong_plans(void)
{
    static const char *const known[][2] = {
        {"metric accuracy,", "step 1 of the plan: expected the name of a metric"},
        {"metric a, b, c, d, e, f, g", "at most six metrics"},
        {"group a, b, c | count", "the name of a column, or of two"},
        {"group , b | count", "the name of a column, or of two"},
        {"group a, a | count", "two different columns"},
        {"metric recall of", "a class after of"},
        {"{\"steps\": [{\"op\": \"filter\", \"where\": \"a > 1\", \"where\": \"b > 1\"}, "
         "{\"op\": \"count\"}]}",
         "has the member \"where\" twice"},
        {"threshold recall", "accuracy, balanced_accuracy, f1 or mcc"},
        {"group country | threshold", "metric, count, share or describe after group"},
        {"count rows", "a finding such as F1, or nothing, after count"},
        {"filter a = 1 | count F2", "findings alone"},
        {"share", "a condition such as age > 40"},
        {"{\"steps\": [{\"op\": \"group\", \"column\": \"a\", \"also\": [1]}, {\"op\": \"count\"}]}",
         "a text or a number"},
        {"{\"steps\": [{\"op\": \"what-if\", \"threshold\": NaN}, {\"op\": \"count\"}]}",
         "not JSON"},
        {"what-if threshold nan | count", "threshold and a number"},
        {"rows 1e400", "a number of rows from 1 to 100"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataAskPlan) plan = errata_ask_plan_parse(known[i][0], &error);

        g_test_message("%s: %s", known[i][0], error != NULL ? error->message : "taken");
        g_assert_null(plan);
        g_assert_nonnull(strstr(error->message, known[i][1]));
    }
}

/* what is printed is read back as the same */
static void
test_printed(void)
{
    static const char *const known[] = {
        "group \"a, b\", \"c\"\"d\" | count",
        "group a, b | metric precision, recall of \"x of y\"",
        "findings slice, cluster",
        "count F12",
        "group country | share device = 'a | b'",
        "{\"steps\": [{\"op\": \"count\", \"finding\": \"F1\"}]}",
        "what-if threshold 0.3 | metric f1, roc_auc",
        "{\"steps\": [{\"op\": \"group\", \"column\": \"a, b\", \"also\": \"c\"}, {\"op\": \"count\"}]}",
        "{\"steps\": [{\"op\": \"threshold\", \"metric\": \"F1\"}]}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataAskPlan) plan = errata_ask_plan_parse(known[i], &error);
        g_autofree char *once = plan != NULL ? errata_ask_plan_print(plan) : NULL;
        g_autoptr(ErrataAskPlan) again = once != NULL ? errata_ask_plan_parse(once, &error) : NULL;
        g_autofree char *twice = again != NULL ? errata_ask_plan_print(again) : NULL;

        g_assert_no_error(error);
        g_assert_cmpstr(once, ==, twice);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ask/plans", test_plans);
    g_test_add_func("/ask/plans-of-sides", test_plans_of_sides);
    g_test_add_func("/ask/plans-of-things", test_plans_of_things);
    g_test_add_func("/ask/plans-of-shares", test_plans_of_shares);
    g_test_add_func("/ask/plans-of-numbers", test_plans_of_numbers);
    g_test_add_func("/ask/refused", test_refused);
    g_test_add_func("/ask/threshold", test_threshold);
    g_test_add_func("/ask/fair", test_fair);
    g_test_add_func("/ask/advice-bound", test_advice_bound);
    g_test_add_func("/ask/worst", test_worst);
    g_test_add_func("/ask/several", test_several);
    g_test_add_func("/ask/means", test_means);
    g_test_add_func("/ask/shares", test_shares);
    g_test_add_func("/ask/wrong-plans", test_wrong_plans);
    g_test_add_func("/ask/printed", test_printed);
    return g_test_run();
}
