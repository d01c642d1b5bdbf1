from django.apps import AppConfig
from django.core.checks import Tags, register


class WebConfig(AppConfig):
    name = "lms.web"
    label = "web"

    def ready(self):
        from lms.jobs.registry import register_nightly
        from lms.web import checks

        register(checks.shared_cache, Tags.caches)
        register(checks.known_secrets, Tags.security, deploy=True)
        register(checks.public_address, Tags.security, deploy=True)
        register_nightly("forget old form keys", "lms.web.idempotency.forget_old_keys")
