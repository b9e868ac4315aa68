/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences whose every word fits a fact and that are false as a whole; each beside a true one like
 * it. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "grounding.h"

#define NONE ((double)NAN)

typedef struct {
    const char *what;
    ErrataUnit unit;
    double value;
    double lo;
    double hi;
    double baseline;
} TestFact;

static const TestFact test_slice_facts[] = {
    {"error rate in the slice", ERRATA_UNIT_SHARE, 0.21, 0.19, 0.23, 0.07},
    {"error rate elsewhere", ERRATA_UNIT_SHARE, 0.07, 0.06, 0.08, NONE},
    {"slice over elsewhere", ERRATA_UNIT_RATIO, 3.0, 2.7, 3.3, NONE},
    {"share of all rows", ERRATA_UNIT_SHARE, 0.09, NONE, NONE, NONE},
    {"share of all errors", ERRATA_UNIT_SHARE, 0.23, NONE, NONE, NONE},
    {"errors beyond the expected", ERRATA_UNIT_COUNT, 178, NONE, NONE, NONE},
    {"mean confidence in the slice", ERRATA_UNIT_SHARE, 0.81, NONE, NONE, NONE},
    {"mean confidence elsewhere", ERRATA_UNIT_SHARE, 0.88, NONE, NONE, NONE},
};

static const TestFact test_label_facts[] = {
    {"rows whose label looks wrong", ERRATA_UNIT_COUNT, 214, NONE, NONE, 30},
    {"such rows among clean labels", ERRATA_UNIT_COUNT, 30, NONE, NONE, NONE},
    {"share of the suspects that can be wrong, at most", ERRATA_UNIT_SHARE, 0.93, NONE, NONE, NONE},
    {"accuracy with the labels as given", ERRATA_UNIT_SHARE, 0.87, NONE, NONE, NONE},
};

static const TestFact test_change_facts[] = {
    {"error rate since", ERRATA_UNIT_SHARE, 0.16, 0.15, 0.17, 0.11},
    {"error rate before", ERRATA_UNIT_SHARE, 0.11, NONE, NONE, NONE},
};

static const TestFact test_calibration_facts[] = {
    {"expected calibration error, ten bins of equal width",
     ERRATA_UNIT_SHARE,
     0.08,
     0.07,
     0.09,
     0.01},
    {"mean top probability", ERRATA_UNIT_SHARE, 0.9, NONE, NONE, NONE},
    {"share right", ERRATA_UNIT_SHARE, 0.82, NONE, NONE, NONE},
};

static ErrataFinding *
test_finding(ErrataFindingKind kind, const TestFact *facts, gsize n)
{
    ErrataFinding *finding = errata_finding_new(kind, "a finding");

    for (gsize i = 0; i < n; i++) {
        ErrataEvidence *evidence = errata_finding_add(
            finding,
            errata_evidence_new("key", facts[i].what, facts[i].value, facts[i].unit, 900));

        evidence->lo = facts[i].lo;
        evidence->hi = facts[i].hi;
        evidence->baseline = facts[i].baseline;
    }
    return finding;
}

static gboolean
test_passes(ErrataFinding *finding, const char *text, const char *evidence, const char *claim)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    g_autofree char *json = g_strdup_printf(
        "{\"sentences\": [{\"text\": \"%s\", \"evidence\": [%s], \"claim\": \"%s\"}]}",
        text,
        evidence,
        claim);
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GPtrArray) passed = NULL;

    report->classes = g_strsplit("paper,glass,metal", ",", -1);
    errata_case_add_finding(report, finding);
    errata_case_finish(report);
    passed = errata_grounding_check(json, finding, report, &faults);
    if (faults->len > 0)
        g_test_message("%s: %s", text, ((ErrataGroundingFault *)faults->pdata[0])->why);
    return passed->len == 1 && faults->len == 0;
}

typedef struct {
    const char *text;
    const char *evidence;
    const char *claim;
    gboolean holds;
} TestSaid;

static void
test_said(ErrataFinding *(*make)(void), const TestSaid *said, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (test_passes(make(), said[i].text, said[i].evidence, said[i].claim) != said[i].holds)
            g_test_fail_printf("%s: %s", said[i].holds ? "refused" : "passed", said[i].text);
}

static ErrataFinding *
test_slice(void)
{
    ErrataFinding *finding =
        test_finding(ERRATA_FINDING_SLICE, test_slice_facts, G_N_ELEMENTS(test_slice_facts));
    ErrataPredicate *predicate = errata_predicate_new("bin", ERRATA_OP_EQ);

    predicate->values = g_strsplit("kerb", ",", -1);
    g_ptr_array_add(finding->subject.predicates, predicate);
    return finding;
}

