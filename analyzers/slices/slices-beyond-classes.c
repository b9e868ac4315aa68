/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What columns tell beyond the scores of several classes. Where these are noisy, predictions of a
 * class are wrong more often wherever a column makes that class less likely: range by range that
 * looks like as many slices of its predictions. So the label of each class is fitted by its own
 * probability and by the columns that tell it beyond that, and what is expected of a row is that
 * the class predicted of it is not its label. */
#include <math.h>
#include <string.h>

#include "parallel.h"
#include "slices-beyond-fit.h"

#define CLASSES_MOST   12   /* fitted: those predicted most */
#define CLASSES_LEAST  100  /* predictions of a class, of the discovery half */
#define CLASSES_SURE   4.5  /* standard errors that a coefficient must be: one of a few hundred */
#define CLASSES_EFFECT 0.15 /* log-odds per standard deviation of a column */
#define CLASSES_EVEN   1.0  /* times as much as by the best step, that a line must tell */
#define CLASSES_GAIN   0.02 /* of the loss by the scores alone, that columns must save … */
#define CLASSES_END    0.10 /* … and without so much of the weight at either end … */
#define CLASSES_SPREAD 0.22 /* … so much of that */
#define CLASSES_SMALL  1e-6 /* probabilities are at least */

/* what is said of the predictions of each row of a half */
typedef struct {
    double *alone;  /* that they are wrong, by their scores … */
    double *better; /* … and with columns */
} ClassesSaid;

typedef struct {
    const SlicesTable *table;
    guint n;
    int class[CLASSES_MOST];
    SlicesBeyondFit *fit;      /* of each */
    SlicesBeyondNormal *known; /* (nullable): of the columns, in the rows that all of them have */
    ErrataSideTerms terms[CLASSES_MOST];
    ErrataSideTerms score[CLASSES_MOST]; /* without columns */
} Classes;

typedef struct {
    double apart;  /* of what is said with columns, from that without, in log-odds */
    double weight; /* variance of an error */
    double saved;
} ClassesRow;

static const SlicesHalf *
classes_half(const SlicesTable *table, guint which)
{
    return which == 0 ? &table->discovery : &table->confirmation;
}

static gboolean
classes_can(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    return !table->exploratory && table->discovery.n_rows >= SLICES_BEYOND_LEAST &&
           outcome->task == ERRATA_TASK_MULTICLASS && outcome->probability != NULL &&
           outcome->predicted != NULL && outcome->truth != NULL;
}

/* whether a class that is predicted has a probability: 0 in all rows where none was logged */
static gboolean
classes_is_logged(const SlicesTable *table, guint class)
{
    const SlicesHalf *half = &table->discovery;

    for (gsize i = 0; i < half->n_rows; i++)
        if (table->analysis->outcome->probability[class][half->row[i]] > 0.0)
            return TRUE;
    return FALSE;
}

/* the classes that are predicted most; none where one of them was not logged, since what is said
 * of the others is of no whole then */
static void
classes_pick(Classes *self)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const SlicesHalf *half = &self->table->discovery;
    g_autofree gsize *count = g_new0(gsize, outcome->n_classes);

    for (gsize i = 0; i < half->n_rows; i++)
        count[outcome->predicted[half->row[i]]]++;
    while (self->n < CLASSES_MOST) {
        guint best = 0;

        for (guint c = 1; c < outcome->n_classes; c++)
            best = count[c] > count[best] ? c : best;
        if (count[best] < CLASSES_LEAST)
            break;
        if (!classes_is_logged(self->table, best)) {
            self->n = 0;
            return;
        }
        count[best] = 0;
        self->class[self->n++] = (int)best;
    }
}

static void
classes_gather_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Classes *self = data;

    for (gsize k = begin; k < end; k++) {
        SlicesBeyondFit *fit = &self->fit[k];

        fit->table = self->table;
        fit->class = self->class[k];
        fit->by = self->table->analysis->outcome->probability[fit->class];
        fit->sure = CLASSES_SURE;
        fit->effect = CLASSES_EFFECT;
        fit->even = CLASSES_EVEN;
        errata_slices_beyond_fit_gather(fit);
    }
}

static void
classes_find_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Classes *self = data;

    for (gsize k = begin; k < end; k++) {
        self->fit[k].known = self->known;
        errata_slices_beyond_fit_columns(&self->fit[k]);
    }
}

/* What tells one class tells the others, too, that it is taken for. */
static void
classes_share_columns(Classes *self, SlicesBeyondClasses *classes)
{
    for (guint k = 0; k < self->n; k++)
        for (guint i = 0; i < self->fit[k].set.n; i++) {
            gboolean taken = FALSE;

            for (guint c = 0; c < classes->n && !taken; c++)
                taken = classes->column[c] == self->fit[k].set.column[i];
            if (!taken && classes->n < SLICES_BEYOND_MAX)
                classes->column[classes->n++] = self->fit[k].set.column[i];
        }
    for (guint k = 0; k < self->n; k++)
        for (guint c = 0; c < classes->n; c++)
            errata_slices_beyond_fit_add(&self->fit[k], classes->column[c]);
}

