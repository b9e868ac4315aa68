/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 of a file, by nettle: it uses the processor's instructions for it, GChecksum does not
 * (1.0 against 0.25 GB/s where there are any). */
#include "digest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <unistd.h>

#include "error.h"

#define DIGEST_BLOCK (64 * 1024) /* on the stack: a thread that allocates takes an arena */

/**
 * errata_digest_fd:
 * @fd: open for reading; its offset is neither used nor moved
 * @ret_bytes: (out) (optional): bytes read
 * @cancellable: (nullable): stops it
 * @error: return location for a #GError
 *
 * Blocks: call it from a thread.
 *
 * Errors: %ERRATA_ERROR_IO when it cannot be read, %ERRATA_ERROR_CANCELLED.
 *
 * Returns: (transfer full): 64 lower-case hex digits, or %NULL with @error set
 */
char *
errata_digest_fd(int fd, guint64 *ret_bytes, GCancellable *cancellable, GError **error)
{
    struct sha256_ctx context;
    guint8 digest[SHA256_DIGEST_SIZE];
    guint8 block[DIGEST_BLOCK];
    GString *hex;
    guint64 done = 0;

    sha256_init(&context);
    for (;;) {
        gssize n = pread(fd, block, DIGEST_BLOCK, (off_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_IO,
                        "cannot be read: %s",
                        g_strerror(errno));
            return NULL;
        }
        if (g_cancellable_is_cancelled(cancellable)) {
            g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_CANCELLED, "cancelled");
            return NULL;
        }
        if (n == 0)
            break;
        sha256_update(&context, (size_t)n, block);
        done += (guint64)n;
    }
    sha256_digest(&context, sizeof digest, digest);
    hex = g_string_sized_new(2 * sizeof digest + 1);
    for (gsize i = 0; i < sizeof digest; i++)
        g_string_append_printf(hex, "%02x", digest[i]);
    if (ret_bytes != NULL)
        *ret_bytes = done;
    return g_string_free(hex, FALSE);
}
