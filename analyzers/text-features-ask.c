/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a language model sees in texts: it names attributes from texts that are judged wrongly
 * beside such as are not, and then, in an order that tells nothing, gives each text its values. */
#include <string.h>

#include "interpret/role.h"
#include "interpret/word-sense.h"
#include "json-reader.h"
#include "propose-private.h"
#include "rng.h"
#include "text-features-private.h"
#include "trait.h"

#define ASK_STAGE    0x74666561 /* of random numbers */
#define ASK_SHOWN    12         /* of each kind, when attributes are named */
#define ASK_FEATURES 4
#define ASK_BATCH    20
#define ASK_WORDS    3
#define ASK_BYTES    40 /* of a name or a value */
#define ASK_TOKENS   900

typedef struct {
    const ErrataTextSample *sample;
    GPtrArray *features;
    guint32 order[ERRATA_FEATURES_TEXTS];
    guint begin; /* of the batch, in @order */
    guint n;
} Ask;

static void
ask_feature_free(gpointer data)
{
    ErrataTextFeature *feature = data;

    g_free(feature->name);
    g_strfreev(feature->values);
    g_free(feature);
}

/* one to three words of letters that claim nothing */
static gboolean
ask_is_plain(const char *text)
{
    const ErrataWordSense claims = ERRATA_WORD_NUMBER | ERRATA_WORD_UP | ERRATA_WORD_DOWN |
                                   ERRATA_WORD_WORSE | ERRATA_WORD_BETTER | ERRATA_WORD_EQUAL |
                                   ERRATA_WORD_EXTREME | ERRATA_WORD_CAUSE | ERRATA_WORD_ADDRESS |
                                   ERRATA_WORD_META;
    g_auto(GStrv) words = NULL;

    if (text == NULL || *text == '\0' || strlen(text) > ASK_BYTES ||
        !g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *p = text; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gboolean joins = (*p == ' ' || *p == '-') && p > text && p[1] != '\0';

        if (!joins && !g_unichar_isalpha(g_utf8_get_char(p)))
            return FALSE;
    }
    words = errata_word_list(text);
    for (guint i = 0; words[i] != NULL; i++)
        if ((errata_word_sense(words[i]) & claims) != 0)
            return FALSE;
    return g_strv_length(words) >= 1 && g_strv_length(words) <= ASK_WORDS;
}

/* (transfer full): the values as they are kept, or NULL */
static char **
ask_values(JsonObject *element)
{
    g_auto(GStrv) values = element != NULL ? errata_json_reader_strings(element, "values") : NULL;
    guint n = values != NULL ? g_strv_length(values) : 0;
    g_autoptr(GStrvBuilder) kept = g_strv_builder_new();

    if (n < 2 || n > ERRATA_TEXT_LINEAR_VALUES)
        return NULL;
    for (guint i = 0; i < n; i++) {
        g_autofree char *folded = ask_is_plain(values[i]) ? g_utf8_strdown(values[i], -1) : NULL;

        if (folded == NULL || g_str_equal(folded, "unsure"))
            return NULL;
        for (guint k = 0; k < i; k++)
            if (g_ascii_strcasecmp(values[k], values[i]) == 0)
                return NULL;
        g_strv_builder_add(kept, folded);
    }
    return g_strv_builder_end(kept);
}

/* the name as it is kept, where no column has it */
static char *
ask_name(const Ask *self, const char *name)
{
    const ErrataTextSample *sample = self->sample;
    g_autofree char *folded = ask_is_plain(name) ? g_utf8_strdown(name, -1) : NULL;
    g_autofree char *column = NULL;

    if (folded == NULL || errata_frame_find(sample->analysis->frame, folded, NULL) != NULL)
        return NULL;
    column = g_strdup_printf("%s: %s", sample->text->name, folded);
    if (errata_frame_find(sample->analysis->frame, column, NULL) != NULL ||
        errata_trait_parse(column, NULL, NULL))
        return NULL;
    for (guint i = 0; i < self->features->len; i++)
        if (g_str_equal(((ErrataTextFeature *)g_ptr_array_index(self->features, i))->name, folded))
            return NULL;
    return g_steal_pointer(&folded);
}

