/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the built-in writer says, kind by kind: every number it prints is in the evidence, every
 * sentence is one, and different evidence reads differently. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "actions.h"
#include "built-in-writer.h"
#include "verdict-few.h"

#define HOUR_NS G_GINT64_CONSTANT(3600000000000)
#define MARCH   G_GINT64_CONSTANT(1774190748000000000) /* 22 March 2026, 14:45 */

typedef struct {
    const char *key;
    double value;
    double half_width; /* of the interval; NaN: none */
    ErrataUnit unit;
    double baseline;
    const char *text;
} WriterEvidence;

typedef struct {
    const char *name;
    ErrataFindingKind kind;
    ErrataSeverity severity;
    const char *bug;   /* data bugs */
    const char *given; /* labels */
    const char *direction;
    const char *note;       /* several with “;” between */
    const char *predicates; /* columns, each with the condition that it is “v_1” */
    guint64 n_rows;
    WriterEvidence evidence[12];
    const char *says[3]; /* what must be in the text */
    const char *not_says;
} WriterCase;

#define SHARE(key, value, half)                                \
    {                                                          \
        key, value, half, ERRATA_UNIT_SHARE, (double)NAN, NULL \
    }
#define COUNT(key, value)                                             \
    {                                                                 \
        key, value, (double)NAN, ERRATA_UNIT_COUNT, (double)NAN, NULL \
    }
#define PLAIN(key, value)                                            \
    {                                                                \
        key, value, (double)NAN, ERRATA_UNIT_NONE, (double)NAN, NULL \
    }
#define RATIO(value, half)                                         \
    {                                                              \
        "ratio", value, half, ERRATA_UNIT_RATIO, (double)NAN, NULL \
    }

