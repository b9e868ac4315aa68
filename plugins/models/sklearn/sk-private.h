/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "model-builder.h"
#include "pickle-array.h"

G_BEGIN_DECLS

typedef enum {
    SK_STEP_SCALE,  /* (x − a) × b, or over b, and + c, then within low … high */
    SK_STEP_IMPUTE, /* a where missing, or where it is b */
    SK_STEP_NORMALIZE,
    SK_STEP_PROJECT, /* PCA and the like: (x − a) · matrix */
    SK_STEP_ENCODE,  /* categories to numbers, one or many */
    SK_STEP_COLUMNS, /* parts of the columns, each its own way, side by side */
    SK_STEP_MISSING, /* 1 where missing, else 0 */
    SK_STEP_SELECT,  /* some of the columns: `first` of them */
    SK_STEP_BINARIZE,
    SK_STEP_FUNCTION,  /* of each number */
    SK_STEP_POWERS,    /* products of columns: `first` runs of `dropped` columns */
    SK_STEP_QUANTILES, /* ranks among a column's quantiles, as such or of a normal distribution */
    SK_STEP_POWER,     /* Yeo and Johnson's, or Box and Cox's; `a` exponents */
    SK_STEP_WORDS,     /* how often each term comes in a text, whose place is the cell */
    SK_STEP_BINS,      /* the bin among the edges `values`, as a number or one of many */
    SK_STEP_LANDMARKS, /* distances to rows that were kept, or kernels with them */
    SK_STEP_SPLINE,    /* the values of splines of each column */
    SK_STEP_MODELLED,  /* missing cells by what the other columns tell */
} SkStepKind;

typedef enum {
    SK_NORM_L1,
    SK_NORM_L2,
    SK_NORM_MAX,
} SkNorm;

/* of a number, by the names that numpy has for them */
typedef enum {
    SK_NO_FUNCTION,
    SK_FUNCTION_LOG,
    SK_FUNCTION_LOG1P,
    SK_FUNCTION_LOG2,
    SK_FUNCTION_LOG10,
    SK_FUNCTION_EXP,
    SK_FUNCTION_EXPM1,
    SK_FUNCTION_EXP2,
    SK_FUNCTION_SQRT,
    SK_FUNCTION_SQUARE,
    SK_FUNCTION_CBRT,
    SK_FUNCTION_ABSOLUTE,
    SK_FUNCTION_NEGATIVE,
    SK_FUNCTION_RECIPROCAL,
    SK_FUNCTION_SIN,
    SK_FUNCTION_COS,
    SK_FUNCTION_TANH,
    SK_FUNCTION_SINH,
    SK_FUNCTION_COSH,
    SK_FUNCTION_ARCSINH,
    SK_FUNCTION_ARCTAN,
    SK_FUNCTION_SIGN,
    SK_FUNCTION_FLOOR,
    SK_FUNCTION_CEIL,
    SK_FUNCTION_RINT,
    SK_FUNCTION_TRUNC,
    SK_FUNCTION_SUBLINEAR, /* 1 + log, 0 of 0; no name of numpy's */
} SkFunction;

/**
 * SkStep:
 * @n_in, @n_out: columns before and after
 * @a, @b, @c: (array length=n_in) (nullable)
 * @matrix: (array length=n_out*n_in) (nullable): rows are outputs
 * @low, @high: bounds of a clipped scaling, else ∓∞
 * @divides: SCALE: by b, as the library rounds it
 * @one_hot: ENCODE: a column per category; else the category's number
 * @first, @values: ENCODE: categories of column i are values first[i] … first[i+1]
 * @code: ENCODE: per category its code; @n_codes per column
 * @dropped: ENCODE one-hot: per column the code without a column, G_MAXUINT for none
 * @missing: ENCODE: per column the category that stands for a missing cell, or G_MAXUINT
 * @is_none: ENCODE: per column whether that category is None, which has a code as any other
 * @pool: ENCODE: per column the code of rare categories, or G_MAXUINT
 * @unknown, @absent: ENCODE: numbers for categories never seen, and for missing cells
 * @refuses: ENCODE: the library raises an error on a category never seen
 * @pools_unknown: ENCODE: it takes it for a rare one
 * @parts: COLUMNS: (element-type SkPart)
 * @keeps_zeros: QUANTILES: of a sparse matrix, whose zeros it leaves alone
 * @refuses_missing, @refuses_infinite: cells on which the library raises an error
 */
