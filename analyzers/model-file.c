/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with the model's file itself: what its library would run when it opens it, weights
 * that are no numbers, training that ended too early; and what it wants that the log lacks. A file
 * as any other has no finding. */
#include "model-file.h"

#include <math.h>
#include <string.h>

#include "model-opcodes.h"
#include "model-use.h"

typedef struct {
    const char *problem;
    const char *title;
    const char *action;
    const char *advice;
} RiskWords;

static const RiskWords risk_words[] = {
    {"pickle-import",
     "Opened with Python, the model file runs what is no model",
     "quarantine-file",
     "Keep the file away from Python, find out who made it, and take the model from a source that you "
     "trust."},
    {"yaml-tag",
     "Settings beside the model make a careless reader run code",
     "quarantine-file",
     "Keep the file away from what reads YAML without care, and find out who put the tag there."},
    {"code-starts-programs",
     "Code beside the model starts programs",
     "quarantine-file",
     "Read that code before anything serves the model: it runs with the rights of the server."},
    {"code-reaches-out",
     "Code beside the model runs text as code or opens connections",
     "quarantine-file",
     "Read that code before anything serves the model."},
    {"machine-code",
     "Machine code lies beside the model",
     "quarantine-file",
     "Find out what needs it, and leave it out of the archive if nothing does."},
    {"lambda-code",
     "The model file holds code that its library runs",
     "quarantine-file",
     "Have the code read by who made it, and save the model with a layer of its own in its place."},
    {"custom-object",
     "The model needs code that is not in its file",
     "monitor",
     "Keep that code with the model, in the version that it was trained with."},
    {"path-traversal",
     "The model file points out of its folder",
     "quarantine-file",
     "Find out what is to be read there before its library opens it."},
    {"duplicate-member",
     "The model’s archive holds two members of one name",
     "quarantine-file",
     "Pack the archive again: which of the two is read depends on the program."},
    {"nan-weights",
     "Weights of the model are not a number",
     "retrain",
     "Go back to the last checkpoint without them, and train from there with a smaller step."},
    {"infinite-weights",
     "Weights of the model are infinite",
     "retrain",
     "Go back to the last checkpoint without them, and train from there with a smaller step."},
    {"zero-weights",
     "Whole tensors of the model are zero",
     "retrain",
     "See whether these layers were ever trained or loaded."},
    {"duplicated-weights",
     "Tensors of the model hold the same numbers",
     "monitor",
     "Weights that are tied on purpose are so; if none are, see whether a layer was copied or loaded "
     "twice."},
    {"verification",
     "The model’s own examples come out otherwise",
     "quarantine-file",
     "Export the model again: the file contradicts itself."},
};

static const RiskWords *
risk_find_words(const char *problem)
{
    for (guint i = 0; i < G_N_ELEMENTS(risk_words); i++)
        if (strcmp(risk_words[i].problem, problem) == 0)
            return &risk_words[i];
    return NULL;
}

const char *
errata_model_file_name(const ErrataAnalysis *analysis)
{
    return analysis->model_name != NULL ? analysis->model_name : "the model";
}

ErrataFinding *
errata_model_file_finding(ErrataAnalysis *analysis,
                          const char *problem,
                          ErrataSeverity severity,
                          const char *title,
                          const char *summary)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_MODEL_FILE, title);

    finding->subject.file = g_strdup(errata_model_file_name(analysis));
    finding->subject.problem = g_strdup(problem);
    finding->severity = severity;
    finding->summary = g_strdup(summary);
    finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
    finding->share_of_rows = 1.0;
    finding->confirmed = TRUE;
    return finding;
}

/* weights are told however slight it is; of what lies beside a model only what is worth a look;
 * opcodes are counts of what imports tell */
static gboolean
risk_is_worth(const ErrataModelRisk *risk)
{
    if (errata_model_opcodes_get(risk) != NULL)
        return FALSE;
    return risk->severity >= ERRATA_SEVERITY_MEDIUM ||
           (risk->severity >= ERRATA_SEVERITY_LOW && g_str_has_suffix(risk->problem, "-weights")) ||
           strcmp(risk->problem, "duplicated-weights") == 0;
}

