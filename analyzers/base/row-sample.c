/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sample of rows that travels with a report. Packed, a row is eleven bytes: key (6, big-endian),
 * flags, score or loss (4, IEEE 754, big-endian); all in base64, about 120 kB at most. */
#include "row-sample.h"

#include <math.h>
#include <string.h>

#define SAMPLE_BYTES    11
#define SAMPLE_JUDGED   1U
#define SAMPLE_WRONG    2U
#define SAMPLE_POSITIVE 4U

void
errata_row_sample_free(ErrataRowSample *self)
{
    if (self == NULL)
        return;
    g_free(self->rows);
    g_free(self);
}

static int
sample_by_key_cb(gconstpointer a, gconstpointer b)
{
    guint64 x = ((const ErrataSampledRow *)a)->key;
    guint64 y = ((const ErrataSampledRow *)b)->key;

    return x < y ? -1 : x > y;
}

/**
 * errata_row_sample_new:
 * @rows: (element-type ErrataSampledRow): candidates; sorted by this
 * @n_rows: rows that they were taken from
 *
 * Returns: (transfer full): those with the smallest keys; a key that several rows have is left out
 */
ErrataRowSample *
errata_row_sample_new(GArray *rows, guint64 n_rows)
{
    ErrataRowSample *self = g_new0(ErrataRowSample, 1);

    g_array_sort(rows, sample_by_key_cb);
    self->n_rows = n_rows;
    self->rows = g_new(ErrataSampledRow, MIN(MAX(rows->len, 1), ERRATA_ROW_SAMPLE_MOST));
    for (guint i = 0, end; i < rows->len && self->n < ERRATA_ROW_SAMPLE_MOST; i = end) {
        const ErrataSampledRow *row = &g_array_index(rows, ErrataSampledRow, i);

        for (end = i + 1; end < rows->len; end++)
            if (g_array_index(rows, ErrataSampledRow, end).key != row->key)
                break;
        if (end == i + 1)
            self->rows[self->n++] = *row;
    }
    return self;
}

/* Returns: (transfer full): the rows as text */
char *
errata_row_sample_pack(const ErrataRowSample *self)
{
    g_autofree guint8 *bytes = g_malloc(MAX((gsize)self->n * SAMPLE_BYTES, 1));

    for (guint i = 0; i < self->n; i++) {
        const ErrataSampledRow *row = &self->rows[i];
        guint8 *to = bytes + (gsize)i * SAMPLE_BYTES;
        guint32 value;

        memcpy(&value, &row->value, sizeof value);
        for (guint b = 0; b < 6; b++)
            to[b] = (guint8)(row->key >> (40 - 8 * b));
        to[6] = (guint8)((row->judged ? SAMPLE_JUDGED : 0U) | (row->wrong ? SAMPLE_WRONG : 0U) |
                         (row->positive ? SAMPLE_POSITIVE : 0U));
        for (guint b = 0; b < 4; b++)
            to[7 + b] = (guint8)(value >> (24 - 8 * b));
    }
    return g_base64_encode(bytes, (gsize)self->n * SAMPLE_BYTES);
}

/* Returns: (transfer full) (nullable): what errata_row_sample_pack() made; %NULL when it is not
 * that */
ErrataRowSample *
errata_row_sample_unpack(const char *text, guint64 n_rows)
{
    g_autoptr(ErrataRowSample) self = g_new0(ErrataRowSample, 1);
    g_autofree guint8 *bytes = NULL;
    gsize size = 0;

    if (text == NULL || strlen(text) > 2 * SAMPLE_BYTES * ERRATA_ROW_SAMPLE_MOST)
        return NULL;
    bytes = *text != '\0' ? g_base64_decode(text, &size) : NULL;
    if (size % SAMPLE_BYTES != 0 || size / SAMPLE_BYTES > ERRATA_ROW_SAMPLE_MOST)
        return NULL;
    self->n_rows = n_rows;
    self->n = (guint)(size / SAMPLE_BYTES);
    self->rows = g_new0(ErrataSampledRow, MAX(self->n, 1));
    for (guint i = 0; i < self->n; i++) {
        const guint8 *from = bytes + (gsize)i * SAMPLE_BYTES;
        ErrataSampledRow *row = &self->rows[i];
        guint32 value = 0;

        for (guint b = 0; b < 6; b++)
            row->key = row->key << 8 | from[b];
        for (guint b = 0; b < 4; b++)
            value = value << 8 | from[7 + b];
        memcpy(&row->value, &value, sizeof row->value);
        row->judged = (from[6] & SAMPLE_JUDGED) != 0;
        row->wrong = (from[6] & SAMPLE_WRONG) != 0;
        row->positive = (from[6] & SAMPLE_POSITIVE) != 0;
        if (i > 0 && row->key <= self->rows[i - 1].key)
            return NULL;
    }
    return g_steal_pointer(&self);
}
