/* SPDX-License-Identifier: GPL-3.0-or-later */
/* H2O's MOJO: a zip with model.ini, the categories of each column, and of trees a file each. GBM,
 * DRF and GLM are run; others are described. Source: h2o-genmodel, ModelMojoReader.java,
 * GbmMojoModel.java, DrfMojoModel.java. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "h2o-private.h"
#include "limit.h"
#include "number.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_h2o;

static void
h2o_free(H2oBody *self)
{
    if (self != NULL)
        h2o_body_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(H2oBody, h2o_free)

static void
h2o_describe(const H2oInfo *info, ErrataModelBuilder *builder)
{
    static const char *const parameters[] = {"distribution",
                                             "link_function",
                                             "family",
                                             "link",
                                             "n_trees",
                                             "n_trees_per_class",
                                             "init_f",
                                             "balance_classes",
                                             "default_threshold",
                                             "offset_column",
                                             "mean_imputation"};
    static const char *const training[] = {"timestamp", "uuid", "mojo_version", "category"};
    const char *algorithm = h2o_info_text(info, "algorithm");

    errata_model_builder_set_version(builder, h2o_info_text(info, "h2o_version"));
    errata_model_builder_set_kind(builder, algorithm != NULL ? algorithm : "a model of H2O");
    for (guint i = 0; i < G_N_ELEMENTS(parameters); i++)
        if (h2o_info_text(info, parameters[i]) != NULL)
            errata_model_builder_add_parameter(builder,
                                               parameters[i],
                                               h2o_info_text(info, parameters[i]));
    for (guint i = 0; i < G_N_ELEMENTS(training); i++)
        if (h2o_info_text(info, training[i]) != NULL)
            errata_model_builder_add_training(builder,
                                              training[i],
                                              h2o_info_text(info, training[i]));
}

/* categories as strings that end with NULL */
static const char *const *
h2o_names(const GPtrArray *domain, GPtrArray *room)
{
    g_ptr_array_set_size(room, 0);
    for (guint i = 0; i < domain->len; i++)
        g_ptr_array_add(room, domain->pdata[i]);
    g_ptr_array_add(room, NULL);
    return (const char *const *)room->pdata;
}

static gboolean
h2o_add_inputs(const H2oInfo *info, H2oBody *body, ErrataModelBuilder *builder, GError **error)
{
    double n = h2o_info_number(info, "n_features", -1.0);
    const char *offset = h2o_info_text(info, "offset_column");
    g_autoptr(GPtrArray) room = g_ptr_array_new();

    if (!(n >= 1.0 && n <= info->column->len && n <= floor(n)))
        return h2o_fail(error, "n_features is %g of %u columns", n, info->column->len);
    body->n_features = (guint)n;
    body->n_inputs = body->n_features;
    body->is_category = g_new0(gboolean, body->n_features);
    body->offset = G_MAXUINT;
    for (guint i = 0; i < body->n_features; i++) {
        const GPtrArray *domain = h2o_info_domain(info, i);

        body->is_category[i] = domain != NULL;
        errata_model_builder_add_input(builder,
                                       info->column->pdata[i],
                                       domain != NULL ? ERRATA_MODEL_CATEGORY : ERRATA_MODEL_NUMBER,
                                       domain != NULL ? h2o_names(domain, room) : NULL);
    }
    if (offset != NULL && h2o_info_flag(info, "remove_offset_effects")) {
        errata_model_builder_note(builder, "what “%s” adds is left out, as the model says", offset);
    } else if (offset != NULL) {
        errata_model_builder_add_input(builder, offset, ERRATA_MODEL_NUMBER, NULL);
        errata_model_builder_note(builder,
                                  "“%s” is added to the margin; where it is missing nothing is",
                                  offset);
        body->offset = body->n_inputs++;
    }
    return TRUE;
}

