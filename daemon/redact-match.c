/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scanners, not regular expressions: each looks at no more than it may mask, whatever the text. */
#include "redact-match.h"

#include <arpa/inet.h>
#include <math.h>
#include <string.h>

#define MATCH_PHONE_DIGITS_MIN 7U
#define MATCH_PHONE_DIGITS_MAX 15U /* ITU-T E.164 */
#define MATCH_RUN_DIGITS       9U  /* digits in a row: a number of somebody or something */
#define MATCH_KEY_BYTES        20U
#define MATCH_KEY_MAX          512U
#define MATCH_KEY_BITS         3.2 /* per character; words have less than 3, random base64 over 4 */

static gboolean
match_is_mail_char(const char *text)
{
    gunichar c = g_utf8_get_char(text);

    return g_unichar_isalnum(c) || g_unichar_ismark(c) ||
           (c != 0 && c < 0x80 && strchr("._%+-'", (int)c) != NULL);
}

static gboolean
match_is_host_char(const char *text)
{
    gunichar c = g_utf8_get_char(text);

    return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == '-';
}

/* “@”, “%40”, “ [at] ”, “(at)”, “ AT ”: its bytes, 0 for anything else */
static gsize
match_at_sign(const char *text)
{
    gsize lead = strspn(text, " ");
    gsize close = lead + 3;

    if (text[0] == '@')
        return 1;
    if (strncmp(text, "%40", 3) == 0)
        return 3;
    if (strncmp(text, " AT ", 4) == 0)
        return 4;
    if (lead > 1 || (text[lead] != '[' && text[lead] != '(' && text[lead] != '{') ||
        g_ascii_strncasecmp(text + lead + 1, "at", 2) != 0)
        return 0;
    close += strspn(text + close, "])}");
    return close > lead + 3 ? close + MIN(strspn(text + close, " "), (gsize)1) : 0;
}

/* “.”, and what people write for it: its bytes, 0 for anything else */
static gsize
match_dot(const char *text)
{
    static const char *const dots[] =
        {" DOT ", "[.]", "(.)", " [dot] ", "[dot]", " (dot) ", "(dot)", "."};

    for (guint i = 0; i < G_N_ELEMENTS(dots); i++)
        if (g_str_has_prefix(text, dots[i]))
            return strlen(dots[i]);
    return 0;
}

/* “[192.168.0.1]”, “localhost”, “mail.example.org”; 0: it is no host */
static gsize
match_mail_host(const char *text)
{
    gsize end = 0;
    gsize last = 0; /* where the last label begins */
    guint n_labels = 1;

    if (*text == '[') {
        gsize n = errata_redact_match_ip(text + 1);

        return n > 0 && text[1 + n] == ']' ? n + 2 : 0;
    }
    while (end < 254 && text[end] != '\0') {
        gsize dot = match_dot(text + end);

        if (dot > 0 && end > last && match_is_host_char(text + end + dot)) {
            end += dot;
            last = end;
            n_labels++;
        } else if (match_is_host_char(text + end)) {
            end += g_utf8_skip[(guchar)text[end]];
        } else {
            break;
        }
    }
    if (n_labels == 1)
        return end == 9 && g_ascii_strncasecmp(text, "localhost", 9) == 0 ? end : 0;
    return end - last >= 2 && !g_ascii_isdigit(text[last]) ? end : 0;
}

gsize
errata_redact_match_mail(const char *text)
{
    gsize at = 0;
    gsize sign;
    gsize host;

    while (at < 128 && match_is_mail_char(text + at) && strncmp(text + at, "%40", 3) != 0)
        at += g_utf8_skip[(guchar)text[at]];
    sign = at > 0 ? match_at_sign(text + at) : 0;
    host = sign > 0 ? match_mail_host(text + at + sign) : 0;
    if (text[at] == ' ' && text[at + 1] == 'A' && /* words of a sentence in capitals */
        g_strstr_len(text + at + sign, (gssize)host, " DOT ") == NULL)
        return 0;
    return host > 0 ? at + sign + host : 0;
}

