/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream of bytes with a name and a look-ahead of at most 64 KiB. Bytes that were peeked at are
 * kept in one buffer and handed out first. */
#include "source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

#define SOURCE_PEEK 65536

struct _ErrataSource {
    const ErrataSourceClass *klass;
    gpointer state;
    char *name;
    guint8 *ahead; /* allocated on the first peek */
    gsize ahead_begin;
    gsize ahead_end;
    gboolean at_end;
    guint64 position;
};

/**
 * errata_source_new:
 * @klass: how to read and to free @state
 * @state: (transfer full): the stream
 * @name: for messages
 *
 * Returns: (transfer full): a source over @state
 */
ErrataSource *
errata_source_new(const ErrataSourceClass *klass, gpointer state, const char *name)
{
    ErrataSource *self = g_new0(ErrataSource, 1);

    self->klass = klass;
    self->state = state;
    self->name = g_strdup(name);
    return self;
}

static gssize
source_fd_read(gpointer state, void *buffer, gsize size, GError **error)
{
    gssize n;

    do
        n = read(GPOINTER_TO_INT(state), buffer, size);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "the file cannot be read: %s",
                    g_strerror(errno));
    return n;
}

static void
source_fd_free(gpointer state)
{
}

static const ErrataSourceClass source_fd_class = {source_fd_read, source_fd_free};

/**
 * errata_source_new_fd:
 * @fd: an open descriptor, read from where it stands; it stays the caller's
 * @name: for messages
 *
 * Reading fails with %ERRATA_ERROR_IO.
 *
 * Returns: (transfer full): a source over @fd
 */
ErrataSource *
errata_source_new_fd(int fd, const char *name)
{
    return errata_source_new(&source_fd_class, GINT_TO_POINTER(fd), name);
}

typedef struct {
    const guint8 *data;
    gsize left;
} SourceMemory;

static gssize
source_memory_read(gpointer state, void *buffer, gsize size, GError **error)
{
    SourceMemory *memory = state;
    gsize n = MIN(size, memory->left);

    if (n > 0)
        memcpy(buffer, memory->data, n);
    memory->data += n;
    memory->left -= n;
    return (gssize)n;
}

/**
 * errata_source_new_memory:
 * @data: (array length=size): must outlive the source
 * @size: bytes
 * @name: for messages
 *
 * Returns: (transfer full): a source over @data
 */
ErrataSource *
errata_source_new_memory(const void *data, gsize size, const char *name)
{
    static const ErrataSourceClass klass = {source_memory_read, g_free};
    SourceMemory *memory = g_new0(SourceMemory, 1);

    memory->data = data;
    memory->left = size;
    return errata_source_new(&klass, memory, name);
}

void
errata_source_free(ErrataSource *self)
{
    if (self == NULL)
        return;
    self->klass->free(self->state);
    g_free(self->name);
    g_free(self->ahead);
    g_free(self);
}

const char *
errata_source_name(const ErrataSource *self)
{
    return self->name;
}

guint64
errata_source_size(const ErrataSource *self)
{
    struct stat file;

    if (self->klass != &source_fd_class || fstat(GPOINTER_TO_INT(self->state), &file) != 0 ||
        !S_ISREG(file.st_mode))
        return 0;
    return (guint64)file.st_size;
}

guint64
errata_source_position(const ErrataSource *self)
{
    return self->position;
}

/**
 * errata_source_peek:
 * @self: a source
 * @size: bytes wanted, at most 65536
 * @ret_data: (out) (transfer none): the next bytes, valid until the next call
 * @ret_size: (out): how many there are: @size, or fewer at the end
 * @error: return location
 *
 * Looks ahead; the bytes stay to be read.
 *
 * Returns: %FALSE with the error of the stream
 */
gboolean
errata_source_peek(ErrataSource *self,
                   gsize size,
                   const guint8 **ret_data,
                   gsize *ret_size,
                   GError **error)
{
    gsize want = MIN(size, SOURCE_PEEK);

    if (self->ahead == NULL)
        self->ahead = g_malloc(SOURCE_PEEK);
    if (self->ahead_end - self->ahead_begin < want && self->ahead_begin > 0) {
        memmove(self->ahead, self->ahead + self->ahead_begin, self->ahead_end - self->ahead_begin);
        self->ahead_end -= self->ahead_begin;
        self->ahead_begin = 0;
    }
    while (self->ahead_end - self->ahead_begin < want && !self->at_end) {
        gssize n = self->klass->read(self->state,
                                     self->ahead + self->ahead_end,
                                     SOURCE_PEEK - self->ahead_end,
                                     error);

        if (n < 0)
            return FALSE;
        self->at_end = n == 0;
        self->ahead_end += (gsize)n;
    }
    *ret_data = self->ahead + self->ahead_begin;
    *ret_size = MIN(want, self->ahead_end - self->ahead_begin);
    return TRUE;
}

/**
 * errata_source_read:
 * @self: a source
 * @buffer: (array length=size): where the bytes go
 * @size: room, at least 1
 * @error: return location
 *
 * Returns: bytes read, perhaps fewer than @size; 0 at the end; −1 with the error of the stream
 */
gssize
errata_source_read(ErrataSource *self, void *buffer, gsize size, GError **error)
{
    gsize kept = self->ahead_end - self->ahead_begin;
    gssize n;

    if (kept > 0) {
        n = (gssize)MIN(size, kept);
        memcpy(buffer, self->ahead + self->ahead_begin, (gsize)n);
        self->ahead_begin += (gsize)n;
    } else {
        n = self->at_end ? 0 : self->klass->read(self->state, buffer, size, error);
        self->at_end = n == 0;
    }
    if (n > 0)
        self->position += (guint64)n;
    return n;
}
