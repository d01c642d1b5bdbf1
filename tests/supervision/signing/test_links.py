"""What a link opens, and what it does not: forged, altered, used, expired, replaced, guessed, or opened by a scanner."""

from datetime import timedelta

import pytest
from django.test import Client

from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from lms.web import limits
from lms.web.models import FormKey
from supervision.actions.supervisor import correct_address, stop_supervisor, supervisor_of
from supervision.models import PracticeLog, SigningLink, SignOff
from supervision.signing.actions import ask_code, call_waiting_supervisors, prove_address, resend_link
from supervision.signing.enums import CODES_MOST, TRIES_MOST
from supervision.signing.secrets import token_hash
from supervision.signing.views import PER_MINUTE
from tests.cast import make_person
from tests.factories.signing import mailed_code, mailed_path, mails_to, make_used_link, open_by_mail, place_with
from tests.factories.supervision import make_returned, make_signer, make_submitted
from tests.jobs import drain
from tests.web import post, send_form, text_of

ROBIN = "robin@clinic.example"


@pytest.fixture
def robin(cast):
    return make_signer(by=cast.director)


@pytest.fixture
def log(cast, robin):
    return make_submitted(place_with(robin, cast.trainee))


def shows_nothing(page) -> bool:
    return page.status_code == 404 and "This link shows nothing" in text_of(page) and "Trainee" not in text_of(page)


def rows():
    """Everything that a request could have changed."""
    return (
        list(SigningLink.objects.order_by("pk").values()),
        list(PracticeLog.objects.order_by("pk").values("pk", "state", "version")),
        SignOff.objects.count(),
        AuditEntry.objects.count(),
        FormKey.objects.count(),
    )


def test_one_link_is_mailed_for_all_that_waits(cast, robin, log):
    assert len(mails_to(ROBIN)) == 1
    make_submitted(log.placement)
    make_submitted(place_with(robin, cast.other_trainee))
    assert len(mails_to(ROBIN)) == 1
    _, page = open_by_mail(mailed_path())
    assert text_of(page).count("I approve this entry") == 3
    assert SigningLink.objects.get().address == ROBIN


def test_neither_the_link_nor_the_code_is_kept(log):
    path = mailed_path()
    token = path.rstrip("/").rsplit("/", 1)[1]
    client = Client()
    send_form(client, client.get(path), "Mail me a code")
    code = mailed_code()
    link = SigningLink.objects.get()
    assert link.token_hash == token_hash(token)
    kept = " ".join(
        str(row) for row in (*SigningLink.objects.values(), *FormKey.objects.values(), *AuditEntry.objects.values())
    )
    assert token not in kept
    assert f"'{code}'" not in kept


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_changes_and_consumes_nothing(log, method):
    path = mailed_path()
    before = rows()
    for _ in range(3):
        assert getattr(Client(), method)(path).status_code == 200
    assert rows() == before
    assert "Trainee" not in text_of(Client().get(path))
    _, page = open_by_mail(path)
    assert "Trainee, visit of" in text_of(page)


def test_the_pages_are_private(log):
    page = Client().get(mailed_path())
    wanted = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
    assert {name: page[name] for name in wanted} == wanted
    assert 'name="robots" content="noindex"' in page.content.decode()


def test_forged_altered_and_guessed_links_show_one_same_page_and_change_nothing(log):
    path = mailed_path()
    token = path.rstrip("/").rsplit("/", 1)[1]
    altered = ("A" if token[0] != "A" else "B") + token[1:]
    before = rows()
    pages = [
        Client().get(f"/sign/link/{wrong}/")
        for wrong in (altered, token[:-1], token + "A", "x", "%00", "ä" * 9, "A" * 3000, token_hash(token))
    ]
    sent = [post(Client(), "/sign/code/", token=wrong) for wrong in (altered, "", "A" * 101)]
    sent += [post(Client(), "/sign/prove/", code="123456"), post(Client(), "/sign/", meaning="observed")]
    assert all(shows_nothing(page) for page in pages + sent)
    assert rows() == before


