/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pickle would import when Python opened it. Here nothing is imported; but who opens it with
 * Python should know. */
#include "sk-risk.h"

#include <string.h>

#include "pickle-import.h"
#include "sk-private.h"

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
                                        "float64",
                                        "float32",
                                        "int64",
                                        "int32",
                                        "str_",
                                        "bool_",
                                        "_frombuffer",
                                        "_mareconstruct",
                                        "MaskedArray",
                                        "object_",
                                        NULL};
    return (g_str_equal(global->module, "numpy") || g_str_has_prefix(global->module, "numpy.")) &&
           (g_strv_contains(names, global->name) || sk_function_of(global) != SK_NO_FUNCTION);
}

static gboolean
risk_is_known(const PickleValue *global)
{
    const char *module = global->module, *name = global->name;
    if (pickle_import_is_harmless(global))
        return TRUE;
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
 * @ret_severity: (out): %ERRATA_SEVERITY_CRITICAL when opening it with Python would run what can do
 *   harm; %ERRATA_SEVERITY_MEDIUM when it would import what is not known here
 *
 * Returns: (nullable): the worst import, as `module.name`; %NULL when all are known
 */
char *
sk_risk(const Pickle *pickle, ErrataSeverity *ret_severity)
{
    const GPtrArray *globals = pickle_globals(pickle);
    const PickleValue *worst = NULL;
    for (guint i = 0; i < globals->len; i++) {
        const PickleValue *global = globals->pdata[i];
        if (risk_is_known(global))
            continue;
        gboolean is_dangerous = pickle_import_is_dangerous(global);
        if (worst == NULL || (is_dangerous && *ret_severity != ERRATA_SEVERITY_CRITICAL)) {
            worst = global;
            *ret_severity = is_dangerous ? ERRATA_SEVERITY_CRITICAL : ERRATA_SEVERITY_MEDIUM;
        }
    }
    return worst == NULL ? NULL : g_strdup_printf("%s.%s", worst->module, worst->name);
}
