/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A second opinion on labels of texts. A language model labels suspects and rows that nobody
 * suspects, mixed and without their labels; how often it agrees with the given label is told for
 * both. It changes no label and no suspicion: what it says of suspects counts as far as it is right
 * about the others. */
#include <math.h>
#include <string.h>

#include "interpret/grounding.h"
#include "interpret/role.h"
#include "intervals.h"
#include "json-reader.h"
#include "propose-private.h"
#include "rng.h"
#include "tests.h"
#include "vocabulary.h"

#define LABELS_STAGE   0x6c61626c /* of random numbers */
#define LABELS_SHOWN   20         /* of each kind */
#define LABELS_LEAST   8
#define LABELS_CLASSES 30
#define LABELS_TOKENS  600
#define LABELS_TRUST   0.7 /* agreement on rows not suspected under which the votes are not told */
#define LABELS_P       0.01

typedef struct {
    const ErrataAnalysis *analysis;
    GArray *rows; /* (element-type guint32): as shown */
    gint32 *vote; /* per row shown; −1: unsure */
    guint8 *suspect;
} Labels;

/* votes on one kind of rows */
typedef struct {
    guint sure;
    guint given; /* for the label as given */
    guint other; /* for the prediction, where it is another */
} LabelsCount;

static gboolean
labels_check(const char *answer, gpointer data, GPtrArray *faults)
{
    Labels *self = data;
    const ErrataSchema *schema = self->analysis->schema;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    g_auto(GStrv) labels = object != NULL ? errata_json_reader_strings(object, "labels") : NULL;

    if (object == NULL)
        return FALSE;
    if (labels == NULL || g_strv_length(labels) != self->rows->len)
        return errata_role_refuse(faults,
                                  "schema",
                                  "labels is a list of %u texts, one per item",
                                  self->rows->len);
    for (guint i = 0; i < self->rows->len; i++) {
        g_autofree char *canonical = errata_vocabulary_canonical(labels[i], strlen(labels[i]));

        self->vote[i] = errata_schema_class(schema, canonical);
        if (self->vote[i] < 0 && g_ascii_strcasecmp(canonical, "unsure") != 0)
            return errata_role_refuse(faults, "name", "label %u is none of the classes", i + 1);
    }
    return TRUE;
}

/* suspects, the worst first, and as many rows that are none, in an order that tells nothing */
static gboolean
labels_choose(Labels *self, const ErrataFinding *finding)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree guint8 *taken = g_new0(guint8, outcome->n_rows + 1);
    ErrataRng rng = errata_rng_init(self->analysis->settings->seed, LABELS_STAGE, 0);
    guint n_suspects;
    guint n_tries = 0;

    for (gsize i = 0; i < finding->n_rows; i++) {
        taken[finding->row[i]] = 1;
        if (i < LABELS_SHOWN)
            g_array_append_val(self->rows, finding->row[i]);
    }
    n_suspects = self->rows->len;
    while (self->rows->len < 2 * n_suspects && n_tries++ < 100 * LABELS_SHOWN) {
        guint32 row = (guint32)errata_rng_below(&rng, outcome->n_rows);

        if (taken[row] != 0 || outcome->judged[row] == 0)
            continue;
        taken[row] = 1;
        g_array_append_val(self->rows, row);
    }
    if (n_suspects < LABELS_LEAST || self->rows->len < 2 * n_suspects)
        return FALSE;
    for (guint i = self->rows->len; i-- > 1;) {
        guint k = (guint)errata_rng_below(&rng, i + 1);
        guint32 swap = g_array_index(self->rows, guint32, i);

        g_array_index(self->rows, guint32, i) = g_array_index(self->rows, guint32, k);
        g_array_index(self->rows, guint32, k) = swap;
    }
    for (gsize i = 0; i < MIN(finding->n_rows, LABELS_SHOWN); i++)
        for (guint k = 0; k < self->rows->len; k++)
            self->suspect[k] |= g_array_index(self->rows, guint32, k) == finding->row[i] ? 1 : 0;
    return TRUE;
}

static LabelsCount
labels_count(const Labels *self, gboolean suspects)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    LabelsCount count = {0, 0, 0};

    for (guint i = 0; i < self->rows->len; i++) {
        guint32 row = g_array_index(self->rows, guint32, i);

        if ((self->suspect[i] != 0) != suspects || self->vote[i] < 0)
            continue;
        count.sure++;
        count.given += self->vote[i] == outcome->truth[row] ? 1 : 0;
        count.other += self->vote[i] != outcome->truth[row] &&
                               self->vote[i] == outcome->predicted[row]
                           ? 1
                           : 0;
    }
    return count;
}

