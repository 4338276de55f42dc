"""Ships, boats and their wakes."""

from __future__ import annotations

import numpy as np

from rrsis_geo.synthetic.canvas import RAISED, WATER, Colour, DrawnObject, Paint, Part
from rrsis_geo.synthetic.palette import CARS, Style, pick, scaled
from rrsis_geo.synthetic.shapes import Points, Pose, rect

HULLS: dict[str, Colour] = {
    "red": (150, 58, 48),
    "black": (50, 52, 58),
    "blue": (62, 88, 132),
    "green": (64, 100, 84),
    "gray": (128, 132, 136),
    "white": (234, 234, 234),
}


def cargo_ship(
    spot: Pose, length: float, *, style: Style, rng: np.random.Generator
) -> DrawnObject:
    """A freighter, container ship or tanker with its house at the stern."""
    name = str(rng.choice(tuple(HULLS), p=(0.3, 0.16, 0.2, 0.1, 0.16, 0.08)))
    colour = HULLS[name]
    width = length * rng.uniform(0.15, 0.19)
    hull = spot.px(_hull(length, width, 0.82))
    deck = spot.px(_hull(length * 0.97, width * 0.86, 0.82))
    kind = str(rng.choice(("container ship", "freighter", "tanker")))
    parts = [
        Part(rings=(hull,), paint=Paint(colour=scaled(colour, 0.9), mid=0.02)),
        Part(
            rings=(deck,), paint=Paint(colour=scaled(colour, 1.12), fine=0.04, mid=0.05)
        ),
        *_load(spot, kind, length, width, rng),
    ]
    house = spot.px(rect(length * 0.09, width * 0.88, -length * 0.38))
    bridge = spot.px(rect(length * 0.03, width, -length * 0.35))
    parts.append(Part(rings=(house,), paint=Paint(colour=(232, 232, 228), mid=0)))
    parts.append(Part(rings=(bridge,), paint=Paint(colour=(206, 208, 210), mid=0)))
    return _thing(
        hull,
        parts,
        scaled(colour, 1.12) if kind != "container ship" else None,
        kind,
        style,
        9,
        spot,
    )


def boat(
    spot: Pose, length: float, *, style: Style, rng: np.random.Generator
) -> DrawnObject:
    """A motor or sailing boat of 5 to 30 metres."""
    name = str(rng.choice(("white", "blue", "red", "gray"), p=(0.82, 0.08, 0.04, 0.06)))
    colour = HULLS[name]
    width = length * rng.uniform(0.26, 0.34)
    hull = spot.px(_hull(length, width, 0.62))
    parts = [Part(rings=(hull,), paint=Paint(colour=colour, fine=0.02, mid=0))]
    inner = spot.px(rect(length * 0.42, width * 0.6, -length * 0.12))
    cabin = Paint(colour=scaled(colour, rng.uniform(0.55, 0.8)), mid=0)
    parts.append(Part(rings=(inner,), paint=cabin))
    if rng.uniform() < 0.4:
        cover = pick(CARS, rng, str(rng.choice(("blue", "beige", "gray"))))
        aft = spot.px(rect(length * 0.24, width * 0.62, -length * 0.3))
        parts.append(Part(rings=(aft,), paint=Paint(colour=cover, mid=0)))
    return _thing(hull, parts, colour, "boat", style, 2, spot)


def wake(
    spot: Pose, length: float, *, style: Style, rng: np.random.Generator
) -> DrawnObject:
    """Foam behind a ship under way."""
    far, wide = length * rng.uniform(1.0, 2.5), length * rng.uniform(0.12, 0.25)
    stern = -length * 0.4
    ring = np.array(
        [
            [stern, -0.05 * length],
            [stern - far, -wide],
            [stern - far * 0.9, 0],
            [stern - far, wide],
            [stern, 0.05 * length],
        ]
    )
    middle = np.array(
        [[stern, -0.05 * length], [stern - far * 0.6, 0.0], [stern, 0.05 * length]]
    )
    foam = tuple(0.75 * a + 45 for a in style.water)
    bright = tuple(0.4 * a + 130 for a in style.water)
    parts = (
        Part(
            rings=(spot.px(ring),),
            paint=Paint(colour=(foam[0], foam[1], foam[2]), fine=0.1, mid=0.1),
        ),
        Part(
            rings=(spot.px(middle),),
            paint=Paint(colour=(bright[0], bright[1], bright[2]), fine=0.1, mid=0.1),
        ),
    )
    return DrawnObject(layer=WATER, parts=parts, outline=spot.px(ring))


def _load(
    spot: Pose, kind: str, length: float, width: float, rng: np.random.Generator
) -> list[Part]:
    start, stop = -length * 0.3, length * 0.36
    if kind == "tanker":
        pipes = (spot.px(rect(stop - start, width * 0.07, (start + stop) / 2)),)
        cross = tuple(
            spot.px(rect(width * 0.05, width * 0.7, x))
            for x in np.linspace(start, stop, 5)
        )
        paint = Paint(colour=(206, 200, 186), mid=0)
        return [Part(rings=pipes, paint=paint), Part(rings=cross, paint=paint)]
    step = max(length * 0.085, 7.0)
    parts = []
    for x in np.arange(start + step / 2, stop - step / 2, step):
        if kind == "freighter":
            ring = spot.px(rect(step * 0.72, width * 0.62, x))
            parts.append(
                Part(rings=(ring,), paint=Paint(colour=(172, 160, 138), mid=0.05))
            )
            continue
        for lane in range(4):
            if rng.uniform() < 0.88:
                colour = pick(
                    CARS,
                    rng,
                    str(rng.choice(("red", "blue", "white", "green", "gray", "beige"))),
                )
                ring = spot.px(
                    rect(step * 0.86, width * 0.19, x, (lane - 1.5) * width * 0.21)
                )
                parts.append(
                    Part(rings=(ring,), paint=Paint(colour=scaled(colour, 0.9), mid=0))
                )
    return parts


def _hull(length: float, width: float, shoulder: float) -> Points:
    a, b = length / 2, width / 2
    x = -a + shoulder * length
    half = np.array(
        [[-a, b * 0.72], [-a + 0.06 * length, b], [x, b], [x + (a - x) * 0.6, b * 0.6]]
    )
    return np.concatenate([half, [[a, 0.0]], half[::-1] * [1, -1]])


def _thing(
    hull: Points,
    parts: list[Part],
    colour: Colour | None,
    kind: str,
    style: Style,
    height: float,
    spot: Pose,
) -> DrawnObject:
    return DrawnObject(
        layer=RAISED,
        parts=tuple(parts),
        outline=hull,
        category="ship",
        attributes={"kind": kind},
        colour=colour,
        shadow=height * style.reach / spot.gsd,
    )
