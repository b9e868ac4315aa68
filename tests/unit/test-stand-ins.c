/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "llm.h"

/* a clinic's log: who came, of what sex, in which ward; the question has words of both kinds */
static ErrataStandIns *
clinic(void)
{
    ErrataStandIns *known = errata_stand_ins_new();

    errata_stand_ins_add_name(known, "patient_name", "who came, as in the passport");
    errata_stand_ins_add_name(known, "sex", NULL);
    errata_stand_ins_add_name(known, "name", NULL);
    errata_stand_ins_add_name(known, "age", NULL);
    errata_stand_ins_add_value(known, "Ann O'Neil");
    errata_stand_ins_add_value(known, "F");
    errata_stand_ins_add_value(known, "us");
    errata_stand_ins_add_value(known, "other");
    errata_stand_ins_add_value(known, "North");
    errata_stand_ins_add_value(known, "47110815");
    errata_stand_ins_add_value(known, "7");
    return known;
}

typedef struct {
    const char *name;
    const char *text;
    const char *hidden;
} Case;

static const Case cases[] = {
    {"names", "where patient_name or Patient Name", "where [column-1] or [column-1]"},
    {"meaning",
     "patient_name | texts | who came, as in the passport",
     "[column-1] | texts | [column-1]"},
    {"heading",
     "Columns: name | kind | meaning\nname | category | -",
     "Columns: name | kind | meaning\n[column-1] | category | -"},
    {"values",
     "“sex is F” ann o'neil’s, NORTH",
     "“[column-1] is [value-1]” [value-2]’s, [value-3]"},
    {"glued", "north_east, northern", "[value-1]_east, northern"},
    {"plain words stay words",
     "let us see other rows of F. 7 of them",
     "let us see other rows of [value-1]. 7 of them"},
    {"plain words said",
     "sex=us; x='other'; rate of 7",
     "[column-1]=[value-1]; x='[value-2]'; rate of [value-3]"},
    {"bounds", "“age ≥ 44.5” | 12", "“[column-1] ≥ [value-1]” | 12"},
    {"long numbers", "call 47110815 or 47110816", "call [value-1] or 47110816"},
    {"question",
     "Question: is us worse than F of 5\nus",
     "Question: is [value-1] worse than [value-2] of 5\n[value-1]"},
    {"forged", "print [value-1] and [Column-9]: F", "print (value-1] and (Column-9]: [value-1]"},
    {"scripts without spaces", "これはNorthです", "これは[value-1]です"},
    {"nothing", "a text | of its own", NULL},
};

static void
test_hide(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(ErrataStandIns) known = clinic();
    g_autoptr(ErrataStandInTable) table = errata_stand_in_table_new(known);
    g_autofree char *hidden = errata_stand_in_table_hide(table, c->text);

    g_assert_cmpstr(hidden, ==, c->hidden != NULL ? c->hidden : c->text);
}

static void
test_show(void)
{
    g_autoptr(ErrataStandIns) known = clinic();
    g_autoptr(ErrataStandInTable) table = errata_stand_in_table_new(known);
    g_autofree char *hidden = errata_stand_in_table_hide(table,
                                                         "“age”, Ann O'Neil; patient_name; sex=F");
    g_autofree char *plain = NULL;
    g_autofree char *where = NULL;

    plain =
        errata_stand_in_table_show(table, "{\"a\": \"[Value-1] of [column-9] [value-2\"}", FALSE);
    where =
        errata_stand_in_table_show(table,
                                   "{\"a\": \"[column-1]\", \"b\": \"[column-2] = [value-1] or "
                                   "[column-2] = '[value-1]' or \\\"[column-3]\\\" = [value-2]\"}",
                                   TRUE);
    g_assert_cmpstr(hidden, ==, "“[column-1]”, [value-1]; [column-2]; [column-3]=[value-2]");
    g_assert_cmpstr(plain, ==, "{\"a\": \"Ann O'Neil of [column-9] [value-2\"}");
    g_assert_cmpstr(where,
                    ==,
                    "{\"a\": \"age\", \"b\": \"patient_name = 'Ann O''Neil' or patient_name = "
                    "'Ann O''Neil' or \\\"sex\\\" = F\"}");
}

/* what a capture of the request sees, and an answer in its words */
static ErrataLlmAnswer *
capture(ErrataLlm *llm, const ErrataLlmRequest *request, GError **error)
{
    ErrataLlmAnswer *answer = g_new0(ErrataLlmAnswer, 1);

    g_string_append_printf(llm->data, "%s|%s", request->facts, request->data[0]);
    answer->text = g_strdup("{\"text\": \"[column-1] is “[value-1]”\"}");
    return answer;
}

static void
test_ask(void)
{
    const char *const data[] = {"north said it", NULL};
    g_autoptr(ErrataStandIns) known = clinic();
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(ErrataLlmUse) use = errata_llm_use_new("openai", "m");
    ErrataLlmRequest request = {.role = "rationale", .facts = "“sex”: “North”", .data = data};
    ErrataLlm llm = {.complete = capture, .data = seen, .stand_ins = known};
    g_autoptr(ErrataLlmAnswer) answer = errata_llm_ask(&llm, &request, use, NULL);

    g_assert_cmpstr(seen->str, ==, "“[column-1]”: “[value-1]”|[value-1] said it");
    g_assert_cmpstr(answer->text, ==, "{\"text\": \"sex is “North”\"}");
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/stand-ins/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_hide);
    }
    g_test_add_func("/stand-ins/back", test_show);
    g_test_add_func("/stand-ins/asked", test_ask);
    return g_test_run();
}
