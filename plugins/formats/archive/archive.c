/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zip and tar by libarchive. Members are streams; names and types are judged before anything is
 * read: an archive with a device or a name that points out of it is refused as a whole; a link is
 * never followed, and who wants its bytes gets an error that says what it is. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "archive-list.h"
#include "archive-private.h"
#include "error.h"
#include "limit.h"

#define ARCHIVE_INPUT (64U << 10)

typedef struct {
    ErrataSource *outer; /* borrowed */
    struct archive *archive;
    GError *outer_error;
    guint8 input[ARCHIVE_INPUT];
} Archive;

static void
archive_close(Archive *self)
{
    if (self->archive != NULL)
        archive_read_free(self->archive);
    g_clear_error(&self->outer_error);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, archive_close)

static la_ssize_t
archive_input_cb(struct archive *archive, void *data, const void **ret_buffer)
{
    Archive *self = data;
    gssize got = -1;

    if (self->outer_error == NULL)
        got = errata_source_read(self->outer, self->input, sizeof self->input, &self->outer_error);
    *ret_buffer = self->input;
    if (got < 0)
        archive_set_error(archive, EIO, "%s", self->outer_error->message);
    return got;
}

static void
archive_fail(Archive *self, const char *what, GError **error)
{
    const char *why = archive_error_string(self->archive);

    if (self->outer_error != NULL) {
        g_propagate_error(error, g_steal_pointer(&self->outer_error));
        return;
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "%s of %s: %s",
                what,
                errata_source_name(self->outer),
                why != NULL ? why : "it is damaged");
}

static void
archive_member_free(gpointer state)
{
}

static gssize
archive_member_read(gpointer state, void *buffer, gsize size, GError **error)
{
    Archive *self = state;
    la_ssize_t got = archive_read_data(self->archive, buffer, size);

    if (got >= 0)
        return got;
    archive_fail(self, "reading a member", error);
    return -1;
}

/* a link is not followed: who reads it is told so */
static gssize
archive_link_read(gpointer state, void *buffer, gsize size, GError **error)
{
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED, state);
    return -1;
}

static gboolean
archive_name_escapes(const char *name)
{
    g_auto(GStrv) parts = g_strsplit_set(name, "/\\", -1);

    if (name[0] == '/' || name[0] == '\\' || (g_ascii_isalpha(name[0]) && name[1] == ':'))
        return TRUE;
    for (guint i = 0; parts[i] != NULL; i++)
        if (strcmp(parts[i], "..") == 0)
            return TRUE;
    return FALSE;
}

static gboolean
archive_is_link(struct archive_entry *entry)
{
    return archive_entry_filetype(entry) == AE_IFLNK || archive_entry_hardlink(entry) != NULL;
}

/* (nullable): why a member is not read */
const char *
errata_archive_refuses(struct archive_entry *entry, const char *name)
{
    __LA_MODE_T type = archive_entry_filetype(entry);

    if (archive_name_escapes(name))
        return "its name points out of the archive";
    if (archive_is_link(entry))
        return "it is a link";
    if (type != AE_IFREG && type != AE_IFDIR && type != 0)
        return "it is a device or a pipe";
    return archive_entry_is_encrypted(entry) > 0 ? "it is encrypted" : NULL;
}

/* (transfer full) (nullable): why an archive with this member is not read */
static char *
archive_judge(Archive *self, struct archive_entry *entry, const char *name)
{
    g_autofree char *shown = g_strescape(name, NULL);
    const char *why = errata_archive_refuses(entry, name);

    return why != NULL ? g_strdup_printf("%s is refused because of its member '%s': %s",
                                         errata_source_name(self->outer),
                                         shown,
                                         why)
                       : NULL;
}

char *
errata_archive_member_name(struct archive_entry *entry, guint index)
{
    const char *name = archive_entry_pathname_utf8(entry);

    if (name == NULL)
        name = archive_entry_pathname(entry);
    return name != NULL && *name != '\0' ? g_utf8_make_valid(name, -1)
                                         : g_strdup_printf("member %u", index + 1);
}

static gboolean
archive_member(Archive *self,
               struct archive_entry *entry,
               guint index,
               ErrataMemberFunc func,
               gpointer data,
               GError **error)
{
    static const ErrataSourceClass klass = {archive_member_read, archive_member_free};
    static const ErrataSourceClass link = {archive_link_read, archive_member_free};
    g_autofree char *name = errata_archive_member_name(entry, index);
    g_autofree char *why = archive_judge(self, entry, name);
    g_autoptr(ErrataSource) member = NULL;
    guint64 bytes = (guint64)MAX(archive_entry_size(entry), 0);

    if (why != NULL && archive_is_link(entry) && !archive_name_escapes(name)) {
        member = errata_source_new(&link, why, name);
        return func(member, 0, data, error);
    }
    if (why != NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, why);
        return FALSE;
    }
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return TRUE;
    member = errata_source_new(&klass, self, name);
    return func(member, archive_entry_size_is_set(entry) ? bytes : 0, data, error);
}

