/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* what is masked before a text of a log leaves */
typedef struct _ErrataRedact ErrataRedact;

ErrataRedact *errata_redact_new(const char *patterns, const char *const *columns);
void errata_redact_free(ErrataRedact *self);
char *errata_redact_apply(const ErrataRedact *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataRedact, errata_redact_free)

G_END_DECLS
