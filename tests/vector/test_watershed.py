"""Touching hills told apart: invariants, and a twin that walks pixel by pixel."""

import numpy as np
import pytest
from PIL import Image
from rasterio.features import rasterize, shapes

from rrsis_geo.vector.watershed import Rule, parts_of


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


def twin(levels, mask, rule):
    """The same parts, found by walking uphill and by sets of pixels."""

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
    if len(members) == 1 or len(pixels) < 2 * rule.core:
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
    held = {name[place]: set(found) for place, found in members.items()}
    peak = {name[place]: int(levels[place]) for place in members}
    own = set()
    for (one, other), saddle in sorted(passes.items(), key=lambda p: (-p[1], p[0])):
        a, b = group[one], group[other]
        if a == b:
            continue
        size = {k: sum(levels[p] >= saddle for p in held[k]) for k in (a, b)}

        def stands(k, rest, size=size, saddle=saddle, own=own):
            return k in own or (
                peak[k] - saddle >= round(rule.depth * 254)
                and size[k] >= rule.core
                and size[k] >= rule.share * size[rest]
            )

        if stands(a, b) and stands(b, a):
            own |= {a, b}
            continue
        winner, loser = sorted(
            (a, b), key=lambda k: (k in own, peak[k], size[k], -k), reverse=True
        )
        held[winner] |= held.pop(loser)
        group = {k: winner if v == loser else v for k, v in group.items()}
    return list(held.values())


def as_sets(label, count):
    return {
        frozenset(map(tuple, np.argwhere(label == number).tolist()))
        for number in range(1, count + 1)
    }


def test_two_hills_are_two_objects_and_one_is_one():
    both = hills((15, 20), (15, 36))
    mask = both > 60
    label, count = parts_of(both, mask)
    assert count == 2
    assert label[15, 20] == 1
    assert label[15, 36] == 2
    # the border runs half-way between the tops
    assert (label[:, :28][mask[:, :28]] == 1).all()
    assert (label[:, 29:][mask[:, 29:]] == 2).all()

    single = hills((15, 20))
    assert parts_of(single, single > 60)[1] == 1


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        (Rule(depth=0.05, core=12, share=0.1), 2),
        (Rule(depth=0.9, core=12, share=0.1), 1),  # not deep enough
        (Rule(depth=0.05, core=2000, share=0.1), 1),  # too few pixels
    ],
)
def test_each_part_of_the_rule_counts(rule, count):
    both = hills((15, 20), (15, 36))
    assert parts_of(both, both > 60, rule)[1] == count


def test_a_small_bump_on_a_large_hill_is_no_object():
    rows, cols = np.mgrid[:60, :90]
    large = 220 * np.exp(-((rows - 30) ** 2 + (cols - 35) ** 2) / 800)
    bump = 250 * np.exp(-((rows - 30) ** 2 + (cols - 75) ** 2) / 8)
    levels = np.maximum(large, bump).astype(np.uint8)
    mask = levels > 40
    rule = Rule(depth=0.05, core=4, share=0.15)
    assert parts_of(levels, mask, rule)[1] == 1
    assert parts_of(levels, mask, Rule(depth=0.05, core=4, share=0.0))[1] == 2


def test_a_plateau_of_any_form_is_one_hill():
    levels = np.zeros((20, 20), np.uint8)
    levels[2:18, 2:5] = levels[2:18, 14:17] = levels[15:18, 2:17] = 254
    assert parts_of(levels, levels > 0)[1] == 1


@pytest.mark.parametrize("seed", range(12))
def test_the_twin_finds_the_same_parts(seed):
    levels = field(seed)
    rule = Rule(depth=0.03, core=6, share=0.1)
    several = 0
    for mask in objects(levels, 110):
        label, count = parts_of(levels, mask, rule)
        assert as_sets(label, count) == {
            frozenset(part) for part in twin(levels, mask, rule)
        }
        several += count > 1
    assert several > 0


@pytest.mark.parametrize("seed", range(20, 30))
def test_parts_are_connected_disjoint_and_cover_the_object(seed):
    levels = field(seed, shape=(64, 64))
    for mask in objects(levels, 90):
        label, count = parts_of(levels, mask)
        np.testing.assert_array_equal(label > 0, mask)
        assert set(np.unique(label[mask])) == set(range(1, count + 1))
        for number in range(1, count + 1):
            part = (label == number).astype(np.uint8)
            assert len(list(shapes(part, mask=part > 0))) == 1
        firsts = [np.flatnonzero(label.ravel() == k)[0] for k in range(1, count + 1)]
        assert firsts == sorted(firsts)
