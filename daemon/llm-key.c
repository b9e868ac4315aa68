/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets: the key of a language model's server, and the installation's own, by which data is
 * marked. No function here puts a secret into a message, and nobody logs what they return. */
#include "llm-key.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

#define KEY_MAX_BYTES 4096
#define KEY_NAME      "llm-api-key"

static gboolean
key_check_file(int fd, const char *path, gboolean is_private, GError **error)
{
    struct stat info;

    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_CONFIG, "the key file '%s' is no file", path);
        return FALSE;
    }
    if (is_private && ((info.st_mode & 077) != 0 || info.st_uid != geteuid())) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "the key file '%s' may be read by others; expected your own file with mode "
                    "0600: chmod 600 it",
                    path);
        return FALSE;
    }
    return TRUE;
}

/* one line of printable ASCII */
static char *
key_check(const char *text, const char *where, GError **error)
{
    g_autofree char *key = g_strstrip(g_strdup(text));
    gboolean good = *key != '\0';

    for (const char *p = key; *p != '\0'; p++)
        good = good && g_ascii_isgraph(*p);
    if (good)
        return g_steal_pointer(&key);
    memset(key, 0, strlen(key));
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_CONFIG,
                "%s holds no key: expected one line of printable characters without spaces",
                where);
    return NULL;
}

/* *@ret_found: there is such a file */
static char *
key_read(const char *path, gboolean is_private, gboolean *ret_found, GError **error)
{
    char text[KEY_MAX_BYTES + 1];
    /* a pipe without a writer would block: it is opened, looked at and refused */
    int fd = open(path,
                  O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (is_private ? O_NOFOLLOW : 0));
    char *key = NULL;
    gssize n;

    *ret_found = fd >= 0 || errno != ENOENT;
    if (fd < 0) {
        if (*ret_found)
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_CONFIG,
                        "the key file '%s' cannot be opened: %s",
                        path,
                        g_strerror(errno));
        return NULL;
    }
    n = key_check_file(fd, path, is_private, error) ? read(fd, text, KEY_MAX_BYTES) : -2;
    close(fd);
    if (n >= 0) {
        text[n] = '\0';
        key = key_check(text, path, error);
        explicit_bzero(text, sizeof text);
    } else if (n == -1) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "the key file '%s' cannot be read",
                    path);
    }
    return key;
}

/**
 * errata_llm_key_find:
 * @credential: (nullable): `[llm] api-key-credential`: name of a credential, or an absolute path
 * @config_folder: where `llm-api-key` is looked for
 * @error: return location for a #GError
 *
 * In this order: the systemd credential, the key file, ERRATA_LLM_API_KEY, OPENAI_API_KEY.
 *
 * Errors: %ERRATA_ERROR_CONFIG for a key file that others may read, one that is named and missing,
 * or one that holds no key.
 *
 * Returns: (transfer full) (nullable): the key; %NULL without @error when there is none
 */
char *
errata_llm_key_find(const char *credential, const char *config_folder, GError **error)
{
    static const char *const variables[] = {"ERRATA_LLM_API_KEY", "OPENAI_API_KEY"};
    const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
    gboolean is_path = credential != NULL && *credential == '/';
    g_autofree char *file = is_path ? g_strdup(credential)
                                    : g_build_filename(config_folder, KEY_NAME, NULL);
    gboolean found = FALSE;
    char *key;

    if (folder != NULL && !is_path) {
        g_autofree char *base = g_path_get_basename(credential != NULL ? credential : KEY_NAME);
        g_autofree char *path = g_build_filename(folder, base, NULL);

        key = key_read(path, FALSE, &found, error);
        if (found)
            return key;
    }
    key = key_read(file, TRUE, &found, error);
    if (found)
        return key;
    if (credential != NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "[llm] api-key-credential: there is no %s '%s'",
                    is_path ? "file" : "credential",
                    credential);
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(variables); i++)
        if (g_getenv(variables[i]) != NULL && *g_getenv(variables[i]) != '\0')
            return key_check(g_getenv(variables[i]), variables[i], error);
    return NULL;
}

/**
 * errata_llm_key_secret:
 * @folder: that belongs to this installation
 * @ret_secret: (out) (array fixed-size=32): random bytes, the same every time
 *
 * Where the folder cannot be written the secret holds for this process: marks then differ from run
 * to run, and answers are not found again.
 */
void
errata_llm_key_secret(const char *folder, guint8 *ret_secret)
{
    g_autofree char *path = g_build_filename(folder, "llm-secret", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    gboolean done = fd >= 0 &&
                    read(fd, ret_secret, ERRATA_LLM_SECRET_BYTES) == ERRATA_LLM_SECRET_BYTES;

    if (fd >= 0)
        close(fd);
    if (done)
        return;
    if (getrandom(ret_secret, ERRATA_LLM_SECRET_BYTES, 0) != ERRATA_LLM_SECRET_BYTES)
        g_error("the kernel gives no random bytes");
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    if (write(fd, ret_secret, ERRATA_LLM_SECRET_BYTES) != ERRATA_LLM_SECRET_BYTES)
        g_unlink(path);
    close(fd);
}
