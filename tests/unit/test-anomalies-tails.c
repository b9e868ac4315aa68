/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "anomalies.h"
#include "rng.h"

#define ROWS    20000
#define STRAYS  9    /* below 0.05 % of the rows */
#define FARTHER 0.01 /* of the rows: the wider part of a column */

static double
draw_normal(ErrataRng *rng)
{
    double sum = -6.0;

    for (guint i = 0; i < 12; i++)
        sum += errata_rng_uniform(rng);
    return sum;
}

/* share lies between 0 and 1 but for a few values that are spread from 1.6 to 5 (with @both, half
 * of them from −4 to −0.6); the wider part of mixed reaches as far beyond its others, in more
 * rows */
static ErrataFrame *
tails_table(gboolean both, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("share,mixed,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 31, 0);

    for (guint i = 0; i < ROWS; i++) {
        double share = 0.25 * (errata_rng_uniform(&rng) + errata_rng_uniform(&rng) +
                               errata_rng_uniform(&rng) + errata_rng_uniform(&rng));
        double mixed = draw_normal(&rng) * (errata_rng_uniform(&rng) < FARTHER ? 6.0 : 1.0);
        guint label = (guint)errata_rng_below(&rng, 2);

        if (i % (ROWS / STRAYS) == 77)
            share = 1.6 + 3.4 * errata_rng_uniform(&rng);
        if (both && share > 1.0 && i / (ROWS / STRAYS) % 2 == 0)
            share = 1.0 - share;
        g_string_append_printf(table,
                               "%.3f,%.3f,%u,%u\n",
                               share,
                               mixed,
                               label,
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label);
    }
    return schema_frame_new(table->str);
}

static void
test_anomalies_tails_strays(gconstpointer data)
{
    gboolean both = GPOINTER_TO_INT(data);

    g_test_summary("A few values far beyond a column's end are told however they spread, the wider "
                   "part of a mixture is not");
    for (guint64 seed = 0; seed < 6; seed++) {
        g_autoptr(AnalysisFrame) self = analysis_frame_new(tails_table(both, seed), NULL);
        const ErrataFinding *finding;

        g_assert_true(errata_analyzer_anomalies.run(&self->analysis, NULL));
        g_test_message("seed %u", (guint)seed);
        g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
        finding = g_ptr_array_index(self->analysis.result->findings, 0);
        g_test_message("%s", finding->title);
        g_assert_cmpstr(finding->subject.columns[0], ==, "share");
        g_assert_cmpuint(finding->n_rows, >=, STRAYS);
        g_assert_cmpuint(finding->n_rows, <=, STRAYS + 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/anomalies/tails/strays", NULL, test_anomalies_tails_strays);
    g_test_add_data_func("/anomalies/tails/both-ends",
                         GINT_TO_POINTER(1),
                         test_anomalies_tails_strays);
    return g_test_run();
}
