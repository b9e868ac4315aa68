/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outputs and labels that are wrong for a while though the model was not: scores of the other class
 * (1 − s, which contradict the predictions logged beside them), and labels the other way round
 * (which contradict both as often as they agree elsewhere; data-bugs-turned.c tells them from
 * predictions). The window is the one in which two columns contradict each other most surely,
 * against the rest of the log. */
#include <math.h>
#include <string.h>

#include "data-bugs.h"
#include "design-effect.h"
#include "tests.h"

#define SCORE_BLOCKS 50
#define SCORE_LEAST  50    /* rows of a window */
#define SCORE_LONG   0.5   /* of the rows, at most */
#define SCORE_FLOOR  0.005 /* least share of contradictions elsewhere */
#define SCORE_MOST   0.35  /* elsewhere: more often, and being the other way round is no news */
#define SCORE_MIRROR \
    0.08              /* by which the share inside may differ from the one that mirrors the rest */
#define SCORE_CLASS 8 /* rows of either class in a window */
#define SCORE_HALF  0.5 /* of them that contradict */
#define SCORE_P     1e-6

typedef struct {
    ErrataDataBugs *bugs;
    const guint8 *state; /* per place: 0 agree, 1 contradict, 2 no word */
    gsize n_rows;
    gsize from;
    gsize to;
    double inside;
    double outside;
    double p;
} ScoreWindow;

/* median share of contradictions over blocks of the log */
static double
score_usual(const guint8 *state, gsize n_rows)
{
    double share[SCORE_BLOCKS] = {0.0};

    for (guint b = 0; b < SCORE_BLOCKS; b++) {
        gsize n = 0;
        guint at = b;
        double value = 0.0;

        for (gsize i = n_rows * b / SCORE_BLOCKS; i < n_rows * (b + 1) / SCORE_BLOCKS; i++) {
            n += state[i] < 2 ? 1 : 0;
            value += state[i] == 1 ? 1.0 : 0.0;
        }
        value /= (double)MAX(n, 1);
        for (; at > 0 && share[at - 1] > value; at--)
            share[at] = share[at - 1];
        share[at] = value;
    }
    return share[SCORE_BLOCKS / 2];
}

/* the window that is likeliest to be the other way round, Kadane's way */
static void
score_scan(ScoreWindow *self, double usual)
{
    double step = log((1.0 - usual) / usual);
    double sum = 0.0, most = 0.0;
    gsize begin = 0;

    for (gsize i = 0; i < self->n_rows; i++) {
        if (self->state[i] == 2)
            continue;
        if (!(sum > 0.0)) {
            sum = 0.0;
            begin = i;
        }
        sum += self->state[i] == 1 ? step : -step;
        if (sum > most) {
            most = sum;
            self->from = begin;
            self->to = i + 1;
        }
    }
}

/* rows that belong together contradict together: a customer of whom all is wrong is no window. How
 * much a row tells, as part of an independent one, outside and inside */
static void
score_worth(const ScoreWindow *self, double worth[2])
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    g_autofree double *contradicts = NULL;
    double effect, alike;

    if (outcome->entity == NULL)
        return;
    contradicts = g_new(double, self->n_rows + 1);
    for (gsize i = 0; i < self->n_rows; i++)
        contradicts[outcome->order[i]] = self->state[i] < 2 ? self->state[i] : (double)NAN;
    effect =
        errata_design_effect(outcome->entity, outcome->n_entities, contradicts, NULL, self->n_rows);
    alike = errata_design_alike(
        effect,
        errata_design_size(outcome->entity, outcome->n_entities, contradicts, NULL, self->n_rows));
    worth[0] = 1.0 / effect;
    worth[1] = 1.0 / (1.0 + alike * (errata_design_size(outcome->entity,
                                                        outcome->n_entities,
                                                        contradicts,
                                                        outcome->order + self->from,
                                                        self->to - self->from) -
                                     1.0));
}

