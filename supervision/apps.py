from django.apps import AppConfig

SIGNED_COLUMNS = (
    "enrolment_id",
    "placement_id",
    "reviewer_id",
    "category_key",
    "role",
    "on_date",
    "starts_at",
    "time_zone",
    "began_at",
    "ended_at",
    "minutes",
    "client_consented",
    "route",
    "modality",
    "format",
    "group_size",
    "touch_used",
    "touch_agreed_before",
    "adverse_event",
    "visit",
    "flags",
    "provenance",
    "version",
    "written_at",
    "submitted_at",
    "decided_at",
    "supersedes_id",
)


PRIOR_COLUMNS = (
    *("enrolment_id", "category_key", "phase", "minutes", "began_on", "ended_on"),
    *("provenance", "document", "document_type", "document_sha256", "version", "written_by_id"),
    *("submitted_at", "decided_by_id", "decided_at", "supersedes_id"),
)


EXPORT_COLUMNS = (
    *("code", "enrolment_id", "kind", "file_type", "paper", "choices", "shows_name", "made_by_id", "asked_at"),
    *("made_at", "entries", "counted_entries", "counted_minutes", "totals", "size", "sha256"),
)


SESSION_COLUMNS = (
    *("supervisor_id", "format", "purpose", "modality", "on_date", "starts_at", "time_zone", "began_at", "ended_at"),
    *("minutes", "others", "topics", "version", "made_by_id", "cancelled_by_id", "cancelled_at"),
)


OF_ATTENDANCE = "R.session_id = (select A.session_id from supervision_sessionattendance A where A.id = {})"
OF_DISPUTE = "R.log_id = (select cast(D.evidence_id as bigint) from disputes_dispute D where D.id = NEW.subject_id)"
OF_CASE = (
    "exists (select 1 from supervision_lapseentry E where E.case_id in ({0}) and E.log_id = R.log_id) "
    "or exists (select 1 from supervision_lapseattendance L join supervision_sessionattendance A on A.id = L.attendance_id "
    "where L.case_id in ({0}) and A.session_id = R.session_id)"
)
# Append-only tables with texts from which words can be removed: the other columns, the texts, and whose redaction R changes
# them.
REDACTABLE = (
    ("logmove", ("id", "log_id", "old", "new", "by_id", "at"), ("reason",), "R.log_id = NEW.log_id"),
    (
        "priormove",
        ("id", "prior_id", "old", "new", "version", "by_id", "at", "sha256"),
        ("reason",),
        "R.prior_id = NEW.prior_id",
    ),
    (
        "attendancemove",
        ("id", "attendance_id", "old", "new", "by_id", "at"),
        ("reason",),
        OF_ATTENDANCE.format("NEW.attendance_id"),
    ),
    (
        "sessionsignature",
        (
            *("id", "attendance_id", "version", "meaning", "supervisor_id", "signer_id", "link_id", "trainee_id"),
            *("printed_name", "role_held", "qualifications", "signed_at", "sha256"),
        ),
        ("content",),
        OF_ATTENDANCE.format("NEW.attendance_id"),
    ),
    (
        "signoff",
        (
            *(
                "id",
                "log_id",
                "decision",
                "meaning",
                "signer_id",
                "trainee_id",
                "printed_name",
                "role_held",
                "signed_at",
            ),
            *("version", "sha256", "link_id", "qualifications", "attestation_id"),
        ),
        ("content",),
        "R.log_id = NEW.log_id",
    ),
    (
        "guarddeclaration",
        ("id", "subject_type", "subject_id", "field", "kind", "by_id", "at"),
        ("reason", "sha256"),
        " or ".join(
            f"(NEW.subject_type = '{kind}' and {whose})"
            for kind, whose in (
                ("supervision.practicelog", "R.log_id = NEW.subject_id"),
                ("supervision.priorhours", "R.prior_id = NEW.subject_id"),
                ("supervision.supervisionsession", "R.session_id = NEW.subject_id"),
                ("supervision.sessionattendance", OF_ATTENDANCE.format("NEW.subject_id")),
                ("disputes.dispute", OF_DISPUTE),
            )
        ),
    ),
)
QUALIFICATION_COLUMNS = ("supervisor_id", "kind", "authority", "number", "expires_on", "given_by_id", "given_at")
SITE_PAPER_COLUMNS = (
    *("site_id", "kind", "begins_on", "expires_on", "document", "document_sha256", "added_by_id", "added_at"),
)
LIEU_COLUMNS = (
    *("log_id", "trainee_id", "version", "sha256", "proposed_by_id", "proposed_name", "proposed_role"),
    *("proposed_at", "expires_at"),
)
LAPSE_COLUMNS = ("supervisor_id", "kind", "began_on", "ended_on", "source", "recorded_by_id", "recorded_at")
VERIFIED_COLUMNS = ("verified_by_id", "verified_at")


