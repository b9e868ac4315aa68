/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drivers to look at again: features whose share rises with their value in the earlier half of the
 * log and falls with it in the later half, and features whose shares tell the groups of a declared
 * column apart. Both are asked of two halves each and kept only where both tell. */
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "sort.h"
#include "tests.h"

#define SIGNS_PART   0.05 /* of the size of all shares, under which a feature is not asked */
#define SIGNS_ROWS   200  /* of a half, at least */
#define SIGNS_SLOPE  0.2  /* rank correlation in either half */
#define SIGNS_ALPHA  0.01
#define SIGNS_GROUP  100 /* rows of a group in either half, at least */
#define SIGNS_GROUPS 12  /* values of a group column that are asked about */
#define SIGNS_AUC    0.8 /* by which a share tells a group from the others, in either half */

static double
signs_part(const Attribution *self, guint i)
{
    double all = 0.0;

    for (guint k = 0; k < self->shares->n; k++)
        all += self->shares->mean_abs[k];
    return all > 0.0 ? self->shares->mean_abs[i] / all : 0.0;
}

typedef struct {
    double value;
    guint32 at;
} Ranked;

static int
signs_compare(const void *a, const void *b)
{
    const Ranked *x = a;
    const Ranked *y = b;

    return x->value < y->value ? -1 : x->value > y->value ? 1 : x->at < y->at ? -1 : x->at > y->at;
}

/* mean ranks in place of values */
static void
signs_rank(double *value, gsize n)
{
    g_autofree Ranked *ranked = g_new(Ranked, MAX(n, 1));

    for (gsize i = 0; i < n; i++)
        ranked[i] = (Ranked){value[i], (guint32)i};
    qsort(ranked, n, sizeof *ranked, signs_compare);
    for (gsize i = 0; i < n;) {
        gsize end = i;

        while (end < n && !(ranked[end].value > ranked[i].value))
            end++;
        for (gsize k = i; k < end; k++)
            value[ranked[k].at] = 0.5 * (double)(i + end + 1);
        i = end;
    }
}

/* Spearman's correlation; replaces both by their ranks */
static double
signs_correlation(double *x, double *y, gsize n)
{
    double middle = 0.5 * ((double)n + 1.0), xy = 0.0, xx = 0.0, yy = 0.0;

    signs_rank(x, n);
    signs_rank(y, n);
    for (gsize i = 0; i < n; i++) {
        xy += (x[i] - middle) * (y[i] - middle);
        xx += (x[i] - middle) * (x[i] - middle);
        yy += (y[i] - middle) * (y[i] - middle);
    }
    return xx > 0.0 && yy > 0.0 ? xy / sqrt(xx * yy) : 0.0;
}

/* how a feature's share goes with its value, in the rows before @middle in time and in the
 * others */
static gboolean
signs_slopes(const Attribution *self,
             guint feature,
             const guint8 *later,
             double *ret_slope,
             gsize *ret_n)
{
    const ErrataColumn *column = self->column[feature];
    g_autofree double *x = g_new(double, MAX(self->n, 1));
    g_autofree double *y = g_new(double, MAX(self->n, 1));

    for (guint half = 0; half < 2; half++) {
        gsize n = 0;

        for (gsize i = 0; i < self->n; i++) {
            double share = attribution_share(self, i, feature);

            if (later[i] != half || isnan(share) || !errata_column_is_valid(column, self->row[i]))
                continue;
            x[n] = errata_column_number(column, self->row[i]);
            y[n++] = share;
        }
        if (n < SIGNS_ROWS)
            return FALSE;
        ret_slope[half] = signs_correlation(x, y, n);
        ret_n[half] = n;
    }
    return TRUE;
}

/* of the sampled rows, 1 for the later half of the log */
static guint8 *
signs_halves(const Attribution *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autofree guint8 *late = g_new0(guint8, MAX(outcome->n_rows, 1));
    guint8 *later = g_new0(guint8, MAX(self->n, 1));

    for (gsize i = outcome->n_rows / 2; i < outcome->n_rows; i++)
        late[outcome->order[i]] = 1;
    for (gsize i = 0; i < self->n; i++)
        later[i] = late[self->row[i]];
    return later;
}

static ErrataFinding *
signs_finding(const Attribution *self, guint i, const char *problem, char *title)
{
    g_autofree char *owned = title;
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_MODEL_FILE, owned);
    ErrataEvidence *evidence;

    finding->subject.file = g_strdup(self->analysis->result->model != NULL
                                         ? self->analysis->result->model->path
                                         : "the logged scores");
    finding->subject.column = g_strdup(self->shares->feature[i]);
    finding->subject.problem = g_strdup_printf("%s:%s", problem, self->shares->feature[i]);
    finding->severity = ERRATA_SEVERITY_LOW;
    finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
    finding->share_of_rows = 1.0;
    finding->rank = signs_part(self, i);
    finding->confirmed = TRUE;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("model_share",
                                                      self->use != NULL
                                                          ? "part of the size of all shares of the "
                                                            "model"
                                                          : "part of the size of all shares of a "
                                                            "surrogate of the model",
                                                      signs_part(self, i),
                                                      ERRATA_UNIT_SHARE,
                                                      self->shares->n_rows));
    evidence->method = g_strdup(self->shares->method);
    return finding;
}

static void
signs_add_slope(ErrataFinding *finding, const char *key, const char *what, double slope, gsize n)
{
    ErrataEvidence *evidence =
        errata_finding_add(finding, errata_evidence_new(key, what, slope, ERRATA_UNIT_NONE, n));
    double spread = 1.96 / sqrt((double)n - 3.0);

    evidence->lo = tanh(atanh(CLAMP(slope, -1.0 + 1e-12, 1.0 - 1e-12)) - spread);
    evidence->hi = tanh(atanh(CLAMP(slope, -1.0 + 1e-12, 1.0 - 1e-12)) + spread);
    evidence->test = g_strdup("Spearman");
}

