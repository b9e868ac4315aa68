/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with what drives the model: numbers that count rows, columns that leak and are used,
 * features without which the loss would be lower. */
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "model-file.h"
#include "schema-name.h"

#define DRIVERS_ID    0.05 /* of the size of all shares, for a column that counts rows */
#define DRIVERS_HURT  0.01 /* of the mean loss that the feature costs */
#define DRIVERS_ALPHA 0.01
#define DRIVERS_LOUD  0.03 /* of the mean loss, above which it is more than low */

static double
drivers_part(const ErrataShares *shares, guint i)
{
    double all = 0.0;

    for (guint k = 0; k < shares->n; k++)
        all += shares->mean_abs[k];
    return all > 0.0 ? shares->mean_abs[i] / all : 0.0;
}

/* a number that counts rows, or has the name of one that does */
static gboolean
drivers_is_id(const ErrataColumn *column)
{
    ErrataName name = {0};
    gboolean named;

    if (column == NULL || column->n_rows - column->n_missing < 100 ||
        (column->type != ERRATA_COLUMN_I64 && column->type != ERRATA_COLUMN_TEXT))
        return FALSE;
    errata_schema_name_read(&name, column->name);
    named = name.id >= ERRATA_NAME_STRONG;
    errata_schema_name_clear(&name);
    return named || (column->type == ERRATA_COLUMN_I64 && errata_column_is_counter(column));
}

static ErrataEvidence *
drivers_add_part(const Attribution *self, ErrataFinding *finding, guint i)
{
    ErrataEvidence *evidence = errata_finding_add(
        finding,
        errata_evidence_new("model_share",
                            self->use != NULL ? "part of the size of all shares of the model"
                                              : "part of the size of all shares of a surrogate "
                                                "of the model",
                            drivers_part(self->shares, i),
                            ERRATA_UNIT_SHARE,
                            self->shares->n_rows));

    evidence->method = g_strdup(self->shares->method);
    return evidence;
}

static void
drivers_ids(const Attribution *self)
{
    const ErrataShares *shares = self->shares;

    for (guint i = 0; i < shares->n; i++) {
        g_autofree char *title = NULL;
        ErrataFinding *finding;

        if (drivers_part(shares, i) < DRIVERS_ID || !drivers_is_id(self->column[self->order[i]]))
            continue;
        title = g_strdup_printf(self->use != NULL ? "The model goes by %s, which counts rows"
                                                  : "The scores go by %s, which counts rows",
                                shares->feature[i]);
        finding = errata_finding_new(ERRATA_FINDING_LEAKAGE, title);
        finding->subject.column = g_strdup(shares->feature[i]);
        finding->severity = ERRATA_SEVERITY_MEDIUM;
        finding->summary = g_strdup("leakage · a number of rows drives the model");
        finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
        finding->share_of_rows = 1.0;
        finding->rank = drivers_part(shares, i);
        g_ptr_array_add(finding->notes, g_strdup("driver=id"));
        drivers_add_part(self, finding, i);
        errata_finding_suggest(finding,
                               "drop-feature",
                               "Leave it out of the next training: it tells rows apart, and says "
                               "nothing of rows to come.");
        errata_case_add_finding(self->analysis->result, finding);
    }
}

/* columns that leak: whether the model goes by them */
static void
drivers_leaks(const Attribution *self)
{
    GPtrArray *findings = self->analysis->result->findings;

    for (guint k = 0; k < findings->len; k++) {
        ErrataFinding *finding = g_ptr_array_index(findings, k);

        if (finding->kind != ERRATA_FINDING_LEAKAGE || finding->subject.column == NULL ||
            errata_finding_evidence(finding, "model_share") != NULL)
            continue;
        for (guint i = 0; i < self->shares->n; i++)
            if (g_str_equal(self->shares->feature[i], finding->subject.column) ||
                (self->column[self->order[i]] != NULL &&
                 g_str_equal(self->column[self->order[i]]->name, finding->subject.column))) {
                drivers_add_part(self, finding, i);
                break;
            }
    }
}

/* the loss is lower with the feature's values exchanged among rows than as they are */
static void
drivers_hurting(const Attribution *self)
{
    const ErrataShares *shares = self->shares;

    for (guint i = 0; i < shares->n && shares->loss > 0.0; i++) {
        double part = -shares->rise[i] / shares->loss;
        g_autofree char *title = NULL;
        ErrataFinding *finding;
        ErrataEvidence *evidence;

        if (!(shares->rise_hi[i] < 0.0) || !(shares->rise_q[i] < DRIVERS_ALPHA) ||
            !(part >= DRIVERS_HURT))
            continue;
        title = g_strdup_printf("The model would do better without %s", shares->feature[i]);
        finding = errata_finding_new(ERRATA_FINDING_MODEL_FILE, title);
        finding->subject.file = g_strdup(errata_model_file_name(self->analysis));
        finding->subject.column = g_strdup(shares->feature[i]);
        finding->subject.problem = g_strdup_printf("feature-hurts:%s", shares->feature[i]);
        finding->severity = -shares->rise_hi[i] / shares->loss >= DRIVERS_LOUD
                                ? ERRATA_SEVERITY_MEDIUM
                                : ERRATA_SEVERITY_LOW;
        finding->summary = g_strdup("model · a feature that costs more than it brings");
        finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
        finding->share_of_rows = 1.0;
        finding->rank = part;
        finding->confirmed = TRUE;
        evidence = errata_finding_add(
            finding,
            errata_evidence_new("fall",
                                "fall of the mean loss when its values are exchanged among rows",
                                -shares->rise[i],
                                ERRATA_UNIT_NONE,
                                shares->n_permuted));
        evidence->lo = -shares->rise_hi[i];
        evidence->hi = -shares->rise_lo[i];
        evidence->baseline = shares->loss;
        evidence->test = g_strdup("normal");
        evidence->q = shares->rise_q[i];
        drivers_add_part(self, finding, i);
        errata_finding_suggest(
            finding,
            "drop-feature",
            "Train once without it, and see whether it should come back: what it "
            "means may have changed since.");
        errata_case_add_finding(self->analysis->result, finding);
    }
}

void
attribution_drivers(const Attribution *self)
{
    errata_case_tried(self->analysis->result, "attribution", self->shares->n);
    drivers_ids(self);
    drivers_leaks(self);
    drivers_hurting(self);
}
