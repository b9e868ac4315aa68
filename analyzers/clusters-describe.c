/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cluster as conditions that anybody can check: the shortest conjunction that tells its rows from
 * the others best (F1) on the discovery half, tried on the other. */
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "filter.h"
#include "slices-refine.h"
#include "trait.h"
#include "words.h"

#define DESCRIBE_CONDITIONS 3U
#define DESCRIBE_GAIN       0.02 /* of F1 that is worth another condition */
#define DESCRIBE_ENOUGH     0.9  /* of F1, from which on no condition is added */
#define DESCRIBE_TONGUE     0.9  /* precision and recall of a language that is a cluster's */
#define DESCRIBE_SAID       0.5  /* of a cluster's errors that say a word, or … */
#define DESCRIBE_RARE       5.0  /* … times as many as outside, for it to be its name */
#define DESCRIBE_LEAST      0.3  /* of F1, for a description to be one */
#define DESCRIBE_MEMBER     0.4 /* members among the rows of a category, for it to be in the list */
#define DESCRIBE_CODES      8U  /* categories in a list */

typedef struct {
    const ErrataClusterSpace *space;
    guint n; /* embedded rows of the discovery half */
    guint32 *at;
    guint8 *member;
    double *weight;
    guint8 *holds; /* the conditions chosen so far */
    double total;  /* weight of members */
} Describe;

/* one condition that was tried */
typedef struct {
    double f1;
    const ErrataBinColumn *bin; /* NULL: a keyword */
    guint lo;
    guint hi;
    guint64 codes[4]; /* categories */
    const char *keyword;
    const ErrataColumn *text;
} DescribeTry;

static double
describe_f1(double hit, double taken, double total)
{
    return taken + total > 0.0 ? 2.0 * hit / (taken + total) : 0.0;
}

static void
describe_start(Describe *self, const ErrataClusterSet *set, guint32 cluster)
{
    const ErrataClusterSpace *space = self->space;

    self->at = g_new(guint32, (gsize)space->n + 1);
    self->member = g_new(guint8, (gsize)space->n + 1);
    self->holds = g_new(guint8, (gsize)space->n + 1);
    self->weight = g_new(double, (gsize)space->n + 1);
    for (guint i = 0; i < space->n; i++) {
        if (space->half[i] != 0)
            continue;
        self->at[self->n] = i;
        self->holds[self->n] = 1;
        self->member[self->n] = errata_clusters_holds(set, i, cluster) ? 1 : 0;
        self->weight[self->n] = space->weight[0][space->error[i]];
        self->total += self->member[self->n] != 0 ? self->weight[self->n] : 0.0;
        self->n++;
    }
}

static void
describe_clear(Describe *self)
{
    g_free(self->at);
    g_free(self->member);
    g_free(self->holds);
    g_free(self->weight);
}

/* every range of codes of a column of numbers */
static void
describe_try_ranges(const Describe *self,
                    const ErrataBinColumn *bin,
                    const double *hit,
                    const double *taken,
                    DescribeTry *best)
{
    for (guint lo = 0; lo < bin->n_codes; lo++) {
        double hits = 0.0, all = 0.0;

        for (guint hi = lo + 1; hi <= bin->n_codes; hi++) {
            double f1;

            hits += hit[hi - 1];
            all += taken[hi - 1];
            f1 = describe_f1(hits, all, self->total);
            if ((lo > 0 || hi < bin->n_codes) && f1 > best->f1 + 1e-9)
                *best = (DescribeTry){.f1 = f1, .bin = bin, .lo = lo, .hi = hi};
        }
    }
}

/* the categories that are mostly members */
static void
describe_try_categories(const Describe *self,
                        const ErrataBinColumn *bin,
                        const double *hit,
                        const double *taken,
                        DescribeTry *best)
{
    DescribeTry tried = {.bin = bin};
    double hits = 0.0, all = 0.0;
    guint n = 0;

    for (guint c = 0; c < bin->n_codes && n < DESCRIBE_CODES; c++) {
        if (!(hit[c] > DESCRIBE_MEMBER * taken[c]) || (bin->has_other && c + 1 == bin->n_codes))
            continue;
        tried.codes[c >> 6] |= G_GUINT64_CONSTANT(1) << (c & 63);
        hits += hit[c];
        all += taken[c];
        n++;
    }
    tried.f1 = describe_f1(hits, all, self->total);
    if (n > 0 && tried.f1 > best->f1 + 1e-9)
        *best = tried;
}

static void
describe_try_bin(const Describe *self, const ErrataBinColumn *bin, DescribeTry *best)
{
    double hit[256] = {0.0}, taken[256] = {0.0};

    for (guint i = 0; i < self->n; i++) {
        guint8 code = bin->code[self->space->row[self->at[i]]];

        if (self->holds[i] == 0)
            continue;
        taken[code] += self->weight[i];
        hit[code] += self->member[i] != 0 ? self->weight[i] : 0.0;
    }
    if (bin->numeric)
        describe_try_ranges(self, bin, hit, taken, best);
    else
        describe_try_categories(self, bin, hit, taken, best);
}

