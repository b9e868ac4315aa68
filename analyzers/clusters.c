/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analyzer: errors that are alike, METHODS 3. */
#include "clusters.h"

#include "precision.h"
#include "static-embedding.h"
#include "text-vectors.h"

#define CLUSTERS_LEAST_ERRORS 40 /* half of them are searched */

static char *
clusters_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (outcome->n_judged == 0)
        return g_strdup("no row has both a label and a prediction");
    if (outcome->n_errors < CLUSTERS_LEAST_ERRORS)
        return g_strdup_printf("%" G_GSIZE_FORMAT " wrong predictions; clusters need %d",
                               outcome->n_errors,
                               CLUSTERS_LEAST_ERRORS);
    if (outcome->n_errors == outcome->n_judged)
        return g_strdup("every prediction is wrong: there is nothing to tell the errors from");
    if (analysis->bins == NULL)
        return g_strdup("no column can be searched");
    return NULL;
}

static char *
clusters_say_vectors(const ErrataClusterSpace *space)
{
    const ErrataStaticEmbedding *embedding = space->analysis->embedding;

    if (!space->is_text)
        return g_strdup("by how far each number is from its column’s middle, and by category");
    if (embedding == NULL)
        return g_strdup("as words, pairs of words, runs of three to five letters (hashed TF-IDF) "
                        "and text properties, brought down to 128 directions");
    return g_strdup_printf("by the static embedding %s (%" G_GUINT64_FORMAT
                           " vectors of %u numbers: the mean over the pieces of a text, less the "
                           "mean of all texts; %" G_GSIZE_FORMAT
                           " texts have no piece that it knows) and text properties",
                           embedding->name,
                           embedding->n_vectors,
                           embedding->width,
                           space->n_unknown);
}

static void
clusters_say_method(const ErrataClusterSpace *space,
                    const ErrataClusterSet *set,
                    ErrataCase *result)
{
    g_autofree char *how = clusters_say_vectors(space);

    errata_case_method(
        result,
        "Clusters: errors %s; each error is joined to its 15 nearest by cosine, communities by "
        "Leiden at resolution %g (the most stable of five over five seeds), those of under 10 "
        "errors or 1 %% left out.",
        how,
        set->resolution);
    errata_case_method(
        result,
        "Clusters: of %u communities of the searched half%s, %u were tried on the "
        "other: kept where the share of errors is 1.5 times that of correct rows and "
        "beyond what scores foretell%s, Benjamini–Hochberg over those tried; then "
        "merged by average linkage at cosine distance 0.7%s.",
        set->n_leaves,
        space->is_text ? " (besides, errors of one rare property that are in none worse than "
                         "correct rows are one)"
                       : "",
        set->n_tried,
        space->is_text ? " (or three times)" : "",
        space->is_text ? " or by a rare property that nearly all share" : "");
}

static void
clusters_say_sampled(const ErrataClusterSpace *space, ErrataCase *result)
{
    gsize n = MAX(space->n_rest, space->n_sampled_out);
    g_autofree char *count = errata_precision_print((double)n, 0);

    if (space->n_rest > 0)
        errata_case_method(result,
                           "Clusters: communities are of a seeded draw of the errors, and so are "
                           "the tests; the other %s errors went to the nearest community that "
                           "reaches them, and are counted.",
                           count);
    if (n == 0 || result->sampled != NULL)
        return;
    result->sampled = space->n_rest > 0
                          ? g_strdup_printf("clusters: searched in a seeded draw of the errors; %s "
                                            "others were assigned",
                                            count)
                          : g_strdup_printf("clusters: %s errors were left out by a seeded draw",
                                            count);
}

static gboolean
clusters_run(ErrataAnalysis *analysis, GError **error)
{
    g_autoptr(ErrataClusterSpace) space = errata_clusters_space_new(analysis);
    g_autoptr(ErrataClusterSet) set = errata_clusters_find(space);

    errata_clusters_report(analysis, space, set);
    errata_case_tried(analysis->result, "clusters", set->n_tried);
    clusters_say_method(space, set, analysis->result);
    clusters_say_sampled(space, analysis->result);
    if (space->vectors != NULL) {
        errata_text_vectors_free(analysis->text_vectors);
        analysis->text_vectors = g_steal_pointer(&space->vectors);
        errata_text_vectors_keep(analysis->text_vectors,
                                 g_steal_pointer(&space->row),
                                 g_steal_pointer(&space->x),
                                 space->n);
    }
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_clusters = {
    .id = "clusters",
    .why_not = clusters_why_not,
    .run = clusters_run,
};