static void
classes_fit_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Classes *self = data;

    for (gsize k = begin; k < end; k++) {
        self->terms[k] = errata_slices_beyond_fit_terms(&self->fit[k], G_MAXUINT);
        self->score[k] = self->terms[k];
        self->score[k].p = SLICES_BEYOND_BASE;
        errata_side_terms_fit(&self->terms[k]);
        errata_side_terms_fit(&self->score[k]);
    }
}

/* one half, whose rows are told in parallel */
typedef struct {
    const Classes *self;
    const SlicesBeyondClasses *classes;
    const SlicesHalf *half;
    const SlicesBeyondFit *fit[SLICES_BEYOND_MAX]; /* that has each of the columns … */
    guint at[SLICES_BEYOND_MAX];                   /* … and where in its set */
    ClassesSaid *said;
} ClassesHalf;

/* fits have the same rows, so a column has the same normal scores in all of them */
static void
classes_find_columns(ClassesHalf *half)
{
    for (guint c = 0; c < half->classes->n; c++)
        for (guint k = 0; k < half->self->n && half->fit[c] == NULL; k++)
            for (guint i = 0; i < half->self->fit[k].set.n; i++)
                if (half->self->fit[k].set.column[i] == half->classes->column[c]) {
                    half->fit[c] = &half->self->fit[k];
                    half->at[c] = i;
                }
}

/* the normal scores of the columns of a fit among those of all */
static void
classes_own_normals(const SlicesBeyondClasses *classes,
                    const SlicesBeyondFit *fit,
                    const double *value,
                    const double **ret_normal)
{
    for (guint i = 0; i < fit->set.n; i++)
        for (guint c = 0; c < classes->n; c++)
            if (classes->column[c] == fit->set.column[i])
                ret_normal[i] = value + c * SLICES_BEYOND_BLOCK;
}

static void
classes_say_block(const ClassesHalf *half, gsize begin, gsize n, double *value)
{
    const Classes *self = half->self;
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const guint32 *row = half->half->row + begin;
    double *right = half->said->better + begin, *by_score = half->said->alone + begin;
    double better[SLICES_BEYOND_BLOCK], alone[SLICES_BEYOND_BLOCK];
    double sum[SLICES_BEYOND_BLOCK] = {0}, sum_alone[SLICES_BEYOND_BLOCK] = {0};

    for (guint c = 0; c < half->classes->n; c++)
        errata_slices_beyond_fit_normals(half->fit[c],
                                         half->at[c],
                                         row,
                                         n,
                                         value + c * SLICES_BEYOND_BLOCK);
    for (gsize i = 0; i < n; i++) {
        double said = outcome->confidence != NULL ? outcome->confidence[row[i]] : 0.5;

        right[i] = by_score[i] = isnan(said) ? 0.5 : CLAMP(said, 0.0, 1.0);
    }
    for (guint k = 0; k < self->n; k++) {
        const double *normal[SLICES_BEYOND_MAX] = {NULL};

        classes_own_normals(half->classes, &self->fit[k], value, normal);
        errata_slices_beyond_fit_say(&self->fit[k],
                                     &self->terms[k],
                                     &self->score[k],
                                     row,
                                     n,
                                     normal,
                                     better,
                                     alone);
        for (gsize i = 0; i < n; i++) {
            gboolean own = outcome->predicted[row[i]] == self->class[k];

            sum[i] += better[i];
            sum_alone[i] += alone[i];
            right[i] = own ? better[i] : right[i];
            by_score[i] = own ? alone[i] : by_score[i];
        }
    }
    for (gsize i = 0; i < n; i++) {
        double p = right[i] / MAX(sum[i], right[i]);
        double q = by_score[i] / MAX(sum_alone[i], by_score[i]);

        right[i] = CLAMP(1.0 - p, CLASSES_SMALL, 1.0 - CLASSES_SMALL);
        by_score[i] = CLAMP(1.0 - q, CLASSES_SMALL, 1.0 - CLASSES_SMALL);
    }
}

static void
classes_say_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const ClassesHalf *half = data;
    g_autofree double *value = g_new(double, MAX(half->classes->n, 1) * SLICES_BEYOND_BLOCK);

    for (gsize at = begin; at < end; at += SLICES_BEYOND_BLOCK)
        classes_say_block(half, at, MIN(SLICES_BEYOND_BLOCK, end - at), value);
}

/* How likely the predictions of a half are wrong: what is said of each class, over what is said of
 * all. Of classes that are not fitted it is what was logged. */
