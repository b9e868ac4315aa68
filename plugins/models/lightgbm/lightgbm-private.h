/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"

G_BEGIN_DECLS

/* from the sum of leaves to the prediction, as the objective says */
typedef enum {
    LGB_IDENTITY,
    LGB_SQUARE, /* regression sqrt: sign(x) x² */
    LGB_EXP,
    LGB_BINARY,
    LGB_LOG1P_EXP, /* cross_entropy_lambda */
    LGB_SOFTMAX,
    LGB_ONE_VS_ALL,
} LgbLink;

/* `key=value` lines of one block, the values left in the file's text */
typedef struct {
    GHashTable *values; /* key (owned) → LgbSpan (owned) */
} LgbBlock;

typedef struct {
    const char *text;
    gsize length;
} LgbSpan;

typedef struct {
    LgbLink link;
    double sigmoid;
    guint n_classes; /* margins of a row */
    guint n_features;
    guint n_trees; /* that the file says it has; 0 where it does not say */
    gboolean average;
} LgbHeader;

/* leaves that are linear models: per leaf of the file a constant, a fallback, and a run of terms */
typedef struct {
    GArray *constant; /* of double */
    GArray *fallback; /* of double: the value when a term's feature is missing */
    GArray *first;    /* of guint32: first term; one more than there are leaves */
    GArray *feature;  /* of guint32 */
    GArray *factor;   /* of double */
} LgbLinear;

typedef struct {
    LgbHeader header;
    const ErrataTrees *trees;
    ErrataTrees *own;  /* linear models only: leaf values are indices of leaves */
    LgbLinear *linear; /* nullable */
} LgbBody;

extern const ErrataModelClass lgb_class;

gboolean lgb_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* reads lines up to one that is empty or ends the block; @at moves behind it. NULL with @error set
 * when a key stands twice */
LgbBlock *lgb_block_read(const char **at, const char *end, GError **error);
void lgb_block_free(LgbBlock *self);
const LgbSpan *lgb_block_get(const LgbBlock *self, const char *key);
/* -1 when absent or no whole number */
gint64 lgb_block_int(const LgbBlock *self, const char *key);
/* 0 when absent; FALSE with @error set when it is no count */
gboolean lgb_block_count(const LgbBlock *self, const char *key, gint64 *ret, GError **error);
/* all numbers of a value, of which there must be @n; NULL with @error set; (transfer full) */
double *lgb_block_numbers(const LgbBlock *self, const char *key, gsize n, GError **error);
double *lgb_block_integers(const LgbBlock *self, const char *key, gsize n, GError **error);
char *lgb_block_text(const LgbBlock *self, const char *key); /* (nullable) (transfer full) */

LgbLinear *lgb_linear_new(void);
void lgb_linear_free(LgbLinear *self);

struct _ErrataTreesBuilder;
/* @all_counted: set to FALSE by a tree that does not tell how many rows its nodes were trained
 *   on */
gboolean lgb_read_tree(const LgbBlock *block,
                       const LgbHeader *header,
                       guint group,
                       LgbLinear *linear,
                       struct _ErrataTreesBuilder *builder,
                       gboolean *all_counted,
                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LgbBlock, lgb_block_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LgbLinear, lgb_linear_free)

G_END_DECLS
