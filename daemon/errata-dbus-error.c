/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The errors as they are named on the bus. */
#include "errata-dbus-error.h"

#include <gio/gio.h>

static const GDBusErrorEntry dbus_errors[] = {
    {ERRATA_ERROR_INTERNAL, "org.errata.Error.Internal"},
    {ERRATA_ERROR_UNSUPPORTED, "org.errata.Error.Unsupported"},
    {ERRATA_ERROR_INVALID_DATA, "org.errata.Error.InvalidData"},
    {ERRATA_ERROR_LIMIT, "org.errata.Error.Limit"},
    {ERRATA_ERROR_MISSING_ROLE, "org.errata.Error.MissingRole"},
    {ERRATA_ERROR_TOO_FEW_ROWS, "org.errata.Error.TooFewRows"},
    {ERRATA_ERROR_IO, "org.errata.Error.Io"},
    {ERRATA_ERROR_USAGE, "org.errata.Error.Usage"},
    {ERRATA_ERROR_CONFIG, "org.errata.Error.Config"},
    {ERRATA_ERROR_CANCELLED, "org.errata.Error.Cancelled"},
    {ERRATA_ERROR_NOT_FOUND, "org.errata.Error.NotFound"},
    {ERRATA_ERROR_WORKER, "org.errata.Error.Worker"},
};

G_STATIC_ASSERT(G_N_ELEMENTS(dbus_errors) == ERRATA_ERROR_N_CODES);

/**
 * errata_dbus_error_register:
 *
 * Names %ERRATA_ERROR for both sides of the bus; calls after the first do nothing.
 */
void
errata_dbus_error_register(void)
{
    static gsize quark = 0;

    g_dbus_error_register_error_domain("errata-error-quark",
                                       &quark,
                                       dbus_errors,
                                       G_N_ELEMENTS(dbus_errors));
    g_warn_if_fail((GQuark)quark == ERRATA_ERROR);
}

const char *
errata_dbus_error_name(ErrataError code)
{
    for (guint i = 0; i < G_N_ELEMENTS(dbus_errors); i++) {
        if (dbus_errors[i].error_code == (int)code)
            return dbus_errors[i].dbus_error_name;
    }
    return dbus_errors[0].dbus_error_name;
}

GError *
errata_dbus_error_wrap(const GError *error)
{
    ErrataError code = error->domain == G_IO_ERROR ? ERRATA_ERROR_IO : ERRATA_ERROR_INTERNAL;

    if (error->domain == ERRATA_ERROR)
        return g_error_copy(error);
    return g_error_new_literal(ERRATA_ERROR, (int)code, error->message);
}
