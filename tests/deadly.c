/* Preloaded: the process dies, by SIGKILL, before its n-th call that changes something on disk.

   `deadly_after(n)` says so from within; from outside, a file named by DEADLY_FILE that holds n,
   looked for at each such call. Without either nothing happens. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static atomic_long left;
static atomic_int is_told;

void deadly_after(long calls) {
    left = calls;
    is_told = 1;
}

static void look_outside(void) {
    const char *name = getenv("DEADLY_FILE");
    FILE *file = name ? fopen(name, "r") : NULL;
    long calls;
    if (file && fscanf(file, "%ld", &calls) == 1) deadly_after(calls);
    if (file) fclose(file);
}

static void step(void) {
    if (!is_told) look_outside();
    if (is_told && atomic_fetch_sub(&left, 1) == 1) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
}

#define STEP(result, name, parameters, arguments)              \
    result name parameters {                                   \
        static result(*real) parameters;                       \
        if (!real) real = dlsym(RTLD_NEXT, #name);             \
        step();                                                \
        return real arguments;                                 \
    }

STEP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
STEP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
STEP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
STEP(int, ftruncate, (int fd, off_t size), (fd, size))
STEP(int, ftruncate64, (int fd, off64_t size), (fd, size))
STEP(int, fsync, (int fd), (fd))
STEP(int, fdatasync, (int fd), (fd))
STEP(int, rename, (const char *old, const char *new), (old, new))
STEP(int, renameat, (int at, const char *old, int to, const char *new), (at, old, to, new))
STEP(int, renameat2, (int at, const char *old, int to, const char *new, unsigned int flags),
     (at, old, to, new, flags))
STEP(int, unlink, (const char *path), (path))
STEP(int, unlinkat, (int at, const char *path, int flags), (at, path, flags))
STEP(int, rmdir, (const char *path), (path))
STEP(int, mkdir, (const char *path, mode_t mode), (path, mode))
STEP(int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
STEP(int, link, (const char *old, const char *new), (old, new))
STEP(int, linkat, (int at, const char *old, int to, const char *new, int flags),
     (at, old, to, new, flags))
STEP(int, symlink, (const char *target, const char *path), (target, path))
STEP(int, symlinkat, (const char *target, int at, const char *path), (target, at, path))
STEP(int, chmod, (const char *path, mode_t mode), (path, mode))
STEP(int, fchmod, (int fd, mode_t mode), (fd, mode))
STEP(int, chown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
STEP(int, fchmodat, (int at, const char *path, mode_t mode, int flags), (at, path, mode, flags))
STEP(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
STEP(int, lchown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
STEP(int, fchownat, (int at, const char *path, uid_t uid, gid_t gid, int flags),
     (at, path, uid, gid, flags))
STEP(int, truncate, (const char *path, off_t size), (path, size))
STEP(int, truncate64, (const char *path, off64_t size), (path, size))
STEP(int, syncfs, (int fd), (fd))
STEP(ssize_t, copy_file_range,
     (int in, off64_t *at, int out, off64_t *to, size_t size, unsigned int flags),
     (in, at, out, to, size, flags))
STEP(ssize_t, sendfile, (int out, int in, off_t *at, size_t size), (out, in, at, size))
STEP(ssize_t, sendfile64, (int out, int in, off64_t *at, size_t size), (out, in, at, size))
STEP(int, lsetxattr,
     (const char *path, const char *name, const void *value, size_t size, int flags),
     (path, name, value, size, flags))
STEP(int, fsetxattr, (int fd, const char *name, const void *value, size_t size, int flags),
     (fd, name, value, size, flags))
STEP(int, lremovexattr, (const char *path, const char *name), (path, name))
STEP(int, fremovexattr, (int fd, const char *name), (fd, name))
STEP(int, utimensat, (int at, const char *path, const struct timespec times[2], int flags),
     (at, path, times, flags))
STEP(int, futimens, (int fd, const struct timespec times[2]), (fd, times))
STEP(int, setxattr, (const char *path, const char *name, const void *value, size_t size, int flags),
     (path, name, value, size, flags))
STEP(int, removexattr, (const char *path, const char *name), (path, name))

#define OPENING(name, parameters, arguments)                   \
    int name parameters {                                      \
        static int(*real)();                                   \
        if (!real) real = (int(*)())dlsym(RTLD_NEXT, #name);   \
        mode_t mode = 0;                                       \
        if (flags & (O_CREAT | O_TMPFILE)) {                   \
            va_list rest;                                      \
            va_start(rest, flags);                             \
            mode = va_arg(rest, mode_t);                       \
            va_end(rest);                                      \
        }                                                      \
        if (flags & (O_CREAT | O_TRUNC)) step();               \
        return real arguments;                                 \
    }

OPENING(open, (const char *path, int flags, ...), (path, flags, mode))
OPENING(open64, (const char *path, int flags, ...), (path, flags, mode))
OPENING(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode))
OPENING(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode))