/* the same feature, pushing the other way later in the log */
static void
signs_unstable(const Attribution *self)
{
    g_autofree guint8 *later = signs_halves(self);

    for (guint i = 0; i < self->shares->n; i++) {
        guint feature = self->order[i];
        const ErrataColumn *column = self->column[feature];
        double slope[2], z;
        gsize n[2];
        ErrataFinding *finding;

        if (signs_part(self, i) < SIGNS_PART || column == NULL ||
            (column->type != ERRATA_COLUMN_F64 && column->type != ERRATA_COLUMN_I64) ||
            !signs_slopes(self, feature, later, slope, n) || !(slope[0] * slope[1] < 0.0) ||
            fmin(fabs(slope[0]), fabs(slope[1])) < SIGNS_SLOPE)
            continue;
        z = fmin(fabs(atanh(slope[0])) * sqrt((double)n[0] - 3.0),
                 fabs(atanh(slope[1])) * sqrt((double)n[1] - 3.0));
        if (!(errata_tests_normal(z) * self->shares->n < SIGNS_ALPHA))
            continue;
        finding = signs_finding(
            self,
            i,
            "unstable-sign",
            g_strdup_printf("What %s does to the score turns round", self->shares->feature[i]));
        finding->summary = g_strdup("model · a driver whose sign changes");
        signs_add_slope(finding,
                        "earlier",
                        "rank correlation of its share with its value, earlier half",
                        slope[0],
                        n[0]);
        signs_add_slope(finding,
                        "later",
                        "rank correlation of its share with its value, later half",
                        slope[1],
                        n[1]);
        errata_finding_suggest(finding,
                               "monitor",
                               "See what changed about it between the halves: the model uses it in "
                               "both, and to opposite ends.");
        errata_case_add_finding(self->analysis->result, finding);
    }
}

/* by how much a feature's share ranks rows of one group above the others, in each half of the
 * sample */
static gboolean
signs_tells(const Attribution *self,
            guint feature,
            const ErrataColumn *group,
            guint code,
            double *ret_auc,
            gsize *ret_n)
{
    g_autofree double *share = g_new(double, MAX(self->n, 1));
    g_autofree guint8 *in = g_new(guint8, MAX(self->n, 1));

    *ret_n = 0;
    for (guint half = 0; half < 2; half++) {
        gsize n = 0, n_in = 0;
        double ranks = 0.0;

        for (gsize i = half; i < self->n; i += 2) {
            double value = attribution_share(self, i, feature);

            if (isnan(value) || !errata_column_is_valid(group, self->row[i]))
                continue;
            in[n] = group->code[self->row[i]] == code ? 1 : 0;
            n_in += in[n];
            share[n++] = value;
        }
        if (n_in < SIGNS_GROUP || n - n_in < SIGNS_GROUP)
            return FALSE;
        signs_rank(share, n);
        for (gsize i = 0; i < n; i++)
            ranks += in[i] != 0 ? share[i] : 0.0;
        ret_auc[half] = (ranks - 0.5 * (double)n_in * ((double)n_in + 1.0)) /
                        ((double)n_in * (double)(n - n_in));
        *ret_n += n;
    }
    return TRUE;
}

static void
signs_add_proxy(const Attribution *self,
                guint i,
                const ErrataColumn *group,
                guint code,
                double auc,
                gsize n)
{
    ErrataFinding *finding = signs_finding(
        self,
        i,
        "proxy",
        g_strdup_printf("%s stands in for %s", self->shares->feature[i], group->name));
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new("tells",
                                               "AUC by which its share tells the group from the "
                                               "others, second half of the rows",
                                               auc,
                                               ERRATA_UNIT_NONE,
                                               n));

    evidence->text = g_strdup_printf("%s = %s", group->name, group->dictionary[code]);
    finding->summary = g_strdup("model · a driver that tells declared groups apart");
    errata_finding_suggest(finding,
                           "monitor",
                           "Compare rates and errors of the groups, and ask whether it would be "
                           "missed: without the group's own column the model still knows it.");
    errata_case_add_finding(self->analysis->result, finding);
}

/* features that tell the groups of a declared column apart; the group's own column is not one */
static void
signs_proxies(const Attribution *self)
{
    const ErrataAnalysis *analysis = self->analysis;

    for (guint c = 0; c < analysis->schema->n_columns; c++) {
        const ErrataColumn *group = analysis->frame->columns[c];

        if (analysis->schema->columns[c].role != ERRATA_ROLE_GROUP ||
            group->type != ERRATA_COLUMN_CATEGORY || group->n_dictionary > SIGNS_GROUPS)
            continue;
        for (guint i = 0; i < self->shares->n; i++) {
            double best = 0.0;
            guint best_code = 0;
            gsize best_n = 0;

            if (signs_part(self, i) < SIGNS_PART || self->column[self->order[i]] == group)
                continue;
            for (guint code = 0; code < group->n_dictionary; code++) {
                double auc[2], both;
                gsize n;

                if (!signs_tells(self, self->order[i], group, code, auc, &n) ||
                    (auc[0] - 0.5) * (auc[1] - 0.5) <= 0.0)
                    continue;
                both = 0.5 + fmin(fabs(auc[0] - 0.5), fabs(auc[1] - 0.5));
                if (both > best) {
                    best = both;
                    best_code = code;
                    best_n = n / 2;
                }
            }
            if (best >= SIGNS_AUC)
                signs_add_proxy(self, i, group, best_code, best, best_n);
        }
    }
}

void
attribution_signs(const Attribution *self)
{
    signs_unstable(self);
    signs_proxies(self);
}
