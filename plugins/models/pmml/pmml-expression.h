/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "pmml-function.h"
#include "pmml-private.h"

G_BEGIN_DECLS

typedef enum {
    PMML_EXPRESSION_CONSTANT,
    PMML_EXPRESSION_FIELD,
    PMML_EXPRESSION_NORM,     /* NormContinuous */
    PMML_EXPRESSION_DISCRETE, /* NormDiscrete */
    PMML_EXPRESSION_BINS,     /* Discretize */
    PMML_EXPRESSION_MAP,      /* MapValues */
    PMML_EXPRESSION_TEXT,     /* TextIndex */
    PMML_EXPRESSION_APPLY,
} PmmlExpressionKind;

typedef struct {
    double from;
    double to;
} PmmlPoint;

typedef struct {
    PmmlInterval interval;
    PmmlValue value;
} PmmlBin;

typedef struct _PmmlMap PmmlMap;
typedef struct _PmmlTextIndex PmmlTextIndex;

/* what a function takes an argument for */
typedef struct {
    gboolean typed;
    PmmlType type;
} PmmlParameter;

/* a DefineFunction; read when first called, so that functions may call one another */
typedef struct {
    const PmmlElement *element;
    GPtrArray *parameters; /* names, NULL-terminated */
    GArray *kinds;         /* PmmlParameter */
    PmmlScope *scope;
    PmmlExpression *body;
    gboolean typed;
    PmmlType type;
} PmmlFunction;

/* what an Apply calls */
typedef enum {
    PMML_CALL_BUILT_IN,
    PMML_CALL_USER,
    PMML_CALL_IF,
    PMML_CALL_AND,
    PMML_CALL_OR,
    PMML_CALL_NOT,
    PMML_CALL_IS_MISSING,
    PMML_CALL_IS_NOT_MISSING,
    PMML_CALL_IS_VALID,
    PMML_CALL_IS_NOT_VALID,
    PMML_CALL_EQUAL,
    PMML_CALL_NOT_EQUAL,
    PMML_CALL_LESS,
    PMML_CALL_LESS_OR_EQUAL,
    PMML_CALL_GREATER,
    PMML_CALL_GREATER_OR_EQUAL,
    PMML_CALL_IS_IN,
    PMML_CALL_IS_NOT_IN,
} PmmlCall;

struct _PmmlExpression {
    PmmlExpressionKind kind;
    const PmmlElement *element;
    gboolean is_parameter;
    guint slot; /* of the field, or index of the parameter */
    PmmlValue constant;
    PmmlValue if_missing; /* mapMissingTo */
    PmmlValue fallback;   /* defaultValue */
    PmmlTreatment outliers;
    GArray *points; /* PmmlPoint */
    GArray *bins;   /* PmmlBin */
    PmmlMap *map;
    PmmlTextIndex *text;
    PmmlCall call;
    const PmmlBuiltIn *built_in;
    PmmlFunction *function;
    gboolean invalid_is_missing;
    GPtrArray *arguments; /* PmmlExpression */
};

void pmml_expression_free(PmmlExpression *self);
gboolean pmml_expression_field(const PmmlExpression *self,
                               PmmlRow *row,
                               PmmlValue *ret,
                               GError **error);

gboolean pmml_apply_read(PmmlProgram *program, PmmlExpression *self, GError **error);
gboolean pmml_apply_value(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error);
void pmml_function_free(PmmlFunction *self);

PmmlMap *pmml_map_read(PmmlProgram *program,
                       PmmlExpression *self,
                       const PmmlScope *scope,
                       const char *const *parameters,
                       GError **error);
gboolean pmml_map_value(const PmmlMap *self,
                        const PmmlExpression *expression,
                        PmmlRow *row,
                        PmmlValue *ret,
                        GError **error);
void pmml_map_free(PmmlMap *self);

PmmlTextIndex *pmml_text_index_read(PmmlProgram *program,
                                    PmmlExpression *self,
                                    const PmmlScope *scope,
                                    const char *const *parameters,
                                    GError **error);
gboolean pmml_text_index_value(const PmmlTextIndex *self,
                               PmmlRow *row,
                               PmmlValue *ret,
                               GError **error);
void pmml_text_index_free(PmmlTextIndex *self);

G_END_DECLS
