from django.apps import AppConfig

AGREED = (
    "person_id",
    "program_id",
    "extra_time",
    "extra_attempts",
    "break_minutes",
    "large_print",
    "extra_days",
    "reason",
    "granted_by_id",
    "granted_at",
)
ENDED = ("ended_at", "ended_by_id", "end_reason")
IMPORTED = ("format", "topic", "sha256", "state", "rows", "result", "created_at", "created_by_id", "applied_at")
ASKED = ("enrolment_id", "activity_id", "item_id", "reason", "done", "asked_at")
DECIDED = ("state", "answer", "not_before", "decided_at", "decided_by_id")
HANDED_IN = ("item_id", "body_id", "text", "state", "changed_at", "submitted_at", "decided_at", "decided_by_id")


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"

    def ready(self):
        from assessments.assignments.freezing import ASSIGNMENT_FREEZER
        from assessments.enums import AUDIT_ACTIONS
        from assessments.evidence import (
            DRAWN,
            SAVES_ARE_NOTED,
            STARTS_ARE_NOTED,
            TABLE,
            FrozenGrade,
            GrowingDeadline,
            LegalMoves,
            OnwardsOnly,
            OutcomeAsRegraded,
        )
        from assessments.freezing import QUIZ_FREEZER
        from assessments.invigilation.queries import can_invigilate
        from assessments.requirements import FinalExamination, QuizPassed
        from assessments.rules import can_accommodate, can_read_results_of_others
        from courses.curriculum.enums import ActivityKind
        from courses.curriculum.freezing import register_freezer
        from courses.enrolment.registry import register_cohort_link, register_enrolment_link
        from courses.learning.registry import register_activity_view, register_completions
        from courses.standards.registry import register_kind
        from lms.accounts.enums import Role
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.demo.registry import Stage, register_step
        from lms.jobs.registry import register_minutely, register_nightly
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        triggers.register(triggers.AppendOnly("assessments_questionversion"))
        triggers.register(triggers.AppendOnly("assessments_attemptmove"))
        triggers.register(triggers.AppendOnly("assessments_timegiven"))
        triggers.register(triggers.AppendOnly("assessments_marking"))
        triggers.register(triggers.AppendOnly("assessments_regrade"))
        triggers.register(triggers.AppendOnly("assessments_regradedattempt"))
        triggers.register(triggers.AppendOnly("assessments_attemptevent"))
        triggers.register(STARTS_ARE_NOTED)
        triggers.register(SAVES_ARE_NOTED)
        triggers.register(triggers.FrozenColumns(TABLE, DRAWN))
        for rule in (LegalMoves(), FrozenGrade(), OutcomeAsRegraded(), GrowingDeadline(), OnwardsOnly()):
            triggers.register(rule)
        triggers.register(triggers.FrozenColumns("assessments_answer", ("attempt_id", "slot")))
        triggers.register(triggers.FrozenColumns("assessments_accommodation", AGREED))
        triggers.register(triggers.FrozenWhen("assessments_accommodation", "OLD.ended_at is not null", ENDED))
        triggers.register(triggers.FrozenColumns("assessments_attemptrequest", ASKED))
        triggers.register(triggers.FrozenWhen("assessments_attemptrequest", "OLD.state <> 'open'", DECIDED))
        register_nightly("submit quizzes whose time ran out", "assessments.actions.close_overdue_attempts")
        register_nightly("count how often questions were asked", "assessments.actions.count_questions")
        register_minutely("give back the time of outages", "assessments.actions.give_back_outages")
        register_minutely("submit quizzes whose time ran out", "assessments.actions.close_overdue_attempts")
        triggers.register(triggers.AppendOnly("assessments_submissionmove"))
        triggers.register(triggers.FrozenColumns("assessments_submission", ("enrolment_id", "activity_id")))
        triggers.register(triggers.FrozenWhen("assessments_submission", "OLD.state = 'accepted'", HANDED_IN))
        triggers.register(triggers.FrozenWhen("assessments_questionimport", "OLD.applied_at IS NOT NULL", IMPORTED))
        register_freezer(QUIZ_FREEZER)
        register_freezer(ASSIGNMENT_FREEZER)
        register_kind(QuizPassed())
        register_kind(FinalExamination())
        register_activity_view(
            ActivityKind.QUIZ,
            url_name="quiz_intro",
            progress="assessments.queries.tries_at_quizzes",
        )
        register_activity_view(
            ActivityKind.ASSIGNMENT,
            url_name="assignment",
            progress="assessments.assignments.queries.tries_at_assignments",
        )
        register_completions(
            ActivityKind.QUIZ, rows="assessments.queries.quizzes_passed", mark="assessments.queries.newest_attempt_move"
        )
        register_completions(
            ActivityKind.ASSIGNMENT,
            rows="assessments.assignments.queries.assignments_accepted",
            mark="assessments.assignments.queries.newest_submission_move",
        )
        register_work(
            "assessments.work.waiting_assignments",
            order=30,
            facts={"assignments_wait_since": "assessments.assignments.queries.assignments_wait_since"},
        )
        register_enrolment_link("Quiz results", "enrolment_quizzes", can_read_results_of_others, order=60)
        register_enrolment_link("Accommodation", "enrolment_accommodation", can_accommodate, order=65)
        register_cohort_link("Quizzes under way", "cohort_quizzes", can_invigilate, order=60)
        register_work(
            "assessments.work.open_quizzes", order=10, facts={"has_open_quiz": "assessments.queries.has_open_quiz"}
        )
        register_desk(
            "Quiz results",
            "desk_quizzes",
            "Submitted attempts of the people you teach.",
            group=DeskGroup.COURSES,
            roles=[Role.DIRECTOR, Role.FACULTY],
            order=60,
        )
        register_desk(
            "Marking",
            "desk_marking",
            "What the people you teach have written in quizzes, to mark by hand.",
            group=DeskGroup.COURSES,
            roles=[Role.DIRECTOR, Role.FACULTY],
            order=59,
        )
        register_work(
            "assessments.work.waiting_marks",
            order=31,
            facts={"waits_for_marks_since": "assessments.marking.queries.waits_for_marks_since"},
        )
        register_work(
            "assessments.work.waiting_requests",
            order=32,
            facts={"has_waiting_requests": "assessments.requests.queries.has_waiting_requests"},
        )
        register_desk(
            "Requests for another attempt",
            "desk_requests",
            "From people you teach who have no attempt left at a quiz.",
            group=DeskGroup.COURSES,
            roles=[Role.DIRECTOR, Role.FACULTY],
            order=61,
        )
        register_desk(
            "Question statistics",
            "desk_statistics",
            "How hard the questions of a quiz are, and whether they tell who knows more.",
            group=DeskGroup.COURSES,
            roles=[Role.DIRECTOR, Role.FACULTY],
            order=62,
        )
        register_desk(
            "Accommodations",
            "desk_accommodations",
            "What was agreed with single people for their quizzes.",
            group=DeskGroup.PEOPLE,
            roles=[Role.DIRECTOR],
            order=64,
        )
        register_desk(
            "Assignments",
            "desk_assignments",
            "What the people you teach have handed in, to accept or to return.",
            group=DeskGroup.COURSES,
            roles=[Role.DIRECTOR, Role.FACULTY],
            order=58,
        )
        register_desk(
            "Questions as files",
            "question_files",
            "Bring questions from other programs into the bank, and take them out again.",
            group=DeskGroup.COURSES,
            roles=[Role.DIRECTOR, Role.FACULTY],
            order=62,
        )
        register_step(25, "the question bank and the quizzes", "assessments.demo.create_quizzes")
        register_step(26, "the final examination", "assessments.demo_examination.write_examination")
        register_step(41, "the assignment", "assessments.demo.write_assignment", stage=Stage.RUNNING)
        register_step(65, "quiz attempts", "assessments.demo.create_attempts", stage=Stage.RUNNING)
        register_step(
            66, "who sat the examination", "assessments.demo_examination.sit_examination", stage=Stage.RUNNING
        )
        register_step(67, "what faculty marked", "assessments.demo_examination.mark_examination", stage=Stage.RUNNING)
        register_step(
            68, "who asks for another attempt", "assessments.demo_requests.ask_for_attempts", stage=Stage.RUNNING
        )
        register_step(90, "how often questions were asked", "assessments.demo.count_asked", stage=Stage.RUNNING)
        register_step(91, "what was handed in", "assessments.demo.create_submissions", stage=Stage.RUNNING)
