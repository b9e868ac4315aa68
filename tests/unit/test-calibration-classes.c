/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "calibration.h"
#include "case-json.h"
#include "pattern-match.h"
#include "patterns.h"
#include "performance.h"
#include "rng.h"
#include "suggestions.h"

#define CLASSES_ROWS 12000

/* rows of a model of three classes whose top probability is right as often as it says; of @off, one
 * of four languages, it says half of the way to 1 more. The other classes share what is left. Of
 * @to_a, what is not as said is a */
static AnalysisFrame *
classes_log(const char *off, const char *to_a, guint64 seed)
{
    static const char *const langs[] = {"en", "de", "fr", "nl"};
    g_autoptr(GString) table = g_string_new("lang,x,prob_a,prob_b,prob_c,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < CLASSES_ROWS; i++) {
        const char *lang = langs[errata_rng_below(&rng, 4)];
        double x = errata_rng_uniform(&rng);
        double right = 0.45 + 0.5 * errata_rng_uniform(&rng);
        double top = strcmp(lang, off) == 0 ? 0.5 * (1.0 + right) : right;
        guint said = (guint)errata_rng_below(&rng, 3);
        guint label = said;
        double p[3];

        if (errata_rng_uniform(&rng) >= right)
            label = said != 0 && strcmp(lang, to_a) == 0
                        ? 0
                        : (said + 1 + (guint)errata_rng_below(&rng, 2)) % 3;
        for (guint k = 0; k < 3; k++)
            p[k] = k == said ? top : 0.5 * (1.0 - top);
        g_string_append_printf(table,
                               "%s,%.3f,%.5f,%.5f,%.5f,%c,%c\n",
                               lang,
                               x,
                               p[0],
                               p[1],
                               p[2],
                               (char)('a' + said),
                               (char)('a' + label));
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* rows of a model of three classes whose probabilities hold, that of a near 0 where it is not the
 * top one; of one of four languages, de, so many labels are random */
static AnalysisFrame *
classes_random_log(double random, guint64 seed)
{
    static const char *const langs[] = {"en", "de", "fr", "nl"};
    g_autoptr(GString) table = g_string_new("lang,x,prob_a,prob_b,prob_c,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < CLASSES_ROWS; i++) {
        guint lang = (guint)errata_rng_below(&rng, 4);
        double x = errata_rng_uniform(&rng);
        double top = 0.65 + 0.2 * errata_rng_uniform(&rng);
        guint said = (guint)errata_rng_below(&rng, 3);
        double p[3] = {0.01, 0.99 - top, 0.99 - top};
        double draw = errata_rng_uniform(&rng);
        guint label;

        if (said == 0)
            p[1] = p[2] = 0.5 * (1.0 - top);
        p[said] = top;
        label = draw < p[0] ? 0 : draw < p[0] + p[1] ? 1 : 2;
        if (lang == 1 && errata_rng_uniform(&rng) < random)
            label = (guint)errata_rng_below(&rng, 3);
        g_string_append_printf(table,
                               "%s,%.3f,%.5f,%.5f,%.5f,%c,%c\n",
                               langs[lang],
                               x,
                               p[0],
                               p[1],
                               p[2],
                               (char)('a' + said),
                               (char)('a' + label));
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* as classes_log(), with the probability of the predicted class alone, times @scale */
static AnalysisFrame *
classes_top_log(const char *off, double scale, guint64 seed)
{
    static const char *const langs[] = {"en", "de", "fr", "nl"};
    g_autoptr(GString) table = g_string_new("lang,x,confidence,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < CLASSES_ROWS; i++) {
        const char *lang = langs[errata_rng_below(&rng, 4)];
        double x = errata_rng_uniform(&rng);
        double right = 0.45 + 0.5 * errata_rng_uniform(&rng);
        double top = strcmp(lang, off) == 0 ? 0.5 * (1.0 + right) : right;
        guint said = (guint)errata_rng_below(&rng, 3);
        guint label = said;

        if (errata_rng_uniform(&rng) >= right)
            label = (said + 1 + (guint)errata_rng_below(&rng, 2)) % 3;
        g_string_append_printf(table,
                               "%s,%.3f,%.5f,%c,%c\n",
                               lang,
                               x,
                               top * scale,
                               (char)('a' + said),
                               (char)('a' + label));
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* findings about a group; the last of them */
static guint
classes_count(const AnalysisFrame *self, const ErrataFinding **ret_finding)
{
    guint n = 0;

    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        g_test_message("%s", finding->title);
        if (finding->subject.predicates->len == 0)
            continue;
        *ret_finding = finding;
        n++;
    }
    return n;
}

/* what recalibration gains over all rows says of which loss it is */
static void
classes_check_gain(const AnalysisFrame *self)
{
    guint n = 0;

    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, 0);

        if (finding->subject.predicates->len > 0)
            continue;
        g_assert_cmpstr(suggestion->metric, ==, "log_loss");
        g_assert_true(g_str_has_suffix(suggestion->method, "being right, by the top probability"));
        n++;
    }
    g_assert_cmpuint(n, ==, 1);
}

static void
test_calibration_classes(void)
{
    g_test_summary("Of several classes, a group whose top probability is too high is told, alone");
    for (guint64 seed = 0; seed < 3; seed++) {
        g_autoptr(AnalysisFrame) self = classes_log("de", "none", seed);
        g_autofree guint8 *mask = g_new0(guint8, CLASSES_ROWS);
        const ErrataFinding *finding = NULL;
        const ErrataEvidence *effect, *rate;
        const ErrataPredicate *predicate;
        ErrataSuggestion *suggestion;

        g_assert_true(errata_analyzer_calibration.run(&self->analysis, NULL));
        g_assert_cmpuint(classes_count(self, &finding), ==, 1);
        classes_check_gain(self);
        predicate = g_ptr_array_index(finding->subject.predicates, 0);
        g_assert_cmpstr(predicate->values[0], ==, "de");
        g_assert_cmpstr(finding->subject.direction, ==, "over");
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
        /* half of 1 − 0.7 on average */
        effect = errata_finding_evidence(finding, "effect");
        g_assert_cmpfloat_with_epsilon(effect->value, -0.15, 0.03);
        rate = errata_finding_evidence(finding, "mean_rate");
        g_assert_cmpfloat_with_epsilon(rate->value, 0.7, 0.04);
        for (gsize i = 0; i < finding->n_rows; i++)
            mask[finding->row[i]] = 1;
        suggestion = g_ptr_array_index(finding->suggestions, 0);
        g_assert_true(errata_suggestions_recalibrate(&self->analysis, -1, mask, suggestion));
        g_assert_cmpstr(suggestion->metric, ==, "log_loss");
        g_assert_cmpfloat(suggestion->to, <, suggestion->from);
        g_assert_cmpfloat(suggestion->lo, >, 0.0);
    }
}

static void
test_calibration_classes_silent(void)
{
    const ErrataFinding *finding = NULL;

    g_test_summary("Of several classes, groups whose top probability is right are left alone");
    for (guint64 seed = 10; seed < 16; seed++) {
        g_autoptr(AnalysisFrame) self = classes_log("none", "none", seed);

        g_assert_true(errata_analyzer_calibration.run(&self->analysis, NULL));
        g_assert_cmpuint(classes_count(self, &finding), ==, 0);
    }
}

static void
test_calibration_classes_one(void)
{
    g_test_summary("A group in which one class is likelier than its probability says is told with "
                   "that class, though the top probability is right");
    for (guint64 seed = 20; seed < 23; seed++) {
        g_autoptr(AnalysisFrame) self = classes_log("none", "fr", seed);
        g_autofree guint8 *mask = g_new0(guint8, CLASSES_ROWS);
        const ErrataFinding *finding = NULL;
        const ErrataPredicate *predicate;
        ErrataSuggestion *suggestion;
        g_autofree char *identity = NULL;

        g_assert_true(errata_analyzer_calibration.run(&self->analysis, NULL));
        g_assert_cmpuint(classes_count(self, &finding), ==, 1);
        predicate = g_ptr_array_index(finding->subject.predicates, 0);
        g_assert_cmpstr(predicate->values[0], ==, "fr");
        g_assert_cmpstr(finding->subject.given, ==, "a");
        g_assert_cmpstr(finding->subject.direction, ==, "under");
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
        g_assert_nonnull(strstr(finding->title, "probability of a comes true more often"));
        identity = errata_pattern_identity(finding);
        g_assert_nonnull(strstr(identity,
                                "calibration\x1e"
                                "a\x1e"));
        /* two of three are not a: half of the other 0.3 more, 1/3 0.7 + 2/3 0.3 in all */
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "effect")->value,
                                       0.1,
                                       0.03);
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "mean_rate")->value,
                                       0.43,
                                       0.04);
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "mean_score")->value,
                                       0.33,
                                       0.03);
        for (gsize i = 0; i < finding->n_rows; i++)
            mask[finding->row[i]] = 1;
        suggestion = g_ptr_array_index(finding->suggestions, 0);
        g_assert_true(errata_suggestions_recalibrate(&self->analysis, 0, mask, suggestion));
        g_assert_cmpfloat(suggestion->to, <, suggestion->from);
        g_assert_cmpfloat(suggestion->lo, >, 0.0);
    }
}

