/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <math.h>

#include "pmml-xml.h"

G_BEGIN_DECLS

/* PMML's data types. Dates are days since 1970, times and durations seconds; the `…Since[year]`
 * types are numbers from their year on. Single-precision numbers are kept rounded. */
typedef enum {
    PMML_STRING,
    PMML_INTEGER,
    PMML_FLOAT,
    PMML_DOUBLE,
    PMML_BOOLEAN,
    PMML_DATE,
    PMML_TIME,
    PMML_DATE_TIME,
    PMML_DAYS_SINCE,
    PMML_SECONDS_SINCE = PMML_DAYS_SINCE + 6,
    PMML_SECONDS_SINCE_MIDNIGHT = PMML_SECONDS_SINCE + 6,
} PmmlType;

typedef enum {
    PMML_CONTINUOUS,
    PMML_CATEGORICAL,
    PMML_ORDINAL,
} PmmlOptype;

/**
 * PmmlValue:
 * @type: its data type
 * @missing: there is none; @type tells nothing
 * @invalid: (of a field, whose treatment is `asIs`) outside of the declared values
 * @string: of a STRING; else %NULL
 * @number: of any other type; of a STRING its rank among the values of an ordinal field, else NaN
 */
typedef struct {
    PmmlType type;
    gboolean missing;
    gboolean invalid;
    const char *string;
    double number;
} PmmlValue;

#define PMML_NOTHING ((PmmlValue){.missing = TRUE, .number = (double)NAN})

static inline PmmlValue
pmml_value_number(PmmlType type, double number)
{
    return (PmmlValue){.type = type, .number = type == PMML_FLOAT ? (double)(float)number : number};
}

static inline PmmlValue
pmml_value_string(const char *string)
{
    return (PmmlValue){.type = PMML_STRING, .string = string, .number = (double)NAN};
}

static inline PmmlValue
pmml_value_boolean(gboolean truth)
{
    return (PmmlValue){.type = PMML_BOOLEAN, .number = truth ? 1 : 0};
}

static inline gboolean
pmml_value_is_numeric(const PmmlValue *value)
{
    return value->type != PMML_STRING;
}

gboolean pmml_type_parse(const char *name, PmmlType *ret_type);
/* of a field without dataType, as PMML 3 allows: numbers where it is continuous, else texts */
PmmlType pmml_type_unless_told(const PmmlElement *field);
/* of attribute dataType, @fallback where there is none */
gboolean pmml_type_of(const PmmlElement *element,
                      PmmlType fallback,
                      PmmlType *ret_type,
                      GError **error);
gboolean pmml_optype_of(const PmmlElement *element,
                        PmmlOptype fallback,
                        PmmlOptype *ret_optype,
                        GError **error);

/* FALSE when @text is no value of @type; a string is borrowed */
gboolean pmml_value_parse(PmmlType type, const char *text, PmmlValue *ret_value);
/* FALSE when it is none of @type; strings are made in @strings */
gboolean pmml_value_cast(PmmlType type,
                         const PmmlValue *value,
                         GStringChunk *strings,
                         PmmlValue *ret_cast);
/* as Java prints it: 1 for an integer, 1.0 for a double, true */
const char *pmml_value_text(const PmmlValue *value, GStringChunk *strings);

/* what a value is compared with: of a field without a data type it was read as a text, and is read
 * as one of @value's type; a text where it is none */
PmmlValue pmml_value_alike(const PmmlValue *value, PmmlValue wanted);
/* what is missing equals nothing; a text beside a number is read as one */
gboolean pmml_value_equal(const PmmlValue *a, const PmmlValue *b);
/* < 0, 0, > 0 */
int pmml_value_compare(const PmmlValue *a, const PmmlValue *b);

/* the year that `…Since[year]` counts from */
int pmml_type_year(PmmlType type);
gint64 pmml_days(int year, int month, int day);
void pmml_civil(gint64 days, int *ret_year, int *ret_month, int *ret_day);

G_END_DECLS