/* clang-format off */
static const WriterCase writer_cases[] = {
    {"slice", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, "entry_mode", 20756,
     {SHARE("rate_in", 0.338, 0.009), SHARE("rate_out", 0.129, 0.002), RATIO(2.62, 0.08),
      SHARE("share_rows", 0.101, (double)NAN), SHARE("share_errors", 0.2267, (double)NAN),
      SHARE("expected", 0.133, (double)NAN), COUNT("excess", 4211)},
     {"2.6 times as often as the rest: 33.8", "They are a tenth of the rows", "4,211 errors fewer"}, NULL},
    {"slice-warned", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, "entry_mode", 20756,
     {SHARE("rate_in", 0.338, 0.009), SHARE("rate_out", 0.129, 0.002), RATIO(2.62, 0.08),
      SHARE("share_rows", 0.101, (double)NAN), SHARE("share_errors", 0.44, (double)NAN),
      SHARE("expected", 0.251, (double)NAN)},
     {"warn of part of this only", "From there come 44"}, "do not warn"},
    {"slice-pair", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, "os,tier", 4321,
     {SHARE("rate_in", 0.385, 0.01), SHARE("rate_out", 0.14, 0.002), RATIO(2.75, 0.1),
      {"parent", 0.141, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "tier is v_1"},
      {"parent", 0.208, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "os is v_1"}},
     {"Neither condition does this alone: each by itself comes to 20.8"}, "adds little"},
    {"slice-idle", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, "os,tier", 4321,
     {SHARE("rate_in", 0.385, 0.01), SHARE("rate_out", 0.14, 0.002), RATIO(2.75, 0.1),
      {"parent", 0.377, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "tier is v_1"},
      {"parent", 0.15, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "os is v_1"}},
     {"The condition on os adds little: without it, 37.7"}, "alone"},
    {"slice-less", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, "os,tier", 4321,
     {SHARE("rate_in", 0.385, 0.01), SHARE("rate_out", 0.14, 0.002), RATIO(2.75, 0.1),
      {"parent", 0.457, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "tier is v_1"},
      {"parent", 0.15, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "os is v_1"}},
     {"The condition on os adds nothing: without it, more are wrong, 45.7"}, "adds little"},
    {"slice-both", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, "os,tier", 4321,
     {SHARE("rate_in", 0.385, 0.01), SHARE("rate_out", 0.14, 0.002), RATIO(2.75, 0.1),
      {"parent", 0.27, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "tier is v_1"},
      {"parent", 0.15, 0.004, ERRATA_UNIT_SHARE, (double)NAN, "os is v_1"}},
     {"It takes both conditions: 27.0", "where tier is v_1, 15.0", "where os is v_1."}, "alone"},
    {"slice-decoy", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_MEDIUM, NULL, NULL, NULL, NULL, "os", 4321,
     {SHARE("rate_in", 0.17, 0.01), SHARE("rate_out", 0.14, 0.002), RATIO(1.21, 0.05),
      {"decoy", 0.139, 0.004, ERRATA_UNIT_SHARE, 0.14, "country is FR"}},
     {"3.0 points more than the rest", "Rows where country is FR look guilty too, but are not"}, NULL},
    {"slice-no-decoy", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_MEDIUM, NULL, NULL, NULL, NULL, "os", 4321,
     {SHARE("rate_in", 0.17, 0.01), SHARE("rate_out", 0.14, 0.002), RATIO(1.21, 0.05),
      {"decoy", 0.169, 0.004, ERRATA_UNIT_SHARE, 0.14, "country is FR"}},
     {"3.0 points more than the rest"}, "guilty"},
    {"slice-known", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_LOW, NULL, NULL, NULL, "hard=known", "os", 4321,
     {SHARE("rate_in", 0.271, 0.01), SHARE("rate_out", 0.09, 0.002), RATIO(3.01, 0.05),
      SHARE("confidence_in", 0.739, (double)NAN), SHARE("confidence_out", 0.919, (double)NAN)},
     {"are hard: wrong three times as often", "less sure there too (mean confidence 73.9"}, "stay as sure"},
    {"slice-real", ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, "os", 933,
     {{"rate_in", 10.8, 0.5, ERRATA_UNIT_TARGET, (double)NAN, NULL},
      {"rate_out", 2.702, 0.03, ERRATA_UNIT_TARGET, (double)NAN, NULL}, RATIO(4.0, 0.2)},
     {"off four times as far as the rest: by 10.8 min on average (10.3 to 11.3), against 2.70 min"}, "wrong"},
    {"missing", ERRATA_FINDING_DATA_BUG, ERRATA_SEVERITY_HIGH, "missing-burst", NULL, NULL, NULL, NULL, 3111,
     {COUNT("n_rows", 3111), {"share_now", 0.415, (double)NAN, ERRATA_UNIT_SHARE, 0.0, NULL},
      SHARE("rate_in", 0.16, 0.013), SHARE("rate_out", 0.151, 0.004)},
     {"between 14:45 and 16:45 on 22 March", "never otherwise", "no accuracy that could be seen"}, NULL},
    {"copies-of-models", ERRATA_FINDING_DATA_BUG, ERRATA_SEVERITY_HIGH, "duplicate-rows", NULL, NULL, "inputs=same", NULL, 12000,
     {COUNT("n_rows", 12000), SHARE("share_rows", 0.5, (double)NAN)},
     {"12,000 rows have the age and the inputs of an earlier row, and another prediction or score"}, "otherwise different"},
    {"copies", ERRATA_FINDING_DATA_BUG, ERRATA_SEVERITY_INFO, "duplicate-rows", NULL, NULL, NULL, NULL, 1,
     {COUNT("n_rows", 1), SHARE("share_rows", 0.004, (double)NAN)}, {"One row, 0.4", "repeats", "counts it twice"}, NULL},
    {"range", ERRATA_FINDING_DATA_BUG, ERRATA_SEVERITY_MEDIUM, "out-of-range", NULL, NULL, NULL, NULL, 523,
     {COUNT("n_rows", 523), PLAIN("reference_lo", 70), PLAIN("reference_hi", 202),
      {"value", (double)NAN, (double)NAN, ERRATA_UNIT_NONE, (double)NAN, "6977.767"},
      SHARE("rate_in", 0.47, 0.045), SHARE("rate_out", 0.211, 0.001)},
     {"from 70 to 202", "such as 6977.767", "are wrong 47"}, "no accuracy"},
    {"labels", ERRATA_FINDING_LABEL_ISSUE, ERRATA_SEVERITY_MEDIUM, NULL, "1", NULL, "source=features", NULL, 2272,
     {COUNT("n_suspects", 2272), COUNT("expected_suspects", 2142), SHARE("share", 0.0049, 0.0008),
      COUNT("largest_cell", 1291), COUNT("excess", 130),
      SHARE("metric_from", 0.8477, (double)NAN), SHARE("metric_to", 0.852, (double)NAN)},
     {"About 0.5", "Either those beyond chance are wrong, or", "these 130 labels are wrong"}, "are wrong beyond chance"},
    {"labels-scores", ERRATA_FINDING_LABEL_ISSUE, ERRATA_SEVERITY_INFO, NULL, "1", NULL, "source=scores", NULL, 870,
     {COUNT("n_suspects", 870), COUNT("expected_suspects", 282), SHARE("share", 0.073, 0.005)},
     {"About 7.3", "contradict their scores beyond chance", "only a second look"}, "a sure score"},
    {"labels-calm", ERRATA_FINDING_LABEL_ISSUE, ERRATA_SEVERITY_INFO, NULL, "1", NULL, "source=features", NULL, 342,
     {COUNT("n_suspects", 342), COUNT("expected_suspects", 342), SHARE("share", 0.0, 0.0), COUNT("largest_cell", 20)},
     {"342 labels are unlikely", "no more than honest labels show"}, "beyond chance"},
    {"calibration", ERRATA_FINDING_CALIBRATION, ERRATA_SEVERITY_LOW, NULL, NULL, "over", NULL, NULL, 8000,
     {SHARE("ece", 0.094, 0.01), SHARE("ece_expected", 0.012, (double)NAN), SHARE("mean_score", 0.643, (double)NAN),
      SHARE("mean_rate", 0.549, 0.011), {"worst_bin", 0.68, 0.02, ERRATA_UNIT_SHARE, 0.80, NULL},
      PLAIN("log_loss_from", 0.4121), PLAIN("log_loss_to", 0.3768)},
     {"9.4 points off", "they are too high", "they say 80"}, "worse"},
    {"calibration-no-help", ERRATA_FINDING_CALIBRATION, ERRATA_SEVERITY_LOW, NULL, NULL, "mixed", NULL, NULL, 8000,
     {SHARE("ece", 0.094, 0.01), SHARE("ece_expected", 0.012, (double)NAN), PLAIN("log_loss_from", 0.3768),
      PLAIN("log_loss_to", 0.3801)},
     {"too high in one range and too low in another", "does not help on the other"}, NULL},
    {"threshold", ERRATA_FINDING_THRESHOLD, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, NULL, 5832,
     {PLAIN("current", 0.5), PLAIN("best", 0.72), SHARE("cost_from", 0.21, (double)NAN), SHARE("cost_to", 0.196, 0.0015)},
     {"from a score of 0.5 on; from 0.72 on", "19.6", "instead of 21.0"}, NULL},
    {"threshold-recall", ERRATA_FINDING_THRESHOLD, ERRATA_SEVERITY_LOW, NULL, NULL, NULL, "recall=collapses", NULL, 5832,
     {PLAIN("current", 0.2), PLAIN("best", 0.48), SHARE("cost_from", 0.117, (double)NAN), SHARE("cost_to", 0.08, 0.002),
      SHARE("recall_from", 0.374, (double)NAN), SHARE("recall_to", 0.054, (double)NAN),
      SHARE("precision_from", 0.31, (double)NAN), SHARE("precision_to", 0.58, (double)NAN)},
     {"with a recall of 5.4", "and a precision of 58", "far fewer of the positives"}, "would do better"},
    {"leak-opposed", ERRATA_FINDING_LEAKAGE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, NULL, 0,
     {{"agreement", 1.0, (double)NAN, ERRATA_UNIT_SHARE, 0.0, NULL}, PLAIN("strength", 1.0), PLAIN("strength_model", 1.0)},
     {"the model is right in 0"}, "the model’s"},
    {"leak-asked", ERRATA_FINDING_LEAKAGE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, NULL, 0,
     {SHARE("agreement", 0.993, (double)NAN), SHARE("model_share", 0.022, (double)NAN)},
     {"Asked, the model goes by it a little: 2.2"}, "stand-in"},
    {"leak-stand-in", ERRATA_FINDING_LEAKAGE, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, "asked=surrogate", NULL, 0,
     {SHARE("agreement", 0.993, (double)NAN), SHARE("model_share", 0.022, (double)NAN)},
     {"There is no model to ask; a stand-in trained on the log goes by it a little: 2.2"}, "sked, the model"},
    {"drift-cheap", ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_INFO, NULL, NULL, NULL, NULL, NULL, 0,
     {PLAIN("mean_from", 638.2), PLAIN("mean_to", 664.4), PLAIN("shift", 0.301),
      {"share_of_loss", 0.05, 0.3, ERRATA_UNIT_SHARE, (double)NAN, NULL}},
     {"On average age is 664, in the reference it was 638; its mean has moved by 0.30 standard deviations", "nothing that could be measured"}, "Of the change"},
    {"drift-dear", ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_HIGH, NULL, NULL, NULL, NULL, NULL, 0,
     {{"largest_share", 0.301, (double)NAN, ERRATA_UNIT_SHARE, 0.162, "sca_a"}, PLAIN("distance", 0.188),
      {"share_of_loss", 0.22, 0.1275, ERRATA_UNIT_SHARE, (double)NAN, NULL}},
     {"sca_a makes up 30.1", "in the reference 16.2", "Of the change in error, 22"}, "nothing"},
    {"drift-values", ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_INFO, NULL, NULL, NULL, "rows=rows from May on", NULL, 0,
     {{"largest_share", 0.882, (double)NAN, ERRATA_UNIT_SHARE, 0.483, "market"}, SHARE("missing_from", 0.9, (double)NAN),
      SHARE("missing_to", 0.587, (double)NAN)},
     {"market makes up 88.2", "of the values in the rows from May on, in the reference 48.3"}, "of the rows"},
    {"drift-rows", ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_INFO, NULL, NULL, NULL, "rows=last rows", NULL, 0,
     {PLAIN("mean_from", 638.2), PLAIN("mean_to", 664.4), PLAIN("shift", 0.301),
      {"share_of_loss", 0.42, 0.07, ERRATA_UNIT_SHARE, (double)NAN, NULL}},
     {"On average age is 664 in the last rows, in the reference it was 638", "Of the change in error, about two fifths"}, "it is little"},
    {"drift-spread", ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_INFO, NULL, NULL, NULL, "shape=spread", NULL, 0,
     {PLAIN("mean_from", 27.023), PLAIN("mean_to", 27.123), PLAIN("sd_from", 5.0), PLAIN("sd_to", 7.8)},
     {"hardly moved (27.02, now 27.12)", "have spread", "cannot be told"}, NULL},
    {"performance", ERRATA_FINDING_PERFORMANCE, ERRATA_SEVERITY_MEDIUM, NULL, NULL, NULL, NULL, NULL, 0,
     {SHARE("metric_from", 0.928, (double)NAN), SHARE("metric_to", 0.841, (double)NAN), SHARE("covariate_share", 0.02, 0.04)},
     {"right 84.1", "8.7 points less than the 92.8", "little of it, if anything"}, NULL},
    {"performance-alone", ERRATA_FINDING_PERFORMANCE, ERRATA_SEVERITY_MEDIUM, NULL, NULL, NULL, NULL, NULL, 0,
     {SHARE("metric_from", 0.712, (double)NAN), SHARE("metric_to", 0.662, (double)NAN), SHARE("alone", 1.0, (double)NAN),
      SHARE("covariate_share", 0.0, 0.16)},
     {"None of the rows is like an earlier one; at the same predictions and scores"}, "kinds of rows"},
    {"calibration-column", ERRATA_FINDING_CALIBRATION, ERRATA_SEVERITY_LOW, NULL, NULL, "mixed", "beyond=age", NULL, 8000,
     {SHARE("beyond_from", 0.657, (double)NAN), SHARE("beyond_to", 0.694, 0.013)},
     {"Beside the score, age still tells the label", "it makes 69", "no range of it"}, "they"},
    {"calibration-columns", ERRATA_FINDING_CALIBRATION, ERRATA_SEVERITY_LOW, NULL, NULL, "mixed", "beyond=age and pay;several=yes", NULL, 8000,
     {SHARE("beyond_from", 0.657, (double)NAN), SHARE("beyond_to", 0.694, 0.013)},
     {"age and pay still tell the label", "they make 69", "no range of them"}, "tells"},
    {"calibration-group", ERRATA_FINDING_CALIBRATION, ERRATA_SEVERITY_HIGH, NULL, NULL, "under", NULL, "gender", 4401,
     {{"mean_score", 0.159, (double)NAN, ERRATA_UNIT_SHARE, 0.276, NULL}, {"mean_rate", 0.27, 0.02, ERRATA_UNIT_SHARE, 0.276, NULL},
      {"effect", 0.107, (double)NAN, ERRATA_UNIT_POINTS, (double)NAN, NULL}},
     {"Elsewhere they promise 27.6", "and that is what happens"}, "it happens 27.6"},
    {"fairness", ERRATA_FINDING_FAIRNESS, ERRATA_SEVERITY_MEDIUM, NULL, NULL, NULL, NULL, NULL, 4401,
     {SHARE("rate_in", 0.77, 0.06), SHARE("rate_out", 0.617, 0.035),
      {"difference", 0.32, 0.21, ERRATA_UNIT_POINTS, (double)NAN, NULL}, {"also", 0.09, 0.08, ERRATA_UNIT_POINTS, (double)NAN, NULL},
      {"also", 0.13, 0.08, ERRATA_UNIT_POINTS, (double)NAN, NULL}},
     {"is 77", "There are also differences of up to 9 points in", "by 32 points (11 to 53)"}, "is also"},
    {"threshold-exact", ERRATA_FINDING_THRESHOLD, ERRATA_SEVERITY_LOW, NULL, NULL, NULL, NULL, NULL, 5832,
     {PLAIN("current", 0.3), {"best", 0.498, 0.07, ERRATA_UNIT_NONE, (double)NAN, NULL}, SHARE("cost_from", 0.18, (double)NAN),
      SHARE("cost_to", 0.155, 0.005)},
     {"from a score of 0.3 on; from 0.498 on"}, NULL},
};
/* clang-format on */