/* the target's categories, or 0 and 1 */
static const GPtrArray *
h2o_classes(const H2oInfo *info, guint n_classes, GPtrArray *made)
{
    const GPtrArray *domain = h2o_info_domain(info, info->column->len - 1);

    if (domain != NULL && domain->len == n_classes)
        return domain;
    for (guint k = 0; k < n_classes; k++)
        g_ptr_array_add(made, g_strdup_printf("%u", k));
    return made;
}

static void
h2o_add_number(ErrataModelBuilder *builder,
               const char *format,
               ErrataModelRole role,
               const char *label)
{
    g_auto(GStrv) halves = g_strsplit(format, "%", 2);
    g_autofree char *name = label != NULL && halves[1] != NULL
                                ? g_strconcat(halves[0], label, halves[1], NULL)
                                : g_strdup(format);

    errata_model_builder_add_output(builder, name, role, ERRATA_MODEL_NUMBER, label);
}

/* in the order in which h2o_class fills them */
static void
h2o_add_outputs(const H2oInfo *info, const H2oBody *body, ErrataModelBuilder *builder)
{
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) room = g_ptr_array_new();
    const GPtrArray *classes = h2o_classes(info, body->n_classes, made);
    gboolean has_margin = body->trees == NULL || body->link != H2O_IDENTITY ||
                          body->shape == H2O_MULTINOMIAL || body->shape == H2O_TWO_TREES;
    guint n = body->n_classes;
    ErrataModelOutput *prediction = errata_model_builder_add_output(builder,
                                                                    "prediction",
                                                                    ERRATA_MODEL_PREDICTION,
                                                                    n > 0 ? ERRATA_MODEL_CATEGORY
                                                                          : ERRATA_MODEL_NUMBER,
                                                                    NULL);

    errata_model_builder_set_task(builder,
                                  n == 0   ? ERRATA_TASK_REGRESSION
                                  : n == 2 ? ERRATA_TASK_BINARY
                                           : ERRATA_TASK_MULTICLASS);
    if (n > 0) {
        prediction->categories = g_new0(char *, n + 1);
        for (guint k = 0; k < n; k++)
            prediction->categories[k] = g_strdup(classes->pdata[k]);
        errata_model_builder_set_classes(builder, h2o_names(classes, room));
    }
    for (guint k = 0; has_margin && k < body->n_margins; k++)
        h2o_add_number(builder,
                       body->n_margins > 1 ? "margin_%" : "margin",
                       ERRATA_MODEL_MARGIN,
                       body->n_margins > 1 ? classes->pdata[k] : NULL);
    for (guint k = 0; k < n; k++)
        h2o_add_number(builder, "probability(%)", ERRATA_MODEL_PROBABILITY, classes->pdata[k]);
}

static gboolean
h2o_read_classes(const H2oInfo *info, H2oBody *body, GError **error)
{
    double n = h2o_info_number(info, "n_classes", 1.0);
    gsize n_prior, n_trained;

    if (!(n >= 1.0 && n <= ERRATA_LIMIT_MODEL_OUTPUTS && n <= floor(n)))
        return h2o_fail(error, "n_classes is %g", n);
    body->n_classes = n >= 2.0 ? (guint)n : 0;
    body->threshold = h2o_info_number(info, "default_threshold", 0.5);
    if (!h2o_info_flag(info, "balance_classes") || body->n_classes == 0)
        return TRUE;
    body->prior = h2o_info_numbers(info, "prior_class_distrib", &n_prior);
    body->trained = h2o_info_numbers(info, "model_class_distrib", &n_trained);
    if (body->prior == NULL || body->trained == NULL || n_prior != body->n_classes ||
        n_trained != body->n_classes)
        return h2o_fail(error, "balanced classes: expected %u shares", body->n_classes);
    for (guint k = 0; k < body->n_classes; k++)
        if (!(body->prior[k] >= 0.0 && body->trained[k] > 0.0))
            return h2o_fail(error, "the share of class %u is not positive", k);
    return TRUE;
}

