/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways of being wrong: errors near each other in the space of the shares of their loss, METHODS 3.
 * There errors lie apart from correct rows by what a loss is, so that proves nothing: what is told
 * of a way is which features push its loss, how many errors go it, and whether conditions on the
 * log's own columns find more errors than there are elsewhere, in the half that they were not
 * chosen on. */
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "clusters.h"
#include "filter.h"
#include "intervals.h"
#include "neighbours.h"
#include "rng.h"
#include "tests.h"
#include "words.h"

#define WAYS_PAIRS 120 /* errors whose loss is shared out, at least */
#define WAYS_MOST  5   /* told */
#define WAYS_NAMED 2   /* features in a name */
#define WAYS_ALPHA 0.01
#define WAYS_LIFT  1.25

typedef struct {
    gsize row;
    gsize pair;
    guint8 error;
} WaysRow;

typedef struct {
    const Attribution *attribution;
    ErrataClusterSpace *space;
    ErrataClusterSet *set;
    GPtrArray *told; /* (element-type utf8): names */
} Ways;

static int
ways_compare(gconstpointer a, gconstpointer b)
{
    const WaysRow *x = a;
    const WaysRow *y = b;

    return (x->row > y->row) - (x->row < y->row);
}

static const double *
ways_shares(const ErrataModelUse *use, const WaysRow *row)
{
    return (row->error != 0 ? use->loss_of_error : use->loss_of_correct) +
           row->pair * ((gsize)use->n_features + 1);
}

static void
ways_weigh(const ErrataAnalysis *analysis, ErrataClusterSpace *space)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize count[2][2] = {{0}};

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0)
            count[outcome->half[row]][outcome->error[row]]++;
    for (guint i = 0; i < space->n; i++)
        space->weight[space->half[i]][space->error[i]] += 1.0;
    for (guint half = 0; half < 2; half++)
        for (guint error = 0; error < 2; error++)
            space->weight[half][error] = (double)count[half][error] /
                                         fmax(space->weight[half][error], 1.0);
}

/* the rows of the pairs by the shares of their loss, of length one */
static ErrataClusterSpace *
ways_space(const Attribution *self)
{
    const ErrataModelUse *use = self->use;
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree WaysRow *row = g_new(WaysRow, 2 * use->n_pairs + 1);
    ErrataClusterSpace *space = g_new0(ErrataClusterSpace, 1);
    gsize n = 2 * use->n_pairs;

    for (gsize i = 0; i < use->n_pairs; i++) {
        row[2 * i] = (WaysRow){use->pair[i].error, i, 1};
        row[2 * i + 1] = (WaysRow){use->pair[i].correct, i, 0};
    }
    qsort(row, n, sizeof *row, ways_compare);
    space->analysis = self->analysis;
    space->n = (guint)n;
    space->width = use->n_features;
    space->row = g_new(guint32, n + 1);
    space->error = g_new(guint8, n + 1);
    space->half = g_new(guint8, n + 1);
    space->odds = g_new(double, n + 1);
    space->marks = g_new0(guint32, n + 1);
    space->x = g_new0(float, n * space->width + 1);
    for (gsize i = 0; i < n; i++) {
        const double *share = ways_shares(use, &row[i]);

        space->row[i] = (guint32)row[i].row;
        space->error[i] = row[i].error;
        space->half[i] = outcome->half[row[i].row];
        space->odds[i] = 1.0;
        for (guint f = 0; f < space->width; f++)
            space->x[i * space->width + f] = (float)share[f];
    }
    errata_neighbours_unit(space->x, space->n, space->width);
    ways_weigh(self->analysis, space);
    return space;
}

static ErrataEvidence *
ways_evidence(ErrataFinding *finding,
              const char *key,
              const char *what,
              double value,
              ErrataUnit unit,
              double n)
{
    return errata_finding_add(finding,
                              errata_evidence_new(key, what, value, unit, (guint64)rint(n)));
}

/* errors among the rows that meet the conditions, and among the others, of the confirmation half */
static gboolean
ways_try(const ErrataAnalysis *analysis, const GPtrArray *predicates, guint64 count[2][2])
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(ErrataFilter) filter = errata_filter_predicates_join(predicates);
    g_autoptr(ErrataRows) rows = NULL;

    if (filter == NULL || !errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
        return FALSE;
    rows = errata_filter_evaluate(filter, analysis->frame, outcome);
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && outcome->half[row] == 1)
            count[errata_rows_has(rows, row) ? 1 : 0][outcome->error[row]]++;
    return count[1][0] + count[1][1] > 0 && count[0][0] + count[0][1] > 0;
}

