/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream that, when the one beneath is cut, ends after the last whole line instead: the rows of a
 * truncated download are kept, the half row is not, and a warning says so. Bytes are held back to
 * the last newline of each block; a block without one is passed on as it is. */
#include <string.h>

#include "archive-private.h"
#include "error.h"

#define WHOLE_LINES_BLOCK (256U << 10)

typedef struct {
    ErrataSource *inner;
    ErrataCut *cut;
    GPtrArray *warnings;
    guint8 *block;
    gsize begin; /* next byte to hand out */
    gsize end;   /* one past the last byte that may be handed out */
    gsize size;  /* bytes in the block */
    guint64 given;
    gboolean ended;
} WholeLines;

static gboolean
whole_lines_fill(WholeLines *self, GError **error)
{
    const guint8 *newline;

    memmove(self->block, self->block + self->end, self->size - self->end);
    self->size -= self->end;
    self->begin = self->end = 0;
    while (self->size < WHOLE_LINES_BLOCK && !self->ended) {
        g_autoptr(GError) local = NULL;
        gssize got = errata_source_read(self->inner,
                                        self->block + self->size,
                                        WHOLE_LINES_BLOCK - self->size,
                                        &local);
        if (got < 0 && self->cut->cut) {
            newline = memrchr(self->block, '\n', self->size);
            if (newline == NULL && self->given == 0) { /* not one line is whole */
                g_propagate_error(error, g_steal_pointer(&local));
                return FALSE;
            }
            self->size = newline != NULL ? (gsize)(newline - self->block) + 1 : 0;
            g_ptr_array_add(self->warnings,
                            g_strdup_printf("%s; the %" G_GUINT64_FORMAT
                                            " bytes up to the last whole line are read",
                                            local->message,
                                            self->given + self->size));
            got = 0;
        }
        if (got < 0) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        self->ended = got == 0;
        self->size += (gsize)got;
    }
    newline = self->ended ? NULL : memrchr(self->block, '\n', self->size);
    self->end = newline != NULL ? (gsize)(newline - self->block) + 1 : self->size;
    self->given += self->end;
    return TRUE;
}

static gssize
whole_lines_read(gpointer state, void *buffer, gsize size, GError **error)
{
    WholeLines *self = state;
    gsize n;

    if (self->begin == self->end && !(self->ended && self->end == self->size) &&
        !whole_lines_fill(self, error))
        return -1;
    n = MIN(size, self->end - self->begin);
    memcpy(buffer, self->block + self->begin, n);
    self->begin += n;
    return (gssize)n;
}

static void
whole_lines_free(gpointer state)
{
    WholeLines *self = state;

    errata_source_free(self->inner);
    g_free(self->block);
    g_free(self);
}

/**
 * errata_whole_lines_new:
 * @inner: (transfer full): a decompressor
 * @cut: (transfer none): how it tells that its input was cut
 * @warnings: (element-type utf8): where the warning goes
 *
 * Returns: (transfer full): the stream of whole lines
 */
ErrataSource *
errata_whole_lines_new(ErrataSource *inner, ErrataCut *cut, GPtrArray *warnings)
{
    static const ErrataSourceClass klass = {whole_lines_read, whole_lines_free};
    WholeLines *self = g_new0(WholeLines, 1);

    self->inner = inner;
    self->cut = cut;
    self->warnings = warnings;
    self->block = g_malloc(WHOLE_LINES_BLOCK);
    return errata_source_new(&klass, self, errata_source_name(inner));
}
