"""The paper itself, without a database: accessible, complete, unbroken by any name or number of lines."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from certificates.paper.drawing import A4, LETTER, Certificate, draw_badge, draw_pdf, draw_preview
from certificates.presentation import CertificateFacts, Fact
from lms.paper.coverage import MISSING, printable
from tests.certificates.paper.reading import attachments_of, codes_on, faults_of, fonts_of, ink_on, page_sizes, text_of

ADDRESS = "https://academy.example/verify/7QK2-M4RD-X9VB-03TN-5HJW-8PCE-6YGA/"
HOURS = [Fact("Supervised practice", "61 h 30 min"), Fact("In dosing sessions", "18 h 30 min")]
FACTS = CertificateFacts(
    holder="Zoë Ångström-Núñez",
    title="KAP Practitioner Certificate",
    all=[
        Fact("Issued by", "Plumbline Institute", name="issuer"),
        Fact("Program", "Ketamine-assisted psychotherapy", name="program"),
        Fact("Standard", "KAP Practitioner Certificate, version 1", name="standard"),
        Fact("Discipline at the award", "Psychologist", name="discipline"),
        Fact("Awarded on", "23 Nov 2026", name="awarded"),
        Fact("Valid until", "No end: completion is a lasting fact", name="valid_until"),
        Fact("Conferred by", "Dana Director", name="conferred_by"),
        Fact("Practice assessed by", "Dr Samuel Supervisor, Anne Other", name="assessors"),
    ],
    hours=HOURS,
    year="2026",
    is_demonstration=False,
)
CERTIFICATE = Certificate(FACTS, ADDRESS, '{"a":"ü\\u0000 #x"}', "a.b.c", datetime(2026, 11, 23, 12, tzinfo=UTC))
LONG_WORDS = "Advanced Practitioner Certificate in Ketamine-Assisted and Legal Psychedelic-Assisted Psychotherapy"
LONG = replace(
    FACTS,
    holder="Wilhelmina Anastasía-Þórhildur von Hohenlohe-Waldenburg-Schillingsfürst",
    title=f"Demonstration: {LONG_WORDS} for Prescribers and Therapists",
    is_demonstration=True,
    all=[
        replace(fact, value=value)
        for fact, value in zip(
            FACTS.all,
            [
                "The Rocky Mountain Institute for Psychedelic-Assisted Psychotherapy and Integration, Incorporated",
                f"{LONG_WORDS} (two years)",
                f"{LONG_WORDS}, version 12",
                "Psychiatric mental health nurse practitioner",
                "30 Sep 2026",
                "30 Sep 2029",
                "Prof. Dr. Giovanni Battista da Montefeltro",
                "Anne-Marie de la Tour d’Auvergne, Samuel Supervisor, Jean-Baptiste Poquelin and 12 others",
            ],
            strict=True,
        )
    ],
    hours=[
        Fact("Direct contact", "146 h 30 min, 12 h 30 min of it transferred"),
        *(Fact(f"Category {number} of supervised practice", f"{number} h 30 min") for number in range(1, 20)),
    ],
)
MANY = replace(FACTS, hours=[Fact(f"Category {number} of practice", f"{number} h") for number in range(1, 121)])
NOTHING_MORE = replace(FACTS, hours=[], all=FACTS.all[:5])


def drawn(facts=FACTS, paper=A4):
    return draw_pdf(replace(CERTIFICATE, facts=facts), paper)


@pytest.mark.parametrize("paper", [A4, LETTER])
@pytest.mark.parametrize("facts", [FACTS, LONG, MANY, NOTHING_MORE], ids=["usual", "long", "many", "bare"])
def test_it_passes_pdf_ua_1_with_ordinary_and_extreme_content(facts, paper):
    assert faults_of(drawn(facts, paper)) == []


@pytest.mark.parametrize(("paper", "size"), [(A4, (297, 210)), (LETTER, (279, 216))])
@pytest.mark.parametrize("facts", [FACTS, LONG, NOTHING_MORE], ids=["usual", "long", "bare"])
def test_everything_stands_on_one_landscape_page(facts, paper, size):
    pdf = drawn(facts, paper)
    assert page_sizes(pdf) == [size]
    text = text_of(pdf)
    for words in (facts.holder, facts.title, *(fact.value for fact in facts.all), *map(shown, facts.hours)):
        assert words in text
    assert "not a licence to practise" in text


def shown(line):
    return f"{line.label} {line.value}"


def test_very_many_lines_get_a_second_page_and_none_is_lost():
    pdf = drawn(MANY)
    assert len(page_sizes(pdf)) == 2
    assert [line for line in MANY.hours if shown(line) not in text_of(pdf)] == []
    assert "HOURS AT THE AWARD: ON THE SECOND PAGE" in text_of(pdf)


@pytest.mark.parametrize("paper", [A4, LETTER])
@pytest.mark.parametrize("facts", [FACTS, LONG], ids=["usual", "long"])
def test_a_telephone_reads_the_address_which_also_stands_beside_it(facts, paper):
    pdf = drawn(facts, paper)
    assert codes_on(pdf) == [ADDRESS]
    assert "https://academy.example/verify/ 7QK2-M4RD-X9VB-03TN-5HJW-8PCE-6YGA" in text_of(pdf)


def test_only_our_fonts_are_used_and_each_lies_in_the_file():
    fonts = fonts_of(drawn(replace(LONG, holder="李明 محمد Zoë")))
    assert all(fonts.values())
    families = {name.split("-")[0] for name in fonts}
    assert {"SourceSerif4", "SourceSerif4Display", "Inter", "WenQuanYiMicroHei", "DejaVuSans"} == families


def test_the_attachments_are_the_exact_bytes_with_type_and_description():
    assert attachments_of(drawn()) == {
        "credential.json": (
            CERTIFICATE.signed_json.encode(),
            "application/vc+ld+json",
            "The signed credential (Open Badges 3.0, JSON-LD with an embedded proof)",
        ),
        "credential.jwt": (b"a.b.c", "application/vc+jwt", "The same credential as a signed token (VC-JWT)"),
    }


def test_the_same_certificate_gives_the_same_bytes():
    assert drawn() == drawn()


HOSTILE = [
    '#import "@preview/x:1.0.0": * #panic()',
    '*bold* _it_ = Title <label> @ref $x^2$ // "quoted" \\ \\u{41} `raw`',
    "#sys.inputs [content] {code} ~ -- --- …",
    "</text><script>alert(1)</script> & %PDF-1.7 endobj",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_looks_like_markup_comes_out_as_text(name):
    facts = replace(FACTS, holder=name, title=name)
    pdf = drawn(facts)
    assert text_of(pdf).count(name) == 2
    assert faults_of(pdf) == []
    assert name not in draw_badge(replace(CERTIFICATE, facts=facts), "svg").decode()


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("李明 김민수 さくら", "李明 김민수 さくら"),
        ("Νίκος Жанна Đặng Thị Hồng", "Νίκος Жанна Đặng Thị Hồng"),
        ("Ana\u202egnp.exe\u0007 B", "Anagnp.exe B"),
        ("A\n\tB", "A B"),
        ("Zoe\u0308", "Zoë"),
        ("แก้ว Kaew 🎓", f"{MISSING * 4} Kaew {MISSING}"),
    ],
    ids=["cjk", "european", "controls", "space", "decomposed", "unknown"],
)
def test_a_name_in_any_script_is_printed_and_what_no_font_has_is_said(name, printed):
    pdf = drawn(replace(FACTS, holder=name))
    assert printable(name) == printed
    assert printed in text_of(pdf)
    assert ("stands for a letter that this paper cannot print" in text_of(pdf)) == (MISSING in printed)
    assert faults_of(pdf) == []


@pytest.mark.parametrize("name", ["محمد علي", "שרה כהן", "X\u0327\u030c\u0331 Q\u0308\u0302", "נָעֳמִי", "क्षत्रिय"])
def test_no_name_breaks_the_paper(name):
    assert faults_of(drawn(replace(FACTS, holder=name))) == []


def test_a_demonstration_says_so_three_times():
    text = text_of(drawn(LONG))
    assert f"Demonstration: {LONG_WORDS}" in text
    assert text.count("Demonstration") == 2  # the title, and behind it all
    assert "It is a demonstration: nobody was trained" in text
    assert "emonstration" not in text_of(drawn())


def test_the_preview_shows_the_first_page():
    picture = draw_preview(replace(CERTIFICATE, facts=MANY))
    assert picture.startswith(b"\x89PNG")
    assert 0.02 < ink_on(picture) < 0.5


def test_the_badge_of_a_demonstration_looks_different():
    real, shown_only = (draw_badge(replace(CERTIFICATE, facts=facts), "png") for facts in (FACTS, LONG))
    assert (real[:4], shown_only[:4]) == (b"\x89PNG", b"\x89PNG")
    assert real != shown_only
    assert ink_on(real) > 0.5