static void
test_calibration_classes_random(void)
{
    static const double random[] = {0.4, 0.2}; /* by 0.17 and 0.08 of the top probability */

    g_test_summary("A group whose labels are random in part is told by its top probability, which "
                   "is off by more than that of the class which shows it best");
    for (guint i = 0; i < G_N_ELEMENTS(random); i++) {
        g_autoptr(AnalysisFrame) self = classes_random_log(random[i], 30);
        const ErrataFinding *finding = NULL;
        const ErrataPredicate *predicate;
        const ErrataEvidence *effect;

        g_assert_true(errata_analyzer_calibration.run(&self->analysis, NULL));
        g_assert_cmpuint(classes_count(self, &finding), ==, 1);
        predicate = g_ptr_array_index(finding->subject.predicates, 0);
        effect = errata_finding_evidence(finding, "effect");
        /* half of the error rate for four tries by the top probability, not a fourth */
        g_assert_cmpfloat_with_epsilon(effect->q / effect->p, 8.0, 1e-6);
        g_assert_cmpstr(predicate->values[0], ==, "de");
        g_assert_null(finding->subject.given);
        g_assert_cmpstr(finding->subject.direction, ==, "over");
        g_assert_cmpint(finding->severity,
                        ==,
                        i == 0 ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM);
    }
}

