/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members that an object of a JSON plan has twice: parsers keep the last, and a condition would be
 * lost without a word. The text is known to be JSON. */
#include <string.h>

#include "ask-private.h"

#define TWICE_DEPTH 64

/* behind the string that opens at @p */
static const char *
twice_skip(const char *p)
{
    for (p++; *p != '\0' && *p != '"'; p++)
        p += *p == '\\' && p[1] != '\0' ? 1 : 0;
    return *p == '"' ? p + 1 : p;
}

/* whether the object's names have @name already, else it is added; @names: each between line
 * feeds */
static gboolean
twice_add(GString *names, const char *name)
{
    g_autofree char *marked = g_strdup_printf("\n%s\n", name);

    if (strstr(names->str, marked) != NULL)
        return TRUE;
    g_string_append(names, marked);
    return FALSE;
}

/**
 * errata_ask_twice:
 * @json: a JSON text
 *
 * Returns: (transfer full) (nullable): the first name that an object has twice
 */
char *
errata_ask_twice(const char *json)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    char *found = NULL;

    for (const char *p = json; *p != '\0' && found == NULL;) {
        if (*p == '{' && open->len < TWICE_DEPTH) {
            g_ptr_array_add(open, g_string_new("\n"));
        } else if (*p == '}' && open->len > 0) {
            g_string_free(g_ptr_array_index(open, open->len - 1), TRUE);
            g_ptr_array_set_size(open, (int)open->len - 1);
        } else if (*p == '"') {
            const char *end = twice_skip(p);
            const char *next = end + strspn(end, " \t\r\n");
            g_autofree char *name = g_strndup(p, (gsize)(end - p));

            if (*next == ':' && open->len > 0 &&
                twice_add(g_ptr_array_index(open, open->len - 1), name))
                found = g_strcompress(name);
            p = end;
            continue;
        }
        p++;
    }
    for (guint i = 0; i < open->len; i++)
        g_string_free(g_ptr_array_index(open, i), TRUE);
    return found;
}
