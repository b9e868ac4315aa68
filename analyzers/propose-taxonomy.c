/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of error: coarse, fine, and the cluster's own name. What was sorted in an earlier report
 * keeps its place, which its pattern remembers; a language model is asked only about what is new,
 * and is told the kinds there are. What is no kind by the rows is left out: propose-levels.c. */
#include <string.h>

#include "interpret/grounding.h"
#include "interpret/role.h"
#include "interpret/word-sense.h"
#include "json-reader.h"
#include "propose-levels.h"
#include "propose-private.h"
#include "words.h"

#define TAXONOMY_FINDINGS 16
#define TAXONOMY_WORDS    4
#define TAXONOMY_NAMES    6

/* a finding and its kind */
typedef struct {
    ErrataFinding *finding;
    ErrataCluster *cluster; /* nullable */
    char *coarse;           /* NULL: not sorted */
    char *fine;
    gboolean known; /* from an earlier report */
} TaxonomyItem;

typedef struct {
    ErrataAnalysis *analysis;
    GArray *items; /* (element-type TaxonomyItem) */
} Taxonomy;

static TaxonomyItem *
taxonomy_item(const Taxonomy *self, guint i)
{
    return &g_array_index(self->items, TaxonomyItem, i);
}

static void
taxonomy_item_clear(gpointer data)
{
    TaxonomyItem *item = data;

    g_free(item->coarse);
    g_free(item->fine);
}

/* ---- what there is ---- */

static ErrataCluster *
taxonomy_cluster(const ErrataCase *report, const ErrataFinding *finding)
{
    for (guint i = 0; i < report->clusters->len; i++) {
        ErrataCluster *cluster = g_ptr_array_index(report->clusters, i);

        if (finding->kind == ERRATA_FINDING_CLUSTER &&
            g_strcmp0(cluster->id, finding->subject.cluster) == 0)
            return cluster;
    }
    return NULL;
}

/* whether each word is one of the finding's, or says of what kind texts or rows are */
static gboolean
taxonomy_is_told(const Taxonomy *self,
                 const ErrataFinding *finding,
                 const char *text,
                 GPtrArray *faults)
{
    const ErrataCluster *cluster = taxonomy_cluster(self->analysis->result, finding);
    g_autofree char *known = g_strdup_printf("%s %s",
                                             finding->title != NULL ? finding->title : "",
                                             cluster != NULL ? cluster->name : "");
    g_auto(GStrv) names = errata_word_list(known);
    g_auto(GStrv) words = errata_word_list(text);

    for (guint i = 0; words[i] != NULL; i++)
        if (!errata_word_is_kind(words[i]) &&
            !g_strv_contains((const char *const *)names, words[i]))
            return errata_role_refuse(faults,
                                      "stranger",
                                      "%s: “%s” is neither one of its names nor a word for a kind "
                                      "of text or row",
                                      finding->id,
                                      words[i]);
    return TRUE;
}

static gboolean
taxonomy_phrase(const Taxonomy *self,
                const ErrataFinding *finding,
                const char *text,
                GPtrArray *faults)
{
    g_autoptr(GPtrArray) found = NULL;
    gboolean good;

    if (text == NULL)
        return errata_role_refuse(faults, "schema", "a kind is a text");
    good = errata_grounding_phrase(text, finding, self->analysis->result, TAXONOMY_WORDS, &found);
    for (guint i = 0; i < found->len; i++) {
        const ErrataGroundingFault *fault = g_ptr_array_index(found, i);

        errata_role_refuse(faults, fault->rule, "%s: %s", finding->id, fault->why);
    }
    return good && taxonomy_is_told(self, finding, text, faults);
}

/* the kind that it had in an earlier report */
static gboolean
taxonomy_recall(const Taxonomy *self, TaxonomyItem *item)
{
    g_autoptr(GPtrArray) faults =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_grounding_fault_free);
    char *kept[ERRATA_PROPOSE_N_KEPT] = {NULL};

    if (!errata_propose_kept(self->analysis, item->finding, kept))
        return FALSE;
    if (taxonomy_phrase(self, item->finding, kept[0], faults) &&
        (kept[1][0] == '\0' || taxonomy_phrase(self, item->finding, kept[1], faults))) {
        item->coarse = g_steal_pointer(&kept[0]);
        item->fine = g_steal_pointer(&kept[1]);
    }
    for (guint i = 0; i < ERRATA_PROPOSE_N_KEPT; i++)
        g_free(kept[i]);
    return item->coarse != NULL;
}

