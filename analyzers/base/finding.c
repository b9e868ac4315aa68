/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "finding.h"

#include <math.h>
#include <string.h>

#include "gain.h"
#include "number.h"
#include "spoken.h"

static const char *const kind_nicks[] = {"slice",
                                         "cluster",
                                         "label-issue",
                                         "anomaly",
                                         "drift",
                                         "change-point",
                                         "data-bug",
                                         "leakage",
                                         "calibration",
                                         "fairness",
                                         "threshold",
                                         "performance",
                                         "model-file"};
/* one name of a kind for readers, on pages, in the terminal and in answers */
static const char *const kind_names[] = {"slice",
                                         "cluster",
                                         "label issue",
                                         "anomaly",
                                         "drift",
                                         "change point",
                                         "data bug",
                                         "leakage",
                                         "calibration",
                                         "fairness",
                                         "threshold",
                                         "performance",
                                         "model file"};
static const char *const severity_nicks[] = {"info", "low", "medium", "high", "critical"};
static const char *const op_nicks[] =
    {"==", "in", "not in", "<", "<=", ">", ">=", "between", "is_missing", "contains"};

static gboolean
finding_parse_nick(const char *const *nicks, guint n, const char *nick, guint *ret_index)
{
    for (guint i = 0; i < n; i++)
        if (g_strcmp0(nick, nicks[i]) == 0) {
            *ret_index = i;
            return TRUE;
        }
    return FALSE;
}

/* Returns: whether it was looked for on some rows and confirmed on others: what is wrong with a
 * column or with all rows is measured on all */
gboolean
errata_finding_is_held_out(const ErrataFinding *self)
{
    return self->confirmed &&
           (self->kind == ERRATA_FINDING_SLICE || self->kind == ERRATA_FINDING_CLUSTER);
}

/* Returns: (transfer none): as readers have it, e.g. “data bug” */
const char *
errata_finding_kind_say(ErrataFindingKind kind)
{
    return kind_names[kind];
}

const char *
errata_finding_kind_nick(ErrataFindingKind kind)
{
    return kind_nicks[kind];
}

gboolean
errata_finding_kind_parse(const char *nick, ErrataFindingKind *ret_kind)
{
    guint index;

    if (!finding_parse_nick(kind_nicks, G_N_ELEMENTS(kind_nicks), nick, &index))
        return FALSE;
    *ret_kind = (ErrataFindingKind)index;
    return TRUE;
}

const char *
errata_severity_nick(ErrataSeverity severity)
{
    return severity_nicks[severity];
}

gboolean
errata_severity_parse(const char *nick, ErrataSeverity *ret_severity)
{
    guint index;

    if (!finding_parse_nick(severity_nicks, G_N_ELEMENTS(severity_nicks), nick, &index))
        return FALSE;
    *ret_severity = (ErrataSeverity)index;
    return TRUE;
}

const char *
errata_op_nick(ErrataOp op)
{
    return op_nicks[op];
}

gboolean
errata_op_parse(const char *nick, ErrataOp *ret_op)
{
    guint index;

    if (!finding_parse_nick(op_nicks, G_N_ELEMENTS(op_nicks), nick, &index))
        return FALSE;
    *ret_op = (ErrataOp)index;
    return TRUE;
}

ErrataPredicate *
errata_predicate_new(const char *column, ErrataOp op)
{
    ErrataPredicate *self = g_new0(ErrataPredicate, 1);

    self->column = g_strdup(column);
    self->op = op;
    self->number = self->upper = (double)NAN;
    return self;
}

/* conditions and their values, of the caller */
ErrataPredicate *
errata_predicate_copy(const ErrataPredicate *self)
{
    ErrataPredicate *copy = errata_predicate_new(self->column, self->op);

    g_strfreev(copy->values);
    copy->values = g_strdupv(self->values);
    copy->number = self->number;
    copy->upper = self->upper;
    return copy;
}

void
errata_predicate_free(ErrataPredicate *self)
{
    if (self == NULL)
        return;
    g_free(self->column);
    g_strfreev(self->values);
    g_free(self);
}

/**
 * errata_predicate_describe:
 * @self: a predicate
 *
 * Returns: (transfer full): the predicate in words, names and values as in the data
 */