static ErrataFinding *
writer_finding(const WriterCase *made)
{
    ErrataFinding *finding = errata_finding_new(made->kind, "age tells something");
    g_auto(GStrv) columns = g_strsplit(made->predicates != NULL ? made->predicates : "", ",", -1);
    g_auto(GStrv) notes = g_strsplit(made->note != NULL ? made->note : "", ";", -1);

    for (guint i = 0; columns[i] != NULL; i++) {
        ErrataPredicate *predicate = errata_predicate_new(columns[i], ERRATA_OP_EQ);

        predicate->values = g_strsplit("v_1", ",", -1);
        g_ptr_array_add(finding->subject.predicates, predicate);
    }
    for (guint i = 0; made->evidence[i].key != NULL; i++) {
        const WriterEvidence *from = &made->evidence[i];
        ErrataEvidence *evidence =
            errata_evidence_new(from->key, from->key, from->value, from->unit, 100);

        evidence->lo = from->value - from->half_width;
        evidence->hi = from->value + from->half_width;
        evidence->baseline = from->baseline;
        evidence->text = g_strdup(from->text);
        errata_finding_add(finding, evidence);
    }
    for (guint i = 0; notes[i] != NULL; i++)
        g_ptr_array_add(finding->notes, g_strdup(notes[i]));
    finding->severity = made->severity;
    finding->confirmed = TRUE;
    finding->n_rows = made->n_rows;
    finding->subject.column = g_strcmp0(made->bug, "duplicate-rows") != 0 || made->note != NULL
                                  ? g_strdup("age")
                                  : NULL;
    finding->subject.bug = g_strdup(made->bug);
    finding->subject.given = g_strdup(made->given);
    finding->subject.suggested = made->given != NULL ? g_strdup("0") : NULL;
    finding->subject.direction = g_strdup(made->direction);
    finding->subject.has_time = made->bug != NULL;
    finding->subject.from = MARCH;
    finding->subject.to = MARCH + 2 * HOUR_NS;
    return finding;
}

