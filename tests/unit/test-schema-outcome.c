/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "rng.h"
#include "schema-frame.h"
#include "schema.h"

#define TEST_ROWS 300

/* 300 rows of two values in every column but `x` (numbers), those that are scores (from 0 to 1) and
 * `cut` (1 where the first score is over one half): a model that knows nothing of any of them */
static ErrataFrame *
test_frame(const char *names)
{
    g_auto(GStrv) name = g_strsplit(names, ",", -1);
    g_autoptr(GString) text = g_string_new(names);

    for (guint64 row = 0; row < TEST_ROWS; row++) {
        ErrataRng rng = errata_rng_init(5, 2, row);
        double score = errata_rng_uniform(&rng);

        g_string_append_c(text, '\n');
        for (guint c = 0; name[c] != NULL; c++) {
            gboolean is_score = strstr(name[c], "score") != NULL || strstr(name[c], "prob") != NULL;
            guint one = errata_rng_uniform(&rng) < 0.3 ? 1u : 0u;

            g_string_append(text, c > 0 ? "," : "");
            if (is_score || strcmp(name[c], "x") == 0)
                g_string_append_printf(text, "0.%04u", (guint)(score * 9999.0));
            else if (strcmp(name[c], "prediction") == 0 || strstr(name[c], "predicted") != NULL ||
                     strcmp(name[c], "approved") == 0)
                g_string_append_printf(text, "%u", score >= 0.5 ? 1u : 0u);
            else
                g_string_append_printf(text, "%u", one);
        }
    }
    g_string_append_c(text, '\n');
    return schema_frame_new(text->str);
}

/* 600 rows: `label` and what is named after churn come as often as p_churn and the like say, a
 * prediction is where those are over one half, and `odds_risk` and x are of nothing */
static ErrataFrame *
test_risk_frame(const char *names)
{
    g_auto(GStrv) name = g_strsplit(names, ",", -1);
    g_autoptr(GString) text = g_string_new(names);

    for (guint64 row = 0; row < 2 * TEST_ROWS; row++) {
        ErrataRng rng = errata_rng_init(5, 3, row);
        double score = errata_rng_uniform(&rng), other = errata_rng_uniform(&rng);
        guint truth = errata_rng_uniform(&rng) < score ? 1u : 0u;

        g_string_append_c(text, '\n');
        for (guint c = 0; name[c] != NULL; c++) {
            g_string_append(text, c > 0 ? "," : "");
            if (strcmp(name[c], "label") == 0 || strcmp(name[c], "churned") == 0)
                g_string_append_printf(text, "%u", truth);
            else if (strcmp(name[c], "prediction") == 0)
                g_string_append_printf(text, "%d", score >= 0.5);
            else
                g_string_append_printf(
                    text,
                    "%.4f",
                    strcmp(name[c], "x") == 0 || strcmp(name[c], "odds_risk") == 0 ? other : score);
        }
    }
    g_string_append_c(text, '\n');
    return schema_frame_new(text->str);
}

static void
test_outcome_risk(void)
{
    static const struct {
        const char *names;
        const char *label;
        const char *score; /* NULL: none */
    } cases[] = {
        {"x,p_churn,prediction,label", "label", "p_churn"},
        {"x,pd,odds_risk,prediction,label", "label", "pd"},
        {"x,propensity,prediction,label", "label", "propensity"},
        {"x,p_churn,label", "label", "p_churn"},
        {"x,churn_risk,churned", "churned", "churn_risk"},
        {"x,p_churn,churned", "churned", "p_churn"},
        {"x,odds_risk,prediction,label", "label", NULL},
        {"x,odds_risk,label", "label", NULL},
    };

    g_test_summary("A risk is the score where it behaves as one, and else an input");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrame) frame = test_risk_frame(cases[i].names);
        g_autoptr(ErrataSettings) settings = errata_settings_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, settings, NULL, &error);

        g_assert_no_error(error);
        g_test_message("%s", cases[i].names);
        g_assert_cmpint(schema->label, >=, 0);
        g_assert_cmpstr(schema->names[schema->label], ==, cases[i].label);
        g_assert_cmpstr(schema->score >= 0 ? schema->names[schema->score] : NULL,
                        ==,
                        cases[i].score);
    }
}

