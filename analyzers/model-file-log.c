/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model's inputs against the log's columns: those that are not there, those that hold something
 * else, categories that the model has never seen. Found by name first; what can be computed without
 * them is computed all the same. */
#include <math.h>
#include <string.h>

#include "clean.h"
#include "model-file.h"
#include "model-rows.h"
#include "model-use.h"
#include "number.h"

#define COMPARE_BLOCK  4096
#define COMPARE_TOLD   6    /* names in a title or list */
#define COMPARE_MANY   0.01 /* of the rows, from which unseen values are more than a few */
#define COMPARE_OTHER  0.5  /* and from which the column holds other words than the model knows */
#define COMPARE_SURELY 20   /* rows whose scores must have been compared */

typedef struct {
    ErrataAnalysis *analysis;
    const ErrataModelBinding *binding; /* nullable: no input is there */
    const ErrataModelUse *use;         /* nullable */
    guint8 *splits;                    /* (nullable): 1 for inputs that a tree splits on */
} Compare;

static guint8 *
compare_splits(const ErrataModel *model)
{
    const ErrataTrees *trees = model->trees;
    guint8 *splits;

    if (trees == NULL)
        return NULL;
    splits = g_new0(guint8, MAX(model->inputs->len, 1));
    for (guint node = 0; node < trees->n_nodes; node++)
        if ((trees->flags[node] & ERRATA_NODE_LEAF) == 0 &&
            errata_trees_owner(trees, trees->feature[node]) < model->inputs->len)
            splits[errata_trees_owner(trees, trees->feature[node])] = 1;
    return splits;
}

/* also where the inputs could not be bound, since one of them holds what its codes are not */
static const ErrataColumn *
compare_column(const Compare *self, guint input)
{
    const char *name = errata_model_input(self->analysis->model, input)->name;

    return self->binding != NULL ? errata_model_binding_column(self->binding, input)
                                 : errata_frame_find(self->analysis->clean->raw, name, NULL);
}

char *
errata_model_file_list(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);
    guint n = MIN(names->len, COMPARE_TOLD);

    for (guint i = 0; i < n; i++)
        g_string_append_printf(text,
                               "%s%.60s",
                               i == 0                          ? ""
                               : i + 1 == n && n == names->len ? " and "
                                                               : ", ",
                               (const char *)g_ptr_array_index(names, i));
    if (names->len > n)
        g_string_append_printf(text, " and %u more", names->len - n);
    return g_string_free(text, FALSE);
}

static void
compare_add_names(ErrataFinding *finding,
                  const char *key,
                  const char *what,
                  const GPtrArray *names,
                  guint n)
{
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new(key, what, names->len, ERRATA_UNIT_COUNT, n));

    evidence->baseline = n;
    evidence->text = errata_model_file_list(names);
}

static void
compare_add_agreement(ErrataFinding *finding, const ErrataModelMatch *match)
{
    errata_finding_add(finding,
                       errata_evidence_new("agreement",
                                           "rows with the same score",
                                           match->agreement,
                                           ERRATA_UNIT_SHARE,
                                           match->n_compared));
}

