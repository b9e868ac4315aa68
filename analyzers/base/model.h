/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "schema.h"
#include "trees.h"

G_BEGIN_DECLS

/**
 * ErrataModelType:
 * @ERRATA_MODEL_NUMBER: a number
 * @ERRATA_MODEL_CATEGORY: one of the categories; its cell is the category's index
 * @ERRATA_MODEL_TEXT: a string; its cell is the string
 */
typedef enum {
    ERRATA_MODEL_NUMBER,
    ERRATA_MODEL_CATEGORY,
    ERRATA_MODEL_TEXT,
} ErrataModelType;

/* the cell of a category input whose value is none of its categories; missing is NaN */
#define ERRATA_MODEL_UNSEEN (-1.0)

/**
 * ErrataModelInput:
 * @name: by which a column is found; unique among the inputs
 * @type: what its cells are
 * @categories: (array zero-terminated=1) (nullable): of a CATEGORY input, in the order of its codes
 * @is_coded: numbers that are indices into the sorted list of the values seen in training, which
 *   the file does not hold; of a NUMBER input
 * @n_codes: of a coded input, one more than the largest index that the model knows
 * @refuses_missing: the library raises an error on a missing cell
 * @refuses_unseen: the library raises an error on an unseen category
 * @shape: (nullable): of an input that is a tensor, of a model that is not run: `any × 13`
 *
 * A column that the model reads.
 */
typedef struct {
    char *name;
    ErrataModelType type;
    char **categories;
    guint n_categories;
    gboolean is_coded;
    guint n_codes;
    gboolean refuses_missing;
    gboolean refuses_unseen;
    char *shape;
} ErrataModelInput;

/**
 * ErrataModelRole:
 * @ERRATA_MODEL_PREDICTION: what the library's predict gives
 * @ERRATA_MODEL_MARGIN: before the link
 * @ERRATA_MODEL_PROBABILITY: of the class @label
 * @ERRATA_MODEL_FIELD: any other field that the format names
 */
typedef enum {
    ERRATA_MODEL_PREDICTION,
    ERRATA_MODEL_MARGIN,
    ERRATA_MODEL_PROBABILITY,
    ERRATA_MODEL_FIELD,
} ErrataModelRole;

/**
 * ErrataModelOutput:
 * @name: the column's name in what `errata score` writes
 * @role: what it is
 * @type: NUMBER, CATEGORY (of @categories) or TEXT
 * @label: (nullable): the class a margin or probability is of
 * @categories: (array zero-terminated=1) (nullable): of a CATEGORY output
 * @single: numbers are single precision and printed as such
 * @shape: (nullable): of an output that is a tensor, of a model that is not run
 */
typedef struct {
    char *name;
    ErrataModelRole role;
    ErrataModelType type;
    char *label;
    char **categories;
    gboolean single;
    char *shape;
} ErrataModelOutput;

/* a hyper-parameter or a fact of the training, as the file tells it */
typedef struct {
    char *name;
    char *value;
} ErrataModelFact;

/**
 * ErrataModelLayer:
 * @name: of the layer or tensor
 * @kind: (nullable): its class, e.g. `Dense`
 * @dtype: (nullable): of its numbers
 * @shape: (nullable): e.g. `108 × 16`
 * @settings: (nullable): of a layer, e.g. `units 16, activation relu`
 * @n_bytes: of a tensor, its size in the file; 0 for a layer that holds none of its own
 * @n_values: numbers in it
 * @n_nan: of these, NaN
 * @n_infinite: of these, infinite
 * @all_zero: every number is 0
 * @duplicate_of: (nullable): name of an earlier tensor with the same bytes
 */
typedef struct {
    char *name;
    char *kind;
    char *dtype;
    char *shape;
    char *settings;
    guint64 n_bytes;
    guint64 n_values;
    guint64 n_nan;
    guint64 n_infinite;
    gboolean all_zero;
    char *duplicate_of;
} ErrataModelLayer;

/**
 * ErrataModelRisk:
 * @severity: critical if code would run when the file is opened by its library, else medium or
 *   lower
 * @problem: short and stable (`pickle-import`, `path-traversal`, `nan-weights`)
 * @what: in words, no full stop
 */
typedef struct {
    ErrataSeverity severity;
    char *problem;
    char *what;
} ErrataModelRisk;

/**
 * ErrataModelRows:
 * @n_rows: rows of the block
 * @number: (array length=n_inputs): per input @n_rows numbers: the value, or the category's index,
 *   %ERRATA_MODEL_UNSEEN for another category; NaN where missing; %NULL for TEXT inputs
 * @text: (array length=n_inputs): per TEXT input @n_rows strings, %NULL where missing; else %NULL
 *
 * A block of input rows, column by column.
 */
typedef struct {
    gsize n_rows;
    const double *const *number;
    const char *const *const *text;
} ErrataModelRows;

