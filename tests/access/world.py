"""One small institute with something at every address."""

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from assessments.enums import RegradeChange, SubmissionState
from assessments.exchange.actions import read_file
from assessments.requests.actions import ask_for_attempt
from assessments.requirements import QuizPassedConfig
from certificates.actions.papers import make_files
from certificates.actions.replacing import request_name
from certificates.actions.revocation import request_revocation
from certificates.enums import KeyAlgorithm
from certificates.models import Credential, NameRequest, SigningKey
from courses.curriculum.enums import BuildState
from courses.curriculum.models import Asset, EditionBuild, EditionItem
from courses.payments.enums import FlagKind, OrderState
from courses.payments.models import Flag
from courses.standing.actions import grant_waiver, place_hold
from lms.accounts.actions import confirm_legal_name, raise_barrier, record_document
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.disputes.actions import open_dispute
from lms.enums import ReasonClass
from supervision.actions.codes import merge_codes
from supervision.actions.draft import save_unfinished
from supervision.actions.shared import propose_share
from supervision.models import PaceFlag, UnfinishedDraft
from tests.cast import Cast, make_person
from tests.factories.asking import FIRST, SIGNED, THIRD, frozen_attestation, frozen_check
from tests.factories.assessments import frozen_question, frozen_version, make_attempt, make_question, make_quiz
from tests.factories.assignments import make_assignment, make_submission
from tests.factories.certificates import make_credential
from tests.factories.curriculum import make_edition, make_item, make_module, make_program_page
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.factories.notes import make_bookmark, make_note
from tests.factories.payments import make_order, make_sold_cohort
from tests.factories.regrading import regrade, sit
from tests.factories.sessions import make_logged, make_planned, make_recorded
from tests.factories.supervision import (
    approve_prior,
    make_approved,
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
    return_prior,
)

Arguments = dict[str, dict[str, Any]]


def make_world(cast: Cast) -> Arguments:
    """The keyword arguments of every address that takes some.

    The trainee is enrolled, taught by `faculty` and supervised by `supervisor`; the others have nothing to do with her.
    """
    program_page = make_program_page()
    program = program_page.program
    edition = make_edition(program)
    lesson = _lesson(make_module(edition, lessons=0))
    quiz, sitting = make_quiz(edition), make_quiz(edition, title="Emergencies: quiz")
    question = make_question()
    handover = make_quiz(edition, questions=[frozen_question("essay", "essay")], title="Handover: quiz")
    readings = make_quiz(edition, questions=[frozen_version(question)], title="Readings: quiz")
    once = make_quiz(edition, title="Airway: quiz", attempts=1)
    written = make_assignment(edition, parent=lesson.parent)
    requirement = QuizPassedConfig(key="quiz", title="Quiz passed")
    standard = make_practice_standard(program=program, requirements=[requirement])
    cohort = make_cohort(edition=edition, standard_version=standard, ends_on=date(2027, 12, 17))
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    faculty_grant = grant_faculty(cast.faculty, cohort)
    grant_faculty(cast.other_faculty, make_cohort())
    done = make_attempt(enrolment, quiz)
    sit(enrolment, readings, "0")
    waiting = make_attempt(enrolment, handover)
    make_attempt(enrolment, once, wrong=(1,))
    asked = ask_for_attempt(enrolment, once, by=cast.trainee, reason="I was ill.")
    regraded = regrade(question.newest_version, RegradeChange.FULL, by=cast.director)
    table = b"kind,question,right,option_1,option_2\nsingle,What first?,1,Open the airway,Wait\n"
    import_ = read_file(table, "table", topic="Airway", by=cast.director)
    running = make_attempt(enrolment, sitting, submitted=False)
    credential = make_credential(make_person("graduate"), by=cast.director)
    asset = _asset(lesson)
    handed_in = make_submission(enrolment, written, state=SubmissionState.SUBMITTED, by=cast.faculty)
    return (
        _learning(enrolment, lesson, asset)
        | _editions(program_page, edition, lesson, asset)
        | _looks(cohort, lesson, asset)
        | _quizzes(enrolment, quiz, done, running, import_)
        | {
            "desk_marking_attempt": {"pk": waiting.pk},
            "desk_request": {"pk": asked.pk},
            "desk_regrade": {"key": regraded.version.question.key, "number": regraded.version.number},
            "desk_regraded": {"pk": regraded.pk},
        }
        | {
            "assignment": {"enrolment_pk": enrolment.pk, "slug": written.slug},
            "desk_assignment": {"pk": handed_in.pk},
        }
        | _practice(cast, enrolment)
        | _people(cast, cohort, enrolment, faculty_grant)
        | _credentials(cast, enrolment, credential)
        | _payments(cohort, enrolment)
        | {
            "wagtail_serve": {},
            "wagtailcore_authenticate_with_password": {"page_view_restriction_id": 1, "page_id": 1},
            "wagtaildocs_serve": {"document_id": 1, "document_filename": "a.pdf"},
            "media": {"path": "images/a.png"},
            "mfa_edit_webauthn": {"pk": 1},
            "mfa_remove_webauthn": {"pk": 1},
        }
    )


