"""The shipped weights: complete, small, described correctly, and able to segment."""

import shutil

import geopandas
import numpy as np
import pytest
import torch

from rrsis_geo import segment
from rrsis_geo.job import SegmentJob, VectorizeJob
from rrsis_geo.model.predictor import make_predictor
from rrsis_geo.model.serialization.header import FOLDER, list_weights, verify
from rrsis_geo.pipeline.dry_run import SECOND_HEAD_MEMORY_ONNX, plan
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.synthetic import demo_scene, draw_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return demo_scene(tmp_path_factory.mktemp("demo"))


def test_all_weights_together_are_small_and_share_one_text_encoder():
    names = list_weights()
    infos = [verify(name) for name in names]
    assert [info.name for info in infos] == list(names)
    used = {path for info in infos for path in (info.path, info.text_path)}
    used |= {FOLDER / info.matcher for info in infos if info.matcher}
    there = set(FOLDER.iterdir())
    assert there == used | {FOLDER / "index.json"}
    assert len({info.text_path for info in infos}) == 1
    assert sum(path.stat().st_size for path in there) <= 35_000_000


def test_the_default_card_names_data_and_licence():
    info = verify("default")
    assert info.name == "default"
    assert "NWPU" in info.trained_on
    assert "non-commercial" in info.licence
    assert info.gsd_range == (0.15, 1.5)


def test_the_open_weights_use_no_restricted_data():
    info = verify("open")
    assert info.licence.startswith("free for any use")
    assert not any(name in info.trained_on for name in ("NWPU", "Airbus"))


def test_the_open_weights_find_tanks(scene):
    found = segment(str(scene.scene), "storage tank", weights="open", min_area=20.0)
    labels = geopandas.read_file(scene.labels)
    truth = labels[labels["class"] == "storage_tank"].union_all()
    area = found.to_geodataframe().union_all()
    shared = area.intersection(truth).area
    assert shared > 0.4 * truth.area  # weak, as their card says
    assert shared > 0.6 * area.area


@pytest.mark.parametrize(
    ("expression", "category"),
    [("the running track", "ground_track_field"), ("storage tank", "storage_tank")],
)
def test_the_default_weights_find_objects(scene, expression, category):
    found = segment(str(scene.scene), expression, min_area=20.0).to_geodataframe()
    labels = geopandas.read_file(scene.labels)
    truth = labels[labels["class"] == category].union_all()
    found_area = found.union_all()
    assert found_area.intersection(truth).area > 0.8 * truth.area
    assert found_area.area < 2 * truth.area


def test_a_dry_run_counts_the_memory_of_both_heads(scene):
    assert "road" in verify("default").second_head
    both, *one = (
        plan(SegmentJob(scene=str(scene.scene), expressions=texts), measure=False)
        for texts in (("road", "storage tank"), ("road", "water"), ("ship", "tank"))
    )
    for other in one:
        assert both.memory_bytes == other.memory_bytes + SECOND_HEAD_MEMORY_ONNX


def test_the_default_weights_find_the_tank_near_the_road(scene):
    found = segment(str(scene.scene), scene.expression).to_geodataframe()
    near = found.geometry.intersection(scene.truth).area.sum()
    assert near > 0.5 * scene.truth.area


def test_a_raster_is_answered_with_the_colours_of_its_scene_while_that_is_there(
    scene, tmp_path
):
    copy = tmp_path / "scene.tif"
    shutil.copy(scene.scene, copy)
    texts = ("the leftmost storage tank", "the largest white tank")
    raster = str(tmp_path / "probability.tif")
    found = segment(str(copy), texts, probability=raster).to_geodataframe()
    notes = []

    def again(name):
        job = VectorizeJob(probability=raster, output=str(tmp_path / name))
        revectorize(
            job,
            report=lambda one: notes.append(getattr(one, "message", "")),
        )
        return geopandas.read_file(tmp_path / name)

    same = again("same.gpkg")
    assert len(found) > 1
    assert found.geometry.geom_equals(same.geometry).all()
    np.testing.assert_allclose(found["score"], same["score"], atol=1e-5)
    assert not any("colours" in note for note in notes)
    copy.unlink()
    again("without.gpkg")
    assert any("colours of objects are not compared" in note for note in notes)


def test_the_default_weights_find_dozens_that_share_a_colour(scene):
    """The network that compares objects with sentences had given each no chance."""
    found = segment(str(scene.scene), "houses with a red roof").to_geodataframe()
    assert len(found) > 20
    labels = geopandas.read_file(scene.labels)
    houses = labels[labels["class"] == "building"].union_all()
    assert found.union_all().intersection(houses).area > 0.6 * found.union_all().area


def test_an_absent_target_is_hardly_found(scene):
    found = segment(str(scene.scene), "airplanes").to_geodataframe()
    width, height = 1600, 1200
    assert found.area.sum() < width * height * scene.gsd**2 / 1000


def test_bfloat16_stays_within_tolerance():
    exact, rounded = (
        make_predictor(
            "default", ["buildings", "vehicles", "water"], precision=precision
        )
        for precision in ("float32", "bfloat16")
    )
    scenes = [
        draw_scene(seed, width=480, height=480, gsd=0.5, theme=theme).pixels
        for seed, theme in ((3, "industrial"), (4, "harbour"), (5, "sports"))
    ]
    with torch.inference_mode():
        difference = np.stack(
            [np.abs(exact(one[None]) - rounded(one[None])) for one in scenes]
        )
    assert difference.mean() < 0.005
    assert np.mean(difference > 0.1) < 0.01
