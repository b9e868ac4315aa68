/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New cases from texts by rules: typing errors, case, punctuation, order, negation. All rules but
 * negation leave the label as it is; whoever negates a text has to say what it is now. */
#include <string.h>

#include "challenge.h"
#include "error.h"
#include "exports.h"
#include "interpret/grounding.h"
#include "json-writer.h"
#include "rng.h"

#define TEXT_SHOWN       40  /* texts that a language model gets */
#define TEXT_SHOWN_BYTES 600 /* of each */
#define TEXT_SOURCES     250
#define TEXT_MAX_BYTES   4000                           /* of a source */
#define TEXT_LETTERS     4                              /* of a word in which a letter is moved */
#define TEXT_STAGE       G_GUINT64_CONSTANT(0x6368616c) /* "chal" */

/* places of the letters that have a letter behind them, in words long enough */
static GArray *
text_places(const char *text)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(guint));
    guint run = 0;

    for (guint i = 0; text[i] != '\0'; i++) {
        run = g_ascii_isalpha(text[i]) ? run + 1 : 0;
        if (run >= TEXT_LETTERS) {
            guint place = i - 1; /* inside the word: its first letter stays */

            g_array_append_val(places, place);
        }
    }
    return places;
}

/* two neighbouring letters change places */
static char *
text_transpose(const char *text, ErrataRng *rng)
{
    g_autoptr(GArray) places = text_places(text);
    char *changed;
    char letter;
    guint at;

    if (places->len == 0)
        return NULL;
    at = g_array_index(places, guint, errata_rng_below(rng, places->len));
    changed = g_strdup(text);
    letter = changed[at];
    changed[at] = changed[at + 1];
    changed[at + 1] = letter;
    return changed;
}

static char *
text_drop_letter(const char *text, ErrataRng *rng)
{
    g_autoptr(GArray) places = text_places(text);
    GString *changed;

    if (places->len == 0)
        return NULL;
    changed = g_string_new(text);
    g_string_erase(changed,
                   (gssize)g_array_index(places, guint, errata_rng_below(rng, places->len)),
                   1);
    return g_string_free(changed, FALSE);
}

static char *
text_upper(const char *text, ErrataRng *rng)
{
    return g_utf8_strup(text, -1);
}

static char *
text_lower(const char *text, ErrataRng *rng)
{
    return g_utf8_strdown(text, -1);
}

static char *
text_no_punctuation(const char *text, ErrataRng *rng)
{
    GString *changed = g_string_new(NULL);

    for (const char *p = text; *p != '\0'; p += g_utf8_skip[*(const guchar *)p]) {
        gunichar c = g_utf8_get_char(p);

        if (!g_unichar_ispunct(c))
            g_string_append_unichar(changed, c);
    }
    return g_string_free(changed, FALSE);
}

/* two neighbouring words change places */
static char *
text_swap_words(const char *text, ErrataRng *rng)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint n = g_strv_length(words);
    guint at;
    char *word;

    if (n < 3)
        return NULL;
    at = (guint)errata_rng_below(rng, n - 1);
    word = words[at];
    words[at] = words[at + 1];
    words[at + 1] = word;
    return g_strjoinv(" ", words);
}

/* “is” becomes “is not”, “is not” becomes “is”; likewise for the other auxiliaries */
static char *
text_negate(const char *text, ErrataRng *rng)
{
    static const char *const auxiliaries[] = {"is",
                                              "are",
                                              "was",
                                              "were",
                                              "can",
                                              "could",
                                              "will",
                                              "would",
                                              "should",
                                              "does",
                                              "do",
                                              "did",
                                              "has",
                                              "have",
                                              "had",
                                              NULL};
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    GString *changed = g_string_new(NULL);
    gboolean done = FALSE;

    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *lower = g_ascii_strdown(words[i], -1);

        g_string_append_printf(changed, "%s%s", i > 0 ? " " : "", words[i]);
        if (done || !g_strv_contains(auxiliaries, lower) || words[i + 1] == NULL)
            continue;
        done = TRUE;
        if (g_ascii_strcasecmp(words[i + 1], "not") == 0)
            i++;
        else
            g_string_append(changed, " not");
    }
    return g_string_free(changed, !done);
}

