/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name of a column says of its role. Names are compared as words in lower case, so that
 * `yPred`, `Y-Pred` and `y_pred` are one; every list holds that form. */
#include "schema-name.h"

#include <string.h>

static const char name_ids[] =
    " id row_id request_id event_id inference_id uuid guid record_id message_id "
    "transaction_id prediction_id sample_id example_id trace_id correlation_id case_id "
    "instance_id log_id row row_number rownum row_num unnamed_0 rowid observation_id "
    "invocation_id x_request_id key index idx query_id response_id identifier pk ";
static const char name_weak_ids[] = " key index idx row pk ";
static const char name_times[] =
    " ts timestamp time datetime event_time created_at event_timestamp prediction_time "
    "prediction_timestamp inference_time request_time scored_at predicted_at logged_at "
    "date_time ts_epoch_ms epoch_ms epoch time_stamp request_timestamp inference_timestamp "
    "timestamp_utc event_date received_at occurred_at event_at ";
static const char name_time_words[] = " ts time timestamp datetime date epoch at dt when day ";
static const char name_other_times[] =
    " birth dob birthday expiry expires due end closed signup joined registered registration "
    "opened hire hired last next first start ";
static const char name_labels[] =
    " label y_true actual ground_truth groundtruth true_label label_true actual_label "
    "actual_class true_class gold gold_label gt gt_label target_label y_actual clf_target "
    "actual_value true_value class_label labels observed_label actual_outcome true_outcome "
    "y_test actuals label_actual ytrue gold_standard correct_label reference_label "
    "human_label annotation ground_truth_label label_value true_y reg_target "
    "regression_target "
    /* German, French, Spanish, Italian, Portuguese, Dutch */
    "istwert ist_wert wahrer_wert wahres_label tatsaechlich tatsächlich tatsächlicher_wert "
    "tatsaechlicher_wert wahre_klasse tatsächliche_klasse wahrheit etikett "
    "réel reel valeur_réelle valeur_reelle classe_réelle classe_reelle vérité_terrain "
    "verite_terrain étiquette etiquette valor_real clase_real etiqueta valeur_vraie "
    "valore_reale classe_reale etichetta rótulo rotulo classe_verdadeira "
    "werkelijk werkelijke_waarde werkelijke_klasse "
    /* Polish, Turkish, Russian, Ukrainian, Chinese, Japanese, Korean, Arabic */
    "etykieta rzeczywista wartość_rzeczywista klasa_rzeczywista etiket gerçek gerçek_değer "
    "gerçek_sınıf метка истинная_метка истина факт фактическое_значение истинный_класс "
    "истинное_значение мітка 标签 真实标签 真实值 真值 实际值 实际标签 标注 標籤 真實標籤 真實值 "
    "實際值 正解 正解ラベル 教師ラベル ラベル 実測値 実績 実績値 真値 라벨 레이블 정답 실제값 실제 "
    "التسمية القيمة_الفعلية القيمة_الحقيقية الفئة_الفعلية ";
static const char name_weak_labels[] =
    " target y truth outcome class result response status expected observed gold actual "
    "annotation labels ist ";
static const char name_predictions[] =
    " prediction pred preds predictions y_pred ypred predicted predicted_label "
    "predicted_class predicted_value pred_label pred_class pred_value y_predicted "
    "prediction_label prediction_class prediction_value y_hat yhat predicted_y "
    "model_prediction model_pred label_pred label_predicted class_pred model_output "
    "scored_labels scored_label predict predicted_target target_pred y_hats "
    "predicted_outcome pred_y model_label model_class prediction_result "
    "vorhersage vorhersagen prognose vorhergesagt vorhergesagte_klasse vorhersagewert vorhersage_wert "
    "prognosewert vorhergesagter_wert prédiction prévision prevision prédit predit "
    "classe_prédite classe_predite valeur_prédite valeur_predite predicción prediccion "
    "predicho clase_predicha valor_predicho pronóstico pronostico previsione predizione "
    "classe_predetta previsto predição predicao previsão previsao voorspelling voorspeld "
    "prognoza predykcja przewidywanie tahmin tahmini_sınıf прогноз предсказание "
    "предсказанный_класс предсказанная_метка предсказанное_значение 预测 预测值 预测结果 预测标签 "
    "预测类别 預測 預測值 預測結果 預測類別 予測 予測値 予測結果 予測ラベル 予測クラス 예측 예측값 "
    "예측결과 예측라벨 التنبؤ التوقع القيمة_المتوقعة الفئة_المتوقعة ";
