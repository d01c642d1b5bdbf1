"""The acts of signing without an account: mailing a link, proving the address, signing, declining, “this was not me”."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from courses.standards.enums import Qualification
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal
from lms.notices.actions import notify
from supervision.actions.pace import note_pace
from supervision.actions.practice import lock_people
from supervision.actions.review import approve_logs, return_log
from supervision.actions.signer import LINK_IS_OVER, hold_link
from supervision.actions.supervisor import end_links, held_supervisor, move_supervisor, qualify
from supervision.enums import MAY_SIGN, Meaning, SupervisorState
from supervision.models import (
    Placement,
    PracticeLog,
    SessionAttendance,
    SigningLink,
    SigningReceipt,
    Supervisor,
    SupervisorQualification,
)
from supervision.queries.adverse import directors_to_tell
from supervision.sessions.actions.holding import move_attendance
from supervision.sessions.actions.leading import confirm_attendance, record_absence, return_session
from supervision.sessions.enums import AttendanceState, SessionMeaning, SessionState
from supervision.signing.enums import (
    CODE_LIVES,
    CODES_MOST,
    LINK_LIVES,
    RECEIPT_LIVES,
    SESSION_LIVES,
    SIGNED_MOST,
    TRIES_MOST,
)
from supervision.signing.queries import (
    confirmed_by_link,
    entries_of_link,
    open_links,
    questioned_entries,
    sessions_of_link,
    waiting_without_link,
)
from supervision.signing.secrets import is_code_of

NOT_WAITING = "Some of what you ticked does not wait for you any more. Read the list again."

IN_QUESTION = "Somebody at the address of the supervisor said that she did not sign."


@transaction.atomic
def resend_link(supervisor: Supervisor, *, by: User) -> SigningLink:
    """Mail a new link from the desk, to the address on record now. All earlier ones show nothing from now on."""
    supervisor = held_supervisor(supervisor, by)
    if supervisor.state not in MAY_SIGN:
        raise Refusal(f"No link is mailed: {supervisor} is {supervisor.get_state_display().lower()}.")
    end_links(supervisor)
    return _ask_link(supervisor, by=by)


@transaction.atomic
def call_supervisor(supervisor: Supervisor) -> bool:
    """Mail one link for all that waits; nothing while one is open or on its way. Says whether one follows."""
    supervisor = Supervisor.objects.select_for_update().get(pk=supervisor.pk)
    if not waiting_without_link().filter(pk=supervisor.pk).exists():
        return False
    supervisor.links.filter(used_at=None, ended_at=None).update(ended_at=timezone.now())  # it ran out
    _ask_link(supervisor, by=None)
    return True


def call_waiting_supervisors() -> int:
    """Nightly: a new link for everybody of whom entries or sessions wait while none is open. Links that the queue lost are sent."""
    from supervision.signing.tasks import send_link  # late: tasks import these actions

    for pk in open_links().filter(mailed_at=None).values_list("pk", flat=True):
        send_link.enqueue(pk)
    return sum(call_supervisor(supervisor) for supervisor in waiting_without_link())


def _ask_link(supervisor: Supervisor, *, by: User | None) -> SigningLink:
    from supervision.signing.tasks import send_link  # late: tasks import these actions

    link = SigningLink.objects.create(
        supervisor=supervisor, address=supervisor.email, asked_by=by, expires_at=timezone.now() + LINK_LIVES
    )
    record("supervision.link.asked", by=by, about=supervisor, link=link.pk)
    send_link.enqueue(link.pk)  # a plain INSERT: it commits or rolls back with the act
    return link


@transaction.atomic
def ask_code(link: SigningLink) -> SigningLink:
    """Mail a code to the link's address. Only the last one holds."""
    from supervision.signing.tasks import send_code  # late: tasks import these actions

    link = _open(link)
    if link.codes_asked >= CODES_MOST:
        raise Refusal("No more codes are mailed for this link. Ask the program for a new link.")
    link.codes_asked, link.code_hash, link.code_at, link.code_tries = link.codes_asked + 1, "", None, 0
    link.save(update_fields=["codes_asked", "code_hash", "code_at", "code_tries"])
    record("supervision.link.code_asked", by=None, about=link.supervisor, link=link.pk, number=link.codes_asked)
    send_code.enqueue(link.pk, link.codes_asked)
    return link


