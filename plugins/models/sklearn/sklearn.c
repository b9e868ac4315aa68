/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn models in pickle and joblib files. The pickle is read by a machine that calls
 * nothing; a class or layout that is not recognised is named and refused, never guessed. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "model-format.h"
#include "number.h"
#include "plugin.h"
#include "sk-model.h"
#include "sk-private.h"
#include "sk-risk.h"

extern const ErrataPlugin errata_plugin_sklearn;

gboolean
sk_fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, message);
    return FALSE;
}

gboolean
sk_refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED, message);
    return FALSE;
}

double *
sk_numbers(const PickleValue *object, const char *name, gsize n, GError **error)
{
    PickleArray array;
    if (!pickle_array(pickle_attribute(object, name), &array) || array.n != n) {
        sk_fail(error, "%s: expected an array of %zu numbers", name, n);
        return NULL;
    }
    double *numbers = g_new(double, n + 1);
    for (gsize i = 0; i < n; i++)
        numbers[i] = pickle_array_number(&array, i);
    return numbers;
}

gboolean
sk_is_single(const PickleValue *value)
{
    PickleArray array;
    return pickle_array(value, &array) && array.kind == 'f' && array.item_size == sizeof(float);
}

gboolean
sk_flag(const PickleValue *object, const char *name, gboolean fallback)
{
    double number;
    return pickle_number(pickle_attribute(object, name), &number) ? fabs(number) > 0 : fallback;
}

double
sk_number(const PickleValue *object, const char *name, double fallback)
{
    double number;
    return pickle_number(pickle_attribute(object, name), &number) ? number : fallback;
}

/* what a search found, or what was trained on rows that were chosen; else the object itself */
static const PickleValue *
sk_unwrap(const PickleValue *object)
{
    for (guint i = 0; i < SK_MAX_DEPTH && pickle_class(object) != NULL; i++) {
        const char *name = pickle_class(object);
        const char *within = g_str_has_suffix(name, "SearchCV")            ? "best_estimator_"
                             : g_str_equal(name, "RANSACRegressor")        ? "estimator_"
                             : g_str_equal(name, "SelfTrainingClassifier") ? "base_estimator_"
                                                                           : NULL;
        const PickleValue *best = within != NULL ? pickle_attribute(object, within) : NULL;
        if (best == NULL)
            break;
        object = best;
    }
    return object;
}

static const PickleValue *
sk_find_within(const PickleValue *object, const char *name, guint depth, GHashTable *seen)
{
    static const char *const lists[] = {"estimators_", "calibrated_classifiers_"};
    static const char *const within[] = {"best_estimator_",
                                         "regressor_",
                                         "estimator_",
                                         "estimator"};
    const PickleValue *found = pickle_attribute(object, name);
    const PickleValue *steps = pickle_attribute(object, "steps");
    if (steps == NULL)
        steps = pickle_attribute(object, "transformer_list");
    if (object == NULL || found != NULL || depth > SK_MAX_DEPTH ||
        !g_hash_table_add(seen, (gpointer)(guintptr)object))
        return found;
    for (guint i = 0; found == NULL && i < pickle_n_items(steps); i++)
        found = sk_find_within(pickle_item(pickle_item(steps, i), 1), name, depth + 1, seen);
    for (guint i = 0; found == NULL && i < G_N_ELEMENTS(lists); i++) {
        const PickleValue *list = pickle_attribute(object, lists[i]);
        if (list != NULL && list->kind == PICKLE_LIST)
            found = sk_find_within(pickle_item(list, 0), name, depth + 1, seen);
    }
    for (guint i = 0; found == NULL && i < G_N_ELEMENTS(within); i++)
        found = sk_find_within(pickle_attribute(object, within[i]), name, depth + 1, seen);
    return found;
}

/* an attribute of the object, or of the first model within that has it */
static const PickleValue *
sk_find_attribute(const PickleValue *object, const char *name)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    return sk_find_within(object, name, 0, seen);
}

