/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact nearest neighbours by cosine. Points are cut into blocks; the inner products of each pair
 * of blocks are worked out once, four rows against sixteen at a time, and serve both. Sums run over
 * the dimensions in order and nothing is contracted, so every CPU gives the same bits. */
#include "neighbours.h"

#include <math.h>
#include <string.h>

#include "parallel.h"

#define NEIGHBOURS_BLOCK 128U /* points of a block, a multiple of LANES and ROWS */
#define NEIGHBOURS_LANES 16U
#define NEIGHBOURS_ROWS  4U

typedef float NeighboursLanes __attribute__((vector_size(32)));

typedef void (*NeighboursTile)(const float *rows,
                               const float *packed,
                               guint width,
                               float *ret_products);

typedef struct {
    ErrataNeighbours *out;
    const float *x;
    guint width;
    guint n_blocks;
    NeighboursTile tile;
    GMutex *lock; /* per block */
} NeighboursWork;

/* products of a block's rows with a block packed LANES points at a time, dimension by dimension */
static inline __attribute__((always_inline)) void
neighbours_tile_any(const float *rows, const float *packed, guint width, float *ret_products)
{
    for (guint j = 0; j < NEIGHBOURS_BLOCK; j += NEIGHBOURS_LANES) {
        const float *lanes = packed + (gsize)j * width;

        for (guint i = 0; i < NEIGHBOURS_BLOCK; i += NEIGHBOURS_ROWS) {
            NeighboursLanes sum[NEIGHBOURS_ROWS][2] = {0};
            const float *row = rows + (gsize)i * width;

            for (guint d = 0; d < width; d++) {
                NeighboursLanes a, b;

                memcpy(&a, lanes + (gsize)d * NEIGHBOURS_LANES, sizeof a);
                memcpy(&b, lanes + (gsize)d * NEIGHBOURS_LANES + 8, sizeof b);
                for (guint r = 0; r < NEIGHBOURS_ROWS; r++) {
                    sum[r][0] += row[(gsize)r * width + d] * a;
                    sum[r][1] += row[(gsize)r * width + d] * b;
                }
            }
            for (guint r = 0; r < NEIGHBOURS_ROWS; r++)
                memcpy(ret_products + (gsize)(i + r) * NEIGHBOURS_BLOCK + j, sum[r], sizeof sum[r]);
        }
    }
}

static void
neighbours_tile_plain(const float *rows, const float *packed, guint width, float *ret_products)
{
    neighbours_tile_any(rows, packed, width, ret_products);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void
neighbours_tile_avx2(const float *rows, const float *packed, guint width, float *ret_products)
{
    neighbours_tile_any(rows, packed, width, ret_products);
}
#endif

static NeighboursTile
neighbours_best_tile(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return neighbours_tile_avx2;
#endif
    return neighbours_tile_plain;
}

/* the points of a block, zeros behind the last */
static guint
neighbours_copy(const NeighboursWork *work, guint block, float *ret_rows)
{
    guint begin = block * NEIGHBOURS_BLOCK;
    guint n = MIN(NEIGHBOURS_BLOCK, work->out->n - begin);

    memset(ret_rows, 0, (gsize)NEIGHBOURS_BLOCK * work->width * sizeof(float));
    memcpy(ret_rows, work->x + (gsize)begin * work->width, (gsize)n * work->width * sizeof(float));
    return n;
}

static void
neighbours_pack(const float *rows, guint width, float *ret_packed)
{
    for (guint j = 0; j < NEIGHBOURS_BLOCK; j++)
        for (guint d = 0; d < width; d++)
            ret_packed[(gsize)(j - j % NEIGHBOURS_LANES) * width + (gsize)d * NEIGHBOURS_LANES +
                       j % NEIGHBOURS_LANES] = rows[(gsize)j * width + d];
}

/* nearer, or as near and before it */
static inline gboolean
neighbours_is_before(float a, guint32 point_a, float b, guint32 point_b)
{
    return a > b || (!(a < b) && point_a < point_b);
}

static inline void
neighbours_offer(ErrataNeighbours *out, guint32 of, guint32 point, float similarity)
{
    guint k = out->k;
    guint32 *points = out->point + (gsize)of * k;
    float *similarities = out->similarity + (gsize)of * k;
    guint at = k;

    if (!neighbours_is_before(similarity, point, similarities[k - 1], points[k - 1]))
        return;
    while (at > 0 && neighbours_is_before(similarity, point, similarities[at - 1], points[at - 1]))
        at--;
    memmove(points + at + 1, points + at, (k - at - 1) * sizeof *points);
    memmove(similarities + at + 1, similarities + at, (k - at - 1) * sizeof *similarities);
    points[at] = point;
    similarities[at] = similarity;
}

static void
neighbours_take(NeighboursWork *work, guint a, guint n_a, guint b, guint n_b, const float *product)
{
    guint32 first_a = a * NEIGHBOURS_BLOCK, first_b = b * NEIGHBOURS_BLOCK;

    g_mutex_lock(&work->lock[a]);
    for (guint i = 0; i < n_a; i++)
        for (guint j = 0; j < n_b; j++)
            if (first_a + i != first_b + j)
                neighbours_offer(work->out,
                                 first_a + i,
                                 first_b + j,
                                 product[(gsize)i * NEIGHBOURS_BLOCK + j]);
    g_mutex_unlock(&work->lock[a]);
    if (a == b)
        return;
    g_mutex_lock(&work->lock[b]);
    for (guint i = 0; i < n_a; i++)
        for (guint j = 0; j < n_b; j++)
            neighbours_offer(work->out,
                             first_b + j,
                             first_a + i,
                             product[(gsize)i * NEIGHBOURS_BLOCK + j]);
    g_mutex_unlock(&work->lock[b]);
}

/* a block against itself and all behind it; which thread comes first does not matter, since the
 * nearest of a set are the same in any order */
static void
neighbours_block_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    NeighboursWork *work = data;
    gsize size = (gsize)NEIGHBOURS_BLOCK * work->width;
    g_autofree float *rows = g_new(float, size);
    g_autofree float *others = g_new(float, size);
    g_autofree float *packed = g_new(float, size);
    g_autofree float *product = g_new(float, (gsize)NEIGHBOURS_BLOCK *NEIGHBOURS_BLOCK);

    for (gsize a = begin; a < end; a++) {
        guint n_a = neighbours_copy(work, (guint)a, others);

        neighbours_pack(others, work->width, packed);
        for (guint b = (guint)a; b < work->n_blocks; b++) {
            guint n_b = neighbours_copy(work, b, rows);

            work->tile(rows, packed, work->width, product); /* symmetric: b by a */
            neighbours_take(work, b, n_b, (guint)a, n_a, product);
        }
    }
}

