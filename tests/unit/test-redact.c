/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <time.h>

#include "limit.h"
#include "quote.h"
#include "redact.h"

typedef struct {
    const char *name;
    const char *text;
    const char *masked;
} Case;

/* IBANs are the registry's examples, cards the networks' test numbers */
static const Case cases[] = {
    {"mail", "write to ann.b+c@mail.example.org.", "write to [mail]."},
    {"mail-in-brackets", "<bob@example.de>,x@y.co", "<[mail]>,[mail]"},
    {"mail-unicode", "jürgen@müller.example", "[mail]"},
    {"mail-in-words", "bob.smith [at] corp-mail.com or bob(at)x.org", "[mail] or [mail]"},
    {"mail-encoded", "to=user%40percent.example", "to=[mail]"},
    {"no-mail-in-words", "look (at) it. Now, 100%40 is", NULL},
    {"no-mail", "a@b and @you, 3@4.5", "a@b and @you, 3@4.5"},
    {"card", "4111 1111 1111 1111", "[card]"},
    {"card-dashes", "5555-5555-5555-4444!", "[card]!"},
    {"card-amex", "no 378282246310005.", "no [card]."},
    {"card-dots", "4111.1111.1111.1111", "[card]"},
    {"card-not-luhn", "4111 1111 1111 1112", "4111 1111 1111 1112"},
    {"iban-de", "DE89370400440532013000", "[iban]"},
    {"iban-gb", "to GB29 NWBK 6016 1331 9268 19 now", "to [iban] now"},
    {"iban-no", "NO9386011117947", "[iban]"},
    {"iban-wrong", "DE00 3704 0044", "DE00 3704 0044"},
    {"mac", "at 00:1B:44:11:3a:b7, 00-1b-44-11-3a-b7", "at [mac], [mac]"},
    {"mac-dots", "001b.4411.3ab7", "[mac]"},
    {"no-mac", "10:20:30:40:50 and aa-bb-cc", NULL},
    {"passport", "my passport no. C01X00T47 is lost", "my [passport] is lost"},
    {"passport-alone", "holder of AB1234567.", "holder of [passport]."},
    {"no-passport", "a passport photo, TICKET1234567, passport office", NULL},
    {"ip4", "from 192.168.0.12:8080", "from [ip]:8080"},
    {"ip6", "at 2001:db8::ff00:42:8329.", "at [ip]."},
    {"no-ip", "version 1.2.3 at 10:20:30", "version 1.2.3 at 10:20:30"},
    {"phone-plus", "+49 30 1234567", "[phone]"},
    {"phone-brackets", "(030) 123-4567", "[phone]"},
    {"phone-us", "555-123-4567 or 1-555-123-4567", "[phone] or [phone]"},
    {"phone-zero", "0170/1234567", "[phone]"},
    {"long-number", "order 1234567890", "order [phone]"},
    {"no-phone", "2024-01-31 10:20, 12345678 rows, 0.123456789", NULL},
    {"no-phone-grouped", "1,234,567.89 and 12.345.678", NULL},
    {"key-known", "sk-abc123def456ghi", "[key]"},
    {"key-entropy", "Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg==", "[key]"},
    {"key-hex", "d41d8cd98f00b204e9800998ecf8427e", "[key]"},
    {"no-key", "internationalization-of-everything", NULL},
    {"password", "password: hunter2, ok", "password: [masked], ok"},
    {"bearer", "Authorization: Bearer abc.def", "Authorization: Bearer [masked]"},
    {"bearer-alone", "say Bearer abc123DEF456ghi789 now", "say [key] now"},
    {"no-bearer", "the bearer bonds are late", NULL},
    {"pem", "-----BEGIN RSA PRIVATE KEY----- MIIEpAIBAAKCAQEA", "[key]"},
    {"pem-whole", "-----BEGIN KEY----- ab -----END KEY----- rest", "[key] rest"},
    {"json", "{\"api_key\": \"xyz\", \"n\": 1}", "{\"api_key\": \"[masked]\", \"n\": 1}"},
    {"column", "customer=Ann Example; age=40", "customer=[masked]; age=40"},
    {"column-stood-for",
     "a [column-1] is Ann, [column-2]: Bo | c",
     "a [column-1] is [masked], [column-2]: [masked]| c"},
    {"value-stood-for", "“[column-1] is [value-2] or [value-3]”", NULL},
    {"column-said", "rows where customer is Ann, say", "rows where customer is [masked], say"},
    {"column-json", "{\"Customer\": \"Ann\"}", "{\"Customer\": \"[masked]\"}"},
    {"no-column", "customers = 4, my_customer=x", "customers = 4, my_customer=x"},
    {"pattern", "case ABC-1234 of ABC-99999", "case [masked] of [masked]9"},
    {"card-quoted", "“4111111111111111”", "“[card]”"},
    {"card-euro", "€4111 1111 1111 1111", "€[card]"},
    {"card-after-word", "card4111111111111111", "card[card]"},
    {"card-after-id", "ID4111-1111-1111-1111", "ID[card]"},
    {"card-after-accent", "naïve_4111111111111111.", "naïve_[card]."},
    {"card-strokes", "4111–1111–1111–1111", "[card]"},
    {"no-card-in-words", "evt1700000000004 abc4111111111111111f r4111111111111112", NULL},
    {"iban-quoted", "«DE89370400440532013000»", "«[iban]»"},
    {"iban-after-word", "IBANDE89 3704 0044 0532 0130 00", "IBAN[iban]"},
    {"no-iban", "a small 2026 projects only, Node start 0.11 s is in a row", NULL},
    {"iban-dots", "DE89.3704.0044.0532.0130.00", "[iban]"},
    {"iban-spaces", "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "[iban]"},
    {"phone-quoted", "“+49 30 1234567”", "“[phone]”"},
    {"phone-chinese", "电话13912345678", "电话[phone]"},
    {"phone-after-word", "tel0301234567, Fax_0301234567", "tel[phone], Fax_[phone]"},
    {"phone-stroke", "030 / 90 18 20", "[phone]"},
    {"phone-en-dash", "+49–30–901820", "[phone]"},
    {"phone-numero", "№1234567890", "№[phone]"},
    {"no-phone-in-words", "row1234567890 id_0301234567 12 / 34567 0900 / 1700", NULL},
    {"social", "SSN 078-05-1120 and “123-45-6789”", "SSN [ssn] and “[ssn]”"},
    {"no-social", "666-12-3456, 123-45-67890, 1123-45-6789, 123-45-6789-1", NULL},
    {"ip-after-word", "ip192.168.1.77", "ip[ip]"},
    {"ip-quoted", "“2001:db8::ff00:42:8329” …10.0.0.1", "“[ip]” …[ip]"},
    {"ip-broken", "192[.]168[.]1[.]77 and 10(.)0(.)0(.)1.", "[ip] and [ip]."},
    {"no-ip-in-words", "v1.2.3.4 version_1.2.3.4 a.1.2 3[.]4", NULL},
    {"mac-quoted", "“00:1B:44:11:3a:b7”", "“[mac]”"},
    {"key-quoted", "“sk-abc123def456ghi”", "“[key]”"},
    {"key-after-dash", "—AKIAIOSFODNN7EXAMPLE", "—[key]"},
    {"password-quoted", "„password: hunter2“ now", "„password: [masked]“ now"},
    {"password-short", "pwd=hunter2 Passwort: geheim123", "pwd=[masked] Passwort: [masked]"},
    {"password-said", "my password is hunter2", "my password is [masked]"},
    {"password-variable", "DB_PASSWORD=hunter2", "DB_PASSWORD=[masked]"},
    {"api-key", "api key: abcdefgh", "api key: [masked]"},
    {"no-password", "the password is wrong, a token is missing", NULL},
    {"url", "postgres://bob:s3cret@db/prod", "postgres://[masked]@db/prod"},
    {"no-url", "see https://example.org:8080/a@b", NULL},
    {"mail-quoted", "“ann@example.org” «x@y.co»", "“[mail]” «[mail]»"},
    {"mail-and-phone", "“ann@example.org +49 30 1234567”", "“[mail] [phone]”"},
    {"mail-said", "ann AT example DOT org", "[mail]"},
    {"mail-local", "ann@localhost, ann@[192.168.0.1]", "[mail], [mail]"},
    {"no-mail-said", "LOOK AT example.com AT NOON", NULL},
    {"column-quoted", "“customer: Ann Example” is", "“customer: [masked]” is"},
    {"no-numbers", "€1.234.567,89 – £12.50 – 3–4 of 10–12, ±0.123456789 ≥ 0.5 → 2026‑01‑31", NULL},
    {"no-statistics", "E12 +12.5 % (0.123–0.456, 0.12-0.34, n = 12345678) p = 1.5e-12", NULL},
    {"plain", "It broke after the update – why?", NULL},
};

static void
test_redact_case(gconstpointer data)
{
    const Case *c = data;
    static const char *const columns[] = {"customer", NULL};
    g_autoptr(ErrataRedact) redact = errata_redact_new("[A-Z]{3}-\\d{4}", columns);
    g_autofree char *masked = errata_redact_apply(redact, c->text);
    g_autofree char *again = errata_redact_apply(redact, masked);

    g_assert_cmpstr(masked, ==, c->masked != NULL ? c->masked : c->text);
    g_assert_cmpstr(again, ==, masked);
}

/* what this thread took, however busy the machine is */
static double
cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* a pattern that would look for an age gives up, and nothing of the text is left */
static void
test_redact_astray(void)
{
    g_autoptr(ErrataRedact) redact = errata_redact_new("(a+)+(b+)+(a+)+(c+)+$", NULL);
    g_autofree char *text = g_strnfill(5000, 'a');
    double start = cpu_seconds();
    g_autofree char *masked = errata_redact_apply(redact, text);

    g_assert_cmpfloat(cpu_seconds() - start, <, 5.0);
    g_assert_true(strcmp(masked, text) == 0 || strcmp(masked, "[masked]") == 0);
}

/* time grows with the length, not with its square */
static void
test_redact_long(void)
{
    static const char *const repeated[] = {"a.", "1 ", "a@b.c", "::", "+1-", "AB12 ", "password="};
    g_autoptr(ErrataRedact) redact = errata_redact_new(NULL, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(repeated); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        double start = cpu_seconds();
        g_autofree char *masked = NULL;

        while (text->len < 100000)
            g_string_append(text, repeated[i]);
        masked = errata_redact_apply(redact, text->str);
        g_assert_cmpfloat(cpu_seconds() - start, <, 3.0);
    }
}

static const Case quotes[] = {
    {"token", "a<|im_end|>b", "a< |im_end| >b"},
    {"llama", "[INST] do [/INST] <s>x</s>", "[ INST] do [ /INST] < s>x< /s>"},
    {"gemma", "<start_of_turn>user", "< start_of_turn>user"},
    {"think", "</think><think>", "< /think>< think>"},
    {"media", "<__media__><image>", "< __media__>< image>"},
    {"deepseek", "<｜end▁of▁sentence｜>", "< |end▁of▁sentence| >"},
    {"full-width", "＜｜ｉｍ_end｜＞", "< |im_end| >"},
    {"zero-width", "<\u200b|im\u200b_end|\u2060>", "< |im_end| >"},
    {"bidi", "a\u202egnp.exe\u2066b\u00ad", "agnp.exeb"},
    {"controls",
     "a\x1b[31mb\x07\x7f\xc2\x85"
     "c",
     "a[31mbc"},
    {"lines", " a\n\n\tb\r\nc ", "a b c"},
    {"private", "a\ue000b\U000f0000c\U000e0041d", "abcd"},
    {"digits", "٣ ４ ७", "3 4 7"},
    {"fence", "```js\n### System:", "` ` `js # # # System:"},
    {"comparison", "a < b > c [1] [Note]", "a < b > c [1] [Note]"},
    {"joint", "aˆb", "ab"},
    {"invalid",
     "a\xff"
     "b",
     "a\ufffd"
     "b"},
};

static void
test_quote_case(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *clean = errata_quote_clean(c->text, 200);
    g_autofree char *again = errata_quote_clean(clean, 200);

    g_assert_cmpstr(clean, ==, c->masked);
    g_assert_cmpstr(again, ==, clean);
}

static void
test_quote_cap(void)
{
    g_autofree char *cut = errata_quote_clean("ääääää", 10);
    g_autofree char *whole = errata_quote_clean("ääää", 10);

    g_assert_cmpstr(cut, ==, "äää…");
    g_assert_cmpstr(whole, ==, "ääää");
}

/* the same request has the same marks; another secret or another text has others */
static void
test_quote_marks(void)
{
    static const char *const data[] = {"one two", "<|im_end|>", "one two", NULL};
    static const char *const other[] = {"one two", "<|im_end|>", "three", NULL};
    static const guint8 secret[4] = {1, 2, 3, 4};
    static const guint8 foreign[4] = {1, 2, 3, 5};
    g_autofree char *first = errata_quote_data(data, NULL, secret, sizeof secret);
    g_autofree char *second = errata_quote_data(data, NULL, secret, sizeof secret);
    g_autofree char *third = errata_quote_data(data, NULL, foreign, sizeof foreign);
    g_autofree char *fourth = errata_quote_data(other, NULL, secret, sizeof secret);
    g_auto(GStrv) lines = g_strsplit(first, "\n", -1);

    g_assert_cmpstr(first, ==, second);
    g_assert_cmpstr(first, !=, third);
    g_assert_cmpuint(strlen(lines[1]), ==, 16);
    g_assert_cmpstr(lines[1], ==, lines[5]);
    g_assert_nonnull(strstr(lines[0], lines[1]));
    g_assert_null(strstr(fourth, lines[1]));
    g_assert_true(g_str_has_prefix(lines[2], "[1]") && g_str_has_suffix(lines[2], "two"));
    g_assert_null(strchr(lines[2], ' '));
    g_assert_true(g_str_has_prefix(lines[4], "[3]") && g_str_has_suffix(lines[4], "[1]"));
}

/* however much is handed in, what goes out is bounded */
static void
test_quote_bounds(void)
{
    g_autoptr(GPtrArray) data = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *quoted = NULL;

    for (guint i = 0; i < 1000; i++)
        g_ptr_array_add(data, g_strdup_printf("%u %01000d", i, 7));
    g_ptr_array_add(data, NULL);
    quoted = errata_quote_data((const char *const *)data->pdata, NULL, (const guint8 *)"s", 1);
    g_assert_cmpuint(strlen(quoted), <, ERRATA_LIMIT_LLM_PART_BYTES + 4096);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/redact/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_redact_case);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(quotes); i++) {
        g_autofree char *path = g_strdup_printf("/quote/%s", quotes[i].name);
        g_test_add_data_func(path, &quotes[i], test_quote_case);
    }
    g_test_add_func("/redact/astray", test_redact_astray);
    g_test_add_func("/redact/long", test_redact_long);
    g_test_add_func("/quote/cap", test_quote_cap);
    g_test_add_func("/quote/marks", test_quote_marks);
    g_test_add_func("/quote/bounds", test_quote_bounds);
    return g_test_run();
}
