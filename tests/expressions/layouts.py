"""Random layouts: rows, clusters and scattered simple shapes, some of them cut."""

from __future__ import annotations

import os

import numpy as np
from shapely import affinity
from shapely.geometry import Point, box

from rrsis_geo.datasets.annotations import LabelledObject, Layout

CATEGORIES = (
    "airplane",
    "storage_tank",
    "building",
    "tennis_court",
    "basketball_court",
    "road",
    "ship",
    "vehicle",
    "solar_panel",
)
LAYOUTS = int(os.environ.get("RRSIS_GEO_LAYOUTS", "60"))
"""Seeds of the tests against the oracle; thousands take some minutes."""

COLOURS = ("white", "red", "blue", "green", "grey")


def random_layout(seed: int, *, clipped: bool = False) -> Layout:
    """Twelve objects or so of up to four categories."""
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(160, 260, 2))
    objects = []
    names = rng.choice(CATEGORIES, size=int(rng.integers(1, 5)), replace=False)
    taken: list = []
    for name in names:
        side = float(rng.uniform(8, 26))
        coloured = rng.random() < 0.6
        for centre in _spots(rng, width, height, side):
            grown = side * rng.choice([1.0, 1.0, 0.6, 1.7]) * rng.uniform(0.95, 1.05)
            shape = _shape(str(name), rng, grown)
            polygon = affinity.translate(shape, *centre)
            if not polygon.intersects(box(0, 0, width, height)):
                continue
            if any(polygon.distance(other) < 1.5 for other in taken):
                continue
            taken.append(polygon)
            known = {"colour": str(rng.choice(COLOURS))} if coloured else {}
            if name == "vehicle" and coloured:
                known["kind"] = str(rng.choice(["car", "truck", "bus"]))
            if clipped:
                polygon = polygon.intersection(box(0, 0, width, height))
            objects.append(
                LabelledObject(category=str(name), polygon=polygon, attributes=known)
            )
    unlabelled = {str(rng.choice(CATEGORIES))} if rng.random() < 0.3 else set()
    return Layout(
        width=width,
        height=height,
        objects=tuple(objects),
        complete=frozenset(CATEGORIES) - unlabelled,
    )


def mirrored(layout: Layout, axis: str) -> Layout:
    """The same objects in the mirrored image."""
    across = axis == "horizontal"
    matrix = (
        [-1, 0, 0, 1, layout.width, 0] if across else [1, 0, 0, -1, 0, layout.height]
    )
    return Layout(
        width=layout.width,
        height=layout.height,
        objects=tuple(
            LabelledObject(
                category=one.category,
                polygon=affinity.affine_transform(one.polygon, matrix),
                attributes=one.attributes,
            )
            for one in layout.objects
        ),
        complete=layout.complete,
    )


def _spots(rng, width, height, side):
    kind = rng.choice(
        ["one", "scattered", "row", "column", "cluster"], p=[0.2, 0.3, 0.2, 0.15, 0.15]
    )
    start = rng.uniform(0, 1, 2) * (width, height)
    if kind == "one":
        return [start]
    if kind == "scattered":
        return list(
            rng.uniform(-0.02, 1.02, (int(rng.integers(2, 8)), 2)) * (width, height)
        )
    number = int(rng.integers(2, 6))
    if kind == "cluster":
        return list(start + rng.uniform(-2.2, 2.2, (number, 2)) * side)
    step = (1.9 * side, 0.0) if kind == "row" else (0.0, 1.9 * side)
    line = [start + np.array(step) * place for place in range(number)]
    more = rng.uniform(0, 1, (int(rng.integers(0, 3)), 2)) * (width, height)
    return line + list(more)


def _shape(name: str, rng, side: float):
    if name == "storage_tank":
        return Point(0, 0).buffer(side / 2)
    if name == "road":
        return affinity.rotate(box(-70, -3, 70, 3), float(rng.choice([0, 90, 40])))
    stretch = 1.0 if name in ("building", "vehicle") and rng.random() < 0.4 else 1.9
    flat = box(
        -side / 2 * stretch, -side / 2 / stretch, side / 2 * stretch, side / 2 / stretch
    )
    return affinity.rotate(flat, float(rng.choice([0, 90, rng.uniform(0, 180)])))
