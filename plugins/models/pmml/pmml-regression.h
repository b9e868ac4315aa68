/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-model.h"

G_BEGIN_DECLS

typedef enum {
    PMML_TERM_NUMBER,
    PMML_TERM_CATEGORY,
    PMML_TERM_PRODUCT,
} PmmlTermKind;

typedef struct {
    PmmlTermKind kind;
    guint slot;
    double coefficient;
    double exponent;
    PmmlValue value; /* CATEGORY */
    GArray *factors; /* PRODUCT: of guint */
} PmmlTerm;

typedef struct {
    double intercept;
    const char *category;
    guint label;
    GArray *terms; /* PmmlTerm */
} PmmlEquation;

typedef enum {
    PMML_NORM_NONE,
    PMML_NORM_SIMPLEMAX,
    PMML_NORM_SOFTMAX,
    PMML_NORM_LOGIT,
    PMML_NORM_PROBIT,
    PMML_NORM_CLOGLOG,
    PMML_NORM_EXP,
    PMML_NORM_LOGLOG,
    PMML_NORM_CAUCHIT,
} PmmlNorm;

typedef struct {
    GArray *equations; /* PmmlEquation */
    PmmlNorm norm;
    gboolean ordinal;
} PmmlRegression;

G_END_DECLS
