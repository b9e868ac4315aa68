/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

void errata_built_in_writer_write(ErrataCase *report);

G_END_DECLS