/* a log with none of them is one of outputs alone, and that is no fault of the model */
static gboolean
compare_missing(const Compare *self)
{
    const ErrataModel *model = self->analysis->model;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    guint n = model->inputs->len, n_used = 0;
    g_autofree char *title = NULL;
    g_autofree char *said = NULL;
    g_autofree char *advice = NULL;
    ErrataFinding *finding;
    gboolean is_unnamed;

    for (guint i = 0; i < n; i++) {
        if (compare_column(self, i) != NULL)
            continue;
        g_ptr_array_add(names, errata_model_input(model, i)->name);
        n_used += self->splits == NULL || self->splits[i] != 0 ? 1 : 0;
    }
    is_unnamed = model->unnamed && names->len == n;
    if (names->len == 0 || (is_unnamed && self->binding != NULL))
        return FALSE;
    title = is_unnamed
                ? g_strdup_printf("Which columns the model reads cannot be told: it takes %u "
                                  "by their order, the log has another number",
                                  n)
            : names->len == n ? g_strdup("The log holds none of the columns that the model reads")
                              : g_strdup_printf("The log lacks %u of the %u columns that the model "
                                                "reads",
                                                names->len,
                                                n);
    finding = errata_model_file_finding(self->analysis,
                                        "missing-features",
                                        names->len == n ? ERRATA_SEVERITY_INFO
                                        : n_used > 0    ? ERRATA_SEVERITY_MEDIUM
                                                        : ERRATA_SEVERITY_LOW,
                                        title,
                                        "model · what the log lacks");
    compare_add_names(finding, "missing", "columns that the log lacks", names, n);
    if (self->splits != NULL)
        errata_finding_add(finding,
                           errata_evidence_new("used",
                                               "of these that a tree splits on",
                                               n_used,
                                               ERRATA_UNIT_COUNT,
                                               names->len));
    if (errata_model_file_prepared(model, self->analysis->clean->raw, names, &said, &advice))
        errata_finding_add(finding,
                           errata_evidence_new("prepared",
                                               "columns that the log lacks",
                                               names->len,
                                               ERRATA_UNIT_COUNT,
                                               n))
            ->text = g_steal_pointer(&said);
    if (is_unnamed)
        g_ptr_array_add(finding->notes, g_strdup("unnamed=yes"));
    errata_finding_suggest(
        finding,
        "fix-pipeline",
        is_unnamed
            ? "Train with named columns, or give a log of just the model’s columns, in their "
              "order, beside labels and predictions."
        : advice != NULL ? advice
                         : "Log these columns under the names that the model knows.");
    errata_case_add_finding(self->analysis->result, finding);
    return TRUE;
}

/* texts where the model takes numbers, and no codes for them were found with which it repeats the
 * scores */
static gboolean
compare_types(const Compare *self)
{
    const ErrataModel *model = self->analysis->model;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    ErrataFinding *finding;
    g_autofree char *title = NULL;

    if (self->binding == NULL ||
        (self->use != NULL && self->use->is_sure && self->use->match->n_compared >= COMPARE_SURELY))
        return FALSE;
    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataColumn *column = errata_model_binding_column(self->binding, i);

        if (column != NULL && errata_model_input(model, i)->type == ERRATA_MODEL_NUMBER &&
            (column->type == ERRATA_COLUMN_CATEGORY || column->type == ERRATA_COLUMN_TEXT ||
             column->type == ERRATA_COLUMN_TIME))
            g_ptr_array_add(names,
                            model->unnamed ? g_strdup_printf("%.60s (taken for the model’s %.60s)",
                                                             column->name,
                                                             errata_model_input(model, i)->name)
                                           : g_strdup(errata_model_input(model, i)->name));
    }
    if (names->len == 0)
        return FALSE;
    title = names->len == 1
                ? g_strdup_printf("%.80s is a number to the model and words in the log",
                                  (const char *)g_ptr_array_index(names, 0))
                : g_strdup_printf("%u columns are numbers to the model and words in the "
                                  "log",
                                  names->len);
    finding = errata_model_file_finding(self->analysis,
                                        "feature-types",
                                        ERRATA_SEVERITY_LOW,
                                        title,
                                        "model · what the log holds instead");
    compare_add_names(finding,
                      "other_type",
                      "columns of words where the model takes numbers",
                      names,
                      model->inputs->len);
    if (self->use != NULL && self->use->match->n_compared >= COMPARE_SURELY)
        compare_add_agreement(finding, self->use->match);
    errata_finding_suggest(finding,
                           "fix-pipeline",
                           model->unnamed
                               ? "Give the columns in the order of the training, as the model gets "
                                 "them: its file does not name them."
                               : "Log the columns as the model gets them, or keep the step that "
                                 "encodes them in the model’s file.");
    errata_case_add_finding(self->analysis->result, finding);
    return TRUE;
}

