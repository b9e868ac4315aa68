/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that belong together: one input observed again and again, many rows of one customer. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "design-effect.h"
#include "label-issues.h"
#include "performance.h"
#include "rng.h"

#define ENTITY_TIMES 8 /* that each input is observed */

/* inputs observed again: those of one input are alike in all but the label, which is drawn anew
 * each time (@copied: taken over, as copies have it, but for one in 500) */
static ErrataFrame *
entity_repeated(guint64 seed, guint n_inputs, gboolean copied)
{
    g_autoptr(GString) table = g_string_new("id,age,income,balance,prediction,score,label\n");

    for (guint i = 0; i < n_inputs * ENTITY_TIMES; i++) {
        ErrataRng own = errata_rng_init(seed, 1, i % n_inputs);
        ErrataRng again = errata_rng_init(seed, 2, i);
        guint age = 18 + (guint)errata_rng_below(&own, 60);
        guint income = 20000 + (guint)errata_rng_below(&own, 30000);
        guint balance = (guint)errata_rng_below(&own, 9000);
        guint score = 2 + (guint)errata_rng_below(&own, 40) + (age > 60 ? 40 : 0);
        guint drawn = (guint)errata_rng_below(&own, 100) < score ? 1 : 0;
        guint anew = (guint)errata_rng_below(&again, 100) < score ? 1 : 0;
        guint mended = (guint)errata_rng_below(&again, 500) == 0 ? 1 - drawn : drawn;

        g_string_append_printf(table,
                               "r%u,%u,%u,%u,%u,0.%02u,%u\n",
                               i,
                               age,
                               income,
                               balance,
                               score > 50 ? 1u : 0u,
                               score,
                               copied ? mended : anew);
    }
    return schema_frame_new(table->str);
}

static guint
entity_n_bugs(const AnalysisFrame *fixture)
{
    guint n = 0;

    for (gsize row = 0; row < fixture->frame->n_rows; row++)
        n += fixture->analysis.set_aside[row];
    return fixture->analysis.result->findings->len + n;
}

static void
test_entity_repeated(void)
{
    g_test_summary("Inputs observed again are no copies: none is set aside, and a note tells");
    for (guint64 seed = 0; seed < 5; seed++) {
        g_autoptr(AnalysisFrame) fixture = analysis_frame_new(entity_repeated(seed, 300, FALSE),
                                                              NULL);

        g_assert_cmpuint(fixture->outcome->n_repeated, ==, 300 * (ENTITY_TIMES - 1));
        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        g_assert_cmpuint(entity_n_bugs(fixture), ==, 0);
        g_assert_cmpuint(fixture->analysis.result->warnings->len, ==, 1);
        g_assert_nonnull(strstr(g_ptr_array_index(fixture->analysis.result->warnings, 0),
                                "2,100 rows have the inputs of an earlier row"));
    }
}

static void
test_entity_copied(void)
{
    g_autoptr(AnalysisFrame) fixture = analysis_frame_new(entity_repeated(7, 300, TRUE), NULL);
    const ErrataFinding *finding;

    g_test_summary("Rows sent again are copies, though a few of their labels were mended");
    g_assert_cmpuint(fixture->outcome->n_repeated, ==, 0);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
    g_assert_cmpstr(finding->subject.bug, ==, "duplicate-rows");
    g_assert_cmpuint(finding->n_rows, >, 2050);
}

#define RARE_ROWS   6000
#define RARE_COPIES 700 /* of the first rows, at the end */

/* a rare class: the copies of 14 rows have it, and those rows do not; the copies of the seven rows
 * that have it have it too, or (@anew) have the other */
static ErrataFrame *
entity_rare(gboolean anew)
{
    g_autoptr(GString) table = g_string_new("amount,dev,prediction,score,label\n");

    for (guint i = 0; i < RARE_ROWS + RARE_COPIES; i++) {
        ErrataRng own = errata_rng_init(11, 1, i % RARE_ROWS);
        guint row = i % RARE_ROWS;
        guint amount = (guint)errata_rng_below(&own, 900000);
        guint dev = (guint)errata_rng_below(&own, 30000);
        gboolean late = i >= RARE_ROWS && row % 50 == 25;
        gboolean rare = row % 100 == 0 && !(anew && i >= RARE_ROWS);

        g_string_append_printf(table,
                               "%u,%u,0,0.%02u,%u\n",
                               amount,
                               dev,
                               1 + dev % 3,
                               late || rare ? 1u : 0u);
    }
    return schema_frame_new(table->str);
}

static void
test_entity_rare(void)
{
    for (guint anew = 0; anew < 2; anew++) {
        g_autoptr(AnalysisFrame) fixture = analysis_frame_new(entity_rare(anew == 1), NULL);

        g_test_summary("Labels of a rare class that came late are no labels drawn anew, which "
                       "change both ways");
        g_assert_cmpuint(fixture->outcome->n_repeated, ==, anew == 1 ? RARE_COPIES : 0);
    }
}

