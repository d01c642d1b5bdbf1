"""Fresh notes from a seed: sentences of ours around values that Faker draws, so that no list of ours knows them.

Names are drawn for five countries in the proportion of a clinic in the United States; numbers and addresses take the
forms of Faker's American and European providers.
"""

import random
from collections.abc import Iterator

from faker import Faker

from tests.supervision.guard.notes import Note, marked

LOCALES = {"en_US": 14, "es_MX": 3, "en_IN": 1, "de_DE": 1, "fr_FR": 1}
BEFORE = (
    "",
    "A long hour. ",
    "Second visit, 75 mg, 128/82. ",
    "I spoke too much. ",
    "PHQ-9 14. We began with the breath. ",
)
AFTER = ("", " I noticed my own haste.", " Next time I wait.", " BP 120/80 at the end.", " My supervisor said: slower.")
TEMPLATES = {
    "full_name": ("I sat with [[{name}]] for the whole hour.", "[[{name}]] asked to stop the music.", "My client [[{name}]] was quiet.", "Integration with [[{name}]] went well."),
    "titled_name": ("[[Mrs. {last}]] wept.", "I told [[Mr. {last}]] that we could stop.", "It was hard for [[Ms {last}]] to return."),
    "given_name": ("[[{first}]] told me about the dream.", "I asked [[{first}]] what was needed.", "The client, [[{first}]], wanted the light on.", "When [[{first}]] cried I held still."),
    "initials": ("[[{i}.{j}.]] was anxious before the dose.", "Client [[{i}{j}]] felt nothing at first.", "I sat with [[{i}. {j}.]] in silence."),
    "relative": ("Her brother [[{first}]] waited outside.", "His wife, [[{first}]], called the desk.", "He missed his daughter [[{first}]]."),
    "employer": ("The client works at [[{last} Motors]].", "She teaches at [[{last} Elementary School]].", "He is a nurse at [[{last} Memorial Hospital]]."),
    "address": ("The client lives at [[{street}]].", "We sent the letter to [[{street}]]."),
    "town": ("She lives in [[{city}]] and drives far.", "He comes from [[{city}]].", "The client grew up in [[{city}]]."),
    "zip": ("Her ZIP code is [[{zip}]].", "The letter went to {state} [[{zip}]]."),
    "full_date": ("On [[{long}]] we had the second dosing.", "Session of [[{slash}]]: too many words.", "[[{iso}]] preparation.", "He was sober since [[{short}]]."),
    "birth_date": ("DOB [[{slash}]], from the form.", "She was born on [[{long}]]."),
    "part_date": ("She was admitted on [[{monthday}]].", "It happened on [[{daymonth}]] and came back."),
    "age": ("The client is [[{old} years old]].", "A [[{old}-year-old]] widow.", "He is [[aged {old}]]."),
    "phone": ("Her number is [[{phone}]].", "Call [[{phone}]] if needed.", "I wrote down [[{plainphone}]] by mistake."),
    "fax": ("Fax: [[{plainphone}]]", "The fax is [[{plainphone}]]."),
    "email": ("Write to [[{email}]].", "[[{email}]] is her address.", "He spelled [[{spelledemail}]] for me."),
    "ssn": ("SSN [[{ssn}]]", "The form shows [[{ssn}]] in clear."),
    "mrn": ("MRN [[{n7}]]", "Chart number [[{a}-{n5}]] lay open.", "The medical record no. is [[{n8}]]."),
    "plan": ("Member ID [[{a}{a2}{n8}]]", "Her insurance number is [[{a}{n8}]]."),
    "account": ("Account [[{n8}]] was charged.", "IBAN [[{iban}]]", "Card [[{card}]] was refused."),
    "licence": ("Driver's license [[{a}{n7}]]", "Passport number [[{a}{n8}]]", "licence no. [[{a}{a2}.{n5}]]"),
    "vehicle": ("License plate [[{plate}]] stood outside.", "VIN [[{vin}]] on the paper."),
    "device": ("Pacemaker serial [[{a}{a2}{n7}]]", "MAC [[{mac}]] of the tablet"),
    "url": ("Her page is [[{url}]]", "See [[{domain}/{user}]] for the band."),
    "ip": ("Joined from [[{ip4}]].", "IP [[{ip6}]] in the log."),
    "handle": ("She posts as [[@{user}]].", "Instagram: [[{user}]]", "his username is [[{user}]]"),
    "code": ("Case number [[{n4}-{a}{a2}-{n5}]]", "inmate number [[{a}-{n5}]]"),
}  # fmt: skip
HARMLESS = (
    "{dose} mg at minute {minute}, {sys}/{dia} before, and I stayed with the breath.",
    "The lozenge of {dose} mg took {minute} minutes; distress fell from {high}/10 to {low}/10.",
    "PHQ-9 {high}, GAD-7 {low}, {minute} % of the hour was silence.",
    "Session {low} of {high}, {minute} minutes of preparation.",
    "From {hour}:{minute} to {hour2}:{minute2} we worked on touch and consent.",
    "See section {low}.{high} and page {page}; {author} {year} says it better.",
    "{author} ({year}) would have waited longer.",
    "A client of {age} years, two earlier treatments, since {year} in recovery.",
    "Module {low}: {module} was on my mind.",
    "Hope rose in the room, and I will mark that, may it last.",
    "{dose}-{dose2} mg, then {dose} mg; heart rate {page2}, oxygen {sat} %.",
    "I have logged {minute} of {page} hours in week {low}.",
    "{weekday} is my day for dosing; in {month} the clinic was full.",
)
AUTHORS = ("Phelps", "Grof", "Rogers", "Yalom", "Winnicott", "Siegel", "Levine", "Mithoefer")
MODULES = (
    "Ethics and Boundaries",
    "Trauma and Dissociation",
    "Medical Safety",
    "Set and Setting",
    "Integration and Closing",
)


