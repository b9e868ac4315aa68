/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer that needs no language model. Each kind of finding has a plan (plan-*.c) that chooses
 * what to say by the evidence and in which order; words.c says the numbers. It states nothing but
 * evidence. */
#include "built-in-writer.h"

#include <stdlib.h>

#include "finding-spoken.h"
#include "prose.h"
#include "words.h"

#define WRITER_OVERLAP \
    0.5 /* of the rows of a finding that another is about, too: worth a sentence */

/* a kind without a plan of its own: the headline and its first two figures */
static void
writer_plan_plain(ErrataProse *prose, const ErrataFinding *finding)
{
    errata_prose_quote(prose, finding->title);
    for (guint i = 0; i < MIN(finding->evidence->len, 2U); i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);
        g_autofree char *value = errata_words_value(evidence);
        g_autofree char *interval = errata_words_interval(evidence);

        errata_prose_cite(prose, evidence);
        errata_prose_say(prose,
                         "the %s is %s%s%s%s",
                         evidence->what,
                         value,
                         interval != NULL ? " (" : "",
                         interval != NULL ? interval : "",
                         interval != NULL ? ")" : "");
    }
}

static void
writer_plan(ErrataProse *prose, const ErrataFinding *finding)
{
    switch (finding->kind) {
    case ERRATA_FINDING_SLICE:
        errata_plan_slice(prose, finding);
        return;
    case ERRATA_FINDING_CLUSTER:
        errata_plan_cluster(prose, finding);
        return;
    case ERRATA_FINDING_DRIFT:
        errata_plan_drift(prose, finding);
        return;
    case ERRATA_FINDING_PERFORMANCE:
        errata_plan_performance(prose, finding);
        return;
    case ERRATA_FINDING_DATA_BUG:
        errata_plan_data_bug(prose, finding);
        return;
    case ERRATA_FINDING_LABEL_ISSUE:
        errata_plan_label_issue(prose, finding);
        return;
    case ERRATA_FINDING_CALIBRATION:
        errata_plan_calibration(prose, finding);
        return;
    case ERRATA_FINDING_THRESHOLD:
        errata_plan_threshold(prose, finding);
        return;
    case ERRATA_FINDING_CHANGE_POINT:
        errata_plan_change(prose, finding);
        return;
    case ERRATA_FINDING_FAIRNESS:
        errata_plan_fairness(prose, finding);
        return;
    case ERRATA_FINDING_LEAKAGE:
        errata_plan_leakage(prose, finding);
        return;
    case ERRATA_FINDING_ANOMALY:
        errata_plan_anomaly(prose, finding);
        return;
    case ERRATA_FINDING_MODEL_FILE:
        errata_plan_model_file(prose, finding);
        return;
    }
}

static int
writer_compare_cb(gconstpointer a, gconstpointer b)
{
    return atoi(*(const char *const *)a) - atoi(*(const char *const *)b);
}

/* “finding 3 tells”, “findings 1, 2 and 5 tell”: what @source names, and others beside it */
static char *
writer_sources(ErrataProse *prose, const ErrataFinding *finding, const ErrataEvidence *source)
{
    g_autoptr(GPtrArray) number = g_ptr_array_new();
    g_autofree char *list = NULL;

    g_ptr_array_add(number, source->text + 1);
    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *also = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(also->key, "comes_from_also") != 0 || also->text[0] != 'F')
            continue;
        errata_prose_cite(prose, also);
        g_ptr_array_add(number, also->text + 1);
    }
    g_ptr_array_sort(number, writer_compare_cb);
    list = errata_words_list((const char *const *)number->pdata, number->len, "and");
    return number->len == 1 ? g_strdup_printf("finding %s tells", list)
                            : g_strdup_printf("findings %s tell", list);
}

