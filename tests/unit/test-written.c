/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a language model wrote can be told from what the program did: in the pages, in the terminal
 * and in report.json. */
#include <locale.h>
#include <string.h>

#include "case-json.h"
#include "compose.h"
#include "report.h"
#include "sample-case.h"

#define GUESS "Perhaps two feeds are mixed up; the error rate in the slice is 33.8\u202f%."

/* the second finding by a model, which also supposes; the first stays the program's */
static ErrataCase *
test_case(void)
{
    ErrataCase *report_case = sample_case_new();
    ErrataFinding *finding = g_ptr_array_index(report_case->findings, 1);
    ErrataProposal *tested = errata_proposal_new("triage", finding->id, "rows were sent twice.");
    ErrataSuggestion *fix = errata_finding_suggest(finding, "abstain-route", "Ask a person");

    report_case->llm = errata_llm_use_new("openai", "wren-7b");
    finding->by_model = finding->title_by_model = TRUE;
    g_ptr_array_add(finding->hypotheses, g_strdup(GUESS));
    fix->by_model = TRUE;
    fix->cost = g_strdup("a person a day");
    tested->check = g_strdup("12 of 100 are copies.");
    g_ptr_array_add(report_case->proposals, tested);
    return report_case;
}

static const ErrataBlock *
test_find(const ErrataDocument *document, const char *text, guint *ret_index)
{
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        if (block->text != NULL && strstr(block->text, text) != NULL) {
            *ret_index = i;
            return block;
        }
    }
    return NULL;
}

static void
test_pages(void)
{
    g_autoptr(ErrataCase) report_case = test_case();
    g_autoptr(ErrataDocument) document = errata_compose_new(report_case);
    const ErrataFinding *finding = g_ptr_array_index(report_case->findings, 1);
    const ErrataBlock *block;
    guint at = 0;
    guint n_marked = 0;
    guint n_texts = 0;

    g_test_summary(
        "A bar and the model's name at its paragraph; suppositions in blocks of their own");
    for (guint i = 0; i < document->blocks->len; i++) {
        block = g_ptr_array_index(document->blocks, i);
        if (g_strcmp0(block->text, finding->rationale) == 0) {
            n_texts++;
            n_marked += block->by_model ? 1 : 0;
            if (block->by_model)
                g_assert_nonnull(
                    strstr(((const ErrataBlock *)g_ptr_array_index(document->blocks, i + 1))->text,
                           "the language model “wren-7b”"));
        }
    }
    g_assert_cmpuint(n_texts, >, 1);
    g_assert_cmpuint(n_marked, ==, 1); /* the program's own have none */
    block = test_find(document, GUESS, &at);
    g_assert_nonnull(block);
    g_assert_cmpstr(block->text, ==, GUESS);
    g_assert_true(block->by_model);
    block = g_ptr_array_index(document->blocks, at - 1);
    g_assert_cmpstr(block->text, ==, "Hypothesis of the language model “wren-7b”, not tested");
    g_assert_true(block->by_model && block->keep_next);
    block = test_find(document, "rows were sent twice.", &at);
    g_assert_cmpstr(((const ErrataBlock *)g_ptr_array_index(document->blocks, at - 1))->text,
                    ==,
                    "Hypothesis of the language model, tested, not borne out");
    g_assert_cmpstr(((const ErrataBlock *)g_ptr_array_index(document->blocks, at + 1))->text,
                    ==,
                    "12 of 100 are copies.");
    g_assert_nonnull(test_find(document, "· named by the language model", &at));
    g_assert_nonnull(test_find(document, "What the language model wrote", &at));
    block = g_ptr_array_index(document->blocks, at + 1);
    g_assert_true(block->by_model);
    g_assert_nonnull(strstr(block->text, "A bar in the margin"));
}

static void
test_advice(void)
{
    g_autoptr(ErrataCase) report_case = test_case();
    g_autoptr(ErrataDocument) document = errata_compose_new(report_case);
    guint n = 0;

    g_test_summary("A fix that a model chose says so, whatever it costs");
    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        for (guint k = 0; k < block->n_advice; k++)
            n += g_strcmp0(block->advice[k].cost,
                           "proposed by the language model; cost: a person a day") == 0
                     ? 1
                     : 0;
    }
    g_assert_cmpuint(n, ==, 1);
}

static void
test_terminal(void)
{
    g_autoptr(ErrataCase) report_case = test_case();
    g_autofree char *text = errata_report_terminal_finding(report_case, "F2", 200, FALSE);
    g_autofree char *other = errata_report_terminal_finding(report_case, "F1", 200, FALSE);

    g_assert_nonnull(strstr(text, "— words by the language model “wren-7b”"));
    g_assert_nonnull(strstr(text, "\n▏ Hypothesis of the language model “wren-7b”, not tested: "));
    g_assert_nonnull(strstr(text, "▏ 12 of 100 are copies.\n"));
    g_assert_nonnull(strstr(text, "(proposed by the language model)"));
    g_assert_null(strstr(other, "language model"));
}

static void
test_without(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_new();
    g_autoptr(ErrataDocument) document = errata_compose_new(report_case);
    guint at = 0;

    g_test_summary("A report that no model had a part in has no mark");
    for (guint i = 0; i < document->blocks->len; i++)
        g_assert_false(((const ErrataBlock *)g_ptr_array_index(document->blocks, i))->by_model);
    g_assert_null(test_find(document, "What the language model wrote", &at));
}

static void
test_json(void)
{
    g_autoptr(ErrataCase) report_case = test_case();
    g_autoptr(GBytes) bytes = errata_case_to_json(report_case);
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    g_autoptr(ErrataCase) read = errata_case_from_json(text, size, &error);
    const ErrataFinding *finding;

    g_assert_no_error(error);
    finding = g_ptr_array_index(read->findings, 1);
    g_assert_true(finding->by_model && finding->title_by_model);
    g_assert_cmpuint(finding->hypotheses->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(finding->hypotheses, 0), ==, GUESS);
    g_assert_null(strstr(finding->rationale, "Perhaps"));
    finding = g_ptr_array_index(read->findings, 0);
    g_assert_false(finding->by_model || finding->title_by_model);
    g_assert_cmpuint(finding->hypotheses->len, ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/written/pages", test_pages);
    g_test_add_func("/written/advice", test_advice);
    g_test_add_func("/written/terminal", test_terminal);
    g_test_add_func("/written/without", test_without);
    g_test_add_func("/written/json", test_json);
    return g_test_run();
}
