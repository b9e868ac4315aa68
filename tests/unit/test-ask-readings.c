/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that can be read in more than one way: which rows are the whole of a share, what “or”
 * parts, which words are values of the log; and two figures of which one must not be lost. */
#include "ask-check.h"

/* flags of three kinds, one with gaps, and values that are words too */
static AnalysisFrame *
made_flags(void)
{
    static const char *const teams[] = {"a", "us", "it", "north", "south"};
    static const char *const marks[] = {"1", "0", "0", "", "1"};
    g_autoptr(GString) text =
        g_string_new("row_id,team,is_student,flagged,verified,autopay,visits,prediction,label\n");

    for (guint i = 0; i < 400; i++)
        g_string_append_printf(text,
                               "r%u,%s,%u,%s,%s,%s,%u,%s,%s\n",
                               i,
                               teams[i % 5],
                               i % 3 == 0 ? 1U : 0U,
                               marks[i / 5 % 5],
                               i % 7 < 4 ? "true" : "false",
                               i % 11 < 5 ? "yes" : "no",
                               i % 9,
                               i % 2 == 0 ? "churned" : "stayed",
                               i % 2 == 0 && i % 13 != 0 ? "churned" : "stayed");
    return analysis_frame_new(schema_frame_new(text->str), NULL);
}

/* of a share of A that are B, A is the whole, also where the verb stands between two flags */
static void
test_flags(void)
{
    static const char *const known[][2] = {
        {"what share of students are flagged", "filter is_student = 1 | share flagged = 1"},
        {"what share of verified are students", "filter verified = true | share is_student = 1"},
        {"what share of autopay are verified", "filter autopay = yes | share verified = true"},
        {"what share of students are verified and flagged",
         "filter is_student = 1 | share verified = true and flagged = 1"},
        {"what share of verified are not students",
         "filter verified = true | share is_student = 0"},
        {"what share of customers who are students are flagged",
         "filter is_student = 1 | share flagged = 1"},
        {"what share of the flagged are students in north",
         "filter flagged = 1 and team = north | share is_student = 1"},
        {"what share of students are churned in north",
         "filter is_student = 1 and team = north | share @label = churned"},
        {"what share of students are predicted churned for us",
         "filter is_student = 1 and team = us | share @prediction = churned"},
        {"what share of errors are students in north",
         "filter team = north and error | share is_student = 1"},
        {"what share of verified students are flagged",
         "filter verified = true and is_student = 1 | share flagged = 1"},
        {"what share of students is in north", "filter is_student = 1 | share team = north"},
        {"percentage of verified who are students",
         "filter verified = true | share is_student = 1"},
        {"share of students flagged", "filter is_student = 1 | share flagged = 1"},
        {"share of flagged students", "share flagged = 1 and is_student = 1"},
        {"what share are students", "share is_student = 1"},
        {"what share of verified is student", "filter verified = true | share is_student = 1"},
        {"share of churned among predicted churned",
         "filter @prediction = churned | share @label = churned"},
        {"what % of students are flagged", "filter is_student = 1 | share flagged = 1"},
        {"error rate without flagged", "filter flagged = 0 | metric error_rate"},
        {"how many with no flagged", "filter flagged = 0 | count"},
        {"how many with flagged missing", "filter flagged is missing | count"},
        {"how many with no value of flagged", "filter flagged is missing | count"},
        {"error rate without flagged value", "filter flagged is missing | metric error_rate"},
        {"error rate without verified", "filter verified = false | metric error_rate"},
    };
    g_autoptr(AnalysisFrame) log = made_flags();

    check_plans(log, known, G_N_ELEMENTS(known));
}

/* “or” parts two sides, unless something else does */
static void
test_rivals(void)
{
    static const char *const known[][2] = {
        {"which is better, a or us", "filter team = a | compare team = us"},
        {"is north or south worse", "filter team = north | compare team = south"},
        {"is the model more accurate for north or south?",
         "filter team = north | compare team = south"},
        {"compare north, south", "filter team = north | compare team = south"},
        {"which is worse, students or flagged", "filter is_student = 1 | compare flagged = 1"},
        {"which is better: north, south or us",
         "filter team in (north, south, us) | group team | metric error_rate"},
        {"compare north, south and us",
         "filter team in (north, south, us) | group team | metric error_rate"},
        {"is north or south worse than the rest", "filter team in (north, south) | compare rest"},
        {"is north or south worse than us", "filter team in (north, south) | compare team = us"},
        {"compare north or south with us", "filter team in (north, south) | compare team = us"},
        {"compare north and south for students",
         "filter team = north and is_student = 1 | compare team = south and is_student = 1"},
        {"north vs south without verified",
         "filter team = north and verified = false | compare team = south and verified = false"},
        {"f1 for north vs south with over 3 visits",
         "filter (team = north and visits > 3) or (team = south and visits > 3) | group team = north and visits > 3 | metric f1"},
        {"is it worse for students in north",
         "filter is_student = 1 and team = north | compare rest"},
    };
    g_autoptr(AnalysisFrame) log = made_flags();

    check_plans(log, known, G_N_ELEMENTS(known));
}

