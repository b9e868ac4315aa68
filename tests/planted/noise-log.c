/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs in which nothing is wrong, in many shapes: tables, texts, series through time, tiny ones;
 * columns of all laws, correlated, heavy-tailed, clipped, coarse, constant, marks of few rows,
 * numbered, trending, seasonal; two classes, rare ones, many, or a quantity; scores that are true,
 * coarse, distorted alike everywhere, or not logged. What is wrong is wrong by chance alone: labels
 * are drawn from the true scores, or from the prediction with one rate for all rows. */
#include <math.h>
#include <string.h>

#include "frame-builder.h"
#include "noise.h"
#include "rng.h"

#define NOISE_COLUMNS 16
#define NOISE_CLASSES 4

typedef enum {
    LAW_NORMAL,
    LAW_FACTOR, /* shares a factor with its kind */
    LAW_LOGNORMAL,
    LAW_PARETO,
    LAW_STUDENT,
    LAW_UNIFORM,
    LAW_COUNT,
    LAW_ZEROS, /* mostly zero */
    LAW_COARSE,
    LAW_CLIPPED,
    LAW_SMALL, /* categories */
    LAW_MANY,
    LAW_FLAG,
    LAW_CONSTANT,
    LAW_NUMBER, /* running number with gaps */
    LAW_TREND,  /* time shapes only from here */
    LAW_HOUR,
    LAW_WALK,
    N_LAWS,
} Law;

static const char *const law_names[] = {"normal",
                                        "factor",
                                        "lognormal",
                                        "pareto",
                                        "student",
                                        "uniform",
                                        "count",
                                        "zeros",
                                        "coarse",
                                        "clipped",
                                        "small",
                                        "many",
                                        "flag",
                                        "constant",
                                        "number",
                                        "trend",
                                        "hour",
                                        "walk"};

typedef enum {
    SHAPE_TABLE,
    SHAPE_TEXT,
    SHAPE_TIME,
    SHAPE_TINY,
} Shape;

typedef enum {
    TASK_BINARY,
    TASK_RARE,
    TASK_CLASSES,
    TASK_QUANTITY,
    TASK_FLIPPED, /* no scores; one rate of error */
} Task;

typedef enum {
    SCORES_TRUE,
    SCORES_COARSE,
    SCORES_DISTORTED,
} Scores;

typedef struct {
    Law law;
    double missing;
    double weight; /* in the model */
    guint n_values;
} NoiseColumn;

typedef struct {
    guint64 seed;
    Shape shape;
    Task task;
    Scores scores;
    guint n_rows;
    guint n_columns;
    NoiseColumn column[NOISE_COLUMNS];
    double walk;
    double at; /* seconds */
} Noise;

