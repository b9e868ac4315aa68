/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of rows as vectors: words, letters and the properties of the text as one sparse vector,
 * brought down to 128 directions. They are learnt once, for clusters; whoever asks later for more
 * rows gets these by the same grams and directions, and those embedded before as they were. */
#include "text-vectors.h"

#include <string.h>

#include "neighbours.h"

#define VECTORS_DIRECTIONS 128U
#define VECTORS_TRAITS     1.0 /* what properties weigh against words and against letters */

struct _ErrataTextVectors {
    ErrataGrams *grams;
    float *directions;
    guint width;
    guint n; /* rows embedded before, increasing, and their vectors of length one */
    guint32 *row;
    float *x;
};

/**
 * errata_text_vectors_read:
 * @analysis: a log
 * @row: (array length=n): rows of it
 * @n: how many
 * @owned: (element-type utf8): gets what must outlive the texts
 *
 * Returns: (transfer container) (array length=n): what each row's texts say, one after the other
 */
ErrataGramsText *
errata_text_vectors_read(const ErrataAnalysis *analysis,
                         const guint32 *row,
                         guint n,
                         GPtrArray *owned)
{
    ErrataGramsText *texts = g_new0(ErrataGramsText, (gsize)n + 1);

    for (guint c = 0; c < analysis->frame->n_columns; c++) {
        if (analysis->schema->columns[c].role != ERRATA_ROLE_TEXT)
            continue;
        for (guint i = 0; i < n; i++) {
            gsize length;
            const char *text = errata_column_text(analysis->frame->columns[c], row[i], &length);
            GString *both;

            if (text == NULL || length == 0)
                continue;
            if (texts[i].text == NULL) {
                texts[i] = (ErrataGramsText){text, length};
                continue;
            }
            both = g_string_new_len(texts[i].text, (gssize)texts[i].length);
            g_string_append_c(both, '\n');
            g_string_append_len(both, text, (gssize)length);
            texts[i].length = both->len;
            texts[i].text = both->str;
            g_ptr_array_add(owned, g_string_free(both, FALSE));
        }
    }
    return texts;
}

/* codes of the derived columns for the rows */
static guint8 **
vectors_traits(const ErrataAnalysis *analysis, const guint32 *row, guint n_rows, guint *ret_n)
{
    guint8 **codes = g_new0(guint8 *, analysis->bins->n_columns + 1);
    guint n = 0;

    for (guint c = 0; c < analysis->bins->n_columns; c++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[c];

        if (bin->derived != NULL || errata_schema_is_logged(analysis->schema, bin->column))
            continue;
        codes[n] = g_new(guint8, (gsize)n_rows + 1);
        for (guint i = 0; i < n_rows; i++)
            codes[n][i] = bin->code[row[i]];
        n++;
    }
    *ret_n = n;
    return codes;
}

/* the grams of rows: of @learnt, or learnt from them into @ret_learnt */
static ErrataSparse *
vectors_grams(const ErrataAnalysis *analysis,
              const guint32 *row,
              guint n,
              const ErrataGrams *learnt,
              ErrataGrams **ret_learnt)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autofree ErrataGramsText *texts = NULL;
    guint n_codes = 0;
    g_auto(GStrv) codes = (char **)vectors_traits(analysis, row, n, &n_codes);
    ErrataGramsInput input = {n, NULL, n_codes, (const guint8 *const *)codes, VECTORS_TRAITS};

    /* a configured embedding says what the words do */
    texts = analysis->embedding == NULL ? errata_text_vectors_read(analysis, row, n, owned)
                                        : g_new0(ErrataGramsText, (gsize)n + 1);
    input.texts = texts;
    return learnt != NULL ? errata_text_grams_like(learnt, &input)
                          : errata_text_grams(&input, ret_learnt);
}

