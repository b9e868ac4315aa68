/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers from text and back, independent of the locale. Doubles are correctly rounded: Clinger's
 * fast path (exact small powers of ten), then Eisel-Lemire with 128-bit powers of five that are
 * worked out once with exact integers, and the C library where that cannot decide. */
#include "number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "number-scan.h"

#define NUMBER_UNKNOWN   16 /* bytes of a word for no value, at most */
#define NUMBER_MIN_POWER (-342)
#define NUMBER_MAX_POWER 308
#define NUMBER_WORDS     13 /* 5^342 has 795 bits, one more for the shift */

typedef struct {
    guint64 high;
    guint64 low;
} NumberPower;

static NumberPower number_powers[NUMBER_MAX_POWER - NUMBER_MIN_POWER + 1];
static locale_t number_c_locale;

static void
number_times_5(guint64 *words)
{
    guint64 carry = 0;

    for (guint i = 0; i < NUMBER_WORDS; i++) {
        unsigned __int128 product = (unsigned __int128)words[i] * 5 + carry;

        words[i] = (guint64)product;
        carry = (guint64)(product >> 64);
    }
}

static guint
number_bit_length(const guint64 *words)
{
    for (guint i = NUMBER_WORDS; i > 0; i--)
        if (words[i - 1] != 0)
            return i * 64 - (guint)__builtin_clzll(words[i - 1]);
    return 0;
}

static guint
number_bit(const guint64 *words, gint bit)
{
    return bit < 0 ? 0 : (guint)(words[bit / 64] >> (bit % 64) & 1);
}

/* the top 128 bits of @words, cut off */
static NumberPower
number_top(const guint64 *words)
{
    gint top = (gint)number_bit_length(words) - 1;
    NumberPower power = {0, 0};

    for (gint i = 0; i < 64; i++) {
        power.high = power.high << 1 | number_bit(words, top - i);
        power.low = power.low << 1 | number_bit(words, top - 64 - i);
    }
    return power;
}

static gboolean
number_not_below(const guint64 *a, const guint64 *b)
{
    for (guint i = NUMBER_WORDS; i > 0; i--)
        if (a[i - 1] != b[i - 1])
            return a[i - 1] > b[i - 1];
    return TRUE;
}

/* 2^(bits + 127) / @divisor cut off, where @divisor has @bits bits: 128 steps of long division */
static NumberPower
number_reciprocal(const guint64 *divisor)
{
    guint64 rest[NUMBER_WORDS] = {0};
    guint bits = number_bit_length(divisor);
    NumberPower power = {0, 0};

    rest[(bits - 1) / 64] = G_GUINT64_CONSTANT(1) << ((bits - 1) % 64);
    for (guint step = 0; step < 128; step++) {
        guint64 borrow = 0;

        for (guint i = NUMBER_WORDS; i > 0; i--)
            rest[i - 1] = rest[i - 1] << 1 | (i > 1 ? rest[i - 2] >> 63 : 0);
        power.high = power.high << 1 | power.low >> 63;
        power.low <<= 1;
        if (!number_not_below(rest, divisor))
            continue;
        power.low |= 1;
        for (guint i = 0; i < NUMBER_WORDS; i++) {
            unsigned __int128 difference = (unsigned __int128)rest[i] - divisor[i] - borrow;

            rest[i] = (guint64)difference;
            borrow = (guint64)(difference >> 64) & 1;
        }
    }
    return power;
}

