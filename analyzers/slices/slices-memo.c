/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows the slices asked for last have. What is found, refined, confirmed and told of a slice
 * asks for its rows again and again, of either half; two in three of these answers are known. */
#include "slices-memo.h"

#include <string.h>

#define MEMO_SLICES 16 /* of each half */
#define MEMO_HALVES 2

typedef struct {
    Slice slice;
    guint8 *member; /* nullable: one byte a row */
    guint64 asked;  /* when it was asked for last */
} MemoEntry;

struct _SlicesMemo {
    GMutex mutex; /* slices are also looked at in parallel */
    const SlicesHalf *half[MEMO_HALVES];
    MemoEntry entry[MEMO_HALVES][MEMO_SLICES];
    guint64 n_asked;
};

/**
 * errata_slices_memo_new:
 *
 * Returns: (transfer full): a memo of nothing
 */
SlicesMemo *
errata_slices_memo_new(void)
{
    SlicesMemo *self = g_new0(SlicesMemo, 1);

    g_mutex_init(&self->mutex);
    return self;
}

/**
 * errata_slices_memo_free:
 * @self: (transfer full) (nullable): a memo
 */
void
errata_slices_memo_free(SlicesMemo *self)
{
    if (self == NULL)
        return;
    for (guint h = 0; h < MEMO_HALVES; h++)
        for (guint i = 0; i < MEMO_SLICES; i++)
            g_free(self->entry[h][i].member);
    g_mutex_clear(&self->mutex);
    g_free(self);
}

/* the entries of @half; %NULL where those of two others are kept */
static MemoEntry *
memo_entries(SlicesMemo *self, const SlicesHalf *half)
{
    for (guint h = 0; h < MEMO_HALVES; h++) {
        if (self->half[h] == NULL)
            self->half[h] = half;
        if (self->half[h] == half)
            return self->entry[h];
    }
    return NULL;
}

/* equal bytes are equal conditions; the reverse need not hold, it only costs a look */
static gboolean
memo_is_same(const Slice *a, const Slice *b)
{
    return a->n == b->n && memcmp(a->condition, b->condition, a->n * sizeof *a->condition) == 0 &&
           a->timed == b->timed && (!a->timed || (a->from == b->from && a->to == b->to));
}

/**
 * errata_slices_memo_find:
 * @self: a memo
 * @half: a half of a table; the columns of the table stay as they are while the memo lives
 * @slice: a conjunction
 * @ret_member: (array length=half->n_rows): 1 for its rows, else 0, where they are known
 *
 * Looks up what errata_slices_memo_add() was told. May be called from any thread.
 *
 * Returns: whether they are known
 */
gboolean
errata_slices_memo_find(SlicesMemo *self,
                        const SlicesHalf *half,
                        const Slice *slice,
                        guint8 *ret_member)
{
    gboolean known = FALSE;
    MemoEntry *entries;

    g_mutex_lock(&self->mutex);
    entries = memo_entries(self, half);
    for (guint i = 0; entries != NULL && !known && i < MEMO_SLICES; i++) {
        MemoEntry *entry = &entries[i];

        if (entry->member == NULL || !memo_is_same(&entry->slice, slice))
            continue;
        entry->asked = ++self->n_asked;
        memcpy(ret_member, entry->member, half->n_rows);
        known = TRUE;
    }
    g_mutex_unlock(&self->mutex);
    return known;
}

/**
 * errata_slices_memo_add:
 * @self: a memo
 * @half: a half of a table
 * @slice: a conjunction
 * @member: (array length=half->n_rows): 1 for its rows, else 0
 *
 * Keeps the rows of a slice in place of those of the slice that was not asked for longest. May be
 * called from any thread.
 */
void
errata_slices_memo_add(SlicesMemo *self,
                       const SlicesHalf *half,
                       const Slice *slice,
                       const guint8 *member)
{
    MemoEntry *entries, *oldest;

    g_mutex_lock(&self->mutex);
    entries = oldest = memo_entries(self, half);
    for (guint i = 1; entries != NULL && i < MEMO_SLICES; i++)
        if (entries[i].asked < oldest->asked)
            oldest = &entries[i];
    if (oldest != NULL) {
        if (oldest->member == NULL)
            oldest->member = g_malloc(MAX(half->n_rows, 1));
        oldest->slice = *slice;
        oldest->asked = ++self->n_asked;
        memcpy(oldest->member, member, half->n_rows);
    }
    g_mutex_unlock(&self->mutex);
}
