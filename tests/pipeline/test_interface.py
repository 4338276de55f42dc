"""What Python programs hand over and get back."""

import inspect
import json
import threading
import typing
from dataclasses import fields
from io import StringIO
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import rioxarray
import shapely
from brightness import Context, make_job, write_scene
from geopandas.testing import assert_geodataframe_equal

from rrsis_geo import Segmenter, SegmentOptions, segment, segment_many
from rrsis_geo.errors import EngineError, OptionError, OutputError
from rrsis_geo.pipeline.interface import segment_call
from rrsis_geo.pipeline.interface.progress_line import ProgressLine
from rrsis_geo.pipeline.interface.segment_keywords import SegmentKeywords
from rrsis_geo.pipeline.runner import run
from rrsis_geo.protocol import Advice, Finished, Progress

SMALL = {"window_size": 64, "overlap": 16, "resolve": "network", "min_score": 0.0}


class Bound(Context):
    """A network that counts how often it was loaded."""

    loaded = 0

    def __init__(self, texts):
        super().__init__(len(texts))


@pytest.fixture
def loads(monkeypatch):
    """Replace the network; return the texts of each binding."""
    bound = []

    def bind(job, texts):
        bound.append(tuple(texts))
        return Bound(texts)

    monkeypatch.setattr(segment_call, "bind", bind)
    monkeypatch.setattr(
        "rrsis_geo.runtime.cached_predictor.CachedPredictor.bind",
        lambda self, job, texts: bind(job, texts),
    )
    return bound


def test_the_keywords_are_the_options_with_their_types():
    known = {item.name for item in fields(SegmentOptions)}
    assert set(SegmentKeywords.__annotations__) == known - {"aoi"}
    theirs = typing.get_type_hints(SegmentOptions)
    ours = typing.get_type_hints(SegmentKeywords)
    for name, kind in ours.items():
        if name not in ("bands", "bbox"):  # any sequence may be given
            assert kind == theirs[name], name


@pytest.mark.parametrize("function", [segment, Segmenter, Segmenter.segment])
def test_signatures_name_every_option(function):
    parameters = inspect.signature(function).parameters
    for item in fields(SegmentOptions):
        if item.name != "aoi":
            assert parameters[item.name].default == item.default
    assert "options" not in parameters


def table_of(scene, **values):
    return segment(scene, "tank", progress=False, **(SMALL | values)).to_geodataframe()


@pytest.mark.usefixtures("loads")
def test_scenes_of_all_kinds_are_the_same(scene):
    expected = table_of(scene)
    assert len(expected) > 3
    assert_geodataframe_equal(expected, table_of(Path(scene)))
    with rasterio.open(scene) as dataset:
        assert_geodataframe_equal(expected, table_of(dataset))
        pixels = dataset.read()
        given = {"transform": dataset.transform, "crs": "EPSG:32631"}
    valid = write_scene(Path(scene).with_name("full.tif"), pixels=np.maximum(pixels, 1))
    found = table_of(np.maximum(pixels, 1), **given)
    assert_geodataframe_equal(found, table_of(valid))


@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
@pytest.mark.usefixtures("loads")
def test_a_data_array_brings_its_place_and_its_nodata(scene):
    expected = table_of(scene)
    with rioxarray.open_rasterio(scene) as array:
        assert array.rio.nodata is not None
        assert_geodataframe_equal(expected, table_of(array))
        turned = array.transpose("y", "x", "band")
        assert_geodataframe_equal(expected, table_of(turned))
        part = array.isel(x=slice(0, 60))
    assert 0 < len(table_of(part)) < len(expected)
    with pytest.raises(OptionError, match="transform is for numpy arrays"):
        table_of(part, transform=rasterio.Affine.identity())
    with pytest.raises(OptionError, match="the DataArray cannot be used"):
        table_of(part.isel(y=0))


@pytest.mark.usefixtures("loads")
def test_areas_of_all_kinds_are_the_same(scene):
    box = (500_010.0, 4_999_880.0, 500_090.0, 4_999_970.0)
    expected = table_of(scene, bbox=box)
    area = geopandas.GeoDataFrame(geometry=[shapely.box(*box)], crs="EPSG:32631")
    assert 0 < len(expected) < len(table_of(scene))
    for aoi in (shapely.box(*box), area, area.geometry):
        found = table_of(scene, aoi=aoi)
        assert_geodataframe_equal(expected, found)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"scene": 3}, "scene must be a path.*got int"),
        ({"aoi": [1, 2, 3, 4]}, "aoi must be a path.*bbox="),
        ({"scene": np.zeros(3)}, "an array must be"),
        ({"scene": np.zeros((9, 9), bool)}, "array"),
        ({"scene": np.zeros((9, 9)), "crs": "EPSG:32631"}, "needs a transform"),
        ({"transform": rasterio.Affine.identity()}, "transform is for arrays"),
        ({"treshold": 0.4}, "unknown options"),
    ],
)
def test_wrong_types_are_our_errors(scene, values, words):
    place = values.pop("scene", scene)
    with pytest.raises(OptionError, match=words):
        segment(place, "tank", progress=False, **SMALL, **values)


