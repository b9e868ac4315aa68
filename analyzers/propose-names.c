/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of clusters. A language model sees errors of the cluster beside correct rows and gives a
 * name and a description; asked anew, with the description alone, it has to tell rows of the other
 * half that it has not seen: members from rows that are none. Only a name by which it does so far
 * better than chance is used; otherwise the keywords stay. */
#include <math.h>
#include <string.h>

#include "interpret/grounding.h"
#include "interpret/role.h"
#include "interpret/word-sense.h"
#include "intervals.h"
#include "json-reader.h"
#include "pattern.h"
#include "propose-private.h"
#include "rng.h"
#include "tests.h"
#include "words.h"

#define NAMES_STAGE     0x6e616d65 /* of random numbers */
#define NAMES_CLUSTERS  8
#define NAMES_SHOWN     8 /* of each kind, of the half that was searched */
#define NAMES_CHECKED   12
#define NAMES_LETTERS   3 /* bytes of a word that may be quoted */
#define NAMES_LONGEST   40
#define NAMES_LEAST     8 /* of each kind, for the check */
#define NAMES_WORDS     6
#define NAMES_SENTENCE  25
#define NAMES_P         0.01
#define NAMES_F1        0.7
#define NAMES_KEYWORD_P 0.1

typedef struct {
    ErrataAnalysis *analysis;
    ErrataCluster *cluster;
    ErrataFinding *finding;
    gboolean masks;
    char *name;
    char *description;
    GHashTable *words; /* (nullable): of the items, that may be quoted */
    /* the check */
    guint n;
    guint8 *member;
    guint hits[2][2];     /* [is a member][was called one] */
    guint keyword[2];     /* [is a member]: how many have a word of the items that the name has */
    gboolean has_keyword; /* it has one */
} Names;

/* ---- the name ---- */

/* the next run of letters of a folded text, or NULL at its end */
static char *
names_next_word(const char **at)
{
    const char *p = *at;
    const char *begin;

    while (*p != '\0' && !g_unichar_isalpha(g_utf8_get_char(p)))
        p += g_utf8_skip[(guchar)*p];
    begin = p;
    while (*p != '\0' && g_unichar_isalpha(g_utf8_get_char(p)))
        p += g_utf8_skip[(guchar)*p];
    *at = p;
    return p > begin ? g_strndup(begin, (gsize)(p - begin)) : NULL;
}

/* words that stand in two of the shown items or more: these may be quoted */
static GHashTable *
names_words(const GPtrArray *texts)
{
    g_autoptr(GHashTable) once = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *twice = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < texts->len; i++) {
        g_autoptr(GHashTable) own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree char *folded = g_utf8_casefold(g_ptr_array_index(texts, i), -1);
        const char *p = folded;

        for (char *word; (word = names_next_word(&p)) != NULL;) {
            if (strlen(word) < NAMES_LETTERS || strlen(word) > NAMES_LONGEST)
                g_free(word);
            else if (g_hash_table_add(own, word)) /* not yet of this item */
                g_hash_table_add(g_hash_table_contains(once, word) ? twice : once, g_strdup(word));
        }
    }
    return twice;
}

/* @text with a plain word for each quoted word of the items, for the rules to look at */
static char *
names_without_quotes(const Names *self, const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *p = text; *p != '\0';) {
        const char *end = g_str_has_prefix(p, "“") ? strstr(p + strlen("“"), "”") : NULL;
        g_autofree char *quoted = end != NULL
                                      ? g_strndup(p + strlen("“"), (gsize)(end - p) - strlen("“"))
                                      : NULL;
        g_autofree char *folded = quoted != NULL ? g_utf8_casefold(quoted, -1) : NULL;

        if (folded != NULL && self->words != NULL && g_hash_table_contains(self->words, folded)) {
            g_string_append(out, "such");
            p = end + strlen("”");
        } else {
            g_string_append_len(out, p, g_utf8_skip[(guchar)*p]);
            p += g_utf8_skip[(guchar)*p];
        }
    }
    return g_string_free(out, FALSE);
}

/* whether each word is one of the items', or says of what kind a text is: who or what is behind
 * them nobody can check */
static gboolean
names_is_told(const Names *self, const char *text, GPtrArray *faults)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);
    const char *p = folded;

    for (;;) {
        g_autofree char *word = names_next_word(&p);
        g_autofree char *plain = word != NULL ? errata_word_fold(word) : NULL;

        if (word == NULL)
            return TRUE;
        if (!errata_word_is_kind(plain) &&
            (self->words == NULL || !g_hash_table_contains(self->words, word)))
            return errata_role_refuse(faults,
                                      "stranger",
                                      "“%s” is neither a word of the items nor one for a kind of "
                                      "text",
                                      word);
    }
}

