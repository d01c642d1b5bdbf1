"""Authoring of the rules of practice. For editors only: a published version stores plain JSON of `PracticeRules`."""

import json
from typing import Any

from wagtail import blocks

from courses.standards.enums import Answer, Qualification, SitePaperKind
from courses.standards.practice import Lesson, Limit, PracticeRules, SitePaperInForce, TrainingFirst, ValidOnTheDay


class RuleBlock(blocks.StructBlock):
    answer = blocks.ChoiceBlock(
        choices=Answer.choices,
        default=Answer.FLAG,
        label="What follows",
        help_text="A flagged entry is sent and can be approved; trainee and reviewer read why it is flagged.",
    )


class BackDatingBlock(RuleBlock):
    days = blocks.IntegerBlock(
        default=30, min_value=1, max_value=730, help_text="A visit may be logged up to so many days after its date."
    )

    class Meta:
        icon = "date"
        label = "Late entries"


class WeeklyBlock(RuleBlock):
    minutes = blocks.IntegerBlock(
        default=2400,
        min_value=60,
        max_value=10_080,
        help_text="In minutes: 2400 are 40 hours. A week goes from Monday to Sunday in the trainee's time zone.",
    )

    class Meta:
        icon = "time"
        label = "Weekly cap"


class LookBackBlock(RuleBlock):
    years = blocks.IntegerBlock(
        default=5, min_value=1, max_value=20, help_text="A visit may be at most so many years old when it is logged."
    )

    class Meta:
        icon = "history"
        label = "Look-back"


class GroupSizeBlock(RuleBlock):
    people = blocks.IntegerBlock(default=6, min_value=2, max_value=100, help_text="The most clients in one group.")

    class Meta:
        icon = "group"
        label = "Size of a group"


class TrainingFirstBlock(RuleBlock):
    lessons = blocks.ListBlock(
        blocks.PageChooserBlock(page_type=["curriculum.LessonPage", "curriculum.ModulePage"]),
        min_num=1,
        help_text="Lessons or whole modules. Each has to be completed before the first visit.",
    )

    class Meta:
        icon = "list-ul"
        label = "Training first"


class SupervisorValidBlock(RuleBlock):
    qualification = blocks.ChoiceBlock(
        choices=Qualification.choices, help_text="What of the supervisor has to be valid on the day of the visit."
    )

    class Meta:
        icon = "user"
        label = "Supervisor, valid on the day"


class SitePaperBlock(RuleBlock):
    paper = blocks.ChoiceBlock(
        choices=SitePaperKind.choices,
        help_text="Which approved paper of the site has to be in force on the day of the visit. With a refusal no trainee is "
        "placed at a site without it.",
    )

    class Meta:
        icon = "doc-full"
        label = "Site, paper in force"


class PracticeRulesBlock(blocks.StreamBlock):
    """Each rule stands once; what is asked of supervisor and site, once for each qualification and paper."""

    back_dating = BackDatingBlock()
    weekly = WeeklyBlock()
    look_back = LookBackBlock()
    group_size = GroupSizeBlock()
    training = TrainingFirstBlock()
    supervisor = SupervisorValidBlock()
    site = SitePaperBlock()

    class Meta:
        block_counts = {
            **{name: {"max_num": 1} for name in ("back_dating", "weekly", "look_back", "group_size", "training")},
            "supervisor": {"max_num": len(Qualification)},
            "site": {"max_num": len(SitePaperKind)},
        }


def first_rules() -> str:
    """What a new draft begins with: entries later than 30 days are flagged."""
    value = {"days": 30, "answer": Answer.FLAG.value}
    return json.dumps([{"type": "back_dating", "value": value, "id": "5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a2001"}])


LIMITS = {"back_dating": "days", "weekly": "minutes", "look_back": "years", "group_size": "people"}


def rules_from_blocks(stream: Any) -> PracticeRules:
    """The rules as authored, as plain values."""
    found: dict[str, Any] = {}
    supervisor: list[ValidOnTheDay] = []
    site: list[SitePaperInForce] = []
    for block in stream:
        name, value = block.block_type, block.value
        if name in LIMITS:
            found[name] = Limit(value[LIMITS[name]], value["answer"])
        elif name == "training":
            pages = [page.specific for page in value["lessons"] if page is not None]
            lessons = tuple(Lesson(str(page.activity_key), page.title) for page in pages)
            found[name] = TrainingFirst(lessons, value["answer"])
        elif name == "site":
            site.append(SitePaperInForce(value["paper"], value["answer"]))
        else:
            supervisor.append(ValidOnTheDay(value["qualification"], value["answer"]))
    return PracticeRules(**found, supervisor=tuple(supervisor), site=tuple(site))
