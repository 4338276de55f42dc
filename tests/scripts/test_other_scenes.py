"""Parts of images with sentences: which objects, where, and of which images."""

import bz2
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from recipe.added.files import kept_images
from recipe.matching import other_scenes as module
from recipe.matching.other_scenes import other_scenes, part_of_layout

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage

SHAPES = (
    shapely.box(20, 30, 60, 50),
    shapely.box(90, 30, 130, 50),  # a quarter of it is inside
    shapely.box(70, 60, 110, 80),  # three quarters
    shapely.box(200, 200, 220, 210),
)
CROP = (10, 20, 100, 90)


def labelled(name="a.webp"):
    found = LabelledImage(
        name=name,
        path=Path(name),
        place="a",
        layout=Layout(
            width=300,
            height=240,
            complete=frozenset({"ship"}),
            objects=tuple(
                LabelledObject(category="ship", polygon=shape) for shape in SHAPES
            ),
        ),
    )
    rng = np.random.default_rng(0)
    found.__dict__["pixels"] = rng.integers(0, 256, (3, 240, 300), np.uint8)
    return found


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Reads sentences about the ships of one image."""
    monkeypatch.setattr(module, "_images", lambda folder, name, kept: [labelled()])

    def asked(*rows):
        file = tmp_path / "sentences.jsonl.bz2"
        common = {"set": "ships-obb", "image": "a.webp", "crop": CROP, "type": "size"}
        with bz2.open(file, "wt", encoding="utf-8") as lines:
            for row in rows:
                lines.write(json.dumps(common | row) + "\n")
        return other_scenes(tmp_path, file)

    return asked


def test_objects_that_mostly_lie_inside_are_those_of_the_part():
    layout, shown = part_of_layout(labelled().layout, CROP)
    assert shown == [0, 2]
    assert (layout.width, layout.height) == (90, 70)
    assert layout.outlines[0].equals(shapely.box(10, 10, 50, 30))
    assert layout.outlines[1].equals(shapely.box(60, 40, 90, 60))


def test_targets_are_those_of_the_whole_image(ask):
    (part,) = ask(
        {"expression": "the ship cut off on the right", "targets": [2]},
        {"expression": "both", "targets": [0, 2]},
    )
    assert [one.targets for one in part.written] == [(1,), (0, 1)]
    np.testing.assert_array_equal(part.pixels, labelled().pixels[:, 20:90, 10:100])


def test_every_part_is_an_image_of_its_own(ask):
    found = ask(
        {"expression": "the left one", "targets": [0]},
        {"expression": "all", "targets": [0, 1, 2], "crop": (0, 0, 200, 100)},
    )
    assert len({part.name for part in found}) == 2
    assert {part.place for part in found} == {"a"}


def test_an_image_that_is_not_there_is_named(ask):
    with pytest.raises(ValueError, match=r"b\.webp is no image of ships-obb"):
        ask({"expression": "the left one", "targets": [0], "image": "b.webp"})


def test_the_shipped_sentences_are_about_training_images():
    with bz2.open(module.SENTENCES, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(rows) > 3000
    kept = kept_images()
    for row in rows:
        assert (row["type"] == "no-target") == (not row["targets"])
        assert row["image"] not in kept.get(row["set"], ())
        assert row["image"] != "banepa-south"
