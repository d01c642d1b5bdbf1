import hashlib
from pathlib import Path

import pytest

from certificates.signing import contexts
from certificates.signing.errors import UnknownContext

FOLDER = Path(contexts.__file__).parent


@pytest.mark.parametrize("name", contexts.FILES.values())
def test_each_bundled_file_has_the_checksum_its_provenance_states(name):
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    assert f"`{name}`" in (FOLDER / "README.md").read_text()
    assert digest in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize(
    "url",
    [
        "https://www.w3.org/ns/credentials/v1",
        "https://www.w3.org/ns/credentials/v2/",
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "file:///etc/passwd",
        "",
    ],
)
def test_any_other_context_is_refused(url):
    with pytest.raises(UnknownContext):
        contexts.load(url)


def test_a_bundled_context_is_marked_as_never_changing():
    assert contexts.load(contexts.CREDENTIALS_V2)["tag"] == "static"
