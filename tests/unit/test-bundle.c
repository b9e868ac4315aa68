/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bundle-yaml.h"
#include "bundle.h"
#include "error.h"
#include "facts.h"
#include "registry.h"

typedef struct {
    const char *path;
    const char *text;
} File;

/* two trees of one split each, by the formats' own names; made by hand */
static const char lightgbm[] = "tree\nversion=v3\nnum_class=1\nnum_tree_per_iteration=1\n"
                               "label_index=0\nmax_feature_idx=1\nobjective=regression\n"
                               "feature_names=age income\nfeature_infos=[0:1] [0:1]\n"
                               "tree_sizes=300\n\nTree=0\nnum_leaves=2\nnum_cat=0\n"
                               "split_feature=1\nsplit_gain=1\nthreshold=0.5\ndecision_type=2\n"
                               "left_child=-1\nright_child=-2\nleaf_value=1 3\nleaf_weight=5 5\n"
                               "leaf_count=5 5\ninternal_value=2\ninternal_weight=10\n"
                               "internal_count=10\nis_linear=0\nshrinkage=1\n\n\nend of trees\n";

static const char manifest[] =
    "{\"model\": {\"modelName\": \"churn\", \"serializedFile\": \"model.lgb\"}}";

static const char mlmodel[] = "artifact_path: model\nflavors:\n  python_function:\n"
                              "    data: model.lgb\n    loader_module: mlflow.lightgbm\n"
                              "  lightgbm:\n    code: null\n    data: model.lgb\n"
                              "    lgb_version: 3.3.5\nmlflow_version: 2.9.2\nrun_id: abc\n"
                              "signature:\n  inputs: '[{\"type\": \"double\", \"name\": \"age\"},\n"
                              "    {\"type\": \"double\", \"name\": \"income\"}]'\n";

static ErrataModelParts *
parts_of(const File *files, gsize n)
{
    ErrataModelParts *parts = errata_model_parts_new("box.zip");

    parts->is_archive = TRUE;
    for (gsize i = 0; i < n; i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(files[i].text, strlen(files[i].text));

        errata_model_parts_add(parts, files[i].path, bytes, strlen(files[i].text));
    }
    return parts;
}

static int
pack(const File *files, gsize n)
{
    static guint8 buffer[1U << 16];
    struct archive *archive = archive_write_new();
    gsize used = 0;
    int fd = memfd_create("test-bundle", MFD_CLOEXEC);

    archive_write_set_format_zip(archive);
    g_assert_cmpint(archive_write_open_memory(archive, buffer, sizeof buffer, &used),
                    ==,
                    ARCHIVE_OK);
    for (gsize i = 0; i < n; i++) {
        struct archive_entry *entry = archive_entry_new();

        archive_entry_set_pathname(entry, files[i].path);
        archive_entry_set_size(entry, (la_int64_t)strlen(files[i].text));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
        archive_write_data(archive, files[i].text, strlen(files[i].text));
        archive_entry_free(entry);
    }
    g_assert_cmpint(archive_write_free(archive), ==, ARCHIVE_OK);
    g_assert_cmpint(write(fd, buffer, used), ==, (gssize)used);
    return fd;
}

static const ErrataModelRisk *
find_risk(const GPtrArray *risks, const char *problem)
{
    for (guint i = 0; i < risks->len; i++) {
        const ErrataModelRisk *risk = g_ptr_array_index(risks, i);

        if (strcmp(risk->problem, problem) == 0)
            return risk;
    }
    return NULL;
}

static int
severity_of(const GPtrArray *risks, const char *problem)
{
    const ErrataModelRisk *risk = find_risk(risks, problem);

    return risk != NULL ? (int)risk->severity : -1;
}

static BundleYaml *
yaml_of(const char *text, GError **error)
{
    return bundle_yaml_read(text, strlen(text), error);
}

static void
test_bundle_yaml(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(BundleYaml) yaml = yaml_of("a: 1\nb:\n  c: 'x\n    y'\n  d: [1, {e: 2}, three]\n"
                                         "f: &id {g: ~}\nh: *id\n'i.j': |\n  k\n",
                                         &error);

    g_assert_no_error(error);
    g_assert_cmpstr(bundle_yaml_get(yaml, "a"), ==, "1");
    g_assert_cmpstr(bundle_yaml_get(yaml, "b.c"), ==, "x y");
    g_assert_cmpstr(bundle_yaml_get(yaml, "b.d.0"), ==, "1");
    g_assert_cmpstr(bundle_yaml_get(yaml, "b.d.1.e"), ==, "2");
    g_assert_cmpstr(bundle_yaml_get(yaml, "b.d.2"), ==, "three");
    g_assert_cmpstr(bundle_yaml_get(yaml, "f.g"), ==, "~");
    g_assert_cmpstr(bundle_yaml_get(yaml, "h"), ==, "*id"); /* an alias is followed nowhere */
    g_assert_cmpstr(bundle_yaml_get(yaml, "i.j"), ==, "k\n");
    g_assert_cmpuint(yaml->tags->len, ==, 0);
    g_assert_cmpuint(yaml->entries->len, ==, 8);
}

