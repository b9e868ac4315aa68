/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of analyzers and the order in which they run. Those that set rows or columns aside come
 * before those that search. Nothing here measures anything. */
#include "run.h"

#include <malloc.h>
#include <string.h>

#include "abstain.h"
#include "anomalies.h"
#include "attribution.h"
#include "calibration.h"
#include "cautions.h"
#include "change-points.h"
#include "clean.h"
#include "clusters.h"
#include "cohorts.h"
#include "columns.h"
#include "compare.h"
#include "data-bugs.h"
#include "drift.h"
#include "error-tree.h"
#include "estimate.h"
#include "fairness.h"
#include "fit.h"
#include "label-issues.h"
#include "lead.h"
#include "leakage.h"
#include "likely.h"
#include "links.h"
#include "metric-change.h"
#include "model-answers.h"
#include "model-file.h"
#include "model-use.h"
#include "noise-band.h"
#include "one-class.h"
#include "overlap.h"
#include "patterns.h"
#include "performance.h"
#include "power.h"
#include "precision.h"
#include "propose.h"
#include "restriction.h"
#include "roles-apart.h"
#include "schema-entity.h"
#include "sliceline-report.h"
#include "slices-table.h"
#include "slices.h"
#include "sources.h"
#include "spoken.h"
#include "stamps.h"
#include "suggestions.h"
#include "text-columns.h"
#include "text-features.h"
#include "text-vectors.h"
#include "threshold.h"
#include "words-time.h"
#include "zone.h"

/* one a line */
/* clang-format off */
static const ErrataAnalyzer *const run_list[] = {
    &errata_analyzer_performance,
    &errata_analyzer_estimate,
    &errata_analyzer_cohorts,
    &errata_analyzer_columns,
    &errata_analyzer_data_bugs,
    &errata_analyzer_anomalies,
    &errata_analyzer_leakage,
    &errata_analyzer_change_points,
    &errata_analyzer_compare,
    &errata_analyzer_drift,
    &errata_analyzer_slices,
    &errata_analyzer_sliceline,
    &errata_analyzer_clusters,
    &errata_analyzer_overlap,
    &errata_analyzer_error_tree,
    &errata_analyzer_calibration,
    &errata_analyzer_threshold,
    &errata_analyzer_abstain,
    &errata_analyzer_power,
    &errata_analyzer_label_issues,
    &errata_analyzer_one_class,
    &errata_analyzer_noise_band,
    &errata_analyzer_fairness,
    &errata_analyzer_attribution,
    &errata_analyzer_model_file,
    &errata_analyzer_suggestions,
};
/* clang-format on */

#define RUN_BINS         10 /* quantile bins of a numeric column: METHODS 2 */
#define RUN_MIN_BASELINE 30 /* rows */

static void
run_describe_input(ErrataCase *result, const ErrataFrame *frame)
{
    result->n_rows = frame->n_rows;
    result->n_rejected = frame->n_rejected;
    for (guint i = 0; i < frame->warnings->len; i++)
        g_ptr_array_add(result->warnings, g_strdup(g_ptr_array_index(frame->warnings, i)));
    if (frame->rejects->len == 0)
        return;
    result->rejected = errata_table_new("Rows that were not read", 3);
    errata_table_heading(result->rejected, 0, "where", FALSE);
    errata_table_heading(result->rejected, 1, "why", FALSE);
    errata_table_heading(result->rejected, 2, "starts with", FALSE);
    for (guint i = 0; i < frame->rejects->len; i++) {
        const ErrataReject *reject = g_ptr_array_index(frame->rejects, i);

        errata_table_add_cell(result->rejected, reject->where);
        errata_table_add_cell(result->rejected, reject->why);
        errata_table_add_cell(result->rejected, reject->excerpt);
    }
}

/* whether every stamp stands for a month */
static gboolean
run_is_by_month(const ErrataOutcome *outcome)
{
    g_autofree gint64 *time = g_new(gint64, outcome->n_rows);
    gint64 apart;
    gsize n = 0;

    for (gsize i = 0; i < outcome->n_rows; i++)
        if (outcome->time[outcome->order[i]] != G_MININT64)
            time[n++] = outcome->time[outcome->order[i]];
    return errata_stamps_grain(time, n, &apart) == ERRATA_STAMPS_MONTHS;
}

