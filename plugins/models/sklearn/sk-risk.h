/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "pickle.h"

G_BEGIN_DECLS

char *sk_risk(const Pickle *pickle, ErrataSeverity *ret_severity);

G_END_DECLS
