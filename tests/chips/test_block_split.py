"""No ground of the test is in the training, however scenes lie."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS

from rrsis_geo.chips.block_split import (
    SplitOverlap,
    assign_splits,
    cut_blocks,
    footprint_of,
)
from rrsis_geo.errors import OptionError
from rrsis_geo.scene.grid import Grid

UTM = CRS.from_epsg(32631)


def grid(width, height, *, east=0.0, gsd=1.0, turn=0.0):
    place = Affine.translation(500_000 + east, 5e6) @ Affine.rotation(turn)
    return Grid(place @ Affine.scale(gsd, -gsd), UTM, width, height)


def footprints(grids, blocks, gap):
    return [
        footprint_of(
            grids[one.scene], (one.left, one.top, one.right, one.bottom), float(gap)
        )
        for one in blocks
    ]


def named(grids, *, size=50, gap=10, seed=0, shares=(0.6, 0.2, 0.2)):
    blocks = cut_blocks(grids, size=size, gap=gap)
    footprint = footprints(grids, blocks, gap)
    places = [str(at) for at in range(len(blocks))]
    full = [at % 4 != 0 for at in range(len(blocks))]
    done = assign_splits(blocks, footprint, full, places, shares=shares, seed=seed)
    return done, footprint


def chips_of(grids, blocks, footprint, *, size, gap):
    """(split, metres) of every kept chip; by its corners, apart from `footprint_of`."""
    overlap = SplitOverlap(blocks, footprint)
    for block in blocks:
        one = grids[block.scene]
        for window in block.windows(one, one, size=size, overlap=0.5):
            left, top = window.col_off, window.row_off
            box = (left, top, left + window.width, top + window.height)
            if overlap.is_taken(block, footprint_of(one, box, 0.0)[0]):
                continue
            corners = [
                (box[0], box[1]),
                (box[2], box[1]),
                (box[2], box[3]),
                (box[0], box[3]),
            ]
            yield block.split, shapely.Polygon([one.transform @ xy for xy in corners])


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(30, 700),
    height=st.integers(30, 700),
    size=st.integers(20, 120),
    gap=st.integers(0, 40),
)
def test_blocks_lie_apart_inside_the_scene(width, height, size, gap):
    blocks = cut_blocks([grid(width, height)], size=size, gap=gap)
    frames = [shapely.box(one.left, one.top, one.right, one.bottom) for one in blocks]
    assert (
        shapely.box(0, 0, width, height).buffer(1e-6).covers(shapely.union_all(frames))
    )
    for at, one in enumerate(frames):
        for other in frames[:at]:
            assert one.distance(other) >= gap - 1e-6
        for window in blocks[at].windows(
            grid(width, height), grid(width, height), size=size, overlap=0.5
        ):
            left, top = window.col_off, window.row_off
            inside = shapely.box(left, top, left + window.width, top + window.height)
            assert shapely.box(0, 0, width, height).covers(inside)
            if len(blocks) > 1:
                assert one.buffer(1e-6).covers(inside)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "second",
    [
        {"east": 170.0},  # half of it once more
        {"east": 13.5, "turn": 20.0},  # turned
        {"east": 40.0, "gsd": 2.0},  # coarser
        {"east": 5000.0},  # elsewhere
    ],
)
def test_no_ground_is_shared_between_splits(second, seed):
    grids = [grid(400, 300), grid(380, 310, **second), grid(200, 200, east=100.0)]
    size, gap = 50, 10
    blocks, footprint = named(grids, size=size, gap=gap, seed=seed)
    chips = list(chips_of(grids, blocks, footprint, size=size, gap=gap))
    splits = {split for split, _ in chips}
    assert {"train", "test"} <= splits
    for split in splits:
        mine = shapely.union_all([one for name, one in chips if name == split])
        rest = shapely.union_all([one for name, one in chips if name != split])
        # Grown ground is rounded where it is turned; a pixel of the gap's ten.
        assert mine.distance(rest) >= gap - 1.0


@pytest.mark.parametrize("seed", range(5))
def test_shares_hold_for_labelled_and_for_empty_ground(seed):
    blocks, _ = named([grid(2000, 1500)], seed=seed)
    for kind in (True, False):
        mine = [one for at, one in enumerate(blocks) if (at % 4 != 0) == kind]
        for split, share in (("train", 0.6), ("val", 0.2), ("test", 0.2)):
            count = sum(one.split == split for one in mine)
            assert abs(count - share * len(mine)) <= 1


def test_other_seeds_give_other_ground():
    of_seed = {
        tuple(one.split for one in named([grid(900, 900)], seed=seed)[0])
        for seed in range(8)
    }
    assert len(of_seed) == 8


def test_images_of_one_place_stay_together():
    plain = [Grid(Affine.identity(), None, 60, 60) for _ in range(40)]
    blocks = cut_blocks(plain, size=100, gap=0)
    places = [str(at // 4) for at in range(40)]
    done = assign_splits(
        blocks, [None] * 40, [True] * 40, places, shares=(0.5, 0.25, 0.25), seed=1
    )
    for place in set(places):
        assert (
            len({b.split for b, p in zip(done, places, strict=True) if p == place}) == 1
        )
    assert {block.split for block in done} == {"train", "val", "test"}


def test_every_split_gets_labelled_ground_where_there_is_enough():
    blocks, _ = named([grid(110, 110)], size=50, gap=10, shares=(0.9, 0.05, 0.05))
    assert len(blocks) == 4
    done, _ = named([grid(230, 170)], size=50, gap=10, shares=(0.9, 0.05, 0.05))
    labelled = [block.split for at, block in enumerate(done) if at % 4 != 0]
    assert {"train", "val", "test"} == set(labelled)


def test_too_little_ground_for_the_splits():
    with pytest.raises(
        OptionError, match=r"only 1 separate pieces of ground.*--shares"
    ):
        named([grid(60, 60)])
    done, _ = named([grid(60, 60)], shares=(1, 0, 0))
    assert [block.split for block in done] == ["train"]


def test_several_scales_share_their_blocks():
    coarse, fine = grid(300, 300, gsd=2.0), grid(600, 600)
    for block in cut_blocks([coarse], size=60, gap=12):
        for window in block.windows(coarse, fine, size=60, overlap=0.0):
            assert window.col_off >= 2 * block.left - 1e-6
            assert window.col_off + 60 <= 2 * block.right + 1e-6
            assert window.row_off >= 2 * block.top - 1e-6
            assert window.row_off + 60 <= 2 * block.bottom + 1e-6
    assert np.isclose(coarse.gsd, 2 * fine.gsd, rtol=1e-3)
