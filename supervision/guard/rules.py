"""The rules of the guard, as data for two interpreters: `engine.py` here and `guard.js` in the browser.

A rule is a regular expression in what Python and JavaScript read alike (ASCII classes, look-behind of fixed width, no
named groups, no flags), tried on the folded text or on its lower case. What a rule finds is blanked out for those after
it, so the order is: what is certainly harmless, then what is certain, then names by ever weaker signs. Every repetition
is bounded, so the time grows with the length of the text and no faster.
"""

from dataclasses import dataclass

from supervision.guard.kinds import TOMBSTONE, Kind

PASS = ""  # the kind of what is harmless: blanked out and not reported


@dataclass(frozen=True)
class Rule:
    """`where`: (group, list, wanted) must hold for a match to count. `group` is what is reported. `needs`: one of these
    must stand in the lower-case text, or the rule is not tried. `small`: tried on the lower case. `at`: one of `STARTS`."""

    kind: str
    pattern: str
    where: tuple[tuple[int, str, bool], ...] = ()
    group: int = 0
    needs: tuple[str, ...] = ()
    small: bool = True
    at: str = "word"


# Where a match may begin: most texts have few such places, and nothing is tried elsewhere.
STARTS = {"sign": r"[\d+(#@]", "word": r"\b\w", "capital": r"\b[A-Z]", "digit": r"\d"}

DIGITS = tuple("0123456789")

# Parts -----------------------------------------------------------------------------------------------------------------

MONTH_LONG = "january|february|march|april|june|july|august|september|october|november|december|januar|februar|marz|mai|juni|juli|oktober|dezember"
MONTH_SHORT = "jan|feb|mar|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez"
MONTH = rf"(?:{MONTH_LONG}|may|(?:{MONTH_SHORT})\b\.?)"
SURE_MONTH = rf"(?:{MONTH_LONG}|(?:{MONTH_SHORT})\b\.?)"
D = r"(?:0?[1-9]|[12]\d|3[01])"
DAY = rf"(?:{D}(?:st|nd|rd|th|\.)?)"
MON = r"(?:0?[1-9]|1[0-2])"
YEAR = r"(?:19|20)\d\d"
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
NUMBER_DAY = (
    "(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
    "|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    "|thirtieth|thirty-first)"
)
DIGIT_WORD = "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double)"
SPELLED = rf"{DIGIT_WORD}(?:[ ,.-]{{1,3}}{DIGIT_WORD})"
UNIT_WORD = (
    r"(?:mg|mcg|ug|g|kg|ml|l|mm|cm|%|percent|ms|hz|min|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|times|x"
    r"|sessions?|visits?|people|persons|participants?|steps?|breaths?|points?|tracks?|euros?|dollars?|bpm|mmhg)\b"
)
UNIT = rf"\s?{UNIT_WORD}"
# A number with letters, dashes, dots, slashes or single spaces in it, at least `n` digits, begun by letters or a digit.
CODE = r"[a-z]{0,5}[-./]?\d[a-z\d]{0,20}(?:[-./ ]{1,3}[a-z]{0,4}\d[a-z\d]{0,12}){0,6}(?:-[a-z]{1,4}\b)?"
# What stands between a word such as "account" and its number.
TO_NUMBER = (
    r"(?![a-z])(?:\s?(?:no|nr|num|number|numbers|nos|id|ids|code|card|serial|s/n|sn|#)\b)?[\s.:#=(]{0,4}"
    r"(?:(?:is|are|was|reads|ending in|ends in|with|of|the|number|no|nr|id|serial)\b[\s.:#=(]{1,3}){0,2}"
)
NAME_WORD = r"(?:(?:O'|D'|Mc|Mac|De|Di|Al-|El-|Van)?[A-Z][a-z]{1,20}(?:-[A-Z][a-z]{1,20})?)"
# Ends of English words that are no names: an unknown capitalised word with such an end needs a stronger sign.
NO_NOUN = (
    r"(?![A-Z][a-z]{0,20}(?:tions?|sions?|ments?|ness|ity|ities|isms?|ings?|ogy|ogies|ogical|ives?|icals?|ances?|ences?|ables?|ibles?|ous|uals?|ised|ized|ated|ted"
    r"|sed|ers|ors|ies|ics|ists?|ships?|wards?|fully|ally|ily|sis|tic|nals?|ary|ory|ories|ures?|ful|less|ides?|azole|azine|apine|pram|olam|epam|olol|idine|etine|cillin"
    r"|pril|statin|hood|wise|phobia|mania|pathy|therapy|graphy|cy|cies|ents?|ants|ages?|logist|scale|work|space|book|form|forms|room|ways?)\b)"
)
SPACE = r"(?: |\n| \n)"
PERSON_DID = (
    r"(?:said|says|told|tells|asked|asks|wept|weeps|cried|cries|smiled|smiles|laughed|laughs|sobbed|whispered|shouted|answered|replied"
    r"|wanted|wants|thanked|described|describes|arrived|arrives|joked|noticed|mentioned|explained|admitted|apologised|apologized"
    r"|insisted|hesitated|gripped|held|opened (?:his|her|their)|closed (?:his|her|their)|drew|sat|trembled|shook|shivered|nodded|sighed"
    r"|felt|feels|woke|slept|fell asleep|spoke|speaks|talked|talks|thought|came (?:late|in|back|to)|came|called|phoned|went|looked|refused"
    r"|would like|would cry|would not|did not|didn't|does not|doesn't|could not|couldn't|has (?:been|trouble|had|a)|had (?:a|been|to|trouble)"
    r"|was (?:anxious|tearful|tired|late|angry|nervous|quiet|afraid|calm|moved|scared|sad|able|not|very|so|slow|ready|silent|proud|relieved)"
    r"|is (?:anxious|tearful|tired|late|angry|nervous|quiet|afraid|calm|sad|my client|a client|our client))\b"
)
RELATION = (
    r"(?:(?:grand|step|god|half-)?(?:mother|father|son|daughter|sister|brother|parents?)|grand(?:ma|pa)|mom|mum|dad|husband|wife|ex-(?:wife|husband)"
    r"|spouse|partner|fiancee?|boyfriend|girlfriend|child|baby|twin|aunt|uncle|cousin|niece|nephew|friend|roommate|flatmate|neighbou?r"
    r"|boss|colleague|coworker|manager|carer|caregiver|ex|lover|landlord|sponsor)"
)
CUE = r"(?:client|patient|pt\.?|clients|patients|participant)"
ANY_CUE = r"(?:[Cc]lients?|[Pp]atients?|[Pp]t\.?|PT|[Pp]articipants?)"
STATES = (
    r"(?:AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS|MT|NC|ND|NE|NH|NJ|NM|NV|NY|OH|OK|OR|PA|RI|SC|SD"
    r"|TN|TX|UT|VA|VT|WA|WI|WV|WY|DC|PR|GU|VI|PW)"
)
STATE_NAMES = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas"
    r"|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey"
    r"|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee"
    r"|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming)"
)
TOP_LEVEL = (
    "(?:com|org|net|edu|gov|biz|name|mil|int|pro|me|health|care|clinic|info|example|test|site|online|blog|app|dev|me|tv|fm|ly|io|co|us|uk|de|ca|au|nz|ch|at|fr|it|es|nl"
    "|be|se|no|dk|fi|pl|ie|eu|mx|br|jp|in|be|cc|shop|store|page|link|social|xyz|club|life|love|space|studio|art)"
)
STREET = r"(?:street|str|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|highway|hwy|parkway|pkwy|terrace|crescent|turnpike)"
STREET_TOO = r"(?:St|Way|Place|Pl|Circle|Cir|Square|Sq|Alley|Row|Trail|Loop|Park|Heights|Hill|Close|Mews|Gardens|Walk|Path|Run|View|Ridge|Division St)"


