/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves of a training, told in a line among the facts of it; what is found in them is read from
 * there. */
#include "model-curve.h"

#include <math.h>
#include <string.h>

#include "datum.h"
#include "number.h"

#define CURVE_STEPS 100000
#define CURVE_MOST  32 /* of a history */
#define CURVE_NAME  60 /* characters */
#define CURVE_BYTES (8U << 20)

int
errata_model_curve_direction(const char *name)
{
    static const char *const falling[] =
        {"loss", "err", "mse", "mae", "rmse", "mape", "deviance", "perplexity", NULL};
    static const char *const rising[] =
        {"acc", "auc", "score", "f1", "r2", "precision", "recall", "ndcg", NULL};
    g_autofree char *lower = g_ascii_strdown(name, -1);

    for (guint i = 0; falling[i] != NULL; i++)
        if (strstr(lower, falling[i]) != NULL)
            return -1;
    if (g_str_has_suffix(lower, "l1") || g_str_has_suffix(lower, "l2"))
        return -1; /* distances, as LightGBM names them */
    for (guint i = 0; rising[i] != NULL; i++)
        if (strstr(lower, rising[i]) != NULL)
            return 1;
    return 0;
}

gboolean
errata_model_curve_is_step(const char *name)
{
    static const char *const names[] = {"epoch", "iter", "iteration", "round", "step", NULL};
    g_autofree char *lower = g_ascii_strdown(name, -1);

    return g_strv_contains(names, g_strstrip(lower));
}

/* as many digits as tell a curve's course */
static const char *
curve_print(double value, char *buffer)
{
    return g_ascii_formatd(buffer, ERRATA_NUMBER_BUFFER, "%.6g", value);
}

/**
 * errata_model_curve_describe:
 * @name: of the curve; what it measures follows from it
 * @value: (array length=n): step by step
 * @n: steps
 *
 * Returns: (transfer full) (nullable): the curve in words, for a fact of the training; %NULL for
 * fewer
 *   than two steps, numbers that are not finite, and names that do not say what is better
 */
char *
errata_model_curve_describe(const char *name, const double *value, gsize n)
{
    char first[ERRATA_NUMBER_BUFFER], last[ERRATA_NUMBER_BUFFER], extreme[ERRATA_NUMBER_BUFFER],
        late[ERRATA_NUMBER_BUFFER];
    int direction = errata_model_curve_direction(name);
    gsize best = 0;

    if (n < 2 || n > CURVE_STEPS || direction == 0 || strlen(name) > CURVE_NAME ||
        !g_utf8_validate(name, -1, NULL))
        return NULL;
    for (gsize i = 0; i < n; i++) {
        if (!isfinite(value[i]))
            return NULL;
        best = direction * (value[i] - value[best]) > 0.0 ? i : best;
    }
    return g_strdup_printf(
        "%u steps, %s at first, %s at last, %s a tenth before, best %s at step %u",
        (guint)n,
        curve_print(value[0], first),
        curve_print(value[n - 1], last),
        curve_print(value[n - 1 - MAX(n / 10, 1)], late),
        curve_print(value[best], extreme),
        (guint)best + 1);
}

static gboolean
curve_take(const char **at, const char *before, double *ret_number)
{
    char *end;

    if (!g_str_has_prefix(*at, before))
        return FALSE;
    *at += strlen(before);
    *ret_number = g_ascii_strtod(*at, &end);
    if (end == *at || !isfinite(*ret_number))
        return FALSE;
    *at = end;
    return TRUE;
}

/**
 * errata_model_curve_read:
 * @fact: of a training
 * @ret_curve: (out): the curve; its name is @fact's
 *
 * Returns: whether errata_model_curve_describe() wrote the fact
 */
gboolean
errata_model_curve_read(const ErrataModelFact *fact, ErrataModelCurve *ret_curve)
{
    const char *at = fact->value;
    ErrataModelCurve self = {.name = fact->name};
    double n, step;

    if (!curve_take(&at, "", &n) || !curve_take(&at, " steps, ", &self.first) ||
        !curve_take(&at, " at first, ", &self.last) || !curve_take(&at, " at last, ", &self.late) ||
        !curve_take(&at, " a tenth before, best ", &self.best) ||
        !curve_take(&at, " at step ", &step) || *at != '\0')
        return FALSE;
    if (!(n >= 2.0 && n <= CURVE_STEPS && step >= 1.0 && step <= n))
        return FALSE;
    self.n = (guint)n;
    self.best_step = (guint)step;
    *ret_curve = self;
    return TRUE;
}

static void
curve_add(ErrataModel *model, const char *name, char *words)
{
    ErrataModelFact *fact = g_new0(ErrataModelFact, 1);

    fact->name = g_strdup(name);
    fact->value = words;
    g_ptr_array_add(model->training, fact);
}

