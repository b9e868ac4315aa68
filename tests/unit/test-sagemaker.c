/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_sagemaker;

#define META \
    ",\"eventMetadata\":{\"eventId\":\"e%d\",\"inferenceTime\":\"2026-01-01T00:00:00Z\"}}\n"

static ErrataFrame *
read_text(const char *text, GError **error)
{
    const ErrataFormat *format = errata_plugin_sagemaker.formats[0];
    g_autoptr(ErrataSource) source = errata_source_new_memory(text, strlen(text), "capture.jsonl");
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    g_assert_cmpuint(format->sniff((const guint8 *)text, strlen(text), "capture.jsonl"), >, 80);
    if (!format->read(source, builder, error))
        return NULL;
    return errata_frame_builder_finish(builder, error);
}

static void
append_capture(GString *text,
               int id,
               const char *type,
               const char *encoding,
               const char *in,
               const char *out)
{
    g_string_append_printf(
        text,
        "{\"captureData\":{\"endpointInput\":{\"observedContentType\":\"%s\","
        "\"data\":\"%s\",\"encoding\":\"%s\"},\"endpointOutput\":{"
        "\"observedContentType\":\"%s\",\"data\":\"%s\",\"encoding\":\"%s\"}}" META,
        type,
        in,
        encoding,
        type,
        out,
        encoding,
        id);
}

static void
assert_cell(const ErrataFrame *frame, const char *name, gsize row, const char *expected)
{
    const ErrataColumn *column = errata_frame_find(frame, name, NULL);
    g_autofree char *got = NULL;

    g_assert_nonnull(column);
    got = errata_column_is_valid(column, row) ? errata_column_print(column, row) : NULL;
    g_assert_cmpstr(got, ==, expected);
}

static void
test_sagemaker_encodings(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = NULL;

    append_capture(text, 1, "text/csv", "CSV", "25,7.5", "0.25");
    append_capture(text, 2, "text/csv", "BASE64", "MzgsMS41", "MC41Cg==");
    append_capture(text,
                   3,
                   "application/json",
                   "JSON",
                   "{\\\"instances\\\":[{\\\"features\\\":[28,2.5]}]}",
                   "{\\\"predictions\\\":[{\\\"score\\\":0.75}]}");
    append_capture(text, 4, "text/csv", "CSV", "1,2\\n3,4", "0.125\\n0.625");
    frame = read_text(text->str, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(frame->n_rows, ==, 5);
    g_assert_cmpuint(frame->n_rejected, ==, 0);
    g_assert_cmpuint(frame->warnings->len, ==, 0);
    assert_cell(frame, "input_0", 0, "25");
    assert_cell(frame, "input_1", 1, "1.5");
    assert_cell(frame, "input_1", 2, "2.5");
    assert_cell(frame, "input_0", 4, "3");
    assert_cell(frame, "score", 1, "0.5");
    assert_cell(frame, "score", 2, "0.75");
    assert_cell(frame, "score", 4, "0.625");
    assert_cell(frame, "id", 3, "e4");
}

static void
test_sagemaker_defects(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = NULL;

    append_capture(text, 1, "text/csv", "BASE64", "!!!not base64###", "MC41");
    g_string_append(text, "{\"captureData\": oops\n\n");
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(text, '[');
    frame = read_text(text->str, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(frame->n_rows, ==, 1);
    g_assert_cmpuint(frame->n_rejected, ==, 2);
    assert_cell(frame, "score", 0, "0.5");
    g_assert_cmpstr(g_ptr_array_index(frame->warnings, 0),
                    ==,
                    "1 payloads are not valid base64 and were left out");
}

static void
test_sagemaker_truth(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame =
        read_text("{\"groundTruthData\": {\"data\": \"1\", \"encoding\": \"CSV\"}, "
                  "\"eventMetadata\": {\"eventId\": \"a\"}}\n"
                  "{\"groundTruthData\": {\"data\": \"0\", \"encoding\": \"CSV\"}, "
                  "\"eventMetadata\": {\"eventId\": \"b\"}}",
                  &error);

    g_assert_no_error(error);
    g_assert_cmpuint(frame->n_rows, ==, 2);
    assert_cell(frame, "id", 1, "b");
    assert_cell(frame, "label", 0, "1");
}

/* a batch is read whole, and what is beyond any batch is rejected row by row: no cell has the rest
 * of it */
static void
test_sagemaker_batches(void)
{
    static const guint sizes[] = {5000, 65540};

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GString) in = g_string_new(NULL);
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(GError) error = NULL;
        guint read = MIN(sizes[i], 65536);
        g_autofree char *last = g_strdup_printf("%u", read - 1);

        for (guint row = 0; row < sizes[i]; row++) {
            g_string_append_printf(in, "%s%u,7", row > 0 ? "\\n" : "", row);
            g_string_append_printf(out, "%s0.25", row > 0 ? "\\n" : "");
        }
        append_capture(text, 1, "text/csv", "CSV", in->str, out->str);
        frame = read_text(text->str, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(frame->n_rows, ==, read);
        g_assert_cmpuint(frame->n_rejected, ==, sizes[i] - read);
        assert_cell(frame, "input_0", read - 1, last);
        assert_cell(frame, "score", read - 1, "0.25");
    }
}

static void
test_sagemaker_nothing(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame = read_text("{\"captureData\":{},\"eventMetadata\":{}}\n", &error);

    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_assert_null(frame);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sagemaker/encodings", test_sagemaker_encodings);
    g_test_add_func("/sagemaker/defects", test_sagemaker_defects);
    g_test_add_func("/sagemaker/truth", test_sagemaker_truth);
    g_test_add_func("/sagemaker/batches", test_sagemaker_batches);
    g_test_add_func("/sagemaker/nothing", test_sagemaker_nothing);
    return g_test_run();
}
