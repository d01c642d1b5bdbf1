"""Papers and badges of a credential: made once after the award, given out while it stands, equal to the page."""

import hashlib
import json
import re
from enum import StrEnum
from html import unescape

import jwt
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from certificates.actions import papers
from certificates.actions.conferral import confer
from certificates.actions.papers import draw, make_files, make_files_again, make_missing_files
from certificates.enums import CredentialState, FileKind
from certificates.models import Credential, CredentialFile
from certificates.presentation import certificate_facts
from certificates.queries.keys import published_keys
from certificates.signing.check import check_credential
from tests.certificates.paper.reading import (
    attachments_of,
    baked_into_png,
    baked_into_svg,
    claims_of,
    codes_on,
    faults_of,
    text_of,
)
from tests.certificates.test_public import get_json, verify_as_a_stranger
from tests.factories.certificates import make_credential
from tests.guards import without_constraint, without_trigger
from tests.jobs import drain
from tests.races import all_look_first, at_once

pytestmark = pytest.mark.django_db
DOWNLOADS = ("pdf", "pdf?paper=letter", "png", "svg")


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


@pytest.fixture
def made(credential):
    make_files(credential)
    return credential


def address(credential, ending):
    return f"/credentials/{credential.uuid}.{ending}"


def fetch(client, credential, ending):
    response = client.get(address(credential, ending))
    assert response.status_code == 200
    return response.content


def stored_bytes(file):
    with file.file.open("rb") as stored:
        return stored.read()


def files_on_disk():
    folder = "certificates"
    if not default_storage.exists(folder):
        return []
    inner = default_storage.listdir(folder)[0]
    return sorted(
        f"{folder}/{uuid}/{name}" for uuid in inner for name in default_storage.listdir(f"{folder}/{uuid}")[1]
    )


def files_in_rows():
    return sorted(CredentialFile.objects.values_list("file", flat=True))


# Making them ----------------------------------------------------------------------------------------------------------


def test_the_worker_makes_every_file_after_the_award(cast, enrolment):
    credential = confer(enrolment, by=cast.director)
    assert not credential.files.exists()
    tasks = [row.task_name for row in drain() if "certificates" in row.task_path]
    assert tasks == ["make_credential_files"]
    assert set(credential.files.values_list("kind", flat=True)) == set(FileKind.values)
    assert files_in_rows() == files_on_disk()


def test_an_award_that_is_rolled_back_orders_nothing(cast, enrolment):
    with transaction.atomic():
        confer(enrolment, by=cast.director)
        assert DBTaskResult.objects.filter(task_path__contains="certificates").exists()
        transaction.set_rollback(True)
    assert not DBTaskResult.objects.filter(task_path__contains="certificates").exists()


def test_each_row_tells_the_size_and_hash_of_its_bytes(made):
    for file in made.files.all():
        content = stored_bytes(file)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)


def test_making_twice_makes_once(made):
    before = files_on_disk()
    assert make_files(made) == 0
    assert make_missing_files() == 0
    assert files_on_disk() == before


