/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The service manager's notification protocol, sd_notify(3): one datagram to $NOTIFY_SOCKET. Done
 * here because libsystemd would bring six libraries into a daemon that is to stay small. */
#include "notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
errata_notify_send(const char *message)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize length = path != NULL ? strlen(path) : 0;
    int fd;

    if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, length);
    if (address.sun_path[0] == '@')
        address.sun_path[0] = '\0'; /* the abstract namespace */
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (sendto(fd,
               message,
               strlen(message),
               MSG_NOSIGNAL,
               (const struct sockaddr *)(const void *)&address,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
        g_debug("the service manager was not told '%s'", message);
    close(fd);
}