static void
test_outcome(void)
{
    static const struct {
        const char *names;
        const char *label; /* NULL: none */
        const char *score;
    } cases[] = {
        {"x,flag,churned,score,prediction", "churned", "score"},
        {"x,flag,churned,score", "churned", "score"},
        {"x,flag,Exited,score", "Exited", "score"},
        {"x,flag,is_fraud,score,prediction", "is_fraud", "score"},
        {"x,is_weekend,has_car,defaulted,score", "defaulted", "score"},
        {"x,plan,churned,churn_score,predicted_churn", "churned", "churn_score"},
        {"x,plan,converted,conversion_probability", "converted", "conversion_probability"},
        {"x,clicked,purchased,purchase_prob", "purchased", "purchase_prob"},
        {"x,credit_risk,credit_risk_prob", "credit_risk", "credit_risk_prob"},
        {"x,flag,ever_defaulted,loan_repaid,score", "loan_repaid", "score"},
        {"x,flag,score,upgraded", "upgraded", "score"},
        {"x,repaid,approved,score", "repaid", "score"},
        {"x,card_present,card_fraud_score,flag", NULL, NULL},
        {"x,is_weekend,has_car,married,score", NULL, "score"},
        {"x,clicked,purchased,score", NULL, "score"},
        {"x,approved,score", NULL, "score"},
        {"x,churned", NULL, NULL},
    };

    g_test_summary("Of columns with two values the only one named like the outcome is the label");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrame) frame = test_frame(cases[i].names);
        g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, NULL);

        g_assert_nonnull(schema);
        g_test_message("%s", cases[i].names);
        g_assert_cmpstr(schema->label >= 0 ? frame->columns[schema->label]->name : NULL,
                        ==,
                        cases[i].label);
        if (cases[i].score != NULL) {
            g_assert_cmpint(schema->score, >=, 0);
            g_assert_cmpstr(frame->columns[schema->score]->name, ==, cases[i].score);
        }
    }
}

/* 300 rows: a class of three, what is made of it, and what has nothing to do with it */
static ErrataFrame *
test_classes_frame(const char *names)
{
    g_auto(GStrv) name = g_strsplit(names, ",", -1);
    g_autoptr(GString) text = g_string_new(names);

    for (guint64 row = 0; row < TEST_ROWS; row++) {
        ErrataRng rng = errata_rng_init(7, 2, row);
        guint class = (guint)(errata_rng_uniform(&rng) * 3.0);
        guint said = errata_rng_uniform(&rng) < 0.8 ? class : (class + 1) % 3;

        g_string_append_c(text, '\n');
        for (guint c = 0; name[c] != NULL; c++) {
            guint any = (guint)(errata_rng_uniform(&rng) * 3.0);
            double score = 0.05 + 0.1 * errata_rng_uniform(&rng);

            g_string_append(text, c > 0 ? "," : "");
            if (g_str_has_prefix(name[c], "p_"))
                g_string_append_printf(text, "%.4f", said == 1 ? 1.0 - score : score);
            else if (g_str_has_prefix(name[c], "prob_"))
                g_string_append_printf(
                    text,
                    "%.4f",
                    said == (guint)(name[c][strlen(name[c]) - 1] - '0') % 3 ? 0.8 : 0.1);
            else if (strstr(name[c], "finding") != NULL || g_str_equal(name[c], "expected") ||
                     g_str_equal(name[c], "label"))
                g_string_append(text, class == 1 ? "benign" : "malignant");
            else if (g_str_equal(name[c], "cut") || g_str_equal(name[c], "prediction") ||
                     g_str_equal(name[c], "got"))
                g_string_append(text, said == 1 ? "benign" : "malignant");
            else if (g_str_equal(name[c], "near"))
                g_string_append(text, (said == 1) != (row % 30 == 0) ? "benign" : "malignant");
            else if (g_str_equal(name[c], "plan"))
                g_string_append(text, any == 1 ? "benign" : "gold");
            else if (g_str_equal(name[c], "made"))
                g_string_append_printf(text, "%u", said);
            else
                g_string_append_printf(text, "%u", g_str_equal(name[c], "cultivar") ? class : any);
        }
    }
    g_string_append_c(text, '\n');
    return schema_frame_new(text->str);
}

