/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "outcome.h"
#include "rows.h"
#include "schema.h"

G_BEGIN_DECLS

/**
 * ErrataFilter:
 *
 * A condition on rows, as `--where`, saved cohorts and plans have it, e.g.
 * `age > 40 and region in (EU, UK)`.
 *
 * |[
 * filter = and { "or" and }
 * and    = not { "and" not }
 * not    = [ "not" ] ( "(" filter ")" | test )
 * test   = name ( "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ) value
 *        | name "between" value "and" value           closed left, open right
 *        | name [ "not" ] "in" "(" value { "," value } ")"
 *        | name "is" [ "not" ] ( "missing" | value | "in" "(" … ")" )   `is` as `=`
 *        | name [ "not" ] "contains" value
 *        | name                                       a column of true and false
 * name, value = word | "'" … "'" | '"' … '"' | "`" … "`"     a quote within is doubled
 * ]|
 *
 * What a value is follows from the column: a number (`50%` is 0.5 where the column holds nothing
 * beyond 1), an instant (ISO 8601; a date alone is that whole
 * day), true or false, or a text. Texts are compared as written; `contains` ignores case. A name
 * may differ in case when only one column is meant. Columns are compared with values, not with one
 * another: a bare word that is no value of its column but names another one is refused, in quotes
 * it is a text. No comparison holds for a missing cell, not even
 * `!=` and `not in`; `not (…)` is all rows for which `…` does not hold. A code for “no value” that
 * the log is read without (clean.h) is missing too; `= code` and `in (code)` still find it.
 *
 * Besides columns there are `error`, `correct`, `label`, `prediction`, `score`, `confidence`,
 * `loss` and `row` (number from 0). A column of that name comes first; `@error` is never a column.
 * A column of time called T also has `"T hour"` (0 … 23) and `"T weekday"` (Monday …).
 *
 * A filter is parsed first, then bound to a log, which settles types; only then can it be
 * evaluated.
 */
typedef struct _ErrataFilter ErrataFilter;

ErrataFilter *errata_filter_parse(const char *text, GError **error);
void errata_filter_free(ErrataFilter *self);
char *errata_filter_print(const ErrataFilter *self);
/* filter-say.c: in words */
char *errata_filter_say(const ErrataFilter *self, gboolean numbers);
gboolean errata_filter_bind(ErrataFilter *self,
                            const ErrataFrame *frame,
                            const ErrataSchema *schema,
                            GError **error);
void errata_filter_rename(ErrataFilter *self, const char *from, const char *to);
char *errata_filter_outside(const ErrataFilter *self, const guint8 *allowed);
gboolean errata_filter_uses(const ErrataFilter *self, guint column);
char *errata_filter_absent(const ErrataFilter *self, const ErrataFrame *frame);
char *errata_filter_other_values(const ErrataFilter *self, const ErrataFrame *frame);
ErrataRows *errata_filter_evaluate(const ErrataFilter *self,
                                   const ErrataFrame *frame,
                                   const ErrataOutcome *outcome);
ErrataFilter *errata_filter_predicates_join(const GPtrArray *predicates);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataFilter, errata_filter_free)

G_END_DECLS
