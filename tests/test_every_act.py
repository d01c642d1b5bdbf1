"""Every audited act of the house: its row exists once when the act succeeds, and not when the act is rolled back.

The table below must name every registered act; a new one without a line fails.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from assessments.actions import close_overdue_attempts, start_attempt, submit_attempt
from assessments.actions.accommodations import end_accommodation, grant_accommodation
from assessments.assignments.actions import accept_submission, hand_in, return_submission
from assessments.enums import RegradeChange, SubmissionState
from assessments.exchange.actions import apply_import, read_file
from assessments.exchange.planning import fingerprint_of
from assessments.exchange.queries import plan_of
from assessments.invigilation.actions import annul_attempt, give_time
from assessments.marking.actions import mark_answer
from assessments.requests.actions import ask_for_attempt, decline_attempt, grant_attempt
from assessments.requirements import QuizPassedConfig
from assessments.rules import Allowance
from certificates.actions.conferral import confer
from certificates.actions.keys import create_signing_keys
from certificates.actions.replacing import close_name_request, request_name, supersede
from certificates.actions.revocation import confirm_revocation, request_revocation, withdraw_revocation
from certificates.actions.status import resign_status_lists
from certificates.actions.suspension import lift_suspension, suspend
from courses.curriculum.actions import (
    correct_item,
    create_program,
    publish_edition,
    record_regulator_step,
    set_needs_acceptance,
)
from courses.curriculum.models import LessonPage
from courses.enrolment.actions import adopt_edition, create_cohort, enrol, extend_enrolment, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.learning.actions import complete_activity, sign_attestation
from courses.payments.actions.buying import start_order
from courses.payments.actions.desk import record_payment, request_refund, settle_flag
from courses.payments.actions.prices import set_price
from courses.payments.actions.settling import receive_event
from courses.payments.enums import Method
from courses.standards.actions import publish_standard
from courses.standing.actions import end_waiver, grant_waiver, lift_hold, place_hold
from lms.accounts.actions import (
    accept_terms,
    change_profile,
    confirm_legal_name,
    end_barrier,
    end_role,
    grant_role,
    publish_terms,
    raise_barrier,
    record_document,
)
from lms.accounts.enums import Role
from lms.audit.models import AuditEntry
from lms.audit.names import registered_actions
from lms.clock.actions import adjust_deadlines
from lms.clock.models import Cause
from lms.disputes.actions import decide_dispute, escalate_overdue, open_dispute, replace_words, withdraw_dispute
from lms.disputes.models import Dispute
from lms.enums import ReasonClass
from supervision.actions.adverse import acknowledge_alert, escalate_alert, set_responder
from supervision.actions.codes import merge_codes, separate_code
from supervision.actions.declaration import declare_words
from supervision.actions.draft import discard_unfinished, save_unfinished
from supervision.actions.handover import hand_over
from supervision.actions.lapse import annul_lapse, decide_cases
from supervision.actions.lieu import (
    confirm_attestation,
    propose_attestation,
    refuse_attestation,
    withdraw_attestation,
)
from supervision.actions.pace import see_pace
from supervision.actions.placement import end_placement, make_client_code, set_placement
from supervision.actions.practice import correct_log, discard_log, edit_log, retract_log, submit_log
from supervision.actions.prior import amend_prior_hours, withdraw_prior_hours
from supervision.actions.program import unapprove_log, verify_log
from supervision.actions.redaction import redact
from supervision.actions.review import return_log
from supervision.actions.shared import confirm_share, decline_share, propose_share
from supervision.actions.site import approve_site_paper, refuse_site_paper
from supervision.actions.supervisor import (
    correct_address,
    record_qualification,
    record_supervisor,
    site_named,
    stop_supervisor,
    supervisor_of,
    verify_supervisor,
)
from supervision.enums import HandoverCause, LapseDecision, Meaning
from supervision.guard.declaring import Declaration
from supervision.models import AdverseAlert, PaceFlag
from supervision.queries.practice import full_logs
from supervision.queries.redaction import seen_of
from supervision.sessions.actions.attending import (
    amend_session,
    excuse_from_session,
    object_to_session,
    withdraw_session,
)
from supervision.sessions.actions.leading import cancel_session, record_absence, return_session
from supervision.signing.actions import (
    approve_by_link,
    ask_code,
    decline_placement,
    prove_address,
    question_receipt,
    resend_link,
)
from tests.cast import Cast
from tests.factories.asking import SIGNED, frozen_attestation
from tests.factories.assessments import frozen_question, make_attempt, make_question, make_quiz
from tests.factories.assignments import make_assignment, make_submission
from tests.factories.certificates import make_credential
from tests.factories.curriculum import (
    make_edition,
    make_item,
    make_lesson_page,
    make_module,
    make_module_page,
    make_program,
    make_program_page,
)
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.payments import StripesView, make_order, make_sold_cohort
from tests.factories.regrading import make_asked, regrade, sit
from tests.factories.sessions import (
    attendance_of,
    confirm,
    make_logged,
    make_meeting,
    make_planned,
    make_recorded,
    seen_session,
)
from tests.factories.signing import mailed_code, make_used_link, place_with
from tests.factories.standards import make_standard, make_standard_version
from tests.factories.supervision import (
    approve,
    approve_prior,
    make_approved,
    make_claim,
    make_code,
    make_draft,
    make_export,
    make_lapse,
    make_placement,
    make_practice_standard,
    make_prior,
    make_returned,
    make_signer,
    make_site_paper,
    make_submitted,
    make_visit,
    return_prior,
    seen,
)

Act = Callable[[], Any]
ACTS: dict[str, Callable[[Cast], Act]] = {}
TODAY = date(2026, 3, 2)
TABLE = b"kind,question,right,option_1,option_2\nsingle,What first?,1,Open the airway,Wait\n"


def act(name: str):
    """Register how an act is prepared: the function makes what is needed and returns the act itself."""

    def register(prepare: Callable[[Cast], Act]) -> Callable[[Cast], Act]:
        ACTS[name] = prepare
        return prepare

    return register


# lms -----------------------------------------------------------------------------------------------------------------

act("accounts.role.granted")(lambda cast: lambda: grant_role(cast.trainee, Role.REGISTRAR, by=cast.director))
act("accounts.role.ended")(lambda cast: lambda: end_role(cast.registrar.role_grants.get(), by=cast.director))
act("accounts.barrier.raised")(lambda cast: lambda: _barrier(cast))
act("accounts.name.confirmed")(lambda cast: lambda: confirm_legal_name(cast.trainee, legal_name="Ada L."))
act("accounts.profile.changed")(
    lambda cast: lambda: change_profile(cast.trainee, display_name="Ada", time_zone="Europe/Paris")
)
act("accounts.terms.published")(lambda cast: lambda: publish_terms(html="<p>New.</p>", by=cast.director))


act("accounts.document.recorded")(
    lambda cast: (
        lambda: record_document(
            cast.supervisor, kind="licence", authority="State board", number="LIC-1", expires_on=TODAY
        )
    )
)


def _barrier(cast):
    return raise_barrier(cast.trainee, cast.supervisor, by=cast.director, reason="They are related.")


@act("accounts.barrier.ended")
def barrier_ended(cast):
    barrier = _barrier(cast)
    return lambda: end_barrier(barrier, by=cast.director)


@act("accounts.terms.accepted")
def terms_accepted(cast):
    version = publish_terms(html="<p>New.</p>", by=cast.director)
    return lambda: accept_terms(cast.trainee, number=version.number)


@act("clock.adjustment.made")
def deadlines_adjusted(cast):
    return lambda: adjust_deadlines(cause=Cause.LEAVE, since=TODAY, days=7, by=cast.director, person=cast.trainee)


def _dispute(cast) -> Dispute:
    return open_dispute(
        cast.supervisor, by=cast.trainee, text="Not so.", against=cast.supervisor, owner=cast.second_director
    )


act("disputes.dispute.opened")(lambda cast: lambda: _dispute(cast))


@act("disputes.dispute.decided")
def dispute_decided(cast):
    dispute = _dispute(cast)
    return lambda: decide_dispute(dispute, by=cast.second_director, upheld=True, answer="You are right.")


@act("disputes.dispute.withdrawn")
def dispute_withdrawn(cast):
    dispute = _dispute(cast)
    return lambda: withdraw_dispute(dispute, by=cast.trainee)


@act("disputes.dispute.escalated")
def dispute_escalated(cast):
    old = Dispute.objects.create(
        evidence_type="accounts.user",
        evidence_id="1",
        raised_by=cast.trainee,
        text="Not so.",
        escalates_at=timezone.now() - timedelta(days=1),
    )
    assert old.pk
    return escalate_overdue


# courses -------------------------------------------------------------------------------------------------------------

act("curriculum.program.created")(lambda cast: lambda: create_program(title="Another", by=cast.director))


def _written_program():
    program_page = make_program_page()
    make_lesson_page(make_module_page(program_page))
    return program_page


@act("curriculum.edition.published")
def edition_published(cast):
    program_page = _written_program()
    return lambda: publish_edition(program_page, by=cast.director)


@act("curriculum.erratum.made")
def erratum_made(cast):
    edition = publish_edition(_written_program(), by=cast.director)
    page = LessonPage.objects.get()
    page.title = "Mended"
    page.save_revision().publish()
    item = edition.items.get(activity__key=page.activity_key)
    page = LessonPage.objects.get()
    return lambda: correct_item(item, page=page, by=cast.director, reason="A wrong word.")


@act("curriculum.regulator.recorded")
def regulator_recorded(cast):
    edition = make_edition()
    return lambda: record_regulator_step(edition, regulator="Board", kind="accepted", on=TODAY, by=cast.director)


@act("curriculum.program.acceptance_set")
def acceptance_set(cast):
    program = make_program()
    return lambda: set_needs_acceptance(program, True, by=cast.director)


@act("standards.standard.published")
def standard_published(cast):
    edition = make_edition()
    make_quiz(edition)
    value = {"title": "Quizzes", "waivable": True, "track": "", "every_quiz": True, "quizzes": [], "min_percent": None}
    standard = make_standard(edition.program, blocks=[{"type": "quiz_passed", "id": "quiz", "value": value}])
    return lambda: publish_standard(standard, by=cast.director)


@act("enrolment.cohort.created")
def cohort_created(cast):
    edition = make_edition()
    version = make_standard_version(edition.program)
    pinned = {"edition": edition, "standard_version": version, "by": cast.director}
    return lambda: create_cohort(edition.program, name="Spring", starts_on=TODAY, **pinned)


@act("enrolment.cohort.edition_adopted")
def edition_adopted(cast):
    cohort = make_cohort()
    later = make_edition(cohort.program)
    return lambda: adopt_edition(cohort, later, by=cast.director, reason="It is better.")


@act("enrolment.enrolment.created")
def trainee_enrolled(cast):
    cohort = make_cohort()
    return lambda: enrol(cast.trainee, cohort=cohort, by=cast.director)


@act("enrolment.enrolment.moved")
def enrolment_moved(cast):
    enrolment = make_enrolment(cast.trainee)
    return lambda: move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")


@act("enrolment.enrolment.extended")
def enrolment_extended(cast):
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(ends_on=TODAY))
    return lambda: extend_enrolment(enrolment, TODAY + timedelta(days=30), by=cast.director, reason="Leave.")


@act("learning.completion.recorded")
def lesson_completed(cast):
    edition = make_edition()
    lesson = make_module(edition).children.get()
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(edition=edition))
    return lambda: complete_activity(enrolment, lesson, by=cast.trainee)


@act("learning.attestation.signed")
def attestation_signed(cast):
    edition = make_edition()
    lesson = make_item(edition, parent=make_module(edition, lessons=0), blocks=[frozen_attestation()])
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(edition=edition))
    words = {"block": UUID(SIGNED), "name": str(cast.trainee), "by": cast.trainee}
    return lambda: sign_attestation(enrolment, lesson, **words)


@act("payments.price.set")
def price_set(cast):
    cohort = make_cohort()
    return lambda: set_price(cohort, amount=240_000, currency="usd", by=cast.director)


@act("payments.order.started")
def order_started(cast):
    cohort = make_sold_cohort()
    return lambda: start_order(cast.trainee, cohort=cohort)


@act("payments.order.recorded")
def payment_recorded(cast):
    values = {"amount": 100, "currency": "usd", "received_on": TODAY, "method": Method.CHECK, "reference": "7"}
    cohort = make_cohort()
    return lambda: record_payment(cast.trainee, cohort=cohort, by=cast.registrar, **values)


@act("payments.order.moved")
def order_paid(cast):
    says = StripesView(make_order(cast.trainee))
    return lambda: receive_event(says.completed())


@act("payments.refund.requested")
def refund_requested(cast):
    order = make_order(cast.trainee)
    receive_event(StripesView(order).completed())
    return lambda: request_refund(order, by=cast.registrar, reason="She cannot come.")


def _mismatch(cast):
    order = make_order(cast.trainee)
    return order, StripesView(order).completed(amount_total=1)


@act("payments.flag.raised")
def flag_raised(cast):
    _, event = _mismatch(cast)
    return lambda: receive_event(event)


@act("payments.flag.settled")
def flag_settled(cast):
    order, event = _mismatch(cast)
    receive_event(event)
    return lambda: settle_flag(order.flags.get(), by=cast.director, note="Paid back.")


def _enrolment_with_requirement(cast):
    requirement = QuizPassedConfig(key="quiz", title="Quiz", every_quiz=True)
    return make_enrolment(cast.trainee, standard_version=make_standard_version(requirements=[requirement]))


def _waive(cast, enrolment):
    return grant_waiver(enrolment, "quiz", by=cast.director, reason="Passed elsewhere.", document="Transcript")


@act("standing.waiver.granted")
def waiver_granted(cast):
    enrolment = _enrolment_with_requirement(cast)
    return lambda: _waive(cast, enrolment)


@act("standing.waiver.ended")
def waiver_ended(cast):
    waiver = _waive(cast, _enrolment_with_requirement(cast))
    return lambda: end_waiver(waiver, by=cast.director)


def _hold(cast, enrolment):
    return place_hold(enrolment, by=cast.director, reason_class=ReasonClass.ADMINISTRATIVE, note="A form is missing.")


@act("standing.hold.placed")
def hold_placed(cast):
    enrolment = make_enrolment(cast.trainee)
    return lambda: _hold(cast, enrolment)


@act("standing.hold.lifted")
def hold_lifted(cast):
    hold = _hold(cast, make_enrolment(cast.trainee))
    return lambda: lift_hold(hold, by=cast.director)


# assessments ---------------------------------------------------------------------------------------------------------


@act("assessments.questions.imported")
def questions_imported(cast):
    import_ = read_file(TABLE, "table", topic="Airway", by=cast.director)
    plan, bank = plan_of(import_)
    return lambda: apply_import(import_, fingerprint=fingerprint_of(plan, bank), by=cast.director)


act("assessments.question.saved")(lambda cast: lambda: make_question(by=cast.director))


def _sitting(cast):
    edition = make_edition()
    quiz = make_quiz(edition, time_limit_minutes=10)
    return make_enrolment(cast.trainee, cohort=make_cohort(edition=edition)), quiz


def _handed_in(cast):
    enrolment = make_enrolment(cast.trainee)
    item = make_assignment(enrolment.edition)
    return make_submission(enrolment, item, state=SubmissionState.SUBMITTED, by=cast.director)


@act("assessments.submission.submitted")
def assignment_handed_in(cast):
    enrolment = make_enrolment(cast.trainee)
    item = make_assignment(enrolment.edition)
    return lambda: hand_in(enrolment, item, by=cast.trainee, text="What was agreed.")


@act("assessments.submission.returned")
def assignment_returned(cast):
    submission = _handed_in(cast)
    return lambda: return_submission(submission, by=cast.director, reason="The agreement is missing.")


@act("assessments.submission.accepted")
def assignment_accepted(cast):
    submission = _handed_in(cast)
    return lambda: accept_submission(submission, by=cast.director)


@act("assessments.attempt.started")
def attempt_started(cast):
    enrolment, quiz = _sitting(cast)
    return lambda: start_attempt(enrolment, quiz, by=cast.trainee)


@act("assessments.attempt.submitted")
def attempt_submitted(cast):
    attempt = start_attempt(*_sitting(cast), by=cast.trainee)
    return lambda: submit_attempt(attempt, by=cast.trainee)


def _to_regrade(cast):
    asked = make_asked()
    sit(make_enrolment(cast.trainee, cohort=asked.cohort), asked.item, "0011")
    return lambda: regrade(asked.versions[0], RegradeChange.FULL, by=cast.director)


act("assessments.regrade.applied")(_to_regrade)
act("assessments.attempt.regraded")(_to_regrade)


def _to_mark(cast):
    edition = make_edition()
    essay = make_quiz(edition, questions=[frozen_question("essay", "essay")])
    attempt = make_attempt(make_enrolment(cast.trainee, cohort=make_cohort(edition=edition)), essay)
    return lambda: mark_answer(attempt, slot=1, points=Fraction(1, 2), words="Name the airway.", by=cast.director)


act("assessments.answer.marked")(_to_mark)
act("assessments.attempt.marked")(_to_mark)


@act("assessments.attempt.expired")
def attempt_expired(cast):
    start_attempt(*_sitting(cast), by=cast.trainee, at=timezone.now() - timedelta(hours=2))
    return close_overdue_attempts


@act("assessments.attempt.time_given")
def time_given(cast):
    attempt = start_attempt(*_sitting(cast), by=cast.trainee)
    return lambda: give_time(attempt, minutes=5, by=cast.director, reason="The fire alarm rang.")


@act("assessments.attempt.annulled")
def attempt_annulled(cast):
    attempt = start_attempt(*_sitting(cast), by=cast.trainee)
    return lambda: annul_attempt(attempt, by=cast.director, reason="The fire alarm rang.")


def _accommodate(cast, enrolment):
    allowance = Allowance(extra_time=50)
    return grant_accommodation(enrolment, allowance, by=cast.director, reason="Agreed.")


def _exhausted(cast):
    edition = make_edition()
    quiz = make_quiz(edition, attempts=1)
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(edition=edition))
    make_attempt(enrolment, quiz, wrong=(1,))
    return lambda: ask_for_attempt(enrolment, quiz, by=cast.trainee, reason="I was ill.")


act("assessments.request.asked")(_exhausted)


@act("assessments.request.granted")
def attempt_granted(cast):
    asked = _exhausted(cast)()
    return lambda: grant_attempt(asked, by=cast.director)


@act("assessments.request.declined")
def attempt_declined(cast):
    asked = _exhausted(cast)()
    return lambda: decline_attempt(asked, by=cast.director, answer="Read the lesson first.")


@act("assessments.accommodation.granted")
def accommodation_granted(cast):
    enrolment = make_enrolment(cast.trainee)
    return lambda: _accommodate(cast, enrolment)


@act("assessments.accommodation.ended")
def accommodation_ended(cast):
    enrolment = make_enrolment(cast.trainee)
    _accommodate(cast, enrolment)
    return lambda: end_accommodation(enrolment, by=cast.director, reason="Over.")


# supervision ---------------------------------------------------------------------------------------------------------


@act("supervision.placement.set")
def placement_set(cast):
    enrolment = make_enrolment(cast.trainee, standard_version=make_practice_standard())
    values = {"site": site_named("Juniper Clinic"), "starts_on": TODAY, "ends_on": None, "by": cast.director}
    supervisor = supervisor_of(cast.supervisor, by=None)
    return lambda: set_placement(enrolment, supervisor=supervisor, **values)


@act("supervision.supervisor.recorded")
def supervisor_recorded(cast):
    return lambda: record_supervisor("Robin Vance, PhD", "robin@clinic.example", by=cast.director)


def _signer(cast, **fields):
    return make_signer(by=cast.director, **fields)


@act("supervision.supervisor.corrected")
def supervisor_corrected(cast):
    signer = _signer(cast)
    return lambda: correct_address(signer, "vance@clinic.example", by=cast.director)


@act("supervision.supervisor.qualified")
def supervisor_qualified(cast):
    signer = _signer(cast)
    facts = {"kind": "bls", "authority": "Heart association", "number": "77", "expires_on": date(2027, 1, 1)}
    return lambda: record_qualification(signer, by=cast.director, **facts)


@act("supervision.supervisor.verified")
def supervisor_verified(cast):
    signer = _signer(cast, is_verified=False)
    papers = list(signer.qualifications.values_list("pk", flat=True))
    return lambda: verify_supervisor(
        signer, address=signer.email, qualifications=papers, how="Looked it up.", by=cast.director
    )


@act("supervision.supervisor.stopped")
def supervisor_stopped(cast):
    signer = _signer(cast)
    return lambda: stop_supervisor(signer, reason="The licence was withdrawn.", by=cast.director)


def _waiting_by_link(cast, **fields):
    """An entry that waits for somebody without an account, whose link has just been used."""
    signer = _signer(cast, **fields)
    log = make_submitted(place_with(signer, cast.trainee))
    return log, make_used_link(signer)


@act("supervision.link.asked")
def link_asked(cast):
    signer = _signer(cast)
    return lambda: resend_link(signer, by=cast.director)


@act("supervision.link.code_asked")
def code_asked(cast):
    link = resend_link(_signer(cast), by=cast.director)
    return lambda: ask_code(link)


@act("supervision.link.code_wrong")
def code_wrong(cast):
    link = ask_code(resend_link(_signer(cast), by=cast.director))
    return lambda: prove_address(link, "none")


@act("supervision.link.used")
def link_used(cast):
    link = ask_code(resend_link(_signer(cast), by=cast.director))
    code = mailed_code()
    return lambda: prove_address(link, code)


@act("supervision.link.signed")
def signed_by_link(cast):
    log, link = _waiting_by_link(cast)
    return lambda: approve_by_link(link, [(log.pk, seen(log))], meaning=Meaning.OBSERVED)


@act("supervision.link.declined")
def placement_declined(cast):
    log, link = _waiting_by_link(cast)
    return lambda: decline_placement(link, log.placement)


@act("supervision.link.questioned")
def signature_questioned(cast):
    log, link = _waiting_by_link(cast)
    receipt = approve_by_link(link, [(log.pk, seen(log))], meaning=Meaning.OBSERVED)
    return lambda: question_receipt(receipt)


def _placement(cast):
    return make_placement(cast.trainee, cast.supervisor)


@act("supervision.placement.ended")
def placement_ended(cast):
    placement = _placement(cast)
    return lambda: end_placement(placement, ends_on=TODAY + timedelta(days=300), by=cast.director)


@act("supervision.client.coded")
def client_coded(cast):
    placement = _placement(cast)
    return lambda: make_client_code(placement.enrolment, by=cast.trainee)


@act("supervision.words.declared")
def words_declared(cast):
    log = make_draft(_placement(cast))
    return lambda: declare_words(log, [Declaration("reflection", "name", "0" * 64, "an author")], by=cast.trainee)


@act("supervision.log.drafted")
def log_drafted(cast):
    placement = _placement(cast)
    return lambda: make_draft(placement)


@act("supervision.log.edited")
def log_edited(cast):
    placement = _placement(cast)
    visit = make_visit()
    log = make_draft(placement, on=visit.on)
    changed = replace(visit, segments=(("dosing", 45),))
    return lambda: edit_log(log, changed, placement=placement, by=cast.trainee, version=log.version)


def _with_log(make, do):
    """An act on an entry that `make` brings into the right state."""

    def prepare(cast):
        log = make(_placement(cast))
        return lambda: do(log, cast)

    return prepare


act("supervision.log.submitted")(_with_log(make_draft, lambda log, cast: submit_log(log, by=cast.trainee)))
act("supervision.log.retracted")(_with_log(make_submitted, lambda log, cast: retract_log(log, by=cast.trainee)))
act("supervision.log.discarded")(_with_log(make_draft, lambda log, cast: discard_log(log, by=cast.trainee)))
act("supervision.log.approved")(_with_log(make_submitted, lambda log, cast: approve(log)))
act("supervision.log.corrected")(_with_log(make_approved, lambda log, cast: correct_log(log, by=cast.trainee)))
act("supervision.log.verified")(_with_log(make_approved, lambda log, cast: verify_log(log, by=cast.director)))
act("supervision.log.unapproved")(
    _with_log(
        make_approved, lambda log, cast: unapprove_log(log, by=cast.director, reason="The plan shows another day.")
    )
)
act("supervision.log.redacted")(
    _with_log(
        lambda placement: make_submitted(placement, reflection="I sat with Sarah Whitfield."),
        lambda log, cast: redact(log, by=cast.supervisor, words="Sarah Whitfield", kind="name", seen=seen(log)),
    )
)


@act("supervision.prior.redacted")
def prior_redacted(cast):
    prior = make_prior(_placement(cast).enrolment, note="Under Sarah Whitfield.")
    words = {"words": "Sarah Whitfield", "kind": "name", "seen": seen_of(prior)}
    return lambda: redact(prior, by=cast.director, **words)


@act("supervision.session.redacted")
def session_redacted(cast):
    session = make_logged(_placement(cast), feedback="We spoke of Sarah Whitfield.")
    words = {"words": "Sarah Whitfield", "kind": "name", "seen": seen_of(session)}
    return lambda: redact(session, by=cast.supervisor, **words)


@act("disputes.dispute.redacted")
def dispute_redacted(cast):
    log = make_returned(_placement(cast))
    dispute = open_dispute(log, by=cast.trainee, text="Sarah Whitfield.", against=cast.supervisor, owner=cast.director)
    return lambda: replace_words(dispute, lambda text: text.replace("Sarah Whitfield", "[removed]"), by=cast.director)


act("supervision.log.returned")(
    _with_log(
        make_submitted,
        lambda log, cast: return_log(
            log, by=cast.supervisor, meaning=Meaning.REVIEWED, seen=seen(log), reason="The role is missing."
        ),
    )
)


def _prior(cast):
    return make_prior(_placement(cast).enrolment)


@act("supervision.export.made")
def export_made(cast):
    placement = _placement(cast)
    return lambda: make_export(placement.enrolment)


@act("supervision.draft.discarded")
def unfinished_draft_discarded(cast):
    enrolment, key = _placement(cast).enrolment, UUID(int=7)
    draft = save_unfinished(enrolment, key=key, sequence=1, typed={"role": ["lead"]}, by=cast.trainee)
    return lambda: discard_unfinished(draft, by=cast.trainee)


def _two_codes(cast):
    placement = _placement(cast)
    return make_code(placement), make_code(placement)


@act("supervision.client.merged")
def codes_merged(cast):
    one, other = _two_codes(cast)
    return lambda: merge_codes(one, other, by=cast.trainee)


@act("supervision.client.separated")
def codes_separated(cast):
    one, other = _two_codes(cast)
    merge_codes(one, other, by=cast.trainee)
    return lambda: separate_code(other, by=cast.director)


def _reported(cast):
    return make_draft(_placement(cast), adverse_event=True).alert


@act("supervision.work.handed_over")
def work_handed_over(cast):
    giver, taker = _placement(cast).supervisor, supervisor_of(cast.other_supervisor, by=None)
    words = {"cause": HandoverCause.DEPARTED, "reason": "Has moved away.", "since": timezone.localdate()}
    return lambda: hand_over(giver, to=taker, by=cast.director, **words)


def _lapse(cast):
    placement = _placement(cast)
    make_approved(placement)
    return make_lapse(placement.supervisor, by=cast.director)


@act("supervision.lapse.recorded")
def lapse_recorded(cast):
    supervisor = _placement(cast).supervisor
    return lambda: make_lapse(supervisor, by=cast.director)


@act("supervision.log.questioned")
def log_questioned(cast):
    placement = _placement(cast)
    make_approved(placement)
    return lambda: make_lapse(placement.supervisor, by=cast.director)


@act("supervision.lapse.decided")
def lapse_decided(cast):
    lapse = _lapse(cast)
    cases = list(lapse.cases.values_list("pk", flat=True))
    return lambda: decide_cases(lapse, cases, decision=LapseDecision.KEPT, reason="In good faith.", by=cast.director)


@act("supervision.lapse.annulled")
def lapse_annulled(cast):
    lapse = _lapse(cast)
    return lambda: annul_lapse(lapse, reason="Another person.", by=cast.director)


def _signerless(cast):
    log = make_submitted(_placement(cast))
    end_role(cast.supervisor.role_grants.get(role=Role.SUPERVISOR), by=cast.director)
    return full_logs().get(pk=log.pk)


def _attestation(cast):
    log = _signerless(cast)
    return propose_attestation(log, evidence="The calendar shows it.", seen=seen(log), by=cast.director)


@act("supervision.lieu.proposed")
def lieu_proposed(cast):
    log = _signerless(cast)
    return lambda: propose_attestation(log, evidence="The calendar shows it.", seen=seen(log), by=cast.director)


@act("supervision.lieu.confirmed")
def lieu_confirmed(cast):
    attestation = _attestation(cast)
    return lambda: confirm_attestation(attestation, seen=attestation.sha256, by=cast.second_director)


@act("supervision.lieu.refused")
def lieu_refused(cast):
    attestation = _attestation(cast)
    return lambda: refuse_attestation(attestation, reason="No proof.", by=cast.second_director)


@act("supervision.lieu.withdrawn")
def lieu_withdrawn(cast):
    attestation = _attestation(cast)
    return lambda: withdraw_attestation(attestation, by=cast.director)


def _site_paper(cast):
    return make_site_paper(_placement(cast).site, by=cast.registrar)


@act("supervision.site.paper_added")
def site_paper_added(cast):
    site = _placement(cast).site
    return lambda: make_site_paper(site, by=cast.registrar)


@act("supervision.site.paper_approved")
def site_paper_approved(cast):
    paper = _site_paper(cast)
    return lambda: approve_site_paper(paper, by=cast.director)


@act("supervision.site.paper_refused")
def site_paper_refused(cast):
    paper = _site_paper(cast)
    return lambda: refuse_site_paper(paper, reason="Not signed.", by=cast.director)


def _two_are_usual():
    return mock.patch("supervision.rules.pace.APPROVALS_USUAL", 2)


@act("supervision.pace.flagged")
def pace_flagged(cast):
    placement = _placement(cast)
    log = make_submitted(placement)
    for _ in range(2):
        make_approved(placement)

    def do():
        with _two_are_usual():
            approve(log)

    return do


@act("supervision.pace.seen")
def pace_seen(cast):
    placement = _placement(cast)
    with _two_are_usual():
        for _ in range(3):
            make_approved(placement)
    flag = PaceFlag.objects.get()
    return lambda: see_pace(flag, by=cast.director)


@act("supervision.adverse.alerted")
def adverse_alerted(cast):
    placement = _placement(cast)
    return lambda: make_draft(placement, adverse_event=True)


@act("supervision.adverse.acknowledged")
def adverse_acknowledged(cast):
    alert = _reported(cast)
    return lambda: acknowledge_alert(alert, by=cast.director)


@act("supervision.adverse.escalated")
def adverse_escalated(cast):
    alert = _reported(cast)
    AdverseAlert.objects.filter(pk=alert.pk).update(due_at=timezone.now())
    return lambda: escalate_alert(alert.pk)


@act("supervision.responder.set")
def responder_set(cast):
    program = _placement(cast).enrolment.program
    return lambda: set_responder(program, person=cast.faculty, by=cast.director)


def _proposed(cast):
    """A visit that the trainee may propose to another one of her cohort, and that one's enrolment."""
    placement = _placement(cast)
    return make_draft(placement), make_enrolment(cast.other_trainee, cohort=placement.enrolment.cohort)


