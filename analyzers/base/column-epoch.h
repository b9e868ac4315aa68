/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"

G_BEGIN_DECLS

/* turns a numeric column into instants when its name and its range say that it holds epochs */
void errata_column_epoch_convert(ErrataColumn *column);

G_END_DECLS