static void
test_classes_named(void)
{
    static const struct {
        const char *names;
        const char *label;
        const char *prediction;
    } cases[] = {
        {"x,cultivar,prob_0,prob_1,prob_2", "cultivar", NULL},
        {"x,cultivar,made,prob_0,prob_1,prob_2", "cultivar", "made"},
        {"x,other,prob_0,prob_1,prob_2", NULL, NULL},
        {"x,finding,p_benign", "finding", NULL},
        {"x,plan,finding,p_benign", "finding", NULL},
        {"x,near,p_benign", "near", NULL},
        {"x,cut,finding,p_benign", "finding", "cut"},
        {"x,cut,p_benign", NULL, NULL},
        {"x,plan,p_benign", NULL, NULL},
        {"x,p_benign", NULL, NULL},
        {"x,finding,prediction", "finding", "prediction"},
        {"x,plan,finding,prediction", "finding", "prediction"},
        {"x,near,finding,prediction", NULL, "prediction"},
        {"x,plan,prediction", NULL, "prediction"},
        {"x,baseline finding,prediction", NULL, "prediction"},
        {"x,expected,got", "expected", "got"},
        {"x,label,cut", "label", "cut"},
        {"x,label,plan", "label", NULL},
    };

    g_test_summary("The column with the values that scores are named after is the label");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrame) frame = test_classes_frame(cases[i].names);
        g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, NULL);
        int label;
        int prediction;

        g_assert_nonnull(schema);
        g_test_message("%s", cases[i].names);
        label = schema->label;
        prediction = schema->prediction;
        g_assert_cmpstr(label >= 0 ? frame->columns[label]->name : NULL, ==, cases[i].label);
        g_assert_cmpstr(prediction >= 0 ? frame->columns[prediction]->name : NULL,
                        ==,
                        cases[i].prediction);
    }
}

/* 200 rows of a table in which a tool wrote the label of two classes, its scores and what it says
 * under the names given; `…yes…` is the score of that class, unless the name is that of another
 * column */
static ErrataFrame *
test_tool_frame(const char *names, const char *label, const char *prediction)
{
    g_auto(GStrv) name = g_strsplit(names, ",", -1);
    g_autoptr(GString) text = g_string_new(names);
    gboolean words = strstr(names, "yes") != NULL;

    for (guint64 row = 0; row < 200; row++) {
        ErrataRng rng = errata_rng_init(11, 2, row);
        double score = errata_rng_uniform(&rng);
        guint truth = errata_rng_uniform(&rng) < score ? 1 : 0;

        g_string_append_c(text, '\n');
        for (guint c = 0; name[c] != NULL; c++) {
            gboolean is_label = g_strcmp0(name[c], label) == 0;

            g_string_append(text, c > 0 ? "," : "");
            if (is_label || g_strcmp0(name[c], prediction) == 0) {
                guint value = is_label ? truth : (score >= 0.5 ? 1 : 0);

                g_string_append(text, words ? (value == 1 ? "yes" : "no") : value == 1 ? "1" : "0");
            } else if (strstr(name[c], "yes") != NULL || strchr(name[c], '1') != NULL)
                g_string_append_printf(text, "%.6f", score);
            else if (strstr(name[c], "no") != NULL || strchr(name[c], '0') != NULL)
                g_string_append_printf(text, "%.6f", 1.0 - score);
            else
                g_string_append_printf(text, "%.3f", errata_rng_uniform(&rng) * 9.0);
        }
    }
    g_string_append_c(text, '\n');
    return schema_frame_new(text->str);
}

