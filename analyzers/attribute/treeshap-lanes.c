/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk of treeshap-rescaled.c for eight background rows at once, a lane each: which of them
 * part from the row at a node is one mask, and a subtree is entered where any lane gets there. Each
 * lane adds what a walk of its own would, in the same order. */
#include "treeshap-lanes.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES_TARGET __attribute__((target("avx512f,avx512dq")))

/**
 * errata_treeshap_lanes_can_walk:
 * @depth: edges on the longest path of the trees
 *
 * Returns: whether the processor can, and the trees are not too deep
 */
gboolean
errata_treeshap_lanes_can_walk(guint depth)
{
    return depth < ERRATA_LANES_WEIGHTS && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq");
}

/* one of 16 numbers per lane */
LANES_TARGET static inline __m512d
lanes_choose(const double *from, __m512i at)
{
    return _mm512_permutex2var_pd(_mm512_loadu_pd(from), at, _mm512_loadu_pd(from + 8));
}

/* @a: per lane, features of the path that only the row takes; @b: those that only the background
 *   row
 * takes, as many in each lane. Returns what the leaves below give to each of the first, and in
 * @ret_takes what they take from each of the others: 0 outside @lanes */
LANES_TARGET static __m512d
lanes_walk(const ErrataLanes *self,
           guint32 node,
           __mmask8 lanes,
           __m512i a,
           guint b,
           __m512d *ret_takes)
{
    __m512d own_gives, own_takes, other_gives, other_takes, sums;
    __mmask8 apart, own, other, new;
    guint32 owner, right;
    double *phi;

    for (;;) {
        right = self->node[node].right;
        owner = self->node[node].what;
        if (right == 0) {
            double leaf = self->scale * self->leaf[(gsize)owner * self->leaf_width];

            *ret_takes =
                _mm512_maskz_mul_pd(lanes, _mm512_set1_pd(leaf), lanes_choose(self->takes[b], a));
            return _mm512_maskz_mul_pd(lanes,
                                       _mm512_set1_pd(leaf),
                                       lanes_choose(self->gives[b], a));
        }
        apart = (__mmask8)((self->way[node] != 0 ? ~self->others[node] : self->others[node]) &
                           lanes);
        own = (__mmask8)(lanes & ~(apart & self->other_side[owner]));
        other = (__mmask8)(apart & ~self->row_side[owner]);
        if (own != 0 && other != 0)
            break;
        node = (own != 0) == (self->way[node] != 0) ? node + 1 : right;
    }
    new = (__mmask8)(own & other);
    phi = self->phi + (gsize)owner * ERRATA_LANES;
    self->row_side[owner] |= new;
    own_gives = lanes_walk(self,
                           self->way[node] != 0 ? node + 1 : right,
                           own,
                           _mm512_mask_add_epi64(a, new, a, _mm512_set1_epi64(1)),
                           b,
                           &own_takes);
    self->row_side[owner] &= (guint8) ~new;
    sums = _mm512_loadu_pd(phi);
    _mm512_storeu_pd(phi, _mm512_mask_add_pd(sums, new, sums, own_gives));
    self->other_side[owner] |= new;
    other_gives = lanes_walk(self,
                             self->way[node] != 0 ? right : node + 1,
                             other,
                             a,
                             b + (new != 0 ? 1 : 0),
                             &other_takes);
    self->other_side[owner] &= (guint8) ~new;
    sums = _mm512_loadu_pd(phi);
    _mm512_storeu_pd(phi, _mm512_mask_sub_pd(sums, new, sums, other_takes));
    *ret_takes = _mm512_add_pd(own_takes, other_takes);
    return _mm512_add_pd(own_gives, other_gives);
}

/**
 * errata_treeshap_lanes_walk:
 * @self: a row, up to #ERRATA_LANES background rows and a tree
 * @root: the tree's root
 * @lanes: a bit per background row that is there
 *
 * Adds the shares of the tree's margin; only where errata_treeshap_lanes_can_walk().
 */
LANES_TARGET void
errata_treeshap_lanes_walk(const ErrataLanes *self, guint32 root, guint8 lanes)
{
    __m512d takes;

    lanes_walk(self, root, lanes, _mm512_setzero_si512(), 0, &takes);
}

#else

gboolean
errata_treeshap_lanes_can_walk(guint depth)
{
    return FALSE;
}

void
errata_treeshap_lanes_walk(const ErrataLanes *self, guint32 root, guint8 lanes)
{
    g_assert_not_reached();
}

#endif
