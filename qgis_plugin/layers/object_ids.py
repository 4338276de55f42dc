"""Numbers of objects at another threshold: the same object keeps its number.

An object at one threshold and one at another are the same if each is the other's
largest overlap. Where objects merge or part, the largest overlap takes the number; all
others get numbers that no object of the run has had.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import Dict, Iterator, Sequence, Tuple

from qgis.core import (
    QgsGeometry,
    QgsRectangle,
    QgsSpatialIndex,
    QgsVectorLayer,
)

from . import geopackage


@dataclass(frozen=True)
class NumberedObject:
    """An object with its number in the run."""

    number: int
    expression: str
    shape: QgsGeometry


def keep_numbers(path: str, references: Sequence[str], others: Sequence[str]) -> None:
    """Number the objects of a new file as they are numbered in other files of the run.

    A file that cannot be numbered keeps the numbers that it has.

    Args:
        path: GeoPackage that no program has opened yet.
        references: Files of the same run; the first one that knows an object counts.
        others: More files of the run, whose numbers are not given again.
    """
    with suppress(sqlite3.Error, OSError, KeyError, IndexError):
        objects = []
        for row in geopackage.read_rows(path):
            shape = QgsGeometry()
            shape.fromWkb(row.wkb)
            objects.append(NumberedObject(row.number, row.expression, shape))
        known = [list(_read(reference)) for reference in references]
        numbers = match(objects, known, highest=max(map(_highest, others), default=0))
        geopackage.set_ids(path, sorted(numbers.items()))


def match(
    objects: Sequence[NumberedObject],
    known: Sequence[Sequence[NumberedObject]],
    *,
    highest: int = 0,
) -> Dict[int, int]:
    """Return old number -> new number of objects.

    Args:
        objects: Objects of the new threshold.
        known: Objects of other thresholds; earlier entries count first.
        highest: Highest number that was given elsewhere.
    """
    numbers: Dict[int, int] = {}
    given = [one.number for part in known for one in part]
    highest = max([highest, *given])
    for reference in known:
        taken = set(numbers.values())
        missing = [one for one in objects if one.number not in numbers]
        if not missing:
            break
        free = [one for one in reference if one.number not in taken]
        numbers.update(_largest_overlaps(missing, free))
    for one in objects:
        if one.number not in numbers:
            highest += 1
            numbers[one.number] = highest
    return numbers


def _largest_overlaps(
    objects: Sequence[NumberedObject], reference: Sequence[NumberedObject]
) -> Dict[int, int]:
    """Pair objects with those of a reference, the largest overlaps first."""
    found: Dict[int, int] = {}
    taken = set()
    for _area, number, other in sorted(_overlaps(objects, reference)):
        if number not in found and other not in taken:
            found[number] = other
            taken.add(other)
    return found


def _overlaps(
    objects: Sequence[NumberedObject], reference: Sequence[NumberedObject]
) -> Iterator[Tuple[float, int, int]]:
    """Yield minus the shared area and both numbers of every pair that overlaps."""
    index = QgsSpatialIndex()
    for place, one in enumerate(reference):
        index.addFeature(place, _box(one.shape))
    for one in objects:
        for place in index.intersects(_box(one.shape)):
            other = reference[place]
            if other.expression == one.expression:
                area = one.shape.intersection(other.shape).area()
                if area > 0:
                    yield -area, one.number, other.number


def _box(shape: QgsGeometry) -> QgsRectangle:
    return shape.boundingBox()


def _read(path: str) -> Iterator[NumberedObject]:
    """Yield the objects of a file, without those whose number the user has removed."""
    layer = QgsVectorLayer(path, "", "ogr")
    if not layer.isValid() or layer.fields().indexOf("id") < 0:
        return
    seen = set()
    for feature in layer.getFeatures():
        number, expression = feature["id"], feature["expression"]
        known = isinstance(number, int) and isinstance(expression, str)
        if known and number not in seen:
            seen.add(number)
            shape = QgsGeometry(feature.geometry())
            yield NumberedObject(number, expression, shape)


def _highest(path: str) -> int:
    """Return the highest number in a file; 0 if it cannot be read."""
    layer = QgsVectorLayer(path, "", "ogr")
    index = layer.fields().indexOf("id") if layer.isValid() else -1
    highest = layer.maximumValue(index) if index >= 0 else 0
    return highest if isinstance(highest, int) else 0
