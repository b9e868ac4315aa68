/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels that come later than predictions: rows of `id,label` joined to a log by id. Ids are
 * compared as text, numbers in their shortest form, so that 17 and 17.0 are one. One dictionary
 * holds the ids of all labels; looking up a row of the log costs one hash. */
#include "late-labels.h"

#include <string.h>

#include "column-key.h"
#include "column-store.h"
#include "dictionary.h"
#include "error.h"
#include "number.h"
#include "precision.h"
#include "schema-infer.h"
#include "schema-name.h"
#include "vocabulary.h"

#define LATE_COLUMNS 4 /* that a file of labels may have: id, label, and when it became known */

/* one id that has a label */
#define LATE_EXAMPLE 40 /* characters of an id in a message */

typedef struct {
    guint file;
    guint32 row;
    gboolean conflicting;
    guint n_log; /* rows of the log that have it */
} LateEntry;

typedef struct {
    ErrataDictionary ids;
    GArray *entries; /* (element-type LateEntry), by the dictionary's numbers */
    GPtrArray *files;
    const ErrataColumn **label; /* per file */
} Late;

static void
late_clear(Late *self)
{
    errata_dictionary_clear(&self->ids);
    g_clear_pointer(&self->entries, g_array_unref);
    g_free(self->label);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Late, late_clear)

/**
 * errata_late_labels_is:
 * @names: (array zero-terminated=1): the columns of a file
 *
 * Whether its columns are an id, a label and perhaps a time, and no prediction or score: labels
 * that belong to predictions elsewhere.
 */
gboolean
errata_late_labels_is(const char *const *names)
{
    guint n_id = 0, n_label = 0, n_other = 0, n = 0;

    for (; names[n] != NULL && n <= LATE_COLUMNS; n++) {
        ErrataName name = {0};

        errata_schema_name_read(&name, names[n]);
        if (name.id >= ERRATA_NAME_PATTERN)
            n_id++;
        else if (name.prediction >= ERRATA_NAME_PATTERN || name.score > ERRATA_NAME_NONE)
            n_other += 2;
        else if (name.label > ERRATA_NAME_NONE)
            n_label++;
        else
            n_other += name.time > ERRATA_NAME_NONE ? 0 : 1;
        errata_schema_name_clear(&name);
    }
    if (n < 2 || n > LATE_COLUMNS || n_id != 1)
        return FALSE;
    return n_label == 1 ? n_other == 0 : n == 2 && n_label == 0 && n_other == 1;
}

static gboolean
late_add(Late *self, const ErrataColumn *column, gsize row, guint32 *ret_entry)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    gsize length = 0;
    const char *key = errata_column_key(column, row, buffer, &length);

    return key != NULL && errata_dictionary_add(&self->ids, key, length, ret_entry);
}

/* whether two cells are one label, however it is written */
static gboolean
late_same(const ErrataColumn *a, gsize row_a, const ErrataColumn *b, gsize row_b)
{
    g_autofree char *text_a = errata_column_print(a, row_a);
    g_autofree char *text_b = errata_column_print(b, row_b);
    g_autofree char *label_a = errata_vocabulary_canonical(text_a, strlen(text_a));
    g_autofree char *label_b = errata_vocabulary_canonical(text_b, strlen(text_b));

    return strcmp(label_a, label_b) == 0;
}

/* which columns of a file of labels are the id and the label */
static gboolean
late_find_columns(const ErrataFrame *frame,
                  const ErrataSettings *settings,
                  guint *ret_id,
                  guint *ret_label)
{
    int id = -1, label = -1, rest = -1;

    for (guint c = 0; c < frame->n_columns; c++) {
        const char *role = g_hash_table_lookup(settings->roles, frame->columns[c]->name);
        ErrataName name = {0};

        errata_schema_name_read(&name, frame->columns[c]->name);
        if (g_strcmp0(role, "id") == 0 || (role == NULL && name.id >= ERRATA_NAME_PATTERN))
            id = id < 0 ? (int)c : id;
        else if (g_strcmp0(role, "label") == 0 || (role == NULL && name.label > ERRATA_NAME_NONE))
            label = label < 0 ? (int)c : label;
        else if (name.time == ERRATA_NAME_NONE)
            rest = rest < 0 ? (int)c : rest;
        errata_schema_name_clear(&name);
    }
    label = label < 0 ? rest : label;
    if (id < 0 || label < 0)
        return FALSE;
    *ret_id = (guint)id;
    *ret_label = (guint)label;
    return TRUE;
}

