/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "filter.h"

G_BEGIN_DECLS

/**
 * ErrataRestriction:
 * @filter: what holds for the rows, bound to the log
 * @text: the filter as canonical text
 * @frame: the rows as a log of their own
 * @row: (array length=n_rows of @frame): their numbers in the whole log
 * @n_all: rows of the whole log
 *
 * An analysis of some rows only, as `--where` and `--cohort` ask for.
 */
typedef struct {
    ErrataFilter *filter;
    char *text;
    ErrataFrame *frame;
    guint32 *row;
    gsize n_all;
} ErrataRestriction;

gboolean errata_restriction_wanted(const ErrataSettings *settings);
ErrataRestriction *errata_restriction_new(const ErrataFrame *frame,
                                          const ErrataSchema *schema,
                                          const ErrataOutcome *outcome,
                                          const ErrataSettings *settings,
                                          GError **error);
ErrataRows *errata_restriction_rows(ErrataFilter *filter,
                                    const ErrataFrame *frame,
                                    const ErrataSchema *schema,
                                    const ErrataOutcome *outcome,
                                    const ErrataSettings *settings,
                                    GError **error);
void errata_restriction_free(ErrataRestriction *self);
ErrataFrame *errata_restriction_reference(ErrataRestriction *self,
                                          const ErrataFrame *reference,
                                          const ErrataSchema *schema,
                                          const ErrataOutcome *outcome,
                                          const ErrataSettings *settings,
                                          ErrataCase *result);
void errata_restriction_tell(const ErrataRestriction *self,
                             const ErrataSettings *settings,
                             ErrataCase *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataRestriction, errata_restriction_free)

G_END_DECLS
