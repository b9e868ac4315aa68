/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interactions of any model of trees: by the covers that its file tells, or against background rows
 * where some are given or the file tells none. What an isolation forest says is no sum of its
 * trees: there the interactions of the path length are rescaled to it, per pair of a row and a
 * background row, as its shares are. */
#include "pair-shares.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "model-cells.h"
#include "quantity.h"
#include "tree-rows.h"
#include "treeshap-background.h"
#include "treeshap.h"

#define PAIR_SHARES_GAP              1e-9
#define PAIR_SHARES_GRAIN            16
#define PAIR_SHARES_GRAIN_BACKGROUND 128        /* whose cost is per tree and call */
#define PAIR_SHARES_RESCALED         100        /* background rows at most, each walked by itself */
#define PAIR_SHARES_BYTES            (4U << 20) /* of a chunk's matrices, as far as that goes */

struct _ErrataPairShares {
    ErrataModel *model;
    ErrataTreeshap *paths; /* either this */
    ErrataTreeshapBackground *against;
    ErrataQuantity *quantity; /* or, where the margin is not what the model says, that … */
    GPtrArray *each;          /* … and each background row by itself … */
    double *raw;              /* … with its margin */
    gsize n_background;
    char *method;
};

void
errata_pair_shares_free(ErrataPairShares *self)
{
    if (self == NULL)
        return;
    errata_treeshap_free(self->paths);
    errata_treeshap_background_free(self->against);
    g_clear_pointer(&self->each, g_ptr_array_unref);
    errata_quantity_free(self->quantity);
    errata_model_unref(self->model);
    g_free(self->raw);
    g_free(self->method);
    g_free(self);
}

/* a row as trees read it */
static void
pair_shares_margin(const ErrataTrees *trees, const double *const *number, gsize row, double *ret)
{
    g_autofree double *cell = g_new(double, MAX(trees->n_features, 1));

    for (guint f = 0; f < trees->n_features; f++)
        cell[f] = number[f][row];
    errata_trees_exact_margin(trees, cell, ret);
}

static gboolean
pair_shares_take_each(ErrataPairShares *self, const ErrataTreeRows *read, GError **error)
{
    const ErrataTrees *trees = self->model->trees;
    g_autofree const double **number = g_new(const double *, MAX(trees->n_features, 1));

    self->each = g_ptr_array_new_with_free_func((GDestroyNotify)errata_treeshap_background_free);
    self->raw = g_new(double, read->n_rows * trees->n_groups);
    for (gsize row = 0; row < read->n_rows; row++) {
        ErrataTreeshapBackground *one;

        for (guint f = 0; f < trees->n_features; f++)
            number[f] = read->number[f] + row;
        one = errata_treeshap_background_new(trees, number, 1, error);
        if (one == NULL)
            return FALSE;
        g_ptr_array_add(self->each, one);
        pair_shares_margin(trees, read->number, row, self->raw + row * trees->n_groups);
    }
    if (read->n_rows > 0)
        return TRUE;
    g_set_error_literal(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_TOO_FEW_ROWS,
                        "the background has no rows");
    return FALSE;
}

static gboolean
pair_shares_read_background(ErrataPairShares *self,
                            const ErrataModelBinding *background,
                            gsize most,
                            guint64 seed,
                            GError **error)
{
    gsize n;
    g_autofree gsize *row =
        errata_model_cells_sample(errata_model_binding_n_rows(background), most, seed, &n);
    g_autoptr(ErrataModelCells) cells = errata_model_cells_new(background, row, n);
    g_autoptr(ErrataTreeRows) read = errata_tree_rows_new(self->model, &cells->rows, error);

    if (read == NULL)
        return FALSE;
    errata_tree_rows_drop_undefined(read);
    self->n_background = read->n_rows;
    if (self->quantity != NULL)
        return pair_shares_take_each(self, read, error);
    self->against =
        errata_treeshap_background_new(self->model->trees, read->number, read->n_rows, error);
    return self->against != NULL;
}

