/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where there is no model: boosted trees that follow the logged scores, trained on half of a sample
 * of rows and tried on the other half, whose shares are shown with how well they follow, as those
 * of the surrogate and never of the model. Trees that follow too badly explain nothing and are not
 * used. */
#include "attribution-surrogate.h"

#include <math.h>
#include <string.h>

#include "frame-select.h"
#include "outcome-rows.h"
#include "parallel.h"
#include "precision.h"
#include "rng.h"
#include "treeshap.h"

#define SURROGATE_ROWS    24000 /* sampled, half of them to train on */
#define SURROGATE_LEAST   1000  /* of those, with something to follow */
#define SURROGATE_SHARED  4000  /* of those tried on, shared out at most */
#define SURROGATE_BINS    64
#define SURROGATE_ROUNDS  60
#define SURROGATE_CLASSES 10
#define SURROGATE_MANY    200 /* trees at most, of several classes */
#define SURROGATE_R2      0.8
#define SURROGATE_AUC     0.9
#define SURROGATE_NOTHING 0.05 /* an R² under which the mean does as well */
#define SURROGATE_GRAIN   128
#define SURROGATE_STAGE   29 /* of the random numbers */

void
attribution_surrogate_clear(Surrogate *self)
{
    g_free(self->row);
    g_free(self->value);
    errata_frame_unref(self->frame);
    errata_bins_free(self->bins);
    g_free(self->columns);
    g_free(self->bin);
    g_free(self->train);
    g_free(self->held);
    errata_boost_free(self->boost);
}

SurrogateTarget
attribution_surrogate_target(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (outcome->task == ERRATA_TASK_BINARY && outcome->score != NULL)
        return SURROGATE_SCORE;
    if (outcome->task == ERRATA_TASK_REGRESSION && outcome->predicted_value != NULL)
        return SURROGATE_NUMBER;
    if ((outcome->task == ERRATA_TASK_BINARY || outcome->task == ERRATA_TASK_MULTICLASS) &&
        outcome->predicted != NULL && analysis->schema->n_classes >= 2 &&
        analysis->schema->n_classes <= SURROGATE_CLASSES)
        return SURROGATE_CLASS;
    return SURROGATE_NONE;
}

/**
 * attribution_surrogate_why_not:
 *
 * Returns: (nullable): why no surrogate can be trained on the log; %NULL when one can
 */
const char *
attribution_surrogate_why_not(const ErrataAnalysis *analysis)
{
    guint n = 0;

    for (guint i = 0; i < analysis->schema->n_columns; i++)
        n += analysis->schema->columns[i].role == ERRATA_ROLE_FEATURE ||
                     analysis->schema->columns[i].role == ERRATA_ROLE_GROUP
                 ? 1
                 : 0;
    if (attribution_surrogate_target(analysis) == SURROGATE_NONE)
        return "the log has neither attributions nor scores to follow";
    if (n == 0)
        return "the log has neither attributions nor features";
    if (analysis->frame->n_rows < SURROGATE_LEAST)
        return "the log has no attributions and too few rows to follow its scores by";
    return NULL;
}

static double
surrogate_value(const Surrogate *self, gsize row)
{
    const ErrataOutcome *outcome = self->analysis->outcome;

    switch (self->target) {
    case SURROGATE_SCORE:
        return outcome->score[row];
    case SURROGATE_NUMBER:
        return outcome->predicted_value[row];
    case SURROGATE_CLASS:
        return outcome->predicted[row] >= 0 ? outcome->predicted[row] : (double)NAN;
    case SURROGATE_NONE:
        break;
    }
    return (double)NAN;
}

/* a sample of the rows that have something to follow */
static void
surrogate_sample(Surrogate *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    gsize n;
    g_autofree gsize *row = errata_model_cells_sample(analysis->frame->n_rows,
                                                      SURROGATE_ROWS,
                                                      analysis->settings->seed + SURROGATE_STAGE,
                                                      &n);

    self->row = g_new(guint32, MAX(n, 1));
    self->value = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        double value = surrogate_value(self, row[i]);

        if (!isfinite(value))
            continue;
        self->row[self->n] = (guint32)row[i];
        self->value[self->n++] = value;
    }
}

/* rows of one entity, and copies of a row, are on one side */
static guint64
surrogate_key(const Surrogate *self, gsize i)
{
    const ErrataSettings *settings = self->analysis->settings;
    const ErrataColumn *entity = settings->entity != NULL
                                     ? errata_frame_find(self->frame, settings->entity, NULL)
                                     : NULL;
    guint64 key = 0;

    if (entity != NULL)
        return errata_column_hash(entity, i);
    for (guint c = 0; c < self->n_columns; c++)
        key = errata_rng_mix(key ^ self->columns[c].code[i]);
    return key;
}

