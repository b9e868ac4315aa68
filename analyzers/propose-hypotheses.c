/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hypotheses: groups of rows that a language model fears, in the language of filters. Each is
 * tested on the half of the rows that was not searched, at a level divided by the number that was
 * proposed, good or bad; and once more without the rows of slices that were found anyway, so that
 * none is confirmed by what is known. Cost: a filter and two passes over the rows for each of at
 * most six. */
#include <math.h>
#include <string.h>

#include "clean.h"
#include "filter.h"
#include "interpret/grounding.h"
#include "interpret/role.h"
#include "intervals.h"
#include "json-reader.h"
#include "number.h"
#include "propose-private.h"
#include "tests.h"
#include "text.h"
#include "words.h"

#define HYPOTHESES_MAX     6
#define HYPOTHESES_TOKENS  500
#define HYPOTHESES_BYTES   300  /* of one condition */
#define HYPOTHESES_LEAST   2000 /* judged rows: below, nothing is confirmed, METHODS 0.1 */
#define HYPOTHESES_FEW     30   /* judged rows of the half on either side */
#define HYPOTHESES_RATIO   1.25 /* from which a difference matters, as for slices */
#define HYPOTHESES_LEVEL   0.01
#define HYPOTHESES_KNOWN   12 /* slices that are told */
#define HYPOTHESES_COLUMNS 80

typedef struct {
    ErrataAnalysis *analysis;
    const ErrataFrame *frame;
    const guint8 *known;   /* per row: 1 in a slice that was found */
    const guint8 *allowed; /* per column: 1 where it tells of the row, not of the outcome */
    GPtrArray *filters;    /* (element-type ErrataFilter): those that fit, bound */
    guint n_invalid;       /* of the answer taken */
    guint n_tries;
} Hypotheses;

/* the loss of judged rows on one side */
typedef struct {
    double n;
    double mean;
    double squares;
    guint64 errors;
} HypothesesSide;

typedef struct {
    HypothesesSide side[2]; /* others, in */
    double p;
    ErrataInterval ratio; /* NaN where not tested */
    gboolean worse;
} HypothesesTest;

/* ---- what is asked ---- */

static gboolean
hypotheses_take(Hypotheses *self, const char *where, GPtrArray *faults)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFilter) filter = NULL;
    g_autofree char *outside = NULL;

    if (where == NULL || strlen(where) > HYPOTHESES_BYTES || !errata_text_is_plain(where))
        return errata_role_refuse(faults, "filter", "a condition is a short plain text");
    filter = errata_filter_parse(where, &error);
    if (filter == NULL || !errata_filter_bind(filter, self->frame, self->analysis->schema, &error))
        return errata_role_refuse(faults, "filter", "“%s”: %s", where, error->message);
    outside = errata_filter_outside(filter, self->allowed);
    if (outside != NULL)
        return errata_role_refuse(faults,
                                  "outcome",
                                  "“%s”: %s is not one of the columns that are searched",
                                  where,
                                  outside);
    g_ptr_array_add(self->filters, g_steal_pointer(&filter));
    return TRUE;
}

/* the first answer must be right throughout; of the second the good part is taken, the rest
 * counted */
static gboolean
hypotheses_check(const char *answer, gpointer data, GPtrArray *faults)
{
    Hypotheses *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 1, &root, faults);
    JsonArray *list = object != NULL ? errata_json_reader_array(object, "hypotheses") : NULL;
    guint n = errata_json_reader_length(list);

    g_ptr_array_set_size(self->filters, 0);
    self->n_invalid = 0;
    self->n_tries++;
    if (object == NULL)
        return FALSE;
    if (list == NULL || n > HYPOTHESES_MAX)
        return errata_role_refuse(faults, "schema", "a list of at most six is wanted");
    for (guint i = 0; i < n; i++) {
        JsonObject *element = errata_json_reader_element(list, i);
        const char *where = element != NULL ? errata_json_reader_peek(element, "where") : NULL;

        self->n_invalid += hypotheses_take(self, where, faults) ? 0 : 1;
    }
    return self->n_invalid == 0 || (self->n_tries > 1 && self->filters->len > 0);
}

