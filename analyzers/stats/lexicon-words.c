/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Word lists: the commonest words of a language, which nobody can write it without; words that
 * praise and words that blame; words that deny. Lower case, parted by spaces. */
#include "lexicon.h"

const char *const errata_lexicon_common[ERRATA_LANGUAGES_WORDS] = {
    [ERRATA_LANGUAGE_ENGLISH] =
        "the and of to in is was for that with it this you are not have be on but at my we they i "
        "a an as by from or so had has his her she he their our your which would could should there "
        "been were will can all just when what how if about after before no very more out up too "
        "than then who only it's i'm don't can't never again also over because while where some any "
        "me us him them these those into did does do get got every here always really still",
    [ERRATA_LANGUAGE_GERMAN] =
        "der die das und ist nicht ich ein eine war mit auf für den dem zu von es sich auch aber im "
        "wir sie er als wie bei nach aus noch nur so wenn oder haben hat hatte sind wird wurde kann "
        "mein meine sehr schon mehr am um zum zur über einen einem einer keine kein man dass daß "
        "ihr ihre uns mich mir durch immer wieder gut leider beim vom hier diese dieser dieses",
    [ERRATA_LANGUAGE_FRENCH] =
        "le la les de des et est un une du en que qui dans pour pas sur au aux avec ce cette ces il "
        "elle nous vous ils je ne se son sa ses mon ma mes plus mais ou où par était été sont a ont "
        "être avoir très bien tout tous comme aussi y si c'est j'ai n'est l'on d'un d'une qu'il leur "
        "même sans encore trop fait rien jamais toujours notre votre nos vos cet ni lui quand donc "
        "après avant depuis chez entre puis peut dire avons avez",
    [ERRATA_LANGUAGE_SPANISH] =
        "el la los las de del y que en un una es no se por con para su al lo como más pero sus le ya "
        "este esta fue muy también mi me nos sin sobre todo hay desde cuando era son está han yo "
        "porque si nada nunca bien mal gracias pues hasta donde ser tiene así ni todos había eso "
        "nuestra nuestro usted ella él pero entonces después antes entre ese esa estaba fueron",
    [ERRATA_LANGUAGE_PORTUGUESE] =
        "o a os as de do da dos das e que em um uma é não se por com para no na nos nas ao mais mas "
        "foi como muito também meu minha eu ele ela sem seu sua são está tem já ou quando nunca bem "
        "isso este esta pelo pela até você nem só ser depois tudo nada ainda era",
    [ERRATA_LANGUAGE_ITALIAN] =
        "il lo la i gli le di del della dei e che è un una per non in con si da sono ma anche al alla "
        "nel nella come più questo questa mi ho ha molto era stato stata tutto sempre mai se ci su "
        "dal dalla ai delle degli però perché così bene senza niente solo hanno essere quando",
    [ERRATA_LANGUAGE_DUTCH] =
        "de het een en van is niet dat ik in op te voor met die zijn was er maar aan ook om hij als "
        "bij nog naar heb heeft had wel geen uit door over dan wat zo we ze mijn je dit meer zeer "
        "erg goed veel werd wordt deze kan worden hebben onze niets nooit altijd weer",
    [ERRATA_LANGUAGE_SWEDISH] =
        "och att det i en är på som inte jag av för med den till ett har om var men vi de så han hon "
        "från när kan mycket också eller vid efter min mig sig hade bara alltid aldrig igen mina "
        "bra nu blev skulle där här vara",
    [ERRATA_LANGUAGE_DANISH] =
        "og at det i en er på som ikke jeg af for med den til et har om var men vi de så han hun fra "
        "når kan meget også eller ved efter min mig sig havde kun altid aldrig igen blev skulle der "
        "her være nogle noget hvad efter bliver godt",
    [ERRATA_LANGUAGE_NORWEGIAN] =
        "og at det i en er på som ikke jeg av for med den til et har om var men vi de så han hun fra "
        "når kan veldig også eller ved etter min meg seg hadde bare alltid aldri igjen ble skulle "
        "der her være noen noe hva blir bra etter",
    [ERRATA_LANGUAGE_FINNISH] =
        "ja on ei se että oli en mutta kun niin hän ole minä tämä myös kuin joka sen ovat vain olen "
        "ollut jos mitä hyvin erittäin minun aina koskaan tai ja olla sitä nyt vielä kaikki siitä "
        "eivät jälkeen todella hyvä",
    [ERRATA_LANGUAGE_POLISH] =
        "i w nie na się to z że do jest jak ale co o po za od tak przez był była było są dla już "
        "tylko mnie bardzo ten ta te jego czy jako być może też mi ze przy nigdy zawsze mam ma "
        "został została które który która",
    [ERRATA_LANGUAGE_CZECH] =
        "a je se na v to že s z do o i ale jsem jak by pro ve za tak po jsou byl byla bylo není "
        "co když jen od už si ten ta které který která být také velmi mi jako nebo při nikdy vždy "
        "mám má jsme",
    [ERRATA_LANGUAGE_ROMANIAN] =
        "și de la în a că nu este cu pe o un se din pentru care mai ce sunt am fost dar era sau au "
        "foarte ca eu el ea lui despre până după când tot fi să mi ne prin acest această bine fără",
    [ERRATA_LANGUAGE_HUNGARIAN] =
        "a az és nem hogy is egy van volt de meg ez ha csak már el mint azt nagyon én vagy mert ki "
        "még minden jó lesz után volna nincs sem lehet pedig itt ott soha mindig fel le be amit",
    [ERRATA_LANGUAGE_TURKISH] =
        "ve bir bu da de için çok ile ne var daha gibi ama o ben değil mi kadar en olan sonra "
        "hiç her şey ki diye oldu yok bana iyi biz siz olarak benim hep asla",
    [ERRATA_LANGUAGE_INDONESIAN] =
        "yang dan di ini itu dengan untuk tidak dari dalam saya ke pada adalah akan juga ada sudah "
        "kami sangat bisa karena oleh tapi atau mereka telah lebih kita anda belum tidak nya lagi "
        "selalu hanya sekali",
    [ERRATA_LANGUAGE_VIETNAMESE] =
        "và của là không có được cho tôi một các với này rất những người đã trong để khi thì ở "
        "như nhưng về đến từ cũng ra lại nhiều quá bị",
    [ERRATA_LANGUAGE_RUSSIAN] =
        "и в не на что я с он как это по но все она так его за был то же от меня мы вы из у к была "
        "было очень мне бы для о уже только ещё еще они до или если нет никогда всегда при их "
        "который после вот когда сегодня есть",
    [ERRATA_LANGUAGE_UKRAINIAN] =
        "і в не на що я з він як це по але все вона так його за був то же від мене ми ви із у до "
        "була було дуже мені б для о вже тільки ще вони або якщо немає ніколи завжди при їх та "
        "який після коли сьогодні є й",
    [ERRATA_LANGUAGE_BULGARIAN] =
        "и в не на че аз с той как това по но всичко тя така го за беше от ме ние вие из у към "
        "много ми би вече само още те до или ако няма никога винаги при им се да са е бях който "
        "след когато днес съм ще",
};

