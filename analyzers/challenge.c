/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "challenge.h"

#include <math.h>
#include <string.h>

#include "interpret/role.h"
#include "interpret/word-sense.h"
#include "json-reader.h"
#include "text.h"

#define CHALLENGE_BATCH   8 /* texts of a request */
#define CHALLENGE_TIMES   3 /* new texts of each, at most */
#define CHALLENGE_BYTES   1000
#define CHALLENGE_NOVELTY 0.1 /* below, it is the source again */
#define CHALLENGE_TOKENS  2000
#define CHALLENGE_CLASSES 30

typedef struct {
    const ErrataChallengeSource *sources; /* of the batch */
    guint n;
    guint first; /* place of the batch among all */
    GHashTable *seen;
    GPtrArray *made; /* (element-type ErrataChallengeCase): of the batch */
    const char *const *classes;
} Challenge;

static void
challenge_case_free(gpointer data)
{
    ErrataChallengeCase *made = data;

    g_free(made->text);
    g_free(made);
}

static GHashTable *
challenge_words(const char *text)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char **list = errata_word_list(text); /* the words go to the table */

    for (guint i = 0; list[i] != NULL; i++)
        g_hash_table_add(words, list[i]);
    return words;
}

/**
 * errata_challenge_novelty:
 *
 * Jaccard's distance of the words of two texts.
 *
 * Returns: 0 for the same words … 1 for none in common
 */
double
errata_challenge_novelty(const char *a, const char *b)
{
    g_autoptr(GHashTable) in_a = challenge_words(a);
    g_autoptr(GHashTable) in_b = challenge_words(b);
    GHashTableIter iter;
    gpointer word;
    guint both = 0;
    guint any;

    g_hash_table_iter_init(&iter, in_a);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        both += g_hash_table_contains(in_b, word) ? 1 : 0;
    any = g_hash_table_size(in_a) + g_hash_table_size(in_b) - both;
    return any > 0 ? 1.0 - (double)both / (double)any : 0.0;
}

/**
 * errata_challenge_distinct:
 * @texts: (array length=n): texts
 * @gram: 1 for words, 2 for pairs of words
 *
 * Distinct-n: of all words (or pairs) of the texts, the share that is another one.
 * Source: Li et al. 2016, "A Diversity-Promoting Objective Function", 5.
 *
 * Returns: in 0 … 1; NaN without any
 */
double
errata_challenge_distinct(const char *const *texts, guint n, guint gram)
{
    g_autoptr(GHashTable) grams = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint64 total = 0;

    for (guint i = 0; i < n; i++) {
        g_auto(GStrv) words = errata_word_list(texts[i]);
        guint n_words = g_strv_length(words);

        for (guint k = 0; k + gram <= n_words; k++) {
            g_hash_table_add(grams,
                             gram == 1 ? g_strdup(words[k])
                                       : g_strconcat(words[k], " ", words[k + 1], NULL));
            total++;
        }
    }
    return total > 0 ? (double)g_hash_table_size(grams) / (double)total : (double)NAN;
}

static const char *
challenge_kind(const char *kind)
{
    static const char *const kinds[] = {"paraphrase", "back-translation", "conditional"};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_strcmp0(kind, kinds[i]) == 0)
            return kinds[i];
    return NULL;
}

static gboolean
challenge_is_text(const char *text)
{
    return text != NULL && *text != '\0' && strlen(text) <= CHALLENGE_BYTES &&
           errata_text_is_plain(text) && strpbrk(text, "<>{}`\n") == NULL &&
           strstr(text, "://") == NULL && strstr(text, "www.") == NULL;
}

static gboolean
challenge_check(const char *answer, gpointer data, GPtrArray *faults)
{
    Challenge *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *list = errata_json_reader_array(object, "cases");
    guint n = errata_json_reader_length(list);

    g_ptr_array_set_size(self->made, 0);
    if (object == NULL)
        return FALSE;
    if (list == NULL || n > CHALLENGE_TIMES * self->n)
        return errata_role_refuse(faults, "schema", "a list of at most three per item is wanted");
    for (guint i = 0; i < n; i++) {
        JsonObject *element = errata_json_reader_element(list, i);
        gint64 item = element != NULL ? errata_json_reader_int(element, "item") : 0;
        const char *kind = element != NULL
                               ? challenge_kind(errata_json_reader_peek(element, "kind"))
                               : NULL;
        const char *text = element != NULL ? errata_json_reader_peek(element, "text") : NULL;
        ErrataChallengeCase *made;

        if (item < 1 || item > self->n || kind == NULL || !challenge_is_text(text))
            return errata_role_refuse(faults,
                                      "schema",
                                      "case %u: an item's number, a kind and a plain text of one "
                                      "line are wanted",
                                      i + 1);
        made = g_new0(ErrataChallengeCase, 1);
        made->source = self->first + (guint)item - 1;
        made->kind = kind;
        made->text = g_strdup(text);
        made->novelty = errata_challenge_novelty(text, self->sources[item - 1].text);
        g_ptr_array_add(self->made, made);
    }
    return TRUE;
}

