/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema.h"

G_BEGIN_DECLS

char *errata_likely_roles(const ErrataFrame *frame, const ErrataSchema *schema);
char *errata_likely_labels(const ErrataFrame *frame, const ErrataSchema *schema);
char *errata_likely_decision(const ErrataFrame *frame, const ErrataSchema *schema);
void errata_likely_explain(const ErrataFrame *frame, GError **error);

G_END_DECLS