typedef struct {
    SkStepKind kind;
    guint n_in;
    guint n_out;
    double *a;
    double *b;
    double *c;
    double *matrix;
    double low;
    double high;
    gboolean divides;
    SkNorm norm;
    gboolean one_hot;
    guint *first;
    double *values;
    guint *dropped;
    guint *missing;
    guint *is_none;
    guint *pool;
    guint *code;
    guint *n_codes;
    double unknown;
    double absent;
    gboolean refuses;
    gboolean pools_unknown;
    GPtrArray *parts;
    gboolean keeps_zeros;
    gboolean refuses_missing;
    gboolean refuses_infinite;
    SkFunction function;
    struct _SkWords *words;     /* WORDS */
    struct _SkImputer *imputer; /* MODELLED */
    struct _SkSpline *spline;   /* SPLINE */
    struct _SkLandmarks *landmarks;
} SkStep;

typedef struct {
    GArray *columns;  /* guint, of what comes in */
    GPtrArray *steps; /* SkStep; none: passed through */
    guint n_out;
} SkPart;

typedef enum {
    SK_TREES,
    SK_LINEAR,
    SK_GAUSSIAN,
    SK_NETWORK,
    SK_QUADRATIC,   /* discriminant analysis */
    SK_CATEGORICAL, /* naive Bayes of categories */
    SK_ISOLATION,
    SK_SVM,
    SK_NEIGHBORS,
    SK_ENSEMBLE,
    SK_BOOSTER,  /* of another library */
    SK_VERSUS,   /* each class against each other */
    SK_TARGETS,  /* several targets */
    SK_MIXTURE,  /* of normal distributions */
    SK_OUTLYING, /* a score less an offset: from an ellipse around the bulk, or among neighbours */
} SkPredictorKind;

typedef enum {
    SK_LINK_NONE,     /* classes by the largest margin, no probabilities */
    SK_LINK_SHARES,   /* the margins are probabilities */
    SK_LINK_LOGISTIC, /* of two classes one margin; of more one against the rest, made to sum 1 */
    SK_LINK_SOFTMAX,
    SK_LINK_HUBER, /* the margin within −1 … 1, from 0 to 1; of more classes made to sum 1 */
    SK_LINK_OWN,   /* the kind gives probabilities itself */
    SK_LINK_EXP,   /* of a regression */
} SkLink;

/* a layer of a network: activation(x · weights + bias) */
typedef struct {
    guint n_in;
    guint n_out;
    double *weights; /* n_in × n_out */
    double *bias;
} SkLayer;

typedef enum {
    SK_IDENTITY,
    SK_RELU,
    SK_TANH,
    SK_LOGISTIC,
} SkActivation;

typedef struct _SkSvm SkSvm;
typedef struct _SkNeighbors SkNeighbors;
typedef struct _SkEnsemble SkEnsemble;
typedef struct _SkBooster SkBooster;
typedef struct _SkVersus SkVersus;
typedef struct _SkImputer SkImputer;
typedef struct _SkTargets SkTargets;
typedef struct _SkSpline SkSpline;
typedef struct _SkDensity SkDensity;
typedef struct _SkLandmarks SkLandmarks;

/**
 * SkBody:
 * @n_inputs: of the model
 * @steps: (element-type SkStep): what happens to a row first
 * @n_features: columns that the predictor sees
 * @n_margins: numbers it gives
 * @coefficient, @intercept: LINEAR: @n_margins × @n_features, @n_margins
 * @mean, @variance, @prior: GAUSSIAN: per class and feature; per class
 * @layers, @activation: NETWORK
 * @takes_missing: the predictor itself knows what to do with a missing number
 * @own_trees: the trees are this body's, not the model's
 * @scalings, @rotations: QUADRATIC: per class numbers and a matrix
 * @tables: CATEGORICAL: per feature how many categories, then per class their log probabilities
 * @start: (nullable): TREES: what they begin with is what this says of the row
 * @offset, @factor: ISOLATION: of the decision; of the sum of depths
 * @class_number: (nullable): per class its number, where classes are numbers
 * @class_name: (element-type utf8) (nullable): per class its label
 * @scale: factor of the margin within the link
 */