static const struct {
    const char *rule;
    const char *what;
    gboolean keeps_label;
    char *(*change)(const char *text, ErrataRng *rng);
} text_rules[] = {
    {"transpose", "two neighbouring letters of a word change places", TRUE, text_transpose},
    {"drop-letter", "a letter of a word is left out", TRUE, text_drop_letter},
    {"upper-case", "all in capitals", TRUE, text_upper},
    {"lower-case", "all in small letters", TRUE, text_lower},
    {"no-punctuation", "without punctuation", TRUE, text_no_punctuation},
    {"swap-words", "two neighbouring words change places", TRUE, text_swap_words},
    {"negation",
     "“not” is put behind the first auxiliary verb, or taken away from there",
     FALSE,
     text_negate},
};

static void
text_write(const ErrataExport *self,
           gsize row,
           const char *rule,
           const char *text,
           double novelty,
           gboolean keeps_label,
           ErrataExported *exported)
{
    ErrataJsonWriter json = {exported->data, FALSE};
    g_autofree char *label = errata_exports_label(self, row);
    gboolean keeps = keeps_label && *label != '\0';

    errata_json_writer_begin(&json, NULL, '{');
    errata_json_writer_uint(&json, "row", row);
    errata_json_writer_string(&json, "rule", rule);
    errata_json_writer_string(&json, "text", text);
    errata_json_writer_string(&json, "label", keeps ? label : NULL);
    errata_json_writer_string(&json, "expect", keeps ? "same" : "look");
    errata_json_writer_double(&json, "novelty", novelty);
    errata_json_writer_end(&json, '}');
    g_string_append_c(exported->data, '\n');
    exported->n++;
}

/* what the rules make of a row, each text once */
static void
text_change(const ErrataExport *self,
            const ErrataColumn *column,
            gsize row,
            GHashTable *seen,
            ErrataExported *exported)
{
    g_autofree char *text = errata_exports_cell(column, row);

    if (*text == '\0' || strlen(text) > TEXT_MAX_BYTES)
        return;
    g_hash_table_add(seen, g_strdup(text));
    for (guint rule = 0; rule < G_N_ELEMENTS(text_rules); rule++) {
        ErrataRng rng = errata_rng_init(self->seed, TEXT_STAGE + rule, row);
        char *changed = text_rules[rule].change(text, &rng);

        if (changed == NULL || *changed == '\0' || g_hash_table_contains(seen, changed)) {
            g_free(changed);
            continue;
        }
        text_write(self,
                   row,
                   text_rules[rule].rule,
                   changed,
                   errata_challenge_novelty(changed, text),
                   text_rules[rule].keeps_label,
                   exported);
        g_hash_table_add(seen, changed);
    }
}

/* rows that the model has right: what goes wrong then is the change's doing; rows of slices
 * first */
static guint32 *
text_sources(const ErrataExport *self, gsize *ret_n)
{
    g_autofree guint8 *n_slices = errata_exports_in_slices(self);
    g_autofree guint8 *suspect = errata_exports_suspects(self);
    guint32 *row = g_new(guint32, TEXT_SOURCES);
    gsize n = 0;

    for (guint pass = 0; pass < 2; pass++)
        for (gsize i = 0; i < self->frame->n_rows && n < TEXT_SOURCES; i++) {
            gboolean in_slice = n_slices[i] > 0;

            if ((pass == 0) != in_slice || suspect[i] != 0 || self->outcome->duplicate[i] != 0 ||
                !errata_exports_takes(self, i) ||
                (self->outcome->judged[i] != 0 && self->outcome->error[i] != 0))
                continue;
            row[n++] = (guint32)i;
        }
    *ret_n = n;
    return row;
}

/* texts with labels, shown to a language model */
static guint
text_shown(const ErrataExport *self,
           const ErrataColumn *column,
           const guint32 *row,
           gsize n,
           ErrataChallengeSource *sources)
{
    guint n_shown = 0;

    for (gsize i = 0; i < n && n_shown < TEXT_SHOWN; i++) {
        char *text = errata_exports_cell(column, row[i]);
        gint32 class = self->outcome->truth != NULL ? self->outcome->truth[row[i]] : -1;

        if (*text == '\0' || strlen(text) > TEXT_SHOWN_BYTES || class < 0) {
            g_free(text);
            continue;
        }
        sources[n_shown].text = text;
        sources[n_shown].label = self->schema->classes[class];
        sources[n_shown++].row = row[i];
    }
    return n_shown;
}

