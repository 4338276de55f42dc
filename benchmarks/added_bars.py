"""Bars of the added data sets: land cover, vehicles, ships, pools, panels, buildings.

Used by `bars.py`. Only images kept for validation by place are read. Every image is
searched by `segment` as a user would, with the plain name of the class. IoU is that of
all pixels of a data set together; unlabelled pixels do not count. Objects are found and
polygons right by the rule `box` of `rrsis_geo.evaluation.scenes.object_matching`, with
rotated outlines in the place of boxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from public_data import added_sources, kept_images, read_labels
from rasterio.features import rasterize
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

from rrsis_geo import segment
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import (
    Crop,
    crop_layout,
    crop_pixels,
    draw_mask,
)
from rrsis_geo.evaluation.scenes.object_matching import ObjectScores, score
from rrsis_geo.job import SegmentOptions
from rrsis_geo.runtime.cached_predictor import bind, load_network
from rrsis_geo.tiling.overviews import with_overview
from rrsis_geo.training.data.mixture import Source
from rrsis_geo.types import LEVELS, Strip

EAST, NORTH = 500_000, 5_000_000
"""Arbitrary place in UTM zone 32 for images without georeference."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What is asked of a data set, and what it should reach."""

    source: str
    category: str
    text: str
    by_object: bool = False
    bars: tuple[float, ...]
    """IoU, or recall and precision."""


BARS = (
    Bar(source="roads-epfl-eth", category="road", text="road", bars=(0.55,)),
    Bar(source="gsi-roads-jp", category="road", text="road", bars=(0.55,)),
    Bar(source="dubai-hitl", category="road", text="road", bars=(0.45,)),
    Bar(source="maps-newyork", category="road", text="road", bars=(0.40,)),
    Bar(source="dubai-hitl", category="water", text="water", bars=(0.70,)),
    Bar(source="maps-newyork", category="water", text="water", bars=(0.60,)),
    Bar(source="dubai-hitl", category="vegetation", text="vegetation", bars=(0.45,)),
    Bar(source="maps-newyork", category="park", text="green area", bars=(0.40,)),
    Bar(
        source="jonkoping-buildings",
        category="building",
        text="building",
        bars=(0.60,),
    ),
    Bar(
        source="oam-more-buildings", category="building", text="building", bars=(0.50,)
    ),
    Bar(source="dubai-hitl", category="building", text="building", bars=(0.45,)),
    Bar(
        source="ships-obb",
        category="ship",
        text="ship",
        by_object=True,
        bars=(0.75, 0.75),
    ),
    Bar(
        source="estonia-20cm",
        category="vehicle",
        text="car",
        by_object=True,
        bars=(0.70, 0.70),
    ),
    Bar(
        source="aerial-cars",
        category="vehicle",
        text="car",
        by_object=True,
        bars=(0.70, 0.70),
    ),
    Bar(
        source="bh-pools",
        category="swimming_pool",
        text="swimming pool",
        bars=(0.45,),
    ),
    Bar(
        source="gsi-solar-jp",
        category="solar_panel",
        text="solar panel",
        bars=(0.45,),
    ),
)

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Sizes at which one object is shown, relative to that in its image."""

OVERVIEWS = (0, 1, 2)
VIEWS = ("full view alone", "with an overview", "with two")
"""How often an object is looked at again, and what the rows are called."""

WINDOW = 480

SCALED = (
    ("ships-obb", "ship", "ship"),
    ("estonia-20cm", "vehicle", "car"),
    ("oam-more-buildings", "building", "building"),
    ("bh-pools", "swimming_pool", "swimming pool"),
)
"""Source, category and text of the objects that are shown at several sizes."""

FOUND = 0.5
"""Share of an object's visible pixels from which on it counts as found."""


@dataclass
class Total:
    """Pixels and objects of a bar, over the images so far."""

    shared: int = 0
    joint: int = 0
    objects: ObjectScores = field(default_factory=ObjectScores)
    images: int = 0


