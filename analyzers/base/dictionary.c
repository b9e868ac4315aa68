/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distinct strings: bytes one after the other, and a table of slots with linear probing. Input
 * made to collide ends in a refusal, never in quadratic time. */
#include "dictionary.h"

#include <string.h>

#include "limit.h"

#define DICTIONARY_MAX_PROBES 512

/* 64-bit multiply and fold of eight bytes at a time, after wyhash (Wang Yi 2019) */
static guint32
dictionary_hash(const char *text, gsize length)
{
    const guint64 k = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    guint64 hash = (length + 1) * k;

    for (; length > 0;) {
        guint64 word = 0;
        gsize n = MIN(length, sizeof word);
        unsigned __int128 product;

        if (n == sizeof word)
            memcpy(&word, text, sizeof word);
        else
            for (gsize i = 0; i < n; i++)
                word |= (guint64)(guint8)text[i] << (8 * i);
        product = (unsigned __int128)(hash ^ word) * k;
        hash = (guint64)product ^ (guint64)(product >> 64) ^ length;
        text += n;
        length -= n;
    }
    return (guint32)(hash ^ hash >> 32);
}

static void
dictionary_grow_slots(ErrataDictionary *self)
{
    guint32 n_slots = self->slot == NULL ? 64 : (self->slot_mask + 1) * 2;

    g_free(self->slot);
    self->slot = g_new0(guint32, n_slots);
    self->slot_mask = n_slots - 1;
    for (guint32 string = 0; string < self->n; string++) {
        guint32 at = self->hash[string] & self->slot_mask;

        while (self->slot[at] != 0)
            at = (at + 1) & self->slot_mask;
        self->slot[at] = string + 1;
    }
}

static guint32
dictionary_append(ErrataDictionary *self, const char *text, gsize length, guint32 hash)
{
    gsize used = self->n > 0 ? (gsize)self->offset[self->n] : 0;

    if (self->n + 1 >= self->n_allocated) {
        self->n_allocated = MAX(self->n_allocated * 2, 64);
        self->offset = g_renew(guint64, self->offset, self->n_allocated);
        self->hash = g_renew(guint32, self->hash, self->n_allocated);
    }
    if (self->bytes_allocated - used < length + 1) {
        self->bytes_allocated = MAX(self->bytes_allocated * 2, used + length + 256);
        self->bytes = g_realloc(self->bytes, self->bytes_allocated);
    }
    if (length > 0)
        memcpy(self->bytes + used, text, length);
    self->offset[self->n] = used;
    self->offset[self->n + 1] = used + length;
    self->hash[self->n] = hash;
    return self->n++;
}

/**
 * errata_dictionary_add:
 * @self: a dictionary
 * @text: (array length=length): a string, perhaps there already
 * @length: its bytes
 * @ret_string: (out): its number, counted from 0 in order of first appearance
 *
 * Returns: %FALSE when it is new and there is no room: %ERRATA_LIMIT_DICTIONARY strings, or input
 *   made to collide
 */
gboolean
errata_dictionary_add(ErrataDictionary *self, const char *text, gsize length, guint32 *ret_string)
{
    guint32 hash = dictionary_hash(text, length);
    guint32 at;

    if (self->slot == NULL || self->n >= (self->slot_mask + 1) / 2)
        dictionary_grow_slots(self);
    at = hash & self->slot_mask;
    for (guint probes = 0; self->slot[at] != 0; at = (at + 1) & self->slot_mask) {
        guint32 string = self->slot[at] - 1;
        gsize known_length;
        const char *known = errata_dictionary_text(self, string, &known_length);

        if (self->hash[string] == hash && known_length == length &&
            (length == 0 || memcmp(known, text, length) == 0)) {
            *ret_string = string;
            return TRUE;
        }
        if (++probes > DICTIONARY_MAX_PROBES)
            return FALSE;
    }
    if (self->n >= ERRATA_LIMIT_DICTIONARY)
        return FALSE;
    *ret_string = dictionary_append(self, text, length, hash);
    self->slot[at] = *ret_string + 1;
    return TRUE;
}

/* forgets the strings and keeps the memory */
void
errata_dictionary_empty(ErrataDictionary *self)
{
    if (self->n > 0)
        memset(self->slot, 0, (self->slot_mask + 1) * sizeof *self->slot);
    self->n = 0;
}

void
errata_dictionary_clear(ErrataDictionary *self)
{
    g_free(self->offset);
    g_free(self->hash);
    g_free(self->bytes);
    g_free(self->slot);
    *self = (ErrataDictionary){0};
}
