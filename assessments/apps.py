from django.apps import AppConfig

GRADED = (
    "enrolment_id",
    "activity_id",
    "item_id",
    "body_id",
    "number",
    "state",
    "draw",
    "started_at",
    "deadline",
    "submitted_at",
    "graded_at",
    "score",
    "passed",
    "failed_critical",
    "result",
    "provenance",
)
DRAWN = ("enrolment_id", "activity_id", "item_id", "body_id", "number", "draw", "started_at", "deadline")


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"

    def ready(self):
        from assessments.enums import AUDIT_ACTIONS
        from assessments.freezing import QUIZ_FREEZER
        from assessments.requirements import QuizPassed
        from assessments.rules import can_read_results_of_others
        from courses.curriculum.enums import ActivityKind
        from courses.curriculum.freezing import register_freezer
        from courses.enrolment.registry import register_enrolment_link
        from courses.learning.registry import register_activity_view, register_completions
        from courses.standards.registry import register_kind
        from lms.accounts.enums import Role
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.demo.registry import Stage, register_step
        from lms.jobs.registry import register_nightly
        from lms.web.desk import register_desk
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        triggers.register(triggers.AppendOnly("assessments_questionversion"))
        triggers.register(triggers.AppendOnly("assessments_attemptmove"))
        triggers.register(triggers.FrozenColumns("assessments_attempt", DRAWN))
        triggers.register(triggers.FrozenWhen("assessments_attempt", "OLD.state <> 'in_progress'", GRADED))
        triggers.register(triggers.FrozenColumns("assessments_answer", ("attempt_id", "slot")))
        register_nightly("submit quizzes whose time ran out", "assessments.actions.close_overdue_attempts")
        register_freezer(QUIZ_FREEZER)
        register_kind(QuizPassed())
        register_activity_view(ActivityKind.QUIZ, url_name="quiz_intro", progress="assessments.queries.quiz_progress")
        register_completions(
            ActivityKind.QUIZ, rows="assessments.queries.quizzes_passed", mark="assessments.queries.newest_attempt_move"
        )
        register_enrolment_link("Quiz results", "enrolment_quizzes", can_read_results_of_others, order=60)
        register_work(
            "assessments.work.open_quizzes", order=10, facts={"has_open_quiz": "assessments.queries.has_open_quiz"}
        )
        register_desk(
            "Quiz results",
            "desk_quizzes",
            "Submitted attempts of the people you teach.",
            roles=[Role.DIRECTOR, Role.FACULTY],
            order=60,
        )
        register_step(25, "the question bank and the quizzes", "assessments.demo.create_quizzes")
        register_step(65, "quiz attempts", "assessments.demo.create_attempts", stage=Stage.RUNNING)
