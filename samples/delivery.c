/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delivery time in minutes, regression. Planted (delivery/expected.json):
 *   - bicycle couriers on rainy days take much longer than predicted
 *   - `distance_km` has three cells that are no numbers, and the column `app_build` never changes
 *   - the share of couriers by scooter grows in the last third (drift that costs nothing) */
#include "generate.h"

#define DELIVERY_START G_GINT64_CONSTANT(1775001600) /* 1 April 2026 */
#define DELIVERY_STEP  95

static const char *const vehicles[] = {"scooter", "bicycle", "car", "on-foot"};
static const double vehicle_weights[] = {0.38, 0.30, 0.22, 0.10};
static const double vehicle_weights_late[] = {0.62, 0.18, 0.14, 0.06};
static const double vehicle_speed[] = {0.42, 0.27, 0.38, 0.09}; /* km per minute */
static const char *const weathers[] = {"dry", "rain", "wind", "snow"};
static const double weather_weights[] = {0.68, 0.18, 0.11, 0.03};
static const double weather_delay[] = {0.0, 2.0, 1.0, 6.0};
static const char *const cities[] = {"Lyon", "Nantes", "Lille", "Toulouse", "Dijon"};
static const double city_weights[] = {0.34, 0.2, 0.18, 0.2, 0.08};

static void
delivery_write(FILE *out, gboolean reference, guint64 seed, guint n_rows)
{
    fputs(
        "order_id;created_at;city;vehicle;weather;distance_km;items;kitchen_minutes;courier_orders;app_build;"
        "predicted_minutes;actual_minutes\n",
        out);
    for (guint row = 0; row < n_rows; row++) {
        ErrataRng rng = errata_rng_init(seed, 3, row);
        gint64 time = DELIVERY_START + (gint64)row * DELIVERY_STEP;
        guint city = sample_pick(&rng, city_weights, G_N_ELEMENTS(cities));
        guint weather = sample_pick(&rng, weather_weights, G_N_ELEMENTS(weathers));
        guint vehicle = sample_pick(&rng,
                                    row * 3 > n_rows * 2 ? vehicle_weights_late : vehicle_weights,
                                    G_N_ELEMENTS(vehicles));
        double distance = 0.4 + 2.2 * exp(0.5 * sample_normal(&rng));
        guint items = 1 + (guint)errata_rng_below(&rng, 6);
        double kitchen = MAX(3.0, 11.0 + 1.3 * items + 3.0 * sample_normal(&rng));
        guint orders = (guint)errata_rng_below(&rng, 3);
        double expected = kitchen + distance / vehicle_speed[vehicle] + weather_delay[weather] +
                          4.5 * orders;
        double actual = expected + 3.4 * sample_normal(&rng);

        if (vehicle == 1 && weather == 1)
            actual += 11.0 + 4.0 * sample_normal(&rng);
        fprintf(out, "o%07u;", 100000 + row);
        sample_print_time(out, time);
        fprintf(out, ";%s;%s;%s;", cities[city], vehicles[vehicle], weathers[weather]);
        if (row == 4321 || row == 9876 || row == 15555)
            fputs("unknown", out);
        else
            fprintf(out, "%.2f", distance);
        fprintf(out,
                ";%u;%.1f;%u;4.12;%.1f;%.1f\n",
                items,
                kitchen,
                orders,
                expected,
                MAX(5.0, actual));
    }
}

const Sample sample_delivery = {"delivery", delivery_write, 20000, 0};