@act("supervision.share.proposed")
def share_proposed(cast):
    log, other = _proposed(cast)
    return lambda: propose_share(log, to=other, by=cast.trainee)


@act("supervision.share.confirmed")
def share_confirmed(cast):
    log, other = _proposed(cast)
    share = propose_share(log, to=other, by=cast.trainee)
    place = make_placement(cast.other_trainee, cast.supervisor, enrolment=other)
    return lambda: confirm_share(share, make_visit(on=log.on), placement=place, by=cast.other_trainee)


@act("supervision.share.declined")
def share_declined(cast):
    log, other = _proposed(cast)
    share = propose_share(log, to=other, by=cast.trainee)
    return lambda: decline_share(share, by=cast.other_trainee)


@act("supervision.prior.recorded")
def prior_recorded(cast):
    enrolment = _placement(cast).enrolment
    return lambda: make_prior(enrolment)


@act("supervision.prior.approved")
def prior_approved(cast):
    prior = _prior(cast)
    return lambda: approve_prior(prior, by=cast.director)


@act("supervision.prior.returned")
def prior_returned(cast):
    prior = _prior(cast)
    return lambda: return_prior(prior, by=cast.director)


@act("supervision.prior.amended")
def prior_amended(cast):
    prior = return_prior(_prior(cast), by=cast.director)
    return lambda: amend_prior_hours(prior, make_claim(minutes=60), document=None, by=cast.trainee)