static ErrataCase *
writer_write(const WriterCase *made)
{
    ErrataCase *report = errata_case_new();
    ErrataColumnSummary *target = g_new0(ErrataColumnSummary, 1);

    target->name = g_strdup("minutes");
    target->role = g_strdup("label");
    target->unit = g_strdup("min");
    g_ptr_array_add(report->columns, target);
    report->positive = g_strdup("fraud");
    report->baseline_kind = g_strdup("reference");
    report->n_rows = 30000;
    if (made->kind == ERRATA_FINDING_LEAKAGE)
        report->task = ERRATA_TASK_BINARY;
    errata_case_add_finding(report, writer_finding(made));
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    return report;
}

/* numbers that a text about @finding may state */
static GArray *
writer_allowed(const ErrataFinding *finding)
{
    const double always[] = {(double)finding->n_rows, 22, 14, 45, 16, 0.5, 0.1};
    GArray *allowed = g_array_new(FALSE, FALSE, sizeof(double));

    g_array_append_vals(allowed, always, G_N_ELEMENTS(always));
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);
        double scale = evidence->unit == ERRATA_UNIT_SHARE || evidence->unit == ERRATA_UNIT_POINTS
                           ? 100.0
                           : 1.0;
        double text = evidence->text != NULL ? g_ascii_strtod(evidence->text, NULL) : (double)NAN;
        const double own[] = {scale * evidence->value,
                              scale * evidence->lo,
                              scale * evidence->hi,
                              scale * evidence->baseline,
                              scale - scale * evidence->value,
                              text};

        g_array_append_vals(allowed, own, G_N_ELEMENTS(own));
        for (guint j = 0; j < finding->evidence->len; j++) {
            const ErrataEvidence *other = g_ptr_array_index(finding->evidence, j);
            double gap = scale * (evidence->value - other->value);

            if (other->unit == evidence->unit && evidence->unit == ERRATA_UNIT_SHARE)
                g_array_append_val(allowed, gap);
        }
    }
    return allowed;
}

