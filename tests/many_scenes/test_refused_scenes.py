"""What a run over many scenes refuses before any work."""

import shutil
from pathlib import Path

import pytest
from bright_tiles import Bright, hidden

from rrsis_geo.errors import OptionError, OutputError


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"output": "all.gpkg", "probability": "p.tif"}, "put {scene} into the name"),
        ({"output": "{scene}/all.gpkg"}, "not in that of its folder"),
        ({"output": "{scene}.gpkg", "merge": True}, "--merge joins polygons of one"),
        (
            {"output": "all.gpkg", "merge": True, "append": True},
            "--merge and --append exclude each other",
        ),
        ({"output": "all.gpkg", "dst_crs": "EPSG:0"}, "'EPSG:0' is not known"),
        ({"output": "all.geojson", "dst_crs": "EPSG:3035"}, "longitude and latitude"),
        ({"output": "absent/all.gpkg"}, "there is no folder"),
        ({"output": "all.xyz"}, "not known"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_before_any_work(find, tiles, values, says):
    network = Bright()
    with pytest.raises((OptionError, OutputError)) as caught:
        find(tiles, network=network, **values)
    assert says in str(caught.value)
    assert network.windows == 0
    assert hidden(".") == []


def test_two_scenes_of_one_name_are_refused_before_any_work(find, tiles):
    other = tiles.with_name("other")
    other.mkdir()
    shutil.copy(tiles / "a.tif", other / "A.tif")
    network = Bright()
    with pytest.raises(OptionError, match="both would write the file of"):
        find(tiles, other, output="{scene}.gpkg", network=network)
    assert network.windows == 0
    assert find(tiles, other, output="all.gpkg").failed == ()


def test_an_existing_file_of_any_scene_is_refused_before_any_work(find, tiles):
    Path("b.gpkg").write_bytes(b"mine")
    network = Bright()
    with pytest.raises(OutputError, match=r"b\.gpkg: exists"):
        find(tiles, output="{scene}.gpkg", network=network)
    assert network.windows == 0
    assert Path("b.gpkg").read_bytes() == b"mine"


def test_an_output_that_is_one_of_the_scenes_is_refused(find, tiles):
    with pytest.raises(OutputError, match="is an input"):
        find(tiles, output=str(tiles / "b.tif"), overwrite=True)
