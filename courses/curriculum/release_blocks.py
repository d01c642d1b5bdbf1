"""When a page opens to trainees, as its author writes it: small rules of which all must hold."""

from django.apps import apps
from wagtail.blocks import DateBlock, IntegerBlock, PageChooserBlock, StreamBlock, StructBlock

from courses.curriculum.enums import ActivityKind
from courses.curriculum.freezing import page_models
from courses.curriculum.gates import MOST_DAYS

MOST_RULES = 20


class ActivityChooser(PageChooserBlock):
    """A page of one of these kinds, or of any that an edition can hold: also those that higher rooms add."""

    def __init__(self, *, kinds: tuple[ActivityKind, ...] = (), **kwargs):
        self.kinds = kinds
        super().__init__(**kwargs)

    @property
    def target_models(self):
        return [apps.get_model(label) for label in page_models(self.kinds)]


class ScoreRule(StructBlock):
    quiz = ActivityChooser(kinds=(ActivityKind.QUIZ,), help_text="A quiz of this program.")
    percent = IntegerBlock(
        min_value=1,
        max_value=100,
        default=80,
        help_text="The best submitted attempt counts, also one that was not passed. Not more than the quiz's pass mark: "
        "who has passed cannot take it again. To ask that it is passed, choose “After another page”.",
    )

    class Meta:
        icon = "tick-inverse"
        label = "After a score"


class ReleaseBlocks(StreamBlock):
    """The order here is the order of the editor's menu."""

    date = DateBlock(
        icon="date",
        label="From a date",
        help_text="It opens as this day begins where the cohort is. The same day for every cohort that follows the edition.",
    )
    days = IntegerBlock(
        icon="time",
        label="Days after the cohort's start",
        min_value=0,
        max_value=MOST_DAYS,
        help_text="0 for the first day itself. It moves along when the whole cohort is moved, and for nothing else.",
    )
    after = ActivityChooser(
        icon="link",
        label="After another page",
        help_text="A module, lesson or quiz of this program that must be complete before: a module by all its lessons, a "
        "quiz by passing it.",
    )
    score = ScoreRule()

    class Meta:
        max_num = MOST_RULES
        block_counts = {"date": {"max_num": 1}, "days": {"max_num": 1}}
