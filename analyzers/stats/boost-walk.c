/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks many rows down one tree. Every test of the tree is made for every row, 32 rows at a time: with
 * shallow trees that is less work than following each row's own path, since nothing is looked up. A
 * test is a few ranges of codes, one where codes are numbers. The leaves are then chosen from the
 * bottom up. Codes stand column by column. */
#include <string.h>

#include "boost-tree.h"

#define WALK_LANES     32
#define WALK_VECTORS   (ERRATA_BOOST_PITCH / WALK_LANES)
#define WALK_BLOCK     512 /* rows whose leaves are kept at once */
#define WALK_MAX_TESTS ((1U << ERRATA_BOOST_MAX_DEPTH) - 1)

typedef gint8 WalkBytes __attribute__((vector_size(WALK_LANES), aligned(1)));
typedef guint8 WalkCodes __attribute__((vector_size(WALK_LANES), aligned(1)));

/* codes that go right: those for which code − from, as a signed byte, is below @below */
typedef struct {
    guint8 from;
    gint8 below;
} WalkRange;

typedef struct {
    const guint8 *code;
    gsize pitch;
    guint n_tests;
    guint column[WALK_MAX_TESTS];
    guint first[WALK_MAX_TESTS + 1]; /* of its ranges */
    WalkRange *ranges;
    guint8 leaf[WALK_BLOCK]; /* per row of the block */
} Walk;

static gboolean
walk_goes_right(const ErrataBoostTest *test, guint code)
{
    return ((test->left[code >> 6] >> (code & 63)) & 1) == 0;
}

/* neighbouring codes that go right, as ranges */
static void
walk_prepare(Walk *self, const ErrataBoostTree *tree, GArray *ranges)
{
    for (guint i = 0; i < self->n_tests; i++) {
        const ErrataBoostTest *test = &tree->test[i];
        guint code = 0;

        self->column[i] = test->column;
        self->first[i] = ranges->len;
        while (code < test->n_codes) {
            guint from = code;

            while (code < test->n_codes && walk_goes_right(test, code))
                code++;
            if (code > from) {
                WalkRange range = {(guint8)(from + 128), (gint8)(code - from + 128)};

                g_array_append_val(ranges, range);
            }
            code++;
        }
    }
    self->first[self->n_tests] = ranges->len;
    self->ranges = (WalkRange *)(gpointer)ranges->data;
}

/* whether each row goes right at a test, several vectors at once */
__attribute__((always_inline)) static inline void
walk_test(const Walk *self, guint index, gsize row, WalkBytes *ret_right)
{
    const WalkCodes *code =
        (const WalkCodes *)(self->code + self->column[index] * self->pitch + row);
    guint end = self->first[index + 1];

#pragma GCC unroll 4
    for (guint v = 0; v < WALK_VECTORS; v++)
        ret_right[v] = (WalkBytes){0};
    for (guint k = self->first[index]; k < end; k++) {
        WalkRange range = self->ranges[k];

#pragma GCC unroll 4
        for (guint v = 0; v < WALK_VECTORS; v++)
            ret_right[v] |= (WalkBytes)(code[v] - range.from) < range.below;
    }
}

/* the leaf of each row of a block, whole vectors of them; a subtree's choice stands where that of its
 * first leaf stood */
__attribute__((always_inline)) static inline void
walk_choose(Walk *self, gsize begin, gsize n)
{
    WalkBytes at[1U << (ERRATA_BOOST_MAX_DEPTH - 1)][WALK_VECTORS];
    WalkBytes right[WALK_VECTORS];
    guint n_last = (self->n_tests + 1) / 2;

    for (gsize row = 0; row < n; row += WALK_VECTORS * WALK_LANES) {
        for (guint k = 0; k < n_last; k++) {
            walk_test(self, n_last - 1 + k, begin + row, right);
#pragma GCC unroll 4
            for (guint v = 0; v < WALK_VECTORS; v++)
                at[k][v] = (gint8)(2 * k) - right[v];
        }
        for (guint width = n_last / 2; width > 0; width /= 2)
            for (guint k = 0; k < width; k++) {
                walk_test(self, width - 1 + k, begin + row, right);
#pragma GCC unroll 4
                for (guint v = 0; v < WALK_VECTORS; v++)
                    at[k][v] = at[2 * k][v] ^ ((at[2 * k][v] ^ at[2 * k + 1][v]) & right[v]);
            }
        memcpy(self->leaf + row, at[0], sizeof(at[0]));
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
walk_choose_wide(Walk *self, gsize begin, gsize n)
{
    walk_choose(self, begin, n);
}
#endif

static void
walk_choose_plain(Walk *self, gsize begin, gsize n)
{
    walk_choose(self, begin, n);
}

/**
 * errata_boost_walk_add:
 * @tree: a tree
 * @depth: its depth
 * @code: (array): codes, a column every @pitch bytes
 * @pitch: at least @n rounded up to %ERRATA_BOOST_PITCH
 * @n: rows
 * @value: (array): each row's leaf is added here, @stride apart
 * @stride: outputs per row
 */
void
errata_boost_walk_add(const ErrataBoostTree *tree,
                      guint depth,
                      const guint8 *code,
                      gsize pitch,
                      gsize n,
                      double *value,
                      guint stride)
{
    Walk self = {.code = code, .pitch = pitch, .n_tests = (1U << depth) - 1};
    const double *leaf = tree->leaf;
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(WalkRange));

    walk_prepare(&self, tree, ranges);
    for (gsize begin = 0; begin < n; begin += WALK_BLOCK) {
        gsize n_block = MIN(WALK_BLOCK, n - begin);
        double *to = value + begin * stride;

#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2"))
            walk_choose_wide(&self, begin, n_block);
        else
#endif
            walk_choose_plain(&self, begin, n_block);
        for (gsize i = 0; i < n_block; i++)
            to[i * stride] += leaf[self.leaf[i]];
    }
}
