"""Draw the pictures of docs/gallery.md and write its captions from measured scores.

    python scripts/gallery.py DATA [--weights default] [--docs docs]
    python scripts/gallery.py DATA --more FOLDER

DATA is the folder of public data sets of docs/model-card.md. The first form takes
images whose licences allow publication, none of which the default weights were
trained on, and replaces docs/gallery.md and docs/gallery/. The second takes images for
research only (NWPU, Airbus) and writes the same kind of page into another folder.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
import shapely
from gallery_added_tiles import added_tiles, airport_tiles
from gallery_tiles import SOURCES, Tile, public_tiles, research_tiles
from numpy.typing import NDArray
from PIL import Image
from rasterio.transform import from_origin

from rrsis_geo.evaluation.scenes.object_matching import score
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.pipeline.preview import COLOURS, draw
from rrsis_geo.pipeline.runner import run
from rrsis_geo.runtime.cached_predictor import CachedPredictor
from rrsis_geo.scene.scene import Scene

SIDE = 300
"""Longer side of a picture in pixels."""

COLOUR = {"wrong": COLOURS[1], "missed": COLOURS[2]}
"""Colours of wrong and missed objects; right ones have the first colour."""

QUIET = 0.001
"""Largest share of foreground that counts as none where nothing is to be found."""

SECTIONS = {
    "works": "What works",
    "partly": "What works in part",
    "fails": "What fails",
    "open": "Without labels: judge for yourself",
}

HEAD = """# Gallery

Pictures of what the weights `{weights}` (sha256 {sha256}) answer, made and measured by
`{command}`. None of the images was trained on by `open` or by the second
head of the default weights; the fifth part of their first head may have seen those of
Aerial Airport.

Amber: found and right. Blue: found and wrong. Red: missed. A house counts as found from
an IoU of 0.5 with its outline; of aircraft only boxes are labelled, and one counts as
found when a polygon fills a fifth of its box."""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A picture with its verdict."""

    tile: Tile
    picture: Image.Image
    verdict: str
    """Key of `SECTIONS`."""
    caption: str


def segment_tile(
    tile: Tile, predictor: CachedPredictor, folder: Path, weights: str
) -> Shot:
    """Segment a tile, compare with its labels and draw the result."""
    scene = write_geotiff(tile, folder)
    job = SegmentJob(
        scene=str(scene),
        expressions=(tile.text,),
        weights=weights,
        options=SegmentOptions(min_area=tile.min_area),
    )
    found = run(job, network=predictor.bind).polygons
    with Scene.open(str(scene)) as opened:
        pixels, valid, grid = opened.thumbnail(2 * SIDE)
        inverse = ~opened.grid().transform
    outlines = transformed(found.geometry, lambda x, y: inverse @ (x, y))
    verdict, caption, groups = judge(tile, outlines)
    first, *others = groups
    groups = {name: groups[name] for name in (first, *others)
              if name == first or len(groups[name])}  # fmt: skip
    forward = ~inverse
    shapes = [
        transformed(part, lambda x, y: forward @ (x, y)) for part in groups.values()
    ]
    names = np.repeat(np.array(list(groups), object), [len(part) for part in shapes])
    shown = replace(
        found,
        geometry=np.concatenate(shapes),
        columns={"expression": names},
    )
    colours = [COLOUR.get(name, COLOURS[0]) for name in groups]
    picture = draw(pixels, valid, grid, shown, tuple(groups), colours=colours)
    picture.thumbnail((SIDE, 2 * SIDE), Image.Resampling.LANCZOS)
    return Shot(tile=tile, picture=picture, verdict=verdict, caption=caption)


def transformed(
    geometry: NDArray[np.object_],
    move: Callable[[float, float], tuple[float, float]],
) -> NDArray[np.object_]:
    """Transform the coordinates of geometries."""
    moved: NDArray[np.object_] = shapely.transform(geometry, move, interleaved=False)
    return moved


