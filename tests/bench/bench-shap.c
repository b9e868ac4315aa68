/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-shap MODEL ROWS.csv [THREADS [baseline|avx2|avx512|auto]]: loads a model of trees, attributes
 * the rows and prints seconds of each step. Not a test: run it on an idle machine, beside XGBoost's
 * pred_contribs on the same rows. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model-rows.h"
#include "parallel.h"
#include "registry.h"
#include "treeshap.h"

#define BENCH_GRAIN 128

typedef struct {
    const ErrataTreeshap *shap;
    const ErrataModelBinding *binding;
    double *phi;
    gsize width;
} Bench;

static double
bench_seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
bench_chunk_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    Bench *self = data;
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(self->binding, end - begin);
    const ErrataModelRows *rows = errata_model_block_fill(block, begin, end - begin);

    errata_treeshap_rows(self->shap, rows->number, end - begin, self->phi + begin * self->width);
}

static ErrataTreeshapPath
bench_path(const char *name)
{
    return strcmp(name, "baseline") == 0 ? ERRATA_TREESHAP_BASELINE
           : strcmp(name, "avx2") == 0   ? ERRATA_TREESHAP_AVX2
           : strcmp(name, "avx512") == 0 ? ERRATA_TREESHAP_AVX512
                                         : ERRATA_TREESHAP_AUTO;
}

static ErrataFrame *
bench_rows(const char *path, GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);

    if (!errata_registry_read(open(path, O_RDONLY), path, builder, NULL, NULL, members, error))
        return NULL;
    return errata_frame_builder_finish(builder, error);
}

static void
bench_measure(Bench *self, gsize n_rows)
{
    for (guint run = 0; run < 3; run++) {
        double cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
        double wall = bench_seconds(CLOCK_MONOTONIC);

        errata_parallel_for(n_rows, BENCH_GRAIN, bench_chunk_cb, self);
        g_print("attribute %" G_GSIZE_FORMAT " rows: %.3f s CPU, %.3f s wall\n",
                n_rows,
                bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                bench_seconds(CLOCK_MONOTONIC) - wall);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(ErrataTreeshap) shap = NULL;
    double begin = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    Bench bench = {0};

    if (argc < 3)
        return 2;
    errata_parallel_set_threads(argc > 3 ? (guint)atoi(argv[3]) : 1);
    model = errata_registry_load_model(open(argv[1], O_RDONLY), argv[1], warnings, &error);
    g_print("load %.4f s CPU\n", bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
    frame = model != NULL ? bench_rows(argv[2], &error) : NULL;
    binding = frame != NULL ? errata_model_binding_new(model, frame, warnings, &error) : NULL;
    begin = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    shap = binding != NULL ? errata_treeshap_new(model->trees, &error) : NULL;
    if (shap == NULL) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    g_print("prepare %.4f s CPU\n", bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
    errata_treeshap_set_path(shap, bench_path(argc > 4 ? argv[4] : "auto"));
    bench.shap = shap;
    bench.binding = binding;
    bench.width = (gsize)model->trees->n_groups * (model->trees->n_features + 1);
    bench.phi = g_new(double, frame->n_rows *bench.width);
    bench_measure(&bench, frame->n_rows);
    g_free(bench.phi);
    return 0;
}