/* what stands at one side of a comparison is of that side; behind the last it holds on both */
static void
test_sides(void)
{
    static const char *const known[][2] = {
        {"is student north worse than south",
         "filter is_student = 1 and team = north | compare team = south"},
        {"is north worse than student south",
         "filter team = north | compare is_student = 1 and team = south"},
        {"compare north and verified south",
         "filter team = north | compare verified = true and team = south"},
        {"is north with over 3 visits worse than south",
         "filter team = north and visits > 3 | compare team = south"},
        {"are students in north worse than customers in south",
         "filter is_student = 1 and team = north | compare team = south"},
        {"is north worse than south for students",
         "filter team = north and is_student = 1 | compare team = south and is_student = 1"},
        {"are students worse in north than in south",
         "filter is_student = 1 and team = north | compare team = south and is_student = 1"},
        {"for students, is north worse than south",
         "filter is_student = 1 and team = north | compare team = south and is_student = 1"},
        {"recall for student north vs south",
         "filter (is_student = 1 and team = north) or (team = south) | "
         "group is_student = 1 and team = north | metric recall"},
    };
    static const char *const refused[][2] = {
        {"recall for student north vs north", "rows may be on both sides"},
    };
    g_autoptr(AnalysisFrame) log = made_flags();

    check_plans(log, known, G_N_ELEMENTS(known));
    check_refused(log, refused, G_N_ELEMENTS(refused));
}

/* “a” and “it” of a column of teams, where no article and no pronoun stands so */
static void
test_small_values(void)
{
    static const char *const known[][2] = {
        {"how many a customers", "filter team = a | count"},
        {"does a do better than us", "filter team = a | compare team = us"},
        {"is it worse than us", "filter team = it | compare team = us"},
        {"how many A rows", "filter team = a | count"},
        {"accuracy of a customers", "filter team = a | metric accuracy"},
        {"what share of a customers churned", "filter team = a | share @label = churned"},
        {"what share of a churned", "filter team = a | share @label = churned"},
        {"a customers vs us customers", "filter team = a | compare team = us"},
        {"is it any good", "metric accuracy"},
        {"A list of the errors", "filter error | rows 10"},
        {"show me a row", "rows 10"},
        {"how many with a visits over 3", "filter visits > 3 | count"},
        {"is the model a better choice for north", NULL},
    };
    g_autoptr(AnalysisFrame) log = made_flags();

    check_plans(log, known, G_N_ELEMENTS(known));
}

/* a column, and values, that are called as words of questions are */
static AnalysisFrame *
made_doubles(void)
{
    static const char *const kinds[] = {"wrong", "best", "rate", "late"};
    g_autoptr(GString) text = g_string_new("row_id,region,is_worst,error,kind,prediction,label\n");

    for (guint i = 0; i < 400; i++)
        g_string_append_printf(text,
                               "r%u,%s,%u,%u,%s,%s,%s\n",
                               i,
                               i % 3 == 0 ? "north" : "south",
                               i % 7 < 3 ? 1U : 0U,
                               i % 9,
                               kinds[i / 3 % 4],
                               i % 2 == 0 ? "bad" : "good",
                               i % 2 == 0 && i % 13 != 0 ? "bad" : "good");
    return analysis_frame_new(schema_frame_new(text->str), NULL);
}

