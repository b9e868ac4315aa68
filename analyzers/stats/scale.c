/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes by the order-preserving bits of a double: the range that a sample covers is cut into equal
 * cells, and each cell into as many codes as its share of the sample asks for. Two shifts, one
 * look-up in 16 KiB and a product per value, whatever the distribution. */
#include "scale.h"

#include "sort.h"

#define SCALE_SAMPLE 4096 /* of each side */
#define SCALE_TRIM   1024 /* one in so many at each end does not widen the cells */

static gsize
scale_sample(const double *value, gsize n, double *ret)
{
    gsize step = n / SCALE_SAMPLE + 1;
    gsize taken = 0;

    for (gsize i = 0; i < n; i += step)
        ret[taken++] = value[i];
    return taken;
}

/* sets the cells; the one of every sampled value has at least one code */
static void
scale_share(ErrataScale *self, const double *sample, gsize n, guint n_codes)
{
    guint32 count[ERRATA_SCALE_CELLS] = {0};
    guint used = 0;
    guint32 base = 0;

    for (gsize i = 0; i < n; i++) {
        guint64 key = CLAMP(errata_scale_key(sample[i]), self->lo, self->hi);

        count[(key - self->lo) >> self->shift]++;
    }
    for (guint c = 0; c < ERRATA_SCALE_CELLS; c++)
        used += count[c] > 0 ? 1 : 0;
    for (guint c = 0; c < ERRATA_SCALE_CELLS; c++) {
        guint32 width = count[c] > 0
                            ? 1 + (guint32)((guint64)(n_codes - used) * count[c] / MAX(n, 1))
                            : 0;

        self->cell[c].base = MIN(base, n_codes - 1);
        self->cell[c].width = width;
        base += width;
    }
    self->n_codes = MAX(base, 1);
}

/**
 * errata_scale_learn:
 * @self: (out caller-allocates): the scale
 * @a: (array length=n_a): numbers, none NaN
 * @n_a: how many
 * @b: (array length=n_b) (nullable): more of them
 * @n_b: how many
 * @n_codes: codes wanted at most, at least %ERRATA_SCALE_CELLS
 *
 * Learns from an even sample; the same numbers in the same order give the same scale.
 */
void
errata_scale_learn(ErrataScale *self,
                   const double *a,
                   gsize n_a,
                   const double *b,
                   gsize n_b,
                   guint n_codes)
{
    double sample[2 * SCALE_SAMPLE];
    gsize n = scale_sample(a, n_a, sample);
    guint64 range;

    g_return_if_fail(n_codes >= ERRATA_SCALE_CELLS);
    n += scale_sample(b, n_b, sample + n);
    memset(self, 0, sizeof *self);
    self->shift = ERRATA_SCALE_FINE;
    if (n > 0) {
        errata_sort_values(sample, n);
        self->middle = sample[n / 2];
        self->lo = errata_scale_key(sample[n / SCALE_TRIM]);
        self->hi = errata_scale_key(sample[n - 1 - n / SCALE_TRIM]);
    }
    range = self->hi - self->lo;
    while (range >> self->shift >= ERRATA_SCALE_CELLS)
        self->shift++;
    scale_share(self, sample, n, n_codes);
}