static gboolean
ask_check_features(const char *answer, gpointer data, GPtrArray *faults)
{
    Ask *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *list = errata_json_reader_array(object, "features");
    guint n = errata_json_reader_length(list);

    g_ptr_array_set_size(self->features, 0);
    if (object == NULL)
        return FALSE;
    if (list == NULL || n > ASK_FEATURES)
        return errata_role_refuse(faults, "schema", "a list of at most four is wanted");
    for (guint i = 0; i < n; i++) {
        JsonObject *element = errata_json_reader_element(list, i);
        char *name = ask_name(self,
                              element != NULL ? errata_json_reader_peek(element, "name") : NULL);
        char **values = ask_values(element);
        ErrataTextFeature *feature;

        if (name == NULL || values == NULL) {
            g_free(name);
            g_strfreev(values);
            g_ptr_array_set_size(self->features, 0);
            return errata_role_refuse(faults,
                                      "name",
                                      "feature %u: a new name and two to four values are wanted, "
                                      "all of plain words that state nothing",
                                      i + 1);
        }
        feature = g_new0(ErrataTextFeature, 1);
        feature->name = name;
        feature->values = values;
        memset(feature->value, ERRATA_FEATURES_UNSURE, sizeof feature->value);
        g_ptr_array_add(self->features, feature);
    }
    return TRUE;
}

/* which value a text was given; FALSE: none that there is */
static gboolean
ask_read_value(const ErrataTextFeature *feature, JsonArray *given, guint place, guint8 *ret_value)
{
    JsonNode *node = json_array_get_element(given, place);
    const char *text = JSON_NODE_HOLDS_VALUE(node) &&
                               json_node_get_value_type(node) == G_TYPE_STRING
                           ? json_node_get_string(node)
                           : "";
    g_autofree char *folded = g_utf8_strdown(text, -1);

    *ret_value = ERRATA_FEATURES_UNSURE;
    for (guint i = 0; feature->values[i] != NULL; i++)
        if (g_str_equal(feature->values[i], folded))
            *ret_value = (guint8)i;
    return *ret_value != ERRATA_FEATURES_UNSURE || g_str_equal(folded, "unsure");
}

static gboolean
ask_check_values(const char *answer, gpointer data, GPtrArray *faults)
{
    Ask *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *list = errata_json_reader_array(object, "texts");
    guint8 read[ASK_BATCH][ASK_FEATURES];

    if (object == NULL)
        return FALSE;
    if (errata_json_reader_length(list) != self->n)
        return errata_role_refuse(faults, "schema", "a list of %u lists is wanted", self->n);
    for (guint i = 0; i < self->n; i++) {
        JsonNode *node = json_array_get_element(list, i);
        JsonArray *given = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

        if (given == NULL || json_array_get_length(given) != self->features->len)
            return errata_role_refuse(faults,
                                      "schema",
                                      "text %u: %u values are wanted",
                                      i + 1,
                                      self->features->len);
        for (guint f = 0; f < self->features->len; f++)
            if (!ask_read_value(g_ptr_array_index(self->features, f), given, f, &read[i][f]))
                return errata_role_refuse(faults,
                                          "name",
                                          "text %u, value %u is none of those listed",
                                          i + 1,
                                          f + 1);
    }
    for (guint i = 0; i < self->n; i++)
        for (guint f = 0; f < self->features->len; f++)
            ((ErrataTextFeature *)g_ptr_array_index(self->features, f))
                ->value[self->order[self->begin + i]] = read[i][f];
    return TRUE;
}

static char *
ask_text(const Ask *self, guint place, const ErrataLlm *llm)
{
    const ErrataTextSample *sample = self->sample;

    return errata_propose_text(sample->analysis,
                               sample->column,
                               sample->row[place],
                               !llm->sends_full);
}

