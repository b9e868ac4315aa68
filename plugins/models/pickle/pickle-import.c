/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pickle would import when Python opened it, judged by name. Here nothing is imported. */
#include "pickle-import.h"

#include <string.h>

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

/* whether it can run programs or code, or reach files and the network; a dotted name reaches through a
 * module into what that imports */
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
