/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of one column in a block of separated text, read in one loop per kind: as long as
 * cells fit they go straight into the array; one that does not takes the way of single cells,
 * which may change the kind, and the loop of the new kind goes on. */
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "column-store.h"
#include "number-scan.h"
#include "number.h"
#include "zone.h"

typedef struct {
    const char *begin;
    const char *end;
} StoreCell;

static inline StoreCell
store_cell(const ErrataCells *cells, gsize row)
{
    const guint32 *at = cells->end + row * cells->stride;
    StoreCell cell = {cells->text + (guint32)(at[-1] + 1), cells->text + at[0]};

    if (cells->strip_cr && cell.end > cell.begin && cell.end[-1] == '\r')
        cell.end--;
    if (cells->quoted && cell.end - cell.begin >= 2 && *cell.begin == '"') {
        cell.begin++;
        cell.end--;
    }
    return cell;
}

/* a cell as a whole number that prints back as it was */
static inline gboolean
store_take_i64(StoreCell cell, gint64 *ret_value)
{
    return errata_number_take_int(cell.begin, cell.end, TRUE, ret_value);
}

/* a cell as a finite number */
static inline gboolean
store_take_f64(StoreCell cell, char point, double *ret_value)
{
    ErrataNumberDecimal decimal;

    if (!errata_number_take_decimal(cell.begin, cell.end, point, TRUE, &decimal))
        return FALSE;
    *ret_value =
        errata_number_from_scan(&decimal, cell.begin, (gsize)(cell.end - cell.begin), point);
    return *ret_value - *ret_value <= 0.0; /* not infinite */
}

#if defined(__x86_64__)
#define STORE_WIDE        32
#define STORE_WIDE_DIGITS 19 /* that 64 bits hold whatever they are */
#define STORE_AVX2        __attribute__((target("avx2,bmi")))

typedef struct {
    guint64 mantissa;
    guint n_digits; /* leading zeros counted */
    guint decimals;
    guint negative; /* 1: a minus stands in front */
} StoreWide;

/* the last @n bytes of a vector: loads from the place that many bytes on */
static const guint8 store_last[2 * STORE_WIDE] = {
    [STORE_WIDE... 2 * STORE_WIDE - 1] = 0xff,
};