/* the tensors' own counts, for what the finding says of weights */
static void
risk_add_counts(ErrataFinding *finding, const ErrataModel *model)
{
    gboolean nan = strcmp(finding->subject.problem, "nan-weights") == 0;
    guint64 n_bad = 0, n_values = 0, n_tensors = 0;

    if (!nan && strcmp(finding->subject.problem, "infinite-weights") != 0)
        return;
    for (guint i = 0; i < model->layers->len; i++) {
        const ErrataModelLayer *layer = g_ptr_array_index(model->layers, i);
        guint64 bad = nan ? layer->n_nan : layer->n_infinite;

        n_bad += bad;
        n_values += bad > 0 ? layer->n_values : 0;
        n_tensors += bad > 0 ? 1 : 0;
    }
    errata_finding_add(
        finding,
        errata_evidence_new("bad_values",
                            nan ? "numbers that are NaN" : "numbers that are infinite",
                            (double)n_bad,
                            ERRATA_UNIT_COUNT,
                            n_values));
    errata_finding_add(finding,
                       errata_evidence_new("bad_tensors",
                                           "tensors that hold them",
                                           (double)n_tensors,
                                           ERRATA_UNIT_COUNT,
                                           model->layers->len));
}

/* one finding for all risks of a problem */
static void
risk_report(ErrataAnalysis *analysis, const ErrataModelRisk *first)
{
    const GPtrArray *risks = analysis->model->risks;
    const RiskWords *words = risk_find_words(first->problem);
    g_autofree char *plain = g_strdelimit(g_strdup(first->problem), "-", ' ');
    g_autofree char *title = words != NULL ? g_strdup(words->title)
                                           : g_strdup_printf("The model file: %s", plain);
    ErrataFinding *finding;
    ErrataEvidence *evidence;
    guint n = 0;

    finding = errata_model_file_finding(analysis,
                                        first->problem,
                                        first->severity,
                                        title,
                                        "model · what is in the file");
    for (guint i = 0; i < risks->len; i++) {
        const ErrataModelRisk *risk = g_ptr_array_index(risks, i);

        if (strcmp(risk->problem, first->problem) != 0)
            continue;
        finding->severity = MAX(finding->severity, risk->severity);
        n++;
    }
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("risks", "places in the file", n, ERRATA_UNIT_COUNT, n));
    evidence->text = g_strdup(first->what);
    evidence->method = g_strdup("read without running anything of the file");
    risk_add_counts(finding, analysis->model);
    if (words != NULL)
        errata_finding_suggest(finding, words->action, words->advice);
    errata_case_add_finding(analysis->result, finding);
}

/* the worst risk of each problem, in the order of the first of each */
static void
model_file_risks(ErrataAnalysis *analysis)
{
    const GPtrArray *risks = analysis->model->risks;

    for (guint i = 0; i < risks->len; i++) {
        const ErrataModelRisk *worst = g_ptr_array_index(risks, i);
        gboolean told = FALSE;

        for (guint k = 0; k < risks->len; k++) {
            const ErrataModelRisk *risk = g_ptr_array_index(risks, k);

            if (strcmp(risk->problem, worst->problem) != 0)
                continue;
            told |= k < i;
            worst = risk->severity > worst->severity ? risk : worst;
        }
        if (!told && risk_is_worth(worst))
            risk_report(analysis, worst);
    }
}

static double
model_file_number(const ErrataModel *model, const char *name)
{
    for (guint i = 0; i < model->training->len; i++) {
        const ErrataModelFact *fact = g_ptr_array_index(model->training, i);
        char *end;
        double value;

        if (strcmp(fact->name, name) != 0)
            continue;
        value = g_ascii_strtod(fact->value, &end);
        return end != fact->value && *end == '\0' ? value : (double)NAN;
    }
    return (double)NAN;
}

/* early stopping was on (it left a best score), and the best round was the last: it never
 * stopped */