static ErrataFinding *
test_label(void)
{
    return test_finding(ERRATA_FINDING_LABEL_ISSUE,
                        test_label_facts,
                        G_N_ELEMENTS(test_label_facts));
}

static ErrataFinding *
test_change(void)
{
    return test_finding(ERRATA_FINDING_CHANGE_POINT,
                        test_change_facts,
                        G_N_ELEMENTS(test_change_facts));
}

static ErrataFinding *
test_calibration(void)
{
    return test_finding(ERRATA_FINDING_CALIBRATION,
                        test_calibration_facts,
                        G_N_ELEMENTS(test_calibration_facts));
}

static void
test_denominators(void)
{
    static const TestSaid said[] = {
        {"{} of all errors are in the slice.", "\"E5\"", "none", TRUE},
        {"{} of all errors are in the slice.", "\"E1\"", "none", FALSE},
        {"{} of the errors lie in the slice.", "\"E1\"", "none", FALSE},
        {"These rows make up {} of all rows, but {} of all errors.", "\"E4\",\"E5\"", "none", TRUE},
        {"These rows make up {} of all errors, but {} of all rows.",
         "\"E4\",\"E5\"",
         "none",
         FALSE},
        {"The slice holds {} of the errors.", "\"E1\"", "none", FALSE},
        {"There are {} errors beyond the expected.", "\"E6\"", "none", TRUE},
        {"There are {} errors in the slice.", "\"E6\"", "none", FALSE},
        {"{} of the errors are beyond the expected.", "\"E6\"", "none", FALSE},
    };

    g_test_summary("A share is one of what it was measured of");
    test_said(test_slice, said, G_N_ELEMENTS(said));
}

static void
test_differences(void)
{
    static const TestSaid said[] = {
        {"The error rate in the slice is {}, higher than elsewhere.", "\"E1\"", "higher", TRUE},
        {"The error rate in the slice is {} higher than elsewhere.", "\"E1\"", "higher", FALSE},
        {"The error rate in the slice is {} more than elsewhere.", "\"E1\"", "higher", FALSE},
        {"The error rate in the slice is higher than elsewhere, at {}.", "\"E1\"", "higher", TRUE},
        {"The error rate in the slice is higher than elsewhere by {}.", "\"E1\"", "higher", FALSE},
        {"The error rate in the slice surpasses that elsewhere by {}.", "\"E1\"", "higher", FALSE},
        {"The error rate in the slice is {} that elsewhere.", "\"E3\"", "none", TRUE},
        {"The error rate in the slice is {} greater than that elsewhere.",
         "\"E3\"",
         "higher",
         FALSE},
        {"Errors in the slice are {} as frequent as elsewhere.", "\"E3\"", "none", TRUE},
        {"Errors in the slice are {} more frequent than elsewhere.", "\"E3\"", "higher", FALSE},
    };

    g_test_summary("A figure by itself is no difference, a ratio no excess");
    test_said(test_slice, said, G_N_ELEMENTS(said));
}

static void
test_slots(void)
{
    static const TestSaid said[] = {
        {"The error rate is {} in the slice and {} elsewhere.", "\"E1\",\"E2\"", "none", TRUE},
        {"The error rate is {} in the slice and {} elsewhere.", "\"E2\",\"E1\"", "none", FALSE},
        {"The error rate in the slice is {}, against {} elsewhere.", "\"E1\",\"E2\"", "none", TRUE},
        {"The error rate in the slice and elsewhere is {} against {}.",
         "\"E2\",\"E1\"",
         "none",
         FALSE},
        {"The mean confidence is {} in the slice and {} elsewhere.", "\"E7\",\"E8\"", "none", TRUE},
        {"The mean confidence in the slice and that elsewhere are a mean of {} and a mean of {}.",
         "\"E8\",\"E7\"",
         "none",
         FALSE},
    };

    g_test_summary("Each figure stands with its own fact's name");
    test_said(test_slice, said, G_N_ELEMENTS(said));
}