static void
late_take_row(Late *self, guint file, const ErrataColumn *id, guint32 row, ErrataLateLabels *told)
{
    const ErrataColumn *label = self->label[file];
    guint32 known = self->ids.n;
    guint32 at = 0;
    LateEntry *entry;

    if (!errata_column_is_valid(label, row) || !late_add(self, id, row, &at)) {
        told->n_incomplete++;
        return;
    }
    told->n_labels++;
    if (at == known) {
        LateEntry fresh = {file, row, FALSE, 0};

        g_array_append_val(self->entries, fresh);
        return;
    }
    entry = &g_array_index(self->entries, LateEntry, at);
    if (late_same(self->label[entry->file], entry->row, label, row)) {
        told->n_repeated += entry->file == file;
    } else if (entry->file != file) {
        told->n_superseded++;
    } else {
        told->n_conflicting += entry->conflicting ? 0 : 1;
        entry->conflicting = TRUE;
        return;
    }
    if (entry->file != file) /* a later file corrects an earlier one */
        entry->conflicting = FALSE;
    entry->file = file;
    entry->row = row;
}

static gboolean
late_read(Late *self,
          GPtrArray *files,
          const ErrataSettings *settings,
          ErrataLateLabels *told,
          GError **error)
{
    self->files = files;
    self->entries = g_array_new(FALSE, FALSE, sizeof(LateEntry));
    self->label = g_new0(const ErrataColumn *, MAX(files->len, 1));
    for (guint i = 0; i < files->len; i++) {
        const ErrataFrame *frame = g_ptr_array_index(files, i);
        guint id = 0, label = 0;

        if (!late_find_columns(frame, settings, &id, &label)) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "a file of labels has no column that is an id or none that is a label: "
                        "expected id,label, found %u columns beginning with '%s'",
                        frame->n_columns,
                        frame->columns[0]->name);
            return FALSE;
        }
        self->label[i] = frame->columns[label];
        for (gsize row = 0; row < frame->n_rows; row++)
            late_take_row(self, i, frame->columns[id], (guint32)row, told);
    }
    return TRUE;
}

/* the roles that hold of the log before labels are joined: a column declared as label may be the
 * one that the join makes, as a report on log and labels has it; @ret_new: there is such */
static GHashTable *
late_own_roles(const ErrataFrame *log, const ErrataSettings *settings, gboolean *ret_new)
{
    GHashTable *own = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer name, role;

    *ret_new = FALSE;
    g_hash_table_iter_init(&iter, settings->roles);
    while (g_hash_table_iter_next(&iter, &name, &role)) {
        if (strcmp(role, "label") == 0 && errata_frame_find(log, name, NULL) == NULL)
            *ret_new = TRUE;
        else
            g_hash_table_insert(own, name, role);
    }
    return own;
}

/* the column of ids in the log: the one named as in the labels, else the one with the role;
 * @ret_label: the column of labels that the log has already, or -1 */
static const ErrataColumn *
late_log_id(const ErrataFrame *log,
            GPtrArray *files,
            const ErrataSettings *settings,
            int *ret_label)
{
    ErrataSettings before = *settings;
    g_autoptr(GHashTable) roles = NULL;
    g_autoptr(ErrataSchema) schema = NULL;
    const ErrataFrame *first = g_ptr_array_index(files, 0);
    guint id = 0, label = 0;
    const ErrataColumn *column = NULL;
    gboolean is_new;

    before.roles = roles = late_own_roles(log, settings, &is_new);
    schema = errata_schema_infer(log, &before, NULL, NULL);
    *ret_label = schema != NULL && !is_new ? schema->label : -1;
    if (late_find_columns(first, settings, &id, &label))
        column = errata_frame_find(log, first->columns[id]->name, NULL);
    if (column == NULL && schema != NULL && schema->id >= 0)
        column = log->columns[schema->id];
    return column;
}