static void
number_init_powers(void)
{
    guint64 words[NUMBER_WORDS] = {1};

    for (int q = 0; q <= -NUMBER_MIN_POWER; q++) {
        if (q <= NUMBER_MAX_POWER)
            number_powers[q - NUMBER_MIN_POWER] = number_top(words);
        if (q > 0) {
            NumberPower *power = &number_powers[-q - NUMBER_MIN_POWER];

            *power = number_reciprocal(words);
            /* exact products of short mantissas must not fall below: rounded up, as in the paper */
            if (q <= 27)
                power->high += ++power->low == 0;
        }
        number_times_5(words);
    }
    number_c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static void
number_init(void)
{
    static gsize ready = 0;

    if (g_once_init_enter(&ready)) {
        number_init_powers();
        g_once_init_leave(&ready, 1);
    }
}

/* exact but slow; any length */
static double
number_slow(const char *text, gsize length, char point)
{
    char small[128];
    g_autofree char *large = length < sizeof small ? NULL : g_malloc(length + 1);
    char *copy = large != NULL ? large : small;
    char *comma;

    memcpy(copy, text, length);
    copy[length] = '\0';
    comma = point != '.' ? strchr(copy, point) : NULL;
    if (comma != NULL)
        *comma = '.';
    number_init();
    return strtod_l(copy, NULL, number_c_locale);
}

/* @w · 10^@q for @w above 0; FALSE where 128 bits cannot decide or the result is not normal.
 * Lemire 2021, "Number parsing at a gigabyte per second", algorithm 1 */
static gboolean
number_eisel_lemire(guint64 w, int q, double *ret_value)
{
    int zeros = __builtin_clzll(w);
    const NumberPower *power = &number_powers[q - NUMBER_MIN_POWER];
    unsigned __int128 product;
    guint64 low, high, mantissa, bits;
    int upper, exponent;

    w <<= zeros;
    product = (unsigned __int128)w * power->high;
    low = (guint64)product;
    high = (guint64)(product >> 64);
    if ((high & 0x1FF) == 0x1FF) {
        guint64 more = (guint64)((unsigned __int128)w * power->low >> 64);

        low += more;
        high += low < more;
    }
    if (low == G_MAXUINT64 && (q < -27 || q > 55))
        return FALSE;
    upper = (int)(high >> 63);
    mantissa = high >> (upper + 9);
    exponent = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
    if (exponent <= 0)
        return FALSE;
    if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << (upper + 9) == high)
        mantissa &= ~G_GUINT64_CONSTANT(1); /* a tie: to even */
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >= G_GUINT64_CONSTANT(1) << 53) {
        mantissa = G_GUINT64_CONSTANT(1) << 52;
        exponent++;
    }
    if (exponent >= 0x7FF)
        return FALSE;
    bits = (mantissa & ((G_GUINT64_CONSTANT(1) << 52) - 1)) | (guint64)exponent << 52;
    memcpy(ret_value, &bits, sizeof bits);
    return TRUE;
}

/**
 * errata_number_from_decimal:
 * @decimal: what errata_number_scan_decimal() found in @text
 * @text: (array length=length): the number's text, for the cases that need all digits
 * @length: bytes of @text
 * @point: its decimal separator
 *
 * The way of numbers that errata_number_from_scan() does not settle.
 *
 * Returns: the nearest double, ties to even; ±infinity when it is out of range
 */
double
errata_number_from_decimal(const ErrataNumberDecimal *decimal,
                           const char *text,
                           gsize length,
                           char point)
{
    const int q = decimal->exponent;
    double value = 0.0;

    if (decimal->n_digits > 19)
        return number_slow(text, length, point);
    if (decimal->mantissa > 0) {
        number_init();
        if (q < NUMBER_MIN_POWER || q > NUMBER_MAX_POWER ||
            !number_eisel_lemire(decimal->mantissa, q, &value))
            return number_slow(text, length, point);
    }
    return decimal->negative ? -value : value;
}

/* fullwidth, Arabic and other decimal digits as ASCII; NULL when there is anything else foreign */
static char *
number_fold_digits(const char *text, gsize length)
{
    g_autoptr(GString) folded = NULL;

    if (length > 128 || !g_utf8_validate_len(text, length, NULL))
        return NULL;
    folded = g_string_sized_new(length);
    for (const char *p = text; p < text + length; p += g_utf8_skip[(guint8)*p]) {
        gunichar c = g_utf8_get_char(p);

        if (c >= 128 && !g_unichar_isdigit(c))
            return NULL;
        g_string_append_c(folded, c < 128 ? (char)c : (char)('0' + g_unichar_digit_value(c)));
    }
    return g_string_free(g_steal_pointer(&folded), FALSE);
}

static gboolean
number_is_ascii(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guint8)text[i] >= 128)
            return FALSE;
    return TRUE;
}

static gboolean
number_equals(const char *text, gsize length, const char *word)
{
    return strlen(word) == length && g_ascii_strncasecmp(text, word, length) == 0;
}

static gboolean
number_parse(const char *text, gsize length, char point, double *ret_value)
{
    ErrataNumberDecimal decimal;
    g_autofree char *folded = NULL;
    gsize sign;

    if (errata_number_scan_decimal(text, text + length, point, &decimal)) {
        *ret_value = errata_number_from_scan(&decimal, text, length, point);
        return TRUE;
    }
    if (length == 0)
        return FALSE;
    sign = text[0] == '-' || text[0] == '+';
    if (number_equals(text + sign, length - sign, "inf") ||
        number_equals(text + sign, length - sign, "infinity")) {
        *ret_value = text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
        return TRUE;
    }
    if (number_is_ascii(text, length) || (folded = number_fold_digits(text, length)) == NULL)
        return FALSE;
    return number_parse(folded, strlen(folded), point, ret_value);
}

/**
 * errata_number_parse_double:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 * @ret_value: (out): the nearest double; untouched on failure
 *
 * Reads a decimal number: sign, digits, `.`, exponent; also `inf` and `infinity` in any case and
 * decimal digits of any script. A number out of range gives ±infinity. Not numbers: hexadecimal,
 * thousands separators, units, surrounding spaces, `nan`.
 *
 * Returns: whether all of @text is a number
 */