def _lesson(module: EditionItem) -> EditionItem:
    """It tells something, asks a question and wants a signature."""
    text = {"type": "text", "id": THIRD, "html": "<p>Stay near.</p>"}
    return make_item(module.edition, parent=module, blocks=[text, frozen_check(), frozen_attestation()])


def _asset(lesson: EditionItem) -> Asset:
    content = b"col,umn\n1,2\n"
    digest = hashlib.sha256(content).hexdigest()
    file = ContentFile(content, name="table.csv")
    asset = Asset.objects.create(sha256=digest, file=file, name="table.csv", content_type="text/csv", size=len(content))
    lesson.body.assets.add(asset)
    return asset


def _learning(enrolment, lesson, asset) -> Arguments:
    pk = {"pk": enrolment.pk}
    item = pk | {"slug": lesson.slug}
    note = make_note(enrolment, lesson, quotation=f"{lesson.title} says this.", text="I will ask about this.")
    make_note(enrolment, lesson, quotation="Words that are gone.")
    make_bookmark(enrolment, lesson)
    return {
        "learn_outline": pk,
        "learn_search": pk,
        "learn_changes": pk,
        "learn_glossary": pk,
        "learn_references": pk,
        "learn_corrections": pk,
        "learn_item": item,
        "learn_print": item,
        "learn_complete": item,
        "learn_check": item | {"block": FIRST},
        "learn_attestation": item | {"block": SIGNED},
        "learn_notes": pk,
        "learn_notes_export": pk | {"ending": "txt"},
        "learn_notes_delete_all": pk,
        "learn_note": pk | {"note": note.pk},
        "learn_note_delete": pk | {"note": note.pk},
        "learn_note_new": item,
        "learn_bookmark": item,
        "learn_link": pk | {"key": lesson.activity.key},
        "learn_asset": pk | {"sha256": asset.sha256, "name": asset.name},
        "standing": pk,
        "standing_evidence": pk | {"key": "quiz"},
    }


def _editions(program_page, edition, lesson, asset) -> Arguments:
    standard = {"pk": program_page.program.standard.pk}
    pk = {"pk": edition.pk}
    item = pk | {"slug": lesson.slug}
    file = {"sha256": asset.sha256, "name": asset.name}
    return {
        "desk_publish_edition": {"pk": program_page.pk},
        "desk_replace_words": {"pk": program_page.pk},
        "desk_edition_build": {"pk": _build(program_page, edition).pk},
        "desk_program_acceptance": {"pk": program_page.pk},
        "desk_regulator_step": pk,
        "desk_edition": pk,
        "desk_edition_hours": pk,
        "desk_edition_hours_csv": pk,
        "desk_edition_hours_pdf": pk,
        "desk_program_hours": {"pk": program_page.pk},
        "desk_edition_changes": pk | {"since": edition.pk},
        "desk_edition_link": pk | {"key": lesson.activity.key},
        "desk_edition_asset": pk | file,
        "desk_edition_item": item,
        "desk_correct_item": item,
        "desk_item_as_trainee": item,
        "desk_asset": file,
        "desk_standard": standard,
        "standard": standard,
        "standard_version": standard | {"number": 1},
    }


