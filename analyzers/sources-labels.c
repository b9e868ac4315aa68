/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A class that is taken for another far more often than expected may be labels that were swapped,
 * or a group of rows that the model gets wrong. Labels swapped in a group leave it, at most, as
 * many rows of the class given as both classes have elsewhere. Where the words or the values of
 * the group alone have more, they tell the class given: the labels are right, and the errors are
 * the group's matter; unless the other words and values of its rows say what the model says, as
 * they have it elsewhere (naive Bayes). METHODS 0. */
#include <math.h>

#include "bins.h"
#include "clusters.h"
#include "filter.h"
#include "intervals.h"
#include "sources.h"

#define LABELS_WITHIN 0.8 /* of a pair's rows, that lie in the group */
#define LABELS_TELLS  0.8 /* of a group's rows, that have the class given */
#define LABELS_LEVEL  0.95
#define LABELS_STRONG 2.3025850929940457 /* ln 10: odds that are strong evidence (Jeffreys) */
#define LABELS_MOSTLY 0.5                /* of a pair's rows, that such odds speak against */

/* what rows elsewhere hold, by what they are labelled */
typedef struct {
    GHashTable *seen; /* word or value → double[2]: rows of the class given, of the one said */
    double n[2];
} LabelsSeen;

static gboolean
labels_is_pair(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_LABEL_ISSUE && finding->n_rows > 0 &&
           g_strcmp0(errata_finding_note(finding, "swap"), "yes") == 0 &&
           errata_finding_note(finding, "both") == NULL &&
           errata_finding_note(finding, "told") == NULL;
}

static gboolean
labels_is_group(const ErrataFinding *finding)
{
    return (finding->kind == ERRATA_FINDING_CLUSTER || finding->kind == ERRATA_FINDING_SLICE) &&
           finding->confirmed && finding->severity >= ERRATA_SEVERITY_MEDIUM &&
           errata_finding_note(finding, "better") == NULL &&
           errata_finding_note(finding, "told") == NULL;
}

static const ErrataCluster *
labels_cluster(const ErrataCase *result, const ErrataFinding *finding)
{
    for (guint i = 0; i < result->clusters->len; i++) {
        const ErrataCluster *cluster = g_ptr_array_index(result->clusters, i);

        if (g_strcmp0(cluster->id, finding->subject.cluster) == 0)
            return cluster;
    }
    return NULL;
}

/* 1 for the rows that all of @predicates hold for; %NULL where they cannot be held against rows */
static guint8 *
labels_hold(const ErrataAnalysis *analysis, const GPtrArray *predicates)
{
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(ErrataRows) rows = NULL;
    guint8 *mark;

    if (predicates == NULL || predicates->len == 0)
        return NULL;
    filter = errata_filter_predicates_join(predicates);
    if (!errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
        return NULL;
    rows = errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
    mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        mark[row] = errata_rows_has(rows, row) ? 1 : 0;
    return mark;
}

/* whether more rows marked have a class than swaps with another could have left there */
static gboolean
labels_tell(const ErrataOutcome *outcome, const guint8 *mark, gint32 given, gint32 said)
{
    double n[2] = {0.0, 0.0}, n_given[2] = {0.0, 0.0}, n_said[2] = {0.0, 0.0};
    ErrataInterval interval;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (outcome->judged[row] == 0)
            continue;
        n[mark[row]] += 1.0;
        n_given[mark[row]] += outcome->truth[row] == given ? 1.0 : 0.0;
        n_said[mark[row]] += outcome->truth[row] == said ? 1.0 : 0.0;
    }
    if (n[1] < 1.0 || n_given[1] < LABELS_TELLS * n[1])
        return FALSE;
    interval = errata_intervals_wilson(n_given[1], n[1], LABELS_LEVEL);
    return interval.lo > (n_given[0] + n_said[0]) / MAX(n[0], 1.0);
}

/* whether one of the conditions of a slice tells the class given by itself: several together may be
 * the group whose labels were swapped and what tells the right class of them */
static gboolean
labels_tell_any(const ErrataAnalysis *analysis,
                const GPtrArray *predicates,
                gint32 given,
                gint32 said)
{
    for (guint i = 0; predicates != NULL && i < predicates->len; i++) {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_autofree guint8 *mark = NULL;

        g_ptr_array_add(one, g_ptr_array_index(predicates, i));
        mark = labels_hold(analysis, one);
        if (mark != NULL && labels_tell(analysis->outcome, mark, given, said))
            return TRUE;
    }
    return FALSE;
}

/* (transfer full) (nullable): 1 for the rows of a group that tells the class given */
static guint8 *
labels_of(const ErrataAnalysis *analysis, const ErrataFinding *group, gint32 given, gint32 said)
{
    const ErrataCluster *cluster = labels_cluster(analysis->result, group);
    const GPtrArray *predicates = cluster != NULL ? cluster->predicates : group->subject.predicates;

    if (cluster != NULL && cluster->keywords != NULL && cluster->keywords[0] != NULL) {
        g_autofree guint8 *mark = errata_clusters_say(analysis,
                                                      (const char *const *)cluster->keywords);

        return labels_tell(analysis->outcome, mark, given, said) ? g_steal_pointer(&mark) : NULL;
    }
    return labels_tell_any(analysis, predicates, given, said) ? labels_hold(analysis, predicates)
                                                              : NULL;
}