/**
 * ErrataModelScores:
 * @n_rows: rows of the block
 * @number: (array length=n_outputs): per output @n_rows numbers to fill: the value or the
 *   category's index; NaN where there is none; %NULL for TEXT outputs
 * @text: (array length=n_outputs): per TEXT output @n_rows strings to fill, %NULL where there is
 *   none; they live in @strings or as long as the model
 * @strings: strings made for this block
 *
 * What a model says of a block of rows. Numbers come filled with NaN, texts with %NULL.
 */
typedef struct {
    gsize n_rows;
    double *const *number;
    const char **const *text;
    GStringChunk *strings;
} ErrataModelScores;

typedef struct _ErrataModel ErrataModel;
typedef struct _ErrataModelContainer ErrataModelContainer; /* model-container.h */
typedef struct _ErrataModelTerms ErrataModelTerms;         /* model-terms.h */

/**
 * ErrataModelClass:
 * @predict: fills @scores for a block; called from several threads at once with blocks of their
 *   own, so it changes nothing in @body. An error names the row within the block
 * @free: (nullable): frees @body
 * @features: (nullable): where the model's trees read something else than its inputs' cells: fills
 *   what they read for a block, per feature one number a row, and whether they have a result for
 *   the row at all. Called as @predict is
 * @shares: (nullable): where the library itself shares out margins without rows to compare with:
 *   per row and margin a number per input and the bias, which add up to the margin. Called as
 *   @predict is
 * @terms: (nullable): where the model may add up the words of texts: (transfer full) (nullable):
 *   which, and with what weights
 * @term_values: where there are @terms: what a row has in the column of each. Called as @predict is
 *
 * How a kind of model runs.
 */
typedef struct {
    gboolean (*predict)(const ErrataModel *model,
                        gconstpointer body,
                        const ErrataModelRows *rows,
                        ErrataModelScores *scores,
                        GError **error);
    void (*free)(gpointer body);
    gboolean (*features)(const ErrataModel *model,
                         gconstpointer body,
                         const ErrataModelRows *rows,
                         double *const *ret_number,
                         guint8 *ret_defined,
                         GError **error);
    gboolean (*shares)(const ErrataModel *model,
                       gconstpointer body,
                       const ErrataModelRows *rows,
                       double *ret_phi,
                       GError **error);
    ErrataModelTerms *(*terms)(const ErrataModel *model, gconstpointer body);
    void (*term_values)(const ErrataModel *model,
                        gconstpointer body,
                        const ErrataModelTerms *terms,
                        const ErrataModelRows *rows,
                        gsize row,
                        double *ret_value);
} ErrataModelClass;

/**
 * ErrataModel:
 * @format: id of the model format that read it
 * @framework: e.g. `XGBoost`
 * @version: (nullable): of the framework or of the format, as the file tells it
 * @kind: in words, e.g. `gradient boosted trees`
 * @task: what it predicts, as far as the file tells
 * @inputs: (element-type ErrataModelInput): what it reads, in the model's order
 * @outputs: (element-type ErrataModelOutput): what it gives, in the order they are written
 * @unnamed: the file names no inputs; their names were made up, and columns go by their order
 * @classes: (array zero-terminated=1) (nullable): class labels, in the order of margins
 * @parameters: (element-type ErrataModelFact): hyper-parameters
 * @training: (element-type ErrataModelFact): when, with what, how it went
 * @layers: (element-type ErrataModelLayer): layers and tensors
 * @risks: (element-type ErrataModelRisk)
 * @notes: (element-type utf8): what a reader must know, in words
 * @container: (nullable): what it came in, where that is more than its own file
 * @is_unsafe: opening it as its library does would run what does not belong to a model; such a file
 *   is described and never run here
 * @why_not: (nullable): why it cannot be run; %NULL when it can
 * @klass: (nullable): how it runs
 * @body: what @klass works on
 * @work: numbers of it that every run goes through, where they are many: support vectors, training
 *   rows, weights; 0 where they are few or not known
 * @trees: (nullable): the additive trees that it is, for attribution; their features are @inputs
 * @why_not_trees: (nullable): why there are none, where one would expect them
 *
 * A model as read from a file: immutable and reference counted.
 */
struct _ErrataModel {
    gatomicrefcount ref_count;
    char *format;
    char *framework;
    char *version;
    char *kind;
    ErrataTask task;
    GPtrArray *inputs;
    GPtrArray *outputs;
    gboolean unnamed;
    char **classes;
    GPtrArray *parameters;
    GPtrArray *training;
    GPtrArray *layers;
    GPtrArray *risks;
    GPtrArray *notes;
    ErrataModelContainer *container;
    gboolean is_unsafe;
    char *why_not;
    const ErrataModelClass *klass;
    gpointer body;
    double work;
    ErrataTrees *trees;
    char *why_not_trees;
};

ErrataModel *errata_model_ref(ErrataModel *self);
void errata_model_unref(ErrataModel *self);
guint8 *errata_model_reads(const ErrataModel *self);

static inline const ErrataModelInput *
errata_model_input(const ErrataModel *self, guint index)
{
    return g_ptr_array_index(self->inputs, index);
}

static inline const ErrataModelOutput *
errata_model_output(const ErrataModel *self, guint index)
{
    return g_ptr_array_index(self->outputs, index);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModel, errata_model_unref)

G_END_DECLS
