/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that a sentence about figures must not use lightly. English, as the facts are; a
 * sentence in another language is not accepted, since nobody could check it. */
#include "word-sense.h"

#include <string.h>

/* a list of words per sense, separated by spaces; a star stands for any ending */
typedef struct {
    ErrataWordSense sense;
    const char *words;
} Lexicon;

static const Lexicon lexicon[] = {
    {ERRATA_WORD_NUMBER,
     "zero one ones two three four five six seven eight nine ten eleven twelve thirteen fourteen "
     "fifteen sixteen seventeen eighteen nineteen twenty twent* thirty thirties forty fifty sixty "
     "seventy eighty ninety hundred* thousand* million* billion* trillion* half halves halv* third "
     "thirds quarter* fourth* fifth* sixth* seventh* eighth* ninth* tenth* hundredth* thousandth* "
     "double* doubling triple* tripling quadruple* quintuple* twice thrice twofold threefold "
     "fourfold fivefold tenfold fold dozen* couple pair percent* pct permille majority "
     "minority most mostly nil nought naught umpteen"},
    {ERRATA_WORD_UP,
     "higher more greater larger bigger increas* rise rises rose risen rising grow grows grew grown "
     "growing growth above exceed* surpass* climb* jump* soar* up upward* elevated spike* surge* "
     "outnumber* doubled longer heavier overconfiden* overestimat* overpredict*"},
    {ERRATA_WORD_DOWN,
     "lower less fewer smaller decreas* fall falls fell fallen falling drop drops dropped dropping "
     "declin* below beneath down downward* shrink* shrank shrunk reduc* diminish* dip dips dipped "
     "lessen* lesser plunge* sink sinks sank sunk shorter lighter underconfiden* underestimat* "
     "underpredict*"},
    {ERRATA_WORD_WORSE, "worse worsen* deteriorat* degrad*"},
    {ERRATA_WORD_BETTER, "better improv*"},
    {ERRATA_WORD_EQUAL,
     "same equal* identical* unchanged similar* alike indistinguish* comparable comparably match "
     "matches matched parity stable stays constant"},
    {ERRATA_WORD_EXTREME,
     "highest lowest largest smallest biggest greatest best worst least utmost maximum minimum "
     "maximal minimal all every everything everyone always never none nobody nothing entire* "
     "whole wholly total* complete* exclusively invariably unanimous* purely perfect* guarantee* "
     "certain certainly definite* proof prove* undoubted* clearly obvious* unquestion*"},
    {ERRATA_WORD_SIZE,
     "slight* marginal* dramatic* huge* enormous* vast* massive* negligib* tiny substantial* "
     "considerable considerably significan* insignificant* drastic* minor major severe* tremendous* "
     "far overwhelm* barely hardly scarcely"},
    {ERRATA_WORD_CAUSE,
     "cause* causing because due lead leads led leading drive drives driven drove driving "
     "results resulted resulting owing thanks explain* why trigger* therefore hence thus "
     "consequen* responsible contribut* induc* stem stems stemmed stemming attribut* blame* "
     "reason* produce* producing make makes made making generat* influenc* affect affects affecting impact* culprit "
     "root origin* source* yield* provok* bring brings brought force* determin* create* creating "
     "behind responsib* fault"},
    {ERRATA_WORD_ADDRESS,
     "you your yours yourself i me my mine we us our ours let lets please must should shall need "
     "needs ought ignore click visit download open delete remove send email contact run execute "
     "install call write reply approve transfer pay buy subscribe forget disregard trust"},
    {ERRATA_WORD_META,
     "prompt* instruction* instruct* assistant ai llm chatbot json schema slot "
     "slots placeholder* developer override jailbreak password* secret*"},
    {ERRATA_WORD_NEGATION,
     "not no nor neither without cannot cant dont doesnt didnt isnt arent wasnt werent wont "
     "nowhere hardly barely scarcely rarely seldom unlikely lacks lack except"},
    {ERRATA_WORD_BOUND,
     "nearly almost least most than over under to minus plus negative exceeding below above "
     "roughly some within beyond until till another additional extra further"},
    {ERRATA_WORD_UNIT,
     "percent* percentage* pct point points times time x fold euro euros eur dollar* usd pound* "
     "gbp yen cent cents second seconds minute minutes hour hours day days week weeks month months "
     "year years ms km kg g mg m cm mm mile miles metre* meter* degree* celsius fahrenheit kelvin "
     "thousand* million* billion* hundred* dozen* k bn bp bps basis sigma deviations"},
    {ERRATA_WORD_OTHER,
     "elsewhere outside rest other others otherwise remaining remainder before earlier previous* "
     "formerly baseline reference"},
    {ERRATA_WORD_NORM,
     "expected expectation* average* overall usual* normal* typical* ever training trained "
     "competitor* industry benchmark* human humans target goal yesterday today tomorrow random "
     "chance previous* last latest next"},
    {ERRATA_WORD_NAMER,
     "column columns feature features field fields variable variables attribute attributes class "
     "classes called named"},
};