static void
test_tools(void)
{
    static const struct {
        const char *names;
        const char *label;
        const char *prediction;
        const char *score; /* of the class that is yes */
    } cases[] = {
        {"age,churn,predict,p0,p1", "churn", "predict", "p1"},
        {"age,churn,predict,no,yes", "churn", "predict", "yes"},
        {"pred,obs,no,yes", "obs", "pred", "yes"},
        {".row,.pred_class,.pred_no,.pred_yes,churn", "churn", ".pred_class", ".pred_yes"},
        {"age,churn,Forest,Forest (no),Forest (yes)", "churn", "Forest", "Forest (yes)"},
        {"age,churn,P_churn1,P_churn0", "churn", NULL, "P_churn1"},
        {"age,churn,churn_yes_PREDICTION,churn_no_PREDICTION,churn_PREDICTION",
         "churn",
         "churn_PREDICTION",
         "churn_yes_PREDICTION"},
        {"age,class,0,1", "class", NULL, "1"},
    };

    g_test_summary("Scores that tools name after the classes are of those classes");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrame) frame =
            test_tool_frame(cases[i].names, cases[i].label, cases[i].prediction);
        g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, NULL);
        guint column = 0;

        g_test_message("%s", cases[i].names);
        g_assert_nonnull(schema);
        g_assert_cmpint(schema->label, >=, 0);
        g_assert_cmpstr(frame->columns[schema->label]->name, ==, cases[i].label);
        g_assert_cmpstr(schema->prediction >= 0 ? frame->columns[schema->prediction]->name : NULL,
                        ==,
                        cases[i].prediction);
        g_assert_nonnull(errata_frame_find(frame, cases[i].score, &column));
        g_assert_cmpint(schema->columns[column].role, ==, ERRATA_ROLE_SCORE);
        g_assert_cmpuint(schema->n_classes, ==, 2);
        g_assert_cmpint(schema->columns[column].class_index, ==, 1);
    }
}

/* parts of a whole are named after what they are parts of, and are no scores */
static void
test_parts(void)
{
    static const char *const names[] = {"clay,sand,soil,x",
                                        "clay,sand,soil,x,y,prediction",
                                        "pct_clay,pct_sand,soil,y,prediction"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(GStrv) name = g_strsplit(names[i], ",", -1);
        g_autoptr(GString) text = g_string_new(names[i]);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;

        for (guint64 row = 0; row < 200; row++) {
            ErrataRng rng = errata_rng_init(13, 2, row);
            double clay = errata_rng_uniform(&rng);

            g_string_append_c(text, '\n');
            for (guint c = 0; name[c] != NULL; c++) {
                g_string_append(text, c > 0 ? "," : "");
                if (g_str_equal(name[c], "soil"))
                    g_string_append(text, clay > 0.5 ? "clay" : "sand");
                else if (strstr(name[c], "clay") != NULL || strstr(name[c], "sand") != NULL)
                    g_string_append_printf(text,
                                           "%.6f",
                                           strstr(name[c], "clay") != NULL ? clay : 1.0 - clay);
                else
                    g_string_append_printf(text, "%.3f", 20.0 * clay + errata_rng_uniform(&rng));
            }
        }
        g_string_append_c(text, '\n');
        frame = schema_frame_new(text->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        g_test_message("%s", names[i]);
        g_assert_nonnull(schema);
        for (guint c = 0; name[c] != NULL; c++)
            g_assert_cmpint(schema->columns[c].role, !=, ERRATA_ROLE_SCORE);
        g_assert_cmpstr(schema->label >= 0 ? frame->columns[schema->label]->name : NULL,
                        ==,
                        i == 0 ? NULL : "y");
    }
}

/* a margin is no probability, and is not said to be one */
static void
test_margin(void)
{
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GString) table = g_string_new("id,score,prediction,label\n");
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;

        for (guint row = 0; row < 80; row++)
            g_string_append_printf(table,
                                   "%u,%s%u.%02u,%u,%u\n",
                                   row,
                                   i == 0 && row % 2 == 0 ? "-" : "",
                                   i == 0 ? row % 5 + 1 : 0U,
                                   row % 2 * 50 + row % 7,
                                   row % 2,
                                   row % 9 == 0 ? 1 - row % 2 : row % 2);
        frame = schema_frame_new(table->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        g_assert_cmpint(schema->score, ==, 1);
        g_assert_cmpstr(schema->positive_reason,
                        ==,
                        i == 0 ? "the score is higher with it" : "the score is its probability");
    }
}

