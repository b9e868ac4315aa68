/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clusters as findings and as entries of the report's list, the largest first. */
#include <math.h>
#include <string.h>

#include "actions.h"
#include "clusters.h"
#include "evidence-share.h"
#include "intervals.h"
#include "rng.h"
#include "row-cost.h"
#include "slices-finding.h"
#include "words.h"

#define REPORT_CLUSTERS  10U
#define REPORT_EXEMPLARS 6U
#define REPORT_POOL      48U /* rows of a kind that a name may be tried on */
#define REPORT_FEW       2000U
#define REPORT_SAID      30.0 /* texts that say the words of a name, and … */
#define REPORT_AS_OFTEN  0.75 /* … of the cluster's rate of errors: then the name is told of them */
#define REPORT_TEXT      160U /* characters of a quoted text */

typedef struct {
    ErrataAnalysis *analysis;
    const ErrataClusterSpace *space;
    const ErrataClusterSet *set;
    ErrataClusterWords *words; /* by cluster */
    char **names;
    char **ids;
    ErrataClusterSaid *said; /* by cluster; NULL where there are no texts */
    guint32 *order;          /* clusters, the largest first */
} Report;

static char *
report_name(const ErrataClusterWords *words)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < MIN(words->keywords->len, ERRATA_CLUSTERS_NAMED); i++)
        g_ptr_array_add(
            parts,
            g_strdup_printf("“%s”", g_array_index(words->keywords, ErrataClusterKeyword, i).text));
    for (guint i = 0; parts->len == 0 && i < words->predicates->len; i++)
        g_ptr_array_add(parts, errata_words_predicate(g_ptr_array_index(words->predicates, i)));
    if (parts->len == 0)
        return g_strdup("errors that are alike");
    return errata_words_list((const char *const *)parts->pdata,
                             parts->len,
                             words->keywords->len > 0 ? "or" : "and");
}

/* from what the cluster is known by above all, so that it is the same in a later log */
static char *
report_id(const ErrataClusterWords *words)
{
    guint64 hash = ERRATA_CLUSTERS_NONE;
    const char *known = "";

    if (words->keywords->len > 0)
        known = g_array_index(words->keywords, ErrataClusterKeyword, 0).text;
    else if (words->predicates->len > 0)
        known = ((ErrataPredicate *)g_ptr_array_index(words->predicates, 0))->column;
    for (; *known != '\0'; known++)
        hash = errata_rng_mix(hash ^ (guchar)*known);
    return g_strdup_printf("C-%06x", (guint)(hash & 0xffffff));
}

static void
report_order(Report *self)
{
    g_autofree double *size = g_new(double, (gsize)self->set->n_clusters + 1);

    self->order = g_new(guint32, (gsize)self->set->n_clusters + 1);
    for (guint32 c = 0; c < self->set->n_clusters; c++) {
        guint at = c;

        size[c] = errata_clusters_size(self->space, self->set, c);
        while (at > 0 && size[self->order[at - 1]] < size[c]) {
            self->order[at] = self->order[at - 1];
            at--;
        }
        self->order[at] = c;
    }
}

static void
report_name_all(Report *self)
{
    self->names = g_new0(char *, (gsize)self->set->n_clusters + 1);
    self->ids = g_new0(char *, (gsize)self->set->n_clusters + 1);
    for (guint i = 0; i < self->set->n_clusters; i++) {
        guint32 c = self->order[i];
        guint n = 2;

        errata_clusters_describe(self->space, self->set, c, &self->words[c]);
        self->names[c] = report_name(&self->words[c]);
        self->ids[c] = report_id(&self->words[c]);
        for (guint j = 0; j < i; j++)
            if (g_str_equal(self->ids[self->order[j]], self->ids[c])) {
                g_autofree char *id = g_steal_pointer(&self->ids[c]);

                self->ids[c] = g_strdup_printf("%.8s-%u", id, n++);
                j = 0;
            }
    }
}

typedef struct {
    guint32 row;
    double near;
} ReportRow;

