/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pickle would import when Python opened it. Here nothing is imported; but who opens it with
 * Python should know. */
#include "sk-risk.h"

#include <string.h>

#include "pickle-import.h"
#include "sk-private.h"
#include "text-hash.h"

#define RISK_MAX 100 /* imports told */

/* functions that a model may name, which do nothing but reckon */
static gboolean
risk_is_arithmetic(const char *name)
{
    static const char *const names[] = {
        "mean",    "median",   "clip",         "nan_to_num", "max",    "min",    "amax",  "amin",
        "sum",     "std",      "var",          "round",      "round_", "around", "power", "maximum",
        "minimum", "multiply", "add",          "subtract",   "divide", "isnan",  "ravel", "reshape",
        "asarray", "array",    "column_stack", "hstack",     "where",  NULL};
    return g_strv_contains(names, name);
}

static gboolean
risk_is_numpy(const PickleValue *global)
{
    static const char *const names[] = {"ndarray",
                                        "dtype",
                                        "_reconstruct",
                                        "scalar",
                                        "__randomstate_ctor",
                                        "__bit_generator_ctor",
                                        "__generator_ctor",
                                        "MT19937",
                                        "PCG64",
                                        "RandomState",
                                        "Generator",
                                        "number",
                                        "generic",
                                        "integer",
                                        "signedinteger",
                                        "unsignedinteger",
                                        "inexact",
                                        "floating",
                                        "float64",
                                        "float32",
                                        "float16",
                                        "int64",
                                        "int32",
                                        "int16",
                                        "int8",
                                        "uint64",
                                        "uint32",
                                        "uint16",
                                        "uint8",
                                        "str_",
                                        "bool_",
                                        "datetime64",
                                        "_frombuffer",
                                        "_mareconstruct",
                                        "MaskedArray",
                                        "object_",
                                        NULL};
    return (g_str_equal(global->module, "numpy") || g_str_has_prefix(global->module, "numpy.")) &&
           (g_strv_contains(names, global->name) || risk_is_arithmetic(global->name) ||
            sk_function_of(global) != SK_NO_FUNCTION);
}

static gboolean
risk_is_known(const PickleValue *global)
{
    const char *module = global->module, *name = global->name;
    if (pickle_import_is_harmless(global))
        return TRUE;
    if (g_str_has_prefix(module, "xgboost.") || g_str_has_prefix(module, "lightgbm."))
        return g_str_has_prefix(name, "XGB") || g_str_has_prefix(name, "LGBM") ||
               g_str_equal(name, "Booster");
    /* what SplineTransformer keeps: numbers, and nothing that is called */
    if (g_str_equal(module, "scipy.interpolate._bsplines"))
        return g_str_equal(name, "BSpline");
    if (g_str_has_prefix(module, "joblib.numpy_pickle"))
        return g_str_equal(name, "NumpyArrayWrapper");
    /* a dotted name reaches through a module into what that imports */
    return strchr(name, '.') == NULL &&
           (g_str_has_prefix(module, "sklearn.") || g_str_has_prefix(module, "scipy.sparse") ||
            risk_is_numpy(global));
}

/**
 * sk_risk:
 * @pickle: read
 * @builder: gets a risk for each import that is not known here: critical when it can do harm by
 *   itself, else medium; and how many opcodes there are of each severity
 * @ret_worst: (out) (nullable): the worst import, as `module.name`
 *
 * Returns: how many there are; 0 when all are known
 */
guint
sk_risk(const Pickle *pickle, ErrataModelBuilder *builder, char **ret_worst)
{
    const GPtrArray *globals = pickle_globals(pickle);
    g_autoptr(GHashTable) told = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    gboolean any_dangerous = FALSE;
    *ret_worst = NULL;
    for (guint i = 0; i < globals->len && g_hash_table_size(told) < RISK_MAX; i++) {
        const PickleValue *global = globals->pdata[i];
        if (risk_is_known(global))
            continue;
        gboolean is_dangerous = pickle_import_is_dangerous(global);
        char *full = g_strdup_printf("%s.%s", global->module, global->name);
        if (!g_hash_table_add(told, full))
            continue;
        if (*ret_worst == NULL || (is_dangerous && !any_dangerous)) {
            g_free(*ret_worst);
            *ret_worst = g_strdup(full);
        }
        any_dangerous |= is_dangerous;
        errata_model_builder_add_risk(
            builder,
            is_dangerous ? ERRATA_SEVERITY_CRITICAL : ERRATA_SEVERITY_MEDIUM,
            "pickle-import",
            is_dangerous ? "opened with Python it would call %s"
                         : "opened with Python it would import %s, which no model that "
                           "is known here is made of",
            full);
    }
    pickle_import_add_counts(pickle, risk_is_known, builder);
    return g_hash_table_size(told);
}
