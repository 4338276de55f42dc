"""Polygons of a phrase, kept beside its map: tracing a large scene takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.answer_cache.entry_file import Arrays
from rrsis_geo.answer_cache.store import AnswerStore, EntryKey, digest_of
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.reuse.conditions import Conditions, area_digest
from rrsis_geo.pipeline.run_plan import RunPlan, WeightsFacts
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.scene.grid import wkt2
from rrsis_geo.types import SCHEMA, Polygons

MEASURED = tuple(
    name
    for name in SCHEMA
    if name not in ("id", "expression", "rank", "distance_m", "why")
)
"""Columns that a polygon has from its pixels; the others come with an answer."""

SCENE = "scene"
"""Subject of what is kept of a scene whatever the phrase."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchResult:
    """All that expressions are answered from, once the strips have been read."""

    polygons: tuple[Polygons, ...]
    """Of all phrases, for each of the thresholds."""
    outline: BaseGeometry
    """In pixels: where there is data, inside the area."""
    windows: int
    """Number that hold data."""


class KeptPolygons:
    """Reads and keeps what the search of a run has found."""

    def __init__(
        self,
        store: AnswerStore,
        conditions: Conditions,
        *,
        job: SegmentJob,
        batch: QueryBatch,
        plan: RunPlan,
        weights: WeightsFacts,
    ) -> None:
        self._store, self._conditions = store, conditions
        self._plan = plan
        options = job.options
        self._thresholds = batch.thresholds(options.threshold)
        area = area_digest(plan)
        least = 0.0 if batch.weighs else options.least_score(weights.score_margin)
        self.names = [
            [
                "polygons-"
                + digest_of(
                    {
                        "area": area,
                        "threshold": threshold,
                        "min_area": options.min_area,
                        "fill_holes": options.fill_holes,
                        "simplify": options.simplify,
                        "split": options.split,
                        "classes": list(phrase.head.categories),
                        "min_score": least,
                    }
                )
                for threshold in self._thresholds
            ]
            for phrase in batch.phrases
        ]
        """Of the entries of each phrase, for each of the thresholds."""
        self._key = EntryKey(conditions.digest, SCENE, f"search-{area}")

    def read(self) -> SearchResult | None:
        """What an equal run would find; None where a part is not kept."""
        about = self._store.read(self._key)
        if about is None:
            return None
        layers = []
        for layer in range(len(self._thresholds)):
            parts = []
            for phrase, names in enumerate(self.names):
                key = self._conditions.key(phrase, names[layer])
                arrays = self._store.read(key)
                if arrays is None:
                    return None
                parts.append(arrays)
            layers.append(self._joined(parts))
        return SearchResult(
            polygons=tuple(layers),
            outline=shapely.from_wkb(about["outline"].tobytes()),
            windows=int(about["windows"][0]),
        )

    def keep(self, result: SearchResult) -> None:
        """Keep what this run has found."""
        outline = np.frombuffer(shapely.to_wkb(result.outline), np.uint8)
        arrays = {"outline": outline, "windows": np.array([result.windows])}
        scene = {**self._conditions.about(0), "phrase": ""}
        for layer, polygons in enumerate(result.polygons):
            texts = polygons.columns["expression"].astype(str)
            for phrase, text in enumerate(self._conditions.texts):
                rows = np.flatnonzero(texts == text)
                self._store.write(
                    self._conditions.key(phrase, self.names[phrase][layer]),
                    self._conditions.about(phrase),
                    _arrays_of(polygons, rows),
                )
        self._store.write(self._key, scene, arrays)

    def _joined(self, parts: Sequence[Arrays]) -> Polygons:
        """The polygons of all phrases, as `Polygonizer.finish` orders them."""
        counts = [len(part["score"]) for part in parts]
        total = sum(counts)
        texts = np.array(self._conditions.texts, np.object_)
        columns: dict[str, NDArray[Any]] = {
            "id": np.arange(1, total + 1),
            "expression": np.repeat(texts, counts),
            "rank": np.zeros(total, np.int64),
            "distance_m": np.full(total, np.nan),
            "why": np.full(total, "", np.object_),
        }
        for name in MEASURED:
            columns[name] = np.concatenate([part[name] for part in parts])
        crs = self._plan.grid.crs
        shapes = [_shapes_of(part) for part in parts]
        return Polygons(
            geometry=np.concatenate([np.zeros(0, np.object_), *shapes]),
            crs=None if crs is None else wkt2(crs),
            columns={
                name: columns[name].astype(dtype) for name, dtype in SCHEMA.items()
            },
        )


def _arrays_of(polygons: Polygons, rows: NDArray[np.intp]) -> Arrays:
    arrays: Arrays = {name: polygons.columns[name][rows] for name in MEASURED}
    if len(rows):
        _, vertices, (rings, parts) = shapely.to_ragged_array(polygons.geometry[rows])
        arrays |= {"vertices": vertices, "rings": rings, "parts": parts}
    return arrays


def _shapes_of(arrays: Arrays) -> NDArray[np.object_]:
    if not len(arrays["score"]):
        return np.zeros(0, np.object_)
    shapes: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON,
        arrays["vertices"],
        (arrays["rings"], arrays["parts"]),
    )
    return shapes