static int
report_row_cb(gconstpointer a, gconstpointer b)
{
    const ReportRow *x = a;
    const ReportRow *y = b;

    if (x->near > y->near || x->near < y->near)
        return x->near > y->near ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* the errors of a leaf or of all leaves of a cluster, the most typical first */
static GArray *
report_rows(const Report *self, guint32 cluster, guint32 leaf)
{
    const ErrataClusterSpace *space = self->space;
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(ReportRow));

    for (guint32 i = 0; i < space->n; i++) {
        ReportRow row = {space->row[i], 0.0};
        const float *centre;
        double length = 0.0;

        if (space->error[i] == 0 || !errata_clusters_holds(self->set, i, cluster) ||
            (leaf != ERRATA_CLUSTERS_NONE && self->set->leaf[i] != leaf))
            continue;
        centre = self->set->leaves[self->set->leaf[i]].centre;
        for (guint d = 0; d < space->width; d++) {
            row.near += (double)centre[d] * (double)space->x[(gsize)i * space->width + d];
            length += (double)centre[d] * (double)centre[d];
        }
        row.near /= MAX(sqrt(length), 1e-12);
        g_array_append_val(rows, row);
    }
    for (gsize i = 0; i < space->n_rest; i++) {
        ReportRow row = {space->rest[i], 0.0};

        if (!errata_clusters_holds_rest(self->set, i, cluster) ||
            (leaf != ERRATA_CLUSTERS_NONE && self->set->rest_leaf[i] != leaf))
            continue;
        row.near = self->set->rest_near[i];
        g_array_append_val(rows, row);
    }
    g_array_sort(rows, report_row_cb);
    return rows;
}

static char **
report_exemplars(const Report *self, const GArray *rows)
{
    const ErrataAnalysis *analysis = self->analysis;
    char **ids = g_new0(char *, REPORT_EXEMPLARS + 1);

    for (guint i = 0; i < MIN(rows->len, REPORT_EXEMPLARS); i++) {
        guint32 row = g_array_index(rows, ReportRow, i).row;

        ids[i] = analysis->schema->id >= 0
                     ? errata_column_print(analysis->frame->columns[analysis->schema->id], row)
                     : g_strdup_printf("%u", row);
    }
    return ids;
}

static void
report_keywords(ErrataCluster *entry, const GArray *keywords)
{
    entry->keywords = g_new0(char *, (gsize)keywords->len + 1);
    entry->keyword_weights = g_new0(double, (gsize)keywords->len + 1);
    for (guint i = 0; i < keywords->len; i++) {
        entry->keywords[i] = g_strdup(g_array_index(keywords, ErrataClusterKeyword, i).text);
        entry->keyword_weights[i] = g_array_index(keywords, ErrataClusterKeyword, i).weight;
    }
}

/* of all errors, what these count for */
static double
report_share(const Report *self, const GArray *rows)
{
    double errors = 0.0;

    for (guint i = 0; i < rows->len; i++)
        errors += errata_outcome_weight(self->analysis->outcome,
                                        g_array_index(rows, ReportRow, i).row);
    return errata_clusters_share(self->analysis, errors);
}

/* the wordings that a cluster was merged from */
static void
report_add_parts(const Report *self, guint32 cluster)
{
    guint n = 0;

    for (guint32 l = 0; l < self->set->n_leaves; l++) {
        g_autofree guint8 *one = NULL;
        g_autoptr(GArray) rows = NULL;
        ErrataClusterWords words = {0};
        ErrataCluster *entry;

        if (self->set->leaves[l].cluster != cluster || self->set->clusters[cluster].n_leaves < 2)
            continue;
        one = g_new0(guint8, (gsize)self->set->n_leaves + 1);
        one[l] = 1;
        words.keywords = g_array_new(FALSE, FALSE, sizeof(ErrataClusterKeyword));
        words.predicates = g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
        errata_clusters_keywords(self->space, self->set, one, words.keywords);
        rows = report_rows(self, cluster, l);
        entry = errata_case_add_cluster(self->analysis->result);
        entry->id = g_strdup_printf("%s.%u", self->ids[cluster], ++n);
        entry->parent = g_strdup(self->ids[cluster]);
        entry->level = 2;
        entry->name = words.keywords->len > 0 ? report_name(&words) : g_strdup_printf("part %u", n);
        entry->size = rows->len;
        entry->share_of_errors = report_share(self, rows);
        report_keywords(entry, words.keywords);
        entry->exemplars = report_exemplars(self, rows);
        errata_clusters_words_clear(&words);
    }
}