/* @token, as printed, is one of @allowed at its own rounding */
static gboolean
writer_is_allowed(const char *token, const GArray *allowed)
{
    g_auto(GStrv) parts = g_strsplit(token, ",", -1);
    g_autofree char *plain = g_strjoinv("", parts);
    const char *point = strchr(plain, '.');
    double value = g_ascii_strtod(plain, NULL);
    double unit = point != NULL ? pow(10.0, -(double)strlen(point + 1)) : 1.0;

    for (gsize end = strlen(plain); point == NULL && end > 1 && plain[end - 1] == '0'; end--)
        unit *= 10.0;
    for (guint i = 0; i < allowed->len; i++)
        if (fabs(fabs(g_array_index(allowed, double, i)) - value) <= 0.5 * unit + 1e-9)
            return TRUE;
    return FALSE;
}

static void
writer_check_numbers(const char *name, const ErrataFinding *finding)
{
    g_autoptr(GArray) allowed = writer_allowed(finding);
    g_autoptr(GRegex) number = g_regex_new("(?<![\\w.])\\d+(?:,\\d{3})*(?:\\.\\d+)?", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_regex_match(number, finding->rationale, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *token = g_match_info_fetch(match, 0);

        if (!writer_is_allowed(token, allowed)) {
            g_test_message("%s: %s is in no evidence: %s", name, token, finding->rationale);
            g_test_fail();
        }
    }
}

/* sentences begin with a capital, a digit or a quotation mark, and end with a full stop */
static void
writer_check_sentences(const char *text)
{
    g_auto(GStrv) sentences = g_strsplit(text, ". ", -1);
    guint n = g_strv_length(sentences);

    g_assert_true(g_str_has_suffix(text, "."));
    g_assert_null(strstr(text, ".."));
    g_assert_null(strstr(text, "  "));
    g_assert_null(strstr(text, "nan"));
    g_assert_null(strstr(text, "(null)"));
    g_assert_null(strstr(text, " ,"));
    g_assert_null(strstr(text, "()"));
    g_assert_cmpuint(n, >=, 1);
    g_assert_cmpuint(n, <=, 6);
    for (guint i = 0; i < n; i++)
        g_assert_false(g_ascii_islower(sentences[i][0]));
}

static void
test_writer_case(gconstpointer data)
{
    const WriterCase *made = data;
    g_autoptr(ErrataCase) report = writer_write(made);
    g_autoptr(ErrataCase) again = writer_write(made);
    const ErrataFinding *finding = g_ptr_array_index(report->findings, 0);
    const ErrataFinding *second = g_ptr_array_index(again->findings, 0);

    g_test_message("%s", finding->rationale);
    g_assert_cmpstr(finding->rationale, ==, second->rationale);
    g_assert_cmpstr(report->verdict, ==, again->verdict);
    g_assert_cmpuint(finding->citations->len, >, 0);
    writer_check_sentences(finding->rationale);
    writer_check_sentences(report->verdict);
    writer_check_numbers(made->name, finding);
    for (guint i = 0; i < G_N_ELEMENTS(made->says) && made->says[i] != NULL; i++)
        if (strstr(finding->rationale, made->says[i]) == NULL) {
            g_test_message("%s does not say “%s”", made->name, made->says[i]);
            g_test_fail();
        }
    if (made->not_says != NULL)
        g_assert_null(strstr(finding->rationale, made->not_says));
}

static void
test_writer_verdict(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataFinding *finding;

    g_test_summary("The verdict promises no more than was computed");
    report->headline = g_strdup("accuracy");
    report->n_rows = 1000;
    errata_case_add_metric(report, "accuracy", 0.849, 0.845, 0.853, 1000);
    for (guint i = 0; i < 2; i++) {
        finding = writer_finding(&writer_cases[0]);
        finding->metric = g_strdup("accuracy");
        finding->delta = i == 0 ? 0.021 : 0.005;
        finding->share_of_errors = 0.2;
        finding->share_of_rows = 0.1;
        finding->n_rows = 100;
        finding->row = g_new0(guint32, 100);
        for (guint row = 0; row < 100; row++)
            finding->row[row] = row + 50 * i; /* half of the second is in the first */
        errata_case_add_finding(report, finding);
    }
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_test_message("%s", report->verdict);
    g_assert_cmpstr(
        report->verdict,
        ==,
        "Right 84.9\u202f% of the time (±0.4). Two groups, 15\u202f% of the rows, make up "
        "to two fifths of the errors; mending the costliest alone would be worth up to 2.1 points.");
}

/* slices of a log of 1000 rows, of @from to under @to each; the sentence of its verdict on them */
static char *
writer_verdict_of(const guint (*rows)[2], guint n, ErrataTask task)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    gboolean real = task == ERRATA_TASK_REGRESSION;

    report->task = task;
    report->headline = g_strdup(real ? "mae" : "accuracy");
    report->n_rows = 1000;
    errata_case_add_metric(report, report->headline, real ? 58.0 : 0.8, 0.79, 0.81, 1000);
    for (guint i = 0; i < n; i++) {
        ErrataFinding *finding = writer_finding(&writer_cases[0]);

        finding->metric = g_strdup(report->headline);
        finding->delta = (real ? 15.0 : 0.02) / (i + 1);
        finding->share_of_errors = 0.35;
        finding->share_of_rows = (rows[i][1] - rows[i][0]) / 1000.0;
        finding->n_rows = rows[i][1] - rows[i][0];
        finding->row = g_new0(guint32, finding->n_rows);
        for (guint row = 0; row < finding->n_rows; row++)
            finding->row[row] = rows[i][0] + row;
        errata_case_add_finding(report, finding);
    }
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    return g_strdup(strchr(report->verdict, '.') != NULL ? strstr(report->verdict, ". ") + 2
                                                         : report->verdict);
}

