/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a cluster errs as often as its own scores say: then it is hard ground, of which the model
 * knows. As of slices, the scores are taken at their word where rows as sure as these mean what
 * they say elsewhere, and else for what they mean there, be they too sure all over the log. */
#include <math.h>

#include "actions.h"
#include "clusters.h"
#include "recalibrate.h"
#include "slices-foretold.h"
#include "slices-types.h"
#include "tests.h"

typedef struct {
    gsize n;
    double *confidence;
    double *y;
    double *weight;
    guint8 *member;
    guint8 *told;
} Foretold;

static void
foretold_clear(Foretold *self)
{
    g_free(self->confidence);
    g_free(self->y);
    g_free(self->weight);
    g_free(self->member);
    g_free(self->told);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Foretold, foretold_clear)

/* by row of the log: 1 in slices that are none of hard ground, whose scores mean something else */
static guint8 *
foretold_slices(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    guint8 *told = g_malloc0(analysis->outcome->n_rows + 1);

    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);

        if (finding->kind != ERRATA_FINDING_SLICE || errata_actions_is_hard_ground(finding))
            continue;
        for (gsize i = 0; i < finding->n_rows; i++)
            told[finding->row[i]] = 1;
    }
    return told;
}

/* The embedded rows of the confirmation half that have a score; FALSE where most of the cluster's
 * have none */
static gboolean
foretold_gather(const ErrataClusterSpace *space,
                const ErrataClusterSet *set,
                guint32 cluster,
                Foretold *self)
{
    const double *confidence = space->analysis->outcome->confidence;
    g_autofree guint8 *told = foretold_slices(space->analysis);
    gsize n_members = 0, n_blank = 0;

    self->confidence = g_new(double, (gsize)space->n + 1);
    self->y = g_new(double, (gsize)space->n + 1);
    self->weight = g_new(double, (gsize)space->n + 1);
    self->member = g_malloc((gsize)space->n + 1);
    self->told = g_malloc((gsize)space->n + 1);
    for (guint32 i = 0; i < space->n; i++) {
        guint32 leaf = set->leaf[i];
        guint8 member;

        if (space->half[i] == 0)
            continue;
        member = errata_clusters_holds(set, i, cluster) ? 1 : 0;
        n_members += member;
        if (isnan(confidence[space->row[i]])) {
            n_blank += member;
            continue;
        }
        self->confidence[self->n] = confidence[space->row[i]];
        self->y[self->n] = space->error[i];
        self->weight[self->n] = space->weight[1][space->error[i]];
        self->member[self->n] = member;
        self->told[self->n++] = told[space->row[i]] != 0 ||
                                (leaf != ERRATA_CLUSTERS_NONE &&
                                 set->leaves[leaf].cluster != ERRATA_CLUSTERS_NONE);
    }
    return 2 * n_blank < n_members;
}

/* Whether the rows err more often than is foretold, by as much as slices must. These were tried
 * against their scores before; clusters may not have been, so chance is ruled out over all that
 * were tried. */
static gboolean
foretold_exceeds(const ErrataClusterSpace *space,
                 const ErrataClusterSet *set,
                 double observed,
                 double foretold,
                 double variance)
{
    double p = variance > 0.0 ? errata_tests_normal_upper((observed - foretold) / sqrt(variance)) *
                                    MAX(set->n_tried, 1)
                              : 0.0;

    return errata_slices_foretold_exceeds(observed, foretold, variance) &&
           p < space->analysis->settings->alpha;
}

/* the errors that the scores of the cluster's rows mean in other rows: by bins of scores, or by a
 * curve through all of them where that says more, since a cluster may take nearly all rows of its
 * bins */
static double
foretold_meant(const Foretold *self)
{
    g_autofree double *score = g_new(double, self->n + 1);
    g_autofree guint8 *error = g_malloc(self->n + 1);
    g_autofree double *weight = g_new(double, self->n + 1);
    g_autoptr(ErrataRanking) ranking = NULL;
    g_autoptr(ErrataRecalibration) curve = NULL;
    SlicesScored rows = {self->n, self->confidence, self->y, self->weight};
    double meant = errata_slices_foretold_elsewhere(&rows, self->member, self->told, NULL);
    double curved = 0.0;
    gsize n = 0, n_errors = 0;

    for (gsize i = 0; i < self->n; i++)
        if (self->member[i] == 0 && self->told[i] == 0) {
            score[n] = 1.0 - self->confidence[i];
            error[n] = self->y[i] > 0.0 ? 1 : 0;
            weight[n] = self->weight[i];
            n_errors += error[n++];
        }
    if (n_errors == 0 || n_errors == n)
        return meant;
    ranking = errata_ranking_new(score, error, weight, n);
    curve = errata_recalibrate_fit(ranking, ERRATA_RECALIBRATE_PLATT);
    for (gsize i = 0; i < self->n; i++)
        if (self->member[i] != 0)
            curved += self->weight[i] * errata_recalibrate_apply(curve, 1.0 - self->confidence[i]);
    return MAX(meant, curved);
}

/**
 * errata_clusters_foretold:
 * @space: embedded rows
 * @set: what was found in them
 * @cluster: a cluster of it
 * @ret_over: (out): errors there over what their scores foretell, where it returns %TRUE
 *
 * Returns: whether its rows are wrong no more often than their scores foretell, on the confirmation
 *   half; %FALSE where most of them have no probabilities, or numbers are predicted. O(n log n).
 */
gboolean
errata_clusters_foretold(const ErrataClusterSpace *space,
                         const ErrataClusterSet *set,
                         guint32 cluster,
                         double *ret_over)
{
    const ErrataOutcome *outcome = space->analysis->outcome;
    g_auto(Foretold) rows = {.n = 0};
    double said = 0.0, variance = 0.0, observed = 0.0, meant;

    *ret_over = 0.0;
    if (outcome->task == ERRATA_TASK_REGRESSION || outcome->confidence == NULL)
        return FALSE;
    if (!foretold_gather(space, set, cluster, &rows))
        return FALSE;
    for (gsize i = 0; i < rows.n; i++) {
        double wrong = 1.0 - rows.confidence[i];

        if (rows.member[i] == 0)
            continue;
        said += rows.weight[i] * wrong;
        observed += rows.weight[i] * rows.y[i];
        /* an error counts for as many as its weight, and so does a correct row */
        variance += rows.weight[i] * wrong * (1.0 - wrong) *
                    (space->weight[1][1] * (1.0 - wrong) + space->weight[1][0] * wrong);
    }
    if (!(said > 0.0))
        return FALSE;
    meant = foretold_meant(&rows);
    if (meant * SLICES_MIN_LIFT >= said &&
        !foretold_exceeds(space, set, observed, said, variance)) {
        *ret_over = observed / said;
        return TRUE;
    }
    *ret_over = observed / meant;
    return !foretold_exceeds(space, set, observed, meant, variance * meant / said);
}