/* embedded rows of a half, evenly through the log: members that are errors, or rows of another
 * kind */
static void
report_pool(const Report *self,
            guint32 cluster,
            guint8 half,
            gboolean members,
            guint8 error,
            GArray *ret_rows)
{
    const ErrataClusterSpace *space = self->space;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint n;

    for (guint32 i = 0; i < space->n; i++)
        if (space->half[i] == half && space->error[i] == error &&
            (errata_clusters_holds(self->set, i, cluster) != 0) == members)
            g_array_append_val(all, space->row[i]);
    n = MIN(all->len, REPORT_POOL);
    for (guint k = 0; k < n; k++)
        g_array_append_val(ret_rows,
                           g_array_index(all, guint32, (guint)((guint64)k * all->len / n)));
}

/* rows by which the cluster may be named, and by which a name can be tried out */
static void
report_add_pools(const Report *self, guint32 cluster, const GArray *rows, ErrataCluster *entry)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    g_autoptr(GArray) wrong = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) right = g_array_new(FALSE, FALSE, sizeof(guint32));

    entry->shown = g_array_new(FALSE, FALSE, sizeof(guint32));
    entry->contrast = g_array_new(FALSE, FALSE, sizeof(guint32));
    entry->members = g_array_new(FALSE, FALSE, sizeof(guint32));
    entry->others = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < rows->len && entry->shown->len < REPORT_POOL; i++) {
        guint32 row = g_array_index(rows, ReportRow, i).row;

        if (outcome->half[row] == 0)
            g_array_append_val(entry->shown, row);
    }
    report_pool(self, cluster, 0, FALSE, 0, entry->contrast);
    report_pool(self, cluster, 1, TRUE, 1, entry->members);
    report_pool(self, cluster, 1, FALSE, 1, wrong);
    report_pool(self, cluster, 1, FALSE, 0, right);
    for (guint i = 0; i < MAX(wrong->len, right->len);
         i++) { /* errors of other kinds, correct rows */
        if (i < wrong->len)
            g_array_append_val(entry->others, g_array_index(wrong, guint32, i));
        if (i < right->len)
            g_array_append_val(entry->others, g_array_index(right, guint32, i));
    }
}

static void
report_add_entry(const Report *self, guint32 cluster, const GArray *rows)
{
    const ErrataClusterWords *words = &self->words[cluster];
    ErrataCluster *entry = errata_case_add_cluster(self->analysis->result);

    entry->id = g_strdup(self->ids[cluster]);
    entry->name = g_strdup(self->names[cluster]);
    entry->size = rows->len;
    entry->share_of_errors = report_share(self, rows);
    report_keywords(entry, words->keywords);
    for (guint i = 0; i < words->predicates->len; i++)
        g_ptr_array_add(entry->predicates,
                        errata_predicate_copy(g_ptr_array_index(words->predicates, i)));
    entry->exemplars = report_exemplars(self, rows);
    entry->precision = words->precision;
    entry->recall = words->recall;
    entry->n_checked = words->n;
    report_add_pools(self, cluster, rows, entry);
    report_add_parts(self, cluster);
}

static ErrataEvidence *
report_evidence(ErrataFinding *finding,
                const char *key,
                const char *what,
                double value,
                ErrataUnit unit,
                double n)
{
    return errata_finding_add(finding,
                              errata_evidence_new(key, what, value, unit, (guint64)rint(n)));
}

/* error rates there and elsewhere on the confirmation half, as if no row had been left out, and
 * whether it is hard ground */