static const char name_weak_predictions[] =
    " output outputs estimate decision guess forecast answer model_decision fcst fc got ";
static const char name_scores[] =
    " score prob probability proba confidence y_score y_prob y_proba y_pred_proba y_pred_prob "
    "pred_proba pred_prob pred_score prediction_score prediction_proba prediction_prob "
    "prediction_probability predicted_proba predicted_prob predicted_probability "
    "predicted_score model_score model_probability probability_score confidence_score "
    "prediction_confidence pred_confidence conf scored_probabilities scored_probability "
    "class_probability positive_probability probs probas y_pred_score y_probs y_scores p_hat "
    "phat model_confidence predicted_confidence output_probability scores probabilities "
    "prob_positive positive_score raw_score y_prob_positive inference_score "
    "wahrscheinlichkeit konfidenz vorhersagewahrscheinlichkeit probabilité probabilite "
    "confiance probabilidad confianza probabilità probabilita probabilidade confiança "
    "confianca waarschijnlijkheid prawdopodobieństwo olasılık вероятность уверенность ймовірність "
    "概率 预测概率 置信度 得分 機率 預測機率 確率 予測確率 スコア 信頼度 확률 예측확률 점수 신뢰도 "
    "الاحتمال احتمال الثقة ";
static const char name_weak_scores[] =
    " score confidence conf raw_score p logit margin decision_function p_hat phat ";
static const char name_score_words[] =
    " score prob proba probability probs confidence likelihood risk pd ";
/* words before a class: `prob_CLASS`, `score:CLASS`, `probability(CLASS)`, `probs.CLASS` */
static const char name_families[] =
    " pred prob proba probs probas probability probabilities score scores p pr y_pred_proba "
    "y_pred_prob y_prob y_proba y_score pred_proba pred_prob pred_score predicted_proba "
    "predicted_prob predicted_probability prediction_score prediction_probability "
    "prediction_proba prediction_prob class_prob class_probs class_proba class_probability "
    "class_probabilities prob_class proba_class probability_class score_class confidence "
    "confidences softmax posterior prediction_probs prediction_probabilities prediction_scores "
    "predicted_probs predicted_probabilities prediction_probas scored_probabilities prediction "
    "predictions yhat y_hat output_probs output_probabilities model_probs pred_probs pred_probas ";
static const char name_inputs[] = " features inputs input feature instance instances request body ";
static const char name_outputs[] =
    " prediction predictions pred output outputs response result model_output predicted ";
static const char name_truths[] =
    " label labels ground_truth groundtruth actual target truth ground_truth_data feedback ";
static const char name_values[] =
    " value label class class_name result output prediction category ";
static const char name_abouts[] =
    " lower upper lo hi low high std stddev var variance interval quantile bound sd min max "
    "error latency version count drift set type mode status source model ";
static const char name_role_words[] =
    " actual true truth label target gt ground observed y predicted prediction pred hat score "
    "prob proba probability confidence forecast fcst fc estimate is has model flag clf estimated was value ";

/* lists are words between spaces, with a space at either end */
static gboolean
name_is_any(const char *list, const char *words)
{
    gsize length = strlen(words);

    if (length == 0)
        return FALSE;
    for (const char *p = strstr(list, words); p != NULL; p = strstr(p + 1, words))
        if (p[-1] == ' ' && p[length] == ' ')
            return TRUE;
    return FALSE;
}

/* the next word of a list, not NUL-terminated; %NULL at the end */
static const char *
name_next(const char **list, gsize *ret_length)
{
    const char *word = *list + strspn(*list, " ");

    *ret_length = strcspn(word, " ");
    *list = word + *ret_length;
    return *ret_length > 0 ? word : NULL;
}

/* the character at @p, of more than one byte, in lower case; returns the byte behind it */
static const char *
name_append_lower(GString *words, const char *p)
{
    gunichar c = g_utf8_get_char_validated(p, -1);

    if (c == (gunichar)-1 || c == (gunichar)-2) {
        g_string_append_c(words, *p);
        return p + 1;
    }
    g_string_append_unichar(words, g_unichar_tolower(c));
    return p + g_utf8_skip[(guchar)*p];
}