static void
surrogate_prepare(Surrogate *self)
{
    const ErrataAnalysis *analysis = self->analysis;

    self->frame = errata_frame_select(analysis->frame, self->row, self->n);
    self->bins = errata_bins_new(self->frame,
                                 analysis->schema,
                                 NULL,
                                 SURROGATE_BINS,
                                 analysis->settings->seed);
    self->columns = g_new0(ErrataBoostColumn, self->bins->n_columns + 1);
    self->bin = g_new0(guint, self->bins->n_columns + 1);
    for (guint c = 0; c < self->bins->n_columns; c++) {
        const ErrataBinColumn *bin = &self->bins->columns[c];

        if (bin->derived != NULL || bin->n_codes + (bin->n_missing > 0 ? 1 : 0) < 2)
            continue;
        self->bin[self->n_columns] = c;
        self->columns[self->n_columns++] =
            (ErrataBoostColumn){bin->code, bin->n_codes, bin->numeric};
    }
    self->train = g_new(guint32, MAX(self->n, 1));
    self->held = g_new(guint32, MAX(self->n, 1));
    for (gsize i = 0; i < self->n; i++) {
        ErrataRng rng =
            errata_rng_init(analysis->settings->seed, SURROGATE_STAGE, surrogate_key(self, i));

        if (errata_rng_below(&rng, 2) == 0)
            self->train[self->n_train++] = (guint32)i;
        else
            self->held[self->n_held++] = (guint32)i;
    }
}

/* 1 − squared differences over those from the mean */
static double
surrogate_r2(const Surrogate *self, const double *said)
{
    double mean = 0.0, rest = 0.0, all = 0.0;

    for (gsize i = 0; i < self->n_held; i++)
        mean += self->value[self->held[i]] / (double)self->n_held;
    for (gsize i = 0; i < self->n_held; i++) {
        double value = self->value[self->held[i]];

        rest += (value - said[i]) * (value - said[i]);
        all += (value - mean) * (value - mean);
    }
    return all > 0.0 ? 1.0 - rest / all : (double)NAN;
}

typedef struct {
    double said;
    gboolean in;
} Placed;

static int
surrogate_compare(const void *a, const void *b)
{
    const Placed *x = a;
    const Placed *y = b;

    return x->said < y->said ? -1 : x->said > y->said ? 1 : 0;
}

/* area under the ROC curve of one class against the others; ties count half */
static double
surrogate_auc(const Surrogate *self, const double *said, guint n_outputs, guint class)
{
    g_autofree Placed *placed = g_new(Placed, MAX(self->n_held, 1));
    double ranks = 0.0, n_in = 0.0, n = (double)self->n_held;

    for (gsize i = 0; i < self->n_held; i++) {
        double value = self->value[self->held[i]];

        placed[i].in = fabs(value - class) < 0.5;
        placed[i].said = n_outputs == 1 ? said[i] : said[i * n_outputs + class];
    }
    qsort(placed, self->n_held, sizeof *placed, surrogate_compare);
    for (gsize i = 0; i < self->n_held;) {
        gsize end = i;

        while (end < self->n_held && !(placed[end].said > placed[i].said))
            end++;
        for (gsize k = i; k < end; k++)
            if (placed[k].in) {
                ranks += 0.5 * (double)(i + end + 1);
                n_in += 1.0;
            }
        i = end;
    }
    return n_in > 0.0 && n_in < n ? (ranks - 0.5 * n_in * (n_in + 1.0)) / (n_in * (n - n_in))
                                  : (double)NAN;
}

/* of several classes, the mean over those that come up */
static double
surrogate_fidelity(const Surrogate *self, const double *said)
{
    guint n = self->analysis->schema->n_classes, n_known = 0;
    double sum = 0.0;

    if (self->target != SURROGATE_CLASS)
        return surrogate_r2(self, said);
    if (n == 2)
        return surrogate_auc(self, said, 1, 1);
    for (guint class = 0; class < n; class ++) {
        double auc = surrogate_auc(self, said, n, class);

        sum += isnan(auc) ? 0.0 : auc;
        n_known += isnan(auc) ? 0 : 1;
    }
    return n_known > 0 ? sum / n_known : (double)NAN;
}