/* whether the window is the mirror of the rest */
static gboolean
score_is_mirrored(ScoreWindow *self)
{
    guint64 count[2][2] = {{0}}; /* inside, contradict */
    double n_inside, n_outside, n = (double)self->n_rows;
    double worth[2] = {1.0, 1.0}; /* of a row, in independent ones: outside, inside */

    for (gsize i = 0; i < self->n_rows; i++)
        if (self->state[i] < 2)
            count[i >= self->from && i < self->to ? 1 : 0][self->state[i]]++;
    n_inside = (double)(count[1][0] + count[1][1]);
    n_outside = (double)(count[0][0] + count[0][1]);
    if (n_inside < SCORE_LEAST || n_outside < n_inside ||
        (double)(self->to - self->from) > SCORE_LONG * n)
        return FALSE;
    self->inside = (double)count[1][1] / n_inside;
    self->outside = (double)count[0][1] / n_outside;
    score_worth(self, worth);
    self->p = errata_tests_two_by_two((guint64)floor((double)count[1][1] * worth[1]),
                                      (guint64)ceil((double)count[1][0] * worth[1]),
                                      (guint64)ceil((double)count[0][1] * worth[0]),
                                      (guint64)floor((double)count[0][0] * worth[0]),
                                      NULL,
                                      NULL);
    self->p = MIN(self->p * n * n / 2.0, 1.0);
    return self->p < SCORE_P && self->outside <= SCORE_MOST &&
           fabs(self->inside - (1.0 - self->outside)) <= SCORE_MIRROR;
}

/* whether rows of either class contradict in the window: in a log sorted by its labels, all of one
 * may */
static gboolean
score_is_of_both(const ScoreWindow *self, const gint32 *class_of)
{
    const ErrataOutcome *outcome = self->bugs->analysis->outcome;
    gsize n[2] = {0, 0}, n_contradict[2] = {0, 0};

    for (gsize i = self->from; i < self->to; i++) {
        guint positive = class_of[outcome->order[i]] == outcome->positive ? 1 : 0;

        n[positive] += self->state[i] < 2 ? 1 : 0;
        n_contradict[positive] += self->state[i] == 1 ? 1 : 0;
    }
    for (guint k = 0; k < 2; k++)
        if (n[k] < SCORE_CLASS || (double)n_contradict[k] < SCORE_HALF * (double)n[k])
            return FALSE;
    return TRUE;
}

static gboolean
score_find(ScoreWindow *self, const gint32 *class_of)
{
    double usual = score_usual(self->state, self->n_rows);

    if (usual > SCORE_MOST)
        return FALSE;
    score_scan(self, MAX(usual, SCORE_FLOOR));
    return self->to > self->from && score_is_mirrored(self) && score_is_of_both(self, class_of);
}

static ErrataDataBug *
score_add(ErrataDataBugs *self, const char *bug, int column, gsize from, gsize to)
{
    ErrataDataBug *added = errata_data_bugs_add(self, bug, column);

    errata_data_bugs_window(self, added, from, to, NULL, NULL);
    added->small = added->n_rows < SCORE_LEAST;
    added->set_aside = TRUE;
    return added;
}

/* per place whether two decisions contradict each other; @score (nullable) stands for the first */
static guint8 *
score_states(const ErrataAnalysis *analysis, const gint32 *a, const gint32 *b, const double *score)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double cut = isnan(analysis->schema->threshold) ? 0.5 : analysis->schema->threshold;
    guint8 *state = g_new(guint8, outcome->n_rows + 1);

    for (gsize i = 0; i < outcome->n_rows; i++) {
        guint32 row = outcome->order[i];
        gint32 first = a != NULL ? a[row] : -1;

        if (a == NULL && !isnan(score[row]))
            first = score[row] >= cut ? outcome->positive : 1 - outcome->positive;
        state[i] = first < 0 || b[row] < 0 || errata_outcome_is_copy(outcome, row) ? 2
                   : first != b[row]                                               ? 1
                                                                                   : 0;
    }
    return state;
}

static void
score_tell_inverted(ErrataDataBugs *self, const ScoreWindow *window, int column)
{
    const char *name = self->analysis->frame->columns[column]->name;
    ErrataDataBug *bug = score_add(self, "unit-change", column, window->from, window->to);
    g_autofree char *when = errata_data_bugs_when(self, window->from, window->to);
    g_autofree char *count = errata_data_bugs_count(bug->n_rows);

    bug->p = window->p;
    bug->test = "contradictions inside and outside, all windows counted";
    bug->before = window->outside;
    bug->after = window->inside;
    bug->title = g_strdup_printf("%s arrives as 1 − %s %s, in %s rows", name, name, when, count);
    bug->action =
        g_strdup_printf("Take 1 − %s in these rows, and check that score and prediction are "
                        "logged of the same class",
                        name);
}

