/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zstd, xz, bzip2 and lz4 streams by libarchive's filters, one filter at a time: what is inside is
 * sniffed anew by the registry, so that limits hold per layer. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#include "archive-private.h"
#include "error.h"

#define COMPRESSED_INPUT (64U << 10)

typedef struct {
    ErrataSource *outer; /* borrowed */
    struct archive *archive;
    const char *id;
    ErrataCut cut;
    gboolean outer_ended;
    GError *outer_error;
    guint8 input[COMPRESSED_INPUT];
} Compressed;

static la_ssize_t
compressed_input_cb(struct archive *archive, void *data, const void **ret_buffer)
{
    Compressed *self = data;
    gssize got = 0;

    if (self->outer_error == NULL)
        got = errata_source_read(self->outer, self->input, sizeof self->input, &self->outer_error);
    self->outer_ended |= got == 0;
    *ret_buffer = self->input;
    if (got < 0)
        archive_set_error(archive, EIO, "%s", self->outer_error->message);
    return got;
}

static void
compressed_free(gpointer state)
{
}

static gssize
compressed_read(gpointer state, void *buffer, gsize size, GError **error)
{
    Compressed *self = state;
    la_ssize_t got = archive_read_data(self->archive, buffer, size);
    const char *why;

    if (got >= 0)
        return got;
    if (self->outer_error != NULL) {
        g_propagate_error(error, g_steal_pointer(&self->outer_error));
        return -1;
    }
    why = archive_error_string(self->archive);
    self->cut.cut = self->outer_ended && why != NULL &&
                    (strstr(why, "runcated") != NULL || strstr(why, "remature") != NULL);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                self->cut.cut ? "%s is truncated: the %s stream is cut after %" G_GUINT64_FORMAT
                                " bytes (%s)"
                              : "%s is damaged: the %s stream is not valid near compressed byte "
                                "%" G_GUINT64_FORMAT " (%s)",
                errata_source_name(self->outer),
                self->id,
                errata_source_position(self->outer),
                why != NULL ? why : "no reason given");
    return -1;
}

/**
 * errata_compressed_inner_name:
 * @name: name of the compressed stream
 * @suffix: what its compression adds to names, with the dot
 *
 * Returns: (transfer full): the name without @suffix where it has it; `.tgz` becomes `.tar`
 */
char *
errata_compressed_inner_name(const char *name, const char *suffix)
{
    gsize length = strlen(name);
    gsize cut = strlen(suffix);

    if (length > cut && g_ascii_strcasecmp(name + length - cut, suffix) == 0)
        return g_strndup(name, length - cut);
    if (length > 4 && g_ascii_strcasecmp(name + length - 4, ".tgz") == 0) {
        g_autofree char *stem = g_strndup(name, length - 4);

        return g_strconcat(stem, ".tar", NULL);
    }
    return g_strdup(name);
}

static gboolean
compressed_walk(ErrataSource *source,
                const char *id,
                const char *suffix,
                int (*filter)(struct archive *),
                ErrataMemberFunc func,
                gpointer data,
                GPtrArray *warnings,
                GError **error)
{
    static const ErrataSourceClass klass = {compressed_read, compressed_free};
    g_autofree Compressed *self = g_new0(Compressed, 1);
    g_autofree char *name = errata_compressed_inner_name(errata_source_name(source), suffix);
    struct archive_entry *entry;
    gboolean ok;

    self->outer = source;
    self->id = id;
    self->archive = archive_read_new();
    ok = filter(self->archive) == ARCHIVE_OK &&
         archive_read_support_format_raw(self->archive) == ARCHIVE_OK &&
         archive_read_open(self->archive, self, NULL, compressed_input_cb, NULL) == ARCHIVE_OK &&
         archive_read_next_header(self->archive, &entry) == ARCHIVE_OK;
    if (!ok && self->outer_error == NULL)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "%s begins like %s but cannot be read: %s",
                    errata_source_name(source),
                    id,
                    archive_error_string(self->archive) != NULL
                        ? archive_error_string(self->archive)
                        : "it is empty");
    else if (!ok)
        g_propagate_error(error, g_steal_pointer(&self->outer_error));
    if (ok) {
        g_autoptr(ErrataSource) member =
            errata_whole_lines_new(errata_source_new(&klass, self, name), &self->cut, warnings);

        ok = func(member, 0, data, error);
    }
    archive_read_free(self->archive);
    g_clear_error(&self->outer_error);
    return ok;
}