@act("supervision.prior.withdrawn")
def prior_withdrawn(cast):
    prior = _prior(cast)
    return lambda: withdraw_prior_hours(prior, by=cast.trainee)


def _with_session(make, run):
    """An act on the attendance of a session that is there already."""

    def prepare(cast):
        placement = _placement(cast)
        session = make(placement)
        return lambda: run(attendance_of(session, placement), cast)

    return prepare


def _planned(placement):
    return make_planned(placement, on=timezone.localdate() + timedelta(days=7))


def _returned_session(placement):
    attendance = attendance_of(make_logged(placement), placement)
    by = placement.supervisor.person
    return_session(attendance, by=by, seen=seen_session(attendance), reason="It was shorter.")
    return attendance.session


@act("supervision.session.logged")
def session_logged(cast):
    placement = _placement(cast)
    return lambda: make_logged(placement)


@act("supervision.session.recorded")
def session_recorded(cast):
    placement = _placement(cast)
    return lambda: make_recorded(placement)


@act("supervision.session.planned")
def session_planned(cast):
    placement = _placement(cast)
    return lambda: _planned(placement)


act("supervision.session.cancelled")(
    _with_session(_planned, lambda one, cast: cancel_session(one.session, by=cast.supervisor))
)
act("supervision.session.withdrawn")(
    _with_session(make_logged, lambda one, cast: withdraw_session(one, by=cast.trainee))
)
act("supervision.session.amended")(
    _with_session(
        _returned_session,
        lambda one, cast: amend_session(
            one, make_meeting(), supervisor=one.session.supervisor, by=cast.trainee, version=one.session.version
        ),
    )
)
act("supervision.attendance.excused")(
    _with_session(_planned, lambda one, cast: excuse_from_session(one, by=cast.trainee))
)
act("supervision.attendance.confirmed")(_with_session(make_logged, lambda one, cast: confirm(one)))
act("supervision.attendance.returned")(
    _with_session(
        make_logged,
        lambda one, cast: return_session(one, by=cast.supervisor, seen=seen_session(one), reason="It was shorter."),
    )
)
act("supervision.attendance.objected")(
    _with_session(make_recorded, lambda one, cast: object_to_session(one, by=cast.trainee, reason="I was ill."))
)
act("supervision.attendance.absent")(
    _with_session(make_recorded, lambda one, cast: record_absence(one, by=cast.supervisor, reason="I mixed up days."))
)