static char *
score_turned_title(ErrataDataBugsTurned turned, const char *label, const char *output)
{
    switch (turned) {
    case ERRATA_DATA_BUGS_TURNED_LABELS:
        return g_strdup_printf("The labels of %s are", label);
    case ERRATA_DATA_BUGS_TURNED_OUTPUTS:
        return g_strdup_printf("The predictions of %s are", output);
    case ERRATA_DATA_BUGS_TURNED_NONE:
    case ERRATA_DATA_BUGS_TURNED_EITHER:
        break;
    }
    return g_strdup_printf("The labels of %s or the predictions of %s are", label, output);
}

static char *
score_turned_action(ErrataDataBugsTurned turned, const char *label, const char *output)
{
    switch (turned) {
    case ERRATA_DATA_BUGS_TURNED_LABELS:
        return g_strdup_printf(
            "Ask how the labels of %s were made in these rows: put them right if they are "
            "the other way round, train again if the world is",
            label);
    case ERRATA_DATA_BUGS_TURNED_OUTPUTS:
        return g_strdup_printf("Find what turned %s round in these rows, between the model and "
                               "the log or in the model's own file, and put it right",
                               output);
    case ERRATA_DATA_BUGS_TURNED_NONE:
    case ERRATA_DATA_BUGS_TURNED_EITHER:
        break;
    }
    return g_strdup_printf("Look at some of these rows: put the labels of %s right if they are "
                           "the other way round, else find what made %s so",
                           label,
                           output);
}

static void
score_tell_turned(ErrataDataBugs *self, const ScoreWindow *window)
{
    const ErrataSchema *schema = self->analysis->schema;
    const char *label = self->analysis->frame->columns[schema->label]->name;
    const char *output = self->analysis->frame->columns[schema->prediction]->name;
    double of_label, of_output;
    ErrataDataBugsTurned turned =
        errata_data_bugs_turned(self, window->from, window->to, &of_label, &of_output);
    gboolean is_output = turned == ERRATA_DATA_BUGS_TURNED_OUTPUTS;
    g_autofree char *title = score_turned_title(turned, label, output);
    g_autofree char *when = errata_data_bugs_when(self, window->from, window->to);
    g_autofree char *count = NULL;
    ErrataDataBug *bug;

    if (turned == ERRATA_DATA_BUGS_TURNED_NONE)
        return;
    bug = score_add(self,
                    "encoding-change",
                    is_output ? schema->prediction : schema->label,
                    window->from,
                    window->to);
    count = errata_data_bugs_count(bug->n_rows);
    bug->p = window->p;
    bug->test = "contradictions inside and outside, all windows counted";
    bug->turned_label = of_label;
    bug->turned_output = of_output;
    bug->title = g_strdup_printf("%s the other way round %s, in %s rows", title, when, count);
    bug->action = score_turned_action(turned, label, output);
}

/**
 * errata_data_bugs_score:
 * @self: what was found so far
 *
 * Scores of the other class, and labels the other way round, for a while. Linear in the rows.
 */
void
errata_data_bugs_score(ErrataDataBugs *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    const ErrataSchema *schema = analysis->schema;
    ScoreWindow window = {.bugs = self, .n_rows = outcome->n_rows};
    g_autofree guint8 *state = NULL;

    if (outcome->task != ERRATA_TASK_BINARY || schema->prediction < 0 ||
        outcome->predicted == NULL || outcome->n_rows < 2 * SCORE_BLOCKS)
        return;
    if (outcome->score != NULL && schema->score >= 0) {
        self->n_tried++;
        state = score_states(analysis, NULL, outcome->predicted, outcome->score);
        window.state = state;
        if (score_find(&window, outcome->predicted)) {
            score_tell_inverted(self, &window, schema->score);
            return;
        }
    }
    if (outcome->truth == NULL || schema->label < 0)
        return;
    self->n_tried++;
    g_free(state);
    state = score_states(analysis, outcome->predicted, outcome->truth, NULL);
    window.state = state;
    window.from = window.to = 0;
    if (score_find(&window, outcome->truth))
        score_tell_turned(self, &window);
}
