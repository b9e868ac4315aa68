/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema-name.h"
#include "schema-profile.h"
#include "vocabulary.h"

G_BEGIN_DECLS

#define ERRATA_SCHEMA_CLASSES 2500 /* classes at most: what is counted of pairs is their square */

/**
 * ErrataInfer:
 * @frame: the log
 * @settings: (nullable): what the user declared
 * @like: (nullable): schema of the log whose reference this is
 * @schema: what is being found out
 * @names: what each column's name says
 * @profiles: how each column behaves
 * @taken: 1 for columns whose role is settled
 * @vocabularies: the distinct values of each column, made when first asked for
 *
 * Work in progress of errata_schema_infer(); private to schema*.c.
 */
typedef struct {
    const ErrataFrame *frame;
    const ErrataSettings *settings;
    const ErrataSchema *like;
    ErrataSchema *schema;
    ErrataName *names;
    ErrataProfile *profiles;
    gboolean *taken;
    ErrataVocabulary **vocabularies;
} ErrataInfer;

void errata_schema_infer_take(ErrataInfer *self,
                              guint column,
                              ErrataRole role,
                              const char *format,
                              ...) G_GNUC_PRINTF(4, 5);
/* the first column that was taken for @role, or −1 */
int errata_schema_infer_column(const ErrataInfer *self, ErrataRole role);
/* NULL when the column has more values than classes can be */
const ErrataVocabulary *errata_schema_infer_vocabulary(ErrataInfer *self, guint column);
gboolean errata_schema_infer_is_number(const ErrataInfer *self, guint column);
/* numbers in [0, 1] that are not just 0 and 1 */
gboolean errata_schema_infer_is_probability(const ErrataInfer *self, guint column);
/* rank correlation of two numeric columns on the sample; NaN when undefined */
double errata_schema_infer_correlation(const ErrataInfer *self, guint a, guint b);

/* the value that @name means: as it is written, or but for case and signs; −1 where there is
 * none */
int errata_schema_infer_value(const ErrataVocabulary *values, const char *name);
/* Cohen's kappa of two columns of those values, of which @same rows agree;
 * @count: (array length=2 × n_values): rows of each value in the one and in the other */
double errata_schema_infer_kappa(const double *count, guint n_values, double same);
/* share of the sampled rows with a value in which the columns (element-type guint) sum to one, a
 * missing one counting as 0 */
double errata_schema_infer_sums(const ErrataInfer *self, const GArray *columns);

void errata_schema_infer_roles(ErrataInfer *self);

/* schema-infer-quantiles.c: what the columns of a forecast's quantiles are */
void errata_schema_infer_quantiles(ErrataInfer *self);

/* schema-infer-lists.c: lists in a column named like a prediction that are none */
void errata_schema_infer_lists(ErrataInfer *self);

/* schema-infer-pair.c: which columns are label and prediction */
void errata_schema_infer_pair_find(ErrataInfer *self);

/* schema-infer-outcome.c: the label, by its name beside the model's columns */
void errata_schema_infer_outcome(ErrataInfer *self);
gboolean errata_schema_infer_same_event(const char *outcome, const char *output);

/* schema-infer-correct.c: whether each row was right, where the log says so itself */
void errata_schema_infer_correct(ErrataInfer *self);
int errata_schema_infer_right(const char *value);
gboolean errata_schema_infer_named_correct(const char *words);

/* schema-infer-class-scores.c: scores that are named after the classes alone */
void errata_schema_infer_class_scores(ErrataInfer *self, gboolean outputs);

/* schema-infer-classes-named.c: label and prediction, by the classes that the scores are named
 * after */
void errata_schema_infer_classes_named(ErrataInfer *self);

/* schema-infer-score.c */
void errata_schema_infer_score_families(ErrataInfer *self);
void errata_schema_infer_score_single(ErrataInfer *self);
/* how well a cut of the score reproduces the two values of @column: 0 no better than always
 * guessing the more frequent one, 1 exactly */
double errata_schema_infer_score_purity(ErrataInfer *self, guint score, guint column);
char *errata_schema_infer_score_event(const char *words);

/* schema-infer-class.c: the classes and their spellings */
void errata_schema_infer_classes(ErrataInfer *self);

/* schema-infer-positions.c: the classes of scores that are numbered */
void errata_schema_infer_positions(ErrataInfer *self);

/* schema-infer-task.c: task, classes, positive class, threshold */
int errata_schema_infer_usual_positive(const char *const *values);
gboolean errata_schema_infer_task(ErrataInfer *self, GError **error);

G_END_DECLS
