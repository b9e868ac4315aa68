/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's transformers: what is done to a row before it is predicted. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"

void
sk_part_free(gpointer data)
{
    SkPart *part = data;
    g_array_unref(part->columns);
    g_ptr_array_unref(part->steps);
    g_free(part);
}

void
sk_step_free(gpointer data)
{
    SkStep *step = data;
    g_free(step->a);
    g_free(step->b);
    g_free(step->matrix);
    g_free(step->first);
    g_free(step->values);
    g_free(step->dropped);
    g_clear_pointer(&step->parts, g_ptr_array_unref);
    g_free(step);
}

SkStep *
sk_step_new(GPtrArray *steps, SkStepKind kind, guint n)
{
    SkStep *step = g_new0(SkStep, 1);
    step->kind = kind;
    step->n_in = step->n_out = n;
    step->low = -(double)INFINITY;
    step->high = (double)INFINITY;
    g_ptr_array_add(steps, step);
    return step;
}

static double *
step_fill(guint n, double value)
{
    double *numbers = g_new(double, n);
    for (guint i = 0; i < n; i++)
        numbers[i] = value;
    return numbers;
}

void
sk_step_forget(GArray *raw, guint n)
{
    guint none = G_MAXUINT;
    g_array_set_size(raw, 0);
    for (guint i = 0; i < n; i++)
        g_array_append_val(raw, none);
}

/* StandardScaler, RobustScaler: less a centre, over a scale */
static gboolean
step_read_centre(const PickleValue *object,
                 const char *centre,
                 gboolean with_centre,
                 gboolean with_scale,
                 GArray *raw,
                 GPtrArray *steps,
                 GError **error)
{
    guint n = raw->len;
    SkStep *step = sk_step_new(steps, SK_STEP_SCALE, n);
    step->a = with_centre ? sk_numbers(object, centre, n, error) : step_fill(n, 0);
    if (step->a == NULL)
        return FALSE;
    step->b = with_scale ? sk_numbers(object, "scale_", n, error) : step_fill(n, 1);
    for (guint i = 0; step->b != NULL && i < n; i++)
        step->b[i] = 1 / step->b[i];
    sk_step_forget(raw, n);
    return step->b != NULL;
}

static gboolean
step_read_min_max(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    guint n = raw->len;
    SkStep *step = sk_step_new(steps, SK_STEP_SCALE, n);
    g_autofree double *shift = sk_numbers(object, "min_", n, error);
    step->b = shift != NULL ? sk_numbers(object, "scale_", n, error) : NULL;
    if (step->b == NULL)
        return FALSE;
    step->a = g_new(double, n);
    for (guint i = 0; i < n; i++)
        step->a[i] = -shift[i] / step->b[i];
    if (sk_flag(object, "clip", FALSE)) {
        const PickleValue *range = pickle_attribute(object, "feature_range");
        if (!pickle_number(pickle_item(range, 0), &step->low) ||
            !pickle_number(pickle_item(range, 1), &step->high))
            return sk_fail(error, "MinMaxScaler has no feature_range");
    }
    sk_step_forget(raw, n);
    return TRUE;
}

static gboolean
step_read_imputer(SkReader *reader,
                  const PickleValue *object,
                  GArray *raw,
                  GPtrArray *steps,
                  GError **error)
{
    guint n = raw->len;
    double wanted;
    const PickleValue *indicator = pickle_attribute(object, "indicator_");
    const PickleValue *missing = pickle_attribute(object, "missing_values");
    if (indicator != NULL && indicator->kind != PICKLE_NONE)
        return sk_refuse(error, "an imputer that adds indicators is not computed");
    if (missing != NULL && pickle_number(missing, &wanted) && !isnan(wanted))
        return sk_refuse(error, "an imputer of other values than missing ones is not computed");
    SkStep *step = sk_step_new(steps, SK_STEP_IMPUTE, n);
    step->a = sk_numbers(object, "statistics_", n, error);
    reader->takes_missing = TRUE;
    for (guint i = 0; step->a != NULL && i < n; i++)
        if (isnan(step->a[i]))
            return sk_refuse(error, "an imputer of texts, or of columns without values");
    return step->a != NULL;
}

