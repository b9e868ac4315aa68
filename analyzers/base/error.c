/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"

/* clang-format off */
G_DEFINE_QUARK(errata-error-quark, errata_error)
/* clang-format on */
