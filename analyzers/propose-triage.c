/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Triage of anomalies and change points: a language model names one cause of a closed list, and
 * each cause has a check that is run on the rows of the finding against all others. A cause whose
 * check does not hold is not shown. */
#include <math.h>
#include <string.h>

#include "causes.h"
#include "distances.h"
#include "interpret/prompt.h"
#include "interpret/role.h"
#include "json-reader.h"
#include "propose-private.h"
#include "tests.h"
#include "words.h"

#define TRIAGE_MAX       8     /* findings asked about, the gravest first */
#define TRIAGE_LEAST     20    /* rows on each side */
#define TRIAGE_P         0.001 /* before correction for the values of a column */
#define TRIAGE_TIMES     2.0
#define TRIAGE_DIFFERENT 0.05 /* points of share, at least */
#define TRIAGE_MIX       0.1  /* Jensen–Shannon, as for drift */
#define TRIAGE_TOLD      8    /* causes whose check holds that the model is told of */

typedef struct {
    ErrataAnalysis *analysis;
    const ErrataFinding *finding;
    GPtrArray *columns; /* (element-type utf8) */
    guint8 *in;         /* per row */
    ErrataProposal *made;
    double apart; /* of what was made: points of share, or the distance */
} Triage;

/* a cause whose check holds */
typedef struct {
    guint cause;
    const char *column; /* NULL: of none */
    double apart;
} TriageMeasured;

/* how often something holds among the rows and among the others */
typedef struct {
    double hits[2]; /* others, in */
    double n[2];
    double p;
} TriageShare;

typedef gboolean (*TriageCheck)(Triage *self, const ErrataBinColumn *column, GPtrArray *faults);

typedef struct {
    const char *nick;
    gboolean has_column;
    TriageCheck check;
} TriageCause;

static gboolean
triage_differs(TriageShare *share, double n_tried)
{
    double in = share->hits[1] / MAX(share->n[1], 1.0);
    double out = share->hits[0] / MAX(share->n[0], 1.0);

    share->p =
        errata_tests_two_proportions(share->hits[1], share->n[1], share->hits[0], share->n[0]);
    share->p = isnan(share->p) ? 1.0 : MIN(share->p * n_tried, 1.0);
    return in >= TRIAGE_TIMES * out && in - out >= TRIAGE_DIFFERENT && share->p < TRIAGE_P;
}

/* @what: "have no value of x"; the sentence and what was counted */
static gboolean
triage_keep(Triage *self, const TriageShare *share, const char *text, const char *what)
{
    double in = share->hits[1] / share->n[1];
    double out = share->hits[0] / MAX(share->n[0], 1.0);
    g_autofree char *in_words = errata_words_share(in, (double)NAN, (double)NAN);
    g_autofree char *out_words = errata_words_share(out, (double)NAN, (double)NAN);

    self->made = errata_proposal_new("triage", self->finding->id, text);
    self->made->check =
        g_strdup_printf("Of these rows %s %s; of the others, %s.", in_words, what, out_words);
    self->made->holds = TRUE;
    self->made->p = share->p;
    self->made->n = (guint64)(share->n[0] + share->n[1]);
    self->apart = in - out;
    return TRUE;
}

static gboolean
triage_refuse(GPtrArray *faults, const char *what)
{
    return errata_role_refuse(faults, "check", "the check does not hold: %s", what);
}

/* @flag: (array): 1 where it holds */
static gboolean
triage_flagged(Triage *self,
               const guint8 *flag,
               const char *text,
               const char *what,
               GPtrArray *faults)
{
    TriageShare share = {{0.0, 0.0}, {0.0, 0.0}, 1.0};

    for (gsize row = 0; flag != NULL && row < self->analysis->outcome->n_rows; row++) {
        share.hits[self->in[row]] += flag[row] != 0 ? 1.0 : 0.0;
        share.n[self->in[row]] += 1.0;
    }
    if (triage_differs(&share, 1.0))
        return triage_keep(self, &share, text, what);
    return triage_refuse(faults, "these rows are no more often so than the others");
}