static void
report_add_rates(const Report *self, guint32 cluster, ErrataFinding *finding)
{
    const ErrataClusterTest *test = &self->set->clusters[cluster].confirmed;
    ErrataClusterWeight told = errata_clusters_weigh(self->space, self->set, cluster);
    double wrong = told.confirmed[1], right = told.confirmed[0], rate, n_others, spread, q = 0.0;
    double sampled = told.rows.n, effective = errata_rate_effective(&told.rows);
    ErrataInterval interval;
    ErrataEvidence *evidence;
    gboolean known;
    double over = 0.0;

    for (guint l = 0; l < self->set->n_leaves; l++)
        if (self->set->leaves[l].cluster == cluster)
            q = MAX(q, self->set->leaves[l].q);
    rate = wrong / MAX(wrong + right, 1e-12);
    interval = errata_intervals_wilson(rate * effective, effective, 0.95);
    evidence = report_evidence(finding,
                               "rate_in",
                               "error rate among rows like these",
                               rate,
                               ERRATA_UNIT_SHARE,
                               sampled);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    n_others = told.all[1] + told.all[0] - wrong - right;
    evidence->baseline = (told.all[1] - wrong) / MAX(n_others, 1e-12);
    evidence->test = g_strdup("two Poisson counts, one-sided");
    evidence->p = test->p;
    evidence->q = q;
    evidence->method = g_strdup("Wilson, confirmation half");
    spread = told.others.n > 0.0 ? told.others.weight / told.others.weight2 : 1.0;
    interval = errata_intervals_wilson((told.all[1] - wrong) * spread, n_others * spread, 0.95);
    evidence = report_evidence(finding,
                               "rate_out",
                               "error rate elsewhere",
                               evidence->baseline,
                               ERRATA_UNIT_SHARE,
                               self->analysis->outcome->weight != NULL ? told.others.n : n_others);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson, confirmation half");
    report_evidence(finding,
                    "lift",
                    "errors there over what as many correct rows lead to expect",
                    test->lift,
                    ERRATA_UNIT_RATIO,
                    sampled)
        ->method = g_strdup("share of errors over share of correct rows, confirmation half");
    if (self->analysis->outcome->score == NULL && self->analysis->outcome->confidence == NULL &&
        self->analysis->outcome->rank == NULL)
        return; /* nothing foretells them */
    /* words or a language that the model is unsure of can be learnt from more such texts */
    known = self->words[cluster].keywords->len == 0 && self->words[cluster].tongue == NULL &&
            errata_clusters_foretold(self->space, self->set, cluster, &over);
    if (known)
        g_ptr_array_add(finding->notes, g_strdup("hard=known"));
    report_evidence(finding,
                    "surprise",
                    "errors there over what their scores foretell",
                    known ? over : test->surprise,
                    ERRATA_UNIT_RATIO,
                    sampled)
        ->method = g_strdup(known ? "errors over those that its scores mean, confirmation half"
                                  : "correct rows weighed by their odds of an error, "
                                    "confirmation half");
}

/* all errors, as how many of equal weight they tell (Kish) */
static double
report_errors(const ErrataOutcome *outcome)
{
    double sum = 0.0, squares = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double w = outcome->error[row] != 0 ? errata_outcome_weight(outcome, (guint32)row) : 0.0;

        sum += w;
        squares += w * w;
    }
    return squares > 0.0 ? sum * sum / squares : 0.0;
}

static void
report_add_impact(const Report *self, guint32 cluster, ErrataFinding *finding)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    const ErrataClusterGroup *group = &self->set->clusters[cluster];
    ErrataClusterWeight told = errata_clusters_weigh(self->space, self->set, cluster);
    ErrataRate all = errata_row_cost_measure(self->analysis, NULL, 0).out;
    double size = errata_clusters_size(self->space, self->set, cluster);
    double rows = size + group->found.correct * self->space->weight[0][0] +
                  group->confirmed.correct * self->space->weight[1][0];
    double rate_in = errata_finding_evidence(finding, "rate_in")->value;
    double rate_out = errata_finding_evidence(finding, "rate_out")->value;

    finding->share_of_errors = errata_clusters_share(self->analysis, told.error);
    finding->excess_errors = rint(size * (1.0 - MIN(1.0 / MAX(group->confirmed.lift, 1e-12), 1.0)));
    finding->share_of_rows = rows / MAX((double)outcome->n_rows, 1.0);
    if (outcome->task != ERRATA_TASK_REGRESSION) {
        finding->metric = g_strdup("accuracy");
        finding->delta = MAX(rate_in - rate_out, 0.0) * (told.error + told.correct) /
                         MAX(all.weight, 1e-300);
    }
    finding->rank = outcome->task != ERRATA_TASK_REGRESSION ? finding->delta
                                                            : finding->share_of_errors * 0.1;
    errata_evidence_share_of(report_evidence(finding,
                                             "share_errors",
                                             "share of all errors",
                                             finding->share_of_errors,
                                             ERRATA_UNIT_SHARE,
                                             size),
                             report_errors(outcome));
    report_evidence(finding,
                    "share_rows",
                    "share of all rows, correct ones included",
                    finding->share_of_rows,
                    ERRATA_UNIT_SHARE,
                    rows);
}

