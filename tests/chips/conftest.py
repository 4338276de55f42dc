"""A town of bright boxes on dark ground, and its labels."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from shapely.geometry import box

GSD = 0.5
LEFT, TOP = 500_000.0, 5_000_000.0
PLACE = Affine(GSD, 0, LEFT, 0, -GSD, TOP)


def boxes(width, height, *, seed=0, count=60):
    """Boxes in pixels that do not touch, of two kinds."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count * 3):
        side = rng.integers(8, 26, 2)
        left, top = rng.integers(0, [width - side[0], height - side[1]])
        one = (int(left), int(top), int(left + side[0]), int(top + side[1]))
        if not any(box(*one).distance(box(*other)) < 6 for other in found):
            found.append(one)
        if len(found) == count:
            break
    return found


@pytest.fixture
def town(make_scene, tmp_path):
    """A factory: path of a scene with boxes, and of their labels in another CRS."""

    def make(
        width=600, height=500, *, seed=0, count=60, crs="EPSG:4326", east=0, **scene
    ):
        places = boxes(width, height, seed=seed, count=count)
        pixels = np.full((3, height, width), 60, np.uint8)
        for number, (left, top, right, bottom) in enumerate(places):
            kind = (220, 60, 60) if number % 3 else (70, 90, 230)
            pixels[:, top:bottom, left:right] = np.array(kind)[:, None, None]
        place = PLACE @ Affine.translation(east, 0)
        path = make_scene(pixels, transform=place, crs="EPSG:32631", **scene)
        outlines = shapely.transform(
            np.array([box(*one) for one in places]),
            lambda xy: np.column_stack(place @ xy.T),
        )
        labels = gpd.GeoDataFrame(
            {
                "class": ["tank" if n % 3 == 0 else "Roof" for n in range(len(places))],
                "code": [n % 3 for n in range(len(places))],
            },
            geometry=outlines,
            crs="EPSG:32631",
        )
        labels = (
            labels.to_crs(crs) if crs else labels.set_crs(None, allow_override=True)
        )
        file = tmp_path / f"labels-{seed}-{east}-{crs}.gpkg".replace(":", "")
        labels.to_file(file, driver="GPKG", engine="pyogrio")
        return str(path), str(file), places

    return make
