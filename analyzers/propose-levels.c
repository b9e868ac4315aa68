/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The check of a taxonomy. A set of findings is a word with a bit for each; a row has the bits of
 * the findings that hold it, so a kind's rows are those with one of its bits. */
#include "propose-levels.h"

#include <math.h>
#include <string.h>

#include "tests.h"
#include "words.h"

#define LEVELS_P 0.01 /* over the kinds tested on a level */

/* of rows not searched */
typedef struct {
    double wrong;
    double right;
} LevelCount;

typedef struct {
    const ErrataAnalysis *analysis;
    ErrataLevelLeaf *leaves;
    guint n;
    guint32 *bits;  /* per row */
    guint32 listed; /* findings that list their errors only: their rates come from their evidence */
    LevelCount all;
} Levels;

/* a kind: its findings, and those of the kind above */
typedef struct {
    const char *name;
    guint32 mask;
    guint32 parent;
    LevelCount in;
    LevelCount out;
    double p;
} LevelKind;

static gboolean
levels_is_used(const Levels *self, gsize row)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    const guint8 *aside = self->analysis->set_aside;

    return outcome->half[row] == 1 && outcome->judged[row] != 0 &&
           (aside == NULL || aside[row] == 0);
}

static void
levels_fill(Levels *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;

    for (guint i = 0; i < self->n; i++) {
        const ErrataFinding *finding = self->leaves[i].finding;

        if (finding->kind != ERRATA_FINDING_SLICE || finding->subject.direction != NULL)
            self->listed |= 1u << i;
        for (gsize k = 0; finding->row != NULL && k < finding->n_rows; k++)
            self->bits[finding->row[k]] |= 1u << i;
    }
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (levels_is_used(self, row))
            *(outcome->error[row] != 0 ? &self->all.wrong : &self->all.right) += 1.0;
}

static LevelCount
levels_count(const Levels *self, guint32 mask)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    LevelCount count = {0.0, 0.0};

    for (gsize row = 0; row < outcome->n_rows; row++)
        if ((self->bits[row] & mask & ~self->listed) != 0 && levels_is_used(self, row))
            *(outcome->error[row] != 0 ? &count.wrong : &count.right) += 1.0;
    for (guint i = 0; i < self->n; i++) {
        const ErrataEvidence *rate = errata_finding_evidence(self->leaves[i].finding, "rate_in");

        if ((mask & self->listed & 1u << i) == 0 || rate == NULL ||
            rate->unit != ERRATA_UNIT_SHARE || !(rate->value >= 0.0))
            continue;
        count.wrong += rate->value * (double)rate->n;
        count.right += (1.0 - rate->value) * (double)rate->n;
    }
    return count;
}

/* rows of the findings @mask that are rows of none of @of */
static gsize
levels_outside(const Levels *self, guint32 mask, guint32 of)
{
    gsize n = 0;

    for (gsize row = 0; row < self->analysis->outcome->n_rows; row++)
        n += (self->bits[row] & mask) != 0 && (self->bits[row] & of) == 0 ? 1 : 0;
    return n;
}

static guint32
levels_mask(const Levels *self, const char *coarse, const char *fine)
{
    guint32 mask = 0;

    for (guint i = 0; i < self->n; i++)
        if ((coarse == NULL || g_strcmp0(self->leaves[i].coarse, coarse) == 0) &&
            (fine == NULL || g_strcmp0(self->leaves[i].fine, fine) == 0) &&
            self->leaves[i].coarse != NULL)
            mask |= 1u << i;
    return mask;
}

static LevelKind *
levels_find(GArray *kinds, guint32 mask)
{
    for (guint i = 0; i < kinds->len; i++)
        if (g_array_index(kinds, LevelKind, i).mask == mask)
            return &g_array_index(kinds, LevelKind, i);
    return NULL;
}

