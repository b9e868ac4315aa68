/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CatBoost knows categories by the lower half of CityHash64, version 1.0 (Pike and Alakuijala
 * 2011): strings of up to 16, 32 and 64 bytes are mixed at once, longer ones in steps of 64 bytes
 * from a state that their end has seeded. All arithmetic is modulo 2^64, words are
 * little-endian. */
#include <string.h>

#include "catboost-private.h"

#define HASH_K0  G_GUINT64_CONSTANT(0xc3a5c85c97cb3127)
#define HASH_K1  G_GUINT64_CONSTANT(0xb492b66fbe98f273)
#define HASH_K2  G_GUINT64_CONSTANT(0x9ae16a3b2f90404f)
#define HASH_K3  G_GUINT64_CONSTANT(0xc949d7c7509e6557)
#define HASH_MUL G_GUINT64_CONSTANT(0x9ddfea08eb382d69)

typedef struct {
    guint64 low;
    guint64 high;
} HashPair;

static guint64
hash_word(const char *at)
{
    guint64 word;

    memcpy(&word, at, sizeof word);
    return GUINT64_FROM_LE(word);
}

static guint64
hash_half(const char *at)
{
    guint32 word;

    memcpy(&word, at, sizeof word);
    return GUINT32_FROM_LE(word);
}

static guint64
hash_rotate(guint64 value, guint by)
{
    return (value >> by) | (value << ((64 - by) & 63));
}

static guint64
hash_fold(guint64 value)
{
    return value ^ (value >> 47);
}

/* two words to one, in the manner of Murmur */
static guint64
hash_mix(guint64 u, guint64 v)
{
    guint64 a = hash_fold((u ^ v) * HASH_MUL);
    guint64 b = hash_fold((v ^ a) * HASH_MUL);

    return b * HASH_MUL;
}

static guint64
hash_16(const char *s, gsize n)
{
    if (n > 8) {
        guint64 end = hash_word(s + n - 8);

        return hash_mix(hash_word(s), hash_rotate(end + n, (guint)n)) ^ end;
    }
    if (n >= 4)
        return hash_mix(n + (hash_half(s) << 3), hash_half(s + n - 4));
    if (n > 0) {
        guint64 y = (guint64)(guint8)s[0] + ((guint64)(guint8)s[n >> 1] << 8);
        guint64 z = n + ((guint64)(guint8)s[n - 1] << 2);

        return hash_fold(y * HASH_K2 ^ z * HASH_K3) * HASH_K2;
    }
    return HASH_K2;
}

static guint64
hash_32(const char *s, gsize n)
{
    guint64 a = hash_word(s) * HASH_K1;
    guint64 b = hash_word(s + 8);
    guint64 c = hash_word(s + n - 8) * HASH_K2;
    guint64 d = hash_word(s + n - 16) * HASH_K0;

    return hash_mix(hash_rotate(a - b, 43) + hash_rotate(c, 30) + d,
                    a + hash_rotate(b ^ HASH_K3, 20) - c + n);
}

/* 32 bytes, whose first word has @a in it already, to two words */
static HashPair
hash_quarter(const char *s, guint64 a, guint64 z)
{
    guint64 b = hash_rotate(a + z, 52);
    guint64 c = hash_rotate(a, 37);
    HashPair pair;

    a += hash_word(s + 8);
    c += hash_rotate(a, 7);
    a += hash_word(s + 16);
    pair.low = a + z;
    pair.high = b + hash_rotate(a, 31) + c;
    return pair;
}

static guint64
hash_64(const char *s, gsize n)
{
    HashPair v =
        hash_quarter(s, hash_word(s) + (n + hash_word(s + n - 16)) * HASH_K0, hash_word(s + 24));
    HashPair w =
        hash_quarter(s + n - 32, hash_word(s + 16) + hash_word(s + n - 32), hash_word(s + n - 8));
    guint64 r = hash_fold((v.low + w.high) * HASH_K2 + (w.low + v.high) * HASH_K0);

    return hash_fold(r * HASH_K0 + v.high) * HASH_K2;
}

static HashPair
hash_weak(const char *s, guint64 a, guint64 b)
{
    guint64 end = hash_word(s + 24);
    HashPair pair;
    guint64 start;

    a += hash_word(s);
    b = hash_rotate(b + a + end, 21);
    start = a;
    a += hash_word(s + 8) + hash_word(s + 16);
    b += hash_rotate(a, 44);
    pair.low = a + end;
    pair.high = b + start;
    return pair;
}

static guint64
hash_long(const char *s, gsize n)
{
    guint64 x = hash_word(s);
    guint64 y = hash_word(s + n - 16) ^ HASH_K1;
    guint64 z = hash_word(s + n - 56) ^ HASH_K0;
    HashPair v = hash_weak(s + n - 64, n, y);
    HashPair w = hash_weak(s + n - 32, n * HASH_K1, HASH_K0);

    z += hash_fold(v.high) * HASH_K1;
    x = hash_rotate(z + x, 39) * HASH_K1;
    y = hash_rotate(y, 33) * HASH_K1;
    for (gsize left = (n - 1) & ~(gsize)63; left > 0; left -= 64, s += 64) {
        guint64 swap;

        x = hash_rotate(x + y + v.low + hash_word(s + 16), 37) * HASH_K1 ^ w.high;
        y = hash_rotate(y + v.high + hash_word(s + 48), 42) * HASH_K1 ^ v.low;
        z = hash_rotate(z ^ w.low, 33);
        v = hash_weak(s, v.high * HASH_K1, x + w.low);
        w = hash_weak(s + 32, z + w.high, y);
        swap = z;
        z = x;
        x = swap;
    }
    return hash_mix(hash_mix(v.low, w.low) + hash_fold(y) * HASH_K1 + z,
                    hash_mix(v.high, w.high) + x);
}

/* the number by which CatBoost knows the category @text */
guint32
cb_hash(const char *text, gsize size)
{
    guint64 hash = size <= 16   ? hash_16(text, size)
                   : size <= 32 ? hash_32(text, size)
                   : size <= 64 ? hash_64(text, size)
                                : hash_long(text, size);

    return (guint32)hash;
}
