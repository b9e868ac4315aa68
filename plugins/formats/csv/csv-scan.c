/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where fields end: 64 bytes at a time become bit masks of separators, line feeds and quotes; the
 * running parity of quotes tells which separators count. After Langdale and Lemire 2019, "Parsing
 * gigabytes of JSON per second", section 3.1. */
#include <string.h>

#include "csv-private.h"

/* so that the vector version compiles them for its processor */
#define CSV_INLINE inline __attribute__((always_inline))

typedef struct {
    guint64 separator;
    guint64 line;
    guint64 quote;
    guint64 cr;
    guint64 nul;
    guint64 foreign;
} CsvMasks;

/* what goes over from one word to the next */
typedef struct {
    guint64 inside;      /* all ones: the word starts within quotes */
    guint64 after_end;   /* 1: the byte before the word ended a field */
    guint64 after_close; /* 1: the byte before the word was a closing quote */
    guint64 after_cr;    /* 1: the two bytes before it were a closing quote and a CR */
    guint64 not_whole;
    guint64 wild;
} CsvCarry;

static CSV_INLINE guint64
csv_scan_parity(guint64 bits)
{
    for (guint shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

/* ends of fields in this word; notes quotes that do not stand around whole fields, and those that
 * make the parity unreliable (neither around fields nor doubled) */
static CSV_INLINE guint64
csv_scan_quotes(CsvCarry *carry, const CsvMasks *m, guint64 known)
{
    guint64 inside = csv_scan_parity(m->quote) ^ carry->inside;
    guint64 ends = (m->separator | m->line) & ~inside;
    guint64 opening = m->quote & inside;
    guint64 closing = m->quote & ~inside;
    guint64 behind_end = ends << 1 | carry->after_end;
    guint64 behind_close = (closing << 1 | carry->after_close) & known;
    guint64 close_cr = behind_close & m->cr;
    guint64 loose_cr = (close_cr << 1 | carry->after_cr) & known & ~m->line;

    carry->not_whole |= (opening & ~behind_end) | (behind_close & ~(ends | m->cr)) | loose_cr;
    carry->wild |= (opening & ~(behind_end | behind_close)) |
                   (behind_close & ~(ends | m->cr | m->quote)) | loose_cr;
    carry->inside = 0 - (inside >> 63);
    carry->after_end = ends >> 63;
    carry->after_close = closing >> 63;
    carry->after_cr = close_cr >> 63;
    return ends;
}

static CSV_INLINE void
csv_scan_word(CsvScan *scan,
              CsvCarry *carry,
              const CsvMasks *m,
              guint64 known,
              gsize base,
              guint32 *index)
{
    guint64 ends;
    guint64 lines;

    scan->any_cr |= m->cr != 0;
    scan->any_nul |= m->nul != 0;
    scan->any_foreign |= m->foreign != 0;
    if (m->quote != 0 || scan->any_quote) {
        scan->any_quote = TRUE;
        ends = csv_scan_quotes(carry, m, known);
    } else {
        ends = m->separator | m->line;
        carry->after_end = ends >> 63;
    }
    lines = ends & m->line;
    scan->n_lines += (gsize)__builtin_popcountll(lines);
    if (lines != 0)
        scan->last_line = base + 63 - (gsize)__builtin_clzll(lines);
    if (index == NULL)
        return;
    index += scan->n_ends;
    scan->n_ends += (gsize)__builtin_popcountll(ends);
    for (; ends != 0; ends &= ends - 1)
        *index++ = (guint32)(base + (gsize)__builtin_ctzll(ends));
}

static CSV_INLINE void
csv_scan_known(CsvMasks *m, guint64 known)
{
    m->separator &= known;
    m->line &= known;
    m->quote &= known;
    m->cr &= known;
    m->nul &= known;
    m->foreign &= known;
}

static CSV_INLINE CsvMasks
csv_scan_masks_plain(const char *p, char separator)
{
    CsvMasks m = {0, 0, 0, 0, 0, 0};

    for (guint i = 0; i < 64; i++) {
        m.separator |= (guint64)(p[i] == separator) << i;
        m.line |= (guint64)(p[i] == '\n') << i;
        m.quote |= (guint64)(p[i] == '"') << i;
        m.cr |= (guint64)(p[i] == '\r') << i;
        m.nul |= (guint64)(p[i] == '\0') << i;
        m.foreign |= (guint64)((guint8)p[i] >> 7) << i;
    }
    return m;
}

static void
csv_scan_finish(CsvScan *scan, const CsvCarry *carry)
{
    scan->odd_quotes = carry->not_whole != 0;
    scan->wild_quotes = carry->wild != 0;
    scan->open = carry->inside != 0;
}

CsvScan
errata_csv_scan_plain(const char *text, gsize size, char separator, guint32 *index)
{
    CsvScan scan = {.last_line = G_MAXSIZE};
    CsvCarry carry = {.after_end = 1};

    for (gsize base = 0; base < size; base += 64) {
        guint64 known = size - base < 64 ? (G_GUINT64_CONSTANT(1) << (size - base)) - 1
                                         : G_MAXUINT64;
        CsvMasks m = csv_scan_masks_plain(text + base, separator);

        csv_scan_known(&m, known);
        csv_scan_word(&scan, &carry, &m, known, base, index);
    }
    csv_scan_finish(&scan, &carry);
    return scan;
}

#if defined(__x86_64__)

#include <immintrin.h>

__attribute__((target("avx2"))) static inline guint64
csv_scan_equal(__m256i low, __m256i high, __m256i byte)
{
    guint32 a = (guint32)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte));
    guint32 b = (guint32)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte));

    return a | (guint64)b << 32;
}