/* one separator within a number: a byte of @between, where it has a space or a stroke also their
 * kind beyond ASCII; its bytes, 0 for anything else */
static gsize
match_gap(const char *text, const char *between)
{
    gunichar c;

    if (text[0] == '\0')
        return 0;
    if ((guchar)text[0] < 0x80)
        return strchr(between, text[0]) != NULL ? 1 : 0;
    c = g_utf8_get_char(text);
    if ((strchr(between, ' ') != NULL && g_unichar_type(c) == G_UNICODE_SPACE_SEPARATOR) ||
        (strchr(between, '-') != NULL &&
         (g_unichar_type(c) == G_UNICODE_DASH_PUNCTUATION || c == 0x2212)))
        return g_utf8_skip[(guchar)text[0]];
    return 0;
}

/* digits with at most one of @between after each; the digits themselves go to @ret_digits */
static gsize
match_digits(const char *text,
             const char *between,
             guint max,
             char *ret_digits,
             guint *ret_n_between)
{
    gsize end = 0;
    guint n = 0;

    *ret_n_between = 0;
    for (gsize i = 0; g_ascii_isdigit(text[0]) && n < max;) {
        gsize gap = match_gap(text + i, between);

        if (g_ascii_isdigit(text[i])) {
            ret_digits[n++] = text[i++];
            end = i;
        } else if (gap > 0 && g_ascii_isdigit(text[i + gap])) {
            *ret_n_between += 1;
            i += gap;
        } else {
            break;
        }
    }
    ret_digits[n] = '\0';
    return end;
}

/* ISO/IEC 7812-1, annex B */
static gboolean
match_luhn(const char *digits, gsize n)
{
    guint sum = 0;

    for (gsize i = 0; i < n; i++) {
        guint digit = (guint)(digits[n - 1 - i] - '0');

        if (i % 2 == 1)
            digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        sum += digit;
    }
    return sum % 10 == 0;
}

gsize
errata_redact_match_card(const char *text)
{
    char digits[32];
    guint n_between;
    gsize end = match_digits(text, " -.", 20, digits, &n_between);
    gsize n = strlen(digits);

    if (n_between == 1 && memchr(text, '.', end) != NULL) /* a decimal number */
        return 0;
    return n >= 13 && n <= 19 && match_luhn(digits, n) && strspn(digits, "0") < n ? end : 0;
}

/* as card networks give them out: the first digits and how many there are */
static gboolean
match_is_issued(const char *digits, gsize n)
{
    guint first = (guint)(digits[0] - '0') * 1000 + (guint)(digits[1] - '0') * 100 +
                  (guint)(digits[2] - '0') * 10 + (guint)(digits[3] - '0');

    switch (n) {
    case 13:
        return first / 1000 == 4;
    case 14:
        return first / 100 == 36 || first / 100 == 38 || first / 10 == 309 ||
               (first >= 3000 && first <= 3059);
    case 15:
        return first / 100 == 34 || first / 100 == 37;
    case 16:
        return first / 1000 == 4 || (first >= 5100 && first <= 5599) ||
               (first >= 2221 && first <= 2720) || (first >= 3528 && first <= 3589) ||
               first == 6011 || first / 100 == 62 || (first >= 6440 && first <= 6599);
    default:
        return FALSE;
    }
}

gsize
errata_redact_match_issued_card(const char *text)
{
    char digits[32];
    guint n_between;
    gsize end = errata_redact_match_card(text);

    if (end == 0 || g_ascii_isalnum(text[end]) || text[end] == '_')
        return 0;
    match_digits(text, " -.", 20, digits, &n_between);
    return match_is_issued(digits, strlen(digits)) ? end : 0;
}

/* ISO 13616-1: the first four to the end, letters as 10 … 35, modulo 97 is 1 */
static gboolean
match_mod97(const char *iban, gsize n)
{
    guint rest = 0;

    for (gsize i = 0; i < n; i++) {
        char c = iban[(i + 4) % n];

        if (g_ascii_isdigit(c))
            rest = (rest * 10 + (guint)(c - '0')) % 97;
        else
            rest = (rest * 100 + (guint)(g_ascii_toupper(c) - 'A') + 10) % 97;
    }
    return rest == 1;
}

