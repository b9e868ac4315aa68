/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Communities, neighbours and directions against what is known of them; clusters on planted logs,
 * on noise and on logs that have nothing to cluster. */
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "frame-builder.h"
#include "leiden.h"
#include "log-fixture.h"
#include "neighbours.h"
#include "parallel.h"
#include "rng.h"
#include "run.h"
#include "sparse.h"
#include "text-grams.h"
#include "text-terms.h"

/* Zachary 1977, "An information flow model for conflict and fission in small groups" */
static const guint8 karate[][2] = {
    {1, 2},   {1, 3},   {1, 4},   {1, 5},   {1, 6},   {1, 7},   {1, 8},   {1, 9},   {1, 11},
    {1, 12},  {1, 13},  {1, 14},  {1, 18},  {1, 20},  {1, 22},  {1, 32},  {2, 3},   {2, 4},
    {2, 8},   {2, 14},  {2, 18},  {2, 20},  {2, 22},  {2, 31},  {3, 4},   {3, 8},   {3, 9},
    {3, 10},  {3, 14},  {3, 28},  {3, 29},  {3, 33},  {4, 8},   {4, 13},  {4, 14},  {5, 7},
    {5, 11},  {6, 7},   {6, 11},  {6, 17},  {7, 17},  {9, 31},  {9, 33},  {9, 34},  {10, 34},
    {14, 34}, {15, 33}, {15, 34}, {16, 33}, {16, 34}, {19, 33}, {19, 34}, {20, 34}, {21, 33},
    {21, 34}, {23, 33}, {23, 34}, {24, 26}, {24, 28}, {24, 30}, {24, 33}, {24, 34}, {25, 26},
    {25, 28}, {25, 32}, {26, 32}, {27, 30}, {27, 34}, {28, 34}, {29, 32}, {29, 34}, {30, 33},
    {30, 34}, {31, 33}, {31, 34}, {32, 33}, {32, 34}, {33, 34},
};

/* its best known modularity, proved by Brandes et al. 2008, is 0.4197896 */
static void
test_karate(void)
{
    guint32 neighbour[34 * 17];
    float similarity[34 * 17];
    guint n_of[34] = {0};
    guint32 community[34];
    double best = 0.0;
    g_autoptr(ErrataGraph) graph = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(neighbour); i++) {
        neighbour[i] = G_MAXUINT32;
        similarity[i] = 1.0F;
    }
    for (guint i = 0; i < G_N_ELEMENTS(karate); i++)
        for (guint end = 0; end < 2; end++) {
            guint from = karate[i][end] - 1U, to = karate[i][1 - end] - 1U;

            neighbour[from * 17 + n_of[from]++] = to;
        }
    graph = errata_leiden_graph(neighbour, similarity, 34, 17);
    for (guint seed = 0; seed < 20; seed++) {
        guint n = errata_leiden_communities(graph, 1.0, seed, community);
        double q = errata_leiden_modularity(graph, 1.0, community);

        g_assert_cmpuint(n, <=, 5);
        g_assert_cmpfloat(q, >, 0.40);
        best = MAX(best, q);
    }
    g_assert_cmpfloat_with_epsilon(best, 0.4197896, 1e-6);
}

/* two cliques with one edge between them; alone nodes stay alone */
static void
test_cliques(void)
{
    guint32 neighbour[12 * 5];
    float similarity[12 * 5];
    guint32 community[12];
    g_autoptr(ErrataGraph) graph = NULL;

    for (guint i = 0; i < 12; i++)
        for (guint j = 0, k = 0; j < 6; j++) {
            guint other = i / 6 * 6 + j;

            if (other == i)
                continue;
            neighbour[i * 5 + k] = i == 11 ? G_MAXUINT32 : other;
            if (other == 11)
                neighbour[i * 5 + k] = 0; /* the bridge */
            similarity[i * 5 + k++] = 1.0F;
        }
    graph = errata_leiden_graph(neighbour, similarity, 12, 5);
    g_assert_cmpuint(errata_leiden_communities(graph, 1.0, 3, community), ==, 3);
    for (guint i = 1; i < 6; i++) {
        g_assert_cmpuint(community[i], ==, community[0]);
        if (i < 5)
            g_assert_cmpuint(community[6 + i], ==, community[6]);
    }
    g_assert_cmpuint(community[11], !=, community[0]);
    g_assert_cmpuint(community[11], !=, community[6]);
}