static gboolean
triage_one_value(Triage *self, const ErrataBinColumn *column, GPtrArray *faults)
{
    double count[2][ERRATA_BINS_MISSING + 1] = {{0.0}};
    TriageShare share = {{0.0, 0.0}, {0.0, 0.0}, 1.0};
    g_autofree char *text = NULL;
    g_autofree char *what = NULL;
    guint best = 0;

    if (column->numeric || column->labels == NULL)
        return triage_refuse(faults, "the column holds no categories");
    for (gsize row = 0; row < self->analysis->bins->n_rows; row++) {
        count[self->in[row]][column->code[row]] += 1.0;
        share.n[self->in[row]] += 1.0;
    }
    for (guint code = 0; code < column->n_codes; code++) /* the pooled rest is no value */
        if (count[1][code] > count[1][best] && !(column->has_other && code + 1 == column->n_codes))
            best = code;
    share.hits[0] = count[0][best];
    share.hits[1] = count[1][best];
    if (!triage_differs(&share, MAX((double)column->n_codes, 1.0)))
        return triage_refuse(faults, "no value of the column is that much more frequent there");
    text = g_strdup_printf("these rows come from one value of %s.", column->name);
    what = g_strdup_printf("have %s = %s", column->name, column->labels[best]);
    return triage_keep(self, &share, text, what);
}

static gboolean
triage_missing(Triage *self, const ErrataBinColumn *column, GPtrArray *faults)
{
    g_autofree guint8 *flag = g_new0(guint8, self->analysis->bins->n_rows + 1);
    g_autofree char *text = g_strdup_printf("values of %s go missing.", column->name);
    g_autofree char *what = g_strdup_printf("have no %s", column->name);

    for (gsize row = 0; row < self->analysis->bins->n_rows; row++)
        flag[row] = column->code[row] == ERRATA_BINS_MISSING ? 1 : 0;
    return triage_flagged(self, flag, text, what, faults);
}

static gboolean
triage_mix(Triage *self, const ErrataBinColumn *column, GPtrArray *faults)
{
    guint64 count[2][ERRATA_BINS_MISSING] = {{0}};
    ErrataDistancesCategories apart;

    for (gsize row = 0; row < self->analysis->bins->n_rows; row++)
        if (column->code[row] != ERRATA_BINS_MISSING)
            count[self->in[row]][column->code[row]]++;
    apart = errata_distances_categories(count[0], count[1], column->n_codes);
    if (!(apart.js >= TRIAGE_MIX) || !(apart.p < TRIAGE_P))
        return triage_refuse(faults, "the column is distributed there as elsewhere");
    self->made = errata_proposal_new("triage", self->finding->id, NULL);
    self->made->text = g_strdup_printf("another mix of rows came in, by %s.", column->name);
    self->made->check = g_strdup_printf(
        "Its distribution there and elsewhere are %.2f apart (Jensen–Shannon, from 0 to 1).",
        apart.js);
    self->made->holds = TRUE;
    self->made->p = apart.p;
    self->apart = apart.js;
    for (guint code = 0; code < column->n_codes; code++)
        self->made->n += count[0][code] + count[1][code];
    return TRUE;
}

static gboolean
triage_repeated(Triage *self, const ErrataBinColumn *column, GPtrArray *faults)
{
    return triage_flagged(self,
                          self->analysis->outcome->duplicate,
                          "rows were sent twice.",
                          "are copies of earlier ones",
                          faults);
}

static gboolean
triage_data_bug(Triage *self, const ErrataBinColumn *column, GPtrArray *faults)
{
    g_autofree guint8 *hit = errata_causes_hit(self->analysis);

    return triage_flagged(self,
                          hit,
                          "a data bug that is listed on its own.",
                          "were falsified by one",
                          faults);
}

