/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole sentences in the style of people, of the facts that every slice has. Nothing in them is
 * left open but the finding's own condition, so that whoever reads the list has read all that can
 * pass. */
#include "grounding-proved.h"

#include <math.h>
#include <string.h>

#include "grounding-form-private.h"

/* facts of a slice: their names stand for what the sentences below say of them */
static const struct {
    char sign;
    const char *what;
    ErrataUnit unit;
} proved_facts[] = {
    {'E', "error rate in the slice", ERRATA_UNIT_SHARE},
    {'R', "error rate elsewhere", ERRATA_UNIT_SHARE},
    {'X', "slice over elsewhere", ERRATA_UNIT_RATIO},
    {'S', "share of all rows", ERRATA_UNIT_SHARE},
    {'T', "share of all errors", ERRATA_UNIT_SHARE},
};

#define P_ROWS   "(?:predictions|rows)"
#define P_OTHERS "(?:the rest|the others|the other rows)"
#define P_AS     "(?:" P_OTHERS "|" FORM_REST ")"
#define P_WHOLE  "(?:the traffic|the log|(?:all|the) predictions|(?:all|the) rows)"
#define P_ERRORS "(?:all|the|all the) errors"
#define P_HOLD   "(?:makes?(?: up)?|holds?|has|have|carry|carries|accounts? for)"
#define P_SET    "(?:,? against|,? compared with)"
#define P_AT     "(?:stands at|is at|comes to|amounts to)"

/* @facts: signs in the order of the slots; @compares: says that the first is more than the second,
 *   and HIGHER
 * or OFTEN the word for it. HERE, GROUP: the finding's rows, as a place and as a subject */
static const struct {
    const char *facts;
    gboolean compares;
    const char *form;
} proved_forms[] = {
    {"E", FALSE, P_ROWS " HERE are wrong {} of the time"},
    {"E", FALSE, "HERE,? " P_ROWS " are wrong {} of the time"},
    {"E", FALSE, "{} of (?:the )?" P_ROWS " HERE are wrong"},
    {"E", FALSE, "GROUP (?:is|are) wrong {} of the time"},
    {"E", FALSE, "GROUP (?:has|have) an error rate of {}"},
    {"E", FALSE, "(?:the )?error rate HERE (?:reaches|equals) {}"},
    {"E", FALSE, "(?:the )?error rate " P_AT " {} HERE"},
    {"E", TRUE, "at {}, the error rate HERE is HIGHER than (?:that )?" FORM_REST},
    {"E", TRUE, "GROUP (?:has|have) an error rate of {}, (?:which is )?HIGHER than " FORM_REST},
    {"E", TRUE, P_ROWS " HERE are wrong {} of the time, OFTEN than " P_AS},
    {"R", FALSE, P_ROWS " " FORM_REST " are wrong {} of the time"},
    {"R", FALSE, FORM_REST ",? " P_ROWS " are wrong {} of the time"},
    {"R", FALSE, P_OTHERS " (?:is|are) wrong {} of the time"},
    {"R", FALSE, P_OTHERS " (?:has|have) an error rate of {}"},
    {"R", FALSE, FORM_REST ",? the error rate (?:is|" P_AT ") {}"},
    {"ER", FALSE, P_ROWS " HERE are wrong {} of the time" P_SET " {} " FORM_REST},
    {"ER", FALSE, P_ROWS " HERE are wrong {} of the time[;,] " P_OTHERS ",? {}"},
    {"ER",
     FALSE,
     P_ROWS " HERE are wrong {} of the time(?:,? while|,? and|;) " P_OTHERS
            " (?:is|are) wrong {} of the time"},
    {"ER", FALSE, "{} of (?:the )?" P_ROWS " HERE are wrong" P_SET " {} " FORM_REST},
    {"ER", FALSE, "GROUP (?:is|are) wrong {} of the time" P_SET " {} " FORM_REST},
    {"ER", FALSE, "GROUP (?:is|are) wrong {} of the time[;,] " P_OTHERS ",? {}"},
    {"ER", FALSE, "GROUP (?:has|have) an error rate of {}" P_SET " {} " FORM_REST},
    {"ER",
     FALSE,
     "HERE,? the error rate is {}[,;](?: and| but| while)? " FORM_REST ",? (?:it is )?{}"},
    {"RE",
     FALSE,
     FORM_REST ",? the error rate is {}[,;](?: and| but| while)? HERE,? (?:it is )?{}"},
    {"ER", FALSE, "(?:the )?error rate " P_AT " {} HERE (?:and|but) (?:at |to )?{} " FORM_REST},
    {"ER",
     TRUE,
     "(?:the )?error rate HERE \\({}\\) is HIGHER than (?:that )?" FORM_REST " \\({}\\)"},
    {"ER", TRUE, "(?:the )?error rate is HIGHER HERE \\({}\\) than " FORM_REST " \\({}\\)"},
    {"ER", TRUE, P_ROWS " HERE are wrong OFTEN than " P_AS ": {} (?:of the time )?against {}"},
    {"X", FALSE, P_ROWS " HERE are wrong {} as often as " P_AS},
    {"X", FALSE, "HERE,? " P_ROWS " are wrong {} as often as " P_AS},
    {"X", FALSE, "GROUP (?:is|are) wrong {} as often as " P_AS},
    {"S", FALSE, "GROUP (?:is|are|makes? up|accounts? for) {} of " P_WHOLE},
    {"T", FALSE, "GROUP " P_HOLD " {} of " P_ERRORS},
    {"ST",
     FALSE,
     "GROUP (?:is|are|makes? up|accounts? for) {} of " P_WHOLE ",? (?:and|but) " P_HOLD
     " {} of " P_ERRORS},
    {"TS", FALSE, "{} of " P_ERRORS " (?:are|lie|sit) in {} of " P_WHOLE},
};

