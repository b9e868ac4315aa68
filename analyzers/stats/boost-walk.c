/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks many rows down one tree. Every test of the tree is made for every row, 32 or 64 rows at a
 * time: with shallow trees that is less work than following each row's own path, since nothing is
 * looked up. A test is a few ranges of codes, one where codes are numbers. The leaves are then
 * chosen from the bottom up. Codes stand column by column. */
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "boost-tree.h"

#define WALK_LANES     32
#define WALK_VECTORS   4
#define WALK_BLOCK     ERRATA_BOOST_PITCH /* rows whose leaves are kept at once */
#define WALK_PERMUTED  32                 /* leaves whose values fit registers */
#define WALK_TABLE     64                 /* codes that one permutation looks up */
#define WALK_MAX_TESTS ((1U << ERRATA_BOOST_MAX_DEPTH) - 1)

typedef gint8 WalkBytes __attribute__((vector_size(WALK_LANES), aligned(1)));
typedef guint8 WalkCodes __attribute__((vector_size(WALK_LANES), aligned(1)));

/* codes that go right: those for which code − from, as a signed byte, is below @below */
typedef struct {
    guint8 from;
    gint8 below;
} WalkRange;

struct _ErrataBoostWalk {
    guint n_tests;
    guint *column;
    guint *first; /* of a test's ranges; one more than there are tests */
    WalkRange *ranges;
    guint8 *right; /* WALK_TABLE per test: 255 for codes that go right */
    gboolean fits; /* no test has more codes than that */
    double *leaf;  /* at least WALK_PERMUTED */
};

typedef struct {
    const ErrataBoostWalk *walk;
    const guint8 *code;
    gsize pitch;
    guint8 leaf[WALK_BLOCK]; /* per row of the block */
} Walk;

/* the first code from @code on that goes right, or left where @flip is all ones; @end if none
 * does */
static guint
walk_next(const ErrataBoostTest *test, guint64 flip, guint code, guint end)
{
    while (code < end) {
        guint64 word = (~test->left[code >> 6] ^ flip) >> (code & 63);

        if (word != 0)
            return MIN(code + (guint)__builtin_ctzll(word), end);
        code = (code | 63) + 1;
    }
    return end;
}

/**
 * errata_boost_walk_new:
 * @tree: a tree
 * @depth: its depth
 *
 * Returns: (transfer full): the tree made ready for many rows: neighbouring codes that go right are
 *   ranges
 */
ErrataBoostWalk *
errata_boost_walk_new(const ErrataBoostTree *tree, guint depth)
{
    ErrataBoostWalk *self = g_new0(ErrataBoostWalk, 1);
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(WalkRange));

    self->n_tests = (1U << depth) - 1;
    self->column = g_new(guint, self->n_tests);
    self->first = g_new(guint, self->n_tests + 1);
    self->right = g_new0(guint8, self->n_tests * WALK_TABLE);
    self->fits = TRUE;
    self->leaf = g_new0(double, MAX(1U << depth, WALK_PERMUTED));
    memcpy(self->leaf, tree->leaf, sizeof(double) << depth);
    for (guint i = 0; i < self->n_tests; i++) {
        const ErrataBoostTest *test = &tree->test[i];
        guint from = walk_next(test, 0, 0, test->n_codes);

        self->column[i] = test->column;
        self->first[i] = ranges->len;
        self->fits = self->fits && test->n_codes <= WALK_TABLE;
        while (from < test->n_codes) {
            guint to = walk_next(test, G_MAXUINT64, from, test->n_codes);
            WalkRange range = {(guint8)(from + 128), (gint8)(to - from + 128)};

            g_array_append_val(ranges, range);
            for (guint code = from; code < MIN(to, WALK_TABLE); code++)
                self->right[i * WALK_TABLE + code] = G_MAXUINT8;
            from = walk_next(test, 0, to, test->n_codes);
        }
    }
    self->first[self->n_tests] = ranges->len;
    self->ranges = (WalkRange *)(gpointer)g_array_free(g_steal_pointer(&ranges), FALSE);
    return self;
}

