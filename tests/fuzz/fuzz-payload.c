/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the log of a model server: refused in words, or a frame with rows. */
#include "plugin.h"

extern const ErrataPlugin errata_plugin_payload;
extern const ErrataPlugin errata_plugin_sagemaker;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
fuzz_format(const ErrataFormat *format, const guint8 *data, gsize size)
{
    g_autoptr(ErrataSource) source = errata_source_new_memory(data, size, "fuzz");
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;

    if (format->read(source, builder, &error))
        frame = errata_frame_builder_finish(builder, &error);
    g_assert_true((frame == NULL) == (error != NULL));
    g_assert_true(frame == NULL || frame->n_rows > 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    fuzz_format(errata_plugin_payload.formats[0], data, size);
    fuzz_format(errata_plugin_sagemaker.formats[0], data, size);
    return 0;
}