static void
test_agreement(void)
{
    const guint32 a[] = {0, 0, 1, 1, 2, 2};
    const guint32 b[] = {5, 5, 1, 1, 0, 0};
    const guint32 c[] = {0, 0, 1, 2, 2, 2};

    g_assert_cmpfloat_with_epsilon(errata_leiden_agreement(a, b, 6), 1.0, 1e-12);
    /* pairs: both 2, in a 3, in c 4, expected 12 / 15, most 3.5 */
    g_assert_cmpfloat_with_epsilon(errata_leiden_agreement(a, c, 6),
                                   (2.0 - 0.8) / (3.5 - 0.8),
                                   1e-12);
}

static float *
draw_points(guint n, guint width, guint64 seed)
{
    float *x = g_new0(float, (gsize)n *width);
    ErrataRng rng = errata_rng_init(seed, 1, 1);

    for (gsize i = 0; i < (gsize)n * width; i++)
        x[i] = (float)(errata_rng_uniform(&rng) - 0.5);
    errata_neighbours_unit(x, n, width);
    return x;
}

static void
test_neighbours(void)
{
    const guint n = 301, width = 19, k = 7;
    g_autofree float *x = draw_points(n, width, 5);
    g_autoptr(ErrataNeighbours) near = NULL;

    memcpy(x + 40 * width, x + 20 * width, width * sizeof *x); /* a tie */
    near = errata_neighbours_new(x, n, width, k);
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < k; j++) {
            guint32 point = near->point[i * k + j];
            guint nearer = 0;
            float own = near->similarity[i * k + j];

            for (guint o = 0; o < n; o++) {
                float dot = 0.0F;

                for (guint d = 0; d < width; d++)
                    dot += x[i * width + d] * x[o * width + d];
                nearer += o != i && (dot > own || (!(dot < own) && o < point));
            }
            g_assert_cmpuint(nearer, ==, j);
        }
    g_assert_cmpuint(near->point[40 * k], ==, 20);
}

static void
test_neighbours_few(void)
{
    g_autofree float *x = draw_points(3, 4, 1);
    g_autoptr(ErrataNeighbours) near = errata_neighbours_new(x, 3, 4, 15);
    g_autoptr(ErrataNeighbours) none = errata_neighbours_new(x, 0, 4, 15);

    g_assert_cmpuint(near->point[1], !=, ERRATA_NEIGHBOURS_NONE);
    g_assert_cmpuint(near->point[2], ==, ERRATA_NEIGHBOURS_NONE);
    g_assert_cmpuint(none->n, ==, 0);
}

/* a matrix of rank 3: three directions hold all of it */
static void
test_directions(void)
{
    const guint n = 60, m = 40;
    g_autoptr(ErrataSparse) sparse = errata_sparse_new(n, m, (gsize)n * m);
    g_autofree float *a = draw_points(n, 3, 2);
    g_autofree float *b = draw_points(m, 3, 3);
    g_autofree float *directions = NULL;
    g_autofree float *projected = g_new(float, (gsize)n * 5);
    double all = 0.0, held = 0.0, beyond = 0.0;

    for (guint i = 0; i < n; i++) {
        for (guint j = 0; j < m; j++) {
            gsize at = (gsize)i * m + j;

            sparse->column[at] = j;
            sparse->value[at] = a[i * 3] * b[j * 3] + a[i * 3 + 1] * b[j * 3 + 1] +
                                a[i * 3 + 2] * b[j * 3 + 2];
            all += (double)sparse->value[at] * (double)sparse->value[at];
        }
        sparse->start[i + 1] = (gsize)(i + 1) * m;
    }
    directions = errata_sparse_directions(sparse, 5, 1);
    errata_sparse_multiply(sparse, directions, 5, projected);
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < 5; k++)
            *(k < 3 ? &held : &beyond) += (double)projected[i * 5 + k] *
                                          (double)projected[i * 5 + k];
    g_assert_cmpfloat_with_epsilon(held, all, 1e-4 * all);
    g_assert_cmpfloat(beyond, <, 1e-6 * all);
}

