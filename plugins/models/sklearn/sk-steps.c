/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's transformers: what is done to a row before it is predicted. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"

/* a norm below is left alone, in a dense table: ten times the last place of 1 */
#define STEP_NO_NORM (10 * DBL_EPSILON)

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
    g_free(step->c);
    g_free(step->matrix);
    g_free(step->first);
    g_free(step->values);
    g_free(step->dropped);
    g_free(step->missing);
    g_free(step->is_none);
    g_free(step->pool);
    g_free(step->code);
    g_free(step->n_codes);
    g_clear_pointer(&step->parts, g_ptr_array_unref);
    g_clear_pointer(&step->words, sk_words_free);
    g_clear_pointer(&step->imputer, sk_imputer_free);
    g_clear_pointer(&step->spline, sk_spline_free);
    g_clear_pointer(&step->landmarks, sk_landmarks_free);
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

gboolean
sk_may_read(SkReader *reader, const PickleValue *object, GError **error)
{
    if (!g_hash_table_add(reader->seen, (gpointer)(guintptr)object))
        reader->n_again++;
    return reader->n_again <= SK_MAX_AGAIN ||
           sk_fail(error,
                   "the same objects stand in it again and again, more than %d times",
                   SK_MAX_AGAIN);
}

gboolean
sk_may_widen(SkReader *reader, guint n, GError **error)
{
    reader->n_wide += n;
    return reader->n_wide <= SK_MAX_WIDE ||
           sk_refuse(error, "parts of steps that take more than %u columns together", SK_MAX_WIDE);
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
    step->divides = with_scale;
    sk_step_forget(raw, n);
    return step->b != NULL;
}