/* members against the others of the kind above */
static void
levels_measure(const Levels *self, LevelKind *kind)
{
    LevelCount above = kind->parent != 0 ? levels_count(self, kind->parent) : self->all;

    kind->in = levels_count(self, kind->mask);
    kind->out.wrong = MAX(above.wrong - kind->in.wrong, 0.0);
    kind->out.right = MAX(above.right - kind->in.right, 0.0);
    kind->p = kind->in.wrong + kind->in.right >= 1.0 && kind->out.wrong + kind->out.right >= 1.0
                  ? errata_tests_two_by_two((guint64)(kind->in.wrong + 0.5),
                                            (guint64)(kind->in.right + 0.5),
                                            (guint64)(kind->out.wrong + 0.5),
                                            (guint64)(kind->out.right + 0.5),
                                            NULL,
                                            NULL)
                  : 1.0;
}

/* a kind of error errs more than other rows; within it, one kind may err less than the others */
static gboolean
levels_is_told(const LevelKind *kind, guint n_tested)
{
    gboolean more = kind->in.wrong * (kind->out.wrong + kind->out.right) >
                    kind->out.wrong * (kind->in.wrong + kind->in.right);

    return kind->p < LEVELS_P / (double)MAX(n_tested, 1) && (more || kind->parent != 0);
}

static char *
levels_say(const LevelKind *kind)
{
    double n_in = kind->in.wrong + kind->in.right;
    double n_out = kind->out.wrong + kind->out.right;
    g_autofree char *in = errata_words_share(kind->in.wrong / n_in, (double)NAN, (double)NAN);
    g_autofree char *out = errata_words_share(kind->out.wrong / n_out, (double)NAN, (double)NAN);
    g_autofree char *in_rows = errata_words_count((guint64)(n_in + 0.5));
    g_autofree char *out_rows = errata_words_count((guint64)(n_out + 0.5));

    return g_strdup_printf("%s of %s rows not searched are wrong, of the %s %s %s",
                           in,
                           in_rows,
                           out_rows,
                           kind->parent != 0 ? "others of the kind above" : "others",
                           out);
}

static void
levels_check_coarse(Levels *self, ErrataLevelCounts *counts)
{
    g_autoptr(GArray) kinds = g_array_new(FALSE, FALSE, sizeof(LevelKind));

    for (guint i = 0; i < self->n; i++) {
        LevelKind kind = {.name = self->leaves[i].coarse};

        if (kind.name == NULL)
            continue;
        kind.mask = levels_mask(self, kind.name, NULL);
        if (levels_find(kinds, kind.mask) == NULL)
            g_array_append_val(kinds, kind);
    }
    for (guint k = 0; k < kinds->len; k++)
        levels_measure(self, &g_array_index(kinds, LevelKind, k));
    for (guint k = 0; k < kinds->len; k++) {
        const LevelKind *kind = &g_array_index(kinds, LevelKind, k);
        gboolean told = levels_is_told(kind, kinds->len);

        *(told ? &counts->n_kept : &counts->n_untold) += 1;
        for (guint i = 0; told && i < self->n; i++)
            if ((kind->mask & 1u << i) != 0) {
                g_autofree char *said = levels_say(kind);

                self->leaves[i].keeps_coarse = TRUE;
                self->leaves[i].p = kind->p;
                self->leaves[i].said = g_strdup_printf("“%s”: %s.", kind->name, said);
            }
    }
    counts->n_kinds += kinds->len;
}

/* whether all rows of that name, wherever it stands, are rows of the kind above: else a name that
 * stands under two kinds stays where most of its rows are */
static gboolean
levels_is_within(const Levels *self, const LevelKind *kind)
{
    guint32 everywhere = levels_mask(self, NULL, kind->name);
    gsize outside = levels_outside(self, everywhere, kind->parent);
    gsize inside = levels_outside(self, everywhere, 0) - outside;
    g_autofree char *folded = g_utf8_casefold(kind->name, -1);

    for (guint i = 0; i < self->n; i++) {
        g_autofree char *other = self->leaves[i].coarse != NULL
                                     ? g_utf8_casefold(self->leaves[i].coarse, -1)
                                     : NULL;

        if (g_strcmp0(other, folded) == 0) /* a kind is of one level only */
            return FALSE;
    }
    return outside == 0 ||
           (inside > outside && levels_outside(self, kind->mask, kind->parent) == 0);
}

