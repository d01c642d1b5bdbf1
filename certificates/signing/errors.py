"""What can be wrong with a document, a proof, a token or a key."""


class SigningError(Exception):
    """The base of every error of this package."""


class UnknownContext(SigningError):
    """A document names a JSON-LD context that is not bundled; nothing is ever fetched."""


class UnsignedTerms(SigningError):
    """The document holds content that no signature would cover, or that is not plain JSON-LD."""


class BadProof(SigningError):
    """The proof or token is missing, malformed, or does not fit the document."""


class UnknownKey(SigningError):
    """The proof names a key that the issuer does not publish."""


class BadStatusList(SigningError):
    """The status list cannot be read, or is not the one the credential names."""


class MissingKey(SigningError):
    """The private key file is not there, or the passphrase does not open it."""
