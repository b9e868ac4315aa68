/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names within a plan: in quotes where they hold what a plan is parted at, several with commas
 * between. */
#include <string.h>

#include "ask-private.h"

/* a name in quotes may hold anything; a quote within is doubled */
char *
errata_ask_plan_name_unquote(const char *text)
{
    gsize n = strlen(text);
    GString *plain;

    if (n < 2 || strchr("\"'`", text[0]) == NULL || text[n - 1] != text[0])
        return g_strdup(text);
    plain = g_string_new(NULL);
    for (gsize i = 1; i + 1 < n; i++) {
        i += text[i] == text[0] && i + 2 < n && text[i + 1] == text[0] ? 1 : 0;
        g_string_append_c(plain, text[i]);
    }
    return g_string_free(plain, FALSE);
}

/* what errata_ask_plan_name_unquote() reads back; bare where it can be; @commas: one would part it
 * in two */
void
errata_ask_plan_name_append(GString *plan, const char *name, gboolean commas)
{
    gsize n = strlen(name);
    gboolean bare = n > 0 && strpbrk(name, commas ? "|\"'`," : "|\"'`") == NULL &&
                    !g_ascii_isspace(name[0]) && !g_ascii_isspace(name[n - 1]) &&
                    strstr(name, " of ") == NULL && g_ascii_strncasecmp(name, "by ", 3) != 0;

    g_string_append(plan, bare ? "" : "\"");
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '"')
            g_string_append_c(plan, '"');
        g_string_append_c(plan, *p);
    }
    g_string_append(plan, bare ? "" : "\"");
}

/* names with commas between; a comma within quotes is part of a name */
GPtrArray *
errata_ask_plan_name_split(const char *text)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    const char *begin = text;
    char quote = '\0';

    for (const char *p = text;; p++) {
        if (*p != '\0' && quote != '\0') {
            gboolean doubled = *p == quote && p[1] == quote;

            quote = *p == quote && !doubled ? '\0' : quote;
            p += doubled ? 1 : 0;
        } else if (*p == ',' || *p == '\0') {
            g_autofree char *part = g_strstrip(g_strndup(begin, (gsize)(p - begin)));

            g_ptr_array_add(parts, errata_ask_plan_name_unquote(part));
            begin = p + 1;
        } else if (strchr("\"'`", *p) != NULL && begin + strspn(begin, " \t") == p) {
            quote = *p; /* within a word it is an apostrophe */
        }
        if (*p == '\0')
            return parts;
    }
}
