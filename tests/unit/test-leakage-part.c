/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that give the label away in some of the rows only. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "leakage.h"
#include "rng.h"

typedef enum {
    PART_NOTHING,
    PART_SINCE,
    PART_GROUP,
    PART_FILLED,
    PART_MISSING,
    PART_ANYWHERE,
    PART_HOLES,
    PART_BROKEN_SCORES,
} Part;

/* sum of uniform numbers: near enough to normal, mean 0 and variance 1 */
static double
part_normal(ErrataRng *rng)
{
    double sum = 0.0;

    for (guint i = 0; i < 12; i++)
        sum += errata_rng_uniform(rng);
    return sum - 6.0;
}

static gboolean
part_tells(Part plant, guint i, guint n_rows, guint region, double chance)
{
    switch (plant) {
    case PART_SINCE:
        return i >= n_rows * 6 / 10;
    case PART_GROUP:
        return region == 2;
    case PART_FILLED:
        return chance < 0.3;
    case PART_ANYWHERE:
        return chance < 0.6;
    case PART_HOLES:
        return chance < 0.5;
    case PART_MISSING:
    case PART_NOTHING:
    case PART_BROKEN_SCORES:
        break;
    }
    return FALSE;
}

static ErrataFrame *
part_table(Part plant, guint64 seed, guint n_rows)
{
    static const char *const regions[] = {"eu", "us", "asia", "africa"};
    g_autoptr(GString) table = g_string_new("id,time,a,b,region,suspect,score,prediction,label\n");

    for (guint i = 0; i < n_rows; i++) {
        ErrataRng rng = errata_rng_init(seed, 7, i);
        guint minute = i * 43000 / n_rows;
        double a = part_normal(&rng);
        double b = part_normal(&rng);
        guint region = (guint)errata_rng_below(&rng, 4);
        double steep = plant == PART_BROKEN_SCORES ? 2.5 : 1.0;
        double score = 1.0 / (1.0 + exp(0.8 - steep * a - 0.8 * b));
        gboolean label = errata_rng_uniform(&rng) < score;
        double chance = errata_rng_uniform(&rng);
        double noise = part_normal(&rng);

        if (plant == PART_BROKEN_SCORES && i > n_rows / 2)
            score = errata_rng_uniform(&rng);
        g_string_append_printf(table,
                               "r%05u,2024-03-%02uT%02u:%02u:00,%.3f,%.3f,%s,",
                               i,
                               1 + minute / 1440,
                               minute / 60 % 24,
                               minute % 60,
                               a,
                               b,
                               regions[region]);
        if (part_tells(plant, i, n_rows, region, chance))
            g_string_append_printf(table, "%.3f", (label ? 4.0 : 0.0) + 0.6 * noise);
        else if (!(plant == PART_FILLED || (plant == PART_HOLES && chance > 0.7) ||
                   (plant == PART_MISSING && label && chance < 0.4)))
            g_string_append_printf(table, "%.3f", 2.0 + 2.0 * noise);
        g_string_append_printf(table, ",%.4f,%d,%d\n", score, score >= 0.5 ? 1 : 0, label ? 1 : 0);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
part_run_rows(Part plant, guint64 seed, guint n_rows)
{
    AnalysisFrame *fixture = analysis_frame_new(part_table(plant, seed, n_rows), NULL);

    g_assert_null(errata_analyzer_leakage.why_not(&fixture->analysis));
    g_assert_true(errata_analyzer_leakage.run(&fixture->analysis, NULL));
    return fixture;
}

static AnalysisFrame *
part_run(Part plant, guint64 seed)
{
    return part_run_rows(plant, seed, 4300);
}

static const ErrataFinding *
part_only(const AnalysisFrame *fixture)
{
    const ErrataFinding *finding;
    guint index = 0;

    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
    g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_LEAKAGE);
    g_assert_cmpstr(finding->subject.column, ==, "suspect");
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_nonnull(errata_frame_find(fixture->frame, "suspect", &index));
    g_assert_cmpint(fixture->analysis.exclude[index], ==, 1);
    return finding;
}

static void
test_part_nothing(void)
{
    g_test_summary("Noise is silent, and so is an honest column beside scores that broke one day");
    for (guint64 seed = 0; seed < 6; seed++) {
        g_autoptr(AnalysisFrame) noise = part_run(PART_NOTHING, seed);
        g_autoptr(AnalysisFrame) broken = part_run(PART_BROKEN_SCORES, seed);

        g_assert_cmpuint(noise->analysis.result->findings->len, ==, 0);
        g_assert_cmpuint(broken->analysis.result->findings->len, ==, 0);
    }
}

static void
test_part_since(void)
{
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(AnalysisFrame) fixture = part_run(PART_SINCE, seed);
        const ErrataFinding *finding = part_only(fixture);
        gint64 start = fixture->outcome->time[fixture->outcome->order[4300 * 6 / 10]];

        g_assert_nonnull(strstr(finding->title, "suspect tells label since 1"));
        g_assert_cmpint(ABS(finding->subject.from - start),
                        <,
                        G_GINT64_CONSTANT(7200000000000)); /* two hours */
        g_assert_cmpfloat(fabs((double)finding->n_rows - 1720.0), <, 13.0);
        g_assert_cmpfloat(errata_finding_evidence(finding, "strength")->value, >, 0.99);
        g_assert_cmpfloat(errata_finding_evidence(finding, "strength_outside")->value, <, 0.6);
    }
}

