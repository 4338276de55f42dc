"""Mined mistakes: what was painted for nothing, what was missed, nothing else."""

import json

import numpy as np
import pytest
from shapely.geometry import Point, box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError
from rrsis_geo.training.data.mixture import Mix, Source
from rrsis_geo.training.recipe.hard_negatives import (
    find_mistakes,
    read_mistakes,
    with_mistakes,
)

WIDTH, HEIGHT = 900, 700
FOUND, MISSED, WRONG = (100, 80), (430, 300), (820, 640)


def layout(complete=("storage_tank",)):
    tanks = [Point(place).buffer(20) for place in (FOUND, MISSED)]
    return Layout(
        width=WIDTH,
        height=HEIGHT,
        objects=tuple(
            LabelledObject(category="storage_tank", polygon=tank) for tank in tanks
        ),
        complete=frozenset(complete),
    )


def bright_is_painted(pixels):
    """(3, 480, 480) to (1, 480, 480): a network that paints what is bright."""
    return (pixels[:1] > 128).astype(np.float32)


def picture(*places):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.zeros((3, HEIGHT, WIDTH), np.uint8)
    for x, y in places:
        pixels[:, (columns - x) ** 2 + (rows - y) ** 2 < 400] = 255
    return pixels


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.4])
def test_what_is_painted_for_nothing_and_what_is_missed(scale):
    found = list(
        find_mistakes(
            picture(FOUND, WRONG),
            layout(),
            ["storage_tank"],
            bright_is_painted,
            scale=scale,
        )
    )
    assert {category for category, _, _ in found} == {"storage_tank"}
    places = sorted((x, y) for _, x, y in found)
    np.testing.assert_allclose(places, [MISSED, WRONG], atol=3)


def test_a_class_that_is_not_labelled_everywhere_is_passed_over():
    found = find_mistakes(
        picture(WRONG), layout(()), ["storage_tank"], bright_is_painted, scale=1.0
    )
    assert not list(found)


def test_dust_is_no_mistake():
    pixels = picture(FOUND, MISSED)
    pixels[:, 600:603, 600:603] = 255
    found = find_mistakes(
        pixels, layout(), ["storage_tank"], bright_is_painted, scale=1.0
    )
    assert not list(found)


def test_pieces_are_cut_around_them(tmp_path):
    file = tmp_path / "mistakes.jsonl"
    rows = [{"source": "s", "image": "a", "category": "ship", "x": 980.0, "y": 990.0}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    plain = LabelledImage(
        name="a",
        path=tmp_path,
        place="a",
        layout=Layout(
            width=1000,
            height=1000,
            objects=(LabelledObject(category="building", polygon=box(10, 10, 60, 60)),),
            complete=frozenset({"building", "ship"}),
        ),
    )
    kept = LabelledImage(name="b", path=tmp_path, place="b", layout=plain.layout)
    source = Source(name="s", weight=1.0, images=(plain, kept), scale=(1.0, 1.0))
    (known,) = with_mistakes([source], read_mistakes(file))
    assert known.images[0].mistakes == ((980.0, 990.0),)
    assert known.images[1] is kept  # with the pixels it may hold
    # a corner in the wrong place is 200 pixels at most from what it is cut around
    marked = np.zeros((3, 1000, 1000), np.uint8)
    marked[:, 985:995, 975:985] = 255
    shares = []
    for side in (source, known):
        image = side.images[0]
        image.__dict__["pixels"] = marked
        only = Source(name="s", weight=1.0, images=(image,), scale=(1.0, 1.0))
        mix = Mix(sources=(only,), size=128, expressions=1, no_target=0.5)
        shares.append(np.mean([mix[i].pixels.max() > 180 for i in range(60)]))
    assert shares[0] < 0.1
    assert shares[1] > 0.2


def test_a_broken_file_is_named(tmp_path):
    file = tmp_path / "mistakes.jsonl"
    file.write_text('{"source": "s"}\n')
    with pytest.raises(DataError, match=r"mistakes\.jsonl"):
        read_mistakes(file)
    with pytest.raises(DataError, match="gone"):
        read_mistakes(tmp_path / "gone")