static void
report_add_words(const Report *self, guint32 cluster, ErrataFinding *finding)
{
    const ErrataClusterWords *words = &self->words[cluster];
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < words->keywords->len; i++) {
        const ErrataClusterKeyword *keyword =
            &g_array_index(words->keywords, ErrataClusterKeyword, i);
        g_autofree char *what = g_strdup_printf("errors there that say “%s”", keyword->text);
        ErrataEvidence *evidence = report_evidence(finding,
                                                   "keyword",
                                                   what,
                                                   keyword->share,
                                                   ERRATA_UNIT_SHARE,
                                                   self->set->clusters[cluster].found.errors);

        evidence->text = g_strdup(keyword->text);
        evidence->baseline = keyword->outside;
        evidence->method = g_strdup("class-based TF-IDF against correct rows, discovery half");
    }
    if (words->predicates->len == 0 || isnan(words->precision) || isnan(words->recall))
        return;
    for (guint i = 0; i < words->predicates->len; i++)
        g_ptr_array_add(parts, errata_words_predicate(g_ptr_array_index(words->predicates, i)));
    report_evidence(finding,
                    "precision",
                    "rows that meet the description and are of the cluster",
                    words->precision,
                    ERRATA_UNIT_SHARE,
                    (double)words->n)
        ->text = errata_words_list((const char *const *)parts->pdata, parts->len, "and");
    report_evidence(finding,
                    "recall",
                    "rows of the cluster that meet the description",
                    words->recall,
                    ERRATA_UNIT_SHARE,
                    (double)words->n);
}

/* what is true of all texts that say the words, where these are as bad a sign as being alike */
static void
report_add_said(const Report *self, guint32 cluster, ErrataFinding *finding)
{
    const ErrataClusterSaid *said = self->said != NULL ? &self->said[cluster] : NULL;
    const ErrataEvidence *rate_in = errata_finding_evidence(finding, "rate_in");
    double rate, gain, all, errors;
    ErrataInterval interval;
    ErrataEvidence *evidence;

    if (said == NULL || self->words[cluster].keywords->len == 0 || said->in.n < REPORT_SAID ||
        said->others.n < REPORT_SAID)
        return;
    rate = errata_rate_mean(&said->in);
    if (rate < REPORT_AS_OFTEN * rate_in->value)
        return;
    all = said->in.weight + said->others.weight;
    errors = said->in.sum + said->others.sum;
    interval = errata_rate_wilson(&said->in, 0.95);
    evidence = report_evidence(finding,
                               "said_rate",
                               self->words[cluster].tongue != NULL
                                   ? "error rate of all texts in that language"
                                   : "error rate of all texts with these words",
                               rate,
                               ERRATA_UNIT_SHARE,
                               said->in.n);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = errata_rate_mean(&said->others);
    evidence->method = g_strdup("Wilson, all rows");
    report_evidence(finding,
                    "said_errors",
                    "their share of all errors",
                    errors > 0.0 ? said->in.sum / errors : 0.0,
                    ERRATA_UNIT_SHARE,
                    said->n_errors);
    report_evidence(finding,
                    "said_rows",
                    "their share of all rows",
                    said->in.n / (said->in.n + said->others.n),
                    ERRATA_UNIT_SHARE,
                    said->in.n + said->others.n);
    gain = (rate - evidence->baseline) * said->in.weight / all;
    if (finding->metric != NULL && gain > finding->delta)
        finding->delta = finding->rank = gain;
}

static void
report_add_rows(ErrataFinding *finding, const GArray *rows)
{
    finding->n_rows = rows->len;
    finding->row = g_new(guint32, (gsize)rows->len + 1);
    finding->row_score = g_new(double, (gsize)rows->len + 1);
    for (guint i = 0; i < rows->len; i++) {
        finding->row[i] = g_array_index(rows, ReportRow, i).row;
        finding->row_score[i] = g_array_index(rows, ReportRow, i).near;
    }
}

