from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from wagtail.blocks import StreamBlock
from wagtail.fields import StreamField

from courses.standards.registry import all_kinds


class RequirementsField(StreamField):
    """A StreamField whose blocks are those of the registered kinds, found when it is first used.

    No block stands in a migration, so a new kind needs none. The price: a data migration sees the field as empty and
    has to read and write its raw JSON by SQL.
    """

    def __init__(self, block_types=(), **kwargs):
        kwargs.pop("block_lookup", None)
        super().__init__(list(block_types), **kwargs)

    @cached_property
    def stream_block(self):
        blocks = [(kind.name, import_string(kind.block)(label=kind.label)) for kind in all_kinds()]
        block = StreamBlock(blocks)
        block.set_meta_options(self.block_opts)
        return block

    def deconstruct(self):
        name, path, _, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
