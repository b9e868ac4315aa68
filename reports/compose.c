/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compose.h"

#include <math.h>
#include <string.h>

#include "actions.h"
#include "gain.h"
#include "interval-note.h"
#include "precision.h"
#include "value.h"

#define COMPOSE_MAX_TILES 5
#define COMPOSE_NO_GAIN   0.0005
#define COMPOSE_OTHER     0.05 /* relative: a gain from farther off is one of other rows, and told so */
#define COMPOSE_THREE     0.02 /* of a number without an interval: as uncertain as its third digit */
#define COMPOSE_NOTHING   0.00005 /* less would print as 0.0 points */

static const char *const compose_binary[] =
    {"accuracy", "roc_auc", "recall", "precision", "ece", "log_loss", "f1", NULL};
static const char *const compose_multiclass[] = {"accuracy",
                                                 "balanced_accuracy",
                                                 "f1_macro",
                                                 "log_loss",
                                                 "ece",
                                                 "roc_auc",
                                                 "mcc",
                                                 "kappa",
                                                 NULL};
static const char *const compose_regression[] =
    {"mae", "rmse", "r2", "bias", "mape", "median_ae", NULL};
static const char *const compose_none[] =
    {"accuracy", "cbpe_accuracy", "cbpe_roc_auc", "dle_mae", "error_rate", NULL};

/* what intervals without a note of their own hold; where all have one, what the first does */
static const char *
compose_interval_usual(const ErrataFinding *finding)
{
    const char *all = errata_finding_note(finding, "level");
    const char *usual = all != NULL ? all : ERRATA_INTERVAL_NOTE_USUAL;
    const char *first = NULL;

    for (guint i = 0; i < finding->evidence->len; i++) {
        const char *what = errata_interval_note_get(finding,
                                                    g_ptr_array_index(finding->evidence, i));

        if (g_strcmp0(what, usual) == 0)
            return usual;
        first = first != NULL ? first : what;
    }
    return first != NULL ? first : usual;
}

char *
errata_compose_interval(const ErrataFinding *finding)
{
    const char *usual = compose_interval_usual(finding);

    return g_strdup_printf(g_str_has_suffix(usual, "%") ? "%s interval" : "%s", usual);
}

/* where no heading says what the interval holds: 95 % needs no word */
char *
errata_compose_brief_interval(const ErrataFinding *finding, const ErrataEvidence *evidence)
{
    const char *what = errata_interval_note_get(finding, evidence);
    g_autofree char *interval = errata_value_interval(evidence->lo, evidence->hi, evidence->unit);

    if (interval == NULL || g_strcmp0(what, ERRATA_INTERVAL_NOTE_USUAL) == 0)
        return g_steal_pointer(&interval);
    return g_strdup_printf("%s, %s", interval, what);
}

char *
errata_compose_evidence_interval(const ErrataFinding *finding, const ErrataEvidence *evidence)
{
    const char *what = errata_interval_note_get(finding, evidence);
    g_autofree char *interval = errata_value_interval(evidence->lo, evidence->hi, evidence->unit);

    if (interval == NULL || g_strcmp0(what, compose_interval_usual(finding)) == 0)
        return g_steal_pointer(&interval);
    return g_strdup_printf("%s (%s)", interval, what);
}

/* what the analyzer says of the size, behind its own name for what it found */
static const char *
compose_size(const ErrataFinding *finding)
{
    static const char gap[] = " · ";
    const char *found = finding->summary != NULL ? strstr(finding->summary, gap) : NULL;

    return found != NULL ? found : "";
}

char *
errata_compose_summary(const ErrataFinding *finding)
{
    g_autofree char *pattern = errata_compose_pattern_note(finding);

    return g_strdup_printf("%s · %s%s%s%s",
                           errata_severity_nick(finding->severity),
                           errata_finding_kind_say(finding->kind),
                           compose_size(finding),
                           finding->title_by_model ? " · named by the language model" : "",
                           pattern);
}

/**
 * errata_compose_is_part:
 * @finding: a finding
 *
 * Returns: whether it is part of an event that another finding leads: page 1 names it there, with
 *   its kind
 */
gboolean
errata_compose_is_part(const ErrataFinding *finding)
{
    return errata_finding_note(finding, "part-of") != NULL;
}

/**
 * errata_compose_summary_of_event:
 * @report_case: a finished case
 * @finding: what leads an event, or any other
 *
 * Returns: (transfer full): its summary, with the findings that are part of the event
 */
