/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "short-name.h"

#include <string.h>

/* What tells a long name from its like where there is no room for the whole of it. */

#define SHORT_NAME_LONG   12 /* bytes; shorter ones stay as they are */
#define SHORT_NAME_SHARED 6  /* bytes that names share, from which on these are left out */

/* bytes that all names begin with (end in, from the @end), up to where a word ends */
static gsize
short_name_shared(char *const *names, guint n, gboolean end)
{
    gsize length = strlen(names[0]);
    gsize shared = length;
    gsize word = 0;

    for (guint i = 1; i < n; i++) {
        gsize size = strlen(names[i]);
        gsize same = 0;

        while (same < shared && same < size &&
               (end ? names[0][length - 1 - same] == names[i][size - 1 - same]
                    : names[0][same] == names[i][same]))
            same++;
        shared = same;
    }
    for (gsize i = 0; i < shared; i++)
        if (strchr(" _-./:>", end ? names[0][length - 1 - i] : names[0][i]) != NULL)
            word = i + 1;
    return word;
}

/* fills @family with the names that share enough with @pivot */
static guint
short_name_family(char *const *names, guint n, guint pivot, char **family)
{
    guint n_family = 0;

    for (guint i = 0; i < n; i++) {
        char *const pair[] = {names[pivot], names[i]};

        if (short_name_shared(pair, 2, FALSE) + short_name_shared(pair, 2, TRUE) >=
            SHORT_NAME_SHARED)
            family[n_family++] = names[i];
    }
    return n_family;
}

/**
 * errata_short_name:
 * @names: (array length=n): names that stand side by side, such as all classes
 * @n: how many, at least 1
 * @index: one of them
 *
 * Returns: (transfer full): “…10…” of a long name that shares beginning or end with more than half
 *   of them; else the name
 */
char *
errata_short_name(char *const *names, guint n, guint index)
{
    const char *name = names[index];
    g_autofree char **family = g_new(char *, n);
    guint n_family = 0;
    gsize begin, end;

    for (guint pivot = 0; pivot < n && 2 * n_family <= n; pivot++)
        n_family = short_name_family(names, n, pivot, family);
    for (guint i = 0; i <= n_family; i++) {
        if (i == n_family || 2 * n_family <= n)
            return g_strdup(name);
        if (family[i] == name)
            break;
    }
    begin = short_name_shared(family, n_family, FALSE);
    end = short_name_shared(family, n_family, TRUE);
    if (strlen(name) <= SHORT_NAME_LONG || begin + end < SHORT_NAME_SHARED ||
        begin + end >= strlen(name))
        return g_strdup(name);
    return g_strdup_printf("%s%.*s%s",
                           begin > 0 ? "…" : "",
                           (int)(strlen(name) - begin - end),
                           name + begin,
                           end > 0 ? "…" : "");
}
