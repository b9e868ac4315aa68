/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why wrong: what pushes the loss of errors above that of correct rows with the same label that the
 * model was as sure of, over all errors, over those of each slice and of each way of being wrong.
 * METHODS e11. */
#include <math.h>

#include "attribution-private.h"
#include "parallel.h"
#include "precision.h"
#include "rows.h"
#include "sign-flips.h"
#include "sum.h"
#include "tests.h"

#define LOSS_FEW   20 /* pairs under which a slice is not asked */
#define LOSS_FIRST 8  /* features that a slice is asked for, by what they push */
#define LOSS_TOLD  3
#define LOSS_PART  0.08 /* of the whole difference that is worth being told */
#define LOSS_ALPHA 0.01
#define LOSS_Z     1.96

/* the paired difference of one feature's share of the loss */
typedef struct {
    guint feature;
    gsize n;
    AttributionPush by;
    double elsewhere; /* mean over the pairs left out, or NaN */
} Push;

/* one of each of a model's features */
typedef struct {
    const Attribution *attribution;
    const ErrataRows *rows; /* the pairs whose error is among them, all where NULL */
    const guint *
        block; /* per pair: rows of one entity are flipped together, and say less than as many others */
    guint64 draws;
    Push *push;
} Pushes;

/* what the pairs of one block differ by */
typedef struct {
    double sum;
    double n;
} Block;

static double
loss_difference(const ErrataModelUse *use, gsize pair, guint feature)
{
    gsize place = pair * ((gsize)use->n_features + 1) + feature;

    return use->loss_of_error[place] - use->loss_of_correct[place];
}

/* the mean of matched pairs' differences, its standard error and the chance of as large a one;
 * pairs of one block are taken together. Without two blocks the mean is NaN */
AttributionPush
attribution_push(const double *difference, const guint *block, gsize n, guint64 draws, guint64 seed)
{
    AttributionPush push = {(double)NAN, (double)NAN, {1.0, 0, TRUE}};
    g_autofree Block *blocks = NULL;
    g_autofree double *sums = NULL;
    ErrataSum sum = {0};
    double squares = 0.0;
    gsize most = 0, n_blocks = 0;

    for (gsize i = 0; i < n; i++)
        most = MAX(most, (gsize)block[i] + 1);
    blocks = g_new0(Block, most + 1);
    sums = g_new(double, most + 1);
    for (gsize i = 0; i < n; i++) {
        errata_sum_add(&sum, difference[i]);
        blocks[block[i]].sum += difference[i];
        blocks[block[i]].n += 1.0;
    }
    for (gsize b = 0; b < most; b++)
        n_blocks += blocks[b].n > 0.0 ? 1 : 0;
    if (n_blocks < 2)
        return push;
    push.mean = errata_sum_value(&sum) / (double)n;
    for (gsize b = 0; b < most; b++) {
        double off = blocks[b].sum - blocks[b].n * push.mean;

        squares += off * off;
        sums[b] = blocks[b].sum;
    }
    push.error = sqrt(squares * (double)n_blocks / (double)(n_blocks - 1)) / (double)n;
    push.test = errata_sign_flips_test(sums, most, draws, seed);
    return push;
}

static Push
loss_push(const Pushes *all, guint feature)
{
    const ErrataModelUse *use = all->attribution->use;
    Push push = {.feature = feature, .elsewhere = (double)NAN};
    g_autofree double *difference = g_new(double, use->n_pairs + 1);
    g_autofree guint *block = g_new(guint, use->n_pairs + 1);
    ErrataSum other = {0};

    for (gsize i = 0; i < use->n_pairs; i++) {
        double value = loss_difference(use, i, feature);

        if (all->rows != NULL && !errata_rows_has(all->rows, use->pair[i].error)) {
            errata_sum_add(&other, value);
            continue;
        }
        difference[push.n] = value;
        block[push.n++] = all->block[i];
    }
    if (push.n < use->n_pairs)
        push.elsewhere = errata_sum_value(&other) / (double)(use->n_pairs - push.n);
    push.by = attribution_push(difference,
                               block,
                               push.n,
                               all->draws,
                               all->attribution->analysis->settings->seed);
    return push;
}

