/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interactions of any model of trees: by the covers that its file tells, or against background rows
 * where some are given or the file tells none. */
#include "pair-shares.h"

#include <math.h>

#include "error.h"
#include "model-cells.h"
#include "quantity.h"
#include "tree-rows.h"
#include "treeshap-background.h"
#include "treeshap.h"

#define PAIR_SHARES_GAP              1e-9
#define PAIR_SHARES_GRAIN            16
#define PAIR_SHARES_GRAIN_BACKGROUND 128        /* whose cost is per tree and call */
#define PAIR_SHARES_BYTES            (4U << 20) /* of a chunk's matrices, as far as that goes */

struct _ErrataPairShares {
    ErrataModel *model;
    ErrataTreeshap *paths; /* either this */
    ErrataTreeshapBackground *against;
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
    errata_model_unref(self->model);
    g_free(self->method);
    g_free(self);
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
    self->against =
        errata_treeshap_background_new(self->model->trees, read->number, read->n_rows, error);
    return self->against != NULL;
}

/**
 * errata_pair_shares_new:
 * @model: a model
 * @background: (nullable) (transfer none): rows that a feature's absence is taken from; without one, the
 *   training rows as the trees' covers tell them
 * @most_background: rows used of it at most
 * @seed: of their choice
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for a model that is no sum of trees, or tells no covers and has no
 * background; %ERRATA_ERROR_LIMIT for too many features; %ERRATA_ERROR_TOO_FEW_ROWS for a background
 * that is of no use; those of the model.
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
    if (background == NULL) {
        self->method = g_strdup_printf("exact path-dependent interactions of the %s", what);
        self->paths = errata_treeshap_new(model->trees, error);
        return self->paths != NULL ? g_steal_pointer(&self) : NULL;
    }
    if (!pair_shares_read_background(self, background, most_background, seed, error))
        return NULL;
    self->method = g_strdup_printf("exact interventional interactions of the %s against "
                                   "%" G_GSIZE_FORMAT " background rows",
                                   what,
                                   self->n_background);
    return g_steal_pointer(&self);
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
    gsize most = self->against != NULL ? PAIR_SHARES_GRAIN_BACKGROUND : PAIR_SHARES_GRAIN;

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

/**
 * errata_pair_shares_rows:
 * @self: interactions of a model
 * @rows: rows of its inputs
 * @ret_phi: (out caller-allocates): per row and group a symmetric matrix of n_features + 1 rows and
 *   columns, as errata_treeshap_interactions(); NaN for rows without a result
 * @check: (inout): whether it adds up; added to
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_LIMIT for a path of more than 64 features against a background; those of the
 * model.
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
