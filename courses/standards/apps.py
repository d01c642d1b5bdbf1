from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "courses.standards"
    label = "standards"

    def ready(self):
        from courses.curriculum.public import register_program_section
        from courses.standards.enums import AUDIT_ACTIONS
        from lms.accounts.enums import Role
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.demo.registry import Stage, register_step
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.publicsearch import register_public_texts

        register_actions(AUDIT_ACTIONS)
        triggers.register(triggers.AppendOnly("standards_standardversion"))
        register_desk(
            "Standards",
            "desk_standards",
            "What a certificate asks for: the draft, its versions, publishing.",
            group=DeskGroup.CERTIFICATES,
            roles=[Role.DIRECTOR, Role.REGISTRAR],
            order=20,
        )
        register_public_texts("courses.standards.public.texts", order=20)
        register_program_section("courses.standards.public.section", order=20)
        register_step(45, "the standard", "courses.standards.demo.create_standard")
        later = "courses.standards.demo.publish_later_versions"
        register_step(46, "later versions of the standard", later, stage=Stage.RUNNING)
