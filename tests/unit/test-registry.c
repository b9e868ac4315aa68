/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"
#include "limit.h"
#include "registry.h"

static const char log_a[] = "{\"id\":1,\"x\":0.5,\"label\":\"a\",\"pred\":\"b\"}\n"
                            "{\"id\":2,\"x\":1.5,\"label\":\"b\",\"pred\":\"b\"}\n";
static const char log_b[] = "{\"id\":3,\"x\":2.5,\"label\":\"a\",\"pred\":\"a\"}\n";
static const char other[] = "{\"city\":\"Ulm\",\"people\":1,\"area\":2}\n";
static const char labels[] = "{\"id\":1,\"label\":\"a\"}\n";
static const char model[] = "{\"learner\":{\"attributes\":{},\"gradient_booster\":{}}}";

typedef struct {
    const char *name;
    const void *data;
    gsize size;
    mode_t type;
    const char *link;
} Entry;

/* a finished archive in memory, as a descriptor */
static int
pack(int (*format)(struct archive *),
     int (*filter)(struct archive *),
     const Entry *entries,
     gsize n,
     gsize *ret_size)
{
    gsize allocated = 64U << 20;
    g_autofree char *buffer = g_malloc(allocated);
    struct archive *archive = archive_write_new();
    gsize used = 0;
    int fd = memfd_create("archive", MFD_CLOEXEC);

    g_assert_cmpint(format(archive), ==, ARCHIVE_OK);
    g_assert_cmpint(filter(archive), >=, ARCHIVE_WARN);
    archive_write_set_bytes_in_last_block(archive, 1);
    g_assert_cmpint(archive_write_open_memory(archive, buffer, allocated, &used), ==, ARCHIVE_OK);
    for (gsize i = 0; i < n; i++) {
        struct archive_entry *entry = archive_entry_new();

        archive_entry_set_pathname(entry, entries[i].name);
        archive_entry_set_size(entry, (la_int64_t)entries[i].size);
        archive_entry_set_filetype(entry, entries[i].type != 0 ? entries[i].type : AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        if (entries[i].link != NULL)
            archive_entry_set_symlink(entry, entries[i].link);
        g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
        g_assert_cmpint((int)archive_write_data(archive, entries[i].data, entries[i].size),
                        ==,
                        (int)entries[i].size);
        archive_entry_free(entry);
    }
    g_assert_cmpint(archive_write_free(archive), ==, ARCHIVE_OK);
    g_assert_cmpint((int)write(fd, buffer, used), ==, (int)used);
    *ret_size = used;
    return fd;
}

typedef struct {
    ErrataFrame *frame;
    ErrataFrame *reference;
    GPtrArray *members;
    GString *config;
} Read;

static void
read_clear(Read *self)
{
    g_clear_pointer(&self->frame, errata_frame_unref);
    g_clear_pointer(&self->reference, errata_frame_unref);
    g_clear_pointer(&self->members, g_ptr_array_unref);
    g_string_free(g_steal_pointer(&self->config), TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Read, read_clear)

static Read
read_fd(int fd, const char *name, GError **error)
{
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    Read self = {NULL,
                 NULL,
                 g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free),
                 g_string_new(NULL)};

    if (errata_registry_read(fd, name, log, reference, self.config, self.members, error)) {
        self.frame = errata_frame_builder_finish(log, error);
        self.reference = errata_frame_builder_finish(reference, NULL);
    }
    return self;
}

static int
text_fd(const void *data, gsize size)
{
    int fd = memfd_create("text", MFD_CLOEXEC);

    g_assert_cmpint((int)write(fd, data, size), ==, (int)size);
    return fd;
}

static gboolean
has_warning(const ErrataFrame *frame, const char *words)
{
    for (guint i = 0; i < frame->warnings->len; i++)
        if (strstr(g_ptr_array_index(frame->warnings, i), words) != NULL)
            return TRUE;
    return FALSE;
}

static ErrataMemberKind
member_kind(const Read *self, guint index)
{
    g_assert_cmpuint(index, <, self->members->len);
    return ((ErrataMember *)g_ptr_array_index(self->members, index))->kind;
}

static void
test_registry_plain(void)
{
    int fd = text_fd(log_a, strlen(log_a));
    g_autoptr(GError) error = NULL;
    g_auto(Read) got = read_fd(fd, "log.jsonl", &error);
    const ErrataMember *member;

    g_assert_no_error(error);
    g_assert_cmpuint(got.frame->n_rows, ==, 2);
    g_assert_cmpuint(got.frame->warnings->len, ==, 0);
    g_assert_cmpuint(got.members->len, ==, 1);
    member = g_ptr_array_index(got.members, 0);
    g_assert_cmpstr(member->format, ==, "jsonl");
    g_assert_cmpuint(member->rows, ==, 2);
    g_assert_cmpuint(member->bytes, ==, strlen(log_a));
    close(fd);
}

static const Entry mixed[] = {
    {"logs/", "", 0, AE_IFDIR, NULL},
    {"README.md", "# Notes\n\nNothing.\n", 17, 0, NULL},
    {"labels.jsonl", labels, sizeof labels - 1, 0, NULL},
    {"logs/a.jsonl", log_a, sizeof log_a - 1, 0, NULL},
    {"cities.jsonl", other, sizeof other - 1, 0, NULL},
    {"model.json", model, sizeof model - 1, 0, NULL},
    {"errata.conf", "[roles]\nx=feature\n", 18, 0, NULL},
    {"reference.jsonl", log_b, sizeof log_b - 1, 0, NULL},
    {"logs/b.jsonl", log_b, sizeof log_b - 1, 0, NULL},
};

static void
assert_mixed(const Read *got)
{
    g_assert_cmpuint(got->frame->n_rows, ==, 3);
    g_assert_cmpuint(got->frame->n_columns, ==, 4);
    g_assert_nonnull(got->reference);
    g_assert_cmpuint(got->reference->n_rows, ==, 1);
    g_assert_cmpstr(got->config->str, ==, "[roles]\nx=feature\n");
    g_assert_cmpuint(got->members->len, ==, 8);
    g_assert_cmpint(member_kind(got, 0), ==, ERRATA_MEMBER_OTHER);
    g_assert_cmpint(member_kind(got, 1), ==, ERRATA_MEMBER_LABELS);
    g_assert_cmpint(member_kind(got, 2), ==, ERRATA_MEMBER_LOG);
    g_assert_cmpint(member_kind(got, 3), ==, ERRATA_MEMBER_OTHER);
    g_assert_cmpint(member_kind(got, 4), ==, ERRATA_MEMBER_MODEL);
    g_assert_cmpint(member_kind(got, 5), ==, ERRATA_MEMBER_CONFIG);
    g_assert_cmpint(member_kind(got, 6), ==, ERRATA_MEMBER_REFERENCE);
    g_assert_cmpint(member_kind(got, 7), ==, ERRATA_MEMBER_LOG);
    g_assert_true(has_warning(got->frame, "cities.jsonl has other columns"));
}

static void
test_registry_archives(void)
{
    static int (*const formats[])(struct archive *) = {archive_write_set_format_zip,
                                                       archive_write_set_format_pax,
                                                       archive_write_set_format_gnutar};

    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        gsize size;
        int fd = pack(formats[i], archive_write_add_filter_none, mixed, G_N_ELEMENTS(mixed), &size);
        g_autoptr(GError) error = NULL;
        g_auto(Read) got = read_fd(fd, "input", &error);

        g_assert_no_error(error);
        assert_mixed(&got);
        close(fd);
    }
}