static void
test_part_group(void)
{
    g_autoptr(AnalysisFrame) fixture = part_run(PART_GROUP, 1);
    const ErrataFinding *finding = part_only(fixture);
    const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, 0);

    g_assert_nonnull(strstr(finding->title, "suspect tells label where region is asia, in "));
    g_assert_cmpstr(predicate->column, ==, "region");
    g_assert_cmpstr(predicate->values[0], ==, "asia");
}

static void
test_part_filled(void)
{
    g_autoptr(AnalysisFrame) fixture = part_run(PART_FILLED, 1);

    g_assert_nonnull(strstr(part_only(fixture)->title, "suspect tells label where it has a value"));
}

static void
test_part_missing(void)
{
    g_autoptr(AnalysisFrame) fixture = part_run(PART_MISSING, 1);
    const ErrataFinding *finding = part_only(fixture);

    g_assert_nonnull(strstr(finding->title, "suspect is missing only where label is 1"));
    for (gsize i = 0; i < finding->n_rows; i++)
        g_assert_cmpint(fixture->outcome->truth[finding->row[i]], ==, fixture->outcome->positive);
}

static void
test_part_anywhere(void)
{
    g_autoptr(AnalysisFrame) fixture = part_run_rows(PART_ANYWHERE, 1, 12000);
    const ErrataFinding *finding = part_only(fixture);

    g_assert_cmpstr(finding->title, ==, "suspect knows more of label than the model does");
    g_assert_cmpfloat(errata_finding_evidence(finding, "strength_together")->value,
                      >,
                      errata_finding_evidence(finding, "strength_model")->value);
}

static void
test_part_holes(void)
{
    g_test_summary("Rows without a value are a place of their own in a small log too");
    for (guint64 seed = 0; seed < 6; seed++) {
        g_autoptr(AnalysisFrame) fixture = part_run(PART_HOLES, seed);
        const ErrataFinding *finding = part_only(fixture);

        g_assert_cmpstr(finding->title, ==, "suspect knows more of label than the model does");
        g_assert_cmpfloat(errata_finding_evidence(finding, "strength_together")->value,
                          >,
                          errata_finding_evidence(finding, "strength")->value + 0.02);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/leakage-part/nothing", test_part_nothing);
    g_test_add_func("/leakage-part/since", test_part_since);
    g_test_add_func("/leakage-part/group", test_part_group);
    g_test_add_func("/leakage-part/filled", test_part_filled);
    g_test_add_func("/leakage-part/missing", test_part_missing);
    g_test_add_func("/leakage-part/anywhere", test_part_anywhere);
    g_test_add_func("/leakage-part/holes", test_part_holes);
    return g_test_run();
}