/* per row of the log the entry of its id, G_MAXUINT32: none */
static guint32 *
late_match(Late *self, const ErrataColumn *id, guint64 *ret_n)
{
    guint32 *match = g_new(guint32, MAX(id->n_rows, 1));
    guint32 known = self->ids.n;

    *ret_n = 0;
    for (gsize row = 0; row < id->n_rows; row++) {
        guint32 at = 0;

        match[row] = G_MAXUINT32;
        if (!late_add(self, id, row, &at) || at >= known)
            continue;
        g_array_index(self->entries, LateEntry, at).n_log++;
        match[row] = at;
        ++*ret_n;
    }
    return match;
}

/**
 * errata_late_labels_count:
 * @log: a log
 * @labels: (element-type ErrataFrame): files of ids and labels
 * @settings: roles that the user set
 *
 * Returns: how many rows of the log have an id that stands in @labels
 */
guint64
errata_late_labels_count(const ErrataFrame *log, GPtrArray *labels, const ErrataSettings *settings)
{
    g_auto(Late) late = {0};
    ErrataLateLabels told = {0};
    g_autofree guint32 *match = NULL;
    const ErrataColumn *id;
    guint64 n = 0;
    int label;

    if (!late_read(&late, labels, settings, &told, NULL))
        return 0;
    id = late_log_id(log, labels, settings, &label);
    if (id == NULL)
        return 0;
    match = late_match(&late, id, &n);
    return n;
}

static void
late_append(ErrataColumnStore *store, const ErrataColumn *column, gsize row)
{
    g_autofree char *text = NULL;

    if (column == NULL || !errata_column_is_valid(column, row)) {
        errata_column_store_append_missing(store, 1);
        return;
    }
    text = errata_column_print(column, row);
    errata_column_store_append_cell(store, text, strlen(text));
}

static ErrataColumn *
late_build(const Late *self,
           const ErrataColumn *old,
           const char *name,
           const guint32 *match,
           gsize n_rows,
           ErrataLateLabels *told,
           guint64 *given)
{
    ErrataColumnStore store = {0};
    ErrataColumn *column;

    for (gsize row = 0; row < n_rows; row++) {
        const LateEntry *entry = match[row] != G_MAXUINT32
                                     ? &g_array_index(self->entries, LateEntry, match[row])
                                     : NULL;

        if (entry == NULL || entry->conflicting) {
            late_append(&store, old, row);
            continue;
        }
        told->n_rows++;
        if (given != NULL)
            given[entry->file]++;
        if (old != NULL && errata_column_is_valid(old, row))
            told->n_replaced += !late_same(old, row, self->label[entry->file], entry->row);
        late_append(&store, self->label[entry->file], entry->row);
    }
    column = errata_column_store_finish(&store, name);
    errata_column_store_clear(&store);
    return column;
}

/* what matches nothing is told of files after the first @n_known */
static void
late_count(const Late *self, guint n_known, ErrataLateLabels *told)
{
    for (guint i = 0; i < self->entries->len; i++) {
        const LateEntry *entry = &g_array_index(self->entries, LateEntry, i);

        told->n_unmatched += entry->n_log == 0 && entry->file >= n_known;
        told->n_shared += entry->n_log > 1;
    }
}

/* a name that no column of the log has */
static char *
late_name(const ErrataFrame *log, const char *name)
{
    char *free_name = g_strdup(name);

    while (errata_frame_find(log, free_name, NULL) != NULL) {
        char *longer = g_strconcat(free_name, "_late", NULL);

        g_free(free_name);
        free_name = longer;
    }
    return free_name;
}

static void
late_warn(ErrataFrame *log, guint64 n, const char *one, const char *many)
{
    g_autofree char *count = errata_precision_print((double)n, 0);

    if (n > 0)
        g_ptr_array_add(log->warnings, g_strdup_printf("%s %s", count, n == 1 ? one : many));
}

/* an id as it is written, short */
static char *
late_example(const char *text, gsize length)
{
    g_autofree char *all = g_utf8_make_valid(text, (gssize)length);

    return g_utf8_substring(all, 0, MIN(g_utf8_strlen(all, -1), LATE_EXAMPLE));
}

