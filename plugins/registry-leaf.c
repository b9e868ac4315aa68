/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging a member by its name and first bytes, and choosing which members of an archive are one
 * log: those with the same columns. The choice is made before anything is read for good, on a
 * first walk over the archive, so that no row of another table ever reaches the frame. */
#include "registry-leaf.h"

#include <string.h>

#include "bundle.h"
#include "frame-halves.h"
#include "magic.h"
#include "model-curve.h"
#include "schema-name.h"
#include "text-hash.h"

#define LEAF_HEAD      (64U << 10)
#define LEAF_MIN_SCORE 20 /* a format less sure than this does not read it */
#define LEAF_BESIDE    10 /* files of one kind of model */
#define LEAF_GROUPS    64 /* tables told apart in one archive; later ones are pooled */

static const char *
leaf_base_name(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash != NULL ? slash + 1 : name;
}

/**
 * errata_leaf_format:
 * @head: (array length=size) (nullable): the first bytes of a file
 * @size: how many
 * @name: its name
 *
 * Returns: (nullable): the log format that it is most likely in
 */
const ErrataFormat *
errata_leaf_format(const guint8 *head, gsize size, const char *name)
{
    const ErrataFormat *best = NULL;
    const ErrataFormat *format;
    guint best_score = LEAF_MIN_SCORE - 1;

    /* of an empty file nothing is in any format; arrays have names in their header, as tables do */
    if (head == NULL || (size >= 6 && memcmp(head, "\x93NUMPY", 6) == 0))
        return NULL;
    for (guint i = 0; (format = errata_registry_format(i)) != NULL; i++) {
        guint score = format->sniff(head, size, name);

        if (score > best_score) {
            best_score = score;
            best = format;
        }
    }
    return best;
}

/* the columns that the format finds in the whole lines of @head; NULL when it finds none */
static GHashTable *
leaf_columns(const ErrataFormat *format, const guint8 *head, gsize size)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    const guint8 *newline = size == LEAF_HEAD ? memrchr(head, '\n', size) : NULL;
    g_autoptr(ErrataSource) source = NULL;
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GHashTable) names = NULL;

    size = newline != NULL ? (gsize)(newline - head) + 1 : size;
    source = errata_source_new_memory(head, size, "the first bytes");
    if (!format->read(source, builder, NULL))
        return NULL;
    frame = errata_frame_builder_finish(builder, NULL);
    if (frame == NULL || frame->n_columns == 0)
        return NULL;
    names = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < frame->n_columns; i++)
        g_hash_table_add(names, g_strdup(frame->columns[i]->name));
    return g_steal_pointer(&names);
}

/**
 * errata_leaf_new:
 * @source: a member that is no container
 * @bytes: its declared size
 * @is_member: also look for its columns
 * @error: return location for a #GError
 *
 * Errors: those of reading the first bytes.
 *
 * Returns: (transfer full): what it is, or %NULL with @error set
 */
ErrataLeaf *
errata_leaf_new(ErrataSource *source, guint64 bytes, gboolean is_member, GError **error)
{
    g_autoptr(ErrataLeaf) self = g_new0(ErrataLeaf, 1);
    const char *name = errata_source_name(source);
    const char *base = leaf_base_name(name);
    const char *model;
    const guint8 *head;
    gsize size;

    if (!errata_source_peek(source, LEAF_HEAD, &head, &size, error))
        return NULL;
    self->name = g_strdup(name);
    self->bytes = bytes;
    model = is_member ? errata_bundle_mark(name) : NULL;
    if (model == NULL)
        model = errata_magic_model(head, size, base);
    if (strcmp(base, "errata.conf") == 0) {
        self->kind = ERRATA_MEMBER_CONFIG;
        self->what = g_strdup("errata.conf");
    } else if (model != NULL) {
        self->kind = ERRATA_MEMBER_MODEL;
        self->what = g_strdup(model);
    } else if (errata_magic_is_report(head, size)) {
        self->kind = ERRATA_MEMBER_OTHER;
        self->what = g_strdup("a report that errata wrote, not a log (errata show reads it, "
                              "--baseline compares with it)");
    } else if (errata_magic_is_sql(head, size)) {
        self->kind = ERRATA_MEMBER_OTHER;
        self->what = g_strdup("a dump of SQL statements, not a table (export the table as CSV)");
    } else {
        self->format = size > 0 ? errata_leaf_format(head, size, base) : NULL;
        /* a file of its own is what the user hands it in as, whatever its name */
        self->kind = self->format == NULL                                ? ERRATA_MEMBER_OTHER
                     : is_member && g_str_has_prefix(base, "reference.") ? ERRATA_MEMBER_REFERENCE
                                                                         : ERRATA_MEMBER_LOG;
        self->what = self->format != NULL ? g_strdup(self->format->id)
                                          : errata_magic_describe(head, size);
    }
    if (is_member && self->kind == ERRATA_MEMBER_LOG)
        self->columns = leaf_columns(self->format, head, size);
    return g_steal_pointer(&self);
}