static void
surrogate_train(Surrogate *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    guint n_classes = analysis->schema->n_classes;
    ErrataBoostLoss loss = self->target == SURROGATE_NUMBER ? ERRATA_BOOST_SQUARED
                           : self->target == SURROGATE_SCORE || n_classes == 2
                               ? ERRATA_BOOST_LOGISTIC
                               : ERRATA_BOOST_SOFTMAX;
    ErrataBoostParams params = errata_boost_params(loss, n_classes, analysis->settings->seed);
    g_autofree double *said = NULL;

    params.rounds = loss == ERRATA_BOOST_SOFTMAX ? SURROGATE_MANY / n_classes : SURROGATE_ROUNDS;
    params.halvings = 0;
    self->boost = errata_boost_train(self->columns,
                                     self->n_columns,
                                     self->train,
                                     self->n_train,
                                     self->value,
                                     &params);
    said = g_new(double, self->n_held *errata_boost_n_outputs(self->boost));
    errata_boost_predict(self->boost, self->columns, self->held, self->n_held, said);
    self->fidelity = surrogate_fidelity(self, said);
}

typedef struct {
    const ErrataTreeshap *shap;
    const double *const *number;
    guint n_columns;
    gsize width; /* numbers per row */
    double *phi;
} SurrogateShares;

static void
surrogate_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const SurrogateShares *work = data;
    g_autofree const double **number = g_new(const double *, work->n_columns + 1);

    for (guint c = 0; c < work->n_columns; c++)
        number[c] = work->number[c] + begin;
    errata_treeshap_rows(work->shap, number, end - begin, work->phi + begin * work->width);
}

/* shares of rows that were held back */
static gboolean
surrogate_share(Surrogate *self, double *ret_gap, GError **error)
{
    Attribution *to = self->attribution;
    gsize n = MIN(self->n_held, SURROGATE_SHARED), step = MAX(self->n_held / MAX(n, 1), 1);
    g_autoptr(ErrataTrees) trees =
        errata_boost_to_trees(self->boost, self->columns, self->train, self->n_train, error);
    g_autoptr(ErrataTreeshap) shap = trees != NULL ? errata_treeshap_new(trees, error) : NULL;
    g_autofree double *cell = g_new(double, MAX(n, 1) * MAX(self->n_columns, 1));
    g_autofree const double **number = g_new(const double *, self->n_columns + 1);
    SurrogateShares work = {shap, number, self->n_columns, 0, NULL};

    if (shap == NULL)
        return FALSE;
    to->n = n;
    to->n_features = self->n_columns;
    to->n_groups = trees->n_groups;
    to->row = g_new(gsize, MAX(n, 1));
    work.width = (gsize)trees->n_groups * ((gsize)self->n_columns + 1);
    work.phi = to->phi = g_new(double, MAX(n, 1) * work.width);
    for (gsize i = 0; i < n; i++)
        to->row[i] = self->row[self->held[i * step]];
    for (guint c = 0; c < self->n_columns; c++) {
        number[c] = cell + (gsize)c * n;
        for (gsize i = 0; i < n; i++) {
            guint8 code = self->columns[c].code[self->held[i * step]];

            cell[(gsize)c * n + i] = code < self->columns[c].n_codes ? code : (double)NAN;
        }
    }
    errata_parallel_for(n, SURROGATE_GRAIN, surrogate_chunk_cb, &work);
    *ret_gap = errata_treeshap_gap(trees, number, n, to->phi, NULL);
    return TRUE;
}

static void
surrogate_name(Surrogate *self)
{
    Attribution *to = self->attribution;

    to->name = g_new0(const char *, self->n_columns + 1);
    to->column = g_new0(const ErrataColumn *, self->n_columns + 1);
    for (guint c = 0; c < self->n_columns; c++) {
        guint column = self->bins->columns[self->bin[c]].column;

        to->name[c] = to->analysis->schema->names[column];
        to->column[c] = to->analysis->frame->columns[column];
    }
}

/* of what its fidelity is */
const char *
attribution_surrogate_measure(const Surrogate *self)
{
    return self->target == SURROGATE_CLASS ? "AUC" : "R²";
}

/* a fidelity below this is weak */
static double
surrogate_least(const Surrogate *self)
{
    return self->target == SURROGATE_CLASS ? SURROGATE_AUC : SURROGATE_R2;
}

static const char *
surrogate_followed_what(const Surrogate *self)
{
    return self->target == SURROGATE_SCORE ? "scores" : "predictions";
}

/* an R² below 0 is as bad as none */
static double
surrogate_shown(const Surrogate *self)
{
    return isnan(self->fidelity) ? 0.0 : fmax(self->fidelity, 0.0);
}

/* "boosted trees trained on the logged scores of 11,896 rows, which they follow with R² 0.971 in
 * …" */