gsize
errata_redact_match_iban(const char *text)
{
    char iban[40];
    gsize n = 0;
    gsize best = 0;

    /* the check digits stand right after the country, or many a sentence would be one */
    if (!g_ascii_isalpha(text[0]) || !g_ascii_isalpha(text[1]) || !g_ascii_isdigit(text[2]) ||
        !g_ascii_isdigit(text[3]))
        return 0;
    for (gsize i = 0; n < 34 && text[i] != '\0';) {
        gsize gap = match_gap(text + i, " -.");

        if (gap == 0 && !g_ascii_isalnum(text[i]))
            break;
        i += MAX(gap, (gsize)1);
        if (gap > 0)
            continue;
        iban[n++] = text[i - 1];
        if (n >= 15 && !g_ascii_isalnum(text[i]) && match_mod97(iban, n))
            best = i;
    }
    return best;
}

/* 192[.]168[.]1[.]77, as it is written so that nothing makes a link of it */
static gsize
match_broken_ip(const char *text)
{
    char candidate[INET_ADDRSTRLEN] = "";
    guint8 bytes[4];
    gsize n = 0;
    gsize at = 0;

    while (n + 1 < sizeof candidate && text[at] != '\0') {
        gsize dot = text[at] == '[' || text[at] == '(' ? match_dot(text + at) : 0;

        if (dot == 0 && !g_ascii_isdigit(text[at]) && text[at] != '.')
            break;
        candidate[n++] = dot > 0 ? '.' : text[at];
        at += MAX(dot, (gsize)1);
    }
    candidate[n] = '\0';
    while (n > 0 && candidate[n - 1] == '.' && text[at - 1] == '.') { /* the end of a sentence */
        candidate[--n] = '\0';
        at--;
    }
    return at > n && !g_ascii_isalnum(text[at]) && inet_pton(AF_INET, candidate, bytes) == 1 ? at
                                                                                             : 0;
}

gsize
errata_redact_match_ip(const char *text)
{
    char candidate[INET6_ADDRSTRLEN];
    guint8 bytes[16];
    gsize n = 0;

    while (n < sizeof candidate && text[n] != '\0' &&
           (g_ascii_isxdigit(text[n]) || text[n] == ':' || text[n] == '.'))
        n++;
    if (n == sizeof candidate)
        return 0;
    while (n > 0 && (text[n - 1] == '.' || (text[n - 1] == ':' && (n < 2 || text[n - 2] != ':'))))
        n--; /* the end of a sentence */
    if (n > 0 && (text[n] == '[' || text[n] == '('))
        return match_broken_ip(text);
    if (n < 3 || g_ascii_isalnum(text[n]))
        return 0;
    memcpy(candidate, text, n);
    candidate[n] = '\0';
    if (inet_pton(AF_INET, candidate, bytes) == 1 || inet_pton(AF_INET6, candidate, bytes) == 1)
        return n;
    if (strchr(candidate, '.') != NULL && strchr(candidate, ':') != NULL) { /* with a port */
        *strchr(candidate, ':') = '\0';
        return inet_pton(AF_INET, candidate, bytes) == 1 ? strlen(candidate) : 0;
    }
    return 0;
}

/* 2024-01-31: numbers, and nobody's */
static gboolean
match_is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";

    for (gsize i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
            return FALSE;
    return !g_ascii_isdigit(text[10]);
}

/* ddd-ddd-dddd, with any separators */
static gboolean
match_is_three_groups(const char *text)
{
    static const gsize lengths[] = {3, 3, 4};

    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        if (strspn(text, "0123456789") != lengths[i])
            return FALSE;
        text += lengths[i];
        text += *text != '\0' ? g_utf8_skip[(guchar)*text] : 0;
    }
    return TRUE;
}

