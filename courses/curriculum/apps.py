from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    name = "courses.curriculum"
    label = "curriculum"

    def ready(self):
        from courses.curriculum import lessons
        from courses.curriculum.enums import AUDIT_ACTIONS
        from courses.curriculum.freezing import register_freezer
        from lms.accounts.enums import Role
        from lms.audit.names import register_actions
        from lms.demo.registry import Stage, register_step
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.publicsearch import register_public_texts

        register_actions(AUDIT_ACTIONS)
        register_triggers()
        register_public_texts("courses.curriculum.public_texts.texts", order=10)
        register_freezer(lessons.MODULE_FREEZER)
        register_freezer(lessons.LESSON_FREEZER)
        register_desk(
            "Programs and editions",
            "desk_programs",
            "Publish what the pages say now as an edition for the next cohort.",
            group=DeskGroup.COURSES,
            roles=[Role.DIRECTOR],
            order=20,
        )
        register_step(20, "the curriculum", "courses.curriculum.demo.write_pages")
        register_step(40, "edition 1", "courses.curriculum.demo.publish_first_edition")
        register_step(42, "edition 2", "courses.curriculum.demo.publish_second_edition", stage=Stage.RUNNING)
        register_step(92, "a correction", "courses.curriculum.demo.correct_a_slip", stage=Stage.RUNNING)


def register_triggers():
    """An edition never changes: the database refuses it. Only the HTML that is made of a source may be made anew."""
    from lms.audit.triggers import AppendOnly, FrozenColumns, register

    register(AppendOnly("curriculum_edition"))
    register(AppendOnly("curriculum_editionitem"))
    register(AppendOnly("curriculum_erratum"))
    register(AppendOnly("curriculum_asset"))
    register(AppendOnly("curriculum_regulatorstep"))
    register(FrozenColumns("curriculum_body", ("sha256", "kind", "source")))
    register(FrozenColumns("curriculum_activity", ("key", "kind", "program_id")))