static gboolean
names_phrase(Names *self, const char *text, guint words, const char *what, GPtrArray *faults)
{
    g_autoptr(GPtrArray) found = NULL;
    g_autofree char *plain = NULL;
    gboolean good;

    if (text == NULL || !g_utf8_validate(text, -1, NULL))
        return errata_role_refuse(faults, "schema", "%s is wanted, a text", what);
    plain = names_without_quotes(self, text);
    good = errata_grounding_phrase(plain, self->finding, self->analysis->result, words, &found);
    for (guint i = 0; i < found->len; i++) {
        const ErrataGroundingFault *fault = g_ptr_array_index(found, i);

        errata_role_refuse(faults, fault->rule, "%s: %s", what, fault->why);
    }
    return good && names_is_told(self, text, faults);
}

/* two clusters of one name would be one to the reader */
static gboolean
names_is_taken(const Names *self, const char *name)
{
    const GPtrArray *clusters = self->analysis->result->clusters;

    for (guint i = 0; i < clusters->len; i++) {
        const ErrataCluster *other = g_ptr_array_index(clusters, i);

        if (other != self->cluster && other->by_model &&
            g_ascii_strcasecmp(other->name, name != NULL ? name : "") == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
names_check_name(const char *answer, gpointer data, GPtrArray *faults)
{
    Names *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 2, &root, faults);
    const char *name = errata_json_reader_peek(object, "name");
    const char *description = errata_json_reader_peek(object, "description");

    if (object != NULL && names_is_taken(self, name))
        return errata_role_refuse(faults, "repetition", "another group has that name");
    if (object == NULL || !names_phrase(self, name, NAMES_WORDS, "the name", faults) ||
        !names_phrase(self, description, NAMES_SENTENCE, "the description", faults))
        return FALSE;
    self->name = g_strdup(name);
    self->description = g_strdup(description);
    g_strstrip(self->name);
    g_strstrip(self->description);
    return TRUE;
}

static const ErrataLlmRole names_role = {
    .name = "cluster-name",
    .prompt = "cluster-name.txt",
    .schema = "cluster-name.schema.json",
    .reminder = "Answer with the JSON object only: a name of up to six words, a description.",
    .max_tokens = 160,
    .check = names_check_name,
};

/* ---- the check ---- */

static gboolean
names_check_members(const char *answer, gpointer data, GPtrArray *faults)
{
    Names *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *list = errata_json_reader_array(object, "members");
    g_autofree guint8 *called = g_new0(guint8, (gsize)self->n + 1);

    if (object == NULL)
        return FALSE;
    if (list == NULL || errata_json_reader_length(list) > self->n)
        return errata_role_refuse(faults, "schema", "“members” is a list of the items’ numbers");
    for (guint i = 0; i < errata_json_reader_length(list); i++) {
        JsonNode *node = json_array_get_element(list, i);
        gint64 item = JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64
                          ? json_node_get_int(node)
                          : 0;

        if (item < 1 || item > self->n || called[item - 1] != 0)
            return errata_role_refuse(faults,
                                      "schema",
                                      "“members” has what is no item’s number, or one twice");
        called[item - 1] = 1;
    }
    memset(self->hits, 0, sizeof self->hits);
    for (guint i = 0; i < self->n; i++)
        self->hits[self->member[i]][called[i]]++;
    return TRUE;
}

static const ErrataLlmRole names_check_role = {
    .name = "cluster-check",
    .prompt = "cluster-check.txt",
    .schema = "cluster-check.schema.json",
    .reminder = "Answer with the JSON object only: the numbers of the items that it describes.",
    .max_tokens = 160,
    .check = names_check_members,
};

/* ---- rows ---- */

/* up to @most rows of @rows whose texts are not in @seen yet, which gets them */
static guint
names_take(const Names *self, const GArray *rows, guint most, GHashTable *seen, GPtrArray *texts)
{
    guint n = 0;

    for (guint i = 0; rows != NULL && i < rows->len && n < most; i++) {
        char *text =
            errata_propose_row(self->analysis, g_array_index(rows, guint32, i), self->masks);

        if (*text == '\0' || !g_hash_table_add(seen, g_strdup(text))) {
            g_free(text);
            continue;
        }
        g_ptr_array_add(texts, text);
        n++;
    }
    return n;
}

/* the items that a name is made from */
static gboolean
names_show(Names *self, GHashTable *seen, GPtrArray *texts, guint *ret_n_in)
{
    *ret_n_in = names_take(self, self->cluster->shown, NAMES_SHOWN, seen, texts);
    names_take(self, self->cluster->contrast, NAMES_SHOWN, seen, texts);
    self->words = names_words(texts);
    return *ret_n_in >= NAMES_SHOWN / 2 && texts->len >= *ret_n_in + NAMES_SHOWN / 2;
}

static gboolean
names_give(Names *self, GPtrArray *texts, guint n_in, ErrataLlm *llm)
{
    g_autofree char *facts =
        g_strdup_printf("Items 1 to %u: errors of the group. Items %u to %u: predictions that are "
                        "right, for contrast.\n",
                        n_in,
                        n_in + 1,
                        texts->len);

    g_ptr_array_add(texts, NULL);
    return errata_role_run(&names_role,
                           facts,
                           (const char *const *)texts->pdata,
                           llm,
                           self->analysis->result->llm,
                           self) == ERRATA_ROLE_ACCEPTED;
}

/* members and others in an order that tells nothing */
static void
names_shuffle(Names *self, GPtrArray *texts, guint n_members)
{
    ErrataRng rng =
        errata_rng_init(self->analysis->settings->seed, NAMES_STAGE, g_str_hash(self->cluster->id));

    self->n = texts->len;
    self->member = g_new0(guint8, (gsize)self->n + 1);
    memset(self->member, 1, n_members);
    for (guint i = self->n; i > 1; i--) {
        guint k = (guint)errata_rng_below(&rng, i);
        gpointer text = texts->pdata[i - 1];
        guint8 member = self->member[i - 1];

        texts->pdata[i - 1] = texts->pdata[k];
        texts->pdata[k] = text;
        self->member[i - 1] = self->member[k];
        self->member[k] = member;
    }
}

/* the words of the items that the name or the description has, looked for in rows that were not
 * shown */
static void
names_look_for(Names *self, const GPtrArray *texts)
{
    g_autofree char *both = g_strdup_printf("%s %s", self->name, self->description);
    g_autofree char *folded = g_utf8_casefold(both, -1);
    g_auto(GStrv) parts =
        g_strsplit(folded, "“", -1); /* all but the first begin with a quotation */
    g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *p;

    for (guint i = 0; parts[i] != NULL; i++) {
        const char *end = i > 0 ? strstr(parts[i], "”") : NULL;

        p = parts[i];
        for (char *word; (word = names_next_word(&p)) != NULL;) {
            g_autofree char *plain = errata_word_fold(word);

            if ((end != NULL && p <= end) ||
                (!errata_word_is_kind(plain) && !errata_word_is_common(plain)))
                g_hash_table_add(wanted, word);
            else
                g_free(word);
        }
    }
    self->has_keyword = g_hash_table_size(wanted) > 0;
    for (guint i = 0; i < self->n; i++) {
        g_autofree char *text = g_utf8_casefold(g_ptr_array_index(texts, i), -1);
        gboolean found = FALSE;

        p = text;
        for (char *word; (word = names_next_word(&p)) != NULL; g_free(word))
            found = found || g_hash_table_contains(wanted, word);
        self->keyword[self->member[i]] += found ? 1 : 0;
    }
}

static gboolean
names_test(Names *self, GHashTable *seen, ErrataLlm *llm)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    guint n_members = names_take(self, self->cluster->members, NAMES_CHECKED, seen, texts);
    guint n_others = names_take(self, self->cluster->others, n_members, seen, texts);
    g_autofree char *facts =
        g_strdup_printf("Description: %s — %s\n", self->name, self->description);

    if (n_members < NAMES_LEAST || n_others < n_members)
        return FALSE;
    names_shuffle(self, texts, n_members);
    names_look_for(self, texts);
    g_ptr_array_add(texts, NULL);
    return errata_role_run(&names_check_role,
                           facts,
                           (const char *const *)texts->pdata,
                           llm,
                           self->analysis->result->llm,
                           self) == ERRATA_ROLE_ACCEPTED;
}

/* ---- use ---- */

/* the name by which a finding is known from report to report */
static void
names_pattern(const ErrataCase *result, const ErrataFinding *finding)
{
    for (guint i = 0; result->patterns != NULL && i < result->patterns->len; i++) {
        ErrataPattern *pattern = g_ptr_array_index(result->patterns, i);

        if (pattern == finding->pattern) {
            g_free(pattern->title);
            pattern->title = g_strdup(finding->title);
        }
    }
}

static void
names_use(Names *self, double p)
{
    ErrataCluster *cluster = self->cluster;
    ErrataFinding *finding = self->finding;
    g_autofree char *name = errata_words_capital(self->name);
    const char *rest = g_strrstr(finding->title, ": wrong ");
    ErrataProposal *made = errata_proposal_new("cluster-name", finding->id, NULL);
    char *title;

    made->text = g_strdup_printf("%s: %s%s",
                                 self->name,
                                 self->description,
                                 g_str_has_suffix(self->description, ".") ? "" : ".");
    made->check = g_strdup_printf("By that description alone it told %u of %u rows rightly that it "
                                  "had not seen, half of them members.",
                                  self->hits[1][1] + self->hits[0][0],
                                  self->n);
    made->holds = TRUE;
    made->p = p;
    made->n = self->n;
    g_ptr_array_add(self->analysis->result->proposals, made);
    g_free(cluster->name);
    cluster->name = g_strdup(self->name);
    cluster->described = g_strdup(self->description);
    cluster->by_model = TRUE;
    cluster->precision = (double)self->hits[1][1] /
                         MAX((double)(self->hits[1][1] + self->hits[0][1]), 1.0);
    cluster->recall = (double)self->hits[1][1] / ((double)self->n / 2.0);
    cluster->n_checked = self->n;
    errata_propose_keep(self->analysis, finding, NULL, NULL, cluster);
    if (rest == NULL)
        return;
    title = g_strdup_printf("%s%s", name, rest);
    g_free(finding->title);
    finding->title = title;
    finding->title_by_model = TRUE;
    names_pattern(self->analysis->result, finding);
}

/* whether it tells members from others better than a coin, and well enough */
static void
names_judge(Names *self)
{
    guint right = self->hits[1][1] + self->hits[0][0];
    double p = errata_tests_binomial_upper(right, self->n, 0.5);
    double f1 = 2.0 * (double)self->hits[1][1] /
                MAX((double)(2 * self->hits[1][1] + self->hits[0][1] + self->hits[1][0]), 1.0);

    /* what it names must be there without asking anybody */
    if (self->has_keyword &&
        (self->keyword[1] <= self->keyword[0] ||
         errata_tests_fisher(self->keyword[1],
                             self->n / 2 - self->keyword[1],
                             self->keyword[0],
                             self->n / 2 - self->keyword[0]) >= NAMES_KEYWORD_P))
        errata_llm_use_reject(self->analysis->result->llm, "keyword");
    else if (p < NAMES_P && f1 >= NAMES_F1)
        names_use(self, p);
    else
        errata_llm_use_reject(self->analysis->result->llm, "held-out");
}

/* the name that it had in an earlier report; it is tried anew */
static void
names_recall(Names *self)
{
    g_autoptr(GPtrArray) faults =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_grounding_fault_free);
    char *kept[ERRATA_PROPOSE_N_KEPT] = {NULL};

    if (!errata_propose_kept(self->analysis, self->finding, kept))
        return;
    if (!names_is_taken(self, kept[2]) &&
        names_phrase(self, kept[2], NAMES_WORDS, "the name", faults) &&
        names_phrase(self, kept[3], NAMES_SENTENCE, "the description", faults)) {
        self->name = g_steal_pointer(&kept[2]);
        self->description = g_steal_pointer(&kept[3]);
    }
    for (guint i = 0; i < ERRATA_PROPOSE_N_KEPT; i++)
        g_free(kept[i]);
}