static void
curve_add_lists(ErrataModel *model,
                const char *prefix,
                const ErrataDatum *object,
                guint depth,
                guint *n_added)
{
    for (gsize i = 0; object->kind == ERRATA_DATUM_OBJECT && i < object->n && *n_added < CURVE_MOST;
         i++) {
        const ErrataDatum *value = &object->items[i];
        g_autofree char *name = prefix != NULL ? g_strdup_printf("%s-%s", prefix, object->keys[i])
                                               : g_strdup(object->keys[i]);
        g_autofree char *words = value->kind == ERRATA_DATUM_NUMBERS
                                     ? errata_model_curve_describe(name, value->numbers, value->n)
                                     : NULL;

        if (words != NULL) {
            curve_add(model, name, g_steal_pointer(&words));
            *n_added += 1;
        } else if (value->kind == ERRATA_DATUM_OBJECT && depth < 2) {
            curve_add_lists(model,
                            g_str_equal(object->keys[i], "history") ? NULL : name,
                            value,
                            depth + 1,
                            n_added);
        }
    }
}

/**
 * errata_model_curve_add_history:
 * @model: being read
 * @json: of a file beside it: `{"loss": […], "val_loss": […]}`, or by data set, as libraries keep
 *   what their training returned
 * @size: bytes
 *
 * What is no such file adds nothing.
 */
void
errata_model_curve_add_history(ErrataModel *model, const char *json, gsize size)
{
    g_autoptr(ErrataDatumTree) document = errata_datum_parse_json(json, size, NULL);
    guint n_added = 0;

    if (document != NULL)
        curve_add_lists(model, NULL, errata_datum_tree_root(document), 0, &n_added);
}

/* the cells of a line, which are many lines of a table */
static gboolean
curve_append_cells(GPtrArray *columns, const char *line, const char *separator)
{
    g_auto(GStrv) cell = g_strsplit(line, separator, -1);

    if (g_strv_length(cell) != columns->len)
        return FALSE;
    for (guint c = 0; c < columns->len; c++) {
        double value = (double)NAN;

        g_strstrip(cell[c]);
        if (!errata_number_parse_double(cell[c], strlen(cell[c]), &value))
            value = (double)NAN;
        g_array_append_val(g_ptr_array_index(columns, c), value);
    }
    return TRUE;
}

/**
 * errata_model_curve_add_table:
 * @model: being read
 * @set: (nullable): the rows that the whole table is of, e.g. `test`
 * @text: of a file beside it: a line of names, then a line per epoch or round, between commas,
 *   semicolons or tabs, as training logs are kept
 * @size: bytes
 *
 * What is no such table adds nothing; columns that say nothing of how good the model was are left
 * out.
 */
void
errata_model_curve_add_table(ErrataModel *model, const char *set, const char *text, gsize size)
{
    g_autofree char *copy = g_strndup(text, MIN(size, CURVE_BYTES));
    g_auto(GStrv) line = g_strsplit(copy, "\n", -1);
    const char *separator = line[0] == NULL                 ? ","
                            : strchr(line[0], '\t') != NULL ? "\t"
                            : strchr(line[0], ';') != NULL  ? ";"
                                                            : ",";
    g_auto(GStrv) name = line[0] != NULL ? g_strsplit(line[0], separator, -1) : NULL;
    guint n = name != NULL ? g_strv_length(name) : 0;
    g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    if (n < 2 || n > CURVE_MOST)
        return;
    for (guint c = 0; c < n; c++)
        g_ptr_array_add(columns, g_array_new(FALSE, FALSE, sizeof(double)));
    for (guint i = 1; line[i] != NULL; i++)
        if (g_strstrip(line[i])[0] != '\0' && !curve_append_cells(columns, line[i], separator))
            return;
    for (guint c = 0; c < n; c++) {
        const GArray *value = g_ptr_array_index(columns, c);
        g_autofree char *full = set != NULL ? g_strdup_printf("%s-%s", set, g_strstrip(name[c]))
                                            : g_strdup(g_strstrip(name[c]));
        char *words = errata_model_curve_describe(full,
                                                  (const double *)(gconstpointer)value->data,
                                                  value->len);

        if (words != NULL)
            curve_add(model, full, words);
    }
}

/**
 * errata_model_curve_add_metric:
 * @model: being read
 * @name: of the measure
 * @text: of a file that MLflow keeps it in: a line per step, with a time, a value and the step
 * @size: bytes
 *
 * What is no such file adds nothing. Source: mlflow.store.tracking.file_store.
 */
void
errata_model_curve_add_metric(ErrataModel *model, const char *name, const char *text, gsize size)
{
    g_autofree char *copy = g_strndup(text, MIN(size, CURVE_BYTES));
    g_auto(GStrv) line = g_strsplit(copy, "\n", -1);
    g_autoptr(GArray) value = g_array_new(FALSE, FALSE, sizeof(double));
    char *words;

    for (guint i = 0; line[i] != NULL; i++) {
        g_auto(GStrv) cell = g_strsplit(g_strstrip(line[i]), " ", 4);
        guint n = g_strv_length(cell);
        double number;

        if (n == 0)
            continue;
        if (n < 2 || n > 3 || !errata_number_parse_double(cell[1], strlen(cell[1]), &number))
            return;
        g_array_append_val(value, number);
    }
    words =
        errata_model_curve_describe(name, (const double *)(gconstpointer)value->data, value->len);
    if (words != NULL)
        curve_add(model, name, words);
}