static double
noise_normal(ErrataRng *rng)
{
    double u = 1.0 - errata_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

static double
noise_count(ErrataRng *rng, double mean)
{
    double p = exp(-mean);
    double sum = p;
    double u = errata_rng_uniform(rng);
    guint n = 0;

    while (u > sum && n < 100)
        sum += p *= mean / ++n;
    return (double)n;
}

/* rank of a value by Zipf's law */
static guint
noise_zipf(ErrataRng *rng, guint n)
{
    return (guint)exp(errata_rng_uniform(rng) * log((double)n + 1.0)) - 1;
}

/* a cell's number, with about unit spread in @ret_effect for the model; NaN for words */
static double
noise_draw(Noise *self,
           const NoiseColumn *column,
           ErrataRng *rng,
           double factor,
           guint row,
           double *ret_effect)
{
    double z = noise_normal(rng);
    double u = 1.0 - errata_rng_uniform(rng);
    double hour = fmod(self->at / 3600.0, 24.0);

    *ret_effect = z;
    switch (column->law) {
    case LAW_FACTOR:
        *ret_effect = 0.9 * factor + 0.44 * z;
        return round((50.0 + 10.0 * *ret_effect) * 100.0) / 100.0;
    case LAW_LOGNORMAL:
        return round(exp(3.0 + 1.2 * z) * 100.0) / 100.0;
    case LAW_PARETO:
        *ret_effect = u;
        return round(pow(u, -1.0 / 1.5) * 1000.0) / 1000.0;
    case LAW_STUDENT:
        return z / sqrt((pow(noise_normal(rng), 2.0) + pow(noise_normal(rng), 2.0) - 2.0 * log(u)) /
                        4.0);
    case LAW_UNIFORM:
        *ret_effect = 3.4 * (u - 0.5);
        return u;
    case LAW_COUNT:
        *ret_effect = noise_count(rng, 3.0);
        return *ret_effect;
    case LAW_ZEROS:
        *ret_effect = u < 0.93 ? 0.0 : 1.0;
        return u < 0.93 ? 0.0 : round(exp(2.0 + z));
    case LAW_COARSE:
        return round(3.0 + z);
    case LAW_CLIPPED:
        return fmax(-1.5, fmin(factor + 0.3 * z, 2.0));
    case LAW_SMALL:
    case LAW_MANY:
        *ret_effect = column->law == LAW_SMALL ? (double)errata_rng_below(rng, column->n_values)
                                               : (double)noise_zipf(rng, column->n_values);
        return (double)NAN;
    case LAW_FLAG:
        *ret_effect = u < 0.2 ? 1.0 : 0.0;
        return *ret_effect;
    case LAW_CONSTANT:
        *ret_effect = 0.0;
        return 7.0;
    case LAW_NUMBER:
        *ret_effect = 0.0;
        return 100000.0 + 7.0 * (double)row + floor(7.0 * u);
    case LAW_TREND:
        *ret_effect = z + 1.5 * (double)row / (double)self->n_rows;
        return *ret_effect;
    case LAW_HOUR:
        *ret_effect = sin(hour / 24.0 * 2.0 * G_PI) + 0.5 * z;
        return *ret_effect;
    case LAW_WALK:
        self->walk = 0.99 * self->walk + 0.14 * z;
        *ret_effect = self->walk;
        return self->walk;
    case LAW_NORMAL:
    case N_LAWS:
        break;
    }
    return z;
}

static void
noise_choose(Noise *self, ErrataRng *rng)
{
    self->shape = (Shape)(self->seed % 4);
    self->task = (Task)errata_rng_below(rng, 5);
    self->scores = (Scores)errata_rng_below(rng, 3);
    switch (self->shape) {
    case SHAPE_TINY:
        self->n_rows = (guint)(30.0 * exp(errata_rng_uniform(rng) * log(30.0)));
        break;
    case SHAPE_TEXT:
        self->n_rows = (guint)(500.0 * exp(errata_rng_uniform(rng) * log(8.0)));
        break;
    case SHAPE_TABLE:
    case SHAPE_TIME:
        self->n_rows = (guint)(1500.0 * exp(errata_rng_uniform(rng) * log(16.0)));
        break;
    }
    self->n_columns = self->shape == SHAPE_TEXT
                          ? (guint)errata_rng_below(rng, 3)
                          : 3 + (guint)errata_rng_below(rng, NOISE_COLUMNS - 2);
    for (guint i = 0; i < self->n_columns; i++) {
        NoiseColumn *column = &self->column[i];

        column->law = (Law)errata_rng_below(rng, self->shape == SHAPE_TIME ? N_LAWS : LAW_TREND);
        if (self->shape == SHAPE_TABLE && self->seed % 7 == 3) /* few values: equal rows abound */
            column->law = errata_rng_uniform(rng) < 0.6 ? LAW_SMALL : LAW_FLAG;
        column->missing = errata_rng_uniform(rng) < 0.3 ? 0.15 * errata_rng_uniform(rng) : 0.0;
        if (column->law == LAW_CONSTANT && column->missing > 0.0)
            column->missing = 1.0 - column->missing; /* a mark that few rows have */
        column->weight = 0.7 * noise_normal(rng);
        column->n_values = column->law == LAW_MANY ? 40 + (guint)errata_rng_below(rng, 300)
                                                   : 2 + (guint)errata_rng_below(rng, 7);
        if (column->law == LAW_TREND || column->law == LAW_WALK)
            column->weight = 0.0; /* else the errors would move with them */
        if (column->law == LAW_SMALL || column->law == LAW_MANY)
            column->weight /= (double)column->n_values;
    }
}

static void noise_cell(ErrataFrameBuilder *builder, const char *name, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
noise_cell(ErrataFrameBuilder *builder, const char *name, const char *format, ...)
{
    g_autofree char *text = NULL;
    guint column = 0;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (errata_frame_builder_column(builder, name, strlen(name), &column, NULL))
        errata_frame_builder_cell(builder, column, text, strlen(text));
}

static double
noise_sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static void
noise_two_classes(const Noise *self, ErrataFrameBuilder *builder, ErrataRng *rng, double linear)
{
    double p = noise_sigmoid(linear * 1.3 - (self->task == TASK_RARE ? 4.5 : 0.3));
    double shown = p;
    gboolean label;

    if (self->scores == SCORES_COARSE)
        p = shown = round(p * 20.0) / 20.0;
    else
        p = shown = round(p * 1e5) / 1e5;
    if (self->scores == SCORES_DISTORTED)
        shown = round(noise_sigmoid(1.6 * log((p + 1e-6) / (1.0 - p + 1e-6))) * 1e5) / 1e5;
    if (self->task == TASK_FLIPPED) {
        label = (p >= 0.5) != (errata_rng_uniform(rng) < 0.13);
    } else {
        label = errata_rng_uniform(rng) < p;
        noise_cell(builder, "score", "%.5f", shown);
    }
    noise_cell(builder, "prediction", "%d", p >= 0.5);
    noise_cell(builder, "label", "%d", label);
}

static void
noise_classes(const Noise *self, ErrataFrameBuilder *builder, ErrataRng *rng, double linear)
{
    static const char *const names[NOISE_CLASSES] = {"ash", "birch", "cedar", "elm"};
    double p[NOISE_CLASSES];
    double sum = 0.0;
    double u = errata_rng_uniform(rng);
    guint best = 0;
    guint label = 0;

    for (guint k = 0; k < NOISE_CLASSES; k++)
        sum += p[k] = exp(linear * (double)k * 0.5 + 0.6 * noise_normal(rng));
    for (guint k = 0; k < NOISE_CLASSES; k++) {
        g_autofree char *name = g_strdup_printf("prob_%s", names[k]);

        p[k] /= sum;
        best = p[k] > p[best] ? k : best;
        noise_cell(builder, name, "%.6f", p[k]);
    }
    while (label + 1 < NOISE_CLASSES && u >= p[label])
        u -= p[label++];
    noise_cell(builder, "prediction", "%s", names[best]);
    noise_cell(builder, "label", "%s", names[label]);
}

static void
noise_words(const Noise *self, ErrataFrameBuilder *builder, ErrataRng *rng)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = 3 + (guint)errata_rng_below(rng, 20);

    for (guint i = 0; i < n; i++)
        g_string_append_printf(text,
                               "%s%c%u%c",
                               i > 0 ? " " : "",
                               (char)('a' + errata_rng_below(rng, 26)),
                               noise_zipf(rng, 400),
                               (char)('a' + errata_rng_below(rng, 3)));
    noise_cell(builder, "text", "%s", text->str);
}

static void
noise_row(Noise *self, ErrataFrameBuilder *builder, guint64 stage, guint row)
{
    ErrataRng rng = errata_rng_init(self->seed, stage, row);
    double factor = noise_normal(&rng);
    double linear = self->shape == SHAPE_TEXT ? noise_normal(&rng) : 0.0;

    noise_cell(builder, "row_id", "n%06u", row);
    if (self->shape == SHAPE_TIME) {
        double hour = fmod(self->at / 3600.0, 24.0);

        self->at += -300.0 * log(1.0 - errata_rng_uniform(&rng)) /
                    (1.0 + 0.7 * sin((hour - 9.0) / 24.0 * 2.0 * G_PI));
        noise_cell(builder, "ts", "%.0f", 1700000000.0 + floor(self->at));
    }
    if (self->shape == SHAPE_TEXT)
        noise_words(self, builder, &rng);
    for (guint i = 0; i < self->n_columns; i++) {
        const NoiseColumn *column = &self->column[i];
        g_autofree char *name = g_strdup_printf("%s_%u", law_names[column->law], i);
        double effect;
        double value = noise_draw(self, column, &rng, factor, row, &effect);

        linear += column->weight * effect;
        if (errata_rng_uniform(&rng) < column->missing)
            noise_cell(builder, name, "%s", "");
        else if (isnan(value))
            noise_cell(builder, name, "%s_%.0f", column->law == LAW_SMALL ? "s" : "m", effect);
        else
            noise_cell(builder, name, "%.6g", value);
    }
    if (self->task == TASK_CLASSES) {
        noise_classes(self, builder, &rng, linear);
    } else if (self->task == TASK_QUANTITY) {
        noise_cell(builder, "prediction", "%.4f", 100.0 + 20.0 * linear);
        noise_cell(builder, "label", "%.4f", 100.0 + 20.0 * linear + 8.0 * noise_normal(&rng));
    } else {
        noise_two_classes(self, builder, &rng, linear);
    }
}

static ErrataFrame *
noise_frame(Noise *self, guint64 stage, guint n_rows)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;
    ErrataFrame *frame;

    self->walk = 0.0;
    self->at = 0.0;
    for (guint row = 0; row < n_rows; row++) {
        noise_row(self, builder, stage, row);
        if (!errata_frame_builder_end_row(builder, &error))
            g_error("%s", error->message);
    }
    frame = errata_frame_builder_finish(builder, &error);
    if (frame == NULL)
        g_error("%s", error->message);
    return frame;
}