static gboolean
triage_labels(Triage *self, const ErrataBinColumn *column, GPtrArray *faults)
{
    g_autofree guint8 *flag = g_new0(guint8, self->analysis->outcome->n_rows + 1);

    for (gsize row = 0; row < self->analysis->outcome->n_rows; row++)
        flag[row] = self->analysis->outcome->judged[row] == 0 ? 1 : 0;
    return triage_flagged(self, flag, "labels are not there yet.", "have no label", faults);
}

static gboolean
triage_wrong_labels(Triage *self, const ErrataBinColumn *column, GPtrArray *faults)
{
    g_autofree guint8 *flag = g_new0(guint8, self->analysis->outcome->n_rows + 1);

    for (guint i = 0; i < self->analysis->result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis->result->findings, i);

        if (finding->kind == ERRATA_FINDING_LABEL_ISSUE && finding->row != NULL)
            for (gsize k = 0; k < finding->n_rows; k++)
                flag[finding->row[k]] = 1;
    }
    return triage_flagged(self, flag, "wrong labels.", "are suspected of a wrong label", faults);
}

static const TriageCause triage_causes[] = {
    {"one-value", TRUE, triage_one_value},
    {"missing-values", TRUE, triage_missing},
    {"traffic-mix", TRUE, triage_mix},
    {"repeated-rows", FALSE, triage_repeated},
    {"data-bug", FALSE, triage_data_bug},
    {"labels-late", FALSE, triage_labels},
    {"labels-wrong", FALSE, triage_wrong_labels},
};

/* what the finding is about cannot be its cause */
static gboolean
triage_is_own(const ErrataFinding *finding, const char *column)
{
    const char *series = finding->subject.series;
    gsize length = strlen(column);

    if (finding->subject.columns != NULL &&
        g_strv_contains((const char *const *)finding->subject.columns, column))
        return TRUE;
    series = series != NULL ? strchr(series, ':') : NULL;
    return series != NULL && strncmp(series + 1, column, length) == 0 &&
           (series[1 + length] == '\0' || series[1 + length] == '=');
}

static gboolean
triage_check(const char *answer, gpointer data, GPtrArray *faults)
{
    Triage *self = data;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(answer, 2, &root, faults);
    const char *cause = errata_json_reader_peek(object, "cause");
    const char *column = errata_json_reader_peek(object, "column");
    const ErrataBinColumn *bin = errata_propose_bin(self->analysis, column);

    if (object == NULL)
        return FALSE;
    if (cause == NULL || column == NULL)
        return errata_role_refuse(faults, "schema", "cause and column are wanted, both texts");
    if (strcmp(cause, "unknown") == 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(triage_causes); i++) {
        if (strcmp(cause, triage_causes[i].nick) != 0)
            continue;
        if (!triage_causes[i].has_column)
            return triage_causes[i].check(self, NULL, faults);
        if (bin == NULL ||
            !g_ptr_array_find_with_equal_func(self->columns, column, g_str_equal, NULL))
            return errata_role_refuse(faults, "name", "the column is none of those listed");
        if (triage_is_own(self->finding, column))
            return errata_role_refuse(faults,
                                      "circular",
                                      "the finding is about that column itself");
        return triage_causes[i].check(self, bin, faults);
    }
    return errata_role_refuse(faults, "schema", "the cause is none of the list");
}

static const ErrataLlmRole triage_role = {
    .name = "triage",
    .prompt = "triage.txt",
    .schema = "triage.schema.json",
    .reminder = "Answer with the JSON object only: one cause of the list, and a column or \"\".",
    .max_tokens = 120,
    .check = triage_check,
};

