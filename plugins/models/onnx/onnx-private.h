/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"
#include "model-format.h"
#include "onnx-proto.h"
#include "trees.h"

G_BEGIN_DECLS

/* A graph is compiled into operations on cells; a cell is one row of a tensor. */

typedef struct {
    guint n;
    double *x;
    gboolean is_double; /* else numbers are rounded to single precision */
} OnnxCell;

typedef struct {
    OnnxCell *cell; /* by id */
    GPtrArray *blocks;
    guint block;
    gsize used;
    gboolean lacks; /* an encoder would stop at one of its texts: nothing is told of the row */
} OnnxRow;

/* lengths of a value; of what has rows the first is theirs, and counted as one */
#define ONNX_MOST_RANK 8

typedef struct {
    gboolean is_known; /* else only the numbers of a row are */
    gboolean has_rows; /* else constant */
    guint rank;
    guint length[ONNX_MOST_RANK];
    guint width;       /* numbers of a row */
    gboolean is_whole; /* of a type of whole numbers */
    gboolean is_label; /* the place of a class, not what the graph says */
} OnnxShape;

/* what the leaves of an ensemble may hold that tells few weights of many targets */
#define ONNX_LEAF_NUMBERS (1U << 25)

typedef struct _OnnxOp OnnxOp;
typedef struct _OnnxFunction OnnxFunction;

struct _OnnxOp {
    const OnnxNode *node;
    guint n_in;
    guint *in; /* ids */
    guint out; /* id of its (last) result; a classifier's first is the label's number */
    guint label;
    gboolean (*run)(const OnnxOp *op, OnnxRow *row, GError **error);
    ErrataTrees *trees;
    gboolean has_lent;     /* the trees are the model's */
    gboolean is_binary;    /* trees of one margin for two classes */
    gboolean is_positive;  /* and that margin is a probability */
    gboolean is_second;    /* and that margin is of the second class's weights */
    gboolean is_mirrored;  /* two base values: the first score is the second's negative */
    gboolean gives_double; /* trees whose weights are, encoders whose values are */
    int extreme;           /* −1: the least of all trees counts; 1: the largest; 0: their sum */
    guint n_classes;
    GArray *keys;   /* (nullable): double, of texts the places */
    GArray *values; /* (nullable): double, per key */
    double fallback;
    gboolean gives_exact; /* whole numbers */
    OnnxShape shape;      /* of its last result */
    /* of plain operators, found when the graph is read */
    const OnnxFunction *function; /* (nullable): of one number */
    double a;                     /* and its parameters */
    double b;
    char how; /* two numbers, or those of a row, are joined */
    gboolean is_truth;
};

typedef struct {
    OnnxFile *file;
    GPtrArray *ops; /* OnnxOp */
    guint n_cells;
    GArray *constants;   /* OnnxCell by id; n = 0 where there is none */
    GArray *shapes;      /* OnnxShape by id */
    GArray *input_cell;  /* guint, per input of the graph */
    GArray *input_width; /* guint */
    guint n_inputs;      /* of the model */
    const OnnxOp *lent;  /* (nullable): the ensemble whose trees see computed columns */
    guint prediction;    /* cell; G_MAXUINT */
    guint shares;        /* cell; G_MAXUINT */
    guint n_fields;      /* columns of the first output, where there are no classes */
    guint n_classes;
    double *class_number;   /* NULL: texts */
    GPtrArray *classes;     /* char, NULL-terminated when there are any */
    GPtrArray *made;        /* GArray of doubles, of constants that nodes tell */
    GHashTable *text_code;  /* of each text of the file its place, plus one */
    GHashTable *text_cells; /* ids of cells of texts, plus one */
} OnnxBody;

/* tensors that lie in other files get their numbers */
gboolean onnx_weights_find(OnnxFile *file, const ErrataModelParts *parts, GError **error);
gboolean onnx_weights_describe(const OnnxFile *file, ErrataModelBuilder *builder, GError **error);
/* what a model that is not run takes and gives */
void onnx_describe_values(const OnnxFile *file, ErrataModelBuilder *builder);
void onnx_texts_init(OnnxBody *self);
void onnx_texts_clear(OnnxBody *self);
/* a cell holds texts */
void onnx_text_mark(OnnxBody *self, guint cell);
/* what stands for a text in a cell; @text: (nullable) */
double onnx_text_code(const OnnxBody *self, const char *text);
/* the place of a text that the file holds */
double onnx_text_know(OnnxBody *self, const char *text);
gboolean onnx_compile_texts(OnnxBody *self, OnnxOp *op, GError **error);
gboolean onnx_compile_encoder(OnnxBody *self, OnnxOp *op, gboolean of_texts, GError **error);
/* a label taken from a constant list of classes */
gboolean onnx_compile_label(OnnxBody *self,
                            OnnxOp *op,
                            ErrataModelBuilder *builder,
                            GError **error);

/* whether the trees of an operator can be shared out among the inputs; they get owners */
gboolean onnx_columns_own(const OnnxBody *self, OnnxOp *ensemble);
double *onnx_alloc(OnnxRow *row, guint n);
/* an operator's last result gets room for @n numbers */
double *onnx_set(const OnnxOp *op, OnnxRow *row, guint n, gboolean is_double);
/* to single precision, where that is its type */
void onnx_round(const OnnxOp *op, OnnxRow *row);
gboolean onnx_fail(GError **error, const OnnxNode *node, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
gboolean onnx_refuse(GError **error, const OnnxNode *node, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* sets how the operation runs; FALSE with an error when it is not known */
gboolean onnx_compile_op(OnnxOp *op, GError **error);
/* FALSE when it is none of these, without an error */
gboolean onnx_compile_plain(OnnxOp *op);
OnnxShape onnx_shape_of_constant(const GArray *dims, guint n, int type);
gboolean onnx_shape_of_input(const OnnxValueInfo *info, guint width, OnnxShape *ret);
/* whether an output is declared as it is computed */
gboolean onnx_shape_agrees(const OnnxShape *self, const OnnxValueInfo *info);
gboolean onnx_find_shape(const OnnxBody *self, OnnxOp *op, GHashTable *cells, GError **error);
gboolean onnx_compile_trees(OnnxOp *op, GError **error);
gboolean onnx_compile_svm(OnnxOp *op, GError **error);
gboolean onnx_compile_forest(OnnxOp *op, GError **error);
gboolean onnx_branch(const char *mode,
                     gboolean tracks,
                     ErrataNodeFlags *ret_flags,
                     gboolean *ret_swapped);
gboolean onnx_run_trees(const OnnxOp *op, OnnxRow *row, GError **error);
void onnx_post(const char *transform, double *x, guint n);
/* (nullable): the transform that is computed of the sums */
const char *onnx_transform(const OnnxOp *op);
/* the number of the chosen class, for the label's cell */
void onnx_put_label(const OnnxOp *op, OnnxRow *row, guint best);
/* how many columns a node takes of its first input; 0 when it does not tell */
guint onnx_columns_taken(const OnnxNode *node);

G_END_DECLS
