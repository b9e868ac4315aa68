/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may do what on the system bus. The bus lets the group in; what a log says belongs to whoever
 * handed it in. Root and the daemon itself may do all, an owner what is his, everybody else what
 * polkit grants. Nothing blocks: a call waits aside until both buses' daemons have answered. */
#include <unistd.h>

#include "service-private.h"

#define ACCESS_OWNER  "errata-owner"  /* on a skeleton: uid + 2, so that none is not 0 */
#define ACCESS_CALLER "errata-caller" /* on a call: likewise */
#define ACCESS_ASK    1               /* polkit may ask the caller for a password */

/* a call that waits for its permission */
typedef struct {
    GDBusConnection *connection;
    GDBusInterfaceSkeleton *skeleton;
    GDBusMethodInvocation *invocation; /* answered or dispatched in the end, which takes it */
    const char *action;
} Access;

static void
access_free(Access *access)
{
    g_object_unref(access->connection);
    g_object_unref(access->skeleton);
    g_free(access);
}

static void
access_grant(Access *access)
{
    const GDBusInterfaceVTable *table = g_dbus_interface_skeleton_get_vtable(access->skeleton);
    GDBusMethodInvocation *invocation = access->invocation;

    table->method_call(access->connection,
                       g_dbus_method_invocation_get_sender(invocation),
                       g_dbus_method_invocation_get_object_path(invocation),
                       g_dbus_method_invocation_get_interface_name(invocation),
                       g_dbus_method_invocation_get_method_name(invocation),
                       g_dbus_method_invocation_get_parameters(invocation),
                       invocation,
                       access->skeleton);
    access_free(access);
}

static void
access_deny(Access *access, const char *why)
{
    g_dbus_method_invocation_return_error(
        access->invocation,
        G_DBUS_ERROR,
        G_DBUS_ERROR_ACCESS_DENIED,
        "%s is for whoever handed the file in, for root, and for those whom polkit grants %s%s%s",
        g_dbus_method_invocation_get_method_name(access->invocation),
        access->action,
        why != NULL ? ": " : "",
        why != NULL ? why : "");
    access_free(access);
}

static void
access_polkit_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Access *access = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer = g_dbus_connection_call_finish(access->connection, result, &error);
    gboolean granted = FALSE;

    if (answer != NULL)
        g_variant_get(answer, "((bba{ss}))", &granted, NULL, NULL);
    else
        g_dbus_error_strip_remote_error(error);
    if (granted)
        access_grant(access);
    else
        access_deny(access, error != NULL ? error->message : NULL);
}

static void
access_ask_polkit(Access *access)
{
    GDBusMessage *message = g_dbus_method_invocation_get_message(access->invocation);
    gboolean ask = (g_dbus_message_get_flags(message) &
                    G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
    GVariantBuilder subject;
    GVariantBuilder details;

    g_variant_builder_init(&subject, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(
        &subject,
        "{sv}",
        "name",
        g_variant_new_string(g_dbus_method_invocation_get_sender(access->invocation)));
    g_variant_builder_init(&details, G_VARIANT_TYPE("a{ss}"));
    g_dbus_connection_call(access->connection,
                           "org.freedesktop.PolicyKit1",
                           "/org/freedesktop/PolicyKit1/Authority",
                           "org.freedesktop.PolicyKit1.Authority",
                           "CheckAuthorization",
                           g_variant_new("((sa{sv})sa{ss}us)",
                                         "system-bus-name",
                                         &subject,
                                         access->action,
                                         &details,
                                         ask ? ACCESS_ASK : 0,
                                         ""),
                           G_VARIANT_TYPE("((bba{ss}))"),
                           G_DBUS_CALL_FLAGS_NONE,
                           ask ? G_MAXINT : -1,
                           NULL,
                           access_polkit_cb,
                           access);
}

static void
access_user_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Access *access = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer = g_dbus_connection_call_finish(access->connection, result, &error);
    gsize owner = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(access->skeleton), ACCESS_OWNER));
    guint32 user;

    if (answer == NULL) { /* it left the bus meanwhile */
        access_deny(access, error->message);
        return;
    }
    g_variant_get(answer, "(u)", &user);
    g_object_set_data(G_OBJECT(access->invocation),
                      ACCESS_CALLER,
                      GSIZE_TO_POINTER((gsize)user + 2));
    if (access->action == NULL || user == 0 || user == getuid() || owner == (gsize)user + 2)
        access_grant(access);
    else
        access_ask_polkit(access);
}

/* NULL: whoever the bus lets in */
static const char *
access_action(GDBusInterfaceSkeleton *skeleton, const char *method)
{
    if (ERRATA_DBUS_IS_MANAGER(skeleton))
        return g_str_equal(method, "Ask") ? "org.errata.Errata1.read" : NULL;
    return g_str_equal(method, "Cancel") || g_str_has_suffix(method, "ute")
               ? "org.errata.Errata1.manage"
               : "org.errata.Errata1.read";
}

static gboolean
access_authorize_cb(GDBusInterfaceSkeleton *skeleton,
                    GDBusMethodInvocation *invocation,
                    gpointer user_data)
{
    Access *access = g_new0(Access, 1);

    access->connection = g_object_ref(g_dbus_method_invocation_get_connection(invocation));
    access->skeleton = g_object_ref(skeleton);
    access->invocation = invocation;
    access->action = access_action(skeleton, g_dbus_method_invocation_get_method_name(invocation));
    g_dbus_connection_call(access->connection,
                           "org.freedesktop.DBus",
                           "/org/freedesktop/DBus",
                           "org.freedesktop.DBus",
                           "GetConnectionUnixUser",
                           g_variant_new("(s)", g_dbus_method_invocation_get_sender(invocation)),
                           G_VARIANT_TYPE("(u)"),
                           G_DBUS_CALL_FLAGS_NONE,
                           -1,
                           NULL,
                           access_user_cb,
                           access);
    return FALSE;
}

/**
 * errata_service_guard:
 * @skeleton: (type GDBusInterfaceSkeleton): the manager, or an interface of a job, a report or a
 *   model
 * @owner: uid of whoever handed the file in, or −1
 *
 * On the system bus, lets only those call @skeleton who may: Cancel, Mute and Unmute need
 * `org.errata.Errata1.manage`, all else `org.errata.Errata1.read`. A session bus has one user.
 */
void
errata_service_guard(ErrataService *self, gpointer skeleton, gint64 owner)
{
    if (!self->is_system)
        return;
    g_object_set_data(skeleton, ACCESS_OWNER, GSIZE_TO_POINTER((gsize)(owner + 2)));
    g_signal_connect(skeleton, "g-authorize-method", G_CALLBACK(access_authorize_cb), NULL);
}

/**
 * errata_service_caller:
 * @invocation: a call of a guarded interface
 *
 * Returns: uid of the caller
 */
gint64
errata_service_caller(ErrataService *self, GDBusMethodInvocation *invocation)
{
    gsize caller = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(invocation), ACCESS_CALLER));

    return self->is_system ? (gint64)caller - 2 : (gint64)getuid();
}