/**
 * errata_schema_name_words:
 * @name: a name as it stands in the log
 *
 * Returns: (transfer full): its words in lower case, joined by `_`; words end at signs and where a
 *   capital follows a small letter
 */
char *
errata_schema_name_words(const char *name)
{
    GString *words = g_string_sized_new(strlen(name) + 8);
    gboolean gap = FALSE;

    for (const char *p = name; *p != '\0';) {
        guchar c = (guchar)*p;

        if (c < 0x80 && !g_ascii_isalnum(*p)) {
            gap = words->len > 0;
            p++;
            continue;
        }
        if (p > name && g_ascii_isupper(*p) &&
            (g_ascii_islower(p[-1]) || g_ascii_isdigit(p[-1]) ||
             (g_ascii_isupper(p[-1]) && g_ascii_islower(p[1]))))
            gap = words->len > 0;
        if (gap)
            g_string_append_c(words, '_');
        gap = FALSE;
        if (c >= 0x80)
            p = name_append_lower(words, p);
        else
            g_string_append_c(words, g_ascii_tolower(*p++));
    }
    return g_string_free(words, FALSE);
}

/* whether any word of @words is in @list */
static gboolean
name_has_word(const char *words, const char *list)
{
    g_auto(GStrv) parts = g_strsplit(words, "_", -1);

    for (guint i = 0; parts[i] != NULL; i++)
        if (name_is_any(list, parts[i]))
            return TRUE;
    return FALSE;
}

static gboolean
name_begins(const char *words, const char *first)
{
    gsize length;
    const char *word;

    while ((word = name_next(&first, &length)) != NULL)
        if (strncmp(words, word, length) == 0 && words[length] == '_')
            return TRUE;
    return FALSE;
}

static gboolean
name_ends(const char *words, const char *last)
{
    gsize n = strlen(words);
    gsize length;
    const char *word;

    while ((word = name_next(&last, &length)) != NULL)
        if (n > length + 1 && strncmp(words + n - length, word, length) == 0 &&
            words[n - length - 1] == '_')
            return TRUE;
    return FALSE;
}

static char *
name_stem(const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, "_", -1);
    GString *stem = g_string_new(NULL);

    for (guint i = 0; parts[i] != NULL; i++) {
        if (name_is_any(name_role_words, parts[i]))
            continue;
        if (stem->len > 0)
            g_string_append_c(stem, '_');
        g_string_append(stem, parts[i]);
    }
    return g_string_free(stem, FALSE);
}

static ErrataNameStrength
name_of_label(const char *words)
{
    static const char first[] = " actual true target label gold ground_truth y_true gt ";
    static const char last[] = " actual true label ground_truth target gt truth gold ";

    if (name_is_any(name_weak_labels, words))
        return strcmp(words, "gold") == 0 || strcmp(words, "actual") == 0 ? ERRATA_NAME_PATTERN
                                                                          : ERRATA_NAME_WEAK;
    if (name_is_any(name_labels, words))
        return ERRATA_NAME_STRONG;
    return name_begins(words, first) || name_ends(words, last) ? ERRATA_NAME_PATTERN
                                                               : ERRATA_NAME_NONE;
}

static ErrataNameStrength
name_of_prediction(const char *words)
{
    static const char first[] = " predicted pred prediction y_pred yhat y_hat ";
    static const char last[] = " pred prediction predicted hat preds predictions ";
    static const char weak_first[] = " forecast forecasted estimated estimate fcst fc ";
    static const char weak_last[] = " forecast estimate decision fcst fc ";

    if (name_is_any(name_predictions, words))
        return ERRATA_NAME_STRONG;
    if (name_begins(words, first) || name_ends(words, last))
        return ERRATA_NAME_PATTERN;
    return name_is_any(name_weak_predictions, words) || name_begins(words, weak_first) ||
                   name_ends(words, weak_last)
               ? ERRATA_NAME_WEAK
               : ERRATA_NAME_NONE;
}

