"""Option values are parsed into values of the job."""

import click
import pytest

from rrsis_geo_cli.expression_list import read_expressions
from rrsis_geo_cli.options import metres, numbers, whole_numbers
from rrsis_geo_cli.segment import default_output


@pytest.mark.parametrize(
    ("text", "value"),
    [("4,3,2", (4, 3, 2)), ("1", (1,)), (" 4, 3,2 ", (4, 3, 2))],
)
def test_bands_are_whole_numbers_between_commas(text, value):
    assert whole_numbers(text) == value


def test_a_box_may_be_negative_and_have_decimals():
    assert numbers("-1.5,2,3e2,4") == (-1.5, 2.0, 300.0, 4.0)


@pytest.mark.parametrize(("text", "value"), [("auto", None), ("0.5", 0.5)])
def test_gsd_is_auto_or_metres(text, value):
    assert metres(text) == value


@pytest.mark.parametrize("text", ["4,,2", "", "a", "1.5"])
def test_invalid_numbers_are_refused(text):
    with pytest.raises(click.BadParameter, match="whole number"):
        whole_numbers(text)


def test_expressions_come_in_the_order_argument_options_file(tmp_path):
    listed = tmp_path / "texts.txt"
    listed.write_text("\n# roofs\nred roof\n  blue roof  \n\n", encoding="utf-8-sig")

    found = read_expressions("ship", ("tank", "car"), str(listed))

    assert found == ("ship", "tank", "car", "red roof", "blue roof")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00bad", None])
def test_an_unreadable_file_of_expressions_is_refused(content, tmp_path):
    listed = tmp_path / "texts.txt"
    if content is not None:
        listed.write_bytes(content)

    with pytest.raises(click.BadParameter, match=r"texts\.txt"):
        read_expressions(None, (), str(listed))


@pytest.mark.parametrize(
    ("scene", "expressions", "name"),
    [
        ("a/b/scene.tif", ("The red roof!",), "scene.the-red-roof.gpkg"),
        (r"C:\maps\scene.v2.tif", ("ship",), "scene.v2.ship.gpkg"),
        ("https://host/x/s.tif?key=a/b.c", ("ship",), "s.ship.gpkg"),
        ("/vsizip/a.zip/s.tif", ("ship", "car", "tank"), "s.ship-and-2-more.gpkg"),
        ("scene.tif", ("???",), "scene.found.gpkg"),
        ("scene.tif", ("a" * 500,), f"scene.{'a' * 60}.gpkg"),
        ("scene.tif", ("Öltank",), "scene.öltank.gpkg"),
        ("folder.d/scene", ("ship",), "scene.ship.gpkg"),
    ],
)
def test_the_default_output_is_named_after_scene_and_expression(
    scene, expressions, name
):
    assert default_output(scene, expressions) == name
