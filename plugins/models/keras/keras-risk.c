/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Keras model asks its reader to run: code within Lambda layers, functions by name, classes
 * of other modules. Sources: keras.saving.deserialize_keras_object; the advisories CVE-2024-3660,
 * CVE-2025-1550 and CVE-2025-9906 for how files have misused it. */
#include <string.h>

#include "keras-private.h"
#include "text-hash.h"

#define RISK_DEPTH 200
#define RISK_MAX   20

typedef struct {
    ErrataModelBuilder *builder;
    GHashTable *told;
} Risks;

static void G_GNUC_PRINTF(4, 5)
    risk_add(Risks *self, ErrataSeverity severity, const char *problem, const char *format, ...)
{
    va_list args;
    char *what;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    if (g_hash_table_size(self->told) >= RISK_MAX) {
        g_free(what);
        return;
    }
    if (g_hash_table_add(self->told, what))
        errata_model_builder_add_risk(self->builder, severity, problem, "%s", what);
}

static gboolean
risk_is_keras(const char *module)
{
    static const char *const homes[] =
        {"keras", "tf_keras", "tensorflow", "keras_nlp", "keras_hub", "keras_cv"};
    gsize length = strcspn(module, ".");

    for (guint i = 0; i < G_N_ELEMENTS(homes); i++)
        if (strlen(homes[i]) == length && strncmp(homes[i], module, length) == 0)
            return TRUE;
    return FALSE;
}

/* modules that can run programs or reach files; functions that do, of modules that models do use */
static gboolean
risk_is_dangerous(const char *module, const char *function)
{
    static const char *const modules[] = {
        "os",   "posix",    "nt",        "subprocess", "sys",        "shutil",  "socket",
        "pty",  "runpy",    "importlib", "ctypes",     "code",       "pickle",  "urllib",
        "http", "requests", "pathlib",   "tempfile",   "webbrowser", "marshal", "multiprocessing",
        "pip",  "timeit",   "pdb",       NULL};
    static const char *const functions[] = {"eval",
                                            "exec",
                                            "compile",
                                            "open",
                                            "__import__",
                                            "getattr",
                                            "get_file",
                                            "load_model",
                                            "extract_archive",
                                            "system",
                                            "popen",
                                            "py_function",
                                            "numpy_function",
                                            "enable_unsafe_deserialization",
                                            "load_op_library",
                                            "load_library",
                                            NULL};
    g_autofree char *top = module != NULL ? g_strndup(module, strcspn(module, ".")) : NULL;

    return (top != NULL && g_strv_contains(modules, top)) ||
           (function != NULL && g_strv_contains(functions, function));
}

/* a Lambda layer: code in the file, or a function by name */
static void
risk_lambda(Risks *self, const ErrataDatum *config)
{
    const char *name = errata_datum_text(config, "name");
    const ErrataDatum *function = errata_datum_get(config, "function");

    if (name == NULL)
        name = "Lambda";
    if (function != NULL && function->kind == ERRATA_DATUM_STRING)
        risk_add(self,
                 ERRATA_SEVERITY_HIGH,
                 "lambda-function",
                 "layer “%s” calls the function %s, which is not in the file",
                 name,
                 function->text);
    else
        risk_add(self,
                 ERRATA_SEVERITY_CRITICAL,
                 "lambda-code",
                 "layer “%s” is Python code in the file, which Keras runs when it opens the model "
                 "without its safe mode; nothing of it was run here",
                 name);
}

/* layers that call a function of TensorFlow by its path: tf.io.write_file */
static void
risk_operation(Risks *self, const ErrataDatum *config)
{
    const char *function = errata_datum_text(config, "function");
    const char *last = function != NULL ? strrchr(function, '.') : NULL;

    last = last != NULL ? last + 1 : function;
    if (function == NULL)
        return;
    if (g_str_has_prefix(function, "io.") || risk_is_dangerous(NULL, last) ||
        strstr(function, "File") != NULL || strstr(function, "PyFunc") != NULL)
        risk_add(self,
                 ERRATA_SEVERITY_CRITICAL,
                 "config-import",
                 "a layer calls tf.%s, which reaches files or runs code",
                 function);
}

static void
risk_object(Risks *self, const ErrataDatum *value)
{
    const char *klass = errata_datum_text(value, "class_name");
    const char *module = errata_datum_text(value, "module");
    const char *registered = errata_datum_text(value, "registered_name");
    const ErrataDatum *config = errata_datum_get(value, "config");
    gboolean is_function = klass != NULL && strcmp(klass, "function") == 0;
    const char *function = is_function && config != NULL && config->kind == ERRATA_DATUM_STRING
                               ? config->text
                               : NULL;

    if (klass == NULL)
        return;
    if (strcmp(klass, "__lambda__") == 0)
        risk_add(
            self,
            ERRATA_SEVERITY_CRITICAL,
            "lambda-code",
            "it holds Python code (a lambda), which Keras runs when it opens the model without its "
            "safe mode; nothing of it was run here");
    else if (strcmp(klass, "Lambda") == 0)
        risk_lambda(self, config);
    else if (strcmp(klass, "TFOpLambda") == 0 || strcmp(klass, "SlicingOpLambda") == 0)
        risk_operation(self, config);
    else if (risk_is_dangerous(module, function != NULL ? function : klass))
        risk_add(
            self,
            ERRATA_SEVERITY_CRITICAL,
            "config-import",
            "to open it Keras would take %s from %s; nothing of it was run here, and no one should "
            "open it",
            function != NULL ? function : klass,
            module != NULL ? module : "elsewhere");
    else if (module != NULL && !risk_is_keras(module) &&
             (is_function || strcmp(module, "builtins") != 0))
        risk_add(self,
                 ERRATA_SEVERITY_MEDIUM,
                 "custom-object",
                 "it needs %s of %s, which is not Keras's",
                 function != NULL ? function : klass,
                 strcmp(module, "builtins") == 0 ? "its author" : module);
    else if (module == NULL && registered != NULL && strchr(registered, '>') != NULL)
        risk_add(self,
                 ERRATA_SEVERITY_MEDIUM,
                 "custom-object",
                 "it needs %s, which is not Keras's",
                 registered);
}

static void
risk_walk(Risks *self, const ErrataDatum *value, guint depth)
{
    if (depth > RISK_DEPTH ||
        (value->kind != ERRATA_DATUM_OBJECT && value->kind != ERRATA_DATUM_LIST))
        return;
    if (value->kind == ERRATA_DATUM_OBJECT)
        risk_object(self, value);
    for (gsize i = 0; i < value->n; i++)
        risk_walk(self, &value->items[i], depth + 1);
}

/**
 * keras_add_risks:
 * @builder: gets the risks
 * @config: (nullable): a model's description
 *
 * Critical is what would run code of the file's choice; medium what must come from elsewhere.
 */
void
keras_add_risks(ErrataModelBuilder *builder, const ErrataDatum *config)
{
    g_autoptr(GHashTable) told = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    Risks self = {builder, told};

    if (config != NULL)
        risk_walk(&self, config, 0);
}