static ErrataNameStrength
name_of_score(const char *words)
{
    if (name_is_any(name_weak_scores, words))
        return strcmp(words, "score") == 0 ? ERRATA_NAME_PATTERN : ERRATA_NAME_WEAK;
    if (name_is_any(name_scores, words))
        return ERRATA_NAME_STRONG;
    return name_ends(words, name_score_words) || name_begins(words, name_score_words)
               ? ERRATA_NAME_WEAK
               : ERRATA_NAME_NONE;
}

static ErrataNameStrength
name_of_id(const char *words)
{
    static const char last[] = " id uuid guid ";

    if (name_is_any(name_weak_ids, words))
        return ERRATA_NAME_WEAK;
    if (name_is_any(name_ids, words) || g_str_has_prefix(words, "unnamed_0"))
        return ERRATA_NAME_STRONG;
    return name_ends(words, last) ? ERRATA_NAME_PATTERN : ERRATA_NAME_NONE;
}

static ErrataNameStrength
name_of_time(const char *words, int *ret_rank)
{
    static const char outcome[] = " label labelled labeled feedback outcome truth ";

    *ret_rank = 2; /* nothing in the name speaks for or against */
    if (name_is_any(name_times, words)) {
        *ret_rank = strcmp(words, "time") == 0 || strcmp(words, "created_at") == 0 ? 5 : 6;
        return ERRATA_NAME_STRONG;
    }
    if (name_has_word(words, outcome) || name_has_word(words, name_other_times))
        *ret_rank = 0;
    else if (name_has_word(words, name_time_words))
        *ret_rank = 4;
    return name_has_word(words, name_time_words) ? ERRATA_NAME_PATTERN : ERRATA_NAME_NONE;
}

/* roles of one form of the name; each keeps the stronger of what was there and what this form
 * says */
static void
name_read_roles(ErrataName *self, const char *words)
{
    int rank;
    ErrataNameStrength time = name_of_time(words, &rank);

    self->time = MAX(self->time, time);
    self->time_rank = MAX(self->time_rank, rank);
    self->id = MAX(self->id, name_of_id(words));
    self->score = MAX(self->score, name_of_score(words));
    self->label = MAX(self->label, name_of_label(words));
    self->prediction = MAX(self->prediction, name_of_prediction(words));
}

/* whether a path begins with one of the words that stand for what went into the model */
static gboolean
name_is_input(const char *head)
{
    g_autofree char *segment = g_strndup(head, strcspn(head, "."));
    g_autofree char *first = errata_schema_name_words(segment);

    return name_is_any(name_inputs, first);
}

static void
name_read_path(ErrataName *self, const char *head)
{
    if (name_has_word(head, name_outputs) || name_is_any(name_outputs, head)) {
        if (name_is_any(name_values, self->leaf)) {
            self->prediction = ERRATA_NAME_STRONG;
            self->label = ERRATA_NAME_NONE;
        }
        if (self->label > ERRATA_NAME_NONE && self->prediction > ERRATA_NAME_NONE)
            self->label = ERRATA_NAME_NONE;
    } else if (name_is_any(name_truths, head) && name_is_any(name_values, self->leaf)) {
        self->label = ERRATA_NAME_STRONG;
        self->prediction = ERRATA_NAME_NONE;
    }
}

/* one name may speak for several roles; the more telling words win: `predicted_probability` is a
 * score, `prediction_id` an id, `label_pred` a prediction */
static void
name_settle(ErrataName *self)
{
    const char *words = self->words;

    self->confidence = strstr(words, "conf") != NULL && name_is_any(name_scores, words);
    if (self->confidence || g_str_has_suffix(words, "confidence"))
        self->confidence = TRUE;
    if (self->prediction >= ERRATA_NAME_PATTERN &&
        (self->id > ERRATA_NAME_NONE || self->time > ERRATA_NAME_NONE ||
         name_has_word(self->leaf, name_abouts))) {
        self->about_prediction = !name_is_any(name_predictions, words);
        self->prediction = self->about_prediction ? ERRATA_NAME_NONE : self->prediction;
    }
    if (self->score >= ERRATA_NAME_STRONG || name_ends(words, name_score_words)) {
        if (!name_is_any(name_predictions, words))
            self->prediction = ERRATA_NAME_NONE;
        if (!name_is_any(name_labels, words))
            self->label = ERRATA_NAME_NONE;
    }
    if (self->prediction == ERRATA_NAME_STRONG && self->label < ERRATA_NAME_STRONG)
        self->label = ERRATA_NAME_NONE;
    if (self->prediction >= ERRATA_NAME_PATTERN && self->label == ERRATA_NAME_PATTERN)
        self->label = ERRATA_NAME_NONE;
    if (self->label >= ERRATA_NAME_PATTERN &&
        (self->id > ERRATA_NAME_NONE || self->time >= ERRATA_NAME_PATTERN))
        self->label = ERRATA_NAME_NONE;
    if (self->input) {
        self->label = self->prediction = self->score = ERRATA_NAME_NONE;
        self->id = name_of_id(self->leaf) == ERRATA_NAME_STRONG ? ERRATA_NAME_STRONG
                                                                : ERRATA_NAME_NONE;
    }
}

