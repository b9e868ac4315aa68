/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-private.h"

G_BEGIN_DECLS

typedef enum {
    PMML_REGRESSION,
    PMML_CLASSIFICATION,
    PMML_CLUSTERING,
    PMML_MIXED,
    PMML_OTHER_FUNCTION,
} PmmlFunctionName;

/* what a label's score tells */
typedef enum {
    PMML_SCORE_PROBABILITY,
    PMML_SCORE_SIMILARITY, /* larger is nearer */
    PMML_SCORE_DISTANCE,   /* smaller is nearer */
} PmmlScoreKind;

typedef struct _PmmlResult PmmlResult;

/**
 * PmmlResult:
 * @value: the predicted value; missing when there is none
 * @score: (array length=n_labels) (nullable): per label of the model, NaN where not told
 * @confidence: (array length=n_labels) (nullable): the same
 * @entity: (nullable): id of the node, rule, cluster or segment that decided
 * @reasons: (nullable): reason codes, the weightiest first; NULL-terminated
 * @segments: (nullable): by segment, what it said; its own are missing where it did not run
 * @targets: (nullable): by extra target, its value
 * @near, @affinity: (nullable): of a NearestNeighborModel, ids of its neighbours, the nearest
 *   first, and how far or how alike each is; NULL-terminated
 * @rules: (nullable): of an AssociationModel, how each rule stands to the row
 *
 * What a model says of a row.
 */
struct _PmmlResult {
    PmmlValue value;
    double *score;
    double *confidence;
    const char *entity;
    const char **reasons;
    PmmlResult *segments;
    PmmlValue *targets;
    const char **near;
    const double *affinity;
    const guint8 *rules;
};

typedef struct {
    const char *element; /* its name */
    const char *kind;    /* in words */
    gboolean (*read)(PmmlProgram *program, PmmlModel *model, GError **error);
    gboolean (*run)(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error);
    void (*free)(gpointer body);
} PmmlModelClass;

/* a Target's corrections, and what stands in for no prediction */
typedef struct {
    double least;
    double most;
    double factor;
    double constant;
    const char *cast; /* (nullable): round, ceiling, floor */
    double fallback;  /* of a regression; NaN */
    GHashTable *display;
    GHashTable *prior; /* value → double* */
} PmmlTarget;

typedef struct {
    const PmmlElement *element;
    const char *name;
    const char *feature;
    const char *value; /* (nullable) */
    guint label;       /* of @value, G_MAXUINT when there is none */
    guint rank;        /* from 1 */
    PmmlType type;
    gboolean typed;
    guint slot;
    guint segment; /* G_MAXUINT: of the model itself */
    gboolean is_final;
} PmmlOutput;

/**
 * PmmlModel:
 * @labels: classes or cluster ids, in the order of scores
 * @label_names: (nullable): of clusters, what they are called
 * @target: (nullable): name of the predicted field
 * @target_slot: where the predicted value goes, for expressions of the output
 */
struct _PmmlModel {
    const PmmlModelClass *klass;
    const PmmlElement *element;
    PmmlFunctionName function;
    PmmlScoreKind score_kind;
    gboolean is_single; /* computed in single precision */
    PmmlScope *scope;
    PmmlScope *output_scope;
    GPtrArray *labels;
    GHashTable *label_index;  /* text → index + 1 */
    GHashTable *label_number; /* of a target that is a number: its value → index + 1 */
    GPtrArray *label_names;
    const char *target;
    GPtrArray *targets; /* names of all predicted fields */
    const PmmlData *target_data;
    PmmlType target_type;
    guint target_slot;
    PmmlTarget *correction; /* (nullable) */
    GPtrArray *outputs;     /* PmmlOutput */
    gpointer body;
};

PmmlModel *pmml_model_read(PmmlProgram *program,
                           const PmmlElement *element,
                           const PmmlScope *scope,
                           GError **error);
gboolean pmml_model_run(const PmmlModel *self,
                        PmmlRow *row,
                        PmmlResult *ret_result,
                        GError **error);
void pmml_model_free(PmmlModel *self);
const PmmlModelClass *pmml_model_class(const char *element);
gboolean pmml_is_scorable(const PmmlElement *element);