/* 1 is positive also where the one score is that of 0, as predictions, or else labels, or the log
 * that a reference belongs to, tell; not where words leave open which class is meant, and not where
 * labels say otherwise than predictions */
static void
test_score_of_zero(void)
{
    static const struct {
        const char *names;
        const char *classes[2];
        gboolean crossed; /* labels go with the score, predictions against it */
        const char *reason;
    } cases[] = {{"size,score,prediction,label", {"0", "1"}, FALSE, "as the predictions tell"},
                 {"size,score,label", {"no", "yes"}, FALSE, "as the labels tell"},
                 {"size,proba_class_0,label", {"0", "1"}, FALSE, NULL},
                 {"size,score,label", {"left", "stayed"}, FALSE, NULL},
                 {"size,score,prediction,label", {"0", "1"}, TRUE, NULL}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) table = g_string_new(cases[i].names);
        gboolean predicts = strstr(cases[i].names, "prediction") != NULL;
        gboolean turned = i < 3;
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL, other = NULL;

        for (guint row = 0; row < 300; row++) {
            double score = (double)(row * 37 % 300) / 300.0;
            guint said = score < 0.5 ? 1 : 0;
            guint label = (row % 9 == 0) != cases[i].crossed ? 1 - said : said;

            g_string_append_printf(table, "\n%u,%.3f,", row % 50, score);
            if (predicts)
                g_string_append_printf(table, "%s,", cases[i].classes[said]);
            g_string_append(table, cases[i].classes[label]);
        }
        g_string_append_c(table, '\n');
        frame = schema_frame_new(table->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        other = errata_schema_infer(frame, NULL, schema, NULL);
        g_assert_cmpint(schema->score, ==, 1);
        g_assert_cmpint(schema->columns[1].class_index, ==, turned ? 0 : -1);
        g_assert_cmpint(schema->positive, ==, turned ? 1 : 0);
        g_assert_cmpint(other->positive, ==, schema->positive);
        g_assert_cmpint(other->columns[1].class_index, ==, schema->columns[1].class_index);
        if (cases[i].reason != NULL)
            g_assert_nonnull(strstr(schema->columns[1].reason, cases[i].reason));
    }
}

/* the label of 400 rows in which @name is @level and, with @share, what is predicted besides
 * noise */
static int
test_faint_label(const char *name, double level, double share)
{
    g_autoptr(GString) table = g_string_new(NULL);
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataSchema) schema = NULL;

    g_string_printf(table, "x,%s,prediction\n", name);
    for (guint64 row = 0; row < 400; row++) {
        ErrataRng rng = errata_rng_init(11, 3, row);
        double told = 10.0 * errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "%.3f,%.3f,%.3f\n",
                               errata_rng_uniform(&rng),
                               level + share * told + 60.0 * errata_rng_uniform(&rng),
                               35.0 + told);
    }
    frame = schema_frame_new(table->str);
    schema = errata_schema_infer(frame, NULL, NULL, NULL);
    return schema != NULL ? schema->label : -2;
}