static void
test_writer_verdict_within(void)
{
    const guint parts[][2] = {{0, 100}, {20, 60}, {50, 90}};
    const guint apart[][2] = {{0, 100}, {200, 260}};
    g_autofree char *within = writer_verdict_of(parts, 3, ERRATA_TASK_BINARY);
    g_autofree char *number = writer_verdict_of(parts, 3, ERRATA_TASK_REGRESSION);
    g_autofree char *two = writer_verdict_of(apart, 2, ERRATA_TASK_BINARY);

    g_test_summary("A group within another is no more of them, and what mending it gives is told");
    g_assert_true(g_str_has_prefix(within, "One group, a tenth of the rows, makes 35"));
    g_assert_nonnull(strstr(within, "expected would be worth up to 2.0 points."));
    g_assert_nonnull(strstr(number, "expected would take up to 15"));
    g_assert_nonnull(strstr(number, " off the average."));
    g_assert_true(g_str_has_prefix(two, "Two groups, a sixth of the rows, make"));
}

/* what a title tells is worth as much as what a sentence of the verdict's own tells */
static void
test_writer_verdict_cluster(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CLUSTER,
                                                "Texts in German: wrong 29\u202f% of the time");

    report->headline = g_strdup("accuracy");
    report->n_rows = 1000;
    errata_case_add_metric(report, "accuracy", 0.8, 0.79, 0.81, 1000);
    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->metric = g_strdup("accuracy");
    finding->delta = 0.058;
    errata_finding_add(finding,
                       errata_evidence_new("rate_in", "wrong", 0.29, ERRATA_UNIT_SHARE, 200));
    errata_case_add_finding(report, finding);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_assert_nonnull(strstr(report->verdict,
                            "of the time; doing as well there as elsewhere would be worth up to "
                            "5.8 points."));
}

static void
test_writer_verdict_throughout(void)
{
    static const char *const said[] = {", but 62\u202f% at the end of the log, against ",
                                       ", against "};

    g_test_summary("An end of the log that is no worse than all of it is no “but”");
    for (guint i = 0; i < 2; i++) {
        g_autoptr(ErrataCase) report = errata_case_new();
        ErrataFinding *fall = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "Accuracy fell");
        g_autofree char *first = g_strconcat("Right 68.1\u202f% of the time (±0.7)", said[i], NULL);

        report->headline = g_strdup("accuracy");
        report->n_rows = 18000;
        errata_case_add_metric(report, "accuracy", 0.681, 0.674, 0.688, 18000);
        fall->severity = ERRATA_SEVERITY_HIGH;
        fall->confirmed = TRUE;
        errata_finding_add(
            fall,
            errata_evidence_new("metric_from", "then", 0.734, ERRATA_UNIT_SHARE, 6000));
        errata_finding_add(fall,
                           errata_evidence_new("metric_to",
                                               "now",
                                               i == 0 ? 0.62 : 0.688,
                                               ERRATA_UNIT_SHARE,
                                               5400));
        errata_case_add_finding(report, fall);
        errata_case_finish(report);
        errata_built_in_writer_write(report);
        g_test_message("%s", report->verdict);
        g_assert_true(g_str_has_prefix(report->verdict, first));
    }
}

