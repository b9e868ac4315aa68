/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an input of any kind: containers, logs, models. Refused in words, or read; as a log,
 * and as a model with what lies beside it. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz-model.h"
#include "registry.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
fuzz_archive_model(int fd)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = errata_registry_load_model(fd, "fuzz", warnings, &error);

    fuzz_model_texts_valid(warnings);
    g_assert_true(error == NULL || g_utf8_validate(error->message, -1, NULL));
    if (model == NULL)
        model = errata_registry_list_archive(fd, "fuzz", error);
    else
        fuzz_model_take(model, error);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = NULL;

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(write(fd, data, size) == (gssize)size);
    if (errata_registry_read(fd, "fuzz", log, reference, config, members, &error))
        frame = errata_frame_builder_finish(log, NULL);
    else
        g_assert_true(error != NULL && g_utf8_validate(error->message, -1, NULL));
    fuzz_archive_model(fd);
    close(fd);
    for (guint i = 0; i < members->len; i++) {
        const ErrataMember *member = g_ptr_array_index(members, i);

        g_assert_true(g_utf8_validate(member->name, -1, NULL));
        g_assert_nonnull(member->format);
    }
    if (frame != NULL)
        fuzz_model_texts_valid(frame->warnings);
    return 0;
}