static void
test_grams(void)
{
    static const char *const lines[] =
        {"late again", "late again", "late again", "fine", "", "late"};
    ErrataGramsText texts[G_N_ELEMENTS(lines)];
    ErrataGramsInput input = {G_N_ELEMENTS(lines), texts, 0, NULL, 0.0};
    g_autoptr(ErrataSparse) grams = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        texts[i] = (ErrataGramsText){lines[i], strlen(lines[i])};
    texts[4].text = NULL;
    grams = errata_text_grams(&input, NULL);
    g_assert_cmpuint(grams->start[4] - grams->start[3], ==, 0); /* nothing that three texts have */
    g_assert_cmpuint(grams->start[5] - grams->start[4], ==, 0);
    for (guint i = 0; i < 3; i++) {
        double square = 0.0;

        for (gsize k = grams->start[i]; k < grams->start[i + 1]; k++)
            square += (double)grams->value[k] * (double)grams->value[k];
        g_assert_cmpfloat_with_epsilon(square, 1.0, 1e-5);
    }
}

/* how many terms of a text are these */
static guint
count_terms(const char *text, const char *wanted)
{
    g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(ErrataTerm));
    guint n = 0;

    errata_text_terms(text, strlen(text), terms);
    for (guint i = 0; i < terms->len; i++) {
        const ErrataTerm *term = &g_array_index(terms, ErrataTerm, i);

        n += term->length == strlen(wanted) &&
             memcmp(text + term->begin, wanted, term->length) == 0;
    }
    return n;
}

static void
test_terms(void)
{
    g_test_summary("Where no spaces part words, runs of letters are terms, each hashed alike");
    g_assert_cmpuint(count_terms("一点也不，一点也不", "一点也不"), ==, 2);
    g_assert_cmpuint(count_terms("一点也不", "点也"), ==, 1);
    g_assert_cmpuint(count_terms("一点，也不", "点，也"), ==, 0);
    g_assert_cmpuint(count_terms("一点也不贵", "一点也不贵"), ==, 0);
    g_assert_cmpuint(count_terms("not at all", "not at"), ==, 1);
    {
        g_autoptr(GArray) a = g_array_new(FALSE, FALSE, sizeof(ErrataTerm));
        g_autoptr(GArray) b = g_array_new(FALSE, FALSE, sizeof(ErrataTerm));

        errata_text_terms("也不", strlen("也不"), a);
        errata_text_terms("不也不", strlen("不也不"), b);
        g_assert_cmpuint(a->len, ==, 3);
        g_assert_cmpuint(g_array_index(a, ErrataTerm, 2).hash,
                         ==,
                         g_array_index(b, ErrataTerm, 4).hash); /* 不 也 不也 不 也不 不也不 */
    }
}

typedef struct {
    guint n;
    guint every;    /* one text in so many is of the planted kind */
    double rate;    /* of errors among these */
    double base;    /* of errors elsewhere */
    gboolean equal; /* all texts are the same */
    gboolean empty;
    gboolean german; /* what is planted */
    gboolean loud;   /* planted texts say what others do, in capitals */
} Plan;

static const char *const plan_words[] =
    {"parcel", "driver", "depot", "label", "price", "app", "van", "box", "stamp", "note"};
static const char *const plan_sayings[] =
    {"slow", "quick", "clean", "warm", "kind", "round", "blue", "small", "tall", "new"};

static void
plan_cell(ErrataFrameBuilder *builder, const char *name, const char *text)
{
    guint column = 0;

    g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &column, NULL));
    errata_frame_builder_string(builder, column, text, strlen(text));
}

static ErrataFrame *
plan_frame(const Plan *plan, guint64 seed)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    for (guint i = 0; i < plan->n; i++) {
        ErrataRng rng = errata_rng_init(seed, 9, i);
        gboolean planted = plan->every > 0 && errata_rng_below(&rng, plan->every) == 0;
        gboolean wrong = errata_rng_uniform(&rng) < (planted ? plan->rate : plan->base);
        gboolean label = errata_rng_below(&rng, 2) == 0;
        const char *a = plan_words[errata_rng_below(&rng, 10)];
        const char *b = plan_sayings[errata_rng_below(&rng, 10)];
        const char *c = plan_words[errata_rng_below(&rng, 10)];
        g_autofree char *id = g_strdup_printf("r%u", i);
        g_autofree char *text =
            plan->equal   ? g_strdup("the same text as ever")
            : plan->empty ? g_strdup("")
                          : g_strdup_printf(planted && plan->loud
                                                ? "WE HAD A %s THAT SEEMED %s NEAR THE %s TODAY"
                                            : planted && plan->german
                                                ? "leider ist der %s auch so %s wie das %s hier"
                                            : planted ? "oh brilliant, yet another %s that "
                                                        "is %s and a %s"
                                                      : "we had a %s that seemed %s near "
                                                        "the %s today",
                                            a,
                                            b,
                                            c);

        plan_cell(builder, "id", id);
        plan_cell(builder, "text", text);
        plan_cell(builder, "label", label ? "yes" : "no");
        plan_cell(builder, "prediction", label != wrong ? "yes" : "no");
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    return errata_frame_builder_finish(builder, NULL);
}

