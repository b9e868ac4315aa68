/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libarchive does not ask of a zip: that the central directory and the local headers tell the
 * same story. A file that reads differently to two programs, or whose members overlap (one kernel
 * of data listed a thousand times), is refused. Source: PKWARE APPNOTE 6.3.10, 4.3.7, 4.3.12,
 * 4.3.14 and 4.3.16. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive-private.h"
#include "error.h"
#include "limit.h"
#include "text-hash.h"

#define ZIP_END_SIZE      22
#define ZIP_CENTRAL_SIZE  46
#define ZIP_LOCAL_SIZE    30
#define ZIP_END_64_SIZE   56 /* without the extensible part */
#define ZIP_LOCATOR_SIZE  20
#define ZIP_COMMENT_MAX   65535
#define ZIP_DIRECTORY_MAX (64U << 20)

typedef struct {
    guint64 directory;      /* offset of the central directory in the file */
    guint64 directory_size; /* its bytes */
    guint64 prefix;         /* bytes before the zip itself */
    guint n_members;
    gboolean big; /* some field is in a zip64 record */
} ZipEnd;

typedef struct {
    guint64 begin;
    guint64 end;
} ZipExtent;

static guint16
zip_u16(const guint8 *p)
{
    return (guint16)(p[0] | p[1] << 8);
}

static guint32
zip_u32(const guint8 *p)
{
    return (guint32)zip_u16(p) | (guint32)zip_u16(p + 2) << 16;
}

static gboolean
zip_pread(int fd, void *buffer, gsize size, guint64 offset)
{
    return offset <= G_MAXINT64 && pread(fd, buffer, size, (off_t)offset) == (gssize)size;
}

static guint64
zip_u64(const guint8 *p)
{
    return (guint64)zip_u32(p) | (guint64)zip_u32(p + 4) << 32;
}

/* Where the central directory ends: at the end record, or at the zip64 record that comes before it.
 * PyTorch writes the latter always, also where no field needs it; it then has to say the same. */
static gboolean
zip_directory_end(int fd, const guint8 *end, guint64 end_at, guint64 *ret_at)
{
    guint8 locator[ZIP_LOCATOR_SIZE];
    guint8 record[ZIP_END_64_SIZE];
    guint64 at;

    *ret_at = end_at;
    if (end_at < ZIP_LOCATOR_SIZE + ZIP_END_64_SIZE ||
        !zip_pread(fd, locator, sizeof locator, end_at - sizeof locator) ||
        memcmp(locator, "PK\6\7", 4) != 0)
        return TRUE;
    at = end_at - sizeof locator - sizeof record;
    if (!zip_pread(fd, record, sizeof record, at) || memcmp(record, "PK\6\6", 4) != 0)
        return FALSE;
    *ret_at = at;
    return zip_u64(record + 32) == zip_u16(end + 10) && zip_u64(record + 40) == zip_u32(end + 12) &&
           zip_u64(record + 48) == zip_u32(end + 16);
}

static gboolean
zip_find_end(int fd, ZipEnd *ret_end)
{
    struct stat st;
    g_autofree guint8 *tail = NULL;
    gsize size;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < ZIP_END_SIZE)
        return FALSE;
    size = MIN((gsize)st.st_size, ZIP_COMMENT_MAX + ZIP_END_SIZE);
    tail = g_malloc(size);
    if (!zip_pread(fd, tail, size, (guint64)st.st_size - size))
        return FALSE;
    for (gsize i = size - ZIP_END_SIZE + 1; i-- > 0;) {
        const guint8 *p = tail + i;
        guint64 at = (guint64)st.st_size - size + i;

        if (memcmp(p, "PK\5\6", 4) != 0 || i + ZIP_END_SIZE + zip_u16(p + 20) > size)
            continue;
        ret_end->n_members = zip_u16(p + 10);
        ret_end->directory_size = zip_u32(p + 12);
        ret_end->big = ret_end->n_members == 0xffff || zip_u32(p + 12) == G_MAXUINT32 ||
                       zip_u32(p + 16) == G_MAXUINT32;
        if (ret_end->big)
            return TRUE;
        if (!zip_directory_end(fd, p, at, &at) || ret_end->directory_size > at ||
            zip_u32(p + 16) > at - ret_end->directory_size)
            continue;
        ret_end->directory = at - ret_end->directory_size;
        ret_end->prefix = ret_end->directory - zip_u32(p + 16);
        return TRUE;
    }
    return FALSE;
}

/**
 * errata_zip_directory_sniff:
 * @fd: a file
 *
 * Returns: 90 when a zip's end record stands at the end of the file, whatever it begins with; 0
 *   otherwise
 */
guint
errata_zip_directory_sniff(int fd)
{
    ZipEnd end;
    guint8 signature[4];

    if (!zip_find_end(fd, &end) || end.big)
        return 0;
    if (end.n_members == 0)
        return 90;
    return zip_pread(fd, signature, 4, end.directory) && memcmp(signature, "PK\1\2", 4) == 0 ? 90
                                                                                             : 0;
}

static gboolean G_GNUC_PRINTF(3, 4)
    zip_refuse(const char *name, GError **error, const char *format, ...)
{
    g_autofree char *why = NULL;
    va_list args;

    va_start(args, format);
    why = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "%s is not a sound zip: %s; pack it again",
                name,
                why);
    return FALSE;
}

