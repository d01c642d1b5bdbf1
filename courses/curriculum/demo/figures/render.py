"""Makes the PNG of every drawing beside this file anew, with our fonts for paper and no others."""

import io
from pathlib import Path

import typst
from PIL import Image

HERE = Path(__file__).parent
FONTS = HERE.parents[3] / "lms/paper/fonts"
# Three pixels a point: 1080 wide, sharp on a phone whose screen has three to one.
PIXELS_PER_INCH = 216.0
COLOURS = 64


def drawings() -> list[Path]:
    return sorted(path for path in HERE.glob("*.typ") if path.stem != "style")


def png_of(drawing: Path) -> Path:
    return drawing.with_name(drawing.stem.replace("_", "-") + ".png")


def render(drawing: Path) -> Image.Image:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    png = typst.compile(str(drawing), format="png", ppi=PIXELS_PER_INCH, font_paths=fonts)
    return Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


if __name__ == "__main__":
    for each in drawings():
        render(each).save(png_of(each), optimize=True)
