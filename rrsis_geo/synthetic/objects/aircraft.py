"""Aircraft: airliners, business jets, propeller planes and fighters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rrsis_geo.synthetic.canvas import ROOF, Colour, DrawnObject, Paint, Part
from rrsis_geo.synthetic.palette import Style, scaled
from rrsis_geo.synthetic.shapes import Points, Pose, rect

LIVERIES: dict[str, Colour] = {
    "white": (240, 240, 242),
    "gray": (166, 170, 174),
    "blue": (70, 104, 170),
    "red": (186, 60, 54),
}
ACCENTS: tuple[Colour, ...] = (
    (40, 66, 138),
    (176, 44, 46),
    (226, 226, 228),
    (44, 104, 120),
    (206, 150, 50),
    (60, 60, 66),
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Shape of an aircraft; lengths as shares of its length, nose at +x."""

    length: tuple[float, float]
    """Shortest and longest, metres."""
    span: float
    body: float
    """Width of the fuselage."""
    root: tuple[float, float]
    """Leading and trailing edge of the wing at the body, x."""
    tip: tuple[float, float]
    """The same at the tip of the wing."""
    tail: float
    """Half the span of the tailplane."""
    engines: tuple[float, ...] = ()
    """Places of the engines along the half span, on one side."""


PLANS: dict[str, Plan] = {
    "airliner": Plan(
        length=(32, 45),
        span=0.95,
        body=0.105,
        root=(0.14, -0.08),
        tip=(-0.12, -0.17),
        tail=0.17,
        engines=(0.34,),
    ),
    "wide-body": Plan(
        length=(55, 72),
        span=0.92,
        body=0.095,
        root=(0.16, -0.08),
        tip=(-0.17, -0.22),
        tail=0.15,
        engines=(0.3,),
    ),
    "four-engined": Plan(
        length=(60, 74),
        span=0.9,
        body=0.1,
        root=(0.18, -0.07),
        tip=(-0.18, -0.23),
        tail=0.15,
        engines=(0.26, 0.58),
    ),
    "business jet": Plan(
        length=(14, 26),
        span=0.9,
        body=0.11,
        root=(0.06, -0.14),
        tip=(-0.14, -0.2),
        tail=0.19,
    ),
    "propeller plane": Plan(
        length=(8, 13), span=1.3, body=0.13, root=(0.2, 0.0), tip=(0.17, 0.03), tail=0.2
    ),
    "turboprop": Plan(
        length=(22, 32),
        span=1.02,
        body=0.1,
        root=(0.12, -0.02),
        tip=(0.07, 0.0),
        tail=0.17,
        engines=(0.3,),
    ),
    "fighter": Plan(
        length=(14, 20),
        span=0.66,
        body=0.12,
        root=(0.14, -0.3),
        tip=(-0.2, -0.3),
        tail=0.18,
    ),
}


