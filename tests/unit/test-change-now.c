/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "change-plant.h"
#include "drift.h"

static const ErrataFinding *
now_find(const LogFixture *log, ErrataFindingKind kind)
{
    const GPtrArray *findings = log->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == kind)
            return finding;
    }
    return NULL;
}

static void
test_change_now_goes_on(void)
{
    const Plant plant = {.begin = 12000, .end = N, .shift = 1.5};
    g_autoptr(LogFixture) log = test_run(&plant, 1);
    const ErrataFinding *change = now_find(log, ERRATA_FINDING_CHANGE_POINT);
    const ErrataFinding *drift;
    g_autofree char *since = NULL;

    g_test_summary("A column that still moves where the log ends has moved since the change began");
    g_assert_nonnull(change);
    if (change == NULL)
        return;
    g_assert_cmpint(change->subject.to, >, change->subject.from);
    g_assert_cmpuint(log->analysis.changed_at, ==, 0);
    g_assert_true(errata_change_goes_on(&log->analysis, change));
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    drift = now_find(log, ERRATA_FINDING_DRIFT);
    g_assert_nonnull(drift);
    if (drift == NULL)
        return;
    since = g_strdup_printf(" in a slow change since row %" G_GINT64_FORMAT ",%03" G_GINT64_FORMAT,
                            change->subject.from / 1000,
                            change->subject.from % 1000);
    g_test_message("%s", drift->title);
    g_assert_true(g_str_has_suffix(drift->title, since));
    g_assert_nonnull(errata_finding_note(drift, "rows")); /* those compared began later */
}

static void
test_change_now_before(void)
{
    const Plant plant = {.begin = 15000, .end = 15000, .errors = 0.2};
    g_autoptr(LogFixture) log = test_run(&plant, 3);
    const ErrataFinding *change = now_find(log, ERRATA_FINDING_CHANGE_POINT);
    const ErrataFinding *fall;
    double errors;

    g_test_summary("A fall is told against the rows before it, at the rate of its change point");
    g_assert_nonnull(change);
    if (change == NULL)
        return;
    g_assert_false(errata_change_goes_on(&log->analysis, change));
    g_assert_true(errata_analyzer_drift.run(&log->analysis, NULL));
    fall = now_find(log, ERRATA_FINDING_PERFORMANCE);
    g_assert_nonnull(fall);
    if (fall == NULL)
        return;
    g_assert_cmpstr(errata_finding_note(fall, "before"), ==, "change");
    g_assert_cmpfloat_with_epsilon(1.0 - fall->subject.metric_from, change->subject.before, 1e-9);
    g_assert_cmpfloat_with_epsilon(1.0 - fall->subject.metric_to, change->subject.after, 1e-9);
    g_assert_cmpuint(errata_finding_evidence(fall, "metric_from")->n,
                     ==,
                     (guint64)change->subject.from);
    /* all errors of the rows since, as the table says of other findings; the rise is apart */
    errors = change->subject.after * (N - (double)change->subject.from);
    g_assert_cmpfloat_with_epsilon(change->share_of_errors,
                                   errors / (double)log->outcome->n_errors,
                                   1e-9);
    g_assert_cmpfloat(change->excess_errors, <, 0.8 * errors);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change-now/goes-on", test_change_now_goes_on);
    g_test_add_func("/change-now/before", test_change_now_before);
    return g_test_run();
}
