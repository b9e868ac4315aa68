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

/**
 * errata_short_name:
 * @names: (array length=n): names that stand side by side, such as all classes
 * @n: how many, at least 1
 * @index: one of them
 *
 * Returns: (transfer full): “…10…” of a long name, where all share their beginnings or ends; else
 *   the name
 */
char *
errata_short_name(char *const *names, guint n, guint index)
{
    const char *name = names[index];
    gsize begin = short_name_shared(names, n, FALSE);
    gsize end = short_name_shared(names, n, TRUE);

    if (strlen(name) <= SHORT_NAME_LONG || begin + end < SHORT_NAME_SHARED ||
        begin + end >= strlen(name))
        return g_strdup(name);
    return g_strdup_printf("%s%.*s%s",
                           begin > 0 ? "…" : "",
                           (int)(strlen(name) - begin - end),
                           name + begin,
                           end > 0 ? "…" : "");
}
