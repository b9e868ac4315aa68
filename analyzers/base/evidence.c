/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence.h"

#include <math.h>

static const char *const unit_nicks[] =
    {"none", "share", "points", "count", "ratio", "sd", "time", "target"};

/**
 * errata_evidence_new:
 * @key: what the number is, for code
 * @what: what the number is, for people
 * @value: the number
 * @unit: its unit
 * @n: rows it was computed from
 *
 * Returns: (transfer full): evidence without interval or test
 */
ErrataEvidence *
errata_evidence_new(const char *key, const char *what, double value, ErrataUnit unit, guint64 n)
{
    ErrataEvidence *self = g_new0(ErrataEvidence, 1);

    self->key = g_strdup(key);
    self->what = g_strdup(what);
    self->value = value;
    self->unit = unit;
    self->n = n;
    self->lo = self->hi = self->baseline = self->p = self->q = (double)NAN;
    return self;
}

void
errata_evidence_free(ErrataEvidence *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_free(self->key);
    g_free(self->what);
    g_free(self->test);
    g_free(self->method);
    g_free(self->text);
    g_free(self);
}

const char *
errata_unit_nick(ErrataUnit unit)
{
    return unit_nicks[unit];
}

gboolean
errata_unit_parse(const char *nick, ErrataUnit *ret_unit)
{
    for (guint i = 0; i < G_N_ELEMENTS(unit_nicks); i++)
        if (g_strcmp0(nick, unit_nicks[i]) == 0) {
            *ret_unit = (ErrataUnit)i;
            return TRUE;
        }
    return FALSE;
}