static ErrataCase *
plan_run(const Plan *plan, guint64 seed)
{
    g_autoptr(ErrataFrame) frame = plan_frame(plan, seed);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    ErrataCase *result;

    g_assert_true(errata_settings_set(settings, "roles", "text", "text", "test", NULL));
    result = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    return result;
}

static guint
count_clusters(const ErrataCase *result)
{
    guint n = 0;

    for (guint i = 0; i < result->findings->len; i++)
        n += ((const ErrataFinding *)g_ptr_array_index(result->findings, i))->kind ==
             ERRATA_FINDING_CLUSTER;
    return n;
}

static void
test_planted(void)
{
    const Plan plan = {4000, 12, 0.8, 0.05, FALSE, FALSE, FALSE};
    g_autoptr(ErrataCase) result = plan_run(&plan, 1);
    const ErrataCluster *cluster;
    const ErrataFinding *finding = NULL;

    g_assert_cmpuint(count_clusters(result), ==, 1);
    cluster = g_ptr_array_index(result->clusters, 0);
    for (guint i = 0; finding == NULL; i++) {
        finding = g_ptr_array_index(result->findings, i);
        if (finding->kind != ERRATA_FINDING_CLUSTER)
            finding = NULL;
    }
    g_assert_cmpstr(finding->subject.cluster, ==, cluster->id);
    g_assert_cmpuint(finding->n_rows, ==, cluster->size);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_nonnull(finding->figure);
    /* what is sure of its gain is more than nothing, so that its remedy is among what to do */
    g_assert_cmpfloat(errata_suggestion_size(g_ptr_array_index(finding->suggestions, 0)),
                      >,
                      0.0005);
    g_assert_cmpuint(g_strv_length(cluster->keywords), >=, 2);
    g_assert_true(g_strrstr("oh brilliant yet another", cluster->keywords[0]) != NULL ||
                  g_strrstr(cluster->keywords[0], "another") != NULL);
    g_assert_cmpfloat(cluster->precision, >, 0.95);
    g_assert_cmpfloat(cluster->recall, >, 0.95);
    g_assert_cmpfloat(cluster->share_of_errors, >, 0.4);
}

static void
test_tongue(void)
{
    const Plan plan = {4000, 12, 0.8, 0.05, FALSE, FALSE, TRUE};
    g_autoptr(ErrataCase) result = plan_run(&plan, 1);
    const ErrataCluster *cluster;
    const ErrataPredicate *predicate;

    g_test_summary("A cluster that is one language is called by it, and told by it alone");
    g_assert_cmpuint(count_clusters(result), ==, 1);
    cluster = g_ptr_array_index(result->clusters, 0);
    g_assert_cmpuint(cluster->predicates->len, ==, 1);
    predicate = g_ptr_array_index(cluster->predicates, 0);
    g_assert_cmpstr(predicate->column, ==, "text: language");
    g_assert_cmpstr(predicate->values[0], ==, "German");
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);
        const ErrataEvidence *said = errata_finding_evidence(finding, "said_rate");

        if (finding->kind != ERRATA_FINDING_CLUSTER)
            continue;
        g_assert_true(g_str_has_prefix(finding->title, "Texts in German: wrong "));
        g_assert_cmpstr(errata_finding_note(finding, "tongue"), ==, "German");
        g_assert_cmpfloat(said->n, >, finding->n_rows); /* right ones, too */
        g_assert_cmpfloat_with_epsilon(said->value, plan.rate, 0.1);
    }
}

