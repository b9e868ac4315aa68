/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the bytes of a descriptor to rows: which plugin reads what. A container (compressed stream,
 * archive) hands its members back here, so layers nest. An input that is a container is walked
 * twice: first to judge every member by its first bytes, then to read those that make up the
 * log. */
#include "registry.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "limit.h"
#include "magic.h"
#include "plugin-builtin.h"
#include "registry-leaf.h"

#define REGISTRY_HEAD  (64U << 10)
#define REGISTRY_DEPTH (ERRATA_LIMIT_NESTING + 2) /* a compressed stream may hold the archives */

typedef struct {
    ErrataFrameBuilder *log;
    ErrataFrameBuilder *reference; /* nullable */
    GString *config;
    GPtrArray *members;
    const char *name;
    int fd;
    guint64 input_bytes;
    gboolean survey;   /* first walk: only look */
    gboolean columns;  /* and for the columns of a file of its own, too */
    GPtrArray *leaves; /* (element-type ErrataLeaf), in order */
    guint next_leaf;   /* second walk: index of the next one */
    guint depth;
    guint64 expanded[REGISTRY_DEPTH + 1]; /* bytes that came out of each layer */
    GPtrArray *warnings;
    GPtrArray *early_warnings; /* of the first walk, which the second repeats */
    ErrataModelParts *parts;   /* the input is a model: leaves are kept here, whole */
    guint64 parts_bytes;
    guint n_left_out; /* members of a model's archive that are links */
    const GPtrArray
        *known;       /* (nullable) (element-type ErrataMember): what is no part of the model */
    GString *above;   /* names of the archives within which a part lies; with @parts */
    guint n_archives; /* that are open */
    gboolean saw_archive;
} Registry;

static gboolean registry_visit(Registry *self,
                               ErrataSource *source,
                               int fd,
                               guint64 bytes,
                               GError **error);

void
errata_member_free(ErrataMember *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->format);
    g_free(self);
}

/**
 * errata_registry_format:
 * @index: 0 … in build order
 *
 * Returns: (transfer none) (nullable): the log format of that index, %NULL past the last
 */
const ErrataFormat *
errata_registry_format(guint index)
{
    for (guint i = 0; i < G_N_ELEMENTS(plugin_builtin); i++) {
        const ErrataFormat *const *formats = plugin_builtin[i]->formats;

        for (; formats != NULL && *formats != NULL; formats++)
            if (index-- == 0)
                return *formats;
    }
    return NULL;
}

/* the surest container; a file that only ends like one counts when nothing knows its beginning */
static const ErrataContainer *
registry_container(const guint8 *head, gsize size, int fd, const char *name)
{
    const ErrataContainer *best = NULL;
    guint best_score = 0;

    for (guint i = 0; i < G_N_ELEMENTS(plugin_builtin); i++) {
        const ErrataContainer *const *containers = plugin_builtin[i]->containers;

        for (; containers != NULL && *containers != NULL; containers++) {
            guint score = (*containers)->sniff(head, size, name);

            if (score == 0 && fd >= 0 && (*containers)->sniff_tail != NULL)
                score = (*containers)->sniff_tail(fd);
            if (score > best_score) {
                best_score = score;
                best = *containers;
            }
        }
    }
    return best;
}

/* a stream of what came out of a layer, counted against the limits */
typedef struct {
    ErrataSource *inner; /* borrowed */
    Registry *registry;
    guint depth;
} Metered;

/* of the input, so far: growth shows at its beginning, long before all of it is unpacked and
 * parsed */
static guint64
metered_taken(const Registry *registry)
{
    off_t at = lseek(registry->fd, 0, SEEK_CUR);

    return at > 0 ? MIN((guint64)at, registry->input_bytes) : registry->input_bytes;
}

static gssize
metered_read(gpointer state, void *buffer, gsize size, GError **error)
{
    Metered *self = state;
    Registry *registry = self->registry;
    gssize got = errata_source_read(self->inner, buffer, size, error);
    guint64 expanded;
    guint64 taken;

    if (got <= 0)
        return got;
    expanded = registry->expanded[self->depth] += (guint64)got;
    if (expanded <= ERRATA_LIMIT_EXPANSION_GRACE)
        return got;
    taken = metered_taken(registry);
    if (expanded <= ERRATA_LIMIT_EXPANDED_BYTES && expanded / ERRATA_LIMIT_EXPANSION <= taken)
        return got;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_LIMIT,
                "%s grows from %" G_GUINT64_FORMAT " to more than %" G_GUINT64_FORMAT
                " bytes when unpacked, over the limit of %d times or %" G_GUINT64_FORMAT
                " GiB; unpack it yourself if it is honest",
                registry->name,
                taken,
                expanded,
                ERRATA_LIMIT_EXPANSION,
                ERRATA_LIMIT_EXPANDED_BYTES >> 30);
    return -1;
}

