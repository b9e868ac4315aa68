/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-private.h"

G_BEGIN_DECLS

/**
 * PmmlBuiltIn:
 * @name: of the function
 * @least, @most: arguments; @most 0 for any number
 * @takes_missing: it is called with missing arguments as well; else the result is then missing
 * @call: FALSE when an argument is none that it can take; a result that is missing and invalid is
 *   not defined; @argument are all valid unless @takes_missing
 *
 * A built-in function of PMML 4.4. `if`, `and`, `or`, `isMissing` and their like, which see
 * expressions rather than values, are not among them.
 */
typedef struct {
    const char *name;
    guint least;
    guint most;
    gboolean takes_missing;
    gboolean (*call)(const PmmlValue *argument, guint n, GStringChunk *strings, PmmlValue *ret);
} PmmlBuiltIn;

const PmmlBuiltIn *pmml_built_in(const char *name);

/* the tables of which pmml_built_in() looks through */
extern const PmmlBuiltIn pmml_functions_math[];
extern const PmmlBuiltIn pmml_functions_text[];

/* Java's replacement text as GRegex writes it: $1 is \\g<1> there */
char *pmml_text_replacement(const char *java);
/* whether putting @with in the place of what is found in @text stays within reason */
gboolean pmml_text_may_replace(const char *text, const char *with);

/* there is no result of these values, which are of the right types; TRUE, for a function to
 * return */
static inline gboolean
pmml_set_undefined(PmmlValue *ret)
{
    *ret = PMML_NOTHING;
    ret->invalid = TRUE;
    return TRUE;
}

G_END_DECLS