void
errata_leaf_free(ErrataLeaf *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->what);
    g_clear_pointer(&self->columns, g_hash_table_unref);
    g_free(self);
}

static guint
leaf_n_columns(const ErrataLeaf *self)
{
    return self->columns != NULL ? g_hash_table_size(self->columns) : 0;
}

/* whether two files are what was asked and what was answered, not a log and later labels */
static gboolean
leaf_are_halves(const ErrataLeaf *a, const ErrataLeaf *b)
{
    g_autofree gpointer *mine = g_hash_table_get_keys_as_array(a->columns, NULL);
    g_autofree gpointer *other = g_hash_table_get_keys_as_array(b->columns, NULL);
    const char *const *ours = (const char *const *)mine;
    const char *const *theirs = (const char *const *)other;
    gboolean labels = FALSE;

    for (guint i = 0; theirs[i] != NULL; i++) {
        ErrataName name = {0};

        errata_schema_name_read(&name, theirs[i]);
        labels = labels || (name.label > ERRATA_NAME_NONE && name.score == ERRATA_NAME_NONE &&
                            name.prediction < ERRATA_NAME_PATTERN);
        errata_schema_name_clear(&name);
    }
    return !labels && errata_frame_halves_are(ours, theirs);
}

/* members belong together when they share at least half of the smaller one's columns; members
 * whose columns cannot be seen in their first bytes (columnar formats) go by format */
static gboolean
leaf_same_table(const ErrataLeaf *a, const ErrataLeaf *b)
{
    const ErrataLeaf *small = leaf_n_columns(a) <= leaf_n_columns(b) ? a : b;
    const ErrataLeaf *large = small == a ? b : a;
    GHashTableIter iter;
    gpointer name;
    guint shared = 0;

    if (small->columns == NULL)
        return large->columns == NULL && a->format == b->format;
    /* a file of ids and labels shares both of its columns with the log, yet is not a part of it */
    if (leaf_n_columns(small) <= 2 && leaf_n_columns(large) > 3 && !leaf_are_halves(large, small))
        return FALSE;
    g_hash_table_iter_init(&iter, small->columns);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        shared += g_hash_table_contains(large->columns, name) ? 1 : 0;
    return 2 * shared >= leaf_n_columns(small);
}

/* Files that belong to a model which another file shows: what is read as a log there is none. @mark
 * is the base name of the file that shows the model, NULL for any, @what its format; @beside names
 * of files in its folder, or of folders with a slash. */
#define LEAF_HUB                                                                            \
    {                                                                                       \
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", \
            "special_tokens_map.json", "added_tokens.json", "preprocessor_config.json",     \
            "vocab.json", "vocab.txt", "merges.txt"                                         \
    }
static const struct {
    const char *mark;
    const char *what;
    const char *beside[LEAF_BESIDE];
} companions[] = {
    {"model.ini", "h2o-mojo", {"domains/", "experimental/", "trees/"}},
    {"model.weights.h5", "keras-h5", {"config.json", "metadata.json", "assets/"}},
    {"data.pkl", "pickle", {"version", "byteorder", "data/", "code/", ".data/", "constants/"}},
    {"saved_model.pb",
     "tensorflow",
     {"variables/", "assets/", "assets.extra/", "fingerprint.pb", "keras_metadata.pb"}},
    {NULL, "safetensors", LEAF_HUB},
    {NULL, "gguf", LEAF_HUB},
};

static gboolean
leaf_is_beside(const char *name, const char *beside)
{
    return g_str_has_suffix(beside, "/") ? g_str_has_prefix(name, beside)
                                         : strcmp(name, beside) == 0;
}

static void
leaf_leave_out(GPtrArray *leaves, const ErrataLeaf *model, const char *const *beside)
{
    gsize folder = (gsize)(leaf_base_name(model->name) - model->name);

    for (guint i = 0; i < leaves->len; i++) {
        ErrataLeaf *leaf = g_ptr_array_index(leaves, i);

        if (leaf == model || strncmp(leaf->name, model->name, folder) != 0)
            continue;
        for (guint b = 0; b < LEAF_BESIDE && beside[b] != NULL; b++)
            if (leaf_is_beside(leaf->name + folder, beside[b])) {
                leaf->kind = ERRATA_MEMBER_OTHER;
                leaf->goes_with_model = TRUE;
            }
    }
}

/* the log of a training, round by round: a loss or score beside their count */
static gboolean
leaf_is_history(const ErrataLeaf *leaf)
{
    gboolean counts = FALSE, measures = FALSE;
    GHashTableIter iter;
    gpointer name;

    if (leaf->columns == NULL)
        return FALSE;
    g_hash_table_iter_init(&iter, leaf->columns);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        counts = counts || errata_model_curve_is_step(name);
        measures = measures || errata_model_curve_direction(name) != 0;
    }
    return counts && measures;
}