char *
errata_predicate_describe(const ErrataPredicate *self)
{
    g_autofree char *number = NULL;
    g_autofree char *upper = NULL;
    g_autofree char *list = self->values != NULL
                                ? errata_spoken_values((const char *const *)self->values, " or ")
                                : NULL;

    errata_spoken_ends(self->column, self->number, self->upper, &number, &upper);
    switch (self->op) {
    case ERRATA_OP_EQ:
        return g_strdup_printf("%s is %s", self->column, list != NULL ? list : number);
    case ERRATA_OP_IN:
        return g_strdup_printf("%s is %s", self->column, list);
    case ERRATA_OP_NOT_IN:
        return g_strdup_printf("%s is not %s", self->column, list);
    case ERRATA_OP_LT:
        return g_strdup_printf("%s < %s", self->column, number);
    case ERRATA_OP_LE:
        return g_strdup_printf("%s ≤ %s", self->column, number);
    case ERRATA_OP_GT:
        return g_strdup_printf("%s > %s", self->column, number);
    case ERRATA_OP_GE:
        return g_strdup_printf("%s ≥ %s", self->column, number);
    case ERRATA_OP_BETWEEN:
        return g_strdup_printf("%s from %s to under %s", self->column, number, upper);
    case ERRATA_OP_IS_MISSING:
        return g_strdup_printf("%s is missing", self->column);
    case ERRATA_OP_CONTAINS:
        return g_strdup_printf("%s contains “%s”", self->column, list);
    }
    g_return_val_if_reached(NULL);
}

static void
finding_share_free(gpointer data)
{
    ErrataShare *share = data;

    g_free(share->value);
    g_free(share);
}

static void
finding_suggestion_free(gpointer data)
{
    ErrataSuggestion *suggestion = data;

    g_free(suggestion->action);
    g_free(suggestion->text);
    g_free(suggestion->cost);
    g_free(suggestion->metric);
    g_free(suggestion->method);
    g_free(suggestion);
}

static void
finding_subject_init(ErrataSubject *subject)
{
    subject->predicates = g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
    subject->groups = g_ptr_array_new_with_free_func(finding_share_free);
    subject->because = g_ptr_array_new_with_free_func(finding_share_free);
    subject->statistic = subject->p = subject->share_of_loss = (double)NAN;
    subject->before = subject->after = subject->factor = (double)NAN;
    subject->ratio = subject->difference = subject->current = subject->best = (double)NAN;
    subject->metric_from = subject->metric_to = (double)NAN;
}

static void
finding_subject_clear(ErrataSubject *subject)
{
    g_ptr_array_unref(subject->predicates);
    g_ptr_array_unref(subject->groups);
    g_ptr_array_unref(subject->because);
    g_strfreev(subject->columns);
    g_free(subject->cluster);
    g_free(subject->column);
    g_free(subject->given);
    g_free(subject->suggested);
    g_free(subject->test);
    g_free(subject->series);
    g_free(subject->bug);
    g_free(subject->direction);
    g_free(subject->metric);
    g_free(subject->objective);
    g_free(subject->file);
    g_free(subject->problem);
}

/**
 * errata_finding_new:
 * @kind: its kind
 * @title: headline in words
 *
 * Returns: (transfer full): a finding of severity `info`, without numbers
 */
ErrataFinding *
errata_finding_new(ErrataFindingKind kind, const char *title)
{
    ErrataFinding *self = g_new0(ErrataFinding, 1);

    self->kind = kind;
    self->severity = ERRATA_SEVERITY_INFO;
    self->title = g_strdup(title);
    finding_subject_init(&self->subject);
    self->share_of_errors = self->excess_errors = self->share_of_rows = self->delta = (double)NAN;
    self->evidence = g_ptr_array_new_with_free_func((GDestroyNotify)errata_evidence_free);
    self->notes = g_ptr_array_new_with_free_func(g_free);
    self->hypotheses = g_ptr_array_new_with_free_func(g_free);
    self->citations = g_ptr_array_new_with_free_func(g_free);
    self->suggestions = g_ptr_array_new_with_free_func(finding_suggestion_free);
    return self;
}

void
errata_finding_free(ErrataFinding *self)
{
    if (self == NULL)
        return;
    finding_subject_clear(&self->subject);
    g_free(self->id);
    g_free(self->title);
    g_free(self->summary);
    g_free(self->metric);
    g_free(self->row);
    g_free(self->row_score);
    g_strfreev(self->sample_ids);
    g_ptr_array_unref(self->evidence);
    errata_figure_free(self->figure);
    errata_table_free(self->examples);
    g_strfreev(self->undo);
    g_ptr_array_unref(self->notes);
    g_free(self->rationale);
    g_ptr_array_unref(self->hypotheses);
    g_ptr_array_unref(self->citations);
    g_ptr_array_unref(self->suggestions);
    g_free(self);
}

ErrataEvidence *
errata_finding_add(ErrataFinding *self, ErrataEvidence *evidence)
{
    g_ptr_array_add(self->evidence, evidence);
    return evidence;
}

/**
 * errata_finding_evidence:
 * @self: a finding
 * @key: a key from the list in finding.h
 *
 * Returns: (transfer none) (nullable): the first evidence with that key
 */
const ErrataEvidence *
errata_finding_evidence(const ErrataFinding *self, const char *key)
{
    for (guint i = 0; i < self->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(self->evidence, i);

        if (g_strcmp0(evidence->key, key) == 0)
            return evidence;
    }
    return NULL;
}

