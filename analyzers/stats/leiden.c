/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Communities of a weighted graph by the Leiden algorithm on modularity with a resolution γ:
 * Q = Σ_c (w_c − γ K_c² / 4m) / m, with w_c the weight of the edges inside community c, K_c the
 * summed strength of its nodes, m all weight. Local moves by a queue, refinement inside each
 * community, then the refined communities become the nodes of the next, smaller graph. Nodes merge
 * only into refined communities that they are connected to, so no community falls apart.
 *
 * Source: Traag, Waltman and van Eck 2019, "From Louvain to Leiden: guaranteeing well-connected
 * communities". The refinement takes the best merge instead of drawing one (their θ → 0). */
#include "leiden.h"

#include <math.h>
#include <string.h>

#include "rng.h"

#define LEIDEN_STAGE   G_GUINT64_CONSTANT(0x6c656964) /* "leid" */
#define LEIDEN_ROUNDS  8                              /* whole passes at most */
#define LEIDEN_LEAST   1e-12                          /* gain that counts */
#define LEIDEN_ONE_WAY 0.5F /* weight of an edge that only one end chose */
#define LEIDEN_AHEAD   4U   /* nodes whose edges are under way from memory … */
#define LEIDEN_FETCH   3U   /* … and how many lines of them */

/* a graph whose nodes stand for some of the first */
typedef struct {
    const ErrataGraph *graph;
    ErrataGraph *owned; /* the same, but for the first */
    double *strength;   /* weight of a node's edges, its own inside counted twice */
    double total;       /* 2m */
    double resolution;
} LeidenLevel;

/* weights towards communities, of one node at a time */
typedef struct {
    double *weight;
    guint32 *touched;
    guint n_touched;
} LeidenSums;

void
errata_leiden_graph_free(ErrataGraph *self)
{
    if (self == NULL)
        return;
    g_free(self->start);
    g_free(self->node);
    g_free(self->weight);
    g_free(self);
}

static ErrataGraph *
leiden_graph_new(guint n, gsize n_ends)
{
    ErrataGraph *self = g_new0(ErrataGraph, 1);

    self->n = n;
    self->start = g_new0(gsize, (gsize)n + 1);
    self->node = g_new(guint32, MAX(n_ends, 1));
    self->weight = g_new(double, MAX(n_ends, 1));
    return self;
}

typedef struct {
    guint32 from;
    guint32 to;
    double weight;
} LeidenEdge;

/* edges by their first ends, equal ones added up; in time linear in their number */
static ErrataGraph *
leiden_graph_of(const GArray *edges, guint n)
{
    ErrataGraph *self = leiden_graph_new(n, edges->len);
    g_autofree guint32 *begin = g_new0(guint32, (gsize)n + 2);
    g_autofree guint32 *order = g_new(guint32, (gsize)edges->len + 1);
    g_autofree gsize *place =
        g_new0(gsize, (gsize)n + 1); /* of an end, + 1; of this node if behind its start */
    gsize at = 0;

    for (guint i = 0; i < edges->len; i++)
        begin[g_array_index(edges, LeidenEdge, i).from + 2]++;
    for (guint i = 2; i <= n; i++)
        begin[i] += begin[i - 1];
    for (guint i = 0; i < edges->len; i++)
        order[begin[g_array_index(edges, LeidenEdge, i).from + 1]++] = i;
    for (guint node = 0; node < n; node++) {
        self->start[node] = at;
        for (guint i = begin[node]; i < begin[node + 1]; i++) {
            const LeidenEdge *edge = &g_array_index(edges, LeidenEdge, order[i]);

            if (place[edge->to] > self->start[node]) {
                self->weight[place[edge->to] - 1] += edge->weight;
                continue;
            }
            self->node[at] = edge->to;
            self->weight[at++] = edge->weight;
            place[edge->to] = at;
        }
    }
    self->start[n] = at;
    return self;
}

/**
 * errata_leiden_graph:
 * @neighbour: (array length=n*k): the nearest others of each node, G_MAXUINT32 for none
 * @similarity: (array length=n*k): how near they are; pairs at or below 0 have no edge
 * @n: nodes
 * @k: neighbours of each
 *
 * Returns: (transfer full): the graph of neighbours; where both chose each other an edge weighs
 * their
 *   similarity, else half of it
 */
