/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host.h"

G_BEGIN_DECLS

void errata_host_embedding_open(ErrataHostJob *job);

G_END_DECLS
