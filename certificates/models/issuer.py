from django.db import models

from certificates.enums import KeyAlgorithm
from certificates.signing.documents import PublicKeyFacts


class Issuer(models.Model):
    """The name under which we sign. Once used its address never changes, whatever PORT or PUBLIC_URL say later:
    it stands in signed bytes. The database refuses to change it (see `apps.py`)."""

    base_url = models.CharField(max_length=255, unique=True)
    did = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, help_text="When it signed its first credential.")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.did

    def address(self, path: str) -> str:
        return self.base_url + path


class SigningKey(models.Model):
    """The public part of a key pair; the private part lies in SIGNING_KEYS_DIR as `<name>.pem`.

    Exactly one of `multibase` (Ed25519) and `jwk` (RSA: n and e) is filled. A retired key signs nothing more, but
    stays published as long as its credentials are to verify.
    """

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="keys")
    name = models.SlugField(unique=True)
    algorithm = models.CharField(max_length=10, choices=KeyAlgorithm)
    multibase = models.CharField(max_length=100, blank=True)
    jwk = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.name

    @property
    def kid(self) -> str:
        """The address at which the bare JWK is served; tokens point to it."""
        return self.issuer.address(f"/keys/{self.name}")

    @property
    def method_id(self) -> str:
        return f"{self.issuer.did}#{self.multibase or self.name}"

    @property
    def public_jwk(self) -> dict[str, str]:
        return {**self.jwk, "kid": self.kid}

    @property
    def facts(self) -> PublicKeyFacts:
        if self.algorithm == KeyAlgorithm.RS256:
            return PublicKeyFacts(self.method_id, jwk=self.public_jwk)
        return PublicKeyFacts(self.method_id, multibase=self.multibase)
