"""Mixtures: random access, true masks, expressions that flip with the image."""

import numpy as np
import pytest
from shapely.geometry import box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.training.data.mixture import Mixture, Source


def image(name="a", *, written=(), place="p"):
    """Two bright buildings, the left one larger, on dark ground."""
    layout = Layout(
        width=90,
        height=60,
        objects=(
            LabelledObject(category="building", polygon=box(8, 20, 28, 44)),
            LabelledObject(category="building", polygon=box(66, 22, 76, 36)),
        ),
        complete=frozenset({"building", "ship"}),
        gsd=0.5,
    )
    found = LabelledImage(
        name=name, path=name, layout=layout, place=place, written=tuple(written)
    )
    pixels = np.full((3, 60, 90), 30, np.uint8)
    pixels[:, 20:44, 8:28] = 220
    pixels[:, 22:36, 66:76] = 220
    found.__dict__["pixels"] = pixels
    return found


def mix(*images, **settings):
    source = Source(name="s", weight=1.0, images=images, scale=(0.8, 1.6))
    return Mixture(sources=(source,), size=64, expressions=3, **settings)


def test_an_item_depends_on_its_index_only():
    stream = mix(image(), seed=5)
    late = stream[7]
    for number in range(7):
        stream[number]
    again = mix(image(), seed=5)[7]
    assert late.texts == again.texts
    np.testing.assert_array_equal(late.pixels, again.pixels)
    np.testing.assert_array_equal(late.masks, again.masks)
    assert mix(image(), seed=6)[7].texts != late.texts or not np.array_equal(
        mix(image(), seed=6)[7].pixels, late.pixels
    )


def test_masks_lie_on_the_objects():
    stream = mix(image())
    bright = dark = 0.0
    for number in range(30):
        sample = stream[number]
        assert sample.pixels.shape == (3, 64, 64)
        assert sample.masks.shape == (3, 64, 64)
        grey = sample.pixels.mean(axis=0)
        union = sample.masks.any(axis=0)
        if union.any():
            bright += grey[union].mean()
            dark += grey[~union].mean()
    assert bright > 2 * dark


def test_expressions_flip_with_the_image():
    words = WrittenExpression(
        text="the building on the left", targets=(0,), type="location"
    )
    stream = mix(image(written=[words]), written=1.0)
    sides = set()
    for number in range(20):
        sample = stream[number]
        columns = np.flatnonzero(sample.masks[0].any(axis=0))
        on_the_left = columns.mean() < 32
        assert on_the_left == ("left" in sample.texts[0])
        sides.add(on_the_left)
    assert sides == {True, False}


def test_an_image_is_not_flipped_if_its_expressions_cannot_be():
    words = WrittenExpression(
        text="the plane facing 3 o'clock", targets=(), type="no-target"
    )
    sample = mix(image(written=[words]), written=1.0)[0]
    assert set(sample.texts) == {words.text}
    assert not sample.masks.any()


def test_whole_images_are_shown_with_margins():
    words = WrittenExpression(text="the left building", targets=(0,), type="location")
    stream = mix(image(written=[words]), written=1.0)
    widths = set()
    for number in range(60):
        view = stream.view(number)
        piece = view.piece
        assert piece.left <= 0 <= 90 <= piece.left + piece.width
        assert piece.top <= 0 <= 60 <= piece.top + piece.height
        share = view.draw().masks[0].mean()
        expected = 20 * 24 / (piece.width * piece.height)
        assert share == pytest.approx(expected, rel=0.25)  # pixels are coarse
        widths.add(piece.width)
    assert min(widths) == 90
    assert 105 < max(widths) <= 1.25 * 90 + 1


def test_expressions_without_a_target_are_drawn_more_often():
    there = [
        WrittenExpression(text=f"building {i}", targets=(0,), type="category")
        for i in range(9)
    ]
    absent = [
        WrittenExpression(text=f"ship {i}", targets=(), type="no-target")
        for i in range(9)
    ]
    stream = mix(image(written=there + absent), written=1.0)
    texts = [text for number in range(300) for text in stream[number].texts]
    share = np.mean([text.startswith("ship") for text in texts])
    assert 0.55 < share < 0.7  # 3 of 18, each absent one twice as likely
