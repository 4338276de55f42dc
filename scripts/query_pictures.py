#!/usr/bin/env python3
"""Draw the pictures of docs/query.md: expressions on the scene of `rrsis-geo demo`.

    python scripts/query_pictures.py [--out docs/images]

Draws the demo scene, segments all expressions in one run, and arranges one small
picture per expression in a grid, with anchors in a second colour.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from rrsis_geo.pipeline import segment
from rrsis_geo.pipeline.preview import draw
from rrsis_geo.scene.scene import Scene
from rrsis_geo.synthetic import demo_scene
from rrsis_geo.types import Polygons

SHEETS = {
    "queries-order.webp": (
        "the largest tank",
        "the second tank from the left",
        "the three northernmost buildings",
        "swimming pools in the southern half",
        "tanks larger than 300 m2",
        "all storage tanks except the largest",
    ),
    "queries-relations.webp": (
        "houses within 15 m of a swimming pool",
        "the tank closest to the river",
        "tanks south of the largest tank",
        "storage tanks more than 200 m from the lake",
        "the baseball field nearest to the lake",
        "vehicles within 60 m of the river",
    ),
}
SIDE = 360
"""Longer side of a picture in pixels."""


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--weights", default="default")
    options = parser.parse_args()
    expressions = [text for texts in SHEETS.values() for text in texts]
    with TemporaryDirectory() as folder:
        scene = demo_scene(Path(folder)).scene
        found = segment(scene, expressions, weights=options.weights)
        with Scene.open(str(scene)) as opened:
            pixels, valid, small = opened.thumbnail(SIDE * 2)
    for name, texts in SHEETS.items():
        tiles = []
        for text in texts:
            polygons = _select(found.polygons, text)
            anchors = _select(found.anchors, text)
            anchor_label = "measured against"
            anchors.columns["expression"][:] = anchor_label
            both = _concatenate(polygons, anchors)
            labels = (text, anchor_label) if len(anchors) else (text,)
            picture = draw(pixels, valid, small, both, labels)
            picture.thumbnail((SIDE, SIDE * 2), Image.Resampling.LANCZOS)
            tiles.append(picture)
            print(f"{len(polygons):4} {text}")
        _sheet(tiles).save(options.out / name, quality=55, method=6)


def _select(polygons: Polygons, text: str) -> Polygons:
    selected = polygons.columns["expression"] == text
    columns = {name: values[selected] for name, values in polygons.columns.items()}
    return replace(polygons, geometry=polygons.geometry[selected], columns=columns)


def _concatenate(first: Polygons, second: Polygons) -> Polygons:
    columns = {
        name: np.concatenate([values, second.columns[name]])
        for name, values in first.columns.items()
    }
    geometry = np.concatenate([first.geometry, second.geometry])
    return replace(first, geometry=geometry, columns=columns)


def _sheet(tiles: list[Image.Image], across: int = 3) -> Image.Image:
    wide = max(tile.width for tile in tiles)
    high = max(tile.height for tile in tiles)
    down = -(-len(tiles) // across)
    sheet = Image.new("RGB", (across * wide, down * high), (250, 250, 248))
    for place, tile in enumerate(tiles):
        row, column = divmod(place, across)
        sheet.paste(tile, (column * wide, row * high))
    return sheet


if __name__ == "__main__":
    main()