static void
test_registry_compressed(void)
{
    static int (*const filters[])(struct archive *) = {archive_write_add_filter_gzip,
                                                       archive_write_add_filter_zstd,
                                                       archive_write_add_filter_xz,
                                                       archive_write_add_filter_bzip2,
                                                       archive_write_add_filter_lz4};
    static const Entry one = {"log", log_a, sizeof log_a - 1, 0, NULL};

    for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
        gsize size;
        int plain = pack(archive_write_set_format_raw, filters[i], &one, 1, &size);
        int tar = pack(archive_write_set_format_pax, filters[i], mixed, G_N_ELEMENTS(mixed), &size);
        g_autoptr(GError) error = NULL;
        g_auto(Read) got = read_fd(plain, "input", &error);
        g_auto(Read) got_tar = read_fd(tar, "input.tar", NULL);

        g_assert_no_error(error);
        g_assert_cmpuint(got.frame->n_rows, ==, 2);
        g_assert_nonnull(got_tar.frame);
        assert_mixed(&got_tar);
        close(plain);
        close(tar);
    }
}

static void
test_registry_cut(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Entry one = {"log", NULL, 0, 0, NULL};
    gsize size;
    int fd;

    g_test_summary("Of a cut gzip stream the whole lines are read, and the report says so");
    for (guint i = 0; i < 20000; i++)
        g_string_append_printf(text, "{\"id\":%u,\"x\":%u}\n", i, i * 2654435761U);
    one.data = text->str;
    one.size = text->len;
    fd = pack(archive_write_set_format_raw, archive_write_add_filter_gzip, &one, 1, &size);
    g_assert_cmpint(ftruncate(fd, (off_t)size / 2), ==, 0);
    g_autoptr(GError) error = NULL;
    g_auto(Read) got = read_fd(fd, "log.gz", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(got.frame->n_rows, >, 5000);
    g_assert_cmpuint(got.frame->n_rows, <, 15000);
    g_assert_cmpuint(got.frame->n_rejected, ==, 0);
    g_assert_true(has_warning(got.frame, "truncated"));
    close(fd);
}

/* with no line whole there is nothing to read, and no empty file either */
static void
test_registry_cut_line(void)
{
    g_autoptr(GString) text = g_string_new("{");
    Entry one = {"model.json", NULL, 0, 0, NULL};
    gsize size;
    int fd;

    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(text, "\"%u\":%u,", i, i * 2654435761U);
    one.data = text->str;
    one.size = text->len;
    fd = pack(archive_write_set_format_raw, archive_write_add_filter_gzip, &one, 1, &size);
    g_assert_cmpint(ftruncate(fd, (off_t)size / 2), ==, 0);
    g_autoptr(GError) error = NULL;
    g_auto(Read) got = read_fd(fd, "model.json.gz", &error);
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "is truncated: the gzip stream is cut"));
    g_assert_null(got.frame);
    close(fd);
}

