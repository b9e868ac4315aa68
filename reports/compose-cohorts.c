/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "compose.h"
#include "value.h"

/* The saved cohorts: each with its headline metric and its errors against those of the rest. */

#define COHORTS_MOST 40

/* Returns: (nullable): the report's headline, of the cohort's rows */
const ErrataMetric *
errata_compose_cohort_metric(const ErrataCase *report_case, const ErrataCohort *cohort)
{
    const char *name = report_case->headline;

    for (guint i = 0; i < cohort->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(cohort->metrics, i);

        if (metric->class_name == NULL && g_strcmp0(metric->name, name) == 0)
            return metric;
    }
    return NULL;
}

/* “worse: +3.2 pt (2.1 – 4.3)” */
char *
errata_compose_cohort_verdict(const ErrataCase *report_case, const ErrataCohort *cohort)
{
    gboolean number = report_case->task == ERRATA_TASK_REGRESSION;
    double lo = fabs(cohort->lo);
    double hi = fabs(cohort->hi);
    g_autofree char *size = NULL;

    if (cohort->verdict == NULL)
        return g_strdup(cohort->why);
    if (strcmp(cohort->verdict, "same") == 0)
        return g_strdup("no difference shown");
    size = errata_value_number(fabs(cohort->difference) * (number ? 1.0 : 100.0),
                               MIN(lo, hi) * (number ? 1.0 : 100.0),
                               MAX(lo, hi) * (number ? 1.0 : 100.0));
    return g_strdup_printf("%s by %s%s",
                           cohort->verdict,
                           size,
                           number ? " in mean error" : " points");
}

static void
cohorts_row(const ErrataCase *report_case, ErrataBlock *table, const ErrataCohort *cohort)
{
    const ErrataMetric *metric = errata_compose_cohort_metric(report_case, cohort);
    gboolean loud = g_strcmp0(cohort->verdict, "worse") == 0;
    ErrataCell *cell = errata_block_add_cell(table, cohort->name);

    cell->style = ERRATA_STYLE_CELL_STRONG;
    cell->sub = g_strdup(cohort->where);
    errata_block_take_cell(table, errata_value_count((double)cohort->n));
    errata_block_take_cell(table, metric != NULL ? errata_value_of_metric(metric) : NULL);
    errata_block_take_cell(table, metric != NULL ? errata_value_metric_interval(metric) : NULL);
    cell = errata_block_take_cell(table, errata_compose_cohort_verdict(report_case, cohort));
    cell->ink = loud ? ERRATA_INK_ERROR : ERRATA_INK_TEXT;
}

void
errata_compose_cohorts(const ErrataCase *report_case, ErrataDocument *document)
{
    const GPtrArray *cohorts = report_case->performance.cohorts;
    const ErrataMetricWords *words = report_case->headline != NULL
                                         ? errata_value_metric(report_case->headline)
                                         : NULL;
    ErrataBlock *table;

    if (cohorts->len == 0)
        return;
    errata_compose_section(document,
                           "Saved cohorts",
                           cohorts->len > COHORTS_MOST ? "the first 40; report.json has all"
                                                       : "each against all other rows",
                           TRUE);
    table = errata_document_add(document, ERRATA_BLOCK_TABLE);
    table->may_break = TRUE;
    errata_block_add_column(table, "cohort", 0.0, FALSE)->flexible = TRUE;
    table->columns[0].lines = 2;
    errata_block_add_column(table, "rows", 48.0, TRUE);
    errata_block_add_column(table, words != NULL ? words->label : "", 60.0, TRUE);
    errata_block_add_column(table, "95 % interval", 76.0, TRUE);
    errata_block_add_column(table, "against the rest", 120.0, FALSE)->lines = 3;
    for (guint i = 0; i < MIN(cohorts->len, COHORTS_MOST); i++)
        cohorts_row(report_case, table, g_ptr_array_index(cohorts, i));
}