static gboolean
step_read_normalizer(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    static const char *const names[] = {"l1", "l2", "max"};
    const char *norm = pickle_text(pickle_attribute(object, "norm"));
    for (guint i = 0; norm != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(norm, names[i])) {
            sk_step_new(steps, SK_STEP_NORMALIZE, raw->len)->norm = (SkNorm)i;
            sk_step_forget(raw, raw->len);
            return TRUE;
        }
    return sk_fail(error, "Normalizer: expected l1, l2 or max");
}

static gboolean
step_read_pca(const PickleValue *object,
              gboolean has_mean,
              GArray *raw,
              GPtrArray *steps,
              GError **error)
{
    PickleArray components;
    guint n = raw->len;
    if (!pickle_array(pickle_attribute(object, "components_"), &components) ||
        components.n_dimensions != 2 || components.shape[1] != n ||
        components.shape[0] > ERRATA_LIMIT_COLUMNS)
        return sk_fail(error, "components_: expected a matrix of %u columns", n);
    SkStep *step = sk_step_new(steps, SK_STEP_PROJECT, n);
    step->n_out = (guint)components.shape[0];
    step->a = has_mean ? sk_numbers(object, "mean_", n, error) : step_fill(n, 0);
    if (step->a == NULL)
        return FALSE;
    step->matrix = g_new(double, components.n);
    for (gsize i = 0; i < components.n; i++)
        step->matrix[i] = pickle_array_number(&components, i);
    if (has_mean && sk_flag(object, "whiten", FALSE)) {
        g_autofree double *variance = sk_numbers(object, "explained_variance_", step->n_out, error);
        if (variance == NULL)
            return FALSE;
        for (gsize i = 0; i < components.n; i++)
            step->matrix[i] /= sqrt(variance[i / n]);
    }
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

static gboolean
step_same_names(const GPtrArray *a, const GPtrArray *b)
{
    for (guint i = 0; a->len == b->len && i < a->len; i++)
        if (!g_str_equal(a->pdata[i], b->pdata[i]))
            return FALSE;
    return a->len == b->len;
}

/* texts become categories of the input, whose cells are then their numbers */
static gboolean
step_read_categories(SkReader *reader,
                     SkStep *step,
                     const PickleArray *list,
                     guint column,
                     guint raw,
                     GArray *values,
                     GError **error)
{
    gboolean is_text = list->n > 0 && isnan(pickle_array_number(list, 0)) && list->kind != 'f';
    GPtrArray *names = is_text ? g_ptr_array_new_with_free_func(g_free) : NULL;
    step->first[column] = values->len;
    if (is_text && raw == G_MAXUINT) {
        g_ptr_array_unref(names);
        return sk_refuse(error, "an encoder of texts that are computed");
    }
    for (gsize i = 0; i < list->n; i++) {
        double value = is_text ? (double)i : pickle_array_number(list, i);
        char *text = is_text ? pickle_array_text(list, i) : NULL;
        g_array_append_val(values, value);
        if (is_text)
            g_ptr_array_add(names, text != NULL ? text : g_strdup("None"));
    }
    if (is_text && reader->categories[raw] == NULL) {
        reader->categories[raw] = names;
        return TRUE;
    }
    if (!is_text)
        return TRUE;
    gboolean same = step_same_names(reader->categories[raw], names);
    g_ptr_array_unref(names);
    return same || sk_refuse(error, "two encoders know different categories of one column");
}

static gboolean
step_read_dropped(const PickleValue *object, SkStep *step, GError **error)
{
    PickleArray drop;
    const PickleValue *value = pickle_attribute(object, "drop_idx_");
    step->dropped = g_new(guint, step->n_in);
    for (guint i = 0; i < step->n_in; i++)
        step->dropped[i] = G_MAXUINT;
    if (value == NULL || value->kind == PICKLE_NONE)
        return TRUE;
    if (!pickle_array(value, &drop) || drop.n != step->n_in)
        return sk_fail(error, "drop_idx_: expected a number per column");
    for (guint i = 0; i < step->n_in; i++) {
        double index = pickle_array_number(&drop, i);
        if (index >= 0 && index < ERRATA_LIMIT_DICTIONARY)
            step->dropped[i] = (guint)index;
    }
    return TRUE;
}

static gboolean
step_read_encoder(SkReader *reader,
                  const PickleValue *object,
                  gboolean one_hot,
                  GArray *raw,
                  GPtrArray *steps,
                  GError **error)
{
    const PickleValue *lists = pickle_attribute(object, "categories_");
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    const PickleValue *rare = pickle_attribute(object, "_infrequent_enabled");
    guint n = raw->len;
    if (pickle_n_items(lists) != n)
        return sk_fail(error, "categories_: expected a list of %u arrays", n);
    if (rare != NULL && rare->integer != 0)
        return sk_refuse(error, "an encoder that pools rare categories is not computed");
    SkStep *step = sk_step_new(steps, SK_STEP_ENCODE, n);
    step->one_hot = one_hot;
    step->first = g_new0(guint, n + 1);
    for (guint i = 0; i < n; i++) {
        PickleArray list;
        if (!pickle_array(pickle_item(lists, i), &list) || list.n_dimensions != 1 ||
            values->len + list.n > ERRATA_LIMIT_DICTIONARY)
            return sk_fail(error, "categories_: expected arrays");
        if (!step_read_categories(reader,
                                  step,
                                  &list,
                                  i,
                                  g_array_index(raw, guint, i),
                                  values,
                                  error))
            return FALSE;
    }
    step->first[n] = values->len;
    if (!step_read_dropped(object, step, error))
        return FALSE;
    step->n_out = one_hot ? values->len : n;
    for (guint i = 0; one_hot && i < n; i++)
        step->n_out -= step->dropped[i] != G_MAXUINT;
    step->values = g_memdup2(values->data, values->len * sizeof(double) + 1);
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

static gboolean
step_add_column(SkReader *reader, SkPart *part, const PickleValue *value, guint n, GError **error)
{
    guint column = G_MAXUINT;
    const char *name = pickle_text(value);
    double number;
    for (guint i = 0; name != NULL && i < reader->names->len; i++)
        if (g_str_equal(reader->names->pdata[i], name))
            column = i;
    if (name == NULL && pickle_number(value, &number) && number >= 0 && number < n)
        column = (guint)number;
    if (column >= n)
        return sk_fail(error, "ColumnTransformer: there is no such column");
    g_array_append_val(part->columns, column);
    return TRUE;
}

static gboolean
step_read_columns(SkReader *reader,
                  SkPart *part,
                  const PickleValue *columns,
                  guint n,
                  GError **error)
{
    PickleArray array;
    if (pickle_array(columns, &array)) {
        if (array.kind == 'b') {
            for (guint i = 0; array.n == n && i < n; i++)
                if (pickle_array_number(&array, i) > 0)
                    g_array_append_val(part->columns, i);
            return array.n == n || sk_fail(error, "ColumnTransformer: a mask of other columns");
        }
        for (gsize i = 0; i < array.n; i++) {
            PickleValue number = {.kind = PICKLE_FLOAT, .number = pickle_array_number(&array, i)};
            if (!step_add_column(reader, part, &number, n, error))
                return FALSE;
        }
        return TRUE;
    }
    if (columns != NULL && columns->kind == PICKLE_OBJECT)
        return sk_refuse(error, "columns chosen by a slice or a function are not followed");
    if (columns != NULL && columns->kind != PICKLE_LIST)
        return step_add_column(reader, part, columns, n, error);
    for (guint i = 0; i < pickle_n_items(columns); i++)
        if (!step_add_column(reader, part, pickle_item(columns, i), n, error))
            return FALSE;
    return TRUE;
}

static gboolean
step_read_part(SkReader *reader,
               SkStep *step,
               const PickleValue *entry,
               const GArray *raw,
               GError **error)
{
    const PickleValue *transformer = pickle_item(entry, 1);
    const char *word = pickle_text(transformer);
    if (word != NULL && g_str_equal(word, "drop"))
        return TRUE;
    SkPart *part = g_new0(SkPart, 1);
    part->columns = g_array_new(FALSE, FALSE, sizeof(guint));
    part->steps = g_ptr_array_new_with_free_func(sk_step_free);
    g_ptr_array_add(step->parts, part);
    if (!step_read_columns(reader, part, pickle_item(entry, 2), step->n_in, error))
        return FALSE;
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < part->columns->len; i++)
        g_array_append_val(own, g_array_index(raw, guint, g_array_index(part->columns, guint, i)));
    if (word == NULL && part->columns->len > 0 &&
        !sk_read_step(reader, transformer, own, part->steps, error))
        return FALSE;
    part->n_out = own->len;
    step->n_out += part->n_out;
    return TRUE;
}

static gboolean
step_read_parts(SkReader *reader,
                const PickleValue *object,
                GArray *raw,
                GPtrArray *steps,
                GError **error)
{
    const PickleValue *list = pickle_attribute(object, "transformers_");
    SkStep *step = sk_step_new(steps, SK_STEP_COLUMNS, raw->len);
    step->parts = g_ptr_array_new_with_free_func(sk_part_free);
    step->n_out = 0;
    if (list == NULL)
        return sk_fail(error, "ColumnTransformer is not fitted");
    for (guint i = 0; i < pickle_n_items(list); i++)
        if (!step_read_part(reader, step, pickle_item(list, i), raw, error))
            return FALSE;
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

static gboolean
step_read_pipeline(SkReader *reader,
                   const PickleValue *object,
                   GArray *raw,
                   GPtrArray *steps,
                   GError **error)
{
    const PickleValue *list = pickle_attribute(object, "steps");
    for (guint i = 0; i < pickle_n_items(list); i++)
        if (!sk_read_step(reader, pickle_item(pickle_item(list, i), 1), raw, steps, error))
            return FALSE;
    return TRUE;
}

gboolean
sk_read_step(SkReader *reader,
             const PickleValue *object,
             GArray *raw,
             GPtrArray *steps,
             GError **error)
{
    const char *word = pickle_text(object);
    const char *name = pickle_class(object);
    const char *module = pickle_module(object);
    if (object == NULL || object->kind == PICKLE_NONE ||
        (word != NULL && g_str_equal(word, "passthrough")))
        return TRUE;
    if (name == NULL || !g_str_has_prefix(module, "sklearn."))
        return sk_refuse(error, "a step that is not scikit-learn's");
    if (g_str_equal(name, "Pipeline"))
        return step_read_pipeline(reader, object, raw, steps, error);
    if (g_str_equal(name, "ColumnTransformer"))
        return step_read_parts(reader, object, raw, steps, error);
    if (g_str_equal(name, "StandardScaler"))
        return step_read_centre(object,
                                "mean_",
                                sk_flag(object, "with_mean", TRUE),
                                sk_flag(object, "with_std", TRUE),
                                raw,
                                steps,
                                error);
    if (g_str_equal(name, "RobustScaler"))
        return step_read_centre(object,
                                "center_",
                                sk_flag(object, "with_centering", TRUE),
                                sk_flag(object, "with_scaling", TRUE),
                                raw,
                                steps,
                                error);
    if (g_str_equal(name, "MaxAbsScaler"))
        return step_read_centre(object, "", FALSE, TRUE, raw, steps, error);
    if (g_str_equal(name, "MinMaxScaler"))
        return step_read_min_max(object, raw, steps, error);
    if (g_str_equal(name, "SimpleImputer"))
        return step_read_imputer(reader, object, raw, steps, error);
    if (g_str_equal(name, "Normalizer"))
        return step_read_normalizer(object, raw, steps, error);
    if (g_str_equal(name, "PCA") || g_str_equal(name, "TruncatedSVD"))
        return step_read_pca(object, g_str_equal(name, "PCA"), raw, steps, error);
    if (g_str_equal(name, "OneHotEncoder") || g_str_equal(name, "OrdinalEncoder"))
        return step_read_encoder(reader,
                                 object,
                                 g_str_equal(name, "OneHotEncoder"),
                                 raw,
                                 steps,
                                 error);
    gboolean is = FALSE;
    if (!sk_read_more_steps(reader, object, raw, steps, &is, error))
        return FALSE;
    return is || sk_refuse(error, "the step %s.%s is not computed", module, name);
}

static void
step_encode(const SkStep *step, const double *in, double *out)
{
    guint k = 0;
    for (guint i = 0; i < step->n_in; i++) {
        double code = (double)NAN;
        for (guint v = step->first[i]; v < step->first[i + 1]; v++) {
            gboolean is = in[i] >= step->values[v] && in[i] <= step->values[v];
            if (is)
                code = v - step->first[i];
            if (step->one_hot && v - step->first[i] != step->dropped[i])
                out[k++] = is ? 1 : 0;
        }
        if (!step->one_hot)
            out[k++] = code;
    }
}

static void
step_normalize(const SkStep *step, const double *in, double *out)
{
    double norm = 0;
    for (guint i = 0; i < step->n_in; i++)
        norm = step->norm == SK_NORM_MAX  ? fmax(norm, fabs(in[i]))
               : step->norm == SK_NORM_L1 ? norm + fabs(in[i])
                                          : norm + in[i] * in[i];
    norm = step->norm == SK_NORM_L2 ? sqrt(norm) : norm;
    for (guint i = 0; i < step->n_in; i++)
        out[i] = norm > 0 ? in[i] / norm : in[i];
}

static void
step_project(const SkStep *step, const double *in, double *out)
{
    for (guint k = 0; k < step->n_out; k++) {
        double sum = 0;
        for (guint i = 0; i < step->n_in; i++)
            sum += (in[i] - step->a[i]) * step->matrix[(gsize)k * step->n_in + i];
        out[k] = sum;
    }
}

static void
step_parts(const SkStep *step, const double *in, double *out)
{
    for (guint p = 0; p < step->parts->len; p++) {
        const SkPart *part = step->parts->pdata[p];
        guint widest = sk_widest(part->steps, part->columns->len);
        g_autofree double *one = g_new(double, widest + 1);
        g_autofree double *two = g_new(double, widest + 1);
        for (guint i = 0; i < part->columns->len; i++)
            one[i] = in[g_array_index(part->columns, guint, i)];
        const double *result = sk_run_steps(part->steps, one, two);
        memcpy(out, result, part->n_out * sizeof(double));
        out += part->n_out;
    }
}

static void
step_run(const SkStep *step, const double *in, double *out)
{
    switch (step->kind) {
    case SK_STEP_SCALE:
        for (guint i = 0; i < step->n_in; i++) {
            out[i] = (in[i] - step->a[i]) * step->b[i];
            out[i] = out[i] < step->low ? step->low : out[i] > step->high ? step->high : out[i];
        }
        break;
    case SK_STEP_IMPUTE:
        for (guint i = 0; i < step->n_in; i++)
            out[i] = isnan(in[i]) ? step->a[i] : in[i];
        break;
    case SK_STEP_NORMALIZE:
        step_normalize(step, in, out);
        break;
    case SK_STEP_PROJECT:
        step_project(step, in, out);
        break;
    case SK_STEP_ENCODE:
        step_encode(step, in, out);
        break;
    case SK_STEP_COLUMNS:
        step_parts(step, in, out);
        break;
    case SK_STEP_SELECT:
    case SK_STEP_BINARIZE:
    case SK_STEP_FUNCTION:
    case SK_STEP_POWERS:
    case SK_STEP_QUANTILES:
    case SK_STEP_POWER:
    case SK_STEP_BINS:
    default:
        sk_run_more_steps(step, in, out);
        break;
    }
}

guint
sk_widest(const GPtrArray *steps, guint n_in)
{
    for (guint i = 0; i < steps->len; i++)
        n_in = MAX(n_in, ((const SkStep *)steps->pdata[i])->n_out);
    return n_in;
}

double *
sk_run_steps(const GPtrArray *steps, double *in, double *out)
{
    for (guint i = 0; i < steps->len; i++) {
        step_run(steps->pdata[i], in, out);
        double *swap = in;
        in = out;
        out = swap;
    }
    return in;
}
