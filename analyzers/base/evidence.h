/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataUnit:
 * @ERRATA_UNIT_NONE: a plain number
 * @ERRATA_UNIT_SHARE: a proportion in [0, 1]; shown as percent, differences in points
 * @ERRATA_UNIT_POINTS: a difference of two proportions
 * @ERRATA_UNIT_COUNT: a count of rows or things
 * @ERRATA_UNIT_RATIO: a quotient ("2.6 times")
 * @ERRATA_UNIT_SD: in standard deviations of the reference
 * @ERRATA_UNIT_TIME: ns since 1970 UTC
 * @ERRATA_UNIT_TARGET: in the unit of the regression target
 */
typedef enum {
    ERRATA_UNIT_NONE,
    ERRATA_UNIT_SHARE,
    ERRATA_UNIT_POINTS,
    ERRATA_UNIT_COUNT,
    ERRATA_UNIT_RATIO,
    ERRATA_UNIT_SD,
    ERRATA_UNIT_TIME,
    ERRATA_UNIT_TARGET,
} ErrataUnit;

/**
 * ErrataEvidence:
 * @id: `E1`, `E2` … in the order in which findings use them; given by errata_case_finish()
 * @key: what the number is, for code: one of the keys in finding.h (`rate_in`, `ratio` …)
 * @what: what the number is, for people ("error rate in the slice")
 * @value: the number; NaN: not defined
 * @unit: its unit
 * @n: rows it was computed from
 * @lo: lower end of the 95 % interval (widened for selection where METHODS says so), or NaN
 * @hi: upper end, or NaN
 * @baseline: what it is compared with, or NaN
 * @test: (nullable): name of the test
 * @p: its p, or NaN
 * @q: p corrected within its family (Benjamini–Hochberg), or NaN
 * @method: (nullable): how it was computed, with where ("Wilson, confirmation half")
 * @text: (nullable): a value that is not a number (a column's name, a class)
 *
 * One computed number. A rationale may state only numbers that are here.
 */
typedef struct {
    char *id;
    char *key;
    char *what;
    double value;
    ErrataUnit unit;
    guint64 n;
    double lo;
    double hi;
    double baseline;
    char *test;
    double p;
    double q;
    char *method;
    char *text;
} ErrataEvidence;

ErrataEvidence *errata_evidence_new(const char *key,
                                    const char *what,
                                    double value,
                                    ErrataUnit unit,
                                    guint64 n);
void errata_evidence_free(ErrataEvidence *self);
const char *errata_unit_nick(ErrataUnit unit);
gboolean errata_unit_parse(const char *nick, ErrataUnit *ret_unit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataEvidence, errata_evidence_free)

G_END_DECLS
