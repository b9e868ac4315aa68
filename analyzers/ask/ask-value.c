/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A metric of some rows, with its interval, or why there is none. */
#include <math.h>
#include <string.h>

#include "ask-private.h"
#include "intervals.h"
#include "performance.h"
#include "schema-name.h"

ErrataMetric *
errata_ask_value_new(const char *name, double value, double lo, double hi, guint64 n)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new(); /* owns nothing */

    return errata_case_append_metric(one, name, value, lo, hi, n);
}

/* whether a list with commas has the name */
static gboolean
value_is_told(const char *list, const char *name)
{
    g_auto(GStrv) names = g_strsplit(list, ERRATA_ASK_COMMA, -1);

    return g_strv_contains((const char *const *)names, name);
}

static gboolean
value_unknown(AskRun *self, const GArray *list, const char *name, gboolean of_class)
{
    g_autoptr(GString) names = g_string_new(NULL);
    const char *nearest = NULL;
    guint least = 2 + (guint)g_utf8_strlen(name, -1) / 5;
    gboolean other = FALSE; /* of all classes rather than of one, or the reverse */

    for (guint i = 0; i < list->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);
        guint distance = errata_schema_name_distance(name, entry->name);

        if ((entry->class_index >= 0) != of_class) {
            other = other || g_str_equal(entry->name, name);
            continue;
        }
        if (errata_ask_metric_is_known(entry->name) && !value_is_told(names->str, entry->name))
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", entry->name);
        if (distance < least && !errata_ask_metric_is_known(name)) {
            least = distance;
            nearest = entry->name;
        }
    }
    self->answer->malformed = TRUE;
    if (other)
        return errata_ask_refuse(self,
                                 "%s is %s here; %s there are %s",
                                 name,
                                 of_class ? "not of one class but of all" : "of one class",
                                 of_class ? "of one class"
                                          : "name it (metric recall of CLASS); of all",
                                 names->str);
    return errata_ask_refuse(self,
                             "there is no metric “%s” here%s%s%s; there are %s",
                             name,
                             nearest != NULL ? "; did you mean " : "",
                             nearest != NULL ? nearest : "",
                             nearest != NULL ? "?" : "",
                             names->str);
}

/* what is one less another metric, under names of its own */
static const char *
value_complement(const char *name)
{
    return strcmp(name, "false_negative_rate") == 0    ? "recall"
           : strcmp(name, "false_discovery_rate") == 0 ? "precision"
                                                       : NULL;
}

/* all metrics of the rows; NULL: none of them is judged */
static GArray *
value_list(const AskRun *self, const ErrataRows *rows)
{
    g_autofree guint8 *mask = g_new(guint8, rows->n_rows + 1);
    g_autoptr(ErrataJudged) judged = NULL;

    for (gsize row = 0; row < rows->n_rows; row++)
        mask[row] = errata_rows_has(rows, row) ? 1 : 0;
    judged = errata_judged_new(self->data->outcome, mask, 1);
    return judged->input.n > 0 ? errata_performance_list(&judged->input) : NULL;
}

/* one that is listed; NULL, and the answer says why, when there is none */
static ErrataMetric *
value_listed(AskRun *self, const ErrataRows *rows, const char *name, int class_index, GArray **kept)
{
    const ErrataMetricValue *found;

    if (*kept == NULL)
        *kept = value_list(self, rows);
    if (*kept == NULL) {
        errata_ask_refuse(self, "none of these rows has both a label and a prediction");
        return NULL;
    }
    found = errata_metrics_find(*kept, name, class_index);
    if (found == NULL) {
        value_unknown(self, *kept, name, class_index >= 0);
        return NULL;
    }
    if (isnan(found->value)) {
        errata_ask_refuse(self,
                          "%s is not defined for these rows%s%s",
                          name,
                          found->why != NULL ? ": " : "",
                          found->why != NULL ? found->why : "");
        return NULL;
    }
    return errata_ask_value_new(name,
                                found->value,
                                found->interval.lo,
                                found->interval.hi,
                                found->n);
}

/* of all errors of the log, or by groups of those of the rows that are left, those that these rows
 * hold */
static ErrataMetric *
value_share_of_errors(AskRun *self, const ErrataRows *rows)
{
    const ErrataOutcome *outcome = self->data->outcome;
    ErrataInterval interval;
    double all = 0.0;
    double here = 0.0;

    if (outcome->task == ERRATA_TASK_REGRESSION || outcome->task == ERRATA_TASK_NONE) {
        self->answer->malformed = TRUE;
        errata_ask_refuse(
            self,
            "there is no share of the errors here: predictions are numbers, and none is "
            "right or wrong; ask for their mae or bias");
        return NULL;
    }
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double wrong = outcome->judged[row] != 0 && outcome->error[row] != 0 ? 1.0 : 0.0;

        all += self->group == NULL || errata_rows_has(self->rows, row) ? wrong : 0.0;
        here += errata_rows_has(rows, row) ? wrong : 0.0;
    }
    if (!(all > 0.0)) {
        errata_ask_refuse(self,
                          self->group == NULL ? "the log has no error"
                                              : "none of these rows is an error");
        return NULL;
    }
    interval = errata_intervals_wilson(here, all, 0.95);
    return errata_ask_value_new("share_of_errors",
                                here / all,
                                interval.lo,
                                interval.hi,
                                (guint64)all);
}

/**
 * errata_ask_value_measure:
 * @self: gets why there is none, where that is so
 * @rows: what is measured
 * @name: the metric
 * @class_index: of a class; −1: of all
 * @kept: (inout) (transfer full): all metrics of @rows, for the next one that is asked for
 *
 * Returns: (transfer full) (nullable): the metric with its interval
 */
ErrataMetric *
errata_ask_value_measure(AskRun *self,
                         const ErrataRows *rows,
                         const char *name,
                         int class_index,
                         GArray **kept)
{
    const char *other = value_complement(name);
    g_autoptr(ErrataMetric) metric = NULL;

    if (strcmp(name, "share_of_errors") == 0 && class_index < 0)
        return value_share_of_errors(self, rows);
    metric = value_listed(self, rows, other != NULL ? other : name, class_index, kept);

    if (metric == NULL || other == NULL)
        return g_steal_pointer(&metric);
    return errata_ask_value_new(name,
                                1.0 - metric->value,
                                1.0 - metric->hi,
                                1.0 - metric->lo,
                                metric->n);
}