/* words of one meaning, the first of each line standing for all; a fact and a sentence are compared
 * by these */
static const char *const concepts[] = {
    "error errors wrong mistake mistakes mistaken misclassified incorrect incorrectly erroneous fails",
    "slice segment segments slices group groups subgroup inside here these there cohort",
    "elsewhere outside rest other others remaining remainder otherwise",
    "row rows record records case cases prediction predictions sample samples example examples",
    "share part proportion fraction",
    "rate rates frequency often frequently",
    "score scores probability probabilities",
    "confidence confident",
    "expected expect expects foreseen foretell foretold anticipated",
    "mean average averages",
    "before baseline earlier reference previously",
    "now after since afterwards later",
    "label labels labelled",
    "accuracy right correct",
    "missing absent empty",
    "distance apart distances",
    "cost costs",
    "threshold cutoff",
    "gain gains",
    "negatives negative missed",
    "positives positive alarms",
};

/* said of data everywhere, though columns may be called so */
static const char lexicon_common[] =
    "model data log value values column columns feature features class classes text texts word words "
    "message messages number numbers amount answer answers time times hour hours day days set "
    "difference differences change changes changed given told found seen logged predicted observed "
    "condition conditions together alone hold holds held carry carries show shows shown contain "
    "contains differs differ occur occurs remain stand stands take takes come comes concern concerns";

/* what a sentence may say beside the words of its facts: it tells of nothing in the data */
static const char lexicon_neutral[] =
    "stand stands stood count counts counted come comes came hold holds have having show shows "
    "shown take takes taken carry carries contain contains concern concerns occur occurs occurred "
    "remain remains appear appears lie lies make makes say says see seen find finds found measure "
    "measured measures report reported note figure figures amount amounts against versus compare "
    "compared compares comparison relative whereas although though however namely already even "
    "again together alone respectively frequent frequently model log data group groups slice slices "
    "condition conditions where promise promises give gives given being wise known";

/* says that something moved, not that it differs */
static const char lexicon_moves[] =
    "increas* rise rises rose risen rising grow grows grew grown growing growth climb* jump* soar* "
    "surge* spike* doubled decreas* declin* fall falls fell fallen falling drop drops dropped "
    "dropping shrink* shrank shrunk diminish* dip dips dipped plunge* sink sinks sank sunk worsen* "
    "deteriorat* degrad* improv* reduc*";

/* what may stand behind a failure: only in a sentence that says that it supposes */
static const char lexicon_suppose[] =
    "perhaps maybe possibly presumably suppose supposes supposed likely seem seems lean leans rely "
    "relies learn learns learnt learned trained training train few rare noise noisy label labels "
    "labelled labelling mislabelled missing stale late feed feeds pipeline unit units encoding "
    "encoded shift shifted drift drifted recent recently new old change changes changed different "
    "differently mix traffic sample samples sampling bias representation represent represented "
    "underrepresented overrepresented correlate correlates correlated proxy leak leaks leakage "
    "overfit overfits overfitting underfit underfits ambiguous ambiguity overlap overlaps confuse "
    "confuses confused value values column columns feature features class classes text texts word "
    "words score scores threshold calibration calibrated such";

/* what kind of text or row something is, for its name: none of it says anything of people or
 * causes */
static const char lexicon_kinds[] =
    "text texts message messages review reviews comment comments ticket tickets question questions "
    "request requests complaint complaints praise thanks greeting greetings order orders note notes "
    "statement statements remark remarks answer answers reply replies word words wording phrase "
    "phrases sentence sentences language languages spelling spelt typo typos misspelt misspelled "
    "capitals capital punctuation mark marks emoji emojis digit digits link links address addresses "
    "date dates price prices amount amounts name names negation negations negated negative denial "
    "denials denied irony ironic sarcasm sarcastic polite politeness rude formal informal long short "
    "mixed foreign odd rare repeated repetition abbreviation abbreviations slang tone topic topics "
    "theme themes form format style kind kinds group groups row rows case cases item items value "
    "values condition conditions column columns error errors mistake mistakes label labels missing "
    "empty unknown other others uncertain ambiguous ambiguity sure unsure confident score scores "
    "missed alarm alarms entry data time times hour hours weekday weekdays number numbers "
    "something somebody someone mean means opposite say says said tell tells ask asks asking deny "
    "denies complain complains thank thanks mention mentions want wants describe describes begin "
    "begins end ends start starts contain contains lack lacks use uses quote quotes have has show "
    "shows give gives given speak speaks talk talks seem seems without about with";

