/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts as vectors by the static embedding that is configured. What all texts have in common is
 * taken off, as it would make any two of them alike (Mu, Viswanath 2018, "All-but-the-Top"); the
 * properties of a text stand beside it and weigh a third, as they do beside words and letters. */
#include <math.h>

#include "clusters.h"
#include "parallel.h"
#include "static-embedding.h"

#define EMBED_GRAIN 256

typedef struct {
    ErrataClusterSpace *space;
    const ErrataGramsText *texts;
    guint width; /* of the embedding; the rest is for properties */
    const double *mean;
    guint8 *known;
} EmbedWork;

static const ErrataStaticEmbedding *
embed_embedding(const EmbedWork *work)
{
    return work->space->analysis->embedding;
}

static void
embed_texts_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    EmbedWork *work = data;
    g_autofree double *vector = g_new(double, work->width);

    for (gsize i = begin; i < end; i++) {
        const ErrataGramsText *text = &work->texts[i];
        float *x = &work->space->x[i * work->space->width];

        work->known[i] =
            text->text != NULL &&
            errata_static_embedding_text(embed_embedding(work), text->text, text->length, vector);
        for (guint k = 0; work->known[i] && k < work->width; k++)
            x[k] = (float)CLAMP(vector[k], -1e30, 1e30); /* so that squares stay doubles */
    }
}

static double *
embed_mean(const EmbedWork *work)
{
    double *mean = g_new0(double, work->width);
    gsize n = 0;

    for (guint i = 0; i < work->space->n; i++) {
        const float *x = &work->space->x[(gsize)i * work->space->width];

        n += work->known[i];
        for (guint k = 0; k < work->width; k++)
            mean[k] += (double)x[k];
    }
    for (guint k = 0; k < work->width; k++)
        mean[k] /= (double)MAX(n, 1);
    return mean;
}

static void
embed_centre_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    EmbedWork *work = data;

    for (gsize i = begin; i < end; i++) {
        float *x = &work->space->x[i * work->space->width];
        double square = 0.0;

        for (guint k = 0; work->known[i] && k < work->width; k++)
            square += ((double)x[k] - work->mean[k]) * ((double)x[k] - work->mean[k]);
        for (guint k = 0; work->known[i] && k < work->width; k++)
            x[k] = square > 0.0 ? (float)(G_SQRT2 * ((double)x[k] - work->mean[k]) / sqrt(square))
                                : 0.0F;
    }
}

/**
 * errata_clusters_embed:
 * @space: whose analysis has an embedding; gets its vectors, not yet of length one
 * @texts: (array length=n): the texts of its rows
 * @traits: (array length=n*n_traits): the properties of each text
 * @n_traits: numbers of each
 */
void
errata_clusters_embed(ErrataClusterSpace *space,
                      const ErrataGramsText *texts,
                      const float *traits,
                      guint n_traits)
{
    const ErrataStaticEmbedding *embedding = space->analysis->embedding;
    g_autofree guint8 *known = g_new0(guint8, (gsize)space->n + 1);
    g_autofree double *mean = NULL;
    EmbedWork work = {space, texts, embedding->width, NULL, known};

    space->width = embedding->width + n_traits;
    space->x = g_new0(float, (gsize)space->n * space->width + 1);
    errata_parallel_for(space->n, EMBED_GRAIN, embed_texts_cb, &work);
    work.mean = mean = embed_mean(&work);
    errata_parallel_for(space->n, EMBED_GRAIN, embed_centre_cb, &work);
    for (guint i = 0; i < space->n; i++) {
        space->n_unknown += texts[i].text != NULL && !known[i] ? 1 : 0;
        for (guint k = 0; k < n_traits; k++)
            space->x[(gsize)i * space->width + embedding->width + k] =
                traits[(gsize)i * n_traits + k];
    }
}