char *
errata_compose_summary_of_event(const ErrataCase *report_case, const ErrataFinding *finding)
{
    g_autofree char *summary = errata_compose_summary(finding);
    g_autoptr(GPtrArray) part = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *list = NULL;

    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *other = g_ptr_array_index(report_case->findings, i);

        if (g_strcmp0(errata_finding_note(other, "part-of"), finding->id) == 0)
            g_ptr_array_add(
                part,
                g_strdup_printf("%s (%s)", other->id, errata_finding_kind_say(other->kind)));
    }
    if (part->len == 0)
        return g_steal_pointer(&summary);
    g_ptr_array_add(part, NULL);
    list = g_strjoinv(", ", (char **)part->pdata);
    return g_strdup_printf("%s · same event, not listed here: %s", summary, list);
}

/* "201,400 predictions, 15 Feb – 31 Mar 2026 · binary · against the training sample" */
char *
errata_compose_subtitle(const ErrataCase *report_case)
{
    g_autofree char *rows = errata_value_count((double)report_case->n_rows);
    GString *text = g_string_new(rows);

    if (report_case->where != NULL) {
        g_autofree char *all = errata_value_count((double)report_case->n_rows_all);

        g_string_append_printf(text,
                               " of %s rows, those where %s%s%s%s",
                               all,
                               report_case->where,
                               report_case->cohort != NULL ? " (cohort " : "",
                               report_case->cohort != NULL ? report_case->cohort : "",
                               report_case->cohort != NULL ? ")" : "");
    } else
        g_string_append(text, report_case->n_rows == 1 ? " row" : " rows");
    if (report_case->has_time) {
        g_autofree char *days = errata_value_days(report_case->time_from, report_case->time_to);

        g_string_append_printf(text, ", %s", days);
    } else
        g_string_append(text, ", without times: in row order");
    if (report_case->task == ERRATA_TASK_BINARY)
        g_string_append_printf(text,
                               " · two classes%s%s",
                               report_case->positive != NULL ? ", positive: " : "",
                               report_case->positive != NULL ? report_case->positive : "");
    else if (report_case->task == ERRATA_TASK_MULTICLASS) {
        guint n = report_case->classes != NULL ? g_strv_length(report_case->classes) : 0;

        g_string_append_printf(text, n == 1 ? " · %u class" : " · %u classes", n);
    } else if (report_case->task == ERRATA_TASK_REGRESSION)
        g_string_append(text, " · numbers predicted");
    if (report_case->baseline_what != NULL)
        g_string_append_printf(text, " · against %s", report_case->baseline_what);
    return g_string_free(text, FALSE);
}

char *
errata_compose_verdict(const ErrataCase *report_case)
{
    g_autofree char *rows = NULL;

    if (report_case->verdict != NULL && *report_case->verdict != '\0')
        return g_strdup(report_case->verdict);
    rows = errata_value_count((double)report_case->n_rows);
    return g_strdup_printf("%s rows read; nothing could be judged.", rows);
}

/* a change of a metric, with its sign: in points for shares */
static char *
compose_signed(const ErrataMetricWords *words, double delta, double lo, double hi)
{
    g_autofree char *number = NULL;

    if (words != NULL && words->is_share)
        return errata_value_points(delta, lo, hi);
    number = errata_value_number(delta, lo, hi);
    return g_strconcat(delta > 0.0 ? "+" : "", number, NULL);
}

/* a fall of the metric and a drift are things to look into, not to undo */
static gboolean
compose_has_fix(ErrataFindingKind kind)
{
    return kind != ERRATA_FINDING_PERFORMANCE && kind != ERRATA_FINDING_CHANGE_POINT &&
           kind != ERRATA_FINDING_DRIFT;
}

/* @text without the folder of the file that it begins with */
static char *
compose_short_note(const ErrataCase *report_case, const char *text)
{
    for (guint i = 0; i < report_case->inputs->len; i++) {
        const ErrataInput *input = g_ptr_array_index(report_case->inputs, i);
        g_autofree char *name = NULL;

        if (input->path == NULL || !g_str_has_prefix(text, input->path))
            continue;
        name = g_path_get_basename(input->path);
        return g_strconcat(name, text + strlen(input->path), NULL);
    }
    return g_strdup(text);
}