def _code(kind: str, cue: str, code: str, *needs: str) -> Rule:
    return Rule(kind, rf"\b{cue}{TO_NUMBER}({code})", group=1, needs=needs or DIGITS)


def _digits(least: int) -> str:
    """Looks ahead: within a short run of letters and digits there are at least so many digits."""
    return rf"(?=(?:[a-z]{{0,6}}[-./ #]{{0,3}}\d){{{least}}})"


# What is harmless ------------------------------------------------------------------------------------------------------

HARMLESS = (
    # our own client codes, of which one part at least has a letter
    Rule(PASS, r"(?<![\w-])(?=[\d-]{0,6}[A-Z])[34679ACDEFGHJKMNPQRTUVWXY]{2}-[34679ACDEFGHJKMNPQRTUVWXY]{4}(?![\w-])", small=False, needs=("-",)),
    # doses and measures: "0.5 mg/kg", "150-200-250 mg"
    Rule(PASS, r"(?<![\w.-])\d{1,4}(?:[.,]\d{1,3})?(?:\s?[-x/]\s?\d{1,4}(?:[.,]\d{1,3})?){0,4}\s?(?:mg|mcg|ml|kg|cm|hz|bpm|mmhg)\b(?:/(?:kg|ml|h|min|day))?(?:/h)?", needs=DIGITS, at="digit"),
    # blood pressure
    Rule(PASS, r"(?<![\w/.-])(?:[6-9]\d|1\d\d|2[0-4]\d)/(?:[3-9]\d|1[0-4]\d)(?![\w/]|\.\d)", needs=("/",), at="digit"),
    # cited literature: "Dore et al., 2019", "Rogers (1957)", "Phelps 2017"
    Rule(PASS, rf"\b(?:(?:van der|van|von|de) )?({NAME_WORD})(?:,? et al\.?|,? (?:&|and) (?!Sons|Co\b|Daughters|Partners|Associates){NAME_WORD})(?:,? \(?{YEAR}\)?)?", needs=("et al", "&", " and "), small=False, where=((1, "given", False), (1, "author", True))),
    Rule(PASS, rf"\b(?:(?:van der|van|von|de) )?({NAME_WORD})(?:,? et al\b\.?|,? (?:&|and) {NAME_WORD} \(?{YEAR}\)?)(?:,? \(?{YEAR}\)?)?", needs=("et al", "19", "20"), small=False, where=((1, "given", False),)),
    Rule(PASS, rf"\b(?:(?:van der|van|von|de) )?({NAME_WORD}),? (?:\({YEAR}\)|{YEAR}\b)", needs=("19", "20"), small=False, where=((1, "author", True),)),
    Rule(PASS, r"\b([A-Z][A-Za-z.]{1,10} (?:van der )?[A-Z][A-Za-z-]{2,14})(?:'s)?\b", small=False, where=((1, "public", True),), at="capital"),
    Rule(PASS, rf"\b({NAME_WORD})'s (?:conditions|stance|idea|ideas|chapter|neutrality|holding|question|peak|pendulation|window|theory|model|book|work|term|concept|matrices|holotropic|hierarchy|container|paper|study|way|view|list)\b", small=False, needs=("'s",), where=((1, "author", True),), at="capital"),
)  # fmt: skip

# What is certain -------------------------------------------------------------------------------------------------------

