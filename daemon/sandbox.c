/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's jail, entered before the first untrusted byte and before any thread.
 * Three fences, each enough for most things on its own:
 *   seccomp   an allow-list of system calls; no sockets, no exec, no new processes, and files may
 *             be created only beneath the output folder's descriptor
 *   landlock  where the kernel has it: fonts and libraries may be read, the output folder written,
 *             nothing else opened
 *   limits    no core dumps, few descriptors, a private network namespace where allowed
 * Everything a job reads comes in as a descriptor. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "error.h"

/* bits of later kernels than the header's, by their ABI */
#define SANDBOX_FS_REFER    (1ULL << 13)
#define SANDBOX_FS_TRUNCATE (1ULL << 14)

#define SANDBOX_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define SANDBOX_WRITE \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR)

/* what drawing text needs; the host points fontconfig at nothing else */
static const char *const sandbox_readable[] = {
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/etc/fonts",
    "/var/cache/fontconfig",
    "/usr/lib",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
    "/sys/devices/system/cpu",
    "/proc/meminfo",
    "/proc/self",
};

static const int sandbox_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(pipe2),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(memfd_create),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(getcpu),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(prlimit64),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
};

#if ERRATA_JAIL_SANITIZER
/* AddressSanitizer and LeakSanitizer: they read maps, stop threads and set their own timers */
static const int sandbox_sanitizer_calls[] = {
    SCMP_SYS(ptrace),
    SCMP_SYS(wait4),
    SCMP_SYS(kill),
    SCMP_SYS(prctl),
    SCMP_SYS(ioctl),
    SCMP_SYS(personality),
    SCMP_SYS(setrlimit),
    SCMP_SYS(getrlimit),
    SCMP_SYS(open),
    SCMP_SYS(clone),
};
#endif

static gboolean
sandbox_fail(GError **error, const char *what, int code)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INTERNAL,
                "entering the jail: %s: %s",
                what,
                g_strerror(code));
    return FALSE;
}

static gboolean
sandbox_landlock_allow(int ruleset, int fd, guint64 access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};

    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

static gboolean
sandbox_landlock_fill(int ruleset, guint64 handled, GError **error)
{
    struct stat info;

    for (gsize i = 0; i < G_N_ELEMENTS(sandbox_readable); i++) {
        guint64 access = SANDBOX_READ;
        int fd = open(sandbox_readable[i], O_PATH | O_CLOEXEC);
        gboolean allowed;

        if (fd < 0)
            continue; /* not on this machine */
        if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode))
            access = LANDLOCK_ACCESS_FS_READ_FILE;
        allowed = sandbox_landlock_allow(ruleset, fd, access);
        close(fd);
        if (!allowed)
            return sandbox_fail(error, sandbox_readable[i], errno);
    }
    if (fstat(ERRATA_SANDBOX_OUTPUT_FD, &info) == 0 && S_ISDIR(info.st_mode) &&
        !sandbox_landlock_allow(ruleset,
                                ERRATA_SANDBOX_OUTPUT_FD,
                                (SANDBOX_READ | SANDBOX_WRITE | SANDBOX_FS_TRUNCATE) & handled))
        return sandbox_fail(error, "landlock rule for the output folder", errno);
    return TRUE;
}

/* FALSE without @error: this kernel has no landlock */
static gboolean
sandbox_landlock(GError **error)
{
    struct landlock_ruleset_attr attr = {0};
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    gboolean done;
    int ruleset;

    if (abi < 1)
        return FALSE;
    attr.handled_access_fs = (1ULL << 13) - 1; /* all of ABI 1, executing included */
    if (abi >= 2)
        attr.handled_access_fs |= SANDBOX_FS_REFER;
    if (abi >= 3)
        attr.handled_access_fs |= SANDBOX_FS_TRUNCATE;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0)
        return sandbox_fail(error, "landlock ruleset", errno);
    done = sandbox_landlock_fill(ruleset, attr.handled_access_fs, error);
    if (done && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        done = sandbox_fail(error, "landlock", errno);
    close(ruleset);
    return done;
}