def _looks(cohort, lesson, asset) -> Arguments:
    pk = {"pk": cohort.pk}
    return {
        "desk_as_trainee": pk,
        "desk_as_trainee_item": pk | {"slug": lesson.slug},
        "desk_as_trainee_link": pk | {"key": lesson.activity.key},
        "desk_as_trainee_asset": pk | {"sha256": asset.sha256, "name": asset.name},
    }


def _build(program_page, edition) -> EditionBuild:
    fields = {"program": program_page.program, "by": edition.published_by, "effective_from": edition.effective_from}
    return EditionBuild.objects.create(state=BuildState.REFUSED, problems=["Something is missing."], **fields)


def _quizzes(enrolment, quiz, done, running, import_) -> Arguments:
    place = {"enrolment_pk": enrolment.pk, "slug": quiz.slug}
    return {
        "quiz_intro": place,
        "quiz_start": place,
        "quiz_attempt": {"pk": running.pk},
        "quiz_answer": {"pk": running.pk},
        "quiz_review": {"pk": running.pk},
        "quiz_submit": {"pk": running.pk},
        "quiz_break": {"pk": running.pk},
        "quiz_ask": place,
        "quiz_log": {"pk": running.pk},
        "quiz_reports": {"pk": running.pk},
        "desk_attempt": {"pk": running.pk},
        "cohort_quizzes": {"pk": enrolment.cohort_id},
        "enrolment_accommodation": {"pk": enrolment.pk},
        "quiz_result": {"pk": done.pk},
        "enrolment_quizzes": {"pk": enrolment.pk},
        "desk_quiz_statistics": {"pk": quiz.activity_id},
        "question_import": {"pk": import_.pk},
        "question_import_again": {"pk": import_.pk},
        "desk_version_statistics": {"pk": quiz.activity_id, "key": "q1", "number": 1},
    }


DESK_SUPERVISOR = (
    *("desk_supervisor", "desk_supervisor_address", "desk_supervisor_qualification"),
    *("desk_supervisor_verify", "desk_supervisor_stop", "desk_supervisor_link", "desk_lapse_new"),
)


