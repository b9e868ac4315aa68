/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One node of the down and up pass, for SHAP_K quadrature nodes (0: as many as the tree says).
 * Included by treeshap-kernel.h once per SHAP_K; not a header of its own. */

#define SHAP_JOIN_(a, b) a##b
#define SHAP_JOIN(a, b)  SHAP_JOIN_(a, b)
#define SHAP_FUNC        SHAP_JOIN(shap_node_, SHAP_K)

#if SHAP_K > 0
#define SHAP_NK SHAP_K
#else
#define SHAP_NK nk
#endif

/* both children are leaves: their sum and the feature's share in closed form */
static inline __attribute__((always_inline)) void
SHAP_JOIN(shap_twig_, SHAP_K)(ShapBlock *b,
                              const ShapNode *node,
                              guint32 left,
                              guint32 on,
                              const V *p,
                              V *h,
                              guint nk)
{
    const double *c = b->tree->constants + node->constants;
    V *phi = (V *)(void *)b->phi + (gsize)node->owner * SHAP_NV;
    V sum[SHAP_NV];

    for (guint v = 0; v < SHAP_NV; v++)
        sum[v] = phi[v];
    for (guint k = 0; k < SHAP_NK; k++) {
        V s1 = SET(c[0 * SHAP_NK + k]);
        V s0 = SET(c[1 * SHAP_NK + k]);
        V g1 = SET(c[3 * SHAP_NK + k]);
        V g0 = SET(c[4 * SHAP_NK + k]);

        for (guint v = 0; v < SHAP_NV; v++) {
            M ml = MASK(left, v);
            V s = SELECT(ml, s1, s0);
            V g = SELECT(ml, g1, g0);

            if (node->repeated) {
                M mo = MASK(on, v);

                s = SELECT(mo, s, SET(c[2 * SHAP_NK + k]));
                g = ONLY(mo, g);
            }
            h[k * SHAP_NV + v] = MUL(p[k * SHAP_NV + v], s);
            sum[v] = FMA(p[k * SHAP_NV + v], g, sum[v]);
        }
    }
    for (guint v = 0; v < SHAP_NV; v++)
        phi[v] = sum[v];
}

/* products behind one edge; for a leaf they are its sums already, and the feature gets its share */
static inline __attribute__((always_inline)) void
SHAP_JOIN(shap_edge_, SHAP_K)(ShapBlock *b,
                              const ShapNode *node,
                              const double *c,
                              gboolean leaf,
                              guint32 went,
                              guint32 on,
                              const V *p,
                              V *q,
                              guint nk)
{
    V *phi = (V *)(void *)b->phi + (gsize)node->owner * SHAP_NV;
    V sum[SHAP_NV];

    for (guint v = 0; leaf && v < SHAP_NV; v++)
        sum[v] = phi[v];
    for (guint k = 0; k < SHAP_NK; k++) {
        V s1 = SET(c[0 * SHAP_NK + k]);
        V s0 = SET(c[1 * SHAP_NK + k]);

        for (guint v = 0; v < SHAP_NV; v++) {
            M mw = MASK(went, v);
            V s = SELECT(mw, s1, s0);

            if (node->repeated)
                s = SELECT(MASK(on, v), s, SET(c[2 * SHAP_NK + k]));
            q[k * SHAP_NV + v] = MUL(p[k * SHAP_NV + v], s);
            if (leaf) {
                V g = SELECT(mw, SET(c[3 * SHAP_NK + k]), SET(c[4 * SHAP_NK + k]));

                if (node->repeated)
                    g = ONLY(MASK(on, v), g);
                sum[v] = FMA(p[k * SHAP_NV + v], g, sum[v]);
            }
        }
    }
    for (guint v = 0; leaf && v < SHAP_NV; v++)
        phi[v] = sum[v];
}

/* the feature's share of the leaves below an edge, from their sums */
static inline __attribute__((always_inline)) void
SHAP_JOIN(shap_share_, SHAP_K)(ShapBlock *b,
                               const ShapNode *node,
                               const double *c,
                               guint32 went,
                               guint32 on,
                               const V *h,
                               guint nk)
{
    V *phi = (V *)(void *)b->phi + (gsize)node->owner * SHAP_NV;
    V sum[SHAP_NV];

    for (guint v = 0; v < SHAP_NV; v++)
        sum[v] = phi[v];
    for (guint k = 0; k < SHAP_NK; k++) {
        V g1 = SET(c[3 * SHAP_NK + k]);
        V g0 = SET(c[4 * SHAP_NK + k]);

        for (guint v = 0; v < SHAP_NV; v++) {
            V g = SELECT(MASK(went, v), g1, g0);

            if (node->repeated)
                g = ONLY(MASK(on, v), g);
            sum[v] = FMA(h[k * SHAP_NV + v], g, sum[v]);
        }
    }
    for (guint v = 0; v < SHAP_NV; v++)
        phi[v] = sum[v];
}

static void
SHAP_FUNC(ShapBlock *b, guint32 index, const V *p, V *h, V *room)
{
    const ShapNode *node = b->tree->node + index;
    const guint nk = b->tree->k;
    const gsize n = (gsize)SHAP_NK * SHAP_NV;
    const double *c = b->tree->constants + node->constants;
    guint32 left = shap_test(b, node);
    guint32 on = node->repeated ? b->on[node->owner] : ~0U;

    (void)nk;
    if (node->left == 0 && node->right == 0) {
        SHAP_JOIN(shap_twig_, SHAP_K)(b, node, left, on, p, h, nk);
        return;
    }
    for (guint side = 0; side < 2; side++, c += 5 * SHAP_NK) {
        guint32 went = side == 0 ? left : ~left;
        guint32 child = side == 0 ? node->left : node->right;
        V *to = side == 0 ? h : room + n;

        if (child == 0) {
            SHAP_JOIN(shap_edge_, SHAP_K)(b, node, c, TRUE, went, on, p, to, nk);
        } else {
            SHAP_JOIN(shap_edge_, SHAP_K)(b, node, c, FALSE, went, on, p, room, nk);
            b->on[node->owner] = on & went;
            SHAP_FUNC(b, child, room, to, room + 2 * n);
            b->on[node->owner] = on;
            SHAP_JOIN(shap_share_, SHAP_K)(b, node, c, went, on, to, nk);
        }
    }
    for (gsize i = 0; i < n; i++)
        h[i] = ADD(h[i], room[n + i]);
}

#undef SHAP_NK
#undef SHAP_FUNC
#undef SHAP_JOIN
#undef SHAP_JOIN_
#undef SHAP_K
