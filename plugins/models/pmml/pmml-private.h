/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"
#include "pmml-value.h"

G_BEGIN_DECLS

/* PMML is compiled once: every field that a document names becomes a slot, every reference an index
 * of a slot. A row fills the slots it needs, each at most once. */

typedef struct _PmmlExpression PmmlExpression;
typedef struct _PmmlPredicate PmmlPredicate;
typedef struct _PmmlModel PmmlModel;
typedef struct _PmmlScope PmmlScope;
typedef struct _PmmlProgram PmmlProgram;

#define PMML_NO_SLOT G_MAXUINT
/* derived fields and functions within one another, while a row is scored */
#define PMML_DEPTH_LIMIT 400
/* expressions computed for one row */
#define PMML_BUDGET 2000000U

typedef enum {
    PMML_AS_IS,
    PMML_AS_MISSING,
    PMML_AS_EXTREME,
    PMML_AS_VALUE,
    PMML_RETURN_INVALID,
} PmmlTreatment;

typedef struct {
    double left; /* −∞ and ∞ where open-ended */
    double right;
    gboolean left_closed;
    gboolean right_closed;
} PmmlInterval;

/* a DataField */
typedef struct {
    const char *name;
    PmmlType type;
    PmmlOptype optype;
    gboolean is_untold;  /* neither type nor kind of scale is declared */
    GArray *valid;       /* PmmlValue, in their order */
    GPtrArray *texts;    /* their spellings */
    GHashTable *index;   /* of valid strings → position + 1 */
    GPtrArray *missing;  /* spellings */
    GPtrArray *invalid;  /* spellings */
    GArray *intervals;   /* PmmlInterval */
    GHashTable *display; /* value's text → displayValue */
} PmmlData;

typedef enum {
    PMML_SLOT_INPUT,   /* a DataField's cell */
    PMML_SLOT_MINING,  /* a MiningField over another slot */
    PMML_SLOT_DERIVED, /* an expression */
    PMML_SLOT_RESULT,  /* set by a model that has run */
} PmmlSlotKind;

typedef struct {
    PmmlSlotKind kind;
    const char *name;
    PmmlType type;
    PmmlOptype optype;
    const PmmlData *data;  /* (nullable) */
    guint input;           /* INPUT: of the model's inputs */
    guint source;          /* MINING */
    gboolean is_outermost; /* MINING: over an INPUT, whose values it checks */
    PmmlTreatment outliers;
    double low;
    double high;
    PmmlTreatment on_invalid;
    PmmlTreatment on_missing; /* RETURN_INVALID or AS_IS */
    PmmlValue replacement;    /* of missing values; missing where there is none */
    PmmlValue invalid_replacement;
    PmmlExpression *expression; /* DERIVED */
    gboolean typed;             /* DERIVED: the value is cast to type */
} PmmlSlot;

typedef enum {
    PMML_UNSET,
    PMML_COMPUTING,
    PMML_SET,
} PmmlState;

/**
 * PmmlRow:
 *
 * One row being scored, by one thread.
 */
typedef struct {
    const PmmlProgram *program;
    const ErrataModelRows *rows;
    gsize row;
    PmmlValue *value; /* by slot */
    guint8 *state;    /* PmmlState, by slot */
    GStringChunk *strings;
    guint depth;               /* of user functions and derived fields */
    guint spent;               /* expressions computed for this row */
    guint budget;              /* the most of them */
    const PmmlValue *argument; /* of the function being called */
    gboolean is_invalid;       /* a field's value must not be scored: there is no result */
    const char *tokenized;     /* (nullable): the text that tokens are of */
    gconstpointer tokenizer;   /* and what made them */
    GPtrArray *tokens;         /* of char */
    GPtrArray *blocks;         /* GByteArray: what pmml_row_alloc() gives out */
    guint block;
    gsize used;
} PmmlRow;

/* FALSE with @error, or with row->is_invalid and no @error */
gboolean pmml_slot_value(PmmlRow *row, guint slot, PmmlValue *ret_value, GError **error);
void pmml_slot_set(PmmlRow *row, guint slot, PmmlValue value);

/* names → slots; inner scopes see the outer ones */
PmmlScope *pmml_scope_new(const PmmlScope *parent);
void pmml_scope_free(PmmlScope *self);
void pmml_scope_add(PmmlScope *self, const char *name, guint slot);
guint pmml_scope_find(const PmmlScope *self, const char *name);
/* whether the name is of this scope itself */
gboolean pmml_scope_has_own(const PmmlScope *self, const char *name);
void pmml_scope_derive(const PmmlScope *self, int by);
const GArray *pmml_scope_needed(const PmmlScope *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PmmlScope, pmml_scope_free)

/**
 * PmmlProgram:
 *
 * A compiled document.
 */
