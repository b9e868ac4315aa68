/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a given reference lost without the rows of some groups: a group that erred there as it does
 * now is no part of what has changed since, however much it errs. METHODS 0. */
#include <math.h>

#include "causes.h"
#include "filter.h"
#include "sources.h"

/* marks the rows of the reference for which the conditions of @source hold; FALSE: it cannot be
 * asked for them */
static gboolean
reference_mark(const ErrataAnalysis *analysis, const ErrataFinding *source, guint8 *mark)
{
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(ErrataRows) rows = NULL;

    if (source->subject.predicates->len == 0)
        return TRUE; /* of a time of the log */
    filter = errata_filter_predicates_join(source->subject.predicates);
    if (!errata_filter_bind(filter, analysis->reference, analysis->reference_schema, NULL))
        return FALSE;
    rows = errata_filter_evaluate(filter, analysis->reference, analysis->reference_outcome);
    for (gsize row = 0; row < analysis->reference_outcome->n_rows; row++)
        if (errata_rows_has(rows, row))
            mark[row] = 1;
    return TRUE;
}

/**
 * errata_sources_reference:
 * @analysis: a log
 * @source: (array length=n_sources): findings of groups
 * @n_sources: how many
 *
 * Returns: mean loss of the given reference outside these groups; NaN where none is given, or where
 * that is not known
 */
double
errata_sources_reference(const ErrataAnalysis *analysis,
                         const ErrataFinding *const *source,
                         gsize n_sources)
{
    const ErrataOutcome *outcome = analysis->reference_outcome;
    g_autofree guint8 *mark = NULL;

    if (analysis->reference == NULL || outcome == NULL || outcome->loss == NULL)
        return (double)NAN;
    mark = g_new0(guint8, MAX(outcome->n_rows, 1));
    for (gsize i = 0; i < n_sources; i++)
        if (!reference_mark(analysis, source[i], mark))
            return (double)NAN;
    return errata_causes_loss(outcome, mark, NULL, outcome->n_rows).clean;
}
