"""Outlines of garments on one stylised figure, as SVG path data.

The canvas is 320 by 480. Everything hangs on a few landmarks of the body, so garments of different kinds fit
on top of each other; proportions come from ``Shape``. Functions are symmetric about the middle line ``X``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.taste.wardrobe import Shape

X: Final = 160.0
NECK, SHOULDER, BUST, WAIST, HIP, ANKLE = 96.0, 106.0, 150.0, 200.0, 244.0, 436.0
_SHOULDER_W, _WAIST_W, _HIP_W = 43.0, 29.0, 38.0
_WRIST = (236.0, 238.0)
_ARM_W: Final = 9.0

HEAD: Final = "M160 38a21 25 0 1 1-.1 0Z"
BODY: Final = (
    "M151 80v16l-31 9q-12 3-15 17l-24 108 6 24 7-24 27-84 8 50-9 34 10 78 9 148h14l5-148"
    " 3-30 3 30 5 148h14l9-148 10-78-9-34 8-50 27 84 7 24 6-24-24-108q-3-14-15-17l-31-9v-16Z"
)


def down(length: float) -> float:
    """Return the height at which a hem of ``length`` (0 waist .. 1 ankle) lies."""
    return WAIST + length * (ANKLE - WAIST)


def closed(points: list[tuple[float, float]]) -> str:
    """Return the closed outline through ``points``."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def opposite(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return ``points`` on the other side, walked so that the outline keeps its direction.

    Outlines of one garment overlap and are filled as one; with directions mixed, overlaps would be holes.
    """
    return [(2 * X - x, y) for x, y in reversed(points)]


def mirrored(points: list[tuple[float, float]]) -> str:
    """Return a closed outline from its right half, top to bottom."""
    return closed([*points, *opposite(points)])


def both(points: list[tuple[float, float]]) -> str:
    """Return two outlines, one on each side, from the one on the right."""
    return closed(points) + closed(opposite(points))


def sleeves(shape: Shape) -> str:
    """Return both sleeves; they end on the line from shoulder to wrist."""
    if shape.sleeve <= 0:
        return ""
    top_x, top_y = X + _SHOULDER_W - 6, SHOULDER + 2
    end_x = top_x + (_WRIST[0] - top_x) * shape.sleeve
    end_y = top_y + (_WRIST[1] - top_y) * shape.sleeve
    wide = _ARM_W * (1 + max(0.0, shape.loose) * 1.3)
    right = [(top_x, top_y - 2), (top_x + 9, top_y + 5), (end_x + wide * 0.9, end_y - 2)]
    right += [(end_x - wide * 0.9, end_y + 5), (top_x - 4, top_y + 34)]
    return both(right)


def torso(shape: Shape) -> list[tuple[float, float]]:
    """Return the right half from neck to the waist; bare shoulders for what has no sleeves."""
    if shape.sleeve <= 0:
        return [(X + 9, BUST - 26), (X + 22, SHOULDER + 1), (X + 28, SHOULDER + 3), (X + 33, BUST - 10)]
    return [(X + 15, NECK + 4), (X + _SHOULDER_W, SHOULDER), (X + _SHOULDER_W - 5 + 6 * shape.loose, BUST)]


def _waist(shape: Shape) -> float:
    return _WAIST_W + 14 * shape.loose


def _top(shape: Shape) -> str:
    hem = down(shape.length)
    points = torso(shape)
    if shape.length <= 0:
        return mirrored(
            [*points, (X + 35, BUST + 4), (X + 33 + 2 * shape.loose, max(BUST + 16, hem))]
        ) + sleeves(shape)
    half = max(_waist(shape), (_HIP_W + 4) * shape.width * min(1.0, 0.85 + shape.length))
    return mirrored([*points, (X + _waist(shape), WAIST - 8), (X + half, hem)]) + sleeves(shape)


def _dress(shape: Shape) -> str:
    hem, half = down(shape.length), _HIP_W * shape.width
    hip = _HIP_W + 10 * shape.loose
    points = [*torso(shape), (X + _waist(shape), WAIST - 4)]
    if shape.width < 1.3:
        points.append((X + hip, HIP))
    return mirrored([*points, (X + half * (1.1 if shape.width > 1.3 else 1.0), hem)]) + sleeves(shape)


def _skirt(shape: Shape) -> str:
    hem, half = down(shape.length), _HIP_W * shape.width
    return mirrored(
        [(X + _WAIST_W, WAIST - 6), (X + _HIP_W * max(1.0, shape.width * 0.9), HIP), (X + half, hem)]
    )


def _legs(shape: Shape) -> str:
    hem, half = down(shape.length), 27 * shape.width
    crotch = HIP + 14
    outer = X + 21 + half * 0.75
    right = [(X, WAIST - 6), (X + _WAIST_W, WAIST - 6), (X + _HIP_W, HIP), (outer, hem)]
    right += [(max(X + 2, X + 21 - half * 0.75), hem), (X + 1, crotch)]
    return both(right)


def _coat(shape: Shape) -> str:
    hem, gap = down(shape.length), 5 + 9 * max(0.0, shape.loose) if shape.open else 0.0
    waist = _waist(shape) + 5
    half = (_HIP_W + 6) * shape.width
    right = [
        (X + (13 if shape.open else 8), NECK + 2),
        (X + _SHOULDER_W + 3, SHOULDER),
        (X + _SHOULDER_W - 1, BUST),
    ]
    right += [(X + waist, WAIST - 2), (X + half, hem), (X + gap, hem), (X + gap * 0.6, WAIST - 10)]
    if not shape.open:
        right.append((X, NECK + 6))
    return both(right) + sleeves(shape)


def _suit(shape: Shape) -> str:
    if shape.sleeve > 0.5:
        return _legs(shape) + _coat(
            Shape("coat", length=0.22, sleeve=shape.sleeve, loose=shape.loose, open=shape.open)
        )
    return _legs(shape) + _top(Shape("top", length=0.06, sleeve=shape.sleeve))


def _choli(shape: Shape) -> str:
    return _top(Shape("top", length=-0.25, sleeve=shape.sleeve, loose=0.0)) + _skirt(shape)


def _bib(shape: Shape) -> str:
    straps = both([(X + 20, NECK + 8), (X + 26, NECK + 10), (X + 20, BUST), (X + 13, BUST)])
    return _legs(shape) + mirrored([(X + 21, BUST - 4), (X + _WAIST_W + 2, WAIST)]) + straps


def _drape(shape: Shape) -> str:
    blouse = _top(Shape("top", length=-0.25, sleeve=0.3, loose=0.0))
    skirt = _skirt(shape)
    pallu = "M122 104L140 98L196 196L192 232L150 196ZM122 104L140 98L136 150L120 330L92 322L112 150Z"
    return blouse + skirt + pallu


def _wrap(shape: Shape) -> str:
    hem = down(shape.length)
    return _skirt(shape) + f"M150 {WAIST - 6:.0f}L172 {WAIST - 6:.0f}L186 {hem - 6:.0f}L158 {hem:.0f}Z"


def _cape(shape: Shape) -> str:
    hem, half = down(shape.length), _HIP_W * shape.width
    return mirrored(
        [(X + 14, NECK + 2), (X + _SHOULDER_W + 4, SHOULDER + 4), (X + half, hem - 26), (X + 6, hem)]
    )


def _sash(shape: Shape) -> str:
    half = _WAIST_W + 4
    top, deep = WAIST - 8 - 10 * shape.width, 20 * shape.width + 3
    return f"M{X - half} {top:.1f}h{2 * half}v{deep:.1f}h-{2 * half}Z"


def _scarf(shape: Shape) -> str:
    end = max(BUST + 34, down(shape.length))
    return (
        f"M138 92Q160 112 182 92L188 104Q160 126 132 104ZM138 100L152 110L148 {end:.0f}L128 {end - 6:.0f}Z"
        f"M176 104L186 100L190 {end - 24:.0f}L174 {end - 18:.0f}Z"
    )


def _veil(shape: Shape) -> str:
    end = max(SHOULDER + 26, down(shape.length) - 30)
    return (
        f"M160 32C126 32 128 78 134 92L118 {end - 18:.0f}Q160 {end + 16:.0f} 202 {end - 18:.0f}L186 92"
        "C192 78 194 32 160 32ZM160 47C175 47 177 62 174 76C170 88 150 88 146 76C143 62 145 47 160 47Z"
    )


def _turban(shape: Shape) -> str:
    out = 8 + 16 * shape.loose
    return (
        f"M139 60Q136 34 160 {28 - out * 0.4:.0f}Q184 34 181 60Q160 44 139 60ZM139 56Q{132 - out:.0f} 34 160 "
        f"{24 - out:.0f}Q{188 + out:.0f} 34 181 56Q172 38 160 50Q148 38 139 56Z"
    )


def _cap(shape: Shape) -> str:
    out = 24 + 10 * shape.loose
    crown = f"M138 56Q{X - out:.0f} 30 160 30Q{X + out:.0f} 30 182 56Q160 50 138 56Z"
    return crown + (f"M150 54Q182 48 {184 + 26 * shape.brim:.0f} 62Q178 60 150 58Z" if shape.brim else "")


def _hat(shape: Shape) -> str:
    reach = 24 + 24 * shape.brim
    if shape.figure == "cone":
        return f"M160 18L{X + reach} 60Q160 70 {X - reach} 60Z"
    return f"M140 52Q140 24 160 26Q180 24 180 52ZM{X - reach} 54Q160 44 {X + reach} 54Q160 66 {X - reach} 54Z"


def _shoes(shape: Shape) -> str:
    heel = 8 if shape.width < 1 else 0
    low = 3 if shape.loose < 0 else 0
    right = f"M167 {432 + low}h15q16 6 18 14v5h-33Z" + (f"M168 {446 + low}h5v{heel + 4}h-5Z" if heel else "")
    left = f"M153 {432 + low}h-15q-16 6-18 14v5h33Z" + (f"M152 {446 + low}h-5v{heel + 4}h5Z" if heel else "")
    return right + left


def _boots(shape: Shape) -> str:
    top = down(shape.length)
    return f"M165 {top:.0f}h21v66L202 446v7h-37ZM155 {top:.0f}h-21v66L118 446v7h37Z".replace(
        "v66", f"V{ANKLE - 4:.0f}"
    )


def _bag(shape: Shape) -> str:
    size = 30 * (1 + shape.loose)
    return (
        f"M{238 - size / 2:.0f} 262h{size:.0f}l4 {size * 0.85:.0f}h-{size + 8:.0f}Z"
        f"M{230 - size / 8:.0f} 262q8-26 {14 + size / 8:.0f} 0h-3q-6-20-{8 + size / 8:.0f} 0Z"
    )


def _socks(shape: Shape) -> str:
    top = down(shape.length)
    return f"M168 {top:.0f}h16L182 434h-13ZM152 {top:.0f}h-16L138 434h13Z"


_FIXED: Final[dict[str, str]] = {
    "necklace": "M140 98Q160 142 180 98L184 100Q160 152 136 100ZM160 134l7 9-7 9-7-9Z",
    "flower": "M178 46a6 6 0 1 1 .1 0ZM186 54a5 5 0 1 1 .1 0ZM176 58a4 4 0 1 1 .1 0Z",
    "tie": "M153 100L160 104L167 100L164 110L170 178L160 190L150 178L156 110Z",
    "bow": "M160 103L146 96V112ZM160 103L174 96V112ZM157 100h6v7h-6Z",
    "glasses": "M142 62h15v9q-7 6-15 0ZM163 62h15v9q-8 6-15 0ZM156 64h8v2h-8Z",
    "earrings": "M138 74l5 9-5 10-5-10ZM182 74l5 9-5 10-5-10Z",
    "bangle": "M222 222l14-6 3 7-14 6ZM98 222l-14-6-3 7 14 6Z",
    "gloves": "M214 176l11-4 16 62-3 18-9-10ZM106 176l-11-4-16 62 3 18 9-10Z",
}

_FIGURES: Final[dict[str, Callable[[Shape], str]]] = {
    "top": _top,
    "dress": _dress,
    "skirt": _skirt,
    "legs": _legs,
    "coat": _coat,
    "suit": _suit,
    "drape": _drape,
    "wrap": _wrap,
    "cape": _cape,
    "sash": _sash,
    "scarf": _scarf,
    "veil": _veil,
    "turban": _turban,
    "cap": _cap,
    "hat": _hat,
    "cone": _hat,
    "choli": _choli,
    "bib": _bib,
    "shoes": _shoes,
    "boots": _boots,
    "bag": _bag,
    "socks": _socks,
}


def path(shape: Shape) -> str:
    """Return the outline of a garment of ``shape`` as SVG path data."""
    if shape.figure == "tie" and shape.length <= 0:
        return _FIXED["bow"]
    if shape.figure in _FIXED:
        return _FIXED[shape.figure]
    return _FIGURES[shape.figure](shape)
