/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clusters count for. They are searched for and tested in rows, each of which is one
 * observation; what is told of them counts rows by their declared weight, every error that was
 * assigned, and each other embedded row for those that were left out beside it. */
#include <string.h>

#include "clusters.h"

/* errors that an embedded one counts for: where those not drawn were assigned, itself */
static double
weigh_error(const ErrataClusterSpace *space, guint half)
{
    return space->n_rest > 0 ? 1.0 : space->weight[half][1];
}

/**
 * errata_clusters_size:
 * @space: embedded rows
 * @set: what was found in them
 * @cluster: a cluster of it
 *
 * Returns: errors in it, drawn or not
 */
double
errata_clusters_size(const ErrataClusterSpace *space, const ErrataClusterSet *set, guint32 cluster)
{
    const ErrataClusterGroup *group = &set->clusters[cluster];
    double size = group->found.errors * weigh_error(space, 0) +
                  group->confirmed.errors * weigh_error(space, 1);

    for (gsize i = 0; i < space->n_rest; i++)
        size += errata_clusters_holds_rest(set, i, cluster) ? 1.0 : 0.0;
    return size;
}

/**
 * errata_clusters_weigh:
 * @space: embedded rows
 * @set: what was found in them
 * @cluster: a cluster of it
 *
 * Returns: what its rows count for. O(n + n_rest).
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
        told.all[error] += (error != 0 ? weigh_error(space, 1) : space->weight[1][0]) * weight;
    }
    for (guint half = 0; half < 2; half++) {
        in[half][0] *= space->weight[half][0];
        in[half][1] *= weigh_error(space, half);
    }
    for (gsize i = 0; i < space->n_rest; i++) {
        double weight = errata_outcome_weight(outcome, space->rest[i]);
        guint half = outcome->half[space->rest[i]];

        told.all[1] += half == 1 ? weight : 0.0;
        if (errata_clusters_holds_rest(set, i, cluster))
            in[half][1] += weight;
    }
    memcpy(told.confirmed, in[1], sizeof told.confirmed);
    told.error = in[0][1] + in[1][1];
    told.correct = in[0][0] + in[1][0];
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