static void
test_standards(void)
{
    static const TestSaid slices[] = {
        {"The error rate in the slice is {}, more than in the rest.", "\"E1\"", "higher", TRUE},
        {"The error rate in the slice is {}, more than earlier.", "\"E1\"", "higher", FALSE},
        {"The error rate in the slice is {}, more than in the baseline.",
         "\"E1\"",
         "higher",
         FALSE},
        {"The error rate in the slice is {}, more than for “glass”.", "\"E1\"", "higher", FALSE},
        {"The error rate in the slice is {}, higher in “glass” than in “metal”.",
         "\"E1\"",
         "higher",
         FALSE},
        {"The error rate in the slice is {}, more than in the other groups.",
         "\"E1\"",
         "higher",
         FALSE},
        {"The error rate in the slice is {}, above the mean confidence in the slice of {}.",
         "\"E1\",\"E7\"",
         "higher",
         FALSE},
        {"The error rate in the slice was {} before.", "\"E1\"", "none", FALSE},
        {"The error rate in the slice is {} in the reference.", "\"E1\"", "none", FALSE},
    };
    static const TestSaid changes[] = {
        {"The error rate since is {}, higher than before.", "\"E1\"", "higher", TRUE},
        {"The error rate was {} before and {} since.", "\"E2\",\"E1\"", "none", TRUE},
        {"The error rate since is {}, higher than elsewhere.", "\"E1\"", "higher", FALSE},
        {"The error rate was {} since and {} before.", "\"E2\",\"E1\"", "none", FALSE},
    };
    static const TestSaid calibrations[] = {
        {"The expected calibration error (ten bins of equal width) is {}.", "\"E1\"", "none", TRUE},
        {"The expected calibration error (ten bins of equal width) is {}, above the share right of {}.",
         "\"E1\",\"E3\"",
         "higher",
         FALSE},
        {"The error rate is {}.", "\"E1\"", "none", FALSE},
    };

    g_test_summary("After “than” stands what the fact was compared with");
    test_said(test_slice, slices, G_N_ELEMENTS(slices));
    test_said(test_change, changes, G_N_ELEMENTS(changes));
    test_said(test_calibration, calibrations, G_N_ELEMENTS(calibrations));
}

static void
test_names(void)
{
    static const TestSaid said[] = {
        {"The error rate in the slice “kerb” is {}.", "\"E1\"", "none", TRUE},
        {"The error rate in the slice “glass” is {}.", "\"E1\"", "none", FALSE},
        {"Where bin is kerb, the error rate is {}.", "\"E1\"", "none", TRUE},
        {"Where bin is glass, the error rate is {}.", "\"E1\"", "none", FALSE},
        {"Where bin is kerb, the error rate is {}.", "\"E2\"", "none", FALSE},
        {"The error rate elsewhere is {} in “kerb”.", "\"E2\"", "none", FALSE},
        {"The share of all rows with “metal” is {}.", "\"E4\"", "none", FALSE},
        {"Perhaps few rows with “kerb” were seen; the share of all rows is {}.",
         "\"E4\"",
         "hypothesis",
         TRUE},
        {"Perhaps few rows with “metal” were seen; the share of all rows is {}.",
         "\"E4\"",
         "hypothesis",
         FALSE},
        {"The share of all rows is {} because of new values.", "\"E4\"", "hypothesis", FALSE},
    };

    g_test_summary("A figure is the finding's own group's");
    test_said(test_slice, said, G_N_ELEMENTS(said));
}

static void
test_modes(void)
{
    static const TestSaid slices[] = {
        {"The error rate in the slice is {}.", "\"E1\"", "none", TRUE},
        {"The error rate in the slice will be {}.", "\"E1\"", "none", FALSE},
        {"The error rate in the slice would be {} elsewhere.", "\"E1\"", "none", FALSE},
        {"The error rate in the slice is {} or more.", "\"E1\"", "higher", FALSE},
        {"The errors beyond the expected are {}.", "\"E6\"", "none", TRUE},
        {"The errors beyond the expected are {} per group.", "\"E6\"", "none", FALSE},
    };
    static const TestSaid labels[] = {
        {"There are {} rows whose label looks wrong.", "\"E1\"", "none", TRUE},
        {"There are {} rows whose label is wrong.", "\"E1\"", "none", FALSE},
        {"{} rows have a wrong label.", "\"E1\"", "none", FALSE},
        {"The share of the suspects that can be wrong is at most {}.", "\"E3\"", "none", TRUE},
        {"At most {} of the suspects can be wrong.", "\"E3\"", "none", TRUE},
        {"The share of the suspects that can be wrong is {}.", "\"E3\"", "none", FALSE},
        {"The suspects are wrong at a share of {}.", "\"E3\"", "none", FALSE},
        {"The accuracy with the labels as given is {}.", "\"E4\"", "none", TRUE},
        {"The accuracy with the right labels is {}.", "\"E4\"", "none", FALSE},
        {"The accuracy with the labels as given would be {}.", "\"E4\"", "none", FALSE},
    };

    g_test_summary("What looks so is not said to be so, nor that it will be");
    test_said(test_slice, slices, G_N_ELEMENTS(slices));
    test_said(test_label, labels, G_N_ELEMENTS(labels));
}

