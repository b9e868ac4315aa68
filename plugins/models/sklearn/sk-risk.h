/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"
#include "pickle.h"

G_BEGIN_DECLS

guint sk_risk(const Pickle *pickle, ErrataModelBuilder *builder, char **ret_worst);

G_END_DECLS