static void
model_file_stopping(ErrataAnalysis *analysis)
{
    const ErrataModel *model = analysis->model;
    double best = model_file_number(model, "best_iteration");
    double rounds = model_file_number(model, "boosting_rounds");
    ErrataFinding *finding;

    if (isnan(model_file_number(model, "best_score")) || !(rounds >= 2.0) ||
        !(best + 1.0 >= rounds))
        return;
    finding = errata_model_file_finding(analysis,
                                        "early-stopping-never-reached",
                                        ERRATA_SEVERITY_INFO,
                                        "Training ended while its validation score still rose",
                                        "model · how it was trained");
    errata_finding_add(finding,
                       errata_evidence_new("rounds",
                                           "rounds of training, the last of them the best",
                                           rounds,
                                           ERRATA_UNIT_COUNT,
                                           (guint64)rounds));
    errata_finding_suggest(
        finding,
        "tune-hyperparameter",
        "Allow more rounds, or a larger learning rate, until early stopping ends "
        "the training.");
    errata_case_add_finding(analysis->result, finding);
}

/* the newest releases whose files were tried here; others may hold what is not known of */
static const struct {
    const char *framework;
    guint major;
    guint minor;
} known_versions[] = {{"XGBoost", 3, 4}, {"scikit-learn", 1, 8}};

static void
model_file_version(ErrataAnalysis *analysis)
{
    const ErrataModel *model = analysis->model;
    g_auto(GStrv) part = g_strsplit(model->version != NULL ? model->version : "", ".", 3);
    guint n = g_strv_length(part);
    guint64 major = n > 0 ? g_ascii_strtoull(part[0], NULL, 10) : 0;
    guint64 minor = n > 1 ? g_ascii_strtoull(part[1], NULL, 10) : 0;

    for (guint i = 0; i < G_N_ELEMENTS(known_versions); i++) {
        ErrataFinding *finding;
        ErrataEvidence *evidence;
        g_autofree char *title = NULL;

        if (g_strcmp0(model->framework, known_versions[i].framework) != 0 ||
            major < known_versions[i].major ||
            (major == known_versions[i].major && minor <= known_versions[i].minor))
            continue;
        title = g_strdup_printf("The model was written by %s %s, newer than is known here",
                                model->framework,
                                model->version);
        finding = errata_model_file_finding(analysis,
                                            "newer-version",
                                            ERRATA_SEVERITY_INFO,
                                            title,
                                            "model · what wrote the file");
        evidence = errata_finding_add(
            finding,
            errata_evidence_new("newest_known",
                                "newest release whose files were tried "
                                "here",
                                known_versions[i].major + known_versions[i].minor / 10.0,
                                ERRATA_UNIT_NONE,
                                1));
        evidence->text = g_strdup_printf("%u.%u", known_versions[i].major, known_versions[i].minor);
        errata_finding_suggest(finding,
                               "monitor",
                               "Compare a few of its predictions with the library’s own.");
        errata_case_add_finding(analysis->result, finding);
    }
}

static gboolean
model_file_takes(const ErrataAnalysis *analysis, const char *name)
{
    const ErrataModel *model = analysis->model;

    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataColumn *column =
            analysis->use != NULL ? errata_model_binding_column(analysis->use->match->binding, i)
                                  : NULL;

        if (g_ascii_strcasecmp(errata_model_input(model, i)->name, name) == 0 ||
            (column != NULL && g_str_equal(column->name, name)))
            return TRUE;
    }
    return FALSE;
}

/* a column that gives the label away, and that the model does not take: it misled no prediction of
 * its */
static void
model_file_untaken(ErrataAnalysis *analysis)
{
    const ErrataModel *model = analysis->model;
    GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len && !model->unnamed && model->inputs->len > 0; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind != ERRATA_FINDING_LEAKAGE || finding->subject.column == NULL ||
            model_file_takes(analysis, finding->subject.column))
            continue;
        finding->severity = MIN(finding->severity, ERRATA_SEVERITY_MEDIUM);
        g_ptr_array_add(finding->notes, g_strdup("untaken=1"));
    }
}

/* a log without a model has nothing to say of one, not even that it was skipped */
static gboolean
model_file_run(ErrataAnalysis *analysis, GError **error)
{
    if (analysis->model == NULL)
        return TRUE;
    analysis->result->inventory = errata_inventory_new(analysis->model);
    errata_case_tried(analysis->result, "model file", analysis->model->risks->len);
    model_file_risks(analysis);
    model_file_stopping(analysis);
    model_file_version(analysis);
    errata_model_file_curves(analysis);
    errata_model_file_compare(analysis);
    model_file_untaken(analysis);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_model_file = {
    .id = "model-file",
    .run = model_file_run,
};
