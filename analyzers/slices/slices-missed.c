/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices of a log whose positive class is rare. Nearly all errors there are missed positives, and a
 * rate of errors says little of them: the slice is told by the part of the positives, and of the
 * missed ones, that lie in it. And ground that is hard at one threshold may not be at another. */
#include "slices-missed.h"

#include <math.h>
#include <string.h>

#include "intervals.h"
#include "words.h"

#define MISSED_RARE  0.1 /* of the labelled rows are positive, at most */
#define MISSED_LEAST 20  /* missed positives of the slice's confirmation half */
#define MISSED_MOST  0.3 /* of all missed positives, from which the title says so */
#define MISSED_PART  0.5 /* of the slice's errors */
#define MISSED_GONE \
    0.3 /* of the errors that go with another threshold: it was not the ground alone */
#define MISSED_LEVEL 0.95

typedef struct {
    double n;
    double positives;
    double missed;
    double errors;
} Missed;

static guint8 *
missed_mark(const ErrataAnalysis *analysis, const ErrataFinding *slice)
{
    guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    for (gsize i = 0; i < slice->n_rows; i++)
        mark[slice->row[i]] = 1;
    return mark;
}

/* what is confirmed is measured on the half that was not searched */
static gboolean
missed_counts(const ErrataAnalysis *analysis, const ErrataFinding *slice, gsize row)
{
    return analysis->outcome->judged[row] != 0 &&
           (analysis->set_aside == NULL || analysis->set_aside[row] == 0) &&
           (analysis->outcome->half[row] == 1 || !slice->confirmed);
}

static void
missed_count(const ErrataAnalysis *analysis,
             const ErrataFinding *slice,
             Missed *all,
             Missed *inside)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint8 *mark = missed_mark(analysis, slice);

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (missed_counts(analysis, slice, row)) {
            double positive = outcome->truth[row] == outcome->positive ? 1.0 : 0.0;
            double error = (double)outcome->error[row];
            Missed add = {1.0, positive, positive * error, error};
            Missed *to[] = {all, mark[row] != 0 ? inside : NULL};

            for (guint i = 0; i < G_N_ELEMENTS(to); i++)
                if (to[i] != NULL) {
                    to[i]->n += add.n;
                    to[i]->positives += add.positives;
                    to[i]->missed += add.missed;
                    to[i]->errors += add.errors;
                }
        }
}

static ErrataEvidence *
missed_add_share(ErrataFinding *slice, const char *key, const char *what, double part, double of)
{
    ErrataInterval interval = errata_intervals_wilson(part, of, MISSED_LEVEL);
    ErrataEvidence *evidence = errata_finding_add(
        slice,
        errata_evidence_new(key, what, part / of, ERRATA_UNIT_SHARE, (guint64)of));

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson");
    return evidence;
}

static void
missed_retitle(const ErrataAnalysis *analysis, ErrataFinding *slice, const ErrataEvidence *part)
{
    const ErrataSchema *schema = analysis->schema;
    g_autofree char *where = errata_words_where(slice);
    g_autofree char *words = errata_words_value(part);
    g_autofree char *begin = errata_words_capital(words);

    g_free(slice->title);
    slice->title = g_strdup_printf("%s of the missed cases of %s %s lie where %s: hard ground",
                                   begin,
                                   schema->names[schema->label],
                                   schema->classes[analysis->outcome->positive],
                                   where);
}

/**
 * errata_slices_missed_add:
 * @analysis: an analysis
 * @slice: a slice with its rows
 *
 * Adds the part of the positives and of the missed ones where the class is rare and most of the
 * slice's errors are misses; on hard ground the title says so.
 */
void
errata_slices_missed_add(const ErrataAnalysis *analysis, ErrataFinding *slice)
{
    const ErrataOutcome *outcome = analysis->outcome;
    Missed all = {0.0, 0.0, 0.0, 0.0};
    Missed inside = all;
    const ErrataEvidence *part;

    if (outcome->task != ERRATA_TASK_BINARY || outcome->truth == NULL || outcome->positive < 0 ||
        slice->row == NULL || analysis->schema->label < 0)
        return;
    missed_count(analysis, slice, &all, &inside);
    if (all.positives > MISSED_RARE * all.n || inside.missed < MISSED_LEAST ||
        inside.missed < MISSED_PART * inside.errors)
        return;
    part = missed_add_share(slice,
                            "missed_share",
                            "share of all missed positives that lie there",
                            inside.missed,
                            all.missed);
    missed_add_share(slice,
                     "positive_share",
                     "share of all positives that lie there",
                     inside.positives,
                     all.positives);
    missed_add_share(slice,
                     "missed_in",
                     "share of its positives that are missed",
                     inside.missed,
                     inside.positives);
    if (part->value >= MISSED_MOST && g_strcmp0(errata_finding_note(slice, "hard"), "known") == 0)
        missed_retitle(analysis, slice, part);
}

/* of a slice's errors, those that another threshold leaves (and adds) */
static double
missed_left(const ErrataAnalysis *analysis,
            const ErrataFinding *slice,
            double cut,
            double *ret_errors)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double errors = 0.0;
    double left = 0.0;

    for (gsize i = 0; i < slice->n_rows; i++) {
        gsize row = slice->row[i];

        if (!missed_counts(analysis, slice, row) || isnan(outcome->score[row]))
            continue;
        errors += outcome->error[row];
        if ((outcome->score[row] >= cut) != (outcome->truth[row] == outcome->positive))
            left += 1.0;
    }
    *ret_errors = errors;
    return left;
}

/**
 * errata_slices_missed_threshold:
 * @analysis: an analysis with the slices among its findings
 * @threshold: the finding of another threshold
 *
 * Ground whose errors go with another threshold is hard at this one only; the slices say which part
 * goes.
 */
void
errata_slices_missed_threshold(const ErrataAnalysis *analysis, const ErrataFinding *threshold)
{
    if (analysis->outcome->score == NULL || analysis->outcome->truth == NULL)
        return;
    for (guint i = 0; i < analysis->result->findings->len; i++) {
        ErrataFinding *slice = g_ptr_array_index(analysis->result->findings, i);
        double errors = 0.0;
        ErrataEvidence *gone;
        double left;

        if (slice->kind != ERRATA_FINDING_SLICE || slice->row == NULL ||
            g_strcmp0(errata_finding_note(slice, "hard"), "known") != 0)
            continue;
        left = missed_left(analysis, slice, threshold->subject.best, &errors);
        if (errors < MISSED_LEAST || !(1.0 - left / errors >= MISSED_GONE))
            continue;
        gone = errata_finding_add(slice,
                                  errata_evidence_new("gone_at_threshold",
                                                      "share of its errors that another "
                                                      "threshold leaves out",
                                                      1.0 - left / errors,
                                                      ERRATA_UNIT_SHARE,
                                                      (guint64)errors));
        gone->baseline = threshold->subject.best;
        if (g_str_has_suffix(slice->title, ": hard ground")) {
            g_autofree char *title = g_strdup_printf("%s at this threshold", slice->title);

            g_free(slice->title);
            slice->title = g_steal_pointer(&title);
        } else if (strstr(slice->title, ": hard ground, ") != NULL) {
            g_autoptr(GString) title = g_string_new(slice->title);

            g_string_replace(title, ": hard ground, ", ": hard at this threshold, ", 1);
            g_free(slice->title);
            slice->title = g_strdup(title->str);
        }
    }
}