/* those of the log itself: what was measured on texts has no name in a condition */
static void
hypotheses_add_columns(const Hypotheses *self, GString *facts)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    g_string_append(facts, "Columns: name | holds | meaning\n");
    for (guint c = 0; c < self->frame->n_columns && names->len < HYPOTHESES_COLUMNS; c++) {
        const ErrataColumn *column = self->frame->columns[c];
        const char *meaning = self->analysis->schema->columns[c].description;
        guint before = names->len;

        if (self->allowed[c] != 0)
            errata_grounding_add_name(names, column->name);
        if (names->len > before)
            g_string_append_printf(facts,
                                   "%s | %s | %s\n",
                                   column->name,
                                   errata_role_column(column),
                                   meaning != NULL && errata_text_is_plain(meaning) ? meaning
                                                                                    : "-");
    }
}

static void
hypotheses_add_known(GString *facts, const ErrataCase *report)
{
    guint n = 0;

    g_string_append(facts, "Found already:\n");
    for (guint i = 0; i < report->findings->len && n < HYPOTHESES_KNOWN; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        const GPtrArray *predicates = finding->subject.predicates;

        if (finding->kind != ERRATA_FINDING_SLICE || predicates == NULL || predicates->len == 0)
            continue;
        g_string_append(facts, "-");
        for (guint k = 0; k < predicates->len; k++)
            g_string_append_printf(
                facts,
                "%s “%s”",
                k > 0 ? " with" : "",
                ((const ErrataPredicate *)g_ptr_array_index(predicates, k))->column);
        g_string_append_c(facts, '\n');
        n++;
    }
    if (n == 0)
        g_string_append(facts, "nothing\n");
}

/* ---- what is measured ---- */

static void
hypotheses_add(HypothesesSide *side, double loss, gboolean error)
{
    double delta = loss - side->mean;

    side->n += 1.0;
    side->mean += delta / side->n;
    side->squares += delta * (loss - side->mean);
    side->errors += error ? 1 : 0;
}

/* Welch's t on the losses; the ratio's interval by the delta method */
static void
hypotheses_test_means(HypothesesTest *test, double level)
{
    const HypothesesSide *in = &test->side[1];
    const HypothesesSide *out = &test->side[0];
    double a = in->squares / (in->n - 1.0) / in->n;
    double b = out->squares / (out->n - 1.0) / out->n;
    double both = a + b;

    if (!(both > 0.0) || !(in->mean > 0.0) || !(out->mean > 0.0))
        return;
    test->p = errata_tests_student((in->mean - out->mean) / sqrt(both),
                                   both * both / (a * a / (in->n - 1.0) + b * b / (out->n - 1.0)));
    test->ratio = errata_intervals_log(in->mean / out->mean,
                                       (a + b * in->mean * in->mean / (out->mean * out->mean)) /
                                           (out->mean * out->mean),
                                       level);
}

/* rows of the half that was not searched, each once, none of a data bug; @skip: (nullable) */
static HypothesesTest
hypotheses_test(const Hypotheses *self, const ErrataRows *rows, const guint8 *skip, double level)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    const guint8 *aside = self->analysis->set_aside;
    HypothesesTest test = {{{0.0, 0.0, 0.0, 0}, {0.0, 0.0, 0.0, 0}},
                           1.0,
                           {(double)NAN, (double)NAN},
                           FALSE};
    double rate[2];

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->half[row] == 1 && outcome->judged[row] != 0 && !isnan(outcome->loss[row]) &&
            (aside == NULL || aside[row] == 0) && (skip == NULL || skip[row] == 0))
            hypotheses_add(&test.side[errata_rows_has(rows, row) ? 1 : 0],
                           outcome->loss[row],
                           outcome->error[row] != 0);
    if (test.side[0].n < HYPOTHESES_FEW || test.side[1].n < HYPOTHESES_FEW)
        return test;
    if (outcome->task == ERRATA_TASK_REGRESSION) {
        hypotheses_test_means(&test, level);
    } else {
        const HypothesesSide *in = &test.side[1];
        const HypothesesSide *out = &test.side[0];

        test.p = errata_tests_two_by_two(in->errors,
                                         (guint64)in->n - in->errors,
                                         out->errors,
                                         (guint64)out->n - out->errors,
                                         NULL,
                                         NULL);
        test.ratio =
            errata_intervals_ratio((double)in->errors, in->n, (double)out->errors, out->n, level);
    }
    for (guint i = 0; i < 2; i++)
        rate[i] = outcome->task == ERRATA_TASK_REGRESSION
                      ? test.side[i].mean
                      : (double)test.side[i].errors / test.side[i].n;
    test.side[0].mean = rate[0];
    test.side[1].mean = rate[1];
    test.worse = rate[1] >= HYPOTHESES_RATIO * rate[0] && test.ratio.lo > 1.0;
    return test;
}