/**
 * errata_schema_name_read:
 * @self: (out): what it says; errata_schema_name_clear() frees it
 * @name: the name of a column
 */
void
errata_schema_name_read(ErrataName *self, const char *name)
{
    const char *dot = strrchr(name, '.');
    g_autofree char *head = dot != NULL ? g_strndup(name, (gsize)(dot - name)) : NULL;

    *self = (ErrataName){.words = errata_schema_name_words(name)};
    self->leaf = errata_schema_name_words(dot != NULL && dot[1] != '\0' ? dot + 1 : name);
    name_read_roles(self, self->words);
    if (head != NULL) {
        g_autofree char *words = errata_schema_name_words(head);

        if (!name_has_word(words, name_outputs))
            name_read_roles(self, self->leaf);
        else
            self->score = MAX(self->score, name_of_score(self->leaf));
        self->input = name_is_input(head);
        name_read_path(self, words);
    }
    name_settle(self);
    self->stem = name_stem(self->leaf);
}

void
errata_schema_name_clear(ErrataName *self)
{
    g_free(self->words);
    g_free(self->leaf);
    g_free(self->stem);
    *self = (ErrataName){0};
}

/* an array in what came out of the model: `response.data.tensor.values.3` */
static gboolean
name_split_array(const char *name, char **ret_family, char **ret_class)
{
    const char *dot = strrchr(name, '.');
    g_autofree char *segment = g_strndup(name, strcspn(name, "."));
    g_autofree char *first = errata_schema_name_words(segment);
    g_autofree char *head = NULL;

    if (dot == NULL || dot[1] == '\0' || strspn(dot + 1, "0123456789") != strlen(dot + 1) ||
        !name_is_any(name_outputs, first))
        return FALSE;
    head = g_strndup(name, (gsize)(dot - name));
    *ret_family = errata_schema_name_words(head);
    *ret_class = g_strdup(dot + 1);
    return TRUE;
}

/**
 * errata_schema_name_split_class:
 * @name: the name of a column
 * @ret_family: (out): the part before the class, as words
 * @ret_class: (out): the class, as written
 *
 * Returns: whether @name is made like the score of one class: `prob_CLASS`, `score:CLASS`,
 *   `probability(CLASS)`, `prediction.probs.CLASS`
 */
gboolean
errata_schema_name_split_class(const char *name, char **ret_family, char **ret_class)
{
    const char *dot = strrchr(name, '.');

    for (const char *p = name + strlen(name); p > name; p--) {
        gboolean at_sign = strchr("_-.:([ /@", p[-1]) != NULL;
        gboolean at_case = g_ascii_islower(p[-1]) && g_ascii_isupper(*p);
        gsize length;

        if ((!at_sign && !at_case) || *p == '\0')
            continue;
        g_autofree char *before = g_strndup(name, (gsize)(p - name));
        g_autofree char *family = errata_schema_name_words(before);
        const char *leaf = dot != NULL && dot < p - 1 ? dot + 1 : name;
        g_autofree char *leaf_before = g_strndup(leaf, (gsize)(p - leaf));
        g_autofree char *leaf_family = errata_schema_name_words(leaf_before);

        /* `prediction.probs` of `prediction.probs.4`: its last word decides */
        if (!name_is_any(name_families, family) && !name_is_any(name_families, leaf_family) &&
            !(dot == p - 1 && name_ends(family, name_families)))
            continue;
        length = strlen(p);
        if (length > 1 &&
            ((p[-1] == '(' && p[length - 1] == ')') || (p[-1] == '[' && p[length - 1] == ']')))
            length--;
        *ret_family = g_steal_pointer(&family);
        *ret_class = g_strndup(p, length);
        return TRUE;
    }
    return name_split_array(name, ret_family, ret_class);
}

