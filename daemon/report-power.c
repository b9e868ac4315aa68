/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a report would show what an earlier one found, if it still were so. What is absent from a
 * log of few rows has not been fixed. A group is found when the likelihood ratio of its errors
 * exceeds the logarithm of the candidates (METHODS 2); its mean grows with the rows, so that the
 * earlier effect tells how often the later log would have reached it. What is not a rate of some
 * rows has no such law: it needs as many rows as it was found in, or so many that every analyzer
 * tries it. */
#include "report-power.h"

#include <math.h>
#include <string.h>

#include "pattern-match.h"

#define POWER_Z          0.8416212335729143 /* of 80 % */
#define POWER_HALF       1.96               /* half width of an interval over its standard error */
#define POWER_BLANKED    0.5                /* of the odd values: so many more cells are missing */
#define POWER_LEAST      32.0               /* searched rows of a group, METHODS 2 */
#define POWER_HALVED     2000.0 /* rows from which on one half searches and the other confirms */
#define POWER_ENOUGH     2000.0 /* rows that every analyzer has enough in */
#define POWER_CANDIDATES 100.0  /* at least: the error budget of a family is 0.01 */

/* rows that findings about errors, or about what came in, are counted on */
static double
power_rows(const ErrataCase *report, const ErrataFinding *finding)
{
    const ErrataMetric *metric = report->headline != NULL
                                     ? errata_case_metric(report, report->headline)
                                     : NULL;
    gboolean of_input = finding->kind == ERRATA_FINDING_DRIFT ||
                        finding->kind == ERRATA_FINDING_ANOMALY ||
                        finding->kind == ERRATA_FINDING_DATA_BUG;

    return metric != NULL && metric->n > 0 && !of_input ? (double)metric->n
                                                        : (double)report->n_rows;
}

static double
power_candidates(const ErrataCase *report, const char *family)
{
    double most = POWER_CANDIDATES;

    for (guint i = 0; i < report->tried->len; i++) {
        const ErrataTried *tried = g_ptr_array_index(report->tried, i);

        if (g_strcmp0(tried->family, family) == 0)
            most = fmax(most, (double)tried->count);
    }
    return most;
}

/* how bad its rows were and what they were compared with: the surer of the rest and what was
 * expected */
static const ErrataEvidence *
power_effect(const ErrataCase *before, const ErrataFinding *finding, double *ret_base)
{
    static const char *const keys[] = {"rate_in", "type_in"};
    const ErrataEvidence *expected = errata_finding_evidence(finding, "expected");
    const ErrataMetric *overall = errata_case_metric(before, "error_rate");
    const ErrataEvidence *effect = NULL;

    if (finding->kind != ERRATA_FINDING_SLICE && finding->kind != ERRATA_FINDING_CLUSTER)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(keys) && effect == NULL; i++)
        effect = errata_finding_evidence(finding, keys[i]);
    if (effect == NULL || effect->n == 0 || !isfinite(effect->value))
        return NULL;
    *ret_base = isfinite(effect->baseline) ? effect->baseline
                : overall != NULL          ? overall->value
                                           : (double)NAN;
    if (expected != NULL && expected->value > *ret_base && expected->value < effect->value)
        *ret_base = expected->value;
    return isfinite(*ret_base) ? effect : NULL;
}

/* mean of the likelihood ratio of @n rows: of Bernoulli errors, else of losses with the spread of
 * the interval */
static double
power_ratio(const ErrataEvidence *effect, double base, double n)
{
    double p = effect->value;
    double se = (effect->hi - effect->lo) / (2.0 * POWER_HALF);
    double z;

    if (effect->unit == ERRATA_UNIT_SHARE && base > 0.0 && base < 1.0 && p >= 0.0 && p <= 1.0)
        return n * ((p > 0.0 ? p * log(p / base) : 0.0) +
                    (p < 1.0 ? (1.0 - p) * log((1.0 - p) / (1.0 - base)) : 0.0));
    z = (p - base) / (se * sqrt((double)effect->n / n));
    return se > 0.0 ? 0.5 * z * z : (double)NAN;
}

/**
 * errata_report_power_shows:
 * @now: a report that does not have it
 * @before: the report that has it
 * @finding: one of its findings
 *
 * Returns: whether @now would show @finding, were it as it was, at least four times in five
 */
gboolean
errata_report_power_shows(const ErrataCase *now,
                          const ErrataCase *before,
                          const ErrataFinding *finding)
{
    double rows = power_rows(now, finding), rows_before = power_rows(before, finding);
    double base = (double)NAN;
    const ErrataEvidence *effect = power_effect(before, finding, &base);
    const char *family = errata_pattern_analyzer(finding->kind);
    double n, mean;

    for (guint i = 0; i < now->skipped->len; i++)
        if (g_strcmp0(((const ErrataSkipped *)g_ptr_array_index(now->skipped, i))->analyzer,
                      family) == 0)
            return FALSE;
    if (!(rows > 0.0) || !(rows_before > 0.0))
        return FALSE;
    if (effect == NULL)
        return rows >= fmin(rows_before, POWER_ENOUGH);
    n = (double)effect->n * rows / rows_before;
    n *= (rows_before >= POWER_HALVED ? 2.0 : 1.0) * (rows >= POWER_HALVED ? 0.5 : 1.0);
    mean = power_ratio(effect, base, n);
    if (isnan(mean))
        return rows >= fmin(rows_before, POWER_ENOUGH);
    return n >= POWER_LEAST &&
           mean - POWER_Z * sqrt(2.0 * mean) >= log(power_candidates(now, family));
}

/* share of the cells of a column that are missing, codes for no value not counted; NaN where that
 * is not known */
static double
power_missing(const ErrataCase *report, const char *name)
{
    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (g_strcmp0(column->name, name) == 0)
            return column->n > 0 ? (double)column->missing / (double)column->n : (double)NAN;
    }
    return (double)NAN;
}

/**
 * errata_report_power_is_blanked:
 * @now: a report that does not have it
 * @before: the report that has it
 * @finding: one of its findings
 *
 * Returns: whether it is about odd values of one column, a code for no value for one, in the place
 *   of which cells are missing now: the code is gone, what it stood for is not mended
 */
gboolean
errata_report_power_is_blanked(const ErrataCase *now,
                               const ErrataCase *before,
                               const ErrataFinding *finding)
{
    char *const *columns = finding->subject.columns;

    if (finding->kind != ERRATA_FINDING_ANOMALY || columns == NULL || columns[0] == NULL ||
        columns[1] != NULL)
        return FALSE;
    return power_missing(now, columns[0]) - power_missing(before, columns[0]) >=
           POWER_BLANKED * finding->share_of_rows;
}