EMAIL_AT = r"(?:\s?@\s?|\s?[\[(]\s?at\s?[\])]\s?|\s+at\s+)"
NETWORK = (
    Rule(Kind.EMAIL, r"[\w.+'-]{1,64}\s{0,2}@\s{0,2}[\w-]{1,63}(?:[\s]{0,2}\.[\w-]{1,63}){1,5}", needs=("@",)),
    Rule(Kind.EMAIL, r"\b[\w.+'-]{1,64}\s?[\[(]\s?at\s?[\])]\s?[\w-]{1,63}(?:\s?(?:\.|[\[(]?dot[\])]?)\s?[\w-]{2,63}){1,4}", needs=("at",)),
    Rule(Kind.EMAIL, rf"\b(?:[a-z] )?[\w.+'-]{{1,64}} at [\w-]{{1,63}}(?:(?: dot |\.){TOP_LEVEL}\b){{1,3}}", needs=(" at ",)),
    Rule(Kind.URL, r"(?:https?\s?:\s?//\s?|\bwww\s?\.\s?)[^\s\x00]{1,200}(?:\s\.\s[^\s\x00]{1,60})?", needs=("http", "www")),
    Rule(Kind.URL, rf"(?<![\w@.])[\w-]{{2,63}}(?:\.[\w-]{{1,63}}){{0,4}}\.{TOP_LEVEL}\b(?!\.\w)(?:/[^\s\x00]{{0,200}})?", needs=(".",)),
    Rule(Kind.URL, r"(?<![\w@./-])[a-z][\w-]{1,62}\.[a-z]{2,12}/[\w@~][^\s\x00]{0,200}", needs=("/",)),
    Rule(Kind.URL, rf"\b[\w-]{{2,63}} dot {TOP_LEVEL}\b", needs=(" dot ",)),
    Rule(Kind.DEVICE, r"(?<![\w:])[\da-f]{2}(?::[\da-f]{2}){5}(?![\w:])", needs=(":",)),
    Rule(Kind.IP, r"(?<![\w:])(?:[\da-f]{1,4}:){2,7}(?::?[\da-f]{1,4}){1,7}(?![\w:])(?<=[\da-f:]{8})", needs=(":",)),
    Rule(Kind.IP, r"(?<![\w:])[\da-f]{1,4}(?::[\da-f]{1,4}){0,6}::(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,6})?(?![\w:])", needs=("::",)),
    Rule(Kind.IP, r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\s?\.\s?(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d]|\.\d)", needs=(".",), at="digit"),
    Rule(Kind.HANDLE, r"(?<![\w@])@[a-z_][\w.-]{2,40}(?:@[\w.-]{3,60})?", needs=("@",), at="sign"),
    Rule(Kind.HANDLE, r"(?<![\w/])u/[a-z][\w-]{2,40}", needs=("u/",)),
    Rule(Kind.HANDLE, r"\b(?:instagram|insta|twitter|tiktok|tik tok|discord|skype|telegram|facebook|fb|snapchat|snap|mastodon|signal|whatsapp|threads|reddit|user ?name|screen ?name|handle|gamer ?tag|nickname|login)(?: (?:name|user|handle|id|account|is|as|was|tag|called|her|his|their)){0,3}[\s,:=-]{1,3}((?=[\w.:#-]{0,30}(?:[\d_#]|[.:-]\w))[a-z][\w.:#-]{2,40}\w)", group=1),
    Rule(Kind.HANDLE, r"\b(?:[Gg]amer ?tag|[Uu]ser ?name|[Ss]creen ?name|[Hh]andle)[\s,:]{1,3}(?:is )?([a-z]{1,8}[A-Z]\w{2,30})", group=1, small=False),
)  # fmt: skip

BIRTH_CUE = r"(?:dob|d\.o\.b|date of birth|birth ?dates?|birthday|born|geb(?:oren)?|\bb\.)"
TO_DATE = r"[\s.:,]{0,3}(?:(?:is|was|on|the|am|in)\b[\s:,]{0,2}){0,3}"
NUMERIC_DATE = (
    rf"(?:{YEAR}(?:-{MON}-{D}|/{MON}/{D}|\.{MON}\.{D})|(?:{MON} ?/ ?{D}|{D} ?/ ?{MON}) ?/ ?{YEAR}|(?:{MON}/{D}|{D}/{MON})/\d\d"
    rf"|(?:{MON}-{D}|{D}-{MON})-(?:{YEAR}|\d\d)|(?:{MON}\.{D}|{D}\.{MON})\.(?:{YEAR}|(?<=\d\d\.\d\d\.)\d\d))(?!\d|[./-]\d)"
)
WRITTEN_DATE = rf"(?:{DAY}\s(?:of\s)?{MONTH},?\s(?:{YEAR}|'\d\d)|{MONTH}\s{DAY}(?:,\s?|\s){YEAR})(?!\d)"
DATES = (
    Rule(Kind.BIRTH_DATE, rf"\b{BIRTH_CUE}{TO_DATE}({WRITTEN_DATE}|{NUMERIC_DATE}|(?:0?[1-9]|1[0-2])/{YEAR}|(?:19|20)\d{{6}}(?!\d)|(?:the\s)?{DAY}\s(?:of\s)?{MONTH}|{MONTH}\s{DAY}(?!\w)|{SURE_MONTH},?\s{YEAR})", group=1, needs=("b",)),
    Rule(Kind.BIRTH_DATE, rf"\b(?:(?:on|the)\s){{1,2}}{NUMBER_DAY}\s(?:of\s)?{MONTH}(?:,?\s(?:nineteen|twenty|two thousand)[a-z -]{{0,20}})?", needs=("th", "st", "nd", "rd")),
    Rule(Kind.DATE, rf"(?<![\d/.-]){NUMERIC_DATE}", needs=("-", "/", "."), at="digit"),
    Rule(Kind.DATE, rf"(?<!\d){WRITTEN_DATE}", needs=("19", "20", "'")),
    Rule(Kind.DATE, r"(?<!\d)[0-3]\s[0-9]\s?[/.-]\s?[01]\s[0-9]\s?[/.-]\s?[12]\s[09]\s\d\s\d(?!\d)", needs=("/", ".", "-"), at="digit"),
    Rule(Kind.DATE, r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)", needs=("19", "20"), at="digit"),
)  # fmt: skip