/* read where the words around tell which is meant */
static void
test_doubles(void)
{
    static const char *const known[][2] = {
        {"error rate by worst", "group is_worst | metric error_rate"},
        {"error rate where is_worst is 1", "filter is_worst = 1 | metric error_rate"},
        {"worst region", "group region | metric error_rate"},
        {"which region is worst", "group region | metric error_rate"},
        {"best kind", "group kind | metric error_rate"},
        {"where is it worst", "findings slice, cluster"},
        {"error rate where kind is wrong", "filter kind = wrong | metric error_rate"},
        {"error rate of kind 'best'", "filter kind = best | metric error_rate"},
        {"bad rate by region", "group region | share @label = bad"},
        {"error rate by region", "group region | metric error_rate"},
        {"mean error by region", "group region | describe error"},
        {"how many errors", "filter @error | count"},
        {"false positive rate", "metric false_positive_rate"},
        {"true positive rate by region", "group region | metric recall"},
        {"base rate", "share @label = bad"},
        {"error rate for best", "filter kind = best | metric error_rate"},
        {"compare late and best", "filter kind = late | compare kind = best"},
        {"compare best and late", "filter kind = best | compare kind = late"},
    };
    static const char *const refused[][2] = {
        {"what is the worst", "“worst” may be the word or the column is_worst"},
        {"error rate of worst", "“worst” may be the word or the column is_worst"},
        {"is it worst for north", "“worst” may be the word or the column is_worst"},
        {"how many worst", "“worst” may be the word or the column is_worst"},
        {"show errors", "“errors” may be the word or the column error"},
        {"how many are wrong", "“wrong” is a value of kind, and may be the word"},
        {"wrong predictions by region", "“wrong” is a value of kind, and may be the word"},
        {"which region has the highest rate", "“rate” is a value of kind, and may be the word"},
        {"error rate of the best", "“best” is a value of kind, and may be the word"},
    };
    g_autoptr(AnalysisFrame) log = made_doubles();

    check_plans(log, known, G_N_ELEMENTS(known));
    check_refused(log, refused, G_N_ELEMENTS(refused));
}

/* a number that is called rate, and a side that is right */
static void
test_rate_and_right(void)
{
    static const char *const known[][2] = {
        {"describe rate", "describe rate"},
        {"distribution of rate", "describe rate"},
        {"error rate with rate 5 or more", "filter rate >= 5 | metric error_rate"},
        {"compare left and right", "filter side = left | compare side = right"},
        {"error rate for right", "filter side = right | metric error_rate"},
        {"accuracy on the right", "filter side = right | metric accuracy"},
        {"average rate of right", "filter side = right | describe rate"},
    };
    static const char *const refused[][2] = {
        {"how many are right", "“right” is a value of side, and may be the word"},
        {"what is the highest rate", "“rate” may be the word or the column rate"},
    };
    g_autoptr(GString) text = g_string_new("row_id,side,rate,prediction,label\n");
    g_autoptr(AnalysisFrame) log = NULL;

    for (guint i = 0; i < 400; i++)
        g_string_append_printf(text,
                               "r%u,%s,%.2f,%s,%s\n",
                               i,
                               i % 3 == 0 ? "left" : "right",
                               (i % 97) / 9.7,
                               i % 2 == 0 ? "bad" : "good",
                               i % 2 == 0 && i % 13 != 0 ? "bad" : "good");
    log = analysis_frame_new(schema_frame_new(text->str), NULL);
    check_plans(log, known, G_N_ELEMENTS(known));
    check_refused(log, refused, G_N_ELEMENTS(refused));
}

/* one of two figures is not left out, nor taken for a condition on the other */
static void
test_figures(void)
{
    static const char *const known[][2] = {
        {"lowest churn rate and highest error rate by team",
         "“churn rate” and “error rate” are two figures"},
        {"which team has the lowest churn rate and the highest accuracy",
         "“churn rate” and “accuracy” are two figures"},
        {"base rate and recall by team", "“base rate” and “recall” are two figures"},
        {"which team has the most errors and the fewest rows",
         "“most errors” and “fewest rows” are two figures"},
        {"how many rows and what error rate by team",
         "“how many rows” and “error rate” are two figures"},
        {"average visits and churn rate for north", "“average visits” and “churn rate”"},
        {"churn rate and mean visits", "“churn rate” and “mean visits” are two figures"},
        {"average flagged and visits by team", "“visits”"},
        {"average flagged and average visits", "“visits”"},
    };
    g_autoptr(AnalysisFrame) log = made_flags();

    check_refused(log, known, G_N_ELEMENTS(known));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ask-readings/flags", test_flags);
    g_test_add_func("/ask-readings/rivals", test_rivals);
    g_test_add_func("/ask-readings/sides", test_sides);
    g_test_add_func("/ask-readings/small-values", test_small_values);
    g_test_add_func("/ask-readings/doubles", test_doubles);
    g_test_add_func("/ask-readings/rate-and-right", test_rate_and_right);
    g_test_add_func("/ask-readings/figures", test_figures);
    return g_test_run();
}