/* a label more, also when there is one like it */
void pmml_model_add_label(PmmlModel *self, const char *label);
void pmml_model_forget_labels(PmmlModel *self);
/* the labels there are become values of that type */
void pmml_model_set_target_type(PmmlModel *self, PmmlType type);
/* index of a label; added when it is new */
guint pmml_model_label(PmmlModel *self, const char *label);
/* of a value's text, also when a number is written otherwise; G_MAXUINT when there is none */
guint pmml_model_find_label(const PmmlModel *self, const char *label);
/* the predicted value for a label: of the target's data type */
PmmlValue pmml_model_label_value(const PmmlModel *self, guint label);
/* first of the best; G_MAXUINT when all are NaN */
guint pmml_model_best(const PmmlModel *self, const double *score);
/* sets value and entity from the scores */
void pmml_model_decide(const PmmlModel *self, PmmlResult *result);

/* lives as long as the row is being scored; zeroed */
gpointer pmml_row_alloc(PmmlRow *row, gsize n, gsize size);
double *pmml_row_scores(PmmlRow *row, const PmmlModel *model);

/* FALSE also when it is missing: @ret_missing tells */
gboolean pmml_row_number(PmmlRow *row,
                         guint slot,
                         double *ret_number,
                         gboolean *ret_missing,
                         GError **error);

/* targets and outputs */
gboolean pmml_read_targets(PmmlModel *self, GError **error);
gboolean pmml_read_outputs(PmmlProgram *program, PmmlModel *self, GError **error);
void pmml_correct(const PmmlModel *self, PmmlRow *row, PmmlResult *result);
gboolean pmml_fill_outputs(const PmmlModel *self,
                           PmmlRow *row,
                           const PmmlResult *result,
                           GError **error);
void pmml_target_free(PmmlTarget *self);

/* the inner model at a place among the segments, for outputs; NULL when there is none */
const PmmlModel *pmml_mining_segment(const PmmlModel *self, guint segment);
guint pmml_mining_find_segment(const PmmlModel *self, const char *id);
guint pmml_mining_n_segments(const PmmlModel *self);
/* whether a result tells values of several targets, all of them in @targets: of a chain; of
 * neighbours the first one is the result's own value */
gboolean pmml_has_targets(const PmmlModel *self);
/* of the target at a place among several */
PmmlValue pmml_target_value(const PmmlModel *self, const PmmlResult *result, guint target);

/* links of regressions */
typedef enum {
    PMML_LINK_IDENTITY,
    PMML_LINK_LOGIT,
    PMML_LINK_LOG,
    PMML_LINK_PROBIT,
    PMML_LINK_CLOGLOG,
    PMML_LINK_LOGLOG,
    PMML_LINK_LOGC,
    PMML_LINK_CAUCHIT,
    PMML_LINK_INVERSE,
    PMML_LINK_POWER,
    PMML_LINK_ODDSPOWER,
    PMML_LINK_NEGBIN,
} PmmlLink;

double pmml_normal_share(double x);
double pmml_normal_quantile(double p);
double pmml_link_inverse(PmmlLink link, double parameter, double eta);
void pmml_softmax(double *score, guint n, gboolean is_single);

/* how far rows are from centres and from one another: a ComparisonMeasure and its fields */
typedef struct _PmmlMeasure PmmlMeasure;
PmmlMeasure *pmml_measure_read(const PmmlElement *model, GError **error);
void pmml_measure_free(PmmlMeasure *self);
gboolean pmml_measure_is_distance(const PmmlMeasure *self);
/* a ClusteringField or KNNInput, in the order of values */
gboolean pmml_measure_add_field(PmmlMeasure *self, const PmmlElement *field, GError **error);
double pmml_measure_weight(const PmmlMeasure *self, guint field);
/* of as many values as fields; missing ones do not count, for which @adjust makes up */
double pmml_measure_between(const PmmlMeasure *self,
                            const PmmlValue *a,
                            const PmmlValue *b,
                            double adjust);

/* whether it is known how an output chooses among the rules */
gboolean pmml_association_check(const PmmlElement *output, GError **error);
PmmlValue pmml_association_output(const PmmlModel *model,
                                  const PmmlElement *output,
                                  const char *feature,
                                  guint rank,
                                  const PmmlResult *result,
                                  PmmlRow *row);

extern const PmmlModelClass pmml_association_class;
extern const PmmlModelClass pmml_tree_class;
extern const PmmlModelClass pmml_mining_class;
extern const PmmlModelClass pmml_regression_class;
extern const PmmlModelClass pmml_general_regression_class;
extern const PmmlModelClass pmml_neural_class;
extern const PmmlModelClass pmml_bayes_class;
extern const PmmlModelClass pmml_vector_machine_class;
extern const PmmlModelClass pmml_scorecard_class;
extern const PmmlModelClass pmml_rule_set_class;
extern const PmmlModelClass pmml_neighbor_class;
extern const PmmlModelClass pmml_clustering_class;
extern const PmmlModelClass pmml_anomaly_class;

G_END_DECLS