const char *const errata_lexicon_good[] = {
    /* weight 2 */
    "excellent amazing awesome fantastic wonderful brilliant superb outstanding perfect perfectly "
    "magnificent marvellous marvelous delightful terrific fabulous exceptional flawless spotless "
    "love loved loves adore adored best incredible phenomenal stunning gorgeous impeccable "
    "ausgezeichnet hervorragend wunderbar großartig fantastisch perfekt super klasse toll genial "
    "excelente maravilloso maravillosa perfecto perfecta fantástico fantástica increíble genial "
    "encantador encantadora estupendo estupenda merveilleux merveilleuse parfait parfaite génial "
    "géniale superbe fantastique formidable eccellente meraviglioso meravigliosa perfetto perfetta "
    "ottimo ottima splendido splendida ótimo ótima maravilhoso maravilhosa perfeito perfeita "
    "uitstekend geweldig prachtig отлично прекрасно замечательно превосходно",
    /* weight 1 */
    "good great nice fine pleasant happy glad pleased satisfied liked enjoy enjoyed "
    "enjoyable helpful friendly kind polite courteous fast quick quickly prompt promptly smooth "
    "smoothly easy easily simple clean cozy cosy comfortable reliable fair honest useful thanks "
    "thank grateful recommend recommended better improved improvement impressive impressed solid "
    "fresh tasty delicious charming beautiful lovely warm welcoming professional efficient "
    "effective worth valuable affordable bargain fun funny interesting engaging clear clearly "
    "accurate correct works worked working fixed resolved solved success successful successfully "
    "win won winner bonus generous safe secure stable calm relaxing attentive responsive modern "
    "bright elegant stylish sturdy durable smart clever intuitive convenient handy appreciate "
    "appreciated happily favourite favorite satisfying refreshing positive praise thrilled excited "
    "delighted joy cheerful hope hopeful progress proud pleasing "
    "gut gute guter gutes schön schöne freundlich schnell hilfreich zufrieden sauber bequem "
    "angenehm danke empfehlenswert nett lecker günstig zuverlässig einfach "
    "bueno buena bien bonito bonita amable rápido rápida limpio limpia útil cómodo cómoda contento "
    "feliz recomiendo agradable bon bonne bien beau belle gentil agréable rapide propre utile "
    "merci recommande facile buono buona bene bello bella gentile veloce pulito "
    "pulita utile comodo contento felice grazie consiglio bom boa bonito rápido limpo limpa "
    "confortável obrigado obrigada feliz recomendo goed mooi snel vriendelijk schoon handig "
    "tevreden bra snabb vänlig hyvä nopea ystävällinen dobry dobra szybko miły polecam хорошо "
    "хороший хорошая быстро удобно доволен спасибо приятно",
    NULL,
};