PHONE_CUE = r"(?:phone|telephone|tel|telefon|cell|mobile|handy|call|text|sms|reach(?:ed)?|ring|number|whatsapp|pager)"
FAX_CUE = r"(?:fax|telefax|facsimile|f)"
TO_PHONE = r"(?:\s?(?:no|nr|number|numbers|#)\b)?[\s.:#=,]{0,4}(?:(?:number|no|nr|is|was|me|him|her|them|at|on|to|the|from|under|starts|summary|came|with)\b[\s.:#=,]{0,3}){0,4}"
O9 = "[0-9o]"
AMERICAN = rf"(?:\+?1[\s.-]{{0,2}})?(?:\(\s?{O9}{{3}}\s?\)|{O9}{{3}})[\s.-]{{0,3}}{O9}{{3}}[\s.-]{{0,3}}{O9}{{4}}(?!\w)(?:\s?(?:x|ext\.?)\s?\d{{1,5}})?"
APART = (
    r"(?:\+?1[\s.-]{0,2})?(?:\(\s?\d{3}\s?\)|\d{3})[\s.-]{1,3}\d{3}[\s.-]{1,3}\d{4}(?!\w)(?:\s?(?:x|ext\.?)\s?\d{1,5})?"
)
ANY_PHONE = rf"(?:{AMERICAN}|\+?\(?\d[\d\s().-]{{4,18}}\d(?!\d)|\d{{3}}[\s.-]{O9}{{4}}(?!\w)|{SPELLED}{{5,14}})"
NUMBERS = (
    Rule(Kind.SSN, rf"\b(?:ssn|s\.s\.n\.?|ss#?|soc(?:ial)? sec(?:urity)?|social|national insurance|sin|nin)(?![a-z]){TO_NUMBER}((?:[a-z]{{2}} ?)?\d[\d -]{{2,14}}\d(?: ?[a-d]\b)?|{SPELLED}{{3,10}})", group=1, needs=("s", "nin")),
    Rule(Kind.SSN, r"(?<![\d-])\d{3}\s?[-.]\s?\d{2}\s?[-.]\s?\d{4}(?![\d-])", needs=("-", "."), at="digit"),
    Rule(Kind.SSN, r"(?<![\d-])\d{3}[ ]\d{2}[ ]\d{4}(?![\d-])", needs=(" ",), at="digit"),
    Rule(Kind.FAX, rf"\b{FAX_CUE}{TO_PHONE}({ANY_PHONE})", group=1, needs=("fax", "facs", "f:")),
    Rule(Kind.ACCOUNT, r"\b[a-z]{2}\d{2}(?: ?[a-z\d]{4}){3,7}(?: ?[a-z\d]{1,3})?\b(?<=\d..|.\d.|..\d)", needs=DIGITS),
    Rule(Kind.ACCOUNT, r"(?<![\d-])(?:\d{4}[ -]){3}\d{4}(?![\d-])|(?<![\d-])3\d{3}[ -]\d{6}[ -]\d{5}(?![\d-])", needs=DIGITS, at="digit"),
    _code(Kind.ACCOUNT, r"(?:account|acct\.?|a/c|iban|routing|visa|mastercard|amex|credit card|debit card|card|loan|customer|client number|invoice|sort code|billing|venmo|paypal|konto|kontonummer|bank)", rf"(?:acct |account ){{0,1}}{_digits(4)}{CODE}"),
    Rule(Kind.POSTCODE, r"\b(?:zip ?code|zip|postal ?code|post ?code|plz)(?:[\s.:#]|is\b|number\b){0,5}((?=[a-z ]{0,4}\d)[a-z\d]{2,4}[ -]?\d?[a-z\d]{0,5}(?:-\d{4})?|\d(?: \d){4})", group=1, needs=("zip", "post", "plz")),
    Rule(Kind.PLAN, rf"\b(?:health ?plan|medicaid|medicare|insurance|member|policy|subscriber|beneficiary|blue cross|blue shield|aetna|cigna|kaiser|humana|united ?health(?:care)?|group|claim|prior auth(?:orization|orisation)?|plan(?: member)?|krankenkasse|versicherung)(?: (?:member|policy|plan|health|card)){{0,2}}{TO_NUMBER}({_digits(4)}{CODE})", group=1, needs=DIGITS),
    Rule(Kind.PLAN, r"\b\d[a-z]{2}\d-[a-z]{2}\d-[a-z]{2}\d{2}\b", needs=("-",)),
    Rule(Kind.RECORD, rf"\b(?:mrn|m\.r\.n\.?|medical record|record|chart|patient|hospital|file|encounter|ehr|emr|unit record|nhs|visit|admission|fallnummer)(?: (?:record|file|chart)){{0,1}}{TO_NUMBER}((?:[a-z]{{1,4}}[-/#])?{_digits(4)}{CODE}|{SPELLED}{{3,12}})", group=1),
    Rule(Kind.RECORD, r"\bmrn[\s:#]{0,3}[a-z]{0,3}\d[\d -]{2,14}", needs=("mrn",)),
    Rule(Kind.VEHICLE, r"(?<![a-z\d])(?=[a-z]{0,16}\d)(?=[\da-z]{0,8}[a-hj-npr-z])[a-hj-npr-z\d]{13}\d{4}(?![a-z\d])", needs=DIGITS),
    Rule(Kind.VEHICLE, r"\b(?:licen[cs]e plates?|number plates?|plates?#?|kennzeichen|tag number|registration|vehicle id|vin|boat registration|vanity plate)(?:[\s.:#=(,]|no\b|number\b|is\b|with\b|the\b|of\b){0,6}((?=[a-z -]{0,7}\d)[a-z\d]{1,8}(?:[ -][a-z\d]{1,5}){0,2}(?<=\d|[a-z]))(?!\w)", group=1, needs=DIGITS),
    Rule(Kind.VEHICLE, r"\b[A-Z]{2,3}[ -]?\d{3,4}\b(?=,? (?:plate|parked))|(?<=\()[A-Z]{2,3} \d{3,4}(?=, plate)", small=False, needs=("plate", "parked")),
    Rule(Kind.LICENCE, rf"\b(?:(?:driver'?s?|driving|nursing|state|real estate|professional) licen[cs]e|licen[cs]e|licen[cs]ed|passport|dea|npi|certificate|certification|green ?card|state bar|bar|fuhrerschein|permit|colorado id|state id|id card|identity card|ausweis|visa)(?: (?:no|nr|number)\b\.?){{0,1}}{TO_NUMBER}((?:[a-z]{{2,8}}[-.]?)?{_digits(4)}{CODE})", group=1, needs=DIGITS),
    Rule(Kind.DEVICE, rf"\b(?:serial(?: no| number| nr)?|s/n|sn|device(?: id)?|imei|udi|implant|pump|pacemaker|sensor(?: id)?|stimulator|ring serial|model)\b\.?(?:[\s.:#=(,]|no\b|number\b|is\b|of\b|has\b|serial\b|s/n|\bid\b){{0,8}}((?:\(\d\d\)|#)?(?=[a-z-]{{0,6}}\d)[a-z\d]{{1,14}}(?:[-.][a-z\d]{{1,8}}){{0,4}}(?<![a-z]{{3}}))(?!\w)(?!{UNIT})", group=1, needs=("serial", "s/n", "sn", "device", "imei", "udi", "sensor")),
    Rule(Kind.CODE, rf"\b(?:case|inmate|student|employee|court|booking|trial|participant|subject|badge|veteran|parole|probation|study|enrol+ment|docket|police|report|barcode|accession|specimen|prisoner|tracking|reference|matriculation|personnel|ticket)(?: (?:file|report|participant|ref|reference|record|id|no|number|\bnr)\b\.?){{0,2}}{TO_NUMBER}((?:#|[a-z]{{1,4}}-)?{_digits(4)}{CODE}|(?=[a-z]{{0,4}}\d)[a-z\d]{{6,10}}(?=\b)(?!{UNIT}))", group=1, needs=DIGITS),
    Rule(Kind.PHONE, rf"\b{PHONE_CUE}{TO_PHONE}({ANY_PHONE})(?!{UNIT})", group=1),
    Rule(Kind.PHONE, rf"(?<![\w-]){APART}", needs=DIGITS, at="sign"),
    Rule(Kind.PHONE, r"(?<![\d-])\(\d{3}\)\s?\d{3}[\s.-]?\d{4}(?![\d-])|(?<![\w.-])\d{10}(?![\w])", needs=DIGITS, at="sign"),
    Rule(Kind.PHONE, r"(?<!\w)\+\d[\d\s().-]{7,20}\d(?!\d)", needs=("+",), at="sign"),
    Rule(Kind.PHONE, r"(?<![\w.-])0\d{2,4}[\s/-]{1,2}\d{3}\s?\d{2,5}(?!\d)", needs=("0",), at="digit"),
    Rule(Kind.PHONE, rf"(?<![\w.-])\d{{3}}-\d{{4}}(?![\w-])(?!{UNIT})", needs=("-",), at="digit"),
    Rule(Kind.PHONE, r"(?<!\d)\d(?:[ .-]\d){6,14}(?!\d)", needs=DIGITS, at="digit"),
    Rule(Kind.PHONE, rf"\b{SPELLED}{{6,14}}\b", needs=("three", "five", "zero", "oh", "nine", "seven", "two", "one")),
    Rule(Kind.CODE, r"(?<![\w.])#[a-z]{0,4}-?\d[\w-]{3,20}", needs=("#",), at="sign"),
    Rule(Kind.CODE, r"(?<![\w.,])\d{7,20}(?![\w])", needs=DIGITS, at="digit"),
    Rule(Kind.CODE, r"(?<![\w-])(?=[a-z\d-]{0,14}\d)(?=(?:[a-z-]{0,6}\d){5})(?=[\d-]{0,10}[a-z])[a-z\d]{2,20}(?:-[a-z\d]{1,12}){0,4}(?![\w-])", needs=DIGITS),
)  # fmt: skip