static void
test_bundle_yaml_tags(void)
{
    static const struct {
        const char *text;
        const char *tag; /* NULL: harmless */
    } cases[] = {
        {"a: !!python/object/apply:os.system [x]\n", "!!python/object/apply:os.system at line 1"},
        {"\n- !!python/name:eval\n", "!!python/name:eval at line 2"},
        {"a: !secret x\n", "!!!secret at line 1"},
        {"!!python/object:a.B {c: 1}\n", "!!python/object:a.B at line 1"},
        {"a: !!str 1\nb: !!int 2\nc: ! x\nd: !!map {}\n", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(BundleYaml) yaml = yaml_of(cases[i].text, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(yaml->tags->len, ==, cases[i].tag != NULL ? 1 : 0);
        if (cases[i].tag != NULL)
            g_assert_cmpstr(g_ptr_array_index(yaml->tags, 0), ==, cases[i].tag);
    }
}

static void
test_bundle_yaml_broken(void)
{
    g_autoptr(GString) deep = g_string_new(NULL);
    g_autoptr(GString) laughs = g_string_new("a0: &a0 [x, x]\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(BundleYaml) yaml = NULL;
    static const char *const broken[] = {"a: [1, 2\n",
                                         "a: 'x\n",
                                         "\ta: 1\n",
                                         "a: b: c\n",
                                         "{[1]: 2}"};

    for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_assert_null(yaml_of(broken[i], &error));
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        g_assert_true(g_str_has_prefix(error->message, "line "));
        g_clear_error(&error);
    }
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(deep, '[');
    g_assert_null(yaml_of(deep->str, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    /* a billion laughs cost no more than their bytes */
    for (guint i = 1; i < 30; i++)
        g_string_append_printf(laughs, "a%u: &a%u [*a%u, *a%u]\n", i, i, i - 1, i - 1);
    yaml = yaml_of(laughs->str, NULL);
    g_assert_nonnull(yaml);
    g_assert_cmpuint(yaml->entries->len, ==, 60);
}

static void
test_bundle_mlflow(void)
{
    static const File files[] = {
        {"model/MLmodel", mlmodel},
        {"model/model.lgb", lightgbm},
        {"model/conda.yaml", "name: env\ndependencies:\n- python=3.11\n"},
        {"model/requirements.txt", "mlflow==2.9.2\n# all\nlightgbm==3.3.5\n"}};
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    int fd = pack(files, G_N_ELEMENTS(files));
    g_autoptr(ErrataModel) model = errata_registry_load_model(fd, "run.zip", warnings, &error);

    close(fd);
    g_assert_no_error(error);
    g_assert_cmpstr(model->format, ==, "lightgbm");
    g_assert_nonnull(model->klass);
    g_assert_cmpstr(model->container->id, ==, "mlflow");
    g_assert_cmpstr(model->container->path, ==, "model/model.lgb");
    g_assert_cmpuint(model->container->members->len, ==, 4);
    g_assert_cmpstr(errata_model_container_fact(model->container, "run_id"), ==, "abc");
    g_assert_cmpstr(errata_model_container_fact(model->container, "signature.inputs"),
                    ==,
                    "age (double), income (double)");
    g_assert_cmpstr(errata_model_container_fact(model->container, "requirements"),
                    ==,
                    "mlflow==2.9.2, lightgbm==3.3.5");
    g_assert_cmpuint(model->risks->len, ==, 0);
    g_assert_false(model->is_unsafe);
}

/* the model that MLmodel names is read, though another file looks like one, too */
static void
test_bundle_mlflow_names(void)
{
    static const File files[] = {{"MLmodel", mlmodel},
                                 {"old/other.txt", lightgbm},
                                 {"model.lgb", lightgbm}};
    static const File missing[] = {{"MLmodel", mlmodel}, {"renamed.txt", lightgbm}};
    g_autoptr(ErrataModelParts) inner = NULL;
    g_autoptr(ErrataModelParts) parts = parts_of(files, G_N_ELEMENTS(files));
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModelContainer) container = errata_bundle_read(parts, &inner, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(inner->part->len, ==, 1);
    g_assert_cmpstr(errata_model_parts_main(inner)->name, ==, "model.lgb");
    g_assert_cmpuint(container->notes->len, ==, 0);
    errata_model_container_free(container);
    errata_model_parts_free(parts);
    errata_model_parts_free(inner);
    inner = NULL;
    parts = parts_of(missing, G_N_ELEMENTS(missing));
    container = errata_bundle_read(parts, &inner, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(inner->part->len, ==, 1);
    g_assert_cmpuint(container->notes->len, ==, 1);
}

static void
test_bundle_yaml_tag(void)
{
    static const File files[] = {
        {"MLmodel", "flavors: !!python/object/apply:os.system [\"true\"]\n"},
        {"model.lgb", lightgbm}};
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    int fd = pack(files, G_N_ELEMENTS(files));
    g_autoptr(ErrataModel) model = errata_registry_load_model(fd, "run.zip", warnings, &error);

    close(fd);
    g_assert_no_error(error);
    g_assert_true(model->is_unsafe);
    g_assert_cmpint(severity_of(model->risks, "yaml-tag"), ==, ERRATA_SEVERITY_CRITICAL);
}

static void
test_bundle_torchserve(void)
{
    static const File files[] = {
        {"MAR-INF/MANIFEST.json",
         "{\"createdOn\": \"2026\", \"model\": {\"modelName\": \"m\", \"handler\": \"h.py:run\", "
         "\"serializedFile\": \"model.bin\"}}"},
        {"h.py", "import os\nos.system('touch x')\n"},
        {"model.bin", "nothing known"}};
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    int fd = pack(files, G_N_ELEMENTS(files));
    g_autoptr(ErrataModel) model = errata_registry_load_model(fd, "m.mar", warnings, &error);

    close(fd);
    g_assert_no_error(error);
    g_assert_cmpstr(model->format, ==, "torchserve");
    g_assert_nonnull(model->why_not);
    g_assert_cmpstr(errata_model_container_fact(model->container, "model.modelName"), ==, "m");
    g_assert_cmpint(severity_of(model->risks, "code-starts-programs"),
                    ==,
                    ERRATA_SEVERITY_CRITICAL);
    g_assert_nonnull(find_risk(model->risks, "handler-code"));
    g_assert_false(model->is_unsafe); /* a handler is part of such an archive */
}

static void
test_bundle_code(void)
{
    static const struct {
        const char *text;
        const char *problem;
    } cases[] = {
        {"def predict(model, x):\n    model.eval()\n    return model(x)\n", "code-file"},
        {"# os.system is not called\nmy_subprocess_count = 1\n", "code-file"},
        {"import subprocess\n", "code-starts-programs"},
        {"os.execv('/bin/sh', [])\n", "code-starts-programs"},
        {"x = eval(text)\n", "code-reaches-out"},
        {"import socket\n", "code-reaches-out"},
        {"websocket = 3\n", "code-file"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        File files[] = {{"code/inference.py", cases[i].text}, {"model.txt", lightgbm}};
        g_autoptr(ErrataModelParts) inner = NULL;
        g_autoptr(ErrataModelParts) parts = parts_of(files, 2);
        g_autoptr(ErrataModelContainer) container = errata_bundle_read(parts, &inner, NULL);

        g_assert_cmpstr(container->id, ==, "sagemaker");
        g_assert_cmpuint(container->risks->len, ==, 1);
        g_assert_nonnull(find_risk(container->risks, cases[i].problem));
        g_assert_cmpuint(inner->part->len, ==, 1);
    }
}

/* the log stays the log, the model beside it is found, and neither is taken for the other */
/* a step before the model, as a pickle that would call posix.system: MLflow names the model only */
static void
test_bundle_pickle_beside(void)
{
    static const char pickle[] = "\200\002cposix\nsystem\nU\005touch\205R.";
    static const File boxes[][3] = {
        {{"model.lgb", lightgbm}, {"pre.pkl", pickle}, {"a.md", "words"}},
        {{"MLmodel", mlmodel}, {"model.lgb", lightgbm}, {"pre.pkl", pickle}}};

    for (gsize i = 0; i < G_N_ELEMENTS(boxes); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        int fd = pack(boxes[i], G_N_ELEMENTS(boxes[i]));
        g_autoptr(ErrataModel) model = errata_registry_load_model(fd, "run.zip", warnings, &error);
        const ErrataModelRisk *risk;

        close(fd);
        g_assert_no_error(error);
        g_assert_cmpstr(model->format, ==, "lightgbm");
        risk = find_risk(model->risks, "pickle-import");
        g_assert_true(risk != NULL && risk->severity == ERRATA_SEVERITY_CRITICAL);
        g_assert_cmpstr(risk != NULL ? risk->what : NULL,
                        ==,
                        "pre.pkl: opened with Python it would call posix.system");
    }
}

static void
test_bundle_with_log(void)
{
    static const File files[] = {{"log.csv", "age,income,y\n1,2,0\n3,4,1\n"},
                                 {"model/MLmodel", mlmodel},
                                 {"model/model.lgb", lightgbm},
                                 {"model/requirements.txt", "a==1\nb==2\nc==3\n"}};
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(GError) error = NULL;
    int fd = pack(files, G_N_ELEMENTS(files));

    g_assert_true(errata_registry_read(fd, "run.zip", log, NULL, NULL, members, &error));
    g_assert_no_error(error);
    frame = errata_frame_builder_finish(log, &error);
    g_assert_cmpuint(frame->n_rows, ==, 2);
    g_assert_cmpuint(frame->n_columns, ==, 3);
    g_assert_cmpuint(frame->warnings->len, ==, 0);
    model = errata_registry_load_model_beside(fd, "run.zip", members, warnings, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(model->format, ==, "lightgbm");
    for (guint i = 0; i < model->container->members->len; i++)
        g_assert_cmpstr(
            ((ErrataModelMember *)g_ptr_array_index(model->container->members, i))->path,
            !=,
            "log.csv");
    close(fd);
}

/* whether a log is found among the files */
static gboolean
has_log(const File *files, gsize n)
{
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GError) error = NULL;
    int fd = pack(files, n);
    gboolean ok = errata_registry_read(fd, "model.zip", log, NULL, NULL, members, &error);

    close(fd);
    if (!ok)
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
    return ok;
}

static void
test_bundle_run(void)
{
    static const File files[] = {{"run/meta.yaml", "run_id: 7\nstatus: 3\n"},
                                 {"run/metrics/val_loss", "17 3.5 0\n18 2.5 1\n19 2.75 2\n"},
                                 {"run/params/alpha", "0.25\n"},
                                 {"params/beta", "no run's"},
                                 {"run/artifacts/model/MLmodel", mlmodel},
                                 {"run/artifacts/model/model.lgb", lightgbm}};
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    int fd = pack(files, G_N_ELEMENTS(files));
    g_autoptr(ErrataModel) model = errata_registry_load_model(fd, "run.zip", warnings, &error);
    const char *curve;

    g_test_summary("An MLflow run's measures are curves, its parameters parameters");
    close(fd);
    g_assert_no_error(error);
    curve = test_fact(model->training, "val_loss");
    g_assert_nonnull(curve);
    g_assert_nonnull(strstr(curve, "best 2.5 at step 2"));
    g_assert_cmpstr(test_fact(model->parameters, "alpha"), ==, "0.25");
    g_assert_null(test_fact(model->parameters, "beta"));
}

static void
test_bundle_beside(void)
{
    static const File served[] = {{"MAR-INF/MANIFEST.json", manifest},
                                  {"model.lgb", lightgbm},
                                  {"any_name.json", "{\"0\": \"stays\", \"1\": \"leaves\"}\n"}};
    static const File plain[] = {{"model.lgb", lightgbm},
                                 {"index_to_name.json", "{\"0\": \"stays\", \"1\": \"leaves\"}\n"}};
    static const File with_log[] = {
        {"served/MAR-INF/MANIFEST.json", manifest},
        {"served/model.lgb", lightgbm},
        {"log.json", "{\"age\": 1, \"y\": 0}\n{\"age\": 2, \"y\": 1}\n"}};

    g_test_summary("What is told of a model beside it is no log");
    g_assert_false(has_log(served, G_N_ELEMENTS(served)));
    g_assert_false(has_log(plain, G_N_ELEMENTS(plain)));
    g_assert_true(has_log(with_log, G_N_ELEMENTS(with_log)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bundle/yaml", test_bundle_yaml);
    g_test_add_func("/bundle/yaml/tags", test_bundle_yaml_tags);
    g_test_add_func("/bundle/yaml/broken", test_bundle_yaml_broken);
    g_test_add_func("/bundle/mlflow", test_bundle_mlflow);
    g_test_add_func("/bundle/mlflow/names", test_bundle_mlflow_names);
    g_test_add_func("/bundle/mlflow/tag", test_bundle_yaml_tag);
    g_test_add_func("/bundle/torchserve", test_bundle_torchserve);
    g_test_add_func("/bundle/code", test_bundle_code);
    g_test_add_func("/bundle/pickle-beside", test_bundle_pickle_beside);
    g_test_add_func("/bundle/with-log", test_bundle_with_log);
    g_test_add_func("/bundle/beside", test_bundle_beside);
    g_test_add_func("/bundle/run", test_bundle_run);
    return g_test_run();
}