/* the first step counts words: it takes texts as they are, not a table */
static gboolean
sk_starts_with_words(const PickleValue *object)
{
    for (guint depth = 0; object != NULL && depth < SK_MAX_DEPTH; depth++) {
        const PickleValue *list;
        object = sk_unwrap(object);
        if (sk_is_vectorizer(object))
            return TRUE;
        list = pickle_attribute(object, "steps");
        if (list == NULL)
            list = pickle_attribute(object, "transformer_list");
        object = pickle_item(pickle_item(list, 0), 1);
    }
    return FALSE;
}

/* @container: (nullable): what the model lies in, where names may stand beside it */
static gboolean
sk_read_names(SkReader *reader,
              const PickleValue *object,
              const PickleValue *container,
              GError **error)
{
    PickleArray names;
    double n = 0;
    gboolean is_dummy = sk_is_dummy(sk_unwrap(object)); /* does not keep how many it was given */
    gboolean is_isotonic = sk_is_isotonic(object);      /* nor does this: it is always one */
    if (sk_starts_with_words(object)) {
        reader->is_unnamed = TRUE;
        reader->n_inputs = 1;
        g_ptr_array_add(reader->names, g_strdup("text"));
        return TRUE;
    }
    reader->is_unnamed = !pickle_array(sk_find_attribute(object, "feature_names_in_"), &names);
    if (!reader->is_unnamed)
        n = (double)names.n;
    else if (is_isotonic)
        n = 1;
    else if (!pickle_number(sk_find_attribute(object, "n_features_in_"), &n) &&
             !pickle_number(sk_find_attribute(object, "n_features_"), &n) && !is_dummy)
        return sk_fail(error, "it does not tell how many features it takes: is it fitted?");
    if (!(n >= (is_dummy ? 0 : 1) && n <= ERRATA_LIMIT_COLUMNS))
        return sk_fail(error, "expected 1 to %d features", ERRATA_LIMIT_COLUMNS);
    reader->n_inputs = (guint)n;
    if (reader->is_unnamed && container != NULL) {
        g_autoptr(GPtrArray) beside = sk_container_names(container, reader->n_inputs);
        reader->is_unnamed = beside == NULL;
        if (beside != NULL) {
            g_ptr_array_extend_and_steal(reader->names, g_steal_pointer(&beside));
            return TRUE;
        }
    }
    for (guint i = 0; i < reader->n_inputs; i++) {
        char *name = reader->is_unnamed ? g_strdup_printf("x%u", i) : pickle_array_text(&names, i);
        g_ptr_array_add(reader->names, name != NULL ? name : g_strdup_printf("x%u", i));
    }
    return TRUE;
}

gboolean
sk_take_classes(SkBody *body, const PickleValue *value, GError **error)
{
    PickleArray classes;
    if (!pickle_array(value, &classes) || classes.n_dimensions != 1 || classes.n < 2 ||
        classes.n > ERRATA_LIMIT_MODEL_OUTPUTS)
        return sk_refuse(error, "a classifier of several outputs, or of fewer than two classes");
    body->class_name = g_ptr_array_new_with_free_func(g_free);
    body->n_classes = (guint)classes.n;
    body->class_number = g_new(double, classes.n);
    for (gsize i = 0; i < classes.n; i++) {
        char *name = pickle_array_text(&classes, i);
        if (name == NULL)
            return sk_refuse(error, "classes that are neither texts nor numbers");
        g_ptr_array_add(body->class_name, name);
        body->class_number[i] = classes.kind == 'b' ? (double)NAN
                                                    : pickle_array_number(&classes, i);
    }
    if (isnan(body->class_number[0]))
        g_clear_pointer(&body->class_number, g_free);
    g_ptr_array_add(body->class_name, NULL);
    return TRUE;
}

