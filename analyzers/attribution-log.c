/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributions that stand in the log: taken as they are, and checked to add up to the logged score,
 * its log odds, or the prediction, up to one number that is the same for all rows. */
#include <math.h>
#include <string.h>

#include "attribution-private.h"
#include "sort.h"

#define LOG_ROWS      10000
#define LOG_TOLERANCE 0.01 /* of the spread of what they should add up to */
#define LOG_SAME      0.95 /* of the rows */
#define LOG_FEW       20
#define LOG_STAGE     27
#define LOG_FOLLOWS   0.5 /* correlation with the model's own shares, at least */
#define LOG_NAMED     5

typedef enum {
    LOG_ODDS,
    LOG_SCORE,
    LOG_NUMBER,
} LogTarget;

static const char *const log_targets[] = {"the log odds of the logged score",
                                          "the logged score",
                                          "the logged prediction"};

/* a share is of a feature; the mean that all rows have in common is none */
static gboolean
log_is_bias(const char *target, const char *name)
{
    static const char *const names[] =
        {"bias", "__bias__", "base", "base_value", "baseline", "expected_value", "intercept", NULL};
    g_autofree char *lower = g_ascii_strdown(target != NULL ? target : name, -1);

    if (g_strv_contains(names, lower))
        return TRUE;
    for (guint i = 0; target == NULL && names[i] != NULL; i++) {
        g_autofree char *suffix = g_strconcat("_", names[i], NULL);

        if (g_str_has_suffix(lower, suffix))
            return TRUE;
    }
    return FALSE;
}

static double
log_target(const ErrataOutcome *outcome, LogTarget target, gsize row)
{
    double score;

    if (target == LOG_NUMBER)
        return outcome->predicted_value != NULL ? outcome->predicted_value[row] : (double)NAN;
    if (outcome->score == NULL)
        return (double)NAN;
    score = outcome->score[row];
    if (target == LOG_SCORE)
        return score;
    return score > 0.0 && score < 1.0 ? log(score / (1.0 - score)) : (double)NAN;
}

/* how the sums of shares go with one thing that they may share out */
typedef struct {
    double
        same; /* share of the rows in which it − Σ shares is the same number; NaN: too few can tell */
    double gap;   /* largest distance from that, over … */
    double range; /* … how far apart the rows are in it */
    double base;  /* that number */
} LogSums;

static LogSums
log_same(const Attribution *self, const double *sum, LogTarget target)
{
    g_autofree double *rest = g_new(double, MAX(self->n, 1));
    LogSums got = {.same = (double)NAN, .base = (double)NAN};
    double low = (double)INFINITY, high = -(double)INFINITY;
    gsize n = 0, same = 0;

    for (gsize i = 0; i < self->n; i++) {
        double value = log_target(self->analysis->outcome, target, self->row[i]);

        if (!isfinite(value) || !isfinite(sum[i]))
            continue;
        rest[n++] = value - sum[i];
        low = fmin(low, value);
        high = fmax(high, value);
    }
    if (n < LOG_FEW || !(high > low))
        return got;
    errata_sort_values(rest, n);
    got.base = errata_sort_quantile(rest, n, 0.5);
    got.range = high - low;
    for (gsize i = 0; i < n; i++) {
        double off = fabs(rest[i] - got.base) / got.range;

        same += off <= LOG_TOLERANCE ? 1 : 0;
        got.gap = fmax(got.gap, off);
    }
    got.same = (double)same / (double)n;
    return got;
}

/* the base value that stands in the log beside its shares, where it has one, against the one that
 * they add up with */
static void
log_check_base(const Attribution *self, const LogSums *sums, const char *target)
{
    const ErrataSchema *schema = self->analysis->schema;
    g_autofree double *value = g_new(double, MAX(self->n, 1));

    for (guint i = 0; i < schema->n_columns; i++) {
        const ErrataColumn *column = self->analysis->frame->columns[i];
        gsize n = 0;
        double logged;

        if (schema->columns[i].role != ERRATA_ROLE_ATTRIBUTION ||
            !log_is_bias(schema->columns[i].target, schema->names[i]))
            continue;
        for (gsize k = 0; k < self->n; k++)
            if (errata_column_is_valid(column, self->row[k]))
                value[n++] = errata_column_number(column, self->row[k]);
        errata_sort_values(value, n);
        logged = n > 0 ? errata_sort_quantile(value, n, 0.5) : (double)NAN;
        if (!(fabs(logged - sums->base) > LOG_TOLERANCE * sums->range))
            continue;
        g_ptr_array_add(self->analysis->result->warnings,
                        g_strdup_printf("the logged attributions add up to %s from a base value of "
                                        "%.4g on, and not from that of the log: %s is %.4g",
                                        target,
                                        sums->base,
                                        schema->names[i],
                                        logged));
    }
}

static guint
log_columns(const ErrataSchema *schema, guint *ret_column)
{
    guint n = 0;

    for (guint i = 0; i < schema->n_columns; i++)
        if (schema->columns[i].role == ERRATA_ROLE_ATTRIBUTION &&
            !log_is_bias(schema->columns[i].target, schema->names[i]))
            ret_column[n++] = i;
    return n;
}

static void
log_read(Attribution *self, const guint *column, double *sum)
{
    const ErrataFrame *frame = self->analysis->frame;
    gsize width = (gsize)self->n_features + 1;

    for (gsize i = 0; i < self->n; i++) {
        sum[i] = 0.0;
        self->phi[i * width + self->n_features] = 0.0;
        for (guint f = 0; f < self->n_features; f++) {
            double share = errata_column_is_valid(frame->columns[column[f]], self->row[i])
                               ? errata_column_number(frame->columns[column[f]], self->row[i])
                               : (double)NAN;

            self->phi[i * width + f] = share;
            sum[i] += share;
        }
    }
}