GPtrArray *
errata_compose_notes(const ErrataCase *report_case)
{
    GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);

    if (report_case->n_rejected > 0) {
        double all = (double)report_case->n_rows + (double)report_case->n_rejected;
        g_autofree char *rejected = errata_value_count((double)report_case->n_rejected);
        g_autofree char *total = errata_value_count(all);

        g_ptr_array_add(notes,
                        g_strdup_printf("%s of %s records could not be read and are left out",
                                        rejected,
                                        total));
    }
    for (guint i = 0; i < report_case->warnings->len; i++)
        g_ptr_array_add(
            notes,
            compose_short_note(report_case, g_ptr_array_index(report_case->warnings, i)));
    return notes;
}

/* a suggestion whose gain is one of the whole log, in a metric that the report is about: what a
 * fall or a drift, which have nothing to undo, can be answered with */
static const ErrataSuggestion *
compose_whole_gain(const ErrataCase *report_case, const ErrataFinding *finding)
{
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);
        const ErrataMetric *metric = suggestion->metric != NULL
                                         ? errata_case_metric(report_case, suggestion->metric)
                                         : NULL;

        if (metric != NULL && isfinite(suggestion->to - suggestion->from) &&
            errata_suggestion_size(suggestion) > COMPOSE_NO_GAIN &&
            errata_gain_is_whole(suggestion, metric))
            return suggestion;
    }
    return NULL;
}

/* what was measured for hard ground, which is nothing to mend, but may be left to a person; else
 * the most that it could give. What a group's own threshold does to a gap between groups is a gain
 * of that gap, which is no metric of the log */
static const ErrataSuggestion *
compose_own_gain(const ErrataFinding *finding)
{
    const ErrataSuggestion *most = NULL;

    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        if (suggestion->metric == NULL || !(errata_suggestion_size(suggestion) > COMPOSE_NO_GAIN))
            continue;
        if (finding->kind == ERRATA_FINDING_FAIRNESS || !suggestion->upper_bound)
            return suggestion;
        if (most == NULL)
            most = suggestion;
    }
    return most;
}

/* the finding that tells what this one is the matter of; %NULL: none */
static const ErrataFinding *
compose_source(const ErrataCase *report_case, const ErrataFinding *finding)
{
    const ErrataEvidence *evidence = errata_finding_evidence(finding, "comes_from");

    for (guint i = 0; evidence != NULL && i < report_case->findings->len; i++) {
        const ErrataFinding *source = g_ptr_array_index(report_case->findings, i);

        if (source != finding && source->id != NULL && g_strcmp0(source->id, evidence->text) == 0)
            return source;
    }
    return NULL;
}

/* the gain of a remedy of @finding, which is no more than that of the finding that it comes from,
 * whose remedy it is */
static double
compose_gain_within(const ErrataCase *report_case,
                    const ErrataFinding *finding,
                    const ErrataSuggestion *suggestion)
{
    const ErrataFinding *source = compose_source(report_case, finding);
    double gain = suggestion->to - suggestion->from;
    double most;

    if (source == NULL || !compose_has_fix(source->kind) || errata_actions_is_hard_ground(source) ||
        !(fabs(source->delta) > 0.0) || g_strcmp0(source->metric, suggestion->metric) != 0)
        return gain;
    most = errata_gain_measured(report_case, source, source->metric, source->delta);
    return fabs(gain) < fabs(most) ? gain : most;
}

/* by how much which metric would move if the finding were mended; NaN when that is not known */
static double
compose_delta(const ErrataCase *report_case, const ErrataFinding *finding, const char **ret_metric)
{
    gboolean own = errata_actions_is_hard_ground(finding) ||
                   (finding->kind == ERRATA_FINDING_FAIRNESS && !isfinite(finding->delta));
    const ErrataSuggestion *suggestion;

    *ret_metric = finding->metric != NULL ? finding->metric : report_case->headline;
    if (!own && compose_has_fix(finding->kind) && isfinite(finding->delta))
        return errata_gain_measured(report_case, finding, *ret_metric, finding->delta);
    suggestion = own ? compose_own_gain(finding) : compose_whole_gain(report_case, finding);
    if (suggestion == NULL)
        return (double)NAN;
    *ret_metric = suggestion->metric;
    return own ? suggestion->to - suggestion->from
               : compose_gain_within(report_case, finding, suggestion);
}

/* half of the interval of a gain of @delta, by which it is rounded: that of the remedy that it is
 * the gain of, else such that three digits are told, where it is no share */
