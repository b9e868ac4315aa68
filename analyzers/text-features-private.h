/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between asking a language model for features of texts and making columns of them. */
#pragma once

#include "text-features.h"
#include "text-linear.h"

G_BEGIN_DECLS

#define ERRATA_FEATURES_TEXTS  160 /* that a model gives values */
#define ERRATA_FEATURES_UNSURE 0xff

/* one attribute, as a language model named it */
typedef struct {
    char *name;
    char **values;
    guint8 value[ERRATA_FEATURES_TEXTS]; /* of each text of the sample */
} ErrataTextFeature;

/* texts that are shown */
typedef struct {
    const ErrataAnalysis *analysis;
    const ErrataColumn *text;
    guint column;
    guint n;
    guint n_wrong; /* of them */
    guint32 row[ERRATA_FEATURES_TEXTS];
    guint8 wrong[ERRATA_FEATURES_TEXTS];
} ErrataTextSample;

/* (transfer full) (element-type ErrataTextFeature): with the values that the model gave; empty:
 * none */
GPtrArray *errata_text_features_ask(const ErrataTextSample *sample, ErrataLlm *llm);

G_END_DECLS
