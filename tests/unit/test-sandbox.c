/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each case jails a child of its own, lets it try one thing, and looks at what came of it. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"
#include "scratch.h"

typedef enum {
    ATTEMPT_NOTHING,
    ATTEMPT_SOCKET,
    ATTEMPT_EXEC,
    ATTEMPT_FORK,
    ATTEMPT_KILL_PARENT,
    ATTEMPT_READ_PASSWD,
    ATTEMPT_WRITE_TMP,
    ATTEMPT_WRITE_OUTPUT,
    ATTEMPT_ESCAPE_OUTPUT,
    ATTEMPT_THREAD,
    ATTEMPT_READ_FONTS,
} Attempt;

typedef struct {
    const char *name;
    Attempt attempt;
    gboolean with;    /* may it, with landlock? */
    gboolean without; /* may it, without? */
} Case;

static const Case cases[] = {
    {"nothing", ATTEMPT_NOTHING, TRUE, TRUE},
    {"socket", ATTEMPT_SOCKET, FALSE, FALSE},
    {"exec", ATTEMPT_EXEC, FALSE, FALSE},
    {"fork", ATTEMPT_FORK, FALSE, FALSE},
    {"kill-parent", ATTEMPT_KILL_PARENT, FALSE, FALSE},
    {"read-passwd", ATTEMPT_READ_PASSWD, FALSE, TRUE},
    {"write-tmp", ATTEMPT_WRITE_TMP, FALSE, FALSE},
    {"write-output", ATTEMPT_WRITE_OUTPUT, TRUE, TRUE},
    {"escape-output", ATTEMPT_ESCAPE_OUTPUT, FALSE, TRUE},
    {"thread", ATTEMPT_THREAD, TRUE, TRUE},
    {"read-fonts", ATTEMPT_READ_FONTS, TRUE, TRUE},
};

static gpointer
test_sandbox_thread_cb(gpointer data)
{
    return data;
}

static gboolean
test_sandbox_try(Attempt attempt)
{
    switch (attempt) {
    case ATTEMPT_NOTHING:
        return TRUE;
    case ATTEMPT_SOCKET:
        return socket(AF_INET, SOCK_STREAM, 0) >= 0;
    case ATTEMPT_EXEC:
        execl("/bin/true", "true", NULL);
        return FALSE;
    case ATTEMPT_FORK:
        return fork() >= 0;
    case ATTEMPT_KILL_PARENT:
        return kill(getppid(), 0) == 0;
    case ATTEMPT_READ_PASSWD:
        return open("/etc/passwd", O_RDONLY) >= 0;
    case ATTEMPT_WRITE_TMP:
        return open("/tmp/errata-escaped", O_WRONLY | O_CREAT, 0600) >= 0;
    case ATTEMPT_WRITE_OUTPUT:
        return openat(ERRATA_SANDBOX_OUTPUT_FD, "report", O_WRONLY | O_CREAT, 0600) >= 0 &&
               mkdirat(ERRATA_SANDBOX_OUTPUT_FD, "svg", 0700) == 0;
    case ATTEMPT_ESCAPE_OUTPUT:
        return openat(ERRATA_SANDBOX_OUTPUT_FD, "../errata-escaped", O_WRONLY | O_CREAT, 0600) >= 0;
    case ATTEMPT_THREAD:
        return g_thread_join(g_thread_new("jailed", test_sandbox_thread_cb, GINT_TO_POINTER(1))) !=
               NULL;
    case ATTEMPT_READ_FONTS:
        return open("/usr/share/fonts", O_RDONLY | O_DIRECTORY) >= 0;
    }
    return FALSE;
}

/* 0: it could, 1: it could not, 2: no jail */
static int
test_sandbox_child(Attempt attempt, const char *folder, ErrataSandboxFlags flags)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY);

    if (fd != ERRATA_SANDBOX_OUTPUT_FD)
        dup2(fd, ERRATA_SANDBOX_OUTPUT_FD);
    if (!errata_sandbox_enter(flags, NULL, NULL))
        return 2;
    return test_sandbox_try(attempt) ? 0 : 1;
}

static void
test_sandbox_run(const Case *c, ErrataSandboxFlags flags, gboolean may)
{
    g_autofree char *base = scratch_folder();
    g_autofree char *folder = g_build_filename(base, "output", NULL);
    pid_t child;
    int status;

    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0)
        _exit(test_sandbox_child(c->attempt, folder, flags));
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, may ? 0 : 1);
}

static void
test_sandbox_with_landlock(gconstpointer data)
{
    const Case *c = data;

    test_sandbox_run(c, ERRATA_SANDBOX_DEFAULT, c->with);
}

static void
test_sandbox_without_landlock(gconstpointer data)
{
    const Case *c = data;

    test_sandbox_run(c, ERRATA_SANDBOX_NO_LANDLOCK, c->without);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *with = g_strdup_printf("/sandbox/landlock/%s", cases[i].name);
        g_autofree char *without = g_strdup_printf("/sandbox/no-landlock/%s", cases[i].name);

        g_test_add_data_func(with, &cases[i], test_sandbox_with_landlock);
        g_test_add_data_func(without, &cases[i], test_sandbox_without_landlock);
    }
    return g_test_run();
}