void
errata_boost_walk_free(ErrataBoostWalk *self)
{
    if (self == NULL)
        return;
    g_free(self->column);
    g_free(self->first);
    g_free(self->ranges);
    g_free(self->right);
    g_free(self->leaf);
    g_free(self);
}

/* whether each row goes right at a test, several vectors at once */
__attribute__((always_inline)) static inline void
walk_test(const Walk *self, guint index, gsize row, WalkBytes *ret_right)
{
    const WalkCodes *code =
        (const WalkCodes *)(self->code + self->walk->column[index] * self->pitch + row);
    guint end = self->walk->first[index + 1];

#pragma GCC unroll 4
    for (guint v = 0; v < WALK_VECTORS; v++)
        ret_right[v] = (WalkBytes){0};
    for (guint k = self->walk->first[index]; k < end; k++) {
        WalkRange range = self->walk->ranges[k];

#pragma GCC unroll 4
        for (guint v = 0; v < WALK_VECTORS; v++)
            ret_right[v] |= (WalkBytes)(code[v] - range.from) < range.below;
    }
}

/* the leaf of each row of a block, whole vectors of them; a subtree's choice stands where that of
 * its first leaf stood */
__attribute__((always_inline)) static inline void
walk_choose(Walk *self, gsize begin, gsize n)
{
    WalkBytes at[1U << (ERRATA_BOOST_MAX_DEPTH - 1)][WALK_VECTORS];
    WalkBytes right[WALK_VECTORS];
    guint n_last = (self->walk->n_tests + 1) / 2;

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

static void
walk_add_leaves(const Walk *self, gsize n, double *value, guint stride)
{
    const double *leaf = self->walk->leaf;

    for (gsize i = 0; i < n; i++)
        value[i * stride] += leaf[self->leaf[i]];
}

#if defined(__x86_64__)
/* the same with AVX-512: choices are masks, and the values of up to 32 leaves stay in registers */
#define WALK_WIDE       64
#define WALK_MASKS      (WALK_BLOCK / WALK_WIDE)
#define WALK_DOUBLES    8
#define WALK_WIDE_ATTRS "avx512f,avx512bw"

/* whether each row of a block goes right at a test, 64 rows a mask */
__attribute__((target(WALK_WIDE_ATTRS))) static void
walk_masks_512(const Walk *self, guint index, gsize begin, __mmask64 *ret_right)
{
    const guint8 *code = self->code + self->walk->column[index] * self->pitch + begin;

    __mmask64 right[WALK_MASKS] = {0};

    for (guint k = self->walk->first[index]; k < self->walk->first[index + 1]; k++) {
        __m512i from = _mm512_set1_epi8((char)self->walk->ranges[k].from);
        __m512i below = _mm512_set1_epi8(self->walk->ranges[k].below);

#pragma GCC unroll 8
        for (guint v = 0; v < WALK_MASKS; v++)
            right[v] |= _mm512_cmplt_epi8_mask(
                _mm512_sub_epi8(_mm512_loadu_si512(code + v * WALK_WIDE), from),
                below);
    }
#pragma GCC unroll 8
    for (guint v = 0; v < WALK_MASKS; v++)
        ret_right[v] = right[v];
}

/* the same by looking codes up, which costs as much whatever the number of ranges */
__attribute__((target(WALK_WIDE_ATTRS ",avx512vbmi"))) static void
walk_masks_vbmi(const Walk *self, gsize begin, __mmask64 (*ret_right)[WALK_MASKS])
{
    for (guint k = 0; k < self->walk->n_tests; k++) {
        const guint8 *code = self->code + self->walk->column[k] * self->pitch + begin;
        __m512i table = _mm512_loadu_si512(self->walk->right + k * WALK_TABLE);

#pragma GCC unroll 8
        for (guint v = 0; v < WALK_MASKS; v++) {
            __m512i codes = _mm512_loadu_si512(code + v * WALK_WIDE);
            __m512i found = _mm512_maskz_permutexvar_epi8(G_MAXUINT64, codes, table);

            _store_mask64(&ret_right[k][v], _mm512_movepi8_mask(found));
        }
    }
}

/* the leaves of a whole block */
__attribute__((target(WALK_WIDE_ATTRS))) static void
walk_choose_512(Walk *self, gsize begin)
{
    __mmask64 right[WALK_MAX_TESTS][WALK_MASKS];
    __m512i at[1U << (ERRATA_BOOST_MAX_DEPTH - 1)];
    guint n_last = (self->walk->n_tests + 1) / 2;

    if (self->walk->fits && __builtin_cpu_supports("avx512vbmi"))
        walk_masks_vbmi(self, begin, right);
    else
        for (guint k = 0; k < self->walk->n_tests; k++)
            walk_masks_512(self, k, begin, right[k]);
    for (guint v = 0; v < WALK_MASKS; v++) {
        for (guint k = 0; k < n_last; k++)
            at[k] = _mm512_mask_mov_epi8(_mm512_set1_epi8((char)(2 * k)),
                                         _load_mask64(&right[n_last - 1 + k][v]),
                                         _mm512_set1_epi8((char)(2 * k + 1)));
        for (guint width = n_last / 2; width > 0; width /= 2)
            for (guint k = 0; k < width; k++)
                at[k] = _mm512_mask_mov_epi8(at[2 * k],
                                             _load_mask64(&right[width - 1 + k][v]),
                                             at[2 * k + 1]);
        _mm512_storeu_si512(self->leaf + v * WALK_WIDE, at[0]);
    }
}

/* @leaf has room for WALK_PERMUTED values */
__attribute__((target(WALK_WIDE_ATTRS))) static void
walk_add_leaves_512(const Walk *self, gsize n, double *value)
{
    const double *leaf = self->walk->leaf;
    const __m512i upper = _mm512_set1_epi64(WALK_PERMUTED / 2);
    gsize whole = n / WALK_DOUBLES * WALK_DOUBLES;
    __m512d part[4];

    for (guint k = 0; k < 4; k++)
        part[k] = _mm512_loadu_pd(leaf + k * WALK_DOUBLES);
    for (gsize i = 0; i < whole; i += WALK_DOUBLES) {
        __m128i bytes = _mm_loadl_epi64((const __m128i *)(gconstpointer)(self->leaf + i));
        __m512i at = _mm512_maskz_cvtepu8_epi64(0xff, bytes);
        __m512d low = _mm512_permutex2var_pd(part[0], at, part[1]);
        __m512d high = _mm512_permutex2var_pd(part[2], at, part[3]);
        __m512d own = _mm512_mask_mov_pd(low, _mm512_test_epi64_mask(at, upper), high);

        _mm512_storeu_pd(value + i, _mm512_add_pd(_mm512_loadu_pd(value + i), own));
    }
    for (gsize i = whole; i < n; i++)
        value[i] += leaf[self->leaf[i]];
}
#endif

static void
walk_block(Walk *self, gsize begin, gsize n, double *value, guint stride)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
        walk_choose_512(self, begin);
        if (self->walk->n_tests < WALK_PERMUTED && stride == 1)
            walk_add_leaves_512(self, n, value);
        else
            walk_add_leaves(self, n, value, stride);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        walk_choose_wide(self, begin, n);
        walk_add_leaves(self, n, value, stride);
        return;
    }
#endif
    walk_choose_plain(self, begin, n);
    walk_add_leaves(self, n, value, stride);
}

/**
 * errata_boost_walk_add:
 * @self: a tree made ready
 * @code: (array): codes, a column every @pitch bytes
 * @pitch: at least @n rounded up to %ERRATA_BOOST_PITCH
 * @n: rows
 * @value: (array): each row's leaf is added here, @stride apart
 * @stride: outputs per row
 */
void
errata_boost_walk_add(const ErrataBoostWalk *self,
                      const guint8 *code,
                      gsize pitch,
                      gsize n,
                      double *value,
                      guint stride)
{
    Walk walk = {.walk = self, .code = code, .pitch = pitch};

    for (gsize begin = 0; begin < n; begin += WALK_BLOCK)
        walk_block(&walk, begin, MIN(WALK_BLOCK, n - begin), value + begin * stride, stride);
}
