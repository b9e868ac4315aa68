/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/**
 * ErrataTextFeatures:
 * @frame: the log with the features behind its columns; borrows the frame it was made from
 * @reference: (nullable): the reference likewise
 */
typedef struct {
    ErrataFrame *frame;
    ErrataFrame *reference;
} ErrataTextFeatures;

ErrataTextFeatures *errata_text_features_new(const ErrataAnalysis *analysis,
                                             ErrataSchema *schema,
                                             ErrataSchema *reference_schema,
                                             ErrataLlm *llm);
void errata_text_features_free(ErrataTextFeatures *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTextFeatures, errata_text_features_free)

G_END_DECLS
