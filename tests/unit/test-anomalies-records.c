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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/anomalies-records/variants", test_records_variants);
    g_test_add_func("/anomalies-records/none", test_records_none);
    return g_test_run();
}
