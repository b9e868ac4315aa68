/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's encoders and imputers: what stands for a category, and for a missing cell. Texts
 * are known by their places in the list of the encoder that reads them, so an imputer of texts
 * waits for it. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "limit.h"
#include "sk-private.h"

/* a text that missing cells of an input become, once an encoder tells its place */
typedef struct {
    SkStep *step;
    guint column;
    guint raw;
    const char *text;
} SkFill;

GArray *
sk_fills_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(SkFill));
}

static gboolean
encode_is_absent(const PickleArray *list, gsize index)
{
    g_autofree char *text = pickle_array_text(list, index);

    return text == NULL || (list->kind == 'f' && isnan(pickle_array_number(list, index)));
}

static gboolean
encode_same_names(const GPtrArray *a, const GPtrArray *b)
{
    for (guint i = 0; a->len == b->len && i < a->len; i++)
        if (!g_str_equal(a->pdata[i], b->pdata[i]))
            return FALSE;
    return a->len == b->len;
}

static gboolean
encode_is_none(const PickleArray *list, gsize index)
{
    const PickleValue *item = list->kind == 'O' ? pickle_item(list->items, (guint)index) : NULL;

    return item != NULL && item->kind == PICKLE_NONE;
}

/* the place of each text that waited for this list. What is not in it was not filled in training:
 * there missing cells were None, which scikit-learn's imputers let pass, or there were none of
 * them */
static void
encode_fill(SkReader *reader, guint raw, const GPtrArray *names, gboolean knows_missing)
{
    for (guint i = reader->fills->len; i-- > 0;) {
        SkFill *fill = &g_array_index(reader->fills, SkFill, i);

        if (fill->raw != raw)
            continue;
        fill->step->a[fill->column] = knows_missing ? (double)NAN : ERRATA_MODEL_UNSEEN;
        for (guint k = names->len; k-- > 0;)
            if (g_str_equal(names->pdata[k], fill->text))
                fill->step->a[fill->column] = k;
        g_array_remove_index(reader->fills, i);
    }
}

/* a text that is filled in among numbers or flags is none of what the encoder knows */
static void
encode_fill_unknown(SkReader *reader, guint raw)
{
    for (guint i = reader->fills->len; i-- > 0;) {
        SkFill *fill = &g_array_index(reader->fills, SkFill, i);

        if (fill->raw != raw)
            continue;
        fill->step->a[fill->column] = -DBL_MAX; /* no category's number */
        g_array_remove_index(reader->fills, i);
    }
}

/* texts become categories of the input, whose cells are then their numbers */
static gboolean
encode_read_list(SkReader *reader,
                 SkStep *step,
                 const PickleArray *list,
                 guint column,
                 guint raw,
                 GArray *values,
                 GError **error)
{
    gboolean is_text = FALSE;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    step->first[column] = values->len;
    for (gsize i = 0; i < list->n; i++)
        is_text |= isnan(pickle_array_number(list, i)) && !encode_is_absent(list, i);
    if (raw != G_MAXUINT && reader->is_text[raw])
        return sk_refuse(error, "an encoder of an input whose words are counted");
    if (is_text && raw == G_MAXUINT)
        return sk_refuse(error, "an encoder of texts that are computed");
    for (gsize i = 0; i < list->n; i++) {
        double value = is_text ? (double)i : pickle_array_number(list, i);
        char *text = pickle_array_text(list, i);

        if (encode_is_absent(list, i)) {
            step->missing[column] = (guint)i;
            step->is_none[column] = encode_is_none(list, i);
        }
        g_array_append_val(values, value);
        g_ptr_array_add(names, text != NULL ? text : g_strdup("None"));
    }
    if (!is_text) {
        encode_fill_unknown(reader, raw);
        return TRUE;
    }
    encode_fill(reader, raw, names, step->missing[column] != G_MAXUINT);
    if (reader->categories[raw] == NULL)
        reader->categories[raw] = g_steal_pointer(&names);
    return names == NULL || encode_same_names(reader->categories[raw], names) ||
           sk_refuse(error, "two encoders know different categories of one column");
}

