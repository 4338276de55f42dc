"""Many scenes from Python, with what Python programs hold."""

import shutil

import geopandas
import pytest
import shapely
from bright_tiles import GSD, Bright

from rrsis_geo import Segmenter, segment_many
from rrsis_geo.errors import OptionError
from rrsis_geo.pipeline.interface import progress_line
from rrsis_geo.protocol import NextScene
from rrsis_geo.runtime import cached_predictor

CALL = {
    "window_size": 64,
    "overlap": 16,
    "cache": False,
    "resolve": "network",
    "min_score": 0.0,
}


@pytest.fixture
def loads(tmp_path, monkeypatch):
    """Texts of every loaded network, by the real loader; the network is simple."""
    monkeypatch.chdir(tmp_path)
    loaded = []

    class Network:
        info = type("Info", (), {"name": "fake", "second_head": ()})
        device = "cpu"

        def __init__(self):
            self.texts = []
            loaded.append(self.texts)

        def bind(self, texts, options):
            self.texts.append(tuple(texts))
            network = Bright()
            network.texts = len(texts)
            return network

    monkeypatch.setattr(
        cached_predictor, "load_network", lambda *place, **values: Network()
    )
    return loaded


def test_the_weights_are_loaded_once(tiles, loads):
    shutil.copy(tiles / "a.tif", tiles / "c.tif")
    result = segment_many(tiles, "ship", **CALL)
    assert len(loads) == 1
    assert len(loads[0]) == 1
    assert [outcome.scene.name for outcome in result.outcomes] == ["a", "b", "c"]
    assert result.polygons is not None


def test_a_segmenter_gives_its_network_and_its_options(tiles, loads):
    with Segmenter(**CALL, min_area=1e9) as segmenter:
        one = segmenter.segment(tiles / "a.tif", "ship", min_area=0)
        nothing = segment_many(tiles, "ship", segmenter=segmenter)
        some = segment_many(tiles, "ship", segmenter=segmenter, min_area=0)
    assert len(loads) == 1
    assert len(one) > 0
    assert (len(nothing.polygons), len(some.polygons)) == (0, 5)
    with pytest.raises(OptionError, match="was closed"):
        segment_many(tiles, "ship", segmenter=segmenter)


def test_a_segmenter_and_other_weights_exclude_each_other(tiles):
    with pytest.raises(OptionError, match="weights are those of the segmenter"):
        segment_many(tiles, "ship", segmenter=Segmenter(), weights="open")


def test_an_area_may_be_a_table_and_leaves_scenes_out(tiles, loads):
    left = shapely.box(5e5, 5e6 - 120 * GSD, 5e5 + 80 * GSD, 5e6)
    area = geopandas.GeoSeries([left], crs="EPSG:32631")
    result = segment_many(tiles, "ship", aoi=area.to_crs("EPSG:4326"), **CALL)
    assert [bool(one.manifest) for one in result.outcomes] == [True, False]
    assert result.to_geodataframe().to_crs(area.crs).within(left.buffer(GSD)).all()


def test_a_bare_geometry_is_refused_since_scenes_may_differ(tiles):
    with pytest.raises(OptionError, match="a geometry has no CRS"):
        segment_many(tiles, "ship", aoi=shapely.box(0, 0, 1, 1))


def test_own_layers_may_be_tables(tiles, loads):
    places = [shapely.box(5e5 + 40, 5e6 - 20, 5e5 + 60, 5e6 - 8)]
    parcels = geopandas.GeoDataFrame(
        {"owner": ["Ada"]}, geometry=places, crs="EPSG:32631"
    )
    result = segment_many(
        tiles,
        "the parcel",
        own_layers={"parcel": parcels},
        **{**CALL, "resolve": "auto"},
    )
    assert list(result.to_geodataframe()["owner"]) == ["Ada", "Ada"]


def test_the_line_of_progress_names_the_scene(tiles, loads, monkeypatch, capsys):
    monkeypatch.setattr(progress_line, "is_watched", lambda: True)
    begun = []
    segment_many(
        tiles,
        "ship",
        report=lambda m: begun.append(m) if isinstance(m, NextScene) else None,
        **CALL,
    )
    shown = capsys.readouterr().err
    assert "scene 1 of 2: [" in shown
    assert "scene 2 of 2: [" in shown
    assert len(begun) == 2
    segment_many(tiles, "ship", progress=False, **CALL)
    assert capsys.readouterr().err == ""