static void
labels_tell(const Labels *self, const ErrataFinding *finding)
{
    LabelsCount in = labels_count(self, TRUE);
    LabelsCount out = labels_count(self, FALSE);
    double trust = out.sure > 0 ? (double)out.given / (double)out.sure : 0.0;
    double p =
        in.sure > 0 && out.sure > 0
            ? errata_tests_fisher(in.given, in.sure - in.given, out.given, out.sure - out.given)
            : 1.0;
    gboolean trusted = out.sure >= LABELS_LEAST && trust >= LABELS_TRUST;
    ErrataProposal *proposal = errata_proposal_new("label-vote", finding->id, NULL);

    proposal->holds = trusted && p < LABELS_P && (double)in.given / (double)MAX(in.sure, 1) < trust;
    proposal->text = g_strdup_printf("its second opinion, given without seeing the labels, is %s.",
                                     !trusted          ? "not worth much here"
                                     : proposal->holds ? "against the labels of the suspects"
                                                       : "not against the labels of the suspects");
    proposal->check = g_strdup_printf("Of %u suspects it was sure of, it gave %u the label that "
                                      "they have and %u the predicted one; of %u rows that nobody "
                                      "suspects, %u the label that they have.",
                                      in.sure,
                                      in.given,
                                      in.other,
                                      out.sure,
                                      out.given);
    proposal->p = p;
    proposal->n = self->rows->len;
    g_ptr_array_add(self->analysis->result->proposals, proposal);
}

static gboolean
labels_add_classes(const ErrataSchema *schema, GString *facts)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < schema->n_classes && i <= LABELS_CLASSES; i++)
        errata_grounding_add_name(names, schema->classes[i]);
    g_string_append(facts, "Classes:");
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(facts, " “%s”", (const char *)g_ptr_array_index(names, i));
    g_string_append_c(facts, '\n');
    return names->len == schema->n_classes && names->len <= LABELS_CLASSES;
}

static void
labels_ask(ErrataAnalysis *analysis, const ErrataFinding *finding, ErrataLlm *llm)
{
    static const ErrataLlmRole role = {
        .name = "label-vote",
        .prompt = "label-vote.txt",
        .schema = "label-vote.schema.json",
        .reminder = "Answer with the JSON object only: one of the classes or unsure per text.",
        .max_tokens = LABELS_TOKENS,
        .check = labels_check,
    };
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint32));
    gint32 vote[2 * LABELS_SHOWN];
    guint8 suspect[2 * LABELS_SHOWN] = {0};
    Labels self = {analysis, rows, vote, suspect};
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) facts = g_string_new(NULL);

    if (!labels_add_classes(analysis->schema, facts) || !labels_choose(&self, finding))
        return;
    g_string_append_printf(facts, "Texts: %u\n", rows->len);
    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(
            texts,
            errata_propose_row(analysis, g_array_index(rows, guint32, i), !llm->sends_full));
    g_ptr_array_add(texts, NULL);
    if (errata_role_run(&role,
                        facts->str,
                        (const char *const *)texts->pdata,
                        llm,
                        analysis->result->llm,
                        &self) == ERRATA_ROLE_ACCEPTED)
        labels_tell(&self, finding);
}

/**
 * errata_propose_labels:
 * @analysis: with all findings, ranked and numbered
 * @llm: the door
 *
 * For logs of texts whose rows may go out: the votes on the suspects of the first finding about
 * labels.
 */
void
errata_propose_labels(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    gboolean texts = FALSE;

    for (guint c = 0; c < analysis->schema->n_columns; c++)
        texts = texts || (analysis->schema->columns[c].role == ERRATA_ROLE_TEXT &&
                          errata_schema_is_logged(analysis->schema, c));
    if (!texts || !llm->sends_rows || analysis->outcome->truth == NULL ||
        analysis->outcome->predicted == NULL)
        return;
    for (guint i = 0; i < analysis->result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);

        if (finding->kind != ERRATA_FINDING_LABEL_ISSUE || finding->row == NULL)
            continue;
        labels_ask(analysis, finding, llm);
        return;
    }
}
