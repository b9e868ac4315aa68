/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of many codes are in a set, 32 at a time: the lower four bits of a code choose a byte of
 * the set and the upper four a bit of it (Mula 2018, "SIMDized check which bytes are in a set"). */
#include "code-set.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/**
 * errata_code_set_init:
 * @self: a set
 * @mark: (array length=256): a mark per code
 * @wanted: the mark of those that are in the set
 */
void
errata_code_set_init(ErrataCodeSet *self, const guint8 *mark, guint8 wanted)
{
    memset(self, 0, sizeof *self);
    for (guint c = 0; c < 256; c++)
        if (mark[c] == wanted)
            self->half[c >> 7][c & 15] |= (guint8)(1U << (c >> 4 & 7));
}

static void
set_find(const ErrataCodeSet *self, const guint8 *code, gsize n_words, guint64 *ret_word)
{
    for (gsize w = 0; w < n_words; w++, code += 64) {
        guint64 word = 0;

        for (guint i = 0; i < 64; i++) {
            guint c = code[i];

            word |= (guint64)(self->half[c >> 7][c & 15] >> (c >> 4 & 7) & 1) << i;
        }
        ret_word[w] = word;
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline guint32
set_of_32(const guint8 *code, __m256i below, __m256i above, __m256i bits)
{
    __m256i nibble = _mm256_set1_epi8(15);
    __m256i codes = _mm256_loadu_si256((const __m256i *)(gconstpointer)code);
    __m256i low = _mm256_and_si256(codes, nibble);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(codes, 4), nibble);
    __m256i bit = _mm256_shuffle_epi8(bits, high);
    __m256i byte =
        _mm256_blendv_epi8(_mm256_shuffle_epi8(below, low), _mm256_shuffle_epi8(above, low), codes);

    return (guint32)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(byte, bit), bit));
}

__attribute__((target("avx2"))) static void
set_find_wide(const ErrataCodeSet *self, const guint8 *code, gsize n_words, guint64 *ret_word)
{
    __m256i below =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(gconstpointer)self->half[0]));
    __m256i above =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(gconstpointer)self->half[1]));
    __m256i bits = _mm256_set1_epi64x((gint64)G_GUINT64_CONSTANT(0x8040201008040201));

    for (gsize w = 0; w < n_words; w++, code += 64)
        ret_word[w] = set_of_32(code, below, above, bits) |
                      (guint64)set_of_32(code + 32, below, above, bits) << 32;
}
#endif

/**
 * errata_code_set_find:
 * @self: a set
 * @code: (array): 64 × @n_words codes
 * @n_words: how many
 * @ret_word: (out caller-allocates) (array length=n_words): a bit per code, 1 for those in the set
 */
void
errata_code_set_find(const ErrataCodeSet *self,
                     const guint8 *code,
                     gsize n_words,
                     guint64 *ret_word)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        set_find_wide(self, code, n_words, ret_word);
        return;
    }
#endif
    set_find(self, code, n_words, ret_word);
}