static void
text_tell(const GPtrArray *made, guint n_shown, const ErrataLlmUse *use, GString *readme)
{
    g_autofree const char **texts = g_new0(const char *, (gsize)made->len + 1);
    double novelty = 0.0;
    guint keeps = 0;

    for (guint i = 0; i < made->len; i++) {
        const ErrataChallengeCase *one = g_ptr_array_index(made, i);

        texts[i] = one->text;
        novelty += one->novelty;
        keeps += one->keeps ? 1 : 0;
    }
    if (made->len == 0) {
        g_string_append_printf(readme,
                               "\nA language model was asked for further texts and gave none that "
                               "could be used%s%s.\n",
                               use->failure != NULL ? ": " : "",
                               use->failure != NULL ? use->failure : "");
        return;
    }
    g_string_append_printf(
        readme,
        "\nA language model wrote %u further texts from %u of these (`paraphrase`, "
        "`back-translation`, `conditional`); copies and texts that hardly differ from their source "
        "were left out. Novelty, the share of words that only one of text and source has: %.2f on "
        "average. Diversity, words (pairs of words) that are not repeated among all of them: %.2f "
        "(%.2f). Asked anew, without labels, the model gave %u of them the class of their source: "
        "these have `expect` `same`, the others `look`.\n",
        made->len,
        n_shown,
        novelty / (double)made->len,
        errata_challenge_distinct(texts, made->len, 1),
        errata_challenge_distinct(texts, made->len, 2),
        keeps);
}

/* further texts by a language model, where there is one that texts may go to */
static void
text_ask(const ErrataExport *self,
         const ErrataColumn *column,
         const guint32 *row,
         gsize n,
         GHashTable *seen,
         ErrataExported *exported)
{
    ErrataChallengeSource sources[TEXT_SHOWN] = {{NULL, NULL, 0}};
    guint n_shown = text_shown(self, column, row, n, sources);
    g_autoptr(ErrataLlmUse) use = errata_llm_use_new(self->llm->backend, self->llm->model);
    g_autoptr(GPtrArray) classes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) made = NULL;

    for (guint i = 0; i < self->schema->n_classes; i++)
        errata_grounding_add_name(classes, self->schema->classes[i]);
    if (classes->len < self->schema->n_classes)
        n_shown = 0;
    g_ptr_array_add(classes, NULL);
    made = errata_challenge_ask(sources,
                                n_shown,
                                (const char *const *)classes->pdata,
                                seen,
                                self->llm,
                                use);
    for (guint i = 0; i < made->len; i++) {
        const ErrataChallengeCase *one = g_ptr_array_index(made, i);

        text_write(self,
                   sources[one->source].row,
                   one->kind,
                   one->text,
                   one->novelty,
                   one->keeps,
                   exported);
    }
    text_tell(made, n_shown, use, exported->readme);
    for (guint i = 0; i < TEXT_SHOWN; i++)
        g_free(sources[i].text);
}

gboolean
errata_exports_challenge(const ErrataExport *self, ErrataExported *exported, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const ErrataColumn *column = NULL;
    g_autofree guint32 *row = NULL;
    gsize n = 0;

    for (guint i = 0; i < self->schema->n_columns && column == NULL; i++)
        if (self->schema->columns[i].role == ERRATA_ROLE_TEXT)
            column = self->frame->columns[i];
    if (column == NULL) {
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_MISSING_ROLE,
            "a challenge set is made of texts, and no column of this log is one; say "
            "which is with [roles] COLUMN=text and analyse it again");
        return FALSE;
    }
    row = text_sources(self, &n);
    exported->file = "challenge-set.jsonl";
    errata_exports_readme(self, "A challenge set", exported);
    for (gsize i = 0; i < n; i++)
        text_change(self, column, row[i], seen, exported);
    g_string_append_printf(
        exported->readme,
        "At most %d texts of `%s` that the model has right (or that have no label), without suspect "
        "labels and copies, those of slices and clusters of the report first. Each was changed by "
        "every rule that applies; a text that is there already was left out. `row` is where it came "
        "from, `novelty` the share of words that only one of both texts has. With `expect` `same` the label must stay as it was; with `look` a person has to give "
        "it one. These are proposals: read them before you test with them.\n\n",
        TEXT_SOURCES,
        column->name);
    for (guint rule = 0; rule < G_N_ELEMENTS(text_rules); rule++)
        g_string_append_printf(exported->readme,
                               "- `%s`: %s%s\n",
                               text_rules[rule].rule,
                               text_rules[rule].what,
                               text_rules[rule].keeps_label ? "" : " (`look`)");
    if (self->llm != NULL)
        text_ask(self, column, row, n, seen, exported);
    if (exported->n > 0)
        return TRUE;
    g_set_error_literal(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_NOT_FOUND,
                        "no text of this log could be changed by the rules");
    return FALSE;
}