static void
metered_free(gpointer state)
{
}

static gboolean
registry_member_cb(ErrataSource *member, guint64 bytes, gpointer data, GError **error)
{
    static const ErrataSourceClass klass = {metered_read, metered_free};
    Registry *self = data;
    Metered metered = {member, self, self->depth};
    g_autoptr(ErrataSource) source = NULL;
    g_autoptr(GError) local = NULL;
    const guint8 *head;
    gsize size;

    source = errata_source_new(&klass, &metered, errata_source_name(member));
    if (errata_source_peek(source, REGISTRY_HEAD, &head, &size, &local))
        return registry_visit(self, source, -1, bytes, error);
    /* a link says so when it is read: a model goes without, a log might be another than it seems */
    if (self->parts != NULL && g_error_matches(local, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED)) {
        g_ptr_array_add(
            self->warnings,
            g_strdup_printf("%s: the member %s is a link, which is not followed; it was "
                            "left out",
                            self->name,
                            errata_source_name(member)));
        self->n_left_out++;
        return TRUE;
    }
    if (g_error_matches(local, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED))
        local->code = ERRATA_ERROR_INVALID_DATA;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

/* names like log.csv.gz that lie are worth a word: someone renamed a file */
static void
registry_check_name(Registry *self, const char *name, const char *found)
{
    static const char *const suffixes[][2] = {{".gz", "gzip"},
                                              {".tgz", "gzip"},
                                              {".zst", "zstd"},
                                              {".xz", "xz"},
                                              {".lzma", "lzma"},
                                              {".bz2", "bzip2"},
                                              {".lz4", "lz4"},
                                              {".zip", "zip"},
                                              {".tar", "tar"}};
    static const char *const plain[] = {".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt"};

    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(name, suffixes[i][0]) && g_strcmp0(found, suffixes[i][1]) != 0)
            g_ptr_array_add(self->warnings,
                            g_strdup_printf("%s is named like %s but is not; it was read as %s",
                                            name,
                                            suffixes[i][1],
                                            found != NULL ? found : "plain text"));
    for (guint i = 0; i < G_N_ELEMENTS(plain) && found != NULL; i++)
        if (g_str_has_suffix(name, plain[i]))
            g_ptr_array_add(self->warnings,
                            g_strdup_printf("%s is named like text but is compressed or packed; it "
                                            "was read as %s",
                                            name,
                                            found));
}

static gboolean
registry_read_config(Registry *self, ErrataSource *source, GError **error)
{
    char buffer[4096];
    gssize got;

    while ((got = errata_source_read(source, buffer, sizeof buffer, error)) > 0) {
        if (self->config == NULL)
            continue;
        if (self->config->len + (gsize)got > ERRATA_LIMIT_CONFIG_BYTES) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "errata.conf in %s is larger than %u bytes",
                        self->name,
                        ERRATA_LIMIT_CONFIG_BYTES);
            return FALSE;
        }
        g_string_append_len(self->config, buffer, got);
    }
    return got == 0;
}

static gboolean
registry_read_rows(Registry *self,
                   ErrataSource *source,
                   const ErrataLeaf *leaf,
                   ErrataFrameBuilder *builder,
                   ErrataMember *member,
                   GError **error)
{
    gsize n_rows = errata_frame_builder_n_rows(builder);
    gsize n_rejected = errata_frame_builder_n_rejected(builder);

    if (self->depth > 0 && strcmp(leaf->name, self->name) != 0) {
        g_autofree char *where = g_strdup_printf("%s in %s", leaf->name, self->name);

        errata_frame_builder_set_source(builder, where);
    } else {
        errata_frame_builder_set_source(builder, self->name);
    }
    if (!leaf->format->read(source, builder, error)) {
        g_prefix_error(error, "reading %s as %s: ", leaf->name, leaf->format->id);
        return FALSE;
    }
    member->rows = errata_frame_builder_n_rows(builder) - n_rows;
    member->rejected = errata_frame_builder_n_rejected(builder) - n_rejected;
    return TRUE;
}

