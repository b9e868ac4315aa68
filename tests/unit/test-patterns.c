/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "case-json.h"
#include "pattern-match.h"
#include "patterns-state.h"
#include "patterns.h"
#include "synth-log.h"

#define SECOND G_GINT64_CONSTANT(1000000)

static ErrataPredicate *
number_predicate(const char *column, ErrataOp op, double lo, double hi)
{
    ErrataPredicate *predicate = errata_predicate_new(column, op);

    predicate->number = lo;
    predicate->upper = hi;
    return predicate;
}

static ErrataPredicate *
text_predicate(const char *column, ErrataOp op, const char *words)
{
    ErrataPredicate *predicate = errata_predicate_new(column, op);

    predicate->values = g_strsplit(words, " ", -1);
    return predicate;
}

/* c is green and a ≥ @lo */
static ErrataFinding *
add_slice(Log *log, double lo, double rate, double half)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "green");
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("rate_in", "rate", rate, ERRATA_UNIT_SHARE, 100));

    evidence->lo = rate - half;
    evidence->hi = rate + half;
    finding->severity = ERRATA_SEVERITY_HIGH;
    g_ptr_array_add(finding->subject.predicates, text_predicate("c", ERRATA_OP_EQ, "green"));
    g_ptr_array_add(finding->subject.predicates,
                    number_predicate("a", ERRATA_OP_GE, lo, (double)NAN));
    errata_case_add_finding(log->analysis.result, finding);
    return finding;
}

/* the same rows, but only the missed ones of class @given */
static ErrataFinding *
add_missed(Log *log, const char *given, const char *said)
{
    ErrataFinding *finding = add_slice(log, 0.0, 0.3, 0.02);

    finding->subject.direction = g_strdup("missed");
    finding->subject.given = g_strdup(given);
    finding->subject.suggested = g_strdup(said);
    return finding;
}

static ErrataFinding *
add_leak(Log *log, const char *column)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, column);

    errata_finding_add(finding,
                       errata_evidence_new("strength", "AUC", 0.99, ERRATA_UNIT_NONE, 100));
    finding->subject.column = g_strdup(column);
    errata_case_add_finding(log->analysis.result, finding);
    return finding;
}

static void
make_log(Log *log, guint64 seed, gboolean planted)
{
    log_init(log, 8000, seed);
    log_fill_noise(log);
    if (planted)
        log_plant(log);
    log_finish(log);
    log->analysis.set_aside = g_new0(guint8, log->n);
}

static void
end_log(Log *log)
{
    g_free(log->analysis.set_aside);
    log_clear(log);
}

/* what a store would have after this report: earlier ones with what it said of them */
static void
remember(GPtrArray *known, const ErrataCase *result)
{
    for (guint i = 0; i < result->patterns->len; i++) {
        const ErrataPattern *pattern = g_ptr_array_index(result->patterns, i);

        for (guint j = 0; j < known->len; j++)
            if (strcmp(((ErrataPattern *)g_ptr_array_index(known, j))->id, pattern->id) == 0)
                g_ptr_array_remove_index(known, j--);
        g_ptr_array_add(known, errata_pattern_copy(pattern));
    }
}

static void
follow(Log *log, GPtrArray *known, gint64 now)
{
    errata_case_finish(log->analysis.result);
    errata_patterns_follow(&log->analysis, known, now * SECOND);
    remember(known, log->analysis.result);
}

static const ErrataPattern *
only(const Log *log)
{
    const GPtrArray *patterns = log->analysis.result->patterns;

    g_assert_cmpuint(patterns->len, ==, 1);
    return g_ptr_array_index(patterns, 0);
}

static void
check(const Log *log, const char *id, ErrataPatternState state, guint reports)
{
    const ErrataPattern *pattern = only(log);

    if (id != NULL)
        g_assert_cmpstr(pattern->id, ==, id);
    g_assert_cmpstr(errata_pattern_state_nick(pattern->state),
                    ==,
                    errata_pattern_state_nick(state));
    g_assert_cmpuint(pattern->reports, ==, reports);
    g_assert_cmpint(pattern->first_seen, ==, 1 * SECOND);
}

