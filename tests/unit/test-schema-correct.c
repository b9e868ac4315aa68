/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs that say themselves which rows were right. */
#include <math.h>
#include <string.h>

#include "outcome.h"
#include "rng.h"
#include "schema-frame.h"

#define TEST_ROWS 300

/* 300 rows, right in four of five: `answer` and `prediction` are A … D, `gold` is a label written
 * as the prediction in half of the right rows, `label` in all of them; scores and confidences tell
 * nothing, `graded` is the same as what says who is right, `said` a yes or no beside it */
static ErrataFrame *
test_frame(const char *names, const char *yes, const char *no)
{
    g_auto(GStrv) name = g_strsplit(names, ",", -1);
    g_autoptr(GString) text = g_string_new(names);

    for (guint64 row = 0; row < TEST_ROWS; row++) {
        ErrataRng rng = errata_rng_init(5, 4, row);
        gboolean right = row % 5 != 0;
        char said = (char)('A' + row % 4);

        g_string_append_c(text, '\n');
        for (guint c = 0; name[c] != NULL; c++) {
            double any = errata_rng_uniform(&rng);

            g_string_append(text, c > 0 ? "," : "");
            if (strcmp(name[c], "answer") == 0 || strcmp(name[c], "prediction") == 0)
                g_string_append_c(text, said);
            else if (strcmp(name[c], "actual") == 0)
                g_string_append_c(text, (char)('P' + row % 4));
            else if (strcmp(name[c], "response") == 0)
                g_string_append_printf(text, "it is %u as written here", (guint)row);
            else if (strcmp(name[c], "student_id") == 0)
                g_string_append_printf(text, "%u", (guint)(row % 30));
            else if (strcmp(name[c], "type") == 0)
                g_string_append(text, right ? "" : said % 2 == 0 ? "slip" : "gap");
            else if (strcmp(name[c], "judge_correct") == 0)
                g_string_append(text, right != (any < 0.1) ? "yes" : "no");
            else if (strcmp(name[c], "strict_match") == 0)
                g_string_append(text, right && any < 0.6 ? "yes" : "no");
            else if (strcmp(name[c], "label") == 0)
                g_string_append_c(text, right ? said : 'E');
            else if (strcmp(name[c], "gold") == 0)
                g_string_append_c(text, right && row % 2 == 0 ? said : right ? 'F' : 'E');
            else if (strcmp(name[c], "score") == 0 || strcmp(name[c], "confidence") == 0)
                g_string_append_printf(text, "0.%04u", (guint)(any * 9999.0));
            else if (strcmp(name[c], "graded") == 0)
                g_string_append(text, right ? "pass" : "fail");
            else if (strcmp(name[c], "x") == 0)
                g_string_append_printf(text, "%u", (guint)(any * 1000.0));
            else
                g_string_append(text, right ? yes : no);
        }
    }
    g_string_append_c(text, '\n');
    return schema_frame_new(text->str);
}

static ErrataRole
test_role(const ErrataSchema *schema, const char *name)
{
    for (guint i = 0; i < schema->n_columns; i++)
        if (strcmp(schema->names[i], name) == 0)
            return schema->columns[i].role;
    g_assert_not_reached();
}

static void
test_taken(void)
{
    static const struct {
        const char *names;
        const char *column;
        gboolean taken;
    } cases[] = {
        {"x,response,is_correct", "is_correct", TRUE}, /* what a model wrote */
        {"x,confidence,response,is_correct", "is_correct", TRUE},
        {"x,gold,prediction,correct", "correct", TRUE}, /* right wherever they are the same */
        {"x,is_correct", "is_correct", FALSE}, /* all of these may be of who solves a task */
        {"x,confidence,is_correct", "is_correct", FALSE},
        {"x,answer,correct", "correct", FALSE},
        {"x,answer,score,correct", "correct", FALSE},
        {"x,prediction,correct", "correct", FALSE},
        {"x,score,correct", "correct", FALSE},
        {"x,response,score,correct", "correct", FALSE},
        {"x,response,prediction,correct", "correct", FALSE},
        {"student_id,x,response,correct", "correct", FALSE},
        {"x,label,prediction,is_correct", "is_correct", FALSE},
        {"x,actual,prediction,is_correct", "is_correct", FALSE}, /* of other words throughout */
        {"features.is_correct,x,answer", "features.is_correct", FALSE},
        {"x,answer,corrected", "corrected", FALSE},
    };

    for (gsize c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autoptr(ErrataFrame) frame = test_frame(cases[c].names, "True", "False");
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, &error);

        g_assert_no_error(error);
        g_test_message("%s", cases[c].names);
        g_assert_cmpint(test_role(schema, cases[c].column) == ERRATA_ROLE_CORRECT,
                        ==,
                        cases[c].taken);
        g_assert_cmpint(schema->correct >= 0, ==, cases[c].taken);
        if (cases[c].taken)
            g_assert_cmpint(schema->task, ==, ERRATA_TASK_NONE);
    }
}

