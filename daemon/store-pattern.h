/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pattern.h"
#include "store.h"

G_BEGIN_DECLS

#define ERRATA_STORE_MAX_PATTERNS 300 /* of a model that are handed to its worker */

/* a pattern with the model that it is of */
typedef struct {
    char *name;
    gint64 report;    /* the last that said something of it */
    gboolean current; /* in a list: that is the model's newest */
    ErrataPattern *pattern;
} ErrataPatternRecord;

void errata_pattern_record_free(ErrataPatternRecord *self);

GPtrArray *errata_store_pattern_list(ErrataStore *self,
                                     const char *name,
                                     guint offset,
                                     guint limit,
                                     GError **error);
GPtrArray *errata_store_pattern_before(ErrataStore *self, const ErrataJob *job, GError **error);
gboolean errata_store_pattern_keep(ErrataStore *self,
                                   gint64 job,
                                   GVariant *patterns,
                                   GError **error);
gboolean errata_store_pattern_apply(ErrataStore *self, const ErrataJob *job, GError **error);
gboolean errata_store_pattern_drop(ErrataStore *self, gint64 job, GError **error);
gboolean errata_store_pattern_mute(ErrataStore *self,
                                   const char *name,
                                   const char *id,
                                   gboolean muted,
                                   GError **error);
GPtrArray *errata_store_pattern_of_report(ErrataStore *self, gint64 report, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPatternRecord, errata_pattern_record_free)

G_END_DECLS