static void
loss_push_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Pushes *all = data;

    for (gsize feature = begin; feature < end; feature++)
        all->push[feature] = loss_push(all, (guint)feature);
}

/* per pair the entity of its error, counted from 0; each its own where none is declared; free with
 * g_free */
guint *
attribution_loss_blocks(const Attribution *self)
{
    const ErrataModelUse *use = self->use;
    const ErrataAnalysis *analysis = self->analysis;
    const char *entity = analysis->settings->entity;
    const ErrataColumn *column = entity != NULL ? errata_frame_find(analysis->frame, entity, NULL)
                                                : NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    guint *block = g_new(guint, use->n_pairs + 1);

    for (gsize i = 0; i < use->n_pairs; i++) {
        guint64 hash = column != NULL ? errata_column_hash(column, use->pair[i].error) : i;
        gpointer known = g_hash_table_lookup(seen, &hash);

        block[i] = known != NULL ? GPOINTER_TO_UINT(known) - 1 : g_hash_table_size(seen);
        if (known == NULL)
            g_hash_table_insert(seen,
                                g_memdup2(&hash, sizeof hash),
                                GUINT_TO_POINTER(block[i] + 1));
    }
    return block;
}

/* of all features; free with g_free */
static Push *
loss_pushes(const Attribution *self, const ErrataRows *rows)
{
    guint n = self->use->n_features;
    Push *push = g_new(Push, MAX(n, 1));
    g_autofree guint *block = attribution_loss_blocks(self);
    Pushes all = {self, rows, block, errata_sign_flips_draws(n, LOSS_ALPHA), push};

    errata_parallel_for(n, 1, loss_push_cb, &all);
    return push;
}

/* "sign flips, 10,000 drawn": what was tested with */
static char *
loss_test(const Push *push)
{
    g_autofree char *n = errata_precision_print((double)push->by.test.n, 0);

    return g_strdup_printf("sign flips, %s%s", push->by.test.is_exact ? "all " : "", n);
}

static void
loss_overall(const Attribution *self, const Push *push)
{
    ErrataShares *shares = self->shares;
    g_autofree double *p = g_new(double, MAX(shares->n, 1));

    for (guint i = 0; i < shares->n; i++) {
        const Push *own = &push[self->order[i]];

        shares->push[i] = own->by.mean;
        shares->push_lo[i] = own->by.mean - LOSS_Z * own->by.error;
        shares->push_hi[i] = own->by.mean + LOSS_Z * own->by.error;
        p[i] = own->by.test.p;
    }
    errata_tests_benjamini_hochberg(p, shares->n, shares->n, shares->push_q);
}

static int
loss_compare(const void *a, const void *b)
{
    const Push *x = a;
    const Push *y = b;

    return x->by.mean > y->by.mean   ? -1
           : x->by.mean < y->by.mean ? 1
                                     : (int)x->feature - (int)y->feature;
}

static gsize
loss_n_pairs(const ErrataModelUse *use, const ErrataRows *rows)
{
    gsize n = 0;

    for (gsize i = 0; i < use->n_pairs; i++)
        n += errata_rows_has(rows, use->pair[i].error) ? 1 : 0;
    return n;
}

/* the evidence of the errors among a finding's rows: the features that push most, each tested
 * against zero */
