from certificates.models.achievement import Achievement
from certificates.models.credential import Credential, CredentialMove
from certificates.models.file import CredentialFile
from certificates.models.issuer import Issuer, SigningKey
from certificates.models.naming import NameRequest
from certificates.models.revocation import RevocationRequest
from certificates.models.status import StatusList

__all__ = [
    "Achievement",
    "Credential",
    "CredentialFile",
    "CredentialMove",
    "Issuer",
    "NameRequest",
    "RevocationRequest",
    "SigningKey",
    "StatusList",
]