/* one report: the slice is found with that end and rate, or is not (@rate 0) */
static char *
report(GPtrArray *known,
       gint64 now,
       gboolean planted,
       double lo,
       double rate,
       const char *id,
       ErrataPatternState state,
       guint reports)
{
    Log log;
    char *got;

    make_log(&log, (guint64)now, planted);
    if (rate > 0.0)
        add_slice(&log, lo, rate, 0.02);
    follow(&log, known, now);
    check(&log, id, state, reports);
    got = g_strdup(only(&log)->id);
    end_log(&log);
    return got;
}

static void
test_patterns_life(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    g_autofree char *id = NULL;
    const ErrataPattern *last;

    g_test_summary("A slice appears, recurs, worsens, betters, is fixed, regresses, is muted");
    id = report(known, 1, TRUE, 0.30, 0.50, NULL, ERRATA_PATTERN_NEW, 1);
    g_assert_cmpuint(strlen(id), ==, 9);
    g_free(report(known, 2, TRUE, 0.28, 0.51, id, ERRATA_PATTERN_RECURRING, 2));
    g_free(report(known, 3, TRUE, 0.32, 0.62, id, ERRATA_PATTERN_WORSE, 3));
    g_free(report(known, 4, TRUE, 0.30, 0.40, id, ERRATA_PATTERN_BETTER, 4));
    g_free(report(known, 5, FALSE, 0.30, 0.0, id, ERRATA_PATTERN_FIXED, 4));
    last = g_ptr_array_index(known, 0);
    g_assert_cmpint(last->last_seen, ==, 4 * SECOND);
    g_free(report(known, 6, TRUE, 0.30, 0.50, id, ERRATA_PATTERN_REGRESSED, 5));
    ((ErrataPattern *)g_ptr_array_index(known, 0))->muted = TRUE;
    g_free(report(known, 7, TRUE, 0.30, 0.80, id, ERRATA_PATTERN_WORSE, 6));
    last = g_ptr_array_index(known, 0);
    g_assert_cmpint(errata_pattern_shown(last), ==, ERRATA_PATTERN_MUTED);
    g_assert_false(errata_pattern_is_news(last));
}

static void
test_patterns_of_later_only(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    g_autofree char *id = report(known, 1, TRUE, 0.30, 0.50, NULL, ERRATA_PATTERN_NEW, 1);
    Log log;

    g_test_summary("What no report before this one had is not fixed; found, it is new");
    ((ErrataPattern *)g_ptr_array_index(known, 0))->reports = 0;
    make_log(&log, 5, FALSE);
    follow(&log, known, 5);
    g_assert_cmpuint(log.analysis.result->patterns->len, ==, 0);
    end_log(&log);
    g_free(report(known, 2, TRUE, 0.28, 0.51, id, ERRATA_PATTERN_NEW, 1));
}

static void
test_patterns_not_found_is_not_fixed(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    Log log;

    g_test_summary("A slice that was missed while its errors are still there is not fixed");
    g_free(report(known, 1, TRUE, 0.30, 0.50, NULL, ERRATA_PATTERN_NEW, 1));
    make_log(&log, 9, TRUE);
    follow(&log, known, 2);
    g_assert_cmpuint(log.analysis.result->patterns->len, ==, 0);
    end_log(&log);
}

