/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host.h"

G_BEGIN_DECLS

int errata_model_table_run(ErrataHostJob *job, const char *output, gboolean quiet);

G_END_DECLS
