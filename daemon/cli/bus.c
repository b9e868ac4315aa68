/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bus.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "errata-dbus-error.h"
#include "error.h"

/**
 * errata_bus_connect:
 * @error: return location for a #GError
 *
 * The user's session bus, or the system's when ERRATA_BUS=system is set.
 *
 * Returns: (transfer full): the connection, or %NULL with @error set
 */
GDBusConnection *
errata_bus_connect(GError **error)
{
    g_autoptr(GError) local = NULL;
    gboolean is_system = g_strcmp0(g_getenv("ERRATA_BUS"), "system") == 0;
    GDBusConnection *bus =
        g_bus_get_sync(is_system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, NULL, &local);

    errata_dbus_error_register();
    if (bus == NULL)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "no D-Bus to ask the daemon on (%s); errata analyze works without one",
                    local->message);
    else
        g_dbus_connection_set_exit_on_close(bus, FALSE);
    return bus;
}

GVariant *
errata_bus_call(GDBusConnection *bus,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *arguments,
                const char *reply_type,
                GUnixFDList *fds,
                GUnixFDList **ret_fds,
                GError **error)
{
    g_autofree char *full = g_str_has_prefix(interface, "org.")
                                ? g_strdup(interface)
                                : g_strconcat(ERRATA_BUS_PREFIX, interface, NULL);
    g_autoptr(GError) local = NULL;
    GVariant *reply = g_dbus_connection_call_with_unix_fd_list_sync(
        bus,
        ERRATA_BUS_NAME,
        path,
        full,
        method,
        arguments,
        reply_type != NULL ? G_VARIANT_TYPE(reply_type) : NULL,
        G_DBUS_CALL_FLAGS_NONE,
        -1,
        fds,
        ret_fds,
        NULL,
        &local);

    if (reply != NULL)
        return reply;
    g_dbus_error_strip_remote_error(local);
    if (local->domain == ERRATA_ERROR)
        g_propagate_error(error, g_steal_pointer(&local));
    else if (g_error_matches(local, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
             g_error_matches(local, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_NOT_FOUND,
            g_strcmp0(g_getenv("ERRATA_BUS"), "system") == 0
                ? "the daemon is not running; start it with systemctl start errata, or without "
                  "systemd with erratad --system"
                : "the daemon is not running; start it with systemctl --user start errata, or "
                  "without systemd with erratad in another terminal");
    else
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_IO, "asking the daemon: %s", local->message);
    return NULL;
}

GVariant *
errata_bus_properties(GDBusConnection *bus, const char *path, const char *interface, GError **error)
{
    g_autofree char *full = g_strconcat(ERRATA_BUS_PREFIX, interface, NULL);
    g_autoptr(GVariant) reply = errata_bus_call(bus,
                                                path,
                                                "org.freedesktop.DBus.Properties",
                                                "GetAll",
                                                g_variant_new("(s)", full),
                                                "(a{sv})",
                                                NULL,
                                                NULL,
                                                error);

    return reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
}

/* “ConfigError” → “config-error”, but as the lists call it where they have another name for it */
static char *
bus_fact_name(const char *property)
{
    static const char *const otherwise[][2] = {{"ErrorName", "error-code"},
                                               {"MergedInto", "continues"},
                                               {"FindingCount", "findings"}};
    GString *name;

    for (gsize i = 0; i < G_N_ELEMENTS(otherwise); i++)
        if (strcmp(property, otherwise[i][0]) == 0)
            return g_strdup(otherwise[i][1]);
    name = g_string_new(NULL);
    for (const char *p = property; *p != '\0'; p++) {
        if (g_ascii_isupper(*p) && p > property)
            g_string_append_c(name, '-');
        g_string_append_c(name, g_ascii_tolower(*p));
    }
    return g_string_free(name, FALSE);
}

GVariant *
errata_bus_facts(const char *path, GVariant *properties)
{
    GVariantBuilder builder;
    GVariantIter iter;
    const char *property;
    GVariant *boxed;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    if (path != NULL)
        g_variant_builder_add(&builder, "{sv}", "path", g_variant_new_object_path(path));
    g_variant_iter_init(&iter, properties);
    while (g_variant_iter_next(&iter, "{&sv}", &property, &boxed)) {
        g_autoptr(GVariant) value = boxed;
        g_autofree char *name = bus_fact_name(property);

        g_variant_builder_add(&builder, "{sv}", name, value);
    }
    return g_variant_ref_sink(g_variant_builder_end(&builder));
}

const char *
errata_bus_text(GVariant *facts, const char *key)
{
    const char *text = "";

    g_variant_lookup(facts, key, "&s", &text);
    return text;
}

gboolean
errata_bus_has_model(GDBusConnection *bus, const char *name, GError **error)
{
    g_autoptr(GVariant) reply = errata_bus_call(bus,
                                                ERRATA_BUS_PATH,
                                                "Manager",
                                                "ListModels",
                                                NULL,
                                                "(aa{sv})",
                                                NULL,
                                                NULL,
                                                error);
    g_autoptr(GVariant) models = reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;

    for (gsize i = 0; models != NULL && i < g_variant_n_children(models); i++) {
        g_autoptr(GVariant) model = g_variant_get_child_value(models, i);

        if (g_str_equal(errata_bus_text(model, "name"), name))
            return TRUE;
    }
    if (models != NULL)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "there is no model called “%s”; errata models lists those there are",
                    name);
    return FALSE;
}

void
errata_bus_print_json(GVariant *value)
{
    g_autoptr(JsonNode) node = json_gvariant_serialize(value);
    g_autofree char *text = json_to_string(node, TRUE);

    g_print("%s\n", text);
}

char *
errata_bus_time(gint64 us)
{
    g_autoptr(GDateTime) utc = us != 0 ? g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC) : NULL;
    g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local(utc) : NULL;

    return local != NULL ? g_date_time_format(local, "%e %b, %H:%M") : g_strdup("");
}
