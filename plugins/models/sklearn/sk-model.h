/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"

G_BEGIN_DECLS

/* the model that a pickle describes, as one of @format; for formats that say the same in other
 * words */
ErrataModel *sk_model_of_pickle(const guint8 *bytes,
                                gsize size,
                                const char *format,
                                GError **error);

G_END_DECLS