def test_a_used_link_shows_nothing_whoever_opens_it(log):
    path = mailed_path()
    client, _ = open_by_mail(path)
    before = rows()
    token = path.rstrip("/").rsplit("/", 1)[1]
    assert shows_nothing(Client().get(path))
    assert shows_nothing(client.get(path))
    assert shows_nothing(post(Client(), "/sign/code/", token=token))
    assert rows() == before
    assert client.get("/sign/").status_code == 200


def test_an_expired_link_shows_nothing_and_another_one_follows_at_night(log, time_machine_ahead):
    path = mailed_path()
    time_machine_ahead(timedelta(days=14, seconds=1))
    assert shows_nothing(Client().get(path))
    assert call_waiting_supervisors() == 1
    newer = mailed_path()
    assert newer != path
    assert Client().get(newer).status_code == 200
    assert call_waiting_supervisors() == 0


def test_a_session_ends_after_an_hour(log, time_machine_ahead):
    client, _ = open_by_mail(mailed_path())
    time_machine_ahead(timedelta(minutes=59))
    assert client.get("/sign/").status_code == 200
    time_machine_ahead(timedelta(minutes=2))
    assert shows_nothing(client.get("/sign/"))
    assert call_waiting_supervisors() == 1


def test_a_link_that_was_sent_again_replaces_the_earlier_and_its_session(cast, robin, log):
    first = mailed_path()
    client, _ = open_by_mail(first)
    page = cast.client("director").get(f"/desk/supervisors/{robin.pk}/")
    send_form(cast.client("director"), page, "Mail a new link")
    second = mailed_path()
    resend_link(robin, by=cast.director)
    third = mailed_path()
    assert len({first, second, third}) == 3
    assert [shows_nothing(Client().get(path)) for path in (first, second, third)] == [True, True, False]
    assert shows_nothing(client.get("/sign/"))


def test_a_corrected_address_gets_the_link_and_the_old_ones_show_nothing(cast, robin, log):
    path = mailed_path()
    client, _ = open_by_mail(path)
    other = Client()
    resend_link(robin, by=cast.director)
    waiting = mailed_path()
    correct_address(robin, "vance@clinic.example", by=cast.director)
    assert shows_nothing(other.get(waiting))
    assert shows_nothing(client.get("/sign/"))
    resend_link(robin, by=cast.director)
    assert Client().get(mailed_path("vance@clinic.example")).status_code == 200
    assert len([text for text in mails_to(ROBIN) if "/sign/link/" in text]) == 2


@pytest.mark.parametrize("how", ["stopped", "has an account"])
def test_a_link_of_somebody_who_signs_no_more_by_links_shows_nothing(cast, robin, log, how):
    path = mailed_path()
    client, _ = open_by_mail(path)
    resend_link(robin, by=cast.director)
    path = mailed_path()
    if how == "stopped":
        stop_supervisor(robin, reason="The licence was withdrawn.", by=cast.director)
    else:
        person = make_person("robin")
        User.objects.filter(pk=person.pk).update(email=ROBIN)
        supervisor_of(User.objects.get(pk=person.pk), by=cast.director)
    assert shows_nothing(Client().get(path))
    assert shows_nothing(client.get("/sign/"))


def test_a_wrong_code_is_counted_and_the_right_one_holds_no_more_after_five(log):
    path = mailed_path()
    client = Client()
    page = send_form(client, client.get(path), "Mail me a code")
    code = mailed_code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(TRIES_MOST):
        page = send_form(client, page, "Go on", code=wrong)
        assert "not the code that was mailed last" in text_of(page)
    page = send_form(client, page, "Go on", code=code)
    assert "not the code that was mailed last" in text_of(page)
    assert SigningLink.objects.get().used_at is None
    page = send_form(client, page, "Mail another code")
    assert "Trainee, visit of" in text_of(send_form(client, page, "Go on", code=mailed_code()))
    wrongs = AuditEntry.objects.filter(action="supervision.link.code_wrong")
    assert wrongs.count() == TRIES_MOST + 1