/**
 * errata_text_vectors_new:
 * @analysis: a log with texts; with an embedding configured only their properties are meant
 * @row: (array length=n): rows of it whose grams count
 * @n: how many
 * @lesson: (array length=n_lesson): places in @row that the directions are learnt from
 * @n_lesson: how many
 * @ret_x: (out) (transfer full) (array length=n*width): the vectors of the rows, not yet of length
 *   one
 *
 * Returns: (transfer full): what further rows can be embedded by
 */
ErrataTextVectors *
errata_text_vectors_new(const ErrataAnalysis *analysis,
                        const guint32 *row,
                        guint n,
                        const guint32 *lesson,
                        guint n_lesson,
                        float **ret_x)
{
    ErrataTextVectors *self = g_new0(ErrataTextVectors, 1);
    g_autoptr(ErrataSparse) grams = vectors_grams(analysis, row, n, NULL, &self->grams);
    g_autoptr(ErrataSparse) learnt = errata_sparse_rows(grams, lesson, n_lesson);
    guint64 seed = analysis->settings != NULL ? analysis->settings->seed : 0;

    self->width = MIN(VECTORS_DIRECTIONS, MAX(MIN(learnt->n_rows, grams->n_columns), 1U));
    self->directions = errata_sparse_directions(learnt, self->width, seed);
    *ret_x = g_new0(float, (gsize)n * self->width + 1);
    errata_sparse_multiply(grams, self->directions, self->width, *ret_x);
    return self;
}

/**
 * errata_text_vectors_width:
 * @self: vectors
 *
 * Returns: numbers of each, 1 … 128
 */
guint
errata_text_vectors_width(const ErrataTextVectors *self)
{
    return self->width;
}

/**
 * errata_text_vectors_keep:
 * @self: vectors
 * @row: (transfer full) (array length=n): rows embedded before, increasing
 * @x: (transfer full) (array length=n*width): their vectors, of length one
 * @n: how many
 *
 * Spares errata_text_vectors_embed() these rows.
 */
void
errata_text_vectors_keep(ErrataTextVectors *self, guint32 *row, float *x, guint n)
{
    g_free(self->row);
    g_free(self->x);
    self->row = row;
    self->x = x;
    self->n = n;
}

/**
 * errata_text_vectors_embed:
 * @self: vectors learnt from the log
 * @analysis: the log
 * @row: (array length=n): rows of it, increasing
 * @n: how many
 * @ret_x: (array length=n*width) (out caller-allocates): their vectors, of length one, or of none
 *   where a text has no gram that was learnt
 */
void
errata_text_vectors_embed(const ErrataTextVectors *self,
                          const ErrataAnalysis *analysis,
                          const guint32 *row,
                          guint n,
                          float *ret_x)
{
    gsize width = self->width;
    g_autofree guint32 *left = g_new(guint32, (gsize)n + 1);
    g_autofree guint32 *at = g_new(guint32, (gsize)n + 1);
    g_autofree float *x = NULL;
    g_autoptr(ErrataSparse) grams = NULL;
    guint n_left = 0, kept = 0;

    for (guint i = 0; i < n; i++) {
        while (kept < self->n && self->row[kept] < row[i])
            kept++;
        if (kept < self->n && self->row[kept] == row[i]) {
            memcpy(ret_x + i * width, self->x + kept * width, width * sizeof *x);
            continue;
        }
        at[n_left] = i;
        left[n_left++] = row[i];
    }
    if (n_left == 0)
        return;
    grams = vectors_grams(analysis, left, n_left, self->grams, NULL);
    x = g_new0(float, n_left *width);
    errata_sparse_multiply(grams, self->directions, self->width, x);
    errata_neighbours_unit(x, n_left, self->width);
    for (guint i = 0; i < n_left; i++)
        memcpy(ret_x + at[i] * width, x + i * width, width * sizeof *x);
}

void
errata_text_vectors_free(ErrataTextVectors *self)
{
    if (self == NULL)
        return;
    errata_text_grams_free(self->grams);
    g_free(self->directions);
    g_free(self->row);
    g_free(self->x);
    g_free(self);
}