/* a member that is not used must be sound all the same: a damaged archive is refused as a whole */
static gboolean
registry_drain(ErrataSource *source, GError **error)
{
    g_autofree guint8 *buffer = g_malloc(REGISTRY_HEAD);
    gssize got;

    do
        got = errata_source_read(source, buffer, REGISTRY_HEAD, error);
    while (got > 0);
    return got == 0;
}

/* second walk, or a plain file: read the leaf for what it is */
static gboolean
registry_read_leaf(Registry *self, ErrataSource *source, const ErrataLeaf *leaf, GError **error)
{
    ErrataMember *member = g_new0(ErrataMember, 1);
    gboolean ok = TRUE;

    member->name = g_strdup(leaf->name);
    member->kind = leaf->kind;
    member->format = g_strdup(leaf->what);
    g_ptr_array_add(self->members, member);
    switch (leaf->kind) {
    case ERRATA_MEMBER_LOG:
        ok = registry_read_rows(self, source, leaf, self->log, member, error);
        break;
    case ERRATA_MEMBER_REFERENCE:
        if (self->reference != NULL)
            ok = registry_read_rows(self, source, leaf, self->reference, member, error);
        else
            g_ptr_array_add(self->warnings,
                            g_strdup_printf("%s was not used: a reference was given", leaf->name));
        break;
    case ERRATA_MEMBER_CONFIG:
        ok = registry_read_config(self, source, error);
        break;
    case ERRATA_MEMBER_MODEL: /* whoever wants it reads it by errata_registry_load_model_beside() */
    case ERRATA_MEMBER_LABELS:
    case ERRATA_MEMBER_OTHER:
        ok = registry_drain(source, error);
        break;
    }
    member->bytes = ok ? errata_source_position(source) : 0;
    return ok;
}

/* a file of its own is looked at where it lies, so that its size is no matter */
static gboolean
registry_map_part(Registry *self, ErrataSource *source, int fd)
{
    g_autoptr(GMappedFile) file = self->depth == 0 && fd >= 0
                                      ? g_mapped_file_new_from_fd(fd, FALSE, NULL)
                                      : NULL;
    g_autoptr(GBytes) bytes = file != NULL ? g_mapped_file_get_bytes(file) : NULL;

    if (bytes == NULL || g_bytes_get_size(bytes) == 0)
        return FALSE;
    errata_model_parts_add(self->parts, errata_source_name(source), bytes, g_bytes_get_size(bytes));
    return TRUE;
}