@transaction.atomic
def prove_address(link: SigningLink, code: str) -> bool:
    """Use the link up for one session, if this is the code that was mailed last. A wrong code is counted: False."""
    link, now = _open(link), timezone.now()
    holds = link.code_at is not None and now - link.code_at <= CODE_LIVES and link.code_tries < TRIES_MOST
    if not holds or not is_code_of(link, code):
        link.code_tries = min(link.code_tries + 1, TRIES_MOST)
        link.save(update_fields=["code_tries"])
        record("supervision.link.code_wrong", by=None, about=link.supervisor, link=link.pk, tries=link.code_tries)
        return False
    link.used_at, link.session_until, link.code_hash = now, now + SESSION_LIVES, ""
    link.save(update_fields=["used_at", "session_until", "code_hash"])
    record("supervision.link.used", by=None, about=link.supervisor, link=link.pk)
    return True


@transaction.atomic
def approve_by_link(
    link: SigningLink,
    chosen: Iterable[tuple[int, str]] = (),
    *,
    meaning: Meaning | str = "",
    sessions: Iterable[tuple[int, str]] = (),
    session_meaning: SessionMeaning | str = "",
) -> SigningReceipt:
    """Approve entries and confirm sessions at once: all of them or none. `chosen` and `sessions`: each id (of a session its
    attendance) with the hash of what was shown.

    Each is signed by the one rule of approvals and of confirmations; a receipt goes to the address.
    """
    from supervision.signing.tasks import send_receipt  # late: tasks import these actions

    seen, seen_sessions = dict(chosen), dict(sessions)
    if not seen and not seen_sessions:
        raise Refusal("Tick what you approve.")
    if len(seen) + len(seen_sessions) > SIGNED_MOST:
        raise Refusal(f"Approve at most {SIGNED_MOST} at a time.")
    logs = entries_of_link(link).order_by().filter(pk__in=seen)
    attendances = list(sessions_of_link(link).filter(pk__in=seen_sessions))
    if logs.count() != len(seen) or len(attendances) != len(seen_sessions):
        raise Refusal(NOT_WAITING)
    if attendances:
        _hold_all(link, [*logs.values_list("enrolment__person", flat=True), *(one.trainee_id for one in attendances)])
    signed = _approve_entries(link, seen, meaning) if seen else []
    for attendance in attendances:
        _confirm_session(link, attendance, seen_sessions[attendance.pk], session_meaning)
    if attendances:
        note_pace(link.supervisor, now=timezone.now())
    receipt = SigningReceipt.objects.create(
        link=link,
        entries=len(signed),
        sessions=len(attendances),
        minutes=sum(log.minutes for log in signed) + sum(one.session.minutes for one in attendances),
        expires_at=timezone.now() + RECEIPT_LIVES,
    )
    what = {"entries": [log.pk for log in signed], "sessions": [one.pk for one in attendances]}
    record("supervision.link.signed", by=None, about=link.supervisor, link=link.pk, **what)
    send_receipt.enqueue(receipt.pk)
    return receipt


def _hold_all(link: SigningLink, people: Iterable[int]) -> None:
    """Everybody of whom something is signed, by id, then her own row and her link: in this order whatever is ticked."""
    lock_people(set(people))
    Supervisor.objects.select_for_update().get(pk=link.supervisor_id)


def _approve_entries(link: SigningLink, seen: dict[int, str], meaning: Meaning | str) -> list[PracticeLog]:
    if not meaning:
        raise Refusal("Say what your signature means.")
    done = approve_logs(seen, by=link, meaning=Meaning(meaning))
    for log, refusal in done.refused:
        raise Refusal(f"{log.enrolment.person}, {log}: {refusal.message}")
    return done.approved


def _confirm_session(
    link: SigningLink, attendance: SessionAttendance, seen: str, meaning: SessionMeaning | str
) -> None:
    if not meaning:
        raise Refusal("Say what your signature under a session means.")
    try:
        confirm_attendance(attendance, meaning=SessionMeaning(meaning), by=link, seen=seen)
    except Refusal as refusal:
        raise Refusal(f"{attendance.trainee}, {attendance.session}: {refusal.message}") from refusal


@transaction.atomic
def return_session_by_link(link: SigningLink, attendance: SessionAttendance, *, seen: str, reason: str) -> None:
    """Give back a session that the trainee logged; or say of one that she objected to, that it does not count for her."""
    if attendance.session.state == SessionState.LOGGED:
        return_session(attendance, by=link, seen=seen, reason=reason)
    else:
        record_absence(attendance, by=link, reason=reason)


