/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-model.h"

typedef enum {
    GENERAL_LINEAR, /* regression and generalLinear */
    GENERAL_MULTINOMIAL,
    GENERAL_ORDINAL,
    GENERAL_GENERALIZED,
    GENERAL_COX,
} GeneralType;

/* a factor or covariate */
typedef struct {
    const char *name;
    guint slot;
    gboolean is_factor;
    GPtrArray *categories; /* of a contrast matrix */
    GPtrArray *contrasts;  /* GArray of double, a row each; NULL without one */
} Predictor;

/* what a predictor gives to a parameter */
typedef struct {
    guint predictor;
    PmmlValue value; /* of a factor */
    guint category;  /* of a contrast matrix */
    double exponent; /* of a covariate */
} Cell;

typedef struct {
    const char *name;
    double reference;
    GArray *cells; /* Cell; none: the intercept */
} Parameter;

typedef struct {
    guint parameter;
    guint label; /* G_MAXUINT: of all */
    double beta;
} Coefficient;

typedef struct {
    double time;
    double hazard;
} Baseline;

typedef struct {
    const char *value; /* NULL: the only one */
    double max_time;
    GArray *cells; /* Baseline, by time */
} Stratum;

typedef struct {
    GeneralType type;
    GPtrArray *predictors; /* Predictor */
    GPtrArray *parameters; /* Parameter */
    GArray *coefficients;  /* Coefficient */
    GPtrArray *strata;     /* Stratum */
    PmmlLink link;
    double link_parameter;
    guint reference; /* label; G_MAXUINT */
    guint offset_slot;
    double offset;
    guint trials_slot;
    double trials;
    guint end_time;
    guint strata_slot;
} General;

static void
general_predictor_free(gpointer data)
{
    Predictor *self = data;
    g_ptr_array_unref(self->categories);
    g_clear_pointer(&self->contrasts, g_ptr_array_unref);
    g_free(self);
}

static void
general_parameter_free(gpointer data)
{
    Parameter *self = data;
    g_array_unref(self->cells);
    g_free(self);
}

static void
general_stratum_free(gpointer data)
{
    Stratum *self = data;
    g_array_unref(self->cells);
    g_free(self);
}

static void
general_free(gpointer body)
{
    General *self = body;
    g_ptr_array_unref(self->predictors);
    g_ptr_array_unref(self->parameters);
    g_array_unref(self->coefficients);
    g_ptr_array_unref(self->strata);
    g_free(self);
}

static gboolean
general_choice(const PmmlElement *element,
               const char *attribute,
               const char *const *names,
               guint *ret,
               GError **error)
{
    const char *text = pmml_attribute(element, attribute);
    for (guint i = 0; text != NULL && names[i] != NULL; i++)
        if (g_str_equal(names[i], text)) {
            *ret = i;
            return TRUE;
        }
    return text == NULL ||
           pmml_unsupported(error, element, "%s “%s” is not known", attribute, text);
}

static gboolean
general_optional_field(const PmmlModel *model,
                       const char *attribute,
                       guint *ret_slot,
                       GError **error)
{
    *ret_slot = PMML_NO_SLOT;
    return pmml_attribute(model->element, attribute) == NULL ||
           pmml_program_field(model->element, model->scope, attribute, ret_slot, error);
}

static gboolean
general_read_contrasts(Predictor *predictor, const PmmlElement *element, GError **error)
{
    const PmmlElement *categories = pmml_child(element, "Categories");
    const PmmlElement *matrix = pmml_child(element, "Matrix");
    const PmmlElement *child = categories == NULL ? NULL : pmml_child(categories, "Category");
    for (; child != NULL; child = pmml_next(child, "Category")) {
        const char *value;
        if (!pmml_require(child, "value", &value, error))
            return FALSE;
        g_ptr_array_add(predictor->categories, pmml_pointer(value));
    }
    if (matrix == NULL)
        return TRUE;
    const char *kind = pmml_attribute(matrix, "kind");
    if ((kind != NULL && !g_str_equal(kind, "any")) || pmml_child(matrix, "MatCell") != NULL)
        return pmml_unsupported(error, matrix, "expected a row after the other, of all columns");
    predictor->contrasts = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (child = matrix->first; child != NULL; child = child->next) {
        GArray *row = pmml_array(child, 0, error);
        if (row == NULL)
            return FALSE;
        g_ptr_array_add(predictor->contrasts, row);
    }
    return TRUE;
}