/* what WRITING asks for and people say, each beside what is false and hardly differs */
static const TestSaid freer_slices[] = {
    {"Predictions in the slice are wrong {} of the time.", "\"E1\"", "none", TRUE},
    {"Predictions in the slice are wrong {} of the time.", "\"E5\"", "none", FALSE},
    {"Predictions in the slice are wrong {} of the time.", "\"E2\"", "none", FALSE},
    {"Predictions in the slice are right {} of the time.", "\"E1\"", "none", FALSE},
    {"Predictions where bin is kerb are wrong {} of the time.", "\"E1\"", "none", TRUE},
    {"Predictions where bin is glass are wrong {} of the time.", "\"E1\"", "none", FALSE},
    {"Predictions in the slice are wrong {} of the time; the rest, {}.",
     "\"E1\",\"E2\"",
     "none",
     TRUE},
    {"Predictions in the slice are wrong {} of the time; the rest, {}.",
     "\"E2\",\"E1\"",
     "none",
     FALSE},
    {"Predictions in the slice are wrong {} of the time, against {} elsewhere.",
     "\"E1\",\"E2\"",
     "none",
     TRUE},
    {"Predictions in the slice are wrong {} of the time, against {} elsewhere.",
     "\"E1\",\"E8\"",
     "none",
     FALSE},
    {"{} of the predictions in the slice are wrong, against {} elsewhere.",
     "\"E1\",\"E2\"",
     "none",
     TRUE},
    {"{} of the predictions in the slice are wrong.", "\"E1\"", "none", TRUE},
    {"{} of the predictions in the slice are wrong.", "\"E5\"", "none", FALSE},
    {"{} of the wrong predictions are in the slice.", "\"E1\"", "none", FALSE},
    {"{} of all predictions are wrong.", "\"E1\"", "none", FALSE},
    {"Predictions in the slice are wrong {} as often as the rest.", "\"E3\"", "none", TRUE},
    {"Predictions in the slice are wrong {} as often as elsewhere.", "\"E3\"", "none", TRUE},
    {"Predictions elsewhere are wrong {} as often as in the slice.", "\"E3\"", "none", FALSE},
    {"Predictions in the slice are right {} as often as the rest.", "\"E3\"", "none", FALSE},
    {"Predictions in the slice are wrong {} more often than the rest.", "\"E3\"", "higher", FALSE},
    {"These rows are {} of the traffic and make {} of the errors.", "\"E4\",\"E5\"", "none", TRUE},
    {"These rows are {} of the traffic and make {} of the errors.", "\"E5\",\"E4\"", "none", FALSE},
    {"They are {} of the traffic.", "\"E4\"", "none", TRUE},
    {"They are {} of the traffic.", "\"E5\"", "none", FALSE},
    {"They are {} of the errors.", "\"E4\"", "none", FALSE},
    {"The slice accounts for {} of all errors.", "\"E5\"", "none", TRUE},
    {"The slice accounts for {} of its errors.", "\"E5\"", "none", FALSE},
    {"The slice accounts for {} of all errors.", "\"E1\"", "none", FALSE},
    {"The slice has an error rate of {}.", "\"E1\"", "none", TRUE},
    {"The slice has an error rate of {}.", "\"E2\"", "none", FALSE},
    {"The rest has an error rate of {}.", "\"E2\"", "none", TRUE},
    {"The rest has an error rate of {}.", "\"E1\"", "none", FALSE},
    {"The slice has an error rate of {}, against {} elsewhere.", "\"E1\",\"E2\"", "none", TRUE},
    {"The slice has an error rate of {}, higher than elsewhere.", "\"E1\"", "higher", TRUE},
    {"The slice has an error rate of {}, lower than elsewhere.", "\"E1\"", "lower", FALSE},
    {"The slice has an error rate of {}, higher than before.", "\"E1\"", "higher", FALSE},
    {"Elsewhere, the error rate is {}.", "\"E2\"", "none", TRUE},
    {"Elsewhere, the error rate is {}.", "\"E1\"", "none", FALSE},
    {"In the slice the error rate is {}, elsewhere it is {}.", "\"E1\",\"E2\"", "none", TRUE},
    {"In the slice the error rate is {}, elsewhere it is {}.", "\"E2\",\"E1\"", "none", FALSE},
    {"The error rate stands at {} in the slice and at {} elsewhere.",
     "\"E1\",\"E2\"",
     "none",
     TRUE},
    {"The error rate stands at {} in the slice and at {} elsewhere.",
     "\"E2\",\"E1\"",
     "none",
     FALSE},
    {"At {}, the error rate in the slice is higher than elsewhere.", "\"E1\"", "higher", TRUE},
    {"At {}, the error rate in the slice is higher than elsewhere.", "\"E2\"", "higher", FALSE},
    {"At {}, the error rate in the slice is higher than before.", "\"E1\"", "higher", FALSE},
    {"The error rate in the slice ({}) is higher than elsewhere ({}).",
     "\"E1\",\"E2\"",
     "higher",
     TRUE},
    {"The error rate in the slice ({}) is higher than elsewhere ({}).",
     "\"E2\",\"E1\"",
     "higher",
     FALSE},
    {"The error rate in the slice ({}) is lower than elsewhere ({}).",
     "\"E1\",\"E2\"",
     "lower",
     FALSE},
    {"The error rate in the slice reaches {}.", "\"E1\"", "none", TRUE},
    {"The error rate in the slice equals {}.", "\"E1\"", "none", TRUE},
    {"The error rate in the slice exceeds {}.", "\"E1\"", "none", FALSE},
    {"The error rate in the slice is at {}.", "\"E1\"", "none", TRUE},
    {"The error rate in the slice is around {}.", "\"E1\"", "none", FALSE},
};