static gboolean
sk_read_classes(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *value = pickle_attribute(object, "classes_");
    static const char *const encoders[] = {"_label_binarizer", "label_binarizer_", "le_", "_le"};
    for (guint i = 0; value == NULL && i < G_N_ELEMENTS(encoders); i++)
        value = pickle_attribute(pickle_attribute(object, encoders[i]), "classes_");
    if (value == NULL)
        return TRUE;
    if (!sk_take_classes(body, value, error))
        return FALSE;
    if (reader->depth == 0)
        errata_model_builder_set_classes(reader->builder,
                                         (const char *const *)body->class_name->pdata);
    return TRUE;
}

/* how a regression's target was transformed, to undo it; then the regression */
static const PickleValue *
sk_read_target(SkBody *body, const PickleValue *object, GError **error)
{
    const PickleValue *regressor = pickle_attribute(object, "regressor_");
    if (body->undo != NULL || regressor == NULL) {
        sk_refuse(error, "a target that is transformed twice, or by nothing that was fitted");
        return NULL;
    }
    body->undo = sk_undo_new(pickle_attribute(object, "transformer_"), error);
    return body->undo != NULL ? regressor : NULL;
}

/* what chose columns for the model within it */
static gboolean
sk_is_elimination(const PickleValue *object)
{
    return pickle_is_a(object, "sklearn.feature_selection", "RFE") ||
           pickle_is_a(object, "sklearn.feature_selection", "RFECV");
}

static gboolean
sk_is_around(const PickleValue *object)
{
    return pickle_is_a(object, "sklearn.pipeline", "Pipeline") ||
           pickle_is_a(object, "sklearn.compose", "TransformedTargetRegressor") ||
           sk_is_elimination(object);
}

/* steps of a pipeline but its last; then the last, which may be another pipeline */
gboolean
sk_read_model(SkReader *reader, const PickleValue *object, GArray *raw, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *last = sk_unwrap(object);
    g_autoptr(GArray) left = g_array_copy(raw);
    SkZeros before = reader->zeros;
    body->n_inputs = raw->len;
    for (guint depth = 0; sk_is_around(last); depth++) {
        const PickleValue *steps = pickle_attribute(last, "steps");
        guint n = pickle_n_items(steps);
        if (depth > SK_MAX_DEPTH)
            return sk_fail(error, "models within models, more than %d deep", SK_MAX_DEPTH);
        if (g_str_equal(pickle_class(last), "TransformedTargetRegressor")) {
            last = sk_unwrap(sk_read_target(body, last, error));
            if (last == NULL)
                return FALSE;
            continue;
        }
        if (sk_is_elimination(last)) {
            if (!sk_read_step(reader, last, left, body->steps, error))
                return FALSE;
            last = sk_unwrap(pickle_attribute(last, "estimator_"));
            continue;
        }
        if (n == 0)
            return sk_fail(error, "a pipeline without steps");
        for (guint i = 0; i + 1 < n; i++)
            if (!sk_read_step(reader,
                              pickle_item(pickle_item(steps, i), 1),
                              left,
                              body->steps,
                              error))
                return FALSE;
        last = sk_unwrap(pickle_item(pickle_item(steps, n - 1), 1));
    }
    gboolean is_booster = pickle_class(last) != NULL && sk_is_booster(last);
    if (last == NULL || pickle_class(last) == NULL ||
        (!is_booster && !g_str_has_prefix(pickle_module(last), "sklearn.")))
        return sk_refuse(error, "what predicts is not scikit-learn's");
    body->n_features = left->len;
    if (reader->depth == 0)
        errata_model_builder_set_kind(reader->builder, pickle_class(last));
    gboolean is_targets = !is_booster && sk_is_targets(last);
    if (!is_targets && !sk_read_classes(reader, last, error))
        return FALSE;
    GArray *outer = reader->raw;
    reader->raw = left;
    gboolean ok = is_booster   ? sk_read_booster(reader, last, error)
                  : is_targets ? sk_read_targets(reader, last, error)
                               : sk_read_predictor(reader, last, error);
    reader->raw = outer;
    reader->zeros = before;
    if (ok && body->takes_missing && sk_steps_may_lack(body->steps))
        return sk_refuse(
            error,
            "an imputer that may leave cells missing, before a model that takes such, too");
    return ok;
}

