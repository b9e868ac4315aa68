/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

/* what became of a pattern in a report; nicks are the lower-case words */
typedef enum {
    ERRATA_PATTERN_NEW,
    ERRATA_PATTERN_RECURRING,
    ERRATA_PATTERN_WORSE,
    ERRATA_PATTERN_BETTER,
    ERRATA_PATTERN_FIXED,     /* shown to be no worse than the rest, not merely absent */
    ERRATA_PATTERN_REGRESSED, /* found again after it was fixed */
    ERRATA_PATTERN_MUTED,     /* only as errata_pattern_shown() has it; never stored */
} ErrataPatternState;

#define ERRATA_PATTERN_VARIANT "(sssssbxxudddsss)"

/**
 * ErrataPattern:
 * @id: `p` and eight hex digits, the same for as long as it is followed
 * @kind: of its findings
 * @title: of the last one
 * @severity: of the last one
 * @subject: (nullable): subject of the last one as JSON text, for errata_case_subject_from_text()
 * @state: what became of it in the last report that said anything of it
 * @muted: by the user: no alerts, no signals
 * @first_seen: µs since 1970 UTC: when the first report that had it was made
 * @last_seen: likewise the last one
 * @reports: reports that had it
 * @value: how bad it was last (an error rate, a distance: by kind), larger is worse; NaN: not known
 * @lo: lower end of its 95 % interval, or NaN
 * @hi: upper end, or NaN
 * @finding: (nullable): id of its finding in this report
 * @taxonomy: (nullable): what a language model called its kind, so that it is called so again
 *
 * A finding followed from report to report.
 */
struct _ErrataPattern {
    char *id;
    ErrataFindingKind kind;
    char *title;
    ErrataSeverity severity;
    char *subject;
    ErrataPatternState state;
    gboolean muted;
    gint64 first_seen;
    gint64 last_seen;
    guint reports;
    double value;
    double lo;
    double hi;
    char *finding;
    char *taxonomy;
};

ErrataPattern *errata_pattern_new(const char *id, ErrataFindingKind kind, const char *title);
ErrataPattern *errata_pattern_copy(const ErrataPattern *self);
void errata_pattern_free(ErrataPattern *self);
/* the state that people are shown: MUTED for a muted one */
ErrataPatternState errata_pattern_shown(const ErrataPattern *self);
/* whether it is news: new, worse, fixed or regressed, not muted, more than for information */
gboolean errata_pattern_is_news(const ErrataPattern *self);
const char *errata_pattern_state_nick(ErrataPatternState state);
gboolean errata_pattern_state_parse(const char *nick, ErrataPatternState *ret_state);
/* between worker and host: (transfer floating) of type %ERRATA_PATTERN_VARIANT */
GVariant *errata_pattern_to_variant(const ErrataPattern *self);
ErrataPattern *errata_pattern_from_variant(GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPattern, errata_pattern_free)

G_END_DECLS
