"""Overviews merged into strips, against a twin that holds the whole arrays."""

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from shapely.geometry import box

from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.overview_windows import plan_overviews
from rrsis_geo.tiling.overviews import LEAST, RADIUS, overview_rows, with_overview
from rrsis_geo.types import NODATA, Strip

SIDE = 2 * RADIUS + 1


@st.composite
def views(draw):
    """Levels of a full view and of an overview with blocks, noise and holes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height, width = draw(st.integers(2, 60)), draw(st.integers(2, 60))
    factor = draw(st.sampled_from([2, 2, 3]))
    coarse = (2, -(-height // factor), -(-width // factor))
    full = rng.integers(0, 255, (2, height, width)).astype(np.uint8)
    overview = rng.integers(0, 60, coarse).astype(np.uint8)
    for band in range(2):
        top, left = rng.integers(0, coarse[1]), rng.integers(0, coarse[2])
        overview[band, top : top + 20, left : left + 20] = rng.integers(60, 255)
    full[:, rng.random((height, width)) < 0.1] = NODATA
    overview[:, rng.random(coarse[1:]) < draw(st.sampled_from([0, 0.002]))] = NODATA
    return full, overview, rng


def cut(levels, rows, rng):
    """The same rows as strips of one to nine rows."""
    row = rows.start
    while row < rows.stop:
        stop = min(row + int(rng.integers(1, 10)), rows.stop)
        yield Strip(top=row, levels=levels[:, row:stop].copy())
        row = stop


def opened(levels):
    """Greatest level of the squares that hold a pixel, of the least inside each."""
    height, width = levels.shape
    found = np.zeros((height + 2 * SIDE, width + 2 * SIDE), np.uint8)
    wide = np.full(found.shape, NODATA, np.uint8)
    wide[SIDE:-SIDE, SIDE:-SIDE] = levels
    for row in range(SIDE + height + RADIUS - SIDE + 1):
        for column in range(width + RADIUS + 1):
            top, left = row + SIDE - RADIUS, column + SIDE - RADIUS
            square = np.s_[top : top + SIDE, left : left + SIDE]
            middle = wide[top + RADIUS, left + RADIUS]
            if middle == NODATA:
                continue
            found[square] = np.maximum(found[square], wide[square].min())
    found = found[SIDE:-SIDE, SIDE:-SIDE]
    return np.where((levels == NODATA) | (found < LEAST), 0, found).astype(np.uint8)


def merged(full, overview):
    """The whole result by plain interpolation between pixel centres."""
    result = full.copy()
    _, height, width = full.shape
    down = overview.shape[1] / height
    across = overview.shape[2] / width
    for band in range(len(full)):
        coarse = opened(overview[band]).astype(float)
        rows = np.clip((np.arange(height) + 0.5) * down - 0.5, 0, len(coarse) - 1)
        columns = (np.arange(width) + 0.5) * across - 0.5
        columns = np.clip(columns, 0, coarse.shape[1] - 1)
        lines = np.array(
            [np.interp(columns, range(coarse.shape[1]), c) for c in coarse]
        )
        finer = np.array([np.interp(rows, range(len(coarse)), c) for c in lines.T]).T
        valid = full[band] != NODATA
        result[band][valid] = np.maximum(full[band], np.rint(finer))[valid]
    return result


def strips_of(full, overview, rows, rng):
    height, width = full.shape[1:]
    coarse_height, coarse_width = overview.shape[1:]
    needed = overview_rows(rows, height=height, overview_height=coarse_height)
    return with_overview(
        cut(full, rows, rng),
        cut(overview, needed, rng),
        height=height,
        width=width,
        overview_height=coarse_height,
        overview_width=coarse_width,
    )


@settings(max_examples=25, deadline=None)
@given(views())
def test_strips_are_rows_of_the_whole(drawn):
    full, overview, rng = drawn
    whole = merged(full, overview)
    first, last = sorted(rng.integers(0, full.shape[1] + 1, 2).tolist())
    for rows in (range(full.shape[1]), range(first, max(last, first + 1))):
        if rows.stop > full.shape[1]:
            continue
        row = rows.start
        for strip in strips_of(full, overview, rows, rng):
            assert strip.top == row
            row += strip.levels.shape[1]
            wanted = whole[:, strip.top : row].astype(int)
            found = strip.levels.astype(int)
            assert ((found == NODATA) == (wanted == NODATA)).all()
            # halves may be rounded either way
            assert abs(found - wanted).max() <= 1
        assert row == rows.stop


@settings(max_examples=10, deadline=None)
@given(views())
def test_bytes_do_not_depend_on_the_cut(drawn):
    full, overview, rng = drawn
    rows = range(full.shape[1])
    one, two = (
        np.concatenate([s.levels for s in strips_of(full, overview, rows, rng)], axis=1)
        for _ in range(2)
    )
    assert np.array_equal(one, two)


def test_what_is_thin_in_the_overview_says_nothing():
    full = np.zeros((1, 80, 80), np.uint8)
    overview = np.zeros((1, 40, 40), np.uint8)
    overview[0, 5 : 5 + SIDE - 1, :] = 254
    rng = np.random.default_rng(0)
    for strip in strips_of(full, overview, range(80), rng):
        assert not strip.levels.any()
    overview[0, 5 : 5 + SIDE, :] = 254
    found = [s.levels for s in strips_of(full, overview, range(80), rng)]
    assert (np.concatenate(found, axis=1)[0] == 254).sum() >= 80 * 2 * (SIDE - 1)


GRID = Grid(Affine(0.5, 0, 500000, 0, -0.5, 5e6), CRS.from_epsg(32633), 1000, 700)


@pytest.mark.parametrize(
    ("count", "coarsest", "sizes"),
    [
        (0, None, []),
        (1, None, [(500, 350)]),
        (8, None, [(500, 350), (250, 175), (125, 88)]),
        (8, 1.0, [(500, 350)]),
        (8, 0.9, []),
    ],
)
def test_overviews_end_where_a_window_shows_all_or_the_network_knows_nothing(
    count, coarsest, sizes
):
    found = plan_overviews(GRID, count, coarsest=coarsest, size=128, overlap=16)
    assert [(one.grid.width, one.grid.height) for one in found] == sizes
    for one in found:
        assert np.allclose(one.grid.bounds(), GRID.bounds())


def test_every_window_is_kept_that_the_area_depends_on():
    (overview,) = plan_overviews(GRID, 1, coarsest=None, size=64, overlap=8)
    area = Aoi(box(300, 200, 310, 230))
    near = overview.windows_for(range(350), GRID, area)
    reach = 2 * (2 * RADIUS + 1)
    for window in overview.windows:
        seen = box(
            2 * window.col_off - reach,
            2 * window.row_off - reach,
            2 * (window.col_off + 64) + reach,
            2 * (window.row_off + 64) + reach,
        )
        if seen.intersection(area.shape).area:
            assert window in near
    assert len(near) < len(overview.windows) / 4
