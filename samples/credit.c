/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Credit risk, binary: will the loan default? The model is a good scorecard with one blind spot,
 * and the log has three accidents. Planted (credit/expected.json):
 *   - for self-employed people who borrow 15,000 or more the model is often wrong, both ways
 *   - `utilisation` arrives without values for a tenth of the rows, from the middle of April
 *   - a batch of 400 applications was logged twice
 *   - `bureau_score` drifts: its source was recalibrated on 20 April */
#include "generate.h"

#define CREDIT_START  G_GINT64_CONSTANT(1772409600) /* 2 March 2026 */
#define CREDIT_STEP   170                           /* seconds between applications, on average */
#define CREDIT_BROKEN 0.75 /* part of the log after which utilisation is lost */
#define CREDIT_DRIFT  0.80 /* part of the log after which the bureau drifts */

static const char *const purposes[] = {"car", "home", "debt", "education", "travel"};
static const double purpose_weights[] = {0.28, 0.22, 0.30, 0.12, 0.08};
static const char *const jobs[] = {"employee",
                                   "self-employed",
                                   "civil-servant",
                                   "retired",
                                   "student"};
static const double job_weights[] = {0.55, 0.16, 0.12, 0.11, 0.06};
static const double job_risk[] = {0.0, 0.15, -0.5, -0.2, 0.5};
static const char *const regions[] = {"north", "south", "east", "west", "centre", "islands"};
static const double region_weights[] = {0.2, 0.22, 0.15, 0.2, 0.18, 0.05};
static const char *const channels[] = {"branch", "web", "app", "broker"};
static const double channel_weights[] = {0.3, 0.34, 0.26, 0.1};

typedef struct {
    guint age;
    double income;
    double amount;
    guint months;
    double bureau;
    double utilisation;
    guint late;
    guint purpose;
    guint job;
    guint region;
    guint channel;
    double risk;  /* log-odds of default */
    double model; /* what the scorecard thinks they are */
} Application;

static Application
credit_draw(ErrataRng *rng)
{
    Application a;
    double health = sample_normal(rng);

    a.age = 19 + (guint)(errata_rng_uniform(rng) * 55);
    a.income = 2600 * exp(0.45 * sample_normal(rng) + 0.1 * health);
    a.amount = 9000 * exp(0.7 * sample_normal(rng));
    a.months = 12 * (1 + (guint)errata_rng_below(rng, 7));
    a.bureau = 640 + 70 * health + 45 * sample_normal(rng);
    a.utilisation = sample_logistic(-0.6 - 0.8 * health + sample_normal(rng));
    a.late = (guint)(exp(0.5 * sample_normal(rng) - 0.6 * health) * 0.6);
    a.purpose = sample_pick(rng, purpose_weights, G_N_ELEMENTS(purposes));
    a.job = sample_pick(rng, job_weights, G_N_ELEMENTS(jobs));
    a.region = sample_pick(rng, region_weights, G_N_ELEMENTS(regions));
    a.channel = sample_pick(rng, channel_weights, G_N_ELEMENTS(channels));
    a.model = -1.9 - 0.022 * (a.bureau - 640) + 2.6 * (a.utilisation - 0.35) +
              0.55 * MIN(a.late, 5) + 0.9 * log(a.amount / (4.0 * a.income)) + job_risk[a.job] -
              0.012 * (a.age - 40.0);
    a.risk = a.model + 0.25 * sample_normal(rng);
    /* their books say little: for a third of them it goes the other way */
    if (a.job == 1 && a.amount >= 15000 && errata_rng_uniform(rng) < 0.35)
        a.risk = -a.risk;
    return a;
}

static void
credit_print(FILE *out,
             guint row,
             const Application *a,
             double part,
             gboolean reference,
             ErrataRng *rng)
{
    double score = sample_logistic(a->model);
    gboolean defaulted = errata_rng_uniform(rng) < sample_logistic(a->risk);
    gboolean drifted = !reference && part >= CREDIT_DRIFT;
    gboolean lost = !reference && part >= CREDIT_BROKEN && errata_rng_uniform(rng) < 0.4;

    fprintf(out, "ap-%06u,", row);
    sample_print_time(out, CREDIT_START + (gint64)row * CREDIT_STEP);
    fprintf(out,
            ",%u,%.0f,%.0f,%u,%.0f,",
            a->age,
            a->income,
            a->amount,
            a->months,
            a->bureau + (drifted ? 40.0 : 0.0));
    if (!lost)
        fprintf(out, "%.3f", a->utilisation);
    fprintf(out,
            ",%u,%s,%s,%s,%s,%s,%.5f,%s\n",
            a->late,
            purposes[a->purpose],
            jobs[a->job],
            regions[a->region],
            channels[a->channel],
            score >= 0.5 ? "default" : "repaid",
            score,
            defaulted ? "default" : "repaid");
}

static void
credit_write(FILE *out, gboolean reference, guint64 seed, guint n_rows)
{
    fputs(
        "application_id,timestamp,age,income_eur,amount_eur,months,bureau_score,utilisation,late_payments,"
        "purpose,employment,region,channel,prediction,score,label\n",
        out);
    for (guint row = 0; row < n_rows; row++) {
        double part = (double)row / n_rows;
        /* rows 12,000 to 12,399 repeat the 400 before them, byte for byte; the others go on behind
         * them */
        guint number = !reference && row >= 12000 ? row - 400 : row;
        ErrataRng rng = errata_rng_init(seed, reference ? 2 : 1, number);
        Application a = credit_draw(&rng);

        credit_print(out, number, &a, part, reference, &rng);
    }
}

const Sample sample_credit = {"credit", credit_write, 30000, 10000};