static double
compose_half(const ErrataFinding *finding, const char *metric, double delta)
{
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);
        double gain = fabs(suggestion->to - suggestion->from);

        if (g_strcmp0(suggestion->metric, metric) == 0 && suggestion->lo < suggestion->hi &&
            fabs(gain - fabs(delta)) <= COMPOSE_OTHER * fabs(delta))
            return (suggestion->hi - suggestion->lo) / 2.0;
    }
    return errata_value_metric(metric) != NULL && errata_value_metric(metric)->is_share
               ? (double)NAN
               : COMPOSE_THREE * fabs(delta);
}

/* the finding before this one that the same gain is told of: a fall, and the data bug it comes
 * from; %NULL: none, or no gain */
static const ErrataFinding *
compose_gained_before(const ErrataCase *report_case, const ErrataFinding *finding)
{
    const char *name = NULL;
    double delta = compose_delta(report_case, finding, &name);

    for (guint i = 0; isfinite(delta) && i < report_case->findings->len; i++) {
        const ErrataFinding *other = g_ptr_array_index(report_case->findings, i);
        const char *other_name = NULL;
        double other_delta = 0.0;

        if (other == finding)
            break;
        other_delta = compose_delta(report_case, other, &other_name);
        if (isfinite(other_delta) && fabs(other_delta - delta) < 1e-12 &&
            g_strcmp0(name, other_name) == 0 && !compose_has_fix(finding->kind))
            return other;
    }
    return NULL;
}

/* what a gain is small or large against: of numbers, the metric as it is now */
static double
compose_scale(const ErrataCase *report_case, const ErrataMetricWords *words, const char *name)
{
    const ErrataMetric *now = name != NULL ? errata_case_metric(report_case, name) : NULL;

    return (words != NULL && words->is_share) || now == NULL ? 1.0 : fabs(now->value);
}

/* what the metric would gain, signed; "—" when that is not known; "see F1" where the first
 * finding's remedy is this one's, too */
char *
errata_compose_gain(const ErrataCase *report_case, const ErrataFinding *finding)
{
    const char *name = NULL;
    double delta = compose_delta(report_case, finding, &name);
    const ErrataMetricWords *words = errata_value_metric(name);
    const ErrataFinding *before = compose_gained_before(report_case, finding);
    double half;

    if (!isfinite(delta) || fabs(delta) < COMPOSE_NO_GAIN * compose_scale(report_case, words, name))
        return g_strdup("—");
    if (before != NULL && before->id != NULL)
        return g_strdup_printf("see\u00a0%s", before->id);
    half = compose_half(finding, name, delta);
    delta = words != NULL && words->lower_is_better ? -fabs(delta) : delta;
    return compose_signed(words, delta, delta - half, delta + half);
}

/* whether all that is known of a gain is how large it could be at most */
static gboolean
compose_is_most(const ErrataFinding *finding)
{
    const ErrataSuggestion *own = errata_actions_is_hard_ground(finding) ? compose_own_gain(finding)
                                                                         : NULL;

    return own != NULL && own->upper_bound;
}

/* what stands beneath a gain: the metric, where it is not the headline's, and "at most" */
char *
errata_compose_gain_metric(const ErrataCase *report_case, const ErrataFinding *finding)
{
    const char *name = NULL;
    double delta = compose_delta(report_case, finding, &name);
    gboolean headline;

    if (!isfinite(delta) ||
        fabs(delta) <
            COMPOSE_NO_GAIN * compose_scale(report_case, errata_value_metric(name), name) ||
        compose_gained_before(report_case, finding) != NULL)
        return NULL;
    headline = g_strcmp0(name, report_case->headline) == 0 &&
               report_case->task != ERRATA_TASK_REGRESSION;
    if (compose_is_most(finding))
        return headline ? g_strdup("at most")
                        : g_strdup_printf("%s, at most", errata_value_metric_short(name));
    return headline ? NULL : g_strdup(errata_value_metric_short(name));
}

/* an interval that no line breaks within */
static char *
compose_whole(const char *interval)
{
    g_auto(GStrv) words = interval != NULL ? g_strsplit(interval, " ", -1) : NULL;

    return words != NULL ? g_strjoinv("\u00a0", words) : NULL;
}