static const ErrataEvidence *
proved_fact(const ErrataFinding *finding, char sign)
{
    for (guint k = 0; k < G_N_ELEMENTS(proved_facts); k++)
        for (guint i = 0; proved_facts[k].sign == sign && i < finding->evidence->len; i++) {
            const ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, i);

            if (g_strcmp0(evidence->what, proved_facts[k].what) == 0 &&
                evidence->unit == proved_facts[k].unit && isfinite(evidence->value))
                return evidence;
        }
    return NULL;
}

/* the signs of the facts in order, or NULL where one is none of them */
static char *
proved_signs(const ErrataFinding *finding, const GPtrArray *cited)
{
    g_autoptr(GString) signs = g_string_new(NULL);

    for (guint i = 0; i < cited->len; i++)
        for (guint k = 0; k < G_N_ELEMENTS(proved_facts); k++)
            if (proved_fact(finding, proved_facts[k].sign) == g_ptr_array_index(cited, i))
                g_string_append_c(signs, proved_facts[k].sign);
    return signs->len == cited->len ? g_strdup(signs->str) : NULL;
}

/* the rate in the slice against that elsewhere, where just these two were compared */
static int
proved_direction(const ErrataFinding *finding)
{
    const ErrataEvidence *in = proved_fact(finding, 'E');
    const ErrataEvidence *out = proved_fact(finding, 'R');

    return in != NULL && out != NULL && errata_form_same(in->baseline, out->value)
               ? errata_form_direction(in)
               : 0;
}

static gboolean
proved_by(const ErrataForm *self, const char *form, int direction, const char *sentence)
{
    g_autoptr(GString) pattern = g_string_new(form);
    g_autoptr(GRegex) regex = NULL;

    g_string_replace(pattern, "{}", "\\{\\}", 0);
    g_string_replace(pattern, "HIGHER", direction > 0 ? "(?:higher|worse)" : "(?:lower|better)", 0);
    g_string_replace(pattern, "OFTEN", direction > 0 ? "more often" : "less often", 0);
    g_string_replace(pattern, "HERE", self->here, 0);
    g_string_replace(pattern, "GROUP", self->rows, 0); /* names are in small letters */
    g_string_prepend(pattern, "^(?:");
    g_string_append(pattern, ")$");
    regex = g_regex_new(pattern->str, G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    return regex != NULL && g_regex_match(regex, sentence, 0, NULL);
}

gboolean
errata_proved_check(const GPtrArray *tokens,
                    const GPtrArray *cited,
                    const ErrataFinding *finding,
                    int claimed)
{
    g_auto(ErrataForm) self = {NULL, NULL, NULL, NULL};
    g_autofree char *signs = proved_signs(finding, cited);
    g_autofree char *sentence = NULL;

    if (finding->kind != ERRATA_FINDING_SLICE || signs == NULL ||
        proved_fact(finding, 'E') == NULL || (claimed != 0 && proved_direction(finding) != claimed))
        return FALSE;
    errata_form_init(&self, finding);
    sentence = errata_form_of_sentence(tokens);
    for (guint i = 0; i < G_N_ELEMENTS(proved_forms); i++)
        if (strcmp(proved_forms[i].facts, signs) == 0 &&
            proved_forms[i].compares == (claimed != 0) &&
            proved_by(&self, proved_forms[i].form, claimed, sentence))
            return TRUE;
    return FALSE;
}
