/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Some rows of a frame as a frame of their own, as if the log had held no others. */
#include "frame-select.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const guint32 *row;
    gsize n;
} FrameSelect;

/* the dictionary keeps only values in use, in order of first appearance among the rows kept */
static void
frame_select_category(const FrameSelect *self, const ErrataColumn *from, ErrataColumn *to)
{
    g_autofree guint32 *place = g_new0(guint32, (gsize)from->n_dictionary + 1); /* code + 1 */
    g_autoptr(GPtrArray) values = g_ptr_array_new();

    for (gsize i = 0; i < self->n; i++) {
        guint32 code;

        if (!errata_column_is_valid(from, self->row[i]))
            continue;
        code = from->code[self->row[i]];
        if (place[code] == 0) {
            g_ptr_array_add(values, g_strdup(from->dictionary[code]));
            place[code] = values->len;
        }
        to->code[i] = place[code] - 1;
    }
    to->n_dictionary = values->len;
    g_ptr_array_add(values, NULL);
    to->dictionary = (char **)g_ptr_array_free(g_steal_pointer(&values), FALSE);
}

static void
frame_select_text(const FrameSelect *self, const ErrataColumn *from, ErrataColumn *to)
{
    guint64 bytes = 0;

    for (gsize i = 0; i < self->n; i++) {
        bytes += from->offset[self->row[i] + 1] - from->offset[self->row[i]];
        to->offset[i + 1] = bytes;
    }
    to->bytes = g_malloc(bytes + 1);
    for (gsize i = 0; i < self->n; i++)
        if (to->offset[i + 1] > to->offset[i])
            memcpy(to->bytes + to->offset[i],
                   from->bytes + from->offset[self->row[i]],
                   to->offset[i + 1] - to->offset[i]);
}

static void
frame_select_valid(const FrameSelect *self, const ErrataColumn *from, ErrataColumn *to)
{
    if (from->valid == NULL)
        return;
    to->valid = g_new0(guint64, (self->n + 63) / 64 + 1);
    for (gsize i = 0; i < self->n; i++) {
        gboolean valid = errata_column_is_valid(from, self->row[i]);

        to->valid[i >> 6] |= (guint64)(valid ? 1 : 0) << (i & 63);
        to->n_missing += valid ? 0 : 1;
    }
    if (to->n_missing == 0)
        g_clear_pointer(&to->valid, g_free);
}

static int
frame_select_compare_cb(const void *a, const void *b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return x < y ? -1 : x > y;
}

static void
frame_select_trimmed(const FrameSelect *self, const ErrataColumn *from, ErrataColumn *to)
{
    if (from->n_trimmed == 0)
        return;
    to->trimmed = g_new(guint32, MAX(self->n, 1));
    for (gsize i = 0; i < self->n; i++)
        if (bsearch(&self->row[i],
                    from->trimmed,
                    from->n_trimmed,
                    sizeof *from->trimmed,
                    frame_select_compare_cb) != NULL)
            to->trimmed[to->n_trimmed++] = (guint32)i;
}

/**
 * errata_frame_select_column:
 * @from: a column
 * @row: (array length=n): rows of it, in any order
 * @n: number of rows
 *
 * Returns: (transfer full): a column of these rows
 */
ErrataColumn *
errata_frame_select_column(const ErrataColumn *from, const guint32 *row, gsize n)
{
    const FrameSelect *self = &(FrameSelect){row, n};
    ErrataColumn *to = errata_column_new(from->name, from->type, n);

    switch (from->type) {
    case ERRATA_COLUMN_F64:
        for (gsize i = 0; i < self->n; i++)
            to->f64[i] = from->f64[self->row[i]];
        break;
    case ERRATA_COLUMN_I64:
    case ERRATA_COLUMN_TIME:
        for (gsize i = 0; i < self->n; i++)
            to->i64[i] = errata_column_integer(from, self->row[i]);
        break;
    case ERRATA_COLUMN_BOOL:
        for (gsize i = 0; i < self->n; i++)
            to->boolean[i] = from->boolean[self->row[i]];
        break;
    case ERRATA_COLUMN_CATEGORY:
        frame_select_category(self, from, to);
        break;
    case ERRATA_COLUMN_TEXT:
        frame_select_text(self, from, to);
        break;
    }
    frame_select_valid(self, from, to);
    errata_column_narrow(to);
    to->unit = g_strdup(from->unit);
    to->zone = from->zone;
    to->n_unparsable = from->n_unparsable;
    to->n_unknown = from->n_unknown;
    to->n_infinite = from->n_infinite;
    to->first_unparsable_row = from->first_unparsable_row;
    to->unparsable = g_strdupv(from->unparsable);
    to->class_words = g_strdupv(from->class_words);
    to->class_why = from->class_why;
    to->missing_words = g_strdupv(from->missing_words);
    to->n_worded = from->n_worded == from->n_missing ? to->n_missing : 0; /* else not known */
    frame_select_trimmed(self, from, to);
    return to;
}

static gpointer
frame_select_copy_reject_cb(gconstpointer item, gpointer data)
{
    const ErrataReject *from = item;
    ErrataReject *to = g_new0(ErrataReject, 1);

    to->where = g_strdup(from->where);
    to->why = g_strdup(from->why);
    to->excerpt = g_strdup(from->excerpt);
    return to;
}

static gpointer
frame_select_copy_text_cb(gconstpointer item, gpointer data)
{
    return g_strdup(item);
}

/**
 * errata_frame_select:
 * @self: a frame
 * @row: (array length=n): rows of it, increasing
 * @n: number of rows
 *
 * What is said of the input as a whole (rejected records, warnings, cells that could not be read)
 * is said of the selection too.
 *
 * Returns: (transfer full): a frame of these rows, with the same columns in the same order
 */
ErrataFrame *
errata_frame_select(const ErrataFrame *self, const guint32 *row, gsize n)
{
    ErrataFrame *frame = g_new0(ErrataFrame, 1);

    g_atomic_ref_count_init(&frame->ref_count);
    frame->n_rows = n;
    frame->n_columns = self->n_columns;
    frame->columns = g_new0(ErrataColumn *, self->n_columns + 1);
    for (guint i = 0; i < self->n_columns; i++)
        frame->columns[i] = errata_frame_select_column(self->columns[i], row, n);
    frame->n_rejected = self->n_rejected;
    frame->rejects = g_ptr_array_copy(self->rejects, frame_select_copy_reject_cb, NULL);
    g_ptr_array_set_free_func(frame->rejects, (GDestroyNotify)errata_reject_free);
    frame->warnings = g_ptr_array_copy(self->warnings, frame_select_copy_text_cb, NULL);
    g_ptr_array_set_free_func(frame->warnings, g_free);
    return frame;
}
