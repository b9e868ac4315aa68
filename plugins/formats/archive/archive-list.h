/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-container.h"

G_BEGIN_DECLS

ErrataModelContainer *errata_archive_list(int fd, guint *ret_refused);

G_END_DECLS