/* the local header that a central one points to has the same name and lies before the directory */
static gboolean
zip_check_local(int fd,
                const ZipEnd *end,
                const guint8 *central,
                guint index,
                ZipExtent *ret_extent,
                const char *name,
                GError **error)
{
    guint8 local[ZIP_LOCAL_SIZE];
    g_autofree guint8 *local_name = NULL;
    guint length = zip_u16(central + 28);
    guint64 at = end->prefix + zip_u32(central + 42);

    if (!zip_pread(fd, local, sizeof local, at) || memcmp(local, "PK\3\4", 4) != 0)
        return zip_refuse(name, error, "member %u has no local header", index + 1);
    local_name = g_malloc(length + 1);
    if (zip_u16(local + 26) != length || !zip_pread(fd, local_name, length, at + ZIP_LOCAL_SIZE) ||
        memcmp(local_name, central + ZIP_CENTRAL_SIZE, length) != 0)
        return zip_refuse(name,
                          error,
                          "member %u has one name in its own header and another in the directory",
                          index + 1);
    /* unless bit 3 says that checksum and sizes follow the data, both headers have them */
    if ((zip_u16(local + 6) & 8) == 0 && memcmp(local + 14, central + 16, 12) != 0)
        return zip_refuse(name,
                          error,
                          "member %u has one checksum or size in its own header and another in the "
                          "directory",
                          index + 1);
    ret_extent->begin = at;
    ret_extent->end = at + ZIP_LOCAL_SIZE + length + zip_u16(local + 28) + zip_u32(central + 20);
    if (ret_extent->end > end->directory)
        return zip_refuse(name, error, "member %u runs past the end of its data", index + 1);
    return TRUE;
}

static int
zip_compare_extents_cb(gconstpointer a, gconstpointer b)
{
    const ZipExtent *x = a;
    const ZipExtent *y = b;

    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static gboolean
zip_check_members(int fd,
                  const ZipEnd *end,
                  const guint8 *directory,
                  const char *name,
                  GPtrArray *warnings,
                  GError **error)
{
    g_autoptr(GHashTable) names =
        g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) extents = g_array_new(FALSE, FALSE, sizeof(ZipExtent));
    gsize at = 0;

    for (guint i = 0; i < MIN(end->n_members, ERRATA_LIMIT_MEMBERS); i++) {
        const guint8 *central = directory + at;
        ZipExtent extent;
        gsize size;

        if (end->directory_size - at < ZIP_CENTRAL_SIZE || memcmp(central, "PK\1\2", 4) != 0)
            return zip_refuse(name, error, "its directory ends before member %u", i + 1);
        size = (gsize)ZIP_CENTRAL_SIZE + zip_u16(central + 28) + zip_u16(central + 30) +
               zip_u16(central + 32);
        if (size > end->directory_size - at)
            return zip_refuse(name, error, "the directory entry of member %u is cut", i + 1);
        if (zip_u32(central + 20) != G_MAXUINT32 && zip_u32(central + 42) != G_MAXUINT32) {
            if (!zip_check_local(fd, end, central, i, &extent, name, error))
                return FALSE;
            g_array_append_val(extents, extent);
        }
        if (!g_hash_table_add(
                names,
                g_strndup((const char *)central + ZIP_CENTRAL_SIZE, zip_u16(central + 28))))
            g_ptr_array_add(
                warnings,
                g_strdup_printf("%s has two members of the same name; both were read", name));
        at += size;
    }
    g_array_sort(extents, zip_compare_extents_cb);
    for (guint i = 1; i < extents->len; i++)
        if (g_array_index(extents, ZipExtent, i).begin <
            g_array_index(extents, ZipExtent, i - 1).end)
            return zip_refuse(name, error, "two members share the same bytes");
    return TRUE;
}

/**
 * errata_zip_directory_check:
 * @fd: a zip file that can be read from anywhere
 * @name: its name, for messages
 * @warnings: (element-type utf8): where harmless defects go
 * @error: return location for a #GError
 *
 * Checks that every member of the central directory has a local header of the same name, that no
 * two members overlap, and notes bytes before the archive and names that occur twice. Members with
 * zip64 fields are left to libarchive.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA, %ERRATA_ERROR_LIMIT when the directory is too large.
 *
 * Returns: whether the archive may be read
 */
gboolean
errata_zip_directory_check(int fd, const char *name, GPtrArray *warnings, GError **error)
{
    ZipEnd end;
    g_autofree guint8 *directory = NULL;

    if (!zip_find_end(fd, &end))
        return zip_refuse(name, error, "it has no directory at its end, so it is cut or damaged");
    if (end.big)
        return TRUE;
    if (end.directory_size > ZIP_DIRECTORY_MAX) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the directory of %s takes more than %u MiB",
                    name,
                    ZIP_DIRECTORY_MAX >> 20);
        return FALSE;
    }
    directory = g_malloc((gsize)end.directory_size + 1);
    if (!zip_pread(fd, directory, (gsize)end.directory_size, end.directory))
        return zip_refuse(name, error, "its directory cannot be read");
    if (end.prefix > 0)
        g_ptr_array_add(warnings,
                        g_strdup_printf("%s has %" G_GUINT64_FORMAT
                                        " bytes before the archive, which are not read",
                                        name,
                                        end.prefix));
    return zip_check_members(fd, &end, directory, name, warnings, error);
}
