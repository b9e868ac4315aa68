/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "bins.h"

G_BEGIN_DECLS

/**
 * ErrataFaultGroup:
 * @words: (nullable): “channel is app”, “channel is app and device is phone”; %NULL: no group
 * @bin: the columns of its one or two conditions; the second %NULL where there is one
 * @code: their values
 * @n: rows of the window that are in it
 * @n_hit: those of them that the fault befalls
 * @n_rest: rows of the window that are not in it
 * @rest_hit: likewise
 *
 * What the rows of a fault have in common.
 */
typedef struct {
    char *words;
    const ErrataBinColumn *bin[2];
    guint code[2];
    gsize n;
    gsize n_hit;
    gsize n_rest;
    gsize rest_hit;
} ErrataFaultGroup;

ErrataFaultGroup errata_fault_group_find(const ErrataAnalysis *analysis,
                                         guint column,
                                         gsize from,
                                         gsize to,
                                         const guint8 *hit,
                                         double usual);
void errata_fault_group_clear(ErrataFaultGroup *self);
gboolean errata_fault_group_has(const ErrataFaultGroup *self, guint32 row);
/* (transfer full): “all rows where channel is app”, “91 % of the rows where channel is app” */
char *errata_fault_group_say(const ErrataFaultGroup *self);
void errata_fault_group_add(const ErrataFaultGroup *self, gsize n_rows, ErrataFinding *finding);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataFaultGroup, errata_fault_group_clear)

G_END_DECLS