static void
test_loud(void)
{
    const Plan plan = {4000, 12, 0.5, 0.1, FALSE, FALSE, FALSE, TRUE};
    g_autoptr(ErrataCase) result = plan_run(&plan, 1);
    const ErrataCluster *cluster;
    const ErrataPredicate *predicate;

    g_test_summary("Texts that a property alone tells from correct ones are a cluster");
    g_assert_cmpuint(result->clusters->len, ==, 1);
    cluster = g_ptr_array_index(result->clusters, 0);
    g_assert_cmpuint(cluster->predicates->len, >=, 1);
    predicate = g_ptr_array_index(cluster->predicates, 0);
    g_assert_cmpstr(predicate->column, ==, "text: capitals");
    g_assert_cmpfloat(cluster->precision, >, 0.9);
    g_assert_cmpfloat(cluster->recall, >, 0.9);
    g_assert_cmpuint(g_strv_length(cluster->keywords), ==, 0); /* what else some of them say */
}

/* the same bytes whatever the thread count */
static void
test_threads(void)
{
    const Plan plan = {2500, 10, 0.7, 0.08, FALSE, FALSE};
    char *printed[2];

    for (guint i = 0; i < 2; i++) {
        g_autoptr(ErrataCase) result = NULL;
        GString *text = g_string_new(NULL);

        errata_parallel_set_threads(i == 0 ? 1 : 4);
        result = plan_run(&plan, 2);
        for (guint c = 0; c < result->clusters->len; c++) {
            const ErrataCluster *cluster = g_ptr_array_index(result->clusters, c);

            g_string_append_printf(text,
                                   "%s %s %" G_GUINT64_FORMAT " %a %a\n",
                                   cluster->id,
                                   cluster->name,
                                   cluster->size,
                                   cluster->keyword_weights[0],
                                   cluster->precision);
        }
        printed[i] = g_string_free(text, FALSE);
    }
    g_assert_cmpuint(strlen(printed[0]), >, 0);
    g_assert_cmpstr(printed[0], ==, printed[1]);
    g_free(printed[0]);
    g_free(printed[1]);
}

static void
test_noise(void)
{
    for (guint64 seed = 0; seed < 12; seed++) {
        const Plan plan = {2200, 12, 0.15, 0.15, FALSE, FALSE};
        g_autoptr(ErrataCase) result = plan_run(&plan, seed);

        g_assert_cmpuint(count_clusters(result), ==, 0);
    }
}

static void
test_odd(void)
{
    static const Plan plans[] = {
        {600, 0, 0.0, 0.2, TRUE, FALSE},  /* all texts equal */
        {600, 0, 0.0, 0.2, FALSE, TRUE},  /* all empty */
        {600, 0, 0.0, 0.0, FALSE, FALSE}, /* no errors */
        {600, 0, 0.0, 1.0, FALSE, FALSE}, /* nothing but errors */
        {60, 0, 0.0, 0.8, FALSE, FALSE},
        {1, 0, 0.0, 1.0, FALSE, FALSE},
        {400, 3, 0.9, 0.02, FALSE, FALSE}, /* too few rows for more than a lead */
    };

    for (guint i = 0; i < G_N_ELEMENTS(plans); i++) {
        g_autoptr(ErrataCase) result = plan_run(&plans[i], 4);

        for (guint f = 0; f < result->findings->len; f++) {
            const ErrataFinding *finding = g_ptr_array_index(result->findings, f);

            if (finding->kind == ERRATA_FINDING_CLUSTER)
                g_assert_cmpint(finding->severity, <=, ERRATA_SEVERITY_LOW);
        }
    }
}

static void
count_said(const char *const texts[4], char *first, char *second, ErrataClusterSaid *ret_said)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GArray) keywords = g_array_new(FALSE, FALSE, sizeof(ErrataClusterKeyword));
    char none[] = "hello";
    const ErrataClusterKeyword keyword[] = {{.text = first}, {.text = second}, {.text = none}};
    ErrataSchemaColumn column = {.role = ERRATA_ROLE_TEXT};
    ErrataSchema schema = {.columns = &column};
    guint8 judged[40], wrong[40];
    ErrataOutcome outcome = {.n_rows = 40, .judged = judged, .error = wrong};
    ErrataAnalysis analysis = {.schema = &schema, .outcome = &outcome};
    ErrataClusterWords words = {.keywords = keywords};
    guint at;

    g_array_append_vals(keywords, keyword, G_N_ELEMENTS(keyword));
    errata_frame_builder_column(builder, "text", 4, &at, NULL);
    for (guint i = 0; i < 40; i++) {
        errata_frame_builder_string(builder, at, texts[i % 4], strlen(texts[i % 4]));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
        judged[i] = i >= 4;
        wrong[i] = i % 4 == 0 || i == 5 || i == 7;
    }
    frame = errata_frame_builder_finish(builder, NULL);
    analysis.frame = frame;
    /* the third is none of the name */
    errata_clusters_count(&analysis, &words, 1, 2, ret_said);
}

