/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "error.h"

G_BEGIN_DECLS

void errata_dbus_error_register(void);
/* "org.errata.Error.Io"; static */
const char *errata_dbus_error_name(ErrataError code);
/* an error that goes to a caller: ours, whatever domain it came from */
GError *errata_dbus_error_wrap(const GError *error);

G_END_DECLS
