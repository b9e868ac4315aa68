/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hash of names that a file chose. Of g_str_hash() names of one hash can be written down as many
 * as one likes ("Bz" is "CY"), which makes a table of them quadratic; of SipHash they must be
 * searched for, 2^32 trials each. The key is fixed, so that a run is as the one before.
 * Source: Aumasson and Bernstein, SipHash: a fast short-input PRF, 2012; 1 and 3 rounds. */
#include "text-hash.h"

#include <string.h>

typedef struct {
    guint64 v[4];
} Sip;

static guint64
sip_rotate(guint64 value, guint bits)
{
    return value << bits | value >> (64 - bits);
}

static void
sip_round(Sip *self)
{
    guint64 *v = self->v;

    v[0] += v[1];
    v[1] = sip_rotate(v[1], 13) ^ v[0];
    v[0] = sip_rotate(v[0], 32);
    v[2] += v[3];
    v[3] = sip_rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = sip_rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = sip_rotate(v[1], 17) ^ v[2];
    v[2] = sip_rotate(v[2], 32);
}

static void
sip_word(Sip *self, guint64 word)
{
    self->v[3] ^= word;
    sip_round(self);
    self->v[0] ^= word;
}

/**
 * errata_text_hash:
 * @text: NUL-terminated
 *
 * Returns: its hash, for g_hash_table_new() beside g_str_equal()
 */
guint
errata_text_hash(gconstpointer text)
{
    const char *at = text;
    gsize length = strlen(at);
    guint64 last = (guint64)length << 56;
    /* the words of the paper, with a key of our own */
    Sip sip = {{G_GUINT64_CONSTANT(0x736f6d6570736575) ^ G_GUINT64_CONSTANT(0x2545f4914f6cdd1d),
                G_GUINT64_CONSTANT(0x646f72616e646f6d) ^ G_GUINT64_CONSTANT(0x9e3779b97f4a7c15),
                G_GUINT64_CONSTANT(0x6c7967656e657261) ^ G_GUINT64_CONSTANT(0x2545f4914f6cdd1d),
                G_GUINT64_CONSTANT(0x7465646279746573) ^ G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)}};

    for (; length >= 8; length -= 8, at += 8) {
        guint64 word;

        memcpy(&word, at, sizeof word);
        sip_word(&sip, GUINT64_FROM_LE(word));
    }
    for (gsize i = 0; i < length; i++)
        last |= (guint64)(guint8)at[i] << (8 * i);
    sip_word(&sip, last);
    sip.v[2] ^= 0xff;
    for (guint i = 0; i < 3; i++)
        sip_round(&sip);
    last = sip.v[0] ^ sip.v[1] ^ sip.v[2] ^ sip.v[3];
    return (guint)(last ^ last >> 32);
}
