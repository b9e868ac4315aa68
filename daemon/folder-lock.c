/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that only one daemon may use: that of its state, and that of its reports, where each
 * daemon clears away at its start what an earlier run did not finish. */
#include "folder-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "error.h"

/**
 * errata_folder_lock_state:
 * @folder: made when missing
 *
 * Errors: %ERRATA_ERROR_IO, %ERRATA_ERROR_USAGE when another daemon has it.
 *
 * Returns: a descriptor, or −1 with @error set
 */
int
errata_folder_lock_state(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    int lock = -1;

    if (g_mkdir_with_parents(folder, 0700) != 0 ||
        (lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "cannot write to the state folder '%s': %s",
                    folder,
                    g_strerror(errno));
        return -1;
    }
    if (flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    close(lock);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "another erratad uses the state folder '%s'; stop it first, or give this one "
                "another with --state-dir",
                folder);
    return -1;
}

/**
 * errata_folder_lock_reports:
 * @folder: made when missing
 * @ret_lock: (out): a descriptor, or −1 where there is no such folder or it keeps no locks: what
 *   cannot be written there is told by each job
 *
 * Errors: %ERRATA_ERROR_USAGE when another daemon has it.
 */
gboolean
errata_folder_lock_reports(const char *folder, int *ret_lock, GError **error)
{
    int lock = -1;

    if (g_mkdir_with_parents(folder, 0777) == 0)
        lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0) {
        gboolean taken = errno == EWOULDBLOCK;

        close(lock);
        lock = -1;
        if (taken) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_USAGE,
                        "another erratad writes its reports to '%s'; stop it first, or give this "
                        "one another folder with --reports or [report] path",
                        folder);
            return FALSE;
        }
    }
    *ret_lock = lock;
    return TRUE;
}

/* @lock: one of the above, or −1 */
void
errata_folder_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