static void
test_writer_verdict_area(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataFinding *fall = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "The ROC AUC fell");

    g_test_summary("Of two numbers that the verdict sets against each other both are one metric's");
    report->headline = g_strdup("accuracy");
    report->n_rows = 6000;
    errata_case_add_metric(report, "accuracy", 0.832, 0.823, 0.841, 6000);
    fall->severity = ERRATA_SEVERITY_MEDIUM;
    fall->metric = g_strdup("roc_auc");
    g_ptr_array_add(fall->notes, g_strdup("against=report"));
    errata_finding_add(fall,
                       errata_evidence_new("metric_from", "then", 0.865, ERRATA_UNIT_NONE, 6000));
    errata_finding_add(fall,
                       errata_evidence_new("metric_to", "now", 0.818, ERRATA_UNIT_NONE, 6000));
    errata_case_add_finding(report, fall);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_test_message("%s", report->verdict);
    g_assert_true(g_str_has_prefix(report->verdict,
                                   "Right 83.2\u202f% of the time (±0.9), with a ROC AUC of 0.818, "
                                   "against 0.865 in the earlier report."));
}

static void
test_writer_verdict_order(void)
{
    static const char *const titles[] = {"status alone tells label in 99\u202f% of the rows",
                                         "The error rate rose from 16 to 49\u202f% on 22 June",
                                         "Income arrives multiplied by 100"};
    static const ErrataFindingKind kinds[] = {ERRATA_FINDING_LEAKAGE,
                                              ERRATA_FINDING_CHANGE_POINT,
                                              ERRATA_FINDING_DATA_BUG};
    g_autoptr(ErrataCase) report = errata_case_new();
    const char *at[G_N_ELEMENTS(titles)] = {NULL};

    g_test_summary("The verdict tells what is gravest first, as the list has it");
    report->headline = g_strdup("accuracy");
    report->n_rows = 1000;
    errata_case_add_metric(report, "accuracy", 0.849, 0.845, 0.853, 1000);
    for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
        ErrataFinding *finding = errata_finding_new(kinds[i], titles[i]);

        finding->severity = i == 0 ? ERRATA_SEVERITY_CRITICAL : ERRATA_SEVERITY_HIGH;
        finding->confirmed = TRUE;
        finding->share_of_errors = 0.3 - 0.1 * i;
        errata_finding_add(finding,
                           errata_evidence_new("share", "share", 0.3, ERRATA_UNIT_SHARE, 1000));
        errata_case_add_finding(report, finding);
    }
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_test_message("%s", report->verdict);
    for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        at[i] = strstr(report->verdict, finding->title + 2);
        g_assert_nonnull(at[i]);
        g_assert_true(i == 0 || at[i] > at[i - 1]);
    }
}

static void
test_writer_flags(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataColumnSummary *column = g_new0(ErrataColumnSummary, 1);

    g_test_summary("Where roles can be guessed the headline says with which flags");
    report->n_rows = 50;
    column->name = g_strdup("risk");
    column->role = g_strdup("feature");
    g_ptr_array_add(report->columns, column);
    g_ptr_array_add(
        report->warnings,
        g_strdup("no column is a label; did you mean that a is the prediction? use --role "
                 "a=prediction --role risk=score"));
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_test_message("%s", report->verdict);
    g_assert_nonnull(strstr(report->verdict, "--role a=prediction --role risk=score"));
    g_assert_null(strstr(report->verdict, "COL="));
}

static void
test_writer_rare(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    g_autofree char *said = NULL;
    g_autofree char *silent = NULL;

    g_test_summary("An accuracy that is the share of the commoner class is said to be");
    report->task = ERRATA_TASK_BINARY;
    report->positive = g_strdup("fraud");
    errata_case_add_metric(report, "accuracy", 0.9981, 0.998, 0.9982, 10000);
    errata_case_add_metric(report, "majority_accuracy", 0.9981, 0.998, 0.9982, 10000);
    errata_case_add_metric(report, "recall", 0.0, 0.0, 0.17, 19);
    errata_case_add_metric(report, "n_positive", 19.0, (double)NAN, (double)NAN, 10000);
    said = errata_verdict_rare(report);
    g_assert_cmpstr(
        said,
        ==,
        "none of the 19 rows of class fraud is found, and always saying the other class "
        "is right as often");
    ((ErrataMetric *)g_ptr_array_index(report->metrics, 0))->value = 0.9985;
    silent = errata_verdict_rare(report);
    g_assert_null(silent);
}

static void
test_writer_never(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();

    g_test_summary("That no row of a class is found stands in the first sentence");
    report->task = ERRATA_TASK_BINARY;
    report->positive = g_strdup("1");
    report->headline = g_strdup("accuracy");
    report->n_rows = 2500;
    errata_case_add_metric(report, "accuracy", 0.906, 0.894, 0.917, 2500);
    errata_case_add_metric(report, "majority_accuracy", 0.906, 0.894, 0.917, 2500);
    errata_case_add_metric(report, "recall", 0.0, 0.0, 0.016, 234);
    errata_case_add_metric(report, "n_positive", 234.0, (double)NAN, (double)NAN, 2500);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_test_message("%s", report->verdict);
    g_assert_true(g_str_has_prefix(report->verdict,
                                   "Right 90.6\u202f% of the time (±1.2), yet none of the 234 rows "
                                   "of class 1 is found, and always saying"));
}