static ErrataEvidence *
ways_add_rate(ErrataFinding *finding, const char *key, const char *what, const guint64 count[2])
{
    double n = (double)(count[0] + count[1]);
    ErrataInterval interval = errata_intervals_wilson((double)count[1], n, 0.95);
    ErrataEvidence *evidence =
        ways_evidence(finding, key, what, (double)count[1] / n, ERRATA_UNIT_SHARE, n);

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson, confirmation half");
    return evidence;
}

/* whether conditions were found that lead to these errors, as the other half has it */
static gboolean
ways_describe(const Ways *self, const ErrataClusterWords *words, ErrataFinding *finding)
{
    guint64 count[2][2] = {{0}};
    double in, out, p;
    ErrataEvidence *evidence;
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    if (words->predicates->len == 0 ||
        !ways_try(self->attribution->analysis, words->predicates, count))
        return FALSE;
    in = (double)count[1][1] / (double)(count[1][0] + count[1][1]);
    out = (double)count[0][1] / (double)(count[0][0] + count[0][1]);
    p = errata_tests_two_by_two(count[1][1], count[1][0], count[0][1], count[0][0], NULL, NULL);
    if (!(in >= WAYS_LIFT * out) || !(p * self->set->n_clusters < WAYS_ALPHA))
        return FALSE;
    for (guint i = 0; i < words->predicates->len; i++)
        g_ptr_array_add(parts, errata_words_predicate(g_ptr_array_index(words->predicates, i)));
    evidence = ways_add_rate(finding,
                             "rate_in",
                             "error rate among rows that meet the conditions",
                             count[1]);
    ways_add_rate(finding, "rate_out", "error rate elsewhere", count[0]);
    evidence->baseline = out;
    evidence->p = p;
    evidence->text = errata_words_list((const char *const *)parts->pdata, parts->len, "and");
    return TRUE;
}

static void
ways_add_rows(const Ways *self, guint32 cluster, ErrataFinding *finding)
{
    const ErrataClusterSpace *space = self->space;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint32));
    double size = 0.0;

    for (guint32 i = 0; i < space->n; i++)
        if (space->error[i] != 0 && errata_clusters_holds(self->set, i, cluster)) {
            g_array_append_val(rows, space->row[i]);
            size += space->weight[space->half[i]][1] *
                    errata_outcome_weight(self->attribution->analysis->outcome, space->row[i]);
        }
    finding->n_rows = rows->len;
    finding->row = g_memdup2(rows->data, (gsize)rows->len * sizeof(guint32));
    finding->row_score = g_new0(double, (gsize)rows->len + 1);
    finding->share_of_errors = errata_clusters_share(self->attribution->analysis, size);
}

/* the features that push most, as the name of the way */
static char *
ways_name(const ErrataFinding *finding)
{
    const char *name[WAYS_NAMED];
    guint n = 0;

    for (guint i = 0; i < finding->evidence->len && n < WAYS_NAMED; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

        if (g_strcmp0(evidence->key, "push") == 0 && evidence->text != NULL)
            name[n++] = evidence->text;
    }
    return n > 0 ? errata_words_list(name, n, "and") : NULL;
}

static void
ways_add_entry(const Ways *self,
               const ErrataFinding *finding,
               const ErrataClusterWords *words,
               const char *name)
{
    const ErrataAnalysis *analysis = self->attribution->analysis;
    ErrataCluster *entry = errata_case_add_cluster(analysis->result);
    guint n = MIN((guint)finding->n_rows, 6U);

    entry->id = g_strdup(finding->subject.cluster);
    entry->name = g_strdup_printf("wrong through %s", name);
    entry->size = finding->n_rows;
    entry->share_of_errors = finding->share_of_errors;
    entry->keywords = g_new0(char *, 1);
    entry->exemplars = g_new0(char *, (gsize)n + 1);
    for (guint i = 0; i < n; i++)
        entry->exemplars[i] =
            analysis->schema->id >= 0
                ? errata_column_print(analysis->frame->columns[analysis->schema->id],
                                      finding->row[i])
                : g_strdup_printf("%u", finding->row[i]);
    entry->precision = words->precision;
    entry->recall = words->recall;
    entry->n_checked = words->n;
    for (guint i = 0; i < words->predicates->len; i++)
        g_ptr_array_add(entry->predicates,
                        errata_predicate_copy(g_ptr_array_index(words->predicates, i)));
}

