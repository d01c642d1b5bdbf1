from django.apps import AppConfig


class StandingConfig(AppConfig):
    name = "courses.standing"
    label = "standing"

    def ready(self):
        from courses.enrolment.facts import register_enrolment_facts
        from courses.enrolment.registry import register_enrolment_link, register_progress
        from courses.enrolment.rules import can_manage_enrolment
        from courses.standards.registry import register_effect
        from courses.standing.enums import AUDIT_ACTIONS
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.demo.registry import Stage, register_step
        from lms.web.navigation import register_navigation
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        given = ("enrolment_id", "requirement_key", "reason", "document", "approved_by_id", "approved_at")
        triggers.register(triggers.FrozenColumns("standing_waiver", given))
        placed = ("enrolment_id", "reason_class", "note", "placed_by_id", "placed_at")
        triggers.register(triggers.FrozenColumns("standing_hold", placed))
        register_enrolment_facts("courses.standing.shown.enrolment_facts")
        register_navigation("courses.standing.navigation.standing_items")
        register_work("courses.standing.navigation.standing_work", order=200)
        register_progress("courses.standing.navigation.progress_texts")
        register_effect("courses.standing.effects.effect_of")
        register_enrolment_link("Standing", "standing", lambda user, enrolment: True, order=10)
        register_enrolment_link("Waivers and holds", "desk_award", can_manage_enrolment, order=50)
        register_step(72, "a waiver and a hold", "courses.standing.demo.create_waiver_and_hold", stage=Stage.RUNNING)
