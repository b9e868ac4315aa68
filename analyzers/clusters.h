/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "rate.h"
#include "text-grams.h"

G_BEGIN_DECLS

#define ERRATA_CLUSTERS_NAMED    3U /* keywords in a name */
#define ERRATA_CLUSTERS_NONE     G_MAXUINT32
#define ERRATA_CLUSTERS_MIXED    (1U << 30) /* marks that tell a language */
#define ERRATA_CLUSTERS_FOREIGN  (1U << 31)
#define ERRATA_CLUSTERS_LANGUAGE (ERRATA_CLUSTERS_MIXED | ERRATA_CLUSTERS_FOREIGN)

/**
 * ErrataClusterCells:
 * @at: where its cells lie in a vector, @n numbers
 * @middle: of a column of numbers
 * @spread: the median distance from it
 *
 * A column of a table, as part of a vector.
 */
typedef struct {
    const ErrataBinColumn *bin;
    guint at;
    guint n;
    double middle;
    double spread;
} ErrataClusterCells;

/**
 * ErrataClusterSpace:
 * @is_text: the vectors stand for texts; otherwise for the cells of a table
 * @n: rows embedded: errors and a sample of correct rows, of both halves
 * @row: (array length=n): their rows in the frame, increasing
 * @error: (array length=n): whether they are errors
 * @half: (array length=n): 0 discovery, 1 confirmation
 * @odds: (array length=n): odds of an error as the scores foretell them
 * @marks: (array length=n): bit set of properties that say what a text is (a negation, a foreign
 *   language …), 0 for tables
 * @width: dimensions
 * @x: (array length=n*width): a vector of length one per row; which matrix it is does not matter to
 *   what reads it
 * @weight: rows of the log that an embedded one stands for, by half and whether it is an error
 * @cells: (element-type ErrataClusterCells) (nullable): what a table's vectors hold
 * @n_rest: errors of a table that were not drawn, being too many, but are assigned
 * @rest: (array length=n_rest): their rows, increasing
 * @n_sampled_out: texts that are errors and were left out, being too many
 * @n_unknown: texts of which the configured embedding knows no word
 * @vectors: (nullable): what texts are embedded by
 *
 * Where errors are near each other.
 */
typedef struct {
    const ErrataAnalysis *analysis;
    gboolean is_text;
    guint n;
    guint32 *row;
    guint8 *error;
    guint8 *half;
    double *odds;
    guint32 *marks;
    guint width;
    float *x;
    double weight[2][2];
    GArray *cells;
    gsize n_rest;
    guint32 *rest;
    gsize n_sampled_out;
    gsize n_unknown;
    struct _ErrataTextVectors *vectors;
} ErrataClusterSpace;

/* errors and correct rows near a cluster, in one half */
typedef struct {
    double errors;   /* in it */
    double correct;  /* sampled correct rows in it */
    double share;    /* of all errors */
    double expected; /* share of all correct rows */
    double lift;     /* share over expected */
    double p;
    double foretold; /* share of all errors that the scores foretell there */
    double surprise; /* share over foretold */
    double surprise_p;
} ErrataClusterTest;

/**
 * ErrataClusterLeaf:
 * @size: errors of the discovery half that it was built on
 * @centre: (array length=width): mean of their vectors
 * @reach: cosine with the centre that a row needs to belong
 * @tongue: the marks of the language that its rows must be in, 0 for any
 * @mark: the mark that its rows must bear, 0 for none
 * @plain: no worse than correct rows: its rows belong to a leaf of their mark first
 * @found: on the discovery half
 * @confirmed: on the other
 * @kept: confirmed
 * @cluster: the cluster that it was merged into, or %ERRATA_CLUSTERS_NONE
 */
typedef struct {
    guint size;
    float *centre;
    double reach;
    guint32 tongue;
    guint32 mark;
    gboolean plain;
    ErrataClusterTest found;
    ErrataClusterTest confirmed;
    double q;
    gboolean kept;
    guint32 cluster;
} ErrataClusterLeaf;

/* leaves of one kind together */
typedef struct {
    guint n_leaves;
    ErrataClusterTest found;
    ErrataClusterTest confirmed;
} ErrataClusterGroup;

/**
 * ErrataClusterSet:
 * @leaves: (array length=n_leaves): communities of errors
 * @leaf: (array length=n): the leaf that each embedded row belongs to, or NONE
 * @rest_leaf: (array length=n_rest) (nullable): likewise of each error that was not drawn; %NULL
 *   where there is no cluster
 * @rest_near: (array length=n_rest) (nullable): their cosine with that leaf's centre
 * @clusters: (array length=n_clusters): those that are worse than the rows around them
 * @resolution: of the communities
 */
typedef struct {
    guint n_leaves;
    ErrataClusterLeaf *leaves;
    guint32 *leaf;
    guint32 *rest_leaf;
    double *rest_near;
    guint n_clusters;
    ErrataClusterGroup *clusters;
    double resolution;
    guint n_tried;
} ErrataClusterSet;

