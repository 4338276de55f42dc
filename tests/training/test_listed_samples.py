"""Samples of listed data: complete epochs, random access, true augmentation."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coloured_boxes import Line, boxes
from hypothesis import given
from hypothesis import strategies as st

from rrsis_geo.errors import DataError
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import NONE, Augmentation, augment
from rrsis_geo.training.data.listed_samples import (
    ListedStream,
    group_by_image,
    validation_samples,
)
from rrsis_geo.training.data.loader import load_batches


def corner(text="the box on the upper left", kind="location", side=60):
    """One bright box in the upper left corner."""
    pixels = np.full((3, side, side), 40, np.uint8)
    mask = np.zeros((side, side), bool)
    mask[6:18, 3:24] = True
    pixels[:, mask] = 220
    return Line(Path("a.png"), text, kind, pixels, mask)


def listed(lines, *, expressions=1, augmentation=NONE, size=60, seed=0):
    return ListedStream(
        groups=group_by_image(lines, expressions),
        size=size,
        expressions=expressions,
        augmentation=augmentation,
        seed=seed,
    )


@given(count=st.integers(1, 12), expressions=st.integers(1, 4))
def test_an_epoch_shows_every_line(count, expressions):
    lines = [replace(corner(str(n)), image=Path(str(n % 5))) for n in range(count)]
    stream = listed(lines, expressions=expressions)
    for epoch in range(2):
        shown = Counter()
        for item in range(len(stream)):
            shown.update(set(stream[epoch * len(stream) + item].texts))
        assert shown == Counter(line.expression for line in lines)


def test_epochs_differ_in_order_and_an_item_depends_on_its_index_only():
    lines = [replace(corner(str(n)), image=Path(str(n))) for n in range(20)]
    stream = listed(lines, augmentation=Augmentation())
    epochs = [[stream[20 * epoch + n].texts for n in range(20)] for epoch in range(2)]
    assert epochs[0] != epochs[1]
    again = listed(lines, augmentation=Augmentation())[33]
    np.testing.assert_array_equal(again.pixels, stream[33].pixels)
    np.testing.assert_array_equal(again.masks, stream[33].masks)


def test_lines_that_stay_true_in_a_crop_are_grouped_apart():
    lines = [corner("a"), corner("b", "category"), corner("c"), corner("d", "synonym")]
    groups = group_by_image(lines, 4)
    assert [{line.type for line in group} for group in groups] == [
        {"location"},
        {"category", "synonym"},
    ]


def test_words_of_direction_flip_with_the_image():
    stream = listed([corner()], augmentation=replace(NONE, mirror=0.5, upside_down=0.5))
    positions = set()
    for number in range(40):
        sample = stream[number]
        rows, columns = np.nonzero(sample.masks[0])
        left, upper = columns.mean() < 30, rows.mean() < 30
        assert ("left" in sample.texts[0]) == left
        assert ("upper" in sample.texts[0]) == upper
        assert sample.pixels[:, sample.masks[0]].min() > sample.pixels[0, 30, 30]
        positions.add((left, upper))
    assert len(positions) == 4


def test_an_image_is_not_flipped_if_its_words_cannot_be():
    line = corner("the box at ten o'clock")
    sample = listed([line], augmentation=replace(NONE, mirror=1, upside_down=1))[0]
    assert sample.texts == (line.expression,)
    np.testing.assert_array_equal(sample.masks[0], line.mask)


@pytest.mark.parametrize("kind", ["location", "size", "relation", "group", ""])
def test_expressions_of_place_size_or_number_are_never_cropped(kind):
    stream = listed([corner(kind=kind)], augmentation=replace(NONE, crop=1))
    for number in range(10):
        np.testing.assert_array_equal(stream[number].masks[0], corner().mask)


def test_masks_are_cropped_with_the_image():
    stream = listed(
        [corner("boxes", "category")], augmentation=replace(NONE, crop=1), size=60
    )
    areas = set()
    for number in range(30):
        sample = stream[number]
        mask = sample.masks[0]
        areas.add(int(mask.sum()))
        bright = sample.pixels.mean(axis=0) > 130
        assert (bright != mask).mean() < 0.04  # except for the blur of resizing
    assert len(areas) > 10


def test_colours_stay_if_an_expression_names_one():
    named, unnamed = corner("the red box"), corner("the box")
    colour = replace(NONE, colour=1)
    for number in range(10):
        np.testing.assert_array_equal(
            listed([named], augmentation=colour)[number].pixels, named.pixels
        )
    changed = [
        not np.array_equal(
            listed([unnamed], augmentation=colour)[n].pixels, unnamed.pixels
        )
        for n in range(10)
    ]
    assert sum(changed) >= 5


def test_erased_squares_are_black_and_masks_stay():
    line = corner()
    sample = listed([line], augmentation=replace(NONE, erase=1), size=60)[0]
    erased = (sample.pixels == 0).all(axis=0)
    assert 20 <= erased.sum() <= 60 * 16  # squares of 4 x 4, which may overlap
    np.testing.assert_array_equal(sample.masks[0], line.mask)


def test_several_expressions_flip_together_or_not_at_all():
    pixels, masks = corner().pixels, np.stack([corner().mask] * 2)
    texts = ["the left box", "the box at ten o'clock"]
    _, flipped, words = augment(
        pixels,
        masks,
        texts,
        ["", ""],
        side=60,
        augmentation=replace(NONE, mirror=1),
        rng=np.random.default_rng(0),
    )
    assert words == tuple(texts)
    np.testing.assert_array_equal(flipped, masks)


def test_validation_shows_every_image_once_and_whole():
    samples = list(validation_samples(boxes(8, side=48), size=64))
    assert len(samples) == 4
    for sample in samples:
        assert sample.pixels.shape == (3, 64, 64)
        assert sample.masks.shape == (2, 64, 64)
        assert sample.masks.any(axis=(1, 2)).all()


@pytest.mark.parametrize(("world_size", "accumulate"), [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_processes_and_parts_share_the_samples_of_a_step(world_size, accumulate):
    lines = [replace(corner(str(n)), image=Path(str(n))) for n in range(24)]
    config = TrainConfig(steps=3, images=8, accumulate=accumulate, expressions=1)
    stream = listed(lines)
    shares = [
        [
            [texts for (texts,) in batch.texts]
            for batch in load_batches(
                stream,
                config,
                first_step=1,
                workers=0,
                pin_memory=False,
                rank=rank,
                world_size=world_size,
            )
        ]
        for rank in range(world_size)
    ]
    assert [len(share) for share in shares] == [2 * accumulate] * world_size
    for step in range(2):
        parts = [
            share[step * accumulate + part]
            for part in range(accumulate)
            for share in shares
        ]
        wanted = [stream[8 * (step + 1) + n].texts[0] for n in range(8)]
        assert [text for part in parts for text in part] == wanted


@pytest.mark.parametrize("workers", [0, 1])
def test_a_broken_file_is_one_clear_line_from_any_process(workers):
    class Broken(ListedStream):
        def __getitem__(self, index):
            raise DataError("a.png: cannot be read as an image")

    stream = Broken(
        groups=group_by_image([corner()], 1), size=60, expressions=1, augmentation=NONE
    )
    batches = load_batches(
        stream,
        TrainConfig(steps=1, images=2),
        first_step=0,
        workers=workers,
        pin_memory=False,
    )
    with pytest.raises(DataError, match=r"^a\.png: cannot be read as an image$"):
        next(batches)
