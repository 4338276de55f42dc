"""Watershed: invariants, and a reference that walks pixel by pixel."""

import numpy as np
import pytest
from PIL import Image
from rasterio.features import rasterize, shapes

from rrsis_geo.vector.watershed import SplitParameters, watershed_labels


def field(seed, shape=(40, 50), grain=8):
    """(H, W) smooth random levels as a network with a coarse output gives."""
    rng = np.random.default_rng(seed)
    small = rng.random((shape[0] // grain + 2, shape[1] // grain + 2)).astype("f4")
    image = Image.fromarray(small).resize((shape[1], shape[0]), Image.BICUBIC)
    return np.clip(np.asarray(image) * 254, 0, 254).astype(np.uint8)


def objects(levels, least):
    """Masks of the 4-connected objects."""
    seen = (levels >= least).astype(np.uint8)
    outlines = [shape for shape, _ in shapes(seen, mask=seen > 0)]
    return [
        rasterize([outline], out_shape=seen.shape, dtype="uint8") > 0
        for outline in outlines
    ]


def hills(*places, shape=(30, 60), width=6.0, height=250):
    """Levels with a round hill at every (row, column)."""
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    each = [
        height * np.exp(-((rows - r) ** 2 + (cols - c) ** 2) / (2 * width**2))
        for r, c in places
    ]
    return np.max(each, axis=0).astype(np.uint8)


def around(seen, row, col):
    for r, c in ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)):
        if 0 <= r < seen.shape[0] and 0 <= c < seen.shape[1] and seen[r, c]:
            yield r, c


def reference(levels, mask, parameters):
    """The same instances, by walking uphill and by sets of pixels."""

    def height(pixel):
        return int(levels[pixel]), -(pixel[0] * mask.shape[1] + pixel[1])

    pixels = [tuple(map(int, place)) for place in np.argwhere(mask)]
    top = {}
    for pixel in pixels:
        climb = pixel
        while True:
            best = max([climb, *around(mask, *climb)], key=height)
            if best == climb:
                break
            climb = best
        top[pixel] = climb
    members = {}
    for pixel in pixels:
        members.setdefault(top[pixel], set()).add(pixel)
    if len(members) == 1 or len(pixels) < 2 * parameters.min_pixels:
        return [set(pixels)]
    order = sorted(members, key=lambda place: place[0] * mask.shape[1] + place[1])
    name = {place: number for number, place in enumerate(order)}
    passes = {}
    for pixel in pixels:
        for other in around(mask, *pixel):
            pair = tuple(sorted((name[top[pixel]], name[top[other]])))
            if pair[0] != pair[1]:
                level = min(int(levels[pixel]), int(levels[other]))
                passes[pair] = max(passes.get(pair, -1), level)
    group = {number: number for number in name.values()}
    hills = {name[place]: set(found) for place, found in members.items()}
    peak = {name[place]: int(levels[place]) for place in members}
    instances = set()
    for (one, other), saddle in sorted(passes.items(), key=lambda p: (-p[1], p[0])):
        a, b = group[one], group[other]
        if a == b:
            continue
        size = {k: sum(levels[p] >= saddle for p in hills[k]) for k in (a, b)}

        def is_separate(k, rest, size=size, saddle=saddle, instances=instances):
            return k in instances or (
                peak[k] - saddle >= round(parameters.min_depth * 254)
                and size[k] >= parameters.min_pixels
                and size[k] >= parameters.min_ratio * size[rest]
            )

        if is_separate(a, b) and is_separate(b, a):
            instances |= {a, b}
            continue
        winner, loser = sorted(
            (a, b), key=lambda k: (k in instances, peak[k], size[k], -k), reverse=True
        )
        hills[winner] |= hills.pop(loser)
        group = {k: winner if v == loser else v for k, v in group.items()}
    return list(hills.values())


def as_sets(label, count):
    return {
        frozenset(map(tuple, np.argwhere(label == number).tolist()))
        for number in range(1, count + 1)
    }


def test_two_hills_are_two_objects_and_one_is_one():
    both = hills((15, 20), (15, 36))
    mask = both > 60
    label, count = watershed_labels(both, mask)
    assert count == 2
    assert label[15, 20] == 1
    assert label[15, 36] == 2
    # the border runs half-way between the tops
    assert (label[:, :28][mask[:, :28]] == 1).all()
    assert (label[:, 29:][mask[:, 29:]] == 2).all()

    single = hills((15, 20))
    assert watershed_labels(single, single > 60)[1] == 1


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        (SplitParameters(min_depth=0.05, min_pixels=12, min_ratio=0.1), 2),
        (
            SplitParameters(min_depth=0.9, min_pixels=12, min_ratio=0.1),
            1,
        ),  # not deep enough
        (
            SplitParameters(min_depth=0.05, min_pixels=2000, min_ratio=0.1),
            1,
        ),  # too few pixels
    ],
)
def test_each_parameter_counts(parameters, count):
    both = hills((15, 20), (15, 36))
    assert watershed_labels(both, both > 60, parameters)[1] == count


def test_a_small_bump_on_a_large_hill_is_no_object():
    rows, cols = np.mgrid[:60, :90]
    large = 220 * np.exp(-((rows - 30) ** 2 + (cols - 35) ** 2) / 800)
    bump = 250 * np.exp(-((rows - 30) ** 2 + (cols - 75) ** 2) / 8)
    levels = np.maximum(large, bump).astype(np.uint8)
    mask = levels > 40
    parameters = SplitParameters(min_depth=0.05, min_pixels=4, min_ratio=0.15)
    assert watershed_labels(levels, mask, parameters)[1] == 1
    assert (
        watershed_labels(
            levels, mask, SplitParameters(min_depth=0.05, min_pixels=4, min_ratio=0.0)
        )[1]
        == 2
    )


def test_a_plateau_of_any_form_is_one_hill():
    levels = np.zeros((20, 20), np.uint8)
    levels[2:18, 2:5] = levels[2:18, 14:17] = levels[15:18, 2:17] = 254
    assert watershed_labels(levels, levels > 0)[1] == 1


@pytest.mark.parametrize("seed", range(12))
def test_the_reference_finds_the_same_instances(seed):
    levels = field(seed)
    parameters = SplitParameters(min_depth=0.03, min_pixels=6, min_ratio=0.1)
    several = 0
    for mask in objects(levels, 110):
        label, count = watershed_labels(levels, mask, parameters)
        assert as_sets(label, count) == {
            frozenset(part) for part in reference(levels, mask, parameters)
        }
        several += count > 1
    assert several > 0


@pytest.mark.parametrize("seed", range(20, 30))
def test_instances_are_connected_disjoint_and_cover_the_object(seed):
    levels = field(seed, shape=(64, 64))
    for mask in objects(levels, 90):
        label, count = watershed_labels(levels, mask)
        np.testing.assert_array_equal(label > 0, mask)
        assert set(np.unique(label[mask])) == set(range(1, count + 1))
        for number in range(1, count + 1):
            part = (label == number).astype(np.uint8)
            assert len(list(shapes(part, mask=part > 0))) == 1
        firsts = [np.flatnonzero(label.ravel() == k)[0] for k in range(1, count + 1)]
        assert firsts == sorted(firsts)
