/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

G_BEGIN_DECLS

gboolean errata_frame_halves_are(const char *const *a, const char *const *b);
gsize errata_frame_halves_join(ErrataFrame *self, const char **ret_why);

G_END_DECLS
