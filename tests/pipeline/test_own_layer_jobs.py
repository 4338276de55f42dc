"""What jobs with layers of the user take, tell and refuse."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from layer_ground import (
    CRS,
    LEFT,
    PIXEL,
    TOP,
    at,
    square,
    table,
    vertical_road,
    write_picture,
)
from layer_runs import ask, network, no_network
from shapely.geometry import (
    Point,
)

from rrsis_geo import SegmentJob, pipeline, segment
from rrsis_geo.errors import OptionError, SceneError
from rrsis_geo.job import VectorizeJob
from rrsis_geo.job_texts import OwnLayer
from rrsis_geo.pipeline.explain import explain
from rrsis_geo.pipeline.revectorize import revectorize


@pytest.fixture
def scene(tmp_path):
    return write_picture(tmp_path / "scene.tif")


def test_unused_layers_and_twice_the_same_word_are_told(scene):
    wells, zones = table([Point(at(5, 5))]), table([square(3, 3, 9)])
    _, said, _ = ask(scene, "all wells", {"well": wells, "zone": zones})
    assert "own layer zone: no question asks for it" in said
    with pytest.raises(OptionError, match="'road' and 'roads' answer the same words"):
        ask(scene, "all roads", {"road": wells, "roads": zones})


def test_the_network_alone_cannot_use_layers(scene):
    with pytest.raises(OptionError, match="--resolve network"):
        ask(scene, "wells", {"well": table([Point(at(5, 5))])}, resolve="network")


def test_there_are_no_probabilities_without_a_network(scene, tmp_path):
    raster = str(tmp_path / "p.tif")
    with pytest.raises(OptionError, match="leave out --probability"):
        ask(scene, "wells", {"well": table([Point(at(5, 5))])}, probability=raster)


def test_a_raster_of_such_questions_is_not_vectorized_in_silence(scene, tmp_path):
    raster = str(tmp_path / "p.tif")
    layers = {"road": table([vertical_road()])}
    ask(scene, "tanks near the road", layers, network=network, probability=raster)
    with pytest.raises(OptionError, match="answered by own layers"):
        revectorize(VectorizeJob(raster, str(tmp_path / "v.gpkg")))


def test_a_job_with_layers_survives_json_and_is_the_same_run(scene, tmp_path):
    path = tmp_path / "wells.gpkg"
    table([Point(at(5, 5)), Point(at(90, 90))], depth=[1, 2]).to_file(path)
    job = SegmentJob(
        scene=str(scene),
        expressions=("wells",),
        own_layers=(OwnLayer("well", str(path), "depth > 1"),),
    )
    again = SegmentJob.from_json(job.to_json())
    assert again == job
    found = pipeline.run(again, network=no_network).to_geodataframe()
    assert found["depth"].tolist() == [2]
    direct = segment(scene, "wells", own_layers={"well": job.own_layers[0]})
    assert direct.to_geodataframe().equals(found)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"word": "", "path": "a.gpkg"}], "needs the noun"),
        ([{"word": "a b c d e", "path": "a.gpkg"}], "up to 4 words"),
        ([{"word": "road", "file": "a.gpkg"}], "not an own layer"),
        ([{"word": "road"}, {"word": "Road"}], "given twice"),
        ("road=a.gpkg", "list of layers"),
        ([{"word": "road", "path": 3}], "must be a path"),
        ([{"word": "road", "path": "a", "where": ""}], "condition must be a text"),
    ],
)
def test_a_job_refuses_what_is_no_layer(given, message):
    with pytest.raises(OptionError, match=message):
        SegmentJob(scene="a.tif", expressions=("x",), own_layers=given)


def test_python_refuses_what_is_neither_a_path_nor_a_table(scene):
    with pytest.raises(OptionError, match="path or a GeoDataFrame, got int"):
        segment(scene, "wells", own_layers={"well": 3})
    with pytest.raises(OptionError, match="mapping"):
        segment(scene, "wells", own_layers=["wells.gpkg"])


def test_an_interrupted_run_is_not_continued_with_another_layer(scene, tmp_path):
    from rrsis_geo.pipeline.own_layers.layer_reading import layer_facts

    path = tmp_path / "wells.gpkg"
    table([Point(at(5, 5))]).to_file(path)
    before = layer_facts(OwnLayer("well", str(path)))
    path.unlink()
    table([Point(at(5, 5)), Point(at(6, 6))], a=[1, 2]).to_file(path)
    after = layer_facts(OwnLayer("well", str(path)))
    assert before["path"] == after["path"]
    assert before != after
    assert layer_facts(OwnLayer("well", str(path), "a = 1")) != after
    one, two = table([Point(1, 1)]), table([Point(1, 2)])
    digests = {
        layer_facts(OwnLayer("well"), {"well": frame})["sha256"] for frame in (one, two)
    }
    assert len(digests) == 2


def test_explain_says_what_layers_answer(scene, tmp_path):
    path = tmp_path / "roads.gpkg"
    table([vertical_road()]).to_file(path)
    layers = (OwnLayer("road", str(path)), OwnLayer("building", "not-read.gpkg"))
    said = str(explain(("the road", "red buildings near the road"), own_layers=layers))
    assert "(layer road)" in said
    assert "no network is asked" in said
    with_scene = explain(("the road",), str(scene), own_layers=layers[:1])
    assert with_scene.batch.texts == ()


def test_pixels_are_read_only_where_the_answer_depends_on_them(tmp_path):
    path, side = tmp_path / "scene.tif", 2560
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": CRS}
    place = Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP)
    tiles = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
    with rasterio.open(
        path, "w", width=side, height=side, transform=place, **profile, **tiles
    ) as dataset:
        dataset.write(np.random.default_rng(0).integers(1, 250, (1, side, side), "u1"))
    with rasterio.open(path) as dataset:  # a tile that the stretch does not sample
        first = int(dataset.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))
    with path.open("r+b") as file:
        file.seek(first)
        file.write(b"damaged " * 100)

    wells = {"well": table([Point(at(5, 5)), Point(at(90, 2000))], depth=[1, 2])}
    found, _, _ = ask(path, "wells", wells)
    assert len(found) == 2
    found, _, _ = ask(path, "helicopters", {})
    assert len(found) == 0
    with pytest.raises(SceneError, match="cannot be read"):
        ask(path, "wells at the bottom", wells)
