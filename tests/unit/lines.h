/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* The lines of a text, as g_strsplit(text, "\n", -1) has them; but that asks strstr() for each, and
 * address sanitizer's goes to the end of the text every time. To be freed by g_strfreev(). */
static inline char **
test_lines(const char *text)
{
    GStrvBuilder *lines = g_strv_builder_new();
    char **all;

    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        g_autofree char *line = g_strndup(text, (gsize)(end - text));

        g_strv_builder_add(lines, line);
    }
    g_strv_builder_add(lines, text);
    all = g_strv_builder_end(lines);
    g_strv_builder_unref(lines);
    return all;
}