/* an area in brackets or before a stroke with spaces around: (030) 123 45 67, 030 / 90 18 20 */
static gsize
match_area_phone(const char *text)
{
    char digits[32];
    guint n_between;
    gsize lead = *text == '(' ? 1 : 0;
    gsize area = strspn(text + lead, "0123456789");
    gsize gap = lead + area;
    gsize end;

    if (area == 0 || area > 5)
        return 0;
    if (lead == 1 && text[gap] == ')')
        gap += strspn(text + gap, ") ");
    else if (lead == 0 && *text == '0' && strncmp(text + gap, " / ", 3) == 0)
        gap += 3;
    else
        return 0;
    end = match_digits(text + gap, " .-/", 12, digits, &n_between);
    return strlen(digits) >= 5 && area + strlen(digits) <= MATCH_PHONE_DIGITS_MAX ? gap + end : 0;
}

gsize
errata_redact_match_phone(const char *text)
{
    char digits[32];
    guint n_between;
    gsize lead = *text == '+' ? 1 : 0;
    gsize end = match_area_phone(text);
    gsize n;

    if (end > 0)
        return end;
    if (match_is_date(text))
        return 0;
    end = match_digits(text + lead, " .-/()", 20, digits, &n_between);
    n = strlen(digits);
    if (n < MATCH_PHONE_DIGITS_MIN || g_ascii_isdigit(text[lead + end]))
        return 0;
    if ((n_between == 1 && memchr(text, '.', end) != NULL) || strncmp(text, "0.", 2) == 0)
        return 0; /* a decimal number, or two from and to */
    if (lead == 0 && memchr(text, '.', end) != NULL && g_strstr_len(text, (gssize)end, "–") != NULL)
        return 0;
    if (lead == 1 && n <= MATCH_PHONE_DIGITS_MAX)
        return lead + end;
    if (n_between == 0)
        return n >= MATCH_RUN_DIGITS ? lead + end : 0;
    return n <= MATCH_PHONE_DIGITS_MAX &&
                   ((*digits == '0' && n >= 8) || match_is_three_groups(text + lead) ||
                    (digits[0] == '1' && n == 11 && text[1] != '\0' &&
                     match_is_three_groups(text + 1 + g_utf8_skip[(guchar)text[1]])))
               ? lead + end
               : 0;
}

/* 123-45-6789: areas and numbers that the United States give out */
gsize
errata_redact_match_social(const char *text)
{
    static const gsize lengths[] = {3, 2, 4};
    gsize at = 0;

    if (*text == '9' || strncmp(text, "666", 3) == 0)
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        gsize gap = i > 0 ? match_gap(text + at, "-") : 0;

        if ((i > 0 && gap == 0) || strspn(text + at + gap, "0123456789") != lengths[i] ||
            strspn(text + at + gap, "0") == lengths[i])
            return 0;
        at += gap + lengths[i];
    }
    return g_ascii_isalnum(text[at]) || text[at] == '-' ? 0 : at;
}

/* Shannon's, in bits per character */
static double
match_entropy(const char *text, gsize n)
{
    guint counts[256] = {0};
    double bits = 0.0;

    for (gsize i = 0; i < n; i++)
        counts[(guchar)text[i]]++;
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        if (counts[i] > 0)
            bits -= (double)counts[i] / (double)n * log2((double)counts[i] / (double)n);
    return bits;
}

static gboolean
match_is_key_char(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("_-+/=.~", c) != NULL);
}

/* “Bearer TOKEN”, and a PEM block to its end */
static gsize
match_is_credential(const char *text)
{
    static const char begin[] = "-----BEGIN ";
    static const char last[] = "-----END ";
    const char *end;
    gsize n = 0;

    if (strncmp(text, begin, sizeof begin - 1) == 0) {
        end = strstr(text, last);
        end = end != NULL ? strstr(end + sizeof last - 1, "-----") : NULL;
        return end != NULL ? (gsize)(end - text) + 5 : strlen(text);
    }
    if (g_ascii_strncasecmp(text, "bearer ", 7) != 0)
        return 0;
    while (n < MATCH_KEY_MAX && match_is_key_char(text[7 + n]))
        n++;
    return n >= 16 || (n >= 8 && strcspn(text + 7, "0123456789") < n) ? 7 + n : 0;
}