/**
 * errata_finding_note:
 * @self: a finding
 * @key: key of a note
 *
 * Returns: (transfer none) (nullable): the value of the first note `key=value`
 */
const char *
errata_finding_note(const ErrataFinding *self, const char *key)
{
    gsize length = strlen(key);

    for (guint i = 0; i < self->notes->len; i++) {
        const char *note = g_ptr_array_index(self->notes, i);

        if (strncmp(note, key, length) == 0 && note[length] == '=')
            return note + length + 1;
    }
    return NULL;
}

/**
 * errata_finding_suggest:
 * @self: a finding
 * @action: from the closed list
 * @text: imperative and concrete
 *
 * Returns: (transfer none): the suggestion, without a gain, for more to be set
 */
ErrataSuggestion *
errata_finding_suggest(ErrataFinding *self, const char *action, const char *text)
{
    ErrataSuggestion *suggestion = g_new0(ErrataSuggestion, 1);

    suggestion->action = g_strdup(action);
    suggestion->text = g_strdup(text);
    suggestion->from = suggestion->to = suggestion->lo = suggestion->hi = (double)NAN;
    g_ptr_array_add(self->suggestions, suggestion);
    return suggestion;
}

/* no more than the finding itself says that there is to gain: the rest is that of others with the
 * same remedy */
static void
finding_cap_gain(const ErrataFinding *self, ErrataSuggestion *suggestion)
{
    double own = fabs(self->delta);
    double gain = fabs(suggestion->to - suggestion->from);

    if (g_strcmp0(self->metric, suggestion->metric) != 0 || !(own > 0.0) || !(gain > own))
        return;
    suggestion->to = suggestion->from + (suggestion->to - suggestion->from) * own / gain;
    suggestion->lo *= own / gain;
    suggestion->hi *= own / gain;
    suggestion->upper_bound = TRUE;
    g_free(suggestion->method);
    suggestion->method = g_strdup(
        "of what the remedy of the finding that it comes from gains, no more than this one costs");
}

ErrataSuggestion *
errata_finding_copy_suggestion(ErrataFinding *self, const ErrataSuggestion *from)
{
    ErrataSuggestion *copy = errata_finding_suggest(self, from->action, from->text);

    copy->cost = g_strdup(from->cost);
    copy->metric = g_strdup(from->metric);
    copy->method = g_strdup(from->method);
    copy->from = from->from;
    copy->to = from->to;
    copy->lo = from->lo;
    copy->hi = from->hi;
    copy->upper_bound = from->upper_bound;
    finding_cap_gain(self, copy);
    return copy;
}

ErrataEvidence *
errata_finding_point(ErrataFinding *self,
                     const ErrataFinding *source,
                     const char *what,
                     double part)
{
    ErrataEvidence *evidence = errata_finding_add(
        self,
        errata_evidence_new("comes_from", what, part, ERRATA_UNIT_SHARE, source->n_rows));

    evidence->text = g_strdup(source->title); /* its number is not known yet */
    self->severity = MIN(self->severity, ERRATA_SEVERITY_LOW);
    self->rank = 0.0;
    g_ptr_array_add(self->notes, g_strdup("told=another finding"));
    if (source->suggestions->len == 0)
        return evidence;
    g_ptr_array_set_size(self->suggestions, 0);
    errata_finding_copy_suggestion(self, g_ptr_array_index(source->suggestions, 0));
    return evidence;
}

/**
 * errata_suggestion_size:
 * @self: a suggestion
 *
 * By how much things would get better, for putting suggestions in order: points of a metric of
 * which more is better, the part of one of which less is; for an upper bound, what is sure of it.
 *
 * Returns: the size; −∞ without a gain
 */
double
errata_suggestion_size(const ErrataSuggestion *self)
{
    double gain = self->to - self->from;
    gboolean lower = errata_gain_is_loss(self->metric);

    if (self->metric == NULL || !isfinite(gain))
        return -(double)INFINITY;
    gain = lower ? -gain : gain;
    if (self->upper_bound && isfinite(self->lo))
        gain = self->lo;
    return lower && self->from > 0.0 ? gain / self->from : gain;
}

/**
 * errata_suggestion_leaves:
 * @self: a suggestion
 *
 * Returns: whether it leaves rows to a person: its gain is one of the rest, and stands behind
 * others
 */
gboolean
errata_suggestion_leaves(const ErrataSuggestion *self)
{
    return g_strcmp0(self->action, "abstain-route") == 0;
}

ErrataSeverity
errata_severity_from_impact(double share, double points)
{
    if (share >= 0.20 || points >= 0.02)
        return ERRATA_SEVERITY_CRITICAL;
    if (share >= 0.10 || points >= 0.01)
        return ERRATA_SEVERITY_HIGH;
    if (share >= 0.03 || points >= 0.003)
        return ERRATA_SEVERITY_MEDIUM;
    return ERRATA_SEVERITY_LOW;
}