static gboolean
step_read_min_max(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    guint n = raw->len;
    SkStep *step = sk_step_new(steps, SK_STEP_SCALE, n);
    step->c = sk_numbers(object, "min_", n, error);
    step->b = step->c != NULL ? sk_numbers(object, "scale_", n, error) : NULL;
    if (step->b == NULL)
        return FALSE;
    step->a = step_fill(n, 0);
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
step_read_normalizer(const PickleValue *object,
                     SkZeros zeros,
                     GArray *raw,
                     GPtrArray *steps,
                     GError **error)
{
    static const char *const names[] = {"l1", "l2", "max"};
    const char *norm = pickle_text(pickle_attribute(object, "norm"));
    for (guint i = 0; norm != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(norm, names[i])) {
            SkStep *step = sk_step_new(steps, SK_STEP_NORMALIZE, raw->len);
            step->norm = (SkNorm)i;
            step->low = zeros == SK_ZEROS_KEPT ? STEP_NO_NORM : 0;
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
    if (has_mean && sk_flag(object, "whiten", FALSE) &&
        !g_str_equal(pickle_class(object), "FastICA")) {
        g_autofree double *variance = sk_numbers(object, "explained_variance_", step->n_out, error);
        if (variance == NULL)
            return FALSE;
        /* trained on numbers of single precision, the library takes the root in it, too */
        gboolean is_single = sk_is_single(pickle_attribute(object, "explained_variance_"));
        step = sk_step_new(steps, SK_STEP_SCALE, step->n_out);
        step->divides = TRUE;
        step->a = step_fill(step->n_in, 0);
        step->b = g_new(double, step->n_in);
        for (guint k = 0; k < step->n_in; k++)
            step->b[k] = is_single ? (double)sqrtf((float)variance[k]) : sqrt(variance[k]);
    }
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

/* the directions that tell classes apart: (x − mean) · scalings, the first of them */
static gboolean
step_read_discriminants(const PickleValue *object, GArray *raw, GPtrArray *steps, GError **error)
{
    const char *solver = pickle_text(pickle_attribute(object, "solver"));
    gboolean by_mean = g_strcmp0(solver, "svd") == 0;
    double most = sk_number(object, "_max_components", 0);
    PickleArray scalings;
    guint n = raw->len;
    if (!by_mean && g_strcmp0(solver, "eigen") != 0)
        return sk_refuse(error,
                         "LinearDiscriminantAnalysis as a step by another solver than svd, eigen");
    if (!pickle_array(pickle_attribute(object, "scalings_"), &scalings) ||
        scalings.n_dimensions != 2 || scalings.shape[0] != n || !(most >= 1))
        return sk_fail(error, "scalings_: expected a matrix of %u rows, and _max_components", n);
    SkStep *step = sk_step_new(steps, SK_STEP_PROJECT, n);
    step->n_out = (guint)MIN(most, (double)MIN(scalings.shape[1], ERRATA_LIMIT_COLUMNS));
    step->a = by_mean ? sk_numbers(object, "xbar_", n, error) : step_fill(n, 0);
    if (step->a == NULL)
        return FALSE;
    step->matrix = g_new(double, (gsize)step->n_out *n + 1);
    for (guint k = 0; k < step->n_out; k++)
        for (guint i = 0; i < n; i++)
            step->matrix[(gsize)k * n + i] = pickle_array_number(&scalings,
                                                                 (gsize)i * scalings.shape[1] + k);
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

/* by its name among the columns that come in, @raw, or by its place, from the end where negative */
static gboolean
step_add_column(SkReader *reader,
                SkPart *part,
                const PickleValue *value,
                const GArray *raw,
                GError **error)
{
    guint column = G_MAXUINT;
    const char *name = pickle_text(value);
    double number;
    for (guint i = 0; name != NULL && i < raw->len; i++) {
        guint input = g_array_index(raw, guint, i);
        if (input < reader->names->len && g_str_equal(reader->names->pdata[input], name))
            column = i;
    }
    if (name == NULL && pickle_number(value, &number) && number >= -(double)raw->len &&
        number < raw->len)
        column = (guint)(number < 0 ? number + raw->len : number);
    if (column >= raw->len && name != NULL)
        return sk_refuse(
            error,
            "ColumnTransformer: the column “%.60s”, which none of its inputs is called",
            name);
    if (column >= raw->len)
        return sk_fail(error, "ColumnTransformer: there is no such column");
    g_array_append_val(part->columns, column);
    return TRUE;
}

/* a flag per column */
static gboolean
step_read_flags(SkPart *part, const PickleValue *list, guint n, GError **error)
{
    for (guint i = 0; pickle_n_items(list) == n && i < n; i++) {
        const PickleValue *flag = pickle_item(list, i);
        if (flag->kind != PICKLE_BOOL)
            return sk_fail(error, "ColumnTransformer: flags and other things among the columns");
        if (flag->integer != 0)
            g_array_append_val(part->columns, i);
    }
    return pickle_n_items(list) == n ||
           sk_fail(error, "ColumnTransformer: a mask of other columns");
}

static gboolean
step_read_columns(SkReader *reader,
                  SkPart *part,
                  const PickleValue *columns,
                  const GArray *raw,
                  GError **error)
{
    PickleArray array;
    guint n = raw->len;
    if (pickle_array(columns, &array)) {
        if (array.kind == 'b') {
            for (guint i = 0; array.n == n && i < n; i++)
                if (pickle_array_number(&array, i) > 0)
                    g_array_append_val(part->columns, i);
            return array.n == n || sk_fail(error, "ColumnTransformer: a mask of other columns");
        }
        if (array.n_dimensions != 1)
            return sk_fail(error, "ColumnTransformer: expected a list of columns");
        for (gsize i = 0; i < array.n; i++) {
            g_autofree char *name = array.kind == 'U' ? pickle_array_text(&array, i) : NULL;
            PickleValue place = {.kind = PICKLE_FLOAT, .number = pickle_array_number(&array, i)};
            PickleValue text = {.kind = PICKLE_STRING, .data = name};
            const PickleValue *one = array.kind == 'O' ? pickle_item(array.items, (guint)i)
                                     : name != NULL    ? &text
                                                       : &place;
            if (!step_add_column(reader, part, one, raw, error))
                return FALSE;
        }
        return TRUE;
    }
    if (columns != NULL && columns->kind == PICKLE_OBJECT)
        return sk_refuse(error, "columns chosen by a slice or a function, and not told");
    if (columns != NULL && columns->kind != PICKLE_LIST)
        return step_add_column(reader, part, columns, raw, error);
    if (pickle_n_items(columns) > 0 && pickle_item(columns, 0)->kind == PICKLE_BOOL)
        return step_read_flags(part, columns, n, error);
    for (guint i = 0; i < pickle_n_items(columns); i++)
        if (!step_add_column(reader, part, pickle_item(columns, i), raw, error))
            return FALSE;
    return TRUE;
}

/* what a slice or a function chose, as the fitted object keeps it */
static const PickleValue *
step_told_columns(const PickleValue *object, const PickleValue *entry)
{
    const PickleValue *columns = pickle_item(entry, 2);
    const char *name = pickle_text(pickle_item(entry, 0));
    const PickleValue *told = NULL;
    if (columns != NULL && columns->kind == PICKLE_OBJECT && name != NULL)
        told = pickle_get(pickle_attribute(object, "_transformer_to_input_indices"), name);
    return told != NULL ? told : columns;
}

gboolean
sk_weigh_part(const PickleValue *object, const PickleValue *entry, SkPart *part, GError **error)
{
    const PickleValue *weights = pickle_attribute(object, "transformer_weights");
    const char *name = pickle_text(pickle_item(entry, 0));
    const PickleValue *weight = name != NULL ? pickle_get(weights, name) : NULL;
    double factor = 1;
    if (weights == NULL || weights->kind == PICKLE_NONE || weight == NULL ||
        weight->kind == PICKLE_NONE)
        return TRUE;
    if (!pickle_number(weight, &factor))
        return sk_fail(error, "transformer_weights: expected numbers");
    SkStep *step = sk_step_new(part->steps, SK_STEP_SCALE, part->n_out);
    step->a = step_fill(part->n_out, 0);
    step->b = step_fill(part->n_out, factor);
    return TRUE;
}

static gboolean
step_read_part(SkReader *reader,
               SkStep *step,
               const PickleValue *object,
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
    if (!step_read_columns(reader, part, step_told_columns(object, entry), raw, error))
        return FALSE;
    if (!sk_may_widen(reader, part->columns->len, error))
        return FALSE;
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < part->columns->len; i++)
        g_array_append_val(own, g_array_index(raw, guint, g_array_index(part->columns, guint, i)));
    if (word == NULL && part->columns->len > 0 &&
        !sk_read_step(reader, transformer, own, part->steps, error))
        return FALSE;
    part->n_out = own->len;
    step->n_out += part->n_out;
    return sk_weigh_part(object, entry, part, error);
}

/* inputs that no part takes may hold anything */
static void
step_note_dropped(SkReader *reader, const SkStep *step, const GArray *raw)
{
    g_autofree gboolean *taken = g_new0(gboolean, (gsize)raw->len + 1);
    for (guint p = 0; p < step->parts->len; p++) {
        const SkPart *part = step->parts->pdata[p];
        for (guint i = 0; i < part->columns->len; i++)
            taken[g_array_index(part->columns, guint, i)] = TRUE;
    }
    for (guint i = 0; i < raw->len; i++)
        if (!taken[i] && g_array_index(raw, guint, i) != G_MAXUINT)
            reader->may_miss[g_array_index(raw, guint, i)] = TRUE;
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
    SkZeros before = reader->zeros, most = SK_ZEROS_KEPT;
    for (guint i = 0; i < pickle_n_items(list); i++) {
        reader->zeros = before;
        if (!step_read_part(reader, step, object, pickle_item(list, i), raw, error))
            return FALSE;
        most = MAX(most, reader->zeros);
    }
    reader->zeros = most;
    step_note_dropped(reader, step, raw);
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

static gboolean
step_read(SkReader *reader,
          const PickleValue *object,
          GArray *raw,
          GPtrArray *steps,
          GError **error)
{
    const char *name = pickle_class(object);
    const char *module = pickle_module(object);
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
    if (g_str_equal(name, "SimpleImputer") || g_str_equal(name, "KNNImputer") ||
        g_str_equal(name, "IterativeImputer"))
        return sk_read_imputer(reader, object, raw, steps, error);
    if (g_str_equal(name, "MissingIndicator"))
        return sk_read_indicator(reader, object, raw, steps, error);
    if (g_str_equal(name, "Normalizer"))
        return step_read_normalizer(object, reader->zeros, raw, steps, error);
    if (sk_is_vectorizer(object))
        return sk_read_vectorizer(reader, object, raw, steps, error);
    if (g_str_equal(name, "TfidfTransformer")) {
        guint n = raw->len;
        sk_step_forget(raw, n);
        return sk_read_tfidf(object, n, steps, error);
    }
    if (g_str_equal(name, "PCA") || g_str_equal(name, "IncrementalPCA"))
        return step_read_pca(object, TRUE, raw, steps, error);
    if (g_str_equal(name, "LinearDiscriminantAnalysis"))
        return step_read_discriminants(object, raw, steps, error);
    if (g_str_equal(name, "FastICA"))
        return step_read_pca(object, pickle_attribute(object, "mean_") != NULL, raw, steps, error);
    if (g_str_equal(name, "NeighborhoodComponentsAnalysis") || g_str_equal(name, "TruncatedSVD") ||
        g_str_equal(name, "GaussianRandomProjection"))
        return step_read_pca(object, FALSE, raw, steps, error);
    if (g_str_equal(name, "OneHotEncoder") || g_str_equal(name, "OrdinalEncoder"))
        return sk_read_encoder(reader,
                               object,
                               g_str_equal(name, "OneHotEncoder"),
                               raw,
                               steps,
                               error);
    gboolean is = FALSE;
    if (!sk_read_landmarks(reader, object, raw, steps, &is, error) ||
        (!is && !sk_read_more_steps(reader, object, raw, steps, &is, error)))
        return FALSE;
    return is || sk_refuse(error, "the step %s.%s is not computed", module, name);
}

gboolean
sk_read_step(SkReader *reader,
             const PickleValue *object,
             GArray *raw,
             GPtrArray *steps,
             GError **error)
{
    const char *word = pickle_text(object);
    guint first = steps->len;
    gboolean ok;
    if (object == NULL || object->kind == PICKLE_NONE ||
        (word != NULL && g_str_equal(word, "passthrough")))
        return TRUE;
    if (reader->step_depth >= SK_MAX_STEP_DEPTH)
        return sk_fail(error, "steps within steps, more than %d deep", SK_MAX_STEP_DEPTH);
    reader->step_depth++;
    ok = sk_may_read(reader, object, error) && step_read(reader, object, raw, steps, error);
    if (ok)
        reader->zeros = sk_zeros_after(object, reader->zeros);
    if (ok && steps->len > first)
        sk_finite_take(object, steps->pdata[first]);
    reader->step_depth--;
    return ok;
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
        out[i] = norm > 0 && !(norm < step->low) ? in[i] / norm : in[i];
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
step_parts(const SkStep *step,
           const char *const *texts,
           const double *in,
           double *out,
           gboolean *ret_refused)
{
    for (guint p = 0; p < step->parts->len; p++) {
        const SkPart *part = step->parts->pdata[p];
        guint widest = sk_widest(part->steps, part->columns->len);
        g_autofree double *one = g_new(double, widest + 1);
        g_autofree double *two = g_new(double, widest + 1);
        for (guint i = 0; i < part->columns->len; i++)
            one[i] = in[g_array_index(part->columns, guint, i)];
        const double *result = sk_run_steps(part->steps, texts, one, two, ret_refused);
        memcpy(out, result, part->n_out * sizeof(double));
        out += part->n_out;
    }
}

static gboolean
step_is_missing(const SkStep *step, guint i, double x)
{
    return step->b != NULL ? x >= step->b[i] && x <= step->b[i] : isnan(x);
}

static void
step_run(const SkStep *step,
         const char *const *texts,
         const double *in,
         double *out,
         gboolean *ret_refused)
{
    switch (step->kind) {
    case SK_STEP_SCALE:
        for (guint i = 0; i < step->n_in; i++) {
            out[i] = step->divides ? (in[i] - step->a[i]) / step->b[i]
                                   : (in[i] - step->a[i]) * step->b[i];
            out[i] += step->c != NULL ? step->c[i] : 0;
            out[i] = out[i] < step->low ? step->low : out[i] > step->high ? step->high : out[i];
        }
        break;
    case SK_STEP_IMPUTE:
        for (guint i = 0; i < step->n_in; i++)
            out[i] = step_is_missing(step, i, in[i]) ? step->a[i] : in[i];
        break;
    case SK_STEP_NORMALIZE:
        step_normalize(step, in, out);
        break;
    case SK_STEP_PROJECT:
        step_project(step, in, out);
        break;
    case SK_STEP_ENCODE:
        sk_encode(step, in, out);
        break;
    case SK_STEP_COLUMNS:
        step_parts(step, texts, in, out, ret_refused);
        break;
    case SK_STEP_WORDS:
        sk_words_run(step->words, isnan(in[0]) || texts == NULL ? NULL : texts[(guint)in[0]], out);
        break;
    case SK_STEP_MODELLED:
        sk_imputer_run(step->imputer, in, out);
        break;
    case SK_STEP_LANDMARKS:
        sk_landmarks_run(step->landmarks, in, out);
        break;
    case SK_STEP_SPLINE:
        sk_spline_run(step->spline, in, out);
        break;
    case SK_STEP_SELECT:
    case SK_STEP_MISSING:
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
sk_run_steps(const GPtrArray *steps,
             const char *const *texts,
             double *in,
             double *out,
             gboolean *ret_refused)
{
    for (guint i = 0; i < steps->len; i++) {
        *ret_refused = *ret_refused || sk_finite_refuses(steps->pdata[i], in);
        step_run(steps->pdata[i], texts, in, out, ret_refused);
        double *swap = in;
        in = out;
        out = swap;
    }
    return in;
}
