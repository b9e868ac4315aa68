/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the texts of a cluster say and correct ones do not: words, pairs of words and emoji by the
 * share of the cluster's errors that have them, times the logarithm of how much rarer they are
 * among the correct rows outside (class-based TF-IDF). */
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "text-scan.h"
#include "text-terms.h"

#define KEYWORDS_MOST  6U
#define KEYWORDS_SHARE 0.15 /* of the errors that must have a term */
#define KEYWORDS_RATIO 2.0  /* times as common as outside */
#define KEYWORDS_LEAST 3.0  /* errors */
#define KEYWORDS_PART  0.35 /* of the first one's weight that another must have */
#define KEYWORDS_BYTES 64U

typedef struct {
    guint32 in;
    guint32 out;
    guint32 last; /* embedded row + 1 that counted it last */
    const char *text;
    guint32 length;
    double weight;
} KeywordsTerm;

typedef struct {
    const ErrataClusterSpace *space;
    GHashTable *place; /* hash → index + 1 */
    GArray *terms;     /* (element-type KeywordsTerm) in order of first appearance */
    GArray *found;
    guint n_in;
    guint n_out;
} Keywords;

static void
keywords_count(Keywords *self, guint32 embedded, gboolean in, const ErrataColumn *column)
{
    gsize length;
    const char *text = errata_column_text(column, self->space->row[embedded], &length);

    if (text == NULL)
        return;
    errata_text_terms(text, length, self->found);
    for (guint i = 0; i < self->found->len; i++) {
        ErrataTerm *found = &g_array_index(self->found, ErrataTerm, i);
        guint at = GPOINTER_TO_UINT(g_hash_table_lookup(self->place, &found->hash));
        KeywordsTerm *term;

        if (at == 0) {
            KeywordsTerm added = {.text = text + found->begin, .length = found->length};

            if (!in || found->length > KEYWORDS_BYTES)
                continue; /* only what the cluster says is of interest; it is read first */
            g_array_append_val(self->terms, added);
            at = self->terms->len;
            g_hash_table_insert(self->place,
                                g_memdup2(&found->hash, sizeof found->hash),
                                GUINT_TO_POINTER(at));
        }
        term = &g_array_index(self->terms, KeywordsTerm, at - 1);
        if (term->last == embedded + 1)
            continue;
        term->last = embedded + 1;
        *(in ? &term->in : &term->out) += 1;
    }
}

static void
keywords_read(Keywords *self, const ErrataClusterSet *set, const guint8 *member_leaf, gboolean in)
{
    const ErrataClusterSpace *space = self->space;
    const ErrataAnalysis *analysis = space->analysis;

    for (guint32 i = 0; i < space->n; i++) {
        gboolean member = set->leaf[i] != ERRATA_CLUSTERS_NONE && member_leaf[set->leaf[i]] != 0;

        if (space->half[i] != 0 || member != in || (space->error[i] != 0) != in)
            continue;
        *(in ? &self->n_in : &self->n_out) += 1;
        for (guint c = 0; c < analysis->frame->n_columns; c++)
            if (analysis->schema->columns[c].role == ERRATA_ROLE_TEXT)
                keywords_count(self, i, in, analysis->frame->columns[c]);
    }
}

static int
keywords_compare_cb(gconstpointer a, gconstpointer b)
{
    const KeywordsTerm *x = a;
    const KeywordsTerm *y = b;

    if (x->weight > y->weight || x->weight < y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return memcmp(x->text, y->text, x->length);
}

/* whether the end of one run of letters without spaces is the begin of another, two of them or
 * more */
static gboolean
keywords_overlap(const char *a, const char *b)
{
    const char *at = a + g_utf8_skip[(guchar)*a];

    if (!errata_text_scan_is_alone(g_utf8_get_char(a)) ||
        !errata_text_scan_is_alone(g_utf8_get_char(b)))
        return FALSE;
    for (; g_utf8_strlen(at, -1) >= 2; at += g_utf8_skip[(guchar)*at])
        if (g_str_has_prefix(b, at))
            return TRUE;
    return FALSE;
}

/* whether a chosen keyword says it already, or it says one again */
static gboolean
keywords_is_said(const GArray *keywords, const char *text)
{
    for (guint i = 0; i < keywords->len; i++) {
        const char *other = g_array_index(keywords, ErrataClusterKeyword, i).text;

        if (strstr(other, text) != NULL || strstr(text, other) != NULL ||
            keywords_overlap(other, text) || keywords_overlap(text, other))
            return TRUE;
    }
    return FALSE;
}

static void
keywords_choose(Keywords *self, GArray *ret_keywords)
{
    for (guint i = 0; i < self->terms->len; i++) {
        KeywordsTerm *term = &g_array_index(self->terms, KeywordsTerm, i);
        double in = (double)term->in / MAX((double)self->n_in, 1.0);
        double out = (term->out + 0.5) / (self->n_out + 1.0);

        if (term->in >= KEYWORDS_LEAST && in >= KEYWORDS_SHARE && in >= KEYWORDS_RATIO * out)
            term->weight = in * log(in / out);
    }
    g_array_sort(self->terms, keywords_compare_cb);
    for (guint i = 0; i < self->terms->len && ret_keywords->len < KEYWORDS_MOST; i++) {
        const KeywordsTerm *term = &g_array_index(self->terms, KeywordsTerm, i);
        g_autofree char *raw = g_strndup(term->text, term->length);
        ErrataClusterKeyword keyword = {g_utf8_strdown(raw, -1),
                                        term->weight,
                                        (double)term->in / MAX((double)self->n_in, 1.0),
                                        (double)term->out / MAX((double)self->n_out, 1.0)};

        if (term->weight > 0.0 &&
            (ret_keywords->len == 0 ||
             term->weight >=
                 KEYWORDS_PART * g_array_index(ret_keywords, ErrataClusterKeyword, 0).weight) &&
            !keywords_is_said(ret_keywords, keyword.text))
            g_array_append_val(ret_keywords, keyword);
        else
            g_free(keyword.text);
    }
}

/**
 * errata_clusters_keywords:
 * @space: texts
 * @set: their leaves
 * @member_leaf: (array length=n_leaves): 1 for the leaves that are meant
 * @ret_keywords: (element-type ErrataClusterKeyword): gets at most six, in lower case, the most
 *   telling first; none for tables
 */
void
errata_clusters_keywords(const ErrataClusterSpace *space,
                         const ErrataClusterSet *set,
                         const guint8 *member_leaf,
                         GArray *ret_keywords)
{
    g_autoptr(GHashTable) place = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GArray) terms = g_array_new(FALSE, TRUE, sizeof(KeywordsTerm));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(ErrataTerm));
    Keywords self = {space, place, terms, found, 0, 0};

    if (!space->is_text)
        return;
    keywords_read(&self, set, member_leaf, TRUE);
    keywords_read(&self, set, member_leaf, FALSE);
    keywords_choose(&self, ret_keywords);
}