/* a tar whose first header does not fit its checksum is no table */
static void
test_registry_damaged_tar(void)
{
    const Entry one = {"log.jsonl", log_a, sizeof log_a - 1, 0, NULL};
    gsize size;
    int fd = pack(archive_write_set_format_ustar, archive_write_add_filter_none, &one, 1, &size);

    g_assert_cmpint((int)pwrite(fd, "7", 1, 130), ==, 1);
    g_autoptr(GError) error = NULL;
    g_auto(Read) got = read_fd(fd, "logs.tar", &error);
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, "opening of logs.tar"));
    g_assert_null(got.frame);
    close(fd);
}

static void
test_registry_damaged(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Entry one = {"log", NULL, 0, 0, NULL};
    gsize size;
    int fd;

    for (guint i = 0; i < 20000; i++)
        g_string_append_printf(text, "{\"id\":%u,\"x\":%u}\n", i, i * 2654435761U);
    one.data = text->str;
    one.size = text->len;
    fd = pack(archive_write_set_format_raw, archive_write_add_filter_gzip, &one, 1, &size);
    g_assert_cmpint((int)pwrite(fd, "\x00\x00\x00\x00", 4, (off_t)size - 8), ==, 4);
    g_autoptr(GError) error = NULL;
    g_auto(Read) got = read_fd(fd, "log.gz", &error);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_assert_nonnull(strstr(error->message, "checksum"));
    g_assert_null(got.frame);
    close(fd);
}

