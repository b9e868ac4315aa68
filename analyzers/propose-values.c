/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where no rows may go out, neither do their values, of whatever column: what findings name of them
 * gets stand-ins. Names of columns and classes are no rows. */
#include "interpret/grounding.h"
#include "propose-private.h"

static gboolean
values_is_class(const ErrataCase *report, const char *text)
{
    return g_strcmp0(report->positive, text) == 0 ||
           (report->classes != NULL && g_strv_contains((const char *const *)report->classes, text));
}

/* a column, a class, a finding: what is no value */
static gboolean
values_is_name(const ErrataAnalysis *analysis, const char *text)
{
    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (g_str_equal(analysis->frame->columns[c]->name, text))
            return TRUE;
    for (guint i = 0; i < analysis->result->findings->len; i++)
        if (g_strcmp0(((ErrataFinding *)g_ptr_array_index(analysis->result->findings, i))->id,
                      text) == 0)
            return TRUE;
    return errata_propose_bin(analysis, text) != NULL || values_is_class(analysis->result, text);
}

/* a name, or a list of them */
static gboolean
values_is_known(const ErrataAnalysis *analysis, const char *text)
{
    g_auto(GStrv) parts = g_regex_split_simple(", | and ", text, 0, 0);

    if (values_is_name(analysis, text))
        return TRUE;
    for (guint i = 0; parts[i] != NULL; i++)
        if (!values_is_name(analysis, parts[i]))
            return FALSE;
    return TRUE;
}

/**
 * errata_propose_hide_values:
 * @known: gets the values of rows that a finding of @analysis names, and descriptions that hold one
 */
void
errata_propose_hide_values(const ErrataAnalysis *analysis, ErrataStandIns *known)
{
    for (guint i = 0; i < analysis->result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);
        g_autoptr(GPtrArray) names = errata_grounding_names(finding, analysis->result);

        for (guint k = 0; k < names->len; k++)
            if (!values_is_known(analysis, g_ptr_array_index(names, k)))
                errata_stand_ins_add_value(known, g_ptr_array_index(names, k));
    }
}
