"""The words of the field, and what they mean here. Lessons name them; an edition keeps what they meant when it was made."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from courses.curriculum.models.activity import Program

MOST_SPELLINGS = 12


class GlossaryTerm(index.Indexed, models.Model):
    """One word of the one glossary. Its slug stays, so that editions can be compared."""

    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="glossary_terms",
        help_text="Empty: for every program.",
    )
    term = models.CharField(max_length=80, help_text="As it stands in a sentence, such as: dissociation.")
    slug = models.SlugField(max_length=100, unique=True, editable=False)
    definition = models.TextField(
        max_length=600, help_text="One or two sentences in plain words. Readers see it beside the word."
    )
    other_spellings = models.TextField(
        blank=True,
        max_length=600,
        help_text="What else counts as this word in a text, such as its plural or its short form. One per line.",
    )

    panels = [FieldPanel(name) for name in ("term", "definition", "other_spellings", "program")]
    search_fields = [
        index.SearchField("term"),
        index.AutocompleteField("term"),
        index.SearchField("definition"),
        index.FilterField("program"),
    ]

    class Meta:
        ordering = [Lower("term"), "pk"]

    def __str__(self):
        return self.term

    @property
    def spellings(self) -> list[str]:
        """Every way in which the word may stand in a text, itself first."""
        lines = [self.term, *self.other_spellings.splitlines()]
        return list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))

    def clean(self):
        super().clean()
        self.term = " ".join((self.term or "").split())
        self.definition = " ".join((self.definition or "").split())
        if len(self.spellings) > MOST_SPELLINGS:
            raise ValidationError({"other_spellings": f"At most {MOST_SPELLINGS - 1} other spellings."})
        self._refuse_taken()

    def _refuse_taken(self):
        """A word in a text has one meaning: no two terms that can meet in a program share a spelling."""
        mine = {spelling.casefold() for spelling in self.spellings}
        others = GlossaryTerm.objects.exclude(pk=self.pk)
        if self.program_id:
            others = others.filter(models.Q(program=None) | models.Q(program=self.program_id))
        for other in others:
            shared = [spelling for spelling in other.spellings if spelling.casefold() in mine]
            if shared:
                field = "term" if shared[0].casefold() == self.term.casefold() else "other_spellings"
                raise ValidationError({field: f"“{shared[0]}” already belongs to the term “{other.term}”."})

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = _free_slug(self.term)
        super().save(*args, **kwargs)


def _free_slug(term: str) -> str:
    base = slugify(term)[:90] or "term"
    slug, number = base, 1
    while GlossaryTerm.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug
