/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame-builder.h"

G_BEGIN_DECLS

#define ERRATA_WORKER_INPUT_TWICE "twice" /* kind of an input whose bytes came before */

gboolean errata_worker_inputs_check(GPtrArray *inputs, ErrataFrameBuilder *log, GError **error);

G_END_DECLS