@pytest.mark.parametrize("done", range(len(FileKind)))
def test_a_worker_killed_half_way_leaves_work_that_the_next_one_finishes(credential, monkeypatch, done):
    """Killed after the bytes of a file were written and before its row was."""

    class Killed(BaseException):
        pass

    real, calls = CredentialFile.save, []

    def killed_at(self, **kwargs):
        calls.append(self.kind)
        if len(calls) > done:
            raise Killed
        return real(self, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(CredentialFile, "save", killed_at)
        with pytest.raises(Killed):
            make_files(credential)
    assert credential.files.count() == done
    assert make_files(credential) == len(FileKind) - done
    assert set(credential.files.values_list("kind", flat=True)) == set(FileKind.values)
    assert all(stored_bytes(file) for file in credential.files.all())


def test_a_task_that_failed_is_tried_again(cast, enrolment, monkeypatch):
    confer(enrolment, by=cast.director)
    with monkeypatch.context() as patch:
        patch.setattr(papers, "draw", lambda *_: 1 / 0)
        drain()
    waiting = DBTaskResult.objects.get(task_path__contains="make_credential_files", status="READY")
    assert waiting.run_after > timezone.now()
    assert make_missing_files() == len(FileKind)


def test_the_nightly_round_makes_what_is_missing_and_leaves_the_revoked(cast, credential):
    other = make_credential(cast.other_trainee, by=cast.director, program=credential.achievement.program)
    Credential.objects.filter(pk=other.pk).update(state=CredentialState.REVOKED)
    make_files(credential)
    call_command("nightly", verbosity=0)
    assert not other.files.exists()
    third = make_credential(cast.supervisor, by=cast.director, program=credential.achievement.program)
    assert make_missing_files() == len(FileKind)
    assert third.files.count() == len(FileKind)


def test_a_newer_layout_redraws_what_an_older_one_drew_and_keeps_one_file_each(made, committing, capsys):
    assert make_files_again() == 0
    CredentialFile.objects.filter(kind__in=[FileKind.PDF_A4, FileKind.PNG]).update(renderer_version=0, sha256="old")
    before = set(files_on_disk())
    with committing(execute=True):  # the old bytes go when the new row is there to stay
        call_command("make_certificates", "--again")
    assert capsys.readouterr().out == "Files made: 2\n"
    assert files_in_rows() == files_on_disk()
    assert len(before - set(files_on_disk())) == 2
    assert not CredentialFile.objects.filter(sha256="old").exists()
    with committing(execute=True):
        call_command("make_certificates", "--all")
    assert capsys.readouterr().out == f"Files made: {len(FileKind)}\n"
    assert files_in_rows() == files_on_disk()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_file_of_each_kind(credential):
    made = at_once(2, lambda _: make_files(Credential.objects.with_names().get(pk=credential.pk)))
    assert sum(made) == len(FileKind)
    assert credential.files.count() == len(FileKind)
    assert files_in_rows() == files_on_disk()


def both_look_first(monkeypatch):
    """Both workers have seen that the badge is missing before either draws it."""
    monkeypatch.setattr("certificates.actions.papers.FileKind", Only)
    monkeypatch.setattr(papers, "_fill", all_look_first(fill_cheaply, 2))


class Only(StrEnum):
    SVG = "svg"


def fill_cheaply(file):
    file.file.save("", ContentFile(b"x"), save=False)
    file.sha256, file.size, file.renderer_version, file.made_at = "0" * 64, 1, 1, timezone.now()


def race(credential):
    return sorted(at_once(2, lambda _: make_files(Credential.objects.with_names().get(pk=credential.pk))))


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_both_found_it_missing_one_takes_its_bytes_away_again(credential, monkeypatch):
    both_look_first(monkeypatch)
    assert race(credential) == [0, 1]
    assert files_in_rows() == files_on_disk()


@pytest.mark.django_db(transaction=True)
def test_without_the_databases_rule_both_would_keep_theirs(credential, monkeypatch):
    both_look_first(monkeypatch)
    with without_constraint(CredentialFile, "one_file_of_a_kind_per_credential"):
        assert race(credential) == [1, 1]
        assert CredentialFile.objects.count() == 2
        monkeypatch.undo()
        forget_the_second()


def forget_the_second():
    """So that the rule can be put back."""
    with without_trigger("certificates_credentialfile", "no_delete"):
        CredentialFile.objects.last().delete()


def test_a_file_is_of_one_credential_for_ever_and_its_row_is_never_deleted(made):
    for sql in ("update certificates_credentialfile set kind = 'x'", "delete from certificates_credentialfile"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# What they say --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["pdf", "pdf?paper=letter"])
def test_the_paper_is_sound_and_leads_to_the_live_page(visitor, made, ending):
    pdf = fetch(visitor, made, ending)
    assert faults_of(pdf) == []
    (target,) = codes_on(pdf)
    assert target == f"https://academy.example/verify/{made.shown_code}/"
    assert "<span>Valid</span>" in visitor.get(target.removeprefix("https://academy.example")).content.decode()


def facts_on_page(client, credential):
    """Every label and value of the verification page, and the name and title above them."""
    html = client.get(credential.get_absolute_url()).content.decode()
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*</dd>", html, re.DOTALL)
    name = re.search(r'<p class="record__name">(.*?)</p>\s*<p class="soft">(.*?)</p>', html)
    return [tuple(map(plain, pair)) for pair in pairs], tuple(map(plain, name.groups()))


def plain(html):
    return unescape(" ".join(re.sub(r"<[^>]+>", "", html).split()))


@pytest.mark.parametrize("ending", ["pdf", "pdf?paper=letter"])
@pytest.mark.parametrize("is_demonstration", [False, True], ids=["real", "demonstration"])
def test_every_fact_of_the_page_stands_on_the_paper(cast, visitor, settings, ending, is_demonstration):
    settings.DEMO, settings.PUBLIC_URL = is_demonstration, "https://academy.example"
    credential = make_credential(cast.trainee, by=cast.director)
    make_files(credential)
    pairs, (holder, title) = facts_on_page(visitor, credential)
    text = text_of(fetch(visitor, credential, ending))
    assert len(pairs) == 9
    assert [value for _, value in pairs if value not in text] == []
    assert (holder in text, title in text) == (True, True)
    for label, value in pairs[-2:]:  # the hours, each beside its category
        assert f"{label} {value}" in text
    assert ("nobody was trained" in text) == is_demonstration


def test_the_paper_says_nothing_that_the_page_does_not(visitor, made):
    """Take away what the page says and the fixed words: nothing is left."""
    facts = certificate_facts(made)
    text = text_of(fetch(visitor, made, "pdf")).lower()
    fixed = [
        "this certifies that",
        "has completed the program",
        "and met, or was formally excused from, every requirement of the standard",
        "hours at the award",
        "verify it here",
        "the last line is the verification code.",
        "this certificate is not a licence to practise.",
        "whether it stands today is shown at the address beside it, which has the last word.",
        "the signed credential is attached to this file; any open badges 3.0 verifier can check it.",
        "https://academy.example/verify/",
        made.shown_code.lower(),
    ]
    said = [facts.holder, facts.title, *(word for fact in facts.all + facts.hours for word in (fact.label, fact.value))]
    for words in sorted([*fixed, *(words.lower() for words in said)], key=len, reverse=True):
        text = text.replace(words, " ")
    year_on_the_seal = facts.year
    assert "".join(text.replace(".", "").split()) == year_on_the_seal


def test_dates_are_those_of_the_program_wherever_the_reader_is(cast, visitor, settings):
    settings.PUBLIC_URL = "https://academy.example"
    credential = make_credential(cast.trainee, by=cast.director)
    ends = credential.conferred_at.replace(year=2031, month=7, day=1, hour=3)  # the evening before, in Denver
    credential.valid_until = ends
    assert certificate_facts(credential)["valid_until"] == "30 Jun 2031"
    assert "30 Jun 2031" in text_of(draw(credential, FileKind.PDF_A4))


def test_the_attachments_are_the_stored_bytes_and_verify_by_our_check_and_by_others(visitor, made):
    pdf = fetch(visitor, made, "pdf")
    attached = attachments_of(pdf)
    assert {name: content for name, (content, _, _) in attached.items()} == {
        "credential.json": made.signed_json.encode(),
        "credential.jwt": made.signed_jwt.encode(),
    }
    assert_verifies(visitor, made, attached["credential.json"][0], attached["credential.jwt"][0])


def assert_verifies(client, credential, document, token):
    keys = published_keys(credential.achievement.issuer)
    lists = {credential.status_list.address: json.loads(credential.status_list.signed_json)}
    for content in filter(None, (document, token)):
        assert check_credential(content, keys=keys, status_lists=lists, now=timezone.now()).is_valid
    verified = verify_as_a_stranger(client, json.loads(document))
    assert verified.credential["credentialSubject"]["name"] == "Zoë Ångström-Núñez"
    if token:
        key = jwt.PyJWK(get_json(client, jwt.get_unverified_header(token)["kid"])).key
        assert jwt.decode(token, key, algorithms=["RS256"]) == json.loads(claims_of(token.decode()))


def test_the_baked_badges_give_the_credential_back_and_it_verifies(visitor, made):
    (in_png,) = baked_into_png(fetch(visitor, made, "png"))
    in_svg = baked_into_svg(fetch(visitor, made, "svg"))
    assert in_png == in_svg == made.signed_json
    assert_verifies(visitor, made, in_png.encode(), None)


# Giving them out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "kind", "name"),
    [
        ("pdf", "application/pdf", ".pdf"),
        ("pdf?paper=a4", "application/pdf", ".pdf"),
        ("pdf?paper=letter", "application/pdf", "-letter.pdf"),
        ("png", "image/png", ".png"),
        ("svg", "image/svg+xml", ".svg"),
    ],
)
def test_whoever_has_the_address_downloads_them_from_any_origin(visitor, made, ending, kind, name):
    response = visitor.get(address(made, ending), headers={"Origin": "https://wallet.example"})
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response["Content-Disposition"] == f'attachment; filename="certificate-{made.uuid}{name}"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies
    assert visitor.options(address(made, ending)).status_code == 204
    assert visitor.post(address(made, ending)).status_code == 405


def test_while_they_are_being_made_the_answer_says_so_and_when_to_ask_again(visitor, credential):
    for ending in DOWNLOADS:
        response = visitor.get(address(credential, ending))
        assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (202, "20", "no-store")
        assert "This certificate is being made" in response.content.decode()


def test_a_file_whose_bytes_are_lost_is_made_anew_for_whoever_asks_for_it(visitor, cast, made, committing):
    drain()  # what the award has ordered
    whole = fetch(visitor, made, "pdf")
    for file in made.files.filter(kind__in=[FileKind.PDF_A4, FileKind.PREVIEW]):
        file.file.storage.delete(file.file.name)
    preview = reverse("certificate_preview", args=[made.uuid])
    assert cast.client("director").get(preview).status_code == 404
    for _ in range(3):
        assert visitor.get(address(made, "pdf")).status_code == 202
    with committing(execute=True):
        assert [row.task_name for row in drain()] == ["make_credential_files"]  # ordered once, not for each who asks
    assert len(fetch(visitor, made, "pdf")) == pytest.approx(len(whole), rel=0.05)
    assert cast.client("director").get(preview).status_code == 200
    assert files_in_rows() == files_on_disk()


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        (CredentialState.REVOKED, 410, "This certificate has been revoked"),
        (CredentialState.SUPERSEDED, 410, "replaced by a newer one"),
        (CredentialState.SUSPENDED, 409, "can be downloaded again when the suspension ends"),
    ],
)
def test_no_paper_is_given_out_that_looks_valid_and_is_not(visitor, cast, made, state, status, words):
    Credential.objects.filter(pk=made.pk).update(state=state)
    for ending in DOWNLOADS:
        response = visitor.get(address(made, ending))
        page = response.content.decode()
        assert (response.status_code, response["Cache-Control"]) == (status, "no-store")
        assert words in page
        assert "Zoë" not in page
    assert cast.client("trainee").get(f"/certificates/{made.uuid}/preview.png").status_code == 404


