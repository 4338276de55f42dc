import pytest
from rasterio.enums import ColorInterp as C

from rrsis_geo.errors import OptionError, SceneError
from rrsis_geo.scene.bands import choose_bands

UNKNOWN = C.undefined


@pytest.mark.parametrize(
    ("kinds", "bands"),
    [
        ([C.red, C.green, C.blue], (1, 2, 3)),
        ([C.blue, C.green, C.red, UNKNOWN], (3, 2, 1)),
        ([C.alpha, UNKNOWN, C.blue, C.red, C.green], (4, 5, 3)),
        ([C.gray], (1,)),
        ([C.palette], (1,)),
        ([C.gray, C.alpha], (1,)),
        ([C.alpha, C.gray], (2,)),
        ([C.gray, UNKNOWN], (1,)),
        ([C.gray, UNKNOWN, UNKNOWN], (1, 2, 3)),
        ([C.gray, C.alpha, UNKNOWN, UNKNOWN, UNKNOWN], (1, 3, 4)),
        ([UNKNOWN] * 8, (1, 2, 3)),
        ([C.red, C.green, C.alpha], (1,)),
    ],
)
def test_bands_are_chosen_by_colour_interpretation(kinds, bands):
    assert choose_bands(kinds).bands == bands


def test_band_descriptions_are_used_without_colour_interpretation():
    names = ["Coastal", "Blue", "green", "RED", None]
    assert choose_bands([UNKNOWN] * 5, names).bands == (4, 3, 2)


def test_given_bands_take_precedence():
    assert choose_bands([C.red, C.green, C.blue, UNKNOWN], (), (4, 3, 2)).bands == (
        4,
        3,
        2,
    )
    assert choose_bands([C.red, C.green, C.blue], (), [2]).bands == (2,)


def test_a_band_beyond_the_last_is_refused_with_the_number_of_bands():
    with pytest.raises(OptionError, match="no band 5; the scene has 4"):
        choose_bands([UNKNOWN] * 4, (), (5, 3, 2))


def test_alpha_is_no_colour():
    with pytest.raises(OptionError, match="band 4 is the alpha channel"):
        choose_bands([C.red, C.green, C.blue, C.alpha], (), (4, 3, 2))
    with pytest.raises(SceneError, match="no band except its alpha"):
        choose_bands([C.alpha])


def test_cmyk_bands_are_refused():
    kinds = [C.cyan, C.magenta, C.yellow, C.black]
    with pytest.raises(SceneError, match=r"cyan, magenta.*--bands"):
        choose_bands(kinds)
    assert choose_bands(kinds, (), (1, 2, 3)).bands == (1, 2, 3)