static void
classes_say(const Classes *self,
            const SlicesBeyondClasses *classes,
            guint which,
            ClassesSaid *ret_said)
{
    ClassesHalf half = {.self = self,
                        .classes = classes,
                        .half = classes_half(self->table, which),
                        .said = ret_said};

    classes_find_columns(&half);
    ret_said->better = g_new(double, MAX(half.half->n_rows, 1));
    ret_said->alone = g_new(double, MAX(half.half->n_rows, 1));
    errata_parallel_for(half.half->n_rows, 8 * SLICES_BEYOND_BLOCK, classes_say_cb, &half);
}

static int
classes_compare_cb(gconstpointer a, gconstpointer b)
{
    const ClassesRow *x = a;
    const ClassesRow *y = b;

    return (x->apart > y->apart) - (x->apart < y->apart);
}

static double
classes_odds(double p)
{
    return log(p / (1.0 - p));
}

/* On the confirmation half: whether columns save enough of the loss that is left by the scores
 * alone, as noise of the scores would have it: over all rows. In order of how far the two are
 * apart, 0.35 of what is saved lies between the outer tenths where that is normal: ∫ z² φ(z) dz
 * within ±1.28. Where scores of a group say nothing, or those of another class, columns tell that,
 * too; nearly all that they save lies then where the two are farthest apart: that is a slice. */
static gboolean
classes_save(const Classes *self, const ClassesSaid *said)
{
    const SlicesHalf *half = &self->table->confirmation;
    g_autofree ClassesRow *row = g_new(ClassesRow, MAX(half->n_rows, 1));
    double weight = 0.0, all = 0.0, gain = 0.0, square = 0.0, before = 0.0, inner = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        gboolean error = self->table->analysis->outcome->error[half->row[i]] != 0;
        double p = 0.5 * (said->alone[i] + said->better[i]);
        double loss = -log(error ? said->alone[i] : 1.0 - said->alone[i]);

        row[i] = (ClassesRow){
            .apart = classes_odds(said->better[i]) - classes_odds(said->alone[i]),
            .weight = p * (1.0 - p),
            .saved = loss + log(error ? said->better[i] : 1.0 - said->better[i]),
        };
        weight += row[i].weight;
        all += loss;
        gain += row[i].saved;
        square += row[i].saved * row[i].saved;
    }
    qsort(row, half->n_rows, sizeof(*row), classes_compare_cb);
    for (gsize i = 0; i < half->n_rows; i++) {
        before += row[i].weight;
        if (before > CLASSES_END * weight && before <= (1.0 - CLASSES_END) * weight)
            inner += row[i].saved;
    }
    return gain >= CLASSES_GAIN * all && gain >= SLICES_BEYOND_SURE * sqrt(square) &&
           inner >= CLASSES_SPREAD * gain;
}

/**
 * errata_slices_beyond_classes_new:
 * @table: a table with its columns and rows
 *
 * Fitted on the discovery half, tried on the other. Complexity: 20,000 rows × columns for each of
 * at most 12 classes, and once over all rows.
 *
 * Returns: (transfer full) (nullable): of several classes, what numbers tell beyond the scores;
 *   %NULL where nothing is found
 */
SlicesBeyondClasses *
errata_slices_beyond_classes_new(const SlicesTable *table)
{
    Classes self = {.table = table};
    ClassesSaid said[2] = {{NULL, NULL}, {NULL, NULL}};
    g_autoptr(SlicesBeyondClasses) classes = NULL;
    gboolean holds = FALSE;

    if (!classes_can(table))
        return NULL;
    classes_pick(&self);
    self.fit = g_new0(SlicesBeyondFit, CLASSES_MOST);
    errata_parallel_for(self.n, 1, classes_gather_cb, &self);
    if (self.n > 0)
        self.known = errata_slices_beyond_fit_know(&self.fit[0]);
    errata_parallel_for(self.n, 1, classes_find_cb, &self);
    classes = g_new0(SlicesBeyondClasses, 1);
    classes_share_columns(&self, classes);
    if (classes->n > 0) {
        errata_parallel_for(self.n, 1, classes_fit_cb, &self);
        for (guint h = 0; h < 2; h++)
            classes_say(&self, classes, h, &said[h]);
        holds = classes_save(&self, &said[1]);
    }
    for (guint k = 0; k < self.n; k++)
        errata_slices_beyond_fit_clear(&self.fit[k]);
    for (guint c = 0; self.known != NULL && c < table->n_columns; c++)
        g_free(self.known[c].term);
    g_free(self.known);
    g_free(self.fit);
    for (guint h = 0; h < 2; h++) {
        classes->expected[h] = said[h].better;
        g_free(said[h].alone);
    }
    return holds ? g_steal_pointer(&classes) : NULL;
}

void
errata_slices_beyond_classes_free(SlicesBeyondClasses *self)
{
    if (self == NULL)
        return;
    g_free(self->expected[0]);
    g_free(self->expected[1]);
    g_free(self);
}