static void
test_patterns_told(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);

    g_test_summary(
        "What another finding tells is no pattern of its own, but stays one that it was");
    for (guint turn = 0; turn < 2; turn++) {
        ErrataFinding *finding;
        Log log;

        make_log(&log, turn + 1, TRUE);
        add_slice(&log, 0.30, 0.50, 0.02);
        finding = g_ptr_array_index(log.analysis.result->findings, 0);
        if (turn == 0) {
            g_ptr_array_add(finding->notes, g_strdup("told=another finding"));
            follow(&log, known, 1);
            g_assert_cmpuint(log.analysis.result->patterns->len, ==, 0);
            end_log(&log);
            continue;
        }
        follow(&log, known, 1);
        g_clear_pointer(&log.analysis.result->patterns, g_ptr_array_unref);
        g_ptr_array_add(finding->notes, g_strdup("told=another finding"));
        follow(&log, known, 2);
        g_assert_cmpint(only(&log)->state, ==, ERRATA_PATTERN_RECURRING);
        end_log(&log);
    }
}

static void
test_patterns_codes(void)
{
    const double codes[] = {-1.0, (double)NAN, -999.0}; /* NaN: blanks */

    g_test_summary("Rows with a code for no value and rows with no value are one pattern");
    for (guint value = 0; value < 2; value++) {
        g_autoptr(GPtrArray) known =
            g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);

        for (guint turn = 0; turn < G_N_ELEMENTS(codes) - value; turn++) {
            gboolean blank = isnan(codes[turn]);
            double code = value == 0 ? codes[turn] : 2.0; /* one that cells hold */
            ErrataFinding *finding;
            Log log;

            make_log(&log, turn + 1, FALSE);
            finding = add_slice(&log, 0.0, 0.5, 0.02);
            g_ptr_array_set_size(finding->subject.predicates, 0);
            g_ptr_array_add(
                finding->subject.predicates,
                number_predicate("k", blank ? ERRATA_OP_IS_MISSING : ERRATA_OP_EQ, code, code));
            follow(&log, known, turn + 1);
            g_assert_cmpint(finding->pattern->state,
                            ==,
                            turn == 0 || value == 1 ? ERRATA_PATTERN_NEW
                                                    : ERRATA_PATTERN_RECURRING);
            end_log(&log);
        }
    }
}

static void
test_patterns_blanked(void)
{
    const double shares[] = {0.02, 0.2}; /* of the rows; 2 % of k are missing in any log */

    g_test_summary("Odd values are not fixed where about as many cells are missing");
    for (guint i = 0; i < G_N_ELEMENTS(shares); i++) {
        g_autoptr(GPtrArray) known =
            g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_ANOMALY, "a code");
        Log log;

        make_log(&log, 1, FALSE);
        finding->subject.columns = g_strsplit("k", " ", -1);
        errata_finding_add(
            finding,
            errata_evidence_new("share_rows", "share", shares[i], ERRATA_UNIT_SHARE, log.n));
        errata_case_add_finding(log.analysis.result, finding);
        follow(&log, known, 1);
        end_log(&log);
        make_log(&log, 2, FALSE);
        follow(&log, known, 2);
        g_assert_cmpuint(log.analysis.result->patterns->len, ==, i);
        end_log(&log);
    }
}

/* a code in the cells of k, or nothing in @share of them */
static ErrataFinding *
add_gap(Log *log, gboolean blank, double share)
{
    ErrataFinding *finding = errata_finding_new(blank ? ERRATA_FINDING_DATA_BUG
                                                      : ERRATA_FINDING_ANOMALY,
                                                blank ? "blanks" : "a code");

    if (blank) {
        finding->subject.column = g_strdup("k");
        finding->subject.bug = g_strdup("missing-burst");
    } else {
        finding->subject.columns = g_strsplit("k", " ", -1);
    }
    errata_finding_add(
        finding,
        errata_evidence_new("share_rows", "share", share, ERRATA_UNIT_SHARE, log->n));
    errata_case_add_finding(log->analysis.result, finding);
    return finding;
}