static guint
zstd_sniff(const guint8 *head, gsize size, const char *name)
{
    gboolean frame = size >= 4 && memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0;
    gboolean skippable = size >= 4 && (head[0] & 0xf0) == 0x50 &&
                         memcmp(head + 1, "\x2a\x4d\x18", 3) == 0;

    return frame || skippable ? 98 : 0;
}

static gboolean
zstd_walk(ErrataSource *source,
          int fd,
          ErrataMemberFunc func,
          gpointer data,
          GPtrArray *warnings,
          GError **error)
{
    return compressed_walk(source,
                           "zstd",
                           ".zst",
                           archive_read_support_filter_zstd,
                           func,
                           data,
                           warnings,
                           error);
}

const ErrataContainer errata_compressed_zstd = {
    .id = "zstd",
    .summary = "Zstandard, RFC 8878",
    .sniff = zstd_sniff,
    .walk = zstd_walk,
};

static guint
xz_sniff(const guint8 *head, gsize size, const char *name)
{
    return size >= 6 && memcmp(head,
                               "\xfd"
                               "7zXZ\0",
                               6) == 0
               ? 98
               : 0;
}

static gboolean
xz_walk(ErrataSource *source,
        int fd,
        ErrataMemberFunc func,
        gpointer data,
        GPtrArray *warnings,
        GError **error)
{
    return compressed_walk(source,
                           "xz",
                           ".xz",
                           archive_read_support_filter_xz,
                           func,
                           data,
                           warnings,
                           error);
}

const ErrataContainer errata_compressed_xz = {
    .id = "xz",
    .summary = "XZ Utils, .xz file format 1.2",
    .sniff = xz_sniff,
    .walk = xz_walk,
};

/* as LZMA Utils and joblib write it: the usual properties, a dictionary of whole 64 KiB, no
 * length */
static guint
lzma_sniff(const guint8 *head, gsize size, const char *name)
{
    return size >= 13 && memcmp(head, "\x5d\0\0", 3) == 0 &&
                   memcmp(head + 5, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0
               ? 95
               : 0;
}

static gboolean
lzma_walk(ErrataSource *source,
          int fd,
          ErrataMemberFunc func,
          gpointer data,
          GPtrArray *warnings,
          GError **error)
{
    return compressed_walk(source,
                           "lzma",
                           ".lzma",
                           archive_read_support_filter_lzma,
                           func,
                           data,
                           warnings,
                           error);
}

const ErrataContainer errata_compressed_lzma = {
    .id = "lzma",
    .summary = "LZMA alone, as LZMA Utils write it",
    .sniff = lzma_sniff,
    .walk = lzma_walk,
};

static guint
bzip2_sniff(const guint8 *head, gsize size, const char *name)
{
    return size >= 10 && memcmp(head, "BZh", 3) == 0 && head[3] >= '1' && head[3] <= '9' &&
                   memcmp(head + 4, "1AY&SY", 6) == 0
               ? 98
               : 0;
}

static gboolean
bzip2_walk(ErrataSource *source,
           int fd,
           ErrataMemberFunc func,
           gpointer data,
           GPtrArray *warnings,
           GError **error)
{
    return compressed_walk(source,
                           "bzip2",
                           ".bz2",
                           archive_read_support_filter_bzip2,
                           func,
                           data,
                           warnings,
                           error);
}

const ErrataContainer errata_compressed_bzip2 = {
    .id = "bzip2",
    .summary = "bzip2",
    .sniff = bzip2_sniff,
    .walk = bzip2_walk,
};

static guint
lz4_sniff(const guint8 *head, gsize size, const char *name)
{
    return size >= 4 && memcmp(head, "\x04\x22\x4d\x18", 4) == 0 ? 98 : 0;
}

static gboolean
lz4_walk(ErrataSource *source,
         int fd,
         ErrataMemberFunc func,
         gpointer data,
         GPtrArray *warnings,
         GError **error)
{
    return compressed_walk(source,
                           "lz4",
                           ".lz4",
                           archive_read_support_filter_lz4,
                           func,
                           data,
                           warnings,
                           error);
}

const ErrataContainer errata_compressed_lz4 = {
    .id = "lz4",
    .summary = "LZ4 frame format 1.6",
    .sniff = lz4_sniff,
    .walk = lz4_walk,
};