static void
test_count(void)
{
    static const char *const plain[] = {"My VOUCHER fails", "a gift code?", "decode this", "hello"};
    static const char *const other[] = {"很贵，一点也不好", "он “не” понял", "нет", "hello"};
    char voucher[] = "voucher", code[] = "code", all[] = "一点也不", no[] = "не";
    ErrataClusterSaid said;

    g_test_summary("The words of a cluster are counted in all texts, whole and in any case");
    count_said(other, all, no, &said);
    g_assert_cmpfloat_with_epsilon(said.in.n, 18.0, 1e-12);
    count_said(plain, voucher, code, &said);
    g_assert_cmpfloat_with_epsilon(said.in.n, 18.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(said.in.sum, 10.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(said.others.n, 18.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(said.others.sum, 1.0, 1e-12);
}

#define TABLE_COLUMNS 6U

static char table_name[][11] = {"id", "label", "prediction", "a", "b", "c", "d", "e", "f"};
static char *table_names[G_N_ELEMENTS(table_name)];

/* about normal, with a standard deviation of one */
static double
table_draw(ErrataRng *rng)
{
    double sum = -6.0;

    for (guint k = 0; k < 12; k++)
        sum += errata_rng_uniform(rng);
    return sum;
}

/* @n rows of numbers around nothing and around a place in one of eight, where most are wrong */
static LogFixture *
table_new(guint n, double base)
{
    const LogRoles roles = {.id = "id", .label = "label", .prediction = "prediction"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    LogFixture *log;

    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(7, 11, i);
        gboolean planted = errata_rng_below(&rng, 8) == 0;
        gboolean wrong = errata_rng_uniform(&rng) < (planted ? 0.85 : base);
        gboolean label = errata_rng_below(&rng, 2) == 0;
        g_autofree char *id = g_strdup_printf("%c%u", planted ? 'p' : 'r', i);

        plan_cell(builder, "id", id);
        plan_cell(builder, "label", label ? "yes" : "no");
        plan_cell(builder, "prediction", label != wrong ? "yes" : "no");
        for (guint c = 0; c < TABLE_COLUMNS; c++) {
            const char *name = table_name[3 + c];
            double value = table_draw(&rng) * (planted ? 0.3 : 1.0) + (planted ? 2.0 : 0.0);
            guint column = 0;

            g_assert_true(errata_frame_builder_column(builder, name, 1, &column, NULL));
            errata_frame_builder_number(builder, column, value);
        }
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    log = log_fixture_new(errata_frame_builder_finish(builder, NULL), NULL, &roles);
    for (guint c = 0; c < G_N_ELEMENTS(table_name); c++)
        table_names[c] = table_name[c];
    log->schema->names = table_names;
    log->settings->alpha = 0.05;
    return log;
}

/* errors of the planted kind, and those of the finding's rows that are */
static gsize
table_planted(const LogFixture *log, const ErrataFinding *finding, gsize *ret_held)
{
    const ErrataColumn *id = errata_frame_find(log->frame, "id", NULL);
    gsize n = 0;

    *ret_held = 0;
    for (gsize row = 0; row < log->frame->n_rows; row++)
        n += log->outcome->error[row] != 0 && errata_column_text(id, row, NULL)[0] == 'p';
    for (gsize i = 0; i < finding->n_rows; i++) {
        g_assert_cmpuint(log->outcome->error[finding->row[i]], ==, 1);
        *ret_held += errata_column_text(id, finding->row[i], NULL)[0] == 'p';
    }
    return n;
}

static ErrataFinding *
table_run(LogFixture *log)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(errata_analyzer_clusters.run(&log->analysis, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(count_clusters(log->analysis.result), ==, 1);
    return g_ptr_array_index(log->analysis.result->findings, 0);
}

/* what is told of the cluster is of all errors, however many were drawn to find it */
static void
table_check(const LogFixture *log, const ErrataFinding *finding)
{
    const ErrataCluster *cluster = g_ptr_array_index(log->analysis.result->clusters, 0);
    const ErrataEvidence *share = errata_finding_evidence(finding, "share_errors");
    gsize held, n = table_planted(log, finding, &held);

    g_assert_cmpuint(held, >, n * 95 / 100);
    g_assert_cmpuint(held, >, finding->n_rows * 9 / 10);
    g_assert_cmpuint(cluster->size, ==, finding->n_rows);
    g_assert_cmpuint(share->n, ==, finding->n_rows);
    g_assert_cmpfloat_with_epsilon(share->value,
                                   (double)finding->n_rows / (double)log->outcome->n_errors,
                                   1e-12);
    g_assert_cmpfloat(share->lo, <, share->value);
    g_assert_cmpfloat(share->hi, >, share->value);
    g_assert_cmpfloat(share->hi - share->lo, <, 4.0 / sqrt((double)log->outcome->n_errors));
    g_assert_null(errata_finding_note(finding, "sampled"));
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "rate_in")->value, 0.85, 0.1);
}

static void
test_exact(void)
{
    g_autoptr(LogFixture) log = table_new(12000, 0.2);

    g_test_summary("A few thousand errors of a table are all clustered");
    table_check(log, table_run(log));
    g_assert_null(log->analysis.result->sampled);
}

static void
test_assigned(void)
{
    char *printed[2];

    g_test_summary("Errors beyond those drawn are assigned, the same on any number of threads");
    for (guint t = 0; t < 2; t++) {
        g_autoptr(LogFixture) log = table_new(36000, 0.3);
        GString *text = g_string_new(NULL);
        const ErrataFinding *finding;

        errata_parallel_set_threads(t == 0 ? 1 : 4);
        g_assert_cmpuint(log->outcome->n_errors, >, 12000);
        finding = table_run(log);
        table_check(log, finding);
        g_assert_nonnull(log->analysis.result->sampled);
        for (gsize i = 0; i < finding->n_rows; i++)
            g_string_append_printf(text, "%u %a\n", finding->row[i], finding->row_score[i]);
        printed[t] = g_string_free(text, FALSE);
    }
    g_assert_cmpstr(printed[0], ==, printed[1]);
    g_free(printed[0]);
    g_free(printed[1]);
}

/* a row that is embedded, and the same among those that are not */
static void
test_embedded(void)
{
    g_autoptr(LogFixture) log = table_new(3000, 0.2);
    g_autoptr(ErrataClusterSpace) space = errata_clusters_space_new(&log->analysis);
    g_autofree float *x = g_new(float, space->width);

    g_test_summary("A row's vector does not depend on whether it was drawn");
    g_assert_cmpuint(space->n_rest, ==, 0);
    for (guint i = 0; i < space->n; i++) {
        errata_clusters_space_embed(space, &space->row[i], 1, x);
        g_assert_cmpint(memcmp(x, space->x + (gsize)i * space->width, space->width * sizeof *x),
                        ==,
                        0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clusters/karate", test_karate);
    g_test_add_func("/clusters/cliques", test_cliques);
    g_test_add_func("/clusters/agreement", test_agreement);
    g_test_add_func("/clusters/neighbours", test_neighbours);
    g_test_add_func("/clusters/neighbours-few", test_neighbours_few);
    g_test_add_func("/clusters/directions", test_directions);
    g_test_add_func("/clusters/grams", test_grams);
    g_test_add_func("/clusters/terms", test_terms);
    g_test_add_func("/clusters/planted", test_planted);
    g_test_add_func("/clusters/tongue", test_tongue);
    g_test_add_func("/clusters/loud", test_loud);
    g_test_add_func("/clusters/threads", test_threads);
    g_test_add_func("/clusters/noise", test_noise);
    g_test_add_func("/clusters/odd", test_odd);
    g_test_add_func("/clusters/count", test_count);
    g_test_add_func("/clusters/exact", test_exact);
    g_test_add_func("/clusters/assigned", test_assigned);
    g_test_add_func("/clusters/embedded", test_embedded);
    return g_test_run();
}
