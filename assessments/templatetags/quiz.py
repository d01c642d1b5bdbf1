"""For pages with several questions, whose inputs would otherwise share their ids."""

import re

from django import template
from django.template import Node

register = template.Library()

TAGS = re.compile(r"<[^<>]+>")
NAMES = re.compile(r'\b(id|for|aria-labelledby|aria-describedby|aria-controls|aria-owns|list)="([^"]+)"')


@register.tag
def own_ids(parser, token) -> Node:
    """`{% own_ids slot %} … {% endown_ids %}`: every id within ends with -slot, and so does whatever points at it."""
    suffix = parser.compile_filter(token.split_contents()[1])
    inside = parser.parse(["endown_ids"])
    parser.delete_first_token()
    return OwnIds(inside, suffix)


class OwnIds(Node):
    def __init__(self, nodelist, suffix):
        self.nodelist, self.suffix = nodelist, suffix

    def render(self, context):
        return with_suffix(self.nodelist.render(context), str(self.suffix.resolve(context)))


def with_suffix(html: str, suffix: str) -> str:
    """Only within tags: words of a question are left as they are. Lists of ids are separated by spaces. Pure."""

    def rename(match: re.Match) -> str:
        return f'{match[1]}="{" ".join(f"{name}-{suffix}" for name in match[2].split())}"'

    return TAGS.sub(lambda tag: NAMES.sub(rename, tag[0]), html)
