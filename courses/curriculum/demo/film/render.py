"""Makes the demonstration's film anew from its slides: `make film`. Needs ffmpeg with the encoder libvpx-vp9.

A film without sound, so that nothing has to be spoken by a machine; what a speaker would say stands in the captions.
"""

import subprocess
import tempfile
from pathlib import Path

import typst

HERE = Path(__file__).parent
SLIDES, FILM = HERE / "ratchet_rule.typ", HERE / "ratchet-rule.webm"
FONTS = HERE.parents[3] / "certificates/paper/fonts"
SECONDS = (5, 9, 10, 9, 11)  # each slide in turn; the captions keep to them
WIDTH, HEIGHT, PIXELS_PER_INCH = 960, 540, 144.0
PICTURES_A_SECOND = 5


def write_slides(folder: Path) -> Path:
    """A picture for each slide, and the list of them that ffmpeg reads."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    lines = []
    for number, seconds in enumerate(SECONDS, start=1):
        picture = folder / f"{number}.png"
        png = typst.compile(
            str(SLIDES),
            root=str(HERE.parent),
            format="png",
            ppi=PIXELS_PER_INCH,
            font_paths=fonts,
            sys_inputs={"slide": str(number)},
        )
        picture.write_bytes(png)
        lines += [f"file '{picture}'", f"duration {seconds}"]
    slides = folder / "slides.txt"
    slides.write_text("\n".join([*lines, lines[-2]]))  # ffmpeg holds the last picture only when it is named twice
    return slides


def render() -> None:
    with tempfile.TemporaryDirectory() as folder:
        slides = write_slides(Path(folder))
        read = ["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(slides)]
        look = ["-vf", f"fps={PICTURES_A_SECOND},scale={WIDTH}:{HEIGHT},format=yuv420p", "-t", str(sum(SECONDS))]
        # A whole picture every two seconds, so that a reader who seeks lands at once.
        code = ["-c:v", "libvpx-vp9", "-crf", "40", "-b:v", "0", "-g", str(2 * PICTURES_A_SECOND), "-row-mt", "1"]
        plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
        subprocess.run([*read, *look, *code, *plain, str(FILM)], check=True)  # noqa: S603 - our own words


if __name__ == "__main__":
    render()