/* per row how many of its values are no categories of the model; and of each input the rows */
static guint8 *
compare_count_unseen(const Compare *self, gsize *of_input)
{
    const ErrataModel *model = self->analysis->model;
    gsize n_rows = errata_model_binding_n_rows(self->binding);
    guint8 *n_unseen = g_new0(guint8, MAX(n_rows, 1));
    ErrataModelBlock *block = errata_model_block_new(self->binding, COMPARE_BLOCK);

    for (gsize begin = 0; begin < n_rows; begin += COMPARE_BLOCK) {
        gsize n = MIN(n_rows - begin, COMPARE_BLOCK);
        const ErrataModelRows *rows = errata_model_block_fill(block, begin, n);

        for (guint i = 0; i < model->inputs->len; i++) {
            if (errata_model_input(model, i)->type != ERRATA_MODEL_CATEGORY)
                continue;
            for (gsize r = 0; r < n; r++)
                if (rows->number[i][r] < 0.0) {
                    of_input[i]++;
                    if (n_unseen[begin + r] < G_MAXUINT8)
                        n_unseen[begin + r]++;
                }
        }
    }
    errata_model_block_free(block);
    return n_unseen;
}

static void
compare_add_rows(ErrataFinding *finding, const guint8 *n_unseen, const ErrataOutcome *outcome)
{
    gsize n_in = 0, n_out = 0, wrong_in = 0, wrong_out = 0, n = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        n += n_unseen[row] > 0 ? 1 : 0;
    finding->row = g_new(guint32, MAX(n, 1));
    finding->row_score = g_new(double, MAX(n, 1));
    for (gsize row = 0; row < outcome->n_rows; row++) {
        gboolean in = n_unseen[row] > 0;

        if (in) {
            finding->row[finding->n_rows] = (guint32)row;
            finding->row_score[finding->n_rows++] = n_unseen[row];
        }
        if (outcome->judged[row] == 0 || outcome->task == ERRATA_TASK_REGRESSION)
            continue;
        *(in ? &n_in : &n_out) += 1;
        *(in ? &wrong_in : &wrong_out) += outcome->error[row];
    }
    finding->share_of_rows = (double)finding->n_rows / (double)outcome->n_rows;
    if (n_in < 30 || n_out < 30)
        return;
    errata_finding_add(finding,
                       errata_evidence_new("rate_in",
                                           "error rate of these rows",
                                           (double)wrong_in / (double)n_in,
                                           ERRATA_UNIT_SHARE,
                                           n_in));
    errata_finding_add(finding,
                       errata_evidence_new("rate_out",
                                           "error rate of the others",
                                           (double)wrong_out / (double)n_out,
                                           ERRATA_UNIT_SHARE,
                                           n_out));
}

/* the first value of a column that the model does not know */
static char *
compare_example(const Compare *self, guint input)
{
    const ErrataColumn *column = errata_model_binding_column(self->binding, input);
    ErrataModelBlock *block = errata_model_block_new(self->binding, COMPARE_BLOCK);
    char *text = NULL;

    for (gsize begin = 0; text == NULL && begin < column->n_rows; begin += COMPARE_BLOCK) {
        gsize n = MIN(column->n_rows - begin, COMPARE_BLOCK);
        const ErrataModelRows *rows = errata_model_block_fill(block, begin, n);

        for (gsize r = 0; text == NULL && r < n; r++)
            if (rows->number[input][r] < 0.0)
                text = errata_column_show(column, begin + r, 40);
    }
    errata_model_block_free(block);
    return text;
}

static gboolean
compare_is_number(const char *text)
{
    double value;

    return errata_number_parse_double(text, strlen(text), &value);
}

/* what to do about values that the model does not know; @most: nearly all are such */
static char *
compare_unseen_advice(const Compare *self, guint input, gboolean most)
{
    const ErrataModelInput *known = errata_model_input(self->analysis->model, input);
    const ErrataColumn *column = errata_model_binding_column(self->binding, input);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *list = NULL;

    for (guint i = 0; i < known->n_categories; i++)
        if (!compare_is_number(known->categories[i]))
            g_ptr_array_add(words, g_strdup_printf("“%.40s”", known->categories[i]));
    if (!most || words->len == 0 || words->len < known->n_categories || column == NULL ||
        column->type == ERRATA_COLUMN_CATEGORY || column->type == ERRATA_COLUMN_TEXT)
        return g_strdup("Train with rows that hold these values, or map them to values that the "
                        "model knows before it is asked.");
    list = errata_model_file_list(words);
    return g_strdup_printf("Log the words that the model knows in %.60s (%s), not numbers that "
                           "stand for them.",
                           known->name,
                           list);
}