/* the findings that only tell in other words what this one tells */
static void
writer_seen_in(ErrataProse *prose, const ErrataFinding *finding)
{
    g_autoptr(GPtrArray) number = g_ptr_array_new();
    g_autofree char *list = NULL;

    for (guint i = 0; i < finding->evidence->len; i++) {
        const ErrataEvidence *seen = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(seen->key, "seen_in") != 0 || seen->text[0] != 'F')
            continue;
        errata_prose_cite(prose, seen);
        g_ptr_array_add(number, seen->text + 1);
    }
    if (number->len == 0)
        return;
    g_ptr_array_sort(number, writer_compare_cb);
    list = errata_words_list((const char *const *)number->pdata, number->len, "and");
    errata_prose_say(prose, "also seen in finding%s %s", number->len == 1 ? "" : "s", list);
}

/* what else in the report is about the same, by its number */
static void
writer_links(ErrataProse *prose, const ErrataFinding *finding)
{
    const ErrataEvidence *same = errata_finding_evidence(finding, "same");
    const ErrataEvidence *overlap = errata_finding_evidence(finding, "overlap");
    const ErrataEvidence *source = errata_finding_evidence(finding, "comes_from");
    g_autofree char *part = NULL;
    g_autofree char *which = NULL;

    if (source != NULL && source->text != NULL && source->text[0] == 'F') {
        part = errata_words_part(source->value);
        errata_prose_cite(prose, source);
        which = writer_sources(prose, finding, source);
        errata_prose_say(prose,
                         "%s of it comes from what %s: what helps there helps here",
                         source->value >= 0.95 ? "nearly all" : part,
                         which);
        return;
    }
    writer_seen_in(prose, finding);
    if (same != NULL && same->text != NULL) {
        errata_prose_cite(prose, same);
        errata_prose_say(
            prose,
            finding->kind == ERRATA_FINDING_DRIFT || finding->kind == ERRATA_FINDING_CHANGE_POINT
                ? "this is the move that finding %s tells as well"
                : "finding %s is about the same group; one shift of it may explain both",
            same->text[0] == 'F' ? same->text + 1 : same->text);
    } else if (overlap != NULL && overlap->text != NULL && overlap->value >= WRITER_OVERLAP) {
        part = errata_words_part(overlap->value);
        errata_prose_cite(prose, overlap);
        errata_prose_say(prose,
                         "%s of these rows are in finding %s, too",
                         overlap->value >= 0.95 ? "nearly all" : part,
                         overlap->text[0] == 'F' ? overlap->text + 1 : overlap->text);
    }
}

static void
writer_attribution(ErrataCase *report)
{
    ErrataShares *shares = report->shares;
    ErrataProse prose = {NULL, NULL, report, NULL, 0};

    if (shares == NULL)
        return;
    prose.text = g_string_new(NULL);
    prose.citations = shares->citations;
    g_ptr_array_set_size(shares->citations, 0);
    errata_plan_attribution(&prose, shares);
    g_free(prose.unit);
    g_free(shares->text);
    shares->text = g_string_free(prose.text, FALSE);
}

/**
 * errata_built_in_writer_write:
 * @report: a finished case: findings ranked, evidence numbered
 *
 * Writes the verdict and the rationale of every finding that a model did not write, with the
 * evidence each rests on.
 */
void
errata_built_in_writer_write(ErrataCase *report)
{
    errata_words_time_span(report->time_from, report->time_to, report->by_month);
    for (guint i = 0; i < report->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        ErrataProse prose = {NULL, finding->citations, report, NULL, 0};

        if (finding->by_model && finding->rationale != NULL)
            continue;
        prose.text = g_string_new(NULL);
        errata_finding_spoken(finding);
        g_ptr_array_set_size(finding->citations, 0);
        writer_plan(&prose, finding);
        if (prose.text->len == 0)
            writer_plan_plain(&prose, finding);
        writer_links(&prose, finding);
        g_free(finding->rationale);
        g_free(prose.unit);
        finding->rationale = g_string_free(prose.text, FALSE);
    }
    errata_finding_spoken(NULL);
    writer_attribution(report);
    g_free(report->verdict);
    report->verdict = errata_plan_verdict(report);
}