/* whether a text has the keyword, whatever the case */
static gboolean
describe_has(const ErrataColumn *column, gsize row, const char *keyword)
{
    gsize length;
    const char *text = errata_column_text(column, row, &length);
    g_autofree char *lower = text != NULL ? g_utf8_strdown(text, (gssize)length) : NULL;

    return lower != NULL && strstr(lower, keyword) != NULL;
}

static void
describe_try_keyword(const Describe *self,
                     const ErrataColumn *column,
                     const char *keyword,
                     DescribeTry *best)
{
    double hits = 0.0, all = 0.0, f1;

    for (guint i = 0; i < self->n; i++) {
        if (self->holds[i] == 0 || !describe_has(column, self->space->row[self->at[i]], keyword))
            continue;
        all += self->weight[i];
        hits += self->member[i] != 0 ? self->weight[i] : 0.0;
    }
    f1 = describe_f1(hits, all, self->total);
    if (f1 > best->f1 + 1e-9)
        *best = (DescribeTry){.f1 = f1, .keyword = keyword, .text = column};
}

static gboolean
describe_holds(const DescribeTry *tried, gsize row)
{
    guint8 code;

    if (tried->bin == NULL)
        return describe_has(tried->text, row, tried->keyword);
    code = tried->bin->code[row];
    if (tried->bin->numeric)
        return code >= tried->lo && code < tried->hi;
    return code != ERRATA_BINS_MISSING && ((tried->codes[code >> 6] >> (code & 63)) & 1) != 0;
}

static ErrataPredicate *
describe_predicate_of_category(const DescribeTry *tried)
{
    ErrataPredicate *predicate = errata_predicate_new(tried->bin->name, ERRATA_OP_IN);
    guint n = 0;

    predicate->values = g_new0(char *, DESCRIBE_CODES + 1);
    for (guint c = 0; c < tried->bin->n_codes; c++)
        if (((tried->codes[c >> 6] >> (c & 63)) & 1) != 0)
            predicate->values[n++] = g_strdup(tried->bin->labels[c]);
    if (n == 1)
        predicate->op = ERRATA_OP_EQ;
    return predicate;
}

static ErrataPredicate *
describe_predicate(const Describe *self, const DescribeTry *tried)
{
    const ErrataBinColumn *bin = tried->bin;
    const ErrataColumn *column;
    ErrataPredicate *predicate;

    if (bin == NULL) {
        predicate = errata_predicate_new(tried->text->name, ERRATA_OP_CONTAINS);
        predicate->values = g_new0(char *, 2);
        predicate->values[0] = g_strdup(tried->keyword);
        return predicate;
    }
    if (!bin->numeric)
        return describe_predicate_of_category(tried);
    column = self->space->analysis->frame->columns[bin->column];
    predicate = errata_predicate_new(bin->name, ERRATA_OP_BETWEEN);
    if (tried->lo == 0)
        predicate->op = ERRATA_OP_LT;
    else if (tried->hi == bin->n_codes)
        predicate->op = ERRATA_OP_GE;
    predicate->number =
        errata_slices_refine_end(column, bin->edges[tried->lo > 0 ? tried->lo - 1 : tried->hi - 1]);
    if (predicate->op == ERRATA_OP_BETWEEN)
        predicate->upper = errata_slices_refine_end(column, bin->edges[tried->hi - 1]);
    return predicate;
}

/* the best condition besides those chosen */
static DescribeTry
describe_best(const Describe *self, const GArray *keywords, const GPtrArray *chosen)
{
    const ErrataAnalysis *analysis = self->space->analysis;
    DescribeTry best = {0};

    for (guint c = 0; c < analysis->bins->n_columns; c++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[c];
        gboolean used = bin->derived != NULL || analysis->exclude[bin->column] != 0;

        for (guint i = 0; i < chosen->len && !used; i++)
            used = g_str_equal(((ErrataPredicate *)g_ptr_array_index(chosen, i))->column,
                               bin->name);
        if (!used)
            describe_try_bin(self, bin, &best);
    }
    for (guint k = 0; k < keywords->len; k++)
        for (guint c = 0; c < analysis->frame->n_columns; c++)
            if (analysis->schema->columns[c].role == ERRATA_ROLE_TEXT)
                describe_try_keyword(self,
                                     analysis->frame->columns[c],
                                     g_array_index(keywords, ErrataClusterKeyword, k).text,
                                     &best);
    return best;
}

