/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"
#include "model-builder.h"
#include "trees-builder.h"

G_BEGIN_DECLS

#define CB_MAX_DEPTH 16 /* of an oblivious tree: CatBoost's own limit */

/* from the sum of leaves to the prediction, as the loss says */
typedef enum {
    CB_IDENTITY,
    CB_EXP,
    CB_BINARY,
    CB_SOFTMAX,
    CB_ONE_VS_ALL,
    CB_LABELS, /* several labels, each of its own */
    CB_SPREAD, /* mean and logarithm of a standard deviation */
} CbLink;

/**
 * CbFeature:
 * @name: (nullable): as the file tells it
 * @is_listed: the file has it; else its place was skipped
 * @is_category: a string, compared by hash
 * @nan_right: a missing number goes right
 * @n_codes: categories the model knows, each by the hash of its string
 * @code: of a category: hash → code + 1
 * @text: (element-type utf8) (nullable): their strings, if the file tells all of them
 *
 * A column that the model reads; its place among the features is its flat index.
 */
typedef struct {
    char *name;
    gboolean is_listed;
    gboolean is_category;
    gboolean nan_right;
    guint n_codes;
    GHashTable *code;
    GPtrArray *text;
} CbFeature;

/* a condition; rows that meet it go right */
typedef struct {
    guint feature;
    gboolean is_category;
    double border; /* value > border */
    guint32 code;  /* or the hash is the one of that place */
} CbSplit;

/**
 * CbReader:
 * @feature: (element-type CbFeature): by flat index
 * @number, @category: (element-type guint32): flat index of each number and category, by its own
 * index
 * @n_groups: values of a leaf
 * @bias: (array length=n_groups)
 * @model_info: what the file says of the training, as members of an object
 * @loss: (nullable)
 * @classes: (nullable)
 */
typedef struct {
    ErrataModelBuilder *builder;
    GPtrArray *feature;
    GArray *number;
    GArray *category;
    guint n_groups;
    double scale;
    double *bias;
    const char *loss;
    char **classes;
    double border; /* margin from which a row is of the second class */
} CbReader;

typedef struct {
    CbLink link;
    guint n_groups;
    guint n_features;
    double border;
    const ErrataTrees *trees;
    ErrataTrees *own;
    GHashTable **code; /* per feature that is read as a string: hash → code + 1; else NULL */
} CbBody;

extern const ErrataModelClass cb_class;

gboolean cb_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean cb_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

guint32 cb_hash(const char *text, gsize size);

void cb_reader_init(CbReader *self, ErrataModelBuilder *builder);
void cb_reader_clear(CbReader *self);
/* the feature at that place, a new one where there is none yet; NULL with @error set when it is
 * taken */
CbFeature *cb_add_feature(CbReader *self,
                          GArray *indices,
                          double index,
                          double flat,
                          const char *name,
                          GError **error);
/* the code of one more category, which the first of its hash keeps */
guint cb_add_category(CbFeature *feature, guint32 hash);
/* place of the split's feature, checked; FALSE with @error set */
gboolean cb_split_number(const CbReader *self,
                         double index,
                         double border,
                         CbSplit *ret,
                         GError **error);
gboolean cb_split_category(const CbReader *self,
                           double index,
                           double value,
                           CbSplit *ret,
                           GError **error);
/* NULL when there is none */
CbFeature *cb_category(const CbReader *self, double index);
gboolean cb_refuse_ctr(const char *names, GError **error);
/* what the training's parameters say of loss and classes */
void cb_read_training(CbReader *self, const ErrataDatum *params, const ErrataDatum *classes);
/* checks and describes the inputs, the outputs, the body; takes @trees */
gboolean cb_finish(CbReader *self, ErrataTrees *trees, GError **error);

void cb_set_split(const CbReader *self,
                  ErrataTreesBuilder *trees,
                  gsize node,
                  gsize left,
                  gsize right,
                  const CbSplit *split);
gboolean cb_add_tree(const CbReader *self,
                     ErrataTreesBuilder *trees,
                     const CbSplit *split,
                     guint depth,
                     const double *value,
                     const double *weight,
                     GError **error);

ErrataModel *cb_load_json(const ErrataDatumTree *document, GError **error);
ErrataModel *cb_load_binary(const guint8 *bytes, gsize size, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CbReader, cb_reader_clear)

G_END_DECLS