static void
report_add_example(ErrataTable *table, const ErrataAnalysis *analysis, int column, guint32 row)
{
    g_autofree char *text =
        column >= 0 ? errata_column_show(analysis->frame->columns[column], row, REPORT_TEXT)
                    : g_strdup_printf("%u", row);

    errata_table_add_cell(table, text);
}

/* the most typical errors, quoted */
static void
report_add_examples(const Report *self, ErrataFinding *finding)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataSchema *schema = analysis->schema;
    int columns[8];
    guint n = 0;

    columns[n++] = schema->id;
    if (schema->label >= 0)
        columns[n++] = schema->label;
    if (schema->prediction >= 0)
        columns[n++] = schema->prediction;
    for (guint c = 0; c < analysis->frame->n_columns && n < 5; c++)
        if (schema->columns[c].role ==
                (self->space->is_text ? ERRATA_ROLE_TEXT : ERRATA_ROLE_FEATURE) &&
            errata_schema_is_logged(schema, c))
            columns[n++] = (int)c;
    finding->examples = errata_table_new("Typical errors", n);
    for (guint c = 0; c < n; c++)
        errata_table_heading(finding->examples,
                             c,
                             columns[c] < 0                     ? "row"
                             : columns[c] == schema->id         ? "id"
                             : columns[c] == schema->label      ? "given"
                             : columns[c] == schema->prediction ? "said"
                                                                : schema->names[columns[c]],
                             FALSE);
    for (guint i = 0; i < MIN(finding->n_rows, REPORT_EXEMPLARS); i++)
        for (guint c = 0; c < n; c++)
            report_add_example(finding->examples, analysis, columns[c], finding->row[i]);
}

/* what is left of the difference to the rest if the rate there is only @rate, as a part of it */
static double
report_part(const ErrataFinding *finding, double rate)
{
    double rate_in = errata_finding_evidence(finding, "rate_in")->value;
    double rate_out = errata_finding_evidence(finding, "rate_out")->value;

    return fmax(rate - rate_out, 0.0) / fmax(rate_in - rate_out, 1e-12);
}

static void
report_suggest(const Report *self, ErrataFinding *finding, guint32 cluster)
{
    const ErrataClusterWords *words = &self->words[cluster];
    g_autofree char *text =
        errata_actions_is_hard_ground(finding)
            ? g_strdup("Collect something new about rows like these: the columns of the log do not "
                       "settle them")
        : words->tongue != NULL
            ? g_strdup_printf("Label more texts in %s and train with them", words->tongue)
        : self->space->is_text && words->keywords->len > 0
            ? g_strdup_printf("Label more texts like these, with %s, and train with them",
                              self->names[cluster])
            : g_strdup("Label more rows like these and train with them");
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "collect-data", text);
    ErrataRate all = errata_row_cost_measure(self->analysis, NULL, 0).out;
    const ErrataEvidence *rate_in = errata_finding_evidence(finding, "rate_in");

    if (finding->metric == NULL || errata_actions_is_hard_ground(finding)) {
        suggestion->method = g_strdup(finding->metric == NULL
                                          ? "not computed: needs a retrained model"
                                          : "not computed: errors as many as the scores foretell");
        return;
    }
    suggestion->metric = g_strdup(finding->metric);
    suggestion->from = 1.0 - errata_rate_mean(&all);
    suggestion->to = suggestion->from + finding->delta;
    suggestion->lo = finding->delta * report_part(finding, rate_in->lo);
    suggestion->hi = finding->delta * report_part(finding, rate_in->hi);
    suggestion->method = g_strdup("gain if rows like these reached the rest’s error rate");
    suggestion->upper_bound = TRUE;
}

static char *
report_title(const Report *self, const ErrataFinding *finding, guint32 cluster)
{
    const ErrataEvidence *said = errata_finding_evidence(finding, "said_rate");
    const ErrataEvidence *rate = said != NULL ? said : errata_finding_evidence(finding, "rate_in");
    const char *how = errata_finding_note(finding, "worst") != NULL ? "among the worst tenth"
                      : errata_actions_is_hard_ground(finding)      ? "hard ground, wrong"
                                                                    : "wrong";
    g_autofree char *words = errata_words_share(rate->value, rate->lo, rate->hi);

    if (said != NULL && self->words[cluster].tongue != NULL)
        return g_strdup_printf("Texts in %s: %s %s of the time",
                               self->words[cluster].tongue,
                               how,
                               words);
    if (self->words[cluster].keywords->len > 0)
        return g_strdup_printf("Texts %s %s: %s %s of the time",
                               said != NULL ? "with" : "alike, many with",
                               self->names[cluster],
                               how,
                               words);
    return g_strdup_printf("%s alike (%s): %s %s of the time",
                           self->space->is_text ? "Texts" : "Rows",
                           self->names[cluster],
                           how,
                           words);
}