SkBody *
sk_read_member(SkReader *reader, const PickleValue *object, GArray *raw, GError **error)
{
    SkBody *outer = reader->body;
    SkBody *body = sk_body_new();
    gboolean ok = (reader->depth < SK_MAX_DEPTH ||
                   sk_refuse(error, "models within models, more than %d deep", SK_MAX_DEPTH)) &&
                  sk_may_read(reader, object, error);
    reader->body = body;
    reader->depth++;
    ok = ok && sk_read_model(reader, object, raw, error);
    reader->depth--;
    reader->body = outer;
    body->own_trees = TRUE;
    if (ok)
        return body;
    sk_body_free(body);
    return NULL;
}

static void
sk_add_inputs(SkReader *reader)
{
    for (guint i = 0; i < reader->n_inputs; i++) {
        GPtrArray *categories = reader->categories[i];
        if (categories != NULL)
            g_ptr_array_add(categories, NULL);
        ErrataModelInput *input = errata_model_builder_add_input(
            reader->builder,
            reader->names->pdata[i],
            reader->is_text[i]   ? ERRATA_MODEL_TEXT
            : categories != NULL ? ERRATA_MODEL_CATEGORY
                                 : ERRATA_MODEL_NUMBER,
            categories != NULL && !reader->is_text[i] ? (const char *const *)categories->pdata
                                                      : NULL);
        input->refuses_missing = reader->refuses_missing[i] ||
                                 (!reader->takes_missing && !reader->may_miss[i]);
        input->refuses_unseen = reader->refuses_unseen[i];
    }
    errata_model_builder_set_unnamed(reader->builder, reader->is_unnamed);
}

static void
sk_add_number(SkReader *reader, const char *name, ErrataModelRole role, const char *label)
{
    errata_model_builder_add_output(reader->builder, name, role, ERRATA_MODEL_NUMBER, label);
}

/* a support vector machine of many classes may have a margin for each pair of them */
static void
sk_add_margins(SkReader *reader)
{
    const SkBody *body = reader->body;
    const char *const *labels = (const char *const *)body->class_name->pdata;
    if (body->n_margins == 1)
        sk_add_number(reader, "margin", ERRATA_MODEL_MARGIN, labels[1]);
    for (guint k = 0; body->n_margins == body->n_classes && k < body->n_classes; k++) {
        g_autofree char *name = g_strdup_printf("margin_%s", labels[k]);
        sk_add_number(reader, name, ERRATA_MODEL_MARGIN, labels[k]);
    }
    for (guint i = 0; body->n_margins > body->n_classes && i < body->n_classes; i++)
        for (guint k = i + 1; k < body->n_classes; k++) {
            g_autofree char *name = g_strdup_printf("margin_%s_%s", labels[i], labels[k]);
            sk_add_number(reader, name, ERRATA_MODEL_MARGIN, labels[i]);
        }
}