@pytest.mark.parametrize("ending", ["pdf?paper=a3", "pdf?paper=%00", "gif", "pdf/"])
def test_what_does_not_exist_is_not_found(visitor, made, ending):
    assert visitor.get(address(made, ending)).status_code == 404


def test_an_unknown_credential_is_not_found_and_guessing_is_slowed_down(visitor, made, minute):
    path = "/credentials/00000000-0000-0000-0000-000000000007.pdf"
    assert {visitor.get(path).status_code for _ in range(120)} == {404}
    assert visitor.get(path).status_code == 429
    assert visitor.get(address(made, "png")).status_code == 429


def test_media_never_serves_them(visitor, cast, made):
    for file in made.files.all():
        for client in (visitor, cast.client("trainee"), cast.client("director")):
            assert client.get(f"/media/{file.file.name}").status_code == 404


def test_holder_and_director_see_the_preview_and_nobody_else_does(cast, made):
    path = f"/certificates/{made.uuid}/preview.png"
    seen = {
        name: cast.client(name).get(path).status_code for name in ("trainee", "director", "other_trainee", "faculty")
    }
    assert seen == {"trainee": 200, "director": 200, "other_trainee": 404, "faculty": 404}
    assert Client().get(path).status_code == 302
    assert cast.client("trainee").get(path)["Cache-Control"] == "private, max-age=300"


