/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices.h"

#define FORETOLD_ROWS 20000

static AnalysisFrame *
foretold_run(const GString *table)
{
    AnalysisFrame *self = analysis_frame_new(schema_frame_new(table->str), NULL);

    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

static gboolean
foretold_is_on(const ErrataFinding *finding, const char *column)
{
    for (guint i = 0; i < finding->subject.predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, i);

        if (g_strcmp0(predicate->column, column) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A calibrated model of heat, but for loads in the last seventh, where the label is seldom 1
 * whatever it says: there it is far too sure of 1, and not sure enough of 0. Those are the other
 * rows of the bins in which it says 0 with little confidence. */
static void
test_slices_foretold_blind_spot(void)
{
    g_test_summary(
        "Beside a blind spot, rows that are wrong as often as their scores say are none");
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(GString) text = g_string_new("heat,load,score,prediction,label\n");
        ErrataRng rng = errata_rng_init(40 + seed, 0, 0);
        g_autoptr(AnalysisFrame) self = NULL;
        guint n_findings;

        for (guint i = 0; i < FORETOLD_ROWS; i++) {
            double heat = 6.0 * errata_rng_uniform(&rng) - 3.0;
            double load = errata_rng_uniform(&rng);
            double score = 1.0 / (1.0 + exp(-1.5 * heat));
            double rate = load >= 0.86 ? 0.1 : score;

            g_string_append_printf(text,
                                   "%.3f,%.3f,%.4f,%d,%d\n",
                                   heat,
                                   load,
                                   score,
                                   score > 0.5 ? 1 : 0,
                                   errata_rng_uniform(&rng) < rate ? 1 : 0);
        }
        self = foretold_run(text);
        n_findings = self->analysis.result->findings->len;
        g_assert_cmpuint(n_findings, >=, 1);
        for (guint f = 0; f < n_findings; f++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, f);
            const ErrataEvidence *rate = errata_finding_evidence(finding, "rate_in");

            if (finding->severity < ERRATA_SEVERITY_MEDIUM)
                continue;
            g_assert_true(foretold_is_on(finding, "load"));
            g_assert_cmpfloat(rate->value, >, 0.5);
        }
    }
}

/* a calibrated model of heat, but for the old, whom it takes for safer than they are: of the old
 * whose heat is high, its scores say some of the errors that there are */
static void
test_slices_foretold_within(void)
{
    g_test_summary("Rows of a blind spot whose own scores warn of a small part only are not told "
                   "as hard ground");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(GString) text = g_string_new("age,heat,score,prediction,label\n");
        ErrataRng rng = errata_rng_init(80 + seed, 0, 0);
        g_autoptr(AnalysisFrame) self = NULL;
        const GPtrArray *findings;

        for (guint i = 0; i < FORETOLD_ROWS; i++) {
            double age = 20.0 + 70.0 * errata_rng_uniform(&rng);
            double far = sqrt(-2.0 * log(1.0 - errata_rng_uniform(&rng)));
            double heat = far * cos(2.0 * G_PI * errata_rng_uniform(&rng));
            double odds = age >= 76.0 ? 0.8 * heat - 1.3 : 1.5 * heat + 0.2;
            double score = 1.0 / (1.0 + exp(-odds));
            double rate = 1.0 / (1.0 + exp(-odds - (age >= 76.0 ? 1.4 : 0.0)));

            g_string_append_printf(text,
                                   "%.1f,%.3f,%.4f,%d,%d\n",
                                   age,
                                   heat,
                                   score,
                                   score > 0.5 ? 1 : 0,
                                   errata_rng_uniform(&rng) < rate ? 1 : 0);
        }
        self = foretold_run(text);
        findings = self->analysis.result->findings;
        g_assert_cmpuint(findings->len, >=, 1);
        g_assert_true(foretold_is_on(g_ptr_array_index(findings, 0), "age"));
        for (guint f = 0; f < findings->len; f++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, f);
            const ErrataEvidence *rate = errata_finding_evidence(finding, "rate_in");

            g_assert_false(g_strcmp0(finding->subject.direction, "known") == 0 &&
                           foretold_is_on(finding, "age") && rate->value > 0.5);
        }
    }
}

/* scores say three times as many errors as there are, but for one group, that errs as they say */
static void
test_slices_foretold_cautious(void)
{
    g_autoptr(GString) text = g_string_new("vendor,heat,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(50, 0, 0);
    g_autoptr(AnalysisFrame) self = NULL;
    const ErrataFinding *finding;

    g_test_summary("Where scores do not mean what they say, a group that errs as they say is one");
    for (guint i = 0; i < FORETOLD_ROWS; i++) {
        guint vendor = (guint)errata_rng_below(&rng, 8);
        double unsure = 0.15 + 0.3 * errata_rng_uniform(&rng);
        guint said = (guint)errata_rng_below(&rng, 2);
        gboolean wrong = errata_rng_uniform(&rng) < (vendor == 2 ? unsure : unsure / 3.0);

        g_string_append_printf(text,
                               "%c,%.3f,%.4f,%u,%u\n",
                               'a' + (char)vendor,
                               errata_rng_uniform(&rng),
                               said != 0 ? 1.0 - unsure : unsure,
                               said,
                               wrong ? 1 - said : said);
    }
    self = foretold_run(text);
    g_assert_cmpuint(self->analysis.result->findings->len, >=, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_true(foretold_is_on(finding, "vendor"));
}

/* a calibrated model, but in the last stretch of a group, where labels are seldom 1 whatever it
 * says */
static void
test_slices_foretold_before(void)
{
    g_test_summary(
        "Where a group errs less since a moment, the time before it, of which the scores "
        "are right, is no slice, nor are the rows as unsure elsewhere");
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(GString) text = g_string_new("ts,vendor,bid,score,prediction,label\n");
        ErrataRng rng = errata_rng_init(60 + seed, 0, 0);
        g_autoptr(AnalysisFrame) self = NULL;

        for (guint i = 0; i < FORETOLD_ROWS; i++) {
            guint vendor = (guint)errata_rng_below(&rng, 3);
            double bid = 2.4 * errata_rng_uniform(&rng);
            double margin = 0.9 * bid - 3.2 + (vendor == 1 ? 0.6 : 0.0);
            double score = 1.0 / (1.0 + exp(-margin));
            double rate = i > 12000 && vendor == 1 ? 0.1 * score : score;

            g_string_append_printf(text,
                                   "%u,%c,%.3f,%.4f,0,%d\n",
                                   1700000000 + 40 * i,
                                   'a' + (char)vendor,
                                   bid,
                                   score,
                                   errata_rng_uniform(&rng) < rate ? 1 : 0);
        }
        self = foretold_run(text);
        for (guint f = 0; f < self->analysis.result->findings->len; f++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, f);

            g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_MEDIUM);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-foretold/within", test_slices_foretold_within);
    g_test_add_func("/slices-foretold/blind-spot", test_slices_foretold_blind_spot);
    g_test_add_func("/slices-foretold/cautious", test_slices_foretold_cautious);
    g_test_add_func("/slices-foretold/before", test_slices_foretold_before);
    return g_test_run();
}
