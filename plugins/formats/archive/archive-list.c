/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an archive holds, by its headers alone: for an archive that is not read because of some of
 * its members. Nothing is unpacked and no link is followed. */
#include "archive-list.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include "archive-private.h"
#include "error.h"
#include "limit.h"

#define LIST_INPUT (64U << 10)
#define LIST_TOLD  1000  /* members listed */
#define LIST_MODE  06000 /* set-user-id, set-group-id */

typedef struct archive ListArchive;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListArchive, archive_read_free)

static void
list_member(ErrataModelContainer *self, struct archive_entry *entry, guint index, guint *n_refused)
{
    g_autofree char *name = errata_archive_member_name(entry, index);
    const char *why = errata_archive_refuses(entry, name);
    const char *link = archive_entry_symlink(entry);

    if (link == NULL)
        link = archive_entry_hardlink(entry);
    errata_model_container_add_member(self,
                                      name,
                                      (guint64)MAX(archive_entry_size(entry), 0),
                                      why != NULL                                 ? "refused"
                                      : archive_entry_filetype(entry) == AE_IFDIR ? "folder"
                                                                                  : "other");
    if (why != NULL && link != NULL) {
        g_autofree char *valid = g_utf8_make_valid(link, -1);

        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_HIGH,
                                        "archive-member",
                                        "the member %s is refused: %s, to %s",
                                        name,
                                        why,
                                        valid);
    } else if (why != NULL) {
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_HIGH,
                                        "archive-member",
                                        "the member %s is refused: %s",
                                        name,
                                        why);
    }
    if ((archive_entry_mode(entry) & LIST_MODE) != 0)
        errata_model_container_add_risk(self,
                                        ERRATA_SEVERITY_MEDIUM,
                                        "archive-mode",
                                        "unpacked by a careless program, %s would run with its "
                                        "owner's rights (mode %04o)",
                                        name,
                                        (guint)archive_entry_mode(entry) & 07777U);
    *n_refused += why != NULL ? 1 : 0;
}

/**
 * errata_archive_list:
 * @fd: a zip or tar archive, packed or not, able to seek; its position is moved
 * @ret_refused: (out): members that are not read: links, devices, names that point out of it
 *
 * Returns: (transfer full) (nullable): what is in it and why some of it is not read; %NULL when it
 * is no
 *   archive
 */
ErrataModelContainer *
errata_archive_list(int fd, guint *ret_refused)
{
    g_autoptr(ListArchive) archive = archive_read_new();
    g_autoptr(ErrataModelContainer) self = NULL;
    struct archive_entry *entry;
    guint n = 0;

    *ret_refused = 0;
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_lz4(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip_seekable(archive);
    if (lseek(fd, 0, SEEK_SET) != 0 || archive_read_open_fd(archive, fd, LIST_INPUT) != ARCHIVE_OK)
        return NULL;
    self = errata_model_container_new("archive", "archive");
    while (n < LIST_TOLD) {
        int code = archive_read_next_header(archive, &entry);

        if (code == ARCHIVE_EOF || code < ARCHIVE_WARN)
            break;
        list_member(self, entry, n++, ret_refused);
    }
    if (n == 0)
        return NULL;
    if (n == LIST_TOLD)
        errata_model_container_note(self, "only the first %d members are listed", LIST_TOLD);
    return g_steal_pointer(&self);
}
