from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "courses.enrolment"
    label = "enrolment"

    def ready(self):
        from courses.enrolment.enums import AUDIT_ACTIONS
        from courses.enrolment.requirements import TimeWindow
        from courses.standards.registry import register_kind
        from lms.accounts.enums import Role
        from lms.accounts.facts import register_person_fact
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.demo.registry import Stage, register_step
        from lms.web.desk import DeskGroup, register_desk

        register_actions(AUDIT_ACTIONS)
        register_kind(TimeWindow())
        register_person_fact("has_enrolment", "courses.enrolment.queries.has_enrolment")
        triggers.register(triggers.AppendOnly("enrolment_enrolmentmove"))
        triggers.register(triggers.AppendOnly("enrolment_editionadoption"))
        triggers.register(triggers.FrozenColumns("enrolment_editionmove", ("adoption_id", "enrolment_id", "old_id")))
        staff = [Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR]
        register_desk(
            "Cohorts",
            "desk_cohorts",
            "Who learns together, and how far everybody is.",
            group=DeskGroup.PEOPLE,
            roles=staff,
            order=10,
        )
        register_desk(
            "Roles",
            "desk_roles",
            "Who may do what, since when.",
            group=DeskGroup.INSTITUTE,
            roles=[Role.DIRECTOR],
            order=60,
        )
        register_desk(
            "Barriers",
            "desk_barriers",
            "People kept apart from each other.",
            group=DeskGroup.INSTITUTE,
            roles=[Role.DIRECTOR],
            order=65,
        )
        register_step(50, "the cohorts and their enrolments", "courses.enrolment.demo.create_cohorts_and_enrolments")
        register_step(75, "a pause and a withdrawal", "courses.enrolment.demo.move_enrolments", stage=Stage.RUNNING)
        register_step(
            90, "a cohort adopts edition 2", "courses.enrolment.demo.adopt_second_edition", stage=Stage.RUNNING
        )