def _practice(cast, enrolment) -> Arguments:
    placement = make_placement(cast.trainee, cast.supervisor, enrolment=enrolment)
    draft, waiting = make_draft(placement), make_submitted(placement)
    approved, returned = make_approved(placement), make_returned(placement)
    dispute = open_dispute(
        make_returned(placement), by=cast.trainee, text="It was there.", against=cast.supervisor, owner=cast.director
    )
    alert = make_submitted(placement, adverse_event=True).alert
    signed = approved.sign_offs.get().signed_at
    pace = PaceFlag.objects.create(signer=cast.supervisor, began_at=signed, ended_at=signed, approvals=21)
    draft_key, signer = uuid4(), make_signer(by=cast.director, is_verified=False)
    save_unfinished(enrolment, key=draft_key, sequence=1, typed={"role": ["lead"]}, by=cast.trainee)
    one, other = make_code(placement), make_code(placement)
    merge_codes(one, other, by=cast.trainee)
    share = _share(cast, enrolment)
    prior = make_prior(enrolment)
    paper = make_site_paper(placement.site, by=cast.registrar)
    lapse = make_lapse(signer, by=cast.director, kind="bls")
    sent_back = return_prior(make_prior(enrolment), by=cast.second_director)
    accepted = approve_prior(make_prior(enrolment), by=cast.second_director)
    export = make_export(enrolment)
    logged, held = make_logged(placement), make_recorded(placement)
    planned = make_planned(placement, on=timezone.localdate() + timedelta(days=7))
    return {
        "export_new": {"kind": "log"},
        "export_detail": {"pk": export.pk},
        "export_file": {"pk": export.pk},
        "export_confirm": {"code": export.code},
        "session_detail": {"pk": held.pk},
        "session_edit": {"pk": logged.pk},
        "session_withdraw": {"pk": logged.pk},
        "session_excuse": {"pk": planned.pk},
        "session_object": {"pk": held.pk},
        "review_session": {"pk": logged.pk},
        "review_session_record": {"pk": planned.pk},
        "review_session_cancel": {"pk": planned.pk},
        "prior_detail": {"pk": prior.pk},
        "prior_edit": {"pk": sent_back.pk},
        "prior_correct": {"pk": accepted.pk},
        "prior_withdraw": {"pk": prior.pk},
        "prior_document": {"pk": prior.pk},
        "desk_prior_new": {"pk": enrolment.pk},
        "desk_prior_entry": {"pk": prior.pk},
        "practice_detail": {"pk": approved.pk},
        "practice_edit": {"pk": draft.pk},
        "practice_discard": {"pk": draft.pk},
        "practice_retract": {"pk": waiting.pk},
        "practice_correct": {"pk": approved.pk},
        "practice_dispute": {"pk": returned.pk},
        "practice_verify": {"pk": approved.pk},
        "practice_unapprove": {"pk": approved.pk},
        "practice_redact": {"pk": approved.pk},
        "practice_lieu": {"pk": approved.pk},
        "practice_lieu_withdraw": {"pk": approved.pk},
        "review_session_redact": {"pk": logged.pk},
        "desk_prior_redact": {"pk": prior.pk},
        "practice_autosave": {"pk": enrolment.pk},
        "practice_draft_discard": {"pk": UnfinishedDraft.objects.get(key=draft_key).pk},
        "practice_codes_merge": {"pk": enrolment.pk},
        "desk_code_separate": {"pk": other.pk},
        "practice_shared": {"pk": share.pk},
        "practice_shared_decline": {"pk": share.pk},
        "desk_adverse_acknowledge": {"pk": alert.pk},
        "desk_handover": {"pk": placement.supervisor_id},
        "desk_pace_seen": {"pk": pace.pk},
        "desk_lapse": {"pk": lapse.pk},
        "desk_site": {"pk": placement.site_id},
        "desk_site_paper": {"pk": paper.pk},
        "desk_site_paper_document": {"pk": paper.pk},
        "desk_lapse_annul": {"pk": lapse.pk},
        **{name: {"pk": signer.pk} for name in DESK_SUPERVISOR},
        "sign_open": {"token": "forged"},
        "sign_receipt": {"token": "forged"},
        "sign_return": {"pk": waiting.pk},
        "sign_session_return": {"pk": 1},
        "sign_decline": {"pk": placement.pk},
        "review_entry": {"pk": waiting.pk},
        "desk_placements": {"pk": enrolment.pk},
        "desk_practice": {"pk": enrolment.pk},
        "desk_placement_end": {"pk": placement.pk},
        "dispute_detail": {"pk": dispute.pk},
        "dispute_withdraw": {"pk": dispute.pk},
    }


def _share(cast, enrolment):
    """A visit that a trainee of the same cohort, nobody of the cast, proposes to the trainee."""
    companion = make_enrolment(make_person("companion"), cohort=enrolment.cohort)
    log = make_draft(make_placement(companion.person, cast.supervisor, enrolment=companion))
    return propose_share(log, to=enrolment, by=companion.person)


