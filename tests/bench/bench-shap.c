/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-shap MODEL ROWS.csv [THREADS [baseline|avx2|avx512|auto [SHARES]]]: loads a model of trees,
 * attributes the rows and prints seconds of each step; writes the shares as doubles to the file
 * SHARES. Not a test: run it on an idle machine; bench-shap-peer.py runs XGBoost's pred_contribs
 * beside it. With `against:N` for instructions, the first N rows are a background for all of
 * them. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "model-rows.h"
#include "parallel.h"
#include "registry.h"
#include "treeshap-background.h"
#include "treeshap.h"

#define BENCH_GRAIN         128
#define BENCH_GRAIN_AGAINST 2048 /* as the explainer takes them */

typedef struct {
    const ErrataTreeshap *shap; /* one of these */
    const ErrataTreeshapBackground *against;
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

    if (self->against == NULL)
        errata_treeshap_rows(self->shap,
                             rows->number,
                             end - begin,
                             self->phi + begin * self->width);
    else if (!errata_treeshap_background_rows(self->against,
                                              rows->number,
                                              end - begin,
                                              self->phi + begin * self->width,
                                              NULL))
        g_error("a path is too long");
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

        errata_parallel_for(n_rows,
                            self->against != NULL ? BENCH_GRAIN_AGAINST : BENCH_GRAIN,
                            bench_chunk_cb,
                            self);
        g_print("attribute %" G_GSIZE_FORMAT " rows: %.3f s CPU, %.3f s wall\n",
                n_rows,
                bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                bench_seconds(CLOCK_MONOTONIC) - wall);
    }
}

/* the first rows as a background */
static ErrataTreeshapBackground *
bench_against(const ErrataModel *model,
              const ErrataModelBinding *binding,
              guint n_rows,
              GError **error)
{
    g_autoptr(ErrataModelBlock) block = errata_model_block_new(binding, n_rows);
    const ErrataModelRows *rows = errata_model_block_fill(block, 0, n_rows);

    return errata_treeshap_background_new(model->trees, rows->number, n_rows, error);
}

static void
bench_memory(gsize inputs, gsize outputs)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    g_print("peak memory %ld kB; inputs and outputs %" G_GSIZE_FORMAT " kB\n",
            usage.ru_maxrss,
            (inputs + outputs) / 1024);
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
    g_autoptr(ErrataTreeshapBackground) against = NULL;
    const char *path = argc > 4 ? argv[4] : "auto";
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
    if (binding != NULL && g_str_has_prefix(path, "against:"))
        against = bench_against(model, binding, (guint)atoi(path + strlen("against:")), &error);
    else if (binding != NULL)
        shap = errata_treeshap_new(model->trees, &error);
    if (shap == NULL && against == NULL) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    g_print("prepare %.4f s CPU\n", bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
    if (shap != NULL)
        errata_treeshap_set_path(shap, bench_path(path));
    bench.shap = shap;
    bench.against = against;
    bench.binding = binding;
    bench.width = (gsize)model->trees->n_groups * (model->trees->n_features + 1);
    bench.phi = g_new(double, frame->n_rows *bench.width);
    bench_measure(&bench, frame->n_rows);
    bench_memory(frame->n_rows * frame->n_columns * sizeof(double),
                 frame->n_rows * bench.width * sizeof(double));
    if (argc > 5 && !g_file_set_contents(argv[5],
                                         (const char *)bench.phi,
                                         (gssize)(frame->n_rows * bench.width * sizeof(double)),
                                         &error))
        g_printerr("%s\n", error->message);
    g_free(bench.phi);
    return 0;
}
