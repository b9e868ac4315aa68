/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pattern.h"

#include <math.h>

static const char *const pattern_states[] =
    {"new", "recurring", "worse", "better", "fixed", "regressed", "muted"};

ErrataPattern *
errata_pattern_new(const char *id, ErrataFindingKind kind, const char *title)
{
    ErrataPattern *self = g_new0(ErrataPattern, 1);

    self->id = g_strdup(id);
    self->kind = kind;
    self->title = g_strdup(title);
    self->value = self->lo = self->hi = (double)NAN;
    return self;
}

ErrataPattern *
errata_pattern_copy(const ErrataPattern *self)
{
    ErrataPattern *copy = g_memdup2(self, sizeof *self);

    copy->id = g_strdup(self->id);
    copy->title = g_strdup(self->title);
    copy->subject = g_strdup(self->subject);
    copy->finding = g_strdup(self->finding);
    copy->taxonomy = g_strdup(self->taxonomy);
    return copy;
}

void
errata_pattern_free(ErrataPattern *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_free(self->title);
    g_free(self->subject);
    g_free(self->finding);
    g_free(self->taxonomy);
    g_free(self);
}

ErrataPatternState
errata_pattern_shown(const ErrataPattern *self)
{
    return self->muted ? ERRATA_PATTERN_MUTED : self->state;
}

gboolean
errata_pattern_is_news(const ErrataPattern *self)
{
    if (self->severity == ERRATA_SEVERITY_INFO)
        return FALSE;
    switch (errata_pattern_shown(self)) {
    case ERRATA_PATTERN_NEW:
    case ERRATA_PATTERN_WORSE:
    case ERRATA_PATTERN_FIXED:
    case ERRATA_PATTERN_REGRESSED:
        return TRUE;
    case ERRATA_PATTERN_RECURRING:
    case ERRATA_PATTERN_BETTER:
    case ERRATA_PATTERN_MUTED:
        break;
    }
    return FALSE;
}

const char *
errata_pattern_state_nick(ErrataPatternState state)
{
    return pattern_states[state];
}

gboolean
errata_pattern_state_parse(const char *nick, ErrataPatternState *ret_state)
{
    for (guint i = 0; i < G_N_ELEMENTS(pattern_states); i++)
        if (g_strcmp0(nick, pattern_states[i]) == 0) {
            *ret_state = (ErrataPatternState)i;
            return TRUE;
        }
    return FALSE;
}

/**
 * errata_pattern_to_variant:
 * @self: a pattern
 *
 * Returns: (transfer floating): id, kind, title, severity, subject, muted, first and last seen,
 *   reports, value and its interval, state, the finding's id
 */
GVariant *
errata_pattern_to_variant(const ErrataPattern *self)
{
    return g_variant_new(ERRATA_PATTERN_VARIANT,
                         self->id,
                         errata_finding_kind_nick(self->kind),
                         self->title,
                         errata_severity_nick(self->severity),
                         self->subject != NULL ? self->subject : "",
                         self->muted,
                         self->first_seen,
                         self->last_seen,
                         self->reports,
                         self->value,
                         self->lo,
                         self->hi,
                         errata_pattern_state_nick(self->state),
                         self->finding != NULL ? self->finding : "",
                         self->taxonomy != NULL ? self->taxonomy : "");
}

/**
 * errata_pattern_from_variant:
 * @variant: of type %ERRATA_PATTERN_VARIANT
 *
 * Returns: (transfer full) (nullable): the pattern; %NULL when a word in it is not known
 */
ErrataPattern *
errata_pattern_from_variant(GVariant *variant)
{
    g_autoptr(ErrataPattern) self = errata_pattern_new(NULL, ERRATA_FINDING_SLICE, NULL);
    const char *kind;
    const char *severity;
    const char *state;

    g_variant_get(variant,
                  "(s&ss&ssbxxuddd&sss)",
                  &self->id,
                  &kind,
                  &self->title,
                  &severity,
                  &self->subject,
                  &self->muted,
                  &self->first_seen,
                  &self->last_seen,
                  &self->reports,
                  &self->value,
                  &self->lo,
                  &self->hi,
                  &state,
                  &self->finding,
                  &self->taxonomy);
    if (!errata_finding_kind_parse(kind, &self->kind) ||
        !errata_severity_parse(severity, &self->severity) ||
        !errata_pattern_state_parse(state, &self->state))
        return NULL;
    if (self->taxonomy[0] == '\0')
        g_clear_pointer(&self->taxonomy, g_free);
    if (self->finding[0] == '\0')
        g_clear_pointer(&self->finding, g_free);
    return g_steal_pointer(&self);
}