typedef struct _SkBody {
    guint n_inputs;
    GPtrArray *steps;
    guint n_features;
    SkPredictorKind kind;
    guint n_margins;
    ErrataTrees *trees;
    double *coefficient;
    double *intercept;
    double *mean;
    double *variance;
    double *prior;
    GPtrArray *layers;
    SkActivation activation;
    SkLink link;
    double scale;
    guint n_classes; /* 0: a regression */
    guint n_values;  /* of a regression of several numbers: how many, the margins; else 0 */
    double *class_number;
    GPtrArray *class_name;
    gboolean takes_missing; /* also after the steps */
    gboolean only_shares;   /* the library gives its probabilities, not its margins */
    gboolean hides_margins; /* it gives margins, too, that are not computed here */
    gboolean own_trees;
    GPtrArray *scalings;
    GPtrArray *rotations;
    GPtrArray *tables;
    struct _SkBody *start;
    double offset;
    double factor;
    struct _SkUndo *undo; /* (nullable): from what a regression gives to the target */
    SkSvm *svm;
    SkNeighbors *neighbors;
    SkEnsemble *ensemble;
    SkBooster *booster;
    SkVersus *versus;
    SkTargets *targets;
    SkDensity *density;
    SkPredictorKind joint; /* TARGETS whose margins are of one model: its kind */
} SkBody;

/**
 * SkAnswer:
 * @margin: (array length=n_margins)
 * @share: (array length=n_classes): probabilities, where there are
 * @value: of a regression; 1 and −1 of what finds outliers
 * @best: the class
 * @lacks: a step could not tell a number that the predictor needs
 * @one, @two: room for a row on its way
 * @texts: (nullable): by input, the row's text; its cell is then its own place in the list
 *
 * What a body says of a row.
 */
typedef struct {
    double *margin;
    double *share;
    double value;
    guint best;
    gboolean lacks;
    double *one;
    double *two;
    const char *const *texts;
} SkAnswer;

extern const ErrataModelClass sk_class;
extern const ErrataModelClass sk_class_of_columns; /* its trees see computed columns */

SkBody *sk_body_new(void);
void sk_body_free(gpointer body);
/* the model's columns, or those that an ensemble sees */
void sk_body_answer(const SkBody *self, const double *row, SkAnswer *answer);
/* the cells of a row, and its texts */
void sk_read_cells(const SkBody *body,
                   const ErrataModelRows *rows,
                   gsize row,
                   double *ret_cell,
                   const char **ret_texts);
void sk_answer_init(SkAnswer *self, const SkBody *body);
void sk_answer_clear(SkAnswer *self);
/* classes have probabilities */
gboolean sk_body_has_shares(const SkBody *self);
/* what scikit-learn asks of it where it is part of another model: its margins, where it gives
 * some */
gboolean sk_body_is_asked(const SkBody *self, gboolean *ret_by_share, GError **error);

/* trees behind steps: whose their columns are, and what they read of a row */
gboolean sk_columns_own(const SkBody *body);
gboolean sk_columns_fill(const ErrataModel *model,
                         gconstpointer data,
                         const ErrataModelRows *rows,
                         double *const *ret_number,
                         guint8 *ret_defined,
                         GError **error);

/* of columns between steps */
typedef enum {
    SK_ZEROS_KEPT,     /* a dense table */
    SK_ZEROS_LEFT_OUT, /* a sparse matrix that holds no zeros */
    SK_ZEROS_UNSURE,   /* one that may hold some of them */
} SkZeros;

/* what a loader knows while it reads */
typedef struct {
    ErrataModelBuilder *builder;
    SkBody *body;
    guint n_inputs;
    GPtrArray *names;          /* char, of the inputs */
    GPtrArray **categories;    /* per input, where an encoder names them */
    GArray *fills;             /* texts of imputers that wait for their encoder */
    gboolean *refuses_missing; /* per input, by its encoder */
    gboolean *refuses_unseen;
    gboolean *may_miss;
    gboolean *is_text;
    gboolean takes_missing;
    gboolean is_unnamed;
    GArray *raw;      /* of what the predictor sees: per column the input it is */
    guint depth;      /* models within models */
    guint step_depth; /* steps within steps */
    GHashTable *seen; /* objects read */
    guint n_again;    /* of them read once more */
    gsize n_wide;     /* columns that parts of steps take */
    SkZeros zeros;    /* of the columns behind what was read so far */
    /* a step adds up as many numbers as there were training rows, in an order that is the library's
     * own: what it gives is right but for rounding that grows with them */
    gboolean is_rounded;
} SkReader;

