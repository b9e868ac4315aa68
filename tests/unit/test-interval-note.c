/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compose.h"
#include "interval-note.h"

static ErrataEvidence *
test_interval_note_add(ErrataFinding *finding, const char *key)
{
    ErrataEvidence *evidence =
        errata_finding_add(finding, errata_evidence_new(key, key, 0.05, ERRATA_UNIT_SHARE, 1000));

    evidence->lo = 0.04;
    evidence->hi = 0.06;
    return evidence;
}

static void
test_interval_note_is(const ErrataFinding *finding,
                      const ErrataEvidence *evidence,
                      const char *want)
{
    g_autofree char *cell = errata_compose_evidence_interval(finding, evidence);

    g_assert_cmpstr(cell, ==, want);
}

static void
test_interval_note_cells(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "t");
    ErrataEvidence *usual = test_interval_note_add(finding, "metric_to");
    ErrataEvidence *sure = test_interval_note_add(finding, "rise");
    g_autofree char *heading = NULL;

    g_test_summary("An interval that is not as its heading says says what it is");
    errata_interval_note_set(finding, sure, ERRATA_INTERVAL_NOTE_SURE);
    heading = errata_compose_interval(finding);
    g_assert_cmpstr(heading, ==, "95\u202f% interval");
    test_interval_note_is(finding, usual, "4.0\u00a0–\u00a06.0");
    test_interval_note_is(finding, sure, "4.0\u00a0–\u00a06.0 (99\u202f%)");
}

static void
test_interval_note_alone(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_THRESHOLD, "t");
    ErrataEvidence *best = test_interval_note_add(finding, "best");
    g_autofree char *heading = NULL;
    g_autofree char *brief = NULL;

    g_test_summary("Where no interval is of 95 % the heading says what they are");
    errata_interval_note_set(finding, best, ERRATA_INTERVAL_NOTE_HALVES);
    heading = errata_compose_interval(finding);
    g_assert_cmpstr(heading, ==, "both halves");
    test_interval_note_is(finding, best, "4.0\u00a0–\u00a06.0");
    brief = errata_compose_brief_interval(finding, best);
    g_assert_cmpstr(brief, ==, "4.0\u00a0–\u00a06.0, both halves");
}

static void
test_interval_note_level(void)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_SLICE, "t");
    ErrataEvidence *rate = test_interval_note_add(finding, "rate_in");
    ErrataEvidence *since = test_interval_note_add(finding, "since");
    ErrataEvidence *none =
        errata_finding_add(finding, errata_evidence_new("excess", "e", 7.0, ERRATA_UNIT_COUNT, 10));
    g_autofree char *heading = NULL;

    g_test_summary("A level of the finding is that of all numbers without one of their own");
    g_ptr_array_add(finding->notes, g_strdup("level=97.5\u202f%"));
    errata_interval_note_set(finding, since, ERRATA_INTERVAL_NOTE_USUAL);
    heading = errata_compose_interval(finding);
    g_assert_cmpstr(heading, ==, "97.5\u202f% interval");
    test_interval_note_is(finding, rate, "4.0\u00a0–\u00a06.0");
    test_interval_note_is(finding, since, "4.0\u00a0–\u00a06.0 (95\u202f%)");
    test_interval_note_is(finding, none, NULL);
    g_assert_null(errata_interval_note_get(finding, none));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/interval-note/cells", test_interval_note_cells);
    g_test_add_func("/interval-note/alone", test_interval_note_alone);
    g_test_add_func("/interval-note/level", test_interval_note_level);
    return g_test_run();
}