gsize
errata_redact_match_key(const char *text)
{
    static const char *const prefixes[] = {"sk-",
                                           "sk_live_",
                                           "sk_test_",
                                           "ghp_",
                                           "gho_",
                                           "github_pat_",
                                           "glpat-",
                                           "AKIA",
                                           "ASIA",
                                           "xox",
                                           "eyJ",
                                           "AIza",
                                           "hf_"};
    gsize n = 0;
    gsize credential = match_is_credential(text);
    guint n_digits = 0;
    guint n_upper = 0;
    guint n_lower = 0;

    if (credential > 0)
        return credential;
    for (; n < MATCH_KEY_MAX && match_is_key_char(text[n]); n++) {
        n_digits += g_ascii_isdigit(text[n]) ? 1 : 0;
        n_upper += g_ascii_isupper(text[n]) ? 1 : 0;
        n_lower += g_ascii_islower(text[n]) ? 1 : 0;
    }
    while (n > 0 && text[n - 1] == '.')
        n--;
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (n >= 12 && n_digits > 0 && strncmp(text, prefixes[i], strlen(prefixes[i])) == 0)
            return n;
    /* words joined by strokes have neither digits throughout nor both cases within */
    return n >= MATCH_KEY_BYTES && n_upper + n_lower > 0 &&
                   (n_digits >= 4 || (n_digits > 0 && n_upper > 2 && n_lower > 2)) &&
                   match_entropy(text, n) >= MATCH_KEY_BITS
               ? n
               : 0;
}

gsize
errata_redact_match_mac(const char *text)
{
    static const char *const shapes[] = {"xx:xx:xx:xx:xx:xx",
                                         "xx-xx-xx-xx-xx-xx",
                                         "xxxx.xxxx.xxxx"};

    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        gsize n = strlen(shapes[i]);
        gsize at = 0;

        while (at < n &&
               (shapes[i][at] == 'x' ? g_ascii_isxdigit(text[at]) : text[at] == shapes[i][at]))
            at++;
        if (at == n && !g_ascii_isalnum(text[n]) && text[n] != shapes[i][n - 3])
            return n;
    }
    return 0;
}

/* letters and digits of a number of six to nine places; 0: it is none */
static gsize
match_document(const char *text, guint least_digits)
{
    guint n_digits = 0;
    gsize n = 0;

    for (; g_ascii_isupper(text[n]) || g_ascii_isdigit(text[n]); n++)
        n_digits += g_ascii_isdigit(text[n]) ? 1 : 0;
    return n >= 6 && n <= 9 && n_digits >= least_digits && !g_ascii_isalnum(text[n]) &&
                   text[n] != '_'
               ? n
               : 0;
}

/* “passport no C01X00T47”, and what looks like one by itself: a letter or two and seven or eight
 * digits */
gsize
errata_redact_match_passport(const char *text)
{
    static const char *const words[] = {"passport", "reisepass", "passeport", "pasaporte"};
    static const char *const fill[] = {"number", "no", "nr", "num", "is", "id"};
    gsize lone = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize at = strlen(words[i]);

        if (g_ascii_strncasecmp(text, words[i], at) != 0)
            continue;
        at += strspn(text + at, " .:#=-");
        for (guint k = 0; k < G_N_ELEMENTS(fill); k++) {
            gsize length = strlen(fill[k]);

            if (g_ascii_strncasecmp(text + at, fill[k], length) == 0 &&
                strchr(" .:#=-", text[at + length]) != NULL && text[at + length] != '\0') {
                at += length;
                at += strspn(text + at, " .:#=-");
                k = 0;
            }
        }
        return match_document(text + at, 4) > 0 ? at + match_document(text + at, 4) : 0;
    }
    return (lone == 1 || lone == 2) && match_document(text, 7) >= 9 ? match_document(text, 7) : 0;
}
