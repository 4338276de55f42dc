"""Options of a build: how chips are cut, and which expressions are made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rrsis_geo.errors import OptionError


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """Options of `dataset build`, with its defaults; build.json keeps them."""

    size: int = 480
    """Pixels of a chip's side; 0: plain images are kept whole."""
    gsd: tuple[float, ...] = ()
    """Metres per pixel to cut scenes at, each in turn; empty: as the file has them."""
    expressions: int = 6
    """Per chip, at most."""
    no_target: float = 0.2
    """Share of expressions without a target."""
    empty: float = 0.15
    """Share of chips without any object, at most."""
    shares: tuple[float, float, float] = (0.7, 0.15, 0.15)
    """Of train, val and test."""
    overlap: float = 0.5
    """Share of a training chip that its neighbour shows as well."""
    gap: int = 48
    """Pixels between ground of different splits, at the coarsest resolution."""
    absent: tuple[str, ...] = ()
    """Classes that occur in no image, for expressions without a target."""
    colours: bool = True
    """Measure colours of objects and use them in expressions."""
    seed: int = 0

    def __post_init__(self) -> None:
        self._require(
            self.size == 0 or 64 <= self.size <= 2048, "size", "0 or in [64, 2048]"
        )
        good = all(0 < value < math.inf for value in self.gsd)
        self._require(good, "gsd", "metres > 0")
        self._require(self.expressions >= 1, "expressions", "1 or more")
        self._require(0 <= self.no_target <= 1, "no_target", "in [0, 1]")
        self._require(0 <= self.empty < 1, "empty", "in [0, 1)")
        valid = len(self.shares) == 3 and 0 < sum(self.shares) < math.inf
        valid = valid and min(self.shares) >= 0
        self._require(valid, "shares", "three numbers of 0 or more, not all 0")
        self._require(0 <= self.overlap < 1, "overlap", "in [0, 1)")
        self._require(self.gap >= 0, "gap", "0 or more")
        self._require(self.seed >= 0, "seed", "0 or more")

    def _require(self, valid: bool, name: str, expected: str) -> None:
        if not valid:
            flag = name.replace("_", "-")
            raise OptionError(f"{flag} must be {expected}, got {getattr(self, name)!r}")