static gboolean
ask_for_features(Ask *self, ErrataLlm *llm)
{
    static const ErrataLlmRole role = {
        .name = "text-features",
        .prompt = "text-features.txt",
        .schema = "text-features.schema.json",
        .reminder = "Answer with the JSON object only: up to four attributes with their values.",
        .max_tokens = 300,
        .check = ask_check_features,
    };
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *facts = NULL;
    guint n_wrong = 0;

    for (guint wrong = 2; wrong-- > 0;) {
        guint n = 0;

        for (guint i = 0; i < self->sample->n && n < ASK_SHOWN; i++)
            if (self->sample->wrong[i] == wrong) {
                g_ptr_array_add(texts, ask_text(self, i, llm));
                n++;
            }
        n_wrong = wrong == 1 ? n : n_wrong;
    }
    facts = g_strdup_printf("Items 1 to %u: texts that the model gets wrong. Items %u to %u: texts "
                            "that it gets right, for contrast.\n",
                            n_wrong,
                            n_wrong + 1,
                            texts->len);
    g_ptr_array_add(texts, NULL);
    return errata_role_run(&role,
                           facts,
                           (const char *const *)texts->pdata,
                           llm,
                           self->sample->analysis->result->llm,
                           self) == ERRATA_ROLE_ACCEPTED &&
           self->features->len > 0;
}

static gboolean
ask_for_values(Ask *self, ErrataLlm *llm)
{
    static const ErrataLlmRole role = {
        .name = "text-values",
        .prompt = "text-values.txt",
        .schema = "text-values.schema.json",
        .reminder = "Answer with the JSON object only: a list of values for each text.",
        .max_tokens = ASK_TOKENS,
        .check = ask_check_values,
    };
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) facts = g_string_new("Attributes: name | values\n");

    for (guint f = 0; f < self->features->len; f++) {
        const ErrataTextFeature *feature = g_ptr_array_index(self->features, f);
        g_autofree char *values = g_strjoinv(", ", feature->values);

        g_string_append_printf(facts, "%s | %s\n", feature->name, values);
    }
    g_string_append_printf(facts, "Texts: %u\n", self->n);
    for (guint i = 0; i < self->n; i++)
        g_ptr_array_add(texts, ask_text(self, self->order[self->begin + i], llm));
    g_ptr_array_add(texts, NULL);
    return errata_role_run(&role,
                           facts->str,
                           (const char *const *)texts->pdata,
                           llm,
                           self->sample->analysis->result->llm,
                           self) == ERRATA_ROLE_ACCEPTED;
}

/**
 * errata_text_features_ask:
 * @sample: texts
 * @llm: the door
 *
 * One request names attributes, one for every 20 texts gives values. A batch whose answer is
 * refused leaves its texts without values; two of these end the asking.
 */
GPtrArray *
errata_text_features_ask(const ErrataTextSample *sample, ErrataLlm *llm)
{
    g_autoptr(GPtrArray) features = g_ptr_array_new_with_free_func(ask_feature_free);
    Ask self = {.sample = sample, .features = features};
    ErrataRng rng = errata_rng_init(sample->analysis->settings->seed, ASK_STAGE, sample->n);
    guint n_refused = 0;

    if (!ask_for_features(&self, llm)) {
        g_ptr_array_set_size(features, 0);
        return g_steal_pointer(&features);
    }
    for (guint i = 0; i < sample->n; i++)
        self.order[i] = i;
    for (guint i = sample->n; i > 1; i--) {
        guint k = (guint)errata_rng_below(&rng, i);
        guint32 swap = self.order[i - 1];

        self.order[i - 1] = self.order[k];
        self.order[k] = swap;
    }
    for (; self.begin < sample->n && n_refused < 2; self.begin += ASK_BATCH) {
        self.n = MIN(ASK_BATCH, sample->n - self.begin);
        n_refused += ask_for_values(&self, llm) ? 0 : 1;
    }
    return g_steal_pointer(&features);
}