static ErrataSeverity
report_severity(const ErrataFinding *finding)
{
    return finding->confirmed && !errata_actions_is_hard_ground(finding)
               ? errata_severity_from_impact(finding->share_of_errors, finding->delta)
               : ERRATA_SEVERITY_LOW;
}

static void
report_add_finding(const Report *self, guint32 cluster, const GArray *rows)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CLUSTER, "");
    g_autofree char *count = errata_slices_words_count(rows->len);

    finding->subject.cluster = g_strdup(self->ids[cluster]);
    finding->confirmed = self->analysis->outcome->n_judged >= REPORT_FEW;
    report_add_rates(self, cluster, finding);
    report_add_impact(self, cluster, finding);
    report_add_words(self, cluster, finding);
    report_add_said(self, cluster, finding);
    report_add_rows(finding, rows);
    g_free(finding->title);
    if (self->analysis->schema->task == ERRATA_TASK_REGRESSION)
        g_ptr_array_add(finding->notes, g_strdup("worst=yes"));
    finding->title = report_title(self, finding, cluster);
    finding->summary = g_strdup_printf("cluster · %s errors%s",
                                       count,
                                       self->space->n_sampled_out > 0 ? " of those sampled" : "");
    finding->severity = report_severity(finding);
    if (self->set->clusters[cluster].n_leaves > 1)
        g_ptr_array_add(finding->notes,
                        g_strdup_printf("wordings=%u", self->set->clusters[cluster].n_leaves));
    if (self->words[cluster].tongue != NULL)
        g_ptr_array_add(finding->notes, g_strdup_printf("tongue=%s", self->words[cluster].tongue));
    if (self->space->n_sampled_out > 0)
        g_ptr_array_add(finding->notes, g_strdup("sampled=1"));
    g_ptr_array_add(finding->notes, g_strdup(self->space->is_text ? "of=texts" : "of=rows"));
    finding->figure = errata_clusters_map_new(self->space,
                                              self->set,
                                              cluster,
                                              self->ids[cluster],
                                              (const char *const *)self->names);
    report_add_examples(self, finding);
    report_suggest(self, finding, cluster);
    errata_case_add_finding(self->analysis->result, finding);
}

/**
 * errata_clusters_report:
 * @analysis: gets a finding and an entry per cluster, the ten largest at most
 * @space: the rows
 * @set: their clusters
 */
void
errata_clusters_report(ErrataAnalysis *analysis,
                       const ErrataClusterSpace *space,
                       const ErrataClusterSet *set)
{
    Report self = {.analysis = analysis, .space = space, .set = set};

    self.words = g_new0(ErrataClusterWords, (gsize)set->n_clusters + 1);
    report_order(&self);
    report_name_all(&self);
    if (space->is_text) {
        self.said = g_new0(ErrataClusterSaid, (gsize)set->n_clusters + 1);
        errata_clusters_count(analysis,
                              self.words,
                              set->n_clusters,
                              ERRATA_CLUSTERS_NAMED,
                              self.said);
    }
    for (guint i = 0; i < MIN(set->n_clusters, REPORT_CLUSTERS); i++) {
        g_autoptr(GArray) rows = report_rows(&self, self.order[i], ERRATA_CLUSTERS_NONE);

        report_add_entry(&self, self.order[i], rows);
        /* rows that neither a word nor a condition tells apart are no news to act on */
        if (self.words[self.order[i]].keywords->len > 0 ||
            self.words[self.order[i]].predicates->len > 0)
            report_add_finding(&self, self.order[i], rows);
    }
    for (guint32 c = 0; c < set->n_clusters; c++)
        errata_clusters_words_clear(&self.words[c]);
    g_strfreev(self.names);
    g_strfreev(self.ids);
    g_free(self.words);
    g_free(self.said);
    g_free(self.order);
}