static void
run_describe_schema(ErrataCase *result, const ErrataSchema *schema, const ErrataOutcome *outcome)
{
    result->task = schema->task;
    result->task_reason = g_strdup(schema->task_reason);
    result->classes = g_new0(char *, schema->n_classes + 1);
    for (guint i = 0; i < schema->n_classes; i++)
        result->classes[i] = g_strdup(schema->classes[i]);
    if (schema->positive >= 0)
        result->positive = g_strdup(schema->classes[schema->positive]);
    result->positive_reason = g_strdup(schema->positive_reason);
    result->threshold = schema->threshold;
    for (gsize row = 0; outcome->time != NULL && row < outcome->n_rows; row++) {
        gint64 time = outcome->time[row];

        if (time == G_MININT64)
            continue;
        if (!result->has_time) {
            result->has_time = TRUE;
            result->time_from = result->time_to = time;
        }
        result->time_from = MIN(result->time_from, time);
        result->time_to = MAX(result->time_to, time);
    }
    result->by_month = result->has_time && run_is_by_month(outcome);
    errata_words_time_span(result->time_from, result->time_to, result->by_month);
}

/* without a reference the first half of the rows, in time order, is what the rest is compared
 * with. A reference that was given goes before an earlier report that nobody named */
static void
run_choose_baseline(ErrataAnalysis *analysis)
{
    gsize half = analysis->frame->n_rows / 2;
    g_autofree char *count = NULL;

    if (analysis->earlier != NULL && !analysis->earlier_beside) {
        analysis->result->baseline_kind = g_strdup("report");
        count = errata_precision_print((double)analysis->earlier->n_rows, 0);
        analysis->result->baseline_what = g_strdup_printf(
            "the report of %.10s on %s rows",
            analysis->earlier->created != NULL ? analysis->earlier->created : "before",
            count);
    } else if (analysis->reference != NULL) {
        analysis->result->baseline_kind = g_strdup("reference");
        count = errata_precision_print((double)analysis->reference->n_rows, 0);
        analysis->result->baseline_what = g_strdup_printf("the given reference of %s rows", count);
    }
    if (analysis->reference != NULL)
        return;
    analysis->baseline = g_new0(guint8, analysis->frame->n_rows);
    for (gsize i = 0; i < half; i++)
        analysis->baseline[analysis->outcome->order[i]] = 1;
    if (half < RUN_MIN_BASELINE || analysis->result->baseline_kind != NULL)
        return; /* too small to be compared with: the report names none */
    analysis->result->baseline_kind = g_strdup("first-half");
    count = errata_precision_print((double)half, 0);
    analysis->result->baseline_what = g_strdup_printf(
        "the first %s rows %s",
        count,
        analysis->result->time_to > analysis->result->time_from ? "by time" : "in row order");
}

static void
run_describe_method(ErrataCase *result, const ErrataSettings *settings)
{
    result->seed = settings->seed;
    result->alpha = settings->alpha;
    result->split =
        settings->entity != NULL
            ? g_strdup_printf("halves by a hash of %s: one is searched, the other confirms",
                              settings->entity)
            : g_strdup(
                  "halves by a hash of each row without its id: one is searched, the other confirms");
}

/* what declared weights count in */
static void
run_describe_weights(const ErrataAnalysis *analysis)
{
    if (analysis->outcome->weight == NULL)
        return;
    errata_case_method(
        analysis->result,
        "Weights: rows count by the weights declared in %s in what is told of the model: metrics, "
        "windows, error tree and heat map, and the rates, shares of errors and gains of slices, "
        "groups, clusters, faulty rows, suspect labels, thresholds, calibration and changes of "
        "performance, errors and scores; intervals are by Kish’s effective number of rows. Searches and tests "
        "on the rows held back take each row for one observation, whatever it counts for; a slice "
        "must have 1.1 times the rest’s rate by weight, too, and a change half its size. Numbers "
        "and shares of rows and changes of columns alone count rows.",
        analysis->frame->columns[analysis->schema->weight]->name);
}