/* a log, reference or settings that lie in the same archive */
static gboolean
registry_is_beside(const Registry *self, const char *name)
{
    for (guint i = 0; self->known != NULL && i < self->known->len; i++) {
        const ErrataMember *member = g_ptr_array_index(self->known, i);

        if (member->kind != ERRATA_MEMBER_MODEL && member->kind != ERRATA_MEMBER_OTHER &&
            strcmp(member->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* the bytes of a model's file */
static gboolean
registry_keep_part(Registry *self, ErrataSource *source, int fd, GError **error)
{
    g_autoptr(GByteArray) kept = g_byte_array_new();
    g_autofree guint8 *buffer = g_malloc(REGISTRY_HEAD);
    g_autoptr(GBytes) bytes = NULL;
    g_autofree char *name = g_strconcat(self->above->str, errata_source_name(source), NULL);
    gssize got;

    if (registry_is_beside(self, errata_source_name(source)))
        return registry_drain(source, error);
    if (registry_map_part(self, source, fd))
        return TRUE;
    while ((got = errata_source_read(source, buffer, REGISTRY_HEAD, error)) > 0) {
        self->parts_bytes += (guint64)got;
        if (self->parts_bytes > ERRATA_LIMIT_MODEL_BYTES) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "%s is larger than a model may be, %u MiB unpacked",
                        self->name,
                        ERRATA_LIMIT_MODEL_BYTES >> 20);
            return FALSE;
        }
        g_byte_array_append(kept, buffer, (guint)got);
    }
    if (got < 0)
        return FALSE;
    bytes = g_byte_array_free_to_bytes(g_steal_pointer(&kept));
    errata_model_parts_add(self->parts, name, bytes, g_bytes_get_size(bytes));
    return TRUE;
}

static gboolean
registry_leaf(Registry *self, ErrataSource *source, int fd, guint64 bytes, GError **error)
{
    if (self->parts != NULL)
        return registry_keep_part(self, source, fd, error);
    if (!self->survey)
        return self->next_leaf >= self->leaves->len ||
               registry_read_leaf(self,
                                  source,
                                  g_ptr_array_index(self->leaves, self->next_leaf++),
                                  error);
    gboolean is_member = self->depth > 0 && strcmp(errata_source_name(source), self->name) != 0;
    ErrataLeaf *leaf = errata_leaf_new(source, bytes, is_member || self->columns, error);

    if (leaf == NULL)
        return FALSE;
    g_ptr_array_add(self->leaves, leaf);
    return TRUE;
}

static gboolean
registry_is_archive(const ErrataContainer *container)
{
    return strcmp(container->id, "zip") == 0 || strcmp(container->id, "tar") == 0;
}

/* goes into a container; of archives within archives the parts of a model bear both names */
static gboolean
registry_enter(Registry *self,
               const ErrataContainer *container,
               ErrataSource *source,
               int fd,
               GError **error)
{
    gsize above = self->above != NULL ? self->above->len : 0;
    gboolean is_archive = registry_is_archive(container);
    gboolean ok;

    if (is_archive && self->n_archives > 0 && self->above != NULL)
        g_string_append_printf(self->above, "%s/", errata_source_name(source));
    self->n_archives += is_archive ? 1 : 0;
    self->saw_archive |= is_archive;
    self->depth++;
    ok = container->walk(source,
                         fd,
                         registry_member_cb,
                         self,
                         self->survey ? self->early_warnings : self->warnings,
                         error);
    self->depth--;
    self->n_archives -= is_archive ? 1 : 0;
    if (self->above != NULL)
        g_string_truncate(self->above, above);
    return ok;
}

static gboolean
registry_visit(Registry *self, ErrataSource *source, int fd, guint64 bytes, GError **error)
{
    const char *name = errata_source_name(source);
    const ErrataContainer *container;
    const guint8 *head;
    gsize size;

    if (!errata_source_peek(source, REGISTRY_HEAD, &head, &size, error))
        return FALSE;
    container = registry_container(head, size, fd, name);
    if (self->survey && self->parts == NULL && size > 0)
        registry_check_name(self, name, container != NULL ? container->id : NULL);
    if (container == NULL)
        return registry_leaf(self, source, fd, bytes, error);
    if (self->depth == REGISTRY_DEPTH) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s holds archives within archives, more than %d deep",
                    self->name,
                    REGISTRY_DEPTH);
        return FALSE;
    }
    return registry_enter(self, container, source, fd, error);
}

static gboolean
registry_walk(Registry *self, int fd, gboolean survey, GError **error)
{
    g_autoptr(ErrataSource) source = NULL;
    g_autoptr(GError) local = NULL;

    self->survey = survey;
    self->depth = 0;
    self->n_archives = 0;
    memset(self->expanded, 0, sizeof self->expanded);
    if (lseek(fd, 0, SEEK_SET) != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "%s is not a file that can be read twice (%s); save it to a file first",
                    self->name,
                    g_strerror(errno));
        return FALSE;
    }
    self->fd = fd;
    source = errata_source_new_fd(fd, self->name);
    if (registry_visit(self, source, fd, self->input_bytes, &local))
        return TRUE;
    /* a member's reader knows only the member */
    if (strstr(local->message, self->name) == NULL)
        g_prefix_error(&local, "%s: ", self->name);
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean
registry_check_file(Registry *self, int fd, GError **error)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "reading %s: %s",
                    self->name,
                    g_strerror(errno));
        return FALSE;
    }
    if (S_ISDIR(st.st_mode)) {
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_UNSUPPORTED,
            "%s is a folder; give the log files in it, or pack it into a zip or tar archive",
            self->name);
        return FALSE;
    }
    self->input_bytes = (guint64)MAX(st.st_size, 0);
    if (self->input_bytes > ERRATA_LIMIT_INPUT_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s is larger than %" G_GUINT64_FORMAT " GiB; split it",
                    self->name,
                    ERRATA_LIMIT_INPUT_BYTES >> 30);
        return FALSE;
    }
    return TRUE;
}

