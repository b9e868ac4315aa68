/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-regression.h"

static void
regression_free(gpointer body)
{
    PmmlRegression *self = body;
    for (guint i = 0; i < self->equations->len; i++) {
        GArray *terms = g_array_index(self->equations, PmmlEquation, i).terms;
        for (guint k = 0; k < terms->len; k++)
            g_clear_pointer(&g_array_index(terms, PmmlTerm, k).factors, g_array_unref);
        g_array_unref(terms);
    }
    g_array_unref(self->equations);
    g_free(self);
}

static gboolean
regression_read_product(const PmmlModel *model,
                        const PmmlElement *element,
                        PmmlTerm *term,
                        GError **error)
{
    term->kind = PMML_TERM_PRODUCT;
    term->factors = g_array_new(FALSE, FALSE, sizeof(guint));
    const PmmlElement *field = pmml_child(element, "FieldRef");
    for (; field != NULL; field = pmml_next(field, "FieldRef")) {
        guint slot;
        if (!pmml_program_field(field, model->scope, "field", &slot, error))
            return FALSE;
        g_array_append_val(term->factors, slot);
    }
    return TRUE;
}

static gboolean
regression_read_term(const PmmlProgram *program,
                     const PmmlModel *model,
                     const PmmlElement *element,
                     PmmlTerm *term,
                     GError **error)
{
    const char *text;
    if (!pmml_number(element, "coefficient", &term->coefficient, error))
        return FALSE;
    if (pmml_is(element, "PredictorTerm"))
        return regression_read_product(model, element, term, error);
    if (!pmml_program_field(element, model->scope, "name", &term->slot, error))
        return FALSE;
    if (pmml_is(element, "NumericPredictor"))
        return pmml_number_or(element, "exponent", 1, &term->exponent, error);
    term->kind = PMML_TERM_CATEGORY;
    if (!pmml_is(element, "CategoricalPredictor"))
        return pmml_unknown(error, element);
    return pmml_require(element, "value", &text, error) &&
           (pmml_value_parse(pmml_program_slot(program, term->slot)->type, text, &term->value) ||
            pmml_error(error, element, "“%s” is no value of its field", text));
}

static gboolean
regression_read_equation(const PmmlProgram *program,
                         PmmlModel *model,
                         PmmlRegression *self,
                         const PmmlElement *element,
                         GError **error)
{
    PmmlEquation equation = {.category = pmml_attribute(element, "targetCategory"),
                             .terms = g_array_new(FALSE, TRUE, sizeof(PmmlTerm))};
    gboolean ok = pmml_number_or(element, "intercept", 0, &equation.intercept, error);
    if (equation.category != NULL && model->function == PMML_CLASSIFICATION)
        equation.label = pmml_model_label(model, equation.category);
    g_array_append_val(self->equations, equation);
    const PmmlElement *child = element->first;
    for (; ok && child != NULL; child = child->next) {
        PmmlTerm term = {0};
        ok = regression_read_term(program, model, child, &term, error);
        g_array_append_val(equation.terms, term);
    }
    return ok;
}

static gboolean
regression_read_norm(const PmmlModel *model, PmmlRegression *self, GError **error)
{
    static const char *const names[] =
        {"none", "simplemax", "softmax", "logit", "probit", "cloglog", "exp", "loglog", "cauchit"};
    const char *name = pmml_attribute(model->element, "normalizationMethod");
    self->ordinal = model->target_data != NULL && model->target_data->optype == PMML_ORDINAL;
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], name)) {
            self->norm = (PmmlNorm)i;
            /* of one number there is no share; e^x is no share of a class */
            return self->norm != (model->function == PMML_CLASSIFICATION ? PMML_NORM_EXP
                                                                         : PMML_NORM_SIMPLEMAX) ||
                   pmml_unsupported(error,
                                    model->element,
                                    "normalizationMethod “%s” of a %s",
                                    name,
                                    model->function == PMML_CLASSIFICATION ? "classification"
                                                                           : "regression");
        }
    return name == NULL ||
           pmml_unsupported(error, model->element, "normalizationMethod “%s” is not known", name);
}

/* A classification may leave out the table of the last class, or that class's name. */
static gboolean
regression_complete(PmmlModel *model, PmmlRegression *self, GError **error)
{
    guint n = self->equations->len;
    const PmmlData *target = model->target_data;
    if (n == 0)
        return pmml_error(error, model->element, "no RegressionTable");
    if (model->function != PMML_CLASSIFICATION)
        return n == 1 || pmml_error(error, model->element, "expected one RegressionTable");
    for (guint i = 0; i < n; i++)
        if (g_array_index(self->equations, PmmlEquation, i).category == NULL)
            return pmml_error(error, model->element, "a RegressionTable has no targetCategory");
    for (guint i = 0; n == 1 && target != NULL && target->texts->len == 2 && i < 2; i++)
        pmml_model_label(model, target->texts->pdata[i]);
    return model->labels->len > 1 ||
           pmml_error(error,
                      model->element,
                      "expected RegressionTables of two classes or more, found those of one");
}

static gboolean
regression_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    PmmlRegression *self = g_new0(PmmlRegression, 1);
    model->body = self;
    self->equations = g_array_new(FALSE, FALSE, sizeof(PmmlEquation));
    if (!regression_read_norm(model, self, error))
        return FALSE;
    const PmmlElement *table = pmml_child(model->element, "RegressionTable");
    for (; table != NULL; table = pmml_next(table, "RegressionTable"))
        if (!regression_read_equation(program, model, self, table, error))
            return FALSE;
    return regression_complete(model, self, error);
}

static double
regression_round(const PmmlModel *model, double number)
{
    return model->is_single ? (double)(float)number : number;
}

