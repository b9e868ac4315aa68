/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "propose.h"

#include "interpret/grounding.h"
#include "interpret/interpret.h"
#include "interpret/role.h"
#include "propose-private.h"

#define PROPOSE_MAX_COLUMNS 40
#define PROPOSE_MAX_MEANING 120 /* characters */

/**
 * errata_propose_columns:
 * @facts: gets a line per column: name, how it is read, what it means
 *
 * Returns: (transfer full) (element-type utf8): the names, those that may stand in a prompt
 */
GPtrArray *
errata_propose_columns(const ErrataAnalysis *analysis, GString *facts)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    g_string_append(facts, "Columns: name | kind | meaning\n");
    for (guint i = 0; analysis->bins != NULL && i < analysis->bins->n_columns; i++) {
        const ErrataBinColumn *bin = &analysis->bins->columns[i];
        const char *meaning = analysis->schema->columns[bin->column].description;
        guint before = names->len;

        if (before == PROPOSE_MAX_COLUMNS)
            break;
        errata_grounding_add_name(names, bin->name);
        if (names->len > before)
            g_string_append_printf(
                facts,
                "%s | %s | %.*s\n",
                bin->name,
                bin->numeric ? "number" : "category",
                meaning != NULL && bin->derived == NULL
                    ? (int)(g_utf8_offset_to_pointer(
                                meaning,
                                MIN(g_utf8_strlen(meaning, -1), PROPOSE_MAX_MEANING)) -
                            meaning)
                    : 1,
                meaning != NULL && bin->derived == NULL ? meaning : "-");
    }
    return names;
}

const ErrataBinColumn *
errata_propose_bin(const ErrataAnalysis *analysis, const char *name)
{
    for (guint i = 0; name != NULL && analysis->bins != NULL && i < analysis->bins->n_columns; i++)
        if (g_str_equal(analysis->bins->columns[i].name, name))
            return &analysis->bins->columns[i];
    return NULL;
}

ErrataFinding *
errata_propose_cluster_finding(const ErrataCase *report, const ErrataCluster *cluster)
{
    for (guint i = 0; i < report->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->kind == ERRATA_FINDING_CLUSTER &&
            g_strcmp0(finding->subject.cluster, cluster->id) == 0)
            return finding;
    }
    return NULL;
}

static void
propose_all(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    if (errata_role_speaks(llm)) {
        errata_propose_names(analysis, llm);
        errata_interpret_ask(analysis->result, llm);
        errata_propose_taxonomy(analysis, llm);
    }
    errata_propose_triage(analysis, llm);
    errata_propose_attribution(analysis, llm);
    errata_propose_fixes(analysis, llm);
    errata_propose_hypotheses(analysis, llm);
    errata_propose_labels(analysis, llm);
}

/**
 * errata_propose:
 * @analysis: with all findings, ranked and numbered
 * @llm: the door to a language model
 *
 * Asks for what a model may propose, looks into it, keeps what passed. Never fails; when the model
 * gives no answer the case stays as it is, and `llm` of the case says why. What a reader sees first
 * is asked first: a slow server may not get to the rest.
 */
void
errata_propose(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    g_autoptr(ErrataStandIns) own = NULL;

    if (analysis->result->llm == NULL)
        analysis->result->llm = errata_llm_use_new(llm->backend, llm->model);
    if (!llm->sends_rows && llm->stand_ins == NULL)
        llm->stand_ins = own = errata_stand_ins_new();
    if (!llm->sends_rows)
        errata_propose_hide_values(analysis, llm->stand_ins);
    propose_all(analysis, llm);
    if (own != NULL)
        llm->stand_ins = NULL;
}