/* (element-type utf8): the words and the values of a row, each once */
static GHashTable *
labels_things(const ErrataAnalysis *analysis, gsize row)
{
    GHashTable *things = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *text = errata_clusters_text(analysis, row);
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n.,;:!?()\"", -1);

    for (guint i = 0; words[i] != NULL; i++)
        if (words[i][0] != '\0')
            g_hash_table_add(things, g_strdup(words[i]));
    for (guint i = 0; analysis->bins != NULL && i < analysis->bins->n_columns; i++)
        g_hash_table_add(things,
                         g_strdup_printf("%u\n%u", i, analysis->bins->columns[i].code[row]));
    return things;
}

static void
labels_see(const ErrataAnalysis *analysis, gsize row, guint class_index, LabelsSeen *seen)
{
    g_autoptr(GHashTable) things = labels_things(analysis, row);
    GHashTableIter iter;
    gpointer thing;

    seen->n[class_index] += 1.0;
    g_hash_table_iter_init(&iter, things);
    while (g_hash_table_iter_next(&iter, &thing, NULL)) {
        double *count = g_hash_table_lookup(seen->seen, thing);

        if (count == NULL) {
            count = g_new0(double, 2);
            g_hash_table_insert(seen->seen, g_strdup(thing), count);
        }
        count[class_index] += 1.0;
    }
}

/* logarithm of the odds that a row is of the class said, not of the one given */
static double
labels_odds(const ErrataAnalysis *analysis, gsize row, const LabelsSeen *seen)
{
    g_autoptr(GHashTable) things = labels_things(analysis, row);
    GHashTableIter iter;
    gpointer thing;
    double odds = 0.0;

    g_hash_table_iter_init(&iter, things);
    while (g_hash_table_iter_next(&iter, &thing, NULL)) {
        const double *count = g_hash_table_lookup(seen->seen, thing);

        if (count != NULL)
            odds += log((count[1] + 1.0) / (seen->n[1] + 2.0)) -
                    log((count[0] + 1.0) / (seen->n[0] + 2.0));
    }
    return odds;
}

/* whether most of a pair's rows in a group hold what rows elsewhere hold that are of the class
 * said */
static gboolean
labels_look_swapped(const ErrataAnalysis *analysis,
                    const ErrataFinding *pair,
                    const guint8 *mark,
                    gint32 given,
                    gint32 said)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(GHashTable) table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    LabelsSeen seen = {.seen = table};
    double n = 0.0, against = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && mark[row] == 0 &&
            (outcome->truth[row] == given || outcome->truth[row] == said))
            labels_see(analysis, row, outcome->truth[row] == said ? 1 : 0, &seen);
    for (gsize k = 0; k < pair->n_rows; k++) {
        if (mark[pair->row[k]] == 0)
            continue;
        n += 1.0;
        against += labels_odds(analysis, pair->row[k], &seen) > LABELS_STRONG ? 1.0 : 0.0;
    }
    return against > LABELS_MOSTLY * n;
}

static gint32
labels_class(const ErrataSchema *schema, const char *name)
{
    for (guint c = 0; c < schema->n_classes; c++)
        if (g_strcmp0(schema->classes[c], name) == 0)
            return (gint32)c;
    return -1;
}

static void
labels_point(const ErrataAnalysis *analysis, ErrataFinding *pair)
{
    const GPtrArray *findings = analysis->result->findings;
    gint32 given = labels_class(analysis->schema, pair->subject.given);
    gint32 said = labels_class(analysis->schema, pair->subject.suggested);
    const ErrataFinding *source = NULL;
    double most = 0.0;

    for (guint i = 0; i < findings->len && given >= 0 && said >= 0; i++) {
        const ErrataFinding *group = g_ptr_array_index(findings, i);
        g_autofree guint8 *mark = labels_is_group(group) ? labels_of(analysis, group, given, said)
                                                         : NULL;
        double within = 0.0;

        for (gsize k = 0; mark != NULL && k < pair->n_rows; k++)
            within += mark[pair->row[k]];
        if (within <= most || within < LABELS_WITHIN * (double)pair->n_rows ||
            labels_look_swapped(analysis, pair, mark, given, said))
            continue;
        most = within;
        source = group;
    }
    if (source != NULL)
        errata_finding_point(pair,
                             source,
                             "part of its rows that lie in a group whose labels are right",
                             most / (double)pair->n_rows)
            ->method = g_strdup("rows that the group's words or conditions hold for");
}

/**
 * errata_sources_labels:
 * @analysis: a log; what else has a source points to it already
 *
 * Lets a class that is taken for another point to the group of errors that most of its rows lie
 * in, where what makes the group tells that their labels are right. Costs a pass over the rows and
 * their texts per pair and group.
 */
void
errata_sources_labels(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++)
        if (labels_is_pair(g_ptr_array_index(findings, i)))
            labels_point(analysis, g_ptr_array_index(findings, i));
}