def _people(cast, cohort, enrolment, faculty_grant) -> Arguments:
    pk = {"pk": cohort.pk}
    role = cast.other_supervisor.role_grants.get(role=Role.SUPERVISOR)
    barrier = raise_barrier(cast.other_supervisor, cast.other_trainee, by=cast.director, reason="They are related.")
    words = {"reason": "She passed it elsewhere.", "document": "Transcript of 2 March 2026"}
    waiver = grant_waiver(enrolment, "quiz", by=cast.director, **words)
    hold = place_hold(enrolment, by=cast.director, reason_class=ReasonClass.ADMINISTRATIVE, note="A form is missing.")
    document = record_document(
        cast.trainee, kind="bls", authority="Heart association", number="BLS-1", expires_on=date(2027, 1, 1)
    )
    return {
        "document_replace": {"pk": document.pk},
        "desk_cohort": pk,
        "desk_cohort_enrol": pk,
        "desk_cohort_faculty": pk,
        "desk_cohort_faculty_end": pk | {"grant": faculty_grant.pk},
        "desk_cohort_adopt": pk,
        "desk_cohort_deadlines": pk,
        "desk_enrolment": {"pk": enrolment.pk},
        "desk_enrolment_pause": {"pk": enrolment.pk},
        "desk_enrolment_resume": {"pk": enrolment.pk},
        "desk_enrolment_extend": {"pk": enrolment.pk},
        "desk_enrolment_complete": {"pk": enrolment.pk},
        "desk_enrolment_withdraw": {"pk": enrolment.pk},
        "desk_enrolment_deadlines": {"pk": enrolment.pk},
        "desk_role_end": {"pk": role.pk},
        "desk_barrier_end": {"pk": barrier.pk},
        "desk_award": {"pk": enrolment.pk},
        "desk_waiver_new": {"pk": enrolment.pk},
        "desk_waiver_end": {"pk": waiver.pk},
        "desk_hold_new": {"pk": enrolment.pk},
        "desk_hold_lift": {"pk": hold.pk},
    }


def _asked_for_a_name(credential: Credential) -> NameRequest:
    confirm_legal_name(credential.person, legal_name="Another Name")
    return request_name(credential, by=User.objects.get(pk=credential.person_id))


def _credentials(cast, enrolment, credential: Credential) -> Arguments:
    document = {"uuid": credential.uuid}
    make_files(credential)
    other = make_credential(make_person("second_graduate"), by=cast.director)
    request = request_revocation(
        other, by=cast.second_director, reason_class=ReasonClass.ISSUER_ERROR, why="Wrong standard."
    )
    return {
        "signing_key": {"name": SigningKey.objects.get(algorithm=KeyAlgorithm.RS256).name},
        "achievement": {"uuid": credential.achievement.uuid},
        "credential": document,
        "credential_json": document,
        "credential_jwt": document,
        "credential_pdf": document,
        "credential_png": document,
        "credential_svg": document,
        "certificate_preview": document,
        "status_list": {"number": 1},
        "verify_code": {"code": credential.code},
        "desk_confer": {"enrolment_id": enrolment.pk},
        "desk_credential": {"pk": credential.pk},
        "desk_revoke": {"pk": credential.pk},
        "desk_revocation": {"pk": request.pk},
        "desk_suspend": {"pk": credential.pk},
        "desk_lift": {"pk": credential.pk},
        "desk_replace": {"pk": credential.pk},
        "desk_close_name_request": {"pk": _asked_for_a_name(credential).pk},
        "certificate_ask_name": {"pk": credential.pk},
        "desk_withdraw": {"pk": request.pk},
    }


def _payments(cohort, enrolment) -> Arguments:
    """The trainee's paid order, with something to look at; an open one of hers for another program."""
    paid = make_order(enrolment.person, cohort=cohort, held=False, state=OrderState.WAITING, paid_at=timezone.now())
    flag = Flag.objects.create(order=paid, kind=FlagKind.REFUND_FAILED, text="A refund did not reach the payer.")
    begun = make_order(enrolment.person)
    return {
        "places": {"pk": cohort.program_id},
        "buy_place": {"pk": make_sold_cohort().pk},
        "order": {"pk": paid.pk},
        "order_pay": {"pk": begun.pk},
        "order_let_go": {"pk": begun.pk},
        "receipt": {"pk": paid.pk},
        "desk_payment": {"pk": paid.pk},
        "desk_payment_refund": {"pk": paid.pk},
        "desk_payment_place": {"pk": paid.pk},
        "desk_payment_flag": {"pk": flag.pk},
        "desk_cohort_price": {"pk": cohort.pk},
        "desk_cohort_payment": {"pk": cohort.pk},
    }
