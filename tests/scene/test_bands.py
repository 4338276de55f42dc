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


IN_ORDER = [
    ["Blue", "Green", "Red", "NIR"],
    ["B", "G", "R", "NIR"],
    ["b", "g", "r", "n"],
    ["blue", "green", "red", "near infrared"],
    ["Blue band", "Green band", "Red band", "Near Infra-Red"],
    ["Band 1: Blue", "Band 2: Green", "Band 3: Red", "Band 4: NIR"],
    ["band_blue", "band_green", "band_red", "band_nir"],
    ["1 - BLUE", "2 - GREEN", "3 - RED", "4 - NIR"],
    ["Blau", "Grün", "Rot", "Nahes Infrarot"],
    ["bleu", "vert", "rouge", "proche infrarouge"],
    ["azul", "verde", "rojo", "infrarrojo cercano"],
    ["Azul", "Verde", "Vermelho", "Infravermelho próximo"],
    ["blu", "verde", "rosso", "infrarosso vicino"],
    ["синий", "зелёный", "красный", "ближний инфракрасный"],
    ["蓝波段", "绿波段", "红波段", "近红外"],
    ["B2", "B3", "B4", "B8"],
    ["B02", "B03", "B04", "B08"],
    ["SR_B2", "SR_B3", "SR_B4", "SR_B5"],
    ["490 nm", "560 nm", "665 nm", "842 nm"],
    ["Band 1 (0.48 um)", "Band 2 (0.56 um)", "Band 3 (0.66 um)", "Band 4 (0.83 um)"],
]


@pytest.mark.parametrize("names", IN_ORDER, ids="|".join)
@pytest.mark.parametrize(
    "kinds",
    [
        [UNKNOWN] * 4,
        [C.gray, UNKNOWN, UNKNOWN, UNKNOWN],
        [C.red, C.green, C.blue, UNKNOWN],
        [C.red, C.green, C.blue, C.nir],
    ],
    ids=["undefined", "grey", "rgb", "rgbn"],
)
def test_blue_first_is_not_shown_as_red(kinds, names):
    choice = choose_bands(kinds, names)
    assert choice.bands == (3, 2, 1)
    # the writer's colours contradict the names: one of them is wrong
    assert bool(choice.notes) >= (C.red in kinds)


def test_the_order_of_satellites():
    planet = ["coastal_blue", "blue", "green_i", "green"]
    planet += ["yellow", "red", "rededge", "nir"]
    assert choose_bands([UNKNOWN] * 8, planet).bands == (6, 4, 2)
    sentinel = [f"B{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, "8A", 9, 11, 12)]
    assert choose_bands([UNKNOWN] * 12, sentinel).bands == (4, 3, 2)
    late = [f"SR_B{n}" for n in range(1, 8)]
    assert choose_bands([UNKNOWN] * 7, late).bands == (4, 3, 2)
    early = [f"SR_B{n}" for n in (1, 2, 3, 4, 5, 7)]
    assert choose_bands([UNKNOWN] * 6, early).bands == (3, 2, 1)
    micasense = ["Blue", "Green", "Red", "NIR", "Red edge"]
    assert choose_bands([UNKNOWN] * 5, micasense).bands == (3, 2, 1)


@pytest.mark.parametrize(
    "names",
    [
        ["Band 1", "Band 2", "Band 3", "Band 4"],
        ["B1", "B2", "B3", "B4"],
        ["", None, "x", " "],
    ],
)
def test_names_that_say_nothing_bring_a_note(names):
    choice = choose_bands([UNKNOWN] * 4, names)
    assert choice.bands == (1, 2, 3)
    assert "--bands" in choice.notes[0]


def test_false_colours_bring_a_note():
    names = ["NIR", "Red", "Green"]
    for kinds in ([C.red, C.green, C.blue], [UNKNOWN] * 3):
        choice = choose_bands(kinds, names)
        assert choice.bands == (1, 2, 3)
        assert "false colours" in choice.notes[0]


def test_what_leaves_no_choice_brings_no_note():
    assert choose_bands([C.red, C.green, C.blue, C.alpha]).notes == ()
    assert choose_bands([C.gray], ["Red"]).notes == ()
    assert choose_bands([C.gray, UNKNOWN, UNKNOWN]).notes == ()
    rgb = ["Red", "Green", "Blue"]
    assert choose_bands([C.red, C.green, C.blue], rgb).notes == ()
