/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pattern remembers of a language model's words, so that a later report says the same:
 * coarse kind, fine kind, the cluster's name and its description, each possibly empty. */
#include <string.h>

#include "propose-private.h"

#define KEPT_BETWEEN   "\x1f"
#define KEPT_MAX_BYTES 1000

/* hostile: the store is the user's, but what is in it came from a model once */
static gboolean
kept_is_sound(const char *text)
{
    return strlen(text) <= KEPT_MAX_BYTES && g_utf8_validate(text, -1, NULL);
}

static gboolean
kept_split(const char *taxonomy, char **ret_kept)
{
    g_auto(GStrv) parts = NULL;

    if (taxonomy == NULL || *taxonomy == '\0' || !kept_is_sound(taxonomy))
        return FALSE;
    parts = g_strsplit(taxonomy, KEPT_BETWEEN, -1);
    if (g_strv_length(parts) != ERRATA_PROPOSE_N_KEPT)
        return FALSE;
    for (guint i = 0; i < ERRATA_PROPOSE_N_KEPT; i++)
        ret_kept[i] = g_strdup(parts[i]);
    return TRUE;
}

/* the earlier report's cluster of the same id, where nobody keeps patterns */
static gboolean
kept_earlier(const ErrataAnalysis *analysis, const ErrataFinding *finding, char **ret_kept)
{
    for (guint i = 0; analysis->earlier != NULL && i < analysis->earlier->clusters->len; i++) {
        const ErrataCluster *cluster = g_ptr_array_index(analysis->earlier->clusters, i);
        guint n;

        if (finding->subject.cluster == NULL || cluster->taxonomy == NULL ||
            g_strcmp0(cluster->id, finding->subject.cluster) != 0)
            continue;
        n = g_strv_length(cluster->taxonomy);
        n -= cluster->by_model && n > 1 ? 1 : 0; /* the last is its name */
        if (n == 0 || n > 2)
            return FALSE;
        ret_kept[0] = g_strdup(cluster->taxonomy[0]);
        ret_kept[1] = g_strdup(n > 1 ? cluster->taxonomy[1] : "");
        ret_kept[2] = g_strdup(cluster->by_model ? cluster->name : "");
        ret_kept[3] = g_strdup(cluster->described != NULL ? cluster->described : "");
        return TRUE;
    }
    return FALSE;
}

/**
 * errata_propose_kept:
 * @finding: of this report
 * @ret_kept: (array length=ERRATA_PROPOSE_N_KEPT) (transfer full): what is remembered of it
 *
 * Returns: whether anything is
 */
gboolean
errata_propose_kept(const ErrataAnalysis *analysis, const ErrataFinding *finding, char **ret_kept)
{
    if (finding->pattern != NULL && kept_split(finding->pattern->taxonomy, ret_kept))
        return TRUE;
    return kept_earlier(analysis, finding, ret_kept);
}

/* its pattern, among those of the report: findings only borrow theirs */
static ErrataPattern *
kept_pattern(const ErrataCase *report, const ErrataFinding *finding)
{
    for (guint i = 0; report->patterns != NULL && i < report->patterns->len; i++)
        if (g_ptr_array_index(report->patterns, i) == finding->pattern)
            return g_ptr_array_index(report->patterns, i);
    return NULL;
}

/**
 * errata_propose_keep:
 * @coarse: (nullable): %NULL: as it was
 * @fine: (nullable): likewise
 *
 * For the next report, where somebody keeps patterns.
 */
void
errata_propose_keep(ErrataAnalysis *analysis,
                    const ErrataFinding *finding,
                    const char *coarse,
                    const char *fine,
                    const ErrataCluster *cluster)
{
    ErrataPattern *pattern = kept_pattern(analysis->result, finding);
    gboolean named = cluster != NULL && cluster->by_model;
    char *kept[ERRATA_PROPOSE_N_KEPT] = {NULL};
    const char *parts[ERRATA_PROPOSE_N_KEPT];

    if (pattern == NULL)
        return;
    kept_split(pattern->taxonomy, kept);
    parts[0] = coarse != NULL ? coarse : kept[0];
    parts[1] = fine != NULL ? fine : kept[1];
    parts[2] = named ? cluster->name : kept[2];
    parts[3] = named ? cluster->described : kept[3];
    for (guint i = 0; i < ERRATA_PROPOSE_N_KEPT; i++)
        parts[i] = parts[i] != NULL ? parts[i] : "";
    g_free(pattern->taxonomy);
    pattern->taxonomy = g_strjoin(KEPT_BETWEEN, parts[0], parts[1], parts[2], parts[3], NULL);
    for (guint i = 0; i < ERRATA_PROPOSE_N_KEPT; i++)
        g_free(kept[i]);
    if (!kept_is_sound(pattern->taxonomy))
        g_clear_pointer(&pattern->taxonomy, g_free);
}
