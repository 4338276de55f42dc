"""Polygons against objects: pairs, boxes, pieces, borders; sums over scenes."""

import numpy as np
import pytest
import shapely
import shapely.ops

from rrsis_geo.errors import OptionError
from rrsis_geo.evaluation.scenes.object_matching import ObjectScores, match, score


def boxes(*corners):
    return np.array([shapely.box(*corner) for corner in corners], object)


def random_boxes(seed, count, side=60):
    rng = np.random.default_rng(seed)
    places = rng.integers(0, side, (count, 2))
    sizes = rng.integers(3, 14, (count, 2))
    return boxes(*[(x, y, x + w, y + h) for (x, y), (w, h) in zip(places, sizes)])  # noqa: B905


def pairs_by_hand(polygons, objects):
    """One to one, the best first, by looking at all pairs again and again."""
    left, right = set(range(len(polygons))), set(range(len(objects)))
    made = []
    while True:
        best = None
        for i in sorted(left):
            for j in sorted(right):
                shared = polygons[i].intersection(objects[j]).area
                iou = shared / (polygons[i].area + objects[j].area - shared)
                if iou >= 0.5 and (best is None or iou > best[0] + 1e-12):
                    best = (iou, i, j)
        if best is None:
            return made
        made.append(best[1:])
        left.discard(best[1])
        right.discard(best[2])


@pytest.mark.parametrize("seed", range(8))
def test_outlines_are_paired_as_by_hand(seed):
    objects = random_boxes(seed, 15)
    rng = np.random.default_rng(seed + 50)
    moved = [
        shapely.affinity.translate(shape, *rng.integers(-2, 3, 2)) for shape in objects
    ]
    polygons = np.array([*moved, *random_boxes(seed + 100, 5)], object)
    found = match(polygons, objects, rule="outline")
    made = pairs_by_hand(polygons, objects)
    assert len(made) > 3
    assert found.right.sum() == found.found.sum() == len(made)
    assert {i for i, _ in made} == set(np.flatnonzero(found.right))


@pytest.mark.parametrize("seed", range(8))
def test_boxes_are_found_as_the_rule_says(seed):
    objects, polygons = random_boxes(seed, 15), random_boxes(seed + 7, 40)
    found = match(polygons, objects, rule="box")
    for j, box in enumerate(objects):
        shared = [p.intersection(box).area for p in polygons]
        assert found.found[j] == any(
            s >= 0.5 * p.area and s >= 0.2 * box.area
            for s, p in zip(shared, polygons, strict=True)
        )
    for i, polygon in enumerate(polygons):
        assert found.right[i] == any(
            polygon.intersection(box).area >= 0.5 * polygon.area for box in objects
        )


def test_a_polygon_over_two_objects_finds_neither():
    objects = boxes((0, 0, 10, 10), (10, 0, 20, 10))
    whole = boxes((0, 0, 20, 10))
    scores, _ = score(whole, objects, rule="outline")
    assert (scores.found, scores.merged, scores.count_error) == (1, 1, -1)
    scores, _ = score(boxes((0, 0, 21, 10.5)), objects, rule="outline")
    assert (scores.found, scores.right, scores.merged) == (0, 0, 1)


def test_area_iou_does_not_care_for_pieces():
    objects = boxes((0, 0, 10, 10))
    halves = boxes((0, 0, 10, 5), (0, 5, 10, 10))
    scores, _ = score(halves, objects, rule="outline")
    assert scores.iou == pytest.approx(1)
    assert (scores.broken, scores.polygons, scores.objects) == (1, 2, 1)


@pytest.mark.parametrize(
    ("pieces", "broken"),
    [
        (((0, 0, 10, 4), (0, 6, 10, 10)), True),  # a gap along row 5
        (((0, 0, 10, 6), (0, 4, 10, 10)), True),  # a double along row 5
        (((0, 0, 10, 1), (0, 2.5, 10, 10)), False),  # a gap elsewhere
        (((0, 0, 4, 10), (6, 0, 10, 10)), False),  # across columns: no border there
        (((0, 0, 10, 10),), False),
        (((0, 0, 10, 10), (0, 0, 10, 10)), False),  # a copy is not due to a border
    ],
)
def test_what_is_broken_at_the_end_of_a_window(pieces, broken):
    borders = (np.array([100]), np.array([5]))
    scores, _ = score(
        boxes(*pieces), boxes((0, 0, 10, 10)), rule="box", borders=borders
    )
    assert scores.border_broken == broken


@pytest.mark.parametrize(
    ("seam", "broken"),
    [
        ([(0, 20), (40, 20)], True),  # along a border
        ([(20, 0), (20, 40)], True),
        ([(0, 0), (40, 40)], False),  # across borders, as instances are split
        ([(0, 10), (40, 30)], False),
    ],
)
def test_a_seam_along_a_border_is_attributed_to_it(seam, broken):
    whole = shapely.box(0, 0, 40, 40)
    pieces = shapely.get_parts(shapely.ops.split(whole, shapely.LineString(seam)))
    borders = (np.arange(0, 41, 5), np.arange(0, 41, 5))
    scores, _ = score(pieces, np.array([whole]), rule="box", borders=borders)
    assert scores.broken == 1
    assert scores.border_broken == broken


def test_nothing_found_and_nothing_there():
    none, some = boxes(), boxes((0, 0, 4, 4))
    for rule in ("outline", "box"):
        scores, _ = score(none, some, rule=rule, km2=2.0)
        assert (scores.recall, scores.precision, scores.count_error) == (0, 0, -1)
        scores, _ = score(some, none, rule=rule, km2=2.0)
        assert (scores.recall, scores.precision, scores.count_error) == (0, 0, 1)
        assert scores.wrong_per_km2 == 0.5
        scores, _ = score(none, none, rule=rule)
        assert scores == ObjectScores()
        assert scores.wrong_per_km2 is None


def test_scenes_add_up():
    parts = [
        score(random_boxes(k, 9), random_boxes(k + 3, 7), rule="box", km2=0.5)[0]
        for k in range(3)
    ]
    total = parts[0] + parts[1] + parts[2]
    assert total.objects == 21
    assert total.km2 == 1.5
    assert total.recall == sum(part.found for part in parts) / 21
    shared = sum(part.shared for part in parts)
    assert total.iou == pytest.approx(shared / sum(part.joint for part in parts))


def test_another_rule_is_refused():
    with pytest.raises(OptionError, match="no rule 'nearest'"):
        match(boxes(), boxes(), rule="nearest")