/**
 * errata_schema_name_is_attribution:
 * @name: the name of a column
 * @ret_feature: (out): the feature it would belong to
 * @ret_sure: (out): no other meaning of the name is likely
 *
 * Returns: whether @name is made like the attribution of a feature: `shap_FEATURE`,
 * `contrib_FEATURE`
 */
gboolean
errata_schema_name_is_attribution(const char *name, char **ret_feature, gboolean *ret_sure)
{
    static const struct {
        const char *prefix;
        gboolean sure;
    } prefixes[] = {{"shap_values.", TRUE},
                    {"shap_value_", TRUE},
                    {"shap_values_", TRUE},
                    {"shap_", TRUE},
                    {"shap.", TRUE},
                    {"shap:", TRUE},
                    {"shap-", TRUE},
                    {"contributions.", FALSE},
                    {"contribution_", FALSE},
                    {"contribs.", FALSE},
                    {"contrib_", FALSE},
                    {"contrib.", FALSE},
                    {"contrib:", FALSE},
                    {"attributions.", FALSE},
                    {"attribution_", FALSE},
                    {"attribution.", FALSE},
                    {"attr_", FALSE},
                    {"explanation.", FALSE},
                    {"lime_", FALSE}};

    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        gsize length = strlen(prefixes[i].prefix);

        if (g_ascii_strncasecmp(name, prefixes[i].prefix, length) != 0 || name[length] == '\0')
            continue;
        *ret_feature = g_strdup(name + length);
        *ret_sure = prefixes[i].sure;
        return TRUE;
    }
    return FALSE;
}

gboolean
errata_schema_name_is_image(const char *name)
{
    static const char list[] =
        " image img image_path image_url image_uri picture photo photo_url thumbnail image_file "
        "img_path img_url ";
    g_autofree char *words = errata_schema_name_words(name);

    return name_is_any(list, words);
}

/**
 * errata_schema_name_is_probability:
 * @name: the name of a score
 *
 * Returns: whether it says that the values are probabilities, and not points or margins
 */
gboolean
errata_schema_name_is_probability(const char *name)
{
    static const char list[] = " prob probs proba probas probability probabilities confidence conf "
                               "likelihood percent pct wahrscheinlichkeit konfidenz probabilité "
                               "probabilidad confianza probabilità probabilidade ";
    g_autofree char *words = errata_schema_name_words(name);

    return name_has_word(words, list);
}

gboolean
errata_schema_name_is_text(const char *name)
{
    static const char list[] =
        " text message review comment body content prompt query question title description "
        "sentence tweet document subject summary utterance abstract note notes headline ";
    g_autofree char *words = errata_schema_name_words(name);

    return name_has_word(words, list);
}

/* a group that fairness is usually asked about; only suggested, never assumed */
gboolean
errata_schema_name_is_sensitive(const char *name)
{
    static const char list[] =
        " sex gender race ethnicity ethnic religion nationality disability orientation marital ";
    g_autofree char *words = errata_schema_name_words(name);

    return name_has_word(words, list) || strcmp(words, "age_band") == 0 ||
           strcmp(words, "age_group") == 0;
}

/**
 * errata_schema_name_is_somebody:
 * @name: a name as it stands in the log
 *
 * Returns: whether it names whom many rows may be of: a word alone (customer, patient), or one that
 *   an id follows (accountNo). What is counted of them (rows_per_user) is not; nor are machines,
 *   devices and staff, of whom one that goes wrong is news
 */
gboolean
errata_schema_name_is_somebody(const char *name)
{
    static const char whole[] = " account client customer driver household member patient "
                                "person player session student subject user visitor ";
    static const char ids[] = " code hash id key no nr num number uuid guid ";
    g_autofree char *words =
        errata_schema_name_words(strrchr(name, '.') != NULL ? strrchr(name, '.') + 1 : name);
    char *last = strrchr(words, '_');
    const char *before;

    if (last == NULL)
        return name_is_any(whole, words);
    if (!name_is_any(ids, last + 1))
        return FALSE;
    *last = '\0';
    before = strrchr(words, '_') != NULL ? strrchr(words, '_') + 1 : words;
    return name_is_any(whole, before);
}