/**
 * attribution_read_log:
 * @self: gets the log's attributions
 * @ret_method: (out): what they are, in words; or why there are none
 * @ret_gap: (out): largest distance from adding up, over the range of what they add up to
 *
 * Returns: whether the log has some
 */
gboolean
attribution_read_log(Attribution *self, char **ret_method, double *ret_gap)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataSchema *schema = analysis->schema;
    g_autofree guint *column = g_new(guint, MAX(schema->n_columns, 1));
    g_autofree double *sum = NULL;
    LogSums best = {.same = -1.0};
    guint target = 0;

    self->n_features = log_columns(schema, column);
    self->n_groups = 1;
    if (self->n_features == 0) {
        *ret_method = g_strdup("the log has no attributions of features");
        return FALSE;
    }
    self->row = errata_model_cells_sample(analysis->frame->n_rows,
                                          LOG_ROWS,
                                          analysis->settings->seed + LOG_STAGE,
                                          &self->n);
    self->phi = g_new(double, MAX(self->n, 1) * ((gsize)self->n_features + 1));
    self->name = g_new0(const char *, self->n_features + 1);
    self->column = g_new0(const ErrataColumn *, self->n_features + 1);
    sum = g_new(double, MAX(self->n, 1));
    for (guint f = 0; f < self->n_features; f++) {
        const ErrataSchemaColumn *role = &schema->columns[column[f]];

        self->name[f] = role->target != NULL ? role->target : schema->names[column[f]];
        self->column[f] = errata_frame_find(analysis->frame, self->name[f], NULL);
    }
    log_read(self, column, sum);
    for (guint t = 0; t < G_N_ELEMENTS(log_targets); t++) {
        LogSums sums = log_same(self, sum, (LogTarget)t);

        if (sums.same > best.same) {
            best = sums;
            target = t;
        }
    }
    *ret_gap = best.gap;
    if (best.same < 0.0)
        *ret_method =
            g_strdup("attributions as logged; nothing in the log tells what they share out");
    else if (best.same >= LOG_SAME)
        *ret_method =
            g_strdup_printf("attributions as logged: they add up to %s, less one number, in "
                            "%.3g %% of the rows",
                            log_targets[target],
                            100.0 * best.same);
    else
        *ret_method = g_strdup_printf("attributions as logged: they do not add up, not even to %s, "
                                      "which they come closest to in %.3g %% of the rows",
                                      log_targets[target],
                                      100.0 * best.same);
    if (best.same >= LOG_SAME)
        log_check_base(self, &best, log_targets[target]);
    else if (best.same >= 0.0)
        g_ptr_array_add(analysis->result->warnings,
                        g_strdup_printf("the logged attributions do not add up to the score or the "
                                        "prediction: their sum follows %s in only %.3g %% of the "
                                        "rows",
                                        log_targets[target],
                                        100.0 * best.same));
    return TRUE;
}

/* how logged shares of a feature go with the model's own; NaN where too few rows have both */
static double
log_correlation(const Attribution *self, guint feature, const ErrataColumn *logged)
{
    double n = 0.0, mean[2] = {0.0, 0.0}, square[2] = {0.0, 0.0}, product = 0.0;

    for (gsize i = 0; i < self->n; i++) {
        double value[2] = {attribution_share(self, i, feature),
                           errata_column_is_valid(logged, self->row[i])
                               ? errata_column_number(logged, self->row[i])
                               : (double)NAN};
        double step[2];

        if (!isfinite(value[0]) || !isfinite(value[1]))
            continue;
        n += 1.0;
        for (guint k = 0; k < 2; k++) {
            step[k] = value[k] - mean[k];
            mean[k] += step[k] / n;
            square[k] += step[k] * (value[k] - mean[k]);
        }
        product += step[0] * (value[1] - mean[1]);
    }
    return n >= LOG_FEW && square[0] > 0.0 && square[1] > 0.0
               ? product / sqrt(square[0] * square[1])
               : (double)NAN;
}

/**
 * attribution_check_log:
 * @self: shares of a model, with its group chosen
 *
 * Holds the log's own attributions, where it has some, against the scores that they should add up
 * to and against the model's shares, and warns of those that do not follow.
 */
void
attribution_check_log(const Attribution *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataSchema *schema = analysis->schema;
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *method = NULL;
    g_auto(Attribution) logged = {.analysis = self->analysis};
    double gap;
    guint n = 0;

    if (!attribution_read_log(&logged, &method, &gap))
        return;
    for (guint c = 0; c < schema->n_columns; c++) {
        const char *target = schema->columns[c].target;

        if (schema->columns[c].role != ERRATA_ROLE_ATTRIBUTION || target == NULL)
            continue;
        for (guint f = 0; f < self->n_features; f++) {
            double with = strcmp(self->name[f], target) == 0
                              ? log_correlation(self, f, analysis->frame->columns[c])
                              : (double)NAN;

            if (!(with < LOG_FOLLOWS) || n++ >= LOG_NAMED)
                continue;
            g_string_append_printf(names,
                                   "%s%.60s (correlation %.2f)",
                                   names->len > 0 ? ", " : "",
                                   schema->names[c],
                                   with);
        }
    }
    if (n > LOG_NAMED)
        g_string_append_printf(names, " and %u more", n - LOG_NAMED);
    if (n > 0)
        g_ptr_array_add(analysis->result->warnings,
                        g_strdup_printf("logged attributions do not follow what the model itself "
                                        "owes to these features: %s",
                                        names->str));
}
