/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in the watched folder: which are not ready yet, which model a file belongs to. */
#include "inbox-name.h"

#include <string.h>

static gboolean
inbox_name_has_suffix_of(const char *name, const char *const *suffixes)
{
    for (guint i = 0; suffixes[i] != NULL; i++) {
        if (g_str_has_suffix(name, suffixes[i]))
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_inbox_name_is_ignored:
 * @name: of a file or folder, without its folder
 *
 * Returns: whether it is somebody's unfinished work: it is looked at again when it is renamed
 */
gboolean
errata_inbox_name_is_ignored(const char *name)
{
    static const char *const unfinished[] = {".part", ".tmp", ".crdownload", "~", NULL};

    return name[0] == '.' || inbox_name_has_suffix_of(name, unfinished);
}

/**
 * errata_inbox_name_clean:
 * @name: what a user or a file calls a model
 *
 * Returns: (transfer full): a name that is one harmless folder: valid UTF-8, no slash, no control
 *   characters, no dot in front, at most %ERRATA_INBOX_NAME_BYTES bytes, never empty
 */
char *
errata_inbox_name_clean(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    g_autoptr(GString) clean = g_string_new(NULL);

    for (const char *p = valid; *p != '\0'; p = g_utf8_find_next_char(p, NULL)) {
        gunichar c = g_utf8_get_char(p);

        if (clean->len + (gsize)g_unichar_to_utf8(c, NULL) > ERRATA_INBOX_NAME_BYTES)
            break;
        if (c == '/' || !g_unichar_isprint(c) || (c == '.' && clean->len == 0))
            c = '_';
        g_string_append_unichar(clean, c);
    }
    return clean->len > 0 ? g_string_free(g_steal_pointer(&clean), FALSE) : g_strdup("unnamed");
}

/**
 * errata_inbox_name_stem:
 * @file_name: without its folder
 *
 * Returns: (transfer full): the name without the ending of its compression and without its own:
 *   `credit` of `credit.csv.gz`
 */
char *
errata_inbox_name_stem(const char *file_name)
{
    static const char *const compressed[] = {".gz", ".zst", ".xz", ".bz2", ".lz4", NULL};
    g_autofree char *stem = g_strdup(file_name);
    char *dot;

    if (inbox_name_has_suffix_of(stem, compressed))
        *strrchr(stem, '.') = '\0';
    dot = strrchr(stem, '.');
    if (dot != NULL && dot != stem)
        *dot = '\0';
    return errata_inbox_name_clean(*stem != '\0' ? stem : file_name);
}

/**
 * errata_inbox_name_model:
 * @path: of a file, relative to the inbox
 *
 * Returns: (transfer full): the model it belongs to: its first folder, or the file's stem
 */
char *
errata_inbox_name_model(const char *path)
{
    const char *slash = strchr(path, '/');
    g_autofree char *folder = NULL;

    if (slash == NULL)
        return errata_inbox_name_stem(path);
    folder = g_strndup(path, (gsize)(slash - path));
    return errata_inbox_name_clean(folder);
}

/**
 * errata_inbox_name_kind:
 * @path: of a file, relative to the inbox
 *
 * Returns: CONFIGURATION for `NAME/errata.conf`, REFERENCE for `NAME/reference.*`, else AUTO
 */
ErrataKind
errata_inbox_name_kind(const char *path)
{
    const char *slash = strchr(path, '/');

    if (slash == NULL || strchr(slash + 1, '/') != NULL)
        return ERRATA_KIND_AUTO;
    if (strcmp(slash + 1, "errata.conf") == 0)
        return ERRATA_KIND_CONFIGURATION;
    return g_str_has_prefix(slash + 1, "reference.") ? ERRATA_KIND_REFERENCE : ERRATA_KIND_AUTO;
}