def airplane(
    spot: Pose, *, kind: str, style: Style, rng: np.random.Generator, scale: float = 1.0
) -> DrawnObject:
    """One parked or rolling aircraft of a kind of `PLANS`."""
    plan = PLANS[kind]
    length = rng.uniform(*plan.length) * scale
    name = str(rng.choice(("white", "gray", "blue", "red"), p=(0.75, 0.15, 0.06, 0.04)))
    if kind == "fighter":
        name = "gray"
    colour = LIVERIES[name]
    accent = ACCENTS[int(rng.integers(len(ACCENTS)))]
    outline = spot.px(_outline(plan) * length)
    half = plan.body / 2
    wing = scaled(colour, 0.86)
    fuselage = _mirrored(
        np.array(
            [
                [0.5, 0.0],
                [0.47, half * 0.6],
                [0.41, half],
                [-0.25, half],
                [-0.5, half * 0.25],
            ]
        )
    )
    fin = np.array(
        [
            [-0.34, 0.0],
            [-0.46, half * 0.24],
            [-0.5, half * 0.24],
            [-0.5, -half * 0.24],
            [-0.46, -half * 0.24],
        ]
    )
    cockpit = _mirrored(
        np.array([[0.463, 0.0], [0.445, half * 0.6], [0.43, half * 0.6]])
    )
    spine = rect(0.8, half * 0.7, -0.02)
    parts = [
        Part(rings=(outline,), paint=Paint(colour=wing, fine=0.03, mid=0.02)),
        *_engines(spot, plan, length, colour),
        Part(
            rings=(spot.px(fuselage * length),),
            paint=Paint(colour=scaled(colour, 0.94), mid=0),
        ),
        Part(
            rings=(spot.px(spine * length),),
            paint=Paint(colour=scaled(colour, 1.06), mid=0),
        ),
        Part(rings=(spot.px(fin * length),), paint=Paint(colour=accent, mid=0)),
        Part(
            rings=(spot.px(cockpit * length),), paint=Paint(colour=(50, 56, 66), mid=0)
        ),
    ]
    if rng.uniform() < 0.3:
        tail = _mirrored(
            np.array([[-0.26, 0.0], [-0.28, half * 0.9], [-0.44, half * 0.5]])
        )
        parts.insert(
            -2, Part(rings=(spot.px(tail * length),), paint=Paint(colour=accent, mid=0))
        )
    return DrawnObject(
        layer=ROOF,
        parts=tuple(parts),
        outline=outline,
        category="airplane",
        attributes={"kind": kind},
        colour=scaled(colour, 0.94),
        shadow=0.09 * length * style.reach / spot.gsd,
        flying=True,
    )


def _outline(plan: Plan) -> Points:
    half, span = plan.body / 2, plan.span / 2
    (lead, trail), (tip_lead, tip_trail) = plan.root, plan.tip
    edge: list[tuple[float, float]] = [
        (0.5, 0.0),
        (0.47, half * 0.6),
        (0.41, half),
        (lead, half),
    ]
    for place in plan.engines:
        y = half + place * (span - half)
        x = lead + place * (tip_lead - lead)
        wide, ahead = half * 0.42, 0.065
        slope = (tip_lead - lead) / (span - half)
        edge += [
            (x - slope * wide, y - wide),
            (x + ahead, y - wide),
            (x + ahead, y + wide),
            (x + slope * wide, y + wide),
        ]
    edge += [(tip_lead, span), (tip_trail, span)]
    kink = 0.35
    edge += [
        (trail + kink * kink * (tip_trail - trail), half + kink * (span - half)),
        (trail, half),
    ]
    tail_lead = -0.38
    edge += [
        (tail_lead, half * 0.7),
        (-0.46, plan.tail),
        (-0.5, plan.tail),
        (-0.47, half * 0.35),
        (-0.5, half * 0.25),
    ]
    at = edge.index((tail_lead, half * 0.7))
    if not plan.engines and plan.span < 1:  # jets carry their engines at the tail
        wide = half * 2.1
        edge[at:at] = [(-0.2, half), (-0.2, wide), (-0.33, wide), (-0.33, half * 0.8)]
    else:
        edge[at:at] = [(-0.28, half)]
    return _mirrored(np.array(edge))


def _engines(spot: Pose, plan: Plan, length: float, colour: Colour) -> list[Part]:
    half, span = plan.body / 2, plan.span / 2
    rings = []
    for place in plan.engines:
        y = half + place * (span - half)
        x = plan.root[0] + place * (plan.tip[0] - plan.root[0])
        for side in (-1, 1):
            rings.append(spot.px(rect(0.05, half * 0.7, x + 0.035, side * y) * length))
    paint = Paint(colour=scaled(colour, 0.7), mid=0)
    return [Part(rings=tuple(rings), paint=paint)] if rings else []


def _mirrored(upper: Points) -> Points:
    lower = upper[::-1] * [1.0, -1.0]
    both = np.concatenate([upper, lower])
    keep = np.hypot(*(both - np.roll(both, 1, axis=0)).T) > 1e-9
    kept: Points = both[keep]
    return kept
