"""The stream of samples: random access, true masks, words that flip with the image."""

import numpy as np
import pytest
from shapely.geometry import box

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.training.data.mixture import Mix, Source
from rrsis_geo.training.recipe.public_datasets import split


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
    return Mix(sources=(source,), size=64, expressions=3, **settings)


def test_an_item_depends_on_its_number_only():
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


def test_words_flip_with_the_image():
    words = WrittenExpression(
        text="the building on the left", targets=(0,), type="location"
    )
    stream = mix(image(written=[words]), written=1.0)
    seen = set()
    for number in range(20):
        sample = stream[number]
        columns = np.flatnonzero(sample.masks[0].any(axis=0))
        on_the_left = columns.mean() < 32
        assert on_the_left == ("left" in sample.texts[0])
        seen.add(on_the_left)
    assert seen == {True, False}


def test_words_that_cannot_flip_stay():
    words = WrittenExpression(
        text="the plane facing 3 o'clock", targets=(), type="no-target"
    )
    sample = mix(image(written=[words]), written=1.0)[0]
    assert set(sample.texts) == {words.text}
    assert not sample.masks.any()


def test_whole_images_are_shown_with_margins_too_and_whole():
    words = WrittenExpression(text="the left building", targets=(0,), type="location")
    stream = mix(image(written=[words]), written=1.0)
    wide = set()
    for number in range(60):
        view = stream.view(number)
        piece = view.piece
        assert piece.left <= 0 <= 90 <= piece.left + piece.width
        assert piece.top <= 0 <= 60 <= piece.top + piece.height
        share = view.draw().masks[0].mean()
        seen = 20 * 24 / (piece.width * piece.height)
        assert share == pytest.approx(seen, rel=0.25)  # to the pixel of 64 x 64
        wide.add(piece.width)
    assert min(wide) == 90
    assert 105 < max(wide) <= 1.25 * 90 + 1


def test_what_is_not_there_is_asked_for_more_often():
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


@pytest.mark.parametrize("every", [2, 3, 7])
def test_a_place_is_never_on_both_sides(every):
    images = [image(str(n), place=f"p{n // 3}") for n in range(40)]
    training, kept = split(images, every=every)
    assert len(training) + len(kept) == 40
    assert kept
    assert not {item.place for item in training} & {item.place for item in kept}


def test_who_is_left_out_moves_nobody_to_the_other_side():
    names = [f"{number:02d}" for number in range(20)]
    every = [image(name, place=name) for name in names]
    _, kept = split(every, every=4)
    some = [one for one in every if one.name not in ("01", "02", "07")]
    training, still = split(some, every=4, among=names)
    assert [one.name for one in still] == [
        one.name for one in kept if one.name in {other.name for other in some}
    ]
    assert not {one.name for one in training} & {one.name for one in kept}