/* TRUE where most rows hold such: then they explain why the scores are others, too */
static gboolean
compare_unseen(const Compare *self)
{
    const ErrataModel *model = self->analysis->model;
    g_autofree gsize *of_input = g_new0(gsize, MAX(model->inputs->len, 1));
    g_autofree guint8 *n_unseen = NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *example = NULL;
    g_autofree char *advice = NULL;
    g_autofree char *title = NULL;
    ErrataFinding *finding;
    ErrataEvidence *evidence;
    gsize n_rows, most = 0;
    guint worst = 0;

    for (guint i = 0; self->binding != NULL && i < model->inputs->len; i++)
        most += errata_model_input(model, i)->type == ERRATA_MODEL_CATEGORY ? 1 : 0;
    if (most == 0)
        return FALSE;
    n_rows = errata_model_binding_n_rows(self->binding);
    n_unseen = compare_count_unseen(self, of_input);
    most = 0;
    for (guint i = 0; i < model->inputs->len; i++) {
        if (of_input[i] > 0)
            g_ptr_array_add(names, errata_model_input(model, i)->name);
        worst = of_input[i] > most ? i : worst;
        most = MAX(most, of_input[i]);
    }
    if (most == 0)
        return FALSE;
    title = g_strdup_printf("%s %.80s that the model has never seen",
                            (double)most > COMPARE_OTHER * (double)n_rows ? "Most values of"
                                                                          : "Values of",
                            errata_model_input(model, worst)->name);
    finding = errata_model_file_finding(self->analysis,
                                        "unseen-categories",
                                        (double)most >= COMPARE_MANY * (double)n_rows
                                            ? ERRATA_SEVERITY_MEDIUM
                                            : ERRATA_SEVERITY_LOW,
                                        title,
                                        "model · categories it does not know");
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("unseen",
                                               "rows whose value is none of the model’s categories",
                                               (double)most / (double)n_rows,
                                               ERRATA_UNIT_SHARE,
                                               n_rows));
    example = compare_example(self, worst);
    evidence->text = g_strdup(example);
    compare_add_names(finding, "columns", "columns with such values", names, model->inputs->len);
    compare_add_rows(finding, n_unseen, self->analysis->outcome);
    advice = compare_unseen_advice(self, worst, (double)most > COMPARE_OTHER * (double)n_rows);
    errata_finding_suggest(finding,
                           g_str_has_prefix(advice, "Log") ? "fix-pipeline" : "retrain",
                           advice);
    errata_case_add_finding(self->analysis->result, finding);
    return (double)most > COMPARE_OTHER * (double)n_rows;
}

/* nothing explains it: the log is another model's, or what was done to its columns is not in the
 * file */
static void
compare_scores(const Compare *self)
{
    const ErrataModelMatch *match = self->use != NULL ? self->use->match : NULL;
    ErrataFinding *finding;

    if (match == NULL || self->use->is_sure || match->n_compared < COMPARE_SURELY ||
        match->n_coded > 0 || isnan(match->agreement))
        return;
    finding = errata_model_file_finding(self->analysis,
                                        "other-scores",
                                        ERRATA_SEVERITY_MEDIUM,
                                        "The model does not give the scores that the log holds",
                                        "model · whether it made the log");
    compare_add_agreement(finding, match);
    errata_finding_suggest(finding,
                           "monitor",
                           "Find out which version served these rows, and hand that one in.");
    errata_case_add_finding(self->analysis->result, finding);
}

void
errata_model_file_compare(ErrataAnalysis *analysis)
{
    g_autofree guint8 *splits = compare_splits(analysis->model);
    g_autoptr(GPtrArray) unheard = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModelBinding) own = NULL;
    Compare self = {.analysis = analysis, .use = analysis->use, .splits = splits};
    gboolean explained;

    if (analysis->model->inputs->len == 0 || analysis->model->is_unsafe)
        return;
    if (self.use == NULL)
        own = errata_model_binding_open(analysis->model, analysis->clean->raw, unheard, NULL);
    self.binding = self.use != NULL ? self.use->match->binding : own;
    explained = compare_missing(&self);
    explained = compare_types(&self) || explained;
    explained = compare_unseen(&self) || explained;
    if (!explained)
        compare_scores(&self);
}