static void
test_registry_refuses_members(void)
{
    static const Entry bad[] = {
        {"/etc/log.jsonl", log_a, sizeof log_a - 1, 0, NULL},
        {"a/../../log.jsonl", log_a, sizeof log_a - 1, 0, NULL},
        {"..\\log.jsonl", log_a, sizeof log_a - 1, 0, NULL},
        {"C:log.jsonl", log_a, sizeof log_a - 1, 0, NULL},
        {"log.jsonl", "", 0, AE_IFLNK, "/etc/passwd"},
        {"log.jsonl", "", 0, AE_IFIFO, NULL},
        {"log.jsonl", "", 0, AE_IFCHR, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        gsize size;
        int fd =
            pack(archive_write_set_format_pax, archive_write_add_filter_none, &bad[i], 1, &size);
        g_autoptr(GError) error = NULL;
        g_auto(Read) got = read_fd(fd, "logs.tar", &error);

        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        g_assert_nonnull(strstr(error->message, "logs.tar is refused"));
        g_assert_null(got.frame);
        close(fd);
    }
}

static void
assert_bomb(Entry *one, int (*filter)(struct archive *))
{
    gsize size;
    int fd = pack(archive_write_set_format_raw, filter, one, 1, &size);
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(size * ERRATA_LIMIT_EXPANSION, <, 3 * ERRATA_LIMIT_EXPANSION_GRACE);
    g_auto(Read) got = read_fd(fd, "bomb", &error);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
    g_assert_nonnull(strstr(error->message, "300 times"));
    g_assert_null(got.frame);
    /* what is left of an input of several blocks was not even unpacked */
    if (size > 2 * (64U << 10))
        g_assert_cmpint(lseek(fd, 0, SEEK_CUR), <, size);
    close(fd);
}

static void
test_registry_bomb(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Entry one = {"log", NULL, 0, 0, NULL};

    g_test_summary("What expands more than limit.h allows is stopped, deflate's 1032 times too");
    while (text->len < 3 * ERRATA_LIMIT_EXPANSION_GRACE) {
        gsize length = text->len;

        g_string_append(text, "{\"a\":\"");
        g_string_set_size(text, length + 65536);
        memset(text->str + length + 6, 'x', 65536 - 6);
        g_string_append(text, "\"}\n");
    }
    one.data = text->str;
    one.size = text->len;
    assert_bomb(&one, archive_write_add_filter_zstd);
    assert_bomb(&one, archive_write_add_filter_gzip);
}

typedef struct {
    const char *name;
    gsize cut;  /* bytes dropped at its end */
    gsize junk; /* bytes put before it */
    gsize at;   /* where a byte is changed, 0: none */
    const char *words;
    gboolean refused;
} ZipCase;

static const ZipCase zip_cases[] = {
    {"junk before", 0, 100, 0, "100 bytes before the archive", FALSE},
    {"cut", 10, 0, 0, "no directory at its end", TRUE},
    {"other name in the local header", 0, 0, 30, "another in the directory", TRUE},
};

/* local header: 30 bytes, then the name */
static void
test_registry_zip_directory(void)
{
    static const Entry one = {"log.jsonl", log_a, sizeof log_a - 1, 0, NULL};
    gsize size;
    int fd = pack(archive_write_set_format_zip, archive_write_add_filter_none, &one, 1, &size);
    g_autofree char *whole = g_malloc(size);

    g_assert_cmpint((int)pread(fd, whole, size, 0), ==, (int)size);
    close(fd);
    for (gsize i = 0; i < G_N_ELEMENTS(zip_cases); i++) {
        const ZipCase *c = &zip_cases[i];
        g_autofree char *changed = g_malloc0(c->junk + size);
        g_autoptr(GError) error = NULL;

        memcpy(changed + c->junk, whole, size);
        if (c->at > 0)
            changed[c->at] = 'X';
        fd = text_fd(changed, c->junk + size - c->cut);
        g_auto(Read) got = read_fd(fd, "logs.zip", &error);
        g_assert_cmpint(error != NULL, ==, c->refused);
        if (c->refused)
            g_assert_nonnull(strstr(error->message, c->words));
        else
            g_assert_true(has_warning(got.frame, c->words));
        close(fd);
    }
}

static void
put_number(guint8 *at, guint64 number, guint n_bytes)
{
    for (guint i = 0; i < n_bytes; i++)
        at[i] = (guint8)(number >> 8 * i);
}

/* @whole with a zip64 record and its locator before the end record; @n_members is what the record
 *   says */
static int
zip_with_record(const char *whole, gsize size, guint64 n_members)
{
    const char *end = whole + size - 22;
    guint32 directory_size, directory;
    guint8 record[56] = "PK\6\6";
    guint8 locator[20] = "PK\6\7";
    g_autoptr(GByteArray) all = g_byte_array_new();

    memcpy(&directory_size, end + 12, 4);
    memcpy(&directory, end + 16, 4);
    directory_size = GUINT32_FROM_LE(directory_size);
    directory = GUINT32_FROM_LE(directory);
    put_number(record + 4, 44, 8);
    put_number(record + 24, n_members, 8);
    put_number(record + 32, n_members, 8);
    put_number(record + 40, directory_size, 8);
    put_number(record + 48, directory, 8);
    put_number(locator + 8, (guint64)(size - 22), 8);
    put_number(locator + 16, 1, 4);
    g_byte_array_append(all, (const guint8 *)whole, (guint)(size - 22));
    g_byte_array_append(all, record, sizeof record);
    g_byte_array_append(all, locator, sizeof locator);
    g_byte_array_append(all, (const guint8 *)end, 22);
    return text_fd((const char *)all->data, all->len);
}

static void
test_registry_zip_record(void)
{
    static const Entry one = {"log.jsonl", log_a, sizeof log_a - 1, 0, NULL};
    gsize size;
    int fd = pack(archive_write_set_format_zip, archive_write_add_filter_none, &one, 1, &size);
    g_autofree char *whole = g_malloc(size);

    g_test_summary("A zip64 record that no field needs, as PyTorch writes, is passed over where it "
                   "says the same as the end record");
    g_assert_cmpint((int)pread(fd, whole, size, 0), ==, (int)size);
    close(fd);
    for (guint n_members = 1; n_members <= 2; n_members++) {
        g_autoptr(GError) error = NULL;

        fd = zip_with_record(whole, size, n_members);
        g_auto(Read) got = read_fd(fd, "logs.zip", &error);
        if (n_members == 1) {
            g_assert_no_error(error);
            g_assert_false(has_warning(got.frame, "bytes before the archive"));
        } else {
            g_assert_nonnull(error);
        }
        close(fd);
    }
}

static void
test_registry_nesting(void)
{
    g_autofree char *data = g_strdup(log_a);
    gsize size = strlen(log_a);
    gboolean refused = FALSE;

    g_test_summary("Archives in archives are read to a depth, then refused");
    for (guint depth = 1; depth <= 8 && !refused; depth++) {
        Entry one = {depth == 1 ? "log.jsonl" : "inner.zip", data, size, 0, NULL};
        gsize packed;
        int fd =
            pack(archive_write_set_format_zip, archive_write_add_filter_none, &one, 1, &packed);
        g_autoptr(GError) error = NULL;
        g_auto(Read) got = read_fd(fd, "outer.zip", &error);

        g_free(data);
        data = g_malloc(packed);
        size = packed;
        g_assert_cmpint((int)pread(fd, data, packed, 0), ==, (int)packed);
        refused = error != NULL;
        if (refused)
            g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
        else
            g_assert_cmpuint(got.frame->n_rows, ==, 2);
        if (depth <= ERRATA_LIMIT_NESTING)
            g_assert_false(refused);
        close(fd);
    }
    g_assert_true(refused);
}

static void
test_registry_foreign(void)
{
    static const struct {
        const char *data;
        gsize size;
        const char *found;
    } files[] = {
        {"7z\xbc\xaf\x27\x1c\0\0", 8, "a 7-zip archive"},
        {"%PDF-1.7\n", 9, "a PDF document"},
        {"\x80\x04\x95\x10\0\0\0\0\0\0\0", 11, "a model file, pickle"},
        {"GGUF\3\0\0\0", 8, "a model file, gguf"},
        {"tree\nversion=v4\n", 16, "a model file, lightgbm"},
        {"<?xml version=\"1.0\"?><PMML version=\"4.4\">", 41, "a model file, pmml"},
        {"\x01\x02\x03\xff\xfe", 5, "01 02 03 ff fe"},
        {"", 0, "an empty file"},
        {"\n\n \n", 4, "only white space"},
        {"<html><body>", 12, "XML or HTML"},
        {"[[1,2,3],[4,5,6]]", 17, "JSON without objects that are rows (write the table with"},
        {"COPY p (y, x) FROM stdin;\n1\t2\n3\t4\n\\.\n", 37, "a dump of SQL statements"},
        {"CREATE TABLE p (y int);\nINSERT INTO p VALUES (1);\n", 48, "a dump of SQL statements"},
        {"<\xde\x96@7\xa2h\x00", 8, "binary data that begins with the bytes 3c de 96"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        int fd = text_fd(files[i].data, files[i].size);
        g_autoptr(GError) error = NULL;
        g_auto(Read) got = read_fd(fd, "thing", &error);

        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
        g_assert_null(got.frame);
        if (strstr(error->message, files[i].found) == NULL)
            g_error("“%s” does not say “%s”", error->message, files[i].found);
        close(fd);
    }
}

/* a workbook is told as such, not as the XML within */
static void
test_registry_office(void)
{
    static const char xml[] = "<?xml version=\"1.0\"?><a/>";
    static const Entry members[] = {{"[Content_Types].xml", xml, sizeof xml - 1, 0, NULL},
                                    {"xl/workbook.xml", xml, sizeof xml - 1, 0, NULL},
                                    {"xl/worksheets/sheet1.xml", xml, sizeof xml - 1, 0, NULL}};
    gsize size;
    int fd = pack(archive_write_set_format_zip,
                  archive_write_add_filter_none,
                  members,
                  G_N_ELEMENTS(members),
                  &size);
    g_autoptr(GError) error = NULL;
    g_auto(Read) got = read_fd(fd, "march.xlsx", &error);

    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "it is an Excel workbook; save the sheet as CSV"));
    g_assert_null(got.frame);
    close(fd);
}

static void
test_registry_folder(void)
{
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_autoptr(GError) error = NULL;
    g_auto(Read) got = read_fd(fd, "logs", &error);

    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "is a folder"));
    g_assert_null(got.frame);
    close(fd);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/plain", test_registry_plain);
    g_test_add_func("/registry/archives", test_registry_archives);
    g_test_add_func("/registry/compressed", test_registry_compressed);
    g_test_add_func("/registry/cut", test_registry_cut);
    g_test_add_func("/registry/cut-line", test_registry_cut_line);
    g_test_add_func("/registry/damaged-tar", test_registry_damaged_tar);
    g_test_add_func("/registry/damaged", test_registry_damaged);
    g_test_add_func("/registry/refuses-members", test_registry_refuses_members);
    g_test_add_func("/registry/bomb", test_registry_bomb);
    g_test_add_func("/registry/zip-directory", test_registry_zip_directory);
    g_test_add_func("/registry/zip-record", test_registry_zip_record);
    g_test_add_func("/registry/nesting", test_registry_nesting);
    g_test_add_func("/registry/foreign", test_registry_foreign);
    g_test_add_func("/registry/office", test_registry_office);
    g_test_add_func("/registry/folder", test_registry_folder);
    return g_test_run();
}