def identified(seed: int, each: int) -> Iterator[Note]:
    """`each` notes of every class."""
    draw = random.Random(seed)
    people = {locale: Faker(locale) for locale in LOCALES}
    for number, faker in enumerate(people.values()):
        faker.seed_instance(seed + number)
    for kind, templates in TEMPLATES.items():
        for turn in range(each):
            locale = draw.choices(list(LOCALES), list(LOCALES.values()))[0]
            text = templates[turn % len(templates)].format_map(_values(draw, people[locale], people["en_US"]))
            yield marked(kind, draw.choice(BEFORE) + text + draw.choice(AFTER))


def harmless(seed: int, count: int) -> Iterator[Note]:
    draw = random.Random(seed)
    for turn in range(count):
        yield Note("harmless", draw.choice(BEFORE) + HARMLESS[turn % len(HARMLESS)].format_map(_measures(draw)))


def _values(draw: random.Random, here: Faker, american: Faker) -> dict[str, str]:
    day = american.date_between("-60y", "-1y")
    letters = [draw.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(4)]
    first, last = here.first_name(), here.last_name()
    email = american.email()
    return {
        "name": f"{first} {last}",
        "first": first,
        "last": last,
        "i": letters[0],
        "j": letters[1],
        "street": american.street_address(),
        "city": american.city(),
        "zip": american.zipcode(),
        "state": american.state_abbr(),
        "long": f"{day:%B} {day.day}, {day.year}",
        "short": f"{day.day} {day:%b} {day.year}",
        "slash": f"{day:%m/%d/%Y}",
        "iso": day.isoformat(),
        "monthday": f"{day:%B} {day.day}",
        "daymonth": f"{day.day} {day:%B}",
        "old": str(draw.randint(90, 104)),
        "phone": american.phone_number(),
        "plainphone": american.basic_phone_number(),
        "email": email,
        "spelledemail": email.replace("@", " at ").replace(".", " dot "),
        "ssn": american.ssn(),
        "plate": american.license_plate(),
        "vin": american.vin(),
        "mac": american.mac_address(),
        "iban": american.iban(),
        "card": american.credit_card_number("visa16"),
        "url": american.url(),
        "domain": american.domain_name(),
        "user": american.user_name() + draw.choice(("", "_", ".x")) + str(draw.randint(1, 99)),
        "ip4": american.ipv4(),
        "ip6": american.ipv6(),
        "a": letters[2],
        "a2": letters[3],
        **{f"n{size}": str(draw.randrange(10 ** (size - 1), 10**size)) for size in (4, 5, 7, 8)},
    }


def _measures(draw: random.Random) -> dict[str, str | int]:
    return {
        "dose": draw.choice((25, 50, 75, 100, 150, 200, 0.5)),
        "dose2": draw.choice((250, 300)),
        "minute": draw.randint(10, 59),
        "minute2": draw.randint(10, 59),
        "hour": draw.randint(8, 12),
        "hour2": draw.randint(13, 18),
        "sys": draw.randint(100, 179),
        "dia": draw.randint(60, 109),
        "high": draw.randint(5, 27),
        "low": draw.randint(1, 4),
        "page": draw.randint(60, 250),
        "page2": draw.randint(55, 120),
        "sat": draw.randint(91, 99),
        "year": draw.randint(1957, 2025),
        "age": draw.randint(18, 88),
        "author": draw.choice(AUTHORS),
        "module": draw.choice(MODULES),
        "weekday": draw.choice(("Monday", "Tuesday", "Thursday")),
        "month": draw.choice(("May", "April", "June", "October")),
    }
