"""Pack the training images and labels of the default weights into one folder.

    python scripts/weights/pack_sources.py DATA_FOLDER PACK [--outlines outlines.jsonl]
        [--mistakes mistakes.jsonl] [--drawn 150] [--theme industrial] [--quality 82]
        [--added] [--open-only] [--repeat golf_course ...]

`rrsis-geo train CONFIG --data PACK` reads it, also on machines without the data sets.
Drawn scenes are included, because with a GPU drawing takes longer than training.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from recipe.added.sources import added_sources
from recipe.drawn_scenes import draw_scenes
from recipe.pasted_towers import pictures_with_towers
from recipe.public_datasets import default_sources

from rrsis_geo.training.data.hard_negatives import read_mistakes, with_mistakes
from rrsis_geo.training.data.mixture import Source
from rrsis_geo.training.data.pack import write_pack

BACKGROUNDS = (
    *("dubai-hitl", "maps-newyork", "roads-epfl-eth", "jonkoping-buildings"),
    *("ships-obb", "estonia-20cm"),
)
"""Data sets whose pictures get wind turbines and chimneys."""

TOWERS = 120
"""Number of these pictures."""

REPEATED = 8
"""How often an image of a rare class is listed."""


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("pack", type=Path)
    parser.add_argument("--outlines", type=Path)
    parser.add_argument("--mistakes", type=Path)
    parser.add_argument("--drawn", type=int, default=150)
    parser.add_argument("--theme", help="of every second drawn scene")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--quality", type=int, default=82)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--open-only", action="store_true")
    parser.add_argument(
        "--added", action="store_true", help="the added data sets too, half of the mix"
    )
    parser.add_argument(
        "--repeat",
        nargs="*",
        default=[],
        metavar="CLASS",
        help=f"images that show one of these are listed {REPEATED} times",
    )
    options = parser.parse_args()
    drawn = draw_scenes(
        options.drawn,
        seed=options.seed,
        workers=options.workers,
        theme=options.theme,
    )
    print(f"{len(drawn)} scenes drawn", flush=True)
    sources, _ = default_sources(
        options.data,
        drawn,
        outlines=options.outlines,
        open_only=options.open_only,
    )
    if options.added:
        more = added_sources(options.data, open_only=options.open_only)
        sources = [*sources, *more]
        if not options.open_only:
            sources.append(towers(more, seed=options.seed))
    if options.mistakes is not None:
        sources = with_mistakes(sources, read_mistakes(options.mistakes))
    sources = [with_repeats(source, options.repeat) for source in sources]
    size = write_pack(sources, options.pack, quality=options.quality)
    for source in sources:
        print(f"{source.name}: {len(source.images)} images")
    print(f"{options.pack}: {size / 2**20:.1f} MiB")


def towers(sources: Sequence[Source], *, seed: int) -> Source:
    """Pictures of the added data sets with wind turbines and chimneys drawn in."""
    backgrounds = [
        image for one in sources if one.name in BACKGROUNDS for image in one.images
    ]
    return Source(
        name="towers",
        weight=0.04,
        images=tuple(pictures_with_towers(backgrounds, TOWERS, seed=seed)),
        scale=(0.5, 2.0),
    )


def with_repeats(source: Source, classes: Collection[str]) -> Source:
    """A source whose images of some classes are read more often than the others."""
    images = [
        image
        for image in source.images
        for _ in range(
            1
            if {one.category for one in image.layout.objects}.isdisjoint(classes)
            else REPEATED
        )
    ]
    return replace(source, images=tuple(images))


if __name__ == "__main__":
    main()