# Where somebody lives --------------------------------------------------------------------------------------------------

NOT_STREET = rf"(?!(?:{UNIT_WORD}|of\b|on\b|in\b|to\b|the\b|and\b|or\b|down\b|that\b|we\b|i\b))"
LIVES = (
    r"(?:[Ll]ives? (?:in|near|outside)|[Ll]iving (?:in|near|outside)|lived (?:in|near)|resid(?:es|ing|ed) (?:in|near)|comes? from|came from|comes from|is from|was from|are from|born (?:in|near)"
    r"|grew up (?:in|near)|moved (?:here |back |down |up |away )?(?:from|to)|drove (?:in |over |down |up )?from|drives (?:in |over )?from|works in|working in|family is in|returned to|went back to"
    r"|home (?:is )?in|train from|flew in from|travels from|flood in|fire in|house in|native of|raised in|therapist in|doctor in|flat in|apartment in|farm (?:in|near)|up in|over from|stays in|street in)"
)
PLACES = (
    Rule(Kind.ADDRESS, rf"(?<![\w.])\d{{1,5}}[a-z]?(?: ?(?:north|south|east|west|southeast|southwest|northeast|northwest|[nsew]{{1,2}})\b\.?)?(?:\s{NOT_STREET}[a-z][a-z'.]{{0,18}}|\s\d{{1,3}}(?:st|nd|rd|th)){{1,3}}\s{STREET}\b\.?(?:,? (?:apt|apartment|unit|suite|no|ste|#)\.? ?\w{{1,5}})?", needs=DIGITS, at="digit"),
    Rule(Kind.ADDRESS, rf"(?<![\w.])\d{{1,5}}[a-z]?(?: [NSEW]{{1,2}}\b\.?)?(?:\s(?:[A-Z][a-z'.]{{1,18}}|\d{{1,3}}(?:st|nd|rd|th))){{1,3}}\s{STREET_TOO}\b\.?(?:,? (?:Apt|Unit|Suite|No|Ste|#)\.? ?\w{{1,5}})?", needs=DIGITS, small=False, at="digit"),
    Rule(Kind.ADDRESS, r"(?<![\w.])\d{2,5}(?: [A-Z][a-z'.]{1,18}){2,3},? (?:Apt|Apartment|Unit|Suite|Ste|#)\.? ?\w{1,5}", small=False, needs=DIGITS, at="digit"),
    Rule(Kind.ADDRESS, r"\b(?:[Ll]ives|[Ll]iving|[Ll]etter|[Hh]ouse|[Mm]oved|[Aa]ddress|[Ss]leeps|[Ss]tays|[Hh]ome) (?:is )?(?:at|to|went to|is at) (\d{2,5}[a-z]?(?: [A-Z][a-z'.]{1,18}){2,3})", group=1, small=False, needs=DIGITS),
    Rule(Kind.ADDRESS, r"\bp\.? ?o\.? ?box \d{1,6}|\brr ?\d{1,3},? box \d{1,5}", needs=("box",)),
    Rule(Kind.ADDRESS, r"\b[a-z]{2,20}(?:strasse|strase|str\.|weg|platz|allee|gasse|damm|ufer) \d{1,4}[a-z]?\b", needs=DIGITS),
    Rule(Kind.ADDRESS, r"(?<![\w.])\d{1,4},? (?:bis |ter )?(?:rue|avenue|boulevard|chemin|quai|impasse|calle|via|viale|piazza|rua|avenida)(?: (?:de|du|des|la|le|del|della|l'|d'|las|los|[a-z'-]{3,20})){1,5}", needs=DIGITS, at="digit"),
    Rule(Kind.ADDRESS, r"\b(?:suite|apt|apartment|unit)\.? ?#?\d{1,5}[a-z]?(?:,)? (?:\d{1,5} )?[\w ]{0,20}\b(?:street|st|ave|avenue|road|rd|blvd)\b", needs=("suite", "apt", "apartment", "unit")),
    Rule(Kind.ADDRESS, r"\b(?:[A-Z][a-z']{1,18} ){1,3}(?:Street|Avenue|Lane|Road|Boulevard|Drive|Court|Blvd|Ave|Rd|Terrace|Parkway|Crescent)\b", small=False, needs=("street", "avenue", "lane", "road", "boulevard", "drive", "court", "blvd", "ave", "rd", "terrace", "parkway", "crescent")),
    Rule(Kind.POSTCODE, rf"\b(?:[A-Z][a-z]{{2,15}},? )?{STATES},? \d{{5}}(?:-\d{{4}})?(?!\d)", small=False, needs=DIGITS),
    Rule(Kind.POSTCODE, rf"\b{STATE_NAMES},? \d{{5}}(?:-\d{{4}})?(?!\d)", small=False, needs=DIGITS),
    Rule(Kind.POSTCODE, r"(?<![\d-])\d{5}-\d{4}(?![\d-])|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b[A-Z]\d[A-Z] \d[A-Z]\d\b", small=False, needs=DIGITS),
    Rule(Kind.PLACE, rf"\b(?:(?:Fort|Lake|Port|Saint|St\.|San|Santa|Los|Las|Mount|New|North|South|East|West|El|La|Steamboat|Colorado|Grand) )?([A-Z][a-z]{{2,18}})(?: (?:City|Springs|Falls|Beach|Heights|Junction|Rapids|Grove))?,? (?:{STATES}\b|{STATE_NAMES})", small=False, where=((1, "ordinary", False),)),
    Rule(Kind.PLACE, r"\b([A-Z][a-z]{2,18}) (?:County|Township|Borough|Parish|District|Heights|Springs|Falls|Junction|Neighborhood|Quarter)\b", small=False, where=((1, "ordinary", False),), at="capital"),
    Rule(Kind.PLACE, r"\b(?:Fort|Lake|Port|Saint|San|Santa|Los|Las|Mount|Baton|Steamboat|Grand|Estes|Hood) ([A-Z][a-z]{2,18})\b", small=False, where=((1, "ordinary", False),)),
    Rule(Kind.PLACE, rf"\b{LIVES} (?:the |a |downtown |old |rural |central )?({NAME_WORD}(?: {NAME_WORD})?)", small=False, group=1, where=((1, "ordinary", False), (1, "given", False))),
    Rule(Kind.PLACE, rf"\b{LIVES} (?:the |a |downtown |old |rural |central )?([a-z]{{3,18}})\b", group=1, where=((1, "town", True), (1, "ordinary", False), (1, "either", False))),
    Rule(Kind.PLACE, r"\b(?:in|from|to|near|at|outside|around|via) ([A-Z][a-z]{2,18})\b", small=False, group=1, where=((1, "town", True), (1, "ordinary", False), (1, "either", False))),
    Rule(Kind.PLACE, r"\b([A-Z][a-z]{2,18})\b", small=False, group=1, where=((1, "town", True), (1, "ordinary", False), (1, "either", False), (1, "given", False), (1, "surname", False), (1, "author", False)), at="capital"),
)  # fmt: skip