static void
levels_keep_fine(Levels *self, const LevelKind *kind)
{
    for (guint i = 0; i < self->n; i++)
        if ((kind->mask & 1u << i) != 0) {
            g_autofree char *said = levels_say(kind);
            char *both = g_strdup_printf("%s “%s”: %s.", self->leaves[i].said, kind->name, said);

            self->leaves[i].keeps_fine = TRUE;
            g_free(self->leaves[i].said);
            self->leaves[i].said = both;
        }
}

static void
levels_check_fine(Levels *self, ErrataLevelCounts *counts)
{
    g_autoptr(GArray) kinds = g_array_new(FALSE, FALSE, sizeof(LevelKind));
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(LevelKind));

    for (guint i = 0; i < self->n; i++) {
        const ErrataLevelLeaf *leaf = &self->leaves[i];
        LevelKind kind = {.name = leaf->fine};

        if (!leaf->keeps_coarse || leaf->fine == NULL || *leaf->fine == '\0' ||
            g_strcmp0(leaf->fine, leaf->coarse) == 0)
            continue;
        kind.parent = levels_mask(self, leaf->coarse, NULL);
        kind.mask = levels_mask(self, leaf->coarse, leaf->fine);
        if (levels_find(seen, kind.mask) != NULL)
            continue;
        g_array_append_val(seen, kind);
        if (!levels_is_within(self, &kind))
            counts->n_outside++;
        else if (kind.mask == kind.parent || levels_outside(self, kind.parent, kind.mask) == 0)
            counts->n_same++;
        else
            g_array_append_val(kinds, kind);
    }
    counts->n_kinds += seen->len;
    for (guint k = 0; k < kinds->len; k++) {
        LevelKind *kind = &g_array_index(kinds, LevelKind, k);

        levels_measure(self, kind);
        if (!levels_is_told(kind, kinds->len)) {
            counts->n_untold++;
            continue;
        }
        counts->n_kept++;
        levels_keep_fine(self, kind);
    }
}

/**
 * errata_levels_check:
 * @analysis: a log with yes-or-no errors
 * @leaves: (array length=n_leaves) (inout): findings with their places
 * @n_leaves: at most %ERRATA_LEVELS_LEAVES
 *
 * Two things are asked of a kind. Its rows are all rows of the kind above it, wherever its name is
 * used; and on the half that was not searched its members are wrong more often than all other rows
 * (first level), or not as often as the others of the kind above, by Fisher's or the G test at 0.01
 * over the kinds of the level. A kind that fails is dropped, and its findings stand one level
 * higher.
 *
 * Returns: what became of the kinds
 */
ErrataLevelCounts
errata_levels_check(const ErrataAnalysis *analysis, ErrataLevelLeaf *leaves, guint n_leaves)
{
    ErrataLevelCounts counts = {0, 0, 0, 0, 0};
    g_autofree guint32 *bits = NULL;
    Levels self = {.analysis = analysis, .leaves = leaves, .n = n_leaves};

    g_return_val_if_fail(n_leaves <= ERRATA_LEVELS_LEAVES, counts);

    for (guint i = 0; i < n_leaves; i++) {
        leaves[i].keeps_coarse = leaves[i].keeps_fine = FALSE;
        leaves[i].p = (double)NAN;
        leaves[i].said = NULL;
    }
    if (analysis->outcome->task == ERRATA_TASK_REGRESSION)
        return counts;
    self.bits = bits = g_new0(guint32, analysis->outcome->n_rows + 1);
    levels_fill(&self);
    levels_check_coarse(&self, &counts);
    levels_check_fine(&self, &counts);
    return counts;
}