/**
 * errata_pair_shares_new:
 * @model: a model
 * @background: (nullable) (transfer none): rows that a feature's absence is taken from; without
 *   one, the training rows as the trees' covers tell them
 * @most_background: rows used of it at most
 * @seed: of their choice
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for a model that is no sum of trees, or tells no covers and has
 * no background; %ERRATA_ERROR_LIMIT for too many features; %ERRATA_ERROR_TOO_FEW_ROWS for a
 * background that is of no use; those of the model.
 *
 * Returns: (transfer full): the interactions, or %NULL with @error set
 */
ErrataPairShares *
errata_pair_shares_new(ErrataModel *model,
                       const ErrataModelBinding *background,
                       gsize most_background,
                       guint64 seed,
                       GError **error)
{
    g_autoptr(ErrataPairShares) self = g_new0(ErrataPairShares, 1);
    const char *what;

    if (model->trees == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "interactions are worked out for sums of decision trees, and this model is "
                    "none: %s",
                    model->why_not_trees != NULL ? model->why_not_trees : model->kind);
        return NULL;
    }
    if (model->trees->n_owners > ERRATA_TREESHAP_PAIR_FEATURES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "interactions of %u features are too many; at most %d are shared out",
                    model->trees->n_owners,
                    ERRATA_TREESHAP_PAIR_FEATURES);
        return NULL;
    }
    self->model = errata_model_ref(model);
    what = errata_quantity_is_vote(model) ? "probability" : "margin";
    if (errata_pair_shares_is_rescaled(model)) {
        self->quantity = errata_quantity_of_trees(model, ERRATA_QUANTITY_MARGIN);
        what = "path length";
        most_background = MIN(most_background, PAIR_SHARES_RESCALED);
    }
    if (background == NULL && self->quantity != NULL) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_UNSUPPORTED,
                            "interactions of an isolation forest need background rows, that a "
                            "feature's absence is taken from; give some with --background FILE");
        return NULL;
    }
    if (background == NULL) {
        self->method = g_strdup_printf("exact path-dependent interactions of the %s", what);
        self->paths = errata_treeshap_new(model->trees, error);
        return self->paths != NULL ? g_steal_pointer(&self) : NULL;
    }
    if (!pair_shares_read_background(self, background, most_background, seed, error))
        return NULL;
    self->method = g_strdup_printf("exact interventional interactions of the %s against "
                                   "%" G_GSIZE_FORMAT " background rows%s",
                                   what,
                                   self->n_background,
                                   self->quantity != NULL ? ", rescaled to the decision row by row"
                                                          : "");
    return g_steal_pointer(&self);
}

/**
 * errata_pair_shares_is_rescaled:
 * @model: a model of trees
 *
 * Returns: whether what it says is no sum of its trees, so that its interactions need background
 * rows
 */
gboolean
errata_pair_shares_is_rescaled(const ErrataModel *model)
{
    return model->trees->link == ERRATA_LINK_ISOLATION;
}

guint
errata_pair_shares_n_features(const ErrataPairShares *self)
{
    return self->model->trees->n_owners;
}

guint
errata_pair_shares_n_groups(const ErrataPairShares *self)
{
    return self->model->trees->n_groups;
}

gsize
errata_pair_shares_n_background(const ErrataPairShares *self)
{
    return self->n_background;
}

/* how far shares may be from adding up before something is broken, relative */
double
errata_pair_shares_tolerance(void)
{
    return PAIR_SHARES_GAP;
}

const char *
errata_pair_shares_method(const ErrataPairShares *self)
{
    return self->method;
}

/* rows that are best explained together: fewer where a matrix is large */
gsize
errata_pair_shares_grain(const ErrataPairShares *self)
{
    gsize width = (gsize)self->model->trees->n_owners + 1;
    gsize bytes = width * width * self->model->trees->n_groups * sizeof(double);
    gsize most = self->paths == NULL ? PAIR_SHARES_GRAIN_BACKGROUND : PAIR_SHARES_GRAIN;

    return CLAMP(PAIR_SHARES_BYTES / bytes, 1, most);
}

/* rows of a matrix add up to what their feature has */
static void
pair_shares_sum(const double *pairs, gsize n, gsize width, double *ret_phi)
{
    for (gsize i = 0; i < n * width; i++) {
        ret_phi[i] = 0.0;
        for (gsize j = 0; j < width; j++)
            ret_phi[i] += pairs[i * width + j];
    }
}