static gboolean
regression_term(const PmmlModel *model,
                PmmlRow *row,
                const PmmlTerm *term,
                double *ret,
                gboolean *ret_missing,
                GError **error)
{
    PmmlValue value;
    double number;
    *ret_missing = FALSE;
    *ret = 0;
    if (term->kind == PMML_TERM_CATEGORY) {
        if (!pmml_slot_value(row, term->slot, &value, error))
            return FALSE;
        if (!value.missing && pmml_value_equal(&value, &term->value))
            *ret = term->coefficient;
        return TRUE;
    }
    *ret = regression_round(model, term->coefficient);
    if (term->kind == PMML_TERM_NUMBER) {
        if (!pmml_row_number(row, term->slot, &number, ret_missing, error))
            return FALSE;
        gboolean linear = fabs(term->exponent - 1) < 1e-15;
        *ret = regression_round(model, *ret * (linear ? number : pow(number, term->exponent)));
        return TRUE;
    }
    for (guint i = 0; i < term->factors->len; i++) {
        gboolean missing;
        if (!pmml_row_number(row, g_array_index(term->factors, guint, i), &number, &missing, error))
            return FALSE;
        *ret_missing |= missing;
        *ret = regression_round(model, *ret * number);
    }
    return TRUE;
}

/* FALSE in @ret_missing when a number it needs is missing */
static gboolean
regression_sum(const PmmlModel *model,
               PmmlRow *row,
               const PmmlEquation *equation,
               double *ret_sum,
               gboolean *ret_missing,
               GError **error)
{
    double sum = 0;
    for (guint i = 0; i < equation->terms->len; i++) {
        double term;
        if (!regression_term(model,
                             row,
                             &g_array_index(equation->terms, PmmlTerm, i),
                             &term,
                             ret_missing,
                             error))
            return FALSE;
        if (*ret_missing)
            return TRUE;
        sum = regression_round(model, sum + term);
    }
    *ret_sum = regression_round(model, sum + equation->intercept);
    return TRUE;
}

static double
regression_normalize(PmmlNorm norm, double x)
{
    static const PmmlLink links[] = {
        [PMML_NORM_LOGIT] = PMML_LINK_LOGIT,
        [PMML_NORM_PROBIT] = PMML_LINK_PROBIT,
        [PMML_NORM_CLOGLOG] = PMML_LINK_CLOGLOG,
        [PMML_NORM_EXP] = PMML_LINK_LOG,
        [PMML_NORM_LOGLOG] = PMML_LINK_LOGLOG,
        [PMML_NORM_CAUCHIT] = PMML_LINK_CAUCHIT,
    };
    if (norm == PMML_NORM_SOFTMAX)
        norm = PMML_NORM_LOGIT; /* of a single equation */
    return norm < PMML_NORM_LOGIT ? x : pmml_link_inverse(links[norm], 0, x);
}

static void
regression_share(double *score, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++)
        sum += score[i];
    for (guint i = 0; i < n && fabs(sum) > 0; i++)
        score[i] /= sum;
}

/* cumulative probabilities of ordered classes become their differences */
static void
regression_ordinal(const PmmlRegression *self, double *score, guint n)
{
    double before = 0;
    for (guint i = 0; i < n; i++) {
        double cumulative = i + 1 == n ? 1 : regression_normalize(self->norm, score[i]);
        score[i] = cumulative - before;
        before = cumulative;
    }
}

static void
regression_classify(const PmmlModel *model, const PmmlRegression *self, double *score)
{
    guint n = model->labels->len, n_equations = self->equations->len;
    if (self->ordinal && self->norm != PMML_NORM_SOFTMAX && self->norm != PMML_NORM_SIMPLEMAX &&
        n > 2) {
        regression_ordinal(self, score, n);
        return;
    }
    if (n == 2 && self->norm != PMML_NORM_SIMPLEMAX &&
        (self->norm != PMML_NORM_SOFTMAX || n_equations == 1)) {
        score[0] = regression_normalize(self->norm, score[0]);
        score[1] = regression_round(model, 1 - score[0]);
        return;
    }
    if (self->norm == PMML_NORM_SOFTMAX) {
        pmml_softmax(score, n, model->is_single);
        return;
    }
    if (self->norm == PMML_NORM_NONE && n > 1) {
        /* the last class has what the others leave */
        double rest = 1;
        for (guint i = 0; i + 1 < n; i++)
            rest -= score[i];
        score[n - 1] = rest;
        return;
    }
    for (guint i = 0; i < n; i++)
        score[i] = regression_normalize(self->norm, score[i]);
    if (n > 1)
        regression_share(score, n);
}

static gboolean
regression_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const PmmlRegression *self = model->body;
    double number;
    gboolean missing = FALSE;
    if (model->function != PMML_CLASSIFICATION) {
        const PmmlEquation *equation = &g_array_index(self->equations, PmmlEquation, 0);
        if (!regression_sum(model, row, equation, &number, &missing, error))
            return FALSE;
        if (!missing)
            result->value = pmml_value_number(model->is_single ? PMML_FLOAT : PMML_DOUBLE,
                                              regression_normalize(self->norm, number));
        return TRUE;
    }
    double *score = pmml_row_scores(row, model);
    for (guint i = 0; i < self->equations->len; i++) {
        const PmmlEquation *equation = &g_array_index(self->equations, PmmlEquation, i);
        if (!regression_sum(model, row, equation, &score[equation->label], &missing, error))
            return FALSE;
        if (missing)
            return TRUE;
    }
    regression_classify(model, self, score);
    result->score = score;
    pmml_model_decide(model, result);
    return TRUE;
}

const PmmlModelClass pmml_regression_class = {
    .element = "RegressionModel",
    .kind = "regression",
    .read = regression_read,
    .run = regression_run,
    .free = regression_free,
};
