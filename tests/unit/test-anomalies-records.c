/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Impossible records that come again and again, in several variants. */
#include <math.h>

#include "analysis-frame.h"
#include "anomalies.h"
#include "rng.h"

#define ROWS 4000

/* four normal numbers, rounded; with @records nine rows each of three records: two of them share
 * two values, and the third one value with both */
static AnalysisFrame *
records_run(guint64 seed, gboolean records, double together)
{
    g_autoptr(GString) table = g_string_new("a,b,c,d,prediction,label\n");
    AnalysisFrame *self;

    for (guint i = 0; i < ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 1, i);
        double v[5];

        for (guint k = 0; k < 5; k++) {
            double u = errata_rng_uniform(&rng);

            v[k] = sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * errata_rng_uniform(&rng));
        }
        for (guint k = 0; k < 4; k++)
            v[k] = together * v[4] + sqrt(1.0 - together * together) * v[k];
        if (records && i % 150 == 60) {
            v[0] = -5.0;
            v[1] = i / 150 % 3 == 2 ? 5.0 : -5.0;
            v[2] = 5.0 + 0.1 * (i / 150 % 3);
        }
        for (guint k = 0; k < 4; k++)
            g_string_append_printf(table, records ? "%.2f," : "%.1f,", v[k]);
        g_string_append_printf(table,
                               "%u,%u\n",
                               (guint)errata_rng_below(&rng, 2),
                               (guint)errata_rng_below(&rng, 2));
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_anomalies.run(&self->analysis, NULL));
    return self;
}

static void
test_records_variants(void)
{
    g_test_summary("Of repeated records that share values each is told, with its own rows");
    for (guint64 seed = 1; seed < 9; seed++) {
        g_autoptr(AnalysisFrame) fixture = records_run(seed, TRUE, 0.0);
        const GPtrArray *findings = fixture->analysis.result->findings;

        g_assert_cmpuint(findings->len, ==, 3);
        for (guint i = 0; i < findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, i);

            g_assert_cmpstr(errata_finding_note(finding, "anomaly"), ==, "repeated");
            g_assert_cmpuint(finding->n_rows, ==, 9);
            for (guint k = 1; k < 9; k++)
                g_assert_cmpuint(finding->row[k] % 450, ==, finding->row[0] % 450);
        }
    }
}

static void
test_records_none(void)
{
    static const double together[] = {0.0, 0.8, 0.95};

    g_test_summary("Rounded columns, alone and together, repeat no record");
    for (guint k = 0; k < G_N_ELEMENTS(together); k++)
        for (guint64 seed = 1; seed < 9; seed++) {
            g_autoptr(AnalysisFrame) fixture = records_run(seed, FALSE, together[k]);

            g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 0);
        }
}

static guint
records_poisson(ErrataRng *rng, double mean)
{
    double left = exp(-mean);
    double u = errata_rng_uniform(rng);
    guint n = 0;

    for (; u > left && n < 30; n++) {
        u -= left;
        left *= mean / (n + 1.0);
    }
    return n;
}

/* two counts, 0 in every twentieth row and together where @alike, and an amount; with @record 27
 * rows of no counts and one amount */
static AnalysisFrame *
records_counts(guint64 seed, gboolean record, gboolean alike)
{
    g_autoptr(GString) table = g_string_new("visits,items,amount,age,prediction,label\n");
    AnalysisFrame *self;

    for (guint i = 0; i < ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 1, i);
        guint visits = records_poisson(&rng, 3.0);
        guint items = records_poisson(&rng, 3.0);
        double amount = -20.0 * log(1.0 - errata_rng_uniform(&rng));
        gboolean is_record = record && i % 150 == 60;

        items = alike && visits == 0 ? 0 : items;
        g_string_append_printf(table,
                               "%u,%u,%.2f,%.3f,%u,%u\n",
                               is_record ? 0 : visits,
                               is_record ? 0 : items,
                               is_record ? 119.12 : amount,
                               18.0 + 60.0 * errata_rng_uniform(&rng),
                               (guint)errata_rng_below(&rng, 2),
                               (guint)errata_rng_below(&rng, 2));
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_anomalies.run(&self->analysis, NULL));
    return self;
}

static void
test_records_common_ends(void)
{
    g_test_summary("A record may hold the common ends of counts beside a value that is its own");
    for (guint64 seed = 1; seed < 9; seed++) {
        g_autoptr(AnalysisFrame) fixture = records_counts(seed, TRUE, FALSE);
        const ErrataFinding *finding;

        g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
        g_assert_cmpstr(errata_finding_note(finding, "anomaly"), ==, "repeated");
        g_assert_cmpuint(finding->n_rows, ==, 27);
        for (guint k = 0; k < 27; k++)
            g_assert_cmpuint(finding->row[k] % 150, ==, 60);
    }
    for (guint64 seed = 1; seed < 9; seed++) {
        g_autoptr(AnalysisFrame) apart = records_counts(seed, FALSE, FALSE);
        g_autoptr(AnalysisFrame) alike = records_counts(seed, FALSE, TRUE);

        g_assert_cmpuint(apart->analysis.result->findings->len, ==, 0);
        g_assert_cmpuint(alike->analysis.result->findings->len, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/anomalies-records/variants", test_records_variants);
    g_test_add_func("/anomalies-records/none", test_records_none);
    g_test_add_func("/anomalies-records/common-ends", test_records_common_ends);
    return g_test_run();
}