const char *const errata_lexicon_bad[] = {
    /* weight 2 */
    "terrible horrible awful dreadful disgusting appalling atrocious abysmal horrendous worst "
    "hate hated hates loathe despise useless worthless garbage trash crap scam fraud fraudulent "
    "disaster nightmare unacceptable outrageous pathetic dismal ghastly vile toxic furious "
    "disgrace disgraceful shameful catastrophic hideous unbearable miserable "
    "schrecklich furchtbar grauenhaft katastrophal entsetzlich ekelhaft unverschämt miserabel "
    "furchtbare schreckliche pésimo pésima terrible horrible espantoso espantosa asqueroso "
    "affreux affreuse nul nulle épouvantable dégoûtant catastrophique pessimo pessima orribile "
    "terribile disgustoso péssimo péssima horrível terrível verschrikkelijk vreselijk waardeloos "
    "ужасно ужасный отвратительно кошмар",
    /* weight 1 */
    "bad poor poorly slow slowly rude dirty broken break breaks broke noisy loud annoying annoyed "
    "disappointing disappointed disappointment disappoint sad angry upset unhappy unfortunately "
    "sadly fail fails failed failing failure error errors bug bugs buggy crash crashed crashes "
    "crashing problem problems issue issues wrong late delay delayed delays missing lost "
    "lose losing expensive overpriced cheap waste wasted worse difficult hard confusing confused "
    "complicated complaint complain complained boring bored dull ugly cold stale smelly stinks "
    "uncomfortable unreliable unfriendly unhelpful unprofessional unfair unsafe unstable unusable "
    "inaccurate incorrect damaged damage defective faulty leak leaking stuck freeze freezes frozen "
    "refund refused refuse ignored ignore rejected denied cancelled canceled overcharged charged "
    "mess messy chaos lies lie lied liar cheat cheated stolen theft danger dangerous pain "
    "painful hurt sick tired frustrating frustrated frustration regret avoid ridiculous stupid "
    "silly lousy mediocre inferior flawed weak dead died kill killed threat afraid fear worry "
    "worried trouble troubled hassle hopeless negative nasty bitter bland soggy dusty filthy rusty "
    "cracked torn scratched blurry laggy lagging sluggish unclear vague spam unwanted careless "
    "neglected crowded cramped shabby sloppy tedious clumsy "
    "schlecht schlechte schlechter langsam schmutzig laut teuer kaputt enttäuscht enttäuschend "
    "unfreundlich unhöflich fehler problem probleme leider ärgerlich verspätet defekt mangelhaft "
    "malo mala lento lenta sucio sucia caro cara roto rota ruidoso ruidosa decepcionante "
    "grosero grosera problema problemas error tarde mauvais mauvaise lent lente cher chère "
    "cassé cassée bruyant décevant déçu déçue impoli problème erreur retard cattivo cattiva "
    "lento sporco sporca caro rotto rotta rumoroso deludente deluso scortese problema errore "
    "ritardo ruim lento sujo suja caro quebrado barulhento decepcionante decepcionado grosseiro "
    "problema erro atraso slecht traag vuil duur kapot teleurgesteld onvriendelijk probleem fout "
    "dålig långsam smutsig huono hidas likainen zły zła wolno brudny drogi плохо плохой плохая "
    "медленно грязно дорого сломан ошибка проблема разочарован",
    NULL,
};

const char *const errata_lexicon_negations =
    "not no never none nothing nobody nowhere neither nor cannot without hardly barely scarcely "
    "rarely seldom ain't isn't wasn't don't doesn't didn't can't couldn't won't wouldn't shouldn't "
    "aren't weren't hasn't haven't hadn't dont doesnt didnt cant couldnt wont wouldnt isnt wasnt "
    "nicht kein keine keinen keinem keiner nie niemals nichts ohne weder kaum "
    "pas jamais rien aucun aucune sans ni guère nunca ni sin nada ningún ninguna jamás tampoco "
    "non mai niente nessun nessuno nessuna senza né não nunca nem sem nenhum nenhuma jamais "
    "niet geen nooit niets zonder inte aldrig ingen inget utan ikke aldri aldrig ingen intet uten uden "
    "eivät koskaan mitään ilman nie nigdy bez żaden żadna není nikdy nic bez žádný nu niciodată "
    "fără nem soha sem nincs değil hiç asla yok tidak bukan belum tanpa không chưa не нет никогда "
    "ничего без ні немає ніколи нищо никога няма";