STORE_AVX2 static inline __m256i
store_load(const void *from)
{
    __m256i bytes;

    memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

/* 32 digits, all but the last 19 zero, as one number */
STORE_AVX2 static inline guint64
store_join(__m256i digits)
{
    const __m256i tens = _mm256_set1_epi16(0x010A);       /* 10, 1 */
    const __m256i hundreds = _mm256_set1_epi32(0x10064);  /* 100, 1 */
    const __m256i thousands = _mm256_set1_epi32(0x12710); /* 10000, 1 */
    __m256i v = _mm256_madd_epi16(_mm256_maddubs_epi16(digits, tens), hundreds);
    guint64 upper, lower;

    v = _mm256_madd_epi16(_mm256_packus_epi32(v, v), thousands); /* eight digits each */
    upper = (guint64)_mm256_extract_epi64(v, 0);
    lower = (guint64)_mm256_extract_epi64(v, 2);
    return ((upper >> 32) * 100000000 + (guint32)lower) * 100000000 + (lower >> 32);
}

/* the digits of a cell, and where its point is, without a branch on how many there are: the bytes
 * up to the cell's end are loaded twice, the second time one byte earlier, which is where digits in
 * front of the point move to. FALSE where there is anything else, or too many digits */
STORE_AVX2 static inline __attribute__((always_inline)) gboolean
store_take_wide(StoreCell cell, gboolean whole, char point, StoreWide *ret)
{
    guint negative = cell.end > cell.begin && *cell.begin == '-';
    gsize length = (gsize)(cell.end - cell.begin) - negative;
    __m256i behind, before, digits, inside;
    guint points, has_point, decimals;

    if (length - 1 > STORE_WIDE_DIGITS) /* nothing, or too much */
        return FALSE;
    behind = store_load(cell.end - STORE_WIDE);
    before = store_load(cell.end - STORE_WIDE - 1);
    inside = store_load(store_last + length);
    points =
        whole ? 0
              : (guint)_mm256_movemask_epi8(
                    _mm256_and_si256(_mm256_cmpeq_epi8(behind, _mm256_set1_epi8(point)), inside));
    has_point = points != 0;
    decimals = has_point ? STORE_WIDE - 1 - (guint)__builtin_ctz(points) : STORE_WIDE;
    inside = store_load(store_last + length - has_point);
    digits = _mm256_blendv_epi8(before, behind, store_load(store_last + decimals));
    digits = _mm256_and_si256(_mm256_sub_epi8(digits, _mm256_set1_epi8('0')), inside);
    if (!_mm256_testz_si256(_mm256_subs_epu8(digits, _mm256_set1_epi8(9)), inside))
        return FALSE; /* no digit, or a second point */
    *ret = (StoreWide){store_join(digits),
                       (guint)length - has_point,
                       has_point ? decimals : 0,
                       negative};
    return ret->n_digits - 1 < STORE_WIDE_DIGITS;
}

/* "007", and "-0"; in one, as zeros are hard to foretell */
static inline guint
store_leads_with_zero(StoreCell cell, const StoreWide *wide)
{
    guint other = (guint)(guint8)cell.begin[wide->negative] ^ '0';

    return (other - 1) >> 31 & (1 - wide->n_digits - wide->negative) >> 31;
}

STORE_AVX2 static gsize
store_run_i64_wide(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    const ErrataCells at = *cells; /* which no store can change */
    gint64 *out = self->i64 + self->n_rows;
    gsize row = from;

    for (; row < at.n; row++, out++) {
        StoreCell cell = store_cell(&at, row);
        StoreWide wide;

        if (cell.end - at.text > STORE_WIDE && store_take_wide(cell, TRUE, '.', &wide) &&
            wide.n_digits < STORE_WIDE_DIGITS && !store_leads_with_zero(cell, &wide))
            *out = (gint64)((wide.mantissa ^ (0 - (guint64)wide.negative)) + wide.negative);
        else if (!store_take_i64(cell, out))
            break;
    }
    return row - from;
}

/* where the division is not exact */
static double
store_from_wide(const StoreWide *wide, StoreCell cell, char point)
{
    const ErrataNumberDecimal decimal = {.mantissa = wide->mantissa,
                                         .exponent = -(int)wide->decimals,
                                         .n_digits = (int)wide->n_digits};

    return errata_number_from_decimal(&decimal,
                                      cell.begin + wide->negative,
                                      (gsize)(cell.end - cell.begin) - wide->negative,
                                      point);
}

STORE_AVX2 static gsize
store_run_f64_wide(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    const char point = self->decimal_comma ? ',' : '.';
    const ErrataCells at = *cells;
    double *out = self->f64 + self->n_rows;
    gsize row = from;

    for (; row < at.n; row++, out++) {
        StoreCell cell = store_cell(&at, row);
        StoreWide wide;
        double value;

        if (cell.end - at.text <= STORE_WIDE || !store_take_wide(cell, FALSE, point, &wide)) {
            if (!store_take_f64(cell, point, out))
                break;
            continue;
        }
        value = wide.mantissa <= ERRATA_NUMBER_EXACT_MANTISSA
                    ? (double)(gint64)wide.mantissa / errata_number_exact[wide.decimals]
                    : store_from_wide(&wide, cell, point);
        *out = errata_number_signed(value, wide.negative);
    }
    return row - from;
}

static gboolean
store_is_wide(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
}
#endif

static gsize
store_run_i64(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    gint64 *out = self->i64 + self->n_rows;
    gsize row = from;

#if defined(__x86_64__)
    if (store_is_wide())
        return store_run_i64_wide(self, cells, from);
#endif
    for (; row < cells->n && store_take_i64(store_cell(cells, row), out++); row++)
        ;
    return row - from;
}

static gsize
store_run_f64(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    const char point = self->decimal_comma ? ',' : '.';
    double *out = self->f64 + self->n_rows;
    gsize row = from;

#if defined(__x86_64__)
    if (store_is_wide())
        return store_run_f64_wide(self, cells, from);
#endif
    for (; row < cells->n && store_take_f64(store_cell(cells, row), point, out++); row++)
        ;
    return row - from;
}

static gsize
store_run_time(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    gint64 *out = self->i64 + self->n_rows;
    gsize row = from;
    int zone = ERRATA_ZONE_NONE;

    for (; row < cells->n; row++) {
        StoreCell cell = store_cell(cells, row);

        if (!errata_number_parse_zoned(cell.begin, (gsize)(cell.end - cell.begin), out++, &zone))
            break;
        self->zone = errata_zone_join(self->zone, zone);
    }
    return row - from;
}

static gsize
store_run_string(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    guint32 *out = self->code + self->n_rows;
    gsize row = from;

    for (; row < cells->n; row++) {
        StoreCell cell = store_cell(cells, row);
        gsize length = (gsize)(cell.end - cell.begin);

        if (length == 0 || *cell.begin <= ' ' || cell.end[-1] <= ' ')
            break; /* missing, or spaces to trim, or not ASCII */
        if (cells->doubled && memchr(cell.begin, '"', length) != NULL)
            break;
        if (length < 8 && errata_column_store_is_missing(cell.begin, length))
            break;
        if (!errata_dictionary_add(&self->dictionary, cell.begin, length, out++))
            break;
    }
    return row - from;
}

static gsize
store_run(ErrataColumnStore *self, const ErrataCells *cells, gsize from)
{
    switch (self->kind) {
    case ERRATA_STORE_I64:
        return store_run_i64(self, cells, from);
    case ERRATA_STORE_F64:
        return store_run_f64(self, cells, from);
    case ERRATA_STORE_TIME:
        return store_run_time(self, cells, from);
    case ERRATA_STORE_STRING:
        return store_run_string(self, cells, from);
    case ERRATA_STORE_NONE:
    case ERRATA_STORE_TEXT:
        break;
    }
    return 0;
}

/* a cell by itself; every second of two quotes goes */
static void
store_append_one(ErrataColumnStore *self, const ErrataCells *cells, StoreCell cell)
{
    gsize length = (gsize)(cell.end - cell.begin);
    g_autofree char *copy = NULL;
    gsize n = 0;

    if (!cells->doubled || memchr(cell.begin, '"', length) == NULL) {
        errata_column_store_append_cell(self, cell.begin, length);
        return;
    }
    copy = g_malloc(length);
    for (const char *p = cell.begin; p < cell.end; p++) {
        copy[n++] = *p;
        p += *p == '"';
    }
    errata_column_store_append_cell(self, copy, n);
}

/**
 * errata_column_store_append_cells:
 * @self: a store
 * @cells: cells without types
 *
 * Appends a row for each of @cells, as errata_column_store_append_cell() would.
 */
void
errata_column_store_append_cells(ErrataColumnStore *self, const ErrataCells *cells)
{
    for (gsize row = 0; row < cells->n; row++) {
        gsize run;

        errata_column_store_reserve(self, cells->n - row);
        run = store_run(self, cells, row);
        errata_column_store_add_rows(self, run, TRUE);
        row += run;
        if (row == cells->n)
            break;
        store_append_one(self, cells, store_cell(cells, row));
    }
}