#define SK_MAX_DEPTH      6
#define SK_MAX_STEP_DEPTH 64
#define SK_MAX_AGAIN      64
#define SK_MAX_FACTORS    256 /* whose matrix is inverted */
#define SK_MAX_WIDE       (1U << 24)

gboolean sk_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean sk_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* a new array of @n numbers from the object's attribute; NULL with an error */
double *sk_numbers(const PickleValue *object, const char *name, gsize n, GError **error);
/* whether it is an array of float32, as of a training on such numbers */
gboolean sk_is_single(const PickleValue *value);
gboolean sk_flag(const PickleValue *object, const char *name, gboolean fallback);
double sk_number(const PickleValue *object, const char *name, double fallback);

/* parameters of a model and of what is within it */
void sk_describe(const PickleValue *object, ErrataModelBuilder *builder);
void sk_describe_booster(const PickleValue *object, ErrataModel *model);
/* FALSE where the same few objects stand in one another so often that they would never be done
 * with */
gboolean sk_may_read(SkReader *reader, const PickleValue *object, GError **error);
/* FALSE where the parts of steps take too many columns together, however few there are */
gboolean sk_may_widen(SkReader *reader, guint n, GError **error);
/* @raw: per column the input it is, G_MAXUINT for what is computed; what comes out replaces it */
gboolean sk_read_step(SkReader *reader,
                      const PickleValue *object,
                      GArray *raw,
                      GPtrArray *steps,
                      GError **error);
void sk_step_free(gpointer step);
/* @in has room for the widest of all stages, as has @out; the result lies in what is returned;
 * @ret_refused is set where the library would raise an error, and else left */
double *sk_run_steps(const GPtrArray *steps,
                     const char *const *texts,
                     double *in,
                     double *out,
                     gboolean *ret_refused);
void sk_finite_take(const PickleValue *object, SkStep *step);
gboolean sk_finite_refuses(const SkStep *step, const double *in);
guint sk_widest(const GPtrArray *steps, guint n_in);

SkZeros sk_zeros_after(const PickleValue *object, SkZeros before);
gboolean sk_read_more_steps(SkReader *reader,
                            const PickleValue *object,
                            GArray *raw,
                            GPtrArray *steps,
                            gboolean *ret_is,
                            GError **error);
gboolean sk_read_selector(const PickleValue *object,
                          GArray *raw,
                          GPtrArray *steps,
                          gboolean *ret_is,
                          GError **error);
/* what the trees of a model make of each of @n features; refused where it is no model of trees */
gboolean sk_tree_importances(const PickleValue *object, guint n, double *ret, GError **error);
gboolean sk_read_spline(SkReader *reader,
                        const PickleValue *object,
                        GArray *raw,
                        GPtrArray *steps,
                        GError **error);
void sk_spline_run(const SkSpline *self, const double *in, double *out);
/* the straight lines between points, @x ascending; beyond them the last, or nothing */
SkSpline *sk_spline_of_lines(const double *x, const double *y, guint n, gboolean clips);
/* columns made of each column */
guint sk_spline_width(const SkSpline *self);
void sk_spline_free(SkSpline *self);
gboolean sk_read_landmarks(SkReader *reader,
                           const PickleValue *object,
                           GArray *raw,
                           GPtrArray *steps,
                           gboolean *ret_is,
                           GError **error);
void sk_landmarks_run(const SkLandmarks *self, const double *in, double *out);
void sk_landmarks_free(SkLandmarks *self);
void sk_run_more_steps(const SkStep *step, const double *in, double *out);
SkFunction sk_function_of(const PickleValue *global);
double sk_function_value(SkFunction function, double x);
SkStep *sk_step_new(GPtrArray *steps, SkStepKind kind, guint n);
/* the part's weight among its neighbours, where it has one */
gboolean sk_weigh_part(const PickleValue *object,
                       const PickleValue *entry,
                       SkPart *part,
                       GError **error);
