/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prose.h"

#include <math.h>
#include <string.h>

#include "words.h"

/* a sentence that opens with a column's name keeps the name as it is in the data */
static gboolean
prose_opens_with_name(const ErrataProse *self, const char *sentence)
{
    for (guint i = 0; self->report != NULL && i < self->report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(self->report->columns, i);
        gsize length = column->name != NULL ? strlen(column->name) : 0;
        char next = length > 0 && g_str_has_prefix(sentence, column->name) ? sentence[length] : 'x';

        if (!g_ascii_isalnum(next) && next != '_' && (next & 0x80) == 0)
            return TRUE;
    }
    return FALSE;
}

void
errata_prose_say(ErrataProse *self, const char *format, ...)
{
    g_autofree char *sentence = NULL;
    g_autofree char *capital = NULL;
    va_list args;

    va_start(args, format);
    sentence = g_strdup_vprintf(format, args);
    va_end(args);
    if (sentence[0] == '\0')
        return;
    capital = prose_opens_with_name(self, sentence) ? g_strdup(sentence)
                                                    : errata_words_capital(sentence);
    if (self->text->len > 0)
        g_string_append_c(self->text, ' ');
    g_string_append(self->text, capital);
    if (strchr(".:?!", sentence[strlen(sentence) - 1]) == NULL)
        g_string_append_c(self->text, '.');
}

void
errata_prose_cite(ErrataProse *self, const ErrataEvidence *evidence)
{
    if (evidence == NULL || evidence->id == NULL)
        return;
    for (guint i = 0; i < self->citations->len; i++)
        if (g_strcmp0(g_ptr_array_index(self->citations, i), evidence->id) == 0)
            return;
    g_ptr_array_add(self->citations, g_strdup(evidence->id));
}

char *
errata_prose_value(ErrataProse *self, const ErrataFinding *finding, const char *key)
{
    const ErrataEvidence *evidence = errata_finding_evidence(finding, key);

    if (evidence == NULL || (isnan(evidence->value) && evidence->text == NULL))
        return NULL;
    errata_prose_cite(self, evidence);
    return errata_words_value(evidence);
}
