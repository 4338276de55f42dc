"""The public data sets behind the shipped weights, as `scripts/weights` reads them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts" / "weights"))

from recipe.added.files import kept_images, part_of
from recipe.added.further_outlines import NWPU as SURROUNDINGS
from recipe.added.further_outlines import RARE
from recipe.added.land_cover import read_labels
from recipe.added.outlined_scenes import NAME as OUTLINED_SCENES
from recipe.added.sources import added_sources
from recipe.matching.other_scenes import other_scenes
from recipe.public_datasets import default_sources, kept_airports, nwpu, split

__all__ = [
    "OUTLINED_SCENES",
    "RARE",
    "SURROUNDINGS",
    "added_sources",
    "default_sources",
    "kept_airports",
    "kept_images",
    "nwpu",
    "other_scenes",
    "part_of",
    "read_labels",
    "split",
]
