"""The colour filter removes objects whose pixels do not have the colour of the text."""

import numpy as np
import pytest

from rrsis_geo.colour.colour_filter import fade_other_colours
from rrsis_geo.colour.colour_terms import colour_term
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run
from rrsis_geo.query.query_batch import as_typed

RED, WHITE, GREY = (200, 40, 40), (240, 240, 240), (120, 120, 120)


def terms(*texts):
    """Return the colour terms of texts, as a run parses them."""
    return tuple(colour_term(phrase.head) for phrase in as_typed(texts).phrases)


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("the red running track on the left", ("red",)),
        ("white planes near the terminal", ("white",)),
        ("small gray tank", ("grey",)),
        ("red and white ship", ("red", "white")),
        ("dark blue car", ("blue",)),
        ("house with a red roof", ("red",)),
        ("red-roofed house", ("red",)),
        ("ship with a red and white hull", ("red", "white")),
        ("tanks painted dark red near the road", ("red",)),
        ("athletics oval, red surface", ("red",)),
        ("reddish-brown running track", ("brown", "red", "orange")),
        ("red-lined court", ()),
        ("tank with a red ladder", ()),
        ("house next to a red roof", ()),
        ("a greenish ship", ()),
        ("a plane next to the blue hangar", ()),
        ("the red one", ()),
        ("storage tank", ()),
        ("", ()),
        ("red", ()),
    ],
)
def test_only_colours_of_the_object_itself_are_parsed(text, colours):
    assert terms(text)[0].colours == colours


def picture(*squares, size=160):
    """Make grey ground with squares, and probabilities of 0.9 for all squares."""
    pixels = np.empty((3, size, size), np.uint8)
    pixels[:] = np.reshape(GREY, (3, 1, 1))
    probability = np.zeros((1, size, size), np.float32)
    for x, y, side, colour in squares:
        pixels[:, y : y + side, x : x + side] = np.reshape(colour, (3, 1, 1))
        probability[0, y : y + side, x : x + side] = 0.9
    return pixels, probability


def at(result, thing):
    x, y, side, _ = thing
    return result[0, y + side // 2, x + side // 2]


def test_a_red_car_is_found_among_white_ones():
    cars = [(20 + 22 * k, 60, 9, WHITE) for k in range(5)]
    red = (20 + 22 * 5, 60, 9, RED)
    pixels, probability = picture(*cars, red)
    result = fade_other_colours(pixels, probability, terms("red car"))
    assert at(result, red) == pytest.approx(0.9)


def test_objects_without_the_colour_fade_as_a_whole():
    track, far = (10, 10, 60, GREY), (100, 100, 20, WHITE)
    pixels, probability = picture(track, far)
    result = fade_other_colours(pixels, probability, terms("red running track"))
    assert result.max() < 0.1
    assert (
        fade_other_colours(pixels, probability, terms("white building")) <= probability
    ).all()


def test_a_share_of_the_colour_is_enough():
    """A white ship with a red deck is a red ship."""
    ship = (20, 20, 90, WHITE)
    pixels, probability = picture(ship)
    pixels[:, 50:80, 20:110] = np.reshape(RED, (3, 1, 1))
    result = fade_other_colours(pixels, probability, terms("red ship"))
    np.testing.assert_allclose(result, probability)


@pytest.mark.parametrize(
    ("colour", "at", "stays"),
    [
        ("red", 20, True),
        ("green", 20, False),
        ("red", -40, True),
        ("green", -40, True),  # cut off: the lanes may be outside
    ],
)
def test_the_colour_of_a_running_track_is_that_of_its_lanes(colour, at, stays):
    """A green field in red lanes, complete and cut off by the edge of the image."""
    size = 160
    pixels, probability = picture(size=size)
    x, y = np.arange(size)[None], np.arange(size)[:, None]
    away = np.maximum(np.abs(x - at - 50), np.abs(y - 70))  # from the middle
    pixels[:, away < 50] = np.reshape(RED, (3, 1))
    pixels[:, away < 40] = np.reshape((60, 130, 60), (3, 1))
    probability[0, away < 50] = 0.9
    result = fade_other_colours(pixels, probability, terms(f"{colour} running track"))
    if stays:
        np.testing.assert_allclose(result, probability)
    else:
        assert result.max() < 0.1


def test_without_colour_words_nothing_changes():
    pixels, probability = picture((20, 20, 30, WHITE))
    assert (
        fade_other_colours(pixels, probability, terms("running track")) is probability
    )


def test_low_probabilities_without_an_object_are_kept():
    pixels, probability = picture((10, 10, 20, WHITE))
    probability[0, 150, 150] = 0.2
    result = fade_other_colours(pixels, probability, terms("red car"))
    assert result[0, 150, 150] == pytest.approx(0.2)


def test_a_run_finds_only_what_has_the_colour(make_scene):
    """A square of 200 in all channels is white, and never blue."""

    def bright(pixels):
        return (pixels.mean(axis=1) > 150)[:, None].repeat(3, 1).astype(np.float32)

    texts = ("building", "white building", "blue building")
    options = SegmentOptions(window_size=32, overlap=8)
    job = SegmentJob(scene=make_scene(), expressions=texts, options=options)
    found = run(job, predictor=bright).polygons.columns["expression"]
    assert sorted(found) == ["building", "white building"]