/* by which clock times are told, where stamps say one */
static void
run_describe_clock(const ErrataAnalysis *analysis)
{
    int column = analysis->schema->time;
    int zone = column >= 0 ? analysis->frame->columns[column]->zone : ERRATA_ZONE_UNSAID;
    int minutes = errata_zone_clock();

    if (minutes != 0)
        errata_case_method(analysis->result,
                           "Times: told as the log has them, by a clock at UTC%s%02d:%02d; so are "
                           "hours of the day and days.",
                           minutes < 0 ? "−" : "+",
                           ABS(minutes) / 60,
                           ABS(minutes) % 60);
    else if (zone == ERRATA_ZONE_MIXED || (errata_zone_is_offset(zone) && zone != ERRATA_ZONE_UTC))
        errata_case_method(analysis->result,
                           "Times: told in UTC, since the log has them with different offsets.");
    else if (zone == ERRATA_ZONE_UTC)
        errata_case_method(analysis->result, "Times: told in UTC, as the log has them.");
}

/* the properties of texts become columns behind those of the log */
static ErrataTextColumns *
run_measure_texts(ErrataAnalysis *analysis, ErrataSchema *schema, ErrataSchema *reference_schema)
{
    ErrataTextColumns *texts =
        errata_text_columns_new(analysis->frame, schema, analysis->reference, reference_schema);

    analysis->frame = texts->frame;
    analysis->reference = texts->reference;
    if (texts->n_texts > 0)
        errata_case_method(analysis->result,
                           "Texts: %u properties of %u text column%s (length, language, script, "
                           "sentiment, negations and others) are columns of their own, derived by "
                           "word lists; those that hardly vary are left out%s.",
                           texts->n_columns,
                           texts->n_texts,
                           texts->n_texts == 1 ? "" : "s",
                           texts->n_left_out > 0 ? ", and so are further text columns" : "");
    return texts;
}

/* The next analyzer's peak should not stand on this one's leavings; but of a large log they are
 * little, and pages that are given back are cleared again when the next one asks for them. */
static void
run_trim(void)
{
    struct mallinfo2 info = mallinfo2();

    if (info.fordblks > info.uordblks / 2)
        malloc_trim(0);
}

static gboolean
run_analyzer(ErrataAnalysis *analysis, const ErrataAnalyzer *analyzer, GError **error)
{
    gint64 start = g_get_monotonic_time();
    g_autofree char *why_not = analyzer->why_not != NULL ? analyzer->why_not(analysis) : NULL;
    double seconds;

    if (why_not != NULL) {
        errata_case_skip(analysis->result, analyzer->id, why_not);
        return TRUE;
    }
    if (!analyzer->run(analysis, error)) {
        g_prefix_error(error, "%s: ", analyzer->id);
        return FALSE;
    }
    run_trim();
    seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    g_ptr_array_add(analysis->result->stage_names, g_strdup(analyzer->id));
    g_array_append_val(analysis->result->stage_seconds, seconds);
    return TRUE;
}

static gboolean
run_all(ErrataAnalysis *analysis, ErrataRunDepth depth, GError **error)
{
    if (depth == ERRATA_RUN_SCHEMA)
        return run_analyzer(analysis, &errata_analyzer_columns, error);
    for (gsize i = 0; i < G_N_ELEMENTS(run_list); i++) {
        errata_progress_update(analysis->progress, (double)i / G_N_ELEMENTS(run_list));
        if (!run_analyzer(analysis, run_list[i], error))
            return FALSE;
    }
    return TRUE;
}

/* the log or its reference, and what is worked out of it once */
typedef struct {
    const ErrataFrame *frame;
    ErrataSchema *schema;
    ErrataOutcome *outcome;
    ErrataClean *clean;
    ErrataBins *bins;
    ErrataFrame *selected; /* owned, where @frame is not the whole of it */
    ErrataFrame *answered; /* owned: it with predictions of the model's own */
} RunLog;

/* columns made of texts, by word lists and by a language model */
typedef struct {
    ErrataTextColumns *traits;
    ErrataTextFeatures *features; /* on top of those */
} RunTexts;

