/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves of a training, told in a line among the facts of it; what is found in them is read from there. */
#include "model-curve.h"

#include <math.h>
#include <string.h>

#include "datum.h"
#include "number.h"

#define CURVE_STEPS 100000
#define CURVE_MOST  32 /* of a history */
#define CURVE_NAME  60 /* characters */

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
    for (guint i = 0; rising[i] != NULL; i++)
        if (strstr(lower, rising[i]) != NULL)
            return 1;
    return 0;
}

/**
 * errata_model_curve_describe:
 * @name: of the curve; what it measures follows from it
 * @value: (array length=n): step by step
 * @n: steps
 *
 * Returns: (transfer full) (nullable): the curve in words, for a fact of the training; %NULL for fewer
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
        errata_number_print(value[0], first),
        errata_number_print(value[n - 1], last),
        errata_number_print(value[n - 1 - MAX(n / 10, 1)], late),
        errata_number_print(value[best], extreme),
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
            ErrataModelFact *fact = g_new0(ErrataModelFact, 1);

            fact->name = g_steal_pointer(&name);
            fact->value = g_steal_pointer(&words);
            g_ptr_array_add(model->training, fact);
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
 * @json: of a file beside it: `{"loss": […], "val_loss": […]}`, or by data set, as libraries keep what
 *   their training returned
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