# certificates --------------------------------------------------------------------------------------------------------

act("certificates.key.created")(lambda cast: lambda: create_signing_keys(by=None))


@act("certificates.key.retired")
def key_retired(cast):
    create_signing_keys(by=None)
    return lambda: create_signing_keys(by=cast.director, rotate=True)


@act("certificates.credential.conferred")
def credential_conferred(cast):
    create_signing_keys(by=None)
    requirement = QuizPassedConfig(key="quiz", title="Quiz", every_quiz=True)
    version = make_standard_version(make_program(), requirements=[requirement])
    enrolment = make_enrolment(confirm_legal_name(cast.trainee, legal_name="Ada L."), standard_version=version)
    _waive(cast, enrolment)
    return lambda: confer(enrolment, by=cast.director)


def _requested(cast):
    credential = make_credential(cast.trainee, by=cast.director)
    return request_revocation(credential, by=cast.director, reason_class=ReasonClass.ISSUER_ERROR, why="Wrong.")


@act("certificates.revocation.requested")
def revocation_requested(cast):
    credential = make_credential(cast.trainee, by=cast.director)
    words = {"reason_class": ReasonClass.ISSUER_ERROR, "why": "Wrong standard."}
    return lambda: request_revocation(credential, by=cast.director, **words)


@act("certificates.revocation.withdrawn")
def revocation_withdrawn(cast):
    request = _requested(cast)
    return lambda: withdraw_revocation(request, by=cast.director)


