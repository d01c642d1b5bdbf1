"""Where static files of an installation are."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's. A page names a dozen files, and where each is never changes while a process lives."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name, force=False):
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]
