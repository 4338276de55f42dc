"""What the network predicted for each text, as polygons at two thresholds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.projected_outlines import ProjectedOutlines
from rrsis_geo.query.geometry.known_areas import KnownAreas
from rrsis_geo.query.geometry.overlaps import (
    ROUNDING,
    Shapes,
    overlaps,
    pairs_sharing,
)
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

T = TypeVar("T")
Values = NDArray[np.float64]
Rows = NDArray[np.intp]

FAINT = 0.5
"""Share of the threshold at which faint polygons are traced."""

FAINT_MEAN = 0.35
"""Mean probability of the pixels that only the faint polygons hold."""

SAME = 0.5
"""Share of the smaller one from which on two polygons show the same object."""


class Memory(Protocol):
    """What was worked out of the polygons of some texts, for the next expression."""

    def read(self, texts: tuple[str, ...], what: str) -> Mapping[str, Any] | None:
        """The arrays that were kept by name; None: there are none."""

    def keep(self, texts: tuple[str, ...], what: str, arrays: dict[str, Any]) -> None:
        """Keep arrays that depend on the polygons of some texts, and on `what`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PredictedMaps:
    """Polygons of every text that the network was given.

    The clear ones are traced at the job's threshold, the faint ones at half of it, so
    that an object of which the network is not sure is a candidate nevertheless.
    """

    clear: Polygons
    """`expression` holds the text, `score` the mean probability."""

    faint: Polygons

    memory: Memory | None = None
    """Overlaps of earlier expressions; to find those of thousands takes seconds."""

    _names: dict[int, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    """Number of an array of polygons -> what it was made of."""

    _made: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What was made for a key before, else made now: expressions share texts."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def of(self, text: str) -> tuple[Polygons, Polygons]:
        """The clear and the faint polygons of one text."""
        return self.once(
            ("of", text), lambda: (_of(self.clear, text), _of(self.faint, text))
        )

    def projected(self, grid: Grid) -> ProjectedOutlines:
        """All polygons on the grid of the scene."""
        geometry = [self.clear.geometry, self.faint.geometry]
        return self.once(
            ("projected",), lambda: ProjectedOutlines(np.concatenate(geometry), grid)
        )

    def objects(self, texts: Sequence[str]) -> Polygons:
        """Candidates of several texts, each object once.

        Clear polygons come before faint ones, and those of earlier texts before those
        of later ones; a polygon that shares `SAME` of the smaller area with one before
        it is left out.
        """
        clear, faint = zip(*map(self.of, texts), strict=True)
        found = self._remembered(
            tuple(texts), "objects", lambda: {"rows": self._without_repeats(texts)}
        )
        return taken(joined([*clear, *faint]), found["rows"])

    def _without_repeats(self, texts: Sequence[str]) -> Rows:
        """Rows of the polygons without those that show an object again.

        Of the clear polygons of every text, then of the faint ones. Those of one text
        at one level share no area.
        """
        parts = [(text, faint) for faint in (False, True) for text in texts]
        kept: list[NDArray[np.bool_]] = []
        for later, (text, faint) in enumerate(parts):
            shapes = self._shapes(text, faint=faint)
            kept.append(np.ones(len(shapes), np.bool_))
            if faint:  # most hold a clear one of the same text, and need no more
                again, before = self._clear_inside(text)
                kept[later][again[kept[later - len(texts)][before]]] = False
            for earlier, (other, level) in enumerate(parts[:later]):
                left = np.flatnonzero(kept[later])
                if not len(left) or (other == text and faint):
                    continue
                again, before = pairs_sharing(
                    SAME, shapes.take(left), self._shapes(other, faint=level)
                )
                kept[later][left[again[kept[earlier][before]]]] = False
        return np.flatnonzero(np.concatenate(kept))

    def _clear_inside(self, text: str) -> tuple[Rows, Rows]:
        """Faint and clear polygons of a text that show the same object."""
        return self.once(
            ("clear inside", text),
            lambda: pairs_sharing(
                SAME, self._shapes(text, faint=True), self._shapes(text, faint=False)
            ),
        )

    def _shapes(self, text: str, *, faint: bool) -> Shapes:
        return self.once(
            ("shapes", text, faint),
            lambda: Shapes(self.of(text)[faint].geometry, self._known),
        )

    @property
    def _known(self) -> KnownAreas:
        geometry = [self.clear.geometry, self.faint.geometry]
        return self.once(("known",), lambda: KnownAreas(np.concatenate(geometry)))

    def name(
        self, geometry: NDArray[np.object_], texts: Sequence[str], what: str
    ) -> None:
        """Say what polygons depend on, so that their overlaps can be remembered.

        Args:
            geometry: An array that stays as long as the maps.
            texts: Of which the polygons were made.
            what: All else that they depend on.
        """
        self._names[id(geometry)] = tuple(texts), what

    def coverage(self, geometry: NDArray[np.object_], text: str) -> Values:
        """(N,) mean probability of a text inside polygons, about.

        The pixels are gone by now; what is left of them are outlines at two levels and
        the mean inside.
        """
        inside, sure, around = self._inside(geometry, text)
        area = np.maximum(shapely.area(geometry), 1e-30)
        rest = np.maximum(around - inside, 0.0)
        return np.clip((sure + FAINT_MEAN * rest) / area, 0.0, 1.0)

    def share(self, geometry: NDArray[np.object_], text: str) -> Values:
        """(N,) share of what is predicted for a text that lies inside each polygon."""
        faint = not len(self.of(text)[0])
        total = float(self._shapes(text, faint=faint).area.sum())
        if not total:
            return np.zeros(len(geometry))
        inside, _, around = self._inside(geometry, text)
        return np.clip((around if faint else inside) / total, 0.0, 1.0)

    def _inside(
        self, geometry: NDArray[np.object_], text: str
    ) -> tuple[Values, Values, Values]:
        """(N,) area in the clear polygons of a text, by score too, and in faint ones.

        Made once for the same array.
        """
        texts, what = self._names.get(id(geometry), ((), ""))

        def make() -> dict[str, Values]:
            return self._shared(Shapes(geometry, self._known), text)

        def made() -> tuple[Any, Mapping[str, Values]]:
            if not what:
                return geometry, make()
            return geometry, self._remembered((*texts, text), f"inside {what}", make)

        # the array is kept with the result, so that no other one gets its number
        _, found = self.once(("inside", id(geometry), text), made)
        return found["clear"], found["weighted"], found["faint"]

    def _shared(self, shapes: Shapes, text: str) -> dict[str, Values]:
        clear, weighted = np.zeros(len(shapes)), np.zeros(len(shapes))
        found = overlaps(shapes, self._shapes(text, faint=False), apart=True)
        score = self.of(text)[0].columns["score"]
        np.add.at(clear, found.one, found.area)
        np.add.at(weighted, found.one, found.area * score[found.other])
        # what lies inside clear polygons has nothing left for the faint ones
        rest = np.flatnonzero(clear < (1 - ROUNDING) * shapes.area)
        faint = clear.copy()
        faint[rest] = 0.0
        found = overlaps(shapes.take(rest), self._shapes(text, faint=True), apart=True)
        np.add.at(faint, rest[found.one], found.area)
        return {"clear": clear, "weighted": weighted, "faint": faint}

    def remembered_rows(
        self,
        parts: Sequence[NDArray[np.object_]],
        what: str,
        make: Callable[[], Rows],
    ) -> Rows:
        """Rows that depend on arrays of polygons and on `what`, if these have names."""
        names = [self._names.get(id(part)) for part in parts]
        known = [name for name in names if name is not None]
        if len(known) < len(names):
            return make()
        texts = tuple(dict.fromkeys(text for texts, _ in known for text in texts))
        about = f"{what} {known!r}"
        found = self._remembered(texts, about, lambda: {"rows": make()})
        return np.asarray(found["rows"], np.intp)

    def _remembered(
        self, texts: tuple[str, ...], what: str, make: Callable[[], dict[str, Any]]
    ) -> Mapping[str, Any]:
        """Arrays that depend on the polygons of texts and on `what`."""
        found = None if self.memory is None else self.memory.read(texts, what)
        if found is not None:
            return found
        made = make()
        if self.memory is not None:
            self.memory.keep(texts, what, made)
        return made


def joined(parts: Sequence[Polygons]) -> Polygons:
    """Concatenate polygons of one scene."""
    first = parts[0]
    return replace(
        first,
        geometry=np.concatenate([part.geometry for part in parts]),
        columns={
            name: np.concatenate([part.columns[name] for part in parts])
            for name in first.columns
        },
    )


def taken(polygons: Polygons, rows: Rows, *, text: str | None = None) -> Polygons:
    """Some rows, with another text if one is given."""
    columns = {name: column[rows] for name, column in polygons.columns.items()}
    if text is not None:
        columns["expression"] = np.full(len(rows), text, np.object_)
    return replace(polygons, geometry=polygons.geometry[rows], columns=columns)


def of_one_noun(
    geometry: NDArray[np.object_], noun: Rows, of_noun: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(N,) whether candidates stay, so that no object is one of two nouns.

    What the network predicted for the whole expression "ships and tanks" shows ships
    and tanks; each is found by its own noun as well.

    Args:
        geometry: (N,) candidates.
        noun: (N,) number of the noun of the phrase that each is a candidate of; those
            of one noun, as in "red ships and white ships", are candidates of both.
        of_noun: (N,) whether it was predicted for the noun of its phrase.
    """
    shapes = Shapes(geometry)
    found = overlaps(shapes, shapes)
    other = noun[found.one] != noun[found.other]
    one, second, shared = found.one[other], found.other[other], found.area[other]
    area = shapes.area
    alike = shared > SAME * (area[one] + area[second] - shared)
    within = ~of_noun[one] & of_noun[second] & (shared > SAME * area[one])
    rank = np.lexsort((noun, ~of_noun)).argsort()
    kept = np.ones(len(geometry), np.bool_)
    kept[one[within | (alike & (rank[one] > rank[second]))]] = False
    return kept


def _of(polygons: Polygons, text: str) -> Polygons:
    return taken(polygons, np.flatnonzero(polygons.columns["expression"] == text))