static void
taxonomy_gather(Taxonomy *self)
{
    const ErrataCase *report = self->analysis->result;

    for (guint i = 0; i < report->findings->len && self->items->len < TAXONOMY_FINDINGS; i++) {
        ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        TaxonomyItem item = {.finding = finding, .cluster = taxonomy_cluster(report, finding)};

        if (finding->kind != ERRATA_FINDING_CLUSTER && finding->kind != ERRATA_FINDING_SLICE)
            continue;
        item.known = taxonomy_recall(self, &item);
        g_array_append_val(self->items, item);
    }
}

static guint
taxonomy_tell(const Taxonomy *self, GString *facts)
{
    guint n_new = 0;

    g_string_append(facts, "Kinds there are: coarse | fine\n");
    for (guint i = 0; i < self->items->len; i++)
        if (taxonomy_item(self, i)->known)
            g_string_append_printf(facts,
                                   "%s | %s\n",
                                   taxonomy_item(self, i)->coarse,
                                   taxonomy_item(self, i)->fine);
    g_string_append(facts, "To be sorted: finding | what | names\n");
    for (guint i = 0; i < self->items->len; i++) {
        const TaxonomyItem *item = taxonomy_item(self, i);
        g_autoptr(GPtrArray) names = errata_grounding_names(item->finding, self->analysis->result);

        if (item->known)
            continue;
        g_string_append_printf(facts,
                               "%s | %s |",
                               item->finding->id,
                               item->cluster != NULL && item->cluster->by_model
                                   ? item->cluster->name
                                   : errata_finding_kind_nick(item->finding->kind));
        for (guint k = 0; k < MIN(names->len, TAXONOMY_NAMES); k++)
            g_string_append_printf(facts, " “%s”", (const char *)g_ptr_array_index(names, k));
        g_string_append_c(facts, '\n');
        n_new++;
    }
    return n_new;
}

/* ---- the answer ---- */

/* a kind as it is spelled already, else as it came */
static char *
taxonomy_spelling(const Taxonomy *self, const char *name)
{
    g_autofree char *folded = g_utf8_casefold(name, -1);

    for (guint i = 0; i < self->items->len; i++) {
        const TaxonomyItem *item = taxonomy_item(self, i);
        const char *const both[] = {item->coarse, item->fine};

        for (guint k = 0; k < 2; k++) {
            g_autofree char *other = both[k] != NULL ? g_utf8_casefold(both[k], -1) : NULL;

            if (g_strcmp0(other, folded) == 0)
                return g_strdup(both[k]);
        }
    }
    return g_strdup(name);
}

static gboolean
taxonomy_element(Taxonomy *self, JsonObject *object, GPtrArray *faults)
{
    const char *id = errata_json_reader_peek(object, "finding");
    const char *coarse = errata_json_reader_peek(object, "coarse");
    const char *fine = errata_json_reader_peek(object, "fine");

    for (guint i = 0; id != NULL && i < self->items->len; i++) {
        TaxonomyItem *item = taxonomy_item(self, i);

        if (g_strcmp0(item->finding->id, id) != 0 || item->known)
            continue;
        if (item->coarse != NULL)
            return errata_role_refuse(faults, "repetition", "%s is there twice", id);
        if (!taxonomy_phrase(self, item->finding, coarse, faults) ||
            !taxonomy_phrase(self, item->finding, fine, faults))
            return FALSE;
        item->fine = taxonomy_spelling(self, fine);
        item->coarse = taxonomy_spelling(self, coarse);
        return TRUE;
    }
    return errata_role_refuse(faults, "name", "a finding is none of those to be sorted");
}

static gboolean
taxonomy_check(const char *answer, gpointer data, GPtrArray *faults)
{
    Taxonomy *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *kinds = errata_json_reader_array(object, "kinds");

    if (object == NULL)
        return FALSE;
    if (kinds == NULL || errata_json_reader_length(kinds) > self->items->len)
        return errata_role_refuse(faults, "schema", "“kinds” is a list, an entry a finding");
    for (guint i = 0; i < errata_json_reader_length(kinds); i++)
        taxonomy_element(self, errata_json_reader_element(kinds, i), faults);
    if (faults->len == 0)
        return TRUE;
    for (guint i = 0; i < self->items->len; i++)
        if (!taxonomy_item(self, i)->known) {
            g_clear_pointer(&taxonomy_item(self, i)->coarse, g_free);
            g_clear_pointer(&taxonomy_item(self, i)->fine, g_free);
        }
    return FALSE;
}

static const ErrataLlmRole taxonomy_role = {
    .name = "taxonomy",
    .prompt = "taxonomy.txt",
    .schema = "taxonomy.schema.json",
    .reminder = "Answer with the JSON object only; use the kinds there are where they fit.",
    .max_tokens = 700,
    .check = taxonomy_check,
};

/* ---- use ---- */

/* the third level is the cluster's own name, which was tried on members and others in the same
 * way */