static gboolean
triage_wants(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    gsize n = analysis->outcome->n_rows;

    return (finding->kind == ERRATA_FINDING_ANOMALY ||
            finding->kind == ERRATA_FINDING_CHANGE_POINT) &&
           finding->row != NULL && finding->n_rows >= TRIAGE_LEAST &&
           finding->n_rows + TRIAGE_LEAST <= n && analysis->bins != NULL &&
           analysis->bins->n_rows == n;
}

static void
triage_try(Triage *self, guint cause, const ErrataBinColumn *column, GArray *measured)
{
    g_autoptr(GPtrArray) faults =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_grounding_fault_free);
    TriageMeasured one = {cause, column != NULL ? column->name : NULL, 0.0};

    if (!triage_causes[cause].check(self, column, faults))
        return;
    one.apart = self->apart;
    g_array_append_val(measured, one);
    g_clear_pointer(&self->made, errata_proposal_free);
}

/* causes of rows before causes of columns; then the plainest first */
static int
triage_compare_cb(gconstpointer a, gconstpointer b)
{
    const TriageMeasured *x = a;
    const TriageMeasured *y = b;

    if ((x->column == NULL) != (y->column == NULL))
        return x->column == NULL ? -1 : 1;
    if (x->apart < y->apart || x->apart > y->apart)
        return x->apart > y->apart ? -1 : 1;
    return (x->cause > y->cause) - (x->cause < y->cause);
}

/* who sees no rows cannot tell one cause from another: which checks hold is told, and no value of a
 * row */
static void
triage_tell_measured(Triage *self, GString *facts)
{
    g_autoptr(GArray) measured = g_array_new(FALSE, FALSE, sizeof(TriageMeasured));

    for (guint cause = 0; cause < G_N_ELEMENTS(triage_causes); cause++) {
        if (!triage_causes[cause].has_column)
            triage_try(self, cause, NULL, measured);
        for (guint i = 0; triage_causes[cause].has_column && i < self->columns->len; i++) {
            const char *name = g_ptr_array_index(self->columns, i);

            if (!triage_is_own(self->finding, name))
                triage_try(self, cause, errata_propose_bin(self->analysis, name), measured);
        }
    }
    g_array_sort(measured, triage_compare_cb);
    g_string_append(facts, "Checks that hold: cause | column | how far apart\n");
    for (guint i = 0; i < MIN(measured->len, TRIAGE_TOLD); i++) {
        const TriageMeasured *one = &g_array_index(measured, TriageMeasured, i);

        g_string_append_printf(facts,
                               "%s | %s | %.2f\n",
                               triage_causes[one->cause].nick,
                               one->column != NULL ? one->column : "-",
                               one->apart);
    }
    if (measured->len == 0)
        g_string_append(facts, "none | - | -\n");
}

static void
triage_ask(ErrataAnalysis *analysis, const ErrataFinding *finding, ErrataLlm *llm)
{
    g_autofree char *known = errata_prompt_facts(finding, analysis->result);
    g_autoptr(GString) facts = g_string_new(known);
    g_autoptr(GPtrArray) columns = errata_propose_columns(analysis, facts);
    g_autofree guint8 *in = g_new0(guint8, analysis->outcome->n_rows + 1);
    Triage self = {.analysis = analysis, .finding = finding, .columns = columns, .in = in};

    for (gsize i = 0; i < finding->n_rows; i++)
        in[finding->row[i]] = 1;
    triage_tell_measured(&self, facts);
    errata_role_run(&triage_role, facts->str, NULL, llm, analysis->result->llm, &self);
    if (self.made != NULL)
        g_ptr_array_add(analysis->result->proposals, self.made);
}

void
errata_propose_triage(ErrataAnalysis *analysis, ErrataLlm *llm)
{
    guint n = 0;

    for (guint i = 0; i < analysis->result->findings->len && n < TRIAGE_MAX; i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);

        if (analysis->result->llm->failure != NULL)
            return;
        if (!triage_wants(analysis, finding))
            continue;
        triage_ask(analysis, finding, llm);
        n++;
    }
}