static gboolean
archive_members(Archive *self,
                ErrataMemberFunc func,
                gpointer data,
                GPtrArray *warnings,
                GError **error)
{
    for (guint i = 0;; i++) {
        struct archive_entry *entry;
        int code = archive_read_next_header(self->archive, &entry);

        if (code == ARCHIVE_EOF && self->outer_error == NULL)
            return TRUE;
        if (code < ARCHIVE_WARN || code == ARCHIVE_EOF) {
            archive_fail(self, "reading the members", error);
            return FALSE;
        }
        if (i == ERRATA_LIMIT_MEMBERS) {
            g_ptr_array_add(warnings,
                            g_strdup_printf("%s has more than %d members; the rest were not read",
                                            errata_source_name(self->outer),
                                            ERRATA_LIMIT_MEMBERS));
            return TRUE;
        }
        if (!archive_member(self, entry, i, func, data, error))
            return FALSE;
    }
}

static gboolean
archive_walk(ErrataSource *source,
             int fd,
             int (*format)(struct archive *),
             ErrataMemberFunc func,
             gpointer data,
             GPtrArray *warnings,
             GError **error)
{
    g_autoptr(Archive) self = g_new0(Archive, 1);
    int code;

    self->outer = source;
    self->archive = archive_read_new();
    format(self->archive);
    if (fd >= 0 && lseek(fd, 0, SEEK_SET) == 0)
        code = archive_read_open_fd(self->archive, fd, ARCHIVE_INPUT);
    else
        code = archive_read_open(self->archive, self, NULL, archive_input_cb, NULL);
    if (code != ARCHIVE_OK) {
        archive_fail(self, "opening", error);
        return FALSE;
    }
    return archive_members(self, func, data, warnings, error);
}

static guint
zip_sniff(const guint8 *head, gsize size, const char *name)
{
    /* a local header takes 30 bytes, the end of an empty archive 22: less is no zip */
    return (size >= 30 && memcmp(head, "PK\3\4", 4) == 0) ||
                   (size >= 22 && memcmp(head, "PK\5\6", 4) == 0)
               ? 95
               : 0;
}

static gboolean
zip_walk(ErrataSource *source,
         int fd,
         ErrataMemberFunc func,
         gpointer data,
         GPtrArray *warnings,
         GError **error)
{
    if (fd >= 0 && !errata_zip_directory_check(fd, errata_source_name(source), warnings, error))
        return FALSE;
    return archive_walk(source,
                        fd,
                        fd >= 0 ? archive_read_support_format_zip_seekable
                                : archive_read_support_format_zip_streamable,
                        func,
                        data,
                        warnings,
                        error);
}

const ErrataContainer errata_archive_zip = {
    .id = "zip",
    .summary = "zip archive, APPNOTE 6.3",
    .sniff = zip_sniff,
    .sniff_tail = errata_zip_directory_sniff,
    .walk = zip_walk,
    .list = errata_archive_list,
};

static guint
tar_sniff(const guint8 *head, gsize size, const char *name)
{
    guint sum = 8 * ' ';
    guint64 declared;

    if (size < 512)
        return 0;
    /* the checksum of the header covers it with its own field as blanks */
    for (guint i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? 0 : head[i];
    g_autofree char *field = g_strndup((const char *)head + 148, 8);
    declared = g_ascii_strtoull(g_strstrip(field), NULL, 8);
    if (head[0] == 0)
        return 0;
    /* with the name of its kind and another checksum it is one that was damaged */
    return declared == sum ? 96 : memcmp(head + 257, "ustar", 5) == 0 ? 90 : 0;
}

static gboolean
tar_walk(ErrataSource *source,
         int fd,
         ErrataMemberFunc func,
         gpointer data,
         GPtrArray *warnings,
         GError **error)
{
    return archive_walk(source, -1, archive_read_support_format_tar, func, data, warnings, error);
}

const ErrataContainer errata_archive_tar = {
    .id = "tar",
    .summary = "tar archive (ustar, pax, GNU)",
    .sniff = tar_sniff,
    .walk = tar_walk,
    .list = errata_archive_list,
};