gboolean sk_read_encoder(SkReader *reader,
                         const PickleValue *object,
                         gboolean one_hot,
                         GArray *raw,
                         GPtrArray *steps,
                         GError **error);
gboolean sk_read_imputer(SkReader *reader,
                         const PickleValue *object,
                         GArray *raw,
                         GPtrArray *steps,
                         GError **error);
gboolean sk_read_indicator(SkReader *reader,
                           const PickleValue *object,
                           GArray *raw,
                           GPtrArray *steps,
                           GError **error);
gboolean sk_read_model_imputer(SkReader *reader,
                               const PickleValue *object,
                               const GArray *raw,
                               GPtrArray *steps,
                               GError **error);
gboolean sk_steps_may_lack(const GPtrArray *steps);
void sk_imputer_run(const SkImputer *self, const double *in, double *out);
void sk_imputer_free(SkImputer *self);
GArray *sk_fills_new(void);
void sk_encode(const SkStep *step, const double *in, double *out);
void sk_part_free(gpointer part);
void sk_step_forget(GArray *raw, guint n);

/* a model and the steps before it, of columns @raw, into the reader's body */
gboolean sk_read_model(SkReader *reader, const PickleValue *object, GArray *raw, GError **error);
/* the same as a body of its own; NULL with @error set */
SkBody *sk_read_member(SkReader *reader, const PickleValue *object, GArray *raw, GError **error);
gboolean sk_read_linear(SkReader *reader, const PickleValue *object, GError **error);
/* a regression may tell several numbers, where it is not part of another model */
gboolean sk_take_values(SkReader *reader, gsize n_values, GError **error);
gboolean sk_read_bayes(SkReader *reader,
                       const PickleValue *object,
                       gboolean *ret_is,
                       GError **error);
void sk_quadratic_margin(const SkBody *body, const double *x, double *margin);
void sk_gaussian_margin(const SkBody *body, const double *x, double *margin);
gboolean sk_read_svm(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error);
void sk_svm_run(const SkBody *body, const double *x, SkAnswer *answer);
gboolean sk_svm_finds_outliers(const SkBody *body);
void sk_svm_free(SkSvm *self);
gboolean sk_read_neighbors(SkReader *reader,
                           const PickleValue *object,
                           gboolean *ret_is,
                           GError **error);
void sk_neighbors_run(const SkBody *body, const double *x, SkAnswer *answer);
void sk_neighbors_margin(const SkBody *body, const double *x, double *margin);
/* a classifier of several targets */
gboolean sk_neighbors_tell_several(const PickleValue *object);
gboolean sk_read_joint_neighbors(SkReader *reader,
                                 const PickleValue *object,
                                 const guint *width,
                                 guint n,
                                 GError **error);
void sk_neighbors_free(SkNeighbors *self);
/* models that are a constant, a linear form in other words, or sums of a kernel's values */
gboolean sk_read_simple(SkReader *reader,
                        const PickleValue *object,
                        gboolean *ret_is,
                        GError **error);
gboolean sk_is_dummy(const PickleValue *object);
gboolean sk_is_isotonic(const PickleValue *object);
gboolean sk_read_joint_dummy(SkReader *reader,
                             const PickleValue *object,
                             const guint *width,
                             guint n,
                             GError **error);
/* the place of a label among classes; FALSE where it is none of them */
gboolean sk_find_class(const PickleArray *classes, const PickleValue *label, guint *ret);
void sk_categorical_margin(const SkBody *body, const double *x, double *margin);
gboolean sk_read_ensemble(SkReader *reader,
                          const PickleValue *object,
                          gboolean *ret_is,
                          GError **error);
void sk_ensemble_run(const SkBody *body, const double *x, SkAnswer *answer);
void sk_ensemble_free(SkEnsemble *self);
gboolean sk_read_versus(SkReader *reader,
                        const PickleValue *object,
                        gboolean *ret_is,
                        GError **error);
void sk_versus_run(const SkBody *body, const double *x, SkAnswer *answer);
void sk_versus_free(SkVersus *self);
gboolean sk_read_density(SkReader *reader,
                         const PickleValue *object,
                         gboolean *ret_is,
                         GError **error);