class SupervisionConfig(AppConfig):
    name = "supervision"
    label = "supervision"

    def ready(self):
        from courses.enrolment.registry import register_enrolment_link, register_progress
        from courses.enrolment.rules import can_manage_enrolment
        from courses.standards.registry import register_kind
        from lms.accounts.enums import Role
        from lms.audit.names import register_actions
        from lms.demo.registry import Stage, register_step
        from lms.disputes.registry import register_evidence
        from lms.guard import register_guard
        from lms.jobs.registry import register_nightly, register_watch
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.navigation import register_navigation
        from lms.web.worklist import register_work
        from supervision.counts.requirements import PracticumClients, PracticumSessions
        from supervision.enums import AUDIT_ACTIONS
        from supervision.queries.practice import reads_totals_of
        from supervision.requirements import PracticumMinutes
        from supervision.sessions.enums import SESSION_AUDIT_ACTIONS
        from supervision.sessions.requirements import SupervisionMinutes
        from supervision.signing.enums import SIGNING_AUDIT_ACTIONS

        register_actions(AUDIT_ACTIONS)
        register_actions(SESSION_AUDIT_ACTIONS)
        register_guard(sentence="supervision.guard.sentences.hard_stop_sentence", rules_url="guard_rules")
        register_actions(SIGNING_AUDIT_ACTIONS)
        register_triggers()
        register_kind(PracticumMinutes())
        register_kind(PracticumSessions())
        register_kind(PracticumClients())
        register_kind(SupervisionMinutes())
        register_enrolment_link("Placements", "desk_placements", can_manage_enrolment, order=40)
        register_enrolment_link("Record prior hours", "desk_prior_new", can_manage_enrolment, order=55)
        register_enrolment_link("Practice log", "desk_practice", reads_totals_of, order=50)
        register_progress("supervision.queries.practice.approved_hours_of")
        register_evidence(
            "supervision.practicelog",
            show="supervision.queries.dispute.show_dispute",
            choices="supervision.queries.dispute.choices_of_dispute",
            decided="supervision.actions.dispute.follow_decision",
            form="supervision.forms.dispute.AnswerDisputeForm",
            answered="supervision.actions.dispute.keep_declared",
        )
        register_nightly("forget files of exports", "supervision.exports.actions.forget_export_files")
        register_nightly("warn of papers of sites that run out", "supervision.actions.site.warn_of_site_papers")
        register_nightly("mail links to supervisors", "supervision.signing.actions.call_waiting_supervisors")
        register_navigation("supervision.navigation.practice_items")
        register_work("supervision.queries.work.work_for_supervisor", order=20)
        register_work(
            "supervision.queries.work.work_for_trainee",
            order=30,
            facts={
                name: f"supervision.queries.work.{name}"
                for name in ("draft_logs", "has_returned_logs", "has_returned_prior")
            }
            | {"has_shares": "supervision.queries.shared.has_shares"},
        )
        register_work(
            "supervision.queries.work.work_for_director",
            order=25,
            facts={
                "pace_flags": "supervision.queries.work.has_pace_flags",
                "lapse_cases": "supervision.queries.work.has_lapse_cases",
                "site_papers": "supervision.queries.work.has_site_papers",
            },
        )
        register_work(
            "supervision.queries.work.work_for_second",
            order=26,
            facts={"attestations": "supervision.queries.work.has_attestations"},
        )
        register_work("supervision.sessions.work.work_for_supervisor", order=21)
        register_work(
            "supervision.sessions.work.work_for_trainee",
            order=31,
            facts={"has_returned_sessions": "supervision.sessions.work.has_returned_sessions"},
        )
        register_desk(
            "Prior hours",
            "desk_prior",
            "Hours from before or elsewhere that wait for a decision.",
            group=DeskGroup.PRACTICE,
            roles=[Role.DIRECTOR],
            order=30,
        )
        register_desk(
            "Supervisors",
            "desk_supervisors",
            "Who signs for trainees, with an account or by a mailed link, and whom you have verified.",
            group=DeskGroup.PRACTICE,
            roles=[Role.DIRECTOR],
            order=28,
        )
        register_work(
            "supervision.queries.work.work_for_responder",
            order=10,
            facts={"adverse_alerts": "supervision.queries.work.has_adverse_alerts"},
        )
        register_desk(
            "Adverse events",
            "desk_adverse",
            "What trainees reported, what waits for acknowledgement, and who is told first.",
            group=DeskGroup.PRACTICE,
            roles=[Role.DIRECTOR],
            order=32,
        )
        register_desk(
            "Handover of supervision",
            "desk_handovers",
            "Let another supervisor take over everything that is open with one who is absent or has gone.",
            group=DeskGroup.PRACTICE,
            roles=[Role.DIRECTOR],
            order=33,
        )
        register_desk(
            "Sites and their papers",
            "desk_sites",
            "Agreements and insurance certificates of the clinics where trainees practise, and when they run out.",
            group=DeskGroup.PRACTICE,
            roles=[Role.DIRECTOR, Role.REGISTRAR],
            order=29,
        )
        register_desk(
            "Lapses found later",
            "desk_lapses",
            "Papers of supervisors that turned out not to have been valid, and the hours under review because of it.",
            group=DeskGroup.PRACTICE,
            roles=[Role.DIRECTOR],
            order=35,
        )
        register_desk(
            "Pace of approvals",
            "desk_pace",
            "Who approved more entries in a few minutes than can be read in them.",
            group=DeskGroup.PRACTICE,
            roles=[Role.DIRECTOR],
            order=34,
        )
        register_watch("tell directors of unacknowledged adverse events", "supervision.actions.adverse.escalate_alerts")
        register_step(70, "placements and practice logs", "supervision.demo.create_practice", stage=Stage.RUNNING)
        register_step(71, "disputes, prior hours, documents", "supervision.demo.create_states", stage=Stage.RUNNING)
        register_step(73, "stories of practice", "supervision.demo_stories.tell_stories", stage=Stage.RUNNING)


