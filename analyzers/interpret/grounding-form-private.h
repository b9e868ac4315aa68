/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the forms of one fact and the whole sentences are both built of. */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

#define FORM_GROUP "(?:slice|group|segment)"
#define FORM_REST  "(?:elsewhere|outside(?: it)?|in the rest|in (?:all|the) other rows)"
#define FORM_JOINT "(?:,? and |,? but |; |,? while |,? whereas )"

/* @where: the finding's own condition, or NULL: its rows are not told by one alone
 * @here: where its rows are
 * @rows: they, as the subject of a sentence
 *
 * Regular expressions. */
typedef struct {
    const ErrataFinding *finding;
    char *where;
    char *here;
    char *rows;
} ErrataForm;

void errata_form_init(ErrataForm *self, const ErrataFinding *finding);
void errata_form_clear(ErrataForm *self);
/* the sentence as patterns are written: one case, no quotation marks, no full stop */
char *errata_form_of_sentence(const GPtrArray *tokens);
gboolean errata_form_same(double a, double b);
/* 1 above what it is compared with, −1 below, by its interval; 0 neither */
int errata_form_direction(const ErrataEvidence *evidence);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataForm, errata_form_clear)

G_END_DECLS