# Where somebody works --------------------------------------------------------------------------------------------------

HOUSE = (
    r"(?:Hospital|School|Elementary(?: School)?|High School|Middle School|Academy|College|University|Church|Cathedral|Temple|Mosque|Synagogue|Motors|Shipyard|shipyard|Philharmonic"
    r"|Orchestra|Sheriff's Office|Police Department|Fire Department|Bakery|Brewery|Restaurant|Cafe|Diner|Bank|Foods|Farms|Industries|Logistics|Hotel|Library|Museum|Airlines|Airport"
    r"|LLC|Inc|Ltd|Corp|Corporation|Company|GmbH|& Sons|& Co)"
)
WORKS = (
    r"(?:works? (?:at|for|with)|worked (?:at|for)|working (?:at|for)|employed (?:by|at)|employee (?:of|at)|let go (?:from|by)|fired (?:from|by)|laid off (?:from|by)|nurse at|teacher at|teaches at|barista at"
    r"|manager at|clerk at|driver for|deputy with|officer with|welder at|cook at|chef at|student at|studies at|studied at|goes to school at|runs the [a-z]{3,12}|owns|owned|founder of|preaches at|pastor of|chairs|coaches(?: the)?|plays (?:[a-z]{3,10} )?(?:in|for|with)(?: the)?)"
)
NAMED_THING = (
    r"(?:(?:Saint|St\.|The) )?(?:[A-Z][A-Za-z'.-]{1,20})(?: (?:of |on |at |and |& |the )?[A-Z][A-Za-z'.-]{1,20}){0,3}"
)
WORKPLACES = (
    Rule(Kind.WORKPLACE, rf"\b(?:[A-Z][a-z'.-]{{1,20}} ){{1,3}}{HOUSE}\b(?: of (?:the )?[A-Z][a-z]{{2,20}})?", small=False),
    Rule(Kind.WORKPLACE, r"\b(?:University|College|Bank|Church|Rotary Club|Lions Club|Hospital|School) of (?:the )?[A-Z][a-z]{2,20}\b", small=False),
    Rule(Kind.WORKPLACE, rf"\b{WORKS} (?:the )?(Google|Apple|Amazon|Microsoft|Facebook|Meta|Tesla|Netflix|Disney|Pixar|Instagram|Harvard|Stanford|Yale|Naropa)\b", group=1, small=False),
    Rule(Kind.WORKPLACE, rf"\b{WORKS} (?:the |a )?({NAMED_THING})", group=1, small=False, where=((1, "ordinary", False),)),
)  # fmt: skip

# Days and great ages ---------------------------------------------------------------------------------------------------

