/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "jsonl-private.h"
#include "limit.h"

#define INPUT_BLOCK (1U << 20)

void
errata_jsonl_input_init(ErrataJsonlInput *self, ErrataSource *source)
{
    memset(self, 0, sizeof *self);
    self->source = source;
    self->allocated = INPUT_BLOCK;
    self->data = g_malloc(self->allocated);
}

void
errata_jsonl_input_clear(ErrataJsonlInput *self)
{
    g_free(self->data);
}

/* drops what is used and reads at least one byte more, or sets self->ended; the window grows to
 * what is not used, which the caller keeps below ERRATA_LIMIT_LINE_BYTES */
gboolean
errata_jsonl_input_more(ErrataJsonlInput *self, GError **error)
{
    gssize got;

    self->size -= self->begin;
    memmove(self->data, self->data + self->begin, self->size);
    self->offset += self->begin;
    self->begin = 0;
    if (self->size > self->allocated / 2) {
        self->allocated *= 2;
        self->data = g_realloc(self->data, self->allocated);
    }
    got = errata_source_read(self->source,
                             self->data + self->size,
                             self->allocated - self->size,
                             error);
    if (got < 0)
        return FALSE;
    self->ended = got == 0;
    self->size += (gsize)got;
    return TRUE;
}