char *
attribution_surrogate_followed(const Surrogate *self)
{
    g_autofree char *trained = errata_precision_print((double)self->n_train, 0);
    g_autofree char *held = errata_precision_print((double)self->n_held, 0);

    return g_strdup_printf("boosted trees trained on the logged %s of %s rows, which they follow "
                           "with %s %.3f in %s rows that they have not seen",
                           surrogate_followed_what(self),
                           trained,
                           attribution_surrogate_measure(self),
                           surrogate_shown(self),
                           held);
}

/* what its fidelity means, where it is too low: "account for 54 % of what the logged scores differ
 * by" */
static char *
surrogate_told(const Surrogate *self)
{
    double shown = surrogate_shown(self);

    if (isnan(self->fidelity))
        return g_strdup_printf("cannot be held against the logged %s, which hardly differ",
                               surrogate_followed_what(self));
    if (self->target == SURROGATE_CLASS)
        return g_strdup_printf(
            "tell which of two rows was predicted a class in %.0f %% of all pairs, "
            "where half would be chance (AUC %.2f)",
            100.0 * shown,
            shown);
    if (shown < SURROGATE_NOTHING)
        return g_strdup_printf("tell no more of the logged %s than their mean does (R² %.2f)",
                               surrogate_followed_what(self),
                               shown);
    return g_strdup_printf("account for %.0f %% of the variance of the logged %s (R² %.2f)",
                           100.0 * shown,
                           surrogate_followed_what(self),
                           shown);
}

/**
 * attribution_surrogate_weak:
 * @self: fitted
 *
 * Returns: (transfer full) (nullable): why it is not reliable enough to explain the model, in words
 * that need no
 *   knowledge of the measure; %NULL where it is
 */
char *
attribution_surrogate_weak(const Surrogate *self)
{
    double least = surrogate_least(self);
    g_autofree char *told = surrogate_told(self);
    g_autofree char *held = errata_precision_print((double)self->n_held, 0);

    if (self->fidelity >= least)
        return NULL;
    return g_strdup_printf(
        "not reliable enough to explain the model: in %s rows that they have not "
        "seen they %s, and %s %.1f is asked for",
        held,
        told,
        attribution_surrogate_measure(self),
        least);
}

/**
 * attribution_surrogate_fit:
 * @self: with its analysis; gets all else
 *
 * Trains trees on half of a sample of rows to follow the logged scores, and tries them on the other
 * half.
 *
 * Returns: whether there was enough to follow
 */
gboolean
attribution_surrogate_fit(Surrogate *self)
{
    self->target = attribution_surrogate_target(self->analysis);
    surrogate_sample(self);
    if (self->n >= SURROGATE_LEAST)
        surrogate_prepare(self);
    if (self->n_columns == 0 || self->n_train == 0 || self->n_held == 0)
        return FALSE;
    surrogate_train(self);
    return TRUE;
}

/**
 * attribution_of_surrogate:
 * @self: gets the shares
 * @ret_method: (out): what they are, in words; or why there are none
 * @ret_gap: (out): largest distance from adding up to the surrogate's margin, relative
 * @ret_fidelity: (out): R² or AUC on rows that it was not trained on
 * @ret_measure: (out): which
 *
 * Returns: whether a surrogate follows the log's scores well enough
 */
gboolean
attribution_of_surrogate(Attribution *self,
                         char **ret_method,
                         double *ret_gap,
                         double *ret_fidelity,
                         const char **ret_measure)
{
    g_auto(Surrogate) surrogate = {.attribution = self, .analysis = self->analysis};
    g_autofree char *followed = NULL;
    g_autofree char *weak = NULL;
    g_autoptr(GError) error = NULL;

    if (!attribution_surrogate_fit(&surrogate)) {
        *ret_method = g_strdup("too few rows have scores and features to follow the scores by");
        return FALSE;
    }
    weak = attribution_surrogate_weak(&surrogate);
    *ret_fidelity = surrogate.fidelity;
    *ret_measure = attribution_surrogate_measure(&surrogate);
    if (weak != NULL) {
        *ret_method =
            g_strdup_printf("boosted trees that follow the logged %s in its place are %s; "
                            "the rest may come from what these columns do not tell, so that "
                            "what drives the model is not said. Groups, columns and dates "
                            "in this report need no model; with the model itself, or all "
                            "columns that it reads, it can be told",
                            surrogate_followed_what(&surrogate),
                            weak);
        return FALSE;
    }
    if (!surrogate_share(&surrogate, ret_gap, &error)) {
        *ret_method = g_strdup(error->message);
        return FALSE;
    }
    surrogate_name(&surrogate);
    followed = attribution_surrogate_followed(&surrogate);
    *ret_method =
        g_strconcat("exact path-dependent Shapley values of a surrogate: ", followed, NULL);
    return TRUE;
}