/* what TorchServe's archiver packed, it packed for the model: no part of it is a log */
static void
leaf_leave_out_served(GPtrArray *leaves, const ErrataLeaf *manifest)
{
    const char *inside = g_strrstr(manifest->name, "MAR-INF/");
    gsize folder = inside != NULL ? (gsize)(inside - manifest->name) : 0;

    for (guint i = 0; i < leaves->len; i++) {
        ErrataLeaf *leaf = g_ptr_array_index(leaves, i);

        if (leaf->kind == ERRATA_MEMBER_MODEL || strncmp(leaf->name, manifest->name, folder) != 0)
            continue;
        leaf->kind = ERRATA_MEMBER_OTHER;
        leaf->goes_with_model = TRUE;
    }
}

/* requirements, code and the like are no logs where there is a model */
static void
leaf_leave_out_settings(GPtrArray *leaves)
{
    for (guint i = 0; i < leaves->len; i++) {
        ErrataLeaf *leaf = g_ptr_array_index(leaves, i);

        if (leaf->kind == ERRATA_MEMBER_MODEL || leaf->kind == ERRATA_MEMBER_CONFIG ||
            (!errata_bundle_is_companion(leaf->name) && !leaf_is_history(leaf)))
            continue;
        leaf->kind = ERRATA_MEMBER_OTHER;
        leaf->goes_with_model = TRUE;
    }
}

static void
leaf_leave_out_companions(GPtrArray *leaves)
{
    gboolean any = FALSE;

    for (guint m = 0; m < leaves->len; m++) {
        const ErrataLeaf *model = g_ptr_array_index(leaves, m);

        if (model->kind != ERRATA_MEMBER_MODEL)
            continue;
        any = TRUE;
        if (g_strcmp0(model->what, "torchserve") == 0)
            leaf_leave_out_served(leaves, model);
        for (guint c = 0; c < G_N_ELEMENTS(companions); c++)
            if ((companions[c].mark == NULL ||
                 strcmp(leaf_base_name(model->name), companions[c].mark) == 0) &&
                strcmp(model->what, companions[c].what) == 0)
                leaf_leave_out(leaves, model, companions[c].beside);
    }
    if (any)
        leaf_leave_out_settings(leaves);
}

/**
 * errata_leaf_group:
 * @leaves: (element-type ErrataLeaf): all members of an archive
 * @warnings: (element-type utf8): where members left out are named
 *
 * Finds the members that make up the log: of the sets of members with the same columns the one
 * with most bytes, the first of equals. Members of the other sets become LABELS (two columns) or
 * OTHER, with a warning.
 */
void
errata_leaf_group(GPtrArray *leaves, GPtrArray *warnings)
{
    g_autoptr(GPtrArray) firsts = g_ptr_array_new();
    g_autoptr(GArray) bytes = g_array_new(FALSE, TRUE, sizeof(guint64));
    guint best = 0;

    leaf_leave_out_companions(leaves);
    for (guint i = 0; i < leaves->len; i++) {
        ErrataLeaf *leaf = g_ptr_array_index(leaves, i);
        guint group = 0;

        if (leaf->kind != ERRATA_MEMBER_LOG)
            continue;
        while (group < MIN(firsts->len, LEAF_GROUPS) &&
               !leaf_same_table(g_ptr_array_index(firsts, group), leaf))
            group++;
        if (group == firsts->len) {
            g_ptr_array_add(firsts, leaf);
            g_array_set_size(bytes, firsts->len);
        }
        leaf->group = group;
        g_array_index(bytes, guint64, group) += leaf->bytes;
        if (g_array_index(bytes, guint64, group) > g_array_index(bytes, guint64, best))
            best = group;
    }
    for (guint i = 0; i < leaves->len; i++) {
        ErrataLeaf *leaf = g_ptr_array_index(leaves, i);

        if (leaf->kind != ERRATA_MEMBER_LOG || leaf->group == best)
            continue;
        leaf->kind = leaf_n_columns(leaf) == 2 ? ERRATA_MEMBER_LABELS : ERRATA_MEMBER_OTHER;
        g_ptr_array_add(
            warnings,
            g_strdup_printf("%s has other columns than the log and was not read%s",
                            leaf->name,
                            leaf->kind == ERRATA_MEMBER_LABELS
                                ? "; labels of the log are joined by id where they are a file of "
                                  "their own: errata analyze LOG LABELS"
                                : ""));
    }
}