static void
test_calibration_classes_top(void)
{
    g_autoptr(AnalysisFrame) made = classes_top_log("de", 1.0, 1);
    g_autoptr(AnalysisFrame) sound = classes_top_log("", 1.0, 1);
    g_autoptr(AnalysisFrame) low = classes_top_log("de", 0.4, 1);
    const ErrataFinding *finding = NULL;
    const ErrataMetric *ece;
    g_autofree char *why = NULL;

    g_test_summary(
        "The probability of the predicted class is enough to hold against what happened; "
        "a number that is too low for it is not that probability");
    g_assert_null(errata_analyzer_calibration.why_not(&made->analysis));
    g_assert_true(errata_analyzer_calibration.run(&made->analysis, NULL));
    g_assert_cmpuint(classes_count(made, &finding), ==, 1);
    g_assert_cmpstr(
        ((const ErrataPredicate *)g_ptr_array_index(finding->subject.predicates, 0))->column,
        ==,
        "lang");
    g_assert_nonnull(strstr(finding->title, "de"));
    g_assert_true(errata_analyzer_performance.run(&made->analysis, NULL));
    ece = errata_case_metric(made->analysis.result, "ece");
    g_assert_cmpfloat_with_epsilon(ece->value, 0.25 * 0.15, 0.015);
    g_assert_cmpfloat(ece->lo, <, ece->value);
    g_assert_cmpuint(ece->n, ==, CLASSES_ROWS);
    g_assert_nonnull(made->analysis.result->performance.reliability);
    g_assert_true(isnan(errata_case_metric(made->analysis.result, "log_loss")->value));
    g_assert_true(errata_analyzer_calibration.run(&sound->analysis, NULL));
    g_assert_cmpuint(sound->analysis.result->findings->len, ==, 0);
    why = errata_analyzer_calibration.why_not(&low->analysis);
    g_assert_nonnull(why);
}

