/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-predicate.h"

G_BEGIN_DECLS

/**
 * PmmlFeature:
 * @slot: whose value trees test; PMML_NO_SLOT when they test none of this input
 * @coded: its values are codes: indices of @text or @number, and one more for all others
 * @text: (nullable): of a coded STRING, by code
 * @number: (nullable): of a coded number, by code
 * @index: (nullable): of texts → code + 1
 * @n_codes: with the one for all others
 * @closed: no value other than the first @n_known can come
 * @n_known: codes that are valid values of the field
 * @may_miss: it may be missing
 * @needed: rows without it have no result that trees could give
 * @shut: the same of rows whose value is none of the known ones
 * @ordered: some test asks for less or more
 *
 * An input as trees see it.
 */
typedef struct {
    guint slot;
    gboolean coded;
    gboolean ordered;
    GPtrArray *text;
    GArray *number;
    GHashTable *index;
    guint n_codes;
    guint n_known;
    gboolean closed;
    gboolean may_miss;
    gboolean needed;
    gboolean shut;
} PmmlFeature;

/**
 * PmmlFact:
 * @set: (nullable): of a coded feature, the codes that it may have; borrowed
 *
 * What is known of a feature on the way to a place in a tree.
 */
typedef struct {
    gboolean may_miss;
    gboolean may_have;
    double low;
    double high;
    gboolean low_in; /* @low itself may be its value */
    gboolean high_in;
    guint32 *set;
} PmmlFact;

/* a test that must be made before it is known whether a predicate holds */
typedef enum {
    PMML_ASK_MISSING,
    PMML_ASK_LESS,
    PMML_ASK_LESS_OR_EQUAL,
    PMML_ASK_SET,
} PmmlAskKind;

typedef struct {
    PmmlAskKind kind;
    guint feature;
    double threshold;
    guint32 *set; /* codes for which the answer is yes; borrowed */
} PmmlAsk;

typedef enum {
    PMML_KNOWN_FALSE,
    PMML_KNOWN_TRUE,
    PMML_KNOWN_UNKNOWN,
    PMML_NOT_KNOWN, /* the test has to be made first */
} PmmlKnown;

/**
 * PmmlFacts:
 * @feature: (array length=n_features): by input
 * @of_slot: (array): by slot its feature, or G_MAXUINT
 * @fact: (array length=n_features): what is known where the tree is being read
 * @sets: of guint32*, that facts and tests borrow
 * @spent: bytes of these since pmml_facts_start()
 */
typedef struct {
    const PmmlProgram *program;
    guint n_features;
    PmmlFeature *feature;
    guint *of_slot;
    PmmlFact *fact;
    GPtrArray *sets;
    gsize spent;
} PmmlFacts;

PmmlFacts *pmml_facts_new(const PmmlProgram *program);
void pmml_facts_free(PmmlFacts *self);
/* takes in what a predicate tests; FALSE with @error where trees cannot */
gboolean pmml_facts_learn(PmmlFacts *self, const PmmlPredicate *predicate, GError **error);
/* all predicates are known: nothing is known of the row */
void pmml_facts_start(PmmlFacts *self);
PmmlKnown pmml_facts_test(PmmlFacts *self, const PmmlPredicate *predicate, PmmlAsk *ret_ask);
PmmlFact pmml_facts_after(PmmlFacts *self, const PmmlAsk *ask, gboolean yes);
guint pmml_facts_words(const PmmlFacts *self, guint feature);
/* FALSE where the trees say nothing of the row */
gboolean pmml_facts_cell(const PmmlFacts *self, guint feature, PmmlRow *row, double *ret_cell);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PmmlFacts, pmml_facts_free)

G_END_DECLS