def register_triggers():
    """What was signed stays: an approved entry with its segments and clients, approved prior hours, and all history."""
    from lms.audit import triggers
    from lms.audit.triggers import AppendOnly, ClosedParent, FrozenColumns, FrozenWhen, FrozenWithParent
    from supervision.triggers import (
        AppendOnlyButForRedaction,
        ClosedButForRedaction,
        NeverHerOwnLapse,
        NeverTheTrainee,
    )

    closed = "state in ('approved', 'verified', 'questioned', 'superseded')"
    triggers.register(FrozenWhen("supervision_practicelog", f"OLD.{closed}", SIGNED_COLUMNS))
    triggers.register(
        ClosedButForRedaction("supervision_practicelog", ("reflection",), "R.log_id = NEW.id", f"OLD.{closed}")
    )
    for table, columns, texts, whose in REDACTABLE:
        triggers.register(AppendOnlyButForRedaction(f"supervision_{table}", columns, texts, whose))
    parts = {
        "supervision_logsegment": ("log_id", "phase", "minutes"),
        "supervision_logclient": ("log_id", "client_id"),
    }
    for table, columns in parts.items():
        parent = ("log_id", "supervision_practicelog", f"PARENT.{closed}")
        triggers.register(FrozenWithParent(table, *parent, columns))
        triggers.register(ClosedParent(table, *parent))
    decided, of_prior = "OLD.state in ('approved', 'superseded')", "R.prior_id = NEW.id"
    texts = ("note", "institution", "supervisor_name")
    triggers.register(FrozenWhen("supervision_priorhours", decided, PRIOR_COLUMNS))
    triggers.register(ClosedButForRedaction("supervision_priorhours", texts, of_prior, decided))
    triggers.register(FrozenWhen("supervision_exportrecord", "OLD.made_at is not null", EXPORT_COLUMNS))
    over, of_session = "OLD.state in ('held', 'cancelled', 'withdrawn')", "R.session_id = NEW.id"
    triggers.register(FrozenWhen("supervision_supervisionsession", over, SESSION_COLUMNS))
    triggers.register(ClosedButForRedaction("supervision_supervisionsession", ("feedback",), of_session, over))
    triggers.register(FrozenColumns("supervision_sessionattendance", ("session_id", "enrolment_id", "trainee_id")))
    for table in (
        "redaction",
        "sessionmove",
        "practicecredit",
        "creditchange",
        "supervisormove",
        "handover",
        "lapseentry",
        "lapseattendance",
    ):
        triggers.register(AppendOnly(f"supervision_{table}"))
    triggers.register(
        FrozenColumns(
            "supervision_placement", ("enrolment_id", "trainee_id", "trainee_key", "supervisor_id", "starts_on")
        )
    )
    triggers.register(FrozenColumns("supervision_paceflag", ("signer_id", "supervisor_id", "began_at")))
    triggers.register(FrozenColumns("supervision_supervisorqualification", QUALIFICATION_COLUMNS))
    triggers.register(
        FrozenWhen("supervision_supervisorqualification", "OLD.verified_at is not null", VERIFIED_COLUMNS)
    )
    triggers.register(FrozenColumns("supervision_signinglink", ("supervisor_id", "address", "asked_by_id", "asked_at")))
    for column in ("used_at", "ended_at", "questioned_at"):
        once = FrozenWhen("supervision_signinglink", f"OLD.{column} is not null", (column,), name=f"{column}_stays")
        triggers.register(once)
    receipt = ("link_id", "entries", "sessions", "minutes", "made_at")
    triggers.register(FrozenColumns("supervision_signingreceipt", receipt))
    triggers.register(FrozenWhen("supervision_placement", "OLD.declined_at is not null", ("declined_at",)))
    triggers.register(FrozenWhen("supervision_supervisor", "OLD.person_id is not null", ("person_id",)))
    triggers.register(FrozenColumns("supervision_qualificationlapse", LAPSE_COLUMNS))
    annulled, of_lapse = (
        ("annulled_by_id", "annulled_at"),
        "select C.id from supervision_lapsecase C where C.lapse_id = NEW.id",
    )
    triggers.register(FrozenWhen("supervision_qualificationlapse", "OLD.annulled_at is not null", annulled))
    triggers.register(
        ClosedButForRedaction(
            *(
                "supervision_qualificationlapse",
                ("annulled_reason",),
                OF_CASE.format(of_lapse),
                "OLD.annulled_at is not null",
            )
        )
    )
    triggers.register(FrozenColumns("supervision_lapsecase", ("lapse_id", "enrolment_id", "trainee_id")))
    decided = ("decision", "to_id", "decided_by_id", "decided_at")
    triggers.register(FrozenWhen("supervision_lapsecase", "OLD.decided_at is not null", decided))
    triggers.register(
        ClosedButForRedaction(
            "supervision_lapsecase", ("reason",), OF_CASE.format("NEW.id"), "OLD.decided_at is not null"
        )
    )
    triggers.register(FrozenColumns("supervision_sitepaper", SITE_PAPER_COLUMNS))
    decided_paper = ("state", "decided_by_id", "decided_at", "reason")
    triggers.register(FrozenWhen("supervision_sitepaper", "OLD.decided_at is not null", decided_paper))
    triggers.register(FrozenColumns("supervision_attestation", LIEU_COLUMNS))
    closed_lieu = ("state", "second_id", "second_name", "second_role", "closed_at")
    triggers.register(FrozenWhen("supervision_attestation", "OLD.closed_at is not null", closed_lieu))
    told = "OLD.closed_at is not null or OLD.evidence is distinct from NEW.evidence"  # the evidence from the first day
    triggers.register(
        ClosedButForRedaction("supervision_attestation", ("evidence", "reason"), "R.log_id = NEW.log_id", told)
    )
    triggers.register(NeverHerOwnLapse())
    triggers.register(NeverTheTrainee())
    triggers.register(FrozenColumns("supervision_clientcode", ("enrolment_id", "code")))