ErrataGraph *
errata_leiden_graph(const guint32 *neighbour, const float *similarity, guint n, guint k)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(LeidenEdge));

    for (guint i = 0; i < n; i++)
        for (gsize j = (gsize)i * k; j < (gsize)(i + 1) * k; j++) {
            float weight = similarity[j] * LEIDEN_ONE_WAY;

            if (neighbour[j] == G_MAXUINT32 || !(weight > 0.0F))
                continue;
            LeidenEdge there = {i, neighbour[j], (double)weight};
            LeidenEdge back = {neighbour[j], i, (double)weight};

            g_array_append_val(edges, there);
            g_array_append_val(edges, back);
        }
    return leiden_graph_of(edges, n);
}

static void
leiden_level_measure(LeidenLevel *level, const double *inside)
{
    const ErrataGraph *graph = level->graph;

    level->strength = g_new(double, (gsize)graph->n + 1);
    level->total = 0.0;
    for (guint i = 0; i < graph->n; i++) {
        level->strength[i] = inside != NULL ? inside[i] : 0.0;
        for (gsize e = graph->start[i]; e < graph->start[i + 1]; e++)
            level->strength[i] += graph->weight[e];
        level->total += level->strength[i];
    }
}

/* weight of the node's edges to each community of @community */
static void
leiden_sum(const LeidenLevel *level, guint32 node, const guint32 *community, LeidenSums *sums)
{
    const ErrataGraph *graph = level->graph;
    guint n = 0;

    for (guint i = 0; i < sums->n_touched; i++)
        sums->weight[sums->touched[i]] = 0.0;
    for (gsize e = graph->start[node]; e < graph->start[node + 1]; e++) {
        guint32 to = community[graph->node[e]];
        double before = sums->weight[to];

        sums->touched[n] =
            to; /* kept where it is the first: a branch would often be guessed wrong */
        n += before > 0.0 ? 0 : 1;
        sums->weight[to] = before + graph->weight[e];
    }
    sums->n_touched = n;
}

/* edges of a node that is soon to be looked at */
static inline void
leiden_fetch(const ErrataGraph *graph, guint32 node)
{
    gsize begin = graph->start[node];

    for (guint line = 0; line < LEIDEN_FETCH; line++) {
        __builtin_prefetch(graph->weight + begin + line * 8UL);
        __builtin_prefetch(graph->node + begin + line * 8UL);
    }
}

static void
leiden_shuffle(guint32 *order, guint n, guint64 seed, guint64 round)
{
    ErrataRng rng = errata_rng_init(seed, LEIDEN_STAGE, round);

    for (guint i = 0; i < n; i++)
        order[i] = i;
    for (guint i = n; i > 1; i--) {
        guint j = (guint)errata_rng_below(&rng, i);
        guint32 kept = order[i - 1];

        order[i - 1] = order[j];
        order[j] = kept;
    }
}

/* the community among the touched that a node gains most by joining; @own when none is better */
static guint32
leiden_best(const LeidenLevel *level,
            guint32 node,
            guint32 own,
            const double *strength,
            const LeidenSums *sums)
{
    double factor = level->resolution * level->strength[node] / level->total;
    double best = sums->weight[own] - factor * (strength[own] - level->strength[node]);
    guint32 to = own;

    for (guint i = 0; i < sums->n_touched; i++) {
        guint32 other = sums->touched[i];
        double gain = sums->weight[other] - factor * strength[other];

        if (other != own && gain > best + LEIDEN_LEAST) {
            best = gain;
            to = other;
        }
    }
    return to;
}

