"""Draw what was outlined by eye over its pictures.

    python scripts/weights/show_outlines.py DATA scenes stadium_1.webp bridge_1.webp
    python scripts/weights/show_outlines.py DATA nwpu 006.jpg -o airport.png
    python scripts/weights/show_outlines.py DATA ships train_051.webp

Every class has a colour, which is printed. Whoever draws further outlines looks at them
so, and corrects what is off; pictures are enlarged to 768 pixels.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from PIL import Image, ImageDraw
from recipe.added.further_outlines import NWPU
from recipe.added.outlined_scenes import outlined_scenes
from recipe.added.sources import raster_images
from recipe.added.vehicles_and_ships import ships
from recipe.aircraft_scenes import airports
from recipe.public_datasets import nwpu

from rrsis_geo.datasets.labelled_image import LabelledImage

SIDE = 768
"""Pixels of the longer side of a picture in the sheet."""

COLOURS = ("red", "lime", "deepskyblue", "yellow", "magenta", "cyan", "orange", "white")

SETS = ("scenes", "newyork", "nwpu", "ships", "airports")


def main() -> None:
    """Parse the command line and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    parser.add_argument("-o", "--output", type=Path, default=Path("outlines.png"))
    options = parser.parse_args()
    found = read(options.data, options.set, frozenset(options.images))
    if not found:
        parser.exit(2, f"Error: none of {options.images} is outlined\n")
    sheet, colours = draw(found)
    sheet.save(options.output)
    for name, colour in colours.items():
        print(f"{colour}\t{name}")
    print(f"{options.output}: {len(found)} pictures")


def read(data: Path, name: str, images: frozenset[str]) -> list[LabelledImage]:
    """Return the images of a set that are named, with their outlines."""
    if name == "scenes":
        return outlined_scenes(data, images.__contains__)
    if name == "newyork":
        return raster_images(data, images.__contains__, "maps-newyork")
    if name == "ships":
        return ships(data, images.__contains__)
    if name == "airports":
        return [one for one in airports(data, {}) if one.name in images]
    return [NWPU.add_to(image) for image in nwpu(data) if image.name in images]


def draw(images: Sequence[LabelledImage]) -> tuple[Image.Image, dict[str, str]]:
    """Return the images side by side with their outlines, and class -> colour."""
    classes = sorted({one.category for im in images for one in im.layout.objects})
    colours = {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(classes)}
    sheet = Image.new("RGB", (SIDE * len(images), SIDE))
    for column, image in enumerate(images):
        layout = image.layout
        factor = SIDE / max(layout.width, layout.height)
        size = round(layout.width * factor), round(layout.height * factor)
        picture = Image.fromarray(np.ascontiguousarray(image.pixels.transpose(1, 2, 0)))
        picture = picture.resize(size)
        brush = ImageDraw.Draw(picture)
        for one in layout.objects:
            for ring in rings_of(one.polygon):
                xy = [(x * factor, y * factor) for x, y in ring]
                brush.line(xy, fill=colours[one.category], width=2)
        sheet.paste(picture, (SIDE * column, 0))
    return sheet, colours


def rings_of(polygon: shapely.Geometry) -> list[list[tuple[float, float]]]:
    """Return all rings of a polygon or of several."""
    return [
        list(ring.coords)
        for part in shapely.get_parts(polygon)
        for ring in (part.exterior, *part.interiors)
    ]


if __name__ == "__main__":
    main()