static void
test_writer_labels(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE,
                                                "About 2.4\u202f% of the labels look wrong");

    g_test_summary("The verdict tells how many labels look wrong, not that some may be");
    report->headline = g_strdup("accuracy");
    report->n_rows = 1000;
    errata_case_add_metric(report, "accuracy", 0.849, 0.845, 0.853, 1000);
    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->confirmed = TRUE;
    errata_finding_add(finding,
                       errata_evidence_new("share", "share", 0.024, ERRATA_UNIT_SHARE, 1000));
    errata_case_add_finding(report, finding);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_assert_true(g_str_has_suffix(report->verdict, " About 2.4\u202f% of the labels look wrong."));
}

static void
test_writer_filled(void)
{
    static const WriterCase filled = {
        "leak-filled",
        ERRATA_FINDING_LEAKAGE,
        ERRATA_SEVERITY_HIGH,
        NULL,
        NULL,
        NULL,
        NULL,
        NULL,
        0,
        {{"filled_share", 1.0, (double)NAN, ERRATA_UNIT_SHARE, 0.326, NULL}},
        {NULL},
        NULL};
    g_autoptr(ErrataCase) report = writer_write(&filled);
    const ErrataFinding *finding = g_ptr_array_index(report->findings, 0);

    g_test_summary("What the title tells of a filled column is not told again");
    g_assert_nonnull(strstr(finding->rationale, "Of all rows, 32.6\u202f% are of that class."));
    g_assert_null(strstr(finding->rationale, "100"));
}

static void
test_writer_leak_first(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataFinding *scores = errata_finding_new(ERRATA_FINDING_CALIBRATION, "The scores are off");
    ErrataFinding *leak = errata_finding_new(ERRATA_FINDING_LEAKAGE, "The scores rest on a");
    g_autoptr(GArray) actions = NULL;

    g_test_summary("A grave leak is in the headline and among what to do, whatever stands before");
    report->task = ERRATA_TASK_BINARY;
    report->headline = g_strdup("accuracy");
    report->n_rows = 4000;
    errata_case_add_metric(report, "accuracy", 0.99, 0.98, 0.995, 4000);
    scores->severity = leak->severity = ERRATA_SEVERITY_HIGH;
    scores->rank = 1.0;
    leak->rank = 0.5;
    errata_finding_add(scores, errata_evidence_new("ece", "error", 0.1, ERRATA_UNIT_SHARE, 4000));
    errata_finding_add(leak, errata_evidence_new("strength", "AUC", 0.99, ERRATA_UNIT_NONE, 4000));
    errata_finding_suggest(leak, "drop-feature", "leave it out");
    errata_case_add_finding(report, scores);
    errata_case_add_finding(report, leak);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_assert_nonnull(strstr(report->verdict, "The scores rest on a"));
    actions = errata_actions_gather(report);
    g_assert_cmpuint(actions->len, ==, 1);
    g_assert_true(g_array_index(actions, ErrataAction, 0).finding == leak);
}

static void
test_writer_few(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();

    g_test_summary("A wide accuracy is told in digits, as the tile beneath it");
    report->task = ERRATA_TASK_BINARY;
    report->headline = g_strdup("accuracy");
    report->n_rows = 60;
    errata_case_add_metric(report, "accuracy", 0.7167, 0.592, 0.815, 60);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_assert_true(
        g_str_has_prefix(report->verdict, "Right 72\u202f% of the time (59 to 82\u202f%). "));
}

static void
test_writer_all(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();

    g_test_summary("A model that is always right is said to be, without ± beyond all");
    report->task = ERRATA_TASK_BINARY;
    report->headline = g_strdup("accuracy");
    report->n_rows = 1500;
    errata_case_add_metric(report, "accuracy", 1.0, 0.9974, 1.0, 1500);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_assert_true(g_str_has_prefix(report->verdict,
                                   "All 1,500 predictions are right (more than 99.7\u202f%, "
                                   "95\u202f% sure). "));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(writer_cases); i++) {
        g_autofree char *path = g_strconcat("/writer/", writer_cases[i].name, NULL);

        g_test_add_data_func(path, &writer_cases[i], test_writer_case);
    }
    g_test_add_func("/writer/flags", test_writer_flags);
    g_test_add_func("/writer/rare", test_writer_rare);
    g_test_add_func("/writer/never", test_writer_never);
    g_test_add_func("/writer/all", test_writer_all);
    g_test_add_func("/writer/leak-first", test_writer_leak_first);
    g_test_add_func("/writer/few", test_writer_few);
    g_test_add_func("/writer/filled", test_writer_filled);
    g_test_add_func("/writer/verdict-labels", test_writer_labels);
    g_test_add_func("/writer/verdict", test_writer_verdict);
    g_test_add_func("/writer/verdict-within", test_writer_verdict_within);
    g_test_add_func("/writer/verdict-area", test_writer_verdict_area);
    g_test_add_func("/writer/verdict-cluster", test_writer_verdict_cluster);
    g_test_add_func("/writer/verdict-order", test_writer_verdict_order);
    g_test_add_func("/writer/verdict-throughout", test_writer_verdict_throughout);
    return g_test_run();
}