def judge(
    tile: Tile, outlines: NDArray[np.object_]
) -> tuple[str, str, dict[str, NDArray[np.object_]]]:
    """Return verdict, caption, and the geometries to draw by label, in pixels."""
    area = tile.pixels.shape[1] * tile.pixels.shape[2]
    predicted = shapely.union_all(outlines).area
    count = f"{len(outlines)} polygon{'' if len(outlines) == 1 else 's'}"
    if tile.truth is None:
        caption = f"{count}, {100 * predicted / area:.1f} % of the picture"
        return "open", caption, {tile.text: outlines}
    if not len(tile.truth):
        caption = f"nothing of this is here; {count}, {predicted * tile.gsd**2:.0f} m2"
        verdict = "works" if predicted < QUIET * area else "fails"
        return verdict, caption, {tile.text: tile.truth, "wrong": outlines}
    rule = "outline" if tile.rule == "area" else tile.rule
    scores, matches = score(outlines, tile.truth, rule=rule)
    iou = f"IoU of pixels {scores.iou:.2f}"
    if tile.rule == "area":
        both, labelled = shapely.union_all(outlines), shapely.union_all(tile.truth)
        parts = both & labelled, both - labelled, labelled - both
        names = (f"{tile.text}: right", "wrong", "missed")
        drawn = {
            name: np.array([p for p in shapely.get_parts(part) if p.area], object)
            for name, part in zip(names, parts, strict=True)
        }
        weak = " against weak labels" if tile.source == "naip" else ""
        return rate(scores.iou, 0.6, 0.3), f"{iou}{weak}", drawn
    total = scores.recall + scores.precision
    value = 2 * scores.recall * scores.precision / total if total else 0.0
    wrong = scores.polygons - scores.right
    caption = f"{scores.found} of {scores.objects} found, {wrong} wrong"
    if tile.rule == "outline":
        caption += f"; {iou}"
        value = max(value, min(scores.iou, 0.7))  # merged houses are partly right
    drawn = {
        f"{tile.text}: right": outlines[matches.right],
        "wrong": outlines[~matches.right],
        "missed": tile.truth[~matches.found],
    }
    return rate(value, 0.75, 0.4), caption, drawn


def rate(value: float, good: float, fair: float) -> str:
    """Rate a score; return a key of `SECTIONS`."""
    return "works" if value >= good else "partly" if value >= fair else "fails"


def write_geotiff(tile: Tile, folder: Path) -> Path:
    """Write a tile as a GeoTIFF at an arbitrary place in UTM zone 32."""
    path = folder / f"{tile.name}.tif"
    _, height, width = tile.pixels.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=3,
        dtype="uint8",
        crs="EPSG:32632",
        transform=from_origin(500_000, 5_000_000, tile.gsd, tile.gsd),
    ) as dataset:
        dataset.write(tile.pixels)
    return path


def page(shots: list[Shot], head: str) -> Iterator[str]:
    """Yield the lines of the page."""
    yield head
    for verdict, title in SECTIONS.items():
        of_verdict = [shot for shot in shots if shot.verdict == verdict]
        if not of_verdict:
            continue
        yield f"\n## {title}\n"
        yield "| | |\n| --- | --- |"
        for pair in (
            of_verdict[start : start + 2] for start in range(0, len(of_verdict), 2)
        ):
            yield (
                "| "
                + " | ".join(
                    f"![{shot.tile.text}](gallery/{shot.tile.name}.webp)<br>"
                    f'"{shot.tile.text}": {shot.caption}. {shot.tile.note} '
                    f"*{SOURCES[shot.tile.source].title}*"
                    for shot in pair
                )
                + (" |" if len(pair) == 2 else " | |")
            )
    yield "\n## Where the images are from\n"
    for source in dict.fromkeys(shot.tile.source for shot in shots):
        yield f"- {SOURCES[source].title}: {SOURCES[source].credit}"


def main() -> None:
    """Draw the pictures and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument(
        "--more", type=Path, help="folder for images that are for research only"
    )
    options = parser.parse_args()
    docs = options.more or options.docs
    tiles = research_tiles if options.more else public_tiles
    target = docs / "gallery"
    target.mkdir(parents=True, exist_ok=True)
    predictor, shots = CachedPredictor(), []
    with TemporaryDirectory() as folder:
        more = (
            ()
            if options.more
            else (
                *added_tiles(options.data),
                *airport_tiles(options.data),
            )
        )
        for tile in chain(tiles(options.data), more):
            shots.append(segment_tile(tile, predictor, Path(folder), options.weights))
            print(f"{shots[-1].verdict:7} {tile.name}: {shots[-1].caption}", flush=True)
    for old in target.glob("*.webp"):
        old.unlink()
    shots.sort(key=lambda shot: list(SECTIONS).index(shot.verdict))
    for shot in shots:
        path = target / f"{shot.tile.name}.webp"
        shot.picture.save(path, quality=55, method=6)
    info = read_header(options.weights)
    given = f" --more {options.more.name}" if options.more else ""
    if options.weights != "default":
        given += f" --weights {Path(options.weights).name}"
    head = HEAD.format(
        weights=info.name,
        sha256=info.sha256[:12],
        command=f"python scripts/gallery.py DATA{given}",
    )
    (docs / "gallery.md").write_text("\n".join(page(shots, head)) + "\n")
    size = sum(path.stat().st_size for path in target.iterdir())
    print(f"{len(shots)} pictures: {size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
