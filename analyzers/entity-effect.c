/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Some rows of a log that come in entities: by how much less they tell of a mean. */
#include "entity-effect.h"

#include "design-effect.h"

/**
 * errata_entity_effect_clusters:
 * @outcome: (nullable): a log
 * @row: (array length=n): some of its rows
 * @n: how many
 *
 * Returns: (transfer full) (nullable): what each of them belongs to, counted from 0; %NULL where no
 *   column tells
 */
guint32 *
errata_entity_effect_clusters(const ErrataOutcome *outcome, const guint32 *row, gsize n)
{
    guint32 *cluster;

    if (outcome == NULL || outcome->entity == NULL)
        return NULL;
    cluster = g_new(guint32, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        cluster[i] = outcome->entity[row[i]];
    return cluster;
}

/**
 * errata_entity_effect_count:
 * @outcome: (nullable): a log
 * @row: (array length=n): some of its rows
 * @n: how many
 *
 * Returns: how many entities they are of; @n where no column tells
 */
gsize
errata_entity_effect_count(const ErrataOutcome *outcome, const guint32 *row, gsize n)
{
    g_autofree guint8 *seen = NULL;
    gsize count = 0;

    if (outcome == NULL || outcome->entity == NULL)
        return n;
    seen = g_new0(guint8, MAX(outcome->n_entities, 1));
    for (gsize i = 0; i < n; i++) {
        count += seen[outcome->entity[row[i]]] == 0 ? 1 : 0;
        seen[outcome->entity[row[i]]] = 1;
    }
    return count;
}

/**
 * errata_entity_effect:
 * @outcome: (nullable): a log
 * @row: (array length=n): some of its rows
 * @n: how many
 * @value: (array length=n): a value of each, what it moves an estimate by; NaN where it has none
 *
 * Returns: errata_design_share() of them: by how much the variance of their mean exceeds that of
 *   independent rows; 1 where no column tells what they belong to
 */
double
errata_entity_effect(const ErrataOutcome *outcome, const guint32 *row, gsize n, const double *value)
{
    g_autofree guint32 *cluster = errata_entity_effect_clusters(outcome, row, n);

    return cluster != NULL ? errata_design_share(cluster, outcome->n_entities, value, NULL, n)
                           : 1.0;
}