NOT_A_DAY = rf"(?!\w|[.,:/-]\d|{UNIT}|\s?(?:of \d|out of|more|dosing|preparation|integration))"
COUNTED = r"(?!\s(?:visit|session|dosing|meeting|floor|week|day|hour|minute|time|attempt|page|step|observation|century|grade|chapter|month|year|dose|one|of (?:six|four|five|eight|three|\d)|integration|preparation|breath|and))"
PARTS_OF_DATES = (
    Rule(Kind.PART_DATE, rf"(?<!\w)(?:the )?{DAY}\s?(?:of\s)?(?:{SURE_MONTH})(?!\w)", needs=DIGITS),
    Rule(Kind.PART_DATE, rf"(?<!\w){SURE_MONTH}\s{DAY}{NOT_A_DAY}(?:\s?(?:to|-|until)\s?(?:{SURE_MONTH}\s)?{DAY}{NOT_A_DAY})?", needs=DIGITS),
    Rule(Kind.PART_DATE, rf"(?<![\w.])May\s{DAY}{NOT_A_DAY}(?:\s?(?:to|-|until)\s?(?:May\s)?{DAY})?|(?<!\w)(?:the )?{DAY}\s(?:of\s)?May(?!\w)", small=False, needs=("may",)),
    Rule(Kind.PART_DATE, rf"\b(?:in|since|until|from|by)\s(?:early |late |mid-?)?({SURE_MONTH}|may),?\s{YEAR}(?!\d)", needs=("19", "20")),
    Rule(Kind.PART_DATE, rf"\b(?:on|since|until|before|after|by|{WEEKDAY},?)\s(?:0?[1-9]|1[0-2])/(?:0[1-9]|[12]\d|3[01])(?![\d/])", needs=("/",)),
    Rule(Kind.PART_DATE, rf"\b(?:on|since|until|{WEEKDAY},?)\sthe\s{D}(?:st|nd|rd|th)\b{COUNTED}", needs=("th", "st", "nd", "rd")),
    Rule(Kind.PART_DATE, rf"\b{WEEKDAY},?\s(?:the\s)?{D}(?:st|nd|rd|th)\b", needs=("day",)),
    Rule(Kind.PART_DATE, rf"\b(?:new year'?s(?: eve| day)?|christmas(?: eve| day)?|thanksgiving|easter(?: sunday)?|valentine'?s day|independence day|halloween|labor day|memorial day),? (?:of |in )?{YEAR}\b", needs=("19", "20")),
    Rule(Kind.AGE, r"\b(?:aged?|age is|age of)[\s:]{1,2}(?:9\d|1[0-2]\d)(?!\w|[./:]\d)", needs=("age",)),
    Rule(Kind.AGE, r"(?<![\w./-])(?:9\d|1[01]\d)\s?-?\s?(?:y/?o\b|yo\b|y\.o\.?|yrs?[ -]old|years?[ -]old|year-old|years of age|jahre?(?: alt)?\b|anos\b|ans\b)", needs=DIGITS, at="digit"),
    Rule(Kind.AGE, r"\b(?:lived|for) (?:ninety|a hundred)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))? years\b|\bninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?(?:[ -]years?[ -]old|[ -]year[ -]old)|\b(?:at|aged|age|is|was|turned|of) (?:ninety|a hundred|one hundred)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?\b(?! (?:minutes|percent|mg|milligrams|days|seconds|times|people|hours|per))", needs=("ninety", "hundred")),
    Rule(Kind.AGE, rf"\b(?:turn(?:ed|s)|turning|who is|he is|she is|he's|she's|{CUE} is|{CUE} \(|{CUE}, |woman of|man of|mother is|father is|now) ?(?:9\d|1[01]\d)(?!\w|[./:-]\d|\s?(?:%|/)|{UNIT})", needs=("9", "1")),
    Rule(Kind.AGE, r"(?<=[a-z] \()9\d(?=\))", needs=("(9",), at="digit"),
)  # fmt: skip

# Names -----------------------------------------------------------------------------------------------------------------

