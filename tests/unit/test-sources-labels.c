/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis-frame.h"
#include "clusters.h"
#include "rng.h"
#include "sources.h"

#define LABELS_ROWS 4000

typedef enum {
    LABELS_TOPIC,   /* texts of bills with a word of their own, that the model takes for refunds */
    LABELS_SWAPPED, /* refunds with a word of their own, that were labelled as bills */
    LABELS_GROUP,   /* refunds labelled as bills where a word stands that any text may have */
} LabelsPlant;

static const char *const labels_words[][4] = {{"invoice", "amount", "statement", "tax"},
                                              {"return", "money", "cancel", "credit"},
                                              {"parcel", "courier", "late", "door"}};
static const char *const labels_classes[] = {"billing", "refund", "delivery"};
static const char *const labels_fill[] = {"please", "help", "with", "thanks", "hello", "today"};

static ErrataFrame *
labels_table(LabelsPlant plant)
{
    g_autoptr(GString) table = g_string_new("text,prediction,label\n");
    ErrataRng rng = errata_rng_init(5, 0, 0);

    for (guint i = 0; i < LABELS_ROWS; i++) {
        guint truth = (guint)errata_rng_below(&rng, 3), given = truth, said = truth;
        gboolean special = errata_rng_below(&rng, 5) == 0 &&
                           (plant == LABELS_GROUP || truth == (plant == LABELS_TOPIC ? 0 : 1));

        for (guint k = 0; k < 3; k++)
            g_string_append_printf(table,
                                   "%s %s ",
                                   labels_words[truth][errata_rng_below(&rng, 4)],
                                   labels_fill[errata_rng_below(&rng, 6)]);
        g_string_append_printf(table, "%s %u", special ? "voucher" : "again", i);
        if (special && plant == LABELS_TOPIC)
            said = 1;
        if (special && plant != LABELS_TOPIC && truth == 1)
            given = 0;
        g_string_append_printf(table, ",%s,%s\n", labels_classes[said], labels_classes[given]);
    }
    return schema_frame_new(table->str);
}

static gint32
labels_class(const ErrataSchema *schema, const char *name)
{
    for (guint c = 0; c < schema->n_classes; c++)
        if (g_str_equal(schema->classes[c], name))
            return (gint32)c;
    g_assert_not_reached();
}

/* all rows labelled as bills that the model takes for refunds */
static ErrataFinding *
labels_add_pair(AnalysisFrame *self)
{
    ErrataFinding *pair = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE, "pair");
    gint32 given = labels_class(self->schema, "billing");
    gint32 said = labels_class(self->schema, "refund");

    pair->confirmed = TRUE;
    pair->severity = ERRATA_SEVERITY_CRITICAL;
    pair->subject.given = g_strdup("billing");
    pair->subject.suggested = g_strdup("refund");
    g_ptr_array_add(pair->notes, g_strdup("swap=yes"));
    errata_finding_suggest(pair, "relabel", "Have a person look");
    pair->row = g_new(guint32, LABELS_ROWS);
    for (guint32 row = 0; row < LABELS_ROWS; row++)
        if (self->outcome->truth[row] == given && self->outcome->predicted[row] == said)
            pair->row[pair->n_rows++] = row;
    errata_finding_add(pair, errata_evidence_new("confused", "n", 100.0, ERRATA_UNIT_COUNT, 100));
    errata_case_add_finding(self->analysis.result, pair);
    return pair;
}

/* what errs where texts say a word: as a slice, or as a cluster known by it */
static void
labels_add_group(AnalysisFrame *self, gboolean cluster)
{
    ErrataFinding *group =
        errata_finding_new(cluster ? ERRATA_FINDING_CLUSTER : ERRATA_FINDING_SLICE, "group");

    group->confirmed = TRUE;
    group->severity = ERRATA_SEVERITY_HIGH;
    errata_finding_suggest(group, "collect-data", "Label more texts like these");
    if (cluster) {
        ErrataCluster *entry = errata_case_add_cluster(self->analysis.result);

        group->subject.cluster = g_strdup("C-1");
        entry->id = g_strdup("C-1");
        entry->keywords = g_strsplit("voucher", " ", -1);
        entry->keyword_weights = g_new0(double, 2);
    } else {
        ErrataPredicate *says = errata_predicate_new("text", ERRATA_OP_CONTAINS);

        says->values = g_strsplit("voucher", " ", -1);
        g_ptr_array_add(group->subject.predicates, says);
    }
    errata_finding_add(group, errata_evidence_new("rate_in", "rate", 0.9, ERRATA_UNIT_SHARE, 100));
    errata_case_add_finding(self->analysis.result, group);
}

static void
labels_check(LabelsPlant plant)
{
    for (guint cluster = 0; cluster < 2; cluster++) {
        g_autoptr(AnalysisFrame) self = analysis_frame_new(labels_table(plant), NULL);
        ErrataFinding *pair = labels_add_pair(self);
        const ErrataEvidence *source;

        g_assert_cmpuint(pair->n_rows, >, 100);
        labels_add_group(self, cluster == 1);
        errata_sources_labels(&self->analysis);
        source = errata_finding_evidence(pair, "comes_from");
        g_assert_cmpint(source != NULL, ==, plant == LABELS_TOPIC);
        if (source == NULL) {
            const ErrataSuggestion *kept = g_ptr_array_index(pair->suggestions, 0);

            g_assert_cmpint(pair->severity, ==, ERRATA_SEVERITY_CRITICAL);
            g_assert_cmpstr(kept->action, ==, "relabel");
        } else {
            const ErrataSuggestion *taken = g_ptr_array_index(pair->suggestions, 0);

            g_assert_cmpstr(source->text, ==, "group");
            g_assert_cmpfloat_with_epsilon(source->value, 1.0, 1e-12);
            g_assert_cmpint(pair->severity, <=, ERRATA_SEVERITY_LOW);
            g_assert_cmpuint(pair->suggestions->len, ==, 1);
            g_assert_cmpstr(taken->action, ==, "collect-data");
        }
    }
}

static void
test_sources_labels_topic(void)
{
    g_test_summary("A topic whose words tell the class given is what the model gets wrong");
    labels_check(LABELS_TOPIC);
}

static void
test_sources_labels_swapped(void)
{
    g_test_summary("Labels swapped in a topic stay told: its other words say what the model says");
    labels_check(LABELS_SWAPPED);
}

static void
test_sources_labels_group(void)
{
    g_test_summary("Labels swapped in a group of all classes stay told");
    labels_check(LABELS_GROUP);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sources-labels/topic", test_sources_labels_topic);
    g_test_add_func("/sources-labels/swapped", test_sources_labels_swapped);
    g_test_add_func("/sources-labels/group", test_sources_labels_group);
    return g_test_run();
}
