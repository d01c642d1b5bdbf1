"""The demonstration's stories of supervised practice: a trainee at every stage, and somebody for whatever can happen.

Each is told by the real acts at their own times. `tests/supervision/test_demo_stories.py` walks every reason for which
something does not count, and finds it here.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from courses.curriculum.models import EditionItem
from courses.learning.demo import read_lesson
from courses.standards.enums import Qualification
from lms.accounts.models import User
from lms.demo.clock import at
from lms.demo.registry import Demo
from supervision.actions.adverse import escalate_alerts
from supervision.actions.codes import merge_codes
from supervision.actions.declaration import declare_words
from supervision.actions.draft import save_unfinished
from supervision.actions.handover import hand_over
from supervision.actions.practice import retract_log
from supervision.actions.prior import approve_prior_hours, record_prior_hours, return_prior_hours
from supervision.actions.program import unapprove_log, verify_log
from supervision.actions.redaction import redact
from supervision.actions.supervisor import supervisor_of
from supervision.demo_cohort import AWAY, Practicum, open_practicum, record_paper
from supervision.demo_later import attest_in_lieu, find_a_lapse, keep_papers_of_sites
from supervision.demo_story import (
    Story,
    approve_together,
    confirm,
    mailed_link,
    used_link,
)
from supervision.demo_visits import (
    CONSULTATION,
    DRILL,
    INTEGRATION,
    LED_DOSING,
    LONG_DRILL,
    NEXT_DAY,
    OBSERVATION,
    PREPARATION,
    REFLECTION,
    ROLE_PLAY,
    SHARED_DOSING,
    approve,
    letter_about,
    moment,
    seen,
)
from supervision.enums import Format, HandoverCause, Meaning, Phase, PracticeRole
from supervision.guard.declaring import Declaration, sha256_of_words
from supervision.models import Placement, PriorHours
from supervision.queries.prior import prior_hash
from supervision.rules.prior import Claim
from supervision.sessions.actions.attending import object_to_session, withdraw_session
from supervision.sessions.actions.leading import plan_session, record_absence
from supervision.sessions.enums import Modality as SessionModality
from supervision.sessions.enums import SessionFormat
from supervision.signing.actions import approve_by_link, decline_placement, return_by_link
from supervision.signing.mails import mail_receipt

SCREENING = ("screening", PracticeRole.LEAD, ((Phase.SCREENING, 60),))
GROUP = ("group_facilitation", PracticeRole.CO_FACILITATOR, ((Phase.PREPARATION, 90),))
RETREAT_DAY = ("group_facilitation", PracticeRole.CO_FACILITATOR, ((Phase.DOSING, 480), (Phase.INTEGRATION, 120)))
FORM = UUID("5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a5001")
QUIET = "I said too much in the first ten minutes. When I stopped, the client found the next word without me."
NAMED = "Mrs. Quillfeather asked twice whether I would stay, and I answered too quickly. Next time I breathe first."
NAME = "Mrs. Quillfeather"


def tell_stories(demo: Demo) -> None:
    """All of them or none; once they are told, later changes of theirs are left alone."""
    with transaction.atomic():
        practicum = open_practicum(demo)
        if not Placement.objects.filter(enrolment__cohort=practicum.cohort).exists():
            _tell(practicum, demo)


def _tell(practicum: Practicum, demo: Demo) -> None:
    _begun(practicum)
    _drafts(practicum)
    _half_way(practicum)
    _left_out(practicum)
    _sessions(practicum, _prior_hours(practicum))
    _signed_by_link(practicum)
    _waits_for_a_verification(practicum)
    _handed_over(practicum)
    _strictly_measured(practicum, demo)
    keep_papers_of_sites(practicum)
    _met(practicum)  # last: a pace is measured by the latest approvals of a signer


# Where everybody stands -----------------------------------------------------------------------------------------------


def _begun(practicum: Practicum) -> None:
    """Placed, and nothing is logged yet."""
    practicum.story("amira", "supervisor", "juniper")


def _drafts(practicum: Practicum) -> None:
    """A form as it was typed, an entry taken back while nobody had looked at it, and a draft with an adverse event that
    nobody acknowledged within a day."""
    bruno = practicum.story("bruno", "supervisor", "juniper")
    taken_back = bruno.waiting(bruno.visit(bruno.ago(9), PREPARATION))
    with at(taken_back.submitted_at + timedelta(hours=3)):
        retract_log(taken_back, by=bruno.trainee)
    bruno.write(bruno.visit(bruno.ago(3), SHARED_DOSING, client=1, adverse_event=True))
    escalate_alerts()
    typed = {
        "category_key": ["integration"],
        "role": ["lead"],
        "starts_at": ["09:00"],
        "reflection": ["I noticed that"],
    }
    with at(moment(bruno.ago(1), 20)):
        save_unfinished(bruno.enrolment, key=FORM, sequence=4, typed=typed, by=bruno.trainee)


def _half_way(practicum: Practicum) -> None:
    """Eight weeks approved with an hour of supervision in each, so that the weekly ratio is kept. One entry was corrected
    and signed again, another correction waits; one is returned, one waits. Words were removed from one; two codes were
    merged."""
    dario, dana = practicum.story("dario", "supervisor", "juniper"), practicum.staff["supervisor"]
    logs = []
    for week in range(8, 0, -1):
        dario.held(dario.meeting(dario.day(week, 1), SessionFormat.INDIVIDUAL), by=dana)
        shorter = PREPARATION if week > 4 else INTEGRATION
        words = {6: NAMED, 3: QUIET}.get(week, "")
        double = 3 if week == 7 else week % 3  # he made a second code for a client whom he had seen already
        logs.append(dario.approved(dario.visit(dario.day(week, 1), shorter, client=double)))
        logs.append(dario.approved(dario.visit(dario.day(week, 3), SHARED_DOSING, client=week % 3, reflection=words)))
    dosing = {week: logs[2 * (8 - week) + 1] for week in range(8, 0, -1)}
    shorter = ((Phase.PREPARATION.value, 20), (Phase.DOSING.value, 120), (Phase.INTEGRATION.value, 10))
    approve(dario.corrected(dosing[5], segments=shorter))
    dario.corrected(dosing[2], role=PracticeRole.LEAD.value)
    with at(dosing[6].decided_at - timedelta(hours=3)):
        words = "She is the colleague who held the session with me."
        declare_words(dosing[6], [Declaration("reflection", "name", sha256_of_words(NAME), words)], by=dario.trainee)
    with at(dosing[6].decided_at + timedelta(days=6)):
        redact(dosing[6], by=dana, kind="name", seen=seen(dosing[6]), words=NAME)
    with at(moment(dario.day(6, 4), 19)):
        merge_codes(dario.code(0), dario.code(3), by=dario.trainee)
    why = "You and I were both there. Please log it as co-facilitator, and give the hour of integration a line of its own."
    dario.returned(dario.visit(dario.ago(4), LED_DOSING, hour=14, client=1), why)
    dario.waiting(dario.visit(dario.ago(2), INTEGRATION, hour=14, client=1))


def _met(practicum: Practicum) -> None:
    """Everything that the standard asks of practice is met, and the registrar has verified each entry. Her supervisor
    signed two dozen entries within one minute, which is flagged to the directors; and half an hour of groups is above the
    limit."""
    femi, kofi = practicum.story("femi", "supervisor-two", "cottonwood"), practicum.staff["supervisor-two"]
    pairs = [
        *[(SHARED_DOSING, PREPARATION)] * 4,
        *[(LED_DOSING, PREPARATION)] * 3,
        (LED_DOSING, INTEGRATION),
        *[(INTEGRATION, OBSERVATION)] * 4,
        *[(INTEGRATION, DRILL)] * 2,
        (INTEGRATION,),
    ]
    logs = []
    for week, pair in zip(range(17, 2, -1), pairs, strict=True):
        femi.held(femi.meeting(femi.day(week), SessionFormat.INDIVIDUAL), by=kofi)
        for number, kind in enumerate(pair):
            client = None if kind == DRILL else week % 3
            words = REFLECTION if week % 5 == 0 and not number else ""
            visit = femi.visit(femi.day(week, 1 + 3 * number), kind, client=client, reflection=words)
            logs.append(femi.waiting(visit))
    for week in range(9, 2, -1):
        evening = femi.meeting(femi.day(week, 3), SessionFormat.GROUP, hour=17, minutes=90, others=3)
        femi.held(evening, by=kofi)
    for log in logs[:5]:
        approve(log)
    approve_together(logs[5:], by=kofi, when=moment(femi.day(2, 2), 20))
    for log in logs:
        with at(moment(femi.day(1), 11)):
            verify_log(log, by=practicum.staff["registrar"])


# What does not count --------------------------------------------------------------------------------------------------


def _left_out(practicum: Practicum) -> None:
    """An entry for each reason why practice does not count. Its supervisor's licence has lapsed since, so that the last
    one is flagged."""
    esther, director = practicum.story("esther", "supervisor-two", "cottonwood"), practicum.staff["director"]
    for week in (9, 8, 7, 6):
        esther.held(esther.meeting(esther.day(week, 4), SessionFormat.INDIVIDUAL), by=practicum.staff["supervisor-two"])
    esther.approved(esther.visit(esther.day(14, 2), ROLE_PLAY, client=None))  # counts for half of its minutes
    for week in (13, 12, 11):  # the third is above the cap
        esther.approved(esther.visit(esther.day(week, 2), LONG_DRILL, client=None))
    esther.approved(esther.visit(esther.day(10, 2), CONSULTATION, client=None))  # belongs to another requirement
    esther.approved(esther.visit(esther.day(9, 2), SCREENING, client=1))  # a client seen only once
    for week in (9, 8, 7):
        esther.approved(esther.visit(esther.day(week, 3), PREPARATION))
    replaced = esther.approved(esther.visit(esther.day(6, 3), INTEGRATION))
    approve(esther.corrected(replaced, segments=((Phase.INTEGRATION.value, 75),)))
    why = "I was not in the room that day. Please log it with the supervisor who was, and send it to her."
    esther.returned(esther.visit(esther.day(5, 3), INTEGRATION), why)
    withdrawn = esther.approved(esther.visit(esther.day(4, 3), PREPARATION))
    with at(withdrawn.decided_at + timedelta(days=5)):
        why = "The clinic was closed on this day. Please correct the date and send it again."
        unapprove_log(withdrawn, by=director, reason=why)
    esther.waiting(esther.visit(esther.ago(5), SHARED_DOSING, hour=14))


def _prior_hours(practicum: Practicum) -> Story:
    """Hours that were brought along: accepted, refused, corrected, waiting; and more of them than count."""
    hiro, director = practicum.story("hiro", "supervisor", "juniper"), practicum.staff["director-two"]
    for week in (6, 5, 4):
        hiro.approved(hiro.visit(hiro.day(week, 2), PREPARATION, client=week % 2))
        form = {"hour": 12, "modality": SessionModality.PHONE.value}
        hiro.held(hiro.meeting(hiro.day(week, 2), SessionFormat.INDIVIDUAL, **form), by=practicum.staff["supervisor"])
    observed = _recorded(hiro, 10, "live_observation", Phase.DOSING, hours=8)
    _accept(observed, director)
    _accept(_recorded(hiro, 9, "live_observation", Phase.DOSING, hours=6, corrects=observed), director)
    _accept(_recorded(hiro, 9, "individual_consultation", "", hours=6), director)
    refused = _recorded(hiro, 8, "dosing_cofacilitator", Phase.DOSING, hours=20)
    with at(refused.submitted_at + timedelta(days=3)):
        why = "The letter says that you were a nurse on this ward, not that you were supervised in this work."
        return_prior_hours(refused, by=director, seen=prior_hash(refused), reason=why)
    _recorded(hiro, 1, "role_play", "", hours=3)
    return hiro


def _recorded(hiro: Story, weeks_ago: int, category: str, phase: str, *, hours: int, corrects=None) -> PriorHours:
    claim = Claim(
        category_key=category,
        phase=phase,
        minutes=60 * hours,
        began_on=date(2025, 9, 1),
        ended_on=date(2025, 12, 12),
        institution="Larkspur Hospital, Salt Lake City",
        supervisor_name="Ingrid Falk, MD",
    )
    letter = letter_about(hours, category.replace("_", " "), "Larkspur Hospital")
    with at(moment(hiro.day(weeks_ago), 19)):
        prior = record_prior_hours(hiro.enrolment, claim, document=letter, by=hiro.trainee, corrects=corrects)
    return PriorHours.objects.get(pk=prior.pk)


def _accept(prior: PriorHours, director: User) -> None:
    with at(prior.submitted_at + timedelta(days=2)):
        approve_prior_hours(prior, by=director, seen=prior_hash(prior))


def _sessions(practicum: Practicum, hiro: Story) -> None:
    """Sessions of every format and in every state. The supervisor cancelled one, which cost her nothing; one week has
    failed, and what is due of the last one has to be made up until Sunday."""
    gwen, dana = practicum.story("gwen", "supervisor", "juniper"), practicum.staff["supervisor"]
    for week, kinds in {6: (PREPARATION, SHARED_DOSING), 5: (INTEGRATION, SHARED_DOSING), 4: (INTEGRATION,)}.items():
        _visits(gwen, week, kinds)
    _visits(gwen, 2, (PREPARATION, SHARED_DOSING))
    _visits(gwen, 1, (SHARED_DOSING,))
    for week in (6, 4, 1):
        gwen.held(gwen.meeting(gwen.day(week, 2), SessionFormat.INDIVIDUAL), by=dana)
    gwen.held(gwen.meeting(gwen.day(7, 2), SessionFormat.TRIADIC), by=dana, beside=[hiro])
    gwen.cancelled(gwen.meeting(gwen.day(5, 2), SessionFormat.INDIVIDUAL), by=dana)
    large = gwen.meeting(
        gwen.day(3, 4), SessionFormat.GROUP, minutes=90, others=8, modality=SessionModality.VIDEO.value
    )
    gwen.held(large, by=dana)
    _object(gwen, dana)
    missed = gwen.meeting(gwen.day(2, 2), SessionFormat.INDIVIDUAL)
    gwen.held(missed, by=dana)
    with at(missed.ended_at + timedelta(days=1)):
        why = "You were at the drill of the clinic that morning. We meet again next week."
        record_absence(gwen.attendance(missed), by=dana, reason=why)
    confirm(gwen.logged(gwen.meeting(gwen.day(3, 5), SessionFormat.PEER, hour=10, others=3)))
    gwen.logged(gwen.meeting(gwen.day(1, 4), SessionFormat.INDIVIDUAL))
    twice = gwen.logged(gwen.meeting(gwen.day(1, 5), SessionFormat.INDIVIDUAL))  # she had logged it a second time
    with at(twice.session.ended_at + NEXT_DAY):
        withdraw_session(twice, by=gwen.trainee)
    plan_session(gwen.meeting(gwen.day(-1, 2), SessionFormat.INDIVIDUAL), enrolments=[gwen.enrolment], by=dana)
    _logged_as_entries(gwen)


def _visits(story: Story, week: int, kinds: tuple) -> None:
    for number, kind in enumerate(kinds):
        story.approved(story.visit(story.day(week, 1 + 2 * number), kind, client=week % 3))


def _object(gwen: Story, dana: User) -> None:
    short = gwen.meeting(gwen.day(8, 2), SessionFormat.INDIVIDUAL, minutes=45)
    gwen.held(short, by=dana)
    with at(short.ended_at + timedelta(days=1)):
        why = "We sat for an hour and a quarter; the second half was about the consent form."
        object_to_session(gwen.attendance(short), by=gwen.trainee, reason=why)


def _logged_as_entries(gwen: Story) -> None:
    """Consultation in the practice log: one entry came back, another was corrected and signed again."""
    why = "This was our session of that week, which I have recorded myself."
    gwen.returned(gwen.visit(gwen.day(9, 2), CONSULTATION, client=None), why)
    log = gwen.approved(gwen.visit(gwen.day(9, 4), CONSULTATION, client=None))
    approve(gwen.corrected(log, segments=((Phase.OTHER.value, 50),)))


# Who signs ------------------------------------------------------------------------------------------------------------


def _signed_by_link(practicum: Practicum) -> None:
    """A supervisor without an account approved three entries and returned one by a link that is used up; her receipt is
    mailed, and a new link is open for what waits. Another one said that the trainee is not hers."""
    celeste = practicum.story("celeste", "robin", "cottonwood")
    robin = practicum.signers["robin"]
    kinds = {8: PREPARATION, 7: SHARED_DOSING, 6: INTEGRATION, 5: GROUP}
    *to_approve, to_return = (
        celeste.waiting(celeste.visit(celeste.day(week, 1), kind, **(_in_a_group(4) if kind == GROUP else {})))
        for week, kind in kinds.items()
    )
    link = used_link(robin, when=moment(celeste.day(4), 9))
    with at(moment(celeste.day(4), 10, 20)):
        receipt = approve_by_link(link, [(log.pk, seen(log)) for log in to_approve], meaning=Meaning.OBSERVED)
        why = "The group had five people, not four. Please correct the number and send it again."
        return_by_link(link, to_return, meaning=Meaning.OBSERVED, seen=seen(to_return), reason=why)
        mail_receipt(receipt.pk)
    first = celeste.waiting(celeste.visit(celeste.ago(11), SHARED_DOSING, client=1))
    mailed_link(robin, when=first.submitted_at + timedelta(minutes=1))
    celeste.waiting(celeste.visit(celeste.ago(4), INTEGRATION, client=1))
    _not_her_trainee(practicum, celeste)
    attest_in_lieu(practicum, celeste)


def _in_a_group(size: int) -> dict:
    return {"format": Format.GROUP.value, "group_size": size}


def _not_her_trainee(practicum: Practicum, celeste: Story) -> None:
    elsewhere = practicum.place(celeste.enrolment, "carl", "mesa", celeste.day(5))
    other = Story(celeste.enrolment, elsewhere, celeste.today, celeste.codes)
    other.waiting(other.visit(other.day(3, 3), OBSERVATION, client=2))
    link = used_link(practicum.signers["carl"], when=moment(other.day(3, 5), 9))
    with at(moment(other.day(3, 5), 10, 10)):
        decline_placement(link, elsewhere)


def _waits_for_a_verification(practicum: Practicum) -> None:
    """The director has not verified her supervisor yet, so that nothing counts; the link that was mailed ran out."""
    kaya = practicum.story("kaya", "sunita", "mesa")
    first = kaya.waiting(kaya.visit(kaya.ago(20), PREPARATION))
    mailed_link(practicum.signers["sunita"], when=first.submitted_at + timedelta(minutes=1))
    kaya.waiting(kaya.visit(kaya.ago(18), SHARED_DOSING))


def _handed_over(practicum: Practicum) -> None:
    """Her supervisor is away until spring. What she signed stays; what waits, a session to confirm and a planned one went
    to another supervisor, who has approved one of the entries since."""
    iris, director = practicum.story("iris", AWAY[0], "mesa"), practicum.staff["director"]
    away, dana = practicum.staff[AWAY[0]], practicum.staff["supervisor"]
    for week in range(9, 4, -1):
        iris.held(iris.meeting(iris.day(week, 4), SessionFormat.INDIVIDUAL), by=away)
        iris.approved(iris.visit(iris.day(week, 1), PREPARATION if week % 2 else SHARED_DOSING, client=week % 2))
    iris.approved(iris.visit(iris.day(5, 2), CONSULTATION, client=None))
    waiting = iris.waiting(iris.visit(iris.ago(14), SHARED_DOSING))
    iris.waiting(iris.visit(iris.ago(12), INTEGRATION))
    iris.logged(iris.meeting(iris.ago(11), SessionFormat.INDIVIDUAL))
    ahead = iris.meeting(iris.day(-1, 4), SessionFormat.INDIVIDUAL)
    with at(moment(iris.ago(16), 12)):
        plan_session(ahead, enrolments=[iris.enrolment], by=away)
    with at(moment(iris.ago(9), 9)):
        hand_over(
            supervisor_of(away, by=director),
            to=supervisor_of(dana, by=director),
            cause=HandoverCause.ABSENT,
            reason="Parental leave until spring.",
            since=iris.ago(9),
            by=director,
        )
    waiting.placement.refresh_from_db()
    approve(waiting, when=moment(iris.ago(7), 17))
    find_a_lapse(practicum, iris)


# The pilot ------------------------------------------------------------------------------------------------------------


def _strictly_measured(practicum: Practicum, demo: Demo) -> None:
    """An entry for each rule of practice that flags. The papers of the supervisor, who signs by link, ran out one after
    another; two of them were renewed, the licence was not."""
    jonah = practicum.story("jonah", "miriam", "mesa")
    miriam, director = practicum.signers["miriam"], practicum.staff["director"]
    for kind, last_day in (("licence", 12), ("consultant", 50), ("bls", 70)):
        record_paper(miriam, Qualification(kind), jonah.ago(last_day), on=jonah.day(60), by=director)
    lesson = EditionItem.objects.get(
        edition=jonah.enrolment.edition, activity__key=demo.things["training"].activity_key
    )
    read_lesson(jonah.enrolment, lesson, at=moment(jonah.day(58, 4), 20))
    before_training = jonah.waiting(jonah.visit(jonah.day(58, 1), OBSERVATION))
    _sign(practicum, [before_training], when=moment(jonah.day(57), 9))
    forgotten = jonah.write(jonah.visit(jonah.day(56, 1), OBSERVATION))
    retreat = [jonah.waiting(jonah.visit(jonah.day(13, 4 + n), RETREAT_DAY, hour=8, **_in_a_group(6))) for n in (0, 1)]
    _sign(practicum, retreat, when=moment(jonah.day(13, 6), 7))
    signed = [
        jonah.waiting(jonah.visit(jonah.day(15, 2), PREPARATION), after=timedelta(days=40)),  # late
        jonah.waiting(jonah.visit(jonah.day(13, 6), INTEGRATION, hour=10)),  # above the weekly cap
        jonah.waiting(jonah.visit(jonah.day(12, 2), GROUP, **_in_a_group(9))),
        jonah.waiting(jonah.visit(jonah.day(11, 2), SHARED_DOSING, touch_used=True)),
        jonah.waiting(jonah.visit(jonah.day(9, 2), SHARED_DOSING)),  # no valid card of life support
    ]
    record_paper(miriam, Qualification.BLS, jonah.ago(-300), on=jonah.ago(56), by=director)
    signed.append(jonah.waiting(jonah.visit(jonah.day(6, 2), INTEGRATION)))  # no approval as consultant
    record_paper(miriam, Qualification.CONSULTANT, jonah.ago(-300), on=jonah.ago(35), by=director)
    signed.append(jonah.waiting(jonah.visit(jonah.day(5, 2), PREPARATION)))  # nothing is wrong with it
    _sign(practicum, signed, when=moment(jonah.ago(27), 9))
    jonah.send(forgotten, when=moment(jonah.ago(9), 12))  # older than a year by then
    mailed_link(miriam, when=moment(jonah.ago(9), 13))
    jonah.waiting(jonah.visit(jonah.ago(8), SHARED_DOSING))  # no valid licence


def _sign(practicum: Practicum, logs: list, *, when) -> None:
    link = used_link(practicum.signers["miriam"], when=when)
    with at(when + timedelta(hours=2) - timedelta(minutes=30)):
        receipt = approve_by_link(link, [(log.pk, seen(log)) for log in logs], meaning=Meaning.REVIEWED)
        mail_receipt(receipt.pk)