static gboolean
ways_is_told(const Ways *self, const char *name)
{
    for (guint i = 0; i < self->told->len; i++)
        if (g_str_equal(self->told->pdata[i], name))
            return TRUE;
    return FALSE;
}

static void
ways_add(Ways *self, guint32 cluster)
{
    ErrataAnalysis *analysis = self->attribution->analysis;
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CLUSTER, "");
    ErrataClusterWords words;
    g_autofree char *name = NULL;
    g_autofree char *advice = NULL;
    guint64 hash = ERRATA_CLUSTERS_NONE;

    ways_add_rows(self, cluster, finding);
    ways_evidence(finding,
                  "share_errors",
                  "share of all errors, as far as they were asked about",
                  finding->share_of_errors,
                  ERRATA_UNIT_SHARE,
                  (double)finding->n_rows);
    attribution_loss_of_rows(self->attribution, finding);
    name = ways_name(finding);
    if (name == NULL || ways_is_told(self, name)) {
        errata_finding_free(finding);
        return;
    }
    errata_clusters_describe(self->space, self->set, cluster, &words);
    finding->confirmed = ways_describe(self, &words, finding);
    for (const char *at = name; *at != '\0'; at++)
        hash = errata_rng_mix(hash ^ (guchar)*at);
    finding->subject.cluster = g_strdup_printf("L-%06x", (guint)(hash & 0xffffff));
    g_free(finding->title);
    finding->title = g_strdup_printf("Errors of one kind: wrong through %s", name);
    finding->summary = g_strdup("cluster · errors whose loss has one source");
    finding->severity = finding->confirmed ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_INFO;
    finding->excess_errors = finding->delta = (double)NAN;
    finding->share_of_rows = (double)NAN;
    finding->rank = finding->share_of_errors * 0.05;
    g_ptr_array_add(finding->notes, g_strdup("of=losses"));
    advice =
        g_strdup_printf("Check the values of %s in these errors; where they are right, label more "
                        "such rows and train with them",
                        name);
    errata_finding_suggest(finding, "collect-data", advice)->method =
        g_strdup("not computed: needs a retrained model");
    ways_add_entry(self, finding, &words, name);
    errata_clusters_words_clear(&words);
    g_ptr_array_add(self->told, g_steal_pointer(&name));
    errata_case_add_finding(analysis->result, finding);
}

/* clusters by falling size */
static guint32 *
ways_order(const Ways *self)
{
    guint32 *order = g_new(guint32, (gsize)self->set->n_clusters + 1);

    for (guint32 c = 0; c < self->set->n_clusters; c++) {
        guint32 at = c;
        double size = self->set->clusters[c].found.errors + self->set->clusters[c].confirmed.errors;

        for (; at > 0; at--) {
            const ErrataClusterGroup *before = &self->set->clusters[order[at - 1]];

            if (before->found.errors + before->confirmed.errors >= size)
                break;
            order[at] = order[at - 1];
        }
        order[at] = c;
    }
    return order;
}

/* for the chapter: how many ways there are, and through what */
static void
ways_note(const Ways *self)
{
    ErrataEvidence *evidence;

    if (self->told->len < 2)
        return;
    evidence = errata_evidence_new("ways",
                                   "ways of being wrong that were told apart by the shares of the "
                                   "loss",
                                   self->told->len,
                                   ERRATA_UNIT_COUNT,
                                   self->attribution->use->n_pairs);
    evidence->text =
        errata_words_list((const char *const *)self->told->pdata, self->told->len, "or");
    evidence->method = g_strdup("Leiden communities by cosine of the shares of the loss");
    g_ptr_array_add(self->attribution->shares->evidence, evidence);
}

void
attribution_ways(const Attribution *self)
{
    const ErrataModelUse *use = self->use;
    g_autoptr(ErrataClusterSpace) space = NULL;
    g_autoptr(ErrataClusterSet) set = NULL;
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    g_autofree guint32 *order = NULL;
    Ways ways;

    if (use->n_pairs < WAYS_PAIRS || use->loss_of_correct == NULL || use->n_features < 2 ||
        use->n_features != self->n_features || self->analysis->bins == NULL)
        return;
    space = ways_space(self);
    set = errata_clusters_find(space);
    errata_case_tried(self->analysis->result, "attribution", set->n_clusters);
    if (set->n_clusters < 2)
        return; /* all errors alike are no kinds of errors */
    ways = (Ways){self, space, set, told};
    order = ways_order(&ways);
    for (guint i = 0; i < MIN(set->n_clusters, WAYS_MOST); i++)
        ways_add(&ways, order[i]);
    ways_note(&ways);
}
