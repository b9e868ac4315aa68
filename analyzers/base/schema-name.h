/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema.h"

G_BEGIN_DECLS

/**
 * ErrataNameStrength:
 * @ERRATA_NAME_NONE: the name says nothing of the role
 * @ERRATA_NAME_WEAK: could as well be an ordinary feature (target, class, risk_score)
 * @ERRATA_NAME_PATTERN: made like one (actual_price, churn_pred)
 * @ERRATA_NAME_STRONG: one of the field's own names (y_true, predicted_label)
 */
typedef enum {
    ERRATA_NAME_NONE,
    ERRATA_NAME_WEAK,
    ERRATA_NAME_PATTERN,
    ERRATA_NAME_STRONG,
} ErrataNameStrength;

/**
 * ErrataName:
 * @words: the name in lower case, its words joined by `_`
 * @leaf: the same of what follows the last `.`
 * @stem: what is left without the words that tell the role: `price` of `predicted_price`; may be
 *   empty
 * @id: how much the name speaks for this role, and so on
 * @time_rank: preference among several time columns, 0 for a time that is not the event's
 * @confidence: a score named like the probability of the predicted class
 * @input: stands under `features.`, `inputs.` or the like: a feature whatever its name
 * @about_prediction: a bound, spread or time of the prediction, not the prediction itself
 * @level: a quantile beside others of the same, neither label nor prediction
 *
 * What a column's name alone says.
 */
typedef struct {
    char *words;
    char *leaf;
    char *stem;
    ErrataNameStrength id;
    ErrataNameStrength time;
    ErrataNameStrength label;
    ErrataNameStrength prediction;
    ErrataNameStrength score;
    int time_rank;
    gboolean confidence;
    gboolean input;
    gboolean about_prediction;
    gboolean level;
} ErrataName;

void errata_schema_name_read(ErrataName *self, const char *name);
void errata_schema_name_clear(ErrataName *self);
char *errata_schema_name_words(const char *name);
gboolean errata_schema_name_split_class(const char *name, char **ret_family, char **ret_class);
gboolean errata_schema_name_is_attribution(const char *name,
                                           char **ret_feature,
                                           gboolean *ret_sure);
gboolean errata_schema_name_is_image(const char *name);
gboolean errata_schema_name_is_probability(const char *name);
gboolean errata_schema_name_is_text(const char *name);
gboolean errata_schema_name_is_sensitive(const char *name);
gboolean errata_schema_name_is_somebody(const char *name);
gboolean errata_schema_name_is_outcome(const char *name);
gboolean errata_schema_name_is_event(const char *name);
gboolean errata_schema_name_is_past(const char *name);
gboolean errata_schema_name_is_rival(const char *name);
guint errata_schema_name_distance(const char *a, const char *b);

G_END_DECLS