static void
test_patterns_gap(void)
{
    const double shares[] = {0.12, 0.3}; /* after 0.1 */

    g_test_summary("Blanks in the place of a code are the code's pattern, and the other way round");
    for (guint i = 0; i < 2 * G_N_ELEMENTS(shares); i++) {
        g_autoptr(GPtrArray) known =
            g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
        gboolean same = i / 2 == 0;
        ErrataFinding *now;
        Log log;

        make_log(&log, 1, FALSE);
        add_gap(&log, i % 2 != 0, 0.1);
        follow(&log, known, 1);
        end_log(&log);
        make_log(&log, 2, FALSE);
        now = add_gap(&log, i % 2 == 0, shares[i / 2]);
        follow(&log, known, 2);
        g_assert_cmpuint(now->pattern->reports, ==, same ? 2 : 1);
        g_assert_cmpint(now->pattern->state == ERRATA_PATTERN_NEW, ==, !same);
        end_log(&log);
    }
}

static void
test_patterns_unlike(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    Log log;
    ErrataFinding *narrow;
    const ErrataPattern *pattern;

    g_test_summary("Two slices of which the rows differ are two patterns, matched one to one");
    g_free(report(known, 1, TRUE, 0.30, 0.50, NULL, ERRATA_PATTERN_NEW, 1));
    make_log(&log, 3, TRUE);
    narrow = add_slice(&log, 0.8, 0.5, 0.02); /* a fifth of the rows: Jaccard under 0.6 */
    add_slice(&log, 0.35, 0.5, 0.02)->rank = 1.0;
    follow(&log, known, 2);
    g_assert_cmpuint(log.analysis.result->patterns->len, ==, 2);
    pattern = narrow->pattern;
    g_assert_cmpint(pattern->state, ==, ERRATA_PATTERN_NEW);
    pattern = g_ptr_array_index(log.analysis.result->patterns, 0);
    g_assert_cmpint(pattern->state, ==, ERRATA_PATTERN_RECURRING);
    end_log(&log);
}

static void
test_patterns_columns(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    Log first;
    Log second;

    g_test_summary("Other kinds are the same by kind and subject, and fixed when tried in vain");
    make_log(&first, 1, FALSE);
    add_leak(&first, "a");
    add_leak(&first, "gone");
    follow(&first, known, 1);
    g_assert_cmpuint(known->len, ==, 2);
    end_log(&first);
    make_log(&second, 2, FALSE);
    add_leak(&second, "b");
    follow(&second, known, 2);
    /* b is new, a is fixed; `gone` is no column of this log, so nothing is known of it */
    g_assert_cmpuint(second.analysis.result->patterns->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const ErrataPattern *pattern = g_ptr_array_index(second.analysis.result->patterns, i);

        g_assert_cmpstr(pattern->title, ==, i == 0 ? "b" : "a");
        g_assert_cmpint(pattern->state, ==, i == 0 ? ERRATA_PATTERN_NEW : ERRATA_PATTERN_FIXED);
    }
    end_log(&second);
}

/* what a report says of a fall of the accuracy since the last report, if of any, and what it is
 * now */
static ErrataPatternState
fall(GPtrArray *known, gint64 now, double from, double to, double accuracy, guint *ret_n)
{
    ErrataPatternState state = ERRATA_PATTERN_MUTED;
    Log log;

    make_log(&log, (guint64)now, FALSE);
    log.analysis.result->baseline_kind = g_strdup("report");
    errata_case_add_metric(log.analysis.result,
                           "accuracy",
                           accuracy,
                           accuracy - 0.01,
                           accuracy + 0.01,
                           log.n);
    if (from > 0.0) {
        ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "fell");

        errata_finding_add(
            finding,
            errata_evidence_new("change", "fall", from - to, ERRATA_UNIT_SHARE, 100));
        finding->subject.metric = g_strdup("accuracy");
        finding->subject.metric_from = from;
        finding->subject.metric_to = to;
        errata_case_add_finding(log.analysis.result, finding);
    }
    follow(&log, known, now);
    *ret_n = log.analysis.result->patterns->len;
    if (*ret_n > 0)
        state = only(&log)->state;
    end_log(&log);
    return state;
}