def report(data: Path, weights: str, folder: Path, most: int | None) -> None:
    """Print a row for every bar.

    Args:
        data: folder of the public data sets.
        weights: name or file.
        folder: for temporary scenes.
        most: images per data set, evenly chosen; None: all kept ones.
    """
    sources = {source.name: source for source in added_sources(data, kept=True)}
    print("\n| added data, kept by place | bar | measured | images |")
    print("| --- | --- | --- | --- |")
    for name in dict.fromkeys(bar.source for bar in BARS):
        bars = [bar for bar in BARS if bar.source == name]
        totals: Mapping[Bar, Total] = {bar: Total() for bar in bars}
        for image in evenly(whole_images(sources[name]), most):
            found = search(image, [bar.text for bar in bars], weights, folder)
            for bar, polygons in zip(bars, found, strict=True):
                add(totals[bar], bar, image, polygons)
        for bar, total in totals.items():
            print_bar(bar, total)


def whole_images(source: Source) -> tuple[LabelledImage, ...]:
    """Return the kept images without the crops of them that people wrote about."""
    names = kept_images()[source.name]
    return tuple(image for image in source.images if image.name in names)


def evenly(
    images: Sequence[LabelledImage], most: int | None
) -> tuple[LabelledImage, ...]:
    """Return at most so many images, evenly spread over the sequence."""
    if most is None or len(images) <= most:
        return tuple(images)
    rows = np.linspace(0, len(images) - 1, most).round().astype(int)
    return tuple(images[row] for row in rows)


def search(
    image: LabelledImage, texts: Sequence[str], weights: str, folder: Path
) -> list[NDArray[np.object_]]:
    """Return the polygons that `segment` finds for each text, in pixels."""
    gsd = image.layout.gsd or 1.0
    scene = folder / "scene.tif"
    with rasterio.open(
        scene,
        "w",
        driver="GTiff",
        width=image.layout.width,
        height=image.layout.height,
        count=3,
        dtype="uint8",
        crs="EPSG:32632",
        transform=from_origin(EAST, NORTH, gsd, gsd),
    ) as dataset:
        dataset.write(image.pixels)
    frame = segment(str(scene), list(texts), weights=weights).to_geodataframe()
    frame = frame.to_crs("EPSG:32632")
    polygons = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: (xy - (EAST, NORTH)) / (gsd, -gsd)
    )
    asked = frame["expression"].to_numpy()
    return [shapely.make_valid(polygons[asked == text]) for text in texts]


def add(
    total: Total, bar: Bar, image: LabelledImage, polygons: NDArray[np.object_]
) -> None:
    """Count the pixels and objects of an image."""
    layout = image.layout
    shape = layout.height, layout.width
    objects = outlines_of(image, bar.category)
    known = known_pixels(image)
    truth, found = (burnt(geometries, shape) for geometries in (objects, polygons))
    total.shared += int((truth & found & known).sum())
    total.joint += int(((truth | found) & known).sum())
    total.images += 1
    if bar.by_object:
        counts, _ = score(polygons, objects, rule="box")
        total.objects += counts


def outlines_of(image: LabelledImage, category: str) -> NDArray[np.object_]:
    """Outlines of the labelled objects of a class, in pixels."""
    objects = image.layout.objects
    return np.array(
        [one.polygon for one in objects if one.category == category], object
    )


def known_pixels(image: LabelledImage) -> NDArray[np.bool_]:
    """Return (H, W), False where nobody has labelled an image."""
    unlabelled = getattr(image, "unlabelled", None)
    if unlabelled is None:
        return np.ones((image.layout.height, image.layout.width), bool)
    return read_labels(image.labels) != unlabelled


def print_bar(bar: Bar, total: Total) -> None:
    """Print one row of the table, two for objects."""
    name = f"{bar.source}, {bar.text!r}"
    if not bar.by_object:
        iou = total.shared / max(total.joint, 1)
        print(f"| {name}, IoU | {bar.bars[0]:.2f} | {iou:.3f} | {total.images} |")
    else:
        counts = total.objects
        for what, limit, value, number in (
            ("recall", bar.bars[0], counts.recall, f"{counts.objects} objects"),
            ("precision", bar.bars[1], counts.precision, f"{counts.polygons} polygons"),
        ):
            print(f"| {name}, {what} | {limit:.2f} | {value:.3f} | {number} |")
    print(end="", flush=True)


