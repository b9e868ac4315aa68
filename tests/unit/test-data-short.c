/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that come in another unit for some forty rows: they fill no block of the usual scale. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "rng.h"
#include "schema-frame.h"

#define ROWS 8000

typedef enum {
    SHORT_WEIGHT, /* normal */
    SHORT_AMOUNT, /* long-tailed */
    SHORT_SLOW,   /* each value follows the one before */
    SHORT_HOURS,  /* higher by day */
    SHORT_BURSTS, /* a few rows in a row are larger, by any factor */
    SHORT_BATCH,  /* forty rows of one sender, whose values are larger */
    SHORT_KINDS,
} ShortKind;

static double
short_value(ShortKind kind, guint i, double normal, double last, ErrataRng *rng)
{
    switch (kind) {
    case SHORT_AMOUNT:
        return exp(3.0 + 0.8 * normal);
    case SHORT_SLOW:
        return 70.0 + 0.98 * (last - 70.0) + 2.0 * normal;
    case SHORT_HOURS:
        return 70.0 + 5.0 * normal + 20.0 * sin(2.0 * G_PI * i / 1440.0);
    case SHORT_BURSTS:
        return exp(3.0 + 0.8 * normal + (i % 900 < 25 ? 1.5 * errata_rng_uniform(rng) : 0.0));
    case SHORT_BATCH:
        return exp(3.0 + 0.5 * normal + (i >= 2980 && i < 3020 ? log(3.3) : 0.0));
    case SHORT_WEIGHT:
    case SHORT_KINDS:
        break;
    }
    return 70.0 + 12.0 * normal;
}

/* rows from @from on are multiplied */
static AnalysisFrame *
short_run(ShortKind kind, guint64 seed, guint from, double factor)
{
    g_autoptr(GString) table = g_string_new("ts,v,prediction,label\n");
    AnalysisFrame *self;
    double value = 70.0;

    for (guint i = 0; i < ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 5, i);
        double u = errata_rng_uniform(&rng);
        double normal = sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * errata_rng_uniform(&rng));

        value = short_value(kind, i, normal, value, &rng);
        g_string_append_printf(table,
                               "%u,%.2f,1,%u\n",
                               1700000000 + 60 * i,
                               i >= from && i < from + 40 ? factor * value : value,
                               (guint)errata_rng_below(&rng, 2));
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&self->analysis, NULL));
    return self;
}

/* the unit change that is told, or %NULL */
static const ErrataFinding *
short_find(const AnalysisFrame *self)
{
    const GPtrArray *findings = self->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        g_test_message("%s", finding->title);
        if (strcmp(finding->subject.bug, "unit-change") == 0)
            return finding;
    }
    return NULL;
}

static void
test_short_found(void)
{
    static const double factors[] = {1000.0, 0.001, 60.0};

    g_test_summary("Forty rows in another unit are told with their factor and ends, wherever they "
                   "begin");
    for (guint f = 0; f < G_N_ELEMENTS(factors); f++)
        for (guint64 seed = 1; seed < 5; seed++) {
            guint from = 2990 + 37 * (guint)seed;
            ShortKind kind = (ShortKind)(seed % 2);
            g_autoptr(AnalysisFrame) fixture = short_run(kind, seed, from, factors[f]);
            const ErrataFinding *finding = short_find(fixture);

            g_assert_nonnull(finding);
            g_assert_cmpfloat(fabs(finding->subject.factor / factors[f] - 1.0), <, 1e-3);
            g_assert_cmpint(ABS(finding->subject.from / 1000000000 - 1700000000 - 60 * from),
                            <=,
                            360);
            g_assert_cmpint(ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * (from + 39)),
                            <=,
                            360);
        }
}

static void
test_short_none(void)
{
    g_test_summary(
        "Values that follow one another, the hour, or come in bursts or a batch of one sender "
        "are in one unit");
    for (ShortKind kind = SHORT_WEIGHT; kind < SHORT_KINDS; kind++)
        for (guint64 seed = 1; seed < 7; seed++) {
            g_autoptr(AnalysisFrame) fixture = short_run(kind, seed, ROWS, 1.0);

            g_assert_null(short_find(fixture));
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-short/found", test_short_found);
    g_test_add_func("/data-short/none", test_short_none);
    return g_test_run();
}
