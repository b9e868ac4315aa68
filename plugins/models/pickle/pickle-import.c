/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pickle would import when Python opened it, judged by name. Here nothing is imported. */
#include "pickle-import.h"

#include <string.h>

#include "model-opcodes.h"

#define PICKLE_IMPORT_CHAIN 64 /* calls of what calls gave */

/* modules that can run programs or code, reach the network or the files */
static const char *const dangerous[] = {
    "os",        "posix",      "nt",        "subprocess", "sys",
    "shutil",    "socket",     "pty",       "runpy",      "importlib",
    "imp",       "ctypes",     "code",      "codeop",     "pickle",
    "_pickle",   "commands",   "popen2",    "platform",   "webbrowser",
    "urllib",    "http",       "ftplib",    "requests",   "multiprocessing",
    "threading", "asyncio",    "signal",    "timeit",     "bdb",
    "pdb",       "cProfile",   "profile",   "trace",      "tempfile",
    "pathlib",   "glob",       "io",        "marshal",    "types",
    "operator",  "functools",  "inspect",   "builtins",   "__builtin__",
    "pip",       "setuptools", "distutils", "torch",      "cloudpickle",
    "dill",      NULL};

static const char *const harmless_builtins[] = {"object",
                                                "list",
                                                "dict",
                                                "set",
                                                "frozenset",
                                                "tuple",
                                                "int",
                                                "float",
                                                "complex",
                                                "str",
                                                "bytes",
                                                "bytearray",
                                                "bool",
                                                "slice",
                                                "range",
                                                "unicode",
                                                "long",
                                                NULL};

/* whether it can run programs or code, or reach files and the network; a dotted name reaches
 * through a module into what that imports */
gboolean
pickle_import_is_dangerous(const PickleValue *global)
{
    gsize length = strcspn(global->module, ".");
    if (strchr(global->name, '.') != NULL)
        return TRUE;
    for (guint i = 0; dangerous[i] != NULL; i++)
        if (strlen(dangerous[i]) == length && strncmp(dangerous[i], global->module, length) == 0)
            return TRUE;
    return FALSE;
}

gboolean
pickle_import_is_harmless(const PickleValue *global)
{
    const char *module = global->module, *name = global->name;

    if (g_str_equal(module, "builtins") || g_str_equal(module, "__builtin__"))
        return g_strv_contains(harmless_builtins, name);
    if (g_str_equal(module, "copyreg") || g_str_equal(module, "copy_reg"))
        return g_str_equal(name, "_reconstructor");
    if (g_str_equal(module, "_codecs"))
        return g_str_equal(name, "encode");
    return g_str_equal(module, "collections") &&
           (g_str_equal(name, "OrderedDict") || g_str_equal(name, "defaultdict"));
}

/* opcodes that touch what can do harm, what is not known, and what belongs to models */
enum {
    TALLY_HARM,
    TALLY_UNKNOWN,
    TALLY_KNOWN,
    N_TALLIES,
};

typedef struct {
    guint n_imports; /* GLOBAL, STACK_GLOBAL, INST */
    guint n_calls;   /* REDUCE, NEWOBJ, NEWOBJ_EX, OBJ, INST */
    guint n_states;  /* BUILD */
} ImportTally;

/* what is called may be what a call gave */
static guint
import_tally(const PickleValue *what, gboolean (*is_known)(const PickleValue *global))
{
    for (guint i = 0; what != NULL && what->kind == PICKLE_OBJECT && i < PICKLE_IMPORT_CHAIN; i++)
        what = what->callable;
    if (what == NULL || what->kind != PICKLE_GLOBAL)
        return TALLY_UNKNOWN;
    return is_known(what)                     ? TALLY_KNOWN
           : pickle_import_is_dangerous(what) ? TALLY_HARM
                                              : TALLY_UNKNOWN;
}

/**
 * pickle_import_add_counts:
 * @pickle: read
 * @is_known: whether an import belongs to models of the kind
 * @builder: gets a risk `pickle-opcodes` per severity: how many opcodes import, call or set the
 *   state of what can do harm (critical), what is not known (medium), what belongs to models (info)
 */
void
pickle_import_add_counts(const Pickle *pickle,
                         gboolean (*is_known)(const PickleValue *global),
                         ErrataModelBuilder *builder)
{
    static const struct {
        ErrataSeverity severity;
        const char *what;
    } words[N_TALLIES] = {
        {ERRATA_SEVERITY_CRITICAL, "what can run code or reach files and the network"},
        {ERRATA_SEVERITY_MEDIUM, "what is not known here"},
        {ERRATA_SEVERITY_INFO, "what such models are made of"},
    };
    ImportTally tally[N_TALLIES] = {{0}};

    for (guint i = 0; i < pickle_globals(pickle)->len; i++)
        tally[import_tally(pickle_globals(pickle)->pdata[i], is_known)].n_imports++;
    for (guint i = 0; i < pickle_calls(pickle)->len; i++)
        tally[import_tally(pickle_calls(pickle)->pdata[i], is_known)].n_calls++;
    for (guint i = 0; i < pickle_states(pickle)->len; i++)
        tally[import_tally(pickle_states(pickle)->pdata[i], is_known)].n_states++;
    for (guint i = 0; i < N_TALLIES; i++)
        if (tally[i].n_imports + tally[i].n_calls + tally[i].n_states > 0)
            errata_model_opcodes_add(builder,
                                     words[i].severity,
                                     tally[i].n_imports,
                                     tally[i].n_calls,
                                     tally[i].n_states,
                                     words[i].what);
}
