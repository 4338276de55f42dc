"""Open every GeoTIFF in a folder as a scene and write a table of the results.

    python scripts/fixture_table.py ../shared/data/geotiff-fixtures docs/fixtures.md

A third argument, a PNG file, writes all scenes as thumbnails for a visual check.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image, ImageDraw

from rrsis_geo.errors import RRSISError
from rrsis_geo.scene.grid import crs_name
from rrsis_geo.scene.scene import Scene
from rrsis_geo.scene.stretch import Stretch
from rrsis_geo.tiling.windows import plan_windows

SIDE = 200
"""Pixels of a thumbnail on the sheet."""

HEADINGS = ("file", "bands, dtype", "CRS", "shown", "GSD, m", "valid", "stretch")

ABOUT = """# GeoTIFFs of other projects

Real files with what makes scenes hard: other bands, numbers, masks, places. Each is
opened as `rrsis-geo segment` opens it, without options unless a row says so, and read
completely, window by window, at its own pixel size. *Valid* is the share of pixels
with data, *stretch* what becomes 0 and 255 per shown band; 8-bit imagery stays as it
is. Where a file is refused, the row gives the whole message. `..._extmask.tif` came
without its mask file.

Made by `python scripts/fixture_table.py ../shared/data/geotiff-fixtures
docs/fixtures.md`.
"""


def main() -> None:
    """Write the table and optionally the contact sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the GeoTIFFs")
    parser.add_argument("table", type=Path, help="markdown file to write")
    parser.add_argument("sheet", type=Path, nargs="?", help="PNG file to write")
    options = parser.parse_args()
    rows, pictures = [], []
    for path in sorted(options.folder.rglob("*.tif*")):
        name = path.relative_to(options.folder).as_posix()
        row, picture = describe(path, name, pixel_coordinates=False)
        rows.append(row)
        pictures.append((name, picture))
        if "no CRS" in row[-1]:
            row, picture = describe(path, name, pixel_coordinates=True)
            rows.append(row)
            pictures.append((name, picture))
    options.table.parent.mkdir(parents=True, exist_ok=True)
    options.table.write_text(markdown(rows), encoding="utf-8")
    if options.sheet:
        contact_sheet(pictures).save(options.sheet)


def describe(
    path: Path, name: str, *, pixel_coordinates: bool
) -> tuple[list[str], np.ndarray | None]:
    """Describe a file: cells of its row, and a thumbnail if it can be read."""
    name_cell = f"`{name}`" + " `--pixel-coordinates`" * pixel_coordinates
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            bands = f"{dataset.count} {dataset.dtypes[0]}"
    try:
        with Scene.open(path, pixel_coordinates=pixel_coordinates) as scene:
            picture, valid, _ = scene.thumbnail(SIDE)
            grid = scene.grid()
            cells = [
                name_cell,
                bands,
                "pixels" if grid.crs is None else crs_name(grid.crs),
                ", ".join(map(str, scene.bands)),
                f"{grid.gsd:.3g}",
                f"{100 * share_of_valid(scene):.1f} %",
                stretch_text(scene.stretch),
            ]
            return cells, np.where(valid, picture, np.uint8([[[255]], [[0]], [[255]]]))
    except RRSISError as error:
        message = str(error).replace(str(path), path.name)
        return [
            name_cell,
            bands,
            "",
            "",
            "",
            "",
            f"{type(error).__name__}: {message}",
        ], None


def share_of_valid(scene: Scene) -> float:
    """Compute the share of valid pixels by reading every window."""
    grid = scene.grid()
    windows = plan_windows(grid.width, grid.height, size=480, overlap=0)
    valid = np.zeros((grid.height, grid.width), bool)
    for patch in scene.patches(grid, windows):
        rows, cols = patch.window.toslices()
        part = valid[rows, cols]
        part[:] = patch.valid[: part.shape[0], : part.shape[1]]
    return float(valid.mean())


def stretch_text(stretch: Stretch) -> str:
    """Format the limits per band."""
    if stretch.identity:
        return "as it is"
    pairs = zip(stretch.low, stretch.high, strict=True)
    return "; ".join(f"{low:.5g} to {high:.5g}" for low, high in pairs)


def markdown(rows: list[list[str]]) -> str:
    """Format the page."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{ABOUT}\n{table}\n"


def contact_sheet(pictures: list[tuple[str, np.ndarray | None]]) -> Image.Image:
    """Draw thumbnails with their names; invalid pixels are magenta."""
    across = 7
    down = -(-len(pictures) // across)
    sheet = Image.new("RGB", (across * (SIDE + 10), down * (SIDE + 24)), "white")
    draw = ImageDraw.Draw(sheet)
    for place, (name, picture) in enumerate(pictures):
        x, y = place % across * (SIDE + 10), place // across * (SIDE + 24)
        draw.text((x, y), name.split("/")[-1][-32:], fill="black")
        if picture is None:
            draw.text((x, y + 20), "refused", fill="red")
        else:
            sheet.paste(Image.fromarray(np.moveaxis(picture, 0, 2)), (x, y + 12))
    return sheet


if __name__ == "__main__":
    main()
