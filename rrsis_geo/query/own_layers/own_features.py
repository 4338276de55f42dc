"""Features of the user's own layers, placed in a scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Find
from rrsis_geo.query.own_layers.attribute_names import output_names
from rrsis_geo.types import SCHEMA, Polygons

FEATURE = "_feature"
"""Column of polygons under evaluation: number of the feature that each is, among those
of all layers; -1 where the network found it."""

Attributes = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerFeatures:
    """The features of one layer in the area that is searched."""

    word: str
    """The user's word for the layer."""

    polygons: Polygons
    """Columns of `SCHEMA`. Unlike those of the network they may be lines, points, and
    of several parts; lengths of lines are their perimeter."""

    attributes: Attributes
    """Field of the layer -> (N,) int64, float64, bool, or texts and None."""

    evidence_shapes: NDArray[np.object_]
    """(N,) areas inside which pixels speak of a feature: around lines and points."""


@dataclass(frozen=True, eq=False)
class OwnFeatures:
    """The features of all layers that the expressions of a job ask for."""

    layers: tuple[LayerFeatures, ...]

    def of(self, find: Find) -> Polygons:
        """The features that a phrase names."""
        at = self._index(find.layer)
        polygons = self.layers[at].polygons
        first = sum(len(layer.polygons) for layer in self.layers[:at])
        number = np.arange(first, first + len(polygons), dtype=np.int64)
        columns = dict(polygons.columns) | {
            "expression": np.full(len(polygons), find.phrase, np.object_),
            FEATURE: number,
        }
        return replace(polygons, columns=columns)

    def shapes_of(self, find: Find) -> NDArray[np.object_]:
        """(N,) areas inside which pixels speak of the features."""
        return self.layers[self._index(find.layer)].evidence_shapes

    def with_attributes(self, polygons: Polygons, words: Sequence[str]) -> Polygons:
        """Polygons with the attributes of the features that some of them are.

        Args:
            polygons: With the column `FEATURE`, which is left out.
            words: Layers whose features may be among them; the columns of their fields
                are added even if none is.
        """
        columns = {name: polygons.columns[name] for name in SCHEMA}
        feature = polygons.columns[FEATURE]
        added: dict[str, NDArray[Any]] = {}
        spelled: dict[str, str] = {}
        first = 0
        for layer in self.layers:
            stop = first + len(layer.polygons)
            rows = np.flatnonzero((feature >= first) & (feature < stop))
            if layer.word in words:
                names = output_names(layer.word, tuple(layer.attributes))
                for name, field in names.items():
                    values = layer.attributes[field][feature[rows] - first]
                    column = _spread(values, rows, len(polygons))
                    name = spelled.setdefault(name.casefold(), name)
                    added[name] = _united(added.get(name), column, rows)
            first = stop
        return replace(polygons, columns=columns | added)

    def _index(self, word: str) -> int:
        return next(i for i, layer in enumerate(self.layers) if layer.word == word)


def marked_as_found(polygons: Polygons) -> Polygons:
    """Polygons of the network, marked as none of the user's."""
    none = np.full(len(polygons), -1, np.int64)
    return replace(polygons, columns={**polygons.columns, FEATURE: none})


def is_own(polygons: Polygons) -> NDArray[np.bool_]:
    """(N,) whether polygons are features of the user's."""
    if FEATURE not in polygons.columns:
        return np.zeros(len(polygons), np.bool_)
    return np.asarray(polygons.columns[FEATURE] >= 0, np.bool_)


def _spread(values: NDArray[Any], rows: NDArray[np.intp], count: int) -> NDArray[Any]:
    """(count,) values at rows; whole numbers and truths get room for missing ones."""
    if len(rows) == count:
        return values
    if values.dtype.kind == "O":
        spread: NDArray[Any] = np.full(count, None, np.object_)
    else:
        spread = np.full(count, np.nan)
    spread[rows] = values
    return spread


def _united(
    before: NDArray[Any] | None, column: NDArray[Any], rows: NDArray[np.intp]
) -> NDArray[Any]:
    """A column that two layers share; texts where they hold different kinds."""
    if before is None:
        return column
    if before.dtype.kind == "O" or column.dtype.kind == "O":
        before, column = _as_texts(before), _as_texts(column)
    united = before.copy()
    united[rows] = column[rows]
    return united


def _as_texts(column: NDArray[Any]) -> NDArray[np.object_]:
    texts = [
        None if value is None or value != value else str(value)
        for value in column.tolist()
    ]
    result = np.full(len(texts), None, np.object_)
    result[:] = texts
    return result


def around(shapes: NDArray[np.object_], reach: float) -> NDArray[np.object_]:
    """Areas as they are, lines and points with what lies within a reach of them."""
    thin = np.flatnonzero(shapely.get_dimensions(shapes) < 2)
    result = shapes.copy()
    result[thin] = shapely.buffer(shapes[thin], reach)
    return result