/* calls that are allowed with some arguments only */
static int
sandbox_seccomp_conditions(scmp_filter_ctx filter)
{
    const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    int r = 0;

    r |= seccomp_rule_add(filter,
                          SCMP_ACT_ALLOW,
                          SCMP_SYS(openat),
                          1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, writing, 0));
    r |= seccomp_rule_add(filter,
                          SCMP_ACT_ALLOW,
                          SCMP_SYS(openat),
                          1,
                          SCMP_A0(SCMP_CMP_EQ, ERRATA_SANDBOX_OUTPUT_FD));
    r |= seccomp_rule_add(filter,
                          SCMP_ACT_ALLOW,
                          SCMP_SYS(mkdirat),
                          1,
                          SCMP_A0(SCMP_CMP_EQ, ERRATA_SANDBOX_OUTPUT_FD));
#if !ERRATA_JAIL_SANITIZER
    r |= seccomp_rule_add(filter,
                          SCMP_ACT_ALLOW,
                          SCMP_SYS(clone),
                          1,
                          SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    r |= seccomp_rule_add(filter,
                          SCMP_ACT_ALLOW,
                          SCMP_SYS(prctl),
                          1,
                          SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    /* terminals are asked for nothing: 25 is ENOTTY */
    r |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
#endif
    /* abort() and nothing else: a signal to ourselves */
    r |= seccomp_rule_add(filter,
                          SCMP_ACT_ALLOW,
                          SCMP_SYS(tgkill),
                          1,
                          SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    /* glibc then falls back to clone, whose flags can be judged */
    r |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return r;
}

static gboolean
sandbox_seccomp(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int r = 0;

    if (filter == NULL)
        return sandbox_fail(error, "seccomp", ENOMEM);
    for (gsize i = 0; i < G_N_ELEMENTS(sandbox_calls); i++)
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, sandbox_calls[i], 0);
#if ERRATA_JAIL_SANITIZER
    for (gsize i = 0; i < G_N_ELEMENTS(sandbox_sanitizer_calls); i++)
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, sandbox_sanitizer_calls[i], 0);
#endif
    r |= sandbox_seccomp_conditions(filter);
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    return r == 0 || sandbox_fail(error, "seccomp", r < 0 ? -r : EINVAL);
}

static void
sandbox_limits(void)
{
    const struct rlimit no_core = {0, 0};
    const struct rlimit files = {256, 256};

    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_NOFILE, &files);
    /* needs a privilege that most hosts lack; seccomp forbids sockets in any case */
    if (geteuid() == 0)
        unshare(CLONE_NEWNET);
}

/**
 * errata_sandbox_enter:
 * @flags: what to leave out
 * @ret_description: (nullable): gets the fences that stand, in words
 * @error: return location for a #GError
 *
 * Jails this process for good. Call it first of all, from the only thread.
 *
 * Returns: whether the jail stands; when not, the process must end
 */
gboolean
errata_sandbox_enter(ErrataSandboxFlags flags, GString *ret_description, GError **error)
{
    gboolean landlock = FALSE;

    /* a job that writes nothing: the number is taken, so that no later descriptor gets its
     * rights */
    if (fcntl(ERRATA_SANDBOX_OUTPUT_FD, F_GETFD) < 0 &&
        open("/dev/null", O_RDONLY) != ERRATA_SANDBOX_OUTPUT_FD)
        return sandbox_fail(error, "no output folder and no place for none", EBADF);
    sandbox_limits();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return sandbox_fail(error, "no new privileges", errno);
    if ((flags & ERRATA_SANDBOX_NO_LANDLOCK) == 0) {
        g_autoptr(GError) landlock_error = NULL;

        landlock = sandbox_landlock(&landlock_error);
        if (landlock_error != NULL) {
            g_propagate_error(error, g_steal_pointer(&landlock_error));
            return FALSE;
        }
    }
    if (!sandbox_seccomp(error))
        return FALSE;
    if (ret_description != NULL)
        g_string_append(ret_description,
                        landlock ? "seccomp and landlock" : "seccomp, no landlock");
    return TRUE;
}

/**
 * errata_sandbox_limit_memory:
 * @bytes: of private writable memory, 0 for as much as the machine has
 * @error: return location for a #GError
 *
 * Returns: whether the limit stands
 */
gboolean
errata_sandbox_limit_memory(guint64 bytes, GError **error)
{
    struct rlimit limit;

    if (bytes == 0)
        bytes = (guint64)sysconf(_SC_PHYS_PAGES) * (guint64)sysconf(_SC_PAGESIZE);
    limit.rlim_cur = limit.rlim_max = bytes;
    return setrlimit(RLIMIT_DATA, &limit) == 0 || sandbox_fail(error, "memory limit", errno);
}