/* moves nodes until none gains; whether any moved */
static gboolean
leiden_move(const LeidenLevel *level, guint32 *community, guint64 seed, LeidenSums *sums)
{
    const ErrataGraph *graph = level->graph;
    guint n = graph->n;
    g_autofree guint32 *queue = g_new(guint32, (gsize)n + 1);
    g_autofree guint8 *waits = g_new(guint8, (gsize)n + 1);
    g_autofree double *strength = g_new0(double, (gsize)n + 1);
    guint head = 0, tail = 0; /* a ring */
    gboolean moved = FALSE;

    leiden_shuffle(queue, n, seed, 0);
    memset(waits, 1, n);
    for (guint i = 0; i < n; i++)
        strength[community[i]] += level->strength[i];
    for (guint n_waiting = n; n_waiting > 0; n_waiting--) {
        guint32 node = queue[head];
        guint32 own = community[node], to;

        head = head + 1 < n ? head + 1 : 0;
        waits[node] = 0;
        leiden_fetch(graph, queue[MIN(head + LEIDEN_AHEAD, n - 1)]);
        leiden_sum(level, node, community, sums);
        to = leiden_best(level, node, own, strength, sums);
        if (to == own)
            continue;
        moved = TRUE;
        strength[own] -= level->strength[node];
        strength[to] += level->strength[node];
        community[node] = to;
        for (gsize e = graph->start[node]; e < graph->start[node + 1]; e++) {
            guint32 other = graph->node[e];

            if (waits[other] != 0 || community[other] == to)
                continue;
            waits[other] = 1;
            queue[tail] = other;
            tail = tail + 1 < n ? tail + 1 : 0;
            n_waiting++;
        }
    }
    return moved;
}

/* splits each community into well-connected parts: every node begins alone, and one that is alone
 * joins the part of its community that it gains most by */
static void
leiden_refine(const LeidenLevel *level,
              const guint32 *community,
              guint64 seed,
              guint32 *ret_part,
              LeidenSums *sums)
{
    const ErrataGraph *graph = level->graph;
    guint n = graph->n;
    g_autofree guint32 *order = g_new(guint32, (gsize)n + 1);
    g_autofree double *strength = g_new(double, (gsize)n + 1);
    g_autofree guint32 *size = g_new(guint32, (gsize)n + 1);

    leiden_shuffle(order, n, seed, 1);
    for (guint i = 0; i < n; i++) {
        ret_part[i] = i;
        strength[i] = level->strength[i];
        size[i] = 1;
    }
    for (guint i = 0; i < n; i++) {
        guint32 node = order[i];
        double factor = level->resolution * level->strength[node] / level->total;
        double best = LEIDEN_LEAST;
        guint32 to = ret_part[node];

        leiden_fetch(graph, order[MIN(i + LEIDEN_AHEAD, n - 1)]);
        if (size[ret_part[node]] != 1)
            continue;
        leiden_sum(level, node, ret_part, sums);
        for (guint t = 0; t < sums->n_touched; t++) {
            guint32 other = sums->touched[t];
            double gain = sums->weight[other] - factor * strength[other];

            if (other != ret_part[node] && community[other] == community[node] && gain > best) {
                best = gain;
                to = other;
            }
        }
        if (to == ret_part[node])
            continue;
        size[ret_part[node]]--;
        strength[ret_part[node]] -= level->strength[node];
        ret_part[node] = to;
        size[to]++;
        strength[to] += level->strength[node];
    }
}

/* names below @limit become 0 … in order of first appearance */
static guint
leiden_renumber(guint32 *name, guint n, guint limit)
{
    g_autofree guint32 *place = g_new0(guint32, (gsize)limit + 1);
    guint n_names = 0;

    for (guint i = 0; i < n; i++) {
        if (place[name[i]] == 0)
            place[name[i]] = ++n_names;
        name[i] = place[name[i]] - 1;
    }
    return n_names;
}

/* the nodes of each part in their order, from @ret_begin[part] on */
static void
leiden_by_part(const guint32 *part, guint n, guint n_parts, guint32 *ret_begin, guint32 *ret_order)
{
    for (guint i = 0; i < n; i++)
        ret_begin[part[i] + 2]++;
    for (guint p = 2; p <= n_parts; p++)
        ret_begin[p] += ret_begin[p - 1];
    for (guint i = 0; i < n; i++)
        ret_order[ret_begin[part[i] + 1]++] = i;
}