NoiseLog *
noise_log_new(guint64 seed)
{
    static const char *const shapes[] = {"table", "text", "time", "tiny"};
    static const char *const tasks[] = {"binary", "rare", "classes", "quantity", "flipped"};
    static const char *const scores[] = {"true", "coarse", "distorted"};
    NoiseLog *self = g_new0(NoiseLog, 1);
    Noise noise = {.seed = seed};
    ErrataRng rng = errata_rng_init(seed, 77, 0);
    gboolean steady = TRUE;

    noise_choose(&noise, &rng);
    for (guint i = 0; i < noise.n_columns; i++)
        steady = steady && noise.column[i].law < LAW_NUMBER; /* the others leave any reference */
    self->log = noise_frame(&noise, 1, noise.n_rows);
    if (steady && errata_rng_uniform(&rng) < 0.4)
        self->reference = noise_frame(&noise, 2, MAX(noise.n_rows / 2, 200));
    self->distorted = noise.scores == SCORES_DISTORTED;
    self->what = g_strdup_printf("%s of %u rows and %u columns, %s, scores %s%s",
                                 shapes[noise.shape],
                                 noise.n_rows,
                                 noise.n_columns,
                                 tasks[noise.task],
                                 scores[noise.scores],
                                 self->reference != NULL ? ", with a reference" : "");
    return self;
}

void
noise_log_free(NoiseLog *self)
{
    if (self == NULL)
        return;
    errata_frame_unref(self->log);
    errata_frame_unref(self->reference);
    g_free(self->what);
    g_free(self);
}
