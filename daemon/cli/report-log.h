/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "host.h"

G_BEGIN_DECLS

gboolean errata_report_log_add(ErrataHostJob *job,
                               const ErrataInput *input,
                               const char *folder,
                               GError **error);

G_END_DECLS
