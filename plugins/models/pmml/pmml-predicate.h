/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-private.h"

G_BEGIN_DECLS

typedef enum {
    PMML_PREDICATE_TRUE,
    PMML_PREDICATE_FALSE,
    PMML_PREDICATE_EQUAL,
    PMML_PREDICATE_NOT_EQUAL,
    PMML_PREDICATE_LESS,
    PMML_PREDICATE_LESS_OR_EQUAL,
    PMML_PREDICATE_GREATER,
    PMML_PREDICATE_GREATER_OR_EQUAL,
    PMML_PREDICATE_IS_MISSING,
    PMML_PREDICATE_IS_NOT_MISSING,
    PMML_PREDICATE_IS_IN,
    PMML_PREDICATE_IS_NOT_IN,
    PMML_PREDICATE_AND,
    PMML_PREDICATE_OR,
    PMML_PREDICATE_XOR,
    PMML_PREDICATE_SURROGATE,
} PmmlPredicateKind;

struct _PmmlPredicate {
    PmmlPredicateKind kind;
    guint slot;
    PmmlValue value;
    GArray *values;      /* PmmlValue, of a set */
    GPtrArray *texts;    /* their spellings */
    GHashTable *strings; /* the same, when strings */
    GPtrArray *parts;    /* PmmlPredicate */
};

void pmml_predicate_free(PmmlPredicate *self);

G_END_DECLS
