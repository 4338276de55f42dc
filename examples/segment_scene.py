"""Segment a scene by text and print the result as a GeoDataFrame.

    python examples/segment_scene.py [SCENE EXPRESSION]

Without arguments it draws a synthetic scene and searches for storage tanks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from geopandas import GeoDataFrame

from rrsis_geo import segment
from rrsis_geo.protocol import Message, Progress
from rrsis_geo.synthetic import write_scene


def find(scene: str, expression: str) -> GeoDataFrame:
    """Segment a scene; return the polygons in its CRS, largest first."""
    found = segment(scene, expression, threshold=0.5, min_area=20, report=show)
    return found.to_geodataframe().sort_values("area_m2", ascending=False)


def show(message: Message) -> None:
    """Print the progress."""
    if isinstance(message, Progress):
        print(f"\r{message.done} of {message.total} windows", end="", file=sys.stderr)


def main() -> None:
    """Segment a given or a synthetic scene and print the table."""
    if len(sys.argv) == 3:
        table = find(sys.argv[1], sys.argv[2])
    else:
        with TemporaryDirectory() as folder:
            scene = Path(folder) / "scene.tif"
            labels = Path(folder) / "labels.geojson"
            write_scene(scene, labels, 3, width=1200, height=900, gsd=0.5)
            table = find(str(scene), "storage tank")
    print(file=sys.stderr)
    print(table[["expression", "score", "area_m2", "lon", "lat"]].to_string())
    print(f"{len(table)} polygons in {table.crs.name}")


if __name__ == "__main__":
    main()
