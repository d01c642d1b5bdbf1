"""What a page credits, as its author writes it: a line for each topic and format."""

from django.apps import apps
from django.forms import Select
from wagtail.blocks import ChoiceBlock, IntegerBlock, StreamBlock, StructBlock

from courses.curriculum.enums import TeachingFormat

MOST_MINUTES = 6000
MOST_LINES = 20


def topic_choices() -> list[tuple[str, str]]:
    """The topics that directors keep, in their order."""
    return list(apps.get_model("curriculum", "Topic").objects.values_list("key", "label"))


class TopicSelect(Select):
    """A choice among the topics. A key that a page holds from earlier stays among them, so that saving does not lose it."""

    def __init__(self, attrs=None):
        super().__init__(attrs, choices=lambda: [("", "No topic"), *topic_choices()])

    def optgroups(self, name, value, attrs=None):
        known = {key for key, _ in self.choices}
        if extra := [(key, key) for key in value if key and key not in known]:
            self.choices = [*self.choices, *extra]
        return super().optgroups(name, value, attrs)


class CreditLine(StructBlock):
    topic = ChoiceBlock(choices=topic_choices, help_text="Directors keep the list under Topics.")
    format = ChoiceBlock(
        choices=TeachingFormat.choices,
        default=TeachingFormat.SELF_STUDY,
        help_text="Live minutes count once the session is recorded as done.",
    )
    minutes = IntegerBlock(min_value=1, max_value=MOST_MINUTES, help_text="60 for a full hour.")

    class Meta:
        icon = "time"
        label = "Credited minutes"


class CreditBlocks(StreamBlock):
    credit = CreditLine()

    class Meta:
        max_num = MOST_LINES