/* ", from 19.7 %": where the gain is that of some rows, not of the log */
static char *
compose_base(const ErrataCase *report_case, const ErrataSuggestion *suggestion)
{
    const ErrataMetric *metric = errata_case_metric(report_case, suggestion->metric);
    ErrataMetric shown = {.name = suggestion->metric, .value = suggestion->from};
    g_autofree char *from = NULL;

    if (report_case->task == ERRATA_TASK_MULTICLASS &&
        g_strcmp0(suggestion->metric, "log_loss") == 0)
        return g_strdup(""); /* that of being right or wrong, which no metric of the report is */
    if (metric == NULL || !isfinite(suggestion->from) ||
        fabs(suggestion->from - metric->value) <= COMPOSE_OTHER * fabs(metric->value))
        return g_strdup("");
    shown.lo = shown.hi = (double)NAN;
    from = errata_value_of_metric(&shown);
    return g_strdup_printf(", from %s in the rows concerned", from);
}

/* what would print as nought from nought to nought: of shares in points, else against what it is
 * now */
static gboolean
compose_is_nothing(const ErrataSuggestion *suggestion, gboolean share)
{
    double scale = share ? 1.0 : fabs(suggestion->from);

    return fabs(suggestion->to - suggestion->from) <= COMPOSE_NOTHING * scale &&
           !(suggestion->hi > COMPOSE_NO_GAIN * scale);
}

/* "+0.9 pt (0.8 – 1.0)", "up to +2.1 pt"; %NULL when the gain was not computed */
char *
errata_compose_suggestion_gain(const ErrataCase *report_case, const ErrataSuggestion *suggestion)
{
    const ErrataMetricWords *words = errata_value_metric(suggestion->metric);
    gboolean share = words != NULL && words->is_share;
    gboolean loss = errata_gain_is_loss(suggestion->metric);
    double delta = suggestion->to - suggestion->from;
    g_autofree char *number = NULL;
    g_autofree char *interval = NULL;
    g_autofree char *whole = NULL;
    g_autofree char *base = NULL;

    if (suggestion->metric == NULL || !isfinite(delta))
        return NULL;
    if (compose_is_nothing(suggestion, share))
        return g_strdup("nothing to gain");
    base = compose_base(report_case, suggestion);
    if (suggestion->upper_bound && share && !loss && fabs(delta) < COMPOSE_NO_GAIN) {
        g_autofree char *most = compose_signed(words, suggestion->hi, (double)NAN, (double)NAN);

        return g_strdup_printf("%s at most %s%s", words->label, most, base);
    }
    interval = errata_value_interval(loss ? -suggestion->hi : suggestion->lo,
                                     loss ? -suggestion->lo : suggestion->hi,
                                     share ? ERRATA_UNIT_POINTS : ERRATA_UNIT_NONE);
    whole = compose_whole(interval);
    number = compose_signed(words, delta, suggestion->lo, suggestion->hi);
    return g_strdup_printf("%s %s%s%s%s%s%s",
                           words != NULL ? words->label : suggestion->metric,
                           suggestion->upper_bound ? "up to " : "",
                           number,
                           whole != NULL ? " (" : "",
                           whole != NULL ? whole : "",
                           whole != NULL ? ")" : "",
                           base);
}

char *
errata_compose_evidence_label(const ErrataEvidence *evidence)
{
    const char *what = evidence->what != NULL ? evidence->what : evidence->key;

    if (evidence->text != NULL && isfinite(evidence->value) && strstr(what, evidence->text) == NULL)
        return g_strdup_printf("%s: %s", what, evidence->text);
    return g_strdup(what);
}

char *
errata_compose_evidence_value(const ErrataEvidence *evidence)
{
    if (!isfinite(evidence->value) && evidence->text != NULL)
        return g_strdup(evidence->text);
    return errata_value_of_unit(evidence->value, evidence->lo, evidence->hi, evidence->unit);
}

static const char *const compose_estimated[] = {"cbpe_accuracy",
                                                "cbpe_roc_auc",
                                                "cbpe_recall",
                                                "cbpe_precision",
                                                "cbpe_f1_macro",
                                                "dle_mae",
                                                "dle_rmse",
                                                NULL};

static const char *const *
compose_metric_names(const ErrataCase *report_case)
{
    switch (report_case->task) {
    case ERRATA_TASK_BINARY:
        return compose_binary;
    case ERRATA_TASK_MULTICLASS:
        return compose_multiclass;
    case ERRATA_TASK_REGRESSION:
        return compose_regression;
    case ERRATA_TASK_NONE:
        break;
    }
    return compose_none;
}