/* how well the conditions tell the cluster's rows on the half that they were not chosen on */
static void
describe_check(const ErrataClusterSpace *space,
               const ErrataClusterSet *set,
               guint32 cluster,
               ErrataClusterWords *words)
{
    const ErrataAnalysis *analysis = space->analysis;
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(ErrataRows) rows = NULL;
    double hit = 0.0, taken = 0.0, total = 0.0;

    words->precision = words->recall = (double)NAN;
    if (words->predicates->len == 0)
        return;
    filter = errata_filter_predicates_join(words->predicates);
    if (!errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
        return;
    rows = errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
    for (guint i = 0; i < space->n; i++) {
        gboolean member = errata_clusters_holds(set, i, cluster);
        double weight = space->weight[1][space->error[i]];

        if (space->half[i] != 1)
            continue;
        words->n++;
        total += member ? weight : 0.0;
        if (!errata_rows_has(rows, space->row[i]))
            continue;
        taken += weight;
        hit += member ? weight : 0.0;
    }
    words->precision = taken > 0.0 ? hit / taken : (double)NAN;
    words->recall = total > 0.0 ? hit / total : (double)NAN;
}

/* the languages or scripts that the cluster's texts are in, where these are what tells it */
static char *
describe_tongue(const ErrataClusterWords *words)
{
    const ErrataPredicate *predicate = words->predicates->len == 1
                                           ? g_ptr_array_index(words->predicates, 0)
                                           : NULL;
    ErrataTrait trait = ERRATA_TRAIT_CHARACTERS;
    g_autofree char *list = NULL;

    if (predicate == NULL || predicate->values == NULL ||
        !(words->precision >= DESCRIBE_TONGUE && words->recall >= DESCRIBE_TONGUE) ||
        !errata_trait_parse(predicate->column, NULL, &trait) ||
        (trait != ERRATA_TRAIT_LANGUAGE && trait != ERRATA_TRAIT_SCRIPT))
        return NULL;
    for (char **value = predicate->values; *value != NULL; value++)
        if (!g_ascii_isupper(**value)) /* mixed, unknown, none */
            return NULL;
    list = errata_words_list((const char *const *)predicate->values,
                             g_strv_length(predicate->values),
                             "or");
    return trait == ERRATA_TRAIT_SCRIPT ? g_strdup_printf("%s script", list)
                                        : g_steal_pointer(&list);
}

/* Words that few of its texts say are no name for a cluster which a property tells: they are only a
 * little commoner there than elsewhere */
static void
describe_forget_words(ErrataClusterWords *words)
{
    if (!(words->precision >= DESCRIBE_TONGUE && words->recall >= DESCRIBE_TONGUE))
        return;
    for (guint i = 0; i < words->predicates->len; i++)
        if (((const ErrataPredicate *)g_ptr_array_index(words->predicates, i))->op ==
            ERRATA_OP_CONTAINS)
            return;
    for (guint i = 0; i < words->keywords->len; i++) {
        const ErrataClusterKeyword *keyword =
            &g_array_index(words->keywords, ErrataClusterKeyword, i);

        if (keyword->share >= DESCRIBE_SAID || keyword->share >= DESCRIBE_RARE * keyword->outside)
            return;
    }
    for (guint i = 0; i < words->keywords->len; i++)
        g_free(g_array_index(words->keywords, ErrataClusterKeyword, i).text);
    g_array_set_size(words->keywords, 0);
}

/**
 * errata_clusters_describe:
 * @space: the rows
 * @set: their clusters
 * @cluster: one of them
 * @ret_words: (out caller-allocates): its keywords, conditions, and how well these tell its rows
 */
void
errata_clusters_describe(const ErrataClusterSpace *space,
                         const ErrataClusterSet *set,
                         guint32 cluster,
                         ErrataClusterWords *ret_words)
{
    g_autofree guint8 *member = g_new0(guint8, (gsize)set->n_leaves + 1);
    Describe self = {.space = space};
    double f1 = DESCRIBE_LEAST - DESCRIBE_GAIN;

    *ret_words = (ErrataClusterWords){
        .keywords = g_array_new(FALSE, FALSE, sizeof(ErrataClusterKeyword)),
        .predicates = g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free)};
    for (guint l = 0; l < set->n_leaves; l++)
        member[l] = set->leaves[l].cluster == cluster ? 1 : 0;
    errata_clusters_keywords(space, set, member, ret_words->keywords);
    describe_start(&self, set, cluster);
    while (ret_words->predicates->len < DESCRIBE_CONDITIONS && f1 < DESCRIBE_ENOUGH) {
        DescribeTry best = describe_best(&self, ret_words->keywords, ret_words->predicates);

        if (best.f1 < f1 + DESCRIBE_GAIN)
            break;
        f1 = best.f1;
        g_ptr_array_add(ret_words->predicates, describe_predicate(&self, &best));
        for (guint i = 0; i < self.n; i++)
            if (!describe_holds(&best, space->row[self.at[i]]))
                self.holds[i] = 0;
    }
    describe_clear(&self);
    describe_check(space, set, cluster, ret_words);
    ret_words->tongue = describe_tongue(ret_words);
    if (ret_words->tongue == NULL)
        describe_forget_words(ret_words);
}

void
errata_clusters_words_clear(ErrataClusterWords *self)
{
    for (guint i = 0; self->keywords != NULL && i < self->keywords->len; i++)
        g_free(g_array_index(self->keywords, ErrataClusterKeyword, i).text);
    g_clear_pointer(&self->keywords, g_array_unref);
    g_clear_pointer(&self->predicates, g_ptr_array_unref);
    g_clear_pointer(&self->tongue, g_free);
}
