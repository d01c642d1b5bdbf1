from django.apps import AppConfig


class StandingConfig(AppConfig):
    name = "courses.standing"
    label = "standing"

    def ready(self):
        from courses.standing.enums import AUDIT_ACTIONS
        from lms.audit import triggers
        from lms.audit.names import register_actions

        register_actions(AUDIT_ACTIONS)
        given = ("enrolment_id", "requirement_key", "reason", "document", "approved_by_id", "approved_at")
        triggers.register(triggers.FrozenColumns("standing_waiver", given))
        placed = ("enrolment_id", "reason_class", "note", "placed_by_id", "placed_at")
        triggers.register(triggers.FrozenColumns("standing_hold", placed))