@transaction.atomic
def return_by_link(link: SigningLink, log: PracticeLog, *, meaning: Meaning, seen: str, reason: str) -> PracticeLog:
    """Return one entry, by the one rule of returns."""
    return return_log(log, by=link, meaning=meaning, seen=seen, reason=reason)


@transaction.atomic
def decline_placement(link: SigningLink, placement: Placement) -> Placement:
    """“Not my trainee”: what waits under this placement comes to her no more, and goes to the directors."""
    placement = _held_placement(placement)
    link = hold_link(link)
    if placement.supervisor_id != link.supervisor_id:
        raise Refusal("This placement is another supervisor’s.")
    if placement.declined_at:
        return placement
    placement.declined_at = timezone.now()
    placement.save(update_fields=["declined_at"])
    record("supervision.link.declined", by=None, about=placement, link=link.pk)
    for director in directors_to_tell(placement.enrolment):
        notify(
            director,
            key=f"placement-{placement.pk}-declined-{director.pk}",
            subject="A supervisor says that a placement is not hers",
            text="A supervisor without an account says that a trainee is not hers. Entries and sessions of this placement wait "
            "for nobody now.",
            path=f"/desk/enrolments/{placement.enrolment_id}/placements/",
            button="Look at the placements",
        )
    return placement


def _held_placement(placement: Placement) -> Placement:
    Placement.objects.select_for_update(no_key=True).get(pk=placement.pk)  # a trainee may log under it meanwhile
    return Placement.objects.select_related("enrolment__person").get(pk=placement.pk)


@transaction.atomic
def give_licence(link: SigningLink, *, authority: str, number: str, expires_on: date) -> SupervisorQualification:
    """Take down the licence that she gives. It counts once staff have verified it."""
    link = hold_link(link)
    facts = {"authority": authority, "number": number, "expires_on": expires_on}
    return qualify(link.supervisor, kind=Qualification.LICENCE, by=None, link=link.pk, **facts)


@transaction.atomic
def question_receipt(receipt: SigningReceipt) -> SigningReceipt:
    """“This was not me”: nothing more is signed until staff have looked, and the directors are told which entries it is about.

    What was signed by the same link stands in question; a director withdraws the approvals, or lets them be. Sessions wait
    for her again, and count no more until she has confirmed them once more.
    """
    lock_people(set(confirmed_by_link(receipt.link).values_list("trainee", flat=True)))  # before her row, as always
    supervisor = Supervisor.objects.select_for_update().get(pk=receipt.link.supervisor_id)
    receipt = SigningReceipt.objects.select_for_update(of=("self",)).select_related("link").get(pk=receipt.pk)
    if receipt.questioned_at:
        return receipt
    now = timezone.now()
    receipt.questioned_at = now
    receipt.save(update_fields=["questioned_at"])
    SigningLink.objects.filter(pk=receipt.link_id, questioned_at=None).update(questioned_at=now)
    end_links(supervisor)
    if supervisor.is_verified:
        move_supervisor(supervisor, SupervisorState.UNVERIFIED, by=None, reason=IN_QUESTION)
    logs = list(questioned_entries(supervisor).filter(sign_offs__link=receipt.link_id))
    attendances = list(confirmed_by_link(receipt.link))
    for attendance in attendances:
        move_attendance(attendance, AttendanceState.DISPUTED, by=None, reason=IN_QUESTION)
    record(
        "supervision.link.questioned",
        by=None,
        about=supervisor,
        link=receipt.link_id,
        receipt=receipt.pk,
        entries=sorted({log.pk for log in logs}),
        sessions=[one.pk for one in attendances],
    )
    enrolments = {one.enrolment_id: one.enrolment for one in (*logs, *attendances)}
    directors = {director for enrolment in enrolments.values() for director in directors_to_tell(enrolment)}
    for director in sorted(directors, key=lambda one: one.pk):
        notify(
            director,
            key=f"receipt-{receipt.pk}-questioned-{director.pk}",
            subject="A signature is in question",
            text="Somebody at the address of a supervisor says that she did not sign what was signed by her link. Look at the "
            "entries, call her, and withdraw the approvals if it was not her. Nothing more is signed until you verify her again.",
            path=f"/desk/supervisors/{supervisor.pk}/",
            button="Look at the entries",
        )
    return receipt


def _open(link: SigningLink) -> SigningLink:
    """The link that was not used yet, held. Raises `Refusal` once it shows nothing."""
    SigningLink.objects.select_for_update().get(pk=link.pk)
    found = open_links().filter(pk=link.pk).first()
    if found is None:
        raise Refusal(LINK_IS_OVER)
    return found
