"""Run lengths against a pixel-by-pixel reference, and a known text of COCO."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.errors import DataError

masks = arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def counted(mask):
    """Runs counted pixel by pixel, as the format describes them."""
    lengths, current = [0], False
    for column in mask.T:
        for pixel in column:
            if pixel != current:
                lengths.append(0)
                current = not current
            lengths[-1] += 1
    return tuple(lengths)


def letters_of(lengths):
    """Base-32 digits by division instead of shifts."""
    text = ""
    for place, length in enumerate(lengths):
        value = length - (lengths[place - 2] if place > 2 else 0)
        while True:
            value, digit = divmod(value, 32)
            done = (value == 0 and digit < 16) or (value == -1 and digit >= 16)
            text += chr(digit + (0 if done else 32) + 48)
            if done:
                break
    return text


@given(masks)
def test_runs_and_text_agree_with_the_reference(mask):
    runs = rle.encode(mask)
    assert runs.lengths == counted(mask)
    assert rle.compress(runs) == letters_of(runs.lengths)


@given(masks)
def test_round_trip(mask):
    runs = rle.encode(mask)
    np.testing.assert_array_equal(rle.decode(runs), mask)
    assert rle.runs_from_json(rle.runs_to_json(runs)) == runs


@given(st.lists(st.integers(0, 10**7), max_size=8))
def test_long_runs_survive_the_text(lengths):
    runs = rle.Runs(height=sum(lengths), width=1, lengths=tuple(lengths))
    assert rle.decompress(rle.compress(runs)) == runs.lengths


def test_a_known_text_of_the_coco_api():
    """A 3 x 4 mask whose middle two columns are set: 3 off, 6 on, 3 off."""
    runs = rle.runs_from_json({"size": [3, 4], "counts": "363"})
    assert runs.lengths == (3, 6, 3)
    assert rle.decode(runs)[:, 1:3].all()
    assert rle.decode(runs).sum() == 6


def test_uncompressed_lists_and_bytes_are_read_too():
    wanted = rle.Runs(height=3, width=4, lengths=(3, 6, 3))
    assert rle.runs_from_json({"size": [3, 4], "counts": [3, 6, 3]}) == wanted
    assert rle.runs_from_json({"size": (3, 4), "counts": b"363"}) == wanted


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([[1, 2, 3, 4, 5, 6]], "must be an object with size and counts"),
        ({"counts": "363"}, "size None"),
        ({"size": [3], "counts": "363"}, r"size \[3\]"),
        ({"size": [3, 4]}, "with the counts"),
        ({"size": [3, 4], "counts": [3.0, 9]}, "with the counts"),
        ({"size": [3, 5], "counts": "363"}, "add up to 12 pixels, not to 3 x 5"),
        ({"size": [-3, -4], "counts": "363"}, "negative"),
        ({"size": [3, 4], "counts": [-3, 15]}, "negative"),
        ({"size": [3, 4], "counts": "36 3"}, "character ' '"),
        ({"size": [3, 4], "counts": "36~"}, "character '~'"),
        ({"size": [3, 4], "counts": "36S"}, "end within a number"),
    ],
)
def test_what_is_no_mask_is_refused(value, reason):
    with pytest.raises(DataError, match=reason):
        rle.runs_from_json(value)
