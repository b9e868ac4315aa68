/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_ERROR (errata_error_quark())

/**
 * ErrataError:
 * @ERRATA_ERROR_INTERNAL: a broken invariant of ours; always a bug
 * @ERRATA_ERROR_UNSUPPORTED: well formed, but of a kind we do not read
 * @ERRATA_ERROR_INVALID_DATA: malformed
 * @ERRATA_ERROR_LIMIT: larger, deeper or slower than #ErrataLimits allows
 * @ERRATA_ERROR_MISSING_ROLE: no column has the role the caller needs
 * @ERRATA_ERROR_TOO_FEW_ROWS: too few rows for what was asked
 * @ERRATA_ERROR_IO: a file could not be read or written (disk full, permission)
 * @ERRATA_ERROR_USAGE: a wrong flag or argument
 * @ERRATA_ERROR_CONFIG: an unknown key or bad value in errata.conf
 * @ERRATA_ERROR_CANCELLED: stopped by the user
 * @ERRATA_ERROR_NOT_FOUND: no such job, report, finding or model
 * @ERRATA_ERROR_WORKER: the worker crashed, ran out of time or of memory
 *
 * What the user can do about an error. The codes are part of the D-Bus API
 * (`org.errata.Error.*`): append, never renumber.
 */
typedef enum {
    ERRATA_ERROR_INTERNAL = 0,
    ERRATA_ERROR_UNSUPPORTED = 1,
    ERRATA_ERROR_INVALID_DATA = 2,
    ERRATA_ERROR_LIMIT = 3,
    ERRATA_ERROR_MISSING_ROLE = 4,
    ERRATA_ERROR_TOO_FEW_ROWS = 5,
    ERRATA_ERROR_IO = 6,
    ERRATA_ERROR_USAGE = 7,
    ERRATA_ERROR_CONFIG = 8,
    ERRATA_ERROR_CANCELLED = 9,
    ERRATA_ERROR_NOT_FOUND = 10,
    ERRATA_ERROR_WORKER = 11,
} ErrataError;

#define ERRATA_ERROR_N_CODES 12

GQuark errata_error_quark(void);

G_END_DECLS
