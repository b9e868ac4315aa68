/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies beside a model and is none: code, programs, addresses, requirements. Code is searched
 * for words that start processes or reach out, never read as a program: what is found is a reason
 * to look, and what is not found proves nothing. */
#include <string.h>

#include "bundle-private.h"
#include "text-hash.h"

#define SCAN_BYTES (4U << 20) /* of a text searched */
#define SCAN_TOLD  5          /* words or addresses told of a file */

static const char *const code_suffixes[] = {
    ".py",    ".pyc", ".pyo", ".sh", ".bash", ".so",  ".dll", ".dylib", ".exe",   ".jar",
    ".class", ".js",  ".R",   ".rb", ".pl",   ".lua", ".bat", ".ps1",   ".ipynb", NULL};

/* that start another program */
static const char *const processes[] = {"os.system",
                                        "os.popen",
                                        "os.exec",
                                        "os.spawn",
                                        "os.posix_spawn",
                                        "posix.system",
                                        "pty.spawn",
                                        "subprocess",
                                        "popen2",
                                        "commands.getoutput",
                                        NULL};

/* that run text as code, load machine code or open connections */
static const char *const reaches[] = {"eval(",
                                      "exec(",
                                      "compile(",
                                      "__import__",
                                      "ctypes",
                                      "socket",
                                      "marshal",
                                      "urllib.request",
                                      "requests.get",
                                      "requests.post",
                                      "ftplib",
                                      "smtplib",
                                      NULL};

const char *
bundle_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

gboolean
bundle_is_code(const char *path)
{
    for (guint i = 0; code_suffixes[i] != NULL; i++)
        if (g_str_has_suffix(path, code_suffixes[i]))
            return TRUE;
    return FALSE;
}

static gboolean
scan_is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* Python without its comments; a hash in a string ends the line too early, which is no harm here */
static char *
scan_code(const char *text, gsize size)
{
    GString *code = g_string_new(NULL);
    gboolean comment = FALSE;

    for (gsize i = 0; i < MIN(size, SCAN_BYTES); i++) {
        comment = text[i] == '#' || (comment && text[i] != '\n');
        if (!comment && text[i] != '\0')
            g_string_append_c(code, text[i]);
    }
    return g_string_free(code, FALSE);
}

/* not `model.eval(`, not `my_socket` */
static gboolean
scan_has(const char *code, const char *word)
{
    gsize length = strlen(word);

    for (const char *at = strstr(code, word); at != NULL; at = strstr(at + 1, word)) {
        gboolean begins = at == code || (!scan_is_word(at[-1]) && at[-1] != '.');
        gboolean prefix = strcmp(word, "os.exec") == 0 || strcmp(word, "os.spawn") == 0;
        gboolean ends = word[length - 1] == '(' || prefix || !scan_is_word(at[length]);

        if (begins && ends)
            return TRUE;
    }
    return FALSE;
}

static char *
scan_words(const char *code, const char *const *words)
{
    g_autoptr(GString) found = g_string_new(NULL);
    guint n = 0;

    for (guint i = 0; words[i] != NULL; i++) {
        if (!scan_has(code, words[i]) || n++ >= SCAN_TOLD)
            continue;
        g_string_append_printf(found,
                               "%s%.*s",
                               found->len > 0 ? ", " : "",
                               (int)strcspn(words[i], "("),
                               words[i]);
    }
    return found->len > 0 ? g_string_free(g_steal_pointer(&found), FALSE) : NULL;
}

static void
scan_python(ErrataModelContainer *self, const char *path, const char *text, gsize size)
{
    g_autofree char *code = scan_code(text, size);
    g_autofree char *starts = scan_words(code, processes);
    g_autofree char *reaching = scan_words(code, reaches);

    if (starts != NULL)
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_CRITICAL,
                                        "code-starts-programs",
                                        "%s is code that starts programs (%s)",
                                        path,
                                        starts);
    if (reaching != NULL)
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_MEDIUM,
                                        "code-reaches-out",
                                        "%s is code that runs text as code, loads machine code or "
                                        "opens connections (%s)",
                                        path,
                                        reaching);
    if (starts == NULL && reaching == NULL)
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_INFO,
                                        "code-file",
                                        "%s is code; nothing of it is run here",
                                        path);
}

static void
scan_addresses(ErrataModelContainer *self, const char *path, const char *text)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://", "git+ssh://"};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) told = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
        for (const char *at = strstr(text, schemes[i]); at != NULL;
             at = strstr(at + 1, schemes[i])) {
            gsize length = strcspn(at + strlen(schemes[i]), " \t\r\n\"'<>,;)}]/\\");
            char *address = g_strndup(at, strlen(schemes[i]) + MIN(length, 200));

            if (g_hash_table_add(seen, address) && g_hash_table_size(seen) <= SCAN_TOLD)
                g_string_append_printf(told, "%s%s", told->len > 0 ? ", " : "", address);
        }
    if (told->len > 0)
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_LOW,
                                        "network-address",
                                        "%s names network addresses: %s%s",
                                        path,
                                        told->str,
                                        g_hash_table_size(seen) > SCAN_TOLD ? ", …" : "");
}

/* what pip would install, in one line */
static void
scan_requirements(ErrataModelContainer *self, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; lines[i] != NULL && all->len < 2000; i++) {
        const char *line = g_strstrip(lines[i]);

        if (line[0] != '\0' && line[0] != '#')
            g_string_append_printf(all, "%s%.200s", all->len > 0 ? ", " : "", line);
    }
    if (all->len > 0)
        errata_model_container_add_fact(self, "requirements", all->str);
}

/**
 * bundle_scan_part:
 * @self: gets risks, and the fact `requirements`
 * @part: a member
 */
void
bundle_scan_part(ErrataModelContainer *self, const ErrataModelPart *part)
{
    gsize size = 0;
    const char *bytes = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;
    const char *base = bundle_base_name(part->name);
    gboolean python = g_str_has_suffix(base, ".py") || g_str_has_suffix(base, ".ipynb");
    g_autofree char *text = NULL;

    if (bytes == NULL || size == 0)
        return;
    if ((size > 4 && memcmp(bytes, "\177ELF", 4) == 0) ||
        (bundle_is_code(base) && size > 2 && memcmp(bytes, "MZ", 2) == 0))
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_MEDIUM,
                                        "machine-code",
                                        "%s is a program or a library in machine code",
                                        part->name);
    else if (python)
        scan_python(self, part->name, bytes, size);
    else if (bundle_is_code(base))
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_LOW,
                                        "code-file",
                                        "%s is code; nothing of it is run here",
                                        part->name);
    if (!python && !errata_bundle_is_settings(part->name))
        return;
    text = g_strndup(bytes, MIN(size, SCAN_BYTES));
    scan_addresses(self, part->name, text);
    if (strcmp(base, "requirements.txt") == 0)
        scan_requirements(self, text);
}
