/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the sample logs. Every number comes from the seed, so the problems planted in a log, which
 * its expected.json lists, are the same on every machine. */
#include "generate.h"

#include <string.h>

static const Sample *const samples[] = {&sample_credit, &sample_tickets, &sample_delivery};

double
sample_normal(ErrataRng *rng)
{
    double u = 1.0 - errata_rng_uniform(rng);
    double v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(2.0 * G_PI * v);
}

double
sample_logistic(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

guint
sample_pick(ErrataRng *rng, const double *weights, guint n)
{
    double u = errata_rng_uniform(rng);

    for (guint i = 0; i + 1 < n; i++) {
        if (u < weights[i])
            return i;
        u -= weights[i];
    }
    return n - 1;
}

void
sample_print_time(FILE *out, gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");

    fputs(text, out);
}

static const Sample *
generate_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(samples); i++)
        if (strcmp(samples[i]->name, name) == 0)
            return samples[i];
    return NULL;
}

int
main(int argc, char **argv)
{
    const Sample *sample = argc >= 3 ? generate_find(argv[1]) : NULL;
    gboolean reference = argc >= 4 && strcmp(argv[3], "reference") == 0;
    FILE *out;

    if (sample == NULL || (reference && sample->n_reference == 0)) {
        fprintf(stderr, "usage: generate credit|tickets|delivery FILE [reference] [SEED]\n");
        return 2;
    }
    out = fopen(argv[2], "w");
    if (out == NULL) {
        perror(argv[2]);
        return 1;
    }
    sample->write(out,
                  reference,
                  argc >= 5 ? g_ascii_strtoull(argv[4], NULL, 10) : 1,
                  reference ? sample->n_reference : sample->n_rows);
    return fclose(out) == 0 ? 0 : 1;
}