/* follows the findings of a log; whether the pattern of lang is de is fixed then, of class
 * @given */
static gboolean
classes_is_fixed(AnalysisFrame *self, const GPtrArray *known, const char *given)
{
    const GPtrArray *patterns;

    g_assert_true(errata_analyzer_calibration.run(&self->analysis, NULL));
    errata_case_finish(self->analysis.result);
    errata_patterns_follow(&self->analysis, known, 1);
    patterns = self->analysis.result->patterns;
    for (guint i = 0; i < patterns->len; i++) {
        const ErrataPattern *pattern = g_ptr_array_index(patterns, i);
        ErrataFinding *about = errata_case_subject_from_text(pattern->kind, pattern->subject);
        gboolean is = about != NULL && about->subject.predicates->len > 0 &&
                      g_strcmp0(about->subject.given, given) == 0;

        g_test_message("%s: %s", errata_pattern_state_nick(pattern->state), pattern->title);
        errata_finding_free(about);
        if (is)
            return pattern->state == ERRATA_PATTERN_FIXED;
    }
    return FALSE;
}

static void
test_calibration_classes_fixed(void)
{
    g_autoptr(AnalysisFrame) was = classes_log("de", "none", 1);
    g_autoptr(AnalysisFrame) still = classes_log("de", "none", 2);
    g_autoptr(AnalysisFrame) now = classes_log("none", "none", 3);
    g_autoptr(AnalysisFrame) top_was = classes_top_log("de", 1.0, 1);
    g_autoptr(AnalysisFrame) top_now = classes_top_log("none", 1.0, 3);
    g_autoptr(AnalysisFrame) one_was = classes_log("none", "de", 1);
    g_autoptr(AnalysisFrame) one_still = classes_log("none", "de", 2);
    g_autoptr(AnalysisFrame) one_now = classes_log("none", "none", 3);
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    g_test_summary("A group of several classes whose scores hold again is fixed, by its top "
                   "probability or by that of one class");
    g_assert_false(classes_is_fixed(was, none, NULL));
    g_assert_false(classes_is_fixed(still, was->analysis.result->patterns, NULL));
    g_assert_true(classes_is_fixed(now, was->analysis.result->patterns, NULL));
    g_assert_false(classes_is_fixed(top_was, none, NULL));
    g_assert_true(classes_is_fixed(top_now, top_was->analysis.result->patterns, NULL));
    g_assert_false(classes_is_fixed(one_was, none, "a"));
    g_assert_false(classes_is_fixed(one_still, one_was->analysis.result->patterns, "a"));
    g_assert_true(classes_is_fixed(one_now, one_was->analysis.result->patterns, "a"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/calibration/classes", test_calibration_classes);
    g_test_add_func("/calibration/classes-silent", test_calibration_classes_silent);
    g_test_add_func("/calibration/classes-one", test_calibration_classes_one);
    g_test_add_func("/calibration/classes-random", test_calibration_classes_random);
    g_test_add_func("/calibration-classes/top", test_calibration_classes_top);
    g_test_add_func("/calibration-classes/fixed", test_calibration_classes_fixed);
    return g_test_run();
}