struct _PmmlProgram {
    PmmlXml *xml;
    const PmmlElement *dictionary; /* (nullable): TransformationDictionary */
    GPtrArray *data;               /* PmmlData */
    GPtrArray *slots;              /* PmmlSlot */
    GPtrArray *expressions;        /* owned */
    GPtrArray *predicates;         /* owned */
    GPtrArray *models;             /* owned, all of them, inner ones as well */
    GHashTable *functions;         /* name → PmmlFunction */
    GStringChunk *strings;
    PmmlScope *scope; /* of the document */
    GArray *inputs;   /* of guint: slots of the inputs in order */
    GPtrArray *scopes;
    PmmlModel *root;
    GPtrArray *made;             /* PmmlElement of our own */
    GHashTable *codes;           /* (nullable): names that stand elsewhere than as of numbers */
    const PmmlElement *function; /* (nullable): whose body is being compiled */
    guint depth;                 /* while compiling */
};

guint pmml_program_add_slot(PmmlProgram *self, const PmmlSlot *slot);
static inline const PmmlSlot *
pmml_program_slot(const PmmlProgram *self, guint slot)
{
    return g_ptr_array_index(self->slots, slot);
}
PmmlScope *pmml_program_scope(PmmlProgram *self, const PmmlScope *parent);
/* the attribute that names a field: @attribute, or field, as JPMML calls all of them from 4.4 on */
const char *pmml_field_attribute(const PmmlElement *element, const char *attribute);
/* FALSE with an error that lists the fields there are */
gboolean pmml_program_field(const PmmlElement *element,
                            const PmmlScope *scope,
                            const char *attribute,
                            guint *ret_slot,
                            GError **error);

/* fields */
/* the values that a derived field lists, in their order; owned by @self; NULL with @error */
const PmmlData *pmml_read_values(PmmlProgram *self,
                                 const PmmlElement *field,
                                 PmmlType type,
                                 GError **error);
gboolean pmml_read_dictionary(PmmlProgram *self, const PmmlElement *dictionary, GError **error);
gboolean pmml_read_derived(PmmlProgram *self,
                           const PmmlElement *parent,
                           PmmlScope *scope,
                           GError **error);
gboolean pmml_read_derived_anew(PmmlProgram *self,
                                PmmlScope *scope,
                                const GPtrArray *treated,
                                GError **error);
/* @treated: gets the field's name where it is treated otherwise than around the model */
gboolean pmml_read_mining_field(PmmlProgram *self,
                                const PmmlElement *field,
                                PmmlScope *scope,
                                GPtrArray *treated,
                                GError **error);
gboolean pmml_read_interval(const PmmlElement *element, PmmlInterval *ret, GError **error);
gboolean pmml_interval_has(const PmmlInterval *self, double number);
PmmlTreatment pmml_outliers_of(const PmmlElement *element, gboolean *ret_ok, GError **error);

/* expressions */
PmmlExpression *pmml_expression_read(PmmlProgram *self,
                                     const PmmlElement *element,
                                     const PmmlScope *scope,
                                     const char *const *parameters,
                                     GError **error);
/* the expression among the children of @parent; NULL with @error when there is none */
PmmlExpression *pmml_expression_within(PmmlProgram *self,
                                       const PmmlElement *parent,
                                       const PmmlScope *scope,
                                       const char *const *parameters,
                                       GError **error);
gboolean pmml_is_expression(const PmmlElement *element);
gboolean pmml_expression_value(const PmmlExpression *self,
                               PmmlRow *row,
                               PmmlValue *ret_value,
                               GError **error);
gboolean pmml_read_functions(PmmlProgram *self, const PmmlElement *dictionary, GError **error);

/* the InlineTable of @parent; a TableLocator is refused; NULL with @error */
const PmmlElement *pmml_inline_table(const PmmlElement *parent, GError **error);
/* the cell of @row in @column, written with or without a prefix; NULL when there is none */
const char *pmml_inline_cell(const PmmlElement *row, const char *column);
/* (transfer full): all cells of a row, and then the text of one */
GHashTable *pmml_inline_row(const PmmlElement *row);
const char *pmml_inline_text(GHashTable *row, const char *column);

/* predicates */
typedef enum {
    PMML_FALSE,
    PMML_TRUE,
    PMML_UNKNOWN,
} PmmlTruth;

gboolean pmml_is_predicate(const PmmlElement *element);
PmmlPredicate *pmml_predicate_read(PmmlProgram *self,
                                   const PmmlElement *element,
                                   const PmmlScope *scope,
                                   GError **error);
PmmlPredicate *pmml_predicate_within(PmmlProgram *self,
                                     const PmmlElement *parent,
                                     const PmmlScope *scope,
                                     GError **error);
gboolean pmml_predicate_test(const PmmlPredicate *self,
                             PmmlRow *row,
                             PmmlTruth *ret_truth,
                             GError **error);
/* whether another part than the first of a surrogate decides */
gboolean pmml_predicate_by_surrogate(const PmmlPredicate *self,
                                     PmmlRow *row,
                                     gboolean *ret_by_surrogate,
                                     GError **error);

G_END_DECLS