/* a part's edges to the others, added up, from @at on in @next; where the next part's begin */
static gsize
leiden_join(const LeidenLevel *level,
            const guint32 *part,
            const guint32 *member,
            guint n,
            gsize at,
            ErrataGraph *next,
            double *ret_inside,
            LeidenSums *sums)
{
    const ErrataGraph *graph = level->graph;
    guint32 own = part[member[0]];
    double inside = 0.0;
    guint n_touched = 0;

    for (guint i = 0; i < n; i++) {
        guint32 node = member[i];

        leiden_fetch(graph, member[MIN(i + LEIDEN_AHEAD, n - 1)]);
        inside += level->strength[node];
        for (gsize e = graph->start[node]; e < graph->start[node + 1]; e++) {
            guint32 to = part[graph->node[e]];
            double before = sums->weight[to];

            inside -= to != own ? graph->weight[e] : 0.0;
            sums->touched[n_touched] = to; /* as in leiden_sum() */
            n_touched += before > 0.0 ? 0 : 1;
            sums->weight[to] = before + graph->weight[e];
        }
    }
    for (guint t = 0; t < n_touched; t++) {
        guint32 to = sums->touched[t];

        next->node[at] = to;
        next->weight[at] = sums->weight[to];
        at += to != own ? 1 : 0;
        sums->weight[to] = 0.0;
    }
    *ret_inside = inside;
    return at;
}

/* the graph of parts, and the community of each */
static void
leiden_aggregate(LeidenLevel *level,
                 const guint32 *part,
                 guint n_parts,
                 guint32 *community,
                 LeidenSums *sums)
{
    const ErrataGraph *graph = level->graph;
    ErrataGraph *next = leiden_graph_new(n_parts, graph->start[graph->n] + 1);
    g_autofree guint32 *begin = g_new0(guint32, (gsize)n_parts + 2);
    g_autofree guint32 *order = g_new(guint32, (gsize)graph->n + 1);
    g_autofree double *inside = g_new0(double, (gsize)n_parts + 1);
    g_autofree guint32 *of = g_new0(guint32, (gsize)n_parts + 1);
    guint n_before = graph->n;
    gsize at = 0;

    leiden_by_part(part, n_before, n_parts, begin, order);
    for (guint p = 0; p < n_parts; p++) {
        next->start[p] = at;
        of[p] = community[order[begin[p + 1] - 1]];
        at = leiden_join(level,
                         part,
                         order + begin[p],
                         begin[p + 1] - begin[p],
                         at,
                         next,
                         &inside[p],
                         sums);
    }
    next->start[n_parts] = at;
    memcpy(community, of, n_parts * sizeof *of);
    errata_leiden_graph_free(level->owned);
    g_free(level->strength);
    level->graph = level->owned = next;
    leiden_level_measure(level, inside);
    leiden_renumber(community, n_parts, n_before);
}

/* one whole pass from @community on, down to the graph that no longer shrinks */
static gboolean
leiden_pass(const ErrataGraph *graph, double resolution, guint64 seed, guint32 *community)
{
    guint n = graph->n;
    g_autofree guint32 *at = g_new(guint32,
                                   (gsize)n + 1); /* node of the level for each first node */
    g_autofree guint32 *now = g_memdup2(community, ((gsize)n + 1) * sizeof *now);
    g_autofree guint32 *part = g_new(guint32, (gsize)n + 1);
    g_autofree double *weight = g_new0(double, (gsize)n + 1);
    g_autofree guint32 *touched = g_new(guint32, (gsize)n + 1);
    LeidenLevel level = {.graph = graph, .resolution = resolution};
    gboolean changed = FALSE;

    leiden_level_measure(&level, NULL);
    for (guint i = 0; i < n; i++)
        at[i] = i;
    for (guint depth = 0; level.total > 0.0; depth++) {
        LeidenSums sums = {weight, touched, 0};
        guint n_parts;

        changed |= leiden_move(&level, now, errata_rng_mix(seed + depth), &sums);
        for (guint i = 0; i < n; i++)
            community[i] = now[at[i]];
        leiden_refine(&level, now, errata_rng_mix(seed + depth), part, &sums);
        for (guint i = 0; i < sums.n_touched; i++)
            weight[touched[i]] = 0.0;
        n_parts = leiden_renumber(part, level.graph->n, level.graph->n);
        if (n_parts == level.graph->n)
            break;
        for (guint i = 0; i < n; i++)
            at[i] = part[at[i]];
        leiden_aggregate(&level, part, n_parts, now, &sums);
    }
    errata_leiden_graph_free(level.owned);
    g_free(level.strength);
    return changed;
}