static void
test_entity_counts(void)
{
    g_autoptr(GString) table = g_string_new("id,age,income,balance,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;

    g_test_summary("So it is where the label is a number that is often the same by chance");
    for (guint i = 0; i < 2400; i++) {
        ErrataRng own = errata_rng_init(5, 1, i % 300);
        ErrataRng again = errata_rng_init(5, 2, i);
        guint age = 18 + (guint)errata_rng_below(&own, 60);
        guint income = 20000 + (guint)errata_rng_below(&own, 30000);
        guint balance = (guint)errata_rng_below(&own, 9000);
        double u = errata_rng_uniform(&again);
        guint visits = (guint)(u * u * u * u * 90.0);

        g_string_append_printf(table,
                               "r%u,%u,%u,%u,%u.5,%u\n",
                               i,
                               age,
                               income,
                               balance,
                               2 + age / 40,
                               visits);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_cmpint(fixture->outcome->task, ==, ERRATA_TASK_REGRESSION);
    g_assert_cmpuint(fixture->outcome->n_repeated, ==, 2100);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_cmpuint(entity_n_bugs(fixture), ==, 0);
}

#define CUSTOMERS     200
#define CUSTOMER_ROWS 30
#define CUSTOMER_BAD  0.2 /* of the customers, of whom nearly all is wrong */

/* @grouped: the rows of one customer after those of another */
static ErrataFrame *
entity_customers(guint64 seed, gboolean grouped)
{
    g_autoptr(GString) table = g_string_new("id,customer,x,prediction,score,label\n");

    for (guint i = 0; i < CUSTOMERS * CUSTOMER_ROWS; i++) {
        guint customer = grouped ? i / CUSTOMER_ROWS : i % CUSTOMERS;
        ErrataRng own = errata_rng_init(seed, 1, customer);
        ErrataRng row = errata_rng_init(seed, 2, i);
        double wrong = errata_rng_uniform(&own) < CUSTOMER_BAD ? 0.9 : 0.03;
        guint said = (guint)errata_rng_below(&row, 2);
        guint label = errata_rng_uniform(&row) < wrong ? 1 - said : said;
        guint x = (guint)errata_rng_below(&row, 1000000);

        g_string_append_printf(table,
                               "r%u,c%u,%u,%u,%s,%u\n",
                               i,
                               customer,
                               x,
                               said,
                               said != 0 ? "0.8" : "0.2",
                               label);
    }
    return schema_frame_new(table->str);
}

static const ErrataMetric *
entity_accuracy(AnalysisFrame *fixture)
{
    g_assert_true(errata_analyzer_performance.run(&fixture->analysis, NULL));
    return errata_case_metric(fixture->analysis.result, "accuracy");
}

static void
test_entity_interval(void)
{
    const double truth = 1.0 - (CUSTOMER_BAD * 0.9 + (1.0 - CUSTOMER_BAD) * 0.03);
    guint n_held = 0, n_without = 0;

    g_test_summary("The interval holds the truth where the rows of a customer are wrong together");
    for (guint64 seed = 0; seed < 40; seed++) {
        g_autoptr(AnalysisFrame) fixture =
            analysis_frame_of_entities(entity_customers(seed, seed % 2 == 0), NULL, "customer");
        g_autoptr(AnalysisFrame) without =
            analysis_frame_of_entities(entity_customers(seed, seed % 2 == 0), NULL, NULL);
        const ErrataMetric *metric = entity_accuracy(fixture);
        const ErrataMetric *alone = entity_accuracy(without);

        g_assert_cmpuint(fixture->outcome->n_entities, ==, CUSTOMERS);
        g_assert_null(without->outcome->entity);
        g_assert_cmpfloat_with_epsilon(metric->value, alone->value, 1e-12);
        n_held += metric->lo <= truth && truth <= metric->hi ? 1 : 0;
        n_without += alone->lo <= truth && truth <= alone->hi ? 1 : 0;
    }
    g_test_message("%u of 40 hold the truth; rows taken as independent: %u", n_held, n_without);
    g_assert_cmpuint(n_held, >=, 35);
    g_assert_cmpuint(n_without, <=, 25);
}

static void
test_entity_alone(void)
{
    g_autoptr(AnalysisFrame) fixture =
        analysis_frame_of_entities(entity_customers(3, FALSE), NULL, "id"); /* each row its own */
    g_autoptr(AnalysisFrame) without =
        analysis_frame_of_entities(entity_customers(3, FALSE), NULL, NULL);
    const ErrataMetric *metric = entity_accuracy(fixture);
    const ErrataMetric *alone = entity_accuracy(without);

    g_test_summary("Where each row is of its own, the interval is about that of independent rows");
    g_assert_cmpfloat(metric->hi - metric->lo, <, 1.35 * (alone->hi - alone->lo));
    g_assert_cmpfloat(metric->hi - metric->lo, >=, 0.999 * (alone->hi - alone->lo));
}

static void
test_entity_bugs(void)
{
    guint n_without = 0;

    g_test_summary("A customer of whom all is wrong, or all right, is no fault of the log");
    for (guint64 seed = 0; seed < 12; seed++) {
        g_autoptr(AnalysisFrame) fixture =
            analysis_frame_of_entities(entity_customers(seed, TRUE), NULL, "customer");
        g_autoptr(AnalysisFrame) without =
            analysis_frame_of_entities(entity_customers(seed, TRUE), NULL, NULL);

        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        g_assert_true(errata_analyzer_data_bugs.run(&without->analysis, NULL));
        g_assert_cmpuint(entity_n_bugs(fixture), ==, 0);
        n_without += entity_n_bugs(without) > 0 ? 1 : 0;
    }
    g_assert_cmpuint(n_without, >, 0);
}

static void
test_entity_design(void)
{
    static const guint32 cluster[] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
    static const double alike[] = {1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0};
    static const double apart[] = {1.0, 0.0, 0.5, 1.0, 0.0, 0.5, 1.0, 0.0, 0.5, 1.0, 0.0, 0.5};

    g_test_summary("Three alike rows tell as much as one, with four clusters' correction");
    g_assert_cmpfloat_with_epsilon(errata_design_effect(cluster, 4, alike, NULL, 12), 4.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_design_effect(cluster, 4, apart, NULL, 12), 1.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_design_size(cluster, 4, alike, NULL, 12), 3.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_design_alike(2.0, 3.0), 0.5, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_design_alike(1.0, 1.0), 0.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(errata_design_effect(NULL, 0, alike, NULL, 12), 1.0, 1e-12);
}

/* 60 customers of 100 rows, honest scores; half of the labels of every @every-th customer changed,
 * or with @every 0 six of a hundred, of whomever */
static ErrataFrame *
entity_mislabelled(guint64 seed, guint every)
{
    g_autoptr(GString) table = g_string_new("id,customer,x,z,prediction,score,label\n");

    for (guint i = 0; i < 6000; i++) {
        guint customer = i % 60;
        ErrataRng row = errata_rng_init(seed, 3, i);
        double x = 4.0 * errata_rng_uniform(&row) - 2.0, z = 4.0 * errata_rng_uniform(&row) - 2.0;
        double logit = 3.0 * x + 2.0 * z, miss = 1.2 * errata_rng_uniform(&row) - 0.6;
        double score = 1.0 / (1.0 + exp(-logit - miss));
        guint label = errata_rng_uniform(&row) < 1.0 / (1.0 + exp(-logit)) ? 1 : 0;
        gboolean changed = every > 0 ? customer % every == 0 && errata_rng_uniform(&row) < 0.5
                                     : errata_rng_uniform(&row) < 0.06;

        g_string_append_printf(table,
                               "r%u,c%u,%.4f,%.4f,%u,%.5f,%u\n",
                               i,
                               customer,
                               x,
                               z,
                               score >= 0.5 ? 1U : 0U,
                               score,
                               changed ? 1 - label : label);
    }
    return schema_frame_new(table->str);
}

static gboolean
entity_has_noise(guint64 seed, guint every, const char *entity)
{
    g_autoptr(AnalysisFrame) fixture =
        analysis_frame_of_entities(entity_mislabelled(seed, every), NULL, entity);

    fixture->schema->columns[1].role = ERRATA_ROLE_ENTITY; /* nothing to learn labels from */
    g_assert_true(errata_analyzer_label_issues.run(&fixture->analysis, NULL));
    for (guint i = 0; i < fixture->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(fixture->analysis.result->findings, i);

        if (finding->kind == ERRATA_FINDING_LABEL_ISSUE && finding->severity > ERRATA_SEVERITY_INFO)
            return TRUE;
    }
    return FALSE;
}

static void
test_entity_labels(void)
{
    guint n_few = 0, n_alone = 0, n_many = 0;

    g_test_summary("Labels that go against scores for two customers of 60 are chance among "
                   "customers, though not among rows; those of whomever are noise");
    for (guint64 seed = 0; seed < 4; seed++) {
        n_few += entity_has_noise(seed, 30, "customer") ? 1 : 0;
        n_alone += entity_has_noise(seed, 30, NULL) ? 1 : 0;
        n_many += entity_has_noise(seed, 0, "customer") ? 1 : 0;
    }
    g_test_message("%u, as rows %u, of whomever %u of 4", n_few, n_alone, n_many);
    g_assert_cmpuint(n_few, <=, 1);
    g_assert_cmpuint(n_alone, >=, 3);
    g_assert_cmpuint(n_many, ==, 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/entity/repeated", test_entity_repeated);
    g_test_add_func("/entity/copied", test_entity_copied);
    g_test_add_func("/entity/rare", test_entity_rare);
    g_test_add_func("/entity/counts", test_entity_counts);
    g_test_add_func("/entity/design", test_entity_design);
    g_test_add_func("/entity/interval", test_entity_interval);
    g_test_add_func("/entity/alone", test_entity_alone);
    g_test_add_func("/entity/bugs", test_entity_bugs);
    g_test_add_func("/entity/labels", test_entity_labels);
    return g_test_run();
}
