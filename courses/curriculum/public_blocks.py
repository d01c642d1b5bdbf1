"""What the public pages are written from: whoever teaches, and who accredits."""

from django.core.exceptions import ValidationError
from wagtail.blocks import CharBlock, DateBlock, IntegerBlock, PageChooserBlock, StreamBlock, StructBlock, URLBlock
from wagtail.blocks.struct_block import StructBlockValidationError


class Qualification(StructBlock):
    title = CharBlock(max_length=160, help_text="Such as: PhD in clinical psychology, or Licensed psychologist.")
    where = CharBlock(required=False, max_length=160, help_text="The school, or the state that licenses.")
    year = IntegerBlock(required=False, min_value=1940, max_value=2100, help_text="When it was given.")


class QualificationBlocks(StreamBlock):
    """What a member of the faculty has learned and may do. The order here is the order of the editor's menu."""

    degree = Qualification(icon="certificate")
    licence = Qualification(icon="key", help_text="A licence to practise, with the state that gave it.")
    training = Qualification(
        icon="user", label="KAP training", help_text="Training in the field itself, and with whom."
    )


class TeacherBlocks(StreamBlock):
    """Who teaches a program: pages of the faculty, in the order in which they are shown."""

    person = PageChooserBlock(page_type="curriculum.FacultyPage", help_text="Her profile, a page below Home.")


class Accreditation(StructBlock):
    body = CharBlock(max_length=200, help_text="Who accredits, by its full name.")
    statement = CharBlock(max_length=1000, help_text="What it says, word for word as the body asks for it.")
    number = CharBlock(required=False, max_length=80, help_text="The number of the program or provider there.")
    from_day = DateBlock(required=False, label="From", help_text="Empty: it holds already.")
    until_day = DateBlock(required=False, label="Until", help_text="From the day after it is no longer shown.")
    url = URLBlock(required=False, help_text="Where the body itself says so.")

    class Meta:
        icon = "certificate"

    def clean(self, value):
        value = super().clean(value)
        if value["from_day"] and value["until_day"] and value["until_day"] < value["from_day"]:
            raise StructBlockValidationError({"until_day": ValidationError("It ends after it begins.")})
        return value


class AccreditationBlocks(StreamBlock):
    statement = Accreditation()