static void
test_patterns_fall(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    guint n = 0;

    g_test_summary("What fell since the last report and stays down is not fixed");
    g_assert_cmpint(fall(known, 1, 0.85, 0.76, 0.76, &n), ==, ERRATA_PATTERN_NEW);
    fall(known, 2, 0.0, 0.0, 0.76, &n); /* as low as the last time: no fall */
    g_assert_cmpuint(n, ==, 0);
    fall(known, 3, 0.0, 0.0, 0.80, &n); /* half of it is made good */
    g_assert_cmpuint(n, ==, 0);
    g_assert_cmpint(fall(known, 4, 0.0, 0.0, 0.845, &n), ==, ERRATA_PATTERN_FIXED);
    g_assert_cmpint(fall(known, 5, 0.845, 0.80, 0.80, &n), ==, ERRATA_PATTERN_REGRESSED);
}

/* a cluster known by three keywords */
static void
add_cluster(Log *log, const char *id, const char *words, double a, double b, double c)
{
    ErrataCluster *cluster = errata_case_add_cluster(log->analysis.result);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CLUSTER, id);
    double weights[] = {a, b, c};

    cluster->id = g_strdup(id);
    cluster->keywords = g_strsplit(words, " ", -1);
    cluster->keyword_weights = g_memdup2(weights, sizeof weights);
    errata_finding_add(finding,
                       errata_evidence_new("rate_in", "rate", 0.4, ERRATA_UNIT_SHARE, 100));
    finding->subject.cluster = g_strdup(id);
    errata_case_add_finding(log->analysis.result, finding);
}

/* the last cluster is told by a condition, too: c is @colour */
static void
tell_cluster(Log *log, const char *colour)
{
    GPtrArray *clusters = log->analysis.result->clusters;
    ErrataCluster *cluster = g_ptr_array_index(clusters, clusters->len - 1);

    g_ptr_array_add(cluster->predicates, text_predicate("c", ERRATA_OP_EQ, colour));
}

/* how often a cluster of some words and one colour was seen, after one of other words and that
 * colour */
static guint
seen_again(const char *words, const char *colour)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    guint reports = 0;

    for (guint turn = 0; turn < 2; turn++) {
        Log log;

        make_log(&log, turn + 1, TRUE);
        add_cluster(&log, "K", turn == 0 ? "leider und das" : words, 1.0, 0.9, 0.8);
        tell_cluster(&log, turn == 0 ? "green" : colour);
        follow(&log, known, turn + 1);
        for (guint i = 0; i < log.analysis.result->patterns->len; i++) {
            const ErrataPattern *pattern = g_ptr_array_index(log.analysis.result->patterns, i);

            if (pattern->finding != NULL)
                reports = pattern->reports;
        }
        end_log(&log);
    }
    return reports;
}

static void
test_patterns_tongue(void)
{
    g_test_summary("Clusters with a word in common and the same rows are one");
    g_assert_cmpuint(seen_again("nicht mir das", "green"), ==, 2);
    g_assert_cmpuint(seen_again("nicht mir ist", "green"), ==, 1);
    g_assert_cmpuint(seen_again("nicht mir das", "red"), ==, 1);
}

static void
test_patterns_clusters(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    const ErrataPattern *pattern;
    Log first;
    Log second;

    g_test_summary("Clusters are the same by their keywords' weights, whatever their ids");
    make_log(&first, 1, FALSE);
    add_cluster(&first, "C-1", "refund late parcel", 3.0, 2.0, 1.0);
    follow(&first, known, 1);
    g_assert_cmpint(only(&first)->state, ==, ERRATA_PATTERN_NEW);
    make_log(&second, 2, FALSE);
    add_cluster(&second, "C-2", "late refund money", 2.0, 2.5, 1.0);     /* cosine 0.91 */
    add_cluster(&second, "C-1", "password login refund", 3.0, 2.0, 1.0); /* 0.21 */
    follow(&second, known, 2);
    for (guint i = 0; i < 2; i++) {
        pattern = g_ptr_array_index(second.analysis.result->patterns, i);
        g_assert_cmpint(pattern->state,
                        ==,
                        strcmp(pattern->title, "C-2") == 0 ? ERRATA_PATTERN_RECURRING
                                                           : ERRATA_PATTERN_NEW);
        if (strcmp(pattern->title, "C-2") == 0)
            g_assert_cmpstr(pattern->id, ==, only(&first)->id);
    }
    end_log(&first);
    end_log(&second);
}

