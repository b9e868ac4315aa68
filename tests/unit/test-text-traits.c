/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traits of texts: hand-counted values, languages by sentences, hostile bytes, and the derived
 * columns. */
#include <math.h>
#include <string.h>

#include "frame-builder.h"
#include "parallel.h"
#include "rng.h"
#include "text-columns.h"
#include "text-traits.h"

static void
assert_is(double value, double wanted)
{
    g_assert_cmpfloat_with_epsilon(value, wanted, 1e-12);
}

static ErrataTextTraits
traits_of(const char *text)
{
    ErrataTextTraits traits;

    errata_text_traits_measure(text, strlen(text), NULL, 0, &traits);
    return traits;
}

static double
trait_of(const char *text, ErrataTrait trait)
{
    return traits_of(text).value[trait];
}

static void
test_counts(void)
{
    ErrataTextTraits t = traits_of("NEVER again!! See https://a.example/x?y=1 or me@b.example, 24 "
                                   "times \xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd soooo good?");

    /* NEVER again See https or me b example 24 times soooo good */
    assert_is(t.value[ERRATA_TRAIT_WORDS], 12.0);
    assert_is(t.value[ERRATA_TRAIT_DIGITS], 2.0);
    assert_is(t.value[ERRATA_TRAIT_EMOJI], 1.0);
    assert_is(t.value[ERRATA_TRAIT_LINKS], 2.0);
    assert_is(t.value[ERRATA_TRAIT_NEGATIONS], 1.0);
    assert_is(t.value[ERRATA_TRAIT_EXCLAMATIONS], 2.0);
    assert_is(t.value[ERRATA_TRAIT_QUESTIONS], 1.0);
    g_assert_cmpfloat_with_epsilon(t.value[ERRATA_TRAIT_CAPITALS], 1.0 / 10.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(t.value[ERRATA_TRAIT_REPETITION], 1.0 / 12.0, 1e-12);
    assert_is(trait_of("caf\xc3\xa9 ol\xc3\xa9", ERRATA_TRAIT_CHARACTERS), 8.0);
    assert_is(trait_of("a b a b", ERRATA_TRAIT_REPETITION), 0.5);
    assert_is(trait_of("ab, c.", ERRATA_TRAIT_PUNCTUATION), 0.4);
}

static void
test_sentiment(void)
{
    /* valence 2 → 2 / √19; denied → −1.5 / √(2.25 + 15) */
    g_assert_cmpfloat_with_epsilon(trait_of("An excellent app", ERRATA_TRAIT_SENTIMENT),
                                   2.0 / sqrt(19.0),
                                   1e-12);
    g_assert_cmpfloat_with_epsilon(
        trait_of("This isn\xe2\x80\x99t an excellent app", ERRATA_TRAIT_SENTIMENT),
        -1.5 / sqrt(17.25),
        1e-12);
    assert_is(trait_of("The parcel arrived", ERRATA_TRAIT_SENTIMENT), 0.0);
    assert_is(trait_of("", ERRATA_TRAIT_SENTIMENT), 0.0);
    assert_is(trait_of("I can't say it works", ERRATA_TRAIT_NEGATIONS), 1.0);
    assert_is(trait_of("Das ist nicht gut", ERRATA_TRAIT_NEGATIONS), 1.0);
}

typedef struct {
    const char *text;
    ErrataLanguage language;
    ErrataScript script;
} Tongue;

static void
test_language(void)
{
    static const Tongue tongues[] = {
        {"The parcel was left in the rain and nobody told us",
         ERRATA_LANGUAGE_ENGLISH,
         ERRATA_SCRIPT_LATIN},
        {"Das Paket lag im Regen und niemand hat uns etwas gesagt",
         ERRATA_LANGUAGE_GERMAN,
         ERRATA_SCRIPT_LATIN},
        {"Le colis est resté sous la pluie et personne ne nous a prévenus",
         ERRATA_LANGUAGE_FRENCH,
         ERRATA_SCRIPT_LATIN},
        {"Ni bruyante, ni chère, notre chambre", ERRATA_LANGUAGE_FRENCH, ERRATA_SCRIPT_LATIN},
        {"El paquete se quedó bajo la lluvia y nadie nos avisó",
         ERRATA_LANGUAGE_SPANISH,
         ERRATA_SCRIPT_LATIN},
        {"A encomenda ficou à chuva e ninguém nos disse nada, não foi bom",
         ERRATA_LANGUAGE_PORTUGUESE,
         ERRATA_SCRIPT_LATIN},
        {"Il pacco è rimasto sotto la pioggia e nessuno ci ha detto niente",
         ERRATA_LANGUAGE_ITALIAN,
         ERRATA_SCRIPT_LATIN},
        {"Het pakket lag in de regen en niemand heeft ons iets verteld",
         ERRATA_LANGUAGE_DUTCH,
         ERRATA_SCRIPT_LATIN},
        {"Paketet låg ute i regnet och ingen sa något till oss",
         ERRATA_LANGUAGE_SWEDISH,
         ERRATA_SCRIPT_LATIN},
        {"Paczka leżała na deszczu i nikt nam o tym nie powiedział",
         ERRATA_LANGUAGE_POLISH,
         ERRATA_SCRIPT_LATIN},
        {"Balík ležel na dešti a nikdo nám nic neřekl, to není dobře",
         ERRATA_LANGUAGE_CZECH,
         ERRATA_SCRIPT_LATIN},
        {"Paket yağmurda kaldı ve kimse bize bir şey söylemedi",
         ERRATA_LANGUAGE_TURKISH,
         ERRATA_SCRIPT_LATIN},
        {"Paketti oli sateessa ja kukaan ei kertonut meille mitä tehdä",
         ERRATA_LANGUAGE_FINNISH,
         ERRATA_SCRIPT_LATIN},
        {"A csomag az esőben volt és senki nem szólt nekünk",
         ERRATA_LANGUAGE_HUNGARIAN,
         ERRATA_SCRIPT_LATIN},
        {"Посылка осталась под дождём, и никто нам не сказал, что это было",
         ERRATA_LANGUAGE_RUSSIAN,
         ERRATA_SCRIPT_CYRILLIC},
        {"Посилка залишилася під дощем, і ніхто нам не сказав",
         ERRATA_LANGUAGE_UKRAINIAN,
         ERRATA_SCRIPT_CYRILLIC},
        {"荷物が雨の中に置かれていました。", ERRATA_LANGUAGE_JAPANESE, ERRATA_SCRIPT_KANA},
        {"包裹被放在雨中没有人告诉我们", ERRATA_LANGUAGE_CHINESE, ERRATA_SCRIPT_HAN},
        {"소포가 비를 맞고 있었어요", ERRATA_LANGUAGE_KOREAN, ERRATA_SCRIPT_HANGUL},
        {"تركت الحزمة في المطر", ERRATA_LANGUAGE_ARABIC, ERRATA_SCRIPT_ARABIC},
        {"Το δέμα έμεινε στη βροχή", ERRATA_LANGUAGE_GREEK, ERRATA_SCRIPT_GREEK},
        {"qwrt zxcv 1234", ERRATA_LANGUAGE_UNKNOWN, ERRATA_SCRIPT_LATIN},
        {"\xf0\x9f\x91\x8d \xf0\x9f\x91\x8d", ERRATA_LANGUAGE_UNKNOWN, ERRATA_SCRIPT_NONE},
        {"Der Fahrer war sehr nett and the parcel was on time",
         ERRATA_LANGUAGE_MIXED,
         ERRATA_SCRIPT_LATIN},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(tongues); i++) {
        ErrataLanguage language = (ErrataLanguage)trait_of(tongues[i].text, ERRATA_TRAIT_LANGUAGE);

        if (language != tongues[i].language)
            g_test_message("%s: %s", tongues[i].text, errata_lexicon_language(language));
        g_assert_cmpint(language, ==, tongues[i].language);
        assert_is(trait_of(tongues[i].text, ERRATA_TRAIT_SCRIPT), tongues[i].script);
    }
}

static void
test_usage(void)
{
    g_autoptr(ErrataTextUsage) usage = errata_text_usage_new();
    static const char common[] = "the delivery was delayed";
    static const char typo[] = "the delviery was dlayed outrageously";
    ErrataTextTraits traits;

    for (guint i = 0; i < 30; i++)
        errata_text_usage_count(usage, common, strlen(common));
    errata_text_usage_count(usage, typo, strlen(typo));
    errata_text_usage_learn(usage, common, strlen(common));
    errata_text_traits_measure(typo, strlen(typo), usage, 1, &traits);
    g_assert_cmpfloat_with_epsilon(traits.value[ERRATA_TRAIT_RARE_WORDS], 0.6, 1e-12);
    g_assert_cmpfloat_with_epsilon(traits.value[ERRATA_TRAIT_TYPOS], 0.4, 1e-12);
    errata_text_traits_measure(common, strlen(common), usage, 1, &traits);
    assert_is(traits.value[ERRATA_TRAIT_RARE_WORDS], 0.0);
    g_assert_false(errata_text_usage_is_typo(usage, "deliverys", 9)); /* an ending is no slip */
}

/* any bytes that are UTF-8, cut anywhere */
static void
test_hostile(void)
{
    ErrataRng rng = errata_rng_init(7, 7, 7);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *large = g_strnfill(1 << 20, 'a');
    ErrataTextTraits traits;

    for (guint round = 0; round < 2000; round++) {
        g_string_truncate(text, 0);
        for (guint i = 0; i < 40; i++) {
            gunichar c = (gunichar)errata_rng_below(&rng, i % 3 == 0 ? 0x110000 : 0x700);

            if (g_unichar_validate(c) && c != 0)
                g_string_append_unichar(text, c);
        }
        errata_text_traits_measure(text->str, text->len, NULL, 0, &traits);
        for (guint i = 0; i < ERRATA_TRAITS; i++)
            g_assert_true(isfinite(traits.value[i]));
        assert_is(traits.value[ERRATA_TRAIT_CHARACTERS],
                  (double)g_utf8_strlen(text->str, (gssize)text->len));
    }
    errata_text_traits_measure(large, 1 << 20, NULL, 0, &traits);
    assert_is(traits.value[ERRATA_TRAIT_WORDS], 1.0);
}

static ErrataFrame *
make_frame(const char *odd)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    guint column = 0;

    g_assert_true(errata_frame_builder_column(builder, "note", 4, &column, NULL));
    for (guint i = 0; i < 400; i++) {
        g_autofree char *text =
            g_strdup_printf("the %s number %u came late", i % 4 == 0 ? odd : "parcel", i);

        if (i != 13)
            errata_frame_builder_string(builder, column, text, strlen(text));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static ErrataSchema *
make_schema(const ErrataFrame *frame)
{
    g_autoptr(ErrataSettings) settings = errata_settings_new();

    g_assert_true(errata_settings_set(settings, "roles", "note", "text", "test", NULL));
    return errata_schema_infer(frame, settings, NULL, NULL);
}

static void
test_columns(void)
{
    g_autoptr(ErrataFrame) frame = make_frame("PARCEL!");
    g_autoptr(ErrataSchema) schema = make_schema(frame);
    g_autoptr(ErrataTextColumns) texts = errata_text_columns_new(frame, schema, NULL, NULL);
    const ErrataColumn *capitals = errata_frame_find(texts->frame, "note: capitals", NULL);
    guint index = 0;

    g_assert_nonnull(capitals);
    g_assert_cmpuint(texts->frame->n_columns, ==, 1 + texts->n_columns);
    g_assert_cmpuint(schema->n_columns, ==, texts->frame->n_columns);
    g_assert_null(errata_frame_find(texts->frame, "note: language", NULL)); /* all English */
    g_assert_nonnull(errata_frame_find(texts->frame, "note: exclamations", &index));
    g_assert_cmpstr(schema->columns[index].derived_from, ==, "note");
    g_assert_cmpint(schema->columns[index].role, ==, ERRATA_ROLE_FEATURE);
    g_assert_true(errata_schema_is_logged(schema, 0));
    g_assert_cmpuint(capitals->n_missing, ==, 1);
    g_assert_true(isnan(errata_column_number(capitals, 13)));
    g_assert_cmpfloat_with_epsilon(errata_column_number(capitals, 4), 0.2, 1e-12);
}

static void
test_reference(void)
{
    g_autoptr(ErrataFrame) frame = make_frame("parcel");
    g_autoptr(ErrataFrame) other = make_frame("zebra");
    g_autoptr(ErrataSchema) schema = make_schema(frame);
    g_autoptr(ErrataSchema) other_schema = make_schema(other);
    g_autoptr(ErrataTextColumns) texts =
        errata_text_columns_new(frame, schema, other, other_schema);

    g_assert_cmpuint(texts->reference->n_columns, ==, texts->frame->n_columns);
    for (guint i = 0; i < texts->frame->n_columns; i++)
        g_assert_cmpstr(texts->frame->columns[i]->name, ==, texts->reference->columns[i]->name);
}

static void
assert_reads(const char *column, ErrataOp op, double number, double upper, const char *wanted)
{
    ErrataPredicate *predicate = errata_predicate_new(column, op);
    g_autofree char *words = NULL;

    predicate->number = number;
    predicate->upper = upper;
    words = errata_trait_describe(predicate);
    g_assert_cmpstr(words, ==, wanted);
    errata_predicate_free(predicate);
}

static void
test_words(void)
{
    assert_reads("m: words", ERRATA_OP_GE, 20.0, 0.0, "m has at least 20 words");
    assert_reads("m: words", ERRATA_OP_LT, 3.5, 0.0, "m has at most 3 words");
    assert_reads("m: negations", ERRATA_OP_GE, 1.0, 0.0, "m has a negation");
    assert_reads("m: emoji", ERRATA_OP_LT, 1.0, 0.0, "m has no emoji");
    assert_reads("m: words", ERRATA_OP_BETWEEN, 4.0, 7.0, "m has 4 to 6 words");
    assert_reads("m: capitals",
                 ERRATA_OP_GE,
                 0.5,
                 0.0,
                 "at least 50 % of the words of m are in capitals");
    assert_reads("m: capitals", ERRATA_OP_GE, 1.0, 0.0, "all words of m are in capitals");
    assert_reads("m: typos", ERRATA_OP_LE, 0.0, 0.0, "no words of m are typos");
    assert_reads("m: rare words", ERRATA_OP_GT, 0.0, 0.0, "some words of m are rare");
    assert_reads("m: punctuation",
                 ERRATA_OP_BETWEEN,
                 0.05,
                 0.1,
                 "5 % to under 10 % of the characters of m are punctuation");
    assert_reads("m", ERRATA_OP_GE, 0.5, 0.0, NULL);
    assert_reads(": words", ERRATA_OP_GE, 0.5, 0.0, NULL);
}

static void
test_text_traits_count(void)
{
    g_autoptr(ErrataTextUsage) before = errata_text_usage_new();
    g_autoptr(ErrataTextUsage) during = errata_text_usage_new();
    g_autoptr(GArray) rare = g_array_new(FALSE, FALSE, sizeof(ErrataTextRare));
    char text[120][80];
    ErrataTextTraits got[G_N_ELEMENTS(text)], want;

    g_test_summary("Texts measured while they are counted are as when they were counted before");
    for (guint i = 0; i < G_N_ELEMENTS(text); i++) {
        g_snprintf(text[i],
                   sizeof text[i],
                   "%s delivery q%c%cx came late, o'clock %u",
                   i % 3 == 0 ? "naïve" : "the",
                   'a' + (char)(i % 5 == 0 ? i / 20 : 0),
                   'a' + (char)(i % 5 == 0 ? i % 20 : 0),
                   i / 2);
        errata_text_usage_count(before, text[i], strlen(text[i]));
        errata_text_traits_count(text[i], strlen(text[i]), i, during, rare, &got[i]);
    }
    g_assert_cmpuint(rare->len, >, 20);
    for (guint i = 0; i < rare->len; i++) {
        const ErrataTextRare *word = &g_array_index(rare, ErrataTextRare, i);

        if (errata_text_usage_stayed_rare(during, word))
            got[word->row].value[ERRATA_TRAIT_RARE_WORDS] += 1.0;
    }
    for (guint i = 0; i < G_N_ELEMENTS(text); i++) {
        errata_text_traits_measure(text[i], strlen(text[i]), before, 1, &want);
        want.value[ERRATA_TRAIT_RARE_WORDS] *= want.value[ERRATA_TRAIT_WORDS];
        for (guint t = 0; t < ERRATA_TRAITS; t++)
            g_assert_cmpfloat_with_epsilon(got[i].value[t], want.value[t], 1e-12);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    errata_parallel_set_threads(2);
    g_test_add_func("/text-traits/counts", test_counts);
    g_test_add_func("/text-traits/sentiment", test_sentiment);
    g_test_add_func("/text-traits/language", test_language);
    g_test_add_func("/text-traits/usage", test_usage);
    g_test_add_func("/text-traits/hostile", test_hostile);
    g_test_add_func("/text-traits/columns", test_columns);
    g_test_add_func("/text-traits/reference", test_reference);
    g_test_add_func("/text-traits/words", test_words);
    g_test_add_func("/text-traits/count", test_text_traits_count);
    return g_test_run();
}