static void
compose_add_metric(GPtrArray *metrics, const ErrataMetric *metric)
{
    if (metric != NULL && isfinite(metric->value) && metrics->len < COMPOSE_MAX_TILES &&
        !g_ptr_array_find(metrics, metric, NULL))
        g_ptr_array_add(metrics, (gpointer)(gsize)metric);
}

char *
errata_compose_power(const ErrataCase *report_case)
{
    g_autofree char *share = NULL;
    g_autofree char *gap = NULL;

    if (!isfinite(report_case->power_share) || !isfinite(report_case->power_gap))
        return NULL;
    share = errata_value_rough_share(report_case->power_share);
    if (report_case->task == ERRATA_TASK_REGRESSION) {
        gap = errata_precision_print(report_case->power_gap, -1);
        return g_strdup_printf("With this many rows, a group of %s that is off %s times as far as "
                               "the rest would have been seen four times in five.",
                               share,
                               gap);
    }
    gap = errata_precision_print(100.0 * report_case->power_gap, -1); /* as the verdict has it */
    return g_strdup_printf("With this many rows, a group of %s that is wrong %s points more often "
                           "would have been seen four times in five.",
                           share,
                           gap);
}

GPtrArray *
errata_compose_main_metrics(const ErrataCase *report_case)
{
    GPtrArray *metrics = g_ptr_array_new();
    const char *const *names = compose_metric_names(report_case);

    if (report_case->headline != NULL)
        compose_add_metric(metrics, errata_case_metric(report_case, report_case->headline));
    for (guint i = 0; names[i] != NULL; i++)
        compose_add_metric(metrics, errata_case_metric(report_case, names[i]));
    /* without labels: what is estimated, called so */
    for (guint i = 0; metrics->len == 0 && compose_estimated[i] != NULL; i++)
        if (errata_case_metric(report_case, compose_estimated[i]) != NULL)
            for (guint j = i; compose_estimated[j] != NULL; j++)
                compose_add_metric(metrics, errata_case_metric(report_case, compose_estimated[j]));
    return metrics;
}

ErrataBlock *
errata_compose_chapter(ErrataDocument *document,
                       const char *dest,
                       const char *title,
                       const char *note)
{
    ErrataBlock *heading = errata_document_heading(document, ERRATA_STYLE_TITLE, title);

    heading->dest = g_strdup(dest);
    heading->outline = g_strdup(title);
    heading->running = g_strdup(title);
    heading->note = g_strdup(note);
    heading->space = 40.0;
    heading->rule_above = TRUE;
    return heading;
}

ErrataBlock *
errata_compose_section(ErrataDocument *document, const char *title, const char *note, gboolean rule)
{
    ErrataBlock *heading = errata_document_heading(document, ERRATA_STYLE_STRONG, title);

    heading->note = g_strdup(note);
    heading->rule = rule;
    heading->space = 16.0;
    return heading;
}

static void
compose_metadata(const ErrataCase *report_case, ErrataDocument *document)
{
    g_autofree char *subtitle = errata_compose_subtitle(report_case);
    GString *keywords = g_string_new("model errors");

    document->running = g_strdup(report_case->name != NULL ? report_case->name : "model");
    document->title = g_strdup_printf("%s: what is wrong", document->running);
    document->subject = g_strdup(subtitle);
    document->created = g_strdup(report_case->created);
    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);
        const char *kind = errata_finding_kind_say(finding->kind);

        if (strstr(keywords->str, kind) == NULL)
            g_string_append_printf(keywords, ", %s", kind);
    }
    document->keywords = g_string_free(keywords, FALSE);
}

/**
 * errata_compose_new:
 * @report_case: a finished case
 *
 * Returns: (transfer full): the report as blocks; it borrows from @report_case
 */
ErrataDocument *
errata_compose_new(const ErrataCase *report_case)
{
    ErrataDocument *document = errata_document_new();

    errata_value_by_month(report_case->by_month);
    compose_metadata(report_case, document);
    errata_compose_front(report_case, document);
    errata_compose_actions(report_case, document);
    errata_compose_performance(report_case, document);
    errata_compose_top_slices(report_case, document);
    errata_compose_findings(report_case, document);
    errata_compose_hypotheses(report_case, document);
    errata_compose_attribution(report_case, document);
    errata_compose_model(report_case, document);
    errata_compose_columns(report_case, document);
    errata_compose_method(report_case, document);
    return document;
}