static gboolean
encode_read_dropped(const PickleValue *object, SkStep *step, GError **error)
{
    PickleArray drop;
    const PickleValue *value = pickle_attribute(object, "_drop_idx_after_grouping");

    if (value == NULL)
        value = pickle_attribute(object, "drop_idx_");
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

/* per category the code that it has: its place, or where rare ones are pooled, what the file
 * says */
static gboolean
encode_read_codes(const PickleValue *object, SkStep *step, GError **error)
{
    const PickleValue *pools = pickle_attribute(object, "_default_to_infrequent_mappings");
    gboolean pooled = sk_flag(object, "_infrequent_enabled", FALSE);

    step->code = g_new(guint, step->first[step->n_in] + 1);
    if (pooled && pickle_n_items(pools) != step->n_in)
        return sk_fail(error, "an encoder that pools rare categories and does not say which");
    for (guint i = 0; i < step->n_in; i++) {
        const PickleValue *pool = pooled ? pickle_item(pools, i) : NULL;
        guint n = step->first[i + 1] - step->first[i];
        PickleArray map;

        for (guint k = 0; k < n; k++)
            step->code[step->first[i] + k] = k;
        step->n_codes[i] = n;
        if (pool == NULL || pool->kind == PICKLE_NONE)
            continue;
        if (!pickle_array(pool, &map) || map.n != n)
            return sk_fail(error, "_default_to_infrequent_mappings: expected %u numbers", n);
        step->n_codes[i] = 0;
        for (guint k = 0; k < n; k++) {
            double code = pickle_array_number(&map, k);

            if (!(code >= 0 && code < n))
                return sk_fail(error,
                               "_default_to_infrequent_mappings: expected codes under %u",
                               n);
            step->code[step->first[i] + k] = (guint)code;
            step->n_codes[i] = MAX(step->n_codes[i], (guint)code + 1);
        }
        step->pool[i] = step->n_codes[i] - 1;
    }
    return TRUE;
}

/* what becomes of a category that was never seen, and of a missing cell that is none of them */
static gboolean
encode_read_unknown(const PickleValue *object, SkStep *step, GError **error)
{
    const char *word = pickle_text(pickle_attribute(object, "handle_unknown"));
    const PickleValue *value = pickle_attribute(object, "unknown_value");

    step->unknown = (double)NAN;
    step->refuses = word == NULL || g_str_equal(word, "error");
    step->pools_unknown = g_strcmp0(word, "infrequent_if_exist") == 0;
    if (g_strcmp0(word, "use_encoded_value") == 0)
        pickle_number(value, &step->unknown);
    else if (!step->refuses && !step->pools_unknown && !g_str_equal(word, "ignore") &&
             !g_str_equal(word, "warn"))
        return sk_refuse(error, "an encoder whose handle_unknown is “%.40s”", word);
    step->absent = sk_number(object, "encoded_missing_value", (double)NAN);
    step->pools_unknown |= g_strcmp0(word, "warn") == 0;
    return TRUE;
}

static gboolean
encode_follows_imputer(const SkReader *reader, const GPtrArray *steps)
{
    const GPtrArray *both[] = {steps, reader->body->steps};

    for (guint k = 0; k < G_N_ELEMENTS(both); k++)
        for (guint i = 0; i < both[k]->len; i++)
            if (((const SkStep *)both[k]->pdata[i])->kind == SK_STEP_IMPUTE &&
                ((const SkStep *)both[k]->pdata[i])->b == NULL)
                return TRUE;
    return FALSE;
}

/* the inputs' cells that the library raises an error on */
static void
encode_note_refused(SkReader *reader, const SkStep *step, const GArray *raw, gboolean imputed)
{
    for (guint i = 0; i < step->n_in; i++) {
        guint input = g_array_index(raw, guint, i);

        if (input == G_MAXUINT)
            continue;
        if (step->refuses && reader->categories[input] != NULL)
            reader->refuses_unseen[input] = TRUE;
        if (step->refuses && step->missing[i] == G_MAXUINT && !imputed)
            reader->refuses_missing[input] = TRUE;
        else
            reader->may_miss[input] = TRUE;
    }
}

static guint *
encode_no_codes(guint n)
{
    guint *none = g_new(guint, (gsize)n + 1);

    for (guint i = 0; i <= n; i++)
        none[i] = G_MAXUINT;
    return none;
}

gboolean
sk_read_encoder(SkReader *reader,
                const PickleValue *object,
                gboolean one_hot,
                GArray *raw,
                GPtrArray *steps,
                GError **error)
{
    const PickleValue *lists = pickle_attribute(object, "categories_");
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    gboolean imputed = encode_follows_imputer(reader, steps);
    guint n = raw->len;

    if (pickle_n_items(lists) != n)
        return sk_fail(error, "categories_: expected a list of %u arrays", n);
    SkStep *step = sk_step_new(steps, SK_STEP_ENCODE, n);
    step->one_hot = one_hot;
    step->first = g_new0(guint, (gsize)n + 1);
    step->missing = encode_no_codes(n);
    step->dropped = encode_no_codes(n);
    step->pool = encode_no_codes(n);
    step->is_none = g_new0(guint, (gsize)n + 1);
    step->n_codes = g_new0(guint, (gsize)n + 1);
    for (guint i = 0; i < n; i++) {
        PickleArray list;

        if (!pickle_array(pickle_item(lists, i), &list) || list.n_dimensions != 1 ||
            values->len + list.n > ERRATA_LIMIT_DICTIONARY)
            return sk_fail(error, "categories_: expected arrays");
        if (!encode_read_list(reader, step, &list, i, g_array_index(raw, guint, i), values, error))
            return FALSE;
    }
    step->first[n] = values->len;
    step->values = sk_copy(values->data, values->len * sizeof(double));
    if (!encode_read_codes(object, step, error) || !encode_read_unknown(object, step, error) ||
        (one_hot && !encode_read_dropped(object, step, error)))
        return FALSE;
    step->n_out = one_hot ? 0 : n;
    for (guint i = 0; one_hot && i < n; i++)
        step->n_out += step->n_codes[i] - (step->dropped[i] < step->n_codes[i] ? 1 : 0);
    encode_note_refused(reader, step, raw, imputed);
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

/* the category's code; G_MAXUINT for none of them */
static guint
encode_code(const SkStep *step, guint column, double value)
{
    guint first = step->first[column];

    if (isnan(value))
        return step->missing[column] != G_MAXUINT ? step->code[first + step->missing[column]]
                                                  : G_MAXUINT;
    for (guint v = first; v < step->first[column + 1]; v++)
        if (value >= step->values[v] && value <= step->values[v])
            return step->code[v];
    return G_MAXUINT;
}

void
sk_encode(const SkStep *step, const double *in, double *out)
{
    for (guint i = 0; i < step->n_in; i++) {
        guint code = encode_code(step, i, in[i]);
        gboolean refused = code == G_MAXUINT && step->refuses;

        if (!step->one_hot) {
            *out++ = code == G_MAXUINT                       ? step->unknown
                     : isnan(in[i]) && step->is_none[i] == 0 ? step->absent
                                                             : code;
            continue;
        }
        if (code == G_MAXUINT && step->pools_unknown)
            code = step->pool[i];
        for (guint k = 0; k < step->n_codes[i]; k++)
            if (k != step->dropped[i])
                *out++ = refused ? (double)NAN : k == code ? 1 : 0;
    }
}

/* columns that were missing, as 1 and 0 */
static gboolean
encode_read_missing(const PickleValue *indicator, GArray *columns, guint n, GError **error)
{
    PickleArray features;

    if (!pickle_array(pickle_attribute(indicator, "features_"), &features))
        return sk_fail(error, "features_: expected an array of columns");
    for (gsize i = 0; i < features.n; i++) {
        double at = pickle_array_number(&features, i);
        guint column = (guint)CLAMP(at, 0, n);

        if (!(at >= 0 && at < n))
            return sk_fail(error, "features_: expected columns under %u", n);
        g_array_append_val(columns, column);
    }
    return TRUE;
}

static SkPart *
encode_add_part(SkStep *step, guint n)
{
    SkPart *part = g_new0(SkPart, 1);

    part->columns = g_array_new(FALSE, FALSE, sizeof(guint));
    part->steps = g_ptr_array_new_with_free_func(sk_step_free);
    g_ptr_array_add(step->parts, part);
    for (guint i = 0; i < n; i++)
        g_array_append_val(part->columns, i);
    part->n_out = n;
    return part;
}

/* missing values only: NaN, None, or a text that cells are read as missing by */
static gboolean
encode_is_of_missing(const PickleValue *object)
{
    const PickleValue *missing = pickle_attribute(object, "missing_values");
    double number;

    if (missing == NULL || missing->kind == PICKLE_NONE)
        return TRUE;
    if (missing->kind == PICKLE_STRING)
        return g_str_equal(missing->data, "") || g_str_equal(missing->data, "?") ||
               g_str_equal(missing->data, "nan") || g_str_equal(missing->data, "NaN");
    return pickle_number(missing, &number) && isnan(number);
}

static gboolean
encode_read_statistics(SkReader *reader,
                       const PickleValue *object,
                       const GArray *raw,
                       SkStep *step,
                       GError **error)
{
    PickleArray statistics;

    if (!pickle_array(pickle_attribute(object, "statistics_"), &statistics) ||
        statistics.n != step->n_in)
        return sk_fail(error, "statistics_: expected an array of %u values", step->n_in);
    step->a = g_new(double, (gsize)step->n_in + 1);
    for (guint i = 0; i < step->n_in; i++) {
        const PickleValue *item = statistics.kind == 'O' ? pickle_item(statistics.items, i) : NULL;
        SkFill fill = {step, i, g_array_index(raw, guint, i), pickle_text(item)};

        step->a[i] = pickle_array_number(&statistics, i);
        if (fill.text != NULL && fill.raw == G_MAXUINT)
            return sk_refuse(error, "an imputer of texts that are computed");
        if (fill.text != NULL)
            g_array_append_val(reader->fills, fill);
        else if (isnan(step->a[i]))
            return sk_refuse(error, "an imputer of columns without values");
    }
    return TRUE;
}

/* a constant per column, or what the other columns tell */
static gboolean
encode_read_fill(SkReader *reader,
                 const PickleValue *object,
                 const GArray *raw,
                 GPtrArray *steps,
                 GError **error)
{
    if (!g_str_equal(pickle_class(object), "SimpleImputer"))
        return sk_read_model_imputer(reader, object, raw, steps, error);
    return encode_read_statistics(reader,
                                  object,
                                  raw,
                                  sk_step_new(steps, SK_STEP_IMPUTE, raw->len),
                                  error);
}

/* SimpleImputer of a number that stands for missing cells; cells that are missing are refused, as
 * before it */
static gboolean
encode_read_number_imputer(SkReader *reader,
                           const PickleValue *object,
                           const GArray *raw,
                           GPtrArray *steps,
                           GError **error)
{
    const PickleValue *indicator = pickle_attribute(object, "indicator_");
    SkStep *step;
    double marker;

    if (!g_str_equal(pickle_class(object), "SimpleImputer") ||
        !pickle_number(pickle_attribute(object, "missing_values"), &marker) || !isfinite(marker) ||
        (indicator != NULL && indicator->kind != PICKLE_NONE))
        return sk_refuse(error, "an imputer of other values than missing ones is not computed");
    step = sk_step_new(steps, SK_STEP_IMPUTE, raw->len);
    step->b = g_new(double, (gsize)step->n_in + 1);
    for (guint i = 0; i < step->n_in; i++)
        step->b[i] = marker;
    return encode_read_statistics(reader, object, raw, step, error);
}

/* SimpleImputer, KNNImputer, IterativeImputer */
gboolean
sk_read_imputer(SkReader *reader,
                const PickleValue *object,
                GArray *raw,
                GPtrArray *steps,
                GError **error)
{
    const PickleValue *indicator = pickle_attribute(object, "indicator_");
    guint n = raw->len;

    if (!encode_is_of_missing(object))
        return encode_read_number_imputer(reader, object, raw, steps, error);
    reader->takes_missing = TRUE;
    if (indicator == NULL || indicator->kind == PICKLE_NONE) {
        if (!encode_read_fill(reader, object, raw, steps, error))
            return FALSE;
        if (!g_str_equal(pickle_class(object), "SimpleImputer"))
            sk_step_forget(raw, n);
        return TRUE;
    }
    SkStep *step = sk_step_new(steps, SK_STEP_COLUMNS, n);
    step->parts = g_ptr_array_new_with_free_func(sk_part_free);
    SkPart *values = encode_add_part(step, n);
    SkPart *marks = encode_add_part(step, 0);
    if (!encode_read_fill(reader, object, raw, values->steps, error) ||
        !encode_read_missing(indicator, marks->columns, n, error))
        return FALSE;
    marks->n_out = marks->columns->len;
    sk_step_new(marks->steps, SK_STEP_MISSING, marks->n_out);
    step->n_out = n + marks->n_out;
    sk_step_forget(raw, step->n_out);
    return TRUE;
}

/* MissingIndicator by itself */
gboolean
sk_read_indicator(SkReader *reader,
                  const PickleValue *object,
                  GArray *raw,
                  GPtrArray *steps,
                  GError **error)
{
    SkStep *step = sk_step_new(steps, SK_STEP_COLUMNS, raw->len);
    SkPart *marks;

    step->parts = g_ptr_array_new_with_free_func(sk_part_free);
    marks = encode_add_part(step, 0);
    if (!encode_is_of_missing(object))
        return sk_refuse(error, "an indicator of other values than missing ones is not computed");
    if (!encode_read_missing(object, marks->columns, raw->len, error))
        return FALSE;
    reader->takes_missing = TRUE;
    step->n_out = marks->n_out = marks->columns->len;
    sk_step_new(marks->steps, SK_STEP_MISSING, marks->n_out);
    sk_step_forget(raw, step->n_out);
    return TRUE;
}