def report_scales(data: Path, weights: str, count: int) -> None:
    """Print the share of objects found at each size, by class and in all.

    Args:
        data: folder of the public data sets.
        weights: name or file.
        count: objects per class.
    """
    sources = {source.name: source for source in added_sources(data, kept=True)}
    print("\n| one object shown at | " + " | ".join(f"x {f:g}" for f in FACTORS) + " |")
    print("| --- " * (len(FACTORS) + 1) + "|")
    network = load_network(weights, runtime="onnx", device="cpu")
    everything: dict[int, list[list[bool]]] = {count: [] for count in OVERVIEWS}
    for name, category, text in SCALED:
        predict = bind(network, [text], SegmentOptions())
        hits: dict[int, list[list[bool]]] = {count: [] for count in OVERVIEWS}
        for image, row in chosen_objects(sources[name], category, count):
            shown = {
                factor: window_at(image, row, factor)
                for factor in sorted({f / 2**n for f in FACTORS for n in OVERVIEWS})
            }
            levels = {
                factor: np.rint(predict(pixels[None])[0] * LEVELS)
                for factor, (pixels, _) in shown.items()
            }
            for number in OVERVIEWS:
                hits[number].append(
                    [
                        (seen_with(levels, factor, number) > LEVELS / 2)[
                            shown[factor][1]
                        ].mean()
                        >= FOUND
                        for factor in FACTORS
                    ]
                )
        for number, rows in hits.items():
            everything[number] += rows
            print_scales(f"{name}, {text!r} ({len(rows)}), {VIEWS[number]}", rows)
    for number, rows in everything.items():
        print_scales(f"all ({len(rows)}), {VIEWS[number]}", rows)


def seen_with(
    levels: Mapping[float, NDArray[np.float32]], factor: float, overviews: int
) -> NDArray[np.uint8]:
    """(S, S) levels of a window with what overviews of it show, as in a run.

    Args:
        levels: Factor -> (1, S, S) levels of the window at that size.
        factor: Of the full view.
        overviews: Number of them; the first shows the window at half that size.
    """
    strip = Strip(top=0, levels=levels[factor].astype(np.uint8))
    for number in range(1, overviews + 1):
        side = WINDOW // 2**number
        middle = slice((WINDOW - side) // 2, (WINDOW + side) // 2)
        coarser = levels[factor / 2**number][:, middle, middle].astype(np.uint8)
        (strip,) = with_overview(
            [strip],
            [Strip(top=0, levels=coarser)],
            height=WINDOW,
            width=WINDOW,
            overview_height=side,
            overview_width=side,
        )
    return strip.levels[0]


def print_scales(name: str, hits: Sequence[Sequence[bool]]) -> None:
    """Print the percentage found at each size."""
    shares = " | ".join(f"{100 * share:.0f} %" for share in np.mean(hits, axis=0))
    print(f"| {name} | {shares} |", flush=True)


def chosen_objects(
    source: Source, category: str, count: int
) -> Iterator[tuple[LabelledImage, int]]:
    """Yield images and rows of objects, evenly spread over all of a class."""
    found = [
        (image, row)
        for image in whole_images(source)
        for row, item in enumerate(image.layout.objects)
        if item.category == category and item.polygon.area >= 30
    ]
    rows = np.linspace(0, len(found) - 1, min(count, len(found))).round().astype(int)
    for row in rows:
        yield found[row]


def window_at(
    image: LabelledImage, row: int, factor: float
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Show one object in the middle of a window, enlarged by a factor.

    Returns:
        Pixels (3, S, S), and (S, S) which of them show the object.
    """
    centre = image.layout.outlines[row].centroid
    side = WINDOW / factor
    piece = Crop(
        left=round(centre.x - side / 2),
        top=round(centre.y - side / 2),
        width=side,
        height=side,
        size=(WINDOW, WINDOW),
    )
    alone = replace(image.layout, objects=(image.layout.objects[row],))
    inside, kept = crop_layout(alone, piece)
    return crop_pixels(image.pixels, piece), draw_mask(inside, tuple(range(len(kept))))


def burnt(
    geometries: Iterable[BaseGeometry], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """(H, W) mask of the pixels of polygons."""
    usable = [one for one in geometries if not shapely.is_empty(one)]
    if not usable:
        return np.zeros(shape, bool)
    return rasterize(usable, out_shape=shape, dtype="uint8") > 0
