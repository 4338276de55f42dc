"""What a run found, and in which files it is."""

from __future__ import annotations

import base64
import html
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geopandas import GeoDataFrame

from rrsis_geo.errors import EngineError, RRSISError
from rrsis_geo.job import Counts, SegmentJob
from rrsis_geo.pipeline.preview import write_preview
from rrsis_geo.pipeline.run_plan import open_scene
from rrsis_geo.types import Polygons
from rrsis_geo.vector.formats import check_crs, check_output, write_polygons
from rrsis_geo.vector.writers import to_geodataframe

PICTURE_SIDE = 700
"""Pixels of the longer side of the scene in a notebook."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentResult:
    """What a run found and which files it wrote; iterating gives GeoJSON features."""

    polygons: Polygons
    anchors: Polygons
    """What the answers were measured against; `why` names it."""
    files: tuple[str, ...]
    """Paths of what was written, the polygons first."""
    counts: Counts
    timings: dict[str, float]
    """Part of the run -> seconds."""
    manifest: dict[str, Any]
    """The run manifest, as written beside the output."""

    def __len__(self) -> int:
        """Number of polygons."""
        return len(self.polygons)

    def __bool__(self) -> bool:
        """True, also of a result without polygons: the run succeeded."""
        return True

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The polygons as GeoJSON features, in the scene's CRS."""
        return iter(self.__geo_interface__["features"])

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """A FeatureCollection in the scene's CRS."""
        collection: dict[str, Any] = self.to_geodataframe().__geo_interface__
        return collection

    def to_geodataframe(self) -> GeoDataFrame:
        """The polygons with their attributes, in the scene's CRS."""
        return to_geodataframe(self.polygons)

    def to_file(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the polygons in the format that the extension names.

        Raises:
            OutputError: the file exists or cannot be written.
        """
        check_output(path, overwrite)
        check_crs(path, self.polygons.crs)
        write_polygons(
            self.polygons,
            path,
            title=Path(path).stem,
            description=", ".join(self.manifest["job"]["expressions"]),
        )

    def plot(self, *words: Any, **keywords: Any) -> Any:
        """Draw the polygons with matplotlib, as `GeoDataFrame.plot` does.

        Raises:
            EngineError: matplotlib is not installed.
        """
        try:
            return self.to_geodataframe().plot(*words, **keywords)
        except ImportError as error:
            raise EngineError("plot() needs matplotlib: pip install matplotlib") from (
                error
            )

    def explore(self, *words: Any, **keywords: Any) -> Any:
        """A map to move about in, as `GeoDataFrame.explore` makes it.

        Raises:
            EngineError: folium is not installed.
        """
        try:
            return self.to_geodataframe().explore(*words, **keywords)
        except ImportError as error:
            raise EngineError(
                "explore() needs folium, matplotlib and mapclassify: "
                "pip install folium matplotlib mapclassify"
            ) from error

    def _repr_html_(self) -> str:
        """For notebooks: what was found of each expression, and a picture."""
        found = Counter(self.polygons.columns["expression"].tolist())
        rows = "".join(
            f"<tr><td>{found[text]}</td><td>{html.escape(text)}</td></tr>"
            for text in self.manifest["job"]["expressions"]
        )
        table = f"<table><tr><th>polygons</th><th>expression</th></tr>{rows}</table>"
        return table + self._picture()

    def _picture(self) -> str:
        """The scene with the polygons, as HTML; "" where it can no longer be read."""
        job = SegmentJob.from_mapping(self.manifest["job"])
        try:
            with TemporaryDirectory(prefix="rrsis-geo-") as folder:
                path = Path(folder) / "picture.png"
                with open_scene(job) as scene:
                    pixels, valid, grid = scene.thumbnail(PICTURE_SIDE)
                write_preview(
                    str(path),
                    pixels=pixels,
                    valid=valid,
                    grid=grid,
                    polygons=self.polygons,
                    expressions=job.expressions,
                )
                data = base64.b64encode(path.read_bytes()).decode("ascii")
        except (RRSISError, OSError):
            return ""
        source = f"data:image/png;base64,{data}"
        return f'<img alt="preview" width="{PICTURE_SIDE}" src="{source}">'
