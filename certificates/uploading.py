"""Receiving a file that is only looked at: bounded before it is read, kept in memory, never on a disk."""

from django.core.files.uploadhandler import MemoryFileUploadHandler

from certificates.extraction.found import MAX_FILE

# The file, its borders and the other fields of the form.
MAX_BODY = MAX_FILE + 512 * 1024
MAX_PASSED = 8 * MAX_FILE
CHUNK = 64 * 1024


class InMemory(MemoryFileUploadHandler):
    """Takes every file into memory; `is_too_large` has bounded the whole body before."""

    def handle_raw_input(self, *args, **kwargs):
        self.activated = True


def is_too_large(request) -> bool:
    """By the length the server was told; it never reads more than that."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY
    except ValueError:
        return True


def let_pass(request) -> None:
    """Read and forget a body that is too large: a browser shows no answer while it still sends."""
    for _ in range(MAX_PASSED // CHUNK):
        if not request.read(CHUNK):
            return


def keep_in_memory(request) -> None:
    """Call it before anything reads the body."""
    request.upload_handlers = [InMemory(request)]
