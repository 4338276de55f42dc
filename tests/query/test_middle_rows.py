"""The middle row is the middle of those there are; without rows it is the centre."""

import pytest
import shapely
from random_candidates import GRIDS, HEIGHT, WIDTH, candidates_of, rows_of

from rrsis_geo.language import nodes as n

TANK = n.Find("tank")
MIDDLE = n.Members(n.Middle(n.Grouped(TANK, "row")))


def box_at(x, y):
    return shapely.box(x - 4, y - 4, x + 4, y + 4)


def row_at(y, *, start=0.3 * WIDTH):
    return [box_at(start + 16 * nth, y) for nth in range(4)]


def answered(*rows):
    """Numbers of the rows whose tanks are all in the middle row."""
    shapes = [shape for row in rows for shape in row]
    candidates = candidates_of(GRIDS["projected"], ["tank"] * len(shapes), shapes)
    found = set(rows_of(MIDDLE, candidates))
    members, start = [], 0
    for row in rows:
        members.append(set(range(start, start + len(row))))
        start += len(row)
    assert found <= set().union(*(one for one in members if one <= found))
    return [number for number, one in enumerate(members) if one <= found]


def test_the_middle_of_three_rows_wherever_they_lie():
    low = [row_at(share * HEIGHT) for share in (0.6, 0.75, 0.9)]
    assert answered(*low) == [1]


@pytest.mark.parametrize(("first", "second", "wanted"), [(0.1, 0.5, 1), (0.5, 0.9, 0)])
def test_of_two_rows_the_one_nearer_the_centre(first, second, wanted):
    assert answered(row_at(first * HEIGHT), row_at(second * HEIGHT)) == [wanted]


def test_a_row_alone_in_the_centre():
    assert answered(row_at(0.5 * HEIGHT, start=0.5 * WIDTH - 24)) == [0]


def test_without_a_row_in_the_centre_what_lies_there():
    alone = [box_at(0.5 * WIDTH, 0.5 * HEIGHT)]
    assert answered(row_at(0.1 * HEIGHT), alone) == [1]
    assert answered(alone, [box_at(0.1 * WIDTH, 0.1 * HEIGHT)]) == [0]