/* a document of an office is an archive: what a reader knows it as, and what to do */
static const char *
registry_office(const Registry *self)
{
    static const struct {
        const char *member;
        const char *beside;
        const char *what;
    } kinds[] = {
        {"xl/workbook.xml",
         "[Content_Types].xml",
         "an Excel workbook; save the sheet as CSV UTF-8 (File, Save As) and give that"},
        {"xl/workbook.bin",
         "[Content_Types].xml",
         "an Excel workbook; save the sheet as CSV UTF-8 (File, Save As) and give that"},
        {"word/document.xml", "[Content_Types].xml", "a Word document"},
        {"content.xml",
         "META-INF/manifest.xml",
         "an OpenDocument file; save the sheet as CSV (File, Save As) and give that"},
    };

    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
        gboolean has = FALSE, beside = FALSE;

        for (guint i = 0; i < self->leaves->len; i++) {
            const ErrataLeaf *leaf = g_ptr_array_index(self->leaves, i);

            has = has || strcmp(leaf->name, kinds[k].member) == 0;
            beside = beside || strcmp(leaf->name, kinds[k].beside) == 0;
        }
        if (has && beside)
            return kinds[k].what;
    }
    return NULL;
}

/* nothing in it is a log: say what is in it instead */
static gboolean
registry_check_leaves(Registry *self, GError **error)
{
    const char *office = registry_office(self);
    const ErrataLeaf *first = NULL;
    guint n_empty = 0;

    if (office != NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "%s holds no log: it is %s",
                    self->name,
                    office);
        return FALSE;
    }

    for (guint i = 0; i < self->leaves->len; i++) {
        const ErrataLeaf *leaf = g_ptr_array_index(self->leaves, i);

        if (leaf->kind == ERRATA_MEMBER_LOG ||
            (leaf->kind == ERRATA_MEMBER_REFERENCE && self->reference == self->log))
            return TRUE;
        if (first == NULL ||
            (first->kind != ERRATA_MEMBER_MODEL && leaf->kind == ERRATA_MEMBER_MODEL))
            first = leaf;
        n_empty += strcmp(leaf->what, "an empty file") == 0 ? 1 : 0;
    }
    if (self->leaves->len > 1 && n_empty == self->leaves->len) {
        g_ptr_array_add(self->warnings,
                        g_strdup_printf("all %u members of %s are empty", n_empty, self->name));
        return TRUE;
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "%s holds no log: %s is %s%s; CSV, JSON Lines or JSON tables are read, plain, "
                "compressed or in a zip or tar archive%s",
                self->name,
                first == NULL || g_strcmp0(first->name, self->name) == 0 ? "it" : first->name,
                first == NULL                        ? "an empty archive"
                : first->kind == ERRATA_MEMBER_MODEL ? "a model file, "
                                                     : "",
                first != NULL ? first->what : "",
                first != NULL && first->kind == ERRATA_MEMBER_MODEL
                    ? "; a model goes beside its log, with --model"
                    : "");
    return FALSE;
}

static void
registry_warn(Registry *self)
{
    guint n_other = 0;
    const ErrataLeaf *first = NULL;

    errata_frame_builder_set_source(self->log, NULL);
    for (guint i = 0; i < self->leaves->len; i++) {
        const ErrataLeaf *leaf = g_ptr_array_index(self->leaves, i);

        if (leaf->kind != ERRATA_MEMBER_OTHER || leaf->format != NULL || leaf->goes_with_model)
            continue;
        first = first != NULL ? first : leaf;
        n_other++;
    }
    if (n_other == 1)
        errata_frame_builder_warn(self->log, "%s is %s and was not read", first->name, first->what);
    else if (n_other > 1)
        errata_frame_builder_warn(self->log,
                                  "%u members of %s were not read (%s is %s)",
                                  n_other,
                                  self->name,
                                  first->name,
                                  first->what);
    for (guint i = 0; i < self->warnings->len; i++)
        errata_frame_builder_warn(self->log,
                                  "%s",
                                  (const char *)g_ptr_array_index(self->warnings, i));
}

static int
registry_by_name_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/**
 * errata_registry_columns:
 * @fd: an input, open for reading and able to seek; its position is moved
 * @name: its name
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): the columns of the log in it as
 * its
 *   first bytes tell, sorted; %NULL with @error set, or without when it is not one log alone
 */