/* where nothing fits, an id of either side shows why */
static void
late_tell_foreign(const Late *self, const ErrataColumn *id, ErrataFrame *log)
{
    gsize length = 0;
    gsize row = 0;
    const char *text = errata_dictionary_text(&self->ids, 0, &length);
    g_autofree char *theirs = late_example(text, length);
    g_autofree char *cell = NULL;
    g_autofree char *ours = NULL;

    while (row < log->n_rows && !errata_column_is_valid(id, row))
        row++;
    if (row == log->n_rows)
        return;
    cell = errata_column_print(id, row);
    ours = late_example(cell, strlen(cell));
    g_ptr_array_add(log->warnings,
                    g_strdup_printf("no label was joined: its ids are such as '%s', those of the "
                                    "log in column '%s' such as '%s'; were they written otherwise?",
                                    theirs,
                                    id->name,
                                    ours));
}

static void
late_tell(ErrataFrame *log, const ErrataLateLabels *told)
{
    late_warn(log,
              told->n_unmatched,
              "id of the labels is not in the log",
              "ids of the labels are not in the log");
    late_warn(log,
              told->n_conflicting,
              "id has different labels in one file: none was used",
              "ids have different labels in one file: none was used");
    late_warn(log,
              told->n_superseded,
              "label was given again otherwise by a later file, which counts",
              "labels were given again otherwise by a later file, which counts");
    late_warn(log,
              told->n_repeated,
              "row of the labels repeats an id and its label",
              "rows of the labels repeat an id and its label");
    late_warn(log,
              told->n_incomplete,
              "row of the labels lacks an id or a label",
              "rows of the labels lack an id or a label");
    late_warn(log,
              told->n_replaced,
              "row of the log had another label, which was replaced",
              "rows of the log had another label, which was replaced");
    late_warn(log,
              told->n_shared,
              "labelled id stands on several rows of the log, which all got its label",
              "labelled ids stand on several rows of the log each, which all got the label");
}

/**
 * errata_late_labels_join:
 * @log: a frame that nobody else has seen; gets the labels, in its label column or in a new one
 * @labels: (element-type ErrataFrame): files of ids and labels, at least one, oldest first
 * @n_known: how many of the first of them belong to other logs, too: no word of what does not match
 * @settings: roles; a new label column is declared here
 * @ret_told: (out): what was counted; what a reader must know is among the log's warnings
 * @ret_given: (out) (nullable) (array): per file of @labels how many rows have their label from it
 * @error: return location for a #GError
 *
 * Joins labels to predictions by id. Of one id with different labels in one file none is used; of
 * different files the later one counts.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when the log or a file of labels has no ids.
 *
 * Returns: whether it was joined, also when no id matched
 */
gboolean
errata_late_labels_join(ErrataFrame *log,
                        GPtrArray *labels,
                        guint n_known,
                        ErrataSettings *settings,
                        ErrataLateLabels *ret_told,
                        guint64 *ret_given,
                        GError **error)
{
    g_auto(Late) late = {0};
    g_autofree guint32 *match = NULL;
    g_autofree char *name = NULL;
    const ErrataColumn *id, *old;
    ErrataColumn *column;
    guint64 n = 0;
    int label = -1;

    memset(ret_told, 0, sizeof *ret_told);
    if (ret_given != NULL)
        memset(ret_given, 0, labels->len * sizeof *ret_given);
    if (!late_read(&late, labels, settings, ret_told, error))
        return FALSE;
    id = late_log_id(log, labels, settings, &label);
    if (id == NULL) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_INVALID_DATA,
                            "labels are joined by id, but the log has no column of ids: name it "
                            "with --role COLUMN=id");
        return FALSE;
    }
    match = late_match(&late, id, &n);
    late_count(&late, n_known, ret_told);
    old = label >= 0 ? log->columns[label] : NULL;
    name = old != NULL ? g_strdup(old->name) : late_name(log, late.label[0]->name);
    column = late_build(&late, old, name, match, log->n_rows, ret_told, ret_given);
    if (old == NULL) {
        log->columns = g_renew(ErrataColumn *, log->columns, log->n_columns + 1);
        log->columns[log->n_columns++] = column;
        g_hash_table_insert(settings->roles, g_strdup(name), g_strdup("label"));
    } else {
        errata_column_free(log->columns[label]);
        log->columns[label] = column;
    }
    if (n_known == 0 && ret_told->n_rows == 0 && late.entries->len > 0)
        late_tell_foreign(&late, id, log);
    late_tell(log, ret_told);
    return TRUE;
}
