/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A static embedding of made vectors, in which many words lie close together as those of one
 * meaning do: errors that share the meaning and few of its words are one cluster by it, not by
 * words. Files that are not sound are refused, wherever they are cut or changed. */
#include <math.h>
#include <string.h>

#include "embedding-file.h"
#include "error.h"
#include "frame-builder.h"
#include "rng.h"
#include "run.h"

#define WIDTH   32U
#define PLAIN   600U
#define MEANING 100U /* words that mean one thing: the first in a quarter of its texts */
#define ROWS    4000U

typedef struct {
    GBytes *tensors;
    GBytes *tokenizer;
    GBytes *config;
} Files;

static void
files_clear(Files *self)
{
    g_bytes_unref(self->tensors);
    g_bytes_unref(self->tokenizer);
    g_bytes_unref(self->config);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

/* three syllables that no other word has in this order */
static char *
word(guint i)
{
    static const char syllables[20][3] = {"ba", "ce", "di", "fo", "gu", "ha", "ke",
                                          "li", "mo", "nu", "pa", "re", "si", "to",
                                          "vu", "wa", "ze", "bi", "co", "du"};
    guint mixed = i * 2689U % 8000U; /* prime to 8000 */

    return g_strconcat(syllables[mixed / 400],
                       syllables[mixed / 20 % 20],
                       syllables[mixed % 20],
                       NULL);
}

static float
wobble(ErrataRng *rng)
{
    return (float)(errata_rng_uniform(rng) + errata_rng_uniform(rng) - 1.0);
}

static GBytes *
tensors_of(const char *header, gconstpointer numbers, gsize size)
{
    GByteArray *file = g_byte_array_new();
    guint64 length = GUINT64_TO_LE((guint64)strlen(header));

    g_byte_array_append(file, (const guint8 *)&length, 8);
    g_byte_array_append(file, (const guint8 *)header, (guint)strlen(header));
    g_byte_array_append(file, numbers, (guint)size);
    return g_byte_array_free_to_bytes(file);
}

static GBytes *
bytes_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static Files
make_files(void)
{
    guint n = PLAIN + MEANING + 1;
    g_autofree float *vector = g_new(float, n *WIDTH);
    g_autofree char *header = g_strdup_printf(
        "{\"embeddings\":{\"dtype\":\"F32\",\"shape\":[%u,%u],\"data_offsets\":[0,%u]}}",
        n,
        WIDTH,
        4 * n * WIDTH);
    g_autoptr(GString) tokenizer = g_string_new(
        "{\"normalizer\":{\"type\":\"BertNormalizer\",\"lowercase\":true},"
        "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
        "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"vocab\":{");

    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(7, 1, i);
        g_autofree char *name = i + 1 < n ? word(i) : g_strdup("[UNK]");

        for (guint k = 0; k < WIDTH; k++)
            vector[i * WIDTH + k] = wobble(&rng) + 0.5F; /* what all share */
        if (i >= PLAIN && i + 1 < n)
            for (guint k = 0; k < WIDTH; k++)
                vector[i * WIDTH + k] += k % 2 == 0 ? 4.0F : -4.0F;
        g_string_append_printf(tokenizer, "%s\"%s\":%u", i > 0 ? "," : "", name, i);
    }
    g_string_append(tokenizer, "}}}");
    return (Files){tensors_of(header, vector, 4 * (gsize)n * WIDTH),
                   bytes_of(tokenizer->str),
                   bytes_of("{\"normalize\":true}")};
}

static void
add_cell(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    guint column = 0;

    g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &column, NULL));
    errata_frame_builder_string(builder, column, text, strlen(text));
}

/* one text in twelve has a word of the meaning, and is mostly wrong; else all texts are alike */
static ErrataFrame *
make_frame(gboolean planted)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint i = 0; i < ROWS; i++) {
        ErrataRng rng = errata_rng_init(3, 9, i);
        gboolean means = errata_rng_below(&rng, 12) == 0;
        gboolean wrong = errata_rng_uniform(&rng) < (means && planted ? 0.8 : 0.05);
        gboolean label = errata_rng_below(&rng, 2) == 0;
        guint place = (guint)errata_rng_below(&rng, 6);
        g_autofree char *id = g_strdup_printf("r%u", i);
        g_autoptr(GString) text = g_string_new(NULL);

        for (guint k = 0; k < 6; k++) {
            guint of_meaning = errata_rng_below(&rng, 4) == 0
                                   ? 0
                                   : (guint)errata_rng_below(&rng, MEANING);
            g_autofree char *one = word(means && k == place ? PLAIN + of_meaning
                                                            : (guint)errata_rng_below(&rng, PLAIN));

            g_string_append_printf(text, "%s%s", k > 0 ? " " : "", one);
        }
        add_cell(builder, "id", id);
        add_cell(builder, "text", text->str);
        add_cell(builder, "label", label ? "yes" : "no");
        add_cell(builder, "prediction", label != wrong ? "yes" : "no");
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static ErrataCase *
run(const ErrataStaticEmbedding *embedding, gboolean planted)
{
    g_autoptr(ErrataFrame) frame = make_frame(planted);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataRunExtra extra = {.embedding = embedding};
    ErrataCase *result;

    g_assert_true(errata_settings_set(settings, "roles", "text", "text", "test", NULL));
    result = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, &extra, NULL, &error);
    g_assert_no_error(error);
    return result;
}

