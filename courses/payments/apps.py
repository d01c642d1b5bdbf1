from django.apps import AppConfig

ORDER_COLUMNS = (
    *("key", "person_id", "cohort_id", "amount", "currency", "method", "track", "discipline", "terms", "started_at"),
    *("expires_at", "reference", "received_on", "recorded_by_id"),
)


class PaymentsConfig(AppConfig):
    name = "courses.payments"
    label = "payments"

    def ready(self):
        from django.core.checks import Tags, register

        from courses.curriculum.public import register_program_facts, register_program_section
        from courses.enrolment.registry import register_cohort_link
        from courses.enrolment.rules import can_manage_cohort
        from courses.payments import checks
        from courses.payments.enums import AUDIT_ACTIONS
        from courses.payments.queries import MONEY_ROLES, can_take_payments
        from lms.audit.names import register_actions
        from lms.demo.registry import register_step
        from lms.jobs.registry import register_nightly
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        register_triggers()
        register(checks.webhook_secret, Tags.security)
        register(checks.prices_can_be_paid, Tags.database)
        register_program_facts("courses.payments.public.facts", order=10)
        register_program_section("courses.payments.public.section", order=10)
        register_cohort_link("Record a payment", "desk_cohort_payment", can_take_payments, order=30)
        register_cohort_link("Set the price", "desk_cohort_price", can_manage_cohort, order=40)
        register_work(
            "courses.payments.navigation.work",
            order=20,
            facts={"has_open_order": "courses.payments.queries.has_open_order"},
        )
        register_desk(
            "Payments",
            "desk_payments",
            "Who has paid, refunds, and what needs a look.",
            group=DeskGroup.MONEY,
            roles=MONEY_ROLES,
            order=20,
        )
        register_nightly("ask Stripe about orders", "courses.payments.actions.reconciling.reconcile_orders")
        register_step(55, "the price and the orders", "courses.payments.demo.create_prices_and_orders")


def register_triggers():
    """What the database itself refuses: another amount, a changed history, an event unsaid."""
    from lms.audit.triggers import AppendOnly, FrozenColumns, register

    register(FrozenColumns("payments_order", ORDER_COLUMNS))
    register(AppendOnly("payments_cohortprice"))
    register(AppendOnly("payments_ordermove"))
    register(AppendOnly("payments_stripeevent"))
    register(FrozenColumns("payments_flag", ("order_id", "kind", "subject", "text", "raised_at")))
    register(FrozenColumns("payments_chargeback", ("order_id", "dispute_id")))
