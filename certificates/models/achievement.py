import uuid

from django.db import models

from certificates.models.issuer import Issuer
from certificates.signing.documents import AchievementFacts
from courses.curriculum.models import Program
from courses.standards.models import StandardVersion


class Achievement(models.Model):
    """What a credential says was achieved: one per published version of a standard. Its address and meaning never change.

    `results` lists [key, name] of the lines a credential may measure, such as hours in a category.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="achievements")
    program = models.ForeignKey(Program, models.PROTECT, related_name="achievements")
    standard_version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="achievements")
    is_demonstration = models.BooleanField(default=False)
    name = models.CharField(max_length=250)
    description = models.TextField()
    criteria = models.TextField()
    results = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard_version", "is_demonstration"], name="one_achievement_per_standard_version"
            )
        ]

    def __str__(self):
        return self.name

    @property
    def address(self) -> str:
        return self.issuer.address(f"/achievements/{self.uuid}")

    @property
    def facts(self) -> AchievementFacts:
        return AchievementFacts(
            url=self.address,
            name=self.name,
            description=self.description,
            criteria=self.criteria,
            version=str(self.standard_version.number),
            results=[(key, name) for key, name in self.results],
        )
