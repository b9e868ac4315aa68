/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generalized linear models of a MOJO: categories first, each with a run of coefficients (for all
 * levels or all but the first), then numbers, then the intercept; of several classes a row of these
 * each.
 * Source: h2o-genmodel, GlmMojoModel.java, GlmMultinomialMojoModel.java,
 * GlmOrdinalMojoModel.java. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "h2o-private.h"

static gboolean
glm_read_link(const H2oInfo *info, H2oBody *body, GError **error)
{
    static const struct {
        const char *name;
        H2oLink link;
    } links[] = {
        {"identity", H2O_IDENTITY},
        {"logit", H2O_LOGIT},
        {"log", H2O_LOG},
        {"inverse", H2O_INVERSE},
        {"tweedie", H2O_TWEEDIE},
    };
    const char *name = h2o_info_text(info, "link");

    if (body->shape == H2O_MULTINOMIAL || body->shape == H2O_ORDINAL)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(links); i++)
        if (g_strcmp0(name, links[i].name) == 0) {
            body->link = links[i].link;
            body->power = h2o_info_number(info, "tweedie_link_power", 0.0);
            return TRUE;
        }
    return h2o_fail(error, "the link “%.40s” is not known", name != NULL ? name : "(none)");
}

static gboolean
glm_read_shape(const H2oInfo *info, H2oBody *body)
{
    const char *family = h2o_info_text(info, "family");

    if (g_strcmp0(family, "multinomial") == 0)
        body->shape = H2O_MULTINOMIAL;
    else if (g_strcmp0(family, "ordinal") == 0)
        body->shape = H2O_ORDINAL;
    else if (g_strcmp0(family, "binomial") == 0 || g_strcmp0(family, "quasibinomial") == 0 ||
             g_strcmp0(family, "fractionalbinomial") == 0)
        body->shape = H2O_BINOMIAL;
    else
        body->shape = H2O_REGRESSION;
    body->n_margins = body->shape == H2O_MULTINOMIAL || body->shape == H2O_ORDINAL ? body->n_classes
                                                                                   : 1;
    if (body->shape == H2O_BINOMIAL)
        body->n_classes = 2;
    else if (body->shape == H2O_REGRESSION)
        body->n_classes = 0;
    return body->n_margins > 0;
}

static gboolean
glm_read_counts(const H2oInfo *info, H2oBody *body, GError **error)
{
    double n_cats = h2o_info_number(info, "cats", -1.0);
    double n_nums = h2o_info_number(info, "nums", -1.0);

    if (!(n_cats >= 0.0 && n_cats <= body->n_features) ||
        fabs(n_cats + n_nums - body->n_features) > 0.0)
        return h2o_fail(error,
                        "%g categories and %g numbers for %u features",
                        n_cats,
                        n_nums,
                        body->n_features);
    body->n_cats = (guint)n_cats;
    body->n_nums = (guint)n_nums;
    for (guint i = 0; i < body->n_features; i++)
        if (body->is_category[i] != (i < body->n_cats))
            return h2o_fail(error,
                            "column %u: expected %s",
                            i,
                            i < body->n_cats ? "categories" : "a number");
    return TRUE;
}

static gboolean
glm_read_offsets(const H2oInfo *info, H2oBody *body, GError **error)
{
    gsize n;
    g_autofree double *first = h2o_info_numbers(info, "cat_offsets", &n);

    body->first = g_new0(guint, body->n_cats + 1);
    if (body->n_cats == 0)
        return TRUE;
    if (first == NULL || n != body->n_cats + 1)
        return h2o_fail(error, "cat_offsets: expected %u numbers", body->n_cats + 1);
    for (gsize i = 0; i < n; i++) {
        if (!(first[i] >= (i > 0 ? first[i - 1] : 0.0) && first[i] < 1e9))
            return h2o_fail(error, "cat_offsets do not rise");
        body->first[i] = (guint)first[i];
    }
    return TRUE;
}

static gboolean
glm_read_coefficients(const H2oInfo *info, H2oBody *body, GError **error)
{
    gsize n;
    gsize expected;

    body->n_beta = body->first[body->n_cats] + body->n_nums + 1;
    expected = (gsize)body->n_beta * body->n_margins;
    body->beta = h2o_info_numbers(info, "beta", &n);
    if (body->beta == NULL || n != expected)
        return h2o_fail(error, "beta: expected %zu coefficients, found %zu", expected, n);
    for (gsize i = 0; i < n; i++)
        if (!isfinite(body->beta[i]))
            return h2o_fail(error, "beta: coefficient %zu is not finite", i);
    if (!h2o_info_flag(info, "mean_imputation"))
        return TRUE;
    body->mode = h2o_info_numbers(info, "cat_modes", &n);
    if (body->n_cats > 0 && (body->mode == NULL || n != body->n_cats))
        return h2o_fail(error, "cat_modes: expected %u numbers, found %zu", body->n_cats, n);
    body->mean = h2o_info_numbers(info, "num_means", &n);
    if (body->n_nums > 0 && (body->mean == NULL || n != body->n_nums))
        return h2o_fail(error, "num_means: expected %u numbers, found %zu", body->n_nums, n);
    return TRUE;
}

gboolean
h2o_read_glm(const H2oInfo *info, H2oBody *body, GError **error)
{
    if (h2o_info_number(info, "num_interactions", 0.0) > 0.0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_UNSUPPORTED,
                            "a GLM with interactions of columns is not computed");
        return FALSE;
    }
    body->all_levels = h2o_info_flag(info, "use_all_factor_levels");
    return (glm_read_shape(info, body) ||
            h2o_fail(error, "a family of several classes without classes")) &&
           glm_read_link(info, body, error) && glm_read_counts(info, body, error) &&
           glm_read_offsets(info, body, error) && glm_read_coefficients(info, body, error);
}

/* coefficient of a category's code, 0 for one that has none; NaN when missing and nothing stands
 * in */
static double
glm_category(const H2oBody *self, const double *beta, guint i, double code)
{
    guint place = self->first[i];

    if (isnan(code) && self->mode != NULL)
        code = self->mode[i];
    if (isnan(code))
        return (double)NAN;
    if (!self->all_levels)
        code -= 1.0;
    return code >= 0.0 && code < self->first[i + 1] - place ? beta[place + (guint)code] : 0.0;
}

/* one margin per row of coefficients */
void
h2o_glm_margin(const H2oBody *self, const double *row, double *margin)
{
    for (guint k = 0; k < self->n_margins; k++) {
        const double *beta = self->beta + (gsize)k * self->n_beta;
        const double *slope = beta + self->first[self->n_cats];
        double sum = 0.0;

        for (guint i = 0; i < self->n_cats; i++)
            sum += glm_category(self, beta, i, row[i]);
        for (guint i = 0; i < self->n_nums; i++) {
            double value = row[self->n_cats + i];

            sum += slope[i] * (isnan(value) && self->mean != NULL ? self->mean[i] : value);
        }
        margin[k] = sum + beta[self->n_beta - 1];
    }
}