/* keywords of a cluster, the most telling first */
typedef struct {
    char *text;
    double weight;  /* class-based TF-IDF against correct rows */
    double share;   /* of the cluster's errors that have it */
    double outside; /* of the correct rows that have it */
} ErrataClusterKeyword;

/**
 * ErrataClusterWords:
 * @keywords: (element-type ErrataClusterKeyword): what its texts say and correct ones do not
 * @predicates: (element-type ErrataPredicate): the shortest conjunction that tells its rows best
 * @tongue: (nullable): the languages or scripts ("German", "Cyrillic script") that its texts are in
 *   and hardly any other
 * @precision: of the rows that meet @predicates on the other half, those of the cluster
 * @recall: of the cluster's rows there, those that meet them
 * @n: rows of that half
 */
typedef struct {
    GArray *keywords;
    GPtrArray *predicates;
    char *tongue;
    double precision;
    double recall;
    guint64 n;
} ErrataClusterWords;

/* judged rows whose texts say one of the words that a cluster is named by, or are in its languages;
 * their errors, and the others */
typedef struct {
    ErrataRate in;
    ErrataRate others;
    double n_errors; /* rows that are errors, of both */
} ErrataClusterSaid;

/**
 * ErrataClusterWeight:
 * @error: what the errors in it count for; @correct the correct rows in it
 * @confirmed: (array length=2): what the correct rows and the errors of the confirmation half in it
 *   count for
 * @rows: its embedded rows of that half, 1 for an error, by their own weight
 * @all: what the embedded correct rows and errors of that half count for; @others those not in it
 *
 * A cluster as it is told, as if no row had been left out.
 */
typedef struct {
    double error;
    double correct;
    double confirmed[2];
    ErrataRate rows;
    double all[2];
    ErrataRate others;
} ErrataClusterWeight;

void errata_clusters_embed(ErrataClusterSpace *space,
                           const ErrataGramsText *texts,
                           const float *traits,
                           guint n_traits);
ErrataClusterSpace *errata_clusters_space_new(const ErrataAnalysis *analysis);
void errata_clusters_space_free(ErrataClusterSpace *self);
void errata_clusters_space_embed(const ErrataClusterSpace *self,
                                 const guint32 *row,
                                 gsize n,
                                 float *ret_x);
void errata_clusters_assign(const ErrataClusterSpace *space, ErrataClusterSet *set);
void errata_clusters_assign_rest(const ErrataClusterSpace *space, ErrataClusterSet *set);
ErrataClusterSet *errata_clusters_find(const ErrataClusterSpace *space);
void errata_clusters_set_free(ErrataClusterSet *self);
void errata_clusters_test(const ErrataClusterSpace *space,
                          const ErrataClusterSet *set,
                          guint8 half,
                          const guint8 *member_leaf,
                          ErrataClusterTest *ret_test);
gboolean errata_clusters_holds(const ErrataClusterSet *set, guint32 embedded, guint32 cluster);
gboolean errata_clusters_holds_rest(const ErrataClusterSet *set, gsize at, guint32 cluster);

void errata_clusters_keywords(const ErrataClusterSpace *space,
                              const ErrataClusterSet *set,
                              const guint8 *member_leaf,
                              GArray *ret_keywords);
void errata_clusters_describe(const ErrataClusterSpace *space,
                              const ErrataClusterSet *set,
                              guint32 cluster,
                              ErrataClusterWords *ret_words);
void errata_clusters_count(const ErrataAnalysis *analysis,
                           const ErrataClusterWords *words,
                           guint n,
                           guint most,
                           ErrataClusterSaid *ret_said);
char *errata_clusters_text(const ErrataAnalysis *analysis, gsize row);
guint8 *errata_clusters_say(const ErrataAnalysis *analysis, const char *const *words);
void errata_clusters_words_clear(ErrataClusterWords *self);
void errata_clusters_report(ErrataAnalysis *analysis,
                            const ErrataClusterSpace *space,
                            const ErrataClusterSet *set);
double errata_clusters_size(const ErrataClusterSpace *space,
                            const ErrataClusterSet *set,
                            guint32 cluster);
ErrataClusterWeight errata_clusters_weigh(const ErrataClusterSpace *space,
                                          const ErrataClusterSet *set,
                                          guint32 cluster);
gboolean errata_clusters_foretold(const ErrataClusterSpace *space,
                                  const ErrataClusterSet *set,
                                  guint32 cluster,
                                  double *ret_over);
double errata_clusters_share(const ErrataAnalysis *analysis, double errors);
ErrataFigure *errata_clusters_map_new(const ErrataClusterSpace *space,
                                      const ErrataClusterSet *set,
                                      guint32 cluster,
                                      const char *id,
                                      const char *const *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataClusterSpace, errata_clusters_space_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataClusterSet, errata_clusters_set_free)

extern const ErrataAnalyzer errata_analyzer_clusters;

G_END_DECLS
