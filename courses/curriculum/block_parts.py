"""What blocks share: the features of their rich text, and how the editor's list of blocks shows a sample of each.

The sample is made by the learners' renderer (preview.py) of `Meta.preview_value`, or for a block that shows a file of
`Meta.sample`, as it would be frozen, with `SAMPLE_FILE` in the place of the file's name.
"""

TEXT_FEATURES = [
    *("h2", "h3", "bold", "italic", "ol", "ul", "blockquote", "superscript", "subscript", "link", "document-link"),
]
SHORT_FEATURES = ["bold", "italic", "ol", "ul", "link"]
SAMPLE = "wagtailcore/shared/block_preview.html"
SAMPLE_FILE = "sample-file"