@act("certificates.credential.revoked")
def credential_revoked(cast):
    request = _requested(cast)
    return lambda: confirm_revocation(request, by=cast.second_director)


def _with_new_name(cast):
    credential = make_credential(cast.trainee, by=cast.director)
    confirm_legal_name(cast.trainee, legal_name="Ada Byron")
    cast.trainee.refresh_from_db()
    return credential


@act("certificates.name.requested")
def name_requested(cast):
    credential = _with_new_name(cast)
    return lambda: request_name(credential, by=cast.trainee)


@act("certificates.name.closed")
def name_closed(cast):
    request = request_name(_with_new_name(cast), by=cast.trainee)
    return lambda: close_name_request(request, by=cast.director, answer="Please show us the deed.")


@act("certificates.credential.superseded")
def credential_superseded(cast):
    credential = _with_new_name(cast)
    words = {"reason_class": ReasonClass.ISSUER_ERROR, "why": "Misspelt."}
    return lambda: supersede(credential, by=cast.director, **words)


def _suspend(cast):
    credential = make_credential(cast.trainee, by=cast.director)
    return suspend(credential, by=cast.director, reason_class=ReasonClass.INTERIM, why="A question is open.")


act("certificates.credential.suspended")(lambda cast: lambda: _suspend(cast))


@act("certificates.credential.reinstated")
def credential_reinstated(cast):
    credential = _suspend(cast)
    return lambda: lift_suspension(credential, by=cast.director, why="Answered.")


@act("certificates.status_list.signed")
def status_list_signed(cast):
    make_credential(cast.trainee, by=cast.director)
    return resign_status_lists


def test_every_registered_act_stands_in_the_table():
    assert set(ACTS) == set(registered_actions())


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_leaves_its_row_when_it_succeeds_and_none_when_it_is_rolled_back(cast, name):
    do = ACTS[name](cast)
    rows = AuditEntry.objects.filter(action=name)
    before = rows.count()
    with transaction.atomic():
        do()
        assert rows.count() > before
        transaction.set_rollback(True)
    assert rows.count() == before
    do()
    assert rows.count() > before