/* copies, and what says hardly anything else than its source, go */
static void
challenge_sift(Challenge *self)
{
    for (guint i = 0; i < self->made->len;) {
        ErrataChallengeCase *made = g_ptr_array_index(self->made, i);

        if (made->novelty >= CHALLENGE_NOVELTY &&
            g_hash_table_add(self->seen, g_strdup(made->text)))
            i++;
        else
            g_ptr_array_remove_index(self->made, i);
    }
}

static gboolean
challenge_check_labels(const char *answer, gpointer data, GPtrArray *faults)
{
    Challenge *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    g_auto(GStrv) labels = object != NULL ? errata_json_reader_strings(object, "labels") : NULL;

    if (object == NULL)
        return FALSE;
    if (labels == NULL || g_strv_length(labels) != self->made->len)
        return errata_role_refuse(faults,
                                  "schema",
                                  "labels is a list of %u texts",
                                  self->made->len);
    for (guint i = 0; i < self->made->len; i++) {
        ErrataChallengeCase *made = g_ptr_array_index(self->made, i);
        const char *label = self->sources[made->source - self->first].label;
        g_autofree char *given = g_utf8_casefold(labels[i], -1);
        g_autofree char *known = label != NULL ? g_utf8_casefold(label, -1) : NULL;

        made->keeps = g_strcmp0(given, known) == 0;
    }
    return TRUE;
}

static void
challenge_vote(Challenge *self, ErrataLlm *llm, ErrataLlmUse *use)
{
    static const ErrataLlmRole role = {
        .name = "label-vote",
        .prompt = "label-vote.txt",
        .schema = "label-vote.schema.json",
        .reminder = "Answer with the JSON object only: one of the classes or unsure per text.",
        .max_tokens = 600,
        .check = challenge_check_labels,
    };
    g_autoptr(GString) facts = g_string_new("Classes:");
    g_autoptr(GPtrArray) texts = g_ptr_array_new();

    for (guint i = 0; self->classes[i] != NULL; i++)
        g_string_append_printf(facts, " “%s”", self->classes[i]);
    g_string_append_printf(facts, "\nTexts: %u\n", self->made->len);
    for (guint i = 0; i < self->made->len; i++)
        g_ptr_array_add(texts, ((ErrataChallengeCase *)g_ptr_array_index(self->made, i))->text);
    g_ptr_array_add(texts, NULL);
    errata_role_run(&role, facts->str, (const char *const *)texts->pdata, llm, use, self);
}

static gboolean
challenge_batch(Challenge *self, ErrataLlm *llm, ErrataLlmUse *use)
{
    static const ErrataLlmRole role = {
        .name = "challenge",
        .prompt = "challenge.txt",
        .schema = "challenge.schema.json",
        .reminder = "Answer with the JSON object only: new texts, each with its item and kind.",
        .max_tokens = CHALLENGE_TOKENS,
        .check = challenge_check,
    };
    g_autoptr(GString) facts = g_string_new("Classes: item | class\n");
    g_autoptr(GPtrArray) texts = g_ptr_array_new();

    for (guint i = 0; i < self->n; i++) {
        g_string_append_printf(facts, "%u | %s\n", i + 1, self->sources[i].label);
        g_ptr_array_add(texts, self->sources[i].text);
    }
    g_ptr_array_add(texts, NULL);
    if (errata_role_run(&role, facts->str, (const char *const *)texts->pdata, llm, use, self) !=
        ERRATA_ROLE_ACCEPTED)
        return FALSE;
    challenge_sift(self);
    if (self->made->len > 0)
        challenge_vote(self, llm, use);
    return TRUE;
}

/**
 * errata_challenge_ask:
 * @sources: (array length=n_sources): texts with labels
 * @classes: (array zero-terminated=1): that there are, names that may stand in a prompt
 * @seen: (element-type utf8): texts that are there already; gets the new ones
 * @llm: the door
 * @use: (inout): counts
 *
 * Asks for new texts of each source, leaves out what is there already or hardly differs, and asks
 * anew, without the labels, which class each belongs to.
 *
 * Returns: (transfer full) (element-type ErrataChallengeCase): the new texts; none without an
 * answer
 */
GPtrArray *
errata_challenge_ask(const ErrataChallengeSource *sources,
                     guint n_sources,
                     const char *const *classes,
                     GHashTable *seen,
                     ErrataLlm *llm,
                     ErrataLlmUse *use)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(challenge_case_free);
    guint n_classes = 0;

    while (classes[n_classes] != NULL)
        n_classes++;
    if (!llm->sends_rows || n_classes == 0 || n_classes > CHALLENGE_CLASSES)
        return all;
    for (guint first = 0; first < n_sources; first += CHALLENGE_BATCH) {
        g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(challenge_case_free);
        Challenge self = {.sources = sources + first,
                          .n = MIN(CHALLENGE_BATCH, n_sources - first),
                          .first = first,
                          .seen = seen,
                          .made = made,
                          .classes = classes};

        if (!challenge_batch(&self, llm, use))
            break;
        g_ptr_array_extend_and_steal(all, g_steal_pointer(&made));
    }
    return all;
}