/* the largest cluster's share of the errors */
static double
largest(const ErrataCase *result)
{
    double most = 0.0;

    for (guint i = 0; i < result->clusters->len; i++)
        most =
            fmax(most,
                 ((const ErrataCluster *)g_ptr_array_index(result->clusters, i))->share_of_errors);
    return most;
}

static guint
count_found(const ErrataCase *result)
{
    guint n = 0;

    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        n += finding->kind == ERRATA_FINDING_CLUSTER;
        g_test_message("%s", finding->title);
    }
    return n;
}

static gboolean
tells(const ErrataCase *result, const char *what)
{
    for (guint i = 0; i < result->method_notes->len; i++)
        if (strstr(g_ptr_array_index(result->method_notes, i), what) != NULL)
            return TRUE;
    return FALSE;
}

static void
test_meaning(void)
{
    g_auto(Files) files = make_files();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStaticEmbedding) embedding =
        errata_embedding_file_load(files.tensors, files.tokenizer, files.config, "made", &error);
    g_autoptr(ErrataCase) by_words = run(NULL, TRUE);
    g_autoptr(ErrataCase) by_meaning = NULL;
    g_autoptr(ErrataCase) noise = NULL;

    g_test_summary("Errors of one meaning in many words are one cluster by the embedding only");
    g_assert_no_error(error);
    g_test_message("by words: %u, the largest with %g of the errors",
                   count_found(by_words),
                   largest(by_words));
    g_assert_cmpfloat(largest(by_words), <, 0.3);
    g_assert_true(tells(by_words, "hashed TF-IDF"));
    by_meaning = run(embedding, TRUE);
    g_assert_cmpuint(count_found(by_meaning), ==, 1);
    g_test_message("by meaning: %g of the errors", largest(by_meaning));
    g_assert_cmpfloat(largest(by_meaning), >, 0.5);
    g_assert_true(tells(by_meaning, "static embedding made (701 vectors of 32 numbers"));
    noise = run(embedding, FALSE);
    g_assert_cmpuint(count_found(noise), ==, 0);
}

/* the pieces of a text, as the vectors of single numbers that they have here */
static void
test_pieces(void)
{
    static const float numbers[] = {0.0F, 1.0F, 2.0F, 4.0F, 8.0F, 16.0F, 32.0F};
    g_autoptr(GBytes) tensors =
        tensors_of("{\"embeddings\":{\"dtype\":\"F32\",\"shape\":[7,1],\"data_offsets\":[0,28]}}",
                   numbers,
                   28);
    g_autoptr(GBytes) tokenizer = bytes_of(
        "{\"normalizer\":{\"type\":\"BertNormalizer\"},"
        "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
        "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"vocab\":{\"[UNK]\":6,"
        "\"un\":0,\"##believ\":1,\"##able\":2,\"cafe\":3,\"!\":4,\"\\u4e2d\":5}}}");
    static const struct {
        const char *text;
        double mean;
        gboolean known;
    } cases[] = {
        {"unbelievable", 1.0, TRUE},                /* un ##believ ##able */
        {"  Caf\303\251!\n", 6.0, TRUE},            /* cafe ! */
        {"unbelievably", 0.0, FALSE},               /* all of it or nothing */
        {"CAFE qqq", 4.0, TRUE},                    /* the unknown is left out */
        {"cafe\344\270\255cafe", 8.0, TRUE},        /* cafe 中 cafe */
        {"ca\302\255fe un\357\277\275", 2.0, TRUE}, /* characters that are not seen */
        {"", 0.0, FALSE},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStaticEmbedding) embedding =
        errata_embedding_file_load(tensors, tokenizer, NULL, "made", &error);

    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        double mean = -1.0;
        gboolean known =
            errata_static_embedding_text(embedding, cases[i].text, strlen(cases[i].text), &mean);

        g_test_message("“%s”: %g", cases[i].text, mean);
        g_assert_cmpint(known, ==, cases[i].known);
        g_assert_cmpfloat_with_epsilon(mean, cases[i].mean, 1e-12);
    }
}