static void
test_patterns_variant(void)
{
    g_autoptr(ErrataPattern) pattern = errata_pattern_new("p1", ERRATA_FINDING_DRIFT, "x drifts");
    g_autoptr(ErrataPattern) back = NULL;
    g_autoptr(GVariant) variant = NULL;
    g_autoptr(GVariant) bad = g_variant_ref_sink(g_variant_new(ERRATA_PATTERN_VARIANT,
                                                               "",
                                                               "",
                                                               "",
                                                               "",
                                                               "",
                                                               0,
                                                               0L,
                                                               0L,
                                                               0,
                                                               0.,
                                                               0.,
                                                               0.,
                                                               "",
                                                               "",
                                                               ""));

    pattern->subject = g_strdup("{}");
    pattern->state = ERRATA_PATTERN_REGRESSED;
    pattern->muted = TRUE;
    pattern->reports = 7;
    pattern->taxonomy = g_strdup("wording\x1fnegations\x1f\x1f");
    variant = g_variant_ref_sink(errata_pattern_to_variant(pattern));
    back = errata_pattern_from_variant(variant);
    g_assert_cmpstr(back->title, ==, "x drifts");
    g_assert_cmpstr(back->taxonomy, ==, pattern->taxonomy);
    g_assert_cmpint(back->kind, ==, ERRATA_FINDING_DRIFT);
    g_assert_cmpint(back->state, ==, ERRATA_PATTERN_REGRESSED);
    g_assert_true(back->muted);
    g_assert_true(isnan(back->value));
    g_assert_null(back->finding);
    g_assert_null(errata_pattern_from_variant(bad));
}

static void
test_patterns_types(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);
    g_autofree char *all = NULL;
    g_autofree char *missed = NULL;
    const GPtrArray *patterns;
    Log log;

    g_test_summary(
        "All errors and one kind of error of the same rows are two patterns, and stay so");
    make_log(&log, 1, TRUE);
    add_slice(&log, 0.0, 0.3, 0.02);
    add_missed(&log, "1", "0");
    follow(&log, known, 1);
    patterns = log.analysis.result->patterns;
    g_assert_cmpuint(patterns->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const ErrataPattern *pattern = g_ptr_array_index(patterns, i);

        *(strstr(pattern->subject, "missed") != NULL ? &missed : &all) = g_strdup(pattern->id);
    }
    g_assert_nonnull(all);
    g_assert_nonnull(missed);
    end_log(&log);
    make_log(&log, 2, TRUE);
    add_missed(&log, "1", "0");
    follow(&log, known, 2);
    check(&log, missed, ERRATA_PATTERN_RECURRING, 2);
    end_log(&log);
    make_log(&log, 3, TRUE);
    add_missed(&log, "0", "1"); /* another class */
    follow(&log, known, 3);
    patterns = log.analysis.result->patterns;
    g_assert_cmpint(((const ErrataPattern *)g_ptr_array_index(patterns, 0))->state,
                    ==,
                    ERRATA_PATTERN_NEW);
    end_log(&log);
}

static char *
missing_identity(double more)
{
    g_autoptr(ErrataFinding) finding = errata_finding_new(ERRATA_FINDING_DRIFT, "a is missing");

    finding->subject.column = g_strdup("a");
    finding->subject.test = g_strdup("two proportions");
    finding->subject.statistic = more;
    return errata_pattern_identity(finding);
}