SURNAMES = rf"(?:{SPACE}{NAME_WORD}|{SPACE}[A-Z]\.)"
NAMES = (
    Rule(Kind.NAME, rf"(?<!\d)(?<!\d )\b(?:[Mm]rs?|[Mm]s|Miss|[Mm]x|[Ff]rau|[Hh]err|Madame|Monsieur|Mme|[Ss]enora?|[Ss]ignora?|Sra?|Don|Dona|MR|MRS|MS)\b\.?(?:{SPACE}?(?:&|and|und){SPACE}?(?:[Mm]rs|[Mm]s|[Mm]r|[Ff]rau)\.?)?{SPACE}({NAME_WORD}{SURNAMES}?(?:-{NAME_WORD})?|[A-Z]{{3,20}}\b|[A-Z]\.(?:{SPACE}?{NAME_WORD})?)", small=False),
    Rule(Kind.NAME, r"(?<!\d)(?<!\d )\b(?:mr|mrs|ms)\.? ([a-z]{3,20}(?:-[a-z]{3,20})?)\b", where=((1, "ordinary", False),)),
    Rule(Kind.NAME, rf"\b(?:[Dd]r|Prof|Rev|Reverend|Sgt|Sergeant|Lt|Capt|Captain|Cpl|Officer|Judge|Deputy|Professor|Doctor|Pastor|Father|Sister|Brother|Rabbi|Imam|Chief|Detective|Nurse|Coach|Senator|Councilman|Aunt|Auntie|Uncle|Grandma|Grandpa)\b\.?{SPACE}(({NAME_WORD}){SURNAMES}{{0,2}})", small=False, where=((2, "ordinary", False), (2, "author", False))),
    Rule(Kind.NAME, rf"\b{ANY_CUE},?(?: named| called| is called| by the name of| is named|,)?{SPACE}(({NAME_WORD}){SURNAMES}{{0,2}})", group=1, small=False, where=((2, "ordinary", False), (2, "short", False))),
    Rule(Kind.NAME, rf"\b{CUE}:? (?:named |called )?([a-z]{{3,20}})\b(?: [a-z]{{3,20}}\b)?", group=1, where=((1, "given", True), (1, "short", False))),
    Rule(Kind.NAME, rf"\b(?:[Nn]amed|[Cc]alled|name is|name was|names? of|goes by(?: the name(?: of)?)?|known as|name,|call (?:him|her|them)|nickname(?: is)?){SPACE}(({NAME_WORD}){SURNAMES}{{0,2}})", group=1, small=False, where=((2, "ordinary", False), (2, "author", False))),
    Rule(Kind.NAME, r"\b(?:named|called|name is|name was|goes by|call him|call her) ([a-z]{2,20})\b", group=1, where=((1, "given", True),)),
    Rule(Kind.NAME, rf"\b{RELATION}(?:'s)?,?(?: (?:is |was |whom she calls )?(?:named|called))?,?{SPACE}(({NAME_WORD}){SURNAMES}{{0,2}})", group=1, small=False, where=((2, "ordinary", False), (2, "author", False), (2, "short", False))),
    Rule(Kind.NAME, rf"\b{RELATION},? ({NAME_WORD})\b", group=1, small=False, where=((1, "either", True),)),
    Rule(Kind.NAME, rf"\b{RELATION}(?: of (?:his|her|their|the client's|my client's) [a-z]{{3,12}})?,? ([a-z]{{3,20}})\b", group=1, where=((1, "given", True),)),
    Rule(Kind.NAME, rf"\b({NAME_WORD}){SURNAMES}{{1,3}}", small=False, where=((1, "given", True),), at="capital"),
    Rule(Kind.NAME, rf"\b({NAME_WORD}){SPACE}({NAME_WORD})(?:{SPACE}({NAME_WORD}))?", small=False, where=((1, "either", True), (2, "ordinary", False)), at="capital"),
    Rule(Kind.NAME, rf"\b({NAME_WORD}){SPACE}({NAME_WORD})\b", small=False, where=((1, "either", True), (2, "either", True)), at="capital"),
    Rule(Kind.NAME, rf"\b{NAME_WORD}, ({NAME_WORD})(?= - | – |:)", small=False, where=((1, "given", True),), at="capital"),
    Rule(Kind.NAME, rf"\b({NAME_WORD})(?:-{NAME_WORD})?\b", small=False, where=((1, "given", True),), at="capital"),
    Rule(Kind.NAME, r"\b([A-Z]{3,20}) [A-Z]{3,20}\b", small=False, where=((1, "given", True),), at="capital"),
    Rule(Kind.NAME, r"\b([A-Z]{4,20})\b", small=False, where=((1, "given", True),), at="capital"),
    Rule(Kind.NAME, rf"\b{NO_NOUN}({NAME_WORD})(?='s (?:hand|hands|voice|face|eyes|body|anger|tears|breath|shoulder|story|grief|fear|silence|mother|father|husband|wife|sister|brother|son|daughter|case|session|husband|partner)\b|{SPACE}{PERSON_DID})", small=False, where=((1, "ordinary", False), (1, "author", False), (1, "short", False)), at="capital"),
    Rule(Kind.NAME, rf"(?<=[a-z,;]\s)({NAME_WORD})(?={SPACE}(?:{PERSON_DID}|(?:would|could|has|had|was|is|and I|and she|and he)\b))", small=False, where=((1, "either", True),), at="capital"),
    Rule(Kind.NAME, rf"\b({NAME_WORD})(?={SPACE}(?:said|told|asked|wept|smiled|laughed|wanted|held|cried|joked|whispered|sobbed|gripped|opened|closed|looked|nodded|talked|phoned|spoke|sat)\b)", small=False, where=((1, "either", True),), at="capital"),
    Rule(Kind.NAME, rf"\b(?:[Tt]old|[Aa]sked|[Mm]et|[Ss]at with|[Ss]it with|[Ss]aw|[Cc]alled|[Tt]hanked|[Hh]eld|[Tt]o see|[Ww]orked with|[Ss]poke (?:to|with)|[Tt]alked (?:to|with)|[Ww]ith|[Ss]ession of|[Ii]ntegration of|[Pp]reparation of|[Pp]reparation with|[Ii]ntegration with|[Ff]or|[Aa]bout|[Bb]ecause|[Ff]rom|[Bb]y){SPACE}({NO_NOUN}({NAME_WORD}){SURNAMES}{{0,2}})", group=1, small=False, where=((2, "ordinary", False), (2, "author", False), (2, "short", False), (2, "town", False))),
    Rule(Kind.NAME, rf"\b(?:[Tt]old|[Aa]sked|[Ss]at with|[Ss]it with|[Tt]hanked|[Ww]orked with|[Ss]poke (?:to|with)|[Tt]alked (?:to|with)|[Ss]ession with|[Dd]osing with|[Ww]as with){SPACE}({NAME_WORD})\b", group=1, small=False, where=((1, "either", True),)),
    Rule(Kind.NAME, r"\b(?:told|asked|sat with|sit with|met|saw|thanked|worked with|spoke to|spoke with|talked to|talked with|session with|with|session of) ([a-z]{3,20})(?: [a-z]{3,20})?\b", group=1, where=((1, "given", True),)),
    Rule(Kind.NAME, r"\b([a-z]{3,20}) ([a-z]{3,20})\b", where=((1, "given", True), (2, "surname", True))),
    Rule(Kind.NAME, rf"(?<=[a-z0-9,;]\s){NO_NOUN}({NAME_WORD}) {NO_NOUN}({NAME_WORD})(?: {NAME_WORD})?\b", small=False, where=((1, "ordinary", False), (2, "ordinary", False), (1, "author", False), (2, "author", False), (1, "town", False), (1, "short", False)), at="capital"),
    Rule(Kind.NAME, rf"\b({NAME_WORD})\b", small=False, where=((1, "surname", True), (1, "author", False), (1, "town", False)), at="capital"),
)  # fmt: skip

NOT_INITIALS = r"(?!(?:P\.S|U\.S|U\.K|A\.M|P\.M|N\.B|D\.C|Q\.I\.D|T\.I\.D|B\.I\.D|P\.O|I\.V|I\.M|S\.L|Ph\.D|M\.D|R\.N|B\.P|H\.R)\b)"
INITIALS = (
    Rule(Kind.INITIALS, rf"(?<![\w.]){NOT_INITIALS}[A-Z]\.\s?[A-Z]\.(?:\s?[A-Z]\.){{0,2}}", small=False, needs=(".",), at="capital"),
    Rule(Kind.INITIALS, r"(?<![\w.&] )(?<![\w.-])[A-Z]-[A-Z]\.", small=False, needs=("-",), at="capital"),
    Rule(Kind.INITIALS, r"(?<![\w.])[A-Z]\.\s(?:([A-Z][a-z]{2,20}))\b", small=False, needs=(".",), where=((1, "ordinary", False),), at="capital"),
    Rule(Kind.INITIALS, r"(?<![\w.])(?<!Vitamin )(?<!vitamin )(?<!Plan )(?<!Appendix )(?<!Room )(?<!Type )(?<!type )[A-HJ-Z]\.(?= [a-z])", small=False, needs=(".",), at="capital"),
    Rule(Kind.INITIALS, rf"\b(?:[Cc]lients?|[Pp]atients?|[Pp]t\.?|PT){SPACE}\(?([A-Z]{{2,3}})\b(?!-)", group=1, small=False, where=((1, "short", False),)),
    Rule(Kind.INITIALS, r"\b(?:client|patient|pt\.?|clients|patients) ([a-z]{2})\b", group=1, where=((1, "short", False),)),
    Rule(Kind.INITIALS, rf"\b(?:[Ss]ession (?:of|with)|[Ss]at with|[Mm]et|[Tt]old|[Aa]sked|[Pp]reparation (?:of|with|for)|[Ii]ntegration (?:of|with)|[Ss]aw){SPACE}([A-Z]{{2,3}})\b(?!-)", group=1, small=False, where=((1, "short", False),)),
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    Rule(PASS, TOMBSTONE, needs=("removed by the reviewer",)),
    *HARMLESS[:1],
    *NETWORK,
    *DATES,
    *NUMBERS,
    *HARMLESS[1:],
    *PLACES,
    *PARTS_OF_DATES,
    *WORKPLACES,
    *NAMES,
    *INITIALS,
)
