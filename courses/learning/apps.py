from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "courses.learning"
    label = "learning"

    def ready(self):
        from courses.curriculum.corrections import register_on_correction
        from courses.curriculum.links import register_draft_link, register_edition_link
        from courses.curriculum.public import register_program_facts
        from courses.enrolment.facts import register_enrolment_facts
        from courses.enrolment.registry import register_cohort_link
        from courses.learning.enums import AUDIT_ACTIONS
        from courses.learning.requirements import AttestationSigned, DidacticMinutes, ModuleCompletion
        from courses.learning.rules import can_look_as_trainee
        from courses.standards.registry import register_kind
        from lms.audit.names import register_actions
        from lms.audit.triggers import AppendOnly, FrozenColumns, register
        from lms.demo.registry import Stage, register_step
        from lms.web.navigation import register_navigation
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        register_on_correction("courses.learning.corrections.tell_readers")
        register(AppendOnly("learning_completion"))
        register(AppendOnly("learning_signedattestation"))
        register(
            FrozenColumns("learning_checkanswer", ("enrolment_id", "activity_id", "block", "first_chosen", "first_at"))
        )
        register_kind(AttestationSigned())
        register_kind(ModuleCompletion())
        register_kind(DidacticMinutes())
        register_cohort_link("See it as a trainee does", "desk_as_trainee", can_look_as_trainee, order=10)
        register_enrolment_facts("courses.learning.queries.enrolment_facts")
        register_navigation("courses.learning.navigation.entries")
        register_work("courses.learning.navigation.work", order=50)
        register_work(
            "courses.learning.navigation.renewals",
            order=55,
            facts={"has_old_signature": "courses.learning.queries.has_old_signature"},
        )
        register_work("courses.learning.navigation.enrolments", order=60)
        register_program_facts("courses.learning.public.facts", order=20)
        register_edition_link("Hour map", "desk_edition_hours")
        register_draft_link("Hour map as it would be", "desk_program_hours")
        register_step(60, "completed lessons", "courses.learning.demo.complete_lessons", stage=Stage.RUNNING)