__attribute__((target("avx2,bmi,popcnt"))) static CsvScan
csv_scan_avx2(const char *text, gsize size, char separator, guint32 *index)
{
    const __m256i separators = _mm256_set1_epi8(separator);
    const __m256i lines = _mm256_set1_epi8('\n');
    const __m256i quotes = _mm256_set1_epi8('"');
    const __m256i crs = _mm256_set1_epi8('\r');
    const __m256i nuls = _mm256_setzero_si256();
    CsvScan scan = {.last_line = G_MAXSIZE};
    CsvCarry carry = {.after_end = 1};

    for (gsize base = 0; base < size; base += 64) {
        __m256i low, high;
        CsvMasks m;
        guint64 known = G_MAXUINT64;

        memcpy(&low, text + base, sizeof low);
        memcpy(&high, text + base + 32, sizeof high);
        m.separator = csv_scan_equal(low, high, separators);
        m.line = csv_scan_equal(low, high, lines);
        m.quote = csv_scan_equal(low, high, quotes);
        m.cr = csv_scan_equal(low, high, crs);
        m.nul = csv_scan_equal(low, high, nuls);
        m.foreign = (guint32)_mm256_movemask_epi8(low) |
                    (guint64)(guint32)_mm256_movemask_epi8(high) << 32;
        if (size - base < 64) {
            known = (G_GUINT64_CONSTANT(1) << (size - base)) - 1;
            csv_scan_known(&m, known);
        }
        csv_scan_word(&scan, &carry, &m, known, base, index);
    }
    csv_scan_finish(&scan, &carry);
    return scan;
}

#endif

/**
 * errata_csv_scan:
 * @text: (array length=size): text that starts outside quotes; %CSV_SCAN_SLACK more bytes are
 *   readable
 * @size: bytes, below 4 GiB
 * @separator: what separates fields
 * @index: (array) (nullable): room for @size offsets of separators and line feeds
 *
 * Returns: what was found
 */
CsvScan
errata_csv_scan(const char *text, gsize size, char separator, guint32 *index)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
        return csv_scan_avx2(text, size, separator, index);
#endif
    return errata_csv_scan_plain(text, size, separator, index);
}