/* in the order in which sk_class fills them */
static void
sk_add_outputs(SkReader *reader)
{
    SkBody *body = reader->body;
    if (body->targets != NULL) {
        sk_add_targets(reader);
        return;
    }
    for (guint k = 0; k < body->n_values; k++) {
        g_autofree char *name = g_strdup_printf("prediction_%u", k);
        sk_add_number(reader, name, ERRATA_MODEL_FIELD, NULL);
    }
    if (body->n_values > 0) {
        errata_model_builder_set_task(reader->builder, ERRATA_TASK_REGRESSION);
        return;
    }
    gboolean is_number = body->n_classes == 0 || body->class_number != NULL;
    gboolean has_margin = body->n_classes > 0 && body->link != SK_LINK_SHARES &&
                          body->kind != SK_GAUSSIAN && body->kind != SK_NEIGHBORS &&
                          body->kind != SK_MIXTURE;
    errata_model_builder_add_output(reader->builder,
                                    "prediction",
                                    ERRATA_MODEL_PREDICTION,
                                    is_number ? ERRATA_MODEL_NUMBER : ERRATA_MODEL_TEXT,
                                    NULL);
    if (body->kind == SK_ISOLATION || body->kind == SK_OUTLYING ||
        (body->kind == SK_SVM && sk_svm_finds_outliers(body)))
        sk_add_number(reader, "margin", ERRATA_MODEL_MARGIN, NULL);
    if (body->kind == SK_ISOLATION || body->kind == SK_OUTLYING)
        sk_add_number(reader, "score_samples", ERRATA_MODEL_FIELD, NULL);
    if (has_margin)
        sk_add_margins(reader);
    for (guint k = 0; sk_body_has_shares(body) && k < body->n_classes; k++) {
        const char *label = body->class_name->pdata[k];
        g_autofree char *name = g_strdup_printf("probability(%s)", label);
        sk_add_number(reader, name, ERRATA_MODEL_PROBABILITY, label);
    }
    if (body->kind == SK_MIXTURE)
        sk_add_number(reader, "score_samples", ERRATA_MODEL_FIELD, NULL);
    errata_model_builder_set_task(reader->builder,
                                  body->n_classes == 0   ? ERRATA_TASK_REGRESSION
                                  : body->n_classes == 2 ? ERRATA_TASK_BINARY
                                                         : ERRATA_TASK_MULTICLASS);
}

static void
sk_reader_clear(SkReader *reader)
{
    for (guint i = 0; reader->categories != NULL && i < reader->n_inputs; i++)
        g_clear_pointer(&reader->categories[i], g_ptr_array_unref);
    g_free(reader->categories);
    g_free(reader->refuses_missing);
    g_free(reader->refuses_unseen);
    g_free(reader->may_miss);
    g_free(reader->is_text);
    g_array_unref(reader->fills);
    g_ptr_array_unref(reader->names);
    g_hash_table_unref(reader->seen);
    if (reader->body != NULL) {
        reader->body->own_trees = TRUE;
        sk_body_free(reader->body);
    }
}

/* hands the body over to the builder */
static void
sk_finish_body(SkReader *reader)
{
    SkBody *body = g_steal_pointer(&reader->body);
    sk_add_inputs(reader);
    reader->body = body;
    sk_add_outputs(reader);
    reader->body = NULL;
    if (body->trees != NULL)
        body->trees->link = sk_undo_link(body->undo, body->trees->link);
    const ErrataModelClass *klass = &sk_class;
    if (body->trees != NULL && body->start == NULL &&
        (body->steps->len == 0 || sk_columns_own(body))) {
        errata_model_builder_set_trees(reader->builder, body->trees);
        klass = body->steps->len > 0 || body->booster != NULL ? &sk_class_of_columns : &sk_class;
    } else if (body->trees != NULL) {
        body->own_trees = TRUE;
        errata_model_builder_set_why_not_trees(
            reader->builder,
            body->start != NULL
                ? "its trees start from another model"
                : "its trees split on columns that several of the model's inputs are mixed in");
    } else
        errata_model_builder_set_why_not_trees(reader->builder, "it is no model of trees");
    errata_model_builder_set_body(reader->builder, klass, body);
}