gboolean
errata_number_parse_double(const char *text, gsize length, double *ret_value)
{
    return number_parse(text, length, '.', ret_value);
}

/**
 * errata_number_parse_decimal_comma:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 * @ret_value: (out): the nearest double; untouched on failure
 *
 * As errata_number_parse_double() with `,` in place of `.`.
 *
 * Returns: whether all of @text is a number
 */
gboolean
errata_number_parse_decimal_comma(const char *text, gsize length, double *ret_value)
{
    return number_parse(text, length, ',', ret_value);
}

/**
 * errata_number_parse_int:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 * @ret_value: (out): the value; untouched on failure
 *
 * Reads a whole number that prints back as it was found: no plus, no leading zeros ("007" is a
 * code, not a count), within 64 bits.
 *
 * Returns: whether all of @text is such a number
 */
gboolean
errata_number_parse_int(const char *text, gsize length, gint64 *ret_value)
{
    return errata_number_scan_int(text, text + length, ret_value);
}

/**
 * errata_number_parse_bool:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 * @ret_value: (out): the value; untouched on failure
 *
 * Returns: whether @text is `true` or `false`, in any case
 */
gboolean
errata_number_parse_bool(const char *text, gsize length, gboolean *ret_value)
{
    gboolean is_true = number_equals(text, length, "true");

    if (!is_true && !number_equals(text, length, "false"))
        return FALSE;
    *ret_value = is_true;
    return TRUE;
}

/**
 * errata_number_is_missing:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 *
 * The words by which logs say that there is no value: an empty or blank cell, `NA`, `N/A`, `NaN`,
 * `NaT`, `null`, `None`, `nil`, `#N/A`, `<NA>`, `\N`, `-`, `?`; in any case.
 *
 * Returns: whether @text is one of them
 */
gboolean
errata_number_is_missing(const char *text, gsize length)
{
    /* by length: nothing else is compared */
    static const char *const words[8][9] = {
        {NULL},
        {"-", "?", NULL},
        {"na", "\\n", NULL},
        {"nan", "nat", "nil", "n/a", "#na", NULL},
        {"null", "none", "#n/a", "<na>", "-nan", "+nan", NULL},
        {NULL},
        {"<null>", "1.#ind", NULL},
        {"-1.#ind", "1.#qnan", NULL},
    };

    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length == 0)
        return TRUE;
    if (length >= G_N_ELEMENTS(words))
        return FALSE;
    for (const char *const *word = words[length]; *word != NULL; word++)
        if ((*text | 0x20) == (**word | 0x20) && number_equals(text, length, *word))
            return TRUE;
    return FALSE;
}

/**
 * errata_number_is_unknown:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 *
 * Further words that say among numbers or instants that there is no value, in any case: `missing`,
 * `unknown`, `n.a.`, `not available`, `--`, `#DIV/0!`, … Among strings they may be a value like
 * others.
 *
 * Returns: whether @text is one of them
 */
gboolean
errata_number_is_unknown(const char *text, gsize length)
{
    static const char words[] =
        "|missing|unknown|unk|undefined|undef|unavailable|unspecified|not available|not applicable|"
        "not known|not recorded|not measured|no data|no value|nodata|no_data|novalue|missing value|"
        "value missing|blank|empty|void|error|err|invalid|tbd|n.a.|n.a|n/a.|n.d.|nd|n/d|k.a.|k. a.|"
        "n.v.|s/d|#div/0!|#value!|#ref!|#name?|#num!|#null!|#error|#err|#error!|(null)|(none)|(blank)|"
        "(missing)|(unknown)|(empty)|[null]|[missing]|<missing>|<unknown>|<none>|<empty>|<nan>|--|---|"
        "\u2013|\u2014|.|..|...|*|**|/|_|unbekannt|fehlt|keine angabe|leer|inconnu|manquant|"
        "desconocido|sconosciuto|desconhecido|onbekend|";
    char word[NUMBER_UNKNOWN + 3] = "|";

    if (length == 0 || length > NUMBER_UNKNOWN || memchr(text, '|', length) != NULL)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        word[1 + i] = g_ascii_tolower(text[i]);
    word[1 + length] = '|';
    word[2 + length] = '\0';
    return strstr(words, word) != NULL;
}

/**
 * errata_number_is_blank:
 * @text: (array length=length): need not be NUL-terminated
 * @length: bytes
 *
 * The few words that say in the input of a model that there is no value: an empty or blank cell,
 * `NA`, `N/A`, `NaN`, `?`; in any case. All others of errata_number_is_missing() may be categories
 * there.
 *
 * Returns: whether @text is one of them
 */
gboolean
errata_number_is_blank(const char *text, gsize length)
{
    static const char *const words[] = {"?", "na", "nan", "n/a"};

    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i]) == length && g_ascii_strncasecmp(text, words[i], length) == 0)
            return TRUE;
    return length == 0;
}
