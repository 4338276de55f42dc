"""Expressions with typed numbers about labelled scenes, which people seldom wrote."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from query_scenes import LabelledQuery, LabelledScene, answer_from_labels

from rrsis_geo.expressions.wording.noun_choice import LEXICON

MOST = 400
"""Objects of a scene beyond which distances are not worked out."""

CLEAR = 8
"""Metres; the labels are not exact enough for shorter distances."""

OUTLINED = frozenset(("storage_tank", "building"))
"""Classes whose labels are outlines; the area of a box says little."""


def measured_queries(scene: LabelledScene) -> list[LabelledQuery]:
    """Expressions that a number divides into a third to two thirds of the objects.

    What is meant is what the operators leave of the labels.
    """
    category = scene.category
    if " " in category:
        return []
    noun = LEXICON[category][0]
    shapes = np.array([scene.shapes[row] for row in scene.objects_of(category)])
    if len(shapes) < 6:
        return []
    metres = float(np.sqrt(np.prod(scene.grid.pixel_size)))
    texts = []
    if category in OUTLINED:
        area = _between(shapely.area(shapes) * metres**2)
        texts += [
            f"{noun.plural} larger than {area} m2",
            f"{noun.plural} smaller than {area} m2",
        ]
    if len(shapes) <= MOST:
        apart = shapely.distance(shapes[:, None], shapes[None])
        np.fill_diagonal(apart, np.inf)
        metres_apart = _between(apart.min(axis=1) * metres)
        if metres_apart >= CLEAR:
            neighbour = f"another {noun.singular}"
            texts += [f"{noun.plural} within {metres_apart} m of {neighbour}"]
    return [
        LabelledQuery(
            expression=text,
            type="made measured",
            targets=answer_from_labels(scene, text),
        )
        for text in texts
    ]


def _between(values: NDArray[np.float64]) -> int:
    """A whole number in the widest gap of the middle third of values, at least 1."""
    ordered = np.maximum(np.sort(values), 0.1)
    first, last = len(ordered) // 3, 2 * len(ordered) // 3
    gap = first + int(np.argmax(ordered[first + 1 : last + 1] / ordered[first:last]))
    return max(round(float(np.sqrt(ordered[gap] * ordered[gap + 1]))), 1)