/* named like something that happens to a case: is_fraud, churned, default */
gboolean
errata_schema_name_is_outcome(const char *name)
{
    static const char list[] =
        " fraud churn default defaulted readmit conversion convert click clicked purchase cancel "
        "survived died death approved attrition spam toxic sentiment diagnosis disease income "
        "quality species delinquent bad good exited deposit price sales anomaly attack malignant "
        "intent winner outcome result class category stroke failure fail target loan_status "
        "rating ";
    static const char not_list[] =
        " used based weighted estimated married expected fixed red need speed med bed seed feed "
        "rated related ";
    g_autofree char *words = errata_schema_name_words(name);

    if (name_has_word(words, list) || g_str_has_prefix(words, "is_") ||
        g_str_has_prefix(words, "was_"))
        return TRUE;
    return g_str_has_suffix(words, "ed") && strlen(words) > 4 && !name_has_word(words, not_list) &&
           strchr(words, '_') == NULL;
}

/**
 * errata_schema_name_is_event:
 * @name: a name as it stands in the log
 *
 * Returns: whether it is the name of something that happens or does not, and that models foretell:
 * less
 *   than errata_schema_name_is_outcome() takes, which speaks of any participle and of numbers
 */
gboolean
errata_schema_name_is_event(const char *name)
{
    static const char list[] =
        " fraud churn churned default defaulted readmit readmitted readmission conversion convert "
        "converted click clicked purchase purchased bought cancel cancelled canceled cancellation "
        "survived died death approved attrition spam toxic delinquent exited attack malignant stroke "
        "responded repaid returned renewed accepted rejected declined failed failure escalated "
        "relapsed recovered hired unsubscribed chargeback no_show bounced infected breached left "
        "response result status outcome class ";
    g_autofree char *words = errata_schema_name_words(name);
    const char *rest = words;
    const char *last;

    if (g_str_has_prefix(words, "is_") || g_str_has_prefix(words, "was_") ||
        g_str_has_prefix(words, "has_") || g_str_has_prefix(words, "did_"))
        rest = strchr(words, '_') + 1;
    last = strrchr(rest, '_');
    return name_is_any(list, rest) || (last != NULL && name_is_any(list, last + 1));
}

/**
 * errata_schema_name_is_past:
 * @name: a name as it stands in the log
 *
 * Returns: whether it tells of an earlier time: `ever_defaulted`, `prev_churn`
 */
gboolean
errata_schema_name_is_past(const char *name)
{
    static const char list[] = " prev previous previously prior past ever last before hist history "
                               "historic historical earlier former recent recently first ";
    g_autofree char *words = errata_schema_name_words(name);

    return name_has_word(words, list);
}

/**
 * errata_schema_name_is_rival:
 * @name: a name as it stands in the log
 *
 * Returns: whether it may be what another model or a rule says: `baseline_class`, `champion`
 */
gboolean
errata_schema_name_is_rival(const char *name)
{
    static const char list[] = " baseline champion challenger other alternative alt second runner "
                               "top top2 model rule rules old new suggested llm auto system ";
    g_autofree char *words = errata_schema_name_words(name);

    return name_has_word(words, list);
}

/**
 * errata_schema_name_distance:
 * @a: a name
 * @b: another
 *
 * Returns: Levenshtein distance of the two in bytes, letters' case ignored; names are cut at 64
 * bytes
 */
guint
errata_schema_name_distance(const char *a, const char *b)
{
    guint row[65];
    gsize n_a = MIN(strlen(a), 64);
    gsize n_b = MIN(strlen(b), 64);

    for (guint j = 0; j <= n_b; j++)
        row[j] = j;
    for (gsize i = 1; i <= n_a; i++) {
        guint diagonal = row[0];

        row[0] = (guint)i;
        for (gsize j = 1; j <= n_b; j++) {
            guint cost = g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 1]) ? 0 : 1;
            guint next = MIN(MIN(row[j], row[j - 1]) + 1, diagonal + cost);

            diagonal = row[j];
            row[j] = next;
        }
    }
    return row[n_b];
}