/* ---- what is said ---- */

/* “33.8 % against 12.9 % (ratio 2.1 to 3.2)” */
static char *
hypotheses_say(const Hypotheses *self, const HypothesesTest *test)
{
    gboolean numbers = self->analysis->outcome->task == ERRATA_TASK_REGRESSION;
    g_autofree char *in = numbers
                              ? errata_words_number(test->side[1].mean, (double)NAN, (double)NAN)
                              : errata_words_share(test->side[1].mean, (double)NAN, (double)NAN);
    g_autofree char *out = numbers
                               ? errata_words_number(test->side[0].mean, (double)NAN, (double)NAN)
                               : errata_words_share(test->side[0].mean, (double)NAN, (double)NAN);
    g_autofree char *n = errata_words_count((guint64)test->side[1].n);

    return g_strdup_printf("On rows that were not searched: %s%s against %s elsewhere (%s rows; "
                           "ratio %.2f to %.2f)",
                           numbers ? "off by " : "",
                           in,
                           out,
                           n,
                           test->ratio.lo,
                           test->ratio.hi);
}

static char *
hypotheses_verdict(const Hypotheses *self,
                   const HypothesesTest *all,
                   const HypothesesTest *new,
                   double level,
                   gboolean *ret_holds)
{
    g_autofree char *said = NULL;

    *ret_holds = FALSE;
    if (isnan(all->ratio.lo))
        return g_strdup("Not confirmed: too few of its rows, or of the others, were not searched.");
    said = hypotheses_say(self, all);
    if (!all->worse || !(all->p < level))
        return g_strdup_printf("Not confirmed. %s.", said);
    if (!new->worse || !(new->p < level))
        return g_strdup_printf("Not new: without the rows of the slices that were found it is no "
                               "more than chance. %s.",
                               said);
    *ret_holds = TRUE;
    return g_strdup_printf("Confirmed. %s; it holds without the rows of the slices that were "
                           "found, too.",
                           said);
}

static gboolean
hypotheses_judge(Hypotheses *self, const ErrataFilter *filter, guint n_proposed)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    double level = HYPOTHESES_LEVEL / (double)n_proposed;
    g_autoptr(ErrataRows) rows = errata_filter_evaluate(filter, self->frame, outcome);
    HypothesesTest all = hypotheses_test(self, rows, NULL, 1.0 - level);
    HypothesesTest new = hypotheses_test(self, rows, self->known, 1.0 - level);
    g_autofree char *where = errata_filter_print(filter);
    g_autofree char *text =
        g_strdup_printf(outcome->task == ERRATA_TASK_REGRESSION
                            ? "predictions where %s are farther off than others."
                            : "predictions where %s are wrong more often than others.",
                        where);
    ErrataProposal *proposal = errata_proposal_new("hypothesis", NULL, text);

    proposal->check = hypotheses_verdict(self, &all, &new, level, &proposal->holds);
    proposal->p = MIN(MAX(all.p, new.p) * (double)n_proposed, 1.0);
    proposal->n = (guint64)(all.side[0].n + all.side[1].n);
    g_ptr_array_add(self->analysis->result->proposals, proposal);
    return proposal->holds;
}

