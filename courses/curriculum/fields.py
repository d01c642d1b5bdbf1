"""Stream fields whose migrations name no block, so that changing a block changes no table."""

from wagtail.fields import StreamField


class BlocksField(StreamField):
    """A StreamField that writes none of its blocks into migrations. The column is JSON, whatever the blocks are."""

    def deconstruct(self):
        name, path, _, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
