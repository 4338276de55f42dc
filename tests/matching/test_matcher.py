"""The shipped matcher chooses by place, size and order; its file is checked."""

import numpy as np
import pytest
import shapely
from rectangle_layouts import layout_of
from safetensors.numpy import load_file, save_file

from rrsis_geo.errors import WeightsError
from rrsis_geo.matching.matcher import FORMAT, MOST, find_matcher, load_matcher
from rrsis_geo.model.serialization.header import FOLDER, read_header
from rrsis_geo.model.serialization.safetensors_header import read_metadata

NAME = "sentence-matcher.safetensors"
PLACES = {
    "left": (60, 150),
    "right": (340, 150),
    "top": (200, 40),
    "bottom": (200, 260),
}


def square(x, y, side=20):
    return shapely.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


@pytest.fixture(scope="module")
def matcher():
    return load_matcher(NAME)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("the tank on the left", "left"),
        ("easternmost storage tank", "right"),
        ("give me the tank closest to the upper border", "top"),
        ("which one is the lowest tank?", "bottom"),
        ("the plane farthest west", "left"),
        ("court at the bottom", "bottom"),
    ],
)
def test_it_chooses_by_place(matcher, sentence, place):
    found = matcher(sentence, layout_of([square(*at) for at in PLACES.values()]))
    assert list(PLACES)[int(found.argmax())] == place
    assert (found > 0).sum() == 1


ROW = [(60 + 70 * number, 150, 20) for number in range(5)]
SIZES = [(60 + 90 * number, 150, side) for number, side in enumerate((20, 28, 40, 28))]
CORNERS = [(50, 40, 20), (350, 40, 20), (50, 260, 20), (350, 260, 20)]
PLAIN = (
    ("all tanks", ROW, {0, 1, 2, 3, 4}),
    ("ships", ROW, {0, 1, 2, 3, 4}),
    ("the leftmost tank", ROW, {0}),
    ("the tank on the far right", ROW, {4}),
    ("the two planes on the left", ROW, {0, 1}),
    ("the three rightmost courts", ROW, {2, 3, 4}),
    ("all but the leftmost tank", ROW, {1, 2, 3, 4}),
    ("every aircraft except the easternmost one", ROW, {0, 1, 2, 3}),
    ("second tank from the left", ROW, {1}),
    ("the largest tank", SIZES, {2}),
    ("the smallest of the tanks", SIZES, {0}),
    ("biggest storage tank", SIZES, {2}),
    ("all tanks apart from the biggest one", SIZES, {0, 1, 3}),
    ("the ship in the upper left corner", CORNERS, {0}),
    ("bottom right tank", CORNERS, {3}),
    ("the tanks along the top", CORNERS, {0, 1}),
    ("both tanks in the lower half", CORNERS, {2, 3}),
    ("the northeastern tank", CORNERS, {1}),
    ("tanks on the left hand side", CORNERS, {0, 2}),
    ("which of these is in the south west?", CORNERS, {2}),
)
"""Sentence, (x, y, side) of squares, those that are meant."""


def test_it_reads_plain_sentences(matcher):
    """It is trained, not derived: nearly all of them, and each by the odds alone."""
    wrong = [
        (sentence, chosen)
        for sentence, places, wanted in PLAIN
        if (
            chosen := set(
                np.flatnonzero(
                    matcher(sentence, layout_of([square(*at) for at in places])) > 0
                ).tolist()
            )
        )
        != wanted
    ]
    assert len(wrong) <= 2, wrong


RED, GREY = (0.75, 0.2, 0.15), (0.6, 0.6, 0.6)


@pytest.mark.parametrize(
    "sentence", ["the red roof", "red building", "the house with the red roof"]
)
def test_it_tells_colours_apart(matcher, sentence):
    """The same roofs; one is red, and it is that one."""
    roofs = [square(*at) for at in ROW]
    for row in range(len(roofs)):
        colours = [RED if row == other else GREY for other in range(len(roofs))]
        found = matcher(sentence, layout_of(roofs, colours=colours))
        assert found.argmax() == row


def test_no_objects_get_no_odds(matcher):
    assert matcher("the tank", layout_of([])).shape == (0,)


def test_as_many_as_it_takes_are_scored(matcher):
    shapes = [square(5 + 3 * (n % 25), 5 + 30 * (n // 25), 2) for n in range(MOST)]
    found = matcher("the leftmost tank in the top row", layout_of(shapes))
    assert found.shape == (MOST,)
    assert np.isfinite(found).all()


def test_a_long_or_foreign_sentence_is_scored_too(matcher):
    layout = layout_of([square(*at) for at in PLACES.values()])
    for sentence in ("der Tank ganz links", "the tank " * 60, "??", "油罐"):
        assert np.isfinite(matcher(sentence, layout)).all()


def test_the_default_weights_name_it_and_the_open_ones_do_not():
    """It learned from images that only research may use."""
    assert read_header("default").matcher == NAME
    assert read_header("open").matcher == ""
    assert "research" in read_metadata(FOLDER / NAME)["licence"]
    assert find_matcher("") is None


def copied(tmp_path, **changes):
    metadata = read_metadata(FOLDER / NAME) | changes
    save_file(load_file(FOLDER / NAME), tmp_path / NAME, metadata)
    (tmp_path / "minilm-18k.safetensors").symlink_to(FOLDER / "minilm-18k.safetensors")
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "other"}, "not a matcher"),
        ({"format_version": "9"}, "this version reads 2; update"),
        ({"text_file": "gone.safetensors"}, "gone.safetensors: missing"),
        ({"text_file": "../minilm-18k.safetensors"}, "in the same folder"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, changes, words):
    with pytest.raises(WeightsError, match=words):
        load_matcher(NAME, folder=copied(tmp_path, **changes))


def test_words_of_another_encoder_are_refused(tmp_path):
    found = load_matcher(NAME, folder=copied(tmp_path, text_sha256="0" * 64))
    with pytest.raises(WeightsError, match="sha256"):
        found("the tank", layout_of([square(9, 9)]))


@pytest.mark.parametrize("name", ["none.safetensors", "../minilm-18k.safetensors"])
def test_a_missing_file_is_named(name):
    with pytest.raises(WeightsError, match=r"minilm|none.*missing"):
        load_matcher(name)


def test_a_matcher_of_other_numbers_is_refused(tmp_path):
    folder = copied(tmp_path)
    tensors = load_file(folder / NAME)
    tensors["objects.inner.weight"] = np.zeros((64, 5), np.float32)
    save_file(tensors, folder / NAME, read_metadata(FOLDER / NAME) | {"format": FORMAT})
    with pytest.raises(WeightsError, match="not a matcher of this version"):
        load_matcher(NAME, folder=folder)("the tank", layout_of([square(9, 9)]))