/* half-precision vectors, weights and a mapping */
static void
test_quantized(void)
{
    static const guint8 numbers[] = {
        0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, /* 1 −2 2⁻²⁴ 65504 */
        0,    0,    0,    0x3f, 0,    0,    0x80, 0x40, /* 0.5, 4 */
        1,    0,    0,    0,    0,    0,    0,    0};
    g_autoptr(GBytes) tensors =
        tensors_of("{\"embeddings\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[0,8]},"
                   "\"weights\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
                   "\"mapping\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[16,24]}}",
                   numbers,
                   sizeof numbers);
    g_autoptr(GBytes) tokenizer = bytes_of(
        "{\"normalizer\":{\"type\":\"BertNormalizer\"},"
        "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
        "\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0,\"b\":1}}}");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStaticEmbedding) embedding =
        errata_embedding_file_load(tensors, tokenizer, NULL, "made", &error);
    double vector[2];

    g_assert_no_error(error);
    g_assert_true(errata_static_embedding_text(embedding, "b a", 3, vector)); /* 4 × (1, −2), … */
    g_assert_cmpfloat_with_epsilon(vector[0], (4.0 + 0.5 * 0x1p-24) / 2.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(vector[1], (-8.0 + 0.5 * 65504.0) / 2.0, 1e-9);
}

static void
refuse(const char *header, const char *tokenizer, const char *message)
{
    static const guint8 numbers[32] = {0, 0, 0xc0, 0x7f}; /* NaN */
    g_autoptr(GBytes) tensors = tensors_of(header, numbers, 32);
    g_autoptr(GBytes) pieces = bytes_of(tokenizer);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStaticEmbedding) embedding =
        errata_embedding_file_load(tensors, pieces, NULL, "made", &error);

    g_assert_null(embedding);
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, message));
}

#define TENSORS(dtype, shape, end) \
    "{\"embeddings\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[0," end "]}}"
#define PIECES(normalizer, model, vocab)                                         \
    "{\"normalizer\":{\"type\":\"" normalizer "\"},\"pre_tokenizer\":{\"type\":" \
    "\"BertPreTokenizer\"},\"model\":{\"type\":\"" model "\",\"vocab\":" vocab "}}"

static void
test_refused(void)
{
    const char *good = PIECES("BertNormalizer", "WordPiece", "{\"a\":0,\"b\":3}");

    refuse(TENSORS("F32", "[4,2]", "32"), good, "holds 1 numbers that are NaN");
    refuse(TENSORS("I64", "[4,1]", "32"), good, "is of type int64: expected f16, f32");
    refuse(TENSORS("I8", "[2,16]", "32"),
           good,
           "2 vectors and tokenizer.json pieces up to number 3");
    refuse(TENSORS("I8", "[32]", "32"), good, "expected vectors of 1 to");
    refuse(TENSORS("F32", "[1152921504606846976,16]", "32"), good, "no count");
    refuse(TENSORS("F32", "[4503599627370496,4503599627370496]", "32"), good, "type and shape");
    refuse("{\"vectors\":{\"dtype\":\"I8\",\"shape\":[32],\"data_offsets\":[0,32]}}",
           good,
           "no tensor “embeddings”");
    refuse(TENSORS("I8", "[4,8]", "32"),
           PIECES("BertNormalizer", "Unigram", "[]"),
           "tokenizer.json: its model is “Unigram”, where only WordPiece is read");
    refuse(TENSORS("I8", "[4,8]", "32"), PIECES("NFC", "WordPiece", "{}"), "normalizer is “NFC”");
    refuse(TENSORS("I8", "[4,8]", "32"),
           PIECES("BertNormalizer", "WordPiece", "{\"a\":-1}"),
           "piece “a” of its vocab has no number");
    refuse(TENSORS("I8", "[4,8]", "32"), "[", "tokenizer.json: ");
}

/* any byte changed, any end cut off: refused or read, and texts still have numbers */
static void
test_changed(void)
{
    static const guint8 numbers[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    g_autoptr(GBytes) whole = tensors_of(TENSORS("F16", "[4,4]", "32"), numbers, 32);
    g_autoptr(GBytes) pieces =
        bytes_of(PIECES("BertNormalizer", "WordPiece", "{\"a\":0,\"##b\":1,\"c\":2,\"d\":3}"));

    for (guint i = 0; i < 20000; i++) {
        ErrataRng rng = errata_rng_init(11, 1, i);
        gboolean of_pieces = i % 2 == 0;
        gsize size;
        const guint8 *data = g_bytes_get_data(of_pieces ? pieces : whole, &size);
        guint8 *copy = g_memdup2(data, size);
        g_autoptr(GBytes) changed = NULL;
        g_autoptr(ErrataStaticEmbedding) embedding = NULL;
        double vector[4096];

        for (guint k = 0; k <= i % 3; k++)
            copy[errata_rng_below(&rng, size)] = (guint8)errata_rng_below(&rng, 256);
        if (i % 5 == 0)
            size = errata_rng_below(&rng, size);
        changed = g_bytes_new_take(copy, size);
        embedding = errata_embedding_file_load(of_pieces ? whole : changed,
                                               of_pieces ? changed : pieces,
                                               NULL,
                                               "made",
                                               NULL);
        if (embedding != NULL)
            errata_static_embedding_text(embedding, "ab c, d\303\244b abab", 13, vector);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/embedding/meaning", test_meaning);
    g_test_add_func("/embedding/pieces", test_pieces);
    g_test_add_func("/embedding/quantized", test_quantized);
    g_test_add_func("/embedding/refused", test_refused);
    g_test_add_func("/embedding/changed", test_changed);
    return g_test_run();
}