void
attribution_loss_of_rows(const Attribution *self, ErrataFinding *finding)
{
    const ErrataModelUse *use = self->use;
    g_autoptr(ErrataRows) rows = errata_rows_new(self->analysis->frame->n_rows);
    g_autofree Push *push = NULL;
    g_autofree double *p = g_new(double, MAX(use->n_features, 1));
    g_autofree double *q = g_new(double, MAX(use->n_features, 1));
    double whole = 0.0;
    guint told = 0;

    for (gsize i = 0; i < finding->n_rows; i++)
        rows->bits[finding->row[i] >> 6] |= (guint64)1 << (finding->row[i] & 63);
    if (loss_n_pairs(use, rows) < LOSS_FEW)
        return;
    push = loss_pushes(self, rows);
    for (guint f = 0; f < use->n_features; f++)
        whole += push[f].by.mean;
    qsort(push, use->n_features, sizeof *push, loss_compare);
    for (guint i = 0; i < use->n_features; i++)
        p[i] = push[i].by.test.p;
    errata_tests_benjamini_hochberg(p, use->n_features, use->n_features, q);
    errata_case_tried(self->analysis->result, "attribution", use->n_features);
    for (guint i = 0; i < MIN(use->n_features, LOSS_FIRST) && told < LOSS_TOLD; i++) {
        g_autofree char *what = NULL;
        ErrataEvidence *evidence;

        if (!(q[i] < LOSS_ALPHA) || !(push[i].by.mean >= LOSS_PART * whole))
            continue;
        what = g_strdup_printf("%s: what it adds to the loss of these errors",
                               self->name[push[i].feature]);
        evidence = errata_finding_add(
            finding,
            errata_evidence_new("push", what, push[i].by.mean, ERRATA_UNIT_NONE, push[i].n));
        evidence->lo = push[i].by.mean - LOSS_Z * push[i].by.error;
        evidence->hi = push[i].by.mean + LOSS_Z * push[i].by.error;
        evidence->baseline = push[i].elsewhere;
        evidence->test = loss_test(&push[i]);
        evidence->p = push[i].by.test.p;
        evidence->q = q[i];
        evidence->text = g_strdup(self->name[push[i].feature]);
        evidence->method = g_strdup(
            "shares of the loss, against correct rows of the same label and "
            "confidence");
        if (told++ == 0)
            errata_finding_add(
                finding,
                errata_evidence_new("push_whole",
                                    "loss of these errors beyond that of the correct "
                                    "rows that they are compared with",
                                    whole,
                                    ERRATA_UNIT_NONE,
                                    push[i].n));
    }
}

/* evidence of the chapter: the feature that pushes most */
static void
loss_note(const Attribution *self, const Push *push)
{
    ErrataShares *shares = self->shares;
    double whole = 0.0;
    guint best = 0;

    for (guint i = 0; i < shares->n; i++) {
        whole += shares->push[i];
        if (shares->push[i] > shares->push[best])
            best = i;
    }
    if (shares->n > 0 && shares->push_q[best] < LOSS_ALPHA && shares->push[best] > 0.0) {
        ErrataEvidence *evidence = errata_evidence_new("push",
                                                       "what it adds to the loss of errors",
                                                       shares->push[best],
                                                       ERRATA_UNIT_NONE,
                                                       shares->n_pairs);

        evidence->lo = shares->push_lo[best];
        evidence->hi = shares->push_hi[best];
        evidence->baseline = whole;
        evidence->test = loss_test(&push[self->order[best]]);
        evidence->p = push[self->order[best]].by.test.p;
        evidence->q = shares->push_q[best];
        evidence->text = g_strdup(shares->feature[best]);
        g_ptr_array_add(shares->evidence, evidence);
    }
}

void
attribution_loss(const Attribution *self)
{
    const ErrataModelUse *use = self->use;
    GPtrArray *findings = self->analysis->result->findings;
    g_autofree Push *push = NULL;

    if (use->n_pairs < LOSS_FEW || use->loss_of_correct == NULL ||
        use->n_features != self->n_features)
        return;
    self->shares->n_pairs = use->n_pairs;
    self->shares->loss_gap = use->check.gap;
    self->shares->loss_error = use->check.error;
    self->shares->loss_name = g_strdup(errata_explainer_n_classes(use->loss) > 0 ? "log-loss"
                                                                                 : "squared error");
    self->shares->loss_method = g_strdup(errata_explainer_method(use->loss));
    push = loss_pushes(self, NULL);
    loss_overall(self, push);
    loss_note(self, push);
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_SLICE && finding->n_rows > 0 && finding->row != NULL)
            attribution_loss_of_rows(self, finding);
    }
}
