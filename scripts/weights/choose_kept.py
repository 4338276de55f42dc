"""Choose by place which images of the added data sets are kept for validation.

    python scripts/weights/choose_kept.py DATA [--only NAME ...]

Writes recipe/added/kept_images.json, the names of the kept images by data set. It need
not be run again unless the data change: all figures are of the list in the repository.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from recipe.added.outlined_scenes import NAME as OUTLINED
from recipe.added.outlined_scenes import kind_of, outlined_scenes, scenes_of
from recipe.added.same_ground import RELATIVE_SCALES, group_places
from recipe.added.sources import KEPT
from recipe.added.vehicles_and_ships import ground_of

from rrsis_geo.datasets.labelled_image import read_rgb

EVERY = 6
"""Where places are found by look, every sixth is kept."""

EVERY_SCENE = 5
"""Of the places of each kind of outlined scenes, every fifth is kept."""

LARGEST = 0.1
"""Places with a larger share of a data set's images are for training."""

Places = Callable[[str], str]
"""Stem of a file's name -> place."""


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="*", help="data sets; others stay as listed")
    options = parser.parse_args()
    listed = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    for name in options.only or [*BY_NAME, *BY_LOOK, OUTLINED]:
        if name == OUTLINED:
            listed[name] = kept_scenes(options.data)
        else:
            listed[name] = kept_of(options.data / name / "images", name)
        KEPT.write_text(json.dumps(listed, indent=1, sort_keys=True) + "\n")
        print(f"{name}: {len(listed[name])} kept", flush=True)
    listed["oam-more-buildings"] = list(OAM_KEPT)
    KEPT.write_text(json.dumps(listed, indent=1, sort_keys=True) + "\n")


def kept_of(folder: Path, name: str) -> list[str]:
    """Return the names of the kept images of a data set."""
    files = sorted(folder.glob("*.webp"))
    if name in BY_NAME:
        place_of, chosen = BY_NAME[name]
        return [path.name for path in files if place_of(path.stem) in chosen]
    images = {path.name: read_rgb(path) for path in files}
    place = group_places(images, scales=BY_LOOK[name])
    return chosen_images(place)


def kept_scenes(data: Path) -> list[str]:
    """Return the names of the kept outlined scenes, some of every kind.

    Places are found among all scenes of a kind, so that the choice does not depend on
    which of them are outlined.
    """
    scenes = outlined_scenes(data, lambda name: True)
    outlined = {f"{image.place}.webp" for image in scenes}
    archive = data / OUTLINED / "images.zip"
    kept: set[str] = set()
    for kind in sorted({kind_of(name) for name in outlined}):
        images = scenes_of(archive, kind)
        kept |= {*chosen_images(group_places(images, scales=(1.0,)), every=EVERY_SCENE)}
        print(f"{kind}: {len(kept & outlined)} kept so far", flush=True)
    return sorted(kept & outlined)


def chosen_images(place: Mapping[str, str], *, every: int = EVERY) -> list[str]:
    """Return the images of every n-th place, large places left out.

    Args:
        place: image -> place.
        every: one place in so many is kept.
    """
    sizes = Counter(place.values())
    small = [one for one in sorted(sizes) if sizes[one] <= LARGEST * len(place)]
    kept = set(small[every // 2 :: every])
    return sorted(name for name, where in place.items() if where in kept)


def _tile(stem: str) -> str:
    return stem.split("_")[0]


def _strip(stem: str) -> str:
    """The east of the Swedish town, whose tiles are named by row and column."""
    return "east" if int(stem.split("_")[2]) >= 11 else "west"


def _flight(stem: str) -> str:
    return "_".join(stem.split("_")[:2])


def _number(stem: str) -> str:
    """Mirrored and turned copies have the number of the original."""
    return re.sub(r"\D*(?:90_)?", "", stem)


BY_NAME: dict[str, tuple[Places, Sequence[str]]] = {
    "dubai-hitl": (_tile, ("t2", "t3")),
    "gsi-roads-jp": (_number, ("121", "363", "364", "602", "854", "971")),
    "gsi-solar-jp": (_number, ("107", "136", "141", "211", "302", "304", "432")),
    "jonkoping-buildings": (_strip, ("east",)),
    "bh-pools": (_flight, ("r1_15", "r5_21")),
    "estonia-20cm": (
        ground_of,
        ("0_03_02", "0_02_02", "0_03_05", "0_04_02", "0_05_01", "1_02_02"),
    ),
    "aerial-cars": (_flight, ("DJI_0762-00013", "DJI_0762-00031")),
}
"""Data set -> how names tell the place, and the places that are kept."""

BY_LOOK = {
    "ships-obb": RELATIVE_SCALES,
    "maps-newyork": (1.0,),
    "roads-epfl-eth": (1.0,),
}
"""Data set whose names do not tell the place -> relative scales of its images."""

OAM_KEPT = ("area1_2", "area5_1-1")
"""The second scene of Zanzibar, and the southern quarter of Nairobi."""


if __name__ == "__main__":
    main()