char **
errata_registry_columns(int fd, const char *name, GError **error)
{
    g_autoptr(GPtrArray) leaves = g_ptr_array_new_with_free_func((GDestroyNotify)errata_leaf_free);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    Registry self = {.name = shown,
                     .columns = TRUE,
                     .leaves = leaves,
                     .warnings = warnings,
                     .early_warnings = warnings};
    const ErrataLeaf *leaf;
    GPtrArray *names;
    GHashTableIter iter;
    gpointer column;

    if (!registry_check_file(&self, fd, error) || !registry_walk(&self, fd, TRUE, error) ||
        leaves->len != 1)
        return NULL;
    leaf = g_ptr_array_index(leaves, 0);
    if (leaf->columns == NULL)
        return NULL;
    names = g_ptr_array_new();
    g_hash_table_iter_init(&iter, leaf->columns);
    while (g_hash_table_iter_next(&iter, &column, NULL))
        g_ptr_array_add(names, g_strdup(column));
    g_ptr_array_sort(names, registry_by_name_cb);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/**
 * errata_registry_read:
 * @fd: the input, open for reading and able to seek; its position is moved
 * @name: its name, for messages and as a weak hint
 * @log: where the rows go
 * @reference: (nullable): where the rows of members named `reference.*` go; %NULL leaves them out;
 *   @log itself for an input that is a reference as a whole
 * @ret_config: (nullable): gets the text of a member `errata.conf`
 * @ret_members: (element-type ErrataMember): gets all members in order; one for a plain file
 * @error: return location for a #GError
 *
 * Finds out by content what @fd is, unpacks it as it streams, and reads the log in it. Members of
 * an archive whose columns match are one log; of several such sets the largest is read and the rest
 * named in a warning.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED when it holds no log, a folder or a pipe;
 * %ERRATA_ERROR_INVALID_DATA when it is damaged or an archive must not be opened;
 * %ERRATA_ERROR_LIMIT when unpacking costs too much; %ERRATA_ERROR_IO.
 *
 * Returns: whether it was read
 */
gboolean
errata_registry_read(int fd,
                     const char *name,
                     ErrataFrameBuilder *log,
                     ErrataFrameBuilder *reference,
                     GString *ret_config,
                     GPtrArray *ret_members,
                     GError **error)
{
    g_autoptr(GPtrArray) leaves = g_ptr_array_new_with_free_func((GDestroyNotify)errata_leaf_free);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) early_warnings = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    Registry self = {.log = log,
                     .reference = reference,
                     .config = ret_config,
                     .members = ret_members,
                     .name = shown,
                     .leaves = leaves,
                     .warnings = warnings,
                     .early_warnings = early_warnings};

    if (!registry_check_file(&self, fd, error) || !registry_walk(&self, fd, TRUE, error))
        return FALSE;
    errata_leaf_group(leaves, warnings);
    if (!registry_check_leaves(&self, error) || !registry_walk(&self, fd, FALSE, error))
        return FALSE;
    registry_warn(&self);
    return TRUE;
}

/**
 * errata_registry_read_parts:
 * @fd: the input, open for reading and able to seek; its position is moved
 * @name: its name
 * @members: (nullable) (element-type ErrataMember): what errata_registry_read() found in it: logs,
 *   references and settings are no parts of a model
 * @warnings: (element-type utf8): gets defects that leave the members right
 * @ret_left_out: (out): members that are links, which are not followed
 * @error: return location for a #GError
 *
 * Unpacks what a model came in: all files of an archive, or the one file, whole, in memory.
 *
 * Errors: as errata_registry_read(); %ERRATA_ERROR_LIMIT over %ERRATA_LIMIT_MODEL_BYTES.
 *
 * Returns: (transfer full): the files, or %NULL with @error set
 */
ErrataModelParts *
errata_registry_read_parts(int fd,
                           const char *name,
                           const GPtrArray *members,
                           GPtrArray *warnings,
                           guint *ret_left_out,
                           GError **error)
{
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new(shown);
    g_autoptr(GString) above = g_string_new(NULL);
    Registry self = {.name = shown,
                     .warnings = warnings,
                     .early_warnings = warnings,
                     .parts = parts,
                     .known = members,
                     .above = above};

    if (!registry_check_file(&self, fd, error) || !registry_walk(&self, fd, TRUE, error))
        return NULL;
    parts->is_archive = self.saw_archive;
    *ret_left_out = self.n_left_out;
    return g_steal_pointer(&parts);
}