static gboolean
h2o_read_gbm_link(const H2oInfo *info, H2oBody *body, GError **error)
{
    static const struct {
        const char *name;
        H2oLink link;
    } links[] = {
        {"gaussian", H2O_IDENTITY},
        {"laplace", H2O_IDENTITY},
        {"quantile", H2O_IDENTITY},
        {"huber", H2O_IDENTITY},
        {"poisson", H2O_LOG},
        {"gamma", H2O_LOG},
        {"tweedie", H2O_LOG},
        {"bernoulli", H2O_LOGIT},
        {"quasibinomial", H2O_LOGIT},
        {"modified_huber", H2O_LOGIT},
        {"multinomial", H2O_IDENTITY},
    };
    static const struct {
        const char *name;
        H2oLink link;
    } named[] = {
        {"identity", H2O_IDENTITY},
        {"logit", H2O_LOGIT},
        {"log", H2O_LOG},
        {"inverse", H2O_INVERSE},
    };
    const char *family = h2o_info_text(info, "distribution");
    const char *link = h2o_info_text(info, "link_function");

    for (guint i = 0; i < G_N_ELEMENTS(links); i++)
        if (g_strcmp0(family, links[i].name) == 0) {
            body->link = links[i].link;
            return TRUE;
        }
    for (guint i = 0; i < G_N_ELEMENTS(named); i++)
        if (g_strcmp0(link, named[i].name) == 0) {
            body->link = named[i].link;
            return TRUE;
        }
    return h2o_fail(error,
                    "the distribution “%.40s” is not known",
                    family != NULL ? family : "(none)");
}

static gboolean
h2o_read_gbm_shape(const H2oInfo *info, H2oBody *body, GError **error)
{
    gboolean multinomial = g_strcmp0(h2o_info_text(info, "distribution"), "multinomial") == 0;

    body->n_margins = 1;
    if (!h2o_read_gbm_link(info, body, error))
        return FALSE;
    if (multinomial && body->n_classes == 0)
        return h2o_fail(error, "a multinomial distribution of %u classes", body->n_classes);
    if (multinomial && body->n_classes == 2) {
        body->shape = H2O_TWO_TREES;
    } else if (multinomial) {
        body->shape = H2O_MULTINOMIAL;
        body->n_margins = body->n_classes;
    } else if (body->link == H2O_LOGIT) {
        body->shape = H2O_BINOMIAL;
        body->n_classes = 2;
    } else {
        body->shape = H2O_REGRESSION;
        body->n_classes = 0;
    }
    return TRUE;
}

static void
h2o_read_forest_shape(const H2oInfo *info, H2oBody *body)
{
    body->link = H2O_IDENTITY;
    body->shape = body->n_classes == 0 ? H2O_REGRESSION
                  : body->n_classes == 2 && !h2o_info_flag(info, "binomial_double_trees")
                      ? H2O_BINOMIAL
                      : H2O_SHARES;
    body->n_margins = body->shape == H2O_SHARES ? body->n_classes : 1;
}

static gboolean
h2o_load_trees(const H2oInfo *info,
               const ErrataModelParts *parts,
               H2oBody *body,
               gboolean is_forest,
               ErrataModelBuilder *builder,
               GError **error)
{
    double start = h2o_info_number(info, "init_f", 0.0);
    ErrataTrees *trees;

    if (is_forest)
        h2o_read_forest_shape(info, body);
    else if (!h2o_read_gbm_shape(info, body, error))
        return FALSE;
    if (!isfinite(start))
        return h2o_fail(error, "init_f is not finite");
    trees = h2o_read_trees(info, parts, body, is_forest, error);
    if (trees == NULL)
        return FALSE;
    if (!is_forest && body->n_margins == 1)
        trees->base[0] = start;
    else if (is_forest && body->shape == H2O_BINOMIAL)
        trees->base[0] = 1.0; /* its trees vote for the first class */
    trees->link = body->shape == H2O_MULTINOMIAL ? ERRATA_LINK_SOFTMAX
                  : body->shape == H2O_TWO_TREES || body->shape == H2O_SHARES ||
                          body->link == H2O_INVERSE || body->prior != NULL
                      ? ERRATA_LINK_OTHER
                  : body->link == H2O_LOGIT ? ERRATA_LINK_LOGISTIC
                  : body->link == H2O_LOG   ? ERRATA_LINK_EXP
                                            : ERRATA_LINK_IDENTITY;
    body->trees = trees;
    if (body->offset == G_MAXUINT) {
        errata_model_builder_set_trees(builder, trees);
        return TRUE;
    }
    /* the offset is an input of the model, so of its trees too; none of them tests it */
    trees->n_features = trees->n_owners = body->n_inputs;
    errata_model_builder_set_trees(builder, trees);
    errata_model_builder_note(builder, "attributions leave out what the offset adds");
    return TRUE;
}

