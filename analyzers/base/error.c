/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"

/* clang-format off */
G_DEFINE_QUARK(errata-error-quark, errata_error)
/* clang-format on */

/**
 * errata_error_nick:
 * @code: an error code
 *
 * Returns: (transfer none): the last part of the D-Bus error name of @code
 */
const char *
errata_error_nick(ErrataError code)
{
    static const char *const nicks[] = {"Internal",
                                        "Unsupported",
                                        "InvalidData",
                                        "Limit",
                                        "MissingRole",
                                        "TooFewRows",
                                        "Io",
                                        "Usage",
                                        "Config",
                                        "Cancelled",
                                        "NotFound",
                                        "Worker"};

    G_STATIC_ASSERT(G_N_ELEMENTS(nicks) == ERRATA_ERROR_N_CODES);
    return (guint)code < G_N_ELEMENTS(nicks) ? nicks[code] : nicks[0];
}
