/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clusters of errors: communities of the graph of neighbours among the errors of the discovery
 * half; those that are errors more often than correct rows like them, on both halves; merged by
 * average linkage. */
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "design-effect.h"
#include "leiden.h"
#include "neighbours.h"
#include "parallel.h"
#include "tests.h"

#define FIND_NEIGHBOURS 15U
#define FIND_EXACT      10000U /* errors in the graph */
#define FIND_SEEDS      5U     /* runs that a resolution's stability is judged by */
#define FIND_LEAST      10U    /* errors of a leaf … */
#define FIND_LEAST_PART 0.01   /* … and of all in the graph */
#define FIND_LIFT       1.5
#define FIND_TABLE_LIFT 2.0  /* over what scores and slices foretell; slices tell the rest better */
#define FIND_FORETOLD   3.0  /* … where the scores foretell it; only texts */
#define FIND_SURE       19.0 /* odds of an error that surprises nobody */
#define FIND_SHARE      0.005 /* of all errors, in excess */
#define FIND_REACH      0.05  /* of a leaf's own errors that may lie beyond its reach */
#define FIND_SLACK      0.8   /* part of that cosine which is enough */
#define FIND_MARKED     0.8 /* of the errors of two leaves that bear a mark, for it to join them … */
#define FIND_UNALIKE    0.6 /* of those of one of two more than of the other: it keeps them apart */
#define FIND_MARK_RARE  0.1 /* … when at most so many correct rows do */
#define FIND_TONGUE     0.95 /* of a leaf in another language, for it to hold no other rows */
#define FIND_LINKAGE    0.7  /* cosine distance up to which leaves are one cluster */

static const double find_resolutions[] = {0.5, 1.0, 2.0, 4.0, 8.0};

#define FIND_RUNS (G_N_ELEMENTS(find_resolutions) * FIND_SEEDS)

typedef struct {
    const ErrataClusterSpace *space;
    guint32 *member; /* embedded rows that are nodes */
    guint n;
    float *x;
} FindGraph;

static void
find_nodes(const ErrataClusterSpace *space, FindGraph *graph)
{
    guint n_errors = 0, passed = 0;

    for (guint i = 0; i < space->n; i++)
        n_errors += space->error[i] != 0 && space->half[i] == 0 ? 1 : 0;
    graph->member = g_new(guint32, (gsize)n_errors + 1);
    for (guint i = 0; i < space->n; i++) {
        guint64 wanted = MIN(n_errors, FIND_EXACT);

        if (space->error[i] == 0 || space->half[i] != 0)
            continue;
        if ((passed + 1) * wanted / n_errors > passed * wanted / n_errors)
            graph->member[graph->n++] = i;
        passed++;
    }
    graph->x = g_new(float, (gsize)graph->n * space->width + 1);
    for (guint i = 0; i < graph->n; i++)
        memcpy(graph->x + (gsize)i * space->width,
               space->x + (gsize)graph->member[i] * space->width,
               space->width * sizeof(float));
}

/* texts, and those of them that bear each mark */
typedef struct {
    double n;
    double marked[32];
} FindMarks;

static void
find_add_marks(FindMarks *self, guint32 marks)
{
    self->n += 1.0;
    for (guint m = 0; m < G_N_ELEMENTS(self->marked); m++)
        self->marked[m] += (marks >> m) & 1;
}

/* partitions by every resolution and seed, one after the other */
typedef struct {
    const ErrataGraph *graph;
    guint64 seed;
    guint32 *community; /* of every node, run after run */
    guint n_found[FIND_RUNS];
} FindRuns;

static void
find_run_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    FindRuns *runs = data;

    for (gsize i = begin; i < end; i++)
        runs->n_found[i] = errata_leiden_communities(runs->graph,
                                                     find_resolutions[i / FIND_SEEDS],
                                                     runs->seed + i % FIND_SEEDS,
                                                     runs->community + i * runs->graph->n);
}

