/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are scores what they say, where rows belong together? What the model does not know of a customer
 * is in the labels of all the rows that the customer has: they are off together, and so many
 * customers tell of the scores, not so many rows. */
#include "calibration-entity.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "design-effect.h"
#include "entity-effect.h"

#define ENTITY_LEAST 5 /* that rows inside a group must be of */

/**
 * errata_calibration_entity_p:
 * @data: scores and what happened
 * @top: (array length=n_cells): the highest score of each bin, ascending
 * @variance: (array length=n_cells): Σ p (1 − p) of its rows
 * @n_cells: bins
 *
 * Returns: p of the test that observed counts are as the scores expect; 0 where rows are
 *   independent, and this has nothing to add
 */
double
errata_calibration_entity_p(const CalibrationData *data,
                            const double *top,
                            const double *variance,
                            guint n_cells)
{
    const ErrataOutcome *outcome = data->outcome;
    g_autofree guint32 *cluster = errata_entity_effect_clusters(outcome, data->row, data->n);
    g_autofree guint *cell = NULL;
    g_autofree double *value = NULL;

    if (cluster == NULL)
        return 0.0;
    cell = g_new0(guint, MAX(data->n, 1));
    value = g_new(double, MAX(data->n, 1));
    for (gsize i = 0; i < data->n; i++) {
        while (cell[i] + 1 < n_cells && data->score[i] > top[cell[i]])
            cell[i]++;
        value[i] = (data->hit[i] - data->score[i]) / sqrt(variance[cell[i]]);
    }
    return errata_design_chi_square(cluster, outcome->n_entities, cell, value, data->n, n_cells);
}

static guint
entity_bin(const ErrataReliability *reliability, double score)
{
    return MIN((guint)(score * reliability->n_bins), reliability->n_bins - 1);
}

/* how far each row is from its score; by bin its design effect, and what chance would show in it */
static double
entity_by_bin(const CalibrationData *data, const guint32 *cluster, ErrataReliability *reliability)
{
    g_autofree double *rest = g_new(double, MAX(data->n, 1));
    double expected = 0.0, total = 0.0;

    for (guint b = 0; b < reliability->n_bins; b++) {
        double null = 0.0, effect;

        for (gsize i = 0; i < data->n; i++) {
            double p = data->score[i], w = data->weight != NULL ? data->weight[i] : 1.0;
            gboolean in = entity_bin(reliability, p) == b;

            rest[i] = in ? data->hit[i] - p : (double)NAN;
            null += in ? w * w * p * (1.0 - p) : 0.0;
        }
        if (!(reliability->weight[b] > 0.0))
            continue;
        effect = errata_design_effect(cluster, data->outcome->n_entities, rest, NULL, data->n);
        reliability->effective[b] /= effect;
        reliability->variance[b] *= effect;
        expected += sqrt(2.0 / G_PI * null * effect);
        total += reliability->weight[b];
    }
    return expected / total;
}

/**
 * errata_calibration_entity_reliability:
 * @data: scores and what happened
 * @reliability: their bins of equal width; what chance adds to their error and how sure that is
 *   become what they are where rows belong together
 */
void
errata_calibration_entity_reliability(const CalibrationData *data, ErrataReliability *reliability)
{
    const ErrataOutcome *outcome = data->outcome;
    g_autofree guint32 *cluster = errata_entity_effect_clusters(outcome, data->row, data->n);
    g_autofree double *gap = NULL;

    if (cluster == NULL)
        return;
    gap = g_new(double, MAX(data->n, 1));
    reliability->ece_expected = entity_by_bin(data, cluster, reliability);
    /* the error's influence function: each row's distance, by the sign of that of its bin */
    for (gsize i = 0; i < data->n; i++) {
        guint b = entity_bin(reliability, data->score[i]);

        gap[i] = copysign(1.0, reliability->rate[b] - reliability->mean_score[b]) *
                 (data->hit[i] - data->score[i]);
    }
    reliability->ece_variance *=
        errata_design_effect(cluster, outcome->n_entities, gap, NULL, data->n);
}

/* what the rows of an entity move a and b by, inside less outside */
typedef struct {
    double a, b;
    gboolean seen[2];
} EntityMove;

static EntityMove *
entity_moves(const CalibrationSides *sides,
             const CalibrationLine *inside,
             const CalibrationLine *outside)
{
    EntityMove *move = g_new0(EntityMove, MAX(sides->n_clusters, 1));

    for (gsize i = 0; i < sides->n; i++) {
        const CalibrationLine *line = sides->side[i] == 1 ? inside : outside;
        double sign = sides->side[i] == 1 ? 1.0 : -1.0, rest;
        EntityMove *of = &move[sides->cluster[i]];

        if (sides->side[i] > 1)
            continue;
        rest = sides->hit[i] - 1.0 / (1.0 + exp(-line->a - line->b * sides->x[i]));
        of->a += sign * (line->saa + line->sab * sides->x[i]) * rest;
        of->b += sign * (line->sab + line->sbb * sides->x[i]) * rest;
        of->seen[sides->side[i]] = TRUE;
    }
    return move;
}

/**
 * errata_calibration_entity_lines:
 * @sides: rows inside a group and outside
 * @inside: the line fitted inside
 * @outside: the line fitted outside
 *
 * Wald's test that both are the same, with the covariance of a and b from what the rows of each
 * entity move them by (Liang and Zeger 1986, "Longitudinal data analysis using generalized linear
 * models", Biometrika 73), corrected for few of them, and F with as many degrees of freedom as
 * there are entities on the side of fewer, less one.
 *
 * Returns: p; 1 where there are fewer than five of them
 */
double
errata_calibration_entity_lines(const CalibrationSides *sides,
                                const CalibrationLine *inside,
                                const CalibrationLine *outside)
{
    g_autofree EntityMove *move = entity_moves(sides, inside, outside);
    double da = inside->a - outside->a, db = inside->b - outside->b;
    double saa = 0.0, sab = 0.0, sbb = 0.0, n[2] = {0.0, 0.0}, least, determinant, statistic;

    for (guint e = 0; e < sides->n_clusters; e++) {
        saa += move[e].a * move[e].a;
        sab += move[e].a * move[e].b;
        sbb += move[e].b * move[e].b;
        n[0] += move[e].seen[0] ? 1.0 : 0.0;
        n[1] += move[e].seen[1] ? 1.0 : 0.0;
    }
    least = fmin(n[0], n[1]);
    determinant = saa * sbb - sab * sab;
    if (least < ENTITY_LEAST || !(determinant > 0.0))
        return 1.0;
    statistic = (da * da * sbb - 2.0 * da * db * sab + db * db * saa) / determinant;
    /* Hotelling's T² of two means */
    return gsl_cdf_fdist_Q(statistic * (least - 2.0) / (2.0 * (least - 1.0)) * (least - 1.0) /
                               least,
                           2.0,
                           least - 2.0);
}
