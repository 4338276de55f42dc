"""Examples for the matching network: which objects, turned images, false objects."""

import bz2
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
import torch
import train_matcher
from recipe.matching import examples as module
from recipe.matching.examples import (
    colours_of,
    example_of,
    mirrored,
    with_sentences,
)
from recipe.matching.noise import disturbed, with_false_objects

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.matching.object_layout import object_features, pair_features


def box(x, y, width=20, height=12):
    return shapely.box(x, y, x + width, y + height)


OBJECTS = (
    ("storage_tank", box(20, 30)),
    ("storage_tank", box(300, 40, 40, 40)),
    ("ship", box(120, 200, 60, 10)),
    ("storage_tank", box(200, 220)),
)


RED, BLUE = (200, 40, 20), (10, 60, 220)


def image(*written, objects=OBJECTS):
    found = LabelledImage(
        name="a.jpg",
        path=Path("a.jpg"),
        layout=Layout(
            width=400,
            height=300,
            complete=frozenset({"storage_tank", "ship"}),
            objects=tuple(
                LabelledObject(category=name, polygon=shape) for name, shape in objects
            ),
        ),
        place="a",
        written=tuple(
            WrittenExpression(text=text, targets=targets, type="location")
            for text, targets in written
        ),
    )
    pixels = np.empty((3, 300, 400), np.uint8)
    pixels[:, :, :200] = np.reshape(RED, (3, 1, 1))
    pixels[:, :, 200:] = np.reshape(BLUE, (3, 1, 1))
    found.__dict__["pixels"] = pixels
    return found


def example(text="the leftmost tank", targets=(0,)):
    one = WrittenExpression(text=text, targets=targets, type="location")
    return example_of(image(), one, colours_of(image()))


def test_the_objects_are_those_of_the_class_and_of_what_it_is_measured_against():
    plain = example()
    assert len(plain.layout) == 3
    assert plain.is_meant.tolist() == [True, False, False]
    near = example("the tank nearest to the ship", (3,))
    assert near.layout.is_anchor.tolist() == [False, False, True, False]
    assert near.is_meant.tolist() == [False, False, False, True]


def test_a_class_that_is_not_there_makes_no_example():
    assert example("the airplane", ()) is None


def test_turned_examples_are_those_of_the_turned_image():
    one = example("the leftmost tank at the top")
    turned = one.flipped
    assert [flip and flip.text for flip in turned] == [
        "the leftmost tank at the top",
        "the rightmost tank at the top",
        "the leftmost tank at the bottom",
        "the rightmost tank at the bottom",
    ]
    for (x, y), flip in zip(((1, 1), (-1, 1), (1, -1), (-1, -1)), turned, strict=True):
        shapes = [
            (
                name,
                shapely.affinity.scale(shape, x, y, origin=(200, 150)),
            )
            for name, shape in OBJECTS
        ]
        turned_image = image(objects=shapes)
        turned_image.__dict__["pixels"] = image().pixels[:, ::y, ::x]
        same = example_of(
            turned_image,
            WrittenExpression(text=flip.text, targets=(0,), type="location"),
            colours_of(turned_image),
        )
        np.testing.assert_allclose(flip.around, same.around)
        for numbers in (object_features, pair_features):
            np.testing.assert_allclose(
                numbers(flip.layout), numbers(same.layout), atol=1e-5
            )


def test_a_layout_turned_twice_is_itself():
    layout = example().layout
    for axis in (0, 1):
        again = mirrored(mirrored(layout, axis), axis)
        np.testing.assert_allclose(object_features(again), object_features(layout))


def test_a_sentence_whose_turn_has_no_words_is_left_as_it_is():
    assert example("the tank at three o'clock").flipped[0] is not None
    assert None in example("the tank at three o'clock").flipped


