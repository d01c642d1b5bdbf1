"""Files of questions for tests: the samples of this folder, and packages."""

import io
import zipfile
from pathlib import Path

SAMPLES = Path(__file__).with_name("samples")


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def sample_package() -> bytes:
    folder = SAMPLES / "package"
    return package({str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()})


def package(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