/**
 * errata_neighbours_unit:
 * @x: (array length=n*width): points, row-major
 * @n: how many
 * @width: dimensions
 *
 * Gives every point length one; a point at the origin stays there.
 */
void
errata_neighbours_unit(float *x, gsize n, guint width)
{
    for (gsize i = 0; i < n; i++) {
        float *row = x + i * width;
        double square = 0.0;

        for (guint d = 0; d < width; d++)
            square += (double)row[d] * (double)row[d];
        if (!(square > 0.0))
            continue;
        for (guint d = 0; d < width; d++)
            row[d] /= (float)sqrt(square);
    }
}

/**
 * errata_neighbours_new:
 * @x: (array length=n*width): points of length one, row-major
 * @n: how many
 * @width: dimensions
 * @k: neighbours wanted of each, at least 1
 *
 * Exact, n² width / 2 multiplications. Points as near as each other go by number.
 *
 * Returns: (transfer full): the nearest others of each point
 */
ErrataNeighbours *
errata_neighbours_new(const float *x, guint n, guint width, guint k)
{
    ErrataNeighbours *self = g_new0(ErrataNeighbours, 1);
    NeighboursWork work = {.out = self, .x = x, .width = width};

    self->n = n;
    self->k = MAX(k, 1);
    self->point = g_new(guint32, (gsize)n * self->k + 1);
    self->similarity = g_new(float, (gsize)n * self->k + 1);
    for (gsize i = 0; i < (gsize)n * self->k; i++) {
        self->point[i] = ERRATA_NEIGHBOURS_NONE;
        self->similarity[i] = -2.0F;
    }
    work.n_blocks = (n + NEIGHBOURS_BLOCK - 1) / NEIGHBOURS_BLOCK;
    work.tile = neighbours_best_tile();
    work.lock = g_new0(GMutex, MAX(work.n_blocks, 1));
    for (guint i = 0; i < work.n_blocks; i++)
        g_mutex_init(&work.lock[i]);
    errata_parallel_for(work.n_blocks, 1, neighbours_block_cb, &work);
    for (guint i = 0; i < work.n_blocks; i++)
        g_mutex_clear(&work.lock[i]);
    g_free(work.lock);
    return self;
}

void
errata_neighbours_free(ErrataNeighbours *self)
{
    if (self == NULL)
        return;
    g_free(self->point);
    g_free(self->similarity);
    g_free(self);
}