/* what label and prediction tell is no input, nor is another name of what was right */
static void
test_aside(void)
{
    g_autoptr(ErrataFrame) same = test_frame("x,label,prediction,is_correct", "1", "0");
    g_autoptr(ErrataFrame) twice = test_frame("x,gold,prediction,graded,is_correct", "1", "0");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSchema) judged = errata_schema_infer(same, NULL, NULL, &error);
    g_autoptr(ErrataSchema) schema = errata_schema_infer(twice, NULL, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpint(test_role(judged, "is_correct"), ==, ERRATA_ROLE_IGNORE);
    g_assert_cmpint(judged->task, ==, ERRATA_TASK_MULTICLASS);
    g_assert_cmpint(test_role(schema, "graded"), ==, ERRATA_ROLE_IGNORE);
    g_assert_cmpint(test_role(schema, "gold"), ==, ERRATA_ROLE_IGNORE);
    g_assert_cmpint(test_role(schema, "x"), ==, ERRATA_ROLE_FEATURE);
    g_assert_cmpint(schema->label, ==, -1);
}

/* measures of the same and what follows from an error are no inputs, beside labels neither */
static void
test_measures(void)
{
    static const char *const names[] = {"type",
                                        "judge_correct",
                                        "strict_match",
                                        "exact_match",
                                        NULL};
    g_autoptr(ErrataFrame) frame =
        test_frame("x,response,type,judge_correct,strict_match,exact_match,is_correct",
                   "right",
                   "wrong");
    g_autoptr(ErrataFrame) labelled =
        test_frame("x,label,prediction,is_correct", "wrong", "correct");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, &error);
    g_autoptr(ErrataSchema) beside = errata_schema_infer(labelled, NULL, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpint(test_role(schema, "is_correct"), ==, ERRATA_ROLE_CORRECT);
    for (guint i = 0; names[i] != NULL; i++)
        g_assert_cmpint(test_role(schema, names[i]), ==, ERRATA_ROLE_IGNORE);
    g_assert_cmpint(test_role(schema, "x"), ==, ERRATA_ROLE_FEATURE);
    g_assert_cmpint(test_role(beside, "is_correct"), ==, ERRATA_ROLE_IGNORE);
    g_assert_cmpint(beside->task, ==, ERRATA_TASK_MULTICLASS);
}

/* a reference answer that is named the label does not turn what the log says round */
static void
test_reference(void)
{
    g_autoptr(ErrataFrame) frame = test_frame("x,gold,prediction,is_correct", "1", "0");
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSchema) schema = NULL;

    g_assert_true(errata_settings_set(settings, "roles", "gold", "label", "test", &error));
    schema = errata_schema_infer(frame, settings, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(test_role(schema, "is_correct"), ==, ERRATA_ROLE_CORRECT);
    g_assert_cmpint(schema->label, ==, -1);
}

static void
test_judged(void)
{
    g_autoptr(ErrataFrame) frame =
        test_frame("x,confidence,response,is_correct", "correct", "incorrect");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, &error);
    g_autoptr(ErrataOutcome) outcome = errata_outcome_new(frame, schema, NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(outcome->n_judged, ==, TEST_ROWS);
    g_assert_cmpuint(outcome->n_errors, ==, TEST_ROWS / 5);
    g_assert_null(outcome->truth);
    g_assert_null(outcome->predicted);
    g_assert_null(outcome->score);
    g_assert_nonnull(outcome->confidence);
    for (gsize row = 0; row < TEST_ROWS; row++)
        g_assert_cmpint(outcome->error[row], ==, row % 5 == 0);
}

/* a column that was declared may hold other words: of those rows nothing is known */
static void
test_declared(void)
{
    g_autoptr(ErrataFrame) frame = test_frame("x,grade", "yes", "unsure");
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataOutcome) outcome = NULL;

    g_assert_true(errata_settings_set(settings, "roles", "grade", "correct", "test", &error));
    schema = errata_schema_infer(frame, settings, NULL, &error);
    g_assert_no_error(error);
    outcome = errata_outcome_new(frame, schema, settings, &error);
    g_assert_cmpuint(outcome->n_judged, ==, TEST_ROWS - TEST_ROWS / 5);
    g_assert_cmpuint(outcome->n_errors, ==, 0);
    g_assert_cmpstr(outcome->label_problem,
                    ==,
                    "60 of 300 values of grade say neither that the row was right (1, true, yes) "
                    "nor that it was wrong (0, false, no): those rows are not judged");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-correct/taken", test_taken);
    g_test_add_func("/schema-correct/aside", test_aside);
    g_test_add_func("/schema-correct/measures", test_measures);
    g_test_add_func("/schema-correct/reference", test_reference);
    g_test_add_func("/schema-correct/judged", test_judged);
    g_test_add_func("/schema-correct/declared", test_declared);
    return g_test_run();
}
