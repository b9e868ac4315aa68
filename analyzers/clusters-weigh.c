/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clusters count for. They are searched for and tested in rows, each of which is one
 * observation; what is told of them counts rows by their declared weight, and each embedded row for
 * those that were left out beside it. */
#include "clusters.h"

/**
 * errata_clusters_weigh:
 * @space: embedded rows
 * @set: what was found in them
 * @cluster: a cluster of it
 *
 * Returns: what its rows count for. O(n).
 */
ErrataClusterWeight
errata_clusters_weigh(const ErrataClusterSpace *space, const ErrataClusterSet *set, guint32 cluster)
{
    const ErrataOutcome *outcome = space->analysis->outcome;
    ErrataClusterWeight told = {.error = 0.0};
    double in[2][2] = {{0.0, 0.0}, {0.0, 0.0}};

    for (guint32 i = 0; i < space->n; i++) {
        double weight = errata_outcome_weight(outcome, space->row[i]);
        gboolean holds = errata_clusters_holds(set, i, cluster);
        guint error = space->error[i];

        if (holds)
            in[space->half[i]][error] += weight;
        if (space->half[i] == 0)
            continue;
        errata_rate_add(holds ? &told.rows : &told.others, error, weight);
        told.all[error] += space->weight[1][error] * weight;
    }
    for (guint error = 0; error < 2; error++)
        told.confirmed[error] = in[1][error] * space->weight[1][error];
    told.error = in[0][1] * space->weight[0][1] + told.confirmed[1];
    told.correct = in[0][0] * space->weight[0][0] + told.confirmed[0];
    return told;
}

/**
 * errata_clusters_share:
 * @analysis: the log
 * @errors: what some errors count for
 *
 * Returns: their part of what all errors do; 0 where there are none
 */
double
errata_clusters_share(const ErrataAnalysis *analysis, double errors)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double all = (double)outcome->n_errors;

    if (outcome->weight != NULL) {
        all = 0.0;
        for (gsize row = 0; row < outcome->n_rows; row++)
            all += outcome->error[row] != 0 ? outcome->weight[row] : 0.0;
    }
    return all > 0.0 ? errors / all : 0.0;
}
