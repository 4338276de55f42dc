"""The embedded weights: whole, small, honest about themselves, and they find things."""

import geopandas
import numpy as np
import pytest
import torch

from rrsis_geo import segment
from rrsis_geo.model.predictor import make_predictor
from rrsis_geo.model.serialization.header import FOLDER, list_weights, verify
from rrsis_geo.synthetic import demo_scene, draw_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return demo_scene(tmp_path_factory.mktemp("demo"))


def test_all_weights_together_are_small_and_share_one_text_encoder():
    names = list_weights()
    infos = [verify(name) for name in names]
    assert [info.name for info in infos] == list(names)
    used = {path for info in infos for path in (info.path, info.text_path)}
    there = set(FOLDER.iterdir())
    assert there == used | {FOLDER / "index.json"}
    assert len({info.text_path for info in infos}) == 1
    assert sum(path.stat().st_size for path in there) <= 35_000_000


def test_they_are_whole_and_small_and_say_what_they_are():
    info = verify("default")
    assert info.name == "default"
    assert "NWPU" in info.trained_on
    assert "non-commercial" in info.licence
    assert info.gsd_range == (0.15, 1.5)


def test_the_open_ones_owe_nothing_to_data_with_strings_attached():
    info = verify("open")
    assert info.licence.startswith("free for any use")
    assert not any(name in info.trained_on for name in ("NWPU", "Airbus"))


def test_the_open_ones_find_tanks_in_a_drawn_scene(scene):
    found = segment(str(scene.scene), "storage tank", weights="open", min_area=20.0)
    labels = geopandas.read_file(scene.labels)
    truth = labels[labels["class"] == "storage_tank"].union_all()
    area = found.to_geodataframe().union_all()
    shared = area.intersection(truth).area
    assert shared > 0.4 * truth.area  # they are weak, and say so
    assert shared > 0.6 * area.area


@pytest.mark.parametrize(
    ("expression", "category"),
    [("the running track", "ground_track_field"), ("storage tank", "storage_tank")],
)
def test_they_find_things_in_a_drawn_scene(scene, expression, category):
    found = segment(str(scene.scene), expression, min_area=20.0).to_geodataframe()
    labels = geopandas.read_file(scene.labels)
    truth = labels[labels["class"] == category].union_all()
    found_area = found.union_all()
    assert found_area.intersection(truth).area > 0.8 * truth.area
    assert found_area.area < 2 * truth.area


def test_they_find_the_storage_tank_near_the_road(scene):
    found = segment(str(scene.scene), scene.expression).to_geodataframe()
    near = found.geometry.intersection(scene.truth).area.sum()
    assert near > 0.5 * scene.truth.area


def test_what_is_not_there_is_hardly_found(scene):
    found = segment(str(scene.scene), "airplanes").to_geodataframe()
    width, height = 1600, 1200
    assert found.area.sum() < width * height * scene.gsd**2 / 1000


def test_bfloat16_stays_within_tolerance():
    pixels = draw_scene(3, width=480, height=480, gsd=0.5, theme="industrial").pixels
    exact, brief = (
        make_predictor("default", ["buildings", "vehicles"], precision=precision)
        for precision in ("float32", "bfloat16")
    )
    with torch.inference_mode():
        difference = np.abs(exact(pixels[None]) - brief(pixels[None]))
    assert difference.mean() < 0.005
    assert np.mean(difference > 0.1) < 0.01