/* the mean over background rows of each one's interactions, times how what is said moves per margin
 * between the two rows; @ret_gap: how far a row's are from adding up to it */
static gboolean
pair_shares_rescale(const ErrataPairShares *self,
                    const double *const *number,
                    gsize n_rows,
                    double *ret_phi,
                    double *ret_gap,
                    GError **error)
{
    gsize width = (gsize)self->model->trees->n_owners + 1, cells = width * width;
    g_autofree double *one = g_new(double, MAX(n_rows * cells, 1));
    g_autofree double *sum = g_new0(double, MAX(n_rows, 1));
    double raw, value, slope;

    memset(ret_phi, 0, n_rows * cells * sizeof *ret_phi);
    for (gsize r = 0; r < self->n_background; r++) {
        if (!errata_treeshap_background_interactions(self->each->pdata[r],
                                                     number,
                                                     n_rows,
                                                     one,
                                                     error))
            return FALSE;
        errata_quantity_value(self->quantity, &self->raw[r], (double)NAN, &value);
        for (gsize row = 0; row < n_rows; row++) {
            double *phi = ret_phi + row * cells;

            pair_shares_margin(self->model->trees, number, row, &raw);
            errata_quantity_slope(self->quantity, &raw, &self->raw[r], (double)NAN, 0, &slope);
            for (gsize i = 0; i + 1 < cells; i++)
                phi[i] += slope * one[row * cells + i] / (double)self->n_background;
            phi[cells - 1] += value / (double)self->n_background;
        }
    }
    *ret_gap = 0.0;
    for (gsize row = 0; row < n_rows; row++) {
        for (gsize i = 0; i < cells; i++)
            sum[row] += ret_phi[row * cells + i];
        pair_shares_margin(self->model->trees, number, row, &raw);
        errata_quantity_value(self->quantity, &raw, (double)NAN, &value);
        *ret_gap = fmax(*ret_gap, fabs(sum[row] - value) / fmax(1.0, fabs(value)));
    }
    return TRUE;
}

/**
 * errata_pair_shares_rows:
 * @self: interactions of a model
 * @rows: rows of its inputs
 * @ret_phi: (out caller-allocates): per row and group a symmetric matrix of n_features + 1 rows and
 *   columns, as errata_treeshap_interactions(); NaN for rows without a result
 * @check: (inout): whether it adds up; added to
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_LIMIT for a path of more than 64 features against a background; those of
 * the model.
 *
 * Returns: whether it was done
 */
gboolean
errata_pair_shares_rows(const ErrataPairShares *self,
                        const ErrataModelRows *rows,
                        double *ret_phi,
                        ErrataSampledCheck *check,
                        GError **error)
{
    const ErrataTrees *trees = self->model->trees;
    gsize width = (gsize)trees->n_owners + 1;
    gsize n = rows->n_rows * trees->n_groups;
    g_autofree double *phi = g_new(double, MAX(n * width, 1));
    g_autoptr(ErrataTreeRows) read = errata_tree_rows_new(self->model, rows, error);

    if (read == NULL)
        return FALSE;
    if (self->quantity != NULL) {
        double gap;

        if (!pair_shares_rescale(self, read->number, rows->n_rows, ret_phi, &gap, error))
            return FALSE;
        check->gap = fmax(check->gap, gap);
        check->n_undefined += errata_tree_rows_void(read, width * width, ret_phi);
        return TRUE;
    }
    if (self->paths != NULL
            ? !errata_treeshap_interactions(self->paths, read->number, rows->n_rows, ret_phi, error)
            : !errata_treeshap_background_interactions(self->against,
                                                       read->number,
                                                       rows->n_rows,
                                                       ret_phi,
                                                       error))
        return FALSE;
    pair_shares_sum(ret_phi, n, width, phi);
    check->gap = fmax(check->gap,
                      errata_treeshap_gap(trees, read->number, rows->n_rows, phi, NULL));
    check->n_undefined += errata_tree_rows_void(read, trees->n_groups * width * width, ret_phi);
    return TRUE;
}