/* how it makes columns of categories, where its trees see other columns than the log has; else
 * NULL */
static const char *
h2o_encoding(const H2oInfo *info)
{
    static const char *const plain[] = {"AUTO", "Enum", "SortByResponse", "null", NULL};
    const char *encoding = h2o_info_text(info, "_genmodel_encoding");

    return encoding != NULL && !g_strv_contains(plain, encoding) ? encoding : NULL;
}

static ErrataModel *
h2o_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(H2oInfo) info = h2o_info_read(parts, error);
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("h2o-mojo", "H2O");
    g_autoptr(H2oBody) body = g_new0(H2oBody, 1);
    const char *algo = info != NULL ? h2o_info_text(info, "algo") : NULL;
    gboolean is_forest = g_strcmp0(algo, "drf") == 0;
    const char *order = info != NULL ? h2o_info_text(info, "endianness") : NULL;

    if (info == NULL)
        return NULL;
    h2o_describe(info, builder);
    if (info->column->len == 0 || !h2o_read_classes(info, body, error) ||
        !h2o_add_inputs(info, body, builder, error)) {
        if (error == NULL || *error == NULL)
            h2o_fail(error, "model.ini lists no columns");
        return NULL;
    }
    if (order != NULL && strcmp(order, "LITTLE_ENDIAN") != 0) {
        h2o_fail(error, "its trees are %s; written by a machine that is not supported", order);
        return NULL;
    }
    if (h2o_encoding(info) != NULL) {
        errata_model_builder_set_why_not(builder,
                                         "its categories were encoded by %s before training, which "
                                         "is not computed",
                                         h2o_encoding(info));
        return errata_model_builder_finish(builder, error);
    }
    if (is_forest || g_strcmp0(algo, "gbm") == 0) {
        if (!h2o_load_trees(info, parts, body, is_forest, builder, error))
            return NULL;
    } else if (g_strcmp0(algo, "glm") == 0) {
        if (!h2o_read_glm(info, body, error))
            return NULL;
        errata_model_builder_set_why_not_trees(builder, "it is a linear model");
    } else {
        errata_model_builder_set_why_not(
            builder,
            "of H2O's models GBM, DRF and GLM are computed, “%s” is not",
            algo != NULL ? algo : "(none)");
        return errata_model_builder_finish(builder, error);
    }
    if (h2o_info_text(info, "calib_method") != NULL)
        errata_model_builder_note(builder, "calibrated probabilities are not given");
    h2o_add_outputs(info, body, builder);
    errata_model_builder_set_body(builder, &h2o_class, g_steal_pointer(&body));
    return errata_model_builder_finish(builder, error);
}

static guint
h2o_sniff_archive(const ErrataModelParts *parts)
{
    const ErrataModelPart *part = errata_model_parts_find(parts, "model.ini");
    gsize size;
    const char *text = part != NULL && part->bytes != NULL ? g_bytes_get_data(part->bytes, &size)
                                                           : NULL;

    return text != NULL && memmem(text, size, "mojo_version", 12) != NULL ? 95 : 0;
}

static const ErrataModelFormat h2o_format = {
    .id = "h2o-mojo",
    .summary = "H2O MOJO",
    .sniff_archive = h2o_sniff_archive,
    .load = h2o_load,
};

const ErrataPlugin errata_plugin_h2o = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "h2o",
    .models = (const ErrataModelFormat *const[]){&h2o_format, NULL},
};
