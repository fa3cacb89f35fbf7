"""Draws docs/taste/garments.svg, all garments of the cards: who changes an outline sees what became of it.

Each garment is a line of the file, so a diff names the kinds that look different now.
"""

from __future__ import annotations

from pathlib import Path

from core.taste.drawing import HEIGHT, WIDTH
from core.taste.figures import BODY, HEAD, path
from core.taste.wardrobe import KINDS, Shape, shape_of

PICTURE = Path(__file__).parent.parent / "docs" / "taste" / "garments.svg"
_COLUMNS = 12
_CELL = (WIDTH, HEIGHT + 40)
_SCALE = 0.3


def rendered() -> str:
    """Return the picture: one cell for each way a garment is drawn, under the first kind that is drawn so."""
    first: dict[Shape, str] = {}
    for kind in KINDS:
        first.setdefault(shape_of(kind), kind)
    rows = -(-len(first) // _COLUMNS)
    wide, high = _COLUMNS * _CELL[0], rows * _CELL[1]
    cells = "".join(_cell(at, kind, shape) for at, (shape, kind) in enumerate(first.items()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'width="{wide * _SCALE:.0f}" height="{high * _SCALE:.0f}" font-family="sans-serif" font-size="28">\n'
        f'<defs><path id="body" d="{BODY}{HEAD}" fill="#e4dfda"/></defs>\n'
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>\n{cells}</svg>\n'
    )


def _cell(at: int, kind: str, shape: Shape) -> str:
    x, y = at % _COLUMNS * _CELL[0], at // _COLUMNS * _CELL[1]
    return (
        f'<g transform="translate({x} {y})"><use href="#body"/>'
        f'<path d="{path(shape)}" fill="#5b7a99" fill-opacity=".75" stroke="#22303d"/>'
        f'<text x="{WIDTH // 2}" y="{HEIGHT + 12}" text-anchor="middle">{kind}</text></g>\n'
    )


def main() -> None:
    """Write the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(rendered())
    print(f"wrote {PICTURE.name}")


if __name__ == "__main__":
    main()
