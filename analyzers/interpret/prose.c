/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prose.h"

#include <math.h>
#include <string.h>

#include "words.h"

void
errata_prose_quote(ErrataProse *self, const char *sentence)
{
    if (sentence[0] == '\0')
        return;
    if (self->text->len > 0)
        g_string_append_c(self->text, ' ');
    self->n_said++;
    g_string_append(self->text, sentence);
    if (strchr(".:?!", sentence[strlen(sentence) - 1]) == NULL)
        g_string_append_c(self->text, '.');
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
    capital = errata_words_capital(sentence);
    errata_prose_quote(self, capital);
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

gboolean
errata_prose_has_reference(const ErrataCase *report)
{
    return report->reference != NULL || g_strcmp0(report->baseline_kind, "reference") == 0;
}

const char *
errata_prose_unit(ErrataProse *self)
{
    for (guint i = 0; self->unit == NULL && i < self->report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(self->report->columns, i);

        if (g_strcmp0(column->role, "label") == 0 && column->unit != NULL)
            self->unit = g_strconcat(" ", column->unit, NULL);
    }
    if (self->unit == NULL)
        self->unit = g_strdup("");
    return self->unit;
}