static void
test_freer(void)
{
    static const TestSaid changes[] = {
        {"Since, the error rate is {}, before it was {}.", "\"E2\",\"E1\"", "none", FALSE},
        {"Predictions in the slice are wrong {} of the time.", "\"E1\"", "none", FALSE},
        {"The rest has an error rate of {}.", "\"E1\"", "none", FALSE},
    };
    static const TestSaid calibrations[] = {
        {"Predictions in the slice are wrong {} of the time.", "\"E1\"", "none", FALSE},
        {"The mean top probability is at {}.", "\"E2\"", "none", TRUE},
    };

    g_test_summary("True sentences in a freer style pass, false ones like them do not");
    test_said(test_slice, freer_slices, G_N_ELEMENTS(freer_slices));
    test_said(test_change, changes, G_N_ELEMENTS(changes));
    test_said(test_calibration, calibrations, G_N_ELEMENTS(calibrations));
}

/* every other fact, or two, in place of those that it is true of, and every other claim */
static void
test_swapped(void)
{
    static const char *const claims[] = {"higher", "lower", "equal", "none", "hypothesis"};
    const guint n_facts = G_N_ELEMENTS(test_slice_facts);
    guint n_tried = 0;

    g_test_summary("A true sentence is true of its own facts and claim only");
    for (gsize i = 0; i < G_N_ELEMENTS(freer_slices); i++) {
        const TestSaid *said = &freer_slices[i];
        gboolean pair = strchr(said->evidence, ',') != NULL;

        if (!said->holds)
            continue;
        for (guint k = 0; k < (pair ? n_facts * n_facts : n_facts); k++) {
            g_autofree char *cited =
                pair ? g_strdup_printf("\"E%u\",\"E%u\"", k / n_facts + 1, k % n_facts + 1)
                     : g_strdup_printf("\"E%u\"", k + 1);

            if (strcmp(cited, said->evidence) == 0)
                continue;
            n_tried++;
            if (test_passes(test_slice(), said->text, cited, said->claim))
                g_test_fail_printf("passed with %s: %s", cited, said->text);
        }
        for (guint k = 0; k < G_N_ELEMENTS(claims); k++) {
            if (strcmp(claims[k], said->claim) == 0)
                continue;
            n_tried++;
            if (test_passes(test_slice(), said->text, said->evidence, claims[k]))
                g_test_fail_printf("passed as %s: %s", claims[k], said->text);
        }
    }
    g_test_message("%u tried", n_tried);
    g_assert_cmpuint(n_tried, >, 600);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/grounding-form/denominators", test_denominators);
    g_test_add_func("/grounding-form/differences", test_differences);
    g_test_add_func("/grounding-form/slots", test_slots);
    g_test_add_func("/grounding-form/standards", test_standards);
    g_test_add_func("/grounding-form/names", test_names);
    g_test_add_func("/grounding-form/modes", test_modes);
    g_test_add_func("/grounding-form/freer", test_freer);
    g_test_add_func("/grounding-form/swapped", test_swapped);
    return g_test_run();
}