@pytest.mark.parametrize("expressions", [5, None, b"tank", {"tank": 1}, [3]])
def test_expressions_that_are_no_texts_are_our_errors(scene, expressions):
    for call, place in ((segment, scene), (segment_many, [scene])):
        with pytest.raises(OptionError, match=r"must be (texts|a text), got"):
            call(place, expressions, progress=False, **SMALL)


def test_a_segmenter_keeps_its_network_and_options(scene, loads, tmp_path):
    with Segmenter(**SMALL, cache=False) as segmenter:
        first = segmenter.segment(scene, "tank", progress=False)
        again = segmenter.segment(
            scene, "tank", tmp_path / "a.gpkg", threshold=0.6, progress=False
        )
    assert first.manifest["job"]["options"]["threshold"] == 0.5
    assert again.manifest["job"]["options"]["threshold"] == 0.6
    assert loads == [("tank",), ("tank",)]
    with pytest.raises(OptionError, match="closed"):
        segmenter.segment(scene, "tank")
    with pytest.raises(OptionError, match="threshold"):
        Segmenter(threshold=3)


@pytest.mark.usefixtures("loads")
def test_several_threads_ask_at_once(scene, tmp_path):
    texts = ["tank", "ship", "tree"]
    expected = {
        text: len(segment(scene, text, progress=False, cache=False, **SMALL))
        for text in texts
    }
    found = {}
    with Segmenter(**SMALL) as segmenter:

        def ask(text):
            output = tmp_path / f"{text}.gpkg"
            found[text] = len(segmenter.segment(scene, text, output, progress=False))

        threads = [threading.Thread(target=ask, args=[text]) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == expected


@pytest.fixture
def result(scene, tmp_path):
    job = make_job(scene, tmp_path, expressions=("bright <b>",), resolve="network")
    return run(job, predictor=Context())


def test_a_result_is_a_collection_of_features(result, tmp_path):
    assert len(result) == len(list(result)) == len(result.polygons) > 0
    features = result.__geo_interface__["features"]
    assert features[0]["properties"]["expression"] == "bright <b>"
    shapes = geopandas.GeoDataFrame.from_features(result).geometry
    assert shapes.area.sum() == pytest.approx(result.to_geodataframe().area.sum())
    result.to_file(tmp_path / "copy.geojson")
    values = json.loads((tmp_path / "copy.geojson").read_text(encoding="utf-8"))
    assert len(values["features"]) == len(result)
    with pytest.raises(OutputError, match="exists"):
        result.to_file(tmp_path / "copy.geojson")
    result.to_file(tmp_path / "copy.geojson", overwrite=True)


def test_an_empty_result_is_not_false(scene, tmp_path):
    job = make_job(scene, tmp_path, min_area=1e9)
    result = run(job, predictor=Context())
    assert len(result) == 0
    assert result


def test_a_notebook_shows_numbers_and_a_picture(result, scene):
    shown = result._repr_html_()
    assert f"<td>{len(result)}</td><td>bright &lt;b&gt;</td>" in shown
    assert "data:image/png;base64,iVBOR" in shown
    Path(scene).unlink()
    assert "<img" not in result._repr_html_()


@pytest.mark.parametrize("name", ["plot", "explore"])
def test_what_is_not_installed_is_named(result, name, monkeypatch):
    def absent(*words, **keywords):
        raise ImportError("no module")

    monkeypatch.setattr(geopandas.GeoDataFrame, name, absent)
    with pytest.raises(EngineError, match="pip install"):
        getattr(result, name)()


def test_a_line_shows_how_far_a_run_is():
    stream = StringIO()
    line = ProgressLine(stream)
    line(Progress(10, 40, 3, 20.0))
    line(Advice("look here"))
    line(Progress(40, 40, 5, 80.0))
    line(Finished(5, (), 80.0))
    shown = stream.getvalue()
    assert "10 of 40 windows, 3 polygons, 1:00 left" in shown
    assert "\rNote: look here\n" in shown
    assert shown.endswith("\n")