/* a booster alone is the model of its own library */
static ErrataModel *
sk_build_booster(const PickleValue *root, GError **error)
{
    g_autoptr(ErrataModel) model = sk_booster_model(root, error);
    double missing = sk_number(root, "missing", (double)NAN);
    const PickleValue *names = pickle_attribute(pickle_attribute(root, "_le"), "classes_");
    PickleArray classes;
    if (model == NULL)
        return NULL;
    g_ptr_array_add(
        model->notes,
        g_strdup_printf("read from a pickle of %s.%s", pickle_module(root), pickle_class(root)));
    sk_booster_name_inputs(root, model);
    sk_describe_booster(root, model);
    if (isfinite(missing)) {
        sk_refuse(error,
                  "a wrapper that takes %g for a missing cell; save the model in its library's own "
                  "format",
                  missing);
        return NULL;
    }
    for (gsize i = 0; pickle_array(names, &classes) && i < MIN(classes.n, 20); i++) {
        g_autofree char *name = pickle_array_text(&classes, i);
        if (name != NULL && model->classes != NULL)
            g_ptr_array_add(model->notes,
                            g_strdup_printf("its class %zu is called “%.60s”", i, name));
    }
    return g_steal_pointer(&model);
}

static ErrataModel *
sk_build(const PickleValue *file, const char *format, GError **error)
{
    g_autofree char *place = NULL;
    const PickleValue *root = sk_open_container(file, &place, error);
    if (root == NULL)
        return NULL;
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new(format, "scikit-learn");
    g_autoptr(GError) why = NULL;
    if (pickle_class(root) != NULL && sk_is_booster(root))
        return sk_build_booster(root, error);
    if (pickle_class(root) == NULL || root->state == NULL ||
        !g_str_has_prefix(pickle_module(root), "sklearn.")) {
        sk_refuse(error, "a pickle of something else than a scikit-learn model");
        return NULL;
    }
    sk_describe(root, builder);
    errata_model_builder_set_kind(builder, pickle_class(root));
    if (place != NULL)
        errata_model_builder_note(builder, "the model is %s of what the pickle holds", place);
    SkReader reader = {
        .builder = builder,
        .body = sk_body_new(),
        .names = g_ptr_array_new_with_free_func(g_free),
        .fills = sk_fills_new(),
        .seen = g_hash_table_new(NULL, NULL),
    };
    gboolean ok = sk_read_names(&reader, root, file != root ? file : NULL, &why);
    if (ok) {
        g_autoptr(GArray) raw = g_array_new(FALSE, FALSE, sizeof(guint));
        for (guint i = 0; i < reader.n_inputs; i++)
            g_array_append_val(raw, i);
        reader.categories = g_new0(GPtrArray *, reader.n_inputs);
        reader.refuses_missing = g_new0(gboolean, reader.n_inputs);
        reader.refuses_unseen = g_new0(gboolean, reader.n_inputs);
        reader.may_miss = g_new0(gboolean, reader.n_inputs);
        reader.is_text = g_new0(gboolean, reader.n_inputs);
        ok = sk_read_model(&reader, root, raw, &why) &&
             (reader.fills->len == 0 ||
              sk_refuse(&why, "an imputer of texts that no encoder follows"));
    }
    if (ok)
        sk_finish_body(&reader);
    else
        errata_model_builder_set_why_not(builder, "%s", why->message);
    sk_reader_clear(&reader);
    if (!ok && !g_error_matches(why, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return errata_model_builder_finish(builder, error);
}

/* joblib's default compression; other kinds are unpacked before a model is looked for */
static GBytes *
sk_inflate(GBytes *bytes, GError **error)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    if (size < 2 || data[0] != 0x78 || (data[0] * 256 + data[1]) % 31 != 0)
        return g_bytes_ref(bytes);
    g_autoptr(GZlibDecompressor) inflate = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    g_autoptr(GInputStream) packed = g_memory_input_stream_new_from_bytes(bytes);
    g_autoptr(GInputStream) stream = g_converter_input_stream_new(packed, G_CONVERTER(inflate));
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint8 buffer[65536];
    gssize n;
    g_autoptr(GError) why = NULL;
    while ((n = g_input_stream_read(stream, buffer, sizeof buffer, NULL, &why)) > 0) {
        g_byte_array_append(all, buffer, (guint)n);
        if (all->len > ERRATA_LIMIT_PICKLE_BYTES ||
            (all->len > ERRATA_LIMIT_EXPANSION_GRACE && all->len / size > ERRATA_LIMIT_EXPANSION)) {
            sk_fail(error,
                    "its %" G_GSIZE_FORMAT " bytes unpack to more than %u",
                    size,
                    MIN(all->len, ERRATA_LIMIT_PICKLE_BYTES));
            return NULL;
        }
    }
    if (n < 0)
        sk_fail(
            error,
            "its compressed data is damaged or cut: only the first %u bytes of the pickle can be "
            "unpacked (%s)",
            all->len,
            why->message);
    return n < 0 ? NULL : g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

/* a pickle that would import more than a model: told of, and not taken apart */
static ErrataModel *
sk_describe_risky(const PickleValue *root,
                  ErrataModelBuilder *builder,
                  const char *import,
                  GError **error)
{
    const char *name = pickle_class(root);
    const char *version = pickle_text(pickle_attribute(root, "_sklearn_version"));
    g_autofree char *kind = name != NULL ? g_strdup_printf("%s.%s", pickle_module(root), name)
                                         : g_strdup("pickle");
    errata_model_builder_set_kind(builder, kind);
    if (version != NULL)
        errata_model_builder_set_version(builder, version);
    errata_model_builder_set_why_not(
        builder,
        "opened with Python it would import %s, which no model that is "
        "known here is made of: such a file is not taken apart",
        import);
    return errata_model_builder_finish(builder, error);
}

ErrataModel *
sk_model_of_pickle(const guint8 *bytes, gsize size, const char *format, GError **error)
{
    g_autoptr(Pickle) pickle = pickle_read(bytes, size, error);
    return pickle != NULL ? sk_build(pickle_root(pickle), format, error) : NULL;
}

static ErrataModel *
sk_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(GBytes) bytes = sk_inflate(errata_model_parts_main(parts)->bytes, error);
    gsize size;
    if (bytes == NULL)
        return NULL;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    g_autoptr(Pickle) pickle = pickle_read(data, size, error);
    if (pickle == NULL)
        return NULL;
    g_autofree char *import = NULL;
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("sklearn-pickle", "Python");
    if (sk_risk(pickle, builder, &import) > 0)
        return sk_describe_risky(pickle_root(pickle), builder, import, error);
    return sk_build(pickle_root(pickle), "sklearn-pickle", error);
}

/* "cmodule\nname\n", as protocols 0 and 1 begin */
static gboolean
sk_is_global(const guint8 *head, gsize size)
{
    guint lines = 0;
    for (gsize i = 1; i < MIN(size, 256) && lines < 2; i++) {
        if (head[i] == '\n')
            lines++;
        else if (!g_ascii_isalnum((char)head[i]) && strchr("._", head[i]) == NULL)
            return FALSE;
    }
    return lines == 2;
}

static guint
sk_sniff(const guint8 *head, gsize size, const char *name)
{
    static const char *const suffixes[] = {".pkl", ".pickle", ".joblib", ".sav", NULL};
    gboolean named = FALSE;
    for (guint i = 0; suffixes[i] != NULL; i++)
        named |= g_str_has_suffix(name, suffixes[i]);
    if (size >= 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5)
        return 85;
    if (size >= 8 && (head[0] == 'c' || head[0] == '(') && sk_is_global(head, size))
        return 70;
    if (size >= 2 && head[0] == 0x78 && (head[0] * 256 + head[1]) % 31 == 0)
        return named ? 75 : 30;
    return named ? 50 : 0;
}

static const ErrataModelFormat sk_format = {
    .id = "sklearn-pickle",
    .summary = "scikit-learn, pickle or joblib (read without running anything)",
    .sniff = sk_sniff,
    .load = sk_load,
};

const ErrataPlugin errata_plugin_sklearn = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "sklearn",
    .models = (const ErrataModelFormat *const[]){&sk_format, NULL},
};