/**
 * errata_leiden_communities:
 * @graph: a graph
 * @resolution: γ: larger means smaller communities
 * @seed: of the order in which nodes are visited
 * @ret_community: (out caller-allocates) (array length=n): the community of each node, 0 … in order
 *   of first appearance; a node without edges is alone
 *
 * Returns: the number of communities
 */
guint
errata_leiden_communities(const ErrataGraph *graph,
                          double resolution,
                          guint64 seed,
                          guint32 *ret_community)
{
    g_autofree guint32 *community = g_new(guint32, (gsize)graph->n + 1);
    guint n_communities;

    for (guint i = 0; i <= graph->n; i++)
        community[i] = i;
    for (guint round = 0; round < LEIDEN_ROUNDS; round++)
        if (!leiden_pass(graph, resolution, errata_rng_mix(seed) + 1000 * round, community))
            break;
    n_communities = leiden_renumber(community, graph->n, graph->n);
    memcpy(ret_community, community, graph->n * sizeof *community);
    return n_communities;
}

/* Q of a partition; NaN for a graph without edges */
double
errata_leiden_modularity(const ErrataGraph *graph, double resolution, const guint32 *community)
{
    g_autofree double *strength = g_new0(double, (gsize)graph->n + 1);
    double inside = 0.0, total = 0.0, spread = 0.0;

    for (guint i = 0; i < graph->n; i++)
        for (gsize e = graph->start[i]; e < graph->start[i + 1]; e++) {
            strength[community[i]] += graph->weight[e];
            total += graph->weight[e];
            inside += community[i] == community[graph->node[e]] ? graph->weight[e] : 0.0;
        }
    for (guint i = 0; i < graph->n; i++)
        spread += strength[i] * strength[i];
    return total > 0.0 ? inside / total - resolution * spread / (total * total) : (double)NAN;
}

static double
leiden_pairs(double n)
{
    return n * (n - 1.0) / 2.0;
}

/* pairs of nodes in the same community, whose names are below @limit; with @with only those that
 * are in the same one there too */
static double
leiden_equal_pairs(const guint32 *name, const guint32 *with, guint n, guint limit)
{
    g_autofree guint32 *begin = g_new0(guint32, (gsize)limit + 2);
    g_autofree guint32 *order = g_new(guint32, (gsize)n + 1);
    g_autofree guint32 *count = g_new0(guint32, (gsize)limit + 1);
    double pairs = 0.0;

    leiden_by_part(name, n, limit, begin, order);
    for (guint c = 0; c < limit; c++) {
        if (with == NULL)
            pairs += leiden_pairs(begin[c + 1] - begin[c]);
        for (guint i = begin[c]; with != NULL && i < begin[c + 1]; i++)
            pairs += count[with[order[i]]]++;
        for (guint i = begin[c]; with != NULL && i < begin[c + 1]; i++)
            count[with[order[i]]] = 0;
    }
    return pairs;
}

static guint
leiden_limit(const guint32 *name, guint n)
{
    guint limit = 0;

    for (guint i = 0; i < n; i++)
        limit = MAX(limit, name[i] + 1);
    return limit;
}

/**
 * errata_leiden_agreement:
 * @a: (array length=n): a partition, its names below @n
 * @b: (array length=n): another, likewise
 * @n: nodes
 *
 * Source: Hubert and Arabie 1985, "Comparing partitions".
 *
 * Returns: the adjusted Rand index: 1 where they are the same, about 0 by chance
 */
double
errata_leiden_agreement(const guint32 *a, const guint32 *b, guint n)
{
    guint limit_a = leiden_limit(a, n), limit_b = leiden_limit(b, n), limit = MAX(limit_a, limit_b);
    double both = leiden_equal_pairs(a, b, n, limit);
    double in_a = leiden_equal_pairs(a, NULL, n, limit);
    double in_b = leiden_equal_pairs(b, NULL, n, limit);
    double expected, most;

    expected = n > 1 ? in_a * in_b / leiden_pairs(n) : 0.0;
    most = (in_a + in_b) / 2.0;
    return most > expected ? (both - expected) / (most - expected) : 1.0;
}
