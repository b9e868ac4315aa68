/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

ErrataCase *errata_worker_baseline_read(int fd, const char *name, GError **error);
gboolean errata_worker_baseline_suits(const ErrataCase *earlier, const ErrataCase *now);

G_END_DECLS
