"""Windows cover every pixel, none repeats, and shards own every row once."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rrsis_geo.errors import OptionError
from rrsis_geo.tiling.windows import (
    count_windows,
    plan_windows,
    shard_rows,
    taper,
    windows_in_rows,
)


@st.composite
def plans(draw):
    size = draw(st.integers(1, 24))
    overlap = draw(st.integers(0, size - 1))
    width, height = draw(st.integers(1, 70)), draw(st.integers(1, 70))
    return width, height, size, overlap


@settings(deadline=None)
@given(plans())
def test_windows_cover_the_grid_and_none_repeats(plan):
    width, height, size, overlap = plan
    windows = plan_windows(width, height, size=size, overlap=overlap)
    seen = np.zeros((height, width), int)
    for window in windows:
        assert (window.width, window.height) == (size, size)
        seen[window.toslices()] += 1
    assert seen.min() >= 1
    corners = [(window.row_off, window.col_off) for window in windows]
    assert corners == sorted(set(corners))


@settings(deadline=None)
@given(plans())
def test_no_window_leaves_the_grid_where_the_grid_has_room(plan):
    width, height, size, overlap = plan
    for window in plan_windows(width, height, size=size, overlap=overlap):
        assert 0 <= window.col_off <= max(width - size, 0)
        assert 0 <= window.row_off <= max(height - size, 0)


@settings(deadline=None)
@given(plans())
def test_neighbours_share_at_least_the_overlap(plan):
    width, height, size, overlap = plan
    windows = plan_windows(width, height, size=size, overlap=overlap)
    for starts in ({w.col_off for w in windows}, {w.row_off for w in windows}):
        ordered = sorted(starts)
        assert all(left + size - right >= overlap for left, right in pairwise(ordered))


def test_scene_smaller_than_a_window_gets_one():
    (window,) = plan_windows(5, 3, size=16, overlap=4)
    assert (window.col_off, window.row_off, window.width) == (0, 0, 16)


def test_one_pixel_remainder_shifts_the_last_window_inward():
    windows = plan_windows(33, 16, size=16, overlap=0)
    assert [window.col_off for window in windows] == [0, 16, 17]


@pytest.mark.parametrize("overlap", [-1, 16, 20])
def test_impossible_overlap_is_refused(overlap):
    with pytest.raises(OptionError, match=f"got {overlap}"):
        plan_windows(64, 64, size=16, overlap=overlap)
    with pytest.raises(OptionError, match=f"got {overlap}"):
        shard_rows(64, size=16, overlap=overlap, count=2)


@settings(deadline=None)
@given(plans())
def test_the_number_of_windows_is_known_without_listing_them(plan):
    width, height, size, overlap = plan
    windows = plan_windows(width, height, size=size, overlap=overlap)
    assert count_windows(width, height, size=size, overlap=overlap) == len(windows)


@settings(deadline=None)
@given(plans(), st.tuples(*[st.floats(-20, 90) for _ in range(4)]))
def test_only_the_windows_that_touch_a_box_are_listed(plan, box):
    width, height, size, overlap = plan
    left, right = sorted(box[:2])
    top, bottom = sorted(box[2:])
    everything = plan_windows(width, height, size=size, overlap=overlap)
    touching = [
        window
        for window in everything
        if shapely.box(left, top, right, bottom).intersects(
            shapely.box(
                window.col_off,
                window.row_off,
                window.col_off + size,
                window.row_off + size,
            )
        )
    ]
    listed = plan_windows(
        width, height, size=size, overlap=overlap, bounds=(left, top, right, bottom)
    )
    assert listed == touching


def test_a_grid_as_large_as_the_world_is_refused_as_a_whole_and_read_in_part():
    sides = {"size": 480, "overlap": 64}
    with pytest.raises(OptionError, match=r"134,217,728 x 134,217,728 pixels .*--aoi"):
        plan_windows(1 << 27, 1 << 27, **sides)
    part = plan_windows(
        1 << 27, 1 << 27, **sides, bounds=(9e6, 7e6, 9e6 + 900, 7e6 + 9)
    )
    assert 3 <= len(part) <= 8


@settings(deadline=None)
@given(plans(), st.integers(0, 70), st.integers(0, 70))
def test_windows_in_rows_share_a_row(plan, one, other):
    width, height, size, overlap = plan
    top, bottom = sorted((one, other))
    windows = plan_windows(width, height, size=size, overlap=overlap)
    rows = set(range(top, bottom))
    expected = [
        window
        for window in windows
        if rows & set(range(window.row_off, window.row_off + size))
    ]
    assert windows_in_rows(windows, top, bottom) == expected


@settings(deadline=None)
@given(plans(), st.integers(1, 9))
def test_shards_own_every_row_once_and_begin_where_windows_begin(plan, count):
    width, height, size, overlap = plan
    owned = shard_rows(height, size=size, overlap=overlap, count=count)
    assert [row for rows in owned for row in rows] == list(range(height))
    assert all(owned)
    windows = plan_windows(width, height, size=size, overlap=overlap)
    starts = {window.row_off for window in windows}
    assert len(owned) == min(count, len(starts))
    assert {rows.start for rows in owned} <= starts
    # fair: by rows of windows, the largest has at most one more than the smallest
    loads = [len(starts & set(rows)) for rows in owned]
    assert max(loads) - min(loads) <= 1


def test_shards_below_one_are_refused():
    with pytest.raises(OptionError, match="got 0"):
        shard_rows(64, size=16, overlap=0, count=0)


@settings(deadline=None)
@given(st.integers(1, 64), st.data())
def test_taper_is_symmetric_rises_to_one_and_never_reaches_zero(size, data):
    overlap = data.draw(st.integers(0, size - 1))
    weight = taper(size, overlap)
    assert weight.dtype == np.float32
    assert weight.min() > 0
    assert weight.max() <= 1
    np.testing.assert_array_equal(weight, weight[::-1, ::-1])
    np.testing.assert_array_equal(weight, weight.T)
    if 2 * overlap < size:
        assert weight[overlap : size - overlap, overlap : size - overlap].min() == 1


def test_tapers_of_two_neighbours_add_up_to_one():
    edge = taper(16, 4)[8]
    np.testing.assert_allclose(edge[-4:] + edge[:4], 1)
