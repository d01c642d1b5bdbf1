class BackupRefused(Exception):
    """A backup cannot be made or used as things are; the text says why and what to do."""


class ProofFailed(Exception):
    """Something was restored that does not hold together."""