static void
run_texts_clear(RunTexts *self)
{
    g_clear_pointer(&self->features, errata_text_features_free);
    g_clear_pointer(&self->traits, errata_text_columns_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RunTexts, run_texts_clear)

static void
run_log_clear(RunLog *self)
{
    g_clear_pointer(&self->schema, errata_schema_free);
    g_clear_pointer(&self->outcome, errata_outcome_free);
    g_clear_pointer(&self->clean, errata_clean_free);
    g_clear_pointer(&self->bins, errata_bins_free);
    g_clear_pointer(&self->selected, errata_frame_unref);
    g_clear_pointer(&self->answered, errata_frame_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RunLog, run_log_clear)

static gboolean
run_open(RunLog *self,
         const ErrataFrame *frame,
         const ErrataSettings *settings,
         const ErrataSchema *like,
         GError **error)
{
    errata_outcome_free(self->outcome);
    errata_schema_free(self->schema);
    self->outcome = NULL;
    self->frame = frame;
    self->schema = errata_schema_infer(frame, settings, like, error);
    if (self->schema == NULL) {
        errata_likely_explain(frame, error);
        return FALSE;
    }
    self->outcome = errata_outcome_new(frame, self->schema, settings, error);
    if (self->outcome == NULL || like != NULL ||
        errata_roles_apart_check(frame, self->schema, self->outcome, error))
        return self->outcome != NULL;
    errata_likely_explain(frame, error);
    return FALSE;
}

/* goes on with what the model says of the rows, where the log does not tell what was predicted */
static gboolean
run_answer(RunLog *self, const ErrataSettings *settings, ErrataAnalysis *analysis, GError **error)
{
    self->answered = errata_model_answers_extend(analysis->model,
                                                 self->frame,
                                                 self->schema,
                                                 analysis->result->warnings);
    return self->answered == NULL || run_open(self, self->answered, settings, NULL, error);
}

/* Where rows belong together and nobody has said so, @own become @settings with what they belong
 * to, and the halves are cut by it; @ret_why (nullable): what speaks for it. Returns the settings
 * to go on with */
static const ErrataSettings *
run_guess_entity(RunLog *self,
                 const ErrataSettings *settings,
                 ErrataSettings *own,
                 const char **ret_why)
{
    const char *why = NULL;
    int entity = settings->entity == NULL ? errata_schema_entity(self->frame, self->schema, &why)
                                          : -1;
    ErrataSchemaColumn *column = entity >= 0 ? &self->schema->columns[entity] : NULL;
    char *reason;
    ErrataOutcome *outcome;

    if (entity < 0)
        return settings;
    *own = *settings; /* borrows all it has */
    own->entity = self->frame->columns[entity]->name;
    outcome = errata_outcome_new(self->frame, self->schema, own, NULL);
    if (outcome == NULL)
        return settings;
    errata_outcome_free(self->outcome);
    self->outcome = outcome;
    reason = g_strdup_printf("%s; rows of one seem to belong together, as %s", column->reason, why);
    g_free(column->reason);
    column->reason = reason;
    *ret_why = why;
    return own;
}

/* goes on with the rows that were asked for; the schema stays that of the whole log */
static gboolean
run_restrict(RunLog *self,
             const ErrataSettings *settings,
             ErrataRunDepth depth,
             ErrataRestriction **ret_restriction,
             GError **error)
{
    if (depth != ERRATA_RUN_FULL || !errata_restriction_wanted(settings))
        return TRUE;
    *ret_restriction =
        errata_restriction_new(self->frame, self->schema, self->outcome, settings, error);
    if (*ret_restriction == NULL)
        return FALSE;
    self->frame = (*ret_restriction)->frame;
    g_clear_pointer(&self->outcome, errata_outcome_free);
    self->outcome = errata_outcome_new(self->frame, self->schema, settings, error);
    return self->outcome != NULL;
}

static void
run_restrict_reference(RunLog *self,
                       ErrataRestriction *restriction,
                       const ErrataSettings *settings,
                       ErrataCase *result)
{
    ErrataOutcome *outcome;

    self->selected = errata_restriction_reference(restriction,
                                                  self->frame,
                                                  self->schema,
                                                  self->outcome,
                                                  settings,
                                                  result);
    if (self->selected == NULL)
        return;
    outcome = errata_outcome_new(self->selected, self->schema, settings, NULL);
    if (outcome == NULL)
        return;
    self->frame = self->selected;
    errata_outcome_free(self->outcome);
    self->outcome = outcome;
}

/* what a language model sees in texts, as further columns */
static ErrataTextFeatures *
run_ask_of_texts(ErrataAnalysis *analysis,
                 ErrataSchema *schema,
                 ErrataSchema *reference_schema,
                 ErrataLlm *llm)
{
    ErrataTextFeatures *features;

    if (llm == NULL)
        return NULL;
    if (analysis->result->llm == NULL)
        analysis->result->llm = errata_llm_use_new(llm->backend, llm->model);
    features = errata_text_features_new(analysis, schema, reference_schema, llm);
    if (features != NULL) {
        analysis->frame = features->frame;
        analysis->reference = features->reference;
    }
    return features;
}

/* the units by which values are told from here on */
static void
run_tell_units(const ErrataFrame *frame, const ErrataSchema *schema)
{
    errata_spoken_unit(NULL, NULL);
    for (guint i = 0; i < frame->n_columns; i++) {
        const char *read = frame->columns[i]->unit;
        const char *unit = schema->columns[i].unit;

        /* a percentage that was declared is of whole ones, one that was read of hundredths */
        if (g_strcmp0(read, "%") == 0 || g_strcmp0(unit, "%") != 0)
            errata_spoken_unit(frame->columns[i]->name, g_strcmp0(read, "%") == 0 ? read : unit);
    }
}

/* what the analyzers read; the columns made of texts must live as long */
static void
run_bind(ErrataAnalysis *analysis,
         RunLog *log,
         RunLog *other,
         ErrataRunDepth depth,
         ErrataLlm *llm,
         RunTexts *texts)
{
    run_tell_units(log->frame, log->schema);
    log->clean = errata_clean_new(log->frame, log->schema, NULL);
    analysis->frame = log->clean->frame;
    analysis->schema = log->schema;
    analysis->outcome = log->outcome;
    analysis->clean = log->clean;
    if (other->frame != NULL) {
        other->clean = errata_clean_new(other->frame, other->schema, log->clean);
        analysis->reference = other->clean->frame;
        analysis->reference_schema = other->schema;
        analysis->reference_outcome = other->outcome;
    }
    if (depth == ERRATA_RUN_FULL) {
        texts->traits = run_measure_texts(analysis, log->schema, other->schema);
        texts->features = run_ask_of_texts(analysis, log->schema, other->schema, llm);
    }
    analysis->bins = log->bins = errata_bins_new(analysis->frame,
                                                 analysis->schema,
                                                 analysis->reference,
                                                 RUN_BINS,
                                                 analysis->settings->seed);
    if (other->frame != NULL)
        analysis->reference_bins = other->bins = errata_bins_apply(log->bins, analysis->reference);
}

/* what the log is compared with has to be of the same thing; an earlier report that nobody named is
 * left out where it is not */
static gboolean
run_check_fit(const RunLog *log,
              const RunLog *other,
              ErrataAnalysis *analysis,
              gboolean guessed,
              GError **error)
{
    ErrataFitSide side = {log->frame, log->schema, log->outcome};
    ErrataFitSide reference = {other->frame, other->schema, other->outcome};
    GPtrArray *warnings = analysis->result->warnings;

    if (other->frame != NULL && !errata_fit_reference(&side, &reference, warnings, error))
        return FALSE;
    if (analysis->earlier == NULL || errata_fit_earlier(&side, analysis->earlier, warnings, error))
        return TRUE;
    analysis->earlier = NULL;
    if (!guessed)
        return FALSE;
    g_clear_error(error);
    return TRUE;
}

/* what needs all that was found */
static void
run_conclude(ErrataAnalysis *analysis, const ErrataRunPatterns *patterns, ErrataLlm *llm)
{
    const char *why;

    if (analysis->earlier != NULL && !analysis->earlier_beside &&
        errata_compare_is_usable(analysis->earlier, analysis->result, &why))
        errata_metric_change_mark(analysis->result, analysis->earlier);
    errata_sources_mark(analysis);
    errata_lead_mark(analysis);
    errata_links_add(analysis);
    if (patterns != NULL)
        errata_patterns_follow(analysis, patterns->known, patterns->now);
    if (llm != NULL)
        errata_propose(analysis, llm);
    analysis->result->slices_errors = errata_slices_share(analysis);
}

/**
 * errata_run:
 * @frame: the log, at least one row
 * @reference: (nullable): training data or a trusted window
 * @settings: what the user set
 * @depth: how far to go
 * @patterns: (nullable): findings of earlier reports to be followed, where somebody keeps them
 * @extra: (nullable): what else is known of the log
 * @progress: (nullable): whom to tell; the stage is set by the caller
 * @error: return location for a #GError
 *
 * Infers roles, works out the outcome, runs every analyzer that applies, ranks what they found.
 * A question that the log cannot answer is listed with its reason, never an error.
 *
 * Errors: %ERRATA_ERROR_USAGE or %ERRATA_ERROR_CONFIG when settings do not fit the log.
 *
 * Returns: (transfer full): the case, without rationales
 */
ErrataCase *
errata_run(const ErrataFrame *frame,
           const ErrataFrame *reference,
           const ErrataSettings *settings,
           ErrataRunDepth depth,
           const ErrataRunPatterns *patterns,
           const ErrataRunExtra *extra,
           ErrataProgress *progress,
           GError **error)
{
    g_autoptr(ErrataCase) result = errata_case_new();
    g_autoptr(ErrataRestriction) restriction = NULL; /* what follows looks into its frame */
    g_auto(RunLog) log = {0};
    g_auto(RunLog) other = {0};
    g_autofree guint8 *set_aside = NULL;
    g_autofree guint8 *exclude = NULL;
    g_autofree gint16 *learnt = NULL;
    g_auto(RunTexts) texts = {0};
    ErrataLlm *llm = extra != NULL ? extra->llm : NULL;
    g_autoptr(ErrataModelUse) use = NULL;
    ErrataSettings own;
    ErrataAnalysis analysis = {.settings = settings,
                               .result = result,
                               .late_labels = extra != NULL && extra->late_labels,
                               .earlier = extra != NULL ? extra->earlier : NULL,
                               .earlier_beside = reference != NULL && extra != NULL &&
                                                 extra->earlier_is_guess,
                               .model = extra != NULL ? extra->model : NULL,
                               .model_name = extra != NULL ? extra->model_name : NULL,
                               .embedding = extra != NULL ? extra->embedding : NULL,
                               .progress = progress};
    gboolean done;

    if (!run_open(&log, frame, settings, NULL, error) ||
        (depth == ERRATA_RUN_FULL && !run_answer(&log, settings, &analysis, error)) ||
        !run_restrict(&log, settings, depth, &restriction, error))
        return NULL;
    analysis.settings = run_guess_entity(&log, settings, &own, &analysis.entity_why);
    settings = analysis.settings;
    if (reference != NULL && !run_open(&other, reference, settings, log.schema, error)) {
        g_prefix_error(error, "the reference: ");
        return NULL;
    }
    if (!run_check_fit(&log, &other, &analysis, extra != NULL && extra->earlier_is_guess, error))
        return NULL;
    if (reference != NULL && restriction != NULL)
        run_restrict_reference(&other, restriction, settings, result);
    run_bind(&analysis, &log, &other, depth, llm, &texts);
    analysis.set_aside = set_aside = g_new0(guint8, log.frame->n_rows);
    analysis.exclude = exclude = g_new0(guint8, analysis.frame->n_columns);
    analysis.learnt = learnt = g_new(gint16, MAX(log.frame->n_rows, 1));
    memset(learnt, 0xff, log.frame->n_rows * sizeof *learnt); /* −1 */
    run_describe_input(result, log.frame);
    run_describe_schema(result, log.schema, log.outcome);
    errata_cautions_add(&analysis);
    run_describe_method(result, settings);
    run_describe_weights(&analysis);
    run_describe_clock(&analysis);
    run_choose_baseline(&analysis);
    use = depth == ERRATA_RUN_FULL ? errata_model_use_new(&analysis) : NULL;
    if (use != NULL)
        use->is_own = log.answered != NULL;
    analysis.use = use;
    done = run_all(&analysis, depth, error);
    errata_slices_table_forget(&analysis);
    g_clear_pointer(&analysis.text_vectors, errata_text_vectors_free);
    if (done)
        run_conclude(&analysis, patterns, llm);
    g_free(analysis.baseline);
    if (!done)
        return NULL;
    if (restriction != NULL)
        errata_restriction_tell(restriction, settings, result);
    return g_steal_pointer(&result);
}
