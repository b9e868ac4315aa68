/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals where rows belong together: the rows of one customer are right or wrong together, so a
 * metric is as sure as so many customers make it, not as so many rows. Every metric is measured
 * again with one group of customers left out after another (delete-a-group jackknife; Kott 2001,
 * "The delete-a-group jackknife", Journal of Official Statistics 17); by how much its standard
 * error exceeds that of independent rows, its interval is stretched, on the scale on which it is
 * made. */
#include <math.h>
#include <string.h>

#include "parallel.h"
#include "performance.h"
#include "rng.h"
#include "sort.h"

#define ENTITY_GROUPS 40     /* left out in turn */
#define ENTITY_ROWS   100000 /* that are measured in each turn, about … */
#define ENTITY_LEAST  400 /* … of no fewer entities: how much less rows tell is read from these */
#define ENTITY_STAGE  G_GUINT64_CONSTANT(0x656e7469) /* "enti" */
#define ENTITY_EDGE   1e-9
#define ENTITY_SAME   1e-6 /* of the ends of an interval, on the scale on which it is symmetric */

typedef struct {
    const ErrataOutcome *outcome;
    const ErrataJudged *judged;
    guint n_groups;
    guint8 *group; /* per entity; ENTITY_GROUPS where it is not measured */
    gsize n;       /* rows measured */
    guint n_entities;
    GArray *list[ENTITY_GROUPS]; /* each without one group */
} Entity;

/* deals the entities there are to the groups, equally many to each, at random; of a long log some
 * of them only */
static void
entity_deal(Entity *self)
{
    const ErrataOutcome *outcome = self->outcome;
    g_autofree guint8 *seen = g_new0(guint8, MAX(outcome->n_entities, 1));
    g_autofree double *key = g_new(double, MAX(outcome->n_entities, 1));
    g_autofree double *sorted = g_new(double, MAX(outcome->n_entities, 1));
    g_autofree guint32 *order = g_new(guint32, MAX(outcome->n_entities, 1));
    g_autofree guint32 *name = g_new(guint32, MAX(outcome->n_entities, 1));
    gsize n = self->judged->input.n;
    guint n_seen = 0;

    memset(self->group, ENTITY_GROUPS, outcome->n_entities);
    for (gsize i = 0; i < n; i++)
        seen[outcome->entity[self->judged->row[i]]] = 1;
    for (guint e = 0; e < outcome->n_entities; e++)
        if (seen[e] != 0) {
            ErrataRng rng = errata_rng_init(0, ENTITY_STAGE, e);

            name[n_seen] = e;
            key[n_seen++] = errata_rng_uniform(&rng);
        }
    errata_sort_doubles(key, n_seen, sorted, order);
    self->n_entities =
        (guint)MIN((double)n_seen,
                   fmax(ENTITY_LEAST, (double)n_seen * ENTITY_ROWS / (double)MAX(n, 1)));
    self->n_groups = MIN(self->n_entities, ENTITY_GROUPS);
    for (guint k = 0; k < self->n_entities; k++)
        self->group[name[order[k]]] = (guint8)(k % self->n_groups);
    for (gsize i = 0; i < n; i++)
        self->n += self->group[outcome->entity[self->judged->row[i]]] < ENTITY_GROUPS ? 1 : 0;
}

/* all metrics without @group; with %ENTITY_GROUPS, of all rows that are measured */
static GArray *
entity_measure(const Entity *self, guint group)
{
    guint32 *row = g_new(guint32, MAX(self->n, 1));
    g_autoptr(ErrataJudged) rest = NULL;
    gsize n = 0;

    for (gsize i = 0; i < self->judged->input.n; i++) {
        guint32 at = self->judged->row[i];
        guint own = self->group[self->outcome->entity[at]];

        if (own < ENTITY_GROUPS && own != group)
            row[n++] = at;
    }
    rest = errata_judged_of(self->outcome, row, n);
    return errata_performance_list(&rest->input);
}

static void
entity_measure_cb(gsize begin, gsize end, G_GNUC_UNUSED gsize chunk, gpointer data)
{
    Entity *self = data;

    for (gsize g = begin; g < end; g++)
        self->list[g] = entity_measure(self, (guint)g);
}

/* scales on which intervals are symmetric */
typedef enum {
    ENTITY_LINEAR,
    ENTITY_LOG,
    ENTITY_LOGIT,
} EntityScale;

static double
entity_to(EntityScale scale, double x)
{
    return scale == ENTITY_LOGIT ? log(x / (1.0 - x)) : scale == ENTITY_LOG ? log(x) : x;
}

static double
entity_from(EntityScale scale, double y)
{
    return scale == ENTITY_LOGIT ? 1.0 / (1.0 + exp(-y)) : scale == ENTITY_LOG ? exp(y) : y;
}

/* the scale of an interval, read from its ends */
static EntityScale
entity_scale(const ErrataMetricValue *metric)
{
    double lo = metric->interval.lo, hi = metric->interval.hi;

    for (guint s = ENTITY_LOGIT; s > ENTITY_LINEAR; s--) {
        double middle = entity_to((EntityScale)s, metric->value);
        double below = middle - entity_to((EntityScale)s, lo);
        double above = entity_to((EntityScale)s, hi) - middle;

        if (lo > 0.0 && (s == ENTITY_LOG || hi < 1.0) &&
            fabs(above - below) <= ENTITY_SAME * (above + below))
            return (EntityScale)s;
    }
    return ENTITY_LINEAR;
}

