"""What the public pages of the curriculum show of other rooms, and of their own text; samples of blocks for editors."""

from django import template
from django.utils.safestring import SafeString
from wagtail.rich_text import expand_db_html

from courses.curriculum.models.pages import lines_of
from courses.curriculum.preview import sample_of_block
from courses.curriculum.public import Section, facts_of, sections_of
from lms.html import clean_html

register = template.Library()


@register.filter
def cleaned(source: str) -> SafeString:
    """Rich text of a public page, its links to pages resolved, cleaned once more."""
    return clean_html(expand_db_html(source))


@register.filter
def lines(text: str) -> list[str]:
    return lines_of(text)


@register.simple_tag
def program_facts(page) -> list[dict]:
    """The page's own facts, then what other rooms know of the program: the next cohort, the standard."""
    return page.fact_list + (facts_of(page.program) if page.program else [])


register.simple_tag(sample_of_block)


@register.simple_tag
def program_sections(page) -> list[Section]:
    """What other rooms tell of the program in sections of their own: the standard, the cohorts with their fees."""
    return sections_of(page.program) if page.program else []
