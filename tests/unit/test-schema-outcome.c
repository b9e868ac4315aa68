/* SPDX-License-Identifier: GPL-3.0-or-later */
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema-outcome/named", test_outcome);
    return g_test_run();
}