/* standard error of the metric by the groups left out, on a scale; NaN where one has no value */
static double
entity_error(const Entity *self, const ErrataMetricValue *metric, EntityScale scale)
{
    double mean = 0.0, squares = 0.0, n = 0.0;

    for (guint g = 0; g < self->n_groups; g++) {
        const ErrataMetricValue *without =
            errata_metrics_find(self->list[g], metric->name, metric->class_index);
        double value = without != NULL ? entity_to(scale, without->value) : (double)NAN;
        double delta = value - mean;

        if (!isfinite(value))
            return (double)NAN;
        n += 1.0;
        mean += delta / n;
        squares += delta * (value - mean);
    }
    return sqrt((n - 1.0) / n * squares);
}

/* Student's t over the normal quantile: what few groups cost (Cornish and Fisher's first two
 * terms) */
static double
entity_few(double degrees)
{
    double z = errata_intervals_z(ERRATA_METRICS_LEVEL), z2 = z * z;

    return 1.0 + (z2 + 1.0) / (4.0 * degrees) +
           (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / (96.0 * degrees * degrees);
}

/* none or all of the rows: as sure as so many entities make it */
static ErrataInterval
entity_at_end(const Entity *self, const ErrataMetricValue *metric)
{
    double n = MIN((double)metric->n, (double)self->n_entities);

    return errata_intervals_wilson(metric->value * n, n, ERRATA_METRICS_LEVEL);
}

/* what cannot be beyond 0 or 1, or −1 */
static void
entity_keep_within(ErrataMetricValue *metric)
{
    static const char *const least_0[] =
        {"ece", "ace", "accuracy", "precision", "recall", "f1", NULL};
    static const char *const least_1[] = {"mcc", "kappa", "pearson", "spearman", NULL};
    static const char *const most_1[] = {"r2", "explained_variance", NULL};
    gboolean share = g_strv_contains(least_0, metric->name);
    gboolean agreement = g_strv_contains(least_1, metric->name);

    if (share || agreement)
        metric->interval.lo = fmax(metric->interval.lo, share ? 0.0 : -1.0);
    if (share || agreement || g_strv_contains(most_1, metric->name))
        metric->interval.hi = fmin(metric->interval.hi, 1.0);
}

/**
 * errata_performance_stretch:
 * @metric: a metric with its interval
 * @factor: 1 or more
 *
 * Draws both ends away from the value, on the scale on which they are symmetric about it; on the
 * logistic scale as Wilson's interval of so many fewer rows has them, which differs from a normal
 * one in the tails only.
 */
void
errata_performance_stretch(ErrataMetricValue *metric, double factor)
{
    EntityScale scale = entity_scale(metric);
    double middle = entity_to(scale, metric->value);
    double below = middle - entity_to(scale, metric->interval.lo);
    double above = entity_to(scale, metric->interval.hi) - middle;

    if (!(factor > 1.0) || !isfinite(below) || !isfinite(above))
        return;
    if (scale == ENTITY_LOGIT) {
        below = 2.0 * asinh(factor * sinh(0.5 * below));
        above = 2.0 * asinh(factor * sinh(0.5 * above));
    } else {
        below *= factor;
        above *= factor;
    }
    metric->interval.lo = entity_from(scale, middle - below);
    metric->interval.hi = entity_from(scale, middle + above);
    entity_keep_within(metric);
}

static void
entity_widen(const Entity *self, const GArray *sampled, ErrataMetricValue *metric)
{
    const ErrataMetricValue *here = errata_metrics_find(sampled, metric->name, metric->class_index);
    EntityScale scale = entity_scale(metric);
    double alone, together, factor;

    if (here == NULL || !isfinite(metric->interval.lo) || !isfinite(metric->interval.hi))
        return;
    if (scale == ENTITY_LINEAR && metric->interval.lo >= 0.0 && metric->interval.hi <= 1.0 &&
        (metric->value < ENTITY_EDGE || metric->value > 1.0 - ENTITY_EDGE) &&
        metric->interval.hi > metric->interval.lo) {
        metric->interval = entity_at_end(self, metric);
        return;
    }
    alone = 0.5 * (entity_to(scale, here->interval.hi) - entity_to(scale, here->interval.lo)) /
            errata_intervals_z(ERRATA_METRICS_LEVEL);
    together = entity_error(self, here, scale);
    factor = together * entity_few(self->n_groups - 1.0) / alone;
    if (alone > 0.0 && isfinite(factor))
        errata_performance_stretch(metric, factor);
}

/**
 * errata_performance_entity:
 * @outcome: a log; nothing is done where its rows belong to nothing
 * @judged: its judged rows
 * @list: (element-type ErrataMetricValue): their metrics, whose intervals are widened
 *
 * About 40 times the cost of measuring at most 100,000 rows, of 400 entities at least.
 */
void
errata_performance_entity(const ErrataOutcome *outcome, const ErrataJudged *judged, GArray *list)
{
    g_autofree guint8 *group = NULL;
    g_autoptr(GArray) whole = NULL;
    Entity self = {.outcome = outcome, .judged = judged};

    if (outcome->entity == NULL || judged->input.n == 0)
        return;
    self.group = group = g_new(guint8, MAX(outcome->n_entities, 1));
    entity_deal(&self);
    if (self.n_groups < 2)
        return;
    errata_parallel_for(self.n_groups, 1, entity_measure_cb, &self);
    if (self.n < judged->input.n)
        whole = entity_measure(&self, ENTITY_GROUPS);
    for (guint i = 0; i < list->len; i++)
        entity_widen(&self,
                     whole != NULL ? whole : list,
                     &g_array_index(list, ErrataMetricValue, i));
    for (guint g = 0; g < self.n_groups; g++)
        g_array_unref(self.list[g]);
}