static void
test_outcome_faint(void)
{
    g_test_summary("A target that is hardly foretold is the label; one of another size is none");
    g_assert_cmpint(test_faint_label("target", 5.0, 1.5), ==, 1);
    g_assert_cmpint(test_faint_label("y", 5.0, 1.5), ==, 1);
    g_assert_cmpint(test_faint_label("target", 900.0, 1.5), ==, -1);
    g_assert_cmpint(test_faint_label("target", 10.0, 0.0), ==, -1);
    g_assert_cmpint(test_faint_label("age", 5.0, 1.5), ==, -1);
}

/* a role of an object or a list is that of its parts */
/* what a model that predicts one number of every row has in its log */
static void
test_outcome_constant(void)
{
    static const struct {
        const char *names, *constant;
        guint values; /* of the label */
        const char *label;
    } cases[] = {{"x,prediction,label", "3.7", 5, "label"},
                 {"x,prediction,label", "42", 9000, "label"},
                 {"x,predicted_price,price", "42", 9000, "price"},
                 {"x,predicted_price,price", "420000", 9000, NULL}};

    g_test_summary("One number beside a numeric label is a regression, of any number");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) text = g_string_new(cases[i].names);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;
        g_autoptr(GError) error = NULL;

        for (guint64 row = 0; row < TEST_ROWS; row++) {
            ErrataRng rng = errata_rng_init(5, 7, row);
            double x = errata_rng_uniform(&rng);
            guint label = 1 + (guint)(errata_rng_uniform(&rng) * cases[i].values);

            g_string_append_printf(text,
                                   "\n0.%04u,%s,%u",
                                   (guint)(x * 9999.0),
                                   cases[i].constant,
                                   label);
            g_string_append(text, label > 10 ? ".25" : "");
        }
        g_string_append_c(text, '\n');
        frame = schema_frame_new(text->str);
        schema = errata_schema_infer(frame, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(schema->task, ==, ERRATA_TASK_REGRESSION);
        if (cases[i].label == NULL)
            g_assert_cmpint(schema->label, <, 0);
        else
            g_assert_cmpstr(frame->columns[schema->label]->name, ==, cases[i].label);
    }
}