/* the partition of the resolution on which runs with other seeds agree most; the finer one when
 * they agree as well */
static guint
find_communities(const ErrataGraph *graph,
                 guint64 seed,
                 guint32 *ret_community,
                 double *ret_resolution)
{
    guint n = graph->n;
    g_autofree guint32 *community = g_new(guint32, (gsize)n * FIND_RUNS + 1);
    FindRuns runs = {graph, seed, community, {0}};
    double best = -1.0;
    guint n_best = 0;

    errata_parallel_for(FIND_RUNS, 1, find_run_cb, &runs);
    for (guint r = 0; r < G_N_ELEMENTS(find_resolutions); r++) {
        const guint32 *first = community + (gsize)r * FIND_SEEDS * n;
        double agreement = 0.0;

        for (guint s = 0; s < FIND_SEEDS; s++)
            for (guint t = 0; t < s; t++)
                agreement += errata_leiden_agreement(first + (gsize)s * n, first + (gsize)t * n, n);
        if (agreement >= best - 1e-3) {
            best = MAX(agreement, best);
            n_best = runs.n_found[r * FIND_SEEDS];
            *ret_resolution = find_resolutions[r];
            memcpy(ret_community, first, n * sizeof *first);
        }
    }
    return n_best;
}

static int
find_compare_cb(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
find_cosine(const float *a, const float *b, guint width)
{
    double sum = 0.0;

    for (guint d = 0; d < width; d++)
        sum += (double)a[d] * (double)b[d];
    return sum;
}

static double
find_length(const float *a, guint width)
{
    return sqrt(find_cosine(a, a, width));
}

/* the language mark that nearly all errors of a leaf bear, 0 for none */
static guint32
find_tongue(const FindGraph *graph, const guint32 *community, guint32 which)
{
    double n = 0.0, foreign = 0.0, mixed = 0.0;

    for (guint i = 0; i < graph->n; i++) {
        guint32 marks = graph->space->marks[graph->member[i]];

        if (community[i] != which)
            continue;
        n += 1.0;
        foreign += (marks & ERRATA_CLUSTERS_FOREIGN) != 0 ? 1.0 : 0.0;
        mixed += (marks & ERRATA_CLUSTERS_MIXED) != 0 ? 1.0 : 0.0;
    }
    return (foreign >= FIND_TONGUE * n ? ERRATA_CLUSTERS_FOREIGN : 0) |
           (mixed >= FIND_TONGUE * n ? ERRATA_CLUSTERS_MIXED : 0);
}

static void
find_leaf(const FindGraph *graph, const guint32 *community, guint32 which, ErrataClusterLeaf *leaf)
{
    guint width = graph->space->width;
    g_autofree double *near = g_new(double, (gsize)graph->n + 1);
    double length;
    guint n = 0;

    leaf->centre = g_new0(float, (gsize)width + 1);
    leaf->cluster = ERRATA_CLUSTERS_NONE;
    leaf->tongue = find_tongue(graph, community, which);
    for (guint i = 0; i < graph->n; i++)
        if (community[i] == which) {
            for (guint d = 0; d < width; d++)
                leaf->centre[d] += graph->x[(gsize)i * width + d];
            leaf->size++;
        }
    for (guint d = 0; d < width; d++)
        leaf->centre[d] /= (float)leaf->size;
    length = find_length(leaf->centre, width);
    for (guint i = 0; i < graph->n; i++)
        if (community[i] == which)
            near[n++] = find_cosine(graph->x + (gsize)i * width, leaf->centre, width) /
                        MAX(length, 1e-12);
    qsort(near, n, sizeof *near, find_compare_cb);
    leaf->reach = FIND_SLACK * near[(guint)(FIND_REACH * n)];
}

/* errors that a leaf needs */
static guint
find_least(const FindGraph *graph)
{
    return MAX(FIND_LEAST, (guint)ceil(FIND_LEAST_PART * graph->n));
}

static void
find_leaves(ErrataClusterSet *self, const FindGraph *graph, const guint32 *community, guint n_found)
{
    g_autofree guint *size = g_new0(guint, (gsize)n_found + 1);
    guint least = find_least(graph);

    for (guint i = 0; i < graph->n; i++)
        size[community[i]]++;
    self->leaves = g_new0(ErrataClusterLeaf, (gsize)n_found + 1);
    for (guint c = 0; c < n_found; c++)
        if (size[c] >= least)
            find_leaf(graph, community, c, &self->leaves[self->n_leaves++]);
}

/* weighted correct rows, and those in a cluster */
typedef struct {
    double sum;
    double squares;
    double in;
} FindSide;

static void
find_weigh(FindSide *side, double weight, gboolean in)
{
    side->sum += weight;
    side->squares += weight * weight;
    side->in += in ? weight : 0.0;
}

/* p of so many errors in, given the share of correct rows that are in */
static double
find_compare(const FindSide *side, double errors_in, double errors, double *ret_expected)
{
    double effective = side->sum * side->sum / side->squares;
    double in = side->in / side->sum * effective;

    *ret_expected = (in + 0.5) / (effective + 1.0);
    return errata_tests_binomial_upper((guint64)errors_in,
                                       (guint64)(errors_in + rint(in)),
                                       errors / (errors + effective));
}

/* p of the errors of a half being in more often than its correct rows, each of which counts for
 * @weight, where rows belong together: a customer of many errors has them all where his rows are */
static double
find_p_of_entities(const ErrataClusterSpace *space,
                   const ErrataClusterSet *set,
                   guint8 half,
                   const guint8 *member_leaf,
                   gboolean by_odds)
{
    const ErrataOutcome *outcome = space->analysis->outcome;
    g_autofree double *in = NULL;
    g_autofree double *weight = NULL;
    g_autofree guint8 *side = NULL;

    if (outcome->entity == NULL)
        return 0.0;
    in = g_new(double, MAX(space->n, 1));
    weight = g_new(double, MAX(space->n, 1));
    side = g_new(guint8, MAX(space->n, 1));
    for (guint i = 0; i < space->n; i++) {
        gboolean sure = by_odds && space->odds[i] >= FIND_SURE;

        in[i] = set->leaf[i] != ERRATA_CLUSTERS_NONE && member_leaf[set->leaf[i]] != 0 ? 1.0 : 0.0;
        weight[i] = by_odds && space->error[i] == 0 ? space->odds[i] : 1.0;
        side[i] = space->half[i] != half || sure ? 2 : space->error[i] != 0 ? 1 : 0;
    }
    return errata_tests_normal_upper(errata_design_difference(outcome->entity,
                                                              outcome->n_entities,
                                                              in,
                                                              weight,
                                                              side,
                                                              space->row,
                                                              space->n));
}

/**
 * errata_clusters_test:
 * @space: the rows
 * @set: their leaves
 * @half: 0 or 1
 * @member_leaf: (array length=n_leaves): 1 for the leaves that are meant
 * @ret_test: (out): what was counted
 *
 * Are rows there errors more often than rows like them? Were an error's place mere chance, errors
 * would lie as correct rows do: their share is expected. Were it a matter of scores alone, they
 * would lie as correct rows do when each counts by its odds of being an error: that share is
 * foretold, besides the errors among predictions that are hardly ever right, where there are no
 * correct rows to weigh. The test is of two Poisson counts, the second with the effective number of
 * the weighted correct rows, given their sum; it does not depend on how correct rows were sampled.
 * Where rows belong together, errors have to stand out among as many entities, too.
 */
void
errata_clusters_test(const ErrataClusterSpace *space,
                     const ErrataClusterSet *set,
                     guint8 half,
                     const guint8 *member_leaf,
                     ErrataClusterTest *ret_test)
{
    FindSide plain = {0.0, 0.0, 0.0}, scored = {0.0, 0.0, 0.0};
    double errors = 0.0;
    double sure = 0.0, sure_in = 0.0; /* errors that the scores foretell for certain */

    memset(ret_test, 0, sizeof *ret_test);
    for (guint i = 0; i < space->n; i++) {
        gboolean in = set->leaf[i] != ERRATA_CLUSTERS_NONE && member_leaf[set->leaf[i]] != 0;

        if (space->half[i] != half)
            continue;
        if (space->error[i] != 0) {
            errors += 1.0;
            ret_test->errors += in ? 1.0 : 0.0;
            sure += space->odds[i] >= FIND_SURE ? 1.0 : 0.0;
            sure_in += in && space->odds[i] >= FIND_SURE ? 1.0 : 0.0;
            continue;
        }
        find_weigh(&plain, 1.0, in);
        if (space->odds[i] < FIND_SURE)
            find_weigh(&scored, space->odds[i], in);
        ret_test->correct += in ? 1.0 : 0.0;
    }
    ret_test->p = ret_test->surprise_p = 1.0;
    if (!(errors > 0.0) || !(plain.sum > 0.0))
        return;
    ret_test->share = ret_test->errors / errors;
    ret_test->p = fmax(find_compare(&plain, ret_test->errors, errors, &ret_test->expected),
                       find_p_of_entities(space, set, half, member_leaf, FALSE));
    ret_test->lift = ret_test->share / ret_test->expected;
    ret_test->foretold = ret_test->share;
    if (errors > sure && scored.sum > 0.0) {
        ret_test->surprise_p = fmax(
            find_compare(&scored, ret_test->errors - sure_in, errors - sure, &ret_test->foretold),
            find_p_of_entities(space, set, half, member_leaf, TRUE));
        ret_test->foretold = (ret_test->foretold * (errors - sure) + sure_in) / errors;
    }
    ret_test->surprise = ret_test->foretold > 0.0 ? ret_test->share / ret_test->foretold : 0.0;
}

/* more errors than correct rows lead to expect; what the scores foretell counts only where it is
 * much */
static gboolean
find_is_worse(const ErrataClusterSpace *space, const ErrataClusterTest *test)
{
    gboolean surprises = test->surprise >= (space->is_text ? FIND_LIFT : FIND_TABLE_LIFT) &&
                         test->surprise_p < space->analysis->settings->alpha &&
                         test->share - test->foretold >= FIND_SHARE;

    return test->lift >= FIND_LIFT && test->share - test->expected >= FIND_SHARE &&
           (surprises || (space->is_text && test->lift >= FIND_FORETOLD));
}

static void
find_test_leaf(const ErrataClusterSpace *space,
               const ErrataClusterSet *self,
               guint8 half,
               guint32 leaf,
               ErrataClusterTest *ret_test)
{
    g_autofree guint8 *one = g_new0(guint8, (gsize)self->n_leaves + 1);

    one[leaf] = 1;
    errata_clusters_test(space, self, half, one, ret_test);
}

/* of the discovery half, the correct rows that bear each mark */
static FindMarks
find_count_rare(const ErrataClusterSpace *space)
{
    FindMarks correct = {.n = 0.0};

    for (guint i = 0; i < space->n; i++)
        if (space->half[i] == 0 && space->error[i] == 0)
            find_add_marks(&correct, space->marks[i]);
    return correct;
}

/* Words make most of a vector. Texts that go wrong for a property alone, such as capital letters,
 * lie among those that say the same: of the errors that are in no leaf worse than correct rows,
 * those with a mark that is rare among these are one of their own, for rows that bear it. Returns
 * whether there is one. */
static gboolean
find_split(const FindGraph *graph, ErrataClusterSet *self)
{
    const ErrataClusterSpace *space = graph->space;
    FindMarks correct = find_count_rare(space);
    guint n_leaves = self->n_leaves;
    g_autofree guint32 *of = g_new(guint32, (gsize)graph->n + 1); /* leaf of each node, if new */

    memset(of, 0xff, graph->n * sizeof *of);
    for (guint l = 0; l < n_leaves; l++) {
        find_test_leaf(space, self, 0, l, &self->leaves[l].found);
        self->leaves[l].plain = !find_is_worse(space, &self->leaves[l].found);
    }
    for (guint m = 0; m < G_N_ELEMENTS(correct.marked); m++) {
        guint32 added = self->n_leaves;
        guint n = 0;

        if (correct.marked[m] > FIND_MARK_RARE * correct.n)
            continue;
        for (guint i = 0; i < graph->n; i++) {
            guint32 row = graph->member[i], leaf = self->leaf[row];

            if (of[i] < added || (leaf != ERRATA_CLUSTERS_NONE && !self->leaves[leaf].plain))
                continue;
            of[i] = ((space->marks[row] >> m) & 1) != 0 ? added : ERRATA_CLUSTERS_NONE;
            n += of[i] == added ? 1 : 0;
        }
        if (n < find_least(graph))
            continue;
        self->leaves = g_renew(ErrataClusterLeaf, self->leaves, (gsize)added + 1);
        self->leaves[added] = (ErrataClusterLeaf){.mark = 1U << m};
        find_leaf(graph, of, added, &self->leaves[added]);
        self->n_leaves++;
    }
    return self->n_leaves > n_leaves;
}

/* leaves that stand out on the half they were built on are tried on the other */
static void
find_confirm(const ErrataClusterSpace *space, ErrataClusterSet *self)
{
    g_autofree double *p = g_new(double, (gsize)self->n_leaves + 1);
    g_autofree double *q = g_new(double, (gsize)self->n_leaves + 1);
    g_autofree guint *tried = g_new(guint, (gsize)self->n_leaves + 1);
    double alpha = space->analysis->settings->alpha;

    for (guint l = 0; l < self->n_leaves; l++) {
        ErrataClusterLeaf *leaf = &self->leaves[l];

        find_test_leaf(space, self, 0, l, &leaf->found);
        if (find_is_worse(space, &leaf->found) && leaf->found.p < alpha) {
            find_test_leaf(space, self, 1, l, &leaf->confirmed);
            p[self->n_tried] = leaf->confirmed.p;
            tried[self->n_tried++] = l;
        }
    }
    errata_tests_benjamini_hochberg(p, self->n_tried, self->n_tried, q);
    for (guint i = 0; i < self->n_tried; i++) {
        ErrataClusterLeaf *leaf = &self->leaves[tried[i]];

        leaf->q = q[i];
        leaf->kept = q[i] < alpha && find_is_worse(space, &leaf->confirmed);
    }
}

/* cosine distance of the mean errors of two sets of leaves */
static double
find_distance(const ErrataClusterSpace *space, const ErrataClusterSet *self, guint32 a, guint32 b)
{
    g_autofree double *sum_a = g_new0(double, (gsize)space->width + 1);
    g_autofree double *sum_b = g_new0(double, (gsize)space->width + 1);
    double square_a = 0.0, square_b = 0.0, product = 0.0;

    for (guint l = 0; l < self->n_leaves; l++) {
        const ErrataClusterLeaf *leaf = &self->leaves[l];
        double *sum = leaf->cluster == a ? sum_a : sum_b;

        if (leaf->kept && (leaf->cluster == a || leaf->cluster == b))
            for (guint d = 0; d < space->width; d++)
                sum[d] += (double)leaf->centre[d] * leaf->size;
    }
    for (guint d = 0; d < space->width; d++) {
        product += sum_a[d] * sum_b[d];
        square_a += sum_a[d] * sum_a[d];
        square_b += sum_b[d] * sum_b[d];
    }
    return 1.0 - product / MAX(sqrt(square_a * square_b), 1e-300);
}

/* how many errors of each cluster bear each mark; the last entry is of all correct rows */
static FindMarks *
find_count_marks(const ErrataClusterSpace *space, const ErrataClusterSet *self)
{
    FindMarks *marks = g_new0(FindMarks, (gsize)self->n_clusters + 1);

    for (guint i = 0; i < space->n; i++) {
        guint32 leaf = self->leaf[i];
        FindMarks *of = &marks[self->n_clusters];

        if (space->half[i] != 0)
            continue;
        if (space->error[i] != 0) {
            if (leaf == ERRATA_CLUSTERS_NONE || self->leaves[leaf].cluster == ERRATA_CLUSTERS_NONE)
                continue;
            of = &marks[self->leaves[leaf].cluster];
        }
        find_add_marks(of, space->marks[i]);
    }
    return marks;
}

/* the marks that nearly all errors bear */
static guint32
find_common_marks(const FindMarks *marks)
{
    guint32 common = 0;

    for (guint m = 0; m < G_N_ELEMENTS(marks->marked); m++)
        if (marks->n > 0.0 && marks->marked[m] >= FIND_MARKED * marks->n)
            common |= 1U << m;
    return common;
}

/* both bear the same marks, one of them rare among correct rows; where it is the language, others
 * do not count */
static gboolean
find_share_marks(const FindMarks *a, const FindMarks *b, const FindMarks *correct)
{
    guint32 in_a = find_common_marks(a);
    guint32 in_b = find_common_marks(b);

    if (((in_a | in_b) & ERRATA_CLUSTERS_LANGUAGE) != 0) {
        in_a &= ERRATA_CLUSTERS_LANGUAGE;
        in_b &= ERRATA_CLUSTERS_LANGUAGE;
    }
    for (guint m = 0; in_a == in_b && m < G_N_ELEMENTS(a->marked); m++)
        if (((in_a >> m) & 1) != 0 && correct->marked[m] <= FIND_MARK_RARE * correct->n)
            return TRUE;
    return FALSE;
}

/* most errors of one bear a mark that is rare among correct rows, and few of the other do: two
 * things, however near */
static gboolean
find_marks_differ(const FindMarks *a, const FindMarks *b, const FindMarks *correct)
{
    for (guint m = 0; m < G_N_ELEMENTS(a->marked); m++) {
        double in_a = a->marked[m] / MAX(a->n, 1.0), in_b = b->marked[m] / MAX(b->n, 1.0);

        if (correct->marked[m] <= FIND_MARK_RARE * correct->n && fabs(in_a - in_b) >= FIND_UNALIKE)
            return TRUE;
    }
    return FALSE;
}

static void
find_join(ErrataClusterSet *self, guint32 to, guint32 from)
{
    self->n_clusters--;
    for (guint l = 0; l < self->n_leaves; l++) {
        guint32 *cluster = &self->leaves[l].cluster;

        if (*cluster == from)
            *cluster = to;
        else if (*cluster != ERRATA_CLUSTERS_NONE && *cluster > from)
            (*cluster)--;
    }
}

/* the nearest two clusters, if they are near enough or of one mark; those of one mark come first */
static gboolean
find_pair(const ErrataClusterSpace *space,
          const ErrataClusterSet *self,
          guint32 *ret_a,
          guint32 *ret_b)
{
    g_autofree FindMarks *marks = find_count_marks(space, self);
    double best = FIND_LINKAGE;
    gboolean found = FALSE;

    for (guint32 a = 0; a < self->n_clusters; a++)
        for (guint32 b = a + 1; b < self->n_clusters; b++) {
            double distance = find_distance(space, self, a, b);

            if (find_share_marks(&marks[a], &marks[b], &marks[self->n_clusters]))
                distance -= 2.0;
            else if (find_marks_differ(&marks[a], &marks[b], &marks[self->n_clusters]))
                continue;
            if (distance < best) {
                best = distance;
                *ret_a = a;
                *ret_b = b;
                found = TRUE;
            }
        }
    return found;
}

/* average linkage; leaves are pure, but one per wording */
static void
find_merge(const ErrataClusterSpace *space, ErrataClusterSet *self)
{
    guint32 a = 0, b = 0;

    for (guint l = 0; l < self->n_leaves; l++)
        if (self->leaves[l].kept)
            self->leaves[l].cluster = self->n_clusters++;
    while (find_pair(space, self, &a, &b))
        find_join(self, a, b);
}

static void
find_measure(const ErrataClusterSpace *space, ErrataClusterSet *self)
{
    g_autofree guint8 *member = g_new0(guint8, (gsize)self->n_leaves + 1);

    self->clusters = g_new0(ErrataClusterGroup, (gsize)self->n_clusters + 1);
    for (guint32 c = 0; c < self->n_clusters; c++) {
        for (guint l = 0; l < self->n_leaves; l++) {
            member[l] = self->leaves[l].cluster == c ? 1 : 0;
            self->clusters[c].n_leaves += member[l];
        }
        errata_clusters_test(space, self, 0, member, &self->clusters[c].found);
        errata_clusters_test(space, self, 1, member, &self->clusters[c].confirmed);
    }
}

/**
 * errata_clusters_find:
 * @space: errors and correct rows as vectors
 *
 * Returns: (transfer full): the communities among the errors and the clusters they make
 */
ErrataClusterSet *
errata_clusters_find(const ErrataClusterSpace *space)
{
    ErrataClusterSet *self = g_new0(ErrataClusterSet, 1);
    FindGraph nodes = {.space = space};
    g_autofree guint32 *community = NULL;
    guint n_found;

    find_nodes(space, &nodes);
    community = g_new(guint32, (gsize)nodes.n + 1);
    self->leaf = g_new(guint32, (gsize)space->n + 1);
    {
        g_autoptr(ErrataNeighbours) near =
            errata_neighbours_new(nodes.x, nodes.n, space->width, FIND_NEIGHBOURS);
        g_autoptr(ErrataGraph) graph =
            errata_leiden_graph(near->point, near->similarity, nodes.n, near->k);

        n_found =
            find_communities(graph, space->analysis->settings->seed, community, &self->resolution);
    }
    find_leaves(self, &nodes, community, n_found);
    errata_clusters_assign(space, self);
    if (find_split(&nodes, self))
        errata_clusters_assign(space, self);
    find_confirm(space, self);
    find_merge(space, self);
    find_measure(space, self);
    errata_clusters_assign_rest(space, self);
    g_free(nodes.member);
    g_free(nodes.x);
    return self;
}

void
errata_clusters_set_free(ErrataClusterSet *self)
{
    if (self == NULL)
        return;
    for (guint l = 0; l < self->n_leaves; l++)
        g_free(self->leaves[l].centre);
    g_free(self->leaves);
    g_free(self->leaf);
    g_free(self->rest_leaf);
    g_free(self->rest_near);
    g_free(self->clusters);
    g_free(self);
}

static gboolean
find_is_of(const ErrataClusterSet *set, guint32 leaf, guint32 cluster)
{
    return leaf != ERRATA_CLUSTERS_NONE && set->leaves[leaf].cluster == cluster;
}

/* whether an embedded row belongs to a cluster */
gboolean
errata_clusters_holds(const ErrataClusterSet *set, guint32 embedded, guint32 cluster)
{
    return find_is_of(set, set->leaf[embedded], cluster);
}

/* whether an error that was not drawn belongs to one */
gboolean
errata_clusters_holds_rest(const ErrataClusterSet *set, gsize at, guint32 cluster)
{
    return set->rest_leaf != NULL && find_is_of(set, set->rest_leaf[at], cluster);
}