static const char lexicon_small[] =
    " a an and are as at be been being but by did do does for from had has have here if in into is "
    "it its nor of on or so such than that the their them then they this those to too was were what "
    "when where which while who with would can could may might will over under out up per about "
    "also just still very much many how there these each any own same more less most least not "
    "no one two than ";

char *
errata_word_fold(const char *word)
{
    g_autofree char *apart = g_utf8_normalize(word, -1, G_NORMALIZE_NFKD);
    g_autofree char *lower = apart != NULL ? g_utf8_casefold(apart, -1) : NULL;
    GString *folded = g_string_new(NULL);

    for (const char *p = lower; p != NULL && *p != '\0'; p = g_utf8_find_next_char(p, NULL)) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_isalpha(c))
            g_string_append_unichar(folded, c);
    }
    return g_string_free(folded, FALSE);
}

/* what stands within a word without parting it */
static gboolean
word_goes_on(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == '\'' || c == 0x2019;
}

char **
errata_word_list(const char *text)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    const char *p = text;

    while (*p != '\0') {
        const char *begin = p;

        while (*p != '\0' && word_goes_on(g_utf8_get_char(p)))
            p += g_utf8_skip[(guchar)*p];
        if (p > begin) {
            g_autofree char *word = g_strndup(begin, (gsize)(p - begin));
            g_autofree char *folded = errata_word_fold(word);

            if (*folded != '\0')
                g_strv_builder_add(words, folded);
        } else {
            p += g_utf8_skip[(guchar)*p];
        }
    }
    return g_strv_builder_end(words);
}

/* whether the list of words separated by spaces has @word, of @size bytes */
static gboolean
lexicon_has(const char *words, const char *word, gsize size)
{
    const char *p = words;

    while (*p != '\0') {
        gsize length = strcspn(p, " ");
        gboolean star = length > 0 && p[length - 1] == '*';
        gsize stem = star ? length - 1 : length;

        if (stem <= size && (star || stem == size) && strncmp(p, word, stem) == 0)
            return TRUE;
        p += length;
        while (*p == ' ')
            p++;
    }
    return FALSE;
}

ErrataWordSense
errata_word_sense(const char *folded)
{
    gsize size = strlen(folded);
    guint sense = 0;

    for (guint i = 0; i < G_N_ELEMENTS(lexicon); i++)
        if (lexicon_has(lexicon[i].words, folded, size))
            sense |= lexicon[i].sense;
    return (ErrataWordSense)sense;
}

const char *
errata_word_concept(const char *folded, char *buffer, gsize size)
{
    gsize length = strlen(folded);

    for (guint i = 0; i < G_N_ELEMENTS(concepts); i++)
        if (lexicon_has(concepts[i], folded, length)) {
            g_strlcpy(buffer, concepts[i], MIN(size, strcspn(concepts[i], " ") + 1));
            return buffer;
        }
    if (length < 3 || lexicon_has(lexicon_small + 1, folded, length))
        return NULL;
    g_strlcpy(buffer, folded, size);
    length = strlen(buffer);
    if (length > 3 && buffer[length - 1] == 's') /* plurals */
        buffer[length - 1] = '\0';
    return buffer;
}

/* whether a sentence may have the word though its facts do not; @supposes: it is a hypothesis */
gboolean
errata_word_is_neutral(const char *folded, gboolean supposes)
{
    gsize length = strlen(folded);

    return lexicon_has(lexicon_small + 1, folded, length) ||
           lexicon_has(lexicon_neutral, folded, length) ||
           (supposes && lexicon_has(lexicon_suppose, folded, length));
}

/* whether it tells of a course of time */
gboolean
errata_word_moves(const char *folded)
{
    return lexicon_has(lexicon_moves, folded, strlen(folded));
}

/* whether it says of what kind a text or a row is, and no more */
gboolean
errata_word_is_kind(const char *folded)
{
    gsize length = strlen(folded);

    return lexicon_has(lexicon_small + 1, folded, length) ||
           lexicon_has(lexicon_kinds, folded, length);
}

/* whether a word says little by itself ("the", "rows"): no name of anything */
gboolean
errata_word_is_common(const char *folded)
{
    gsize length = strlen(folded);

    for (guint i = 0; i < G_N_ELEMENTS(concepts); i++)
        if (lexicon_has(concepts[i], folded, length))
            return TRUE;
    return lexicon_has(lexicon_small + 1, folded, length) ||
           lexicon_has(lexicon_common, folded, length);
}