def test_holder_desk_and_public_pages_link_them_with_their_size(cast, visitor, made):
    pages = [
        cast.client("trainee").get("/certificates/"),
        cast.client("director").get(f"/desk/certificates/conferred/{made.pk}/"),
        visitor.get(made.get_absolute_url()),
    ]
    for response in pages:
        page = response.content.decode()
        for ending in DOWNLOADS:
            assert f'href="{address(made, ending)}"' in page
        assert re.search(r"A4 \(PDF, \d\d\.\d\xa0KB\)", page)
        for words in ("For framing", "US Letter", "For wallets and profiles", "For software"):
            assert words in page
    for response in pages[:2]:
        assert f'src="/certificates/{made.uuid}/preview.png"' in response.content.decode()


def test_the_holder_reads_that_it_is_being_made_or_withheld(cast, credential):
    page = cast.client("trainee").get("/certificates/").content.decode()
    assert "Certificate and badge are being made" in page
    assert "preview.png" not in page
    Credential.objects.update(state=CredentialState.REVOKED)
    page = cast.client("trainee").get("/certificates/").content.decode()
    assert "Not given out while the certificate is revoked" in page
    assert address(credential, "pdf") not in page


def test_a_download_costs_two_queries(visitor, made, django_assert_num_queries):
    with django_assert_num_queries(2):
        fetch(visitor, made, "pdf")


@pytest.mark.parametrize("ending", DOWNLOADS)
def test_our_own_check_of_files_finds_each_of_them_genuine(visitor, made, ending):
    file = ContentFile(fetch(visitor, made, ending), name="anything")
    page = " ".join(visitor.post("/verify/", {"file": file}).content.decode().split())
    assert "<span>Valid</span>" in page
    assert ("2 signed credentials, which agree" in page) == ending.startswith("pdf")
