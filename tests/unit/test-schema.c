/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "error.h"
#include "log-read.h"
#include "outcome.h"
#include "schema-frame.h"
#include "schema.h"

/* a table and what it must be read as; columns as `name:role` */
typedef struct {
    const char *name;
    const char *table;
    guint repeat; /* times the rows are repeated */
    const char *roles;
    const char *task;
    const char *classes;
    const char *positive;
    double threshold; /* NaN: none */
    guint n_errors;   /* of the repeated table */
} Case;

static const Case cases[] = {
    {"plain",
     "id,age,prediction,score,label\n1,20,0,0.2,0\n2,30,1,0.8,1\n3,40,1,0.7,0\n",
     1,
     "id:id age:feature prediction:prediction score:score label:label",
     "binary",
     "0 1",
     "1",
     0.5,
     1},
    {"feature-weight",
     "weight,y_pred,y_true\n70.5,0,0\n80.1,1,1\n66.6,1,0\n",
     10,
     "weight:feature y_pred:prediction y_true:label",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
    {"feature-class",
     "class,fare,predicted,actual\n1,7.5,no,no\n2,8.1,yes,yes\n3,9.2,no,yes\n",
     10,
     "class:feature fare:feature predicted:prediction actual:label",
     "binary",
     "no yes",
     "yes",
     (double)NAN,
     10},
    {"other-words",
     "x,label,prediction\n1,0,no\n2,1,yes\n3,1,no\n4,0,no\n",
     10,
     "x:feature label:label prediction:prediction",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
    {"other-forms",
     "x,label,prediction\n1,0,0.0\n2,1,1.0\n3,1,0.0\n4,0,0.0\n",
     10,
     "x:feature label:label prediction:prediction",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
    {"minus-one",
     "x,label,prediction\n1,0,-1\n2,1,1\n3,1,-1\n4,0,-1\n",
     10,
     "x:feature label:label prediction:prediction",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
    {"case",
     "x,label,prediction\n1,Ham,ham\n2,Spam,spam\n3,Spam,ham\n",
     10,
     "x:feature label:label prediction:prediction",
     "binary",
     "Ham Spam",
     "Spam",
     (double)NAN,
     10},
    {"indices",
     "x,species,predicted\n1,setosa,0\n2,versicolor,1\n3,virginica,2\n4,virginica,1\n",
     10,
     "x:feature species:feature predicted:prediction",
     "multiclass",
     "0 1 2",
     NULL,
     (double)NAN,
     0},
    {"indices-label",
     "x,label,predicted\n1,setosa,0\n2,versicolor,1\n3,virginica,2\n4,virginica,1\n",
     10,
     "x:feature label:label predicted:prediction",
     "multiclass",
     "setosa versicolor virginica",
     NULL,
     (double)NAN,
     10},
    {"probability-prediction",
     "x,prediction,label\n1,0.1,0\n2,0.9,1\n3,0.2,1\n4,0.3,0\n",
     10,
     "x:feature prediction:score label:label",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
    {"label-only",
     "x,z,label\n1,2.5,a\n2,2.5,b\n3,1.5,c\n",
     10,
     "x:feature z:feature label:label",
     "multiclass",
     "a b c",
     NULL,
     (double)NAN,
     0},
    {"target-only",
     "x,z,target\n1,2.5,0\n2,2.5,1\n3,1.5,1\n",
     10,
     "x:feature z:feature target:label",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     0},
    {"prediction-only",
     "x,predicted_class\n1,cat\n2,dog\n3,cat\n",
     10,
     "x:feature predicted_class:prediction",
     "binary",
     "cat dog",
     "dog",
     (double)NAN,
     0},
    {"score-only",
     "x,score\n1,0.25\n2,0.75\n3,0.5\n",
     10,
     "x:feature score:score",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     0},
    {"nothing",
     "x,z\n1,2\n2,5\n3,5\n",
     10,
     "x:feature z:feature",
     "none",
     "",
     NULL,
     (double)NAN,
     0},
    {"three-rows-regression",
     "sqm,predicted_price,actual_price\n50,101000.5,100000\n70,150000.25,149000\n"
     "90,210000.75,200000\n",
     1,
     "sqm:feature predicted_price:prediction actual_price:label",
     "regression",
     "",
     NULL,
     (double)NAN,
     0},
    {"one-class",
     "x,score,prediction,label\n1,0.1,0,0\n2,0.2,0,0\n3,0.3,0,0\n",
     10,
     "x:feature score:score prediction:prediction label:label",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     0},
    {"camel-case",
     "rowId,trueLabel,predictedLabel,predictedProbability\n1,bad,bad,0.9\n2,good,good,0.2\n"
     "3,good,bad,0.8\n4,bad,good,0.4\n",
     1,
     "rowId:id trueLabel:label predictedLabel:prediction predictedProbability:score",
     "binary",
     "bad good",
     "bad",
     0.5,
     2},
    {"scores-per-class",
     "true_label,pred_label,prob_a,prob_b,prob_c\na,a,0.7,0.2,0.1\nb,b,0.1,0.8,0.1\n"
     "c,b,0.1,0.5,0.4\n",
     10,
     "true_label:label pred_label:prediction prob_a:score prob_b:score prob_c:score",
     "multiclass",
     "a b c",
     NULL,
     (double)NAN,
     10},
    {"scores-not-to-one",
     "label,prediction,p_a,p_b,p_c\na,a,0.6,0.6,0.6\nb,a,0.6,0.5,0.4\nc,c,0.1,0.2,0.9\n",
     10,
     "label:label prediction:prediction p_a:score p_b:score p_c:score",
     "multiclass",
     "a b c",
     NULL,
     (double)NAN,
     10},
    {"scores-parentheses",
     "actual,predicted,probability(no),probability(yes)\nno,no,0.7,0.3\nyes,yes,0.1,0.9\n"
     "yes,no,0.6,0.4\n",
     10,
     "actual:label predicted:prediction probability(no):score probability(yes):score",
     "binary",
     "no yes",
     "yes",
     0.5,
     10},
    {"prediction-object",
     "label,prediction.cat,prediction.dog,prediction.eel\ncat,0.8,0.1,0.1\ndog,0.1,0.8,0.1\n"
     "eel,0.5,0.4,0.1\n",
     10,
     "label:label prediction.cat:score prediction.dog:score prediction.eel:score",
     "multiclass",
     "cat dog eel",
     NULL,
     (double)NAN,
     10},
    {"one-class-score",
     "text,true_label,pred_label,p_spam\nhello,ham,ham,0.1\nbuy now,spam,spam,0.9\n"
     "win,spam,ham,0.4\n",
     10,
     "text:feature true_label:label pred_label:prediction p_spam:score",
     "binary",
     "ham spam",
     "spam",
     0.5,
     10},
    {"score-of-first-class",
     "label,prediction,score\nalive,alive,0.9\ndead,dead,0.2\nalive,alive,0.8\ndead,alive,0.7\n",
     10,
     "label:label prediction:prediction score:score",
     "binary",
     "alive dead",
     "alive",
     0.5,
     10},
    {"confidence",
     "label,prediction,confidence\n1,1,0.9\n0,0,0.8\n1,0,0.6\n0,0,0.95\n0,1,0.7\n",
     10,
     "label:label prediction:prediction confidence:score",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     20},
    {"confidence-as-score",
     "label,prediction,confidence\n1,1,0.9\n0,0,0.2\n1,0,0.4\n0,0,0.05\n0,1,0.7\n",
     10,
     "label:label prediction:prediction confidence:score",
     "binary",
     "0 1",
     "1",
     0.5,
     20},
    {"threshold",
     "label,prediction,score\n1,1,0.9\n0,0,0.2\n1,1,0.34\n0,0,0.28\n0,1,0.7\n",
     10,
     "label:label prediction:prediction score:score",
     "binary",
     "0 1",
     "1",
     0.3,
     10},
    {"feature-score",
     "credit_score,prediction,score,label\n640,1,0.7,1\n700,0,0.2,0\n580,1,0.9,1\n720,0,0.1,1\n",
     10,
     "credit_score:feature prediction:prediction score:score label:label",
     "binary",
     "0 1",
     "1",
     0.5,
     10},
    {"unnamed-label",
     "flag,score,prediction,is_fraud\n0,0.1,0,0\n1,0.9,1,1\n0,0.8,1,1\n1,0.2,0,0\n0,0.3,0,1\n",
     20,
     "flag:feature score:score prediction:prediction is_fraud:label",
     "binary",
     "0 1",
     "1",
     0.5,
     20},
    {"forecast",
     "temp,load_mw,forecast_mw\n9.5,100.5,99.5\n21.5,200.25,210.5\n3.5,150.75,140.5\n14.5,90.5,91.25\n",
     6,
     "temp:feature load_mw:label forecast_mw:prediction",
     "regression",
     "",
     NULL,
     (double)NAN,
     0},
    {"settings",
     "target_temp,prediction_horizon,true_north,load,load_model\n18,1,24,9.5,9.25\n20,24,1,20.5,21.5\n"
     "22,6,6,3.5,3.75\n18,24,355,14.5,14.25\n20,1,88,11.5,12.5\n22,6,301,7.5,7.0\n",
     10,
     "target_temp:feature prediction_horizon:feature true_north:feature load:feature "
     "load_model:feature",
     "none",
     "",
     NULL,
     (double)NAN,
     0},
    {"stray",
     "gt_speed,true_color,lane,win,win_pred,win_prob\n1.25,r,2,1,1,0.9\n3.5,g,1,0,0,0.2\n0.5,b,2,0,1,0.7\n"
     "2.25,r,1,0,0,0.1\n1.75,g,1,1,1,0.8\n2.5,b,2,1,0,0.3\n",
     20,
     "gt_speed:feature true_color:feature lane:feature win:label win_pred:prediction "
     "win_prob:score",
     "binary",
     "0 1",
     "1",
     0.5,
     40},
    {"label-source",
     "label_source,x,outcome,prediction\nhuman,1.5,won,won\nauto,2.5,lost,lost\nhuman,3.5,won,lost\n"
     "human,4.5,lost,lost\n",
     20,
     "label_source:feature x:feature outcome:label prediction:prediction",
     "binary",
     "lost won",
     "won",
     (double)NAN,
     20},
    {"class-of-another",
     "class,x,prediction,hit\n0,1.5,0,0\n1,2.5,0,0\n0,3.5,1,1\n1,4.5,1,1\n0,5.5,1,1\n1,6.5,0,0\n"
     "0,7.5,0,1\n1,8.5,1,1\n",
     20,
     "class:feature x:feature prediction:prediction hit:label",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     20},
    {"forecast-and-bounds",
     "sales,forecast,forecast_p10,forecast_p90,sales_last_week\n100.5,99.5,80.5,120.5,98.5\n"
     "200.25,210.5,180.5,230.5,190.5\n150.75,140.5,120.5,160.5,155.5\n90.5,91.25,70.5,110.5,100.5\n",
     6,
     "sales:label forecast:prediction forecast_p10:feature forecast_p90:feature "
     "sales_last_week:feature",
     "regression",
     "",
     NULL,
     (double)NAN,
     0},
    {"is-member",
     "is_member,x,prediction,score\n0,1.5,0,0.1\n0,2.5,0,0.2\n0,3.5,0,0.3\n1,4.5,0,0.4\n"
     "1,5.5,1,0.6\n1,6.5,1,0.7\n0,7.5,1,0.8\n0,8.5,1,0.9\n",
     20,
     "is_member:feature x:feature prediction:prediction score:score",
     "binary",
     "0 1",
     "1",
     0.5,
     0},
    {"clock",
     "day,at,x,label,prediction\n2024-01-01,07:15:00,1.5,0,0\n2024-01-01,07:16:01,2.5,1,1\n"
     "2024-01-01,08:15:10,3.5,0,1\n2024-01-02,07:15:20,4.5,1,1\n",
     10,
     "day:time at:ignore x:feature label:label prediction:prediction",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
    {"forecast-of-another",
     "temp,load,forecast_rain\n9.5,100.5,9.5\n21.5,200.25,1.5\n3.5,150.75,0.5\n14.5,90.5,4.25\n",
     6,
     "temp:feature load:feature forecast_rain:feature",
     "none",
     "",
     NULL,
     (double)NAN,
     0},
    {"stem",
     "price,rooms,predicted_price\n100.5,2,99.5\n200.25,3,210.5\n150.75,2,140.5\n90.5,1,91.25\n",
     5,
     "price:label rooms:feature predicted_price:prediction",
     "regression",
     "",
     NULL,
     (double)NAN,
     0},
    {"attributions",
     "age,prediction,label,shap_age,shap_bias\n20,0,0,0.1,0.2\n30,1,1,0.3,0.2\n40,1,0,0.4,0.2\n",
     10,
     "age:feature prediction:prediction label:label shap_age:attribution shap_bias:attribution",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
    {"second-prediction",
     "x,prediction,y_pred,label,lower\n1,0,0,0,3\n2,1,1,1,4\n3,1,1,0,4\n",
     10,
     "x:feature prediction:prediction y_pred:ignore label:label lower:feature",
     "binary",
     "0 1",
     "1",
     (double)NAN,
     10},
};

static ErrataFrame *
test_schema_repeat(const char *table, guint times)
{
    const char *rows = strchr(table, '\n') + 1;
    g_autoptr(GString) text = g_string_new(table);

    for (guint i = 1; i < times; i++)
        g_string_append(text, rows);
    return schema_frame_new(text->str);
}

static char *
test_schema_roles(const ErrataFrame *frame, const ErrataSchema *schema)
{
    GString *roles = g_string_new(NULL);

    for (guint i = 0; i < frame->n_columns; i++)
        g_string_append_printf(roles,
                               "%s%s:%s",
                               i > 0 ? " " : "",
                               frame->columns[i]->name,
                               errata_role_nick(schema->columns[i].role));
    return g_string_free(roles, FALSE);
}

static void
test_schema_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(ErrataFrame) frame = test_schema_repeat(c->table, c->repeat);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, &error);
    g_autoptr(ErrataOutcome) outcome = NULL;
    g_autofree char *roles = NULL;
    g_autofree char *classes = NULL;

    g_assert_no_error(error);
    roles = test_schema_roles(frame, schema);
    classes = g_strjoinv(" ", schema->classes);
    g_assert_cmpstr(roles, ==, c->roles);
    g_assert_cmpstr(errata_task_nick(schema->task), ==, c->task);
    g_assert_cmpstr(classes, ==, c->classes);
    g_assert_cmpstr(schema->positive >= 0 ? schema->classes[schema->positive] : NULL,
                    ==,
                    c->positive);
    if (isnan(c->threshold))
        g_assert_true(isnan(schema->threshold));
    else
        g_assert_cmpfloat_with_epsilon(schema->threshold, c->threshold, 1e-12);
    for (guint i = 0; i < schema->n_columns; i++)
        g_assert_nonnull(schema->columns[i].reason);
    outcome = errata_outcome_new(frame, schema, NULL, &error);
    g_assert_no_error(error);
    if (schema->task != ERRATA_TASK_REGRESSION)
        g_assert_cmpuint(outcome->n_errors, ==, c->n_errors);
}

/* a public log: its columns with a special role, and what was worked out independently */
typedef struct {
    const char *folder;
    const char *file;
    const char *roles; /* `COLUMN:role` of some columns */
    const char *task;
    const char *positive;
    gsize n_errors;
} Public;

static const Public publics[] = {
    {"logs",
     "adult_binary.csv",
     "id:id timestamp:time sex:feature score:score prediction:prediction label:label",
     "binary",
     ">50K",
     2063},
    {"logs",
     "adult_binary.tsv.zst",
     "prediction:prediction score:score label:label",
     "binary",
     ">50K",
     2063},
    {"logs",
     "housing_regression.csv.gz",
     "request_id:id ts_epoch_ms:time predicted_price:prediction actual_price:label "
     "population:feature",
     "regression",
     NULL,
     0},
    {"logs",
     "sms_spam_text.csv",
     "message_id:id ts:time text:text true_label:label pred_label:prediction p_spam:score",
     "binary",
     "spam",
     74},
    {"logs",
     "wine_multiclass_nested.jsonl",
     "id:id ts:time label:label prediction.label:prediction prediction.probs.4:score",
     "multiclass",
     NULL,
     1049},
    {"logs",
     "nannyml_california_housing_reference.csv",
     "id:id timestamp:time clf_target:label y_pred_proba:score y_pred:prediction",
     "binary",
     "1",
     1922},
    {"logs",
     "nannyml_california_housing_analysis.csv",
     "id:id timestamp:time y_pred_proba:score y_pred:prediction",
     "binary",
     "1",
     0},
    {"logs",
     "nannyml_california_housing_analysis_gt.csv",
     "id:id clf_target:label",
     "binary",
     "1",
     0},
    {"planted",
     "tab_s1.csv.gz",
     "event_id:id ts:time is_fraud:label score:score prediction:prediction "
     "chargeback_flag:feature device_score:feature",
     "binary",
     "1",
     30400},
    {"planted",
     "tab_s2.csv.zst",
     "event_id:id ts:time churned:label score:score prediction:prediction exit_survey_sent:feature",
     "binary",
     "1",
     36933},
    {"planted",
     "tab_s3.jsonl.zst",
     "event_id:id ts:time readmitted:label score:score prediction:prediction "
     "discharge_disposition_code:feature",
     "binary",
     "1",
     42591},
    {"planted",
     "text_s11.jsonl.gz",
     "id:id ts:time text:text probs.negative:score probs.positive:score prediction:prediction "
     "label:label",
     "binary",
     "positive",
     1117},
    {"planted",
     "text_s12.csv.gz",
     "text:text pred:prediction score_positive:score label:label",
     "binary",
     "positive",
     910},
    {"planted",
     "text_s13.jsonl.gz",
     "text:text prediction:prediction label:label",
     "binary",
     "positive",
     555},
};

static void
test_schema_public(gconstpointer data)
{
    const Public *c = data;
    g_autoptr(ErrataFrame) frame = log_read(c->folder, c->file);
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataOutcome) outcome = NULL;
    g_auto(GStrv) roles = g_strsplit(c->roles, " ", -1);

    if (frame == NULL)
        return;
    schema = errata_schema_infer(frame, NULL, NULL, NULL);
    for (guint i = 0; roles[i] != NULL; i++) {
        char *colon = strrchr(roles[i], ':');
        guint column = 0;

        *colon = '\0';
        g_assert_nonnull(errata_frame_find(frame, roles[i], &column));
        g_assert_cmpstr(errata_role_nick(schema->columns[column].role), ==, colon + 1);
    }
    g_assert_cmpstr(errata_task_nick(schema->task), ==, c->task);
    g_assert_cmpstr(schema->positive >= 0 ? schema->classes[schema->positive] : NULL,
                    ==,
                    c->positive);
    outcome = errata_outcome_new(frame, schema, NULL, NULL);
    if (schema->task != ERRATA_TASK_REGRESSION)
        g_assert_cmpuint(outcome->n_errors, ==, c->n_errors);
}

static void
test_schema_declared(void)
{
    g_autoptr(ErrataFrame) frame =
        schema_frame_new("age,weight,sex,y_pred,outcome_b\n20,1.5,m,0,1\n30,2.5,f,1,1\n");
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(GError) error = NULL;

    errata_settings_set(settings, "roles", "weight", "weight", "--role", &error);
    errata_settings_set(settings, "roles", "sex", "group", "--role", &error);
    errata_settings_set(settings, "roles", "outcome_b", "label", "--role", &error);
    errata_settings_set(settings, "units", "age", "years", "errata.conf line 4", &error);
    errata_settings_set(settings, "analysis", "positive", "0", "--positive", &error);
    schema = errata_schema_infer(frame, settings, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(schema->weight, ==, 1);
    g_assert_cmpint(schema->label, ==, 4);
    g_assert_cmpint(schema->columns[2].role, ==, ERRATA_ROLE_GROUP);
    g_assert_true(schema->columns[2].declared);
    g_assert_cmpstr(schema->columns[0].unit, ==, "years");
    g_assert_cmpstr(schema->classes[schema->positive], ==, "0");
}

/* a score of the class that is not the one declared positive is turned round, unless labels say
 * no */
static void
test_schema_turned_score(void)
{
    for (guint i = 0; i < 3; i++) {
        g_autoptr(GString) log = g_string_new("age,score,prediction,label\n");
        g_autoptr(ErrataSettings) settings = errata_settings_new();
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;
        g_autoptr(GError) error = NULL;

        for (guint row = 0; row < 200; row++) {
            double score = (double)(row * 37 % 200) / 200.0;
            gboolean bad = score >= 0.5;

            g_string_append_printf(log,
                                   "%u,%.3f,%s,%s\n",
                                   20 + row % 50,
                                   score,
                                   bad ? "default" : "repaid",
                                   (bad == (i < 2)) != (row % 9 == 0) ? "default" : "repaid");
        }
        frame = schema_frame_new(log->str);
        errata_settings_set(settings,
                            "analysis",
                            "positive",
                            i == 1 ? "default" : "repaid",
                            "--positive",
                            &error);
        schema = errata_schema_infer(frame, settings, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(schema->score, ==, 1);
        g_assert_cmpint(schema->columns[1].class_index, ==, i == 0 ? 1 - schema->positive : -1);
    }
}

static void
test_schema_refused(void)
{
    g_autoptr(ErrataFrame) frame = schema_frame_new("age,label,prediction\n20,0,1\n30,1,1\n");
    g_autoptr(ErrataFrame) wide = schema_frame_new("height_cm,prediction,label,age\n1,0,1,20\n");
    g_autofree char *strange = errata_schema_nearest(wide, "nope");
    g_autofree char *near = errata_schema_nearest(wide, "prediciton");
    g_autoptr(ErrataSettings) unknown = errata_settings_new();
    g_autoptr(ErrataSettings) twice = errata_settings_new();
    g_autoptr(ErrataSettings) positive = errata_settings_new();
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr(strange, ==, "height_cm, prediction, label, age"); /* as the file has them */
    g_assert_cmpstr(near, ==, "prediction, height_cm, label, age");
    errata_settings_set(unknown, "roles", "lable", "label", "--role", NULL);
    g_assert_null(errata_schema_infer(frame, unknown, NULL, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_assert_cmpstr(error->message,
                    ==,
                    "--role: there is no column 'lable'; the columns are label, age, prediction");
    g_clear_error(&error);
    errata_settings_set(twice, "roles", "age", "label", "--role", NULL);
    errata_settings_set(twice, "roles", "label", "label", "--role", NULL);
    g_assert_null(errata_schema_infer(frame, twice, NULL, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_clear_error(&error);
    errata_settings_set(positive, "analysis", "positive", "yes", "--positive", NULL);
    g_assert_null(errata_schema_infer(frame, positive, NULL, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "0, 1"));
}

static void
test_schema_like(void)
{
    g_autoptr(ErrataFrame) frame = schema_frame_new("x,pred,score\n1,a,0.1\n2,b,0.9\n3,b,0.8\n");
    g_autoptr(ErrataFrame) reference =
        schema_frame_new("x,pred,score,y\n1,a,0.1,a\n2,b,0.9,a\n3,c,0.8,c\n");
    g_autoptr(ErrataSchema) schema = errata_schema_infer(frame, NULL, NULL, NULL);
    g_autoptr(ErrataSchema) like = errata_schema_infer(reference, NULL, schema, NULL);

    g_assert_cmpint(like->prediction, ==, 1);
    g_assert_cmpint(like->label, ==, 3);
    g_assert_cmpint(errata_schema_class(like, "a"), ==, errata_schema_class(schema, "a"));
    g_assert_cmpint(errata_schema_class(like, "b"), ==, errata_schema_class(schema, "b"));
    g_assert_cmpint(errata_schema_class(like, "c"), ==, 2); /* only the reference has it */
}

static void
test_schema_families(void)
{
    /* label, score, prediction */
    static const char *const families[][3] = {
        {"churned", "churn_score", "predicted_churn"},
        {"churned", "churn_probability", "predicted_churn"},
        {"is_fraud", "fraud_score", "fraud_pred"},
        {"fraud", "fraud_score", "is_fraud_pred"},
        {"y", "y_prob", "y_hat"},
        {"target", "proba", "pred"},
        {"default", "default_pd", "decision"},
        {"defaulted", "default_score", "decision"},
        {"is_spam", "model_score", "model_decision"},
        {"defaulted", "p_default", "predicted_default"},
        {"actual", "probability_1", "predicted"},
        {"clicked", "click_prob", "predicted_click"},
        {"converted", "conversion_probability", "predicted_conversion"},
        {"label", "confidence", "predicted_label"},
        {"spam", "spam_proba", "spam_predicted"},
        {"cancelled", "cancel_prob", "cancel_predicted"},
        {"attrition", "attrition_score", "attrition_hat"},
        {"is_fraud", "fraud_score", NULL},
    };
    static const guint orders[][3] = {{0, 1, 2}, {1, 0, 2}, {1, 2, 0}, {2, 1, 0}};
    static const char *const values[][3] = {{"1", "0.91", "1"},
                                            {"0", "0.2", "0"},
                                            {"0", "0.7", "1"},
                                            {"1", "0.83", "1"},
                                            {"0", "0.1", "0"},
                                            {"1", "0.4", "0"},
                                            {"0", "0.3", "0"},
                                            {"0", "0.05", "0"}};

    for (guint i = 0; i < G_N_ELEMENTS(families) * G_N_ELEMENTS(orders); i++) {
        const char *const *names = families[i / G_N_ELEMENTS(orders)];
        const guint *order = orders[i % G_N_ELEMENTS(orders)];
        g_autoptr(GString) table = g_string_new("age");
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataSchema) schema = NULL;

        for (guint j = 0; j < 3; j++)
            if (names[order[j]] != NULL)
                g_string_append_printf(table, ",%s", names[order[j]]);
        for (guint row = 0; row < 16; row++) {
            g_string_append_printf(table, "\n%u", 20 + row * row % 37);
            for (guint j = 0; j < 3; j++)
                if (names[order[j]] != NULL)
                    g_string_append_printf(table, ",%s", values[row % 8][order[j]]);
        }
        g_string_append_c(table, '\n');
        frame = schema_frame_new(table->str);
        schema = errata_schema_infer(frame, NULL, NULL, NULL);
        g_assert_nonnull(schema);
        g_test_message("%.60s", table->str);
        g_assert_cmpstr(errata_task_nick(schema->task), ==, "binary");
        g_assert_cmpint(schema->label, >=, 0);
        g_assert_cmpint(schema->score, >=, 0);
        g_assert_cmpstr(frame->columns[schema->label]->name, ==, names[0]);
        g_assert_cmpstr(frame->columns[schema->score]->name, ==, names[1]);
        g_assert_cmpstr(schema->prediction >= 0 ? frame->columns[schema->prediction]->name : NULL,
                        ==,
                        names[2]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/schema/case/", cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_schema_case);
    }
    for (guint i = 0; i < G_N_ELEMENTS(publics); i++) {
        g_autofree char *path = g_strconcat("/schema/public/", publics[i].file, NULL);

        g_test_add_data_func(path, &publics[i], test_schema_public);
    }
    g_test_add_func("/schema/declared", test_schema_declared);
    g_test_add_func("/schema/turned-score", test_schema_turned_score);
    g_test_add_func("/schema/families", test_schema_families);
    g_test_add_func("/schema/refused", test_schema_refused);
    g_test_add_func("/schema/like", test_schema_like);
    return g_test_run();
}
