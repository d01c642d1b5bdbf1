"""What the guard says of a text: the words, the kind, and whether it may be declared."""

import pytest

from supervision.guard import HARD_STOPS, MAY_BE_DECLARED, Kind, hard_stops_in, identifiers_in, sentence_about

FOUND = [
    ("call 303-555-0142 after", "303-555-0142", Kind.PHONE),
    ("call (303) 555-0142", "(303) 555-0142", Kind.PHONE),
    ("reach +44 20 7946 0958", "+44 20 7946 0958", Kind.PHONE),
    ("mail j.doe@clinic.org now", "j.doe@clinic.org", Kind.EMAIL),
    ("ssn 123-45-6789", "123-45-6789", Kind.SSN),
    ("MRN: 00482913", "00482913", Kind.RECORD),
    ("chart no. A-48291 shows", "A-48291", Kind.RECORD),
    ("born 04/12/1981", "04/12/1981", Kind.BIRTH_DATE),
    ("seen 1981-04-12", "1981-04-12", Kind.DATE),
    ("on April 12, 1981 she", "April 12, 1981", Kind.DATE),
    ("on 12 April we", "12 April", Kind.PART_DATE),
    ("see https://clinic.example/p/9", "https://clinic.example/p/9", Kind.URL),
    ("see www.clinic.example", "www.clinic.example", Kind.URL),
    ("I sat with Sarah Whitfield today", "Sarah Whitfield", Kind.NAME),
    ("I sat with Ｓａｒａｈ today", "Ｓａｒａｈ", Kind.NAME),
    ("call 303\u200b-555-\u200b0142 after", "303\u200b-555-\u200b0142", Kind.PHONE),
    ("client JD wept", "JD", Kind.INITIALS),
    ("she is 93 years old", "93 years old", Kind.AGE),
    ("he lives in Durango", "Durango", Kind.PLACE),
]


@pytest.mark.parametrize(("text", "words", "kind"), FOUND)
def test_the_guard_names_the_words_and_what_they_look_like(text, words, kind):
    (finding,) = identifiers_in(text)
    assert (finding.words, finding.kind) == (words, kind)
    assert text[finding.start : finding.end] == words


def test_names_places_initials_and_ages_may_be_declared_and_numbers_never():
    assert {Kind.NAME, Kind.PLACE, Kind.INITIALS, Kind.AGE} <= MAY_BE_DECLARED
    hard = {
        Kind.PHONE,
        Kind.EMAIL,
        Kind.SSN,
        Kind.RECORD,
        Kind.URL,
        Kind.DATE,
        Kind.BIRTH_DATE,
        Kind.ADDRESS,
        Kind.VEHICLE,
    }
    assert hard <= HARD_STOPS
    assert set(Kind) == MAY_BE_DECLARED | HARD_STOPS


def test_a_hard_stop_is_told_from_what_may_be_declared():
    text = "Dr. Okonkwo, 303-555-0142"
    assert [finding.words for finding in identifiers_in(text)] == ["Dr. Okonkwo", "303-555-0142"]
    assert [finding.words for finding in hard_stops_in(text)] == ["303-555-0142"]


def test_the_sentence_names_the_words_and_the_next_step():
    assert sentence_about([]) == ""
    assert sentence_about(identifiers_in("Write to ann@example.com")) == (
        "“ann@example.com” looks like an e-mail address. Leave out whatever could point to a client, and save again."
    )


def test_our_own_client_codes_pass_and_a_phone_number_in_their_form_does_not():
    assert identifiers_in("K7-43PX was calmer than T4-9HQW.") == []
    assert [finding.kind for finding in identifiers_in("call 974-4343")] == [Kind.PHONE]