def test_a_code_runs_out_and_only_the_last_one_holds(robin, log, time_machine_ahead):
    drain()
    link = SigningLink.objects.get()
    ask_code(link)
    first = mailed_code()
    ask_code(link)
    second = mailed_code()
    assert first == second or not prove_address(link, first)
    time_machine_ahead(timedelta(minutes=16))
    assert not prove_address(link, second)
    for _ in range(CODES_MOST - 2):
        ask_code(link)
    with pytest.raises(Refusal, match="No more codes"):
        ask_code(link)
    assert prove_address(link, mailed_code())


def test_a_code_of_another_link_does_not_open_this_one(cast, robin, log):
    kim = make_signer(by=cast.director, name="Kim Ode", email="kim@clinic.example")
    make_submitted(place_with(kim, cast.other_trainee))
    drain()
    hers = SigningLink.objects.get(supervisor=kim)
    link = SigningLink.objects.get(supervisor=robin)
    ask_code(hers)
    ask_code(link)
    assert mailed_code() == mailed_code("kim@clinic.example") or not prove_address(
        link, mailed_code("kim@clinic.example")
    )
    assert prove_address(link, mailed_code())


def test_asking_is_limited_and_changes_nothing_more(log, monkeypatch):
    path = mailed_path()
    monkeypatch.setattr(limits, "_window", lambda: 0)
    answers = [Client().get("/sign/link/guess/").status_code for _ in range(PER_MINUTE)]
    before = rows()
    assert set(answers) == {404}
    assert Client().get(path).status_code == 429
    assert post(Client(), "/sign/code/", token=path).status_code == 429
    assert rows() == before


def test_a_link_opens_only_what_waits_for_its_own_supervisor(cast, robin, log):
    kim = make_signer(by=cast.director, name="Kim Ode", email="kim@clinic.example")
    elsewhere = make_submitted(place_with(kim, cast.other_trainee))
    returned = make_submitted(place_with(robin, cast.other_trainee))
    PracticeLog.objects.filter(pk=returned.pk).update(reviewer=cast.other_supervisor)  # a dispute gave it away
    client, page = open_by_mail(mailed_path())
    assert text_of(page).count("I approve this entry") == 1
    for stranger in (elsewhere, returned):
        assert shows_nothing(client.get(f"/sign/entries/{stranger.pk}/return/"))
        assert shows_nothing(client.get(f"/sign/placements/{elsewhere.placement_id}/decline/"))


def test_nobody_gets_a_link_who_waits_for_nothing_or_signs_with_an_account(cast, robin, placement):
    make_returned(placement)
    make_submitted(placement)
    place_with(robin, cast.other_trainee)
    drain()
    assert call_waiting_supervisors() == 0
    assert not SigningLink.objects.exists()


def test_only_a_director_has_a_link_mailed(cast, robin):
    for who in (cast.trainee, cast.supervisor, cast.registrar):
        with pytest.raises(Refusal, match="for a program director"):
            resend_link(robin, by=who)
    stop_supervisor(robin, reason="x", by=cast.director)
    with pytest.raises(Refusal, match="No link is mailed"):
        resend_link(robin, by=cast.director)


def test_a_mail_that_could_not_be_sent_is_tried_again_with_a_fresh_secret(monkeypatch, robin, log):
    from supervision.signing import mails

    failing = iter([True, False])
    real = mails._mail

    def unlucky(*args, **kwargs):
        if next(failing):
            raise OSError("no mail server")
        return real(*args, **kwargs)

    monkeypatch.setattr(mails, "_mail", unlucky)
    drain()
    link = SigningLink.objects.get()
    assert (link.mailed_at, link.claimed_at, link.token_hash) == (None, None, "")
    assert mails.mail_link(link.pk)
    assert not mails.mail_link(link.pk)
    assert Client().get(mailed_path()).status_code == 200


def test_every_use_is_logged_with_its_link(cast, robin, log):
    make_used_link(robin)
    acts = AuditEntry.objects.filter(action__startswith="supervision.link").order_by("id")
    link = SigningLink.objects.get()
    assert [(entry.action, entry.actor, entry.object_id, entry.data["link"]) for entry in acts] == [
        (f"supervision.link.{name}", None, str(robin.pk), link.pk) for name in ("asked", "code_asked", "used")
    ]
    assert "used 23 Nov 2026" in text_of(cast.client("director").get(f"/desk/supervisors/{robin.pk}/"))
