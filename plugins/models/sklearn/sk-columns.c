/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the columns that a predictor sees come from: each from one input of the model, as far as
 * its steps treat columns one by one, or from several (products, projections, norms of rows). Trees
 * whose columns come from one input each are shared out exactly among the inputs, all columns of an
 * input together. */
#include <math.h>
#include <string.h>

#include "sk-private.h"

#define SK_NO_ORIGIN G_MAXUINT       /* a constant */
#define SK_MIXED     (G_MAXUINT - 1) /* several inputs */

static guint
columns_join(guint a, guint b)
{
    if (a == SK_NO_ORIGIN || a == b)
        return b;
    return b == SK_NO_ORIGIN ? a : SK_MIXED;
}

static guint
columns_all(const GArray *in)
{
    guint origin = SK_NO_ORIGIN;
    for (guint i = 0; i < in->len; i++)
        origin = columns_join(origin, g_array_index(in, guint, i));
    return origin;
}

static void
columns_repeat(GArray *out, guint origin, guint n)
{
    for (guint i = 0; i < n; i++)
        g_array_append_val(out, origin);
}

static GArray *columns_after(const GPtrArray *steps, GArray *in);

static void
columns_of_parts(const SkStep *step, const GArray *in, GArray *out)
{
    for (guint p = 0; p < step->parts->len; p++) {
        const SkPart *part = step->parts->pdata[p];
        GArray *own = g_array_new(FALSE, FALSE, sizeof(guint));
        for (guint i = 0; i < part->columns->len; i++)
            g_array_append_val(own,
                               g_array_index(in, guint, g_array_index(part->columns, guint, i)));
        own = columns_after(part->steps, own);
        if (own->len > 0)
            g_array_append_vals(out, own->data, own->len);
        g_array_unref(own);
    }
}

/* of products: those of all factors */
static void
columns_of_powers(const SkStep *step, const GArray *in, GArray *out)
{
    for (guint k = 0; k < step->n_out; k++) {
        guint origin = SK_NO_ORIGIN;
        for (guint i = step->first[k]; i < step->first[k + 1]; i++)
            origin = columns_join(origin, g_array_index(in, guint, step->dropped[i]));
        g_array_append_val(out, origin);
    }
}

static guint
columns_width(const SkStep *step, guint column)
{
    if (!step->one_hot)
        return 1;
    if (step->kind == SK_STEP_BINS)
        return step->first[column + 1] - step->first[column] - 1;
    return step->n_codes[column] - (step->dropped[column] < step->n_codes[column] ? 1 : 0);
}

static void
columns_of_step(const SkStep *step, const GArray *in, GArray *out)
{
    switch (step->kind) {
    case SK_STEP_COLUMNS:
        columns_of_parts(step, in, out);
        break;
    case SK_STEP_SELECT:
        for (guint k = 0; k < step->n_out; k++)
            g_array_append_val(out, g_array_index(in, guint, step->first[k]));
        break;
    case SK_STEP_POWERS:
        columns_of_powers(step, in, out);
        break;
    case SK_STEP_ENCODE:
    case SK_STEP_BINS:
        for (guint i = 0; i < step->n_in; i++)
            columns_repeat(out, g_array_index(in, guint, i), columns_width(step, i));
        break;
    case SK_STEP_SPLINE:
        for (guint i = 0; i < step->n_in; i++)
            columns_repeat(out, g_array_index(in, guint, i), sk_spline_width(step->spline));
        break;
    case SK_STEP_SCALE:
    case SK_STEP_IMPUTE:
    case SK_STEP_MISSING:
    case SK_STEP_BINARIZE:
    case SK_STEP_FUNCTION:
    case SK_STEP_QUANTILES:
    case SK_STEP_POWER:
        for (guint i = 0; i < step->n_in; i++)
            g_array_append_val(out, g_array_index(in, guint, i));
        break;
    case SK_STEP_NORMALIZE:
    case SK_STEP_PROJECT:
    case SK_STEP_LANDMARKS:
    case SK_STEP_WORDS:
    case SK_STEP_MODELLED:
    default:
        columns_repeat(out, columns_all(in), step->n_out);
        break;
    }
}

/* takes @in */
static GArray *
columns_after(const GPtrArray *steps, GArray *in)
{
    for (guint i = 0; i < steps->len; i++) {
        GArray *out = g_array_new(FALSE, FALSE, sizeof(guint));
        columns_of_step(steps->pdata[i], in, out);
        g_array_unref(in);
        in = out;
    }
    return in;
}

/**
 * sk_columns_own:
 * @body: a body of trees behind steps
 *
 * Tells its trees which input each of their columns comes from.
 *
 * Returns: whether every column that a tree splits on comes from one input
 */
gboolean
sk_columns_own(const SkBody *body)
{
    ErrataTrees *trees = body->trees;
    g_autoptr(GArray) origin = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < body->n_inputs; i++)
        g_array_append_val(origin, i);
    origin = columns_after(body->steps, g_steal_pointer(&origin));
    if (origin->len < trees->n_features || body->n_inputs == 0)
        return FALSE;
    for (guint node = 0; node < trees->n_nodes; node++)
        if ((trees->flags[node] & ERRATA_NODE_LEAF) == 0 &&
            g_array_index(origin, guint, trees->feature[node]) == SK_MIXED)
            return FALSE;
    /* constants, and what no tree asks for, have no share to give */
    for (guint f = 0; f < origin->len; f++)
        if (g_array_index(origin, guint, f) >= body->n_inputs)
            g_array_index(origin, guint, f) = 0;
    errata_trees_set_owners(trees, (const guint *)(gconstpointer)origin->data, body->n_inputs);
    return TRUE;
}

/* what the trees of a model with steps read */
gboolean
sk_columns_fill(const ErrataModel *model G_GNUC_UNUSED,
                gconstpointer data,
                const ErrataModelRows *rows,
                double *const *ret_number,
                guint8 *ret_defined,
                GError **error G_GNUC_UNUSED)
{
    const SkBody *body = data;
    guint widest = sk_widest(body->steps, body->n_inputs);
    g_autofree double *one = g_new(double, (gsize)widest + 1);
    g_autofree double *two = g_new(double, (gsize)widest + 1);
    g_autofree const char **texts = g_new0(const char *, (gsize)body->n_inputs + 1);
    for (gsize i = 0; i < rows->n_rows; i++) {
        sk_read_cells(body, rows, i, one, texts);
        gboolean refused = FALSE;
        double *x = sk_run_steps(body->steps, texts, one, two, &refused);
        if (body->booster != NULL)
            sk_booster_cells(body, x);
        ret_defined[i] = refused ? 0 : 1;
        for (guint f = 0; f < body->n_features; f++) {
            ret_number[f][i] = x[f];
            if (isnan(x[f]) && !body->takes_missing)
                ret_defined[i] = 0;
        }
    }
    return TRUE;
}