void sk_density_margin(const SkBody *body, const double *x, double *margin);
void sk_density_conclude(const SkBody *body, SkAnswer *answer);
void sk_density_free(SkDensity *self);
gboolean sk_is_targets(const PickleValue *object);
gboolean sk_read_targets(SkReader *reader, const PickleValue *object, GError **error);
void sk_add_targets(SkReader *reader);
guint sk_targets_n_numbers(const SkBody *whole);
void sk_targets_run(const SkBody *whole, const double *x, SkAnswer *answer);
void sk_targets_write(const SkBody *whole,
                      gsize row,
                      const SkAnswer *answer,
                      ErrataModelScores *scores);
void sk_targets_free(SkTargets *self);
ErrataTrees *sk_merge_trees(const GPtrArray *bodies, guint n_features);
/* the classes of @value into @body */
gboolean sk_take_classes(SkBody *body, const PickleValue *value, GError **error);
gboolean sk_read_network(SkReader *reader, const PickleValue *object, GError **error);
/* a tree or a forest for @n targets of @width classes each */
gboolean sk_read_joint_trees(SkReader *reader,
                             const PickleValue *object,
                             const guint *width,
                             guint n,
                             GError **error);
/* the margins of a row, and what follows from them */
void sk_body_margin(const SkBody *body, const double *x, double *margin);
void sk_body_conclude(const SkBody *body, SkAnswer *answer);
typedef struct _SkWords SkWords;
gboolean sk_is_vectorizer(const PickleValue *object);
gboolean sk_read_vectorizer(SkReader *reader,
                            const PickleValue *object,
                            GArray *raw,
                            GPtrArray *steps,
                            GError **error);
gboolean sk_read_tfidf(const PickleValue *object, guint n, GPtrArray *steps, GError **error);
void sk_words_run(const SkWords *self, const char *text, double *out);
void sk_words_free(SkWords *self);
/* per column the term that it counts; NULL of hashes */
void sk_words_terms(const SkWords *self, const char **ret_term);
/* how the words of texts are weighed, where they are added up */
ErrataModelTerms *sk_terms(const ErrataModel *model, gconstpointer data);
void sk_term_values(const ErrataModel *model,
                    gconstpointer data,
                    const ErrataModelTerms *terms,
                    const ErrataModelRows *rows,
                    gsize row,
                    double *ret_value);
/* the one model within a dictionary or list, or @root itself; NULL with @error set */
const PickleValue *sk_open_container(const PickleValue *root, char **ret_place, GError **error);
GPtrArray *sk_container_names(const PickleValue *root, guint n);
/* a wrapper or a booster of XGBoost or LightGBM */
gboolean sk_is_booster(const PickleValue *object);
/* (transfer full): the booster's own model; NULL with @error set */
void sk_booster_name_inputs(const PickleValue *object, ErrataModel *model);
double *sk_matrix(const PickleValue *object,
                  const char *name,
                  gsize n_columns,
                  gsize *ret_rows,
                  GError **error);
typedef struct _SkUndo SkUndo;
SkUndo *sk_undo_new(const PickleValue *transformer, GError **error);
void sk_undo_free(SkUndo *self);
/* NULL-safe: nothing is undone */
double sk_undo_value(const SkUndo *self, double x);
double sk_undo_scale(const SkUndo *self);
ErrataLink sk_undo_link(const SkUndo *self, ErrataLink link);
ErrataModel *sk_booster_model(const PickleValue *object, GError **error);
gboolean sk_read_booster(SkReader *reader, const PickleValue *object, GError **error);
void sk_booster_run(const SkBody *body, const double *x, SkAnswer *answer);
void sk_booster_cells(const SkBody *body, double *x);
void sk_booster_free(SkBooster *self);
gboolean sk_read_histogram(SkReader *reader,
                           const PickleValue *object,
                           gboolean *ret_is,
                           GError **error);
gboolean sk_read_predictor(SkReader *reader, const PickleValue *object, GError **error);
gboolean sk_read_trees(SkReader *reader,
                       const PickleValue *object,
                       gboolean *ret_is,
                       GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SkAnswer, sk_answer_clear)

/* Returns: (transfer full): a copy, which is there for no bytes, too */
static inline gpointer
sk_copy(gconstpointer bytes, gsize n)
{
    char *copy = g_malloc(n + 1);

    if (n > 0)
        memcpy(copy, bytes, n);
    return copy;
}

G_END_DECLS
