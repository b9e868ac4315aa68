/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that are off on average over all rows, where they are right outside a group or several:
 * what is off there is the matter of those. METHODS 0. */
#include <math.h>

#include "score-bins.h"
#include "sources.h"

#define SCORES_PART  0.65 /* of how far scores are off beyond chance, that others tell */
#define SCORES_SHARE 0.1  /* of that, from which on a group is named beside others */
#define SCORES_BINS  10
#define SCORES_ROWS  1000 /* that tell it */

/* rows of one bin of scores: what came true less what was promised, and its squares */
typedef struct {
    double n;
    double gap;
    double square;
} ScoresBin;

static void
scores_add(ScoresBin *bin, double gap)
{
    bin->n += 1.0;
    bin->gap += gap;
    bin->square += gap * gap;
}

/* by how much scores are off per row, less what right scores would show by chance: in each bin the
 * square of the gap less its variance; NaN under 1,000 rows */
static double
scores_beyond_chance(const ScoresBin *bin, guint n_bins)
{
    double n = 0.0, off = 0.0;

    for (guint b = 0; b < n_bins; b++) {
        double chance = bin[b].n > 0.0 ? bin[b].square - bin[b].gap * bin[b].gap / bin[b].n : 0.0;

        n += bin[b].n;
        off += sqrt(fmax(bin[b].gap * bin[b].gap - chance, 0.0));
    }
    return n >= SCORES_ROWS ? off / n : (double)NAN;
}

/* what scores that are off may come from: that, and a group whose scores mean something else */
gboolean
errata_sources_is_of_scores(const ErrataFinding *finding, guint turn)
{
    return errata_sources_is_source(finding, turn) ||
           (turn == 1 && errata_sources_is_segment(finding));
}

/* scores are off on average, over all rows */
static gboolean
scores_is_finding(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    const ErrataOutcome *outcome = analysis->outcome;

    return finding->kind == ERRATA_FINDING_CALIBRATION && finding->subject.predicates->len == 0 &&
           (outcome->task == ERRATA_TASK_REGRESSION ||
            (outcome->score != NULL && outcome->positive >= 0) || outcome->probability != NULL) &&
           finding->severity >= ERRATA_SEVERITY_LOW && errata_finding_note(finding, "told") == NULL;
}

/* a row's score, or its top probability, and whether what it is of came true; NaN where missing */
static double
scores_of_row(const ErrataOutcome *outcome, gsize row, gboolean *ret_true)
{
    gint32 top = outcome->positive;
    double score = -1.0;

    if (outcome->probability == NULL) {
        score = outcome->score[row];
    } else {
        for (guint k = 0; k < outcome->n_classes && !isnan(score); k++) {
            double p = outcome->probability[k][row];

            if (isnan(p) || p > score) {
                score = p;
                top = (gint32)k;
            }
        }
    }
    *ret_true = outcome->truth[row] == top;
    return score;
}

/* by how much predicted numbers are off, in bins, where @leave is not set; NaN under 1,000 rows */
static double
scores_off_numbers(const ErrataOutcome *outcome, const guint8 *leave)
{
    g_autofree guint32 *bin = g_new0(guint32, MAX(outcome->n_rows, 1));
    ScoresBin of[ERRATA_SCORE_BINS] = {0};

    errata_score_bins(outcome->predicted_value, NULL, outcome->n_rows, bin);
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && leave[row] == 0)
            scores_add(&of[MIN(bin[row], ERRATA_SCORE_BINS - 1)],
                       outcome->truth_value[row] - outcome->predicted_value[row]);
    return scores_beyond_chance(of, ERRATA_SCORE_BINS);
}

/* by how much scores are off, in ten bins, where @leave is not set; NaN under 1,000 rows */
static double
scores_off(const ErrataAnalysis *analysis, const guint8 *leave)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ScoresBin of[SCORES_BINS + 1] = {0};

    if (outcome->task == ERRATA_TASK_REGRESSION)
        return scores_off_numbers(outcome, leave);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        gboolean came = FALSE;
        double score = scores_of_row(outcome, row, &came);

        if (outcome->truth[row] >= 0 && !isnan(score) && leave[row] == 0)
            scores_add(&of[(guint)(CLAMP(score, 0.0, 1.0) * SCORES_BINS)],
                       (came ? 1.0 : 0.0) - score);
    }
    return scores_beyond_chance(of, SCORES_BINS + 1);
}

/* the part of how far scores are off that goes with the rows of @leave; @whole is by how much all
 * are off, NaN until it is asked for */
static double
scores_part(const ErrataAnalysis *analysis, const guint8 *leave, double *whole)
{
    if (isnan(*whole)) {
        g_autofree guint8 *none = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

        *whole = scores_off(analysis, none);
    }
    return 1.0 - scores_off(analysis, leave) / *whole;
}

/* the part that goes with @source's rows, which are marked in @all, too */
static double
scores_of(const ErrataAnalysis *analysis, const ErrataFinding *source, guint8 *all, double *whole)
{
    g_autofree guint8 *leave = errata_sources_is_step(source)
                                   ? errata_sources_leave(analysis, source)
                                   : g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    for (gsize i = 0; i < source->n_rows; i++)
        leave[source->row[i]] = 1;
    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        all[row] |= leave[row];
    return scores_part(analysis, leave, whole);
}

void
errata_sources_scores(const ErrataAnalysis *analysis,
                      const ErrataFinding *source,
                      ErrataFinding *finding,
                      double *whole)
{
    g_autofree guint8 *all = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    double part;

    if (!scores_is_finding(analysis, finding))
        return;
    part = scores_of(analysis, source, all, whole);
    if (!(part >= SCORES_PART))
        return;
    errata_finding_point(finding, source, "part of it that another finding tells", MIN(part, 1.0))
        ->method = g_strdup("calibration error beyond chance in bins with these rows left out");
}

/* scores that are right outside several groups that err: they point to the one that has most of it,
 * and name the others (evidence `comes_from_also`) */
void
errata_sources_scores_many(const ErrataAnalysis *analysis, ErrataFinding *finding, double *whole)
{
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *all = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    g_autofree double *part = g_new0(double, findings->len + 1);
    guint first = findings->len;
    double together;

    if (!scores_is_finding(analysis, finding))
        return;
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *source = g_ptr_array_index(findings, i);

        if (source == finding ||
            !(errata_sources_is_of_scores(source, 0) || errata_sources_is_of_scores(source, 1)))
            continue;
        part[i] = scores_of(analysis, source, all, whole);
        if (part[i] > 0.0 && (first == findings->len || part[i] > part[first]))
            first = i;
    }
    together = scores_part(analysis, all, whole);
    if (first == findings->len || !(together >= SCORES_PART))
        return;
    errata_finding_point(finding,
                         g_ptr_array_index(findings, first),
                         "part of it that other findings tell",
                         MIN(together, 1.0))
        ->method = g_strdup("calibration error beyond chance in bins with their rows left out");
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *source = g_ptr_array_index(findings, i);

        if (i == first || !(part[i] >= SCORES_SHARE))
            continue;
        errata_finding_add(finding,
                           errata_evidence_new("comes_from_also",
                                               "part of it that this finding alone tells",
                                               MIN(part[i], 1.0),
                                               ERRATA_UNIT_SHARE,
                                               source->n_rows))
            ->text = g_strdup(source->title);
    }
}