static void
test_patterns_opposite(void)
{
    g_autofree char *more = missing_identity(0.2);
    g_autofree char *again = missing_identity(0.1);
    g_autofree char *less = missing_identity(-0.2);

    g_test_summary("Missing less often is not what missing more often was");
    g_assert_cmpstr(more, ==, again);
    g_assert_cmpstr(more, !=, less);
}

/* of labels; of two classes in a group of b's rows, or of two anywhere, where that is said */
static ErrataFinding *
add_labels(Log *log, const char *title, const char *given, const char *suggested, double group)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE, title);

    errata_finding_add(finding,
                       errata_evidence_new("share", "share", 0.02, ERRATA_UNIT_SHARE, 100));
    finding->subject.column = g_strdup("y");
    finding->subject.given = g_strdup(given);
    finding->subject.suggested = g_strdup(suggested);
    if (!isnan(group))
        g_ptr_array_add(finding->subject.predicates,
                        number_predicate("a", ERRATA_OP_GE, group, (double)NAN));
    errata_case_add_finding(log->analysis.result, finding);
    return finding;
}

static void
test_patterns_labels(void)
{
    g_autoptr(GPtrArray) known =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_free);

    g_test_summary("To mute one finding on labels mutes no other, in whichever order they come");
    for (guint muted = 0; muted < 5; muted++) {
        g_ptr_array_set_size(known, 0);
        for (guint turn = 0; turn < 2; turn++) {
            ErrataFinding *found[5];
            Log log;

            make_log(&log, 3 + turn, TRUE);
            for (guint k = 0; k < 5; k++) {
                guint i = turn == 0 ? k : 4 - k;
                const char *title = (const char *const[]){"0", "1", "2", "3", "4"}[i];

                /* the larger cell of labels wrong all over is chance; two classes are no order */
                found[i] = i < 2    ? add_labels(&log, title, "x", "y", i == 0 ? 0.2 : 0.7)
                           : i == 2 ? add_labels(&log,
                                                 title,
                                                 turn == 0 ? "x" : "y",
                                                 turn == 0 ? "y" : "x",
                                                 (double)NAN)
                                    : add_labels(&log,
                                                 title,
                                                 turn == 0 ? "z" : (i == 3 ? "x" : "y"),
                                                 turn == 0 ? (i == 3 ? "x" : "y") : "z",
                                                 (double)NAN);
                if (i > 2)
                    found[i]->subject.direction = g_strdup("both");
            }
            follow(&log, known, 1 + turn);
            for (guint i = 0; i < known->len && turn == 0; i++) {
                ErrataPattern *pattern = g_ptr_array_index(known, i);

                pattern->muted = g_ascii_strtoull(pattern->title, NULL, 10) == muted;
            }
            g_assert_cmpuint(known->len, ==, 5);
            for (guint i = 0; i < 5 && turn == 1; i++)
                g_assert_cmpint(found[i]->pattern->muted, ==, i == muted);
            end_log(&log);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/patterns/life", test_patterns_life);
    g_test_add_func("/patterns/of-later-only", test_patterns_of_later_only);
    g_test_add_func("/patterns/not-found-is-not-fixed", test_patterns_not_found_is_not_fixed);
    g_test_add_func("/patterns/unlike", test_patterns_unlike);
    g_test_add_func("/patterns/codes", test_patterns_codes);
    g_test_add_func("/patterns/blanked", test_patterns_blanked);
    g_test_add_func("/patterns/gap", test_patterns_gap);
    g_test_add_func("/patterns/columns", test_patterns_columns);
    g_test_add_func("/patterns/fall", test_patterns_fall);
    g_test_add_func("/patterns/clusters", test_patterns_clusters);
    g_test_add_func("/patterns/tongue", test_patterns_tongue);
    g_test_add_func("/patterns/types", test_patterns_types);
    g_test_add_func("/patterns/variant", test_patterns_variant);
    g_test_add_func("/patterns/opposite", test_patterns_opposite);
    g_test_add_func("/patterns/told", test_patterns_told);
    g_test_add_func("/patterns/labels", test_patterns_labels);
    return g_test_run();
}