static void
names_ask(ErrataAnalysis *analysis, ErrataCluster *cluster, ErrataFinding *finding, ErrataLlm *llm)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    Names self = {.analysis = analysis,
                  .cluster = cluster,
                  .finding = finding,
                  .masks = !llm->sends_full};
    guint n_in = 0;

    if (names_show(&self, seen, texts, &n_in)) {
        names_recall(&self);
        if ((self.name != NULL || names_give(&self, texts, n_in, llm)) &&
            names_test(&self, seen, llm))
            names_judge(&self);
    }
    g_free(self.name);
    g_free(self.description);
    g_free(self.member);
    g_clear_pointer(&self.words, g_hash_table_unref);
}

/**
 * errata_propose_names:
 *
 * Names the largest clusters that are findings; needs a server that texts of the log may go to.
 */
void
errata_propose_names(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    guint n = 0;

    for (guint i = 0; llm->sends_rows && i < analysis->result->clusters->len; i++) {
        ErrataCluster *cluster = g_ptr_array_index(analysis->result->clusters, i);
        ErrataFinding *finding = errata_propose_cluster_finding(analysis->result, cluster);

        if (analysis->result->llm->failure != NULL || n == NAMES_CLUSTERS)
            return;
        if (finding == NULL || cluster->members == NULL)
            continue;
        names_ask(analysis, cluster, finding, llm);
        n++;
    }
}
