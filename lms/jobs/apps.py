from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "lms.jobs"
    label = "jobs"

    def ready(self):
        from lms.jobs.registry import register_nightly

        register_nightly("put tasks left running back in the queue", "lms.jobs.actions.rescue_running_tasks")
        register_nightly("forget old task results", "lms.jobs.actions.forget_finished_tasks")
        register_nightly("publish scheduled pages", "lms.jobs.actions.publish_scheduled_pages")
        register_nightly("clear expired sessions", "lms.jobs.actions.clear_sessions")