static char *
taxonomy_say(const TaxonomyItem *item, const ErrataLevelLeaf *leaf)
{
    const ErrataCluster *cluster = item->cluster;
    g_autofree char *count = NULL;

    if (cluster == NULL || !cluster->by_model)
        return g_strdup(leaf->said);
    count = errata_words_count(cluster->n_checked);
    return g_strdup_printf(
        "%s “%s”: told members from others among %s rows not shown, with a precision "
        "of %.2f and a recall of %.2f.",
        leaf->said,
        cluster->name,
        count,
        cluster->precision,
        cluster->recall);
}

static void
taxonomy_use_one(const Taxonomy *self, TaxonomyItem *item, const ErrataLevelLeaf *leaf)
{
    const char *name = item->cluster != NULL && item->cluster->by_model ? item->cluster->name
                                                                        : NULL;
    GPtrArray *path = g_ptr_array_new();
    ErrataProposal *made = errata_proposal_new("taxonomy", item->finding->id, NULL);

    g_ptr_array_add(path, g_strdup(item->coarse));
    if (leaf->keeps_fine)
        g_ptr_array_add(path, g_strdup(item->fine));
    if (name != NULL)
        g_ptr_array_add(path, g_strdup(name));
    g_ptr_array_add(path, NULL);
    made->text = g_strdup_printf("kind of error: %s%s%s%s.",
                                 item->coarse,
                                 leaf->keeps_fine ? " › " : "",
                                 leaf->keeps_fine ? item->fine : "",
                                 item->known ? ", as in earlier reports" : "");
    made->check = taxonomy_say(item, leaf);
    made->holds = TRUE;
    made->p = leaf->p;
    g_ptr_array_add(self->analysis->result->proposals, made);
    if (item->cluster == NULL) {
        g_strfreev((char **)g_ptr_array_free(path, FALSE));
        return;
    }
    g_strfreev(item->cluster->taxonomy);
    item->cluster->taxonomy = (char **)g_ptr_array_free(path, FALSE);
}

static void
taxonomy_tell_counts(const Taxonomy *self, const ErrataLevelCounts *counts)
{
    if (counts->n_kinds > 0)
        errata_case_method(
            self->analysis->result,
            "Taxonomy of the language model: %u kinds on two levels, %u kept; the third level is a "
            "cluster’s own name, which told members from others by itself. A kind has to lie within "
            "the one above it (all its rows are rows of that one). On the half of the rows that was "
            "not searched, members of a first kind have to be wrong more often than all other rows, "
            "and those of a second more or less often than the others of the kind above (Fisher’s or "
            "the G test at 0.01 over the kinds of a level). Dropped: %u that lie not within, %u that "
            "hold all of the kind above, %u that do not tell members from others. What has no kind is "
            "“other”.",
            counts->n_kinds,
            counts->n_kept,
            counts->n_outside,
            counts->n_same,
            counts->n_untold);
}

/* no kind, by whatever name */
static gboolean
taxonomy_is_other(const char *coarse)
{
    return coarse == NULL || g_ascii_strcasecmp(coarse, "other") == 0;
}

static void
taxonomy_use(Taxonomy *self)
{
    ErrataLevelLeaf leaves[TAXONOMY_FINDINGS];
    ErrataLevelCounts counts;

    for (guint i = 0; i < self->items->len; i++) {
        const TaxonomyItem *item = taxonomy_item(self, i);

        leaves[i] = (ErrataLevelLeaf){.finding = item->finding,
                                      .coarse = taxonomy_is_other(item->coarse) ? NULL
                                                                                : item->coarse,
                                      .fine = item->fine};
    }
    counts = errata_levels_check(self->analysis, leaves, self->items->len);
    taxonomy_tell_counts(self, &counts);
    for (guint i = 0; i < self->items->len; i++) {
        TaxonomyItem *item = taxonomy_item(self, i);

        if (leaves[i].keeps_coarse) {
            taxonomy_use_one(self, item, &leaves[i]);
            errata_propose_keep(self->analysis,
                                item->finding,
                                item->coarse,
                                item->fine, /* tried again when more is known */
                                item->cluster);
        }
        g_free(leaves[i].said);
    }
}

/**
 * errata_propose_taxonomy:
 *
 * Sorts slices and clusters into kinds. What nobody sorted is “other”.
 */
void
errata_propose_taxonomy(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    g_autoptr(GString) facts = g_string_new(NULL);
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(TaxonomyItem));
    Taxonomy self = {analysis, items};

    g_array_set_clear_func(items, taxonomy_item_clear);
    taxonomy_gather(&self);
    if (items->len == 0)
        return;
    if (taxonomy_tell(&self, facts) > 0 && analysis->result->llm->failure == NULL)
        errata_role_run(&taxonomy_role, facts->str, NULL, llm, analysis->result->llm, &self);
    taxonomy_use(&self);
}