def test_colours_are_those_inside_the_outlines_and_around_them():
    one = example("the tank nearest to the ship", (3,))
    red, blue = np.array(RED) / 255, np.array(BLUE) / 255
    np.testing.assert_allclose(one.layout.colours, [red, blue, red, blue])
    np.testing.assert_allclose(one.around[:, :6], np.broadcast_to(red, (12, 6, 3)))
    np.testing.assert_allclose(one.around[:, 6:], np.broadcast_to(blue, (12, 6, 3)))


def test_false_objects_have_the_colours_of_where_they_lie():
    rng = np.random.default_rng(2)
    for _ in range(20):
        layout = with_false_objects(example("tanks", (0, 1, 3)), rng).layout
        is_blue = layout.colours[:, 2] > layout.colours[:, 0]
        np.testing.assert_array_equal(is_blue, layout.centres[:, 0] >= 200)


def test_in_some_examples_no_colour_is_known():
    rng = np.random.default_rng(3)
    known = [
        np.isfinite(disturbed(example(), rng).layout.colours).all() for _ in range(100)
    ]
    assert 0 < known.count(False) < 40


def test_false_objects_are_never_meant_and_true_ones_keep_their_place():
    rng = np.random.default_rng(0)
    one = example("the tank nearest to the ship", (3,))
    for _ in range(50):
        more = with_false_objects(one, rng)
        assert len(more.layout) > len(one.layout)
        assert more.is_meant.sum() == 1
        (row,) = np.flatnonzero(more.is_meant)
        np.testing.assert_allclose(more.layout.centres[row], one.layout.centres[3])
        assert more.layout.is_anchor.sum() == 1
        left, top, right, bottom = more.layout.extent
        inside = more.layout.boxes
        assert (inside[:, [0, 1]] >= [left, top]).all()
        assert (inside[:, [2, 3]] <= [right, bottom]).all()
        assert np.isfinite(object_features(more.layout)).all()


def test_what_is_meant_is_never_lost():
    rng = np.random.default_rng(1)
    counts = set()
    for _ in range(200):
        one = disturbed(example(targets=(0, 3)), rng)
        assert one.is_meant.sum() == 2
        counts.add(len(one.layout))
    assert min(counts) == 2
    assert max(counts) > 3


def test_sentences_are_added_to_training_images_only(tmp_path):
    file = tmp_path / "more.jsonl.bz2"
    row = {"image": "a.jpg", "expression": "tanks", "type": "category", "targets": [0]}
    with bz2.open(file, "wt") as lines:
        lines.write(json.dumps(row) + "\n")
    (found,) = with_sentences([image(("the ship", (2,)))], file)
    assert [one.text for one in found.written] == ["the ship", "tanks"]
    with pytest.raises(ValueError, match=r"a\.jpg is no training image"):
        with_sentences([replace(image(), name="b.jpg")], file)


def test_the_shipped_sentences_are_complete():
    with bz2.open(module.SENTENCES, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(rows) > 5000
    assert len({(row["image"], row["expression"]) for row in rows}) == len(rows)
    for row in rows:
        assert (row["type"] == "no-target") == (not row["targets"])


def test_a_network_learns_a_word(tmp_path):
    """Trained on two words and their sides of the image, it tells them apart."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    shapes = [("storage_tank", box(20, 30)), ("storage_tank", box(300, 30))]
    found = [
        example_of(
            image(objects=shapes),
            WrittenExpression(text=text, targets=(row,), type="location"),
            colours_of(image(objects=shapes)),
        )
        for row, text in enumerate(("the left tank", "the right tank"))
    ]
    out = tmp_path / "small.safetensors"
    link = train_matcher.TextEncoderLink(
        weights=out, path=train_matcher.FOLDER / "minilm-18k.safetensors", sha256=""
    )
    link = replace(link, sha256=train_matcher.digest(link.path))
    words = train_matcher.Words(train_matcher.Matcher(path=out, link=link))
    net = train_matcher.train(found, words, steps=60, rng=rng)
    train_matcher.write(net, out, link, steps=60)
    matcher = train_matcher.Matcher(path=out, link=link)
    for row, one in enumerate(found):
        assert matcher(one.text, one.layout).argmax() == row