static void
test_schema_declared_parts(void)
{
    static const char table[] = "y,p.0,p.1,px\n0,0.9,0.1,3\n1,0.2,0.8,4\n0,0.7,0.3,5\n";
    g_autoptr(ErrataFrame) frame = schema_frame_new(table);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(GError) error = NULL;

    g_hash_table_insert(settings->roles, g_strdup("p"), g_strdup("ignore"));
    schema = errata_schema_infer(frame, settings, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(schema->columns[1].role, ==, ERRATA_ROLE_IGNORE);
    g_assert_cmpint(schema->columns[2].role, ==, ERRATA_ROLE_IGNORE);
    g_assert_false(schema->columns[3].declared);
}

/* label, prediction and score in other alphabets, capitals and all */
static void
test_schema_alphabets(void)
{
    static const char *const names[] = {"标签,预测,概率",
                                        "真实值,预测值,预测概率",
                                        "標籤,預測,機率",
                                        "正解,予測,確率",
                                        "정답,예측,확률",
                                        "Метка,Прогноз,Вероятность",
                                        "التسمية,التنبؤ,الاحتمال",
                                        "etykieta,prognoza,prawdopodobieństwo",
                                        "Gerçek,Tahmin,Olasılık"};
    static const ErrataRole roles[] = {ERRATA_ROLE_LABEL,
                                       ERRATA_ROLE_PREDICTION,
                                       ERRATA_ROLE_SCORE};

    for (guint c = 0; c < G_N_ELEMENTS(names); c++) {
        g_autoptr(GString) text = g_string_new(names[c]);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;

        g_string_append(text, ",x");
        for (guint64 row = 0; row < TEST_ROWS; row++) {
            ErrataRng rng = errata_rng_init(5, 5, row);
            double score = errata_rng_uniform(&rng);
            guint truth = errata_rng_uniform(&rng) < score ? 1 : 0;

            g_string_append_printf(text,
                                   "\n%u,%u,0.%04u,%u",
                                   truth,
                                   score >= 0.5 ? 1u : 0u,
                                   (guint)(score * 9999.0),
                                   (guint)(errata_rng_uniform(&rng) * 90.0));
        }
        g_string_append_c(text, '\n');
        frame = schema_frame_new(text->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
            g_test_message("%s", frame->columns[i]->name);
            g_assert_cmpint(schema->columns[i].role, ==, roles[i]);
        }
    }
}

/* the median of a forecast is its prediction; what latencies have are inputs */
static void
test_schema_quantiles(void)
{
    static const struct {
        const char *names; /* of a label, three numbers that go up, and one that hardly tells it */
        ErrataRole median;
        ErrataRole lower;
    } cases[] = {
        {"actual,p10,p50,p90,x", ERRATA_ROLE_PREDICTION, ERRATA_ROLE_IGNORE},
        {"actual,0.1,0.5,0.9,x", ERRATA_ROLE_PREDICTION, ERRATA_ROLE_IGNORE},
        {"actual,forecast_q0.05,forecast_q0.5,forecast_q0.95,x",
         ERRATA_ROLE_PREDICTION,
         ERRATA_ROLE_IGNORE},
        {"actual,quantile(0.25),quantile(0.5),quantile(0.75),x",
         ERRATA_ROLE_PREDICTION,
         ERRATA_ROLE_IGNORE},
        {"actual_sales,sales_p10,sales_p50,sales_p90,x",
         ERRATA_ROLE_PREDICTION,
         ERRATA_ROLE_IGNORE},
        {"actual,latency_p10,latency_p50,latency_p90,x", ERRATA_ROLE_FEATURE, ERRATA_ROLE_FEATURE},
        {"actual,p50,p90,p99,x", ERRATA_ROLE_FEATURE, ERRATA_ROLE_FEATURE},
        {"actual,p10,p50,p90,prediction", ERRATA_ROLE_FEATURE, ERRATA_ROLE_FEATURE},
    };

    for (guint c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autoptr(GString) text = g_string_new(cases[c].names);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;

        for (guint64 row = 0; row < TEST_ROWS; row++) {
            ErrataRng rng = errata_rng_init(5, 4, row);
            double mean = 100.0 * errata_rng_uniform(&rng);
            double actual = mean + 8.0 * errata_rng_uniform(&rng) - 4.0;

            g_string_append_printf(text,
                                   "\n%.3f,%.3f,%.3f,%.3f,%.3f",
                                   actual,
                                   mean - 3.0,
                                   mean,
                                   mean + 3.0,
                                   mean + 150.0 * errata_rng_uniform(&rng));
        }
        g_string_append_c(text, '\n');
        frame = schema_frame_new(text->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        g_test_message("%s", cases[c].names);
        g_assert_cmpint(schema->columns[1].role, ==, cases[c].lower);
        g_assert_cmpint(schema->columns[2].role, ==, cases[c].median);
    }
}

/* levels that tell no label, or beside something that tells it as well, are inputs and never the
 * label */
static void
test_schema_quantiles_inputs(void)
{
    static const struct {
        const char *names; /* of a number that is foretold, three that go up, and one more */
        double goes;       /* how much of the levels is what is foretold */
        double off;        /* spread by which the last misses it */
        guint values;      /* of what is foretold; 0: as many as there are */
        ErrataRole foretold;
        ErrataRole last;
    } cases[] = {
        {"price,p10,p50,p90,estimated_price",
         0.0,
         5.0,
         0,
         ERRATA_ROLE_LABEL,
         ERRATA_ROLE_PREDICTION},
        {"label,p10,p50,p90,forecast", 0.0, 5.0, 0, ERRATA_ROLE_LABEL, ERRATA_ROLE_PREDICTION},
        {"label,p10,p50,p90,forecast", 1.0, 5.0, 0, ERRATA_ROLE_LABEL, ERRATA_ROLE_PREDICTION},
        {"label,p25,median,p75,fitted", 0.0, 5.0, 0, ERRATA_ROLE_LABEL, ERRATA_ROLE_FEATURE},
        {"label,p25,median,p75,fitted", 1.0, 5.0, 0, ERRATA_ROLE_LABEL, ERRATA_ROLE_FEATURE},
        {"label,p10,p50,p90,x", 0.0, 500.0, 0, ERRATA_ROLE_LABEL, ERRATA_ROLE_FEATURE},
        {"label,p10,p50,p90,x", 1.0, 500.0, 5, ERRATA_ROLE_LABEL, ERRATA_ROLE_FEATURE},
        {"label,p10,p50,p90,risk_score", 1.0, 500.0, 0, ERRATA_ROLE_LABEL, ERRATA_ROLE_FEATURE},
        {"size,p5,p50,p95,x", 1.0, 500.0, 0, ERRATA_ROLE_FEATURE, ERRATA_ROLE_FEATURE},
        {"size,p5,p50,p95,prediction", 1.0, 500.0, 0, ERRATA_ROLE_FEATURE, ERRATA_ROLE_PREDICTION},
    };

    for (guint c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autoptr(GString) text = g_string_new(cases[c].names);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;

        for (guint64 row = 0; row < TEST_ROWS; row++) {
            ErrataRng rng = errata_rng_init(5, 6, row);
            double mean = 100.0 * errata_rng_uniform(&rng);
            double level = cases[c].goes * mean +
                           (1.0 - cases[c].goes) * 100.0 * errata_rng_uniform(&rng);
            double foretold = mean + 8.0 * errata_rng_uniform(&rng);

            if (cases[c].values > 0)
                foretold = floor(mean / 100.0 * cases[c].values);
            g_string_append_printf(text,
                                   "\n%.3f,%.3f,%.3f,%.3f,%.3f",
                                   foretold,
                                   0.7 * level,
                                   level,
                                   1.6 * level,
                                   mean + cases[c].off * errata_rng_uniform(&rng));
        }
        g_string_append_c(text, '\n');
        frame = schema_frame_new(text->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        g_test_message("%s %u", cases[c].names, c);
        g_assert_cmpint(schema->columns[0].role, ==, cases[c].foretold);
        for (guint i = 1; i < 4; i++)
            g_assert_cmpint(schema->columns[i].role, ==, ERRATA_ROLE_FEATURE);
        g_assert_cmpint(schema->columns[4].role, ==, cases[c].last);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-outcome/named", test_outcome);
    g_test_add_func("/schema/classes-named", test_classes_named);
    g_test_add_func("/schema/tools", test_tools);
    g_test_add_func("/schema/parts", test_parts);
    g_test_add_func("/schema/margin", test_margin);
    g_test_add_func("/schema/score-of-zero", test_score_of_zero);
    g_test_add_func("/schema-outcome/faint", test_outcome_faint);
    g_test_add_func("/schema-outcome/risk", test_outcome_risk);
    g_test_add_func("/schema-outcome/constant", test_outcome_constant);
    g_test_add_func("/schema/declared-parts", test_schema_declared_parts);
    g_test_add_func("/schema/quantiles", test_schema_quantiles);
    g_test_add_func("/schema/quantiles-inputs", test_schema_quantiles_inputs);
    g_test_add_func("/schema/alphabets", test_schema_alphabets);
    return g_test_run();
}