/* 1 for rows of slices that were found */
static guint8 *
hypotheses_known(const ErrataAnalysis *analysis)
{
    guint8 *known = g_new0(guint8, analysis->outcome->n_rows + 1);

    for (guint i = 0; i < analysis->result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);

        if (finding->kind == ERRATA_FINDING_SLICE && finding->row != NULL)
            for (gsize k = 0; k < finding->n_rows; k++)
                known[finding->row[k]] = 1;
    }
    return known;
}

/* what tells of a row rather than of its outcome, and neither leaks nor is constant */
static guint8 *
hypotheses_allowed(const ErrataAnalysis *analysis)
{
    const ErrataSchema *schema = analysis->schema;
    guint8 *allowed = g_new0(guint8, schema->n_columns + 1);

    for (guint c = 0; c < schema->n_columns; c++) {
        ErrataRole role = schema->columns[c].role;

        allowed[c] = (role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP ||
                      role == ERRATA_ROLE_TEXT || role == ERRATA_ROLE_TIME) &&
                             errata_schema_is_logged(schema, c) &&
                             (analysis->exclude == NULL || analysis->exclude[c] == 0)
                         ? 1
                         : 0;
    }
    return allowed;
}

static void
hypotheses_test_all(Hypotheses *self)
{
    guint n_proposed = self->filters->len + self->n_invalid;
    guint n_confirmed = 0;

    for (guint i = 0; i < self->filters->len; i++)
        n_confirmed += hypotheses_judge(self, g_ptr_array_index(self->filters, i), n_proposed) ? 1
                                                                                               : 0;
    errata_case_tried(self->analysis->result, "hypotheses", n_proposed);
    errata_case_method(
        self->analysis->result,
        "Hypotheses of the language model: %u proposed, %u of them no condition on "
        "this log, %u confirmed. Each was tested on the half of the rows that was "
        "not searched (rates: exact or χ²; numbers: Welch's t) at %g divided by the "
        "number proposed, with a ratio of at least %g, over all and without the rows "
        "of slices that were found.",
        n_proposed,
        self->n_invalid,
        n_confirmed,
        HYPOTHESES_LEVEL,
        HYPOTHESES_RATIO);
}

/**
 * errata_propose_hypotheses:
 * @analysis: with all findings, ranked and numbered
 * @llm: the door
 *
 * Leaves proposals of the role `hypothesis`, each with its test. Logs of under 2,000 judged rows
 * have no rows to spare for it.
 */
void
errata_propose_hypotheses(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    static const ErrataLlmRole role = {
        .name = "hypotheses",
        .prompt = "hypotheses.txt",
        .schema = "hypotheses.schema.json",
        .reminder = "Answer with the JSON object only: conditions on the listed columns.",
        .max_tokens = HYPOTHESES_TOKENS,
        .check = hypotheses_check,
    };
    g_autoptr(GString) facts = g_string_new(NULL);
    g_autoptr(GPtrArray) filters =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_filter_free);
    g_autofree guint8 *known = NULL;
    g_autofree guint8 *allowed = NULL;
    Hypotheses self = {.analysis = analysis, .filters = filters};

    if (analysis->outcome->n_judged < HYPOTHESES_LEAST || analysis->result->llm->failure != NULL)
        return;
    self.frame = analysis->clean != NULL ? analysis->clean->frame : analysis->frame;
    self.known = known = hypotheses_known(analysis);
    self.allowed = allowed = hypotheses_allowed(analysis);
    g_string_append_printf(facts, "Task: %s\n", errata_task_nick(analysis->schema->task));
    hypotheses_add_columns(&self, facts);
    hypotheses_add_known(facts, analysis->result);
    if (errata_role_run(&role, facts->str, NULL, llm, analysis->result->llm, &self) ==
            ERRATA_ROLE_ACCEPTED &&
        filters->len > 0)
        hypotheses_test_all(&self);
}
