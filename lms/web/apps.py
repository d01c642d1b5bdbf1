from django.apps import AppConfig
from django.core.checks import Tags, register


class WebConfig(AppConfig):
    name = "lms.web"
    label = "web"

    def ready(self):
        from lms.accounts.enums import Role
        from lms.accounts.facts import register_person_fact
        from lms.jobs.registry import register_nightly
        from lms.web import checks
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.navigation import register_navigation

        register(checks.shared_cache, Tags.caches)
        register(checks.known_secrets, Tags.security, deploy=True)
        register(checks.public_address, Tags.security, deploy=True)
        register_navigation("lms.web.menu.common_items")
        register_person_fact("opens_cms", "lms.web.menu.opens_cms")
        register_desk(
            "Disputes",
            "dispute_list",
            "Disagreements about a record.",
            group=DeskGroup.PEOPLE,
            roles=[Role.DIRECTOR],
            order=70,
        )
        register_desk(
            "Terms of use",
            "terms_publish",
            "Publish a new version.",
            group=DeskGroup.INSTITUTE,
            roles=[Role.DIRECTOR],
            order=90,
        )
        register_nightly("forget old form keys", "lms.web.idempotency.forget_old_keys")
