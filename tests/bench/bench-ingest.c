/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-ingest FILE.csv [THREADS]: reads a file into a frame and prints what it cost, what became
 * of the columns and what was warned of. Not a test: run it on an idle machine, against the
 * peers. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "parallel.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_csv;

static double
bench_cpu(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void
bench_print(const ErrataFrame *frame)
{
    for (guint i = 0; i < frame->n_columns; i++) {
        const ErrataColumn *column = frame->columns[i];
        g_autofree char *first = frame->n_rows > 0 ? errata_column_print(column, 0) : NULL;

        g_print("  %-12.40s %-8s missing %zu unparsable %zu infinite %zu first '%.60s'\n",
                column->name,
                errata_column_type_nick(column->type),
                column->n_missing,
                column->n_unparsable,
                column->n_infinite,
                first != NULL ? first : "");
    }
    for (guint i = 0; i < frame->rejects->len; i++) {
        const ErrataReject *reject = g_ptr_array_index(frame->rejects, i);

        g_print("  rejected %s: %s: '%s'\n", reject->where, reject->why, reject->excerpt);
    }
    for (guint i = 0; i < frame->warnings->len; i++)
        g_print("  warning: %s\n", (const char *)g_ptr_array_index(frame->warnings, i));
}

int
main(int argc, char **argv)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataSource) source = NULL;
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;
    struct rusage usage;
    const guint8 *head;
    gsize size;
    gint64 start = g_get_monotonic_time();
    int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0) {
        g_printerr("usage: bench-ingest FILE.csv [THREADS]\n");
        return 2;
    }
    errata_parallel_set_threads(argc > 2 ? (guint)atoi(argv[2]) : 1);
    source = errata_source_new_fd(fd, argv[1]);
    if (!errata_source_peek(source, 65536, &head, &size, &error)) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    g_print("sniffed %u\n", errata_plugin_csv.formats[0]->sniff(head, size, argv[1]));
    if (errata_plugin_csv.formats[0]->read(source, builder, &error))
        frame = errata_frame_builder_finish(builder, &error);
    close(fd);
    if (frame == NULL) {
        g_print("refused: %s\n", error->message);
        return 4;
    }
    bench_print(frame);
    getrusage(RUSAGE_SELF, &usage);
    g_print("%zu rows, %zu rejected, %u columns, %.1f MB: %.3f s, %.3f s CPU, %.0f MB/s CPU, "
            "%ld MB peak\n",
            frame->n_rows,
            frame->n_rejected,
            frame->n_columns,
            (double)errata_source_position(source) * 1e-6,
            (double)(g_get_monotonic_time() - start) * 1e-6,
            bench_cpu(),
            (double)errata_source_position(source) * 1e-6 / bench_cpu(),
            usage.ru_maxrss / 1024);
    return 0;
}
