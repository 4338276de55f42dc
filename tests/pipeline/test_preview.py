"""The preview picture of a run."""

import numpy as np
import pytest
import shapely
from affine import Affine
from PIL import Image
from rasterio.crs import CRS

from rrsis_geo.errors import OutputError
from rrsis_geo.pipeline.preview import COLOURS, EMPTY, draw, write_preview
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

GREY = 128
PLACES = {
    "north-up": Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000),
    "south-up": Affine(0.5, 0, 500_000, 0, 0.5, 5_000_000),
    "rotated": Affine(0.4, 0.3, 500_000, 0.3, -0.4, 5_000_000),
}


def a_grid(width, height, place="north-up", crs=32631):
    crs = None if crs is None else CRS.from_epsg(crs)
    return Grid(PLACES[place], crs, width, height)


def found(grid, shapes):
    """Make polygons from (expression, polygon in pixels)."""
    t = grid.transform
    geometry = np.empty(len(shapes), object)
    geometry[:] = [
        shapely.transform(
            shape,
            lambda xy: np.column_stack(
                (
                    t.a * xy[:, 0] + t.b * xy[:, 1] + t.c,
                    t.d * xy[:, 0] + t.e * xy[:, 1] + t.f,
                )
            ),
        )
        for _, shape in shapes
    ]
    texts = np.array([text for text, _ in shapes], object)
    return Polygons(geometry=geometry, crs=None, columns={"expression": texts})


def picture(grid, shapes, expressions=("tank", "road"), valid=None):
    pixels = np.full((3, grid.height, grid.width), GREY, np.uint8)
    valid_pixels = np.ones(pixels.shape[1:], bool) if valid is None else valid
    return np.asarray(
        draw(pixels, valid_pixels, grid, found(grid, shapes), expressions)
    )


@pytest.mark.parametrize("place", PLACES)
def test_a_polygon_is_drawn_at_its_place_and_in_its_colour(place):
    grid = a_grid(1000, 600, place)
    shape = shapely.box(300, 200, 500, 400).difference(shapely.box(350, 250, 400, 300))
    drawn = picture(grid, [("road", shape)])[:600]
    assert tuple(drawn[200, 400]) == COLOURS[1]  # its outline
    assert tuple(drawn[100, 100]) == (GREY,) * 3  # beside it
    assert tuple(drawn[275, 375]) == (GREY,) * 3  # its hole
    assert tuple(drawn[350, 450]) != (GREY,) * 3  # its fill
    assert np.abs(drawn[350, 450].astype(int) - GREY).max() < 80  # translucent


def test_a_polygon_in_a_hole_is_drawn():
    island = ("tank", shapely.box(360, 260, 390, 290))
    around = shapely.box(300, 200, 500, 400).difference(shapely.box(350, 250, 400, 300))
    drawn = picture(a_grid(1000, 600), [island, ("tank", around)])
    assert tuple(drawn[275, 375]) != (GREY,) * 3


def test_own_features_of_any_kind_are_drawn():
    """Found missing: all but single polygons."""
    box = shapely.box(300, 200, 500, 400)
    (whole,) = [picture(a_grid(1000, 600), [("tank", box)])]
    parts = shapely.MultiPolygon([box])
    np.testing.assert_array_equal(picture(a_grid(1000, 600), [("tank", parts)]), whole)
    line = shapely.LineString([(100, 500), (900, 500)])
    points = shapely.MultiPoint([(600, 100), (700, 100)])
    drawn = picture(a_grid(1000, 600), [("road", line), ("tank", points)])
    assert tuple(drawn[500, 450]) == COLOURS[1]
    assert tuple(drawn[100, 600]) == tuple(drawn[100, 700]) == COLOURS[0]
    assert tuple(drawn[100, 650]) == (GREY,) * 3


def test_small_scenes_are_enlarged_and_large_ones_are_not():
    assert picture(a_grid(30, 20), []).shape[1] == 900
    assert picture(a_grid(1400, 300), []).shape[1] == 1400
    drawn = picture(a_grid(30, 20), [("tank", shapely.box(10, 10, 20, 15))])
    assert tuple(drawn[300, 450]) == COLOURS[0]


def test_nodata_has_the_background_colour():
    valid = np.ones((600, 1000), bool)
    valid[:100] = False
    drawn = picture(a_grid(1000, 600), [], valid=valid)
    assert tuple(drawn[50, 50]) == EMPTY
    assert tuple(drawn[150, 50]) == (GREY,) * 3


def test_the_legend_has_a_line_for_each_expression_with_its_count():
    grid = a_grid(1000, 600)
    one = picture(grid, [], ["tank"])
    three = picture(grid, [], ["tank", "road", "tree " * 200])
    assert three.shape[0] > one.shape[0] > 600
    assert three.shape[1] == 1000
    some = picture(grid, [("tank", shapely.box(1, 1, 2, 2))], ["tank"])
    assert (some[600:] != one[600:]).any()


def test_no_scale_bar_without_a_crs():
    with_bar = picture(a_grid(1000, 600), [])[600:, 700:]
    without = picture(a_grid(1000, 600, crs=None), [])[600:, 700:]
    assert (with_bar < 100).any()
    assert not (without < 100).any()


def test_the_scale_bar_has_the_labelled_length():
    drawn = picture(a_grid(1000, 600), [], ["tank"])[600:, 500:]
    dark = (drawn.max(axis=2) < 60).sum(axis=1)
    # a round length in pixels of 0.5 m: 50 m, within a quarter of the picture
    assert dark.max() == pytest.approx(100, abs=40)
    rows = [row for row in drawn.max(axis=2) < 60 if row.sum() == dark.max()]
    runs = np.diff(np.flatnonzero(np.diff(np.r_[0, rows[0], 0])))
    assert runs.max() == pytest.approx(100, abs=4)


def test_the_preview_is_written_as_png(tmp_path):
    path = tmp_path / "found.png"
    grid = a_grid(100, 60)
    write_preview(
        str(path),
        pixels=np.zeros((3, 60, 100), np.uint8),
        valid=np.ones((60, 100), bool),
        grid=grid,
        polygons=found(grid, []),
        expressions=["tank"],
    )
    with Image.open(path) as image:
        assert image.format == "PNG"
    assert [item.name for item in tmp_path.iterdir()] == ["found.png"]


def test_a_missing_folder_is_an_output_error(tmp_path):
    grid = a_grid(100, 60)
    with pytest.raises(OutputError, match=r"found\.png"):
        write_preview(
            str(tmp_path / "missing" / "found.png"),
            pixels=np.zeros((3, 60, 100), np.uint8),
            valid=np.ones((60, 100), bool),
            grid=grid,
            polygons=found(grid, []),
            expressions=["tank"],
        )
