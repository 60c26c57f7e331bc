#include "store_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "store.h"

/* Suffixes of the files that SQLite keeps next to a database. */
static const char *const beside[] = {"-wal", "-shm", "-journal"};
#define BESIDE (sizeof beside / sizeof *beside)

static char *join(const char *a, const char *b)
{
    char *s = NULL;
    return asprintf(&s, "%s%s", a, b) < 0 ? NULL : s;
}

/* --------------------------------------------------------------------------------------- folder */

/* mkdir -p with mode 0700. Existing folders keep their modes. FOLDER is modified and restored. */
static bool make_folder(char *folder)
{
    if (mkdir(folder, 0700) == 0 || errno == EEXIST) return true;
    char *slash = errno == ENOENT ? strrchr(folder, '/') : NULL;
    if (!slash || slash == folder) return false;
    *slash = '\0';
    bool ok = make_folder(folder);
    *slash = '/';
    return ok && (mkdir(folder, 0700) == 0 || errno == EEXIST);
}

/* In a sticky folder such as /tmp, other users cannot replace our files. In any other folder that
   they can write to, they can replace a file between two checks. */
static bool check_folder(const char *folder, tg_error *err)
{
    struct stat st;
    if (stat(folder, &st) != 0)
        return tg_error_set(err, TG_E_INVALID, "%s: %s", folder, strerror(errno));
    if (!S_ISDIR(st.st_mode)) return tg_error_set(err, TG_E_INVALID, "%s is not a folder", folder);
    if (st.st_uid != geteuid() && st.st_uid != 0) {
        tg_error_set(err, TG_E_INVALID, "the folder %s belongs to another user (uid %u)", folder,
                     (unsigned)st.st_uid);
        tg_error_advise(err, "name a file in a folder of your own");
        return false;
    }
    if (!(st.st_mode & (S_IWGRP | S_IWOTH)) || st.st_mode & S_ISVTX) return true;
    tg_error_set(err, TG_E_INVALID, "others can write to the folder %s", folder);
    tg_error_advise(err, "run: chmod go-w '%s'", folder);
    return false;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *tg_file_place(const char *path, bool make, tg_error *err)
{
    char *folder = folder_of(path), *real = NULL, *out = NULL;
    if (!folder)
        tg_error_set(err, TG_E_NOMEM, "out of memory");
    else if (!*name_of(path))
        tg_error_set(err, TG_E_INVALID, "%s names a folder, not a file", path);
    else if ((make && !make_folder(folder)) || !(real = realpath(folder, NULL)))
        tg_error_set(err, TG_E_INVALID, "the folder %s cannot be used: %s", folder,
                     strerror(errno));
    else if (check_folder(real, err) &&
             asprintf(&out, "%s/%s", strcmp(real, "/") ? real : "", name_of(path)) < 0) {
        out = NULL;
        tg_error_set(err, TG_E_NOMEM, "out of memory");
    }
    free(folder);
    free(real);
    return out;
}

bool tg_store_folder_fits(const char *path)
{
    tg_error err;
    struct stat st;
    char *folder = folder_of(path), *place = tg_file_place(path, false, &err);
    bool missing = folder && lstat(folder, &st) != 0 && errno == ENOENT;
    bool fits = place || missing;
    free(folder);
    free(place);
    return fits;
}

/* ----------------------------------------------------------------------------------------- file */

static bool check_kind(const char *path, const struct stat *st, tg_error *err)
{
    if (S_ISLNK(st->st_mode)) {
        tg_error_set(err, TG_E_INVALID, "%s is a symbolic link, which could lead anywhere", path);
        tg_error_advise(err, "name the file that it points to, or remove the link");
        return false;
    }
    if (!S_ISREG(st->st_mode)) return tg_error_set(err, TG_E_INVALID, "%s is not a file", path);
    if (st->st_uid == geteuid()) return true;
    tg_error_set(err, TG_E_INVALID, "%s belongs to another user (uid %u)", path,
                 (unsigned)st->st_uid);
    tg_error_advise(err, "remove it, or name a file of your own");
    return false;
}

/* Readable by other users: correct the mode, since the file is still sound. Writable by other
   users: reject, since they may have changed it. */
static bool check_mode(const char *path, const struct stat *st, tg_error *err)
{
    if (st->st_mode & (S_IWGRP | S_IWOTH)) {
        tg_error_set(err, TG_E_INVALID, "others can write to %s", path);
        tg_error_advise(err, "if you trust what is in it, run: chmod 600 '%s'", path);
        return false;
    }
    if (!(st->st_mode & (S_IRWXG | S_IRWXO)) || chmod(path, st->st_mode & S_IRWXU) == 0)
        return true;
    return tg_error_set(err, TG_E_INVALID, "%s cannot be made private: %s", path, strerror(errno));
}

/* SQLite would read a planted write-ahead log as part of the database. */
static bool check_beside(const char *path, tg_error *err)
{
    bool ok = true;
    for (size_t i = 0; i < BESIDE && ok; i++) {
        struct stat st;
        char *other = join(path, beside[i]);
        ok = other || tg_error_set(err, TG_E_NOMEM, "out of memory");
        if (ok && lstat(other, &st) == 0) ok = check_kind(other, &st, err);
        free(other);
    }
    return ok;
}

/*
** Open the file only if it does not exist: POSIX releases all locks of a process on a file as soon
** as the process closes any descriptor of it, including those of another store.
*/
static bool make_file(const char *path, const tg_file_patience *patience, tg_error *err)
{
    int lock = tg_file_lock(path, patience);
    if (lock == TG_FILE_BUSY)
        return tg_error_set(err, TG_E_INVALID, "another process is making %s", path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 || errno == EEXIST;
    if (!ok) tg_error_set(err, TG_E_INVALID, "%s cannot be made: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    if (lock >= 0) close(lock);
    return ok;
}

bool tg_file_check(const char *path, const tg_file_patience *make, struct stat *at, tg_error *err)
{
    bool there = lstat(path, at) == 0;
    if (!there && errno == ENOENT && make)
        there = make_file(path, make, err) && lstat(path, at) == 0;
    else if (!there)
        tg_error_set(err, TG_E_INVALID, "%s: %s", path, strerror(errno));
    return there && check_kind(path, at, err) && check_mode(path, at, err) &&
           check_beside(path, err);
}

bool tg_file_same(const char *path, const struct stat *at)
{
    struct stat now;
    return lstat(path, &now) == 0 && now.st_ino == at->st_ino && now.st_dev == at->st_dev;
}

bool tg_file_local(const char *path)
{
    static const unsigned remote[] = {0x6969 /* NFS */, 0x517b /* SMB */, 0xff534d42 /* CIFS */,
                                      0xfe534d42 /* SMB2 */};
    struct statfs fs;
    if (statfs(path, &fs) != 0) return true;
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        if ((unsigned)fs.f_type == remote[i]) return false;
    return true;
}

/* ----------------------------------------------------------------------------------- quarantine */

int tg_file_lock(const char *path, const tg_file_patience *patience)
{
    char *folder = folder_of(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : TG_FILE_NO_LOCKS;
    free(folder);
    for (int n = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; n++) {
        bool busy = errno == EWOULDBLOCK || errno == EINTR;
        if (busy && patience->nap(patience->ctx, n)) continue;
        close(fd);
        return busy ? TG_FILE_BUSY : TG_FILE_NO_LOCKS;
    }
    return fd;
}

static char *aside_name(const char *path)
{
    char stamp[32], *name = NULL;
    struct stat st;
    time_t now = time(NULL);
    struct tm utc;
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    for (int i = 0; i < 10000; i++) {
        if (asprintf(&name, i ? "%s.damaged-%s-%d" : "%s.damaged-%s", path, stamp, i) < 0)
            return NULL;
        if (lstat(name, &st) != 0) return name;
        free(name);
    }
    return NULL;
}

/* Open the folder of PATH and set PREFIX to the start of the names of quarantined copies. NULL: the
   folder cannot be read. */
static DIR *open_copies(const char *path, char prefix[300])
{
    char *folder = folder_of(path);
    DIR *d = folder ? opendir(folder) : NULL;
    snprintf(prefix, 300, "%.255s.damaged-", name_of(path));
    free(folder);
    return d;
}

/* Is NAME the file KEEP or one of SQLite's files next to it? */
static bool belongs(const char *name, const char *keep)
{
    size_t n = keep ? strlen(keep) : 0;
    if (n == 0 || strncmp(name, keep, n) != 0) return false;
    for (size_t i = 0; i < BESIDE; i++)
        if (strcmp(name + n, beside[i]) == 0) return true;
    return name[n] == '\0';
}

/* Does SQLite keep this file next to another one? */
static bool is_beside(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < BESIDE; i++)
        if (n > strlen(beside[i]) && strcmp(name + n - strlen(beside[i]), beside[i]) == 0)
            return true;
    return false;
}

int tg_file_copies(const char *path, const char *keep, bool remove, int64_t *bytes)
{
    char prefix[300];
    struct stat st;
    struct dirent *e;
    int n = 0;
    if (bytes) *bytes = 0;
    DIR *d = open_copies(path, prefix);
    while (d && (e = readdir(d))) {
        bool ours = strncmp(e->d_name, prefix, strlen(prefix)) == 0;
        if (!ours || belongs(e->d_name, keep)) continue;
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
            continue;
        if (remove && unlinkat(dirfd(d), e->d_name, 0) != 0) continue;
        n += !is_beside(e->d_name);
        if (bytes) *bytes += st.st_size;
    }
    if (d) closedir(d);
    return n;
}

/* No copy of the -shm file: SQLite rebuilds it from the log. */
char *tg_file_move(const char *path)
{
    char *name = aside_name(path);
    for (size_t i = 0; name && i < BESIDE; i++) {
        char *from = join(path, beside[i]), *to = join(name, beside[i]);
        if (from && to && (strcmp(beside[i], "-shm") == 0 ? unlink(from) : rename(from, to)) == 0)
            chmod(to, 0600);
        free(from);
        free(to);
    }
    if (name && rename(path, name) == 0) {
        chmod(name, 0600);
        return name;
    }
    free(name);
    return NULL;
}

char *tg_file_aside(const char *path)
{
    char *name = tg_file_move(path);
    if (name) tg_file_copies(path, name_of(name), true, NULL);
    return name;
}