static gboolean
general_read_predictors(const PmmlModel *model,
                        General *self,
                        const char *list_name,
                        gboolean is_factor,
                        GError **error)
{
    const PmmlElement *list = pmml_child(model->element, list_name);
    const PmmlElement *element = list == NULL ? NULL : pmml_child(list, "Predictor");
    for (; element != NULL; element = pmml_next(element, "Predictor")) {
        Predictor *predictor = g_new0(Predictor, 1);
        predictor->categories = g_ptr_array_new();
        predictor->is_factor = is_factor;
        g_ptr_array_add(self->predictors, predictor);
        const char *key = pmml_field_attribute(element, "name");
        if (!pmml_require(element, key, &predictor->name, error) ||
            !pmml_program_field(element, model->scope, "name", &predictor->slot, error) ||
            !general_read_contrasts(predictor, element, error))
            return FALSE;
    }
    return TRUE;
}

static guint
general_find_parameter(const General *self, const char *name)
{
    for (guint i = 0; i < self->parameters->len; i++)
        if (g_str_equal(((const Parameter *)self->parameters->pdata[i])->name, name))
            return i;
    return G_MAXUINT;
}

static gboolean
general_read_parameters(const PmmlModel *model, General *self, GError **error)
{
    const PmmlElement *list = pmml_child(model->element, "ParameterList");
    const PmmlElement *element = list == NULL ? NULL : pmml_child(list, "Parameter");
    for (; element != NULL; element = pmml_next(element, "Parameter")) {
        Parameter *parameter = g_new0(Parameter, 1);
        parameter->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
        g_ptr_array_add(self->parameters, parameter);
        if (!pmml_require(element, "name", &parameter->name, error) ||
            !pmml_number_or(element, "referencePoint", 0, &parameter->reference, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
general_read_cell(const PmmlProgram *program,
                  General *self,
                  const PmmlElement *element,
                  GError **error)
{
    const char *name, *parameter, *text;
    Cell cell = {.predictor = G_MAXUINT, .category = G_MAXUINT};
    const char *key = pmml_field_attribute(element, "predictorName");
    if (!pmml_require(element, key, &name, error) ||
        !pmml_require(element, "parameterName", &parameter, error) ||
        !pmml_require(element, "value", &text, error))
        return FALSE;
    guint at = general_find_parameter(self, parameter);
    for (guint i = 0; i < self->predictors->len; i++)
        if (g_str_equal(((const Predictor *)self->predictors->pdata[i])->name, name))
            cell.predictor = i;
    if (at == G_MAXUINT || cell.predictor == G_MAXUINT)
        return pmml_error(error, element, "there is no such parameter or predictor");
    const Predictor *predictor = self->predictors->pdata[cell.predictor];
    if (!predictor->is_factor) {
        if (!pmml_number(element, "value", &cell.exponent, error))
            return FALSE;
    } else if (!pmml_value_parse(pmml_program_slot(program, predictor->slot)->type,
                                 text,
                                 &cell.value))
        return pmml_error(error, element, "“%s” is no value of its field", text);
    for (guint i = 0; predictor->contrasts != NULL && i < predictor->categories->len; i++) {
        PmmlValue category;
        if (pmml_value_parse(cell.value.type, predictor->categories->pdata[i], &category) &&
            pmml_value_equal(&category, &cell.value))
            cell.category = i;
    }
    if (predictor->contrasts != NULL && cell.category == G_MAXUINT)
        return pmml_error(error, element, "“%s” is no Category of its Predictor", text);
    g_array_append_val(((Parameter *)self->parameters->pdata[at])->cells, cell);
    return TRUE;
}

static gboolean
general_read_coefficient(PmmlModel *model,
                         General *self,
                         const PmmlElement *element,
                         GError **error)
{
    const char *parameter;
    const char *category = pmml_attribute(element, "targetCategory");
    Coefficient coefficient = {.label = G_MAXUINT};
    if (!pmml_require(element, "parameterName", &parameter, error) ||
        !pmml_number(element, "beta", &coefficient.beta, error))
        return FALSE;
    coefficient.parameter = general_find_parameter(self, parameter);
    if (coefficient.parameter == G_MAXUINT)
        return pmml_error(error, element, "there is no parameter “%s”", parameter);
    if (category != NULL && model->function == PMML_CLASSIFICATION)
        coefficient.label = pmml_model_label(model, category);
    g_array_append_val(self->coefficients, coefficient);
    return TRUE;
}

static gboolean
general_read_matrices(const PmmlProgram *program, PmmlModel *model, General *self, GError **error)
{
    const PmmlElement *matrix = pmml_child(model->element, "PPMatrix");
    const PmmlElement *cell = matrix == NULL ? NULL : pmml_child(matrix, "PPCell");
    for (; cell != NULL; cell = pmml_next(cell, "PPCell"))
        if (!general_read_cell(program, self, cell, error))
            return FALSE;
    matrix = pmml_child(model->element, "ParamMatrix");
    cell = matrix == NULL ? NULL : pmml_child(matrix, "PCell");
    for (; cell != NULL; cell = pmml_next(cell, "PCell"))
        if (!general_read_coefficient(model, self, cell, error))
            return FALSE;
    return TRUE;
}

static gboolean
general_read_stratum(General *self, const PmmlElement *element, const char *value, GError **error)
{
    Stratum *stratum = g_new0(Stratum, 1);
    stratum->cells = g_array_new(FALSE, FALSE, sizeof(Baseline));
    stratum->value = value;
    g_ptr_array_add(self->strata, stratum);
    if (!pmml_number_or(element, "maxTime", (double)INFINITY, &stratum->max_time, error))
        return FALSE;
    const PmmlElement *cell = pmml_child(element, "BaselineCell");
    for (; cell != NULL; cell = pmml_next(cell, "BaselineCell")) {
        Baseline one;
        if (!pmml_number(cell, "time", &one.time, error) ||
            !pmml_number(cell, "cumHazard", &one.hazard, error))
            return FALSE;
        g_array_append_val(stratum->cells, one);
    }
    return TRUE;
}

static gboolean
general_read_baseline(const PmmlModel *model, General *self, GError **error)
{
    const PmmlElement *tables = pmml_child(model->element, "BaseCumHazardTables");
    if (self->type != GENERAL_COX)
        return TRUE;
    if (tables == NULL)
        return pmml_error(error, model->element, "no BaseCumHazardTables");
    if (!general_optional_field(model, "endTimeVariable", &self->end_time, error) ||
        !general_optional_field(model, "baselineStrataVariable", &self->strata_slot, error))
        return FALSE;
    if (self->end_time == PMML_NO_SLOT)
        return pmml_error(error, model->element, "no endTimeVariable");
    const PmmlElement *stratum = pmml_child(tables, "BaselineStratum");
    if (stratum == NULL)
        return general_read_stratum(self, tables, NULL, error);
    for (; stratum != NULL; stratum = pmml_next(stratum, "BaselineStratum")) {
        const char *value;
        if (!pmml_require(stratum, "value", &value, error) ||
            !general_read_stratum(self, stratum, value, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
general_read_type(const PmmlModel *model, General *self, GError **error)
{
    static const char *const types[] = {"regression",
                                        "generalLinear",
                                        "multinomialLogistic",
                                        "ordinalMultinomial",
                                        "generalizedLinear",
                                        "CoxRegression",
                                        NULL};
    static const char *const links[] = {"identity",
                                        "logit",
                                        "log",
                                        "probit",
                                        "cloglog",
                                        "loglog",
                                        "logc",
                                        "cauchit",
                                        "inverse",
                                        "power",
                                        "oddspower",
                                        "negbin",
                                        NULL};
    guint type = 0, link = 0;
    const PmmlElement *element = model->element;
    if (pmml_attribute(element, "modelType") == NULL)
        return pmml_error(error, element, "no attribute “modelType”");
    if (!general_choice(element, "modelType", types, &type, error) ||
        !general_choice(element, "linkFunction", links, &link, error) ||
        !general_choice(element, "cumulativeLink", links, &link, error) ||
        !pmml_number_or(element, "linkParameter", (double)NAN, &self->link_parameter, error) ||
        !pmml_number_or(element, "offsetValue", 0, &self->offset, error) ||
        !pmml_number_or(element, "trialsValue", (double)NAN, &self->trials, error))
        return FALSE;
    self->type = type == 0 ? GENERAL_LINEAR : (GeneralType)(type - 1);
    if ((self->type == GENERAL_GENERALIZED && pmml_attribute(element, "linkFunction") == NULL) ||
        (self->type == GENERAL_ORDINAL && pmml_attribute(element, "cumulativeLink") == NULL))
        return pmml_error(error,
                          element,
                          "no attribute “%s”",
                          self->type == GENERAL_ORDINAL ? "cumulativeLink" : "linkFunction");
    self->link = (PmmlLink)link;
    if (self->link == PMML_LINK_NEGBIN &&
        !pmml_number(element, "distParameter", &self->link_parameter, error))
        return FALSE;
    if (self->link >= PMML_LINK_POWER && isnan(self->link_parameter))
        return pmml_error(error, element, "its link needs a linkParameter");
    return general_optional_field(model, "offsetVariable", &self->offset_slot, error) &&
           general_optional_field(model, "trialsVariable", &self->trials_slot, error);
}

/* Cumulative shares follow the order of the target's values; the last of them has no
 * coefficients. A target that lists none has the order of the coefficients, and the reference
 * category is the last. */
static gboolean
general_read_order(PmmlModel *model, General *self, GError **error)
{
    const PmmlData *target = model->target_data;
    guint n = model->labels->len, known = 0;
    const char *last = pmml_attribute(model->element, "targetReferenceCategory");
    g_autofree guint *place = g_new(guint, n + 1);
    if ((target == NULL || target->texts->len == 0) && last != NULL && n > 0 &&
        pmml_model_find_label(model, last) == G_MAXUINT) {
        self->reference = pmml_model_label(model, last);
        return TRUE;
    }
    for (guint i = 0; target != NULL && i < target->texts->len; i++) {
        guint label = pmml_model_find_label(model, target->texts->pdata[i]);
        if (label == G_MAXUINT)
            label = pmml_model_label(model, target->texts->pdata[i]);
        if (label < n)
            place[label] = known++;
    }
    if (known != n || model->labels->len != n + 1)
        return pmml_error(error,
                          model->element,
                          "expected coefficients of all values of the target but the last");
    pmml_model_forget_labels(model);
    for (guint i = 0; i <= n; i++)
        pmml_model_add_label(model, target->texts->pdata[i]);
    self->reference = n;
    for (guint i = 0; i < self->coefficients->len; i++) {
        Coefficient *one = &g_array_index(self->coefficients, Coefficient, i);
        if (one->label != G_MAXUINT)
            one->label = place[one->label];
    }
    return TRUE;
}

/* The reference category has no coefficients; it is the target's value that the others are not.
 * Where no coefficient names a category, all are of the one that is not the reference. */
static gboolean
general_read_reference(PmmlModel *model, General *self, GError **error)
{
    self->reference = G_MAXUINT;
    if (model->function != PMML_CLASSIFICATION)
        return TRUE;
    if (self->type == GENERAL_ORDINAL)
        return general_read_order(model, self, error);
    const char *name = pmml_attribute(model->element, "targetReferenceCategory");
    const PmmlData *target = model->target_data;
    gboolean named = model->labels->len > 0;
    for (guint i = 0; named && name == NULL && target != NULL && i < target->texts->len; i++)
        if (pmml_model_find_label(model, target->texts->pdata[i]) == G_MAXUINT)
            name = target->texts->pdata[i];
    /* shares of all classes need none */
    if (name == NULL && self->type == GENERAL_MULTINOMIAL && model->labels->len > 1)
        return TRUE;
    if (name == NULL)
        return pmml_error(error, model->element, "no targetReferenceCategory");
    for (guint i = 0; !named && target != NULL && target->texts->len == 2 && i < 2; i++)
        if (!g_str_equal(target->texts->pdata[i], name))
            pmml_model_label(model, target->texts->pdata[i]);
    self->reference = pmml_model_find_label(model, name);
    if (self->reference == G_MAXUINT)
        self->reference = pmml_model_label(model, name);
    return model->labels->len > 1 ||
           pmml_error(error, model->element, "no coefficient has a targetCategory");
}

static gboolean
general_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    General *self = g_new0(General, 1);
    model->body = self;
    self->predictors = g_ptr_array_new_with_free_func(general_predictor_free);
    self->parameters = g_ptr_array_new_with_free_func(general_parameter_free);
    self->coefficients = g_array_new(FALSE, FALSE, sizeof(Coefficient));
    self->strata = g_ptr_array_new_with_free_func(general_stratum_free);
    return general_read_type(model, self, error) &&
           general_read_predictors(model, self, "FactorList", TRUE, error) &&
           general_read_predictors(model, self, "CovariateList", FALSE, error) &&
           general_read_parameters(model, self, error) &&
           general_read_matrices(program, model, self, error) &&
           general_read_reference(model, self, error) && general_read_baseline(model, self, error);
}

/* the contrast between the row's category and the cell's */
static double
general_contrast(const Predictor *predictor, const Cell *cell, const PmmlValue *value)
{
    for (guint i = 0; i < predictor->categories->len && i < predictor->contrasts->len; i++) {
        const GArray *row = predictor->contrasts->pdata[i];
        PmmlValue category;
        if (pmml_value_parse(value->type, predictor->categories->pdata[i], &category) &&
            pmml_value_equal(&category, value) && cell->category < row->len)
            return g_array_index(row, double, cell->category);
    }
    return 0;
}

static gboolean
general_cell(const General *self,
             PmmlRow *row,
             const Cell *cell,
             double *ret,
             gboolean *ret_missing,
             GError **error)
{
    const Predictor *predictor = self->predictors->pdata[cell->predictor];
    PmmlValue value;
    if (!predictor->is_factor) {
        if (!pmml_row_number(row, predictor->slot, ret, ret_missing, error))
            return FALSE;
        if (fabs(cell->exponent - 1) > 0)
            *ret = pow(*ret, cell->exponent);
        return TRUE;
    }
    if (!pmml_slot_value(row, predictor->slot, &value, error))
        return FALSE;
    *ret_missing = value.missing;
    *ret = 0;
    if (value.missing)
        return TRUE;
    if (predictor->contrasts != NULL)
        *ret = general_contrast(predictor, cell, &value);
    else
        *ret = pmml_value_equal(&value, &cell->value) ? 1 : 0;
    return TRUE;
}

/* per parameter the product of its cells; @ret_missing when any predictor is */
static gboolean
general_parameters(const General *self,
                   PmmlRow *row,
                   double *x,
                   gboolean *ret_missing,
                   GError **error)
{
    *ret_missing = FALSE;
    for (guint p = 0; p < self->parameters->len; p++) {
        const Parameter *parameter = self->parameters->pdata[p];
        x[p] = 1;
        for (guint i = 0; i < parameter->cells->len; i++) {
            double factor;
            if (!general_cell(self,
                              row,
                              &g_array_index(parameter->cells, Cell, i),
                              &factor,
                              ret_missing,
                              error))
                return FALSE;
            if (*ret_missing)
                return TRUE;
            x[p] *= factor;
        }
    }
    return TRUE;
}

static double
general_dot(const General *self, const double *x, guint label)
{
    double sum = 0;
    for (guint i = 0; i < self->coefficients->len; i++) {
        const Coefficient *one = &g_array_index(self->coefficients, Coefficient, i);
        if (one->label == label || one->label == G_MAXUINT || label == G_MAXUINT)
            sum += one->beta * x[one->parameter];
    }
    return sum;
}

static gboolean
general_optional(PmmlRow *row,
                 guint slot,
                 double fallback,
                 double *ret,
                 gboolean *ret_missing,
                 GError **error)
{
    *ret = fallback;
    *ret_missing = FALSE;
    return slot == PMML_NO_SLOT || pmml_row_number(row, slot, ret, ret_missing, error);
}

static const Stratum *
general_stratum(const General *self, const PmmlValue *value, GStringChunk *strings)
{
    if (self->strata_slot == PMML_NO_SLOT)
        return self->strata->pdata[0];
    for (guint i = 0; !value->missing && i < self->strata->len; i++) {
        const Stratum *stratum = self->strata->pdata[i];
        PmmlValue wanted;
        if (stratum->value == NULL ||
            g_str_equal(stratum->value, pmml_value_text(value, strings)) ||
            (pmml_value_parse(value->type, stratum->value, &wanted) &&
             pmml_value_equal(value, &wanted)))
            return stratum;
    }
    return NULL;
}

/* cumulative hazard: baseline at the row's end time, times e^(risk less the reference's) */
static gboolean
general_cox(const General *self, PmmlRow *row, const double *x, PmmlResult *result, GError **error)
{
    double time, risk = 0;
    gboolean missing;
    PmmlValue value = PMML_NOTHING;
    if (!pmml_row_number(row, self->end_time, &time, &missing, error) ||
        (self->strata_slot != PMML_NO_SLOT &&
         !pmml_slot_value(row, self->strata_slot, &value, error)))
        return FALSE;
    const Stratum *stratum = general_stratum(self, &value, row->strings);
    if (missing || stratum == NULL || time > stratum->max_time)
        return TRUE;
    double hazard = 0, latest = -(double)INFINITY;
    for (guint i = 0; i < stratum->cells->len; i++) {
        const Baseline *cell = &g_array_index(stratum->cells, Baseline, i);
        if (cell->time > time || cell->time < latest)
            continue;
        hazard = cell->hazard;
        latest = cell->time;
    }
    for (guint i = 0; i < self->coefficients->len; i++) {
        const Coefficient *one = &g_array_index(self->coefficients, Coefficient, i);
        const Parameter *parameter = self->parameters->pdata[one->parameter];
        risk += one->beta * (x[one->parameter] - parameter->reference);
    }
    result->value = pmml_value_number(PMML_DOUBLE, hazard * exp(risk));
    return TRUE;
}

static void
general_ordinal(const General *self, const double *x, double offset, double *score, guint n)
{
    double before = 0;
    for (guint i = 0; i < n; i++) {
        double cumulative = i + 1 == n ? 1
                                       : pmml_link_inverse(self->link,
                                                           self->link_parameter,
                                                           general_dot(self, x, i) + offset);
        score[i] = cumulative - before;
        before = cumulative;
    }
}

static void
general_classify(const PmmlModel *model,
                 const General *self,
                 PmmlRow *row,
                 const double *x,
                 double offset,
                 PmmlResult *result)
{
    guint n = model->labels->len;
    double *score = pmml_row_scores(row, model);
    double others = 0;
    if (self->type == GENERAL_ORDINAL)
        general_ordinal(self, x, offset, score, n);
    else if (self->type == GENERAL_MULTINOMIAL) {
        for (guint i = 0; i < n; i++)
            score[i] = i == self->reference ? 0 : general_dot(self, x, i) + offset;
        pmml_softmax(score, n, FALSE);
    } else {
        for (guint i = 0; i < n; i++) {
            if (i == self->reference)
                continue;
            score[i] = pmml_link_inverse(self->link,
                                         self->link_parameter,
                                         general_dot(self, x, i) + offset);
            others += score[i];
        }
        score[self->reference] = 1 - others;
    }
    result->score = score;
    pmml_model_decide(model, result);
}

static gboolean
general_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const General *self = model->body;
    double *x = pmml_row_alloc(row, self->parameters->len, sizeof(double));
    double offset, trials;
    gboolean missing, no_offset, no_trials;
    if (!general_parameters(self, row, x, &missing, error) ||
        !general_optional(row, self->offset_slot, self->offset, &offset, &no_offset, error) ||
        !general_optional(row, self->trials_slot, self->trials, &trials, &no_trials, error))
        return FALSE;
    if (missing || no_offset || no_trials)
        return TRUE;
    if (self->type == GENERAL_COX)
        return general_cox(self, row, x, result, error);
    if (model->function == PMML_CLASSIFICATION) {
        general_classify(model, self, row, x, offset, result);
        return TRUE;
    }
    double value = general_dot(self, x, G_MAXUINT) + offset;
    if (self->type == GENERAL_GENERALIZED)
        value = pmml_link_inverse(self->link, self->link_parameter, value);
    if (!isnan(trials))
        value *= trials;
    result->value = pmml_value_number(PMML_DOUBLE, value);
    return TRUE;
}

const PmmlModelClass pmml_general_regression_class = {
    .element = "GeneralRegressionModel",
    .kind = "generalised linear model",
    .read = general_read,
    .run = general_run,
    .free = general_free,
};
