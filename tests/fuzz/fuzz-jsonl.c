/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as JSON: refused in words, or a frame that keeps its promises, the same whatever the
 * size of the pieces in which the bytes arrive. */
#include <math.h>
#include <string.h>

#include "plugin.h"

extern const ErrataPlugin errata_plugin_jsonl;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    const guint8 *data;
    gsize left;
    gsize step;
} FuzzPieces;

static gssize
fuzz_pieces_read(gpointer state, void *buffer, gsize size, GError **error)
{
    FuzzPieces *self = state;
    gsize n = MIN(MIN(size, self->left), self->step);

    if (n > 0)
        memcpy(buffer, self->data, n);
    self->data += n;
    self->left -= n;
    return (gssize)n;
}

static void
fuzz_pieces_free(gpointer state)
{
}

static ErrataFrame *
fuzz_read(const guint8 *data, gsize size, gsize step)
{
    static const ErrataSourceClass klass = {fuzz_pieces_read, fuzz_pieces_free};
    FuzzPieces pieces = {data, size, step};
    g_autoptr(ErrataSource) source = errata_source_new(&klass, &pieces, "fuzz");
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;
    ErrataFrame *frame = NULL;

    if (errata_plugin_jsonl.formats[0]->read(source, builder, &error))
        frame = errata_frame_builder_finish(builder, &error);
    g_assert_true((frame == NULL) == (error != NULL));
    return frame;
}

static void
fuzz_check_columns(const ErrataColumn *a, const ErrataColumn *b)
{
    g_assert_true(g_utf8_validate(a->name, -1, NULL));
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_cmpint(a->type, ==, b->type);
    for (gsize row = 0; row < a->n_rows; row++) {
        g_autofree char *text = NULL;
        gboolean valid = errata_column_is_valid(a, row);

        g_assert_true(valid == errata_column_is_valid(b, row));
        g_assert_cmpuint(errata_column_hash(a, row), ==, errata_column_hash(b, row));
        if (a->type == ERRATA_COLUMN_F64)
            g_assert_true(valid ? isfinite(a->f64[row]) : isnan(a->f64[row]));
        text = valid ? errata_column_print(a, row) : NULL;
        g_assert_true(text == NULL || g_utf8_validate(text, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(ErrataFrame) whole = fuzz_read(data, size, G_MAXSIZE);
    g_autoptr(ErrataFrame) pieces = fuzz_read(data, size, 1 + size / 7);

    g_assert_true((whole == NULL) == (pieces == NULL));
    if (whole == NULL)
        return 0;
    g_assert_cmpuint(whole->n_rows, ==, pieces->n_rows);
    g_assert_cmpuint(whole->n_columns, ==, pieces->n_columns);
    g_assert_cmpuint(whole->n_rejected, ==, pieces->n_rejected);
    for (guint i = 0; i < whole->n_columns; i++)
        fuzz_check_columns(whole->columns[i], pieces->columns[i]);
    for (guint i = 0; i < whole->rejects->len; i++) {
        const ErrataReject *reject = g_ptr_array_index(whole->rejects, i);

        g_assert_true(g_utf8_validate(reject->excerpt, -1, NULL));
    }
    return 0;
}
