/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences of the built-in writer where the plain form would be false or odd: what is over, what
 * is nought, what is all, what is the same. */
#include <math.h>

#include "built-in-writer.h"
#include "case.h"

static ErrataEvidence *
sentence_add(ErrataFinding *finding, const char *key, double value, ErrataUnit unit)
{
    ErrataEvidence *evidence = errata_finding_add(finding,
                                                  errata_evidence_new(key, key, value, unit, 1000));

    evidence->lo = 0.9 * value;
    evidence->hi = 1.1 * value;
    return evidence;
}

static void
sentence_where(ErrataFinding *finding, const char *column)
{
    ErrataPredicate *predicate = errata_predicate_new(column, ERRATA_OP_EQ);

    predicate->values = g_strsplit("v", ",", -1);
    g_ptr_array_add(finding->subject.predicates, predicate);
}

/* the text on @finding, which it takes */
static char *
sentence_write(ErrataFinding *finding)
{
    g_autoptr(ErrataCase) report = errata_case_new();

    report->positive = g_strdup("fraud");
    report->n_rows = 30000;
    finding->severity = ERRATA_SEVERITY_MEDIUM;
    finding->confirmed = TRUE;
    finding->n_rows = 1000;
    errata_case_add_finding(report, finding);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_test_message("%s", finding->rationale);
    return g_strdup(finding->rationale);
}

static void
test_sentences_passed(void)
{
    static const struct {
        gboolean back;
        const char *errors;
        const char *says;
    } cases[] = {
        {TRUE, "same", "Predictions were no worse for it: 6.0\u202f% wrong then, "},
        {TRUE, "more", "Predictions were wrong 6.0\u202f% of the time then, "},
        {FALSE, "same", "Predictions are no worse for it so far: 6.0\u202f% wrong since, "},
        {FALSE, "more", "Predictions have been wrong 6.0\u202f% of the time since, "},
    };

    g_test_summary("What is over has had its errors then, not since");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "left fell");
        g_autofree char *text = NULL;

        finding->subject.series = g_strdup("sd:left");
        sentence_add(finding, "before", 1.22, ERRATA_UNIT_NONE);
        sentence_add(finding, "after", 0.87, ERRATA_UNIT_NONE);
        sentence_add(finding, "at", 302.0, ERRATA_UNIT_COUNT);
        if (cases[i].back)
            sentence_add(finding, "back", 655.0, ERRATA_UNIT_COUNT);
        sentence_add(finding, "rate_after", 0.06, ERRATA_UNIT_SHARE)->baseline = 0.14;
        g_ptr_array_add(finding->notes, g_strdup_printf("errors=%s", cases[i].errors));
        text = sentence_write(finding);
        g_assert_nonnull(strstr(text, cases[i].says));
    }
}

static void
test_sentences_nought(void)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "too low");
    ErrataEvidence *elsewhere;
    g_autofree char *text = NULL;

    g_test_summary("What is off by nothing is neither too high nor too low");
    sentence_where(finding, "city");
    g_ptr_array_add(finding->notes, g_strdup("type=too-low"));
    sentence_add(finding, "type_in", -30000.0, ERRATA_UNIT_TARGET);
    elsewhere = sentence_add(finding, "type_out", 12.0, ERRATA_UNIT_TARGET);
    elsewhere->lo = -900.0;
    elsewhere->hi = 924.0;
    text = sentence_write(finding);
    g_assert_nonnull(strstr(text, "; elsewhere they are neither too high nor too low."));
}

static void
test_sentences_idle(void)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "wrong");
    g_autofree char *text = NULL;

    g_test_summary(
        "A condition without which as many are wrong adds nothing, and all is not 100 %");
    sentence_where(finding, "os");
    sentence_where(finding, "tier");
    sentence_add(finding, "rate_in", 0.623, ERRATA_UNIT_SHARE);
    sentence_add(finding, "rate_out", 0.39, ERRATA_UNIT_SHARE);
    sentence_add(finding, "ratio", 1.6, ERRATA_UNIT_RATIO);
    sentence_add(finding, "parent", 0.622, ERRATA_UNIT_SHARE)->text = g_strdup("tier is v");
    sentence_add(finding, "parent", 0.42, ERRATA_UNIT_SHARE)->text = g_strdup("os is v");
    sentence_add(finding, "missed_share", 0.2, ERRATA_UNIT_SHARE);
    sentence_add(finding, "positive_share", 0.3, ERRATA_UNIT_SHARE);
    sentence_add(finding, "missed_in", 1.0, ERRATA_UNIT_SHARE);
    text = sentence_write(finding);
    g_assert_nonnull(strstr(text, "The condition on os adds nothing that shows: without it, "));
    g_assert_nonnull(strstr(text, "A fifth of all missed cases of class fraud lie there"));
    g_assert_nonnull(strstr(text, ", and all of it is missed."));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sentences/passed", test_sentences_passed);
    g_test_add_func("/sentences/nought", test_sentences_nought);
    g_test_add_func("/sentences/idle", test_sentences_idle);
    return g_test_run();
}
